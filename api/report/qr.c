/* SPDX-License-Identifier: MIT */
/* QR codes as SVG and PNG. A PNG of two colours is a header, rows of bits and an end, so zlib does without libpng. */
#include "report/qr.h"

#include "core/cleanup.h"

#include <qrencode.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define QUIET_MODULES     4 /* ISO/IEC 18004: so much white around it */
#define PIXELS_PER_MODULE 6

static void code_done(QRcode **code)
{
    QRcode_free(*code);
}

/* Level M: a printed label may lose 15 %. */
static QRcode *encoded(const char *text)
{
    return QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
}

static bool is_dark(const QRcode *code, int x, int y)
{
    bool inside = x >= 0 && y >= 0 && x < code->width && y < code->width;
    return inside && code->data[y * code->width + x] & 1;
}

/* One path; the dark modules of a row that touch are one stroke. */
bool qr_svg(const char *text, struct buffer *ret_body)
{
    cleanup(code_done) QRcode *code = encoded(text);
    if (!code)
        return false;
    int side = code->width + 2 * QUIET_MODULES;
    buffer_printf(ret_body,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
                  "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/><path d=\"",
                  side, side, side, side);
    for (int y = 0; y < code->width; y++)
        for (int x = 0, end; x < code->width; x = end + 1) {
            for (end = x; is_dark(code, end, y);)
                end++;
            if (end > x)
                buffer_printf(ret_body, "M%d %dh%dv1h-%dz", x + QUIET_MODULES, y + QUIET_MODULES, end - x, end - x);
        }
    buffer_text(ret_body, "\" fill=\"#000\"/></svg>\n");
    return !ret_body->failed;
}

static void add_number(struct buffer *body, uint32_t number)
{
    const uint8_t bytes[] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number};
    buffer_add(body, bytes, sizeof bytes);
}

static void add_chunk(struct buffer *body, const char type[static 4], const void *bytes, size_t length)
{
    add_number(body, (uint32_t)length);
    buffer_add(body, type, 4);
    if (length)
        buffer_add(body, bytes, length);
    uLong sum = crc32(crc32(0, NULL, 0), (const Bytef *)type, 4);
    add_number(body, (uint32_t)(length ? crc32(sum, bytes, (uInt)length) : sum));
}

/* One bit for each pixel, white is 1; before each row a byte that says it is not filtered. */
static void paint(const QRcode *code, uint8_t *rows, size_t pixels, size_t row_bytes)
{
    memset(rows, 0xff, pixels * row_bytes);
    for (size_t y = 0; y < pixels; y++) {
        uint8_t *row = rows + y * row_bytes;
        row[0] = 0;
        for (size_t x = 0; x < pixels; x++)
            if (is_dark(code, (int)(x / PIXELS_PER_MODULE) - QUIET_MODULES,
                        (int)(y / PIXELS_PER_MODULE) - QUIET_MODULES))
                row[1 + x / 8] = (uint8_t)(row[1 + x / 8] & ~(0x80U >> (x % 8)));
    }
}

static bool add_picture(struct buffer *body, const QRcode *code, size_t pixels)
{
    size_t row_bytes = 1 + (pixels + 7) / 8;
    uLongf packed_length = compressBound((uLong)(pixels * row_bytes));
    uint8_t *rows = malloc(pixels * row_bytes), *packed = malloc(packed_length);
    bool fine = rows && packed;
    if (fine) {
        paint(code, rows, pixels, row_bytes);
        fine = compress2(packed, &packed_length, rows, (uLong)(pixels * row_bytes), Z_BEST_COMPRESSION) == Z_OK;
    }
    if (fine)
        add_chunk(body, "IDAT", packed, packed_length);
    free(rows);
    free(packed);
    return fine;
}

bool qr_png(const char *text, struct buffer *ret_body)
{
    static const uint8_t signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    cleanup(code_done) QRcode *code = encoded(text);
    if (!code)
        return false;
    uint32_t pixels = (uint32_t)(code->width + 2 * QUIET_MODULES) * PIXELS_PER_MODULE;
    uint8_t header[13] = {
        (uint8_t)(pixels >> 24), (uint8_t)(pixels >> 16), (uint8_t)(pixels >> 8), (uint8_t)pixels, 0, 0, 0, 0, 1};
    memcpy(header + 4, header, 4); /* a square, 1 bit for each pixel, grey, nothing else */
    buffer_add(ret_body, signature, sizeof signature);
    add_chunk(ret_body, "IHDR", header, sizeof header);
    if (!add_picture(ret_body, code, pixels))
        return false;
    add_chunk(ret_body, "IEND", NULL, 0);
    return !ret_body->failed;
}
