/* SPDX-License-Identifier: MIT */
#pragma once
#include "contract/contract.h"

/* A small contract written by hand, so that these tests need no generator and say what each row means. */
extern const struct schema schema_programme, schema_anything, schema_small, schema_price, schema_flag, schema_code,
    schema_when, schema_list, schema_id, schema_fixed, schema_ratio, schema_slow, schema_nullable_date;
extern const struct operation operation_list, operation_change, operation_create;
