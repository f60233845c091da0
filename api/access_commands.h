/* SPDX-License-Identifier: MIT */
#pragma once
#include "config.h"
#include "core/arena.h"
#include "pg/query.h"

#include <stdbool.h>

/* What stands behind each row of the table in access_cli.c. */

enum { DONE, REFUSED, MISUSED }; /* exit codes */

struct context {
    const struct config *config;
    struct pool *pool;
    struct arena arena;
    /* from the command line; NULL or false: not given */
    const char *name, *organisation, *scopes, *client, *secret, *scope, *seconds, *purpose;
    bool json, demo, now;
};

int client_add(struct context *c);
int client_list(struct context *c);
int client_rotate(struct context *c);
int client_retire_secret(struct context *c);
int client_suspend(struct context *c);
int client_resume(struct context *c);
int client_revoke(struct context *c);
int client_ensure_demo(struct context *c);
int admin_init(struct context *c);
int admin_reset(struct context *c);
int key_rotate(struct context *c);
int token_print(struct context *c);
