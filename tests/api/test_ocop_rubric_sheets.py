# SPDX-License-Identifier: MIT
"""Rubrics as CSV: what goes out comes in as a new draft and goes out the same; a refusal names every row, column and value."""
import csv
import io

import pytest

CSV = "text/csv"
HEADINGS = ["Mã bộ sản phẩm", "Tên bộ tiêu chí", "Tên bộ tiêu chí (tiếng Anh)", "Lần ban hành", "Bộ mẫu", "Ghi chú",
            "Phần", "Mã tiêu chí", "Thuộc mục", "Tên tiêu chí", "Tên tiêu chí (tiếng Anh)", "Điểm tối đa",
            "Mã mức", "Mô tả mức", "Mô tả mức (tiếng Anh)", "Điểm", "Cần cho hạng", "Bị loại"]
FACTS = ("QD148-07", "Bộ tiêu chí thử")


@pytest.fixture
def who(caller):
    return caller(province="86")


def send(who, data, media=CSV, **params):
    return who.request("POST", "/v1/ocop/rubrics", data=data.encode() if isinstance(data, str) else data, media=media, params=params)


def exported(who, rubric):
    return who.get(f"/v1/ocop/rubrics/{rubric['id']}", headers={"Accept": CSV}).expect(200)


def sample(who):
    return who.get("/v1/ocop/rubrics?is_sample=true&status=published&limit=1").expect(200).json()["data"][0]


def fact(set_code, name, **cells):
    return {"Mã bộ sản phẩm": set_code, "Tên bộ tiêu chí": name, **cells}


def criterion(code, part="A", name="Mục", points="40", **cells):
    return {"Mã tiêu chí": code, "Phần": part, "Tên tiêu chí": name, "Điểm tối đa": points, **cells}


def option(code, points, label="Mức", **cells):
    return {"Mã mức": code, "Mô tả mức": label, "Điểm": points, **cells}


def table(*rows, headings=HEADINGS, delimiter=","):
    out = io.StringIO()
    writer = csv.DictWriter(out, headings, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def faults(reply):
    return {(fault.get("row"), fault.get("column"), fault["code"], fault.get("found")) for fault in reply.expect(422, "invalid").json()["errors"]}


def count(cluster):
    return cluster.sql("select count(*) from ocop_rubric")[0][0]


def test_a_sample_goes_out_and_comes_in_and_goes_out_the_same(who):
    origin = sample(who)
    first = exported(who, origin)
    assert first.headers["Content-Type"].startswith("text/csv; charset=utf-8")
    assert first.headers["Content-Disposition"] == 'attachment; filename="ocop-rubric.csv"'
    rows = list(csv.reader(io.StringIO(first.body.decode("utf-8-sig"))))
    assert rows[0] == ["STT", *HEADINGS] and len({len(row) for row in rows}) == 1 and first.body.endswith(b"\r\n")
    made = send(who, first.body, first.headers["Content-Type"]).expect(201).json()
    assert made["id"] != origin["id"] and made["status"] == "draft" and made["faults_count"] == 0
    source = who.get(f"/v1/ocop/rubrics/{origin['id']}").expect(200).json()
    for member in ("criteria", "product_set_id", "name_vi", "name_en", "edition_no", "is_sample", "note"):
        assert made[member] == source[member], member
    assert exported(who, made).body == first.body


def test_all_that_cells_may_hold_comes_back(who):
    """Separators, quotes, lines, formulas, decimals, each member that may be absent, and a rubric without a row."""
    full = {"product_set_id": sample(who)["product_set_id"], "name_vi": 'Bộ "một", hai; ba', "name_en": "=1+1", "edition_no": 7, "is_sample": False,
            "note": "Hai\ndòng", "criteria": [
                {"code": "A", "part": "A", "name_vi": "- Phần A", "name_en": None, "max_points": 40.5, "options": []},
                {"code": "A", "parent_code": "A", "part": "C", "name_vi": "Tổng cộng", "name_en": "Total", "max_points": 0.25, "options": [
                    {"code": "0", "label_vi": "+84", "label_en": "x,y", "points": 0, "min_stars": 5, "is_eliminating": True},
                    {"code": "01", "label_vi": "\"", "points": 100, "is_eliminating": False}]}]}
    for body in (full, {"product_set_id": full["product_set_id"], "name_vi": "Chưa có gì"}):
        made = who.post("/v1/ocop/rubrics", body).expect(201).json()
        sheet = exported(who, made)
        again = send(who, sheet.body).expect(201).json()
        for member in ("criteria", "product_set_id", "name_vi", "name_en", "edition_no", "is_sample", "note", "faults_count"):
            assert again[member] == made[member], member
        assert exported(who, again).body == sheet.body


def test_a_table_that_somebody_wrote(who):
    rows = [fact(*FACTS, **{"Bộ mẫu": "không"}), criterion("A1", points="40,5"), criterion("A1.1", **{"Thuộc mục": "A1"}),
            option("0", "0", **{"Bị loại": "có"}), option("1", "12.5", **{"Cần cho hạng": "4"})]
    made = send(who, "BỘ TIÊU CHÍ\n\n" + table(*rows, delimiter=";")).expect(201).json()
    assert [(c["code"], c["max_points"], len(c["options"])) for c in made["criteria"]] == [("A1", 40.5, 0), ("A1.1", 40, 2)]
    assert made["criteria"][1]["options"][0]["is_eliminating"] and made["criteria"][1]["options"][1]["min_stars"] == 4
    assert made["edition_no"] == 1 and not made["is_sample"] and made["faults_count"] > 0
    joined = table({**fact(*FACTS), **criterion("A1"), **option("1", "40")})
    assert len(send(who, joined, validate_only="true").expect(200).json()["criteria"][0]["options"]) == 1


def test_a_cell_that_cannot_be_is_named(who, cluster):
    before = count(cluster)
    rows = [fact(*FACTS, **{"Lần ban hành": "0", "Bộ mẫu": "x"}), criterion("A 1", part="D", points="101"),
            option("1", "-1", **{"Cần cho hạng": "6", "Bị loại": "1"})]
    assert faults(send(who, table(*rows))) == {
        (2, "Lần ban hành", "pattern", "0"), (2, "Bộ mẫu", "pattern", "x"), (3, "Mã tiêu chí", "pattern", "A 1"), (3, "Phần", "pattern", "D"),
        (3, "Điểm tối đa", "pattern", "101"), (4, "Điểm", "pattern", "-1"), (4, "Cần cho hạng", "pattern", "6"), (4, "Bị loại", "pattern", "1")}
    assert count(cluster) == before


def test_rows_that_do_not_fit_are_named_all_at_once(who, cluster):
    before = count(cluster)
    rows = [{"Mã bộ sản phẩm": "QD0-0"}, option("1", "1"), {"Tên tiêu chí": "Chỉ tên"}, {"Điểm": "3"}, fact("QD148-07", "Hai")]
    assert faults(send(who, table(*rows))) == {
        (2, "Mã bộ sản phẩm", "ocop_rubric_set_unknown", "QD0-0"), (2, "Tên bộ tiêu chí", "required", None), (3, "Mã mức", "ocop_rubric_option_alone", "1"),
        (4, "Mã tiêu chí", "required", None), (4, "Phần", "required", None), (4, "Điểm tối đa", "required", None),
        (5, "Mã mức", "required", None), (5, "Mô tả mức", "required", None),
        (6, "Mã bộ sản phẩm", "ocop_rubric_facts_first", "QD148-07"), (6, "Tên bộ tiêu chí", "ocop_rubric_facts_first", "Hai")}
    unknown = send(who, table(fact(*FACTS), headings=[*HEADINGS, "Điểm thưởng"])).expect(422, "invalid")
    assert [(fault["code"], "Điểm thưởng" in fault["detail"]) for fault in unknown.json()["errors"]] == [("ocop_rubric_column", True)]
    assert faults(send(who, table(fact(*FACTS), criterion("A1"), *(option(str(n), "1") for n in range(21))))) == {(24, "Mã mức", "maxItems", "20")}
    assert faults(send(who, table(fact(*FACTS), *(criterion(f"A{n}") for n in range(201))))) == {(203, "Mã tiêu chí", "maxItems", "A200")}
    assert count(cluster) == before


@pytest.mark.parametrize("sheet, code", [("a,b,c\n1,2,3\n", "sheet_headings"), (table(), "sheet_empty"), (table(fact(*FACTS)).encode("utf-16"), "sheet_not_utf8")])
def test_a_sheet_that_is_none(who, sheet, code):
    assert [fault["code"] for fault in send(who, sheet).expect(422, "invalid").json()["errors"]] == [code]


def test_a_sheet_has_its_walls(who, http, caller):
    sheet, stranger = table(fact(*FACTS), criterion("A1")), caller(province="01")
    send(http, sheet).expect(401)
    send(caller(province="86", scopes=["ocop:write"]), sheet).expect(403, "insufficient-scope")
    send(who, sheet, "text/csv; charset=windows-1258").expect(415)
    send(who, sheet, "text/plain").expect(415)
    send(who, b"x" * 1048577).expect(413)
    made = send(who, sheet).expect(201).json()
    path = f"/v1/ocop/rubrics/{made['id']}"
    stranger.get(path, headers={"Accept": CSV}).expect(404, "not-found")
    who.get(path, headers={"Accept": "image/png"}).expect(406)
    tag = exported(who, made).headers["ETag"]
    assert tag == '"1-csv"' and exported(who, made).body == who.get(f"{path}?fields=id", headers={"Accept": CSV}).expect(200).body
    who.get(path, headers={"Accept": CSV, "If-None-Match": tag}).expect(304)
    who.delete(path, if_match=1).expect(204)
    who.get(path, headers={"Accept": CSV}).expect(410)
