# SPDX-License-Identifier: MIT
"""Yearly plans for tests: made, filled, moved on as officials do it, and adjusted."""
from .cluster import Cluster
from .world import unique

PLANS, ADJUSTMENTS = "/v1/annual-plans", "/v1/plan-adjustments"
LETTER = {"kind": "proposal", "document_no": "12/TTr-SCT", "issued_on": "2020-11-20", "issuer_name": "Sở Công Thương"}
PAPERS = {"submit": [LETTER], "assign": [{"kind": "decision", "document_no": "18/QĐ-UBND"}],
          "approve": [{"kind": "decision", "document_no": "99/QĐ-UBND"}]}
NOTES = {"return": "Thiếu số liệu", "reject": "Không đủ căn cứ", "withdraw": "Rút đề nghị"}


class Plans:
    def __init__(self, who):
        self.who = who

    # ---- Making ----

    def project(self, level="local", **members):
        return self.who.post("/v1/projects", {"name": unique("Đề án"), "level": level, **members}).expect(201).json()

    def plan(self, year=2021, level="local", **members):
        return self.who.post(PLANS, {"year": year, "level": level, **members}).expect(201).json()

    def item(self, plan, support, project=None, **members):
        project = project or self.project(plan["level"])
        body = {"project_id": project["id"], "support_vnd": support, **members}
        return self.who.post(f"{PLANS}/{plan['id']}/items", body).expect(201).json()

    def assigned(self, *supports, level="local", **members):
        """(plan, its items), decided."""
        plan = self.plan(level=level, **members)
        items = [self.item(plan, support) for support in supports]
        self.act(plan, "open", "appraise", "submit", "assign")
        return self.read(plan), [self.read_item(item) for item in items]

    def adjustment(self, plan, kind, **members):
        return self.who.post(ADJUSTMENTS, {"annual_plan_id": plan["id"], "kind": kind, "reason_code": "other", **members}).expect(201).json()

    # ---- Acts ----

    @staticmethod
    def at(record):
        return f"{ADJUSTMENTS if record['code'].startswith('DC') else PLANS}/{record['id']}"

    def appraised(self, plan, status="approved"):
        """Its drafts of projects have come so far, past the acts that lead there."""
        with Cluster.latest.connect() as connection:
            connection.execute("set session_replication_role = replica")
            connection.execute("update project set status = %s where status = 'draft' and id in"
                               " (select project_id from annual_plan_item where annual_plan_id = %s)", [status, plan["id"]])

    def try_to(self, record, action, is_appraised=True, **members):
        if action == "assign" and is_appraised:
            self.appraised(record)
        body = {"action": action, **({"documents": PAPERS[action]} if action in PAPERS else {}),
                **({"note": NOTES[action]} if action in NOTES else {}), **members}
        return self.who.post(f"{self.at(record)}/transitions", body, if_match=self.read(record)["version"])

    def act(self, record, *actions, **members):
        """Takes these acts one after the other; the last has the members. Gives the last act."""
        for action in actions[:-1]:
            self.try_to(record, action).expect(201)
        return self.try_to(record, actions[-1], **members).expect(201).json()

    def decide(self, adjustment, **members):
        self.act(adjustment, "submit", "review", "approve", **members)
        return self.read(adjustment)

    def stop_in_plan(self, project, year=2025):
        """A decision stops the project in each plan that it stands in; in one made for that, if in none."""
        mine = f"{PLANS}?project_id={project['id']}"
        if not self.who.get(mine).json()["data"]:
            plan = self.plan(year, project["level"], **({"province_code": project["province_code"]} if project["level"] == "local" else {}))
            self.item(plan, 1, project)
            self.act(plan, "open", "appraise", "submit", "assign")
        for plan in self.who.get(mine).json()["data"]:
            item = next(item for item in self.items(plan) if item["project_id"] == project["id"])
            self.decide(self.adjustment(plan, "stop", items=[{"item_id": item["id"]}]))

    # ---- Reading ----

    def read(self, record):
        return self.who.get(self.at(record)).expect(200).json()

    @staticmethod
    def item_path(item):
        return f"{PLANS}/{item['annual_plan_id']}/items/{item['id']}"

    def read_item(self, item):
        return self.who.get(self.item_path(item)).expect(200).json()

    def items(self, plan):
        return [row for page in self.who.pages(f"{PLANS}/{plan['id']}/items", 200) for row in page]

    def versions(self, item):
        return [row for page in self.who.pages(f"{self.item_path(item)}/versions") for row in page]
