# SPDX-License-Identifier: MIT
"""Bodies that no library would send, byte by byte: cut, too long, framed in two ways, of other media types, and JSON that
Jansson alone would take or that means two things."""
import json

import pytest

from support.raw import Wire, ask, head

LIMIT = 256 * 1024
JSON = "Content-Type: application/json"


@pytest.fixture(autouse=True)
def served_afterwards(http):
    """Whatever a test sent, the next normal request is served."""
    yield
    http.get("/livez").expect(200)


@pytest.fixture(scope="module")
def token(caller):
    return f"Authorization: Bearer {caller().token}"


# ---- Bodies: length and framing ----

def padded(length, **members):
    text = json.dumps({"name": "Đề án đủ dài", "level": "local", "scale": "single", **members}, ensure_ascii=False).encode()
    return text[:-1] + b" " * (length - len(text)) + b"}"


def test_a_body_of_the_very_limit_is_read(wire, token):
    reply = ask(wire, "POST", "/v1/projects?validate_only=true", token, JSON, body=padded(LIMIT))
    assert reply.status in (200, 422)


@pytest.mark.parametrize("length", [LIMIT + 1, LIMIT + 2, 1_000_000])
def test_a_body_over_the_limit_is_refused_not_cut(wire, token, length):
    reply = ask(wire, "POST", "/v1/projects", token, JSON, body=padded(length))
    assert (reply.status, reply.code) == (413, "too-large")


@pytest.mark.parametrize("length", [LIMIT + 1, 1_000_000])
def test_a_chunked_body_over_the_limit(wire, token, length):
    one, body = wire(), padded(length)
    one.send(head("POST", "/v1/projects", token, JSON, "Transfer-Encoding: chunked"))
    for start in range(0, len(body), 50_000):
        part = body[start:start + 50_000]
        if not one.send(b"%x\r\n%s\r\n" % (len(part), part)):
            break
    one.send(b"0\r\n\r\n")
    assert one.receive("POST", "/v1/projects").code == "too-large"


def test_a_chunked_body(wire, token):
    one, body = wire(), padded(200)
    one.send(head("POST", "/v1/projects?validate_only=true", token, JSON, "Transfer-Encoding: chunked"))
    for byte in range(0, len(body), 7):
        part = body[byte:byte + 7]
        one.send(b"%x\r\n%s\r\n" % (len(part), part))
    one.send(b"0\r\n\r\n")
    assert one.receive("POST", "/v1/projects?validate_only=true").status in (200, 201)


def test_a_broken_chunk(wire, token):
    one = wire()
    one.send(head("POST", "/v1/projects", token, JSON, "Transfer-Encoding: chunked") + b"zz\r\n{}\r\n0\r\n\r\n")
    reply = one.receive()
    assert reply is None or reply.status == 400  # libmicrohttpd's own


SMUGGLED = b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize("headers, body, code", [
    (["Content-Length: 2", "Content-Length: 5"], b"{}   ", "contradicting_length"),
    (["Content-Length: 2", "Content-Length: 2"], b"{}", "contradicting_length"),
    (["Content-Length: 6", "Transfer-Encoding: chunked"], SMUGGLED, "contradicting_length"),
    (["Transfer-Encoding: chunked", "Content-Length: 6"], SMUGGLED, "contradicting_length"),
    (["Transfer-Encoding:\tchunked", "Content-Length: 5"], SMUGGLED, "contradicting_length"),
    (["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], SMUGGLED, "transfer_coding"),
    (["Content-Length : 5"], b"12345", "header_name"),
    (["Transfer-Encoding : chunked"], SMUGGLED, "header_name"),
    (["Host: elsewhere"], b"", "one_host"),
])
def test_two_readings_of_where_a_body_ends(wire, token, headers, body, code):
    """The classic of request smuggling: one server in the chain reads it this way, the next the other."""
    one = wire()
    one.send(head("POST", "/v1/projects", token, JSON, *headers) + body)
    reply, codes = one.receive_refusal("POST", "/v1/projects")
    assert reply.status == 400 and reply.headers["connection"].lower() == "close"
    assert code in codes if codes is not None else code == "header_name"
    assert one.is_closed() and b"HTTP/1.1" not in one._buffer


@pytest.mark.parametrize("coding", ["xchunked", "gzip, chunked", "chunked, identity", "identity, chunked", "identity"])
def test_a_coding_that_nobody_knows(start, contract, token, coding):
    """libmicrohttpd waits for the end of the connection then; what seems to follow is never a request of its own."""
    service = start(KC_REQUEST_SECONDS=1, KC_IDLE_SECONDS=1)
    with Wire(service.port, contract) as one:
        one.send(head("POST", "/v1/projects", token, JSON, f"Transfer-Encoding: {coding}") + SMUGGLED)
        assert one.is_closed() and one._buffer.count(b"HTTP/1.1 ") <= 1 and b"/smuggled" not in one._buffer


@pytest.mark.parametrize("length", ["-1", "abc", "1x", "99999999999999999999999", "+5", "0x10"])
def test_a_length_that_is_no_number(wire, token, length):
    one = wire()
    one.send(head("POST", "/v1/projects", token, JSON, f"Content-Length: {length}") + b"{}")
    reply = one.receive()
    assert reply is None or reply.status in (400, 413)


def test_a_body_that_ends_too_early(wire, token):
    one = wire()
    one.send(head("POST", "/v1/projects", token, JSON, "Content-Length: 500") + padded(100))
    one.socket.shutdown(1)
    reply = one.receive()
    assert reply is None or reply.status == 400


def test_expect_100_continue(wire, token):
    one, body = wire(), padded(200)
    target = "/v1/projects?validate_only=true"
    one.send(head("POST", target, token, JSON, f"Content-Length: {len(body)}", "Expect: 100-continue"))
    assert one.receive().status == 100
    one.send(body)
    assert one.receive("POST", target).status in (200, 201)


def test_a_body_where_none_belongs(wire, token):
    reply = ask(wire, "GET", "/v1/projects?limit=1", token, JSON, body=b'{"a": 1}')
    assert reply.status in (200, 400, 415)


@pytest.mark.parametrize("headers", [
    ("Content-Type: text/plain",), ("Content-Type: application/xml",), ("Content-Type: application/jsonx",),
    ("Content-Type: application/merge-patch+json",), ("Content-Type: ",), (), ("Content-Type: multipart/form-data; boundary=x",),
    ("Content-Type: application/x-www-form-urlencoded",), ("Content-Type: application/json; charset=utf-16",),
    (JSON, "Content-Encoding: gzip"),
])
def test_a_body_of_another_media_type(wire, token, headers):
    reply = ask(wire, "POST", "/v1/projects", token, *headers, body=padded(200))
    assert (reply.status, reply.code) == (415, "unsupported-media-type")


@pytest.mark.parametrize("media", ["application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON",
                                   'application/json; charset="utf-8"'])
def test_media_types_that_are_json(wire, token, media):
    reply = ask(wire, "POST", "/v1/projects?validate_only=true", token, f"Content-Type: {media}", body=padded(200))
    assert reply.status in (200, 201)


# ---- Bodies: JSON ----

def nested(depth):
    return b'{"name":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


@pytest.mark.parametrize("body, code", [
    (b"", "json_syntax"),
    (b"   ", "json_syntax"),
    (b"{", "json_syntax"),
    (b"{'name': 1}", "json_syntax"),
    (b'{"name": "x",}', "json_syntax"),
    (b'{"name": "x"} trailing', "json_syntax"),
    (b'{"name": "x"}{"name": "y"}', "json_syntax"),
    (b'{"name": NaN}', "json_syntax"),
    (b'{"name": 01}', "json_syntax"),
    (b"\xef\xbb\xbf{}", "json_encoding"),
    (b'{"name": "x"}\0', "json_syntax"),
    (b'{"name": "x\0y"}', "json_syntax"),
    (b'{"name": "\\u0000"}', "control_character"),
    (b'{"\\u0000": "x"}', "json_syntax"),
    (b'{"name": "\\ud800"}', "json_syntax"),
    (b'{"name": "\\udc00\\ud800"}', "json_syntax"),
    (b'{"name": "\xff\xfe"}', "json_encoding"),
    (b'{"name": "\xed\xa0\x80"}', "json_encoding"),
    (b'{"name": "\xc0\xaf"}', "json_encoding"),
    ('{"name": "x"}'.encode("utf-16"), "json_encoding"),
    (b'{"name": "x", "name": "y"}', "json_duplicate_member"),
    (b'{"name": "x", "n\\u0061me": "y"}', "json_duplicate_member"),
    ('{"tên": "x", "te\u0302n": "y"}'.encode(), "json_equal_members"),  # the same after NFC
    (nested(33), "json_depth"),
    (nested(5000), "json_depth"),
    (b"[" * 100_000, "json_depth"),
    (b'{"total_cost_vnd": 9223372036854775808}', "json_number"),
    (b'{"total_cost_vnd": -9223372036854775809}', "json_number"),
    (b'{"total_cost_vnd": 1' + b"0" * 400 + b"}", "json_number"),
    (b'{"total_cost_vnd": 1e400}', "json_number"),
    (b'{"name": "a\\u0001b"}', "control_character"),
    (b'{"name": "a\\u007fb"}', "control_character"),
    (b'{"name": "a\rb"}', "json_syntax"),
    (b'{"name": "a\\rb"}', "control_character"),
])
def test_json_that_is_refused_as_a_whole(wire, token, body, code):
    reply = ask(wire, "POST", "/v1/projects", token, JSON, body=body)
    assert (reply.status, reply.code) == (400, "malformed"), reply.body
    assert {fault for _, fault in reply.errors} == {code}


@pytest.mark.parametrize("value, code", [
    ("1e9", "type"), ("1.0", "type"), ("1000.5", "type"), ('"1000"', "type"), ("true", "type"), ("[1]", "type"),
    ("{}", "type"), ("-1", "minimum"), ("9007199254740992", "maximum"), ("9223372036854775807", "maximum"),
    ("-9223372036854775808", "minimum"),
])
def test_money_is_a_whole_number_of_dong(wire, token, value, code):
    body = b'{"name": "x", "level": "local", "scale": "single", "total_cost_vnd": ' + value.encode() + b"}"
    reply = ask(wire, "POST", "/v1/projects", token, JSON, body=body)
    assert (reply.status, reply.code) == (422, "invalid") and ("#/total_cost_vnd", code) in reply.errors, reply.body


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"5", b"true"])
def test_json_that_is_no_object(wire, token, body):
    reply = ask(wire, "POST", "/v1/projects", token, JSON, body=body)
    assert reply.status in (400, 422) and reply.errors


def test_depth_that_is_still_allowed_reaches_the_schema(wire, token):
    reply = ask(wire, "POST", "/v1/projects", token, JSON, body=nested(32))
    assert reply.status == 422 and ("#/name", "type") in reply.errors


def test_a_hundred_thousand_faults_are_a_bounded_answer(wire, token):
    body = ("{" + ",".join(f'"m{number}":1' for number in range(20_000)) + "}").encode()
    reply = ask(wire, "POST", "/v1/projects", token, JSON, body=body)
    assert reply.status == 422 and len(reply.json()["errors"]) <= 100
