/* SPDX-License-Identifier: MIT */
#include "core/cleanup.h"
#include "generated.h"
#include "http/exchange.h"
#include "service.h"

#include <stdlib.h>

bool getLiveness(struct exchange *x)
{
    x->reply.cache = "no-store";
    buffer_text(&x->reply.body, "{\"status\":\"ok\"}");
    return true;
}

static bool not_ready(struct exchange *x, const char *reason)
{
    x->problem.retry_after = 1;
    x->problem.internal = reason;
    return fail(x, "unavailable");
}

bool getReadiness(struct exchange *x)
{
    x->reply.cache = "no-store";
    if (x->service->draining)
        return not_ready(x, "draining");
    cleanup(answer_done) struct answer *answer = query_call(x->service->pool, &statement_findMigration, NULL);
    if (!answer)
        return not_ready(x, "database");
    int number = atoi(answer_get(answer, 0, "number"));
    if (number < built_for_migration)
        return not_ready(x, "migrations are pending");
    if (!auth_ready(x->service->auth))
        return not_ready(x, auth_fault(x->service->auth));
    buffer_printf(&x->reply.body, "{\"status\":\"ok\",\"database_migration\":%d,\"built_for_migration\":%d}", number,
                  built_for_migration);
    return true;
}
