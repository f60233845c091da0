# SPDX-License-Identifier: MIT
"""Projects: drafts, territory, parents, places, and how they are found."""
import uuid

import pytest

from support.promotion import Promotion, listed, problem
from support.world import unique

PATH = "/v1/projects"
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
    return {"name": unique("Đề án"), "level": "local", **members}


# ---- Making one ----

def test_a_draft_needs_a_name_and_a_level(who):
    made = who.post(PATH, body()).expect(201).json()
    assert made["code"].startswith("DA") and made["province_code"] == "75"
    expected = {"status": "draft", "stage": "proposal", "scale": None, "places": [], "partner_province_codes": [], "themes": [],
                "funding_total_vnd": 0, "total_cost_vnd": None, "external_refs": [], "origin": "native", "history_quality": "full",
                "organisation_id": who.client["organisation_id"], "created_by": who.id, "updated_by": who.id}
    assert {name: made[name] for name in expected} == expected


@pytest.mark.parametrize("members, fault", [
    ({"name": ""}, ("#/name", "minLength")),
    ({"name": " \t"}, ("#/name", "pattern")),
    ({"level": None}, ("#/level", "type")),
    ({"scale": "big"}, ("#/scale", "enum")),
    ({"status": "approved"}, ("#/status", "additionalProperties")),
    ({"funding_total_vnd": 1}, ("#/funding_total_vnd", "additionalProperties")),
    ({"organisation_id": NOBODY}, ("#/organisation_id", "additionalProperties")),
    ({"starts_on": "2021-01-01", "ends_on": "2020-12-31"}, ("#/ends_on", "project_ends_after_starts")),
    ({"total_cost_vnd": -1}, ("#/total_cost_vnd", "minimum")),
    ({"total_cost_vnd": 9007199254740992}, ("#/total_cost_vnd", "maximum")),
    ({"total_cost_vnd": 1.5}, ("#/total_cost_vnd", "type")),
    ({"total_cost_vnd": 10, "support_vnd": 6, "counterpart_vnd": 5}, ("#/total_cost_vnd", "project_money_within_total")),
    ({"programme_id": NOBODY}, ("#/programme_id", "unknown_reference")),
    ({"parent_id": NOBODY}, ("#/parent_id", "unknown_reference")),
    ({"implementer_id": NOBODY}, ("#/implementer_id", "unknown_reference")),
    ({"managing_organisation_id": NOBODY}, ("#/managing_organisation_id", "unknown_reference")),
    ({"implementer_id": "x"}, ("#/implementer_id", "format")),
    ({"province_code": "99"}, ("#/province_code", "unknown_admin_unit")),
    ({"province_code": "7"}, ("#/province_code", "pattern")),
    ({"province_code": "70", "codes_on": "2025-07-01"}, ("#/province_code", "unknown_admin_unit")),
    ({"places": [None]}, ("#/places/0", "type")),
    ({"places": [{}]}, ("#/places/0", "required")),
    ({"places": [{"province_code": "75"}, {"province_code": "70"}]}, ("#/places/1/province_code", "unknown_admin_unit")),
    ({"places": [{"province_code": "75", "commune_code": "00004"}]}, ("#/places/0/commune_code", "commune_outside_province")),
    ({"partner_province_codes": ["38", "70"]}, ("#/partner_province_codes/1", "unknown_admin_unit")),
    ({"partner_province_codes": ["38", "38"]}, ("#/partner_province_codes", "uniqueItems")),
    ({"trade_code": "Chế biến"}, ("#/trade_code", "pattern")),
])
def test_what_is_wrong_is_named(who, members, fault):
    problem(who.post(PATH, body(**members)).expect(422), "invalid", fault)


def test_all_that_leads_nowhere_is_named_at_once(who):
    reply = who.post(PATH, body(programme_id=NOBODY, implementer_id=NOBODY, partner_province_codes=["99"],
                                places=[{"province_code": "99"}, {"province_code": "75", "commune_code": "99999"}])).expect(422)
    problem(reply, "invalid", ("#/programme_id", "unknown_reference"), ("#/implementer_id", "unknown_reference"),
            ("#/partner_province_codes/0", "unknown_admin_unit"), ("#/places/0/province_code", "unknown_admin_unit"),
            ("#/places/1/commune_code", "unknown_admin_unit"))


# ---- Territory and places ----

def test_a_central_body_names_the_province_or_a_first_place(ministry):
    problem(ministry.post(PATH, body()).expect(422), "invalid", ("#", "required"))
    assert ministry.post(PATH, body(province_code="38")).expect(201).json()["province_code"] == "38"
    placed = ministry.post(PATH, body(places=[{"province_code": "15", "codes_on": "2020-01-01"}])).expect(201).json()
    assert (placed["province_code"], placed["codes_on"]) == ("15", "2020-01-01")
    assert placed["province"]["name"] == "Yên Bái" and placed["current"]["province"] == {"code": "15", "name": "Lào Cai"}


@pytest.mark.parametrize("members, code, codes_on", [
    ({}, "75", None),
    ({"starts_on": "2018-01-01"}, "75", "2018-01-01"),
    ({"starts_on": "2018-01-01", "province_code": "70"}, "70", "2018-01-01"),
    ({"starts_on": "2026-01-01", "province_code": "70"}, "70", "2025-06-30"),
    ({"places": [{"province_code": "38"}]}, "75", None),  # where it is carried out does not move it out of the territory
])
def test_the_day_of_the_codes(who, members, code, codes_on):
    made = who.post(PATH, body(**members)).expect(201).json()
    assert made["province_code"] == code and (codes_on is None or made["codes_on"] == codes_on)


def test_places_keep_the_codes_of_their_day(who):
    made = who.post(PATH, body(codes_on="2018-01-01", province_code="70", places=[
        {"province_code": "70", "address_line": "Ấp 3"}, {"province_code": "75", "codes_on": "2026-05-01"}])).expect(201).json()
    first, second = made["places"]
    assert (first["codes_on"], first["province"], first["current"]["province"]) == \
        ("2018-01-01", {"code": "70", "name": "Bình Phước"}, {"code": "75", "name": "Đồng Nai"})
    assert (first["address_line"], first["commune"], second["codes_on"]) == ("Ấp 3", None, "2026-05-01")
    changed = who.patch(f"{PATH}/{made['id']}", {"codes_on": "2019-01-01"}, if_match=1).expect(200).json()
    assert changed["places"] == made["places"] and changed["codes_on"] == "2019-01-01"
    emptied = who.patch(f"{PATH}/{made['id']}", {"places": []}, if_match=2).expect(200).json()
    assert emptied["places"] == []


def test_another_province_is_out_of_bounds(who):
    who.post(PATH, body(province_code="38")).expect(403, "outside-territory")
    made = who.post(PATH, body()).expect(201).json()
    who.patch(f"{PATH}/{made['id']}", {"province_code": "38"}, if_match=1).expect(403, "outside-territory")
    assert who.get(f"{PATH}/{made['id']}").json() == made


def test_the_implementer_works_across_the_border(caller, who, world):
    organisation = world.organisation("38")
    implementer = caller("38", organisation=organisation)
    made = who.post(PATH, body(implementer_id=organisation)).expect(201).json()
    path = f"{PATH}/{made['id']}"
    assert implementer.get(path).expect(200).json()["id"] == made["id"]
    assert made["id"] in listed(implementer, f"{PATH}?implementer_id={organisation}")
    assert implementer.patch(path, {"objective": "Mục tiêu"}, if_match=1).expect(200).json()["province_code"] == "75"
    line = implementer.post(f"{path}/lines", {"title": "x"}).expect(201).json()
    assert who.get(f"{path}/lines/{line['id']}").expect(200).json() == line
    implementer.patch(path, {"implementer_id": None}, if_match=3).expect(403, "outside-territory")
    who.patch(path, {"implementer_id": None}, if_match=3).expect(200)
    implementer.get(path).expect(404, "not-found")
    implementer.get(f"{path}/lines/{line['id']}").expect(404, "not-found")


def test_each_way_of_seeing_a_project_is_listed_once(caller, who, ministry, world):
    """In one's province, made by one's organisation and moved away, carried out for another province: in the order of their last
    change, page by page, each once though two ways lead to it; for a body of many provinces as for one of few."""
    organisation = world.organisation("38")
    here = caller("38", organisation=organisation)

    def make(whose, **members):
        return whose.post(PATH, body(**members)).expect(201).json()["id"]

    made = [make(here), make(who, implementer_id=organisation), make(caller("38")), make(here, implementer_id=organisation)]
    unseen, moved = make(who), make(here)
    ministry.patch(f"{PATH}/{moved}", {"province_code": "75"}, if_match=1).expect(200)
    since = here.get(f"{PATH}/{made[0]}").expect(200).json()["updated_at"]
    for limit in (1, 2, 50):
        for sort, expected in (("updated_at", [*made, moved]), ("-updated_at", [moved, *reversed(made)])):
            assert [one for one in listed(here, f"{PATH}?updated_at[gte]={since}&sort={sort}", limit)
                    if one in {*made, moved, unseen}] == expected
    everything = listed(ministry, f"{PATH}?updated_at[gte]={since}&sort=updated_at", 3)
    assert [one for one in everything if one in {*made, moved, unseen}] == [*made, unseen, moved]


def test_the_maker_keeps_a_project_that_moved(caller, who, ministry):
    made = who.post(PATH, body()).expect(201).json()
    path = f"{PATH}/{made['id']}"
    who.post(f"{path}/funding", {"year": 2026, "source": "other", "amount_vnd": 5}).expect(201)
    ministry.patch(path, {"province_code": "38"}, if_match=2).expect(200)
    assert who.get(path).expect(200).json()["province_code"] == "38"
    assert len(who.get(f"{path}/funding").expect(200).json()["data"]) == 1
    assert caller("38").get(path).expect(200).json()["funding_total_vnd"] == 5
    caller("75", fresh=True).get(path).expect(404, "not-found")  # a neighbour of the maker, not the maker


# ---- Parents ----

def test_only_key_projects_have_parts(who, make):
    single, key = make.project(scale="single"), make.project(scale="key")
    problem(who.post(PATH, body(parent_id=single.id)).expect(422), "invalid", ("#/parent_id", "project_parent_is_key"))
    problem(who.post(PATH, body(parent_id=key.id, scale="key")).expect(422), "invalid", ("#/parent_id", "project_key_has_no_parent"))
    problem(who.patch(single.path, {"parent_id": single.id}, if_match=1).expect(422), "invalid")
    part = make.project(parent_id=key.id)
    assert listed(who, f"{PATH}?parent_id={key.id}") == [part.id]
    problem(who.patch(key.path, {"scale": "group"}, if_match=1).expect(422), "invalid", ("#/scale", "project_has_parts"))
    who.delete(key.path, if_match=1).expect(409, "still-referenced")
    who.delete(part.path, if_match=1).expect(204)
    who.patch(key.path, {"scale": "group"}, if_match=1).expect(200)


def test_a_part_out_of_sight_counts_too(caller, who, make, ministry):
    key = make.project(scale="key")
    ministry.post(PATH, body(province_code="38", parent_id=key.id)).expect(201)
    problem(who.patch(key.path, {"scale": None}, if_match=1).expect(422), "invalid", ("#/scale", "project_has_parts"))
    who.delete(key.path, if_match=1).expect(409, "still-referenced")


def test_references_out_of_sight_are_like_none(caller, who):
    foreign = Promotion(caller("38"))
    problem(who.post(PATH, body(parent_id=foreign.project(scale="key").id, programme_id=foreign.programme().id)).expect(422), "invalid",
            ("#/parent_id", "unknown_reference"), ("#/programme_id", "unknown_reference"))


def test_an_implementer_in_use_stays(who, make):
    centre = who.post("/v1/organisations", {"name": unique("Trung tâm"), "kind": "promotion_centre", "tier": "province"}).expect(201).json()
    project = make.project(implementer_id=centre["id"])
    who.delete(f"/v1/organisations/{centre['id']}", if_match=1).expect(409, "still-referenced")
    who.delete(project.path, if_match=1).expect(204)
    who.delete(f"/v1/organisations/{centre['id']}", if_match=1).expect(204)


# ---- Finding ----

@pytest.fixture(scope="module")
def shelf(caller):
    """Projects with one word in common, in the order they were made."""
    word, who = unique("nghề"), caller("75")
    make = Promotion(who)
    programme = make.programme()
    key = make.project(name=f"Đ {word}", level="national", scale="key", province_code="70", starts_on="2018-01-01", programme_id=programme.id)
    single = make.project(name=f"A {word}", scale="single", starts_on="2026-02-01", parent_id=key.id)
    draft = make.project(name=f"Â {word}")
    old = make.project(name=f"D {word}", scale="group", starts_on="2020-12-31")
    make.line(key, activity_code="KC3")
    make.line(single, activity_code="KC9")
    make.funding(old, year=2021)
    gone = make.line(draft, activity_code="KC3")
    who.delete(gone.path, if_match=1).expect(204)
    return word, [thing.id for thing in (key, single, draft, old)], programme.id


@pytest.mark.parametrize("query, found", [
    ("", {0, 1, 2, 3}),
    ("&level=national", {0}),
    ("&scale=key", {0}),
    ("&scale=single,group", {1, 3}),
    ("&status=draft", {0, 1, 2, 3}),
    ("&status=stopped,closed", set()),
    ("&stage=proposal", {0, 1, 2, 3}),
    ("&stage=ended,settlement", set()),
    ("&activity_code=KC3", {0}),
    ("&activity_code=KC3,KC9", {0, 1}),
    ("&year=2021", {3}),
    ("&year=2020", set()),
    ("&from=2018-01-01&to=2020-12-31", {0, 3}),
    ("&from=2018-01-02", {1, 3}),
    ("&to=2018-01-01", {0}),
    ("&province_code=70", {0}),
    ("&province_code=75", {1, 2, 3}),
    ("&province_code=75&geo_basis=current", {0, 1, 2, 3}),
    ("&province_code=75&geo_basis=2025-07-01", {0, 1, 2, 3}),
    ("&province_code=70&geo_basis=2020-12-31", {0}),
    ("&province_code=75&geo_basis=2020-12-31", {3}),
    ("&province_code=70&geo_basis=current", set()),
    ("&province_code=70,38", {0}),
])
def test_filters(who, shelf, query, found):
    word, made, _ = shelf
    rows = listed(who, f"{PATH}?q={word}{query}")
    assert set(rows) == {made[n] for n in found} and len(rows) == len(found)


def test_filters_by_reference(who, shelf):
    word, made, programme = shelf
    assert listed(who, f"{PATH}?programme_id={programme}") == [made[0]]
    assert listed(who, f"{PATH}?parent_id={made[0]}") == [made[1]]


@pytest.mark.parametrize("sort, order", [
    ("name", [1, 2, 3, 0]),  # a, â, d, đ
    ("-name", [0, 3, 2, 1]),
    ("code", [0, 1, 2, 3]),
    ("-code", [3, 2, 1, 0]),
    ("starts_on", [0, 3, 1, 2]),  # without a start: at the end, both ways
    ("-starts_on", [1, 3, 0, 2]),
])
@pytest.mark.parametrize("limit", [1, 3, 50])
def test_orders_and_pages(who, shelf, sort, order, limit):
    word, made, _ = shelf
    assert listed(who, f"{PATH}?q={word}&sort={sort}", limit) == [made[n] for n in order]


@pytest.mark.parametrize("query, parameter", [
    ("geo_basis=map", "geo_basis"),
    ("province_code=75&geo_basis=2021-02-29", "geo_basis"),
    ("stage=somewhere", "stage"),
    ("year=20", "year"),
    ("from=2020-1-1", "from"),
    ("programme_id=1", "programme_id"),
    ("activity_code=", "activity_code"),
])
def test_a_filter_that_cannot_be_read(who, query, parameter):
    reply = who.get(f"{PATH}?{query}").expect(400, "invalid-parameter")
    assert {place for place, _ in reply.errors} == {parameter}
