/* SPDX-License-Identifier: MIT */
/* Recording is on the path of every request: it must take no lock and no memory, and lose nothing between threads. */
#include "core/clock.h"
#include "http/metrics.h"
#include "http/stages.h"

#include <pthread.h>

/* cmocka has a `fail` of its own, which would take that of http/exchange.h apart. */
#include "cases.h"

#define THREADS 4
#define EACH    50000

const struct operation *const operations[] = {&(const struct operation){.id = "getThing", .path = "/things/{id}"}};
const size_t noperations = 1;
const struct message messages[] = {{.code = "not-found", .status = 404}, {.code = "rate-limited", .status = 429}};
const size_t nmessages = 2;

bool is_options(const struct exchange *x)
{
    return !strcmp(x->request.method, "OPTIONS");
}

static unsigned locks, allocations;

int __real_pthread_mutex_lock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex)
{
    locks++;
    return __real_pthread_mutex_lock(mutex);
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
    allocations++;
    return __real_malloc(size);
}

static struct exchange request(int status, int64_t lasted_us)
{
    return (struct exchange){.operation = operations[0],
                             .reply.status = status,
                             .database_us = 700,
                             .started_us = clock_monotonic_us() - lasted_us};
}

static void takes_no_lock_and_no_memory(void **state)
{
    (void)state;
    struct metrics *metrics = metrics_open();
    struct exchange x = request(429, 10);
    x.problem.kind = &messages[1];
    locks = allocations = 0;
    metrics_record(metrics, &x);
    assert_int_equal(locks, 0);
    assert_int_equal(allocations, 0);
    assert_int_equal(metrics->limited_addresses, 1);
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* that the counting counts */
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
    assert_int_equal(locks, 1);
    metrics_close(metrics);
}

static void nobody_counts_without_metrics(void **state)
{
    (void)state;
    struct exchange x = request(200, 10);
    metrics_record(NULL, &x);
    metrics_close(NULL);
}

static void *record_many(void *metrics)
{
    struct exchange x = request(200, 10);
    for (int i = 0; i < EACH; i++)
        metrics_record(metrics, &x);
    return NULL;
}

static void threads_lose_nothing(void **state)
{
    (void)state;
    struct metrics *metrics = metrics_open();
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, record_many, metrics), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    unsigned long long count = 0;
    for (int i = 0; i <= METRICS_BUCKETS; i++)
        count += metrics->operations[0].durations[CLASS_2XX].counts[i];
    assert_int_equal(count, THREADS * EACH);
    assert_int_equal(metrics->database.counts[1], THREADS * EACH);
    assert_int_equal(metrics->operations[0].database_us, 700 * THREADS * EACH);
    metrics_close(metrics);
}

static const struct bucket {
    const char *name;
    int64_t us;
    int place;
} buckets[] = {
    {"bucket: nothing", 0, 0},
    {"bucket: a clock that went back", -5, 0},
    {"bucket: its very bound", 500, 0},
    {"bucket: one more", 501, 1},
    {"bucket: the last bound", 10000000, METRICS_BUCKETS - 1},
    {"bucket: longer than any", 10000001, METRICS_BUCKETS},
};

static void check_bucket(void **state)
{
    const struct bucket *row = *state;
    struct metrics *metrics = metrics_open();
    struct exchange x = request(200, 10);
    x.database_us = row->us;
    metrics_record(metrics, &x);
    if (row->us)
        assert_int_equal(metrics->database.counts[row->place], 1);
    else
        assert_int_equal(metrics->database.counts[0], 0); /* the database was not asked */
    metrics_close(metrics);
}

static const struct class
{
    const char *name, *method;
    int status;
    bool served, routed;
    unsigned row;
    enum status_class class;
} classes[] = {
    {"class: created", "POST", 201, true, true, 0, CLASS_2XX},
    {"class: not modified", "GET", 304, true, true, 0, CLASS_3XX},
    {"class: not found", "GET", 404, true, true, 0, CLASS_4XX},
    {"class: unavailable", "GET", 503, true, true, 0, CLASS_5XX},
    {"class: preflight", "OPTIONS", 204, false, true, 1 + ROW_OPTIONS, CLASS_2XX},
    {"class: OPTIONS of nothing", "OPTIONS", 404, false, false, 1 + ROW_UNKNOWN, CLASS_4XX},
    {"class: a method that the path does not know", "PUT", 405, false, true, 1 + ROW_UNKNOWN, CLASS_4XX},
};

static void check_class(void **state)
{
    const struct class *row = *state;
    struct metrics *metrics = metrics_open();
    struct exchange x = request(row->status, 10);
    static const struct route route;
    x.request.method = row->method;
    x.operation = row->served ? operations[0] : NULL;
    x.route = row->routed ? &route : NULL;
    metrics_record(metrics, &x);
    unsigned long long count = 0;
    for (int i = 0; i <= METRICS_BUCKETS; i++)
        count += metrics->operations[row->row].durations[row->class].counts[i];
    assert_int_equal(count, 1);
    metrics_close(metrics);
}

int main(void)
{
    add_test(takes_no_lock_and_no_memory);
    add_test(nobody_counts_without_metrics);
    add_test(threads_lose_nothing);
    add_cases(buckets, check_bucket);
    add_cases(classes, check_class);
    return run_cases(NULL, NULL);
}
