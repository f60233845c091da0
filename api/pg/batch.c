/* SPDX-License-Identifier: MIT */
/* One round trip: statements in a pipeline behind each other, one Sync. Nothing here blocks beyond the deadline. */
#include "core/clock.h"
#include "pg/pool.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define NAME_MAX_LENGTH 16

/* Claims last until Sync (third argument true), so no caller ever inherits another's. */
const struct statement own_statements[OWN_STATEMENTS] = {
    [OWN_CLAIMS] = {.name = "claims",
                    .text = "select set_config('app.organisation_id', $1, true), set_config('app.provinces', $2, true),"
                            " set_config('app.tier', $3, true), set_config('app.client_id', $4, true),"
                            " set_config('app.operation', $5, true), set_config('app.trace_id', $6, true),"
                            " set_config('app.clock_shift', $7, true), set_config('app.user_id', $8, true),"
                            " set_config('app.roles', $9, true), set_config('app.scopes', $10, true),"
                            " set_config('statement_timeout', $11, true)",
                    .nparameters = CLAIMS},
    [OWN_BEGIN] = {.name = "begin", .text = "begin"},
    [OWN_COMMIT] = {.name = "commit", .text = "commit"},
    [OWN_ROLLBACK] = {.name = "rollback", .text = "rollback"},
    [OWN_IMMEDIATE] = {.name = "immediate", .text = "set constraints all immediate"},
    [OWN_EVERY_FAULT] = {.name = "faults", .text = "select set_config('app.every_fault', 'on', true)"},
};

size_t statement_slot(const struct statement *statement)
{
    if (statement >= own_statements && statement < own_statements + OWN_STATEMENTS)
        return nstatements + (size_t)(statement - own_statements);
    return statement->number;
}

struct command own(enum own_statement number)
{
    return (struct command){.statement = &own_statements[number]};
}

void batch_add(struct batch *batch, struct command command)
{
    assert(batch->count < BATCH_COMMANDS_MAX);
    batch->commands[batch->count++] = command;
}

void batch_done(struct batch *batch)
{
    for (unsigned i = 0; i < batch->count; i++)
        PQclear(batch->commands[i].result);
    PQclear(batch->refusal);
    *batch = (struct batch){0};
}

void result_done(PGresult **result)
{
    PQclear(*result);
    *result = NULL;
}

const char *result_text(const PGresult *result, int row, const char *column)
{
    int number = PQfnumber(result, column);
    if (number < 0 || row >= PQntuples(result) || PQgetisnull(result, row, number))
        return NULL;
    return PQgetvalue(result, row, number);
}

static bool send_command(struct connection *connection, const struct command *command)
{
    const struct statement *statement = command->statement;
    int count = (int)statement->nparameters;
    if (!pool_settings(connection->pool)->prepare)
        return PQsendQueryParams(connection->pg, statement->text, count, NULL, command->values, command->lengths,
                                 command->formats, command->result_format);
    size_t slot = statement_slot(statement);
    char name[NAME_MAX_LENGTH];
    snprintf(name, sizeof name, "s%zu", slot);
    if (!connection->prepared[slot] && !PQsendPrepare(connection->pg, name, statement->text, count, NULL))
        return false;
    return PQsendQueryPrepared(connection->pg, name, count, command->values, command->lengths, command->formats,
                               command->result_format);
}

/* Waits until the socket can be read (or also written). False: deadline over or connection gone. */
static bool wait_socket(PGconn *pg, bool writing, int64_t deadline_ms)
{
    int64_t left = deadline_ms - clock_monotonic_ms();
    struct pollfd fd = {.fd = PQsocket(pg), .events = (short)(POLLIN | (writing ? POLLOUT : 0))};
    if (left <= 0 || fd.fd < 0 || poll(&fd, 1, (int)left) <= 0)
        return false;
    return !(fd.revents & ~POLLOUT) || PQconsumeInput(pg);
}

static bool flush(PGconn *pg, int64_t deadline_ms)
{
    int left;
    while ((left = PQflush(pg)) == 1)
        if (!wait_socket(pg, true, deadline_ms))
            return false;
    return left == 0;
}

/* The next result that is not the NULL between two commands. False: lost. */
static bool next_result(PGconn *pg, int64_t deadline_ms, PGresult **ret_result)
{
    for (int gaps = 0; gaps < 2; gaps++) { /* one NULL stands between two commands, never two */
        while (PQisBusy(pg))
            if (!wait_socket(pg, false, deadline_ms))
                return false;
        if ((*ret_result = PQgetResult(pg)))
            return true;
    }
    return false;
}

static bool is_error(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE || status == PGRES_NONFATAL_ERROR;
}

static void keep_refusal(struct batch *batch, PGresult *result, unsigned index)
{
    if (batch->refusal) {
        PQclear(result);
        return;
    }
    batch->refusal = result;
    batch->refused = index;
}

/* Reads one command's answer (after that of its Prepare). False: lost. */
static bool read_answer(struct batch *batch, struct connection *connection, unsigned index, bool preparing,
                        int64_t deadline_ms)
{
    PGresult *result;
    size_t slot = statement_slot(batch->commands[index].statement);
    if (preparing) {
        if (!next_result(connection->pg, deadline_ms, &result))
            return false;
        connection->prepared[slot] = PQresultStatus(result) == PGRES_COMMAND_OK;
        if (is_error(result))
            keep_refusal(batch, result, index);
        else
            PQclear(result);
    }
    if (!next_result(connection->pg, deadline_ms, &result))
        return false;
    if (is_error(result))
        keep_refusal(batch, result, index);
    else if (PQresultStatus(result) == PGRES_PIPELINE_ABORTED)
        PQclear(result);
    else
        batch->commands[index].result = result;
    return true;
}

/* An error may still come between the last answer and Sync: a deferred constraint, a commit that failed. */
static bool read_sync(struct batch *batch, PGconn *pg, int64_t deadline_ms)
{
    PGresult *result;
    while (next_result(pg, deadline_ms, &result)) {
        bool synced = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        if (is_error(result))
            keep_refusal(batch, result, batch->count);
        else
            PQclear(result);
        if (synced)
            return true;
    }
    return false;
}

/* The server closed the session with an error of its own (shutdown, crash of a neighbour), or libpq, which knows no
 * SQLSTATE, found an answer that it has no memory for: not a refusal of the statement. */
static bool session_ended(const PGresult *refusal)
{
    const char *state = refusal ? PQresultErrorField(refusal, PG_DIAG_SQLSTATE) : NULL;
    return refusal && (!state || !strncmp(state, "57P", 3) || !strncmp(state, "08", 2));
}

/* Prepares on first use, in the same round trip. False: libpq could not queue it. */
static bool send_all(struct batch *batch, struct connection *connection, bool *preparing)
{
    for (unsigned i = 0; i < batch->count; i++) {
        size_t slot = statement_slot(batch->commands[i].statement);
        preparing[i] = pool_settings(connection->pool)->prepare && !connection->prepared[slot];
        if (!send_command(connection, &batch->commands[i]))
            return false;
        if (preparing[i])
            connection->prepared[slot] = 1; /* a second use in this batch must not prepare again */
    }
    return PQpipelineSync(connection->pg);
}

enum batch_outcome batch_run(struct batch *batch, struct connection *connection)
{
    PGconn *pg = connection->pg;
    unsigned patience_ms = batch->patience_ms ? batch->patience_ms : pool_settings(connection->pool)->statement_ms;
    int64_t deadline = clock_monotonic_ms() + patience_ms;
    bool preparing[BATCH_COMMANDS_MAX];
    bool whole = send_all(batch, connection, preparing) && flush(pg, deadline);
    for (unsigned i = 0; whole && i < batch->count; i++)
        whole = read_answer(batch, connection, i, preparing[i], deadline);
    whole = whole && read_sync(batch, pg, deadline);
    if (!whole || session_ended(batch->refusal)) {
        bool late = clock_monotonic_ms() >= deadline;
        PQfinish(pg);
        connection->pg = NULL;
        return late ? BATCH_LATE : BATCH_LOST;
    }
    return batch->refusal ? BATCH_REFUSED : BATCH_DONE;
}
