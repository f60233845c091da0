# SPDX-License-Identifier: MIT
"""What acts on plans and approvals are held against: projects that passed their appraisal, what is contracted, who approves on that
day, and the priority rules that an appraisal names."""
import pytest

from support.cluster import Cluster
from support.lives import move
from support.money import Money
from support.plans import Plans
from support.promotion import problem
from support.records import Records
from support.samples import OWNER, absent_id

MILLION = 1_000_000


@pytest.fixture(scope="module")
def centre(caller):
    return Plans(caller(None))


@pytest.fixture
def submitted(caller, centre):
    """A plan with one draft of a project, handed in."""
    def of(level):
        make = centre if level == "national" else Plans(caller(OWNER))
        plan = make.plan(2026, level)
        make.item(plan, 100 * MILLION, Plans(caller(OWNER)).project(level))
        make.act(plan, "open", "appraise", "submit")
        return make, plan
    return of


# ---- Nothing is assigned that was not appraised ----

@pytest.mark.parametrize("level, short, enough", [("national", "base_passed", "central_passed"), ("local", "base_appraising", "base_passed"),
                                                  ("national", "draft", "approved"), ("local", "draft", "approved")])
def test_a_plan_is_assigned_when_its_projects_have_passed(submitted, level, short, enough):
    make, plan = submitted(level)
    make.appraised(plan, short)
    before, item = make.read(plan), make.items(plan)[0]
    refused = make.try_to(plan, "assign", is_appraised=False).expect(409, "guard-failed")
    assert refused.errors == {("#/action", "plan_item_appraised")}
    fault, = refused.json()["errors"]
    assert item["project"]["code"] in fault["detail"] and fault["legal_basis"].startswith("Nghị định 45/2012/NĐ-CP")
    assert make.read(plan) == before, "nothing was written"
    with_status(item["project_id"], enough)
    make.act(plan, "assign", is_appraised=False)


def with_status(project, status):
    with Cluster.latest.connect() as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("update project set status = %s where id = %s", [status, project])


# ---- What is contracted stays assigned ----

@pytest.fixture
def contracted(caller, cluster, centre):
    """500 million assigned, 300 million of them contracted."""
    who = caller(OWNER)
    money = Money(who, cluster)
    project = money.project(assigned=0, lines=[500 * MILLION])
    plan = centre.plan(2026, "national")
    centre.act(plan, "open")
    item = Plans(who).item(plan, 500 * MILLION, project)
    centre.act(plan, "appraise", "submit", "assign")
    made = money.contract(project["id"], 300 * MILLION, project["lines"][0])
    money.act(f"/v1/contracts/{made['id']}", "sign")
    return plan, item, project


def lower(centre, plan, item, support):
    adjustment = centre.adjustment(plan, "change", items=[{"item_id": item["id"], "after": {"support_vnd": support}}])
    centre.act(adjustment, "submit", "review")
    return adjustment


def test_no_adjustment_goes_below_what_is_contracted(centre, contracted):
    plan, item, project = contracted
    adjustment = lower(centre, plan, item, 300 * MILLION - 1)
    refused = centre.try_to(adjustment, "approve")
    problem(refused.expect(409), "guard-failed", ("#/items/0/after/support_vnd", "g1_adjusted_below_contracted"))
    fault, = refused.json()["errors"]
    assert project["code"] in fault["detail"] and "300000000" in fault["detail"] and "299999999" in fault["detail"]
    assert centre.read_item(item)["support_vnd"] == 500 * MILLION
    centre.act(adjustment, "reject")
    centre.act(lower(centre, plan, item, 300 * MILLION), "approve")
    assert centre.read_item(item)["support_vnd"] == 300 * MILLION


def test_stopping_is_no_lowering(centre, contracted):
    plan, item, _ = contracted
    centre.decide(centre.adjustment(plan, "stop", items=[{"item_id": item["id"]}]))
    assert centre.read_item(item)["is_stopped"]


# ---- Who approves on that day ----

DECISIONS = {"prime minister": {"document_no": "1881/QĐ-TTg", "issuer_name": "Thủ tướng Chính phủ"},
             "minister": {"document_no": "2646/QĐ-BCT", "issuer_name": "Bộ Công Thương"},
             "minister by number": {"document_no": "2646/QĐ-BCT"}, "minister by name": {"issuer_name": "Bộ trưởng Bộ Công thương"}}


@pytest.mark.parametrize("day, decision, authority", [
    ("2025-09-23", "minister", "Thủ tướng Chính phủ"), ("2025-09-23", "prime minister", None), ("2025-10-15", "minister", None),
    ("2025-10-15", "minister by number", None), ("2025-10-15", "minister by name", None),
    ("2025-10-15", "prime minister", "Bộ trưởng Bộ Công Thương")])
def test_another_authority_is_pointed_to_and_not_refused(world, day, decision, authority):
    """2646/QĐ-BCT was signed by the Minister three weeks before the amendment that lets him."""
    ministry = world.organisation(None, "central")
    officer, leader = (world.caller(None, tier="central", organisation=ministry, fresh=True) for _ in range(2))
    path = f"/v1/programmes/{Records(officer).complete_programme(level='national')['id']}"
    move(officer, path, "submit", acted_on="2025-09-01").expect(201)
    act = move(leader, path, "approve", acted_on=day, documents=[{"kind": "decision", **DECISIONS[decision]}]).expect(201).json()
    found = [warning for warning in act["warnings"] if warning["code"] == "approving_authority"]
    assert [warning["label_vi"].endswith(authority) for warning in found] == ([True] if authority else [])
    assert all(warning["pointer"] == "#/documents" and warning["legal_basis"] and warning["certainty"] == "verified" for warning in found)


def test_the_chairman_approves_what_is_local(caller, world):
    department = world.organisation(OWNER)
    officer, leader = (world.caller(OWNER, organisation=department, fresh=True) for _ in range(2))
    for issuer, is_warned in (({"document_no": "2553/QĐ-UBND"}, False), ({"document_no": "12/QĐ-SCT", "issuer_name": "Sở Công Thương"}, True)):
        path = f"/v1/programmes/{Records(officer).complete_programme()['id']}"
        move(officer, path, "submit").expect(201)
        act = move(leader, path, "approve", documents=[{"kind": "decision", **issuer}]).expect(201).json()
        assert ("approving_authority" in {warning["code"] for warning in act["warnings"]}) == is_warned


# ---- Priority rules that an appraisal names ----

@pytest.fixture
def rule(cluster):
    made = cluster.sql("""insert into priority_rule (code, kind, name_vi, name_en, weight, legal_document_no, valid_from, valid_to, certainty, enforcement)
        values ('UT-THU', 'area', 'Thử', 'Trial', 1, '1/QĐ', '2020-01-01', '2020-12-31', 'uncertain', 'warn') returning id::text""")[0][0]
    yield made
    cluster.sql("delete from priority_rule where id = %s", made)


def test_an_appraisal_names_rules_in_force_on_its_day(caller, rule):
    who = caller(OWNER)
    sheet = {"project_id": Records(who).complete_project()["id"], "appraised_on": "2020-12-31", "result": "passed"}
    nobody = absent_id()
    for day, ids, faults in (("2020-12-31", [rule, nobody], {("#/priority_rule_ids/1", "unknown_reference")}),
                             ("2021-01-01", [rule], {("#/priority_rule_ids/0", "priority_rule_in_force")}),
                             ("2019-12-31", [rule], {("#/priority_rule_ids/0", "priority_rule_in_force")})):
        assert who.post("/v1/appraisals", {**sheet, "appraised_on": day, "priority_rule_ids": ids}).expect(422, "invalid").errors == faults
    made = who.post("/v1/appraisals", {**sheet, "priority_rule_ids": [rule]}).expect(201).json()
    assert made["priority_rule_ids"] == [rule]
    path = f"/v1/appraisals/{made['id']}"
    assert who.patch(path, {"appraised_on": "2021-01-01"}, if_match=made["version"]).expect(422, "invalid").errors == {
        ("#/priority_rule_ids/0", "priority_rule_in_force")}
    who.patch(path, {"appraised_on": "2020-01-01"}, if_match=made["version"]).expect(200)
