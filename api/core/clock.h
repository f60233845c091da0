/* SPDX-License-Identifier: MIT */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* The one clock. KC_CLOCK (an RFC 3339 instant) moves it for tests: time then runs on from that instant.
 * Waits and time-outs use clock_monotonic_ms, which nothing moves. */
void clock_set(int64_t unix_seconds); /* before the threads start */
int64_t clock_now(void);              /* seconds since 1970 */
int64_t clock_now_ms(void);           /* milliseconds since 1970 */
int64_t clock_monotonic_ms(void);
int64_t clock_monotonic_us(void);
/* Seconds by which KC_CLOCK moved the clock, as text for PostgreSQL; "" when it did not. */
const char *clock_shift(void);
void clock_rfc3339(int64_t unix_ms, char ret_text[static 32]); /* 2026-11-22T01:02:03.456Z */

/* What PostgreSQL takes as well: years 0001 to 9999, offsets below 16 hours, at most nine digits of a second. */
bool clock_parse(const char *text, int64_t *ret_unix_seconds); /* RFC 3339 instant with its offset; no bare date */
bool clock_date_valid(const char *text);                       /* YYYY-MM-DD of a day that exists */
