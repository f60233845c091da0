/* SPDX-License-Identifier: MIT */
/* RFC 6749 client credentials, RFC 7517 key set, RFC 8414 metadata. Errors of the token endpoint have the form of
 * RFC 6749 5.2, which OAuth libraries read; what the core refuses (media type, size) stays a problem document. */
#include "auth/client.h"
#include "auth/token.h"
#include "core/text.h"
#include "generated.h"
#include "http/exchange.h"
#include "service.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#define CACHE_KEYS "public, max-age=300"

struct credentials {
    const char *id, *secret;
};

static bool refuse(struct exchange *x, int status, const char *error, const char *description)
{
    x->reply.status = status;
    x->reply.cache = "no-store";
    if (status == 401)
        reply_header(x, "WWW-Authenticate", "Basic realm=\"khuyencong\", charset=\"UTF-8\"");
    buffer_text(&x->reply.body, "{\"error\":");
    buffer_json(&x->reply.body, error);
    buffer_text(&x->reply.body, ",\"error_description\":");
    buffer_json(&x->reply.body, description);
    buffer_text(&x->reply.body, "}");
    return true;
}

static bool refuse_client(struct exchange *x)
{
    return refuse(x, 401, "invalid_client", "The client is not known, or its secret is wrong.");
}

static bool unavailable(struct exchange *x, const char *internal)
{
    x->problem.retry_after = 1;
    x->problem.internal = internal;
    return fail(x, "unavailable");
}

/* RFC 6749 3.2: a parameter without a value counts as omitted. */
static char *drop_valueless(struct arena *arena, const char *form)
{
    char *rest = arena_text(arena, form), *kept = arena_alloc(arena, strlen(form) + 1);
    char *end = kept;
    for (char *pair; rest && kept && (pair = strsep(&rest, "&"));) {
        const char *value = strchr(pair, '=');
        if (!value || !value[1])
            continue;
        end = stpcpy(end, end > kept ? "&" : "");
        end = stpcpy(end, pair);
    }
    return kept;
}

static bool read_form(struct exchange *x, struct query_string *ret_form)
{
    const char *body = x->request.body ? x->request.body : "";
    if (strnlen(body, x->request.body_length) < x->request.body_length)
        return false;
    struct faults faults = {.arena = &x->arena};
    char *text = arena_copy(&x->arena, body, x->request.body_length);
    char *kept = text ? drop_valueless(&x->arena, text) : NULL;
    return kept && query_string_parse(&x->arena, kept, ret_form, &faults);
}

/* RFC 6749 2.3.1: id and secret are form-encoded, joined by a colon, then base64. */
static bool read_basic(struct arena *arena, const char *header, struct credentials *ret_credentials)
{
    if (strncasecmp(header, "Basic ", 6) != 0)
        return false;
    char *encoded = arena_text(arena, header + 6 + strspn(header + 6, " "));
    if (!encoded)
        return false;
    for (char *at = encoded; *at; at++) {
        *at = *at == '+' ? '-' : *at == '/' ? '_' : *at;
        if (*at == '=' && at[strspn(at, "=")] == '\0')
            *at = '\0';
    }
    size_t length;
    const char *bytes = base64url_decode(arena, encoded, &length);
    const char *colon = bytes ? memchr(bytes, ':', length) : NULL;
    if (!colon)
        return false;
    size_t before = (size_t)(colon - bytes);
    struct credentials read = {.id = text_unescape(arena, bytes, before, true),
                               .secret = text_unescape(arena, colon + 1, length - before - 1, true)};
    if (!read.id || !read.secret)
        return false;
    *ret_credentials = read;
    return true;
}

/* False: the answer is given. One method of two, never both. */
static bool read_credentials(struct exchange *x, const struct query_string *form, struct credentials *ret_credentials)
{
    const char *header = request_header(&x->request, "Authorization");
    const char *id = query_string_get(form, "client_id"), *secret = query_string_get(form, "client_secret");
    if (!header) {
        *ret_credentials = (struct credentials){id, secret};
        return (id && secret) ||
               (refuse(x, 401, "invalid_client", "Send client_id and client_secret, by HTTP Basic or in the form."),
                false);
    }
    if (secret) {
        refuse(x, 400, "invalid_request", "Authenticate once: by HTTP Basic or in the form, not both.");
        return false;
    }
    if (!read_basic(&x->arena, header, ret_credentials)) {
        refuse(x, 401, "invalid_client", "The Authorization header is not HTTP Basic with client id and secret.");
        return false;
    }
    if (id && strcmp(id, ret_credentials->id) != 0) {
        refuse(x, 400, "invalid_request", "client_id differs from that in the Authorization header.");
        return false;
    }
    return true;
}

static bool give_token(struct exchange *x, const struct client *client, const char *scopes)
{
    struct grant grant = {.client_id = client->id,
                          .organisation_id = client->organisation_id,
                          .user_id = client->user_id,
                          .epoch = client->epoch,
                          .scopes = scopes};
    int64_t expires_in = 0;
    char *token = token_issue(x->service->auth, &x->arena, &grant, &expires_in);
    if (!token)
        return unavailable(x, "no key to sign with");
    x->reply.cache = "no-store";
    reply_header(x, "Pragma", "no-cache");
    buffer_printf(&x->reply.body,
                  "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":%" PRId64 ",\"scope\":", token,
                  expires_in);
    buffer_json(&x->reply.body, scopes);
    buffer_text(&x->reply.body, "}");
    return true;
}

/* False: the answer is given. */
static bool accept_client(struct exchange *x, const struct credentials *credentials, struct client *ret_client)
{
    switch (client_check(x->service->pool, &x->arena, credentials->id, credentials->secret, ret_client)) {
    case CLIENT_ACCEPTED:
        return true;
    case CLIENT_REFUSED:
        refuse_client(x);
        return false;
    case CLIENT_INACTIVE:
        refuse(x, 401, "invalid_client", "The client is suspended or revoked.");
        return false;
    case CLIENT_UNKNOWN_OUTCOME:
        break;
    }
    unavailable(x, "the client cannot be looked up");
    return false;
}

/* False: the answer is given. */
static bool accept_user(struct exchange *x, const char *acting_user, struct client *client)
{
    if (!scope_listed(client->scopes, "users:act")) {
        refuse(x, 400, "unauthorized_client", "acting_user is for clients that hold the scope users:act.");
        return false;
    }
    switch (client_act_for(x->service->pool, &x->arena, acting_user, client)) {
    case CLIENT_ACCEPTED:
        return true;
    case CLIENT_UNKNOWN_OUTCOME:
        unavailable(x, "the user cannot be looked up");
        return false;
    default:
        refuse(x, 400, "invalid_grant", "acting_user names nobody on whose behalf this client may act now.");
        return false;
    }
}

bool createToken(struct exchange *x)
{
    struct query_string form = {0};
    struct credentials credentials;
    struct client client;
    if (!read_form(x, &form))
        return refuse(x, 400, "invalid_request", "The form cannot be read, or a member stands in it twice.");
    const char *grant_type = query_string_get(&form, "grant_type");
    if (!grant_type)
        return refuse(x, 400, "invalid_request", "grant_type is missing.");
    if (strcmp(grant_type, "client_credentials") != 0)
        return refuse(x, 400, "unsupported_grant_type", "The only grant_type here is client_credentials.");
    const char *acting_user = query_string_get(&form, "acting_user");
    if (!read_credentials(x, &form, &credentials) || !accept_client(x, &credentials, &client) ||
        (acting_user && !accept_user(x, acting_user, &client)))
        return true;
    const char *scopes = scopes_granted(&x->arena, client.scopes, query_string_get(&form, "scope"));
    if (!scopes)
        return refuse(x, 400, "invalid_scope", "The client does not hold every scope that was asked for.");
    return give_token(x, &client, scopes);
}

bool getJwks(struct exchange *x)
{
    const char *document = auth_jwks(x->service->auth, &x->arena);
    if (!document)
        return unavailable(x, "keys are not loaded");
    x->reply.cache = CACHE_KEYS;
    buffer_text(&x->reply.body, document);
    return true;
}

static void add_member(struct buffer *out, const char *name, const char *base, const char *path)
{
    struct arena arena = {0};
    buffer_printf(out, ",\"%s\":", name);
    buffer_json(out, arena_printf(&arena, "%s%s", base, path));
    arena_done(&arena);
}

bool getAuthorizationServer(struct exchange *x)
{
    struct buffer *out = &x->reply.body;
    const char *base = *x->service->config->public_url ? x->service->config->public_url : x->service->config->issuer;
    x->reply.cache = CACHE_KEYS;
    buffer_text(out, "{\"issuer\":");
    buffer_json(out, x->service->config->issuer);
    add_member(out, "token_endpoint", base, "/oauth2/token");
    add_member(out, "jwks_uri", base, "/.well-known/jwks.json");
    add_member(out, "service_documentation", base, "/docs");
    buffer_text(out, ",\"grant_types_supported\":[\"client_credentials\"],\"response_types_supported\":[],"
                     "\"token_endpoint_auth_methods_supported\":[\"client_secret_basic\",\"client_secret_post\"],"
                     "\"scopes_supported\":[");
    for (size_t i = 0; i < nscopes; i++) {
        buffer_text(out, i ? "," : "");
        buffer_json(out, scope_names[i]);
    }
    buffer_text(out, "]}");
    return true;
}
