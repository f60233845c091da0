/* SPDX-License-Identifier: MIT */
#pragma once
#include "core/arena.h"
#include "pg/query.h"

#include <stdbool.h>

/* A system that asks for a token. Texts in the arena. */
struct client {
    const char *id, *organisation_id, *epoch, *scopes;
    const char *user_id; /* the person it speaks for; NULL: none */
};

enum client_verdict {
    CLIENT_ACCEPTED,
    CLIENT_REFUSED,  /* unknown, or a wrong secret: nobody may learn which */
    CLIENT_INACTIVE, /* the secret is right, but the client is suspended or revoked */
    CLIENT_UNKNOWN_OUTCOME,
};

enum client_verdict client_check(struct pool *pool, struct arena *arena, const char *id, const char *secret,
                                 struct client *ret_client);

/* Makes the client speak for a person, named by id or, of its own organisation, by user name: from then on organisation
 * and scopes are those that tokens for the person have. Refused: it may not, or there is nobody of that name for whom
 * it may; nobody learns which. */
enum client_verdict client_act_for(struct pool *pool, struct arena *arena, const char *acting_user,
                                   struct client *client);

/* `wanted` without repetitions, all of `held` when nothing is wanted; NULL: something is not held, or no memory. */
const char *scopes_granted(struct arena *arena, const char *held, const char *wanted);
