/* SPDX-License-Identifier: MIT */
#include "sheet/table.h"

#include "core/cleanup.h"
#include "sheet/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DONG_LEAST   1000 /* less is no amount of đồng: the unit was not said */
#define SKIPPED_MAX  1000
#define SKIPPED_TEXT 200

bool is_dash(const char *text)
{
    return !strcmp(text, "-") || !strcmp(text, "–") || !strcmp(text, "—");
}

void point_out(struct table *table, const char *path, const char *member, const char *code, const char *found)
{
    struct arena *arena = table->grid->arena;
    struct fault *fault = fault_add(table->grid->faults, arena_printf(arena, "%s/%s", path, member), code);
    json_t *params = json_pack("{s:s}", "found", found);
    char *text = params ? json_dumps(params, JSON_COMPACT) : NULL;
    if (fault && text)
        fault->params = arena_text(arena, text);
    free(text);
    json_decref(params);
}

static json_t *money_of(struct table *table, const struct grid_cell *cell, const char *path, const char *member)
{
    int64_t unit = table->units[cell->column], vnd;
    bool is_number = cell->form == FORM_NUMBER ? money_of_number(cell->text, unit ? unit : 1, &vnd)
                                               : money_of_text(cell->text, unit ? unit : 1, &vnd);
    if (!is_number)
        return json_string(cell->text);
    if (!unit && vnd > 0 && vnd < DONG_LEAST)
        point_out(table, path, member, "sheet_unit_needed", cell->text);
    return json_integer(vnd);
}

/* A document number or a code that a spreadsheet took for a number. */
static json_t *words_of(const struct grid_cell *cell)
{
    char plain[32];
    double number = cell->form == FORM_NUMBER ? strtod(cell->text, NULL) : 0.5;
    if (number != (double)(long)number)
        return json_string(cell->text);
    snprintf(plain, sizeof plain, "%ld", (long)number);
    return json_string(plain);
}

json_t *value_of(struct table *table, const struct grid_cell *cell, const char *path, const char *member)
{
    const struct sheet_column *column = table->columns[cell->column];
    struct arena *arena = table->grid->arena;
    if (cell->form == FORM_BROKEN) {
        point_out(table, path, member, "sheet_cell_broken", cell->text);
        return NULL;
    }
    if (is_dash(cell->text))
        return json_null();
    if (column->kind == SHEET_MONEY)
        return money_of(table, cell, path, member);
    if (column->kind == SHEET_WORDS)
        return words_of(cell);
    const char *day =
        cell->form == FORM_NUMBER ? day_of_number(arena, cell->text, table->from_1904) : day_of_text(arena, cell->text);
    return json_string(day ? day : cell->text);
}

bool is_whole_number(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits && (!text[digits] || !strcmp(text + digits, ".") || !strcmp(text + digits, ".0"));
}

/* What a row is made of: a project has a number before it, or both words and money behind its name. */
struct look {
    const char *label; /* first words of the row */
    bool is_counted, has_name, has_words, has_money;
};

static struct look look_at(const struct table *table, size_t cell, size_t end)
{
    struct look look = {.label = table->grid->cells[cell].text};
    for (; cell < end; cell++) {
        const struct grid_cell *one = &table->grid->cells[cell];
        const struct sheet_column *column = table->columns[one->column];
        if (table->numbered[one->column])
            look.is_counted = is_whole_number(one->text);
        else if (column && column->required)
            look.has_name = true, look.label = one->text;
        else if (column && column->kind == SHEET_MONEY)
            look.has_money = look.has_money || !is_dash(one->text);
        else if (column)
            look.has_words = true;
    }
    return look;
}

static bool is_sum(struct arena *arena, const char *label)
{
    static const char *const sums[] = {"tong cong", "tong so", "tong", "cong", "cong tong"};
    const char *words = folded(arena, label);
    for (size_t i = 0; words && i < countof(sums); i++)
        if (!strcmp(words, sums[i]) ||
            (!strncmp(words, sums[i], strlen(sums[i])) && strchr(":(", words[strlen(sums[i])])))
            return true;
    return false;
}

static bool holds_money(const struct sheet *sheet)
{
    for (size_t i = 0; i < sheet->ncolumns; i++)
        if (sheet->columns[i].kind == SHEET_MONEY)
            return true;
    return false;
}

/* Without money there are no sums and no headings between the rows: each that says something counts. */
static bool is_project(const struct table *table, const struct look *look)
{
    if (!holds_money(table->sheet))
        return look->has_name || look->has_words;
    if (is_sum(table->grid->arena, look->label))
        return false;
    if (table->has_numbers && look->is_counted)
        return true;
    return look->has_name && look->has_words && look->has_money;
}

static void skip(struct table *table, unsigned row, const char *label)
{
    json_t *skipped = json_object_get(table->body, "skipped_rows");
    size_t length = strlen(label);
    while (length > SKIPPED_TEXT || (length < strlen(label) && ((unsigned char)label[length] & 0xC0) == 0x80))
        length--;
    if (json_array_size(skipped) < SKIPPED_MAX)
        json_array_append_new(skipped, json_pack("{s:i, s:s%}", "row", (int)row, "text", label, length));
}

/* What rows and headings make of words counts as text of the sheet once more: a long heading above many cells is in
 * each. */
json_t *joined_words(struct table *table, const struct buffer *words)
{
    if (table->joined > SHEET_TEXT_MAX)
        return NULL;
    table->joined += words->length;
    if (words->failed || table->joined > SHEET_TEXT_MAX) {
        table->joined = SHEET_TEXT_MAX + 1;
        grid_refuse(table->grid, "sheet_cells", SHEET_CELLS_MAX);
        return NULL;
    }
    return words->length ? json_stringn(words->bytes, words->length) : NULL;
}

/* "30; 2" below "Kết quả thực hiện: Số lớp" is "Số lớp: 30; Số lớp: 2", behind what other columns say. */
static json_t *named_words(struct table *table, const json_t *before, const char *name, json_t *value)
{
    const char *text = json_string_value(value), *said = json_string_value(before);
    cleanup(buffer_done) struct buffer words = buffer_with_limit(SHEET_TEXT_MAX);
    if (said)
        buffer_text(&words, said);
    for (; text && *text; text += strspn(text, ";\n")) {
        size_t length = strcspn(text, ";\n"), blank = strspn(text, " ");
        if (blank < length)
            buffer_printf(&words, "%s%s%s%.*s", words.length ? "; " : "", name ? name : "", name ? ": " : "",
                          (int)(length - blank), text + blank);
        text += length;
    }
    json_decref(value);
    return joined_words(table, &words);
}

static void take_row(struct table *table, size_t cell, size_t end)
{
    struct arena *arena = table->grid->arena;
    json_t *rows = json_object_get(table->body, "rows");
    const char *path = arena_printf(arena, "#/rows/%zu", json_array_size(rows));
    json_t *row = json_pack("{s:i}", "row", (int)table->grid->cells[cell].row);
    table->number = NULL;
    for (; cell < end; cell++) {
        const struct grid_cell *one = &table->grid->cells[cell];
        const struct sheet_column *column = table->columns[one->column];
        json_t *value = column ? value_of(table, one, path, column->member) : NULL;
        if (value && column->is_named)
            value = named_words(table, json_object_get(row, column->member), table->named[one->column], value);
        if (value)
            json_object_set_new(row, column->member, value);
        if (table->numbered[one->column])
            table->number = one->text;
    }
    json_array_append_new(rows, row);
    table->record = row;
}

static bool take_rows(struct table *table)
{
    const struct grid *grid = table->grid;
    for (size_t cell = table->first, end; cell < grid->ncells; cell = end) {
        end = row_end(grid, cell);
        struct look look = look_at(table, cell, end);
        bool goes_on = is_line(table, cell, end) && !is_sum(grid->arena, look.label);
        if (goes_on)
            take_line(table, cell, end);
        else
            end_lines(table);
        if (!goes_on && is_project(table, &look))
            take_row(table, cell, end);
        else if (!goes_on)
            skip(table, grid->cells[cell].row, look.label);
        table->last_row = grid->cells[cell].row;
    }
    end_lines(table);
    if (!json_array_size(json_object_get(table->body, "rows")))
        return grid_refuse(table->grid, "sheet_empty", 0);
    return !grid->arena->failed;
}

json_t *table_rows(const struct sheet *sheet, struct grid *grid, bool from_1904)
{
    struct table table = {.sheet = sheet, .grid = grid, .from_1904 = from_1904};
    table.body = json_pack("{s:[], s:[], s:[]}", "rows", "ignored_columns", "skipped_rows");
    if (table.body && table_head(&table) && take_rows(&table))
        return table.body;
    json_decref(table.body);
    return NULL;
}
