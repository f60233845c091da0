/* SPDX-License-Identifier: MIT */
#pragma once
#include "auth/token.h"
#include "config.h"
#include "http/address.h"
#include "http/rate.h"
#include "pg/query.h"

#include <stdatomic.h>
#include <stdbool.h>

/* What lives as long as the process; every exchange points to it. */
struct service {
    const struct config *config;
    struct pool *pool;   /* writes, and reads that may take long */
    struct lanes *lanes; /* quick reads */
    struct auth *auth;
    struct rates *rates;
    struct networks *proxies; /* trusted with the address of the caller */
    struct metrics *metrics;  /* NULL: nobody counts */
    atomic_uint connections;
    atomic_uint transfers; /* files that come or go: each holds a piece of its file in memory */
    atomic_uint in_flight; /* requests between callback and completion */
    atomic_bool draining;  /* SIGTERM came: /readyz says 503 */
};
