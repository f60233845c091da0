# SPDX-License-Identifier: MIT
"""Acts ask for scopes of their own: who writes does not approve, who approves does not accept, whatever tier and role allow."""
import csv

import pytest

from support.cluster import ROOT
from support.lives import Project, move
from support.records import Records
from support.samples import OWNER

SCOPES = ("projects:write", "projects:appraise", "projects:approve", "projects:accept", "finance:approve")


def rules():
    with open(ROOT / "db/reference/transition_rules.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# Records of one table under several addresses.
OPERATIONS = {"certificate": ["transitionOcopCertificate", "transitionVotingCertificate"]}


def operations_of(record_type):
    return OPERATIONS.get(record_type, ["transition" + "".join(word.capitalize() for word in record_type.split("_"))])


@pytest.mark.parametrize("record_type", sorted({rule["record_type"] for rule in rules()}))
def test_the_contract_names_the_scopes_of_the_rules(contract, record_type):
    """Any one opens the door; which act it is good for is the rule's to say."""
    asked = {rule["scope"] for rule in rules() if rule["record_type"] == record_type}
    assert {scope for name in operations_of(record_type) for scope in contract.operations[name].scopes} == asked


def actions(record):
    return {one["action"] for one in record["allowed_actions"]}


@pytest.fixture(scope="module")
def desks(world):
    """Systems of one department, each with the scope of one desk, beside one that may do all."""
    department, owner = world.organisation(OWNER), world.organisation(OWNER)
    made = {scope: world.caller(OWNER, organisation=department, scopes=["projects:read", scope]) for scope in SCOPES}
    made["owner"] = world.caller(OWNER, organisation=owner, fresh=True)
    made["department"], made["leader"] = (world.caller(OWNER, organisation=department, fresh=True) for _ in range(2))
    return made


@pytest.fixture
def project(desks, cluster):
    def at(status):
        one = Project(Records(desks["owner"]).complete_project(), desks["owner"], desks["department"], desks["leader"], cluster=cluster)
        one.walk(status)
        return one
    return at


@pytest.mark.parametrize("status, action, scope", [
    ("draft", "submit", "projects:write"), ("submitted", "appraise", "projects:appraise"), ("submitted", "withdraw", "projects:write"),
    ("base_passed", "approve", "projects:approve"), ("base_passed", "reject", "projects:approve"), ("approved", "stop", "projects:approve"),
    ("acceptance_requested", "accept", "projects:accept"), ("settling", "confirm_settlement", "finance:approve")])
def test_one_desk_alone_may_act(desks, project, status, action, scope):
    one = project(status)
    before = one.now()
    for other in SCOPES:
        if other == scope:
            continue
        assert action not in actions(desks[other].get(one.path).json()), other
        refused = move(desks[other], one.path, action).expect(403, "insufficient-scope")
        assert scope in refused.json()["detail"]
        assert f'scope="{scope}"' in refused.headers["WWW-Authenticate"] and 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]
    assert one.now() == before, "nothing was written"
    assert action in actions(desks[scope].get(one.path).json())
    if action == "stop":  # G8 asks for the plan's decision first
        move(desks[scope], one.path, action).expect(409, "guard-failed")
        return
    one.prepare(action)
    move(desks[scope], one.path, action).expect(201)


def test_a_refused_act_shows_what_the_token_is_good_for(desks, project):
    """`base_passed` leads on to approval, rejection and withdrawal; each desk hears of its own."""
    one = project("base_passed")
    for scope, known in (("projects:write", {"withdraw"}), ("projects:approve", {"approve", "reject"}), ("projects:accept", set())):
        assert actions(desks[scope].get(one.path).json()) == known
        assert actions(move(desks[scope], one.path, "settle").expect(409, "invalid-transition").json()) == known


def test_nobody_takes_back_what_his_token_could_not_do(world, desks, project):
    one = project("submitted")
    client = one.department.client
    move(one.department, one.path, "appraise").expect(201)
    assert "correct" in actions(one.department.get(one.path).json())
    narrow = one.department.with_headers(Authorization=f"Bearer {world.token(client, scope='projects:read projects:write')}")
    assert "correct" not in actions(narrow.get(one.path).json())
    refused = move(narrow, one.path, "correct").expect(403, "insufficient-scope")
    assert "projects:appraise" in refused.json()["detail"]
    move(one.department, one.path, "correct").expect(201)


def waiting(who):
    return {item["record_id"]: set(item["actions"]) for page in who.pages("/v1/work-items", 200) for item in page}


def test_work_waits_for_those_who_may_do_it(desks, project):
    one = project("base_passed")
    identifier = one.now()["id"]
    assert waiting(desks["projects:approve"])[identifier] == {"approve"}
    for scope in ("projects:write", "projects:appraise", "projects:accept"):
        assert identifier not in waiting(desks[scope])


def test_a_programme_is_not_approved_by_who_writes_it(world, desks):
    department = desks["department"].client["organisation_id"]
    writer, approver = (world.caller(OWNER, organisation=department, scopes=["programmes:read", scope])
                        for scope in ("programmes:write", "programmes:approve"))
    path = f"/v1/programmes/{Records(writer).complete_programme()['id']}"
    assert move(approver, path, "submit").expect(403, "insufficient-scope").json()["detail"].endswith("programmes:write")
    move(writer, path, "submit").expect(201)
    assert actions(writer.get(path).json()) == {"correct"} and actions(approver.get(path).json()) == {"approve", "return"}
    move(writer, path, "approve").expect(403, "insufficient-scope")
    move(approver, path, "approve").expect(201)
    move(approver, path, "activate").expect(403, "insufficient-scope")
    move(writer, path, "activate").expect(201)
