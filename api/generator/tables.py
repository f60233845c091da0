# SPDX-License-Identifier: MIT
"""Operations, statements and routes as the rows of api/contract/contract.h."""
import json
import re

from generator.operations import METHODS, sources, sql_name
from generator.queries import SUFFIXES, count_texts, numbered, page_texts
from generator.schemas import schema_expression
from generator.text import c, c_list, c_name, flag, refuse


def emit_statement(out, statements, name, text, origin):
    """Once per name; gives the C name and the names of its parameters."""
    body, names = numbered(text)
    if name not in statements:
        symbol = f"statement_{c_name(name)}"
        out["c"].append(f"const struct statement {symbol} = {{.name = {c(name)}, .text = {c(body)}, .origin = {c(origin)}, "
                        f".number = {len(statements)}, .nparameters = {len(names)}}};")
        statements[name] = {"symbol": symbol, "names": names, "text": body, "origin": origin}
    return statements[name]


def emit_step(out, statements, operation, label, name, text, origin, last=None, optional=()):
    statement = emit_statement(out, statements, name, text, origin)
    listed = sources(operation, statement["names"], origin, last, optional)
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
        optional = [sql_name(parameter["name"]) for parameter in target["parameters"]
                    if parameter["in"] == "query" and not parameter["required"] and parameter["default"] is None]
        row.append(".follow = " + emit_step(out, statements, operation, "follow", target["id"], target["query"]["text"],
                                            target["query"]["origin"], path[-1] if path else None, optional))
    for label in SUFFIXES:
        further = queries.get(f"{identifier}.{label}")
        if further:
            row.append(f".{label} = {emit_step(out, statements, operation, label, further['name'], further['text'], further['origin'])}")
    if f"{identifier}.seal" in queries:
        row.append(f".read = {emit_read_back(out, statements, operation, operations, queries)}")
    out["c"].append(f"static const struct plan plan_{identifier} = {{{', '.join(row)}}};")
    return f"&plan_{identifier}"


def emit_read_back(out, statements, operation, operations, queries):
    """The bytes for their digest come as they do for a download at the same address."""
    source = next((other for other in operations.values() if other["path"] == operation["path"] and other["method"] == "get"), None)
    query = queries.get(f"{source['id']}.read") if source else None
    if query is None:
        refuse(operation["place"], "a .seal needs a :bytes operation at the same path")
    return emit_step(out, statements, operation, "read", query["name"], query["text"], query["origin"])


def emit_operation(out, statements, operation, operations, queries, root):
    identifier = operation["id"]
    rows = []
    for number, parameter in enumerate(operation["parameters"]):
        default = parameter["default"]
        fallback = json.dumps(default) if isinstance(default, (bool, int)) else default
        required = parameter["required"] and parameter["name"] != "Idempotency-Key"  # its absence has a code of its own
        rows.append(f"{{{c(parameter['name'])}, IN_{parameter['in'].upper()}, "
                    f"{schema_expression(parameter['schema'], out, parameter['place'])}, {c(fallback)}, "
                    f"{'true' if required else 'false'}, {'true' if parameter['list'] else 'false'}}}")
    if rows:
        out["c"].append(f"static const struct parameter parameters_{identifier}[] = {{{', '.join(rows)}}};")
    body = schema_expression(operation["body"], out, operation["place"]) if operation["body"] else "NULL"
    form = schema_expression(operation["form"], out, operation["place"]) if operation["form"] else "NULL"
    sheet = emit_sheet(out, operation)
    consumes = c_list(out, f"consumes_{identifier}", [c(media) for media in operation["consumes"]])
    produces = c_list(out, f"produces_{identifier}", [c(media) for media in operation["produces"]])
    if operation["query"]:
        plan, serve, origin = emit_plan(out, statements, operation, operations, queries), "NULL", operation["query"]["origin"]
    else:
        plan, serve, origin = "NULL", identifier, function_origin(root, identifier)
    flags = "".join(f", .{flag} = true" for flag in ("needs_token", "needs_version", "takes_version", "is_write", "tells_gone", "is_strict") if operation[flag])
    needs_key = any(p["name"] == "Idempotency-Key" and p["required"] for p in operation["parameters"])
    out["c"].append(
        f"static const struct operation operation_{identifier} = {{.id = {c(identifier)}, .number = {list(operations).index(identifier)}, .method = METHOD_{operation['method'].upper()}, "
        f".path = {c(operation['path'])}, .scope = {c(operation['scope'])}, "
        f".parameters = {f'parameters_{identifier}' if rows else 'NULL'}, .nparameters = {len(rows)}, .body = {body}, "
        f".sheet = {sheet}, .form = {form}, .file_field = {c(operation.get('file_field'))}, .body_bytes = {operation['body_bytes']}, .consumes = {consumes}, .produces = {produces}, .plan = {plan}, .serve = {serve}, .origin = {c(origin)}, "
        f".success = {operation['success']}, .cache = {c(operation['cache'])}, .patience_ms = {operation['patience_ms']}, .absent = {c(operation['absent'])}, .render = {operation['render'] or 'NULL'}{flags}{', .needs_key = true' if needs_key else ''}}};")


def emit_sheet(out, operation):
    identifier, columns, lines = operation["id"], operation["sheet"], operation["sheet_lines"]
    if not columns:
        return "NULL"
    rows = [f"{{{c(heading)}, {c(member)}, SHEET_{kind}, {flag(required)}, {flag(named)}, {c(lines['members'].get(heading))}}}"
            for heading, member, kind, required, named in columns]
    out["c"].append(f"static const struct sheet_column columns_{identifier}[] = {{{', '.join(rows)}}};")
    body = schema_expression(operation["sheet_body"] or operation["body"], out, operation["place"])
    out["c"].append(f"static const struct sheet sheet_{identifier} = {{columns_{identifier}, {len(rows)}, {c(lines['member'])}, {c(lines['key'])}, {body}}};")
    return f"&sheet_{identifier}"


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
