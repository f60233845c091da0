/* SPDX-License-Identifier: MIT */
#include "core/memory.h"

#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SPARES     64 /* Jansson writes a token's header and claims with fewer */
#define SPARE_SIZE ((size_t)4096)

static _Thread_local bool ended;
static _Thread_local void **spares; /* each holds the next */

void *watched_malloc(size_t size)
{
    void *bytes = malloc(size);
    ended = ended || (!bytes && size);
    if (!bytes && spares && size <= SPARE_SIZE) {
        bytes = spares;
        spares = *spares;
    }
    return bytes;
}

bool memory_spare(void)
{
    for (unsigned i = 0; i < SPARES; i++) {
        void **spare = malloc(SPARE_SIZE);
        ended = ended || !spare;
        if (!spare)
            return false;
        *spare = spares;
        spares = spare;
    }
    return true;
}

void memory_spare_done(void)
{
    while (spares) {
        void **next = *spares;
        free(spares);
        spares = next;
    }
}

void *watched_realloc(void *bytes, size_t size)
{
    void *grown = realloc(bytes, size);
    ended = ended || (!grown && size);
    return grown;
}

void memory_begin(void)
{
    ended = false;
}

bool memory_ended(void)
{
    return ended;
}

/* ---- The reserve ---- */

/* Untouched pages cost nothing. */
#define UNIT  ((size_t)256)
#define UNITS ((size_t)4096)

static _Alignas(max_align_t) unsigned char room[UNITS * UNIT];
static uint16_t runs[UNITS];   /* at the first unit of a piece: how many it has; 0: not the first of one */
static uint32_t owners[UNITS]; /* there too: the thread that took it */
static _Atomic uint32_t threads;
static _Thread_local uint32_t self;
static _Thread_local bool has_taken;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static size_t units_of(size_t size)
{
    return size / UNIT + (size % UNIT || !size);
}

/* First fit: slow when much is in use, and never where memory does not end. */
static void *take(size_t size)
{
    size_t wanted = units_of(size), begin = 0, at = 0;
    pthread_mutex_lock(&lock);
    while (at < UNITS && at - begin < wanted)
        if (runs[at])
            begin = at += runs[at];
        else
            at++;
    bool fits = at - begin == wanted;
    if (fits) {
        runs[begin] = (uint16_t)wanted;
        owners[begin] = self = self ? self : ++threads;
        has_taken = true;
    }
    pthread_mutex_unlock(&lock);
    return fits ? room + begin * UNIT : NULL;
}

static bool is_ours(const void *bytes)
{
    return (uintptr_t)bytes >= (uintptr_t)room && (uintptr_t)bytes < (uintptr_t)room + sizeof room;
}

static uint16_t *run_of(const void *bytes)
{
    return &runs[((uintptr_t)bytes - (uintptr_t)room) / UNIT];
}

void *reserve_malloc(size_t size)
{
    void *bytes = malloc(size);
    if (!bytes) {
        bytes = take(size);
    }
    return bytes;
}

void *reserve_realloc(void *bytes, size_t size)
{
    void *grown = is_ours(bytes) ? NULL : realloc(bytes, size);
    if (grown || !bytes)
        return grown ? grown : take(size);
    size_t held = is_ours(bytes) ? *run_of(bytes) * UNIT : malloc_usable_size(bytes);
    void *moved = take(size);
    if (moved) {
        memcpy(moved, bytes, held < size ? held : size);
        reserve_free(bytes);
    }
    return moved;
}

void reserve_free(void *bytes)
{
    if (!is_ours(bytes)) {
        free(bytes);
        return;
    }
    pthread_mutex_lock(&lock);
    owners[run_of(bytes) - runs] = 0;
    *run_of(bytes) = 0;
    pthread_mutex_unlock(&lock);
}

void reserve_done(void)
{
    if (!has_taken)
        return;
    has_taken = false;
    pthread_mutex_lock(&lock);
    for (size_t at = 0; at < UNITS; at++)
        if (owners[at] == self)
            runs[at] = 0, owners[at] = 0;
    pthread_mutex_unlock(&lock);
}
