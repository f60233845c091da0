/* SPDX-License-Identifier: MIT */
/* Who the caller is and how often the database is asked for it; the cache; keys; seals and secrets. */
#include "auth/client.h"
#include "auth/seal.h"
#include "cases.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/text.h"
#include "fake_database.h"
#include "identity.h"

#include <openssl/evp.h>
#include <pthread.h>

#define THREADS 32
#define SLACK   60 /* the test itself takes time */

/* ---- The caller, and how often the database is asked ---- */

static void issued_token_gives_the_caller(void **state)
{
    (void)state;
    struct caller caller;
    client_scopes = "projects:read personal-data:read";
    assert_int_equal(token_verify(auth, &arena, issue(), &caller), TOKEN_VALID);
    assert_string_equal(caller.client_id, CLIENT);
    assert_string_equal(caller.organisation_id, "0190a6c0-0000-7000-8000-0000000000aa");
    assert_string_equal(caller.province_code, "75");
    assert_string_equal(caller.tier, "province");
    assert_string_equal(caller.provinces, "{70,75}");
    assert_true(caller.personal_data);
    assert_true(caller_has_scope(&caller, "projects:read"));
    assert_false(caller_has_scope(&caller, "projects:rea"));
    assert_false(caller_has_scope(&caller, "projects:read personal-data:read"));
    assert_false(caller_has_scope(&caller, ""));
}

/* libjwt 1.10.2 writes no other typ and accepts none: so own tokens are typ JWT and say token_use. */
static void issued_token_has_the_header_libjwt_can_read(void **state)
{
    (void)state;
    const char *token = issue();
    size_t length;
    char *header = base64url_decode(&arena, arena_copy(&arena, token, strcspn(token, ".")), &length);
    assert_string_equal(header, good_header());
}

static void the_database_is_asked_once_in_five_seconds(void **state)
{
    (void)state;
    const char *token = issue();
    for (int i = 0; i < 10; i++)
        assert_int_equal(verify(token), TOKEN_VALID);
    assert_int_equal(looks_at_client, 1);
    passed_ms += AUTH_REFRESH_SECONDS * 1000;
    assert_int_equal(verify(token), TOKEN_VALID);
    assert_int_equal(looks_at_client, 2);
}

static void a_revoked_client_is_refused_at_the_next_look(void **state)
{
    (void)state;
    const char *token = issue();
    assert_int_equal(verify(token), TOKEN_VALID);
    client_active = false;
    passed_ms += AUTH_REFRESH_SECONDS * 1000;
    assert_int_equal(verify(token), TOKEN_REVOKED);
    assert_int_equal(verify(token), TOKEN_REVOKED);
    assert_int_equal(looks_at_client, 2);
}

static void a_lost_scope_is_lost_at_the_next_look(void **state)
{
    (void)state;
    struct caller caller;
    const char *token = issue();
    assert_int_equal(verify(token), TOKEN_VALID);
    client_scopes = "";
    passed_ms += AUTH_REFRESH_SECONDS * 1000;
    assert_int_equal(token_verify(auth, &arena, token, &caller), TOKEN_VALID);
    assert_false(caller_has_scope(&caller, "projects:read"));
}

static void a_token_without_a_person_names_none(void **state)
{
    (void)state;
    struct caller caller;
    const char *token = issue();
    for (int i = 0; i < 2; i++) { /* from the database, and from the cache */
        assert_int_equal(token_verify(auth, &arena, token, &caller), TOKEN_VALID);
        assert_null(caller.user_id);
        assert_null(caller.roles);
        assert_int_equal(caller.expires_at, NOW + 600);
    }
}

static void a_token_for_a_person_gives_person_and_roles(void **state)
{
    (void)state;
    struct caller caller;
    const char *token = issue_for(USER);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(token_verify(auth, &arena, token, &caller), TOKEN_VALID);
        assert_string_equal(caller.user_id, USER);
        assert_string_equal(caller.roles, "{access_admin,centre_officer}");
        assert_int_equal(caller.expires_at, NOW + 600);
    }
    assert_int_equal(looks_at_client, 1);
    passed_ms += AUTH_REFRESH_SECONDS * 1000;
    assert_int_equal(token_verify(auth, &arena, token, &caller), TOKEN_VALID);
    assert_string_equal(caller.user_id, USER);
}

static void a_person_who_is_gone_ends_the_token_at_the_next_look(void **state)
{
    (void)state;
    const char *token = issue_for(USER), *own = issue();
    assert_int_equal(verify(token), TOKEN_VALID);
    user_active = false;
    passed_ms += AUTH_REFRESH_SECONDS * 1000;
    assert_int_equal(verify(token), TOKEN_REVOKED);
    assert_int_equal(verify(own), TOKEN_VALID);
}

static const struct acting_row {
    const char *name, *acting_user;
    enum client_verdict verdict;
} acting_rows[] = {
    {"by id", USER, CLIENT_ACCEPTED},       {"by name", "an.nv", CLIENT_ACCEPTED},
    {"another id", CLIENT, CLIENT_REFUSED}, {"another name", "binh.tt", CLIENT_REFUSED},
    {"nothing", "", CLIENT_REFUSED},
};

static void check_acting(void **state)
{
    const struct acting_row *row = *state;
    struct client client = {.id = CLIENT, .organisation_id = "own", .scopes = "projects:read access:manage"};
    database_reset();
    assert_int_equal(client_act_for(NULL, &arena, row->acting_user, &client), row->verdict);
    bool accepted = row->verdict == CLIENT_ACCEPTED;
    assert_int_equal(client.user_id != NULL, accepted);
    assert_string_equal(client.scopes, accepted ? "projects:read" : "projects:read access:manage");
    assert_string_equal(client.organisation_id, accepted ? "0190a6c0-0000-7000-8000-0000000000bb" : "own");
    database_down = true;
    assert_int_equal(client_act_for(NULL, &arena, row->acting_user, &client), CLIENT_UNKNOWN_OUTCOME);
}

static void without_database_nobody_is_let_through(void **state)
{
    (void)state;
    const char *token = issue(), *other = issue();
    assert_int_equal(verify(token), TOKEN_VALID);
    database_down = true;
    assert_int_equal(verify(token), TOKEN_VALID); /* known to be good within the last seconds */
    passed_ms += AUTH_REFRESH_SECONDS * 1000;
    assert_int_equal(verify(token), TOKEN_UNKNOWN_OUTCOME);
    assert_int_equal(verify(other), TOKEN_UNKNOWN_OUTCOME);
    database_down = false;
    assert_int_equal(verify(token), TOKEN_VALID);
}

static void a_kept_token_expires(void **state)
{
    (void)state;
    const char *token = issue();
    assert_int_equal(verify(token), TOKEN_VALID);
    clock_set(NOW + 600 + TOKEN_SKEW_SECONDS + SLACK);
    assert_int_equal(verify(token), TOKEN_EXPIRED);
}

static const char *shared_token;
static atomic_uint valid_answers, unknown_answers;

static void *verify_in_thread(void *nothing_given)
{
    cleanup(arena_done) struct arena own = {0};
    struct caller caller;
    enum verdict verdict = token_verify(auth, &own, shared_token, &caller);
    valid_answers += verdict == TOKEN_VALID && strcmp(caller.provinces, "{70,75}") == 0;
    unknown_answers += verdict == TOKEN_UNKNOWN_OUTCOME;
    return nothing_given;
}

static void in_threads(void)
{
    pthread_t threads[THREADS];
    valid_answers = unknown_answers = 0;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, verify_in_thread, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static void one_thread_asks_for_all(void **state)
{
    (void)state;
    shared_token = issue();
    look_takes_ms = 200;
    in_threads();
    assert_int_equal(valid_answers, THREADS);
    assert_int_equal(looks_at_client, 1);
    passed_ms += AUTH_REFRESH_SECONDS * 1000;
    in_threads();
    assert_int_equal(valid_answers, THREADS);
    assert_int_equal(looks_at_client, 2);
}

/* Who came while the question was open gets its fate; nobody queues up to ask again, each with a time-out of his own.
 */
static void one_thread_fails_for_all(void **state)
{
    (void)state;
    shared_token = issue();
    database_down = true;
    look_takes_ms = 300;
    in_threads();
    assert_int_equal(unknown_answers, THREADS);
    assert_in_range(looks_at_client, 1, THREADS / 4);
}

/* ---- The cache alone ---- */

static void number_digest(unsigned number, uint8_t ret_digest[static 32])
{
    memset(ret_digest, 0, 32);
    EVP_Digest(&number, sizeof number, ret_digest, NULL, EVP_sha256(), NULL);
}

static void the_cache_is_bounded(void **state)
{
    (void)state;
    struct claims claims = {.kid = "k", .client_id = CLIENT, .epoch = "1", .scopes = "", .ends_at = INT64_MAX}, read;
    struct caller caller = {
        .client_id = CLIENT, .organisation_id = "o", .tier = "province", .provinces = "{}", .scopes = ""};
    enum verdict verdict;
    uint8_t digest[32];
    unsigned kept = 0;
    for (unsigned i = 0; i < 3 * TOKEN_CACHE_ENTRIES; i++) {
        number_digest(i, digest);
        assert_int_equal(cache_take(auth->cache, digest, &claims, &arena, &read, &verdict, &caller), FOUND_ASK);
        cache_settle(auth->cache, digest, TOKEN_VALID, &caller, clock_monotonic_ms());
        assert_int_equal(cache_take(auth->cache, digest, NULL, &arena, &read, &verdict, &caller), FOUND_ANSWER);
    }
    for (unsigned i = 0; i < 3 * TOKEN_CACHE_ENTRIES; i++) {
        number_digest(i, digest);
        kept += cache_take(auth->cache, digest, NULL, &arena, &read, &verdict, &caller) == FOUND_ANSWER;
    }
    assert_in_range(kept, TOKEN_CACHE_ENTRIES / 2, TOKEN_CACHE_ENTRIES);
}

/* ---- Keys ---- */

static void replicas_share_the_first_keys(void **state)
{
    (void)state;
    uint8_t here[32], there[32];
    struct caller caller;
    struct auth *other = auth_with(NULL);
    assert_true(auth_ready(other));
    assert_int_equal(token_verify(other, &arena, issue(), &caller), TOKEN_VALID);
    assert_string_equal(auth_jwks(auth, &arena), auth_jwks(other, &arena));
    assert_true(auth_cursor_mac(auth, "abc", 3, here));
    assert_true(auth_cursor_mac(other, "abc", 3, there));
    assert_memory_equal(here, there, sizeof here);
    auth_close(other);
}

static void another_master_key_opens_nothing(void **state)
{
    (void)state;
    struct caller caller;
    struct auth *other = auth_with("ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    assert_false(auth_load_keys(other));
    assert_false(auth_ready(other));
    assert_non_null(strstr(auth_fault(other), "KC_MASTER_KEY"));
    assert_int_equal(token_verify(other, &arena, issue(), &caller), TOKEN_UNKNOWN_OUTCOME);
    assert_null(auth_jwks(other, &arena));
    auth_close(other);
    assert_null(auth_with("00"));
    assert_null(auth_with(""));
}

static void without_database_there_are_no_keys_until_it_comes(void **state)
{
    (void)state;
    struct auth *late = auth_with(NULL);
    database_down = true;
    assert_false(auth_ready(late));
    assert_non_null(auth_fault(late));
    database_down = false;
    passed_ms += KEYS_RETRY_SECONDS * 1000;
    assert_true(auth_ready(late));
    assert_null(auth_fault(late));
    auth_close(late);
}

static void made_up_kids_cause_one_look_in_thirty_seconds(void **state)
{
    (void)state;
    const char *stranger = token_of("{\"alg\":\"ES256\",\"kid\":\"made-up\",\"typ\":\"JWT\"}", "{}");
    passed_ms += KEYS_RELOAD_SECONDS * 1000;
    unsigned before = looks_at_keys;
    for (int i = 0; i < 50; i++)
        assert_int_equal(verify(stranger), TOKEN_INVALID);
    assert_int_equal(looks_at_keys, before + 1);
    passed_ms += KEYS_RELOAD_SECONDS * 1000;
    assert_int_equal(verify(stranger), TOKEN_INVALID);
    assert_int_equal(looks_at_keys, before + 2);
}

/* Another replica makes the next key. */
static const char *rotate_elsewhere(unsigned wait, unsigned grace)
{
    struct auth *other = auth_with(NULL);
    assert_true(auth_load_keys(other));
    const char *kid = auth_rotate_key(other, &arena, "token", wait, grace);
    assert_non_null(kid);
    auth_close(other);
    return kid;
}

static void a_next_key_is_published_then_signs_then_stands_alone(void **state)
{
    (void)state;
    const char *token = issue(), *old = arena_text(&arena, key_of(PURPOSE_TOKEN).kid),
               *next = rotate_elsewhere(300, 720);
    passed_ms += KEYS_REFRESH_SECONDS * 1000;
    assert_non_null(strstr(auth_jwks(auth, &arena), next));
    assert_string_equal(key_of(PURPOSE_TOKEN).kid, old);
    clock_set(NOW + 300 + SLACK);
    assert_string_equal(key_of(PURPOSE_TOKEN).kid, next);
    assert_int_equal(verify(token), TOKEN_VALID);
    clock_set(NOW + 300 + 720 + SLACK);
    assert_null(strstr(auth_jwks(auth, &arena), old));
    assert_int_equal(verify(issue()), TOKEN_VALID);
}

static void an_unknown_kid_of_ours_is_looked_up(void **state)
{
    (void)state;
    rotate_elsewhere(0, 600);
    struct auth *other = auth_with(NULL), *mine = auth;
    auth = other;
    const char *token = issue();
    auth = mine;
    passed_ms += KEYS_RELOAD_SECONDS * 1000;
    assert_int_equal(verify(token), TOKEN_VALID);
    auth_close(other);
}

static void a_retired_key_ends_the_tokens_it_signed(void **state)
{
    (void)state;
    const char *token = issue();
    assert_int_equal(verify(token), TOKEN_VALID);
    rotate_elsewhere(0, 0);
    passed_ms += KEYS_REFRESH_SECONDS * 1000;
    verify(token); /* whoever comes first causes the look */
    passed_ms += AUTH_REFRESH_SECONDS * 1000;
    assert_int_equal(verify(token), TOKEN_INVALID);
}

/* ---- Sealing, secrets, scopes ---- */

static void a_seal_opens_with_its_key_and_context_only(void **state)
{
    (void)state;
    uint8_t key[32] = {1}, other[32] = {2}, sealed[5 + SEAL_OVERHEAD], again[5 + SEAL_OVERHEAD];
    size_t length = 0;
    assert_true(seal(key, "token/a", "hello", 5, sealed));
    assert_true(seal(key, "token/a", "hello", 5, again));
    assert_memory_not_equal(sealed, again, sizeof sealed);
    assert_string_equal((char *)unseal(&arena, key, "token/a", sealed, sizeof sealed, &length), "hello");
    assert_int_equal(length, 5);
    assert_null(unseal(&arena, other, "token/a", sealed, sizeof sealed, &length));
    assert_null(unseal(&arena, key, "feed/a", sealed, sizeof sealed, &length));
    for (size_t i = 0; i < sizeof sealed; i++) {
        sealed[i] ^= 1;
        assert_null(unseal(&arena, key, "token/a", sealed, sizeof sealed, &length));
        sealed[i] ^= 1;
    }
    assert_null(unseal(&arena, key, "token/a", sealed, SEAL_OVERHEAD - 1, &length));
}

static void secrets_are_random_and_match_their_hash(void **state)
{
    (void)state;
    char first[64], second[64], hash[65], other[65];
    secret_make(first, hash);
    secret_make(second, other);
    assert_int_equal(strlen(first), 43);
    assert_string_not_equal(first, second);
    assert_true(secret_matches(first, hash));
    assert_false(secret_matches(first, other));
    assert_false(secret_matches("", hash));
    assert_false(secret_matches(first, NULL));
    assert_false(secret_matches(first, ""));
    assert_true(digest_hex("abc", 3, hash));
    assert_string_equal(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static const struct scopes_row {
    const char *name, *held, *wanted, *granted;
} scopes_rows[] = {
    {"all when none is wanted", "a b", NULL, "a b"},
    {"a part", "a b c", "c a", "c a"},
    {"without repetition", "a b", "a a b a", "a b"},
    {"not held", "a b", "a c", NULL},
    {"the beginning of one", "projects:read", "projects", NULL},
    {"more than one", "projects", "projects:read", NULL},
    {"two spaces", "a b", "a  b", NULL},
    {"a space behind", "a b", "a ", NULL},
    {"of none", "", "a", NULL},
    {"none of none", "", NULL, ""},
};

static void check_scopes(void **state)
{
    const struct scopes_row *row = *state;
    const char *granted = scopes_granted(&arena, row->held, row->wanted);
    if (row->granted)
        assert_string_equal(granted, row->granted);
    else
        assert_null(granted);
}

/* Each with keys and a cache of its own. */
#define add_identity_test(function)                                                                                    \
    do {                                                                                                               \
        add_test(function);                                                                                            \
        tests[ntests - 1].setup_func = identity_begin;                                                                 \
        tests[ntests - 1].teardown_func = identity_end;                                                                \
    } while (0)

int main(void)
{
    add_identity_test(issued_token_gives_the_caller);
    add_identity_test(issued_token_has_the_header_libjwt_can_read);
    add_identity_test(the_database_is_asked_once_in_five_seconds);
    add_identity_test(a_revoked_client_is_refused_at_the_next_look);
    add_identity_test(a_lost_scope_is_lost_at_the_next_look);
    add_identity_test(a_token_without_a_person_names_none);
    add_identity_test(a_token_for_a_person_gives_person_and_roles);
    add_identity_test(a_person_who_is_gone_ends_the_token_at_the_next_look);
    add_identity_test(without_database_nobody_is_let_through);
    add_identity_test(a_kept_token_expires);
    add_identity_test(one_thread_asks_for_all);
    add_identity_test(one_thread_fails_for_all);
    add_identity_test(the_cache_is_bounded);
    add_identity_test(replicas_share_the_first_keys);
    add_identity_test(another_master_key_opens_nothing);
    add_identity_test(without_database_there_are_no_keys_until_it_comes);
    add_identity_test(made_up_kids_cause_one_look_in_thirty_seconds);
    add_identity_test(a_next_key_is_published_then_signs_then_stands_alone);
    add_identity_test(an_unknown_kid_of_ours_is_looked_up);
    add_identity_test(a_retired_key_ends_the_tokens_it_signed);
    add_identity_test(a_seal_opens_with_its_key_and_context_only);
    add_identity_test(secrets_are_random_and_match_their_hash);
    add_cases(acting_rows, check_acting);
    add_cases(scopes_rows, check_scopes);
    return run_cases(NULL, NULL);
}
