/* SPDX-License-Identifier: MIT */
/* Sheets: CSV behind a first byte C, else a workbook. Rows and lines have their number and values of their kind, and
 * nothing is beyond the limits. */
#include "fuzz.h"

#include "sheet/grid.h"
#include "sheet/sheet.h"

#include <stdlib.h>
#include <string.h>

#define WORKBOOK "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

static const struct sheet_column columns[] = {
    {.heading = "Tên đề án", .member = "name", .kind = SHEET_WORDS, .required = true},
    {.heading = "Bắt đầu", .member = "starts_on", .kind = SHEET_DAY},
    {.heading = "KCĐP", .member = "local_vnd", .kind = SHEET_MONEY, .line_member = "local_vnd"},
    {.heading = "Đơn vị", .member = "names", .kind = SHEET_WORDS, .line_member = "name"},
    {.heading = "Kết quả", .member = "outputs", .kind = SHEET_WORDS, .is_named = true},
    {.heading = "Trạng thái", .member = "status", .kind = SHEET_WORDS}};
static const struct sheet sheet = {.columns = columns, .ncolumns = 6, .lines = "lines", .line_key = "name"};

static void check_numbered(const json_t *row)
{
    const json_t *money = json_object_get(row, "local_vnd");
    json_int_t number = json_integer_value(json_object_get(row, "row"));
    CLAIM(number >= 1 && number <= SHEET_ROWS_MAX);
    CLAIM(!money || json_is_null(money) || json_is_string(money) || json_is_integer(money));
}

static void check(const json_t *body)
{
    size_t place, line_place;
    json_t *row, *line;
    CLAIM(json_object_size(body) == 3 && json_array_size(json_object_get(body, "rows")) > 0);
    json_array_foreach(json_object_get(body, "rows"), place, row)
    {
        check_numbered(row);
        CLAIM(json_object_size(row) <= 8 && json_string_length(json_object_get(row, "outputs")) <= SHEET_TEXT_MAX);
        json_array_foreach(json_object_get(row, "lines"), line_place, line)
        {
            check_numbered(line);
            CLAIM(json_object_size(line) <= 3);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct faults faults = {.arena = &arena};
    bool is_csv = size && *data == 'C';
    char *bytes = malloc(size + 1);
    memcpy(bytes, data + is_csv, size - is_csv);
    json_t *body = sheet_read(&sheet, is_csv ? "text/csv" : WORKBOOK, bytes, size - is_csv, &faults);
    CLAIM(body || faults.count || arena.failed);
    if (body)
        check(body);
    json_decref(body);
    arena_done(&arena);
    free(bytes);
    return 0;
}
