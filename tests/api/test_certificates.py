# SPDX-License-Identifier: MIT
"""OCOP certificates: mirrored, moved on by acts, checked by everybody."""
import datetime
import uuid

import pytest

from support.lives import walk_an_act
from support.world import unique

DECISION = {"kind": "decision", "document_no": "MH-02/QĐ-UBND", "issued_on": "2023-08-15", "issuer_name": "Nơi ban hành minh họa"}
BY_DECISION = {"documents": [{"kind": "decision", "document_no": "MH-09/QĐ-UBND"}]}


PLACES = {"70": {"province_code": "70", "codes_on": "2024-01-01"}, "86": {"province_code": "86"}}


class Certificates:
    """What one caller does with certificates."""
    path = "/v1/ocop/certificates"

    def __init__(self, who, province="70"):
        self.who, self.province = who, province

    def product(self, legal_form="llc_single", **members):
        producer = self.who.post("/v1/establishments", {
            "name": unique("Cơ sở thử nghiệm"), "legal_form": legal_form, "place": PLACES[self.province]}).expect(201).json()
        return self.who.post("/v1/products", {"name": unique("Kẹo dừa"), "establishment_id": producer["id"], **members}).expect(201).json()

    def body(self, **members):
        body = {"origin": "mirrored", "product_id": None, "certificate_no": unique("12/GCN"), "stars": 4, "tier": "province",
                "issuer_name": "Nơi ban hành minh họa", "decision": DECISION, "issued_on": "2023-08-15", "valid_to": "2099-08-14",
                "evidence_grade": "signed_decision", **members}
        body["product_id"] = body["product_id"] or self.product()["id"]
        return {name: value for name, value in body.items() if value is not None}

    def mirror(self, **members):
        return self.who.post(self.path, self.body(**members)).expect(201).json()

    def at(self, certificate):
        return f"{self.path}/{certificate['id']}"

    def get(self, certificate):
        return self.who.get(self.at(certificate)).expect(200).json()

    def act(self, certificate, action, **members):
        return self.who.post(f"{self.at(certificate)}/transitions", {"action": action, "note": "Theo quyết định", **BY_DECISION, **members},
                             if_match=self.get(certificate)["version"])

    def found(self, **filters):
        return [row["id"] for page in self.who.pages(f"{self.path}?" + "&".join(f"{name}={value}" for name, value in filters.items()), 200)
                for row in page]


@pytest.fixture
def certificates(caller):
    return Certificates(caller(province="70"))


def check(http, certificate):
    return http.get(f"/v1/public/certificates/{certificate['public_no']}")


def codes(reply):
    return {(error["pointer"], error["code"]) for error in reply.json()["errors"]}


def today():
    return datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7))).date()


# ---- Mirrored ----

def test_what_another_system_issued(certificates):
    made = certificates.mirror()
    assert (made["status"], made["origin"], made["stars"], made["history_quality"]) == ("valid", "mirrored", 4, "final_state_only")
    assert made["decision"]["document_no"] == "MH-02/QĐ-UBND" and made["issuer"] == {
        "id": None, "code": None, "name": "Nơi ban hành minh họa", "tier": "province"}
    assert len(made["public_no"]) == 12 and made["public_no"].isalnum()
    assert {action["action"] for action in made["allowed_actions"]} == {"extend", "suspend", "revoke", "supersede"}


def test_everything_that_a_mirrored_one_lacks_is_named_at_once(certificates):
    reply = certificates.who.post(certificates.path, {"origin": "mirrored", "certificate_no": "1", "issued_on": "2023-08-15"}).expect(422)
    assert codes(reply) == {("#/product_id", "required"), ("#/issuer_name", "required"), ("#/tier", "required"), ("#/stars", "required"),
                            ("#/decision", "required"), ("#/evidence_grade", "certificate_evidence_required")}


def test_references_are_looked_up(certificates):
    nobody = str(uuid.uuid4())
    reply = certificates.who.post(certificates.path, certificates.body(
        product_set_id=nobody, issuer_id=nobody, registration_id=nobody, establishment_id=nobody)).expect(422)
    assert codes(reply) == {(f"#/{name}", "unknown_reference") for name in ("product_set_id", "issuer_id", "registration_id", "establishment_id")}


def test_days_lie_not_ahead(certificates):
    reply = certificates.who.post(certificates.path, certificates.body(
        issued_on="2098-01-01", decision={**DECISION, "issued_on": "2098-01-01"},
        decision_signature={"signer": "X", "serial": "1", "checked_at": "2098-01-01T00:00:00Z", "result": "valid"})).expect(422)
    assert codes(reply) == {(pointer, "date_in_future") for pointer in ("#/issued_on", "#/decision/issued_on", "#/decision_signature/checked_at")}
    reply = certificates.who.post(certificates.path, certificates.body(valid_to="2023-08-14")).expect(422)
    assert codes(reply) == {("#/valid_to", "certificate_valid_to_order")}


def test_a_number_is_unique_with_its_issuer_and_day(certificates):
    first = certificates.mirror()
    again = certificates.who.post(certificates.path, certificates.body(certificate_no=first["certificate_no"])).expect(409, "taken")
    assert first["id"] in str(again.json())
    certificates.mirror(certificate_no=first["certificate_no"], issued_on="2023-08-16")
    certificates.mirror(certificate_no=first["certificate_no"], issuer_name="Nơi khác")


def test_the_same_request_twice_makes_one(certificates):
    body, key = certificates.body(), {"Idempotency-Key": str(uuid.uuid4())}
    first, second = (certificates.who.post(certificates.path, body, headers=key).expect(201) for _ in range(2))
    assert first.json() == second.json() and second.headers["Idempotency-Replayed"] == "true"


def test_other_territories_see_nothing(certificates, caller):
    made, stranger = certificates.mirror(), caller(province="01")
    stranger.get(certificates.at(made)).expect(404)
    stranger.post(certificates.path, certificates.body(product_id=made["product_id"])).expect(403, "outside-territory")
    assert made["id"] not in Certificates(stranger).found(certificate_no=made["certificate_no"])


def test_the_signature_of_the_decision_is_noted_beside(certificates, http):
    made = certificates.mirror()
    seen = {"signer": "Ủy ban nhân dân tỉnh (minh họa)", "serial": "5401", "checked_at": "2023-08-20T02:00:00Z", "result": "valid"}
    changed = certificates.who.patch(certificates.at(made), {"decision_signature": seen}, if_match=1).expect(200).json()
    assert changed["decision_signature"] == seen and check(http, made).json()["decision_signature"] == seen
    certificates.who.patch(certificates.at(made), {"stars": 5}, if_match=2).expect(422)


# ---- Lists ----

def test_lists(certificates):
    product_set = certificates.who.get("/v1/ocop/product-sets?limit=1").json()["data"][0]
    one = certificates.mirror(valid_to=str(today() + datetime.timedelta(days=90)), stars=5, product_set_id=product_set["id"])
    other = certificates.mirror(valid_to=str(today() + datetime.timedelta(days=91)))
    gone = certificates.mirror(valid_to=str(today() - datetime.timedelta(days=1)))
    expiring = certificates.found(expires_within=90)
    assert one["id"] in expiring and other["id"] not in expiring and gone["id"] not in expiring
    assert gone["id"] in certificates.found(status="expired") and one["id"] not in certificates.found(status="expired")
    assert one["id"] in certificates.found(stars="5") and other["id"] not in certificates.found(stars="5")
    assert one["id"] in certificates.found(sector=product_set["sector"]) and other["id"] not in certificates.found(sector=product_set["sector"])
    assert certificates.found(certificate_no=other["certificate_no"]) == [other["id"]]
    assert gone["id"] not in certificates.found(valid_on=str(today()))


def test_the_last_day_still_counts(certificates):
    made = certificates.mirror(valid_to=str(today()))
    assert made["status"] == "valid" and made["id"] in certificates.found(expires_within=0)


def test_an_old_product_code_is_found_on_the_map_of_today(caller):
    ben_tre = Certificates(caller(province="86"), province="86")
    made = ben_tre.mirror(product_code="83-829-28780-3-2022", issued_on="2022-12-20")
    assert (made["province_code"], made["province"]["name"], made["current"]["province"]["code"]) == ("83", "Bến Tre", "86")
    found = {"product_code": "83-829-28780-3-2022"}
    assert made["id"] in ben_tre.found(**found, province_code="86", geo_basis="current")
    assert made["id"] in ben_tre.found(**found, province_code="83", geo_basis="2022-12-20")
    assert made["id"] in ben_tre.found(**found, province_code="83", geo_basis="as_recorded")
    assert made["id"] not in ben_tre.found(**found, province_code="70", geo_basis="current")


# ---- Acts ----

def test_suspended_and_reinstated(certificates, http):
    made = certificates.mirror()
    certificates.act(made, "reinstate").expect(409, "invalid-transition")
    assert codes(certificates.act(made, "suspend", note=None, documents=[])) == {("#/note", "required"), ("#/documents", "required")}
    certificates.act(made, "suspend").expect(201)
    assert certificates.get(made)["status"] == check(http, made).json()["status"] == "suspended"
    certificates.act(made, "reinstate").expect(201)
    assert check(http, made).json()["status"] == "valid"


def test_a_revocation_names_a_ground_and_is_final(certificates, http):
    made = certificates.mirror()
    for ground in ({}, {"ground_code": "whim"}):
        assert codes(certificates.act(made, "revoke", **ground).expect(409, "guard-failed")) == {("#/ground_code", "certificate_ground_needed")}
    certificates.act(made, "revoke", ground_code="mark_misused", acted_on="2026-01-05").expect(201)
    now = certificates.get(made)
    assert now["status"] == "revoked" and now["revocation"]["ground_code"] == "mark_misused" and now["revocation"]["revoked_on"] == "2026-01-05"
    seen = check(http, made).json()
    assert (seen["status"], seen["revoked_on"], seen["revocation_ground"]["code"]) == ("revoked", "2026-01-05", "mark_misused")
    certificates.act(made, "correct").expect(409, "guard-failed")


def test_superseded_by_a_later_one_of_the_same_product(certificates, http):
    made = certificates.mirror()
    earlier = certificates.mirror(product_id=made["product_id"], issued_on="2020-01-01")
    for successor in (made, earlier, certificates.mirror()):
        certificates.act(made, "supersede", replaced_by_id=successor["id"]).expect(409, "guard-failed")
    later = certificates.mirror(product_id=made["product_id"], issued_on="2025-01-01", stars=5)
    certificates.act(made, "supersede", replaced_by_id=later["id"]).expect(201)
    assert certificates.get(made)["replaced_by_id"] == later["id"]
    seen = check(http, made).json()
    assert (seen["status"], seen["replaced_by"]) == ("superseded", later["public_no"])


def test_extended_once_within_the_days_of_the_text(certificates):
    made = certificates.mirror(valid_to="2026-08-14")
    assert codes(certificates.act(made, "extend", acted_on="2026-05-21").expect(409)) == {("#/action", "certificate_no_extension")}
    for last_day in ("2026-08-14", "2027-02-11"):
        assert codes(certificates.act(made, "extend", acted_on="2026-08-01", valid_to=last_day).expect(409)) == {("#/valid_to", "certificate_extension_range")}
    certificates.act(made, "extend", acted_on="2026-08-01").expect(201)
    assert certificates.get(made)["valid_to"] == "2027-02-10"
    assert ("#/action", "certificate_extended_before") in codes(certificates.act(made, "extend", acted_on="2026-08-02").expect(409))


def test_what_has_run_out_is_not_suspended(certificates):
    made = certificates.mirror(valid_to="2026-01-01")
    assert codes(certificates.act(made, "suspend").expect(409)) == {("#/action", "certificate_has_expired")}


def test_what_has_run_out_is_not_reinstated(certificates, http):
    made = certificates.mirror(valid_to="2026-01-01")
    certificates.act(made, "suspend", acted_on="2025-12-01").expect(201)
    assert check(http, made).json()["status"] == "expired", "its end goes before its suspension"
    assert codes(certificates.act(made, "reinstate", acted_on="2026-01-02").expect(409)) == {("#/action", "certificate_has_expired")}
    certificates.act(made, "extend", acted_on="2026-01-02").expect(409, "invalid-transition")
    certificates.act(made, "reinstate", acted_on="2026-01-01").expect(201)
    assert certificates.get(made)["status"] == "expired"


def test_an_authority_below_does_not_act(caller):
    made = Certificates(caller(province="70")).mirror()
    commune = Certificates(caller(province="70", tier="commune"))
    assert codes(commune.act(made, "suspend").expect(409)) == {("#/action", "certificate_lower_authority")}


def test_an_act_is_walked(certificates, cluster):
    made = certificates.mirror()
    walk_an_act(cluster, certificates.who, certificates.at(made), "certificate", {"action": "suspend", "note": "x", **BY_DECISION})
    certificates.who.get(certificates.at(made)).expect(410, "deleted")
    certificates.who.patch(certificates.at(made), {"note": "x"}, if_match=2).expect(410, "deleted")


# ---- The public check ----

def test_six_answers(certificates, http):
    assert check(http, certificates.mirror(valid_to="2026-01-01")).expect(200).json()["status"] == "expired"
    valid = check(http, certificates.mirror()).expect(200)
    assert valid.json()["status"] == "valid" and valid.headers["X-Robots-Tag"] == "noindex"
    missing = http.get("/v1/public/certificates/0123456789ab").expect(404, "not-issued")
    assert missing.json()["title"]


def test_the_public_sees_public_members_only(certificates, http):
    made = certificates.mirror(note="Ghi chú nội bộ", product_id=certificates.product("household_business")["id"])
    seen = check(http, made).json()
    assert seen["establishment_name"] is None and "note" not in seen and "organisation_id" not in seen and "id" not in seen
    assert made["establishment_name"] not in str(seen)


def test_the_product_is_in_the_public_list_as_long_as_its_certificate_stands(certificates, http):
    made = certificates.mirror()
    path = f"/v1/public/ocop-products/{made['product_id']}"

    def listed():
        return [row["id"] for row in http.get("/v1/public/ocop-products", params={"q": made["product_name"]}).expect(200).json()["data"]]
    shown = http.get(path).expect(200).json()
    assert shown["recognition"] == shown["recognitions"][0] == {"stars": 4, "decision_no": "MH-02/QĐ-UBND", "decided_on": "2023-08-15",
                                                                "issuer_name": "Nơi ban hành minh họa", "valid_to": "2099-08-14",
                                                                "public_no": made["public_no"]}
    assert http.get(f"/c/{shown['recognition']['public_no']}").expect(200)
    assert listed() == [made["product_id"]]
    certificates.act(made, "suspend").expect(201)
    http.get(path).expect(404)
    assert listed() == []
    certificates.act(made, "reinstate").expect(201)
    assert listed() == [made["product_id"]]
    certificates.act(made, "revoke", ground_code="mark_misused").expect(201)
    assert listed() == []


RESULT = {"stars": 4, "decision_no": "MH-02/QĐ-UBND", "decided_on": "2023-08-15", "issuer_name": "Nơi ban hành minh họa"}


def recognitions(http, product_id):
    """(day of the decision, public number) of each recognition that everybody sees."""
    reply = http.get(f"/v1/public/ocop-products/{product_id}")
    return {(one["decided_on"], one["public_no"]) for one in reply.json()["recognitions"]} if reply.status == 200 else set()


def test_a_mirrored_result_goes_with_the_certificate_of_its_product(certificates, http):
    made = certificates.mirror()
    def told(decided_on):
        certificates.who.post("/v1/ocop/registrations", {"product_id": made["product_id"], "origin": "mirrored", "evidence_grade": "signed_decision",
                                                         "recognition": {**RESULT, "decided_on": decided_on}}).expect(201)
    told("2021-05-10")
    running, old = ("2023-08-15", made["public_no"]), ("2021-05-10", None)
    assert recognitions(http, made["product_id"]) == {running, old}
    certificates.act(made, "suspend").expect(201)
    assert recognitions(http, made["product_id"]) == set()
    certificates.act(made, "reinstate").expect(201)
    assert recognitions(http, made["product_id"]) == {running, old}
    certificates.act(made, "revoke", acted_on="2024-03-01", ground_code="mark_misused").expect(201)
    assert recognitions(http, made["product_id"]) == set()
    told("2024-09-01")
    assert recognitions(http, made["product_id"]) == {("2024-09-01", None)}, "recognised anew after the end"


def test_a_mirrored_result_goes_when_the_certificate_has_run_out_or_is_replaced(certificates, http):
    over = certificates.mirror(issued_on="2021-05-10", valid_to="2024-05-09", decision={**DECISION, "issued_on": "2021-05-10"})
    certificates.who.post("/v1/ocop/registrations", {"product_id": over["product_id"], "origin": "mirrored", "evidence_grade": "signed_decision",
                                                     "recognition": {**RESULT, "decided_on": "2021-05-10"}}).expect(201)
    assert recognitions(http, over["product_id"]) == {("2021-05-10", over["public_no"])}, "the certificate says when it ended; the result does not"
    later = certificates.mirror(product_id=over["product_id"], issued_on="2024-05-01", decision={**DECISION, "issued_on": "2024-05-01"})
    certificates.act(over, "supersede", replaced_by_id=later["id"]).expect(201)
    assert recognitions(http, over["product_id"]) == {("2024-05-01", later["public_no"])}


def test_found_by_the_printed_number(certificates, http):
    first = certificates.mirror()
    second = certificates.mirror(certificate_no=first["certificate_no"], issued_on="2024-01-01",
                                 issuer_id=certificates.who.client["organisation_id"], issuer_name=None)
    def search(**query):
        return http.get("/v1/public/certificates", params={"certificate_no": first["certificate_no"], **query})
    assert [one["public_no"] for one in search().expect(200).json()["data"]] == [second["public_no"], first["public_no"]]
    code = second["issuer"]["code"]
    assert [one["public_no"] for one in search(issuer_code=code).expect(200).json()["data"]] == [second["public_no"]]
    search(issuer_code="KHONG-CO").expect(404, "not-issued")
    assert search().headers["X-Robots-Tag"] == "noindex"


def test_checks_are_limited_strictly(world, certificates, start):
    made = certificates.mirror()
    http = world.http(start(KC_CHECK_RATE=3))
    assert [check(http, made).status for _ in range(3)] == [200] * 3
    assert int(check(http, made).expect(429, "rate-limited").headers["Retry-After"]) > 0
    http.get("/v1/public/ocop-products?limit=1").expect(200)
