/* SPDX-License-Identifier: MIT */
/* What every reply has in common: ETag and 304, CORS, caching, trace. */
#include "http/download.h"
#include "http/stages.h"
#include "service.h"

#include <string.h>

#define ALLOWED_HEADERS                                                                                                \
    "Authorization, Content-Type, Accept, Accept-Language, If-Match, If-None-Match, Idempotency-Key, Range, "          \
    "If-Range, traceparent"
#define CORS_SECONDS "600"

/* Is `item` one of the comma-separated texts? */
static bool listed(const char *list, const char *item)
{
    size_t length = strlen(item);
    for (const char *at = list; *at; at += strcspn(at, ",")) {
        at += strspn(at, ", ");
        size_t end = strcspn(at, ",");
        if (end == length && !memcmp(at, item, length))
            return true;
    }
    return false;
}

/* What a cache has to tell replies apart by, and what browsers may do with this one. */
static void add_cors(struct exchange *x)
{
    const char *origin = request_header(&x->request, "Origin");
    bool by_origin = origin && *x->service->config->allowed_origins;
    reply_header(x, "Vary",
                 x->media && by_origin ? "Accept, Origin"
                 : by_origin           ? "Origin"
                 : x->media            ? "Accept"
                                       : NULL);
    if (!by_origin)
        return;
    if (!listed(x->service->config->allowed_origins, origin))
        return;
    reply_header(x, "Access-Control-Allow-Origin", origin);
    if (!is_options(x) || !x->route) { /* a question about an address that names nothing is a refusal like any other */
        reply_header(x, "Access-Control-Expose-Headers", exposed_headers);
        return;
    }
    reply_header(x, "Access-Control-Allow-Methods", x->route->allow);
    reply_header(x, "Access-Control-Allow-Headers", ALLOWED_HEADERS);
    reply_header(x, "Access-Control-Max-Age", CORS_SECONDS);
}

/* One of the tags the caller has, weakly compared; `*` is any version. */
static bool has_tag(const char *header, const char *version)
{
    if (!header || !version)
        return false;
    if (!strcmp(header, "*"))
        return true;
    size_t length = strlen(version);
    for (const char *at = header; (at = strchr(at, '"')); at += 1)
        if (!strncmp(at + 1, version, length) && at[1 + length] == '"')
            return true;
    return false;
}

static bool is_read(const struct exchange *x)
{
    return x->operation && x->operation->method == METHOD_GET;
}

static void not_modified(struct exchange *x)
{
    x->reply.status = 304;
    buffer_done(&x->reply.body);
    x->reply.body = buffer_with_limit(ARENA_LIMIT);
    download_close(x->reply.download);
    x->reply.download = NULL;
    x->reply.media = NULL;
}

static void finish_success(struct exchange *x)
{
    if (is_options(x)) {
        x->reply.status = 204;
        reply_header(x, "Allow", x->route->allow);
        return;
    }
    if (x->operation->plan && x->operation->plan->shape == SHAPE_PAGE)
        page_close(x);
    if (!x->problem.kind && is_read(x) && has_tag(request_header(&x->request, "If-None-Match"), x->reply.version))
        not_modified(x);
}

void reply_finish(struct exchange *x)
{
    if (!x->problem.kind)
        finish_success(x);
    if (x->problem.kind)
        problem_render(x);
    if (x->reply.version)
        reply_header(x, "ETag", arena_printf(&x->arena, "\"%s\"", x->reply.version));
    if (x->reply.location)
        reply_header(x, "Location", arena_printf(&x->arena, "%s%s", x->service->config->public_url, x->reply.location));
    if (!x->reply.cache && is_read(x))
        x->reply.cache = x->operation->cache;
    reply_header(x, "Cache-Control", x->reply.cache ? x->reply.cache : "private, no-cache");
    reply_header(x, "X-Content-Type-Options", "nosniff");
    reply_header(x, "traceparent", arena_printf(&x->arena, "00-%s-%s-%02x", x->trace_id, x->span_id, x->sampled));
    if (x->service->draining && x->reply.status != 400)
        reply_header(x, "Connection", "close");
    add_cors(x);
}
