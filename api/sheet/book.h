/* SPDX-License-Identifier: MIT */
#pragma once
#include "core/buffer.h"
#include "sheet/grid.h"

#include <expat.h>

/* Workbooks of Excel (ECMA-376): parts of XML in a zip. A part is inflated piece by piece straight into the XML parser,
 * and no more of it than BOOK_PART_MAX; one with a document type, and so with entities, is refused. */

#define BOOK_PART_MAX    ((size_t)16 * 1024 * 1024)
#define BOOK_PAGES_MAX   64u
#define BOOK_STRINGS_MAX 50000u

struct book_page {
    const char *relation, *path;
    bool hidden;
};

struct book {
    struct grid *grid;
    void *zip;
    int file;
    const char **strings; /* those that cells share */
    size_t nstrings, strings_room;
    struct book_page pages[BOOK_PAGES_MAX];
    size_t npages;
    bool from_1904; /* days are counted from then */
};

bool book_open(struct book *book, const void *bytes, size_t length); /* false: a fault was added */
bool book_read(struct book *book, size_t page);                      /* its cells into book->grid */
void book_close(struct book *book);

/* A walk through one part. */
struct part {
    struct book *book;
    XML_Parser parser;
    struct buffer text;    /* of the element that is being read */
    struct buffer formula; /* of the cell */
    bool is_kept, has_value, has_formula, failed;
    unsigned depth_skipped; /* inside of what is read over */
    unsigned row, column;
    char type[12];
};

bool part_read(struct book *book, const char *path, XML_StartElementHandler start, XML_EndElementHandler end);
void part_fail(struct part *part); /* ends the walk; a fault was added */
const char *local_name(const char *name);
const char *attribute(const char **attributes, const char *name); /* NULL: not there */
bool page_read(struct book *book, const char *path);
bool strings_read(struct book *book);
