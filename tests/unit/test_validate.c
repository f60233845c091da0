/* SPDX-License-Identifier: MIT */
/* Values against schemas: every fault with its place, code and limit. */
#include "cases.h"
#include "contract/validate.h"
#include "core/buffer.h"
#include "core/cleanup.h"
#include "tables.h"

#include <time.h>

/* "pointer code params" of each fault, separated by line feeds. */
static char *listed(struct arena *arena, const struct faults *faults)
{
    cleanup(buffer_done) struct buffer out = buffer_with_limit(1 << 20);
    buffer_text(&out, "");
    for (const struct fault *fault = faults->first; fault; fault = fault->next) {
        buffer_printf(&out, "%s%s %s%s%s", out.length ? "\n" : "", fault->pointer, fault->code,
                      fault->params ? " " : "", fault->params ? fault->params : "");
    }
    return arena_copy(arena, out.bytes, out.length);
}

#define OK(more)  "{\"name\":\"x\",\"level\":\"local\"" more "}"
#define M(member) OK("," member)

static const struct value {
    const char *name, *body, *faults;
} values[] = {
    {"valid: the least", OK(""), ""},
    {"valid: any extra", M("\"extra\":[1,{\"a\":[null]}]"), ""},
    {"type: array for an object", "[]", "# type {\"expected\": [\"object\"]}"},
    {"type: text for an object", "\"x\"", "# type {\"expected\": [\"object\"]}"},
    {"type: null for a text", M("\"home\":null"), "#/home type {\"expected\": [\"string\"]}"},
    {"type: text or null", M("\"stage\":1"), "#/stage type {\"expected\": [\"null\", \"string\"]}"},
    {"type: number in quotes", M("\"number\":\"1000\""), "#/number type {\"expected\": [\"integer\"]}"},
    {"type: 1.0 is no integer", M("\"number\":1.0"), "#/number type {\"expected\": [\"integer\"]}"},
    {"type: 1e9 is no integer", M("\"number\":1e9"), "#/number type {\"expected\": [\"integer\"]}"},
    {"type: an integer is a number", M("\"ratio\":0"), ""},
    {"required: both named", "{}", "# required {\"member\": \"name\"}\n# required {\"member\": \"level\"}"},
    {"required: null is there", "{\"name\":null,\"level\":\"local\"}", "#/name type {\"expected\": [\"string\"]}"},
    {"required: inside an array", M("\"lines\":[{\"support_vnd\":1},{}]"),
     "#/lines/1 required {\"member\": \"support_vnd\"}"},
    {"additionalProperties: unknown member", M("\"nam\":1"), "#/nam additionalProperties"},
    {"additionalProperties: escaped", M("\"a/b~c\":1"), "#/a~1b~0c additionalProperties"},
    {"additionalProperties: as in a fragment", M("\"100% \\\"#\\\"\":1"), "#/100%25%20%22%23%22 additionalProperties"},
    {"additionalProperties: letters stay", M("\"tên\":1"), "#/tên additionalProperties"},
    {"additionalProperties: empty name", M("\"\":1"), "#/ additionalProperties"},
    {"pointer: escaped contract name", M("\"lines\":[{\"support_vnd\":1,\"a/b~c\":0}]"),
     "#/lines/0/a~1b~0c minimum {\"limit\": 1}"},
    {"minLength: empty", "{\"name\":\"\",\"level\":\"local\"}", "#/name minLength {\"limit\": 1}"},
    {"maxLength: five letters of eleven bytes", "{\"name\":\"Đềếộ1\",\"level\":\"local\"}", ""},
    {"maxLength: six letters", "{\"name\":\"Đề án1\",\"level\":\"local\"}", "#/name maxLength {\"limit\": 5}"},
    {"maxLength: beyond the basic plane", "{\"name\":\"🌾🌾🌾🌾🌾\",\"level\":\"local\"}", ""},
    {"pattern: counts letters, not bytes", M("\"two_letters\":\"đê\""), ""},
    {"pattern: one letter", M("\"two_letters\":\"đ\""), "#/two_letters pattern {\"pattern\": \"^.{2}$\"}"},
    {"pattern: no line feed at the end", M("\"codes\":[\"70\\n\"]"), "#/codes/0 pattern {\"pattern\": \"^[0-9]{2}$\"}"},
    {"pattern: digits of another script", M("\"codes\":[\"٧٠\"]"), "#/codes/0 pattern {\"pattern\": \"^[0-9]{2}$\"}"},
    {"enum: not listed", M("\"stage\":\"x\""), "#/stage enum {\"allowed\": [\"national\", \"local\", null]}"},
    {"enum: null listed", M("\"stage\":null"), ""},
    {"const: equal", M("\"fixed\":1"), ""},
    {"const: other", M("\"fixed\":2"), "#/fixed const {\"allowed\": [1]}"},
    {"minimum: money below zero", M("\"lines\":[{\"support_vnd\":-1}]"),
     "#/lines/0/support_vnd minimum {\"limit\": 0}"},
    {"minimum: minus zero is zero", M("\"lines\":[{\"support_vnd\":-0}]"), ""},
    {"maximum: largest money", M("\"lines\":[{\"support_vnd\":9007199254740991}]"), ""},
    {"maximum: one more", M("\"lines\":[{\"support_vnd\":9007199254740992}]"),
     "#/lines/0/support_vnd maximum {\"limit\": 9007199254740991}"},
    {"maximum: largest 64-bit", M("\"lines\":[{\"support_vnd\":9223372036854775807}]"),
     "#/lines/0/support_vnd maximum {\"limit\": 9007199254740991}"},
    {"maximum: of a fraction", M("\"ratio\":0.6"), "#/ratio maximum {\"limit\": 0.5}"},
    {"maximum: equal is allowed", M("\"ratio\":0.5"), ""},
    {"format: int32 at the edge", M("\"number\":-2147483648"), ""},
    {"format: int32 beyond", M("\"number\":2147483648"), "#/number format {\"format\": \"int32\"}"},
    {"format: date", M("\"begins_on\":\"2024-02-29\""), ""},
    {"format: null date", M("\"begins_on\":null"), ""},
    {"format: no such date", M("\"begins_on\":\"2025-02-29\""), "#/begins_on format {\"format\": \"date\"}"},
    {"format: instant for a date", M("\"begins_on\":\"2025-02-28T00:00:00Z\""),
     "#/begins_on format {\"format\": \"date\"}"},
    {"format: instant", M("\"at\":\"2025-02-28T00:00:00+07:00\""), ""},
    {"format: bare date for an instant", M("\"at\":\"2025-02-28\""), "#/at format {\"format\": \"date-time\"}"},
    {"format: uuid", M("\"id\":\"01936d1c-7b2a-7c3d-8e4f-0123456789ab\""), ""},
    {"format: no uuid", M("\"id\":\"1\""), "#/id format {\"format\": \"uuid\"}"},
    {"format: uri", M("\"home\":\"https://example.com/a?b=%20#c\""), ""},
    {"format: relative uri", M("\"home\":\"/a\""), "#/home format {\"format\": \"uri\"}"},
    {"format: uri with a space", M("\"home\":\"https://example.com/a b\""), "#/home format {\"format\": \"uri\"}"},
    {"format: uri with a cut escape", M("\"home\":\"https://example.com/%2\""), "#/home format {\"format\": \"uri\"}"},
    {"format: uri ends in percent", M("\"home\":\"https://example.com/%\""), "#/home format {\"format\": \"uri\"}"},
    {"format: scheme alone", M("\"home\":\"https:\""), "#/home format {\"format\": \"uri\"}"},
    {"format: uri with letters of ours", M("\"home\":\"https://đà.vn/\""), "#/home format {\"format\": \"uri\"}"},
    {"format: email", M("\"email\":\"a.b+c@so-ct.example.vn\""), ""},
    {"format: email without a dot", M("\"email\":\"a@localhost\""), "#/email format {\"format\": \"email\"}"},
    {"format: email with two dots", M("\"email\":\"a..b@example.vn\""), "#/email format {\"format\": \"email\"}"},
    {"format: email dot first", M("\"email\":\".a@example.vn\""), "#/email format {\"format\": \"email\"}"},
    {"format: email dot before at", M("\"email\":\"a.@example.vn\""), "#/email format {\"format\": \"email\"}"},
    {"format: email without local part", M("\"email\":\"@example.vn\""), "#/email format {\"format\": \"email\"}"},
    {"format: email with two at", M("\"email\":\"a@b@example.vn\""), "#/email format {\"format\": \"email\"}"},
    {"format: email label with hyphen last", M("\"email\":\"a@b-.vn\""), "#/email format {\"format\": \"email\"}"},
    {"format: email empty label", M("\"email\":\"a@b..vn\""), "#/email format {\"format\": \"email\"}"},
    {"format: email dot last", M("\"email\":\"a@b.vn.\""), "#/email format {\"format\": \"email\"}"},
    {"format: email with line feed", M("\"email\":\"a@b.vn\\n\""), "#/email format {\"format\": \"email\"}"},
    {"minItems: empty", M("\"codes\":[]"), "#/codes minItems {\"limit\": 1}"},
    {"maxItems: four, and no look inside", M("\"codes\":[\"1\",\"2\",\"3\",\"4\"]"), "#/codes maxItems {\"limit\": 3}"},
    {"uniqueItems: first and third", M("\"codes\":[\"70\",\"75\",\"70\"]"),
     "#/codes uniqueItems {\"first\": 0, \"again\": 2}"},
    {"all faults at once", "{\"name\":\"\",\"level\":\"x\",\"number\":true,\"y\":1}",
     "#/name minLength {\"limit\": 1}\n#/level enum {\"allowed\": [\"national\", \"local\"]}\n"
     "#/number type {\"expected\": [\"integer\"]}\n#/y additionalProperties"},
};

static void check_value(void **state)
{
    const struct value *row = *state;
    cleanup(arena_done) struct arena arena = {0};
    struct faults faults = {.arena = &arena};
    json_t *body = body_parse(row->body, strlen(row->body), &faults);
    assert_non_null(body);
    assert_int_equal(validate(&schema_programme, body, "#", &faults), !*row->faults);
    assert_string_equal(listed(&arena, &faults), row->faults);
    json_decref(body);
}

static void faults_are_bounded(void **state)
{
    (void)state;
    cleanup(arena_done) struct arena arena = {0};
    struct faults faults = {.arena = &arena};
    json_t *lines = json_array();
    for (int i = 0; i < 150; i++) {
        json_array_append_new(lines, json_pack("{s:b, s:i}", "support_vnd", 1, "other", 1));
    }
    json_t *body = json_pack("{s:s, s:s, s:o}", "name", "x", "level", "local", "lines", lines);
    assert_false(validate(&schema_programme, body, "#", &faults));
    size_t collected = 0;
    for (const struct fault *fault = faults.first; fault; fault = fault->next) {
        collected++;
    }
    assert_int_equal(collected, FAULTS_MAX);
    assert_true(faults.count >= FAULTS_MAX);
    struct fault *last = faults.last;
    assert_null(fault_add(&faults, "#", "type"));
    assert_ptr_equal(faults.last, last);
    /* A valid value after a full list must not count as checked. */
    assert_false(validate(&schema_anything, body, "#", &faults));
    json_decref(body);
}

static void pattern_that_explodes_is_cut_off(void **state)
{
    (void)state;
    cleanup(arena_done) struct arena arena = {0};
    struct faults faults = {.arena = &arena};
    char text[3001];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    json_t *value = json_string(text);
    clock_t before = clock();
    for (int i = 0; i < 5; i++) {
        assert_false(validate(&schema_slow, value, "#", &faults));
    }
    /* About 35 ms of computing; 600 with PCRE2's own limits, years with none. */
    assert_true(clock() - before < CLOCKS_PER_SEC / 4);
    assert_string_equal(faults.first->code, "pattern");
    json_decref(value);
}

static void no_memory_is_no_yes(void **state)
{
    (void)state;
    cleanup(arena_done) struct arena arena = {0};
    while (arena_alloc(&arena, 1024)) {
    }
    while (arena_alloc(&arena, 1)) {
    }
    struct faults faults = {.arena = &arena};
    json_t *value = json_object();
    assert_false(validate(&schema_programme, value, "#", &faults));
    assert_null(faults.first);
    assert_int_equal(faults.count, 2);
    json_decref(value);
}

static const struct text {
    const char *name;
    const struct schema *schema;
    const char *text, *code, *params;
} texts[] = {
    {"text: integer", &schema_small, "200", NULL, NULL},
    {"text: integer above", &schema_small, "201", "maximum", "{\"limit\": 200}"},
    {"text: integer below", &schema_small, "0", "minimum", "{\"limit\": 1}"},
    {"text: no integer", &schema_small, "many", "type", "{\"expected\": [\"integer\"]}"},
    {"text: empty integer", &schema_small, "", "type", "{\"expected\": [\"integer\"]}"},
    {"text: leading zero", &schema_small, "050", "type", "{\"expected\": [\"integer\"]}"},
    {"text: plus", &schema_small, "+5", "type", "{\"expected\": [\"integer\"]}"},
    {"text: space before", &schema_small, " 5", "type", "{\"expected\": [\"integer\"]}"},
    {"text: space behind", &schema_small, "5 ", "type", "{\"expected\": [\"integer\"]}"},
    {"text: fraction for an integer", &schema_small, "5.0", "type", "{\"expected\": [\"integer\"]}"},
    {"text: beyond 64 bits", &schema_small, "99999999999999999999", "json_number", "{\"expected\": [\"integer\"]}"},
    {"text: array for an integer", &schema_small, "[1]", "type", "{\"expected\": [\"integer\"]}"},
    {"text: number", &schema_ratio, "0.25", NULL, NULL},
    {"text: number with exponent", &schema_ratio, "1e-1", NULL, NULL},
    {"text: number above", &schema_ratio, "1", "maximum", "{\"limit\": 0.5}"},
    {"text: infinity", &schema_ratio, "1e999", "json_number", "{\"expected\": [\"number\"]}"},
    {"text: word infinity", &schema_ratio, "inf", "type", "{\"expected\": [\"number\"]}"},
    {"text: true", &schema_flag, "true", NULL, NULL},
    {"text: false", &schema_flag, "false", NULL, NULL},
    {"text: 1 is no truth", &schema_flag, "1", "type", "{\"expected\": [\"boolean\"]}"},
    {"text: capitals are no truth", &schema_flag, "True", "type", "{\"expected\": [\"boolean\"]}"},
    {"text: pattern", &schema_code, "70", NULL, NULL},
    {"text: digits stay text", &schema_code, "7", "pattern", "{\"pattern\": \"^[0-9]{2}$\"}"},
    {"text: instant", &schema_when, "2026-11-22T00:00:00Z", NULL, NULL},
    {"text: bare date for an instant", &schema_when, "2026-11-22", "format", "{\"format\": \"date-time\"}"},
    {"text: nullable date", &schema_nullable_date, "2026-11-22", NULL, NULL},
    {"text: the word null", &schema_nullable_date, "null", "format", "{\"format\": \"date\"}"},
    {"text: anything", &schema_anything, "Đề án", NULL, NULL},
    {"text: not UTF-8", &schema_anything, "caf\xe9", "malformed_parameter", NULL},
    {"text: control character", &schema_anything, "a\tb", "malformed_parameter", NULL},
};

static void check_text(void **state)
{
    const struct text *row = *state;
    cleanup(arena_done) struct arena arena = {0};
    const char *code = "untouched", *params = "untouched";
    assert_int_equal(validate_text(row->schema, row->text, &code, &params, &arena), !row->code);
    assert_string_equal(code, row->code ? row->code : "untouched");
    if (!row->code || row->params) {
        assert_string_equal(params, row->code ? row->params : "untouched");
    } else {
        assert_null(params);
    }
}

static void messages_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < nmessages; i++) {
        assert_ptr_equal(message_find(messages[i].code), &messages[i]);
    }
    assert_null(message_find("absent"));
    assert_null(message_find(""));
    assert_null(message_find("zzz"));
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
    contract_close();
    return 0;
}

int main(void)
{
    add_cases(values, check_value);
    add_test(faults_are_bounded);
    add_test(pattern_that_explodes_is_cut_off);
    add_test(no_memory_is_no_yes);
    add_cases(texts, check_text);
    add_test(messages_are_found);
    return run_cases(open_contract, close_contract);
}
