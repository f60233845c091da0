/* SPDX-License-Identifier: MIT */
/* Certificates for others to check: the public check, QR codes that prove themselves, what was revoked. */
#include "auth/token.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "generated.h"
#include "http/exchange.h"
#include "report/qr.h"
#include "service.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define REVOCATIONS_SECONDS (7 * 24 * 3600) /* a verifier without network takes a list for so long */
#define TREE_HEAD_SECONDS   (24 * 3600)

static void json_done(json_t **value)
{
    json_decref(*value);
}

static void text_done(char **text)
{
    free(*text);
}

/* Where people and apps find the service: in links and as `iss`. */
static const char *public_address(const struct exchange *x)
{
    return *x->service->config->public_url ? x->service->config->public_url : x->service->config->issuer;
}

static bool unavailable(struct exchange *x, const char *internal)
{
    x->problem.retry_after = 1;
    x->problem.internal = internal;
    return fail(x, "unavailable");
}

static json_t *answer_of(const struct exchange *x)
{
    return json_loadb(x->reply.body.bytes, x->reply.body.length, 0, NULL);
}

static void replace_body(struct exchange *x, struct buffer body, const char *media)
{
    buffer_done(&x->reply.body);
    x->reply.body = body;
    x->reply.media = media;
    x->reply.version = NULL; /* no two signatures are the same */
}

/* The claims that the query gave, signed under our name. */
static char *signed_claims(struct exchange *x, json_t *claims, const char *purpose, const char *type)
{
    if (!claims || json_object_set_new(claims, "iss", json_string(public_address(x))) != 0)
        return NULL;
    cleanup(text_done) char *payload = json_dumps(claims, JSON_COMPACT);
    return payload ? auth_sign(x->service->auth, &x->arena, purpose, type, payload) : NULL;
}

/* What a check found is for who asked, not for search engines: a revoked certificate must not live on there. */
bool certificate_check(struct exchange *x)
{
    reply_header(x, "X-Robots-Tag", "noindex");
    return true;
}

/* A camera opens the page; an app without network reads what stands behind the #, which browsers send to nobody. */
bool certificate_qr(struct exchange *x)
{
    cleanup(json_done) json_t *answer = answer_of(x);
    const char *jws = signed_claims(x, json_object_get(answer, "claims"), "certificate", NULL);
    const char *number = json_string_value(json_object_get(answer, "public_no"));
    const char *text = jws && number ? arena_printf(&x->arena, "%s/c/%s#%s", public_address(x), number, jws) : NULL;
    struct buffer body = buffer_with_limit(ARENA_LIMIT);
    bool is_png = x->media && !strcmp(x->media, "image/png");
    if (!text || !(is_png ? qr_png : qr_svg)(text, &body)) {
        buffer_done(&body);
        return unavailable(x, "no key to sign the certificate with, or no memory for the code");
    }
    replace_body(x, body, is_png ? "image/png" : "image/svg+xml; charset=utf-8");
    return true;
}

static bool reply_signed(struct exchange *x, const char *purpose, const char *type, json_int_t seconds)
{
    cleanup(json_done) json_t *claims = answer_of(x);
    json_object_set_new(claims, "iat", json_integer(clock_now()));
    json_object_set_new(claims, "exp", json_integer(clock_now() + seconds));
    const char *jws = signed_claims(x, claims, purpose, type);
    if (!jws)
        return unavailable(x, "no key to sign with");
    struct buffer body = buffer_with_limit(ARENA_LIMIT);
    buffer_text(&body, jws);
    replace_body(x, body, "application/jose");
    return true;
}

bool certificate_revocations(struct exchange *x)
{
    return reply_signed(x, "certificate", "certificate-revocations+jws", REVOCATIONS_SECONDS);
}

bool certificate_tree_head(struct exchange *x)
{
    return reply_signed(x, "checkpoint", "tree-head+jws", TREE_HEAD_SECONDS);
}
