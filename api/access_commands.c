/* SPDX-License-Identifier: MIT */
#include "access_commands.h"

#include "auth/client.h"
#include "auth/token.h"
#include "core/buffer.h"
#include "core/cleanup.h"
#include "core/text.h"
#include "generated.h"

#include <stdio.h>
#include <string.h>

#define TEXT_MAX             8192
#define TOKEN_SECONDS_MAX    86400 /* for the operator, who has the master key anyway */
#define ROTATE_WAIT_SECONDS  600   /* longer than /.well-known/jwks.json is cached and than replicas take to notice */
#define ROTATE_GRACE_SECONDS (TOKEN_LIFE_MAX + 2 * TOKEN_SKEW_SECONDS)

/* ---- What the commands share ---- */

static int refused(const char *reason)
{
    fprintf(stderr, "%s\n", reason);
    return REFUSED;
}

static int database_refused(void)
{
    const char *state = query_call_error();
    if (strncmp(state, "08", 2) == 0)
        return refused("The database cannot be reached; see KC_DATABASE_URL.");
    if (strcmp(state, "42P01") == 0)
        return refused("The database has no tables yet; run db/migrate.");
    fprintf(stderr, "The database refused (SQLSTATE %s).\n", state);
    return REFUSED;
}

static const char *all_scopes(struct context *c)
{
    const char *all = "";
    for (size_t i = 0; i < nscopes && all; i++)
        all = arena_printf(&c->arena, "%s%s%s", all, i ? " " : "", scope_names[i]);
    return all;
}

/* A misspelt scope would be of no use, and nobody would notice. NULL: told what is wrong. */
static const char *known_scopes(struct context *c, const char *wanted)
{
    const char *all = all_scopes(c);
    const char *granted = *wanted && all ? scopes_granted(&c->arena, all, wanted) : wanted;
    if (!granted)
        fprintf(stderr, "Scopes are words with single spaces between them, of: %s\n", all ? all : "");
    return granted;
}

/* name, value, name, value …, NULL: as lines for people, or as one JSON object. */
static int print_members(const struct context *c, const char *const *members)
{
    cleanup(buffer_done) struct buffer text = buffer_with_limit(TEXT_MAX);
    for (size_t i = 0; members[i]; i += 2) {
        if (c->json) {
            buffer_printf(&text, "%s\"%s\":", i ? "," : "{", members[i]);
            buffer_json(&text, members[i + 1]);
        } else {
            buffer_printf(&text, "%-14s %s\n", members[i], members[i + 1]);
        }
    }
    buffer_text(&text, c->json ? "}\n" : "");
    if (text.failed)
        return refused("out of memory");
    fputs(text.bytes, stdout);
    return DONE;
}

/* Runs a statement that keeps the hash of a new secret and answers with the client; shows both, once. */
static int give_secret(struct context *c, const struct statement *statement, const char *const *values,
                       const char *secret, const char *reason_without_row)
{
    cleanup(answer_done) struct answer *answer = query_call(c->pool, statement, values);
    if (!answer && strcmp(query_call_error(), "23505") == 0)
        return refused("A client of that name exists already.");
    if (!answer && strcmp(query_call_error(), "23514") == 0)
        return refused("A name has 1 to 120 characters.");
    if (!answer)
        return database_refused();
    if (answer_rows(answer) == 0)
        return refused(reason_without_row);
    const char *members[] = {"client_id", answer_get(answer, 0, "client_id"), "client_secret", secret, NULL};
    int code = print_members(c, members);
    fputs("The secret is shown this once: the database holds only its SHA-256.\n", stderr);
    return code;
}

/* ---- client ---- */

int client_add(struct context *c)
{
    char secret[64], hash[65];
    const char *scopes = known_scopes(c, c->scopes);
    if (!scopes)
        return MISUSED;
    secret_make(secret, hash);
    const char *values[] = {c->name, scopes, c->organisation, hash};
    return give_secret(c, &statement_addClient, values, secret,
                       "No organisation has this id, code or (today) agency code.");
}

int client_list(struct context *c)
{
    cleanup(answer_done) struct answer *answer = query_call(c->pool, &statement_listClients, NULL);
    if (!answer)
        return database_refused();
    for (size_t i = 0; i < answer_rows(answer); i++) {
        const char *members[] = {
            "client_id", answer_get(answer, i, "id"),     "name",          answer_get(answer, i, "name"),
            "status",    answer_get(answer, i, "status"), "organisation",  answer_get(answer, i, "organisation"),
            "scopes",    answer_get(answer, i, "scopes"), "secrets_count", answer_get(answer, i, "secrets_count"),
            NULL};
        if (!c->json && i)
            putchar('\n');
        if (print_members(c, members) != DONE)
            return REFUSED;
    }
    return DONE;
}

int client_rotate(struct context *c)
{
    char secret[64], hash[65];
    secret_make(secret, hash);
    const char *values[] = {hash, c->client};
    return give_secret(c, &statement_rotateClientSecret, values, secret,
                       "No such client, or it was revoked, or it has two secrets already (api client retire-secret).");
}

static int change_client(struct context *c, const struct statement *statement, const char *const *values,
                         const char *done, const char *reason_without_row)
{
    cleanup(answer_done) struct answer *answer = query_call(c->pool, statement, values);
    if (!answer)
        return database_refused();
    if (answer_rows(answer) == 0)
        return refused(reason_without_row);
    puts(done);
    return DONE;
}

int client_retire_secret(struct context *c)
{
    const char *values[] = {c->client};
    return change_client(c, &statement_retireClientSecret, values, "The older secret ends now.",
                         "No such client, or it has one secret only.");
}

int client_suspend(struct context *c)
{
    const char *values[] = {"suspended", c->client, "active"};
    return change_client(c, &statement_setClientStatus, values, "Suspended; its tokens end within seconds.",
                         "No such client, or it is not active.");
}

int client_resume(struct context *c)
{
    const char *values[] = {"active", c->client, "suspended"};
    return change_client(c, &statement_setClientStatus, values, "Active again; it has to get new tokens.",
                         "No such client, or it is not suspended.");
}

int client_revoke(struct context *c)
{
    const char *values[] = {"revoked", c->client, "active suspended"};
    return change_client(c, &statement_setClientStatus, values, "Revoked for good; its tokens end within seconds.",
                         "No such client, or it was revoked before.");
}

int client_ensure_demo(struct context *c)
{
    const char *values[] = {all_scopes(c)};
    cleanup(answer_done) struct answer *answer = query_call(c->pool, &statement_ensureDemoClient, values);
    return answer ? DONE : database_refused();
}

/* ---- admin ---- */

int admin_init(struct context *c)
{
    char secret[64], hash[65];
    secret_make(secret, hash);
    const char *values[] = {all_scopes(c), hash};
    return give_secret(c, &statement_addAdministrator, values, secret,
                       "The administrator exists already (or the reference data was not loaded: db/migrate does).\n"
                       "If its secret is lost: api admin reset");
}

int admin_reset(struct context *c)
{
    char secret[64], hash[65];
    secret_make(secret, hash);
    const char *values[] = {all_scopes(c), hash};
    return give_secret(c, &statement_resetAdministrator, values, secret,
                       "There is no administrator yet: api admin init");
}

/* ---- key, token ---- */

static void auth_done(struct auth **auth)
{
    auth_close(*auth);
}

/* NULL: told why. */
static struct auth *open_auth(struct context *c)
{
    struct auth_options options = {.issuer = c->config->issuer,
                                   .audience = c->config->audience,
                                   .master_key = c->config->master_key,
                                   .token_seconds = (unsigned)c->config->token_seconds,
                                   .pool = c->pool};
    struct auth *auth = auth_open(&options);
    if (!auth) {
        refused("KC_MASTER_KEY must be 64 hex digits.");
        return NULL;
    }
    if (auth_load_keys(auth))
        return auth;
    refused(auth_fault(auth));
    auth_close(auth);
    return NULL;
}

int key_rotate(struct context *c)
{
    cleanup(auth_done) struct auth *auth = open_auth(c);
    if (!auth)
        return REFUSED;
    const char *kid = auth_rotate_key(auth, &c->arena, c->purpose, c->now ? 0 : ROTATE_WAIT_SECONDS,
                                      c->now ? 0 : ROTATE_GRACE_SECONDS);
    if (!kid)
        return refused(
            "No key was made: the purpose is token, cursor, certificate or checkpoint; the database may have refused.");
    const char *members[] = {"kid", kid, "purpose", c->purpose, NULL};
    return print_members(c, members);
}

static enum client_verdict find_demo(struct context *c, struct client *ret_client)
{
    const char *values[] = {"demo"};
    cleanup(answer_done) struct answer *answer = query_call(c->pool, &statement_findClientByName, values);
    if (!answer)
        return CLIENT_UNKNOWN_OUTCOME;
    if (answer_rows(answer) == 0)
        return CLIENT_REFUSED;
    *ret_client = (struct client){.id = arena_text(&c->arena, answer_get(answer, 0, "id")),
                                  .organisation_id = arena_text(&c->arena, answer_get(answer, 0, "organisation_id")),
                                  .epoch = arena_text(&c->arena, answer_get(answer, 0, "epoch")),
                                  .scopes = arena_text(&c->arena, answer_get(answer, 0, "scopes"))};
    return c->arena.failed ? CLIENT_UNKNOWN_OUTCOME : CLIENT_ACCEPTED;
}

static int print_token(struct context *c, const struct client *client, unsigned seconds)
{
    const char *scopes = scopes_granted(&c->arena, client->scopes, c->scope);
    if (!scopes)
        return refused("The client does not hold every scope that was asked for.");
    cleanup(auth_done) struct auth *auth = open_auth(c);
    if (!auth)
        return REFUSED;
    struct grant grant = {.client_id = client->id,
                          .organisation_id = client->organisation_id,
                          .epoch = client->epoch,
                          .scopes = scopes,
                          .seconds = seconds};
    int64_t expires_in;
    const char *token = token_issue(auth, &c->arena, &grant, &expires_in);
    if (!token)
        return refused("No key to sign with.");
    puts(token);
    return DONE;
}

int token_print(struct context *c)
{
    int64_t seconds = 0;
    struct client client;
    if (c->seconds && !integer_parse(c->seconds, 1, TOKEN_SECONDS_MAX, &seconds)) {
        fprintf(stderr, "--seconds is a whole number from 1 to %d\n", TOKEN_SECONDS_MAX);
        return MISUSED;
    }
    if (c->demo ? c->client || c->secret : !c->client || !c->secret) {
        refused("Either --client and --secret, or --demo.");
        return MISUSED;
    }
    switch (c->demo ? find_demo(c, &client) : client_check(c->pool, &c->arena, c->client, c->secret, &client)) {
    case CLIENT_ACCEPTED:
        return print_token(c, &client, (unsigned)seconds);
    case CLIENT_REFUSED:
        return refused(c->demo ? "There is no active client named demo."
                               : "The client is not known, or its secret is wrong.");
    case CLIENT_INACTIVE:
        return refused("The client is suspended or revoked.");
    case CLIENT_UNKNOWN_OUTCOME:
        break;
    }
    return database_refused();
}
