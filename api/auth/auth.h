/* SPDX-License-Identifier: MIT */
#pragma once
#include "auth/cache.h"
#include "auth/keys.h"
#include "auth/token.h"

/* Inside auth/ only. */
struct auth {
    struct auth_options options;
    struct keys *keys;
    struct cache *cache;
};
