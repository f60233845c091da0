# SPDX-License-Identifier: MIT
"""Figures as people read them."""
import os
import platform
import statistics
from pathlib import Path

from support.cluster import run

HEAD = (f"{'operation':<24} {'round':>5}  {'service/s':>9} {'p50 ms':>7} {'p99 ms':>7}  {'pgbench/s':>9} {'p50 ms':>7} {'p99 ms':>7}"
        f"  {'ratio':>5}  {'our CPU':>7} {'PG CPU':>7} {'pgbench':>7}")


def machine(database):
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), "?")
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1048576
    wrk = run(["dpkg-query", "-W", "-f", "${Version}", "wrk"])
    version = database.sql("show server_version")[0][0]
    return (f"{os.cpu_count()} × {model}, {memory} GiB; Linux {platform.release()}; PostgreSQL {version}; wrk {wrk}\n"
            f"load of the machine before: {' '.join(f'{load:.2f}' for load in os.getloadavg())}")


def ratio(service, pgbench):
    return service.rate / pgbench.rate


def line(title, number, service, pgbench):
    return (f"{title:<24} {number:>5}  {service.rate:>9.0f} {service.p50_ms:>7.2f} {service.p99_ms:>7.2f}"
            f"  {pgbench.rate:>9.0f} {pgbench.p50_ms:>7.2f} {pgbench.p99_ms:>7.2f}  {ratio(service, pgbench):>5.2f}"
            f"  {service.service_us:>7.0f} {service.database_us:>7.0f} {pgbench.database_us:>7.0f}")


def median(values):
    return statistics.median(list(values))


def summary(operation, rounds):
    """One row of the end: medians over the rounds."""
    return {"operation": operation.name, "title": operation.title, "rounds": len(rounds),
            "requests_per_second": round(median(s.rate for s, _ in rounds)), "p50_ms": median(s.p50_ms for s, _ in rounds),
            "p99_ms": median(s.p99_ms for s, _ in rounds), "failures": sum(s.failures for s, _ in rounds),
            "pgbench_per_second": round(median(p.rate for _, p in rounds)), "pgbench_p50_ms": median(p.p50_ms for _, p in rounds),
            "pgbench_p99_ms": median(p.p99_ms for _, p in rounds), "ratios": [round(ratio(s, p), 3) for s, p in rounds],
            "ratio": round(median(ratio(s, p) for s, p in rounds), 3),
            "service_cpu_us": round(median(s.service_us for s, _ in rounds), 1),
            "database_cpu_us": round(median(s.database_us for s, _ in rounds), 1),
            "pgbench_database_cpu_us": round(median(p.database_us for _, p in rounds), 1)}


def markdown(rows):
    """For docs/performance.md."""
    lines = ["| operation | requests/s | p50 ms | p99 ms | pgbench/s | p50 ms | p99 ms | ratio of each round | **median** "
             "| our CPU µs | PostgreSQL µs | under pgbench µs |", "| --- |" + " ---: |" * 11]
    for row in rows:
        lines.append(f"| {row['title']} | {row['requests_per_second']:,} | {row['p50_ms']:.1f} | {row['p99_ms']:.1f} "
                     f"| {row['pgbench_per_second']:,} | {row['pgbench_p50_ms']:.1f} | {row['pgbench_p99_ms']:.1f} "
                     f"| {' '.join(f'{one:.2f}' for one in row['ratios'])} | **{row['ratio']:.2f}** | {row['service_cpu_us']:.0f} "
                     f"| {row['database_cpu_us']:.0f} | {row['pgbench_database_cpu_us']:.0f} |")
    return "\n".join(lines)
