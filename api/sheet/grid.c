/* SPDX-License-Identifier: MIT */
#include "sheet/grid.h"

#include "core/text.h"

#include <string.h>

bool grid_refuse(struct grid *grid, const char *code, unsigned long limit)
{
    struct fault *fault = fault_add(grid->faults, "#", code);
    if (fault)
        fault->params = arena_printf(grid->arena, "{\"limit\":%lu}", limit);
    return false;
}

static bool is_space(const char *at, size_t length, size_t *ret_width)
{
    *ret_width = length >= 2 && !memcmp(at, "\xc2\xa0", 2) ? 2 : 1; /* the space that does not break */
    return *ret_width == 2 || *at == ' ' || *at == '\t' || *at == '\n' || *at == '\r';
}

static void trim(const char **text, size_t *length)
{
    size_t width;
    while (*length && is_space(*text, *length, &width))
        *text += width, *length -= width;
    while (*length && (is_space(*text + *length - 1, 1, &width) ||
                       (*length >= 2 && is_space(*text + *length - 2, 2, &width) && width == 2)))
        *length -= width;
}

/* Ð (eth) is often typed for Đ: the two look alike. */
static void mend_eth(char *text)
{
    for (char *at = text; (at = strstr(at, "\xc3\x90"));)
        memcpy(at, "\xc4\x90", 2);
}

static bool make_room(struct grid *grid)
{
    if (grid->ncells < grid->capacity)
        return true;
    size_t capacity = grid->capacity ? 2 * grid->capacity : 1024;
    struct grid_cell *cells = arena_alloc(grid->arena, capacity * sizeof *cells);
    if (!cells)
        return false;
    if (grid->ncells)
        memcpy(cells, grid->cells, grid->ncells * sizeof *cells);
    grid->cells = cells;
    grid->capacity = capacity;
    return true;
}

bool grid_add(struct grid *grid, unsigned row, unsigned column, enum cell_form form, const char *text, size_t length)
{
    trim(&text, &length);
    if (!length)
        return true;
    if (row > SHEET_ROWS_MAX)
        return grid_refuse(grid, "sheet_rows", SHEET_ROWS_MAX);
    if (column >= SHEET_COLUMNS_MAX)
        return grid_refuse(grid, "sheet_columns", SHEET_COLUMNS_MAX);
    if (length > SHEET_CELL_MAX)
        return grid_refuse(grid, "sheet_cell_length", SHEET_CELL_MAX);
    grid->bytes += length;
    if (grid->ncells >= SHEET_CELLS_MAX || grid->bytes > SHEET_TEXT_MAX)
        return grid_refuse(grid, "sheet_cells", SHEET_CELLS_MAX);
    char *copy = arena_copy(grid->arena, text, length);
    if (!copy || !make_room(grid))
        return false;
    if (strlen(copy) != length || !utf8_valid(copy, length) || text_has_control(copy, "\t\n\r"))
        return grid_refuse(grid, "sheet_letters", row);
    mend_eth(copy);
    const char *kept = text_nfc(grid->arena, copy);
    grid->cells[grid->ncells++] = (struct grid_cell){kept, row, column, form};
    return kept;
}
