# SPDX-License-Identifier: MIT
"""R4 over all projects through HTTP, beside its plain SQL on one connection of the tables' owner: the same figures, and how long
each takes. Reports are asked for one at a time, so it is the time that counts. The plain SQL has a connection that lasts, as the
service has, for a new one sees each page of the shared memory for the first time; and, as functions have, one processor."""
import json
import statistics
import time

from database import HERE
from serving import request

TARGET = "/v1/reports/region-summary?from=2021-01-01&to=2025-12-31&geo_basis=current"
SQL = (HERE / "region_summary.sql").read_text(encoding="utf-8")


def plain(connection):
    """{province: its figures}, and seconds."""
    begun = time.monotonic()
    cursor = connection.execute(SQL)
    rows = cursor.fetchall()
    took = time.monotonic() - begun
    names = [column.name for column in cursor.description]
    return {row[0]: dict(zip(names[1:], row[1:])) for row in rows}, took


def asked(service, caller):
    """The same of the service."""
    begun = time.monotonic()
    status, _, body = request(service, "GET", TARGET, None, {"Authorization": f"Bearer {caller.token}", "Accept": "application/json"})
    took = time.monotonic() - begun
    assert status == 200, f"{TARGET}: {status} {body[:300]}"
    return {row["key"]: row["values"] for row in json.loads(body)["rows"]}, took


def compare(found, wanted):
    """Every figure of the plain SQL is the report's; a province that it does not name has no project."""
    for province, figures in wanted.items():
        shown = {name: found[province][name] for name in figures}
        assert shown == figures, f"{province}: the report has {shown}, the plain SQL {figures}"
    assert all(values["project_count"] == 0 for province, values in found.items() if province not in wanted), "the report has more provinces"


def reports(bench, say):
    database, service, times = bench.database, bench.service, []
    with service, database.connect() as connection:
        connection.execute("set max_parallel_workers_per_gather = 0")
        caller = service.add_client("bench reports", database.sql("select id::text from organisation where kind = 'ministry' and deleted_at is null"
                                                                   " order by code limit 1")[0][0], "reports:read projects:read")
        service.fresh_tokens([caller])
        compare(asked(service, caller)[0], plain(connection)[0])
        say(f"{'R4 region-summary':<24} {'round':>5}  {'service s':>9} {'SQL s':>7}  {'times':>5}")
        for number in range(1, 2 * bench.options.rounds + 1):
            taken = [None, None]
            for side in (0, 1) if number % 2 else (1, 0):
                taken[side] = (asked(service, caller) if side == 0 else plain(connection))[1]
            times.append(taken)
            say(f"{'':<24} {number:>5}  {taken[0]:>9.3f} {taken[1]:>7.3f}  {taken[0] / taken[1]:>5.2f}")
    through, past = (statistics.median(column) for column in zip(*times))
    ratio = statistics.median(a / b for a, b in times)
    say(f"\n| report | service s | plain SQL s | **times the plain SQL** |\n| --- | ---: | ---: | ---: |\n"
        f"| R4 over {database.projects:,} projects | {through:.3f} | {past:.3f} | **{ratio:.2f}** |")
    return {"report": "region-summary", "service_seconds": through, "sql_seconds": past, "times": ratio}
