/* SPDX-License-Identifier: MIT */
#pragma once
#include <stdbool.h>

#define UUID_TEXT 37
void uuid7(char ret_text[static UUID_TEXT]); /* RFC 9562 version 7: time-ordered, 74 random bits */
bool uuid_valid(const char *text);
