#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The official JSON Schema test suite (draft 7, Debian package json-schema-test-suite) -> C tables for test_schema_suite.c.

The schemas go through the emitter of api/generator, which itself refuses what is outside the closed keyword set; so
LEFT_OUT below is its verdict, written down. A difference in either direction becomes a "surprise", which fails the test:
nothing leaves the suite unseen.
"""
import argparse
import copy
import json
import re
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "api"))
from generator import schemas  # noqa: E402
from generator.text import Refusal, c  # noqa: E402

# File -> why groups of it are left out -> how many.
NOT_OBJECT = "a schema must be an object"
LEFT_OUT = {
    "additionalItems.json": {"keyword not supported: additionalItems": 4, NOT_OBJECT: 1},
    "additionalProperties.json": {"keyword not supported: patternProperties": 2, "additionalProperties must be false where it stands": 2},
    "allOf.json": {"keyword not supported: allOf": 6},
    "anyOf.json": {"keyword not supported: anyOf": 6},
    "bignum.json": {"keyword not supported: exclusiveMaximum": 1, "keyword not supported: exclusiveMinimum": 1},
    "boolean_schema.json": {NOT_OBJECT: 2},
    "contains.json": {"keyword not supported: contains": 4},
    "definitions.json": {"unknown reference http://json-schema.org/draft-07/schema#": 2},
    "dependencies.json": {"keyword not supported: dependencies": 5},
    "ecmascript-regex.json": {"format not supported: regex": 1},
    "exclusiveMaximum.json": {"keyword not supported: exclusiveMaximum": 1},
    "exclusiveMinimum.json": {"keyword not supported: exclusiveMinimum": 1},
    "if-then-else.json": {"keyword not supported: if": 4, "keyword not supported: then": 1, "keyword not supported: else": 1,
                          "keyword not supported: allOf": 1},
    "items.json": {NOT_OBJECT: 4},  # a list of schemas by position, and boolean schemas
    "maxProperties.json": {"keyword not supported: maxProperties": 1},
    "minProperties.json": {"keyword not supported: minProperties": 1},
    "multipleOf.json": {"keyword not supported: multipleOf": 3},
    "not.json": {"keyword not supported: not": 6},
    "oneOf.json": {"keyword not supported: oneOf": 7},
    "patternProperties.json": {"keyword not supported: patternProperties": 4},
    "properties.json": {"keyword not supported: patternProperties": 1, NOT_OBJECT: 1},
    "propertyNames.json": {"keyword not supported: propertyNames": 3},
    "ref.json": {"unknown reference #/properties/foo": 1, NOT_OBJECT: 3, "keyword not supported: tilda~field": 1,
                 "keywords beside $ref are not supported": 1, "keyword not supported: $id": 1,
                 "unknown reference http://json-schema.org/draft-07/schema#": 1},
    "refRemote.json": {"unknown reference http://localhost:1234/integer.json": 1, "keyword not supported: $id": 4,
                       "unknown reference http://localhost:1234/subSchemas.json#/integer": 1,
                       "unknown reference http://localhost:1234/subSchemas.json#/refToInteger": 1},
}
CASES = 194  # that remain

# Cases that we decide the other way round, and why.
NO_FLOAT = "money and counts are never floats: 1.0 is not the integer 1"
NOT_EXACT = "a number beyond 64 bits cannot be kept exactly; body_parse refuses it as json_number"
OTHERWISE = {
    ("zeroTerminatedFloats.json", "some languages do not distinguish between different types of numeric value",
     "a float without fractional part is an integer"): NO_FLOAT,
    ("bignum.json", "integer", "a bignum is an integer"): NOT_EXACT,
    ("bignum.json", "integer", "a negative bignum is an integer"): NOT_EXACT,
    ("bignum.json", "number", "a bignum is a number"): NOT_EXACT,
    ("bignum.json", "number", "a negative bignum is a number"): NOT_EXACT,
    ("bignum.json", "integer comparison", "comparison works for high numbers"): NOT_EXACT,
    ("bignum.json", "integer comparison", "comparison works for very negative numbers"): NOT_EXACT,
}

OPTIONAL = ["bignum", "ecmascript-regex", "zeroTerminatedFloats", "format/date", "format/date-time", "format/email", "format/uri"]


def files(suite):
    return [*sorted(suite.glob("*.json")), *(suite / f"optional/{name}.json" for name in OPTIONAL)]


def lift(value, group):
    """`#` and `#/definitions/x` become components, the only place where the contract keeps shared schemas."""
    if isinstance(value, list):
        return [lift(item, group) for item in value]
    if not isinstance(value, dict):
        return value
    lifted = {key: lift(item, group) for key, item in value.items()}
    target = lifted.get("$ref")
    if target == "#" or isinstance(target, str) and re.fullmatch("#/definitions/[a-z]+", target):
        lifted["$ref"] = f"#/components/schemas/{group}{target.rpartition('/')[2].strip('#')}"
    return lifted


def emit_group(schema, group, out):
    """The C expression of the group's schema. Refusal: it is outside the closed set."""
    if isinstance(schema, dict):
        schema = lift(schema, group)
        definitions = schema.pop("definitions", {})
        out["components"] = {group: schema, **{group + name: value for name, value in definitions.items()}}
        for name, value in out["components"].items():
            schemas.check_schema(value, name)
    return schemas.schema_expression(schema, out, group)


def reason(refusal):
    return re.sub(r"^[^:]*: ", "", str(refusal))


def read(suite):
    out, rows, left_out, decided = schemas.new_output() | {"components": {}}, [], {}, set()
    for number, path in enumerate(files(suite)):
        for index, group in enumerate(json.loads(path.read_text(encoding="utf-8"))):
            before = copy.deepcopy(out)
            try:
                schema = emit_group(group["schema"], f"suite_{number}_{index}_", out)
            except Refusal as refusal:
                out = before
                left_out.setdefault(path.name, Counter())[reason(refusal)] += 1
                continue
            for case in group["tests"]:
                name = (path.name, group["description"], case["description"])
                decided |= {name} & set(OTHERWISE)
                rows.append((name, schema, json.dumps(case["data"]), case["valid"] != (name in OTHERWISE)))
    return out, rows, left_out, decided


def surprises(rows, left_out, decided):
    if len(rows) != CASES:
        yield f"{len(rows)} cases remain, listed {CASES}"
    for name in sorted(set(left_out) | set(LEFT_OUT)):
        found, listed = dict(left_out.get(name, {})), LEFT_OUT.get(name, {})
        if found != listed:
            yield f"{name}: left out {found}, listed {listed}"
    for name in OTHERWISE:
        if name not in decided:
            yield f"{name}: decided otherwise, but not in the suite"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--suite", type=Path, default=Path("/usr/share/json-schema-test-suite/tests/draft7"))
    arguments.add_argument("--out", type=Path, required=True)
    options = arguments.parse_args()
    out, rows, left_out, decided = read(options.suite)
    schemas.emit_tables(out)
    table = ["#include \"schema_suite.h\"", "", *out["c"], "const struct message messages[] = {{.code = \"\"}};",
             "const size_t nmessages = 0;", "const struct suite_case suite_cases[] = {"]
    for (file, group, case), schema, data, valid in rows:
        table.append(f"    {{{c(f'{file}, {group}: {case}')}, {schema}, {c(data)}, {'true' if valid else 'false'}}},")
    table += ["};", f"const size_t nsuite_cases = {len(rows)};",
              f"const char *const suite_surprises[] = {{{''.join(c(text) + ', ' for text in surprises(rows, left_out, decided))}NULL}};"]
    options.out.write_text("\n".join(table) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
