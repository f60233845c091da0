# SPDX-License-Identifier: MIT
"""Memory ends at the n-th allocation of a request, for every n, in any library: the answer is the right one, 500 or 503, or the
HTTP library, itself without memory, closes the connection; the process lives, keeps nothing, and serves the next request."""
import http.client
import json
import mmap
import os
import struct
import subprocess
from pathlib import Path
from urllib.parse import urlencode

import pytest

from support.records import Records
from support.service import eventually
from support.world import unique

SOURCE = Path(__file__).with_name("support") / "short_of_memory.c"
LASTING_STEP = 11  # when memory ends for good, the next places behave as this one
JSON = {"Content-Type": "application/json"}


class Scarce:
    """A service whose memory ends when the test says so, and one connection to it."""

    def __init__(self, world, directory):
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-fno-omit-frame-pointer", "-o", directory / "short.so", SOURCE], check=True)
        (directory / "order").write_bytes(struct.pack("=qqq", -1, 0, 0))
        with open(directory / "order", "r+b") as file:
            self.page = mmap.mmap(file.fileno(), 24)
        sanitizer = os.environ.get("ASAN_OPTIONS", "")
        # What Ulfius was given (api/core/memory.h) it forgets when the reply then finds no memory in libmicrohttpd.
        # libjwt forgets what Jansson wrote and OpenSSL read for it when it then finds no memory of its own.
        (directory / "forgotten").write_text("".join(f"leak:{name}\n" for name in (
            "reserve_malloc", "reserve_realloc", "memory_spare", "libjansson", "CRYPTO_zalloc")))
        self.service = world.start(LD_PRELOAD=directory / "short.so", SHORT_OF_MEMORY=directory / "order", KC_LANES=1,
                                   KC_POOL_SIZE=1, LSAN_OPTIONS=f"print_suppressions=0:suppressions={directory / 'forgotten'}",
                                   ASAN_OPTIONS=f"{sanitizer}:verify_asan_link_order=0")
        self.connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=60)

    def order(self, left, lasting=0):
        self.page[0:24] = struct.pack("=qqq", left, 0, lasting)

    def left_and_made(self):
        return struct.unpack("=qq", self.page[0:16])

    def ask(self, method, target, headers=(), body=None):
        """(status, headers, body), or None when the connection was closed instead."""
        try:
            self.connection.request(method, target, body, dict(headers))
            answer = self.connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        except (http.client.HTTPException, OSError):
            self.connection.close()
            return None

    def recover(self):
        """The next request is served; where a connection to the database was given up, as soon as there is a new one."""
        alive = self.ask("GET", "/livez") or self.ask("GET", "/livez")
        assert alive and alive[0] == 200, alive
        for target in ("/readyz", "/v1/public/programmes?limit=1"):  # of the pool, of a lane
            eventually(lambda target=target: self.ask("GET", target)[0] == 200, target)


@pytest.fixture(scope="module")
def scarce(world, tmp_path_factory):
    scarce = Scarce(world, tmp_path_factory.mktemp("memory"))
    with scarce.service:
        eventually(lambda: world.http(scarce.service).get("/readyz").status == 200, "/readyz")
        yield scarce


@pytest.fixture(scope="module")
def who(world, scarce):
    return world.caller(service=scarce.service, fresh=True)


def bearer(who, **more):
    return {"Authorization": f"Bearer {who.token}", "Accept": "application/json", **more}


def is_refusal(reply):
    """Of ours, or the few words of the HTTP library; whose headers may have found no memory."""
    status, _, body = reply
    return status in (500, 503) and (not body.startswith(b"{") or json.loads(body)["status"] == status)


def every_allocation(scarce, request, is_right, lasting):
    """`request(n)` gives the arguments of ask; `is_right(n, reply)` says what else than a refusal is an answer."""
    for count in range(0, 100_000, LASTING_STEP if lasting else 1):
        asked = request(count)
        scarce.order(count, lasting)
        reply = scarce.ask(*asked)
        made = scarce.left_and_made()[1]
        scarce.order(-1)
        assert scarce.service.process.poll() is None, f"dead after allocation {count} of {asked[:2]}"
        refused = reply is None or is_refusal(reply)
        assert refused or is_right(count, reply), (count, reply)
        if made <= count:
            assert not refused, reply
            return
        if refused:
            scarce.recover()


@pytest.fixture(params=[0, 1], ids=["once", "for good"])
def lasting(request):
    return request.param


def same_as(expected):
    """With the headers that are there: those for which libmicrohttpd itself found no memory are left out, by Ulfius."""
    def is_right(_, reply):
        return (reply[0], reply[2]) == (expected[0], expected[2]) and reply[1].get("ETag", expected[1]["ETag"]) == expected[1]["ETag"]
    return is_right


def test_a_read(scarce, who, lasting):
    target = f"/v1/projects/{Records(who).project()['id']}"
    expected = scarce.ask("GET", target, bearer(who))
    assert expected[0] == 200
    every_allocation(scarce, lambda _: ("GET", target, bearer(who)), same_as(expected), lasting)


def test_a_list(scarce, who, lasting):
    for _ in range(3):
        Records(who).project()
    target = "/v1/projects?limit=2&count=exact&fields=id,name&level=local"

    def is_right(_, reply):
        page = json.loads(reply[2])
        return reply[0] == 200 and len(page["data"]) == 2 and page["page"]["next_cursor"] in reply[1].get("Link", page["page"]["next_cursor"])

    every_allocation(scarce, lambda _: ("GET", target, bearer(who)), is_right, lasting)


def test_a_refusal(scarce, who, lasting):
    body = json.dumps({"name": "", "level": "lunar", "nothing": [{}]}).encode()
    asked = ("POST", "/v1/projects", bearer(who, **JSON), body)
    expected = scarce.ask(*asked)
    assert expected[0] == 422

    def is_right(_, reply):
        return reply[0] == 422 and len(json.loads(reply[2])["errors"]) == len(json.loads(expected[2])["errors"])

    every_allocation(scarce, lambda _: asked, is_right, lasting)


def test_a_new_record_is_made_once(world, scarce, who, lasting):
    """Whatever was answered, asking again with the same key makes one record of it and no second."""
    prefix = unique("Hết bộ nhớ")

    def request(count):
        body = json.dumps(Records.project_body(name=f"{prefix} {count}")).encode()
        return "POST", "/v1/projects", bearer(who, **JSON, **{"Idempotency-Key": f"{prefix.split('-')[-1]}-{count}"}), body

    def is_right(count, reply):
        return reply[0] == 201 and json.loads(reply[2])["name"] == f"{prefix} {count}"

    every_allocation(scarce, request, is_right, lasting)
    counted = dict(world.cluster.sql("select name, count(*) from project where name like %s group by name", f"{prefix} %"))
    assert set(counted.values()) == {1}
    for count in range(0, len(counted), 7):
        again = scarce.ask(*request(count))
        assert is_right(count, again), again
    again = dict(world.cluster.sql("select name, count(*) from project where name like %s group by name", f"{prefix} %"))
    assert set(again.values()) == {1}


def test_a_change_counts_once(scarce, who, lasting):
    """A refusal says `outcome-unknown` or has changed nothing; the version tells."""
    record = Records(who).project()
    versions = [record["version"]]

    def request(count):
        versions[0] = Records(who).get(record["id"])["version"]
        return ("PATCH", f"/v1/projects/{record['id']}", bearer(who, **{"Content-Type": "application/merge-patch+json",
                                                                        "If-Match": f'"{versions[0]}"'}),
                json.dumps({"note": f"lần {count}"}).encode())

    def is_right(count, reply):
        changed = json.loads(reply[2])
        return reply[0] == 200 and changed["version"] == versions[0] + 1 and changed["note"] == f"lần {count}"

    every_allocation(scarce, request, is_right, lasting)


def token_request(who):
    form = urlencode({"grant_type": "client_credentials", "client_id": who.id, "client_secret": who.client["client_secret"]})
    return "POST", "/oauth2/token", {"Content-Type": "application/x-www-form-urlencoded"}, form


def test_a_token(scarce, who, lasting):
    asked = token_request(who)
    every_allocation(scarce, lambda _: asked, lambda _, reply: reply[0] == 200 and len(json.loads(reply[2])["access_token"]) > 300, lasting)


def test_a_token_that_is_new_is_not_called_invalid(scarce, who, lasting):
    """Its signature is looked at once, and then remembered: so there is a new one for each place."""
    target = f"/v1/projects/{Records(who).project()['id']}"
    expected = scarce.ask("GET", target, bearer(who))

    def request(_):
        token = json.loads(scarce.ask(*token_request(who))[2])["access_token"]
        return "GET", target, {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    every_allocation(scarce, request, same_as(expected), lasting)
