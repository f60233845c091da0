/* SPDX-License-Identifier: MIT */
#include "core/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* AddressSanitizer sees an overrun only at the end of a malloc block, so there every piece gets a block of its own. */
#ifdef __SANITIZE_ADDRESS__
#define ARENA_BLOCK ((size_t)0)
#else
#define ARENA_BLOCK ((size_t)8192)
#endif

struct arena_block {
    struct arena_block *next;
    size_t size, used;
    _Alignas(max_align_t) unsigned char bytes[];
};

static struct arena_block *block_add(struct arena *arena, size_t size)
{
    /* A large piece gets just its own room behind the head, so that the rest of the head is not lost. */
    bool alone = size > ARENA_BLOCK / 4;
    size_t room = alone ? size : ARENA_BLOCK;
    size_t total = sizeof(struct arena_block) + room;
    if (total > ARENA_LIMIT - arena->held) {
        return NULL;
    }
    struct arena_block *block = calloc(1, total);
    if (!block) {
        return NULL;
    }
    block->size = room;
    struct arena_block **place = alone && arena->blocks ? &arena->blocks->next : &arena->blocks;
    block->next = *place;
    *place = block;
    arena->held += total;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t mask = _Alignof(max_align_t) - 1;
    struct arena_block *block = arena->blocks;
    size_t start = block ? (block->used + mask) & ~mask : 0;
    if (!block || start > block->size || size > block->size - start) {
        block = size > ARENA_LIMIT ? NULL : block_add(arena, size);
        start = 0;
    }
    if (!block) {
        arena->failed = true;
        return NULL;
    }
    block->used = start + size;
    return block->bytes + start;
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    return copy ? memcpy(copy, text, length) : NULL;
}

char *arena_text(struct arena *arena, const char *text)
{
    return text ? arena_copy(arena, text, strlen(text)) : NULL;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = arena_vprintf(arena, format, arguments);
    va_end(arguments);
    return text;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    char *text = NULL;
    if (length >= 0) {
        text = arena_alloc(arena, (size_t)length + 1);
    } else {
        arena->failed = true;
    }
    if (text) {
        vsnprintf(text, (size_t)length + 1, format, again);
    }
    va_end(again);
    return text;
}

void arena_done(struct arena *arena)
{
    for (struct arena_block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    *arena = (struct arena){0};
}
