# SPDX-License-Identifier: MIT
"""The named queries of api/resources: how they are read, and what becomes of a :page."""
import re

from generator.text import refuse

TOKEN = re.compile(r"--[^\n]*|'(?:[^']|'')*'|\"[^\"]*\"|\$\$.*?\$\$|::|:[a-z_][a-z0-9_]*|[A-Za-z_]\w*|[()]|\s+|.", re.S)
SUFFIXES = ("taken", "begin", "chunk", "abort", "read", "seal")  # further statements of an operation
HEAD = re.compile(r"^-- name: *([A-Za-z]\w*(?:\.(?:" + "|".join(SUFFIXES) + r"))?) *(?::(one|page|write|remove|bytes|call))? *((?!slow\b)[A-Za-z]\w*)? *(slow)? *$")
EACH = re.compile(r"^-- each: *([A-Z]\w*) +([A-Z]\w*) +([a-z_]+) *$")
SORT = re.compile(r"^-- sort( by way)?: *(-?[a-z_]+) *= *(.+)$")
WAY = re.compile(r"^-- way( when)?: *(.+)$")
ANY_OF = re.compile(r"(\S+) = any \((:[a-z_]+(?:::[a-z]+\[\])?)\)")


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
                           "origin": place, "lines": [], "sorts": [], "ways": [], "ways_when": None}
                queries[name] = current
            elif line.startswith("-- sort"):
                match = SORT.match(line) or refuse(place, "not of the form `-- sort: name = expression desc, …`")
                if current is None or current["shape"] != "page":
                    refuse(place, "a sort belongs to a :page query")
                by_way, sort, keys = match.groups()
                current["sorts"].append((sort, keys, place, bool(by_way)))
            elif line.startswith("-- way"):
                match = WAY.match(line) or refuse(place, "not of the form `-- way: condition`")
                if current is None or current["shape"] != "page":
                    refuse(place, "a way belongs to a :page query")
                if match.group(1):
                    current["ways_when"] = match.group(2)
                else:
                    current["ways"].append(match.group(2))
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


def sort_keys(text, name, place):
    """[(expression, direction)]: all the same way, so that a page ends where a row of keys says."""
    keys = [(re.fullmatch(r"(.+?) +(asc|desc)", part) or refuse(place, f"`{part}` lacks asc or desc")).groups() for part in split_keys(text)]
    if len(keys) > 4:
        refuse(place, "more than 4 keys")
    directions = {direction for _, direction in keys}
    if len(directions) != 1:
        refuse(place, "mixed directions cannot be paged by key")
    if name.startswith("-") != (directions == {"desc"}):
        refuse(place, "a name with - is descending, one without is ascending")
    return keys


def any_way(query, text):
    """The query as one condition sees it: what the caller may read in any of the ways."""
    return text.replace("{ways}", f"({' or '.join(query['ways'])})")


def way_by_way(query, rows, keys, after, order, place):
    """A list whose rows may be read for several reasons cannot be read from an index in its order: PostgreSQL would fetch all of
    them and sort. So each way is read in order by itself, as far as one page goes, and the page is the first of what they
    give together; what is read in two ways counts once. A way `x = any (…)` is one for each value.
    Who has so many ways that this costs more than it saves (`-- way when:` is false) is read as before."""
    table, alias = re.match(r"from +(\w+) +(\w+)", rows).groups()
    columns = f"select {alias}.id" + "".join(f", {key} as key_{n}" for n, (key, _) in enumerate(keys, 1))
    by_name = ", ".join(f"key_{n} {direction}" for n, (_, direction) in enumerate(keys, 1))
    condition = query["ways_when"] or refuse(place, "`-- sort by way:` needs `-- way when: condition`")

    def one(way, when=condition):
        return f"{columns} {rows.replace('{ways}', f'{when} and ({way})')}{after}{order}"

    parts = []
    for way in query["ways"]:
        each = ANY_OF.fullmatch(way)
        parts.append(f"(select one.* from unnest({each.group(2)}) as way(value) cross join lateral ({one(f'{each.group(1)} = way.value')}) one)"
                     if each else f"({one(way)})")
    parts.append(f"({one(' or '.join(query['ways']), f'not ({condition})')})")
    limit = order[order.index(" limit "):]
    return f"from (select id from ({' union '.join(parts)}) read order by {by_name}{limit}) found join {table} {alias} on {alias}.id = found.id"


def page_texts(query, sort):
    """The two statements of one sort order: from the beginning, and after a cursor."""
    name, text, place, by_way = sort
    words = top_level(query["text"])
    names = [word for _, word in words]
    if names[0] != "select" or "where" not in names or {"order", "limit", "group", "having"} & set(names):
        refuse(query["origin"], "a :page query is `select … from … where …` without with, group by, order by or limit")
    if bool(query["ways"]) != ("{ways}" in query["text"]):
        refuse(query["origin"], "`-- way:` and {ways} in the condition belong together")
    keys = sort_keys(text, name, place)
    start = next(position for position, word in words if word == "from")
    columns = "".join(f", ({key})::text as key_{n}" for n, (key, _) in enumerate(keys, 1))
    head, rows = query["text"][:start].rstrip() + columns + " ", query["text"][start:]
    after = (f" and ({', '.join(key for key, _ in keys)}) {'<' if name.startswith('-') else '>'} "
             f"({', '.join(f':key_{n}' for n in range(1, len(keys) + 1))})")
    order = f" order by {', '.join(f'{key} {direction}' for key, direction in keys)} limit :limit::int + 1"
    if by_way:
        first, following = (head + way_by_way(query, rows, keys, extent, order, place) + order for extent in ("", after))
    else:
        first, following = (head + any_way(query, rows) + extent + order for extent in ("", after))
    return len(keys), first, following


def count_texts(query):
    """The exact count, which stops at 100,001, and the planner's estimate."""
    start = next(position for position, word in top_level(query["text"]) if word == "from")
    rows = f"select 1 {any_way(query, query['text'][start:])}"
    return f"select count(*)::text as total from ({rows} limit 100001) counted", f"explain (format json) {rows}"
