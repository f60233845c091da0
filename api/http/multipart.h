/* SPDX-License-Identifier: MIT */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* multipart/form-data (RFC 7578) while it comes, in pieces of any length and without keeping more than the head of one
 * part. Strict: what is not exactly a form is broken, so that nobody in front of us reads another form in it. */

#define MULTIPART_BOUNDARY_MAX 70
#define MULTIPART_HEAD_MAX     4096

struct multipart_part {
    const char *name;       /* NULL: it has none */
    const char *file_name;  /* NULL: a field, not a file */
    const char *media_type; /* as declared, or NULL */
};

/* What is done with it. False ends the reading. Texts and bytes are gone after the call. */
struct multipart_sink {
    bool (*part)(void *closure, const struct multipart_part *part);
    bool (*bytes)(void *closure, const char *bytes, size_t length);
    bool (*end)(void *closure); /* of the part */
};

enum multipart_state {
    MULTIPART_DELIMITER, /* in "\r\n--boundary" */
    MULTIPART_BEHIND,    /* of a delimiter: the end of its line, or "--" */
    MULTIPART_HEAD,
    MULTIPART_BODY,
    MULTIPART_WHOLE, /* the last delimiter has come; what follows means nothing */
    MULTIPART_BROKEN,
    MULTIPART_STOPPED, /* by the sink */
};

struct multipart {
    enum multipart_state state;
    char delimiter[4 + MULTIPART_BOUNDARY_MAX]; /* "\r\n--boundary" */
    size_t delimiter_length;
    size_t matched; /* of the delimiter */
    bool in_part;   /* what is not a delimiter is the part's */
    int64_t read;   /* bytes so far: where it broke */
    char end_of_line[2];
    size_t end_length;
    char head[MULTIPART_HEAD_MAX + 1];
    size_t head_length;
    const struct multipart_sink *sink;
    void *closure;
};

/* By the request's Content-Type. False: it names no boundary that may be. */
bool multipart_open(struct multipart *multipart, const char *content_type, const struct multipart_sink *sink,
                    void *closure);
void multipart_feed(struct multipart *multipart, const char *bytes, size_t length);
