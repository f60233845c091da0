# SPDX-License-Identifier: MIT
"""A row that offends several of its table's rules is refused by all of them at once, however it is written."""
import pytest

from support.world import unique

DATES = {"starts_on": "2021-01-01", "ends_on": "2020-12-31"}
MONEY = {"total_cost_vnd": 10, "support_vnd": 6, "counterpart_vnd": 5}
BOTH = {("#/ends_on", "project_ends_after_starts"), ("#/total_cost_vnd", "project_money_within_total")}


@pytest.fixture
def who(caller):
    return caller(province="75")


def body(**members):
    return {"name": unique("Đề án"), "level": "local", **members}


@pytest.mark.parametrize("options", [{}, {"params": {"validate_only": "true"}}, {"headers": {"Idempotency-Key": "0d5a7b8e-1c1f-4b9d-9a5e-6f4f0f6f0a01"}}])
def test_a_project_is_told_both_at_once(who, cluster, options):
    before = cluster.sql("select count(*) from history")[0][0]
    reply = who.post("/v1/projects", body(**DATES, **MONEY), **options).expect(422, "invalid")
    assert reply.errors == BOTH and all(fault["detail"] for fault in reply.json()["errors"])
    assert cluster.sql("select count(*) from history")[0][0] == before
    assert who.post("/v1/projects", body(**MONEY)).expect(422).errors == {("#/total_cost_vnd", "project_money_within_total")}


def test_a_change_is_told_both_at_once(who):
    made = who.post("/v1/projects", body()).expect(201).json()
    path = f"/v1/projects/{made['id']}"
    assert who.patch(path, {**DATES, **MONEY}, if_match=1).expect(422, "invalid").errors == BOTH
    assert who.patch(path, {"starts_on": "2021-01-01"}, if_match=1).expect(200).json()["version"] == 2


def test_an_establishment_is_told_both_at_once(who):
    """The rule of the code cannot be asked without its kind, and the other one is asked all the same."""
    reply = who.post("/v1/establishments", {"name": unique("Cơ sở"), "tax_code": "0300588568", "vsic_codes": ["10"], "vsic_version": None}).expect(422, "invalid")
    assert reply.errors == {("#/tax_code", "establishment_tax_code_check"), ("#/vsic_version", "establishment_vsic_version_required")}


def test_a_refused_write_leaves_no_claim_behind(who):
    """The connection that named all faults serves the next write, whose row is kept."""
    for _ in range(3):
        who.post("/v1/projects", body(**DATES, **MONEY)).expect(422)
        who.post("/v1/projects", body()).expect(201)
