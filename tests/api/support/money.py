# SPDX-License-Identifier: MIT
"""Projects with assigned money, contracts, payments: what tests of money begin with. Goes through the service, but for the
yearly plan, which is written as the owner of the tables."""
import itertools
import uuid

from .world import unique

MILLION = 1_000_000
_papers = itertools.count(1)


def key():
    return {"Idempotency-Key": str(uuid.uuid4())}


def paper(kind="decision", day="2026-01-05"):
    return {"kind": kind, "document_no": f"{next(_papers)}/QĐ", "issued_on": day, "issuer_name": "Sở Công Thương"}


class Money:
    def __init__(self, who, cluster, year=2026):
        self.who, self.cluster, self.year = who, cluster, year

    # ---- What is assigned ----

    def project(self, assigned=None, lines=(), **members):
        """A project with lines of these supports, assigned as a whole unless `assigned` is 0."""
        body = {"name": unique("Đề án có tiền"), "level": "national", "scale": "group" if len(lines) > 1 else "single", **members}
        made = self.who.post("/v1/projects", body).expect(201).json()
        made["lines"] = [self.line(made["id"], support_vnd=support, eligible_cost_vnd=2 * support) for support in lines]
        amount = sum(lines) if assigned is None else assigned
        if amount:
            self.assign(made["id"], amount)
        return made

    def line(self, project, **members):
        body = {"title": unique("Hạng mục"), "activity_code": "KC3-MAY-MOC", **members}
        return self.who.post(f"/v1/projects/{project}/lines", body).expect(201).json()["id"]

    def assign(self, project, amount, year=None):
        """An assigned plan of the year has an item of this amount."""
        plan = self.cluster.sql("""
            with plan as (
              insert into annual_plan (name, year, level, organisation_id, province_code)
              select %s, %s, 'national', p.organisation_id, null from project p where p.id = %s
              returning id)
            insert into annual_plan_item (annual_plan_id, project_id, support_vnd, baseline)
            select plan.id, %s, %s, jsonb_build_object('support_vnd', %s::bigint) from plan returning annual_plan_id""",
            unique("Kế hoạch"), year or self.year, project, project, amount, amount)[0][0]
        self.cluster.sql("update annual_plan set status = 'assigned' where id = %s", plan)

    def adjust(self, project, amount):
        """A decision changes what is assigned, past the papers that it would need."""
        with self.cluster.connect() as connection:
            connection.execute("set session_replication_role = replica")
            connection.execute("update annual_plan_item set support_vnd = %s where project_id = %s", [amount, project])

    # ---- Contracts ----

    def contract(self, project, amount, line=None, **members):
        body = {"project_id": project, "kind": "beneficiary", "line_id": line, "contract_no": unique("HĐ"), "ends_on": "2026-11-20",
                "year": self.year, "source": "central_promotion", "amount_vnd": amount, **members}
        return self.who.post("/v1/contracts", body, headers=key()).expect(201).json()

    def act(self, path, action, status=201, code=None, version=None, who=None, **members):
        """An act on the record at `path`, on its version of now."""
        who = who or self.who
        version = version or who.get(path).expect(200).json()["version"]
        body = {"action": action, "acted_on": "2026-02-01", "documents": [paper()], **members}
        return who.post(f"{path}/transitions", body, if_match=version, headers=key()).expect(status, code)

    def signed_contract(self, amount=200 * MILLION, assigned=None):
        project = self.project(assigned=assigned or amount, lines=[amount])
        made = self.contract(project["id"], amount, project["lines"][0])
        self.act(f"/v1/contracts/{made['id']}", "sign")
        return self.get("contracts", made["id"])

    def get(self, noun, identifier):
        return self.who.get(f"/v1/{noun}/{identifier}").expect(200).json()

    # ---- Payments ----

    def ask(self, contract, amount, kind="advance", status=201, code=None, **members):
        body = {"contract_id": contract, "kind": kind, "amount_vnd": amount, "requested_on": "2026-03-01",
                "document": paper("official_letter"), **members}
        return self.who.post("/v1/payment-requests", body, headers=key()).expect(status, code)

    def pay(self, contract, amount, kind="advance"):
        """Asked for, checked, approved and paid."""
        made = self.ask(contract, amount, kind).json()
        for action in ("check", "approve", "pay"):
            self.act(f"/v1/payment-requests/{made['id']}", action, acted_on="2026-03-02")
        return self.get("payment-requests", made["id"])

    def recover(self, contract, amount, status=201, code=None):
        body = {"kind": "recovery", "contract_id": contract, "amount_vnd": amount, "entry_on": "2026-06-01", "document": paper()}
        return self.who.post("/v1/ledger-entries", body, headers=key()).expect(status, code)

    def reverse(self, entry, status=201, code=None):
        body = {"kind": "reversal", "reverses_id": entry, "entry_on": "2026-06-02", "document": paper()}
        return self.who.post("/v1/ledger-entries", body, headers=key()).expect(status, code)

    def settle(self, project, eligible, line=None, **members):
        """A settlement that was drawn up and approved."""
        body = {"project_id": project, "line_id": line, "year": self.year, "source": "central_promotion", "settled_on": "2026-07-01",
                "eligible_cost_vnd": eligible, **members}
        made = self.who.post("/v1/settlements", body).expect(201).json()
        for action in ("submit", "approve"):
            self.act(f"/v1/settlements/{made['id']}", action, acted_on="2026-07-02")
        return self.get("settlements", made["id"])

    def accept(self, project, line, value, **members):
        body = {"project_id": project, "line_id": line, "accepted_on": "2026-06-20", "quantity": 1, "value_vnd": value,
                "members": [{"role": "department", "organisation_name": "Sở Công Thương"}], "minutes": paper("minutes"),
                "result": "passed", **members}
        return self.who.post("/v1/acceptances", body).expect(201).json()
