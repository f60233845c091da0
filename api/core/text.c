/* SPDX-License-Identifier: MIT */
#include "core/text.h"
#include "core/buffer.h"
#include "core/cleanup.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

size_t utf8_next(const char *text, size_t length)
{
    if (length && (unsigned char)*text < 0x80) {
        return 1;
    }
    utf8proc_int32_t code_point;
    utf8proc_ssize_t bytes = utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)length, &code_point);
    return bytes > 0 ? (size_t)bytes : 0;
}

size_t utf8_valid_length(const char *text, size_t length)
{
    size_t valid = 0;
    for (size_t n; (n = utf8_next(text + valid, length - valid)) > 0;) {
        valid += n;
    }
    return valid;
}

bool utf8_valid(const char *text, size_t length)
{
    return utf8_valid_length(text, length) == length;
}

size_t utf8_code_points(const char *text, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    }
    return count;
}

bool text_has_control(const char *text, const char *accepted)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        bool c1 = c == 0xC2 && (unsigned char)text[1] < 0xA0;
        if (c1 || ((c < 0x20 || c == 0x7F) && !strchr(accepted, c))) {
            return true;
        }
    }
    return false;
}

/* Below U+0300 nothing composes; those are the lead bytes below 0xCC. */
static bool surely_nfc(const char *text)
{
    while (*text && (unsigned char)*text < 0xCC) {
        text++;
    }
    return !*text;
}

const char *text_nfc(struct arena *arena, const char *text)
{
    size_t length = strlen(text);
    if (!utf8_valid(text, length)) {
        return NULL;
    }
    if (surely_nfc(text)) {
        return text;
    }
    utf8proc_uint8_t *composed = NULL;
    utf8proc_ssize_t bytes = utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)length, &composed,
                                          UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (bytes < 0) {
        arena->failed = true;
        return NULL;
    }
    bool same = (size_t)bytes == length && !memcmp(composed, text, length);
    const char *result = same ? text : arena_copy(arena, (const char *)composed, (size_t)bytes);
    free(composed);
    return result;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

char *text_unescape(struct arena *arena, const char *text, size_t length, bool plus_is_space)
{
    char *plain = arena_alloc(arena, length + 1);
    size_t used = 0;
    for (size_t i = 0; plain && i < length; i++) {
        char c = text[i];
        if (c == '%') {
            int high = length - i > 2 ? hex_digit(text[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
            if (low < 0) {
                return NULL;
            }
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        plain[used++] = c;
    }
    bool good = plain && strlen(plain) == used && utf8_valid(plain, used) && !text_has_control(plain, "");
    return good ? plain : NULL;
}

char *text_escape(struct arena *arena, const char *text)
{
    static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    char *escaped = arena_alloc(arena, 3 * strlen(text) + 1);
    for (char *to = escaped; to && *text; text++) {
        if (strchr(unreserved, *text)) {
            *to++ = *text;
        } else {
            uint8_t byte = (uint8_t)*text;
            *to++ = '%';
            *to++ = "0123456789ABCDEF"[byte >> 4];
            *to++ = "0123456789ABCDEF"[byte & 15];
        }
    }
    return escaped;
}

char *text_json(struct arena *arena, const char *text)
{
    cleanup(buffer_done) struct buffer quoted = buffer_with_limit(ARENA_LIMIT - 1);
    buffer_json(&quoted, text);
    if (quoted.failed) {
        arena->failed = true;
        return NULL;
    }
    return arena_copy(arena, quoted.bytes, quoted.length);
}

bool hex_decode(const char *text, uint8_t *bytes, size_t length)
{
    if (strlen(text) != 2 * length) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        bytes[i] = (uint8_t)(high * 16 + low);
    }
    return true;
}

void hex_encode(const uint8_t *bytes, size_t length, char *ret_text)
{
    for (size_t i = 0; i < length; i++) {
        *ret_text++ = "0123456789abcdef"[bytes[i] >> 4];
        *ret_text++ = "0123456789abcdef"[bytes[i] & 15];
    }
    *ret_text = '\0';
}

bool integer_parse(const char *text, int64_t minimum, int64_t maximum, int64_t *ret_value)
{
    bool negative = *text == '-';
    const char *digits = text + negative;
    size_t count = strspn(digits, "0123456789");
    bool one_spelling = count > 0 && !digits[count] && (*digits != '0' || (count == 1 && !negative));
    if (!one_spelling) {
        return false;
    }
    int64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        int digit = digits[i] - '0';
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, negative ? -digit : digit, &value)) {
            return false;
        }
    }
    if (value < minimum || value > maximum) {
        return false;
    }
    *ret_value = value;
    return true;
}
