/* SPDX-License-Identifier: MIT */
#pragma once
#include "http/exchange.h"

#include <libpq-fe.h>

/* SQLSTATE and constraint name → problem. The row's text never leaves the service. */

bool failure_is_unique(const PGresult *refusal);  /* 23505: the plan's `taken` query may say whose the value is */
bool failure_is_check(const PGresult *refusal);   /* 23514, of a row that may offend others, too */
bool failure_is_passing(const PGresult *refusal); /* a lost race: running the whole write again may succeed */
bool failure_fill(struct exchange *x, const PGresult *refusal); /* always false, like fail() */
