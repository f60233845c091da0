# SPDX-License-Identifier: MIT
"""Two walls between provinces: the scope written into every query, and row level security behind it. Each is taken away in
turn, and the other must hold alone."""
import json
import subprocess
import sys

import psycopg
import pytest

from support.cluster import ROOT
from support.contract import Contract
from support.samples import CENTRAL, FOREIGN, OWNER, STRANGER, Samples, absent_id
from support.service import eventually
from support.world import unique

CONTRACT = Contract()


def area(operation):
    return operation.path.split("/")[2]


SCOPED = [operation for operation in CONTRACT.operations.values()
          if operation.path.startswith("/v1/") and area(operation) in FOREIGN and Samples.chain(CONTRACT, operation)]
LISTED = [operation for operation in CONTRACT.operations.values()
          if operation.path.startswith("/v1/") and area(operation) in FOREIGN and operation.takes("cursor", "query")
          and FOREIGN[area(operation)][0] != {200} and "{" not in operation.path and operation.scopes
          and any(item.method == "POST" and item.path == operation.path for item in CONTRACT.operations.values())]


def every(operations):
    return pytest.mark.parametrize("operation", operations, ids=[operation.id for operation in operations])


@pytest.fixture(scope="module")
def samples(world):
    return Samples(world)


def creator(operation):
    return next(item for item in CONTRACT.operations.values() if item.method == "POST" and item.path == operation.path)


@pytest.fixture(scope="module")
def made(samples, caller):
    """One record of the owner for each listed collection: path → id."""
    owner = caller(province=OWNER)
    return {operation.path: samples.make(owner, creator(operation), operation.path).expect(201).json()["id"]
            for operation in LISTED}


# ---- The second wall is gone: row level security does not bind this role ----

@pytest.fixture(scope="module")
def without_row_security(world):
    world.cluster.sql("create role kc_unbound login bypassrls in role kc_api")
    with world.start(KC_DATABASE_URL=world.cluster.url(user="kc_unbound")) as service:
        eventually(lambda: world.http(service).get("/readyz").status == 200, "/readyz")
        yield service


def test_the_role_really_is_unbound(world, made, without_row_security):
    """Else the next tests would prove nothing."""
    with world.cluster.connect("kc_unbound") as connection:
        assert connection.execute("select count(*) from project").fetchone()[0] > 0
    with world.cluster.connect("kc_api") as connection:
        assert connection.execute("select count(*) from project").fetchone()[0] == 0


@every(SCOPED)
def test_the_queries_hold_alone(caller, samples, without_row_security, operation):
    record = samples.record(caller(province=OWNER), operation)
    options = samples.options(operation)
    if "if_match" in options:
        options["if_match"] = record.version
    stranger = caller(province=STRANGER, service=without_row_security)
    before = samples.writes()
    reply = stranger.request(operation.method, samples.fill(operation, record.values), **options)
    read, write = FOREIGN[area(operation)]
    assert reply.status in (read if operation.method == "GET" else write), reply.body
    assert samples.writes() == before


@every(LISTED)
def test_lists_hold_alone(caller, made, without_row_security, operation):
    owner, stranger = caller(province=OWNER, service=without_row_security), caller(province=STRANGER, service=without_row_security)
    assert made[operation.path] in {row["id"] for page in owner.pages(operation.path, 200) for row in page}
    assert made[operation.path] not in {row["id"] for page in stranger.pages(operation.path, 200) for row in page}


BY_REF = [operation for operation in CONTRACT.operations.values() if "/by-ref/" in operation.path]
UPSERTS = [operation for operation in BY_REF if operation.method == "PUT"]


def upsert_of(operation):
    return next(item for item in UPSERTS if item.path == operation.path)


@every(UPSERTS)
def test_the_queries_keep_the_keys_of_partners_alone(caller, samples, without_row_security, operation):
    """Neither seen nor taken nor overwritten; not by an organisation of the same territory either."""
    owner = caller(province=OWNER)
    path = samples.fill(operation, {"system": "demo", "ref": unique("tuong")})
    record = owner.put(path, samples.body(operation, owner)).expect(201).json()
    for province, other in ((STRANGER, "another province"), (OWNER, "another organisation")):
        stranger = caller(province=province, organisation=samples.world.organisation(province), service=without_row_security)
        stranger.get(path).expect(404, "not-found")
        theirs = stranger.put(path, samples.body(operation, stranger, province)).expect(201).json()
        assert theirs["id"] != record["id"], other
        assert stranger.put(path, samples.body(operation, stranger, province)).expect(200).json()["id"] == theirs["id"]
    assert owner.get(path).expect(200).json() == record


# ---- The first wall is gone: every scope parameter says yes ----

def statements():
    done = subprocess.run([sys.executable, str(ROOT / "api/generate.py"), "--root", str(ROOT), "--print", "queries"],
                          stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


STATEMENTS = statements()


class Asked:
    """Runs a query text as the service's role, with these claims and, where a call gives none, these parameters."""

    def __init__(self, world, claims, parameters):
        self.cluster, self.claims, self.open = world.cluster, claims, parameters

    def run(self, statement, values):
        """Rows as dictionaries; None: refused by row level security."""
        bound = {**self.open, "new_id": absent_id(), **values, "limit": "100000"}
        arguments = [bound.get(name) for name in statement["names"]]
        with self.cluster.connect("kc_api") as connection, connection.transaction(force_rollback=True):
            for name, value in self.claims.items():
                connection.execute("select set_config(%s, %s, true)", [name, value])
            result = connection.pgconn.exec_params(
                statement["text"].encode(), [None if value is None else str(value).encode() for value in arguments])
            if result.status != psycopg.pq.ExecStatus.TUPLES_OK:
                state = result.error_field(psycopg.pq.DiagnosticField.SQLSTATE).decode()
                assert state == "42501" or state.startswith("PT"), result.error_message.decode()
                return None
            names = [result.fname(column).decode() for column in range(result.nfields)]
            return [{name: result.get_value(row, column) for column, name in enumerate(names)} for row in range(result.ntuples)]


class Unscoped(Asked):
    """The claims are those of `claimant`, the scope parameters are everybody's."""

    def __init__(self, world, owner, claimant, province):
        codes = [row[0] for row in world.cluster.sql("select distinct code from admin_unit where tier = 'province'")]
        super().__init__(
            world,
            {"app.provinces": province, "app.tier": "province", "app.client_id": claimant.id,
             "app.organisation_id": claimant.client["organisation_id"], "app.operation": "wall"},
            {"provinces": "{" + ",".join(codes) + "}", "province_code": OWNER, "tier": "central", "personal_data": "true",
             "organisation_id": owner.client["organisation_id"],
             "own_organisation_id": owner.client["organisation_id"], "client_id": owner.id, "scopes": " ".join(owner.scopes),
             "file_limit": 2 ** 40, "offset": 0, "bytes": "%PDF-1.7" + " " * 5000, "sniffed_type": "application/pdf"})


@pytest.fixture(scope="module")
def unscoped(world, caller):
    return Unscoped(world, caller(province=OWNER), caller(province=STRANGER), STRANGER)


@pytest.fixture(scope="module")
def ours(world, caller):
    """The same with the owner's claims: what it cannot do proves nothing when the stranger cannot do it either."""
    return Unscoped(world, caller(province=OWNER), caller(province=OWNER), OWNER)


@pytest.fixture(scope="module")
def centre(world, caller):
    """The same with the claims of a central body."""
    wall = Unscoped(world, caller(province=None), caller(province=None), OWNER)
    wall.claims["app.tier"] = "central"
    return wall


@every([operation for operation in SCOPED if operation.id in STATEMENTS])
def test_row_security_holds_alone(samples, unscoped, ours, centre, operation):
    maker = Samples.chain(CONTRACT, operation)[0][1]
    owner = samples.author(maker)
    record = samples.record(owner, operation)
    values = dict(record.values)
    if operation.body:
        values["body"] = json.dumps(samples.body(operation, owner), ensure_ascii=False)
    if "if_version" in STATEMENTS[operation.id]["names"]:
        values["if_version"] = record.version
    if operation.path.endswith("/restore"):
        owner.delete(samples.fill(operation, record.values).removesuffix("/restore"), if_match=record.version).expect(204)
        values["if_version"] = record.version + 1
    rows = unscoped.run(STATEMENTS[operation.id], values)
    may_read = operation.method == "GET" and FOREIGN[area(operation)][0] == {200}
    assert bool(rows) == may_read, rows
    if not operation.path.endswith(("/transitions", "/programmes/{programme_id}/versions")):  # these need a record that is complete
        assert (centre if maker.id in CENTRAL else ours).run(STATEMENTS[operation.id], values)


@every(BY_REF)
def test_row_security_keeps_the_keys_of_partners_alone(caller, samples, unscoped, ours, operation):
    owner = caller(province=OWNER)
    values = {"system": "demo", "ref": unique("tuong")}
    body = samples.body(upsert_of(operation), owner)
    owner.put(samples.fill(operation, values), body).expect(201)
    if operation.body:
        values["body"] = json.dumps(body, ensure_ascii=False)
    assert not unscoped.run(STATEMENTS[operation.id], values)
    assert ours.run(STATEMENTS[operation.id], values)


@every(UPSERTS)
def test_row_security_lets_nobody_take_a_key_of_another(caller, samples, unscoped, ours, operation):
    """The record would be the stranger's own, in its own province: nothing but the key is the owner's, not given out yet."""
    def put(wall, who, province):
        body = json.dumps(samples.body(operation, who, province), ensure_ascii=False)
        return wall.run(STATEMENTS[operation.id], {"system": "demo", "ref": unique("tuong"), "body": body, "province_code": province,
                                                   "provinces": "{" + province + "}"})

    assert not put(unscoped, caller(province=STRANGER), STRANGER)
    assert put(ours, caller(province=OWNER), OWNER)


@every(LISTED)
def test_row_security_holds_lists_alone(made, unscoped, ours, operation):
    for name, statement in STATEMENTS.items():
        if name.startswith(f"{operation.id}:") and name.endswith(":first"):
            # A filter hides the caller's claim of the same name, and no filter is set.
            filters = dict.fromkeys(operation.names("query"))
            seen, seen_by_owner = ({json.loads(row["body"])["id"] for row in one.run(statement, filters)} for one in (unscoped, ours))
            assert made[operation.path] in seen_by_owner - seen


# ---- Nobody ----

def test_without_claims_nothing_scoped_is_seen(cluster, made):
    """Of targets see below: those of approved programmes are for everybody."""
    with cluster.connect("kc_api") as connection:
        for table in ("project", "project_line", "idempotency_key", "external_ref"):
            assert connection.execute(f"select count(*) from {table}").fetchone()[0] == 0, table


DECIDED = "g.status in ('approved', 'active', 'closed') and g.deleted_at is null"


@pytest.fixture(scope="module")
def programmes(world, caller):
    """A draft, a deleted one and one that everybody may read, of a province and of the centre: [hidden], [public]."""
    hidden, public = [], []
    for who, level in ((caller(province=OWNER), "local"), (caller(province=None), "national")):
        for status, is_deleted in (("draft", False), ("submitted", False), ("active", True), ("active", False)):
            made = who.post("/v1/programmes", {"name": unique("Chương trình"), "level": level}).expect(201).json()["id"]
            who.post("/v1/targets", {"programme_id": made, "name": "Đào tạo", "operator": "gte", "kind": "flow",
                                     "measures": [{"value": 1, "measure_unit": "class"}]}).expect(201)
            world.cluster.sql("update programme set status = %s, deleted_at = case when %s then now() end where id = %s", status, is_deleted, made)
            (public if status == "active" and not is_deleted else hidden).append(made)
    return hidden, public


def test_the_query_of_the_public_holds_alone(world, programmes, without_row_security):
    http, (hidden, public) = world.http(without_row_security), programmes
    for programme in public:
        http.get(f"/v1/public/programmes/{programme}").expect(200)
    for programme in hidden:
        http.get(f"/v1/public/programmes/{programme}").expect(404, "not-found")
    seen = {row["id"] for page in http.pages("/v1/public/programmes", 200) for row in page}
    assert set(public) <= seen and not seen & set(hidden)


def test_row_security_holds_the_public_alone(world, programmes):
    """The same texts, their condition taken out, where no caller stands in the claims."""
    hidden, public = programmes
    nobody = Asked(world, claims={}, parameters={})
    opened = {}
    for name in ("getPublicProgramme", "listPublicProgrammes:name:first"):
        assert DECIDED in STATEMENTS[name]["text"]
        opened[name] = {**STATEMENTS[name], "text": STATEMENTS[name]["text"].replace(DECIDED, "true")}
    for programme in [*hidden, *public]:
        rows = nobody.run(opened["getPublicProgramme"], {"programme_id": programme})
        assert [json.loads(row["body"])["id"] for row in rows] == [programme] * (programme in public)
    seen = {json.loads(row["body"])["id"] for row in nobody.run(opened["listPublicProgrammes:name:first"], {})}
    assert set(public) <= seen and not seen & set(hidden)


def test_nobody_sees_targets_of_what_is_not_decided(cluster, programmes):
    hidden, public = programmes
    with cluster.connect("kc_api") as connection:
        seen = {str(row[0]) for row in connection.execute("select programme_id from target")}
    assert set(public) <= seen and not seen & set(hidden)


@pytest.mark.parametrize("statement", [
    "delete from project", "truncate project", "select * from history", "insert into history default values",
    "update history set event = 'created'", "alter table project disable row level security", "set role kc_owner",
    "create table mine ()", "drop table project", "copy project to '/tmp/kc-copy'", "create function f() returns int language sql as 'select 1'",
])
def test_the_service_role_may_do_little(cluster, statement):
    with cluster.connect("kc_api") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)
