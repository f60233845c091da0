/* SPDX-License-Identifier: MIT */
#pragma once
#include "core/buffer.h"
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
    const char *named[SHEET_COLUMNS_MAX]; /* behind the colon of a heading; NULL: nothing */
    json_t *record;                       /* of the row above, with which the next may go on; NULL: none */
    const char *number;                   /* its STT, or NULL */
    unsigned last_row;
    bool has_own_line; /* its own row is the first of its lines */
    size_t joined;     /* bytes that joined_words() made */
    size_t first;      /* cell below the headings */
    json_t *body;
};

/* Finds the headings; false: a fault was added. */
bool table_head(struct table *table);
json_t *value_of(struct table *table, const struct grid_cell *cell, const char *path, const char *member);
void point_out(struct table *table, const char *path, const char *member, const char *code, const char *found);
bool is_dash(const char *text);
bool is_whole_number(const char *text);
json_t *joined_words(struct table *table, const struct buffer *words); /* NULL: none, or a fault was added */

bool is_line(const struct table *table, size_t cell, size_t end);
void take_line(struct table *table, size_t cell, size_t end);
void end_lines(struct table *table);

size_t row_end(const struct grid *grid, size_t cell); /* the first cell of the row after that of the cell */
char *folded(struct arena *arena, const char *text);  /* for comparison: small letters without marks, single spaces */
