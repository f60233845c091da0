/* SPDX-License-Identifier: MIT */
#pragma once
#include "core/arena.h"

#include <stdbool.h>
#include <stddef.h>

/* One thing that is wrong with a request. Lists of them are bounded: after FAULTS_MAX the rest is not collected. */
#define FAULTS_MAX 100

struct fault {
    const char *pointer;     /* "#/lines/0/support_vnd"; NULL when parameter or header is set */
    const char *parameter;   /* name of a query or path parameter */
    const char *header;      /* name of a header */
    const char *code;        /* JSON-Schema keyword, or name of a database constraint: a key of messages.yaml */
    const char *params;      /* JSON object with the values for {…} in the message, or NULL */
    const char *legal_basis; /* the text that asks for it, as it is cited; or NULL */
    struct fault *next;
};

struct faults {
    struct arena *arena;
    struct fault *first, *last;
    size_t count; /* of those found; the list is shorter when FAULTS_MAX or the memory ended it */
};

/* The three adders copy nothing but the struct: texts must live in the arena or be constant.
 * NULL: counted, but not collected. */
struct fault *fault_add(struct faults *faults, const char *pointer, const char *code);
struct fault *fault_add_parameter(struct faults *faults, const char *parameter, const char *code);
struct fault *fault_add_header(struct faults *faults, const char *header, const char *code);

/* Where a walk through a body stands. The text of a pointer is made only when there is a fault to point to. */
struct spot {
    const struct spot *parent; /* NULL: the root, whose member is the pointer to begin with, "#" */
    const char *member;        /* NULL: an array's element */
    size_t index;
};

/* JSON Pointer in its form for URI fragments (RFC 6901, 6); other than there letters beyond ASCII stay readable. */
const char *spot_pointer(const struct spot *spot, struct arena *arena);
