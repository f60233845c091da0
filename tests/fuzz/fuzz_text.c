/* SPDX-License-Identifier: MIT */
/* Decoding, normal forms and formats: what is read is written and read again the same way. */
#include "contract/format.h"
#include "core/clock.h"
#include "core/text.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

static void check_escapes(struct arena *arena, const char *text, size_t length)
{
    for (int form = 0; form < 2; form++) {
        const char *plain = text_unescape(arena, text, length, form);
        if (!plain)
            continue;
        const char *escaped = text_escape(arena, plain);
        CLAIM(!strcmp(text_unescape(arena, escaped, strlen(escaped), form), plain));
        CLAIM(utf8_valid(plain, strlen(plain)) && !text_has_control(plain, ""));
    }
}

static void check_nfc(struct arena *arena, const char *text, size_t length)
{
    const char *normal = text_nfc(arena, text);
    CLAIM((normal != NULL) == utf8_valid(text, length) || arena->failed);
    if (!normal)
        return;
    CLAIM(utf8_valid(normal, strlen(normal)));
    CLAIM(text_nfc(arena, normal) == normal);
}

static void check_json(struct arena *arena, const char *text, size_t length)
{
    const char *quoted = text_json(arena, text);
    json_t *value = json_loads(quoted, JSON_DECODE_ANY, NULL);
    CLAIM(json_is_string(value));
    CLAIM(!utf8_valid(text, length) || !strcmp(json_string_value(value), text));
    for (enum format format = FORMAT_NONE; format <= FORMAT_EMAIL; format++)
        format_matches(format, value);
    json_decref(value);
}

static void check_encodings(struct arena *arena, const char *text, size_t length)
{
    size_t decoded;
    const void *bytes = base64url_decode(arena, text, &decoded);
    CLAIM(!bytes || !strcmp(base64url_encode(arena, bytes, decoded), text));
    const char *encoded = base64url_encode(arena, text, length);
    CLAIM(!memcmp(base64url_decode(arena, encoded, &decoded), text, length) && decoded == length);
    uint8_t raw[16];
    int64_t number;
    hex_decode(text, raw, sizeof raw);
    if (integer_parse(text, INT64_MIN, INT64_MAX, &number))
        CLAIM(!strcmp(arena_printf(arena, "%lld", (long long)number), text));
    clock_parse(text, &number);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    char *text = input_text(data, size);
    size_t length = strlen(text);
    check_escapes(&arena, text, length);
    check_nfc(&arena, text, length);
    check_json(&arena, text, length);
    check_encodings(&arena, text, length);
    arena_done(&arena);
    free(text);
    return 0;
}
