/* SPDX-License-Identifier: MIT */
#pragma once
#include "core/buffer.h"

#include <stddef.h>

/* Copies a JSON object with only the top-level members that `list` names, a PostgreSQL array literal as the parameters
 * make it: {"id","name"}. The text is our own and well-formed, so this is a walk over it, not a parser. */
void json_select(struct buffer *out, const char *text, size_t length, const char *list);
