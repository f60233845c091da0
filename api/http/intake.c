/* SPDX-License-Identifier: MIT */
#include "http/intake.h"

#include "core/clock.h"
#include "http/stages.h"
#include "http/upload.h"
#include "service.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <ulfius.h>

#define TARGET_MAX 256                /* a longer address names nothing that takes a file */
#define SWALLOWED  ((int64_t)1 << 20) /* so much of a refused body is read, so that the caller reads the refusal */
#define FORM       "multipart/form-data"

struct form {
    struct intake *intake;
    struct _u_request raw;
    struct exchange x;
    struct upload *upload;
};

static _Thread_local char target[TARGET_MAX];
static _Thread_local enum { UNDECIDED, ULFIUS, FORM_OF_OURS } way;
static _Thread_local struct form *form;

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

static bool keep_request(struct form *one, struct MHD_Connection *connection, const char *method, const char *version)
{
    if (ulfius_init_request(&one->raw) != U_OK)
        return false;
    MHD_get_connection_values(connection, MHD_HEADER_KIND, keep_header, one->raw.map_header);
    one->raw.http_verb = o_strdup(method);
    one->raw.http_protocol = o_strdup(version);
    one->raw.http_url = o_strdup(target);
    return one->raw.http_verb && one->raw.http_protocol && one->raw.http_url;
}

static bool takes_form(const struct operation *operation)
{
    return operation && operation->form;
}

static bool names_operation(struct form *one)
{
    one->intake->take(&one->x, &one->raw);
    bool found = one->x.request.path && stage_route(&one->x) && takes_form(one->x.operation);
    arena_done(&one->x.arena);
    return found;
}

static void form_close(struct form *one)
{
    ulfius_clean_request(&one->raw);
    buffer_done(&one->x.reply.body);
    arena_done(&one->x.arena);
    free(one);
}

static struct form *form_open(struct intake *intake, struct MHD_Connection *connection, const char *method,
                              const char *version)
{
    struct form *one = calloc(1, sizeof *one);
    if (!one)
        return NULL;
    one->intake = intake;
    one->x.service = intake->service;
    if (keep_request(one, connection, method, version) && names_operation(one)) {
        one->x = (struct exchange){.service = intake->service, .started_us = clock_monotonic_us()};
        intake->take(&one->x, &one->raw);
        return one;
    }
    form_close(one);
    return NULL;
}

/* ---- Its reply ---- */

static enum MHD_Result send_reply(struct form *one, struct MHD_Connection *connection)
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

static enum MHD_Result answer(struct MHD_Connection *connection)
{
    if (form->upload)
        upload_serve(form->upload);
    upload_close(form->upload);
    form->upload = NULL;
    exchange_finish(&form->x);
    enum MHD_Result sent = send_reply(form, connection);
    form_close(form);
    form = NULL;
    way = ULFIUS;
    return sent;
}

/* A caller who waits for leave to send, or has much to send, is told at once; what is short is read over, so that the
 * connection can go on. */
static bool is_due_at_once(const struct form *one)
{
    const char *length = request_header(&one->x.request, "Content-Length");
    return one->x.problem.kind &&
           (request_header(&one->x.request, "Expect") || (length && strtoll(length, NULL, 10) > SWALLOWED));
}

static enum MHD_Result begin(struct form *one, struct MHD_Connection *connection)
{
    form = one;
    way = FORM_OF_OURS;
    exchange_head(&one->x);
    one->upload = upload_open(&one->x);
    if (!one->upload)
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
    if (!form)
        return;
    form->x.problem.internal = "cut before its end";
    fail(&form->x, "malformed");
    upload_close(form->upload);
    exchange_finish(&form->x);
    form_close(form);
    form = NULL;
}

/* ---- Between MHD and Ulfius ---- */

static bool is_form(struct MHD_Connection *connection)
{
    const char *media = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Type");
    return media && !strncasecmp(media, FORM, sizeof FORM - 1);
}

static enum MHD_Result on_access(void *closure, struct MHD_Connection *connection, const char *url, const char *method,
                                 const char *version, const char *data, size_t *size, void **context)
{
    struct intake *intake = closure;
    if (way == UNDECIDED) {
        struct form *one = is_form(connection) ? form_open(intake, connection, method, version) : NULL;
        if (one)
            return begin(one, connection);
        way = ULFIUS;
    }
    if (way == ULFIUS)
        return intake->ulfius(intake->closure, connection, url, method, version, data, size, context);
    if (!*size)
        return answer(connection);
    if (form->upload)
        upload_feed(form->upload, data, *size);
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
