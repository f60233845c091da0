/* SPDX-License-Identifier: MIT */
#include "front.h"

#include "config.h"
#include "pg/query.h"
#include "service.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HEADERS_MAX 16

/* Linked with --wrap. */
bool __wrap_auth_cursor_mac(struct auth *auth, const void *bytes, size_t length, uint8_t ret_mac[32]);
struct answer *__wrap_query_call(struct pool *pool, const struct statement *statement, const char *const *values);

static struct config config = {.public_url = "https://khuyencong.test",
                               .issuer = "https://khuyencong.test",
                               .allowed_origins = "https://portal.test"};
static struct service service = {.config = &config};
static struct header headers[HEADERS_MAX];
static size_t nheaders;

bool __wrap_auth_cursor_mac(struct auth *auth, const void *bytes, size_t length, uint8_t ret_mac[32])
{
    (void)auth;
    return HMAC(EVP_sha256(), "a key that no input knows", 25, bytes, length, ret_mac, NULL);
}

struct answer *__wrap_query_call(struct pool *pool, const struct statement *statement, const char *const *values)
{
    (void)pool;
    (void)statement;
    (void)values;
    return NULL;
}

const char *request_header(const struct request *request, const char *name)
{
    (void)request;
    for (size_t i = 0; i < nheaders; i++)
        if (!strcasecmp(headers[i].name, name))
            return headers[i].value;
    return NULL;
}

const char *request_odd_header(const struct request *request)
{
    (void)request;
    return NULL;
}

void header_add(const char *name, const char *value)
{
    if (nheaders < HEADERS_MAX)
        headers[nheaders++] = (struct header){name, value};
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    CLAIM(contract_open());
    return 0;
}

const struct operation *operation_named(const char *id)
{
    for (size_t i = 0; i < noperations; i++)
        if (!strcmp(operations[i]->id, id))
            return operations[i];
    return NULL;
}

struct exchange *exchange_new(void)
{
    struct exchange *x = calloc(1, sizeof *x);
    CLAIM(x);
    nheaders = 0;
    x->service = &service;
    x->reply.body = buffer_with_limit(ARENA_LIMIT);
    x->request = (struct request){.method = "GET", .protocol = "HTTP/1.1", .path = "/", .address = "192.0.2.1"};
    return x;
}

/* A refusal is the caller's fault, in well-formed JSON; only the database, which is away, is ours. */
void exchange_end(struct exchange *x)
{
    if (x->problem.kind) {
        CLAIM(x->arena.failed || x->reply.status < 500 || x->reply.status == 503);
        json_t *document = json_loadb(x->reply.body.bytes, x->reply.body.length, JSON_REJECT_DUPLICATES, NULL);
        CLAIM(json_object_get(document, "code") && json_object_get(document, "title"));
        json_decref(document);
    }
    buffer_done(&x->reply.body);
    arena_done(&x->arena);
    free(x);
}
