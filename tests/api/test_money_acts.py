# SPDX-License-Identifier: MIT
"""Acts on contracts, requests, settlements, acceptances and lines: tried, refused, taken, read, and gone with their record."""
import pytest

from support.lives import walk_an_act
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
    parent = ("project", money.who.get(path).json()["project_id"]) if table == "payment_request" else None
    act = {"action": action, "acted_on": "2026-07-02", "documents": [paper()], "reason_code": "other"}
    walk_an_act(money.cluster, money.who, path, table, act, parent, key)
