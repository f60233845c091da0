/* SPDX-License-Identifier: MIT */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Total time per request. The HTTP library only knows a time-out of silence, which a drip of bytes outlives; here a
 * socket that has not brought its request to an end by its deadline is shut down. */
struct watchdog;

struct watchdog *watchdog_start(size_t connections, int64_t wait_ms, int64_t request_ms);
void watchdog_stop(struct watchdog *watchdog);

int watchdog_enter(struct watchdog *watchdog, int socket);             /* a new connection: its place; -1 when full */
void watchdog_begin(struct watchdog *watchdog, int place);             /* a request line has come */
void watchdog_allow(struct watchdog *watchdog, int place, int64_t ms); /* this request may take so long from now on */
void watchdog_end(struct watchdog *watchdog, int place);               /* the reply is out */
void watchdog_leave(struct watchdog *watchdog, int place);             /* before the socket is closed */
