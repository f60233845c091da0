/* SPDX-License-Identifier: MIT */
/* Access tokens over the database that the unit tests play. The first byte says what the rest is: `r` the text of the
 * token, which nobody can make up; `c` claims, and `h` header and claims on two lines, signed with our own key. */
#include "fake_database.h"
#include "fuzz.h"
#include "identity.h"

#include "core/clock.h"
#include "core/uuid.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return identity_begin(NULL);
}

static void check_caller(const struct caller *caller)
{
    CLAIM(uuid_valid(caller->client_id) && caller->scopes && caller->organisation_id && caller->tier);
    CLAIM(!caller->user_id || uuid_valid(caller->user_id));
    CLAIM(caller->expires_at > clock_now() - TOKEN_SKEW_SECONDS);
}

static void check_signed(const char *header, const char *claims)
{
    struct caller caller;
    if (token_verify(auth, &arena, token_of(header, claims), &caller) == TOKEN_VALID)
        check_caller(&caller);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = input_text(data, size), *rest = text + 1, *header;
    switch (*text) {
    case 'r':
        CLAIM(verify(rest) != TOKEN_VALID);
        break;
    case 'c':
        check_signed(good_header(), rest);
        break;
    case 'h':
        header = next_line(&rest);
        check_signed(header, rest ? rest : "");
        break;
    default:
        break;
    }
    arena_done(&arena);
    free(text);
    return 0;
}
