# SPDX-License-Identifier: MIT
"""Quick reads of many callers share a connection (docs/decisions/0012). Locks held by the test make readers gather, so that
a batch of many callers is certain; nothing here depends on speed."""
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.service import eventually
from support.world import unique

PROVINCES = ["04", "11", "12", "14", "20", "38", "40", "42"]  # none took over another: its list names only itself
ROUNDS = 12


@pytest.fixture(scope="module")
def one_lane(world):
    with world.start(KC_LANES=1) as service:
        eventually(lambda: world.http(service).get("/readyz").status == 200, "/readyz")
        yield service


@pytest.fixture(scope="module")
def readers(world, one_lane):
    """One caller for each province with a project of its own: (caller, id)."""
    made = []
    for province in PROVINCES:
        who = world.caller(province=province, service=one_lane, fresh=True)
        body = {"name": unique("Đề án chung làn"), "level": "local", "province_code": province}
        made.append((who, who.post("/v1/projects", body).expect(201).json()["id"]))
    return made


def test_callers_who_share_a_batch_see_only_their_own(world, one_lane, readers):
    def read(number):
        who, mine = readers[number]
        seen = set()
        for turn in range(ROUNDS):
            foreign = readers[(number + turn % (len(readers) - 1) + 1) % len(readers)][1]
            seen.add(("mine", who.get(f"/v1/projects/{mine}").status))
            seen.add(("foreign", who.get(f"/v1/projects/{foreign}").status))
            listed = who.get("/v1/projects?limit=200").expect(200).json()["data"]
            seen.add(("listed", mine in {row["id"] for row in listed}))
            # Rows of predecessors (Bình Phước for Đồng Nai), made by other tests, are the caller's own.
            seen |= {("province", row["province_code"]) for row in listed if row["province_code"] in PROVINCES}
        return seen

    with ThreadPoolExecutor(len(readers)) as pool:
        running = [pool.submit(read, number) for number in range(len(readers))]
        for _ in range(5):
            with world.cluster.locked("project"):  # shorter than a lane's patience: whoever comes meanwhile gathers
                time.sleep(0.1)
        for province, result in zip(PROVINCES, running):
            assert result.result() == {("mine", 200), ("foreign", 404), ("listed", True), ("province", province)}


def test_a_fault_in_a_batch_is_its_owners_alone(world, one_lane, readers):
    stop = threading.Event()

    def read(number, path):
        statuses = set()
        while not stop.is_set():
            statuses.add(readers[number][0].get(path).status)
        return statuses

    world.cluster.sql("revoke select on ocop_round from kc_api")
    try:
        with ThreadPoolExecutor(8) as pool:
            faulty = [pool.submit(read, number, "/v1/ocop/rounds") for number in range(2)]
            sound = [pool.submit(read, number, f"/v1/projects/{readers[number][1]}") for number in range(2, 8)]
            for _ in range(5):
                with world.cluster.locked("project"):
                    time.sleep(0.1)
            stop.set()
            assert {status for each in faulty for status in each.result()} == {403}
            assert {status for each in sound for status in each.result()} == {200}
    finally:
        world.cluster.sql("grant select on ocop_round to kc_api")


def test_a_slow_question_gets_off_and_its_neighbours_go_on(world, one_lane, readers):
    who, mine = readers[0]
    with ThreadPoolExecutor(2) as pool:
        with world.cluster.locked("project"):
            slow = pool.submit(who.get, f"/v1/projects/{mine}")
            eventually(lambda: world.cluster.waiting_for_lock(), "the read to wait for the lock")
            for _ in range(3):
                readers[1][0].get("/v1/admin-units?limit=1").expect(200)
            assert not slow.done()
        slow.result().expect(200)


def test_readers_survive_the_loss_of_their_lane(world, one_lane, readers):
    stop = threading.Event()

    def read(number):
        statuses = []
        while not stop.is_set():
            statuses.append(readers[number][0].get(f"/v1/projects/{readers[number][1]}").status)
        return statuses

    with ThreadPoolExecutor(len(readers)) as pool:
        running = [pool.submit(read, number) for number in range(len(readers))]
        for _ in range(20):
            world.cluster.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'kc_api'")
            time.sleep(0.05)
        stop.set()
        statuses = [status for each in running for status in each.result()]
    assert set(statuses) <= {200, 503} and 200 in statuses
    readers[0][0].get(f"/v1/projects/{readers[0][1]}").expect(200)
    assert one_lane.process.poll() is None


def test_a_stopped_database_keeps_nobody_beyond_the_deadline(world, outage):
    """Stopped, not dead: sockets stay open and nothing answers. Leader, riders and those in the queue all get 503."""
    with world.start(KC_LANES=1, KC_STATEMENT_MS=500, KC_POOL_WAIT_MS=300) as service:
        eventually(lambda: world.http(service).get("/readyz").status == 200, "/readyz")
        who = world.caller(service=service, fresh=True)
        who.get("/v1/projects?limit=1").expect(200)
        with outage.paused(), ThreadPoolExecutor(12) as pool:
            replies = list(pool.map(lambda _: who.get("/v1/projects?limit=1"), range(12)))
        assert {(reply.status, reply.headers.get("Retry-After")) for reply in replies} == {(503, "1")}
        eventually(lambda: who.get("/v1/projects?limit=1").status == 200, "the lane to come back")
