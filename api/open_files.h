/* SPDX-License-Identifier: MIT */
#pragma once
#include "config.h"

/* Raises the limit of open files as far as the system lets us. NULL: all connections fit below it; else what is wrong.
 */
const char *open_files_refusal(const struct config *config);
