/* SPDX-License-Identifier: MIT */
#include "http/server.h"

#include "core/cleanup.h"
#include "core/clock.h"
#include "core/memory.h"
#include "http/download.h"
#include "http/intake.h"
#include "http/listen.h"
#include "http/stages.h"
#include "http/watchdog.h"

#include <microhttpd.h>
#include <netdb.h>
#include <orcania.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <ulfius.h>
#include <unistd.h>

#define BACKLOG        1024
#define THREAD_STACK   ((size_t)256 * 1024)
#define HEADER_MEMORY  ((size_t)16 * 1024) /* of a connection: heads of 8 KiB, and what is kept of each line */
#define ARENA_ROOM     ((size_t)4096)      /* of the thread's stack, for the arena of its request */
#define STOP_LOOK_US   20000
#define DOWNLOAD_PIECE ((size_t)64 * 1024)

struct server {
    struct service *service;
    struct _u_instance instance;
    struct intake intake;
    struct watchdog *watchdog;
    int socket;
    unsigned port;
};

/* Ulfius keeps 16 bytes of the peer's address, too few for IPv6; MHD calls the logger on the connection's own thread,
 * so the whole address and the connection's place wait here for the callback. */
static _Thread_local struct server *serving;
static _Thread_local int place;
static _Thread_local char peer_address[ADDRESS_LENGTH], caller_address[ADDRESS_LENGTH];

const char *request_header(const struct request *request, const char *name)
{
    const struct _u_request *raw = request->headers;
    return raw ? u_map_get_case(raw->map_header, name) : NULL;
}

/* "Content-Length : 5" is no Content-Length to MHD, and one to others. */
const char *request_odd_header(const struct request *request)
{
    const struct _u_request *raw = request->headers;
    const char **names = raw ? u_map_enum_keys(raw->map_header) : NULL;
    for (; names && *names; names++)
        if (!**names || strpbrk(*names, " \t\"(),/:;<=>?@[\\]{}"))
            return *names;
    return NULL;
}

static int place_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info && info->socket_context ? (int)(intptr_t)info->socket_context - 1 : -1;
}

static void remember_peer(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    peer_address[0] = '\0';
    if (info && info->client_addr) {
        socklen_t length =
            info->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
        getnameinfo(info->client_addr, length, peer_address, sizeof peer_address, NULL, 0, NI_NUMERICHOST);
    }
}

/* MHD passes the connection as a third argument that the declaration of its option does not show. */
static void *on_request_line(void *closure, const char *uri, struct MHD_Connection *connection)
{
    struct server *server = closure;
    serving = server;
    place = place_of(connection);
    watchdog_begin(server->watchdog, place);
    remember_peer(connection);
    intake_begin(uri);
    void *context = ulfius_uri_logger(NULL, uri);
    if (context)
        server->service->in_flight++;
    return context;
}

static void on_completed(void *closure, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode code)
{
    struct server *server = closure;
    intake_end();
    if (*context)
        server->service->in_flight--;
    mhd_request_completed(NULL, connection, context, code);
    reserve_done(); /* Ulfius forgets some of it when libmicrohttpd finds no memory for the reply */
    watchdog_end(server->watchdog, place_of(connection));
}

static void on_connection(void *closure, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct server *server = closure;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        server->service->connections++;
        *context = (void *)(intptr_t)(watchdog_enter(server->watchdog, info ? info->connect_fd : -1) + 1);
    } else {
        server->service->connections--;
        watchdog_leave(server->watchdog, (int)(intptr_t)*context - 1);
        *context = NULL;
    }
}

static void allow(int64_t ms)
{
    watchdog_allow(serving->watchdog, place, ms);
}

static ssize_t read_download(void *closure, uint64_t offset, char *out, size_t room)
{
    (void)offset; /* MHD asks for one piece after the other */
    ssize_t length = download_read(closure, out, room);
    return length > 0 ? length : length == 0 ? U_STREAM_END : U_STREAM_ERROR;
}

static void close_download(void *closure)
{
    download_close(closure);
}

static void send_download(struct exchange *x, struct _u_response *response)
{
    allow(x->service->config->file_seconds * 1000);
    ulfius_set_stream_response(response, (unsigned int)x->reply.status, read_download, close_download,
                               (uint64_t)download_size(x->reply.download), DOWNLOAD_PIECE, x->reply.download);
    x->reply.download = NULL;
}

static void send_reply(struct exchange *x, struct _u_response *response)
{
    response->status = x->reply.status;
    for (size_t i = 0; i < x->reply.nheaders; i++)
        u_map_put(response->map_header, x->reply.headers[i].name, x->reply.headers[i].value);
    size_t length = x->reply.fixed ? x->reply.fixed_length : x->reply.body.length;
    if (length || x->reply.media || x->reply.download)
        u_map_put(response->map_header, "Content-Type", x->reply.media ? x->reply.media : "application/json");
    if (x->reply.download) {
        send_download(x, response);
    } else if (x->reply.fixed) {
        ulfius_set_binary_body_response(response, (unsigned int)x->reply.status, x->reply.fixed, length);
    } else if (length) { /* Ulfius takes the bytes over and frees them */
        response->binary_body = x->reply.body.bytes;
        response->binary_body_length = length;
        x->reply.body = (struct buffer){0};
    }
}

/* Absolute form (RFC 9112, 3.2.2), as sent to proxies: every server must understand it. */
static const char *without_authority(const char *target)
{
    size_t scheme = !strncasecmp(target, "http://", 7) ? 7 : !strncasecmp(target, "https://", 8) ? 8 : 0;
    return scheme ? target + scheme + strcspn(target + scheme, "/?") : target;
}

static void take_request(struct exchange *x, const struct _u_request *raw)
{
    const char *target = raw->http_url ? without_authority(raw->http_url) : "";
    size_t path = strcspn(target, "?");
    x->request = (struct request){.method = raw->http_verb ? raw->http_verb : "",
                                  .protocol = raw->http_protocol ? raw->http_protocol : "",
                                  .target = target,
                                  .path = arena_copy(&x->arena, target, path),
                                  .query = target[path] ? target + path + 1 : NULL,
                                  .address = caller_address,
                                  .body = raw->binary_body,
                                  .body_length = raw->binary_body_length,
                                  .headers = raw};
    address_of_client(x->service->proxies, peer_address, request_header(&x->request, "X-Forwarded-For"),
                      caller_address);
}

static int on_request(const struct _u_request *raw, struct _u_response *response, void *closure)
{
    _Alignas(max_align_t) unsigned char room[ARENA_ROOM];
    struct exchange x = {
        .service = closure, .started_us = clock_monotonic_us(), .arena = arena_with_room(room, sizeof room)};
    take_request(&x, raw);
    if (x.request.path)
        exchange_run(&x);
    bool served = x.request.path && (x.reply.fixed || !x.reply.body.failed);
    if (served)
        send_reply(&x, response);
    download_close(x.reply.download);
    buffer_done(&x.reply.body);
    arena_done(&x.arena);
    return served ? U_CALLBACK_COMPLETE : U_CALLBACK_ERROR;
}

static bool start_daemon(struct server *server)
{
    const struct config *config = server->service->config;
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, server},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_request_line, server},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, server},
        {MHD_OPTION_LISTEN_SOCKET, server->socket, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, config->max_connections, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, config->idle_seconds, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)HEADER_MEMORY, NULL},
        {MHD_OPTION_THREAD_STACK_SIZE, (intptr_t)THREAD_STACK, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    unsigned flags =
        (unsigned)MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC;
    server->intake = (struct intake){.service = server->service, .take = take_request, .allow = allow};
    return intake_start(&server->intake, &server->instance, flags, options);
}

struct server *server_start(struct service *service, const char **ret_error)
{
    const struct config *config = service->config;
    struct server *server = calloc(1, sizeof *server);
    *ret_error = "out of memory";
    if (!server)
        return NULL;
    server->service = service;
    server->socket = -1;
    /* Waiting for a request may take the idle time, being slow with it the request time: together a bound on any
     * connection. */
    server->watchdog =
        watchdog_start((size_t)config->max_connections + 16, (config->idle_seconds + config->request_seconds) * 1000,
                       config->request_seconds * 1000);
    server->socket = listen_at(config->listen, config->port, &server->port, ret_error);
    if (!server->watchdog || server->socket < 0) {
        watchdog_stop(server->watchdog);
        free(server);
        return NULL;
    }
    o_set_alloc_funcs(reserve_malloc, reserve_realloc, reserve_free); /* Ulfius does not look at all it is given */
    ulfius_init_instance(&server->instance, server->port, NULL, NULL);
    server->instance.check_utf8 =
        0; /* a badly encoded value would vanish without a word; text_unescape refuses it aloud */
    server->instance.max_post_body_size =
        BODY_MAX + 1; /* Ulfius cuts a long body silently; one byte more is the sign */
    server->instance.allowed_post_processor = U_POST_PROCESS_NONE;
    ulfius_add_endpoint_by_val(&server->instance, "*", NULL, "*", 0, on_request, service);
    if (start_daemon(server))
        return server;
    *ret_error = "the HTTP library does not start";
    close(server->socket);
    server->socket = -1;
    server_stop(server);
    return NULL;
}

unsigned server_port(const struct server *server)
{
    return server->port;
}

void server_quiesce(struct server *server)
{
    int socket = MHD_quiesce_daemon(server->instance.mhd_daemon);
    if (socket >= 0)
        close(socket);
}

void server_stop(struct server *server)
{
    /* ulfius_stop_framework cuts requests in flight, so they are waited for, within the time any request may take. */
    int64_t deadline = clock_monotonic_ms() + server->service->config->request_seconds * 1000;
    while (server->service->in_flight > 0 && clock_monotonic_ms() < deadline)
        usleep(STOP_LOOK_US);
    ulfius_stop_framework(&server->instance);
    ulfius_clean_instance(&server->instance);
    watchdog_stop(server->watchdog);
    free(server);
}
