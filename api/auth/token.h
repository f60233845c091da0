/* SPDX-License-Identifier: MIT */
#pragma once
#include "core/arena.h"
#include "pg/query.h"

#include <stdbool.h>
#include <stdint.h>

/* Who is asking. Filled from a verified token and from what the database says of the client now (read again every
 * AUTH_REFRESH_SECONDS, so that a revoked client or a changed organisation takes effect within that time). */
#define AUTH_REFRESH_SECONDS 5
#define TOKEN_LENGTH_MAX     4096
#define TOKEN_CACHE_ENTRIES  4096
#define TOKEN_SKEW_SECONDS   60  /* by how much clocks may differ */
#define TOKEN_LIFE_MAX       600 /* seconds; RFC 8725 and conventions C-26 */

struct caller {
    const char *client_id;       /* UUID */
    const char *user_id;         /* UUID of the person on whose behalf the client calls, or NULL */
    const char *organisation_id; /* UUID: the person's, else the client's */
    const char *province_code;   /* own province or NULL */
    const char *tier;            /* central, region, province, district, commune */
    const char *provinces;       /* text[] literal: "{70,75}"; "{}" for bodies without territory */
    const char *roles;           /* text[] literal of the person's roles; NULL: no person */
    const char *scopes;          /* space-separated: those of the token that the client still holds */
    int64_t expires_at;          /* of the token, in seconds since 1970 */
    bool personal_data;
};

struct auth; /* keys, settings and the token cache; one for the process */

struct auth_options {   /* texts must outlive the struct auth */
    const char *issuer; /* KC_ISSUER, also the audience of our own tokens when KC_AUDIENCE is unset */
    const char *audience;
    const char *master_key; /* 64 hex digits: 32 bytes that encrypt private keys at rest */
    unsigned token_seconds; /* life of an access token, at most TOKEN_LIFE_MAX */
    struct pool *pool;
};

struct auth *auth_open(const struct auth_options *options); /* NULL: no memory, or master_key is not 64 hex digits */
void auth_close(struct auth *auth);

/* Loads signing keys, making the first of each purpose when there is none. False: auth_fault says why. */
bool auth_load_keys(struct auth *auth);
bool auth_ready(struct auth *auth);        /* keys are loaded (tries to load them when they are not) */
const char *auth_fault(struct auth *auth); /* why keys are missing, for the log and the operator; NULL: they are not */

/* The cache of verified tokens, since the start. */
struct token_counts {
    unsigned entries;
    unsigned long long hits;      /* all was known */
    unsigned long long refreshes; /* the database was asked again */
    unsigned long long misses;    /* a token not seen before, or forgotten */
    unsigned long long evictions; /* forgotten for want of room */
};
void auth_count(struct auth *auth, struct token_counts *ret_counts);

enum verdict {
    TOKEN_VALID,
    TOKEN_INVALID,
    TOKEN_EXPIRED,
    TOKEN_REVOKED,
    TOKEN_UNKNOWN_OUTCOME /* database down: 503 */
};

/* Verifies the compact token; on TOKEN_VALID fills *ret_caller with texts in the arena. */
enum verdict token_verify(struct auth *auth, struct arena *arena, const char *token, struct caller *ret_caller);
bool caller_has_scope(const struct caller *caller, const char *scope);
bool scope_listed(const char *scopes, const char *scope); /* in a space-separated list */

/* What an access token says. `scopes` is already a subset of the client's. */
struct grant {
    const char *client_id, *organisation_id;
    const char *user_id; /* NULL: no person */
    const char *epoch;   /* of the client, in digits */
    const char *scopes;
    unsigned seconds; /* its life; 0: as configured */
};

/* NULL: no key or no memory. */
char *token_issue(struct auth *auth, struct arena *arena, const struct grant *grant, int64_t *ret_expires_in);

char *auth_jwks(struct auth *auth, struct arena *arena); /* JSON document of public keys; NULL: keys not loaded */

/* Compact JWS of a JSON text by the active key of a purpose. Without a type the payload is deflated (`zip: DEF`), as QR
 * codes want it. NULL: no key or no memory. */
char *auth_sign(struct auth *auth, struct arena *arena, const char *purpose, const char *type, const char *payload);

/* HMAC-SHA256 with the cursor key. False: keys not loaded. */
bool auth_cursor_mac(struct auth *auth, const void *bytes, size_t length, uint8_t ret_mac[32]);

/* Makes the next key of a purpose (`token`, `cursor`): after `wait` seconds it signs, `grace` seconds later the ones
 * before it are retired. Its kid in the arena; NULL: unknown purpose, or the database refused. */
const char *auth_rotate_key(struct auth *auth, struct arena *arena, const char *purpose, unsigned wait, unsigned grace);

/* Secrets of clients: 256 random bits, shown once, kept as SHA-256. */
void secret_make(char ret_secret[static 64], char ret_hash_hex[static 65]);
bool secret_matches(const char *secret, const char *hash_hex);              /* constant time; NULL matches nothing */
bool digest_hex(const void *bytes, size_t length, char ret_hex[static 65]); /* SHA-256; false: no memory */
