# SPDX-License-Identifier: MIT
"""Lines, funding and outputs of projects."""
import uuid

import pytest

from support.promotion import MEASURE, Promotion, listed, problem
from support.world import unique

NOBODY = str(uuid.UUID(int=1))


@pytest.fixture
def who(caller):
    return caller("75")


@pytest.fixture
def make(who):
    return Promotion(who)


@pytest.fixture
def project(make):
    return make.project(starts_on="2020-01-01")


# ---- Lines ----

def test_a_line_needs_a_title(who, project):
    made = who.post(f"{project.path}/lines", {"title": "Máy sấy"}).expect(201).json()
    expected = {"project_id": project.id, "status": "planned", "is_technology_line": False, "machines": [], "activity_code": None,
                "establishment_id": None, "quantity": None, "eligible_cost_vnd": None, "support_vnd": None, "version": 1}
    assert {name: made[name] for name in expected} == expected


@pytest.mark.parametrize("members, fault", [
    ({"title": " "}, ("#/title", "pattern")),
    ({"activity_code": "KC99"}, ("#/activity_code", "unknown_reference")),
    ({"activity_code": "KC-CDS"}, ("#/activity_code", "project_line_activity_in_force")),  # of 2025, the project of 2020
    ({"establishment_id": NOBODY}, ("#/establishment_id", "unknown_reference")),
    ({"eligible_cost_vnd": 4, "support_vnd": 5}, ("#/support_vnd", "project_line_support_within_cost")),
    ({"quantity": -1}, ("#/quantity", "minimum")),
    ({"support_vnd": 1.5}, ("#/support_vnd", "type")),
    ({"is_technology_line": None}, ("#/is_technology_line", "type")),
    ({"machines": [{}]}, ("#/machines/0", "required")),
    ({"machines": [{"name": "x", "colour": "đỏ"}]}, ("#/machines/0/colour", "additionalProperties")),
    ({"machines": [{"name": "x", "new_percent": 101}]}, ("#/machines/0/new_percent", "maximum")),
    ({"status": "accepted"}, ("#/status", "additionalProperties")),
])
def test_what_is_wrong_with_a_line_is_named(who, project, members, fault):
    problem(who.post(f"{project.path}/lines", {"title": "x", **members}).expect(422), "invalid", fault)


def test_all_references_of_a_line_at_once(who, project):
    problem(who.post(f"{project.path}/lines", {"title": "x", "activity_code": "KC99", "establishment_id": NOBODY}).expect(422), "invalid",
            ("#/activity_code", "unknown_reference"), ("#/establishment_id", "unknown_reference"))


def test_activities_and_the_start_keep_to_each_other(who, make):
    unknown = make.project()
    line = make.line(unknown, activity_code="KC-CDS")  # no start yet: any activity that ever was
    problem(who.patch(unknown.path, {"starts_on": "2020-01-01"}, if_match=2).expect(422), "invalid", ("#/starts_on", "project_starts_on_activity"))
    who.patch(unknown.path, {"starts_on": "2025-10-15"}, if_match=2).expect(200)
    who.patch(line.path, {"title": "Chuyển đổi số"}, if_match=1).expect(200)
    who.delete(line.path, if_match=2).expect(204)
    who.patch(unknown.path, {"starts_on": "2020-01-01"}, if_match=5).expect(200)


def test_machines_come_back_as_they_were_sent(who, make, project):
    machines = [{"name": "Máy chế biến hạt điều", "model": "ĐHK-2021", "capacity": "650–750 kg/h", "origin_country": "VN",
                 "made_in_year": 2021, "new_percent": 100, "quantity": 2, "price_vnd": 450000000}]
    line = make.line(project, machines=machines, quantity=1.5)
    assert line.record["machines"] == machines and line.record["quantity"] == 1.5


def test_a_beneficiary_may_be_anywhere_and_stays(caller, who, make, project):
    establishment = caller("38").post("/v1/establishments", {"name": unique("Cơ sở")}).expect(201).json()
    line = make.line(project, establishment_id=establishment["id"])
    caller("38").delete(f"/v1/establishments/{establishment['id']}", if_match=1).expect(409, "still-referenced")
    assert listed(who, f"{project.path}/lines?establishment_id={establishment['id']}") == [line.id]
    who.delete(line.path, if_match=1).expect(204)
    caller("38").delete(f"/v1/establishments/{establishment['id']}", if_match=1).expect(204)


def test_a_line_with_money_or_results_stays(who, make, project):
    line = make.line(project)
    money, result = make.funding(project, line_id=line.id), make.output(project, line_id=line.id)
    who.delete(line.path, if_match=1).expect(409, "still-referenced")
    who.patch(money.path, {"line_id": None}, if_match=1).expect(200)
    who.delete(line.path, if_match=1).expect(409, "still-referenced")
    who.delete(result.path, if_match=1).expect(204)
    who.delete(line.path, if_match=1).expect(204)
    problem(who.patch(money.path, {"line_id": line.id}, if_match=2).expect(422), "invalid", ("#/line_id", "unknown_reference"))


# ---- Funding ----

def test_the_sum_is_derived(who, make, project):
    rows = [make.funding(project, year=year, source="central_promotion", amount_vnd=amount)
            for year, amount in ((2018, 3650000000), (2019, 4100000000), (2020, 4000000000))]
    assert who.get(project.path).json()["funding_total_vnd"] == 11750000000
    who.patch(rows[0].path, {"amount_vnd": 0}, if_match=1).expect(200)
    who.delete(rows[1].path, if_match=1).expect(204)
    assert who.get(project.path).json()["funding_total_vnd"] == 4000000000
    row = next(row for row in who.get(f"/v1/projects?q={project.record['name']}").json()["data"] if row["id"] == project.id)
    assert row["funding_total_vnd"] == 4000000000


@pytest.mark.parametrize("members, fault", [
    ({"year": 1989}, ("#/year", "minimum")),
    ({"year": None}, ("#/year", "type")),
    ({"source": "bank"}, ("#/source", "enum")),
    ({"amount_vnd": -1}, ("#/amount_vnd", "minimum")),
    ({"amount_vnd": 1e9}, ("#/amount_vnd", "type")),
    ({"amount_vnd": 9007199254740992}, ("#/amount_vnd", "maximum")),
    ({"line_id": NOBODY}, ("#/line_id", "unknown_reference")),
])
def test_what_is_wrong_with_funding_is_named(who, project, members, fault):
    body = {"year": 2020, "source": "other", "amount_vnd": 1, **members}
    problem(who.post(f"{project.path}/funding", body).expect(422), "invalid", fault)


def test_one_row_for_each_year_source_and_line(who, make, project):
    line = make.line(project)
    first = make.funding(project)
    with_line = make.funding(project, line_id=line.id)
    other_year = make.funding(project, year=2021)
    path = f"{project.path}/funding"
    same = {name: first.record[name] for name in ("year", "source", "amount_vnd")}
    taken = who.post(path, same).expect(409, "taken").json()
    assert taken["existing_id"] == first.id
    assert who.post(path, {**same, "line_id": line.id}).expect(409, "taken").json()["existing_id"] == with_line.id
    assert who.patch(other_year.path, {"year": 2020}, if_match=1).expect(409, "taken").json()["existing_id"] == first.id
    who.delete(first.path, if_match=1).expect(204)
    who.post(path, same).expect(201)


def test_a_line_of_another_project_is_none(who, make, project):
    line = make.line()
    problem(who.post(f"{project.path}/outputs", {"planned": MEASURE, "line_id": line.id}).expect(422), "invalid", ("#/line_id", "unknown_reference"))


# ---- Outputs ----

@pytest.mark.parametrize("body, fault", [
    ({}, ("#/planned", "project_output_measure_given")),
    ({"planned": None, "actual": None}, ("#/planned", "project_output_measure_given")),
    ({"planned": {"value": -1, "measure_unit": "person"}}, ("#/planned/value", "minimum")),
    ({"planned": {"value": 1, "measure_unit": "people"}}, ("#/planned/measure_unit", "enum")),
    ({"planned": MEASURE, "actual": {"value": 1, "measure_unit": "class"}}, ("#/actual/measure_unit", "project_output_units_agree")),
    ({"planned": MEASURE, "year": 1989}, ("#/year", "minimum")),
])
def test_what_is_wrong_with_an_output_is_named(who, project, body, fault):
    problem(who.post(f"{project.path}/outputs", body).expect(422), "invalid", fault)


def test_planned_and_actual(who, make, project):
    output = make.output(project, indicator_code="trained", year=2020)
    assert output.record["actual"] is None
    changed = who.patch(output.path, {"actual": {"value": 58, "measure_unit": "person"}}, if_match=1).expect(200).json()
    assert (changed["planned"], changed["actual"]["value"], changed["indicator_code"]) == (MEASURE, 58, "trained")
    only = who.patch(output.path, {"planned": None}, if_match=2).expect(200).json()
    assert only["planned"] is None
    problem(who.patch(output.path, {"actual": None}, if_match=3).expect(422), "invalid", ("#/planned", "project_output_measure_given"))


# ---- Rows and their address ----

@pytest.mark.parametrize("kind", ["line", "funding", "output"])
def test_a_row_is_found_below_its_own_project_only(who, make, kind):
    row, other = getattr(make, kind)(), make.project()
    elsewhere = row.path.replace(row.parent, other.path)
    who.get(elsewhere).expect(404, "not-found")
    who.patch(elsewhere, {"note": "x"}, if_match=1).expect(404, "not-found")
    who.delete(elsewhere, if_match=1).expect(404, "not-found")
    assert make.version(other.path) == 1
    nowhere = row.path.replace(row.parent, f"/v1/projects/{NOBODY}")
    who.get(nowhere).expect(404, "not-found")
    who.get(nowhere.rsplit("/", 1)[0]).expect(404, "not-found")


@pytest.mark.parametrize("kind", ["line", "funding", "output"])
def test_a_deleted_project_takes_no_rows(who, make, kind):
    row = getattr(make, kind)()
    who.delete(row.parent, if_match=2).expect(204)
    body = {"line": {"title": "x"}, "funding": {"year": 2026, "source": "other", "amount_vnd": 1}, "output": {"planned": MEASURE}}[kind]
    who.post(row.listed, body).expect(410, "deleted")


@pytest.mark.parametrize("rows, query, found", [
    ("lines", "", [0, 1, 2]),
    ("lines", "?sort=-created_at", [2, 1, 0]),
    ("lines", "?sort=title", [2, 1, 0]),
    ("lines", "?sort=-title", [0, 1, 2]),
    ("lines", "?activity_code=KC1,KC2&sort=created_at", [0, 1]),
    ("funding", "", [2, 0, 1]),
    ("funding", "?sort=-year", [1, 0, 2]),
    ("funding", "?sort=created_at", [0, 1, 2]),
    ("funding", "?sort=-created_at", [2, 1, 0]),
    ("funding", "?year=2020", [0]),
    ("funding", "?source=other,foreign&sort=year", [2, 1]),
    ("outputs", "", [0, 1, 2]),
    ("outputs", "?sort=-created_at", [2, 1, 0]),
    ("outputs", "?year=2021", [1, 2]),
])
@pytest.mark.parametrize("limit", [1, 200])
def test_lists_of_rows(who, shelf, rows, query, found, limit):
    path, made = shelf
    assert listed(who, f"{path}/{rows}{query}", limit) == [made[rows][n] for n in found]


@pytest.fixture(scope="module")
def shelf(caller):
    make = Promotion(caller("75"))
    project = make.project()
    lines = [make.line(project, title=title, activity_code=code).id for title, code in (("Đ", "KC1"), ("D", "KC2"), ("A", "KC3"))]
    funding = [make.funding(project, year=year, source=source).id for year, source in
               ((2020, "local_promotion"), (2021, "other"), (2019, "foreign"))]
    outputs = [make.output(project, year=year).id for year in (2020, 2021, 2021)]
    return project.path, {"lines": lines, "funding": funding, "outputs": outputs}


def test_rows_by_their_line(who, make, project):
    line = make.line(project)
    money, result = make.funding(project, line_id=line.id), make.output(project, line_id=line.id)
    make.funding(project, year=2021), make.output(project)
    assert listed(who, f"{project.path}/funding?line_id={line.id}") == [money.id]
    assert listed(who, f"{project.path}/outputs?line_id={line.id}") == [result.id]
