/* SPDX-License-Identifier: MIT */
#include "core/json_select.h"

#include <stdbool.h>
#include <string.h>

/* The end of a string that begins at `at` with its quote. */
static const char *string_end(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\')
            at++;
    return at < end ? at + 1 : end;
}

/* The end of a member's value: the comma or brace that follows it at this depth. */
static const char *value_end(const char *at, const char *end)
{
    for (int depth = 0; at < end; at++) {
        if (*at == '"')
            at = string_end(at, end) - 1;
        else if (*at == '{' || *at == '[')
            depth++;
        else if (depth == 0 && (*at == ',' || *at == '}'))
            break;
        else if (*at == '}' || *at == ']')
            depth--;
    }
    return at;
}

static bool is_listed(const char *list, const char *name, size_t length)
{
    for (const char *at = list; (at = strstr(at, "\"")); at += 1 + strcspn(at + 1, "\"") + 1)
        if (strcspn(at + 1, "\"") == length && !memcmp(at + 1, name, length))
            return true;
    return false;
}

void json_select(struct buffer *out, const char *text, size_t length, const char *list)
{
    const char *end = text + length, *separator = "{";
    for (const char *at = memchr(text, '"', length); at && at < end; at = memchr(at, '"', (size_t)(end - at))) {
        const char *name_end = string_end(at, end);
        const char *member_end = value_end(name_end, end);
        if (is_listed(list, at + 1, (size_t)(name_end - at) - 2)) {
            buffer_text(out, separator);
            buffer_add(out, at, (size_t)(member_end - at));
            separator = ",";
        }
        at = member_end;
    }
    buffer_text(out, *separator == '{' ? "{}" : "}");
}
