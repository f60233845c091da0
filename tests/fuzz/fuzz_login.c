/* SPDX-License-Identifier: MIT */
/* The token endpoint as far as the database: the Authorization header on the first line (empty: none), the form behind
 * it. */
#include "front.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *header = input_text(data, size), *form = header;
    struct exchange *x = exchange_new();
    next_line(&form);
    x->operation = operation_named("createToken");
    x->request.method = "POST";
    x->request.path = x->operation->path;
    x->request.body = form ? form : "";
    x->request.body_length = form ? strlen(form) : 0;
    header_add("Content-Type", x->operation->consumes[0]);
    if (*header)
        header_add("Authorization", header);
    if (stage_body(x))
        x->operation->serve(x);
    CLAIM(x->problem.kind || x->reply.status == 400 || x->reply.status == 401);
    reply_finish(x);
    exchange_end(x);
    free(header);
    return 0;
}
