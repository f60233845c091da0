# SPDX-License-Identifier: MIT
"""OCOP as everybody asks for it: the check of a certificate under load beside pgbench with the same SQL, and searches of the catalogue
one at a time beside the same SQL on a connection of their own. What is sent is learnt from PostgreSQL's log, as for the other kinds."""
import http.client
import json
import statistics
import time

from support.service import eventually

import report
from load import PgBench, Slice, Wrk
from operations import Operation
from proof import Proof, without_additions
from recipe import DEADLINE, TRACE, Recipe, keep_callers, named, pgbench_script, transactions
from serving import Caller, request

from database import PROVINCES

CHECK = Operation("getPublicCertificate", "public certificate check", picks=True, prefix="")
LIST = "/v1/public/ocop-products?limit=20&"
WORDS = ["mat+ong+hoa+nhan", "nuoc+mam", "ca+phe", "tinh+bot+nghe", "dong+trung"]
TYPOS = ["mat+ong+hoa+nhang", "nuoc+mamm", "ca+phee+rang", "tinh+bod+nghe", "dong+trug+ha+thao"]
TODAY, OF_2020 = ["75", "38", "86", "15", "24"], ["70", "38", "83", "10", "27"]
SEARCHES = {
    "words without marks": [f"q={words}" for words in WORDS],
    "words with a typo": [f"q={words}&q_mode=similar" for words in TYPOS],
    "province of today": [f"province_code={code}&geo_basis=current" for code in TODAY],
    "province of 2020": [f"province_code={code}&geo_basis=2020-12-31" for code in OF_2020],
    "words in a province of 2020": [f"q={words}&province_code={code}&geo_basis=2020-12-31" for words, code in zip(WORDS, OF_2020)],
}
ASKED, PLANNED = 7, 6  # times in a round, each of the five; the first times do not count, since a statement is planned anew then


def sent_for(bench, target):
    """The statements of one request without a token, and its answer."""
    mark = bench.database.log_mark()
    status, _, body = request(bench.service, "GET", target, None, {"traceparent": f"00-{TRACE}-0000000000000001-01"})
    assert status == 200, f"{target}: {status} {body[:300]}"
    return eventually(lambda: transactions(bench.database.log_since(mark)), f"{target} in PostgreSQL's log")[-1], json.loads(body)


# ---- The check, under load ----

def recipe_of(statements, number):
    def kind(text, position, value):
        if str(position) in DEADLINE.findall(text):
            return ("deadline",)
        return ("null",) if value is None else ("id",) if value == number else ("text", [value])
    return named(Recipe([text for text, _ in statements], [[kind(text, position, value) for position, value in enumerate(values, 1)]
                                                           for text, values in statements]))


def prove(bench):
    """pgbench sends what the service sends, and PostgreSQL answers what the service answered."""
    mark = bench.database.log_mark()
    PgBench(bench, 1, 0, 0, seed=0).once(CHECK, bench.slice)
    statements = transactions(bench.database.log_since(mark))[-1]
    recipe = bench.recipes[CHECK]
    assert [without_additions(text) for text, _ in statements] == recipe.texts, "pgbench sends something else"
    places = [kind[0] for kind in recipe.values[-1]]
    number = int(statements[-1][1][places.index("id")])
    _, answer = sent_for(bench, f"/v1/public/certificates/{number:012d}")
    assert Proof(bench)._rows(statements) == [answer], "PostgreSQL answers something else"


class Nobody:
    """wrk's requests, of no caller."""

    @staticmethod
    def target(*_):
        return ""


def check(bench, say):
    options = bench.options
    bench.callers, bench.requests, bench.slice = [Caller(number, "", "") for number in range(PROVINCES)], Nobody, Slice(0, options.products // PROVINCES)
    bench.database.listen(True)
    with bench.service:
        number = f"{PROVINCES:012d}"
        statements, _ = sent_for(bench, f"/v1/public/certificates/{number}")
        bench.recipes[CHECK] = recipe_of(statements, number)
        keep_callers(bench.database, CHECK, bench.recipes[CHECK])
        bench.scripts[CHECK] = bench.folder / f"{CHECK.name}.sql"
        bench.scripts[CHECK].write_text(pgbench_script(CHECK, bench.recipes[CHECK], 1))
        prove(bench)
        bench.database.listen(False)
    rounds = []
    with bench.service:
        Wrk(bench, options.clients, options.warm, seed=99).run(CHECK, bench.slice)
        say("\n" + report.HEAD)
        for turn in range(1, options.rounds + 1):
            results = [None, None]
            for side in (0, 1) if turn % 2 else (1, 0):
                bench.database.settle()
                results[side] = bench.sides(turn)[side].run(CHECK, bench.slice)
            say(report.line(CHECK.title, turn, *results))
            assert not results[0].failures, f"{results[0].failures} checks were not answered with 2xx"
            rounds.append(results)
    found = report.summary(CHECK, rounds)
    say("\n" + report.markdown([found]))
    return found


# ---- Searches, one at a time ----

class Plain:
    """The same statements on one connection, prepared once."""

    def __init__(self, database):
        self.connection, self.names = database.connect("kc_api"), {}

    def ask(self, statements):
        pg = self.connection.pgconn
        pg.exec_(b"begin")
        for text, values in statements:
            if text not in self.names:
                self.names[text] = f"s{len(self.names)}".encode()
                pg.prepare(self.names[text], text.encode())
            found = pg.exec_prepared(self.names[text], [value if value is None else value.encode() for value in values])
            assert not found.error_message, found.error_message
        pg.exec_(b"commit")
        column = next(number for number in range(found.nfields) if found.fname(number) == b"body")
        return [json.loads(found.get_value(row, column)) for row in range(found.ntuples)]


def timed(ask):
    begun = time.monotonic()
    found = ask()
    return (time.monotonic() - begun) * 1000, found


def asked(connection, target):
    connection.request("GET", target)
    return json.loads(connection.getresponse().read())["data"]


def search(bench, say):
    bench.database.listen(True)
    with bench.service:
        learnt = {title: [(LIST + query, sent_for(bench, LIST + query)[0]) for query in queries] for title, queries in SEARCHES.items()}
    bench.database.listen(False)
    plain, rows = Plain(bench.database), []
    with bench.service:
        connection = http.client.HTTPConnection("127.0.0.1", bench.service.port)
        for title, targets in learnt.items():
            times, counts = ([], []), []
            for turn in range(PLANNED + ASKED * bench.options.rounds):
                for target, statements in targets:
                    through, found = timed(lambda: asked(connection, target))
                    past, same = timed(lambda: plain.ask(statements))
                    assert found == same[:20], f"{target}: the service and PostgreSQL differ"
                    if turn >= PLANNED:
                        times[0].append(through), times[1].append(past), counts.append(len(found))
            rows.append({"search": title, "rows": statistics.mean(counts), **{f"{side}_{name}_ms": sorted(values)[int(len(values) * part)]
                         for side, values in zip(("service", "sql"), times) for name, part in (("p50", 0.5), ("p99", 0.99))}})
    say("\n| search of the catalogue | rows | service p50 ms | p99 ms | its SQL p50 ms | p99 ms |\n| --- |" + " ---: |" * 5)
    for row in rows:
        say(f"| {row['search']} | {row['rows']:.0f} | {row['service_p50_ms']:.1f} | {row['service_p99_ms']:.1f} | {row['sql_p50_ms']:.1f} | {row['sql_p99_ms']:.1f} |")
    return rows


def catalogue(bench, say):
    begun = time.monotonic()
    bench.database.psql("catalogue.sql", products=bench.options.products)
    say(f"{bench.options.products:,} products with recognition, certificate and their places in the log: loaded in {time.monotonic() - begun:.0f} s")
    return {"check": check(bench, say), "searches": search(bench, say)}
