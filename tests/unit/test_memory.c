/* SPDX-License-Identifier: MIT */
/* Memory that ends at the n-th allocation, for every n: nothing crashes or leaks, nothing wrong is called right, and
 * nothing right is called wrong without arena.failed being set; but for one thing that cannot be told apart: Jansson's
 * lexer calls a token that it has no memory for a syntax error. */
#include "cases.h"
#include "contract/parameters.h"
#include "contract/validate.h"
#include "core/cleanup.h"
#include "tables.h"

#include <stdlib.h>

static size_t allowed = SIZE_MAX;

static bool refused(void)
{
    if (allowed == 0) {
        return true;
    }
    allowed -= allowed != SIZE_MAX;
    return false;
}

/* Linked with --wrap; Jansson allocates through its own hook. */
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_realloc(void *bytes, size_t size);
void *__wrap_realloc(void *bytes, size_t size);

void *__wrap_calloc(size_t count, size_t size)
{
    return refused() ? NULL : __real_calloc(count, size);
}

void *__wrap_malloc(size_t size)
{
    return refused() ? NULL : __real_malloc(size);
}

void *__wrap_realloc(void *bytes, size_t size)
{
    return refused() ? NULL : __real_realloc(bytes, size);
}

static void *json_malloc(size_t size)
{
    return refused() ? NULL : malloc(size);
}

/* Ends with the first n that was enough. */
#define for_every_allocation(run)                                                                                      \
    for (size_t n_ = 0, left_ = 0; left_ == 0; n_++) {                                                                 \
        allowed = n_;                                                                                                  \
        run;                                                                                                           \
        left_ = allowed;                                                                                               \
        allowed = SIZE_MAX;                                                                                            \
        assert_true(n_ < 10000);                                                                                       \
    }

#define PARTS                                                                                                          \
    "\"codes\":[\"70\",\"75\"],\"lines\":[{\"support_vnd\":1,\"a/"                                                     \
    "b~c\":7}],\"extra\":{\"te\u0302n\":\"o\u0302\u0323\"}"

static void check_body(const char *text, bool right)
{
    cleanup(arena_done) struct arena arena = {0};
    struct faults faults = {.arena = &arena};
    json_t *value = body_parse(text, strlen(text), &faults);
    bool parsed = value != NULL;
    bool valid = parsed && validate(&schema_programme, value, "#", &faults);
    json_decref(value);
    size_t left = allowed;
    allowed = SIZE_MAX;
    bool lexer = faults.first && !strcmp(faults.first->code, "json_syntax");
    assert_true(parsed || lexer || arena.failed);
    assert_true(valid || lexer || !right || arena.failed);
    assert_false(valid && !right);
    allowed = left;
}

static void valid_body(void **state)
{
    (void)state;
    for_every_allocation(check_body("{\"name\":\"a\u0300\",\"level\":\"local\"," PARTS "}", true));
}

static void wrong_body(void **state)
{
    (void)state;
    for_every_allocation(check_body("{\"name\":\"\",\"level\":\"x\",\"y\":1,\"fixed\":2," PARTS "}", false));
}

static const char *no_header(void *closure, const char *name)
{
    (void)closure;
    (void)name;
    return NULL;
}

static void check_query(const char *raw, bool right)
{
    cleanup(arena_done) struct arena arena = {0};
    struct faults faults = {.arena = &arena};
    struct query_string query = {.count = 0};
    const char *values[8];
    bool good = query_string_parse(&arena, raw, &query, &faults) &&
                parameters_read(&operation_list, NULL, &query, no_header, NULL, values, &faults);
    size_t left = allowed;
    allowed = SIZE_MAX;
    bool lexer = faults.first && !strcmp(faults.first->code, "type");
    assert_true(good || lexer || !right || arena.failed);
    assert_false(good && !right);
    allowed = left;
}

static void valid_query(void **state)
{
    (void)state;
    for_every_allocation(check_query("limit=7&level=national,local&q=a%CC%80", true));
}

static void wrong_query(void **state)
{
    (void)state;
    for_every_allocation(check_query("limit=x&level=national,x&z=1", false));
}

static void check_open(void)
{
    bool opened = contract_open();
    contract_close();
    size_t left = allowed;
    allowed = SIZE_MAX;
    assert_true(opened || left == 0);
    allowed = left;
}

static void contract_opens_whole_or_not(void **state)
{
    (void)state;
    contract_close();
    for_every_allocation(check_open());
    assert_true(contract_open());
}

static int open_contract(void **state)
{
    (void)state;
    json_set_alloc_funcs(json_malloc, free);
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
    add_test(valid_body);
    add_test(wrong_body);
    add_test(valid_query);
    add_test(wrong_query);
    add_test(contract_opens_whole_or_not);
    return run_cases(open_contract, close_contract);
}
