/* SPDX-License-Identifier: MIT */
/* x->problem → application/problem+json (RFC 9457), in the caller's language. */
#include "core/cleanup.h"
#include "core/memory.h"
#include "http/stages.h"
#include "service.h"
#include "sheet/sheet.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void json_done(json_t **value)
{
    json_decref(*value);
}

/* Labels come from the database in both languages, {"vi": …, "en": …}; the caller sees the one he reads. */
static json_t *label_in(const json_t *value, enum language language)
{
    json_t *label = json_object_get(value, language == LANGUAGE_VI ? "vi" : "en");
    return json_is_string(label) && json_object_size(value) == 2 ? label : NULL;
}

static json_t *params_of(const char *json, enum language language)
{
    json_t *value = json ? json_loads(json, 0, NULL) : NULL;
    if (!json_is_object(value))
        return json_decref(value), json_object();
    for (void *at = json_object_iter(value); at; at = json_object_iter_next(value, at)) {
        json_t *label = label_in(json_object_iter_value(at), language);
        if (label)
            json_object_iter_set(value, at, label);
    }
    return value;
}

static void add_param(struct buffer *out, const json_t *value)
{
    size_t index;
    const json_t *item;
    if (json_is_string(value))
        buffer_text(out, json_string_value(value));
    else if (json_is_array(value))
        json_array_foreach(value, index, item)
        {
            buffer_text(out, index ? ", " : "");
            add_param(out, item);
        }
    else if (value) {
        char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        buffer_text(out, text ? text : "");
        free(text);
    }
}

/* Fills {name} from the params. */
static char *message_text(struct arena *arena, const char *template, const json_t *params)
{
    cleanup(buffer_done) struct buffer out = buffer_with_limit(HEADER_TEXT_MAX * 8);
    for (const char *at = template; *at;) {
        size_t plain = strcspn(at, "{"), name = at[plain] ? strcspn(at + plain, "}") : 0;
        buffer_add(&out, at, plain);
        at += plain;
        if (!*at)
            break;
        add_param(&out, json_object_get(params, arena_copy(arena, at + 1, name - 1)));
        at += name + (at[name] == '}');
    }
    return out.bytes ? arena_copy(arena, out.bytes, out.length) : arena_text(arena, "");
}

/* "#/rows/3/starts_on" in the words of the sheet: its row, the heading, and what stands there. */
static void add_cell(json_t *item, const struct exchange *x, const char *pointer, const json_t *params)
{
    size_t place;
    int used = 0;
    if (!x->operation || !x->operation->sheet || !pointer || sscanf(pointer, "#/rows/%zu%n", &place, &used) != 1)
        return;
    const json_t *row = json_array_get(json_object_get(x->body, "rows"), place);
    const char *lines = x->operation->sheet->lines;
    if (lines && pointer[used] == '/' && !strncmp(pointer + used + 1, lines, strlen(lines))) {
        const char *at = pointer + used + 1 + strlen(lines);
        int more = 0;
        if (sscanf(at, "/%zu%n", &place, &more) == 1) {
            row = json_array_get(json_object_get(row, lines), place);
            used = (int)(at - pointer) + more;
        }
    }
    const char *member = pointer[used] == '/' ? pointer + used + 1 : NULL;
    json_t *number = json_object_get(row, "row"), *found = member ? json_object_get(row, member) : NULL;
    const char *heading = member ? sheet_heading(x->operation->sheet, member) : NULL;
    char *text = json_is_integer(found) ? json_dumps(found, JSON_ENCODE_ANY) : NULL;
    json_object_set_new(item, "row",
                        json_integer(json_is_integer(number) ? json_integer_value(number) : (json_int_t)place + 1));
    if (heading)
        json_object_set_new(item, "column", json_string(heading));
    if (json_is_string(found))
        json_object_set(item, "found", found);
    else if (text)
        json_object_set_new(item, "found", json_string(text));
    else if (json_is_string(json_object_get(params, "found"))) /* no value came of the cell */
        json_object_set(item, "found", json_object_get(params, "found"));
    free(text);
}

static json_t *fault_json(struct exchange *x, const struct fault *fault)
{
    cleanup(json_done) json_t *params = params_of(fault->params, x->language);
    const struct message *message = message_find(fault->code);
    const char *text = NULL;
    if (message)
        text = message->detail[x->language] ? message->detail[x->language] : message->title[x->language];
    /* The database points to the missing member itself; the message wants its name. */
    const char *member = fault->pointer ? strrchr(fault->pointer, '/') : NULL;
    if (member && !json_object_get(params, "member"))
        json_object_set_new(params, "member", json_string(member + 1));
    json_t *item = json_object();
    if (fault->pointer)
        json_object_set_new(item, "pointer", json_string(fault->pointer));
    add_cell(item, x, fault->pointer, params);
    if (fault->parameter)
        json_object_set_new(item, "parameter", json_string(fault->parameter));
    if (fault->header)
        json_object_set_new(item, "header", json_string(fault->header));
    json_object_set_new(item, "code", json_string(fault->code));
    json_object_set_new(item, "detail", json_string(message_text(&x->arena, text ? text : fault->code, params)));
    if (fault->legal_basis)
        json_object_set_new(item, "legal_basis", json_string(fault->legal_basis));
    return item;
}

static json_t *problem_json(struct exchange *x)
{
    const struct message *kind = x->problem.kind;
    json_t *document = params_of(x->problem.params, x->language); /* extra members first: ours win */
    cleanup(json_done) json_t *params = json_copy(document);
    const char *type = arena_printf(&x->arena, "%s/problems/%s", x->service->config->public_url, kind->code);
    json_object_set_new(document, "type", json_string(type));
    json_object_set_new(document, "title", json_string(kind->title[x->language]));
    json_object_set_new(document, "status", json_integer(kind->status));
    if (kind->detail[x->language])
        json_object_set_new(document, "detail",
                            json_string(message_text(&x->arena, kind->detail[x->language], params)));
    json_object_set_new(document, "instance", json_string(x->request.path));
    json_object_set_new(document, "code", json_string(kind->code));
    json_object_set_new(document, "trace_id", json_string(x->trace_id));
    if (x->problem.faults.first) {
        json_t *errors = json_array();
        for (const struct fault *fault = x->problem.faults.first; fault; fault = fault->next)
            json_array_append_new(errors, fault_json(x, fault));
        json_object_set_new(document, "errors", errors);
    }
    return document;
}

/* Of the document at hand only what every problem has, and that is the truth of it too: memory has ended. */
static void say_shortly(struct exchange *x)
{
    if (strcmp(x->problem.kind->code, "outcome-unknown"))
        fail(x, "internal");
    int length =
        snprintf(x->last_words, sizeof x->last_words,
                 "{\"type\":\"/problems/%s\",\"title\":\"%s\",\"status\":%d,\"code\":\"%s\",\"trace_id\":\"%s\"}",
                 x->problem.kind->code, x->problem.kind->title[x->language], x->problem.kind->status,
                 x->problem.kind->code, x->trace_id);
    x->reply.fixed = x->last_words;
    x->reply.fixed_length = (size_t)length;
}

void problem_render(struct exchange *x)
{
    cleanup(json_done) json_t *document = problem_json(x);
    char *text = document ? json_dumps(document, JSON_COMPACT) : NULL;
    buffer_done(&x->reply.body);
    x->reply.body = buffer_with_limit(ARENA_LIMIT);
    x->reply.fixed = NULL;
    buffer_text(&x->reply.body, text ? text : "");
    free(text);
    if (!text || x->reply.body.failed || memory_ended())
        say_shortly(x);
    x->reply.status = x->problem.kind->status;
    x->reply.media = "application/problem+json";
    x->reply.version = x->reply.location = NULL;
    x->reply.cache = "no-store";
    reply_header(x, "Content-Language", x->language == LANGUAGE_VI ? "vi" : "en");
    if (x->problem.retry_after)
        reply_header(x, "Retry-After", arena_printf(&x->arena, "%u", x->problem.retry_after));
}
