/* SPDX-License-Identifier: MIT */
/* Parameters against the contract, and the headers that make a change safe. */
#include "core/text.h"
#include "http/stages.h"

#include <string.h>

static const char *header_for(void *closure, const char *name)
{
    const struct exchange *x = closure;
    return request_header(&x->request, name);
}

bool stage_parameters(struct exchange *x)
{
    x->values = arena_alloc(&x->arena, (x->operation->nparameters + 1) * sizeof *x->values);
    if (!x->values)
        return fail(x, "internal");
    if (parameters_read(x->operation, x->path_values, &x->query, header_for, x, x->values, faults_of(x)))
        return true;
    for (const struct fault *fault = x->problem.faults.first; fault; fault = fault->next)
        if (!strcmp(fault->code, "unknown-parameter"))
            return fail_with(x, fault->code, fault->params);
    return fail(x, "invalid-parameter");
}

/* `"17"`, the strong tag that ETag gave. Lists, weak tags and `*` promise nothing about what the caller has read. */
static const char *version_in(struct exchange *x, const char *tag)
{
    size_t length = strlen(tag);
    int64_t number;
    if (length < 3 || tag[0] != '"' || tag[length - 1] != '"')
        return NULL;
    const char *digits = arena_copy(&x->arena, tag + 1, length - 2);
    return digits && integer_parse(digits, 1, INT32_MAX, &number) ? digits : NULL;
}

static bool read_version(struct exchange *x)
{
    const char *tag = request_header(&x->request, "If-Match");
    const char *number = parameter_value(x, "if_version");
    x->if_version = tag ? version_in(x, tag) : number;
    if (tag && (!x->if_version || (number && strcmp(number, x->if_version)))) {
        fault_add_header(faults_of(x), "If-Match", "version_tag");
        return fail(x, "invalid-parameter");
    }
    return x->if_version || !x->operation->needs_version || fail(x, "precondition-required");
}

/* `If-None-Match: *` on an upsert: no record has version 0, so one that is there refuses, and a new one does not care.
 */
static bool read_absence(struct exchange *x)
{
    const char *tag = parameter_value(x, "If-None-Match");
    if (!tag)
        return true;
    if (strcmp(tag, "*") || x->if_version) {
        struct fault *fault = fault_add_header(faults_of(x), "If-None-Match", "const");
        if (fault)
            fault->params = "{\"allowed\":\"*\"}";
        return fail(x, "invalid-parameter");
    }
    x->if_version = "0";
    return true;
}

/* Structured string ("…") or bare token. */
static bool read_key(struct exchange *x)
{
    const char *key =
        x->request.method && !strcmp(x->request.method, "POST") ? request_header(&x->request, "Idempotency-Key") : NULL;
    if (!key)
        return !x->operation->needs_key || fail(x, "idempotency-key-missing");
    size_t length = strlen(key);
    if (length >= 2 && key[0] == '"' && key[length - 1] == '"')
        key = arena_copy(&x->arena, key + 1, length - 2);
    if (!key || !*key) {
        fault_add_header(faults_of(x), "Idempotency-Key", "minLength");
        return fail(x, "invalid-parameter");
    }
    x->idempotency_key = key;
    return true;
}

bool stage_conditions(struct exchange *x)
{
    if (!x->operation->is_write)
        return true;
    uuid7(x->new_id);
    const char *trial = parameter_value(x, "validate_only");
    x->validate_only = trial && !strcmp(trial, "true");
    return (!x->operation->takes_version || read_version(x)) && read_absence(x) && read_key(x);
}
