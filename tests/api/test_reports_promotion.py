# SPDX-License-Identifier: MIT
"""The reports of promotion: figures that lead to their records, on every map; the scenarios stand in test_report_scenarios.py."""
import datetime
import hashlib
import random

import pytest

from support.money import MILLION, Money
from support.promotion import Promotion
from support.service import eventually
from support.world import unique

YEAR = 2023
MAPS = ["as_recorded", "current", "2024-06-30"]


class Sample:
    """Projects of one programme with lines, money and outputs, always the same."""

    def __init__(self, who, count=40):
        self.random = random.Random(17)
        self.make = Promotion(who)
        self.programme = who.post("/v1/programmes", {"name": unique("Chương trình báo cáo"), "level": "national"}).expect(201).json()
        self.establishments = [who.post("/v1/establishments", {"name": unique("Cơ sở"), "place": {"province_code": "38"}}).expect(201).json()["id"]
                               for _ in range(5)]
        for _ in range(count):
            self.project()

    def project(self):
        pick, chance = self.random.choice, self.random.random
        day = datetime.date(YEAR - 1, 1, 1) + datetime.timedelta(self.random.randrange(730))
        level = pick(["national", "local"])
        province = pick(["70", "75", "38", "17", "74", "24"])
        project = self.make.project(programme_id=self.programme["id"], level=level, scale=pick(["single", "group", "key", None]), province_code=province,
                                    codes_on=day.isoformat(), starts_on=day.isoformat(), total_cost_vnd=self.random.randrange(10**9, 2 * 10**9),
                                    support_vnd=self.random.randrange(10**8), counterpart_vnd=self.random.randrange(10**8))
        lines = [self.make.line(project, activity_code=pick(["KC1", "KC1-DAO-TAO", "KC3", "KC2", None]), support_vnd=self.random.randrange(10**6),
                                eligible_cost_vnd=10**7, establishment_id=pick([*self.establishments, None])) for _ in range(self.random.randrange(3))]
        for line in lines:
            if chance() < 0.8:
                unit, code = pick([("person", "trained"), ("class", "classes"), ("machine", "machines")])
                planned = self.random.randrange(10, 99)
                self.make.output(project, indicator_code=code, line_id=line.id, year=day.year, planned={"value": planned, "measure_unit": unit},
                                 actual={"value": self.random.randrange(planned + 20), "measure_unit": unit} if chance() < 0.8 else None)
        if chance() < 0.8:
            source = "central_promotion" if level == "national" else "local_promotion"
            self.make.funding(project, source=source, year=day.year, amount_vnd=self.random.randrange(10**8))


@pytest.fixture(scope="module")
def ministry(caller):
    return caller(province=None, tier="central")


@pytest.fixture(scope="module")
def sample(ministry):
    return Sample(ministry)


@pytest.fixture(scope="module")
def ask(sample, ministry):
    def report(name, who=ministry, **question):
        question = {key.rstrip("_"): str(value) for key, value in question.items()}
        return who.get(f"/v1/reports/{name}", params={"programme_id": sample.programme["id"], **question}).expect(200).json()
    return report


def records(who, url):
    return [row for page in who.pages(url, 200) for row in page]


def additive(report):
    return [column["key"] for column in report["columns"] if column["is_additive"]]


def adds_up(report):
    rows = [row["values"] for row in report["rows"] if row["kind"] == "record"]
    for key in additive(report):
        assert sum(row[key] or 0 for row in rows) == report["totals"][key], key


# ---- R4: regions ----

def region_figures(projects):
    def total(name, **where):
        return sum(row[name] or 0 for row in projects if all(row[key] == value for key, value in where.items()))
    return {"project_count": len(projects), "total_cost_vnd": total("total_cost_vnd"), "support_vnd": total("support_vnd"),
            "national_support_vnd": total("support_vnd", level="national"), "local_support_vnd": total("support_vnd", level="local"),
            "national_count": len([row for row in projects if row["level"] == "national"]),
            "group_count": len([row for row in projects if row["scale"] == "group"]), "key_count": len([row for row in projects if row["scale"] == "key"])}


@pytest.mark.parametrize("geo_basis", MAPS)
def test_each_row_of_the_region_summary_leads_to_its_projects(ask, ministry, geo_basis):
    report = ask("region-summary", geo_basis=geo_basis, from_=f"{YEAR}-01-01", to=f"{YEAR}-12-31")
    filled = [row for row in report["rows"] if row["values"]["project_count"]]
    assert len(filled) >= 3
    for row in filled:
        found = region_figures(records(ministry, row["records_url"]))
        assert found == {key: row["values"][key] for key in found}, row
        for key, url in row["value_urls"].items():
            if key.endswith("_count"):
                assert len(records(ministry, url)) == row["values"][key], (key, url)
    found = region_figures(records(ministry, report["records_url"]))
    assert found == {key: report["totals"][key] for key in found}
    adds_up(report)


@pytest.mark.parametrize("geo_basis", MAPS)
def test_the_region_summary_lists_every_province_of_the_map(ask, geo_basis):
    report = ask("region-summary", geo_basis=geo_basis, from_="2024-01-01", to="2024-06-30", region_code="mien_bac")
    assert len(report["rows"]) == (18 if geo_basis == "current" else 28)
    assert {row["values"]["region"] for row in report["rows"]} == {"Miền Bắc"}
    nothing = next(row for row in report["rows"] if not row["values"]["project_count"])
    assert nothing["values"]["accepted_percent"] is None and nothing["values"]["support_vnd"] == 0


def test_filters_of_the_region_summary_narrow(ask):
    whole = ask("region-summary")
    for name, values in (("level", ["national", "local"]), ("scale", ["single", "group", "key", "none"])):
        parts = [ask("region-summary", **{name: value}) for value in values]
        for key in additive(whole):
            assert sum(part["totals"][key] for part in parts) == whole["totals"][key], (name, key)
    row = max(whole["rows"], key=lambda item: item["values"]["project_count"])
    alone = ask("region-summary", province_code=row["key"])
    assert [item for item in alone["rows"] if item["key"] == row["key"]][0]["values"] == row["values"]
    kc1 = ask("region-summary", activity_code="KC1")
    assert 0 < kc1["totals"]["project_count"] < whole["totals"]["project_count"]


def test_a_province_counts_what_is_its_own(ask, caller):
    own = caller(province="75", scopes=["reports:read", "projects:read"])
    report = ask("region-summary", own, geo_basis="current")
    assert [row["key"] for row in report["rows"]] == ["75"] and report["totals"]["project_count"] > 0
    assert len(records(own, report["records_url"])) == report["totals"]["project_count"]


def test_the_tally_believes_claims_only(cluster, ministry, sample):
    """It reads everybody's rows: who says that he has all provinces counts those of his claims and no other."""
    codes = ",".join(row[0] for row in cluster.sql("select distinct code from admin_unit where tier = 'province'"))
    counts = {}
    for who, provinces in (("stranger", "01"), ("neighbour", "38"), ("ministry", codes)):
        with cluster.connect("kc_api") as connection, connection.transaction():
            connection.execute("select set_config('app.provinces', %s, true), set_config('app.organisation_id', '', true)", [provinces])
            asked = connection.execute("select report_question(jsonb_build_object('programme_id', %s::text), string_to_array(%s, ','), %s::uuid)::text",
                                       [sample.programme["id"], codes, ministry.client["organisation_id"]]).fetchone()[0]
            counts[who] = connection.execute("select coalesce(sum(project_count), 0)::int from project_tally(%s::report_question)", [asked]).fetchone()[0]
    assert counts["stranger"] == 0 < counts["neighbour"] < counts["ministry"] == 40


# ---- R3: results by activity ----

def group_of(code):
    return (code or "none").split("-")[0]


def results_of(projects, activity, code, unit):
    """The same results, from the projects that the address lists."""
    total = 0
    for project in projects:
        activities = {line["id"]: group_of(line["activity_code"]) for line in project["lines"]}
        total += sum(output["actual"]["value"] for output in project["outputs"]
                     if output["actual"] and activities.get(output["line_id"]) == activity and output["indicator_code"] == code
                     and output["actual"]["measure_unit"] == unit)
    return total


def planned_of(projects, activity, code, unit):
    total = 0
    for project in projects:
        activities = {line["id"]: group_of(line["activity_code"]) for line in project["lines"]}
        total += sum(output["planned"]["value"] for output in project["outputs"] if activities.get(output["line_id"]) == activity
                     and output["indicator_code"] == code and output["planned"]["measure_unit"] == unit)
    return total


@pytest.mark.parametrize("geo_basis", MAPS)
def test_each_result_leads_to_its_projects(ask, ministry, geo_basis):
    report = ask("activity-results", geo_basis=geo_basis, from_=f"{YEAR}-04-01", to=f"{YEAR}-09-30")
    rows = [row for row in report["rows"] if row["kind"] == "record" and row["key"].split("/")[1] in ("trained", "classes", "machines")]
    assert len(rows) >= 5 and any(row["values"]["done"] for row in rows)
    for row in rows:
        activity, code, unit = row["key"].split("/")
        values = row["values"]
        assert results_of(records(ministry, row["records_url"]), activity, code, unit) == values["done"], row
        for name in ("so_far", "before"):
            assert results_of(records(ministry, row["value_urls"][name]), activity, code, unit) == values[name], (name, row)
        assert planned_of(records(ministry, row["value_urls"]["plan"]), activity, code, unit) == values["plan"], row
        assert values["national"] + values["local"] == values["done"]
        periods = {"plan": (f"{YEAR}-01-01", f"{YEAR}-12-31"), "so_far": (f"{YEAR}-01-01", f"{YEAR}-09-30"),
                   "before": (f"{YEAR - 1}-04-01", f"{YEAR - 1}-09-30")}
        for name, (first, last) in periods.items():
            assert f"from={first}&" in row["value_urls"][name] and row["value_urls"][name].endswith(f"to={last}")
        assert values["attained_percent"] == (round(values["so_far"] * 100 / values["plan"] + 1e-9, 1) if values["plan"] else None)
        assert (values["compared_percent"] is None) == (values["before"] == 0)


def test_children_are_added_up_into_their_group(ministry):
    make = Promotion(ministry)
    programme = ministry.post("/v1/programmes", {"name": unique("Chương trình"), "level": "national"}).expect(201).json()
    project = make.project(programme_id=programme["id"], province_code="38", codes_on="2024-02-01", starts_on="2024-02-01")
    for code, value in (("KC1", 10), ("KC1-DAO-TAO", 20), ("KC3-SXSH-TT", 5)):
        line = make.line(project, activity_code=code, support_vnd=value)
        make.output(project, indicator_code="trained", line_id=line.id, year=2024, planned={"value": 30, "measure_unit": "person"},
                    actual={"value": value, "measure_unit": "person"})
    question = {"from": "2024-01-01", "to": "2024-12-31", "programme_id": programme["id"]}
    report = ministry.get("/v1/reports/activity-results", params=question).expect(200).json()
    rows = {row["key"]: row["values"] for row in report["rows"]}
    assert [row["key"] for row in report["rows"] if row["kind"] == "subtotal"] == ["KC1", "KC3"]
    assert (rows["KC1/trained/person"]["plan"], rows["KC1/trained/person"]["done"], rows["KC1/trained/person"]["attained_percent"]) == (60, 30, 50)
    assert rows["KC3/trained/person"]["done"] == 5 and rows["KC1/line_support/vnd"]["plan"] == 30 and rows["KC1/line_support/vnd"]["done"] == 0
    summary = ministry.get("/v1/reports/project-summary", params={**question, "group_by": "activity"}).expect(200).json()
    assert {row["key"]: row["values"]["line_support_vnd"] for row in summary["rows"]} == {"KC1": 30, "KC3": 5}
    found = [row["id"] for row in records(ministry, f"/v1/projects?programme_id={programme['id']}&activity_code=KC3")]
    assert found == [project.id]


# ---- R5: targets ----

@pytest.fixture
def attainment(ministry):
    """attainment(target, outputs) → rows of R5 of a programme of its own."""
    make = Promotion(ministry)

    def report(target, outputs, to="2025-12-31"):
        programme = ministry.post("/v1/programmes", {"name": unique("Chương trình"), "level": "national", "starts_on": "2021-01-01", "ends_on": "2025-12-31"}).expect(201)
        programme = programme.json()
        ministry.post("/v1/targets", {"programme_id": programme["id"], "name": "Chỉ tiêu", "indicator_code": "machines", "operator": "gte", "kind": "flow",
                                      "from": "2021-01-01", "to": "2025-12-31", **target}).expect(201)
        project = make.project(programme_id=programme["id"], province_code="74", codes_on="2021-02-01", starts_on="2021-02-01")
        for year, value, unit in outputs:
            make.output(project, indicator_code="machines", year=year, planned=None, actual={"value": value, "measure_unit": unit})
        answer = ministry.get("/v1/reports/programme-attainment", params={"programme_id": programme["id"], "to": to}).expect(200).json()
        return answer
    return report


def measure(value, unit="establishment"):
    return {"measures": [{"value": value, "measure_unit": unit}]}


@pytest.mark.parametrize("operator, planned, actual, expected", [
    ("gt", 75, 76, "met"), ("gt", 75, 75, "not_met"), ("gte", 2, 2, "met"), ("gte", 2, 3, "exceeded"), ("gte", 2, 1, "not_met"), ("eq", 4, 4, "met"),
    ("approx", 800, 721, "met"), ("approx", 800, 719, "not_met"), ("approx", 800, 881, "exceeded"), ("lte", 5, 5, "met"), ("lt", 5, 5, "not_met"), ("gte", 2, None, "no_data")])
def test_results_by_operator(attainment, operator, planned, actual, expected):
    answer = attainment({"operator": operator, **measure(planned)}, [] if actual is None else [(2022, actual, "establishment")])
    row, = answer["rows"]
    assert (row["values"]["result"], row["values"]["actual"]) == (expected, actual)
    assert {item["code"]: item["value"] for item in answer["indicators"]}[f"targets_{expected}"] == 1


def test_a_stock_is_that_of_the_last_year(attainment):
    values = [(2023, 35, "person"), (2025, 38, "person")]
    assert attainment({"kind": "stock", **measure(40, "person")}, values)["rows"][0]["values"]["result"] == "not_met"
    assert attainment({"kind": "stock", **measure(40, "person")}, [*values[:1], (2025, 40, "person")])["rows"][0]["values"]["result"] == "met"
    early, = attainment({"kind": "stock", **measure(40, "person")}, values, to="2023-12-31")["rows"]
    assert early["values"]["actual"] == 35


def test_all_measures_of_a_target_must_be_met(attainment):
    target = {"measures": [{"value": 2, "measure_unit": "class"}, {"value": 60, "measure_unit": "person"}]}
    answer = attainment(target, [(2021, 2, "class"), (2021, 50, "person")], to="2023-07-02")
    results = [(row["values"]["result"], row["values"]["target_result"]) for row in answer["rows"]]
    assert results == [("met", "not_met"), ("not_met", "not_met")]
    assert answer["rows"][1]["values"]["expected"] == 30.0 and answer["rows"][1]["values"]["attained_percent"] == 83.3  # half of the term is over


def test_attainment_of_a_programme_that_nobody_sees(ministry, caller):
    own = Promotion(caller(province="38")).programme(level="local", province_code="38")
    stranger = caller(province="01")
    reply = stranger.get("/v1/reports/programme-attainment", params={"programme_id": own.id}).expect(400, "invalid-parameter")
    assert reply.errors == {("programme_id", "unknown_reference")}


# ---- R6 and who carries out key projects ----

@pytest.fixture(scope="module")
def cashew(world, ministry):
    """A key project as in scenario A: four met, two not."""
    make = Promotion(ministry)
    programme = ministry.post("/v1/programmes", {"name": unique("Chương trình điểm"), "level": "national"}).expect(201).json()
    implementer = world.organisation("70")
    project = make.project(programme_id=programme["id"], level="national", scale="key", province_code="70", codes_on="2020-11-30", starts_on="2018-01-01", ends_on="2020-12-31",
                           total_cost_vnd=11_750_000_000, implementer_id=implementer)
    for year, amount in ((2018, 3_650_000_000), (2019, 4_100_000_000), (2020, 4_000_000_000)):
        make.funding(project, year=year, source="central_promotion", amount_vnd=amount)
    for title, activity, unit, planned, actual in (("Mô hình", "KC3", "model", 1, 1), ("Máy móc", "KC3-MAY-MOC", "machine", 5, 6), ("Hội thảo", "KC2", "delegation", 1, 1),
                                                   ("Hội nghị", "KC9", "delegation", 1, 1), ("Đào tạo nghề", "KC1", "person", 60, 40), ("Quản lý", "KC2", "person_turn", 60, 41)):
        line = make.line(project, title=title, activity_code=activity)
        make.output(project, line_id=line.id, year=2019, planned={"value": planned, "measure_unit": unit}, actual={"value": actual, "measure_unit": unit})
    return programme, project, implementer


def test_the_matrix_of_a_key_project(cashew, ministry):
    programme, project, _ = cashew
    answer = ministry.get("/v1/reports/key-project-matrix", params={"programme_id": programme["id"], "geo_basis": "current"}).expect(200).json()
    figures = {item["code"]: (item["value"], item["display"]) for item in answer["indicators"]}
    assert {code: figures[code][0] for code in ("key_projects", "activities", "lines", "lines_met", "lines_not_met", "lines_no_data")} == {
        "key_projects": 1, "activities": 4, "lines": 6, "lines_met": 4, "lines_not_met": 2, "lines_no_data": 0}
    assert figures["total"] == (11_750_000_000, "11.750,0") and figures["mean_per_year"] == (3_916_666_667, "3.916,7")
    assert "Không đạt: Đào tạo nghề; Quản lý" in answer["notes"]
    assert [column["key"] for column in answer["columns"]][3:9] == ["planned_2018", "actual_2018", "planned_2019", "actual_2019", "planned_2020", "actual_2020"]
    head, money, *lines = answer["rows"]
    assert head["kind"] == "subtotal" and head["values"]["province"] == "Đồng Nai (trước đây: Bình Phước)"
    assert [money["values"][f"planned_{year}"] for year in (2018, 2019, 2020)] == [3_650_000_000, 4_100_000_000, 4_000_000_000]
    assert sum(row["amount_vnd"] for row in records(ministry, money["records_url"])) == money["values"]["total"] == 11_750_000_000
    assert [row["values"]["result"] for row in lines] == ["met", "exceeded", "met", "met", "not_met", "not_met"]
    for row in lines:
        line_id, unit = row["key"].split("/")
        outputs = [item for item in records(ministry, row["records_url"]) if item["line_id"] == line_id and item["actual"]["measure_unit"] == unit]
        assert sum(item["actual"]["value"] for item in outputs) == row["values"]["total"]
    assert [item["id"] for item in records(ministry, answer["records_url"])] == [project.id]


def test_a_key_project_of_yearly_parts(ministry):
    make = Promotion(ministry)
    programme = ministry.post("/v1/programmes", {"name": unique("Chương trình điểm"), "level": "national"}).expect(201).json()
    whole = make.project(programme_id=programme["id"], scale="key", province_code="38", codes_on="2022-01-01", starts_on="2022-01-01")
    for year in (2022, 2023):
        part = make.project(parent_id=whole.id, scale="group", province_code="38", codes_on="2022-01-01", starts_on=f"{year}-01-01")
        make.funding(part, year=year, amount_vnd=year)
        make.line(part, activity_code="KC3")
    answer = ministry.get("/v1/reports/key-project-matrix", params={"project_id": whole.id}).expect(200).json()
    figures = {item["code"]: item["value"] for item in answer["indicators"]}
    assert (figures["key_projects"], figures["lines"], figures["lines_no_data"], figures["total"]) == (1, 2, 2, 4045)


def test_who_carries_out_key_projects(cashew, ministry):
    programme, project, implementer = cashew
    answer = ministry.get("/v1/reports/key-project-implementers", params={"programme_id": programme["id"]}).expect(200).json()
    row, = answer["rows"]
    assert row["key"] == implementer and row["values"]["amount_2019"] == 4_100_000_000 and row["values"]["project_count"] == 1
    assert [item["id"] for item in records(ministry, row["records_url"])] == [project.id]
    adds_up(answer)
    assert {item["code"]: item["value"] for item in answer["indicators"]} == {"localities": 1, "central_implementers": 0}


def test_reports_on_nothing(ministry):
    """No key project, no money, no target: empty tables, no refusal."""
    programme = ministry.post("/v1/programmes", {"name": unique("Chương trình trống"), "level": "national"}).expect(201).json()
    for name in ("activity-results", "programme-attainment", "key-project-matrix", "key-project-implementers", "local-budget-trend", "support-concentration", "plan-table", "progress-table",
                 "provinces-without-key-project", "region-summary"):
        for form in ("json", "csv", "xlsx"):
            ministry.get(f"/v1/reports/{name}", params={"programme_id": programme["id"], "format": form}).expect(200)


# ---- Provinces compared ----

@pytest.mark.parametrize("geo_basis", ["as_recorded", "current"])
def test_provinces_without_a_key_project(ask, ministry, geo_basis):
    question = {"from_": f"{YEAR}-01-01", "to": f"{YEAR}-12-31", "geo_basis": geo_basis}
    answer, all_provinces = ask("provinces-without-key-project", **question), ask("region-summary", **question)
    without = {row["key"] for row in all_provinces["rows"] if not row["values"]["key_count"]}
    assert {row["key"] for row in answer["rows"]} == without and 0 < len(without) < len(all_provinces["rows"])
    for row in answer["rows"]:
        if row["values"]["project_count"]:
            projects = records(ministry, row["records_url"])
            assert len(projects) == row["values"]["project_count"] and all(project["scale"] != "key" for project in projects)
    adds_up(answer)


@pytest.mark.parametrize("geo_basis", ["as_recorded", "current"])
def test_the_local_budget_by_year(ask, ministry, geo_basis):
    answer = ask("local-budget-trend", from_=f"{YEAR - 1}-01-01", to=f"{YEAR}-12-31", geo_basis=geo_basis)
    filled = [row for row in answer["rows"] if row["values"][f"amount_{YEAR}"] or row["values"][f"amount_{YEAR - 1}"]]
    assert len(filled) >= 3
    for row in filled:
        money = [item for project in records(ministry, row["records_url"]) for item in project["funding"] if item["source"] == "local_promotion"]
        for year in (YEAR - 1, YEAR):
            assert sum(item["amount_vnd"] for item in money if item["year"] == year) == row["values"][f"amount_{year}"]
        last, before = row["values"][f"amount_{YEAR}"], row["values"][f"amount_{YEAR - 1}"]
        assert row["values"]["is_rising"] == (last > before) and (row["values"]["change_percent"] is None) == (before == 0)
    adds_up(answer)
    not_rising = sum(not row["values"]["is_rising"] for row in answer["rows"])
    assert answer["indicators"][0]["value"] == not_rising > 0


@pytest.mark.parametrize("geo_basis", ["as_recorded", "current"])
def test_how_support_is_scattered(ask, ministry, geo_basis):
    answer = ask("support-concentration", geo_basis=geo_basis, below_vnd=50_000_000)
    for row in answer["rows"]:
        support = sorted(project["support_vnd"] for project in records(ministry, row["records_url"]) if project["support_vnd"] is not None)
        values = row["values"]
        assert (len(support), sum(support), support[0], support[-1]) == (values["project_count"], values["support_vnd"], values["least_vnd"], values["most_vnd"])
        assert len([amount for amount in support if amount < 50_000_000]) == values["small_count"]
        assert abs(values["mean_vnd"] - sum(support) / len(support)) <= 0.5
    adds_up(answer)


# ---- R1: the plan of a year ----

@pytest.mark.parametrize("geo_basis", ["as_recorded", "current"])
def test_the_plan_table(ask, ministry, geo_basis):
    answer = ask("plan-table", year=YEAR, geo_basis=geo_basis)
    rows, sums = [row for row in answer["rows"] if row["kind"] == "record"], [row for row in answer["rows"] if row["kind"] == "subtotal"]
    projects = records(ministry, answer["records_url"])
    assert {row["key"] for row in rows} == {project["id"] for project in projects} and len(rows) > 10
    adds_up(answer)
    for key in additive(answer):
        assert sum(row["values"][key] for row in sums) == answer["totals"][key]
    assert answer["totals"]["total_cost_vnd"] == sum(project["total_cost_vnd"] for project in projects)
    assert {row["key"] for row in sums} >= {"KC1", "KC3"}
    for row in rows[:5]:
        project = ministry.get(row["records_url"]).expect(200).json()
        assert project["code"] == row["values"]["code"]
        assert row["values"]["local_promotion_vnd"] in (None, sum(item["amount_vnd"] for item in project["funding"] if item["source"] == "local_promotion"))


def test_the_headings_of_the_plan_table_are_those_of_the_import(ask, cluster):
    import csv
    from support.cluster import ROOT
    with open(ROOT / "db/reference/plan_table_columns.csv", encoding="utf-8") as file:
        wanted = [row["label_vi"] for row in csv.DictReader(file)]
    answer = ask("plan-table", year=YEAR)
    assert ["STT", answer["row_label"], *(column["label_vi"] for column in answer["columns"])] == wanted


# ---- R2: progress, and what was paid ----

def test_the_progress_of_a_year_leads_to_the_ledger(caller, cluster):
    """Assigned 200, raised to 250; 200 contracted, 100 advanced, 10 back: 90 are out, 36 % of what is assigned."""
    who = caller(province="11")
    money = Money(who, cluster)
    project = money.project(assigned=200 * MILLION, lines=[200 * MILLION], starts_on="2026-02-01")
    contract = money.contract(project["id"], 200 * MILLION, project["lines"][0])["id"]
    money.act(f"/v1/contracts/{contract}", "sign")
    money.pay(contract, 100 * MILLION)
    money.recover(contract, 10 * MILLION)
    money.adjust(project["id"], 250 * MILLION)
    report = who.post("/v1/progress-reports", {"project_id": project["id"], "from": "2026-03-01", "to": "2026-03-31", "percent_done": 40, "request": "Gia hạn",
                                               "difficulties": [{"tags": ["market"], "description": "Thiếu đơn hàng"}]}).expect(201).json()
    answer = who.get("/v1/reports/progress-table", params={"year": 2026}).expect(200).json()
    row = next(item for item in answer["rows"] if item["key"] == project["id"])
    assert row["values"]["done_percent"] is None  # a draft says nothing yet
    cluster.sql("update progress_report set status = 'submitted' where id = %s", report["id"])
    answer = who.get("/v1/reports/progress-table", params={"year": 2026}).expect(200).json()
    values = next(item["values"] for item in answer["rows"] if item["key"] == project["id"])
    wanted = {"baseline_vnd": 200 * MILLION, "assigned_vnd": 250 * MILLION, "contracted_vnd": 200 * MILLION, "advanced_vnd": 100 * MILLION, "disbursed_vnd": 90 * MILLION,
              "disbursed_percent": 36.0, "done_percent": 40.0, "difficulties": "Thiếu đơn hàng", "request": "Gia hạn"}
    assert {name: values[name] for name in wanted} == wanted
    entries = records(who, row["records_url"])
    assert sum(entry["amount_vnd"] * {"advance": 1, "payment": 1, "recovery": -1}.get(entry["kind"], 0) for entry in entries) == values["disbursed_vnd"]
    adds_up(answer)
    assert {item["key"] for item in answer["rows"]} == {item["id"] for item in records(who, answer["records_url"])}
    region = who.get("/v1/reports/region-summary", params={"from": "2026-01-01", "to": "2026-12-31", "geo_basis": "current"}).expect(200).json()
    assert {name: region["totals"][name] for name in ("baseline_vnd", "assigned_vnd", "disbursed_vnd", "disbursed_percent")} == {
        "baseline_vnd": 200 * MILLION, "assigned_vnd": 250 * MILLION, "disbursed_vnd": 90 * MILLION, "disbursed_percent": 36.0}
    assert {item["code"]: item["display"] for item in region["indicators"]}["disbursement_rate"] == "36,0"


# ---- Frozen reports ----

@pytest.fixture(scope="module")
def frozen(caller, sample):
    who = caller(province="38")
    record = who.post("/v1/report-snapshots", {"report": "region-summary", "geo_basis": "current", "programme_id": sample.programme["id"]}).expect(201).json()
    return who, record


def test_a_frozen_report_keeps_its_bytes(frozen, ministry, sample):
    who, record = frozen
    before = who.get(record["content_url"]).expect(200)
    assert hashlib.sha256(before.body).hexdigest() == record["sha256"] and before.etag == f'"{record["sha256"]}"' and len(before.body) == record["size_bytes"]
    assert before.json()["totals"]["project_count"] > 0
    media = {form: who.get(record["content_url"], params={"format": form}).expect(200) for form in ("csv", "xlsx", "svg")}
    sample.make.project(programme_id=sample.programme["id"], province_code="38", codes_on=f"{YEAR}-01-01", starts_on=f"{YEAR + 2}-01-01")
    now = who.get("/v1/reports/region-summary", params={"programme_id": sample.programme["id"], "geo_basis": "current"}).expect(200).json()
    assert now["totals"]["project_count"] == before.json()["totals"]["project_count"] + 1
    assert who.get(record["content_url"]).body == before.body
    for form, reply in media.items():
        again = who.get(record["content_url"], params={"format": form}).expect(200)
        assert again.body == reply.body and again.etag == f'"{record["sha256"]}-{form}"'
        who.get(record["content_url"], params={"format": form}, headers={"If-None-Match": reply.etag}).expect(304)
        assert who.get(record["content_url"], params={"format": form}, headers={"If-None-Match": before.etag}).expect(200)
    who.get(record["content_url"], headers={"If-None-Match": before.etag}).expect(304)


def test_a_restart_changes_no_byte_of_what_was_frozen(world, caller, frozen, start, outage):
    """Another process, on a database that was killed and came back: the same bytes and digest, in every medium."""
    who, record = frozen
    forms = ("json", "csv", "xlsx", "svg")
    before = {form: who.get(record["content_url"], params={"format": form}).expect(200) for form in forms}
    outage.restart("immediate")
    other = start()
    eventually(lambda: world.http(other).get("/readyz").status == 200, "/readyz")
    reader = caller(province="38", service=other)
    again = reader.get(f"/v1/report-snapshots/{record['id']}").expect(200).json()
    assert (again["sha256"], again["as_of"], again["size_bytes"]) == (record["sha256"], record["as_of"], record["size_bytes"])
    for form in forms:
        reply = reader.get(record["content_url"], params={"format": form}).expect(200)
        assert reply.body == before[form].body and reply.etag == before[form].etag, form
    assert hashlib.sha256(before["json"].body).hexdigest() == record["sha256"]


def test_a_frozen_report_is_sent_once(caller, world, frozen):
    who, _ = frozen
    record = who.post("/v1/report-snapshots", {"report": "plan-table", "year": YEAR, "note": "Bản đầu"}).expect(201).json()
    path, receiver = f"/v1/report-snapshots/{record['id']}", world.organisation("01")
    reader = caller(province="01", organisation=receiver)
    assert (record["status"], record["from"], record["filters"]["year"]) == ("draft", f"{YEAR}-01-01", YEAR)
    reader.get(path).expect(404)
    who.patch(path, {"sent_to_id": "018f0000-0000-7000-8000-00000000dead"}, if_match=1).expect(422, "invalid")
    sent = who.patch(path, {"sent_to_id": receiver}, if_match=1).expect(200).json()
    assert (sent["status"], sent["sent_to_id"], sent["version"]) == ("sent", receiver, 2) and sent["sent_on"]
    assert reader.get(record["content_url"]).expect(200).body == who.get(record["content_url"]).body
    assert [row["id"] for page in reader.pages("/v1/report-snapshots?report=plan-table&status=sent") for row in page] == [record["id"]]
    assert who.patch(path, {"note": "Sửa"}, if_match=2).expect(409, "guard-failed").errors == {("#/sent_to_id", "report_snapshot_sent")}
    reader.patch(path, {"note": "Sửa"}, if_match=2).expect(403, "outside-territory")


def test_a_frozen_report_is_deleted_before_it_is_sent(frozen, world):
    who, _ = frozen
    record, sent = (who.post("/v1/report-snapshots", {"report": "plan-table", "year": YEAR}).expect(201).json() for _ in range(2))
    who.delete(f"/v1/report-snapshots/{record['id']}", if_match=1).expect(204)
    for path in ("", "/content"):
        who.get(f"/v1/report-snapshots/{record['id']}{path}").expect(410, "deleted")
    who.patch(f"/v1/report-snapshots/{sent['id']}", {"sent_to_id": world.organisation("01")}, if_match=1).expect(200)
    who.delete(f"/v1/report-snapshots/{sent['id']}", if_match=2).expect(409, "guard-failed")


def test_a_report_that_cannot_be_asked_is_not_frozen(frozen):
    who, _ = frozen
    assert who.post("/v1/report-snapshots", {"report": "programme-attainment"}).expect(400).errors == {("programme_id", "unknown_reference")}
    assert who.post("/v1/report-snapshots", {"report": "region-summary", "from": "2024-01-02", "to": "2024-01-01"}).expect(400).errors == {("to", "period_order")}
    assert who.post("/v1/report-snapshots", {"report": "project-list"}).expect(422).errors == {("#/report", "enum")}
