/* SPDX-License-Identifier: MIT */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* What a target finds wrong ends the program. */
#define CLAIM(what)                                                                                                    \
    do {                                                                                                               \
        if (!(what))                                                                                                   \
            broken(__FILE__, __LINE__, #what);                                                                         \
    } while (0)
_Noreturn void broken(const char *file, int line, const char *claim);

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An input is text without NUL in memory of its own length, so that a read beyond its end is seen. Free it. */
char *input_text(const uint8_t *data, size_t size);
char *next_line(char **rest); /* cuts at a line feed; NULL: nothing left */
