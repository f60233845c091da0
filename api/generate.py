#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""openapi.yaml + api/resources/**/*.sql + api/messages.yaml -> the constant tables of api/contract/contract.h.

Whatever this program does not understand stops the build with file and place: a rule of the contract is never ignored.
Usage: generate.py --root DIR --out DIR            writes generated.h generated.c openapi.json openapi.vi.yaml errors.md
       generate.py --root DIR --print queries      shows what became of each query
"""
import argparse
import json
import sys
from pathlib import Path

import yaml

from generator.documents import Dumper, emit_documents, emit_messages, errors_page, load, vietnamese
from generator.operations import read_operations
from generator.queries import read_queries
from generator.schemas import check_schema, emit_tables, new_output
from generator.tables import emit_operation, emit_routes, emit_statement
from generator.text import Refusal, c


def generate(root, folder, contract, messages, queries, operations):
    out = new_output()
    out["components"] = contract["components"]["schemas"]
    for name, schema in out["components"].items():
        check_schema(schema, f"openapi.yaml#/components/schemas/{name}")
    statements = {}
    served = [operation for operation in operations.values() if not operation["query"]]
    for name, query in queries.items():
        if query["shape"] == "call" and "." not in name:
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
    renders = {operation["render"]: None for operation in operations.values() if operation["render"]}
    externs += [f"bool {name}(struct exchange *x);" for name in [*(operation["id"] for operation in served), *renders]]
    (folder / "generated.h").write_text('#pragma once\n#include "contract/contract.h"\n\n' + "\n".join(externs) + "\n", encoding="utf-8")
    return statements


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
