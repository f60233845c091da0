/* SPDX-License-Identifier: MIT */
#include "report/cells.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *member_text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

bool is_subtotal(const json_t *row)
{
    const char *kind = member_text(row, "kind");
    return kind && !strcmp(kind, "subtotal");
}

/* A column counts in its own unit; in a table of indicators each row has one. */
static const char *unit_of(const json_t *column, const json_t *row)
{
    const char *unit = member_text(column, "measure_unit");
    return unit ? unit : member_text(row, "measure_unit");
}

struct cell cell_at(const json_t *column, const json_t *row, const json_t *values)
{
    const char *key = member_text(column, "key");
    const json_t *value = json_object_get(values, key ? key : "");
    struct cell cell = {.unit = unit_of(column, row)};
    if (json_is_string(value)) {
        cell.kind = CELL_TEXT;
        cell.text = json_string_value(value);
    } else if (json_is_number(value)) {
        cell.kind = CELL_NUMBER;
        cell.is_whole = json_is_integer(value);
        cell.whole = json_integer_value(value);
        cell.number = json_number_value(value);
    } else if (!json_is_true(json_object_get(column, "is_text")) && json_is_null(value)) {
        cell.kind = CELL_NO_FIGURE;
    }
    return cell;
}

bool is_money(const struct cell *cell)
{
    return cell->kind == CELL_NUMBER && cell->unit && !strcmp(cell->unit, "vnd");
}

static bool counts_money(const json_t *list)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        const char *unit = member_text(item, "measure_unit");
        if (unit && !strcmp(unit, "vnd"))
            return true;
    }
    return false;
}

bool has_money(const json_t *report)
{
    return counts_money(json_object_get(report, "columns")) || counts_money(json_object_get(report, "rows")) ||
           counts_money(json_object_get(report, "indicators"));
}

const char *row_heading(const json_t *report)
{
    const char *heading = member_text(report, "row_label");
    return heading ? heading : "Nội dung";
}

void number_vi(double number, int decimals, char ret_text[static NUMBER_TEXT])
{
    char plain[NUMBER_TEXT];
    int length = snprintf(plain, sizeof plain, "%.*f", decimals, fabs(number));
    int whole = decimals ? length - decimals - 1 : length;
    size_t at = 0;
    bool is_zero = strspn(plain, "0.") == (size_t)length;
    if (length >= NUMBER_TEXT - 16) { /* no sum of the service is that long */
        snprintf(ret_text, NUMBER_TEXT, "%.6g", number);
        return;
    }
    if (number < 0 && !is_zero)
        ret_text[at++] = '-';
    for (int i = 0; i < length; i++) {
        if (i && i < whole && (whole - i) % 3 == 0)
            ret_text[at++] = '.';
        ret_text[at++] = plain[i] == '.' ? ',' : plain[i];
    }
    ret_text[at] = '\0';
}

void cell_vi(const struct cell *cell, char ret_text[static NUMBER_TEXT])
{
    if (cell->kind != CELL_NUMBER)
        snprintf(ret_text, NUMBER_TEXT, "%s", cell->kind == CELL_NO_FIGURE ? NO_FIGURE : "");
    else if (is_money(cell))
        number_vi(cell->number / VND_PER_MILLION, 1, ret_text);
    else
        number_vi(cell->number, cell->is_whole ? 0 : 1, ret_text);
}
