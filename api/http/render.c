/* SPDX-License-Identifier: MIT */
/* What is not JSON is made here from the JSON that the query gave: reports in the medium that was asked for, and what
 * an operation renders itself. */
#include "core/cleanup.h"
#include "http/stages.h"
#include "report/report.h"

#include <string.h>

static void json_done(json_t **value)
{
    json_decref(*value);
}

static const char *last_segment(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* region-summary_2021-01-01_2022-09-30.xlsx */
static const char *file_name(struct exchange *x, const json_t *report, const struct report_format *format)
{
    const char *name = json_string_value(json_object_get(report, "report"));
    const char *from = json_string_value(json_object_get(report, "from"));
    const char *to = json_string_value(json_object_get(report, "to"));
    return arena_printf(&x->arena, "%s%s%s%s%s.%s", name ? name : last_segment(x->operation->path), from ? "_" : "",
                        from ? from : "", to ? "_" : "", to ? to : "", format->name);
}

bool stage_render(struct exchange *x)
{
    if (x->operation->render)
        return x->operation->render(x);
    const struct report_format *format = x->media ? report_format_of(x->media) : NULL;
    if (!format)
        return true;
    cleanup(json_done) json_t *report = json_loadb(x->reply.body.bytes, x->reply.body.length, 0, NULL);
    struct buffer body = buffer_with_limit(ARENA_LIMIT);
    if (!report || !format->write(report, &body)) {
        buffer_done(&body);
        x->problem.internal = "no memory, or no room for working files, to write the report";
        x->problem.retry_after = 1;
        return fail(x, "unavailable");
    }
    buffer_done(&x->reply.body);
    x->reply.body = body;
    x->reply.media = format->header;
    if (x->reply.version)
        x->reply.version = arena_printf(&x->arena, "%s-%s", x->reply.version, format->name);
    if (format->is_file)
        reply_header(x, "Content-Disposition",
                     arena_printf(&x->arena, "attachment; filename=\"%s\"", file_name(x, report, format)));
    return true;
}
