/* SPDX-License-Identifier: MIT */
/* Writes: one round trip and one implicit transaction, two round trips with an idempotency key. */
#include "core/cleanup.h"
#include "generated.h"
#include "http/exchange.h"
#include "pg/answers.h"
#include "pg/failure.h"
#include "pg/run.h"
#include "service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIES_MAX 4

enum verdict_of_try { TRY_SERVED, TRY_REFUSED, TRY_AGAIN };

/* Of several upserts with the same partner's key the first makes the record, and its row may offend any unique rule of
 * the others: by now it is there to be found, so they look once more. */
static bool may_be_found_now(const struct exchange *x, const PGresult *refusal)
{
    return x->tries == 0 && strstr(x->operation->path, "/by-ref/") && failure_is_unique(refusal);
}

/* PostgreSQL names one CHECK that a row offends; asked so, the tables name all of them. */
static bool may_name_others(struct exchange *x, const PGresult *refusal)
{
    bool is_first = !x->names_every_fault && failure_is_check(refusal);
    x->names_every_fault = x->names_every_fault || is_first;
    return is_first;
}

/* `commits`: the batch may have been kept although its connection was lost. */
static enum verdict_of_try settle(struct exchange *x, struct connection *connection, struct batch *batch,
                                  enum batch_outcome outcome, bool commits)
{
    if (outcome == BATCH_LOST || outcome == BATCH_LATE) {
        unavailable(x, commits ? "outcome-unknown" : "unavailable", "connection lost during a write");
        return TRY_REFUSED;
    }
    if (outcome == BATCH_REFUSED && (failure_is_passing(batch->refusal) || may_be_found_now(x, batch->refusal) ||
                                     may_name_others(x, batch->refusal)))
        return TRY_AGAIN;
    if (outcome == BATCH_REFUSED) {
        refuse(x, connection, batch->refusal);
        return TRY_REFUSED;
    }
    return TRY_SERVED;
}

static void add_claims(struct exchange *x, struct batch *batch)
{
    batch_add(batch, bind_claims(x));
    if (x->names_every_fault)
        batch_add(batch, own(OWN_EVERY_FAULT));
}

/* Claims, statement, get, Sync: one implicit transaction, acknowledged only after Sync. A trial run is explicit and
 * rolled back. */
static enum verdict_of_try try_write(struct exchange *x, struct connection *connection, const struct step *step)
{
    const struct plan *plan = x->operation->plan;
    cleanup(batch_done) struct batch batch = {0};
    if (x->validate_only)
        batch_add(&batch, own(OWN_BEGIN));
    add_claims(x, &batch);
    unsigned main = batch.count;
    batch_add(&batch, bind_step(x, step));
    if (x->validate_only)
        batch_add(&batch, own(OWN_IMMEDIATE));
    unsigned follow = batch.count;
    batch_add(&batch, bind_step(x, &plan->follow));
    if (x->validate_only)
        batch_add(&batch, own(OWN_ROLLBACK));
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
    return digest && text && digest_hex(text, strlen(text), digest) ? digest : NULL;
}

/* Second round trip: keep the reply, commit. */
static enum verdict_of_try keep_reply(struct exchange *x, struct connection *connection, const char *fingerprint)
{
    if (short_of_memory(x)) {
        fail(x, "internal"); /* half a reply must not be kept, and so the effect neither */
        return TRY_REFUSED;
    }
    char status[12];
    snprintf(status, sizeof status, "%d", x->reply.status);
    const char *values[] = {x->caller.client_id, x->request.method, x->request.path,
                            x->idempotency_key,  fingerprint,       status,
                            x->reply.body.bytes, x->reply.version,  x->reply.location};
    cleanup(batch_done) struct batch batch = {0};
    batch_add(&batch, (struct command){.statement = &statement_keepIdempotencyKey, .values = values});
    batch_add(&batch, own(OWN_COMMIT));
    return settle(x, connection, &batch, run_once(x, connection, &batch), true);
}

static enum verdict_of_try try_keyed_write(struct exchange *x, struct connection *connection)
{
    const char *fingerprint = fingerprint_of(x);
    if (!fingerprint) {
        fail(x, "internal");
        return TRY_REFUSED;
    }
    const char *values[] = {x->caller.client_id, x->request.method, x->request.path, x->idempotency_key};
    cleanup(batch_done) struct batch batch = {0};
    batch_add(&batch, own(OWN_BEGIN));
    add_claims(x, &batch);
    unsigned key = batch.count + 1, main = key + 1, follow = main + 2;
    batch_add(&batch, (struct command){.statement = &statement_forgetIdempotencyKey, .values = values});
    batch_add(&batch, (struct command){.statement = &statement_findIdempotencyKey, .values = values});
    batch_add(&batch, bind_step(x, &x->operation->plan->main));
    batch_add(&batch, own(OWN_IMMEDIATE));
    batch_add(&batch, bind_step(x, &x->operation->plan->follow));
    enum batch_outcome outcome = run_once(x, connection, &batch);
    const PGresult *found = batch.commands[key].result; /* answers even when the statement behind it was refused */
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
    if (!answer_write(x, batch.commands[main].result, batch.commands[follow].result))
        return TRY_REFUSED;
    return keep_reply(x, connection, fingerprint);
}

static bool write_step(struct exchange *x, const struct step *step)
{
    bool keyed = step == &x->operation->plan->main && x->idempotency_key && !x->validate_only;
    for (x->tries = 0; x->tries < TRIES_MAX; x->tries++) {
        cleanup(pool_put) struct connection *connection = pool_take(x->service->pool, client_of(x));
        if (!connection)
            return unavailable(x, "unavailable", "no connection");
        enum verdict_of_try verdict = keyed ? try_keyed_write(x, connection) : try_write(x, connection, step);
        if (verdict != TRY_AGAIN)
            return verdict == TRY_SERVED;
        buffer_done(&x->reply.body);
        x->reply.body = buffer_with_limit(ARENA_LIMIT);
    }
    return unavailable(x, "unavailable", "lost every race");
}

/* The last part of a file is kept before its digest is taken: a caller who gets no answer sends it again. */
static bool seal(struct exchange *x)
{
    if (!content_digest(x))
        return false;
    buffer_done(&x->reply.body);
    x->reply.body = buffer_with_limit(ARENA_LIMIT);
    return write_step(x, &x->operation->plan->seal);
}

bool run_write(struct exchange *x)
{
    const struct plan *plan = x->operation->plan;
    if (!write_step(x, &plan->main))
        return false;
    return !x->file.is_whole || !plan->seal.statement || x->validate_only || seal(x);
}
