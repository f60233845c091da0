/* SPDX-License-Identifier: MIT */
/* How reports write numbers, texts that would run, and what is not known. */
#include "cases.h"
#include "report/cells.h"
#include "report/csv.h"
#include "report/svg.h"

static const struct number {
    const char *name;
    double number;
    int decimals;
    const char *shown;
} numbers[] = {
    {"number: nothing", 0, 0, "0"},
    {"number: three digits", 999, 0, "999"},
    {"number: a thousand", 1000, 0, "1.000"},
    {"number: a million", 1234567, 0, "1.234.567"},
    {"number: the mean of a key project", 3916.666667, 1, "3.916,7"},
    {"number: decimals of a small one", 0.04, 1, "0,0"},
    {"number: carried into the next thousand", 999.96, 1, "1.000,0"},
    {"number: below nothing", -1234.5, 1, "-1.234,5"},
    {"number: nothing is not below nothing", -0.04, 1, "0,0"},
    {"number: the greatest amount", 9007199254.740991, 1, "9.007.199.254,7"},
    {"number: beyond all amounts", 1e300, 0, "1e+300"},
};

static void check_number(void **state)
{
    const struct number *row = *state;
    char shown[NUMBER_TEXT];
    number_vi(row->number, row->decimals, shown);
    assert_string_equal(shown, row->shown);
}

#define COLUMNS                                                                                                         \
    "'columns':[{'key':'a','label_vi':'Tiền','measure_unit':'vnd'},{'key':'b','label_vi':'Tỷ lệ','measure_unit':" \
    "'percent'},{'key':'c','label_vi':'Ghi chú','measure_unit':null,'is_text':true}]"
#define HEAD "\xef\xbb\xbfSTT,Nội dung,Tiền (đồng),Tỷ lệ (%),Ghi chú\r\n"

static const struct table {
    const char *name, *rows, *csv;
} tables[] = {
    {"csv: an empty table", "'rows':[],'totals':{}", HEAD},
    {"csv: exact numbers", "'rows':[{'label':'x','values':{'a':9007199254740991,'b':66.7,'c':'y'}}],'totals':{}",
     HEAD "1,x,9007199254740991,66.7,y\r\n"},
    {"csv: division by zero, and no text", "'rows':[{'label':'x','values':{'a':null,'b':null,'c':null}}],'totals':{}",
     HEAD "1,x,–,–,\r\n"},
    {"csv: what a row lacks", "'rows':[{'label':'x','values':{}}],'totals':{}", HEAD "1,x,,,\r\n"},
    {"csv: a sum below zero is a number", "'rows':[{'label':'x','values':{'a':-5,'b':-0.5,'c':''}}],'totals':{}",
     HEAD "1,x,-5,-0.5,\r\n"},
    {"csv: texts that a spreadsheet would run",
     "'rows':[{'label':'=1+1','values':{'a':1,'b':1,'c':'-2'}},{'label':'+1','values':{'a':1,'b':1,'c':'@SUM(A1)'}},"
     "{'label':'\\tx','values':{'a':1,'b':1,'c':'\\r'}}],'totals':{}",
     HEAD "1,\"'=1+1\",1,1,\"'-2\"\r\n2,\"'+1\",1,1,\"'@SUM(A1)\"\r\n3,\"'\tx\",1,1,\"'\r\"\r\n"},
    {"csv: commas, quotes, lines", "'rows':[{'label':'a,b','values':{'a':1,'b':1,'c':'x\\\"y\\nz'}}],'totals':{}",
     HEAD "1,\"a,b\",1,1,\"x\"\"y\nz\"\r\n"},
    {"csv: sums have no number",
     "'rows':[{'label':'s','kind':'subtotal','values':{'a':1,'b':1,'c':''}},{'label':'r','values':{'a':1,'b':1}}],"
     "'totals':{'a':1}",
     HEAD ",s,1,1,\r\n1,r,1,1,\r\n,Tổng cộng,1,,\r\n"},
};

/* JSON with ' for ". */
static json_t *report_of(const char *rows)
{
    char text[2048];
    snprintf(text, sizeof text, "{'title':'T<&>','chart_columns':['a','b','none'],%s,%s}", COLUMNS, rows);
    for (char *at = text; *at; at++)
        *at = *at == '\'' ? '"' : *at;
    json_t *report = json_loads(text, 0, NULL);
    assert_non_null(report);
    return report;
}

static void check_csv(void **state)
{
    const struct table *row = *state;
    struct buffer body = buffer_with_limit(4096);
    json_t *report = report_of(row->rows);
    assert_true(csv_write(report, &body));
    assert_string_equal(body.bytes, row->csv);
    buffer_done(&body);
    json_decref(report);
}

static void a_reply_that_does_not_fit_is_none(void **state)
{
    (void)state;
    struct buffer body = buffer_with_limit(40);
    json_t *report = report_of("'rows':[],'totals':{}");
    assert_false(csv_write(report, &body));
    buffer_done(&body);
    json_decref(report);
}

static void a_chart_escapes_and_shows_what_is_not_known(void **state)
{
    (void)state;
    struct buffer body = buffer_with_limit(65536);
    json_t *report = report_of(
        "'rows':[{'label':'<script>','values':{'a':3916666667,'b':null}},{'label':'&','values':{}}],'totals':{}");
    assert_true(svg_write(report, &body));
    assert_null(strstr(body.bytes, "<script"));
    assert_non_null(strstr(body.bytes, ">&lt;script&gt;</text>"));
    assert_non_null(strstr(body.bytes, "<title>T&lt;&amp;&gt;</title>"));
    assert_non_null(strstr(body.bytes, ">3.916,7</text>"));
    assert_non_null(strstr(body.bytes, ">–</text>"));
    buffer_done(&body);
    json_decref(report);
}

int main(void)
{
    add_cases(numbers, check_number);
    add_cases(tables, check_csv);
    add_test(a_reply_that_does_not_fit_is_none);
    add_test(a_chart_escapes_and_shows_what_is_not_known);
    return run_cases(NULL, NULL);
}
