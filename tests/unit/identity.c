/* SPDX-License-Identifier: MIT */
#include "identity.h"

#include "core/cleanup.h"
#include "core/clock.h"
#include "core/text.h"
#include "fake_database.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct auth *auth;
struct arena arena;
int64_t passed_ms;

int64_t __real_clock_monotonic_ms(void);
int64_t __wrap_clock_monotonic_ms(void);

int64_t __wrap_clock_monotonic_ms(void)
{
    return __real_clock_monotonic_ms() + passed_ms;
}

struct auth *auth_with(const char *master_key)
{
    static const char usual[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    struct auth_options options = {
        .issuer = ISSUER, .master_key = master_key ? master_key : usual, .token_seconds = 600};
    return auth_open(&options);
}

int identity_begin(void **state)
{
    (void)state;
    database_reset();
    clock_set(NOW);
    auth = auth_with(NULL);
    assert_non_null(auth);
    assert_true(auth_load_keys(auth));
    return 0;
}

int identity_end(void **state)
{
    (void)state;
    auth_close(auth);
    arena_done(&arena);
    return 0;
}

struct key key_of(enum purpose purpose)
{
    cleanup(keyset_done) struct keyset *set = keys_take(auth->keys);
    struct key key = *keyset_active(set, purpose);
    key.private_pem = arena_text(&arena, key.private_pem);
    key.public_pem = arena_text(&arena, key.public_pem);
    return key;
}

char *segment(const char *text)
{
    return base64url_encode(&arena, text, strlen(text));
}

char *sign_es256(const char *signed_text, const char *private_pem)
{
    BIO *bio = BIO_new_mem_buf(private_pem, -1);
    EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    uint8_t der[128], raw[64];
    size_t length = sizeof der;
    const uint8_t *at = der;
    assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, pkey), 1);
    assert_int_equal(EVP_DigestSign(context, der, &length, (const uint8_t *)signed_text, strlen(signed_text)), 1);
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)length);
    BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + 32, 32);
    ECDSA_SIG_free(signature);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(pkey);
    BIO_free(bio);
    return base64url_encode(&arena, raw, sizeof raw);
}

char *sign_hs256(const char *signed_text, const void *secret, size_t length)
{
    uint8_t mac[32];
    HMAC(EVP_sha256(), secret, (int)length, (const uint8_t *)signed_text, strlen(signed_text), mac, NULL);
    return base64url_encode(&arena, mac, sizeof mac);
}

const char *good_header(void)
{
    return arena_printf(&arena, "{\"alg\":\"ES256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", key_of(PURPOSE_TOKEN).kid);
}

const char *token_of(const char *header, const char *claims)
{
    const char *text = arena_printf(&arena, "%s.%s", segment(header), segment(claims));
    return arena_printf(&arena, "%s.%s", text, sign_es256(text, key_of(PURPOSE_TOKEN).private_pem));
}

enum verdict verify(const char *token)
{
    struct caller caller;
    return token_verify(auth, &arena, token, &caller);
}

const char *issue(void)
{
    return issue_for(NULL);
}

const char *issue_for(const char *user_id)
{
    struct grant grant = {.client_id = CLIENT,
                          .user_id = user_id,
                          .organisation_id = "0190a6c0-0000-7000-8000-0000000000aa",
                          .epoch = "1",
                          .scopes = "projects:read personal-data:read"};
    int64_t expires_in = 0;
    const char *token = token_issue(auth, &arena, &grant, &expires_in);
    assert_non_null(token);
    assert_int_equal(expires_in, 600);
    return token;
}
