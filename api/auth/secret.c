/* SPDX-License-Identifier: MIT */
#include "auth/token.h"
#include "core/cleanup.h"
#include "core/text.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#define SECRET_BYTES 32

bool digest_hex(const void *bytes, size_t length, char ret_hex[static 65])
{
    uint8_t digest[32];
    if (EVP_Digest(bytes, length, digest, NULL, EVP_sha256(), NULL) != 1)
        return false;
    hex_encode(digest, sizeof digest, ret_hex);
    return true;
}

void secret_make(char ret_secret[static 64], char ret_hash_hex[static 65])
{
    uint8_t bytes[SECRET_BYTES];
    cleanup(arena_done) struct arena arena = {0};
    char *text = RAND_bytes(bytes, sizeof bytes) == 1 ? base64url_encode(&arena, bytes, sizeof bytes) : NULL;
    size_t length = text ? strlen(text) : 0;
    if (!text || !digest_hex(text, length, ret_hash_hex)) /* no randomness: no secret is better than a guessable one */
        abort();
    memcpy(ret_secret, text, length + 1);
    OPENSSL_cleanse(text, length);
    OPENSSL_cleanse(bytes, sizeof bytes);
}

bool secret_matches(const char *secret, const char *hash_hex)
{
    char given[65], kept[65] = {0};
    if (!digest_hex(secret, strlen(secret), given))
        return false;
    /* The comparison takes its time for an unknown client too. */
    if (hash_hex && strlen(hash_hex) == 64)
        memcpy(kept, hash_hex, sizeof kept);
    return CRYPTO_memcmp(given, kept, sizeof kept) == 0;
}
