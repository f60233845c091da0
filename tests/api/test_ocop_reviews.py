# SPDX-License-Identifier: MIT
"""OCOP between submission and scoring: papers by regime and kind, citations, requests for supplements, the clock, reviews."""
import datetime

import pytest

from support.forms import pdf, send
from support.lives import bury, move, walk_an_act
from support.ocop import DECISION, LOCAL_CRITERIA, PAPERS, Ocop
from support.samples import absent_id

IN_2025 = {"acted_on": "2025-08-01"}
REQUESTS, REVIEWS = "/v1/ocop/supplement-requests", "/v1/ocop/reviews"


@pytest.fixture(scope="module")
def cast(world):
    return {tier: world.caller("86", tier=tier) for tier in ("commune", "district", "province")} | {"central": world.caller(None)}


@pytest.fixture(scope="module")
def ocop(cast):
    return Ocop(cast)


@pytest.fixture
def who(cast):
    return cast["province"]


@pytest.fixture
def stranger(caller):
    return caller(province="01")


def papers(record):
    return {entry["requirement_code"]: entry for entry in record["checklist"]}


def codes(reply, status=422, code="invalid"):
    return sorted((fault["pointer"], fault["code"]) for fault in reply.expect(status, code).json()["errors"])


def day(text):
    return datetime.date.fromisoformat(text)


# ---- Papers ----

@pytest.mark.parametrize("regime", ["2022-06-01", "2023-06-01", "2025-07-10", "2026-06-01"])
def test_each_kind_of_registration_has_its_papers(ocop, who, regime):
    asked = {kind: papers(ocop.draft(who, kind=kind, submitted_on=regime)) for kind in ("first", "upgrade", "re_evaluation")}
    assert set(asked["upgrade"]) - set(asked["first"]) == {"previous_certificate", "improvement_report"}
    assert set(asked["re_evaluation"]) - set(asked["first"]) == {"previous_certificate"}
    assert asked["upgrade"]["previous_certificate"]["record_kind"] == "upgrade" and asked["upgrade"]["registration_form"]["record_kind"] is None
    assert all(entry["legal_basis"]["document_no"] and entry["status"] == "missing" for entry in asked["upgrade"].values())
    listed = {row["code"] for row in who.get("/v1/document-requirements", params={
        "record_type": "ocop_registration", "valid_on": regime, "record_kind": "re_evaluation", "limit": 200}).expect(200).json()["data"]}
    assert listed == set(asked["re_evaluation"])


def test_the_papers_of_a_kind_are_missed_by_that_kind_alone(ocop, who):
    def missing(kind):
        made = ocop.draft(who, kind=kind, product_set_id=ocop.product_set("QD26-07"))
        return [warning["label_vi"] for warning in ocop.act(who, made, "submit").expect(201).json()["warnings"] if warning["code"] == "ocop_document_missing"]
    first, upgrade = missing("first"), missing("upgrade")
    assert len(first) == 2 and set(upgrade) - set(first) == {"Giấy chứng nhận OCOP đã được cấp (bản sao)",
                                                              "Báo cáo các nội dung đã cải thiện so với lần đánh giá trước"}


def test_papers_show_their_files_and_digests(ocop, who):
    sent = send(who, pdf(4000)).expect(201).json()
    made = ocop.draft(who, submitted_on="2022-06-01", checklist=[
        {"requirement_code": "business_plan", "file_ids": [sent["id"]]}, {"requirement_code": "organisation_profile", "cited_from": "business_plan"}])
    said = papers(made)
    assert said["business_plan"]["files"] == [{"file_id": sent["id"], **{name: sent[name] for name in ("file_name", "media_type", "size_bytes", "sha256")}}]
    assert (said["organisation_profile"]["files"], said["organisation_profile"]["file_ids"]) == (said["business_plan"]["files"], [])
    assert said["organisation_profile"]["status"] == "provided" and said["registration_form"]["files"] == []


def test_what_is_cited_is_there(ocop, who):
    made = ocop.draft(who)
    refused = who.patch(ocop.path(made), {"checklist": [
        {"requirement_code": "registration_form", "status": "provided"}, {"requirement_code": "business_plan", "cited_from": "registration_form"},
        {"requirement_code": "self_assessment", "cited_from": "business_plan"}, {"requirement_code": "awards", "cited_from": "test_report"}]}, if_match=1)
    assert codes(refused) == [("#/checklist/2/cited_from", "ocop_checklist_cited_missing"), ("#/checklist/3/cited_from", "ocop_checklist_cited_missing")]


def test_handing_in_names_every_missing_paper(ocop, who):
    made = ocop.draft(who, kind="first", product_set_id=ocop.product_set("QD1048-ca_phe_ca_cao"), submitted_on="2022-06-01",
                      checklist=[{"requirement_code": "business_plan", "status": "provided"}, {"requirement_code": "registration_form", "status": "rejected"}])
    refused = ocop.act(who, made, "submit", acted_on="2022-06-01").expect(422, "invalid").json()
    named = [fault["detail"] for fault in refused["errors"] if fault["code"] == "ocop_document_missing"]
    wanted = [entry["label_vi"] for entry in made["checklist"] if entry["is_required"] and entry["requirement_code"] != "business_plan"]
    assert named == [f"Thiếu giấy tờ: {label}" for label in wanted] and len(named) == 4


def test_files_stay_as_they_were_handed_in(ocop, who):
    one, sent = ocop.submitted("2025-07-10"), send(who, pdf(3000)).expect(201).json()["id"]
    said = [{"requirement_code": code, "status": "accepted"} for code in PAPERS]
    judged = who.patch(ocop.path(one), {"checklist": said}, if_match=one["version"]).expect(200).json()
    assert papers(judged)["business_plan"]["status"] == "accepted"
    added = [*said, {"requirement_code": "awards", "file_ids": [sent]}]
    assert codes(who.patch(ocop.path(one), {"checklist": added}, if_match=judged["version"])) == [("#/checklist", "ocop_registration_pinned")]
    report = [*said, {"requirement_code": "commune_report", "file_ids": [sent]}]
    who.patch(ocop.path(one), {"checklist": report}, if_match=judged["version"]).expect(200)


# ---- Supplements ----

@pytest.fixture
def waiting(ocop):
    """A registration of July 2025 for which the commune wants three things by 20/8/2025."""
    one = ocop.submitted("2025-07-10")
    made = ocop.asked("commune", one, {"requirement_code": "test_report", "description": "Phiếu kiểm nghiệm lô mới"}, "Ảnh nơi sản xuất",
                      "Giải trình nguồn gốc nguyên liệu", requested_on="2025-08-01", due_on="2025-08-20").expect(201).json()
    return one, made


def answer(who, request, *answers):
    version = who.get(f"{REQUESTS}/{request['id']}").json()["version"]
    return who.patch(f"{REQUESTS}/{request['id']}", {"answers": list(answers)}, if_match=version)


def test_items_are_asked_answered_and_handed_in(ocop, who, waiting):
    one, made = waiting
    assert ocop.now(one)["status"] == "supplement_requested"
    assert [(item["item_no"], item["requirement_code"], item["label_vi"]) for item in made["items"]] == [
        (1, "test_report", "Phiếu kết quả kiểm nghiệm"), (2, None, None), (3, None, None)]
    assert (made["tier"], made["requested_on"], made["due_on"], made["unanswered"]) == ("commune", "2025-08-01", "2025-08-20", [1, 2, 3])
    act = who.get(f"{ocop.path(one)}/transitions/{made['transition_id']}").expect(200).json()
    assert (act["action"], act["note"]) == ("request_supplement", "Phiếu kiểm nghiệm lô mới; Ảnh nơi sản xuất; Giải trình nguồn gốc nguyên liệu")
    sent = send(who, pdf(3000)).expect(201).json()
    first = {"item_no": 1, "file_ids": [sent["id"]]}
    part = answer(who, made, first, {"item_no": 3, "note": "Mua tại xã"}).expect(200).json()
    assert (part["unanswered"], part["answered_on"]) == ([2], None)
    assert part["answers"][0]["files"][0]["sha256"] == sent["sha256"]
    assert papers(ocop.now(one))["test_report"]["file_ids"] == [sent["id"]], "the file is now a paper of the dossier"
    refused = ocop.act(who, one, "submit", acted_on="2025-08-30")
    assert codes(refused, 409, "guard-failed") == [("#/action", "ocop_supplement_open")]
    assert "Ảnh nơi sản xuất" in refused.json()["errors"][0]["detail"]
    whole = answer(who, made, first, {"item_no": 3, "note": "Mua tại xã"}, {"item_no": 2, "note": "Đã gửi bản giấy"}).expect(200).json()
    assert (whole["status"], whole["unanswered"]) == ("answered", []) and whole["answered_on"]
    assert ocop.by("province", one, "submit", acted_on="2025-08-30")["status"] == "submitted"
    closed = who.get(f"{REQUESTS}/{made['id']}").expect(200).json()
    assert closed["closed_on"] == "2025-08-30" and ocop.now(one)["tier"] == "commune"
    assert codes(answer(who, made, first), 409, "guard-failed") == [("#/answers", "ocop_supplement_closed")]
    who.delete(f"/v1/files/{sent['id']}", if_match=1).expect(409, "still-referenced")


def test_late_ones_are_listed(ocop, who, waiting):
    _, made = waiting
    today_one = ocop.submitted("2026-06-01")
    fresh = ocop.asked("commune", today_one, "Bản sao có chứng thực", due_on="2099-01-01").expect(201).json()
    assert (made["status"], made["is_late"], fresh["status"], fresh["is_late"]) == ("expired", True, "open", False)

    def listed(**params):
        return {row["id"] for page in who.pages("/v1/ocop/supplement-requests?" + "&".join(f"{k}={v}" for k, v in params.items()), 200) for row in page}
    assert made["id"] in listed(status="expired") and fresh["id"] not in listed(status="expired")
    assert fresh["id"] in listed(status="open", tier="commune") and made["id"] not in listed(status="open", tier="commune")
    late = answer(who, made, *({"item_no": n, "note": "Đủ"} for n in (1, 2, 3))).expect(200).json()
    assert late["status"] == "answered" and late["is_late"] and all(one["is_late"] for one in late["answers"])
    assert made["id"] in listed(is_late="true") and made["id"] not in listed(status="expired")
    assert listed(registration_id=today_one["id"]) == {fresh["id"]}


def extend(who, request, **members):
    version = who.get(f"{REQUESTS}/{request['id']}").json()["version"]
    return who.patch(f"{REQUESTS}/{request['id']}", {"extension_note": "Phòng thử nghiệm chưa trả kết quả", **members}, if_match=version)


def test_the_asking_tier_gives_more_time(ocop, cast, who):
    one = ocop.submitted("2026-06-01")
    made = ocop.asked("commune", one, "Bản sao có chứng thực", due_on="2099-01-01").expect(201).json()
    assert made["extensions"] == []
    asker = cast["commune"]
    first = extend(asker, made, due_on="2099-02-01").expect(200).json()
    second = extend(asker, made, due_on="2099-03-01", extension_note="Bão").expect(200).json()
    assert (first["due_on"], second["due_on"], second["version"]) == ("2099-02-01", "2099-03-01", 3)
    assert [(was["due_on_before"], was["due_on"], was["note"]) for was in second["extensions"]] == [
        ("2099-01-01", "2099-02-01", "Phòng thử nghiệm chưa trả kết quả"), ("2099-02-01", "2099-03-01", "Bão")]
    waits = [row["due_on"] for page in who.pages("/v1/work-items?record_type=ocop_registration", 200) for row in page if row["record_id"] == one["id"]]
    assert waits == ["2099-03-01"], "whoever must answer sees the new day"
    clock = ocop.now(one)["clock"]
    assert clock is None or clock["is_suspended"] and not clock["is_late"]
    answer(who, made, {"item_no": 1, "note": "Đã gửi"}).expect(200)
    assert who.get(f"{REQUESTS}/{made['id']}").json()["extensions"] == second["extensions"]


def test_more_time_is_for_who_asked_and_before_the_day(ocop, cast, who, waiting, world, caller):
    _, over = waiting
    assert codes(extend(cast["commune"], over, due_on="2099-01-01"), 409, "guard-failed") == [("#/due_on", "ocop_supplement_due_passed")]
    one = ocop.submitted("2026-06-01")
    made = ocop.asked("commune", one, "x", due_on="2099-01-01").expect(201).json()
    for tier in ("province", "district", "central"):
        extend(cast[tier], made, due_on="2099-02-01").expect(403, "outside-territory")
    asker = cast["commune"]
    for members, faults in (({"due_on": "2099-01-01"}, [("#/due_on", "ocop_supplement_due_later")]), ({}, [("#/due_on", "required")])):
        assert codes(extend(asker, made, **members)) == faults
    bare = asker.patch(f"{REQUESTS}/{made['id']}", {"due_on": "2099-02-01"}, if_match=1)
    assert codes(bare) == [("#/extension_note", "required")]

    def holding(*scopes):
        return type(asker)(asker.service, asker.contract, asker.client, world.token(asker.client, scope=" ".join(("ocop:read", *scopes))), [])
    extend(holding("ocop:write"), made, due_on="2099-02-01").expect(403, "insufficient-scope")
    answer(holding("ocop:review"), made, {"item_no": 1, "note": "x"}).expect(403, "insufficient-scope")
    extend(holding("ocop:review"), made, due_on="2099-02-01").expect(200)
    answer(who, made, {"item_no": 1, "note": "x"}).expect(200)
    ocop.by("province", one, "submit")
    assert codes(extend(asker, made, due_on="2099-03-01"), 409, "guard-failed") == [("#/due_on", "ocop_supplement_closed")]


def test_wrong_answers_are_named_all_at_once(who, waiting):
    _, made = waiting
    refused = answer(who, made, {"item_no": 9, "note": "x"}, {"item_no": 1}, {"item_no": 2, "note": "x"}, {"item_no": 2, "note": "y"})
    assert codes(refused) == [("#/answers/0/item_no", "unknown_reference"), ("#/answers/1", "ocop_supplement_answer_empty"),
                              ("#/answers/3/item_no", "ocop_supplement_request_answers_shape")]
    lost = answer(who, made, {"item_no": 1, "file_ids": [absent_id()]})
    assert codes(lost) == [("#/answers/0/file_ids/0", "unknown_reference")]
    assert who.get(f"{REQUESTS}/{made['id']}").json()["version"] == 1


def test_a_request_is_the_holders_and_of_its_time(ocop, cast):
    one = ocop.submitted("2025-07-10")
    ocop.asked("province", one, "x").expect(409, "invalid-transition")
    wrong = ocop.asked("commune", one, {"requirement_code": "no_such_paper", "description": "x"}, requested_on="2025-08-01", due_on="2025-07-31")
    assert codes(wrong) == [("#/items/0/requirement_code", "unknown_reference")]
    early = ocop.asked("commune", one, "x", requested_on="2025-08-01", due_on="2025-07-31")
    assert codes(early) == [("#/due_on", "ocop_supplement_request_due_after_requested")]
    usual = ocop.asked("commune", one, "x", requested_on="2025-08-01").expect(201).json()
    days = cast["province"].get("/v1/parameters?code=ocop_supplement_days").expect(200).json()["data"][0]["value"]
    assert (day(usual["due_on"]) - day("2025-08-01")).days == days
    ocop.asked("commune", one, "x").expect(409, "invalid-transition")


def test_a_corrected_request_is_gone(ocop, cast, waiting):
    one, made = waiting
    ocop.act(cast["commune"], one, "correct", acted_on="2025-08-02").expect(201)
    assert ocop.now(one)["status"] == "submitted"
    cast["province"].get(f"{REQUESTS}/{made['id']}").expect(410, "deleted")
    cast["province"].patch(f"{REQUESTS}/{made['id']}", {"answers": []}, if_match=2).expect(410, "deleted")
    assert cast["province"].get(f"{REQUESTS}?registration_id={one['id']}").json()["data"] == []


def test_an_act_without_items_asks_for_what_its_note_says(ocop, who):
    one = ocop.submitted("2025-07-10")
    ocop.by("commune", one, "request_supplement", note="Thiếu chữ ký", **IN_2025)
    made, = who.get(f"{REQUESTS}?registration_id={one['id']}").expect(200).json()["data"]
    assert [item["description"] for item in made["items"]] == ["Thiếu chữ ký"]


def test_the_clock_stands_still_while_the_tier_waits(ocop, who, waiting):
    one, made = waiting
    clock = ocop.now(one)["clock"]
    assert (clock["tier"], clock["started_on"], clock["is_suspended"], clock["is_late"]) == ("commune", "2025-07-10", True, False)
    answer(who, made, *({"item_no": n, "note": "Đủ"} for n in (1, 2, 3))).expect(200)
    ocop.by("province", one, "submit", acted_on="2025-08-11")
    clock = ocop.now(one)["clock"]
    assert (clock["suspended_days"], clock["is_suspended"], clock["is_late"], clock["certainty"]) == (10, False, True, "uncertain")
    assert (day(clock["due_on"]) - day("2025-07-10")).days == clock["days"] + 10
    ocop.by("commune", one, "review", acted_on="2025-08-12")
    ocop.by("commune", one, "forward", acted_on="2025-08-13")
    after = ocop.now(one)["clock"]
    assert (after["tier"], after["started_on"], after["suspended_days"]) == ("province", "2025-08-13", 0)
    waits = [row for page in who.pages("/v1/work-items?record_type=ocop_registration", 200) for row in page if row["record_id"] == one["id"]]
    assert [row["due_on"] for row in waits] == [after["due_on"]]
    assert ocop.draft(who)["clock"] is None


def test_requests_are_of_nobody_else(ocop, waiting, stranger):
    one, made = waiting
    stranger.get(f"{REQUESTS}/{made['id']}").expect(404, "not-found")
    stranger.patch(f"{REQUESTS}/{made['id']}", {"answers": []}, if_match=1).expect(404, "not-found")
    assert stranger.get(f"{REQUESTS}?registration_id={one['id']}").expect(200).json()["data"] == []
    for which in (one["id"], absent_id()):
        refused = stranger.post(REQUESTS, {"registration_id": which, "items": [{"description": "x"}]})
        assert codes(refused) == [("#/registration_id", "unknown_reference")]


def test_requests_are_gone_with_their_registration(who, waiting, cluster):
    one, made = waiting
    bury(cluster, "ocop_registration", one["id"])
    who.get(f"{REQUESTS}/{made['id']}").expect(410, "deleted")
    who.patch(f"{REQUESTS}/{made['id']}", {"answers": []}, if_match=1).expect(410, "deleted")


# ---- Reviews ----

@pytest.fixture
def reviewing(ocop):
    """On the desk of the commune, under 148 as amended."""
    return ocop.by("commune", ocop.submitted("2025-07-10"), "review", **IN_2025)


def test_the_commune_sends_on_with_its_report(ocop, cast, reviewing):
    letter = {"kind": "official_letter", "document_no": "7/CV-UBND", "issuer_name": "UBND xã"}
    refused = cast["commune"].post(f"{ocop.path(reviewing)}/transitions", {"action": "forward", "documents": [DECISION]}, if_match=reviewing["version"])
    assert codes(refused, 409, "guard-failed") == [("#/checklist", "ocop_document_missing")] * 2
    assert {fault["legal_basis"] for fault in refused.json()["errors"]} == {"1489/QĐ-TTg"}
    draft = ocop.review("commune", reviewing, "commune_report", result=None).expect(201).json()
    at = f"{REVIEWS}/{draft['id']}"
    assert codes(move(cast["commune"], at, "sign")) == sorted([("#/result", "required"), *((f"#/local_criteria/{name}", "required") for name in LOCAL_CRITERIA)])
    said = {name: {"is_met": name != "local_labour", "finding": "Kiểm tra tại cơ sở"} for name in LOCAL_CRITERIA}
    cast["commune"].patch(at, {"result": "passed", "local_criteria": said}, if_match=1).expect(200)
    still = ocop.act(cast["commune"], reviewing, "forward", documents=[letter], **IN_2025)
    assert codes(still, 409, "guard-failed") == [("#/checklist", "ocop_document_missing")], "a draft is no report"
    move(cast["commune"], at, "sign").expect(201)
    ocop.act(cast["commune"], reviewing, "forward", documents=[letter], **IN_2025).expect(201)
    read = cast["province"].get(at).expect(200).json()
    assert (read["status"], read["local_criteria"]) == ("signed", said) and ocop.now(reviewing)["tier"] == "province"


def test_before_1489_nobody_reports(ocop):
    one = ocop.submitted("2023-06-01")
    ocop.scored("district", one, (30, 20, 20), acted_on="2023-08-01")
    assert ocop.by("district", one, "forward", acted_on="2023-08-01")["tier"] == "province"


def test_each_tier_reviews_what_it_holds(ocop, cast, reviewing):
    assert codes(ocop.review("province", reviewing), 409, "guard-failed") == [("#/registration_id", "ocop_review_held")]
    ocop.review("commune", reviewing, tier="province").expect(403, "outside-territory")
    one = ocop.review("commune", reviewing, "site_visit").expect(201).json()
    assert codes(move(cast["commune"], f"{REVIEWS}/{one['id']}", "sign")) == [("#/visited_on", "required")]
    cast["province"].get(f"{REVIEWS}/{one['id']}").expect(200)
    cast["province"].patch(f"{REVIEWS}/{one['id']}", {"note": "x"}, if_match=1).expect(403, "outside-territory")
    ocop.by("commune", reviewing, "forward", **IN_2025)
    assert codes(ocop.review("commune", reviewing), 409, "guard-failed") == [("#/registration_id", "ocop_review_held")]
    team = ocop.review("province", reviewing, "site_visit", visited_on="2025-08-05").expect(201).json()
    assert team["tier"] == "province" and codes(ocop.review("province", reviewing, "commune_report"), 409, "guard-failed") == [("#/kind", "ocop_review_commune")]
    rows = cast["province"].get(f"{REVIEWS}?registration_id={reviewing['id']}&sort=updated_at&tier=commune,province").expect(200).json()["data"]
    assert [(row["tier"], row["kind"], row["status"]) for row in rows] == [
        ("commune", "site_visit", "draft"), ("commune", "commune_report", "signed"), ("province", "site_visit", "draft")]
    late = cast["province"].patch(f"{REVIEWS}/{team['id']}", {"visited_on": "2999-01-01"}, if_match=1)
    assert codes(late) == [("#/visited_on", "date_in_future")]


def test_what_was_left_with_a_district_is_reviewed_by_the_province(ocop):
    one = ocop.by("province", ocop.submitted("2023-06-01"), "review", **IN_2025)
    assert (one["tier"], ocop.review("province", one).expect(201).json()["tier"]) == ("district", "province")


def test_a_signed_review_stays(ocop, cast, reviewing):
    one = ocop.review("commune", reviewing).expect(201).json()
    at = f"{REVIEWS}/{one['id']}"
    move(cast["commune"], at, "sign").expect(201)
    cast["commune"].patch(at, {"result": "not_passed"}, if_match=2).expect(409, "guard-failed")
    cast["commune"].delete(at, if_match=2).expect(409, "guard-failed")
    cast["province"].delete(ocop.path(reviewing), if_match=ocop.now(reviewing)["version"]).expect(409, "still-referenced")


def test_reviews_are_of_nobody_else(ocop, reviewing, stranger):
    one = ocop.review("commune", reviewing).expect(201).json()
    stranger.get(f"{REVIEWS}/{one['id']}").expect(404, "not-found")
    assert stranger.get(f"{REVIEWS}?registration_id={reviewing['id']}").expect(200).json()["data"] == []
    for which in (reviewing["id"], absent_id()):
        assert codes(stranger.post(REVIEWS, {"registration_id": which, "kind": "papers"})) == [("#/registration_id", "unknown_reference")]


def test_an_act_on_a_review_from_trial_to_the_end(ocop, cast, reviewing, cluster):
    one = ocop.review("commune", reviewing).expect(201).json()
    walk_an_act(cluster, cast["commune"], f"{REVIEWS}/{one['id']}", "ocop_review", {"action": "sign"})


def test_reviews_are_gone_with_their_registration(ocop, cast, reviewing, cluster):
    one = ocop.review("commune", reviewing).expect(201).json()
    bury(cluster, "ocop_registration", reviewing["id"])
    cast["commune"].get(f"{REVIEWS}/{one['id']}").expect(410, "deleted")


# ---- What everybody reads ----

def test_the_public_chooses_by_product_set(ocop, who, http):
    result = {"stars": 4, "decision_no": "77/QĐ-UBND", "decided_on": "2023-07-10", "issuer_name": "Ủy ban nhân dân (minh họa)"}
    told = ocop.draft(who, origin="mirrored", evidence_grade="signed_decision", recognition=result, product_set_id=ocop.product_set("QD148-07"))

    def found(set_code):
        rows = http.get("/v1/public/ocop-products", params={"q": told["product_name"], "set_code": set_code}).expect(200).json()["data"]
        return [row["id"] for row in rows]
    assert found("QD148-07") == found("QD26-07,QD148-07") == [told["product_id"]] and found("QD26-07") == []
