/* SPDX-License-Identifier: MIT */
/* The body: length, media type, syntax, rules. */
#include "contract/validate.h"
#include "http/download.h"
#include "http/sniff.h"
#include "http/stages.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool media_is(const char *sent, const char *media)
{
    size_t length = strlen(media);
    if (!sent || strncasecmp(sent, media, length))
        return false;
    const char *rest = sent + length + strspn(sent + length, " \t");
    if (!*rest)
        return true;
    rest += strspn(rest, "; \t");
    return !strcasecmp(rest, "charset=utf-8") || !strcasecmp(rest, "charset=\"utf-8\"");
}

static bool refuse_media(struct exchange *x)
{
    if (x->operation->method == METHOD_PATCH)
        reply_header(x, "Accept-Patch", x->operation->consumes[0]);
    return fail_with(x, "unsupported-media-type",
                     arena_printf(&x->arena, "{\"expected\":\"%s\"}", x->operation->consumes[0]));
}

static bool accept_media(struct exchange *x)
{
    const char *sent = request_header(&x->request, "Content-Type");
    const char *packed = request_header(&x->request, "Content-Encoding");
    if (packed && strcasecmp(packed, "identity"))
        return refuse_media(x);
    for (const char *const *media = x->operation->consumes; *media; media++)
        if (media_is(sent, *media))
            return true;
    return refuse_media(x);
}

/* What the database sees is the parsed value written anew: NFC, and no byte that was not understood. */
bool body_keep(struct exchange *x)
{
    char *text = json_dumps(x->body, JSON_COMPACT | JSON_ENCODE_ANY);
    x->body_text = text ? arena_text(&x->arena, text) : NULL;
    free(text);
    return x->body_text || fail(x, "internal");
}

/* A part of a file; what the file is shows with its first one. */
static bool take_bytes(struct exchange *x)
{
    const char *offset = parameter_value(x, "offset");
    x->file.bytes = x->request.body_length ? x->request.body : NULL;
    x->file.length = x->request.body_length;
    if (offset && !strcmp(offset, "0"))
        x->file.sniffed_type = sniff(&x->arena, x->request.body, x->request.body_length);
    return true;
}

bool stage_body(struct exchange *x)
{
    if (x->request.body_length > BODY_MAX)
        return fail_with(x, "too-large", arena_printf(&x->arena, "{\"limit\":%zu}", BODY_MAX));
    if (!x->operation->consumes) {
        if (x->request.body_length == 0)
            return true;
        fault_add(faults_of(x), "#", "unexpected_body");
        return fail(x, "malformed");
    }
    if (!accept_media(x))
        return false;
    if (!x->operation->body)
        return take_bytes(x);
    x->body = body_parse(x->request.body ? x->request.body : "", x->request.body_length, faults_of(x));
    if (!x->body)
        return fail(x, "malformed");
    if (!validate(x->operation->body, x->body, "#", faults_of(x)))
        return fail(x, "invalid");
    return body_keep(x);
}

bool stage_serve(struct exchange *x)
{
    x->reply.status = x->operation->success;
    if (!x->operation->plan)
        return x->operation->serve(x);
    return query_run(x) && (x->operation->plan->shape != SHAPE_BYTES || download_begin(x));
}
