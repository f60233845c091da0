# SPDX-License-Identifier: MIT
"""Makes programmes, targets, projects and their rows for tests, and knows how each kind is addressed and changed."""
from dataclasses import dataclass

from .world import unique

MEASURE = {"value": 60, "measure_unit": "person"}


@dataclass
class Made:
    """A record that a test made: where it is, what the service said of it, where it stands in a list."""

    path: str
    record: dict
    listed: str
    parent: str = None  # path of the record whose version it raises

    @property
    def id(self):
        return self.record["id"]


class Promotion:
    def __init__(self, who):
        self.who = who

    def _made(self, path, body, query="", parent=None):
        record = self.who.post(path, body).expect(201).json()
        return Made(f"{path}/{record['id']}", record, path + query, parent)

    def programme(self, **members):
        return self._made("/v1/programmes", {"name": unique("Chương trình"), "level": "local", **members})

    def target(self, programme=None, **members):
        programme = programme or self.programme()
        body = {"programme_id": programme.id, "name": unique("Chỉ tiêu"), "operator": "gte", "kind": "flow", "measures": [MEASURE]}
        return self._made("/v1/targets", {**body, **members}, f"?programme_id={programme.id}", programme.path)

    def project(self, **members):
        return self._made("/v1/projects", {"name": unique("Đề án"), "level": "local", **members})

    def _row(self, rows, project, body):
        project = project or self.project()
        return self._made(f"{project.path}/{rows}", body, parent=project.path)

    def line(self, project=None, **members):
        return self._row("lines", project, {"title": unique("Hạng mục"), **members})

    def funding(self, project=None, **members):
        return self._row("funding", project, {"year": 2020, "source": "local_promotion", "amount_vnd": 1000000, **members})

    def output(self, project=None, **members):
        return self._row("outputs", project, {"planned": MEASURE, **members})

    def version(self, path):
        return self.who.get(path).expect(200).json()["version"]


def listed(who, target, limit=200):
    """Ids of a list, in its order."""
    return [row["id"] for page in who.pages(target, limit) for row in page]


def problem(reply, code, *faults):
    """The reply is the refusal `code` with exactly these (place, code) faults."""
    assert reply.code == code and (not faults or reply.errors == set(faults)), reply.body.decode()
