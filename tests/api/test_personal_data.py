# SPDX-License-Identifier: MIT
"""Members that the contract marks `x-pii`: shown where territory and scope allow it, masked everywhere else, never in a log.
One table walks the contract, so that a member marked tomorrow is looked for in every answer that can hold it."""
import itertools
import json
import random
import re

import pytest

from support.contract import Contract
from support.samples import OWNER, STRANGER, Samples
from support.world import unique

CONTRACT = Contract()
SCHEMAS = CONTRACT.document["components"]["schemas"]
_numbers = itertools.count(1)


# ---- The contract ----

def personal(schema, path=(), passed=()):
    """Where a schema holds personal data: ("data", 0, "full_name")."""
    name = schema.get("$ref")
    if name in passed:
        return
    resolved = CONTRACT.resolve(schema)
    passed = (*passed, name) if name else passed
    for member, child in resolved.get("properties", {}).items():
        if child.get("x-pii") or CONTRACT.resolve(child).get("x-pii"):
            yield (*path, member)
        else:
            yield from personal(child, (*path, member), passed)
    if "items" in resolved:
        yield from personal(resolved["items"], (*path, 0), passed)


def answered(operation):
    return {path for status, response in operation.responses.items() if status < 300
            for item in response.get("content", {}).values() for path in personal(item["schema"])}


def sent(operation):
    return {path for item in operation.body.values() for path in personal(item["schema"])}


OPERATIONS = list(CONTRACT.operations.values())
ANSWERING = [operation for operation in OPERATIONS if answered(operation)]
SENDING = [operation for operation in OPERATIONS if sent(operation)]
LISTS = [operation for operation in OPERATIONS if operation.takes("cursor", "query") and "{" not in operation.path]
# Names under which personal data go; where they are something else, the schema says so here.
PERSONAL_NAMES = re.compile(r"(^|_)(full_name|person_name|signer_name|phone|email|id_no|tax_code|birth|bank_account|passport)(_|$)")
IMPERSONAL = {("AdminUnit", "full_name"), ("AdminUnitSummary", "full_name")}
# Kinds, and values that are no person's.
OTHER = {"tax_code_kind"}


def every(operations):
    return pytest.mark.parametrize("operation", operations, ids=[operation.id for operation in operations])


def test_nothing_personal_is_unmarked():
    for schema, node in SCHEMAS.items():
        for name, member in node.get("properties", {}).items():
            if PERSONAL_NAMES.search(name) and (schema, name) not in IMPERSONAL and name not in OTHER:
                assert member.get("x-pii") is True, f"{schema}.{name} looks like personal data: mark it x-pii, or say here why not"


def test_what_is_marked_when_sent_is_marked_when_answered():
    def names(operations, paths):
        return {(operation.path.split("/")[2], path[-1]) for operation in operations for path in paths(operation)}
    keeping = [operation for operation in SENDING if operation.id != "checkDuplicate"]  # which keeps nothing, and does not repeat it
    assert names(keeping, sent) <= names(ANSWERING, answered)


@every([operation for operation in OPERATIONS if not operation.needs_token])
def test_without_a_token_there_is_nothing_personal(operation):
    assert not answered(operation)


@every(SENDING)
def test_masked_values_are_no_input(caller, operation):
    """Else whoever reads masked records and writes them back would destroy the data."""
    for media, item in operation.body.items():
        for path in personal(item["schema"]):
            body = place({}, path, "***")
            assert any(fault.startswith("$." + ".".join(map(str, path))) for fault in CONTRACT.faults(item["schema"], body)), path


# ---- Values that nobody else has ----

def secret(name):
    digits = f"{random.randrange(10 ** 12):012d}"
    made = {"full_name": f"Đặng Kín {digits} Đáo", "id_no": digits, "tax_code": digits, "phone": f"0{digits[3:]}", "email": f"kin.dao.{digits}@ho.vn"}
    assert name in made, f"no value for x-pii member {name}: add one"
    return made[name]


def place(body, path, value):
    at = body
    for step in path[:-1]:
        at = at.setdefault(step, {}) if isinstance(step, str) else at
    at[path[-1]] = value
    return body


def with_secrets(operation, body):
    """The body with a value for each personal member, and those values."""
    values = []
    for path in sorted(sent(operation), key=str):
        values.append(secret(path[-1]))
        place(body, path, values[-1])
    return {name: value for name, value in body.items() if name != "tax_code_kind"}, values


def reached(value, path):
    """What stands at a place of an answer; nothing where it is absent."""
    for step in path:
        if value is None:
            return []
        if step == 0:
            return [found for item in value for found in reached(item, path[path.index(0) + 1:])]
        if step not in value:
            return []
        value = value[step]
    return [value]


def shows(text, value):
    """Whether the value, or most of it, can be read in a text; three digits of a number may be."""
    return any(value[start:start + 8] in text for start in range(len(value) - 7))


# ---- Asking ----

class Asked:
    """One operation, asked about a record of the owner that is full of personal data."""

    def __init__(self, world, samples, caller, operation):
        self.world, self.samples, self.operation = world, samples, operation
        self.owner = caller(province=OWNER)
        self.values = []

    def creator(self):
        return next(item for item in OPERATIONS if item.method == "POST" and item.path == "/".join(self.operation.path.split("/")[:3]))

    def make(self, who, method="POST", target=None, operation=None):
        operation = operation or self.creator()
        body, values = with_secrets(operation, self.samples.body(operation, who))
        self.values += values
        return who.request(method, target or operation.path, json=body)

    def by(self, who):
        """Replies of the operation to `who`; of a list only the record's row."""
        path, method = self.operation.path, self.operation.method
        if path == "/v1/me":
            return [self.acting(who).get(path)]
        if "/by-ref/" in path:
            return self.by_ref(who)
        if method == "POST" and "{" not in path:
            return [self.make(who, target=path + query) for query in ("?validate_only=true", "")]
        record = self.make(self.owner).expect(201).json()
        if method == "GET" and "{" not in path:
            return [row for page in who.pages(f"{path}?sort=-updated_at", 200) for row in page if row["id"] == record["id"]]
        item = f"{self.creator().path}/{record['id']}"
        if method == "POST" and path.endswith("}/restore"):
            self.owner.delete(item, if_match=1).expect(204)
            return [who.post(f"{item}/restore", if_match=2)]
        assert path.count("{") == 1 and path.endswith("}") and method in ("GET", "PATCH"), f"how to ask {self.operation}?"
        return [who.get(item)] if method == "GET" else [who.patch(item + query, {"note": "x"}, if_match=1) for query in ("?validate_only=true", "")]

    def by_ref(self, who):
        put = next(item for item in OPERATIONS if item.method == "PUT" and item.path == self.operation.path)
        target = self.operation.path.replace("{system}", "so").replace("{ref}", unique("ma"))
        made = self.make(who if self.operation.method == "PUT" else self.owner, "PUT", target, put)
        return [made] if self.operation.method == "PUT" else [who.get(target)]

    def acting(self, who):
        person = self.make(self.owner, operation=CONTRACT.operations["createUser"]).expect(201).json()
        self.owner.post("/v1/role-assignments", {"user_id": person["id"], "role": "auditor"}).expect(201)
        scopes = " ".join(set(who.scopes) - {"access:manage"})
        token = self.world.token(who.client, scope=scopes, acting_user=person["id"])
        return who.with_headers(Authorization=f"Bearer {token}")


def body_of(reply):
    return reply if isinstance(reply, dict) else reply.json()


def text_of(reply):
    return json.dumps(body_of(reply), ensure_ascii=False)


@pytest.fixture(scope="module")
def samples(world):
    return Samples(world)


@pytest.fixture
def asked(world, samples, caller, operation):
    return Asked(world, samples, caller, operation)


@pytest.fixture(scope="module")
def blind(world, caller):
    """Of the owner's own organisation, with all scopes but the one for personal data."""
    return caller(province=OWNER, scopes=[scope for scope in world.all_scopes if scope != "personal-data:read"],
                  organisation=caller(province=OWNER).client["organisation_id"])


@every(ANSWERING)
def test_the_owner_sees_it(asked, operation):
    """Else the tests below would look for values that no answer has."""
    for reply in asked.by(asked.owner):
        assert any(shows(text_of(reply), value) for value in asked.values), text_of(reply)


def assert_masked(asked, operation, replies):
    for reply in replies:
        assert not [value for value in asked.values if shows(text_of(reply), value)], text_of(reply)
        if isinstance(reply, dict) or reply.status < 300:
            paths = {path[2:] if isinstance(reply, dict) else path for path in answered(operation)}
            found = [value for path in paths for value in reached(body_of(reply), path)]
            assert found and all(value is None or re.fullmatch(r"\*\*\*[0-9]{0,3}", value) for value in found), text_of(reply)


@every(ANSWERING)
def test_without_the_scope_it_is_masked(asked, blind, operation):
    replies = asked.by(blind)
    assert replies and all(isinstance(reply, dict) or reply.status < 300 for reply in replies)
    assert_masked(asked, operation, replies)


@every([operation for operation in ANSWERING if "{" in operation.path and operation.method != "PUT" or operation in LISTS])
def test_another_province_sees_it_masked_or_not_at_all(asked, caller, operation):
    assert_masked(asked, operation, asked.by(caller(province=STRANGER)))


# ---- Wherever else it might show ----

@pytest.fixture(scope="module")
def everywhere(world, samples, caller):
    """Values of records of each kind, also as others refer to them."""
    owner, values = caller(province=OWNER), []
    for operation in SENDING:
        if operation.method == "POST":
            asked = Asked(world, samples, caller, operation)
            record = asked.make(owner, operation=operation).expect(201 if 201 in operation.responses else 200).json()
            values += asked.values
            if operation.id == "createEstablishment":
                project = owner.post("/v1/projects", samples.body(CONTRACT.operations["createProject"], owner)).expect(201).json()
                owner.post(f"/v1/projects/{project['id']}/lines", {"title": "Máy", "establishment_id": record["id"]}).expect(201)
                owner.post("/v1/products", {"name": unique("Kẹo"), "establishment_id": record["id"]}).expect(201)
    return values


@every(LISTS)
def test_no_list_shows_it(http, caller, blind, everywhere, operation):
    for who in (blind, caller(province=STRANGER)) if operation.needs_token else (http,):
        rows = [row for page in who.pages(operation.path, 200) for row in page]
        assert not [value for value in everywhere if shows(json.dumps(rows, ensure_ascii=False), value)]


# ---- Logs ----

def wrong(operation):
    """Bodies that are refused, each with personal data in it, and how they are sent."""
    media = operation.media
    for path in sorted(sent(operation), key=str):
        for spoil in (lambda value: value + "*" * 3, lambda value: [value], lambda value: {value: value}):
            value = secret(path[-1])
            yield value, {"json": place({}, path, spoil(value)), "media": media}
    value = secret("full_name")
    yield value, {"data": f'{{"full_name": "{value}'.encode(), "media": media}
    yield value, {"data": f'{{"{value}": 1}}'.encode(), "media": media}
    yield value, {"data": value.encode(), "media": "text/plain"}


def logs(world):
    """What the service wrote, and what the database wrote."""
    return world.service.text() + (world.cluster.directory / "log").read_text(encoding="utf-8", errors="replace")


def settled(world, operation):
    """Waits for a last line, behind which all the others stand."""
    trace = f"{next(_numbers):032x}"
    world.http().get("/livez", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    world.service.wait_for_log(lambda entry: entry.get("trace_id") == trace, "the line of the request")
    return logs(world)


@every(SENDING)
def test_no_log_has_what_is_sent(world, caller, samples, operation):
    owner = caller(province=OWNER)
    asked = Asked(world, samples, caller, operation)
    target = operation.path.replace("{system}", "so").replace("{ref}", unique("ma"))
    options = {}
    if operation.needs_version and "{" in target:
        target = f"{asked.creator().path}/{asked.make(owner).expect(201).json()['id']}"
        options["if_match"] = 1
    values = []
    for value, request in wrong(operation):
        values.append(value)
        assert owner.request(operation.method, target, **options, **request).status in (400, 415, 422)
    body, made = with_secrets(operation, {} if options else samples.body(operation, owner))
    for query in ("?validate_only=true", "", ""):  # the last is stale, taken, or says the same again
        owner.request(operation.method, target + query, json=body, **options)
    written = settled(world, operation)
    assert not [value for value in values + made + asked.values if value in written]


def test_no_log_has_what_is_taken(world, caller, samples):
    """A unique violation names the value, to the service and to nobody else."""
    owner, code, name = caller(province=OWNER), secret("tax_code"), unique("kin.dao")
    for status in (201, 409):
        owner.post("/v1/establishments", {"name": unique("Cơ sở"), "tax_code": code}).expect(status)
        owner.post("/v1/users", {"user_name": name, "full_name": "Đặng Kín Đáo"}).expect(status)
    written = settled(world, None)
    assert code not in written and name not in written and "Đặng Kín Đáo" not in written


def test_no_log_has_what_is_asked_for(world, caller):
    """Search words, filters, partners' keys, names of persons in a token request."""
    owner, value = caller(province=OWNER), secret("tax_code")
    owner.get(f"/v1/establishments?q={value}&tax_code={value}").expect(200)
    owner.get(f"/v1/establishments?nothing={value}").expect(400)
    owner.get(f"/v1/establishments/by-ref/so/{value}").expect(404)
    owner.get(f"/v1/establishments/{value}").expect(400)
    owner.get(f"/{value}").expect(404)
    form = {"grant_type": "client_credentials", "client_id": owner.id, "client_secret": owner.client["client_secret"], "acting_user": value}
    assert world.http().post("/oauth2/token", data=form, media="application/x-www-form-urlencoded").status == 400
    assert value not in settled(world, None)
