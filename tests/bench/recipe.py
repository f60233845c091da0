# SPDX-License-Identifier: MIT
"""What PostgreSQL is sent for an operation, learnt from its own log while the service answers one request of each caller; and
the same as a script for pgbench. Nothing of the SQL is written down here, so it cannot differ from what the service sends.

A statement keeps its text, `$1` and all; pgbench binds its variables in the order in which it meets them, so they are named in
a comment. Only an id is made from a number inside the statement, because pgbench has no texts to choose from."""
import json
import re
import time
from dataclasses import dataclass, field

from psycopg import sql
from support.service import eventually

from database import PROVINCES
from operations import BEFORE_ACT, TEACHING_VERSION, project_id, teaching_project
from serving import request

TRACE = "5eed5eed5eed5eed5eed5eed5eed5eed"  # stands for the trace id, which differs in every request
NEW_IDS = "01b00000-0000-7000-8000-"        # of records that pgbench makes: later than all others, as new ids are
NEW_NUMBER = ":run * 10000000000 + :turn * 1000 + :client_id"
STATEMENT = re.compile(r"execute [^:]+: (.*)", re.S)
DEADLINE = re.compile(r"set_config\('statement_timeout', \$(\d+)")
PARAMETER = re.compile(r"\$\d+ = (NULL|'(?:[^']|'')*')")


def statement_of(entry):
    """Text and values of a log entry, or None."""
    found = STATEMENT.fullmatch(entry["message"])
    if not found:
        return None
    values = [None if value == "NULL" else value[1:-1].replace("''", "'") for value in PARAMETER.findall(entry.get("detail", ""))]
    return found.group(1), values


def transactions(entries):
    """What callers asked, each from its claims on to the answer: between two of them tokens are looked up."""
    open_, found = {}, []
    for entry in entries:
        statement = statement_of(entry)
        if statement and "set_config('app.organisation_id'" in statement[0]:
            open_[entry["session_id"]] = []
            found.append(open_[entry["session_id"]])
        if statement and entry["session_id"] in open_:
            open_[entry["session_id"]].append(statement)
    for statements in found:
        while len(statements) > 1 and " as body" not in statements[-1][0]:
            statements.pop()
    return [statements for statements in found if " as body" in statements[-1][0]]


def by_caller(entries, callers):
    """{caller's number: its statements}"""
    numbers = {caller.client_id: caller.number for caller in callers}
    return {numbers[value]: statements for statements in transactions(entries) for value in statements[0][1] if value in numbers}


@dataclass
class Recipe:
    """values[statement][place]: ('null',), ('text', [text of each caller]), ('id',), ('new',) id of what is made, ('version',),
    ('deadline',): what is left of the request's time, in milliseconds."""
    texts: list
    values: list
    per_caller: dict = field(default_factory=dict)  # variable of pgbench: text of each caller

    def texts_of(self, statement, caller):
        """This caller's values; None where there is none, or another in every request."""
        return [kind[1][caller] if kind[0] == "text" else None for kind in self.values[statement]]


class NotAlike(Exception):
    """Callers were not served by the same statements with values of the same kinds."""


class Teacher:
    def __init__(self, database, service, requests, callers):
        self.database, self.service, self.requests, self.callers = database, service, requests, callers

    def prepare(self):
        """Versions that no other number of a request equals."""
        for caller in self.callers:
            self.database.sql("update project set version = %s where id = %s", TEACHING_VERSION + caller.number,
                              project_id(teaching_project(self.database, caller)))

    def _ask(self, operation, caller):
        """One request of this caller: id and version it was about, and the id of what it made."""
        number = teaching_project(self.database, caller)
        identifier = project_id(number)
        if operation.acts:
            self.database.sql("update project set status = %s where id = %s", BEFORE_ACT, identifier)
        version = self.database.sql("select version from project where id = %s", identifier)[0][0]
        method, target, body, headers = self.requests.one(operation, caller, number, version)
        status, _, answer = request(self.service, method, target, body, headers | {"traceparent": f"00-{TRACE}-0000000000000001-01"})
        assert 200 <= status < 300, f"{operation.name}: {status} {answer[:500]}"
        made = json.loads(answer).get("id") if operation.writes else None
        is_new = operation.writes and not operation.picks
        return made if is_new else identifier, str(version), made

    def _all_seen(self, mark):
        statements = by_caller(self.database.log_since(mark), self.callers)
        return statements if len(statements) == len(self.callers) else None

    def learn(self, operation):
        """A statement that was once too slow for a lane goes another way for ten seconds: then not all were sent alike."""
        for _ in range(3):
            try:
                return self._learn(operation)
            except NotAlike as fault:
                last = fault
                time.sleep(11)
        raise last

    def _learn(self, operation):
        mark = self.database.log_mark()
        asked = [self._ask(operation, caller) for caller in self.callers]
        sent = eventually(lambda: self._all_seen(mark), f"{operation.name} of all callers in PostgreSQL's log")
        seen = [(*asked[caller.number], sent[caller.number]) for caller in self.callers]
        texts = [text for text, _ in seen[0][-1]]
        if any([text for text, _ in statements] != texts for *_, statements in seen):
            raise NotAlike(operation.name)
        values = [[self._kind(seen, place, position) for position in range(len(seen[0][-1][place][1]))]
                  for place in range(len(texts))]
        return named(Recipe(texts, values))

    @staticmethod
    def _kind(seen, place, position):
        values = [statements[place][1][position] for *_, statements in seen]
        if str(position + 1) in DEADLINE.findall(seen[0][-1][place][0]):
            return ("deadline",)
        if all(value is None for value in values):
            return ("null",)
        for place_asked, kind in enumerate(("id", "version", "new")):
            if all(value == asked[place_asked] for value, asked in zip(values, seen)):
                return (kind,)
        if None in values:
            raise NotAlike("a value that only some callers have")
        return ("text", values)


def named(recipe):
    """Gives every text a variable."""
    for kinds in recipe.values:
        for kind in kinds:
            if kind[0] == "text" and kind[1] not in recipe.per_caller.values():
                recipe.per_caller[f"text_{len(recipe.per_caller)}"] = kind[1]
    return recipe


def variable(recipe, kind):
    if kind[0] == "null":
        return "never_set"  # pgbench sends NULL for a variable that does not exist
    if kind[0] != "text":
        return {"id": "number", "new": "fresh", "version": "version", "deadline": "deadline"}[kind[0]]
    return next(name for name, value in recipe.per_caller.items() if value == kind[1])


def pgbench_statement(recipe, place, ids):
    text = recipe.texts[place]
    assert "\\" not in text and ";" not in text and not re.search(r"(?<!:):\w", text), f"pgbench would misread: {text}"
    names = [f":{variable(recipe, kind)}" for kind in recipe.values[place]]
    for position, kind in enumerate(recipe.values[place], 1):
        if kind[0] in ("id", "new"):
            prefix = NEW_IDS if kind[0] == "new" else ids
            text = re.sub(rf"\${position}\b", f"('{prefix}' || lpad(${position}::text, 12, '0'))", text)
    first, _, rest = text.partition(" ")
    return f"{first} /* {' '.join(names)} */ {rest};"


def keep_callers(database, operation, recipe):
    """The texts of each caller, for each client of pgbench to fetch once."""
    table, columns = sql.Identifier("bench", f"of_{operation.name}"), list(recipe.per_caller)
    with database.connect() as connection:
        connection.execute(sql.SQL("create table {} (caller integer primary key, {})").format(
            table, sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(name)) for name in columns)))
        connection.execute(sql.SQL("grant select on {} to kc_api").format(table))
        insert = sql.SQL("insert into {} values ({})").format(table, sql.SQL(", ").join([sql.Placeholder()] * (len(columns) + 1)))
        for caller in range(len(recipe.per_caller[columns[0]])):
            connection.execute(insert, [caller, *[recipe.per_caller[name][caller] for name in columns]])


def choice(operation):
    """How pgbench chooses its record. Of those it changes, each client has its own, each seen once before any comes again."""
    if operation.changes:
        return [f"\\set step :turn * :sharing + :client_id / {PROVINCES}", "\\set turn :turn + 1",
                f"\\set number {PROVINCES} * (:first + :step % :count) + :client_id % {PROVINCES}", "\\set version 1 + :step / :count",
                f"\\set fresh {NEW_NUMBER}"]
    if operation.writes:
        return ["\\set turn :turn + 1", f"\\set number {NEW_NUMBER}"]
    return [f"\\set number {PROVINCES} * random(0, :count - 1) + :client_id % {PROVINCES}"]


def pgbench_script(operation, recipe, callers):
    """The whole transaction in one round trip, as the service sends it."""
    ids = NEW_IDS if operation.writes and not operation.changes else operation.prefix
    lines = ["\\if :turn < 0", f"select {', '.join(recipe.per_caller)} from bench.\"of_{operation.name}\"",
             f" where caller = :client_id % {callers}", "\\gset", "\\set turn 0", "\\endif", *choice(operation), "\\startpipeline"]
    lines += [pgbench_statement(recipe, place, ids) for place in range(len(recipe.texts))]
    return "\n".join([*lines, "\\endpipeline"]) + "\n"
