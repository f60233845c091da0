/* SPDX-License-Identifier: MIT */
#include "sheet/sheet.h"

#include "sheet/book.h"
#include "sheet/table.h"

#include <string.h>

/* The first page with the headings is the one that is meant. Hidden ones hold what nobody was to see. */
static json_t *read_pages(const struct sheet *sheet, struct book *book)
{
    struct faults *faults = book->grid->faults, before = *faults;
    for (size_t i = 0; i < book->npages; i++) {
        if (book->pages[i].hidden)
            continue;
        *faults = before;
        json_t *body = book_read(book, i) ? table_rows(sheet, book->grid, book->from_1904) : NULL;
        if (body || (faults->last && strcmp(faults->last->code, "sheet_headings")))
            return body;
    }
    if (faults->count == before.count)
        grid_refuse(book->grid, "sheet_not_xlsx", 0);
    return NULL;
}

json_t *sheet_read(const struct sheet *sheet, const char *media, const char *bytes, size_t length,
                   struct faults *faults)
{
    struct grid grid = {.arena = faults->arena, .faults = faults};
    if (!strcmp(media, "text/csv"))
        return csv_read(&grid, bytes, length) ? table_rows(sheet, &grid, false) : NULL;
    struct book book = {.grid = &grid, .file = -1};
    json_t *body = book_open(&book, bytes, length) ? read_pages(sheet, &book) : NULL;
    book_close(&book);
    return body;
}

const char *sheet_heading(const struct sheet *sheet, const char *member)
{
    for (size_t i = 0; i < sheet->ncolumns; i++)
        if (!strcmp(sheet->columns[i].member, member) ||
            (sheet->columns[i].line_member && !strcmp(sheet->columns[i].line_member, member)))
            return sheet->columns[i].heading;
    return NULL;
}
