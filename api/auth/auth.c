/* SPDX-License-Identifier: MIT */
#include "auth/auth.h"

#include "auth/seal.h"
#include "core/buffer.h"
#include "core/cleanup.h"
#include "core/text.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

#define JWKS_MAX ((size_t)64 * 1024)

struct auth *auth_open(const struct auth_options *options)
{
    uint8_t master_key[SEAL_KEY_BYTES];
    struct auth *auth = hex_decode(options->master_key, master_key, sizeof master_key) ? calloc(1, sizeof *auth) : NULL;
    if (!auth)
        return NULL;
    auth->options = *options;
    auth->options.master_key = NULL; /* the keys hold what they need */
    if (!options->audience || !*options->audience)
        auth->options.audience = options->issuer;
    auth->keys = keys_open(options->pool, master_key);
    auth->cache = cache_open();
    OPENSSL_cleanse(master_key, sizeof master_key);
    if (!auth->keys || !auth->cache) {
        auth_close(auth);
        return NULL;
    }
    return auth;
}

void auth_close(struct auth *auth)
{
    if (!auth)
        return;
    keys_close(auth->keys);
    cache_close(auth->cache);
    free(auth);
}

bool auth_load_keys(struct auth *auth)
{
    return keys_load(auth->keys);
}

bool auth_ready(struct auth *auth)
{
    cleanup(keyset_done) struct keyset *set = keys_take(auth->keys);
    return set && keyset_active(set, PURPOSE_TOKEN) && keyset_active(set, PURPOSE_CURSOR);
}

const char *auth_fault(struct auth *auth)
{
    return keys_fault(auth->keys);
}

void auth_count(struct auth *auth, struct token_counts *ret_counts)
{
    cache_count(auth->cache, ret_counts);
}

char *auth_jwks(struct auth *auth, struct arena *arena)
{
    cleanup(keyset_done) struct keyset *set = keys_take(auth->keys);
    cleanup(buffer_done) struct buffer text = buffer_with_limit(JWKS_MAX);
    if (!set)
        return NULL;
    const char *separator = "";
    buffer_text(&text, "{\"keys\":[");
    for (size_t i = 0; i < set->count; i++) {
        if (set->keys[i].jwk && keyset_find(set, set->keys[i].purpose, set->keys[i].kid)) {
            buffer_printf(&text, "%s%s", separator, set->keys[i].jwk);
            separator = ",";
        }
    }
    buffer_text(&text, "]}");
    return text.failed ? NULL : arena_copy(arena, text.bytes, text.length);
}

bool auth_cursor_mac(struct auth *auth, const void *bytes, size_t length, uint8_t ret_mac[32])
{
    cleanup(keyset_done) struct keyset *set = keys_take(auth->keys);
    const struct key *key = set ? keyset_active(set, PURPOSE_CURSOR) : NULL;
    unsigned written = 0;
    return key && HMAC(EVP_sha256(), key->secret, sizeof key->secret, bytes, length, ret_mac, &written) &&
           written == 32;
}

const char *auth_rotate_key(struct auth *auth, struct arena *arena, const char *purpose, unsigned wait, unsigned grace)
{
    enum purpose known;
    return purpose_find(purpose, &known) ? keys_rotate(auth->keys, arena, known, wait, grace) : NULL;
}
