# SPDX-License-Identifier: MIT
"""Jurors score by themselves: each sees his own sheet until all are in. What comes back finds what it belongs to."""
import pytest

from support.client import Caller
from support.samples import OWNER, STRANGER, absent_id
from support.voting import Voting, points
from test_persons import give, user

SHEETS = "/v1/voting/score-sheets"


@pytest.fixture(scope="module")
def department(world):
    return world.caller(OWNER, fresh=True)


@pytest.fixture(scope="module")
def persons(world, department):
    """Two jurors, one of another jury, and the secretary: each by the department's own system, which names the person."""
    def one(role):
        person = user(department, role)
        return person["id"], Voting(Caller(world.service, world.contract, department.client,
                                           world.token(department.client, acting_user=person["id"]), department.scopes))
    return {"first": one("jury_member"), "second": one("jury_member"), "other": one("jury_member"), "secretary": one("council_secretary")}


@pytest.fixture
def judging(department, persons):
    """An entry that was checked, and its jury of three: the third seat names nobody."""
    voting = Voting(department)
    round_ = voting.judged_round()
    entry = voting.entry(round_, voting.product(voting.establishment(OWNER)))
    for action in ("submit", "check"):
        voting.act(entry, action).expect(201)
    members = [{"seat": 1, "role": "chair", "user_id": persons["first"][0]}, {"seat": 2, "role": "member", "user_id": persons["second"][0]},
               {"seat": 3, "role": "member", "position": "Giám khảo"}]
    jury = voting.make("voting/councils", {"round_id": round_["id"], "kind": "jury", "members": members})
    return voting, jury, entry


def seen(voting, entry):
    """Seats whose sheets a caller reads, by the list and one by one."""
    rows = voting.who.get(f"{SHEETS}?entry_id={entry['id']}").expect(200).json()["data"]
    assert all(voting.who.get(f"{SHEETS}/{row['id']}").expect(200).json() == row for row in rows)
    return {row["seat"] for row in rows}


def test_a_juror_sees_his_own_sheet_until_all_are_in(persons, judging, cluster):
    department, jury, entry = judging
    first, second, other, secretary = (persons[name][1] for name in ("first", "second", "other", "secretary"))
    sheets = [voting.sheet(jury, entry, seat, total).expect(201).json()
              for voting, seat, total in ((first, 1, 80), (second, 2, 75))]
    assert seen(first, entry) == {1} and seen(second, entry) == {2} and seen(other, entry) == set()
    assert seen(secretary, entry) == seen(department, entry) == {1, 2}
    second.who.get(f"{SHEETS}/{sheets[0]['id']}").expect(404)
    second.who.patch(f"{SHEETS}/{sheets[0]['id']}", {"points": points(10)}, if_match=1).expect(404)
    second.who.delete(f"{SHEETS}/{sheets[0]['id']}", if_match=1).expect(404)
    last = department.sheet(jury, entry, 3, 90, status="draft").expect(201).json()
    assert seen(first, entry) == {1}, "a draft is not in"
    department.who.patch(f"{SHEETS}/{last['id']}", {"status": "submitted"}, if_match=1).expect(200)
    assert seen(first, entry) == seen(second, entry) == seen(other, entry) == {1, 2, 3}
    other_entry = department.entry({"id": jury["round_id"]}, department.product(department.establishment(OWNER)))
    first.sheet(jury, other_entry, 1, 50).expect(201)
    second.sheet(jury, other_entry, 2, 50).expect(201)
    with cluster.connect("kc_api") as connection:  # the second wall
        connection.execute("begin")
        for name, value in (("app.provinces", OWNER), ("app.client_id", absent_id()), ("app.user_id", persons["second"][0]), ("app.roles", "jury_member")):
            connection.execute("select set_config(%s, %s, true)", [name, value])
        assert [row[0] for row in connection.execute("select seat from voting_score_sheet where entry_id = %s", [other_entry["id"]])] == [2]


def test_a_juror_enters_his_own_sheet_only(persons, judging):
    department, jury, entry = judging
    first, other, secretary = (persons[name][1] for name in ("first", "other", "secretary"))
    for voting in (first, other):
        assert voting.sheet(jury, entry, 2, 60).expect(422).errors == {("#/seat", "voting_sheet_other_seat")}
    mine = first.sheet(jury, entry, 1, 60, status="draft").expect(201).json()
    assert first.who.patch(f"{SHEETS}/{mine['id']}", {"seat": 2}, if_match=1).expect(422).errors
    secretary.sheet(jury, entry, 2, 60).expect(201)


def test_what_was_submitted_is_locked_and_nothing_comes_after_the_judging(judging):
    voting, jury, entry = judging
    sheets = [voting.sheet(jury, entry, seat, 70).expect(201).json() for seat in (1, 2, 3)]
    path = f"{SHEETS}/{sheets[0]['id']}"
    assert voting.who.patch(path, {"points": points(90)}, if_match=1).expect(409, "guard-failed").errors == {("#/status", "record_locked")}
    assert voting.who.delete(path, if_match=1).expect(409, "guard-failed").errors == {("#/status", "record_locked")}
    voting.act(entry, "judge").expect(201)
    members = [*jury["members"], {"seat": 4, "role": "member"}]
    voting.who.patch(f"/v1/voting/councils/{jury['id']}", {"members": members}, if_match=1).expect(200)
    assert voting.sheet(jury, entry, 4, 99).expect(422).errors == {("#/entry_id", "voting_sheet_judged")}
    assert voting.now(entry)["score"] == 70


def test_who_sits_there_is_somebody_known(judging, caller):
    voting, jury, _ = judging
    members = [{"seat": 1, "role": "chair", "user_id": absent_id()}]
    reply = voting.who.patch(f"/v1/voting/councils/{jury['id']}", {"members": members}, if_match=1)
    assert reply.expect(422).errors == {("#/members/0/user_id", "unknown_reference")}
    strangers = user(caller(province=STRANGER))
    reply = voting.who.patch(f"/v1/voting/councils/{jury['id']}", {"members": [{**members[0], "user_id": strangers["id"]}]}, if_match=1)
    assert reply.expect(422).errors == {("#/members/0/user_id", "unknown_reference")}


# ---- Restored ----

def gone(voting, path):
    voting.who.delete(path, if_match=voting.who.get(path).json()["version"]).expect(204)


def restore(voting, path, version):
    return voting.who.post(f"{path}/restore", if_match=version)


@pytest.fixture
def drafted(department):
    """A round with its jury of two, an entry, and the draft of the second seat."""
    voting = Voting(department)
    round_ = voting.judged_round()
    jury, entry = voting.jury(round_, seats=2), voting.entry(round_, voting.product(voting.establishment(OWNER)))
    return voting, round_, jury, entry, voting.sheet(jury, entry, 2, 70, status="draft").expect(201).json()


def test_what_is_restored_finds_its_round(drafted):
    voting, round_, jury, entry, sheet = drafted
    paths = [f"{SHEETS}/{sheet['id']}", f"/v1/voting/entries/{entry['id']}", f"/v1/voting/councils/{jury['id']}", f"/v1/voting/rounds/{round_['id']}"]
    for path in paths:
        gone(voting, path)
    for path, missing in ((paths[2], "#/round_id"), (paths[1], "#/round_id")):
        assert restore(voting, path, 2).expect(409, "guard-failed").errors == {(missing, "restored_without_parent")}
    assert ("#/council_id", "restored_without_parent") in restore(voting, paths[0], 2).expect(409, "guard-failed").errors
    restore(voting, paths[3], 2).expect(200)
    restore(voting, paths[2], 2).expect(200)
    assert ("#/entry_id", "restored_without_parent") in restore(voting, paths[0], 2).expect(409, "guard-failed").errors
    restore(voting, paths[1], 2).expect(200)
    assert restore(voting, paths[0], 2).expect(200).json()["total"] == 70


def test_a_sheet_comes_back_under_the_rules_of_today(drafted):
    voting, _, jury, entry, sheet = drafted
    gone(voting, f"{SHEETS}/{sheet['id']}")
    conflict = [{"seat": 2, "establishment_id": entry["establishment_id"]}]
    voting.who.patch(f"/v1/voting/councils/{jury['id']}", {"conflicts": conflict}, if_match=1).expect(200)
    assert restore(voting, f"{SHEETS}/{sheet['id']}", 2).expect(409, "guard-failed").errors == {("#/seat", "voting_sheet_conflict")}


# ---- Conflicts of interest that a juror declares himself ----

def test_a_juror_declares_and_his_sheet_counts_no_more(persons, judging):
    department, jury, entry = judging
    (_, first), (_, second) = persons["first"], persons["second"]
    path = f"/v1/voting/councils/{jury['id']}"
    sheets = [voting.sheet(jury, entry, seat, total).expect(201).json() for voting, seat, total in ((first, 1, 99), (second, 2, 80))]
    assert len(sheets) == 2
    conflict = {"seat": 1, "establishment_id": entry["establishment_id"], "reason": "Người thân góp vốn"}
    for voting, said in ((second, conflict), (first, {**conflict, "seat": 3})):
        voting.who.patch(path, {"conflicts": [said]}, if_match=1).expect(403, "outside-territory")
    for body in ({"status": "ended"}, {"members": []}, {"conflicts": [conflict], "note": "x"}):
        first.who.patch(path, body, if_match=1).expect(403, "outside-territory")
    first.who.delete(path, if_match=1).expect(403, "outside-territory")
    made = first.who.patch(path, {"conflicts": [conflict]}, if_match=1).expect(200).json()
    assert made["conflicts"] == [conflict]
    assert first.who.patch(path, {"conflicts": []}, if_match=2).expect(422).errors == {("#/conflicts", "conflict_taken_back")}
    refused = department.act(entry, "judge").expect(409, "guard-failed")
    assert refused.errors == {("#/action", "voting_sheets_in")}, "the third seat is still to come"
    department.sheet(jury, entry, 3, 70).expect(201)
    department.act(entry, "judge").expect(201)
    assert department.now(entry)["score"] == 75, "of seats 2 and 3"
    further = {"seat": 2, "establishment_id": entry["establishment_id"], "reason": None}
    second.who.patch(path, {"conflicts": [conflict, further]}, if_match=2).expect(200)
    assert department.who.patch(path, {"conflicts": []}, if_match=3).expect(200).json()["conflicts"] == []


def test_the_scope_of_scoring_is_enough_for_a_juror(world, persons, judging):
    department, jury, entry = judging
    path = f"/v1/voting/councils/{jury['id']}"
    user_id, first = persons["first"]
    conflict = {"conflicts": [{"seat": 1, "establishment_id": entry["establishment_id"]}]}
    who = first.who
    bare = Caller(who.service, who.contract, who.client, world.token(who.client, scope="voting:read voting:score"), [])
    bare.patch(path, conflict, if_match=1).expect(403, "insufficient-scope")
    speaking = Caller(who.service, who.contract, who.client, world.token(who.client, acting_user=user_id, scope="voting:read voting:score"), [])
    speaking.patch(path, conflict, if_match=1).expect(200)
