/* SPDX-License-Identifier: MIT */
/* A bar chart: a row of bars for each row of the report, a bar for each of its `chart_columns`. Drawn with attributes
 * only, no script and no style, in two tones that differ in black and white too. */
#include "report/svg.h"

#include "core/cleanup.h"
#include "report/cells.h"

#include <stdint.h>
#include <string.h>

#define WIDTH       960
#define LABEL_WIDTH 250
#define VALUE_WIDTH 110
#define PLOT_WIDTH  (WIDTH - LABEL_WIDTH - VALUE_WIDTH)
#define TOP         96
#define FOOT        44
#define BAR         15
#define GAP         9
#define SERIES_MAX  3
#define LABEL_MAX   36 /* code points */
#define TITLE_MAX   100
#define WHOLE       100.0 /* percent that are drawn as a mark */

static const char *const tones[SERIES_MAX] = {"#17406d", "#e0a030", "#8c8c8c"};

struct chart {
    struct buffer *out;
    const json_t *rows;
    const json_t *series[SERIES_MAX]; /* columns */
    size_t nseries;
    double most;
};

static void add_escaped(struct buffer *out, const char *text, size_t code_points)
{
    for (const char *at = text; *at; at++) {
        bool begins = ((unsigned char)*at & 0xc0) != 0x80;
        if (begins && code_points-- == 0) {
            buffer_text(out, "…");
            return;
        }
        const char *entity = *at == '<'   ? "&lt;"
                             : *at == '>' ? "&gt;"
                             : *at == '&' ? "&amp;"
                             : *at == '"' ? "&quot;"
                                          : 0;
        if (entity)
            buffer_text(out, entity);
        else if ((unsigned char)*at >= ' ')
            buffer_add(out, at, 1);
    }
}

static void add_label(struct chart *chart, int x, double y, const char *attributes, const char *text,
                      size_t code_points)
{
    buffer_printf(chart->out, "<text x=\"%d\" y=\"%.0f\" %s>", x, y, attributes);
    add_escaped(chart->out, text, code_points);
    buffer_text(chart->out, "</text>\n");
}

static const json_t *column_named(const json_t *columns, const char *key)
{
    size_t i;
    json_t *column;
    json_array_foreach(columns, i, column)
    {
        const char *name = member_text(column, "key");
        if (name && key && !strcmp(name, key))
            return column;
    }
    return NULL;
}

static struct cell figure(const struct chart *chart, const json_t *row, size_t series)
{
    return cell_at(chart->series[series], row, json_object_get(row, "values"));
}

static bool in_percent(const struct chart *chart)
{
    const char *unit = chart->nseries ? member_text(chart->series[0], "measure_unit") : NULL;
    return unit && !strcmp(unit, "percent");
}

static void measure(struct chart *chart, const json_t *report)
{
    const json_t *columns = json_object_get(report, "columns");
    size_t i, s;
    json_t *item;
    json_array_foreach(json_object_get(report, "chart_columns"), i, item)
    {
        const json_t *column = column_named(columns, json_string_value(item));
        if (column && chart->nseries < SERIES_MAX)
            chart->series[chart->nseries++] = column;
    }
    chart->rows = json_object_get(report, "rows");
    chart->most = in_percent(chart) ? WHOLE : 0;
    json_array_foreach(chart->rows, i, item)
    {
        for (s = 0; s < chart->nseries; s++) {
            struct cell cell = figure(chart, item, s);
            if (cell.kind == CELL_NUMBER && cell.number > chart->most)
                chart->most = cell.number;
        }
    }
}

static double row_height(const struct chart *chart)
{
    return (double)(chart->nseries ? chart->nseries : 1) * BAR + GAP;
}

static void draw_head(struct chart *chart, const json_t *report)
{
    const char *title = member_text(report, "title");
    add_label(chart, 16, 30, "font-size=\"19\" font-weight=\"bold\"", title ? title : "", TITLE_MAX);
    const char *line = json_string_value(json_array_get(json_object_get(report, "title_block"), 1));
    add_label(chart, 16, 52, "font-size=\"13\" fill=\"#444444\"", line ? line : "", TITLE_MAX);
    int x = LABEL_WIDTH;
    for (size_t s = 0; s < chart->nseries; s++, x += 290) {
        const char *label = member_text(chart->series[s], "label_vi");
        buffer_printf(chart->out, "<rect x=\"%d\" y=\"68\" width=\"12\" height=\"12\" fill=\"%s\"/>\n", x, tones[s]);
        add_label(chart, x + 18, 79, "font-size=\"13\"", label ? label : "", LABEL_MAX);
    }
    if (has_money(report) && !in_percent(chart))
        add_label(chart, 16, 79, "font-size=\"13\" font-style=\"italic\"", "Đơn vị tính: triệu đồng", TITLE_MAX);
}

static void draw_bar(struct chart *chart, const struct cell *cell, double y, size_t series)
{
    double share = cell->kind == CELL_NUMBER && chart->most > 0 && cell->number > 0 ? cell->number / chart->most : 0;
    char shown[NUMBER_TEXT];
    cell_vi(cell, shown);
    buffer_printf(chart->out, "<rect x=\"%d\" y=\"%.0f\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n", LABEL_WIDTH, y,
                  share * PLOT_WIDTH, BAR - 1, tones[series]);
    add_label(chart, LABEL_WIDTH + (int)(share * PLOT_WIDTH) + 6, y + BAR - 3, "font-size=\"12\"", shown, NUMBER_TEXT);
}

static void draw_rows(struct chart *chart)
{
    size_t i;
    json_t *row;
    json_array_foreach(chart->rows, i, row)
    {
        double y = TOP + (double)i * row_height(chart);
        const char *label = member_text(row, "label");
        add_label(chart, LABEL_WIDTH - 10, y + (row_height(chart) - GAP) / 2 + 5,
                  "font-size=\"13\" text-anchor=\"end\"", label ? label : "", LABEL_MAX);
        for (size_t s = 0; s < chart->nseries; s++) {
            struct cell cell = figure(chart, row, s);
            draw_bar(chart, &cell, y + (double)(s * BAR), s);
        }
    }
}

/* Where a target is met. */
static void draw_whole(struct chart *chart, double bottom)
{
    double x = LABEL_WIDTH + WHOLE / chart->most * PLOT_WIDTH;
    buffer_printf(chart->out,
                  "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%.0f\" stroke=\"#b00020\" stroke-dasharray=\"5 4\"/>\n",
                  x, TOP - 6, x, bottom);
    buffer_printf(chart->out, "<text x=\"%.1f\" y=\"%.0f\" font-size=\"12\" text-anchor=\"middle\">100 %%</text>\n", x,
                  bottom + 14);
}

bool svg_write(const json_t *report, struct buffer *ret_body)
{
    struct chart chart = {.out = ret_body};
    measure(&chart, report);
    size_t rows = json_array_size(chart.rows);
    double bottom = TOP + (double)(rows ? rows : 1) * row_height(&chart);
    buffer_printf(ret_body,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %.0f\" width=\"%d\" height=\"%.0f\" "
                  "role=\"img\" font-family=\"DejaVu Sans, Arial, sans-serif\" fill=\"#111111\">\n<title>",
                  WIDTH, bottom + FOOT, WIDTH, bottom + FOOT);
    const char *title = member_text(report, "title");
    const char *made = json_string_value(json_array_get(json_object_get(report, "title_block"), 3));
    add_escaped(ret_body, title ? title : "", SIZE_MAX);
    buffer_printf(ret_body, "</title>\n<rect width=\"%d\" height=\"%.0f\" fill=\"#ffffff\"/>\n", WIDTH, bottom + FOOT);
    draw_head(&chart, report);
    if (!rows)
        add_label(&chart, LABEL_WIDTH, TOP + BAR, "font-size=\"13\"", "Không có số liệu", TITLE_MAX);
    draw_rows(&chart);
    buffer_printf(ret_body, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%.0f\" stroke=\"#444444\"/>\n", LABEL_WIDTH,
                  TOP - 6, LABEL_WIDTH, bottom);
    if (in_percent(&chart))
        draw_whole(&chart, bottom);
    add_label(&chart, 16, bottom + FOOT - 12, "font-size=\"11\" fill=\"#444444\"", made ? made : "", TITLE_MAX);
    buffer_text(ret_body, "</svg>\n");
    return !ret_body->failed;
}
