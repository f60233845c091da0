/* SPDX-License-Identifier: MIT */
#include "auth/client.h"

#include "auth/token.h"
#include "core/cleanup.h"
#include "core/uuid.h"
#include "generated.h"

#include <string.h>

enum client_verdict client_check(struct pool *pool, struct arena *arena, const char *id, const char *secret,
                                 struct client *ret_client)
{
    if (!uuid_valid(id))
        return CLIENT_REFUSED;
    const char *values[] = {id};
    cleanup(answer_done) struct answer *answer = query_call(pool, &statement_findClient, values);
    if (!answer)
        return CLIENT_UNKNOWN_OUTCOME;
    bool known = answer_rows(answer) == 1;
    /* Both are compared in any case: the time tells nothing. */
    bool first = secret_matches(secret, known ? answer_get(answer, 0, "hash_1") : NULL);
    bool second = secret_matches(secret, known ? answer_get(answer, 0, "hash_2") : NULL);
    if (!first && !second)
        return CLIENT_REFUSED;
    if (strcmp(answer_get(answer, 0, "status"), "active") != 0)
        return CLIENT_INACTIVE;
    struct client client = {.id = arena_text(arena, id),
                            .organisation_id = arena_text(arena, answer_get(answer, 0, "organisation_id")),
                            .epoch = arena_text(arena, answer_get(answer, 0, "epoch")),
                            .scopes = arena_text(arena, answer_get(answer, 0, "scopes"))};
    if (arena->failed)
        return CLIENT_UNKNOWN_OUTCOME;
    *ret_client = client;
    return CLIENT_ACCEPTED;
}

enum client_verdict client_act_for(struct pool *pool, struct arena *arena, const char *acting_user,
                                   struct client *client)
{
    bool by_id = uuid_valid(acting_user);
    const char *values[] = {by_id ? acting_user : NULL, by_id ? NULL : acting_user, client->id};
    cleanup(answer_done) struct answer *answer = query_call(pool, &statement_findActingUser, values);
    if (!answer)
        return CLIENT_UNKNOWN_OUTCOME;
    if (answer_rows(answer) != 1)
        return CLIENT_REFUSED;
    client->user_id = arena_text(arena, answer_get(answer, 0, "id"));
    client->organisation_id = arena_text(arena, answer_get(answer, 0, "organisation_id"));
    client->scopes = arena_text(arena, answer_get(answer, 0, "scopes"));
    return arena->failed ? CLIENT_UNKNOWN_OUTCOME : CLIENT_ACCEPTED;
}

const char *scopes_granted(struct arena *arena, const char *held, const char *wanted)
{
    if (!wanted)
        return held;
    char *rest = arena_text(arena, wanted), *granted = arena_alloc(arena, strlen(wanted) + 1);
    if (!rest || !granted)
        return NULL;
    char *end = granted;
    for (char *scope; (scope = strsep(&rest, " "));) {
        if (!scope_listed(held, scope)) /* an empty one, between two spaces, is not held either */
            return NULL;
        if (scope_listed(granted, scope))
            continue;
        end = stpcpy(end, end > granted ? " " : "");
        end = stpcpy(end, scope);
    }
    return granted;
}
