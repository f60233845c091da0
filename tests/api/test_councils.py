# SPDX-License-Identifier: MIT
"""Councils of OCOP: who scores what, sheets that are locked and seen by nobody else until all are in, and the result they make."""
import psycopg
import pytest

from support.councils import Council, Rubric
from support.lives import bury, move
from support.ocop import DECISION, MINUTES, Ocop
from support.samples import absent_id
from support.service import eventually
from support.world import unique

DAY = {"acted_on": "2022-08-01"}
IN_2025 = {"acted_on": "2025-08-01"}
SHEETS = "/v1/ocop/score-sheets"


@pytest.fixture(scope="module")
def cast(world):
    return {tier: world.caller("86", tier=tier) for tier in ("commune", "district", "province")} | {"central": world.caller(None)}


@pytest.fixture(scope="module")
def ocop(cast):
    return Ocop(cast)


@pytest.fixture(scope="module")
def office(cast):
    return cast["province"]


def scoring(ocop, **members):
    """With the council of the province, under 148 as amended."""
    one = ocop.submitted("2025-07-10", product_set_id=set_of(ocop, "QD148-13"), **members)
    ocop.by("commune", one, "review", "forward", **IN_2025)
    return ocop.by("province", one, "review", "open_scoring", **IN_2025)


def set_of(ocop, code):
    day = {"QD1048": "2022-06-01", "QD148": "2023-06-01", "QD26": "2026-06-01"}[code.split("-")[0]]
    return next(row["id"] for page in ocop.cast["province"].pages(f"/v1/ocop/product-sets?valid_on={day}&limit=200")
                for row in page if row["set_code"] == code)


@pytest.fixture
def one(ocop):
    return scoring(ocop)


@pytest.fixture
def rubric(office, one):
    return Rubric(office, one["rubric_id"])


@pytest.fixture
def council(office, one):
    made = Council(office, scorers=3)
    made.assign(one).expect(201)
    return made


def at(record, kind="score-sheets"):
    return f"/v1/ocop/{kind}/{record['id']}"


# ---- A council of nine, one conflict, one late sheet ----

def test_nine_members_one_conflict_and_one_late_sheet(ocop, office, one, rubric):
    council = Council(office)
    own, interested, late = council.scorers[3], council.scorers[4], council.scorers[8]
    council.assign(one).expect(201)
    council.change(own, establishment_id=one["establishment_id"]).expect(200)
    council.change(interested, conflicts=[{"registration_id": one["id"], "reason": "Có phần vốn góp"}]).expect(200)
    for member in (own, interested):
        refused = council.enter(one, member, rubric.answers(80)).expect(409, "guard-failed")
        assert refused.errors == {("#/scorer_id", "ocop_sheet_conflict")}
    council.change(own, establishment_id=None).expect(200)
    scorers = [member for member in council.scorers if member != interested]
    early = council.score(one, [rubric.answers(74 + n) for n in range(7)], scorers[:7])
    row, = office.get(f"{council.path}/assignments").expect(200).json()["data"]
    assert (row["pass_no"], row["scorers_count"], row["sheets_count"]) == (1, 8, 7)
    made = council.result(one).expect(201).json()
    assert (made["scorers_count"], made["sheets_count"], made["total"], made["stars"]) == (8, 7, 77, 4), "7 of 8 are more than 75 %"
    assert (made["spread"], made["max_spread"], made["is_rescore_due"], made["origin"], made["evidence_grade"]) == (6, 10, False, "native", None)
    refused = council.enter(one, late, rubric.answers(80)).expect(409, "guard-failed")
    assert refused.errors == {("#/pass_no", "ocop_sheet_pass")}, "it comes too late for what is found already"
    office.delete(at(made, "results"), if_match=1).expect(204)
    council.enter(one, late, rubric.answers(85)).expect(201)
    again = council.result(one).expect(201).json()
    assert (again["sheets_count"], again["total"]) == (8, 78), "77 * 7 + 85 over 8"
    assert [(flag["scorer_id"], flag["total"]) for flag in again["outliers"]] == [(late["id"], 85)], "more than half of 10 from the middle"
    assert len(early) == 7


# ---- Bands, and what beats the sum ----

def test_the_bands_are_half_open_for_averages_too(ocop, office, one, rubric):
    council = Council(office, scorers=2)
    council.assign(one).expect(201)
    scan = council.scan()
    for first, second, total, stars in ((29, 30, 29.5, 1), (30, 30, 30, 2), (49, 50, 49.5, 2), (50, 50, 50, 3), (69, 70, 69.5, 3), (70, 70, 70, 4),
                                        (89, 90, 89.5, 4), (90, 90, 90, 5)):
        sheets = council.score(one, [rubric.answers(first), rubric.answers(second)], paper=scan)
        made = council.result(one).expect(201).json()
        assert (made["total"], made["stars"]) == (total, stars)
        assert {warning["code"] for warning in made["warnings"]} == {"ocop_council_size"}, "three members are few, and no text says how many"
        office.delete(at(made, "results"), if_match=1).expect(204)
        for sheet in sheets:
            office.patch(at(sheet), {"status": "voided", "note": "Chấm lại"}, if_match=1).expect(200)


def test_averages_of_parts_are_rounded_and_added(ocop, office, one, council, rubric):
    sheets = council.score(one, [rubric.answers(70), rubric.answers(71), rubric.answers(71)])
    made = council.result(one).expect(201).json()
    for part in "abc":
        exact = sum(sheet[f"part_{part}"] for sheet in sheets) / 3
        assert abs(made[f"part_{part}"] - exact) <= 0.005 + 1e-9
    assert made["total"] == pytest.approx(made["part_a"] + made["part_b"] + made["part_c"])


def test_an_eliminating_option_beats_the_sum(ocop, office, one, council, rubric):
    council.score(one, rubric.answers(88, A1_1="0"))
    made = council.approved(one)
    assert (made["total"], made["stars"], made["certifying_tier"]) == (88, 0, None)
    assert made["limits"] == [{"criterion_code": "A1.1", "max_stars": 0, "sheets_count": 3, "is_applied": True}]
    ocop.by("province", one, "close_scoring", **IN_2025)
    refused = ocop.act(office, one, "recognise", **IN_2025).expect(409, "guard-failed")
    assert refused.errors == {("#/action", "ocop_recognised_stars")}
    assert ocop.by("province", one, "decline", **IN_2025)["status"] == "not_recognised"


def test_one_of_three_who_eliminates_is_shown_and_does_not_decide(office, one, council, rubric):
    council.score(one, [rubric.answers(80, A1_1="0"), rubric.answers(80), rubric.answers(80)])
    made = council.result(one).expect(201).json()
    assert made["stars"] == 4 and made["limits"] == [{"criterion_code": "A1.1", "max_stars": 0, "sheets_count": 1, "is_applied": False}]


def test_five_stars_need_the_option_that_is_marked_so(office, one, council, rubric):
    council.score(one, rubric.answers(92, C9_1="2"))
    made = council.result(one).expect(201).json()
    assert (made["total"], made["stars"]) == (92, 4)
    assert made["limits"] == [{"criterion_code": "C9.1", "max_stars": 4, "sheets_count": 3, "is_applied": True}]


# ---- Spread and passes ----

def test_totals_too_far_apart_make_the_council_score_again(ocop, office, one, council, rubric):
    refused = council.enter(one, council.scorers[0], rubric.answers(70), pass_no=2).expect(409, "guard-failed")
    assert refused.errors == {("#/pass_no", "ocop_sheet_pass")}
    first = council.score(one, [rubric.answers(70), rubric.answers(75), rubric.answers(81)])
    wide = council.approved(one)
    assert (wide["spread"], wide["is_rescore_due"]) == (11, True)
    refused = ocop.act(office, one, "close_scoring", **IN_2025).expect(409, "guard-failed")
    assert refused.errors == {("#/action", "ocop_spread")} and "11" in refused.json()["errors"][0]["detail"]
    council.score(one, [rubric.answers(74), rubric.answers(75), rubric.answers(76)], pass_no=2)
    assert council.result(one).expect(409, "guard-failed").errors == {("#/pass_no", "ocop_sheet_pass")}
    again = council.approved(one, pass_no=2)
    assert (again["total"], again["spread"], again["is_rescore_due"]) == (75, 2, False)
    ocop.by("province", one, "close_scoring", **IN_2025)
    rows = office.get(f"/v1/ocop/results?registration_id={one['id']}&sort=updated_at").expect(200).json()["data"]
    assert [(row["pass_no"], row["total"]) for row in rows] == [(1, pytest.approx(75.33, abs=0.011)), (2, 75)], "both passes stay"
    kept = office.get(f"{SHEETS}?registration_id={one['id']}&pass_no=1").expect(200).json()["data"]
    assert {row["id"] for row in kept} == {sheet["id"] for sheet in first} and {row["status"] for row in kept} == {"submitted"}


def test_ten_points_apart_are_not_too_far(ocop, one, council, rubric):
    council.score(one, [rubric.answers(70), rubric.answers(75), rubric.answers(80)])
    assert council.approved(one)["is_rescore_due"] is False
    assert ocop.by("province", one, "close_scoring", **IN_2025)["status"] == "scored"


def test_test_results_open_a_second_pass(ocop, office, one, council, rubric):
    council.score(one, rubric.answers(75))
    council.approved(one)
    refused = council.enter(one, council.scorers[0], rubric.answers(60), pass_no=2).expect(409, "guard-failed")
    assert refused.errors == {("#/pass_no", "ocop_sheet_pass")}, "nobody said why"
    ocop.by("province", one, "close_scoring", **IN_2025)
    ocop.act(office, one, "rescore", **{**IN_2025, "note": "Có kết quả thử nghiệm"}).expect(201)
    council.score(one, rubric.answers(60), pass_no=2)
    council.approved(one, pass_no=2)
    ocop.by("province", one, "close_scoring", **IN_2025)
    assert ocop.by("province", one, "recognise", **IN_2025)["stars"] == 3, "of the latest pass"


# ---- Quorum, and what a council needs ----

def test_without_quorum_or_chair_there_is_no_result(one, office, council, rubric):
    assert council.result(one).expect(409, "guard-failed").errors == {("#/council_id", "ocop_quorum")}
    council.score(one, rubric.answers(75), council.scorers[:2])
    refused = council.result(one).expect(409, "guard-failed")
    assert refused.errors == {("#/council_id", "ocop_quorum")} and refused.json()["errors"][0]["legal_basis"] == "148/QĐ-TTg"
    four = Council(office, scorers=4)
    four.assign(one).expect(201)
    four.score(one, rubric.answers(75), four.scorers[1:3])
    council.score(one, rubric.answers(75), council.scorers[2:])
    council.result(one).expect(201)


def test_three_of_four_need_the_chair_among_them(one, office, rubric):
    council = Council(office, scorers=4)
    council.assign(one).expect(201)
    council.score(one, rubric.answers(75), council.scorers[1:])
    assert council.result(one).expect(409, "guard-failed").errors == {("#/council_id", "ocop_quorum")}
    council.score(one, rubric.answers(75), council.scorers[:1])
    assert council.result(one).expect(201).json()["sheets_count"] == 4


def test_a_council_has_a_decision_a_chair_and_a_secretary(one, office, rubric):
    bare = Council(office, scorers=2, decision=None)
    bare.assign(one).expect(201)
    bare.score(one, rubric.answers(75))
    chair, secretary = bare.scorers[0], bare.secretary
    office.delete(f"{bare.path}/members/{secretary['id']}", if_match=1).expect(204)
    bare.change(chair, role="member").expect(200)
    assert bare.result(one).expect(409, "guard-failed").errors == {
        ("#/council_id", name) for name in ("ocop_council_decision", "ocop_council_chair", "ocop_council_secretary")}
    assert bare.member(role="chair")["role"] == "chair"
    assert office.post(f"{bare.path}/members", {"role": "chair", "position": "x"}).expect(409, "taken").errors == {
        ("#/role", "ocop_council_member_chair_key")}


# ---- Sheets ----

def test_a_sheet_that_was_handed_in_is_locked(office, one, council, rubric):
    scorer = council.scorers[0]
    draft = council.enter(one, scorer, rubric.answers(75)[:3], status="draft").expect(201).json()
    assert draft["submitted_at"] is None and [answer["points"] for answer in draft["answers"]] == [
        next(option["points"] for leaf in rubric.leaves if leaf["code"] == answer["criterion_code"]
             for option in leaf["options"] if option["code"] == answer["option_code"]) for answer in draft["answers"]]
    refused = office.patch(at(draft), {"status": "submitted"}, if_match=1).expect(422, "invalid")
    assert refused.errors == {("#/answers", "ocop_sheet_incomplete")}
    done = office.patch(at(draft), {"answers": rubric.answers(75), "status": "submitted"}, if_match=1).expect(200).json()
    assert (done["total"], done["status"]) == (75, "submitted") and done["submitted_at"]
    for change in ({"answers": rubric.answers(90)}, {"status": "draft"}, {"note": "x"}, {"paper": None}):
        assert office.patch(at(draft), change, if_match=2).expect(409, "guard-failed").errors == {("#/status", "ocop_sheet_locked")}
    assert council.enter(one, scorer, rubric.answers(90)).expect(409, "taken").json()["existing_id"] == draft["id"]
    assert office.patch(at(draft), {"status": "voided"}, if_match=2).expect(409).errors == {("#/note", "ocop_sheet_void_note")}
    assert office.patch(at(draft), {"status": "voided", "note": "Ghi nhầm phiếu"}, if_match=2).expect(200).json()["status"] == "voided"
    council.enter(one, scorer, rubric.answers(90)).expect(201)


def test_options_are_sent_and_never_points(office, one, council, rubric):
    answers, scorer = rubric.answers(75), council.scorers[0]
    refused = council.enter(one, scorer, [{**answers[0], "points": 100}, *answers[1:]]).expect(422, "invalid")
    assert refused.errors == {("#/answers/0/points", "additionalProperties")}
    wrong = [{**answers[0], "option_code": "99"}, {**answers[1], "criterion_code": "Z9"}, answers[2], answers[2]]
    refused = council.enter(one, scorer, wrong, status="draft").expect(422, "invalid")
    assert refused.errors == {("#/answers/0/option_code", "unknown_reference"), ("#/answers/1/criterion_code", "unknown_reference"),
                              ("#/answers/3/criterion_code", "ocop_sheet_criterion_twice")}


def test_a_sheet_from_paper_has_its_scan(ocop, office, one, council, rubric):
    refused = council.enter(one, council.scorers[0], rubric.answers(75), paper=None).expect(422, "invalid")
    assert refused.errors == {("#/paper/file_id", "ocop_sheet_paper")}
    bare = {"kind": "other", "document_no": "07"}
    assert council.enter(one, council.scorers[0], rubric.answers(75), paper=bare).expect(422).errors == {("#/paper/file_id", "ocop_sheet_paper")}
    made = council.enter(one, council.scorers[0], rubric.answers(75)).expect(201).json()
    assert made["is_paper"] and made["entered_by"] == office.id != made["scorer_id"]
    office.delete(f"/v1/files/{made['paper']['file_id']}", if_match=1).expect(409, "still-referenced")
    elsewhere = ocop.cast["commune"].post(SHEETS, council.body(one, council.scorers[1], rubric.answers(75), paper=made["paper"] and {
        "kind": "other", "file_id": made["paper"]["file_id"]}))
    assert elsewhere.expect(422, "invalid").errors == {("#/scorer_id", "ocop_sheet_other_scorer")}, "the office of the council stands at its tier"


def test_who_does_not_score(ocop, office, one, council, rubric):
    answers = rubric.answers(75)
    assert council.enter(one, council.secretary, answers).expect(409).errors == {("#/scorer_id", "ocop_sheet_no_scorer")}
    other = Council(office, scorers=1)
    assert other.enter(one, other.scorers[0], answers).expect(409).errors == {("#/registration_id", "ocop_sheet_not_assigned")}
    assert council.enter(one, other.scorers[0], answers).expect(422).errors == {("#/scorer_id", "unknown_reference")}
    team = Council(office, scorers=1, kind="advisory_team")
    team.assign(one).expect(201)
    assert team.enter(one, team.scorers[0], answers).expect(409).errors == {("#/council_id", "ocop_sheet_council")}
    assert office.post("/v1/ocop/results", {"registration_id": one["id"], "council_id": team.one["id"]}).expect(422).errors == {
        ("#/council_id", "unknown_reference")}
    office.patch(council.path, {"status": "ended"}, if_match=1).expect(200)
    assert council.enter(one, council.scorers[0], answers).expect(409).errors == {("#/council_id", "ocop_sheet_council_ended")}


def test_only_what_is_being_scored(ocop, office, one, council, rubric):
    council.score(one, rubric.answers(75))
    council.approved(one)
    ocop.by("province", one, "close_scoring", **IN_2025)
    refused = council.enter(one, council.scorers[0], rubric.answers(75), pass_no=2).expect(409)
    assert ("#/registration_id", "ocop_sheet_scoring") in refused.errors


def test_the_self_assessment_stands_beside(ocop, office, one, council, rubric):
    body = {"registration_id": one["id"], "kind": "self", "answers": rubric.answers(95), "status": "submitted"}
    made = office.post(SHEETS, body).expect(201).json()
    assert (made["total"], made["council_id"], made["scorer_id"]) == (95, None, None)
    assert office.post(SHEETS, body).expect(409, "taken").json()["existing_id"] == made["id"]
    with_scorer = {**body, "council_id": council.one["id"], "scorer_id": council.scorers[0]["id"]}
    assert office.post(SHEETS, with_scorer).expect(422).errors == {("#/kind", "ocop_score_sheet_kind_scorer")}
    office.patch(at(made), {"status": "voided", "note": "Nộp nhầm"}, if_match=1).expect(200)
    office.post(SHEETS, body).expect(201)
    council.score(one, rubric.answers(75))
    assert council.result(one).expect(201).json()["total"] == 75
    draft = ocop.draft(office, product_set_id=set_of(ocop, "QD148-13"))
    early = office.post(SHEETS, {**body, "registration_id": draft["id"]}).expect(201).json()
    assert early["rubric_id"] == one["rubric_id"], "before it is handed in the rubric of today holds"
    bare = ocop.draft(office)
    assert office.post(SHEETS, {**body, "registration_id": bare["id"]}).expect(409).errors == {("#/registration_id", "ocop_sheet_rubric")}


# ---- Assignments ----

def test_what_is_assigned(ocop, office, one, council, rubric):
    chair, member = council.scorers[0], council.scorers[2]
    taken = council.assign(one).expect(409, "taken")
    assert taken.errors == {("#/registration_id", "ocop_council_assignment_key")}
    other = Council(office, scorers=3)
    other.change(other.scorers[1], conflicts=[{"establishment_id": one["establishment_id"], "reason": "Người thân"}]).expect(200)
    refused = other.assign(one, member_ids=[other.scorers[1]["id"]]).expect(409, "guard-failed")
    assert refused.errors == {("#/member_ids", "ocop_sheet_conflict")}
    assert other.assign(one, member_ids=[member["id"]]).expect(422).errors == {("#/member_ids/0", "unknown_reference")}
    assert other.assign({"id": absent_id()}).expect(422).errors == {("#/registration_id", "unknown_reference")}
    made = other.assign(one, member_ids=[other.scorers[0]["id"]]).expect(201).json()
    assert made["scorers_count"] == 1
    assert other.enter(one, other.scorers[2], rubric.answers(75)).expect(409).errors == {("#/registration_id", "ocop_sheet_not_assigned")}
    office.delete(f"{other.path}/assignments/{made['id']}", if_match=1).expect(204)
    row, = office.get(f"{council.path}/assignments?registration_id={one['id']}").expect(200).json()["data"]
    council.enter(one, chair, rubric.answers(75)).expect(201)
    office.delete(f"{council.path}/assignments/{row['id']}", if_match=1).expect(409, "still-referenced")
    office.delete(f"{council.path}/members/{chair['id']}", if_match=1).expect(409, "still-referenced")
    office.delete(council.path, if_match=1).expect(409, "still-referenced")
    council.change(member, role="secretary").expect(409, "taken")
    draft = ocop.draft(office)
    assert council.assign(draft).expect(409, "guard-failed").errors == {("#/registration_id", "ocop_assignment_tier")}


def test_conflicts_name_what_there_is(council):
    member = council.scorers[1]
    for conflict, place, fault in (({}, "", "ocop_conflict_of_one"), ({"registration_id": absent_id()}, "/registration_id", "unknown_reference"),
                                   ({"establishment_id": absent_id()}, "/establishment_id", "unknown_reference")):
        refused = council.change(member, conflicts=[{**conflict, "reason": "x"}]).expect(422, "invalid")
        assert refused.errors == {(f"#/conflicts/0{place}", fault)}
    assert council.change(member, user_id=absent_id()).expect(422).errors == {("#/user_id", "unknown_reference")}


def test_a_council_of_a_round_holds_the_round(office):
    path = office.post("/v1/ocop/rounds", {"tier": "province", "year": 2025, "round_no": 71}).expect(201).headers["Location"]
    path = path[path.index("/v1/"):]
    council = Council(office, scorers=1, round_id=path.rpartition("/")[2])
    office.delete(path, if_match=1).expect(409, "still-referenced")
    office.delete(council.path, if_match=1).expect(204)
    office.delete(path, if_match=1).expect(204)
    refused = office.post(f"{council.path}/restore", if_match=2).expect(409, "guard-failed")
    assert refused.errors == {("#/round_id", "restored_without_parent")}


def test_councils_are_of_their_tier(ocop, office, council):
    for tier in ("commune", "district", "central"):
        ocop.cast[tier].post("/v1/ocop/councils", {"name": "x", "tier": "province"}).expect(403, "outside-territory")
        ocop.cast[tier].patch(council.path, {"note": "x"}, if_match=1).expect(403, "outside-territory")
    assert ocop.cast["commune"].post("/v1/ocop/councils", {"name": "x"}).expect(422).errors == {("#/tier", "ocop_council_tier_known")}
    assert office.post("/v1/ocop/councils", {"name": "x", "round_id": absent_id()}).expect(422).errors == {("#/round_id", "unknown_reference")}
    national = Council(ocop.cast["central"], scorers=1)
    assert office.get(national.path).expect(200).json()["province_code"] is None
    office.patch(national.path, {"note": "x"}, if_match=1).expect(403, "outside-territory")


# ---- Results typed in, and made ----

def test_averages_are_made_or_typed_in_with_their_evidence(ocop, office, one, council, rubric):
    typed = ocop.result("province", one, (30, 20, 20), evidence_grade="signed_decision").expect(201).json()
    assert (typed["origin"], typed["evidence_grade"], typed["council_id"]) == ("imported", "signed_decision", None)
    assert office.patch(at(typed, "results"), {"evidence_grade": "official_news"}, if_match=1).expect(200).json()["evidence_grade"] == "official_news"
    office.delete(at(typed, "results"), if_match=2).expect(204)
    assert office.post("/v1/ocop/results", {"registration_id": one["id"], "part_a": 30}).expect(422).errors == {
        ("#/part_b", "required"), ("#/part_c", "required")}
    council.score(one, rubric.answers(75))
    both = council.result(one, part_a=40, evidence_grade="signed_decision").expect(422, "invalid")
    assert both.errors == {("#/part_a", "ocop_result_from_sheets"), ("#/evidence_grade", "ocop_result_from_sheets")}
    made = council.result(one, minutes=None).expect(201).json()
    assert office.patch(at(made, "results"), {"part_a": 40}, if_match=1).expect(422).errors == {("#/part_a", "ocop_result_from_sheets")}
    changed = office.patch(at(made, "results"), {"minutes": MINUTES}, if_match=1).expect(200).json()
    assert (changed["part_a"], changed["minutes"]["document_no"]) == (made["part_a"], MINUTES["document_no"])


# ---- Who sees what ----

@pytest.fixture(scope="module")
def persons(world, cluster):
    """Two members of a council with accounts of their own, and a client that speaks for them."""
    who = world.caller("86")
    def person(role):
        user = who.post("/v1/users", {"user_name": unique("thanh.vien"), "full_name": "Thành viên hội đồng"}).expect(201).json()
        who.post("/v1/role-assignments", {"user_id": user["id"], "role": role}).expect(201)
        acting = type(who)(who.service, who.contract, who.client, world.token(who.client, acting_user=user["id"]), who.scopes)
        acting.user_id = user["id"]
        return acting
    return [person("council_member"), person("council_member"), person("council_secretary")]


@pytest.fixture
def sitting(office, one, persons):
    """A chair whose sheets come on paper, and two members with accounts; the second has a council of his own besides."""
    council = Council(office, scorers=3, accounts=[None, persons[0].user_id, persons[1].user_id])
    council.assign(one).expect(201)
    return council


def seen(who, registration):
    return {row["id"] for row in who.get(f"{SHEETS}?registration_id={registration['id']}").expect(200).json()["data"]}


def own(who, council, registration, place, answers, **members):
    return who.post(SHEETS, council.body(registration, council.scorers[place], answers, **members))


def test_a_member_sees_only_his_own_sheet_until_all_are_in(office, one, sitting, persons, rubric):
    first, second, secretary = persons
    mine = own(first, sitting, one, 1, rubric.answers(74)).expect(201).json()
    assert mine["entered_by"] == first.user_id and mine["paper"] is None
    theirs = own(second, sitting, one, 2, rubric.answers(76), status="draft").expect(201).json()
    assert seen(first, one) == {mine["id"]} and seen(second, one) == {theirs["id"]}
    assert seen(office, one) == seen(secretary, one) == set(), "nor does the office, nor another tier"
    first.get(at(theirs)).expect(404, "not-found")
    first.patch(at(theirs), {"note": "x"}, if_match=1).expect(404, "not-found")
    taken = own(first, sitting, one, 2, rubric.answers(60)).expect(422, "invalid")
    assert taken.errors == {("#/scorer_id", "ocop_sheet_other_scorer")}
    paper = sitting.enter(one, sitting.scorers[0], rubric.answers(75)).expect(201).json()
    assert seen(office, one) == {paper["id"]} and paper["entered_by"] == office.id
    second.patch(at(theirs), {"status": "submitted"}, if_match=1).expect(200)
    second.patch(at(theirs), {"status": "voided", "note": "x"}, if_match=2).expect(403, "outside-territory")
    for who in (first, second, office, secretary):
        assert seen(who, one) == {mine["id"], theirs["id"], paper["id"]}, "all are in"
        assert who.get(at(mine)).expect(200).json()["total"] == 74
    assert sitting.result(one).expect(201).json()["total"] == 75


def test_the_secretary_enters_for_a_member(office, one, sitting, persons, rubric):
    secretary = persons[2]
    refused = secretary.post(SHEETS, sitting.body(one, sitting.scorers[1], rubric.answers(75))).expect(422, "invalid")
    assert refused.errors == {("#/paper/file_id", "ocop_sheet_paper")}
    made = secretary.post(SHEETS, sitting.body(one, sitting.scorers[1], rubric.answers(75), paper=sitting.scan())).expect(201).json()
    assert made["entered_by"] == secretary.user_id
    assert persons[0].get(at(made)).expect(200).json()["id"] == made["id"], "it is his sheet"
    persons[1].get(at(made)).expect(404, "not-found")


def test_a_member_sees_only_what_is_assigned_to_him(ocop, office, one, sitting, persons, rubric):
    first, second, secretary = persons
    other = scoring(ocop)
    sitting.assign(other, member_ids=[sitting.scorers[1]["id"]]).expect(201)
    first.get(ocop.path(other)).expect(200)
    second.get(ocop.path(other)).expect(404, "not-found")
    secretary.get(ocop.path(other)).expect(200)
    listed = {row["id"] for page in second.pages("/v1/ocop/registrations", 200) for row in page}
    assert one["id"] in listed and other["id"] not in listed
    second.get(f"{ocop.path(other)}/transitions").expect(404, "not-found")
    assert own(second, sitting, other, 2, rubric.answers(75)).expect(422).errors == {("#/registration_id", "unknown_reference")}
    typed = ocop.result("province", other, (30, 20, 20)).expect(201).json()
    second.get(at(typed, "results")).expect(404, "not-found")
    assert second.get(f"/v1/ocop/results?registration_id={other['id']}").expect(200).json()["data"] == []
    office.delete(at(typed, "results"), if_match=1).expect(204)
    mine = own(first, sitting, other, 1, rubric.answers(75)).expect(201).json()
    second.get(at(mine)).expect(404, "not-found")
    sitting.change(sitting.scorers[2], conflicts=[{"registration_id": one["id"], "reason": "Người thân"}]).expect(200)
    second.get(ocop.path(one)).expect(404, "not-found")


def test_a_member_writes_nothing_but_his_sheet(office, one, sitting, persons):
    first = persons[0]
    first.post("/v1/ocop/councils", {"name": "x"}).expect(403, "outside-territory")
    first.patch(sitting.path, {"note": "x"}, if_match=1).expect(403, "outside-territory")
    first.post(f"{sitting.path}/members", {"role": "member", "position": "x"}).expect(403, "outside-territory")
    first.post(f"{sitting.path}/assignments", {"registration_id": one["id"]}).expect(403, "outside-territory")


REQUEST, REVIEW = "supplement-requests", "reviews"


def test_a_member_writes_no_registration(ocop, office, one, sitting, persons):
    first, second, _ = persons
    other = scoring(ocop)
    sitting.assign(other, member_ids=[sitting.scorers[1]["id"]]).expect(201)
    gone = ocop.draft(office)
    office.delete(ocop.path(gone), if_match=1).expect(204)
    for who, which, refusal in ((first, other, (403, "outside-territory")), (second, other, (404, "not-found")), (first, gone, (404, "not-found"))):
        who.patch(ocop.path(which), {"note": "x"}, if_match=which["version"]).expect(*refusal)
        who.delete(ocop.path(which), if_match=which["version"]).expect(*refusal)
        who.post(f"{ocop.path(which)}/restore", if_match=which["version"]).expect(*refusal)
    who = first
    body = {"product_id": ocop.draft(office)["product_id"]}
    who.post("/v1/ocop/registrations", body).expect(403, "outside-territory")
    who.put(f"/v1/ocop/registrations/by-ref/cham-diem/{unique('r')}", body).expect(403, "outside-territory")
    assert ocop.now(other)["version"] == other["version"]


def test_a_member_reads_what_was_asked_and_found_of_his_registrations_alone(ocop, office, persons):
    first, second, _ = persons
    one = ocop.submitted("2025-07-10", product_set_id=set_of(ocop, "QD148-13"))
    ocop.by("commune", one, "review", "forward", **IN_2025)
    review = ocop.review("province", ocop.by("province", one, "review", **IN_2025)).expect(201).json()
    asked = ocop.asked("province", one, "Ảnh nơi sản xuất").expect(201).json()
    council = Council(office, scorers=3, accounts=[None, first.user_id, second.user_id])
    council.assign(one, member_ids=[council.scorers[1]["id"]]).expect(201)
    for who, ids in ((first, True), (second, False), (office, True)):
        for kind, record in ((REQUEST, asked), (REVIEW, review)):
            rows = who.get(f"/v1/ocop/{kind}?registration_id={one['id']}").expect(200).json()["data"]
            assert (record["id"] in {row["id"] for row in rows}) is ids
            who.get(at(record, kind)).expect(200 if ids else 404)
        who.get(f"{at(review, REVIEW)}/transitions").expect(200 if ids else 404)
    first.patch(at(asked, REQUEST), {"answers": [{"item_no": 1, "note": "x"}]}, if_match=1).expect(403, "outside-territory")
    second.patch(at(asked, REQUEST), {"answers": [{"item_no": 1, "note": "x"}]}, if_match=1).expect(404, "not-found")


def test_each_wall_keeps_members_from_registrations_alone(world, cluster, ocop, office, sitting, persons):
    first, second, _ = persons
    one = scoring(ocop)
    sitting.assign(one, member_ids=[sitting.scorers[1]["id"]]).expect(201)
    with cluster.connect("kc_api") as connection, connection.transaction(force_rollback=True):  # the query's condition is gone
        claims = {"app.client_id": first.id, "app.user_id": first.user_id, "app.roles": "council_member", "app.provinces": "86,83",
                  "app.tier": "province", "app.organisation_id": first.client["organisation_id"]}
        for name, value in claims.items():
            connection.execute("select set_config(%s, %s, true)", [name, value])
        locked = "select count(*) from (select from ocop_registration where id = %s for no key update) x"
        assert connection.execute(locked, [one["id"]]).fetchone()[0] == 1, "what he scores stays as it is meanwhile"
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("update ocop_registration set note = 'x', version = version + 1 where id = %s", [one["id"]])
    cluster.sql("create role kc_registrations login bypassrls in role kc_api")
    with world.start(KC_DATABASE_URL=cluster.url(user="kc_registrations")) as service:  # the policies are gone
        eventually(lambda: world.http(service).get("/readyz").status == 200, "/readyz")
        for who, refusal in ((first, (403, "outside-territory")), (second, (404, "not-found"))):
            there = type(who)(service, who.contract, who.client, who.token, who.scopes)
            there.patch(ocop.path(one), {"note": "x"}, if_match=one["version"]).expect(*refusal)
            there.delete(ocop.path(one), if_match=one["version"]).expect(*refusal)
            there.post(f"{ocop.path(one)}/restore", if_match=one["version"]).expect(*refusal)
    assert ocop.now(one)["version"] == one["version"]


def test_each_wall_hides_sheets_alone(world, cluster, office, one, sitting, persons, rubric):
    first, second, _ = persons
    theirs = own(second, sitting, one, 2, rubric.answers(76)).expect(201).json()
    with cluster.connect("kc_api") as connection, connection.transaction(force_rollback=True):  # the query's condition is gone
        claims = {"app.client_id": first.id, "app.user_id": first.user_id, "app.roles": "council_member", "app.provinces": "86,83", "app.tier": "province",
                  "app.organisation_id": first.client["organisation_id"]}
        for name, value in claims.items():
            connection.execute("select set_config(%s, %s, true)", [name, value])
        count = "select count(*) from ocop_score_sheet where id = %s"
        assert connection.execute(count, [theirs["id"]]).fetchone()[0] == 0
        connection.execute("select set_config('app.user_id', %s, true)", [second.user_id])
        assert connection.execute(count, [theirs["id"]]).fetchone()[0] == 1
    cluster.sql("create role kc_sheets login bypassrls in role kc_api")
    with world.start(KC_DATABASE_URL=cluster.url(user="kc_sheets")) as service:  # the policies are gone
        eventually(lambda: world.http(service).get("/readyz").status == 200, "/readyz")
        for who, expected in ((first, set()), (second, {theirs["id"]})):
            there = type(who)(service, who.contract, who.client, who.token, who.scopes)
            assert seen(there, one) == expected
            there.get(at(theirs)).expect(200 if expected else 404)


def test_another_province_learns_nothing(ocop, office, one, council, rubric, caller):
    stranger = caller(province="01")
    sheet = council.enter(one, council.scorers[0], rubric.answers(75)).expect(201).json()
    for path in (at(sheet), council.path, f"{council.path}/members", f"{council.path}/members/{council.scorers[0]['id']}", f"{council.path}/assignments"):
        stranger.get(path).expect(404, "not-found")
    assert seen(stranger, one) == set()
    bodies = [{"registration_id": which, "council_id": council.one["id"], "scorer_id": council.scorers[0]["id"], "answers": []} for which in (one["id"], absent_id())]
    there, nowhere = (stranger.post(SHEETS, body).expect(422, "invalid") for body in bodies)
    assert there.json()["errors"] == nowhere.json()["errors"]


def test_sheets_are_gone_with_their_registration(office, one, council, rubric, cluster):
    sheet = council.enter(one, council.scorers[0], rubric.answers(75)[:1], status="draft").expect(201).json()
    office.get(at(sheet), headers={"If-None-Match": '"1"'}).expect(304)
    bury(cluster, "ocop_registration", one["id"])
    office.get(at(sheet)).expect(410, "deleted")
    office.patch(at(sheet), {"note": "x"}, if_match=1).expect(410, "deleted")


# ---- A registration of each regime, from registration to certificate ----

REGIMES = [("2022-06-01", "QD1048-ca_phe_ca_cao", 60, ["district", "province"], "province", "district"),
           ("2023-06-01", "QD148-13", 60, ["district"], "district", "province"),
           ("2025-07-10", "QD148-13", 75, ["province"], "province", "central"),
           ("2026-06-01", "QD26-13", 92, ["province", "central"], "central", "province")]


@pytest.mark.parametrize("day, product_set, total, tiers, issuer, other", REGIMES, ids=[regime[1] + regime[0][:4] for regime in REGIMES])
def test_a_registration_of_each_regime_walks_to_its_certificate(ocop, day, product_set, total, tiers, issuer, other):
    acted = {"acted_on": day[:4] + "-08-01"}
    one = ocop.submitted(day, product_set_id=set_of(ocop, product_set))
    rubric = Rubric(ocop.cast["province"], one["rubric_id"])
    if one["tier"] == "commune":
        ocop.by("commune", one, "review", "forward", **acted)
    for tier in tiers:
        council = Council(ocop.cast[tier], scorers=2)
        ocop.by(tier, one, "review", "open_scoring", **acted)
        council.assign(one).expect(201)
        council.score(one, rubric.answers(total))
        result = council.approved(one)
        ocop.by(tier, one, "close_scoring", **acted)
        if tier != tiers[-1]:
            ocop.by(tier, one, "forward", **acted)
    ocop.act(ocop.cast[other], one, "recognise", **acted).expect(409, "invalid-transition")
    done = ocop.by(issuer, one, "recognise", **acted)
    stars = 3 if total == 60 else 4 if total == 75 else 5
    assert (done["status"], done["stars"], done["tier"]) == ("recognised", stars, issuer)
    body = {"result_id": result["id"], "certificate_no": unique("15/GCN"), "issued_on": acted["acted_on"], "decision": DECISION}
    refused = ocop.cast[other].post("/v1/ocop/certificates", body).expect(409, "guard-failed")
    assert refused.errors == {("#/result_id", "certificate_issuer_tier")}
    made = ocop.cast[issuer].post("/v1/ocop/certificates", body).expect(201).json()
    assert (made["stars"], made["tier"], made["origin"]) == (stars, issuer, "native")


def test_a_higher_council_lowers_the_rank_and_both_evaluations_stay(ocop):
    one = ocop.submitted("2022-06-01", product_set_id=set_of(ocop, "QD1048-ca_phe_ca_cao"))
    rubric = Rubric(ocop.cast["province"], one["rubric_id"])
    for tier, total in (("district", 75), ("province", 65)):
        council = Council(ocop.cast[tier], scorers=2)
        ocop.by(tier, one, "review", "open_scoring", **DAY)
        council.assign(one).expect(201)
        council.score(one, rubric.answers(total))
        council.approved(one)
        ocop.by(tier, one, "close_scoring", **DAY)
        if tier == "district":
            ocop.by(tier, one, "forward", **DAY)
    assert ocop.by("province", one, "recognise", **DAY)["stars"] == 3
    rows = ocop.cast["province"].get(f"/v1/ocop/results?registration_id={one['id']}&sort=updated_at").expect(200).json()["data"]
    assert [(row["tier"], row["total"], row["stars"]) for row in rows] == [("district", 75, 4), ("province", 65, 3)]
