/* SPDX-License-Identifier: MIT */
#include "contract/format.h"
#include "core/clock.h"
#include "core/uuid.h"

#include <ctype.h>
#include <string.h>

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS  "0123456789"

#define EMAIL_MAX       254
#define EMAIL_LOCAL_MAX 64

static bool is_date_time(const char *text)
{
    int64_t ignored;
    return clock_parse(text, &ignored);
}

/* Absolute, with RFC 3986 characters only. What the scheme makes of the rest is not looked at. */
static bool is_uri(const char *text)
{
    size_t scheme = strspn(text, LETTERS DIGITS "+-.");
    if (!scheme || strchr(DIGITS "+-.", text[0]) || text[scheme] != ':' || !text[scheme + 1]) {
        return false;
    }
    for (const char *at = text + scheme + 1; *at; at++) {
        bool good = *at == '%' ? isxdigit((unsigned char)at[1]) && isxdigit((unsigned char)at[2])
                               : !!strchr(LETTERS DIGITS "-._~:/?#[]@!$&'()*+,;=", *at);
        if (!good) {
            return false;
        }
    }
    return true;
}

static bool is_host_name(const char *text)
{
    size_t labels = 0;
    for (;; text++) {
        size_t length = strspn(text, LETTERS DIGITS "-");
        if (!length || length > 63 || text[0] == '-' || text[length - 1] == '-') {
            return false;
        }
        labels++;
        text += length;
        if (*text != '.') {
            return !*text && labels > 1;
        }
    }
}

/* An address as people write it: no quoted local part, no address literal, a domain with a dot. */
static bool is_email(const char *text)
{
    size_t local = strspn(text, LETTERS DIGITS "!#$%&'*+-/=?^_`{|}~.");
    bool dots = text[0] == '.' || (local && text[local - 1] == '.');
    if (!local || local > EMAIL_LOCAL_MAX || dots || text[local] != '@' || strlen(text) > EMAIL_MAX) {
        return false;
    }
    const char *twice = strstr(text, "..");
    return (!twice || twice > text + local) && is_host_name(text + local + 1);
}

static const struct {
    const char *name;
    bool (*of_text)(const char *text);
    json_int_t minimum, maximum;
} formats[] = {
    [FORMAT_NONE] = {.name = ""},
    [FORMAT_DATE] = {.name = "date", .of_text = clock_date_valid},
    [FORMAT_DATE_TIME] = {.name = "date-time", .of_text = is_date_time},
    [FORMAT_UUID] = {.name = "uuid", .of_text = uuid_valid},
    [FORMAT_INT32] = {.name = "int32", .minimum = INT32_MIN, .maximum = INT32_MAX},
    [FORMAT_INT64] = {.name = "int64", .minimum = INT64_MIN, .maximum = INT64_MAX},
    [FORMAT_URI] = {.name = "uri", .of_text = is_uri},
    [FORMAT_EMAIL] = {.name = "email", .of_text = is_email},
};

bool format_matches(enum format format, const json_t *value)
{
    if (json_is_string(value) && formats[format].of_text) {
        return formats[format].of_text(json_string_value(value));
    }
    if (json_is_integer(value) && formats[format].maximum) {
        json_int_t number = json_integer_value(value);
        return number >= formats[format].minimum && number <= formats[format].maximum;
    }
    return true;
}

const char *format_name(enum format format)
{
    return formats[format].name;
}
