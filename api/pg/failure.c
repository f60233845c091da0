/* SPDX-License-Identifier: MIT */
#include "pg/failure.h"

#include "core/cleanup.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* First match wins; a row's state is a prefix. */
static const struct {
    const char *state, *problem, *fault;
} failures[] = {
    {"23502", "invalid", "required"},
    {"23503", "invalid", "unknown_reference"},
    {"23505", "taken", NULL},
    {"23P01", "taken", NULL},
    {"23514", "invalid", NULL},
    {"22", "invalid", "invalid_value"},
    {"42501", "outside-territory", NULL},
    {"40", "unavailable", NULL},
    {"55P03", "unavailable", NULL},
    {"57014", "unavailable", NULL},
    {"57P", "unavailable", NULL},
    {"25006", "unavailable", NULL},
    {"08", "unavailable", NULL},
    {"53", "unavailable", NULL},
};

static const char *field(const PGresult *refusal, int code)
{
    const char *text = PQresultErrorField(refusal, code);
    return text ? text : "";
}

bool failure_is_unique(const PGresult *refusal)
{
    return !strcmp(field(refusal, PG_DIAG_SQLSTATE), "23505");
}

bool failure_is_check(const PGresult *refusal)
{
    const struct message *message = message_find(field(refusal, PG_DIAG_CONSTRAINT_NAME));
    return !strcmp(field(refusal, PG_DIAG_SQLSTATE), "23514") && message && !message->problem;
}

bool failure_is_passing(const PGresult *refusal)
{
    const char *state = field(refusal, PG_DIAG_SQLSTATE);
    const char *constraint = field(refusal, PG_DIAG_CONSTRAINT_NAME);
    if (!strcmp(state, "40001") || !strcmp(state, "40P01"))
        return true;
    /* Somebody else was first with the same partner's key or idempotency key: now it is there to be found. */
    return !strcmp(state, "23505") &&
           (!strcmp(constraint, "external_ref_key") || !strcmp(constraint, "idempotency_key_pkey"));
}

static const char *pointer_of(const struct message *message)
{
    return message && message->pointer ? message->pointer : "#";
}

static void add_faults(struct exchange *x, const json_t *list)
{
    size_t index;
    const json_t *item;
    json_array_foreach(list, index, item)
    {
        struct arena *arena = &x->arena;
        const char *code = arena_text(arena, json_string_value(json_object_get(item, "code")));
        const char *pointer = json_string_value(json_object_get(item, "pointer"));
        if (json_is_null(json_object_get(item, "pointer"))) /* a constraint by its name */
            pointer = pointer_of(message_find(code));
        const char *parameter = json_string_value(json_object_get(item, "parameter"));
        struct fault *fault = parameter ? fault_add_parameter(faults_of(x), arena_text(arena, parameter), code)
                                        : fault_add(faults_of(x), arena_text(arena, pointer), code);
        char *params = json_dumps(json_object_get(item, "params"), JSON_COMPACT);
        if (fault && params)
            fault->params = arena_text(arena, params);
        free(params);
        const char *legal_basis = json_string_value(json_object_get(item, "legal_basis"));
        if (fault && legal_basis)
            fault->legal_basis = arena_text(arena, legal_basis);
    }
}

/* raise exception using errcode = 'PTnnn', message = <problem code>, detail = <JSON: array of faults, or object of
 * params> */
static bool fill_raised(struct exchange *x, const PGresult *refusal)
{
    const char *code = field(refusal, PG_DIAG_MESSAGE_PRIMARY);
    const struct message *message = message_find(code);
    if (!message || !message->status) {
        x->problem.internal = arena_printf(&x->arena, "raised an unknown code: %.60s", code);
        return fail(x, "internal");
    }
    json_t *detail = json_loads(field(refusal, PG_DIAG_MESSAGE_DETAIL), 0, NULL);
    const char *scope = arena_text(&x->arena, json_string_value(json_object_get(detail, "scope")));
    if (json_is_array(detail))
        add_faults(x, detail);
    const char *params = json_is_object(detail) ? arena_text(&x->arena, field(refusal, PG_DIAG_MESSAGE_DETAIL)) : NULL;
    json_decref(detail);
    return scope ? fail_scope(x, scope) : fail_with(x, message->code, params);
}

static bool fill_constraint(struct exchange *x, const PGresult *refusal, const char *problem, const char *fallback)
{
    const char *constraint = field(refusal, PG_DIAG_CONSTRAINT_NAME);
    const char *column = field(refusal, PG_DIAG_COLUMN_NAME);
    const struct message *message = message_find(constraint);
    const char *code = message ? message->code : fallback;
    const char *pointer = pointer_of(message);
    if (!pointer[1] && *column)
        pointer = arena_printf(&x->arena, "#/%s", column);
    if (code)
        fault_add(faults_of(x), pointer, code);
    return fail(x, message && message->problem ? message->problem : problem);
}

bool failure_fill(struct exchange *x, const PGresult *refusal)
{
    const char *state = field(refusal, PG_DIAG_SQLSTATE);
    const char *constraint = field(refusal, PG_DIAG_CONSTRAINT_NAME);
    x->problem.internal = arena_printf(&x->arena, "SQLSTATE %s %s", state, constraint);
    if (!strncmp(state, "PT", 2))
        return fill_raised(x, refusal);
    if (!strcmp(state, "23503") && x->operation->method == METHOD_DELETE)
        return fail(x, "still-referenced");
    for (size_t i = 0; i < countof(failures); i++) {
        if (strncmp(state, failures[i].state, strlen(failures[i].state)))
            continue;
        if (!strcmp(failures[i].problem, "unavailable"))
            x->problem.retry_after = 1;
        if (*constraint || failures[i].fault) {
            /* Bad values can only come from a body; anywhere else the fault is the query's. */
            if (!strncmp(state, "22", 2) && !x->body)
                break;
            return fill_constraint(x, refusal, failures[i].problem, failures[i].fault);
        }
        return fail(x, failures[i].problem);
    }
    return fail(x, "internal");
}
