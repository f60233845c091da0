/* SPDX-License-Identifier: MIT */
#include "http/long_body.h"

#include "http/download.h"
#include "http/stages.h"
#include "service.h"

#include <stdlib.h>

struct long_body {
    struct exchange *x;
    struct buffer bytes;
    bool holds_transfer;
};

static void begin(struct long_body *body)
{
    struct exchange *x = body->x;
    const char *length = request_header(&x->request, "Content-Length");
    x->request.body_limit = x->operation->body_bytes;
    body->bytes = buffer_with_limit(x->request.body_limit);
    if (length && strtoull(length, NULL, 10) > x->request.body_limit)
        refuse_length(x, x->request.body_limit);
    else
        body->holds_transfer = transfer_begin(x);
}

struct long_body *long_body_open(struct exchange *x)
{
    struct long_body *body = calloc(1, sizeof *body);
    if (!body)
        return NULL;
    body->x = x;
    if (!x->problem.kind)
        begin(body);
    return body;
}

void long_body_feed(struct long_body *body, const char *bytes, size_t length)
{
    struct exchange *x = body->x;
    if (x->problem.kind)
        return;
    if (body->bytes.length + length > x->request.body_limit) {
        refuse_length(x, x->request.body_limit);
        return;
    }
    buffer_add(&body->bytes, bytes, length);
    if (body->bytes.failed)
        fail(x, "internal");
}

void long_body_serve(struct long_body *body)
{
    struct exchange *x = body->x;
    if (x->problem.kind)
        return;
    x->request.body = body->bytes.bytes;
    x->request.body_length = body->bytes.length;
    exchange_serve(x);
    x->request.body = NULL;
}

void long_body_close(struct long_body *body)
{
    if (!body)
        return;
    if (body->holds_transfer)
        transfer_end(body->x->service);
    buffer_done(&body->bytes);
    free(body);
}
