/* SPDX-License-Identifier: MIT */
#include "core/text.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *base64url_encode(struct arena *arena, const void *bytes, size_t length)
{
    const uint8_t *from = bytes;
    char *text = arena_alloc(arena, length / 3 * 4 + 4);
    char *to = text;
    for (; text && length; from += 3) {
        size_t taken = length < 3 ? length : 3;
        uint32_t group = (uint32_t)from[0] << 16;
        group |= taken > 1 ? (uint32_t)from[1] << 8 : 0;
        group |= taken > 2 ? (uint32_t)from[2] : 0;
        for (size_t i = 0; i <= taken; i++) {
            *to++ = alphabet[group >> (18 - 6 * i) & 63];
        }
        length -= taken;
    }
    return text;
}

void *base64url_decode(struct arena *arena, const char *text, size_t *ret_length)
{
    size_t length = strlen(text);
    /* One more byte than needed: what was text before is used as text again. */
    uint8_t *bytes = length % 4 == 1 ? NULL : arena_alloc(arena, length / 4 * 3 + 3);
    size_t used = 0;
    uint32_t group = 0;
    unsigned bits = 0;
    for (; bytes && *text; text++) {
        const char *found = strchr(alphabet, *text);
        if (!found) {
            return NULL;
        }
        group = group << 6 | (uint32_t)(found - alphabet);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes[used++] = (uint8_t)(group >> bits);
        }
    }
    /* Bits left over must be zero, or two texts would mean the same bytes. */
    if (!bytes || (group & ((1U << bits) - 1))) {
        return NULL;
    }
    *ret_length = used;
    return bytes;
}
