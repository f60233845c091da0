/* SPDX-License-Identifier: MIT */
/* Cursors. The first byte says what the rest is: `r` the text as a caller sends it, `j` JSON that is sealed as if the
 * service had made it, `k` the keys of a row, one a line, which must come back as they went. */
#include "core/text.h"
#include "front.h"
#include "service.h"

#include <stdlib.h>
#include <string.h>

#define MAC_BYTES 16

static struct exchange *list(const char *cursor)
{
    struct exchange *x = exchange_new();
    x->operation = operation_named("listProjects");
    x->values = arena_alloc(&x->arena, x->operation->nparameters * sizeof *x->values);
    CLAIM(x->values);
    for (size_t i = 0; i < x->operation->nparameters; i++) {
        const struct parameter *parameter = &x->operation->parameters[i];
        x->values[i] = !strcmp(parameter->name, "cursor") ? cursor : parameter->fallback;
    }
    return x;
}

static void end(struct exchange *x)
{
    if (x->problem.kind)
        reply_finish(x);
    exchange_end(x);
}

static char *sealed(struct arena *arena, const char *json)
{
    size_t length = strlen(json);
    uint8_t *bytes = arena_alloc(arena, 32 + length);
    CLAIM(bytes && auth_cursor_mac(NULL, json, length, bytes));
    memcpy(bytes + MAC_BYTES, json, length);
    return base64url_encode(arena, bytes, MAC_BYTES + length);
}

static void check_sealed(const char *json)
{
    struct arena arena = {0};
    struct exchange *x = list(sealed(&arena, json));
    bool taken = stage_page(x);
    CLAIM(taken || x->problem.kind);
    end(x);
    arena_done(&arena);
}

static void check_raw(const char *text)
{
    struct exchange *x = list(text);
    CLAIM(!stage_page(x) && x->problem.kind->status == 400);
    end(x);
}

/* The cursor out of `,"page":{…,"next_cursor":"…"}}`. */
static char *cursor_in(const struct exchange *page)
{
    static const char member[] = "\"next_cursor\":\"";
    const char *at = strstr(page->reply.body.bytes, member);
    CLAIM(at);
    at += sizeof member - 1;
    return strndup(at, strcspn(at, "\""));
}

static void check_keys(char *keys)
{
    struct exchange *page = list(NULL);
    CLAIM(stage_page(page));
    for (unsigned i = 0; i < page->sort->nkeys; i++) {
        const char *key = next_line(&keys);
        page->next_keys[i] = key ? key : "";
    }
    page_close(page);
    char *cursor = cursor_in(page);
    struct exchange *next = list(cursor);
    CLAIM(stage_page(next));
    for (unsigned i = 0; i < page->sort->nkeys; i++)
        CLAIM(!strcmp(next->cursor_keys[i], page->next_keys[i]));
    end(next);
    end(page);
    free(cursor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = input_text(data, size);
    switch (*text) {
    case 'r':
        check_raw(text + 1);
        break;
    case 'j':
        check_sealed(text + 1);
        break;
    case 'k':
        if (utf8_valid(text, strlen(text))) /* of PostgreSQL: always */
            check_keys(text + 1);
        break;
    default:
        break;
    }
    free(text);
    return 0;
}
