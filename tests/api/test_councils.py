# SPDX-License-Identifier: MIT
"""Councils of OCOP: who scores what, sheets that are locked and seen by nobody else until all are in, and the result they make."""
import pytest

from support.councils import Council, Rubric
from support.lives import bury, move
from support.ocop import DECISION, MINUTES, Ocop
from support.samples import absent_id
from support.world import unique

DAY = {"acted_on": "2022-08-01"}
IN_2023, IN_2025 = ({"acted_on": f"{year}-08-01"} for year in (2023, 2025))
SHEETS = "/v1/ocop/score-sheets"


@pytest.fixture(scope="module")
def cast(world):
    return {tier: world.caller("86", tier=tier) for tier in ("commune", "district", "province")} | {"central": world.caller(None)}


@pytest.fixture(scope="module")
def ocop(cast):
    return Ocop(cast)


@pytest.fixture(scope="module")
def office(cast):
    return cast["province"]


def scoring(ocop, **members):
    """With the council of the province, under 148 as amended."""
    one = ocop.submitted("2025-07-10", product_set_id=set_of(ocop, "QD148-13"), **members)
    ocop.by("commune", one, "review", "forward", **IN_2025)
    return ocop.by("province", one, "review", "open_scoring", **IN_2025)


def set_of(ocop, code):
    day = {"QD1048": "2022-06-01", "QD148": "2023-06-01", "QD26": "2026-06-01"}[code.split("-")[0]]
    return next(row["id"] for page in ocop.cast["province"].pages(f"/v1/ocop/product-sets?valid_on={day}&limit=200")
                for row in page if row["set_code"] == code)


@pytest.fixture
def one(ocop):
    return scoring(ocop)


@pytest.fixture
def rubric(office, one):
    return Rubric(office, one["rubric_id"])


@pytest.fixture
def council(office, one):
    made = Council(office, scorers=3)
    made.assign(one).expect(201)
    return made


def at(record, kind="score-sheets"):
    return f"/v1/ocop/{kind}/{record['id']}"


# ---- A council of nine, one conflict, one late sheet ----

def test_nine_members_one_conflict_and_one_late_sheet(ocop, office, one, rubric):
    council = Council(office)
    own, interested, late = council.scorers[3], council.scorers[4], council.scorers[8]
    council.assign(one).expect(201)
    council.change(own, establishment_id=one["establishment_id"]).expect(200)
    council.change(interested, conflicts=[{"registration_id": one["id"], "reason": "Có phần vốn góp"}]).expect(200)
    for member in (own, interested):
        refused = council.enter(one, member, rubric.answers(80)).expect(409, "guard-failed")
        assert refused.errors == {("#/scorer_id", "ocop_sheet_conflict")}
    council.change(own, establishment_id=None).expect(200)
    scorers = [member for member in council.scorers if member != interested]
    early = council.score(one, [rubric.answers(74 + n) for n in range(7)], scorers[:7])
    row, = office.get(f"{council.path}/assignments").expect(200).json()["data"]
    assert (row["pass_no"], row["scorers_count"], row["sheets_count"]) == (1, 8, 7)
    made = council.result(one).expect(201).json()
    assert (made["scorers_count"], made["sheets_count"], made["total"], made["stars"]) == (8, 7, 77, 4), "7 of 8 are more than 75 %"
    assert (made["spread"], made["max_spread"], made["is_rescore_due"], made["origin"], made["evidence_grade"]) == (6, 10, False, "native", None)
    refused = council.enter(one, late, rubric.answers(80)).expect(409, "guard-failed")
    assert refused.errors == {("#/pass_no", "ocop_sheet_pass")}, "it comes too late for what is found already"
    office.delete(at(made, "results"), if_match=1).expect(204)
    council.enter(one, late, rubric.answers(85)).expect(201)
    again = council.result(one).expect(201).json()
    assert (again["sheets_count"], again["total"]) == (8, 78), "77 * 7 + 85 over 8"
    assert [(flag["scorer_id"], flag["total"]) for flag in again["outliers"]] == [(late["id"], 85)], "more than half of 10 from the middle"
    assert len(early) == 7
