/* SPDX-License-Identifier: MIT */
#include "auth/cache.h"

#include "core/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Texts of an entry; those of the caller are absent until the database has answered. */
enum text { KID, CLIENT, EPOCH, TOKEN_SCOPES, USER, ORGANISATION, PROVINCE, TIER, PROVINCES, ROLES, SCOPES, TEXTS };

struct entry {
    uint8_t digest[32];
    char *texts[TEXTS]; /* KID is NULL: the place is free */
    int64_t ends_at;
    int64_t used_ms;
    int64_t settled_ms; /* when the database was asked with success */
    unsigned failures;  /* how often it was asked in vain */
    enum verdict verdict;
    bool personal_data;
    bool asking; /* a thread has gone to the database; the others wait */
};

struct set {
    pthread_mutex_t lock;
    pthread_cond_t settled;
    struct token_counts counts;
    struct entry entries[CACHE_WAYS];
};

struct cache {
    struct set sets[CACHE_SETS];
};

static void entry_clear(struct entry *entry)
{
    for (unsigned i = 0; i < TEXTS; i++)
        free(entry->texts[i]);
    *entry = (struct entry){0};
}

struct cache *cache_open(void)
{
    struct cache *cache = calloc(1, sizeof *cache);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    for (size_t i = 0; cache && i < CACHE_SETS; i++) {
        pthread_mutex_init(&cache->sets[i].lock, NULL);
        pthread_cond_init(&cache->sets[i].settled, &monotonic);
    }
    pthread_condattr_destroy(&monotonic);
    return cache;
}

void cache_close(struct cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < CACHE_SETS; i++) {
        for (size_t k = 0; k < CACHE_WAYS; k++)
            entry_clear(&cache->sets[i].entries[k]);
        pthread_mutex_destroy(&cache->sets[i].lock);
        pthread_cond_destroy(&cache->sets[i].settled);
    }
    free(cache);
}

static struct set *set_of(struct cache *cache, const uint8_t digest[static 32])
{
    return &cache->sets[(digest[0] | (size_t)digest[1] << 8) % CACHE_SETS];
}

static struct entry *find(struct set *set, const uint8_t digest[static 32])
{
    for (size_t i = 0; i < CACHE_WAYS; i++) {
        struct entry *entry = &set->entries[i];
        if (entry->texts[KID] && memcmp(entry->digest, digest, sizeof entry->digest) == 0)
            return entry;
    }
    return NULL;
}

/* Free places first, then the one unused for longest. Who waits for an answer about it finds it gone and begins anew.
 */
static struct entry *victim(struct set *set)
{
    struct entry *oldest = &set->entries[0];
    for (size_t i = 0; i < CACHE_WAYS; i++) {
        struct entry *entry = &set->entries[i];
        if (!entry->texts[KID])
            return entry;
        if (entry->used_ms < oldest->used_ms)
            oldest = entry;
    }
    return oldest;
}

/* The texts from `first` to before `end`; NULL stays NULL. */
static bool keep_texts(struct entry *entry, const char *const texts[static TEXTS], enum text first, enum text end)
{
    for (unsigned i = first; i < end; i++) {
        free(entry->texts[i]);
        entry->texts[i] = texts[i] ? strdup(texts[i]) : NULL;
        if (texts[i] && !entry->texts[i])
            return false;
    }
    return true;
}

/* Without memory nothing is kept, and the next request begins anew. */
static void add(struct set *set, const uint8_t digest[static 32], const struct claims *claims)
{
    struct entry *entry = victim(set);
    bool waited_for = entry->asking;
    set->counts.evictions += entry->texts[KID] != NULL;
    entry_clear(entry);
    if (waited_for)
        pthread_cond_broadcast(&set->settled);
    memcpy(entry->digest, digest, sizeof entry->digest);
    const char *texts[TEXTS] = {[KID] = claims->kid,
                                [CLIENT] = claims->client_id,
                                [EPOCH] = claims->epoch,
                                [TOKEN_SCOPES] = claims->scopes,
                                [USER] = claims->user_id};
    if (!keep_texts(entry, texts, KID, ORGANISATION)) {
        entry_clear(entry);
        return;
    }
    entry->ends_at = claims->ends_at;
    entry->used_ms = clock_monotonic_ms();
    entry->settled_ms = INT64_MIN / 2;
    entry->asking = true;
}

static void wait_for_answer(struct set *set)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += CACHE_WAIT_MS / 1000;
    pthread_cond_timedwait(&set->settled, &set->lock, &until);
}

static bool copy_claims(const struct entry *entry, struct arena *arena, struct claims *ret_claims)
{
    *ret_claims = (struct claims){.kid = arena_text(arena, entry->texts[KID]),
                                  .client_id = arena_text(arena, entry->texts[CLIENT]),
                                  .epoch = arena_text(arena, entry->texts[EPOCH]),
                                  .scopes = arena_text(arena, entry->texts[TOKEN_SCOPES]),
                                  .user_id = arena_text(arena, entry->texts[USER]),
                                  .ends_at = entry->ends_at};
    return !arena->failed;
}

static bool copy_caller(const struct entry *entry, struct arena *arena, struct caller *ret_caller)
{
    *ret_caller = (struct caller){.client_id = arena_text(arena, entry->texts[CLIENT]),
                                  .user_id = arena_text(arena, entry->texts[USER]),
                                  .organisation_id = arena_text(arena, entry->texts[ORGANISATION]),
                                  .province_code = arena_text(arena, entry->texts[PROVINCE]),
                                  .tier = arena_text(arena, entry->texts[TIER]),
                                  .provinces = arena_text(arena, entry->texts[PROVINCES]),
                                  .roles = arena_text(arena, entry->texts[ROLES]),
                                  .scopes = arena_text(arena, entry->texts[SCOPES]),
                                  .expires_at = entry->ends_at - TOKEN_SKEW_SECONDS,
                                  .personal_data = entry->personal_data};
    return !arena->failed;
}

/* With the set locked; gives it up while waiting, so the entry is looked up anew afterwards. */
static enum found take(struct set *set, const uint8_t digest[static 32], const struct claims *known,
                       struct arena *arena, struct claims *ret_claims, enum verdict *ret_verdict,
                       struct caller *ret_caller)
{
    int64_t began_ms = clock_monotonic_ms();
    unsigned failures = 0;
    for (bool waited = false;; waited = true) {
        int64_t now_ms = clock_monotonic_ms();
        struct entry *entry = find(set, digest);
        if (!entry && known) {
            add(set, digest, known);
            *ret_claims = *known;
            return FOUND_ASK;
        }
        if (!entry || entry->ends_at <= clock_now())
            return FOUND_NONE;
        entry->used_ms = now_ms;
        if (now_ms - entry->settled_ms < AUTH_REFRESH_SECONDS * 1000) {
            *ret_verdict = entry->verdict;
            bool copied = entry->verdict != TOKEN_VALID || copy_caller(entry, arena, ret_caller);
            return copied ? FOUND_ANSWER : FOUND_DOWN;
        }
        if ((waited && entry->failures != failures) || now_ms - began_ms >= CACHE_WAIT_MS)
            return FOUND_DOWN;
        if (!entry->asking) {
            if (!copy_claims(entry, arena, ret_claims))
                return FOUND_DOWN;
            entry->asking = true;
            return FOUND_ASK;
        }
        failures = entry->failures;
        wait_for_answer(set);
    }
}

enum found cache_take(struct cache *cache, const uint8_t digest[static 32], const struct claims *known,
                      struct arena *arena, struct claims *ret_claims, enum verdict *ret_verdict,
                      struct caller *ret_caller)
{
    struct set *set = set_of(cache, digest);
    pthread_mutex_lock(&set->lock);
    enum found found = take(set, digest, known, arena, ret_claims, ret_verdict, ret_caller);
    set->counts.hits += found == FOUND_ANSWER;
    set->counts.refreshes += found == FOUND_ASK && !known;
    set->counts.misses += found == FOUND_ASK && known;
    pthread_mutex_unlock(&set->lock);
    return found;
}

static bool keep_caller(struct entry *entry, const struct caller *caller)
{
    const char *texts[TEXTS] = {[ORGANISATION] = caller->organisation_id,
                                [PROVINCE] = caller->province_code,
                                [TIER] = caller->tier,
                                [PROVINCES] = caller->provinces,
                                [ROLES] = caller->roles,
                                [SCOPES] = caller->scopes};
    entry->personal_data = caller->personal_data;
    return keep_texts(entry, texts, ORGANISATION, TEXTS);
}

void cache_settle(struct cache *cache, const uint8_t digest[static 32], enum verdict verdict,
                  const struct caller *caller, int64_t asked_ms)
{
    struct set *set = set_of(cache, digest);
    pthread_mutex_lock(&set->lock);
    struct entry *entry = find(set, digest);
    if (entry) {
        entry->asking = false;
        if (verdict == TOKEN_UNKNOWN_OUTCOME) {
            entry->failures++;
        } else if (verdict == TOKEN_INVALID || (verdict == TOKEN_VALID && !keep_caller(entry, caller))) {
            entry_clear(entry);
        } else {
            entry->verdict = verdict;
            entry->settled_ms = asked_ms;
        }
    }
    pthread_cond_broadcast(&set->settled);
    pthread_mutex_unlock(&set->lock);
}

void cache_count(struct cache *cache, struct token_counts *ret_counts)
{
    *ret_counts = (struct token_counts){0};
    for (size_t i = 0; i < CACHE_SETS; i++) {
        struct set *set = &cache->sets[i];
        pthread_mutex_lock(&set->lock);
        for (size_t k = 0; k < CACHE_WAYS; k++)
            ret_counts->entries += set->entries[k].texts[KID] != NULL;
        ret_counts->hits += set->counts.hits;
        ret_counts->refreshes += set->counts.refreshes;
        ret_counts->misses += set->counts.misses;
        ret_counts->evictions += set->counts.evictions;
        pthread_mutex_unlock(&set->lock);
    }
}
