/* SPDX-License-Identifier: MIT */
#include "pg/pool.h"

#include "core/cleanup.h"
#include "core/clock.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define RECONNECT_PAUSE_MS                                                                                             \
    200 /* after a failed attempt others fail at once for so long: no stampede on a dead server */

struct pool {
    struct pool_options options;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct connection *free;
    unsigned open; /* free and in use */
    unsigned in_use;
    unsigned waiting;
    unsigned long long refused;
    int64_t retry_at_ms;
    bool closing;
};

const struct pool_options *pool_settings(const struct pool *pool)
{
    return &pool->options;
}

struct pool *pool_open(const struct pool_options *options)
{
    struct pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return NULL;
    pool->options = *options;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&pool->lock, NULL);
    return pool;
}

static void connection_free(struct connection *connection)
{
    PQfinish(connection->pg);
    free(connection->prepared);
    free(connection);
}

void pool_close(struct pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->closing = true;
    while (pool->in_use > 0)
        pthread_cond_wait(&pool->changed, &pool->lock);
    while (pool->free) {
        struct connection *next = pool->free->next;
        connection_free(pool->free);
        pool->free = next;
    }
    pthread_mutex_unlock(&pool->lock);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

/* Drives PQconnectPoll with a deadline of ours: connect_timeout of libpq counts whole seconds per address. */
static bool connect_within(PGconn *pg, int64_t deadline_ms)
{
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    while (state != PGRES_POLLING_OK) {
        int64_t left = deadline_ms - clock_monotonic_ms();
        if (state == PGRES_POLLING_FAILED || left <= 0 || PQsocket(pg) < 0)
            return false;
        struct pollfd fd = {.fd = PQsocket(pg), .events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT};
        poll(&fd, 1, (int)left);
        if (!fd.revents)
            continue;
        state = PQconnectPoll(pg);
    }
    return true;
}

static void ignore_notice(void *closure, const PGresult *result)
{
    (void)closure;
    (void)result;
}

static struct connection *connection_open(struct pool *pool)
{
    struct connection *connection = calloc(1, sizeof *connection);
    uint8_t *prepared = calloc(nstatements + OWN_STATEMENTS, 1);
    if (!connection || !prepared) {
        free(connection);
        free(prepared);
        return NULL;
    }
    connection->pool = pool;
    connection->prepared = prepared;
    connection->pg = PQconnectStart(pool->options.conninfo);
    PQsetNoticeReceiver(connection->pg, ignore_notice,
                        NULL); /* a server that stops may speak before it has said hello */
    if (!connection->pg || PQstatus(connection->pg) == CONNECTION_BAD ||
        !connect_within(connection->pg, clock_monotonic_ms() + pool->options.connect_ms) ||
        PQsetnonblocking(connection->pg, 1) != 0 || !PQenterPipelineMode(connection->pg)) {
        connection_free(connection);
        return NULL;
    }
    return connection;
}

/* An idle connection that has something to say was closed by the server. */
static bool still_alive(struct connection *connection)
{
    struct pollfd fd = {.fd = PQsocket(connection->pg), .events = POLLIN};
    if (fd.fd < 0 || PQstatus(connection->pg) != CONNECTION_OK)
        return false;
    if (poll(&fd, 1, 0) == 0)
        return true;
    return PQconsumeInput(connection->pg) && poll(&fd, 1, 0) == 0 && PQstatus(connection->pg) == CONNECTION_OK;
}

static struct connection *pop_free(struct pool *pool)
{
    struct connection *connection = pool->free;
    if (connection)
        pool->free = connection->next;
    return connection;
}

/* Waits with the lock held. False: the wait is over. */
static bool wait_for_change(struct pool *pool, int64_t deadline_ms)
{
    struct timespec until = {.tv_sec = deadline_ms / 1000, .tv_nsec = deadline_ms % 1000 * 1000000};
    pool->waiting++;
    int result = pthread_cond_timedwait(&pool->changed, &pool->lock, &until);
    pool->waiting--;
    return result == 0;
}

/* Takes a free connection, or a place for a new one (then *ret_connection is NULL). */
static bool take_place(struct pool *pool, struct connection **ret_connection)
{
    int64_t deadline = clock_monotonic_ms() + pool->options.wait_ms;
    bool taken = false;
    pthread_mutex_lock(&pool->lock);
    while (!taken && !pool->closing) {
        *ret_connection = pop_free(pool);
        if (*ret_connection) {
            taken = true;
        } else if (pool->open < pool->options.size && clock_monotonic_ms() >= pool->retry_at_ms) {
            pool->open++;
            taken = true;
        } else if (pool->open == 0 || !wait_for_change(pool, deadline)) {
            break; /* with none open there is none to wait for: the server is away */
        }
    }
    pool->in_use += taken;
    pool->refused += !taken;
    pthread_mutex_unlock(&pool->lock);
    return taken;
}

static void give_place_back(struct pool *pool, bool failed)
{
    pthread_mutex_lock(&pool->lock);
    pool->open--;
    pool->in_use--;
    if (failed)
        pool->retry_at_ms = clock_monotonic_ms() + RECONNECT_PAUSE_MS;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}

struct connection *pool_take(struct pool *pool)
{
    struct connection *connection;
    if (!take_place(pool, &connection))
        return NULL;
    if (connection && !still_alive(connection)) {
        connection_free(connection);
        connection = NULL;
    }
    if (!connection)
        connection = connection_open(pool);
    if (!connection)
        give_place_back(pool, true);
    return connection;
}

bool connection_make_idle(struct connection *connection)
{
    if (PQpipelineStatus(connection->pg) != PQ_PIPELINE_ON)
        return false;
    if (PQtransactionStatus(connection->pg) == PQTRANS_IDLE)
        return true;
    cleanup(batch_done) struct batch batch = {0};
    batch_add(&batch, own(OWN_ROLLBACK));
    return batch_run(&batch, connection) == BATCH_DONE && PQtransactionStatus(connection->pg) == PQTRANS_IDLE;
}

void pool_put(struct connection **taken)
{
    struct connection *connection = *taken;
    *taken = NULL;
    if (!connection)
        return;
    struct pool *pool = connection->pool;
    if (PQstatus(connection->pg) != CONNECTION_OK || !connection_make_idle(connection)) {
        connection_free(connection);
        give_place_back(pool, false);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    connection->next = pool->free;
    pool->free = connection;
    pool->in_use--;
    pthread_cond_signal(&pool->changed);
    if (pool->closing)
        pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}

void pool_count(struct pool *pool, struct pool_counts *ret_counts)
{
    pthread_mutex_lock(&pool->lock);
    *ret_counts = (struct pool_counts){.size = pool->options.size,
                                       .open = pool->open,
                                       .in_use = pool->in_use,
                                       .waiting = pool->waiting,
                                       .refused = pool->refused};
    pthread_mutex_unlock(&pool->lock);
}
