/* SPDX-License-Identifier: MIT */
#pragma once
#include "config.h"

/* The operator's commands: clients, their secrets, keys, tokens. Data goes to standard output, what it means to
 * standard error. Gives the exit code: 0 done, 1 refused or not reachable, 2 not understood. */
int access_command(const struct config *config, int argc, char **argv);
