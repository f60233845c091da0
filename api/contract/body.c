/* SPDX-License-Identifier: MIT */
#include "contract/validate.h"
#include "core/text.h"

#include <string.h>

/* What a parser would accept or only notice late is refused before it sees the bytes, so that the size of a body, and
 * not its shape, bounds the work. */

static void refuse(struct faults *faults, const char *code, int line, int column, int limit)
{
    struct fault *fault = fault_add(faults, "#", code);
    if (fault) {
        fault->params =
            limit ? arena_printf(faults->arena, "{\"line\": %d, \"column\": %d, \"limit\": %d}", line, column, limit)
                  : arena_printf(faults->arena, "{\"line\": %d, \"column\": %d}", line, column);
    }
}

static void refuse_at(struct faults *faults, const char *code, const char *bytes, size_t offset, int limit)
{
    int line = 1;
    size_t start = 0;
    for (size_t i = 0; i < offset; i++) {
        if (bytes[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    refuse(faults, code, line, (int)utf8_code_points(bytes + start, offset - start) + 1, limit);
}

static size_t values_max(size_t length)
{
    return length / JSON_VALUE_LEAST > JSON_VALUES_MAX ? length / JSON_VALUE_LEAST : JSON_VALUES_MAX;
}

/* Looks at brackets and commas outside strings. NULL: nothing wrong; else the code of the fault at *ret_offset. */
static const char *scan(const char *bytes, size_t length, size_t *ret_offset)
{
    size_t depth = 0, values = 0, most = values_max(length);
    bool in_string = false;
    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];
        *ret_offset = i;
        if (in_string) {
            i += c == '\\';
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            depth++;
            values++;
        } else if (c == '}' || c == ']') {
            depth -= depth > 0;
        } else if (c == ',') {
            values++;
        }
        if (depth > JSON_DEPTH_MAX) {
            return "json_depth";
        }
        if (values > most) {
            return "json_size";
        }
    }
    return NULL;
}

static const char *code_of(const json_error_t *error)
{
    switch (json_error_code(error)) {
    case json_error_duplicate_key:
        return "json_duplicate_member";
    case json_error_numeric_overflow:
        return "json_number";
    case json_error_invalid_utf8:
        return "json_encoding";
    default:
        return "json_syntax";
    }
}

static json_t *parse(const char *bytes, size_t length, struct faults *faults)
{
    size_t valid = utf8_valid_length(bytes, length), offset;
    bool marked = length >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3);
    if (valid < length || marked) {
        refuse_at(faults, "json_encoding", bytes, marked ? 0 : valid, 0);
        return NULL;
    }
    const char *code = scan(bytes, length, &offset);
    if (code) {
        refuse_at(faults, code, bytes, offset, !strcmp(code, "json_depth") ? JSON_DEPTH_MAX : (int)values_max(length));
        return NULL;
    }
    json_error_t error;
    /* A NUL is let through here only because the walk after it can say where it stands. */
    const size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL;
    json_t *value = json_loadb(bytes, length, flags, &error);
    if (!value && json_error_code(&error) == json_error_unknown) {
        faults->arena->failed = true; /* Jansson names every fault of the text, but says nothing when memory ends */
    } else if (!value) {
        refuse(faults, code_of(&error), error.line, error.column, 0);
    }
    return value;
}

static bool normalise(json_t *value, const struct spot *spot, struct faults *faults);

static void refuse_spot(struct faults *faults, const char *code, const struct spot *spot)
{
    fault_add(faults, spot_pointer(spot, faults->arena), code);
}

/* Forms on Windows end their lines with CR LF; one end of line is kept. The very same text when there is none. */
static const char *unix_lines(struct arena *arena, const char *text, size_t length)
{
    if (!strstr(text, "\r\n")) {
        return text;
    }
    char *copy = arena_copy(arena, text, length), *to = copy;
    for (const char *from = text; copy && *from; from++) {
        if (from[0] != '\r' || from[1] != '\n') {
            *to++ = *from;
        }
    }
    if (copy) {
        *to = '\0';
    }
    return copy;
}

/* NULL: a fault was added, or there is no memory. */
static const char *normal_text(const char *text, size_t length, const struct spot *spot, struct faults *faults)
{
    const char *lines = strlen(text) == length ? unix_lines(faults->arena, text, length) : NULL;
    if (faults->arena->failed) {
        return NULL;
    }
    if (!lines || text_has_control(lines, "\t\n")) {
        refuse_spot(faults, "control_character", spot);
        return NULL;
    }
    return text_nfc(faults->arena, lines);
}

static bool normalise_string(json_t *string, const struct spot *spot, struct faults *faults)
{
    const char *text = json_string_value(string);
    const char *normal = normal_text(text, json_string_length(string), spot, faults);
    return normal && (normal == text || !json_string_set_nocheck(string, normal));
}

/* Moves the member to its NFC name. Two names that become one would hide a value, as literal duplicates would. */
static bool rename_member(json_t *object, const char *name, const char *normal, const struct spot *spot,
                          struct faults *faults)
{
    if (json_object_get(object, normal)) {
        refuse_spot(faults, "json_equal_members", spot);
        return false;
    }
    return !json_object_set_nocheck(object, normal, json_object_get(object, name)) && !json_object_del(object, name);
}

static bool normalise_object(json_t *object, const struct spot *spot, struct faults *faults)
{
    const char *name;
    json_t *member;
    void *next;
    json_object_foreach_safe(object, next, name, member)
    {
        struct spot here = {.parent = spot, .member = name};
        const char *normal = normal_text(name, strlen(name), &here, faults);
        if (!normal || !normalise(member, &here, faults) ||
            (normal != name && !rename_member(object, name, normal, &here, faults))) {
            return false;
        }
    }
    return true;
}

static bool normalise(json_t *value, const struct spot *spot, struct faults *faults)
{
    if (json_is_string(value)) {
        return normalise_string(value, spot, faults);
    }
    if (json_is_object(value)) {
        return normalise_object(value, spot, faults);
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (!normalise(json_array_get(value, i), &(struct spot){.parent = spot, .index = i}, faults)) {
            return false;
        }
    }
    return true;
}

json_t *body_parse(const char *bytes, size_t length, struct faults *faults)
{
    json_t *value = parse(bytes, length, faults);
    if (!value) {
        return NULL;
    }
    size_t before = faults->count;
    if (normalise(value, &(struct spot){.member = "#"}, faults)) {
        return value;
    }
    /* Without a fault it was the memory, of Jansson or of the arena. */
    faults->arena->failed = faults->arena->failed || faults->count == before;
    json_decref(value);
    return NULL;
}
