/* SPDX-License-Identifier: MIT */
/* Forms with a file: the Content-Type on the first line, the body behind it. However the body is cut into pieces, the
 * same parts come out of it. */
#include "fuzz.h"

#include "core/buffer.h"
#include "http/multipart.h"

#include <stdlib.h>
#include <string.h>

#define TOLD_MAX ((size_t)1 << 20)

/* What the sink was told, in one text. */
struct told {
    struct buffer text;
    bool in_part;
};

static void tell(struct told *told, const char *what, const char *text)
{
    buffer_text(&told->text, what);
    buffer_text(&told->text, text ? text : "(none)");
}

static bool on_part(void *closure, const struct multipart_part *part)
{
    struct told *told = closure;
    CLAIM(!told->in_part);
    told->in_part = true;
    tell(told, "\npart ", part->name);
    tell(told, " file ", part->file_name);
    tell(told, " media ", part->media_type);
    buffer_text(&told->text, "\n");
    return true;
}

static bool on_bytes(void *closure, const char *bytes, size_t length)
{
    struct told *told = closure;
    CLAIM(told->in_part);
    buffer_add(&told->text, bytes, length);
    return true;
}

static bool on_end(void *closure)
{
    struct told *told = closure;
    CLAIM(told->in_part);
    told->in_part = false;
    return true;
}

static const struct multipart_sink sink = {.part = on_part, .bytes = on_bytes, .end = on_end};

/* Each piece in memory of its own length, so that a look beyond its end is seen. */
static void feed(struct multipart *multipart, const char *bytes, size_t length, size_t piece)
{
    for (size_t at = 0; at < length; at += piece) {
        size_t taken = length - at < piece ? length - at : piece;
        char *copy = malloc(taken);
        memcpy(copy, bytes + at, taken);
        multipart_feed(multipart, copy, taken);
        free(copy);
    }
}

static enum multipart_state read_in_pieces(const char *media, const char *bytes, size_t length, size_t piece,
                                           struct told *told)
{
    struct multipart multipart;
    *told = (struct told){.text = buffer_with_limit(TOLD_MAX)};
    if (!multipart_open(&multipart, media, &sink, told))
        return MULTIPART_BROKEN;
    feed(&multipart, bytes, length, piece);
    CLAIM(multipart.state != MULTIPART_STOPPED && multipart.read <= (int64_t)length);
    CLAIM(multipart.state != MULTIPART_WHOLE || !told->in_part);
    return multipart.state;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t pieces[] = {1, 2, 7, 61};
    const uint8_t *end = memchr(data, '\n', size);
    if (!end)
        return 0;
    char *media = input_text(data, (size_t)(end - data));
    const char *body = (const char *)end + 1;
    size_t length = size - (size_t)(end - data) - 1;
    struct told whole, cut;
    enum multipart_state state = read_in_pieces(media, body, length, length ? length : 1, &whole);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        CLAIM(read_in_pieces(media, body, length, pieces[i], &cut) == state);
        CLAIM(cut.text.length == whole.text.length &&
              (!whole.text.length || !memcmp(cut.text.bytes, whole.text.bytes, whole.text.length)));
        buffer_done(&cut.text);
    }
    buffer_done(&whole.text);
    free(media);
    return 0;
}
