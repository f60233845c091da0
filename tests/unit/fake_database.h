/* SPDX-License-Identifier: MIT */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#define USER "0190a6c0-0000-7000-8000-0000000000e1" /* an.nv */

/* Stands in for pg/ in tests of auth/: holds signing keys as the table would, and says of the one client what the test
 * wants. Each look is counted. */
extern bool database_down;
extern bool client_active;        /* false: loadCaller finds no row */
extern const char *client_scopes; /* what the client holds now */
extern bool user_active;          /* false: the client may not speak for the user (any more) */
extern unsigned looks_at_keys, looks_at_client;
extern unsigned look_takes_ms; /* how long each look lasts */

void database_reset(void);                                 /* no keys, an active client and user, counts at zero */
void database_retire_key(const char *kid, const char *at); /* `at`: seconds since 1970 */
