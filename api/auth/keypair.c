/* SPDX-License-Identifier: MIT */
#include "auth/keypair.h"

#include "core/cleanup.h"
#include "core/text.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <string.h>

#define COORDINATE_BYTES 32

static void pkey_done(EVP_PKEY **pkey)
{
    EVP_PKEY_free(*pkey);
}

static void bio_done(BIO **bio)
{
    BIO_free_all(*bio);
}

static void number_done(BIGNUM **number)
{
    BN_free(*number);
}

static char *bio_text(struct arena *arena, BIO *bio)
{
    char *bytes;
    long length = BIO_get_mem_data(bio, &bytes);
    return length > 0 ? arena_copy(arena, bytes, (size_t)length) : NULL;
}

static char *coordinate(struct arena *arena, const EVP_PKEY *pkey, const char *name)
{
    cleanup(number_done) BIGNUM *number = NULL;
    uint8_t bytes[COORDINATE_BYTES];
    if (EVP_PKEY_get_bn_param(pkey, name, &number) != 1 || BN_bn2binpad(number, bytes, sizeof bytes) != sizeof bytes)
        return NULL;
    return base64url_encode(arena, bytes, sizeof bytes);
}

static const char *thumbprint(struct arena *arena, const char *canonical)
{
    uint8_t digest[32];
    if (!canonical || EVP_Digest(canonical, strlen(canonical), digest, NULL, EVP_sha256(), NULL) != 1)
        return NULL;
    return base64url_encode(arena, digest, sizeof digest);
}

static bool describe(struct arena *arena, EVP_PKEY *pkey, struct keypair *ret_pair)
{
    char group[32] = {0};
    cleanup(bio_done) BIO *private_part = BIO_new(BIO_s_secmem()), *public_part = BIO_new(BIO_s_mem());
    if (!private_part || !public_part || EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL) != 1 ||
        strcmp(group, SN_X9_62_prime256v1) != 0 ||
        PEM_write_bio_PrivateKey(private_part, pkey, NULL, NULL, 0, NULL, NULL) != 1 ||
        PEM_write_bio_PUBKEY(public_part, pkey) != 1)
        return false;
    const char *x = coordinate(arena, pkey, OSSL_PKEY_PARAM_EC_PUB_X),
               *y = coordinate(arena, pkey, OSSL_PKEY_PARAM_EC_PUB_Y);
    if (!x || !y)
        return false;
    struct keypair pair = {.private_pem = bio_text(arena, private_part), .public_pem = bio_text(arena, public_part)};
    /* RFC 7638: the required members only, in the order of their names. */
    pair.kid =
        thumbprint(arena, arena_printf(arena, "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}", x, y));
    pair.jwk = arena_printf(arena,
                            "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\",\"y\":\"%s\",\"kid\":\"%s\","
                            "\"alg\":\"ES256\",\"use\":\"sig\"}",
                            x, y, pair.kid ? pair.kid : "");
    if (arena->failed || !pair.kid)
        return false;
    *ret_pair = pair;
    return true;
}

bool keypair_make(struct arena *arena, struct keypair *ret_pair)
{
    cleanup(pkey_done) EVP_PKEY *pkey = EVP_EC_gen("P-256");
    return pkey && describe(arena, pkey, ret_pair);
}

bool keypair_read(struct arena *arena, const char *private_pem, struct keypair *ret_pair)
{
    cleanup(bio_done) BIO *bio = BIO_new_mem_buf(private_pem, -1);
    cleanup(pkey_done) EVP_PKEY *pkey = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
    return pkey && describe(arena, pkey, ret_pair);
}

const char *symmetric_make(struct arena *arena, uint8_t ret_secret[static 32])
{
    if (RAND_bytes(ret_secret, 32) != 1)
        return NULL;
    const char *k = base64url_encode(arena, ret_secret, 32);
    return k ? thumbprint(arena, arena_printf(arena, "{\"k\":\"%s\",\"kty\":\"oct\"}", k)) : NULL;
}
