/* SPDX-License-Identifier: MIT */
/* `fields=`: the members on the first line, comma between them, chosen from the object behind it; compared with the
 * same done on the parsed value. */
#include "core/arena.h"
#include "core/json_select.h"
#include "fuzz.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyz_"

/* Members are named by our own queries. */
static bool is_ours(json_t *object)
{
    const char *name;
    json_t *member;
    json_object_foreach(object, name, member)
    {
        if (!*name || strspn(name, NAME_LETTERS) < strlen(name))
            return false;
    }
    return json_is_object(object);
}

/* `a,b` → `{"a","b"}`, and the object with no other members. */
static json_t *chosen(json_t *object, char *names, struct buffer *list)
{
    json_t *expected = json_object();
    buffer_text(list, "{");
    for (char *name; (name = strsep(&names, ","));) {
        buffer_printf(list, "%s\"%s\"", list->length > 1 ? "," : "", name);
        json_t *member = json_object_get(object, name);
        if (member)
            json_object_set(expected, name, member);
    }
    buffer_text(list, "}");
    return expected;
}

static void check(json_t *object, char *names, size_t flags)
{
    struct buffer list = buffer_with_limit(ARENA_LIMIT), out = buffer_with_limit(ARENA_LIMIT);
    json_t *expected = chosen(object, names, &list);
    char *text = json_dumps(object, flags);
    json_select(&out, text, strlen(text), list.bytes);
    json_t *selected = json_loads(out.bytes, JSON_REJECT_DUPLICATES, NULL);
    CLAIM(json_equal(selected, expected));
    json_decref(selected);
    json_decref(expected);
    free(text);
    buffer_done(&list);
    buffer_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *names = input_text(data, size), *json = names;
    next_line(&json);
    json_t *object = json ? json_loads(json, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (is_ours(object) && strspn(names, NAME_LETTERS ",") == strlen(names))
        check(object, names, size % 2 ? JSON_COMPACT : 0);
    json_decref(object);
    free(names);
    return 0;
}
