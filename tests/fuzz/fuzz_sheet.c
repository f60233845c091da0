/* SPDX-License-Identifier: MIT */
/* Sheets: CSV behind a first byte C, else a workbook. Rows have their number and values of their kind, and nothing is
 * beyond the limits. */
#include "fuzz.h"

#include "sheet/grid.h"
#include "sheet/sheet.h"

#include <stdlib.h>
#include <string.h>

#define WORKBOOK "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

static const struct sheet_column columns[] = {{"Tên đề án", "name", SHEET_WORDS, true},
                                              {"Bắt đầu", "starts_on", SHEET_DAY, false},
                                              {"KCĐP", "local_vnd", SHEET_MONEY, false},
                                              {"Trạng thái", "status", SHEET_WORDS, false}};
static const struct sheet sheet = {.columns = columns, .ncolumns = 4};

static void check(const json_t *body)
{
    size_t place;
    json_t *row;
    CLAIM(json_object_size(body) == 3 && json_array_size(json_object_get(body, "rows")) > 0);
    json_array_foreach(json_object_get(body, "rows"), place, row)
    {
        const json_t *money = json_object_get(row, "local_vnd");
        json_int_t number = json_integer_value(json_object_get(row, "row"));
        CLAIM(number >= 1 && number <= SHEET_ROWS_MAX);
        CLAIM(!money || json_is_null(money) || json_is_string(money) || json_is_integer(money));
        CLAIM(json_object_size(row) <= 5);
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
