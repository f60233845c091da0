/* SPDX-License-Identifier: MIT */
#pragma once
#include "contract/contract.h"
#include "contract/fault.h"

#define QUERY_STRING_MAX     8192
#define QUERY_PARAMETERS_MAX 64
#define LIST_VALUES_MAX      100

struct query_pair {
    const char *name, *value; /* decoded, NFC */
};

struct query_string {
    struct query_pair pairs[QUERY_PARAMETERS_MAX];
    size_t count;
};

/* Splits and decodes the raw text behind '?' (NULL: there is none). Faults: `malformed_parameter` (broken escape, not
 * UTF-8, control character), `valueless_parameter` (no `=` or nothing behind it), `repeated_parameter`; and, naming no
 * parameter, `too_many_parameters` and `query_too_long`. False: a fault, or no memory (arena->failed). */
bool query_string_parse(struct arena *arena, const char *raw, struct query_string *ret_query, struct faults *faults);
const char *query_string_get(const struct query_string *query, const char *name);

/* Fills values[i] for each parameter of the operation (text, a text[] literal for lists, fallback, or NULL).
 * `path_values` are the decoded path segments in the order of IN_PATH parameters; header values come from `header`.
 * Faults: `unknown-parameter` (with params {"allowed": [...]}), `required`, and the codes of validate_text.
 * Known everywhere and not faults: if_version, validate_only, _method where the operation takes them.
 * False: a fault, or no memory (arena->failed). */
bool parameters_read(const struct operation *operation, const char *const *path_values,
                     const struct query_string *query, const char *(*header)(void *closure, const char *name),
                     void *closure, const char **values, struct faults *faults);
