# SPDX-License-Identifier: MIT
"""Schemas of the contract → struct schema. The closed set of keywords stands here."""
import json
import re

from generator.text import c, c_list, c_name, refuse

KINDS = {"null": 1, "boolean": 2, "integer": 4, "number": 8, "string": 16, "array": 32, "object": 64}
FORMATS = ["date", "date-time", "uuid", "int32", "int64", "uri", "email"]
ANNOTATIONS = {"title", "description", "examples", "default", "readOnly", "contentMediaType", "contentSchema"}
NUMBERS = {"minLength": "min_length", "maxLength": "max_length", "minItems": "min_items", "maxItems": "max_items"}
KEYWORDS = {"type", "enum", "const", "properties", "required", "additionalProperties", "items", "pattern", "format",
            "minimum", "maximum", "uniqueItems", "$ref", *NUMBERS}


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


def emit_tables(out):
    for name in ("patterns", "literals"):
        out["c"].append(f"const char *const {name}[] = {{{', '.join([c(text) for text in out[name]] + ['NULL'])}}};")
        out["c"].append(f"const size_t n{name} = {len(out[name])};")
