/* SPDX-License-Identifier: MIT */
#include "pg/answers.h"

#include "core/json_select.h"
#include "pg/pool.h"
#include "report/report.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* `fields` keeps the named members of each record. */
static void add_record(struct exchange *x, const char *text, size_t length)
{
    bool is_table = x->media && report_format_of(x->media); /* made from all of it */
    const char *fields = x->operation->method == METHOD_GET && !is_table ? parameter_value(x, "fields") : NULL;
    if (fields)
        json_select(&x->reply.body, text, length, fields);
    else
        buffer_add(&x->reply.body, text, length);
}

/* Counting stops at COUNT_MAX: beyond it nobody reads the number, and the rows are read for nothing. */
static void keep_count(struct exchange *x, const PGresult *counted)
{
    const char *total = result_text(counted, 0, "total"), *plan = result_text(counted, 0, "QUERY PLAN");
    if (total) {
        long long rows = atoll(total);
        x->total = rows > COUNT_MAX ? COUNT_MAX : rows;
        x->total_kind = rows > COUNT_MAX ? "at_least" : "exact";
        return;
    }
    json_t *tree = plan ? json_loads(plan, 0, NULL) : NULL;
    json_t *rows = json_object_get(json_object_get(json_array_get(tree, 0), "Plan"), "Plan Rows");
    x->total = (long long)json_number_value(rows);
    x->total_kind = "estimated";
    json_decref(tree);
}

bool answer_one(struct exchange *x, const PGresult *result)
{
    if (PQntuples(result) == 0)
        return fail(x, x->operation->absent ? x->operation->absent : "not-found");
    const char *gone = result_text(result, 0, "gone");
    if (gone && *gone == 't')
        return fail(x, "deleted");
    x->reply.version = arena_text(&x->arena, result_text(result, 0, "version"));
    const char *body = result_text(result, 0, "body");
    add_record(x, body ? body : "null", body ? strlen(body) : 4);
    return true;
}

/* What is there to be sent; the bytes follow when they are wanted. */
bool answer_bytes(struct exchange *x, const PGresult *result)
{
    const char *gone = result_text(result, 0, "gone"), *whole = result_text(result, 0, "is_whole");
    if (gone && *gone == 't')
        return fail(x, "deleted");
    if (!whole || *whole == 'f')
        return fail(x, "not-found");
    x->reply.version = arena_text(&x->arena, result_text(result, 0, "version"));
    x->file.name = arena_text(&x->arena, result_text(result, 0, "file_name"));
    x->file.media_type = arena_text(&x->arena, result_text(result, 0, "media_type"));
    x->file.size = atoll(result_text(result, 0, "size_bytes"));
    return true;
}

/* Rows become {"data":[…]; reply.c closes the envelope, knowing whether another page follows. */
bool answer_page(struct exchange *x, const PGresult *result, const PGresult *counted)
{
    int rows = PQntuples(result);
    int shown = rows > x->limit ? x->limit : rows;
    int body = PQfnumber(result, "body");
    assert(body >= 0);
    buffer_text(&x->reply.body, "{\"data\":[");
    for (int row = 0; row < shown; row++) {
        if (row)
            buffer_text(&x->reply.body, ",");
        add_record(x, PQgetvalue(result, row, body), (size_t)PQgetlength(result, row, body));
    }
    buffer_text(&x->reply.body, "]");
    if (counted)
        keep_count(x, counted);
    for (unsigned i = 0; rows > shown && i < x->sort->nkeys; i++)
        x->next_keys[i] = arena_text(
            &x->arena, result_text(result, shown - 1, (const char *[]){"key_1", "key_2", "key_3", "key_4"}[i]));
    return true;
}

static bool makes_record(const struct step *step)
{
    for (unsigned i = 0; i < step->statement->nparameters; i++)
        if (step->sources[i].kind == SOURCE_NEW_ID)
            return true;
    return false;
}

/* The statement changed no row: absent, deleted, or not the caller's to change. */
static bool explain_no_row(struct exchange *x, const PGresult *follow)
{
    if (PQntuples(follow) == 0)
        return fail(x, makes_record(&x->operation->plan->main) ? "outside-territory" : "not-found");
    const char *gone = result_text(follow, 0, "gone");
    /* That a record is deleted is no reason not to bring it back: the contract says where it is one. */
    bool is_gone = gone && *gone == 't' && x->operation->tells_gone;
    return fail(x, is_gone ? "deleted" : "outside-territory");
}

static const char *location_of(struct exchange *x, const char *id)
{
    const char *by_ref = strstr(x->request.path, "/by-ref/");
    int length = (int)(by_ref ? (size_t)(by_ref - x->request.path) : strlen(x->request.path));
    return arena_printf(&x->arena, "%.*s/%s", length, x->request.path, id);
}

bool answer_write(struct exchange *x, const PGresult *written, const PGresult *follow)
{
    if (PQntuples(written) == 0)
        return explain_no_row(x, follow);
    if (x->operation->plan->shape == SHAPE_REMOVE && !x->validate_only)
        return true;
    if (x->operation->plan->shape ==
        SHAPE_REMOVE) /* what would have been deleted is gone already inside the transaction */
        return buffer_text(&x->reply.body, "{}"), true;
    if (!answer_one(x, follow))
        return x->problem.internal = "the written record cannot be read back", fail(x, "internal");
    const char *whole = result_text(written, 0, "whole_bytes");
    x->file.is_whole = whole;
    x->file.size = whole ? atoll(whole) : 0;
    const char *created = result_text(written, 0, "created");
    bool is_new = created ? *created == 't' : x->operation->success == 201;
    x->reply.status = x->validate_only ? 200 : is_new ? 201 : 200;
    if (x->reply.status == 201)
        x->reply.location = location_of(x, result_text(written, 0, "id"));
    return true;
}
