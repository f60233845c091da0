# SPDX-License-Identifier: MIT
"""Registry: places over time, organisations, establishments. Scenarios E and K of the domain (docs/access.md for who sees what)."""
import itertools

import pytest

from support.world import unique

_sites = itertools.count(100)
REUSED = [("15", "Yên Bái", "Lào Cai"), ("24", "Bắc Giang", "Bắc Ninh"), ("44", "Quảng Bình", "Quảng Trị"), ("52", "Bình Định", "Gia Lai"),
          ("80", "Long An", "Tây Ninh"), ("82", "Tiền Giang", "Đồng Tháp"), ("91", "Kiên Giang", "An Giang")]


@pytest.fixture(scope="module")
def centre(caller):
    return caller(province=None)


@pytest.fixture(scope="module")
def thanh_hoa(caller):
    return caller(province="38")


def rows(reply):
    return reply.expect(200).json()["data"]


def establishment(who, **members):
    return who.post("/v1/establishments", {"name": unique("Cơ sở"), "place": {"province_code": "38"}, **members})


# ---- Places ----

@pytest.mark.parametrize("q", ["thanh hoa", "Thanh Hoá", "THANH HÓA", "Thanh Hóa"])
def test_marks_and_case_do_not_matter(centre, q):
    found = rows(centre.get("/v1/admin-units", params={"q": q, "tier": "province"}))
    assert [row["name"] for row in found] == ["Thanh Hóa"]


@pytest.mark.parametrize("q", ["50%", "a_b", "\\", "' or 1=1"])
def test_wildcards_are_text(centre, q):
    assert rows(centre.get("/v1/admin-units", params={"q": q.ljust(2)})) == []


@pytest.mark.parametrize("code, old, new", REUSED)
def test_a_code_names_a_unit_only_with_a_day(centre, code, old, new):
    assert centre.get(f"/v1/admin-units/{code}?valid_on=2025-06-30").expect(200).json()["name"] == old
    assert centre.get(f"/v1/admin-units/{code}?valid_on=2025-07-01").expect(200).json()["name"] == new
    assert centre.get(f"/v1/admin-units/{code}").expect(200).json()["name"] == new


def test_a_unit_that_ended_is_still_found(centre):
    unit = centre.get("/v1/admin-units/70").expect(200).json()
    assert (unit["name"], unit["valid_to"]) == ("Bình Phước", "2025-06-30")
    centre.get("/v1/admin-units/70?valid_on=2025-07-01").expect(404, "not-found")


@pytest.mark.parametrize("on_day, count", [("2025-06-30", 63), ("2025-07-01", 34)])
def test_provinces_of_a_day(centre, on_day, count):
    units = rows(centre.get(f"/v1/admin-units?tier=province&valid_on={on_day}&limit=200"))
    assert len(units) == count and len({unit["code"] for unit in units}) == count


def test_successors_and_predecessors(centre):
    link, = rows(centre.get("/v1/admin-units/70/successors"))
    assert (link["kind"], link["to"]["code"], link["effective_on"]) == ("merged", "75", "2025-07-01")
    before = rows(centre.get("/v1/admin-units/75/predecessors?valid_on=2026-01-01"))
    assert {link["from"]["code"] for link in before} == {"70", "75"}
    # Huế became a city half a year before the reform.
    steps = rows(centre.get("/v1/admin-units/46/successors"))
    assert [(link["kind"], link["effective_on"]) for link in steps] == [("reclassified", "2025-01-01"), ("unchanged", "2025-07-01")]
    assert len(rows(centre.get("/v1/admin-units/46/successors?valid_on=2024-12-31"))) == 1


def test_below_a_code_that_never_was(centre):
    for path in ("/v1/admin-units/99/successors", "/v1/admin-units/99/predecessors", "/v1/regions/nowhere/members"):
        centre.get(path).expect(404, "not-found")


def test_a_region(centre):
    listed = next(row for row in rows(centre.get("/v1/regions")) if row["code"] == "mien_bac")
    assert centre.get("/v1/regions/mien_bac").expect(200).json()["name"] == listed["name"] == "Miền Bắc"


@pytest.mark.parametrize("on_day, count", [("2021-01-01", 28), ("2022-09-30", 28), (None, 18)])
def test_the_northern_region(centre, on_day, count):
    """Scenario E."""
    query = f"&valid_on={on_day}" if on_day else ""
    names = {row["province"]["name"] for row in rows(centre.get(f"/v1/regions/mien_bac/members?limit=200{query}"))}
    assert len(names) == count and "Thanh Hóa" in names and ("Hòa Bình" in names) == (count == 28)


# ---- Tax codes: scenario K ----

@pytest.mark.parametrize("given, kept, kind", [
    ("0300741143", "0300741143", "enterprise10"), ("0100109106-002", "0100109106-002", "branch13"),
    ("0100109106003", "0100109106-003", "branch13"), ("037153000257", "037153000257", "personal12")])
def test_tax_codes_that_exist(thanh_hoa, given, kept, kind):
    made = establishment(thanh_hoa, tax_code=given, site_no=next(_sites)).expect(201).json()
    assert (made["tax_code"], made["tax_code_kind"]) == (kept, kind)


@pytest.mark.parametrize("given", ["0300588568", "0101010101", "0100109107", "0100109106-000", "0012345678", "0100000000"])
def test_tax_codes_that_cannot_be(thanh_hoa, given):
    assert ("#/tax_code", "establishment_tax_code_check") in establishment(thanh_hoa, tax_code=given).expect(422, "invalid").errors


def test_a_kind_that_contradicts_its_code(thanh_hoa):
    establishment(thanh_hoa, tax_code="0303576603", tax_code_kind="personal12").expect(422, "invalid")


def test_the_same_tax_code_names_who_has_it(thanh_hoa, caller):
    first = establishment(thanh_hoa, tax_code="0300588569").expect(201).json()
    reply = establishment(thanh_hoa, tax_code="0300588569").expect(409, "taken")
    assert reply.json()["existing_id"] == first["id"]
    assert reply.errors == {("#/tax_code", "establishment_tax_code_site_key")}
    foreign = establishment(caller(province="01"), tax_code="0300588569", place={"province_code": "01"}).expect(409, "taken")
    assert foreign.json()["existing_id"] == first["id"]
    second = establishment(thanh_hoa, tax_code="0300588569", site_no=2).expect(201).json()
    target = f"/v1/establishments/{second['id']}"
    assert thanh_hoa.patch(target, {"site_no": 1}, if_match=1).expect(409, "taken").json()["existing_id"] == first["id"]
    thanh_hoa.delete(f"/v1/establishments/{first['id']}", if_match=1).expect(204)
    thanh_hoa.patch(target, {"site_no": 1}, if_match=1).expect(200)
    back = thanh_hoa.post(f"/v1/establishments/{first['id']}/restore", if_match=2).expect(409, "taken")
    assert back.json()["existing_id"] == second["id"]


def test_found_by_its_tax_code(thanh_hoa):
    made = establishment(thanh_hoa, tax_code="0303576603").expect(201).json()
    assert [row["id"] for row in rows(thanh_hoa.get("/v1/establishments?tax_code=0303576603"))] == [made["id"]]


# ---- Establishments ----

def test_a_record_of_before_the_merger(caller):
    dong_nai = caller(province="75")
    name = unique("Hạt điều")
    made = establishment(dong_nai, name=name, place={"province_code": "70", "commune_code": "25441", "codes_on": "2019-06-01"}).expect(201).json()
    assert made["province_code"] == "70" and made["place"]["province"] == {"code": "70", "name": "Bình Phước"}
    assert made["place"]["current"] == {"province": {"code": "75", "name": "Đồng Nai"}, "commune": {"code": "25441", "name": "Minh Hưng"}}

    def found(query):
        return made["id"] in {row["id"] for row in rows(dong_nai.get(f"/v1/establishments?{query}", params={"q": name.upper()}))}

    assert found("province_code=75&geo_basis=current") and found("province_code=70&geo_basis=2020-01-01") and found("province_code=70")
    assert not found("province_code=75") and not found("province_code=70&geo_basis=current") and not found("province_code=75&geo_basis=2020-01-01")
    dong_nai.get("/v1/establishments?province_code=75&geo_basis=2020-02-30").expect(400, "invalid-parameter")


@pytest.mark.parametrize("place, faults", [
    ({"province_code": "70"}, {("#/place/province_code", "unknown_admin_unit")}),
    ({"province_code": "38", "commune_code": "25441"}, {("#/place/commune_code", "commune_outside_province")}),
    ({"province_code": "00", "commune_code": "00000"},
     {("#/place/province_code", "unknown_admin_unit"), ("#/place/commune_code", "unknown_admin_unit")})])
def test_places_that_are_none(centre, place, faults):
    assert establishment(centre, place=place).expect(422, "invalid").errors == faults


def test_without_a_place_it_is_where_the_caller_is(thanh_hoa, centre):
    made = thanh_hoa.post("/v1/establishments", {"name": unique("Cơ sở")}).expect(201).json()
    assert (made["province_code"], made["place"]) == ("38", None)
    centre.post("/v1/establishments", {"name": unique("Cơ sở")}).expect(422, "invalid")


def test_merge_patch(thanh_hoa):
    made = establishment(thanh_hoa, phone="0912345678", craft_village_name="Làng nghề", vsic_version="2018", vsic_codes=["10309"]).expect(201).json()
    target = f"/v1/establishments/{made['id']}"
    changed = thanh_hoa.patch(target, {"phone": None, "vsic_codes": ["10301", "10309"]}, if_match=1).expect(200).json()
    assert (changed["phone"], changed["vsic_codes"], changed["craft_village_name"]) == (None, ["10301", "10309"], "Làng nghề")
    assert changed["version"] == 2
    thanh_hoa.patch(target, {"name": "x"}, if_match=1).expect(412, "stale")
    thanh_hoa.patch(target, {"vsic_version": None}, if_match=2).expect(422, "invalid")
    thanh_hoa.patch(target, {"founded_on": "2999-01-01"}, if_match=2).expect(422, "invalid")


def test_another_province_sees_the_public_face(thanh_hoa, caller):
    made = establishment(thanh_hoa, tax_code="001087654321", site_no=next(_sites), phone="0912345678", email="chu@ho.vn",
                         representative={"full_name": "Nguyễn Văn A", "position": "Chủ hộ", "id_no": "001087654321"}).expect(201).json()
    assert not made["is_masked"] and made["representative"]["full_name"] == "Nguyễn Văn A"
    target = f"/v1/establishments/{made['id']}"
    without_scope = caller(province="38", scopes=("registry:read",))
    for who in (caller(province="01"), without_scope):
        seen = who.get(target).expect(200)
        shown = seen.json()
        assert shown["is_masked"] and shown["name"] == made["name"] and shown["representative"]["position"] == "Chủ hộ"
        for secret in ("00108765", "09123456", "chu@", "Nguyễn"):
            assert secret not in seen.body.decode()
        row, = rows(who.get("/v1/establishments", params={"tax_code": "001087654321", "q": made["name"]}))
        assert row["tax_code"] == "***321"
    caller(province="01").patch(target, {"name": "x"}, if_match=1).expect(403, "outside-territory")
    thanh_hoa.patch(target, {"place": {"province_code": "01"}}, if_match=1).expect(403, "outside-territory")
    masked = {"phone": "***678", "tax_code": "***321", "email": "***", "representative": {"full_name": "***"}}
    refused = thanh_hoa.patch(target, masked, if_match=1).expect(422, "invalid").errors
    assert {place for place, _ in refused} >= {"#/phone", "#/tax_code", "#/email", "#/representative/full_name"}


def test_delete_and_restore(thanh_hoa):
    made = establishment(thanh_hoa).expect(201).json()
    target, listed = f"/v1/establishments/{made['id']}", {"q": made["name"]}
    thanh_hoa.delete(target, if_match=1).expect(204)
    thanh_hoa.get(target).expect(410, "deleted")
    thanh_hoa.patch(target, {"name": "x"}, if_match=2).expect(410, "deleted")
    assert rows(thanh_hoa.get("/v1/establishments", params=listed)) == []
    assert [row["id"] for row in rows(thanh_hoa.get("/v1/establishments?deleted=only", params=listed))] == [made["id"]]
    assert thanh_hoa.post(f"{target}/restore", if_match=2).expect(200).json()["version"] == 3
    thanh_hoa.get(target).expect(200)


# ---- Partners' keys ----

@pytest.mark.parametrize("area, body", [
    ("establishments", {"place": {"province_code": "38"}, "craft_village_name": "Làng nghề"}),
    ("organisations", {"kind": "promotion_centre", "tier": "province", "province_code": "38", "functions": ["promotion"]})])
def test_upsert_by_the_partners_key(thanh_hoa, caller, area, body):
    target = f"/v1/{area}/by-ref/so-cong-thuong/{unique('Mã 1/2')}".replace(" ", "%20").replace("/2-", "%2F2-")
    name = unique("Một")
    thanh_hoa.get(target).expect(404, "not-found")
    made = thanh_hoa.put(target, {**body, "name": name}).expect(201).json()
    assert made["external_refs"][0]["ref"].startswith("Mã 1/2-")
    again = thanh_hoa.put(target, {**body, "name": name}).expect(200).json()
    assert (again["id"], again["code"], again["version"]) == (made["id"], made["code"], 2)
    less = {key: value for key, value in body.items() if key not in ("craft_village_name", "functions")}
    replaced = thanh_hoa.put(target, {**less, "name": name}, if_match=2).expect(200).json()
    assert not replaced.get("craft_village_name") and not replaced.get("functions")
    thanh_hoa.put(target, {**body, "name": name}, if_match=2).expect(412, "stale")
    assert thanh_hoa.get(target).expect(200).json()["id"] == made["id"]
    # The key is one's own: another organisation has none of that name yet, and does not see this one.
    other = caller(province="01")
    other.get(target).expect(404, "not-found")
    assert other.get(f"/v1/{area}/{made['id']}").expect(200).json()["external_refs"] == []
    thanh_hoa.delete(f"/v1/{area}/{made['id']}", if_match=3).expect(204)
    thanh_hoa.put(target, {**body, "name": name}).expect(410, "deleted")


def test_what_is_taken_is_not_given_to_a_partners_key(centre, thanh_hoa):
    first = organisation(centre, province_code="38", code=unique("CODE").upper()).expect(201).json()
    body = {"name": unique("Hai"), "kind": "promotion_centre", "tier": "province", "province_code": "38", "code": first["code"]}
    taken = centre.put(f"/v1/organisations/by-ref/kho/{unique('ma')}", body).expect(409, "taken")
    assert taken.json()["existing_id"] == first["id"]
    faults = centre.put(f"/v1/organisations/by-ref/kho/{unique('ma')}", {**body, "province_code": "99"}).expect(422, "invalid").errors
    assert faults == {("#/province_code", "unknown_province")}
    made = establishment(thanh_hoa, tax_code="0303576603", site_no=next(_sites)).expect(201).json()
    body = {"name": unique("Hai"), "place": {"province_code": "38"}, "tax_code": made["tax_code"], "site_no": made["site_no"]}
    taken = thanh_hoa.put(f"/v1/establishments/by-ref/kho/{unique('ma')}", body).expect(409, "taken")
    assert taken.json()["existing_id"] == made["id"]


# ---- Organisations ----

def organisation(who, **members):
    return who.post("/v1/organisations", {"name": unique("Trung tâm Khuyến công"), "kind": "promotion_centre", "tier": "province", **members})


def test_the_bureau_over_time(centre):
    bureaus = rows(centre.get("/v1/organisations?kind=bureau&sort=code&limit=200"))
    seeds = {row["code"]: row for row in bureaus if row["code"].startswith("BCT-")}
    assert {"BCT-CNDP", "BCT-CTDP", "BCT-KC"} <= set(seeds)
    today = {row["code"] for row in rows(centre.get("/v1/organisations?kind=bureau&valid_on=2026-01-01&limit=200"))}
    assert "BCT-KC" in today and "BCT-CTDP" not in today
    record = centre.get(f"/v1/organisations/{seeds['BCT-KC']['id']}").expect(200).json()
    assert record["predecessor_ids"] == [seeds["BCT-CTDP"]["id"]]


def test_an_organisation_of_the_own_province(thanh_hoa):
    made = organisation(thanh_hoa).expect(201).json()
    assert made["province_code"] == "38" and made["code"].startswith("CQ")
    target = f"/v1/organisations/{made['id']}"
    changed = thanh_hoa.patch(target, {"parent_id": thanh_hoa.client["organisation_id"]}, if_match=1).expect(200).json()
    assert changed["parent_id"] == thanh_hoa.client["organisation_id"]
    assert ("#/parent_id", "unknown_reference") in thanh_hoa.patch(
        target, {"parent_id": "00000000-0000-7000-8000-000000000000"}, if_match=2).expect(422, "invalid").errors
    assert ("#/parent_id", "organisation_parent_other") in thanh_hoa.patch(target, {"parent_id": made["id"]}, if_match=2).expect(422, "invalid").errors
    assert ("#/predecessor_ids/1", "unknown_reference") in thanh_hoa.patch(
        target, {"predecessor_ids": [made["id"], "00000000-0000-7000-8000-000000000000"]}, if_match=2).expect(422, "invalid").errors
    thanh_hoa.patch(target, {"tier": "central"}, if_match=2).expect(422, "invalid")
    thanh_hoa.patch(target, {"name": "x"}, if_match=1).expect(412, "stale")
    thanh_hoa.delete(target, if_match=1).expect(412, "stale")
    thanh_hoa.delete(target, if_match=2).expect(204)
    assert thanh_hoa.post(f"{target}/restore", if_match=3).expect(200).json()["version"] == 4
    thanh_hoa.post(f"{target}/restore", if_match=3).expect(412, "stale")


def test_a_foreign_organisation(thanh_hoa, centre):
    organisation(thanh_hoa, province_code="01").expect(403, "outside-territory")
    organisation(thanh_hoa, tier="central").expect(403, "outside-territory")
    made = organisation(centre, province_code="01").expect(201).json()
    thanh_hoa.get(f"/v1/organisations/{made['id']}").expect(200)
    thanh_hoa.patch(f"/v1/organisations/{made['id']}", {"name": "x"}, if_match=1).expect(403, "outside-territory")
    own = organisation(thanh_hoa).expect(201).json()
    thanh_hoa.patch(f"/v1/organisations/{own['id']}", {"province_code": "01"}, if_match=1).expect(403, "outside-territory")
    assert ("#/province_code", "unknown_province") in organisation(centre, province_code="99").expect(422, "invalid").errors
    assert ("#/province_code", "organisation_province_code_required") in organisation(centre).expect(422, "invalid").errors


def test_codes_of_organisations(centre):
    code = unique("CODE").upper()
    made = organisation(centre, province_code="38", code=code).expect(201).json()
    assert organisation(centre, province_code="38", code=code).expect(409, "taken").json()["existing_id"] == made["id"]
    other = organisation(centre, province_code="38").expect(201).json()
    taken = centre.patch(f"/v1/organisations/{other['id']}", {"code": code}, if_match=1).expect(409, "taken")
    assert taken.json()["existing_id"] == made["id"]
    centre.delete(f"/v1/organisations/{made['id']}", if_match=1).expect(204)
    second = organisation(centre, province_code="38", code=code).expect(201).json()
    restored = centre.post(f"/v1/organisations/{made['id']}/restore", if_match=2).expect(409, "taken")
    assert restored.json()["existing_id"] == second["id"]
    agency = unique("H57.").upper().replace("-", "")
    organisation(centre, province_code="38", agency_code=agency, valid_to="2025-06-30").expect(201)
    organisation(centre, province_code="38", agency_code=agency, valid_from="2025-07-01").expect(201)
    organisation(centre, province_code="38", agency_code=agency, valid_from="2025-01-01").expect(409, "taken")
    organisation(centre, province_code="38", valid_from="2025-01-01", valid_to="2024-01-01").expect(422, "invalid")


def test_an_organisation_that_others_are_below(centre):
    above = organisation(centre, province_code="38").expect(201).json()
    organisation(centre, province_code="38", parent_id=above["id"]).expect(201)
    centre.delete(f"/v1/organisations/{above['id']}", if_match=1).expect(409, "still-referenced")
