/* SPDX-License-Identifier: MIT */
#pragma once
#include "http/exchange.h"

#include <libpq-fe.h>

/* Inside pg/ only: rows become the reply, or their absence a problem. */
#define COUNT_MAX 100000

bool answer_bytes(struct exchange *x, const PGresult *result);
bool answer_one(struct exchange *x, const PGresult *result);
bool answer_page(struct exchange *x, const PGresult *result, const PGresult *counted /* NULL: not asked */);
bool answer_write(struct exchange *x, const PGresult *written, const PGresult *follow);
