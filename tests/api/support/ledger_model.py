# SPDX-License-Identifier: MIT
"""The ledger of one project, thought out once more in another language: it says of each request whether it may be, and keeps
sums of its own. Nothing here reads the service's."""
from dataclasses import dataclass, field


@dataclass
class Contract:
    id: str
    line: str
    amount: int
    status: str = "draft"
    committed: int = 0
    paid_out: list = field(default_factory=list)  # [kind, amount, entry id, is reversed]

    def total(self, *kinds):
        return sum(amount for kind, amount, _, is_reversed in self.paid_out if kind in kinds and not is_reversed)

    @property
    def advanced(self):
        return self.total("advance")

    @property
    def paid(self):
        return self.total("advance", "payment")

    @property
    def recovered(self):
        return self.total("recovery")

    @property
    def out(self):
        return self.paid - self.recovered


@dataclass
class Model:
    """`assigned` to the project, `support` of its lines, percent of a contract that may be advanced."""
    assigned: int
    support: dict
    percent: int = 70
    contracts: dict = field(default_factory=dict)
    settled: dict = field(default_factory=dict)  # line: (payable, committed then)

    def committed(self, line=None):
        return sum(one.committed for one in self.contracts.values() if line is None or one.line == line)

    def may_commit(self, contract, more):
        return (self.committed() + more <= self.assigned
                and self.committed(contract.line) + more <= self.support[contract.line])

    def out(self, line):
        return sum(one.out for one in self.contracts.values() if one.line == line)

    def payable(self, line):
        """What the settlement found, and what was committed since; without one, whatever is committed."""
        payable, committed = self.settled.get(line, (0, 0))
        return payable + max(self.committed(line) - committed, 0)

    def settle(self, line, eligible):
        """50 % of the actual eligible cost (28/2018/TT-BTC), not more than is committed. Gives payable, to pay, to recover."""
        payable = min(self.committed(line), eligible // 2)
        self.settled[line] = (payable, self.committed(line))
        return payable, max(payable - self.out(line), 0), max(self.out(line) - payable, 0)

    def may_sign(self, contract):
        return contract.status == "draft" and self.may_commit(contract, contract.amount)

    def sign(self, contract):
        contract.status, contract.committed = "signed", contract.amount

    def share(self, amount):
        return amount * self.percent // 100

    def may_amend(self, contract, amount):
        more = amount - contract.amount
        return contract.status == "signed" and amount != 0 and (
            self.may_commit(contract, more) if more > 0
            else contract.out <= contract.committed + more and (more == 0 or contract.advanced <= self.share(contract.committed + more)))

    def amend(self, contract, amount):
        contract.committed += amount - contract.amount
        contract.amount = amount

    def terminate(self, contract):
        contract.status, contract.committed = "terminated", contract.out

    def may_pay(self, contract, kind, amount):
        return (contract.status == "signed" and contract.out + amount <= contract.committed
                and (kind != "advance" or contract.advanced + amount <= self.share(contract.committed))
                and self.out(contract.line) + amount <= self.payable(contract.line))

    def may_recover(self, contract, amount):
        return amount <= contract.out and contract.status != "draft"

    def recover(self, contract, amount):
        if contract.status == "terminated":
            contract.committed -= amount

    def may_reverse(self, contract, entry):
        kind, amount, _, is_reversed = entry
        if is_reversed:
            return False
        if kind == "recovery":
            return contract.out + amount <= contract.committed
        return contract.out - amount >= 0

    def sums(self):
        return {name: sum(getattr(one, name) for one in self.contracts.values()) for name in ("committed", "advanced", "paid", "recovered")}
