# SPDX-License-Identifier: MIT
"""Writers that move money, each repeating with the same key whatever it was not told of, through whatever a test does to the
service and its database; afterwards the ledger must hold each entry once."""
from functools import partial

from .money import MILLION, Money, key, paper
from .service import eventually
from .writers import Crew, Writer

CONTRACT = 1_000_000 * MILLION
FIRST = 100 * MILLION  # paid before the harm, so that there is something to recover


class Payer(Writer):
    def __init__(self, cluster, who, *arguments):
        super().__init__(who, *arguments)
        money = Money(who, cluster)
        self.contract = money.signed_contract(CONTRACT)["id"]
        self.holder = who.client["organisation_id"]
        money.pay(self.contract, FIRST)
        self.posted = [("commitment", CONTRACT), ("advance", FIRST)]
        self.allocated = []

    def ways(self):
        return [self.allocate, self.recover, self.advance]

    def post(self, target, body, **options):
        """Once, however often it has to be asked for; then the same again, which must change nothing."""
        same = {"json": body, "headers": key(), **options}
        made = self.settle("POST", target, {201}, **same)[0].json()
        if self.choice.random() < 0.5:
            again = self.settle("POST", target, {201}, **same)[0]
            assert again.headers["Idempotency-Replayed"] == "true" and again.json()["id"] == made["id"]
        self.keys[same["headers"]["Idempotency-Key"]] = made["id"]
        return made

    def amount(self):
        return self.choice.randrange(1, 1000)

    def allocate(self):
        amount = self.amount()
        self.post("/v1/allocations", {
            "year": 2026, "source": "local_promotion", "kind": "supplement", "organisation_id": self.holder, "amount_vnd": amount,
            "decided_on": "2026-01-05", "document": {**paper(), "document_no": self.new_name()}})
        self.allocated.append(amount)

    def recover(self):
        amount = self.amount()
        self.post("/v1/ledger-entries", {"kind": "recovery", "contract_id": self.contract, "amount_vnd": amount,
                                         "entry_on": "2026-06-01", "document": paper()})
        self.posted.append(("recovery", amount))

    def advance(self):
        amount = self.amount()
        made = self.post("/v1/payment-requests", {"contract_id": self.contract, "kind": "advance", "amount_vnd": amount,
                                                  "requested_on": "2026-03-01", "document": paper()})
        for version, action in enumerate(("check", "approve", "pay"), 1):
            self.post(f"/v1/payment-requests/{made['id']}/transitions",
                      {"action": action, "acted_on": "2026-03-02", "documents": [paper()]}, if_match=version)
        self.posted.append(("advance", amount))


class Payers(Crew):
    unsure = "unavailable"  # before the COMMIT of a keyed write was sent, nothing can be kept

    def __init__(self, cluster, callers, count):
        super().__init__(callers, count, partial(Payer, cluster))

    def compare(self, cluster):
        eventually(lambda: not cluster.sql("select 1 from pg_stat_activity where usename = 'kc_api' and state <> 'idle'"),
                   "PostgreSQL to have done all")
        for payer in self.writers:
            held = cluster.sql("select kind, amount_vnd from ledger_entry where contract_id = %s", payer.contract)
            assert sorted(held) == sorted(payer.posted), "the ledger is not what was acknowledged"
            held = cluster.sql("select amount_vnd from allocation where document ->> 'document_no' like %s", f"{payer.prefix}%")
            assert sorted(amount for amount, in held) == sorted(payer.allocated)
        self._compare_keys(cluster)
        assert cluster.sql("select count(*) from allocation a where (select count(*) from ledger_entry e where e.allocation_id = a.id) <> 1")[0][0] == 0
