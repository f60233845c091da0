/* SPDX-License-Identifier: MIT */
/* Accept, Accept-Language, traceparent. */
#include "core/text.h"
#include "http/stages.h"

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

bool stage_negotiate(struct exchange *x)
{
    const char *accept = request_header(&x->request, "Accept");
    const char *const *produces = x->operation->produces;
    if (!accept || !produces)
        return true;
    char range[128];
    int weight;
    for (const char *at = accept; (at = next_choice(at, range, &weight));)
        for (size_t i = 0; weight > 0 && produces[i]; i++)
            if (media_matches(range, produces[i]))
                return true;
    return fail(x, "not-acceptable");
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
