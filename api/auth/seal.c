/* SPDX-License-Identifier: MIT */
#include "auth/seal.h"

#include "core/cleanup.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

static void cipher_done(EVP_CIPHER_CTX **cipher)
{
    EVP_CIPHER_CTX_free(*cipher);
}

bool seal(const uint8_t key[static SEAL_KEY_BYTES], const char *context, const void *plain, size_t length,
          uint8_t *ret_sealed)
{
    cleanup(cipher_done) EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    uint8_t *nonce = ret_sealed, *body = nonce + SEAL_NONCE_BYTES, *tag = body + length;
    int written = 0;
    return cipher && length <= INT_MAX && RAND_bytes(nonce, SEAL_NONCE_BYTES) == 1 &&
           EVP_EncryptInit_ex2(cipher, EVP_aes_256_gcm(), key, nonce, NULL) == 1 &&
           EVP_EncryptUpdate(cipher, NULL, &written, (const uint8_t *)context, (int)strlen(context)) == 1 &&
           EVP_EncryptUpdate(cipher, body, &written, plain, (int)length) == 1 &&
           EVP_EncryptFinal_ex(cipher, body + written, &written) == 1 &&
           EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, SEAL_TAG_BYTES, tag) == 1;
}

uint8_t *unseal(struct arena *arena, const uint8_t key[static SEAL_KEY_BYTES], const char *context,
                const uint8_t *sealed, size_t length, size_t *ret_length)
{
    if (length < SEAL_OVERHEAD || length > INT_MAX)
        return NULL;
    size_t size = length - SEAL_OVERHEAD;
    const uint8_t *body = sealed + SEAL_NONCE_BYTES;
    uint8_t tag[SEAL_TAG_BYTES];
    memcpy(tag, body + size, sizeof tag);
    uint8_t *plain = arena_alloc(arena, size + 1);
    cleanup(cipher_done) EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    int written = 0;
    if (!plain || !cipher || EVP_DecryptInit_ex2(cipher, EVP_aes_256_gcm(), key, sealed, NULL) != 1 ||
        EVP_DecryptUpdate(cipher, NULL, &written, (const uint8_t *)context, (int)strlen(context)) != 1 ||
        EVP_DecryptUpdate(cipher, plain, &written, body, (int)size) != 1 ||
        EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, SEAL_TAG_BYTES, tag) != 1 ||
        EVP_DecryptFinal_ex(cipher, plain + written, &written) != 1)
        return NULL;
    *ret_length = size;
    return plain;
}
