/* SPDX-License-Identifier: MIT */
#pragma once
#include "http/exchange.h"

/* A body that is longer than others may be (x-limit-bytes). Who sends it is asked before a byte of it is kept, and no
 * more of them are kept at the same time than files may come. */
struct long_body;

/* After exchange_head(x). NULL: no memory. A problem of x, from here or from later, makes the rest be read over. */
struct long_body *long_body_open(struct exchange *x);
void long_body_feed(struct long_body *body, const char *bytes, size_t length);
void long_body_serve(struct long_body *body); /* it has come to its end */
void long_body_close(struct long_body *body);
