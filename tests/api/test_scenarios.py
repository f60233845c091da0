# SPDX-License-Identifier: MIT
"""The real cases of db/demo, brought in by the loader through HTTP into a database of their own, and asked for as an official would."""
import json
from urllib.parse import quote

import pytest

from support.promotion import listed


@pytest.fixture(scope="module")
def ministry(demo):
    """The client that loaded the data: it sees everything."""
    return demo.caller(demo.token)


def by_ref(who, kind, ref):
    return who.get(f"/v1/{kind}/by-ref/demo/{ref}").expect(200).json()


def rows(who, target):
    return [row for page in who.pages(target, 200) for row in page]


# ---- The loader ----

def test_loading_again_changes_nothing(demo):
    def history():
        return demo.sql("select count(*), max(id) from history")

    before = history()
    again = demo.load()
    assert again.returncode == 0 and " 0 of them made or changed" in again.stdout
    assert history() == before


def test_loading_mends_what_was_changed(demo, ministry):
    project = by_ref(ministry, "projects", "nam-2026-04-02")
    assert project["status"] == "draft"
    path = f"/v1/projects/{project['id']}"
    money = rows(ministry, f"{path}/funding")[0]
    ministry.patch(f"{path}/funding/{money['id']}", {"amount_vnd": 1}, if_match=money["version"]).expect(200)
    done = demo.load()
    assert " 1 of them made or changed" in done.stdout, done.stderr
    assert ministry.get(f"{path}/funding/{money['id']}").json()["amount_vnd"] == money["amount_vnd"] > 1


@pytest.mark.parametrize("record, shown", [
    ({"type": "project", "ref": "x", "body": {"name": "x", "level": "local", "province_code": "99"}}, "unknown_admin_unit"),
    ({"type": "project", "ref": "x", "body": {"name": "x", "level": "local", "programme_id": "@programme:none"}}, "programme:none"),
])
def test_a_refusal_stops_the_loader_and_is_shown(demo, tmp_path, record, shown):
    file = tmp_path / "bad.json"
    file.write_text(json.dumps({"source": "test", "records": [record]}), encoding="utf-8")
    done = demo.load(file)
    assert done.returncode != 0 and shown in done.stderr


# ---- A: Bình Phước's key project ----

@pytest.fixture(scope="module")
def cashew(ministry):
    return by_ref(ministry, "projects", "de-an-diem-hat-dieu")


def test_the_key_project(ministry, cashew):
    assert (cashew["level"], cashew["scale"], cashew["starts_on"], cashew["ends_on"]) == ("national", "key", "2018-01-01", "2020-12-31")
    assert cashew["funding_total_vnd"] == cashew["total_cost_vnd"] == 11_750_000_000
    path = f"/v1/projects/{cashew['id']}"
    lines, funding = rows(ministry, f"{path}/lines"), rows(ministry, f"{path}/funding")
    assert len(lines) == 6 and {line["activity_code"] for line in lines} == {"KC1", "KC2", "KC3", "KC9"}
    assert [(row["year"], row["source"], row["amount_vnd"]) for row in funding] == [
        (2018, "central_promotion", 3_650_000_000), (2019, "central_promotion", 4_100_000_000), (2020, "central_promotion", 4_000_000_000)]
    assert round(sum(row["amount_vnd"] for row in funding) / 3 / 100_000) == 39_167  # 3.916,7 triệu đồng a year
    outputs = {row["indicator_code"]: row["planned"] for row in rows(ministry, f"{path}/outputs")}
    assert len(outputs) == 6 and outputs["trained"] == {"value": 60, "measure_unit": "person"}
    assert outputs["managers_trained"] == {"value": 60, "measure_unit": "person_turn"}
    assert by_ref(ministry, "organisations", "trung-tam-binh-phuoc")["id"] == cashew["implementer_id"]
    assert ministry.get(f"/v1/programmes/{cashew['programme_id']}").json()["name"] == "Chương trình khuyến công quốc gia đến năm 2020"


@pytest.mark.parametrize("query, is_found", [
    ("province_code=75&geo_basis=current", True),
    ("province_code=70&geo_basis=2020-12-31", True),
    ("province_code=70", True),
    ("province_code=70&geo_basis=as_recorded", True),
    ("province_code=75", False),
    ("province_code=75&geo_basis=2020-12-31", False),
    ("province_code=70&geo_basis=current", False),
    ("province_code=79&geo_basis=current", False),
    ("scale=key&level=national&from=2018-01-01&to=2020-12-31", True),
    ("activity_code=KC9&year=2019", True),
    ("q=CHE BIEN HAT DIEU", True),
])
def test_the_key_project_is_found_on_the_map_of_any_day(ministry, cashew, query, is_found):
    assert (cashew["id"] in listed(ministry, f"/v1/projects?{query}")) == is_found


def test_the_former_name_is_shown_beside_the_one_of_today(ministry, cashew):
    assert cashew["province"] == {"code": "70", "name": "Bình Phước"}
    assert cashew["current"]["province"] == {"code": "75", "name": "Đồng Nai"}
    unit = ministry.get("/v1/admin-units/75").expect(200).json()
    assert unit["kind"] == "municipality"


def test_the_two_firms_of_decision_4796(ministry, cashew):
    part = by_ref(ministry, "projects", "hat-dieu-2019")
    assert part["parent_id"] == cashew["id"]
    assert (part["scale"], part["support_vnd"], part["funding_total_vnd"]) == ("group", 600_000_000, 1_200_000_000)  # with the firms' own
    lines = rows(ministry, f"/v1/projects/{part['id']}/lines")
    firms = {by_ref(ministry, "establishments", ref)["id"] for ref in ("tan-toan", "tu-linh")}
    assert {line["establishment_id"] for line in lines} == firms and [line["support_vnd"] for line in lines] == [300_000_000] * 2
    assert by_ref(ministry, "establishments", "tan-toan")["tax_code"] is None  # not in the source, so not made up


def test_decision_4796_assigned_them(ministry, cashew):
    plan = by_ref(ministry, "annual-plans", "kcqg-2019")
    assert plan["status"] == "assigned" and {paper["document_no"] for paper in plan["decisions"]} == {"4796/QĐ-BCT"}
    item, = rows(ministry, f"/v1/annual-plans/{plan['id']}/items")
    assert item["support_vnd"] == item["baseline"]["support_vnd"] == 600_000_000


@pytest.mark.parametrize("ref, contracted", [("de-an-diem-hat-dieu", 11_750_000_000), ("hat-dieu-2019", 600_000_000), ("hat-dieu-ba-co-so", 900_000_000)])
def test_the_key_project_and_its_parts_were_settled(ministry, ref, contracted):
    """Every đồng of them: contracted, accepted line by line, settled, paid."""
    project = by_ref(ministry, "projects", ref)
    assert (project["status"], project["support_vnd"]) == ("settled", contracted)
    contracts = [ministry.get(f"/v1/contracts/{row['id']}").expect(200).json() for row in rows(ministry, f"/v1/contracts?project_id={project['id']}")]
    for name in ("amount_vnd", "paid_vnd"):
        assert sum(contract[name] for contract in contracts) == contracted
    accepted = rows(ministry, f"/v1/acceptances?project_id={project['id']}")
    lines = rows(ministry, f"/v1/projects/{project['id']}/lines")
    assert {row["line_id"] for row in accepted} == {line["id"] for line in lines} and len(accepted) == len(lines)
    assert sum(row["value_vnd"] for row in accepted) == sum(row["payable_vnd"] for row in rows(ministry, f"/v1/settlements?project_id={project['id']}")) == contracted


def test_the_years_of_the_key_project_are_those_of_its_plans(ministry, cashew):
    plans = {year: by_ref(ministry, "annual-plans", f"kcqg-hat-dieu-{year}") for year in (2018, 2019, 2020)}
    items = {year: [item["support_vnd"] for item in rows(ministry, f"/v1/annual-plans/{plan['id']}/items") if item["project_id"] == cashew["id"]] for year, plan in plans.items()}
    assert items == {2018: [3_650_000_000], 2019: [4_100_000_000], 2020: [4_000_000_000]}


def test_the_three_lines_accepted_later(ministry, cashew):
    part = by_ref(ministry, "projects", "hat-dieu-ba-co-so")
    assert part["id"] in listed(ministry, f"/v1/projects?parent_id={cashew['id']}")
    lines = rows(ministry, f"/v1/projects/{part['id']}/lines")
    assert [line["support_vnd"] for line in lines] == [300_000_000] * 3 and part["support_vnd"] == 900_000_000
    [machine] = [machine for line in lines for machine in line["machines"]]
    assert (machine["model"], machine["capacity"], machine["origin_country"], machine["new_percent"]) == ("ĐHK-2021", "650–750 kg/h", "VN", 100)


def test_who_sees_the_key_project(demo, ministry, cashew):
    """The body of the former province goes on under its old code; another province sees nothing."""
    owner = demo.member(by_ref(ministry, "organisations", "so-cong-thuong-binh-phuoc")["id"])
    stranger = demo.member(by_ref(ministry, "organisations", "so-cong-thuong-thanh-hoa")["id"])
    assert owner.get(f"/v1/projects/{cashew['id']}").expect(200).json()["id"] == cashew["id"]
    assert cashew["id"] in listed(owner, "/v1/projects")
    stranger.get(f"/v1/projects/{cashew['id']}").expect(404, "not-found")
    assert cashew["id"] not in listed(stranger, "/v1/projects")


# ---- B: twelve targets of Bình Dương ----

TARGETS = [  # operator, kind, measures
    ("gte", "flow", [(20, "class"), (1600, "person")]),
    ("approx", "flow", [(20, "class"), (800, "person")]),
    ("gte", "flow", [(10, "delegation")]),
    ("gt", "flow", [(75, "establishment")]),
    ("gte", "flow", [(2, "model")]),
    ("gte", "flow", [(60, "product")]),
    ("gte", "flow", [(20, "fair")]),
    ("gte", "flow", [(50, "establishment")]),
    ("gte", "flow", [(4, "establishment")]),
    ("gte", "flow", [(4, "establishment")]),
    ("gte", "flow", [(10, "delegation")]),
    ("gte", "stock", [(40, "person")]),
]


def test_the_twelve_targets(ministry):
    programme = by_ref(ministry, "programmes", "binh-duong-2021-2025")
    targets = rows(ministry, f"/v1/targets?programme_id={programme['id']}&sort=created_at")
    assert [(row["operator"], row["kind"], [(measure["value"], measure["measure_unit"]) for measure in row["measures"]])
            for row in targets] == TARGETS
    assert {(row["from"], row["to"]) for row in targets} == {("2021-01-01", "2025-12-31")}


def test_what_was_reached(ministry):
    """More than 75 are 76; 38 helpers are not 40; half of the figures are missing, and are not made up."""
    programme = by_ref(ministry, "programmes", "binh-duong-2021-2025")
    answer = ministry.get("/v1/reports/programme-attainment", params={"programme_id": programme["id"], "to": "2025-12-31"}).expect(200).json()
    seen = {(row["values"]["actual"], row["values"]["planned"], row["values"]["result"]) for row in answer["rows"]}
    assert seen >= {(76, 75, "met"), (2, 2, "met"), (38, 40, "not_met"), (22, 20, "exceeded"), (1800, 1600, "exceeded"), (None, 800, "no_data")}


@pytest.mark.parametrize("year", range(2021, 2026))
def test_each_year_of_binh_duong_was_settled(ministry, year):
    project = by_ref(ministry, "projects", f"binh-duong-ket-qua-{year}")
    assert project["status"] == "settled" and project["province_code"] == "74" and project["current"]["province"]["code"] == "79"
    settled, = rows(ministry, f"/v1/settlements?project_id={project['id']}")
    assert settled["payable_vnd"] == project["support_vnd"] and "minh họa" in project["note"]


def test_the_programme_stays_apart_inside_the_new_city(ministry):
    programme = by_ref(ministry, "programmes", "binh-duong-2021-2025")
    assert programme["province"]["name"] == "Bình Dương" and programme["current"]["province"] == {"code": "79", "name": "Hồ Chí Minh"}
    assert programme["id"] in listed(ministry, "/v1/programmes?province_code=79&geo_basis=current")
    assert programme["id"] not in listed(ministry, "/v1/programmes?province_code=79")
    assert programme["id"] in listed(ministry, "/v1/programmes?province_code=74&geo_basis=2025-06-30")


# ---- C, D: Thanh Hóa, Kon Tum, and the national programmes one after the other ----

@pytest.mark.parametrize("ref, recorded, current", [
    ("thanh-hoa-2022-2025", "38", "38"),
    ("kon-tum-2021-2025", "62", "51"),
    ("binh-phuoc-2016-2020", "70", "75"),
])
def test_local_programmes_on_the_map_of_today(ministry, ref, recorded, current):
    programme = by_ref(ministry, "programmes", ref)
    assert (programme["province_code"], programme["current"]["province"]["code"]) == (recorded, current)
    assert programme["id"] in listed(ministry, f"/v1/programmes?province_code={current}&geo_basis=current")


def test_what_kon_tum_does_with_others(ministry):
    question = "kind=partner&province_code=62"
    partners = rows(ministry, f"/v1/programmes?{question}")
    assert len(partners) == 5 and {row["current"]["province"]["code"] for row in partners} == {"51"}
    project = by_ref(ministry, "projects", "kon-tum-xuc-tien-2022")
    outputs = rows(ministry, f"/v1/projects/{project['id']}/outputs")
    assert [row["actual"] for row in outputs] == [{"value": 1, "measure_unit": "fair"}, {"value": 2, "measure_unit": "showroom"}]


def test_planned_money_by_source(ministry):
    funding = by_ref(ministry, "programmes", "binh-phuoc-2016-2020")["planned_funding"]
    assert sum(row["amount_vnd"] for row in funding) == 126_340_000_000
    assert next(row for row in funding if row["source"] == "counterpart")["amount_vnd"] == 89_000_000_000


def test_national_programmes_follow_each_other(ministry):
    now = by_ref(ministry, "programmes", "qd-2646")
    before = ministry.get(f"/v1/programmes/{now['predecessor_id']}").expect(200).json()
    first = ministry.get(f"/v1/programmes/{before['predecessor_id']}").expect(200).json()
    assert [one["ends_on"] for one in (first, before, now)] == ["2020-12-31", "2025-12-31", "2030-12-31"]
    assert len(listed(ministry, f"/v1/targets?programme_id={before['id']}")) == 9


def report(who, **question):
    return who.get("/v1/reports/project-summary", params=question).expect(200).json()


@pytest.mark.parametrize("geo_basis", ["as_recorded", "current", "2022-09-30"])
def test_the_projects_of_thanh_hoa(ministry, geo_basis):
    """29 projects, 11.76 billion đồng, mean 405.5 million; split by level, whose rows lead to the projects."""
    answer = report(ministry, **{"from": "2021-01-01", "to": "2022-09-30", "province_code": "38", "geo_basis": geo_basis, "group_by": "level"})
    totals = answer["totals"]
    assert (totals["project_count"], totals["total_cost_vnd"], totals["mean_total_cost_vnd"]) == (29, 11_760_000_000, 405_517_241)
    assert [row["key"] for row in answer["rows"]] == ["national", "local"]
    for row in answer["rows"]:
        projects = rows(ministry, row["records_url"])
        assert len(projects) == row["values"]["project_count"] and {project["level"] for project in projects} == {row["key"]}
        assert sum(project["total_cost_vnd"] for project in projects) == row["values"]["total_cost_vnd"]
        assert all("minh họa" in project["name"] for project in projects)  # only the sums are known
    assert sum(row["values"]["project_count"] for row in answer["rows"]) == 29


def test_what_thanh_hoa_itself_sees(demo, ministry):
    department = demo.member(by_ref(ministry, "organisations", "so-cong-thuong-thanh-hoa")["id"], "reports:read")
    totals = report(department, **{"from": "2021-01-01", "to": "2022-09-30"})["totals"]
    assert (totals["project_count"], totals["total_cost_vnd"]) == (29, 11_760_000_000)


def test_the_projects_of_thanh_hoa_were_carried_out(ministry):
    """Those of 2021 are settled, those of 2022 accepted: 29 in all, each with its money."""
    projects = [by_ref(ministry, "projects", f"thanh-hoa-{number:02}") for number in range(1, 30)]
    assert [project["status"] for project in projects] == ["settled"] * 17 + ["accepted"] * 12
    assert sum(project["support_vnd"] for project in projects) == 11_760_000_000
    row, = ministry.get("/v1/reports/region-summary?from=2021-01-01&to=2022-09-30&province_code=38").expect(200).json()["rows"]
    paid = sum(project["support_vnd"] for project in projects[:17])
    assert (row["values"]["assigned_vnd"], row["values"]["disbursed_vnd"]) == (11_760_000_000, paid)


@pytest.mark.parametrize("year, items_count, baseline", [(2021, 12, 9_360_000_000), (2022, 8, 5_540_000_000)])
def test_the_money_of_thanh_hoa_was_cut_by_half(ministry, year, items_count, baseline):
    """Baseline and current of the local plans, and the decision between them."""
    totals = ministry.get(f"/v1/reports/plan-table?year={year}&province_code=38&level=local").expect(200).json()["totals"]
    assert totals["baseline_support_vnd"] == 2 * totals["current_support_vnd"] == baseline
    plan = by_ref(ministry, "annual-plans", f"thanh-hoa-{year}")
    assert plan["totals"]["items_count"] == items_count
    cut, = rows(ministry, f"/v1/plan-adjustments?annual_plan_id={plan['id']}")
    cut = ministry.get(f"/v1/plan-adjustments/{cut['id']}").expect(200).json()
    assert (cut["kind"], cut["cut_percent"], cut["status"]) == ("cut", 50, "approved") and cut["decisions"]


# ---- E: the northern region ----

def test_the_north_by_province(ministry):
    question = {"from": "2021-01-01", "to": "2022-09-30", "region_code": "mien_bac", "group_by": "province"}
    for geo_basis, other in (("as_recorded", ("17", "Hòa Bình", 1)), ("current", ("25", "Phú Thọ", 1))):
        answer = report(ministry, geo_basis=geo_basis, **question)
        assert {(row["key"], row["label"], row["values"]["project_count"]) for row in answer["rows"]} == {("38", "Thanh Hóa", 29), other}


@pytest.mark.parametrize("query, count, among", [
    ("?valid_on=2021-01-01", 28, {"Thanh Hóa", "Hòa Bình", "Bắc Giang"}),
    ("?valid_on=2022-09-30", 28, {"Thanh Hóa", "Hòa Bình", "Yên Bái"}),
    ("", 18, {"Thanh Hóa", "Phú Thọ", "Lào Cai"}),
])
def test_the_northern_region(ministry, query, count, among):
    names = [row["province"]["name"] for row in rows(ministry, f"/v1/regions/mien_bac/members{query}")]
    assert len(names) == len(set(names)) == count and among <= set(names)


@pytest.mark.parametrize("geo_basis, count, name", [("as_recorded", 28, "Hòa Bình"), ("current", 18, "Phú Thọ")])
def test_the_lists_of_the_north(ministry, geo_basis, count, name):
    """Without a key project, with a project stopped because its survey was not close, with a local budget that did not rise."""
    question = {"from": "2021-01-01", "to": "2022-09-30", "region_code": "mien_bac", "geo_basis": geo_basis}

    def ask(report_name):
        return ministry.get(f"/v1/reports/{report_name}", params=question).expect(200).json()

    without = ask("provinces-without-key-project")
    assert len(without["rows"]) == count and name in {row["label"] for row in without["rows"]}
    stopped, = ask("stopped-projects")["rows"]
    assert (stopped["key"], stopped["values"]["project_count"], stopped["values"]["provinces"]) == ("survey_inadequate", 1, name)
    project, = rows(ministry, stopped["records_url"])
    assert project["id"] == by_ref(ministry, "projects", "hoa-binh-ngung-2022")["id"] and project["status"] == "stopped"
    trend = {row["label"]: row["values"] for row in ask("local-budget-trend")["rows"]}
    assert len(trend) == count and trend[name]["is_rising"] is False and trend[name]["amount_2021"] == trend[name]["amount_2022"] == 75_000_000


def test_hoa_binh_is_in_phu_tho_today(ministry):
    successors = rows(ministry, "/v1/admin-units/17/successors")
    assert [row["to"]["name"] for row in successors] == ["Phú Thọ"]


# ---- G: a group project ----

def test_the_group_project(ministry):
    project = by_ref(ministry, "projects", "nhom-2026")
    lines = rows(ministry, f"/v1/projects/{project['id']}/lines")
    assert [line["support_vnd"] for line in lines] == [250_000_000, 300_000_000, 200_000_000]
    assert len({line["establishment_id"] for line in lines}) == 3
    assert project["scale"] == "group" and project["support_vnd"] == 750_000_000


def test_the_third_of_the_group_left_and_paid_back(ministry):
    """750 assigned, 550 in the end; its 100 million came back; the project went on without it to its end."""
    project = by_ref(ministry, "projects", "nhom-2026")
    assert project["status"] == "closed"
    lines = rows(ministry, f"/v1/projects/{project['id']}/lines")
    assert [line["status"] for line in lines] == ["settled", "settled", "removed"]
    assert len({line["establishment_id"] for line in lines if line["status"] == "settled"}) == 2
    item, = rows(ministry, f"/v1/annual-plans/{by_ref(ministry, 'annual-plans', 'dong-nai-2026')['id']}/items")
    assert (item["baseline"]["support_vnd"], item["support_vnd"]) == (750_000_000, 550_000_000)
    settled = rows(ministry, f"/v1/settlements?project_id={project['id']}")
    assert sum(row["payable_vnd"] for row in settled) == 550_000_000
    contracts = {row["contract_no"]: ministry.get(f"/v1/contracts/{row['id']}").json() for row in rows(ministry, f"/v1/contracts?project_id={project['id']}")}
    third = contracts["MH-nhom-2026-3"]
    assert (third["status"], third["advanced_vnd"], third["recovered_vnd"]) == ("terminated", 100_000_000, 100_000_000)


# ---- M: advances, and less spent than planned ----

def test_what_is_payable_of_a_contract(ministry):
    """200 contracted, 140 advanced, 360 spent: 180 are payable, 40 were left to pay."""
    project = by_ref(ministry, "projects", "tam-ung-2026")
    contract, = rows(ministry, f"/v1/contracts?project_id={project['id']}")
    contract = ministry.get(f"/v1/contracts/{contract['id']}").expect(200).json()
    assert (contract["amount_vnd"], contract["advanced_vnd"], contract["paid_vnd"]) == (200_000_000, 140_000_000, 180_000_000)
    settled, = rows(ministry, f"/v1/settlements?project_id={project['id']}")
    assert settled["payable_vnd"] == 180_000_000 and project["status"] == "closed"


# ---- The year for illustration lives ----

def test_the_year_stands_in_all_stages(ministry):
    found = rows(ministry, "/v1/projects?from=2026-01-01&to=2026-12-31&q=minh%20hoa")
    assert {project["stage"] for project in found} == {"proposal", "appraisal", "approval", "contract", "execution", "acceptance", "settlement", "ended"}
    assert {"returned", "rejected", "withdrawn", "stopped", "closed"} <= {project["status"] for project in found}


@pytest.mark.parametrize("name", ["plan-table", "progress-table", "activity-results", "region-summary", "key-project-matrix", "late-projects", "missing-reports",
                                  "stopped-projects", "ledger-balances"])
def test_every_report_has_figures(ministry, name):
    period = {"ledger-balances": {}, "plan-table": {"year": 2026}, "progress-table": {"year": 2026}}.get(name, {"from": "2026-01-01", "to": "2026-12-31"})
    assert ministry.get(f"/v1/reports/{name}", params=period).expect(200).json()["rows"]


def test_money_of_the_year_was_contracted_and_paid(ministry):
    row = next(row for row in ministry.get("/v1/reports/ledger-balances?group_by=year").expect(200).json()["rows"] if row["key"] == "2026")
    figures = row["values"]
    assert figures["contracted_vnd"] > figures["paid_vnd"] > figures["advanced_vnd"] > figures["recovered_vnd"] == 100_000_000
    assert figures["allocated_vnd"] > 5_000_000_000


def test_officials_have_work_to_do(ministry):
    waiting = rows(ministry, "/v1/work-items")
    assert {"project", "payment_request"} & {item["record_type"] for item in waiting}


# ---- I: OCOP ----

def test_the_product_of_ben_tre_is_found_in_vinh_long(demo, ministry):
    question = "product_code=83-829-28780-3-2022&province_code=86&geo_basis=current"
    registration, = rows(ministry, f"/v1/ocop/registrations?{question}")
    assert (registration["province_code"], registration["current"]["province"]["name"]) == ("83", "Vĩnh Long")
    product, = rows(demo.anybody, f"/v1/public/ocop-products?{question}")
    assert product["recognition"]["stars"] == 4


@pytest.mark.parametrize("ref, tier, submitted_on, set_code", [
    ("chung-nhan-2023", "district", "2023-06-01", "QD148"), ("nop-2025-07-10", "commune", "2025-07-10", "QD148"),
    ("ban-nhap-2026", "commune", None, "QD26"), ("sau-rieng-dong-lanh-2021", "province", None, "QD1048")])
def test_each_dossier_has_the_rules_of_its_day(ministry, ref, tier, submitted_on, set_code):
    record = by_ref(ministry, "ocop/registrations", ref)
    assert (record["tier"], record["submitted_on"]) == (tier, submitted_on)
    assert record["decided_under"]["set_code"].startswith(f"{set_code}-")


# ---- K: identity ----

def establishment(**members):
    return {"name": "Cơ sở thử mã số thuế", "place": {"province_code": "38"}, **members}


@pytest.mark.parametrize("code", ["0300588568", "0100109107", "0101010101", "0100109106-000", "0000000000"])
def test_a_wrong_check_digit_is_refused(ministry, code):
    reply = ministry.post("/v1/establishments", establishment(tax_code=code)).expect(422, "invalid")
    assert reply.errors == {("#/tax_code", "establishment_tax_code_check")}


@pytest.mark.parametrize("code, kind", [("0100112437", "enterprise10"), ("0100109106-001", "branch13"), ("001087123456", "personal12")])
def test_each_kind_of_tax_code(ministry, code, kind):
    made = ministry.post("/v1/establishments", establishment(tax_code=code)).expect(201).json()
    assert (made["tax_code"], made["tax_code_kind"]) == (code, kind)


@pytest.mark.parametrize("code", ["00108712345", "0010871234567890", "00108712345x"])
def test_what_is_no_tax_code(ministry, code):
    ministry.post("/v1/establishments", establishment(tax_code=code)).expect(422, "invalid")


def test_the_second_with_a_tax_code_is_led_to_the_first(ministry):
    first = by_ref(ministry, "establishments", "mst-vinamilk")
    taken = ministry.post("/v1/establishments", establishment(tax_code="0300588569")).expect(409, "taken").json()
    assert taken["existing_id"] == first["id"]
    ministry.post("/v1/establishments", establishment(tax_code="0300588569", site_no=2)).expect(201)


@pytest.mark.parametrize("q", ["thanh hoa", "Thanh Hoá", "THANH HÓA", "Thanh Hóa"])
def test_thanh_hoa_is_found_however_it_is_written(ministry, q):
    assert "Thanh Hóa" in {row["name"] for row in rows(ministry, f"/v1/admin-units?tier=province&q={quote(q)}")}
    assert by_ref(ministry, "organisations", "so-cong-thuong-thanh-hoa")["id"] in listed(ministry, f"/v1/organisations?q={quote(q)}")
    assert by_ref(ministry, "programmes", "thanh-hoa-2022-2025")["id"] in listed(ministry, f"/v1/programmes?q={quote(q)}")
