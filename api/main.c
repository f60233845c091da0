/* SPDX-License-Identifier: MIT */
/* settings → pool → keys → server → SIGTERM → drain */
#include "access_cli.h"
#include "config.h"
#include "contract/contract.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/memory.h"
#include "http/metrics.h"
#include "http/server.h"
#include "open_files.h"
#include "service.h"

#include <jansson.h>
#include <netinet/in.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int print_help(void)
{
    printf("api                    serve (settings below)\n"
           "api --routes           operations: method, path, scope, where each is served\n"
           "api --healthcheck      exit 0 when the service on KC_PORT is ready\n"
           "api --version | --help\n"
           "api client | admin | token …   clients and tokens; `api client` explains itself\n\n"
           "Settings, from the environment; each also as <name>_FILE with the path of a file:\n");
    config_help(stdout);
    return 0;
}

static int print_routes(void)
{
    static const char *const names[METHODS] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    for (size_t i = 0; i < noperations; i++) {
        const struct operation *operation = operations[i];
        const char *scope = operation->scope ? operation->scope : operation->needs_token ? "any token" : "public";
        printf("%-28s %-6s %-56s %-18s %s\n", operation->id, names[operation->method], operation->path, scope,
               operation->origin);
    }
    return 0;
}

static int print_version(void)
{
    printf("khuyencong-api %s, migration %d\n", contract_version, built_for_migration);
    return 0;
}

/* Asks the running service on this host, as container engines do. */
static int healthcheck(const struct config *config)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)config->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval limit = {.tv_sec = 3};
    int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    static const char request[] = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    char reply[64] = "";
    setsockopt(socket_fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    bool answered = connect(socket_fd, (struct sockaddr *)&address, sizeof address) == 0 &&
                    write(socket_fd, request, sizeof request - 1) > 0 && read(socket_fd, reply, sizeof reply - 1) > 0;
    close(socket_fd);
    return answered && !strncmp(reply, "HTTP/1.1 200", 12) ? 0 : 1;
}

static int refuse_start(const char *reason)
{
    log_event("error", "cannot start", "reason", reason, NULL);
    return 1;
}

/* A second signal means now. */
static void drain(struct service *service, struct server *server, const sigset_t *signals)
{
    const struct timespec pause = {.tv_sec = service->config->drain_ms / 1000,
                                   .tv_nsec = service->config->drain_ms % 1000 * 1000000};
    service->draining = true; /* load balancers see /readyz and stop sending; what still comes is served */
    log_event("info", "draining", NULL);
    sigtimedwait(signals, NULL, &pause);
    server_quiesce(server);
    server_stop(server);
}

/* NULL, or why the service cannot start. */
static const char *open_parts(struct service *service, const struct config *config)
{
    struct pool_options pool = {.conninfo = config->database_url,
                                .size = (unsigned)config->pool_size,
                                .wait_ms = (unsigned)config->pool_wait_ms,
                                .statement_ms = (unsigned)config->statement_ms,
                                .connect_ms = (unsigned)config->connect_ms,
                                .prepare = config->database_prepare};
    service->pool = pool_open(&pool);
    pool.size = (unsigned)config->lanes;
    service->lanes = lanes_open(&pool);
    struct auth_options auth = {.issuer = config->issuer,
                                .audience = *config->audience ? config->audience : config->issuer,
                                .master_key = config->master_key,
                                .token_seconds = (unsigned)config->token_seconds,
                                .pool = service->pool};
    service->auth = service->pool ? auth_open(&auth) : NULL;
    service->rates = rates_open();
    if (!service->rates || !service->lanes)
        return "out of memory";
    if (!networks_open(config->trusted_proxies, &service->proxies))
        return "KC_TRUSTED_PROXIES must be addresses and networks";
    return service->auth ? NULL : "KC_MASTER_KEY must be 64 hex digits";
}

static void close_parts(struct service *service)
{
    auth_close(service->auth);
    lanes_close(service->lanes);
    pool_close(service->pool);
    rates_close(service->rates);
    metrics_close(service->metrics);
    networks_close(service->proxies);
}

static void log_port(const char *message, const char *address, unsigned number)
{
    char port[8];
    snprintf(port, sizeof port, "%u", number);
    log_event("info", message, "address", address, "#port", port, NULL);
}

/* Counting begins before the first request; the page is there before the service is. */
static bool start_metrics(struct service *service, struct metrics_server **ret_server, const char **ret_error)
{
    *ret_error = "out of memory";
    if (service->config->metrics_port < 0)
        return true;
    service->metrics = metrics_open();
    *ret_server = service->metrics ? metrics_server_start(service, ret_error) : NULL;
    if (*ret_server)
        log_port("metrics", service->config->metrics_listen, metrics_server_port(*ret_server));
    return *ret_server;
}

/* Signals are blocked in every thread and waited for here. */
static int serve(const struct config *config, sigset_t *signals)
{
    const char *refusal = open_files_refusal(config);
    if (refusal)
        return refuse_start(refusal);
    struct service service = {.config = config};
    struct metrics_server *metrics = NULL;
    const char *error = open_parts(&service, config);
    if (error)
        return refuse_start(error);
    if (!auth_load_keys(service.auth)) /* the database may be down now; /readyz tries again */
        log_event("warning", "not ready", "reason", auth_fault(service.auth), NULL);
    struct server *server = start_metrics(&service, &metrics, &error) ? server_start(&service, &error) : NULL;
    if (!server)
        return refuse_start(error);
    log_port("listening", config->listen, server_port(server));
    int signal_number;
    sigwait(signals, &signal_number);
    drain(&service, server, signals);
    metrics_server_stop(metrics);
    close_parts(&service);
    log_event("info", "stopped", NULL);
    return 0;
}

static int run(struct config *config, int argc, char **argv)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    if (argc > 1 && !strcmp(argv[1], "--healthcheck"))
        return healthcheck(config);
    if (argc > 1)
        return access_command(config, argc, argv);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    return serve(config, &signals);
}

static void *crypto_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return watched_malloc(size);
}

static void *crypto_realloc(void *bytes, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return watched_realloc(bytes, size);
}

static void crypto_free(void *bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    free(bytes);
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    json_set_alloc_funcs(watched_malloc, free);
    CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free);
    if (argc == 2 && !strcmp(argv[1], "--help"))
        return print_help();
    if (argc == 2 && !strcmp(argv[1], "--routes"))
        return print_routes();
    if (argc == 2 && !strcmp(argv[1], "--version"))
        return print_version();
    cleanup(config_free) struct config config = {0};
    int64_t moved;
    if (!config_read(&config, stderr))
        return 1;
    if (*config.clock && !clock_parse(config.clock, &moved)) {
        fprintf(stderr, "KC_CLOCK must be an RFC 3339 instant\n");
        return 1;
    }
    if (*config.clock)
        clock_set(moved);
    if (!contract_open()) {
        fprintf(stderr, "out of memory\n");
        return 1;
    }
    int result = run(&config, argc, argv);
    contract_close();
    return result;
}
