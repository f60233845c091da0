# SPDX-License-Identifier: MIT
"""The texts that must agree: db/schema.sql with the migrated database, api/messages.yaml with constraints and refusals,
docs/errors.md with the messages, openapi.yaml with itself."""
import os
import re
import subprocess
import sys

import pytest

from support.cluster import ROOT, run
from support.contract import METHODS, Contract

CONTRACT = Contract()
OPERATIONS = list(CONTRACT.operations.values())


# ---- Database ----

def normal(dump):
    """Without comments, blank lines and what pg_dump says of itself."""
    lines = (line.rstrip() for line in dump.splitlines())
    return [line for line in lines if line and not line.startswith(("--", "\\restrict", "\\unrestrict", "SET ", "SELECT pg_catalog."))]


def test_schema_sql_is_the_picture_of_the_migrated_database(cluster):
    dump = run([str(cluster.bin / "pg_dump"), "--schema-only", "--no-owner"],
               env={**os.environ, **cluster.environment()})
    picture = (ROOT / "db/schema.sql").read_text(encoding="utf-8")
    assert normal(dump) == normal(picture), "db/schema.sql is old"


def test_a_second_migration_changes_nothing(cluster):
    def dump():
        return run([str(cluster.bin / "pg_dump"), "--schema-only"], env={**os.environ, **cluster.environment()})
    before = normal(dump())
    run([str(ROOT / "db/migrate")], env={**os.environ, **cluster.environment()}, cwd=ROOT)
    assert normal(dump()) == before


def constraints(cluster):
    """Names of what can refuse a row: checks, unique and exclusion constraints, foreign keys, unique indexes."""
    rows = cluster.sql("""
        select conname from pg_constraint where connamespace = 'public'::regnamespace and contype in ('c', 'u', 'x', 'f')
        union
        select relname from pg_index join pg_class on oid = indexrelid
         where indisunique and not indisprimary and relnamespace = 'public'::regnamespace""")
    return {row[0] for row in rows}


def test_every_constraint_has_a_message(cluster, contract):
    missing = constraints(cluster) - set(contract.fields)
    assert not missing, f"constraints without an entry in api/messages.yaml: {sorted(missing)}"


def sql_sources():
    return [*(ROOT / "db/migrations").glob("*.sql"), *(ROOT / "db/functions").glob("*.sql"),
            *(ROOT / "api/resources").rglob("*.sql")]


def test_every_refusal_raised_in_sql_has_a_message(contract):
    for path in sql_sources():
        text = path.read_text(encoding="utf-8")
        for statement in re.findall(r"raise exception using(.*?);", text, re.S):
            state = re.search(r"errcode = 'PT(\d{3})'", statement)
            code = re.search(r"message = '([\w-]+)'", statement)
            assert state and code, f"{path.name}: a refusal without PTnnn and code: {statement.strip()[:80]}"
            assert code.group(1) in contract.problems, f"{path.name}: {code.group(1)}"
            assert contract.problems[code.group(1)]["status"] == int(state.group(1)), f"{path.name}: {code.group(1)}"
        for code in re.findall(r"'(?:pointer|parameter)',[^()]*(?<!-> )'code', *'(\w+)'", text) + re.findall(r"refuse\([^,()]+, *'(\w+)'", text):
            assert code in contract.fields, f"{path.name}: {code}"


def test_every_problem_of_the_service_has_a_message(contract):
    for path in (ROOT / "api").rglob("*.c"):
        text = path.read_text(encoding="utf-8")
        for code in re.findall(r'\bfail(?:_with)?\(x, "([\w-]+)"', text):
            assert code in contract.problems, f"{path.name}: {code}"
        for code in re.findall(r'\bfault_add(?:_parameter|_header)?\([^;]*, "([\w-]+)"\);', text):
            assert code in {*contract.fields, *contract.problems}, f"{path.name}: {code}"


def test_every_table_is_behind_the_second_wall(cluster):
    """Row level security on and forced, and the service's role owns nothing."""
    rows = cluster.sql("select relname, relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner) from pg_class"
                       " where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace")
    assert rows
    open_tables = {name for name, is_on, is_forced, _ in rows if not (is_on and is_forced)}
    granted = cluster.sql("select table_name, privilege_type from information_schema.role_table_grants"
                          " where grantee in ('kc_api', 'PUBLIC') and table_schema = 'public'")
    # What was migrated and loaded is no secret; /readyz reads it.
    reached = {(table, right) for table, right in granted if table in open_tables}
    assert reached <= {("migration", "SELECT"), ("reference_load", "SELECT")}
    assert {owner for *_, owner in rows} == {"kc_owner"}


def test_every_table_is_explained(cluster):
    rows = cluster.sql("select relname from pg_class where relkind in ('r', 'p', 'v') and relnamespace = 'public'::regnamespace"
                       " and obj_description(oid) is null")
    assert not rows, f"tables without a comment: {rows}"


# ---- Generated texts ----

def test_errors_md_is_current(tmp_path):
    subprocess.run([sys.executable, str(ROOT / "api/generate.py"), "--root", str(ROOT), "--out", str(tmp_path)], check=True)
    assert (ROOT / "docs/errors.md").read_text(encoding="utf-8") == (tmp_path / "errors.md").read_text(encoding="utf-8")


def test_messages_are_whole(contract):
    for code, row in contract.problems.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code), code
        for text in ("title", "fix"):
            assert set(row[text]) == {"vi", "en"} and all(row[text].values()), f"{code}: {text}"
        if "detail" in row:
            assert placeholders(row["detail"]["vi"]) == placeholders(row["detail"]["en"]), code
    for code, row in contract.fields.items():
        assert placeholders(row["vi"]) == placeholders(row["en"]), code


def placeholders(text):
    return set(re.findall(r"{(\w+)}", text))


# ---- The contract itself ----

def nodes(value, path="#"):
    """Every object of the document with its place."""
    if isinstance(value, dict):
        yield path, value
        for key, item in value.items():
            yield from nodes(item, f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from nodes(item, f"{path}/{index}")


def within_examples(path):
    return re.search(r"/(example|examples|default|value|enum|const)(/|$)", path)


OBJECTS = {
    "document": ({"openapi", "info", "paths"}, {"servers", "tags", "security", "components", "externalDocs", "jsonSchemaDialect"}),
    "operation": ({"operationId", "tags", "summary", "responses", "x-vi"}, {"description", "security", "parameters", "requestBody", "deprecated"}),
    "parameter": ({"name", "in", "description", "schema"}, {"required", "style", "explode", "example", "x-vi", "deprecated"}),
    "response": ({"description"}, {"headers", "content"}),
    "media": ({"schema"}, {"examples", "example"}),
    "header": ({"description", "schema"}, {"example"}),
}


def check_object(kind, node, place):
    needed, allowed = OBJECTS[kind]
    strange = {key for key in node if key not in needed | allowed and not key.startswith("x-")}
    assert needed <= set(node), f"{place}: {kind} lacks {needed - set(node)}"
    assert not strange, f"{place}: {kind} has {strange}"


def test_the_document_has_the_shape_of_openapi_3_1():
    document = CONTRACT.document
    check_object("document", document, "#")
    assert re.fullmatch(r"3\.1\.\d", document["openapi"]) and {"title", "version", "license"} <= set(document["info"])
    for operation in OPERATIONS:
        check_object("operation", operation.node, operation.id)
        assert re.fullmatch(r"[a-z]+([A-Z][a-z0-9]*)+", operation.id)
        assert operation.method.lower() in METHODS
        for parameter in operation.parameters:
            check_object("parameter", parameter, operation.id)
            assert parameter["in"] != "path" or parameter.get("required") is True
        assert re.findall(r"{(\w+)}", operation.path) == operation.names("path")
        pairs = [(parameter["in"], parameter["name"].lower()) for parameter in operation.parameters]
        assert len(pairs) == len(set(pairs)), f"{operation.id}: a parameter stands twice"
        for status, response in operation.responses.items():
            check_object("response", response, f"{operation.id} {status}")
            for media in response.get("content", {}).values():
                check_object("media", media, f"{operation.id} {status}")
            for header in response.get("headers", {}).values():
                check_object("header", CONTRACT.resolve(header), f"{operation.id} {status}")


def test_references_lead_somewhere_and_nothing_is_left_over():
    used = set()
    for path, node in nodes(CONTRACT.document):
        if "$ref" in node and not within_examples(path):
            assert node["$ref"].startswith("#/components/"), f"{path}: only local references"
            CONTRACT.resolve(node)
            used.add(node["$ref"])
    for kind in ("parameters", "headers", "responses", "schemas"):
        left = {name for name in CONTRACT.document["components"][kind] if f"#/components/{kind}/{name}" not in used}
        assert not left - {"Internal"}, f"components/{kind} nobody uses: {left}"


def test_paths_cannot_be_mistaken_for_each_other():
    shapes = [re.sub(r"{\w+}", "{}", path) for path in CONTRACT.document["paths"]]
    assert len(shapes) == len(set(shapes))
    for path in CONTRACT.document["paths"]:
        assert path == "/" or not path.endswith("/")


def test_security_and_tags_are_declared():
    flows = CONTRACT.document["components"]["securitySchemes"]["bearer"]["flows"]["clientCredentials"]
    tags = {tag["name"] for tag in CONTRACT.document["tags"]}
    assert {scope for operation in OPERATIONS for scope in operation.scopes} == set(flows["scopes"]) - {"personal-data:read", "users:act"}
    assert {tag for operation in OPERATIONS for tag in operation.node["tags"]} <= tags
    assert all(len(tag.get("x-vi", {})) for tag in CONTRACT.document["tags"])


# Rows of rules end by their date.
NEVER_DELETED = {"updateNorm", "updateParameter", "updatePriorityRule", "updateEligibleArea", "updateSizeThreshold", "updateCheckRule", "updateDocumentRequirement"}


def promises(operation):
    """(what, is documented, must be documented) of the answers that the core gives by itself."""
    responses = operation.responses
    good = responses[operation.success if operation.success != 200 or 201 not in responses else 201]
    takes_key = operation.takes("Idempotency-Key")
    yield "replay", "Idempotency-Replayed" in good.get("headers", {}), takes_key
    yield "304", 304 in responses, operation.method == "GET" and operation.takes("If-None-Match")
    yield "200 of a trial run", 200 in responses, takes_key and operation.takes("validate_only", "query")
    yield "ETag", "ETag" in good.get("headers", {}), operation.takes("If-None-Match") or operation.takes("If-Match") and 204 not in responses
    yield "Location", "Location" in good.get("headers", {}), 201 in responses
    yield "Link", "Link" in good.get("headers", {}), operation.takes("cursor", "query")
    changes_what_may_be_gone = operation.takes("If-Match") and not operation.path.endswith("/restore") and operation.id not in NEVER_DELETED
    yield "410", 410 in responses, operation.takes("cursor", "query") or changes_what_may_be_gone
    yield "412", 412 in responses, operation.takes("If-Match")
    yield "406", 406 in responses, any(set(response.get("content", {})) - {"*/*"} for status, response in responses.items() if status < 300)
    for status in (413, 415):
        yield str(status), status in responses, bool(operation.body)
    yield "422", 422 in responses, any("json" in media for media in operation.body)
    yield "429", 429 in responses, operation.path not in ("/livez", "/readyz")


@pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.id for operation in OPERATIONS])
def test_what_the_core_answers_by_itself_is_documented(operation):
    for what, is_there, must_be in promises(operation):
        assert is_there or not must_be, f"{what} is missing"
    for status in (304, 406, 413, 415, 422, 428):  # promised for nothing
        must = {what: must_be for what, _, must_be in promises(operation)}
        assert status not in responses_beyond(operation, must), f"{status} cannot be"


def responses_beyond(operation, must):
    beyond = {int(what) for what, must_be in must.items() if what.isdigit() and not must_be and int(what) in operation.responses}
    return beyond & {304, 406, 413, 415} | ({428} if 428 in operation.responses and not operation.takes("If-Match") else set())


def schemas_in_use():
    for operation in OPERATIONS:
        for media, item in operation.body.items():
            if "json" in media:  # RFC 6749 wants unknown members of a form ignored
                yield f"{operation.id} {media}", item["schema"]


def walk_schema(schema, seen):
    schema = CONTRACT.resolve(schema)
    if id(schema) in seen:
        return
    seen.add(id(schema))
    yield schema
    for child in [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]:
        yield from walk_schema(child, seen)


@pytest.mark.parametrize("place, schema", schemas_in_use(), ids=lambda value: value if isinstance(value, str) else "")
def test_request_schemas_are_closed_and_bounded(place, schema):
    """Nothing a caller sends is without a limit."""
    for part in walk_schema(schema, set()):
        kinds = part.get("type", [])
        kinds = {kinds} if isinstance(kinds, str) else set(kinds)
        assert kinds or "enum" in part or "const" in part, part
        if "object" in kinds:
            assert part.get("additionalProperties") is False, part
        if "string" in kinds:
            assert {"maxLength", "enum", "const", "format", "pattern"} & set(part), part
        if "array" in kinds:
            assert "maxItems" in part and "items" in part, part
        if kinds & {"integer", "number"}:
            assert {"minimum", "maximum"} <= set(part) or "enum" in part, part


def test_money_is_whole_dong_everywhere():
    for path, node in nodes(CONTRACT.document):
        for name, schema in node.get("properties", {}).items() if isinstance(node.get("properties"), dict) else ():
            if name.endswith("_vnd") and not within_examples(path):
                kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
                assert set(kinds) <= {"integer", "null"} and schema.get("format") == "int64", f"{path}/{name}"


def examples():
    for operation in OPERATIONS:
        for media, item in operation.body.items():
            for name, example in item.get("examples", {}).items():
                yield f"{operation.id} request {name}", item["schema"], example["value"]
        for status, response in operation.responses.items():
            for media, item in response.get("content", {}).items():
                for name, example in item.get("examples", {}).items():
                    yield f"{operation.id} {status} {name}", item["schema"], example["value"]
        for parameter in operation.parameters:
            if "example" in parameter:
                yield f"{operation.id} {parameter['name']}", parameter["schema"], parameter["example"]
    for name, schema in CONTRACT.document["components"]["schemas"].items():
        for number, example in enumerate(schema.get("examples", [])):
            yield f"{name} {number}", schema, example


@pytest.mark.parametrize("place, schema, example", list(examples()), ids=lambda value: value if isinstance(value, str) else "")
def test_every_example_is_valid(place, schema, example):
    assert not CONTRACT.faults(schema, example), place


def test_bodies_and_answers_have_examples():
    for operation in OPERATIONS:
        for item in operation.body.values():
            if "contentMediaType" not in item["schema"]:  # a workbook cannot be written down
                assert item.get("examples"), f"{operation.id}: the request has no example"
        for status in (200, 201):
            for item in operation.responses.get(status, {}).get("content", {}).values():
                assert item.get("examples"), f"{operation.id} {status} has no example"


def test_defaults_are_valid():
    for operation in OPERATIONS:
        for parameter in operation.parameters:
            if "default" in parameter["schema"]:
                assert not CONTRACT.faults(parameter["schema"], parameter["schema"]["default"]), f"{operation.id} {parameter['name']}"


def test_the_served_documents_are_the_contract(http, contract):
    served = http.get("/openapi.yaml").expect(200)
    assert served.body == (ROOT / "openapi.yaml").read_bytes()
    document = http.get("/openapi.json").expect(200).json()
    assert document == contract.document
    vietnamese = http.get("/openapi.vi.yaml").expect(200).body.decode()
    assert "x-vi" not in vietnamese

