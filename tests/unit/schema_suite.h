/* SPDX-License-Identifier: MIT */
#pragma once
#include "contract/contract.h"

/* Made by schema_suite.py from the official JSON Schema test suite. */
struct suite_case {
    const char *name; /* file, group: case */
    const struct schema *schema;
    const char *data;
    bool valid; /* as the suite says, or the contrary where we decided otherwise */
};
extern const struct suite_case suite_cases[];
extern const size_t nsuite_cases;
extern const char
    *const suite_surprises[]; /* differences between the suite and what schema_suite.py lists; NULL ends */
