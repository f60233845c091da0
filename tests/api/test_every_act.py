# SPDX-License-Identifier: MIT
"""Every record type with rules, in every state, asked for every act: what the table does not allow is refused, and what it
allows is what `allowed_actions` shows. Generated from the contract and db/reference, so a type added tomorrow is asked too."""
import csv
import datetime
import json
import re

import pytest

from support.cluster import ROOT
from support.contract import Contract
from support.lives import papers
from support.samples import OWNER, Samples
from test_act_scopes import operations_of

CONTRACT = Contract()
STRANGE = ["correct", "nothing"]  # nobody has acted yet; nobody knows it


def data(name):
    with open(ROOT / f"db/reference/{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


RULES, STATUSES = data("transition_rules"), data("record_statuses")
TYPES = sorted({rule["record_type"] for rule in RULES})


# States that a day brings about, and no act: no row has them.
BY_DAY = {("certificate", "expired")}
# What a record needs beside its state, so that it is in that state today.
BESIDE = {"certificate": {"valid_to": "2099-12-31"}}


def operation_of(record_type, members):
    """That of the kind, where a table has several addresses: {"scheme": "voting"} → transitionVotingCertificate."""
    names = operations_of(record_type)
    return CONTRACT.operations[next((name for name in names if members.get("scheme", "").capitalize() in name), names[0])]


def variants(record_type):
    """The kinds of a record that its rules tell apart, as the members that make it one: {"level": "national"}."""
    named = {rule["applies_to"] for rule in RULES if rule["record_type"] == record_type}
    return [json.loads(members) for members in sorted(named - {"{}"})] or [{}]


CASES = [(record_type, members, row["status"]) for record_type in TYPES for members in variants(record_type)
         for row in STATUSES
         if row["record_type"] == record_type and (record_type, row["status"]) not in BY_DAY]


@pytest.fixture(scope="module")
def samples(world):
    return Samples(world)


@pytest.fixture(scope="module")
def made(world, samples):
    """A record of each type and kind, made once; each test sets the state that it wants to ask."""
    kept = {}

    def of(record_type, members):
        kind = record_type, json.dumps(members)
        if kind not in kept:
            operation, owner = operation_of(record_type, members), world.caller(OWNER)
            kept[kind] = samples.fill(operation, samples.record(owner, operation).values).removesuffix("/transitions")
        return kept[kind]
    return of


def put_into(cluster, record_type, path, status, members):
    """As the owner of the tables, past triggers and the way that leads there; constraints hold. Gives the row."""
    columns = {"status": status, **members, **BESIDE.get(record_type, {})}
    if record_type in ("annual_plan", "programme"):  # what is national lies in no province
        columns["province_code"] = None if members["level"] == "national" else OWNER
    with cluster.connect() as connection:
        connection.execute("set session_replication_role = replica")
        changed = connection.execute(f"update {record_type} set {', '.join(f'{name} = %s' for name in columns)} where id = %s returning to_jsonb({record_type})",
                                     [*columns.values(), path.rpartition("/")[2]]).fetchall()
    assert len(changed) == 1 and changed[0][0]["status"] == status, "the state could not be set"
    return changed[0][0]


def allowed_by(record_type, status, row, tier):
    """What the table says, read from the file: of the rules for an act the one that asks most of the record."""
    today = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=7)).date().isoformat()
    best = {}
    for rule in RULES:
        asked = json.loads(rule["applies_to"])
        if (rule["record_type"], rule["from_status"]) == (record_type, status) and asked.items() <= row.items() \
                and rule["valid_from"] <= today <= (rule["valid_to"] or "9999") \
                and len(asked) >= len(json.loads(best.get(rule["action"], rule)["applies_to"])):
            best[rule["action"]] = rule
    return {action for action, rule in best.items() if rule["tiers"] == "{}" or tier in rule["tiers"].strip("{}").split(",")}


def actions(record):
    return {one["action"] for one in record["allowed_actions"]}


@pytest.mark.parametrize("record_type, members, status", CASES, ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else value)
def test_what_the_table_does_not_allow_is_refused(world, samples, made, cluster, record_type, members, status):
    tier = "central" if {"national", "central"} & set(members.values()) else next((name for name in ("district", "commune") if name in members.values()), "province")
    who = world.caller(None, tier="central") if tier == "central" else world.caller(OWNER, tier=tier)
    path, operation = made(record_type, members), operation_of(record_type, members)
    row = put_into(cluster, record_type, path, status, members)
    allowed = allowed_by(record_type, status, row, tier)
    before, written = who.get(path).expect(200).json(), samples.writes()
    known = {rule["action"] for rule in RULES if rule["record_type"] == record_type}
    assert before["status"] == status
    for action in sorted((known | set(STRANGE)) - allowed):
        refused = who.post(f"{path}/transitions", papers(action), if_match=before["version"], headers=samples.headers(operation))
        assert actions(refused.expect(409, "invalid-transition").json()) == allowed, action
    assert who.get(path).json() == before and samples.writes() == written, "nothing was written"
    assert not who.get(f"{path}/transitions").expect(200).json()["data"]
    if "allowed_actions" in before:
        assert actions(before) == allowed


@pytest.mark.parametrize("record_type", TYPES)
def test_every_state_of_the_table_is_asked(cluster, record_type):
    """A state that the file forgets would be asked for nothing."""
    shown, = cluster.sql("select pg_get_constraintdef(oid) from pg_constraint where conname = %s", f"{record_type}_status_known")[0]
    if function := re.search(r"(\w+_stage)\(status\)", shown):  # known is what has a stage
        shown, = cluster.sql("select prosrc from pg_proc where proname = %s", function.group(1))[0]
    assert set(re.findall("(?<!then )'([a-z_]+)'", shown)) == {
        row["status"] for row in STATUSES if row["record_type"] == record_type and (record_type, row["status"]) not in BY_DAY}


def test_every_act_of_the_contract_has_rules():
    """An operation without rules would never be asked above."""
    acts = {name for name, operation in CONTRACT.operations.items() if operation.method == "POST" and operation.path.endswith("/transitions")}
    assert acts == {name for record_type in TYPES for name in operations_of(record_type)}
