# SPDX-License-Identifier: MIT
"""Readers, writers and logins at the same time on few connections that keep being lost: what `tests/run threads` watches for
data races, in the pool, the lanes, the keys, the cache of tokens and the rates."""
import threading
import time

import pytest

from support.client import Caller
from support.records import Records
from support.service import eventually
from support.world import unique

PROVINCES = ["01", "31", "46", "75"]  # one client each, so that threads share tokens
LOSSES = 15


@pytest.fixture(scope="module")
def narrow(world):
    """More threads than connections, and a rate that they reach."""
    with world.start(KC_LANES=2, KC_POOL_SIZE=4, KC_CLIENT_RATE=600) as service:
        eventually(lambda: world.http(service).get("/readyz").status == 200, "/readyz")
        yield service


def by_id(who, record):
    return who.get(f"/v1/projects/{record['id']}")


def listed(who, _):
    return who.get("/v1/projects?limit=2&count=exact")


def searched(who, _):
    return who.get("/v1/projects?limit=2&q=de")


def created(who, _):
    return who.post("/v1/projects", Records.project_body(), headers={"Idempotency-Key": unique("luồng").encode().hex()})


def changed(who, record):
    return who.patch(f"/v1/projects/{record['id']}", {"note": unique("ghi")}, if_match=record["version"])


def forged(who, _):
    return who.with_headers(Authorization=f"Bearer {who.token[:-6]}AAAAAA").get("/v1/me")


def keys(who, _):
    return who.get("/.well-known/jwks.json")


ASKED = [by_id, listed, searched, created, changed, forged, keys]
SEEN = {200, 201, 401, 412, 429, 503}


def test_everything_at_once(world, narrow):
    callers = [world.caller(province=province, service=narrow, fresh=True) for province in PROVINCES]
    records = [Records(who).project() for who in callers]
    stop, statuses = threading.Event(), set()

    def ask(number):
        place = number % len(callers)
        who = Caller(narrow, world.contract, callers[place].client, callers[place].token, callers[place].scopes)
        while not stop.is_set():
            for one in ASKED[number % len(ASKED):] + ASKED[:number % len(ASKED)]:
                statuses.add((one.__name__, one(who, records[place]).status))

    def log_in(number):
        form = {"grant_type": "client_credentials", "client_id": callers[number].id,
                "client_secret": callers[number].client["client_secret"]}
        while not stop.is_set():
            reply = world.http(narrow).post("/oauth2/token", data=form, media="application/x-www-form-urlencoded")
            statuses.add(("log_in", reply.status))
            if reply.status == 200:
                fresh = callers[number].with_headers(Authorization=f"Bearer {reply.json()['access_token']}")
                statuses.add(("fresh", fresh.get("/v1/me").status))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    threads += [threading.Thread(target=log_in, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(LOSSES):
        world.cluster.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'kc_api'")
        time.sleep(0.2)
    stop.set()
    for thread in threads:
        thread.join()
    assert {status for _, status in statuses} <= SEEN, statuses
    assert {(one.__name__, 200) for one in (by_id, listed, searched)} <= statuses and ("fresh", 200) in statuses
    assert narrow.process.poll() is None
