# SPDX-License-Identifier: MIT
"""The database under load: a throw-away cluster with the settings of a real server, filled by generate.sql."""
import json
import os
import subprocess
import time
from pathlib import Path

from support.cluster import DATABASE, Cluster, run

HERE = Path(__file__).resolve().parent
PROVINCES = 34

# What an administrator would set on a machine like this one. fsync and synchronous_commit stay on: a commit waits for the
# disk, as it does where data matter.
SETTINGS = {
    "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "1GB", "effective_cache_size": "4GB",
    "max_wal_size": "4GB", "checkpoint_timeout": "15min", "max_connections": "300", "random_page_cost": "1.1",
    # The log of statements, from which the bench learns what the service sends; it is off while anything is measured.
    "logging_collector": "on", "log_destination": "jsonlog", "log_filename": "statements.log",
}


class Database(Cluster):
    _connection = None

    def __init__(self, projects, establishments, has_acts=False):
        super().__init__()
        self.projects, self.establishments = projects, establishments
        # An act needs a record that nobody has moved on yet: the upper half is kept for them.
        self.acts_first = self.per_province // 2 if has_acts else self.per_province
        self.acts_from = self.acts_first * PROVINCES if has_acts else projects
        self.statement_log = self.directory / "statements.json"
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as settings:
            settings.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
            settings.write(f"log_directory = '{self.directory}'\n")
        self.restart()
        self.migrate()

    def sql(self, text, *values):
        """As superuser, hundreds of times: on one connection."""
        self._connection = self._connection or self.connect()
        cursor = self._connection.execute(text, values or None)
        return cursor.fetchall() if cursor.description else []

    def create(self, database):
        with self.connect(database="postgres") as connection:
            connection.execute(f'create database "{database}" encoding utf8 template template0')

    def psql(self, script, **variables):
        command = ["psql", "-X", "-q", "-o", "/dev/null", "-f", str(HERE / script)]
        for name, value in variables.items():
            command += ["-v", f"{name}={value}"]
        run(command, env={**os.environ, **self.environment(), "PGOPTIONS": "-c client_min_messages=warning"})

    def fill(self):
        """Seconds it took."""
        begun = time.monotonic()
        self.psql("generate.sql", projects=self.projects, establishments=self.establishments, acts_from=self.acts_from)
        self.psql("check.sql")
        return time.monotonic() - begun

    @property
    def per_province(self):
        """Every province has at least so many projects."""
        return self.projects // PROVINCES

    # ---- What the service's role sends ----

    def listen(self, on):
        """Sessions of kc_api that begin from now on are written down, or not."""
        for setting in ("log_statement = 'all'", "log_error_verbosity = 'default'") if on else ():
            self.sql(f"alter role kc_api set {setting}")
        if not on:
            self.sql("alter role kc_api reset log_statement")
            self.sql("alter role kc_api set log_error_verbosity = 'terse'")

    def log_mark(self):
        return self.statement_log.stat().st_size

    def log_since(self, mark):
        """Entries of kc_api."""
        with open(self.statement_log, "rb") as log:
            log.seek(mark)
            lines = log.read().split(b"\n")[:-1]
        return [entry for entry in map(json.loads, lines) if entry.get("user") == "kc_api"]

    # ---- What it costs ----

    @property
    def postmaster(self):
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def size(self):
        return self.sql("select pg_size_pretty(pg_database_size(%s))", DATABASE)[0][0]

    def settle(self):
        """Leftovers of the load before must not be paid by the next."""
        subprocess.run(["sync"], check=False)
        self.sql("checkpoint")
