/* SPDX-License-Identifier: MIT */
#include "cases.h"
#include "core/cleanup.h"
#include "core/text.h"

#define NUL_INSIDE "a\0b"

static const struct utf8 {
    const char *name, *text;
    size_t length, valid, code_points;
} utf8s[] = {
    {"utf8: empty", "", 0, 0, 0},
    {"utf8: ascii", "abc", 3, 3, 3},
    {"utf8: NUL is a code point", NUL_INSIDE, 3, 3, 3},
    {"utf8: vietnamese counts letters", "Đề án", 9, 9, 5},
    {"utf8: decomposed counts marks", "e\xcc\xa3\xcc\x82", 5, 5, 3},
    {"utf8: four bytes", "\xf0\x9f\x8c\xbe", 4, 4, 1},
    {"utf8: highest code point", "\xf4\x8f\xbf\xbf", 4, 4, 1},
    {"utf8: beyond the highest", "a\xf4\x90\x80\x80", 5, 1, 0},
    {"utf8: overlong slash", "\xc0\xaf", 2, 0, 0},
    {"utf8: overlong in three", "\xe0\x80\xaf", 3, 0, 0},
    {"utf8: overlong in four", "\xf0\x80\x80\xaf", 4, 0, 0},
    {"utf8: surrogate", "ab\xed\xa0\x80", 5, 2, 0},
    {"utf8: cut in the middle", "ab\xe1\xbb", 4, 2, 0},
    {"utf8: continuation alone", "\x80", 1, 0, 0},
    {"utf8: five bytes", "\xf8\x88\x80\x80\x80", 5, 0, 0},
    {"utf8: latin-1", "caf\xe9", 4, 3, 0},
};

static void check_utf8(void **state)
{
    const struct utf8 *row = *state;
    assert_int_equal(utf8_valid_length(row->text, row->length), row->valid);
    assert_int_equal(utf8_valid(row->text, row->length), row->valid == row->length);
    if (row->valid == row->length) {
        assert_int_equal(utf8_code_points(row->text, row->length), row->code_points);
    }
}

static const struct control {
    const char *name, *text, *accepted;
    bool found;
} controls[] = {
    {"control: none", "Thanh Hóa", "", false},
    {"control: tab", "a\tb", "", true},
    {"control: tab accepted", "a\tb\n", "\t\n", false},
    {"control: carriage return", "a\r\n", "\t\n", true},
    {"control: escape", "\x1b[0m", "\t\n", true},
    {"control: delete", "a\x7f", "\t\n", true},
    {"control: next line U+0085", "a\xc2\x85", "\t\n", true},
    {"control: U+009F", "\xc2\x9f", "", true},
    {"control: no-break space is none", "\xc2\xa0", "", false},
};

static void check_control(void **state)
{
    const struct control *row = *state;
    assert_int_equal(text_has_control(row->text, row->accepted), row->found);
}

static const struct nfc {
    const char *name, *text, *normal;
    bool same;
} nfcs[] = {
    {"nfc: ascii is the same pointer", "abc", "abc", true},
    {"nfc: latin is the same pointer", "Đà", "Đà", true},
    {"nfc: composed is the same pointer", "\u1ec7 khuy\u1ebfn", "\u1ec7 khuy\u1ebfn", true},
    {"nfc: dot below, then circumflex", "e\u0323\u0302", "\u1ec7", false},
    {"nfc: circumflex, then dot below", "e\u0302\u0323", "\u1ec7", false},
    {"nfc: half composed", "\u00ea\u0323", "\u1ec7", false},
    {"nfc: horn and grave", "u\u031b\u0300", "\u1eeb", false},
    {"nfc: tone mark of its own", "a\u0340", "\u00e0", false},
    {"nfc: compatibility forms stay", "\ufb01 \u00bd", "\ufb01 \u00bd", true},
    {"nfc: eth is no d with stroke", "\u00d0", "\u00d0", true},
};

static void check_nfc(void **state)
{
    const struct nfc *row = *state;
    cleanup(arena_done) struct arena arena = {0};
    const char *normal = text_nfc(&arena, row->text);
    assert_non_null(normal);
    assert_string_equal(normal, row->normal);
    assert_int_equal(normal == row->text, row->same);
    assert_ptr_equal(text_nfc(&arena, normal), normal);
}

static void nfc_refuses_other_bytes(void **state)
{
    (void)state;
    cleanup(arena_done) struct arena arena = {0};
    assert_null(text_nfc(&arena, "caf\xe9"));
    assert_false(arena.failed);
}

static const struct unescape {
    const char *name, *text, *plain;
    bool plus;
} unescapes[] = {
    {"unescape: plain", "abc", "abc", false},
    {"unescape: empty", "", "", false},
    {"unescape: both cases of digits", "%c4%91%C4%91", "đđ", false},
    {"unescape: plus stays in a path", "a+b", "a+b", false},
    {"unescape: plus is a space in a query", "a+b%2B", "a b+", true},
    {"unescape: slash", "a%2Fb", "a/b", false},
    {"unescape: percent only once", "%2541", "%41", false},
    {"unescape: cut after percent", "a%", NULL, false},
    {"unescape: cut after one digit", "a%4", NULL, false},
    {"unescape: no digits", "%zz", NULL, false},
    {"unescape: sign is no digit", "%-1", NULL, false},
    {"unescape: NUL", "a%00b", NULL, false},
    {"unescape: line feed", "a%0Ab", NULL, false},
    {"unescape: delete", "a%7F", NULL, false},
    {"unescape: C1 control", "%C2%85", NULL, false},
    {"unescape: raw control", "a\x01", NULL, false},
    {"unescape: not UTF-8", "%ff%fe", NULL, false},
    {"unescape: overlong slash", "%c0%af", NULL, false},
    {"unescape: surrogate", "%ED%A0%80", NULL, false},
};

static void check_unescape(void **state)
{
    const struct unescape *row = *state;
    cleanup(arena_done) struct arena arena = {0};
    char *plain = text_unescape(&arena, row->text, strlen(row->text), row->plus);
    if (row->plain) {
        assert_non_null(plain);
        assert_string_equal(plain, row->plain);
    } else {
        assert_null(plain);
    }
    assert_false(arena.failed);
}

static void unescape_reads_no_further_than_told(void **state)
{
    (void)state;
    cleanup(arena_done) struct arena arena = {0};
    assert_string_equal(text_unescape(&arena, "abc%41", 3, false), "abc");
    assert_null(text_unescape(&arena, "abc%41", 5, false));
    assert_string_equal(text_unescape(&arena, "abc%41", 6, false), "abcA");
}

static void escape_leaves_only_unreserved(void **state)
{
    (void)state;
    cleanup(arena_done) struct arena arena = {0};
    assert_string_equal(text_escape(&arena, "aZ09-._~"), "aZ09-._~");
    assert_string_equal(text_escape(&arena, "a b/c?d=é&+%"), "a%20b%2Fc%3Fd%3D%C3%A9%26%2B%25");
    assert_string_equal(text_escape(&arena, ""), "");
    assert_string_equal(text_json(&arena, "a\"b"), "\"a\\\"b\"");
    assert_string_equal(text_json(&arena, NULL), "null");
}

static const struct base64url {
    const char *name, *text, *plain;
} base64urls[] = {
    {"base64url: empty", "", ""},
    {"base64url: one byte", "Zg", "f"},
    {"base64url: two bytes", "Zm8", "fo"},
    {"base64url: three bytes", "Zm9v", "foo"},
    {"base64url: six bytes", "Zm9vYmFy", "foobar"},
    {"base64url: its own two letters", "-_-_", "\xfb\xff\xbf"},
    {"base64url: padding refused", "Zg==", NULL},
    {"base64url: one letter too many", "Zm9vY", NULL},
    {"base64url: bits left over", "Zh", NULL},
    {"base64url: bits left over after two", "Zm9", NULL},
    {"base64url: letters of plain base64", "+/+/", NULL},
    {"base64url: space", "Zm 9", NULL},
    {"base64url: line feed at the end", "Zm9v\n", NULL},
};

static void check_base64url(void **state)
{
    const struct base64url *row = *state;
    cleanup(arena_done) struct arena arena = {0};
    size_t length = 4711;
    char *plain = base64url_decode(&arena, row->text, &length);
    if (!row->plain) {
        assert_null(plain);
        assert_int_equal(length, 4711);
        return;
    }
    assert_non_null(plain);
    assert_int_equal(length, strlen(row->plain));
    assert_string_equal(plain, row->plain);
    assert_string_equal(base64url_encode(&arena, plain, length), row->text);
}

static void base64url_keeps_every_byte(void **state)
{
    (void)state;
    cleanup(arena_done) struct arena arena = {0};
    uint8_t bytes[256];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)i;
    }
    for (size_t length = 0; length <= sizeof bytes; length++) {
        size_t back;
        void *plain = base64url_decode(&arena, base64url_encode(&arena, bytes, length), &back);
        assert_non_null(plain);
        assert_int_equal(back, length);
        assert_memory_equal(plain, bytes, length);
    }
}

static const struct hex {
    const char *name, *text;
    bool good;
} hexes[] = {
    {"hex: lower case", "00ff10ab", true},       {"hex: upper case", "00FF10AB", true},
    {"hex: too short", "00ff10a", false},        {"hex: too long", "00ff10ab0", false},
    {"hex: letter beyond f", "00ff10ag", false}, {"hex: empty", "", false},
    {"hex: space", "00ff10a ", false},
};

static void check_hex(void **state)
{
    const struct hex *row = *state;
    uint8_t bytes[4];
    char text[9];
    assert_int_equal(hex_decode(row->text, bytes, sizeof bytes), row->good);
    if (row->good) {
        assert_memory_equal(bytes, "\x00\xff\x10\xab", 4);
        hex_encode(bytes, sizeof bytes, text);
        assert_string_equal(text, "00ff10ab");
    }
}

static const struct integer {
    const char *name, *text;
    int64_t minimum, maximum;
    bool good;
    int64_t value;
} integers[] = {
    {"integer: zero", "0", 0, 9, true, 0},
    {"integer: at the minimum", "-5", -5, 9, true, -5},
    {"integer: at the maximum", "9", -5, 9, true, 9},
    {"integer: below", "-6", -5, 9, false, 0},
    {"integer: above", "10", -5, 9, false, 0},
    {"integer: largest", "9223372036854775807", INT64_MIN, INT64_MAX, true, INT64_MAX},
    {"integer: smallest", "-9223372036854775808", INT64_MIN, INT64_MAX, true, INT64_MIN},
    {"integer: one too large", "9223372036854775808", INT64_MIN, INT64_MAX, false, 0},
    {"integer: one too small", "-9223372036854775809", INT64_MIN, INT64_MAX, false, 0},
    {"integer: far too large", "99999999999999999999999", INT64_MIN, INT64_MAX, false, 0},
    {"integer: empty", "", 0, 9, false, 0},
    {"integer: sign alone", "-", -5, 9, false, 0},
    {"integer: plus", "+1", 0, 9, false, 0},
    {"integer: minus zero", "-0", -5, 9, false, 0},
    {"integer: leading zero", "01", 0, 9, false, 0},
    {"integer: space before", " 1", 0, 9, false, 0},
    {"integer: space behind", "1 ", 0, 9, false, 0},
    {"integer: hexadecimal", "0x1", 0, 9, false, 0},
    {"integer: fraction", "1.0", 0, 9, false, 0},
    {"integer: exponent", "1e0", 0, 9, false, 0},
    {"integer: digits of another script", "\u0661", 0, 9, false, 0},
};

static void check_integer(void **state)
{
    const struct integer *row = *state;
    int64_t value = 4711;
    assert_int_equal(integer_parse(row->text, row->minimum, row->maximum, &value), row->good);
    assert_true(value == (row->good ? row->value : 4711));
}

int main(void)
{
    add_cases(utf8s, check_utf8);
    add_cases(controls, check_control);
    add_cases(nfcs, check_nfc);
    add_test(nfc_refuses_other_bytes);
    add_cases(unescapes, check_unescape);
    add_test(unescape_reads_no_further_than_told);
    add_test(escape_leaves_only_unreserved);
    add_cases(base64urls, check_base64url);
    add_test(base64url_keeps_every_byte);
    add_cases(hexes, check_hex);
    add_cases(integers, check_integer);
    return run_cases(NULL, NULL);
}
