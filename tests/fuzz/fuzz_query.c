/* SPDX-License-Identifier: MIT */
/* Request line and headers against the contract: `GET /v1/projects?limit=2`, then lines `Name: value`. The whole walk
 * of a request but for token, rate and database. */
#include "contract/validate.h"
#include "front.h"

#include <stdlib.h>
#include <string.h>

/* Linked with --wrap. */
bool __wrap_stage_authenticate(struct exchange *x);
bool __wrap_stage_limit(struct exchange *x);
bool __wrap_stage_serve(struct exchange *x);
void __wrap_log_request(const struct exchange *x);

bool __wrap_stage_authenticate(struct exchange *x)
{
    x->caller = (struct caller){.client_id = "0190a6c0-0000-7000-8000-000000000001",
                                .scopes = x->operation->scope ? x->operation->scope : ""};
    return true;
}

bool __wrap_stage_limit(struct exchange *x)
{
    (void)x;
    return true;
}

/* What comes so far goes to the database as it is. */
bool __wrap_stage_serve(struct exchange *x)
{
    for (size_t i = 0; i < x->operation->nparameters; i++) {
        const struct parameter *parameter = &x->operation->parameters[i];
        const char *value = x->values[i], *code, *params;
        CLAIM(value || !parameter->required);
        CLAIM(!value || parameter->list || validate_text(parameter->schema, value, &code, &params, &x->arena));
        CLAIM(!value || !parameter->list || (value[0] == '{' && value[strlen(value) - 1] == '}'));
    }
    CLAIM(!x->if_version || strspn(x->if_version, "0123456789") == strlen(x->if_version));
    x->reply.status = x->operation->success;
    return true;
}

void __wrap_log_request(const struct exchange *x)
{
    (void)x;
}

static void take_header(char *line)
{
    char *value = strchr(line, ':');
    if (!value)
        return;
    *value++ = '\0';
    header_add(line, value + strspn(value, " "));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = input_text(data, size), *rest = text;
    struct exchange *x = exchange_new();
    char *target = next_line(&rest);
    char *method = strsep(&target, " ");
    for (char *line; (line = next_line(&rest));)
        take_header(line);
    if (target && *target) {
        x->request.method = method;
        x->request.target = x->request.path = strsep(&target, "?");
        x->request.query = target;
        exchange_run(x);
    }
    exchange_end(x);
    free(text);
    return 0;
}
