#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""openapi.yaml + api/resources/**/*.sql + api/messages.yaml -> the constant tables of api/contract/contract.h.

Whatever this program does not understand stops the build with file and place: a rule of the contract is never ignored.
Usage: generate.py --root DIR --out DIR            writes generated.h generated.c openapi.json openapi.vi.yaml errors.md
       generate.py --root DIR --print queries      shows what became of each query
"""
import argparse
import json
import re
import sys
from pathlib import Path

import yaml

METHODS = ["get", "post", "put", "patch", "delete"]
KINDS = {"null": 1, "boolean": 2, "integer": 4, "number": 8, "string": 16, "array": 32, "object": 64}
FORMATS = ["date", "date-time", "uuid", "int32", "int64", "uri", "email"]
ANNOTATIONS = {"title", "description", "examples", "default", "readOnly"}
NUMBERS = {"minLength": "min_length", "maxLength": "max_length", "minItems": "min_items", "maxItems": "max_items"}
KEYWORDS = {"type", "enum", "const", "properties", "required", "additionalProperties", "items", "pattern", "format",
            "minimum", "maximum", "uniqueItems", "$ref", *NUMBERS}
JSON_MEDIA = ("application/json", "application/merge-patch+json")
BUILT_INS = {"body": "BODY", "new_id": "NEW_ID", "if_version": "IF_VERSION", "provinces": "PROVINCES",
             "province_code": "PROVINCE_CODE", "organisation_id": "ORGANISATION_ID", "client_id": "CLIENT_ID",
             "tier": "TIER", "personal_data": "PERSONAL_DATA"}
# Of the caller, unless the operation has a parameter of that name.
SHADOWED = {"province_code", "organisation_id", "tier"}
# Values the core reads itself; a query may not bind them as if they were filters.
CORE_PARAMETERS = {"limit", "cursor", "sort", "count", "fields", "validate_only", "If-Match", "If-None-Match", "Idempotency-Key"}


class Refusal(Exception):
    pass


def refuse(place, reason):
    raise Refusal(f"{place}: {reason}")


# ---- C text ----------------------------------------------------------------------------------------------------------

def c(text):
    """A C string literal, or NULL."""
    if text is None:
        return "NULL"
    escaped = str(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + escaped.replace("??", "?\\?") + '"'


def c_name(text):
    return re.sub(r"\W", "_", text)


def c_list(out, name, items, kind="const char *const"):
    """Emits a NULL-terminated array and gives its name, or NULL for nothing."""
    if not items:
        return "NULL"
    out["c"].append(f"static {kind} {name}[] = {{{', '.join(items)}, NULL}};")
    return name


# ---- Schemas ---------------------------------------------------------------------------------------------------------

def new_output():
    return {"c": [], "patterns": [], "literals": [], "names": {}, "count": 0}


def resolve(contract, value, place):
    """Follows one local $ref."""
    if isinstance(value, dict) and "$ref" in value:
        target = contract
        for part in value["$ref"].removeprefix("#/").split("/"):
            if part not in target:
                refuse(place, f"unknown reference {value['$ref']}")
            target = target[part]
        return target
    return value


def check_schema(schema, place):
    """Refuses every keyword outside the closed set, in answers as well as in requests."""
    if not isinstance(schema, dict):
        refuse(place, "a schema must be an object")
    for key in schema:
        if key not in KEYWORDS and key not in ANNOTATIONS and not key.startswith("x-"):
            refuse(place, f"keyword not supported: {key}")
    if "$ref" in schema and set(schema) - ANNOTATIONS - {"$ref"} - {k for k in schema if k.startswith("x-")}:
        refuse(place, "keywords beside $ref are not supported")
    if schema.get("additionalProperties", False) is not False:
        refuse(place, "additionalProperties must be false where it stands")
    for kind in type_list(schema):
        if kind not in KINDS:
            refuse(place, f"type not supported: {kind}")
    if "format" in schema and schema["format"] not in FORMATS:
        refuse(place, f"format not supported: {schema['format']}")
    if schema.get("enum") == [] or {"enum", "const"} <= set(schema):
        refuse(place, "enum is empty, or stands beside const")
    if re.search(r"\\[dDwWbBpP]|\(\?<|\\[1-9]|\(\?[=!]", schema.get("pattern", "")):
        refuse(place, "pattern: only what every dialect reads alike ([0-9] for \\d, no look-around, no back-references)")
    for name, child in schema.get("properties", {}).items():
        check_schema(child, f"{place}/properties/{name}")
    if "items" in schema:
        check_schema(schema["items"], f"{place}/items")


def type_list(schema):
    kinds = schema.get("type", [])
    return [kinds] if isinstance(kinds, str) else kinds


def component_of(schema, components, place):
    """Name of the component behind a $ref, which may lead through others that are only references."""
    passed = []
    while "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        if name not in components:
            refuse(place, f"unknown reference {schema['$ref']}")
        if name in passed:
            refuse(place, f"{schema['$ref']} leads to itself")
        passed.append(name)
        schema = components[name]
    return name


def schema_expression(schema, out, place):
    """Emits the table of a schema, once, and gives the C expression that points to it."""
    check_schema(schema, place)
    if "$ref" in schema:
        name = component_of(schema, out["components"], place)
        if name not in out["names"]:
            out["names"][name] = f"schema_{c_name(name)}"
            out["c"].append(f"static const struct schema schema_{c_name(name)};")
            emit_schema(out["components"][name], f"schema_{c_name(name)}", out, f"openapi.yaml#/components/schemas/{name}")
        return "&" + out["names"][name]
    out["count"] += 1
    name = f"schema_{out['count']}"
    emit_schema(schema, name, out, place)
    return "&" + name


def emit_schema(schema, name, out, place):
    check_schema(schema, place)
    row = [f".name = {c(name)}", f".pattern = {index_of(out['patterns'], schema.get('pattern'))}"]
    kinds = sum(KINDS[kind] for kind in type_list(schema))
    row.append(f".kinds = {kinds}")
    if "format" in schema:
        row.append(f".format = FORMAT_{schema['format'].upper().replace('-', '_')}")
    if schema.get("additionalProperties") is False:
        row.append(".closed = true")
    if schema.get("uniqueItems"):
        row.append(".unique_items = true")
    for keyword in ("minimum", "maximum"):
        if keyword in schema:
            row.append(f".has_{keyword} = true, .{keyword} = {float(schema[keyword])!r}")
    for keyword, member in NUMBERS.items():
        if keyword in schema:
            row.append(f".{member} = {int(schema[keyword])}")
        elif keyword.startswith("max"):
            row.append(f".{member} = SIZE_MAX")
    literals = schema.get("enum", [schema["const"]] if "const" in schema else [])
    if literals:
        row.append(f".first_literal = {len(out['literals'])}, .nliterals = {len(literals)}")
        row += [".constant = true"] if "const" in schema else []
        out["literals"] += [json.dumps(literal, ensure_ascii=False) for literal in literals]
    if schema.get("required"):
        listed = c_list(out, f"{name}_required", [c(member) for member in schema["required"]])
        row.append(f".required = {listed}, .nrequired = {len(schema['required'])}")
    if schema.get("properties"):
        members = [f"{{{c(key)}, {schema_expression(value, out, f'{place}/properties/{key}')}}}"
                   for key, value in schema["properties"].items()]
        out["c"].append(f"static const struct property {name}_properties[] = {{{', '.join(members)}}};")
        row.append(f".properties = {name}_properties, .nproperties = {len(members)}")
    if "items" in schema:
        row.append(f".items = {schema_expression(schema['items'], out, place + '/items')}")
    out["c"].append(f"static const struct schema {name} = {{{', '.join(row)}}};")


def index_of(table, value):
    if value is None:
        return -1
    if value not in table:
        table.append(value)
    return table.index(value)


# ---- Queries ---------------------------------------------------------------------------------------------------------

TOKEN = re.compile(r"--[^\n]*|'(?:[^']|'')*'|\"[^\"]*\"|\$\$.*?\$\$|::|:[a-z_][a-z0-9_]*|[A-Za-z_]\w*|[()]|\s+|.", re.S)
HEAD = re.compile(r"^-- name: *([A-Za-z]\w*(?:\.taken)?) *(?::(one|page|write|remove|call))? *([A-Za-z]\w*)? *(slow)? *$")
SORT = re.compile(r"^-- sort: *(-?[a-z_]+) *= *(.+)$")


def read_queries(folder, root):
    queries = {}
    for path in sorted(folder.rglob("*.sql")):
        current = None
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            place = f"{path.relative_to(root)}:{number}"
            if line.startswith("-- name:"):
                match = HEAD.match(line) or refuse(place, "not of the form `-- name: id :shape [get]`")
                name, shape, follow, slow = match.groups()
                if name in queries:
                    refuse(place, f"query {name} stands twice, also at {queries[name]['origin']}")
                if shape is None and not name.endswith(".taken"):
                    refuse(place, "shape missing: :one :page :write :remove :call")
                current = {"name": name, "shape": shape or "call", "follow": follow, "slow": bool(slow),
                           "origin": place, "lines": [], "sorts": []}
                queries[name] = current
            elif line.startswith("-- sort:"):
                match = SORT.match(line) or refuse(place, "not of the form `-- sort: name = expression desc, …`")
                if current is None or current["shape"] != "page":
                    refuse(place, "a sort belongs to a :page query")
                current["sorts"].append((match.group(1), match.group(2), place))
            elif current is not None:
                current["lines"].append(line)
            elif line.strip() and not line.startswith("--"):
                refuse(place, "text before the first `-- name:`")
    for query in queries.values():
        text = "".join(token for token in TOKEN.findall("\n".join(query.pop("lines"))) if not token.startswith("--"))
        query["text"] = re.sub(r"\s+", " ", text).strip().rstrip(";").strip()
        if ";" in [token for token in TOKEN.findall(query["text"])]:
            refuse(query["origin"], "one statement per query")
        if not query["text"]:
            refuse(query["origin"], "the query is empty")
    return queries


def numbered(text):
    """:names become $n in the order of their first appearance."""
    names, parts = [], []
    for token in TOKEN.findall(text):
        if re.fullmatch(r":[a-z_][a-z0-9_]*", token):
            if token[1:] not in names:
                names.append(token[1:])
            parts.append(f"${names.index(token[1:]) + 1}")
        else:
            parts.append(token)
    return "".join(parts), names


def top_level(text):
    """(position, lower-case word) of each word outside brackets."""
    depth, position, words = 0, 0, []
    for token in TOKEN.findall(text):
        depth += (token == "(") - (token == ")")
        if depth == 0 and re.fullmatch(r"[A-Za-z_]\w*", token):
            words.append((position, token.lower()))
        position += len(token)
    return words


def split_keys(text):
    """`a(x, y) desc, b desc` -> [a(x, y) desc] [b desc]"""
    parts, depth, part = [], 0, ""
    for token in TOKEN.findall(text):
        depth += (token == "(") - (token == ")")
        if token == "," and depth == 0:
            parts.append(part.strip())
            part = ""
        else:
            part += token
    return parts + [part.strip()]


def page_texts(query, sort):
    """The two statements of one sort order: from the beginning, and after a cursor."""
    name, text, place = sort
    words = top_level(query["text"])
    names = [word for _, word in words]
    if names[0] != "select" or "where" not in names or {"order", "limit", "group", "having"} & set(names):
        refuse(query["origin"], "a :page query is `select … from … where …` without with, group by, order by or limit")
    keys = []
    for part in split_keys(text):
        match = re.fullmatch(r"(.+?) +(asc|desc)", part) or refuse(place, f"`{part}` lacks asc or desc")
        keys.append(match.groups())
    if len(keys) > 4:
        refuse(place, "more than 4 keys")
    directions = {direction for _, direction in keys}
    if len(directions) != 1:
        refuse(place, "mixed directions cannot be paged by key")
    if name.startswith("-") != (directions == {"desc"}):
        refuse(place, "a name with - is descending, one without is ascending")
    start = next(position for position, word in words if word == "from")
    columns = "".join(f", ({key})::text as key_{n}" for n, (key, _) in enumerate(keys, 1))
    body = query["text"][:start].rstrip() + columns + " " + query["text"][start:]
    after = (f" and ({', '.join(key for key, _ in keys)}) {'<' if directions == {'desc'} else '>'} "
             f"({', '.join(f':key_{n}' for n in range(1, len(keys) + 1))})")
    end = f" order by {', '.join(f'{key} {direction}' for key, direction in keys)} limit :limit::int + 1"
    return len(keys), body + end, body + after + end


def count_texts(query):
    """The exact count, which stops at 100,001, and the planner's estimate."""
    start = next(position for position, word in top_level(query["text"]) if word == "from")
    rows = f"select 1 {query['text'][start:]}"
    return f"select count(*)::text as total from ({rows} limit 100001) counted", f"explain (format json) {rows}"


# ---- Operations ------------------------------------------------------------------------------------------------------

def sql_name(name):
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def read_operations(contract, queries):
    operations = {}
    for path, item in contract["paths"].items():
        for method, raw in item.items():
            place = f"openapi.yaml#/paths/{path}/{method}"
            if method not in METHODS:
                refuse(place, f"not supported here: {method}")
            identifier = raw.get("operationId") or refuse(place, "operationId missing")
            if identifier in operations:
                refuse(place, f"operationId {identifier} stands twice")
            operations[identifier] = read_operation(contract, queries, path, method, raw, place)
    for name, query in queries.items():
        base = name.removesuffix(".taken")
        if query["shape"] != "call" or name.endswith(".taken"):
            if base not in operations:
                refuse(query["origin"], f"no operation of the name {base}")
    return operations


def read_operation(contract, queries, path, method, raw, place):
    known = {"operationId", "tags", "summary", "description", "security", "parameters", "requestBody", "responses", "deprecated"}
    for key in raw:
        if key not in known and not key.startswith("x-"):
            refuse(place, f"not supported: {key}")
    query = queries.get(raw["operationId"])
    security = raw.get("security", contract.get("security", []))
    if len(security) > 1 or any(set(entry) - {"bearer"} or len(entry["bearer"]) > 1 for entry in security):
        refuse(place, "security must be [] or one bearer with at most one scope")
    scopes = security[0]["bearer"] if security else []
    flow = contract["components"]["securitySchemes"]["bearer"]["flows"]["clientCredentials"]["scopes"]
    if scopes and scopes[0] not in flow:
        refuse(place, f"scope {scopes[0]} is not declared in securitySchemes")
    responses = {str(status): resolve(contract, value, f"{place}/responses/{status}") for status, value in raw["responses"].items()}
    for status, answer in responses.items():
        for media in answer.get("content", {}).values():
            check_schema(media.get("schema", {}), f"{place}/responses/{status}")
    # A create answers 201; its 200 is that of a trial run.
    success = 201 if "201" in responses else min((int(status) for status in responses if status.startswith("2")), default=None)
    if success is None:
        refuse(place, "no 2xx answer")
    operation = {"id": raw["operationId"], "path": path, "method": method, "place": place, "query": query,
                 "needs_token": bool(security), "scope": scopes[0] if scopes else None, "success": success,
                 "parameters": [read_parameter(contract, value, f"{place}/parameters/{n}") for n, value in enumerate(raw.get("parameters", []))],
                 "produces": sorted(responses[str(success)].get("content", {})), "responses": responses,
                 "body": None, "consumes": [], "cache": raw.get("x-cache")}
    if operation["cache"] and (method != "get" or security):
        refuse(place, "x-cache is for reads without a token: an answer to one caller may not be kept for another")
    if "requestBody" in raw:
        content = resolve(contract, raw["requestBody"], place)["content"]
        operation["consumes"] = list(content)
        for media, value in content.items():
            check_schema(value["schema"], f"{place}/requestBody/{media}")
            if media in JSON_MEDIA:
                operation["body"] = value["schema"]
    check_path(operation)
    check_core_parameters(operation)
    check_answers(operation)
    return operation


def read_parameter(contract, value, place):
    parameter = resolve(contract, value, place)
    known = {"name", "in", "description", "required", "schema", "style", "explode", "example", "examples", "deprecated"}
    for key in parameter:
        if key not in known and not key.startswith("x-"):
            refuse(place, f"not supported: {key}")
    schema = parameter["schema"]
    check_schema(schema, place)
    is_list = type_list(schema) == ["array"]
    if is_list and (parameter.get("style") != "form" or parameter.get("explode") is not False or parameter["in"] != "query"):
        refuse(place, "a list needs in: query, style: form, explode: false")
    if not is_list and ("style" in parameter or "explode" in parameter):
        refuse(place, "parameter style not supported")
    if parameter["in"] not in ("path", "query", "header"):
        refuse(place, f"parameters in {parameter['in']} are not supported")
    return {"name": parameter["name"], "in": parameter["in"], "schema": schema, "list": is_list, "place": place,
            "required": bool(parameter.get("required")), "default": schema.get("default")}


def check_path(operation):
    in_path = re.findall(r"{(\w+)}", operation["path"])
    declared = [p["name"] for p in operation["parameters"] if p["in"] == "path"]
    if in_path != declared:
        refuse(operation["place"], f"path has {in_path}, parameters declare {declared} (same order)")
    if len(in_path) > 8:
        refuse(operation["place"], "more than 8 path parameters")


def check_core_parameters(operation):
    """Writes take what every write takes; the document must say so."""
    names = {p["name"] for p in operation["parameters"]}
    query = operation["query"]
    shape = query["shape"] if query else None
    operation["is_write"] = shape in ("write", "remove")
    wanted = set()
    if operation["is_write"]:
        wanted.add("validate_only")
        if operation["method"] == "post":
            wanted.add("Idempotency-Key")
        if "If-Match" in names:
            wanted.add("if_version")
        elif operation["method"] != "post" or operation["path"].endswith("/restore"):
            refuse(operation["place"], "a change of a record must declare If-Match (components/parameters/IfMatch or IfMatchOptional)")
    if shape == "page":
        wanted |= {"limit", "cursor"} | ({"sort"} if len(query["sorts"]) > 1 else set())
        sort = next((p["schema"].get("enum") for p in operation["parameters"] if p["name"] == "sort"), None)
        if not query["sorts"]:
            refuse(query["origin"], "a :page query needs a `-- sort:` line")
        if sort is not None and set(sort) != {name for name, _, _ in query["sorts"]}:
            refuse(query["origin"], f"sorts differ from the contract's {sort}")
    if wanted - names:
        refuse(operation["place"], f"parameters missing: {', '.join(sorted(wanted - names))}")
    operation["takes_version"] = "If-Match" in names
    operation["needs_version"] = operation["takes_version"] and "428" in operation["responses"]


def is_upsert(operation):
    """By the partner's key: what is not there is made."""
    return operation["method"] == "put" and "/by-ref/" in operation["path"]


def check_answers(operation):
    names = {p["name"] for p in operation["parameters"]}
    wanted = {400: True, 406: bool(operation["produces"]), 401: operation["needs_token"], 403: operation["scope"] is not None,
              404: any(p["in"] == "path" for p in operation["parameters"]) and not is_upsert(operation),
              412: operation["takes_version"], 503: operation["query"] is not None,
              429: operation["path"] not in ("/livez", "/readyz"), 409: operation["is_write"], 413: bool(operation["consumes"]), 415: bool(operation["consumes"]),
              422: operation["body"] is not None, 410: "cursor" in names}
    missing = [str(status) for status, needed in wanted.items() if needed and str(status) not in operation["responses"]]
    if missing:
        refuse(operation["place"], f"answers missing: {', '.join(missing)}")


def sources(operation, names, place, last_path_parameter=None):
    """Where the value of each $n comes from when this operation runs a statement."""
    by_name = {sql_name(p["name"]): n for n, p in enumerate(operation["parameters"])}
    core = {sql_name(name) for name in CORE_PARAMETERS}
    result = []
    for name in names:
        if name == "limit":
            result.append("{SOURCE_LIMIT, 0}")
        elif re.fullmatch(r"key_[1-9]", name):
            result.append(f"{{SOURCE_CURSOR_KEY, {int(name[4:]) - 1}}}")
        elif name in BUILT_INS and not (name in SHADOWED and (name in by_name or name == last_path_parameter)):
            result.append(f"{{SOURCE_{BUILT_INS[name]}, 0}}")
        elif name in by_name and name not in core:
            result.append(f"{{SOURCE_PARAMETER, {by_name[name]}}}")
        elif name == last_path_parameter:
            result.append("{SOURCE_NEW_ID, 0}")
        else:
            refuse(place, f":{name} is neither a parameter of {operation['id']} nor built in")
    return result


# ---- Emission --------------------------------------------------------------------------------------------------------

def emit_statement(out, statements, name, text, origin):
    """Once per name; gives the C name and the names of its parameters."""
    body, names = numbered(text)
    if name not in statements:
        symbol = f"statement_{c_name(name)}"
        out["c"].append(f"const struct statement {symbol} = {{.name = {c(name)}, .text = {c(body)}, .origin = {c(origin)}, "
                        f".number = {len(statements)}, .nparameters = {len(names)}}};")
        statements[name] = {"symbol": symbol, "names": names, "text": body, "origin": origin}
    return statements[name]


def emit_step(out, statements, operation, label, name, text, origin, last=None):
    statement = emit_statement(out, statements, name, text, origin)
    listed = sources(operation, statement["names"], origin, last)
    symbol = f"sources_{c_name(operation['id'])}_{label}"
    if listed:
        out["c"].append(f"static const struct source {symbol}[] = {{{', '.join(listed)}}};")
    return f"{{&{statement['symbol']}, {symbol if listed else 'NULL'}}}"


def emit_plan(out, statements, operation, operations, queries):
    query = operation["query"]
    identifier = operation["id"]
    row = [f".shape = SHAPE_{query['shape'].upper()}", f".slow = {'true' if query['slow'] else 'false'}"]
    if query["shape"] == "page":
        sorts = []
        for number, sort in enumerate(query["sorts"]):
            nkeys, first, after = page_texts(query, sort)
            steps = [emit_step(out, statements, operation, f"{label}_{number}", f"{identifier}:{sort[0]}:{label}", text, query["origin"])
                     for label, text in (("first", first), ("next", after))]
            sorts.append(f"{{{c(sort[0])}, {nkeys}, {steps[0]}, {steps[1]}}}")
        out["c"].append(f"static const struct sort sorts_{identifier}[] = {{{', '.join(sorts)}}};")
        row.append(f".sorts = sorts_{identifier}, .nsorts = {len(sorts)}")
        if any(parameter["name"] == "count" for parameter in operation["parameters"]):
            for label, text in zip(("exact", "estimated"), count_texts(query)):
                step = emit_step(out, statements, operation, f"count_{label}", f"{identifier}:count:{label}", text, query["origin"])
                row.append(f".count_{label} = {step}")
    else:
        row.append(f".main = {emit_step(out, statements, operation, 'main', identifier, query['text'], query['origin'])}")
    if query["shape"] in ("write", "remove"):
        target = operations.get(query["follow"] or "")
        if target is None or target["query"] is None or target["query"]["shape"] != "one":
            refuse(query["origin"], "a :write or :remove names the :one query that answers after it")
        path = re.findall(r"{(\w+)}", target["path"])
        row.append(".follow = " + emit_step(out, statements, operation, "follow", target["id"], target["query"]["text"],
                                            target["query"]["origin"], path[-1] if path else None))
    taken = queries.get(f"{identifier}.taken")
    if taken:
        row.append(f".taken = {emit_step(out, statements, operation, 'taken', taken['name'], taken['text'], taken['origin'])}")
    out["c"].append(f"static const struct plan plan_{identifier} = {{{', '.join(row)}}};")
    return f"&plan_{identifier}"


def emit_operation(out, statements, operation, operations, queries, root):
    identifier = operation["id"]
    rows = []
    for number, parameter in enumerate(operation["parameters"]):
        default = parameter["default"]
        fallback = json.dumps(default) if isinstance(default, (bool, int)) else default
        rows.append(f"{{{c(parameter['name'])}, IN_{parameter['in'].upper()}, "
                    f"{schema_expression(parameter['schema'], out, parameter['place'])}, {c(fallback)}, "
                    f"{'true' if parameter['required'] else 'false'}, {'true' if parameter['list'] else 'false'}}}")
    if rows:
        out["c"].append(f"static const struct parameter parameters_{identifier}[] = {{{', '.join(rows)}}};")
    body = schema_expression(operation["body"], out, operation["place"]) if operation["body"] else "NULL"
    consumes = c_list(out, f"consumes_{identifier}", [c(media) for media in operation["consumes"]])
    produces = c_list(out, f"produces_{identifier}", [c(media) for media in operation["produces"]])
    if operation["query"]:
        plan, serve, origin = emit_plan(out, statements, operation, operations, queries), "NULL", operation["query"]["origin"]
    else:
        plan, serve, origin = "NULL", identifier, function_origin(root, identifier)
    flags = "".join(f", .{flag} = true" for flag in ("needs_token", "needs_version", "takes_version", "is_write") if operation[flag])
    needs_key = any(p["name"] == "Idempotency-Key" and p["required"] for p in operation["parameters"])
    out["c"].append(
        f"static const struct operation operation_{identifier} = {{.id = {c(identifier)}, .method = METHOD_{operation['method'].upper()}, "
        f".path = {c(operation['path'])}, .scope = {c(operation['scope'])}, "
        f".parameters = {f'parameters_{identifier}' if rows else 'NULL'}, .nparameters = {len(rows)}, .body = {body}, "
        f".consumes = {consumes}, .produces = {produces}, .plan = {plan}, .serve = {serve}, .origin = {c(origin)}, "
        f".success = {operation['success']}, .cache = {c(operation['cache'])}{flags}{', .needs_key = true' if needs_key else ''}}};")


def function_origin(root, name):
    for path in sorted((root / "api").rglob("*.c")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.startswith(f"bool {name}("):
                return f"{path.relative_to(root)}:{number}"
    return "C"


def emit_routes(out, operations):
    tree = {"children": {}, "operations": {}, "path": None}
    for operation in operations.values():
        node = tree
        for segment in operation["path"].strip("/").split("/"):
            key = None if segment.startswith("{") else segment
            node = node["children"].setdefault(key, {"children": {}, "operations": {}, "path": None})
        node["operations"][operation["method"]] = operation["id"]
        node["path"] = operation["path"]
    out["c"].append(f"const struct route route_root = {route_row(out, tree, None, 'root')};")


def route_row(out, node, segment, label):
    children = sorted(node["children"].items(), key=lambda item: (item[0] is None, item[0] or ""))
    rows = [route_row(out, child, key, f"{label}_{n}") for n, (key, child) in enumerate(children)]
    if rows:
        out["c"].append(f"static const struct route routes_{label}[] = {{{', '.join(rows)}}};")
    methods = [method.upper() for method in METHODS if method in node["operations"]]
    allow = ", ".join([*(["GET", "HEAD"] if "GET" in methods else []), *(m for m in methods if m != "GET"), "OPTIONS"])
    listed = ", ".join(f"[METHOD_{method.upper()}] = &operation_{name}" for method, name in node["operations"].items())
    return (f"{{.segment = {c(segment)}, .children = {f'routes_{label}' if rows else 'NULL'}, .nchildren = {len(rows)}, "
            f".operations = {{{listed or 'NULL'}}}, .allow = {c(allow) if methods else 'NULL'}, .path = {c(node['path'])}}}")


def emit_messages(out, messages):
    rows = {}
    for code, value in messages["problems"].items():
        rows[code] = {"status": value["status"], "title": value["title"], "detail": value.get("detail", {}), "fix": value["fix"]}
    for code, value in messages["fields"].items():
        place = f"api/messages.yaml#/fields/{code}"
        if code in rows:
            refuse(place, "also a problem code")
        if set(value) - {"vi", "en", "pointer", "problem"} or not {"vi", "en"} <= set(value):
            refuse(place, "an entry has vi, en and perhaps pointer, problem")
        if value.get("problem", "invalid") not in messages["problems"]:
            refuse(place, f"unknown problem {value['problem']}")
        rows[code] = {"detail": value, "pointer": value.get("pointer"), "problem": value.get("problem")}
    out["c"].append("const struct message messages[] = {")
    for code, row in sorted(rows.items(), key=lambda item: item[0].encode()):
        pairs = "".join(f", .{name} = {{{c(row.get(name, {}).get('vi'))}, {c(row.get(name, {}).get('en'))}}}" for name in ("title", "detail", "fix"))
        out["c"].append(f"    {{.code = {c(code)}, .status = {row.get('status', 0)}{pairs}, "
                        f".pointer = {c(row.get('pointer'))}, .problem = {c(row.get('problem'))}}},")
    out["c"].append(f"}};\nconst size_t nmessages = {len(rows)};")


def emit_documents(out, folder, root):
    """The documents are served as they are; the assembler takes them in without a detour through C text."""
    names = {"openapi.yaml": root / "openapi.yaml", "openapi.vi.yaml": folder / "openapi.vi.yaml", "openapi.json": folder / "openapi.json"}
    rows = []
    for name, path in names.items():
        symbol = f"document_{c_name(name)}"
        out["c"].append(f'__asm__(".section .rodata\\n.global {symbol}\\n{symbol}:\\n.incbin \\"{path.resolve()}\\"\\n.byte 0\\n.previous\\n");')
        out["c"].append(f"extern const unsigned char {symbol}[];")
        rows.append(f"{{{c(name)}, {symbol}, {path.stat().st_size}}}")
    out["c"].append(f"const struct document documents[] = {{{', '.join(rows)}}};\nconst size_t ndocuments = {len(rows)};")


def vietnamese(value, tags):
    """The contract with x-vi in the place of the English texts."""
    if isinstance(value, list):
        return [vietnamese(item, tags) for item in value]
    if not isinstance(value, dict):
        return value
    result = {key: vietnamese(item, tags) for key, item in value.items() if key != "x-vi"}
    result.update(value.get("x-vi", {}))
    if isinstance(result.get("tags"), list) and all(isinstance(tag, str) for tag in result["tags"]):
        result["tags"] = [tags.get(tag, tag) for tag in result["tags"]]
    return result


def errors_page(messages):
    lines = ["# Error catalogue", "", "Made from `api/messages.yaml` by `api/generate.py`; do not edit by hand. Every refusal is an RFC 9457 problem document",
             "(`application/problem+json`) whose `code` stands here. Texts come in Vietnamese (default) or English (`Accept-Language: en`).", "",
             "## Problem codes", "", "| status | code | meaning | ý nghĩa | what to do | cách xử lý |", "|---|---|---|---|---|---|"]
    for code, row in sorted(messages["problems"].items(), key=lambda item: (item[1]["status"], item[0])):
        lines.append(f"| {row['status']} | `{code}` | {row['title']['en']} | {row['title']['vi']} | {row['fix']['en']} | {row['fix']['vi']} |")
    lines += ["", "## Codes of one fault (`errors[].code`)", "", "| code | where | meaning | ý nghĩa | answered as |", "|---|---|---|---|---|"]
    for code, row in sorted(messages["fields"].items()):
        pointer = f"`{row['pointer']}`" if row.get("pointer") else ""
        problem = f"`{row['problem']}`" if row.get("problem") else ""
        lines.append(f"| `{code}` | {pointer} | {row['en']} | {row['vi']} | {problem} |")
    lines += ["", "## Refusals that do not come from the service", "",
              "The HTTP library answers a few broken requests itself, in HTML and before the service sees them: a broken chunk or",
              "`Content-Length` (400), a request line or headers that are too long (414, 431), an unknown HTTP version (505). A connection beyond the",
              "limit is closed without an answer. A proxy in front may give these the shape of a problem document.", ""]
    return "\n".join(lines)


def generate(root, folder, contract, messages, queries, operations):
    out = new_output()
    out["components"] = contract["components"]["schemas"]
    for name, schema in out["components"].items():
        check_schema(schema, f"openapi.yaml#/components/schemas/{name}")
    statements = {}
    served = [operation for operation in operations.values() if not operation["query"]]
    for name, query in queries.items():
        if query["shape"] == "call" and not name.endswith(".taken"):
            emit_statement(out, statements, name, query["text"], query["origin"])
    for operation in operations.values():
        emit_operation(out, statements, operation, operations, queries, root)
    emit_routes(out, operations)
    out["c"].append(f"const struct operation *const operations[] = {{{', '.join(f'&operation_{name}' for name in operations)}}};")
    out["c"].append(f"const size_t noperations = {len(operations)};")
    out["c"].append(f"const struct statement *const statements[] = {{{', '.join('&' + s['symbol'] for s in statements.values())}}};")
    out["c"].append(f"const size_t nstatements = {len(statements)};")
    emit_tables(out)
    emit_messages(out, messages)
    tags = {tag["name"]: tag.get("x-vi", {}).get("name", tag["name"]) for tag in contract.get("tags", [])}
    (folder / "openapi.json").write_text(json.dumps(contract, ensure_ascii=False, separators=(",", ":"), default=str), encoding="utf-8")
    (folder / "openapi.vi.yaml").write_text(yaml.dump(vietnamese(contract, tags), Dumper=Dumper, allow_unicode=True, sort_keys=False, width=140), encoding="utf-8")
    (folder / "errors.md").write_text(errors_page(messages), encoding="utf-8")
    emit_documents(out, folder, root)
    headers = sorted({name for o in operations.values() for r in o["responses"].values() for name in r.get("headers", {})} | {"traceparent"})
    migrations = [int(path.name[:4]) for path in (root / "db/migrations").glob("[0-9][0-9][0-9][0-9]_*.sql")]
    scopes = contract["components"]["securitySchemes"]["bearer"]["flows"]["clientCredentials"]["scopes"]
    out["c"].append(f"const char *const scope_names[] = {{{', '.join(map(c, scopes))}}};\nconst size_t nscopes = {len(scopes)};")
    out["c"].append(f"const char *const exposed_headers = {c(', '.join(headers))};")
    out["c"].append(f"const char *const contract_version = {c(contract['info']['version'])};")
    out["c"].append(f"const int built_for_migration = {max(migrations, default=0)};")
    (folder / "generated.c").write_text('#include "generated.h"\n\n' + "\n".join(out["c"]) + "\n", encoding="utf-8")
    externs = [f"extern const struct statement {s['symbol']};{' /* ' + ', '.join(s['names']) + ' */' if s['names'] else ''}" for s in statements.values()]
    externs += [f"bool {operation['id']}(struct exchange *x);" for operation in served]
    (folder / "generated.h").write_text('#pragma once\n#include "contract/contract.h"\n\n' + "\n".join(externs) + "\n", encoding="utf-8")
    return statements


def emit_tables(out):
    for name in ("patterns", "literals"):
        out["c"].append(f"const char *const {name}[] = {{{', '.join([c(text) for text in out[name]] + ['NULL'])}}};")
        out["c"].append(f"const size_t n{name} = {len(out[name])};")


def load(path):
    return yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)


class Loader(yaml.CSafeLoader):
    """Dates in examples stay text, as they are in JSON."""


Loader.yaml_implicit_resolvers = {key: [entry for entry in value if entry[0] != "tag:yaml.org,2002:timestamp"]
                                  for key, value in yaml.CSafeLoader.yaml_implicit_resolvers.items()}


class Dumper(yaml.SafeDumper):
    """Quotes the texts that readers of YAML 1.2 take for numbers, such as a tax code that begins with 0."""


Dumper.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?[0-9]+([eE][-+]?[0-9]+)?$"), list("-+0123456789"))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--root", type=Path, required=True)
    arguments.add_argument("--out", type=Path)
    arguments.add_argument("--print", choices=["queries"])
    options = arguments.parse_args()
    try:
        root = options.root.resolve()
        contract, messages = load(root / "openapi.yaml"), load(root / "api/messages.yaml")
        queries = read_queries(root / "api/resources", root)
        operations = read_operations(contract, queries)
        if options.print:
            statements = {}
            out = new_output() | {"components": contract["components"]["schemas"]}
            for operation in operations.values():
                emit_operation(out, statements, operation, operations, queries, root)
            print(json.dumps(statements, ensure_ascii=False, indent=1))
            return
        options.out.mkdir(parents=True, exist_ok=True)
        generate(root, options.out, contract, messages, queries, operations)
    except Refusal as refusal:
        sys.exit(f"generate.py: {refusal}")
    except yaml.YAMLError as error:
        sys.exit(f"generate.py: {error}")


if __name__ == "__main__":
    main()
