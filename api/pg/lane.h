/* SPDX-License-Identifier: MIT */
#pragma once
#include "pg/pool.h"

/* Inside pg/ only: quick reads of many requests share a few pipelined connections (docs/decisions/0012). */

enum ride_outcome {
    RIDE_ANSWERED,
    RIDE_REFUSED,
    RIDE_SLOW, /* longer than the lane's patience: to be asked on a connection of its own */
    RIDE_LATE, /* no lane within the wait, or no answer within the deadline */
    RIDE_LOST, /* no connection, or lost twice */
};

/* Asks one question under the claims of its caller, which set the patience of the lane. The result, or the refusal,
 * becomes the caller's. */
enum ride_outcome lane_ask(struct lanes *lanes, const struct command *claims, const struct command *question,
                           PGresult **ret_result);
