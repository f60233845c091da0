/* SPDX-License-Identifier: MIT */
#pragma once
#include "core/arena.h"

#include <stdbool.h>
#include <stddef.h>

/* One thing that is wrong with a request. Lists of them are bounded: after FAULTS_MAX the rest is not collected. */
#define FAULTS_MAX 100

struct fault {
    const char *pointer;   /* "#/lines/0/support_vnd"; NULL when parameter or header is set */
    const char *parameter; /* name of a query or path parameter */
    const char *header;    /* name of a header */
    const char *code;      /* JSON-Schema keyword, or name of a database constraint: a key of messages.yaml */
    const char *params;    /* JSON object with the values for {…} in the message, or NULL */
    struct fault *next;
};

struct faults {
    struct arena *arena;
    struct fault *first, *last;
    size_t count;
};

/* The three adders copy nothing but the struct: texts must live in the arena or be constant. */
struct fault *fault_add(struct faults *faults, const char *pointer, const char *code);
struct fault *fault_add_parameter(struct faults *faults, const char *parameter, const char *code);
struct fault *fault_add_header(struct faults *faults, const char *header, const char *code);
