/* SPDX-License-Identifier: MIT */
#include "tables.h"

enum pattern { ANY = -1, CODE, SLOW, LETTERS };
const char *const patterns[] = {"^[0-9]{2}$", "^(([a-z])+.)+[A-Z]([a-z])+$", "^.{2}$", NULL};
const size_t npatterns = 3;

enum { LEVELS, NOTHING = 2, ONE = 3 };
const char *const literals[] = {"\"national\"", "\"local\"", "null", "1", NULL};
const size_t nliterals = 4;

const struct message messages[] = {
    {.code = "const"}, {.code = "enum"}, {.code = "project_end_check"}, {.code = "type"}};
const size_t nmessages = 4;

/* What a schema has when nothing is said. */
#define NO_PATTERN .pattern = ANY
#define ANY_LENGTH .max_length = SIZE_MAX
#define ANY_ITEMS  .max_items = SIZE_MAX
#define BASE       NO_PATTERN, ANY_LENGTH, ANY_ITEMS

const struct schema schema_anything = {BASE};
const struct schema schema_small = {BASE,         .kinds = KIND_INTEGER, .has_minimum = true,
                                    .minimum = 1, .has_maximum = true,   .maximum = 200};
const struct schema schema_price = {
    BASE,         .kinds = KIND_INTEGER, .format = FORMAT_INT64,       .has_minimum = true,
    .minimum = 0, .has_maximum = true,   .maximum = 9007199254740991.0};
const struct schema schema_ratio = {BASE, .kinds = KIND_NUMBER, .has_maximum = true, .maximum = 0.5};
const struct schema schema_flag = {BASE, .kinds = KIND_BOOLEAN};
const struct schema schema_code = {ANY_LENGTH, ANY_ITEMS, .pattern = CODE, .kinds = KIND_STRING};
const struct schema schema_slow = {ANY_LENGTH, ANY_ITEMS, .pattern = SLOW, .kinds = KIND_STRING};
const struct schema schema_when = {BASE, .kinds = KIND_STRING, .format = FORMAT_DATE_TIME};
const struct schema schema_id = {BASE, .kinds = KIND_STRING, .format = FORMAT_UUID};
const struct schema schema_fixed = {BASE, .kinds = KIND_INTEGER, .first_literal = ONE, .nliterals = 1,
                                    .constant = true};
const struct schema schema_nullable_date = {BASE, .kinds = KIND_STRING | KIND_NULL, .format = FORMAT_DATE};
const struct schema schema_list = {NO_PATTERN,     ANY_LENGTH,     .kinds = KIND_ARRAY, .items = &schema_code,
                                   .min_items = 1, .max_items = 3, .unique_items = true};

static const struct schema name = {NO_PATTERN, ANY_ITEMS, .kinds = KIND_STRING, .min_length = 1, .max_length = 5};
static const struct schema two_letters = {ANY_LENGTH, ANY_ITEMS, .pattern = LETTERS, .kinds = KIND_STRING};
static const struct schema level = {BASE, .kinds = KIND_STRING, .first_literal = LEVELS, .nliterals = 2};
static const struct schema level_or_null = {BASE, .kinds = KIND_STRING | KIND_NULL, .first_literal = LEVELS,
                                            .nliterals = 3};
static const struct schema int32 = {BASE, .kinds = KIND_INTEGER, .format = FORMAT_INT32};
static const struct schema uri = {BASE, .kinds = KIND_STRING, .format = FORMAT_URI};
static const struct schema email = {BASE, .kinds = KIND_STRING, .format = FORMAT_EMAIL};
static const struct property line_properties[] = {{"support_vnd", &schema_price}, {"a/b~c", &schema_small}};
static const char *const line_required[] = {"support_vnd", NULL};
static const struct schema line = {BASE,
                                   .kinds = KIND_OBJECT,
                                   .closed = true,
                                   .properties = line_properties,
                                   .nproperties = 2,
                                   .required = line_required,
                                   .nrequired = 1};
static const struct schema lines = {NO_PATTERN, ANY_LENGTH, .kinds = KIND_ARRAY, .items = &line, .max_items = 150};
static const struct property programme_properties[] = {{"name", &name},          {"two_letters", &two_letters},
                                                       {"level", &level},        {"stage", &level_or_null},
                                                       {"number", &int32},       {"lines", &lines},
                                                       {"codes", &schema_list},  {"begins_on", &schema_nullable_date},
                                                       {"at", &schema_when},     {"id", &schema_id},
                                                       {"home", &uri},           {"email", &email},
                                                       {"ratio", &schema_ratio}, {"fixed", &schema_fixed},
                                                       {"slow", &schema_slow},   {"extra", &schema_anything}};
static const char *const programme_required[] = {"name", "level", NULL};
const struct schema schema_programme = {BASE,
                                        .name = "Programme",
                                        .kinds = KIND_OBJECT,
                                        .closed = true,
                                        .properties = programme_properties,
                                        .nproperties = sizeof programme_properties / sizeof programme_properties[0],
                                        .required = programme_required,
                                        .nrequired = 2};

static const struct schema levels = {NO_PATTERN, ANY_LENGTH, .kinds = KIND_ARRAY, .items = &level, .max_items = 500};
static const struct parameter list_parameters[] = {
    {"limit", IN_QUERY, &schema_small, "50", false, false},
    {"level", IN_QUERY, &levels, NULL, false, true},
    {"codes", IN_QUERY, &schema_list, NULL, false, true},
    {"q", IN_QUERY, &name, NULL, false, false},
    {"updated_at[gte]", IN_QUERY, &schema_when, NULL, false, false},
    {"deleted", IN_QUERY, &schema_flag, "false", false, false},
    {"texts", IN_QUERY, &(const struct schema){BASE, .kinds = KIND_ARRAY, .items = &schema_anything}, NULL, false,
     true},
    {"ratio", IN_QUERY, &schema_ratio, NULL, false, false},
};
const struct operation operation_list = {
    .id = "listProgrammes", .method = METHOD_GET, .parameters = list_parameters, .nparameters = 8};

static const struct parameter change_parameters[] = {
    {"programme_id", IN_PATH, &schema_id, NULL, true, false},
    {"If-Match", IN_HEADER, &name, NULL, false, false},
    {"code", IN_PATH, &schema_anything, NULL, true, false},
};
const struct operation operation_change = {.id = "updateProgramme",
                                           .method = METHOD_PATCH,
                                           .parameters = change_parameters,
                                           .nparameters = 3,
                                           .takes_version = true,
                                           .is_write = true};

static const struct parameter create_parameters[] = {
    {"Idempotency-Key", IN_HEADER, &schema_anything, NULL, true, false},
    {"year", IN_QUERY, &schema_small, NULL, true, false},
};
const struct operation operation_create = {.id = "createProgramme",
                                           .method = METHOD_POST,
                                           .parameters = create_parameters,
                                           .nparameters = 2,
                                           .is_write = true};
