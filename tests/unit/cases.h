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
#define TESTS_MAX 1024
static struct CMUnitTest tests[TESTS_MAX];
static size_t ntests;

static inline void add_case(const char *name, CMUnitTestFunction function, const void *row)
{
    assert_true(ntests < TESTS_MAX);
    tests[ntests++] = (struct CMUnitTest){.name = name, .test_func = function, .initial_state = (void *)(uintptr_t)row};
}

#define add_test(function) add_case(#function, function, NULL)
#define add_cases(rows, function)                                                                                      \
    for (size_t i_ = 0; i_ < sizeof(rows) / sizeof(rows)[0]; i_++) {                                                   \
        add_case((rows)[i_].name, function, &(rows)[i_]);                                                              \
    }

#define run_cases(setup, teardown)                                                                                     \
    (cmocka_set_message_output(CM_OUTPUT_TAP), cmocka_run_group_tests(tests, setup, teardown))
