# SPDX-License-Identifier: MIT
"""What is held against lines before money is promised, and what is recorded while a project runs: scenario A2's figures,
exceptions, reports, inspections, difficulties, effects and registers."""
import pytest

from support.lives import Project, move, papers
from support.plans import Plans
from support.records import Records
from support.samples import OWNER, STRANGER, absent_id
from support.world import unique

MACHINERY = {"activity_code": "KC3-MAY-MOC", "eligible_cost_vnd": 600_000_000, "support_vnd": 300_000_000, "counterpart_vnd": 300_000_000}


@pytest.fixture(scope="module")
def cast(world):
    department, bureau = world.organisation(OWNER), world.organisation(None, "central")
    return {"owner": world.caller(OWNER, organisation=world.organisation(OWNER)),
            "department": world.caller(OWNER, organisation=department, fresh=True),
            "leader": world.caller(OWNER, organisation=department, fresh=True),
            "bureau": world.caller(None, tier="central", organisation=bureau, fresh=True),
            "bureau_leader": world.caller(None, tier="central", organisation=bureau, fresh=True)}


def firm(who, **members):
    return who.post("/v1/establishments", {"name": unique("Công ty TNHH"), "place": {"province_code": OWNER, "codes_on": "2022-01-01"}, "legal_form": "llc_single",
                                           "size_class": "small", "vsic_version": "2018", "vsic_codes": ["10309"], **members}).expect(201).json()


class Case:
    """A national project with machinery for firms, as in decision 4796/QĐ-BCT, and its beneficiary lines."""

    def __init__(self, cast, lines, until="submitted"):
        self.who = cast["owner"]
        support = sum(line["support_vnd"] for line in lines)
        project = Records(self.who).complete_project(level="national", scale="group", support_vnd=support, starts_on="2019-01-01",
                                                     counterpart_vnd=0, total_cost_vnd=support)
        self.path = f"/v1/projects/{project['id']}"
        self.lines = []
        for page in self.who.pages(f"{self.path}/lines"):
            for row in page:
                self.who.delete(f"{self.path}/lines/{row['id']}", if_match=row["version"]).expect(204)
        for page in self.who.pages(f"{self.path}/funding"):
            for row in page:
                amount = support if row["source"] == "local_promotion" else 0
                self.who.patch(f"{self.path}/funding/{row['id']}", {"amount_vnd": amount}, if_match=row["version"]).expect(200)
        for line in lines:
            self.line(**line)
        self.project = Project(project, **cast)
        self.project.walk(until)

    def line(self, **members):
        made = self.who.post(f"{self.path}/lines", {"title": unique("Máy chế biến hạt điều"), **members}).expect(201).json()
        self.lines.append(made)
        return made

    def change(self, number, **members):
        line = self.who.get(f"{self.path}/lines/{self.lines[number]['id']}").expect(200).json()
        # As long as a project is a draft; later a decision does it.
        self.who.patch(f"{self.path}/lines/{line['id']}", members, if_match=line["version"]).expect(200)


@pytest.fixture
def case(cast):
    def make(*lines, firms=None, **options):
        firms = firms or [firm(cast["owner"])["id"] for _ in lines]
        return Case(cast, [{**MACHINERY, "establishment_id": one, **line} for one, line in zip(firms, lines)], **options)
    return make


def judged(one):
    """Found to pass by a signed sheet. Gives the reply to the act."""
    one.project.appraise().expect(201)
    return one.project.act("pass")


def codes(act):
    return [warning["code"] for warning in act["warnings"]]


# ---- G3: scenario A2 ----

def test_300_million_for_each_of_two_firms(case):
    act = case({}, {}).project.act("appraise").expect(201).json()
    assert not [code for code in codes(act) if code.startswith("guard_g3")]


def test_one_dong_more_is_refused_with_norm_article_and_both_limits(case):
    one = case({}, {"eligible_cost_vnd": 620_000_000, "support_vnd": 300_000_001, "counterpart_vnd": 319_999_999})
    reply = one.project.act("appraise").expect(409, "guard-failed")
    assert reply.errors == {("#/lines/1/support_vnd", "guard_g3_norm")}
    fault = reply.json()["errors"][0]
    assert fault["legal_basis"] == "Khoản 4 Điều 8, 28/2018/TT-BTC"
    for word in ("G3", "300.000.001 đồng", "Ứng dụng máy móc tiên tiến", "Khoản 4 Điều 8", "310.000.000 đồng", "mức trần 300.000.000 đồng"):
        assert word in fault["detail"]
    assert one.project.now()["status"] == "submitted"


@pytest.mark.parametrize("line, allowed", [
    ({"is_technology_line": True, "eligible_cost_vnd": 900_000_000, "support_vnd": 450_000_000, "counterpart_vnd": 450_000_000}, True),
    ({"is_technology_line": True, "eligible_cost_vnd": 900_000_000, "support_vnd": 450_000_001, "counterpart_vnd": 449_999_999}, False),
    ({"eligible_cost_vnd": 500_000_000, "support_vnd": 250_000_000, "counterpart_vnd": 250_000_000}, True),
    ({"eligible_cost_vnd": 500_000_000, "support_vnd": 250_000_001, "counterpart_vnd": 249_999_999}, False),
])
def test_technology_lines_and_half_of_the_cost(case, line, allowed):
    reply = case(line).project.act("appraise")
    assert reply.status == (201 if allowed else 409), reply.body


def test_figures_are_in_the_language_of_the_caller(case):
    one = case({"support_vnd": 300_000_001, "counterpart_vnd": 299_999_999})
    reply = one.project.department.post(f"{one.path}/transitions", papers("appraise"), if_match=one.project.now()["version"], headers={"Accept-Language": "en"})
    assert "the limit of the norm" in reply.expect(409).json()["errors"][0]["detail"] and "VND 300,000,001" in reply.json()["errors"][0]["detail"]


# ---- G4, G5, G6 ----

def test_who_pays_what_must_add_up(case):
    one = case({"counterpart_vnd": 100_000_000})
    assert one.project.act("appraise").expect(409, "guard-failed").errors == {("#/lines/0/eligible_cost_vnd", "guard_g4_line_sum")}


def test_support_that_is_in_no_line(case, cast):
    one = case({}, until="draft")
    version = one.project.now()["version"]
    cast["owner"].patch(one.path, {"support_vnd": 200_000_000}, if_match=version).expect(200)
    one.project.walk("submitted")
    assert one.project.act("appraise").expect(409, "guard-failed").errors == {("#/support_vnd", "guard_g4_support_sum")}


def test_the_same_machine_twice_for_one_firm_is_found_across_provinces(case, cast, caller):
    shared, machine = firm(cast["owner"]), {"machines": [{"name": "Máy bóc vỏ", "model": "ĐHK-2021"}]}
    stranger = caller(province=STRANGER)
    theirs = Records(stranger).complete_project(starts_on="2018-05-01", ends_on="2018-12-31")
    stranger.post(f"/v1/projects/{theirs['id']}/lines", {"title": "Thiết bị", "establishment_id": shared["id"], "activity_code": "KC3-MAY-MOC", **machine}).expect(201)
    question = {"establishment_id": shared["id"], "activity_code": "KC3-MAY-MOC", "items": ["MAY BOC VO đhk-2021"]}
    assert cast["owner"].post("/v1/duplicate-checks", question).expect(200).json() == {"is_duplicate": False, "matches": []}, "a draft is no support"
    move(stranger, f"/v1/projects/{theirs['id']}", "submit").expect(201)
    found = cast["owner"].post("/v1/duplicate-checks", question).expect(200).json()
    assert found == {"is_duplicate": True, "matches": [{"project_code": theirs["code"], "year": 2018, "province_code": STRANGER,
                                                        "reasons": ["same_establishment", "same_activity", "same_item"]}]}
    cast["owner"].get(f"/v1/projects/{theirs['id']}").expect(404)
    fault = case(machine, firms=[shared["id"]]).project.act("appraise").expect(409, "guard-failed").json()["errors"][0]
    assert fault["code"] == "guard_g5_same_item" and theirs["code"] in fault["detail"] and theirs["name"] not in fault["detail"]
    warned = case({}, firms=[shared["id"]]).project.act("appraise").expect(201).json()
    assert "guard_g5_same_activity" in codes(warned), "another item of the same activity is for the appraiser to judge"


def test_who_may_be_supported_is_asked_at_the_approval(case, cast):
    large = firm(cast["owner"], size_class="large")
    one = case({}, firms=[large["id"]])
    one.project.act("appraise").expect(201)
    reply = judged(one).expect(409, "guard-failed")
    assert reply.errors == {("#/lines/0/establishment_id", "guard_g6_size_class")} and large["name"] in reply.json()["errors"][0]["detail"]
    unknown = case({}, firms=[firm(cast["owner"], size_class=None)["id"]])
    unknown.project.act("appraise").expect(201)
    assert "guard_g6_unknown" in codes(judged(unknown).expect(201).json()), "what is not known warns"


@pytest.mark.parametrize("question, faults", [
    ({"activity_code": "KC3"}, {("#", "duplicate_check_firm_given")}),
    ({"establishment_id": absent_id(), "activity_code": "KC3"}, {("#/establishment_id", "unknown_reference")}),
    ({"tax_code": "0300588569", "activity_code": "KC99"}, {("#/activity_code", "unknown_reference")}),
])
def test_questions_that_are_none(caller, question, faults):
    assert caller(scopes=["projects:read"]).post("/v1/duplicate-checks", question).expect(422, "invalid").errors == faults


# ---- Exceptions ----

def test_an_exception_lets_one_guard_pass_for_one_line_and_is_seen(case, cast):
    one = case({"support_vnd": 300_000_001, "counterpart_vnd": 299_999_999})
    made = cast["department"].post("/v1/overrides", {"project_line_id": one.lines[0]["id"], "guard": "g3"}).expect(201).json()
    path = f"/v1/overrides/{made['id']}"
    assert (made["project_id"], made["level"], made["province_code"], made["status"]) == (one.project.now()["id"], "national", OWNER, "draft")
    one.project.act("appraise").expect(409, "guard-failed")
    assert cast["leader"].get(path).json()["allowed_actions"] == [], "whose money it is decides: the centre's"
    decision = {"kind": "decision", "document_no": "12/QĐ-BCT", "issued_on": "2018-12-20"}
    grant = {"action": "grant", "acted_on": "2018-12-20", "note": "Lần đầu chế tạo trong nước", "documents": [decision]}
    cast["leader"].post(f"{path}/transitions", grant, if_match=1).expect(409, "invalid-transition")
    bare = cast["bureau_leader"].post(f"{path}/transitions", {"action": "grant"}, if_match=1).expect(422, "invalid")
    assert bare.errors == {("#/note", "required"), ("#/documents", "required")}
    cast["bureau_leader"].post(f"{path}/transitions", grant, if_match=1).expect(201)
    cast["department"].patch(path, {"note": "khác"}, if_match=2).expect(409, "guard-failed")
    act = one.project.act("appraise").expect(201).json()
    warning = next(item for item in act["warnings"] if item["code"] == "guard_overridden")
    assert warning["pointer"] == "#/lines/0/support_vnd" and "12/QĐ-BCT" in warning["label_vi"] and "300.000.001 đồng" in warning["label_vi"]
    cast["bureau_leader"].post(f"{path}/transitions", {"action": "revoke", "note": "Hết lý do"}, if_match=2).expect(201)
    assert judged(one).expect(409, "guard-failed").errors == {("#/lines/0/support_vnd", "guard_g3_norm")}


# ---- Progress reports ----

@pytest.fixture(scope="module")
def running(cast):
    made = Records(cast["owner"]).project()
    return made


def report(who, project, **members):
    return who.post("/v1/progress-reports", {"project_id": project["id"], "from": "2022-07-01", "to": "2022-09-30", "percent_done": 40, "risk": "late",
                                             "difficulties": [{"tags": ["capital"], "description": "Chậm vốn đối ứng"}], **members})


def test_one_report_for_each_project_and_period_locked_once_confirmed(cast, running):
    made = report(cast["owner"], running, percent_done=None, risk=None).expect(201).json()
    path = f"/v1/progress-reports/{made['id']}"
    assert report(cast["owner"], running).expect(409, "taken").json()["existing_id"] == made["id"]
    assert move(cast["owner"], path, "submit").expect(422).errors == {("#/percent_done", "required"), ("#/risk", "required")}
    cast["owner"].patch(path, {"percent_done": 40, "risk": "late", "done": "Đã ký hợp đồng"}, if_match=1).expect(200)
    assert move(cast["owner"], path, "submit").expect(201).json()["warnings"] == []
    cast["owner"].patch(path, {"percent_done": 50}, if_match=3).expect(409, "guard-failed")
    move(cast["department"], path, "return").expect(201)
    cast["owner"].patch(path, {"percent_done": 45}, if_match=4).expect(200)
    move(cast["owner"], path, "submit").expect(201)
    assert move(cast["owner"], path, "confirm").expect(422).errors == {("#/action", "transition_second_person")}
    move(cast["department"], path, "confirm").expect(201)
    locked = cast["owner"].get(path).json()
    assert (locked["status"], locked["percent_done"], locked["allowed_actions"]) == ("confirmed", 45, [])
    refused = cast["owner"].patch(path, {"percent_done": 99}, if_match=locked["version"]).expect(409, "guard-failed")
    assert refused.errors == {("#/status", "record_locked")} and "Đã xác nhận" in refused.json()["errors"][0]["detail"]
    cast["owner"].delete(path, if_match=locked["version"]).expect(409, "guard-failed")


@pytest.fixture(scope="module")
def reported(cast):
    project = Records(cast["owner"]).project()
    made = report(cast["owner"], project).expect(201).json()
    move(cast["owner"], f"/v1/progress-reports/{made['id']}", "submit").expect(201)
    return project


@pytest.mark.parametrize("query, found", [("risk=late", True), ("risk=on_track,blocked", False), ("status=submitted", True), ("status=draft", False), ("from=2022-07-01&to=2022-09-30", True),
                                          ("from=2022-07-02", False), ("to=2022-09-29", False), (f"province_code={OWNER}", True), ("province_code=01", False),
                                          ("province_code=75&geo_basis=current", True)])
def test_reports_are_listed(cast, reported, query, found):
    ids = {row["project_id"] for page in cast["owner"].pages(f"/v1/progress-reports?project_id={reported['id']}&{query}") for row in page}
    assert ids == ({reported["id"]} if found else set())


# ---- Inspections ----

FINDING = {"severity": "major", "description": "Chưa gắn biển", "due_on": "2022-09-15", "status": "open"}


def test_an_inspection_is_closed_when_nothing_is_open(cast, running):
    who = cast["department"]
    made = who.post("/v1/inspections", {"project_id": running["id"], "kind": "periodic", "team": [{"organisation_name": "Sở Công Thương"}]}).expect(201).json()
    path = f"/v1/inspections/{made['id']}"
    assert move(who, path, "carry_out").expect(409, "guard-failed").errors == {("#/inspected_on", "inspection_day_given")}
    who.patch(path, {"inspected_on": "2022-08-16", "findings": [FINDING]}, if_match=1).expect(200)
    move(who, path, "carry_out").expect(201)
    listed = who.get(f"/v1/inspections?project_id={running['id']}&finding_status=open&finding_due_on[lte]=2022-09-15").expect(200).json()["data"]
    assert [row["id"] for row in listed] == [made["id"]]
    assert not who.get(f"/v1/inspections?project_id={running['id']}&finding_due_on[lte]=2022-09-14").json()["data"]
    refused = move(who, path, "close").expect(409, "guard-failed")
    assert refused.errors == {("#/findings/0", "inspection_finding_open")} and "2022-09-15" in refused.json()["errors"][0]["detail"]
    move(who, path, "escalate").expect(201)
    version = who.get(path).json()["version"]
    assert who.patch(path, {"findings": [{**FINDING, "status": "remedied"}]}, if_match=version).expect(422).errors == {("#/findings", "inspection_findings_shape")}
    who.patch(path, {"findings": [{**FINDING, "status": "remedied", "remedied_on": "2022-09-10"}]}, if_match=version).expect(200)
    move(who, path, "close").expect(201)
    who.patch(path, {"conclusion": "khác"}, if_match=version + 2).expect(409, "guard-failed")


# ---- Difficulties, effects ----

def test_difficulties_are_listed_by_area_and_solved(cast):
    who, here = cast["owner"], firm(cast["owner"])
    made = who.post("/v1/difficulties", {"establishment_id": here["id"], "place": {"province_code": OWNER, "commune_code": "25312", "codes_on": "2022-01-01"},
                                         "reported_on": "2022-06-01", "tags": ["capital", "market"], "description": "Thiếu vốn lưu động"}).expect(201).json()
    assert (made["province_code"], made["codes_on"], made["place"]["current"]["province"]["code"]) == (OWNER, "2022-01-01", "75")

    def found(query):
        return made["id"] in {row["id"] for page in who.pages(f"/v1/difficulties?{query}") for row in page}
    assert found("commune_code=25312") and found("tag=market,labour") and found("province_code=75&geo_basis=current") and found("status=open")
    assert not found("tag=labour") and not found("commune_code=25313") and not found("from=2022-06-02")
    path = f"/v1/difficulties/{made['id']}"
    move(who, path, "forward").expect(201)
    move(who, path, "resolve").expect(201)
    assert not found("status=open") and who.get(path).json()["stage"] == "ended"


def test_a_difficulty_is_of_somebody(cast):
    assert cast["owner"].post("/v1/difficulties", {"description": "Không rõ của ai"}).expect(422).errors == {("#", "difficulty_of_somebody")}


def test_an_effect_survey_is_confirmed_by_another(cast):
    here = firm(cast["owner"])
    figures = {"year": 2019, "revenue_vnd": 5_000_000_000, "jobs_count": 20, "energy": {"value": 1.5, "measure_unit": "kWh"}}
    made = cast["department"].post("/v1/effect-surveys", {"establishment_id": here["id"], "surveyed_on": "2022-09-20", "before": figures, "after": {**figures, "year": 2021}}).expect(201).json()
    path = f"/v1/effect-surveys/{made['id']}"
    assert move(cast["department"], path, "confirm").expect(422).errors == {("#/action", "transition_second_person")}
    move(cast["leader"], path, "confirm").expect(201)
    cast["department"].patch(path, {"summary": "x"}, if_match=2).expect(409, "guard-failed")


# ---- Registers ----

def test_what_a_line_leaves_behind_is_of_its_project(cast, caller, running):
    who = cast["owner"]
    line = who.post(f"/v1/projects/{running['id']}/lines", {"title": "Mô hình"}).expect(201).json()
    made = who.post("/v1/demonstration-models", {"project_line_id": line["id"], "name": "Mô hình"}).expect(201).json()
    assert (made["project_id"], made["province_code"], made["organisation_id"]) == (running["id"], OWNER, running["organisation_id"])
    other = Records(who).project()
    for body in ({"project_line_id": line["id"], "project_id": other["id"], "name": "x", "kind": "staff"}, {"project_line_id": absent_id(), "name": "x", "kind": "staff"}):
        assert ("#/project_line_id", "unknown_reference") in who.post("/v1/training-classes", body).expect(422).errors
    stranger = caller(province=STRANGER)
    assert stranger.post("/v1/training-classes", {"project_id": running["id"], "name": "x", "kind": "staff"}).expect(422).errors == {("#/project_id", "unknown_reference")}
    stranger.post("/v1/training-classes", {"province_code": OWNER, "name": "x", "kind": "staff"}).expect(403, "outside-territory")
    who.delete(f"/v1/projects/{running['id']}/lines/{line['id']}", if_match=1).expect(409, "still-referenced")


def test_the_implementer_of_a_project_writes_its_records_from_another_province(cast, caller):
    stranger = caller(province=STRANGER)
    project = Records(cast["owner"]).project(implementer_id=stranger.client["organisation_id"])
    made = report(stranger, project).expect(201).json()
    assert made["province_code"] == OWNER
    assert cast["owner"].get(f"/v1/progress-reports/{made['id']}").expect(200).json() == made
    assert [row["id"] for row in stranger.get(f"/v1/progress-reports?project_id={project['id']}").expect(200).json()["data"]] == [made["id"]]


@pytest.mark.parametrize("path, body, fault", [
    ("training-classes", {"name": "Lớp", "kind": "vocational", "attended_count": 30, "female_count": 31}, ("#/attended_count", "training_class_within_attended")),
    ("training-classes", {"name": "Lớp", "kind": "vocational", "starts_on": "2022-05-02", "ends_on": "2022-05-01"}, ("#/ends_on", "training_class_ends_after_starts")),
    ("training-classes", {"name": "Lớp", "kind": "vocational", "activity_code": "KC99"}, ("#/activity_code", "unknown_reference")),
    ("fairs", {"name": "Hội chợ", "kind": "joined", "country_code": "Lào"}, ("#/country_code", "pattern")),
    ("seminars", {"name": "Hội thảo", "host_organisation_id": absent_id()}, ("#/host_organisation_id", "unknown_reference")),
])
def test_what_cannot_be(cast, path, body, fault):
    assert fault in cast["owner"].post(f"/v1/{path}", body).expect(422, "invalid").errors


def test_classes_are_found_by_what_they_are(cast):
    who, name = cast["owner"], unique("Lớp chế biến")
    made = who.post("/v1/training-classes", {"name": name, "kind": "vocational", "activity_code": "KC1-DAO-TAO", "starts_on": "2022-05-10", "status": "running"}).expect(201).json()
    for query, found in ((f"q={name}", True), ("activity_code=KC1-DAO-TAO", True), ("activity_code=KC2", False), ("status=running", True), ("status=planned", False),
                         ("from=2022-05-10&to=2022-05-10", True), ("from=2022-05-11", False)):
        assert (made["id"] in {row["id"] for page in who.pages(f"/v1/training-classes?{query}") for row in page}) == found, query


def test_booths_are_parts_of_their_fair(cast, caller):
    who, here = cast["owner"], firm(cast["owner"])
    fair = who.post("/v1/fairs", {"name": unique("Hội chợ"), "kind": "joined"}).expect(201).json()
    path = f"/v1/fairs/{fair['id']}"
    booth = who.post(f"{path}/booths", {"establishment_id": here["id"], "rent_vnd": 100, "support_vnd": 80}).expect(201).json()
    assert who.get(path).json()["version"] == 2 and booth["fair_id"] == fair["id"]
    assert who.patch(f"{path}/booths/{booth['id']}", {"support_vnd": 101}, if_match=1).expect(422).errors == {("#/support_vnd", "fair_booth_support_within_rent")}
    assert who.post(f"{path}/booths", {"establishment_id": absent_id()}).expect(422).errors == {("#/establishment_id", "unknown_reference")}
    caller(province=STRANGER).get(f"{path}/booths").expect(404)
    who.delete(path, if_match=2).expect(204)
    who.get(f"{path}/booths/{booth['id']}").expect(410)


# ---- Reports on the execution ----

@pytest.fixture(scope="module")
def year(cast, cluster):
    """Three projects of a programme of their own: one late, one reported on, one stopped."""
    who = cast["owner"]
    records = Records(who)
    programme = records.programme()["id"]

    def project(status, **members):
        made = records.complete_project(programme_id=programme, starts_on="2022-01-01", **members)
        cluster.sql("update project set status = %s where id = %s", status, made["id"])
        return made
    late, reported = project("in_progress", ends_on="2022-06-30"), project("in_progress", ends_on="2022-12-31")
    stopped = project("approved", ends_on="2022-12-31")
    Plans(cast["leader"]).stop_in_plan(stopped, 2022)
    move(cast["leader"], f"/v1/projects/{stopped['id']}", "stop", reason_code="survey_inadequate", acted_on="2022-05-05").expect(201)
    for first, last, day in (("2022-01-01", "2022-01-31", "2022-01-25"), ("2022-02-01", "2022-02-28", "2022-02-26")):
        made = report(who, reported, **{"from": first, "to": last, "risk": "on_track"}).expect(201).json()
        move(who, f"/v1/progress-reports/{made['id']}", "submit", acted_on=day).expect(201)
    back = f"/v1/progress-reports/{made['id']}"
    move(cast["department"], back, "return", acted_on="2022-02-27").expect(201)
    move(who, back, "submit", acted_on="2022-02-28").expect(201)

    def ask(name, caller=who, **question):
        return caller.get(f"/v1/reports/{name}", params={"programme_id": programme, **question}).expect(200).json()
    return {"late": late, "reported": reported, "stopped": stopped, "ask": ask, "programme": programme}


def by_key(answer):
    return {row["key"]: row["values"] for row in answer["rows"]}


def test_late_projects_are_those_past_their_end(year):
    answer = by_key(year["ask"]("late-projects", to="2022-07-10"))
    assert list(answer) == [year["late"]["code"]]
    assert answer[year["late"]["code"]]["days_late"] == 10 and answer[year["late"]["code"]]["support_vnd"] == 60
    assert year["ask"]("late-projects", to="2022-06-30")["rows"] == [], "the last day is not late"
    assert year["ask"]("late-projects", to="2022-07-10", level="national")["rows"] == []


def test_a_report_says_that_a_project_is_late_before_its_end(year, cast):
    made = report(cast["owner"], year["reported"], **{"from": "2022-03-01", "to": "2022-03-31", "risk": "blocked"}).expect(201).json()
    move(cast["owner"], f"/v1/progress-reports/{made['id']}", "submit", acted_on="2022-03-20").expect(201)
    row = by_key(year["ask"]("late-projects", to="2022-04-30"))[year["reported"]["code"]]
    assert (row["days_late"], row["risk"], row["percent_done"]) == (0, "Vướng mắc", 40)
    assert year["reported"]["code"] not in by_key(year["ask"]("late-projects", to="2022-02-28"))


def test_missing_reports_are_counted_by_the_day_they_are_due(year):
    """Monthly by the 25th: of January and February both are there, one on time; the second was returned once."""
    answer = year["ask"]("missing-reports", **{"from": "2022-01-01", "to": "2022-02-28"})
    rows = by_key(answer)
    one, other = rows[year["reported"]["code"]], rows[year["late"]["code"]]
    assert [one[name] for name in ("expected_count", "received_count", "missing_count", "on_time_count", "on_time_percent", "return_count")] == [2, 2, 0, 1, 50, 1]
    assert (other["missing_count"], other["missing_periods"]) == (2, "01/2022, 02/2022")
    assert answer["totals"] == {"expected_count": 4, "received_count": 2, "missing_count": 2, "on_time_count": 1, "on_time_percent": 25, "return_count": 1}
    assert by_key(year["ask"]("missing-reports", **{"from": "2022-01-26", "to": "2022-02-24"})) == {}, "none falls due in between"
    assert by_key(year["ask"]("missing-reports", **{"from": "2022-06-01", "to": "2022-12-31"}))[year["late"]["code"]]["missing_periods"] == "06/2022", "none after its end"


def test_stopped_projects_by_reason_lead_to_their_projects(year, cast):
    answer = year["ask"]("stopped-projects", **{"from": "2022-01-01", "to": "2022-12-31"})
    [row] = answer["rows"]
    assert (row["key"], row["label"], row["values"]["project_count"], row["values"]["support_vnd"]) == ("survey_inadequate", "Khảo sát chưa sát cơ sở", 1, 60)
    listed = [item["id"] for page in cast["owner"].pages(row["records_url"]) for item in page]
    assert listed == [year["stopped"]["id"]]
    assert not cast["owner"].get(row["records_url"].replace("survey_inadequate", "disaster")).expect(200).json()["data"]


@pytest.mark.parametrize("name", ["late-projects", "missing-reports", "stopped-projects"])
def test_another_province_counts_nothing_of_ours(year, caller, name):
    answer = year["ask"](name, caller(province=STRANGER))
    assert answer["rows"] == [] and not any(answer["totals"].values())


@pytest.mark.parametrize("name", ["late-projects", "missing-reports", "stopped-projects"])
def test_reports_are_frozen_and_printed_like_all_others(year, cast, name):
    frozen = cast["owner"].post("/v1/report-snapshots", {"report": name, "programme_id": year["programme"], "to": "2022-12-31"}).expect(201).json()
    assert frozen["report"] == name
    sheet = cast["owner"].get(f"/v1/reports/{name}?format=csv&programme_id={year['programme']}").expect(200)
    assert sheet.headers["Content-Type"].startswith("text/csv") and sheet.body.decode().startswith("\ufeff")
