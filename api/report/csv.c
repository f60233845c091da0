/* SPDX-License-Identifier: MIT */
/* RFC 4180 for spreadsheets and programs: a table and nothing else. Numbers are exact, money in đồng, decimals behind a
 * point; a mark at the beginning says UTF-8, without which a spreadsheet takes Vietnamese for another code. */
#include "report/csv.h"

#include "report/cells.h"

#include <string.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* A spreadsheet runs what begins so (OWASP, CSV injection); what people wrote must stay text. */
static bool begins_formula(const char *text)
{
    return *text && strchr("=+-@\t\r", *text);
}

static void add_text(struct buffer *out, const char *text)
{
    bool is_formula = begins_formula(text);
    if (!is_formula && !strpbrk(text, "\",\r\n")) {
        buffer_text(out, text);
        return;
    }
    buffer_text(out, is_formula ? "\"'" : "\"");
    for (const char *at = text; *at; at++)
        buffer_add(out, *at == '"' ? "\"\"" : at, *at == '"' ? 2 : 1);
    buffer_text(out, "\"");
}

static void add_heading(struct buffer *out, const json_t *column)
{
    const char *label = member_text(column, "label_vi"), *unit = member_text(column, "measure_unit");
    struct buffer heading = buffer_with_limit(1024);
    buffer_text(&heading, label ? label : "");
    if (unit && !strcmp(unit, "vnd"))
        buffer_text(&heading, " (đồng)");
    else if (unit && !strcmp(unit, "percent"))
        buffer_text(&heading, " (%)");
    add_text(out, heading.bytes ? heading.bytes : "");
    out->failed = out->failed || heading.failed;
    buffer_done(&heading);
}

static void add_cell(struct buffer *out, const struct cell *cell)
{
    if (cell->kind == CELL_TEXT)
        add_text(out, cell->text);
    else if (cell->kind == CELL_NO_FIGURE)
        buffer_text(out, NO_FIGURE);
    else if (cell->kind == CELL_NUMBER && cell->is_whole)
        buffer_printf(out, "%" JSON_INTEGER_FORMAT, cell->whole);
    else if (cell->kind == CELL_NUMBER)
        buffer_printf(out, "%.15g", cell->number);
}

static void add_row(struct buffer *out, const json_t *columns, const json_t *row, const json_t *values, size_t number)
{
    const char *label = member_text(row, "label");
    if (number)
        buffer_printf(out, "%zu", number);
    buffer_text(out, ",");
    add_text(out, label ? label : "Tổng cộng");
    size_t i;
    json_t *column;
    json_array_foreach(columns, i, column)
    {
        struct cell cell = cell_at(column, row, values);
        buffer_text(out, ",");
        add_cell(out, &cell);
    }
    buffer_text(out, "\r\n");
}

bool csv_write(const json_t *report, struct buffer *ret_body)
{
    const json_t *columns = json_object_get(report, "columns"), *rows = json_object_get(report, "rows");
    buffer_text(ret_body, BYTE_ORDER_MARK "STT,");
    add_text(ret_body, row_heading(report));
    size_t i, number = 0;
    json_t *item;
    json_array_foreach(columns, i, item)
    {
        buffer_text(ret_body, ",");
        add_heading(ret_body, item);
    }
    buffer_text(ret_body, "\r\n");
    json_array_foreach(rows, i, item)
    {
        add_row(ret_body, columns, item, json_object_get(item, "values"), is_subtotal(item) ? 0 : ++number);
    }
    const json_t *totals = json_object_get(report, "totals");
    if (json_object_size(totals))
        add_row(ret_body, columns, NULL, totals, 0);
    return !ret_body->failed;
}
