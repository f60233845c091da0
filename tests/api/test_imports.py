# SPDX-License-Identifier: MIT
"""The years behind: what was is loaded in its final state, by JSON, CSV and Excel, and the reports count it."""
import pytest

from support.world import unique

YEAR = 2019


def row(name=None, **members):
    return {"name": unique(name or "Hỗ trợ máy móc"), "beneficiaries": unique("Cơ sở mộc"), "activities": "KC3", "starts_on": f"{YEAR}-03-01",
            "ends_on": f"{YEAR}-11-30", "total_cost_vnd": 400_000_000, "local_promotion_vnd": 150_000_000, "counterpart_vnd": 250_000_000,
            "decision_no": unique("12/QĐ-SCT"), "decision_on": f"{YEAR}-02-10", "status": "Đã quyết toán", **members}


def load(who, *rows, year=YEAR, **params):
    return who.post("/v1/imports", {"rows": list(rows)}, params={"record_type": "project", "year": year, **params})


def outcomes(reply):
    return [item["outcome"] for item in reply.json()["rows"]]


def read(who, reply, number=0, expand="lines,funding"):
    return who.get(f"/v1/projects/{reply.json()['rows'][number]['project_id']}?expand={expand}").expect(200).json()


def plan_row(who, project_id, year=YEAR):
    report = who.get(f"/v1/reports/plan-table?year={year}").expect(200).json()
    return next(item["values"] for item in report["rows"] if item["key"] == project_id)


def faults(reply):
    return {(fault.get("pointer"), fault["code"]) for fault in reply.expect(422, "invalid").json()["errors"]}


@pytest.fixture
def who(caller):
    return caller(province="70")


# ---- What becomes of a row ----

def test_a_row_becomes_a_project_in_its_final_state(who):
    given = row()
    reply = load(who, given).expect(201)
    assert reply.json()["counts"] == {"total": 1, "created": 1, "updated": 0, "unchanged": 0}
    project = read(who, reply)
    assert {name: project[name] for name in ("name", "level", "status", "history_quality", "origin", "support_vnd", "counterpart_vnd", "total_cost_vnd",
                                             "evidence_grade", "province_code", "version")} == {
        "name": given["name"], "level": "local", "status": "settled", "history_quality": "final_state_only", "origin": "imported",
        "support_vnd": 150_000_000, "counterpart_vnd": 250_000_000, "total_cost_vnd": 400_000_000, "evidence_grade": "signed_decision",
        "province_code": "70", "version": 1}
    line, = project["lines"]
    assert (line["activity_code"], line["support_vnd"], line["status"]) == ("KC3", 150_000_000, "settled")
    establishment = who.get(f"/v1/establishments/{line['establishment_id']}").expect(200).json()
    assert (establishment["name"], establishment["origin"]) == (given["beneficiaries"], "imported")
    assert [(item["year"], item["source"], item["amount_vnd"]) for item in project["funding"]] == [(YEAR, "local_promotion", 150_000_000)]
    act, = who.get(f"/v1/projects/{project['id']}/transitions").expect(200).json()["data"]
    assert (act["action"], act["to_status"], act["acted_on"], act["documents"][0]["document_no"]) == ("import", "settled", f"{YEAR}-02-10", given["decision_no"])


def test_what_was_paid_opens_the_ledger(who):
    reply = load(who, row(local_paid_vnd=140_000_000)).expect(201)
    project = reply.json()["rows"][0]["project_id"]
    entries = who.get(f"/v1/ledger-entries?project_id={project}").expect(200).json()["data"]
    assert sorted((item["kind"], item["amount_vnd"], item["year"], item["source"], item["import_id"]) for item in entries) == [
        (kind, 140_000_000, YEAR, "local_promotion", reply.json()["id"]) for kind in ("commitment", "payment")]


@pytest.mark.parametrize("given, paid, assumed", [
    ({}, 150_000_000, True), ({"local_paid_vnd": None}, 0, False), ({"status": "Ngừng thực hiện"}, 0, False), ({"current_support_vnd": 120_000_000}, 120_000_000, True),
    ({"central_promotion_vnd": 50_000_000, "counterpart_vnd": 0}, 200_000_000, True)])
def test_of_a_settled_project_what_was_assigned_is_taken_for_paid(who, given, paid, assumed):
    reply = load(who, row(**given)).expect(201)
    report = who.get("/v1/reports/ledger-balances", params={"project_id": reply.json()["rows"][0]["project_id"], "group_by": "source"}).expect(200).json()
    assert report["totals"]["disbursed_vnd"] == paid
    assert reply.json()["rows"][0]["is_paid_assumed"] is assumed


def test_reports_count_it(caller):
    who = caller(province="96")
    before = who.get(f"/v1/reports/region-summary?from={YEAR}-01-01&to={YEAR}-12-31").expect(200).json()["totals"]
    load(who, row(baseline_support_vnd=160_000_000, current_support_vnd=150_000_000, local_paid_vnd=140_000_000)).expect(201)
    after = who.get(f"/v1/reports/region-summary?from={YEAR}-01-01&to={YEAR}-12-31").expect(200).json()["totals"]
    grown = {name: after[name] - before[name] for name in ("project_count", "accepted_count", "support_vnd", "baseline_vnd", "assigned_vnd", "disbursed_vnd")}
    assert grown == {"project_count": 1, "accepted_count": 1, "support_vnd": 150_000_000, "baseline_vnd": 160_000_000, "assigned_vnd": 150_000_000,
                     "disbursed_vnd": 140_000_000}
    progress = who.get(f"/v1/reports/progress-table?year={YEAR}").expect(200).json()
    assert [(item["values"]["assigned_vnd"], item["values"]["disbursed_vnd"]) for item in progress["rows"]] == [(150_000_000, 140_000_000)]
    results = who.get(f"/v1/reports/activity-results?from={YEAR}-01-01&to={YEAR}-12-31").expect(200).json()
    assert [item["values"]["done"] for item in results["rows"] if item["key"] == "KC3/line_support/vnd"] == [150_000_000]


def test_what_is_not_told_is_not_made_up(who):
    """Two beneficiaries and two activities: who got which is not known, nor how much."""
    names = sorted((unique("Cơ sở A"), unique("Cơ sở B")))
    project = read(who, load(who, row(beneficiaries="; ".join(names), activities="KC3;KC5")).expect(201))
    assert sorted((line["activity_code"] or "", line["establishment_id"] is not None, line["support_vnd"] or 0) for line in project["lines"]) == [
        ("", False, 150_000_000), ("", True, 0), ("", True, 0), ("KC3", False, 0), ("KC5", False, 0)]
    assert (plan_row(who, project["id"])["beneficiaries"], plan_row(who, project["id"])["activities"]) == ("; ".join(names), "KC3; KC5")


def test_baseline_is_what_is_assigned_now_unless_given(who):
    reply = load(who, row(), row(baseline_support_vnd=170_000_000, current_support_vnd=140_000_000), row(current_support_vnd=None, local_paid_vnd=0)).expect(201)
    values = [plan_row(who, item["project_id"]) for item in reply.json()["rows"]]
    assert [(item["baseline_support_vnd"], item["current_support_vnd"]) for item in values] == [
        (150_000_000, 150_000_000), (170_000_000, 140_000_000), (None, None)]


def test_results_come_with_it(caller):
    who = caller(province="93")
    given = row(activities="KC1", planned_outputs="30 người; 2 lớp", actual_outputs="1.028 người;2 Lớp; 12,5 %")
    reply = load(who, given).expect(201)

    def outputs():
        listed = read(who, reply, expand="outputs")["outputs"]
        return sorted((((item["planned"] or item["actual"])["measure_unit"]), item["year"], *((item[kind] or {}).get("value") for kind in ("planned", "actual"))) for item in listed)
    assert outputs() == [("class", YEAR, 2, 2), ("percent", YEAR, None, 12.5), ("person", YEAR, 30, 1028)]
    report = who.get(f"/v1/reports/activity-results?from={YEAR}-01-01&to={YEAR}-12-31").expect(200).json()
    assert [item["values"]["done"] for item in report["rows"] if item["key"] == "KC1/other/person"] == [1028]
    assert outcomes(load(who, given).expect(201)) == ["unchanged"]
    assert outcomes(load(who, {**given, "actual_outputs": None, "planned_outputs": "40 người"}).expect(201)) == ["updated"]
    assert outputs() == [("class", YEAR, None, 2), ("percent", YEAR, None, 12.5), ("person", YEAR, 40, 1028)]
    assert outcomes(load(who, {"name": given["name"], "code": reply.json()["rows"][0]["code"]}).expect(201)) == ["unchanged"]


# ---- Twice ----

def test_the_same_twice_changes_nothing_and_says_so(who, cluster):
    rows = [row(), row(central_promotion_vnd=20_000_000, total_cost_vnd=None), row(status="Ngừng thực hiện", beneficiaries=None, activities=None)]
    first = load(who, *rows).expect(201)
    before = cluster.sql("select count(*) from history")[0][0]
    again = load(who, *rows).expect(201)
    assert outcomes(first) == ["created"] * 3 and outcomes(again) == ["unchanged"] * 3
    assert [item["project_id"] for item in again.json()["rows"]] == [item["project_id"] for item in first.json()["rows"]]
    assert cluster.sql("select count(*) from history")[0][0] == before + 1, "the import itself, and nothing else"


def test_a_corrected_row_puts_right_what_was_loaded(who):
    given = row(local_paid_vnd=140_000_000)
    first = load(who, given).expect(201)
    given |= {"code": first.json()["rows"][0]["code"], "total_cost_vnd": 410_000_000, "local_promotion_vnd": 160_000_000, "current_support_vnd": 160_000_000,
              "local_paid_vnd": 155_000_000, "status": "Kết thúc", "decision_no": "99/QĐ-UBND", "beneficiaries": unique("Cơ sở khác")}
    again = load(who, given).expect(201)
    assert outcomes(again) == ["updated"]
    project = read(who, again)
    assert (project["version"], project["status"], project["support_vnd"], len(project["lines"])) == (2, "closed", 160_000_000, 1)
    values = plan_row(who, project["id"])
    assert {name: values[name] for name in ("current_support_vnd", "decision_no", "status", "beneficiaries", "total_cost_vnd")} == {
        "current_support_vnd": 160_000_000, "decision_no": "99/QĐ-UBND", "status": "Kết thúc", "beneficiaries": given["beneficiaries"], "total_cost_vnd": 410_000_000}
    report = who.get("/v1/reports/ledger-balances", params={"project_id": project["id"], "group_by": "source"}).expect(200).json()
    assert (report["totals"]["disbursed_vnd"], report["totals"]["contracted_vnd"]) == (155_000_000, 155_000_000)
    assert outcomes(load(who, given).expect(201)) == ["unchanged"]


def test_an_empty_cell_clears_nothing(who):
    given = row(objective="Nâng công suất", note="Hoàn thành sớm")
    code = load(who, given).expect(201).json()["rows"][0]["code"]
    again = load(who, {"name": given["name"], "code": code}).expect(201)
    assert outcomes(again) == ["unchanged"]
    assert read(who, again)["note"] == "Hoàn thành sớm"


def test_a_project_of_several_years_is_loaded_year_by_year(who):
    given = row(total_cost_vnd=None)
    code = load(who, given).expect(201).json()["rows"][0]["code"]
    again = load(who, {"name": given["name"], "code": code, "local_promotion_vnd": 50_000_000, "local_paid_vnd": 50_000_000}, year=YEAR + 1).expect(201)
    project = read(who, again)
    assert (project["support_vnd"], sorted(item["year"] for item in project["funding"])) == (200_000_000, [YEAR, YEAR + 1])
    assert plan_row(who, project["id"], YEAR + 1)["current_support_vnd"] == 50_000_000


def test_what_has_its_history_here_is_not_changed(who):
    project = who.post("/v1/projects", {"name": unique("Đề án"), "level": "local", "starts_on": f"{YEAR}-05-01", "total_cost_vnd": 5}).expect(201).json()
    same = {"name": project["name"], "code": project["code"], "status": "Dự thảo", "total_cost_vnd": 5}
    assert outcomes(load(who, same).expect(201)) == ["unchanged"]
    assert faults(load(who, {**same, "total_cost_vnd": 6})) == {("#/rows/0/total_cost_vnd", "import_of_native")}


# ---- Refused ----

@pytest.mark.parametrize("given, member, code", [
    ({"status": "Xong"}, "status", "import_status_unknown"),
    ({"status": None}, "status", "required"),
    ({"places": "Nơi nào"}, "places", "import_place_unknown"),
    ({"places": "Hà Nội"}, "places", "import_outside_territory"),
    ({"implementer": "Trung tâm không có"}, "implementer", "import_implementer_unknown"),
    ({"code": "DA999999"}, "code", "import_code_unknown"),
    ({"activities": "KC3; KC77"}, "activities", "import_activity_unknown"),
    ({"total_cost_vnd": 100}, "total_cost_vnd", "import_money_within_total"),
    ({"local_paid_vnd": 150_000_001}, "local_paid_vnd", "import_paid_within_assigned"),
    ({"local_promotion_vnd": None}, "central_promotion_vnd", "import_level_needed"),
    ({"ends_on": f"{YEAR}-01-31"}, "ends_on", "project_ends_after_starts"),
    ({"planned_outputs": "30 người; nhiều lớp"}, "planned_outputs", "import_output_unclear"),
    ({"actual_outputs": "30 con voi"}, "actual_outputs", "import_output_unclear"),
    ({"actual_outputs": "30 người; 12 Người"}, "actual_outputs", "import_output_repeated"),
    ({"decision_on": "2099-01-01"}, "decision_on", "date_in_future")])
def test_each_fault_of_a_row_is_named(who, cluster, given, member, code):
    before = cluster.sql("select count(*) from history")[0][0]
    assert faults(load(who, row(), row(**given))) == {(f"#/rows/1/{member}", code)}
    assert cluster.sql("select count(*) from history")[0][0] == before, "all rows or none"


def test_all_faults_come_at_once(who):
    assert faults(load(who, row(status="Xong", places="Hà Nội"), row(), row(code="DA999999"))) == {
        ("#/rows/0/status", "import_status_unknown"), ("#/rows/0/places", "import_outside_territory"), ("#/rows/2/code", "import_code_unknown")}


def test_a_row_that_stands_twice(who):
    given = row()
    assert faults(load(who, given, row(), {**given, "name": given["name"].upper()})) == {("#/rows/2", "import_row_repeated")}


def test_the_code_of_another_province_is_unknown(who, caller):
    other = caller(province="01")
    code = load(other, row()).expect(201).json()["rows"][0]["code"]
    assert faults(load(who, row(code=code))) == {("#/rows/0/code", "import_code_unknown")}


def test_a_year_to_come_is_refused(who):
    assert load(who, row(), year=2099).expect(400, "invalid-parameter").json()["errors"][0]["code"] == "import_year_past"


def test_a_programme_that_is_not_seen_is_refused(who):
    reply = load(who, row(), programme_id="019aa000-0000-7000-8000-0000000000ff").expect(400, "invalid-parameter")
    assert reply.json()["errors"][0] == {"parameter": "programme_id", "code": "unknown_reference", "detail": reply.json()["errors"][0]["detail"]}


def test_a_rehearsal_keeps_nothing(who, cluster):
    before = cluster.sql("select count(*) from history")[0][0]
    assert outcomes(load(who, row(), validate_only="true").expect(200)) == ["created"]
    assert cluster.sql("select count(*) from history")[0][0] == before
    assert faults(load(who, row(status="Xong"), validate_only="true")) == {("#/rows/0/status", "import_status_unknown")}


def test_places_of_the_old_map_are_the_callers(caller):
    """Bình Phước became a part of Đồng Nai; who has the new province loads the years of the old one."""
    who = caller(province="75")
    reply = load(who, row(places="Xã Bom Bo, tỉnh Bình Phước"), row(places="Đồng Nai (trước đây: Bình Phước)"), row()).expect(201)
    assert [read(who, reply, number)["province_code"] for number in range(3)] == ["70", "70", "75"]
    assert read(who, reply)["places"][0]["address_line"] == "Xã Bom Bo"
