/* SPDX-License-Identifier: MIT */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* How often one caller may ask: so many requests a minute, all at once if he likes, then evenly (GCRA: one number per
 * caller). The table is fixed; a caller that was not seen for a minute loses nothing when another takes his place. */
struct rates;

struct rates *rates_open(void);
void rates_close(struct rates *rates);

struct allowance {
    bool allowed;
    unsigned remaining, reset_seconds; /* left now; until all is back */
    unsigned retry_seconds;            /* when refused */
};
struct allowance rates_take(struct rates *rates, const char *caller, unsigned per_minute);
