# SPDX-License-Identifier: MIT
"""Clients that are slow, silent or many: they are cut by the total time of a request, and the others do not notice. No time is
asserted; what must come to its end does so eventually."""
import os
import resource
import socket
import subprocess
import threading
from contextlib import contextmanager

import pytest

from support import service as services
from support.client import Caller
from support.raw import Wire, head
from support.records import Records
from support.service import eventually

IDLE, SLOW = 2000, 500
COMMON_LIMIT = 1024  # the soft limit of open files on most systems
JSON = "Content-Type: application/json"


def open_files(service):
    return len(os.listdir(f"/proc/{service.process.pid}/fd"))


def threads(service):
    return len(os.listdir(f"/proc/{service.process.pid}/task"))


@contextmanager
def soft_limit(files):
    """Of this process, and so of what it starts meanwhile."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert before[1] == resource.RLIM_INFINITY or before[1] >= files, "the hard limit of open files is too low for this test"
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.fixture
def start_with_common_limit(start):
    def begin(**settings):
        with soft_limit(COMMON_LIMIT):
            return start(**settings)
    return begin


# ---- One slow client ----

def test_a_reader_who_never_reads_is_cut(start, contract):
    """More answers than any socket buffer holds: the thread that writes them hangs until the request's time is over."""
    service = start(KC_REQUEST_SECONDS=1, KC_IDLE_SECONDS=60)
    before = open_files(service)
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.connect(("127.0.0.1", service.port))
        one.sendall(head("GET", "/openapi.json") * 100)
        eventually(lambda: open_files(service) > before, "the connection to be accepted")
        eventually(lambda: open_files(service) <= before, "the connection to be given up")
        assert one.fileno() >= 0  # it was not this side that hung up
    with Wire(service.port, contract) as other:
        other.send(head("GET", "/livez"))
        assert other.receive("GET", "/livez").status == 200


def test_a_reader_who_takes_a_byte_now_and_then_is_cut(start):
    service = start(KC_REQUEST_SECONDS=1, KC_IDLE_SECONDS=60)
    before = open_files(service)
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.connect(("127.0.0.1", service.port))
        one.sendall(head("GET", "/openapi.json") * 100)
        eventually(lambda: open_files(service) > before, "the connection to be accepted")

        def is_given_up():
            one.recv(1)
            return open_files(service) <= before
        eventually(is_given_up, "the connection to be given up")


# ---- Many at once ----

class Dripping:
    """Requests that come byte by byte, half of them in the head, half in the body."""

    def __init__(self, service, token, count):
        begin = head("POST", "/v1/projects", f"Authorization: Bearer {token}", JSON, "Content-Length: 200000")
        self.sockets = [socket.create_connection(("127.0.0.1", service.port)) for _ in range(count)]
        for number, one in enumerate(self.sockets):
            one.sendall(begin if number % 2 else begin[:-2] + b"X-Slow: ")
        self._stop = threading.Event()
        self.rounds, self.cut = 0, 0
        self._thread = threading.Thread(target=self._drip, daemon=True)
        self._thread.start()

    def _drip(self):
        while not self._stop.wait(0.1):
            for one in self.sockets:
                try:
                    one.send(b"a")
                except OSError:
                    self.cut += 1
            self.rounds += 1

    def close(self):
        self._stop.set()
        self._thread.join()
        for one in self.sockets:
            one.close()


def is_served(who):
    made = who.post("/v1/projects", Records.project_body(name="Giữa đám đông")).expect(201).json()
    who.get(f"/v1/projects/{made['id']}").expect(200)
    who.get("/v1/projects?limit=5&q=dam+dong").expect(200)
    who.get("/livez").expect(200)


def test_a_crowd_of_idle_and_slow_clients_stops_nobody(world, contract, start_with_common_limit):
    """With the settings that everybody has, but for the times: the crowd stays for as long as the test lasts."""
    service = start_with_common_limit(KC_IDLE_SECONDS=600, KC_REQUEST_SECONDS=600)
    who = world.caller(service=service)
    newcomer = world.client(world.organisation("01"), who.scopes)
    with soft_limit(IDLE + SLOW + COMMON_LIMIT):
        idle = [socket.create_connection(("127.0.0.1", service.port)) for _ in range(IDLE)]
        slow = Dripping(service, who.token, SLOW)
        try:
            eventually(lambda: threads(service) > IDLE + SLOW, "the whole crowd to be in", seconds=120)
            for _ in range(5):
                rounds = slow.rounds
                is_served(who)
                is_served(Caller(service, contract, newcomer, world.token(newcomer, service), who.scopes))
                eventually(lambda rounds=rounds: slow.rounds > rounds, "the slow to send another byte", seconds=120)
            assert threads(service) > IDLE + SLOW and not slow.cut
        finally:
            slow.close()
            for one in idle:
                one.close()
    eventually(lambda: threads(service) < 100, "the crowd to leave no thread behind", seconds=120)
    is_served(who)


def test_a_crowd_is_cut_by_the_total_time(start_with_common_limit, world):
    service = start_with_common_limit(KC_REQUEST_SECONDS=1, KC_IDLE_SECONDS=5)
    who = world.caller(service=service)
    before = threads(service)
    slow = Dripping(service, who.token, SLOW // 2)
    try:
        eventually(lambda: slow.cut >= SLOW // 2, "all to be cut", seconds=120)
    finally:
        slow.close()
    eventually(lambda: threads(service) <= before, "no thread to be left", seconds=120)
    is_served(who)


def test_at_the_limit_of_connections_nobody_waits_for_ever(start, world, contract):
    """Who comes too many is told so by the end of his connection, at once and not after those inside have gone."""
    service = start(KC_MAX_CONNECTIONS=20, KC_IDLE_SECONDS=600)
    inside = [Wire(service.port, contract) for _ in range(20)]
    eventually(lambda: threads(service) > 20, "all to be inside")
    for _ in range(20):
        with Wire(service.port, contract) as newcomer:
            newcomer.send(head("GET", "/livez"))
            assert newcomer.receive("GET", "/livez") is None
    inside[0].socket.close()

    def is_let_in():
        with Wire(service.port, contract) as newcomer:
            return newcomer.send(head("GET", "/livez")) and newcomer.receive("GET", "/livez")
    eventually(is_let_in, "the free place to be given")
    for one in inside:
        one.socket.close()


# ---- Limits of the system ----

def started_under(files, world, **settings):
    """The program below a hard limit of open files that cannot be raised."""
    environment = {name: str(value) for name, value in world.settings(**settings).items()}
    return subprocess.Popen(["prlimit", f"--nofile={files}:{files}", str(services.binary())], text=True,
                            env={**services.clean_environment(), **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_more_connections_than_files_stop_the_start(world):
    process = started_under(500, world, KC_MAX_CONNECTIONS=500)
    text = process.communicate(timeout=services.WAIT)[0]
    assert process.returncode == 1 and "KC_MAX_CONNECTIONS=500" in text and "500" in text.split("hard limit")[1], text


def test_as_many_connections_as_files_are_fine(world):
    process = started_under(500, world, KC_MAX_CONNECTIONS=300)
    try:
        assert "listening" in process.stdout.readline()
    finally:
        process.terminate()
        assert process.wait(services.WAIT) == 0
        process.stdout.close()
