/* SPDX-License-Identifier: MIT */
#pragma once
#include "auth/token.h"
#include "core/arena.h"

#include <stdint.h>

/* Tokens whose signature was good, so that it is checked once, and what the database said of their clients, so that it
 * is asked once in AUTH_REFRESH_SECONDS for all requests with the same token. Tokens that were refused are not kept.
 * Bounded: sets of CACHE_WAYS entries, the one unused for longest gives way. */
#define CACHE_WAYS    8
#define CACHE_SETS    (TOKEN_CACHE_ENTRIES / CACHE_WAYS)
#define CACHE_WAIT_MS 15000 /* for another thread's question; the pool's own deadlines are shorter */

/* What a verified token says. */
struct claims {
    const char *kid, *client_id, *epoch, *scopes;
    const char *user_id; /* the person on whose behalf the client calls; NULL: none */
    int64_t ends_at;     /* the token is refused from then on */
};

enum found {
    FOUND_ANSWER, /* *ret_verdict, and with TOKEN_VALID *ret_caller, are what the database said just now */
    FOUND_ASK,  /* *ret_claims are good, but the caller must ask the database and then cache_settle: others wait for it
                 */
    FOUND_DOWN, /* another thread has just asked in vain */
    FOUND_NONE, /* the token is not here */
};

struct cache;
struct cache *cache_open(void);
void cache_close(struct cache *cache);

/* `known`: the claims, to be added when the token is not here yet; NULL: only look. Texts go into the arena. */
enum found cache_take(struct cache *cache, const uint8_t digest[static 32], const struct claims *known,
                      struct arena *arena, struct claims *ret_claims, enum verdict *ret_verdict,
                      struct caller *ret_caller);

/* The answer to FOUND_ASK, true as of asked_ms (monotonic). TOKEN_INVALID forgets the token. */
void cache_settle(struct cache *cache, const uint8_t digest[static 32], enum verdict verdict,
                  const struct caller *caller, int64_t asked_ms);

void cache_count(struct cache *cache, struct token_counts *ret_counts);
