/* SPDX-License-Identifier: MIT */
#include "report/report.h"

#include "core/cleanup.h"
#include "report/csv.h"
#include "report/svg.h"
#include "report/xlsx.h"

#include <string.h>

static const struct report_format formats[] = {
    {.name = "json", .media = "application/json", .header = "application/json"},
    {"csv", "text/csv", "text/csv; charset=utf-8; header=present", true, csv_write},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
     "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", true, xlsx_write},
    {"svg", "image/svg+xml", "image/svg+xml; charset=utf-8", false, svg_write},
};

const struct report_format *report_format_named(const char *name)
{
    for (size_t i = 0; i < countof(formats); i++)
        if (!strcmp(formats[i].name, name))
            return &formats[i];
    return NULL;
}

const struct report_format *report_format_of(const char *media)
{
    for (size_t i = 0; i < countof(formats); i++)
        if (formats[i].write && !strcmp(formats[i].media, media))
            return &formats[i];
    return NULL;
}
