# SPDX-License-Identifier: MIT
"""Spending norms, and what support they allow, with a token and without. The rules themselves are the matter of
tests/db/norms.sql; here is what callers see of them."""
import pytest

PATH, CHECKS = "/v1/norms", ("/v1/norm-checks", "/v1/public/norm-checks")
MACHINERY = {"activity_code": "KC3-MAY-MOC", "level": "national", "eligible_cost_vnd": 600_000_000, "valid_on": "2018-12-24"}
OLD_HAI_DUONG = {"province_code": "30", "codes_on": "2025-06-30"}


@pytest.fixture(scope="module")
def who(caller):
    return caller(scopes=["registry:read"])  # any token may ask


@pytest.fixture(params=CHECKS)
def ask(who, http, request):
    asking = http if "public" in request.param else who
    return lambda **question: asking.post(request.param, {**MACHINERY, **question}).expect(200).json()


def limit(answer, code):
    return next(item for item in answer["limits"] if item["norm_code"] == code)


def codes(who, query):
    return {row["code"] for page in who.pages(f"{PATH}?{query}", 200) for row in page}


# ---- Scenario A2 of the field: a machine for one firm, 24/12/2018 ----

@pytest.mark.parametrize("support, more, allowed, most", [
    (300_000_000, {}, True, 300_000_000),
    (300_000_001, {}, False, 300_000_000),
    (450_000_000, {"is_technology_line": True, "eligible_cost_vnd": 900_000_000}, True, 450_000_000),
    (450_000_001, {"is_technology_line": True, "eligible_cost_vnd": 900_000_000}, False, 450_000_000),
    (250_000_001, {"eligible_cost_vnd": 500_000_000}, False, 250_000_000),
    (600_000_000, {"eligible_cost_vnd": 1_200_000_000, "quantity": 2}, True, 600_000_000),
])
def test_a_machine(ask, support, more, allowed, most):
    answer = ask(support_vnd=support, **more)
    assert (answer["is_allowed"], answer["max_support_vnd"]) == (allowed, most)


def test_the_answer_names_norm_article_and_both_limits(ask):
    answer = ask(eligible_cost_vnd=500_000_000)
    assert (answer["valid_on"], answer["quantity"], answer["support_vnd"], answer["is_allowed"]) == ("2018-12-24", 1, None, None)
    norm = limit(answer, "QG-MAY-MOC")
    assert norm["legal_basis"] == {"document_no": "28/2018/TT-BTC", "article": "Khoản 4 Điều 8"}
    assert (norm["percent_limit_vnd"], norm["cap_limit_vnd"], norm["limit_vnd"], norm["reason"]) == (250_000_000, 300_000_000, 250_000_000, "percentage")
    assert (norm["certainty"], norm["dates_certainty"], norm["enforcement"]) == ("verified", "uncertain", "block")
    line = limit(answer, "QG-DAY-CHUYEN")
    assert (line["is_counted"], line["reason"], line["conditions"], line["multiplier"]) == (False, "condition_missing", {"is_technology_line": True}, 1.5)
    assert [(item["code"], item["norm_id"]) for item in answer["warnings"]] == [("uncertain_dates", norm["norm_id"])]


def test_an_old_norm_in_its_old_territory(ask):
    """Hải Dương went into Hải Phòng on 1/7/2025; its norms go on where it was."""
    for place, most in ((OLD_HAI_DUONG, 250_000_000), ({"province_code": "31", "commune_code": "10507"}, 250_000_000),
                        ({"province_code": "31", "commune_code": "11311"}, 300_000_000)):
        assert ask(level="local", place=place, valid_on="2025-12-01")["max_support_vnd"] == most
    unclear = ask(level="local", place={"province_code": "31"}, valid_on="2025-12-01")
    assert limit(unclear, "HD-MAY-MOC")["reason"] == "territory_unclear"
    assert {item["code"] for item in unclear["warnings"]} == {"local_norm_unknown", "territory_unclear", "uncertain_dates"}


def test_uncertain_norms_warn_and_do_not_forbid(ask):
    answer = ask(activity_code="KC3-SXSH", eligible_cost_vnd=10**10, support_vnd=10**9)
    assert (answer["is_allowed"], answer["max_support_vnd"]) == (True, 500_000_000)
    assert {item["code"] for item in answer["warnings"]} == {"uncertain_norm", "uncertain_dates", "above_uncertain_norm"}


def test_another_day_is_another_answer(ask):
    model = {"activity_code": "KC3-MO-HINH", "eligible_cost_vnd": 10**10}
    assert ask(**model, valid_on="2017-06-30")["max_support_vnd"] == 500_000_000
    assert ask(**model, valid_on="2019-06-30")["max_support_vnd"] == 1_000_000_000


def test_today_is_the_default(http):
    question = {name: value for name, value in MACHINERY.items() if name != "valid_on"}
    answer = http.post(CHECKS[1], question).expect(200).json()
    assert answer["valid_on"] >= "2026-01-01" and answer["max_support_vnd"] == 300_000_000


def test_the_greatest_money(ask):
    most = 2**53 - 1
    answer = ask(activity_code="KC4-HC-NUOC-NGOAI", eligible_cost_vnd=most, support_vnd=most)
    assert answer["max_support_vnd"] == most and answer["is_allowed"] is True


@pytest.mark.parametrize("question, fault", [
    ({"activity_code": "KC99"}, ("#/activity_code", "unknown_reference")),
    ({"activity_code": "KC3", "valid_on": "2012-07-04"}, ("#/activity_code", "unknown_reference")),
    ({"level": "local"}, ("#/place", "norm_check_place_given")),
    ({"place": {"province_code": "30"}, "valid_on": "2025-12-01"}, ("#/place/province_code", "unknown_admin_unit")),
    ({"place": {"province_code": "31", "commune_code": "00001"}}, ("#/place/commune_code", "commune_outside_province")),
    ({"eligible_cost_vnd": -1}, ("#/eligible_cost_vnd", "minimum")), ({"eligible_cost_vnd": 2**53}, ("#/eligible_cost_vnd", "maximum")),
    ({"eligible_cost_vnd": 1.5}, ("#/eligible_cost_vnd", "type")), ({"quantity": 0}, ("#/quantity", "minimum")), ({"level": "district"}, ("#/level", "enum")),
    ({"valid_on": "2025-02-29"}, ("#/valid_on", "format")),
])
@pytest.mark.parametrize("path", CHECKS)
def test_questions_that_are_none(who, http, path, question, fault):
    asking = http if "public" in path else who
    assert asking.post(path, {**MACHINERY, **question}).expect(422, "invalid").errors == {fault}


def test_nothing_is_stored(who, http, cluster):
    def stored():
        return cluster.sql("select (select count(*) from history), (select count(*) from idempotency_key)")
    before = stored()
    for asking, path in ((who, CHECKS[0]), (http, CHECKS[1])):
        first = asking.post(path, MACHINERY, headers={"Idempotency-Key": "1"}).expect(200)
        again = asking.post(path, {**MACHINERY, "eligible_cost_vnd": 1}, headers={"Idempotency-Key": "1"}).expect(200)
        assert first.body != again.body
        asking.post(f"{path}?validate_only=true", MACHINERY).expect(400, "unknown-parameter")
    assert stored() == before


def test_with_a_token_and_without_it_is_the_same(who, http):
    assert len({asking.post(path, MACHINERY).expect(200).body for asking, path in ((who, CHECKS[0]), (who, CHECKS[1]), (http, CHECKS[1]))}) == 1


# ---- The rows ----

@pytest.mark.parametrize("query, some, none", [
    ("", {"QG-MAY-MOC", "HD-MAY-MOC", "QG-MO-HINH-2014"}, set()),
    ("activity_code=KC3-MAY-MOC", {"QG-MAY-MOC", "QG-DAY-CHUYEN", "HD-MAY-MOC"}, {"QG-MO-HINH"}),
    ("activity_code=KC3", {"QG-MAY-MOC", "QG-SXSH"}, {"QG-TU-VAN"}),
    ("level=local", {"HD-MAY-MOC"}, {"QG-MAY-MOC"}),
    ("certainty=uncertain", {"QG-SXSH"}, {"QG-MAY-MOC"}),
    ("certainty=verified,second_hand", {"QG-MAY-MOC"}, {"QG-SXSH"}),
    ("valid_on=2018-03-27", {"QG-MO-HINH-2014", "HD-MO-HINH"}, {"QG-MO-HINH"}),
    ("valid_on=2018-03-28", {"QG-MO-HINH"}, {"QG-MO-HINH-2014"}),
    ("province_code=30", {"HD-MAY-MOC"}, {"QG-MAY-MOC"}),
    ("province_code=31&geo_basis=current", {"HD-MAY-MOC", "HD-O-NHIEM-CUM"}, {"QG-MAY-MOC"}),
    ("province_code=31", set(), {"HD-MAY-MOC"}),
    ("province_code=30&geo_basis=2020-01-01&valid_on=2026-01-01", {"HD-MAY-MOC"}, set()),
])
def test_filters(who, query, some, none):
    found = codes(who, query)
    assert some <= found and not none & found


def test_one_norm(who):
    row = next(row for row in who.get(f"{PATH}?activity_code=KC7-O-NHIEM-CUM&level=local").expect(200).json()["data"])
    got = who.get(f"{PATH}/{row['id']}").expect(200).json()
    assert got == row and (got["percent_max"], got["cap_vnd"], got["legal_basis"], got["valid_from"]) == (30, 1_400_000_000, None, None)
    assert got["territory"] == [{"province_code": "30", "codes_on": "2025-06-30", "province": {"code": "30", "name": "Hải Dương"},
                                 "valid_from": None, "valid_to": None}]
    assert list(who.get(f"{PATH}/{row['id']}?fields=cap_vnd").expect(200).json()) == ["cap_vnd"]
    who.get(f"{PATH}/019aa000-0000-7000-8010-0000000fffff").expect(404, "not-found")


@pytest.mark.parametrize("query, parameter", [("level=district", "level"), ("certainty=V", "certainty"), ("province_code=3", "province_code"),
                                              ("geo_basis=yesterday", "geo_basis"), ("valid_on=2025-02-29", "valid_on"), ("sort=name", "sort")])
def test_filters_that_are_none(who, query, parameter):
    reply = who.get(f"{PATH}?{query}")
    assert reply.status == 400 and {place for place, _ in reply.errors} == {parameter}
