# SPDX-License-Identifier: MIT
"""Life cycles from draft to the end: who may do what, what guards forbid, what approvals freeze, and how an act is undone."""
import datetime
import hashlib
import json

import pytest

from support.lives import Project, move
from support.plans import Plans
from support.records import Records
from support.samples import OWNER, STRANGER

LOCAL = ["submitted", "base_appraising", "base_passed", "approved", "contracted", "in_progress", "acceptance_requested", "accepted",
         "settling", "settled", "closed"]
NATIONAL = [*LOCAL[:3], "central_appraising", "central_passed", *LOCAL[3:]]


@pytest.fixture(scope="module")
def cast(world):
    """Clients of one province and of the bureau, one for each desk."""
    department = world.organisation(OWNER)
    bureau = world.organisation(None, "central")
    return {"owner": world.caller(OWNER, organisation=world.organisation(OWNER)),
            "department": world.caller(OWNER, organisation=department, fresh=True),
            "leader": world.caller(OWNER, organisation=department, fresh=True),
            "bureau": world.caller(None, tier="central", organisation=bureau, fresh=True),
            "bureau_leader": world.caller(None, tier="central", organisation=bureau, fresh=True), "cluster": world.cluster}


@pytest.fixture
def project(cast):
    def make(level="local", until=None, **members):
        made = Project(Records(cast["owner"]).complete_project(level=level, **members), **cast)
        if until:
            made.walk(until)
        return made
    return make


def actions(record):
    return [one["action"] for one in record["allowed_actions"]]


# ---- From draft to the end ----

@pytest.mark.parametrize("level, way", [("local", LOCAL), ("national", NATIONAL)])
def test_a_project_goes_its_way(project, level, way):
    one = project(level)
    done = one.walk()
    assert [act["to_status"] for act in done] == way
    assert one.now()["status"] == "closed" and one.now()["stage"] == "ended"
    assert [act["action"] for page in one.owner.pages(f"{one.path}/transitions") for act in page] == [act["action"] for act in done]
    frozen = [act["action"] for act in done if act["snapshot_id"]]
    assert frozen == ["approve", "confirm_settlement"]


def test_a_programme_goes_its_way(cast):
    made = Records(cast["department"]).complete_programme()
    path = f"/v1/programmes/{made['id']}"
    for who, action, status in (("department", "consult", "consulting"), ("department", "submit", "submitted"), ("leader", "return", "returned"),
                                ("department", "submit", "submitted"), ("leader", "approve", "approved"), ("department", "activate", "active"),
                                ("leader", "amend", "active"), ("leader", "close", "closed")):
        if action == "amend":
            move(cast[who], path, action).expect(409, "guard-failed")  # a decision needs a proposal
            cast[who].post(f"{path}/versions", {"name": "Chương trình sửa đổi"}).expect(201)
        act = move(cast[who], path, action).expect(201).json()
        assert act["to_status"] == status and bool(act["snapshot_id"]) == (action in ("approve", "amend"))
    assert actions(cast["leader"].get(path).json()) == ["correct"]


@pytest.mark.parametrize("until", ["submitted", "base_appraising", "base_passed"])
def test_a_project_is_withdrawn_until_it_is_approved(project, until):
    one = project(until=until)
    assert one.owner.post(f"{one.path}/transitions", {"action": "withdraw"}, if_match=one.now()["version"]).expect(422).errors == {
        ("#/reason_code", "required")}
    assert move(one.owner, one.path, "withdraw", reason_code="beneficiary_withdrew").expect(201).json()["to_status"] == "withdrawn"
    assert move(one.leader, one.path, "reopen").expect(201).json()["to_status"] == "returned"


@pytest.mark.parametrize("until", ["approved", "contracted", "in_progress", "acceptance_requested"])
def test_an_approved_project_is_stopped_by_a_decision(project, until):
    one = project(until=until)
    assert "withdraw" not in actions(one.now())
    bare = one.leader.post(f"{one.path}/transitions", {"action": "stop"}, if_match=one.now()["version"]).expect(422, "invalid")
    assert bare.errors == {("#/reason_code", "required"), ("#/documents", "required")}
    assert ("#/action", "g8_project_stopped_in_plan") in move(one.leader, one.path, "stop").expect(409, "guard-failed").errors
    Plans(one.bureau_leader).stop_in_plan(one.now())
    assert move(one.leader, one.path, "stop", reason_code="disaster").expect(201).json()["to_status"] == "stopped"
    assert actions(one.owner.get(one.path).json()) == ["reopen"]


def test_failed_acceptance_goes_back_to_work(project):
    one = project(until="acceptance_requested")
    assert one.act("fail_acceptance").expect(201).json()["to_status"] == "in_progress"
    assert one.walk("accepted")[-1]["action"] == "accept"


# ---- Who may ----

def test_a_national_project_is_approved_by_the_centre_only(project):
    one = project("national", until="central_passed")
    assert actions(one.now()) == ["withdraw"], "the province waits"
    refused = move(one.leader, one.path, "approve").expect(409, "invalid-transition").json()
    assert actions(refused) == ["withdraw"]
    assert "approve" in actions(one.bureau_leader.get(one.path).json())


def test_an_uncertain_rule_lets_no_other_tier_act(project):
    """`reopen` is named by no text that was read: papers are only warned of, but a province does not reopen what is national."""
    one = project("national")
    one.walk("submitted")
    move(one.owner, one.path, "withdraw").expect(201)
    move(one.leader, one.path, "reopen").expect(409, "invalid-transition")
    act = one.bureau_leader.post(f"{one.path}/transitions", {"action": "reopen"}, if_match=one.now()["version"]).expect(201).json()
    assert {warning["pointer"] for warning in act["warnings"]} == {"#/note", "#/documents"}


def test_whoever_passed_a_project_does_not_approve_it(project):
    one = project(until="base_passed")
    refused = move(one.department, one.path, "approve").expect(422, "invalid")
    assert refused.errors == {("#/action", "transition_second_person")}
    move(one.leader, one.path, "approve").expect(201)


def test_the_implementer_does_not_accept_his_own_work(project):
    one = project(until="acceptance_requested")
    assert one.now()["implementer_id"] == one.owner.client["organisation_id"]
    refused = move(one.owner, one.path, "accept").expect(422, "invalid")
    assert refused.errors == {("#/action", "transition_second_person")}, "he asked for it himself"


def test_nor_does_a_colleague_of_the_implementer(world, project):
    one = project(until="acceptance_requested")
    one.prepare("accept")
    colleague = world.caller(OWNER, organisation=one.owner.client["organisation_id"], fresh=True)
    refused = move(colleague, one.path, "accept").expect(409, "guard-failed")
    assert refused.errors == {("#/action", "g11_accepted_by_implementer")}
    assert "G11" in refused.json()["errors"][0]["detail"]
    assert one.now()["status"] == "acceptance_requested"


# ---- Undoing one's own act ----

def test_an_act_is_undone_by_who_did_it(project):
    one = project(until="base_appraising")
    before = one.department.get(one.path).json()
    assert {"action": "correct", "requires": ["note"]} in before["allowed_actions"]
    for other in (one.owner, one.leader):
        assert "correct" not in actions(other.get(one.path).json())
        refused = move(other, one.path, "correct").expect(409, "invalid-transition").json()
        assert "correct" not in actions(refused)
    bare = one.department.post(f"{one.path}/transitions", {"action": "correct"}, if_match=before["version"]).expect(422, "invalid")
    assert bare.errors == {("#/note", "required")}
    act = move(one.department, one.path, "correct", note="Bấm nhầm").expect(201).json()
    assert (act["from_status"], act["to_status"], act["note"]) == ("base_appraising", "submitted", "Bấm nhầm")
    submitted, appraised, corrected = [act for page in one.owner.pages(f"{one.path}/transitions") for act in page]
    assert corrected == act and act["corrects_id"] == appraised["id"] and submitted["corrects_id"] is None
    assert one.now()["status"] == "submitted" and one.now()["version"] == act["record_version"]


def test_acts_are_undone_one_by_one(project):
    """What was corrected does not count: the owner's submission is the latest act again, and his to undo."""
    one = project(until="base_appraising")
    move(one.department, one.path, "correct").expect(201)
    assert "correct" not in actions(one.department.get(one.path).json()), "a correction is not corrected"
    assert move(one.owner, one.path, "correct").expect(201).json()["to_status"] == "draft"
    assert actions(one.now()) == ["submit"]
    assert [act["to_status"] for act in one.walk("approved")] == LOCAL[:4], "and it goes its way again"



# ---- What was handed in is frozen ----

def parts(one, part, **members):
    return one.owner.post(f"{one.path}/{part}", members)


@pytest.mark.parametrize("until", ["submitted", "approved", "accepted"])
def test_what_was_handed_in_is_not_changed_by_hand(project, until):
    one = project(until=until)
    before = one.owner.get(f"{one.path}?expand=lines,funding").json()
    for members, pointers in (({"name": "Tên khác"}, {"#/name"}), ({"total_cost_vnd": 101, "note": "x"}, {"#/total_cost_vnd"})):
        refused = one.owner.patch(one.path, members, if_match=before["version"]).expect(409, "guard-failed")
        assert refused.errors == {(pointer, "g10_frozen") for pointer in pointers}
        assert refused.json()["errors"][0]["detail"].startswith("G10: ")
    line, money = before["lines"][0], before["funding"][0]
    for part, row, members in (("lines", line, {"eligible_cost_vnd": 7}), ("funding", money, {"amount_vnd": 61})):
        path = f"{one.path}/{part}/{row['id']}"
        one.owner.patch(path, members, if_match=row["version"]).expect(409, "guard-failed")
        one.owner.delete(path, if_match=row["version"]).expect(409, "guard-failed")
    parts(one, "lines", title="Thêm", activity_code="KC3").expect(409, "guard-failed")
    parts(one, "funding", year=2026, source="counterpart", amount_vnd=1).expect(409, "guard-failed")
    parts(one, "outputs", planned={"value": 1, "measure_unit": "machine"}).expect(409, "guard-failed")
    assert one.owner.get(f"{one.path}?expand=lines,funding").json() == before


def test_notes_and_results_stay_open(project):
    one = project(until="in_progress")
    one.owner.patch(one.path, {"note": "Đang lắp đặt", "name": one.now()["name"]}, if_match=one.now()["version"]).expect(200)
    line = one.owner.get(f"{one.path}?expand=lines").json()["lines"][0]
    one.owner.patch(f"{one.path}/lines/{line['id']}", {"machines": [{"name": "Máy sấy"}], "note": "đã nhận"}, if_match=line["version"]).expect(200)
    output = parts(one, "outputs", actual={"value": 1, "measure_unit": "machine"}, year=2025).expect(201).json()
    path = f"{one.path}/outputs/{output['id']}"
    changed = one.owner.patch(path, {"actual": {"value": 2, "measure_unit": "machine"}}, if_match=output["version"]).expect(200).json()
    one.owner.patch(path, {"planned": {"value": 2, "measure_unit": "machine"}}, if_match=changed["version"]).expect(409, "guard-failed")


def test_a_returned_project_is_mended_and_handed_in_again(project):
    one = project(until="base_appraising")
    one.act("return").expect(201)
    one.owner.patch(one.path, {"objective": "Rõ hơn"}, if_match=one.now()["version"]).expect(200)
    move(one.owner, one.path, "submit").expect(201)


def test_an_approved_project_is_not_removed(project):
    one = project(until="approved")
    one.owner.delete(one.path, if_match=one.now()["version"]).expect(409, "guard-failed")


def test_what_came_without_its_history_may_be_put_right(project, cluster):
    one = project(until="approved")
    cluster.sql("update project set history_quality = 'final_state_only' where id = %s returning id", one.now()["id"])
    one.owner.patch(one.path, {"name": "Tên theo hồ sơ lưu"}, if_match=one.now()["version"]).expect(200)


# ---- Appraisals: two persons ----

def test_a_project_passes_by_a_signed_appraisal(project):
    one = project(until="base_appraising")
    refused = move(one.department, one.path, "pass").expect(409, "guard-failed")
    assert refused.errors == {("#/action", "g11_appraisal_signed")}
    assert "cấp cơ sở" in refused.json()["errors"][0]["detail"]
    one.appraise("failed").expect(201)
    move(one.department, one.path, "pass").expect(409, "guard-failed")
    one.appraise("passed_with_conditions").expect(201)
    move(one.department, one.path, "pass").expect(201)


def test_the_author_signs_no_appraisal_of_his_own(project):
    one = project(until="base_appraising")
    refused = one.appraise(signer=one.owner).expect(409, "guard-failed")
    assert refused.errors == {("#/action", "g11_appraiser_is_author")}


def test_what_is_handed_in_again_is_appraised_again(project):
    one = project(until="base_appraising")
    one.appraise().expect(201)
    one.act("return").expect(201)
    one.walk("base_appraising")
    move(one.department, one.path, "pass").expect(409, "guard-failed")


def test_the_bureau_appraises_what_is_national(project):
    one = project("national", until="central_appraising")
    assert "pass" not in actions(one.department.get(one.path).json())
    refused = move(one.bureau, one.path, "pass").expect(409, "guard-failed")
    assert "cấp Bộ" in refused.json()["errors"][0]["detail"], "that of the base does not count"
    sheet = one.department.post("/v1/appraisals", {"project_id": one.now()["id"], "tier": "central", "appraised_on": "2025-04-01"}).expect(201).json()
    assert sheet["allowed_actions"] == []
    move(one.department, f"/v1/appraisals/{sheet['id']}", "sign").expect(409, "invalid-transition")


def test_a_sheet_lacks_result_and_checks_and_is_frozen_once_signed(project):
    one = project(until="base_appraising")
    sheet = one.department.post("/v1/appraisals", {"project_id": one.now()["id"], "appraised_on": "2025-04-01"}).expect(201)
    path = f"/v1/appraisals/{sheet.json()['id']}"
    refused = move(one.department, path, "sign").expect(422, "invalid")
    assert refused.errors == {("#/result", "required"), ("#/checks", "required")}
    whole = one.department.patch(path, {"result": "passed", "checks": [{"code": "effect", "passed": True}]}, if_match=1).expect(200)
    version = move(one.department, path, "sign").expect(201).json()["record_version"]
    assert version == whole.json()["version"] + 1
    one.department.patch(path, {"result": "failed"}, if_match=version).expect(409, "guard-failed")
    one.department.delete(path, if_match=version).expect(409, "guard-failed")
    rows = one.owner.get(f"/v1/appraisals?project_id={one.now()['id']}&status=signed").expect(200).json()["data"]
    assert [row["id"] for row in rows] == [sheet.json()["id"]]


# ---- What an approval freezes ----

def test_an_approval_freezes_what_it_approved(project, caller):
    one = project(until="approved")
    act = [act for page in one.owner.pages(f"{one.path}/transitions") for act in page][-1]
    path = f"/v1/snapshots/{act['snapshot_id']}"
    reply = one.owner.get(path).expect(200)
    frozen = reply.json()
    one.owner.get(path, headers={"If-None-Match": reply.etag}).expect(304)
    assert (frozen["record_type"], frozen["record_id"], frozen["record_version"], frozen["transition_id"]) == (
        "project", one.now()["id"], act["record_version"], act["id"])
    assert frozen["sha256"] == hashlib.sha256(frozen["body"].encode()).hexdigest()
    body = json.loads(frozen["body"])
    assert frozen["body"] == json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")), "canonical JSON"
    now = one.owner.get(f"{one.path}?expand=lines,funding").json()
    assert body["status"] == "approved" and body["name"] == now["name"] and body["lines"] == now["lines"]
    assert sum(row["amount_vnd"] for row in body["funding"]) == body["total_cost_vnd"] == 100
    assert "allowed_actions" not in body
    one.walk()
    assert one.owner.get(path).expect(200).json() == frozen, "for ever"
    caller(province=STRANGER).get(path).expect(404, "not-found")
    caller(province=OWNER, scopes=["programmes:read"]).get(path).expect(404, "not-found")
    for method in ("PATCH", "PUT", "DELETE"):
        one.owner.request(method, path, json={"body": "{}"}, if_match=1).expect(405, "method-not-allowed")


# ---- What waits for whom ----

def waiting(who, **query):
    return {row["record_id"]: row for page in who.pages("/v1/work-items?" + "&".join(f"{name}={value}" for name, value in query.items()), 200)
            for row in page}


def test_everybody_sees_what_waits_for_him(project):
    one = project("national")
    record = one.now()["id"]
    assert waiting(one.owner, record_type="project")[record]["actions"] == ["submit"]
    assert record not in waiting(one.bureau_leader, record_type="project")
    one.walk("base_passed")
    item = waiting(one.department, record_type="project")[record]
    assert (item["actions"], item["title"], item["status"], item["stage"]) == (["forward"], one.now()["name"], "base_passed", "appraisal")
    act = [act for page in one.owner.pages(f"{one.path}/transitions") for act in page][-1]
    assert item["waiting_since"] == act["recorded_at"]
    waited = datetime.datetime.fromisoformat(item["waiting_since"].rstrip("Z")) + datetime.timedelta(hours=7)
    assert item["due_on"] == (waited.date() + datetime.timedelta(days=15)).isoformat() and item["is_late"] is False
    one.walk("central_passed")
    assert waiting(one.bureau_leader, record_type="project")[record]["actions"] == ["approve"]
    assert record not in waiting(one.department, record_type="project")
    one.walk()
    for who in (one.owner, one.department, one.bureau, one.bureau_leader):
        assert record not in waiting(who)


def test_work_items_stay_within_scope(project, caller):
    one = project(until="submitted")
    record = one.now()["id"]
    assert record in waiting(one.department)
    assert record not in waiting(caller(province=STRANGER))
    assert record not in waiting(caller(province=OWNER, scopes=["programmes:read"]))
    assert record not in waiting(one.department, record_type="programme")
    assert record not in waiting(one.department, due_by="2020-01-01") and record in waiting(one.department, due_by="2100-01-01")


# ---- The rules themselves ----

def test_rules_are_read_as_they_are_loaded(caller, cluster):
    who = caller(province=OWNER)
    rows = [row for page in who.pages("/v1/transition-rules", 200) for row in page]
    assert len(rows) == cluster.sql("select count(*) from transition_rule")[0][0]
    approve = [row for page in who.pages("/v1/transition-rules?record_type=programme&action=approve&valid_on=2025-10-15", 200) for row in page]
    assert {(row["applies_to"]["level"], row["legal_basis"]) for row in approve} == {
        ("local", "Nghị định 45/2012/NĐ-CP"), ("national", "Nghị định 45/2012/NĐ-CP, sửa đổi bởi Nghị định 235/2025/NĐ-CP")}
    assert all(row["freezes"] for row in approve)
    assert [row["from_status"] for row in who.get("/v1/transition-rules?record_type=project&from_status=central_passed&action=approve").json()["data"]] == [
        "central_passed"]


def test_parameters_and_papers_are_data(caller):
    who = caller(province=OWNER)
    days, = who.get("/v1/parameters?code=due_days_project_submitted&valid_on=2026-01-01").expect(200).json()["data"]
    assert (days["value"], days["measure_unit"], days["certainty"], days["enforcement"]) == (10, "day", "uncertain", "warn")
    assert who.get("/v1/parameters?code=due_days_project_submitted&valid_on=2013-12-31").expect(200).json()["data"] == []
    papers = who.get("/v1/document-requirements?record_type=project&stage=submission&activity_code=KC1-DAO-TAO&limit=200").expect(200).json()["data"]
    codes = {row["code"] for row in papers}
    assert "class_plan" in codes and "project_text" in codes and "machine_quotation" not in codes
