/* SPDX-License-Identifier: MIT */
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Memory that dies with the request. Nothing is freed one by one; arena_done frees all of it.
 * An arena never holds more than ARENA_LIMIT bytes: beyond it, and when malloc fails, every function returns NULL
 * and arena->failed stays true, so that a caller may check once at the end. */
#define ARENA_LIMIT ((size_t)8 * 1024 * 1024)

struct arena {
    struct arena_block *blocks;
    unsigned char *first; /* room that the owner lends, used before any block */
    size_t first_size, first_used;
    size_t held;
    bool failed;
};

/* Most requests need less than their owner's stack can lend, and then never ask malloc. */
struct arena arena_with_room(void *room, size_t size);
void *arena_alloc(struct arena *arena, size_t size);                    /* zeroed, aligned for any type */
char *arena_copy(struct arena *arena, const char *text, size_t length); /* NUL-terminated */
char *arena_text(struct arena *arena, const char *text);                /* NULL stays NULL */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));
void arena_done(struct arena *arena);
