# SPDX-License-Identifier: MIT
"""Whatever comes, the answer is one of the contract's (the judge behind every reply sees to that: never 500) and the service
lives. Cases are made by hypothesis, the same ones in every run."""
import json
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from support.contract import Contract
from support.samples import Samples

CONTRACT = Contract()
BODIES = [item for item in CONTRACT.operations.values() if any("json" in media for media in item.body)]
LISTS = [item for item in CONTRACT.operations.values() if item.method == "GET" and item.names("query")]
RELAXED = {"deadline": None, "derandomize": True, "database": None,
           "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]}

ODD_TEXT = some.one_of(some.text(max_size=30), some.sampled_from([
    "", " ", "\u0000", "\ufeff", "\u202e", "\ud7ff", "\U0001f600", "e\u0323\u0302", "'; drop table project; --", "{{}}", "../..", "%s%n",
    "null", "NaN", "2026-02-30", "9999-12-31", "0001-01-01", "infinity", "-infinity", "2026-01-01T00:00:00Z", "x" * 5000]))
ODD_NUMBER = some.one_of(some.integers(), some.floats(), some.sampled_from([2 ** 53, 2 ** 63 - 1, -2 ** 63, 2 ** 31, -1, 0, 0.1, 1e308]))
ANY = some.recursive(some.one_of(some.none(), some.booleans(), ODD_NUMBER, ODD_TEXT),
                     lambda inner: some.one_of(some.lists(inner, max_size=4), some.dictionaries(ODD_TEXT, inner, max_size=4)), max_leaves=12)


@pytest.fixture(scope="module")
def samples(world):
    return Samples(world)


def every(operations):
    return pytest.mark.parametrize("operation", operations, ids=[operation.id for operation in operations])


def as_bytes(value):
    return json.dumps(value, ensure_ascii=True).encode()  # lone surrogates and NaN included


@every(BODIES)
def test_any_value_in_place_of_a_member(caller, samples, operation):
    who, target = caller(), samples.absent(operation)
    separator = "?validate_only=true" if operation.takes("validate_only", "query") else ""
    example, options = samples.body(operation), samples.options(operation)

    @settings(max_examples=15, **RELAXED)
    @given(some.sampled_from(sorted(example)), ANY)
    def spoil(member, value):
        who.request(operation.method, target + separator, **{**options, "data": as_bytes({**example, member: value})})

    spoil()


@settings(max_examples=150, **RELAXED)
@given(ANY)
def test_any_json(caller, value):
    caller().post("/v1/projects?validate_only=true", data=as_bytes(value), media="application/json")


@settings(max_examples=150, **RELAXED)
@given(some.binary(max_size=200))
def test_any_bytes(caller, body):
    reply = caller().post("/v1/projects?validate_only=true", data=body, media="application/json")
    assert reply.status in (400, 422)


@every(LISTS)
def test_any_value_of_a_parameter(caller, http, samples, operation):
    who = caller() if operation.needs_token else http

    @settings(max_examples=15, **RELAXED)
    @given(some.sampled_from(operation.names("query")), ODD_TEXT)
    def spoil(name, value):
        value = value.encode("utf-8", "surrogatepass")
        who.get(f"{samples.absent(operation)}?{quote(name)}={quote(value)}")

    spoil()


@settings(max_examples=150, **RELAXED)
@given(some.lists(some.text(min_size=1, max_size=20), max_size=6), some.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]))
def test_any_address(caller, segments, method):
    path = "/v1/" + "/".join(quote(segment.encode("utf-8", "surrogatepass"), safe="") for segment in segments)
    caller().request(method, path)


@settings(max_examples=100, **RELAXED)
@given(some.sampled_from(["If-Match", "If-None-Match", "Idempotency-Key", "Accept", "Accept-Language", "traceparent", "Origin",
                          "Content-Type", "Authorization"]),
       some.text(some.characters(min_codepoint=32, max_codepoint=255, blacklist_characters="\x7f"), max_size=60))
def test_any_header(caller, name, value):
    caller().post("/v1/projects?validate_only=true", {"name": "x", "level": "local", "scale": "single"},
                  headers={name: value.strip().encode("latin-1")})
