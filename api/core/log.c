/* SPDX-License-Identifier: MIT */
#include "core/log.h"

#include "core/buffer.h"
#include "core/cleanup.h"
#include "core/clock.h"

#include <stdarg.h>
#include <stdbool.h>
#include <unistd.h>

#define LINE_MAX_BYTES 16384

void log_event(const char *level, const char *message, ...)
{
    cleanup(buffer_done) struct buffer line = buffer_with_limit(LINE_MAX_BYTES);
    char now[32];
    clock_rfc3339(clock_now_ms(), now);
    buffer_printf(&line, "{\"time\":\"%s\",\"level\":\"%s\",\"msg\":\"%s\"", now, level, message);
    va_list pairs;
    va_start(pairs, message);
    for (const char *name; (name = va_arg(pairs, const char *));) {
        const char *value = va_arg(pairs, const char *);
        if (!value)
            continue;
        bool number = *name == '#';
        buffer_text(&line, ",\"");
        buffer_text(&line, name + number);
        buffer_text(&line, "\":");
        if (number)
            buffer_text(&line, value);
        else
            buffer_json(&line, value);
    }
    va_end(pairs);
    buffer_text(&line, "}\n");
    /* One write per line: lines of threads never mix. A log that cannot be written stops nobody. */
    if (!line.failed && write(STDERR_FILENO, line.bytes, line.length) < 0)
        return;
}
