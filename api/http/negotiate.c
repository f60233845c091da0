/* SPDX-License-Identifier: MIT */
/* Accept, Accept-Language, traceparent. */
#include "core/text.h"
#include "http/stages.h"
#include "report/report.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

/* Walks "a;q=0.5, b": copies one element's name, gives its weight in thousandths, and the rest of the header. */
static const char *next_choice(const char *at, char name[static 128], int *ret_weight)
{
    at += strspn(at, " \t,");
    if (!*at)
        return NULL;
    size_t length = strcspn(at, ",;"), end = strcspn(at, ",");
    while (length && isspace((unsigned char)at[length - 1]))
        length--;
    size_t kept = length < 127 ? length : 127;
    memcpy(name, at, kept);
    name[kept] = '\0';
    *ret_weight = 1000;
    for (const char *part = memchr(at, ';', end); part; part = memchr(part + 1, ';', (size_t)(at + end - part - 1))) {
        const char *text = part + 1 + strspn(part + 1, " \t");
        if (!strncasecmp(text, "q=", 2))
            *ret_weight = (int)(strtod(text + 2, NULL) * 1000);
    }
    return at + end;
}

static bool media_matches(const char *range, const char *media)
{
    size_t length = strlen(range);
    if (!strcmp(range, "*/*"))
        return true;
    if (length > 2 && !strcmp(range + length - 2, "/*"))
        return !strncasecmp(range, media, length - 1);
    return !strcasecmp(range, media);
}

/* The one that is wanted most; of several the first, which is JSON where there is any. */
static const char *best_media(const char *accept, const char *const *produces)
{
    const char *best = NULL;
    char range[128];
    int weight, most = 0;
    for (size_t i = 0; produces[i]; i++) {
        int own = 0, narrow = -1;
        for (const char *at = accept; (at = next_choice(at, range, &weight));) {
            int width = !strcmp(range, "*/*") ? 0 : strchr(range, '*') ? 1 : 2; /* the narrowest range speaks */
            if (media_matches(range, produces[i]) && width > narrow)
                own = weight, narrow = width;
        }
        if (own > most)
            best = produces[i], most = own;
    }
    return best;
}

/* Is it the media type of that name: of a report, or one that ends in it (image/png)? */
static bool is_named(const char *media, const char *name)
{
    const struct report_format *format = report_format_named(name);
    const char *slash = strchr(media, '/');
    return format ? !strcmp(media, format->media) : slash && !strcmp(slash + 1, name);
}

/* `format=csv` says the same as `Accept: text/csv`, for addresses that people send each other, and wins. */
static const char *media_named(const struct exchange *x)
{
    const char *name = query_string_get(&x->query, "format");
    for (size_t i = 0; name && x->operation->produces[i]; i++)
        if (is_named(x->operation->produces[i], name))
            return x->operation->produces[i];
    return NULL;
}

bool stage_negotiate(struct exchange *x)
{
    const char *accept = request_header(&x->request, "Accept");
    const char *const *produces = x->operation->produces;
    if (!produces || !strcmp(*produces, "*/*")) /* what a record is shows only when it is read */
        return true;
    bool is_choice = produces[0] && produces[1];
    const char *named = is_choice ? media_named(x) : NULL;
    const char *chosen = named ? named : accept ? best_media(accept, produces) : produces[0];
    if (!chosen)
        return fail(x, "not-acceptable");
    x->media = is_choice ? chosen : NULL;
    return true;
}

/* Vietnamese unless English is wanted more. */
void language_choose(struct exchange *x)
{
    const char *header = request_header(&x->request, "Accept-Language");
    int best[2] = {0, 0}, weight;
    char name[128];
    for (const char *at = header ? header : ""; (at = next_choice(at, name, &weight));) {
        int *slot = !strncasecmp(name, "vi", 2)   ? &best[LANGUAGE_VI]
                    : !strncasecmp(name, "en", 2) ? &best[LANGUAGE_EN]
                                                  : NULL;
        if (slot && weight > *slot)
            *slot = weight;
    }
    x->language = best[LANGUAGE_EN] > best[LANGUAGE_VI] ? LANGUAGE_EN : LANGUAGE_VI;
}

/* version 00 of W3C Trace Context: 00-<32 hex>-<16 hex>-<2 hex>, lower case, not all zero */
static bool trace_read(struct exchange *x, const char *header)
{
    if (!header || strlen(header) != 55 || strncmp(header, "00-", 3) || header[35] != '-' || header[52] != '-')
        return false;
    for (size_t i = 3; i < 55; i++)
        if (i != 35 && i != 52 && !strchr("0123456789abcdef", header[i]))
            return false;
    if (strspn(header + 3, "0") >= 32 || strspn(header + 36, "0") >= 16)
        return false;
    memcpy(x->trace_id, header + 3, 32);
    x->sampled = header[54] & 1;
    return true;
}

void trace_begin(struct exchange *x)
{
    uint8_t random[24];
    if (getrandom(random, sizeof random, 0) != sizeof random)
        memset(random, 1, sizeof random); /* a trace id is a convenience, never a secret */
    hex_encode(random, 8, x->span_id);
    if (!trace_read(x, request_header(&x->request, "traceparent")))
        hex_encode(random + 8, 16, x->trace_id);
}
