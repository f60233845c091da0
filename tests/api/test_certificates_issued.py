# SPDX-License-Identifier: MIT
"""OCOP certificates for results of councils: whose stars, by whom, how long, one for each result, and what they take the place of."""
import uuid

import pytest

from support.lives import move
from support.ocop import DECISION, Ocop
from support.samples import absent_id
from support.world import at_once, unique, until_served

CERTIFICATES = "/v1/ocop/certificates"
IN_2023, IN_2025 = ({"acted_on": f"{year}-08-01"} for year in (2023, 2025))
THREE, FOUR, FIVE = (25, 15, 20), (30, 20, 20), (38, 24, 31)


@pytest.fixture(scope="module")
def cast(world):
    return {tier: world.caller("86", tier=tier) for tier in ("commune", "district", "province")} | {"central": world.caller(None)}


@pytest.fixture(scope="module")
def ocop(cast):
    return Ocop(cast)


def scored_by(ocop, tier, parts, **members):
    """A registration of 2023 with the result of that tier, and what the tiers below it found."""
    one = ocop.submitted("2023-06-01", **members)
    for below in ("district", "province", "central"):
        result = ocop.scored(below, one, parts, **IN_2023)
        if below == tier:
            return one, result
        one = ocop.by(below, one, "forward", **IN_2023)


def recognised(ocop, tier="province", parts=FOUR, **members):
    one, result = scored_by(ocop, tier, parts, **members)
    ocop.by(tier, one, "recognise", **IN_2023)
    return result


def body(result, **members):
    return {"result_id": result["id"], "certificate_no": unique("15/GCN"), "issued_on": "2023-08-15", "decision": DECISION, **members}


def issue(who, result, **members):
    return who.post(CERTIFICATES, body(result, **members))


def issue_at_once(world, who, bodies, **headers):
    def ask(http, sent):
        return until_served(lambda: http.post(CERTIFICATES, sent, headers=headers))

    return at_once(world, who, [lambda http, sent=sent: ask(http, sent) for sent in bodies])


# ---- What stands on it ----

def test_stars_names_and_term_are_those_of_the_result(ocop, http):
    result = recognised(ocop)
    made = issue(ocop.cast["province"], result).expect(201).json()
    one = ocop.now({"id": result["registration_id"]})
    assert (made["origin"], made["status"], made["stars"], made["tier"], made["history_quality"]) == ("native", "expired", 4, "province", "full")
    assert (made["result_id"], made["registration_id"], made["product_id"], made["establishment_id"], made["product_set"]["id"]) == (
        result["id"], one["id"], one["product_id"], one["establishment_id"], one["product_set_id"])
    assert (made["province_code"], made["codes_on"], made["product_name"]) == (one["province_code"], one["codes_on"], one["product_name"])
    assert made["issuer"]["id"] == ocop.cast["province"].client["organisation_id"] and made["evidence_grade"] is None
    assert (made["issued_on"], made["valid_to"]) == ("2023-08-15", "2026-08-14")
    assert {warning["code"] for warning in made["warnings"]} == {"certificate_last_day_uncertain"}
    assert http.get(f"/v1/public/certificates/{made['public_no']}").expect(200).json()["stars"] == 4


def test_whether_the_day_itself_counts_is_a_parameter(ocop, cluster):
    result, shift = recognised(ocop), "update parameter set value = %s where code = 'certificate_last_day_shift' returning value"
    cluster.sql(shift, 0)
    try:
        made = issue(ocop.cast["province"], result).expect(201).json()
    finally:
        cluster.sql(shift, -1)
    assert made["valid_to"] == "2026-08-15"


@pytest.mark.parametrize("tier, parts, stars", [("district", THREE, 3), ("province", FOUR, 4), ("central", FIVE, 5)])
def test_the_tier_of_the_procedure_issues(ocop, tier, parts, stars):
    result = recognised(ocop, tier, parts)
    for other in {"district", "province", "central"} - {tier}:
        refused = issue(ocop.cast[other], result).expect(409, "guard-failed")
        assert refused.errors == {("#/result_id", "certificate_issuer_tier")}
        assert tier in refused.json()["errors"][0]["detail"] and refused.json()["errors"][0]["legal_basis"] == "148/QĐ-TTg"
    made = issue(ocop.cast[tier], result).expect(201).json()
    assert (made["stars"], made["tier"], made["issuer"]["tier"]) == (stars, tier, tier)


def test_another_issuer_stands_at_the_same_tier(ocop, world):
    result, who = recognised(ocop), ocop.cast["province"]
    wrong = issue(who, result, issuer_id=ocop.cast["district"].client["organisation_id"]).expect(409, "guard-failed")
    assert wrong.errors == {("#/issuer_id", "certificate_issuer_tier")}
    assert issue(who, result, issuer_id=absent_id()).expect(422, "invalid").errors == {("#/issuer_id", "unknown_reference")}
    committee = world.organisation("86", "province")
    made = issue(who, result, issuer_id=committee, issuer_name="Ủy ban nhân dân tỉnh (minh họa)").expect(201).json()
    assert (made["issuer"]["id"], made["issuer"]["name"]) == (committee, "Ủy ban nhân dân tỉnh (minh họa)")


def test_what_the_result_says_is_not_said_beside_it(ocop):
    result = recognised(ocop)
    said = {"stars": 4, "tier": "province", "valid_to": "2026-08-14", "product_id": absent_id(), "establishment_id": absent_id(),
            "product_set_id": absent_id(), "registration_id": result["registration_id"], "product_code": "83-829-28780-3-2022",
            "evidence_grade": "signed_decision", "history_quality": "full"}
    refused = issue(ocop.cast["province"], result, **said).expect(422, "invalid")
    assert refused.errors == {(f"#/{name}", "certificate_from_result") for name in said}
    assert issue(ocop.cast["province"], result, stars=5).expect(422).errors == {("#/stars", "certificate_from_result")}


def test_what_is_issued_needs_a_result_and_what_is_mirrored_has_none(ocop):
    who = ocop.cast["province"]
    bare = {"certificate_no": unique("15/GCN"), "issued_on": "2023-08-15"}
    for origin in ({}, {"origin": "native"}):
        assert who.post(CERTIFICATES, {**bare, **origin}).expect(422, "invalid").errors == {("#/result_id", "required")}
    result = recognised(ocop)
    one = ocop.now({"id": result["registration_id"]})
    mirrored = {"origin": "mirrored", "product_id": one["product_id"], "stars": 4, "tier": "province", "issuer_name": "Nơi ban hành minh họa",
                "evidence_grade": "signed_decision"}
    assert ("#/result_id", "certificate_result_required") in issue(who, result, **mirrored).expect(422, "invalid").errors


def test_a_decision_is_that_of_the_result_where_no_other_is_sent(ocop):
    who, (one, result) = ocop.cast["province"], scored_by(ocop, "province", FOUR)
    ocop.by("province", one, "recognise", **IN_2023)
    bare = {name: value for name, value in body(result).items() if name != "decision"}
    assert who.post(CERTIFICATES, bare).expect(422, "invalid").errors == {("#/decision", "required")}
    other = ocop.submitted("2025-07-10")
    ocop.by("commune", other, "review", "forward", **IN_2025)
    ocop.by("province", other, "review", "open_scoring", **IN_2025)
    named = ocop.approved("province", other, FOUR, decision={**DECISION, "document_no": "77/QĐ-UBND"})
    ocop.by("province", other, "close_scoring", "recognise", **IN_2025)
    made = who.post(CERTIFICATES, {**bare, "result_id": named["id"], "issued_on": "2025-08-15"}).expect(201).json()
    assert made["decision"]["document_no"] == "77/QĐ-UBND"


# ---- What has none ----

def test_two_stars_have_no_certificate(ocop, cluster):
    one, result = scored_by(ocop, "district", (20, 10, 19.99))
    who = ocop.cast["district"]
    assert issue(who, result).expect(409, "guard-failed").errors == {
        ("#/result_id", "certificate_result_stars"), ("#/result_id", "certificate_result_recognised")}
    cluster.sql("update ocop_registration set status = 'recognised' where id = %s returning id", one["id"])
    refused = issue(who, result).expect(409, "guard-failed")
    assert refused.errors == {("#/result_id", "certificate_result_stars")} and "49.99" in refused.json()["errors"][0]["detail"]


def test_only_the_approved_result_of_the_recognition(ocop, cluster):
    who, (one, result) = ocop.cast["province"], scored_by(ocop, "province", FOUR)
    assert issue(who, result).expect(409, "guard-failed").errors == {("#/result_id", "certificate_result_recognised")}
    ocop.by("province", one, "recognise", **IN_2023)
    district, = [row for row in who.get(f"/v1/ocop/results?registration_id={one['id']}").expect(200).json()["data"] if row["tier"] == "district"]
    assert issue(who, district).expect(409, "guard-failed").errors == {("#/result_id", "certificate_result_recognised")}
    cluster.sql("update ocop_result set status = 'draft' where id = %s returning id", result["id"])
    assert issue(who, result).expect(409, "guard-failed").errors == {("#/result_id", "certificate_result_approved")}


def test_none_before_the_recognition(ocop):
    refused = issue(ocop.cast["province"], recognised(ocop), issued_on="2023-07-31").expect(422, "invalid")
    assert refused.errors == {("#/issued_on", "certificate_before_recognition")} and "2023-08-01" in refused.json()["errors"][0]["detail"]


def test_a_result_out_of_sight_is_like_none(ocop, caller):
    result, stranger = recognised(ocop), caller(province="01")
    there, nowhere = (issue(stranger, which).expect(422, "invalid") for which in (result, {"id": absent_id()}))
    assert there.errors == nowhere.errors == {("#/result_id", "unknown_reference")}
    assert there.json()["errors"] == nowhere.json()["errors"]


# ---- One for each result ----

def test_sixteen_at_once_make_one(ocop, world):
    who, result = ocop.cast["province"], recognised(ocop)
    replies = issue_at_once(world, who, [body(result) for _ in range(16)])
    assert sorted(reply.status for reply in replies) == [201] + [409] * 15
    made, = [reply.json() for reply in replies if reply.status == 201]
    assert all(reply.json()["existing_id"] == made["id"] for reply in replies if reply.status == 409)
    listed = who.get(f"{CERTIFICATES}?registration_id={result['registration_id']}").expect(200).json()["data"]
    assert [row["id"] for row in listed] == [made["id"]]


def test_sixteen_times_the_same_request_make_one(ocop, world):
    who, result = ocop.cast["province"], recognised(ocop)
    replies = issue_at_once(world, who, [body(result)] * 16, **{"Idempotency-Key": str(uuid.uuid4())})
    made = [reply.json()["id"] for reply in replies if reply.status == 201]
    assert made and len(set(made)) == 1 and {reply.status for reply in replies} <= {201, 409}
    assert all(reply.code == "request-in-progress" for reply in replies if reply.status == 409)
    assert len(who.get(f"{CERTIFICATES}?registration_id={result['registration_id']}").expect(200).json()["data"]) == 1


def test_a_second_certificate_names_the_first(ocop):
    who, result = ocop.cast["province"], recognised(ocop)
    made = issue(who, result).expect(201).json()
    assert issue(who, result, issued_on="2024-01-05").expect(409, "taken").json()["existing_id"] == made["id"]


def test_what_a_certificate_rests_on_stays(ocop):
    who, result = ocop.cast["province"], recognised(ocop)
    issue(who, result).expect(201)
    for path in (Ocop.path({"id": result["registration_id"]}), f"/v1/ocop/results/{result['id']}"):
        assert move(who, path, "correct").expect(409, "guard-failed").errors == {("#/action", "ocop_certified")}


# ---- Upgrades ----

def test_a_new_certificate_takes_the_place_of_the_former(ocop, http):
    """From three stars of the district to four of the province; what ran out before stays as it is."""
    who, first = ocop.cast["province"], recognised(ocop, "district", THREE)
    product = ocop.now({"id": first["registration_id"]})["product_id"]
    second = recognised(ocop, kind="upgrade", product_id=product)
    old = who.post(CERTIFICATES, {"origin": "mirrored", "product_id": product, "certificate_no": unique("1/GCN"), "stars": 3, "tier": "province",
                                  "issuer_name": "Nơi ban hành minh họa", "decision": DECISION, "issued_on": "2020-01-05",
                                  "valid_to": "2023-01-04", "evidence_grade": "signed_decision"}).expect(201).json()
    former = issue(ocop.cast["district"], first).expect(201).json()
    made = issue(who, second, issued_on="2024-03-01").expect(201).json()
    now = who.get(f"{CERTIFICATES}/{former['id']}").expect(200).json()
    assert (now["status"], now["replaced_by_id"], now["version"]) == ("superseded", made["id"], 2)
    act, = who.get(f"{CERTIFICATES}/{former['id']}/transitions").expect(200).json()["data"]
    assert (act["action"], act["from_status"], act["to_status"], act["acted_on"]) == ("supersede", "valid", "superseded", "2024-03-01")
    seen = http.get(f"/v1/public/certificates/{former['public_no']}").expect(200).json()
    assert (seen["status"], seen["replaced_by"]) == ("superseded", made["public_no"])
    assert who.get(f"{CERTIFICATES}/{old['id']}").expect(200).json()["status"] == "expired"
    assert who.get(f"{CERTIFICATES}/{made['id']}").expect(200).json()["status"] == "valid"
