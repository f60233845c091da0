/* SPDX-License-Identifier: MIT */
#pragma once
#include "fuzz.h"
#include "http/exchange.h"
#include "http/stages.h"

/* The stages in front of the database, without a network and without a database: headers come from a table, every
 * question to the database fails. */
struct header {
    const char *name, *value;
};

struct exchange *exchange_new(void);
void header_add(const char *name, const char *value); /* of the exchange; a name once */
void exchange_end(struct exchange *x);                /* judges the reply, frees all */
const struct operation *operation_named(const char *id);
