# SPDX-License-Identifier: MIT
"""What a database and a service suffer under writers: killed, restarted, stopped, cut off."""
from .service import eventually

IMPATIENT = {"KC_STATEMENT_MS": 1000, "KC_POOL_WAIT_MS": 500}  # so that a database which stands still is noticed soon


class Phoenix:
    """A service that is killed and started anew; callers find the one of the moment."""

    def __init__(self, world):
        self.world, self.settings = world, IMPATIENT
        self.service = self.begin()

    def begin(self):
        service = self.world.start(**self.settings)
        eventually(lambda: self.world.http(service).get("/readyz").status == 200, "/readyz")
        return service

    @property
    def url(self):
        return self.service.url

    def kill(self):
        self.service.process.kill()
        self.service.wait()
        self.service = self.begin()


def kill(cluster, _):
    cluster.kill()
    cluster.start()


def restart_fast(cluster, _):
    cluster.restart("fast")


def restart_immediate(cluster, _):
    cluster.restart("immediate")


def stop_and_continue(cluster, crew):
    before = crew.told
    with cluster.paused():
        eventually(lambda: crew.told[crew.unsure] > before[crew.unsure], "a write that nobody answers for")


def terminate_backends(cluster, crew):
    """One after the other, each busy with a write if there is one."""
    for _ in range(5):
        crew.progress()
        cluster.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'kc_api'"
                    " order by state = 'active' desc, random() limit 1")


HARMS = [kill, restart_fast, restart_immediate, stop_and_continue, terminate_backends]
