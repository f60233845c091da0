/* SPDX-License-Identifier: MIT */
/* A workbook of one sheet as offices print it: title block, table in millions of đồng, indicators, notes, signatures.
 * Cells keep the exact number; the reader's Excel shows it with a comma or a point. The same report gives the same
 * bytes: the day of the file is that of the report. */
#include "report/xlsx.h"

#include "core/cleanup.h"
#include "report/cells.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define FIRST_COLUMN 2 /* behind the number and the label */
#define NARROW       7.0
#define USUAL        16.0
#define WIDE         44.0

enum look { PLAIN, BOLD };

struct sheet {
    const json_t *report;
    lxw_workbook *book;
    lxw_worksheet *page;
    lxw_row_t row;
    lxw_format *title, *line, *heading;
    lxw_format *text[2], *count[2], *decimal[2], *dash[2];
};

static lxw_format *framed(lxw_workbook *book, enum look look, const char *numbers)
{
    lxw_format *format = workbook_add_format(book);
    if (!format)
        return NULL;
    format_set_border(format, LXW_BORDER_THIN);
    format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
    if (numbers)
        format_set_num_format(format, numbers);
    if (look == BOLD)
        format_set_bold(format);
    return format;
}

static bool make_formats(struct sheet *sheet)
{
    for (enum look look = PLAIN; look <= BOLD; look++) {
        sheet->text[look] = framed(sheet->book, look, NULL);
        sheet->count[look] = framed(sheet->book, look, "#,##0");
        sheet->decimal[look] = framed(sheet->book, look, "#,##0.0");
        sheet->dash[look] = framed(sheet->book, look, NULL);
        if (!sheet->text[look] || !sheet->count[look] || !sheet->decimal[look] || !sheet->dash[look])
            return false;
        format_set_text_wrap(sheet->text[look]);
        format_set_align(sheet->dash[look], LXW_ALIGN_RIGHT);
    }
    sheet->title = workbook_add_format(sheet->book);
    sheet->line = workbook_add_format(sheet->book);
    sheet->heading = framed(sheet->book, BOLD, NULL);
    if (!sheet->title || !sheet->line || !sheet->heading)
        return false;
    format_set_bold(sheet->title);
    format_set_font_size(sheet->title, 14);
    format_set_italic(sheet->line);
    format_set_text_wrap(sheet->heading);
    format_set_align(sheet->heading, LXW_ALIGN_CENTER);
    format_set_bg_color(sheet->heading, 0xD9E2EC);
    return true;
}

static void write_text(struct sheet *sheet, lxw_col_t column, const char *text, lxw_format *format)
{
    worksheet_write_string(sheet->page, sheet->row, column, text ? text : "", format);
}

static void write_cell(struct sheet *sheet, lxw_col_t column, const struct cell *cell, enum look look)
{
    /* A row of money in a table of indicators has its unit as a text. */
    bool is_vnd_label =
        cell->kind == CELL_TEXT && cell->unit && !strcmp(cell->unit, "vnd") && !strcmp(cell->text, "đồng");
    if (is_vnd_label)
        write_text(sheet, column, "triệu đồng", sheet->text[look]);
    else if (cell->kind == CELL_TEXT)
        write_text(sheet, column, cell->text, sheet->text[look]);
    else if (cell->kind == CELL_NO_FIGURE)
        write_text(sheet, column, NO_FIGURE, sheet->dash[look]);
    else if (cell->kind == CELL_EMPTY)
        worksheet_write_blank(sheet->page, sheet->row, column, sheet->text[look]);
    else if (is_money(cell))
        worksheet_write_number(sheet->page, sheet->row, column, cell->number / VND_PER_MILLION, sheet->decimal[look]);
    else
        worksheet_write_number(sheet->page, sheet->row, column, cell->number,
                               cell->is_whole ? sheet->count[look] : sheet->decimal[look]);
}

static void write_head(struct sheet *sheet)
{
    size_t i;
    json_t *line;
    write_text(sheet, 0, member_text(sheet->report, "title"), sheet->title);
    sheet->row++;
    json_array_foreach(json_object_get(sheet->report, "title_block"), i, line)
    {
        write_text(sheet, 0, json_string_value(line), sheet->line);
        sheet->row++;
    }
    if (has_money(sheet->report)) {
        write_text(sheet, 0, "Đơn vị tính: triệu đồng", sheet->line);
        sheet->row++;
    }
    sheet->row++;
}

static void write_headings(struct sheet *sheet)
{
    size_t i;
    json_t *column;
    write_text(sheet, 0, "STT", sheet->heading);
    write_text(sheet, 1, row_heading(sheet->report), sheet->heading);
    json_array_foreach(json_object_get(sheet->report, "columns"), i, column)
    {
        const char *label = member_text(column, "label_vi"), *unit = member_text(column, "measure_unit");
        char heading[512];
        snprintf(heading, sizeof heading, "%s%s", label ? label : "", unit && !strcmp(unit, "percent") ? " (%)" : "");
        write_text(sheet, (lxw_col_t)(FIRST_COLUMN + i), heading, sheet->heading);
    }
    worksheet_repeat_rows(sheet->page, sheet->row, sheet->row);
    sheet->row++;
}

static void write_row(struct sheet *sheet, const json_t *row, const json_t *values, size_t number, enum look look)
{
    size_t i;
    json_t *column;
    const char *label = member_text(row, "label");
    if (number)
        worksheet_write_number(sheet->page, sheet->row, 0, (double)number, sheet->count[look]);
    else
        worksheet_write_blank(sheet->page, sheet->row, 0, sheet->text[look]);
    write_text(sheet, 1, label ? label : "Tổng cộng", sheet->text[look]);
    json_array_foreach(json_object_get(sheet->report, "columns"), i, column)
    {
        struct cell cell = cell_at(column, row, values);
        write_cell(sheet, (lxw_col_t)(FIRST_COLUMN + i), &cell, look);
    }
    sheet->row++;
}

static void write_table(struct sheet *sheet)
{
    size_t i, number = 0;
    json_t *row;
    write_headings(sheet);
    json_array_foreach(json_object_get(sheet->report, "rows"), i, row)
    {
        bool is_sum = is_subtotal(row);
        write_row(sheet, row, json_object_get(row, "values"), is_sum ? 0 : ++number, is_sum ? BOLD : PLAIN);
    }
    const json_t *totals = json_object_get(sheet->report, "totals");
    if (json_object_size(totals))
        write_row(sheet, NULL, totals, 0, BOLD);
    sheet->row++;
}

static void write_indicators(struct sheet *sheet)
{
    const json_t *indicators = json_object_get(sheet->report, "indicators");
    size_t i;
    json_t *item, *column = json_pack("{s:s}", "key", "value");
    if (json_array_size(indicators)) {
        static const char *const headings[] = {"STT", "Chỉ số", "Giá trị", "Đơn vị tính", "Cách tính"};
        for (lxw_col_t c = 0; c < countof(headings); c++)
            write_text(sheet, c, headings[c], sheet->heading);
        sheet->row++;
    }
    json_array_foreach(indicators, i, item)
    {
        struct cell value = cell_at(column, item, item);
        worksheet_write_number(sheet->page, sheet->row, 0, (double)i + 1, sheet->count[PLAIN]);
        write_text(sheet, 1, member_text(item, "label_vi"), sheet->text[PLAIN]);
        write_cell(sheet, 2, &value, PLAIN);
        write_text(sheet, 3, is_money(&value) ? "triệu đồng" : member_text(item, "unit_label"), sheet->text[PLAIN]);
        write_text(sheet, 4, member_text(item, "formula_vi"), sheet->text[PLAIN]);
        sheet->row++;
    }
    sheet->row += json_array_size(indicators) ? 1 : 0;
    json_decref(column);
}

static void write_foot(struct sheet *sheet)
{
    size_t i;
    json_t *note;
    json_array_foreach(json_object_get(sheet->report, "notes"), i, note)
    {
        write_text(sheet, 0, json_string_value(note), sheet->line);
        sheet->row++;
    }
    sheet->row++;
    size_t last = FIRST_COLUMN + json_array_size(json_object_get(sheet->report, "columns"));
    write_text(sheet, 1, "Người lập biểu", NULL);
    write_text(sheet, (lxw_col_t)(last - 1), "Thủ trưởng đơn vị", NULL);
    sheet->row++;
    write_text(sheet, 1, "(ký, ghi rõ họ tên)", sheet->line);
    write_text(sheet, (lxw_col_t)(last - 1), "(ký, ghi rõ họ tên, đóng dấu)", sheet->line);
}

/* Rows are written once and in order, so the page must be set up before. */
static void set_up(struct sheet *sheet)
{
    size_t i;
    json_t *column;
    worksheet_set_column(sheet->page, 0, 0, NARROW, NULL);
    worksheet_set_column(sheet->page, 1, 1, WIDE, NULL);
    json_array_foreach(json_object_get(sheet->report, "columns"), i, column)
    {
        lxw_col_t at = (lxw_col_t)(FIRST_COLUMN + i);
        bool is_text = json_is_true(json_object_get(column, "is_text"));
        worksheet_set_column(sheet->page, at, at, is_text ? 1.5 * USUAL : USUAL, NULL);
    }
    worksheet_set_landscape(sheet->page);
    worksheet_set_paper(sheet->page, 9); /* A4 */
    worksheet_fit_to_pages(sheet->page, 1, 0);
}

static void set_properties(struct sheet *sheet)
{
    struct tm day = {0};
    const char *made = member_text(sheet->report, "generated_at"), *title = member_text(sheet->report, "title");
    bool is_dated = made && strptime(made, "%Y-%m-%dT%H:%M:%S", &day);
    lxw_doc_properties properties = {.title = (char *)(uintptr_t)(title ? title : ""),
                                     .created = is_dated ? timegm(&day) : 1};
    workbook_set_properties(sheet->book, &properties);
}

static bool write_book(const json_t *report, const char *path)
{
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    struct sheet sheet = {.report = report, .book = workbook_new_opt(path, &options)};
    if (!sheet.book)
        return false;
    sheet.page = workbook_add_worksheet(sheet.book, "Báo cáo");
    bool is_ready = sheet.page && make_formats(&sheet);
    if (is_ready) {
        set_properties(&sheet);
        set_up(&sheet);
        write_head(&sheet);
        write_table(&sheet);
        write_indicators(&sheet);
        write_foot(&sheet);
    }
    return workbook_close(sheet.book) == LXW_NO_ERROR && is_ready;
}

static void file_done(int *file)
{
    if (*file >= 0)
        close(*file);
}

/* The library writes to a path: here to one that leads to memory. */
bool xlsx_write(const json_t *report, struct buffer *ret_body)
{
    cleanup(file_done) int file = memfd_create("report.xlsx", MFD_CLOEXEC);
    char path[32], piece[16384];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (file < 0 || !write_book(report, path))
        return false;
    off_t at = 0;
    for (ssize_t got; (got = pread(file, piece, sizeof piece, at)) > 0; at += got)
        buffer_add(ret_body, piece, (size_t)got);
    return at > 0 && !ret_body->failed;
}
