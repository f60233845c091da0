# SPDX-License-Identifier: MIT
"""One report in every medium, read back by other means: csv, openpyxl, an XML parser."""
import csv
import io
from urllib.parse import urlencode

import openpyxl
import pytest

from support.promotion import Promotion

PATH = "/v1/reports/project-summary"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ASKED = {"from": "2019-01-01", "to": "2019-12-31", "province_code": "46", "group_by": "level"}


@pytest.fixture(scope="module")
def who(caller):
    who = caller(province="46")
    for level, cost in (("national", 3_916_666_667), ("local", 500_000_000), ("local", None)):
        Promotion(who).project(level=level, starts_on="2019-03-01", total_cost_vnd=cost)
    return who


def asked(who, method="GET", headers=None, **params):
    return who.request(method, f"{PATH}?{urlencode({**ASKED, **params})}", headers=headers)


def media(reply):
    return reply.headers["Content-Type"].split(";")[0]


@pytest.mark.parametrize("accept, expected", [
    (None, "application/json"), ("*/*", "application/json"), ("text/csv", "text/csv"), (XLSX, XLSX), ("application/*", "application/json"),
    ("text/*", "text/csv"), ("text/csv;q=0.5, application/json;q=0.4", "text/csv"), ("application/json, text/csv", "application/json"),
    ("text/csv, application/json;q=0.9", "text/csv"), ("*/*;q=0.1, text/csv;q=0.2", "text/csv"),
    ("application/json;q=0, */*", XLSX), ("TEXT/CSV", "text/csv"), ("image/svg+xml, text/csv;q=0.1", "text/csv")])
def test_the_medium_that_is_wanted_most(who, accept, expected):
    reply = asked(who, headers={"Accept": accept}).expect(200)
    assert media(reply) == expected and "Accept" in reply.headers["Vary"]


def test_media_that_this_report_has_not(who):
    for accept in ("image/svg+xml", "text/html", "application/json;q=0", "text/csv;q=0.0"):
        reply = asked(who, headers={"Accept": accept}).expect(406, "not-acceptable")
        assert "Content-Disposition" not in reply.headers
    assert asked(who, format="svg").expect(400, "invalid-parameter").errors == {("format", "enum")}
    assert asked(who, format="CSV").expect(400, "invalid-parameter").errors == {("format", "enum")}


def test_format_says_the_same_and_wins(who):
    assert media(asked(who, format="csv", headers={"Accept": "application/json"}).expect(200)) == "text/csv"
    assert media(asked(who, format="xlsx", headers={"Accept": "text/html"}).expect(200)) == XLSX
    assert media(asked(who, format="json", headers={"Accept": "text/csv"}).expect(200)) == "application/json"


@pytest.mark.parametrize("form", ["json", "csv", "xlsx"])
def test_head_and_origin(who, form):
    full, short = asked(who, format=form), asked(who, "HEAD", format=form)
    assert short.status == 200 and not short.body
    for name in ("Content-Type", "Content-Length", "Content-Disposition", "Vary", "Cache-Control"):
        assert short.headers.get(name) == full.headers.get(name), name
    both = asked(who, format=form, headers={"Origin": "https://portal.test"})
    assert {item.strip() for item in both.headers["Vary"].split(",")} == {"Accept", "Origin"}
    name = {"json": None, "csv": 'attachment; filename="project-summary_2019-01-01_2019-12-31.csv"',
            "xlsx": 'attachment; filename="project-summary_2019-01-01_2019-12-31.xlsx"'}[form]
    assert full.headers.get("Content-Disposition") == name


def test_a_refusal_is_a_problem_in_any_medium(who):
    assert asked(who, format="csv", to="2018-01-01").expect(400, "invalid-parameter").errors == {("to", "period_order")}


def test_csv(who):
    reply, report = asked(who, format="csv").expect(200), asked(who).expect(200).json()
    assert reply.body.startswith(b"\xef\xbb\xbf") and reply.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    head, *rows = csv.reader(io.StringIO(reply.body.decode("utf-8-sig"), newline=""))
    assert head[:4] == ["STT", "Cấp kinh phí", "Số đề án", "Tổng kinh phí (đồng)"]
    keys = [column["key"] for column in report["columns"]]
    for number, (row, item) in enumerate(zip(rows, report["rows"]), 1):
        assert row == [str(number), item["label"], *("–" if item["values"][key] is None else str(item["values"][key]) for key in keys)]
    assert rows[-1][:4] == ["", "Tổng cộng", "3", "4416666667"] and len(rows) == 3
    assert reply.body.count(b"\r\n") == 4 and reply.body.endswith(b"\r\n")


def test_xlsx(who):
    reply, report = asked(who, format="xlsx").expect(200), asked(who).expect(200).json()
    sheet = openpyxl.load_workbook(io.BytesIO(reply.body)).active
    texts = [row[0].value for row in sheet.iter_rows(max_row=8)]
    assert texts[0] == report["title"] and "Đơn vị tính: triệu đồng" in texts
    first = next(row for row in sheet.iter_rows() if row[0].value == "STT")
    assert [cell.value for cell in first][:4] == ["STT", "Cấp kinh phí", "Số đề án", "Tổng kinh phí"]
    row = sheet[first[0].row + 1]
    assert [cell.value for cell in row][:3] == [1, "Quốc gia (KCQG)", 1]
    assert row[3].value == 3916.666667 and row[3].number_format == "#,##0.0" and row[3].data_type == "n"
    last = sheet[first[0].row + 3]
    assert last[1].value == "Tổng cộng" and last[3].value == 4416.666667 and last[3].font.bold
    assert sheet.page_setup.orientation == "landscape" and sheet.print_title_rows


def test_the_mean_of_nothing_is_no_figure(who):
    nothing = asked(who, **{"from": "1999-01-01", "to": "1999-12-31"})
    assert nothing.expect(200).json()["totals"]["mean_total_cost_vnd"] is None
    params = {"from": "1999-01-01", "to": "1999-12-31"}
    *_, total = csv.reader(io.StringIO(asked(who, format="csv", **params).body.decode("utf-8-sig")))
    assert total[1] == "Tổng cộng" and "–" in total
    sheet = openpyxl.load_workbook(io.BytesIO(asked(who, format="xlsx", **params).body)).active
    assert "–" in [cell.value for row in sheet.iter_rows() for cell in row]
