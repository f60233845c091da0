/* SPDX-License-Identifier: MIT */
/* The headings of a table, and what is said above them. */
#include "core/buffer.h"
#include "core/cleanup.h"
#include "sheet/table.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define HEADINGS_LEAST 3  /* fewer known words in a row are no head of a table */
#define HEAD_ROWS_MAX  60 /* so far below the top it is looked for */

char *folded(struct arena *arena, const char *text)
{
    utf8proc_uint8_t *plain = NULL;
    utf8proc_map((const utf8proc_uint8_t *)text, 0, &plain,
                 UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD);
    char *copy = plain ? arena_text(arena, (const char *)plain) : NULL, *to = copy;
    free(plain);
    for (const char *at = copy; copy && *at; at++) {
        bool is_space = *at == ' ' || *at == '\n' || *at == '\t' || *at == '\r';
        if (!strncmp(at, "đ", 2))
            *to++ = 'd', at++;
        else if (!is_space)
            *to++ = *at;
        else if (to > copy && to[-1] != ' ')
            *to++ = ' ';
    }
    if (copy)
        *to = '\0';
    return copy;
}

size_t row_end(const struct grid *grid, size_t cell)
{
    size_t end = cell;
    while (end < grid->ncells && grid->cells[end].row == grid->cells[cell].row)
        end++;
    return end;
}

/* Of "Đơn vị tính: triệu đồng", "ĐVT: 1.000 đồng", "(đồng)". 0: none is named. */
static int64_t unit_in(const char *words)
{
    static const struct {
        const char *words;
        int64_t unit;
    } units[] = {{"ty dong", 1000000000},
                 {"trieu dong", 1000000},
                 {"trd", 1000000},
                 {"nghin dong", 1000},
                 {"ngan dong", 1000},
                 {"1.000 dong", 1000},
                 {"1000 dong", 1000},
                 {"dong", 1},
                 {"vnd", 1}};
    for (size_t i = 0; i < countof(units); i++)
        if (strstr(words, units[i].words))
            return units[i].unit;
    return 0;
}

static int64_t unit_above(const struct table *table, size_t head)
{
    for (size_t i = 0; i < head; i++) {
        const char *words = folded(table->grid->arena, table->grid->cells[i].text);
        if (words && (strstr(words, "don vi tinh") || strstr(words, "dvt")))
            return unit_in(words);
    }
    return 0;
}

static const struct sheet_column *known_as(const struct table *table, const char *words)
{
    for (size_t i = 0; words && i < table->sheet->ncolumns; i++)
        if (table->known[i] && !strcmp(table->known[i], words))
            return &table->sheet->columns[i];
    return NULL;
}

/* "Kết quả thực hiện: Số lớp" is the heading "Kết quả thực hiện", of what stands behind the colon. */
static const struct sheet_column *named_column_of(const struct table *table, const char *heading, const char **ret_name)
{
    const char *colon = strchr(heading, ':'), *name = colon ? colon + 1 + strspn(colon + 1, " ") : "";
    if (!*name)
        return NULL;
    char *words = folded(table->grid->arena, arena_copy(table->grid->arena, heading, (size_t)(colon - heading)));
    if (words && *words && words[strlen(words) - 1] == ' ')
        words[strlen(words) - 1] = '\0';
    const struct sheet_column *column = known_as(table, words);
    *ret_name = name;
    return column && column->is_named ? column : NULL;
}

/* "Tổng kinh phí (triệu đồng)" is the heading "Tổng kinh phí". */
static const struct sheet_column *column_of(const struct table *table, const char *heading, int64_t *ret_unit,
                                            const char **ret_name)
{
    struct arena *arena = table->grid->arena;
    *ret_name = NULL;
    char *words = folded(arena, heading), *bracket = words ? strrchr(words, '(') : NULL;
    *ret_unit = bracket ? unit_in(bracket) : 0;
    if (bracket && *ret_unit) {
        while (bracket > words && bracket[-1] == ' ')
            bracket--;
        *bracket = '\0';
    }
    const struct sheet_column *column = known_as(table, words);
    return column ? column : named_column_of(table, heading, ret_name);
}

static bool is_number_heading(struct arena *arena, const char *heading)
{
    const char *words = folded(arena, heading);
    return words && (!strcmp(words, "stt") || !strcmp(words, "tt") || !strcmp(words, "so tt"));
}

static size_t known_in(const struct table *table, size_t cell)
{
    size_t count = 0, end = row_end(table->grid, cell);
    int64_t unit;
    const char *name;
    for (; cell < end; cell++)
        count += column_of(table, table->grid->cells[cell].text, &unit, &name) != NULL;
    return count;
}

static bool refuse_twice(struct table *table, const struct grid_cell *cell)
{
    struct fault *fault = fault_add(table->grid->faults, "#", "sheet_heading_repeated");
    json_t *params = json_pack("{s:s, s:i}", "heading", cell->text, "row", (int)cell->row);
    char *text = params ? json_dumps(params, JSON_COMPACT) : NULL;
    if (fault && text)
        fault->params = arena_text(table->grid->arena, text);
    free(text);
    json_decref(params);
    return false;
}

static bool take_headings(struct table *table, size_t cell, int64_t unit, bool is_second)
{
    for (size_t end = row_end(table->grid, cell); cell < end; cell++) {
        const struct grid_cell *heading = &table->grid->cells[cell];
        int64_t own;
        const char *name;
        const struct sheet_column *column = column_of(table, heading->text, &own, &name);
        for (size_t i = 0; column && !name && i < SHEET_COLUMNS_MAX; i++)
            if (table->columns[i] == column && !table->named[i])
                return refuse_twice(table, heading);
        if (column) {
            table->columns[heading->column] = column;
            table->named[heading->column] = name;
            table->units[heading->column] = own ? own : unit;
        } else if (is_number_heading(table->grid->arena, heading->text)) {
            table->has_numbers = table->numbered[heading->column] = true;
        } else if (!is_second) {
            json_array_append_new(json_object_get(table->body, "ignored_columns"), json_string(heading->text));
        }
    }
    return true;
}

static bool refuse_headless(struct table *table)
{
    cleanup(buffer_done) struct buffer list = buffer_with_limit(4096);
    for (size_t i = 0; i < table->sheet->ncolumns; i++)
        buffer_printf(&list, "%s%s", i ? "; " : "{\"expected\":\"", table->sheet->columns[i].heading);
    buffer_text(&list, "\"}");
    struct fault *fault = fault_add(table->grid->faults, "#", "sheet_headings");
    if (fault && list.bytes)
        fault->params = arena_text(table->grid->arena, list.bytes);
    return false;
}

static bool has_required(const struct table *table)
{
    for (size_t i = 0; i < table->sheet->ncolumns; i++) {
        bool is_there = !table->sheet->columns[i].required;
        for (size_t k = 0; !is_there && k < SHEET_COLUMNS_MAX; k++)
            is_there = table->columns[k] == &table->sheet->columns[i];
        if (!is_there)
            return false;
    }
    return true;
}

bool table_head(struct table *table)
{
    const struct grid *grid = table->grid;
    size_t head = 0, rows = 0;
    for (size_t i = 0; i < table->sheet->ncolumns; i++)
        table->known[i] = folded(grid->arena, table->sheet->columns[i].heading);
    while (head < grid->ncells && rows++ < HEAD_ROWS_MAX && known_in(table, head) < HEADINGS_LEAST)
        head = row_end(grid, head);
    if (head == grid->ncells || rows > HEAD_ROWS_MAX)
        return refuse_headless(table);
    int64_t unit = unit_above(table, head);
    if (!take_headings(table, head, unit, false))
        return false;
    table->first = row_end(grid, head);
    /* "Kinh phí" over KCQG, KCĐP and Đối ứng: the second row names what the first one left open. */
    if (table->first < grid->ncells && known_in(table, table->first) >= 2) {
        if (!take_headings(table, table->first, unit, true))
            return false;
        table->first = row_end(grid, table->first);
    }
    return has_required(table) || refuse_headless(table);
}
