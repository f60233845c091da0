# SPDX-License-Identifier: MIT
"""OCOP under four regimes, the voting of Bình Thuận and points of sale, as the demo data tell them: asked for as officials and buyers would."""
import collections

import pytest


@pytest.fixture(scope="module")
def ministry(demo):
    return demo.caller(demo.token)


def rows(who, target):
    return [row for page in who.pages(target, 200) for row in page]


# ---- I: OCOP ----

@pytest.fixture(scope="module")
def certificates(ministry):
    found = [ministry.get(f"/v1/ocop/certificates/{row['id']}").expect(200).json() for row in rows(ministry, "/v1/ocop/certificates?origin=native")]
    assert len(found) > 30
    return found


@pytest.mark.parametrize("first, last, tiers", [
    ("2021-09-01", "2023-02-23", {3: "province", 4: "province", 5: "central"}),
    ("2023-06-01", "2025-07-05", {3: "district", 4: "province", 5: "central"}),
    ("2025-07-06", "2026-05-21", {3: "province", 4: "province", 5: "central"}),
    ("2026-06-01", "2026-12-31", {3: "province", 4: "province", 5: "central"})])
def test_each_regime_certifies_by_its_tiers(certificates, first, last, tiers):
    seen = {(one["stars"], one["tier"]) for one in certificates if first <= one["issued_on"] <= last}
    assert seen == set(tiers.items())


def test_stars_are_those_of_the_band_of_the_total(ministry):
    results = rows(ministry, "/v1/ocop/results?status=approved")
    assert {(one["total"], one["stars"]) for one in results} >= {(50, 3), (69.99, 3), (70, 4), (90, 5), (93, 5)}


def test_those_of_this_year_are_under_way(ministry):
    states = {row["status"] for row in rows(ministry, "/v1/ocop/registrations")}
    assert states >= {"draft", "submitted", "supplement_requested", "reviewing", "scoring", "recognised"}


def test_the_public_check_tells_apart(demo, certificates):
    seen = collections.Counter(demo.anybody.get(f"/v1/public/certificates/{one['public_no']}").expect(200).json()["status"] for one in certificates)
    assert set(seen) == {"valid", "expired", "suspended", "revoked"} and (seen["suspended"], seen["revoked"]) == (1, 1)


def test_everybody_finds_what_was_certified_here(demo, certificates):
    shown = {row["id"] for row in rows(demo.anybody, "/v1/public/ocop-products?q=minh%20hoa")}
    assert shown >= {one["product_id"] for one in certificates if one["status"] in ("valid", "expired")}
    assert not shown & {one["product_id"] for one in certificates if one["status"] in ("suspended", "revoked")}


def test_the_list_of_certificates_leads_to_them(ministry, certificates):
    """R7."""
    answer = ministry.get("/v1/reports/ocop-list", params={"from": "2021-01-01", "to": "2026-12-31", "province_code": "86", "geo_basis": "current"}).expect(200).json()
    here = [one for one in certificates if one["current"]["province"]["code"] == "86"]
    assert len(answer["rows"]) == len(here) >= 5 and {row["values"]["province"] for row in answer["rows"]} >= {"Bến Tre"}


# ---- J: the voting ----

def test_the_voting_of_binh_thuan(demo, ministry):
    answer = ministry.get("/v1/reports/voting-list", params={"year": 2022, "voting_tier": "province"}).expect(200).json()
    figures = {item["code"]: item["value"] for item in answer["indicators"]}
    assert (figures["registered_count"], figures["establishment_count"], figures["certified_count"]) == (45, 23, 30)
    entries = rows(ministry, "/v1/voting/entries?year=2022&tier=province")
    assert sum(one["score"] >= 70 for one in entries) == 40
    certified = [one for one in entries if one["status"] == "certified"]
    assert sum(one["prize_vnd"] for one in certified) == 60_000_000 and {one["decision"]["document_no"] for one in certified} == {"1493/QĐ-UBND"}
    jury, = rows(ministry, f"/v1/voting/councils?round_id={entries[0]['round_id']}")
    assert len(jury["members"]) == 9 and len(jury["conflicts"]) == 1
    nominated = rows(ministry, "/v1/voting/entries?year=2022&tier=region")
    assert {one["product_id"] for one in nominated} == {one["product_id"] for one in certified}
    public = demo.anybody.get("/v1/public/typical-products?province_code=68&geo_basis=current&year=2022&count=exact").expect(200).json()
    assert public["page"]["total"] == 30 and {row["province"]["name"] for row in public["data"]} == {"Bình Thuận"}


# ---- Points of sale ----

def test_points_of_sale(demo, ministry):
    shown = rows(demo.anybody, "/v1/public/display-points")
    assert len(shown) == 8 and sum(row["current"]["province"]["name"] == "Quảng Ngãi" for row in shown) == 3
    sold_here = next(row for row in shown if row["products"])
    assert len(sold_here["products"]) == 5
    sales = rows(ministry, f"/v1/display-points/{sold_here['id']}/sales")
    assert len(sales) == 3 and all(row["revenue_vnd"] > 100_000_000 for row in sales)
