/* SPDX-License-Identifier: MIT */
#include "pg/pool.h"

#include "core/cleanup.h"
#include "core/clock.h"
#include "pg/turns.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <time.h>
#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#endif

#define RECONNECT_PAUSE_MS                                                                                             \
    200                 /* after a failed attempt others fail at once for so long: no stampede on a dead server */
#define HOPEFUL_PART  2 /* of the wait: the pace is a guess, and who waits in vain had better been refused at once */
#define RESERVED_PART 4 /* of the connections, and at least one, are what no single client gets */

/* Changes under the lock only. */
enum waiter_state { WAITER_WAITS, WAITER_SERVED, WAITER_DISMISSED };

/* Lives on the stack of the thread that asks. */
struct waiter {
    struct turn turn; /* first, so that a turn is its waiter */
    enum waiter_state state;
    sem_t woken;
    struct connection *connection; /* NULL: a place for a new one */
};

struct pool {
    struct pool_options options;
    pthread_mutex_t lock;
    pthread_cond_t idle; /* when closing: nothing is in use any more */
    struct connection *free;
    unsigned open; /* free and in use */
    unsigned in_use;
    struct turns turns; /* who waits, and how many connections each client holds */
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
    pthread_cond_init(&pool->idle, NULL);
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
        pthread_cond_wait(&pool->idle, &pool->lock);
    while (pool->free) {
        struct connection *next = pool->free->next;
        connection_free(pool->free);
        pool->free = next;
    }
    pthread_mutex_unlock(&pool->lock);
    pthread_cond_destroy(&pool->idle);
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

/* ---- Who gets a connection; the lock is held ---- */

static bool has_room(const struct pool *pool)
{
    return pool->free || (pool->open < pool->options.size && clock_monotonic_ms() >= pool->retry_at_ms);
}

/* What one client may hold: the others find the rest whatever he asks. */
static unsigned share_of(unsigned size)
{
    unsigned reserved = size / RESERVED_PART ? size / RESERVED_PART : 1;
    return size > 1 ? size - reserved : size;
}

static void wake(struct waiter *waiter, enum waiter_state state)
{
    waiter->state = state;
    sem_post(&waiter->woken);
}

/* Each client in turn gets what is free, up to his share. */
static void serve(struct pool *pool)
{
    while (has_room(pool)) {
        struct waiter *waiter = (struct waiter *)turns_next(&pool->turns, share_of(pool->options.size));
        if (!waiter)
            return;
        waiter->connection = pop_free(pool);
        pool->open += !waiter->connection;
        pool->in_use++;
        pool->turns.lines[waiter->turn.line].held++;
        turns_served(&pool->turns, clock_monotonic_us());
        wake(waiter, WAITER_SERVED);
    }
}

/* With none open there is none to wait for: the server is away. */
static void dismiss_all(struct pool *pool)
{
    struct waiter *waiter;
    while ((waiter = (struct waiter *)turns_next(&pool->turns, 0)))
        wake(waiter, WAITER_DISMISSED);
}

static void look_round(struct pool *pool)
{
    serve(pool);
    if (pool->open == 0)
        dismiss_all(pool);
    if (pool->closing && pool->in_use == 0)
        pthread_cond_broadcast(&pool->idle);
}

/* ---- Taking and giving back ---- */

bool wait_woken(sem_t *woken, int64_t deadline_ms)
{
    struct timespec until = {.tv_sec = deadline_ms / 1000, .tv_nsec = deadline_ms % 1000 * 1000000};
    int result;
    while ((result = sem_clockwait(woken, CLOCK_MONOTONIC, &until)) < 0 && errno == EINTR)
        ;
#ifdef __SANITIZE_THREAD__ /* gcc 12's does not know sem_clockwait: what it waited for has happened before */
    __tsan_acquire(woken);
#endif
    return result == 0;
}

bool wait_is_hopeless(const struct turns *turns, uint64_t client, unsigned wait_ms)
{
    return turns_wait_us(turns, client) > (int64_t)wait_ms * 1000 / HOPEFUL_PART;
}

/* Takes a free connection, or a place for a new one (then *ret_connection is NULL). */
static bool take_place(struct pool *pool, uint64_t client, struct connection **ret_connection, unsigned *ret_line)
{
    struct waiter waiter = {.state = WAITER_WAITS};
    sem_init(&waiter.woken, 0, 0);
    pthread_mutex_lock(&pool->lock);
    bool hopeless = wait_is_hopeless(&pool->turns, client, pool->options.wait_ms);
    turns_append(&pool->turns, &waiter.turn, turns_line(&pool->turns, client));
    look_round(pool);
    if (waiter.state == WAITER_WAITS && !hopeless) {
        pthread_mutex_unlock(&pool->lock);
        wait_woken(&waiter.woken, clock_monotonic_ms() + pool->options.wait_ms);
        pthread_mutex_lock(&pool->lock); /* whoever woke us is done with us now */
    }
    if (waiter.state == WAITER_WAITS)
        turns_leave(&pool->turns, &waiter.turn);
    bool taken = waiter.state == WAITER_SERVED;
    pool->refused += !taken;
    pthread_mutex_unlock(&pool->lock);
    sem_destroy(&waiter.woken);
    *ret_connection = waiter.connection;
    *ret_line = waiter.turn.line;
    return taken;
}

static void give_place_back(struct pool *pool, unsigned line, bool failed)
{
    pthread_mutex_lock(&pool->lock);
    pool->open--;
    pool->in_use--;
    pool->turns.lines[line].held--;
    if (failed)
        pool->retry_at_ms = clock_monotonic_ms() + RECONNECT_PAUSE_MS;
    look_round(pool);
    pthread_mutex_unlock(&pool->lock);
}

struct connection *pool_take(struct pool *pool, const char *client)
{
    struct connection *connection;
    unsigned line;
    if (!take_place(pool, turns_client(client), &connection, &line))
        return NULL;
    if (connection && !still_alive(connection)) {
        connection_free(connection);
        connection = NULL;
    }
    if (!connection)
        connection = connection_open(pool);
    if (connection)
        connection->line = line;
    else
        give_place_back(pool, line, true);
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
        unsigned line = connection->line;
        connection_free(connection);
        give_place_back(pool, line, false);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    connection->next = pool->free;
    pool->free = connection;
    pool->in_use--;
    pool->turns.lines[connection->line].held--;
    look_round(pool);
    pthread_mutex_unlock(&pool->lock);
}

void pool_count(struct pool *pool, struct pool_counts *ret_counts)
{
    pthread_mutex_lock(&pool->lock);
    *ret_counts = (struct pool_counts){.size = pool->options.size,
                                       .open = pool->open,
                                       .in_use = pool->in_use,
                                       .waiting = pool->turns.waiting,
                                       .refused = pool->refused};
    pthread_mutex_unlock(&pool->lock);
}
