# SPDX-License-Identifier: MIT
"""Points of sale: what is sold there, what a year brought, and what everybody may see of it."""
import pytest

from support.samples import OWNER, STRANGER
from support.world import unique


@pytest.fixture
def who(caller):
    return caller(province=OWNER)


def product(who):
    firm = who.post("/v1/establishments", {"name": unique("Cơ sở ví dụ"), "legal_form": "llc_single", "place": {"province_code": OWNER, "codes_on": "2022-01-01"}}).expect(201).json()
    return who.post("/v1/products", {"name": unique("Sản phẩm ví dụ"), "establishment_id": firm["id"]}).expect(201).json()


def point(who, **members):
    return who.post("/v1/display-points", {"name": unique("Điểm trưng bày"), "status": "open", "opened_on": "2022-05-10", **members}).expect(201).json()


def test_products_and_sales_of_a_point(who, caller):
    """Scenario D: two points; each with its products and years."""
    goods, points = product(who), [point(who), point(who)]
    path = f"/v1/display-points/{points[0]['id']}"
    shown = who.post(f"{path}/products", {"product_id": goods["id"], "from": "2022-05-10"}).expect(201).json()
    who.post(f"{path}/products", {"product_id": goods["id"]}).expect(409, "taken")
    who.post(f"{path}/sales", {"from": "2022-05-10", "to": "2022-12-31", "revenue_vnd": 850_000_000}).expect(201)
    second = who.post(f"{path}/sales", {"from": "2023-01-01", "to": "2023-12-31", "revenue_vnd": 1}).expect(201).json()
    who.post(f"{path}/sales", {"from": "2022-12-31", "to": "2023-01-31", "revenue_vnd": 1}).expect(409, "taken")
    who.patch(f"{path}/sales/{second['id']}", {"from": "2022-12-31"}, if_match=1).expect(409, "taken")
    assert who.patch(f"{path}/sales/{second['id']}", {"revenue_vnd": None}, if_match=1).expect(422).errors == {("#/revenue_vnd", "type")}
    assert who.get(path).json()["version"] == 4, "a change of a row is a change of the point"
    where = [row["id"] for row in who.get(f"/v1/display-points?product_id={goods['id']}").expect(200).json()["data"]]
    assert where == [points[0]["id"]]
    who.delete(f"/v1/products/{goods['id']}", if_match=1).expect(409, "still-referenced")
    caller(province=STRANGER).get(f"{path}/products").expect(404)
    caller(province=STRANGER).get(f"{path}/products/{shown['id']}").expect(404)
    caller(province=STRANGER).post(f"{path}/products", {"product_id": goods["id"]}).expect(404)


@pytest.mark.parametrize("members, fault", [
    ({"status": "open"}, ("#/opened_on", "display_point_opened_when_open")),
    ({"status": "closed", "opened_on": "2022-05-10"}, ("#/closed_on", "display_point_closed_when_closed")),
    ({"status": "closed", "opened_on": "2022-05-10", "closed_on": "2022-05-09"}, ("#/closed_on", "display_point_closed_after_opened")),
    ({"operator_id": "019aa0f2-0000-7000-8000-00000000dead"}, ("#/operator_id", "unknown_reference")),
])
def test_what_cannot_be(who, members, fault):
    assert who.post("/v1/display-points", {"name": unique("Điểm"), **members}).expect(422, "invalid").errors == {fault}


def test_everybody_sees_open_points_and_nothing_else_of_them(who, http, cluster):
    word = unique("Chợ Đêm")
    goods, here = product(who), point(who, name=word, support_vnd=150_000_000, area_m2=45.5, place={"province_code": OWNER, "codes_on": "2022-01-01"})
    hidden = [point(who, name=f"{word} kín", status="planned"), point(who, name=f"{word} cũ", status="closed", closed_on="2023-01-01")]
    path = f"/v1/display-points/{here['id']}"
    who.post(f"{path}/products", {"product_id": goods["id"]}).expect(201)
    who.post(f"{path}/sales", {"from": "2022-05-10", "to": "2022-12-31", "revenue_vnd": 1}).expect(201)

    def found(**question):
        return http.get("/v1/public/display-points", params=question).expect(200).json()["data"]
    [row] = found(q=word.upper())
    assert set(row) == {"id", "name", "operator_name", "place", "province_code", "codes_on", "province", "current", "opened_on", "area_m2", "products"}
    assert row["products"] == [{"id": goods["id"], "name": goods["name"], "brand": None}]
    assert row["current"]["province"]["code"] == "75" and row["province"]["code"] == OWNER
    assert [found(q=word, province_code=code, geo_basis=basis) != [] for code, basis in (("75", "current"), (OWNER, "2020-01-01"), ("75", "2020-01-01"))] == [True, True, False]
    assert [row["id"] for row in found(product_id=goods["id"])] == [here["id"]]
    with cluster.connect("kc_api") as connection:  # the second wall
        seen = {str(row[0]) for row in connection.execute("select id from display_point")}
        assert here["id"] in seen and not seen & {item["id"] for item in hidden}
