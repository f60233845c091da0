/* SPDX-License-Identifier: MIT */
#pragma once
#include "contract/contract.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All that the rest of the program knows about PostgreSQL. libpq stays inside pg/. */

struct exchange;
struct pool;
struct lanes;

struct pool_options {
    const char *conninfo;
    unsigned size;         /* connections at most */
    unsigned wait_ms;      /* for a free connection; then 503 */
    unsigned statement_ms; /* deadline of one round trip, kept by us; the role's statement_timeout stands behind it */
    unsigned connect_ms;
    bool prepare; /* false: unnamed statements, for transaction-pooling proxies */
};

struct pool *
pool_open(const struct pool_options *options); /* connects lazily: a database that is down is no reason not to start */
void pool_close(struct pool *pool);            /* waits for connections in use */

/* Connections that quick reads of many requests share; `size` is their number. */
struct lanes *lanes_open(const struct pool_options *options);
void lanes_close(struct lanes *lanes);

/* What is going on now, for whoever watches; counters since the start. */
struct pool_counts {
    unsigned size, open, in_use, waiting;
    unsigned long long refused; /* there was no connection within the wait */
};
void pool_count(struct pool *pool, struct pool_counts *ret_counts);

struct lanes_counts {
    unsigned size, in_use, waiting;
    unsigned long long batches, questions;
};
void lanes_count(struct lanes *lanes, struct lanes_counts *ret_counts);

/* Serves x->operation by its plan: claims, statements, follow-up, answer into x->reply; or fills x->problem.
 * Returns false when a problem was set. This is the only way an operation reaches the database. */
bool query_run(struct exchange *x);

/* The bytes of files, a piece at a time and each in a transaction of its own, by the steps beside the plan's query.
 * False: a problem was set. */
bool content_begin(struct exchange *x); /* x->file.part says what is coming */
bool content_add(struct exchange *x, const char *bytes, size_t length, int64_t at);
void content_abort(struct exchange *x);

/* Reads what x->operation gives, after x is gone, with the claims of its caller. */
struct content_reader;
struct content_reader *content_open(struct exchange *x); /* NULL: no memory */
/* The bytes from `at` on, as many as there are at hand, until the next call. False: none could be had. */
bool content_read(struct content_reader *reader, int64_t at, const char **ret_bytes, size_t *ret_length);
void content_close(struct content_reader *reader);

/* Statements that C itself needs (`-- name: findClient :call`), outside any caller's claims. One round trip.
 * NULL: not reachable or refused by the database; `query_call_error` names the SQLSTATE of this thread's last failure.
 */
struct answer;
struct answer *query_call(struct pool *pool, const struct statement *statement, const char *const *values);
const char *query_call_error(void);
size_t answer_rows(const struct answer *answer);
const char *answer_get(const struct answer *answer, size_t row,
                       const char *column); /* NULL: SQL null; unknown column: assert */
void answer_done(struct answer **answer);
