/* SPDX-License-Identifier: MIT */
#include "core/buffer.h"
#include "core/memory.h"
#include "core/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_FIRST ((size_t)256)

struct buffer buffer_with_limit(size_t limit)
{
    return (struct buffer){.limit = limit};
}

/* Room for `extra` bytes and the NUL behind them. */
static bool reserve(struct buffer *buffer, size_t extra)
{
    if (buffer->failed || extra > buffer->limit - buffer->length) {
        buffer->failed = true;
        return false;
    }
    size_t needed = buffer->length + extra + 1;
    if (needed <= buffer->capacity) {
        return true;
    }
    size_t capacity = buffer->capacity ? buffer->capacity : BUFFER_FIRST;
    while (capacity < needed) {
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    }
    char *bytes = watched_realloc(buffer->bytes, capacity);
    if (!bytes) {
        buffer->failed = true;
        return false;
    }
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return true;
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t length)
{
    if (!reserve(buffer, length)) {
        return;
    }
    if (length) {
        memcpy(buffer->bytes + buffer->length, bytes, length);
    }
    buffer->length += length;
    buffer->bytes[buffer->length] = '\0';
}

void buffer_text(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, text, strlen(text));
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length < 0) {
        buffer->failed = true;
    } else if (reserve(buffer, (size_t)length)) {
        vsnprintf(buffer->bytes + buffer->length, (size_t)length + 1, format, again);
        buffer->length += (size_t)length;
    }
    va_end(again);
    va_end(arguments);
}

static void json_escape(struct buffer *buffer, unsigned char c)
{
    static const char short_form[256] = {
        ['"'] = '"', ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    if (short_form[c]) {
        buffer_printf(buffer, "\\%c", short_form[c]);
    } else if (c < 0x20) {
        buffer_printf(buffer, "\\u%04x", c);
    } else {
        /* Logs and problems quote what callers sent; a byte that is not UTF-8 must not spoil the document. */
        buffer_text(buffer, "\xef\xbf\xbd");
    }
}

void buffer_json(struct buffer *buffer, const char *text)
{
    if (!text) {
        buffer_text(buffer, "null");
        return;
    }
    buffer_text(buffer, "\"");
    for (size_t left = strlen(text), plain; left; left -= plain, text += plain) {
        plain = 0;
        for (size_t n; (n = utf8_next(text + plain, left - plain)) > 0; plain += n) {
            unsigned char c = (unsigned char)text[plain];
            if (c < 0x20 || c == '"' || c == '\\') {
                break;
            }
        }
        buffer_add(buffer, text, plain);
        if (plain < left) {
            json_escape(buffer, (unsigned char)text[plain]);
            plain++;
        }
    }
    buffer_text(buffer, "\"");
}

void buffer_html(struct buffer *buffer, const char *text)
{
    for (; *text; text++) {
        size_t plain = strcspn(text, "&<>\"");
        buffer_add(buffer, text, plain);
        text += plain;
        if (!*text)
            return;
        buffer_text(buffer, *text == '&' ? "&amp;" : *text == '<' ? "&lt;" : *text == '>' ? "&gt;" : "&quot;");
    }
}

void buffer_done(struct buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct buffer){0};
}
