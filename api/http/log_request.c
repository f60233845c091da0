/* SPDX-License-Identifier: MIT */
/* One line per request, at its end. The route is the template, so that no identifier or search text is kept. */
#include "core/clock.h"
#include "core/log.h"
#include "http/stages.h"

#include <stdio.h>

static const char *milliseconds(int64_t microseconds, char text[static 24])
{
    snprintf(text, 24, "%lld.%03d", (long long)(microseconds / 1000), (int)(microseconds % 1000));
    return text;
}

void log_request(const struct exchange *x)
{
    char total[24], database[24], status[8], bytes[24];
    snprintf(status, sizeof status, "%d", x->reply.status);
    snprintf(bytes, sizeof bytes, "%zu", x->reply.fixed ? x->reply.fixed_length : x->reply.body.length);
    log_event(x->reply.status >= 500 ? "error" : "info", "request", "op", x->operation ? x->operation->id : NULL,
              "method", x->request.method, "route", x->route ? x->route->path : NULL, "#status", status, "#dur_ms",
              milliseconds(clock_monotonic_us() - x->started_us, total), "#db_ms",
              milliseconds(x->database_us, database), "#bytes", bytes, "client_id", x->caller.client_id, "user_id",
              x->caller.user_id, "org", x->caller.organisation_id, "address", x->request.address, "trace_id",
              x->trace_id, "problem", x->problem.kind ? x->problem.kind->code : NULL, "internal", x->problem.internal,
              NULL);
}
