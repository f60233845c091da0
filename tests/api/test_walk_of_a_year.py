# SPDX-License-Identifier: MIT
"""Scenario B walked through HTTP alone: the programme of Bình Dương with its twelve targets, a plan with its window of registration,
projects from registration to the end of their contracts, and targets that move with what was reached."""
import json

import pytest

from support.cluster import ROOT
from support.lives import Project, move
from support.plans import Plans
from support.records import Records

BINH_DUONG, HO_CHI_MINH = "74", "79"
ON = "2025-01-15"  # Bình Dương was a province then
RESULTS = {"machines": [(75, "establishment")], "models": [(2, "model")], "collaborators": [(38, "person")], "trained": [(19, "class"), (1520, "person")]}
LAST_CLASS = [(1, "class"), (80, "person")]  # in a project that is still a draft


def targets_of_the_demo():
    with open(ROOT / "db/demo/binh_duong.json", encoding="utf-8") as file:
        return next(record for record in json.load(file)["records"] if record["type"] == "programme")


class Walked(Project):
    """Its money is assigned by a plan that others decided, half of it goes out beforehand, and a report tells how it goes."""

    def prepare(self, action):
        one = self.now()
        if action == "sign_contract":
            made = self.money.contract(one["id"], one["support_vnd"], ends_on="2099-12-31")
            self.money.act(f"/v1/contracts/{made['id']}", "sign")
            self.money.pay(made["id"], one["support_vnd"] // 2)
        elif action == "request_acceptance":
            report = self.owner.post("/v1/progress-reports", {"project_id": one["id"], "from": "2025-03-01", "to": "2025-03-31", "percent_done": 80,
                                                              "risk": "on_track", "done": "Khối lượng đến tháng 3"}).expect(201).json()
            for who, act in ((self.owner, "submit"), (self.department, "confirm")):
                move(who, f"/v1/progress-reports/{report['id']}", act).expect(201)
        elif action == "confirm_settlement":
            contract = self.owner.get(f"/v1/contracts?project_id={one['id']}").json()["data"][0]
            settled = self.money.settle(one["id"], one["support_vnd"])
            self.money.pay(contract["id"], settled["to_pay_vnd"], "payment")
        else:
            super().prepare(action)


class Walk:
    def __init__(self, world):
        department = world.organisation(BINH_DUONG)
        self.cast = {"owner": world.caller(BINH_DUONG, organisation=world.organisation(BINH_DUONG)),
                     "department": world.caller(BINH_DUONG, organisation=department, fresh=True),
                     "leader": world.caller(BINH_DUONG, organisation=department, fresh=True), "cluster": world.cluster}
        self.owner, self.department, self.leader = (self.cast[name] for name in ("owner", "department", "leader"))
        self.city = world.caller(HO_CHI_MINH)
        self.plans = Plans(self.department)
        self.programme = self.a_programme()
        self.projects = {name: self.a_project() for name in RESULTS}
        self.plan = self.a_plan()
        self.told = {name: [self.tell(self.projects[name].now(), name, *one) for one in results] for name, results in RESULTS.items()}
        draft = Records(self.owner).project(programme_id=self.programme["id"], codes_on=ON, starts_on="2025-01-01")
        self.last_class = [self.tell(draft, "trained", *one) for one in LAST_CLASS]
        for project in self.projects.values():
            project.walk()

    def a_programme(self):
        wanted = targets_of_the_demo()
        made = self.department.post("/v1/programmes", {
            **wanted["body"], "codes_on": ON, "activity_priorities": ["KC3", "KC1"],
            "planned_funding": [{"source": "local_promotion", "amount_vnd": 1000}]}).expect(201).json()
        for target in wanted["targets"]:
            self.department.post("/v1/targets", {**target, "programme_id": made["id"]}).expect(201)
        path = f"/v1/programmes/{made['id']}"
        for who, act in ((self.department, "submit"), (self.leader, "approve"), (self.department, "activate")):
            move(who, path, act).expect(201)
        return self.department.get(path).expect(200).json()

    def a_project(self):
        made = Records(self.owner).complete_project(programme_id=self.programme["id"], codes_on=ON, places=[{"province_code": BINH_DUONG, "codes_on": ON}])
        return Walked(made, **self.cast)

    def a_plan(self):
        """Registered by those who carry the projects out, within the window; decided by the province."""
        plan = self.plans.plan(2025, province_code=BINH_DUONG, codes_on=ON, programme_id=self.programme["id"], opens_on="2024-06-01", closes_on="2099-12-31")
        self.plans.act(plan, "open")
        for project in self.projects.values():
            item = Plans(self.owner).item(plan, project.now()["support_vnd"], project.now())
            assert item["is_late"] is False
        self.plans.act(plan, "appraise", "submit")
        for project in self.projects.values():
            project.walk("approved")
        Plans(self.leader).act(plan, "assign")
        self.plans.act(plan, "execute")
        return self.plans.read(plan)

    def tell(self, project, name, value, unit):
        """A result that was reached. Gives its path."""
        rows = f"/v1/projects/{project['id']}/outputs"
        made = self.owner.post(rows, {"indicator_code": name, "year": 2025, "actual": {"value": value, "measure_unit": unit}}).expect(201).json()
        return f"{rows}/{made['id']}"

    def mend(self, name, value):
        path, = self.told[name]
        row = self.owner.get(path).expect(200).json()
        self.owner.patch(path, {"actual": {**row["actual"], "value": value}}, if_match=row["version"]).expect(200)

    def results(self, name):
        """[(what was reached, result of the measure, result of the whole target)] of the target of an indicator."""
        target = next(row for row in self.department.get(f"/v1/targets?programme_id={self.programme['id']}&limit=200").json()["data"] if row["indicator_code"] == name)
        answer = self.department.get("/v1/reports/programme-attainment", params={"programme_id": self.programme["id"], "to": "2025-12-31"}).expect(200).json()
        return [(row["values"]["actual"], row["values"]["result"], row["values"]["target_result"])
                for row in answer["rows"] if row["key"].split("/")[0] == target["id"]]


@pytest.fixture(scope="module")
def year(world):
    return Walk(world)


def test_the_projects_went_from_registration_to_their_end(year):
    way = ["submit", "appraise", "pass", "approve", "sign_contract", "start", "request_acceptance", "accept", "settle", "confirm_settlement", "close"]
    for project in year.projects.values():
        one = project.now()
        assert (one["status"], one["stage"]) == ("closed", "ended")
        assert [act["action"] for page in year.owner.pages(f"{project.path}/transitions") for act in page] == way
        report, = year.owner.get(f"/v1/progress-reports?project_id={one['id']}").json()["data"]
        assert report["status"] == "confirmed"
        contract, = year.owner.get(f"/v1/contracts?project_id={one['id']}").json()["data"]
        assert (contract["status"], contract["contracted_vnd"], contract["advanced_vnd"], contract["paid_vnd"]) == (
            "closed_out", one["support_vnd"], one["support_vnd"] // 2, one["support_vnd"])
        settled, = year.owner.get(f"/v1/settlements?project_id={one['id']}").json()["data"]
        assert (settled["status"], settled["payable_vnd"]) == ("approved", one["support_vnd"])


def test_the_plan_was_assigned_and_holds_them(year):
    assert year.plan["status"] == "executing" and year.plan["totals"]["items_count"] == len(RESULTS)
    for item in year.plans.items(year.plan):
        assert item["baseline"]["support_vnd"] == item["support_vnd"] == 60
    assert year.department.get(f"/v1/programmes/{year.programme['id']}").json()["status"] == "active"


def test_more_than_75_establishments_is_76(year):
    assert year.results("machines") == [(75, "not_met", "not_met")]
    year.mend("machines", 76)
    assert year.results("machines") == [(76, "met", "met")]


def test_two_models_are_enough(year):
    assert year.results("models") == [(2, "met", "met")]


def test_38_collaborators_are_two_too_few(year):
    assert year.results("collaborators") == [(38, "not_met", "not_met")]
    year.mend("collaborators", 40)
    assert year.results("collaborators") == [(40, "met", "met")]


def test_a_class_that_is_deleted_lowers_both_measures(year):
    assert year.results("trained") == [(20, "met", "met"), (1600, "met", "met")]
    for path in year.last_class:
        year.owner.delete(path, if_match=year.owner.get(path).json()["version"]).expect(204)
    assert year.results("trained") == [(19, "not_met", "not_met"), (1520, "not_met", "not_met")]


@pytest.mark.parametrize("query, is_found", [
    ("province_code=74&geo_basis=2025-06-30", True), ("province_code=74", True), ("province_code=79&geo_basis=current", True), ("province_code=79", False),
    ("province_code=74&geo_basis=current", False)])
def test_former_binh_duong_stays_apart_inside_the_city(year, query, is_found):
    """The city sees it, under the name of its day, and counts it as its own only on the map of today."""
    project = year.projects["machines"].now()
    found = [row["id"] for page in year.city.pages(f"/v1/projects?{query}&programme_id={year.programme['id']}", 200) for row in page]
    assert (project["id"] in found) == is_found
    shown = year.city.get(f"/v1/projects/{project['id']}").expect(200).json()
    assert (shown["province"]["name"], shown["current"]["province"]["name"]) == ("Bình Dương", "Hồ Chí Minh")
