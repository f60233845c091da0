/* SPDX-License-Identifier: MIT */
#pragma once
#include "service.h"

/* The only code that knows Ulfius and libmicrohttpd. */
struct server;

struct server *server_start(struct service *service, const char **ret_error);
unsigned server_port(const struct server *server);
void server_quiesce(struct server *server); /* no new connections; those that are open are served */
void server_stop(
    struct server *server); /* after the requests in flight have ended, or the time for one request is over */
