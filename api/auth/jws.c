/* SPDX-License-Identifier: MIT */
/* What the service signs for others to check without it: certificates, revocations, tree heads. Compact JWS, ES256. */
#include "auth/auth.h"
#include "core/cleanup.h"
#include "core/text.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>
#include <zlib.h>

#define COORDINATE_BYTES 32
#define DER_BYTES_MAX    80
#define WINDOW_BITS      15

static void pkey_done(EVP_PKEY **pkey)
{
    EVP_PKEY_free(*pkey);
}

static void bio_done(BIO **bio)
{
    BIO_free_all(*bio);
}

static void context_done(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

static void signature_done(ECDSA_SIG **signature)
{
    ECDSA_SIG_free(*signature);
}

/* JWS wants the two numbers side by side, OpenSSL gives them as ASN.1. */
static bool plain_signature(const uint8_t *der, size_t length, uint8_t ret_bytes[static 2 * COORDINATE_BYTES])
{
    cleanup(signature_done) ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)length);
    return signature && BN_bn2binpad(ECDSA_SIG_get0_r(signature), ret_bytes, COORDINATE_BYTES) == COORDINATE_BYTES &&
           BN_bn2binpad(ECDSA_SIG_get0_s(signature), ret_bytes + COORDINATE_BYTES, COORDINATE_BYTES) ==
               COORDINATE_BYTES;
}

static char *sign(struct arena *arena, const char *private_pem, const char *text)
{
    uint8_t der[DER_BYTES_MAX], plain[2 * COORDINATE_BYTES];
    size_t length = sizeof der;
    cleanup(bio_done) BIO *bio = BIO_new_mem_buf(private_pem, -1);
    cleanup(pkey_done) EVP_PKEY *pkey = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
    cleanup(context_done) EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!pkey || !context || EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, pkey) != 1 ||
        EVP_DigestSign(context, der, &length, (const unsigned char *)text, strlen(text)) != 1 ||
        !plain_signature(der, length, plain))
        return NULL;
    return base64url_encode(arena, plain, sizeof plain);
}

/* Raw, as the header `zip: DEF` has it (RFC 7516 4.1.3): a QR code has little room. */
static const void *deflated(struct arena *arena, const char *text, size_t *ret_length)
{
    z_stream stream = {.next_in = (unsigned char *)text, .avail_in = (unsigned)strlen(text)};
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -WINDOW_BITS, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;
    size_t room = deflateBound(&stream, stream.avail_in);
    unsigned char *bytes = arena_alloc(arena, room);
    stream.next_out = bytes;
    stream.avail_out = (unsigned)room;
    bool is_whole = bytes && deflate(&stream, Z_FINISH) == Z_STREAM_END;
    *ret_length = stream.total_out;
    deflateEnd(&stream);
    return is_whole ? bytes : NULL;
}

char *auth_sign(struct auth *auth, struct arena *arena, const char *purpose, const char *type, const char *payload)
{
    enum purpose known;
    cleanup(keyset_done) struct keyset *set = keys_take(auth->keys);
    const struct key *key = set && purpose_find(purpose, &known) ? keyset_active(set, known) : NULL;
    if (!key || !key->private_pem || !payload)
        return NULL;
    size_t length = strlen(payload);
    const void *bytes = type ? payload : deflated(arena, payload, &length);
    const char *header = type ? arena_printf(arena, "{\"alg\":\"ES256\",\"typ\":\"%s\",\"kid\":\"%s\"}", type, key->kid)
                              : arena_printf(arena, "{\"alg\":\"ES256\",\"zip\":\"DEF\",\"kid\":\"%s\"}", key->kid);
    const char *first = bytes && header ? base64url_encode(arena, header, strlen(header)) : NULL;
    const char *second = first ? base64url_encode(arena, bytes, length) : NULL;
    char *signed_part = second ? arena_printf(arena, "%s.%s", first, second) : NULL;
    char *signature = signed_part ? sign(arena, key->private_pem, signed_part) : NULL;
    return signature ? arena_printf(arena, "%s.%s", signed_part, signature) : NULL;
}
