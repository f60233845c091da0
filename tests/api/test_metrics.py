# SPDX-License-Identifier: MIT
"""GET /metrics on its own port: what it counts, that it can be read when the service can hardly be, and that nothing in it
names a person, a record or a caller."""
import re
import signal
import subprocess
import threading
from pathlib import Path

import pytest
import requests
import yaml

from support import service as services
from support.raw import Wire, head
from support.records import Records
from support.service import ROOT, eventually
from support.world import unique

DURATION = "http_server_request_duration_seconds"


class Figures(dict):
    """{(name, frozenset of labels): value}; reads as figures("name", label=…)."""

    def __init__(self, text):
        super().__init__()
        for line in text.splitlines():
            if not line.startswith("#"):
                name, labels, value = re.fullmatch(r"(\w+)(?:{(.*)})? (\S+)", line).groups()
                pairs = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels or "")
                assert (name, frozenset(pairs)) not in self, f"twice: {line}"
                self[name, frozenset(pairs)] = float(value)

    def __call__(self, wanted, **labels):
        """The sum of all that have these labels."""
        return sum(value for (name, pairs), value in self.items() if name == wanted and pairs >= set(labels.items()))

    def labels(self, label):
        return {value for _, pairs in self for name, value in pairs if name == label}


def port_of(service):
    return service.wait_for_log(lambda entry: entry.get("msg") == "metrics", "the port of /metrics")["port"]


def page(service):
    reply = requests.get(f"http://127.0.0.1:{port_of(service)}/metrics", timeout=60)
    assert reply.status_code == 200
    return reply.text


def figures(service):
    return Figures(page(service))


@pytest.fixture(scope="module")
def counted(world):
    with world.start(KC_METRICS_PORT=0, KC_MAX_CONNECTIONS=100) as service:
        eventually(lambda: world.http(service).get("/readyz").status == 200, "/readyz")
        yield service


@pytest.fixture(scope="module")
def who(caller, counted):
    return caller(service=counted)


def test_off_by_default(service, http):
    assert not [entry for entry in service.log if entry.get("msg") == "metrics"]
    http.get("/metrics").expect(404)


def test_a_port_that_is_taken_stops_the_start(world, service):
    done = world.command(KC_METRICS_PORT=service.port)
    assert done.returncode != 0 and "cannot start" in done.stdout + done.stderr


def test_prometheus_likes_it(counted, who):
    who.get("/v1/projects?limit=1").expect(200)
    done = subprocess.run(["promtool", "check", "metrics"], input=page(counted), text=True, capture_output=True, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr


def test_only_that_one_page(counted):
    at = f"http://127.0.0.1:{port_of(counted)}"
    reply = requests.get(at + "/metrics", timeout=60)
    assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8" and reply.headers["cache-control"] == "no-store"
    assert requests.head(at + "/metrics", timeout=60).status_code == 200
    assert requests.get(at + "/livez", timeout=60).status_code == 404
    assert requests.post(at + "/metrics", data="x" * 100_000, timeout=60).status_code == 405


def test_every_request_is_counted_once(counted, who, caller):
    """By many threads at once: additions without a lock lose none."""
    before = figures(counted)
    callers = [caller(service=counted) for _ in range(8)]

    def work(one):
        for _ in range(50):
            one.get("/v1/projects?limit=1").expect(200)
            one.get("/v1/projects/018f0000-0000-7000-8000-00000000dead").expect(404)

    threads = [threading.Thread(target=work, args=(one,)) for one in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = figures(counted)

    def grown(name, **labels):
        return after(name, **labels) - before(name, **labels)

    listed = {"operation": "listProjects", "method": "GET", "route": "/v1/projects", "status": "2xx"}
    assert grown(f"{DURATION}_count", **listed) == 400
    assert grown(f"{DURATION}_count", operation="getProject", route="/v1/projects/{project_id}", status="4xx") == 400
    assert grown(f"{DURATION}_bucket", le="+Inf", **listed) == 400 and grown(f"{DURATION}_sum", **listed) > 0
    assert grown("khuyencong_problems_total", code="not-found") == 400
    assert grown("khuyencong_database_seconds_count") >= 800
    assert grown("khuyencong_operation_database_seconds_total", operation="listProjects") > 0
    # How many of them rode is the lanes' affair: what once was slow keeps off for a while.
    assert after("khuyencong_lane_questions_total") >= after("khuyencong_lane_batches_total") > 0


def test_a_histogram_adds_up(counted, who):
    who.get("/v1/projects?limit=1").expect(200)
    for name in (DURATION, "khuyencong_database_seconds"):
        rows = {}
        for (metric, pairs), value in figures(counted).items():
            labels = dict(pairs)
            if metric == f"{name}_bucket":
                bound = float(labels.pop("le"))
                rows.setdefault(frozenset(labels.items()), []).append((bound, value))
        assert rows
        for pairs, buckets in rows.items():
            values = [value for _, value in sorted(buckets)]
            assert len(values) == 15 and values == sorted(values) and values[-1] == figures(counted)(f"{name}_count", **dict(pairs))


def test_slow_requests_are_in_high_buckets(counted, world, who):
    """A write that waits for a row is slow by as much as the test wants, and so is its time in the database."""
    record = Records(who).project()
    labels = {"operation": "updateProject", "status": "2xx", "le": "0.25"}
    fast = figures(counted)(f"{DURATION}_bucket", **labels)
    with world.cluster.connect() as blocker, blocker.transaction():
        blocker.execute("select 1 from project where id = %s for update", [record["id"]])
        writer = threading.Thread(target=lambda: who.patch(f"/v1/projects/{record['id']}", {"name": "Chậm"}, if_match=1).expect(200))
        writer.start()
        eventually(lambda: figures(counted)("khuyencong_pool_connections_in_use") == 1, "a connection in use")
        assert figures(counted)("http_server_active_requests") == 1
        threading.Event().wait(0.4)
    writer.join()
    after = figures(counted)
    assert after(f"{DURATION}_bucket", **labels) == fast
    assert after("khuyencong_operation_database_seconds_total", operation="updateProject") >= 0.25
    assert after("khuyencong_pool_connections_in_use") == 0


def test_what_is_no_operation(counted, world):
    before, http = figures(counted), world.http(counted)
    http.options("/v1/projects").expect(204)
    http.get("/nothing").expect(404)
    http.head("/livez").expect(200)
    with Wire(counted.port) as one:
        one.send(head("BREW", "/v1/coffee"))
        assert one.receive().status == 404
    after = figures(counted)
    for wanted, labels in ((1, {"operation": "options"}), (2, {"operation": "unknown"}), (1, {"operation": "getLiveness"})):
        name = f"{DURATION}_count"
        if labels["operation"] == "getLiveness":
            labels = {"route": "/livez"}
        assert after(name, **labels) - before(name, **labels) == wanted, labels


def test_nothing_that_a_caller_sends_becomes_a_label(counted, who, world, contract):
    """So neither the number of series nor what they tell depends on callers."""
    names = [unique("Nguyễn Thị Bí Mật") for _ in range(30)]
    who.get("/v1/projects?limit=1").expect(200)
    made = [Records(who).project(name=name) for name in names[:3]]
    for name in names:
        who.get("/v1/projects", params={"q": name}).expect(200)
        who.get(f"/v1/projects/{name}")
        world.http(counted).request("GET", f"/{name}", headers={"X-Forwarded-For": name.encode(), "User-Agent": name.encode()})
    text = page(counted)
    for secret in (*names, "Nguy", who.id, who.token, who.client["organisation_id"], *(record["id"] for record in made), "127.0.0.1"):
        assert secret not in text
    seen = Figures(text)
    assert seen.labels("operation") <= {*contract.operations, "options", "unknown"}
    assert seen.labels("route") <= {operation.path for operation in contract.operations.values()} | {""}
    assert seen.labels("method") <= {"GET", "POST", "PUT", "PATCH", "DELETE", ""}
    assert seen.labels("status") <= {"2xx", "3xx", "4xx", "5xx"}
    assert seen.labels("code") == set(contract.problems)
    assert {name for _, pairs in seen for name, _ in pairs} == {"operation", "method", "route", "status", "le", "code", "by", "result", "version",
                                                               "migration"}


def test_who_asked_too_much(start, caller, world):
    service = start(KC_METRICS_PORT=0, KC_CLIENT_RATE=5, KC_ADDRESS_RATE=20)
    who = caller(service=service, fresh=True)
    assert 429 in [who.get("/v1/projects?limit=1").status for _ in range(8)]
    http = world.http(service)
    assert 429 in [http.get("/openapi.json").status for _ in range(30)]
    seen = figures(service)
    assert seen("khuyencong_rate_limited_total", by="client") == 3
    assert seen("khuyencong_rate_limited_total", by="address") >= 10
    assert seen("khuyencong_problems_total", code="rate-limited") == seen("khuyencong_rate_limited_total")


def test_who_waits_for_a_connection(start, world, caller):
    service = start(KC_METRICS_PORT=0, KC_POOL_SIZE=1, KC_POOL_WAIT_MS=60_000)
    who = caller(service=service)
    record = Records(who).project()
    assert figures(service)("khuyencong_pool_connections_max") == 1
    with world.cluster.connect() as blocker, blocker.transaction():
        blocker.execute("select 1 from project where id = %s for update", [record["id"]])
        writers = [threading.Thread(target=lambda: who.patch(f"/v1/projects/{record['id']}", {"name": "Chờ"}, if_match=1)) for _ in range(3)]
        for writer in writers:
            writer.start()
        eventually(lambda: figures(service)("khuyencong_pool_waiting") == 2, "two to wait")
        assert figures(service)("khuyencong_pool_connections_in_use") == 1
    for writer in writers:
        writer.join()
    assert figures(service)("khuyencong_pool_waiting") == 0


def test_who_gets_no_connection(start, world, caller):
    service = start(KC_METRICS_PORT=0, KC_POOL_SIZE=1, KC_POOL_WAIT_MS=50)
    who = caller(service=service)
    record = Records(who).project()
    with world.cluster.connect() as blocker, blocker.transaction():
        blocker.execute("select 1 from project where id = %s for update", [record["id"]])
        writer = threading.Thread(target=lambda: who.patch(f"/v1/projects/{record['id']}", {"name": "Chờ"}, if_match=1))
        writer.start()
        eventually(lambda: figures(service)("khuyencong_pool_connections_in_use") == 1, "the write to wait")
        who.patch(f"/v1/projects/{record['id']}", {"name": "Hết chỗ"}, if_match=1).expect(503, "unavailable")
    writer.join()
    seen = figures(service)
    assert seen("khuyencong_pool_refused_total") == seen("khuyencong_problems_total", code="unavailable") == 1


def test_tokens_that_are_known(start, caller):
    service = start(KC_METRICS_PORT=0)
    who = caller(service=service)
    for _ in range(5):
        who.get("/v1/projects?limit=1").expect(200)
    seen = figures(service)
    assert seen("khuyencong_token_cache_lookups_total", result="miss") == 1
    assert seen("khuyencong_token_cache_lookups_total") >= 5
    assert seen("khuyencong_token_cache_entries") == 1 and seen("khuyencong_token_cache_entries_max") == 4096
    assert seen("khuyencong_token_cache_evictions_total") == 0


def test_the_process(counted, contract):
    seen, pid = figures(counted), counted.process.pid
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    assert abs(seen("process_resident_memory_bytes") / 4096 - pages) < pages / 2
    assert abs(seen("process_open_fds") - len(list(Path(f"/proc/{pid}/fd").iterdir()))) < 10
    assert seen("process_cpu_seconds_total") > 0
    assert seen("khuyencong_build_info", version=contract.document["info"]["version"]) == 1
    assert seen("http_server_connections_max") == 100 and 0 <= seen("http_server_connections") < 100
    assert seen("khuyencong_keys_loaded") == 1 and seen("khuyencong_draining") == 0


def test_readable_when_all_connections_are_taken(start, contract):
    service = start(KC_METRICS_PORT=0, KC_MAX_CONNECTIONS=3)
    wires = [Wire(service.port, contract) for _ in range(3)]
    for one in wires:
        one.send(head("GET", "/livez"))
        assert one.receive().status == 200
    assert figures(service)("http_server_connections") == 3
    for one in wires:
        one.socket.close()
    eventually(lambda: figures(service)("http_server_connections") == 0, "the connections to go")


def test_readable_without_a_database(start, world):
    service = start(KC_METRICS_PORT=0, KC_DATABASE_URL=world.cluster.url() + "0")
    world.http(service).get("/readyz").expect(503)
    seen = figures(service)
    assert seen("khuyencong_keys_loaded") == 0 and seen("khuyencong_pool_connections_open") == 0
    assert seen("khuyencong_problems_total", code="unavailable") == 1


def test_readable_to_the_end(start, world):
    service = start(KC_METRICS_PORT=0, KC_DRAIN_MS=600_000)
    service.signal(signal.SIGTERM)
    eventually(lambda: figures(service)("khuyencong_draining") == 1, "the drain")
    world.http(service).get("/livez").expect(200)
    service.signal(signal.SIGTERM)
    assert service.wait() == 0


def test_the_port_is_its_own_process_wide_setting():
    done = services.command(["--help"], {})
    assert "KC_METRICS_PORT" in done.stdout and "KC_METRICS_LISTEN" in done.stdout


def alert_rules():
    groups = yaml.safe_load((ROOT / "docker/metrics/alerts.yml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_alerts_ask_for_what_there_is(counted, who):
    """A rule on a misspelt name would never fire; promtool cannot know. tests/lint checks the rules themselves."""
    who.get("/v1/projects?limit=1").expect(200)
    seen = figures(counted)
    exported = {name for name, _ in seen}
    for rule in alert_rules():
        named = re.findall(r"\b(?:http|khuyencong|process)_\w+", rule["expr"])
        assert named or rule["alert"] == "KhuyenCongDown"
        for name in named:
            assert name in exported, f"{rule['alert']}: {name}"
        for label, value in re.findall(r'(code|status|by)="([\w-]+)"', rule["expr"]):
            assert value in seen.labels(label) | {"5xx"}, f"{rule['alert']}: {value}"


def test_every_alert_is_played_and_speaks_both_languages():
    plays = yaml.safe_load((ROOT / "tests/lint/alerts.yml").read_text(encoding="utf-8"))["tests"]
    fired = {case["alertname"] for play in plays for case in play["alert_rule_test"] if case["exp_alerts"]}
    for rule in alert_rules():
        assert rule["alert"] in fired
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert set(rule["annotations"]) == {"summary", "summary_vi"}
