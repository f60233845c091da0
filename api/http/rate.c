/* SPDX-License-Identifier: MIT */
#include "http/rate.h"

#include "core/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>

#define SETS      1024
#define WAYS      4
#define WINDOW_US 60000000

struct meter {
    uint64_t caller; /* keyed hash; 0: free */
    int64_t full_us; /* when this caller will have all of his allowance back */
};

struct rates {
    pthread_mutex_t lock;
    uint64_t seed;
    struct meter meters[SETS][WAYS];
};

struct rates *rates_open(void)
{
    struct rates *rates = calloc(1, sizeof *rates);
    if (!rates)
        return NULL;
    pthread_mutex_init(&rates->lock, NULL);
    if (getrandom(&rates->seed, sizeof rates->seed, 0) != sizeof rates->seed)
        rates->seed = (uint64_t)clock_monotonic_us(); /* only makes collisions hard to plan */
    return rates;
}

void rates_close(struct rates *rates)
{
    if (!rates)
        return;
    pthread_mutex_destroy(&rates->lock);
    free(rates);
}

/* FNV-1a over a secret seed */
static uint64_t hash(uint64_t seed, const char *text)
{
    uint64_t value = 14695981039346656037u ^ seed;
    for (; *text; text++)
        value = (value ^ (unsigned char)*text) * 1099511628211u;
    return value ? value : 1;
}

/* The caller's own meter, a free one, or that which is nearest to full. */
static struct meter *meter_of(struct rates *rates, uint64_t caller)
{
    struct meter *set = rates->meters[caller % SETS], *oldest = &set[0];
    for (int i = 0; i < WAYS; i++) {
        if (set[i].caller == caller)
            return &set[i];
        if (set[i].full_us < oldest->full_us)
            oldest = &set[i];
    }
    *oldest = (struct meter){.caller = caller};
    return oldest;
}

static unsigned seconds_up(int64_t us)
{
    return us <= 0 ? 0 : (unsigned)((us + 999999) / 1000000);
}

struct allowance rates_take(struct rates *rates, const char *caller, unsigned per_minute)
{
    int64_t now = clock_monotonic_us(), each = WINDOW_US / per_minute;
    struct allowance allowance = {0};
    pthread_mutex_lock(&rates->lock);
    struct meter *meter = meter_of(rates, hash(rates->seed, caller));
    int64_t full = (meter->full_us > now ? meter->full_us : now) + each;
    allowance.allowed = full - now <= WINDOW_US;
    if (allowance.allowed)
        meter->full_us = full;
    int64_t used = meter->full_us - now;
    pthread_mutex_unlock(&rates->lock);
    allowance.remaining = used >= WINDOW_US ? 0 : (unsigned)((WINDOW_US - used) / each);
    allowance.reset_seconds = seconds_up(used);
    allowance.retry_seconds = allowance.allowed ? 0 : seconds_up(full - now - WINDOW_US);
    return allowance;
}
