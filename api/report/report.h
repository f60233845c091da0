/* SPDX-License-Identifier: MIT */
#pragma once
#include "core/buffer.h"

#include <jansson.h>
#include <stdbool.h>

/* The JSON of a report as other media. What is shown stands in the report: title, title_block, columns, rows, totals,
 * indicators, notes, chart_columns; no report has code of its own. */

struct report_format {
    const char *name;   /* of the parameter `format`, and behind the version in ETag */
    const char *media;  /* as the contract has it */
    const char *header; /* value of Content-Type */
    bool is_file;       /* a browser saves it under a name */
    bool (*write)(const json_t *report, struct buffer *ret_body); /* false: no memory, or no room for working files */
};

const struct report_format *report_format_named(const char *name); /* NULL: not a format of reports */
const struct report_format *report_format_of(const char *media);   /* NULL: JSON, or no medium of reports */
