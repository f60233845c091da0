/* SPDX-License-Identifier: MIT */
/* Sheets as clerks make them: where the headings stand, what a number or a day means, what is no project, what is
 * refused. */
#include "cases.h"
#include "core/cleanup.h"
#include "sheet/sheet.h"
#include "sheet/values.h"

#include <jansson.h>
#include <stdlib.h>

static const struct sheet_column columns[] = {{"Tên đề án", "name", SHEET_WORDS, true, false, NULL},
                                              {"Bắt đầu", "starts_on", SHEET_DAY, false, false, NULL},
                                              {"KCĐP", "local_vnd", SHEET_MONEY, false, false, "share_vnd"},
                                              {"Trạng thái", "status", SHEET_WORDS, false, false, NULL},
                                              {"Cơ sở", "who", SHEET_WORDS, false, false, "one"},
                                              {"Kết quả", "done", SHEET_WORDS, false, true, NULL}};
static const struct sheet sheet = {
    .columns = columns, .ncolumns = countof(columns), .lines = "lines", .line_key = "one"};

#define HEAD  "STT,Tên đề án,Bắt đầu,KCĐP,Trạng thái\n"
#define GROUP "STT,Tên đề án,Cơ sở,KCĐP,Trạng thái\n"
#define ROW   "'name':'Một','starts_on':'2021-03-01','local_vnd':1500000,'status':'Xong'"

static const struct table {
    const char *name, *csv,
        *body; /* of the body its rows, or [columns, skipped rows] when it begins so; NULL: refused */
    const char *code;
} tables[] = {
    {"plain", HEAD "1,Một,2021-03-01,1500000,Xong\n", "[{'row':2," ROW "}]", NULL},
    {"byte order mark, semicolons, CRLF",
     "\xef\xbb\xbfTên đề án;Bắt đầu;KCĐP;Trạng thái\r\nMột;1/3/2021;1.500.000;Xong\r\n", "[{'row':2," ROW "}]", NULL},
    {"tabs, sep=", "sep=\t\nTên đề án\tBắt đầu\tKCĐP\tTrạng thái\nMột\t01-03-2021\t1,500,000\tXong",
     "[{'row':3," ROW "}]", NULL},
    {"title, unit, blank rows above",
     "BIỂU KẾ HOẠCH,,,\n\nĐơn vị tính: triệu đồng,,,,\n\n" HEAD "\n1,Một,01.03.2021,\"1,5\",Xong\n",
     "[{'row':7," ROW "}]", NULL},
    {"the unit of a heading wins",
     "ĐVT: triệu đồng\nTên đề án,Bắt đầu,KCĐP (nghìn đồng),Trạng thái\nMột,1/3/2021,1500,Xong\n", "[{'row':3," ROW "}]",
     NULL},
    {"headings in two rows", "Tên đề án,Bắt đầu,Kinh phí,Trạng thái,,\n,,KCĐP,,,\n", NULL, "sheet_empty"},
    {"letters in two steps, capitals",
     "STT,TE\xcc\x82N \xc4\x91\xc3\xaa\xcc\x80 a\xcc\x81n,BẮT ĐẦU,KCĐP,TRẠNG "
     "THÁI\n1,Mo\xcc\xa3\xcc\x82t,2021-03-01,1500000,Xong\n",
     "[{'row':2,'name':'M\u1ed9t','starts_on':'2021-03-01','local_vnd':1500000,'status':'Xong'}]", NULL},
    {"eth for đ",
     HEAD "1,\xc3\x90"
          "á,,1000000,\n",
     "[{'row':2,'name':'\u0110á','local_vnd':1000000}]", NULL},
    {"quotes", HEAD "1,\"Một, \"\"hai\"\"\nba\",,1000000,\n",
     "[{'row':2,'name':'Một, \\\"hai\\\"\\nba','local_vnd':1000000}]", NULL},
    {"guarded formula", HEAD "1,'=A1,,1000000,\n", "[{'row':2,'name':'=A1','local_vnd':1000000}]", NULL},
    {"a dash is null", HEAD "1,Một,–,-,Xong\n",
     "[{'row':2,'name':'Một','starts_on':null,'local_vnd':null,'status':'Xong'}]", NULL},
    {"what is no number or day stays", HEAD "1,Một,31/02/2021,5 triệu,Xong\n",
     "[{'row':2,'name':'Một','starts_on':'31/02/2021','local_vnd':'5 triệu','status':'Xong'}]", NULL},
    {"sums, sections, notes, signatures",
     HEAD ",Tổng cộng,,5000000,\nI,Nhóm một,,5000000,\n1,Một,1/3/2021,1500000,Xong\n,,,,\nGhi chú: hết,,,,\n,Người "
          "lập,,,Thủ trưởng\n",
     "[[],[{'row':2,'text':'Tổng cộng'},{'row':3,'text':'Nhóm một'},{'row':6,'text':'Ghi chú: "
     "hết'},{'row':7,'text':'Người lập'}]]",
     NULL},
    {"unknown columns are named", "Tên đề án,Điện thoại,KCĐP,Trạng thái\nMột,09,1500000,Xong\n", "[['Điện thoại'],[]]",
     NULL},
    {"not UTF-8", "T\xean,Bat dau\n", NULL, "sheet_not_utf8"},
    {"UTF-16", "\xff\xfeT", NULL, "sheet_not_utf8"},
    {"no headings", "a,b,c\n1,2,3\n", NULL, "sheet_headings"},
    {"without what must be there", "Bắt đầu,KCĐP,Trạng thái\n", NULL, "sheet_headings"},
    {"a heading twice", "Tên đề án,KCĐP,KCĐP,Trạng thái\n", NULL, "sheet_heading_repeated"},
    {"nothing below", HEAD, NULL, "sheet_empty"},
    {"nothing", "", NULL, "sheet_headings"},
    {"an open quote", HEAD "1,\"Một", NULL, "sheet_quote"},
    {"letters that control", HEAD "1,M\x01t,,,\n", NULL, "sheet_letters"},
    {"no unit, and too little for đồng", HEAD "1,Một,,150,Xong\n",
     "[{'row':2,'name':'Một','local_vnd':150,'status':'Xong'}]", "sheet_unit_needed"},
    {"rows that go on", GROUP "1,Một,,7000,Xong\n,,A,3000,\n,,B,4000,\n2,Hai,C,5000,\n",
     "[{'row':2,'name':'Một','local_vnd':7000,'status':'Xong','lines':[{'row':3,'one':'A','share_vnd':3000},"
     "{'row':4,'one':'B','share_vnd':4000}]},{'row':5,'name':'Hai','who':'C','local_vnd':5000}]",
     NULL},
    {"the row of a record is its first line", GROUP "1,Một,A,3000,Xong\n1,Một,B,4000,Xong\n",
     "[{'row':2,'name':'Một','status':'Xong','lines':[{'row':2,'one':'A','share_vnd':3000},"
     "{'row':3,'one':'B','share_vnd':4000}]}]",
     NULL},
    {"names alone share", GROUP "1,Một,A,3000,\n,,B,,\n-,,C,,\n",
     "[{'row':2,'name':'Một','who':'A; B; C','local_vnd':3000}]", NULL},
    {"neither behind a gap, a sum or another number",
     GROUP "1,Một,A,3000,\n\n,,B,4000,\n1,Hai,A,3000,\n,Tổng cộng,,3000,\n,,B,4000,\n1,Ba,A,3000,\n2,,B,4000,\n",
     "[[],[{'row':4,'text':'B'},{'row':6,'text':'Tổng cộng'},{'row':7,'text':'B'}]]", NULL},
    {"a sum is no beneficiary", GROUP "1,Một,A,3000,\n,,Cộng:,3000,\n",
     "[{'row':2,'name':'Một','who':'A','local_vnd':3000}]", NULL},
    {"what only records have", GROUP "1,Một,A,3000,Xong\n,,B,4000,Dở\n",
     "[{'row':2,'name':'Một','status':'Xong','lines':[{'row':2,'one':'A','share_vnd':3000},"
     "{'row':3,'one':'B','share_vnd':4000}]}]",
     "sheet_line_cell"},
    {"without numbers a name again is another record", "Tên đề án,Cơ sở,KCĐP\nMột,A,3000\nMột,B,4000\n",
     "[{'row':2,'name':'Một','who':'A','local_vnd':3000},{'row':3,'name':'Một','who':'B','local_vnd':4000}]", NULL},
    {"headings that name something", "Tên đề án,KCĐP,Kết quả: Số lớp,Kết quả :máy,Kết quả\nMột,3000,2 lớp; 3,5,6 cụm\n",
     "[{'row':2,'name':'Một','local_vnd':3000,'done':'Số lớp: 2 lớp; Số lớp: 3; máy: 5; 6 cụm'}]", NULL},
};

static json_t *parsed(const char *text)
{
    char *json = strdup(text);
    for (char *at = json; (at = strchr(at, '\''));)
        *at = '"';
    json_t *value = json_loads(json, 0, NULL);
    free(json);
    assert_non_null(value);
    return value;
}

static void check_table(void **state)
{
    const struct table *row = *state;
    struct arena arena = {0};
    struct faults faults = {.arena = &arena};
    json_t *body = sheet_read(&sheet, "text/csv", row->csv, strlen(row->csv), &faults);
    assert_int_equal(body != NULL, row->body != NULL);
    if (row->code)
        assert_string_equal(faults.first->code, row->code);
    else
        assert_null(faults.first);
    if (row->body) {
        json_t *wanted = parsed(row->body), *rows = json_object_get(body, "rows");
        json_t *rest =
            json_pack("[O, O]", json_object_get(body, "ignored_columns"), json_object_get(body, "skipped_rows"));
        char *seen = json_dumps(rows, 0);
        if (!json_equal(wanted, rows) && !json_equal(wanted, rest))
            print_message("# %s\n", seen);
        assert_true(json_equal(wanted, rows) || json_equal(wanted, rest));
        free(seen);
        json_decref(rest);
        json_decref(wanted);
    }
    json_decref(body);
    arena_done(&arena);
}

static const struct money {
    const char *name, *text;
    int64_t unit, vnd; /* -1: none */
} amounts[] = {
    {"whole", "1234", 1, 1234},
    {"thousands", "1.234", 1, 1234},
    {"thousands twice", "1.234.567", 1, 1234567},
    {"thousands the English way", "1,234,567", 1, 1234567},
    {"decimals", "1.234,5", 1000000, 1234500000},
    {"decimals the English way", "1,234.5", 1000000, 1234500000},
    {"a comma", "85,3", 1000000, 85300000},
    {"a comma and three digits", "1,234", 1000000, 1234000},
    {"a point and one digit", "85.3", 1000000, 85300000},
    {"spaces", "1 234 567", 1, 1234567},
    {"half a đồng", "0,5", 1, -1},
    {"beyond all amounts", "9007199254740992", 1, -1},
    {"more digits than there are", "1234567890123456789", 1, -1},
    {"bad groups", "1.23.456", 1, -1},
    {"words", "mười", 1, -1},
    {"below nothing", "-5", 1, -1},
    {"a mark alone", ".", 1, -1},
    {"nothing behind the mark", "5,", 1, -1},
};

static void check_money(void **state)
{
    const struct money *row = *state;
    int64_t vnd = -1;
    bool is_money = money_of_text(row->text, row->unit, &vnd);
    assert_int_equal(is_money ? vnd : -1, row->vnd);
}

static void test_numbers_of_a_spreadsheet(void **state)
{
    int64_t vnd;
    struct arena arena = {0};
    (void)state;
    assert_true(money_of_number("85.299999999999997", 1000000, &vnd) && vnd == 85300000);
    assert_true(money_of_number("1.5E+3", 1, &vnd) && vnd == 1500);
    assert_false(money_of_number("0.25", 1, &vnd));
    assert_false(money_of_number("nan", 1, &vnd));
    assert_string_equal(day_of_number(&arena, "44230", false), "2021-02-03");
    assert_string_equal(day_of_number(&arena, "42768", true), "2021-02-03");
    assert_null(day_of_number(&arena, "20210203", false));
    arena_done(&arena);
}

int main(void)
{
    add_cases(tables, check_table);
    add_cases(amounts, check_money);
    add_test(test_numbers_of_a_spreadsheet);
    return run_cases(NULL, NULL);
}
