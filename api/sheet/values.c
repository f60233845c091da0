/* SPDX-License-Identifier: MIT */
#include "sheet/values.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DIGITS_MAX      18
#define MONEY_MAX       9007199254740991LL
#define CENT_OF_NOTHING 0.01 /* of a đồng: what a spreadsheet's arithmetic leaves behind */

/* Where the decimals begin, or the end of the text. */
static const char *decimal_mark(const char *text)
{
    const char *point = strrchr(text, '.'), *comma = strrchr(text, ',');
    if (point && comma)
        return point > comma ? point : comma;
    const char *only = point ? point : comma;
    if (!only || strchr(text, *only) != only) /* several: thousands */
        return text + strlen(text);
    bool is_thousands = strlen(only) == 4 && *only == '.' && only - text <= 3 && only > text;
    return is_thousands ? text + strlen(text) : only;
}

/* Behind the first digits only groups of three. */
static bool is_grouped(const char *text, const char *mark)
{
    size_t run = 0;
    bool has_group = false;
    for (const char *at = text; at < mark; at++) {
        if (*at >= '0' && *at <= '9') {
            run++;
            continue;
        }
        if (!strchr("., ", *at) || run == 0 || run > 3 || (has_group && run != 3))
            return false;
        has_group = true;
        run = 0;
    }
    return !has_group || run == 3;
}

bool money_of_text(const char *text, int64_t unit, int64_t *ret_vnd)
{
    const char *mark = decimal_mark(text);
    int64_t digits = 0, scale = 1;
    unsigned count = 0;
    if (!is_grouped(text, mark))
        return false;
    for (const char *at = text; *at; at++) {
        bool is_digit = *at >= '0' && *at <= '9';
        if (!is_digit && (at > mark || (at == mark && !at[1])))
            return false;
        if (!is_digit)
            continue;
        if (++count > DIGITS_MAX)
            return false;
        digits = 10 * digits + (*at - '0');
        scale *= at > mark ? 10 : 1;
    }
    __int128 vnd = (__int128)digits * unit;
    if (!count || vnd % scale || vnd / scale > MONEY_MAX)
        return false;
    *ret_vnd = (int64_t)(vnd / scale);
    return true;
}

bool money_of_number(const char *text, int64_t unit, int64_t *ret_vnd)
{
    char *end;
    double vnd = strtod(text, &end) * (double)unit;
    if (*end || !isfinite(vnd) || fabs(vnd) > (double)MONEY_MAX || fabs(vnd - round(vnd)) > CENT_OF_NOTHING)
        return false;
    *ret_vnd = (int64_t)round(vnd);
    return true;
}

static const char *day_text(struct arena *arena, int year, int month, int day)
{
    struct tm sent = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day}, same = sent;
    bool exists = year >= 1900 && year <= 2100 && timegm(&same) != (time_t)-1 && same.tm_mon == sent.tm_mon &&
                  same.tm_mday == sent.tm_mday;
    return exists ? arena_printf(arena, "%04d-%02d-%02d", year, month, day) : NULL;
}

const char *day_of_text(struct arena *arena, const char *text)
{
    int first, second, third, used = 0;
    char mark, again;
    if (strspn(text, "0123456789") == 4 && sscanf(text, "%4d-%2d-%2d%n", &first, &second, &third, &used) == 3)
        return !text[used] || !strncmp(text + used, "T00:00:00", 9) || !strcmp(text + used, " 00:00:00")
                   ? day_text(arena, first, second, third)
                   : NULL;
    if (sscanf(text, "%2d%c%2d%c%4d%n", &first, &mark, &second, &again, &third, &used) != 5 || text[used] ||
        mark != again || !strchr("/-.", mark))
        return NULL;
    return day_text(arena, third, second, first);
}

const char *day_of_number(struct arena *arena, const char *text, bool from_1904)
{
    char *end;
    double days = strtod(text, &end);
    time_t at = ((time_t)days - (from_1904 ? 24107 : 25569)) * 86400; /* days from there to 1970 */
    struct tm day;
    if (*end || days < 61 || days > 80000 || !gmtime_r(&at, &day)) /* before: the day in February 1900 that never was */
        return NULL;
    return day_text(arena, day.tm_year + 1900, day.tm_mon + 1, day.tm_mday);
}
