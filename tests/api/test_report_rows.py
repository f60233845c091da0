# SPDX-License-Identifier: MIT
"""Every report in every medium; each figure that can be added leads to its records; how rows are put together."""
import csv
import io

import openpyxl
import pytest

from support.money import key, paper
from support.plans import Plans
from support.promotion import Promotion

YEAR = 2024
MONTHS = {"from": f"{YEAR}-01-01", "to": f"{YEAR}-12-31"}
CHARTS = {"region-summary", "programme-attainment"}


@pytest.fixture(scope="module")
def who(caller):
    return caller(province="38")


@pytest.fixture(scope="module")
def programme(world, who):
    """Projects of one, several and no activities, of two implementers, a stopped one, a key project."""
    make = Promotion(who)
    programme = make.programme(province_code="38")
    make.target(programme, indicator_code="trained")
    implementers = [world.organisation("38"), None]
    for number, activities in enumerate((["KC1"], ["KC3", "KC3-MAY-MOC"], ["KC1", "KC2"], [], [None])):
        project = make.project(programme_id=programme.id, province_code="38", codes_on=f"{YEAR}-02-01", starts_on=f"{YEAR}-02-01", ends_on=f"{YEAR}-06-30",
                               scale="key" if number == 2 else "single", implementer_id=implementers[number % 2], total_cost_vnd=10**9 + number, support_vnd=123_456_789 + number,
                               counterpart_vnd=7)
        for activity in activities:
            make.line(project, activity_code=activity, support_vnd=1)
        make.funding(project, year=YEAR, source="local_promotion", amount_vnd=50_000_000 + number)
    return programme


def records(who, url):
    return [row for page in who.pages(url, 200) for row in page]


# ---- What is too much for one reply ----

def test_a_report_of_long_texts_is_refused_before_it_breaks(cluster, caller):
    """Fewer rows than there may be, each with the longest text that a table shows: 8 MiB is all that a reply holds."""
    who = caller(province="12")
    kept = Promotion(who).project(province_code="12", codes_on="2020-02-01", starts_on="2004-02-01")
    cluster.sql("update project set objective = repeat('x', 30000) where id = %s", kept.id)
    fine = who.get("/v1/reports/plan-table?year=2004").expect(200)
    assert len(fine.body) > 30000
    with cluster.connect() as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("insert into project (code, organisation_id, name, level, starts_on, objective, province_code, codes_on)"
                           " select 'DAX' || n, organisation_id, name || n, level, starts_on, objective, province_code, codes_on"
                           " from project, generate_series(1, 300) n where id = %s", [kept.id])
    for form in ("json", "csv", "xlsx"):
        reply = who.get(f"/v1/reports/plan-table?year=2004&format={form}").expect(400, "invalid-parameter")
        assert reply.errors == {("province_code", "report_too_large")}


# ---- R1: what its subtotals are of ----

@pytest.mark.parametrize("group_by, parts", [("activity", 4), ("organisation", 2), ("programme", 1), ("level", 1), ("province", 1)])
def test_subtotals_of_the_plan_table_lead_to_their_projects(who, programme, group_by, parts):
    answer = who.get("/v1/reports/plan-table", params={"year": YEAR, "programme_id": programme.id, "group_by": group_by}).expect(200).json()
    subtotals = [row for row in answer["rows"] if row["kind"] == "subtotal"]
    assert len(subtotals) == parts and len(answer["rows"]) == parts + 5
    below, at = {}, None
    for row in answer["rows"]:
        at = at if row["kind"] == "record" else below.setdefault(row["label"], [])
        if row["kind"] == "record":
            at.append(row)
    money = [column["key"] for column in answer["columns"] if column["is_additive"]]
    for row in subtotals:
        for key in money:
            assert row["values"][key] == sum(item["values"][key] or 0 for item in below[row["label"]]), (row["label"], key)
        if row["records_url"]:
            projects = records(who, row["records_url"])
            assert {project["id"] for project in projects} == {item["key"] for item in below[row["label"]]}, row
            assert sum(project["total_cost_vnd"] for project in projects) == row["values"]["total_cost_vnd"]
    assert len([row for row in subtotals if row["records_url"] is None]) == (group_by == "organisation"), "only those without an implementer have no list"


def test_a_report_is_frozen_in_words_of_its_own(who):
    refused = who.post("/v1/report-snapshots", {"report": "plan-table", "group_by": "source"}).expect(400, "invalid-parameter")
    assert refused.errors == {("group_by", "enum")}
    record = who.post("/v1/report-snapshots", {"report": "plan-table", "year": YEAR, "group_by": "organisation"}).expect(201).json()
    assert record["filters"]["group_by"] == "organisation"


# ---- Every report in every medium ----

def reports(contract):
    return sorted(path.rsplit("/", 1)[1] for path in contract.document["paths"] if path.startswith("/v1/reports/"))


def question(contract, name, programme):
    known = {item.get("name") or contract.document["components"]["parameters"][item["$ref"].rsplit("/", 1)[1]]["name"]
             for item in contract.document["paths"][f"/v1/reports/{name}"]["get"]["parameters"]}
    return {key: value for key, value in {"programme_id": programme.id, "year": YEAR, **MONTHS, "geo_basis": "current"}.items() if key in known}


def test_every_report_can_be_read_as_a_table(contract, who, programme):
    for name in reports(contract):
        asked = question(contract, name, programme)
        answer = who.get(f"/v1/reports/{name}", params=asked).expect(200).json()
        labels = ["STT", answer.get("row_label", "Nội dung"), *(column["label_vi"] for column in answer["columns"])]
        rows = list(csv.reader(io.StringIO(who.get(f"/v1/reports/{name}", params={**asked, "format": "csv"}).expect(200).body.decode("utf-8-sig"), newline="")))
        assert [heading.removesuffix(" (đồng)").removesuffix(" (%)") for heading in rows[0]] == labels, name
        assert len(rows) == 1 + len(answer["rows"]) + bool(answer["totals"]), name
        sheet = openpyxl.load_workbook(io.BytesIO(who.get(f"/v1/reports/{name}", params={**asked, "format": "xlsx"}).expect(200).body)).active
        texts = [row[0].value for row in sheet.iter_rows()]
        assert texts[0] == answer["title"], name
        for line in answer.get("title_block", [])[:-1]:  # the last is the hour
            assert line in texts, (name, line)
        head = next(row for row in sheet.iter_rows() if row[0].value == "STT")
        assert [cell.value.removesuffix(" (%)") for cell in head if cell.value is not None] == labels, name
        has_money = any(column["measure_unit"] == "vnd" for column in answer["columns"])
        assert ("Đơn vị tính: triệu đồng" in texts) or not has_money, name
        for number, item in enumerate(answer["rows"]):
            cells = sheet[head[0].row + 1 + number]
            assert cells[1].value == item["label"], name
            for place, column in enumerate(answer["columns"], 2):
                value, unit = item["values"].get(column["key"]), column["measure_unit"] or item.get("measure_unit")
                if column["is_text"] or value is None:
                    continue
                assert cells[place].data_type == "n" and abs(cells[place].value - (value / 1e6 if unit == "vnd" else value)) < 1e-6, (name, column["key"])
                assert unit != "vnd" or cells[place].number_format == "#,##0.0", (name, column["key"])


def test_charts_are_of_two_reports(contract, who, programme):
    for name in reports(contract):
        reply = who.get(f"/v1/reports/{name}", params=question(contract, name, programme), headers={"Accept": "image/svg+xml"})
        if name in CHARTS:
            assert reply.expect(200).headers["Content-Type"] == "image/svg+xml; charset=utf-8", name
        else:
            reply.expect(406, "not-acceptable")


def test_every_report_can_be_frozen(contract, who, programme):
    members = contract.document["components"]["schemas"]["ReportSnapshotCreate"]["properties"]
    assert set(members["report"]["enum"]) == set(reports(contract))
    for name in members["report"]["enum"]:
        asked = question(contract, name, programme)
        record = who.post("/v1/report-snapshots", {"report": name, **asked}).expect(201).json()
        frozen, live = (who.get(url, params=params).expect(200).json() for url, params in ((record["content_url"], None), (f"/v1/reports/{name}", asked)))
        for part in ("title", "columns", "rows", "totals", "indicators", "notes", "records_url"):
            assert frozen[part] == live[part], (name, part)


# ---- Figures and their records ----

# Figures that are a member of the records, summed; counts are the number of records. The others have tests of their own.
MEMBERS = {"support_vnd": "support_vnd", "total_cost_vnd": "total_cost_vnd"}


def test_each_figure_of_projects_is_the_sum_of_its_records(contract, who, programme):
    tried = set()
    for name in reports(contract):
        asked = question(contract, name, programme) | ({"group_by": "level"} if name == "project-summary" else {})
        answer = who.get(f"/v1/reports/{name}", params=asked).expect(200).json()
        for row in answer["rows"]:
            if not (row["records_url"] or "").startswith("/v1/projects?") or "expand=outputs" in row["records_url"]:
                continue
            projects = records(who, row["records_url"])
            for key, member in MEMBERS.items():
                if row["values"].get(key) is not None:
                    assert row["values"][key] == sum(project[member] or 0 for project in projects), (name, row["label"], key)
                    tried.add((name, key))
            if "project_count" in row["values"]:
                assert row["values"]["project_count"] == len(projects), (name, row["label"])
                tried.add((name, "project_count"))
    assert {name for name, _ in tried} >= {"region-summary", "project-summary", "plan-table", "key-project-implementers", "support-concentration"}, tried


# ---- Indicators of a year ----

def test_registrations_and_adjustments_of_a_year(caller):
    """Two of three in time; two decisions for one reason, one for another."""
    who = caller(province="38")
    plans = Plans(who)
    programme = Promotion(who).programme(province_code="38")
    plan = plans.plan(year=2023, programme_id=programme.id, opens_on="2022-06-01", closes_on="2022-08-31")
    items = [plans.item(plan, 100_000_000, plans.project(programme_id=programme.id), registered_on=day) for day in ("2022-08-01", "2022-08-31", "2022-09-01")]
    plans.act(plan, "open", "appraise", "submit", "assign")
    for item, support, reason in zip((items[0], items[0], items[1]), (80_000_000, 60_000_000, 150_000_000), ("budget_cut", "budget_cut", "market")):
        plans.decide(plans.adjustment(plan, "change", reason_code=reason, items=[{"item_id": item["id"], "after": {"support_vnd": support}}]))
    answer = who.get("/v1/reports/progress-table", params={"year": 2023, "programme_id": programme.id}).expect(200).json()
    found = {item["code"]: item for item in answer["indicators"]}
    assert (found["registrations"]["value"], found["on_time_registration_rate"]["value"], found["on_time_registration_rate"]["display"]) == (3, 66.7, "66,7")
    assert (found["adjustments_budget_cut"]["value"], found["adjustments_market"]["value"]) == (2, 1)
    assert "-40,0 triệu" in found["adjustments_budget_cut"]["formula_vi"] and "+50,0 triệu" in found["adjustments_market"]["formula_vi"]
    nothing = who.get("/v1/reports/progress-table", params={"year": 1999, "programme_id": programme.id}).expect(200).json()
    empty = {item["code"]: (item["value"], item["display"]) for item in nothing["indicators"]}
    assert empty["on_time_registration_rate"] == (None, "–") and empty["return_count"] == (0, "0")


def test_money_of_no_project_has_no_list_of_its_own(world, who):
    """It stands in a row; a list that led to every entry would not add up to it."""
    who.post("/v1/allocations", {"year": YEAR, "source": "local_promotion", "organisation_id": world.organisation("38"), "amount_vnd": 100, "kind": "baseline",
                                 "decided_on": "2024-01-05", "document": paper()}, headers=key()).expect(201)
    answer = who.get("/v1/reports/ledger-balances", params={"group_by": "project", "year": YEAR}).expect(200).json()
    row = next(row for row in answer["rows"] if row["key"] is None)
    assert row["values"]["allocated_vnd"] >= 100 and row["records_url"] is None
