/* SPDX-License-Identifier: MIT */
#include "core/cleanup.h"
#include "generated.h"
#include "http/exchange.h"
#include "service.h"

#include <stdio.h>
#include <string.h>

/* The pages for people, and the contract itself. Swagger UI's files lie in KC_SHARE_DIR/viewer, put there at build by
 * docs/viewer/install; without them /docs is 404 and everything else works. */

#define VIEWER_FILE_MAX ((size_t)8 * 1024 * 1024)
#define CACHE_DOCUMENT  "public, max-age=300"
#define CACHE_FILE      "public, max-age=3600"

/* Nothing from elsewhere, no inline script or style; Swagger UI draws some icons from data: addresses. */
#define PAGE_POLICY "default-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"

static const struct viewer_file {
    const char *name, *media;
} viewer_files[] = {
    {"init.js", "text/javascript; charset=utf-8"},
    {"style.css", "text/css; charset=utf-8"},
    {"swagger-ui.css", "text/css; charset=utf-8"},
    {"swagger-ui-bundle.js", "text/javascript; charset=utf-8"},
    {"swagger-ui-bundle.js.LICENSE.txt", "text/plain; charset=utf-8"},
    {"LICENSE", "text/plain; charset=utf-8"},
    {"NOTICE", "text/plain; charset=utf-8"},
};

static void file_close(FILE **file)
{
    if (*file)
        fclose(*file);
}

static bool serve_viewer_file(struct exchange *x, const char *name, const char *media, const char *cache)
{
    char *path = arena_printf(&x->arena, "%s/viewer/%s", x->service->config->share_dir, name);
    cleanup(file_close) FILE *file = path ? fopen(path, "rbe") : NULL;
    if (!file)
        return fail(x, "not-found");
    cleanup(buffer_done) struct buffer body = buffer_with_limit(VIEWER_FILE_MAX);
    char chunk[16384];
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, file)) > 0;)
        buffer_add(&body, chunk, got);
    if (ferror(file) || body.failed)
        return fail(x, "internal");
    x->reply.media = media;
    x->reply.cache = cache;
    x->reply.body = body;
    body = (struct buffer){0};
    reply_header(x, "Content-Security-Policy", PAGE_POLICY);
    return true;
}

bool getDocs(struct exchange *x)
{
    return serve_viewer_file(x, "index.html", "text/html; charset=utf-8", NULL);
}

bool getDocsFile(struct exchange *x)
{
    const char *name = parameter_value(x, "file");
    for (size_t i = 0; i < countof(viewer_files); i++)
        if (!strcmp(viewer_files[i].name, name))
            return serve_viewer_file(x, name, viewer_files[i].media, CACHE_FILE);
    return fail(x, "not-found");
}

static bool serve_document(struct exchange *x, const char *name, const char *media)
{
    for (size_t i = 0; i < ndocuments; i++) {
        if (strcmp(documents[i].name, name))
            continue;
        x->reply.media = media;
        x->reply.cache = CACHE_DOCUMENT;
        x->reply.fixed = documents[i].bytes;
        x->reply.fixed_length = documents[i].length;
        return true;
    }
    return fail(x, "not-found");
}

bool getOpenapiYaml(struct exchange *x)
{
    return serve_document(x, "openapi.yaml", "application/yaml");
}

bool getOpenapiViYaml(struct exchange *x)
{
    return serve_document(x, "openapi.vi.yaml", "application/yaml");
}

bool getOpenapiJson(struct exchange *x)
{
    return serve_document(x, "openapi.json", "application/json");
}

/* RFC 9727: where a machine that knows only the host finds the rest. */
bool getApiCatalog(struct exchange *x)
{
    static const char catalog[] =
        "{\"linkset\":[{\"anchor\":\"/\","
        "\"service-desc\":[{\"href\":\"/openapi.yaml\",\"type\":\"application/yaml\",\"hreflang\":[\"en\"]},"
        "{\"href\":\"/openapi.vi.yaml\",\"type\":\"application/yaml\",\"hreflang\":[\"vi\"]},"
        "{\"href\":\"/openapi.json\",\"type\":\"application/json\",\"hreflang\":[\"en\"]}],"
        "\"service-doc\":[{\"href\":\"/docs\",\"type\":\"text/html\"}],"
        "\"status\":[{\"href\":\"/readyz\",\"type\":\"application/json\"}]}]}";
    x->reply.media = "application/linkset+json";
    x->reply.cache = CACHE_DOCUMENT;
    x->reply.fixed = catalog;
    x->reply.fixed_length = sizeof catalog - 1;
    return true;
}

static void add_language(struct buffer *page, const struct message *message, enum language language)
{
    buffer_text(page, language == LANGUAGE_VI ? "<section lang=\"vi\"><h2>" : "<section lang=\"en\"><h2>");
    buffer_html(page, message->title[language]);
    buffer_text(page, "</h2><p>");
    buffer_html(page, message->fix[language]);
    buffer_text(page, "</p></section>");
}

/* What `type` of a problem document points to. */
bool getProblemPage(struct exchange *x)
{
    const struct message *message = message_find(parameter_value(x, "code"));
    if (!message || !message->status)
        return fail(x, "not-found");
    cleanup(buffer_done) struct buffer page = buffer_with_limit(16384);
    buffer_printf(&page,
                  "<!doctype html><html lang=\"%s\"><head><meta charset=\"utf-8\"><title>%s</title></head><body>"
                  "<h1>%d <code>%s</code></h1>",
                  x->language == LANGUAGE_VI ? "vi" : "en", message->code, message->status, message->code);
    add_language(&page, message, x->language);
    add_language(&page, message, x->language == LANGUAGE_VI ? LANGUAGE_EN : LANGUAGE_VI);
    buffer_text(&page, "<p><a href=\"../docs\">Khuyến Công API</a></p></body></html>\n");
    if (page.failed)
        return fail(x, "internal");
    x->reply.media = "text/html; charset=utf-8"; /* not for shared caches: it depends on Accept-Language */
    x->reply.body = page;
    page = (struct buffer){0};
    reply_header(x, "Content-Security-Policy", PAGE_POLICY);
    return true;
}
