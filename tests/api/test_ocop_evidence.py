# SPDX-License-Identifier: MIT
"""What the answers of a sheet rest on: papers of the dossier, files, the evidence of another criterion of the same sheet."""
import pytest

from support.councils import Rubric
from support.forms import file_of
from support.samples import absent_id
from test_councils import SHEETS, at, cast, council, ocop, office, one, rubric, set_of  # noqa: F401 (fixtures)


@pytest.fixture
def dossier(ocop, office):
    """A draft whose test report has a file, and whose quality declaration cites that."""
    report = file_of(office)["id"]
    return report, ocop.draft(office, product_set_id=set_of(ocop, "QD148-13"), checklist=[
        {"requirement_code": "test_report", "file_ids": [report]},
        {"requirement_code": "quality_declaration", "cited_from": "test_report"}])


@pytest.fixture
def leaves(office, dossier):
    probe = office.post(SHEETS, {"registration_id": dossier[1]["id"], "kind": "self", "answers": []}).expect(201).json()
    office.patch(at(probe), {"status": "voided", "note": "Phiếu thử"}, if_match=1).expect(200)
    return Rubric(office, probe["rubric_id"])


def answered(leaves, *evidence):
    """A whole sheet; the first answers have this evidence."""
    answers = leaves.answers(75)
    for answer, names in zip(answers, evidence):
        answer.update(names)
    return answers


def self_assessment(office, registration, answers, **members):
    return office.post(SHEETS, {"registration_id": registration["id"], "kind": "self", "answers": answers, **members})


def shown(sheet):
    return [{file["file_id"] for file in answer["files"]} for answer in sheet["answers"]]


def test_each_answer_shows_its_papers_its_files_and_what_it_cites(office, dossier, leaves):
    report, registration = dossier
    photo = file_of(office)["id"]
    first, second = (leaf["code"] for leaf in leaves.leaves[:2])
    made = self_assessment(office, registration, answered(
        leaves, {"requirement_codes": ["test_report"]}, {"file_ids": [photo]}, {"cited_from": first}, {"cited_from": second},
        {"requirement_codes": ["quality_declaration"], "cited_from": second})).expect(201).json()
    assert shown(made)[:6] == [{report}, {photo}, {report}, {photo}, {report, photo}, set()]
    assert [(answer["requirement_codes"], answer["file_ids"], answer["cited_from"]) for answer in made["answers"][:3]] == [
        (["test_report"], [], None), ([], [photo], None), ([], [], first)]
    assert made["answers"][0]["files"][0]["sha256"] and "kept_file_ids" not in made["answers"][0]
    assert office.get(at(made)).expect(200).json() == made
    office.delete(f"/v1/files/{photo}", if_match=1).expect(409, "still-referenced")


def test_what_an_answer_cannot_rest_on(office, dossier, leaves):
    _, registration = dossier
    codes = [leaf["code"] for leaf in leaves.leaves]
    group = next(item["code"] for item in leaves.criteria if not item["options"])
    for evidence, faults in (
            ([{"cited_from": "Z9"}], {("#/answers/0/cited_from", "unknown_reference")}),
            ([{"cited_from": group}], {("#/answers/0/cited_from", "unknown_reference")}),
            ([{"file_ids": [], "requirement_codes": ["test_report"], "cited_from": codes[0]}], {("#/answers/0/cited_from", "ocop_sheet_cites_itself")}),
            ([{}, {"cited_from": codes[0]}], {("#/answers/1/cited_from", "ocop_sheet_cites_nothing")}),
            ([{"requirement_codes": ["test_report"]}, {"cited_from": codes[0]}, {"cited_from": codes[1]}],
             {("#/answers/2/cited_from", "ocop_sheet_cites_citation")}),
            ([{"cited_from": codes[1]}, {"cited_from": codes[0]}],
             {("#/answers/0/cited_from", "ocop_sheet_cites_citation"), ("#/answers/1/cited_from", "ocop_sheet_cites_citation")}),
            ([{"requirement_codes": ["no_such_paper", "business_plan"]}],
             {("#/answers/0/requirement_codes/0", "unknown_reference"), ("#/answers/0/requirement_codes/1", "ocop_sheet_paper_missing")}),
            ([{}, {"file_ids": [absent_id()]}], {("#/answers/1/file_ids/0", "unknown_reference")})):
        refused = self_assessment(office, registration, answered(leaves, *evidence)).expect(422, "invalid")
        assert refused.errors == faults, evidence
    alone = self_assessment(office, registration, [{**leaves.answers(75)[1], "cited_from": codes[0]}]).expect(422, "invalid")
    assert alone.errors == {("#/answers/0/cited_from", "ocop_sheet_cites_nothing")}, "the criterion is not answered yet"
    assert office.get(f"{SHEETS}?registration_id={registration['id']}&status=draft,submitted").expect(200).json()["data"] == []


def test_the_evidence_stays_with_a_sheet_that_was_handed_in(ocop, office, dossier, leaves):
    report, registration = dossier
    first = leaves.leaves[0]["code"]
    answers = answered(leaves, {"requirement_codes": ["test_report"]}, {"cited_from": first})
    draft = self_assessment(office, registration, answers).expect(201).json()

    def replaced():
        newer = file_of(office)["id"]
        office.patch(ocop.path(registration), {"checklist": [{"requirement_code": "test_report", "file_ids": [newer]}]},
                     if_match=ocop.now(registration)["version"]).expect(200)
        return newer
    newer = replaced()
    done = office.patch(at(draft), {"status": "submitted"}, if_match=1).expect(200).json()
    assert shown(done)[:2] == [{newer}, {newer}], "a draft follows the dossier"
    replaced()
    assert shown(office.get(at(draft)).expect(200).json())[:2] == [{newer}, {newer}]
    assert office.patch(at(draft), {"answers": leaves.answers(75)}, if_match=2).expect(409).errors == {("#/status", "ocop_sheet_locked")}
    for kept in (newer, report):
        office.delete(f"/v1/files/{kept}", if_match=1).expect(409, "still-referenced")


def test_a_member_of_the_council_names_evidence_too(office, one, council, rubric):
    minutes = file_of(office)["id"]
    answers = rubric.answers(75)
    answers[0]["file_ids"] = [minutes]
    answers[1]["cited_from"] = answers[0]["criterion_code"]
    made = council.enter(one, council.scorers[0], answers).expect(201).json()
    assert shown(made)[:3] == [{minutes}, {minutes}, set()]
    council.score(one, rubric.answers(75), council.scorers[1:])
    assert council.result(one).expect(201).json()["total"] == 75


def test_files_of_others_are_no_evidence(office, one, council, rubric, caller):
    answers = rubric.answers(75)
    answers[0]["file_ids"] = [file_of(caller(province="01"))["id"]]
    refused = council.enter(one, council.scorers[0], answers).expect(422, "invalid")
    assert refused.errors == {("#/answers/0/file_ids/0", "unknown_reference")}
