/* SPDX-License-Identifier: MIT */
/* The bytes of files: in and out piece by piece, no connection held between two pieces. */
#include "core/cleanup.h"
#include "core/text.h"
#include "http/exchange.h"
#include "pg/failure.h"
#include "pg/run.h"
#include "service.h"

#include <assert.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READ_TRIES_MAX 2
#define ADD_TRIES_MAX  3 /* the same bytes at the same place may be sent again */
#define DIGITS         24

/* ---- In ---- */

/* Bound once, so that a long file needs no more memory than a short one. */
struct content_writer {
    struct command claims, question;
    const char **values;
    int *lengths;
    char at[DIGITS];
};

static bool run_commands(struct exchange *x, struct command claims, struct command question)
{
    cleanup(batch_done) struct batch batch = {0};
    cleanup(pool_put) struct connection *connection = pool_take(x->service->pool, client_of(x));
    if (!connection)
        return unavailable(x, "unavailable", "no connection");
    batch_add(&batch, claims);
    batch_add(&batch, question);
    switch (run_once(x, connection, &batch)) {
    case BATCH_DONE:
        return true;
    case BATCH_REFUSED:
        return failure_fill(x, batch.refusal);
    default:
        return unavailable(x, "unavailable", "connection lost while a file came in");
    }
}

bool content_begin(struct exchange *x)
{
    const struct step *step = &x->operation->plan->chunk;
    struct content_writer *writer = arena_alloc(&x->arena, sizeof *writer);
    if (!writer)
        return fail(x, "internal");
    if (!run_commands(x, bind_claims(x), bind_step(x, &x->operation->plan->begin)))
        return false;
    writer->claims = bind_claims(x);
    writer->question = bind_step(x, step);
    writer->values = (const char **)writer->question.values;
    writer->lengths = (int *)writer->question.lengths;
    x->file.writer = writer;
    return !x->arena.failed || fail(x, "internal");
}

bool content_add(struct exchange *x, const char *bytes, size_t length, int64_t at)
{
    const struct step *step = &x->operation->plan->chunk;
    struct content_writer *writer = x->file.writer;
    snprintf(writer->at, sizeof writer->at, "%" PRId64, at);
    for (unsigned i = 0; i < step->statement->nparameters; i++)
        if (step->sources[i].kind == SOURCE_AT) {
            writer->values[i] = writer->at;
        } else if (step->sources[i].kind == SOURCE_BYTES) {
            writer->values[i] = bytes;
            writer->lengths[i] = (int)length;
        }
    bool taken = false, again = true;
    for (int tries = 0; !taken && again && tries < ADD_TRIES_MAX; tries++) {
        x->problem = (struct problem){0};
        taken = run_commands(x, writer->claims, writer->question);
        again = !taken && !strcmp(x->problem.kind->code, "unavailable");
    }
    return taken;
}

/* What cannot be taken away now is taken away with the next upload, a day later. */
void content_abort(struct exchange *x)
{
    struct problem told = x->problem;
    run_commands(x, bind_claims(x), bind_step(x, &x->operation->plan->abort));
    x->problem = told;
}

/* ---- Out ---- */

struct content_reader {
    struct service *service;
    struct command claims, question;
    char at[DIGITS];
    PGresult *result;
    char *client;
};

static const char **copy_values(const struct command *command)
{
    char **values = calloc(command->statement->nparameters + 1, sizeof *values);
    for (unsigned i = 0; values && i < command->statement->nparameters; i++) {
        values[i] = command->values[i] ? strdup(command->values[i]) : NULL;
        if (command->values[i] && !values[i]) {
            while (i > 0)
                free(values[--i]);
            free(values);
            return NULL;
        }
    }
    return (const char **)values;
}

static void free_values(const struct command *command, const char *borrowed)
{
    for (unsigned i = 0; command->values && i < command->statement->nparameters; i++)
        if (command->values[i] != borrowed)
            free((char *)command->values[i]);
    free((void *)command->values);
}

void content_close(struct content_reader *reader)
{
    if (!reader)
        return;
    free_values(&reader->claims, NULL);
    free_values(&reader->question, reader->at);
    result_done(&reader->result);
    free(reader->client);
    free(reader);
}

/* The place to read from is the one value that changes. */
static void point_to_place(struct content_reader *reader, const struct step *step, const char **values)
{
    for (unsigned i = 0; values && i < step->statement->nparameters; i++)
        if (step->sources[i].kind == SOURCE_AT) {
            free((char *)values[i]);
            values[i] = reader->at;
        }
}

struct content_reader *content_open(struct exchange *x)
{
    const struct step *step = &x->operation->plan->read;
    struct command claims = bind_claims(x), question = bind_step(x, step);
    struct content_reader *reader = x->arena.failed ? NULL : calloc(1, sizeof *reader);
    if (!reader)
        return NULL;
    const char **values = copy_values(&question);
    point_to_place(reader, step, values);
    reader->service = x->service;
    reader->claims = (struct command){.statement = claims.statement, .values = copy_values(&claims)};
    reader->question = (struct command){.statement = question.statement, .values = values, .result_format = 1};
    reader->client = strdup(client_of(x));
    if (reader->claims.values && values && reader->client)
        return reader;
    content_close(reader);
    return NULL;
}

static enum batch_outcome ask(struct content_reader *reader)
{
    cleanup(batch_done) struct batch batch = {0};
    cleanup(pool_put) struct connection *connection = pool_take(reader->service->pool, reader->client);
    if (!connection)
        return BATCH_LATE;
    batch_add(&batch, reader->claims);
    batch_add(&batch, reader->question);
    enum batch_outcome outcome = batch_run(&batch, connection);
    if (outcome == BATCH_DONE) {
        reader->result = batch.commands[1].result;
        batch.commands[1].result = NULL;
    }
    return outcome;
}

bool content_read(struct content_reader *reader, int64_t at, const char **ret_bytes, size_t *ret_length)
{
    result_done(&reader->result);
    snprintf(reader->at, sizeof reader->at, "%" PRId64, at);
    enum batch_outcome outcome = BATCH_LOST;
    for (int tries = 0; tries < READ_TRIES_MAX && outcome == BATCH_LOST; tries++)
        outcome = ask(reader);
    if (outcome != BATCH_DONE || PQntuples(reader->result) != 1)
        return false;
    int column = PQfnumber(reader->result, "bytes");
    assert(column >= 0);
    *ret_bytes = PQgetvalue(reader->result, 0, column);
    *ret_length = (size_t)PQgetlength(reader->result, 0, column);
    return *ret_length > 0;
}

/* ---- All of it, for its digest ---- */

static void reader_done(struct content_reader **reader)
{
    content_close(*reader);
}

static void digest_done(EVP_MD_CTX **digest)
{
    EVP_MD_CTX_free(*digest);
}

bool content_digest(struct exchange *x)
{
    cleanup(reader_done) struct content_reader *reader = content_open(x);
    cleanup(digest_done) EVP_MD_CTX *digest = EVP_MD_CTX_new();
    unsigned char sum[32];
    const char *bytes;
    size_t length;
    if (!reader || !digest || !EVP_DigestInit_ex(digest, EVP_sha256(), NULL))
        return fail(x, "internal");
    for (int64_t at = 0; at < x->file.size; at += (int64_t)length)
        if (!content_read(reader, at, &bytes, &length))
            return unavailable(x, "unavailable", "the bytes of a file cannot be read back");
        else if (!EVP_DigestUpdate(digest, bytes, length))
            return fail(x, "internal");
    char *text = arena_alloc(&x->arena, 2 * sizeof sum + 1);
    if (!text || !EVP_DigestFinal_ex(digest, sum, NULL))
        return fail(x, "internal");
    hex_encode(sum, sizeof sum, text);
    x->file.sha256 = text;
    return true;
}
