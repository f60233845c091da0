# SPDX-License-Identifier: MIT
"""What is asked of the service: six operations, each with requests that any caller can make."""
import json
from dataclasses import dataclass

from database import PROVINCES

LISTED = [("approved", "local"), ("in_progress", "local"), ("closed", "national"), ("draft", "local"), ("settled", "national")]
TEACHING_VERSION = 7000  # of the last project of each caller, which only `recipe` touches: tells If-Match from other numbers

PATCH = {"objective": "Tăng năng suất 35 %, giảm hao hụt nguyên liệu, tạo thêm việc làm thường xuyên cho lao động tại địa phương.",
         "evidence_grade": "proposal"}


@dataclass(frozen=True)
class Operation:
    name: str
    title: str
    writes: bool = False
    changes: bool = False  # needs a record and its version
    picks: bool = False    # asks for a record by number
    acts: bool = False     # moves its record on, so that it can be asked once only
    prefix: str = "01990000-0000-7000-8000-"  # of the ids, before the twelve digits of the number


GET = Operation("getProject", "GET by id", picks=True)
LIST = Operation("listProjects", "list of 20, two filters")
SEARCH = Operation("searchProjects", "search without marks")
UPDATE = Operation("updateProject", "PATCH with If-Match", writes=True, changes=True, picks=True)
CREATE = Operation("createProject", "POST with history", writes=True)
ACT = Operation("transitionProject", "act with history", writes=True, changes=True, picks=True, acts=True)
OPERATIONS = [GET, LIST, SEARCH, UPDATE, CREATE]  # unless others are named; acts want a database of their own
NAMES = {"get": GET, "list": LIST, "search": SEARCH, "patch": UPDATE, "create": CREATE, "act": ACT}
BEFORE_ACT, START = "contracted", {"action": "start", "note": "Khởi công theo hợp đồng đã ký."}


def project_id(number):
    return f"01990000-0000-7000-8000-{number:012d}"


def teaching_project(database, caller):
    """The last two of each province are kept for the two callers."""
    place = database.per_province - 1 - caller.number // PROVINCES
    return place * PROVINCES + caller.province


def search_words(database, callers):
    """For each caller two words, as a person types them without marks, of a project in its territory."""
    words = []
    for caller in callers:
        number = caller.number * 7 * PROVINCES % (database.per_province * PROVINCES) + caller.province
        name = database.sql("select fold(name) from project where id = %s", project_id(number))[0][0]
        words.append(" ".join(name.split()[-2:]))
    return words


def new_project(database, caller):
    """A proposal as a department enters it."""
    code, commune = database.sql("select code, communes[1 + %s] from bench.province where no = %s", caller.number // PROVINCES,
                                 caller.province)[0]
    return {"name": "Hỗ trợ ứng dụng máy móc thiết bị tiên tiến trong sản xuất gốm sứ tại cơ sở Đức Thịnh", "level": "local",
            "scale": "single", "places": [{"province_code": code, "commune_code": commune}], "starts_on": "2026-01-15",
            "ends_on": "2026-11-30", "total_cost_vnd": 900000000, "support_vnd": 300000000, "counterpart_vnd": 600000000,
            "necessity": "Cơ sở còn dùng thiết bị cũ, năng suất thấp, hao nguyên liệu.",
            "objective": "Tăng năng suất 30 %, giảm hao hụt nguyên liệu."}


class Requests:
    """The pieces from which single requests, and wrk's Lua tables, are made."""

    def __init__(self, database, callers):
        self.words = search_words(database, callers)
        self.bodies = [json.dumps(new_project(database, caller), ensure_ascii=False) for caller in callers]
        self.patch = json.dumps(PATCH, ensure_ascii=False)
        self.act = json.dumps(START, ensure_ascii=False)

    def target(self, operation, caller, number):
        if operation is LIST:
            status, level = LISTED[caller.number % len(LISTED)]
            return f"/v1/projects?status={status}&level={level}&limit=20"
        if operation is SEARCH:
            return f"/v1/projects?q={self.words[caller.number].replace(' ', '+')}&limit=20"
        path = f"/v1/projects/{project_id(number)}" if operation.picks else "/v1/projects"
        return f"{path}/transitions" if operation.acts else path

    def one(self, operation, caller, number=0, version=0):
        """Method, target, body, headers."""
        headers = {"Authorization": f"Bearer {caller.token}"}
        if operation is UPDATE:
            headers |= {"Content-Type": "application/merge-patch+json", "If-Match": f'"{version}"'}
            return "PATCH", self.target(operation, caller, number), self.patch.encode(), headers
        if operation is ACT:
            headers |= {"Content-Type": "application/json", "If-Match": f'"{version}"'}
            return "POST", self.target(operation, caller, number), self.act.encode(), headers
        if operation is CREATE:
            headers |= {"Content-Type": "application/json"}
            return "POST", self.target(operation, caller, number), self.bodies[caller.number].encode(), headers
        return "GET", self.target(operation, caller, number), None, headers
