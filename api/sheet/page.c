/* SPDX-License-Identifier: MIT */
/* The cells of one page of a workbook, and the strings that they share. */
#include "sheet/book.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool is(const char *name, const char *wanted)
{
    return !strcmp(local_name(name), wanted);
}

static void empty(struct buffer *buffer)
{
    buffer->length = 0;
    if (buffer->bytes)
        *buffer->bytes = '\0';
}

/* ---- Shared strings: <si>, its runs of <t> one after the other, without the readings of <rPh> ---- */

static void start_string(void *closure, const char *name, const char **attributes)
{
    struct part *part = closure;
    (void)attributes;
    if (is(name, "si"))
        empty(&part->text);
    part->depth_skipped += part->depth_skipped || is(name, "rPh");
    part->is_kept = is(name, "t") && !part->depth_skipped;
}

static bool keep_string(struct book *book, const struct buffer *text)
{
    if (book->nstrings == BOOK_STRINGS_MAX)
        return grid_refuse(book->grid, "sheet_cells", SHEET_CELLS_MAX);
    if (book->nstrings == book->strings_room) {
        size_t room = book->strings_room ? 2 * book->strings_room : 256;
        const char **strings = arena_alloc(book->grid->arena, room * sizeof *strings);
        if (!strings)
            return false;
        if (book->nstrings)
            memcpy(strings, book->strings, book->nstrings * sizeof *strings);
        book->strings = strings;
        book->strings_room = room;
    }
    book->strings[book->nstrings] = text->bytes ? arena_copy(book->grid->arena, text->bytes, text->length) : "";
    return book->strings[book->nstrings++];
}

static void end_string(void *closure, const char *name)
{
    struct part *part = closure;
    part->is_kept = false;
    part->depth_skipped -= part->depth_skipped > 0;
    if (is(name, "si") && !keep_string(part->book, &part->text))
        part_fail(part);
}

bool strings_read(struct book *book)
{
    return part_read(book, "xl/sharedStrings.xml", start_string, end_string);
}

/* ---- Cells ---- */

/* "AB12" → 27; SHEET_COLUMNS_MAX and more: too far to the right. */
static unsigned column_of(const char *reference)
{
    unsigned column = 0;
    for (; isupper((unsigned char)*reference) && column <= SHEET_COLUMNS_MAX * 26; reference++)
        column = column * 26 + (unsigned)(*reference - 'A') + 1;
    return column - 1;
}

static void begin_cell(struct part *part, const char **attributes)
{
    const char *reference = attribute(attributes, "r"), *type = attribute(attributes, "t");
    part->column = reference && isupper((unsigned char)*reference) ? column_of(reference) : part->column + 1;
    strncpy(part->type, type ? type : "n", sizeof part->type - 1);
    empty(&part->text);
    empty(&part->formula);
    part->has_formula = part->has_value = false;
}

static void start_cell(void *closure, const char *name, const char **attributes)
{
    struct part *part = closure;
    const char *row = attribute(attributes, "r");
    if (is(name, "row")) {
        unsigned long number = row ? strtoul(row, NULL, 10) : part->row + 1UL;
        part->row = number > part->row && number <= SHEET_ROWS_MAX ? (unsigned)number : SHEET_ROWS_MAX + 1;
        part->column = (unsigned)-1;
    } else if (is(name, "c")) {
        begin_cell(part, attributes);
    }
    part->has_formula = part->has_formula || is(name, "f");
    part->has_value = part->has_value || is(name, "v");
    part->depth_skipped += part->depth_skipped || is(name, "rPh");
    part->is_kept = (is(name, "v") || is(name, "t")) && !part->depth_skipped;
}

static bool add_shared(struct part *part)
{
    size_t number = part->text.length ? strtoul(part->text.bytes, NULL, 10) : part->book->nstrings;
    if (number >= part->book->nstrings)
        return grid_refuse(part->book->grid, "sheet_not_xlsx", 0);
    const char *text = part->book->strings[number];
    return grid_add(part->book->grid, part->row, part->column, FORM_TEXT, text, strlen(text));
}

static bool add_cell(struct part *part)
{
    bool is_number = !strcmp(part->type, "n");
    if (!strcmp(part->type, "s"))
        return add_shared(part);
    if (part->has_formula && !part->text.length)
        return grid_add(part->book->grid, part->row, part->column, FORM_BROKEN, "=", 1);
    if (!part->text.length)
        return true;
    enum cell_form form = is_number ? FORM_NUMBER : !strcmp(part->type, "e") ? FORM_BROKEN : FORM_TEXT;
    return grid_add(part->book->grid, part->row, part->column, form, part->text.bytes, part->text.length);
}

static void end_cell(void *closure, const char *name)
{
    struct part *part = closure;
    part->is_kept = false;
    part->depth_skipped -= part->depth_skipped > 0;
    if (is(name, "c") && !add_cell(part))
        part_fail(part);
}

bool page_read(struct book *book, const char *path)
{
    return part_read(book, path, start_cell, end_cell);
}
