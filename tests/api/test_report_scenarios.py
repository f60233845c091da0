# SPDX-License-Identifier: MIT
"""Reports on the real cases of db/demo, as an official would ask for them: the key project of Bình Phước, Thanh Hóa, the north; and
the year for illustration. Each medium is read back by other means."""
import csv
import io
import xml.etree.ElementTree as ET

import openpyxl
import pytest

SVG = "{http://www.w3.org/2000/svg}"
NORTH = {"from": "2021-01-01", "to": "2022-09-30", "region_code": "mien_bac"}


@pytest.fixture(scope="module")
def ministry(demo):
    return demo.caller(demo.token)


def ask(who, name, **question):
    return who.get(f"/v1/reports/{name}", params=question).expect(200)


def rows_of(who, url):
    return [row for page in who.pages(url, 200) for row in page]


def table(reply):
    """A workbook's table: heading → cell, for each row below the headings."""
    sheet = openpyxl.load_workbook(io.BytesIO(reply.body)).active
    first = next(row for row in sheet.iter_rows() if row[0].value == "STT")
    headings = [cell.value for cell in first if cell.value is not None]
    rows = []
    for row in sheet.iter_rows(min_row=first[0].row + 1):
        if row[1].value is None:
            break
        rows.append(dict(zip(headings, row)))
    return sheet, rows


# ---- A: the key project of Bình Phước ----

def test_the_review_of_the_key_project(ministry):
    """4 contents, 6 lines, 4 met or exceeded, 2 not; 11,750 million in three years, 3.916,7 a year; under Đồng Nai today."""
    project = ministry.get("/v1/projects/by-ref/demo/de-an-diem-hat-dieu").expect(200).json()
    question = {"project_id": project["id"], "geo_basis": "current", "from": "2018-01-01", "to": "2020-12-31"}
    answer = ask(ministry, "key-project-matrix", **question).json()
    figures = {item["code"]: item for item in answer["indicators"]}
    assert [figures[code]["value"] for code in ("activities", "lines", "lines_met", "lines_not_met", "lines_no_data")] == [4, 6, 4, 2, 0]
    assert figures["total"]["value"] == 11_750_000_000
    assert (figures["mean_per_year"]["value"], figures["mean_per_year"]["display"]) == (3_916_666_667, "3.916,7")
    assert "Không đạt: Đào tạo tay nghề cho 60 lao động; Đào tạo quản lý cho khoảng 60 lượt cán bộ quản lý" in answer["notes"]
    assert answer["rows"][0]["values"]["province"] == "Đồng Nai (trước đây: Bình Phước)"
    assert ask(ministry, "key-project-matrix", **{**question, "geo_basis": "as_recorded"}).json()["rows"][0]["values"]["province"] == "Bình Phước"
    by_province = ask(ministry, "key-project-matrix", **{"geo_basis": "current", "province_code": "75", "to": "2020-12-31"}).json()
    assert [row["key"] for row in by_province["rows"] if row["kind"] == "subtotal"] == [project["id"]]


def test_the_review_as_a_workbook(ministry):
    project = ministry.get("/v1/projects/by-ref/demo/de-an-diem-hat-dieu").expect(200).json()
    reply = ask(ministry, "key-project-matrix", project_id=project["id"], geo_basis="current", format="xlsx")
    sheet, rows = table(reply)
    money = next(row for row in rows if row["Đề án điểm, hạng mục"].value == "Kinh phí")
    assert [money[f"Kế hoạch {year}"].value for year in (2018, 2019, 2020)] == [3650, 4100, 4000]
    assert money["Đơn vị tính"].value == "triệu đồng" and money["Cộng"].value == 11750
    mean = next(row for row in sheet.iter_rows() if row[1].value == "Kinh phí bình quân một năm")
    assert mean[2].value == 3916.666667 and mean[2].number_format == "#,##0.0" and mean[3].value == "triệu đồng"  # shown as 3.916,7
    texts = [row[0].value for row in sheet.iter_rows()]
    assert "Đơn vị tính: triệu đồng" in texts and "Kinh phí bình quân 3.916,7 triệu đồng mỗi năm." in texts
    assert {"Người lập biểu"} <= {row[1].value for row in sheet.iter_rows()}


# ---- C: Thanh Hóa ----

@pytest.mark.parametrize("geo_basis", ["as_recorded", "current"])
def test_thanh_hoa(ministry, geo_basis):
    """29 projects of both levels, 11.76 billion đồng, 405,517,241 each."""
    question = {"from": "2021-01-01", "to": "2022-09-30", "province_code": "38", "geo_basis": geo_basis}
    row, = ask(ministry, "region-summary", **question).json()["rows"]
    values = row["values"]
    assert (row["label"], values["project_count"], values["total_cost_vnd"]) == ("Thanh Hóa", 29, 11_760_000_000)
    assert values["national_count"] + values["local_count"] == 29 and values["national_count"] and values["local_count"]
    projects = rows_of(ministry, row["records_url"])
    assert len(projects) == 29 and sum(project["total_cost_vnd"] for project in projects) == 11_760_000_000
    assert round(11_760_000_000 / len(projects)) == 405_517_241
    for level in ("national", "local"):
        found = rows_of(ministry, row["value_urls"][f"{level}_count"])
        assert len(found) == values[f"{level}_count"] and {project["level"] for project in found} == {level}
    summary = ask(ministry, "project-summary", **question, group_by="level", format="csv")
    *_, total = csv.DictReader(io.StringIO(summary.body.decode("utf-8-sig")))
    assert (total["Cấp kinh phí"], total["Số đề án"], total["Tổng kinh phí (đồng)"], total["Tổng kinh phí bình quân (đồng)"]) == ("Tổng cộng", "29", "11760000000", "405517241")
    _, rows = table(ask(ministry, "region-summary", **question, format="xlsx"))
    assert rows[-1]["Tổng kinh phí"].value == 11760 and rows[0]["Tỉnh, thành phố"].value == "Thanh Hóa"


# ---- E: the north ----

@pytest.mark.parametrize("geo_basis, count, among", [("as_recorded", 28, {"Thanh Hóa", "Hòa Bình", "Yên Bái"}), ("current", 18, {"Thanh Hóa", "Phú Thọ", "Lào Cai"})])
def test_the_northern_region(ministry, geo_basis, count, among):
    answer = ask(ministry, "region-summary", **NORTH, geo_basis=geo_basis).json()
    names = [row["label"] for row in answer["rows"]]
    assert len(names) == len(set(names)) == count and among <= set(names)
    other = "Hòa Bình" if geo_basis == "as_recorded" else "Phú Thọ"  # the project that was stopped, for illustration
    assert {row["label"]: row["values"]["project_count"] for row in answer["rows"] if row["values"]["project_count"]} == {"Thanh Hóa": 29, other: 1}
    assert answer["totals"]["total_cost_vnd"] == 11_760_000_000 + 300_000_000
    without = ask(ministry, "provinces-without-key-project", **NORTH, geo_basis=geo_basis).json()
    assert len(without["rows"]) == count and {item["code"]: item["value"] for item in without["indicators"]} == {"provinces": count, "without_key_project": count}
    trend = ask(ministry, "local-budget-trend", **NORTH, geo_basis=geo_basis).json()
    rising = {row["label"]: row["values"]["is_rising"] for row in trend["rows"]}
    assert len(rising) == count and not any(rising[name] for name in rising if name != "Thanh Hóa")
    thanh_hoa = next(row for row in trend["rows"] if row["label"] == "Thanh Hóa")
    money = [item for project in rows_of(ministry, thanh_hoa["records_url"]) for item in project["funding"] if item["source"] == "local_promotion"]
    assert thanh_hoa["values"]["amount_2021"] == sum(item["amount_vnd"] for item in money if item["year"] == 2021) > 0


# ---- The year for illustration ----

def test_the_year_has_200_projects_over_34_provinces(ministry):
    answer = ask(ministry, "region-summary", **{"from": "2026-01-01", "to": "2026-12-31", "geo_basis": "current"}).json()
    counts = {row["label"]: row["values"]["project_count"] for row in answer["rows"]}
    illustrated = [row for row in rows_of(ministry, answer["records_url"]) if row["name"].endswith("(minh họa)")]
    assert len(illustrated) == 200 and len(counts) == 34 and all(counts.values()) and counts["Đồng Nai"] >= 35
    assert answer["totals"]["key_count"] >= 6 and answer["totals"]["group_count"] > 50
    results = ask(ministry, "activity-results", **{"from": "2026-01-01", "to": "2026-12-31"}).json()
    assert {row["key"] for row in results["rows"] if row["kind"] == "subtotal"} >= {"KC1", "KC2", "KC3", "KC4", "KC9"}


# ---- The chart ----

def chart(ministry):
    return ministry.get("/v1/reports/region-summary", params={"from": "2026-01-01", "to": "2026-12-31", "geo_basis": "current"}, headers={"Accept": "image/svg+xml"}).expect(200)


def test_the_chart_is_clean(ministry):
    reply = chart(ministry)
    assert reply.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    root = ET.fromstring(reply.body)
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert root.tag == f"{SVG}svg" and tags <= {"svg", "title", "rect", "text", "line"}  # nothing that runs, loads or styles
    assert not any(name.startswith("on") or "href" in name or name == "style" for element in root.iter() for name in element.attrib)
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert {"Hà Nội", "Đắk Lắk", "Hồ Chí Minh", "Đơn vị tính: triệu đồng", "Hỗ trợ KCQG", "Hỗ trợ KCĐP"} <= set(texts)
    report = ministry.get("/v1/reports/region-summary", params={"from": "2026-01-01", "to": "2026-12-31", "geo_basis": "current"}).json()
    most = max(row["values"][key] for row in report["rows"] for key in report["chart_columns"])
    widths = [float(element.get("width")) for element in root.iter(f"{SVG}rect") if element.get("height") == "14"]
    assert len(widths) == 2 * len(report["rows"]) and max(widths) == 600
    for row, pair in zip(report["rows"], zip(widths[::2], widths[1::2])):
        for key, width in zip(report["chart_columns"], pair):
            assert abs(width - 600 * row["values"][key] / most) < 0.1


def test_the_chart_of_targets_marks_the_whole(ministry):
    programme = ministry.get("/v1/programmes/by-ref/demo/binh-duong-2021-2025").expect(200).json()
    reply = ministry.get("/v1/reports/programme-attainment", params={"programme_id": programme["id"], "format": "svg"}).expect(200)
    root = ET.fromstring(reply.body)
    assert "100 %" in [element.text for element in root.iter(f"{SVG}text")] and root.find(f"{SVG}line[@stroke-dasharray]") is not None
    answer = ask(ministry, "programme-attainment", programme_id=programme["id"]).json()
    assert len({row["key"].split("/")[0] for row in answer["rows"]}) == 12
