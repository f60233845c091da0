# SPDX-License-Identifier: MIT
"""Acts on what is recorded while a project runs, on exceptions and on appraisals: tried, refused, taken, read, and gone with their
record; and what is gone with its project comes back no more by itself."""
import re

import pytest

from support.contract import Contract
from support.lives import Project, bury, papers, walk_an_act
from support.records import Records
from support.samples import OWNER, Samples

CONTRACT = Contract()
ACTS = {"createProgressReport": "submit", "createInspection": "carry_out", "createDifficulty": "forward", "createEffectSurvey": "confirm",
        "createOverride": "grant"}
RESTORERS = [item for item in CONTRACT.operations.values() if item.id.startswith("restore") and 410 in item.responses
             and item.id != "restoreTarget"]  # of a programme


def table_of(noun):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", noun).lower()


@pytest.fixture(scope="module")
def samples(world):
    return Samples(world)


@pytest.fixture(scope="module")
def cast(world):
    department = world.organisation(OWNER)
    return {"owner": world.caller(OWNER, organisation=world.organisation(OWNER)),
            "department": world.caller(OWNER, organisation=department, fresh=True),
            "leader": world.caller(OWNER, organisation=department, fresh=True)}


@pytest.fixture(scope="module")
def bureau(world):
    return world.caller(None, tier="central", organisation=world.organisation(None, "central"), fresh=True)


def made(who, samples, creator):
    operation = CONTRACT.operations[creator]
    record = who.post(operation.path, samples.body(operation, who)).expect(201).json()
    return f"{operation.path}/{record['id']}", record["id"]


@pytest.mark.parametrize("creator", ACTS)
def test_an_act_from_trial_to_the_end_of_its_record(cast, bureau, cluster, samples, creator):
    path, _ = made(cast["owner"], samples, creator)
    walk_an_act(cluster, bureau if creator == "createOverride" else cast["leader"], path, table_of(creator.removeprefix("create")), papers(ACTS[creator]))


def test_a_sheet_from_trial_to_the_end(cast, cluster):
    project = Project(Records(cast["owner"]).complete_project(), cluster=cluster, **cast)
    project.walk("base_appraising")
    sheet = cast["department"].post("/v1/appraisals", {
        "project_id": project.now()["id"], "tier": "base", "appraised_on": "2025-03-20", "result": "passed",
        "checks": [{"code": "survey_on_site", "passed": True}]}).expect(201).json()
    walk_an_act(cluster, cast["department"], f"/v1/appraisals/{sheet['id']}", "appraisal", papers("sign"))


@pytest.mark.parametrize("restorer", RESTORERS, ids=[item.id for item in RESTORERS])
def test_nothing_comes_back_to_a_project_that_is_gone(cast, cluster, samples, restorer):
    noun, who = restorer.id.removeprefix("restore"), cast["owner"]
    path, identifier = made(who, samples, f"create{noun}")
    version = who.get(path).json()["version"]
    who.delete(path, if_match=version).expect(204)
    project = Records(who).project()["id"]
    with cluster.connect() as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(f"update {table_of(noun)} set project_id = %s where id = %s", [project, identifier])
    bury(cluster, "project", project)
    who.post(f"{path}/restore", if_match=version + 1).expect(410, "deleted")
