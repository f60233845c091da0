# SPDX-License-Identifier: MIT
"""Rounds of voting with all that an entry needs on its way, for a caller and his province."""
from .lives import papers
from .world import at_once, unique, until_served

CRITERIA = [{"code": code, "label_vi": f"Tiêu chí {code}", "max_points": most}
            for code, most in (("market", 35), ("economy", 35), ("culture", 20), ("other", 10))]


def points(total):
    """A sheet's points that make up the total."""
    parts = [round(total * share, 2) for share in (0.35, 0.35, 0.2)]
    return [{"criterion_code": item["code"], "points": part} for item, part in zip(CRITERIA, [*parts, round(total - sum(parts), 2)])]


def act_at_once(world, who, entries, act):
    """One act on each entry at the same moment."""
    def ask(http, entry, version):
        return until_served(lambda: http.post(f"/v1/voting/entries/{entry['id']}/transitions", act, if_match=version))

    versions = {entry["id"]: Voting(who).now(entry)["version"] for entry in entries}
    return at_once(world, who, [lambda http, entry=entry: ask(http, entry, versions[entry["id"]]) for entry in entries])


class Voting:
    def __init__(self, who):
        self.who = who

    def make(self, path, body):
        return self.who.post(f"/v1/{path}", body).expect(201).json()

    def regulation(self, tier="province", **members):
        return self.make("voting/regulations", {
            "tier": tier, "name": unique("Quy chế ví dụ"), "document_no": unique("MH"), "issuer_name": "Cơ quan ví dụ", "min_score": 70,
            "score_operator": "gte", "criteria": CRITERIA, "valid_from": "2022-01-01",
            "prizes": [{"name": "Sản phẩm tiêu biểu", "from_rank": 1, "amount_vnd": 2_000_000}], **members})

    def round(self, tier="province", year=2022, **members):
        return self.make("voting/rounds", {"tier": tier, "year": year, "status": "open", **members})

    def judged_round(self, **members):
        return self.round(regulation_id=self.regulation()["id"], **members)

    def establishment(self, province, **members):
        return self.make("establishments", {"name": unique("Cơ sở ví dụ"), "legal_form": "llc_single",
                                            "place": {"province_code": province, "codes_on": "2022-01-01"}, **members})

    def product(self, establishment, **members):
        return self.make("products", {"name": unique("Sản phẩm ví dụ"), "establishment_id": establishment["id"], **members})

    def entry(self, round_, product, **members):
        return self.make("voting/entries", {"round_id": round_["id"], "product_id": product["id"], "product_group_code": "food", **members})

    def jury(self, round_, seats=9, **members):
        seated = [{"seat": seat, "role": "chair" if seat == 1 else "member", "position": "Giám khảo"} for seat in range(1, seats + 1)]
        return self.make("voting/councils", {"round_id": round_["id"], "kind": "jury", "members": seated, **members})

    def sheet(self, jury, entry, seat, total, status="submitted"):
        return self.who.post("/v1/voting/score-sheets", {"council_id": jury["id"], "entry_id": entry["id"], "seat": seat,
                                                         "points": points(total), "status": status})

    def act(self, entry, action, **members):
        path = f"/v1/voting/entries/{entry['id']}"
        version = self.who.get(path).expect(200).json()["version"]
        return self.who.post(f"{path}/transitions", papers(action, **members), if_match=version)

    def selected(self, province, on, product=None, **round_members):
        """An entry that won its round on that day, and only waits for its certificate."""
        round_ = self.judged_round(**round_members)
        entry, jury = self.entry(round_, product or self.product(self.establishment(province))), self.jury(round_, seats=1)
        for action in ("submit", "check"):
            self.act(entry, action, acted_on=on).expect(201)
        self.sheet(jury, entry, 1, 80).expect(201)
        for action in ("judge", "select"):
            self.act(entry, action, acted_on=on).expect(201)
        return entry

    def now(self, entry):
        return self.who.get(f"/v1/voting/entries/{entry['id']}").expect(200).json()

    def sheet_references(self, province):
        """What a sheet names: a jury and an entry of one round."""
        round_ = self.judged_round()
        return {"council_id": self.jury(round_)["id"], "entry_id": self.entry(round_, self.product(self.establishment(province)))["id"]}
