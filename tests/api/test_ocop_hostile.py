# SPDX-License-Identifier: MIT
"""What an office, a member of a council and a stranger try against OCOP: results beside the sheets, sheets of others by the back
door, dossiers of another province, certificates beside the result."""
import pytest

from support.councils import Council
from support.lives import move
from support.ocop import DECISION, MINUTES, PLACE
from support.samples import absent_id
from support.world import unique
from test_councils import IN_2025, SHEETS, cast, ocop, office, one, own, persons, rubric, set_of  # noqa: F401 (fixtures)


@pytest.fixture
def council(office, one):
    made = Council(office, scorers=4)
    made.assign(one).expect(201)
    return made


@pytest.fixture
def sitting(office, one, persons):
    """Of its four, the second and the third score by their own accounts."""
    council = Council(office, scorers=4, accounts=[None, *(person.user_id for person in persons[:2])])
    council.assign(one).expect(201)
    return council


# ---- Results beside the sheets ----

def test_nobody_types_averages_beside_the_sheets(ocop, one, council, rubric):
    council.score(one, rubric.answers(40))
    refused = ocop.result("province", one, (38, 24, 34)).expect(409, "guard-failed")
    assert refused.errors == {("#/council_id", "ocop_result_has_sheets")}
    assert council.approved(one)["stars"] == 2
    for pass_no in (2, 7):
        refused = ocop.result("province", one, (38, 24, 34), pass_no=pass_no).expect(409, "guard-failed")
        assert refused.errors == {("#/pass_no", "ocop_result_pass"), ("#/council_id", "ocop_result_has_sheets")}
    ocop.by("province", one, "close_scoring", **IN_2025)
    move(ocop.cast["province"], ocop.path(one), "rescore", **IN_2025).expect(201)
    refused = ocop.result("province", one, (38, 24, 34), pass_no=2).expect(409, "guard-failed")
    assert refused.errors == {("#/council_id", "ocop_result_has_sheets")}, "the pass is open, and the council scores by sheets"


def test_typed_averages_come_pass_by_pass(ocop, office, one):
    ocop.approved("province", one, (30, 20, 20))
    refused = ocop.result("province", one, (38, 24, 34), pass_no=2).expect(409, "guard-failed")
    assert refused.errors == {("#/pass_no", "ocop_result_pass")}
    ocop.by("province", one, "close_scoring", **IN_2025)
    move(office, ocop.path(one), "rescore", **IN_2025).expect(201)
    assert ocop.result("province", one, (30, 20, 25), pass_no=2).expect(201).json()["total"] == 75


def test_a_sheet_counts_when_its_writer_leaves_or_changes_his_post(office, one, council, rubric):
    council.score(one, [rubric.answers(70), rubric.answers(72), rubric.answers(74), rubric.answers(60)])
    council.change(council.scorers[3], ends_on="2025-08-01").expect(200)
    council.change(council.secretary, ends_on="2025-08-01").expect(200)
    council.change(council.scorers[2], role="secretary").expect(200)
    made = council.result(one).expect(201).json()
    assert (made["scorers_count"], made["sheets_count"], made["total"], made["spread"]) == (4, 4, 69, 14)


def test_a_result_stays_while_something_rests_on_it(ocop, office, one):
    made = ocop.approved("province", one, (30, 20, 20))
    ocop.by("province", one, "close_scoring", "recognise", **IN_2025)
    path = f"/v1/ocop/results/{made['id']}"
    refused = move(office, path, "correct").expect(409, "guard-failed")
    assert refused.errors == {("#/action", "ocop_result_acted_on")}
    assert office.get(path).expect(200).json()["status"] == "approved"
    move(office, ocop.path(one), "correct").expect(201)
    assert ocop.now(one)["status"] == "scored"
    move(office, path, "correct").expect(201)
    assert office.get(path).expect(200).json()["status"] == "draft"


def test_what_a_lower_tier_found_stays_when_it_was_sent_up(ocop, office, one):
    made = ocop.approved("province", one, (38, 24, 30))
    ocop.by("province", one, "close_scoring", "forward", **IN_2025)
    refused = move(office, f"/v1/ocop/results/{made['id']}", "correct").expect(409, "guard-failed")
    assert refused.errors == {("#/action", "ocop_result_acted_on")}


# ---- A member of a council ----

def test_a_draft_result_opens_no_sheet(office, one, sitting, persons, rubric):
    late, early, _ = persons
    sitting.score(one, [rubric.answers(77), rubric.answers(61)], [sitting.scorers[0], sitting.scorers[3]])
    own(early, sitting, one, 2, rubric.answers(60)).expect(201)
    draft = sitting.result(one).expect(201).json()
    assert draft["sheets_count"] == 3 and {flag["total"] for flag in draft["outliers"]} == {77}
    assert late.get(f"{SHEETS}?registration_id={one['id']}").expect(200).json()["data"] == []
    late.get(f"/v1/ocop/results/{draft['id']}").expect(404, "not-found")
    assert late.get(f"/v1/ocop/results?registration_id={one['id']}").expect(200).json()["data"] == []
    office.delete(f"/v1/ocop/results/{draft['id']}", if_match=1).expect(204)
    own(late, sitting, one, 1, rubric.answers(80)).expect(201)
    made = sitting.result(one).expect(201).json()
    late.get(f"/v1/ocop/results/{made['id']}").expect(200)
    assert len(late.get(f"{SHEETS}?registration_id={one['id']}").expect(200).json()["data"]) == 4, "all are in"


def test_the_scan_of_a_sheet_is_seen_like_the_sheet(office, one, sitting, persons, rubric):
    paper = sitting.scan()
    sitting.enter(one, sitting.scorers[0], rubric.answers(77), paper=paper).expect(201)
    path = f"/v1/files/{paper['file_id']}"
    for member in persons[:2]:
        member.get(path).expect(404, "not-found")
        member.get(f"{path}/content").expect(404, "not-found")
        assert paper["file_id"] not in {row["id"] for page in member.pages("/v1/files", 200) for row in page}
        body = {**sitting.body(one, sitting.scorers[1], rubric.answers(70)), "paper": paper}
        member.post(SHEETS, body).expect(422, "invalid")
    office.get(f"{path}/content").expect(200)
    sitting.score(one, rubric.answers(75), sitting.scorers[1:])
    persons[0].get(f"{path}/content").expect(200)


def test_a_member_writes_no_dossier_and_no_result(ocop, office, one, sitting, persons, rubric):
    member, version, path = persons[0], one["version"], ocop.path(one)
    member.get(path).expect(200)
    member.patch(path, {"note": "x"}, if_match=version).expect(403, "outside-territory")
    member.delete(path, if_match=version).expect(403, "outside-territory")
    member.post("/v1/ocop/registrations", {"product_id": one["product_id"]}).expect(403, "outside-territory")
    member.put(f"/v1/ocop/registrations/by-ref/phan-mem/{unique()}", {"product_id": one["product_id"]}).expect(403, "outside-territory")
    for action in ("close_scoring", "withdraw", "decline"):
        assert move(member, path, action, **IN_2025).status in (403, 409)
    assert ocop.now(one)["version"] == version
    sitting.score(one, rubric.answers(75))
    for body in ({"council_id": sitting.one["id"]}, {"part_a": 40, "part_b": 25, "part_c": 30}):
        member.post("/v1/ocop/results", {"registration_id": one["id"], "minutes": MINUTES, **body}).expect(403, "outside-territory")
    made = sitting.result(one).expect(201).json()
    member.patch(f"/v1/ocop/results/{made['id']}", {"note": "x"}, if_match=1).expect(403, "outside-territory")
    member.delete(f"/v1/ocop/results/{made['id']}", if_match=1).expect(403, "outside-territory")
    move(member, f"/v1/ocop/results/{made['id']}", "approve").expect(403)


# ---- A stranger ----

def test_a_stranger_learns_of_no_dossier_by_its_product(ocop, office, caller):
    stranger, asked = caller(province="70"), ocop.draft(office)
    site = office.post("/v1/establishments", {"name": unique("Cơ sở"), "place": PLACE}).expect(201).json()
    free = office.post("/v1/products", {"name": unique("Kẹo"), "establishment_id": site["id"]}).expect(201).json()
    mine = ocop.draft(stranger, site={})
    for code in (None, "70-698-25244-9-2022"):
        told = []
        for product in (asked["product_id"], free["id"]):
            body = {"product_id": product, "product_code": code}
            told.append([stranger.post("/v1/ocop/registrations", body), stranger.put(f"/v1/ocop/registrations/by-ref/x/{unique()}", body),
                         stranger.patch(ocop.path(mine), body, if_match=1)])
        for there, nowhere in zip(*told):
            there.expect(403, "outside-territory")
            nowhere.expect(403, "outside-territory")
    assert office.get(f"/v1/ocop/registrations?product_id={free['id']}").expect(200).json()["data"] == []


def test_a_council_of_the_centre_names_no_dossier_to_other_provinces(ocop, office, caller):
    one, council = ocop.draft(office), Council(ocop.cast["central"], scorers=2)
    interests = [{"registration_id": one["id"], "reason": "Có phần vốn góp"}, {"establishment_id": one["establishment_id"], "reason": "Nơi làm việc cũ"}]
    council.change(council.scorers[1], conflicts=interests).expect(200)
    for who, expected in ((ocop.cast["central"], 2), (office, 2), (caller(province="70"), 1)):
        seen = who.get(f"{council.path}/members/{council.scorers[1]['id']}").expect(200).json()["conflicts"]
        assert len(seen) == expected
    assert seen[0]["registration_id"] is None


# ---- Certificates ----

def mirrored(one, **members):
    return {"registration_id": one["id"], "product_id": one["product_id"], "origin": "imported", "stars": 5, "tier": "central", "certificate_no": unique("GCN"),
            "issued_on": "2025-08-11", "issuer_name": "Bộ Nông nghiệp và Môi trường", "decision": DECISION, "evidence_grade": "own_statement", **members}


def test_a_dossier_scored_here_has_no_certificate_but_of_its_result(ocop, office, one):
    refused = office.post("/v1/ocop/certificates", mirrored(one)).expect(409, "guard-failed")
    assert refused.errors == {("#/registration_id", "certificate_registration_native")}
    made = ocop.approved("province", one, (30, 20, 20))
    ocop.by("province", one, "close_scoring", "recognise", **IN_2025)
    office.post("/v1/ocop/certificates", {"result_id": made["id"], "certificate_no": unique("GCN"), "issued_on": "2025-08-10",
                                          "decision": DECISION}).expect(201)
    office.post("/v1/ocop/certificates", mirrored(one)).expect(409, "guard-failed")
    product = office.get(f"/v1/public/ocop-products/{one['product_id']}").expect(200).json()
    assert [said["stars"] for said in product["recognitions"]] == [4]
    office.post("/v1/ocop/certificates", mirrored({**one, "id": absent_id()})).expect(422, "invalid")


def test_a_member_lists_nothing_of_what_is_not_his(ocop, office, persons):
    one = ocop.submitted("2025-07-10", product_set_id=set_of(ocop, "QD148-13"))
    ocop.by("commune", one, "review", **IN_2025)
    review = ocop.review("commune", one).expect(201).json()
    request = ocop.asked("commune", one, "Thiếu giấy").expect(201).json()
    for kind, made in (("reviews", review), ("supplement-requests", request)):
        path = f"/v1/ocop/{kind}"
        assert office.get(f"{path}?registration_id={one['id']}").expect(200).json()["data"][0]["id"] == made["id"]
        assert persons[0].get(f"{path}?registration_id={one['id']}&count=exact").expect(200).json()["page"]["total"] == 0
        persons[0].get(f"{path}/{made['id']}").expect(404, "not-found")


def test_who_left_the_council_sees_its_dossiers_no_longer(ocop, one, sitting, persons):
    persons[0].get(ocop.path(one)).expect(200)
    sitting.change(sitting.scorers[1], ends_on="2025-08-01").expect(200)
    persons[0].get(ocop.path(one)).expect(404, "not-found")


def test_a_member_makes_and_changes_no_certificate(ocop, office, persons):
    draft = ocop.draft(office)
    body = mirrored(draft, tier="province", issued_on="2024-08-11")
    del body["registration_id"]
    persons[0].post("/v1/ocop/certificates", body).expect(403, "outside-territory")
    made = office.post("/v1/ocop/certificates", body).expect(201).json()
    persons[0].patch(f"/v1/ocop/certificates/{made['id']}", {"note": "x"}, if_match=1).expect(403, "outside-territory")
    assert office.get(f"/v1/ocop/certificates/{made['id']}").expect(200).json()["version"] == 1


def test_the_page_tells_what_was_not_judged_here(ocop, office, one, http):
    """A number that was typed by hand may stand in capitals; who does not read Vietnamese reads why it was revoked."""
    result = ocop.approved("province", one, (30, 20, 20))
    ocop.by("province", one, "close_scoring", "recognise", **IN_2025)
    issued = office.post("/v1/ocop/certificates", {"result_id": result["id"], "certificate_no": unique("GCN"), "issued_on": "2025-08-10",
                                                   "decision": DECISION}).expect(201).json()
    draft = ocop.draft(office)
    body = mirrored(draft, tier="province", issued_on="2024-08-11")
    del body["registration_id"]
    recorded = office.post("/v1/ocop/certificates", body).expect(201).json()
    said = "Ghi lại từ nơi khác (theo lời khai), không xét ở đây · Recorded from elsewhere (a statement), not judged here"
    pages = {made["id"]: http.get(f"/c/{made['public_no'].upper()}").expect(200).body.decode() for made in (issued, recorded)}
    assert said in pages[recorded["id"]] and "Ghi lại" not in pages[issued["id"]]
    assert http.get(f"/v1/public/certificates/{issued['public_no'].upper()}").expect(200).json()["public_no"] == issued["public_no"]
    move(office, f"/v1/ocop/certificates/{issued['id']}", "revoke", ground_code="mark_misused", acted_on="2025-09-01").expect(201)
    page = http.get(f"/c/{issued['public_no']}").expect(200).body.decode()
    assert "Sử dụng sai nhãn hiệu" in page and "The mark or the certificate was misused" in page
