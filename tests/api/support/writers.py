# SPDX-License-Identifier: MIT
"""Writers that keep a model of what they were told, through whatever a test does to the service and its database; afterwards
the database must hold exactly that model."""
import itertools
import random
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests

from .records import Records
from .service import eventually
from .world import unique

PAUSE = 0.02  # before asking again


@dataclass
class Record:
    id: str
    events: list = field(default_factory=list)  # (event, name): its place is the version, counted from 1
    is_deleted: bool = False
    late: int = 0  # unconditional writes of the same content that may still come

    @property
    def version(self):
        return len(self.events)

    @property
    def name(self):
        return self.events[-1][1]


class Writer(threading.Thread):
    """One caller who writes on, each time another way, until `stop` is set; then what is open is settled."""

    def __init__(self, who, prefix, number, stop):
        super().__init__(daemon=True)
        self.who, self.prefix, self.stop = who, f"{prefix} {number}-", stop
        self.choice, self.numbers = random.Random(number), itertools.count(1)
        self.records, self.refs, self.keys = [], {}, {}
        self.maybe, self.refused = set(), set()  # names of records whose creation cannot be repeated
        self.acknowledged, self.told = 0, Counter()
        self.fault = None

    def run(self):
        try:
            while not self.stop.is_set():
                self.choice.choice(self.ways())()
        except BaseException as fault:  # pylint: disable=broad-exception-caught  # told by the test's own thread
            self.fault = fault

    def ways(self):
        return [self.create, self.create_keyed, self.patch, self.patch, self.put, self.put, self.delete]

    # ---- Asking ----

    def new_name(self):
        return f"{self.prefix}{next(self.numbers)}"

    def ask(self, method, target, **options):
        """The reply; None when the connection was lost, so that its outcome is as unknown as where the service says so."""
        try:
            reply = self.who.request(method, target, **options)
        except requests.RequestException:
            self.told["connection lost"] += 1
            return None
        self.told[reply.code or reply.status] += 1
        if reply.status == 503:
            assert reply.code in ("unavailable", "outcome-unknown"), reply.body
            assert int(reply.headers["Retry-After"]) > 0
        else:
            self.acknowledged += reply.status < 300
        return reply

    def settle(self, method, target, finals, **options):
        """Asks until one of `finals` is the answer. Gives it, and how many outcomes before it were unknown."""
        unknown = 0
        while True:
            reply = self.ask(method, target, **options)
            if reply is not None and reply.status in finals:
                return reply, unknown
            passing = reply is None or reply.status == 503 or reply.code == "request-in-progress"
            assert passing, f"{method} {target} {options}: {reply.status} {reply.body[:500]}"
            unknown += reply is None or reply.code == "outcome-unknown"
            time.sleep(PAUSE)

    def is_kept(self, unknown, record, name):
        """After a refusal of what was asked before: then that one was kept, and only that one."""
        assert unknown, f"{record.id} was changed by nobody's request"
        kept = self.settle("GET", f"/v1/projects/{record.id}", {200})[0].json()
        assert (kept["version"], kept["name"]) == (record.version + 1, name), (kept, record)

    # ---- Writing ----

    def create(self):
        name = self.new_name()
        reply = self.ask("POST", "/v1/projects", json=Records.project_body(name=name))
        if reply is not None and reply.status == 201:
            self.records.append(Record(reply.json()["id"], [("created", name)]))
        elif reply is not None and reply.code == "unavailable":
            self.refused.add(name)
        else:
            assert reply is None or reply.code == "outcome-unknown", reply.body
            self.maybe.add(name)

    def create_keyed(self):
        name, key = self.new_name(), unique("khoa-lap")
        same = {"json": Records.project_body(name=name), "headers": {"Idempotency-Key": key}}
        made = self.settle("POST", "/v1/projects", {201}, **same)[0].json()["id"]
        again = self.settle("POST", "/v1/projects", {201}, **same)[0]
        assert again.json()["id"] == made and again.headers["Idempotency-Replayed"] == "true"
        self.records.append(Record(made, [("created", name)]))
        self.keys[key] = made

    def mine(self):
        mine = [record for record in self.records if not record.is_deleted and not record.late]
        return self.choice.choice(mine) if mine else None

    def patch(self):
        record, name = self.mine(), self.new_name()
        if record:
            self.change(record, name, "PATCH", f"/v1/projects/{record.id}", {"name": name})

    def put(self):
        """Half of them make a record, the others change one, with the version."""
        name = self.new_name()
        known = [ref for ref, record in self.refs.items() if not record.is_deleted and not record.late]
        if known and self.choice.random() < 0.5:
            ref = self.choice.choice(known)
            self.change(self.refs[ref], name, "PUT", f"/v1/projects/by-ref/thu/{ref}", Records.project_body(name=name))
            return
        ref = unique("ma")
        reply, unknown = self.settle("PUT", f"/v1/projects/by-ref/thu/{ref}", {200, 201}, json=Records.project_body(name=name))
        made, versions = reply.json(), reply.json()["version"]
        assert versions == 1 if reply.status == 201 else 2 <= versions <= 1 + unknown
        record = Record(made["id"], [("created", name), *[("updated", name)] * (versions - 1)], late=unknown + 1 - versions)
        self.records.append(record)
        self.refs[ref] = record

    def change(self, record, name, method, target, body):
        reply, unknown = self.settle(method, target, {200, 412}, json=body, if_match=record.version)
        if reply.status == 412:
            self.is_kept(unknown, record, name)
        else:
            assert reply.json()["version"] == record.version + 1
        record.events.append(("updated", name))

    def delete(self):
        record = self.mine()
        if not record or record in self.refs.values():
            return
        reply, unknown = self.settle("DELETE", f"/v1/projects/{record.id}", {204, 410, 412}, if_match=record.version)
        assert reply.status == 204 or (reply.status == 410 and unknown), reply.body
        record.is_deleted = True
        record.events.append(("deleted", record.name))


class Crew:
    """Writers at the same time, of several clients."""
    unsure = "outcome-unknown"  # what most of them are told while PostgreSQL stands still

    def __init__(self, callers, count, writer=Writer):
        self.prefix = unique("Người ghi")
        self.stop = threading.Event()
        self.writers = [writer(callers(number), self.prefix, number, self.stop) for number in range(count)]

    @property
    def told(self):
        return sum((writer.told for writer in self.writers), Counter())

    def check(self):
        for writer in self.writers:
            if writer.fault:
                raise writer.fault

    def progress(self):
        """Waits until every writer had something acknowledged."""
        before = [writer.acknowledged for writer in self.writers]

        def all_went_on():
            self.check()
            return all(writer.acknowledged > count for writer, count in zip(self.writers, before))
        eventually(all_went_on, "every writer to go on", seconds=120)

    @contextmanager
    def writing(self):
        for writer in self.writers:
            writer.start()
        try:
            self.progress()
            yield self
            self.progress()
        finally:
            self.stop.set()
        for writer in self.writers:
            writer.join(120)
            assert not writer.is_alive(), "a writer that cannot settle what it began"
        self.check()

    # ---- What the database holds afterwards ----

    def compare(self, cluster):
        # A connection that the service gave up may still be carried out by its backend.
        eventually(lambda: not cluster.sql("select 1 from pg_stat_activity where usename = 'kc_api' and state <> 'idle'"),
                   "PostgreSQL to have done all")
        rows = cluster.sql("select id::text, name, version, deleted_at is not null from project where name like %s",
                           f"{self.prefix} %")
        model = {record.id: record for writer in self.writers for record in writer.records}
        lost = set(model) - {identifier for identifier, *_ in rows}
        assert not lost, f"acknowledged, yet not there: {[model[identifier] for identifier in lost]}"
        self._compare_unrepeated([row for row in rows if row[0] not in model])
        for identifier, name, version, is_deleted in rows:
            record = model.setdefault(identifier, Record(identifier, [("created", name)]))
            assert version - record.version in range(record.late + 1), (identifier, version, record)
            record.events += [("updated", record.name)] * (version - record.version)
            assert (name, is_deleted) == (record.name, record.is_deleted), (identifier, name, is_deleted, record)
        self._compare_history(cluster, model)
        self._compare_keys(cluster)

    def _compare_unrepeated(self, rows):
        """Rows that no writer was told of: only what may have been kept, and that once."""
        names = Counter(name for _, name, *_ in rows)
        refused = set(names) & set().union(*(writer.refused for writer in self.writers))
        assert not refused, f"refused, yet there: {refused}"
        foreign = set(names) - set().union(*(writer.maybe for writer in self.writers))
        assert not foreign, f"there, although nobody was told so: {foreign}"
        assert all(count == 1 for count in names.values()), f"there twice: {names.most_common(3)}"

    @staticmethod
    def _compare_history(cluster, model):
        kept = {identifier: [] for identifier in model}
        for identifier, version, event, name in cluster.sql(
                "select record_id::text, version, event, row_data ->> 'name' from history where record_id = any(%s::uuid[])"
                " order by id", list(model)):
            kept[identifier].append((version, event, name))
        for identifier, record in model.items():
            assert kept[identifier] == [(number, *event) for number, event in enumerate(record.events, 1)]

    def _compare_keys(self, cluster):
        keys = {key: made for writer in self.writers for key, made in writer.keys.items()}
        assert sorted(cluster.sql("select key, body::json ->> 'id' from idempotency_key where key = any(%s)", list(keys))) \
            == sorted(keys.items())
        refs = {ref: record.id for writer in self.writers for ref, record in writer.refs.items()}
        assert sorted(cluster.sql("select ref, record_id::text from external_ref where system = 'thu' and ref = any(%s)",
                                  list(refs))) == sorted(refs.items())
