/* SPDX-License-Identifier: MIT */
/* A daemon of its own, so that the figures can be read while all connections of the service are taken, and by nobody
 * but those who reach its port. One thread serves it. */
#include "http/listen.h"
#include "http/metrics.h"
#include "service.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE_MAX           ((size_t)16 * 1024 * 1024)
#define CONNECTIONS_MAX    16
#define IDLE_SECONDS       10
#define CONNECTION_MEMORY  ((size_t)8 * 1024)
#define METRICS_MEDIA_TYPE "text/plain; version=0.0.4; charset=utf-8"

struct metrics_server {
    struct MHD_Daemon *daemon;
    int socket;
    unsigned port;
};

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status, const char *media,
                              struct buffer *page)
{
    /* The library frees the bytes. */
    struct MHD_Response *response = MHD_create_response_from_buffer(page->length, page->bytes, MHD_RESPMEM_MUST_FREE);
    if (!response) {
        buffer_done(page);
        return MHD_NO;
    }
    MHD_add_response_header(response, "Content-Type", media);
    MHD_add_response_header(response, "Cache-Control", "no-store");
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result on_metrics(void *closure, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *body, size_t *body_length, void **context)
{
    (void)version;
    (void)body;
    (void)context;
    struct buffer page = buffer_with_limit(PAGE_MAX);
    *body_length = 0;
    bool reads = !strcmp(method, "GET") || !strcmp(method, "HEAD");
    if (reads && !strcmp(url, "/metrics")) {
        metrics_page(closure, &page);
        if (!page.failed)
            return answer(connection, MHD_HTTP_OK, METRICS_MEDIA_TYPE, &page);
        buffer_done(&page);
        return MHD_NO;
    }
    buffer_text(&page, "GET /metrics\n");
    return answer(connection, reads ? MHD_HTTP_NOT_FOUND : MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain", &page);
}

struct metrics_server *metrics_server_start(struct service *service, const char **ret_error)
{
    const struct config *config = service->config;
    struct metrics_server *server = calloc(1, sizeof *server);
    *ret_error = "out of memory";
    if (!server)
        return NULL;
    server->socket = listen_at(config->metrics_listen, config->metrics_port, &server->port, ret_error);
    if (server->socket >= 0) {
        *ret_error = "the HTTP library does not start for /metrics";
        server->daemon =
            MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC, 0, NULL, NULL, on_metrics,
                             service, MHD_OPTION_LISTEN_SOCKET, server->socket, MHD_OPTION_CONNECTION_LIMIT,
                             CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
                             MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, MHD_OPTION_END);
    }
    if (server->daemon)
        return server;
    if (server->socket >= 0)
        close(server->socket);
    free(server);
    return NULL;
}

unsigned metrics_server_port(const struct metrics_server *server)
{
    return server->port;
}

void metrics_server_stop(struct metrics_server *server)
{
    if (!server)
        return;
    MHD_stop_daemon(server->daemon); /* closes the socket */
    free(server);
}
