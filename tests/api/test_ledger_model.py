# SPDX-License-Identifier: MIT
"""Random sequences of contracts, amendments, advances, payments, recoveries and counter-entries through HTTP: each request is
taken exactly when an independent model says so, the balance equals the model's, and no invariant ever breaks."""
import random

import pytest

from support.ledger_model import Contract, Model
from support.money import Money, key, paper
from support.samples import OWNER

SEEDS, STEPS = range(6), 60
REFUSALS = (409, 422)


class Walk:
    """One project, moved by chance."""

    def __init__(self, money, seed):
        self.money, self.who, self.choice = money, money.who, random.Random(seed)
        supports = [self.choice.randrange(100, 300) for _ in range(2)]
        assigned = sum(supports) - self.choice.randrange(0, 100)
        self.project = money.project(assigned=assigned, lines=supports)
        self.model = Model(assigned, dict(zip(self.project["lines"], supports)))
        self.taken = self.refused = 0
        for _ in range(2):
            self.draw_up()
            self.sign()

    def step(self):
        self.choice.choice([self.draw_up, self.sign, self.amend, self.adjust, self.pay, self.pay, self.pay, self.recover, self.reverse,
                            self.terminate, self.settle])()

    def judge(self, reply, may_be):
        assert reply.status in ((201,) if may_be else REFUSALS), f"model says {may_be}: {reply.body.decode()}\n{self.model}"
        self.taken, self.refused = self.taken + may_be, self.refused + (not may_be)
        return may_be

    def one(self, *states):
        known = [one for one in self.model.contracts.values() if one.status in states]
        return self.choice.choice(known) if known else None

    def act(self, contract, action, **members):
        path = f"/v1/contracts/{contract.id}"
        body = {"action": action, "acted_on": "2026-03-01", "documents": [paper()], "reason_code": "other", **members}
        return self.who.post(f"{path}/transitions", body, if_match=self.who.get(path).json()["version"], headers=key())

    def draw_up(self):
        line, amount = self.choice.choice(self.project["lines"]), self.choice.randrange(20, 90)
        made = self.money.contract(self.project["id"], amount, line)
        self.model.contracts[made["id"]] = Contract(made["id"], line, amount)

    def sign(self):
        contract = self.one("draft")
        if contract and self.judge(self.act(contract, "sign"), self.model.may_sign(contract)):
            self.model.sign(contract)

    def amend(self):
        contract, amount = self.one("signed"), self.choice.randrange(10, 150)
        if contract and self.judge(self.act(contract, "amend", amount_vnd=amount), self.model.may_amend(contract, amount)):
            self.model.amend(contract, amount)

    def terminate(self):
        contract = self.one("signed")
        if contract and self.choice.random() < 0.3:
            self.judge(self.act(contract, "terminate"), True)
            self.model.terminate(contract)

    def adjust(self):
        """Never below what is contracted: that is for the plan to refuse."""
        self.model.assigned = self.model.committed() + self.choice.randrange(0, 100)
        self.money.adjust(self.project["id"], self.model.assigned)

    def settle(self):
        line, eligible = self.choice.choice(self.project["lines"]), self.choice.randrange(50, 300)
        if line not in self.model.settled and self.model.committed(line) and self.choice.random() < 0.3:
            made = self.money.settle(self.project["id"], eligible, line)
            assert (made["payable_vnd"], made["to_pay_vnd"], made["to_recover_vnd"]) == self.model.settle(line, eligible)

    def pay(self):
        contract, kind, amount = self.one("signed", "signed", "draft", "terminated"), self.choice.choice(["advance", "payment"]), self.choice.randrange(1, 40)
        if not contract:
            return
        body = {"contract_id": contract.id, "kind": kind, "amount_vnd": amount, "requested_on": "2026-03-01", "document": paper()}
        asked = self.who.post("/v1/payment-requests", body, headers=key())
        if self.judge(asked, self.model.may_pay(contract, kind, amount)):
            path = f"/v1/payment-requests/{asked.json()['id']}"
            for action in ("check", "approve", "pay"):
                self.money.act(path, action, acted_on="2026-03-02")
            contract.paid_out.append([kind, amount, self.who.get(path).json()["ledger_entry_id"], False])

    def recover(self):
        contract, amount = self.one("signed", "terminated", "draft"), self.choice.randrange(1, 40)
        if not contract:
            return
        body = {"kind": "recovery", "contract_id": contract.id, "amount_vnd": amount, "entry_on": "2026-06-01", "document": paper()}
        reply = self.who.post("/v1/ledger-entries", body, headers=key())
        if self.judge(reply, self.model.may_recover(contract, amount)):
            self.model.recover(contract, amount)
            contract.paid_out.append(["recovery", amount, reply.json()["id"], False])

    def reverse(self):
        pairs = [(contract, entry) for contract in self.model.contracts.values() for entry in contract.paid_out]
        if not pairs:
            return
        contract, entry = self.choice.choice(pairs)
        body = {"kind": "reversal", "reverses_id": entry[2], "entry_on": "2026-06-02", "document": paper()}
        if self.judge(self.who.post("/v1/ledger-entries", body, headers=key()), self.model.may_reverse(contract, entry)):
            entry[3] = True

    # ---- What the service says ----

    def compare(self):
        for contract in self.model.contracts.values():
            held = self.money.get("contracts", contract.id)
            assert (held["contracted_vnd"], held["advanced_vnd"], held["paid_vnd"], held["recovered_vnd"]) == \
                (contract.committed, contract.advanced, contract.paid, contract.recovered), (held, contract)
            assert contract.committed >= contract.out >= 0
        sums = self.model.sums()
        assert self.money.cluster.sql("select contracted_vnd(%s), advanced_vnd(%s), paid_vnd(%s), recovered_vnd(%s)", *[self.project["id"]] * 4)[0] == \
            (sums["committed"], sums["advanced"], sums["paid"], sums["recovered"])
        assert self.model.assigned >= sums["committed"] >= sums["paid"] - sums["recovered"]
        # Double entry: what left one account reached another.
        accounts = {}
        for page in self.who.pages(f"/v1/ledger-entries?project_id={self.project['id']}", 200):
            for entry in page:
                accounts[entry["from_account"]] = accounts.get(entry["from_account"], 0) - entry["amount_vnd"]
                accounts[entry["to_account"]] = accounts.get(entry["to_account"], 0) + entry["amount_vnd"]
        assert sum(accounts.values()) == 0
        assert accounts.get("disbursed", 0) == sums["paid"] - sums["recovered"]
        assert accounts.get("committed", 0) == sums["committed"] - accounts.get("disbursed", 0)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_ledger_is_what_the_model_says(caller, cluster, seed):
    walk = Walk(Money(caller(province=OWNER), cluster), seed)
    for step in range(STEPS):
        walk.step()
        if step % 10 == 9:
            walk.compare()
    assert walk.taken > 3 and walk.refused > 3, "a walk that tried nothing"
