# SPDX-License-Identifier: MIT
"""The life of every kind of record of the promotion area: made, read, changed, refused, deleted, restored; and activities."""
import threading
import uuid

import pytest

from support.promotion import MEASURE, Promotion, listed, problem

# kind: (a change, a change that clears, a member that stays, what breaks a rule of the database, its fault)
KINDS = {
    "programme": ({"ends_on": "2030-12-31", "note": "x"}, {"ends_on": None, "note": None}, "name",
                  {"starts_on": "2021-01-01", "ends_on": "2020-12-31"}, ("#/ends_on", "programme_ends_after_starts")),
    "target": ({"to": "2025-12-31", "note": "x"}, {"to": None, "note": None}, "measures",
               {"measures": [MEASURE, {**MEASURE, "value": 1}]}, ("#/measures/1/measure_unit", "target_measures_units_differ")),
    "project": ({"total_cost_vnd": 9007199254740991, "objective": "x"}, {"total_cost_vnd": None, "objective": None}, "name",
                {"total_cost_vnd": 1, "support_vnd": 2}, ("#/total_cost_vnd", "project_money_within_total")),
    "line": ({"quantity": 2.5, "machines": [{"name": "Máy sấy"}]}, {"quantity": None}, "title",
             {"eligible_cost_vnd": 1, "support_vnd": 2}, ("#/support_vnd", "project_line_support_within_cost")),
    "funding": ({"amount_vnd": 0, "note": "x"}, {"note": None}, "year",
                {"line_id": str(uuid.UUID(int=1))}, ("#/line_id", "unknown_reference")),
    "output": ({"actual": {"value": 58, "measure_unit": "person"}}, {"actual": None}, "planned",
               {"actual": {"value": 58, "measure_unit": "person_turn"}}, ("#/actual/measure_unit", "project_output_units_agree")),
}
RESTORED = ("programme", "target", "project")
ROWS = ("line", "funding", "output")
every_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def who(caller):
    return caller("75")


@pytest.fixture
def make(who):
    return Promotion(who)


def made(make, kind):
    return getattr(make, kind)()


# ---- One record ----

@every_kind
def test_made_read_and_listed(who, make, kind):
    thing = made(make, kind)
    got = who.get(thing.path).expect(200)
    assert got.json() == thing.record and got.etag == '"1"'
    assert who.get(thing.path, headers={"If-None-Match": got.etag}).status == 304
    assert thing.id in listed(who, thing.listed)


@every_kind
def test_a_change_keeps_what_is_absent_and_clears_what_is_null(who, make, kind):
    change, clearing, kept, _, _ = KINDS[kind]
    thing = made(make, kind)
    changed = who.patch(thing.path, change, if_match=1).expect(200).json()
    assert {name: changed[name] for name in change} == change
    assert changed[kept] == thing.record[kept] and changed["version"] == 2
    cleared = who.patch(thing.path, clearing, if_match=2).expect(200).json()
    assert all(cleared[name] is None for name in clearing)
    assert cleared[kept] == thing.record[kept] and cleared["version"] == 3


@every_kind
def test_a_rule_of_the_database_is_named(who, make, kind):
    *_, bad, fault = KINDS[kind]
    thing = made(make, kind)
    problem(who.patch(thing.path, bad, if_match=1).expect(422), "invalid", fault)
    assert who.get(thing.path).json() == thing.record


@every_kind
def test_a_stale_version_changes_nothing(who, make, kind):
    thing = made(make, kind)
    change = KINDS[kind][0]
    who.patch(thing.path, change, if_match=1).expect(200)
    stale = who.patch(thing.path, {"note": "zu spät"}, if_match=1).expect(412, "stale").json()
    assert stale["current_version"] == 2
    who.delete(thing.path, if_match=1).expect(412, "stale")
    assert who.get(thing.path).json()["version"] == 2


@every_kind
def test_another_province_does_not_find_it(caller, make, kind):
    thing, stranger = made(make, kind), caller("38")
    for reply in (stranger.get(thing.path), stranger.patch(thing.path, KINDS[kind][0], if_match=1),
                  stranger.delete(thing.path, if_match=1)):
        reply.expect(404, "not-found")
    if kind in ROWS:
        stranger.get(thing.listed).expect(404, "not-found")
        stranger.post(thing.listed, {"title": "x"} if kind == "line" else {"planned": MEASURE} if kind == "output" else
                      {"year": 2020, "source": "other", "amount_vnd": 1}).expect(404, "not-found")
    else:
        assert thing.id not in listed(stranger, thing.listed)


@every_kind
def test_deleted_and_gone(who, make, kind):
    thing = made(make, kind)
    who.delete(thing.path, if_match=1).expect(204)
    who.get(thing.path).expect(410, "deleted")
    who.patch(thing.path, KINDS[kind][0], if_match=2).expect(410, "deleted")
    who.delete(thing.path, if_match=2).expect(410, "deleted")
    assert thing.id not in listed(who, thing.listed)


@pytest.mark.parametrize("kind", RESTORED)
def test_restored(who, make, kind):
    thing = made(make, kind)
    who.delete(thing.path, if_match=1).expect(204)
    deleted = f"{thing.listed}{'&' if '?' in thing.listed else '?'}deleted=only"
    assert thing.id in listed(who, deleted)
    who.post(f"{thing.path}/restore", if_match=1).expect(412, "stale")
    back = who.post(f"{thing.path}/restore", if_match=2).expect(200)
    assert back.etag == '"3"' and who.get(thing.path).json() == back.json()
    assert thing.id in listed(who, thing.listed) and thing.id not in listed(who, deleted)


@every_kind
def test_a_repeated_creation_makes_one(who, make, kind):
    thing = made(make, kind)
    body = {name: thing.record[name] for name in ("name", "level", "programme_id", "operator", "kind", "measures", "title", "year",
                                                  "source", "amount_vnd", "planned") if thing.record.get(name) is not None}
    if kind == "funding":
        body["source"] = "other"  # the row that is there stays the only one of its year and source
    key, path = {"Idempotency-Key": str(uuid.uuid4())}, thing.path.rsplit("/", 1)[0]
    first = who.post(path, body, headers=key).expect(201)
    again = who.post(path, body, headers=key).expect(201)
    assert again.body == first.body and again.headers["Idempotency-Replayed"] == "true"
    assert listed(who, thing.listed).count(first.json()["id"]) == 1


@every_kind
def test_a_trial_run_keeps_nothing(who, make, kind):
    thing = made(make, kind)
    trial = who.patch(f"{thing.path}?validate_only=true", KINDS[kind][0], if_match=1).expect(200).json()
    assert trial["version"] == 2 and who.get(thing.path).json() == thing.record


# ---- A row is a part of its parent ----

@pytest.mark.parametrize("kind", ["target", *ROWS])
def test_a_change_of_a_row_is_a_change_of_its_parent(who, make, kind):
    thing = made(make, kind)
    assert make.version(thing.parent) == 2
    who.patch(thing.path, KINDS[kind][0], if_match=1).expect(200)
    assert make.version(thing.parent) == 3
    who.patch(thing.path, KINDS[kind][3], if_match=2).expect(422)
    assert make.version(thing.parent) == 3
    who.delete(thing.path, if_match=2).expect(204)
    assert make.version(thing.parent) == 4
    who.patch(thing.parent, {"note": "x"}, if_match=3).expect(412, "stale")


@pytest.mark.parametrize("kind", ["target", *ROWS])
def test_rows_go_and_come_with_their_parent(who, make, kind):
    thing = made(make, kind)
    who.delete(thing.parent, if_match=2).expect(204)
    who.get(thing.path).expect(410, "deleted")
    who.patch(thing.path, KINDS[kind][0], if_match=1).expect(410, "deleted")
    who.delete(thing.path, if_match=1).expect(410, "deleted")
    if kind == "target":
        who.post(f"{thing.path}/restore", if_match=1).expect(410, "deleted")
        assert listed(who, thing.listed) == []
    else:
        who.get(thing.listed).expect(410, "deleted")
    who.post(f"{thing.parent}/restore", if_match=3).expect(200)
    assert who.get(thing.path).expect(200).json() == thing.record


@pytest.mark.parametrize("kind", ["target", *ROWS])
def test_parallel_changes_of_one_parent_are_all_kept(caller, make, kind):
    things = [made(make, kind)]
    parent = things[0].parent
    for number in range(1, 6):
        if kind == "target":
            body = {**{name: things[0].record[name] for name in ("programme_id", "operator", "kind", "measures")}, "name": f"{number}"}
        else:
            body = {"line": {"title": "x"}, "funding": {"year": 2000 + number, "source": "other", "amount_vnd": 1},
                    "output": {"planned": MEASURE}}[kind]
        path = things[0].path.rsplit("/", 1)[0]
        things.append(type(things[0])(f"{path}/{make.who.post(path, body).expect(201).json()['id']}", None, None, parent))
    before = make.version(parent)
    writers = [caller("75", fresh=True) for _ in things]
    statuses = together([lambda one=one, thing=thing: one.patch(thing.path, {"note": "cùng lúc"}, if_match=1).status
                         for one, thing in zip(writers, things)])
    assert statuses == [200] * len(things)
    assert make.version(parent) == before + len(things)
    # The same row by all: one is first, the others are told.
    statuses = together([lambda one=one: one.patch(things[0].path, {"note": "ai nhanh"}, if_match=2).status for one in writers])
    assert sorted(statuses) == [200] + [412] * (len(things) - 1)


def together(calls):
    """What the calls answer when they begin at the same moment."""
    answers, start = [None] * len(calls), threading.Barrier(len(calls))

    def run(place):
        start.wait()
        answers[place] = calls[place]()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


# ---- Partners' keys ----

UPSERTS = {"programmes": {"level": "local"}, "projects": {"level": "local", "scale": "single"}}
every_upsert = pytest.mark.parametrize("plural", UPSERTS)


@pytest.fixture
def ref():
    return f"kho/{uuid.uuid4()} ờ"


def by_ref(plural, ref, system="so-ct"):
    from urllib.parse import quote
    return f"/v1/{plural}/by-ref/{system}/{quote(ref, safe='')}"


@every_upsert
def test_upsert_creates_replaces_and_finds(who, plural, ref):
    path, body = by_ref(plural, ref), {**UPSERTS[plural], "name": "Lần một", "note": "còn", "starts_on": "2026-01-01"}
    first = who.put(path, body).expect(201)
    record = first.json()
    assert record["external_refs"] == [{"system": "so-ct", "ref": ref}]
    second = who.put(path, {**UPSERTS[plural], "name": "Lần hai"}).expect(200).json()
    assert (second["id"], second["version"], second["name"], second["note"], second["starts_on"]) == \
        (record["id"], 2, "Lần hai", None, None)
    assert second["province_code"] == record["province_code"] and second["codes_on"] == record["codes_on"]
    got = who.get(path).expect(200)
    assert got.json() == second == who.get(f"/v1/{plural}/{record['id']}").json()
    assert who.get(path, headers={"If-None-Match": got.etag}).status == 304


@every_upsert
def test_upsert_conditions(who, plural, ref):
    path, body = by_ref(plural, ref), {**UPSERTS[plural], "name": "x"}
    record = who.put(path, body).expect(201).json()
    who.put(path, body, if_match=7).expect(412, "stale")
    who.put(path, body, if_match=1).expect(200)
    who.put(path, body, headers={"If-None-Match": "*"}).expect(412)
    who.put(path, {**body, "level": "regional"}).expect(422, "invalid")
    assert who.get(path).json()["version"] == 2
    who.delete(f"/v1/{plural}/{record['id']}", if_match=2).expect(204)
    who.get(path).expect(410, "deleted")
    who.put(path, body).expect(410, "deleted")


@every_upsert
def test_keys_belong_to_an_organisation(caller, who, plural, ref):
    path, body = by_ref(plural, ref), {**UPSERTS[plural], "name": "x"}
    ours = who.put(path, body).expect(201).json()
    caller("38").get(path).expect(404, "not-found")
    colleague = caller("75", fresh=True)  # another organisation of the same province
    assert colleague.put(path, body).expect(201).json()["id"] != ours["id"]


@every_upsert
def test_upserts_at_once_make_one_record(caller, world, plural, ref):
    organisation = world.organisation("75")
    writers = [caller("75", fresh=True, organisation=organisation) for _ in range(6)]
    path, body = by_ref(plural, ref), {**UPSERTS[plural], "name": "x"}
    replies = together([lambda one=one: one.put(path, body) for one in writers])
    assert sorted(reply.status for reply in replies) == [200] * 5 + [201]
    assert len({reply.json()["id"] for reply in replies}) == 1
    assert writers[0].get(path).json()["version"] == 6


# ---- Activities ----

@pytest.mark.parametrize("day, codes", [
    ("2012-07-04", set()),
    ("2020-01-01", {f"KC{n}" for n in range(1, 10)}),
    ("2025-10-14", {f"KC{n}" for n in range(1, 10)}),
    ("2025-10-15", {f"KC{n}" for n in range(1, 10)} | {"KC-CDS", "KC-SXTDBV"}),
])
def test_activities_of_a_day(who, day, codes):
    rows = who.get(f"/v1/activities?valid_on={day}").expect(200).json()["data"]
    assert {row["code"] for row in rows if row["parent_code"] is None} == codes
    assert {row["parent_code"] for row in rows} - {None} <= codes


def test_an_activity(who):
    got = who.get("/v1/activities/KC3").expect(200).json()
    assert got["legal_basis"] == {"document_no": "45/2012/NĐ-CP", "article": "Điều 4"}
    assert got["name_vi"] and got["name_en"] and "technology_line" in got["measure_units"]
    assert who.get("/v1/activities/KC-CDS").expect(200).json()["certainty"] == "uncertain"
    who.get("/v1/activities/KC-CDS?valid_on=2025-10-14").expect(404, "not-found")
    who.get("/v1/activities/KC10").expect(404, "not-found")
