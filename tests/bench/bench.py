# SPDX-License-Identifier: MIT
"""Sets up what is measured, and measures it in rounds."""
import resource
import shutil
import tempfile
from pathlib import Path

import memory
import report
from database import PROVINCES, Database
from load import PgBench, Slice, Wrk
from operations import ACT, GET, Requests
from proof import Proof
from recipe import Teacher, keep_callers, pgbench_script
from serving import Service

CONNECTIONS = (500, 1000)


def say(text=""):
    print(text, flush=True)


class Bench:
    """A full database, the service on it, and for each operation what pgbench needs to do the same."""

    def __init__(self, options):
        self.options = options
        self.operations = options.operations
        self.runs = dict.fromkeys(self.operations, 0)
        self.recipes, self.scripts = {}, {}
        self.folder = Path(tempfile.mkdtemp(prefix="kc-bench-"))
        self.database = Database(options.projects, options.establishments, has_acts=ACT in self.operations)
        self.service = Service(self.database, self.folder / "service.log", **options.settings)
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))

    def fill(self):
        say(report.machine(self.database))
        seconds = self.database.fill()
        say(f"{self.database.projects:,} projects, {self.database.establishments:,} establishments: {self.database.size()}, made and "
            f"checked in {seconds:.0f} s")

    def prepare(self):
        self.fill()
        with self.service:
            self.callers = self.service.add_callers()
        self.requests = Requests(self.database, self.callers)
        self._learn()
        self.database.settle()

    def _learn(self):
        self.database.listen(True)
        with self.service:
            self.service.fresh_tokens(self.callers)
            teacher = Teacher(self.database, self.service, self.requests, self.callers)
            teacher.prepare()
            for operation in self.operations:
                self.recipes[operation] = teacher.learn(operation)
                keep_callers(self.database, operation, self.recipes[operation])
                self.scripts[operation] = self.folder / f"{operation.name}.sql"
                self.scripts[operation].write_text(pgbench_script(operation, self.recipes[operation], len(self.callers)))
            for operation in self.operations:
                Proof(self).check(operation, self.slice(operation))
        self.database.listen(False)
        say(f"proved for {len(self.callers)} callers: pgbench sends the same statements with the same values and gets the same rows")

    def slice(self, operation):
        """What a run may touch. A changed record has another version, so no two runs change the same."""
        if not operation.changes:
            return Slice(0, self.database.per_province - 2)
        sharing = -(-max(self.options.clients, len(self.callers)) // PROVINCES)
        first, last = (self.database.acts_first, self.database.per_province - 2) if operation.acts else (0, self.database.acts_first - 2)
        count = (last - first) // (2 * self.options.rounds + 2)
        count -= count % sharing
        assert count > 0, "too few projects for so many rounds"
        self.runs[operation] += 1
        return Slice(first + (self.runs[operation] - 1) * count, count)

    # ---- The measurement ----

    def sides(self, number):
        options = self.options
        return (Wrk(self, options.clients, options.seconds, number),
                PgBench(self, options.clients, options.seconds, options.warm, number))

    def measure(self):
        """{operation: [(service, pgbench) of each round]}"""
        found = {operation: [] for operation in self.operations}
        with self.service:
            for operation in self.operations:
                Wrk(self, self.options.clients, self.options.warm, seed=99).run(operation, self.slice(operation))
            say("\n" + report.HEAD)
            for number in range(1, self.options.rounds + 1):
                for operation in self.operations:
                    found[operation].append(self._round(number, operation))
        return found

    def _round(self, number, operation):
        """Both sides, each first in every second round."""
        results = [None, None]
        for side in (0, 1) if number % 2 else (1, 0):
            self.database.settle()
            results[side] = self.sides(number)[side].run(operation, self.slice(operation))
        service, pgbench = results
        say(report.line(operation.title, number, service, pgbench))
        if service.failures:
            raise SystemExit(f"{operation.title}: {service.failures} requests were not answered with 2xx")
        return service, pgbench

    def quiet(self):
        """Start and memory."""
        other = Service(self.database, self.folder / "quiet.log", KC_MAX_CONNECTIONS=CONNECTIONS[-1] + 100, KC_IDLE_SECONDS=300)
        ready = memory.time_to_ready(other)
        return ready, memory.resident(other, self.requests, self.callers, GET, CONNECTIONS)

    def remove(self):
        try:
            self.service.stop()
        finally:
            self.database.remove()
            shutil.rmtree(self.folder, ignore_errors=True)
