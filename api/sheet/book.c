/* SPDX-License-Identifier: MIT */
#include "sheet/book.h"

#include "core/cleanup.h"

#include <minizip/unzip.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PIECE 16384

const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

const char *attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (!strcmp(local_name(attributes[0]), name))
            return attributes[1];
    return NULL;
}

void part_fail(struct part *part)
{
    part->failed = true;
    XML_StopParser(part->parser, XML_FALSE);
}

/* Entities would have to be declared there, and nothing else that a workbook needs. */
static void refuse_doctype(void *closure, const char *name, const char *system, const char *public, int internal)
{
    (void)name, (void)system, (void)public, (void)internal;
    struct part *part = closure;
    grid_refuse(part->book->grid, "sheet_not_xlsx", 0);
    part_fail(part);
}

static void keep_text(void *closure, const char *text, int length)
{
    struct part *part = closure;
    if (!part->is_kept)
        return;
    buffer_add(&part->text, text, (size_t)length);
    if (part->text.failed && !part->failed) {
        grid_refuse(part->book->grid, "sheet_cell_length", SHEET_CELL_MAX);
        part_fail(part);
    }
}

static bool parse_pieces(struct part *part)
{
    size_t inflated = 0;
    int got;
    do {
        void *room = XML_GetBuffer(part->parser, PIECE);
        got = room ? unzReadCurrentFile(part->book->zip, room, PIECE) : -1;
        inflated += got > 0 ? (size_t)got : 0;
        if (inflated > BOOK_PART_MAX)
            return grid_refuse(part->book->grid, "sheet_inflated", BOOK_PART_MAX);
        if (got < 0 || XML_ParseBuffer(part->parser, got, got == 0) != XML_STATUS_OK)
            return part->failed ? false : grid_refuse(part->book->grid, "sheet_not_xlsx", 0);
    } while (got);
    return true;
}

bool part_read(struct book *book, const char *path, XML_StartElementHandler start, XML_EndElementHandler end)
{
    if (unzLocateFile(book->zip, path, 1) != UNZ_OK || unzOpenCurrentFile(book->zip) != UNZ_OK)
        return grid_refuse(book->grid, "sheet_not_xlsx", 0);
    struct part part = {.book = book,
                        .parser = XML_ParserCreate(NULL),
                        .text = buffer_with_limit(SHEET_CELL_MAX),
                        .formula = buffer_with_limit(SHEET_CELL_MAX)};
    bool is_read = false;
    if (part.parser) {
        XML_SetUserData(part.parser, &part);
        XML_SetElementHandler(part.parser, start, end);
        XML_SetCharacterDataHandler(part.parser, keep_text);
        XML_SetStartDoctypeDeclHandler(part.parser, refuse_doctype);
        is_read = parse_pieces(&part) && !part.failed;
        XML_ParserFree(part.parser);
    }
    buffer_done(&part.text);
    buffer_done(&part.formula);
    unzCloseCurrentFile(book->zip);
    return is_read;
}

/* ---- Which pages there are ---- */

static void start_workbook(void *closure, const char *name, const char **attributes)
{
    struct part *part = closure;
    struct book *book = part->book;
    const char *state = attribute(attributes, "state"), *from_1904 = attribute(attributes, "date1904");
    if (!strcmp(local_name(name), "workbookPr"))
        book->from_1904 = from_1904 && (!strcmp(from_1904, "1") || !strcmp(from_1904, "true"));
    if (strcmp(local_name(name), "sheet") || book->npages == BOOK_PAGES_MAX)
        return;
    for (const char **at = attributes; *at; at += 2)
        if (strchr(*at, ':') && !strcmp(local_name(*at), "id")) /* r:id; sheetId is another */
            book->pages[book->npages].relation = arena_text(book->grid->arena, at[1]);
    book->pages[book->npages++].hidden = state && strcmp(state, "visible");
}

static void start_relations(void *closure, const char *name, const char **attributes)
{
    struct part *part = closure;
    struct book *book = part->book;
    const char *id = attribute(attributes, "Id"), *target = attribute(attributes, "Target");
    if (strcmp(local_name(name), "Relationship") || !id || !target)
        return;
    for (size_t i = 0; i < book->npages; i++)
        if (book->pages[i].relation && !strcmp(book->pages[i].relation, id))
            book->pages[i].path = *target == '/' ? arena_text(book->grid->arena, target + 1)
                                                 : arena_printf(book->grid->arena, "xl/%s", target);
}

static void end_nothing(void *closure, const char *name)
{
    (void)closure, (void)name;
}

bool book_open(struct book *book, const void *bytes, size_t length)
{
    char path[32];
    book->file = memfd_create("workbook", MFD_CLOEXEC);
    snprintf(path, sizeof path, "/proc/self/fd/%d", book->file);
    if (book->file >= 0 && write(book->file, bytes, length) == (ssize_t)length)
        book->zip = unzOpen64(path);
    if (!book->zip)
        return grid_refuse(book->grid, "sheet_not_xlsx", 0);
    bool has_strings = unzLocateFile(book->zip, "xl/sharedStrings.xml", 1) == UNZ_OK;
    return part_read(book, "xl/workbook.xml", start_workbook, end_nothing) &&
           part_read(book, "xl/_rels/workbook.xml.rels", start_relations, end_nothing) &&
           (!has_strings || strings_read(book));
}

bool book_read(struct book *book, size_t page)
{
    book->grid->ncells = book->grid->bytes = 0;
    return book->pages[page].path ? page_read(book, book->pages[page].path)
                                  : grid_refuse(book->grid, "sheet_not_xlsx", 0);
}

void book_close(struct book *book)
{
    if (book->zip)
        unzClose(book->zip);
    if (book->file >= 0)
        close(book->file);
}
