/* SPDX-License-Identifier: MIT */
/* query_call: statements that C itself needs, outside any caller's claims. */
#include "core/cleanup.h"
#include "pg/pool.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct answer {
    PGresult *result;
};

static _Thread_local char last_error[8];

const char *query_call_error(void)
{
    return last_error;
}

static void remember_error(const PGresult *refusal)
{
    const char *state = refusal ? PQresultErrorField(refusal, PG_DIAG_SQLSTATE) : NULL;
    strncpy(last_error, state ? state : "08006", sizeof last_error - 1);
}

struct answer *query_call(struct pool *pool, const struct statement *statement, const char *const *values)
{
    cleanup(batch_done) struct batch batch = {0};
    cleanup(pool_put) struct connection *connection = pool_take(pool, NO_CLIENT);
    if (!connection) {
        remember_error(NULL);
        return NULL;
    }
    batch_add(&batch, (struct command){.statement = statement, .values = values});
    if (batch_run(&batch, connection) != BATCH_DONE) {
        remember_error(batch.refusal);
        return NULL;
    }
    struct answer *answer = calloc(1, sizeof *answer);
    if (!answer)
        return NULL;
    answer->result = batch.commands[0].result;
    batch.commands[0].result = NULL;
    return answer;
}

size_t answer_rows(const struct answer *answer)
{
    return (size_t)PQntuples(answer->result);
}

const char *answer_get(const struct answer *answer, size_t row, const char *column)
{
    assert(PQfnumber(answer->result, column) >= 0);
    return result_text(answer->result, (int)row, column);
}

void answer_done(struct answer **answer)
{
    if (!*answer)
        return;
    PQclear((*answer)->result);
    free(*answer);
    *answer = NULL;
}
