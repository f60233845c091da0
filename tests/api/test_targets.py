# SPDX-License-Identifier: MIT
"""Targets: operators and measures, and the programme they belong to."""
import uuid

import pytest

from support.promotion import MEASURE, Promotion, listed, problem
from support.world import unique

PATH = "/v1/targets"


@pytest.fixture
def who(caller):
    return caller("75")


@pytest.fixture
def make(who):
    return Promotion(who)


@pytest.fixture
def body(make):
    return {"programme_id": make.programme().id, "name": unique("Chỉ tiêu"), "operator": "gte", "kind": "flow", "measures": [MEASURE]}


@pytest.mark.parametrize("operator", ["gt", "gte", "eq", "approx", "lte", "lt"])
@pytest.mark.parametrize("kind", ["flow", "stock"])
def test_operators_and_kinds(who, body, operator, kind):
    made = who.post(PATH, {**body, "operator": operator, "kind": kind}).expect(201).json()
    assert (made["operator"], made["kind"], made["programme_id"]) == (operator, kind, body["programme_id"])


@pytest.mark.parametrize("measures", [
    [{"value": 20, "measure_unit": "class"}, {"value": 1600, "measure_unit": "person"}],
    [{"value": 60, "measure_unit": "person"}, {"value": 60, "measure_unit": "person_turn"}],  # people and turns differ
    [{"value": 0, "measure_unit": "percent"}],
    [{"value": 12.5, "measure_unit": "percent"}],
    [{"value": 0.1, "measure_unit": "percent"}],
    [{"value": 9007199254740991, "measure_unit": "vnd"}],
])
def test_measures_come_back_as_they_were_sent(who, body, measures):
    made = who.post(PATH, {**body, "measures": measures}).expect(201).json()
    assert who.get(f"{PATH}/{made['id']}").expect(200).json()["measures"] == measures


@pytest.mark.parametrize("members, fault", [
    ({"programme_id": str(uuid.UUID(int=1))}, ("#/programme_id", "unknown_reference")),
    ({"programme_id": None}, ("#/programme_id", "type")),
    ({"operator": "about"}, ("#/operator", "enum")),
    ({"kind": "sum"}, ("#/kind", "enum")),
    ({"measures": []}, ("#/measures", "minItems")),
    ({"measures": [{**MEASURE, "measure_unit": unit} for unit in ("person", "class", "model")]}, ("#/measures", "maxItems")),
    ({"measures": [MEASURE, {**MEASURE, "value": 1}]}, ("#/measures/1/measure_unit", "target_measures_units_differ")),
    ({"measures": [{"value": -1, "measure_unit": "person"}]}, ("#/measures/0/value", "minimum")),
    ({"measures": [{"value": "60", "measure_unit": "person"}]}, ("#/measures/0/value", "type")),
    ({"measures": [{"value": 60, "measure_unit": "people"}]}, ("#/measures/0/measure_unit", "enum")),
    ({"measures": [{"value": 60}]}, ("#/measures/0", "required")),
    ({"tolerance_percent": 5}, ("#/tolerance_percent", "target_tolerance_operator")),
    ({"operator": "approx", "tolerance_percent": 101}, ("#/tolerance_percent", "maximum")),
    ({"from": "2025-01-01", "to": "2024-12-31"}, ("#/to", "target_to_after_from")),
    ({"indicator_code": "Mã"}, ("#/indicator_code", "pattern")),
])
def test_what_is_wrong_is_named(who, body, members, fault):
    problem(who.post(PATH, {**body, **members}).expect(422), "invalid", fault)


def test_about_may_have_a_tolerance(who, body):
    made = who.post(PATH, {**body, "operator": "approx", "tolerance_percent": 7.5}).expect(201).json()
    assert made["tolerance_percent"] == 7.5
    path = f"{PATH}/{made['id']}"
    problem(who.patch(path, {"operator": "gte"}, if_match=1).expect(422), "invalid", ("#/tolerance_percent", "target_tolerance_operator"))
    who.patch(path, {"operator": "gte", "tolerance_percent": None}, if_match=1).expect(200)


def test_a_target_does_not_change_its_programme(who, make):
    thing = make.target()
    problem(who.patch(thing.path, {"programme_id": make.programme().id}, if_match=1).expect(422), "invalid",
            ("#/programme_id", "additionalProperties"))


def test_targets_are_written_like_their_programme(caller, who, body):
    ministry = caller(None)
    national = ministry.post("/v1/programmes", {"name": unique("Quốc gia"), "level": "national"}).expect(201).json()
    who.post(PATH, {**body, "programme_id": national["id"]}).expect(403, "outside-territory")
    made = ministry.post(PATH, {**body, "programme_id": national["id"]}).expect(201).json()
    path = f"{PATH}/{made['id']}"
    assert made["province_code"] is None and who.get(path).expect(200).json() == made
    who.patch(path, {"name": "x"}, if_match=1).expect(403, "outside-territory")
    who.delete(path, if_match=1).expect(403, "outside-territory")
    who.post(f"{path}/restore", if_match=1).expect(403, "outside-territory")


def test_a_programme_out_of_sight_is_like_none(caller, who, body):
    foreign = Promotion(caller("38")).programme()
    problem(who.post(PATH, {**body, "programme_id": foreign.id}).expect(422), "invalid", ("#/programme_id", "unknown_reference"))


def test_the_territory_is_that_of_the_programme(who, make):
    programme = make.programme(province_code="70", starts_on="2016-01-01")
    target = make.target(programme)
    assert target.record["province_code"] == "70"
    who.patch(programme.path, {"province_code": "75"}, if_match=2).expect(200)
    assert who.get(target.path).json()["province_code"] == "75"
    assert make.version(programme.path) == 3  # the hand-over is no change of its own


def test_filters_and_pages(who, make):
    programme = make.programme()
    made = [make.target(programme, name=name, kind=kind).id for name, kind in (("Đ", "flow"), ("D", "stock"), ("A", "flow"))]
    of = f"{PATH}?programme_id={programme.id}"
    assert listed(who, of, 1) == made[::-1]
    assert listed(who, f"{of}&kind=flow") == [made[2], made[0]]
    assert listed(who, f"{of}&sort=name", 2) == [made[2], made[1], made[0]]
    assert listed(who, f"{of}&sort=-name", 2) == made
    assert listed(who, f"{of}&sort=created_at", 2) == made == listed(who, f"{of}&sort=updated_at")
    assert listed(who, f"{of}&sort=-created_at") == made[::-1]
