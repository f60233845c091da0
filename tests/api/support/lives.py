# SPDX-License-Identifier: MIT
"""Moves records through their life cycles, with the papers that each act asks for."""
from .money import Money

PAPERS = {"approve": "decision", "stop": "decision", "amend": "decision", "sign_contract": "contract", "accept": "minutes",
          "submit": "proposal", "forward": "official_letter"}


def papers(action, **members):
    """What a rule may require, apart from a second person."""
    document = {"kind": PAPERS.get(action, "report"), "document_no": "12/VB-SCT", "issuer_name": "Sở Công Thương"}
    return {"action": action, "note": "Theo hồ sơ", "reason_code": "other", "documents": [document], **members}


def move(who, path, action, **members):
    """One act on the record at the path ("/v1/projects/…"), by its present version. Gives the reply."""
    version = who.get(path).expect(200).json()["version"]
    return who.post(f"{path}/transitions", papers(action, **members), if_match=version)


def walk_an_act(cluster, who, path, table, act, parent=None, headers=dict):
    """An act tried, refused, taken, read, and gone with its record (or with its parent, the table and id of which are given)."""
    acts, before = f"{path}/transitions", who.get(path).expect(200).json()
    who.post(f"{acts}?validate_only=true", act, if_match=before["version"], headers=headers()).expect(200)
    assert who.get(path).json() == before
    who.post(acts, act, if_match=before["version"] + 7, headers=headers()).expect(412, "stale")
    who.post(acts, {**act, "action": "dance"}, if_match=before["version"], headers=headers()).expect(409, "invalid-transition")
    made = who.post(acts, act, if_match=before["version"], headers=headers()).expect(201)
    read = who.get(f"{acts}/{made.json()['id']}").expect(200)
    assert read.json() == made.json() and read.json()["record_type"] == table
    who.get(f"{acts}/{made.json()['id']}", headers={"If-None-Match": read.etag}).expect(304)
    assert made.json()["id"] in [listed["id"] for listed in who.get(acts).expect(200).json()["data"]]
    bury(cluster, *(parent or (table, before["id"])))
    who.get(f"{acts}/{made.json()['id']}").expect(410, "deleted")
    who.get(acts).expect(410, "deleted")
    who.post(acts, act, if_match=before["version"], headers=headers()).expect(410, "deleted")


def bury(cluster, table, identifier):
    """A record that nobody may delete is gone all the same: its rules are not asked."""
    with cluster.connect() as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(f"update {table} set deleted_at = now() where id = %s", [identifier])


class Project:
    """A project and those who move it: who carries it out, the department and its leader, the bureau and its leader."""
    NEXT = {"draft": "submit", "returned": "submit", "submitted": "appraise", "base_appraising": "pass", "central_appraising": "pass",
            "central_passed": "approve", "approved": "sign_contract", "contracted": "start", "in_progress": "request_acceptance",
            "acceptance_requested": "accept", "accepted": "settle", "settling": "confirm_settlement", "settled": "close"}
    OWN = {"submit", "start", "request_acceptance", "settle"}

    def __init__(self, project, owner, department, leader, bureau=None, bureau_leader=None, cluster=None):
        self.path, self.level = f"/v1/projects/{project['id']}", project["level"]
        self.owner, self.department, self.leader = owner, department, leader
        self.bureau, self.bureau_leader = bureau, bureau_leader
        self.money = Money(owner, cluster, year=2025)

    def now(self):
        return self.owner.get(self.path).expect(200).json()

    def next_action(self, status):
        return self.NEXT.get(status) or {"base_passed": {"local": "approve", "national": "forward"}[self.level]}.get(status)

    def actor(self, action, status):
        if action in self.OWN:
            return self.owner
        if action == "approve":
            return self.leader if self.level == "local" else self.bureau_leader
        return self.bureau if status.startswith("central") else self.department

    def appraise(self, result="passed", signer=None):
        """A signed sheet of the tier where the project lies. Gives the reply to the signature."""
        status = self.now()["status"]
        who = self.actor("pass", status)
        sheet = who.post("/v1/appraisals", {
            "project_id": self.now()["id"], "tier": "central" if status.startswith("central") else "base", "appraised_on": "2025-03-20",
            "checks": [{"code": "survey_on_site", "passed": True}], "result": result}).expect(201).json()
        return move(signer or who, f"/v1/appraisals/{sheet['id']}", "sign")

    def prepare(self, action):
        """What the guards of the act ask of the project."""
        one = self.now()
        if action == "pass":
            self.appraise().expect(201)
        elif action == "sign_contract":
            self.money.assign(one["id"], one["support_vnd"])
            made = self.money.contract(one["id"], one["support_vnd"], ends_on="2099-12-31")
            self.money.act(f"/v1/contracts/{made['id']}", "sign")
        elif action == "accept":
            for line in self.owner.get(f"{self.path}/lines").json()["data"]:
                if line["status"] in ("planned", "active"):
                    made = self.money.accept(one["id"], line["id"], one["support_vnd"])
                    self.money.act(f"/v1/acceptances/{made['id']}", "sign")
        elif action == "confirm_settlement":
            contract = self.owner.get(f"/v1/contracts?project_id={one['id']}").json()["data"][0]
            self.money.settle(one["id"], one["support_vnd"])
            self.money.pay(contract["id"], one["support_vnd"], "payment")
        elif action == "close":
            contract = self.owner.get(f"/v1/contracts?project_id={one['id']}").json()["data"][0]
            self.money.act(f"/v1/contracts/{contract['id']}", "close_out")

    def act(self, action, prepared=True, **members):
        if prepared:
            self.prepare(action)
        return move(self.actor(action, self.now()["status"]), self.path, action, **members)

    def walk(self, until="closed"):
        """From where the project is now to the state `until`. Gives the acts."""
        done = []
        while (status := self.now()["status"]) != until:
            done.append(self.act(self.next_action(status)).expect(201).json())
        return done
