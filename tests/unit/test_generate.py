# SPDX-License-Identifier: MIT
"""The generator: what it understands becomes tables, everything else stops the build with file and place."""
import copy
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]

THING = {"type": "object", "additionalProperties": False, "required": ["id"],
         "properties": {"id": {"type": "string", "format": "uuid"}, "name": {"type": "string", "maxLength": 20}}}
ANSWERS = {str(status): {"description": "A refusal."} for status in
           (400, 401, 403, 404, 406, 409, 410, 412, 413, 415, 422, 428, 429, 503)}
ID = {"name": "thing_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}


def query_parameter(name, schema, **more):
    return {"name": name, "in": "query", "schema": schema, **more}


def answer(schema):
    return {"description": "Fine.", "content": {"application/json": {"schema": schema}}}


def contract():
    """The smallest contract with one operation of each shape."""
    write = [query_parameter("validate_only", {"type": "boolean"}),
             {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}]
    change = [query_parameter("validate_only", {"type": "boolean"}), query_parameter("if_version", {"type": "integer"}),
              {"name": "If-Match", "in": "header", "schema": {"type": "string"}}]
    body = {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
    token = [{"bearer": ["things:all"]}]
    page = {"type": "object", "properties": {"data": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}}}
    listing = [query_parameter("limit", {"type": "integer"}), query_parameter("cursor", {"type": "string"}),
               query_parameter("sort", {"type": "string", "enum": ["name", "-name"]}),
               query_parameter("word", {"type": "array", "items": {"type": "string"}}, style="form", explode=False)]
    thing = {"$ref": "#/components/schemas/Thing"}
    return {
        "openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "tags": [{"name": "things"}],
        "security": [{"bearer": []}],
        "paths": {
            "/things": {
                "get": {"operationId": "listThings", "security": token, "parameters": listing,
                        "responses": {"200": answer(page), **copy.deepcopy(ANSWERS)}},
                "post": {"operationId": "createThing", "security": token, "parameters": write, "requestBody": body,
                         "responses": {"201": answer(thing), **copy.deepcopy(ANSWERS)}}},
            "/things/{thing_id}": {
                "get": {"operationId": "getThing", "security": token, "parameters": [dict(ID)],
                        "responses": {"200": answer(thing), **copy.deepcopy(ANSWERS)}},
                "put": {"operationId": "replaceThing", "security": token, "parameters": [ID, *change],
                        "requestBody": body, "responses": {"200": answer(thing), **copy.deepcopy(ANSWERS)}},
                "delete": {"operationId": "deleteThing", "security": token, "parameters": [ID, *change],
                           "responses": {"204": {"description": "Gone."}, **copy.deepcopy(ANSWERS)}}}},
        "components": {"schemas": {"Thing": copy.deepcopy(THING)},
                       "securitySchemes": {"bearer": {"type": "oauth2", "flows": {"clientCredentials": {
                           "tokenUrl": "/t", "scopes": {"things:all": "All"}}}}}},
    }


QUERIES = """\
-- name: listThings :page
-- sort: name = t.name asc, t.id asc
-- sort: -name = t.name desc, t.id desc
select thing_json(t) as body from thing t where t.word = any(:word::text[]);

-- name: createThing :write getThing
insert into thing (id, name) select :new_id, b.name from jsonb_populate_record(null::thing, :body) b returning id, version;
-- name: createThing.taken
select id from thing where name = :body::jsonb ->> 'name';
-- name: getThing :one
select t.version, thing_json(t) as body from thing t where t.id = :thing_id;
-- name: replaceThing :write getThing
update thing t set name = :body::jsonb ->> 'name', version = next_version(t.version, :if_version)
 where t.id = :thing_id returning t.id, t.version;
-- name: deleteThing :remove getThing
update thing t set version = next_version(t.version, :if_version) where t.id = :thing_id returning t.id, t.version;
"""
MESSAGES = {"problems": {"invalid": {"status": 422, "title": {"vi": "Sai", "en": "Wrong"}, "fix": {"vi": "Sửa", "en": "Mend"}}},
            "fields": {"thing_name_check": {"pointer": "#/name", "vi": "Tên sai", "en": "Bad name"}}}


class Case:
    """A checkout of its own that a test may spoil."""

    def __init__(self, folder):
        self.root = folder
        self.contract, self.messages, self.queries = contract(), copy.deepcopy(MESSAGES), QUERIES

    def operation(self, name):
        return next(item for path in self.contract["paths"].values() for item in path.values()
                    if item["operationId"] == name)

    def replace(self, old, new):
        assert old in self.queries
        self.queries = self.queries.replace(old, new, 1)

    def run(self, *arguments):
        resources = self.root / "api/resources/things"
        resources.mkdir(parents=True, exist_ok=True)
        (self.root / "db/migrations").mkdir(parents=True, exist_ok=True)
        (resources / "things.sql").write_text(self.queries, encoding="utf-8")
        for name, value in (("openapi.yaml", self.contract), ("api/messages.yaml", self.messages)):
            (self.root / name).write_text(yaml.dump(value, allow_unicode=True, sort_keys=False), encoding="utf-8")
        arguments = arguments or ("--out", str(self.root / "out"))
        return subprocess.run([sys.executable, str(ROOT / "api/generate.py"), "--root", str(self.root), *arguments],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)


@pytest.fixture
def case(tmp_path):
    return Case(tmp_path)


def test_the_small_contract_is_understood(case):
    done = case.run()
    assert (done.returncode, done.stderr) == (0, "")
    made = (case.root / "out/generated.c").read_text(encoding="utf-8")
    for name in ("listThings", "createThing", "getThing", "replaceThing", "deleteThing"):
        assert f'.id = "{name}"' in made
    assert json.loads((case.root / "out/openapi.json").read_text(encoding="utf-8"))["openapi"] == "3.1.0"


def test_queries_are_printed_with_origin_and_parameters(case):
    statements = json.loads(case.run("--print", "queries").stdout)
    got = statements["getThing"]
    assert got["names"] == ["thing_id"] and "t.id = $1" in got["text"]
    assert got["origin"].endswith("api/resources/things/things.sql:10")
    after = statements["listThings:-name:next"]["text"]
    assert "(t.name, t.id) < ($2, $3)" in after and after.endswith("order by t.name desc, t.id desc limit $4::int + 1")


def test_each_way_to_a_row_is_read_in_order(case):
    """One condition where all are sorted or counted; where each way has its index, as many rows of each as a page may need."""
    case.replace("t.word = any(:word::text[])", "{ways} and t.size > 1")
    case.replace("-- sort: name", "-- way: t.word = any (:word::text[])\n-- way: t.own = :new_id\n-- way when: cardinality(:word::text[]) < 9\n-- sort by way: name")
    statements = json.loads(case.run("--print", "queries").stdout)
    assert "where (t.word = any ($1::text[]) or t.own = $2) and t.size > 1 order by" in statements["listThings:-name:first"]["text"]
    text = statements["listThings:name:next"]["text"]
    for part in ("cross join lateral (select t.id, t.name as key_1, t.id as key_2 from thing t where cardinality($1::text[]) < 9 "
                 "and (t.word = way.value) and t.size > 1 and (t.name, t.id) > ($2, $3) order by t.name asc, t.id asc limit $4::int + 1)",
                 "union (select t.id, t.name as key_1, t.id as key_2 from thing t where cardinality($1::text[]) < 9 and (t.own = $5)",
                 "where not (cardinality($1::text[]) < 9) and (t.word = any ($1::text[]) or t.own = $5)",
                 "read order by key_1 asc, key_2 asc limit $4::int + 1) found join thing t on t.id = found.id order by t.name asc, t.id asc"):
        assert part in text
    case.replace("{ways}", "true")
    assert "belong together" in case.run().stderr
    case.replace("where true", "where {ways}")
    case.replace("-- way when", "-- Way when")
    assert "needs `-- way when: condition`" in case.run().stderr


def test_one_text_for_several_records(case):
    """`-- each:` writes a file out once for each record; what else stands in braces stays."""
    case.replace("-- name: getThing :one\nselect", "-- name: getThing :one\nselect '{noun,Noun}' as kept,")
    plain = json.loads(case.run("--print", "queries").stdout)
    for words in ("{Nouns}", "{Noun}", "{noun}"):
        case.queries = case.queries.replace({"{Nouns}": "Things", "{Noun}": "Thing", "{noun}": "thing"}[words], words)
    case.queries = "-- Of all.\n-- each: Thing Things thing\n" + case.queries
    written = json.loads(case.run("--print", "queries").stdout)
    assert {name: row["text"] for name, row in written.items()} == {name: row["text"] for name, row in plain.items()}
    assert "'{noun,Noun}' as kept" in written["getThing"]["text"]
    case.queries = "-- each: Thing Things thing\n" + case.queries
    assert "stands twice" in case.run().stderr, "each record once"
    case.replace("-- each: Thing Things thing", "-- each: Thing")
    assert "not of the form `-- each: Noun Nouns noun`" in case.run().stderr


def test_casts_strings_and_comments_hold_no_parameters(case):
    case.replace("where t.id = :thing_id;", "where t.id = :thing_id::uuid and ':no' <> \"x:y\"::text -- :nor_this\n;")
    statements = json.loads(case.run("--print", "queries").stdout)
    assert statements["getThing"]["names"] == ["thing_id"]


def test_what_anybody_may_read_may_be_kept(case):
    case.operation("getThing").update({"x-cache": "public, max-age=300", "security": []})
    assert case.run().returncode == 0
    made = (case.root / "out/generated.c").read_text(encoding="utf-8")
    assert made.count('.cache = "public, max-age=300"') == 1 and ".cache = NULL" in made


def test_slow_queries_are_marked(case):
    """The word may stand where a :write names its follow-up."""
    case.replace("-- name: getThing :one", "-- name: getThing :one slow")
    case.replace(":remove getThing", ":remove getThing slow")
    assert case.run().returncode == 0
    made = (case.root / "out/generated.c").read_text(encoding="utf-8")
    plans = dict(re.findall(r"struct plan plan_(\w+) = {.*?\.slow = (\w+)", made))
    assert plans == {"listThings": "false", "createThing": "false", "getThing": "true", "replaceThing": "false", "deleteThing": "true"}


def test_a_get_with_options_may_answer_a_write(case):
    """What the write cannot be asked for is null in the get that follows it."""
    case.operation("getThing")["parameters"].append(query_parameter("expand", {"type": "string"}))
    case.replace("thing_json(t) as body from thing t where t.id", "thing_json(t, :expand) as body from thing t where t.id")
    assert (case.run().returncode, case.run().stderr) == (0, "")
    made = (case.root / "out/generated.c").read_text(encoding="utf-8")
    assert "sources_replaceThing_follow[] = {{SOURCE_NOTHING, 0}, {SOURCE_PARAMETER, 0}}" in made
    assert "sources_getThing_main[] = {{SOURCE_PARAMETER, 1}, {SOURCE_PARAMETER, 0}}" in made


def test_the_caller_and_filters_of_the_same_name(case):
    """A filter takes the name organisation_id or user_id; own_organisation_id, roles, scopes and expires_at are the caller's anyway."""
    caller = "t.id = :thing_id and t.of = :organisation_id and t.by = :user_id and t.own = :own_organisation_id"
    case.replace("where t.id = :thing_id;", f"where {caller} and t.roles = :roles and t.scopes = :scopes and t.until = :expires_at;")
    for filters, organisation, user in ((), "SOURCE_ORGANISATION_ID, 0", "SOURCE_USER_ID, 0"), \
                                       (("organisation_id", "user_id"), "SOURCE_PARAMETER, 1", "SOURCE_PARAMETER, 2"):
        case.operation("getThing")["parameters"] += [query_parameter(name, {"type": "string"}) for name in filters]
        assert (case.run().returncode, case.run().stderr) == (0, "")
        made = (case.root / "out/generated.c").read_text(encoding="utf-8")
        assert (f"sources_getThing_main[] = {{{{SOURCE_PARAMETER, 0}}, {{{organisation}}}, {{{user}}}, {{SOURCE_ORGANISATION_ID, 0}}, "
                "{SOURCE_ROLES, 0}, {SOURCE_SCOPES, 0}, {SOURCE_EXPIRES_AT, 0}}") in made


def test_a_question_may_be_a_post(case):
    """A :one with a body stores nothing: no Idempotency-Key, no validate_only, no version."""
    body = copy.deepcopy(case.operation("createThing")["requestBody"])
    case.contract["paths"]["/thing-lookups"] = {"post": {
        "operationId": "lookupThing", "requestBody": body,
        "responses": {"200": answer({"$ref": "#/components/schemas/Thing"}), **copy.deepcopy(ANSWERS)}}}
    case.queries += "-- name: lookupThing :one\nselect thing_json(t) as body from thing t where t.name = :body::jsonb ->> 'name';\n"
    assert (case.run().returncode, case.run().stderr) == (0, "")
    assert "is_write" not in re.search(r"struct operation operation_lookupThing = {.*?};", (case.root / "out/generated.c").read_text(encoding="utf-8")).group()


def test_a_component_that_is_only_a_reference_keeps_the_rules(case):
    schemas = case.contract["components"]["schemas"]
    schemas["RealThing"] = schemas["Thing"]
    schemas["Thing"] = {"$ref": "#/components/schemas/RealThing"}
    assert case.run().returncode == 0
    made = (case.root / "out/generated.c").read_text(encoding="utf-8")
    assert ".body = &schema_RealThing" in made and "schema_Thing" not in made


def thing(case):
    return case.contract["components"]["schemas"]["Thing"]


def change_contract(function):
    """A spoiler for the table below."""
    return lambda case: function(case.contract, case)


def set_in(*path_and_value):
    """Sets contract[a][b]… = value."""
    *path, last, value = path_and_value

    def spoil(case):
        node = case.contract
        for part in path:
            node = node[part]
        node[last] = value
    return spoil


def in_thing(**keywords):
    return lambda case: thing(case)["properties"]["name"].update(keywords)


def add_parameter(operation, parameter):
    return lambda case: case.operation(operation)["parameters"].append(parameter)


def drop_answer(operation, status):
    return lambda case: case.operation(operation)["responses"].pop(str(status))


def drop_parameter(operation, name):
    def spoil(case):
        item = case.operation(operation)
        item["parameters"] = [parameter for parameter in item["parameters"] if parameter["name"] != name]
    return spoil


def sql(old, new):
    return lambda case: case.replace(old, new)


SQL = "api/resources/things/things.sql"
REFUSALS = {
    # Schemas
    "unknown keyword": (in_thing(oneOf=[{}]), "Thing/properties/name", "keyword not supported: oneOf"),
    "unknown keyword in an answer": (lambda case: case.operation("getThing")["responses"]["200"]["content"]
                                     ["application/json"].update(schema={"anyOf": []}),
                                     "/things/{thing_id}/get", "keyword not supported: anyOf"),
    "nullable of OpenAPI 3.0": (in_thing(nullable=True), "Thing/properties/name", "keyword not supported: nullable"),
    "open map": (lambda case: thing(case).update(additionalProperties={"type": "string"}), "Thing",
                 "additionalProperties must be false"),
    "unknown type": (in_thing(type="decimal"), "Thing/properties/name", "type not supported: decimal"),
    "unknown format": (in_thing(format="hostname"), "Thing/properties/name", "format not supported: hostname"),
    "pattern with \\d": (in_thing(pattern=r"^\d+$"), "Thing/properties/name", "pattern"),
    "pattern with \\w": (in_thing(pattern=r"^\w+$"), "Thing/properties/name", "pattern"),
    "enum beside const": (in_thing(enum=["a"], const="a"), "Thing/properties/name", "beside const"),
    "enum of nothing": (in_thing(enum=[]), "Thing/properties/name", "enum is empty"),
    "pattern with look-behind": (in_thing(pattern="(?<=a)b"), "Thing/properties/name", "pattern"),
    "pattern with back-reference": (in_thing(pattern=r"(a)\1"), "Thing/properties/name", "pattern"),
    "keyword beside a reference": (lambda case: thing(case)["properties"].update(
        other={"$ref": "#/components/schemas/Thing", "maxLength": 3}), "Thing/properties/other", "beside $ref"),
    "dangling reference": (lambda case: thing(case)["properties"].update(other={"$ref": "#/components/schemas/No"}),
                           "Thing", "unknown reference"),
    "reference to itself": (lambda case: case.contract["components"]["schemas"].update(Thing={"$ref": "#/components/schemas/Thing"}),
                            "/things", "leads to itself"),
    # Parameters
    "list without style": (add_parameter("listThings", query_parameter("kind", {"type": "array", "items": {"type": "string"}})),
                           "/things/get", "a list needs"),
    "exploded list": (add_parameter("listThings", query_parameter("kind", {"type": "array", "items": {"type": "string"}},
                                                                  style="form", explode=True)), "/things/get", "a list needs"),
    "deep object": (add_parameter("listThings", query_parameter("kind", {"type": "string"}, style="deepObject")),
                    "/things/get", "style not supported"),
    "cookie": (add_parameter("getThing", {"name": "session", "in": "cookie", "schema": {"type": "string"}}),
               "/things/{thing_id}/get", "parameters in cookie"),
    "unknown member of a parameter": (add_parameter("listThings", query_parameter("kind", {"type": "string"}, allowReserved=True)),
                                      "/things/get", "not supported: allowReserved"),
    "undeclared path parameter": (drop_parameter("getThing", "thing_id"), "/things/{thing_id}/get", "path has"),
    # Operations
    "unknown member of an operation": (lambda case: case.operation("getThing").update(callbacks={}),
                                       "/things/{thing_id}/get", "not supported: callbacks"),
    "operation without a name": (lambda case: case.operation("getThing").pop("operationId"),
                                 "/things/{thing_id}/get", "operationId missing"),
    "name used twice": (lambda case: case.operation("getThing").update(operationId="listThings"),
                        "/things/{thing_id}/get", "stands twice"),
    "unknown method": (set_in("paths", "/things", "trace", {"operationId": "traceThings", "responses": {}}),
                       "/things/trace", "not supported here: trace"),
    "two scopes": (lambda case: case.operation("getThing").update(security=[{"bearer": ["things:all", "x"]}]),
                   "/things/{thing_id}/get", "bearers of one scope each"),
    "unknown scope": (lambda case: case.operation("getThing").update(security=[{"bearer": ["things:none"]}]),
                      "/things/{thing_id}/get", "things:none is not declared"),
    **{f"answer {status} missing from {name}": (drop_answer(name, status), "openapi.yaml#/paths/", f"answers missing: {status}")
       for name, status in [("getThing", 400), ("getThing", 401), ("getThing", 403), ("getThing", 404), ("getThing", 406),
                            ("getThing", 503), ("listThings", 410), ("createThing", 409), ("createThing", 413),
                            ("createThing", 415), ("createThing", 422), ("replaceThing", 412)]},
    "answer to one caller kept for all": (lambda case: case.operation("getThing").update({"x-cache": "public, max-age=300"}),
                                          "/things/{thing_id}/get", "x-cache is for reads without a token"),
    "no good answer": (drop_answer("getThing", 200), "/things/{thing_id}/get", "no 2xx answer"),
    "change without If-Match": (drop_parameter("replaceThing", "If-Match"), "/things/{thing_id}/put", "must declare If-Match"),
    "change without if_version": (drop_parameter("replaceThing", "if_version"), "/things/{thing_id}/put",
                                  "parameters missing: if_version"),
    "write without validate_only": (drop_parameter("createThing", "validate_only"), "/things/post",
                                    "parameters missing: validate_only"),
    "create without Idempotency-Key": (drop_parameter("createThing", "Idempotency-Key"), "/things/post",
                                       "parameters missing: Idempotency-Key"),
    "list without cursor": (drop_parameter("listThings", "cursor"), "/things/get", "parameters missing: cursor"),
    # Queries
    "unknown SQL parameter": (sql("t.id = :thing_id;", "t.id = :thing_uuid;"), f"{SQL}:10", ":thing_uuid is neither"),
    "header bound as a filter": (sql("t.id = :thing_id;", "t.id = :idempotency_key;"), f"{SQL}:10", ":idempotency_key is neither"),
    "query without operation": (sql("-- name: getThing :one", "-- name: getThink :one"), f"{SQL}:10", "no operation of the name getThink"),
    "query twice": (sql("-- name: replaceThing :write getThing", "-- name: getThing :one"), f"{SQL}:12", "stands twice"),
    "shape missing": (sql("getThing :one", "getThing"), f"{SQL}:10", "shape missing"),
    "shape unknown": (sql("getThing :one", "getThing :many"), f"{SQL}:10", "not of the form"),
    "text before the first name": (sql("-- name: listThings :page", "select 1;\n-- name: listThings :page"), f"{SQL}:1", "text before"),
    "empty query": (sql("select id from thing where name = :body::jsonb ->> 'name';", ""), f"{SQL}:8", "empty"),
    "two statements": (sql("where t.id = :thing_id;", "where t.id = :thing_id; select 2;"), f"{SQL}:10", "one statement per query"),
    "write without follow-up": (sql("createThing :write getThing", "createThing :write"), f"{SQL}:6", "names the :one query"),
    # Lists and their order
    "sort only in the contract": (sql("-- sort: -name = t.name desc, t.id desc\n", ""), SQL, "sorts differ"),
    "sort only in the query": (lambda case: case.operation("listThings")["parameters"][2]["schema"].update(enum=["name"]),
                               SQL, "sorts differ"),
    "no sort at all": (sql("-- sort: name = t.name asc, t.id asc\n-- sort: -name = t.name desc, t.id desc\n", ""), SQL,
                       "needs a `-- sort:` line"),
    "mixed directions": (sql("t.name asc, t.id asc", "t.name asc, t.id desc"), f"{SQL}:2", "mixed directions"),
    "key without direction": (sql("t.name asc, t.id asc", "t.name, t.id asc"), f"{SQL}:2", "lacks asc or desc"),
    "name against direction": (sql("t.name asc, t.id asc", "t.name desc, t.id desc"), f"{SQL}:2", "descending"),
    "sort without a list": (sql("-- name: getThing :one", "-- name: getThing :one\n-- sort: name = t.name asc"), f"{SQL}:11",
                            "a sort belongs to a :page query"),
    "own order": (sql("any(:word::text[]);", "any(:word::text[]) order by t.name;"), f"{SQL}:1", "without with, group by, order by"),
    "own limit": (sql("any(:word::text[]);", "any(:word::text[]) limit 5;"), f"{SQL}:1", "without with, group by, order by"),
    "list without where": (sql(" where t.word = any(:word::text[])", ""), f"{SQL}:1", "select … from … where"),
    # Messages
    "message in one language": (lambda case: case.messages["fields"]["thing_name_check"].pop("vi"),
                                "api/messages.yaml#/fields/thing_name_check", "vi, en"),
    "message with unknown problem": (lambda case: case.messages["fields"]["thing_name_check"].update(problem="odd"),
                                     "api/messages.yaml#/fields/thing_name_check", "unknown problem odd"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_is_not_understood_stops_the_build(case, name):
    spoil, place, reason = REFUSALS[name]
    spoil(case)
    done = case.run()
    assert done.returncode != 0 and "Traceback" not in done.stderr, done.stderr
    assert place in done.stderr and reason in done.stderr
    assert not (case.root / "out/generated.c").exists()


def test_an_operation_without_query_and_function_does_not_link(case):
    case.replace(QUERIES[QUERIES.index("-- name: deleteThing"):], "")
    assert case.run().returncode == 0
    compiler = [os.environ.get("CC", "cc"), f"-I{ROOT / 'api'}", f"-I{case.root / 'out'}", str(case.root / "out/generated.c")]
    main = case.root / "main.c"
    main.write_text('#include "generated.h"\nint main(void) { return operations[0] == NULL; }\n', encoding="utf-8")
    function = case.root / "function.c"
    function.write_text("#include <stdbool.h>\nstruct exchange;\nbool deleteThing(struct exchange *x);\n"
                        "bool deleteThing(struct exchange *x) { return x; }\n", encoding="utf-8")
    link = [*compiler, str(main), "-o", str(case.root / "program")]
    missing = subprocess.run(link, stderr=subprocess.PIPE, text=True, check=False)
    assert missing.returncode != 0 and "undefined reference to `deleteThing'" in missing.stderr
    assert subprocess.run([*link, str(function)], check=False).returncode == 0


def test_the_real_contract_is_understood(tmp_path):
    done = subprocess.run([sys.executable, str(ROOT / "api/generate.py"), "--root", str(ROOT), "--out", str(tmp_path)],
                          stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_same_input_gives_the_same_bytes(case):
    case.run()
    first = (case.root / "out/generated.c").read_bytes()
    shutil.rmtree(case.root / "out")
    case.run()
    assert (case.root / "out/generated.c").read_bytes() == first
