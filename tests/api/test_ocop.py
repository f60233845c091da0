# SPDX-License-Identifier: MIT
"""OCOP: product sets by day, products and barcodes, rounds, registrations with their papers, mirrored results, and what the
public may read. Case I of the domain: a code of Bến Tre (83) is found in Vĩnh Long (86)."""
import itertools

import pytest

from support.forms import pdf, send
from support.samples import absent_id
from support.world import unique

CASE_I = "83-829-28780-3-2022"
WARD_7 = {"province_code": "83", "commune_code": "28780", "codes_on": "2022-06-01"}
RESULT = {"stars": 4, "decision_no": "MH-01/QĐ", "decided_on": "2022-09-01", "issuer_name": "Nơi ban hành minh họa", "valid_to": "2025-08-31"}
PAPERS = ["registration_form", "business_plan", "organisation_profile", "business_registration", "product_samples"]

_rounds = itertools.count(1)


@pytest.fixture
def who(caller):
    """Vĩnh Long, into which Bến Tre and Trà Vinh went."""
    return caller(province="86")


@pytest.fixture
def stranger(caller):
    return caller(province="01")


@pytest.fixture
def centre(caller):
    return caller(province=None)


def rows(reply):
    return reply.expect(200).json()["data"]


def establishment(who, **members):
    return who.post("/v1/establishments", {"name": unique("Cơ sở"), "place": WARD_7, **members}).expect(201).json()


def product(who, **members):
    if "establishment_id" not in members:
        members["establishment_id"] = establishment(who)["id"]
    return who.post("/v1/products", {"name": unique("Kẹo dừa"), **members}).expect(201).json()


def registered(who, **members):
    """The reply to a new registration."""
    if "product_id" not in members:
        members["product_id"] = product(who)["id"]
    return who.post("/v1/ocop/registrations", members)


def registration(who, **members):
    return registered(who, **members).expect(201).json()


def mirrored(who, **members):
    """A recognised product of another system."""
    return registration(who, **{"origin": "mirrored", "evidence_grade": "signed_decision", "recognition": RESULT, **members})


def at(record):
    return f"/v1/ocop/registrations/{record['id']}"


def product_set(who, code):
    return next(row for page in who.pages(f"/v1/ocop/product-sets?legal_basis={code.split('-')[0].removeprefix('QD')}"
                                          f"{'/2026' if code.startswith('QD26') else ''}/QĐ-TTg") for row in page
                if row["set_code"] == code)["id"]


def found(who, **params):
    return {row["id"] for row in rows(who.get("/v1/ocop/registrations", params=params))}


def codes(warnings):
    return {warning["code"] for warning in warnings}


# ---- Product sets ----

def sets_on(who, day, **params):
    return rows(who.get("/v1/ocop/product-sets", params={"valid_on": day, "limit": 200, **params}))


@pytest.mark.parametrize("day, decision", [
    ("2019-08-21", "1048/QĐ-TTg"), ("2023-02-23", "1048/QĐ-TTg"), ("2023-02-24", "148/QĐ-TTg"), ("2025-07-10", "148/QĐ-TTg"),
    ("2026-05-21", "148/QĐ-TTg"), ("2026-05-22", "26/2026/QĐ-TTg")])
def test_each_day_has_the_sets_of_one_decision(who, day, decision):
    sets = sets_on(who, day)
    assert len(sets) == 26 and {row["legal_basis"]["document_no"] for row in sets} == {decision}


def test_before_the_first_decision_there_is_none(who):
    assert sets_on(who, "2019-08-20") == []


def test_sets_of_1048_are_others(who):
    """15 of the 26 names differ, the sectors are others, and part C weighs more."""
    old, new = sets_on(who, "2022-06-01"), sets_on(who, "2023-06-01")
    names = [{row["name_vi"] for row in sets} for sets in (old, new)]
    assert len(names[0] & names[1]) == 11
    assert {tuple(row[f"part_{part}_max"] for part in "abc") for row in old} == {(35, 25, 40)}
    assert {tuple(row[f"part_{part}_max"] for part in "abc") for row in new} == {(40, 25, 35)}
    assert "Vải và may mặc" in {row["sector"] for row in old} and "Sinh vật cảnh" in {row["sector"] for row in new}
    assert not {row["id"] for row in old} & {row["id"] for row in new}


def test_sets_keep_how_certain_they_are(who):
    by_decision = {day: sets_on(who, day) for day in ("2022-06-01", "2023-06-01", "2026-11-22")}
    certainties = {day: sorted({row["certainty"] for row in sets}) for day, sets in by_decision.items()}
    assert certainties == {"2022-06-01": ["uncertain"], "2023-06-01": ["uncertain", "verified"], "2026-11-22": ["second_hand"]}
    assert {row["dates_certainty"] for row in by_decision["2026-11-22"]} == {"uncertain"}
    assert {row["enforcement"] for row in by_decision["2026-11-22"]} == {"warn"}


def test_sets_of_a_decision_and_of_a_sector(who):
    of_148 = rows(who.get("/v1/ocop/product-sets", params={"legal_basis": "148/QĐ-TTg", "limit": 200}))
    assert len(of_148) == 26 and {row["amended_by"][0] for row in of_148} == {"1489/QĐ-TTg"}
    assert len(rows(who.get("/v1/ocop/product-sets", params={"legal_basis": "148/QĐ-TTg", "sector": "thuc pham"}))) == 13
    assert len(rows(who.get("/v1/ocop/product-sets", params={"legal_basis": "148/QĐ-TTg", "sector": "iv"}))) == 2
    assert rows(who.get("/v1/ocop/product-sets", params={"legal_basis": "148/QĐ-TTg", "valid_on": "2022-06-01"})) == []
    one = who.get(f"/v1/ocop/product-sets/{of_148[0]['id']}").expect(200).json()
    assert one == of_148[0]


def test_today_it_is_the_newest_decision(who):
    assert {row["legal_basis"]["document_no"] for row in rows(who.get("/v1/ocop/product-sets"))} == {"26/2026/QĐ-TTg"}


def test_papers_by_day(who):
    def papers(day, **params):
        params = {"record_type": "ocop_registration", "record_kind": "first", "valid_on": day, "limit": 200, **params}
        return {row["code"]: row for row in rows(who.get("/v1/document-requirements", params=params))}
    assert {code for code, row in papers("2022-06-01").items() if row["is_required"]} == set(PAPERS)
    assert papers("2022-06-01")["business_plan"]["enforcement"] == "block"
    assert papers("2025-07-10")["business_plan"]["enforcement"] == "warn"
    assert set(papers("2026-11-22")) == {"registration_form", "self_assessment"}
    assert set(papers("2025-07-10", stage="forwarding")) == {"commune_report", "commune_letter"}
    assert not papers("2023-06-01", stage="forwarding")


# ---- Products ----

@pytest.mark.parametrize("gtin, is_foreign", [
    ("8938505974194", False), ("8936000000011", False), ("4006381333931", True), ("036000291452", True), ("96385074", True),
    ("18938505974191", False)])
def test_barcodes(who, gtin, is_foreign):
    made = product(who, gtin=gtin)
    assert made["gtin"] == gtin and codes(made["warnings"]) == ({"gtin_foreign_prefix"} if is_foreign else set())
    assert made["id"] in {row["id"] for row in rows(who.get("/v1/products", params={"gtin": gtin}))}


def test_a_wrong_check_digit_is_refused(who):
    reply = who.post("/v1/products", {"name": "Kẹo dừa", "establishment_id": establishment(who)["id"], "gtin": "8938505974195"})
    assert reply.expect(422, "invalid").errors == {("#/gtin", "product_gtin_check")}


def test_a_product_lies_where_its_establishment_lies(who, stranger):
    made = product(who)
    assert (made["province"], made["current"]["province"]) == ({"code": "83", "name": "Bến Tre"}, {"code": "86", "name": "Vĩnh Long"})
    for params in ({"province_code": "83"}, {"province_code": "86", "geo_basis": "current"}, {"q": made["name"].upper()}):
        assert made["id"] in {row["id"] for row in rows(stranger.get("/v1/products", params={**params, "sort": "-updated_at"}))}
    assert made["id"] not in {row["id"] for row in rows(who.get("/v1/products", params={"province_code": "86"}))}


def test_a_product_moves_with_its_establishment(who):
    place = establishment(who)
    made = product(who, establishment_id=place["id"])
    who.patch(f"/v1/establishments/{place['id']}", {"place": {"province_code": "86", "codes_on": "2025-08-01"}}, if_match=1).expect(200)
    after = who.get(f"/v1/products/{made['id']}").expect(200).json()
    assert (after["province_code"], after["codes_on"], after["version"]) == ("86", "2025-08-01", 2)


def test_a_product_of_another_province(who, stranger):
    theirs = establishment(who)["id"]
    stranger.post("/v1/products", {"name": "Kẹo", "establishment_id": theirs}).expect(403, "outside-territory")
    ours = product(stranger, establishment_id=establishment(stranger, place={"province_code": "01"})["id"])
    reply = stranger.patch(f"/v1/products/{ours['id']}", {"establishment_id": theirs}, if_match=1)
    reply.expect(403, "outside-territory")
    who.get(f"/v1/products/{ours['id']}").expect(200)
    who.patch(f"/v1/products/{ours['id']}", {"name": "Của tôi"}, if_match=1).expect(403, "outside-territory")


def test_a_product_without_a_producer(who):
    body = {"name": "Kẹo", "establishment_id": absent_id()}
    assert who.post("/v1/products", body).expect(422, "invalid").errors == {("#/establishment_id", "unknown_reference")}
    made = product(who)
    reply = who.patch(f"/v1/products/{made['id']}", {"establishment_id": absent_id()}, if_match=1)
    assert reply.expect(422, "invalid").errors == {("#/establishment_id", "unknown_reference")}


def test_a_product_is_changed_deleted_and_restored(who):
    made = product(who, price_vnd=45000, ip_rights=[{"kind": "trademark", "document_no": "123"}])
    target = f"/v1/products/{made['id']}"
    changed = who.patch(target, {"price_vnd": None, "ip_rights": [], "is_set": True}, if_match=1).expect(200).json()
    assert (changed["price_vnd"], changed["ip_rights"], changed["is_set"], changed["version"]) == (None, [], True, 2)
    who.patch(target, {"price_vnd": 1}, if_match=1).expect(412, "stale")
    who.delete(target, if_match=2).expect(204)
    who.get(target).expect(410, "deleted")
    who.patch(target, {"price_vnd": 1}, if_match=3).expect(410)
    assert made["id"] in {row["id"] for row in rows(who.get("/v1/products?deleted=only&sort=-updated_at"))}
    who.post(f"{target}/restore", if_match=2).expect(412, "stale")
    assert who.post(f"{target}/restore", if_match=3).expect(200).json()["version"] == 4


def test_products_by_a_partners_key(who):
    place, target = establishment(who)["id"], f"/v1/products/by-ref/test/{unique('sp')}"
    made = who.put(target, {"name": "Kẹo", "establishment_id": place, "brand": "Xứ dừa"}).expect(201).json()
    replaced = who.put(target, {"name": "Kẹo dừa", "establishment_id": place}).expect(200).json()
    assert (replaced["id"], replaced["brand"], replaced["version"]) == (made["id"], None, 2)
    assert who.get(target).expect(200).json() == replaced
    who.put(target, {"name": "Kẹo", "establishment_id": place, "gtin": "8938505974195"}).expect(422, "invalid")
    who.put(target, {"name": "Kẹo", "establishment_id": place}, if_match=1).expect(412, "stale")


def test_what_is_used_stays(who):
    used = registration(who)
    who.delete(f"/v1/products/{used['product_id']}", if_match=1).expect(409, "still-referenced")
    who.delete(f"/v1/establishments/{used['establishment_id']}", if_match=1).expect(409, "still-referenced")


# ---- Rounds ----

def round_of(who, **members):
    year, round_no = divmod(next(_rounds), 99)
    return who.post("/v1/ocop/rounds", {"tier": "province", "year": 2030 + year, "round_no": round_no + 1, **members})


def test_rounds_of_a_province(who, stranger):
    made = round_of(who, opens_on="2026-03-01", closes_on="2026-06-30").expect(201).json()
    assert (made["province_code"], made["status"]) == ("86", "planned")
    opened = who.patch(f"/v1/ocop/rounds/{made['id']}", {"status": "open"}, if_match=1).expect(200).json()
    assert opened["status"] == "open"
    assert made["id"] in {row["id"] for row in rows(who.get("/v1/ocop/rounds", params={"year": made["year"], "status": "open", "limit": 200}))}
    stranger.get(f"/v1/ocop/rounds/{made['id']}").expect(404, "not-found")
    bad = who.patch(f"/v1/ocop/rounds/{made['id']}", {"closes_on": "2026-02-01"}, if_match=2).expect(422, "invalid")
    assert bad.errors == {("#/closes_on", "ocop_round_closes_after_opens")}


def test_rounds_of_the_centre_are_for_all_to_read(who, centre):
    made = round_of(centre, tier="central").expect(201).json()
    assert made["province_code"] is None
    who.get(f"/v1/ocop/rounds/{made['id']}").expect(200)
    who.patch(f"/v1/ocop/rounds/{made['id']}", {"status": "open"}, if_match=1).expect(403, "outside-territory")
    round_of(who, tier="central").expect(403, "outside-territory")
    round_of(centre).expect(422, "invalid")
    assert round_of(who, province_code="99").expect(422, "invalid").errors == {("#/province_code", "unknown_admin_unit")}
    round_of(who, province_code="01").expect(403, "outside-territory")


def test_an_organisation_has_each_round_once(who, caller):
    made = round_of(who).expect(201).json()
    same = {name: made[name] for name in ("tier", "year", "round_no")}
    assert who.post("/v1/ocop/rounds", same).expect(409, "taken").json()["existing_id"] == made["id"]
    other = round_of(who).expect(201).json()
    target = f"/v1/ocop/rounds/{other['id']}"
    reply = who.patch(target, {"year": made["year"], "round_no": made["round_no"]}, if_match=1)
    assert reply.expect(409, "taken").json()["existing_id"] == made["id"]
    who.delete(f"/v1/ocop/rounds/{made['id']}", if_match=1).expect(204)
    who.post("/v1/ocop/rounds", same).expect(201)
    who.post(f"/v1/ocop/rounds/{made['id']}/restore", if_match=2).expect(409, "taken")
    caller(province="86", organisation=None, fresh=True).post("/v1/ocop/rounds", same).expect(201)


def test_a_round_with_registrations_stays(who):
    made = round_of(who).expect(201).json()
    registration(who, round_id=made["id"])
    who.delete(f"/v1/ocop/rounds/{made['id']}", if_match=1).expect(409, "still-referenced")


def test_a_round_that_is_not_seen_is_not_named(who, stranger):
    theirs = round_of(stranger).expect(201).json()
    reply = registered(who, round_id=theirs["id"]).expect(422, "invalid")
    assert reply.errors == {("#/round_id", "unknown_reference")}


# ---- Registrations: a draft ----

def test_a_draft_needs_its_product_only(who):
    made = registration(who)
    assert (made["status"], made["stage"], made["origin"], made["kind"]) == ("draft", "proposal", "native", None)
    assert [action["action"] for action in made["allowed_actions"]] == ["submit"]
    assert made["product_name"] == who.get(f"/v1/products/{made['product_id']}").json()["name"]
    assert (made["province_code"], made["decided_under"], made["warnings"]) == ("86", None, []), "today Bến Tre is Vĩnh Long"
    assert registered(who, product_id=absent_id()).expect(422, "invalid").errors == {("#/product_id", "unknown_reference")}


def test_every_fault_at_once(who):
    reply = registered(who, establishment_id=absent_id(), round_id=absent_id(), product_set_id=absent_id(), submitted_on="2999-01-01",
                       recognition={**RESULT, "decided_on": "2999-01-01", "valid_to": None},
                       checklist=[{"requirement_code": "no_such_paper"}, {"requirement_code": "business_plan", "cited_from": "business_plan"},
                                  {"requirement_code": "business_plan"}])
    assert reply.expect(422, "invalid").errors == {
        ("#/establishment_id", "unknown_reference"), ("#/round_id", "unknown_reference"), ("#/product_set_id", "unknown_reference"),
        ("#/submitted_on", "date_in_future"), ("#/recognition", "ocop_registration_recognition_origin"),
        ("#/evidence_grade", "ocop_registration_evidence_required"), ("#/recognition/decided_on", "date_in_future"),
        ("#/checklist/0/requirement_code", "unknown_reference"), ("#/checklist/1/cited_from", "unknown_reference"),
        ("#/checklist/2/requirement_code", "ocop_registration_checklist_shape")}


def test_one_registration_of_a_product_is_open(who):
    first = registration(who)
    again = {"product_id": first["product_id"]}
    assert registered(who, **again).expect(409, "taken").json()["existing_id"] == first["id"]
    target = f"/v1/ocop/registrations/by-ref/test/{unique('hs')}"
    assert who.put(target, again).expect(409, "taken").json()["existing_id"] == first["id"]
    who.delete(at(first), if_match=1).expect(204)
    second = registration(who, **again)
    assert who.post(f"{at(first)}/restore", if_match=2).expect(409, "taken").json()["existing_id"] == second["id"]
    other = registration(who)
    reply = who.patch(at(other), again, if_match=1)
    assert reply.expect(409, "taken").json()["existing_id"] == second["id"]
    mirrored(who, **again)  # what has ended does not count


def test_a_registration_is_changed_deleted_and_restored(who):
    made = registration(who, kind="first", tier="commune")
    set_id = product_set(who, "QD26-07")
    changed = who.patch(at(made), {"kind": None, "product_set_id": set_id}, if_match=1).expect(200).json()
    assert (changed["kind"], changed["tier"], changed["version"]) == (None, "commune", 2)
    assert (changed["decided_under"]["legal_document_no"], changed["decided_under"]["set_code"]) == ("26/2026/QĐ-TTg", "QD26-07")
    who.patch(at(made), {"kind": "first"}, if_match=1).expect(412, "stale")
    who.delete(at(made), if_match=2).expect(204)
    who.get(at(made)).expect(410, "deleted")
    restored = who.post(f"{at(made)}/restore", if_match=3).expect(200).json()
    assert restored["version"] == 4


def test_registrations_by_a_partners_key(who):
    target = f"/v1/ocop/registrations/by-ref/test/{unique('hs')}"
    body = {"product_id": product(who)["id"], "kind": "first"}
    made = who.put(target, body).expect(201).json()
    replaced = who.put(target, {"product_id": body["product_id"]}).expect(200).json()
    assert (replaced["id"], replaced["kind"], replaced["version"]) == (made["id"], None, 2)
    assert who.get(target).expect(200).json()["external_refs"][0]["ref"] == target.rsplit("/", 1)[1]
    who.put(target, body, headers={"If-None-Match": "*"}).expect(412, "stale")
    who.put(target, {**body, "recognition": RESULT}).expect(422, "invalid")


def test_another_province_sees_nothing(who, stranger):
    made = registration(who, product_code=CASE_I.replace("-3-", "-77-"))
    stranger.get(at(made)).expect(404, "not-found")
    assert made["id"] not in found(stranger, product_code=made["product_code"])
    theirs = product(stranger, establishment_id=establishment(stranger, place={"province_code": "01"})["id"])
    registered(who, product_id=theirs["id"]).expect(403, "outside-territory")


# ---- Product codes ----

def test_case_i(who):
    """The code of a ward of Bến Tre is found in Vĩnh Long today, and in Bến Tre as it was recorded."""
    made = mirrored(who, product_code=CASE_I)
    assert made["product_code"] == CASE_I and made["warnings"] == []
    assert made["product_code_parts"] == {"province_code": "83", "district_code": "829", "commune_code": "28780", "sequence_no": 3, "year": 2022}
    assert (made["province"]["name"], made["current"]["province"]["name"]) == ("Bến Tre", "Vĩnh Long")
    code = {"product_code": CASE_I}
    assert made["id"] in found(who, province_code="86", geo_basis="current", **code)
    assert made["id"] in found(who, province_code="83", geo_basis="as_recorded", **code)
    assert made["id"] in found(who, province_code="83", geo_basis="2025-06-30", **code)
    assert made["id"] not in found(who, province_code="86", **code)
    assert made["id"] not in found(who, province_code="86", geo_basis="2025-06-30", **code)
    assert made["id"] in found(who, q=CASE_I)


@pytest.mark.parametrize("code, parts, warned", [
    ("83-832-28882-2-2022", ("83", "832", "28882", 2, 2022), set()),
    ("86-28789-1-2026", ("86", None, "28789", 1, 2026), set()),
    ("2-38-585-1-2022", ("2", "38", "585", 1, 2022), {"product_code_units"}),
    ("83-829-28780-4-2026", ("83", "829", "28780", 4, 2026), {"product_code_units"}),
    ("83-832-28780-5-2022", ("83", "832", "28780", 5, 2022), {"product_code_units"}),
    ("86-829-28780-6-2022", ("86", "829", "28780", 6, 2022), {"product_code_units"}),
    ("83-28780-7-2022", ("83", None, "28780", 7, 2022), {"product_code_units"}),
    ("OCOP/BT/2022/17", None, {"product_code_form"}),
    ("83-829-28780-3-0000", None, {"product_code_form"}),
    ("83–829–28780–3–2022", None, {"product_code_form"})])
def test_product_codes_stay_as_they_are(who, code, parts, warned):
    made = registration(who, product_code=code)
    names = ("province_code", "district_code", "commune_code", "sequence_no", "year")
    assert made["product_code"] == code and made["product_code_parts"] == (parts and dict(zip(names, parts)))
    assert codes(made["warnings"]) == warned


def test_an_official_code_tells_the_territory(who, stranger):
    """The establishment moved to Hà Nội; its dossier of 2022 stays in Bến Tre."""
    place = establishment(stranger, place={"province_code": "01"})
    code = CASE_I.replace("-3-", "-88-")
    body = {"product_id": product(stranger, establishment_id=place["id"])["id"], "product_code": code, "submitted_on": "2022-05-05"}
    for other in (stranger, who):  # by the code, and by the product: nobody begins a dossier for another province's
        other.post("/v1/ocop/registrations", body).expect(403, "outside-territory")
    made = mirrored(who, **body)
    assert (made["province_code"], made["codes_on"]) == ("83", "2022-05-05")


def test_a_code_is_of_one_product(who):
    code = "83-832-28882-99-2022"
    first = mirrored(who, product_code=code)
    reply = registered(who, product_code=code).expect(409, "taken")
    assert reply.errors == {("#/product_code", "ocop_registration_product_code_key")}
    registration(who, product_id=first["product_id"], product_code=code, kind="re_evaluation")


# ---- Papers ----

def checklist(record):
    return {entry["requirement_code"]: entry for entry in record["checklist"]}


def test_the_day_of_submission_decides_what_belongs_to_a_dossier(who):
    before = checklist(registration(who, submitted_on="2023-06-01"))
    after = checklist(registration(who, submitted_on="2025-07-10"))
    assert "commune_report" in after and after["commune_report"]["stage"] == "forwarding"
    assert "commune_report" not in before
    assert set(checklist(registration(who))) == {"registration_form", "self_assessment"}
    old = checklist(registration(who, submitted_on="2022-06-01"))
    assert [code for code, entry in old.items() if entry["is_required"]] == PAPERS
    assert old["business_plan"]["legal_basis"]["document_no"] == "1048/QĐ-TTg"


def test_services_bring_no_samples(who):
    made = registration(who, submitted_on="2022-06-01", product_set_id=product_set(who, "QD1048-dich_vu_du_lich_cong_dong"))
    assert "product_samples" not in checklist(made)
    made = registration(who, submitted_on="2022-06-01", product_set_id=product_set(who, "QD1048-ca_phe_ca_cao"))
    assert "product_samples" in checklist(made)


def test_what_is_said_of_papers(who):
    file_id = send(who, pdf(5000)).expect(201).json()["id"]
    lost = registered(who, checklist=[{"requirement_code": "registration_form", "file_ids": [file_id, absent_id()]}]).expect(422, "invalid")
    assert lost.errors == {("#/checklist/0/file_ids/1", "unknown_reference")}
    made = registration(who, submitted_on="2022-06-01", checklist=[
        {"requirement_code": "registration_form", "file_ids": [file_id]}, {"requirement_code": "business_plan", "status": "rejected"},
        {"requirement_code": "organisation_profile", "cited_from": "registration_form"}, {"requirement_code": "self_assessment"}])
    said = checklist(made)
    assert (said["registration_form"]["status"], said["registration_form"]["file_ids"]) == ("provided", [file_id])
    assert (said["organisation_profile"]["status"], said["organisation_profile"]["cited_from"]) == ("provided", "registration_form")
    assert (said["business_plan"]["status"], said["business_registration"]["status"]) == ("rejected", "missing")
    assert not said["self_assessment"]["is_required"], "not a paper of that day, but it was named"
    changed = who.patch(at(made), {"checklist": []}, if_match=1).expect(200).json()
    assert {entry["status"] for entry in changed["checklist"]} == {"missing"}
    who.delete(f"/v1/files/{file_id}", if_match=1).expect(409, "still-referenced")


# ---- Handing in ----

def submit(who, record, **act):
    return who.post(f"{at(record)}/transitions", {"action": "submit", **act}, if_match=record["version"])


def faults(reply):
    return [(fault["pointer"], fault["code"]) for fault in reply.expect(422, "invalid").json()["errors"]]


def test_submit_names_all_that_is_missing(who):
    draft = registration(who, submitted_on="2022-06-01")
    reply = submit(who, draft)
    assert faults(reply) == [("#/kind", "required"), ("#/product_set_id", "required"),
                             *[("#/checklist", "ocop_document_missing")] * 5]
    assert all(fault["legal_basis"] for fault in reply.json()["errors"])
    details = [fault["detail"] for fault in reply.json()["errors"]]
    assert "Thiếu giấy tờ: Phương án, kế hoạch sản xuất kinh doanh" in details
    english = submit(who.with_headers(**{"Accept-Language": "en"}), draft).json()["errors"]
    assert "The dossier lacks: Business plan" in [fault["detail"] for fault in english]
    assert who.get(at(draft)).json()["status"] == "draft"


def test_a_complete_dossier_is_handed_in_on_the_day_of_its_paper(who):
    draft = registration(who, submitted_on="2022-06-01", kind="first", tier="district",
                         product_set_id=product_set(who, "QD1048-che_bien_tu_rau_cu_qua_hat"),
                         checklist=[{"requirement_code": code, "status": "provided"} for code in PAPERS])
    act = submit(who, draft).expect(201)
    assert (act.json()["to_status"], act.json()["acted_on"], act.etag) == ("submitted", "2022-06-01", '"2"')
    after = who.get(at(draft)).expect(200).json()
    assert (after["status"], after["submitted_on"], after["version"]) == ("submitted", "2022-06-01", 2)
    assert (after["province_code"], after["decided_under"]["pinned_on"]) == ("83", "2022-06-01")
    assert who.get(f"{at(draft)}/transitions/{act.json()['id']}").expect(200).json() == act.json()
    assert [row["action"] for row in rows(who.get(f"{at(draft)}/transitions"))] == ["submit"]
    submit(who, after).expect(409, "invalid-transition")


def test_acts_answer_as_those_of_other_records(who):
    draft = registration(who, kind="first", product_set_id=product_set(who, "QD26-07"))
    acts = f"{at(draft)}/transitions"
    trial = who.post(f"{acts}?validate_only=true", {"action": "submit"}, if_match=1).expect(200)
    assert trial.json()["to_status"] == "submitted" and who.get(at(draft)).json()["status"] == "draft"
    who.post(acts, {"action": "submit"}, if_match=2).expect(412, "stale")
    act = submit(who, draft).expect(201).json()
    one = f"{acts}/{act['id']}"
    assert who.get(one, headers={"If-None-Match": '"2"'}).status == 304
    who.delete(at(draft), if_match=2).expect(204)
    for reply in (who.get(one), who.get(acts), who.post(acts, {"action": "submit"}, if_match=3)):
        reply.expect(410, "deleted")


def test_the_day_of_the_act_wins(who):
    draft = registration(who, kind="first", tier="commune", product_set_id=product_set(who, "QD148-07"), submitted_on="2022-06-01")
    act = submit(who, draft, acted_on="2025-07-10").expect(201).json()
    after = who.get(at(draft)).expect(200).json()
    assert (after["submitted_on"], after["province_code"], after["codes_on"]) == ("2025-07-10", "86", "2025-07-10")
    assert {warning["code"] for warning in act["warnings"]} == {"ocop_document_missing"}, "unchecked rules warn only"
    assert ("#/acted_on", "date_in_future") in faults(submit(who, registration(who), acted_on="2999-01-01"))


def test_under_the_newest_decision_uncertain_rules_warn(who):
    draft = registration(who, kind="first", product_set_id=product_set(who, "QD26-07"))
    act = submit(who, draft).expect(201).json()
    assert sorted((warning["pointer"], warning["code"]) for warning in act["warnings"] if warning["pointer"] != "#/action") == [
        ("#/checklist", "ocop_document_missing"), ("#/checklist", "ocop_document_missing")]


def test_a_set_of_another_decision(who):
    """What 148 replaced for sure is refused; where the day of the change is not known, a warning is kept."""
    old = registration(who, kind="first", tier="commune", product_set_id=product_set(who, "QD1048-ca_phe_ca_cao"))
    assert codes(old["warnings"]) == {"product_set_other_day"}
    reply = submit(who, old, acted_on="2025-07-10")
    assert ("#/product_set_id", "ocop_product_set_in_force") in faults(reply)
    assert "1048/QĐ-TTg" in next(fault["detail"] for fault in reply.json()["errors"] if fault["pointer"] == "#/product_set_id")
    newer = registration(who, kind="first", tier="commune", product_set_id=product_set(who, "QD148-07"))
    act = submit(who, newer).expect(201).json()
    assert "product_set_other_day" in codes(act["warnings"])


def test_what_was_handed_in_stays(who):
    draft = registration(who, kind="first", product_set_id=product_set(who, "QD26-07"))
    submit(who, draft).expect(201)
    other = product(who)
    reply = who.patch(at(draft), {"kind": "upgrade", "product_set_id": product_set(who, "QD26-08"), "product_id": other["id"],
                                  "establishment_id": other["establishment_id"], "submitted_on": "2026-06-01"}, if_match=2)
    assert reply.expect(422, "invalid").errors == {
        (f"#/{name}", "ocop_registration_pinned") for name in ("kind", "product_set_id", "product_id", "establishment_id", "submitted_on")}
    who.patch(f"/v1/products/{draft['product_id']}", {"name": "Tên mới"}, if_match=1).expect(200)
    after = who.patch(at(draft), {"product_code": "86-28789-41-2026", "tier": "province"}, if_match=2).expect(200).json()
    assert (after["product_name"], after["tier"]) == (draft["product_name"], "province")


def test_a_draft_follows_its_product(who):
    draft = registration(who)
    who.patch(f"/v1/products/{draft['product_id']}", {"name": "Tên mới"}, if_match=1).expect(200)
    assert who.patch(at(draft), {"note": "x"}, if_match=1).expect(200).json()["product_name"] == "Tên mới"


# ---- Results of other systems ----

def test_a_mirrored_result_is_recognised(who):
    made = mirrored(who, product_set_id=product_set(who, "QD1048-ca_phe_ca_cao"))
    assert (made["status"], made["stage"], made["history_quality"]) == ("recognised", "ended", "final_state_only")
    assert made["recognition"] == RESULT and made["allowed_actions"] == [] and made["checklist"] == []
    assert made["decided_under"]["pinned_on"] == RESULT["decided_on"] and made["warnings"] == []
    row = next(row for row in rows(who.get("/v1/ocop/registrations", params={"product_id": made["product_id"]})))
    assert (row["stars"], row["origin"]) == (4, "mirrored")


def test_a_mirrored_result_may_be_corrected_not_taken_back(who):
    made = mirrored(who)
    changed = who.patch(at(made), {"recognition": {**RESULT, "stars": 5}, "kind": "first"}, if_match=1).expect(200).json()
    assert (changed["recognition"]["stars"], changed["kind"]) == (5, "first")
    reply = who.patch(at(made), {"recognition": None}, if_match=2).expect(422, "invalid")
    assert reply.errors == {("#/recognition", "ocop_registration_recognition_required")}
    bad = who.patch(at(made), {"recognition": {**RESULT, "valid_to": "2022-08-31"}}, if_match=2).expect(422, "invalid")
    assert bad.errors == {("#/recognition", "ocop_registration_recognition_shape")}


def test_nobody_is_recognised_by_a_change_of_origin(who):
    target = f"/v1/ocop/registrations/by-ref/test/{unique('hs')}"
    body = {"product_id": product(who)["id"], "origin": "mirrored", "evidence_grade": "signed_decision", "recognition": RESULT}
    who.put(target, body).expect(201)
    reply = who.put(target, {"product_id": body["product_id"], "origin": "native"}).expect(422, "invalid")
    assert reply.errors == {("#/origin", "ocop_registration_origin_stays")}
    own = f"/v1/ocop/registrations/by-ref/test/{unique('hs')}"
    who.put(own, {"product_id": body["product_id"]}).expect(201)
    assert ("#/origin", "ocop_registration_origin_stays") in who.put(own, body).expect(422, "invalid").errors


def test_a_result_arrives_later(who):
    made = registration(who, origin="imported", history_quality="partial")
    assert made["status"] == "draft"
    body = {"recognition": RESULT, "evidence_grade": "official_news"}
    after = who.patch(at(made), body, if_match=1).expect(200).json()
    assert (after["status"], after["history_quality"]) == ("recognised", "partial")


@pytest.mark.parametrize("spoil, fault", [
    ({"stars": 2}, ("#/recognition/stars", "minimum")), ({"stars": 6}, ("#/recognition/stars", "maximum")),
    ({"decision_no": " "}, ("#/recognition/decision_no", "pattern")), ({"decided_on": "2022-02-30"}, ("#/recognition/decided_on", "format"))])
def test_results_that_are_none(who, spoil, fault):
    reply = registered(who, origin="mirrored", evidence_grade="signed_decision", recognition={**RESULT, **spoil})
    assert reply.expect(422, "invalid").errors == {fault}


# ---- For everybody ----

PUBLIC_RESULT = {**RESULT, "public_no": None}  # mirrored, and no certificate of it is kept here


def public(http, **params):
    reply = http.get("/v1/public/ocop-products", params={"limit": 200, **params})
    assert reply.headers["Cache-Control"] == "public, max-age=300"
    return {row["id"]: row for row in rows(reply)}


def test_the_public_reads_what_was_recognised(who, http):
    made = mirrored(who, product_code="83-832-28882-50-2022", product_set_id=product_set(who, "QD1048-ca_phe_ca_cao"))
    row = public(http, province_code="86", geo_basis="current", product_code=made["product_code"])[made["product_id"]]
    assert (row["recognition"], row["province"]["name"], row["current"]["province"]["name"]) == (PUBLIC_RESULT, "Bến Tre", "Vĩnh Long")
    assert row["product_set"] == {"set_code": "QD1048-ca_phe_ca_cao", "name_vi": "Cà phê, ca cao", "sector": "Thực phẩm",
                                  "legal_document_no": "1048/QĐ-TTg"}
    assert public(http, province_code="83", q=row["name"])
    assert not public(http, province_code="86", q=row["name"])
    one = http.get(f"/v1/public/ocop-products/{made['product_id']}").expect(200)
    assert one.headers["Cache-Control"] == "public, max-age=300" and "ETag" not in one.headers
    assert one.json()["recognitions"] == [PUBLIC_RESULT]


def test_the_public_reads_nothing_else(who, http):
    draft, gone = registration(who), mirrored(who)
    submitted = registration(who, kind="first", product_set_id=product_set(who, "QD26-07"))
    submit(who, submitted).expect(201)
    who.delete(at(gone), if_match=1).expect(204)
    deleted = mirrored(who)
    who.delete(at(deleted), if_match=1).expect(204)
    who.delete(f"/v1/products/{deleted['product_id']}", if_match=1).expect(204)
    for hidden in (draft, submitted, gone, deleted):
        reply = http.get(f"/v1/public/ocop-products/{hidden['product_id']}").expect(404, "not-found")
        assert "max-age" not in reply.headers["Cache-Control"]
        assert not public(http, q=hidden["product_name"])


def test_the_latest_recognition_counts(who, http):
    first = mirrored(who)
    better = {**RESULT, "stars": 5, "decided_on": "2024-01-15", "valid_to": None}
    mirrored(who, product_id=first["product_id"], kind="upgrade", recognition=better)
    better["public_no"] = None
    name = first["product_name"]
    assert public(http, q=name)[first["product_id"]]["recognition"] == better
    assert first["product_id"] in public(http, q=name, stars="5") and not public(http, q=name, stars="3,4")
    assert public(http, q=name, valid_on="2030-01-01") and not public(http, q=name, valid_on="2024-01-14")
    assert http.get(f"/v1/public/ocop-products/{first['product_id']}").json()["recognitions"] == [better, PUBLIC_RESULT]


@pytest.mark.parametrize("legal_form, is_shown", [
    ("cooperative", True), ("llc_multi", True), ("household_business", False), ("artisan", False), ("individual", False), (None, False)])
def test_the_public_reads_no_names_of_persons(who, http, legal_form, is_shown):
    place = establishment(who, legal_form=legal_form, representative={"full_name": "Nguyễn Thị Mẫu", "id_no": "001087123456"},
                          phone="0912345678", email="mau@vidu.vn", tax_code=None)
    made = mirrored(who, product_id=product(who, establishment_id=place["id"], story="Bà Mẫu kể", note="Gọi bà Mẫu")["id"], note="Bà Mẫu nộp")
    reply = http.get(f"/v1/public/ocop-products/{made['product_id']}").expect(200)
    assert reply.json()["establishment_name"] == (place["name"] if is_shown else None)
    listed = http.get("/v1/public/ocop-products", params={"q": made["product_name"]}).expect(200)
    for text in (reply.body.decode(), listed.body.decode()):
        assert not any(word in text for word in ("Mẫu", "0912345678", "001087123456", "mau@"))


def test_a_token_opens_no_more_to_the_public(who, stranger):
    draft = registration(who)
    for caller in (who, stranger):
        caller.get(f"/v1/public/ocop-products/{draft['product_id']}").expect(404, "not-found")


def test_without_a_caller_the_database_shows_what_was_recognised_and_no_more(who, cluster):
    mirrored(who)
    registration(who)
    with cluster.connect("kc_api") as connection:
        shown = connection.execute("select distinct status, deleted_at is null from ocop_registration").fetchall()
    assert shown == [("recognised", True)]


# ---- Lists ----

def test_registrations_are_filtered(who):
    mine = product(who)
    made = registration(who, product_id=mine["id"], kind="upgrade", tier="commune", submitted_on="2026-06-15",
                        product_set_id=product_set(who, "QD26-07"))
    for params in ({"kind": "upgrade,first"}, {"tier": "commune"}, {"status": "draft"}, {"stage": "proposal"}, {"origin": "native"},
                   {"establishment_id": mine["establishment_id"]}, {"product_set_id": made["product_set_id"]},
                   {"from": "2026-06-15", "to": "2026-06-15"}, {"q": mine["name"].replace("ẹ", "e")}, {"updated_at[gte]": made["updated_at"]}):
        assert found(who, product_id=mine["id"], **params) == {made["id"]}, params
    for params in ({"kind": "first"}, {"tier": "province"}, {"status": "submitted"}, {"stage": "ended"}, {"origin": "mirrored"},
                   {"from": "2026-06-16"}, {"to": "2026-06-14"}, {"deleted": "only"}, {"updated_at[lt]": made["updated_at"]}):
        assert found(who, product_id=mine["id"], **params) == set(), params


def test_registrations_are_counted_and_paged(who):
    place = establishment(who)
    made = {registration(who, product_id=product(who, establishment_id=place["id"])["id"])["id"] for _ in range(5)}
    target = f"/v1/ocop/registrations?establishment_id={place['id']}"
    assert {row["id"] for page in who.pages(f"{target}&sort=product_name", limit=2) for row in page} == made
    assert who.get(f"{target}&count=exact&limit=1").expect(200).json()["page"]["total"] == 5
