# SPDX-License-Identifier: MIT
"""Records for tests of the core: projects, since a draft accepts almost nothing."""
from .world import unique


class Records:
    def __init__(self, who):
        self.who = who

    @staticmethod
    def project_body(**members):
        return {"name": unique("Đề án thử nghiệm"), "level": "local", "scale": "single", **members}

    def project(self, **members):
        return self.who.post("/v1/projects", self.project_body(**members)).expect(201).json()

    def get(self, identifier):
        return self.who.get(f"/v1/projects/{identifier}").expect(200).json()

    # ---- Records that may be submitted ----

    def programme(self, **members):
        return self.who.post("/v1/programmes", {"name": unique("Chương trình thử nghiệm"), "level": "local", **members}).expect(201).json()

    def complete_programme(self, **members):
        """With all that `submit` asks of it; the letter belongs to the act."""
        made = self.programme(starts_on="2021-01-01", ends_on="2025-12-31", **members)
        self.who.post("/v1/targets", {"programme_id": made["id"], "name": "Mô hình trình diễn", "operator": "gte", "kind": "flow",
                                      "measures": [{"value": 2, "measure_unit": "model"}]}).expect(201)
        return self.who.get(f"/v1/programmes/{made['id']}").expect(200).json()

    def complete_project(self, **members):
        """With all that `submit` asks of it: 60 đồng of support and 40 of counterpart."""
        province = self.project()["province_code"]
        made = self.project(**{
            "programme_id": self.programme()["id"], "implementer_id": self.who.client["organisation_id"],
            "places": [{"province_code": province}], "starts_on": "2025-01-01", "ends_on": "2025-12-31", "total_cost_vnd": 100,
            "support_vnd": 60, "counterpart_vnd": 40, "necessity": "Cần thiết", "objective": "Mục tiêu", **members})
        parts = f"/v1/projects/{made['id']}"
        self.who.post(f"{parts}/lines", {"title": "Máy móc", "activity_code": "KC3", "eligible_cost_vnd": 100,
                                         "support_vnd": 60, "counterpart_vnd": 40}).expect(201)
        for source, amount in (("local_promotion", 60), ("counterpart", 40)):
            self.who.post(f"{parts}/funding", {"year": 2025, "source": source, "amount_vnd": amount}).expect(201)
        return self.get(made["id"])
