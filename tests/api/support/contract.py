# SPDX-License-Identifier: MIT
"""openapi.yaml read by other means than the generator's: every reply of every test is held against it (harvest 1) and
remembered, so that what the contract promises and no test has seen can be listed (harvest 2)."""
import datetime
import json
import re
import uuid
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import jsonschema
import yaml

ROOT = Path(__file__).resolve().parents[3]
METHODS = ("get", "post", "put", "patch", "delete")
PROBLEM = "application/problem+json"
# Headers that any reply may carry; all others must be declared by the response of the operation.
COMMON_HEADERS = {
    "allow", "cache-control", "connection", "content-language", "content-length", "content-type", "date",
    "traceparent", "vary", "www-authenticate", "x-content-type-options", "accept-patch", "keep-alive",
    "ratelimit", "ratelimit-policy", "access-control-allow-headers", "access-control-allow-methods", "access-control-allow-origin",
    "access-control-expose-headers", "access-control-max-age",
}
# Declared headers that are not in every reply of their response.
SOMETIMES = {"idempotency-replayed", "retry-after", "content-disposition"}


class Loader(yaml.CSafeLoader):
    """Dates stay text, as in JSON."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()}


def load_yaml(path):
    with open(path, encoding="utf-8") as file:
        return yaml.load(file, Loader=Loader)


def formats():
    """jsonschema knows few formats without extra packages; these are the ones of our contract."""
    checker = jsonschema.FormatChecker(formats=())

    def check(name):
        def register(function):
            checker.checks(name, raises=ValueError)(lambda value: not isinstance(value, str) or function(value))
            return function
        return register

    @check("date")
    def date(value):
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII)) and bool(datetime.date.fromisoformat(value))

    @check("date-time")
    def instant(value):
        matched = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?Z", value, re.ASCII)
        return bool(matched) and bool(datetime.datetime.fromisoformat(matched.group(1)))

    @check("uuid")
    def identifier(value):
        return str(uuid.UUID(value)) == value

    @check("uri")
    def address(value):
        return bool(urlsplit(value).scheme) and " " not in value

    @check("email")
    def mail(value):
        return bool(re.fullmatch(r"[^@\s]+@[^@\s]+", value))

    def integer(bits):
        def inside(value):
            return not isinstance(value, int) or -2 ** (bits - 1) <= value < 2 ** (bits - 1)
        return inside

    checker.checks("int32")(integer(32))
    checker.checks("int64")(integer(64))
    return checker


class Operation:
    def __init__(self, contract, method, path, shared, node):
        self.id = node["operationId"]
        self.method = method.upper()
        self.path = path
        self.node = node
        self.tag = node["tags"][0]
        self.parameters = [contract.resolve(item) for item in [*shared, *node.get("parameters", [])]]
        self.responses = {int(status): contract.resolve(item) for status, item in node["responses"].items()}
        security = node.get("security", contract.document.get("security", []))
        self.needs_token = bool(security)
        self.scopes = [scope for item in security for scope in item.get("bearer", [])]
        body = contract.resolve(node.get("requestBody", {}))
        self.body = body.get("content", {})
        self.body_required = body.get("required", False)
        self.body_limit = body.get("x-limit-bytes", 256 * 1024)
        self.pattern = re.compile("/".join("([^/]+)" if part.startswith("{") else re.escape(part)
                                           for part in path.split("/")))

    def __repr__(self):
        return f"{self.id} ({self.method} {self.path})"

    def names(self, place):
        return [parameter["name"] for parameter in self.parameters if parameter["in"] == place]

    def takes(self, name, place="header"):
        return any(item["name"].lower() == name.lower() and item["in"] == place for item in self.parameters)

    @property
    def needs_version(self):
        return 428 in self.responses

    @property
    def success(self):
        return min(status for status in self.responses if 200 <= status < 300)

    @property
    def media(self):
        return next(iter(self.body), None)

    def example(self):
        """The first example of the request body."""
        examples = self.body[self.media].get("examples", {}) if self.body else {}
        return next((item["value"] for item in examples.values()), None)


class Contract:
    def __init__(self, path=ROOT / "openapi.yaml", messages=ROOT / "api/messages.yaml"):
        self.document = load_yaml(path)
        texts = load_yaml(messages)
        self.problems, self.fields = texts["problems"], texts["fields"]
        self.operations = {}
        for route, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    operation = Operation(self, method, route, item.get("parameters", []), item[method])
                    assert operation.id not in self.operations, f"operationId twice: {operation.id}"
                    self.operations[operation.id] = operation
        self.seen = Counter()
        self.undocumented = Counter()  # kept beside the refusal, for a test may swallow that
        self.formats = formats()
        self._resolver = jsonschema.RefResolver("", self.document)
        self._validators = {}

    def resolve(self, node):
        while "$ref" in node:
            target = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def find(self, method, path):
        """The operation behind a request. Fixed segments win over parameters, as in every router."""
        found = [item for item in self.operations.values() if item.method == method and item.pattern.fullmatch(path)]
        return min(found, key=lambda item: item.path.count("{"), default=None)

    def documented(self):
        return {(item.id, status) for item in self.operations.values() for status in item.responses}

    def faults(self, schema, value):
        key = id(schema)
        if key not in self._validators:
            self._validators[key] = jsonschema.Draft202012Validator(schema, resolver=self._resolver,
                                                                    format_checker=self.formats)
        return [f"{fault.json_path}: {fault.message[:300]}" for fault in self._validators[key].iter_errors(value)]

    # ---- The judge ----

    def judge(self, method, target, reply):
        """Asserts that the reply is one the contract allows; `reply` has status, headers and body (bytes)."""
        parts = urlsplit(target)
        tunnelled = dict(parse_qsl(parts.query)).get("_method") if method == "POST" else None
        if tunnelled in ("PUT", "PATCH", "DELETE"):
            method = tunnelled
        operation = self.find("GET" if method == "HEAD" else method, parts.path)
        story = f"{method} {target} → {reply.status}\n{dict(reply.headers)}\n{reply.body[:2000]!r}"
        try:
            if operation:
                query = dict(parse_qsl(parts.query))
                wanted = set(query["fields"].split(",")) if method == "GET" and "fields" in query else None
                self._judge_operation(operation, method, reply, bool(tunnelled), wanted)
                self.seen[operation.id, reply.status] += 1
            else:
                self._judge_stranger(method, reply)
        except AssertionError as fault:
            raise AssertionError(f"the reply breaks the contract: {fault}\n{operation or 'no operation'}\n{story}"
                                 ) from None

    def _judge_operation(self, operation, method, reply, tunnelled, wanted=None):
        status, headers = reply.status, reply.headers
        if status not in operation.responses:
            self.undocumented[operation.id, status] += 1
        assert status != 500, "500 is a fault of the service"
        assert status in operation.responses, "status not documented"
        if status == 304:
            assert not reply.body and "etag" in headers, "304 has no body but an ETag"
            return
        response = operation.responses[status]
        declared = {name.lower() for name in response.get("headers", {})}
        missing = {name for name in declared - SOMETIMES if name not in headers}
        assert not missing, f"declared headers missing: {missing}"
        # Behind POST the other methods take a key as well.
        strangers = {name.lower() for name in headers} - declared - COMMON_HEADERS - (SOMETIMES if tunnelled else set())
        assert not strangers, f"headers not declared: {strangers}"
        content = response.get("content")
        media = headers.get("content-type", "").split(";")[0].strip()
        if status >= 400 and (media == PROBLEM or media not in (content or {})):
            self.judge_problem(reply, has_body=method != "HEAD")
            return
        if not content:
            assert not reply.body, "a body where the contract has none"
            return
        assert media in content or "*/*" in content, f"media type {media!r} not documented"
        if method == "HEAD":
            assert not reply.body, "HEAD with a body"
            return
        if media == "application/json":
            schema, value = content[media]["schema"], json.loads(reply.body)
            if wanted and status == 200:
                self._judge_fields(schema, value, wanted)
                return
            faults = self.faults(schema, value)
            assert not faults, "\n".join(faults)

    def _judge_fields(self, schema, value, wanted):
        """`fields`: each record has no member but those asked for, and these are as ever. A page keeps its own members."""
        schema = self.resolve(schema)
        rows = [value]
        if set(schema["properties"]) == {"data", "page"}:
            rows, page = value["data"], {**value, "data": []}
            faults = self.faults(schema, page)
            assert not faults, "\n".join(faults)
            schema = self.resolve(schema["properties"]["data"]["items"])
        for row in rows:
            assert set(row) <= wanted, f"members nobody asked for: {set(row) - wanted}"
            missing = wanted & set(schema["required"]) - set(row)
            assert not missing, f"members asked for are missing: {missing}"
            for name, member in row.items():
                faults = self.faults(schema["properties"][name], member)
                assert not faults, f"{name}: " + "\n".join(faults)

    def _judge_stranger(self, method, reply):
        """No operation of that method and path: preflight, or a refusal."""
        if method == "OPTIONS" and reply.status == 204:
            assert not reply.body and "allow" in reply.headers
            return
        assert reply.status in (400, 401, 403, 404, 405, 406, 413, 503), "unexpected without an operation"
        self.judge_problem(reply, has_body=method != "HEAD")
        if reply.status == 405:
            assert reply.headers.get("allow"), "405 without Allow"

    def judge_problem(self, reply, has_body=True):
        headers = reply.headers
        assert headers.get("content-type") == PROBLEM, f"a refusal of media type {headers.get('content-type')!r}"
        language = headers.get("content-language")
        assert language in ("vi", "en"), f"Content-Language {language!r}"
        if reply.status == 401:
            assert headers.get("www-authenticate", "").startswith(("Bearer", "Basic")), "401 without WWW-Authenticate"
        if reply.status in (429, 503):
            assert headers.get("retry-after", "").isdigit(), "without Retry-After"
        if not has_body:
            assert not reply.body
            return
        problem = json.loads(reply.body)
        faults = self.faults(self.document["components"]["schemas"]["Problem"], problem)
        assert not faults, "\n".join(faults)
        known = self.problems.get(problem["code"])
        assert known, f"problem code {problem['code']!r} is not in messages.yaml"
        assert known["status"] == reply.status == problem["status"], f"status of {problem['code']}"
        assert problem["title"] == known["title"][language], "title is not that of messages.yaml"
        assert problem["type"].endswith(f"/problems/{problem['code']}"), f"type {problem['type']}"
        assert problem["trace_id"] in headers.get("traceparent", ""), "trace_id differs from traceparent"
        for fault in problem.get("errors", []):
            assert fault["code"] in {*self.fields, *self.problems}, f"code {fault['code']!r} is not in messages.yaml"
            assert len([1 for name in ("pointer", "parameter", "header") if name in fault]) <= 1
