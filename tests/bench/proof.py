# SPDX-License-Identifier: MIT
"""Before anything is measured: pgbench sends what the service sends, and both get the same rows."""
import json
import re

from load import PgBench
from operations import PATCH, project_id
from recipe import NEW_IDS, TRACE, by_caller
from serving import request

COMMENT = re.compile(r"^(\w+) /\* [^*]* \*/ ")
ID = re.compile(rf"\('(?:{NEW_IDS}|{project_id(0)[:24]}|)' \|\| lpad\((\$\d+)::text, 12, '0'\)\)")


class Differs(AssertionError):
    pass


def without_additions(text):
    return ID.sub(r"\1", COMMENT.sub(r"\1 ", text)).rstrip(";")


class Proof:
    def __init__(self, bench):
        self.bench, self.database = bench, bench.database

    def check(self, operation, of):
        """One transaction of pgbench for each caller, held against PostgreSQL's log and the service's answers."""
        mark = self.database.log_mark()
        PgBench(self.bench, len(self.bench.callers), 0, 0, seed=0).once(operation, of)
        sent = by_caller(self.database.log_since(mark), self.bench.callers)
        if len(sent) != len(self.bench.callers):
            raise Differs(f"{operation.name}: pgbench worked for {len(sent)} callers")
        for number, statements in sent.items():
            self._same_statements(operation, number, statements)
            if not operation.writes:
                self._same_rows(operation, self.bench.callers[number], statements)
        if operation.writes:
            self._same_effect(operation)

    def _same_statements(self, operation, caller, statements):
        recipe = self.bench.recipes[operation]
        texts = [without_additions(text) for text, _ in statements]
        if texts != recipe.texts:
            raise Differs(f"{operation.name}: pgbench sends\n{texts}\nand the service\n{recipe.texts}")
        for place, (_, values) in enumerate(statements):
            kinds = [kind[0] for kind in recipe.values[place]]
            for value, other, kind in zip(values, recipe.texts_of(place, caller), kinds, strict=True):
                if kind in ("null", "text") and value != other:
                    raise Differs(f"{operation.name}: pgbench sends {value!r}, the service {other!r}")

    def _rows(self, statements):
        """What PostgreSQL answers pgbench: column body."""
        with self.database.connect("kc_api") as connection:
            connection.pgconn.exec_(b"begin")
            for text, values in statements:
                result = connection.pgconn.exec_params(text.encode(), [value if value is None else value.encode() for value in values])
            column = next(number for number in range(result.nfields) if result.fname(number) == b"body")
            return [json.loads(result.get_value(row, column)) for row in range(result.ntuples)]

    def _same_rows(self, operation, caller, statements):
        rows = self._rows(statements)
        places = [kind[0] for kind in self.bench.recipes[operation].values[-1]]
        number = int(statements[-1][1][places.index("id")]) if operation.picks else 0
        method, target, body, headers = self.bench.requests.one(operation, caller, number)
        status, _, answer = request(self.bench.service, method, target, body, headers)
        if status != 200:
            raise Differs(f"{target}: {status}")
        found = json.loads(answer)
        found = [found] if operation.picks else found["data"]
        if not rows or rows[:20] != found:
            raise Differs(f"{target}: the service has {len(found)} rows, PostgreSQL {len(rows)}, or others")

    def _same_effect(self, operation):
        """In history stands for each caller what the service did, while it was observed, and what pgbench did."""
        kept = self.database.sql("select client_id::text, event, organisation_id, row_data from history"
                                 " where operation = %s and trace_id = %s", operation.name, TRACE)
        for caller in self.bench.callers:
            shapes = [self._shape(operation, *row[1:]) for row in kept if row[0] == caller.client_id]
            if len(shapes) != 2 or shapes[0] != shapes[1]:
                raise Differs(f"{operation.name} leaves different history:\n{shapes}")

    @staticmethod
    def _shape(operation, event, organisation, row):
        if operation.changes:
            return event, organisation, {name: row[name] for name in [*(["status"] if operation.acts else PATCH), "updated_by"]}
        return event, organisation, {name: value for name, value in row.items()
                                     if name not in ("id", "code", "created_at", "updated_at")}
