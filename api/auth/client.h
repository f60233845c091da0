/* SPDX-License-Identifier: MIT */
#pragma once
#include "core/arena.h"
#include "pg/query.h"

#include <stdbool.h>

/* A system that asks for a token. Texts in the arena. */
struct client {
    const char *id, *organisation_id, *epoch, *scopes;
};

enum client_verdict {
    CLIENT_ACCEPTED,
    CLIENT_REFUSED,  /* unknown, or a wrong secret: nobody may learn which */
    CLIENT_INACTIVE, /* the secret is right, but the client is suspended or revoked */
    CLIENT_UNKNOWN_OUTCOME,
};

enum client_verdict client_check(struct pool *pool, struct arena *arena, const char *id, const char *secret,
                                 struct client *ret_client);

/* `wanted` without repetitions, all of `held` when nothing is wanted; NULL: something is not held, or no memory. */
const char *scopes_granted(struct arena *arena, const char *held, const char *wanted);
