/* SPDX-License-Identifier: MIT */
/* The official JSON Schema test suite against our validator, through the tables that generate.py makes. */
#include "cases.h"
#include "contract/validate.h"
#include "core/cleanup.h"
#include "schema_suite.h"

static void check_case(void **state)
{
    const struct suite_case *row = *state;
    cleanup(arena_done) struct arena arena = {0};
    struct faults faults = {.arena = &arena};
    json_t *value = body_parse(row->data, strlen(row->data), &faults);
    bool valid = value && validate(row->schema, value, "#", &faults);
    json_decref(value);
    assert_int_equal(valid, faults.count == 0);
    assert_int_equal(valid, row->valid);
}

static void what_is_left_out_is_listed(void **state)
{
    (void)state;
    for (size_t i = 0; suite_surprises[i]; i++) {
        print_error("%s\n", suite_surprises[i]);
    }
    assert_null(suite_surprises[0]);
}

static int open_contract(void **state)
{
    (void)state;
    return contract_open() ? 0 : -1;
}

static int close_contract(void **state)
{
    (void)state;
    contract_close();
    return 0;
}

int main(void)
{
    add_test(what_is_left_out_is_listed);
    for (size_t i = 0; i < nsuite_cases; i++) {
        add_case(suite_cases[i].name, check_case, &suite_cases[i]);
    }
    return run_cases(open_contract, close_contract);
}
