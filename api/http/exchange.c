/* SPDX-License-Identifier: MIT */
#include "http/exchange.h"

#include "http/metrics.h"
#include "core/memory.h"
#include "http/stages.h"
#include "service.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

struct faults *faults_of(struct exchange *x)
{
    x->problem.faults.arena = &x->arena;
    return &x->problem.faults;
}

bool fail_with(struct exchange *x, const char *code, const char *params_json)
{
    const struct message *kind = message_find(code);
    assert(kind && kind->status);
    x->problem.kind = kind;
    if (params_json)
        x->problem.params = params_json;
    return false;
}

bool fail(struct exchange *x, const char *code)
{
    return fail_with(x, code, NULL);
}

void reply_header(struct exchange *x, const char *name, const char *value)
{
    assert(x->reply.nheaders < REPLY_HEADERS_MAX);
    if (!value)
        return;
    x->reply.headers[x->reply.nheaders].name = name;
    x->reply.headers[x->reply.nheaders++].value = value;
}

const char *parameter_value(const struct exchange *x, const char *name)
{
    for (size_t i = 0; x->values && i < x->operation->nparameters; i++)
        if (!strcmp(x->operation->parameters[i].name, name))
            return x->values[i];
    return NULL;
}

bool is_options(const struct exchange *x)
{
    return !strcmp(x->request.method, "OPTIONS");
}

bool is_head(const struct exchange *x)
{
    return !strcmp(x->request.method, "HEAD");
}

static bool (*const stages[])(struct exchange *) = {
    stage_framing,   stage_route,      stage_authenticate, stage_limit, stage_authorise,
    stage_negotiate, stage_parameters, stage_conditions,   stage_page,
};

bool short_of_memory(const struct exchange *x)
{
    return x->arena.failed || x->reply.body.failed || memory_ended();
}

static void fail_for_memory(struct exchange *x)
{
    bool may_be_kept = x->operation && x->operation->is_write && x->database_us && !x->validate_only;
    x->problem.retry_after = 1;
    x->problem.faults = (struct faults){0};
    fail(x, may_be_kept ? "outcome-unknown" : "internal");
}

bool exchange_head(struct exchange *x)
{
    memory_begin();
    x->reply.body = buffer_with_limit(ARENA_LIMIT);
    trace_begin(x);
    language_choose(x);
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
        /* Jansson loses a letter rather than the text when its buffer cannot grow: nothing may go on with that. */
        if (!stages[i](x) || short_of_memory(x))
            return false;
        if (is_options(x) && x->route)
            return false;
    }
    return true;
}

void exchange_finish(struct exchange *x)
{
    if (short_of_memory(x)) /* whatever a stage made of it */
        fail_for_memory(x);
    reply_finish(x);
    if (!x->problem.kind && short_of_memory(x)) { /* half a reply would look like a whole one */
        fail_for_memory(x);
        x->reply.nheaders = 0;
        reply_finish(x);
    }
    log_request(x);
    metrics_record(x->service->metrics, x);
    json_decref(x->body);
}

void exchange_serve(struct exchange *x)
{
    if (stage_body(x) && !short_of_memory(x) && stage_serve(x) && !short_of_memory(x))
        stage_render(x);
}

void exchange_run(struct exchange *x)
{
    if (exchange_head(x))
        exchange_serve(x);
    exchange_finish(x);
}
