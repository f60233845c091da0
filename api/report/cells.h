/* SPDX-License-Identifier: MIT */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* What the media of a report share: what stands in a cell, in which unit, and how people write numbers. */

#define VND_PER_MILLION 1e6
#define NO_FIGURE       "–" /* not known, or a division by zero */
#define NUMBER_TEXT     48

enum cell_kind { CELL_EMPTY, CELL_TEXT, CELL_NUMBER, CELL_NO_FIGURE };

struct cell {
    enum cell_kind kind;
    const char *text;
    json_int_t whole; /* of a number without a fraction, exactly */
    double number;
    bool is_whole;
    const char *unit; /* vnd, percent, …; NULL: a plain number */
};

const char *member_text(const json_t *object, const char *name); /* NULL: absent, null or no text */
bool is_subtotal(const json_t *row);
struct cell cell_at(const json_t *column, const json_t *row, const json_t *values);
bool is_money(const struct cell *cell);
bool has_money(const json_t *report); /* is anything in it counted in đồng? */
const char *row_heading(const json_t *report);

/* 3.916,7: points between thousands, a comma before decimals. */
void number_vi(double number, int decimals, char ret_text[static NUMBER_TEXT]);
void cell_vi(const struct cell *cell, char ret_text[static NUMBER_TEXT]); /* money in millions; not for text */
