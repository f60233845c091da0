/* SPDX-License-Identifier: MIT */
#pragma once
#include "pg/pool.h"

/* Inside pg/ only: the parts of query_run. */

#define RETRY_AFTER_SECONDS 1

/* What a statement is asked with; the values live in the exchange's arena. */
struct command bind_step(struct exchange *x, const struct step *step);
struct command bind_claims(struct exchange *x);
struct command bind_lane_claims(struct exchange *x, const char *patience);

const char *client_of(const struct exchange *x); /* under whose name it takes connections */
bool unavailable(struct exchange *x, const char *code, const char *reason);
bool refuse(struct exchange *x, struct connection *connection, const PGresult *refusal);
enum batch_outcome run_once(struct exchange *x, struct connection *connection, struct batch *batch);

bool content_digest(struct exchange *x); /* of all bytes into x->file.sha256; false: a problem was set */
bool run_read(struct exchange *x);
bool run_write(struct exchange *x);
