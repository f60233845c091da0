/* SPDX-License-Identifier: MIT */
#include "http/upload.h"

#include "contract/validate.h"
#include "core/text.h"
#include "http/download.h"
#include "http/multipart.h"
#include "http/sniff.h"
#include "http/stages.h"
#include "pg/query.h"
#include "service.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define PIECE      ((size_t)256 * 1024)
#define FIELDS_MAX ((size_t)64 * 1024) /* of all fields together */

struct upload {
    struct exchange *x;
    struct multipart multipart;
    bool holds_transfer, is_file, has_file, has_begun;
    const char *field; /* that is coming */
    struct buffer value;
    size_t fields_length;
    json_t *fields;
    const char *file_name, *media_type;
    EVP_MD_CTX *digest;
    char *piece;
    size_t filled;
    int64_t size; /* of the file, as far as it was handed on */
};

static bool refuse_field(struct upload *upload, const char *name, const char *code)
{
    struct exchange *x = upload->x;
    const struct spot root = {.member = "#"}, spot = {.parent = &root, .member = name};
    fault_add(faults_of(x), name ? spot_pointer(&spot, &x->arena) : "#", code);
    return fail(x, "malformed");
}

/* ---- The file ---- */

/* What the form says of it, for the database to judge before more of it is taken. */
static const char *described(struct upload *upload)
{
    struct arena *arena = &upload->x->arena;
    return arena_printf(arena, "{\"file_name\":%s,\"media_type\":%s,\"sniffed_type\":%s}",
                        text_json(arena, upload->file_name), text_json(arena, upload->media_type),
                        text_json(arena, upload->x->file.sniffed_type));
}

static bool begin_file(struct upload *upload)
{
    struct exchange *x = upload->x;
    x->file.sniffed_type = sniff(&x->arena, upload->piece, upload->filled);
    if (!x->file.sniffed_type) {
        x->problem.internal = "the type of a file cannot be told";
        return fail(x, "internal");
    }
    x->file.part = described(upload);
    upload->has_begun = true;
    return content_begin(x);
}

static bool hand_on(struct upload *upload)
{
    struct exchange *x = upload->x;
    if (!upload->filled)
        return true;
    if (!EVP_DigestUpdate(upload->digest, upload->piece, upload->filled))
        return fail(x, "internal");
    if (!upload->has_begun && !begin_file(upload))
        return false;
    bool taken = content_add(x, upload->piece, upload->filled, upload->size);
    upload->size += (int64_t)upload->filled;
    upload->filled = 0;
    return taken;
}

static bool refuse_size(struct exchange *x)
{
    return fail_with(x, "too-large", arena_printf(&x->arena, "{\"limit\":%ld}", x->service->config->file_bytes));
}

static bool take_file(struct upload *upload, const char *bytes, size_t length)
{
    struct exchange *x = upload->x;
    if (upload->size + (int64_t)upload->filled + (int64_t)length > x->service->config->file_bytes)
        return refuse_size(x);
    while (length > 0) {
        size_t room = PIECE - upload->filled, taken = length < room ? length : room;
        memcpy(upload->piece + upload->filled, bytes, taken);
        upload->filled += taken;
        bytes += taken;
        length -= taken;
        if (upload->filled == PIECE && !hand_on(upload))
            return false;
    }
    return true;
}

/* ---- Parts, as they come ---- */

static bool begin_file_part(struct upload *upload, const struct multipart_part *part)
{
    struct arena *arena = &upload->x->arena;
    if (upload->has_file)
        return refuse_field(upload, part->name, "multipart_second_file");
    if (!part->file_name || !utf8_valid(part->file_name, strlen(part->file_name)))
        return refuse_field(upload, part->name, "multipart_file_expected");
    upload->has_file = upload->is_file = true;
    upload->file_name = text_nfc(arena, part->file_name);
    if (upload->file_name == part->file_name) /* the part's text is gone when its head is */
        upload->file_name = arena_text(arena, part->file_name);
    upload->media_type = arena_text(arena, part->media_type);
    return !arena->failed || fail(upload->x, "internal");
}

static bool on_part(void *closure, const struct multipart_part *part)
{
    struct upload *upload = closure;
    if (!part->name || !*part->name || !utf8_valid(part->name, strlen(part->name)))
        return refuse_field(upload, NULL, "multipart_part_name");
    upload->is_file = false;
    upload->field = arena_text(&upload->x->arena, part->name);
    if (!upload->field)
        return fail(upload->x, "internal");
    if (!strcmp(part->name, upload->x->operation->file_field))
        return begin_file_part(upload, part);
    if (part->file_name)
        return refuse_field(upload, upload->field, "multipart_second_file");
    if (json_object_get(upload->fields, upload->field))
        return refuse_field(upload, upload->field, "repeated_parameter");
    upload->value = buffer_with_limit(FIELDS_MAX);
    return true;
}

static bool on_bytes(void *closure, const char *bytes, size_t length)
{
    struct upload *upload = closure;
    if (upload->is_file)
        return take_file(upload, bytes, length);
    upload->fields_length += length;
    if (upload->fields_length > FIELDS_MAX)
        return fail_with(upload->x, "too-large", arena_printf(&upload->x->arena, "{\"limit\":%zu}", FIELDS_MAX));
    buffer_add(&upload->value, bytes, length);
    return true;
}

/* A field is text; where the contract wants a number or a truth value, the text says which. */
static json_t *value_of_field(struct upload *upload)
{
    const struct schema *form = upload->x->operation->form;
    const char *text = upload->value.bytes ? upload->value.bytes : "";
    for (size_t i = 0; i < form->nproperties; i++)
        if (!strcmp(form->properties[i].name, upload->field) && !(form->properties[i].schema->kinds & KIND_STRING)) {
            json_t *value = json_loadb(text, upload->value.length, JSON_DECODE_ANY, NULL);
            return value && !json_is_string(value) ? value : json_string(text);
        }
    const char *composed = text_has_control(text, "\t\n\r") ? NULL : text_nfc(&upload->x->arena, text);
    return composed && strlen(text) == upload->value.length ? json_string(composed) : NULL;
}

static bool on_end(void *closure)
{
    struct upload *upload = closure;
    if (upload->is_file)
        return hand_on(upload);
    json_t *value = value_of_field(upload);
    bool taken = value && json_object_set_new(upload->fields, upload->field, value) == 0;
    buffer_done(&upload->value);
    return taken || refuse_field(upload, upload->field, "control_character");
}

static const struct multipart_sink sink = {.part = on_part, .bytes = on_bytes, .end = on_end};

/* ---- The whole ---- */

static bool refuse_header(struct exchange *x, const char *code)
{
    fault_add_header(faults_of(x), "Content-Type", code);
    return fail(x, "malformed");
}

static bool begin(struct upload *upload)
{
    struct exchange *x = upload->x;
    const char *length = request_header(&x->request, "Content-Length");
    if (length && strtoll(length, NULL, 10) > x->service->config->file_bytes + (int64_t)FIELDS_MAX)
        return refuse_size(x);
    if (!multipart_open(&upload->multipart, request_header(&x->request, "Content-Type"), &sink, upload))
        return refuse_header(x, "multipart_boundary");
    upload->holds_transfer = transfer_begin(x);
    if (!upload->holds_transfer)
        return false;
    upload->piece = malloc(PIECE);
    upload->digest = EVP_MD_CTX_new();
    upload->fields = json_object();
    return (upload->piece && upload->fields && upload->digest &&
            EVP_DigestInit_ex(upload->digest, EVP_sha256(), NULL)) ||
           fail(x, "internal");
}

struct upload *upload_open(struct exchange *x)
{
    struct upload *upload = calloc(1, sizeof *upload);
    if (!upload)
        return NULL;
    upload->x = x;
    if (!x->problem.kind)
        begin(upload);
    return upload;
}

void upload_feed(struct upload *upload, const char *bytes, size_t length)
{
    if (!upload->x->problem.kind)
        multipart_feed(&upload->multipart, bytes, length);
}

static bool is_whole(struct upload *upload)
{
    struct exchange *x = upload->x;
    if (upload->multipart.state == MULTIPART_WHOLE)
        return true;
    struct fault *fault = fault_add(faults_of(x), "#", "multipart_syntax");
    if (fault)
        fault->params = arena_printf(&x->arena, "{\"at\":%" PRId64 "}", upload->multipart.read);
    return fail(x, "malformed");
}

/* The fields as the body of the record, the file in it by its name; then what is known of the file beside them. */
static bool make_body(struct upload *upload)
{
    struct exchange *x = upload->x;
    const char *field = x->operation->file_field;
    unsigned char sum[32];
    char digest[2 * sizeof sum + 1];
    x->body = upload->fields;
    upload->fields = NULL;
    if (upload->has_file && json_object_set_new(x->body, field, json_string(upload->file_name)) < 0)
        return fail(x, "internal");
    if (upload->has_file && !upload->size)
        fault_add(faults_of(x), arena_printf(&x->arena, "#/%s", field), "file_size_bytes_positive");
    if (!validate(x->operation->form, x->body, "#", faults_of(x)) || x->problem.faults.count)
        return fail(x, "invalid");
    if (!EVP_DigestFinal_ex(upload->digest, sum, NULL))
        return fail(x, "internal");
    hex_encode(sum, sizeof sum, digest);
    json_t *content =
        json_pack("{s:s, s:s?, s:s, s:I, s:s}", "file_name", upload->file_name, "media_type", upload->media_type,
                  "sniffed_type", x->file.sniffed_type, "size_bytes", (json_int_t)upload->size, "sha256", digest);
    json_object_del(x->body, field);
    return (content && json_object_set_new(x->body, "content", content) == 0) ? body_keep(x) : fail(x, "internal");
}

void upload_serve(struct upload *upload)
{
    struct exchange *x = upload->x;
    if (x->problem.kind || !is_whole(upload) || !make_body(upload) || short_of_memory(x))
        return;
    stage_serve(x);
}

void upload_close(struct upload *upload)
{
    if (!upload)
        return;
    if (upload->has_begun) /* a file that is whole stays whatever is said here */
        content_abort(upload->x);
    if (upload->holds_transfer)
        transfer_end(upload->x->service);
    buffer_done(&upload->value);
    json_decref(upload->fields);
    EVP_MD_CTX_free(upload->digest);
    free(upload->piece);
    free(upload);
}
