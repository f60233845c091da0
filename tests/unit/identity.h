/* SPDX-License-Identifier: MIT */
#pragma once
#include "auth/auth.h"
#include "auth/keypair.h"
#include "core/arena.h"

/* An identity to test: keys in the fake database, a clock that stands where the test puts it, tokens signed with
 * OpenSSL alone (libjwt is on the side of the service only). */
#define ISSUER "https://khuyencong.test"
#define CLIENT "0190a6c0-0000-7000-8000-000000000001"
#define NOW    1800000000

extern struct auth *auth;
extern struct arena arena;
extern int64_t passed_ms; /* added to clock_monotonic_ms: waits pass at once */

struct auth *auth_with(const char *master_key); /* NULL: the usual one */
int identity_begin(void **state);
int identity_end(void **state);
struct key key_of(enum purpose purpose);

char *segment(const char *text); /* base64url */
char *sign_es256(const char *signed_text, const char *private_pem);
char *sign_hs256(const char *signed_text, const void *secret, size_t length);
const char *good_header(void);
const char *token_of(const char *header, const char *claims); /* signed by our own key, whatever the header says */
enum verdict verify(const char *token);
const char *issue(void); /* by the service itself */
const char *issue_for(const char *user_id);
