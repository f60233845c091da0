/* SPDX-License-Identifier: MIT */
#pragma once

/* One JSON object per line on standard error. Pairs of names and texts, ended by NULL; a NULL text is left out;
 * a name that begins with # has a number for its text. Never bodies, tokens, secrets. */
void log_event(const char *level, const char *message, ...) __attribute__((sentinel));
