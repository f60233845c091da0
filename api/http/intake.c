/* SPDX-License-Identifier: MIT */
#include "http/intake.h"

#include "core/clock.h"
#include "http/long_body.h"
#include "http/stages.h"
#include "http/upload.h"
#include "service.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <ulfius.h>

#define TARGET_MAX 512                /* a longer address names nothing that takes so much */
#define SWALLOWED  ((int64_t)4 << 20) /* so much of a refused body is read, so that the caller reads the refusal */
#define FORM       "multipart/form-data"

/* Past Ulfius. */
struct passage {
    struct intake *intake;
    struct _u_request raw;
    struct exchange x;
    bool is_form;
    struct upload *upload;  /* of a form */
    struct long_body *body; /* of another */
};

static _Thread_local char target[TARGET_MAX];
static _Thread_local enum { UNDECIDED, ULFIUS, OURS } way;
static _Thread_local struct passage *passage;

void intake_begin(const char *sent)
{
    size_t length = strlen(sent);
    way = length < TARGET_MAX ? UNDECIDED : ULFIUS;
    if (way == UNDECIDED)
        memcpy(target, sent, length + 1);
}

/* ---- The request, as Ulfius would have it ---- */

/* A header sent twice becomes "a,b", as everywhere else. */
static enum MHD_Result keep_header(void *closure, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct _u_map *map = closure;
    (void)kind;
    const char *before = u_map_get_case(map, name);
    char *both = before && value ? msprintf("%s,%s", before, value) : NULL;
    u_map_put(map, name, both ? both : value ? value : "");
    o_free(both);
    return MHD_YES;
}

static bool keep_request(struct passage *one, struct MHD_Connection *connection, const char *method,
                         const char *version)
{
    if (ulfius_init_request(&one->raw) != U_OK)
        return false;
    MHD_get_connection_values(connection, MHD_HEADER_KIND, keep_header, one->raw.map_header);
    one->raw.http_verb = o_strdup(method);
    one->raw.http_protocol = o_strdup(version);
    one->raw.http_url = o_strdup(target);
    return one->raw.http_verb && one->raw.http_protocol && one->raw.http_url;
}

static bool is_taken(const struct passage *one)
{
    const struct operation *operation = one->x.operation;
    return operation && (one->is_form ? operation->form != NULL : operation->body_bytes > 0);
}

static bool names_operation(struct passage *one)
{
    one->intake->take(&one->x, &one->raw);
    bool found = one->x.request.path && stage_route(&one->x) && is_taken(one);
    arena_done(&one->x.arena);
    return found;
}

static void passage_close(struct passage *one)
{
    ulfius_clean_request(&one->raw);
    buffer_done(&one->x.reply.body);
    arena_done(&one->x.arena);
    free(one);
}

static struct passage *passage_open(struct intake *intake, struct MHD_Connection *connection, const char *method,
                                    const char *version, bool is_form)
{
    struct passage *one = calloc(1, sizeof *one);
    if (!one)
        return NULL;
    one->intake = intake;
    one->is_form = is_form;
    one->x.service = intake->service;
    if (keep_request(one, connection, method, version) && names_operation(one)) {
        one->x = (struct exchange){.service = intake->service, .started_us = clock_monotonic_us()};
        intake->take(&one->x, &one->raw);
        return one;
    }
    passage_close(one);
    return NULL;
}

/* ---- Its reply ---- */

static enum MHD_Result send_reply(struct passage *one, struct MHD_Connection *connection)
{
    struct reply *reply = &one->x.reply;
    if (reply->body.failed)
        return MHD_NO;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(reply->body.length, reply->body.bytes, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return MHD_NO;
    for (size_t i = 0; i < reply->nheaders; i++)
        MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value);
    MHD_add_response_header(response, "Content-Type", reply->media ? reply->media : "application/json");
    enum MHD_Result queued = MHD_queue_response(connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return queued;
}

static void take_no_more(void)
{
    upload_close(passage->upload);
    long_body_close(passage->body);
    passage->upload = NULL;
    passage->body = NULL;
}

static enum MHD_Result answer(struct MHD_Connection *connection)
{
    if (passage->upload)
        upload_serve(passage->upload);
    if (passage->body)
        long_body_serve(passage->body);
    take_no_more();
    exchange_finish(&passage->x);
    enum MHD_Result sent = send_reply(passage, connection);
    passage_close(passage);
    passage = NULL;
    way = ULFIUS;
    return sent;
}

/* A caller who waits for leave to send, or has much to send, is told at once; what is short is read over, so that the
 * connection can go on. */
static bool is_due_at_once(const struct passage *one)
{
    const char *length = request_header(&one->x.request, "Content-Length");
    return one->x.problem.kind &&
           (request_header(&one->x.request, "Expect") || (length && strtoll(length, NULL, 10) > SWALLOWED));
}

static enum MHD_Result begin(struct passage *one, struct MHD_Connection *connection)
{
    passage = one;
    way = OURS;
    exchange_head(&one->x);
    if (one->is_form)
        one->upload = upload_open(&one->x);
    else
        one->body = long_body_open(&one->x);
    if (!one->upload && !one->body)
        fail(&one->x, "internal");
    if (is_due_at_once(one)) {
        reply_header(&one->x, "Connection", "close");
        return answer(connection);
    }
    one->intake->allow(one->intake->service->config->file_seconds * 1000);
    return MHD_YES;
}

void intake_end(void)
{
    if (!passage)
        return;
    passage->x.problem.internal = "cut before its end";
    fail(&passage->x, "malformed");
    take_no_more();
    exchange_finish(&passage->x);
    passage_close(passage);
    passage = NULL;
}

/* ---- Between MHD and Ulfius ---- */

static bool media_begins(struct MHD_Connection *connection, const char *words)
{
    const char *media = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Type");
    return media && !strncasecmp(media, words, strlen(words));
}

/* Longer than Ulfius may keep, or of a length that nobody tells. */
static bool is_long(struct MHD_Connection *connection)
{
    const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
    return length ? strtoull(length, NULL, 10) > BODY_MAX
                  : MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Transfer-Encoding") != NULL;
}

/* Short as it is when it is packed, a sheet may take long to serve. */
static bool is_sheet(struct MHD_Connection *connection)
{
    return media_begins(connection, "text/csv") || media_begins(connection, "application/vnd.");
}

static struct passage *led_past(struct intake *intake, struct MHD_Connection *connection, const char *method,
                                const char *version)
{
    bool is_form = media_begins(connection, FORM);
    bool may_be = is_form || is_long(connection) || is_sheet(connection);
    return may_be ? passage_open(intake, connection, method, version, is_form) : NULL;
}

static enum MHD_Result on_access(void *closure, struct MHD_Connection *connection, const char *url, const char *method,
                                 const char *version, const char *data, size_t *size, void **context)
{
    struct intake *intake = closure;
    if (way == UNDECIDED) {
        struct passage *one = led_past(intake, connection, method, version);
        if (one)
            return begin(one, connection);
        way = ULFIUS;
    }
    if (way == ULFIUS)
        return intake->ulfius(intake->closure, connection, url, method, version, data, size, context);
    if (!*size)
        return answer(connection);
    if (passage->upload)
        upload_feed(passage->upload, data, *size);
    if (passage->body)
        long_body_feed(passage->body, data, *size);
    *size = 0;
    return MHD_YES;
}

static _Thread_local struct intake *starting;

/* Ulfius keeps its handler to itself. It asks for the daemon by this name, which the program has before the library,
 * and gets one that asks us first. */
struct MHD_Daemon *MHD_start_daemon(unsigned flags, uint16_t port, MHD_AcceptPolicyCallback accept,
                                    void *accept_closure, MHD_AccessHandlerCallback handler, void *closure, ...)
{
    va_list options;
    va_start(options, closure);
    if (starting) {
        starting->ulfius = handler;
        starting->closure = closure;
        handler = on_access;
        closure = starting;
    }
    struct MHD_Daemon *daemon = MHD_start_daemon_va(flags, port, accept, accept_closure, handler, closure, options);
    va_end(options);
    return daemon;
}

bool intake_start(struct intake *intake, struct _u_instance *instance, unsigned flags, struct MHD_OptionItem *options)
{
    starting = intake;
    bool started = ulfius_start_framework_with_mhd_options(instance, flags, options) == U_OK;
    starting = NULL;
    return started && intake->ulfius;
}
