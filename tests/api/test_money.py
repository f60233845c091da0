# SPDX-License-Identifier: MIT
"""Money through HTTP: what is assigned, contracted, paid and comes back, and the guards that hold these figures together."""
import pytest

from support.money import MILLION, Money, key, paper
from support.plans import Plans
from support.samples import OWNER
from support.world import unique


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


# ---- Scenario G ----

@pytest.fixture
def group(money, who, caller):
    """Three establishments, 250, 300 and 200 million đồng, 750 assigned and contracted; the third has 100 million in hand."""
    plans = Plans(caller(None))
    project = money.project(assigned=0, lines=[250 * MILLION, 300 * MILLION, 200 * MILLION], scale="group")
    for line in project["lines"]:
        establishment = who.post("/v1/establishments", {"name": unique("Cơ sở"), "legal_form": "llc_single",
                                                        "place": {"province_code": OWNER, "codes_on": "2024-01-01"}}).expect(201).json()["id"]
        who.patch(f"/v1/projects/{project['id']}/lines/{line}", {"establishment_id": establishment}, if_match=1).expect(200)
    plan = plans.plan(2026, "national")
    plans.act(plan, "open")
    item = Plans(who).item(plan, 750 * MILLION, project)
    plans.act(plan, "appraise", "submit", "assign")
    contracts = [money.contract(project["id"], amount * MILLION, line)["id"] for amount, line in zip((250, 300, 200), project["lines"])]
    for contract in contracts:
        money.act(f"/v1/contracts/{contract}", "sign")
    money.pay(contracts[2], 100 * MILLION)
    return plans, plan, item, project, contracts


def line_states(who, project):
    return [who.get(f"/v1/projects/{project['id']}/lines/{line}").json()["status"] for line in project["lines"]]


def accepted(money, project, line, value):
    made = money.accept(project["id"], line, value)
    return money.act(f"/v1/acceptances/{made['id']}", "sign", acted_on="2026-06-21").json()


def asked_guard(cluster, guard, project):
    return [fault["code"] for fault in cluster.sql(f"select guard_{guard}(%s, '{{}}', '2026-07-01')", project["id"])[0][0]]


def test_a_group_project_whose_third_beneficiary_leaves(money, who, cluster, group):
    plans, plan, item, project, contracts = group
    third = project["lines"][2]
    assert line_states(who, project) == ["active"] * 3
    money.act(f"/v1/projects/{project['id']}/lines/{third}", "withdraw", reason_code="beneficiary_withdrew")
    money.act(f"/v1/contracts/{contracts[2]}", "terminate", reason_code="beneficiary_withdrew", acted_on="2026-04-01")
    ended = money.get("contracts", contracts[2])
    assert figures(ended, "contracted", "paid", "recovered") == (100 * MILLION, 100 * MILLION, 0), "what is out stays promised"
    assert asked_guard(cluster, "g9_advances_settled", project) == ["g9_advances_settled"]
    for line, value in zip(project["lines"], (250, 300)):
        accepted(money, project, line, value * MILLION)
    assert asked_guard(cluster, "g7_lines_accepted", project) == ["g7_lines_accepted"], "it asked to leave; nobody decided yet"
    plans.decide(plans.adjustment(plan, "change", reason_code="beneficiary_withdrew", items=[
        {"item_id": item["id"], "after": {"support_vnd": 550 * MILLION}, "removed_line_ids": [third]}]))
    assert line_states(who, project) == ["accepted", "accepted", "removed"]
    money.recover(contracts[2], 100 * MILLION + 1, 409, "guard-failed")
    money.recover(contracts[2], 100 * MILLION)
    assert figures(money.get("contracts", contracts[2]), "contracted", "paid", "recovered") == (0, 100 * MILLION, 100 * MILLION)
    assert asked_guard(cluster, "g7_lines_accepted", project) == asked_guard(cluster, "g9_advances_settled", project) == []
    payable = [money.settle(project["id"], 2 * value * MILLION, line)["payable_vnd"] for line, value in zip(project["lines"], (250, 300))]
    assert sum(payable) == 550 * MILLION
    for contract, value in zip(contracts, payable):
        money.pay(contract, value, "payment")
        money.act(f"/v1/contracts/{contract}", "close_out", acted_on="2026-08-01")
    assert line_states(who, project) == ["settled", "settled", "removed"]
    assert asked_guard(cluster, "project_settled", project) == asked_guard(cluster, "project_contracts_ended", project) == []
    seen = Plans(who).read_item(item)
    assert (seen["baseline"]["support_vnd"], seen["support_vnd"]) == (750 * MILLION, 550 * MILLION)
    assert cluster.sql("select assigned_baseline_vnd(%s), assigned_vnd(%s), contracted_vnd(%s), paid_vnd(%s) - recovered_vnd(%s)",
                       *[project["id"]] * 5)[0] == (750 * MILLION, *[550 * MILLION] * 3)
    lines = who.get(f"/v1/projects/{project['id']}/lines").json()["data"]
    assert len({line["establishment_id"] for line in lines if line["status"] == "settled"}) == 2


# ---- Scenario A2: acceptance ----

MACHINE = {"name": "Máy chẻ hạt điều", "model": "ĐHK-2021", "capacity": "650–750 kg/h", "origin_country": "VN", "new_percent": 100}


def test_three_lines_are_accepted_with_machine_facts(money, who):
    project = money.project(lines=[300 * MILLION] * 3)
    made = [money.contract(project["id"], 300 * MILLION, line)["id"] for line in project["lines"]]
    for contract in made:
        money.act(f"/v1/contracts/{contract}", "sign")
    for line in project["lines"]:
        act = accepted_with(money, project, line, machines=[MACHINE])
        assert act["snapshot_id"] and act["to_status"] == "signed"
    rows = who.get(f"/v1/acceptances?project_id={project['id']}").expect(200).json()["data"]
    assert (len(rows), sum(row["value_vnd"] for row in rows)) == (3, 900 * MILLION)
    assert all({name: row["machines"][0][name] for name in MACHINE} == MACHINE for row in rows)
    assert line_states(who, project) == ["accepted"] * 3


def accepted_with(money, project, line, **members):
    made = money.accept(project["id"], line, 300 * MILLION, **members)
    return money.act(f"/v1/acceptances/{made['id']}", "sign", acted_on="2026-06-21").json()


# ---- Guards, one by one ----

@pytest.fixture
def deal(money):
    return money.signed_contract(200 * MILLION)


def guard(reply, *codes):
    assert {code for _, code in reply.expect(409, "guard-failed").errors} == set(codes), reply.body.decode()


def test_g1_nothing_is_contracted_that_no_plan_assigned(money):
    made = money.contract(money.project(assigned=0)["id"], 1)
    guard(money.act(f"/v1/contracts/{made['id']}", "sign", 409), "g1_assigned")


def test_g1_contracts_keep_to_what_is_assigned_and_to_the_line(money):
    project = money.project(assigned=500, lines=[300])
    for amount, line, codes in ((501, None, ["g1_contracted_within_assigned"]), (301, project["lines"][0], ["g1_contracted_within_line"]),
                                (501, project["lines"][0], ["g1_contracted_within_assigned", "g1_contracted_within_line"])):
        made = money.contract(project["id"], amount, line)
        guard(money.act(f"/v1/contracts/{made['id']}", "sign", 409), *codes)
    made = money.contract(project["id"], 300, project["lines"][0])
    money.act(f"/v1/contracts/{made['id']}", "sign")
    guard(money.act(f"/v1/contracts/{made['id']}", "amend", 409, amount_vnd=301), "g1_contracted_within_line")
    money.act(f"/v1/contracts/{made['id']}", "amend", amount_vnd=299, ends_on="2026-12-31")
    after = money.get("contracts", made["id"])
    assert figures(after, "amount", "contracted") == (299, 299) and after["ends_on"] == "2026-12-31"
    assert [(one["amount_before_vnd"], one["amount_vnd"]) for one in after["amendments"]] == [(300, 299)]


def test_g1_what_is_passed_on_keeps_to_its_contract(money):
    project = money.project(assigned=500)["id"]
    whole = money.contract(project, 500, kind="implementation")["id"]
    parts = [money.contract(project, amount, parent_id=whole)["id"] for amount in (300, 201)]
    guard(money.act(f"/v1/contracts/{parts[0]}", "sign", 409), "g2_contract_signed")
    money.act(f"/v1/contracts/{whole}", "sign")
    money.act(f"/v1/contracts/{parts[0]}", "sign")
    guard(money.act(f"/v1/contracts/{parts[1]}", "sign", 409), "g1_passed_on_within_contract")
    guard(money.ask(parts[0], 1, status=409), "g2_contract_carries_money")
    assert figures(money.get("contracts", parts[0]), "contracted") == (0,), "it commits none of its own"


def test_g2_no_advance_before_the_contract_is_signed(money):
    made = money.contract(money.project(lines=[100])["id"], 100)
    guard(money.ask(made["id"], 1, status=409), "g2_contract_signed")


def test_g2_not_more_goes_out_than_is_contracted(money, deal):
    guard(money.ask(deal["id"], 200 * MILLION + 1, "payment", 409), "g2_paid_within_contracted")
    money.pay(deal["id"], 100 * MILLION)
    guard(money.act(f"/v1/contracts/{deal['id']}", "amend", 409, amount_vnd=140 * MILLION), "g2_advances_within_share")
    guard(money.act(f"/v1/contracts/{deal['id']}", "amend", 409, amount_vnd=99 * MILLION),
          "g2_paid_within_contracted", "g2_advances_within_share")
    guard(money.recover(deal["id"], 100 * MILLION + 1, 409), "g2_recovered_within_paid")


def test_g2_requests_that_are_still_open_count(money, deal):
    first = money.ask(deal["id"], 140 * MILLION).json()["id"]
    guard(money.ask(deal["id"], 1, status=409), "g2_advances_within_share")
    money.act(f"/v1/payment-requests/{first}", "reject", note="Hồ sơ chưa đủ")
    money.ask(deal["id"], 140 * MILLION)


def test_g3_without_a_contract_nothing_is_settled(money):
    project = money.project(lines=[100])
    body = {"project_id": project["id"], "year": 2026, "source": "central_promotion", "settled_on": "2026-07-01", "eligible_cost_vnd": 100}
    made = money.who.post("/v1/settlements", body).expect(201).json()["id"]
    guard(money.act(f"/v1/settlements/{made}", "submit", 409), "g3_settlement_of_contract")
    taken = money.who.post("/v1/settlements", body).expect(409, "taken")
    assert taken.json()["existing_id"] == made


def test_g3_a_contract_ends_when_it_is_square(money, deal):
    guard(money.act(f"/v1/contracts/{deal['id']}", "close_out", 409), "contract_has_settlement")
    money.settle(deal["project_id"], 360 * MILLION, deal["line_id"])
    guard(money.act(f"/v1/contracts/{deal['id']}", "close_out", 409), "contract_is_square")


def test_g7_acceptance_is_within_the_term(money, deal):
    money.act(f"/v1/contracts/{deal['id']}", "amend", ends_on="2026-05-31")
    made = money.accept(deal["project_id"], deal["line_id"], 1)["id"]
    guard(money.act(f"/v1/acceptances/{made}", "sign", 409, acted_on="2026-06-21"), "g7_accepted_in_term")
    money.act(f"/v1/contracts/{deal['id']}", "amend", ends_on="2026-06-30")
    money.act(f"/v1/acceptances/{made}", "sign", acted_on="2026-06-21")
    bare = money.project(lines=[100])
    made = money.accept(bare["id"], bare["lines"][0], 1)["id"]
    guard(money.act(f"/v1/acceptances/{made}", "sign", 409, acted_on="2026-06-21"), "g7_contract_signed")


@pytest.mark.parametrize("roles", [[], ["implementer"], ["implementer", "beneficiary"]])
def test_g11_nobody_accepts_his_own_work(money, deal, roles):
    members = [{"role": role, "organisation_name": "Đơn vị"} for role in roles]
    made = money.accept(deal["project_id"], deal["line_id"], 1, members=members)["id"]
    guard(money.act(f"/v1/acceptances/{made}", "sign", 409, acted_on="2026-06-21"), "g11_accepted_by_others")


def test_a_failed_acceptance_accepts_nothing(money, who, deal):
    made = money.accept(deal["project_id"], deal["line_id"], 0, result="failed")["id"]
    money.act(f"/v1/acceptances/{made}", "sign", acted_on="2026-06-21")
    assert who.get(f"/v1/projects/{deal['project_id']}/lines/{deal['line_id']}").json()["status"] == "active"


def test_g10_what_was_signed_or_accepted_stays(money, who, deal):
    path = f"/v1/contracts/{deal['id']}"
    guard(who.patch(path, {"amount_vnd": 1}, if_match=deal["version"]), "money_frozen")
    guard(who.delete(path, if_match=deal["version"]), "money_frozen")
    made = money.accept(deal["project_id"], deal["line_id"], 1)["id"]
    money.act(f"/v1/acceptances/{made}", "sign", acted_on="2026-06-21")
    guard(who.patch(f"/v1/acceptances/{made}", {"value_vnd": 2}, if_match=2), "money_frozen")
    guard(who.delete(f"/v1/acceptances/{made}", if_match=2), "money_frozen")
    line = f"/v1/projects/{deal['project_id']}/lines/{deal['line_id']}"
    guard(who.patch(line, {"support_vnd": 1}, if_match=who.get(line).json()["version"]), "money_frozen")
    settled = money.settle(deal["project_id"], 360 * MILLION, deal["line_id"])
    path = f"/v1/settlements/{settled['id']}"
    guard(who.patch(path, {"eligible_cost_vnd": 1}, if_match=settled["version"]), "money_frozen")
    guard(who.delete(path, if_match=settled["version"]), "money_frozen")


def test_g12_money_moves_by_a_paper_with_a_number(money, who, deal):
    money.pay(deal["id"], 1)
    body = {"kind": "recovery", "contract_id": deal["id"], "amount_vnd": 1, "entry_on": "2026-06-01", "document": {"kind": "decision"}}
    assert who.post("/v1/ledger-entries", body, headers=key()).expect(422, "invalid").errors == {("#/document", "ledger_entry_document_numbered")}
    asked = money.ask(deal["id"], 1).json()["id"]
    for action in ("check", "approve"):
        money.act(f"/v1/payment-requests/{asked}", action, acted_on="2026-03-02")
    bare = money.act(f"/v1/payment-requests/{asked}", "pay", 422, documents=[])
    assert bare.errors == {("#/documents", "required")}


# ---- Counter-entries, amendments that say nothing, money carried over ----

def test_an_entry_is_reversed_once(money, deal):
    entry = money.pay(deal["id"], 100 * MILLION)["ledger_entry_id"]
    counter = money.reverse(entry).json()
    assert (counter["from_account"], counter["to_account"], counter["amount_vnd"]) == ("disbursed", "committed", 100 * MILLION)
    assert figures(money.get("contracts", deal["id"]), "advanced", "paid") == (0, 0)
    money.reverse(entry, 409, "taken")
    money.reverse(counter["id"], 422, "invalid")
    money.ask(deal["id"], 140 * MILLION)


def test_an_amendment_says_something(money, deal):
    refused = money.act(f"/v1/contracts/{deal['id']}", "amend", 422)
    assert refused.errors == {("#/amount_vnd", "contract_amendment_says_something")}


def test_money_carried_over_moves_to_the_next_year(money, who, deal):
    settled = money.settle(deal["project_id"], 360 * MILLION, deal["line_id"], carried_over_vnd=30 * MILLION)
    rows = who.get(f"/v1/ledger-entries?project_id={deal['project_id']}&kind=transfer").json()["data"]
    assert [(row["from_year"], row["year"], row["amount_vnd"], row["settlement_id"]) for row in rows] == [(2026, 2027, 30 * MILLION, settled["id"])]
    money.act(f"/v1/settlements/{settled['id']}", "reopen", note="Sai chứng từ", acted_on="2026-07-03")
    rows = who.get(f"/v1/ledger-entries?project_id={deal['project_id']}&kind=reversal").json()["data"]
    assert [row["reverses_id"] for row in rows] and money.get("settlements", settled["id"])["status"] == "reopened"
    too_much = {"carried_over_vnd": 181 * MILLION}
    who.patch(f"/v1/settlements/{settled['id']}", too_much, if_match=money.get("settlements", settled["id"])["version"]).expect(422, "invalid")


def test_a_line_leaves_with_a_reason_and_is_removed_by_a_paper(money, who):
    project = money.project(lines=[100])
    path = f"/v1/projects/{project['id']}/lines/{project['lines'][0]}"
    bare = money.act(path, "withdraw", 422)
    assert bare.errors == {("#/reason_code", "required")}
    money.act(path, "withdraw", reason_code="counterpart_missing")
    money.act(path, "remove", 422, documents=[])
    money.act(path, "remove")
    money.act(path, "withdraw", 409, "invalid-transition", reason_code="other")
    assert who.get(path).json()["status"] == "removed"


def test_allocations_cuts_and_transfers_add_up(world, money, who):
    one, other = world.organisation(OWNER), world.organisation(OWNER)

    def allocate(kind, amount, status=201, **members):
        body = {"year": 2026, "source": "local_promotion", "kind": kind, "organisation_id": one, "amount_vnd": amount,
                "decided_on": "2026-01-05", "document": paper(), **members}
        return who.post("/v1/allocations", body, headers=key()).expect(status)

    assert allocate("baseline", 100).json()["allocated_vnd"] == 100
    assert allocate("supplement", 50).json()["allocated_vnd"] == 150
    assert allocate("cut", 30).json()["allocated_vnd"] == 120
    assert allocate("transfer", 21, organisation_id=other, from_organisation_id=one).json()["allocated_vnd"] == 21
    guard(allocate("cut", 100, 409), "allocation_covered")
    assert allocate("transfer", 1, 422).errors == {("#/from_organisation_id", "allocation_from_of_transfer")}
    entry = who.get(f"/v1/ledger-entries?organisation_id={one}&kind=allocation&sort=recorded_at").json()["data"][0]
    guard(money.reverse(entry["id"], 409), "allocation_covered")
    assert (entry["from_account"], entry["to_account"]) == ("budget", "allocated")


# ---- Balances ----

KINDS = {"allocated_vnd": "allocation", "contracted_vnd": "commitment", "advanced_vnd": "advance", "recovered_vnd": "recovery"}


def drilled(who, row):
    """The figures of a row, added up from the entries that it names."""
    sums, by_id = dict.fromkeys(KINDS, 0), {}
    for page in who.pages(row["records_url"], 200):
        for entry in page:
            by_id[entry["id"]] = entry
    for entry in by_id.values():
        kind, sign = entry["kind"], 1
        if kind == "reversal":
            kind, sign = who.get(f"/v1/ledger-entries/{entry['reverses_id']}").json()["kind"], -1
        turned = (kind, entry["from_account"]) in (("allocation", "allocated"), ("commitment", "committed")) and sign == 1
        for figure, of_kind in KINDS.items():
            sums[figure] += (-1 if turned else sign) * entry["amount_vnd"] if kind == of_kind else 0
    return sums


@pytest.fixture
def busy(money, deal):
    money.reverse(money.pay(deal["id"], 40 * MILLION)["ledger_entry_id"])
    money.pay(deal["id"], 100 * MILLION)
    money.act(f"/v1/contracts/{deal['id']}", "amend", amount_vnd=190 * MILLION)
    money.recover(deal["id"], 10 * MILLION)
    money.settle(deal["project_id"], 360 * MILLION, deal["line_id"], carried_over_vnd=5 * MILLION)
    return deal


def balances(who, query):
    return who.get(f"/v1/reports/ledger-balances?{query}").expect(200).json()


def test_balances_by_year_follow_the_money_carried_over(who, busy):
    report = balances(who, f"project_id={busy['project_id']}")
    rows = {row["key"]: row["values"] for row in report["rows"]}
    assert set(rows) == {"2026", "2027"}
    assert figures(rows["2026"], "contracted", "advanced", "paid", "recovered", "disbursed", "carried_over", "committed") == tuple(
        value * MILLION for value in (190, 100, 100, 10, 90, -5, 95))
    assert figures(rows["2027"], "contracted", "carried_over", "committed") == (0, 5 * MILLION, 5 * MILLION)
    assert figures(report["totals"], "contracted", "carried_over", "committed") == (190 * MILLION, 0, 100 * MILLION)


@pytest.mark.parametrize("group_by", ["year", "source", "province", "project"])
def test_each_balance_is_the_sum_of_its_entries(who, busy, group_by):
    report = balances(who, f"group_by={group_by}&project_id={busy['project_id']}")
    for row in report["rows"]:
        assert drilled(who, row) == {name: row["values"][name] for name in KINDS}, row
    for name in report["totals"]:
        assert report["totals"][name] == sum(row["values"][name] for row in report["rows"])
    if group_by == "project":
        assert [row["key"] for row in report["rows"]] == [busy["project_id"]]


def test_the_whole_province_adds_up_whatever_the_rows(who, busy, caller):
    totals = [balances(who, f"group_by={group_by}")["totals"] for group_by in ("year", "source", "province", "project")]
    assert all(total == totals[0] for total in totals)
    assert totals[0]["contracted_vnd"] >= 190 * MILLION
    stranger = balances(caller(province="01"), f"project_id={busy['project_id']}")
    assert stranger["rows"] == [] and stranger["totals"]["contracted_vnd"] == 0
