/* SPDX-License-Identifier: MIT */
#include "contract/validate.h"
#include "contract/format.h"
#include "core/buffer.h"
#include "core/cleanup.h"
#include "core/text.h"

#include <math.h>
#include <string.h>

/* One pass over a value. The walk goes no deeper than JSON_DEPTH_MAX, which body_parse has ensured. */
struct walk {
    struct faults *faults;
    bool valid;
};

static void visit(struct walk *walk, const struct schema *schema, const json_t *value, const struct spot *spot);

static void report(struct walk *walk, const struct spot *spot, const char *code, const char *params)
{
    struct faults *faults = walk->faults;
    walk->valid = false;
    bool full = faults->count >= FAULTS_MAX;
    struct fault *fault = fault_add(faults, full ? NULL : spot_pointer(spot, faults->arena), code);
    if (fault) {
        fault->params = params;
    }
}

static const char *limit_params(struct arena *arena, double limit)
{
    bool whole = limit == floor(limit) && fabs(limit) <= 9007199254740992.0;
    return arena_printf(arena, whole ? "{\"limit\": %.0f}" : "{\"limit\": %.15g}", limit);
}

static void report_limit(struct walk *walk, const struct spot *spot, const char *code, double limit)
{
    report(walk, spot, code, limit_params(walk->faults->arena, limit));
}

static unsigned kind_of(const json_t *value)
{
    static const unsigned kinds[] = {
        [JSON_NULL] = KIND_NULL,     [JSON_TRUE] = KIND_BOOLEAN,
        [JSON_FALSE] = KIND_BOOLEAN, [JSON_REAL] = KIND_NUMBER,
        [JSON_STRING] = KIND_STRING, [JSON_ARRAY] = KIND_ARRAY,
        [JSON_OBJECT] = KIND_OBJECT, [JSON_INTEGER] = KIND_INTEGER | KIND_NUMBER,
    };
    return kinds[json_typeof(value)];
}

static const char *kinds_params(struct arena *arena, unsigned kinds)
{
    static const char *const names[] = {"null", "boolean", "integer", "number", "string", "array", "object"};
    const char *list = "";
    for (size_t i = 0; list && i < countof(names); i++) {
        if (kinds & 1U << i) {
            list = arena_printf(arena, "%s%s\"%s\"", list, *list ? ", " : "", names[i]);
        }
    }
    return list ? arena_printf(arena, "{\"expected\": [%s]}", list) : NULL;
}

static const char *literals_params(struct arena *arena, const struct schema *schema)
{
    cleanup(buffer_done) struct buffer list = buffer_with_limit(ARENA_LIMIT / 2);
    for (size_t i = 0; i < schema->nliterals; i++) {
        buffer_printf(&list, "%s%s", i ? ", " : "", literals[schema->first_literal + i]);
    }
    return list.failed ? NULL : arena_printf(arena, "{\"allowed\": [%s]}", list.bytes);
}

static void check_literals(struct walk *walk, const struct schema *schema, const json_t *value, const struct spot *spot)
{
    bool found = !schema->nliterals;
    for (size_t i = 0; !found && i < schema->nliterals; i++) {
        found = json_equal(value, literal_value(schema->first_literal + i));
    }
    if (!found) {
        report(walk, spot, schema->constant ? "const" : "enum", literals_params(walk->faults->arena, schema));
    }
}

static void check_format(struct walk *walk, const struct schema *schema, const json_t *value, const struct spot *spot)
{
    if (!format_matches(schema->format, value)) {
        const char *name = format_name(schema->format);
        report(walk, spot, "format", arena_printf(walk->faults->arena, "{\"format\": \"%s\"}", name));
    }
}

static void check_number(struct walk *walk, const struct schema *schema, const json_t *value, const struct spot *spot)
{
    double number = json_number_value(value);
    if (schema->has_minimum && number < schema->minimum) {
        report_limit(walk, spot, "minimum", schema->minimum);
    } else if (schema->has_maximum && number > schema->maximum) {
        report_limit(walk, spot, "maximum", schema->maximum);
    } else {
        check_format(walk, schema, value, spot);
    }
}

static void check_string(struct walk *walk, const struct schema *schema, const json_t *value, const struct spot *spot)
{
    const char *text = json_string_value(value);
    size_t bytes = json_string_length(value);
    size_t length = utf8_code_points(text, bytes);
    /* Of a text with a wrong length the form says nothing more, and a pattern never runs on more than the contract
     * allows. */
    if (length < schema->min_length) {
        report_limit(walk, spot, "minLength", (double)schema->min_length);
    } else if (length > schema->max_length) {
        report_limit(walk, spot, "maxLength", (double)schema->max_length);
    } else if (schema->pattern >= 0 && !pattern_matches(schema->pattern, text, bytes)) {
        const char *pattern = text_json(walk->faults->arena, patterns[schema->pattern]);
        report(walk, spot, "pattern", pattern ? arena_printf(walk->faults->arena, "{\"pattern\": %s}", pattern) : NULL);
    } else {
        check_format(walk, schema, value, spot);
    }
}

static void check_unique(struct walk *walk, const json_t *array, const struct spot *spot)
{
    for (size_t again = 1; again < json_array_size(array); again++) {
        for (size_t first = 0; first < again; first++) {
            if (json_equal(json_array_get(array, first), json_array_get(array, again))) {
                const char *params =
                    arena_printf(walk->faults->arena, "{\"first\": %zu, \"again\": %zu}", first, again);
                report(walk, spot, "uniqueItems", params);
                return;
            }
        }
    }
}

static void check_array(struct walk *walk, const struct schema *schema, const json_t *array, const struct spot *spot)
{
    size_t size = json_array_size(array);
    if (size < schema->min_items) {
        report_limit(walk, spot, "minItems", (double)schema->min_items);
    }
    if (size > schema->max_items) {
        report_limit(walk, spot, "maxItems", (double)schema->max_items);
        return;
    }
    if (schema->unique_items) {
        check_unique(walk, array, spot);
    }
    for (size_t i = 0; schema->items && i < size; i++) {
        visit(walk, schema->items, json_array_get(array, i), &(struct spot){.parent = spot, .index = i});
    }
}

static bool property_known(const struct schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->nproperties; i++) {
        if (!strcmp(schema->properties[i].name, name)) {
            return true;
        }
    }
    return false;
}

static void check_object(struct walk *walk, const struct schema *schema, const json_t *object, const struct spot *spot)
{
    for (size_t i = 0; i < schema->nrequired; i++) {
        if (!json_object_get(object, schema->required[i])) {
            const char *member = text_json(walk->faults->arena, schema->required[i]);
            report(walk, spot, "required",
                   member ? arena_printf(walk->faults->arena, "{\"member\": %s}", member) : NULL);
        }
    }
    size_t known = 0;
    for (size_t i = 0; i < schema->nproperties; i++) {
        const char *name = schema->properties[i].name;
        const json_t *member = json_object_get(object, name);
        if (member) {
            known++;
            visit(walk, schema->properties[i].schema, member, &(struct spot){.parent = spot, .member = name});
        }
    }
    if (!schema->closed || known == json_object_size(object)) {
        return;
    }
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)object, name, member)
    {
        if (!property_known(schema, name)) {
            report(walk, &(struct spot){.parent = spot, .member = name}, "additionalProperties", NULL);
        }
    }
}

static void visit(struct walk *walk, const struct schema *schema, const json_t *value, const struct spot *spot)
{
    unsigned kind = kind_of(value);
    if (walk->faults->count >= FAULTS_MAX) {
        walk->valid = false; /* the rest would not be collected, and one more round is needed anyway */
    } else if (schema->kinds && !(schema->kinds & kind)) {
        report(walk, spot, "type", kinds_params(walk->faults->arena, schema->kinds));
    } else {
        check_literals(walk, schema, value, spot);
        if (kind & KIND_NUMBER) {
            check_number(walk, schema, value, spot);
        } else if (kind == KIND_STRING) {
            check_string(walk, schema, value, spot);
        } else if (kind == KIND_ARRAY) {
            check_array(walk, schema, value, spot);
        } else if (kind == KIND_OBJECT) {
            check_object(walk, schema, value, spot);
        }
    }
}

bool validate(const struct schema *schema, const json_t *value, const char *pointer, struct faults *faults)
{
    struct walk walk = {.faults = faults, .valid = true};
    visit(&walk, schema, value, &(struct spot){.member = pointer});
    return walk.valid;
}

/* JSON's own number syntax, so that a value is the same number in a query as in a body. */
static json_t *read_number(const char *text, struct arena *arena, const char **ret_code)
{
    if ((*text != '-' && (*text < '0' || *text > '9')) || strpbrk(text, " \t\r\n")) {
        return NULL;
    }
    json_error_t error;
    json_t *value = json_loads(text, JSON_DECODE_ANY, &error);
    if (!value && json_error_code(&error) == json_error_numeric_overflow) {
        *ret_code = "json_number";
    } else if (!value && json_error_code(&error) == json_error_unknown) {
        arena->failed = true;
    }
    return value;
}

static json_t *read_scalar(unsigned kinds, const char *text, struct arena *arena, const char **ret_code)
{
    json_t *value = NULL;
    if (kinds & (KIND_INTEGER | KIND_NUMBER)) {
        value = read_number(text, arena, ret_code);
    }
    if (!value && kinds & KIND_BOOLEAN && (!strcmp(text, "true") || !strcmp(text, "false"))) {
        value = json_boolean(*text == 't');
    }
    if (!value && (!kinds || kinds & KIND_STRING)) {
        value = json_string(text);
        arena->failed = arena->failed || !value;
    }
    return value;
}

bool validate_text(const struct schema *schema, const char *text, const char **ret_code, const char **ret_params,
                   struct arena *arena)
{
    struct faults faults = {.arena = arena};
    const char *code = "type";
    if (!utf8_valid(text, strlen(text)) || text_has_control(text, "")) {
        *ret_code = "malformed_parameter";
        *ret_params = NULL;
        return false;
    }
    json_t *value = read_scalar(schema->kinds, text, arena, &code);
    if (!value) {
        *ret_code = code;
        *ret_params = kinds_params(arena, schema->kinds);
        return false;
    }
    bool valid = validate(schema, value, "", &faults);
    json_decref(value);
    if (!valid) {
        *ret_code = faults.first ? faults.first->code : code;
        *ret_params = faults.first ? faults.first->params : NULL;
    }
    return valid;
}
