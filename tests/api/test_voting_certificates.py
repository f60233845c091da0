# SPDX-License-Identifier: MIT
"""Certificates of typical products: issued by `certify` or mirrored, for the term that is in force, and moved on, checked, printed
and proved as those of OCOP are."""
import json

import pytest

from support.lives import papers, walk_an_act
from support.samples import OWNER, STRANGER
from support.voting import Voting, act_at_once
from support.world import unique
from test_certificate_proofs import code_of, files, head, offline, verify  # noqa: F401 (files is a fixture)
from test_certificates import Certificates, check, codes

DECISION = {"kind": "decision", "document_no": "1493/QĐ-UBND", "issued_on": "2022-07-07", "issuer_name": "Nơi ban hành minh họa"}


class VotingCertificates(Certificates):
    path = "/v1/voting/certificates"

    def body(self, **members):
        return super().body(**{"stars": None, "valid_to": None, "issued_on": "2022-07-07", "decision": DECISION, "product_group_code": "food", **members})


@pytest.fixture
def certificates(caller):
    return VotingCertificates(caller(province=OWNER))


def certify(certified_on):
    return papers("certify", acted_on=certified_on, documents=[{**DECISION, "issued_on": certified_on}])


def certified(who, certified_on="2022-07-07", product=None):
    """The certificate of an entry that went all the way in a round of its own."""
    voting = Voting(who)
    entry = voting.selected(OWNER, certified_on, product)
    voting.who.post(f"/v1/voting/entries/{entry['id']}/transitions", certify(certified_on), if_match=voting.now(entry)["version"]).expect(201)
    return voting, entry, certificate_of(who, entry)


def certificate_of(who, entry):
    found, = who.get(f"/v1/voting/certificates?entry_id={entry['id']}").expect(200).json()["data"]
    return who.get(f"/v1/voting/certificates/{found['id']}").expect(200).json()


def certify_at_once(world, who, entries):
    return act_at_once(world, who, entries, certify("2022-07-07"))


def logged(http, made):
    rows = http.get(f"/v1/public/certificate-log/{made['public_no']}").expect(200).json()["entries"]
    return [json.loads(row["leaf"])["event"] for row in rows]


# ---- Mirrored ----

def test_what_another_system_issued(certificates):
    made = certificates.mirror()
    assert (made["scheme"], made["status"], made["origin"], made["stars"], made["valid_to"]) == ("voting", "valid", "mirrored", None, None)
    assert {action["action"] for action in made["allowed_actions"]} == {"suspend", "revoke", "supersede"}, "no text knows an extension"
    assert certificates.found(certificate_no=made["certificate_no"]) == [made["id"]]
    certificates.who.get(f"/v1/ocop/certificates/{made['id']}").expect(404)
    again = certificates.who.post(certificates.path, certificates.body(certificate_no=made["certificate_no"])).expect(409, "taken")
    assert made["id"] in str(again.json())


def test_everything_that_a_mirrored_one_lacks_is_named_at_once(certificates):
    reply = certificates.who.post(certificates.path, {"origin": "mirrored", "certificate_no": "1", "issued_on": "2022-07-07"}).expect(422)
    assert codes(reply) == {("#/product_id", "required"), ("#/issuer_name", "required"), ("#/tier", "required"), ("#/decision", "required"),
                            ("#/evidence_grade", "certificate_evidence_required")}
    assert codes(certificates.who.post(certificates.path, certificates.body(product_group_code="nothing")).expect(422)) == {
        ("#/product_group_code", "unknown_reference")}


def test_other_territories_see_nothing(certificates, caller):
    made, stranger = certificates.mirror(), VotingCertificates(caller(province=STRANGER))
    stranger.who.get(certificates.at(made)).expect(404)
    stranger.who.post(certificates.path, certificates.body(product_id=made["product_id"])).expect(403, "outside-territory")
    assert stranger.found(certificate_no=made["certificate_no"]) == []


def test_a_mirrored_one_lets_the_product_into_the_round_of_the_region(certificates, caller):
    centre = Voting(caller(province=None, tier="central"))
    round_ = centre.round("region", 2022, region_code="phia_nam")
    made = certificates.mirror()
    voting = Voting(certificates.who)
    entry = voting.entry(round_, {"id": made["product_id"]}, previous_certificate_id=made["id"])
    certificates.act(made, "suspend").expect(201)
    assert codes(voting.act(entry, "submit").expect(409)) == {("#/previous_certificate_id", "voting_lower_certificate")}
    certificates.act(made, "reinstate").expect(201)
    voting.act(entry, "submit").expect(201)
    assert codes(voting.act(entry, "check").expect(409)) == {("#/action", "voting_round_held")}, "the region's round is not the province's to judge"
    centre.act(entry, "check").expect(201)
    assert codes(voting.act(entry, "judge").expect(409)) == {("#/action", "voting_round_held"), ("#/action", "voting_sheets_in")}


# ---- The term ----

def test_the_term_is_that_of_the_day_and_the_province(caller):
    """No term of these certificates was read anywhere, so none is shipped: whoever knows a text enters it."""
    centre = caller(province=None, tier="central")
    term = {"code": "voting_certificate_months", "name_vi": "Số tháng hiệu lực của giấy chứng nhận sản phẩm tiêu biểu (ví dụ)",
            "name_en": "Months for which a certificate of typical products holds (example)", "value": 24, "measure_unit": "month",
            "legal_basis": "MH-01/QĐ", "province_code": OWNER, "valid_from": "2016-01-01", "valid_to": "2016-12-31",
            "certainty": "uncertain", "enforcement": "warn"}
    centre.post("/v1/parameters", term).expect(201)
    who = caller(province=OWNER)
    _, _, before = certified(who, "2015-12-31")
    _, entry, made = certified(who, "2016-01-01")
    assert (before["valid_to"], before["status"]) == (None, "valid")
    assert (made["valid_to"], made["status"]) == ("2018-01-01", "expired")
    whole = who.get(f"/v1/voting/certificates/{made['id']}").json()
    assert whole["entry_id"] == entry["id"] and "certificate_term_uncertain" in {warning["code"] for warning in whole["warnings"]}
    rows = VotingCertificates(who)
    assert rows.found(entry_id=entry["id"], status="expired") == [made["id"]] and rows.found(entry_id=entry["id"], status="valid") == []
    assert codes(rows.act(made, "suspend").expect(409)) == {("#/action", "certificate_has_expired")}


def test_what_runs_out_soon(certificates):
    last = certificates.who.get("/v1/public/certificates/" + certificates.mirror()["public_no"]).json()["checked_on"]
    made = certificates.mirror(valid_to=last)
    assert certificates.found(product_id=made["product_id"], expires_within=0) == [made["id"]]
    assert made["id"] not in certificates.found(product_id=made["product_id"], status="expired")


# ---- Acts ----

def test_an_act_is_walked(certificates, cluster):
    made = certificates.mirror()
    walk_an_act(cluster, certificates.who, certificates.at(made), "certificate",
                {"action": "suspend", "note": "x", "documents": [{"kind": "decision", "document_no": "MH-09/QĐ-UBND"}]})
    certificates.who.get(certificates.at(made)).expect(410, "deleted")
    certificates.who.get(certificates.at(made) + "/qr").expect(410, "deleted")
    certificates.who.patch(certificates.at(made), {"note": "x"}, if_match=2).expect(410, "deleted")


def test_a_revocation_is_seen_at_once_and_bars_the_next_tier(caller, http, files):  # noqa: F811
    who = caller(province=OWNER)
    voting, entry, made = certified(who)
    Voting(caller(province=None, tier="central")).round("region", 2000, region_code="phia_nam")  # of the open ones the latest is taken
    rows, text = VotingCertificates(who), code_of(VotingCertificates(who), f"/v1/voting/certificates/{made['id']}")
    assert offline(files, text)["status"] == check(http, made).json()["status"] == "valid"
    voting.act(entry, "nominate").expect(201)
    nominated, = (row for row in who.get(f"/v1/voting/entries?product_id={made['product_id']}").json()["data"] if row["id"] != entry["id"])
    assert codes(rows.act(made, "revoke", ground_code="criteria_no_longer_met").expect(409)) == {("#/ground_code", "certificate_ground_needed")}, "a ground of OCOP"
    rows.act(made, "revoke", ground_code="intellectual_property").expect(201)
    seen = check(http, made).json()
    assert (seen["status"], seen["revocation_ground"]["code"]) == ("revoked", "intellectual_property")
    assert "Đã thu hồi" in http.get(f"/c/{made['public_no']}").expect(200).body.decode()
    assert offline(files, text)["status"] == "revoked"
    assert codes(voting.act(nominated, "submit").expect(409)) == {("#/previous_certificate_id", "voting_lower_certificate")}
    rows.act(made, "correct").expect(409, "guard-failed")


def test_superseded_by_a_later_one_of_the_same_tier(certificates, http):
    made = certificates.mirror()
    regional, later = (certificates.mirror(product_id=made["product_id"], tier=tier, issued_on="2024-07-07") for tier in ("region", "province"))
    assert codes(certificates.act(made, "supersede", replaced_by_id=regional["id"]).expect(409)) == {("#/replaced_by_id", "certificate_successor_needed")}
    certificates.act(made, "supersede", replaced_by_id=later["id"]).expect(201)
    seen = check(http, made).json()
    assert (seen["status"], seen["replaced_by"]) == ("superseded", later["public_no"])
    assert check(http, regional).json()["status"] == "valid"


def test_certified_again_on_the_same_tier_takes_the_place_of_the_former(certificates, http):
    who = certificates.who
    _, _, former = certified(who, "2022-07-07")
    product = {"id": former["product_id"]}
    regional = certificates.mirror(product_id=product["id"], tier="region", issued_on="2023-07-07")
    _, _, made = certified(who, "2024-07-07", product)
    now = who.get(certificates.at(former)).expect(200).json()
    assert (now["status"], now["replaced_by_id"], now["replaces_ids"], now["version"]) == ("superseded", made["id"], [], 2)
    assert (made["status"], made["replaced_by_id"], made["replaces_ids"]) == ("valid", None, [former["id"]])
    act, = who.get(certificates.at(former) + "/transitions").expect(200).json()["data"]
    assert (act["action"], act["from_status"], act["acted_on"], act["documents"][0]["document_no"]) == ("supersede", "valid", "2024-07-07", "1493/QĐ-UBND")
    seen = check(http, former).json()
    assert (seen["status"], seen["replaced_by"]) == ("superseded", made["public_no"])
    assert [check(http, other).json()["status"] for other in (made, regional)] == ["valid", "valid"], "a region is another authority"
    assert logged(http, former) == ["issued", "superseded"] and logged(http, made) == logged(http, regional) == ["issued"]


def test_a_round_entered_late_does_not_run_beside_a_later_one(certificates, http):
    who = certificates.who
    _, _, later = certified(who, "2024-07-07")
    _, _, made = certified(who, "2022-07-07", {"id": later["product_id"]})
    assert (made["status"], made["replaced_by_id"], made["version"]) == ("superseded", later["id"], 2)
    assert check(http, later).json()["status"] == "valid" and logged(http, made) == ["issued", "superseded"]
    certificates.act(later, "revoke", ground_code="intellectual_property").expect(201)
    _, _, between = certified(who, "2023-07-07", {"id": later["product_id"]})
    assert between["status"] == "valid", "what was revoked runs no more"


def test_sixteen_at_once_certify_once(world, caller):
    who = caller(province=OWNER)
    entry = Voting(who).selected(OWNER, "2022-07-07")
    replies = certify_at_once(world, who, [entry] * 16)
    assert [reply.status for reply in replies].count(201) == 1 and {reply.status for reply in replies} <= {201, 409, 412}
    made = certificate_of(who, entry)
    assert made["status"] == "valid" and len(VotingCertificates(who).found(product_id=made["product_id"])) == 1


def test_a_product_that_wins_several_rounds_at_once_has_one_that_runs(world, caller, http):
    who = caller(province=OWNER)
    voting = Voting(who)
    product = voting.product(voting.establishment(OWNER))
    entries = [voting.selected(OWNER, "2022-07-07", product) for _ in range(4)]
    assert [reply.status for reply in certify_at_once(world, who, entries)] == [201] * 4
    made = [certificate_of(who, entry) for entry in entries]
    assert sorted(one["status"] for one in made) == ["superseded"] * 3 + ["valid"]
    assert sorted(event for one in made for event in logged(http, one)) == ["issued"] * 4 + ["superseded"] * 3


def test_a_province_does_not_revoke_what_a_region_certified(certificates):
    made = certificates.mirror(tier="region")
    assert codes(certificates.act(made, "suspend").expect(409)) == {("#/action", "certificate_lower_authority")}


# ---- Checked by others ----

def test_the_code_the_page_and_the_log(certificates, http, files):  # noqa: F811
    made = certificates.mirror()
    report = offline(files, code_of(certificates, certificates.at(made)))
    assert (report["status"], report["certificate"]["rid"]) == ("valid", made["public_no"])
    assert report["certificate"]["group"] == check(http, made).json()["product_group"] == "Chế biến nông, lâm, thủy sản và thực phẩm"
    assert not {"stars", "exp"} & set(report["certificate"])
    page = http.get(f"/c/{made['public_no']}").expect(200).body.decode()
    assert "Sản phẩm công nghiệp nông thôn tiêu biểu cấp tỉnh" in page and "Chế biến nông, lâm" in page and "sao OCOP" not in page
    certificates.act(made, "suspend").expect(201)
    bundle = {"keys": json.loads(files("jwks.json", "/.well-known/jwks.json").read_text()),
              "text": code_of(certificates, certificates.at(made)), "head": head(files).read_text(),
              "entries": json.loads(files("entries.json", f"/v1/public/certificate-log/{made['public_no']}").read_text())}
    kept = files("bundle.json", "/.well-known/jwks.json")
    kept.write_text(json.dumps(bundle))
    report = verify("--bundle", kept)
    assert (report["status"], report["parts"]["entries"]["status"]) == ("suspended", "proved"), "the log tells it without a list"
    assert {entry["scheme"] for entry in report["parts"]["entries"]["entries"]} == {"voting"}


def test_the_picture_in_two_media(certificates):
    path = certificates.at(certificates.mirror()) + "/qr"
    assert certificates.who.get(path, headers={"Accept": "image/svg+xml"}).expect(200).body.startswith(b"<svg ")
    assert certificates.who.get(f"{path}?format=png").expect(200).body.startswith(b"\x89PNG")


def test_the_signature_of_the_decision_is_noted_beside(certificates, http):
    made, seen = certificates.mirror(), {"signer": unique("Nơi ký"), "serial": "5401", "checked_at": "2022-08-20T02:00:00Z", "result": "valid"}
    assert certificates.who.patch(certificates.at(made), {"decision_signature": seen}, if_match=1).expect(200).json()["decision_signature"] == seen
    assert check(http, made).json()["decision_signature"] == seen


# ---- The list for everybody ----

def test_the_public_list_leads_to_the_check_and_lets_go_of_what_was_taken_back(caller, http):
    voting, entry, made = certified(caller(province=OWNER))
    certificates = VotingCertificates(voting.who, OWNER)

    def shown():
        rows = http.get("/v1/public/typical-products", params={"q": made["product_name"]}).expect(200).json()["data"]
        return [(row["id"], row["public_no"]) for row in rows]
    assert shown() == [(entry["product_id"], made["public_no"])]
    assert check(http, made).expect(200).json()["status"] == "valid"
    certificates.act(made, "suspend").expect(201)
    assert shown() == []
    certificates.act(made, "reinstate").expect(201)
    later = certificates.mirror(product_id=entry["product_id"], issued_on="2024-07-07")
    certificates.act(made, "supersede", replaced_by_id=later["id"]).expect(201)
    assert shown() == [(entry["product_id"], made["public_no"])], "it was voted for, whatever came later"


def test_an_award_of_another_system_goes_with_the_certificate_of_its_product_and_tier(caller, http):
    voting = Voting(caller(province=OWNER))
    certificates = VotingCertificates(voting.who, OWNER)
    product = voting.product(voting.establishment(OWNER), name=unique("Nước mắm"))
    voting.entry(voting.round(), product, origin="mirrored", evidence_grade="signed_decision",
                 outcome={"status": "certified", "decision": {"document_no": "9/QĐ", "issued_on": "2022-07-07"}})

    def shown():
        return [row["public_no"] for row in http.get("/v1/public/typical-products", params={"q": product["name"]}).expect(200).json()["data"]]
    assert shown() == [None]
    made = certificates.mirror(product_id=product["id"], tier="province")
    assert shown() == [None]
    certificates.act(made, "revoke", ground_code="intellectual_property").expect(201)
    assert shown() == []
