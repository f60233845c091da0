/* SPDX-License-Identifier: MIT */
/* Who asks, may he, and how often: 401, 403, 429. */
#include "http/stages.h"
#include "service.h"

#include <string.h>
#include <strings.h>

static bool challenge(struct exchange *x, const char *error)
{
    const char *value = "Bearer realm=\"khuyencong\"";
    if (error)
        value = arena_printf(&x->arena, "%s, error=\"invalid_token\", error_description=\"%s\"", value, error);
    reply_header(x, "WWW-Authenticate", value);
    return fail(x, "unauthenticated");
}

bool stage_authenticate(struct exchange *x)
{
    if (!x->operation->needs_token)
        return true;
    const char *header = request_header(&x->request, "Authorization");
    if (!header || strncasecmp(header, "Bearer ", 7))
        return challenge(x, NULL);
    switch (token_verify(x->service->auth, &x->arena, header + 7 + strspn(header + 7, " "), &x->caller)) {
    case TOKEN_VALID:
        return true;
    case TOKEN_EXPIRED:
        return challenge(x, "the token has expired");
    case TOKEN_REVOKED:
        return challenge(x, "the token was revoked");
    case TOKEN_INVALID:
        return challenge(x, "the token is not valid");
    case TOKEN_UNKNOWN_OUTCOME:
        break;
    }
    x->problem.retry_after = 1;
    x->problem.internal = "the caller cannot be looked up";
    return fail(x, "unavailable");
}

/* One of those that the operation names. */
static bool holds_scope(struct exchange *x)
{
    const char *at = x->operation->scope;
    for (; at && *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        const char *scope = arena_copy(&x->arena, at, length);
        if (scope && caller_has_scope(&x->caller, scope))
            return true;
        at += length;
    }
    return !x->operation->scope;
}

bool fail_scope(struct exchange *x, const char *wanted)
{
    reply_header(
        x, "WWW-Authenticate",
        arena_printf(&x->arena, "Bearer realm=\"khuyencong\", error=\"insufficient_scope\", scope=\"%s\"", wanted));
    return fail_with(x, "insufficient-scope", arena_printf(&x->arena, "{\"scope\":\"%s\"}", wanted));
}

bool stage_authorise(struct exchange *x)
{
    return holds_scope(x) || fail_scope(x, x->operation->scope);
}

/* The first four groups of an IPv6 address: a caller owns the rest of them all. */
static const char *network_of(struct exchange *x)
{
    const char *address = x->request.address, *at = address;
    for (int groups = 0; groups < 4 && (at = strchr(at, ':')); groups++)
        at++;
    return at ? arena_copy(&x->arena, address, (size_t)(at - address)) : address;
}

/* Health is asked by machines that must get their answer. */
static bool is_health(const struct exchange *x)
{
    return !strncmp(x->operation->path, "/livez", 6) || !strncmp(x->operation->path, "/readyz", 7);
}

/* Whom the request is counted for, and how many he has in a minute; NULL: it is not counted. */
static const char *counted_for(struct exchange *x, const char **ret_name, long *ret_rate)
{
    const struct config *config = x->service->config;
    if (is_health(x))
        return NULL;
    bool by_client = x->caller.client_id, by_check = !by_client && x->operation->is_strict;
    *ret_name = by_client ? "client" : by_check ? "check" : "address";
    *ret_rate = by_client ? config->client_rate : by_check ? config->check_rate : config->address_rate;
    const char *network = by_client ? NULL : network_of(x);
    return by_client             ? x->caller.client_id
           : network && by_check ? arena_printf(&x->arena, "check %s", network)
                                 : network;
}

bool stage_limit(struct exchange *x)
{
    const char *name = NULL;
    long rate = 0;
    const char *caller = counted_for(x, &name, &rate);
    if (rate == 0 || !caller)
        return true;
    struct allowance allowance = rates_take(x->service->rates, caller, (unsigned)rate);
    reply_header(x, "RateLimit-Policy", arena_printf(&x->arena, "\"%s\";q=%ld;w=60", name, rate));
    reply_header(x, "RateLimit",
                 arena_printf(&x->arena, "\"%s\";r=%u;t=%u", name, allowance.remaining, allowance.reset_seconds));
    x->problem.retry_after = allowance.retry_seconds;
    return allowance.allowed || fail(x, "rate-limited");
}
