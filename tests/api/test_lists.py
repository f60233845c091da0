# SPDX-License-Identifier: MIT
"""What every list offers: counting, chosen members, expansion, search by words with marks and typing errors; and that the
search rests on an index behind row level security."""
import json
import re
import subprocess
import sys

import pytest

from support.cluster import ROOT
from support.contract import Contract
from support.records import Records
from support.world import unique

CONTRACT = Contract()
LISTS = [item for item in CONTRACT.operations.values() if item.takes("cursor", "query")]
RECORDS = [item for item in CONTRACT.operations.values()
           if item.method == "GET" and re.match(r"/v1/.*}$", item.path) and "application/json" in item.responses[200]["content"]]


def every(operations):
    return pytest.mark.parametrize("operation", operations, ids=[operation.id for operation in operations])


def record_schema(operation):
    schema = CONTRACT.resolve(operation.responses[200]["content"]["application/json"]["schema"])
    return CONTRACT.resolve(schema["properties"]["data"]["items"]) if operation in LISTS else schema


def parameter(operation, name):
    return next((item for item in operation.parameters if item["name"] == name), None)


# ---- The contract ----

@every(LISTS)
def test_every_list_can_be_counted(operation):
    assert parameter(operation, "count") is CONTRACT.document["components"]["parameters"]["Count"]


@every([*LISTS, *RECORDS])
def test_fields_are_the_members_of_the_record(operation):
    listed = parameter(operation, "fields")
    assert listed, "no parameter fields"
    assert set(listed["schema"]["items"]["enum"]) == set(record_schema(operation)["properties"])


@every([item for item in LISTS if item.takes("q", "query")])
def test_every_search_knows_its_modes(operation):
    assert parameter(operation, "q_mode") is CONTRACT.document["components"]["parameters"]["QueryMode"]


# ---- count ----

@pytest.fixture(scope="module")
def programme(caller):
    """A programme of its own with 7 projects: lists of the tests below see nothing else."""
    who = caller()
    made = who.post("/v1/programmes", {"name": unique("Chương trình đếm"), "level": "local"}).expect(201).json()
    for number in range(7):
        Records(who).project(programme_id=made["id"], name=unique(f"Đề án {number}"), total_cost_vnd=number * 1_000_000)
    return made


def test_count(caller, programme):
    target = f"/v1/projects?programme_id={programme['id']}&limit=3"
    page = caller().get(target).expect(200).json()["page"]
    assert "total" not in page and "total_kind" not in page
    page = caller().get(f"{target}&count=none").expect(200).json()["page"]
    assert "total" not in page
    page = caller().get(f"{target}&count=exact").expect(200).json()["page"]
    assert (page["total"], page["total_kind"], page["next_cursor"] is None) == (7, "exact", False)
    page = caller().get(f"{target}&count=estimated").expect(200).json()["page"]
    assert page["total_kind"] == "estimated" and page["total"] >= 0
    caller().get(f"{target}&count=all").expect(400, "invalid-parameter")


def test_the_count_is_of_the_whole_list_on_every_page(caller, programme):
    target = f"/v1/projects?programme_id={programme['id']}&limit=3&count=exact"
    cursor, seen = None, 0
    while True:
        page = caller().get(target, params={"cursor": cursor} if cursor else None).expect(200).json()
        assert page["page"]["total"] == 7
        seen += len(page["data"])
        cursor = page["page"]["next_cursor"]
        if cursor is None:
            break
    assert seen == 7


def test_a_stranger_counts_what_he_sees(caller, programme):
    page = caller(province="01").get(f"/v1/projects?programme_id={programme['id']}&count=exact").expect(200).json()["page"]
    assert page["total"] == 0


# ---- fields ----

def test_fields_of_a_list_and_of_a_record(caller, programme):
    rows = caller().get(f"/v1/projects?programme_id={programme['id']}&fields=name,province&sort=name").expect(200).json()["data"]
    assert len(rows) == 7 and all(set(row) == {"name", "province"} for row in rows)
    assert rows[0]["province"]["name"] == "Bình Phước"
    reply = caller().get(f"/v1/programmes/{programme['id']}?fields=id").expect(200)
    assert reply.json() == {"id": programme["id"]} and reply.etag == f'"{programme["version"]}"'
    assert caller().get(f"/v1/programmes/{programme['id']}?fields=id", headers={"If-None-Match": reply.etag}).status == 304


@pytest.mark.parametrize("fields, code", [("nothing", "enum"), ("name,nothing", "enum"), ("name,name", "uniqueItems"), ("name,", "valueless_parameter")])
def test_fields_that_are_none(caller, fields, code):
    assert ("fields", code) in caller().get(f"/v1/projects?fields={fields}").expect(400, "invalid-parameter").errors


def test_paging_goes_on_with_few_fields(caller, programme):
    names = [row["name"] for page in caller().pages(f"/v1/projects?programme_id={programme['id']}&fields=name&sort=starts_on", 2) for row in page]
    assert len(set(names)) == 7


# ---- expand ----

@pytest.fixture(scope="module")
def whole(caller, programme):
    """A project with two lines, money and an output."""
    who = caller()
    project = Records(who).project(programme_id=programme["id"])
    at = f"/v1/projects/{project['id']}"
    lines = [who.post(f"{at}/lines", {"title": title}).expect(201).json() for title in ("Máy ép", "Máy sấy")]
    who.post(f"{at}/funding", {"year": 2026, "source": "local_promotion", "amount_vnd": 200_000_000, "line_id": lines[0]["id"]}).expect(201)
    who.post(f"{at}/outputs", {"planned": {"value": 2, "measure_unit": "machine"}}).expect(201)
    yield who.get(at).expect(200).json()
    who.delete(at, if_match=who.get(at).etag).expect(204)


def test_expand_a_record(caller, programme, whole):
    who, at = caller(), f"/v1/projects/{whole['id']}"
    assert not {"lines", "funding", "outputs", "programme"} & set(whole)
    got = who.get(f"{at}?expand=lines,funding,outputs,programme").expect(200).json()
    for name in ("lines", "funding", "outputs"):
        rows = who.get(f"{at}/{name}").expect(200).json()["data"]
        assert sorted(got[name], key=lambda row: row["id"]) == sorted(rows, key=lambda row: row["id"]) and rows
    assert got["programme"]["id"] == programme["id"] and got["programme"]["name"] == programme["name"]
    assert {name: value for name, value in got.items() if name in whole} == whole
    some = who.get(f"{at}?expand=lines").expect(200).json()
    assert "lines" in some and "funding" not in some
    assert set(who.get(f"{at}?expand=lines&fields=id,lines").expect(200).json()) == {"id", "lines"}


def test_expand_a_list(caller, whole):
    rows = caller().get(f"/v1/projects?q={whole['code']}&expand=funding").expect(200).json()["data"]
    row, = [row for row in rows if row["id"] == whole["id"]]
    assert sum(item["amount_vnd"] for item in row["funding"]) == row["funding_total_vnd"] == 200_000_000 and "lines" not in row


def test_expand_shows_what_is_there_and_what_may_be_seen(caller, world):
    """Deleted rows are left out, and a programme of another province is not shown to one who only carries the project out."""
    owner = caller()
    organisation = world.organisation("01")
    implementer = caller(province="01", organisation=organisation)
    programme = owner.post("/v1/programmes", {"name": unique("Chương trình riêng"), "level": "local"}).expect(201).json()
    project = Records(owner).project(programme_id=programme["id"], implementer_id=organisation)
    line = owner.post(f"/v1/projects/{project['id']}/lines", {"title": "Bỏ đi"}).expect(201)
    owner.delete(f"/v1/projects/{project['id']}/lines/{line.json()['id']}", if_match=1).expect(204)
    assert owner.get(f"/v1/projects/{project['id']}?expand=lines,programme").expect(200).json()["programme"]["id"] == programme["id"]
    seen = implementer.get(f"/v1/projects/{project['id']}?expand=lines,programme").expect(200).json()
    assert (seen["lines"], seen["programme"]) == ([], None)
    caller().get(f"/v1/projects/{project['id']}?expand=parent").expect(400, "invalid-parameter")


def test_writes_answer_without_expansion(caller):
    """They are answered by the get that knows `expand`, and cannot be asked for it."""
    who = caller()
    project = Records(who).project()
    assert "lines" not in project
    who.patch(f"/v1/projects/{project['id']}?expand=lines", {"name": "x"}, if_match=1).expect(400, "unknown-parameter")


# ---- q and q_mode ----

@pytest.fixture(scope="module")
def named(caller):
    """find(path, q, mode) → names found among projects, programmes and establishments of unusual names."""
    who = caller()
    names = ["Gốm Quvăng", "Gốm Quvang", "Xưởng Thủy Zoan"]
    for name in names:
        Records(who).project(name=name)
        who.post("/v1/programmes", {"name": name, "level": "local"}).expect(201)
        who.post("/v1/establishments", {"name": name}).expect(201)

    def find(path, q, mode=None):
        params = {"q": q, **({"q_mode": mode} if mode else {})}
        return sorted(row["name"] for row in who.get(path, params=params).expect(200).json()["data"] if row["name"] in names)
    return find


@pytest.mark.parametrize("path", ["/v1/projects", "/v1/programmes", "/v1/establishments"])
def test_search(named, path):
    both = ["Gốm Quvang", "Gốm Quvăng"]
    for mode in (None, "folded"):
        for q in ("quvang", "QUVĂNG", "gom qu", "Gô\u0301m Quva\u0306ng"):
            assert named(path, q, mode) == both
    assert named(path, "quvăng", "exact") == ["Gốm Quvăng"]
    assert named(path, "QUVANG", "exact") == ["Gốm Quvang"] and named(path, "gom quvang", "exact") == []
    assert named(path, "Thuỷ Zoan", "exact") == named(path, "thủy zoan", "exact") == ["Xưởng Thủy Zoan"]
    assert named(path, "gom quvnag", "folded") == [] and named(path, "gom quvnag", "similar") == both
    assert named(path, "xuong thui zoan", "similar") == ["Xưởng Thủy Zoan"] and named(path, "uvan", "similar") == both


def test_search_of_places(caller):
    def find(q, mode):
        params = {"q": q, "q_mode": mode, "tier": "province", "fields": "name"}
        return {row["name"] for row in caller().get("/v1/admin-units", params=params).expect(200).json()["data"]}
    assert find("thanh hoa", "folded") == find("Thanh Hoá", "exact") == find("thanh hoaa", "similar") == {"Thanh Hóa"}
    assert find("thanh hoa", "exact") == set()
    caller().get("/v1/admin-units?q=hue&q_mode=fuzzy").expect(400, "invalid-parameter")


@pytest.mark.parametrize("q", ["%%", "__", "\\\\", "'--", "a%b", "((", "[a-z]*", "đ" * 100])
@pytest.mark.parametrize("mode", ["folded", "exact", "similar"])
def test_odd_words_find_nothing_and_harm_nothing(caller, q, mode):
    assert caller().get("/v1/projects", params={"q": q, "q_mode": mode}).expect(200).json()["data"] == []


# ---- The index behind the search, as the service's role with a caller's claims (decisions 5) ----

ROWS = 50_000
FILLED = {
    "establishment": "insert into establishment (organisation_id, province_code, code, name, codes_on) select o.id, '01', 'X' || n, md5(n::text), '2026-01-01'"
                     " from generate_series(1, %s) n, o",
    "organisation": "insert into organisation (code, name, kind, tier, province_code) select 'X' || n, md5(n::text), 'company', 'province', '01'"
                    " from generate_series(1, %s) n, o",
    "programme": "insert into programme (organisation_id, level, name, province_code, code) select o.id, 'local', md5(n::text), '01', 'X' || n"
                 " from generate_series(1, %s) n, o",
    "project": "insert into project (organisation_id, level, name, province_code, code) select o.id, 'local', md5(n::text), '01', 'X' || n"
               " from generate_series(1, %s) n, o",
}
SEARCHED = {"listEstablishments": "establishment", "listOrganisations": "organisation", "listProgrammes": "programme",
            "listProjects": "project", "listAdminUnits": "admin_unit"}


@pytest.fixture(scope="module")
def large(cluster):
    """A database of its own with many rows, put in past the triggers."""
    cluster.migrate("large")
    cluster.sql("set session_replication_role = replica; insert into organisation (id, code, name, kind, tier, province_code) values"
                " ('018f0000-0000-7000-8000-00000000dead', 'X', 'x', 'company', 'province', '01')", database="large")
    for statement in FILLED.values():
        cluster.sql("set session_replication_role = replica; with o as (select id from organisation where code = 'X') "
                    + statement.replace("%s", str(ROWS)), database="large")
    cluster.sql("vacuum analyze", database="large")
    return "large"


@pytest.fixture(scope="module")
def texts():
    done = subprocess.run([sys.executable, str(ROOT / "api/generate.py"), "--root", str(ROOT), "--print", "queries"],
                          stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def nodes(plan):
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def explained(cluster, database, statement, values, provinces="01"):
    """The plan of a prepared statement of the service, for these values."""
    arguments = ["null" if values.get(name) is None else "'" + str(values[name]).replace("'", "''") + "'" for name in statement["names"]]
    with cluster.connect("kc_api", database) as connection, connection.transaction():
        for name, value in (("app.provinces", provinces), ("app.tier", "province"), ("app.organisation_id", "018f0000-0000-7000-8000-00000000beef")):
            connection.execute("select set_config(%s, %s, true)", [name, value])
        connection.execute("prepare asked as " + statement["text"])
        return connection.execute(f"explain (format json) execute asked({', '.join(arguments)})").fetchone()[0][0]["Plan"]


@pytest.mark.parametrize("provinces", ["01", "01,02,04,06,08,10,11,12,14,15,17,19,20,22,24,25,26,27"])
@pytest.mark.parametrize("mode", ["folded", "exact", "similar"])
@pytest.mark.parametrize("operation", SEARCHED)
def test_the_search_uses_its_index(cluster, large, texts, operation, mode, provinces):
    table = SEARCHED[operation]
    values = {"q": "3b5dca501ee1e6d8", "q_mode": mode, "limit": 50, "personal_data": "false", "provinces": "{" + provinces + "}",
              "organisation_id": "018f0000-0000-7000-8000-00000000beef", "geo_basis": "as_recorded", "tier": None}
    for name, statement in texts.items():
        if name.startswith(f"{operation}:") and not name.endswith(":estimated"):
            after = {f"key_{n}": key for n, key in ((1, "2026-01-01"), (2, "018f0000-0000-7000-8000-00000000beef"))}
            if ":next" in name and not name.startswith(f"{operation}:updated_at:"):
                continue
            plan = list(nodes(explained(cluster, large, statement, {**values, **after}, provinces)))
            assert not [node for node in plan if node["Node Type"] == "Seq Scan" and node["Relation Name"] == table], name
            assert f"{table}_folded" in {node.get("Index Name") for node in plan}, name


def test_without_leakproof_operators_there_is_no_index(cluster, large, texts):
    """Else the test above would prove nothing."""
    with cluster.connect(database=large) as connection:
        for change, has_index in (("not leakproof", False), ("leakproof", True)):
            connection.execute(f"alter function textlike(text, text) {change}")
            plan = list(nodes(explained(cluster, large, texts["listProjects:-updated_at:first"],
                                        {"q": "3b5dca501ee1e6d8", "q_mode": "folded", "limit": 50, "provinces": "{01}", "geo_basis": "as_recorded"})))
            assert ("project_folded" in {node.get("Index Name") for node in plan}) is has_index
