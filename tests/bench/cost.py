# SPDX-License-Identifier: MIT
"""CPU time and memory of processes, from /proc."""
import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid):
    """Fields of /proc/PID/stat after the name: [1] is the parent, [11] … [14] utime, stime, cutime, cstime."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def process_seconds(pid):
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICK


def family_seconds(pid):
    """Of a process, its children, and those of them that have ended: all of PostgreSQL from its postmaster."""
    fields = _stat(pid)
    ticks = sum(int(field) for field in fields[11:15])
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            child = _stat(entry.name)
        except OSError:
            continue
        if int(child[1]) == pid:
            ticks += int(child[11]) + int(child[12])
    return ticks / TICK


def resident_mb(pid, peak=False):
    """The peak is that of the process's whole life."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:" if peak else "VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError(f"no such process: {pid}")


class Meter:
    """CPU seconds of the service (if it takes part) and of PostgreSQL between start and stop."""

    def __init__(self, postmaster, service=None):
        self.postmaster, self.service = postmaster, service
        self.service_seconds = self.database_seconds = 0.0
        self.start()

    def start(self):
        self._service = process_seconds(self.service) if self.service else 0.0
        self._database = family_seconds(self.postmaster)

    def stop(self):
        self.service_seconds = (process_seconds(self.service) if self.service else 0.0) - self._service
        self.database_seconds = family_seconds(self.postmaster) - self._database
        return self

    def per_request(self, requests):
        """Microseconds: of the service, of PostgreSQL."""
        return self.service_seconds / requests * 1e6, self.database_seconds / requests * 1e6
