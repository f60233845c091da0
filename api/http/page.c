/* SPDX-License-Identifier: MIT */
/* Lists: limit, sort, cursor. A cursor is base64url(MAC ‖ JSON [made at, digest of the question, keys…]): nobody can
 * make one up, and it answers only the question it came from. */
#include "contract/validate.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/text.h"
#include "http/stages.h"
#include "service.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CURSOR_LIFE_SECONDS 86400
#define MAC_BYTES           16

static void json_done(json_t **value)
{
    json_decref(*value);
}

/* What the cursor is bound to: operation, sort, and every parameter but limit and cursor. */
static const char *question_digest(struct exchange *x)
{
    cleanup(buffer_done) struct buffer text = buffer_with_limit(ARENA_LIMIT);
    buffer_printf(&text, "%s\n%s\n", x->operation->id, x->sort->name);
    for (size_t i = 0; i < x->operation->nparameters; i++) {
        const char *name = x->operation->parameters[i].name;
        if (strcmp(name, "limit") && strcmp(name, "cursor") && x->operation->parameters[i].place != IN_HEADER)
            buffer_printf(&text, "%s=%s\n", name, x->values[i] ? x->values[i] : "");
    }
    char *digest = arena_alloc(&x->arena, 65);
    if (digest && !text.failed && digest_hex(text.bytes, text.length, digest))
        return digest;
    x->arena.failed = true;
    return NULL;
}

static char *cursor_make(struct exchange *x)
{
    cleanup(json_done) json_t *value = json_pack("[I,s]", (json_int_t)clock_now(), question_digest(x));
    for (unsigned i = 0; value && i < x->sort->nkeys; i++)
        json_array_append_new(value, json_string(x->next_keys[i]));
    char *json = value ? json_dumps(value, JSON_COMPACT) : NULL;
    size_t length = json ? strlen(json) : 0;
    uint8_t *bytes = json ? arena_alloc(&x->arena, 32 + length) : NULL;
    bool sealed = bytes && auth_cursor_mac(x->service->auth, json, length, bytes);
    if (sealed)
        memcpy(bytes + MAC_BYTES, json, length);
    free(json);
    return sealed ? base64url_encode(&x->arena, bytes, MAC_BYTES + length) : NULL;
}

static bool refuse_cursor(struct exchange *x)
{
    fault_add_parameter(faults_of(x), "cursor", "cursor");
    return fail(x, "invalid-cursor");
}

static bool same_bytes(const uint8_t *a, const uint8_t *b, size_t length)
{
    uint8_t difference = 0;
    for (size_t i = 0; i < length; i++)
        difference |= a[i] ^ b[i];
    return difference == 0;
}

static bool cursor_read(struct exchange *x, const char *text)
{
    size_t length;
    uint8_t mac[32];
    const uint8_t *bytes = base64url_decode(&x->arena, text, &length);
    if (!bytes || length <= MAC_BYTES)
        return refuse_cursor(x);
    if (!auth_cursor_mac(x->service->auth, bytes + MAC_BYTES, length - MAC_BYTES, mac))
        return x->problem.retry_after = 1, fail(x, "unavailable");
    if (!same_bytes(mac, bytes, MAC_BYTES))
        return refuse_cursor(x);
    cleanup(json_done) json_t *value = json_loadb((const char *)bytes + MAC_BYTES, length - MAC_BYTES, 0, NULL);
    const char *digest = json_string_value(json_array_get(value, 1)), *mine = question_digest(x);
    if (!digest || !mine || strcmp(digest, mine) || json_array_size(value) != 2 + x->sort->nkeys)
        return refuse_cursor(x);
    if (clock_now() - json_integer_value(json_array_get(value, 0)) > CURSOR_LIFE_SECONDS)
        return fail(x, "expired");
    for (unsigned i = 0; i < x->sort->nkeys; i++)
        x->cursor_keys[i] = arena_text(&x->arena, json_string_value(json_array_get(value, 2 + i)));
    return true;
}

static const struct sort *sort_named(const struct plan *plan, const char *name)
{
    for (unsigned i = 0; i < plan->nsorts; i++)
        if (!name || !strcmp(plan->sorts[i].name, name))
            return &plan->sorts[i];
    return NULL;
}

bool stage_page(struct exchange *x)
{
    if (!x->operation->plan || x->operation->plan->shape != SHAPE_PAGE)
        return true;
    x->sort = sort_named(x->operation->plan, parameter_value(x, "sort"));
    x->limit_text = parameter_value(x, "limit");
    assert(x->sort && x->limit_text);
    x->limit = atoi(x->limit_text);
    const char *cursor = parameter_value(x, "cursor");
    return !cursor || cursor_read(x, cursor);
}

/* The same address with another cursor, or without. */
static char *page_link(struct exchange *x, const char *cursor)
{
    struct buffer link = buffer_with_limit(ARENA_LIMIT);
    buffer_printf(&link, "%s%s", x->service->config->public_url, x->request.path);
    char separator = '?';
    for (size_t i = 0; i < x->query.count; i++) {
        if (!strcmp(x->query.pairs[i].name, "cursor"))
            continue;
        buffer_printf(&link, "%c%s=%s", separator, text_escape(&x->arena, x->query.pairs[i].name),
                      text_escape(&x->arena, x->query.pairs[i].value));
        separator = '&';
    }
    if (cursor)
        buffer_printf(&link, "%ccursor=%s", separator, cursor);
    char *text = link.failed ? NULL : arena_copy(&x->arena, link.bytes, link.length);
    x->arena.failed = x->arena.failed || link.failed;
    buffer_done(&link);
    return text;
}

void page_close(struct exchange *x)
{
    char *next = x->next_keys[0] ? cursor_make(x) : NULL;
    if (x->next_keys[0] && !next) {
        fail(x, "unavailable"); /* a page without its successor would look like the last one */
        x->problem.retry_after = 1;
        return;
    }
    buffer_printf(&x->reply.body, ",\"page\":{\"limit\":%d,\"next_cursor\":", x->limit);
    buffer_json(&x->reply.body, next);
    if (x->total_kind)
        buffer_printf(&x->reply.body, ",\"total\":%lld,\"total_kind\":\"%s\"", x->total, x->total_kind);
    buffer_text(&x->reply.body, "}}");
    char *link = arena_printf(&x->arena, "<%s>; rel=\"first\"", page_link(x, NULL));
    if (next)
        link = arena_printf(&x->arena, "%s, <%s>; rel=\"next\"", link, page_link(x, next));
    reply_header(x, "Link", link);
}
