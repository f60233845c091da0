# SPDX-License-Identifier: MIT
"""Places by old codes and by names as people type them. What the names are taken for is the matter of tests/db/lookups.sql;
here is what callers see of it."""
import pytest

PATH = "/v1/admin-unit-lookups"


@pytest.fixture
def look(caller):
    who = caller(scopes=["registry:read"])
    return lambda **question: who.post(PATH, question).expect(200).json()["matches"]


def codes(matches):
    return [match["unit"]["code"] for match in matches]


def test_an_old_town_leads_to_the_wards_of_today(look):
    best, *others = look(text="thị xã Bến Cát, Bình Dương")
    assert (best["unit"]["code"], best["matched_by"], best["matched_name"], best["certainty"]) == (
        "721", "earlier_state", "Thị xã Bến Cát", "exact")
    assert best["province"] == {"code": "74", "name": "Bình Dương"}
    today = {item["unit"]["full_name"]: item for item in best["current"]}
    assert {"Phường Bến Cát", "Phường Thới Hòa", "Phường Tây Nam"} < set(today)
    for item in today.values():
        assert item["province"] == {"code": "79", "name": "Hồ Chí Minh"}
        assert (item["kind"], item["part"]) == ("divided", "part") and item["unit"]["valid_to"] is None
    assert all(match["certainty"] == "inferred" for match in others)


@pytest.mark.parametrize("text", [
    "xã Hòa Nghĩa, Chợ Lách, Bến Tre", "xã Hoà Nghĩa, huyện Chợ Lách, tỉnh Bến Tre", "XA HOA NGHIA, CHO LACH, BEN TRE",
    "X. Hòa Nghĩa - H. Chợ Lách - T. Bến Tre", "xa hoa nghia cho lach ben tre",
    "xa\u0303 Ho\u0300a Nghi\u0303a, Chợ Lách, Bến Tre",
])
def test_a_commune_however_it_is_typed(look, text):
    best, = look(text=text)
    assert (best["unit"]["code"], best["certainty"], best["parent"]["name"]) == ("28882", "exact", "Chợ Lách")
    successor, = best["current"]
    assert (successor["unit"]["full_name"], successor["province"]["name"], successor["kind"]) == ("Xã Chợ Lách", "Vĩnh Long", "merged")


def test_a_name_of_several_places_is_ambiguous(look):
    matches = look(text="Bến Cát")
    assert codes(matches) == ["721", "25813"] and {match["certainty"] for match in matches} == {"ambiguous"}
    only, = look(text="Bến Cát", tier="commune")
    assert (only["unit"]["code"], only["certainty"]) == ("25813", "exact")


def test_a_typing_error_is_forgiven(look):
    best = look(text="Ben Cac, Binh Duong")[0]
    assert (best["unit"]["code"], best["certainty"]) == ("721", "inferred")


def test_a_code_that_was_given_out_anew(look):
    assert [(match["unit"]["name"], match["matched_by"], match["certainty"]) for match in look(code="24")] == [
        ("Bắc Ninh", "code", "ambiguous"), ("Bắc Giang", "code", "ambiguous")]
    old, = look(code="24", valid_on="2020-06-30")
    assert (old["unit"]["name"], old["certainty"], old["current"][0]["unit"]["name"]) == ("Bắc Giang", "exact", "Bắc Ninh")
    assert look(code="24", tier="commune") == look(code="99") == []


def test_a_divided_commune_has_candidates(look):
    ward = next(match for match in look(code="25813") if match["unit"]["name"] == "Mỹ Phước")
    assert [(item["unit"]["name"], item["part"]) for item in ward["current"]] == [("Bến Cát", "part"), ("Long Nguyên", "part")]


@pytest.mark.parametrize("question, fault", [
    ({}, ("#", "text_or_code")), ({"text": "Huế", "code": "46"}, ("#", "text_or_code")), ({"code": "1"}, ("#/code", "pattern")),
    ({"text": ""}, ("#/text", "minLength")), ({"text": "x" * 201}, ("#/text", "maxLength")), ({"text": "Huế", "tier": "region"}, ("#/tier", "enum")),
    ({"text": "Huế", "valid_on": "2025-02-29"}, ("#/valid_on", "format")), ({"text": 46}, ("#/text", "type")),
])
def test_questions_that_are_none(caller, question, fault):
    assert caller().post(PATH, question).expect(422, "invalid").errors == {fault}


@pytest.mark.parametrize("text", ["%", "_", "\\", "'; drop table admin_unit; --", "(", "[a-z]+", "\U0001f3d9", ", - ;", "a " * 100, "xã", "TP", "P.1 " * 50,
                                  "Bến\u00a0Cát", "ă" * 200])
def test_odd_texts_do_no_harm(look, text):
    assert isinstance(look(text=text), list)


def test_nothing_is_stored(caller, cluster):
    who = caller()
    def stored():
        return cluster.sql("select (select count(*) from history), (select count(*) from idempotency_key)")
    before = stored()
    first = who.post(PATH, {"text": "Huế"}, headers={"Idempotency-Key": "1"}).expect(200)
    again = who.post(PATH, {"text": "Vinh"}, headers={"Idempotency-Key": "1"}).expect(200)
    assert first.body != again.body and stored() == before
    who.post(f"{PATH}?validate_only=true", {"text": "Huế"}).expect(400, "unknown-parameter")
