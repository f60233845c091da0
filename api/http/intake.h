/* SPDX-License-Identifier: MIT */
#pragma once
#include "http/exchange.h"

#include <microhttpd.h>

struct _u_request;
struct _u_instance;

/* Ulfius hands a request over when its body has come, whole. A form with a file, or a body longer than most, must be
 * refused or taken while it comes, so its requests are led past Ulfius (docs/decisions/0015); all others go there as
 * ever. */
struct intake {
    struct service *service;
    void (*take)(struct exchange *x, const struct _u_request *raw); /* fills x->request */
    void (*allow)(int64_t ms);                                      /* the time of the request that is served here */
    MHD_AccessHandlerCallback ulfius;                               /* kept from when its daemon was started */
    void *closure;
};

bool intake_start(struct intake *intake, struct _u_instance *instance, unsigned flags, struct MHD_OptionItem *options);

/* One request after the other on this thread: its target as sent, and its end, whatever that is. */
void intake_begin(const char *target);
void intake_end(void);
