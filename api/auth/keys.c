/* SPDX-License-Identifier: MIT */
#include "auth/keys.h"

#include "auth/keypair.h"
#include "auth/seal.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/text.h"
#include "generated.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *algorithm;
    bool lasts; /* what it signed is checked for years, long after the next key has begun */
} purposes[PURPOSES] = {
    [PURPOSE_TOKEN] = {"token", "ES256", false},
    [PURPOSE_CURSOR] = {"cursor", "HS256", false},
    [PURPOSE_CERTIFICATE] = {"certificate", "ES256", true},
    [PURPOSE_CHECKPOINT] = {"checkpoint", "ES256", true},
};

struct keys {
    struct pool *pool;
    uint8_t master_key[SEAL_KEY_BYTES];
    pthread_mutex_t looking; /* held while the table is read: one thread asks for all */
    int64_t looked_ms;
    bool failed; /* the last look */
    const char *_Atomic fault;
    pthread_mutex_t change; /* of `present`; never held for long */
    struct keyset *present;
};

static void keyset_free(struct keyset *set)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->keys[i].private_pem)
            OPENSSL_cleanse((char *)set->keys[i].private_pem, strlen(set->keys[i].private_pem));
    arena_done(&set->arena);
    OPENSSL_cleanse(set, sizeof *set);
    free(set);
}

void keyset_done(struct keyset **set)
{
    if (*set && atomic_fetch_sub(&(*set)->references, 1) == 1)
        keyset_free(*set);
    *set = NULL;
}

const struct key *keyset_find(const struct keyset *set, enum purpose purpose, const char *kid)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->keys[i].kid, kid) == 0 && set->keys[i].purpose == purpose &&
            set->keys[i].retired_at > clock_now())
            return &set->keys[i];
    return NULL;
}

const struct key *keyset_active(const struct keyset *set, enum purpose purpose)
{
    int64_t now = clock_now();
    for (size_t i = 0; i < set->count; i++)
        if (set->keys[i].purpose == purpose && set->keys[i].not_before <= now && set->keys[i].retired_at > now)
            return &set->keys[i];
    return NULL;
}

bool purpose_find(const char *name, enum purpose *ret_purpose)
{
    for (unsigned i = 0; i < PURPOSES; i++)
        if (strcmp(purposes[i].name, name) == 0) {
            *ret_purpose = (enum purpose)i;
            return true;
        }
    return false;
}

/* ---- Reading ---- */

static int64_t seconds_of(const char *text, int64_t absent)
{
    int64_t seconds = absent;
    if (text)
        integer_parse(text, INT64_MIN, INT64_MAX, &seconds);
    return seconds;
}

/* The table is not trusted beyond what the seal proves: the public half and the kid are made from the private one. */
static bool read_material(struct keys *keys, struct arena *arena, const char *sealed_hex, struct key *key)
{
    size_t length = strlen(sealed_hex) / 2, size = 0;
    uint8_t *sealed = arena_alloc(arena, length);
    char *context = arena_printf(arena, "%s/%s", purposes[key->purpose].name, key->kid);
    if (!sealed || !context || !hex_decode(sealed_hex, sealed, length))
        return false;
    uint8_t *plain = unseal(arena, keys->master_key, context, sealed, length, &size);
    if (!plain)
        return false;
    if (key->purpose == PURPOSE_CURSOR) {
        bool fits = size == sizeof key->secret;
        memcpy(key->secret, plain, fits ? size : 0);
        return fits;
    }
    struct keypair pair;
    if (!keypair_read(arena, (const char *)plain, &pair) || strcmp(pair.kid, key->kid) != 0)
        return false;
    key->private_pem = pair.private_pem;
    key->public_pem = pair.public_pem;
    key->jwk = pair.jwk;
    return true;
}

static bool read_row(struct keys *keys, const struct answer *answer, size_t row, struct keyset *set)
{
    const char *kid = answer_get(answer, row, "kid"), *purpose = answer_get(answer, row, "purpose");
    struct key *key = &set->keys[set->count];
    if (!purpose_find(purpose, &key->purpose))
        return true; /* of a later release */
    if (strlen(kid) >= KEY_TEXT || strcmp(answer_get(answer, row, "algorithm"), purposes[key->purpose].algorithm) != 0)
        return false;
    memcpy(key->kid, kid, strlen(kid) + 1);
    key->not_before = seconds_of(answer_get(answer, row, "not_before"), INT64_MIN);
    key->retired_at = seconds_of(answer_get(answer, row, "retired_at"), INT64_MAX);
    if (key->retired_at <= clock_now())
        return true;
    if (!read_material(keys, &set->arena, answer_get(answer, row, "private_key"), key))
        return false;
    set->count++;
    return true;
}

const char *keys_fault(struct keys *keys)
{
    return keys->fault;
}

/* NULL: keys->fault says why. */
static struct keyset *read_keys(struct keys *keys)
{
    keys->fault = "the signing keys cannot be read from the database";
    cleanup(answer_done) struct answer *answer = query_call(keys->pool, &statement_listSigningKeys, NULL);
    struct keyset *set = answer ? calloc(1, sizeof *set) : NULL;
    if (!set)
        return NULL;
    atomic_init(&set->references, 1);
    bool sound = true;
    for (size_t row = 0; sound && row < answer_rows(answer) && set->count < KEYS_MAX; row++)
        sound = read_row(keys, answer, row, set);
    if (sound) {
        keys->fault = NULL;
        return set;
    }
    keys->fault = "a signing key in the database does not open: KC_MASTER_KEY is not the one it was made with";
    keyset_done(&set);
    return NULL;
}

/* ---- Making ---- */

struct fresh_key {
    const char *kid, *sealed_hex, *jwk;
};

static bool make_key(struct keys *keys, struct arena *arena, enum purpose purpose, struct fresh_key *ret_key)
{
    struct keypair pair = {0};
    const char *kid;
    const void *plain;
    size_t length;
    uint8_t bytes[32];
    if (purpose == PURPOSE_CURSOR) {
        kid = symmetric_make(arena, bytes);
        plain = bytes;
        length = sizeof bytes;
    } else {
        kid = keypair_make(arena, &pair) ? pair.kid : NULL;
        plain = pair.private_pem;
        length = kid ? strlen(pair.private_pem) : 0;
    }
    char *context = kid ? arena_printf(arena, "%s/%s", purposes[purpose].name, kid) : NULL;
    uint8_t *sealed = arena_alloc(arena, length + SEAL_OVERHEAD);
    char *hex = arena_alloc(arena, 2 * (length + SEAL_OVERHEAD) + 1);
    if (!context || !sealed || !hex || !seal(keys->master_key, context, plain, length, sealed))
        return false;
    hex_encode(sealed, length + SEAL_OVERHEAD, hex);
    OPENSSL_cleanse(bytes, sizeof bytes);
    if (pair.private_pem)
        OPENSSL_cleanse(pair.private_pem, length);
    *ret_key = (struct fresh_key){.kid = kid, .sealed_hex = hex, .jwk = pair.jwk};
    return true;
}

/* Several services may start at once on an empty table: the unique number within the purpose lets one of them win. */
static bool make_first(struct keys *keys, enum purpose purpose)
{
    cleanup(arena_done) struct arena arena = {0};
    struct fresh_key key;
    if (!make_key(keys, &arena, purpose, &key))
        return false;
    const char *values[] = {key.kid, purposes[purpose].name, purposes[purpose].algorithm, key.sealed_hex, key.jwk};
    cleanup(answer_done) struct answer *answer = query_call(keys->pool, &statement_makeFirstSigningKey, values);
    return answer != NULL;
}

const char *keys_rotate(struct keys *keys, struct arena *arena, enum purpose purpose, unsigned wait, unsigned grace)
{
    struct fresh_key key;
    const char *begins = arena_printf(arena, "%" PRId64, clock_now() + wait);
    const char *ends = arena_printf(arena, "%" PRId64, clock_now() + wait + grace);
    if (!begins || !ends || !make_key(keys, arena, purpose, &key))
        return NULL;
    if (purposes[purpose].lasts && grace)
        ends = NULL;
    const char *values[] = {
        ends, purposes[purpose].name, key.kid, purposes[purpose].algorithm, key.sealed_hex, key.jwk, begins};
    cleanup(answer_done) struct answer *answer = query_call(keys->pool, &statement_rotateSigningKey, values);
    return answer && answer_rows(answer) == 1 ? key.kid : NULL;
}

/* ---- Sharing ---- */

static bool complete(const struct keyset *set)
{
    for (unsigned i = 0; i < PURPOSES; i++)
        if (!keyset_active(set, (enum purpose)i))
            return false;
    return true;
}

static struct keyset *read_or_make(struct keys *keys)
{
    struct keyset *set = read_keys(keys);
    if (!set || complete(set))
        return set;
    bool made = true;
    for (unsigned i = 0; i < PURPOSES; i++)
        if (!keyset_active(set, (enum purpose)i))
            made = make_first(keys, (enum purpose)i) && made;
    keyset_done(&set);
    if (made)
        return read_keys(keys);
    keys->fault = "the first signing keys cannot be made";
    return NULL;
}

static struct keyset *swap(struct keys *keys, struct keyset *set)
{
    pthread_mutex_lock(&keys->change);
    struct keyset *old = keys->present;
    keys->present = set;
    pthread_mutex_unlock(&keys->change);
    return old;
}

static struct keyset *present(struct keys *keys)
{
    pthread_mutex_lock(&keys->change);
    struct keyset *set = keys->present;
    if (set)
        atomic_fetch_add(&set->references, 1);
    pthread_mutex_unlock(&keys->change);
    return set;
}

/* Reads the table when the last look is `seconds` old. Only who cannot go on without the answer waits for another's
 * look. False: the last look failed. */
static bool look(struct keys *keys, int64_t seconds, bool wait)
{
    if (wait)
        pthread_mutex_lock(&keys->looking);
    else if (pthread_mutex_trylock(&keys->looking) != 0)
        return true;
    int64_t pause = keys->failed ? KEYS_RETRY_SECONDS : seconds;
    if (clock_monotonic_ms() - keys->looked_ms >= pause * 1000) {
        struct keyset *set = read_or_make(keys);
        keys->failed = !set;
        keys->looked_ms = clock_monotonic_ms();
        if (set) {
            struct keyset *old = swap(keys, set);
            keyset_done(&old);
        }
    }
    bool sound = !keys->failed;
    pthread_mutex_unlock(&keys->looking);
    return sound;
}

bool keys_load(struct keys *keys)
{
    return look(keys, 0, true);
}

struct keyset *keys_take(struct keys *keys)
{
    struct keyset *set = present(keys);
    if (!set)
        return look(keys, KEYS_REFRESH_SECONDS, true) ? present(keys) : NULL;
    look(keys, KEYS_REFRESH_SECONDS, false);
    keyset_done(&set);
    return present(keys);
}

struct keyset *keys_take_with(struct keys *keys, const char *kid)
{
    struct keyset *set = keys_take(keys);
    for (size_t i = 0; set && i < set->count; i++)
        if (strcmp(set->keys[i].kid, kid) == 0)
            return set;
    if (!set)
        return NULL;
    keyset_done(&set);
    return look(keys, KEYS_RELOAD_SECONDS, true) ? present(keys) : NULL;
}

struct keys *keys_open(struct pool *pool, const uint8_t master_key[static 32])
{
    struct keys *keys = calloc(1, sizeof *keys);
    if (!keys)
        return NULL;
    keys->pool = pool;
    keys->looked_ms = INT64_MIN / 2;
    memcpy(keys->master_key, master_key, sizeof keys->master_key);
    pthread_mutex_init(&keys->looking, NULL);
    pthread_mutex_init(&keys->change, NULL);
    return keys;
}

void keys_close(struct keys *keys)
{
    if (!keys)
        return;
    keyset_done(&keys->present);
    pthread_mutex_destroy(&keys->looking);
    pthread_mutex_destroy(&keys->change);
    OPENSSL_cleanse(keys, sizeof *keys);
    free(keys);
}
