/* SPDX-License-Identifier: MIT */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "contract/contract.h"
#include "core/memory.h"

#include <assert.h>
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

/* Enough for any text the contract lets through; what needs more is an attack and counts as not matching. */
#define PATTERN_MATCH_LIMIT 100000
#define PATTERN_DEPTH_LIMIT 10000
#define PATTERN_HEAP_KIB    8192

/* Written by contract_open before the threads start, and only read then. */
static pcre2_general_context *memory;
static pcre2_match_context *limits;
static pcre2_code **compiled;
static json_t **parsed;

static void *pattern_malloc(size_t size, void *closure)
{
    (void)closure;
    return watched_malloc(size);
}

static void pattern_free(void *bytes, void *closure)
{
    (void)closure;
    free(bytes);
}

static bool open_patterns(void)
{
    memory = pcre2_general_context_create(pattern_malloc, pattern_free, NULL);
    limits = memory ? pcre2_match_context_create(memory) : NULL;
    compiled = calloc(npatterns + 1, sizeof(pcre2_code *));
    if (!limits || !compiled) {
        return false;
    }
    pcre2_set_match_limit(limits, PATTERN_MATCH_LIMIT);
    pcre2_set_depth_limit(limits, PATTERN_DEPTH_LIMIT);
    pcre2_set_heap_limit(limits, PATTERN_HEAP_KIB);
    for (size_t i = 0; i < npatterns; i++) {
        int error;
        PCRE2_SIZE offset;
        compiled[i] = pcre2_compile((PCRE2_SPTR)patterns[i], PCRE2_ZERO_TERMINATED,
                                    PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY, &error, &offset, NULL);
        if (!compiled[i]) {
            return false;
        }
    }
    return true;
}

static bool open_literals(void)
{
    parsed = calloc(nliterals + 1, sizeof(json_t *));
    for (size_t i = 0; parsed && i < nliterals; i++) {
        parsed[i] = json_loads(literals[i], JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
        if (!parsed[i]) {
            return false;
        }
    }
    return parsed;
}

bool contract_open(void)
{
    if (open_patterns() && open_literals()) {
        return true;
    }
    contract_close();
    return false;
}

void contract_close(void)
{
    for (size_t i = 0; compiled && i < npatterns; i++) {
        pcre2_code_free(compiled[i]);
    }
    for (size_t i = 0; parsed && i < nliterals; i++) {
        json_decref(parsed[i]);
    }
    free(compiled);
    free(parsed);
    pcre2_match_context_free(limits);
    pcre2_general_context_free(memory);
    compiled = NULL;
    parsed = NULL;
    limits = NULL;
    memory = NULL;
}

bool pattern_matches(int pattern, const char *text, size_t length)
{
    assert(pattern >= 0 && (size_t)pattern < npatterns);
    const pcre2_code *code = compiled[pattern];
    /* No groups are read, so one pair is enough whatever the pattern has. */
    pcre2_match_data *data = pcre2_match_data_create(1, memory);
    int result = data ? pcre2_match(code, (PCRE2_SPTR)text, length, 0, 0, data, limits) : PCRE2_ERROR_NOMEMORY;
    pcre2_match_data_free(data);
    return result >= 0;
}

const json_t *literal_value(size_t index)
{
    assert(index < nliterals);
    return parsed[index];
}

static int by_code(const void *code, const void *message)
{
    return strcmp(code, ((const struct message *)message)->code);
}

const struct message *message_find(const char *code)
{
    return bsearch(code, messages, nmessages, sizeof *messages, by_code);
}
