/* SPDX-License-Identifier: MIT */
/* What a statement of the plan is asked with: the values of its parameters, and the caller's claims for row security.
 */
#include "core/clock.h"
#include "http/exchange.h"
#include "pg/run.h"
#include "service.h"

#include <inttypes.h>
#include <string.h>

static const char *value_of(struct exchange *x, const struct source *source)
{
    switch (source->kind) {
    case SOURCE_PARAMETER:
        return x->values[source->index];
    case SOURCE_BODY:
        return x->body_text;
    case SOURCE_NEW_ID:
        return x->new_id;
    case SOURCE_IF_VERSION:
        return x->if_version;
    case SOURCE_PROVINCES:
        return x->caller.provinces ? x->caller.provinces : "{}";
    case SOURCE_PROVINCE_CODE:
        return x->caller.province_code;
    case SOURCE_ORGANISATION_ID:
        return x->caller.organisation_id;
    case SOURCE_CLIENT_ID:
        return x->caller.client_id;
    case SOURCE_TIER:
        return x->caller.tier;
    case SOURCE_PERSONAL_DATA:
        return x->caller.personal_data ? "true" : "false";
    case SOURCE_USER_ID:
        return x->caller.user_id;
    case SOURCE_ROLES:
        return x->caller.roles;
    case SOURCE_SCOPES:
        return x->caller.scopes;
    case SOURCE_EXPIRES_AT:
        return arena_printf(&x->arena, "%" PRId64, x->caller.expires_at);
    case SOURCE_LIMIT:
        return x->limit_text;
    case SOURCE_CURSOR_KEY:
        return x->cursor_keys[source->index];
    case SOURCE_BYTES:
        return x->file.bytes;
    case SOURCE_AT:
        return x->file.at;
    case SOURCE_PART:
        return x->file.part;
    case SOURCE_SNIFFED_TYPE:
        return x->file.sniffed_type;
    case SOURCE_MEDIA:
        return x->media;
    case SOURCE_SHA256:
        return x->file.sha256;
    case SOURCE_FILE_LIMIT:
        return arena_printf(&x->arena, "%ld", x->service->config->file_bytes);
    case SOURCE_NOTHING:
        return NULL;
    }
    return NULL;
}

/* One value goes as it is, with its length. */
static void mark_binary(struct exchange *x, struct command *command, unsigned place)
{
    int *lengths = arena_alloc(&x->arena, 2 * command->statement->nparameters * sizeof *lengths);
    if (!lengths)
        return;
    int *formats = lengths + command->statement->nparameters;
    lengths[place] = (int)x->file.length;
    formats[place] = 1;
    command->lengths = lengths;
    command->formats = formats;
}

struct command bind_step(struct exchange *x, const struct step *step)
{
    const char **values = arena_alloc(&x->arena, (step->statement->nparameters + 1) * sizeof *values);
    struct command command = {.statement = step->statement, .values = values};
    for (unsigned i = 0; values && i < step->statement->nparameters; i++) {
        values[i] = value_of(x, &step->sources[i]);
        if (step->sources[i].kind == SOURCE_BYTES)
            mark_binary(x, &command, i);
    }
    return command;
}

/* "{70,75}" → "70,75": the form the policies split. */
static const char *bare_list(struct exchange *x, const char *literal)
{
    size_t length = literal ? strlen(literal) : 0;
    return length < 2 ? "" : arena_copy(&x->arena, literal + 1, length - 2);
}

static const char **claim_values(struct exchange *x)
{
    const char **values = arena_alloc(&x->arena, CLAIMS * sizeof *values);
    if (!values)
        return NULL;
    values[CLAIM_ORGANISATION] = x->caller.organisation_id;
    values[CLAIM_PROVINCES] = bare_list(x, x->caller.provinces);
    values[CLAIM_TIER] = x->caller.tier;
    values[CLAIM_CLIENT] = x->caller.client_id;
    values[CLAIM_OPERATION] = x->operation->id;
    values[CLAIM_TRACE] = x->trace_id;
    values[CLAIM_CLOCK_SHIFT] = clock_shift();
    values[CLAIM_USER] = x->caller.user_id;
    values[CLAIM_ROLES] = bare_list(x, x->caller.roles);
    values[CLAIM_SCOPES] = x->caller.scopes;
    unsigned patience_ms = x->operation->patience_ms;
    values[CLAIM_PATIENCE] = patience_ms ? arena_printf(&x->arena, "%u", patience_ms) : NULL;
    return values;
}

struct command bind_claims(struct exchange *x)
{
    return (struct command){.statement = &own_statements[OWN_CLAIMS], .values = claim_values(x)};
}

/* Operation and trace serve the history of writes only; without them all reads of a caller have the same claims. */
struct command bind_lane_claims(struct exchange *x, const char *patience)
{
    const char **values = claim_values(x);
    if (values) {
        values[CLAIM_OPERATION] = "read";
        values[CLAIM_TRACE] = NULL;
        values[CLAIM_PATIENCE] = patience;
    }
    return (struct command){.statement = &own_statements[OWN_CLAIMS], .values = values};
}
