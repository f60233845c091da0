# SPDX-License-Identifier: MIT
"""Money through HTTP: what is assigned, contracted, paid and comes back, and the guards that hold these figures together."""
import pytest

from support.money import MILLION, Money, key, paper
from support.samples import OWNER


@pytest.fixture
def who(caller):
    return caller(province=OWNER)


@pytest.fixture
def money(who, cluster):
    return Money(who, cluster)


def figures(record, *names):
    return tuple(record[f"{name}_vnd"] for name in names)


# ---- Scenario M ----

def test_contract_200_advances_140_at_70_percent_and_not_one_more(money):
    contract = money.signed_contract(200 * MILLION)["id"]
    money.pay(contract, 100 * MILLION)
    money.pay(contract, 40 * MILLION)
    refused = money.ask(contract, 1, status=409, code="guard-failed")
    assert refused.errors == {("#/amount_vnd", "g2_advances_within_share")}
    fault = refused.json()["errors"][0]
    assert fault["detail"] == "G2: tạm ứng cộng lại 140000001 đồng, tối đa 140000000 đồng (70 % của 200000000 đồng theo hợp đồng)"
    assert "28/2018" in fault["legal_basis"]
    after = money.get("contracts", contract)
    assert figures(after, "contracted", "advanced", "paid", "recovered") == (200 * MILLION, 140 * MILLION, 140 * MILLION, 0)
    settled = money.settle(after["project_id"], 360 * MILLION, after["line_id"])
    assert figures(settled, "norm_limit", "payable", "to_pay", "to_recover") == (180 * MILLION, 180 * MILLION, 40 * MILLION, 0)
    assert settled["norm"]["legal_basis"] == {"document_no": "28/2018/TT-BTC", "article": "Khoản 4 Điều 8"}
    refused = money.ask(contract, 40 * MILLION + 1, "payment", status=409, code="guard-failed")
    assert refused.errors == {("#/amount_vnd", "g3_paid_within_payable")}
    money.pay(contract, 40 * MILLION, "payment")
    after = money.get("contracts", contract)
    assert figures(after, "contracted", "advanced", "paid") == (200 * MILLION, 140 * MILLION, 180 * MILLION)
    money.act(f"/v1/contracts/{contract}", "close_out", acted_on="2026-08-01")


@pytest.fixture
def at_95_percent(cluster):
    cluster.sql("insert into parameter (code, name_vi, name_en, value, measure_unit, province_code, legal_basis, valid_from, certainty,"
                " enforcement) values ('advance_percent_max', 'Tạm ứng', 'Advance', 95, 'percent', %s, 'Nghị quyết', '2018-01-01',"
                " 'verified', 'block')", OWNER)
    yield
    cluster.sql("delete from parameter where province_code = %s", OWNER)


@pytest.mark.usefixtures("at_95_percent")
def test_advances_190_at_95_percent_come_back_by_10(money):
    contract = money.signed_contract(200 * MILLION)
    money.pay(contract["id"], 190 * MILLION)
    settled = money.settle(contract["project_id"], 360 * MILLION, contract["line_id"])
    assert figures(settled, "paid", "payable", "to_pay", "to_recover") == (190 * MILLION, 180 * MILLION, 0, 10 * MILLION)
    money.act(f"/v1/contracts/{contract['id']}", "close_out", status=409, code="guard-failed", acted_on="2026-08-01")
    money.recover(contract["id"], 10 * MILLION)
    assert figures(money.get("contracts", contract["id"]), "paid", "recovered") == (190 * MILLION, 10 * MILLION)
    money.act(f"/v1/contracts/{contract['id']}", "close_out", acted_on="2026-08-01")
