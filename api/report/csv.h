/* SPDX-License-Identifier: MIT */
#pragma once
#include "core/buffer.h"

#include <jansson.h>
#include <stdbool.h>

bool csv_write(const json_t *report, struct buffer *ret_body);
