/* SPDX-License-Identifier: MIT */
/* Preloaded by test_memory_ends.py: one allocation of the program, counted from when the test says so, finds no memory.
 * Test and program share the page of the file that SHORT_OF_MEMORY names. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct order {
    _Atomic int64_t left;    /* allocations that still succeed; below zero: all */
    _Atomic int64_t made;    /* since the test set it to zero */
    _Atomic int64_t lasting; /* not one fails, but all from then on */
} * order;

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);

static void (*real_free)(void *);
static bool looking; /* only ever before there are threads */
/* Zero until the loader has come to this library: a sanitizer begins before that. */
static void *(*volatile find)(void *, const char *) = dlsym;
static _Alignas(max_align_t) unsigned char room[65536];

/* The loader itself allocates while it looks; what it asks for then is little, and kept. */
static void *early(size_t size)
{
    static size_t used;
    void *piece = room + used;
    used += (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    return used <= sizeof room ? piece : NULL;
}

static void look(void)
{
    looking = true;
    real_calloc = find(RTLD_NEXT, "calloc");
    real_realloc = find(RTLD_NEXT, "realloc");
    real_free = find(RTLD_NEXT, "free");
    real_malloc = find(RTLD_NEXT, "malloc");
    looking = false;
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("SHORT_OF_MEMORY");
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *page = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *order, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    order = page == MAP_FAILED ? NULL : page;
}

static bool refused(void)
{
    if (!order)
        return false;
    order->made++;
    int64_t left = order->left;
    while (left >= 0 && !(left == 0 && order->lasting))
        if (atomic_compare_exchange_weak(&order->left, &left, left - 1))
            return left == 0;
    return left == 0;
}

/* Nothing was found yet: another library begins before we can look behind it. */
static bool too_early(void)
{
    if (find && !real_malloc && !looking)
        look();
    return looking || !real_malloc;
}

/* libjwt asks for a length of -1 when OpenSSL found no memory. The C library has none for that; a sanitizer ends the
 * program. */
void *malloc(size_t size)
{
    if (too_early())
        return early(size);
    return refused() || size > PTRDIFF_MAX ? NULL : real_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    if (too_early())
        return early(count * size);
    return refused() ? NULL : real_calloc(count, size);
}

void *realloc(void *bytes, size_t size)
{
    if (too_early())
        return early(size);
    return refused() ? NULL : real_realloc(bytes, size);
}

void free(void *bytes)
{
    bool is_early = (unsigned char *)bytes >= room && (unsigned char *)bytes < room + sizeof room;
    if (real_free && !is_early)
        real_free(bytes);
}

/* Under a sanitizer these do not come by malloc. */
char *strndup(const char *text, size_t most)
{
    size_t length = strnlen(text, most);
    char *copy = malloc(length + 1);
    if (copy) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

char *strdup(const char *text)
{
    return strndup(text, strlen(text));
}
