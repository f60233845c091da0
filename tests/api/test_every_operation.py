# SPDX-License-Identifier: MIT
"""Harvest 3 and the generated statuses (decisions 25): one table walks all operations of the contract, so that an operation
added tomorrow is asked for its tokens, scopes, media types and outages without a line of test."""
import json
import re

import pytest

from support import tokens
from support.contract import METHODS, PROBLEM, Contract
from support.samples import FOREIGN, OWNER, STRANGER, Samples, absent_id
from support.service import eventually

CONTRACT = Contract()
OPERATIONS = list(CONTRACT.operations.values())
PATHS = sorted({operation.path for operation in OPERATIONS})


def every(where=lambda operation: True):
    chosen = [operation for operation in OPERATIONS if where(operation)]
    return pytest.mark.parametrize("operation", chosen, ids=[operation.id for operation in chosen])


def has(status):
    return lambda operation: status in operation.responses


@pytest.fixture(scope="module")
def samples(world):
    return Samples(world)


@pytest.fixture(scope="module")
def who(caller):
    return caller()


def send(who, operation, target, **options):
    return who.request(operation.method, target, **options)


# ---- 401: nobody, and everybody who pretends ----

@every(where=lambda operation: operation.needs_token)
def test_without_a_token(http, samples, operation):
    reply = send(http, operation, samples.absent(operation), **samples.options(operation)).expect(401, "unauthenticated")
    assert reply.headers["WWW-Authenticate"].startswith("Bearer") and "error=" not in reply.headers["WWW-Authenticate"]


@pytest.fixture(scope="module")
def forgeries(world, who):
    """name → token that looks like one of ours. Two more instances of the service, with our very keys, make those that only
    a wrong issuer, audience or hour spoils."""
    head, claims, _ = tokens.parts(who.token)
    key = next(key for key in world.http().get("/.well-known/jwks.json").json()["keys"] if key["kid"] == head["kid"])
    pem, stranger = tokens.public_pem(key), tokens.Stranger()
    made = {
        "alg none": tokens.unsigned(who.token),
        "alg None": tokens.unsigned(who.token, "None"),
        "alg empty": tokens.unsigned(who.token, ""),
        "no signature": ".".join(who.token.split(".")[:2]) + ".",
        "no third part": ".".join(who.token.split(".")[:2]),
        "four parts": who.token + ".x",
        "HS256 with our public PEM": tokens.hs256(who.token, pem),
        "HS256 with our public PEM, no last line feed": tokens.hs256(who.token, pem.strip()),
        "HS256 with nothing": tokens.hs256(who.token, ""),
        "signed by a stranger": stranger.sign(head, claims),
        "signed by a stranger, his kid": stranger.sign({**head, "kid": "stranger"}, claims),
        "signed by a stranger, no kid": stranger.sign({"alg": "ES256", "typ": "JWT"}, claims),
        "key in the token": stranger.sign({**head, "jwk": key}, claims),
        "kid changed": tokens.changed_head(who.token, kid="nobody"),
        "kid is a path": tokens.changed_head(who.token, kid="../../etc/passwd"),
        "kid is SQL": tokens.changed_head(who.token, kid="' or true --"),
        "kid is a number": tokens.changed_head(who.token, kid=1),
        "alg changed": tokens.changed_head(who.token, alg="ES384"),
        "signature changed": tokens.changed_signature(who.token),
        "scope added": tokens.changed_claim(who.token, scope="registry:write projects:write"),
        "client changed": tokens.changed_claim(who.token, sub=absent_id(), client_id=absent_id()),
        "longer life": tokens.changed_claim(who.token, exp=claims["exp"] + 10_000_000),
        "claims are a list": f"{tokens.encode(head)}.{tokens.encode([])}.{who.token.split('.')[2]}",
    }
    client = who.client
    for name, settings in {
        "expired": {"KC_CLOCK": "2025-01-01T00:00:00Z"},
        "not yet": {"KC_CLOCK": "2099-01-01T00:00:00Z"},
        "another issuer": {"KC_ISSUER": "https://elsewhere.test", "KC_AUDIENCE": world.settings()["KC_ISSUER"]},
        "another audience": {"KC_AUDIENCE": "https://elsewhere.test"},
    }.items():
        with world.start(**settings) as other:
            eventually(lambda other=other: world.http(other).get("/readyz").status == 200, "/readyz")
            made[name] = world.token(client, other)
    return made


@every(where=lambda operation: operation.needs_token)
def test_forged_tokens(http, samples, forgeries, operation):
    options = samples.options(operation)
    for name, token in forgeries.items():
        headers = {**options["headers"], "Authorization": f"Bearer {token}"}
        reply = send(http, operation, samples.absent(operation), **{**options, "headers": headers})
        assert reply.status == 401, f"{name} was taken"
        assert reply.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_good_token_is_taken(who, http):
    """Else the test above would prove nothing."""
    who.get("/v1/projects").expect(200)
    http.with_headers(Authorization=f"bearer   {who.token}").get("/v1/projects").expect(200)


# ---- 403: a token without the scope ----

@every(where=lambda operation: operation.scopes)
def test_without_the_scope(caller, world, samples, operation):
    """Where several are named, any one of them will do."""
    scope = " ".join(operation.scopes)
    poor = caller(scopes=[other for other in world.all_scopes if other not in operation.scopes])
    reply = send(poor, operation, samples.absent(operation), **samples.options(operation)).expect(403, "insufficient-scope")
    assert f'scope="{scope}"' in reply.headers["WWW-Authenticate"]
    assert 'error="insufficient_scope"' in reply.headers["WWW-Authenticate"]


# ---- 403, 404: a token of another province ----

@every(where=lambda operation: operation.needs_token and Samples.chain(CONTRACT, operation))
def test_with_the_token_of_another_province(caller, samples, operation):
    """docs/access.md: what is not ours is not found, or found but not to be changed. Nothing is written."""
    stranger = caller(province=STRANGER)
    record = samples.record(caller(province=OWNER), operation)
    options = samples.options(operation)
    if "if_match" in options:
        options["if_match"] = record.version
    before = samples.writes()
    reply = send(stranger, operation, samples.fill(operation, record.values), **options)
    read, write = FOREIGN[operation.path.split("/")[2]]
    assert reply.status in (read if operation.method == "GET" else write), reply.body
    assert samples.writes() == before


# ---- 404 ----

@every(where=lambda operation: 404 in operation.responses and "{" in operation.path)
def test_an_address_that_leads_nowhere(who, http, samples, operation):
    options = samples.options(operation)
    reply = send(who if operation.needs_token else http, operation, samples.absent(operation), **options)
    is_page = "text/html" in operation.responses[404].get("content", {})
    reply.expect(404, None if is_page else operation.node.get("x-absent", "not-found"))


# ---- 400: parameters ----

@every()
def test_an_unknown_parameter(who, http, samples, operation):
    reply = send(who if operation.needs_token else http, operation, samples.absent(operation) + "?nothing=1", **samples.options(operation))
    assert reply.expect(400, "unknown-parameter").errors == {("nothing", "unknown-parameter")}


@every()
def test_a_repeated_parameter(who, http, samples, operation):
    name = next(iter(operation.names("query")), "nothing")
    reply = send(who if operation.needs_token else http, operation, f"{samples.absent(operation)}?{name}=a&{name}=a",
                 **samples.options(operation))
    assert (name, "repeated_parameter") in reply.expect(400, "invalid-parameter").errors


def typed(operation):
    """Query parameters that are not just any text, with a value that none of them takes."""
    for parameter in operation.parameters:
        schema = parameter["schema"]
        if parameter["in"] == "query" and (schema.get("type") != "string" or {"enum", "format", "pattern"} & set(schema)):
            yield parameter["name"]


@every(where=lambda operation: any(typed(operation)))
def test_a_value_of_the_wrong_kind(who, http, samples, operation):
    for name in typed(operation):
        options = samples.options(operation)
        options["params"] = {**options.get("params", {}), name: "\u2603 ?"}
        reply = send(who if operation.needs_token else http, operation, samples.absent(operation), **options)
        assert name in {place for place, _ in reply.expect(400, "invalid-parameter").errors}


@every(where=lambda operation: any(parameter["in"] == "path" and parameter["schema"].get("format") == "uuid"
                                   for parameter in operation.parameters))
def test_an_id_that_is_none(who, samples, operation):
    first = next(parameter["name"] for parameter in operation.parameters if parameter["schema"].get("format") == "uuid")
    for bad in ("1", "zz", "018f0000-0000-7000-8000", "018f000000007000800000000000dead", "{018f0000-0000-7000-8000-00000000dead}"):
        values = {parameter["name"]: absent_id() for parameter in operation.parameters if parameter["in"] == "path"}
        reply = send(who, operation, samples.fill(operation, {**values, first: bad}), **samples.options(operation))
        assert (first, "format") in reply.expect(400, "invalid-parameter").errors


# ---- 405, OPTIONS, HEAD ----

def methods_of(path):
    return {operation.method for operation in OPERATIONS if operation.path == path}


def target_of(samples, path):
    return samples.absent(next(operation for operation in OPERATIONS if operation.path == path))


@pytest.mark.parametrize("path", PATHS)
def test_a_method_that_the_address_lacks(who, samples, path):
    known = methods_of(path)
    for method in [*(name.upper() for name in METHODS), "PURGE"]:
        if method not in known:
            reply = who.request(method, target_of(samples, path)).expect(405, "method-not-allowed")
            allowed = set(reply.headers["Allow"].split(", "))
            assert allowed == known | {"OPTIONS"} | ({"HEAD"} if "GET" in known else set())


@pytest.mark.parametrize("path", PATHS)
def test_preflight_of_an_allowed_origin(http, samples, path):
    for method in methods_of(path):
        reply = http.options(target_of(samples, path), headers={
            "Origin": "https://portal.test", "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "authorization, content-type, if-match, idempotency-key"}).expect(204)
        assert reply.headers["Access-Control-Allow-Origin"] == "https://portal.test"
        assert method in reply.headers["Access-Control-Allow-Methods"].split(", ")
        headers = reply.headers["Access-Control-Allow-Headers"].lower().split(", ")
        assert {"authorization", "content-type", "if-match", "if-none-match", "idempotency-key", "traceparent"} <= set(headers)
        assert "Origin" in reply.headers["Vary"] and "Access-Control-Allow-Credentials" not in reply.headers


@pytest.mark.parametrize("origin", ["https://elsewhere.test", "https://portal.test.elsewhere.test", "http://portal.test", "null",
                                    "https://portal.tes", "https://portal.test,https://second.test", "*", "HTTPS://PORTAL.TEST"])
def test_preflight_of_another_origin(http, origin):
    for method, target in (("OPTIONS", "/v1/projects"), ("GET", "/livez"), ("GET", "/nothing")):
        reply = http.request(method, target, headers={"Origin": origin, "Access-Control-Request-Method": "GET"})
        assert "Access-Control-Allow-Origin" not in reply.headers and "Origin" in reply.headers["Vary"]


def test_preflight_of_an_address_that_names_nothing(http):
    for target in ("/nothing", "/v1/projects/", "/v1//projects"):
        reply = http.options(target, headers={"Origin": "https://portal.test", "Access-Control-Request-Method": "GET"})
        assert reply.status in (400, 404) and reply.headers["Access-Control-Allow-Origin"] == "https://portal.test"


def test_browsers_may_read_the_headers_of_the_contract(http, contract):
    for target in ("/livez", "/nothing", "/v1/projects"):
        reply = http.get(target, headers={"Origin": "https://second.test"})
        assert reply.headers["Access-Control-Allow-Origin"] == "https://second.test"
        shown = set(reply.headers["Access-Control-Expose-Headers"].lower().split(", "))
        declared = {name.lower() for item in contract.operations.values() for response in item.responses.values()
                    for name in response.get("headers", {})}
        assert declared | {"traceparent"} <= shown


@every(where=lambda operation: operation.method == "GET")
def test_head_is_get_without_body(who, http, samples, operation):
    asking = who if operation.needs_token else http
    target = samples.absent(operation) if "{" in operation.path else operation.path
    full, short = asking.get(target), asking.head(target)
    assert short.status == full.status and not short.body
    for name in ("Content-Type", "Content-Length", "ETag", "Cache-Control"):
        if not (name == "Content-Length" and full.status >= 400):  # trace_id differs, its length does not
            assert short.headers.get(name) == full.headers.get(name), name
    # A cursor tells when it was made, and the second may have passed since.
    links = [re.sub("cursor=[^&>]*", "cursor=", reply.headers.get("Link", "")) for reply in (full, short)]
    assert links[0] == links[1]


# ---- 406, 415, 413, malformed and unknown members ----

@every(where=has(406))
def test_a_media_type_that_cannot_be_produced(who, http, samples, operation):
    options = samples.options(operation)
    options["headers"]["Accept"] = "application/x-nothing"
    reply = send(who if operation.needs_token else http, operation, samples.absent(operation), **options).expect(406, "not-acceptable")
    assert reply.headers["Content-Type"] == PROBLEM


@every(where=lambda operation: operation.body)
def test_a_body_of_another_media_type(who, http, samples, operation):
    options = {**samples.options(operation), "media": "text/plain"}
    reply = send(who if operation.needs_token else http, operation, samples.absent(operation), **options)
    reply.expect(415, "unsupported-media-type")
    if operation.method == "PATCH":
        assert reply.headers["Accept-Patch"] == "application/merge-patch+json"


@every(where=lambda operation: operation.body)
def test_a_body_that_is_too_large(who, http, samples, operation):
    limit = operation.body_limit
    options = {**samples.options(operation), "data": b" " * (limit + 1)}
    reply = send(who if operation.needs_token else http, operation, samples.absent(operation), **options)
    assert reply.expect(413, "too-large").json()["limit"] == limit


@every(where=lambda operation: operation.body and "json" in operation.media)
def test_a_body_that_is_no_json(who, http, samples, operation):
    options = {**samples.options(operation), "data": b'{"name": '}
    reply = send(who if operation.needs_token else http, operation, samples.absent(operation), **options).expect(400, "malformed")
    assert reply.errors == {("#", "json_syntax")}


@every(where=lambda operation: operation.body and "json" in operation.media)
def test_an_unknown_member(who, http, samples, operation):
    options = samples.options(operation)
    options["data"] = json.dumps({**samples.body(operation), "nothing/~": 1}).encode()
    reply = send(who if operation.needs_token else http, operation, samples.absent(operation), **options).expect(422, "invalid")
    assert reply.errors == {("#/nothing~1~0", "additionalProperties")}


@every(where=lambda operation: operation.needs_token and not operation.body and operation.method != "GET")
def test_a_body_where_none_belongs(who, samples, operation):
    options = {**samples.options(operation), "data": b"{}", "media": "application/json"}
    send(who, operation, samples.absent(operation), **options).expect(400, "malformed")


# ---- 428 ----

@every(where=has(428))
def test_a_change_without_if_match(who, samples, operation):
    options = samples.options(operation)
    options.pop("if_match")
    send(who, operation, samples.absent(operation), **options).expect(428, "precondition-required")


# ---- 429 ----

@pytest.fixture(scope="module")
def stingy(world):
    """One request a minute for each client and for each address."""
    with world.start(KC_CLIENT_RATE=1, KC_ADDRESS_RATE=1, KC_CHECK_RATE=1) as service:
        eventually(lambda: world.http(service).get("/readyz").status == 200, "/readyz")
        yield world.http(service)


@every(where=has(429))
def test_asking_too_often(who, stingy, samples, operation):
    headers = {"Authorization": f"Bearer {who.token}"} if operation.needs_token else {}
    options = samples.options(operation)
    for _ in range(5):  # the minute may turn between two of them
        reply = send(stingy.with_headers(**headers), operation, samples.absent(operation), **options)
        if reply.status == 429:
            break
    reply.expect(429, "rate-limited")
    assert int(reply.headers["Retry-After"]) >= 1
    name = "client" if operation.needs_token else "check" if operation.node.get("x-strict") else "address"
    assert reply.headers["RateLimit-Policy"] == f'"{name}";q=1;w=60'
    assert reply.headers["RateLimit"].startswith(f'"{name}";r=0;t=')


def test_health_is_never_refused(stingy):
    for _ in range(5):
        stingy.get("/livez").expect(200)
        stingy.get("/readyz").expect(200)


def test_the_allowance_of_one_client_is_not_that_of_another(caller, stingy):
    first, second = caller(fresh=True), caller(fresh=True)
    for one in (first, second):
        asking = stingy.with_headers(Authorization=f"Bearer {one.token}")
        assert asking.get("/v1/projects?limit=1").expect(200).headers["RateLimit"].startswith('"client";r=0;')
        asking.get("/v1/projects?limit=1").expect(429, "rate-limited")


# ---- 503 ----

@pytest.fixture(scope="class")
def stopped(world, who):
    who.get("/v1/projects?limit=1").expect(200)
    pid = world.service.process.pid
    world.cluster.stop()
    yield
    world.cluster.start()
    eventually(lambda: world.http().get("/readyz").status == 200, "/readyz after the outage")
    who.get("/v1/projects?limit=1").expect(200)
    assert world.service.process.pid == pid and world.service.process.poll() is None


@pytest.fixture(scope="class")
def newborn(stopped, world):
    with world.start() as service:
        yield world.http(service)


# Answered from what was loaded before.
KEPT_IN_MEMORY = {"getJwks"}


@pytest.mark.usefixtures("stopped")
class TestOutage:
    """The database is stopped: every operation that needs it says so and when to come back; the others go on."""

    @every(where=has(503))
    def test_an_operation_that_needs_the_database(self, who, http, samples, operation):
        options = samples.options(operation)
        reply = send(who if operation.needs_token else http, operation, samples.absent(operation), **options)
        if operation.id in KEPT_IN_MEMORY:
            reply.expect(200)
            return
        reply.expect(503, "unavailable")
        assert int(reply.headers["Retry-After"]) >= 1

    @every(where=has(503))
    def test_an_instance_that_never_saw_its_database(self, who, newborn, samples, operation):
        headers = {"Authorization": f"Bearer {who.token}"} if operation.needs_token else {}
        options = samples.options(operation)
        reply = send(newborn.with_headers(**headers), operation, samples.absent(operation), **options)
        reply.expect(503, "unavailable")

    @every(where=lambda operation: not operation.needs_token and 503 not in operation.responses)
    def test_an_operation_that_does_not(self, http, samples, operation):
        assert send(http, operation, samples.absent(operation)).status in (200, 404)

    def test_a_token_never_seen(self, http, who):
        """Forged ones are refused without the database; of a good one nobody knows whether its client is still allowed."""
        http.with_headers(Authorization=f"Bearer {tokens.changed_signature(who.token)}").get("/v1/projects").expect(401)


def test_after_the_outage_all_is_well(who, http):
    http.get("/readyz").expect(200)
    who.get("/v1/projects?limit=1").expect(200)
