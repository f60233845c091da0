/* SPDX-License-Identifier: MIT */
#pragma once
#include "core/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text and small encodings. Lengths are bytes unless a name says code points. */

size_t utf8_next(const char *text, size_t length); /* bytes of the code point at text; 0: none, or not UTF-8 */
bool utf8_valid(const char *text, size_t length);
size_t utf8_valid_length(const char *text, size_t length);     /* bytes before the first one that is not UTF-8 */
size_t utf8_code_points(const char *text, size_t length);      /* text must be valid */
bool text_has_control(const char *text, const char *accepted); /* U+0000…1F, U+007F…9F but those in accepted */

/* NFC form in the arena, or the very same pointer when the text already is NFC. NULL: no memory or not UTF-8. */
const char *text_nfc(struct arena *arena, const char *text);

/* Percent-decodes `length` bytes. NULL: a broken escape, a control character (encoded or not), or bytes that are not
 * UTF-8. `plus_is_space` is for query strings and forms. */
char *text_unescape(struct arena *arena, const char *text, size_t length, bool plus_is_space);
char *text_escape(struct arena *arena, const char *text); /* percent-encodes all but RFC 3986 unreserved */
char *text_json(struct arena *arena, const char *text);   /* as a JSON string with quotes; NULL gives null */

char *base64url_encode(struct arena *arena, const void *bytes, size_t length);     /* no padding */
void *base64url_decode(struct arena *arena, const char *text, size_t *ret_length); /* strict: NULL on anything odd */

bool hex_decode(const char *text, uint8_t *bytes, size_t length); /* exactly 2 × length lower- or upper-case digits */
void hex_encode(const uint8_t *bytes, size_t length, char *ret_text /* 2 × length + 1 */);

/* Decimal, nothing around it: no plus sign, no leading zero, so that a number has one spelling. */
bool integer_parse(const char *text, int64_t minimum, int64_t maximum, int64_t *ret_value);
