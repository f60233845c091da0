# SPDX-License-Identifier: MIT
"""Registrations of OCOP on their way through the tiers, in Bến Tre (83, since 7/2025 part of Vĩnh Long, 86)."""
from .lives import move
from .world import unique

PLACE = {"province_code": "83", "commune_code": "28780", "codes_on": "2022-06-01"}
PAPERS = ["registration_form", "business_plan", "organisation_profile", "business_registration", "product_samples", "self_assessment"]
LOCAL_CRITERIA = ["material_origin", "local_labour", "idea_origin", "local_identity"]
MINUTES = {"kind": "minutes", "document_no": "05/BB-HĐ", "issuer_name": "Hội đồng đánh giá"}
DECISION = {"kind": "decision", "document_no": "212/QĐ-UBND", "issuer_name": "Ủy ban nhân dân"}
# Day of submission → set of products with the points of that day.
SETS = {"2022-06-01": "QD1048-ca_phe_ca_cao", "2023-06-01": "QD148-07", "2025-07-10": "QD148-07", "2026-06-01": "QD26-07"}


def prepared_registration(who, cluster, status="scoring"):
    """A registration of the caller that lies with the council of the province today, or with its desk."""
    made = Ocop({"province": who}).draft(who, site={})
    cluster.sql(f"update ocop_registration set status = '{status}', tier = 'province', procedure_code = 'QD26-2026',"
                " submitted_on = '2026-06-01' where id = %s returning id", made["id"])
    return {"registration_id": made["id"]}


class Ocop:
    """Callers by tier, and what they do with registrations."""

    def __init__(self, cast):
        self.cast = cast

    @staticmethod
    def draft(who, site=PLACE, **members):
        owner = who.post("/v1/establishments", {"name": unique("Cơ sở"), **({"place": site} if site else {})}).expect(201).json()
        product = who.post("/v1/products", {"name": unique("Kẹo dừa"), "establishment_id": owner["id"]}).expect(201).json()
        return who.post("/v1/ocop/registrations", {"product_id": product["id"], **members}).expect(201).json()

    def product_set(self, code):
        return next(row["id"] for page in self.cast["province"].pages(f"/v1/ocop/product-sets?valid_on={self.day_of(code)}&limit=200")
                    for row in page if row["set_code"] == code)

    @staticmethod
    def day_of(code):
        return next(day for day, name in SETS.items() if name == code)

    def submitted(self, day, **members):
        """Handed in on that day, with all papers."""
        who = self.cast["province"]
        body = {"kind": "first", "product_set_id": self.product_set(SETS[day]),
                "checklist": [{"requirement_code": code, "status": "provided"} for code in PAPERS], **members}
        made = self.draft(who, **body)
        self.act(who, made, "submit", acted_on=day).expect(201)
        return self.now(made)

    @staticmethod
    def path(record):
        return f"/v1/ocop/registrations/{record['id']}"

    def now(self, record):
        return self.cast["province"].get(self.path(record)).expect(200).json()

    def act(self, who, record, action, **members):
        return move(who, self.path(record), action, **members)

    def review(self, by, record, kind="papers", **members):
        """The reply to a review that this tier records."""
        return self.cast[by].post("/v1/ocop/reviews", {"registration_id": record["id"], "kind": kind, "result": "passed", **members})

    def reported(self, record):
        """The report of the commune on the local criteria, signed."""
        said = {"is_met": True, "finding": "Đạt"}
        made = self.review("commune", record, "commune_report", local_criteria=dict.fromkeys(LOCAL_CRITERIA, said)).expect(201).json()
        move(self.cast["commune"], f"/v1/ocop/reviews/{made['id']}", "sign").expect(201)
        return made

    def asked(self, by, record, *items, **members):
        """The reply to a request for supplements of this tier."""
        return self.cast[by].post("/v1/ocop/supplement-requests", {
            "registration_id": record["id"], "items": [item if isinstance(item, dict) else {"description": item} for item in items], **members})

    def by(self, tier, record, *actions, **members):
        """Acts of the tier, one after the other; the commune sends on with its report."""
        for action in actions:
            if (tier, action) == ("commune", "forward"):
                self.reported(record)
            self.act(self.cast[tier], record, action, **members).expect(201)
        return self.now(record)

    def result(self, by, record, parts, **members):
        """The reply to a result that this tier records, with these averages of the parts A, B, C."""
        body = {"registration_id": record["id"], **dict(zip(("part_a", "part_b", "part_c"), parts)), "minutes": MINUTES, **members}
        return self.cast[by].post("/v1/ocop/results", body)

    def approved(self, tier, record, parts, **members):
        made = self.result(tier, record, parts, **members).expect(201).json()
        move(self.cast[tier], f"/v1/ocop/results/{made['id']}", "approve").expect(201)
        return made

    def scored(self, tier, record, parts, **members):
        """From the tier's desk to the end of its scoring. Gives the result."""
        self.by(tier, record, "review", "open_scoring", **members)
        made = self.approved(tier, record, parts)
        self.by(tier, record, "close_scoring", **members)
        return made
