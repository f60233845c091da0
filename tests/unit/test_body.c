/* SPDX-License-Identifier: MIT */
/* Bytes to values: what is no JSON, or JSON that reads differently to different readers. */
#include "cases.h"
#include "contract/validate.h"
#include "core/cleanup.h"
#include "tables.h"

#include <stdlib.h>

static const struct body {
    const char *name, *bytes, *value; /* value: sorted and compact; NULL: refused with … */
    const char *pointer, *code, *params;
} bodies[] = {
    {"accepted: object", "{\"b\":1,\"a\":[true,null,\"x\",-0.5]}", "{\"a\":[true,null,\"x\",-0.5],\"b\":1}", 0, 0, 0},
    {"accepted: scalar at the top", " 5 ", "5", 0, 0, 0},
    {"accepted: tab and line feed escaped", "\"a\\t\\nb\"", "\"a\\t\\nb\"", 0, 0, 0},
    {"accepted: surrogate pair", "\"\\ud83c\\udf3e\"", "\"🌾\"", 0, 0, 0},
    {"accepted: braces inside strings", "\"[[[{{{\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"",
     "\"[[[{{{\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"", 0, 0, 0},
    {"accepted: 64-bit edges", "[9223372036854775807,-9223372036854775808]",
     "[9223372036854775807,-9223372036854775808]", 0, 0, 0},
    {"lines: CR LF becomes LF", "{\"a\":\"x\\r\\ny\\r\\n\"}", "{\"a\":\"x\\ny\\n\"}", 0, 0, 0},
    {"nfc: value", "\"Thanh Ho\u0301a\"", "\"Thanh H\u00f3a\"", 0, 0, 0},
    {"nfc: value written as escapes", "\"e\\u0323\\u0302\"", "\"\u1ec7\"", 0, 0, 0},
    {"nfc: name of a member", "{\"te\u0302n\":1,\"b\":{\"a\u0300\":\"a\u0300\"}}",
     "{\"b\":{\"\u00e0\":\"\u00e0\"},\"t\u00ean\":1}", 0, 0, 0},
    {"nfc: deep in arrays", "[[{\"a\":[\"o\u0302\u0323\"]}]]", "[[{\"a\":[\"\u1ed9\"]}]]", 0, 0, 0},
    {"nfc: two names become one", "{\"\u00e0\":1,\"a\u0300\":2}", NULL, "#/a\u0300", "json_equal_members", NULL},
    {"nfc: two names become one, other order", "{\"x\":{\"a\u0300\":1,\"\u00e0\":2}}", NULL, "#/x/a\u0300",
     "json_equal_members", NULL},
    {"syntax: empty", "", NULL, "#", "json_syntax", "{\"line\": 1, \"column\": 0}"},
    {"syntax: word", "nothing", NULL, "#", "json_syntax", "{\"line\": 1, \"column\": 7}"},
    {"syntax: trailing text", "{} x", NULL, "#", "json_syntax", "{\"line\": 1, \"column\": 4}"},
    {"syntax: two documents", "{}\n{}", NULL, "#", "json_syntax", "{\"line\": 2, \"column\": 1}"},
    {"syntax: trailing comma", "{\"a\":1,\n}", NULL, "#", "json_syntax", "{\"line\": 2, \"column\": 1}"},
    {"syntax: single quotes", "{'a':1}", NULL, "#", "json_syntax", "{\"line\": 1, \"column\": 2}"},
    {"syntax: leading zero", "[01]", NULL, "#", "json_syntax", "{\"line\": 1, \"column\": 2}"},
    {"syntax: NaN", "NaN", NULL, "#", "json_syntax", "{\"line\": 1, \"column\": 3}"},
    {"syntax: raw line feed in a text", "\"a\nb\"", NULL, "#", "json_syntax", "{\"line\": 1, \"column\": 2}"},
    {"syntax: cut", "{\"a\":\"b", NULL, "#", "json_syntax", "{\"line\": 1, \"column\": 7}"},
    {"syntax: closing without opening", "]]]]", NULL, "#", "json_syntax", "{\"line\": 1, \"column\": 1}"},
    {"syntax: ends in a backslash", "\"\\", NULL, "#", "json_syntax", "{\"line\": 1, \"column\": 2}"},
    {"duplicate: member", "{\"a\":1,\n \"a\":2}", NULL, "#", "json_duplicate_member", "{\"line\": 2, \"column\": 4}"},
    {"duplicate: written differently", "{\"a\":1,\"\\u0061\":2}", NULL, "#", "json_duplicate_member",
     "{\"line\": 1, \"column\": 15}"},
    {"encoding: latin-1", "{\"a\":\"caf\xe9\"}", NULL, "#", "json_encoding", "{\"line\": 1, \"column\": 10}"},
    {"encoding: on another line", "{\n\"đ\": \"\xc0\xaf\"}", NULL, "#", "json_encoding",
     "{\"line\": 2, \"column\": 7}"},
    {"encoding: byte order mark", "\xef\xbb\xbf{}", NULL, "#", "json_encoding", "{\"line\": 1, \"column\": 1}"},
    {"encoding: UTF-16", "\xff\xfe{", NULL, "#", "json_encoding", "{\"line\": 1, \"column\": 1}"},
    {"encoding: surrogate bytes", "\"\xed\xa0\x80\"", NULL, "#", "json_encoding", "{\"line\": 1, \"column\": 2}"},
    {"syntax: lone surrogate escape", "[\"\\ud83c\"]", NULL, "#", "json_syntax", "{\"line\": 1, \"column\": 9}"},
    {"syntax: low surrogate first", "\"\\udf3e\"", NULL, "#", "json_syntax", "{\"line\": 1, \"column\": 8}"},
    {"number: beyond 64 bits", "[1,\n9223372036854775808]", NULL, "#", "json_number", "{\"line\": 2, \"column\": 19}"},
    {"number: beyond a double", "1e999", NULL, "#", "json_number", "{\"line\": 1, \"column\": 5}"},
    {"control: escaped NUL", "{\"a\":[0,\"x\\u0000y\"]}", NULL, "#/a/1", "control_character", NULL},
    {"control: escaped NUL in a name", "{\"x\\u0000y\":1}", NULL, "#", "json_syntax", "{\"line\": 1, \"column\": 11}"},
    {"control: escaped bell", "{\"a\":{\"b\":\"\\u0007\"}}", NULL, "#/a/b", "control_character", NULL},
    {"control: carriage return alone", "{\"a\":\"x\\ry\"}", NULL, "#/a", "control_character", NULL},
    {"control: delete", "\"\x7f\"", NULL, "#", "control_character", NULL},
    {"control: next line U+0085", "\"\xc2\x85\"", NULL, "#", "control_character", NULL},
    {"control: in a name", "{\"a\\u0001\":1}", NULL, "#/a%01", "control_character", NULL},
};

static void check_body(void **state)
{
    const struct body *row = *state;
    cleanup(arena_done) struct arena arena = {0};
    struct faults faults = {.arena = &arena};
    json_t *value = body_parse(row->bytes, strlen(row->bytes), &faults);
    assert_int_equal(value != NULL, row->value != NULL);
    if (value) {
        char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
        assert_string_equal(text, row->value);
        assert_int_equal(faults.count, 0);
        free(text);
        json_decref(value);
        return;
    }
    assert_int_equal(faults.count, 1);
    assert_string_equal(faults.first->code, row->code);
    assert_string_equal(faults.first->pointer, row->pointer);
    if (row->params) {
        assert_string_equal(faults.first->params, row->params);
    } else {
        assert_null(faults.first->params);
    }
}

static void raw_nul_is_no_end(void **state)
{
    (void)state;
    cleanup(arena_done) struct arena arena = {0};
    struct faults faults = {.arena = &arena};
    assert_null(body_parse("{}\0{}", 5, &faults));
    assert_string_equal(faults.first->code, "json_syntax");
    assert_null(body_parse("\"a\0b\"", 5, &faults));
    assert_int_equal(faults.count, 2);
}

/* `depth` brackets of kinds in turn, closed again. */
static char *nested(size_t depth)
{
    char *text = calloc(depth * 6 + 2, 1), *at = text;
    for (size_t i = 0; i < depth; i++) {
        at = stpcpy(at, i % 2 ? "{\"a\":" : "[");
    }
    *at++ = '1';
    for (size_t i = depth; i-- > 0;) {
        *at++ = i % 2 ? '}' : ']';
    }
    return text;
}

static const struct depth {
    const char *name;
    size_t depth;
    bool good;
} depths[] = {
    {"depth: the deepest allowed", JSON_DEPTH_MAX, true},
    {"depth: one more", JSON_DEPTH_MAX + 1, false},
    {"depth: as deep as Jansson goes", 2048, false},
    {"depth: deeper than a stack", 40000, false},
};

static void check_depth(void **state)
{
    const struct depth *row = *state;
    cleanup(arena_done) struct arena arena = {0};
    struct faults faults = {.arena = &arena};
    char *text = nested(row->depth);
    json_t *value = body_parse(text, strlen(text), &faults);
    assert_int_equal(value != NULL, row->good);
    if (!value) {
        assert_string_equal(faults.first->code, "json_depth");
        assert_string_equal(faults.first->params, "{\"line\": 1, \"column\": 97, \"limit\": 32}");
    }
    json_decref(value);
    free(text);
}

static void values_are_bounded(void **state)
{
    (void)state;
    cleanup(arena_done) struct arena arena = {0};
    struct faults faults = {.arena = &arena};
    size_t length = 2 * JSON_VALUES_MAX + 1;
    char *text = malloc(length + 1);
    for (size_t i = 0; i < length; i++) {
        text[i] = i % 2 ? '0' : ',';
    }
    text[0] = '[';
    text[length - 1] = ']';
    json_t *value = body_parse(text, length, &faults);
    assert_int_equal(json_array_size(value), JSON_VALUES_MAX);
    json_decref(value);
    memcpy(text + length - 1, ",0", 2);
    assert_null(body_parse(text, length, &faults));
    assert_string_equal(faults.first->code, "json_size");
    free(text);
}

/* Of a long body each may have its sixteen bytes. */
static void values_of_a_long_body(void **state)
{
    (void)state;
    cleanup(arena_done) struct arena arena = {0};
    struct faults faults = {.arena = &arena};
    size_t count = JSON_VALUES_MAX + 1, length = count * JSON_VALUE_LEAST;
    char *text = malloc(length);
    memset(text, ' ', length);
    for (size_t i = 0; i < count; i++) {
        text[JSON_VALUE_LEAST * i] = i ? ',' : '[';
        text[JSON_VALUE_LEAST * i + 1] = '0';
    }
    text[length - 1] = ']';
    json_t *value = body_parse(text, length, &faults);
    assert_int_equal(json_array_size(value), count);
    json_decref(value);
    memcpy(text + 2, ",0", 2);
    assert_null(body_parse(text, length, &faults));
    assert_string_equal(faults.first->code, "json_size");
    free(text);
}

int main(void)
{
    add_cases(bodies, check_body);
    add_test(raw_nul_is_no_end);
    add_test(values_of_a_long_body);
    add_cases(depths, check_depth);
    add_test(values_are_bounded);
    return run_cases(NULL, NULL);
}
