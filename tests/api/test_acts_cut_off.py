# SPDX-License-Identifier: MIT
"""PostgreSQL is killed while an act stands in its middle, or the wire is cut before or after it was done: a plan is assigned with
all its items or not at all, a decision changes all items or none, a project moves with its act, a report is frozen whole; and
asking again settles it."""
import threading

import pytest

from support.lives import papers
from support.plans import ADJUSTMENTS, PAPERS, PLANS, Plans
from support.records import Records
from support.samples import OWNER
from support.service import eventually
from support.severing import Severing
from support.world import unique

ITEMS = [40, 60, 80]


class Act:
    """A write with its version, and what the database holds of its effects: `before` it, and `after` it was done."""

    def __init__(self, cluster, path, body, seen, values, before, after, version=None):
        self.cluster, self.path, self.body, self.seen, self.values = cluster, path, body, seen, values
        self.before, self.after, self.version = before, after, version

    def send(self, who):
        return who.post(self.path, self.body, **({"if_match": self.version} if self.version else {"headers": {"Idempotency-Key": self.key}}))

    key = property(lambda self: f"khoa-{self.values[0]}")

    def held(self):
        return self.cluster.sql(self.seen, *self.values)[0]


def an_assignment(cluster, who):
    plans = Plans(who)
    plan = plans.plan()
    for support in ITEMS:
        plans.item(plan, support)
    plans.act(plan, "open", "appraise", "submit")
    plans.appraised(plan)
    seen = """select a.status, (select count(*) from annual_plan_item i where i.annual_plan_id = a.id and i.baseline is not null),
                     (select count(*) from annual_plan_item_version v join annual_plan_item i on i.id = v.item_id where i.annual_plan_id = a.id),
                     (select count(*) from transition t where t.record_id = a.id and t.action = 'assign')
                from annual_plan a where a.id = %s"""
    return Act(cluster, f"{PLANS}/{plan['id']}/transitions", {"action": "assign", "documents": PAPERS["assign"]}, seen, [plan["id"]],
               ("submitted", 0, 0, 0), ("assigned", 3, 3, 1), plans.read(plan)["version"])


def an_approval(cluster, who):
    plans = Plans(who)
    plan, _ = plans.assigned(*ITEMS)
    cut = plans.adjustment(plan, "cut", cut_percent=50)
    plans.act(cut, "submit", "review")
    seen = """select d.status, (select array_agg(i.support_vnd::int order by i.support_vnd) from annual_plan_item i where i.annual_plan_id = d.annual_plan_id),
                     (select count(*) from annual_plan_item_version v where v.plan_adjustment_id = d.id),
                     (select count(*) from transition t where t.record_id = d.id and t.action = 'approve')
                from plan_adjustment d where d.id = %s"""
    return Act(cluster, f"{ADJUSTMENTS}/{cut['id']}/transitions", {"action": "approve", "documents": PAPERS["approve"]}, seen, [cut["id"]],
               ("reviewing", ITEMS, 0, 0), ("approved", [support // 2 for support in ITEMS], 3, 1), plans.read(cut)["version"])


def a_submission(cluster, who):
    project = Records(who).complete_project()
    seen = """select p.status, p.version - %s, (select count(*) from transition t where t.record_id = p.id),
                     (select count(*) from history h where h.record_id = p.id and h.version = p.version)
                from project p where p.id = %s"""
    return Act(cluster, f"/v1/projects/{project['id']}/transitions", papers("submit"), seen, [project["version"], project["id"]],
               ("draft", 0, 0, 1), ("submitted", 1, 1, 1), project["version"])


def a_frozen_report(cluster, who):
    note = unique("ban-chot")  # stands in a header too
    seen = "select count(*), count(*) filter (where length(sha256::text) > 0) from report_snapshot where note = %s"
    return Act(cluster, "/v1/report-snapshots", {"report": "plan-table", "year": 2021, "note": note}, seen, [note], (0, 0), (1, 1))


ACTS = [(an_assignment, "transition"), (an_approval, "transition"), (a_submission, "transition"), (a_frozen_report, "report_snapshot")]


@pytest.mark.parametrize("make, last_table", ACTS)
def test_the_database_killed_in_the_middle(world, outage, caller, make, last_table):
    who = caller(OWNER)
    killed_in_the_middle(world, outage, who, make(outage, who), last_table)


def killed_in_the_middle(world, outage, who, act, last_table):
    """The act has begun and waits for the table that it writes last; afterwards nothing is half, and asking again does it."""
    replies = []
    assert act.held() == act.before
    other = outage.connect()
    other.execute("begin")
    other.execute(f"lock table {last_table} in exclusive mode")
    asking = threading.Thread(target=lambda: replies.append(act.send(who)))
    asking.start()
    eventually(outage.waiting_for_lock, "an act that waits")
    outage.kill()
    asking.join(60)
    other.close()
    outage.start()
    assert replies[0].expect(503).code in ("unavailable", "outcome-unknown")
    eventually(lambda: world.http().get("/readyz").status == 200, "/readyz")
    assert act.held() == act.before
    settled(act, who)


def settled(act, who, was_kept=False):
    """Asking again does it, and only once: a version is stale then, a key gives the first answer."""
    if act.version:
        if not was_kept:
            act.send(who).expect(201)
        act.send(who).expect(412, "stale")
    else:
        first, second = (act.send(who).expect(201) for _ in range(2))
        assert first.json()["id"] == second.json()["id"]
    assert act.held() == act.after


@pytest.fixture
def severed(world, outage, start):
    wire = Severing(outage)
    service = start(KC_DATABASE_URL=wire.url, KC_POOL_SIZE=1)
    eventually(lambda: world.http(service).get("/readyz").status == 200, "/readyz")
    yield wire, world.caller(OWNER, service=service)
    wire.close()


@pytest.mark.parametrize("what, is_kept", [("question", False), ("answer", True), ("torn", True)])
@pytest.mark.parametrize("make", [an_assignment, an_approval, a_submission])
def test_an_act_cut_off(outage, severed, make, what, is_kept):
    wire, who = severed
    act = make(outage, who)
    wire.cut(what)
    assert act.send(who).expect(503).code == "outcome-unknown"
    assert act.held() == (act.after if is_kept else act.before)
    settled(act, who, is_kept)
