# SPDX-License-Identifier: MIT
"""One client with many requests and the others (docs/decisions/0013). Locks held by the test keep the greedy one's requests
where they are; nothing here depends on speed."""
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from support.records import Records
from support.service import eventually
from support.world import unique

GREEDY = 12
POOL, SHARE = 4, 3


@pytest.fixture
def begin(world, start):
    """begin(KC_…=…) → (gauge, greedy, other): `gauge("pool_waiting")` is what /metrics says."""
    def begin(**settings):
        service = start(KC_METRICS_PORT=0, KC_STATEMENT_MS=60000, **settings)
        port = service.wait_for_log(lambda entry: entry.get("msg") == "metrics", "the port of /metrics")["port"]

        def gauge(name):
            page = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=60).text
            return float(re.search(rf"^khuyencong_{name} (\S+)$", page, re.M)[1])
        eventually(lambda: world.http(service).get("/readyz").status == 200, "/readyz")
        callers = world.caller(province="01", service=service), world.caller(province="31", service=service)
        for who in callers:
            who.get("/v1/admin-units?limit=1").expect(200)
        return gauge, *callers
    return begin


def test_one_client_never_has_the_whole_pool(world, begin):
    """Twelve searches at once, again and again, all of which hang: the other client is served as if there were none."""
    _, greedy, other = begin(KC_POOL_SIZE=POOL, KC_POOL_WAIT_MS=200)
    stop = threading.Event()

    def search():
        statuses = set()
        while not stop.is_set():
            statuses.add(greedy.get("/v1/projects?limit=1&q=tham+lam").status)
        return statuses

    with ThreadPoolExecutor(GREEDY) as threads:
        with world.cluster.locked("project"):
            running = [threads.submit(search) for _ in range(GREEDY)]
            try:
                eventually(lambda: world.cluster.waiting_for_lock() == SHARE, "the greedy client to have his share")
                for number in range(20):
                    other.get("/v1/organisations?limit=1&q=khiem+ton").expect(200)
                    other.post("/v1/programmes", {"name": f"Khiêm tốn {number}", "level": "local"}).expect(201)
                    assert world.cluster.waiting_for_lock() <= SHARE
            finally:
                stop.set()
        assert {status for each in running for status in each.result()} <= {200, 503}
    greedy.get("/v1/projects?limit=1&q=tham+lam").expect(200)


def test_the_lone_client_of_a_pool_of_one_is_served(begin):
    _, greedy, _ = begin(KC_POOL_SIZE=1)
    greedy.get("/v1/projects?limit=1&q=mot+minh").expect(200)


def test_who_waits_for_a_connection_is_served_in_turn(world, begin):
    """One connection, and the crowd of one client before it: who comes last of all is served next, not last."""
    gauge, greedy, other = begin(KC_POOL_SIZE=1, KC_POOL_WAIT_MS=60000)
    prefix = unique("Đến lượt")

    def create(who, number):
        who.post("/v1/programmes", {"name": f"{prefix} {number}", "level": "local"}).expect(201)

    with ThreadPoolExecutor(GREEDY + 2) as threads:
        with world.cluster.locked("project"):
            running = [threads.submit(lambda: greedy.post("/v1/projects", Records.project_body()).expect(201))]
            eventually(lambda: world.cluster.waiting_for_lock() == 1, "the only connection to be held")
            for number in range(1, GREEDY + 1):
                running.append(threads.submit(create, greedy, number))
                eventually(lambda count=number: gauge("pool_waiting") == count, "the crowd to wait")
            running.append(threads.submit(create, other, 0))
            eventually(lambda: gauge("pool_waiting") == GREEDY + 1, "the last one to wait")
        for each in running:
            each.result()
    order = [int(row[0].split()[-1]) for row in world.cluster.sql(
        "select row_data ->> 'name' from history where record_type = 'programme' and row_data ->> 'name' like %s order by id",
        f"{prefix} %")]
    assert order == [0, *range(1, GREEDY + 1)]


def test_who_waits_for_a_slow_lane_gets_off_with_the_first(world, begin):
    """A statement that has just been too slow for the lane is not tried on it once for each who waits with it."""
    gauge, greedy, other = begin(KC_LANES=1, KC_POOL_WAIT_MS=60000)
    record = Records(greedy).project()
    before = gauge("lane_batches_total")
    with ThreadPoolExecutor(GREEDY) as threads:
        with world.cluster.locked("project"):
            running = [threads.submit(greedy.get, f"/v1/projects/{record['id']}") for _ in range(GREEDY)]
            eventually(lambda: gauge("pool_waiting") > 0, "the reads to have left the lane for the pool")
            eventually(lambda: gauge("lanes_waiting") == 0 and gauge("lanes_in_use") == 0, "nobody to wait for the lane")
            assert gauge("lane_batches_total") == before + 1
            other.get("/v1/admin-units?limit=1").expect(200)
        for each in running:
            each.result().expect(200)
