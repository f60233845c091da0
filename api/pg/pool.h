/* SPDX-License-Identifier: MIT */
#pragma once
#include "contract/contract.h"
#include "pg/query.h"

#include <libpq-fe.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>

/* Inside pg/ only: connections, and one round trip of pipelined statements on one of them. */

#define BATCH_COMMANDS_MAX 64
#define NO_CLIENT          "" /* requests without a token, questions of the service itself: together like one client */

struct connection {
    PGconn *pg;
    struct pool *pool;
    uint8_t *prepared; /* one per statement number */
    struct connection *next;
    unsigned line; /* of the client who holds it */
};

/* NULL: none free within the pool's wait, or the server cannot be reached. One client never gets all of a pool of more
 * than one; `client` NULL: whoever may. */
struct connection *pool_take(struct pool *pool, const char *client);
/* Back to the pool when it is idle and whole; a connection in the middle of something is rolled back or closed. */
void pool_put(struct connection **connection);
bool connection_make_idle(struct connection *connection); /* ends what a refused explicit transaction left open */
const struct pool_options *pool_settings(const struct pool *pool);

struct turns;
/* One more of this client would hardly be served in time: to be refused at once costs him, and the others, less. */
bool wait_is_hopeless(const struct turns *turns, uint64_t client, unsigned wait_ms);
bool wait_woken(sem_t *woken, int64_t deadline_ms); /* false: nobody posted it until then */

/* Statements of pg/ itself, numbered behind the generated ones. */
enum claim {
    CLAIM_ORGANISATION,
    CLAIM_PROVINCES,
    CLAIM_TIER,
    CLAIM_CLIENT,
    CLAIM_OPERATION,
    CLAIM_TRACE,
    CLAIM_CLOCK_SHIFT,
    CLAIM_USER,
    CLAIM_ROLES,
    CLAIM_SCOPES,
    CLAIM_PATIENCE, /* statement_timeout; null: that of the role */
    CLAIMS
};
enum own_statement { OWN_CLAIMS, OWN_BEGIN, OWN_COMMIT, OWN_ROLLBACK, OWN_IMMEDIATE, OWN_EVERY_FAULT, OWN_STATEMENTS };
extern const struct statement own_statements[OWN_STATEMENTS];
size_t statement_slot(const struct statement *statement); /* its place in connection.prepared */

struct command {
    const struct statement *statement;
    const char *const *values;
    const int *lengths, *formats; /* of the values; NULL: all are text */
    int result_format;            /* 1: binary */
    PGresult *result;             /* rows, or NULL when the batch ended before it */
};

enum batch_outcome {
    BATCH_DONE,    /* the Sync came back: everything is kept */
    BATCH_REFUSED, /* one statement, or the Sync, was refused: nothing is kept (unless an explicit BEGIN is still open)
                    */
    BATCH_LOST,    /* no Sync, the connection is gone; what happened to a write is not known */
    BATCH_LATE,    /* no Sync within the deadline; the same is not known, and asking again would take as long */
};

struct batch {
    struct command commands[BATCH_COMMANDS_MAX];
    unsigned count;
    PGresult *refusal;    /* with BATCH_REFUSED */
    unsigned refused;     /* index of the command, or count when Sync was refused */
    unsigned patience_ms; /* 0: that of the pool */
};

struct command own(enum own_statement number); /* one without values */
void batch_add(struct batch *batch, struct command command);
enum batch_outcome batch_run(struct batch *batch, struct connection *connection);
void batch_done(struct batch *batch);

void result_done(PGresult **result);
const char *result_text(const PGresult *result, int row, const char *column); /* NULL: no such column, or SQL null */
