/* SPDX-License-Identifier: MIT */
#include "http/multipart.h"

#include <string.h>
#include <strings.h>

#define BOUNDARY_LETTERS "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'()+_,-./:=? "

/* ---- Parameters of a header: type; name="value"; name=value. The text is cut up in place ---- */

struct parameters {
    char *at;
    bool more, broken;
};

static void end_of_value(struct parameters *parameters, char *end)
{
    char after = *end;
    *end = '\0';
    if (after == ' ' || after == '\t') {
        end += 1 + strspn(end + 1, " \t");
        after = *end;
    }
    parameters->more = after == ';';
    parameters->broken = after && after != ';';
    parameters->at = end + 1;
}

/* The first word, before all parameters. */
static const char *first_word(struct parameters *parameters, char *text)
{
    text += strspn(text, " \t");
    end_of_value(parameters, text + strcspn(text, "; \t"));
    return text;
}

static void quoted_value(struct parameters *parameters, char *in)
{
    char *out = in;
    for (; *in && *in != '"'; in++) {
        if (in[0] == '\\' && (in[1] == '"' || in[1] == '\\'))
            in++;
        *out++ = *in;
    }
    parameters->broken = *in != '"';
    if (parameters->broken)
        return;
    end_of_value(parameters, in + 1);
    *out = '\0';
}

static bool next_parameter(struct parameters *parameters, const char **ret_name, const char **ret_value)
{
    if (!parameters->more || parameters->broken)
        return false;
    char *name = parameters->at + strspn(parameters->at, " \t"), *value = name + strcspn(name, "= \t;\"");
    parameters->broken = value == name || *value != '=';
    if (parameters->broken)
        return false;
    *value++ = '\0';
    *ret_name = name;
    *ret_value = *value == '"' ? value + 1 : value;
    if (*value == '"')
        quoted_value(parameters, value + 1);
    else
        end_of_value(parameters, value + strcspn(value, "; \t\""));
    return !parameters->broken;
}

/* ---- Heads ---- */

/* Once: a second one of the same name would be read otherwise by others. */
static bool set_once(const char **place, const char *value)
{
    bool is_first = !*place;
    *place = value;
    return is_first;
}

static bool read_disposition(char *text, struct multipart_part *part)
{
    struct parameters parameters = {0};
    const char *name, *value;
    if (strcasecmp(first_word(&parameters, text), "form-data"))
        return false;
    while (next_parameter(&parameters, &name, &value))
        if ((!strcasecmp(name, "name") && !set_once(&part->name, value)) ||
            (!strcasecmp(name, "filename") && !set_once(&part->file_name, value)))
            return false;
    return !parameters.broken;
}

static bool is_header_name(const char *text)
{
    return *text && !strpbrk(text, " \t\"(),/:;<=>?@[\\]{}");
}

static bool read_line(char *line, struct multipart_part *part, const char **disposition)
{
    char *value = strchr(line, ':');
    if (!value)
        return false;
    *value++ = '\0';
    if (!is_header_name(line))
        return false;
    if (!strcasecmp(line, "Content-Disposition"))
        return set_once(disposition, value) && read_disposition(value, part);
    if (!strcasecmp(line, "Content-Type")) {
        struct parameters parameters = {0};
        return set_once(&part->media_type, first_word(&parameters, value));
    }
    return strcasecmp(line, "Content-Transfer-Encoding") || !strcasecmp(value + strspn(value, " \t"), "binary") ||
           !strcasecmp(value + strspn(value, " \t"), "8bit") || !strcasecmp(value + strspn(value, " \t"), "7bit");
}

/* The lines between a delimiter and the bytes of its part. */
static bool read_head(struct multipart *multipart, struct multipart_part *part)
{
    const char *disposition = NULL;
    char *line = multipart->head;
    multipart->head[multipart->head_length] = '\0';
    if (strlen(line) != multipart->head_length)
        return false;
    while (*line) {
        char *end = strstr(line, "\r\n");
        if (!end)
            return false;
        *end = '\0';
        if (strpbrk(line, "\r\n") || !read_line(line, part, &disposition))
            return false;
        line = end + 2;
    }
    return disposition;
}

/* ---- The walk ---- */

static void sink_says(struct multipart *multipart, bool goes_on)
{
    if (!goes_on)
        multipart->state = MULTIPART_STOPPED;
}

static void begin_part(struct multipart *multipart)
{
    struct multipart_part part = {0};
    multipart->state = MULTIPART_BROKEN;
    if (!read_head(multipart, &part))
        return;
    multipart->state = MULTIPART_BODY;
    multipart->in_part = true;
    multipart->matched = 0;
    sink_says(multipart, multipart->sink->part(multipart->closure, &part));
}

static void read_head_byte(struct multipart *multipart, char byte)
{
    if (multipart->head_length == MULTIPART_HEAD_MAX) {
        multipart->state = MULTIPART_BROKEN;
        return;
    }
    multipart->head[multipart->head_length++] = byte;
    const char *end = multipart->head + multipart->head_length;
    if (multipart->head_length == 2 && !memcmp(multipart->head, "\r\n", 2))
        multipart->state = MULTIPART_BROKEN; /* a part without a head has no name */
    else if (multipart->head_length >= 4 && !memcmp(end - 4, "\r\n\r\n", 4)) {
        multipart->head_length -= 2;
        begin_part(multipart);
    }
}

static void read_behind(struct multipart *multipart, char byte)
{
    multipart->end_of_line[multipart->end_length++] = byte;
    if (multipart->end_length < 2)
        return;
    multipart->end_length = 0;
    multipart->head_length = 0;
    multipart->state = !memcmp(multipart->end_of_line, "--", 2)     ? MULTIPART_WHOLE
                       : !memcmp(multipart->end_of_line, "\r\n", 2) ? MULTIPART_HEAD
                                                                    : MULTIPART_BROKEN;
}

/* The next byte is the delimiter's, or what looked like one was the part's after all: only the first letter of a
 * delimiter is a carriage return, so nothing that was held can be the beginning of another. */
static bool read_delimiter_byte(struct multipart *multipart, char byte)
{
    if (byte == multipart->delimiter[multipart->matched]) {
        if (++multipart->matched < multipart->delimiter_length)
            return true;
        multipart->state = MULTIPART_BEHIND;
        if (multipart->in_part && !multipart->sink->end(multipart->closure))
            multipart->state = MULTIPART_STOPPED;
        multipart->in_part = false;
        return true;
    }
    size_t held = multipart->matched;
    multipart->matched = 0;
    multipart->state = multipart->in_part ? MULTIPART_BODY : MULTIPART_BROKEN;
    if (multipart->in_part)
        sink_says(multipart, multipart->sink->bytes(multipart->closure, multipart->delimiter, held));
    return false;
}

/* As many bytes as are certainly the part's. */
static size_t read_body(struct multipart *multipart, const char *bytes, size_t length)
{
    const char *end = memchr(bytes, '\r', length);
    size_t plain = end ? (size_t)(end - bytes) : length;
    if (plain)
        sink_says(multipart, multipart->sink->bytes(multipart->closure, bytes, plain));
    if (end && multipart->state == MULTIPART_BODY)
        multipart->state = MULTIPART_DELIMITER;
    return plain;
}

static size_t step(struct multipart *multipart, const char *bytes, size_t length)
{
    switch (multipart->state) {
    case MULTIPART_DELIMITER:
        return read_delimiter_byte(multipart, *bytes);
    case MULTIPART_BEHIND:
        return read_behind(multipart, *bytes), 1;
    case MULTIPART_HEAD:
        return read_head_byte(multipart, *bytes), 1;
    case MULTIPART_BODY:
        return read_body(multipart, bytes, length);
    case MULTIPART_WHOLE:
    case MULTIPART_BROKEN:
    case MULTIPART_STOPPED:
        break;
    }
    return length;
}

void multipart_feed(struct multipart *multipart, const char *bytes, size_t length)
{
    while (length > 0) {
        size_t taken = step(multipart, bytes, length);
        if (multipart->state != MULTIPART_BROKEN)
            multipart->read += (int64_t)taken;
        bytes += taken;
        length -= taken;
    }
}

static const char *boundary_in(char *content_type)
{
    struct parameters parameters = {0};
    const char *name, *value, *boundary = NULL;
    if (strcasecmp(first_word(&parameters, content_type), "multipart/form-data"))
        return NULL;
    while (next_parameter(&parameters, &name, &value))
        if (!strcasecmp(name, "boundary") && !set_once(&boundary, value))
            return NULL;
    return parameters.broken ? NULL : boundary;
}

bool multipart_open(struct multipart *multipart, const char *content_type, const struct multipart_sink *sink,
                    void *closure)
{
    *multipart = (struct multipart){.sink = sink, .closure = closure};
    if (strlen(content_type) > MULTIPART_HEAD_MAX)
        return false;
    const char *boundary = boundary_in(strcpy(multipart->head, content_type));
    size_t length = boundary ? strlen(boundary) : 0;
    if (!length || length > MULTIPART_BOUNDARY_MAX || strspn(boundary, BOUNDARY_LETTERS) != length ||
        boundary[length - 1] == ' ')
        return false;
    memcpy(multipart->delimiter, "\r\n--", 4);
    memcpy(multipart->delimiter + 4, boundary, length);
    multipart->delimiter_length = 4 + length;
    multipart->matched = 2; /* the first one stands at the beginning of a line already */
    return true;
}
