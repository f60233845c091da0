/* SPDX-License-Identifier: MIT */
#pragma once
#include "core/arena.h"
#include "pg/query.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The service's own keys. They live in the table signing_key, so that all replicas use the same ones; the private part
 * is encrypted with KC_MASTER_KEY. A key has one purpose and is never used for another. */
#define KEYS_MAX 64
#define KEY_TEXT 44 /* RFC 7638 thumbprint, base64url, and its end */
#define KEYS_RELOAD_SECONDS                                                                                            \
    30                          /* after an unknown kid: one look at most in this time, however many kids are made up  \
                                 */
#define KEYS_RETRY_SECONDS   1  /* after a look that failed */
#define KEYS_REFRESH_SECONDS 60 /* a replica learns within this time that a key was retired */

enum purpose { PURPOSE_TOKEN, PURPOSE_CURSOR, PURPOSE_CERTIFICATE, PURPOSE_CHECKPOINT, PURPOSES };

struct key {
    char kid[KEY_TEXT];
    enum purpose purpose;
    int64_t not_before;                   /* it signs from then on; it is published and verifies before */
    int64_t retired_at;                   /* from then on it does not even verify */
    const char *private_pem, *public_pem; /* but for cursor: EC P-256 */
    const char *jwk;                      /* public, as JSON */
    uint8_t secret[32];                   /* purpose cursor */
};

/* What one look into the table found, newest key first. Never changed, so readers need no lock. */
struct keyset {
    atomic_uint references;
    struct arena arena;
    size_t count;
    struct key keys[KEYS_MAX];
};

struct keys;
struct keys *keys_open(struct pool *pool, const uint8_t master_key[static 32]);
void keys_close(struct keys *keys);
const char *keys_fault(struct keys *keys); /* of the last look; NULL: it went well */

/* Loads the keys and makes the first one of each purpose when there is none. */
bool keys_load(struct keys *keys);

/* The present set; NULL: never loaded, and the database cannot be reached. Put back with keyset_done. */
struct keyset *keys_take(struct keys *keys);
void keyset_done(struct keyset **set);

/* As keys_take, but looks again into the table when `kid` is not in the set and the last look is long enough ago. */
struct keyset *keys_take_with(struct keys *keys, const char *kid);

/* NULL: none. Both leave out what is retired now. */
const struct key *keyset_find(const struct keyset *set, enum purpose purpose, const char *kid);
const struct key *keyset_active(const struct keyset *set, enum purpose purpose);

/* Makes the next key of the purpose. `wait` seconds from now it begins to sign, `grace` seconds later the ones before
 * it are retired; those whose signatures are meant to last only without grace. The kid in the arena, or NULL: the
 * database refused or is not reachable. */
const char *keys_rotate(struct keys *keys, struct arena *arena, enum purpose purpose, unsigned wait, unsigned grace);
bool purpose_find(const char *name, enum purpose *ret_purpose);
