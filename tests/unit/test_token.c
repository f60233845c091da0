/* SPDX-License-Identifier: MIT */
/* Tokens that are refused, and the few that are not. */
#include "cases.h"
#include "fake_database.h"
#include "identity.h"

static const char *claims_with(const char *iss, const char *aud, const char *use, const char *times, const char *rest)
{
    return arena_printf(&arena, "{%s%s%s%s\"client_id\":\"" CLIENT "\",\"scope\":\"projects:read\",\"epoch\":1%s}", iss,
                        aud, use, times, rest);
}

#define ISS   "\"iss\":\"" ISSUER "\","
#define AUD   "\"aud\":\"" ISSUER "\","
#define USE   "\"token_use\":\"access\","
#define TIMES "\"iat\":1800000000,\"nbf\":1800000000,\"exp\":1800000600,"

/* ---- Claims: signed by our key, so that only the claims decide ---- */

static const struct claims_row {
    const char *name, *iss, *aud, *use, *times, *rest;
    enum verdict verdict;
} claims_rows[] = {
    {"good", ISS, AUD, USE, TIMES, "", TOKEN_VALID},
    {"audience list with us", ISS, "\"aud\":[\"other\",\"" ISSUER "\"],", USE, TIMES, "", TOKEN_VALID},
    {"audience list without us", ISS, "\"aud\":[\"other\"],", USE, TIMES, "", TOKEN_INVALID},
    {"empty audience list", ISS, "\"aud\":[],", USE, TIMES, "", TOKEN_INVALID},
    {"other audience", ISS, "\"aud\":\"https://other.test\",", USE, TIMES, "", TOKEN_INVALID},
    {"audience that begins as ours", ISS, "\"aud\":\"" ISSUER "/x\",", USE, TIMES, "", TOKEN_INVALID},
    {"no audience", ISS, "", USE, TIMES, "", TOKEN_INVALID},
    {"other issuer", "\"iss\":\"https://other.test\",", AUD, USE, TIMES, "", TOKEN_INVALID},
    {"no issuer", "", AUD, USE, TIMES, "", TOKEN_INVALID},
    {"no token_use", ISS, AUD, "", TIMES, "", TOKEN_INVALID},
    {"other token_use", ISS, AUD, "\"token_use\":\"refresh\",", TIMES, "", TOKEN_INVALID},
    {"expired", ISS, AUD, USE, "\"iat\":1799999000,\"nbf\":1799999000,\"exp\":1799999940,", "", TOKEN_EXPIRED},
    {"expired within the skew", ISS, AUD, USE, "\"iat\":1799999000,\"nbf\":1799999000,\"exp\":1799999950,", "",
     TOKEN_VALID},
    {"not valid yet", ISS, AUD, USE, "\"iat\":1800000000,\"nbf\":1800000120,\"exp\":1800000600,", "", TOKEN_INVALID},
    {"not valid yet within the skew", ISS, AUD, USE, "\"iat\":1800000060,\"nbf\":1800000060,\"exp\":1800000600,", "",
     TOKEN_VALID},
    {"made in the future", ISS, AUD, USE, "\"iat\":1800000120,\"nbf\":1800000000,\"exp\":1800000600,", "",
     TOKEN_INVALID},
    {"no exp", ISS, AUD, USE, "\"iat\":1800000000,\"nbf\":1800000000,", "", TOKEN_INVALID},
    {"exp as text", ISS, AUD, USE, "\"iat\":1800000000,\"nbf\":1800000000,\"exp\":\"1800000600\",", "", TOKEN_INVALID},
    {"exp with a fraction", ISS, AUD, USE, "\"iat\":1800000000,\"nbf\":1800000000,\"exp\":1800000600.5,", "",
     TOKEN_INVALID},
    {"no iat", ISS, AUD, USE, "\"nbf\":1800000000,\"exp\":1800000600,", "", TOKEN_INVALID},
    {"no nbf", ISS, AUD, USE, "\"iat\":1800000000,\"exp\":1800000600,", "", TOKEN_INVALID},
    {"a user", ISS, AUD, USE, TIMES, ",\"user\":\"" USER "\"", TOKEN_VALID},
    {"a user that is no id", ISS, AUD, USE, TIMES, ",\"user\":\"an.nv\"", TOKEN_INVALID},
    {"an empty user", ISS, AUD, USE, TIMES, ",\"user\":\"\"", TOKEN_INVALID},
    {"a user that is null", ISS, AUD, USE, TIMES, ",\"user\":null", TOKEN_INVALID},
    {"several users", ISS, AUD, USE, TIMES, ",\"user\":[\"" USER "\"]", TOKEN_INVALID},
    {"a claim twice", ISS, AUD, USE, TIMES, ",\"epoch\":2", TOKEN_INVALID},
    {"text behind the claims", ISS, AUD, USE, TIMES, "}{\"a\":1", TOKEN_INVALID},
};

static void check_claims(void **state)
{
    const struct claims_row *row = *state;
    identity_begin(NULL);
    const char *claims = claims_with(row->iss, row->aud, row->use, row->times, row->rest);
    assert_int_equal(verify(token_of(good_header(), claims)), row->verdict);
    assert_int_equal(looks_at_client, row->verdict == TOKEN_VALID);
    identity_end(NULL);
}

/* ---- Headers: `%s` is our kid; signed by our key ---- */

static const struct header_row {
    const char *name, *header;
} header_rows[] = {
    {"alg none", "{\"alg\":\"none\",\"kid\":\"%s\",\"typ\":\"JWT\"}"},
    {"alg HS256", "{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}"},
    {"alg ES384", "{\"alg\":\"ES384\",\"kid\":\"%s\",\"typ\":\"JWT\"}"},
    {"alg in lower case", "{\"alg\":\"es256\",\"kid\":\"%s\",\"typ\":\"JWT\"}"},
    {"alg twice, the bad one first", "{\"alg\":\"none\",\"alg\":\"ES256\",\"kid\":\"%s\",\"typ\":\"JWT\"}"},
    {"alg twice, the bad one last", "{\"alg\":\"ES256\",\"alg\":\"none\",\"kid\":\"%s\",\"typ\":\"JWT\"}"},
    {"no alg", "{\"kid\":\"%s\",\"typ\":\"JWT\"}"},
    {"typ at+jwt", "{\"alg\":\"ES256\",\"kid\":\"%s\",\"typ\":\"at+jwt\"}"},
    {"no typ", "{\"alg\":\"ES256\",\"kid\":\"%s\"}"},
    {"crit", "{\"alg\":\"ES256\",\"kid\":\"%s\",\"typ\":\"JWT\",\"crit\":[\"x\"]}"},
    {"jku", "{\"alg\":\"ES256\",\"kid\":\"%s\",\"typ\":\"JWT\",\"jku\":\"https://other.test\"}"},
    {"a list", "[\"ES256\",\"%s\"]"},
    {"no JSON", "ES256 %s"},
};

static void check_header(void **state)
{
    const struct header_row *row = *state;
    identity_begin(NULL);
    char *header = arena_text(&arena, row->header), *place = strstr(header, "%s");
    *place = '\0';
    header = arena_printf(&arena, "%s%s%s", header, key_of(PURPOSE_TOKEN).kid, place + 2);
    assert_int_equal(verify(token_of(header, claims_with(ISS, AUD, USE, TIMES, ""))), TOKEN_INVALID);
    assert_int_equal(looks_at_client, 0);
    identity_end(NULL);
}

/* ---- Signatures and form ---- */

static const char *good(void)
{
    return token_of(good_header(), claims_with(ISS, AUD, USE, TIMES, ""));
}

static const char *without_signature(void)
{
    const char *token = good();
    return arena_copy(&arena, token, (size_t)(strrchr(token, '.') + 1 - token));
}

static const char *none_without_signature(void)
{
    const char *header =
        arena_printf(&arena, "{\"alg\":\"none\",\"kid\":\"%s\",\"typ\":\"JWT\"}", key_of(PURPOSE_TOKEN).kid);
    return arena_printf(&arena, "%s.%s.", segment(header), segment(claims_with(ISS, AUD, USE, TIMES, "")));
}

static const char *hs256_with_public_pem(void)
{
    struct key key = key_of(PURPOSE_TOKEN);
    const char *header = arena_printf(&arena, "{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", key.kid);
    const char *text = arena_printf(&arena, "%s.%s", segment(header), segment(claims_with(ISS, AUD, USE, TIMES, "")));
    return arena_printf(&arena, "%s.%s", text, sign_hs256(text, key.public_pem, strlen(key.public_pem)));
}

static const char *hs256_with_cursor_key(void)
{
    struct key key = key_of(PURPOSE_CURSOR);
    const char *header = arena_printf(&arena, "{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", key.kid);
    const char *text = arena_printf(&arena, "%s.%s", segment(header), segment(claims_with(ISS, AUD, USE, TIMES, "")));
    return arena_printf(&arena, "%s.%s", text, sign_hs256(text, key.secret, sizeof key.secret));
}

static const char *es256_with_kid_of_cursor_key(void)
{
    const char *header =
        arena_printf(&arena, "{\"alg\":\"ES256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", key_of(PURPOSE_CURSOR).kid);
    return token_of(header, claims_with(ISS, AUD, USE, TIMES, ""));
}

static const char *unknown_kid(void)
{
    return token_of("{\"alg\":\"ES256\",\"kid\":\"made-up\",\"typ\":\"JWT\"}", claims_with(ISS, AUD, USE, TIMES, ""));
}

static const char *signed_by_stranger(void)
{
    struct keypair stranger;
    assert_true(keypair_make(&arena, &stranger));
    const char *text =
        arena_printf(&arena, "%s.%s", segment(good_header()), segment(claims_with(ISS, AUD, USE, TIMES, "")));
    return arena_printf(&arena, "%s.%s", text, sign_es256(text, stranger.private_pem));
}

static const char *changed_claims(void)
{
    const char *token = good();
    return arena_printf(&arena, "%s.%s%s", segment(good_header()),
                        segment(claims_with(ISS, AUD, USE, TIMES, ",\"x\":1")), strrchr(token, '.'));
}

static const char *changed_signature(void)
{
    char *token = arena_text(&arena, good()), *place = strrchr(token, '.') + 5;
    *place = *place == 'A' ? 'B' : 'A';
    return token;
}

static const char *short_signature(void)
{
    const char *token = good();
    return arena_copy(&arena, token, strlen(token) - 4);
}

static const char *too_long(void)
{
    char *filler = arena_alloc(&arena, TOKEN_LENGTH_MAX);
    memset(filler, 'x', TOKEN_LENGTH_MAX - 1);
    return token_of(good_header(), claims_with(ISS, AUD, USE, TIMES, arena_printf(&arena, ",\"x\":\"%s\"", filler)));
}

static const char *with_padding(void)
{
    return arena_printf(&arena, "%s==", good());
}

static const char *with_space(void)
{
    return arena_printf(&arena, "%s ", good());
}

static const char *two_segments(void)
{
    const char *token = good();
    return arena_copy(&arena, token, (size_t)(strrchr(token, '.') - token));
}

static const char *four_segments(void)
{
    return arena_printf(&arena, "%s.AAAA", good());
}

static const char *nothing(void)
{
    return "";
}

static const char *dots(void)
{
    return "..";
}

static const struct form_row {
    const char *name;
    const char *(*make)(void);
} form_rows[] = {
    {"without signature", without_signature},
    {"none without signature", none_without_signature},
    {"HS256 signed with the public PEM", hs256_with_public_pem},
    {"HS256 signed with the cursor key", hs256_with_cursor_key},
    {"ES256 with the kid of the cursor key", es256_with_kid_of_cursor_key},
    {"unknown kid", unknown_kid},
    {"signed by a stranger", signed_by_stranger},
    {"changed claims", changed_claims},
    {"changed signature", changed_signature},
    {"short signature", short_signature},
    {"too long", too_long},
    {"with padding", with_padding},
    {"with a space", with_space},
    {"two segments", two_segments},
    {"four segments", four_segments},
    {"nothing", nothing},
    {"dots", dots},
};

static void check_form(void **state)
{
    const struct form_row *row = *state;
    identity_begin(NULL);
    assert_int_equal(verify(row->make()), TOKEN_INVALID);
    assert_int_equal(looks_at_client, 0);
    identity_end(NULL);
}

int main(void)
{
    add_cases(claims_rows, check_claims);
    add_cases(header_rows, check_header);
    add_cases(form_rows, check_form);
    return run_cases(NULL, NULL);
}
