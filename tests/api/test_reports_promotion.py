# SPDX-License-Identifier: MIT
"""The reports of promotion: figures that lead to their records, on every map; the scenarios stand in test_report_scenarios.py."""
import datetime
import random

import pytest

from support.promotion import Promotion
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
