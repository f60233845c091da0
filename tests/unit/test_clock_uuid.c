/* SPDX-License-Identifier: MIT */
#include "cases.h"
#include "core/clock.h"
#include "core/uuid.h"

#include <stdlib.h>
#include <time.h>

static const struct instant {
    const char *name, *text;
    bool good;
    int64_t seconds;
} instants[] = {
    {"instant: UTC", "2026-11-22T01:02:03Z", true, 1795309323},
    {"instant: small letters", "2026-11-22t01:02:03z", true, 1795309323},
    {"instant: Viet Nam", "2026-11-22T08:02:03+07:00", true, 1795309323},
    {"instant: west", "2026-11-21T21:02:03.5-04:00", true, 1795309323},
    {"instant: unknown offset", "2026-11-22T01:02:03-00:00", true, 1795309323},
    {"instant: nanoseconds", "2026-11-22T01:02:03.123456789Z", true, 1795309323},
    {"instant: before 1970", "1954-01-01T00:00:00Z", true, -504921600},
    {"instant: first", "0001-01-01T00:00:00Z", true, -62135596800},
    {"instant: last", "9999-12-31T23:59:59Z", true, 253402300799},
    {"instant: leap second", "1998-12-31T23:59:60Z", true, 915148800},
    {"instant: leap second elsewhere", "1999-01-01T06:59:60+07:00", true, 915148800},
    {"instant: no such leap second", "1998-12-31T22:59:60Z", false, 0},
    {"instant: bare date", "2026-11-22", false, 0},
    {"instant: no offset", "2026-11-22T01:02:03", false, 0},
    {"instant: no seconds", "2026-11-22T01:02Z", false, 0},
    {"instant: space for T", "2026-11-22 01:02:03Z", false, 0},
    {"instant: year zero", "0000-01-01T00:00:00Z", false, 0},
    {"instant: hour 24", "2026-11-22T24:00:00Z", false, 0},
    {"instant: minute 60", "2026-11-22T01:60:00Z", false, 0},
    {"instant: second 61", "2026-11-22T01:02:61Z", false, 0},
    {"instant: offset of a day", "2026-11-22T01:02:03+24:00", false, 0},
    {"instant: offset beyond PostgreSQL", "2026-11-22T01:02:03+16:00", false, 0},
    {"instant: minutes of the offset", "2026-11-22T01:02:03+07:60", false, 0},
    {"instant: offset without colon", "2026-11-22T01:02:03+0700", false, 0},
    {"instant: point without digits", "2026-11-22T01:02:03.Z", false, 0},
    {"instant: ten digits", "2026-11-22T01:02:03.1234567890Z", false, 0},
    {"instant: comma", "2026-11-22T01:02:03,5Z", false, 0},
    {"instant: text behind", "2026-11-22T01:02:03Zx", false, 0},
    {"instant: line feed behind", "2026-11-22T01:02:03Z\n", false, 0},
    {"instant: empty", "", false, 0},
    {"instant: day of another month", "2026-02-29T00:00:00Z", false, 0},
};

static void check_instant(void **state)
{
    const struct instant *row = *state;
    int64_t seconds = 4711;
    assert_int_equal(clock_parse(row->text, &seconds), row->good);
    assert_true(seconds == (row->good ? row->seconds : 4711));
}

static const struct date {
    const char *name, *text;
    bool good;
} dates[] = {
    {"date: plain", "2026-11-22", true},
    {"date: leap day", "2024-02-29", true},
    {"date: leap day of 2000", "2000-02-29", true},
    {"date: none in 1900", "1900-02-29", false},
    {"date: none in 2025", "2025-02-29", false},
    {"date: 31 April", "2026-04-31", false},
    {"date: 31 December", "2026-12-31", true},
    {"date: month 13", "2026-13-01", false},
    {"date: month 0", "2026-00-10", false},
    {"date: day 0", "2026-01-00", false},
    {"date: year 0", "0000-01-01", false},
    {"date: first year", "0001-01-01", true},
    {"date: one digit", "2026-1-1", false},
    {"date: day first", "22-11-2026", false},
    {"date: slashes", "2026/11/22", false},
    {"date: five digits", "12026-11-22", false},
    {"date: time behind", "2026-11-22T00:00:00Z", false},
    {"date: space behind", "2026-11-22 ", false},
    {"date: other digits", "2026-11-\u0662\u0662", false},
    {"date: empty", "", false},
    {"date: minus year", "-026-11-22", false},
};

static void check_date(void **state)
{
    const struct date *row = *state;
    assert_int_equal(clock_date_valid(row->text), row->good);
}

static const struct printed {
    const char *name;
    int64_t ms;
    const char *text;
} printeds[] = {
    {"rfc3339: epoch", 0, "1970-01-01T00:00:00.000Z"},
    {"rfc3339: milliseconds", 1795309323456, "2026-11-22T01:02:03.456Z"},
    {"rfc3339: just before the epoch", -1, "1969-12-31T23:59:59.999Z"},
};

static void check_printed(void **state)
{
    const struct printed *row = *state;
    char text[32];
    clock_rfc3339(row->ms, text);
    assert_string_equal(text, row->text);
}

static void clock_runs_on_from_where_it_was_set(void **state)
{
    (void)state;
    assert_string_equal(clock_shift(), "");
    assert_in_range((uintmax_t)(clock_now() - time(NULL) + 1), 0, 2);
    clock_set(1795309323);
    assert_in_range((uintmax_t)clock_now(), 1795309323, 1795309325);
    assert_in_range((uintmax_t)clock_now_ms(), 1795309323000, 1795309325000);
    int64_t shift = strtoll(clock_shift(), NULL, 10);
    assert_in_range((uintmax_t)(time(NULL) + shift), 1795309323, 1795309325);
    int64_t before = clock_monotonic_us();
    clock_set(0);
    assert_in_range((uintmax_t)(clock_monotonic_us() - before), 0, 5000000);
    assert_in_range((uintmax_t)(clock_monotonic_ms() - before / 1000), 0, 5000);
}

static void uuid7_is_ordered_by_time_and_marked(void **state)
{
    (void)state;
    char earlier[UUID_TEXT], later[UUID_TEXT];
    clock_set(1795309323);
    uuid7(earlier);
    clock_set(1795309325);
    uuid7(later);
    assert_true(uuid_valid(earlier));
    assert_int_equal(strlen(earlier), 36);
    assert_true(strcmp(earlier, later) < 0);
    assert_int_equal(earlier[14], '7');
    assert_non_null(strchr("89ab", earlier[19]));
    char hex[13] = {0};
    memcpy(hex, earlier, 8);
    memcpy(hex + 8, earlier + 9, 4);
    assert_in_range(strtoull(hex, NULL, 16), 1795309323000, 1795309325000);
}

static void uuid7_does_not_repeat(void **state)
{
    (void)state;
    static char ids[2000][UUID_TEXT];
    for (size_t i = 0; i < 2000; i++) {
        uuid7(ids[i]);
    }
    qsort(ids, 2000, sizeof ids[0], (int (*)(const void *, const void *))strcmp);
    for (size_t i = 1; i < 2000; i++) {
        assert_string_not_equal(ids[i - 1], ids[i]);
    }
}

static const struct uuid {
    const char *name, *text;
    bool good;
} uuids[] = {
    {"uuid: version 7", "01936d1c-7b2a-7c3d-8e4f-0123456789ab", true},
    {"uuid: upper case", "01936D1C-7B2A-7C3D-8E4F-0123456789AB", true},
    {"uuid: nil", "00000000-0000-0000-0000-000000000000", true},
    {"uuid: empty", "", false},
    {"uuid: cut", "01936d1c-7b2a-7c3d-8e4f-0123456789a", false},
    {"uuid: longer", "01936d1c-7b2a-7c3d-8e4f-0123456789abc", false},
    {"uuid: without dashes", "01936d1c7b2a7c3d8e4f0123456789ab", false},
    {"uuid: dash moved", "01936d1-c7b2a-7c3d-8e4f-0123456789ab", false},
    {"uuid: letter g", "g1936d1c-7b2a-7c3d-8e4f-0123456789ab", false},
    {"uuid: braces", "{01936d1c-7b2a-7c3d-8e4f-0123456789ab}", false},
    {"uuid: line feed behind", "01936d1c-7b2a-7c3d-8e4f-0123456789ab\n", false},
};

static void check_uuid(void **state)
{
    const struct uuid *row = *state;
    assert_int_equal(uuid_valid(row->text), row->good);
}

int main(void)
{
    add_test(clock_runs_on_from_where_it_was_set);
    add_cases(instants, check_instant);
    add_cases(dates, check_date);
    add_cases(printeds, check_printed);
    add_test(uuid7_is_ordered_by_time_and_marked);
    add_test(uuid7_does_not_repeat);
    add_cases(uuids, check_uuid);
    return run_cases(NULL, NULL);
}
