/* SPDX-License-Identifier: MIT */
#include "fake_database.h"

#include "generated.h"
#include "pg/query.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROWS_MAX    16
#define COLUMNS_MAX 8

const struct statement statement_listSigningKeys, statement_makeFirstSigningKey, statement_rotateSigningKey,
    statement_loadCaller, statement_findClient, statement_findActingUser;

bool database_down, client_active, user_active;
const char *client_scopes;
unsigned looks_at_keys, looks_at_client, look_takes_ms;

struct row {
    const char *names[COLUMNS_MAX];
    char *values[COLUMNS_MAX];
};

struct answer {
    size_t count;
    struct row rows[ROWS_MAX];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct answer keys; /* as the table has them, oldest first */

static void row_clear(struct row *row)
{
    for (unsigned i = 0; i < COLUMNS_MAX; i++)
        free(row->values[i]);
    *row = (struct row){0};
}

static void row_set(struct row *row, const char *name, const char *value)
{
    unsigned i = 0;
    while (row->names[i] && strcmp(row->names[i], name) != 0)
        i++;
    assert(i < COLUMNS_MAX);
    free(row->values[i]);
    row->names[i] = name;
    row->values[i] = value ? strdup(value) : NULL;
}

static const char *row_get(const struct row *row, const char *name)
{
    for (unsigned i = 0; i < COLUMNS_MAX && row->names[i]; i++)
        if (strcmp(row->names[i], name) == 0)
            return row->values[i];
    assert(0 && "no such column");
    return NULL;
}

static struct row *last_of(const char *purpose)
{
    for (size_t i = keys.count; i > 0; i--)
        if (strcmp(row_get(&keys.rows[i - 1], "purpose"), purpose) == 0)
            return &keys.rows[i - 1];
    return NULL;
}

static void keep_key(const char *kid, const char *purpose, const char *algorithm, const char *private_key,
                     const char *not_before)
{
    assert(keys.count < ROWS_MAX);
    struct row *row = &keys.rows[keys.count++];
    row_set(row, "kid", kid);
    row_set(row, "purpose", purpose);
    row_set(row, "algorithm", algorithm);
    row_set(row, "private_key", private_key);
    row_set(row, "not_before", not_before);
    row_set(row, "retired_at", NULL);
}

static void list_keys(struct answer *answer)
{
    looks_at_keys++;
    for (size_t i = keys.count; i > 0; i--)
        for (unsigned k = 0; k < COLUMNS_MAX && keys.rows[i - 1].names[k]; k++)
            row_set(&answer->rows[keys.count - i], keys.rows[i - 1].names[k], keys.rows[i - 1].values[k]);
    answer->count = keys.count;
}

static void rotate_key(struct answer *answer, const char *const *values)
{
    for (size_t i = 0; i < keys.count; i++)
        if (strcmp(row_get(&keys.rows[i], "purpose"), values[1]) == 0)
            row_set(&keys.rows[i], "retired_at", values[0]);
    keep_key(values[2], values[1], values[3], values[4], values[6]);
    row_set(&answer->rows[answer->count++], "kid", values[2]);
}

static void load_caller(struct answer *answer, const char *user_id)
{
    looks_at_client++;
    if (!client_active || (user_id && !user_active))
        return;
    struct row *row = &answer->rows[answer->count++];
    row_set(row, "organisation_id", "0190a6c0-0000-7000-8000-0000000000aa");
    row_set(row, "tier", "province");
    row_set(row, "province_code", "75");
    row_set(row, "provinces", "{70,75}");
    row_set(row, "roles", user_id ? "{access_admin,centre_officer}" : NULL);
    row_set(row, "scopes", client_scopes);
}

static void find_user(struct answer *answer, const char *user_id, const char *user_name)
{
    if (!user_active || !(user_id ? strcmp(user_id, USER) == 0 : strcmp(user_name, "an.nv") == 0))
        return;
    struct row *row = &answer->rows[answer->count++];
    row_set(row, "id", USER);
    row_set(row, "organisation_id", "0190a6c0-0000-7000-8000-0000000000bb");
    row_set(row, "scopes", "projects:read");
}

struct answer *query_call(struct pool *pool, const struct statement *statement, const char *const *values)
{
    (void)pool;
    nanosleep(&(struct timespec){.tv_nsec = look_takes_ms * 1000000L}, NULL);
    pthread_mutex_lock(&lock);
    struct answer *answer = database_down ? NULL : calloc(1, sizeof *answer);
    if (!answer)
        looks_at_client += statement == &statement_loadCaller;
    else if (statement == &statement_listSigningKeys)
        list_keys(answer);
    else if (statement == &statement_makeFirstSigningKey && !last_of(values[1]))
        keep_key(values[0], values[1], values[2], values[3], NULL);
    else if (statement == &statement_rotateSigningKey)
        rotate_key(answer, values);
    else if (statement == &statement_loadCaller)
        load_caller(answer, values[1]);
    else if (statement == &statement_findActingUser)
        find_user(answer, values[0], values[1]);
    pthread_mutex_unlock(&lock);
    return answer;
}

size_t answer_rows(const struct answer *answer)
{
    return answer->count;
}

const char *answer_get(const struct answer *answer, size_t row, const char *column)
{
    return row_get(&answer->rows[row], column);
}

void answer_done(struct answer **answer)
{
    for (size_t i = 0; *answer && i < ROWS_MAX; i++)
        row_clear(&(*answer)->rows[i]);
    free(*answer);
    *answer = NULL;
}

void database_reset(void)
{
    for (size_t i = 0; i < keys.count; i++)
        row_clear(&keys.rows[i]);
    keys.count = 0;
    database_down = false;
    client_active = user_active = true;
    client_scopes = "projects:read projects:write";
    looks_at_keys = looks_at_client = look_takes_ms = 0;
}

void database_retire_key(const char *kid, const char *at)
{
    for (size_t i = 0; i < keys.count; i++)
        if (strcmp(row_get(&keys.rows[i], "kid"), kid) == 0)
            row_set(&keys.rows[i], "retired_at", at);
}
