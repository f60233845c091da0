# SPDX-License-Identifier: MIT
"""The summary of projects: equal grand totals on every map, periods that add up, figures that lead to their projects.
The real cases (Thanh Hóa, the north) stand in test_scenarios.py."""
import datetime
import json
import random
import re
import subprocess
import sys
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.cluster import ROOT
from support.contract import Contract
from support.promotion import Promotion
from support.world import unique

PATH = "/v1/reports/project-summary"
GROUPS = ["level", "scale", "activity", "province", "region", "source", "status"]
MAPS = ["as_recorded", "current", "2012-01-01", "2024-12-31", "2025-06-30", "2025-07-01", "2026-05-01"]
SOURCES = ["central_promotion", "local_promotion", "counterpart", "integrated", "foreign", "other"]
FIRST, LAST = datetime.date(2016, 1, 1), datetime.date(2026, 11, 30)
SEED = 20221


# ---- Projects made up at random, always the same: of provinces and communes of their day ----

class Sample:
    def __init__(self, world, ministry):
        self.random = random.Random(SEED)
        self.units = world.cluster.sql(
            "select tier, code, province_code, valid_from, valid_to from admin_unit where tier in ('province', 'commune') order by code, valid_from")
        self.activities = [row[0] for row in world.cluster.sql(
            "select code from activity where valid_from <= %s and valid_to is null order by code", FIRST)]
        self.make = Promotion(ministry)
        self.programme = ministry.post("/v1/programmes", {"name": unique("Chương trình báo cáo"), "level": "national"}).expect(201).json()

    def place(self, day):
        """A province of that day, half of the time with a commune."""
        pick, valid = self.random.choice, [unit for unit in self.units if unit[3] <= day and (unit[4] is None or day <= unit[4])]
        province = pick([unit[1] for unit in valid if unit[0] == "province"])
        communes = [unit[1] for unit in valid if unit[0] == "commune" and unit[2] == province]
        place = {"province_code": province, "codes_on": day.isoformat()}
        if communes and self.random.random() < 0.5:
            place["commune_code"] = pick(communes)
        return place

    def project(self):
        pick, chance = self.random.choice, self.random.random
        day = FIRST + datetime.timedelta(self.random.randrange((LAST - FIRST).days))
        if chance() < 0.3:  # around the day on which the map changed
            day = datetime.date(2025, 6, 30) + datetime.timedelta(self.random.randrange(-2, 4))
        place = self.place(day)
        body = {"programme_id": self.programme["id"], "level": pick(["national", "local"]), "scale": pick(["single", "group", "key", None]),
                "province_code": place["province_code"], "codes_on": place["codes_on"], "places": [place],
                "starts_on": day.isoformat() if chance() < 0.9 else None,
                "total_cost_vnd": self.random.randrange(1, 10**9) if chance() < 0.9 else None,
                "support_vnd": 0 if chance() < 0.5 else None, "counterpart_vnd": pick([0, None])}
        project = self.make.project(**body)
        lines = [self.make.line(project, activity_code=pick([*self.activities[:4], None]), eligible_cost_vnd=self.random.randrange(10**6, 10**8),
                                support_vnd=self.random.randrange(10**6)) for _ in range(self.random.randrange(4))]
        for source in self.random.sample(SOURCES, self.random.randrange(4)):
            self.make.funding(project, source=source, year=pick([2020, 2021]), amount_vnd=self.random.randrange(10**9),
                              line_id=pick(lines).record["id"] if lines and chance() < 0.5 else None)


@pytest.fixture(scope="module")
def ministry(caller):
    return caller(province=None, tier="central")


@pytest.fixture(scope="module")
def ask(world, ministry):
    """ask(group_by=…, …) → report on 70 projects that no other test touches."""
    sample = Sample(world, ministry)
    for _ in range(70):
        sample.project()

    def report(who=ministry, **question):
        question = {name.rstrip("_"): str(value) for name, value in question.items()}
        return who.get(PATH, params={"programme_id": sample.programme["id"], **question}).expect(200).json()
    return report


def additive(report):
    return [column["key"] for column in report["columns"] if column["is_additive"]]


def sums(rows, keys):
    return {key: sum(row[key] for row in rows) for key in keys}


# ---- Properties ----

def test_the_sample_is_worth_something(ask):
    everything = ask(group_by="province", geo_basis="2025-06-30")
    without_date = {item["code"]: item["value"] for item in everything["indicators"]}["projects_without_date"]
    assert everything["totals"]["project_count"] + without_date == 70 and without_date > 2
    assert None in [row["key"] for row in everything["rows"]], "no project of an unknown place"
    assert len(everything["rows"]) > 20 and everything["totals"]["cost_unknown_count"] > 2
    assert any(":" in row["key"] for row in ask(group_by="province", geo_basis="as_recorded")["rows"]), "no code of several provinces"


@pytest.mark.parametrize("group_by", GROUPS)
def test_grand_totals_are_equal_on_every_map(ask, group_by):
    reports = [ask(group_by=group_by, geo_basis=geo_basis) for geo_basis in MAPS]
    assert len({str(report["totals"]) for report in reports}) == 1
    plain = ask()["totals"]
    for report in reports:
        assert {key: report["totals"][key] for key in plain} == plain
        assert sums([row["values"] for row in report["rows"]], additive(report)) == {key: report["totals"][key] for key in additive(report)}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(days=st.lists(st.dates(FIRST - datetime.timedelta(3), LAST), min_size=3, max_size=3).map(sorted), geo_basis=st.sampled_from(MAPS),
       group_by=st.sampled_from(GROUPS))
def test_adjoining_periods_add_up(ask, days, geo_basis, group_by):
    first, middle, last = days
    parts = [ask(from_=first, to=middle, geo_basis=geo_basis, group_by=group_by)]
    if middle < last:
        parts.append(ask(from_=middle + datetime.timedelta(1), to=last, geo_basis=geo_basis, group_by=group_by))
    whole = ask(from_=first, to=last, geo_basis=geo_basis, group_by=group_by)
    keys = [key for key in whole["totals"] if not key.startswith("mean_")]
    assert sums([part["totals"] for part in parts], keys) == {key: whole["totals"][key] for key in keys}
    rows = {row["key"]: row["values"] for row in whole["rows"]}
    for key, values in rows.items():
        found = [row["values"] for part in parts for row in part["rows"] if row["key"] == key]
        assert sums(found, keys) == {name: values[name] for name in keys}
    assert {row["key"] for part in parts for row in part["rows"]} == set(rows)


def group_of(code):
    """KC1-DAO-TAO is added up into KC1."""
    return code and code.split("-")[0]


def drilled(ministry, url, group_by, key):
    """The same figures, from the projects that the address lists."""
    projects = [row for page in ministry.pages(url, 200) for row in page]
    assert all(row["starts_on"] for row in projects)
    costs = [row["total_cost_vnd"] for row in projects if row["total_cost_vnd"] is not None]
    figures = {"project_count": len(projects), "total_cost_vnd": sum(costs), "cost_unknown_count": len(projects) - len(costs),
               "support_vnd": sum(row["support_vnd"] or 0 for row in projects), "funding_total_vnd": sum(row["funding_total_vnd"] for row in projects)}
    if group_by == "activity":
        lines = [line for row in projects for line in row["lines"] if group_of(line["activity_code"]) == key]
        figures |= {"line_count": len(lines), "line_support_vnd": sum(line["support_vnd"] or 0 for line in lines),
                    "line_eligible_cost_vnd": sum(line["eligible_cost_vnd"] or 0 for line in lines)}
    if group_by == "source":
        money = {source: sum(item["amount_vnd"] for row in projects for item in row["funding"] if item["source"] == source) for source in SOURCES}
        figures |= {f"funding_{source}_vnd": amount for source, amount in money.items()}
        figures |= {"source_amount_vnd": money.get(key, 0)}
    return figures


@pytest.mark.parametrize("group_by", GROUPS)
@pytest.mark.parametrize("geo_basis", ["as_recorded", "current", "2025-06-30"])
def test_each_figure_leads_to_its_projects(ask, ministry, group_by, geo_basis):
    report = ask(group_by=group_by, geo_basis=geo_basis, from_="2017-01-01", to="2026-01-31")
    assert report["rows"]
    for row in report["rows"]:
        figures = drilled(ministry, row["records_url"], group_by, row["key"])
        assert figures == {name: row["values"][name] for name in figures}, row
    figures = drilled(ministry, report["records_url"], None, None)
    assert figures == {name: report["totals"][name] for name in figures}


@pytest.mark.parametrize("geo_basis", MAPS)
def test_filters_take_the_keys_of_the_rows(ask, geo_basis):
    """One row asked for alone is the same row; several together are their sum; regions are made of provinces."""
    by_province = ask(group_by="province", geo_basis=geo_basis)["rows"]
    for row in by_province[:12] + by_province[-2:]:
        alone = ask(group_by="province", geo_basis=geo_basis, province_code=row["key"] or "none")
        assert alone["rows"] == [row] and alone["totals"] == row["values"]
    keys = ",".join(row["key"] or "none" for row in by_province)
    assert ask(geo_basis=geo_basis, province_code=keys)["totals"] == ask()["totals"]
    for region in ask(group_by="region", geo_basis=geo_basis)["rows"]:
        inside = ask(group_by="province", geo_basis=geo_basis, region_code=region["key"] or "none")
        assert inside["totals"] == region["values"]


def test_filters_narrow(ask):
    for row in ask(group_by="level")["rows"]:
        for scale in ask(group_by="scale", level=row["key"])["rows"]:
            both = ask(level=row["key"], scale=scale["key"] or "none")
            assert both["totals"] == scale["values"] and both["filters"]["level"] == row["key"]
    assert ask(status="draft")["totals"]["project_count"] == ask()["totals"]["project_count"]
    assert ask(status="approved,closed")["totals"]["project_count"] == 0


# ---- Places ----

@pytest.fixture
def alone(ministry):
    """alone(**members of a project) → (report on it alone, the project)."""
    make = Promotion(ministry)

    def report(geo_basis, group_by="province", **members):
        programme = ministry.post("/v1/programmes", {"name": unique("Chương trình"), "level": "national"}).expect(201).json()
        made = make.project(programme_id=programme["id"], **members)
        answer = ministry.get(PATH, params={"programme_id": programme["id"], "group_by": group_by, "geo_basis": geo_basis}).expect(200).json()
        row, = answer["rows"]
        listed = [item["id"] for page in ministry.pages(row["records_url"]) for item in page]
        assert listed == [made.id]
        return row["key"], row["label"]
    return report


BEN_CAT = {"province_code": "79", "commune_code": "25813", "codes_on": "2026-01-15"}  # phường Bến Cát, once in Bình Dương


@pytest.mark.parametrize("geo_basis, place, expected", [
    ("2025-06-30", BEN_CAT, ("74", "Bình Dương")),
    ("current", BEN_CAT, ("79", "Hồ Chí Minh")),
    ("as_recorded", BEN_CAT, ("79", "Hồ Chí Minh")),
    ("2025-06-30", {"province_code": "79", "codes_on": "2026-01-15"}, (None, "không xác định")),
    ("2026-04-30", {"province_code": "70", "codes_on": "2020-01-01"}, ("75", "Đồng Nai")),
    ("as_recorded", {"province_code": "24", "codes_on": "2020-01-01"}, ("24:2008-08-01", "Bắc Giang")),
    ("as_recorded", {"province_code": "24", "codes_on": "2026-01-01"}, ("24:2025-07-01", "Bắc Ninh")),
    ("current", {"province_code": "24", "codes_on": "2020-01-01"}, ("24", "Bắc Ninh")),
    ("2020-01-01", {"province_code": "24", "codes_on": "2020-01-01"}, ("24", "Bắc Giang")),
    ("1999-01-01", {"province_code": "38", "codes_on": "2020-01-01"}, (None, "không xác định")),
])
def test_where_a_project_is_counted(alone, geo_basis, place, expected):
    assert alone(geo_basis, level="local", starts_on=place["codes_on"], province_code=place["province_code"], codes_on=place["codes_on"],
                 places=[place]) == expected


@pytest.mark.parametrize("geo_basis, code, day, expected", [
    ("as_recorded", "60", "2020-01-01", "phia_nam"), ("2020-01-01", "60", "2020-01-01", "phia_nam"),  # Bình Thuận, southern in its time
    ("current", "60", "2020-01-01", "mien_trung_tay_nguyen"),  # Lâm Đồng
    ("as_recorded", "38", "2020-01-01", "mien_bac"), ("current", "17", "2020-01-01", "mien_bac"), ("1999-01-01", "38", "2020-01-01", None),
])
def test_regions_are_those_of_the_map(alone, geo_basis, code, day, expected):
    assert alone(geo_basis, "region", level="local", starts_on=day, province_code=code, codes_on=day)[0] == expected


@pytest.mark.parametrize("key, names", [("24", {"Bắc Giang", "Bắc Ninh"}), ("24:2020-06-30", {"Bắc Giang"}), ("24:2026-01-01", {"Bắc Ninh"}),
                                        ("24:2020-06-30,38", {"Bắc Giang", "Thanh Hóa"}), ("38:2020-06-30", {"Thanh Hóa"})])
def test_a_code_with_its_day(ministry, key, names):
    for code, day in (("24", "2020-01-01"), ("24", "2026-01-01"), ("38", "2020-01-01")):
        Promotion(ministry).project(level="local", province_code=code, codes_on=day)
    found = {row["province"]["name"] for page in ministry.pages(f"/v1/projects?province_code={key}&fields=province", 200) for row in page}
    assert found == names


# ---- Shape, labels, refusals ----

def test_the_answer_says_what_it_is(ask, ministry):
    report = ask(group_by="source", from_="2021-01-01", to="2022-09-30", region_code="mien_bac,phia_nam", geo_basis="current", level="local")
    assert report["title"] == "Tổng hợp đề án khuyến công theo nguồn kinh phí, từ ngày 01/01/2021 đến ngày 30/09/2022"
    assert (report["from"], report["to"], report["geo_basis"]) == ("2021-01-01", "2022-09-30", "current")
    assert report["filters"]["region_code"] == ["mien_bac", "phia_nam"] and report["filters"]["province_code"] is None
    keys = [column["key"] for column in report["columns"]]
    assert len(set(keys)) == len(keys) and set(keys) == set(report["totals"]) == set(report["rows"][0]["values"])
    for column in report["columns"]:
        assert (column["measure_unit"] == "vnd") == column["key"].endswith("_vnd") and column["label_vi"] != column["label_en"]


def test_rows_come_in_the_order_people_expect(ask):
    assert [row["key"] for row in ask(group_by="level")["rows"]] == ["national", "local"]
    assert [row["key"] for row in ask(group_by="scale")["rows"]] == ["single", "group", "key", None]
    assert [row["key"] for row in ask(group_by="source")["rows"]] == [*SOURCES, None]
    assert [(row["key"], row["label"]) for row in ask(group_by="status")["rows"]] == [("draft", "Dự thảo")]
    provinces = [row["label"] for row in ask(group_by="province", geo_basis="2025-06-30")["rows"]]
    assert provinces[-1] == "không xác định" and provinces.index("Hà Nội") < provinces.index("Thanh Hóa")


def test_nothing_is_counted_as_nothing(ask):
    report = ask(group_by="level", from_="1990-01-01", to="1990-01-01")
    assert report["rows"] == [] and report["totals"]["mean_total_cost_vnd"] is None
    assert {value for key, value in report["totals"].items() if key != "mean_total_cost_vnd"} == {0}


def test_deleted_projects_and_rows_do_not_count(ministry):
    make = Promotion(ministry)
    programme = ministry.post("/v1/programmes", {"name": unique("Chương trình"), "level": "national"}).expect(201).json()
    kept, gone = (make.project(programme_id=programme["id"], starts_on="2021-01-01", province_code="38", total_cost_vnd=5) for _ in range(2))
    money = make.funding(kept, amount_vnd=3)
    ministry.delete(gone.path, if_match=1).expect(204)
    def totals():
        return ministry.get(f"{PATH}?programme_id={programme['id']}").expect(200).json()["totals"]
    assert (totals()["project_count"], totals()["total_cost_vnd"], totals()["funding_total_vnd"]) == (1, 5, 3)
    ministry.delete(money.path, if_match=1).expect(204)
    assert totals()["funding_total_vnd"] == 0


@pytest.mark.parametrize("query, fault", [
    ("from=2022-01-01&to=2021-12-31", ("to", "period_order")), ("geo_basis=2025-13-01", ("geo_basis", "format")),
    ("geo_basis=today", ("geo_basis", "pattern")), ("from=2022-02-30", ("from", "format")), ("group_by=year", ("group_by", "enum")),
    ("province_code=24:2025-02-30", ("province_code", "format")), ("province_code=1", ("province_code", "pattern")),
    ("province_code=38,38:x", ("province_code", "pattern")), ("status=lost", ("status", "enum")), ("activity_code=KC1", ("activity_code", "unknown-parameter")),
])
def test_questions_that_are_refused(ministry, query, fault):
    assert ministry.get(f"{PATH}?{query}").expect(400).errors == {fault}


@pytest.mark.parametrize("query, fault", [("geo_basis=2025-13-01", ("geo_basis", "format")), ("province_code=24:2025-02-30", ("province_code", "format"))])
def test_the_list_refuses_them_too(ministry, query, fault):
    assert ministry.get(f"/v1/projects?{query}").expect(400, "invalid-parameter").errors == {fault}


# ---- Who sees what ----

def test_everybody_counts_what_he_sees(caller, world, ask, ministry):
    """A province what is recorded in it and in those that went into it; an implementer also what he carries out elsewhere."""
    everything = ask(group_by="province", geo_basis="current")["rows"]
    row = max(everything, key=lambda item: item["values"]["project_count"] if item["key"] else 0)
    own = caller(province=row["key"], scopes=["reports:read", "projects:read"])
    report = ask(own)
    assert report["totals"] == row["values"] and report["totals"]["project_count"] > 1
    assert len([project for page in own.pages(report["records_url"]) for project in page]) == report["totals"]["project_count"]
    organisation = world.organisation("01")
    implementer = caller(province="01", organisation=organisation)
    before = implementer.get(PATH).expect(200).json()["totals"]["project_count"]
    Promotion(ministry).project(province_code="38", starts_on="2021-01-01", implementer_id=organisation)
    assert implementer.get(PATH).expect(200).json()["totals"]["project_count"] == before + 1


def test_the_scope_of_projects_is_not_the_scope_of_reports(caller):
    caller(scopes=["projects:read"]).get(PATH).expect(403, "insufficient-scope")


def test_row_security_holds_alone(cluster, ask, ministry):
    """The query with everybody's scope parameters, run as the service's role with a stranger's claims, counts nothing."""
    done = subprocess.run([sys.executable, str(ROOT / "api/generate.py"), "--root", str(ROOT), "--print", "queries"], stdout=subprocess.PIPE, check=True)
    statement = json.loads(done.stdout)["getProjectSummaryReport"]
    codes = ",".join(row[0] for row in cluster.sql("select distinct code from admin_unit where tier = 'province'"))
    values = {"provinces": "{" + codes + "}", "organisation_id": ministry.client["organisation_id"], "from": "1900-01-01", "to": "2100-12-31",
              "geo_basis": "as_recorded", "group_by": "activity"}
    counts = {}
    for who, provinces in (("stranger", ""), ("ministry", codes)):
        with cluster.connect("kc_api") as connection, connection.transaction():
            connection.execute("select set_config('app.provinces', %s, true)", [provinces])
            sent = [values[name].encode() if name in values else None for name in statement["names"]]
            result = connection.pgconn.exec_params(statement["text"].encode(), sent)
            assert not result.error_message, result.error_message
            counts[who] = json.loads(result.get_value(0, 0))["totals"]["project_count"]
    assert counts["stranger"] == 0 < counts["ministry"]


def test_addresses_of_records_are_known_to_the_contract(ask):
    """Every parameter of a records_url is one of listProjects."""
    known = set(Contract().operations["listProjects"].names("query"))
    for group_by in GROUPS:
        for row in ask(group_by=group_by, level="local", scale="single,group")["rows"]:
            parts = urlsplit(row["records_url"])
            assert parts.path == "/v1/projects" and {name for name, _ in parse_qsl(parts.query)} <= known
            assert re.fullmatch(r"[\w/?=&.,:-]+", row["records_url"])
