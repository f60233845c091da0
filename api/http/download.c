/* SPDX-License-Identifier: MIT */
#include "http/download.h"

#include "core/text.h"
#include "pg/query.h"
#include "service.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BUSY_SECONDS 5

struct download {
    struct service *service;
    struct content_reader *reader;
    int64_t next, size, left;
    const char *bytes; /* at hand */
    size_t length;
};

bool transfer_begin(struct exchange *x)
{
    if (atomic_fetch_add(&x->service->transfers, 1) < (unsigned)x->service->config->file_transfers)
        return true;
    transfer_end(x->service);
    x->problem.retry_after = BUSY_SECONDS;
    x->problem.internal = "as many files come and go as may at the same time";
    return fail(x, "unavailable");
}

void transfer_end(struct service *service)
{
    atomic_fetch_sub(&service->transfers, 1);
}

/* ---- Range (RFC 9110, 14): one range of bytes; whatever else is sent counts as no range ---- */

static bool read_number(const char **at, int64_t *ret_number)
{
    size_t digits = strspn(*at, "0123456789");
    *ret_number = digits ? strtoll(*at, NULL, 10) : -1; /* beyond int64: its largest */
    *at += digits;
    return digits;
}

enum range range_read(const char *header, int64_t size, int64_t *ret_first, int64_t *ret_last)
{
    int64_t first, last;
    if (!header || strncasecmp(header, "bytes=", 6))
        return RANGE_ALL;
    const char *at = header + 6;
    bool has_first = read_number(&at, &first);
    if (*at++ != '-')
        return RANGE_ALL;
    bool has_last = read_number(&at, &last);
    if (*at || (!has_first && !has_last) || (has_first && has_last && last < first))
        return RANGE_ALL;
    if (!has_first) { /* the last so many */
        if (last == 0)
            return RANGE_NONE;
        first = last < size ? size - last : 0;
        last = size - 1;
    }
    if (first >= size)
        return RANGE_NONE;
    *ret_first = first;
    *ret_last = has_last && last < size ? last : size - 1;
    return RANGE_PART;
}

/* ---- File name ---- */

static bool is_plain(char letter)
{
    return (unsigned char)letter >= 0x20 && (unsigned char)letter < 0x7f && letter != '"' && letter != '\\' &&
           letter != '%';
}

const char *disposition(struct arena *arena, const char *file_name)
{
    char *ascii = arena_text(arena, file_name), *out = ascii;
    const char *whole = text_escape(arena, file_name);
    if (!ascii || !whole)
        return NULL;
    for (const char *at = file_name; *at; at++)
        if (is_plain(*at))
            *out++ = *at;
        else if (((unsigned char)*at & 0xc0) != 0x80) /* one mark for a letter of several bytes */
            *out++ = '_';
    *out = '\0';
    return arena_printf(arena, "attachment; filename=\"%s\"; filename*=UTF-8''%s", ascii, whole);
}

/* ---- The bytes ---- */

static struct download *download_open(struct exchange *x, int64_t first, int64_t last)
{
    struct download *download = calloc(1, sizeof *download);
    struct content_reader *reader = download ? content_open(x) : NULL;
    if (!reader) {
        free(download);
        return NULL;
    }
    *download = (struct download){
        .service = x->service, .reader = reader, .next = first, .size = last - first + 1, .left = last - first + 1};
    return download;
}

int64_t download_size(const struct download *download)
{
    return download->size;
}

ssize_t download_read(struct download *download, char *out, size_t room)
{
    if (download->left == 0)
        return 0;
    if (download->length == 0 && !content_read(download->reader, download->next, &download->bytes, &download->length))
        return -1;
    size_t taken = download->length < room ? download->length : room;
    taken = (int64_t)taken > download->left ? (size_t)download->left : taken;
    memcpy(out, download->bytes, taken);
    download->bytes += taken;
    download->length -= taken;
    download->next += (int64_t)taken;
    download->left -= (int64_t)taken;
    return (ssize_t)taken;
}

void download_close(struct download *download)
{
    if (!download)
        return;
    transfer_end(download->service);
    content_close(download->reader);
    free(download);
}

/* A part is only worth something beside the rest that the caller has. */
static bool has_same(struct exchange *x)
{
    const char *tag = parameter_value(x, "If-Range");
    return !tag || (x->reply.version && !strcmp(tag, arena_printf(&x->arena, "\"%s\"", x->reply.version)));
}

bool download_begin(struct exchange *x)
{
    int64_t first = 0, last = x->file.size - 1;
    enum range range = has_same(x) ? range_read(parameter_value(x, "Range"), x->file.size, &first, &last) : RANGE_ALL;
    if (range == RANGE_NONE) {
        reply_header(x, "Content-Range", arena_printf(&x->arena, "bytes */%" PRId64, x->file.size));
        x->reply.version = NULL;
        return fail_with(x, "range-not-satisfiable",
                         arena_printf(&x->arena, "{\"size_bytes\":%" PRId64 "}", x->file.size));
    }
    if (!transfer_begin(x))
        return false;
    x->reply.download = download_open(x, first, last);
    if (!x->reply.download) {
        transfer_end(x->service);
        return fail(x, "internal");
    }
    x->reply.media = x->file.media_type;
    reply_header(x, "Accept-Ranges", "bytes");
    reply_header(x, "Content-Disposition", disposition(&x->arena, x->file.name));
    if (range == RANGE_PART) {
        x->reply.status = 206;
        reply_header(x, "Content-Range",
                     arena_printf(&x->arena, "bytes %" PRId64 "-%" PRId64 "/%" PRId64, first, last, x->file.size));
    }
    return true;
}
