# SPDX-License-Identifier: MIT
"""The years behind as sheets: the plan table comes back as it went out, and what a clerk's sheet has around its rows does no harm."""
import csv
import datetime
import hashlib
import io
import time
import zipfile

import openpyxl
import pytest

from support.world import unique

YEAR = 2018
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send(who, data, media=CSV, year=YEAR, **params):
    data = data.encode() if isinstance(data, str) else data
    return who.request("POST", "/v1/imports", data=data, media=media, params={"record_type": "project", "year": year, **params})


def faults(reply):
    return {(fault.get("row"), fault.get("column"), fault["code"], fault.get("found")) for fault in reply.expect(422, "invalid").json()["errors"]}


def exported(who, form, year=YEAR):
    return who.get(f"/v1/reports/plan-table?year={year}&format={form}").expect(200)


@pytest.fixture(scope="module")
def year_of(caller):
    """A province with a year of projects, loaded as JSON: in each state, with and without what a row may have."""
    who = caller(province="38")
    rows = [
        {"name": unique("Máy cưa"), "beneficiaries": unique("Cơ sở; hai").replace(";", ""), "activities": "KC3", "starts_on": f"{YEAR}-02-01", "ends_on": f"{YEAR}-12-31",
         "total_cost_vnd": 500_000_000, "local_promotion_vnd": 200_000_001, "counterpart_vnd": 299_999_999, "decision_no": "1/QĐ-SCT", "decision_on": f"{YEAR}-01-20",
         "status": "Đã quyết toán", "note": "=1+1"},
        {"name": unique("Đào tạo nghề"), "activities": "KC1; KC2", "central_promotion_vnd": 150_000_000, "local_promotion_vnd": 50_000_000,
         "baseline_support_vnd": 250_000_000, "current_support_vnd": 200_000_000, "status": "Ngừng thực hiện", "objective": 'Hai dòng:\n"mở lớp", 30 người'},
        {"name": unique("Hội chợ"), "local_promotion_vnd": 85_300_000, "current_support_vnd": None, "status": "Đang thực hiện"},
    ]
    who.post("/v1/imports", {"rows": rows}, params={"record_type": "project", "year": YEAR}).expect(201)
    return who


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_plan_table_comes_back_unchanged(year_of, cluster, form):
    sheet = exported(year_of, form)
    before = cluster.sql("select count(*) from history")[0][0]
    reply = send(year_of, sheet.body, sheet.headers["Content-Type"]).expect(201).json()
    assert reply["counts"] == {"total": 3, "created": 0, "updated": 0, "unchanged": 3} and reply["ignored_columns"] == []
    assert "Tổng cộng" in [item["text"] for item in reply["skipped_rows"]]
    assert cluster.sql("select count(*) from history")[0][0] == before + 1
    assert cells(exported(year_of, "csv")) == cells(exported(year_of, "csv"))


def cells(reply):
    """Of the plan table, without what another province has of its own: codes, and the place."""
    rows = list(csv.reader(io.StringIO(reply.body.decode("utf-8-sig"))))
    lost = [rows[0].index(heading) for heading in ("Mã đề án", "Địa điểm")]
    return [[cell for n, cell in enumerate(row) if n not in lost] for row in rows]


def test_the_plan_table_makes_the_same_year_elsewhere(year_of, caller):
    sheet = exported(year_of, "csv")
    rows = list(csv.reader(io.StringIO(sheet.body.decode("utf-8-sig"))))
    code, place = rows[0].index("Mã đề án"), rows[0].index("Địa điểm")
    for row in rows[1:]:
        row[code], row[place] = "", row[place] and "tỉnh Nghệ An"
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    other = caller(province="40")
    reply = send(other, out.getvalue()).expect(201).json()
    assert reply["counts"]["created"] == 3
    assert cells(exported(other, "csv")) == cells(sheet)
    assert send(other, out.getvalue()).expect(201).json()["counts"]["unchanged"] == 3


def test_a_clerks_sheet(caller):
    who, name = caller(province="40"), unique("Lò sấy")
    sheet = f"""SỞ CÔNG THƯƠNG;;;;;
;;BIỂU TỔNG HỢP ĐỀ ÁN;;;
;;;;;Đơn vị tính: triệu đồng

TT;Tên đề án;Điện thoại;KCĐP;Tổng kinh phí;Số quyết định;Ngày quyết định;Trạng thái
I;Huyện Diễn Châu;;1.350,5;;;;
1;{name};0912;1.350,5;2.701;7/QĐ;5/2/{YEAR};đã quyết toán

;Cộng:;;1.350,5;;;;
;Người lập biểu;;;;;;Giám đốc
"""
    reply = send(who, sheet).expect(201).json()
    assert reply["ignored_columns"] == ["Điện thoại"]
    assert [(item["row"], item["text"]) for item in reply["skipped_rows"]] == [(6, "Huyện Diễn Châu"), (9, "Cộng:"), (10, "Người lập biểu")]
    assert [item["row"] for item in reply["rows"]] == [7]
    project = who.get(f"/v1/projects/{reply['rows'][0]['project_id']}").expect(200).json()
    assert (project["support_vnd"], project["total_cost_vnd"], project["status"], project["name"]) == (1_350_500_000, 2_701_000_000, "settled", name)


def test_faults_name_row_heading_and_what_was_found(caller, cluster):
    who = caller(province="40")
    before = cluster.sql("select count(*) from history")[0][0]
    head = "Tên đề án;Bắt đầu;KCĐP;Trạng thái;Địa điểm;Tổng kinh phí\n"
    reply = send(who, f"\n{head}Một;31/02/{YEAR};1500000x;Đã quyết toán;;2000000\n")
    assert faults(reply) == {(3, "Bắt đầu", "format", f"31/02/{YEAR}"), (3, "KCĐP", "type", "1500000x")}
    reply = send(who, f"{head}Một;1/2/{YEAR};1500000;Xong;;2000000\nHai;1/2/{YEAR};1500000;Kết thúc;tỉnh Cà Mau;1000000\n")
    assert faults(reply) == {(2, "Trạng thái", "import_status_unknown", "Xong"), (3, "Địa điểm", "import_outside_territory", "tỉnh Cà Mau"),
                             (3, "Tổng kinh phí", "import_money_within_total", "1000000")}
    assert faults(send(who, f"{head}Một;1/2/{YEAR};150;Kết thúc;;\n")) == {(2, "KCĐP", "sheet_unit_needed", "150")}
    assert cluster.sql("select count(*) from history")[0][0] == before


@pytest.mark.parametrize("sheet, code", [
    ("Tên đề án;KCĐP;Trạng thái\nMột;1000000;Xong".encode("utf-16"), "sheet_not_utf8"),
    ("a;b;c\n1;2;3", "sheet_headings"),
    ("Tên đề án;KCĐP;Trạng thái\n", "sheet_empty"),
    ("Tên đề án;KCĐP;Trạng thái\n" + "Một;1000000;Xong\n" * 2001, "maxItems")])
def test_a_sheet_that_is_none(caller, sheet, code):
    reply = send(caller(province="40"), sheet).expect(422, "invalid")
    assert [fault["code"] for fault in reply.json()["errors"]] == [code]


def test_a_sheet_has_its_walls(caller, http):
    sheet = f"Tên đề án;KCĐP;Trạng thái\n{unique('Một')};1000000;Kết thúc\n"
    send(http, sheet).expect(401)
    send(caller(province="40", scopes=["projects:write"]), sheet).expect(403, "insufficient-scope")
    send(caller(province="40"), sheet, "text/csv; charset=windows-1258").expect(415)
    send(caller(province="40"), sheet, "text/csv; charset=utf-8; header=present", validate_only="true").expect(200)
    assert send(caller(province="40"), b"x" * 2097153).expect(413).json()["limit"] == 2097152
    send(caller(province="40"), b"x" * 2097152).expect(422)
    send(caller(province="40", scopes=["projects:write"]), b"x" * 2097152).expect(403, "insufficient-scope")


def test_a_full_sheet(caller, cluster):
    """As many rows as there may be, in a body that is longer than others may be: in seconds, and the second time nothing is written."""
    who, mark = caller(province="42"), unique("Máy ép")
    lines = [f"{n};{mark} số {n}, xã Đức Hòa;Cơ sở {mark} {n % 700};KC3;01/03/{YEAR};30/11/{YEAR};400;150;250;{n}/QĐ-SCT ngày 02 tháng 3;10/02/{YEAR};Đã quyết toán;"
             f"Nâng công suất từ {n} lên {n + 100} tấn mỗi năm, thay công nghệ cũ\n" for n in range(1, 2001)]
    sheet = ("Đơn vị tính: triệu đồng\nSTT;Tên đề án;Đơn vị thụ hưởng;Nội dung;Bắt đầu;Kết thúc;Tổng kinh phí;KCĐP;Đối ứng;Số quyết định;Ngày quyết định;Trạng thái;Ghi chú\n"
             + "".join(lines)).encode()
    assert len(sheet) > 262144
    begun = time.monotonic()
    reply = send(who, sheet).expect(201).json()
    taken = time.monotonic() - begun
    assert reply["counts"] == {"total": 2000, "created": 2000, "updated": 0, "unchanged": 0} and reply["sha256"] == hashlib.sha256(sheet).hexdigest()
    assert taken < 90, f"{taken:.1f} s"
    assert cluster.sql("select count(*) from establishment where name like %s", f"Cơ sở {mark}%")[0][0] == 700, "each once, however many rows name it"
    before = cluster.sql("select count(*) from history")[0][0]
    assert send(who, sheet).expect(201).json()["counts"]["unchanged"] == 2000
    assert cluster.sql("select count(*) from history")[0][0] == before + 1
    listed = who.get(f"/v1/imports?sha256={reply['sha256']}").expect(200).json()["data"]
    assert [item["counts"]["unchanged"] for item in listed] == [2000, 0] and listed[1]["id"] == reply["id"] and "rows" not in listed[1]


# ---- Workbooks ----

def workbook(*rows, above=("Đơn vị tính: triệu đồng",), hidden=None):
    """A cover page, a page that nobody sees, and the rows below a title."""
    book = openpyxl.Workbook()
    book.active.append(["Trang bìa"])
    if hidden:
        book.create_sheet("Ẩn").append(hidden[0])
        book["Ẩn"].append(hidden[1])
        book["Ẩn"].sheet_state = "hidden"
    page = book.create_sheet("Số liệu")
    page["A1"] = "BIỂU TỔNG HỢP"
    page.merge_cells("A1:F1")
    for line in above:
        page.append([line])
    page.append([])
    for row in rows:
        page.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


HEAD = ("STT", "Tên đề án", "Bắt đầu", "KCĐP", "Tổng kinh phí", "Số quyết định", "Trạng thái")


def rewritten(book, part, change):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, change(source.read(name)) if name == part else source.read(name))
    return out.getvalue()


def test_a_clerks_workbook(caller):
    """Days as Excel keeps them and as text, amounts as numbers and as text, a number for a decision, a sum by formula."""
    who, names = caller(province="40"), [unique("Máy xay"), unique("Máy ép")]
    book = workbook(HEAD, (1, names[0], datetime.date(YEAR, 3, 1), 85.3, 200, 125, "Kết thúc"), (), (2, names[1], f"05/04/{YEAR}", "1.234,5", "2.469", "7/QĐ", "Kết thúc"),
                    (None, "Tổng cộng", None, "=SUM(D5:D7)"), hidden=(HEAD, (1, "Bí mật", None, 1, 2, "3", "Kết thúc")))
    reply = send(who, book, XLSX).expect(201).json()
    assert [item["text"] for item in reply["skipped_rows"]] == ["Tổng cộng"]
    projects = [who.get(f"/v1/projects/{item['project_id']}").expect(200).json() for item in reply["rows"]]
    assert [(item["name"], item["starts_on"], item["support_vnd"], item["total_cost_vnd"]) for item in projects] == [
        (names[0], f"{YEAR}-03-01", 85_300_000, 200_000_000), (names[1], f"{YEAR}-04-05", 1_234_500_000, 2_469_000_000)]
    assert send(who, book, XLSX).expect(201).json()["counts"]["unchanged"] == 2


def test_a_formula_without_a_value(caller):
    book = workbook(HEAD, (1, "Một", None, 5, 10, "=A1", "Kết thúc"))
    assert {fault[:3] for fault in faults(send(caller(province="40"), book, XLSX))} == {(5, "Số quyết định", "sheet_cell_broken")}


@pytest.mark.parametrize("harm, code", [
    (lambda book: book[:2000], "sheet_not_xlsx"), (lambda book: b"PK", "sheet_not_xlsx"),
    (lambda book: rewritten(book, "xl/worksheets/sheet2.xml", lambda part: b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>' + part.split(b"?>")[-1]), "sheet_not_xlsx"),
    (lambda book: rewritten(book, "xl/worksheets/sheet2.xml", lambda part: part + b" " * (17 << 20)), "sheet_inflated")])
def test_a_workbook_that_does_harm(caller, harm, code):
    book = harm(workbook(HEAD, (1, "Một", None, 5, 10, "7/QĐ", "Kết thúc")))
    assert [fault["code"] for fault in send(caller(province="40"), book, XLSX).expect(422, "invalid").json()["errors"]] == [code]
