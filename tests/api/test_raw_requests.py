# SPDX-License-Identifier: MIT
"""Requests that no library would send, written byte by byte: the measured traps of Ulfius, libmicrohttpd, Jansson and of
HTTP itself. Whatever comes, the answer is a problem document or a closed connection, and the next request is served."""
import threading

import pytest

from support.raw import Wire, ask, head
from support.service import eventually

JSON = "Content-Type: application/json"


@pytest.fixture(autouse=True)
def served_afterwards(http):
    """Whatever a test sent, the next normal request is served."""
    yield
    http.get("/livez").expect(200)


@pytest.fixture(scope="module")
def token(caller):
    return f"Authorization: Bearer {caller().token}"


# ---- Paths ----

@pytest.mark.parametrize("path, status", [
    ("/v1/projects/%00", 400),
    ("/v1/projects/a%00b", 400),
    ("/v1/projects/%ff", 400),
    ("/v1/projects/%c3%28", 400),
    ("/v1/projects/%ed%a0%80", 400),  # a surrogate in UTF-8
    ("/v1/projects/%c0%af", 400),     # an overlong slash
    ("/v1/projects/%zz", 400),
    ("/v1/projects/%2", 400),
    ("/v1/projects/%", 400),
    ("/v1/projects/%0a", 400),
    ("/v1%2Fprojects", 404),
    ("/v1/projects%2F", 404),
    ("/v1/projects/..", 400),
    ("/v1/../v1/projects", 404),
    ("//v1/projects", 404),
    ("/v1//projects", 404),
    ("/v1/projects/", 404),
    ("/livez/", 404),
    ("//livez", 404),
    ("/LIVEZ", 404),
    ("/", 404),
    ("/v1/nothing", 404),
])
def test_odd_paths(wire, token, path, status):
    reply = ask(wire, "GET", path, token, judged=False)
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")


def test_an_encoded_slash_stays_inside_its_segment(wire, token):
    """libmicrohttpd decodes nothing, Ulfius everything: an id must not grow a second segment."""
    inside = ask(wire, "GET", "/v1/projects/by-ref/demo/A%2FB", token)
    apart = ask(wire, "GET", "/v1/projects/by-ref/demo/A/B", token, judged=False)
    assert (inside.status, inside.code) == (404, "not-found") and apart.status == 404


def test_a_raw_nul_in_the_target(wire):
    one = wire()
    one.send(b"GET /livez\0/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
    reply = one.receive()
    assert reply is None or reply.status in (200, 400, 404)  # libmicrohttpd cuts the path at the NUL


@pytest.mark.parametrize("target", ["http://localhost/livez", "http://elsewhere.test/livez"])
def test_absolute_form(wire, target):
    """RFC 9112 3.2.2: a server must accept it."""
    assert ask(wire, "GET", target, judged=False).status == 200


# ---- Query strings ----

LIST = "/v1/projects"


@pytest.mark.parametrize("query, code", [
    ("q=%ff%fe", "malformed_parameter"),
    ("q=%c3%28", "malformed_parameter"),
    ("q=ab%00cd", "malformed_parameter"),
    ("q=ab%0acd", "malformed_parameter"),
    ("q=%zz", "malformed_parameter"),
    ("q=ab%2", "malformed_parameter"),
    ("%ff=1", "malformed_parameter"),
    ("limit=1&limit=2", "repeated_parameter"),
    ("limit=1&limit=1", "repeated_parameter"),
    ("limit=1&l%69mit=1", "repeated_parameter"),
    ("q", "valueless_parameter"),
    ("q=", "valueless_parameter"),
    ("limit=5&q", "valueless_parameter"),
    ("nothing=1", "unknown-parameter"),
    ("Limit=1", "unknown-parameter"),
    ("limit[]=1", "unknown-parameter"),
    ("limit=0", "minimum"),
    ("limit=201", "maximum"),
    ("limit=1e1", "type"),
    ("limit=%2B1", "type"),
    ("limit=1.0", "type"),
    ("limit=99999999999999999999", "json_number"),
    ("sort=nothing", "enum"),
    ("deleted=all", "enum"),
    ("&".join(f"p{number}=1" for number in range(65)), "too_many_parameters"),
])
def test_odd_queries_are_refused_never_ignored(wire, token, query, code):
    reply = ask(wire, "GET", f"{LIST}?{query}", token)
    assert reply.status == 400 and code in {fault for _, fault in reply.errors}, reply.body


@pytest.mark.parametrize("query", ["", "&", "limit=5&", "&limit=5", "limit=5&&sort=-updated_at"])
def test_empty_pairs(wire, token, query):
    """Nothing between two ampersands is no parameter; whatever is decided, nothing may be dropped in silence."""
    assert ask(wire, "GET", f"{LIST}?{query}", token).status in (200, 400)


def test_every_bad_parameter_is_named_at_once(wire, token):
    reply = ask(wire, "GET", f"{LIST}?limit=0&sort=nothing&nothing=1", token)
    assert {place for place, _ in reply.errors} == {"limit", "sort", "nothing"}


@pytest.mark.parametrize("length", [8193, 16 * 1024, 100 * 1024])
def test_a_query_string_too_long(wire, token, length):
    one = wire()
    one.send(head("GET", f"{LIST}?q={'a' * length}", token))
    reply = one.receive()
    assert reply is None or reply.status in (400, 414, 431)


# ---- Methods ----

@pytest.mark.parametrize("method", ["PURGE", "TRACE", "PROPFIND", "get", "PATCH", "DELETE", "PUT", "POST"])
def test_a_method_that_the_address_does_not_know(wire, method):
    reply = ask(wire, method, "/livez", body=b"")
    assert reply.status == 405 and reply.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("method", ["PURGE", "GET"])
def test_an_address_that_does_not_exist(wire, method):
    assert ask(wire, method, "/nothing").status == 404


def test_connect(wire):
    reply = ask(wire, "CONNECT", "localhost:80", judged=False)
    assert reply is None or reply.status in (400, 404, 405)


def test_options_asterisk(wire):
    assert ask(wire, "OPTIONS", "*", judged=False).code == "not-found"  # it names no resource of ours


def test_head_has_no_body_and_the_connection_goes_on(wire):
    one = wire()
    one.send(head("HEAD", "/livez"))
    first = one.receive("HEAD", "/livez")
    one.send(head("GET", "/livez"))
    second = one.receive("GET", "/livez")
    assert first.status == second.status == 200
    assert first.headers["content-length"] == str(len(second.body))


def test_head_of_a_refusal(wire):
    one = wire()
    one.send(head("HEAD", LIST))
    assert one.receive("HEAD", LIST).status == 401
    one.send(head("GET", "/livez"))
    assert one.receive("GET", "/livez").status == 200


# ---- Headers ----

def test_no_host(wire):
    one = wire()
    one.send(b"GET /livez HTTP/1.1\r\n\r\n")
    reply, codes = one.receive_refusal("GET", "/livez")
    assert reply.status == 400 and codes in (None, {"one_host"})


def test_http_1_0(wire):
    one = wire()
    one.send(b"GET /livez HTTP/1.0\r\n\r\n")
    assert one.receive("GET", "/livez").status == 200
    assert one.is_closed()


@pytest.mark.parametrize("line", [b"GET /livez HTTP/2.0", b"GET /livez HTTP/9.9", b"GET /livez", b"GET", b"\x16\x03\x01\x02\x00",
                                  b"\0\0\0\0", b"GET /livez HTTP/1.1 extra", b" GET /livez HTTP/1.1", b"GET\t/livez\tHTTP/1.1"])
def test_a_line_that_is_no_request(wire, line):
    one = wire()
    one.send(line + b"\r\nHost: localhost\r\n\r\n")
    one.socket.shutdown(1)
    reply = one.receive()
    assert reply is None or reply.status in (200, 400, 404, 405, 505)


@pytest.mark.parametrize("headers", [
    [f"X-Long: {'a' * 70_000}"],
    [f"X-{number}: {'a' * 100}" for number in range(1000)],
    [f"Cookie: {'; '.join(f'c{number}=1' for number in range(5000))}"],
])
def test_more_headers_than_fit(wire, headers):
    one = wire()
    one.send(head("GET", "/livez", *headers))
    reply = one.receive()
    assert reply is None or reply.status in (200, 400, 413, 431)


@pytest.mark.parametrize("header, status", [
    ("Authorization: Bearer", 401),
    ("Authorization: Bearer  ", 401),
    ("Authorization: bearer x", 401),
    ("Authorization: Basic YTpi", 401),
    ("Authorization: x" * 1, 401),
    (f"Authorization: Bearer {'a' * 5000}", 401),
    (f"Authorization: Bearer {'.' * 4000}", 401),
    ("Authorization: Bearer a.b.c", 401),
    ("Authorization: Bearer ..", 401),
    ("Authorization: Bearer \xff\xfe.\xff.\xff", 401),
])
def test_a_token_that_is_none(wire, header, status):
    assert ask(wire, "GET", LIST, header).status == status


def test_two_tokens(wire, token):
    assert ask(wire, "GET", LIST, token, token).status in (400, 401)


@pytest.mark.parametrize("accept, status", [
    ("text/csv", 406), ("application/json;q=0", 406), ("image/*", 406), ("application/json", 200), ("*/*", 200),
    ("application/*", 200), ("text/csv, application/json;q=0.1", 200), ("application/problem+json", 406),
    ("text/html, */*;q=0.1", 200), ("APPLICATION/JSON", 200), ("*/*;q=0", 406), ("application/json;q=0.000", 406),
])
def test_accept(wire, accept, status):
    assert ask(wire, "GET", "/livez", f"Accept: {accept}").status == status


@pytest.mark.parametrize("accept", ["", ",,,", ";;;", "q=1", "application/json;q=zzz", "a" * 3000])
def test_accept_that_cannot_be_read(wire, accept):
    assert ask(wire, "GET", "/livez", f"Accept: {accept}").status in (200, 400, 406)


@pytest.mark.parametrize("wanted", ["*", "7", '"x"', 'W/"1"', '"1", "2"', '""', '"01"', '"-1"', '"99999999999999999999"', '"1', "\xff"])
def test_if_match_that_names_no_version(wire, token, wanted):
    reply = ask(wire, "PATCH", "/v1/projects/018f0000-0000-7000-8000-000000000001", token, f"If-Match: {wanted}",
                "Content-Type: application/merge-patch+json", body=b"{}")
    assert reply.status in (400, 404, 412), reply.body


# ---- Connections ----

def test_keep_alive(wire):
    one = wire()
    for _ in range(50):
        one.send(head("GET", "/livez"))
        assert one.receive("GET", "/livez").status == 200


def test_pipelined_requests_are_answered_in_order(wire, token):
    one = wire()
    targets = ["/livez", "/nothing", f"{LIST}?limit=1", "/livez"]
    one.send(b"".join(head("GET", target, token) for target in targets))
    assert [one.receive("GET", target).status for target in targets] == [200, 404, 200, 200]


def test_a_refused_body_does_not_become_the_next_request(wire):
    """The body of a request that is refused early must be consumed, or the connection closed."""
    one, body = wire(), head("GET", "/livez")
    one.send(head("POST", "/v1/projects", JSON, f"Content-Length: {len(body)}") + body)
    assert one.receive("POST", "/v1/projects").status == 401
    if one.send(head("GET", "/nothing")):
        reply = one.receive()
        assert reply is None or reply.status == 404


def test_a_hundred_connections_at_once(wire, service, contract, token):
    lines = [wire() for _ in range(100)]
    statuses = []

    def work(one):
        for target in ("/livez", f"{LIST}?limit=1"):
            one.send(head("GET", target, token))
            statuses.append(one.receive("GET", target).status)

    threads = [threading.Thread(target=work, args=(one,)) for one in lines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 200


def test_connections_over_the_limit_are_closed_and_later_ones_served(start, contract):
    service = start(KC_MAX_CONNECTIONS=10)
    wires = [Wire(service.port, contract) for _ in range(30)]
    answers = []
    for one in wires:
        try:
            one.send(head("GET", "/livez"))
            answers.append(one.receive())
        except OSError:
            answers.append(None)
    assert any(reply and reply.status == 200 for reply in answers) and any(reply is None for reply in answers)
    for one in wires:
        one.socket.close()

    def again():
        with Wire(service.port, contract) as one:
            one.send(head("GET", "/livez"))
            reply = one.receive()
            return reply and reply.status == 200
    eventually(again, "a connection after the crowd has gone")


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_request_that_drips_is_cut_by_its_total_time(start, contract, token, part):
    """One byte at a time outlives every idle time-out; the total time per request ends it."""
    service = start(KC_REQUEST_SECONDS=1, KC_IDLE_SECONDS=30)
    with Wire(service.port, contract) as one:
        begin = head("POST", "/v1/projects", token, JSON, "Content-Length: 100000")
        if part == "head":
            begin = begin[:-2] + b"X-Slow: "
        one.send(begin)
        one.socket.settimeout(0.1)

        def is_cut():
            if not one.send(b"a"):
                return True
            try:
                return not one._more()
            except TimeoutError:
                return False
        eventually(is_cut, "the end of the dripping connection")
    with Wire(service.port, contract) as one:
        one.send(head("GET", "/livez"))
        assert one.receive("GET", "/livez").status == 200


def test_a_silent_connection_is_closed(start, contract):
    service = start(KC_REQUEST_SECONDS=5, KC_IDLE_SECONDS=1)
    with Wire(service.port, contract) as one:
        assert one.is_closed()


def test_a_peer_that_hangs_up_before_the_answer(wire, token):
    for _ in range(20):
        one = wire()
        one.send(head("GET", f"{LIST}?limit=1", token))
        one.socket.close()
