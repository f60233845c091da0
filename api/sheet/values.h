/* SPDX-License-Identifier: MIT */
#pragma once
#include "core/arena.h"

#include <stdbool.h>
#include <stdint.h>

/* Numbers and days as they stand in sheets. */

/* "1.234,5" in millions → 1234500000. Both separators are known; a lone one is read the Vietnamese way: a point before
 * three digits parts thousands, a comma is that of the decimals. False: no number, or no whole đồng. */
bool money_of_text(const char *text, int64_t unit, int64_t *ret_vnd);
bool money_of_number(const char *text, int64_t unit, int64_t *ret_vnd); /* "85.299999999999997" of a spreadsheet */

/* "3/2/2021", "03-02-2021", "2021-02-03" → 2021-02-03; NULL: no day. */
const char *day_of_text(struct arena *arena, const char *text);
const char *day_of_number(struct arena *arena, const char *text, bool from_1904); /* 44230 → 2021-02-03 */
