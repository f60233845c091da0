# SPDX-License-Identifier: MIT
"""One run of load on the service by wrk, one on PostgreSQL by pgbench."""
import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from support.cluster import run
from support.service import eventually

from cost import Meter
from database import HERE, PROVINCES
from operations import ACT, CREATE, UPDATE

THREADS = 2
WARM_RUNS = 6  # PostgreSQL plans a prepared statement anew five times before it may keep a plan
# Sixty clients that come at once plan their first statements at once; that does not count, so it may take long.
DEADLINE_MS = 60000
PATIENT = {**os.environ, "PGOPTIONS": f"-c statement_timeout={DEADLINE_MS}"}


@dataclass
class Result:
    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    failures: int
    service_us: float
    database_us: float

    @property
    def rate(self):
        return self.requests / self.seconds


@dataclass
class Slice:
    """Which records are changed: this many of each province, from the first on. Each run has its own."""
    first: int
    count: int


def lua(value):
    """A Python value in Lua's words. Level 3 brackets hold any JSON text."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"[ {lua(name)} ] = {lua(member)}" for name, member in value.items()) + "}"
    if isinstance(value, list):
        return "{" + ", ".join(map(lua, value)) + "}"
    return f"[===[{value}]===]" if isinstance(value, str) else str(value)


class Wrk:
    def __init__(self, bench, connections, seconds, seed):
        self.bench, self.connections, self.seconds, self.seed = bench, connections, seconds, seed

    def plan(self, operation, of):
        requests, callers = self.bench.requests, self.bench.callers
        body = {UPDATE: lambda caller: requests.patch, ACT: lambda caller: requests.act, CREATE: lambda caller: requests.bodies[caller.number]}.get(operation)
        media = {UPDATE: "application/merge-patch+json", ACT: "application/json", CREATE: "application/json"}.get(operation)
        return {"operation": operation.name, "seed": self.seed, "threads": THREADS, "provinces": PROVINCES, "first": of.first,
                "count": of.count, **({"media": media} if media else {}),
                "by_province": {no: [caller.number + 1 for caller in callers if caller.province == no] for no in range(PROVINCES)},
                "callers": [{"token": caller.token, "province": caller.province, "target": requests.target(operation, caller, 0),
                             "body": body(caller) if body else ""} for caller in callers]}

    def start(self, operation, of, environment=None):
        with tempfile.NamedTemporaryFile("w", suffix=".lua", delete=False) as plan:
            plan.write(f"return {lua(self.plan(operation, of))}\n")
        command = ["wrk", "-t", THREADS, "-c", self.connections, "-d", f"{self.seconds}s", "--timeout", "60s", "-s",
                   HERE / "requests.lua", self.bench.service.url, "--", plan.name]
        process = subprocess.Popen(list(map(str, command)), env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        process.plan = plan.name
        return process

    @staticmethod
    def finish(process):
        output = process.communicate()[0]
        Path(process.plan).unlink()
        lines = [line for line in output.splitlines() if line.startswith("RESULT ")]
        assert process.returncode == 0 and lines, f"wrk ended with {process.returncode}:\n{output}"
        return json.loads(lines[0][7:])

    def run(self, operation, of):
        self.bench.service.fresh_tokens(self.bench.callers)
        meter = Meter(self.bench.database.postmaster, self.bench.service.pid)
        found = self.finish(self.start(operation, of))
        meter.stop()
        self.bench.service.forget_log()
        failures = sum(found[kind] for kind in ("refused", "connect", "read", "write", "timeout"))
        return Result(found["requests"], found["seconds"], found["p50_ms"], found["p99_ms"], failures,
                      *meter.per_request(max(found["requests"], 1)))


class PgBench:
    """Its first seconds do not count: there connections are made, statements prepared and planned for the first times."""

    def __init__(self, bench, clients, seconds, warm_seconds, seed):
        self.bench, self.clients, self.seconds, self.warm, self.seed = bench, clients, seconds, warm_seconds, seed

    def command(self, operation, of, folder, *limit):
        variables = {"turn": -1, "run": self.seed, "first": of.first, "count": of.count,
                     "sharing": -(-self.clients // PROVINCES), "deadline": DEADLINE_MS}
        command = [self.bench.database.bin / "pgbench", "-n", "-M", "prepared", "-c", self.clients, "-j", THREADS, *limit,
                   "--random-seed", self.seed, "-l", "--log-prefix", f"{folder}/log", "-f", self.bench.scripts[operation]]
        for name, value in variables.items():
            command += ["-D", f"{name}={value}"]
        return list(map(str, [*command, self.bench.database.url()]))

    def once(self, operation, of, transactions=1):
        """So many of each client, and nothing measured."""
        with tempfile.TemporaryDirectory() as folder:
            run(self.command(operation, of, folder, "-t", transactions), env=PATIENT)

    def run(self, operation, of):
        with tempfile.TemporaryDirectory() as folder:
            command = self.command(operation, of, folder, "-T", self.seconds + self.warm + 2)
            process = subprocess.Popen(command, env=PATIENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            eventually(lambda: process.poll() is not None or self._connected() == self.clients, "pgbench's connections")
            time.sleep(self.warm)
            begun, meter = time.time(), Meter(self.bench.database.postmaster)
            time.sleep(self.seconds)
            ended = time.time()
            meter.stop()
            output = process.communicate()[0]
            assert process.returncode == 0, f"pgbench {operation.name}:\n{output}"
            took, cold = self._latencies(folder, begun, ended)
        assert took, f"pgbench {operation.name} did nothing:\n{output}"
        if cold:
            print(f"pgbench {operation.name}: {cold} clients had run fewer than {WARM_RUNS} times when the measurement began; "
                  "give it more --warm", flush=True)
        return Result(len(took), ended - begun, took[len(took) // 2], took[len(took) * 99 // 100], 0, *meter.per_request(len(took)))

    def _connected(self):
        return self.bench.database.sql("select count(*) from pg_stat_activity where application_name = 'pgbench'")[0][0]

    def _latencies(self, folder, begun, ended):
        """Milliseconds of the transactions that ended in between, in order; and how many clients were not warm by then."""
        took, before = [], dict.fromkeys(map(str, range(self.clients)), 0)
        for log in Path(folder).iterdir():
            for line in log.read_text().splitlines():
                client, _, elapsed, _, seconds, microseconds = line.split()[:6]
                at = int(seconds) + int(microseconds) / 1e6
                if at < begun:
                    before[client] += 1
                elif at <= ended:
                    took.append(int(elapsed) / 1000)
        return sorted(took), sum(runs < WARM_RUNS for runs in before.values())
