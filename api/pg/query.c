/* SPDX-License-Identifier: MIT */
/* query_run: an operation's plan becomes one round trip (two with an idempotency key), its answer the reply. */
#include "core/cleanup.h"
#include "core/clock.h"
#include "generated.h"
#include "http/exchange.h"
#include "pg/answers.h"
#include "pg/failure.h"
#include "pg/pool.h"
#include "service.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIES_MAX           4
#define RETRY_AFTER_SECONDS 1

/* ---- Values ---- */

static const char *value_of(struct exchange *x, const struct source *source)
{
    switch (source->kind) {
    case SOURCE_PARAMETER:
        return x->values[source->index];
    case SOURCE_BODY:
        return x->body_text;
    case SOURCE_NEW_ID:
        return x->new_id;
    case SOURCE_IF_VERSION:
        return x->if_version;
    case SOURCE_PROVINCES:
        return x->caller.provinces ? x->caller.provinces : "{}";
    case SOURCE_PROVINCE_CODE:
        return x->caller.province_code;
    case SOURCE_ORGANISATION_ID:
        return x->caller.organisation_id;
    case SOURCE_CLIENT_ID:
        return x->caller.client_id;
    case SOURCE_TIER:
        return x->caller.tier;
    case SOURCE_PERSONAL_DATA:
        return x->caller.personal_data ? "true" : "false";
    case SOURCE_USER_ID:
        return x->caller.user_id;
    case SOURCE_ROLES:
        return x->caller.roles;
    case SOURCE_SCOPES:
        return x->caller.scopes;
    case SOURCE_EXPIRES_AT:
        return arena_printf(&x->arena, "%" PRId64, x->caller.expires_at);
    case SOURCE_LIMIT:
        return x->limit_text;
    case SOURCE_CURSOR_KEY:
        return x->cursor_keys[source->index];
    case SOURCE_NOTHING:
        return NULL;
    }
    return NULL;
}

static void add_step(struct exchange *x, struct batch *batch, const struct step *step)
{
    const char **values = arena_alloc(&x->arena, (step->statement->nparameters + 1) * sizeof *values);
    for (unsigned i = 0; values && i < step->statement->nparameters; i++)
        values[i] = value_of(x, &step->sources[i]);
    batch_add(batch, step->statement, values);
}

/* "{70,75}" → "70,75": the form the policies split. */
static const char *bare_list(struct exchange *x, const char *literal)
{
    size_t length = literal ? strlen(literal) : 0;
    return length < 2 ? "" : arena_copy(&x->arena, literal + 1, length - 2);
}

static void add_claims(struct exchange *x, struct batch *batch)
{
    const char **values = arena_alloc(&x->arena, own_statements[OWN_CLAIMS].nparameters * sizeof *values);
    if (values) {
        values[0] = x->caller.organisation_id;
        values[1] = bare_list(x, x->caller.provinces);
        values[2] = x->caller.tier;
        values[3] = x->caller.client_id;
        values[4] = x->operation->id;
        values[5] = x->trace_id;
        values[6] = clock_shift();
        values[7] = x->caller.user_id;
        values[8] = bare_list(x, x->caller.roles);
    }
    batch_add(batch, &own_statements[OWN_CLAIMS], values);
}

/* ---- Running a batch ---- */

static bool unavailable(struct exchange *x, const char *code, const char *reason)
{
    x->problem.retry_after = RETRY_AFTER_SECONDS;
    if (!x->problem.internal)
        x->problem.internal = reason;
    return fail(x, code);
}

/* One try: a connection, the batch that `fill` builds, its outcome. */
static enum batch_outcome run_once(struct exchange *x, struct connection *connection, struct batch *batch)
{
    int64_t begun = clock_monotonic_us();
    enum batch_outcome outcome = x->arena.failed ? BATCH_LOST : batch_run(batch, connection);
    x->database_us += clock_monotonic_us() - begun;
    return outcome;
}

/* After a unique violation: which record has the value, if the plan can tell and the caller may know. */
static void find_taken(struct exchange *x, struct connection *connection)
{
    const struct step *taken = &x->operation->plan->taken;
    if (!taken->statement)
        return;
    cleanup(batch_done) struct batch batch = {0};
    add_claims(x, &batch);
    add_step(x, &batch, taken);
    if (run_once(x, connection, &batch) != BATCH_DONE)
        return;
    const char *id = result_text(batch.commands[1].result, 0, "id");
    if (id)
        x->problem.params = arena_printf(&x->arena, "{\"existing_id\":\"%s\"}", id);
}

static bool refuse(struct exchange *x, struct connection *connection, const PGresult *refusal)
{
    failure_fill(x, refusal);
    if (failure_is_unique(refusal) && connection_make_idle(connection))
        find_taken(x, connection);
    return false;
}

/* ---- Reads ---- */

static const struct step *read_step(const struct exchange *x)
{
    if (x->operation->plan->shape == SHAPE_ONE)
        return &x->operation->plan->main;
    return x->cursor_keys[0] ? &x->sort->next : &x->sort->first;
}

/* The second question of a list, when `count=` asks for it. */
static const struct step *count_step(const struct exchange *x)
{
    const char *count = parameter_value(x, "count");
    if (x->operation->plan->shape != SHAPE_PAGE || !count || !strcmp(count, "none"))
        return NULL;
    return !strcmp(count, "exact") ? &x->operation->plan->count_exact : &x->operation->plan->count_estimated;
}

/* A read that lost its connection may simply be asked again, once. */
static bool run_read(struct exchange *x)
{
    for (int tries = 0; tries < 2; tries++) {
        cleanup(batch_done) struct batch batch = {0};
        cleanup(pool_put) struct connection *connection = pool_take(x->service->pool);
        if (!connection)
            return unavailable(x, "unavailable", "no connection");
        add_claims(x, &batch);
        add_step(x, &batch, read_step(x));
        if (count_step(x))
            add_step(x, &batch, count_step(x));
        enum batch_outcome outcome = run_once(x, connection, &batch);
        if (outcome == BATCH_REFUSED)
            return refuse(x, connection, batch.refusal);
        if (outcome == BATCH_DONE)
            return x->operation->plan->shape == SHAPE_ONE
                       ? answer_one(x, batch.commands[1].result)
                       : answer_page(x, batch.commands[1].result, batch.commands[2].result);
        if (outcome == BATCH_LATE)
            return unavailable(x, "unavailable", "no answer within the deadline");
    }
    return unavailable(x, "unavailable", "connection lost twice");
}

/* ---- Writes ---- */

enum verdict_of_try { TRY_SERVED, TRY_REFUSED, TRY_AGAIN };

/* Of several upserts with the same partner's key the first makes the record, and its row may offend any unique rule of
 * the others: by now it is there to be found, so they look once more. */
static bool may_be_found_now(const struct exchange *x, const PGresult *refusal)
{
    return x->tries == 0 && strstr(x->operation->path, "/by-ref/") && failure_is_unique(refusal);
}

/* `commits`: the batch may have been kept although its connection was lost. */
static enum verdict_of_try settle(struct exchange *x, struct connection *connection, struct batch *batch,
                                  enum batch_outcome outcome, bool commits)
{
    if (outcome == BATCH_LOST || outcome == BATCH_LATE) {
        unavailable(x, commits ? "outcome-unknown" : "unavailable", "connection lost during a write");
        return TRY_REFUSED;
    }
    if (outcome == BATCH_REFUSED && (failure_is_passing(batch->refusal) || may_be_found_now(x, batch->refusal)))
        return TRY_AGAIN;
    if (outcome == BATCH_REFUSED) {
        refuse(x, connection, batch->refusal);
        return TRY_REFUSED;
    }
    return TRY_SERVED;
}

/* Claims, statement, get, Sync: one implicit transaction, acknowledged only after Sync. A trial run is explicit and
 * rolled back. */
static enum verdict_of_try try_write(struct exchange *x, struct connection *connection)
{
    const struct plan *plan = x->operation->plan;
    cleanup(batch_done) struct batch batch = {0};
    if (x->validate_only)
        batch_add(&batch, &own_statements[OWN_BEGIN], NULL);
    add_claims(x, &batch);
    unsigned main = batch.count;
    add_step(x, &batch, &plan->main);
    if (x->validate_only)
        batch_add(&batch, &own_statements[OWN_IMMEDIATE], NULL);
    unsigned follow = batch.count;
    add_step(x, &batch, &plan->follow);
    if (x->validate_only)
        batch_add(&batch, &own_statements[OWN_ROLLBACK], NULL);
    enum verdict_of_try verdict = settle(x, connection, &batch, run_once(x, connection, &batch), !x->validate_only);
    if (verdict == TRY_SERVED && !answer_write(x, batch.commands[main].result, batch.commands[follow].result))
        return TRY_REFUSED;
    return verdict;
}

/* ---- Writes with an idempotency key: the reply is kept in the same transaction as the effect ---- */

static bool replay(struct exchange *x, const PGresult *found, const char *fingerprint)
{
    if (strcmp(result_text(found, 0, "fingerprint"), fingerprint))
        return fail(x, "idempotency-key-reused");
    x->reply.status = atoi(result_text(found, 0, "status"));
    x->reply.version = arena_text(&x->arena, result_text(found, 0, "etag"));
    x->reply.location = arena_text(&x->arena, result_text(found, 0, "location"));
    const char *body = result_text(found, 0, "body");
    if (body)
        buffer_text(&x->reply.body, body);
    reply_header(x, "Idempotency-Replayed", "true");
    return true;
}

static const char *fingerprint_of(struct exchange *x)
{
    char *digest = arena_alloc(&x->arena, 65);
    const char *user = x->caller.user_id;
    const char *text = arena_printf(&x->arena, "%s\n%s%s%s", x->request.query ? x->request.query : "",
                                    x->body_text ? x->body_text : "", user ? "\n" : "", user ? user : "");
    if (digest && text)
        digest_hex(text, strlen(text), digest);
    return digest;
}

/* Second round trip: keep the reply, commit. */
static enum verdict_of_try keep_reply(struct exchange *x, struct connection *connection, const char *fingerprint)
{
    char status[12];
    snprintf(status, sizeof status, "%d", x->reply.status);
    const char *values[] = {x->caller.client_id, x->request.method, x->request.path,
                            x->idempotency_key,  fingerprint,       status,
                            x->reply.body.bytes, x->reply.version,  x->reply.location};
    cleanup(batch_done) struct batch batch = {0};
    batch_add(&batch, &statement_keepIdempotencyKey, values);
    batch_add(&batch, &own_statements[OWN_COMMIT], NULL);
    return settle(x, connection, &batch, run_once(x, connection, &batch), true);
}

static enum verdict_of_try try_keyed_write(struct exchange *x, struct connection *connection)
{
    const char *fingerprint = fingerprint_of(x);
    const char *values[] = {x->caller.client_id, x->request.method, x->request.path, x->idempotency_key};
    cleanup(batch_done) struct batch batch = {0};
    batch_add(&batch, &own_statements[OWN_BEGIN], NULL);
    add_claims(x, &batch);
    batch_add(&batch, &statement_forgetIdempotencyKey, values);
    batch_add(&batch, &statement_findIdempotencyKey, values);
    add_step(x, &batch, &x->operation->plan->main);
    batch_add(&batch, &own_statements[OWN_IMMEDIATE], NULL);
    add_step(x, &batch, &x->operation->plan->follow);
    enum batch_outcome outcome = run_once(x, connection, &batch);
    const PGresult *found = batch.commands[3].result; /* answers even when the statement behind it was refused */
    const char *locked =
        (outcome == BATCH_LOST || outcome == BATCH_LATE) || !found ? NULL : result_text(found, 0, "locked");
    if (locked && *locked == 'f') {
        x->problem.retry_after = RETRY_AFTER_SECONDS;
        fail(x, "request-in-progress");
        return TRY_REFUSED;
    }
    if (locked && result_text(found, 0, "fingerprint"))
        return replay(x, found, fingerprint) ? TRY_SERVED : TRY_REFUSED;
    enum verdict_of_try verdict = settle(x, connection, &batch, outcome, false);
    if (verdict != TRY_SERVED)
        return verdict;
    if (!answer_write(x, batch.commands[4].result, batch.commands[6].result))
        return TRY_REFUSED;
    return keep_reply(x, connection, fingerprint);
}

static bool run_write(struct exchange *x)
{
    bool keyed = x->idempotency_key && !x->validate_only;
    for (x->tries = 0; x->tries < TRIES_MAX; x->tries++) {
        cleanup(pool_put) struct connection *connection = pool_take(x->service->pool);
        if (!connection)
            return unavailable(x, "unavailable", "no connection");
        enum verdict_of_try verdict = keyed ? try_keyed_write(x, connection) : try_write(x, connection);
        if (verdict != TRY_AGAIN)
            return verdict == TRY_SERVED;
        buffer_done(&x->reply.body);
        x->reply.body = buffer_with_limit(ARENA_LIMIT);
    }
    return unavailable(x, "unavailable", "lost every race");
}

bool query_run(struct exchange *x)
{
    enum shape shape = x->operation->plan->shape;
    return shape == SHAPE_ONE || shape == SHAPE_PAGE ? run_read(x) : run_write(x);
}
