/* SPDX-License-Identifier: MIT */
#pragma once
#include "http/exchange.h"

/* Inside http/ only. A stage reads the exchange, fills its part, returns false after setting a problem; the first
 * problem ends the walk. reply_finish and log_request always run. */
void exchange_run(struct exchange *x);

bool stage_framing(struct exchange *x); /* lengths that contradict each other */
bool stage_route(struct exchange *x);   /* path and method → operation */
bool stage_authenticate(struct exchange *x);
bool stage_limit(struct exchange *x); /* rate */
bool stage_authorise(struct exchange *x);
bool stage_negotiate(struct exchange *x); /* Accept */
bool stage_parameters(struct exchange *x);
bool stage_conditions(struct exchange *x); /* If-Match, If-None-Match, Idempotency-Key, validate_only */
bool stage_page(struct exchange *x);       /* limit, sort, cursor */
bool stage_body(struct exchange *x);
bool stage_serve(struct exchange *x);
bool stage_render(struct exchange *x); /* JSON of a report → the medium that was asked for */

bool exchange_head(struct exchange *x);  /* what comes before the body; false: a reply is due at once */
void exchange_serve(struct exchange *x); /* the body, and what is done with it */
void exchange_finish(struct exchange *x);
bool body_keep(struct exchange *x);                   /* x->body as :body */
bool refuse_length(struct exchange *x, size_t limit); /* 413; always false */

void trace_begin(struct exchange *x);     /* traceparent in, or a new one */
void language_choose(struct exchange *x); /* Accept-Language */
void page_close(struct exchange *x);      /* closes the envelope of a list, adds Link */
void reply_finish(struct exchange *x);    /* problem document, ETag, 304, CORS: the reply is complete afterwards */
void problem_render(struct exchange *x);  /* x->problem into x->reply */
void log_request(const struct exchange *x);

bool is_options(const struct exchange *x);
bool is_head(const struct exchange *x);

#define BODY_MAX        ((size_t)256 * 1024)
#define HEADER_TEXT_MAX 1024 /* of one header that we read */
