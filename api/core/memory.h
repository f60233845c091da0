/* SPDX-License-Identifier: MIT */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* For libraries that do not tell when memory has ended: Jansson says that the text is wrong, PCRE2's and OpenSSL's
 * callers see no match. Who works with them asks here
 * afterwards; arenas and buffers are counted in. */
void *watched_malloc(size_t size);
void *watched_realloc(void *bytes, size_t size);
/* For a library that frees by free() what it had from watched_malloc, and falls over when there is nothing: blocks set
 * aside for this thread, from which watched_malloc then gives. False: there is no memory even for them. */
bool memory_spare(void);
void memory_spare_done(void);
void memory_begin(void); /* of one piece of work on this thread */
bool memory_ended(void); /* something was refused to this thread since */

/* For a library that falls over when it gets no memory: what malloc refuses comes from a reserve of the process, enough
 * for some requests to be brought to their end. Memory of malloc may be grown and freed here too. */
void *reserve_malloc(size_t size);
void *reserve_realloc(void *bytes, size_t size);
void reserve_free(void *bytes);
/* Nothing that this thread took from the reserve is in use any more: what the library lost comes back. */
void reserve_done(void);
