/* SPDX-License-Identifier: MIT */
/* RFC 4180 as spreadsheets really write it: with or without a byte order mark, comma, semicolon or tab between the
 * fields, lines that end either way. Always UTF-8: other codes cannot be told apart, so they are refused. */
#include "sheet/grid.h"

#include "core/buffer.h"
#include "core/cleanup.h"
#include "core/text.h"

#include <string.h>

#define LOOKED_AT 8192 /* bytes in which the separator shows */

struct csv {
    struct grid *grid;
    const char *at, *end;
    unsigned row, column;
    char separator;
};

/* The one that stands most often outside quotes. */
static char separator_of(const char *at, const char *end)
{
    static const char known[] = {',', ';', '\t'};
    size_t count[sizeof known] = {0}, best = 0;
    bool quoted = false;
    for (const char *last = end - at > LOOKED_AT ? at + LOOKED_AT : end; at < last; at++) {
        quoted ^= *at == '"';
        for (size_t i = 0; !quoted && i < sizeof known; i++)
            count[i] += *at == known[i];
    }
    for (size_t i = 1; i < sizeof known; i++)
        if (count[i] > count[best])
            best = i;
    return known[best];
}

static bool read_quoted(struct csv *csv, struct buffer *field)
{
    for (csv->at++; csv->at < csv->end; csv->at++) {
        bool is_doubled = csv->at + 1 < csv->end && csv->at[1] == '"';
        if (*csv->at != '"')
            buffer_add(field, csv->at, 1);
        else if (is_doubled)
            buffer_add(field, csv->at++, 1);
        else
            return csv->at++, true;
    }
    return grid_refuse(csv->grid, "sheet_quote", csv->row);
}

/* What our own reports, and careful programs, put an apostrophe before lest a spreadsheet run it. */
static bool is_guarded(const struct buffer *field)
{
    return field->length > 1 && field->bytes[0] == '\'' && strchr("=+-@\t\r", field->bytes[1]);
}

static bool read_field(struct csv *csv)
{
    cleanup(buffer_done) struct buffer field = buffer_with_limit(SHEET_TEXT_MAX);
    if (*csv->at == '"' && !read_quoted(csv, &field))
        return false;
    for (; csv->at < csv->end && *csv->at != csv->separator && *csv->at != '\n' && *csv->at != '\r'; csv->at++)
        buffer_add(&field, csv->at, 1);
    if (field.failed)
        return grid_refuse(csv->grid, "sheet_cells", SHEET_CELLS_MAX);
    size_t from = is_guarded(&field);
    return !field.length ||
           grid_add(csv->grid, csv->row, csv->column, FORM_TEXT, field.bytes + from, field.length - from);
}

static void end_line(struct csv *csv)
{
    csv->at += csv->at + 1 < csv->end && csv->at[0] == '\r' && csv->at[1] == '\n' ? 2 : 1;
    csv->row++;
    csv->column = 0;
}

bool csv_read(struct grid *grid, const char *bytes, size_t length)
{
    if (length >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3))
        bytes += 3, length -= 3;
    if (!utf8_valid(bytes, length) || memchr(bytes, '\0', length))
        return grid_refuse(grid, "sheet_not_utf8", 0);
    struct csv csv = {.grid = grid, .at = bytes, .end = bytes + length, .row = 1};
    if (length > 5 && !strncasecmp(bytes, "sep=", 4)) {
        csv.separator = bytes[4];
        csv.at += 5;
    } else {
        csv.separator = separator_of(csv.at, csv.end);
    }
    while (csv.at < csv.end) {
        if (*csv.at == '\n' || *csv.at == '\r')
            end_line(&csv);
        else if (*csv.at == csv.separator)
            csv.at++, csv.column++;
        else if (!read_field(&csv))
            return false;
    }
    return true;
}
