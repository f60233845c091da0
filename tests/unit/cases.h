/* SPDX-License-Identifier: MIT */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Every row of a table becomes a test of its own name:
 *     static const struct row { const char *name; … } rows[] = { … };
 *     add_cases(rows, check);    with    static void check(void **state) { const struct row *row = *state; … }
 * A test program has one group, so that its output is one TAP stream. */
#define TESTS_MAX 512
static struct CMUnitTest tests[TESTS_MAX];
static size_t ntests;

#define add_cases(rows, function)                                                                                      \
    for (size_t i_ = 0; i_ < sizeof(rows) / sizeof(rows)[0]; i_++) {                                                   \
        assert_true(ntests < TESTS_MAX);                                                                               \
        tests[ntests++] = (struct CMUnitTest){                                                                         \
            .name = (rows)[i_].name, .test_func = (function), .initial_state = (void *)(uintptr_t) & (rows)[i_]};      \
    }

#define add_test(function)                                                                                             \
    do {                                                                                                               \
        assert_true(ntests < TESTS_MAX);                                                                               \
        tests[ntests++] = (struct CMUnitTest){.name = #function, .test_func = (function)};                             \
    } while (0)

#define run_cases(setup, teardown)                                                                                     \
    (cmocka_set_message_output(CM_OUTPUT_TAP), cmocka_run_group_tests(tests, setup, teardown))
