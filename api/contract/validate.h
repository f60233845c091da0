/* SPDX-License-Identifier: MIT */
#pragma once
#include "contract/contract.h"
#include "contract/fault.h"

#define JSON_DEPTH_MAX   32
#define JSON_VALUES_MAX  32768 /* brackets and commas: 256 KiB of `{},` would else become 30 MB of objects */
#define JSON_VALUE_LEAST 16    /* bytes for each of them, in a body long enough to have more */

/* Parses a JSON body: refuses duplicate members, nesting beyond JSON_DEPTH_MAX, encoded NUL, bad UTF-8 (and a byte
 * order mark), trailing text and control characters other than tab and line feed in strings; brings all strings (and
 * member names) to NFC. Any kind of value may stand at the top: the schema decides. NULL: one fault is added, code
 * `json_syntax`, `json_duplicate_member`, `json_depth`, `json_size`, `json_encoding` or `json_number` with the line and
 * column in params; `json_equal_members` (two names with the same NFC) or `control_character` with a pointer; or no
 * fault, but arena->failed. The caller owns the value (json_decref). */
json_t *body_parse(const char *bytes, size_t length, struct faults *faults);

/* Adds every fault of the value, each with a pointer that begins with `pointer` ("#" for a body). True: none. */
bool validate(const struct schema *schema, const json_t *value, const char *pointer, struct faults *faults);

/* One scalar that came as text (path, query, header): the same rules, numbers and booleans read from their text. */
bool validate_text(const struct schema *schema, const char *text, const char **ret_code, const char **ret_params,
                   struct arena *arena);
