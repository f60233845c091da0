/* SPDX-License-Identifier: MIT */
#pragma once
#include "core/arena.h"

#include <stdbool.h>
#include <stdint.h>

/* Key material and its names. All texts in the arena. */
struct keypair {
    char *private_pem, *public_pem; /* EC P-256 */
    const char *kid;                /* RFC 7638 thumbprint of the public key */
    const char *jwk;                /* public, ready for /.well-known/jwks.json */
};

bool keypair_make(struct arena *arena, struct keypair *ret_pair);
bool keypair_read(struct arena *arena, const char *private_pem, struct keypair *ret_pair); /* false: no P-256 key */
const char *symmetric_make(struct arena *arena, uint8_t ret_secret[static 32]);            /* its kid, or NULL */
