/* SPDX-License-Identifier: MIT */
/* Rows that go on with the record above them, each with a part of it: a beneficiary and his money. */
#include "sheet/table.h"

#include "core/cleanup.h"

#include <string.h>

static bool is_key(const struct table *table, const struct sheet_column *column)
{
    return column && column->line_member && !strcmp(column->line_member, table->sheet->line_key);
}

static const char *text_in(const json_t *record, const char *member)
{
    const char *text = json_string_value(json_object_get(record, member));
    return text ? text : "";
}

/* Right below, with somebody's name in it and neither another number nor another record's name. */
bool is_line(const struct table *table, size_t cell, size_t end)
{
    bool has_key = false, has_name = false;
    if (!table->sheet->lines || !table->record || table->grid->cells[cell].row != table->last_row + 1)
        return false;
    for (; cell < end; cell++) {
        const struct grid_cell *one = &table->grid->cells[cell];
        const struct sheet_column *column = table->columns[one->column];
        if (table->numbered[one->column]) {
            if (is_whole_number(one->text) && (!table->number || strcmp(one->text, table->number)))
                return false;
        } else if (column && column->required) {
            has_name = true;
            if (strcmp(one->text, text_in(table->record, column->member)))
                return false;
        } else if (is_key(table, column)) {
            has_key = !is_dash(one->text);
        }
    }
    return has_key && (!has_name || table->has_numbers);
}

/* The row of a record that names a beneficiary is his, too. */
static json_t *lines_of(struct table *table)
{
    json_t *lines = json_object_get(table->record, table->sheet->lines);
    for (size_t i = 0; !lines && i < table->sheet->ncolumns; i++) {
        const struct sheet_column *column = &table->sheet->columns[i];
        if (!is_key(table, column))
            continue;
        json_t *own = json_object_get(table->record, column->member);
        lines = json_array();
        table->has_own_line = json_is_string(own);
        if (table->has_own_line)
            json_array_append_new(
                lines, json_pack("{s:O, s:O}", "row", json_object_get(table->record, "row"), column->line_member, own));
        json_object_set_new(table->record, table->sheet->lines, lines);
    }
    return lines;
}

void take_line(struct table *table, size_t cell, size_t end)
{
    const struct grid *grid = table->grid;
    json_t *lines = lines_of(table), *line = json_pack("{s:i}", "row", (int)grid->cells[cell].row);
    size_t place = json_array_size(json_object_get(table->body, "rows")) - 1;
    const char *path =
        arena_printf(grid->arena, "#/rows/%zu/%s/%zu", place, table->sheet->lines, json_array_size(lines));
    for (; cell < end; cell++) {
        const struct grid_cell *one = &grid->cells[cell];
        const struct sheet_column *column = table->columns[one->column];
        if (!column || column->required)
            continue;
        const char *member = column->line_member ? column->line_member : column->member;
        json_t *value = value_of(table, one, path, member);
        if (column->line_member && value) {
            json_object_set_new(line, member, value);
            continue;
        }
        if (value && !json_equal(value, json_object_get(table->record, member)))
            point_out(table, path, member, "sheet_line_cell", one->text);
        json_decref(value);
    }
    json_array_append_new(lines, line);
}

static bool is_told(const json_t *lines, const char *member)
{
    size_t index;
    const json_t *line;
    json_array_foreach(lines, index, line) if (json_is_string(json_object_get(line, member)) ||
                                               json_is_integer(json_object_get(line, member))) return true;
    return false;
}

/* Only names: what the record says is of all of them. */
static void join_names(struct table *table, json_t *lines, const struct sheet_column *key)
{
    cleanup(buffer_done) struct buffer names = buffer_with_limit(SHEET_TEXT_MAX);
    size_t index;
    const json_t *line;
    json_array_foreach(lines, index, line)
    {
        buffer_printf(&names, "%s%s", index ? "; " : "", text_in(line, key->line_member));
    }
    json_object_set_new(table->record, key->member, joined_words(table, &names));
    json_object_del(table->record, table->sheet->lines);
}

/* What some line says of itself, the record's own row says of the first one. */
void end_lines(struct table *table)
{
    json_t *record = table->record, *lines = record ? json_object_get(record, table->sheet->lines) : NULL;
    const struct sheet_column *key = NULL;
    bool is_divided = false;
    for (size_t i = 0; lines && i < table->sheet->ncolumns; i++) {
        const struct sheet_column *column = &table->sheet->columns[i];
        json_t *own = json_object_get(record, column->member);
        if (is_key(table, column))
            key = column;
        if (!column->line_member || is_key(table, column) || !is_told(lines, column->line_member))
            continue;
        is_divided = true;
        if (!table->has_own_line || !own)
            continue;
        json_object_set(json_array_get(lines, 0), column->line_member, own);
        if (column->kind == SHEET_MONEY)
            json_object_del(record, column->member);
    }
    if (key && !is_divided)
        join_names(table, lines, key);
    else if (key)
        json_object_del(record, key->member);
    table->record = NULL;
    table->has_own_line = false;
}
