/* SPDX-License-Identifier: MIT */
#include "http/metrics.h"

#include "core/clock.h"
#include "http/stages.h"

#include <stdlib.h>
#include <string.h>

const unsigned metrics_bounds_us[METRICS_BUCKETS] = {500,    1000,   2500,   5000,    10000,   25000,   50000,
                                                     100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000};

struct metrics *metrics_open(void)
{
    struct metrics *metrics = calloc(1, sizeof *metrics);
    if (!metrics)
        return NULL;
    metrics->operations = calloc(noperations + EXTRA_ROWS, sizeof metrics->operations[0]);
    metrics->problems = calloc(nmessages, sizeof metrics->problems[0]);
    metrics->started_ms = clock_now_ms();
    if (metrics->operations && metrics->problems)
        return metrics;
    metrics_close(metrics);
    return NULL;
}

void metrics_close(struct metrics *metrics)
{
    if (!metrics)
        return;
    free(metrics->operations);
    free(metrics->problems);
    free(metrics);
}

static void add(atomic_ullong *counter, unsigned long long amount)
{
    atomic_fetch_add_explicit(counter, amount, memory_order_relaxed);
}

static void observe(struct histogram *histogram, int64_t us)
{
    unsigned bucket = 0;
    while (bucket < METRICS_BUCKETS && us > metrics_bounds_us[bucket])
        bucket++;
    add(&histogram->counts[bucket], 1);
    add(&histogram->sum_us, us > 0 ? (unsigned long long)us : 0);
}

static struct operation_counts *row_of(struct metrics *metrics, const struct exchange *x)
{
    if (x->operation)
        return &metrics->operations[x->operation->number];
    return &metrics->operations[noperations + (x->route && is_options(x) ? ROW_OPTIONS : ROW_UNKNOWN)];
}

static enum status_class class_of(int status)
{
    return status < 300 ? CLASS_2XX : status < 400 ? CLASS_3XX : status < 500 ? CLASS_4XX : CLASS_5XX;
}

void metrics_record(struct metrics *metrics, const struct exchange *x)
{
    if (!metrics)
        return;
    struct operation_counts *row = row_of(metrics, x);
    observe(&row->durations[class_of(x->reply.status)], clock_monotonic_us() - x->started_us);
    if (x->database_us) {
        observe(&metrics->database, x->database_us);
        add(&row->database_us, (unsigned long long)x->database_us);
    }
    if (!x->problem.kind)
        return;
    add(&metrics->problems[x->problem.kind - messages], 1);
    if (!strcmp(x->problem.kind->code, "rate-limited"))
        add(x->caller.client_id ? &metrics->limited_clients : &metrics->limited_addresses, 1);
}
