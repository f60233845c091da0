/* SPDX-License-Identifier: MIT */
#pragma once
#include "core/arena.h"

#include <stddef.h>

/* The media type that the first bytes of a file look like, whatever its sender says. */
const char *sniff(struct arena *arena, const void *bytes, size_t length); /* NULL: cannot be told */
