# SPDX-License-Identifier: MIT
"""The life of a record, for every resource that the contract lets a caller create: tried, made, read, changed, deleted,
restored, found under the partner's key, paged. An ordinary resource added tomorrow is walked through it unasked."""
import threading

import pytest

from support.contract import Contract
from support.samples import BY_SQL, OWNER, STRANGER, Samples
from support.service import eventually
from support.world import unique

CONTRACT = Contract()


def item_of(creator, method):
    """The operation on one record of a collection."""
    found = [item for item in CONTRACT.operations.values() if item.method == method
             and item.path.rpartition("/")[0] == creator.path and item.path.endswith("_id}")]
    return found[0] if found else None


def is_by_sql(creator):
    return item_of(creator, "GET").names("path")[-1] in BY_SQL


MAKERS = [item for item in CONTRACT.operations.values() if item.method == "POST" and 201 in item.responses and item_of(item, "GET")]
CREATORS = [item for item in MAKERS if not is_by_sql(item)]
UPSERTS = [item for item in CONTRACT.operations.values() if item.method == "PUT" and "/by-ref/" in item.path]
LISTS = [item for item in CONTRACT.operations.values() if item.takes("cursor", "query")]


def every(operations):
    return pytest.mark.parametrize("operation", operations, ids=[operation.id for operation in operations])


@pytest.fixture(scope="module")
def samples(world):
    return Samples(world)


class Life:
    """A record of one resource and what can be done with it."""

    def __init__(self, who, samples, creator):
        self.who, self.samples, self.creator = who, samples, creator
        self.parents = samples.record(who, creator).values if "{" in creator.path else {}
        self.path = samples.fill(creator, self.parents)

    def body(self):
        return self.samples.body(self.creator, self.who)

    def make(self, query=""):
        return self.samples.make(self.who, self.creator, self.path + query)

    def at(self, record):
        return f"{self.path}/{record['id']}"

    def change(self):
        return self.samples.body(item_of(self.creator, "PATCH"), self.who)


@pytest.fixture
def life(samples, operation):
    return Life(samples.author(operation), samples, operation)


@every(CREATORS)
def test_a_trial_run_leaves_nothing(life, samples):
    life.body()  # what the body refers to is made first
    trial = life.make("?validate_only=true").expect(200)
    assert "Location" not in trial.headers
    life.who.get(life.at(trial.json())).expect(404, "not-found")


@every(CREATORS)
def test_made_and_read(life):
    created = life.make().expect(201)
    record = created.json()
    assert record["version"] == 1 and created.etag == '"1"'
    assert created.headers["Location"].endswith(life.at(record))
    read = life.who.get(life.at(record)).expect(200)
    assert read.json() == record and read.etag == created.etag
    life.who.get(life.at(record), headers={"If-None-Match": read.etag}).expect(304)
    assert life.who.head(life.at(record)).expect(200).etag == read.etag


@every([item for item in CREATORS if item_of(item, "PATCH")])
def test_changed(life):
    record = life.make().expect(201).json()
    change = life.change()
    trial = life.who.patch(life.at(record) + "?validate_only=true", change, if_match=1).expect(200)
    assert life.who.get(life.at(record)).json() == record
    changed = life.who.patch(life.at(record), change, if_match=1).expect(200)
    assert changed.json()["version"] > 1 and changed.etag == f'"{changed.json()["version"]}"'
    volatile = {"updated_at"}
    assert {name: value for name, value in trial.json().items() if name not in volatile} == \
        {name: value for name, value in changed.json().items() if name not in volatile}
    stale = life.who.patch(life.at(record), change, if_match=1).expect(412, "stale")
    assert stale.json()["current_version"] == changed.json()["version"]


@every([item for item in CREATORS if item_of(item, "DELETE")])
def test_deleted_and_restored(life):
    record = life.make().expect(201).json()
    life.who.delete(life.at(record), if_match=9).expect(412, "stale")
    life.who.delete(life.at(record) + "?validate_only=true", if_match=1).expect(204)
    life.who.get(life.at(record)).expect(200)
    life.who.delete(life.at(record), if_match=1).expect(204)
    life.who.get(life.at(record)).expect(410, "deleted")
    life.who.delete(life.at(record), if_match=2).expect(410, "deleted")
    if item_of(life.creator, "PATCH"):
        life.who.patch(life.at(record), life.change(), if_match=2).expect(410, "deleted")
    assert record["id"] not in {row["id"] for page in life.who.pages(life.path, 200) for row in page}
    restore = next((item for item in CONTRACT.operations.values() if item.path.startswith(f"{life.creator.path}/")
                    and item.path.endswith("/restore")), None)
    if restore is None:
        return
    gone = {row["id"] for page in life.who.pages(f"{life.path}?deleted=only", 200) for row in page}
    assert record["id"] in gone
    life.who.post(life.at(record) + "/restore", if_match=9).expect(412, "stale")
    assert life.who.post(life.at(record) + "/restore", if_match=2).expect(200).json()["version"] == 3
    life.who.get(life.at(record)).expect(200)


@every([item for item in CREATORS if "{" in item.path])
def test_nothing_is_made_below_a_deleted_record(life):
    above, _, parent = life.path.rpartition("/")[0].rpartition("/")
    version = life.who.get(f"{above}/{parent}").json()["version"]
    life.who.delete(f"{above}/{parent}", if_match=version).expect(204)
    life.make().expect(410, "deleted")


# ---- The partner's key ----

class Key:
    def __init__(self, who, samples, upsert):
        self.who, self.samples, self.upsert = who, samples, upsert
        self.body = samples.body(upsert, who)
        self.path = samples.fill(upsert, {"system": "demo", "ref": unique("ma/khóa 1")})
        self.plain = self.path.split("/by-ref/")[0]

    def put(self, who=None, **options):
        return (who or self.who).put(self.path, self.body, **options)


@pytest.fixture
def key(caller, samples, operation):
    return Key(caller(province=OWNER), samples, operation)


@every(UPSERTS)
def test_made_once_then_changed(key):
    created = key.put().expect(201)
    identifier = created.json()["id"]
    assert created.headers["Location"].endswith(f"{key.plain}/{identifier}")
    again = key.put().expect(200)
    assert again.json()["id"] == identifier and again.json()["version"] == 2
    key.put(if_match=1).expect(412, "stale")
    key.put(headers={"If-None-Match": "*"}).expect(412, "stale")
    key.put(if_match=2).expect(200)
    read = key.who.get(key.path).expect(200)
    assert read.json()["id"] == identifier and read.json()["version"] == 3
    key.who.get(key.path, headers={"If-None-Match": read.etag}).expect(304)
    assert key.who.get(f"{key.plain}/{identifier}").expect(200).json() == read.json()


@every(UPSERTS)
def test_a_trial_of_an_upsert_leaves_nothing(key):
    key.who.put(key.path + "?validate_only=true", key.body).expect(200)
    key.who.get(key.path).expect(404, "not-found")


@every(UPSERTS)
def test_a_record_deleted_under_its_key(key):
    record = key.put().expect(201).json()
    key.who.delete(f"{key.plain}/{record['id']}", if_match=1).expect(204)
    key.who.get(key.path).expect(410, "deleted")
    key.put().expect(410, "deleted")


@every(UPSERTS)
def test_many_upserts_at_once_make_one_record(caller, key):
    replies, ready = [], threading.Barrier(6)
    callers = [caller(province=OWNER) for _ in range(6)]

    def put(who):
        ready.wait()
        replies.append(key.put(who))

    threads = [threading.Thread(target=put, args=(who,)) for who in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(reply.status for reply in replies) == [200] * 5 + [201]
    assert len({reply.json()["id"] for reply in replies}) == 1
    assert key.who.get(key.path).expect(200).json()["version"] == 6


@every(UPSERTS)
def test_the_same_key_in_the_hands_of_another_is_another(caller, samples, key):
    record = key.put().expect(201).json()
    stranger = caller(province=STRANGER)
    stranger.get(key.path).expect(404, "not-found")
    theirs = stranger.put(key.path, samples.body(key.upsert, stranger, province=STRANGER))
    assert theirs.status == 201 and theirs.json()["id"] != record["id"]
    assert key.who.get(key.path).expect(200).json() == record


# ---- 409 ----

# Whatever these write, no other record is in its way. What is left is the same request, still running.
ONLY_AT_ONCE = """
createReportSnapshot createProduct createProgramme createProjectLine createProjectOutput createTarget
updateReportSnapshot updateProduct updateProgramme updateProject updateProjectLine updateProjectOutput updateRoleAssignment updateTarget
deleteReportSnapshot deleteOcopRegistration deleteProjectFunding deleteProjectOutput deleteRoleAssignment deleteTarget deleteUser
restoreProduct restoreProgramme restoreProject restoreTarget
createFile putFileContent restoreFile
putProductByRef putProgrammeByRef putProjectByRef
createContract createAcceptance transitionProjectLine createAppraisal
createAnnualPlan createPlanAdjustment restoreAnnualPlan restorePlanAdjustment
createPlanCall updatePlanCall deletePlanCall restorePlanCall createSurvey updateSurvey deleteSurvey restoreSurvey
createAffectedArea updateAffectedArea deleteAffectedArea restoreAffectedArea createTargetAssessment deleteTargetAssessment""".split()
ONLY_AT_ONCE += ["updateOcopCertificate", "updateVotingCertificate", "createOcopRubric"]
ONLY_AT_ONCE += [verb + noun for verb in ("create", "update") for noun in "Norm Parameter PriorityRule EligibleArea SizeThreshold".split()]
ONLY_AT_ONCE += ["deleteEstablishmentYear", "createFairBooth", "updateFairBooth", "deleteFairBooth"]
ONLY_AT_ONCE += ["createImport", "updateCheckRule", "updateDocumentRequirement"]
ONLY_AT_ONCE += ["createOcopCouncil", "updateOcopCouncil", "restoreOcopCouncil"]
ONLY_AT_ONCE += [verb + noun for verb in ("create", "update", "delete") for noun in ("DisplayPointProduct", "DisplayPointSale")]
ONLY_AT_ONCE += [verb + noun for verb in ("create", "update", "delete", "restore") for noun in """
DisplayPoint VotingCouncil VotingEntry VotingRegulation VotingRound VotingScoreSheet
BrandSupport ClusterSupport DemonstrationModel Difficulty EffectSurvey Fair Inspection Override PollutionSupport ProgressReport
RelocationSupport Seminar Showroom StudyTour TrainingClass""".split()]


@every([CONTRACT.operations[name] for name in ONLY_AT_ONCE])
def test_the_same_request_is_still_running(caller, cluster, samples, operation):
    who, key, target, options = caller(province=OWNER), unique("khoa"), samples.absent(operation), samples.options(operation)
    options["headers"]["Idempotency-Key"] = key
    with cluster.connect() as first, first.transaction():
        first.execute("select pg_advisory_xact_lock(hashtextextended(concat_ws(' ', %s::text, 'POST', %s::text, %s::text), 0))",
                      [who.id, target, key])
        method = "" if operation.method == "POST" else f"?_method={operation.method}"
        reply = who.request("POST", target + method, **options).expect(409, "request-in-progress")
    assert int(reply.headers["Retry-After"]) >= 1


# ---- Lists ----

@pytest.fixture(scope="module")
def later(world):
    """An instance whose clock is ahead by decades: every cursor of today is too old for it."""
    with world.start(KC_CLOCK="2099-01-01T00:00:00Z") as service:
        eventually(lambda: world.http(service).get("/readyz").status == 200, "/readyz")
        yield service


def recognised_product(who, samples):
    creator = CONTRACT.operations["createOcopRegistration"]
    result = {"stars": 4, "decision_no": "MH-01/QĐ", "decided_on": "2022-09-01", "issuer_name": "Nơi ban hành minh họa"}
    product_id = samples.body(creator, who)["product_id"]
    who.post(creator.path, {"product_id": product_id, "origin": "mirrored", "evidence_grade": "signed_decision",
                            "recognition": result}).expect(201)


def approved_programme(who, samples):
    creator = CONTRACT.operations["createProgramme"]
    record = who.post(creator.path, samples.body(creator, who)).expect(201).json()
    samples.world.cluster.sql("update programme set status = 'approved' where id = %s", record["id"])


def open_display_point(who, samples):
    creator = CONTRACT.operations["createDisplayPoint"]
    who.post(creator.path, samples.body(creator, who)).expect(201)


def certified_product(who, samples):
    creator = CONTRACT.operations["createVotingEntry"]
    body = samples.body(creator, who)
    who.post(creator.path, {name: body[name] for name in ("round_id", "product_id", "product_group_code")} | {
        "origin": "mirrored", "evidence_grade": "official_news", "outcome": {"status": "certified", "decision": {"document_no": "1"}}}).expect(201)


# Rows that everybody may read.
PUBLISH = {"/v1/public/typical-products": certified_product, "/v1/public/display-points": open_display_point, "/v1/public/ocop-products": recognised_product, "/v1/public/programmes": approved_programme}


def decided_plan_item(who, samples):
    """The address of the versions of an item, which only decisions make."""
    versions = CONTRACT.operations["listAnnualPlanItemVersions"]
    values = samples.record(who, versions).values
    act = samples.by_sql("transition_id", CONTRACT.operations["transitionAnnualPlan"], values)
    for number in (1, 2):
        samples.world.cluster.sql(
            "insert into annual_plan_item_version (item_id, version_no, valid_from, support_vnd, counterpart_vnd, is_stopped, transition_id)"
            " values (%s, %s, '2021-01-04', 1, 0, false, %s)", values["item_id"], number, act)
    return samples.fill(versions, values)


# Lists below a record, whose rows no request makes.
MADE = {"/v1/annual-plans/{annual_plan_id}/items/{item_id}/versions": decided_plan_item}


def list_with_rows(who, samples, operation):
    """The address of a list that has two rows at least."""
    maker = next((item for item in MAKERS if item.path == operation.path), None)
    if maker and is_by_sql(maker):
        values = samples.record(who, item_of(maker, "GET")).values
        samples.by_sql(item_of(maker, "GET").names("path")[-1], maker, values)
        return samples.fill(maker, values)
    if maker:
        life = Life(who, samples, maker)
        life.make().expect(201)
        life.make().expect(201)
        return life.path
    if operation.path in MADE:
        return MADE[operation.path](who, samples)
    if operation.path in PUBLISH:
        PUBLISH[operation.path](who, samples)
        PUBLISH[operation.path](who, samples)
    return KNOWN_ROWS.get(operation.path, operation.path)


# Reference data that has rows from the start.
KNOWN_ROWS = {
    "/v1/admin-units/{code}/predecessors": "/v1/admin-units/75/predecessors",
    "/v1/admin-units/{code}/successors": "/v1/admin-units/00634/successors",
    "/v1/regions/{code}/members": "/v1/regions/mien_bac/members",
}


@every(LISTS)
def test_a_cursor_that_is_too_old(caller, world, samples, later, operation):
    target = list_with_rows(caller(province=OWNER), samples, operation)
    cursor = caller(province=OWNER).get(f"{target}?limit=1").expect(200).json()["page"]["next_cursor"]
    assert cursor
    world.caller(province=OWNER, service=later).get(f"{target}?limit=1", params={"cursor": cursor}).expect(410, "expired")


@every(LISTS)
def test_every_sort_shows_every_row_once(caller, samples, operation):
    who = caller(province=OWNER)
    target = list_with_rows(who, samples, operation)
    schema = next((parameter["schema"] for parameter in operation.parameters if parameter["name"] == "sort"), {})
    orders = {}
    for sort in schema.get("enum", [None]):
        address = f"{target}?sort={sort}" if sort else target
        rows = [row for page in who.pages(address, 200) for row in page]
        orders[sort] = rows
        assert len({str(row) for row in rows}) == len(rows), f"{sort}: a row came twice"
    assert len({frozenset(map(str, rows)) for rows in orders.values()}) == 1, "the sorts show different rows"
    for sort in orders:
        if sort and f"-{sort}" in orders:  # rows without the value may come last both ways
            one, other = ([str(row) for row in orders[name] if row.get(sort, "") is not None] for name in (sort, f"-{sort}"))
            assert one == other[::-1], f"-{sort} is not {sort} turned round"
