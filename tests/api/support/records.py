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
