# SPDX-License-Identifier: MIT
"""Moving programmes and projects on: a draft accepts almost nothing, `submit` names everything that is missing at once, and
every act is kept for good."""
import csv
import datetime
import threading
import uuid

import pytest

from support.cluster import ROOT
from support.records import Records
from support.samples import OWNER, STRANGER, absent_id

MONEY = "Thông tư 28/2018/TT-BTC, sửa đổi bởi Thông tư 64/2024/TT-BTC"
DECREE = "Nghị định 45/2012/NĐ-CP"
LETTER = {"kind": "proposal", "document_no": "682/TTr-SCT", "issued_on": "2021-07-05", "issuer_name": "Sở Công Thương"}
SUBMIT = {"action": "submit"}
HAND_IN = [{"action": "consult", "requires": []}, {"action": "submit", "requires": ["document"]}]  # what a draft programme allows


@pytest.fixture
def who(caller):
    return caller(province=OWNER)


@pytest.fixture
def records(who):
    return Records(who)


@pytest.fixture
def draft(records):
    return records.project(scale=None)


@pytest.fixture
def project(records):
    return records.complete_project()


def at(record):
    kind = "programmes" if record["code"].startswith("CT") else "projects"
    return f"/v1/{kind}/{record['id']}"


def acts(record):
    return f"{at(record)}/transitions"


def submit(who, record, **options):
    return who.post(acts(record), SUBMIT, if_match=record["version"], **options)


def history(who, record):
    return [act for page in who.pages(acts(record)) for act in page]


# ---- A complete record ----

def test_a_complete_project_is_submitted(who, project):
    assert (project["status"], project["stage"], project["allowed_actions"]) == \
        ("draft", "proposal", [{"action": "submit", "requires": []}])
    reply = who.post(acts(project), {**SUBMIT, "acted_on": "2025-03-10", "note": "Kế hoạch 2026", "documents": [LETTER]},
                     if_match=project["version"]).expect(201)
    act = reply.json()
    after = who.get(at(project)).expect(200)
    assert reply.etag == after.etag == f'"{project["version"] + 1}"', "the version for the next change"
    assert act["record_version"] == after.json()["version"]
    assert (after.json()["status"], after.json()["stage"]) == ("submitted", "proposal")
    assert [one["action"] for one in after.json()["allowed_actions"]] == ["appraise", "reject", "return", "withdraw", "correct"]
    assert {name: act[name] for name in ("record_type", "record_id", "action", "from_status", "to_status", "acted_on", "note",
                                         "reason_code", "role", "snapshot_id")} == {
        "record_type": "project", "record_id": project["id"], "action": "submit", "from_status": "draft",
        "to_status": "submitted", "acted_on": "2025-03-10", "note": "Kế hoạch 2026", "reason_code": None, "role": None,
        "snapshot_id": None}
    assert act["documents"] == [{**LETTER, "title": None, "article": None, "file_id": None}]
    assert act["actor"] == {"client_id": who.id, "person_id": None}
    assert act["organisation"]["id"] == who.client["organisation_id"]
    assert reply.headers["Location"].endswith(f"{acts(project)}/{act['id']}")
    assert who.get(f"{acts(project)}/{act['id']}").expect(200).json() == act


def test_a_complete_programme_is_submitted(who, records):
    programme = records.complete_programme()
    assert programme["allowed_actions"] == HAND_IN and programme["stage"] == "proposal"
    act = who.post(acts(programme), {**SUBMIT, "acted_on": "2021-07-05", "documents": [LETTER]},
                   if_match=programme["version"]).expect(201).json()
    assert (act["record_type"], act["to_status"]) == ("programme", "submitted")
    assert who.get(at(programme)).json()["status"] == "submitted"


def test_what_rules_only_warn_of_is_kept_with_the_act(who, project):
    warnings = submit(who, project).expect(201).json()["warnings"]
    assert {(warning["pointer"], warning["code"]) for warning in warnings} == {("#/replication", "required"), ("#/trade_code", "required")}
    assert all(warning["legal_basis"] and warning["label_vi"] and warning["label_en"] for warning in warnings)


def test_without_a_day_the_act_is_of_today(who, project):
    act = submit(who, project).expect(201).json()
    recorded = datetime.datetime.fromisoformat(act["recorded_at"].rstrip("Z"))
    assert act["acted_on"] == (recorded + datetime.timedelta(hours=7)).date().isoformat(), "the civil day in Viet Nam"


# ---- Everything that is missing, at once ----

def faults(reply):
    return {fault["pointer"]: fault for fault in reply.json()["errors"]}


BARE_PROJECT = {
    "#/scale": ("required", f"{DECREE}; Thông tư 36/2013/TT-BCT, sửa đổi bởi Thông tư 17/2018/TT-BCT"),
    "#/programme_id": ("required", DECREE), "#/implementer_id": ("required", DECREE), "#/places": ("required", DECREE),
    "#/lines": ("project_has_line", f"{DECREE}, Điều 4"), "#/starts_on": ("required", DECREE), "#/ends_on": ("required", DECREE),
    "#/total_cost_vnd": ("required", MONEY), "#/support_vnd": ("required", MONEY), "#/counterpart_vnd": ("required", MONEY),
    "#/funding": ("project_has_funding", MONEY),
    "#/necessity": ("required", "Thông tư 36/2013/TT-BCT, sửa đổi bởi Thông tư 17/2018/TT-BCT"),
    "#/objective": ("required", "Thông tư 36/2013/TT-BCT, sửa đổi bởi Thông tư 17/2018/TT-BCT"),
}
TEXTS = {
    None: {"#/total_cost_vnd": "Thiếu tổng kinh phí", "#/lines": "Đề án phải có ít nhất một hạng mục ghi nội dung khuyến công",
           "#/objective": "Thiếu mục tiêu của đề án"},
    "en": {"#/total_cost_vnd": "the total cost is missing", "#/lines": "A project needs at least one line with an activity",
           "#/objective": "the objective is missing"},
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_bare_project_lacks_everything_at_once(who, draft, language):
    reply = submit(who, draft, headers={"Accept-Language": language}).expect(422, "invalid")
    assert {place: (fault["code"], fault["legal_basis"]) for place, fault in faults(reply).items()} == BARE_PROJECT
    for place, text in TEXTS[language].items():
        assert faults(reply)[place]["detail"] == text
    assert who.get(at(draft)).json() == draft and history(who, draft) == []


def test_a_bare_programme_lacks_letter_term_and_targets(who, records):
    programme = records.programme()
    reply = submit(who, programme).expect(422, "invalid")
    assert {place: (fault["code"], fault["legal_basis"]) for place, fault in faults(reply).items()} == {
        "#/documents": ("required", DECREE), "#/starts_on": ("required", DECREE), "#/ends_on": ("required", DECREE),
        "#/targets": ("programme_has_target", DECREE)}
    assert faults(reply)["#/documents"]["detail"] == "Thiếu văn bản kèm theo"
    english = submit(who, programme, headers={"Accept-Language": "en"}).expect(422)
    assert faults(english)["#/starts_on"]["detail"] == "the first day of the term is missing"
    assert who.get(at(programme)).json() == programme


@pytest.mark.parametrize("language, text", [
    ("vi", "Các dòng kinh phí cộng lại là 100 đồng, khác tổng kinh phí 120 đồng"),
    ("en", "The funding rows add up to 100 đồng, not to the total cost of 120 đồng"),
])
def test_the_funding_rows_must_add_up_to_what_the_paper_says(who, project, language, text):
    changed = who.patch(at(project), {"total_cost_vnd": 120}, if_match=project["version"]).expect(200).json()
    assert changed["funding_total_vnd"] == 100
    reply = submit(who, changed, headers={"Accept-Language": language}).expect(422, "invalid")
    assert reply.errors == {("#/funding", "project_funding_sum")}
    assert faults(reply)["#/funding"]["detail"] == text and faults(reply)["#/funding"]["legal_basis"] == MONEY


@pytest.mark.parametrize("members, missing", [
    ({"necessity": " \t"}, "#/necessity"), ({"objective": None}, "#/objective"), ({"places": []}, "#/places"),
    ({"counterpart_vnd": None}, "#/counterpart_vnd"), ({"programme_id": None}, "#/programme_id"),
])
def test_one_thing_missing(who, project, members, missing):
    changed = who.patch(at(project), members, if_match=project["version"]).expect(200).json()
    assert submit(who, changed).expect(422, "invalid").errors == {(missing, "required")}


def test_no_counterpart_is_an_answer(who, project):
    """A class has none: zero is not missing."""
    changed = who.patch(at(project), {"counterpart_vnd": 0}, if_match=project["version"]).expect(200).json()
    submit(who, changed).expect(201)


@pytest.mark.parametrize("acted_on, basis", [("2016-05-01", "Thông tư liên tịch 26/2014/TTLT-BTC-BCT"), ("2018-03-28", MONEY)])
def test_the_day_of_the_paper_chooses_the_law(who, draft, acted_on, basis):
    reply = who.post(acts(draft), {**SUBMIT, "acted_on": acted_on}, if_match=1).expect(422)
    assert faults(reply)["#/total_cost_vnd"]["legal_basis"] == basis


def test_papers_are_not_of_tomorrow(who, project):
    body = {**SUBMIT, "acted_on": "9999-12-31", "documents": [LETTER, {**LETTER, "issued_on": "9999-12-31"}]}
    assert who.post(acts(project), body, if_match=project["version"]).expect(422, "invalid").errors == {
        ("#/acted_on", "date_in_future"), ("#/documents/1/issued_on", "date_in_future")}


@pytest.mark.parametrize("body, error", [
    ({}, ("#", "required")), ({"action": "Submit!"}, ("#/action", "pattern")), ({**SUBMIT, "status": "approved"}, ("#/status", "additionalProperties")),
    ({**SUBMIT, "reason_code": "because"}, ("#/reason_code", "enum")), ({**SUBMIT, "acted_on": "2025-02-30"}, ("#/acted_on", "format")),
    ({**SUBMIT, "documents": [{"document_no": "1"}]}, ("#/documents/0", "required")),
    ({**SUBMIT, "documents": [{"kind": "letter"}]}, ("#/documents/0/kind", "enum")),
])
def test_an_act_that_is_badly_made(who, project, body, error):
    assert error in who.post(acts(project), body, if_match=project["version"]).expect(422, "invalid").errors
    assert who.get(at(project)).json()["version"] == project["version"]


# ---- What may not be done ----

@pytest.mark.parametrize("language, text", [
    ("vi", 'Không làm được "approve" khi trạng thái là "Dự thảo"'), ("en", '"approve" is not possible while the state is "Draft"'),
])
def test_an_act_that_the_state_does_not_allow(who, project, language, text):
    reply = who.post(acts(project), {"action": "approve"}, if_match=project["version"], headers={"Accept-Language": language})
    problem = reply.expect(409, "invalid-transition").json()
    assert problem["allowed_actions"] == [{"action": "submit", "requires": []}] and problem["detail"] == text
    assert who.get(at(project)).json() == project


def test_nothing_is_submitted_twice(who, project):
    version = submit(who, project).expect(201).json()["record_version"]
    again = who.post(acts(project), SUBMIT, if_match=version).expect(409, "invalid-transition")
    assert "submit" not in {one["action"] for one in again.json()["allowed_actions"]}
    assert len(history(who, project)) == 1


@pytest.mark.parametrize("body", [{"action": "nothing"}, {**SUBMIT, "acted_on": "2010-01-01"}])
def test_an_act_without_a_rule(who, project, body):
    """Nobody knows the act, or no text of that day asks for it."""
    who.post(acts(project), body, if_match=project["version"]).expect(409, "invalid-transition")


def test_a_stale_version(who, draft):
    stale = who.post(acts(draft), SUBMIT, if_match=7).expect(412, "stale")
    assert stale.json()["current_version"] == 1
    who.post(acts(draft), SUBMIT).expect(428, "precondition-required")
    who.post(f"{acts(draft)}?if_version=7", SUBMIT).expect(412, "stale")


def test_a_stale_version_of_a_programme(who, records):
    who.post(acts(records.programme()), SUBMIT, if_match=7).expect(412, "stale")
    who.post(acts(records.programme()), {"action": "close"}, if_match=1).expect(409, "invalid-transition")


def test_the_fastest_of_many_wins(caller, project):
    replies, ready = [], threading.Barrier(6)

    def act():
        one = caller(province=OWNER)
        ready.wait()
        replies.append(submit(one, project).status)

    threads = [threading.Thread(target=act) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(replies) == [201] + [412] * 5
    assert len(history(caller(province=OWNER), project)) == 1


# ---- Who may ----

def test_a_foreign_province_finds_nothing(caller, who, records, project):
    stranger = caller(province=STRANGER)
    for record in (project, records.complete_programme()):
        version = record["version"]
        stranger.post(acts(record), SUBMIT, if_match=version).expect(404, "not-found")
        stranger.post(acts({**record, "id": absent_id()}), SUBMIT, if_match=version).expect(404, "not-found")
        stranger.get(acts(record)).expect(404, "not-found")
        act = who.post(acts(record), {**SUBMIT, "documents": [LETTER]}, if_match=version).expect(201).json()
        stranger.get(f"{acts(record)}/{act['id']}").expect(404, "not-found")


def test_an_act_is_found_only_under_its_own_record(who, records, project):
    act = submit(who, project).expect(201).json()
    who.get(f"{acts(records.project())}/{act['id']}").expect(404, "not-found")


def test_a_national_programme_is_read_by_all_and_moved_by_central_bodies(caller, who):
    centre = caller(province=None)
    programme = Records(centre).complete_programme(level="national")
    seen = who.get(at(programme)).expect(200).json()
    assert seen["allowed_actions"] == [] and programme["allowed_actions"] == HAND_IN
    who.post(acts(programme), {**SUBMIT, "documents": [LETTER]}, if_match=programme["version"]).expect(403, "outside-territory")
    centre.post(acts(programme), {**SUBMIT, "documents": [LETTER]}, if_match=programme["version"]).expect(201)
    assert [act["action"] for act in history(who, programme)] == ["submit"]


def test_the_implementer_of_another_province_submits(caller, who, records):
    implementer = caller(province=STRANGER)
    project = records.complete_project(implementer_id=implementer.client["organisation_id"])
    submit(implementer, project).expect(201)
    assert [act["actor"]["client_id"] for act in history(who, project)] == [implementer.id]


@pytest.mark.parametrize("tier, status", [("commune", 409), ("province", 422)])
def test_the_tier_of_the_organisation_decides(caller, tier, status):
    """A programme is handed in by the department or the bureau; a commune may keep a draft."""
    who = caller(province=OWNER, tier=tier)
    programme = Records(who).programme()
    assert bool(programme["allowed_actions"]) == (status == 422)
    submit(who, programme).expect(status)


# ---- Trial runs, repeated requests ----

def test_a_trial_run_keeps_nothing(who, project, draft):
    trial = submit(who, project, params={"validate_only": "true"}).expect(200).json()
    assert (trial["to_status"], trial["record_version"]) == ("submitted", project["version"] + 1)
    assert who.get(at(project)).json() == project and history(who, project) == []
    submit(who, draft, params={"validate_only": "true"}).expect(422, "invalid")
    who.post(f"{acts(project)}?validate_only=true", {"action": "approve"}, if_match=project["version"]).expect(409)


def test_a_trial_run_on_a_programme(who, records):
    programme = records.complete_programme()
    body = {**SUBMIT, "documents": [LETTER]}
    who.post(f"{acts(programme)}?validate_only=true", body, if_match=programme["version"]).expect(200)
    assert who.get(at(programme)).json() == programme


def test_a_repeated_request_acts_once(who, project):
    key = {"Idempotency-Key": f'"{uuid.uuid4()}"'}
    first, second = submit(who, project, headers=key).expect(201), submit(who, project, headers=key).expect(201)
    assert second.json() == first.json() and second.headers["Idempotency-Replayed"] == "true" and second.etag == first.etag
    assert len(history(who, project)) == 1
    reused = who.post(acts(project), {**SUBMIT, "note": "khác"}, if_match=project["version"], headers=key)
    reused.expect(422, "idempotency-key-reused")


# ---- The history ----

def test_the_history_is_listed_and_never_changed(who, project):
    act = submit(who, project).expect(201).json()
    assert history(who, project) == [act]
    address = f"{acts(project)}/{act['id']}"
    for method in ("PUT", "PATCH", "DELETE"):
        who.request(method, address, json={"note": "khác"}, if_match=1).expect(405, "method-not-allowed")
        who.request(method, acts(project), json=[], if_match=1).expect(405, "method-not-allowed")
    assert who.get(address, headers={"If-None-Match": f'"{act["record_version"]}"'}).status == 304
    assert history(who, project) == [act]


def test_the_history_has_an_order(who, cluster, project):
    act = submit(who, project).expect(201).json()
    cluster.sql("""insert into transition (record_type, record_id, record_version, action, from_status, to_status, acted_on, recorded_at)
                   values ('project', %s, 99, 'return', 'submitted', 'returned', '2025-03-11', current_instant() + interval '1 day')
                   returning id""", project["id"])
    assert [row["action"] for row in history(who, project)] == ["submit", "return"]
    newest = [page[0] for page in who.pages(f"{acts(project)}?sort=-recorded_at", limit=1)]
    assert [row["action"] for row in newest] == ["return", "submit"] and newest[1] == act


def test_what_was_deleted_is_not_moved(who, records, project):
    act = submit(who, project).expect(201).json()
    for record, version in ((project, act["record_version"]), (records.complete_programme(), None)):
        version = version or record["version"]
        who.delete(at(record), if_match=version).expect(204)
        who.post(acts(record), SUBMIT, if_match=version + 1).expect(410, "deleted")
        who.get(acts(record)).expect(410, "deleted")
    who.get(f"{acts(project)}/{act['id']}").expect(410, "deleted")


def test_an_act_on_a_deleted_programme_is_gone_with_it(who, records):
    programme = records.complete_programme()
    act = who.post(acts(programme), {**SUBMIT, "documents": [LETTER]}, if_match=programme["version"]).expect(201)
    address = f"{acts(programme)}/{act.json()['id']}"
    assert who.get(address, headers={"If-None-Match": act.etag}).status == 304
    assert who.get(address).expect(200).json() == act.json()
    who.delete(at(programme), if_match=act.json()["record_version"]).expect(204)
    who.get(address).expect(410, "deleted")


# ---- Lists ----

def test_lists_filter_by_state_and_stage(who, records, project):
    submitted = submit(who, project).expect(201).json()["record_id"]
    draft = records.project()["id"]
    for query, found in (("status=submitted", {submitted}), ("status=draft", {draft}), ("stage=proposal", {submitted, draft}),
                         ("stage=appraisal", set()), ("stage=proposal&status=submitted", {submitted})):
        rows = {row["id"]: row for page in who.pages(f"/v1/projects?{query}&sort=-updated_at", 200) for row in page}
        assert {submitted, draft} & set(rows) == found, query
        assert all(row["stage"] for row in rows.values())
    programme = records.programme()["id"]
    for query, is_found in (("stage=proposal", True), ("stage=approval,execution", False), ("stage=proposal&status=submitted", False)):
        rows = {row["id"] for page in who.pages(f"/v1/programmes?{query}", 200) for row in page}
        assert (programme in rows) == is_found, query


# ---- The data ----

def rows_of(name):
    with open(ROOT / f"db/reference/{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_check_of_the_data_has_a_message(contract):
    for row in rows_of("submit_requirements"):
        assert bool(row["member"]) != bool(row["check_code"])
        assert not row["check_code"] or row["check_code"] in contract.fields, row["check_code"]


def test_the_states_of_the_contract_are_those_of_the_data(contract):
    schemas = contract.document["components"]["schemas"]
    for record_type, schema in (("programme", "Programme"), ("project", "Project")):
        rows = [row for row in rows_of("record_statuses") if row["record_type"] == record_type]
        assert {row["status"] for row in rows} == set(schemas[schema]["properties"]["status"]["enum"])
        assert {row["stage"] for row in rows} == set(schemas[schema]["properties"]["stage"]["enum"])
