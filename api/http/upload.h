/* SPDX-License-Identifier: MIT */
#pragma once
#include "http/exchange.h"

/* A form with a file in it, taken while it comes: who sends it is asked before its bytes are, and no more than a piece
 * of the file is ever in memory. */
struct upload;

/* After exchange_head(x), which asked for token, scope and conditions. NULL: no memory. A problem of x, from here or
 * from later, makes the rest of the body be read over. */
struct upload *upload_open(struct exchange *x);
void upload_feed(struct upload *upload, const char *bytes, size_t length);
void upload_serve(struct upload *upload); /* the body has ended: the record, or the problem */
void upload_close(struct upload *upload); /* what did not become a record leaves nothing */
