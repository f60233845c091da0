/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void broken(const char *file, int line, const char *claim)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, claim);
    abort();
}

char *input_text(const uint8_t *data, size_t size)
{
    size_t length = strnlen((const char *)data, size);
    char *text = malloc(length + 1);
    CLAIM(text);
    memcpy(text, data, length);
    text[length] = '\0';
    return text;
}

char *next_line(char **rest)
{
    return strsep(rest, "\n");
}
