# SPDX-License-Identifier: MIT
"""A PostgreSQL cluster that lives as long as the test session and can be stopped, killed and started by tests."""
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[3]
DATABASE = "khuyencong"


def as_postgres(command):
    """PostgreSQL refuses to run as root; everybody else runs it himself."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else list(command)


def run(command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}"
    return done.stdout


def is_there(process):
    try:
        os.kill(process, 0)
        return True
    except ProcessLookupError:
        return False


class Cluster:
    latest = None  # for those who hold a caller only
    port = 5432  # only names the socket: nothing listens on TCP, so no port of the machine is taken

    def __init__(self):
        self.bin = Path(run(["pg_config", "--bindir"]).strip())
        # A socket path may have 107 bytes and the postgres user must reach it: so not below the checkout.
        self.directory = Path(tempfile.mkdtemp(prefix="kc-test-", dir="/var/tmp"))
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.directory, owner.pw_uid, owner.pw_gid)
        self.directory.chmod(0o711)
        self.data = self.directory / "data"
        self.superuser = "postgres"
        self._tool("initdb", "-D", self.data, "-U", self.superuser, "-A", "trust", "--no-sync", "-E", "UTF8",
                   "--locale=C.UTF-8")
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as settings:
            # fsync off is safe here: tests kill the server, never the machine.
            settings.write(f"listen_addresses = ''\nunix_socket_directories = '{self.directory}'\nport = {self.port}\n"
                           "fsync = off\nmax_connections = 100\nlog_min_messages = warning\n"
                           "log_min_error_statement = panic\n")
        self.start()
        Cluster.latest = self

    def _tool(self, name, *arguments):
        return run(as_postgres([str(self.bin / name), *map(str, arguments)]), cwd="/")

    def start(self):
        self._tool("pg_ctl", "start", "-w", "-t", "60", "-s", "-D", self.data, "-l", self.directory / "log")

    def stop(self, mode="fast"):
        self._tool("pg_ctl", "stop", "-w", "-t", "60", "-s", "-D", self.data, "-m", mode)

    def restart(self, mode="fast"):
        self.stop(mode)
        self.start()

    def _processes(self):
        """The postmaster first."""
        postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
        of_parent = subprocess.run(["pgrep", "-P", str(postmaster)], stdout=subprocess.PIPE, text=True, check=False).stdout
        return [postmaster, *map(int, of_parent.split())]

    def kill(self):
        """Every process ends at once, as when memory runs out: no shutdown, no word to anybody."""
        os.kill(self._processes()[0], signal.SIGSTOP)  # so that it has no further children
        processes = self._processes()
        for process in reversed(processes):
            os.kill(process, signal.SIGKILL)
        end = time.monotonic() + 60
        while any(is_there(process) for process in processes):
            assert time.monotonic() < end, "killed processes that do not go"
            time.sleep(0.01)

    @contextmanager
    def locked(self, table, mode="access exclusive"):
        with self.connect() as connection, connection.transaction():
            connection.execute(f"lock table {table} in {mode} mode")
            yield

    def waiting_for_lock(self):
        return self.sql("select count(*) from pg_stat_activity where usename = 'kc_api' and wait_event_type = 'Lock'")[0][0]

    @contextmanager
    def paused(self):
        """PostgreSQL with all its processes stands still: its sockets stay open, and nobody answers."""
        processes = self._processes()
        try:
            for process in processes:
                os.kill(process, signal.SIGSTOP)
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

    @property
    def is_running(self):
        command = as_postgres([str(self.bin / "pg_ctl"), "status", "-D", str(self.data)])
        return subprocess.run(command, stdout=subprocess.DEVNULL, cwd="/").returncode == 0

    def url(self, user="kc_api", database=DATABASE):
        return f"postgresql://{user}@/{database}?host={self.directory}&port={self.port}"

    def environment(self, user=None, database=DATABASE):
        """For psql and friends."""
        return {"PGHOST": str(self.directory), "PGPORT": str(self.port), "PGUSER": user or self.superuser,
                "PGDATABASE": database, "DATABASE_URL": self.url(user or self.superuser, database)}

    def connect(self, user=None, database=DATABASE, **options):
        return psycopg.connect(host=str(self.directory), port=self.port, user=user or self.superuser, dbname=database,
                               autocommit=True, **options)

    def sql(self, text, *values, user=None, database=DATABASE):
        """Runs one statement as superuser and returns its rows."""
        with self.connect(user, database) as connection:
            cursor = connection.execute(text, values or None)
            return cursor.fetchall() if cursor.description else []

    def create(self, database):
        self.sql(f'create database "{database}" encoding utf8 template template0', database="postgres")

    def migrate(self, database=DATABASE):
        self.create(database)
        run([str(ROOT / "db/migrate")], env={**os.environ, **self.environment(database=database)}, cwd=ROOT)

    def remove(self):
        try:
            if self.is_running:
                self.stop("immediate")
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)
