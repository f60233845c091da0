# SPDX-License-Identifier: MIT
"""Refusals, and C written as text."""
import re


class Refusal(Exception):
    pass


def refuse(place, reason):
    raise Refusal(f"{place}: {reason}")


def flag(value):
    return "true" if value else "false"


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
