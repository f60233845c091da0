# SPDX-License-Identifier: MIT
"""The operations of the contract, held against what the core and the queries need."""
import re

from generator.schemas import check_schema, resolve, type_list
from generator.text import refuse

METHODS = ["get", "post", "put", "patch", "delete"]
JSON_MEDIA = ("application/json", "application/merge-patch+json")
# What a spreadsheet writes; the reader makes it the JSON of the operation, by the titles of the members of its rows.
SHEET_MEDIA = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
FORM_MEDIA = "multipart/form-data"  # its file is taken while it comes, by the statements .begin .chunk .abort
BUILT_INS = {"body": "BODY", "new_id": "NEW_ID", "if_version": "IF_VERSION", "provinces": "PROVINCES",
             "province_code": "PROVINCE_CODE", "organisation_id": "ORGANISATION_ID", "client_id": "CLIENT_ID",
             "own_organisation_id": "ORGANISATION_ID", "tier": "TIER", "personal_data": "PERSONAL_DATA", "user_id": "USER_ID",
             "roles": "ROLES", "scopes": "SCOPES", "expires_at": "EXPIRES_AT", "bytes": "BYTES", "at": "AT", "part": "PART",
             "sniffed_type": "SNIFFED_TYPE", "media": "MEDIA", "sha256": "SHA256", "file_limit": "FILE_LIMIT"}
# Of the caller or his body, unless the operation has a parameter of that name; then own_organisation_id still is.
SHADOWED = {"province_code", "organisation_id", "tier", "user_id", "sha256"}
# Values the core reads itself; a query may not bind them as if they were filters.
CORE_PARAMETERS = {"limit", "cursor", "sort", "count", "fields", "validate_only", "If-Match", "If-None-Match", "Idempotency-Key"}


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
        base = name.partition(".")[0]
        if query["shape"] != "call" or "." in name:
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
    if any(set(entry) - {"bearer"} or len(entry["bearer"]) != 1 for entry in security) and security != [{"bearer": []}]:
        refuse(place, "security must be [], a bearer without scope, or bearers of one scope each, any of which will do")
    scopes = [scope for entry in security for scope in entry["bearer"]]
    flow = contract["components"]["securitySchemes"]["bearer"]["flows"]["clientCredentials"]["scopes"]
    for scope in scopes:
        if scope not in flow:
            refuse(place, f"scope {scope} is not declared in securitySchemes")
    responses = {str(status): resolve(contract, value, f"{place}/responses/{status}") for status, value in raw["responses"].items()}
    for status, answer in responses.items():
        for media in answer.get("content", {}).values():
            check_schema(media.get("schema", {}), f"{place}/responses/{status}")
    # A create answers 201; its 200 is that of a trial run.
    success = 201 if "201" in responses else min((int(status) for status in responses if status.startswith("2")), default=None)
    if success is None:
        refuse(place, "no 2xx answer")
    operation = {"id": raw["operationId"], "path": path, "method": method, "place": place, "query": query,
                 "needs_token": bool(security), "scope": " ".join(scopes) or None, "success": success,
                 "parameters": [read_parameter(contract, value, f"{place}/parameters/{n}") for n, value in enumerate(raw.get("parameters", []))],
                 "produces": sorted(responses[str(success)].get("content", {})), "responses": responses,
                 "body": None, "form": None, "sheet": None, "sheet_body": None, "sheet_lines": None, "consumes": [], "cache": raw.get("x-cache"), "absent": raw.get("x-absent"), "render": raw.get("x-render"),
                 "body_bytes": 0, "patience_ms": 1000 * raw.get("x-patience-seconds", 0),
                 "is_strict": bool(raw.get("x-strict"))}
    if operation["cache"] and (method != "get" or security):
        refuse(place, "x-cache is for reads without a token: an answer to one caller may not be kept for another")
    if (operation["absent"] or operation["render"]) and (query is None or query["shape"] != "one"):
        refuse(place, "x-absent and x-render are for reads of one record")
    if "requestBody" in raw:
        content = resolve(contract, raw["requestBody"], place)["content"]
        operation["consumes"] = list(content)
        operation["body_bytes"] = resolve(contract, raw["requestBody"], place).get("x-limit-bytes", 0)
        for media, value in content.items():
            check_schema(value["schema"], f"{place}/requestBody/{media}")
            if media in JSON_MEDIA:
                operation["body"] = value["schema"]
            elif media == FORM_MEDIA:
                operation["form"] = value["schema"]
                operation["file_field"] = file_field(contract, value["schema"], f"{place}/requestBody/{media}")
        if operation["query"] and set(content) & set(SHEET_MEDIA):
            operation["sheet_body"] = content.get("text/csv", {"schema": {}})["schema"].get("contentSchema")
            rows = sheet_rows(contract, operation["sheet_body"] or operation["body"], f"{place}/requestBody")
            operation["sheet"] = sheet_columns(rows, f"{place}/requestBody")
            operation["sheet_lines"] = sheet_lines(contract, rows, operation["sheet"], f"{place}/requestBody")
    check_file_statements(operation, queries)
    check_path(operation)
    check_core_parameters(operation)
    check_answers(operation)
    return operation


def sheet_rows(contract, schema, place):
    members = resolve(contract, schema, place).get("properties", {}) if schema else {}
    if "rows" not in members:
        refuse(place, "a sheet goes with a JSON body whose member `rows` is an array")
    return resolve(contract, members["rows"]["items"], place)


def sheet_lines(contract, row, columns, place):
    """The array that the rows behind a record's own become, the one member that each must have, and by heading what stands in a cell."""
    arrays = [name for name, member in row["properties"].items() if type_list(member) == ["array"]]
    if not arrays:
        return {"member": None, "key": None, "members": {}}
    line = resolve(contract, row["properties"][arrays[0]]["items"], place)
    members = {member["title"]: name for name, member in line["properties"].items() if name != "row"}
    if len(arrays) > 1 or len(line.get("required", [])) != 1 or not set(members) <= {heading for heading, *_ in columns}:
        refuse(place, "lines of a sheet are one array, whose items must have one member, under headings of the rows")
    return {"member": arrays[0], "key": line["required"][0], "members": members}


def sheet_columns(row, place):
    """Heading, member, kind, whether it must be there and may be named, of each member of a row that can stand in a cell."""
    columns = []
    for name, member in row["properties"].items():
        if name == "row" or type_list(member) == ["array"]:
            continue
        kinds = set(type_list(member)) - {"null"}
        if kinds not in ({"string"}, {"integer"}) or (kinds == {"integer"} and not name.endswith("_vnd")) or "title" not in member:
            refuse(f"{place}/{name}", "a cell holds text, a day or money, and its heading is the title")
        kind = "MONEY" if kinds == {"integer"} else "DAY" if member.get("format") == "date" else "WORDS"
        columns.append((member["title"], name, kind, name in row.get("required", []), bool(member.get("x-named-headings"))))
    if len({heading for heading, *_ in columns}) < len(columns):
        refuse(place, "two columns with one heading")
    return columns


def file_field(contract, schema, place):
    """The one member of a form whose value is bytes."""
    members = resolve(contract, schema, place).get("properties", {})
    files = [name for name, member in members.items() if "contentMediaType" in member]
    if len(files) != 1:
        refuse(place, "a form has one member with contentMediaType, which is the file")
    return files[0]


def check_file_statements(operation, queries):
    """What an operation that takes or gives bytes needs beside its query."""
    has = {suffix for suffix in ("begin", "chunk", "abort", "read", "seal") if f"{operation['id']}.{suffix}" in queries}
    shape = operation["query"]["shape"] if operation["query"] else None
    wanted = {"begin", "chunk", "abort"} if operation["form"] else {"read"} if shape == "bytes" else has & {"seal"}
    if has != wanted:
        refuse(operation["place"], f"statements {', '.join(sorted(has ^ wanted))}: missing or without use")
    if (shape == "bytes") != (operation["produces"] == ["*/*"]):
        refuse(operation["place"], "a :bytes query goes with an answer of media type */*, and that with it")


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
        if sort is not None and set(sort) != {name for name, *_ in query["sorts"]}:
            refuse(query["origin"], f"sorts differ from the contract's {sort}")
    if wanted - names:
        refuse(operation["place"], f"parameters missing: {', '.join(sorted(wanted - names))}")
    operation["tells_gone"] = "410" in operation["responses"]
    operation["takes_version"] = "If-Match" in names
    operation["needs_version"] = operation["takes_version"] and "428" in operation["responses"]


def is_upsert(operation):
    """By the partner's key: what is not there is made."""
    return operation["method"] == "put" and "/by-ref/" in operation["path"]


def check_answers(operation):
    names = {p["name"] for p in operation["parameters"]}
    wanted = {400: True, 406: operation["produces"] not in ([], ["*/*"]), 416: operation["produces"] == ["*/*"], 401: operation["needs_token"], 403: operation["scope"] is not None,
              404: any(p["in"] == "path" for p in operation["parameters"]) and not is_upsert(operation),
              412: operation["takes_version"], 503: operation["query"] is not None,
              429: operation["path"] not in ("/livez", "/readyz"), 409: operation["is_write"], 413: bool(operation["consumes"]), 415: bool(operation["consumes"]),
              422: operation["body"] is not None, 410: "cursor" in names}
    missing = [str(status) for status, needed in wanted.items() if needed and str(status) not in operation["responses"]]
    if missing:
        refuse(operation["place"], f"answers missing: {', '.join(missing)}")


def sources(operation, names, place, last_path_parameter=None, optional=()):
    """Where the value of each $n comes from when this operation runs a statement. What is `optional` may come from nowhere."""
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
        elif name in optional:
            result.append("{SOURCE_NOTHING, 0}")
        else:
            refuse(place, f":{name} is neither a parameter of {operation['id']} nor built in")
    return result
