# SPDX-License-Identifier: MIT
"""Money happens once: sixteen retries at the same time, the service killed in the middle, PostgreSQL killed in the middle."""
import pytest

from support.harm import HARMS, Phoenix
from support.money import MILLION, Money, key, paper
from support.payers import Payers
from support.samples import OWNER
from support.world import at_once

RETRIES, ROUNDS = 16, 2
PROVINCES = ["01", "31", "46", "75"]


@pytest.fixture
def money(caller, cluster):
    return Money(caller(province=OWNER), cluster)


# ---- The same request, sixteen times at once ----

def an_allocation(money):
    return "/v1/allocations", {"year": 2026, "source": "local_promotion", "kind": "baseline", "amount_vnd": 7, "decided_on": "2026-01-05",
                               "organisation_id": money.who.client["organisation_id"], "document": paper()}, None


def a_recovery(money):
    contract = money.signed_contract()["id"]
    money.pay(contract, 100 * MILLION)
    return "/v1/ledger-entries", {"kind": "recovery", "contract_id": contract, "amount_vnd": 60 * MILLION, "entry_on": "2026-06-01",
                                  "document": paper()}, None


def a_reversal(money):
    contract = money.signed_contract()["id"]
    entry = money.pay(contract, 100 * MILLION)["ledger_entry_id"]
    return "/v1/ledger-entries", {"kind": "reversal", "reverses_id": entry, "entry_on": "2026-06-01", "document": paper()}, None


def a_signature(money):
    project = money.project(lines=[200 * MILLION])
    contract = money.contract(project["id"], 200 * MILLION, project["lines"][0])
    return f"/v1/contracts/{contract['id']}/transitions", {"action": "sign", "acted_on": "2026-02-01", "documents": [paper()]}, 1


def a_request(money):
    return "/v1/payment-requests", {"contract_id": money.signed_contract()["id"], "kind": "advance", "amount_vnd": 100 * MILLION,
                                    "requested_on": "2026-03-01", "document": paper()}, None


def a_payment(money):
    asked = money.ask(money.signed_contract()["id"], 100 * MILLION).json()["id"]
    for action in ("check", "approve"):
        money.act(f"/v1/payment-requests/{asked}", action, acted_on="2026-03-02")
    return f"/v1/payment-requests/{asked}/transitions", {"action": "pay", "acted_on": "2026-03-02", "documents": [paper()]}, 3


def an_approval(money):
    contract = money.signed_contract()
    body = {"project_id": contract["project_id"], "line_id": contract["line_id"], "year": 2026, "source": "central_promotion",
            "settled_on": "2026-07-01", "eligible_cost_vnd": 360 * MILLION, "carried_over_vnd": 5 * MILLION}
    made = money.who.post("/v1/settlements", body).expect(201).json()["id"]
    money.act(f"/v1/settlements/{made}", "submit", acted_on="2026-07-02")
    return f"/v1/settlements/{made}/transitions", {"action": "approve", "acted_on": "2026-07-02", "documents": [paper()]}, 2


WRITES = [an_allocation, a_recovery, a_reversal, a_signature, a_request, a_payment, an_approval]


def written(cluster):
    return cluster.sql("select (select count(*) from ledger_entry), (select count(*) from transition),"
                       " (select count(*) from payment_request), (select count(*) from allocation)")[0]


@pytest.mark.parametrize("write", WRITES)
def test_sixteen_retries_have_one_effect(world, cluster, money, write):
    target, body, version = write(money)
    same = {"json": body, "headers": key(), "if_match": version}
    before = written(cluster)

    def ask(http):
        while True:
            reply = http.post(target, **same)
            if reply.status != 409:
                return reply
            reply.expect(409, "request-in-progress")

    replies = [reply.expect(201) for reply in at_once(world, money.who, [ask] * RETRIES)]
    assert len({reply.body for reply in replies}) == 1, "two answers"
    assert sum("Idempotency-Replayed" not in reply.headers for reply in replies) == 1
    effect = [after - earlier for earlier, after in zip(before, written(cluster))]
    assert max(effect) == 1 and effect[0] == (0 if write is a_request else 1)
    money.who.post(target, {**body, "note": "khác"}, headers=same["headers"], if_match=version).expect(422, "idempotency-key-reused")


@pytest.mark.parametrize("write", WRITES)
def test_without_a_key_nothing_happens(cluster, money, write):
    target, body, version = write(money)
    before = written(cluster)
    money.who.post(target, body, if_match=version).expect(400, "idempotency-key-missing")
    assert written(cluster) == before


# ---- Different requests at once: the guard holds ----

def test_sixteen_advances_at_once_do_not_pass_the_share(world, money):
    contract = money.signed_contract(200 * MILLION)["id"]
    body = {"contract_id": contract, "kind": "advance", "amount_vnd": 20 * MILLION, "requested_on": "2026-03-01", "document": paper()}
    replies = at_once(world, money.who, [lambda http: http.post("/v1/payment-requests", body, headers=key())] * RETRIES)
    assert sorted(reply.status for reply in replies) == [201] * 7 + [409] * 9
    assert {reply.code for reply in replies if reply.status == 409} == {"guard-failed"}


def test_sixteen_signatures_at_once_do_not_pass_what_is_assigned(world, money):
    project = money.project(assigned=100 * MILLION)["id"]
    made = [money.contract(project, 30 * MILLION)["id"] for _ in range(RETRIES)]
    sign = {"action": "sign", "acted_on": "2026-02-01", "documents": [paper()]}
    replies = at_once(world, money.who, [
        lambda http, one=one: http.post(f"/v1/contracts/{one}/transitions", sign, if_match=1, headers=key()) for one in made])
    assert sorted(reply.status for reply in replies) == [201] * 3 + [409] * 13
    assert {error for reply in replies if reply.status == 409 for error in reply.errors} == {("#/amount_vnd", "g1_contracted_within_assigned")}


def test_sixteen_cuts_at_once_do_not_take_more_than_was_given(world, money):
    body = {"year": 2031, "source": "foreign", "decided_on": "2026-01-05", "organisation_id": world.organisation(OWNER), "document": paper()}
    money.who.post("/v1/allocations", {**body, "kind": "baseline", "amount_vnd": 100}, headers=key()).expect(201)
    cut = {**body, "kind": "cut", "amount_vnd": 30}
    replies = at_once(world, money.who, [lambda http: http.post("/v1/allocations", cut, headers=key())] * RETRIES)
    assert sorted(reply.status for reply in replies) == [201] * 3 + [409] * 13
    assert {error for reply in replies if reply.status == 409 for error in reply.errors} == {("#/amount_vnd", "allocation_covered")}


# ---- Killed in the middle ----

@pytest.fixture
def phoenix(world, outage):
    phoenix = Phoenix(world)
    yield phoenix
    assert phoenix.service.stop() == 0


@pytest.fixture
def payers(world, cluster, phoenix):
    return Payers(cluster, lambda number: world.caller(province=PROVINCES[number % len(PROVINCES)], service=phoenix), RETRIES)


@pytest.mark.parametrize("harm", HARMS)
def test_the_database_under_payers(outage, phoenix, payers, harm):
    with payers.writing():
        for _ in range(ROUNDS):
            harm(outage, payers)
            payers.progress()
    payers.compare(outage)


def test_the_service_under_payers(outage, phoenix, payers):
    with payers.writing():
        for _ in range(ROUNDS):
            phoenix.kill()
            payers.progress()
    payers.compare(outage)
    assert payers.told["connection lost"]
