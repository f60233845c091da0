# SPDX-License-Identifier: MIT
"""Rubrics of OCOP: whole sets of criteria in and out, every fault of the points named at once, frozen once published; samples."""
import pytest

from support.lives import move, walk_an_act
from support.ocop import Ocop


@pytest.fixture(scope="module")
def centre(caller):
    return caller(province=None)


@pytest.fixture
def who(caller):
    return caller(province="86")


def at(rubric):
    return f"/v1/ocop/rubrics/{rubric['id']}"


def options(*points, eliminating=()):
    return [{"code": str(n), "label_vi": f"Mức {n}", "points": value, "is_eliminating": value in eliminating} for n, value in enumerate(points)]


def whole(a=40, b=25, c=35):
    """A part, below it a section, below it one criterion; for each part."""
    rows = []
    for part, points in (("A", a), ("B", b), ("C", c)):
        rows += [{"code": part, "part": part, "name_vi": f"Phần {part}", "max_points": points, "options": []},
                 {"code": f"{part}1", "parent_code": part, "part": part, "name_vi": "Mục", "max_points": points, "options": []},
                 {"code": f"{part}1.1", "parent_code": f"{part}1", "part": part, "name_vi": "Tiêu chí", "max_points": points,
                  "options": options(0, points, eliminating=(0,))}]
    return rows


def free_set(who, decision="148/QĐ-TTg"):
    """A set of the decision without a published rubric."""
    taken = {row["product_set_id"] for page in who.pages("/v1/ocop/rubrics?status=published&limit=200") for row in page}
    return next(row["id"] for page in who.pages(f"/v1/ocop/product-sets?legal_basis={decision}") for row in page if row["id"] not in taken)


def rubric(who, **members):
    body = {"product_set_id": free_set(who), "name_vi": "Bộ tiêu chí thử nghiệm", "criteria": whole(), **members}
    return who.post("/v1/ocop/rubrics", body).expect(201).json()


def faults(reply):
    return {(fault["pointer"], fault["code"]) for fault in reply.expect(409, "guard-failed").json()["errors"]}


def test_samples_say_what_they_are_and_add_up(who):
    samples = [row for page in who.pages("/v1/ocop/rubrics?is_sample=true&status=published") for row in page if row["organisation_id"] is None]
    assert len(samples) == 9
    sets = {row["id"]: row for decision in ("1048", "148", "26/2026")
            for page in who.pages(f"/v1/ocop/product-sets?legal_basis={decision}/QĐ-TTg") for row in page}
    counted = {}
    for row in samples:
        one = who.get(at(row)).expect(200).json()
        assert one["name_vi"].startswith("MẪU") and one["name_en"].startswith("SAMPLE") and one["is_sample"]
        assert one["faults_count"] == 0 and row["criteria_count"] == 22
        of = sets[one["product_set_id"]]
        parts = {part: sum(c["max_points"] for c in one["criteria"] if c["part"] == part and c["parent_code"] is None) for part in "ABC"}
        assert parts == {"A": of["part_a_max"], "B": of["part_b_max"], "C": of["part_c_max"]}
        counted[of["legal_basis"]["document_no"]] = counted.get(of["legal_basis"]["document_no"], 0) + 1
    assert counted == {"1048/QĐ-TTg": 3, "148/QĐ-TTg": 3, "26/2026/QĐ-TTg": 3}


def test_what_is_exported_is_imported(who, centre):
    sample = who.get("/v1/ocop/rubrics?is_sample=true&status=published&limit=1").expect(200).json()["data"][0]
    criteria = who.get(at(sample)).expect(200).json()["criteria"]
    copy = rubric(who, product_set_id=sample["product_set_id"], criteria=criteria)
    assert copy["criteria"] == criteria and copy["faults_count"] == 0
    assert move(centre, at(copy), "publish").expect(409, "taken").errors == {("#/action", "ocop_rubric_published_key")}


def test_publishing_names_every_fault_at_once(who, centre):
    bad = whole(a=38)  # a real system had sets that add up to 98
    bad[2]["options"] = options(0, 30)
    bad[4]["max_points"] = 20
    bad[5]["parent_code"] = "X9"
    bad[8]["code"] = "A1.1"
    bad[7]["options"] = [*options(0, 35), *options(0)]
    made = rubric(who, criteria=bad)
    found = faults(move(centre, at(made), "publish"))
    assert found == {("#/criteria/2/options", "ocop_rubric_best_option"), ("#/criteria/5/parent_code", "ocop_rubric_parent"),
                     ("#/criteria/3/max_points", "ocop_rubric_children_sum"), ("#/criteria/4/options", "ocop_rubric_best_option"),
                     ("#/criteria/7/options", "ocop_rubric_options_of_leaf"), ("#/criteria/7/options", "ocop_rubric_option_twice"),
                     ("#/criteria/8/code", "ocop_rubric_code_twice"), ("#/criteria", "ocop_rubric_part_sum"), ("#/criteria", "ocop_rubric_hundred")}
    assert made["faults_count"] >= len(found) and centre.get(at(made)).json()["status"] == "draft"


@pytest.mark.parametrize("parts, decision, refused", [((40, 25, 35), "148/QĐ-TTg", False), ((35, 25, 40), "148/QĐ-TTg", True), ((40, 25, 35), "1048/QĐ-TTg", True)])
def test_the_parts_are_those_of_the_decision(who, centre, parts, decision, refused):
    made = rubric(who, product_set_id=free_set(who, decision), criteria=whole(*parts))
    reply = move(centre, at(made), "publish")
    if refused:
        assert faults(reply) == {("#/criteria", "ocop_rubric_part_sum")}
    else:
        assert reply.expect(201).json()["snapshot_id"]


def test_what_is_published_is_frozen_and_for_everybody(who, centre, caller):
    made, stranger = rubric(who), caller(province="01")
    stranger.get(at(made)).expect(404, "not-found")
    assert move(who, at(made), "publish").expect(409, "invalid-transition").json()["allowed_actions"] == []
    move(centre, at(made), "publish").expect(201)
    assert stranger.get(at(made)).expect(200).json()["criteria"] == made["criteria"]
    stranger.patch(at(made), {"note": "x"}, if_match=2).expect(403, "outside-territory")
    who.patch(at(made), {"criteria": []}, if_match=2).expect(409, "guard-failed")
    who.delete(at(made), if_match=2).expect(409, "guard-failed")
    move(centre, at(made), "retire").expect(201)
    assert stranger.get(at(made)).json()["status"] == "retired"


def test_points_outside_the_contract(who):
    bad = whole()
    bad[2]["options"][1]["points"] = 101
    refused = who.post("/v1/ocop/rubrics", {"product_set_id": free_set(who), "name_vi": "x", "criteria": bad}).expect(422, "invalid")
    assert refused.errors == {("#/criteria/2/options/1/points", "maximum")}


def test_a_registration_keeps_the_rubric_of_its_day(who, caller):
    ocop = Ocop({"province": who, "commune": caller(province="86", tier="commune")})
    set_id = next(row["product_set_id"] for page in who.pages("/v1/ocop/rubrics?is_sample=true&status=published") for row in page
                  if row["name_en"].endswith("148/QĐ-TTg"))
    published = who.get(f"/v1/ocop/rubrics?product_set_id={set_id}&status=published").expect(200).json()["data"][0]
    assert ocop.submitted("2025-07-10", product_set_id=set_id)["rubric_id"] == published["id"]
    assert ocop.submitted("2025-07-10")["rubric_id"] is None, "there is none for this set"


def test_an_act_on_a_rubric_from_trial_to_the_end(who, centre, cluster):
    walk_an_act(cluster, centre, at(rubric(who)), "ocop_rubric", {"action": "publish"})
