/* SPDX-License-Identifier: MIT */
#pragma once
#include "core/buffer.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* What the service counts about itself. Recording takes a few relaxed additions and no lock; whoever asks adds up.
 * Labels come from the contract and from messages.yaml, so their number is fixed when the program is built. */

struct exchange;
struct service;

#define METRICS_BUCKETS 14 /* of the histograms, and one for what is longer */

enum status_class { CLASS_2XX, CLASS_3XX, CLASS_4XX, CLASS_5XX, CLASSES };

struct histogram {
    atomic_ullong counts[METRICS_BUCKETS + 1];
    atomic_ullong sum_us;
};

/* One for each operation, then what is no operation: OPTIONS, and requests that named none. */
struct operation_counts {
    struct histogram durations[CLASSES];
    atomic_ullong database_us;
};
enum { ROW_OPTIONS, ROW_UNKNOWN, EXTRA_ROWS };

struct metrics {
    struct operation_counts *operations; /* noperations + EXTRA_ROWS */
    struct histogram database;           /* of the requests that asked the database */
    atomic_ullong *problems;             /* by place in messages[] */
    atomic_ullong limited_clients, limited_addresses;
    int64_t started_ms;
};

extern const unsigned metrics_bounds_us[METRICS_BUCKETS];

struct metrics *metrics_open(void); /* NULL: out of memory */
void metrics_close(struct metrics *metrics);
void metrics_record(struct metrics *metrics, const struct exchange *x); /* NULL: nothing */

/* All of it, in the text format of Prometheus (0.0.4). */
void metrics_page(struct service *service, struct buffer *out);

/* GET /metrics on a port of its own. NULL: *ret_error says why. */
struct metrics_server;
struct metrics_server *metrics_server_start(struct service *service, const char **ret_error);
unsigned metrics_server_port(const struct metrics_server *server);
void metrics_server_stop(struct metrics_server *server);
