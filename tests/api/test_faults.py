# SPDX-License-Identifier: MIT
"""Whatever dies under sixteen writers, PostgreSQL or the service: what was acknowledged is there exactly once, what was refused
is not there, and an unknown outcome is said as such and settled by asking again (docs/decisions/0008)."""
import pytest

from support.harm import HARMS, Phoenix
from support.records import Records
from support.service import eventually
from support.severing import Severing
from support.world import unique
from support.writers import Crew

WRITERS, ROUNDS = 16, 3
PROVINCES = ["01", "31", "46", "75"]  # one client each


@pytest.fixture
def phoenix(world, outage):
    phoenix = Phoenix(world)
    yield phoenix
    assert phoenix.service.stop() == 0


@pytest.fixture
def crew(world, phoenix):
    return Crew(lambda number: world.caller(province=PROVINCES[number % len(PROVINCES)], service=phoenix), WRITERS)


# ---- Under sixteen writers ----

@pytest.mark.parametrize("harm", HARMS)
def test_the_database_under_writers(outage, phoenix, crew, harm):
    process = phoenix.service.process.pid
    with crew.writing():
        for _ in range(ROUNDS):
            harm(outage, crew)
            crew.progress()
    assert phoenix.service.process.pid == process and phoenix.service.process.poll() is None
    crew.compare(outage)


def test_the_service_under_writers(outage, phoenix, crew):
    with crew.writing():
        for _ in range(ROUNDS):
            phoenix.kill()
            crew.progress()
    crew.compare(outage)
    assert crew.told["connection lost"]


# ---- The wire cut at a chosen place ----

@pytest.fixture
def severed(world, outage, start):
    """(wire, caller): one connection to the database, and it can be cut."""
    wire = Severing(outage)
    service = start(KC_DATABASE_URL=wire.url, KC_POOL_SIZE=1)
    eventually(lambda: world.http(service).get("/readyz").status == 200, "/readyz")
    who = world.caller(service=service)
    who.get("/v1/projects?limit=1").expect(200)
    yield wire, who
    wire.close()


def severed_write(severed, what, turn, method, target, **options):
    """The write during which the wire is cut."""
    wire, who = severed
    wire.cut(what, turn)
    reply = who.request(method, target, **options).expect(503)
    assert wire.cuts == 1 and reply.headers["Retry-After"] == "1"
    return reply.code


def states(cluster, name):
    return cluster.sql("select p.id::text, p.version, p.deleted_at is not null, (select count(*) from history h"
                       " where h.record_id = p.id) from project p where p.name = %s", name)


@pytest.mark.parametrize("what, kept", [("question", 0), ("answer", 1), ("torn", 1)])
def test_a_create_cut_off(severed, outage, what, kept):
    name = unique("Đứt dây tạo mới")
    assert severed_write(severed, what, 1, "POST", "/v1/projects", json=Records.project_body(name=name)) == "outcome-unknown"
    assert [row[1:] for row in states(outage, name)] == [(1, False, 1)] * kept


@pytest.mark.parametrize("what, turn, told, kept", [
    # Before COMMIT was sent nothing can be kept.
    ("question", 1, "unavailable", 0), ("answer", 1, "unavailable", 0), ("torn", 1, "unavailable", 0),
    ("question", 2, "outcome-unknown", 0), ("answer", 2, "outcome-unknown", 1), ("torn", 2, "outcome-unknown", 1)])
def test_a_create_with_a_key_cut_off(severed, outage, what, turn, told, kept):
    name = unique("Đứt dây có khóa")
    same = {"json": Records.project_body(name=name), "headers": {"Idempotency-Key": unique("day")}}
    assert severed_write(severed, what, turn, "POST", "/v1/projects", **same) == told
    before = states(outage, name)
    assert [row[1:] for row in before] == [(1, False, 1)] * kept
    again = [severed[1].post("/v1/projects", **same).expect(201) for _ in range(2)]
    assert [reply.headers.get("Idempotency-Replayed") for reply in again] == ["true" if kept else None, "true"]
    assert states(outage, name) == [(again[0].json()["id"], 1, False, 1)]
    assert again[0].json()["id"] == again[1].json()["id"] and (not kept or before[0][0] == again[0].json()["id"])


@pytest.mark.parametrize("what, kept", [("question", 0), ("answer", 1), ("torn", 1)])
def test_a_change_cut_off(severed, outage, what, kept):
    who, name = severed[1], unique("Đứt dây sửa")
    record = Records(who).project()
    target, same = f"/v1/projects/{record['id']}", {"json": {"name": name}, "if_match": 1}
    assert severed_write(severed, what, 1, "PATCH", target, **same) == "outcome-unknown"
    assert states(outage, name) == [(record["id"], 2, False, 2)] * kept
    again = who.patch(target, **same)
    again.expect(412, "stale") if kept else again.expect(200)
    assert states(outage, name) == [(record["id"], 2, False, 2)]
    who.patch(target, **same).expect(412, "stale")


@pytest.mark.parametrize("what, kept", [("question", 0), ("answer", 1), ("torn", 1)])
def test_an_upsert_cut_off(severed, outage, what, kept):
    """Without a version the repetition is kept too: the same content, one record, and its version tells how often."""
    who, name = severed[1], unique("Đứt dây theo mã")
    target, body = f"/v1/projects/by-ref/thu/{unique('day')}", Records.project_body(name=name)
    assert severed_write(severed, what, 1, "PUT", target, json=body) == "outcome-unknown"
    assert [row[1:] for row in states(outage, name)] == [(1, False, 1)] * kept
    made = who.put(target, body).expect(200 if kept else 201).json()
    assert states(outage, name) == [(made["id"], 1 + kept, False, 1 + kept)]


@pytest.mark.parametrize("what, kept", [("question", 0), ("answer", 1), ("torn", 1)])
def test_a_deletion_cut_off(severed, outage, what, kept):
    who = severed[1]
    record = Records(who).project()
    target = f"/v1/projects/{record['id']}"
    assert severed_write(severed, what, 1, "DELETE", target, if_match=1) == "outcome-unknown"
    assert states(outage, record["name"]) == [(record["id"], 1 + kept, bool(kept), 1 + kept)]
    who.delete(target, if_match=1).expect(410 if kept else 204)
    assert states(outage, record["name"]) == [(record["id"], 2, True, 2)]
