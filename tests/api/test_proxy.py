# SPDX-License-Identifier: MIT
"""docker/proxy/haproxy.cfg in front of the service: what it refuses by itself are problem documents, what it passes on is
what the caller sent, and nobody gets a request through that he did not send."""
import contextlib
import gzip
import itertools
import json
import re
import signal
import socket
import ssl
import subprocess
import threading

import h2.config
import h2.connection
import h2.events
import pytest

from support.client import Reply
from support.proxy import FOLDER, PUBLIC_URL, Proxy, make_certificate
from support.raw import Wire, head
from support.records import Records
from support.service import eventually

LIMIT = 256 * 1024
HEAD_LIMIT = 8 * 1024
JSON = "Content-Type: application/json"
_traces = itertools.count(0xfeed << 64)


def new_trace():
    return f"{next(_traces):032x}"


def parent(trace):
    return f"traceparent: 00-{trace}-00f067aa0ba902b7-01"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def behind(world):
    """A service that believes the proxy."""
    with world.start(KC_TRUSTED_PROXIES="127.0.0.1", KC_MAX_CONNECTIONS=100) as service:
        eventually(lambda: world.http(service).get("/readyz").status == 200, "/readyz")
        yield service


@pytest.fixture(scope="module")
def proxies(certificate, tmp_path_factory):
    """proxies(service, PROXY_…=…) → a running proxy; all end with the module."""
    running = []

    def start(service, **settings):
        log = tmp_path_factory.mktemp("proxy") / "log"
        running.append(Proxy(service.port, certificate, log, **settings))
        return running[-1].wait_until_ready()

    yield start
    for proxy in running:
        proxy.stop()


@pytest.fixture(scope="module")
def proxy(proxies, behind):
    return proxies(behind)


@pytest.fixture(scope="module")
def impatient(proxies, behind):
    """Gives up on callers and on the service after a second."""
    return proxies(behind, PROXY_REQUEST_SECONDS=1, PROXY_ANSWER_SECONDS=1)


@pytest.fixture(scope="module")
def who(caller, behind):
    return caller(service=behind)


@pytest.fixture
def wire(proxy):
    """wire() → a connection by hand through TLS; all are closed with the test."""
    with contextlib.ExitStack() as opened:
        yield lambda other=None, **options: opened.enter_context((other or proxy).wire(**options))


@pytest.fixture(autouse=True)
def served_afterwards(proxy):
    yield
    proxy.http().get("/livez").expect(200)


def through(proxy, who):
    """The same caller, by way of the proxy."""
    return proxy.http(who.headers)


def logged(service, trace):
    return service.wait_for_log(lambda entry: entry.get("trace_id") == trace, f"a log line of {trace}")


def never_logged(service, http, trace):
    """A request behind it has been logged, the one of the trace has not."""
    later = new_trace()
    http.get("/livez", headers={"traceparent": f"00-{later}-00f067aa0ba902b7-01"}).expect(200)
    logged(service, later)
    assert not [entry for entry in service.log if entry.get("trace_id") == trace]


def refused(contract, reply, status, code, language="vi"):
    assert reply is not None, "closed without an answer"
    assert (reply.status, reply.code) == (status, code), reply
    assert reply.headers["content-language"] == language
    contract.judge_problem(reply)
    assert reply.json()["type"] == f"{PUBLIC_URL}/problems/{code}"


# ---- The files themselves ----

def test_haproxy_has_nothing_to_say_against_its_configuration(certificate):
    done = subprocess.run(["haproxy", "-C", FOLDER, "-c", "-f", "haproxy.cfg"], text=True, capture_output=True, check=False,
                          env={"PATH": "/usr/sbin:/usr/bin", "PROXY_CERTIFICATE": str(certificate)})
    complaints = [line for line in done.stderr.splitlines() if "[NOTICE]" not in line and "can't connect socket for nameserver" not in line]
    assert done.returncode == 0 and not complaints, complaints  # (the name server of a machine without a network is none of its own)


def test_its_texts_are_those_of_the_catalogue(contract):
    """The service has one place for them; the proxy needs copies."""
    def title(code, vi, en):
        assert contract.problems[code]["title"] == {"vi": vi, "en": en}, code
    pages = [path for path in FOLDER.glob("*.json") if path.stem != "lost"]
    assert pages
    for path in pages:
        title(path.stem, *re.search(r"iif\(([^,]*),([^)]*)\)]", path.read_text(encoding="utf-8")).groups())
    unknown, lost = re.findall(r"set-var\(txn\.lost_title\) \"var\(txn\.vietnamese\),iif\((.*),(.*)\)\"", (FOLDER / "haproxy.cfg").read_text(encoding="utf-8"))
    title("unavailable", *unknown)
    title("outcome-unknown", *lost)
    for code, status, vi in re.findall(r'\["(.*)"] = {(\d+), ".*", "(.*)"}', (FOLDER / "refuse.lua").read_text(encoding="utf-8")):
        assert (contract.problems[code]["status"], contract.problems[code]["title"]["vi"]) == (int(status), vi)


# ---- TLS, HTTP/2, gzip ----

def test_tls_only(proxy):
    with Wire(proxy.port) as plain:
        plain.send(head("GET", "/livez"))
        assert plain.is_closed() and b"HTTP" not in plain._buffer


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_versions(proxy, certificate, version):
    context = ssl.create_default_context(cafile=certificate)
    context.minimum_version = context.maximum_version = version
    with socket.create_connection(("127.0.0.1", proxy.port)) as plain, context.wrap_socket(plain, server_hostname="localhost") as secure:
        assert secure.version() == version.name.replace("_", ".")


def test_old_tls_is_refused(proxy):
    """By hand, for today's OpenSSL does not offer it any more: a ClientHello that knows TLS 1.1 at most."""
    hello = b"\x03\x02" + b"\x01" * 32 + b"\x00" + b"\x00\x04\xc0\x09\xc0\x13" + b"\x01\x00"
    handshake = b"\x01" + len(hello).to_bytes(3, "big") + hello
    with Wire(proxy.port) as plain:
        plain.send(b"\x16\x03\x01" + len(handshake).to_bytes(2, "big") + handshake)
        assert plain.is_closed() and plain._buffer[:1] == b"\x15" and plain._buffer[6:7] == b"\x46"  # alert: protocol_version


def test_browsers_are_told_to_stay_with_tls(proxy):
    assert int(proxy.http().get("/livez").headers["strict-transport-security"].split("=")[1]) >= 31_536_000


class Http2:
    """One HTTP/2 connection; `validated=False` sends what the protocol forbids."""

    def __init__(self, proxy, validated=True):
        context = ssl.create_default_context(cafile=proxy.certificate)
        context.set_alpn_protocols(["h2", "http/1.1"])
        self.socket = context.wrap_socket(socket.create_connection(("127.0.0.1", proxy.port), timeout=60), server_hostname="localhost")
        assert self.socket.selected_alpn_protocol() == "h2"
        self.connection = h2.connection.H2Connection(h2.config.H2Configuration(
            header_encoding="utf-8", validate_outbound_headers=validated, normalize_outbound_headers=validated))
        self.connection.initiate_connection()

    def ask(self, method, path, *headers, body=None):
        """Reply, or None when the stream or the connection was broken off. It may come before the body is sent."""
        self.stream = self.connection.get_next_available_stream_id()
        self.headers, self.body, self.ended = {}, b"", False
        start = [(":method", method), (":authority", "localhost"), (":scheme", "https"), (":path", path), *headers]
        self.connection.send_headers(self.stream, start, end_stream=body is None)
        for at in range(0, len(body or b""), 16_384):
            while not self.ended and self.connection.local_flow_control_window(self.stream) < 16_384:
                self._step()
            if not self.ended:
                self.connection.send_data(self.stream, body[at:at + 16_384])
        if body is not None and not self.ended:
            self.connection.end_stream(self.stream)
        while not self.ended:
            self._step()
        return Reply(int(self.headers[":status"]), self.headers, self.body) if self.headers else None

    def _step(self):
        self.socket.sendall(self.connection.data_to_send())
        data = self.socket.recv(65536)
        for event in self.connection.receive_data(data) if data else [h2.events.ConnectionTerminated()]:
            if isinstance(event, h2.events.ResponseReceived):
                self.headers = dict(event.headers)
            elif isinstance(event, h2.events.DataReceived):
                self.body += event.data
                self.connection.acknowledge_received_data(event.flow_controlled_length, self.stream)
            elif isinstance(event, (h2.events.StreamEnded, h2.events.StreamReset, h2.events.ConnectionTerminated)):
                self.ended = True
        self.socket.sendall(self.connection.data_to_send())


def test_http2(proxy, who, behind):
    both, trace = Http2(proxy), new_trace()
    token = ("authorization", who.headers["Authorization"])
    assert both.ask("GET", "/livez").status == 200
    assert both.ask("GET", "/v1/projects?limit=1", token, tuple(parent(trace).split(": "))).status == 200
    assert logged(behind, trace)["op"] == "listProjects"
    body = json.dumps(Records.project_body()).encode()
    assert both.ask("POST", "/v1/projects?validate_only=true", token, ("content-type", "application/json"), body=body).status == 200


@pytest.mark.parametrize("headers", [[("content-length", str(LIMIT + 20_000))], []])
def test_http2_refusals_have_the_same_shape(proxy, contract, headers):
    reply = Http2(proxy).ask("POST", "/v1/projects", *headers, ("accept-language", "en"), body=b"a" * (LIMIT + 20_000))
    refused(contract, reply, 413, "too-large", "en")


def test_http2_brings_no_more_requests_than_memory_is_for(proxies, behind, contract):
    """One connection, many streams, each with a body that does not end."""
    both = Http2(proxies(behind, PROXY_MAX_REQUESTS=5))
    start = [(":method", "POST"), (":authority", "localhost"), (":scheme", "https"), (":path", "/v1/projects")]
    for _ in range(5):
        stream = both.connection.get_next_available_stream_id()
        both.connection.send_headers(stream, start)
        both.connection.send_data(stream, b"a")
    refused(contract, both.ask("GET", "/livez"), 503, "unavailable")
    assert both.headers["retry-after"].isdigit()


@pytest.mark.parametrize("headers, body", [
    ([("transfer-encoding", "chunked")], b"0\r\n\r\n"),
    ([("content-length", "3")], b"abcdefgh"),
    ([("content-length", "30")], b"abc"),
    ([("content-length", "3"), ("content-length", "5")], b"abcde"),
    ([("connection", "keep-alive")], b""),
    ([("x-a", "b\r\nTransfer-Encoding: chunked")], b""),
    ([("x-a\r\nhost", "b")], b""),
    ([("x a", "b")], b""),
    ([("X-Upper", "b")], b""),
])
def test_http2_that_would_be_another_request_in_http1(proxy, behind, headers, body):
    """What HTTP/2 forbids because it would mean something in HTTP/1.1 does not get there."""
    trace = new_trace()
    reply = Http2(proxy, validated=False).ask("POST", "/nothing", tuple(parent(trace).split(": ")), *headers, body=body)
    assert reply is None or reply.status == 400
    never_logged(behind, proxy.http(), trace)


def test_gzip(proxy, who):
    plain = through(proxy, who).get("/v1/admin-units?limit=50", headers={"Accept-Encoding": "identity"}).expect(200)
    assert "content-encoding" not in plain.headers
    with proxy.wire() as one:
        one.send(head("GET", "/v1/admin-units?limit=50", f"Authorization: {who.headers['Authorization']}", "Accept-Encoding: gzip"))
        packed = one.receive()
    assert packed.headers["content-encoding"] == "gzip" and len(packed.body) < len(plain.body) / 2
    assert json.loads(gzip.decompress(packed.body)) == plain.json()
    assert "accept-encoding" in packed.headers["vary"].lower()


def test_versions_survive_gzip(proxy, who):
    """gzip turns "1" into W/"1"; who sends that back means the version that he has read."""
    record, http = Records(who).project(), through(proxy, who).with_headers(**{"Accept-Encoding": "gzip"})
    read = http.get(f"/v1/projects/{record['id']}").expect(200)
    assert read.headers["content-encoding"] == "gzip" and read.etag == 'W/"1"'
    http.get(f"/v1/projects/{record['id']}", headers={"If-None-Match": read.etag}).expect(304)
    http.get(f"/v1/projects/{record['id']}", headers={"If-None-Match": f'"9", {read.etag}'}).expect(304)
    http.patch(f"/v1/projects/{record['id']}", {"name": "Qua máy chủ trung gian"}, if_match=read.etag).expect(200)
    http.patch(f"/v1/projects/{record['id']}", {"name": "Bản cũ"}, if_match=read.etag).expect(412, "stale")


# ---- Limits ----

def test_a_body_too_large_is_refused_before_it_is_sent(contract, wire, behind, proxy):
    one, trace = wire(), new_trace()
    one.send(head("POST", "/v1/projects", JSON, parent(trace), f"Content-Length: {LIMIT + 1}"))
    refused(contract, one.receive(), 413, "too-large")
    assert one.is_closed()
    never_logged(behind, proxy.http(), trace)


def test_nobody_is_asked_for_a_body_too_large(contract, wire):
    one = wire()
    one.send(head("POST", "/v1/projects", JSON, "Expect: 100-continue", f"Content-Length: {LIMIT + 1}"))
    refused(contract, one.receive(), 413, "too-large")


def test_who_waits_to_be_asked_is_asked(wire, who):
    one, body = wire(), json.dumps(Records.project_body()).encode()
    one.send(head("POST", "/v1/projects?validate_only=true", JSON, f"Authorization: {who.headers['Authorization']}",
                  "Expect: 100-continue", f"Content-Length: {len(body)}"))
    assert one.receive().status == 100
    one.send(body)
    assert one.receive().status == 200


def test_a_body_without_length_is_cut_at_the_limit(contract, wire, behind, proxy):
    one, trace = wire(), new_trace()
    one.send(head("POST", "/v1/projects", JSON, parent(trace), "Transfer-Encoding: chunked"))
    for _ in range(20):
        if not one.send(b"c350\r\n" + b"a" * 50_000 + b"\r\n"):
            break
    refused(contract, one.receive(), 413, "too-large")
    never_logged(behind, proxy.http(), trace)


def test_rows_of_an_import_are_passed_on(proxy, who):
    """Longer than a buffer of the proxy: to the service, and to its own limit."""
    sheet = "Tên đề án;KCĐP;Trạng thái\n" + "".join(f"Máy xay số {n} của một cơ sở ở xã xa;1000000;Kết thúc\n" for n in range(1900))
    sheet += " " * (LIMIT + 50_000 - len(sheet))
    send = {"media": "text/csv", "params": {"record_type": "project", "year": 2015, "programme_id": "019aa000-0000-7000-8000-0000000000ff"}}
    through(proxy, who).request("POST", "/v1/imports", data=sheet.encode(), **send).expect(400, "invalid-parameter")
    through(proxy, who).request("POST", "/v1/imports", data=b" " * 2_200_000, **send).expect(413, "too-large")


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_the_very_limit_is_passed_on(wire, who, chunked):
    text = json.dumps(Records.project_body(), ensure_ascii=False).encode()
    body = text[:-1] + b" " * (LIMIT - len(text)) + b"}"
    one = wire()
    framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {LIMIT}"
    one.send(head("POST", "/v1/projects?validate_only=true", JSON, f"Authorization: {who.headers['Authorization']}", framing))
    one.send(b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:70_000], body[70_000:])) + b"0\r\n\r\n" if chunked else body)
    assert one.receive().status == 200


@pytest.mark.parametrize("lines", [
    ["GET /livez HTTP/1.1", f"X-Long: {'a' * HEAD_LIMIT}"],
    ["GET /livez HTTP/1.1", f"X-Long: {'a' * 200_000}"],
    ["GET /livez HTTP/1.1", *(f"X-{number}: {'a' * 250}" for number in range(80))],
    [f"GET /livez?q={'a' * HEAD_LIMIT} HTTP/1.1"],
    [f"GET /livez?q={'a' * 400_000} HTTP/1.1"],
    ["GET /livez HTTP/1.1", f"X-Endless: {'a' * 400_000}", None],
])
def test_a_head_too_long(contract, wire, lines):
    one = wire()
    one.send("\r\n".join([lines[0], "Host: localhost", *filter(None, lines[1:])]) + ("\r\n\r\n" if None not in lines else ""))
    refused(contract, one.receive(), 431, "header-too-large")


def test_what_the_proxy_lets_through_the_service_can_read(wire, contract):
    """Its own limit must not be the lower one, or the caller sees its HTTP library's page."""
    one = wire()
    one.send(head("GET", "/livez", *(f"X-{number}: {'a' * 60}" for number in range(95))))
    reply = one.receive()
    assert reply.status == 200, reply
    one.send(head("GET", f"/livez?q={'a' * (HEAD_LIMIT - 1000)}"))
    reply = one.receive()
    contract.judge("GET", "/livez", Reply(reply.status, {name: value for name, value in reply.headers.items()
                                                         if name != "strict-transport-security"}, reply.body))


@pytest.mark.parametrize("sent", [b"", b"GET /livez HT", head("GET", "/livez")[:-2] + b"X-Slow: "])
def test_a_head_that_does_not_end(contract, wire, impatient, sent):
    one = wire(impatient)
    if not sent:
        assert one.is_closed()
        return
    one.send(sent)
    refused(contract, one.receive(), 408, "too-slow")
    assert one.is_closed()


def test_a_head_that_drips(contract, wire, impatient):
    """The time is that of the whole head: a byte now and then does not renew it."""
    one = wire(impatient)
    one.send(head("GET", "/livez")[:-2] + b"X-Slow: ")
    one.socket.settimeout(0.1)
    reply = eventually(lambda: drip(one), "the end of the dripping connection")
    refused(contract, reply, 408, "too-slow")


def drip(one):
    one.send(b"a")
    try:
        return one.receive()
    except TimeoutError:
        return None


@pytest.mark.parametrize("framing", ["Content-Length: 100000", "Transfer-Encoding: chunked"])
def test_a_body_that_drips_never_reaches_the_service(contract, wire, impatient, behind, proxy, framing):
    one, trace = wire(impatient), new_trace()
    one.send(head("POST", "/v1/projects", JSON, parent(trace), framing))
    one.socket.settimeout(0.1)
    if "chunked" in framing:
        one.send(b"ffff\r\n")
    refused(contract, eventually(lambda: drip(one), "the end of the dripping connection"), 408, "too-slow")
    never_logged(behind, proxy.http(), trace)


# ---- What cannot be read ----

UNREADABLE = {
    "no request": b"NONSENSE\r\n\r\n",
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "no version": b"GET /livez\r\nHost: localhost\r\n\r\n",
    "a version that is none": b"GET /livez HTTP/x\r\nHost: localhost\r\n\r\n",
    "another version": b"GET /livez HTTP/9.9\r\nHost: localhost\r\n\r\n",
    "HTTP/2 without TLS's word": b"GET /livez HTTP/2.0\r\nHost: localhost\r\n\r\n",
    "a NUL in the target": b"GET /livez\0x HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a letter in the target": b"GET /\xc4\x91 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a NUL in a header": b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-A: a\0b\r\n\r\n",
    "a header without a name": b"GET /livez HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n",
    "a header without a colon": b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-A\r\n\r\n",
    "white space before the colon": b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-A : x\r\n\r\n",
    "two hosts": b"GET /livez HTTP/1.1\r\nHost: localhost\r\nHost: elsewhere.test\r\n\r\n",
    "a target of another host": b"GET http://elsewhere.test/livez HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "too many headers": b"GET /livez HTTP/1.1\r\nHost: localhost\r\n" + b"".join(b"X-%d: a\r\n" % number for number in range(150)) + b"\r\n",
    "CONNECT": b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost:80\r\n\r\n",
    "a length that is no number": b"POST /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5x\r\n\r\nabcde",
    "a length below zero": b"POST /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\nabcde",
    "a length beyond any": b"POST /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\nabcde",
    "a chunk without a size": b"POST /livez HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    "a chunk longer than it says": b"POST /livez HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
    "a second chunk without a size": b"POST /livez HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n-1\r\nabc\r\n0\r\n\r\n",
    "a chunk of more than all memory": b"POST /livez HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\nabc\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read(contract, wire, behind, proxy, name):
    one, trace = wire(), new_trace()
    one.send(UNREADABLE[name].replace(b"Host: localhost\r\n", f"Host: localhost\r\n{parent(trace)}\r\n".encode(), 1))
    refused(contract, one.receive(), 400, "malformed")
    never_logged(behind, proxy.http(), trace)


def test_a_chunk_that_breaks_later(contract, wire):
    one = wire()
    one.send(head("POST", "/v1/projects", JSON, "Transfer-Encoding: chunked", "Accept-Language: en") + b"3\r\nabc\r\n")
    with contextlib.suppress(TimeoutError):
        one.socket.settimeout(0.2)
        one.receive()  # so that it comes by itself
    one.socket.settimeout(60)
    one.send(b"zz\r\nabc\r\n")
    refused(contract, one.receive(), 400, "malformed", "en")


def test_chunks_of_every_cut_are_read(wire, who):
    """What looks at the first bytes must not refuse what is merely not all there yet."""
    body = json.dumps(Records.project_body()).encode()
    request = head("POST", "/v1/projects?validate_only=true", JSON, f"Authorization: {who.headers['Authorization']}", "Transfer-Encoding: chunked")
    chunks = b"%X;x=y\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (20, body[:20], len(body) - 20, body[20:])
    for cut in [*range(40), len(chunks) - 1, len(chunks)]:
        one = wire()
        one.send(request + chunks[:cut])
        threading.Event().wait(0.01)
        one.send(chunks[cut:])
        assert one.receive().status == 200, f"cut at {cut}"


# ---- One request is one request, on both sides ----

SMUGGLERS = {
    "both lengths": ["Content-Length: {length}", "Transfer-Encoding: chunked"],
    "both lengths, the other way": ["Transfer-Encoding: chunked", "Content-Length: {length}"],
    "two lengths": ["Content-Length: 5", "Content-Length: {length}"],
    "two lengths in one": ["Content-Length: 5, {length}"],
    "a length with a plus": ["Content-Length: +5"],
    "a length with a space": ["Content-Length : 5"],
    "a folded length": ["Content-Length:", " {length}"],
    "two codings": ["Transfer-Encoding: chunked", "Transfer-Encoding: identity", "Content-Length: {length}"],
    "another coding": ["Transfer-Encoding: identity", "Content-Length: {length}"],
    "a coding with a tab": ["Transfer-Encoding:\tchunked", "Content-Length: {length}"],
    "a coding with a strange end": ["Transfer-Encoding: chunked\x0b", "Content-Length: {length}"],
    "a coding with a prefix": ["Transfer-Encoding: xchunked", "Content-Length: {length}"],
    "a coding behind a bare line feed": ["X-A: b\nTransfer-Encoding: chunked", "Content-Length: {length}"],
    "a coding that is only asked for": ["Connection: Transfer-Encoding, keep-alive", "Transfer-Encoding: chunked", "Content-Length: {length}"],
}


@pytest.mark.parametrize("place", ["first", "later"])
@pytest.mark.parametrize("name", SMUGGLERS)
def test_a_request_inside_another_is_not_served(contract, wire, behind, proxy, name, place):
    """The inner request would be served if both sides measured the outer one differently."""
    one, trace = wire(), new_trace()
    if place == "later":
        one.send(head("GET", "/livez"))
        assert one.receive().status == 200
    inner = b"0\r\n\r\n" + head("GET", "/nothing", parent(trace))
    one.send(head("POST", "/livez", *(line.format(length=len(inner)) for line in SMUGGLERS[name])) + inner)
    reply = one.receive()
    assert reply is None or reply.status in (400, 405, 422), reply
    if reply and reply.status == 400 and place == "first":
        refused(contract, reply, 400, "malformed")
    if reply and reply.status == 405 and one.send(head("GET", "/livez")):  # read in one way, by both: the inner one was the body
        following = one.receive()
        assert following is None or following.status == 200, following
    never_logged(behind, proxy.http(), trace)


@pytest.mark.parametrize("name", ["both lengths", "both lengths, the other way", "two lengths"])
def test_contradictions_on_a_new_connection_are_refused_aloud(contract, wire, name):
    one = wire()
    one.send(head("POST", "/livez", *(line.format(length=7) for line in SMUGGLERS[name])) + b"0\r\n\r\nab")
    refused(contract, one.receive(), 400, "malformed")
    assert one.is_closed()


# ---- An upstream that is away ----

def frozen(service):
    """The process stands still; connections to it are made, answers never come."""
    @contextlib.contextmanager
    def freeze():
        service.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            service.signal(signal.SIGCONT)
    return freeze()


@pytest.fixture
def fragile(world, start, proxies):
    """A service that the test may stop, behind a proxy of its own."""
    service = start(KC_TRUSTED_PROXIES="127.0.0.1")
    return service, proxies(service, PROXY_ANSWER_SECONDS=1)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_service_that_is_away(contract, fragile, language):
    service, proxy = fragile
    assert service.stop() == 0
    http = proxy.http({"Accept-Language": language})
    refused(contract, http.get("/livez"), 503, "unavailable", language)
    refused(contract, http.post("/v1/projects", {}), 503, "unavailable", language)


def test_a_service_that_does_not_answer(contract, fragile, who):
    """A read may simply be asked again; a write may have been kept."""
    service, proxy = fragile
    http = through(proxy, who)
    http.get("/v1/projects?limit=1").expect(200)
    with frozen(service):
        answers = {}
        reader = threading.Thread(target=lambda: answers.update(read=http.get("/v1/projects?limit=1")))
        writer = threading.Thread(target=lambda: answers.update(write=through(proxy, who).post("/v1/projects", Records.project_body(),
                                                                                              headers={"Accept-Language": "en"})))
        reader.start()
        writer.start()
        reader.join()
        writer.join()
    for name, codes in (("read", {"unavailable"}), ("write", {"outcome-unknown", "unavailable"})):
        assert answers[name].code in codes
        refused(contract, answers[name], 503, answers[name].code, "en" if name == "write" else "vi")
    proxy.wait_until_ready()


def test_a_service_that_dies_over_a_write(contract, world, fragile, who):
    service, proxy = fragile
    record = Records(who).project()
    answers = []
    with world.cluster.connect() as blocker, blocker.transaction():
        blocker.execute("select 1 from project where id = %s for update", [record["id"]])
        writer = threading.Thread(target=lambda: answers.append(
            through(proxy, who).patch(f"/v1/projects/{record['id']}", {"name": "Không rõ"}, if_match=1)))
        writer.start()
        eventually(lambda: world.cluster.sql("select 1 from pg_stat_activity where wait_event_type = 'Lock'"), "the write to wait")
        service.signal(signal.SIGKILL)
        service.wait()
        writer.join()
    refused(contract, answers[0], 503, "outcome-unknown")
    service.stop()


def test_a_service_that_drains_gets_no_more(contract, world, start, proxies):
    service = start(KC_DRAIN_MS=600_000)
    proxy = proxies(service)
    service.signal(signal.SIGTERM)
    reply = eventually(lambda: next((reply for reply in [proxy.http().get("/livez")] if reply.status == 503), None), "the proxy to notice")
    refused(contract, reply, 503, "unavailable")
    world.http(service).get("/livez").expect(200)
    service.signal(signal.SIGTERM)


# ---- Who asks ----

SPOOFED = ["X-Forwarded-For: 198.51.100.1", "Forwarded: for=198.51.100.1", "X-Real-IP: 198.51.100.1", "X-Forwarded-Proto: http",
           "X-Forwarded-For: 198.51.100.2"]


def test_the_address_is_what_the_proxy_saw(wire, behind):
    one, trace = wire(source="127.0.0.2"), new_trace()
    one.send(head("GET", "/livez", parent(trace), *SPOOFED))
    assert one.receive().status == 200
    assert logged(behind, trace)["address"] == "127.0.0.2"


@pytest.mark.parametrize("trusted, seen", [("", "127.0.0.1"), ("10.0.0.0/8", "127.0.0.1"), ("127.0.0.1", "198.51.100.2"),
                                           ("127.0.0.0/8, 198.51.100.2", "198.51.100.1")])
def test_only_who_is_trusted_is_believed(start, trusted, seen):
    service, trace = start(KC_TRUSTED_PROXIES=trusted), new_trace()
    with Wire(service.port) as one:
        one.send(head("GET", "/livez", parent(trace), *SPOOFED))
        one.receive()
    assert logged(service, trace)["address"] == seen


def test_addresses_behind_the_proxy_have_limits_of_their_own(start, proxies):
    service = start(KC_TRUSTED_PROXIES="127.0.0.1", KC_ADDRESS_RATE=10)
    proxy = proxies(service)
    statuses = {}
    for source in ("127.0.0.2", "127.0.0.3"):
        with proxy.wire(source=source) as one:
            for _ in range(12):
                one.send(head("GET", "/v1/nothing"))
                one.receive()
                one.send(head("POST", "/oauth2/token"))
                statuses.setdefault(source, []).append(one.receive().status)
    assert statuses["127.0.0.2"].count(429) >= 2 and 429 not in statuses["127.0.0.3"][:5]


def test_a_trace_goes_through(contract, wire, behind, proxy):
    one, trace = wire(), new_trace()
    one.send(head("GET", "/nothing", parent(trace)))
    assert one.receive().json()["trace_id"] == logged(behind, trace)["trace_id"] == trace
    one.send(head("POST", "/nothing", parent(trace), f"Content-Length: {LIMIT + 1}"))
    reply = one.receive()
    refused(contract, reply, 413, "too-large")
    assert reply.json()["trace_id"] == trace


def test_without_a_trace_the_proxy_begins_one(behind, proxy):
    reply = proxy.http().get("/nothing").expect(404)
    assert logged(behind, reply.json()["trace_id"])
    eventually(lambda: reply.json()["trace_id"] in proxy.log.read_text(), "the proxy's own line")


def test_the_log_of_the_proxy_has_no_targets_and_no_tokens(wire, proxy, who):
    one = wire()
    one.send(head("GET", "/v1/projects?q=tu-khoa-bi-mat", f"Authorization: {who.headers['Authorization']}", "X-A: bi-mat"))
    one.receive()
    trace = proxy.http().get("/nothing").json()["trace_id"]
    eventually(lambda: trace in proxy.log.read_text(), "the line")
    text = proxy.log.read_text()
    assert "bi-mat" not in text and who.token not in text and "projects" not in text
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    assert {"time", "status", "dur_ms", "address", "trace_id"} <= set(lines[-1])
