/* SPDX-License-Identifier: MIT */
/* Lanes: who asks while a lane is free becomes its leader, sends all that has gathered as one pipeline with one Sync,
 * reads the answers, passes the lead on to the first who waits and wakes the others. There is no thread of its own, and
 * a single caller pays no switch. Only reads ride, so all may be asked again. */
#include "pg/lane.h"

#include "core/cleanup.h"
#include "core/clock.h"
#include "pg/turns.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define RIDERS_MAX     (BATCH_COMMANDS_MAX / 2) /* of one batch: claims and question each */
#define RIDES_MAX      2                        /* a connection may be lost once */
#define SLOW_MEMORY_MS 10000                    /* so long a statement that was too slow does not try a lane again */

/* Changes under the lock only. */
enum rider_state {
    RIDER_WAITS,  /* in the queue; may leave it */
    RIDER_ABOARD, /* in a batch: its leader comes back within his deadlines, so there is no leaving; woken with an
                     outcome */
    RIDER_LEADS,  /* woken to lead the next batch */
};

/* Lives on the stack of the thread that asks. */
struct rider {
    struct turn turn; /* first, so that a turn is its rider */
    const struct command *claims, *question;
    uint64_t client;
    enum rider_state state;
    sem_t woken;
    unsigned rides;
    enum ride_outcome outcome;
    PGresult *result;
};

struct lanes {
    struct pool_options options;
    struct pool *connections;
    pthread_mutex_t lock;
    struct turns turns; /* who waits; nobody does while a lane is free */
    unsigned free;
    unsigned long long batches, questions;
    _Atomic int64_t slow_until_ms[]; /* by statement number */
};

struct lanes *lanes_open(const struct pool_options *options)
{
    struct lanes *lanes = calloc(1, sizeof *lanes + nstatements * sizeof lanes->slow_until_ms[0]);
    if (!lanes)
        return NULL;
    lanes->options = *options;
    lanes->free = options->size;
    lanes->connections = pool_open(options);
    if (!lanes->connections) {
        free(lanes);
        return NULL;
    }
    pthread_mutex_init(&lanes->lock, NULL);
    return lanes;
}

void lanes_close(struct lanes *lanes)
{
    if (!lanes)
        return;
    pool_close(lanes->connections);
    pthread_mutex_destroy(&lanes->lock);
    free(lanes);
}

/* ---- The queue; the lock is held ---- */

static void append(struct lanes *lanes, struct rider *rider)
{
    rider->state = RIDER_WAITS;
    turns_append(&lanes->turns, &rider->turn, turns_line(&lanes->turns, rider->client));
}

static void put_in_front(struct lanes *lanes, struct rider *rider)
{
    rider->state = RIDER_WAITS;
    turns_put_in_front(&lanes->turns, &rider->turn, turns_line(&lanes->turns, rider->client));
}

static bool is_slow(const struct lanes *lanes, const struct command *question)
{
    return clock_monotonic_ms() < lanes->slow_until_ms[question->statement->number];
}

/* The first of the next client. Whose statement has meanwhile turned out to be slow gets off here. */
static struct rider *pop(struct lanes *lanes)
{
    struct rider *rider;
    while ((rider = (struct rider *)turns_next(&lanes->turns, 0)) && is_slow(lanes, rider->question)) {
        rider->state = RIDER_ABOARD;
        rider->outcome = RIDE_SLOW;
        sem_post(&rider->woken);
    }
    if (rider)
        turns_served(&lanes->turns, clock_monotonic_us());
    return rider;
}

/* ---- One batch ---- */

struct journey {
    struct rider *riders[RIDERS_MAX]; /* the leader first */
    unsigned place[RIDERS_MAX];       /* of the question in the batch */
    bool arrived[RIDERS_MAX];         /* has an outcome */
    unsigned count;
    struct batch batch;
};

/* Takes up who waits, of each client in turn: no client fills more than half of a batch while others wait. It leaves
 * their share to the other lanes: one that took everybody would have its connection work while the others' idle. */
static void board(struct lanes *lanes, struct journey *journey)
{
    struct rider *rider;
    pthread_mutex_lock(&lanes->lock);
    unsigned share = journey->count + (lanes->turns.waiting + lanes->options.size - 1) / lanes->options.size;
    while (journey->count < share && journey->count < RIDERS_MAX && (rider = pop(lanes))) {
        rider->state = RIDER_ABOARD;
        journey->riders[journey->count++] = rider;
    }
    lanes->batches++;
    lanes->questions += journey->count;
    pthread_mutex_unlock(&lanes->lock);
}

static bool same_caller(const struct command *one, const struct command *other)
{
    for (unsigned i = 0; i < one->statement->nparameters; i++) {
        const char *a = one->values[i], *b = other->values[i];
        if (a != b && (!a || !b || strcmp(a, b)))
            return false;
    }
    return true;
}

/* Claims hold until Sync, so they are sent with the first question of the batch and whenever the caller changes. */
static void fill(struct journey *journey)
{
    for (unsigned i = 0; i < journey->count; i++) {
        const struct rider *rider = journey->riders[i];
        if (i == 0 || !same_caller(journey->riders[i - 1]->claims, rider->claims))
            batch_add(&journey->batch, *rider->claims);
        journey->place[i] = journey->batch.count;
        batch_add(&journey->batch, *rider->question);
    }
}

static bool was_too_slow(const PGresult *refusal)
{
    const char *state = PQresultErrorField(refusal, PG_DIAG_SQLSTATE);
    return state && !strcmp(state, "57014");
}

static enum ride_outcome refused(struct lanes *lanes, struct rider *rider, PGresult *refusal)
{
    if (!was_too_slow(refusal)) {
        rider->result = refusal;
        return RIDE_REFUSED;
    }
    PQclear(refusal);
    lanes->slow_until_ms[rider->question->statement->number] = clock_monotonic_ms() + SLOW_MEMORY_MS;
    return RIDE_SLOW;
}

/* What came before the fault is whole, since nothing was written; what stood behind it never ran and rides again. */
static void distribute(struct lanes *lanes, struct journey *journey, enum batch_outcome outcome)
{
    struct batch *batch = &journey->batch;
    for (unsigned i = 0; i < journey->count; i++) {
        struct rider *rider = journey->riders[i];
        struct command *question = &batch->commands[journey->place[i]];
        rider->rides += outcome != BATCH_REFUSED; /* nobody loses a ride to his neighbour's fault */
        journey->arrived[i] = true;
        if (question->result) {
            rider->outcome = RIDE_ANSWERED;
            rider->result = question->result;
            question->result = NULL;
        } else if (outcome == BATCH_REFUSED && batch->refusal) {
            rider->outcome = refused(lanes, rider, batch->refusal);
            batch->refusal = NULL;
        } else if (outcome == BATCH_LATE || rider->rides >= RIDES_MAX) {
            rider->outcome = outcome == BATCH_LATE ? RIDE_LATE : RIDE_LOST;
        } else {
            journey->arrived[i] = false;
        }
    }
}

static void run(struct lanes *lanes, struct journey *journey)
{
    cleanup(pool_put) struct connection *connection = pool_take(lanes->connections, NULL);
    if (connection) {
        fill(journey);
        distribute(lanes, journey, batch_run(&journey->batch, connection));
        batch_done(&journey->batch);
        return;
    }
    for (unsigned i = 0; i < journey->count; i++) {
        journey->riders[i]->outcome = RIDE_LOST;
        journey->arrived[i] = true;
    }
}

/* The lead goes on before the others wake, so that the lane is not idle meanwhile. Who must ride again comes before
 * those of his client who never rode. */
static void hand_over(struct lanes *lanes, struct journey *journey)
{
    pthread_mutex_lock(&lanes->lock);
    for (unsigned i = journey->count; i-- > 1;)
        if (!journey->arrived[i])
            put_in_front(lanes, journey->riders[i]);
    struct rider *next = pop(lanes);
    if (next)
        next->state = RIDER_LEADS;
    else
        lanes->free++;
    pthread_mutex_unlock(&lanes->lock);
    if (next)
        sem_post(&next->woken);
    for (unsigned i = 1; i < journey->count; i++)
        if (journey->arrived[i])
            sem_post(&journey->riders[i]->woken);
}

/* Who has his answer gets off; who has none stays for the next batch. */
static void drop_arrived(struct journey *journey)
{
    unsigned staying = 0;
    for (unsigned i = 0; i < journey->count; i++)
        if (journey->arrived[i])
            sem_post(&journey->riders[i]->woken);
        else
            journey->riders[staying++] = journey->riders[i];
    journey->count = staying;
}

/* The leader is first in the batch, so only a lost connection keeps him from his answer: then he leads once more. */
static void lead(struct lanes *lanes, struct rider *leader)
{
    struct journey journey = {.riders = {leader}, .count = 1};
    for (;;) {
        board(lanes, &journey);
        run(lanes, &journey);
        if (journey.arrived[0])
            break;
        drop_arrived(&journey);
    }
    hand_over(lanes, &journey);
}

/* ---- The one who asks ---- */

enum entry { LEADS, WAITS, REFUSED };

static enum entry step_up(struct lanes *lanes, struct rider *rider)
{
    enum entry entry = LEADS;
    pthread_mutex_lock(&lanes->lock);
    if (lanes->free > 0) {
        lanes->free--;
    } else if (wait_is_hopeless(&lanes->turns, rider->client, lanes->options.wait_ms)) {
        entry = REFUSED;
    } else {
        entry = WAITS;
        append(lanes, rider);
    }
    pthread_mutex_unlock(&lanes->lock);
    return entry;
}

/* False: nobody came for him within the wait. */
static bool wait_for_lane(struct lanes *lanes, struct rider *rider)
{
    if (wait_woken(&rider->woken, clock_monotonic_ms() + lanes->options.wait_ms))
        return true;
    pthread_mutex_lock(&lanes->lock);
    bool leaves = rider->state == RIDER_WAITS;
    if (leaves)
        turns_leave(&lanes->turns, &rider->turn);
    pthread_mutex_unlock(&lanes->lock);
    while (!leaves && sem_wait(&rider->woken) < 0)
        ;
    return !leaves;
}

enum ride_outcome lane_ask(struct lanes *lanes, const struct command *claims, const struct command *question,
                           PGresult **ret_result)
{
    if (is_slow(lanes, question))
        return RIDE_SLOW;
    struct rider rider = {.claims = claims,
                          .question = question,
                          .client = turns_client(claims->values[CLAIM_CLIENT]),
                          .outcome = RIDE_LATE};
    sem_init(&rider.woken, 0, 0);
    enum entry entry = step_up(lanes, &rider);
    if (entry == WAITS && wait_for_lane(lanes, &rider) && rider.state == RIDER_LEADS)
        entry = LEADS;
    if (entry == LEADS)
        lead(lanes, &rider);
    sem_destroy(&rider.woken);
    *ret_result = rider.result;
    return rider.outcome;
}

void lanes_count(struct lanes *lanes, struct lanes_counts *ret_counts)
{
    pthread_mutex_lock(&lanes->lock);
    *ret_counts = (struct lanes_counts){.size = lanes->options.size,
                                        .in_use = lanes->options.size - lanes->free,
                                        .batches = lanes->batches,
                                        .questions = lanes->questions,
                                        .waiting = lanes->turns.waiting};
    pthread_mutex_unlock(&lanes->lock);
}
