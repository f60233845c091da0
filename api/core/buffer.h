/* SPDX-License-Identifier: MIT */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* Growing bytes with a maximum given at birth: `struct buffer b = buffer_with_limit(MAX_REPLY);`
 * Past the limit, or without memory, `failed` becomes true and later appends do nothing. Always NUL-terminated once
 * used. */
struct buffer {
    char *bytes;
    size_t length, capacity, limit;
    bool failed;
};

struct buffer buffer_with_limit(size_t limit);
void buffer_add(struct buffer *buffer, const void *bytes, size_t length);
void buffer_text(struct buffer *buffer, const char *text);
void buffer_printf(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buffer_json(struct buffer *buffer, const char *text); /* as a JSON string with quotes; NULL gives null */
void buffer_html(struct buffer *buffer, const char *text); /* as text or a value in quotes */
void buffer_done(struct buffer *buffer);
