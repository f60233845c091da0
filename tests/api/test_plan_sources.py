# SPDX-License-Identifier: MIT
"""What plans rest on: versions of programmes, targets of plans and judgements by hand, calls, surveys, areas and priorities."""
import pytest

from support.lives import move
from support.plans import Plans
from support.promotion import MEASURE, Promotion, listed, problem
from support.records import Records
from support.samples import OWNER, STRANGER, absent_id

DECISION = [{"kind": "decision", "document_no": "1100/QĐ-UBND"}]


@pytest.fixture
def who(caller):
    return caller(OWNER)


@pytest.fixture
def make(who):
    return Promotion(who)


# ---- Versions of programmes ----

@pytest.fixture
def active(world):
    """(path of an active programme of 14/7/2021 with one target, department, leader)"""
    organisation = world.organisation(OWNER)
    department, leader = (world.caller(OWNER, organisation=organisation, fresh=True) for _ in range(2))
    path = f"/v1/programmes/{Records(department).complete_programme()['id']}"
    for one, action, day in ((department, "submit", "2021-07-05"), (leader, "approve", "2021-07-14"), (department, "activate", "2021-07-20")):
        move(one, path, action, acted_on=day).expect(201)
    return path, department, leader


def versions(one, path, query=""):
    return [row for page in one.pages(f"{path}/versions?sort=version_no{query}") for row in page]


def targets(one, path):
    return one.get(f"/v1/targets?programme_id={path.rpartition('/')[2]}").json()["data"]


def test_an_amendment_keeps_what_was(active):
    path, department, leader = active
    old = targets(department, path)[0]
    proposal = department.post(f"{path}/versions", {"ends_on": "2026-12-31", "targets": [
        {"target_id": old["id"], "name": old["name"], "operator": "gte", "kind": "flow", "measures": [{"value": 3, "measure_unit": "model"}]},
        {"name": "Lớp đào tạo", "operator": "gte", "kind": "flow", "measures": [{"value": 5, "measure_unit": "class"}]}]}).expect(201).json()
    assert (proposal["version_no"], proposal["status"]) == (2, "proposed")
    assert [target["measures"][0]["value"] for target in targets(department, path)] == [2], "a proposal changes nothing"
    move(leader, path, "amend", acted_on="2023-07-14", documents=DECISION).expect(201)
    first, second = versions(department, path)
    assert (first["status"], first["valid_from"], first["valid_to"], first["ends_on"]) == ("superseded", "2021-07-14", "2023-07-13", "2025-12-31")
    assert (second["status"], second["valid_from"], second["valid_to"]) == ("in_force", "2023-07-14", None)
    assert [paper["document_no"] for paper in second["decisions"]] == ["1100/QĐ-UBND"]
    assert [target["measures"][0]["value"] for target in first["targets"]] == [2]
    assert {target["measures"][0]["value"] for target in targets(department, path)} == {3, 5}
    assert old["id"] in {target["id"] for target in targets(department, path)}
    assert department.get(path).json()["ends_on"] == "2026-12-31"
    for day, number in (("2020-01-01", 1), ("2023-07-13", 1), ("2023-07-14", 2), ("2030-01-01", 2)):
        assert [row["version_no"] for row in versions(department, path, f"&valid_on={day}")] == [number]


def test_a_target_that_the_amendment_leaves_out_ends(active):
    path, department, leader = active
    department.post(f"{path}/versions", {"targets": []}).expect(201)
    move(leader, path, "amend", acted_on="2023-07-14").expect(201)
    assert targets(department, path) == []


def test_an_active_programme_is_not_rewritten_by_hand(active):
    path, department, _ = active
    version, target = department.get(path).json()["version"], targets(department, path)[0]
    assert ("#/ends_on", "g10_frozen") in department.patch(path, {"ends_on": "2030-01-01"}, if_match=version).expect(409, "guard-failed").errors
    department.patch(f"/v1/targets/{target['id']}", {"name": "Khác"}, if_match=target["version"]).expect(409, "guard-failed")
    department.post("/v1/targets", {"programme_id": path.rpartition("/")[2], "name": "Mới", "operator": "gte", "kind": "flow",
                                    "measures": [MEASURE]}).expect(409, "guard-failed")
    department.patch(path, {"note": "Sơ kết giữa kỳ"}, if_match=version).expect(200)


def test_one_proposal_at_a_time(active):
    path, department, leader = active
    department.post(f"{path}/versions?validate_only=true", {"name": "Thử"}).expect(200)
    proposal = department.post(f"{path}/versions", {"name": "Một"}).expect(201)
    record = f"{path}/versions/{proposal.json()['id']}"
    assert department.post(f"{path}/versions", {"name": "Hai"}).expect(409, "taken").json()["existing_id"] == proposal.json()["id"]
    assert ("#/acted_on", "programme_version_later") in move(leader, path, "amend", acted_on="2021-07-01").expect(409, "guard-failed").errors
    assert department.get(record).expect(200).json() == proposal.json()
    department.get(record, headers={"If-None-Match": proposal.etag}).expect(304)
    department.delete(record, if_match=9).expect(412, "stale")
    department.delete(record, if_match=1).expect(204)
    department.get(record).expect(410, "deleted")
    department.delete(record, if_match=2).expect(410, "deleted")
    department.post(f"{path}/versions", {"name": "Hai"}).expect(201)
    move(leader, path, "amend", acted_on="2023-01-01").expect(201)
    decided = versions(department, path, "&status=in_force")[0]
    problem(department.delete(f"{path}/versions/{decided['id']}", if_match=decided["version"]).expect(409), "guard-failed",
            ("#", "programme_version_frozen"))


def test_only_an_active_programme_has_proposals(who, make):
    programme = make.programme()
    problem(who.post(f"{programme.path}/versions", {}).expect(422), "invalid", ("#", "programme_version_of_active"))
    who.delete(programme.path, if_match=1).expect(204)
    who.post(f"{programme.path}/versions", {}).expect(410, "deleted")


@pytest.mark.parametrize("members, fault", [
    ({"targets": [{"target_id": absent_id(), "name": "x", "operator": "gte", "kind": "flow", "measures": [MEASURE]}]}, ("#/targets/0/target_id", "unknown_reference")),
    ({"targets": [{"name": "x", "operator": "gte", "kind": "flow", "measures": [MEASURE, MEASURE]}]}, ("#/targets", "programme_version_targets_shape")),
    ({"activity_priorities": ["KC99"]}, ("#/activity_priorities/0", "unknown_reference")),
])
def test_a_proposal_that_is_wrong(active, members, fault):
    path, department, _ = active
    problem(department.post(f"{path}/versions", members).expect(422), "invalid", fault)


# ---- Targets of plans, judgements by hand ----

def target_body(**members):
    return {"name": "Tập huấn", "operator": "gte", "kind": "flow", "measures": [MEASURE], **members}


def test_targets_hang_on_yearly_plans_too(caller, who):
    plan = Plans(who).plan()
    target = who.post("/v1/targets", target_body(annual_plan_id=plan["id"])).expect(201).json()
    assert (target["annual_plan_id"], target["programme_id"], target["province_code"]) == (plan["id"], None, OWNER)
    assert Plans(who).read(plan)["version"] == 2
    assert listed(who, f"/v1/targets?annual_plan_id={plan['id']}") == [target["id"]]
    caller(STRANGER).get(f"/v1/targets/{target['id']}").expect(404, "not-found")
    Plans(who).item(plan, 1)
    Plans(who).act(plan, "open", "appraise", "submit")
    who.patch(f"/v1/targets/{target['id']}", {"name": "x"}, if_match=1).expect(409, "guard-failed")


@pytest.mark.parametrize("parents", [set(), {"programme_id", "annual_plan_id"}])
def test_a_target_has_one_parent(who, make, parents):
    ids = {"programme_id": make.programme().id, "annual_plan_id": Plans(who).plan()["id"]}
    body = target_body(**{name: ids[name] for name in parents})
    problem(who.post("/v1/targets", body).expect(422), "invalid", ("#/annual_plan_id", "target_one_parent"))


def test_targets_of_a_national_plan_are_the_centres(caller, who):
    plan = Plans(caller(None)).plan(level="national")
    who.post("/v1/targets", target_body(annual_plan_id=plan["id"])).expect(403, "outside-territory")
    problem(who.post("/v1/targets", target_body(annual_plan_id=absent_id())).expect(422), "invalid", ("#/annual_plan_id", "unknown_reference"))


def test_a_verdict_without_figures(who, make):
    path = f"{make.target().path}/assessments"
    verdict = who.post(path, {"result": "met", "assessed_on": "2022-11-10", "source": "Báo cáo sơ kết"}).expect(201).json()
    assert (verdict["assessed_by"]["id"], verdict["person_id"]) == (who.client["organisation_id"], None)
    who.post(path, {"result": "not_met", "assessed_on": "2023-11-10", "source": "Báo cáo năm"}).expect(201)
    assert [row["result"] for row in who.get(path).json()["data"]] == ["not_met", "met"]
    problem(who.post(path, {"result": "met", "assessed_on": "9999-01-01", "source": "x"}).expect(422), "invalid", ("#/assessed_on", "date_in_future"))


# ---- Calls and surveys ----

def test_an_early_letter_and_its_answers(world, who):
    bodies = [world.organisation(OWNER) for _ in range(2)]
    call = who.post("/v1/plan-calls", {"title": "Đăng ký kế hoạch năm 2022", "year": 2022, "level": "local"}).expect(201).json()
    path = f"/v1/plan-calls/{call['id']}"
    reply = who.patch(path, {"status": "sent"}, if_match=1).expect(422)
    assert reply.errors <= {("#/sent_on", "plan_call_sent_has_day"), ("#/recipients", "plan_call_sent_has_recipients")}
    recipients = [{"organisation_id": body} for body in bodies]
    sent = who.patch(path, {"status": "sent", "sent_on": "2021-08-02", "closes_on": "2021-09-30", "recipients": recipients}, if_match=1).expect(200).json()
    assert (sent["recipients_count"], sent["replied_count"]) == (2, 0)
    recipients[0]["replied_on"], recipients[1]["replied_on"] = "2021-09-12", "2021-10-01"
    answered = who.patch(path, {"recipients": recipients}, if_match=2).expect(200).json()
    assert [recipient["is_late"] for recipient in answered["recipients"]] == [False, True] and answered["replied_count"] == 2
    recipients[0]["replied_on"] = "2021-08-01"
    problem(who.patch(path, {"recipients": recipients}, if_match=3).expect(422), "invalid", ("#/recipients/0/replied_on", "plan_call_replied_before_sent"))
    assert listed(who, f"/v1/plan-calls?recipient_id={bodies[1]}") == [call["id"]]
    problem(who.patch(path, {"recipients": [{"organisation_id": absent_id()}]}, if_match=3).expect(422), "invalid",
            ("#/recipients/0/organisation_id", "unknown_reference"))


def test_a_candidate_from_survey_to_project(who, make):
    place = {"province_code": OWNER, "codes_on": "2024-01-01"}
    establishment = who.post("/v1/establishments", {"name": "Cơ sở khảo sát", "legal_form": "household_business", "place": place}).expect(201).json()
    survey = who.post("/v1/surveys", {"establishment_id": establishment["id"]}).expect(201).json()
    path = f"/v1/surveys/{survey['id']}"
    assert survey["status"] == "planned" and survey["province_code"] == OWNER
    problem(who.patch(path, {"status": "done"}, if_match=1).expect(422), "invalid", ("#/surveyed_on", "survey_done_has_day"))
    who.patch(path, {"status": "shortlisted", "surveyed_on": "2021-09-20", "score": 82.5}, if_match=1).expect(200)
    chosen = who.patch(path, {"project_id": make.project().id}, if_match=2).expect(200).json()
    assert chosen["score"] == 82.5 and listed(who, f"/v1/surveys?project_id={chosen['project_id']}") == [survey["id"]]
    problem(who.post("/v1/surveys", {"establishment_id": absent_id()}).expect(422), "invalid", ("#/establishment_id", "unknown_reference"))


# ---- Areas and priorities ----

def test_an_affected_area_is_read_by_all(caller, who):
    body = {"kind": "epidemic", "name": "Vùng giãn cách", "valid_from": "2021-07-19", "valid_to": "2021-09-15",
            "province_code": "70", "legal_basis": {"document_no": "01/CĐ-UBND"}}
    area = who.post("/v1/affected-areas", body).expect(201).json()
    assert (area["codes_on"], area["legal_basis"]) == ("2021-07-19", {"document_no": "01/CĐ-UBND", "article": None})
    path = f"/v1/affected-areas/{area['id']}"
    assert caller(STRANGER).get(path).expect(200).json() == area
    changed = who.patch(path, {"valid_to": "2021-09-30"}, if_match=1).expect(200).json()
    assert (changed["valid_to"], changed["legal_basis"]) == ("2021-09-30", area["legal_basis"])
    for day, is_there in (("2021-07-18", False), ("2021-09-30", True)):
        assert (area["id"] in listed(who, f"/v1/affected-areas?valid_on={day}&province_code=70")) == is_there
    problem(who.patch(path, {"commune_codes": ["00001"]}, if_match=2).expect(422), "invalid", ("#/commune_codes/0", "unknown_admin_unit"))
    who.patch(path, {"province_code": STRANGER}, if_match=2).expect(403, "outside-territory")


@pytest.mark.parametrize("path", ["/v1/priority-rules", "/v1/eligible-areas"])
def test_rows_that_are_not_verified_only_warn(caller, path):
    poor = caller(scopes=[])
    rows = poor.get(path).expect(200).json()["data"]
    assert rows and all(row["legal_basis"]["document_no"] for row in rows)
    assert {row["enforcement"] for row in rows if row["certainty"] != "verified"} == {"warn"}
    assert poor.get(f"{path}/{rows[0]['id']}").expect(200).json() == rows[0]
    assert poor.get(f"{path}?valid_on=2000-01-01").json()["data"] == []
