/* SPDX-License-Identifier: MIT */
#pragma once
#include "contract/fault.h"
#include "core/arena.h"

#include <stdbool.h>
#include <stddef.h>

/* What a sheet holds, whatever medium it came in: filled cells, row by row. Every limit has a name; beyond it the
 * reader stops with one fault. */

#define SHEET_ROWS_MAX    5000u
#define SHEET_COLUMNS_MAX 100u
#define SHEET_CELLS_MAX   65536u
#define SHEET_CELL_MAX    32767u                    /* bytes of one cell */
#define SHEET_TEXT_MAX    ((size_t)2 * 1024 * 1024) /* bytes of all cells */

enum cell_form {
    FORM_TEXT,   /* as somebody wrote it: numbers and days the Vietnamese way */
    FORM_NUMBER, /* as a program wrote it: a point before decimals; a day is a count of days */
    FORM_BROKEN, /* a formula without a value, or an error */
};

struct grid_cell {
    const char *text; /* UTF-8 in NFC, without spaces around it, never empty */
    unsigned row;     /* of the sheet, from 1 */
    unsigned column;  /* from 0 */
    enum cell_form form;
};

struct grid {
    struct arena *arena;
    struct faults *faults;
    struct grid_cell *cells;
    size_t ncells, capacity, bytes;
};

/* False: a fault was added, or no memory. Empty cells are left out; rows come in order, and columns within them. */
bool grid_add(struct grid *grid, unsigned row, unsigned column, enum cell_form form, const char *text, size_t length);
bool grid_refuse(struct grid *grid, const char *code, unsigned long limit); /* always false */

bool csv_read(struct grid *grid, const char *bytes, size_t length);
