/* SPDX-License-Identifier: MIT */
/* Access tokens: the only file that knows libjwt. libjwt 1.10.2 accepts a token signed HS256 with our public PEM as
 * the secret, checks no claim and takes the last of two members of the same name: so header and claims are read here,
 * strictly, and libjwt only says whether the signature fits the key that our own table names. */
#include "auth/token.h"

#include "auth/auth.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/memory.h"
#include "core/text.h"
#include "core/uuid.h"
#include "generated.h"

#include <errno.h>
#include <jansson.h>
#include <jwt.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN_ALGORITHM "ES256"

static void json_done(json_t **json)
{
    json_decref(*json);
}

static void jwt_done(jwt_t **jwt)
{
    jwt_free(*jwt);
}

static void text_done(char **text)
{
    free(*text);
}

/* ---- Issuing ---- */

char *token_issue(struct auth *auth, struct arena *arena, const struct grant *grant, int64_t *ret_expires_in)
{
    unsigned seconds = grant->seconds ? grant->seconds : auth->options.token_seconds;
    int64_t now = clock_now();
    char token_id[UUID_TEXT];
    uuid7(token_id);
    const struct {
        const char *name, *text;
    } texts[] = {{"iss", auth->options.issuer},   {"sub", grant->client_id},
                 {"aud", auth->options.audience}, {"jti", token_id},
                 {"client_id", grant->client_id}, {"org", grant->organisation_id},
                 {"scope", grant->scopes},        {"token_use", "access"},
                 {"user", grant->user_id}};
    int64_t epoch;
    cleanup(keyset_done) struct keyset *set = keys_take(auth->keys);
    const struct key *key = set ? keyset_active(set, PURPOSE_TOKEN) : NULL;
    cleanup(jwt_done) jwt_t *jwt = NULL;
    if (!key || !integer_parse(grant->epoch, 1, INT32_MAX, &epoch) || jwt_new(&jwt) != 0 ||
        jwt_add_header(jwt, "kid", key->kid) != 0)
        return NULL;
    for (size_t i = 0; i < countof(texts); i++)
        if (texts[i].text && jwt_add_grant(jwt, texts[i].name, texts[i].text) != 0)
            return NULL;
    if (jwt_add_grant_int(jwt, "epoch", epoch) != 0 || jwt_add_grant_int(jwt, "iat", now) != 0 ||
        jwt_add_grant_int(jwt, "nbf", now) != 0 || jwt_add_grant_int(jwt, "exp", now + seconds) != 0 ||
        jwt_set_alg(jwt, JWT_ALG_ES256, (const unsigned char *)key->private_pem, (int)strlen(key->private_pem)) != 0)
        return NULL;
    cleanup(text_done) char *token = memory_spare() ? jwt_encode_str(jwt) : NULL;
    memory_spare_done();
    if (token)
        *ret_expires_in = seconds;
    return arena_text(arena, token);
}

/* ---- Reading ---- */

/* One segment as a JSON object; NULL when it is anything else. */
static json_t *read_segment(struct arena *arena, const char *segment)
{
    size_t length;
    const char *bytes = base64url_decode(arena, segment, &length);
    json_t *json = bytes ? json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (json_is_object(json))
        return json;
    json_decref(json);
    return NULL;
}

static bool text_is(const json_t *object, const char *name, const char *wanted)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text && strcmp(text, wanted) == 0;
}

/* Exactly what token_issue writes: a header with anything else (crit, jku, x5c …) is not ours. NULL: refused. */
static const char *read_kid(const json_t *header)
{
    bool ours =
        json_object_size(header) == 3 && text_is(header, "typ", "JWT") && text_is(header, "alg", TOKEN_ALGORITHM);
    return ours ? json_string_value(json_object_get(header, "kid")) : NULL;
}

/* Cuts a copy of the token into its three segments. */
static bool split(struct arena *arena, const char *token, char *ret_segments[static 3])
{
    char *rest = strnlen(token, TOKEN_LENGTH_MAX + 1) <= TOKEN_LENGTH_MAX ? arena_text(arena, token) : NULL;
    for (unsigned i = 0; i < 3; i++) {
        ret_segments[i] = strsep(&rest, ".");
        if (!ret_segments[i] || !*ret_segments[i])
            return false;
    }
    return !rest;
}

/* libjwt also calls a token invalid when it found no memory. So it is asked twice before a signature is held for wrong,
 * and then it is tried whether memory has ended for good. */
static bool signature_fits(struct arena *arena, const char *token, const struct key *key)
{
    bool fits = false;
    for (unsigned i = 0; i < 2 && !fits; i++) {
        cleanup(jwt_done) jwt_t *jwt = NULL;
        const unsigned char *pem = (const unsigned char *)key->public_pem;
        int fault = jwt_decode(&jwt, token, pem, (int)strlen(key->public_pem));
        arena->failed = arena->failed || fault == ENOMEM;
        fits = fault == 0 && jwt_get_alg(jwt) == JWT_ALG_ES256;
    }
    if (!fits) {
        void *probe = watched_malloc(TOKEN_LENGTH_MAX);
        arena->failed = arena->failed || !probe;
        free(probe);
    }
    return fits;
}

static bool is_audience(const json_t *audience, const char *us)
{
    if (json_is_string(audience))
        return strcmp(json_string_value(audience), us) == 0;
    size_t i;
    json_t *item;
    json_array_foreach(audience, i, item)
    {
        if (json_is_string(item) && strcmp(json_string_value(item), us) == 0)
            return true;
    }
    return false;
}

static bool is_uuid(const json_t *value)
{
    return json_is_string(value) && uuid_valid(json_string_value(value));
}

static enum verdict read_claims(const struct auth *auth, struct arena *arena, const json_t *body, const char *kid,
                                struct claims *ret_claims)
{
    const json_t *begins = json_object_get(body, "nbf"), *made = json_object_get(body, "iat"),
                 *ends = json_object_get(body, "exp");
    const char *client_id = json_string_value(json_object_get(body, "client_id"));
    const json_t *epoch = json_object_get(body, "epoch"), *user = json_object_get(body, "user");
    const char *scopes = json_string_value(json_object_get(body, "scope"));
    int64_t now = clock_now();
    if (!text_is(body, "iss", auth->options.issuer) ||
        !is_audience(json_object_get(body, "aud"), auth->options.audience) || !text_is(body, "token_use", "access") ||
        !json_is_integer(begins) || !json_is_integer(made) || !json_is_integer(ends) || !client_id ||
        !uuid_valid(client_id) || !json_is_integer(epoch) || !scopes || (user && !is_uuid(user)))
        return TOKEN_INVALID;
    if (json_integer_value(begins) > now + TOKEN_SKEW_SECONDS || json_integer_value(made) > now + TOKEN_SKEW_SECONDS)
        return TOKEN_INVALID;
    if (json_integer_value(ends) <= now - TOKEN_SKEW_SECONDS)
        return TOKEN_EXPIRED;
    *ret_claims = (struct claims){.kid = arena_text(arena, kid),
                                  .client_id = arena_text(arena, client_id),
                                  .epoch = arena_printf(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(epoch)),
                                  .scopes = arena_text(arena, scopes),
                                  .user_id = arena_text(arena, json_string_value(user)),
                                  .ends_at = json_integer_value(ends) + TOKEN_SKEW_SECONDS};
    return arena->failed ? TOKEN_UNKNOWN_OUTCOME : TOKEN_VALID;
}

static enum verdict read_token(struct auth *auth, struct arena *arena, const char *token, struct claims *ret_claims)
{
    char *segments[3];
    size_t length;
    if (!split(arena, token, segments) || !base64url_decode(arena, segments[2], &length))
        return arena->failed ? TOKEN_UNKNOWN_OUTCOME : TOKEN_INVALID;
    cleanup(json_done) json_t *header = read_segment(arena, segments[0]);
    cleanup(json_done) json_t *body = read_segment(arena, segments[1]);
    const char *kid = header && body ? read_kid(header) : NULL;
    if (!kid)
        return TOKEN_INVALID;
    cleanup(keyset_done) struct keyset *set = keys_take_with(auth->keys, kid);
    if (!set)
        return TOKEN_UNKNOWN_OUTCOME;
    const struct key *key = keyset_find(set, PURPOSE_TOKEN, kid);
    return key && signature_fits(arena, token, key) ? read_claims(auth, arena, body, kid, ret_claims) : TOKEN_INVALID;
}

/* ---- Verifying ---- */

bool scope_listed(const char *scopes, const char *scope)
{
    size_t length = strcspn(scope, " ");
    bool is_one = length > 0 && !scope[length];
    for (const char *at = scopes; is_one && *at; at += strcspn(at, " "), at += strspn(at, " "))
        if (strncmp(at, scope, length) == 0 && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

bool caller_has_scope(const struct caller *caller, const char *scope)
{
    return scope_listed(caller->scopes, scope);
}

/* The client, and the person it acts for, as they are now. A key retired since the signature was checked ends its
 * tokens too. */
static enum verdict ask_database(struct auth *auth, struct arena *arena, const struct claims *claims,
                                 struct caller *ret_caller)
{
    cleanup(keyset_done) struct keyset *set = keys_take(auth->keys);
    if (set && !keyset_find(set, PURPOSE_TOKEN, claims->kid))
        return TOKEN_INVALID;
    const char *values[] = {claims->scopes, claims->user_id, claims->client_id, claims->epoch};
    cleanup(answer_done) struct answer *answer =
        set ? query_call(auth->options.pool, &statement_loadCaller, values) : NULL;
    if (!answer)
        return TOKEN_UNKNOWN_OUTCOME;
    if (answer_rows(answer) == 0)
        return TOKEN_REVOKED;
    struct caller caller = {.client_id = claims->client_id,
                            .user_id = claims->user_id,
                            .organisation_id = arena_text(arena, answer_get(answer, 0, "organisation_id")),
                            .province_code = arena_text(arena, answer_get(answer, 0, "province_code")),
                            .tier = arena_text(arena, answer_get(answer, 0, "tier")),
                            .provinces = arena_text(arena, answer_get(answer, 0, "provinces")),
                            .roles = arena_text(arena, answer_get(answer, 0, "roles")),
                            .scopes = arena_text(arena, answer_get(answer, 0, "scopes")),
                            .expires_at = claims->ends_at - TOKEN_SKEW_SECONDS};
    if (arena->failed || memory_ended())
        return TOKEN_UNKNOWN_OUTCOME;
    caller.personal_data = caller_has_scope(&caller, "personal-data:read");
    *ret_caller = caller;
    return TOKEN_VALID;
}

enum verdict token_verify(struct auth *auth, struct arena *arena, const char *token, struct caller *ret_caller)
{
    uint8_t digest[32];
    struct claims claims;
    enum verdict verdict = TOKEN_INVALID;
    struct caller caller = {0};
    if (EVP_Digest(token, strnlen(token, TOKEN_LENGTH_MAX + 1), digest, NULL, EVP_sha256(), NULL) != 1)
        return TOKEN_UNKNOWN_OUTCOME;
    enum found found = cache_take(auth->cache, digest, NULL, arena, &claims, &verdict, &caller);
    if (found == FOUND_NONE) {
        struct claims known;
        verdict = read_token(auth, arena, token, &known);
        if (memory_ended()) /* a good token may look bad, or lose a letter that would be remembered for its life */
            return TOKEN_UNKNOWN_OUTCOME;
        if (verdict != TOKEN_VALID)
            return verdict;
        found = cache_take(auth->cache, digest, &known, arena, &claims, &verdict, &caller);
    }
    if (found == FOUND_ASK) {
        int64_t asked_ms = clock_monotonic_ms();
        verdict = ask_database(auth, arena, &claims, &caller);
        cache_settle(auth->cache, digest, verdict, &caller, asked_ms);
    } else if (found != FOUND_ANSWER) {
        return TOKEN_UNKNOWN_OUTCOME;
    }
    if (verdict == TOKEN_VALID)
        *ret_caller = caller;
    return verdict;
}
