/* SPDX-License-Identifier: MIT */
#include "core/arena.h"
#include "core/memory.h"

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
    struct arena_block *block = watched_malloc(total);
    if (!block) {
        return NULL;
    }
    *block = (struct arena_block){.size = room};
    struct arena_block **place = alone && arena->blocks ? &arena->blocks->next : &arena->blocks;
    block->next = *place;
    *place = block;
    arena->held += total;
    return block;
}

struct arena arena_with_room(void *room, size_t size)
{
    return (struct arena){.first = room, .first_size = ARENA_BLOCK ? size : 0};
}

/* Aligned room behind what is used, or NULL. */
static void *take(unsigned char *bytes, size_t size, size_t *used, size_t wanted)
{
    const size_t mask = _Alignof(max_align_t) - 1;
    size_t start = (*used + mask) & ~mask;
    if (start > size || wanted > size - start) {
        return NULL;
    }
    *used = start + wanted;
    return bytes + start;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    struct arena_block *block = arena->blocks;
    void *piece = block ? take(block->bytes, block->size, &block->used, size)
                        : take(arena->first, arena->first_size, &arena->first_used, size);
    if (!piece) {
        block = size > ARENA_LIMIT ? NULL : block_add(arena, size);
        piece = block ? take(block->bytes, block->size, &block->used, size) : NULL;
    }
    if (!piece) {
        arena->failed = true;
        return NULL;
    }
    return memset(piece, 0, size);
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
