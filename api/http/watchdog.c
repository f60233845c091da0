/* SPDX-License-Identifier: MIT */
#include "http/watchdog.h"

#include "core/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#define LOOK_EVERY_MS 200

struct place {
    int socket; /* -1: free */
    int next_free;
    int64_t deadline_ms;
};

struct watchdog {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
    int64_t wait_ms, request_ms;
    size_t count;
    int free;
    struct place places[];
};

static void look(struct watchdog *watchdog)
{
    int64_t now = clock_monotonic_ms();
    for (size_t i = 0; i < watchdog->count; i++) {
        struct place *place = &watchdog->places[i];
        if (place->socket < 0 || place->deadline_ms > now)
            continue;
        shutdown(place->socket, SHUT_RDWR);
        place->deadline_ms = INT64_MAX; /* once is enough; the library closes it */
    }
}

static void *watch(void *closure)
{
    struct watchdog *watchdog = closure;
    pthread_mutex_lock(&watchdog->lock);
    while (!watchdog->stopping) {
        int64_t until = clock_monotonic_ms() + LOOK_EVERY_MS;
        struct timespec time = {.tv_sec = until / 1000, .tv_nsec = until % 1000 * 1000000};
        pthread_cond_timedwait(&watchdog->wake, &watchdog->lock, &time);
        look(watchdog);
    }
    pthread_mutex_unlock(&watchdog->lock);
    return NULL;
}

struct watchdog *watchdog_start(size_t connections, int64_t wait_ms, int64_t request_ms)
{
    struct watchdog *watchdog = calloc(1, sizeof *watchdog + connections * sizeof watchdog->places[0]);
    if (!watchdog)
        return NULL;
    watchdog->count = connections;
    watchdog->wait_ms = wait_ms;
    watchdog->request_ms = request_ms;
    for (size_t i = 0; i < connections; i++)
        watchdog->places[i] = (struct place){.socket = -1, .next_free = i + 1 < connections ? (int)i + 1 : -1};
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&watchdog->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&watchdog->lock, NULL);
    if (pthread_create(&watchdog->thread, NULL, watch, watchdog) == 0)
        return watchdog;
    free(watchdog);
    return NULL;
}

void watchdog_stop(struct watchdog *watchdog)
{
    if (!watchdog)
        return;
    pthread_mutex_lock(&watchdog->lock);
    watchdog->stopping = true;
    pthread_cond_signal(&watchdog->wake);
    pthread_mutex_unlock(&watchdog->lock);
    pthread_join(watchdog->thread, NULL);
    pthread_cond_destroy(&watchdog->wake);
    pthread_mutex_destroy(&watchdog->lock);
    free(watchdog);
}

int watchdog_enter(struct watchdog *watchdog, int socket)
{
    pthread_mutex_lock(&watchdog->lock);
    int place = watchdog->free;
    if (place >= 0) {
        watchdog->free = watchdog->places[place].next_free;
        watchdog->places[place] =
            (struct place){.socket = socket, .deadline_ms = clock_monotonic_ms() + watchdog->wait_ms};
    }
    pthread_mutex_unlock(&watchdog->lock);
    return place;
}

static void set_deadline(struct watchdog *watchdog, int place, int64_t from_now_ms)
{
    if (place < 0)
        return;
    pthread_mutex_lock(&watchdog->lock);
    watchdog->places[place].deadline_ms = clock_monotonic_ms() + from_now_ms;
    pthread_mutex_unlock(&watchdog->lock);
}

void watchdog_begin(struct watchdog *watchdog, int place)
{
    set_deadline(watchdog, place, watchdog->request_ms);
}

void watchdog_allow(struct watchdog *watchdog, int place, int64_t ms)
{
    set_deadline(watchdog, place, ms);
}

void watchdog_end(struct watchdog *watchdog, int place)
{
    set_deadline(watchdog, place, watchdog->wait_ms);
}

void watchdog_leave(struct watchdog *watchdog, int place)
{
    if (place < 0)
        return;
    pthread_mutex_lock(&watchdog->lock);
    watchdog->places[place] = (struct place){.socket = -1, .next_free = watchdog->free};
    watchdog->free = place;
    pthread_mutex_unlock(&watchdog->lock);
}
