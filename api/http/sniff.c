/* SPDX-License-Identifier: MIT */
#include "http/sniff.h"

#include "core/log.h"

#include <magic.h>
#include <pthread.h>

/* One cookie for the process: it knows one question at a time, and reads its database when the first file comes. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static magic_t cookie;

static magic_t opened(void)
{
    if (cookie)
        return cookie;
    cookie = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS);
    if (cookie && magic_load(cookie, NULL) == 0)
        return cookie;
    log_event("error", "the database of file types cannot be read", "reason", cookie ? magic_error(cookie) : NULL,
              NULL);
    if (cookie)
        magic_close(cookie);
    return cookie = NULL;
}

const char *sniff(struct arena *arena, const void *bytes, size_t length)
{
    pthread_mutex_lock(&lock);
    const char *type = opened() ? magic_buffer(cookie, bytes, length) : NULL;
    const char *kept = arena_text(arena, type);
    pthread_mutex_unlock(&lock);
    return kept;
}
