# SPDX-License-Identifier: MIT
"""OCOP from submission to recognition: the procedure of the day, the tiers it asks for, results and their stars. Case I of the
domain with its figures."""
import pytest

from support.lives import bury, move, walk_an_act
from support.ocop import DECISION, MINUTES, Ocop
from support.samples import absent_id

DAY = {"acted_on": "2022-08-01"}
IN_2023, IN_2025, IN_2026 = ({"acted_on": f"{year}-08-01"} for year in (2023, 2025, 2026))


@pytest.fixture(scope="module")
def cast(world):
    return {tier: world.caller("86", tier=tier) for tier in ("commune", "district", "province")} | {"central": world.caller(None)}


@pytest.fixture(scope="module")
def ocop(cast):
    return Ocop(cast)


@pytest.fixture
def stranger(caller):
    return caller(province="01")


def at(result):
    return f"/v1/ocop/results/{result['id']}"


# ---- Procedures ----

def test_each_day_has_one_procedure(cast):
    def procedure(day):
        found, = cast["province"].get("/v1/ocop/procedures", params={"valid_on": day}).expect(200).json()["data"]
        return found
    assert [procedure(day)["code"] for day in ("2019-08-21", "2023-02-23", "2023-02-24", "2025-07-05", "2025-07-06", "2026-05-21", "2026-05-22")] \
        == ["QD1048", "QD1048", "QD148", "QD148", "QD148-1489", "QD148-1489", "QD26-2026"]
    assert (procedure("2026-06-01")["certainty"], procedure("2026-06-01")["enforcement"]) == ("uncertain", "warn")
    third = {day: [t["tier"] for t in procedure(day)["certifying_tiers"]] for day in ("2022-06-01", "2023-06-01", "2025-07-10")}
    assert third == {"2022-06-01": ["province", "province", "central"], "2023-06-01": ["district", "province", "central"],
                     "2025-07-10": ["province", "province", "central"]}
    assert [step["tier"] for step in procedure("2025-07-10")["steps"]].count("district") == 0
    one = cast["province"].get(f"/v1/ocop/procedures/{procedure('2025-07-10')['id']}").expect(200).json()
    assert one == procedure("2025-07-10")
    assert cast["province"].get("/v1/ocop/procedures?valid_on=2019-08-20").expect(200).json()["data"] == []


# ---- The way through the tiers ----

def test_1048_the_district_scores_and_the_province_recognises_three_stars(ocop):
    one = ocop.submitted("2022-06-01")
    assert (one["tier"], one["status"]) == ("district", "submitted")
    ocop.act(ocop.cast["province"], one, "review", **DAY).expect(409, "invalid-transition")
    ocop.scored("district", one, (25, 15, 20), **DAY)
    ocop.act(ocop.cast["district"], one, "recognise", **DAY).expect(409, "invalid-transition")
    assert ocop.by("district", one, "forward", **DAY)["tier"] == "province"
    ocop.scored("province", one, (24, 15, 20), **DAY)
    done = ocop.by("province", one, "recognise", **DAY)
    assert (done["status"], done["stars"], done["tier"]) == ("recognised", 3, "province")


def test_148_the_district_recognises_three_stars(ocop):
    one = ocop.submitted("2023-06-01")
    assert one["tier"] == "district"
    ocop.scored("district", one, (25, 15, 20), **IN_2023)
    ocop.act(ocop.cast["province"], one, "recognise", **IN_2023).expect(409, "invalid-transition")
    done = ocop.by("district", one, "recognise", **IN_2023)
    assert (done["status"], done["stars"]) == ("recognised", 3)


def test_148_the_district_does_not_recognise_four_stars(ocop):
    one = ocop.submitted("2023-06-01")
    ocop.scored("district", one, (30, 20, 20), **IN_2023)
    refused = ocop.act(ocop.cast["district"], one, "recognise", **IN_2023).expect(409, "guard-failed")
    assert refused.errors == {("#/action", "ocop_recognised_by")}
    ocop.by("district", one, "forward", **IN_2023)
    ocop.scored("province", one, (30, 20, 20), **IN_2023)
    assert ocop.by("province", one, "recognise", **IN_2023)["stars"] == 4


def test_1489_the_commune_reports_and_there_is_no_district(ocop):
    one = ocop.submitted("2025-07-10")
    assert one["tier"] == "commune"
    ocop.act(ocop.cast["district"], one, "review", **IN_2025).expect(409, "invalid-transition")
    ocop.by("commune", one, "review", **IN_2025)
    ocop.act(ocop.cast["commune"], one, "open_scoring", **IN_2025).expect(409, "invalid-transition")
    assert ocop.by("commune", one, "forward", **IN_2025)["tier"] == "province"
    ocop.scored("province", one, (25, 15, 20), **IN_2025)
    assert ocop.by("province", one, "recognise", **IN_2025)["stars"] == 3


@pytest.mark.parametrize("day, acted", [("2022-06-01", DAY), ("2026-06-01", IN_2026)])
def test_ninety_points_go_to_the_centre(ocop, day, acted):
    """31.00 + 24.00 + 38.00 = 93.00 under 1048; under 26/2026 the parts weigh 40, 25, 35."""
    one, parts = ocop.submitted(day), (31, 24, 38) if day == "2022-06-01" else (38, 24, 31)
    if one["tier"] == "district":
        ocop.scored("district", one, parts, **acted)
    else:
        assert "ocop_procedure_uncertain" in {warning["code"] for warning in one["warnings"]}
        ocop.by("commune", one, "review", **acted)
    ocop.by(one["tier"], one, "forward", **acted)
    found = ocop.scored("province", one, parts, **acted)
    assert (found["total"], found["stars"], found["certifying_tier"]) == (93, 5, "central")
    refused = ocop.act(ocop.cast["province"], one, "recognise", **acted).expect(409, "guard-failed")
    assert refused.errors == {("#/action", "ocop_recognised_by")}
    assert ocop.by("province", one, "forward", **acted)["tier"] == "central"
    ocop.act(ocop.cast["province"], one, "review", **acted).expect(409, "invalid-transition")
    ocop.scored("central", one, parts, **acted)
    done = ocop.by("central", one, "recognise", **acted)
    assert (done["status"], done["stars"], done["tier"]) == ("recognised", 5, "central")


def test_the_centre_lowers_the_rank_and_both_evaluations_stay(ocop):
    one = ocop.submitted("2022-06-01")
    ocop.scored("district", one, (31, 24, 38), **DAY)
    ocop.by("district", one, "forward", **DAY)
    ocop.scored("province", one, (31, 24, 38), **DAY)
    ocop.by("province", one, "forward", **DAY)
    ocop.scored("central", one, (30, 22, 33), **DAY)
    act = ocop.act(ocop.cast["central"], one, "recognise", **DAY).expect(201).json()
    assert {warning["code"] for warning in act["warnings"]} == {"ocop_recognised_by"}, "how this is handled is not certain"
    assert ocop.now(one)["stars"] == 4
    rows = ocop.cast["province"].get(f"/v1/ocop/results?registration_id={one['id']}&sort=updated_at").expect(200).json()["data"]
    assert [(row["tier"], row["stars"]) for row in rows] == [("district", 5), ("province", 5), ("central", 4)]


def test_two_stars_are_not_recognised(ocop):
    one = ocop.submitted("2023-06-01")
    ocop.scored("district", one, (20, 10, 19.99), **IN_2023)
    refused = ocop.act(ocop.cast["district"], one, "recognise", **IN_2023).expect(409, "guard-failed")
    assert refused.errors == {("#/action", "ocop_recognised_stars")}
    assert ocop.by("district", one, "decline", **IN_2023)["status"] == "not_recognised"


def test_a_dossier_left_with_a_district_is_taken_on_by_the_province(ocop):
    one = ocop.submitted("2023-06-01")
    ocop.act(ocop.cast["province"], one, "review", **IN_2023).expect(409, "invalid-transition")
    ocop.act(ocop.cast["district"], one, "review", **IN_2025).expect(409, "invalid-transition")
    assert ocop.by("province", one, "review", **IN_2025)["status"] == "reviewing"


def test_a_supplement_and_a_withdrawal(ocop):
    one = ocop.submitted("2025-07-10")
    assert ocop.by("commune", one, "request_supplement", **IN_2025)["status"] == "supplement_requested"
    asked, = ocop.cast["province"].get(f"/v1/ocop/supplement-requests?registration_id={one['id']}").expect(200).json()["data"]
    ocop.cast["province"].patch(f"/v1/ocop/supplement-requests/{asked['id']}", {"answers": [{"item_no": 1, "note": "Đã bổ sung"}]}, if_match=1).expect(200)
    assert ocop.by("province", one, "submit", **IN_2025)["status"] == "submitted"
    assert ocop.by("province", one, "withdraw", **IN_2025)["status"] == "withdrawn"


def test_a_dossier_begins_where_its_procedure_begins(ocop):
    who = ocop.cast["province"]
    one = ocop.draft(who, kind="first", product_set_id=ocop.product_set("QD148-07"), tier="province")
    refused = ocop.act(who, one, "submit", acted_on="2025-07-10").expect(422, "invalid")
    assert ("#/tier", "ocop_tier_of_procedure") in refused.errors


# ---- Results ----

@pytest.fixture
def scoring(ocop):
    """With the council of the province, under 148 as amended."""
    one = ocop.submitted("2025-07-10")
    ocop.by("commune", one, "review", "forward", **IN_2025)
    return ocop.by("province", one, "review", "open_scoring", **IN_2025)


def test_the_bands_are_half_open(ocop, scoring):
    one = ocop.result("province", scoring, (0, 0, 0)).expect(201).json()
    for parts, total, stars in (((19.99, 10, 0), 29.99, 1), ((20, 10, 0), 30, 2), ((30, 19.99, 0), 49.99, 2), ((30, 20, 0), 50, 3), ((30, 20, 19.5), 69.5, 3),
                                ((30, 20, 19.99), 69.99, 3), ((30, 20, 20), 70, 4), ((39.99, 25, 25), 89.99, 4), ((40, 25, 25), 90, 5), ((40, 25, 35), 100, 5)):
        changed = ocop.cast["province"].patch(at(one), dict(zip(("part_a", "part_b", "part_c"), parts)), if_match=one["version"]).expect(200)
        one = changed.json()
        assert (one["total"], one["stars"]) == (total, stars)


def test_parts_are_rounded_half_up_to_two_places(ocop, scoring):
    one = ocop.result("province", scoring, (28.335, 20.004, 21.6649)).expect(201).json()
    assert (one["part_a"], one["part_b"], one["part_c"], one["total"], one["stars"]) == (28.34, 20, 21.66, 70, 4)


def test_part_c_of_38_belongs_to_1048_alone(ocop, scoring):
    refused = ocop.result("province", scoring, (31, 24, 38)).expect(422, "invalid")
    assert refused.errors == {("#/part_c", "ocop_result_part_max")}
    assert "35" in refused.json()["errors"][0]["detail"] and refused.json()["errors"][0]["legal_basis"] == "148/QĐ-TTg"
    old = ocop.submitted("2022-06-01")
    ocop.by("district", old, "review", "open_scoring", **DAY)
    assert ocop.result("district", old, (31, 24, 38)).expect(201).json()["total"] == 93


def test_each_pass_has_one_result(ocop, scoring):
    one = ocop.result("province", scoring, (30, 20, 20)).expect(201).json()
    assert ocop.result("province", scoring, (30, 20, 20)).expect(409, "taken").json()["existing_id"] == one["id"]
    refused = ocop.result("province", scoring, (30, 20, 20), pass_no=2).expect(409, "guard-failed")
    assert refused.errors == {("#/pass_no", "ocop_result_pass")}, "nothing opened a second pass (test_ocop_hostile.py opens one)"


def test_results_are_of_the_tier_that_scores(ocop, scoring):
    ocop.result("commune", scoring, (30, 20, 20)).expect(403, "outside-territory")
    ocop.result("central", scoring, (30, 20, 20)).expect(403, "outside-territory")
    ocop.result("central", scoring, (30, 20, 20), tier="central").expect(409, "guard-failed")
    draft = ocop.draft(ocop.cast["province"])
    refused = ocop.result("province", draft, (30, 20, 20), tier="province").expect(409, "guard-failed")
    assert refused.errors == {("#/registration_id", "ocop_result_scoring")}
    one = ocop.result("province", scoring, (30, 20, 20)).expect(201).json()
    ocop.cast["commune"].get(at(one)).expect(200)
    ocop.cast["commune"].patch(at(one), {"note": "x"}, if_match=1).expect(403, "outside-territory")


def test_what_is_mirrored_is_not_scored(ocop):
    result = {"stars": 4, "decision_no": "MH-01/QĐ", "decided_on": "2022-09-01", "issuer_name": "Nơi ban hành minh họa"}
    one = ocop.draft(ocop.cast["province"], origin="mirrored", evidence_grade="signed_decision", recognition=result)
    refused = ocop.result("province", one, (30, 20, 20), tier="province").expect(409, "guard-failed")
    assert refused.errors == {("#/registration_id", "ocop_result_native")}
    assert (one["stars"], one["procedure_id"]) == (4, None)


def test_an_approved_result_stays(ocop, scoring):
    who = ocop.cast["province"]
    bare = ocop.result("province", scoring, (30, 20, 20), minutes=None).expect(201).json()
    assert move(who, at(bare), "approve").expect(409, "guard-failed").errors == {("#/action", "ocop_result_minutes")}
    ocop.by("province", scoring, "close_scoring", **IN_2025)
    assert ocop.act(who, scoring, "recognise", **IN_2025).expect(409, "guard-failed").errors >= {("#/action", "ocop_result_approved")}
    version = who.patch(at(bare), {"minutes": MINUTES, "decision": DECISION}, if_match=1).expect(200).json()["version"]
    done = move(who, at(bare), "approve").expect(201).json()
    assert done["snapshot_id"]
    who.patch(at(bare), {"part_a": 40}, if_match=version + 1).expect(409, "guard-failed")
    who.delete(at(bare), if_match=version + 1).expect(409, "guard-failed")
    who.delete(ocop.path(scoring), if_match=ocop.now(scoring)["version"]).expect(409, "still-referenced")


def test_scoring_ends_with_a_result(ocop, scoring):
    refused = ocop.act(ocop.cast["province"], scoring, "close_scoring", **IN_2025).expect(409, "guard-failed")
    assert refused.errors == {("#/action", "ocop_scored")}


def test_nobody_else_learns_of_a_registration(ocop, scoring, stranger):
    one = ocop.result("province", scoring, (30, 20, 20)).expect(201).json()
    stranger.get(ocop.path(scoring)).expect(404, "not-found")
    stranger.get(at(one)).expect(404, "not-found")
    assert stranger.get(f"/v1/ocop/results?registration_id={scoring['id']}").expect(200).json()["data"] == []
    bodies = [{"registration_id": which, "tier": "province", "part_a": 1, "part_b": 1, "part_c": 1} for which in (scoring["id"], absent_id())]
    for body in bodies:
        assert stranger.post("/v1/ocop/results", body).expect(422, "invalid").errors == {("#/registration_id", "unknown_reference")}


def test_an_act_on_a_result_from_trial_to_the_end(ocop, scoring, cluster):
    one = ocop.result("province", scoring, (30, 20, 20)).expect(201).json()
    walk_an_act(cluster, ocop.cast["province"], at(one), "ocop_result", {"action": "approve"})


def test_results_are_gone_with_their_registration(ocop, scoring, cluster):
    one = ocop.result("province", scoring, (30, 20, 20)).expect(201).json()
    bury(cluster, "ocop_registration", scoring["id"])
    ocop.cast["province"].get(at(one)).expect(410, "deleted")
