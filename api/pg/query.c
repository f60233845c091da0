/* SPDX-License-Identifier: MIT */
/* query_run: an operation's plan becomes one round trip (two with an idempotency key), its answer the reply. */
#include "core/cleanup.h"
#include "core/clock.h"
#include "http/exchange.h"
#include "pg/failure.h"
#include "pg/run.h"

/* Who comes without a token shares with all others who do, and with the questions of the service itself. */
const char *client_of(const struct exchange *x)
{
    return x->caller.client_id ? x->caller.client_id : NO_CLIENT;
}

bool unavailable(struct exchange *x, const char *code, const char *reason)
{
    x->problem.retry_after = RETRY_AFTER_SECONDS;
    if (!x->problem.internal)
        x->problem.internal = reason;
    return fail(x, code);
}

/* One try: a connection, the batch that `fill` builds, its outcome. */
enum batch_outcome run_once(struct exchange *x, struct connection *connection, struct batch *batch)
{
    int64_t begun = clock_monotonic_us();
    batch->patience_ms = x->operation->patience_ms;
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
    batch_add(&batch, bind_claims(x));
    batch_add(&batch, bind_step(x, taken));
    if (run_once(x, connection, &batch) != BATCH_DONE)
        return;
    const char *id = result_text(batch.commands[1].result, 0, "id");
    if (id)
        x->problem.params = arena_printf(&x->arena, "{\"existing_id\":\"%s\"}", id);
}

bool refuse(struct exchange *x, struct connection *connection, const PGresult *refusal)
{
    failure_fill(x, refusal);
    if (failure_is_unique(refusal) && connection_make_idle(connection))
        find_taken(x, connection);
    return false;
}

bool query_run(struct exchange *x)
{
    enum shape shape = x->operation->plan->shape;
    return shape == SHAPE_WRITE || shape == SHAPE_REMOVE ? run_write(x) : run_read(x);
}
