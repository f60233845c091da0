/* SPDX-License-Identifier: MIT */
/* Path and method → operation, by the generated trie. */
#include "core/text.h"
#include "http/stages.h"

#include <string.h>
#include <strings.h>

static const char *const method_names[METHODS] = {
    [METHOD_GET] = "GET",     [METHOD_POST] = "POST",     [METHOD_PUT] = "PUT",
    [METHOD_PATCH] = "PATCH", [METHOD_DELETE] = "DELETE",
};

static bool refuse_framing(struct exchange *x, const char *header, const char *code)
{
    reply_header(x, "Connection", "close"); /* what follows on this connection cannot be told apart any more */
    fault_add_header(faults_of(x), header, code);
    return fail(x, "malformed");
}

/* What MHD lets through, and somebody in front may have read otherwise: the classic of request smuggling. */
bool stage_framing(struct exchange *x)
{
    const char *length = request_header(&x->request, "Content-Length");
    const char *coding = request_header(&x->request, "Transfer-Encoding");
    const char *host = request_header(&x->request, "Host");
    const char *odd = request_odd_header(&x->request);
    if (length && (coding || strchr(length, ',')))
        return refuse_framing(x, "Content-Length", "contradicting_length");
    if (coding && strcasecmp(coding, "chunked"))
        return refuse_framing(x, "Transfer-Encoding", "transfer_coding");
    if (odd)
        return refuse_framing(x, odd, "header_name");
    if (host ? strchr(host, ',') != NULL : !strcmp(x->request.protocol, "HTTP/1.1"))
        return refuse_framing(x, "Host", "one_host");
    return true;
}

static const struct route *child_for(const struct route *node, const char *segment, size_t length)
{
    for (size_t i = 0; i < node->nchildren; i++) {
        const struct route *child = &node->children[i];
        if (!child->segment || (strlen(child->segment) == length && !memcmp(child->segment, segment, length)))
            return child;
    }
    return NULL;
}

/* A path parameter: decoded by itself, so an encoded slash stays inside it. */
static bool take_value(struct exchange *x, size_t *count, const char *segment, size_t length)
{
    char *decoded = length ? text_unescape(&x->arena, segment, length, false) : NULL;
    const char *value = decoded ? text_nfc(&x->arena, decoded) : NULL;
    if (!value || *count == PATH_VALUES_MAX)
        return false;
    x->path_values[(*count)++] = value;
    return true;
}

/* "//" and a trailing slash name nothing here: one record has one address. */
static bool find_route(struct exchange *x)
{
    const struct route *node = &route_root;
    size_t count = 0;
    const char *at = x->request.path;
    while (node && *at == '/') {
        const char *segment = ++at;
        size_t length = strcspn(segment, "/");
        at += length;
        node = child_for(node, segment, length);
        if (node && !node->segment && !take_value(x, &count, segment, length))
            return fail(x, length ? "malformed" : "not-found");
    }
    if (!node || *at || !node->allow)
        return fail(x, "not-found");
    x->route = node;
    return true;
}

static bool allowed_tunnel(const char *method)
{
    return !strcmp(method, "PUT") || !strcmp(method, "PATCH") || !strcmp(method, "DELETE");
}

/* Gateways that pass only GET and POST send the method as a parameter. */
static const char *effective_method(struct exchange *x)
{
    const char *method = is_head(x) ? "GET" : x->request.method;
    const char *tunnelled = query_string_get(&x->query, "_method");
    return !strcmp(method, "POST") && tunnelled ? tunnelled : method;
}

bool stage_route(struct exchange *x)
{
    if (!find_route(x))
        return false;
    if (is_options(x))
        return true;
    if (!query_string_parse(&x->arena, x->request.query, &x->query, faults_of(x)))
        return fail(x, "invalid-parameter");
    const char *tunnelled = query_string_get(&x->query, "_method");
    if (tunnelled && (strcmp(x->request.method, "POST") || !allowed_tunnel(tunnelled))) {
        fault_add_parameter(faults_of(x), "_method", "enum");
        return fail(x, "invalid-parameter");
    }
    const char *method = effective_method(x);
    for (int i = 0; i < METHODS; i++)
        if (!strcmp(method, method_names[i]))
            x->operation = x->route->operations[i];
    if (!x->operation) {
        reply_header(x, "Allow", x->route->allow);
        return fail(x, "method-not-allowed");
    }
    return true;
}
