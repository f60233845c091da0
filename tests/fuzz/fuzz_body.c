/* SPDX-License-Identifier: MIT */
/* Bodies against the contract: the operation's name on the first line, its body behind it. */
#include "contract/validate.h"
#include "front.h"

#include <stdlib.h>
#include <string.h>

/* What goes to the database is the same value once more, and as good as the first time. */
static void check_kept(struct exchange *x)
{
    struct faults faults = {.arena = &x->arena};
    json_t *again = body_parse(x->body_text, strlen(x->body_text), &faults);
    CLAIM(x->arena.failed || (again && json_equal(again, x->body)));
    CLAIM(x->arena.failed || validate(x->operation->body, again, "#", &faults));
    json_decref(again);
}

static void run(struct exchange *x)
{
    bool taken = stage_body(x);
    CLAIM(taken || x->problem.kind);
    if (taken)
        check_kept(x);
    reply_finish(x);
    json_decref(x->body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = memchr(data, '\n', size);
    size_t line = end ? (size_t)(end - data) : size;
    char *name = input_text(data, line);
    const struct operation *operation = operation_named(name);
    if (operation && operation->body && end) {
        struct exchange *x = exchange_new();
        size_t length = size - line - 1;
        char *body = malloc(length ? length : 1); /* of just its length: nothing may count on an end behind it */
        memcpy(body, end + 1, length);
        x->operation = operation;
        x->request.body = body;
        x->request.body_length = length;
        header_add("Content-Type", operation->consumes[0]);
        run(x);
        exchange_end(x);
        free(body);
    }
    free(name);
    return 0;
}
