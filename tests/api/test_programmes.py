# SPDX-License-Identifier: MIT
"""Programmes: whose they are, what they refuse, how they are found."""
import uuid

import pytest

from support.promotion import Promotion, listed, problem
from support.world import unique

PATH = "/v1/programmes"
NOBODY = str(uuid.UUID(int=1))


@pytest.fixture
def who(caller):
    return caller("75")


@pytest.fixture
def ministry(caller):
    return caller(None)


@pytest.fixture
def make(who):
    return Promotion(who)


def body(**members):
    return {"name": unique("Chương trình"), "level": "local", **members}


# ---- Making one ----

def test_a_name_and_a_level_are_enough(who):
    made = who.post(PATH, body()).expect(201).json()
    assert made["code"].startswith("CT") and made["province_code"] == "75"
    expected = {"kind": "promotion", "status": "draft", "activity_priorities": [], "planned_funding": [], "external_refs": [],
                "starts_on": None, "predecessor_id": None, "origin": "native", "history_quality": "full",
                "organisation_id": who.client["organisation_id"], "created_by": who.id, "updated_by": who.id}
    assert {name: made[name] for name in expected} == expected


@pytest.mark.parametrize("members, fault", [
    ({"name": None}, ("#/name", "type")),
    ({"name": "  "}, ("#/name", "pattern")),
    ({"level": "district"}, ("#/level", "enum")),
    ({"kind": None}, ("#/kind", "type")),
    ({"status": "approved"}, ("#/status", "additionalProperties")),
    ({"code": "CT1"}, ("#/code", "additionalProperties")),
    ({"starts_on": "2021-02-30"}, ("#/starts_on", "format")),
    ({"starts_on": "2021-01-01", "ends_on": "2020-12-31"}, ("#/ends_on", "programme_ends_after_starts")),
    ({"predecessor_id": NOBODY}, ("#/predecessor_id", "unknown_reference")),
    ({"activity_priorities": ["KC1", "KC99"]}, ("#/activity_priorities/1", "unknown_reference")),
    ({"activity_priorities": ["KC1", "KC1"]}, ("#/activity_priorities", "uniqueItems")),
    ({"planned_funding": [{"source": "bank", "amount_vnd": 1}]}, ("#/planned_funding/0/source", "enum")),
    ({"planned_funding": [{"source": "other", "amount_vnd": 1.0}]}, ("#/planned_funding/0/amount_vnd", "type")),
    ({"planned_funding": [{"source": "other", "amount_vnd": "1000"}]}, ("#/planned_funding/0/amount_vnd", "type")),
    ({"planned_funding": [{"source": "other", "amount_vnd": 9007199254740992}]}, ("#/planned_funding/0/amount_vnd", "maximum")),
    ({"planned_funding": [{"source": "other", "amount_vnd": 1}] * 2}, ("#/planned_funding", "programme_planned_funding_once")),
    ({"province_code": "99"}, ("#/province_code", "unknown_admin_unit")),
    ({"province_code": "70", "codes_on": "2026-01-01"}, ("#/province_code", "unknown_admin_unit")),
    ({"evidence_grade": "hearsay"}, ("#/evidence_grade", "enum")),
])
def test_what_is_wrong_is_named(who, members, fault):
    problem(who.post(PATH, body(**members)).expect(422), "invalid", fault)


def test_all_references_that_lead_nowhere_are_named_at_once(who):
    reply = who.post(PATH, body(predecessor_id=NOBODY, activity_priorities=["X1", "KC1", "X2"])).expect(422)
    problem(reply, "invalid", ("#/predecessor_id", "unknown_reference"), ("#/activity_priorities/0", "unknown_reference"),
            ("#/activity_priorities/2", "unknown_reference"))


@pytest.mark.parametrize("members, code, codes_on", [
    ({"starts_on": "2016-01-01", "province_code": "70"}, "70", "2016-01-01"),
    ({"province_code": "70"}, "70", "2025-06-30"),  # no such province today: the last day it was one
    ({"starts_on": "2021-01-01"}, "75", "2021-01-01"),
    ({"province_code": "70", "codes_on": "2019-07-01", "starts_on": "2016-01-01"}, "70", "2019-07-01"),
])
def test_the_day_of_the_province_code(who, members, code, codes_on):
    made = who.post(PATH, body(**members)).expect(201).json()
    assert (made["province_code"], made["codes_on"]) == (code, codes_on)
    assert made["province"]["name"] == {"70": "Bình Phước", "75": "Đồng Nai"}[code]
    assert made["current"]["province"] == {"code": "75", "name": "Đồng Nai"}


# ---- Whose it is ----

def test_national_programmes_are_the_ministrys(caller, who, ministry):
    who.post(PATH, body(level="national")).expect(403, "outside-territory")
    made = ministry.post(PATH, body(level="national")).expect(201).json()
    path = f"{PATH}/{made['id']}"
    assert made["province_code"] is None and made["province"] is None and made["current"] == {"province": None}
    for reader in (who, caller("38")):
        assert reader.get(path).expect(200).json() == {**made, "allowed_actions": []}
        reader.patch(path, {"name": "x"}, if_match=1).expect(403, "outside-territory")
        reader.delete(path, if_match=1).expect(403, "outside-territory")
        reader.post(f"{path}/restore", if_match=1).expect(403, "outside-territory")
    ministry.patch(path, {"province_code": "38"}, if_match=1).expect(422)
    ministry.patch(path, {"note": "x"}, if_match=1).expect(200)


def test_local_programmes_of_the_ministry_name_their_province(ministry):
    problem(ministry.post(PATH, body()).expect(422), "invalid", ("#", "required"))
    assert ministry.post(PATH, body(province_code="38")).expect(201).json()["province_code"] == "38"
    problem(ministry.post(PATH, body(level="national", province_code="38")).expect(422), "invalid",
            ("#/province_code", "programme_province_level"))


def test_another_province_is_out_of_bounds(who):
    who.post(PATH, body(province_code="38")).expect(403, "outside-territory")
    made = who.post(PATH, body()).expect(201).json()
    who.patch(f"{PATH}/{made['id']}", {"province_code": "38"}, if_match=1).expect(403, "outside-territory")
    assert who.get(f"{PATH}/{made['id']}").json() == made


def test_a_reference_out_of_sight_is_like_one_to_nothing(caller, who):
    foreign = Promotion(caller("38")).programme()
    problem(who.post(PATH, body(predecessor_id=foreign.id)).expect(422), "invalid", ("#/predecessor_id", "unknown_reference"))
    ours = Promotion(who).programme()
    who.delete(ours.path, if_match=1).expect(204)
    problem(who.post(PATH, body(predecessor_id=ours.id)).expect(422), "invalid", ("#/predecessor_id", "unknown_reference"))


def test_what_was_named_before_may_stay(caller, who, ministry):
    """A later change does not stumble over a reference that the caller may no longer make."""
    before = ministry.post(PATH, body(level="national")).expect(201).json()
    made = who.post(PATH, body(predecessor_id=before["id"])).expect(201).json()
    ministry.patch(f"{PATH}/{before['id']}", {"level": "local", "province_code": "38"}, if_match=1).expect(200)
    path = f"{PATH}/{made['id']}"
    assert who.patch(path, {"note": "x"}, if_match=1).expect(200).json()["predecessor_id"] == before["id"]
    who.patch(path, {"predecessor_id": None}, if_match=2).expect(200)
    who.patch(path, {"predecessor_id": before["id"]}, if_match=3).expect(422)


def test_from_local_to_national_and_back(ministry):
    path = f"{PATH}/{ministry.post(PATH, body(province_code='38')).expect(201).json()['id']}"
    assert ministry.patch(path, {"level": "national"}, if_match=1).expect(200).json()["province_code"] is None
    problem(ministry.patch(path, {"level": "local"}, if_match=2).expect(422), "invalid", ("#", "required"))
    assert ministry.patch(path, {"level": "local", "province_code": "38"}, if_match=2).expect(200).json()["province_code"] == "38"


# ---- Deleting ----

@pytest.mark.parametrize("user", ["project", "programme"])
def test_a_programme_in_use_stays(who, make, user):
    thing = make.programme()
    last = make.project(programme_id=thing.id) if user == "project" else make.programme(predecessor_id=thing.id)
    who.delete(thing.path, if_match=1).expect(409, "still-referenced")
    who.delete(last.path, if_match=1).expect(204)
    who.delete(thing.path, if_match=1).expect(204)


def test_a_use_out_of_sight_counts_too(caller, who, ministry):
    shared = ministry.post(PATH, body(level="national")).expect(201).json()
    Promotion(who).project(programme_id=shared["id"])
    Promotion(caller("38")).project(programme_id=shared["id"])
    ministry.delete(f"{PATH}/{shared['id']}", if_match=1).expect(409, "still-referenced")


# ---- Finding ----

@pytest.fixture(scope="module")
def shelf(caller):
    """Four programmes with one word in common, in the order they were made."""
    word, who, ministry = unique("kỳ"), caller("75"), caller(None)
    bodies = [
        (who, {"name": f"Ắ {word}", "starts_on": "2021-01-01", "ends_on": "2025-12-31"}),
        (who, {"name": f"Đ {word}", "kind": "ocop"}),
        (who, {"name": f"D {word}", "province_code": "70", "starts_on": "2016-01-01", "ends_on": "2020-12-31"}),
        (ministry, {"name": f"a {word}", "level": "national", "starts_on": "2026-01-01"}),
    ]
    return word, [one.post(PATH, body(**members)).expect(201).json() for one, members in bodies]


@pytest.mark.parametrize("query, found", [
    ("", {0, 1, 2, 3}),
    ("&level=national", {3}),
    ("&level=local", {0, 1, 2}),
    ("&kind=ocop", {1}),
    ("&kind=ocop,promotion", {0, 1, 2, 3}),
    ("&status=draft", {0, 1, 2, 3}),
    ("&status=active,closed", set()),
    ("&province_code=75", {0, 1}),
    ("&province_code=70", {2}),
    ("&province_code=70,75", {0, 1, 2}),
    ("&province_code=75&geo_basis=current", {0, 1, 2}),
    ("&province_code=70&geo_basis=current", set()),
    ("&province_code=70&geo_basis=2020-12-31", {2}),
    ("&province_code=75&geo_basis=2020-12-31", {0}),  # what was recorded after the merger has no place on that map
    ("&valid_on=2018-05-01", {1, 2}),
    ("&valid_on=2030-01-01", {1, 3}),
])
def test_filters(who, shelf, query, found):
    word, made = shelf
    rows = listed(who, f"{PATH}?q={word}{query}")
    assert set(rows) == {made[n]["id"] for n in found} and len(rows) == len(found)


def test_words_need_no_marks(who, shelf):
    word, made = shelf
    assert made[0]["id"] in listed(who, f"{PATH}?q=a {word.replace('ỳ', 'y').upper()}")


@pytest.mark.parametrize("sort, order", [
    ("name", [3, 0, 2, 1]),  # a, ă, d, đ
    ("-name", [1, 2, 0, 3]),
    ("code", [0, 1, 2, 3]),
    ("-code", [3, 2, 1, 0]),
    ("starts_on", [2, 0, 3, 1]),  # without a start: at the end, both ways
    ("-starts_on", [3, 0, 2, 1]),
    ("updated_at", [0, 1, 2, 3]),
    ("-updated_at", [3, 2, 1, 0]),
])
@pytest.mark.parametrize("limit", [1, 3, 50])
def test_orders_and_pages(who, shelf, sort, order, limit):
    word, made = shelf
    assert listed(who, f"{PATH}?q={word}&sort={sort}", limit) == [made[n]["id"] for n in order]


def test_count(who, shelf):
    page = who.get(f"{PATH}?q={shelf[0]}&limit=1&count=exact").expect(200).json()["page"]
    assert (page["total"], page["total_kind"]) == (4, "exact")


def test_changes_since(who, shelf):
    word, made = shelf
    assert set(listed(who, f"{PATH}?q={word}&updated_at[gte]={made[2]['updated_at']}")) == {made[2]["id"], made[3]["id"]}
    assert set(listed(who, f"{PATH}?q={word}&updated_at[lt]={made[2]['updated_at']}")) == {made[0]["id"], made[1]["id"]}


@pytest.mark.parametrize("query, parameter", [
    ("geo_basis=yesterday", "geo_basis"),
    ("province_code=75&geo_basis=2020-02-31", "geo_basis"),
    ("status=nonsense", "status"),
    ("valid_on=2020-13-01", "valid_on"),
    ("sort=note", "sort"),
    ("updated_at[gte]=2020-01-01", "updated_at[gte]"),
])
def test_a_filter_that_cannot_be_read(who, query, parameter):
    reply = who.get(f"{PATH}?{query}").expect(400, "invalid-parameter")
    assert {place for place, _ in reply.errors} == {parameter}
