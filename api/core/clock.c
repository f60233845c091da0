/* SPDX-License-Identifier: MIT */
#include "core/clock.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t shift_seconds;
static char shift_text[24];

static int64_t clock_read(clockid_t clock, int64_t per_second)
{
    struct timespec now;
    int failed = clock_gettime(clock, &now);
    assert(!failed);
    (void)failed;
    return (int64_t)now.tv_sec * per_second + (int64_t)now.tv_nsec / (1000000000 / per_second);
}

void clock_set(int64_t unix_seconds)
{
    shift_seconds = unix_seconds - clock_read(CLOCK_REALTIME, 1);
    snprintf(shift_text, sizeof shift_text, "%" PRId64, shift_seconds);
}

int64_t clock_now(void)
{
    return clock_read(CLOCK_REALTIME, 1) + shift_seconds;
}

int64_t clock_now_ms(void)
{
    return clock_read(CLOCK_REALTIME, 1000) + shift_seconds * 1000;
}

int64_t clock_monotonic_ms(void)
{
    return clock_read(CLOCK_MONOTONIC, 1000);
}

int64_t clock_monotonic_us(void)
{
    return clock_read(CLOCK_MONOTONIC, 1000000);
}

const char *clock_shift(void)
{
    return shift_text;
}

void clock_rfc3339(int64_t unix_ms, char ret_text[static 32])
{
    int64_t ms = unix_ms % 1000;
    ms += ms < 0 ? 1000 : 0;
    time_t seconds = (time_t)((unix_ms - ms) / 1000);
    struct tm civil;
    char whole[24] = "";
    if (gmtime_r(&seconds, &civil)) {
        strftime(whole, sizeof whole, "%Y-%m-%dT%H:%M:%S", &civil);
    }
    snprintf(ret_text, 32, "%s.%03dZ", whole, (int)ms);
}

/* Reads exactly `count` digits and moves on; -1 when something else stands there. */
static int number(const char **at, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++, (*at)++) {
        if (**at < '0' || **at > '9') {
            return -1;
        }
        value = value * 10 + (**at - '0');
    }
    return value;
}

static bool mark(const char **at, const char *one_of)
{
    bool found = **at && strchr(one_of, **at);
    *at += found;
    return found;
}

static bool read_date(const char **at, struct tm *civil)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = number(at, 4);
    int month = mark(at, "-") ? number(at, 2) : -1;
    int day = month >= 0 && mark(at, "-") ? number(at, 2) : -1;
    if (year < 1 || month < 1 || month > 12 || day < 1) {
        return false;
    }
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    civil->tm_year = year - 1900;
    civil->tm_mon = month - 1;
    civil->tm_mday = day;
    return day <= days[month - 1] + (leap && month == 2);
}

static bool read_time(const char **at, struct tm *civil)
{
    civil->tm_hour = number(at, 2);
    civil->tm_min = civil->tm_hour >= 0 && mark(at, ":") ? number(at, 2) : -1;
    civil->tm_sec = civil->tm_min >= 0 && mark(at, ":") ? number(at, 2) : -1;
    if (civil->tm_sec < 0 || civil->tm_hour > 23 || civil->tm_min > 59 || civil->tm_sec > 60) {
        return false;
    }
    if (!mark(at, ".")) {
        return true;
    }
    size_t digits = strspn(*at, "0123456789");
    *at += digits;
    return digits >= 1 && digits <= 9;
}

static bool read_offset(const char **at, int *ret_seconds)
{
    if (mark(at, "Zz")) {
        *ret_seconds = 0;
        return true;
    }
    int sign = **at == '-' ? -1 : 1;
    int hours = mark(at, "+-") ? number(at, 2) : -1;
    int minutes = hours >= 0 && mark(at, ":") ? number(at, 2) : -1;
    *ret_seconds = sign * (hours * 3600 + minutes * 60);
    return minutes >= 0 && minutes <= 59 && hours <= 15;
}

bool clock_parse(const char *text, int64_t *ret_unix_seconds)
{
    struct tm civil = {0};
    int offset = 0;
    bool good = read_date(&text, &civil) && mark(&text, "Tt") && read_time(&text, &civil) &&
                read_offset(&text, &offset) && !*text;
    if (!good) {
        return false;
    }
    bool leap_second = civil.tm_sec == 60;
    int64_t seconds = (int64_t)timegm(&civil) - offset;
    /* A 61st second exists only at the end of a UTC day, and by then the sum already names midnight. */
    if (leap_second && seconds % 86400 != 0) {
        return false;
    }
    *ret_unix_seconds = seconds;
    return true;
}

bool clock_date_valid(const char *text)
{
    struct tm civil = {0};
    return read_date(&text, &civil) && !*text;
}
