/* SPDX-License-Identifier: MIT */
#pragma once
#include "contract/contract.h"
#include "contract/fault.h"

#define JSON_DEPTH_MAX 32

/* Parses a JSON body: refuses duplicate members, nesting beyond JSON_DEPTH_MAX, encoded NUL, bad UTF-8, trailing text and
 * control characters other than tab and line feed in strings; brings all strings (and member names) to NFC.
 * NULL: one fault is added, code `json-syntax`, `json-duplicate-member`, `json-depth`, `json-encoding`, `json-number`
 * or `control-character`, params with line and column where known. The caller owns the value (json_decref). */
json_t *body_parse(const char *bytes, size_t length, struct faults *faults);

/* Adds every fault of the value, each with a pointer that begins with `pointer` ("#" for a body). True: none. */
bool validate(const struct schema *schema, const json_t *value, const char *pointer, struct faults *faults);

/* One scalar that came as text (path, query, header): the same rules, numbers and booleans read from their text. */
bool validate_text(const struct schema *schema, const char *text, const char **ret_code, const char **ret_params, struct arena *arena);
