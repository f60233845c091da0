# SPDX-License-Identifier: MIT
"""Members of councils of OCOP declare conflicts of interest themselves, and are excluded at once."""
from test_councils import SHEETS, at, cast, ocop, office, one, own, persons, rubric, scoring, sitting  # noqa: F401 (fixtures)

REASON = "Người thân góp vốn"


# ---- OCOP ----

def member_path(council, place):
    return f"{council.path}/members/{council.scorers[place]['id']}"


def counted(office, council):
    row, = office.get(f"{council.path}/assignments").expect(200).json()["data"]
    return row["scorers_count"], row["sheets_count"]


def test_a_member_declares_and_neither_sees_nor_scores(ocop, office, one, sitting, persons, rubric):
    first, second, _ = persons
    mine = own(first, sitting, one, 1, rubric.answers(74)).expect(201).json()
    assert counted(office, sitting) == (3, 1)
    conflict = {"registration_id": one["id"], "reason": REASON}
    made = first.patch(member_path(sitting, 1), {"conflicts": [conflict]}, if_match=1).expect(200).json()
    assert [(said["registration_id"], said["reason"]) for said in made["conflicts"]] == [(one["id"], REASON)]
    assert made["conflicts"][0]["declared_on"], "on the day he said so"
    first.get(ocop.path(one)).expect(404, "not-found")
    first.get(at(mine)).expect(404, "not-found")
    assert counted(office, sitting) == (2, 0), "neither he nor his sheet"
    assert own(first, sitting, one, 1, rubric.answers(74)).expect(422).errors == {("#/registration_id", "unknown_reference")}
    sitting.enter(one, sitting.scorers[0], rubric.answers(80)).expect(201)
    own(second, sitting, one, 2, rubric.answers(80)).expect(201)
    result = sitting.result(one).expect(201).json()
    assert (result["scorers_count"], result["sheets_count"], result["total"]) == (2, 2, 80)


def test_he_adds_and_takes_nothing_back(ocop, office, one, sitting, persons):
    first = persons[0]
    other = scoring(ocop)
    sitting.assign(other).expect(201)
    told = first.patch(member_path(sitting, 1), {"conflicts": [{"registration_id": one["id"], "reason": REASON}]}, if_match=1).expect(200).json()["conflicts"]
    further = {"establishment_id": other["establishment_id"], "reason": REASON}
    for fewer in ([], [further], [{**told[0], "reason": "Khác"}, further]):
        refused = first.patch(member_path(sitting, 1), {"conflicts": fewer}, if_match=2).expect(422, "invalid")
        assert refused.errors == {("#/conflicts", "conflict_taken_back")}
    both = first.patch(member_path(sitting, 1), {"conflicts": [*told, further]}, if_match=2).expect(200).json()["conflicts"]
    assert [said["establishment_id"] for said in both] == [None, other["establishment_id"]]
    first.get(ocop.path(other)).expect(404, "not-found")
    assert sitting.change(sitting.scorers[1], conflicts=[]).expect(200).json()["conflicts"] == [], "the office does"
    first.get(ocop.path(one)).expect(200)


def test_he_declares_for_himself_and_changes_nothing_else(ocop, office, one, sitting, persons):
    first, second, _ = persons
    conflict = {"conflicts": [{"registration_id": one["id"], "reason": REASON}]}
    for who, place, body in ((first, 2, conflict), (second, 1, conflict), (first, 0, conflict), (first, 1, {"role": "chair"}),
                             (first, 1, {"user_id": None}), (first, 1, {**conflict, "note": "x"})):
        who.patch(member_path(sitting, place), body, if_match=1).expect(403, "outside-territory")
    first.delete(member_path(sitting, 1), if_match=1).expect(403, "outside-territory")
    unseen = scoring(ocop)
    refused = first.patch(member_path(sitting, 1), {"conflicts": [{"registration_id": unseen["id"], "reason": REASON}]}, if_match=1).expect(422, "invalid")
    assert refused.errors == {("#/conflicts/0/registration_id", "unknown_reference")}
    first.patch(member_path(sitting, 1), conflict, if_match=7).expect(412, "stale")
    assert {row["version"] for row in office.get(f"{sitting.path}/members").expect(200).json()["data"]} == {1}


def test_the_scope_of_scoring_is_enough_for_him_and_for_nobody_else(world, office, one, sitting, persons):
    first = persons[0]
    conflict = {"conflicts": [{"registration_id": one["id"], "reason": REASON}]}
    speaking = type(first)(first.service, first.contract, first.client, world.token(first.client, acting_user=first.user_id, scope="ocop:read ocop:score"), [])
    bare = type(first)(office.service, office.contract, office.client, world.token(office.client, scope="ocop:read ocop:score"), [])
    bare.patch(member_path(sitting, 1), conflict, if_match=1).expect(403, "insufficient-scope")
    speaking.patch(member_path(sitting, 1), conflict, if_match=1).expect(200)
