# SPDX-License-Identifier: MIT
"""The named queries of api/resources: how they are read, and what becomes of a :page."""
import re

from generator.text import refuse

TOKEN = re.compile(r"--[^\n]*|'(?:[^']|'')*'|\"[^\"]*\"|\$\$.*?\$\$|::|:[a-z_][a-z0-9_]*|[A-Za-z_]\w*|[()]|\s+|.", re.S)
SUFFIXES = ("taken", "begin", "chunk", "abort", "read", "seal")  # further statements of an operation
HEAD = re.compile(r"^-- name: *([A-Za-z]\w*(?:\.(?:" + "|".join(SUFFIXES) + r"))?) *(?::(one|page|write|remove|bytes|call))? *((?!slow\b)[A-Za-z]\w*)? *(slow)? *$")
EACH = re.compile(r"^-- each: *([A-Z]\w*) +([A-Z]\w*) +([a-z_]+) *$")
SORT = re.compile(r"^-- sort: *(-?[a-z_]+) *= *(.+)$")


def written_out(text, name):
    """(number, line) of a file. With lines `-- each: Noun Nouns noun` at its head the file is one text for all these records: it
    comes once for each, with {Noun}, {Nouns} and {noun} filled in."""
    lines = list(enumerate(text.splitlines(), 1))
    nouns = [EACH.match(line) or refuse(f"{name}:{number}", "not of the form `-- each: Noun Nouns noun`")
             for number, line in lines if line.startswith("-- each:")]
    if not nouns:
        yield from lines
    for noun in nouns:
        filled = dict(zip(("{Noun}", "{Nouns}", "{noun}"), noun.groups()))
        yield from ((number, re.sub(r"{(?:Nouns?|noun)}", lambda match: filled[match.group()], line))
                    for number, line in lines if not line.startswith("-- each:"))


def read_queries(folder, root):
    queries = {}
    for path in sorted(folder.rglob("*.sql")):
        current = None
        name_of_file = path.relative_to(root)
        for number, line in written_out(path.read_text(encoding="utf-8"), name_of_file):
            place = f"{name_of_file}:{number}"
            if line.startswith("-- name:"):
                match = HEAD.match(line) or refuse(place, "not of the form `-- name: id :shape [get]`")
                name, shape, follow, slow = match.groups()
                if name in queries:
                    refuse(place, f"query {name} stands twice, also at {queries[name]['origin']}")
                if shape is None and "." not in name:
                    refuse(place, "shape missing: :one :page :write :remove :bytes :call")
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
