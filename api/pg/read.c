/* SPDX-License-Identifier: MIT */
/* Reads: quick ones ride a lane together, the others have a connection of their own. */
#include "core/cleanup.h"
#include "core/clock.h"
#include "http/exchange.h"
#include "pg/answers.h"
#include "pg/failure.h"
#include "pg/lane.h"
#include "pg/run.h"
#include "service.h"

#include <string.h>

#define READ_TRIES_MAX 2
#define LANE_PATIENCE  "250" /* milliseconds of one statement */

static const struct step *read_step(const struct exchange *x)
{
    if (x->operation->plan->shape != SHAPE_PAGE)
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

/* What may take long would hold up everybody in its batch: what is known to be slow, counting, and search. */
static bool rides(const struct exchange *x)
{
    return !x->operation->plan->slow && !count_step(x) && !parameter_value(x, "q");
}

static bool answer(struct exchange *x, const PGresult *result, const PGresult *counted)
{
    switch (x->operation->plan->shape) {
    case SHAPE_ONE:
        return answer_one(x, result);
    case SHAPE_BYTES:
        return answer_bytes(x, result);
    default:
        return answer_page(x, result, counted);
    }
}

/* A read that lost its connection may simply be asked again, once. */
static bool read_alone(struct exchange *x)
{
    for (int tries = 0; tries < READ_TRIES_MAX; tries++) {
        cleanup(batch_done) struct batch batch = {0};
        cleanup(pool_put) struct connection *connection = pool_take(x->service->pool, client_of(x));
        if (!connection)
            return unavailable(x, "unavailable", "no connection");
        batch_add(&batch, bind_claims(x));
        batch_add(&batch, bind_step(x, read_step(x)));
        if (count_step(x))
            batch_add(&batch, bind_step(x, count_step(x)));
        enum batch_outcome outcome = run_once(x, connection, &batch);
        if (outcome == BATCH_REFUSED)
            return refuse(x, connection, batch.refusal);
        if (outcome == BATCH_DONE)
            return answer(x, batch.commands[1].result, batch.commands[2].result);
        if (outcome == BATCH_LATE)
            return unavailable(x, "unavailable", "no answer within the deadline");
    }
    return unavailable(x, "unavailable", "connection lost twice");
}

static bool read_on_lane(struct exchange *x)
{
    struct command claims = bind_lane_claims(x, LANE_PATIENCE), question = bind_step(x, read_step(x));
    if (x->arena.failed)
        return fail(x, "internal");
    cleanup(result_done) PGresult *result = NULL;
    int64_t begun = clock_monotonic_us();
    enum ride_outcome outcome = lane_ask(x->service->lanes, &claims, &question, &result);
    x->database_us += clock_monotonic_us() - begun;
    switch (outcome) {
    case RIDE_ANSWERED:
        return answer(x, result, NULL);
    case RIDE_REFUSED:
        return failure_fill(x, result);
    case RIDE_SLOW:
        return read_alone(x);
    case RIDE_LATE:
        return unavailable(x, "unavailable", "no answer from a lane within the deadline");
    case RIDE_LOST:
        return unavailable(x, "unavailable", "no connection for a lane");
    }
    return false;
}

bool run_read(struct exchange *x)
{
    return rides(x) ? read_on_lane(x) : read_alone(x);
}
