/* SPDX-License-Identifier: MIT */
/* Who asks, and may he: 401, 403. */
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

bool stage_authorise(struct exchange *x)
{
    if (!x->operation->scope || caller_has_scope(&x->caller, x->operation->scope))
        return true;
    reply_header(x, "WWW-Authenticate",
                 arena_printf(&x->arena, "Bearer realm=\"khuyencong\", error=\"insufficient_scope\", scope=\"%s\"",
                              x->operation->scope));
    return fail_with(x, "insufficient-scope", arena_printf(&x->arena, "{\"scope\":\"%s\"}", x->operation->scope));
}
