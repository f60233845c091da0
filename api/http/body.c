/* SPDX-License-Identifier: MIT */
/* The body: length, media type, syntax, rules. */
#include "auth/token.h"
#include "contract/validate.h"
#include "core/cleanup.h"
#include "http/download.h"
#include "http/sniff.h"
#include "http/stages.h"
#include "sheet/sheet.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* `header` is that of RFC 4180: the first line of a table names its columns. */
static bool is_harmless(const char *parameter, size_t length)
{
    static const char *const known[] = {"charset=utf-8", "charset=\"utf-8\"", "header=present"};
    for (size_t i = 0; i < countof(known); i++)
        if (length == strlen(known[i]) && !strncasecmp(parameter, known[i], length))
            return true;
    return false;
}

static bool media_is(const char *sent, const char *media)
{
    size_t length = strlen(media);
    if (!sent || strncasecmp(sent, media, length))
        return false;
    const char *rest = sent + length + strspn(sent + length, " \t");
    if (*rest && *rest != ';')
        return false;
    while (*(rest += strspn(rest, "; \t"))) {
        size_t end = strcspn(rest, "; \t");
        if (!is_harmless(rest, end))
            return false;
        rest += end;
    }
    return true;
}

static bool refuse_media(struct exchange *x)
{
    if (x->operation->method == METHOD_PATCH)
        reply_header(x, "Accept-Patch", x->operation->consumes[0]);
    return fail_with(x, "unsupported-media-type",
                     arena_printf(&x->arena, "{\"expected\":\"%s\"}", x->operation->consumes[0]));
}

/* The one of the operation's media that was sent, or NULL. */
static const char *accept_media(struct exchange *x)
{
    const char *sent = request_header(&x->request, "Content-Type");
    const char *packed = request_header(&x->request, "Content-Encoding");
    for (const char *const *media = x->operation->consumes; *media; media++)
        if (media_is(sent, *media) && (!packed || !strcasecmp(packed, "identity")))
            return *media;
    refuse_media(x);
    return NULL;
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

static bool keep_digest(struct exchange *x, const char *bytes, size_t length)
{
    char *digest = arena_alloc(&x->arena, 65);
    x->file.sha256 = digest && digest_hex(bytes, length, digest) ? digest : NULL;
    return digest || fail(x, "internal");
}

bool refuse_length(struct exchange *x, size_t limit)
{
    return fail_with(x, "too-large", arena_printf(&x->arena, "{\"limit\":%zu}", limit));
}

bool stage_body(struct exchange *x)
{
    size_t limit = x->request.body_limit ? x->request.body_limit : BODY_MAX;
    if (x->request.body_length > limit)
        return refuse_length(x, limit);
    if (!x->operation->consumes) {
        if (x->request.body_length == 0)
            return true;
        fault_add(faults_of(x), "#", "unexpected_body");
        return fail(x, "malformed");
    }
    const char *media = accept_media(x);
    if (!media)
        return false;
    if (!x->operation->body)
        return take_bytes(x);
    const char *bytes = x->request.body ? x->request.body : "";
    if (x->operation->sheet && !keep_digest(x, bytes, x->request.body_length))
        return false;
    bool is_sheet = x->operation->sheet && media != x->operation->consumes[0];
    x->body = is_sheet ? sheet_read(x->operation->sheet, media, bytes, x->request.body_length, faults_of(x))
                       : body_parse(bytes, x->request.body_length, faults_of(x));
    if (!x->body)
        return fail(x, is_sheet ? "invalid" : "malformed");
    const struct schema *schema = is_sheet ? x->operation->sheet->body : x->operation->body;
    if (!validate(schema, x->body, "#", faults_of(x)) || faults_of(x)->count)
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
