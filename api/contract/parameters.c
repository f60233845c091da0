/* SPDX-License-Identifier: MIT */
#include "contract/parameters.h"
#include "contract/validate.h"
#include "core/buffer.h"
#include "core/cleanup.h"
#include "core/text.h"

#include <string.h>

/* A parameter that is not understood is a fault and never left out in silence: a filter that vanishes gives wrong rows.
 */

static void add(struct faults *faults, const char *name, const char *code, const char *params)
{
    struct fault *fault = fault_add_parameter(faults, name, code);
    if (fault) {
        fault->params = params;
    }
}

static const char *decode(struct arena *arena, const char *text, size_t length)
{
    const char *plain = text_unescape(arena, text, length, true);
    return plain ? text_nfc(arena, plain) : NULL;
}

/* One `name=value`, or nothing between two `&`. */
static void read_pair(struct arena *arena, const char *text, size_t length, struct query_string *query,
                      struct faults *faults)
{
    const char *equals = memchr(text, '=', length);
    size_t name_length = equals ? (size_t)(equals - text) : length;
    const char *name = decode(arena, text, name_length);
    const char *value = equals ? decode(arena, equals + 1, length - name_length - 1) : "";
    if (arena->failed) {
        return;
    }
    if (!name) {
        const char *sent = arena_copy(arena, text, name_length);
        bool printable = sent && utf8_valid(sent, name_length) && !text_has_control(sent, "");
        add(faults, sent && !printable ? text_escape(arena, sent) : sent, "malformed_parameter", NULL);
    } else if (!value) {
        add(faults, name, "malformed_parameter", NULL);
    } else if (!*name || !*value) {
        add(faults, name, "valueless_parameter", NULL);
    } else if (query_string_get(query, name)) {
        add(faults, name, "repeated_parameter", NULL);
    } else {
        query->pairs[query->count++] = (struct query_pair){name, value};
    }
}

bool query_string_parse(struct arena *arena, const char *raw, struct query_string *ret_query, struct faults *faults)
{
    struct query_string query = {.count = 0};
    const char *at = raw ? raw : "";
    size_t before = faults->count, pairs = 0;
    if (strlen(at) > QUERY_STRING_MAX) {
        add(faults, NULL, "query_too_long", arena_printf(arena, "{\"limit\": %d}", QUERY_STRING_MAX));
        return false;
    }
    for (size_t length; *at; at += length + (at[length] == '&')) {
        length = strcspn(at, "&");
        pairs += length > 0;
        if (pairs > QUERY_PARAMETERS_MAX) {
            add(faults, NULL, "too_many_parameters", arena_printf(arena, "{\"limit\": %d}", QUERY_PARAMETERS_MAX));
            return false;
        }
        if (length) {
            read_pair(arena, at, length, &query, faults);
        }
    }
    if (arena->failed || faults->count > before) {
        return false;
    }
    *ret_query = query;
    return true;
}

const char *query_string_get(const struct query_string *query, const char *name)
{
    for (size_t i = 0; i < query->count; i++) {
        if (!strcmp(query->pairs[i].name, name)) {
            return query->pairs[i].value;
        }
    }
    return NULL;
}

/* ---- Against the contract ---- */

struct reading {
    const struct operation *operation;
    struct faults *faults;
    struct arena *arena;
};

static void report(const struct reading *reading, const struct parameter *parameter, const char *code,
                   const char *params)
{
    struct fault *fault = parameter->place == IN_HEADER ? fault_add_header(reading->faults, parameter->name, code)
                                                        : fault_add_parameter(reading->faults, parameter->name, code);
    if (fault) {
        fault->params = params;
    }
}

static bool check(const struct reading *reading, const struct parameter *parameter, const struct schema *schema,
                  const char *text)
{
    const char *code, *params;
    bool valid = validate_text(schema, text, &code, &params, reading->arena);
    if (!valid) {
        report(reading, parameter, code, params);
    }
    return valid;
}

/* One element as PostgreSQL reads it inside {…}: always in quotes, so that NULL and commas are text. */
static void array_element(struct buffer *array, const char *text)
{
    buffer_text(array, array->length > 1 ? ",\"" : "\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') {
            buffer_text(array, "\\");
        }
        buffer_add(array, text, 1);
    }
    buffer_text(array, "\"");
}

static bool check_count(const struct reading *reading, const struct parameter *parameter, size_t count)
{
    const struct schema *schema = parameter->schema;
    size_t most = schema->max_items < LIST_VALUES_MAX ? schema->max_items : LIST_VALUES_MAX;
    bool few = count < schema->min_items;
    if (!few && count <= most) {
        return true;
    }
    const char *params = arena_printf(reading->arena, "{\"limit\": %zu}", few ? schema->min_items : most);
    report(reading, parameter, few ? "minItems" : "maxItems", params);
    return false;
}

static bool repeated(const char *const *elements, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!strcmp(elements[i], elements[count])) {
            return true;
        }
    }
    return false;
}

static bool check_element(const struct reading *reading, const struct parameter *parameter, const char *const *elements,
                          size_t index)
{
    const char *text = elements[index];
    if (!text) {
        return false;
    }
    if (!*text || (parameter->schema->unique_items && repeated(elements, index))) {
        report(reading, parameter, *text ? "uniqueItems" : "valueless_parameter", NULL);
        return false;
    }
    return !parameter->schema->items || check(reading, parameter, parameter->schema->items, text);
}

/* `a,b,c` → `{"a","b","c"}`. A comma cannot be part of a value: lists are for codes. */
static const char *read_list(const struct reading *reading, const struct parameter *parameter, const char *text)
{
    cleanup(buffer_done) struct buffer array = buffer_with_limit(ARENA_LIMIT / 2);
    const char *elements[LIST_VALUES_MAX];
    size_t count = 1;
    for (const char *at = text; (at = strchr(at, ',')); at++) {
        count++;
    }
    if (!check_count(reading, parameter, count)) {
        return NULL;
    }
    buffer_text(&array, "{");
    for (size_t i = 0; i < count; i++) {
        size_t length = strcspn(text, ",");
        elements[i] = arena_copy(reading->arena, text, length);
        if (!check_element(reading, parameter, elements, i)) {
            return NULL;
        }
        array_element(&array, elements[i]);
        text += length + 1;
    }
    buffer_text(&array, "}");
    if (array.failed) {
        reading->arena->failed = true;
        return NULL;
    }
    return arena_copy(reading->arena, array.bytes, array.length);
}

static const char *read_value(const struct reading *reading, const struct parameter *parameter, const char *sent)
{
    if (!sent && parameter->required) {
        report(reading, parameter, "required", arena_printf(reading->arena, "{\"member\": \"%s\"}", parameter->name));
        return NULL;
    }
    const char *text = sent ? sent : parameter->fallback;
    if (!text) {
        return NULL;
    }
    if (parameter->list) {
        return read_list(reading, parameter, text);
    }
    return check(reading, parameter, parameter->schema, text) ? text : NULL;
}

/* What the core reads itself and an operation need not declare. */
static bool known_to_core(const struct operation *operation, const char *name)
{
    return (operation->takes_version && !strcmp(name, "if_version")) ||
           (operation->is_write && !strcmp(name, "validate_only")) ||
           (operation->method > METHOD_POST && !strcmp(name, "_method"));
}

static bool declared(const struct operation *operation, const char *name)
{
    for (size_t i = 0; i < operation->nparameters; i++) {
        if (operation->parameters[i].place == IN_QUERY && !strcmp(operation->parameters[i].name, name)) {
            return true;
        }
    }
    return known_to_core(operation, name);
}

static const char *allowed_params(const struct reading *reading)
{
    cleanup(buffer_done) struct buffer list = buffer_with_limit(ARENA_LIMIT / 2);
    buffer_text(&list, "{\"allowed\": [");
    for (size_t i = 0, listed = 0; i < reading->operation->nparameters; i++) {
        if (reading->operation->parameters[i].place == IN_QUERY) {
            buffer_text(&list, listed++ ? ", " : "");
            buffer_json(&list, reading->operation->parameters[i].name);
        }
    }
    buffer_text(&list, "]}");
    return list.failed ? NULL : arena_copy(reading->arena, list.bytes, list.length);
}

static void refuse_unknown(const struct reading *reading, const struct query_string *query)
{
    const char *params = NULL;
    for (size_t i = 0; i < query->count; i++) {
        if (!declared(reading->operation, query->pairs[i].name)) {
            params = params ? params : allowed_params(reading);
            add(reading->faults, query->pairs[i].name, "unknown-parameter", params);
        }
    }
}

bool parameters_read(const struct operation *operation, const char *const *path_values,
                     const struct query_string *query, const char *(*header)(void *closure, const char *name),
                     void *closure, const char **values, struct faults *faults)
{
    const struct reading reading = {.operation = operation, .faults = faults, .arena = faults->arena};
    size_t before = faults->count, segment = 0;
    refuse_unknown(&reading, query);
    for (size_t i = 0; i < operation->nparameters; i++) {
        const struct parameter *parameter = &operation->parameters[i];
        const char *sent = NULL;
        switch (parameter->place) {
        case IN_PATH:
            sent = path_values[segment] ? text_nfc(faults->arena, path_values[segment]) : NULL;
            segment++;
            break;
        case IN_QUERY:
            sent = query_string_get(query, parameter->name);
            break;
        case IN_HEADER:
            sent = header(closure, parameter->name);
            break;
        }
        values[i] = read_value(&reading, parameter, sent);
    }
    return faults->count == before && !faults->arena->failed;
}
