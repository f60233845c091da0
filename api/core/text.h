/* SPDX-License-Identifier: MIT */
#pragma once
#include "core/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text and small encodings. Lengths are bytes unless a name says code points. */

bool utf8_valid(const char *text, size_t length);
size_t utf8_code_points(const char *text, size_t length); /* text must be valid */

/* NFC form in the arena, or the very same pointer when the text already is NFC. NULL: no memory or not UTF-8. */
const char *text_nfc(struct arena *arena, const char *text);

/* Percent-decodes `length` bytes. NULL: a broken escape, an encoded NUL or control character, or bytes that are not UTF-8.
 * `plus_is_space` is for query strings and forms. */
char *text_unescape(struct arena *arena, const char *text, size_t length, bool plus_is_space);
char *text_escape(struct arena *arena, const char *text); /* percent-encodes all but RFC 3986 unreserved */

char *base64url_encode(struct arena *arena, const void *bytes, size_t length); /* no padding */
void *base64url_decode(struct arena *arena, const char *text, size_t *ret_length); /* strict: NULL on anything odd */

bool hex_decode(const char *text, uint8_t *bytes, size_t length); /* exactly 2 × length lower- or upper-case digits */
void hex_encode(const uint8_t *bytes, size_t length, char *ret_text /* 2 × length + 1 */);

bool integer_parse(const char *text, int64_t minimum, int64_t maximum, int64_t *ret_value); /* decimal, nothing around it */
