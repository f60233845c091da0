# SPDX-License-Identifier: MIT
"""Acts on contracts, requests, settlements, acceptances and lines: tried, refused, taken, read, and gone with their record."""
import pytest

from support.money import MILLION, Money, key, paper
from support.samples import OWNER


@pytest.fixture
def money(caller, cluster):
    return Money(caller(province=OWNER), cluster)


def a_contract(money):
    project = money.project(lines=[100])
    return f"/v1/contracts/{money.contract(project['id'], 100, project['lines'][0])['id']}", "contract", "sign"


def a_request(money):
    return f"/v1/payment-requests/{money.ask(money.signed_contract()['id'], MILLION).json()['id']}", "payment_request", "check"


def a_settlement(money):
    deal = money.signed_contract()
    body = {"project_id": deal["project_id"], "line_id": deal["line_id"], "year": 2026, "source": "central_promotion",
            "settled_on": "2026-07-01", "eligible_cost_vnd": 100}
    return f"/v1/settlements/{money.who.post('/v1/settlements', body).expect(201).json()['id']}", "settlement", "submit"


def an_acceptance(money):
    deal = money.signed_contract()
    return f"/v1/acceptances/{money.accept(deal['project_id'], deal['line_id'], 1)['id']}", "acceptance", "sign"


def a_line(money):
    project = money.project(lines=[100])
    return f"/v1/projects/{project['id']}/lines/{project['lines'][0]}", "project_line", "withdraw"


@pytest.mark.parametrize("make", [a_contract, a_request, a_settlement, an_acceptance, a_line])
def test_an_act_from_trial_to_the_end_of_its_record(money, make):
    path, table, action = make(money)
    who, acts = money.who, f"{path}/transitions"
    before = who.get(path).expect(200).json()
    body = {"action": action, "acted_on": "2026-07-02", "documents": [paper()], "reason_code": "other"}
    who.post(f"{acts}?validate_only=true", body, if_match=before["version"], headers=key()).expect(200)
    assert who.get(path).json() == before
    who.post(acts, body, if_match=before["version"] + 7, headers=key()).expect(412, "stale")
    who.post(acts, {**body, "action": "dance"}, if_match=before["version"], headers=key()).expect(409, "invalid-transition")
    made = who.post(acts, body, if_match=before["version"], headers=key()).expect(201)
    read = who.get(f"{acts}/{made.json()['id']}").expect(200)
    assert read.json() == made.json() and read.json()["record_type"] == table
    who.get(f"{acts}/{made.json()['id']}", headers={"If-None-Match": read.etag}).expect(304)
    assert [act["id"] for act in who.get(acts).expect(200).json()["data"]] == [made.json()["id"]]
    with money.cluster.connect() as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(f"update {table} set deleted_at = now() where id = %s" if table != "payment_request" else
                           "update project set deleted_at = now() where id = (select project_id from payment_request where id = %s)",
                           [before["id"]])
    who.get(f"{acts}/{made.json()['id']}").expect(410, "deleted")
    who.get(acts).expect(410, "deleted")
    who.post(acts, body, if_match=before["version"], headers=key()).expect(410, "deleted")
