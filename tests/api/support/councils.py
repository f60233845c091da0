# SPDX-License-Identifier: MIT
"""Councils of OCOP with their members, and sheets that add up to what a test wants."""
from .forms import file_of
from .lives import move
from .ocop import DECISION, MINUTES, prepared_registration
from .world import unique


class Rubric:
    """A published rubric, and which options make which sum."""

    def __init__(self, who, identifier):
        self.criteria = who.get(f"/v1/ocop/rubrics/{identifier}").expect(200).json()["criteria"]
        self.leaves = [item for item in self.criteria if item["options"]]

    def answers(self, total, **fixed):
        """Every criterion answered, the points together `total`; `fixed`: {criterion: option}, with _ for the dots. Nobody is eliminated
        or kept from stars by what is not fixed, where the sum can be reached so."""
        fixed = {name.replace("_", "."): option for name, option in fixed.items()}
        sums = {0: []}
        for leaf in self.leaves:
            choices = [item for item in leaf["options"]
                       if (item["code"] == fixed[leaf["code"]] if leaf["code"] in fixed else not item["is_eliminating"])]
            best = max(choices, key=lambda item: item["points"])
            if leaf["code"] not in fixed and any(item["min_stars"] for item in leaf["options"]):
                choices = [best]
            sums = {done + option["points"]: [*path, (leaf["code"], option["code"])]
                    for done, path in sums.items() for option in choices if done + option["points"] <= total}
        assert total in sums, f"no sheet of {total} points"
        return [{"criterion_code": criterion, "option_code": option} for criterion, option in sums[total]]


class Council:
    """A council of the caller's tier with a chair, a secretary and further members. Sheets come on paper by its office, unless a
    member writes his own."""

    def __init__(self, who, scorers=9, accounts=(), **members):
        self.who, self.pages = who, {}
        self.one = who.post("/v1/ocop/councils", {"name": unique("Hội đồng OCOP"), "decision": DECISION, **members}).expect(201).json()
        self.path = f"/v1/ocop/councils/{self.one['id']}"
        roles = ["chair", "vice_chair", *["member"] * 200][:scorers]
        self.scorers = [self.member(role=role, **({"user_id": accounts[n]} if n < len(accounts) else {})) for n, role in enumerate(roles)]
        self.secretary = self.member(role="secretary")

    def member(self, **members):
        return self.who.post(f"{self.path}/members", {"position": "Chuyên viên", **members}).expect(201).json()

    def change(self, member, **members):
        version = self.who.get(f"{self.path}/members/{member['id']}").expect(200).json()["version"]
        return self.who.patch(f"{self.path}/members/{member['id']}", members, if_match=version)

    def assign(self, registration, **members):
        return self.who.post(f"{self.path}/assignments", {"registration_id": registration["id"], **members})

    def body(self, registration, scorer, answers, **members):
        return {"registration_id": registration["id"], "council_id": self.one["id"], "scorer_id": scorer["id"], "answers": answers,
                "status": "submitted", **members}

    def scan(self):
        return {"kind": "other", "document_no": unique("phieu"), "file_id": file_of(self.who)["id"]}

    def enter(self, registration, scorer, answers, **members):
        """The reply to a sheet from paper."""
        return self.who.post("/v1/ocop/score-sheets", self.body(registration, scorer, answers, **{"paper": self.scan(), **members}))

    def score(self, registration, answers, scorers=None, **members):
        """The same sheet, or one for each, from all who score."""
        scorers = self.scorers if scorers is None else scorers
        each = answers if answers and isinstance(answers[0], list) else [answers] * len(scorers)
        return [self.enter(registration, scorer, one, **members).expect(201).json() for scorer, one in zip(scorers, each)]

    def result(self, registration, **members):
        return self.who.post("/v1/ocop/results", {"registration_id": registration["id"], "council_id": self.one["id"], "minutes": MINUTES, **members})

    def approved(self, registration, **members):
        made = self.result(registration, **members).expect(201).json()
        move(self.who, f"/v1/ocop/results/{made['id']}", "approve").expect(201)
        return made


def prepared_sheet(who, cluster):
    """What a sheet names: a registration with its rubric, a council that has it, one of its members, and a scan."""
    registration = prepared_registration(who, cluster)
    cluster.sql("update ocop_registration set rubric_id = (select b.id from ocop_rubric b join ocop_product_set s on s.id = b.product_set_id"
                " where s.set_code = 'QD26-13' and b.organisation_id is null) where id = %s returning id", registration["registration_id"])
    council = Council(who, scorers=1)
    council.assign({"id": registration["registration_id"]}).expect(201)
    return {**registration, "council_id": council.one["id"], "scorer_id": council.scorers[0]["id"], "paper": council.scan()}
