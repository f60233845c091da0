# SPDX-License-Identifier: MIT
"""The years behind, a row for each beneficiary: who got how much is kept with him, and what a row says of the whole must agree."""

import pytest

from support.world import unique
from test_import_sheets import XLSX, exported, faults as cells, send, workbook
from test_imports import YEAR, faults, load, outcomes, plan_row, read

MILLION = 1_000_000


@pytest.fixture
def who(caller):
    return caller(province="70")


def group(*shares, **members):
    """A group project: what each beneficiary got of local money, and half of it as counterpart."""
    lines = [{"beneficiary": unique("Cơ sở"), "local_promotion_vnd": share, "counterpart_vnd": share // 2} for share in shares]
    return {"name": unique("Hỗ trợ nhóm"), "activities": "KC3", "starts_on": f"{YEAR}-03-01", "decision_no": unique("5/QĐ-SCT"), "status": "Đã quyết toán",
            "lines": lines, **members}


def shares(who, reply, number=0):
    """[(name, activity, support, counterpart)] of the lines, by name; and the money by source and line."""
    project = read(who, reply, number)
    names = {line["id"]: line["establishment_id"] and who.get(f"/v1/establishments/{line['establishment_id']}").expect(200).json()["name"] for line in project["lines"]}
    return (sorted((names[line["id"]] or "", line["activity_code"] or "", line["support_vnd"], line["counterpart_vnd"]) for line in project["lines"]),
            sorted((item["year"], item["source"], names.get(item["line_id"]) or "", item["amount_vnd"]) for item in project["funding"]))


# ---- What becomes of them ----

def test_each_beneficiary_has_his_own_money(who):
    given = group(250, 300, 200)
    reply = load(who, given).expect(201)
    project = read(who, reply)
    assert (project["support_vnd"], project["counterpart_vnd"]) == (750, 375)
    names = [line["beneficiary"] for line in given["lines"]]
    lines, money = shares(who, reply)
    assert lines == sorted(zip(names, ["KC3"] * 3, [250, 300, 200], [125, 150, 100]))
    assert money == sorted((YEAR, "local_promotion", name, share) for name, share in zip(names, [250, 300, 200]))
    assert {line["status"] for line in project["lines"]} == {"settled"}
    values = plan_row(who, project["id"])
    assert (values["beneficiaries"], values["local_promotion_vnd"], values["counterpart_vnd"], values["current_support_vnd"]) == ("; ".join(sorted(names)), 750, 375, 750)


def test_the_same_twice_changes_nothing(who, cluster):
    rows = [group(250, 300), group(1, 2, 3, total_cost_vnd=20, local_promotion_vnd=6, counterpart_vnd=1)]
    rows[1]["lines"] = [{**line, "counterpart_vnd": None} for line in rows[1]["lines"]]
    first = load(who, *rows).expect(201)
    before = cluster.sql("select count(*) from history")[0][0]
    again = load(who, *rows).expect(201)
    assert (outcomes(first), outcomes(again)) == (["created"] * 2, ["unchanged"] * 2)
    assert [item["project_id"] for item in again.json()["rows"]] == [item["project_id"] for item in first.json()["rows"]]
    assert cluster.sql("select count(*) from history")[0][0] == before + 1, "the import itself, and nothing else"


def test_a_corrected_share(who):
    given = group(250, 300)
    code = load(who, given).expect(201).json()["rows"][0]["code"]
    given["lines"][1]["local_promotion_vnd"] = 280
    given["lines"].append({"beneficiary": unique("Cơ sở"), "local_promotion_vnd": 20, "counterpart_vnd": 5, "activity_code": "KC5"})
    again = load(who, {**given, "code": code}).expect(201)
    lines, money = shares(who, again)
    assert outcomes(again) == ["updated"] and [line[1:] for line in lines] == [("KC3", 250, 125), ("KC3", 280, 150), ("KC5", 20, 5)]
    assert sum(item[3] for item in money) == 550 and len(money) == 3
    del given["lines"][0]
    again = load(who, {**given, "code": code}).expect(201)
    assert [line[1:] for line in shares(who, again)[0]] == [("KC3", 280, 150), ("KC5", 20, 5)] and read(who, again)["support_vnd"] == 300
    assert outcomes(load(who, {**given, "code": code}).expect(201)) == ["unchanged"]


def test_what_was_loaded_for_several_together_is_divided_later(who):
    given = group(250, 300)
    together = {name: given[name] for name in given if name != "lines"}
    together |= {"beneficiaries": "; ".join(line["beneficiary"] for line in given["lines"]), "local_promotion_vnd": 550, "counterpart_vnd": 275}
    first = load(who, together).expect(201)
    again = load(who, given).expect(201)
    assert outcomes(again) == ["updated"] and again.json()["rows"][0]["project_id"] == first.json()["rows"][0]["project_id"]
    lines, money = shares(who, again)
    assert [line[2:] for line in lines] == [(250, 125), (300, 150)] and [item[3] for item in money] == [250, 300]


def test_each_year_has_its_lines(who):
    given = group(250, 300)
    code = load(who, given).expect(201).json()["rows"][0]["code"]
    more = [{"beneficiary": given["lines"][0]["beneficiary"], "local_promotion_vnd": 40}, {"beneficiary": unique("Cơ sở mới"), "local_promotion_vnd": 60}]
    again = load(who, {"name": given["name"], "code": code, "lines": more}, year=YEAR + 1).expect(201)
    lines, money = shares(who, again)
    assert sorted(line[2] for line in lines) == [60, 290, 300] and read(who, again)["support_vnd"] == 650
    assert sorted((item[0], item[3]) for item in money) == [(YEAR, 250), (YEAR, 300), (YEAR + 1, 40), (YEAR + 1, 60)]
    assert outcomes(load(who, {**given, "code": code}).expect(201)) == ["unchanged"]


def test_what_is_not_divided_stands_on_a_line_of_its_own(who):
    """Of the counterpart only the sum is known."""
    given = group(250, 300, counterpart_vnd=275)
    given["lines"] = [{**line, "counterpart_vnd": None} for line in given["lines"]]
    assert [(line[0] != "", line[2], line[3]) for line in shares(who, load(who, given).expect(201))[0]] == [(False, None, 275), (True, 250, None), (True, 300, None)]


def test_another_state_leaves_the_shares_alone(who):
    given = group(250, 300)
    code = load(who, given).expect(201).json()["rows"][0]["code"]
    again = load(who, {"name": given["name"], "code": code, "status": "Đang thực hiện"}).expect(201)
    assert outcomes(again) == ["updated"] and [line[2] for line in shares(who, again)[0]] == [250, 300]
    assert {line["status"] for line in read(who, again)["lines"]} == {"active"}


# ---- Refused ----

@pytest.mark.parametrize("change, fault", [
    (lambda r: r.update(local_promotion_vnd=551), ("#/rows/0/local_promotion_vnd", "import_lines_sum")),
    (lambda r: r.update(counterpart_vnd=274), ("#/rows/0/counterpart_vnd", "import_lines_sum")),
    (lambda r: r.update(beneficiaries="Cơ sở khác"), ("#/rows/0/beneficiaries", "import_lines_beneficiaries")),
    (lambda r: r["lines"][1].update(total_cost_vnd=449), ("#/rows/0/lines/1/total_cost_vnd", "import_money_within_total")),
    (lambda r: r["lines"][1].update(beneficiary="A; B"), ("#/rows/0/lines/1/beneficiary", "import_line_beneficiaries")),
    (lambda r: r["lines"][1].update(beneficiary=r["lines"][0]["beneficiary"]), ("#/rows/0/lines/1", "import_line_repeated")),
    (lambda r: r["lines"][1].update(activity_code="KC77"), ("#/rows/0/lines/1/activity_code", "import_activity_unknown")),
    (lambda r: r["lines"][1].pop("beneficiary"), ("#/rows/0/lines/1", "required"))])
def test_each_fault_of_a_line_is_named(who, cluster, change, fault):
    given = group(250, 300)
    change(given)
    before = cluster.sql("select count(*) from history")[0][0]
    assert fault in faults(load(who, given)) and len(faults(load(who, given))) == 1
    assert cluster.sql("select count(*) from history")[0][0] == before


@pytest.mark.parametrize("change, fault", [
    ({"local_promotion_vnd": 560}, ("#/rows/0/local_promotion_vnd", "import_lines_sum")),
    ({"counterpart_vnd": 200}, ("#/rows/0/counterpart_vnd", "import_lines_sum")),
    ({"beneficiaries": "Cơ sở khác"}, ("#/rows/0/beneficiaries", "import_lines_needed")),
    ({"activities": "KC5"}, ("#/rows/0/activities", "import_lines_needed"))])
def test_shares_are_not_lost_to_a_row_that_knows_none(who, change, fault):
    given = group(250, 300)
    code = load(who, given).expect(201).json()["rows"][0]["code"]
    assert faults(load(who, {"name": given["name"], "code": code, **change})) == {fault}


# ---- Sheets ----

HEAD = "STT;Tên đề án;Đơn vị thụ hưởng;Nội dung;KCĐP;Đối ứng;Trạng thái\n"


@pytest.mark.parametrize("shape", ["below", "own", "numbered"])
def test_rows_that_go_on_with_a_project(who, shape):
    name, one, two, other = (unique(word) for word in ("Nhóm", "Cơ sở", "Cơ sở", "Đề án"))
    lines = {"below": f"1;{name};;KC3;750;0;Kết thúc\n;;{one};;250;0;\n;;{two};;500;0;\n",
             "own": f"1;{name};{one};KC3;250;0;Kết thúc\n;;{two};;500;0;\n",
             "numbered": f"1;{name};{one};KC3;250;0;Kết thúc\n1;{name};{two};KC3;500;0;Kết thúc\n"}[shape]
    sheet = f"Đơn vị tính: triệu đồng\n{HEAD}{lines}2;{other};;KC1;85;0;Kết thúc\n;Tổng cộng;;;835;;\n"
    reply = send(who, sheet, year=YEAR).expect(201)
    assert reply.json()["counts"]["created"] == 2 and [item["text"] for item in reply.json()["skipped_rows"]] == ["Tổng cộng"]
    assert [(line[0], line[2]) for line in shares(who, reply)[0]] == sorted([(one, 250 * MILLION), (two, 500 * MILLION)])
    assert send(who, sheet, year=YEAR).expect(201).json()["counts"]["unchanged"] == 2


def test_names_without_money_share_what_the_project_has(who):
    name, one, two = (unique(word) for word in ("Nhóm", "Cơ sở", "Cơ sở"))
    reply = send(who, f"{HEAD}1;{name};{one};KC3;750000;0;Kết thúc\n;;{two};;;;\n", year=YEAR).expect(201)
    assert [(line[0], line[2]) for line in shares(who, reply)[0]] == [("", 750_000), *((each, None) for each in sorted([one, two]))]


def test_a_workbook_whose_name_is_merged_over_its_rows(who):
    name, one, two = (unique(word) for word in ("Nhóm", "Cơ sở", "Cơ sở"))
    head = ("STT", "Tên đề án", "Đơn vị thụ hưởng", "KCQG", "Đối ứng", "Tổng kinh phí", "Trạng thái")
    book = workbook(head, (1, name, one, 100, 150, 600, "Kết thúc"), (None, None, two, 150, 200), (2, unique("Đề án"), unique("Cơ sở"), 10, 0, 10, "Kết thúc"))
    reply = send(who, book, XLSX, year=YEAR).expect(201)
    project = read(who, reply)
    assert (project["support_vnd"], project["counterpart_vnd"], project["total_cost_vnd"], project["level"]) == (250 * MILLION, 350 * MILLION, 600 * MILLION, "national")
    assert [(line[0], line[2], line[3]) for line in shares(who, reply)[0]] == sorted([(one, 100 * MILLION, 150 * MILLION), (two, 150 * MILLION, 200 * MILLION)])


def test_faults_name_the_row_of_the_line(who):
    name = unique("Nhóm")
    sheet = f"{HEAD}1;{name};;KC3;750000;;Kết thúc\n;;Cơ sở một;;250000;;\n;;Cơ sở hai;KC77;400000;;\n"
    assert cells(send(who, sheet, year=YEAR)) == {(2, "KCĐP", "import_lines_sum", "750000"), (4, "Nội dung", "import_activity_unknown", "KC77")}
    sheet = f"{HEAD}1;{name};Cơ sở một;KC3;250000;;Kết thúc\n;;Cơ sở hai;;x5;;Dự thảo\n"
    assert cells(send(who, sheet, year=YEAR)) == {(3, "KCĐP", "type", "x5"), (3, "Trạng thái", "sheet_line_cell", "Dự thảo")}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_plan_table_of_divided_projects_comes_back_unchanged(caller, cluster, form):
    who = caller(province="37")
    load(who, group(250, 300, 200), group(10, 20)).expect(201)
    sheet = exported(who, form, YEAR)
    before = cluster.sql("select count(*) from history")[0][0]
    counts = send(who, sheet.body, sheet.headers["Content-Type"], YEAR).expect(201).json()["counts"]
    assert counts["unchanged"] == counts["total"] >= 2
    assert cluster.sql("select count(*) from history")[0][0] == before + 1


# ---- Results by indicator ----

def outputs(who, reply):
    return sorted(((item["indicator_code"] or "", (item["planned"] or item["actual"])["measure_unit"], *((item[kind] or {}).get("value") for kind in ("planned", "actual")))
                   for item in read(who, reply, expand="outputs")["outputs"]), key=str)


def test_results_of_named_indicators(caller):
    who = caller(province="35")
    given = {"name": unique("Đào tạo"), "activities": "KC1", "local_promotion_vnd": 5, "status": "Kết thúc",
             "planned_outputs": "classes: 2; Số người được đào tạo, tập huấn: 60 người", "actual_outputs": "số lớp: 2 lớp; trained: 58; 3 đoàn"}
    reply = load(who, given).expect(201)
    assert outputs(who, reply) == [("", "delegation", None, 3), ("classes", "class", 2, 2), ("trained", "person", 60, 58)]
    report = who.get(f"/v1/reports/activity-results?from={YEAR}-01-01&to={YEAR}-12-31").expect(200).json()
    assert [item["values"]["done"] for item in report["rows"] if item["key"] == "KC1/trained/person"] == [58]
    assert outcomes(load(who, given).expect(201)) == ["unchanged"]
    again = load(who, {"name": given["name"], "code": reply.json()["rows"][0]["code"], "actual_outputs": "4 đoàn"}).expect(201)
    assert outcomes(again) == ["updated"] and outputs(who, again) == [("", "delegation", None, 4), ("classes", "class", 2, 2), ("trained", "person", 60, 58)]


@pytest.mark.parametrize("words, code", [("Số voi: 3", "unclear"), ("seminars: 3", "unclear"), ("Số lớp: nhiều", "unclear"), ("Số lớp: 1; classes: 2", "repeated")])
def test_an_indicator_that_is_none(who, words, code):
    assert faults(load(who, group(1, 2, actual_outputs=words))) == {("#/rows/0/actual_outputs", f"import_output_{code}")}


def test_headings_that_name_an_indicator(who):
    name = unique("Đào tạo")
    sheet = (f"STT;Tên đề án;KCĐP;Kết quả kế hoạch: Số lớp;Kết quả thực hiện: Số lớp;Kết quả thực hiện: trained;Kết quả thực hiện;Trạng thái\n"
             f"1;{name};5000;2;2;58 người;3 đoàn; Kết thúc\n")
    reply = send(who, sheet, year=YEAR).expect(201)
    assert reply.json()["ignored_columns"] == []
    assert outputs(who, reply) == [("", "delegation", None, 3), ("classes", "class", 2, 2), ("trained", "person", None, 58)]
    assert send(who, sheet, year=YEAR).expect(201).json()["counts"]["unchanged"] == 1


def test_what_is_far_too_long_to_join(who):
    """Cells in pieces as small as they may be, as many names below one project as a sheet has rows, a heading that is in each of many cells."""
    head = "STT;Tên đề án;KCĐP;Kết quả thực hiện: {};Trạng thái\n".format
    row = '{0};Đề án {0};5000;"{1}";Kết thúc\n'.format
    assert ("#/rows/0/actual_outputs", "maxLength") in faults(send(who, head("Số lớp") + row(1, "1;" * 16_000), year=YEAR))
    for sheet in (head("Số lớp " * 100) + "".join(row(number, "1;" * 16_000) for number in range(1, 40)),
                  head("Số lớp " * 2000) + "".join(row(number, "1") for number in range(1, 2000))):
        assert ("#", "sheet_cells") in faults(send(who, sheet, year=YEAR))
    names = "".join(f";;{'Cơ sở rất xa ' * 20}{number};;\n" for number in range(4_000))
    sheet = f"STT;Tên đề án;Đơn vị thụ hưởng;KCĐP;Trạng thái\n1;Một;Đầu tiên;5000;Kết thúc\n{names}"
    assert ("#/rows/0/beneficiaries", "maxLength") in faults(send(who, sheet, year=YEAR))


def test_the_same_heading_twice_is_refused_all_the_same(who):
    sheet = "STT;Tên đề án;KCĐP;Kết quả thực hiện;Kết quả thực hiện;Trạng thái\n1;Một;5000;1 lớp;2 lớp;Kết thúc\n"
    assert [fault["code"] for fault in send(who, sheet, year=YEAR).expect(422).json()["errors"]] == ["sheet_heading_repeated"]
