# SPDX-License-Identifier: MIT
"""The program as a process: its settings, its commands, its log, its end, and a database that comes and goes."""
import json
import re
import signal
import threading

import pytest

from support import service as services
from support.raw import Wire, head
from support.records import Records
from support.service import eventually
from support.world import unique

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def records(caller):
    return Records(caller())


# ---- Settings ----

def ended(settings, *arguments):
    done = services.command(arguments, {name: str(value) for name, value in settings.items()})
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("change, told", [
    ({"KC_PROT": "8080"}, "KC_PROT"),
    ({"KC_": "x"}, "KC_"),
    ({"KC_PORT_FIL": "x"}, "KC_PORT_FIL"),
    ({"KC_PORT": "eighty"}, "KC_PORT"),
    ({"KC_PORT": "65536"}, "KC_PORT"),
    ({"KC_PORT": "-1"}, "KC_PORT"),
    ({"KC_PORT": ""}, "KC_PORT"),
    ({"KC_PORT": "0x50"}, "KC_PORT"),
    ({"KC_TOKEN_SECONDS": "601"}, "KC_TOKEN_SECONDS"),
    ({"KC_MASTER_KEY": "abc"}, "KC_MASTER_KEY"),
    ({"KC_MASTER_KEY": "zz" * 32}, "KC_MASTER_KEY"),
    ({"KC_DATABASE_PREPARE": "maybe"}, "KC_DATABASE_PREPARE"),
    ({"KC_CLOCK": "yesterday"}, "KC_CLOCK"),
    ({"KC_TRUSTED_PROXIES": "proxy.example"}, "KC_TRUSTED_PROXIES"),
    ({"KC_MASTER_KEY_FILE": "/nowhere"}, "KC_MASTER_KEY"),
    ({"KC_PORT_FILE": "/nowhere"}, "KC_PORT"),
])
def test_a_setting_that_is_wrong_stops_the_start(world, change, told):
    code, text = ended(world.settings(**change))
    assert code != 0 and told in text, text


def test_every_wrong_setting_is_told_at_once(world):
    code, text = ended(world.settings(KC_PROT=1, KC_PORT="x", KC_POOL_SIZE=0))
    assert code != 0 and all(name in text for name in ("KC_PROT", "KC_PORT", "KC_POOL_SIZE"))


def test_a_secret_of_a_wrong_setting_is_not_told(world):
    code, text = ended(world.settings(KC_MASTER_KEY="5ec7e7"))
    assert code != 0 and "5ec7e7" not in text


def test_settings_from_files(world, start, tmp_path):
    for name, value in (("key", services.MASTER_KEY), ("url", world.cluster.url()), ("port", "0")):
        (tmp_path / name).write_text(value + "\n", encoding="utf-8")
    service = start(KC_MASTER_KEY=None, KC_MASTER_KEY_FILE=tmp_path / "key", KC_DATABASE_URL=None,
                    KC_DATABASE_URL_FILE=tmp_path / "url", KC_PORT=None, KC_PORT_FILE=tmp_path / "port")
    eventually(lambda: world.http(service).get("/readyz").status == 200, "/readyz")


def test_a_port_that_is_taken_stops_the_start(world, service):
    code, text = ended(world.settings(KC_PORT=service.port))
    assert code != 0 and "cannot start" in text


def test_help_names_every_setting():
    code, text = ended({}, "--help")
    assert code == 0
    for name in ("KC_LISTEN", "KC_PORT", "KC_DATABASE_URL", "KC_MASTER_KEY", "KC_ISSUER", "KC_PUBLIC_URL", "KC_SHARE_DIR",
                 "KC_CLOCK", "KC_DRAIN_MS", "KC_POOL_SIZE", "KC_MAX_CONNECTIONS", "KC_REQUEST_SECONDS", "KC_IDLE_SECONDS",
                 "KC_ALLOWED_ORIGINS", "KC_TOKEN_SECONDS", "_FILE"):
        assert name in text


def test_version(contract):
    code, text = ended({}, "--version")
    assert code == 0 and contract.document["info"]["version"] in text


def test_routes_are_those_of_the_contract(contract):
    code, text = ended({}, "--routes")
    assert code == 0
    lines = {line.split()[0]: line for line in text.splitlines() if line.strip()}
    for operation in contract.operations.values():
        line = lines[operation.id]
        assert operation.method in line and operation.path in line
        assert not operation.scopes or operation.scopes[0] in line
        assert re.search(r"\.(sql|c):[0-9]+", line), f"no file:line in {line!r}"
    assert len(lines) == len(contract.operations)


@pytest.mark.parametrize("arguments", [["--nothing"], ["client"], ["client", "remove"], ["serve", "twice"], ["token"],
                                       ["client", "add", "--name"]])
def test_a_command_that_is_unknown(world, arguments):
    code, text = ended(world.settings(), *arguments)
    assert code != 0 and text.strip()


def test_healthcheck(world, service, start):
    assert ended(world.settings(KC_PORT=service.port), "--healthcheck")[0] == 0
    instance = start()
    port = instance.port
    instance.stop()
    assert ended(world.settings(KC_PORT=port), "--healthcheck")[0] != 0


# ---- Log ----

def logged(service, trace):
    return service.wait_for_log(lambda entry: entry.get("trace_id") == trace, f"a log line of {trace}")


def parent(trace, sampled="01"):
    return {"traceparent": f"00-{trace}-00f067aa0ba902b7-{sampled}"}


def new_trace():
    return f"{int(unique('1')[2:]):032x}"


def test_one_line_for_each_request(caller, service):
    who, trace = caller(), new_trace()
    who.get("/v1/projects?limit=1&q=bi-mat", headers=parent(trace)).expect(200)
    line = logged(service, trace)
    assert line["msg"] == "request" and line["level"] == "info"
    assert (line["op"], line["route"], line["method"], line["status"]) == ("listProjects", "/v1/projects", "GET", 200)
    assert line["client_id"] == who.id and line["org"] == who.client["organisation_id"]
    assert isinstance(line["dur_ms"], (int, float)) and isinstance(line["db_ms"], (int, float))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
    assert len([entry for entry in service.log if entry.get("trace_id") == trace]) == 1


def test_the_log_has_the_template_not_the_path(caller, service):
    who, trace = caller(), new_trace()
    who.get("/v1/projects/018f0000-0000-7000-8000-00000000dead", headers=parent(trace)).expect(404)
    line = logged(service, trace)
    assert (line["route"], line["status"], line["problem"]) == ("/v1/projects/{project_id}", 404, "not-found")
    assert "dead" not in json.dumps(line)


def test_the_log_has_no_bodies_tokens_secrets_or_queries(caller, service, world):
    who, trace = caller(), new_trace()
    who.post("/v1/projects", {"name": "Tên rất bí mật", "nothing": "giá trị bí mật"}, headers=parent(trace)).expect(422)
    who.get("/v1/projects?q=tu-khoa-bi-mat").expect(200)
    world.token(who.client)
    forged = who.with_headers(Authorization=f"Bearer {who.token[:-4]}AAAA")
    forged.get("/v1/projects").expect(401)
    logged(service, trace)
    text = service.text()
    for secret in ("bí mật", "bi-mat", who.token, who.token.split(".")[1], who.client["client_secret"], services.MASTER_KEY):
        assert secret not in text


def test_a_log_line_is_one_line_whatever_comes(wire_to, service):
    with wire_to(service) as one:
        one.send(head("GET", "/nothing%0a%22}", 'User-Agent: a"b\\c\x7f', "X-Forwarded-For: \xff\xfe"))
        one.receive()
    eventually(lambda: len(service.log) == len(service.lines), "only JSON lines")


@pytest.fixture
def wire_to(contract):
    return lambda service: Wire(service.port, contract)


# ---- Trace ----

def test_a_trace_goes_on(http):
    reply = http.get("/nothing", headers=parent(TRACE)).expect(404)
    assert reply.json()["trace_id"] == TRACE
    version, trace, span, flags = reply.headers["traceparent"].split("-")
    assert (version, trace, flags) == ("00", TRACE, "01") and span != "00f067aa0ba902b7"


@pytest.mark.parametrize("sent", [
    "", "00", f"00-{TRACE}", f"00-{TRACE}-00f067aa0ba902b7", f"ff-{TRACE}-00f067aa0ba902b7-01", f"00-{'0' * 32}-00f067aa0ba902b7-01",
    f"00-{TRACE}-{'0' * 16}-01", f"00-{TRACE.upper()}-00f067aa0ba902b7-01", f"00-{TRACE}-00f067aa0ba902b7-01-extra",
    f"00-{TRACE[:-1]}g-00f067aa0ba902b7-01", f"00-{TRACE}-00f067aa0ba902b7-0", "x" * 500,
])
def test_a_trace_that_cannot_be_read_is_replaced(http, sent):
    reply = http.get("/nothing", headers={"traceparent": sent}).expect(404)
    assert reply.json()["trace_id"] != TRACE and re.fullmatch("[0-9a-f]{32}", reply.json()["trace_id"])


def test_each_request_without_a_trace_gets_its_own(http):
    assert len({http.get("/nothing").json()["trace_id"] for _ in range(20)}) == 20


# ---- Health and end ----

def test_alive_and_ready(http):
    assert http.get("/livez").expect(200).json() == {"status": "ok"}
    ready = http.get("/readyz").expect(200).json()
    assert ready["database_migration"] == ready["built_for_migration"]


def test_not_ready_on_an_older_schema(world, start):
    """The binary says what it was built for; a database that lacks it gets no traffic."""
    world.cluster.create("empty")
    service = start(KC_DATABASE_URL=world.cluster.url(database="empty"))
    http = world.http(service)
    http.get("/livez").expect(200)
    http.get("/readyz").expect(503, "unavailable")


def test_a_database_that_is_down_is_no_reason_not_to_start(world, start):
    service = start(KC_DATABASE_URL=world.cluster.url() + "0")
    http = world.http(service)
    http.get("/livez").expect(200)
    http.get("/readyz").expect(503, "unavailable")
    assert service.stop() == 0


def test_sigterm_ends_with_zero(start):
    for number in (signal.SIGTERM, signal.SIGINT):
        service = start()
        service.signal(number)
        assert service.wait() == 0


def test_sighup_and_sigpipe_do_not_end_it(world, start):
    service = start()
    service.signal(signal.SIGPIPE)
    world.http(service).get("/livez").expect(200)


def test_a_request_in_flight_is_answered_before_the_end(world, start, caller, contract):
    """SIGTERM while a write waits for a row lock: the write is acknowledged and kept, then the process ends with 0."""
    service = start()
    who = caller(service=service)
    record = Records(who).project()
    with world.cluster.connect() as blocker, blocker.transaction():
        blocker.execute("select 1 from project where id = %s for update", [record["id"]])
        answers = []
        writer = threading.Thread(target=lambda: answers.append(
            who.patch(f"/v1/projects/{record['id']}", {"name": "Trong lúc dừng"}, if_match=record["version"])))
        writer.start()
        eventually(lambda: waiting_for_lock(world), "the write to wait")
        service.signal(signal.SIGTERM)
        service.wait_for_log(lambda entry: entry.get("msg") == "draining", "the drain")
    writer.join()
    assert answers[0].status == 200
    assert service.wait() == 0
    assert Records(caller()).get(record["id"])["name"] == "Trong lúc dừng"


def waiting_for_lock(world):
    return world.cluster.sql("select 1 from pg_stat_activity where wait_event_type = 'Lock' and usename = 'kc_api'")


def test_while_draining_it_says_so_and_still_serves(world, start, caller):
    service = start(KC_DRAIN_MS=600000)
    who = caller(service=service)
    service.signal(signal.SIGTERM)
    http = world.http(service)
    eventually(lambda: http.get("/readyz").status == 503, "/readyz to turn")
    assert http.get("/livez").status == 200
    who.get("/v1/projects?limit=1").expect(200)
    service.signal(signal.SIGTERM)  # a second one ends the waiting
    assert service.wait() == 0


# ---- A database that comes and goes ----

def test_a_killed_backend_during_a_write(world, caller, records):
    """The write waits for a lock, its backend is killed: nobody knows the outcome, so the answer says so; then all is well."""
    record = records.project()
    with world.cluster.connect() as blocker, blocker.transaction():
        blocker.execute("select 1 from project where id = %s for update", [record["id"]])
        answers = []
        writer = threading.Thread(target=lambda: answers.append(
            caller().patch(f"/v1/projects/{record['id']}", {"name": "Không rõ"}, if_match=record["version"])))
        writer.start()
        eventually(lambda: waiting_for_lock(world), "the write to wait")
        world.cluster.sql("select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'"
                          " and usename = 'kc_api'")
        writer.join()
    answers[0].expect(503)
    assert answers[0].code in ("outcome-unknown", "unavailable")
    again = records.get(record["id"])
    assert (again["version"], again["name"]) == (record["version"], record["name"])
    caller().patch(f"/v1/projects/{record['id']}", {"name": "Rõ rồi"}, if_match=record["version"]).expect(200)


def blocked_writes(world, who, record, count):
    """Writers that wait for a row which the test holds; gives their replies when the row is let go."""
    replies = []
    with world.cluster.connect() as blocker, blocker.transaction():
        blocker.execute("select 1 from project where id = %s for update", [record["id"]])
        for number in range(count):
            writer = threading.Thread(target=lambda number=number: replies.append(
                who.patch(f"/v1/projects/{record['id']}", {"name": f"Chờ {number}"}, if_match=record["version"])))
            writer.start()
            yield replies
    eventually(lambda: len(replies) == count, "the writers to be answered")


def test_a_write_beyond_its_deadline(world, start, caller, records):
    """Nobody waits for ever, and nobody is told that nothing happened when it may have."""
    service = start(KC_STATEMENT_MS=500)
    record, who = records.project(), caller(service=service)
    for replies in blocked_writes(world, who, record, 1):
        eventually(lambda replies=replies: replies, "the answer while the row is still held")
        replies[0].expect(503)
        assert replies[0].code in ("outcome-unknown", "unavailable")
    eventually(lambda: who.get("/v1/projects?limit=1").status == 200, "the next request to be served")


def test_more_requests_than_connections(world, start, caller, records):
    """The only connection is busy: the others are told to come back, and are served later."""
    service = start(KC_POOL_SIZE=1, KC_POOL_WAIT_MS=50)
    record, who, reader = records.project(), caller(service=service), caller(service=service)
    for _ in blocked_writes(world, who, record, 1):
        eventually(lambda: waiting_for_lock(world), "the write to wait")
        reader.get("/v1/projects?limit=1").expect(503, "unavailable")
        world.http(service).get("/livez").expect(200)
    eventually(lambda: reader.get("/v1/projects?limit=1").status == 200, "the next request to be served")
    assert records.get(record["id"])["name"] == "Chờ 0"


def test_without_prepared_statements(start, caller):
    """Behind a proxy that pools transactions no statement may be known by name."""
    service = start(KC_DATABASE_PREPARE="off")
    own = Records(caller(service=service))
    record = own.project()
    own.who.patch(f"/v1/projects/{record['id']}", {"name": "Không chuẩn bị trước"}, if_match=1).expect(200)
    assert own.get(record["id"])["version"] == 2
    own.who.get("/v1/projects?limit=1").expect(200)


def test_killed_idle_connections_cost_nobody_an_error(world, caller):
    who = caller()
    for _ in range(5):
        who.get("/v1/projects?limit=1").expect(200)
        world.cluster.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'kc_api'")
        eventually(lambda: not world.cluster.sql("select 1 from pg_stat_activity where usename = 'kc_api'"), "the backends to go")
    who.get("/v1/projects?limit=1").expect(200)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_restart_of_the_database_loses_nothing_acknowledged(world, caller, outage, mode):
    """Writers and readers go on while PostgreSQL is stopped (and, worse, killed) and started: what was acknowledged is
    there, what was refused with `unavailable` is not, and the process is the same."""
    pid = world.service.process.pid
    stop, replies = threading.Event(), []

    def write(number):
        who = caller()
        count = 0
        while not stop.is_set():
            count += 1
            name = f"Khởi động lại {mode} {number}-{count}"
            replies.append((name, who.post("/v1/projects", Records.project_body(name=name))))

    def read():
        who = caller()
        while not stop.is_set():
            assert who.get("/v1/projects?limit=1").status in (200, 503)

    caller()  # the client is made before the trouble
    workers = [threading.Thread(target=write, args=(number,)) for number in range(3)] + [threading.Thread(target=read)]
    for worker in workers:
        worker.start()
    for _ in range(3):
        good = sum(1 for _, reply in replies if reply.status == 201)
        eventually(lambda: sum(1 for _, reply in replies if reply.status == 201) > good + 5, "writes to succeed")
        outage.restart(mode)
    good = sum(1 for _, reply in replies if reply.status == 201)
    eventually(lambda: sum(1 for _, reply in replies if reply.status == 201) > good + 5, "writes to succeed again")
    stop.set()
    for worker in workers:
        worker.join()
    assert world.service.process.pid == pid and world.service.process.poll() is None
    kept = {row[0] for row in outage.sql("select name from project where name like %s", f"Khởi động lại {mode} %")}
    acknowledged = {name for name, reply in replies if reply.status == 201}
    refused = {name for name, reply in replies if reply.code == "unavailable"}
    assert {reply.status for _, reply in replies} <= {201, 503}
    assert acknowledged <= kept, f"lost: {acknowledged - kept}"
    assert not refused & kept, f"refused, yet kept: {refused & kept}"
