/* SPDX-License-Identifier: MIT */
#pragma once
#include "contract/contract.h"
#include "contract/fault.h"

#include <jansson.h>

/* A body that came as a sheet becomes the JSON of its operation: {rows[], ignored_columns[], skipped_rows[]}. Columns
 * are known by their headings, wherever these stand; what lies above them may name the unit of money, sums and
 * signatures are left out by name. A cell that cannot be read as its column wants stays text, for the rules to refuse;
 * of others faults are added. NULL: a fault of the whole, or no memory. The caller owns the value. */
json_t *sheet_read(const struct sheet *sheet, const char *media, const char *bytes, size_t length,
                   struct faults *faults);

/* Heading of a member, or NULL. */
const char *sheet_heading(const struct sheet *sheet, const char *member);
