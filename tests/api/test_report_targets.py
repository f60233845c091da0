# SPDX-License-Identifier: MIT
"""R5 beyond figures: verdicts by hand with their source, targets of yearly plans; and what of a report is frozen."""
import pytest

from support.plans import Plans
from support.promotion import Promotion
from support.world import unique

PATH = "/v1/reports/programme-attainment"
PERSON = {"measures": [{"value": 60, "measure_unit": "person"}], "indicator_code": "trained", "operator": "gte", "kind": "flow"}


@pytest.fixture(scope="module")
def who(caller):
    return caller(province="70")


@pytest.fixture(scope="module")
def make(who):
    return Promotion(who)


def judge(who, target, result, day, source="Báo cáo sơ kết"):
    return who.post(f"{target.path}/assessments", {"result": result, "assessed_on": day, "source": source}).expect(201).json()


def asked(who, **question):
    return who.get(PATH, params=question).expect(200).json()


def counts(answer):
    return {item["code"]: item["value"] for item in answer["indicators"] if item["value"]}


def trained(make, project, value, year):
    make.output(project, indicator_code="trained", year=year, planned=None, actual={"value": value, "measure_unit": "person"})


# ---- Verdicts ----

def test_without_figures_the_latest_verdict_is_the_result(who, make):
    programme = make.programme(province_code="70")
    target, silent = make.target(programme, **PERSON), make.target(programme, **PERSON)
    judge(who, target, "not_met", "2023-06-30")
    judge(who, target, "met", "2024-06-30", "Biên bản họp 12/BB-SCT")
    later = judge(who, target, "exceeded", "2024-12-31")
    who.delete(f"{target.path}/assessments/{later['id']}", if_match=1).expect(204)
    answer = asked(who, programme_id=programme.id)
    row, other = answer["rows"]
    values = row["values"]
    assert (values["result"], values["counted_result"], values["target_result"], values["is_by_verdict"]) == ("met", "no_data", "met", True)
    assert (values["actual"], values["attained_percent"]) == (None, None), "a verdict has no figures"
    assert (values["result_label"], values["verdict_label"], values["verdict_source"]) == ("Đạt (kết luận tay)", "Đạt (30/06/2024)", "Biên bản họp 12/BB-SCT")
    assert [item["result"] for item in who.get(row["value_urls"]["verdict"]).expect(200).json()["data"]] == ["met", "not_met"]
    assert (other["values"]["result"], other["values"]["verdict"], other["value_urls"]) == ("no_data", None, {}) and silent.id in other["key"]
    assert counts(answer) == {"targets_met": 1, "targets_no_data": 1, "targets_by_verdict": 1}
    before = asked(who, programme_id=programme.id, to="2023-12-31")["rows"][0]["values"]
    assert (before["result"], before["verdict"]) == ("not_met", "not_met")
    assert asked(who, programme_id=programme.id, to="2023-06-29")["rows"][0]["values"]["result"] == "no_data"


def test_figures_win_and_what_was_said_otherwise_is_named(who, make):
    programme = make.programme(province_code="70")
    target = make.target(programme, **PERSON)
    project = make.project(programme_id=programme.id, province_code="70", codes_on="2022-02-01", starts_on="2022-02-01")
    trained(make, project, 59, 2022)
    judge(who, target, "met", "2023-01-10")
    answer = asked(who, programme_id=programme.id)
    values = answer["rows"][0]["values"]
    assert (values["result"], values["target_result"], values["verdict"], values["is_by_verdict"]) == ("not_met", "not_met", "met", False)
    assert counts(answer) == {"targets_not_met": 1} and f"Kết luận tay khác số liệu: {target.record['name']}" in answer["notes"]
    judge(who, target, "not_met", "2023-02-10")
    assert not any("Kết luận tay" in note for note in asked(who, programme_id=programme.id)["notes"])


# ---- Yearly plans ----

def test_targets_of_a_plan_count_the_projects_in_it(caller, who, make):
    plans = Plans(who)
    plan = plans.plan(year=2022)
    target = make._made("/v1/targets", {"annual_plan_id": plan["id"], "name": unique("Chỉ tiêu năm"), **PERSON})
    inside, outside = (make.project(province_code="70", codes_on="2022-02-01", starts_on="2022-02-01") for _ in range(2))
    plans.item(plan, 1, project=inside.record)
    for project, value, year in ((inside, 45, 2022), (inside, 100, 2023), (outside, 100, 2022)):
        trained(make, project, value, year)
    answer = asked(who, annual_plan_id=plan["id"], to="2022-07-01")
    row, = answer["rows"]
    values = row["values"]
    assert (values["planned"], values["actual"], values["attained_percent"], values["project_count"], values["result"]) == (60, 45, 75.0, 1, "not_met")
    assert abs(values["expected"] - 30) < 0.5 and answer["title"].endswith(plan["name"]), "half of the year is over"
    projects = [item for page in who.pages(row["records_url"], 200) for item in page]
    assert [item["id"] for item in projects] == [inside.id] and target.id in row["key"]
    assert sum(output["actual"]["value"] for output in projects[0]["outputs"] if output["year"] == 2022) == values["actual"]
    for question, fault in (({"annual_plan_id": plan["id"], "programme_id": plan["id"]}, ("annual_plan_id", "target_one_parent")),
                            ({"annual_plan_id": inside.id}, ("annual_plan_id", "unknown_reference")), ({}, ("programme_id", "unknown_reference"))):
        assert who.get(PATH, params=question).expect(400, "invalid-parameter").errors == {fault}
    stranger = caller(province="01")
    assert stranger.get(PATH, params={"annual_plan_id": plan["id"]}).expect(400).errors == {("annual_plan_id", "unknown_reference")}
    svg = who.get(PATH, params={"annual_plan_id": plan["id"], "format": "svg"}).expect(200)
    assert target.record["name"][:20] in svg.body.decode()


# ---- Frozen ----

def same(frozen, live):
    """But for the hour."""
    return [{**report, "generated_at": None, "title_block": report["title_block"][:-1]} for report in (frozen, live)]


def test_targets_of_a_plan_and_balances_are_frozen_as_they_are_told(who):
    plan = Plans(who).plan(year=2022)
    for name, question in (("programme-attainment", {"annual_plan_id": plan["id"]}), ("ledger-balances", {"group_by": "source", "year": 2026})):
        record = who.post("/v1/report-snapshots", {"report": name, **question}).expect(201).json()
        frozen, live = same(who.get(record["content_url"]).expect(200).json(), who.get(f"/v1/reports/{name}", params=question).expect(200).json())
        assert frozen == live and question.items() <= record["filters"].items() and "tier" not in record["filters"]
