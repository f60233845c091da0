/* SPDX-License-Identifier: MIT */
/* Query strings, and parameters against the contract: nothing is dropped in silence. */
#include "cases.h"
#include "contract/parameters.h"
#include "core/buffer.h"
#include "core/cleanup.h"
#include "tables.h"

/* "name code params" of each fault, separated by line feeds. */
static char *listed(struct arena *arena, const struct faults *faults)
{
    cleanup(buffer_done) struct buffer out = buffer_with_limit(1 << 20);
    buffer_text(&out, "");
    for (const struct fault *fault = faults->first; fault; fault = fault->next) {
        const char *name = fault->parameter ? fault->parameter : fault->header ? fault->header : "-";
        buffer_printf(&out, "%s%s %s%s%s", out.length ? "\n" : "", name, fault->code, fault->params ? " " : "",
                      fault->params ? fault->params : "");
    }
    return arena_copy(arena, out.bytes, out.length);
}

static const struct query {
    const char *name, *raw;
    const char *pairs; /* name=value|… */
    const char *faults;
} queries[] = {
    {"query: none", NULL, "", ""},
    {"query: empty", "", "", ""},
    {"query: two", "a=1&b=2", "a=1|b=2|", ""},
    {"query: empty pairs are nothing", "&a=1&&b=2&", "a=1|b=2|", ""},
    {"query: brackets encoded or not", "updated_at%5Bgte%5D=x&updated_at[lt]=y", "updated_at[gte]=x|updated_at[lt]=y|",
     ""},
    {"query: plus is a space", "q=thanh+h%C3%B3a%2B", "q=thanh hóa+|", ""},
    {"query: NFC", "q=Ho%CC%81a", "q=Hóa|", ""},
    {"query: equals in the value", "cursor=abc==", "cursor=abc==|", ""},
    {"query: valueless", "flag", "", "flag valueless_parameter"},
    {"query: nothing behind equals", "a=", "", "a valueless_parameter"},
    {"query: nameless", "=1", "", " valueless_parameter"},
    {"query: repeated", "a=1&a=2", "", "a repeated_parameter"},
    {"query: repeated in disguise", "a=1&%61=2", "", "a repeated_parameter"},
    {"query: repeated after NFC", "\u00e0=1&a%CC%80=2", "", "\u00e0 repeated_parameter"},
    {"query: not UTF-8 does not vanish", "status=%ff%fe&ok=1", "", "status malformed_parameter"},
    {"query: NUL does not cut", "a=b%00c", "", "a malformed_parameter"},
    {"query: broken escape", "a=%zz", "", "a malformed_parameter"},
    {"query: cut escape does not eat the next", "a=%2&b=1", "", "a malformed_parameter"},
    {"query: broken name", "%zz=1", "", "%zz malformed_parameter"},
    {"query: name of raw bytes", "\xff=1", "", "%FF malformed_parameter"},
    {"query: control character", "a=%0d%0aSet-Cookie", "", "a malformed_parameter"},
    {"query: several faults", "a&b=%&c=1&c=2", "",
     "a valueless_parameter\nb malformed_parameter\nc repeated_parameter"},
};

static void check_query(void **state)
{
    const struct query *row = *state;
    cleanup(arena_done) struct arena arena = {0};
    struct faults faults = {.arena = &arena};
    struct query_string query = {.count = 0};
    bool good = query_string_parse(&arena, row->raw, &query, &faults);
    cleanup(buffer_done) struct buffer pairs = buffer_with_limit(10000);
    buffer_text(&pairs, "");
    for (size_t i = 0; i < query.count; i++) {
        buffer_printf(&pairs, "%s=%s|", query.pairs[i].name, query.pairs[i].value);
    }
    assert_string_equal(listed(&arena, &faults), row->faults);
    assert_string_equal(pairs.bytes, row->pairs);
    assert_int_equal(good, !*row->faults);
    assert_int_equal(good, faults.count == 0);
}

static void query_is_bounded(void **state)
{
    (void)state;
    cleanup(arena_done) struct arena arena = {0};
    struct faults faults = {.arena = &arena};
    struct query_string query = {.count = 0};
    cleanup(buffer_done) struct buffer raw = buffer_with_limit(100000);
    for (int i = 0; i < QUERY_PARAMETERS_MAX; i++) {
        buffer_printf(&raw, "&p%d=1", i);
    }
    assert_true(query_string_parse(&arena, raw.bytes, &query, &faults));
    assert_int_equal(query.count, QUERY_PARAMETERS_MAX);
    assert_string_equal(query_string_get(&query, "p63"), "1");
    assert_null(query_string_get(&query, "p64"));
    buffer_text(&raw, "&x=1");
    assert_false(query_string_parse(&arena, raw.bytes, &query, &faults));
    assert_string_equal(listed(&arena, &faults), "- too_many_parameters {\"limit\": 64}");
    buffer_printf(&raw, "%0*d", QUERY_STRING_MAX, 1);
    faults = (struct faults){.arena = &arena};
    assert_false(query_string_parse(&arena, raw.bytes, &query, &faults));
    assert_string_equal(listed(&arena, &faults), "- query_too_long {\"limit\": 8192}");
}

#define LISTED "\"limit\", \"level\", \"codes\", \"q\", \"updated_at[gte]\", \"deleted\", \"texts\", \"ratio\""
#define ID     "01936d1c-7b2a-7c3d-8e4f-0123456789ab"

static const struct reading {
    const char *name;
    const struct operation *operation;
    const char *raw;
    const char *path[2];
    const char *header;
    const char *values; /* value|… with - for NULL */
    const char *faults;
} readings[] = {
    {"list: fallbacks", &operation_list, "", {0}, 0, "50|-|-|-|-|false|-|-|", ""},
    {"list: each filter",
     &operation_list,
     "limit=7&level=national,local&codes=70&q=hoa&updated_at[gte]=2026-01-01T00:00:00Z&deleted=true&ratio=0.5",
     {0},
     0,
     "7|{\"national\",\"local\"}|{\"70\"}|hoa|2026-01-01T00:00:00Z|true|-|0.5|",
     ""},
    {"list: quotes and braces inside elements",
     &operation_list,
     "texts=a%22b,c%5Cd,%7Be%7D,NULL",
     {0},
     0,
     "50|-|-|-|-|false|{\"a\\\"b\",\"c\\\\d\",\"{e}\",\"NULL\"}|-|",
     ""},
    {"list: encoded comma separates as well",
     &operation_list,
     "level=national%2Clocal",
     {0},
     0,
     "50|{\"national\",\"local\"}|-|-|-|false|-|-|",
     ""},
    {"list: unknown parameter",
     &operation_list,
     "stauts=x",
     {0},
     0,
     "50|-|-|-|-|false|-|-|",
     "stauts unknown-parameter {\"allowed\": [" LISTED "]}"},
    {"list: names are case-sensitive",
     &operation_list,
     "Limit=1",
     {0},
     0,
     "50|-|-|-|-|false|-|-|",
     "Limit unknown-parameter {\"allowed\": [" LISTED "]}"},
    {"list: writes' parameters are unknown",
     &operation_list,
     "validate_only=true&if_version=1&_method=GET",
     {0},
     0,
     "50|-|-|-|-|false|-|-|",
     "validate_only unknown-parameter {\"allowed\": [" LISTED "]}\nif_version unknown-parameter {\"allowed\": [" LISTED
     "]}\n_method unknown-parameter {\"allowed\": [" LISTED "]}"},
    {"list: value outside the limits",
     &operation_list,
     "limit=201",
     {0},
     0,
     "-|-|-|-|-|false|-|-|",
     "limit maximum {\"limit\": 200}"},
    {"list: bare date for an instant",
     &operation_list,
     "updated_at[gte]=2026-01-01",
     {0},
     0,
     "50|-|-|-|-|false|-|-|",
     "updated_at[gte] format {\"format\": \"date-time\"}"},
    {"list: element not in the list",
     &operation_list,
     "level=national,x",
     {0},
     0,
     "50|-|-|-|-|false|-|-|",
     "level enum {\"allowed\": [\"national\", \"local\"]}"},
    {"list: empty element",
     &operation_list,
     "level=national,",
     {0},
     0,
     "50|-|-|-|-|false|-|-|",
     "level valueless_parameter"},
    {"list: repeated element", &operation_list, "codes=70,75,70", {0}, 0, "50|-|-|-|-|false|-|-|", "codes uniqueItems"},
    {"list: too many elements",
     &operation_list,
     "codes=70,71,72,73",
     {0},
     0,
     "50|-|-|-|-|false|-|-|",
     "codes maxItems {\"limit\": 3}"},
    {"list: every fault",
     &operation_list,
     "limit=x&q=123456&z=1",
     {0},
     0,
     "-|-|-|-|-|false|-|-|",
     "z unknown-parameter {\"allowed\": [" LISTED
     "]}\nlimit type {\"expected\": [\"integer\"]}\nq maxLength {\"limit\": 5}"},
    {"change: path in its order, header absent", &operation_change, "", {ID, "Ref"}, 0, ID "|-|Ref|", ""},
    {"change: path to NFC", &operation_change, "", {ID, "Ho\u0301a"}, 0, ID "|-|H\u00f3a|", ""},
    {"change: header", &operation_change, "", {ID, "Ref"}, "\"17\"", ID "|\"17\"|Ref|", ""},
    {"change: the core's parameters",
     &operation_change,
     "if_version=7&validate_only=true&_method=PATCH",
     {ID, "Ref"},
     0,
     ID "|-|Ref|",
     ""},
    {"change: path is no uuid",
     &operation_change,
     "",
     {"7", "Ref"},
     0,
     "-|-|Ref|",
     "programme_id format {\"format\": \"uuid\"}"},
    {"change: header too long",
     &operation_change,
     "",
     {ID, "Ref"},
     "\"12345\"",
     ID "|-|Ref|",
     "If-Match maxLength {\"limit\": 5}"},
    {"change: header with a control character",
     &operation_change,
     "",
     {ID, "Ref"},
     "a\tb",
     ID "|-|Ref|",
     "If-Match malformed_parameter"},
    {"change: header that is not UTF-8",
     &operation_change,
     "",
     {ID, "Ref"},
     "\xe9",
     ID "|-|Ref|",
     "If-Match malformed_parameter"},
    {"create: required are missing",
     &operation_create,
     "",
     {0},
     0,
     "-|-|",
     "Idempotency-Key required {\"member\": \"Idempotency-Key\"}\nyear required {\"member\": \"year\"}"},
    {"create: required are there", &operation_create, "year=26&validate_only=true", {0}, "key", "key|26|", ""},
    {"create: a POST is no other method",
     &operation_create,
     "year=26&_method=PATCH",
     {0},
     "key",
     "key|26|",
     "_method unknown-parameter {\"allowed\": [\"year\"]}"},
    {"create: has no version yet",
     &operation_create,
     "year=26&if_version=1",
     {0},
     "key",
     "key|26|",
     "if_version unknown-parameter {\"allowed\": [\"year\"]}"},
};

static const char *header(void *closure, const char *name)
{
    return !strcmp(name, "If-Match") || !strcmp(name, "Idempotency-Key") ? closure : NULL;
}

static void check_reading(void **state)
{
    const struct reading *row = *state;
    cleanup(arena_done) struct arena arena = {0};
    struct faults faults = {.arena = &arena};
    struct query_string query = {.count = 0};
    assert_true(query_string_parse(&arena, row->raw, &query, &faults));
    const char *values[8];
    bool good =
        parameters_read(row->operation, row->path, &query, header, (void *)(uintptr_t)row->header, values, &faults);
    cleanup(buffer_done) struct buffer text = buffer_with_limit(10000);
    for (size_t i = 0; i < row->operation->nparameters; i++) {
        buffer_printf(&text, "%s|", values[i] ? values[i] : "-");
    }
    assert_string_equal(listed(&arena, &faults), row->faults);
    assert_string_equal(text.bytes, row->values);
    assert_int_equal(good, !*row->faults);
}

static void list_is_bounded(void **state)
{
    (void)state;
    cleanup(arena_done) struct arena arena = {0};
    cleanup(buffer_done) struct buffer raw = buffer_with_limit(10000);
    buffer_text(&raw, "level=local");
    for (int i = 1; i < LIST_VALUES_MAX; i++) {
        buffer_text(&raw, ",local");
    }
    for (int extra = 0; extra < 2; extra++) {
        struct faults faults = {.arena = &arena};
        struct query_string query = {.count = 0};
        const char *values[8];
        assert_true(query_string_parse(&arena, raw.bytes, &query, &faults));
        assert_int_equal(parameters_read(&operation_list, NULL, &query, header, NULL, values, &faults), !extra);
        assert_string_equal(listed(&arena, &faults), extra ? "level maxItems {\"limit\": 100}" : "");
        buffer_text(&raw, ",local");
    }
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
    add_cases(queries, check_query);
    add_test(query_is_bounded);
    add_cases(readings, check_reading);
    add_test(list_is_bounded);
    return run_cases(open_contract, close_contract);
}
