/* SPDX-License-Identifier: MIT */
#pragma once
#include "core/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* AES-256-GCM for private keys at rest: nonce, cipher text, tag. The context is authenticated with it, so that a sealed
 * key is of no use under another kid or for another purpose. */
#define SEAL_KEY_BYTES   32
#define SEAL_NONCE_BYTES 12
#define SEAL_TAG_BYTES   16
#define SEAL_OVERHEAD    (SEAL_NONCE_BYTES + SEAL_TAG_BYTES)

/* `ret_sealed` has length + SEAL_OVERHEAD bytes. */
bool seal(const uint8_t key[static SEAL_KEY_BYTES], const char *context, const void *plain, size_t length,
          uint8_t *ret_sealed);
/* The plain bytes with a NUL behind them, in the arena; NULL: another key or context, or altered bytes. */
uint8_t *unseal(struct arena *arena, const uint8_t key[static SEAL_KEY_BYTES], const char *context,
                const uint8_t *sealed, size_t length, size_t *ret_length);
