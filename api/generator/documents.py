# SPDX-License-Identifier: MIT
"""What is served or read as text: messages, the contract in two languages, the catalogue of errors."""
import re

import yaml

from generator.text import c, c_name, refuse


def load(path):
    return yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)


class Loader(yaml.CSafeLoader):
    """Dates in examples stay text, as they are in JSON."""


Loader.yaml_implicit_resolvers = {key: [entry for entry in value if entry[0] != "tag:yaml.org,2002:timestamp"]
                                  for key, value in yaml.CSafeLoader.yaml_implicit_resolvers.items()}


class Dumper(yaml.SafeDumper):
    """Quotes the texts that readers of YAML 1.2 take for numbers, such as a tax code that begins with 0."""


Dumper.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?[0-9]+([eE][-+]?[0-9]+)?$"), list("-+0123456789"))


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
              "`Content-Length` (400), a request line or headers that are too long (414, 431), an unknown HTTP version (505). From version 1.0",
              "on (Debian 13) also a missing `Host` and white space before the colon of a header (400), which the service names `one_host` and",
              "`header_name` where the library leaves them to it. A connection beyond the limit is closed without an answer.",
              "The proxy of docs/operating.md gives all of these the shape of a problem document, but for broken frames of HTTP/2 and for a",
              "request that breaks HTTP/1.1 on a connection that has carried a good one.", ""]
    return "\n".join(lines)
