/* SPDX-License-Identifier: MIT */
#pragma once
#include "sheet/grid.h"
#include "sheet/sheet.h"

/* Between the cells of a sheet and the rows of a body. */
json_t *table_rows(const struct sheet *sheet, struct grid *grid, bool from_1904);

struct table {
    const struct sheet *sheet;
    struct grid *grid;
    bool from_1904;
    const char *known[SHEET_COLUMNS_MAX];                  /* headings of the sheet's columns, folded */
    const struct sheet_column *columns[SHEET_COLUMNS_MAX]; /* what stands below; NULL: nothing that we know */
    int64_t units[SHEET_COLUMNS_MAX]; /* of money: đồng in one of what is counted; 0: not said */
    bool numbered[SHEET_COLUMNS_MAX]; /* STT */
    bool has_numbers;
    size_t first; /* cell below the headings */
    json_t *body;
};

/* Finds the headings; false: a fault was added. */
bool table_head(struct table *table);
size_t row_end(const struct grid *grid, size_t cell); /* the first cell of the row after that of the cell */
char *folded(struct arena *arena, const char *text);  /* for comparison: small letters without marks, single spaces */
