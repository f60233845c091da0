# SPDX-License-Identifier: MIT
"""A plausible request for every operation, from the contract's own examples and a few words of help."""
import copy
import itertools
import json
import re
import uuid
from urllib.parse import quote, urlencode

from .councils import prepared_sheet
from .money import Money, key
from .ocop import prepared_registration
from .plans import Plans
from .promotion import Promotion
from .voting import Voting
from .world import unique

OWNER, STRANGER = "70", "01"  # provinces of the two callers in tests about territory
# Path parameters that lead nowhere; ids are random. No code list has 99.
ABSENT = {"system": "nobody", "ref": "nothing"}
# Statuses that a caller of another province gets on a record of ours: (reading it, changing it). docs/access.md.
FOREIGN = {
    "acceptances": ({404}, {404}),
    "appraisals": ({404}, {404}),
    "allocations": ({404}, {404}),
    "affected-areas": ({200}, {403}),
    "annual-plans": ({404}, {404}),
    "brand-supports": ({404}, {404}),
    "cluster-supports": ({404}, {404}),
    "check-rules": ({200}, {403}),
    "contracts": ({404}, {404}),
    "demonstration-models": ({404}, {404}),
    "difficulties": ({404}, {404}),
    "display-points": ({404}, {404}),
    "document-requirements": ({200}, {403}),
    "effect-surveys": ({404}, {404}),
    "eligible-areas": ({200}, {403}),
    "establishments": ({200}, {403}),
    "fairs": ({404}, {404}),
    "files": ({404}, {404}),
    "imports": ({404}, {404}),
    "inspections": ({404}, {404}),
    "ledger-entries": ({404}, {404}),
    "norms": ({200}, {403}),
    "ocop": ({404}, {404}),
    "organisations": ({200}, {403}),
    "overrides": ({404}, {404}),
    "parameters": ({200}, {403}),
    "payment-requests": ({404}, {404}),
    "plan-adjustments": ({404}, {404}),
    "plan-calls": ({404}, {404}),
    "pollution-supports": ({404}, {404}),
    "priority-rules": ({200}, {403}),
    "products": ({200}, {403}),
    "programmes": ({404}, {404}),
    "progress-reports": ({404}, {404}),
    "projects": ({404}, {404}),
    "relocation-supports": ({404}, {404}),
    "report-snapshots": ({404}, {404}),
    "role-assignments": ({404}, {404}),
    "seminars": ({404}, {404}),
    "settlements": ({404}, {404}),
    "showrooms": ({404}, {404}),
    "size-thresholds": ({200}, {403}),
    "study-tours": ({404}, {404}),
    "surveys": ({404}, {404}),
    "targets": ({404}, {404}),
    "training-classes": ({404}, {404}),
    "users": ({404}, {404}),
    "voting": ({404}, {404}),
}


# Members that tell rows of the same parent apart, so that an example can be sent twice.
VARIED = {"createProjectFunding": ["year"], "createEstablishmentYear": ["year"]}
# Rows of the same parent whose periods do not meet.
YEARLY = {"createDisplayPointSale"}
# Written by central bodies alone; a row of a code of its own each time.
CENTRAL = {"createNorm", "createParameter", "createPriorityRule", "createEligibleArea", "createSizeThreshold"}
# Members that the plain creation of what they name would not do for.
PREPARED = {
    "createAcceptance": lambda money: prepared_line(money),
    "createOcopCertificate": lambda money: prepared_product(money.who),
    "createVotingCertificate": lambda money: prepared_product(money.who),
    "createVotingCouncil": lambda money: {"round_id": Voting(money.who).round()["id"]},
    "createVotingEntry": lambda money: {"round_id": Voting(money.who).round()["id"]},
    "createVotingScoreSheet": lambda money: Voting(money.who).sheet_references(OWNER),
    "createTarget": lambda money: {"programme_id": Promotion(money.who).programme().id},
    "createAnnualPlanItem": lambda money: {"project_id": Plans(money.who).project()["id"]},
    "createLedgerEntry": lambda money: prepared_payment(money),
    "createOcopRubric": lambda money: {"product_set_id": money.who.get("/v1/ocop/product-sets?limit=1").json()["data"][0]["id"]},
    "createOcopCouncilAssignment": lambda money: prepared_registration(money.who, money.cluster),
    "createOcopScoreSheet": lambda money: prepared_sheet(money.who, money.cluster),
    "createOcopReview": lambda money: prepared_registration(money.who, money.cluster, "reviewing"),
    "createOcopSupplementRequest": lambda money: prepared_registration(money.who, money.cluster, "reviewing"),
    "createOcopResult": lambda money: prepared_registration(money.who, money.cluster),
    "createPaymentRequest": lambda money: {"contract_id": money.signed_contract()["id"]},
}


def prepared_product(who):
    producer = who.post("/v1/establishments", {"name": unique("Cơ sở")}).expect(201).json()
    return {"product_id": who.post("/v1/products", {"name": unique("Kẹo dừa"), "establishment_id": producer["id"]}).expect(201).json()["id"]}


def prepared_line(money):
    project = money.project(lines=[300_000_000])
    return {"project_id": project["id"], "line_id": project["lines"][0]}


def prepared_payment(money):
    contract = money.signed_contract()["id"]
    money.pay(contract, 100_000_000)
    return {"contract_id": contract}


_numbers = itertools.count(1)
# Records that no single request can make: an act needs a record that is complete. Written as the owner of the tables.
BY_SQL = {
    # A version is proposed for a programme in force only; the second is one that was in force.
    "version_id": """insert into programme_version (programme_id, version_no, name, status, valid_from, valid_to, organisation_id)
        select id, n + 1, name, case n when 0 then 'proposed' else 'superseded' end, case when n > 0 then date '2021-01-01' end,
        case when n > 0 then date '2021-12-31' end, organisation_id
        from {table} r, lateral (select count(*) as n from programme_version v where v.programme_id = r.id) c
        where id = %s returning id::text""",
    "transition_id": """insert into transition (record_type, record_id, record_version, action, from_status, to_status, acted_on,
        organisation_id, province_code) select '{table}', id, version + (select count(*) from transition where record_id = r.id), 'submit',
        (select status from record_status where record_type = '{table}' order by place limit 1),
        (select status from record_status where record_type = '{table}' order by place limit 1 offset 1),
        '2026-01-05', organisation_id, province_code from {table} r where id = %s returning id::text""",
}


ROUNDS = itertools.count(2018 * 99 + 1)  # year * 99 + round_no


def absent_id():
    """An id that no record has."""
    return str(uuid.uuid4())


def singular(path):
    """progress-reports → progress_report, difficulties → difficulty."""
    return re.sub("ies$", "y", path).removesuffix("s").replace("-", "_")


class Record:
    def __init__(self, values, version):
        self.values, self.version = values, version


class Samples:
    def __init__(self, world):
        self.world, self.contract = world, world.contract

    # ---- Addresses ----

    def absent(self, operation):
        """The address with path parameters that lead nowhere."""
        values = {}
        for parameter in operation.parameters:
            if parameter["in"] == "path":
                is_id = parameter["schema"].get("format") == "uuid"
                values[parameter["name"]] = absent_id() if is_id else ABSENT.get(parameter["name"], "99")
        return self.fill(operation, values)

    @staticmethod
    def fill(operation, values):
        path = operation.path
        for name, value in values.items():
            path = path.replace("{" + name + "}", quote(str(value), safe=""))
        return path

    # ---- Bodies and headers ----

    def body(self, operation, who=None, province=OWNER):
        """The contract's example, with a name of its own, in the caller's province, and without references to records that
        exist only on paper; a reference that must be there leads to a record that `who` makes."""
        example = copy.deepcopy(operation.example())
        if "json" not in operation.media:
            return example
        if "name" in example:
            example["name"] = unique(example["name"])
        if "certificate_no" in example:
            example["certificate_no"] = unique(example["certificate_no"])
        if "user_name" in example:
            example["user_name"] = unique("nguoi.dung")
        if "round_no" in example:  # an organisation has each of a year once
            example["year"], example["round_no"] = divmod(next(ROUNDS), 99)
        for place in [example, example.get("place") or {}, *example.get("places", [])]:
            if place.get("province_code"):
                place.update(province_code=province)
                place.pop("commune_code", None)
        required = self.contract.resolve(operation.body[operation.media]["schema"]).get("required", [])
        prepared = PREPARED[operation.id](Money(who, self.world.cluster)) if who and operation.id in PREPARED else {}
        for name in [name for name in example if name.endswith("_id") or name in prepared]:
            if name in prepared:
                example[name] = prepared[name]
            elif name not in required:
                del example[name]
            elif who:
                maker = self.contract.operations["create" + name.removesuffix("_id").title().replace("_", "")]
                above = self.record(who, maker).values if "{" in maker.path else {}
                example[name] = self.make(who, maker, self.fill(maker, above), province).expect(201).json()["id"]
        if operation.id in YEARLY:
            year = str(1900 + next(_numbers))
            example.update({name: year + example[name][4:] for name in ("from", "to")})
        for name in VARIED.get(operation.id, ()):
            example[name] -= next(_numbers) % 25
        if operation.id in CENTRAL:
            example["code"] += str(next(_numbers))
        return example

    @staticmethod
    def headers(operation):
        """A key where it is compulsory."""
        return key() if any(item["name"] == "Idempotency-Key" and item.get("required") for item in operation.parameters) else {}

    def author(self, operation):
        """Who may make such records."""
        return self.world.caller(province=None if operation.id in CENTRAL else OWNER)

    def make(self, who, maker, target, province=OWNER):
        if maker.id in CENTRAL and who.client["organisation_id"] != self.author(maker).client["organisation_id"]:
            who = self.author(maker)
        return who.post(target, self.body(maker, who, province), headers=self.headers(maker), params=self.required(maker))

    @staticmethod
    def required(operation):
        """Query parameters that must be there."""
        return {parameter["name"]: parameter["example"] for parameter in operation.parameters
                if parameter["in"] == "query" and parameter.get("required")}

    def options(self, operation):
        """Arguments of Http.request for a request that has nothing wrong in itself."""
        options = {"headers": self.headers(operation)}
        if operation.takes("If-Match") and operation.needs_version:
            options["if_match"] = 1
        if operation.body:
            options["media"] = operation.media
            body = self.body(operation)
            if "json" in operation.media:
                options["data"] = json.dumps(body, ensure_ascii=False).encode()
            else:
                options["data"] = body.encode() if isinstance(body, str) else urlencode(body).encode()
        if self.required(operation):
            options["params"] = self.required(operation)
        return options

    # ---- Real records ----

    @staticmethod
    def chain(contract, operation):
        """POST operations that make the records an address names, outermost first; None: some cannot be made so."""
        makers = []
        for match in re.finditer(r"/\{(\w+)\}", operation.path):
            maker = next((item for item in contract.operations.values()
                          if item.method == "POST" and item.path == operation.path[:match.start()]), None)
            if maker is None or not match.group(1).endswith("_id"):
                return None
            makers.append((match.group(1), maker))
        return makers or None

    def record(self, who, operation):
        """Makes the records that the operation's address names."""
        values, version = {}, 1
        for name, maker in self.chain(self.contract, operation):
            if name in BY_SQL:
                values[name] = self.by_sql(name, maker, values)
                continue
            reply = self.make(who, maker, self.fill(maker, values)).expect(201)
            values[name], version = reply.json()["id"], reply.json()["version"]
        return Record(values, version)

    def by_sql(self, name, maker, values):
        *above, parent, _ = maker.path.removeprefix("/v1/").split("/")
        noun = singular("_".join(part for part in above if "{" not in part)).replace("-", "_")
        table = {"projects_line": "project_line", "ocop_certificate": "certificate", "voting_certificate": "certificate"}.get(noun, noun)
        return self.world.cluster.sql(BY_SQL[name].format(table=table), values[parent.strip("{}")])[0][0]

    def writes(self):
        """Grows with every change of any record."""
        return self.world.cluster.sql("select count(*) from history")[0][0]
