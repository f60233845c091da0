# SPDX-License-Identifier: MIT
"""Voting for typical rural-industry products: scenario J with its figures, the two gates, juries, and who sees what."""
import pytest

from support.lives import papers, walk_an_act
from support.samples import OWNER, STRANGER, absent_id
from support.voting import Voting, act_at_once, points
from support.world import unique

BINH_THUAN = "60"
DECISION = {"kind": "decision", "document_no": "1493/QĐ-UBND", "issued_on": "2022-07-07", "issuer_name": "Ủy ban nhân dân tỉnh Bình Thuận"}


@pytest.fixture
def voting(caller):
    return Voting(caller(province=OWNER))


@pytest.fixture
def judging(voting):
    """A round with a quota of 1, a jury of two, and three entries that were checked."""
    round_ = voting.judged_round(quota=1)
    firm = voting.establishment(OWNER)
    entries = [voting.entry(round_, voting.product(firm)) for _ in range(3)]
    for entry in entries:
        voting.act(entry, "submit").expect(201)
        voting.act(entry, "check").expect(201)
    return round_, voting.jury(round_, seats=2), entries


def codes(reply):
    return {code for _, code in reply.expect(409, "guard-failed").errors}


# ---- Scenario J: Bình Thuận 2022 ----

def score_of(place):
    """40 of 45 reach the minimum, the last of them exactly."""
    return 70 if place == 39 else 90 - place / 2 if place < 39 else 69.99 - (place - 40)


@pytest.fixture(scope="module")
def binh_thuan(world):
    """45 products of 23 establishments before nine jurors, one of whom has a conflict of interest with the last establishment."""
    voting, centre = Voting(world.caller(BINH_THUAN)), Voting(world.caller(None, tier="central"))
    south = centre.round("region", 2022, region_code="phia_nam", regulation_id=centre.regulation("region")["id"])
    round_ = voting.judged_round(quota=30, opens_on="2022-03-24", closes_on="2022-04-10")
    firms = [voting.establishment(BINH_THUAN) for _ in range(23)]
    entries = [voting.entry(round_, voting.product(firms[place // 2], is_set=place % 5 == 0)) for place in range(45)]
    jury = voting.jury(round_, conflicts=[{"seat": 9, "establishment_id": firms[22]["id"], "reason": "Có phần vốn góp"}])
    for place, entry in enumerate(entries):
        voting.act(entry, "submit", acted_on="2022-04-05").expect(201)
        voting.act(entry, "check", acted_on="2022-04-15").expect(201)
        for seat in range(1, 10):
            delta = (seat - 5) * 0.25 if place < 44 else 0
            reply = voting.sheet(jury, entry, seat, round(score_of(place) + delta, 2))
            if place == 44 and seat == 9:
                assert reply.expect(422, "invalid").errors == {("#/seat", "voting_sheet_conflict")}
            else:
                reply.expect(201)
        voting.act(entry, "judge", acted_on="2022-06-08").expect(201)
    return {"voting": voting, "centre": centre, "round": round_, "south": south, "entries": entries, "stranger": world.caller(STRANGER)}


def listed(who, path="voting/entries", **question):
    query = "&".join(f"{name}={value}" for name, value in question.items())
    return [row for page in who.pages(f"/v1/{path}?{query}", 200) for row in page]


def test_binh_thuan_2022(binh_thuan):
    voting, entries, who = binh_thuan["voting"], binh_thuan["entries"], binh_thuan["voting"].who
    mine = {"round_id": binh_thuan["round"]["id"]}
    judged = listed(who, **mine)
    assert len(judged) == 45 and len({row["establishment_id"] for row in judged}) == 23
    assert sum(row["score"] >= 70 for row in judged) == 40 and sum(row["score"] > 70 for row in judged) == 39
    assert codes(voting.act(entries[40], "select")) == {"voting_min_score", "voting_quota"}, "69.99 is not 70, and forty are better"
    assert codes(voting.act(entries[39], "select")) == {"voting_quota"}, "70 is enough where the text says `from`"
    assert codes(voting.act(entries[30], "select")) == {"voting_quota"}, "30 are better"
    for entry in entries[:30]:
        voting.act(entry, "select", acted_on="2022-06-21").expect(201)
    assert codes(voting.act(entries[30], "select")) == {"voting_quota"}, "the quota is full"
    for entry in entries[30:]:
        voting.act(entry, "reject", acted_on="2022-06-21").expect(201)
    for entry in entries[:30]:
        voting.act(entry, "certify", acted_on="2022-07-07", documents=[DECISION]).expect(201)
    certified = listed(who, status="certified", **mine)
    assert len(certified) == 30 and sum(row["prize_vnd"] for row in certified) == 30 * 2_000_000
    assert {row["decision"]["document_no"] for row in certified} == {"1493/QĐ-UBND"}
    assert sorted(row["rank"] for row in certified) == list(range(1, 31))
    mine = listed(who, path="voting/certificates", entry_id=entries[0]["id"])
    assert [(one["certificate_no"], one["issuer"]["tier"], one["status"]) for one in mine] == [(entries[0]["code"], "province", "valid")]
    whole = who.get(f"/v1/voting/certificates/{mine[0]['id']}").expect(200)
    who.get(f"/v1/voting/certificates/{mine[0]['id']}", headers={"If-None-Match": whole.etag}).expect(304)
    assert who.get(f"/v1/public/certificates/{mine[0]['public_no']}").expect(200).json()["status"] == "valid"
    who.get(f"/v1/ocop/certificates/{mine[0]['id']}").expect(404)
    stranger = binh_thuan["stranger"]
    stranger.get(f"/v1/voting/certificates/{mine[0]['id']}").expect(404)
    assert mine[0]["id"] not in {one["id"] for one in listed(stranger, path="voting/certificates")}
    for entry in entries[:30]:
        voting.act(entry, "nominate", acted_on="2022-08-01").expect(201)
    nominated = listed(who, round_id=binh_thuan["south"]["id"])
    assert len(nominated) == 30 and {row["previous_certificate_id"] for row in nominated} == {row["certificate_id"] for row in certified}
    assert codes(voting.act(entries[0], "nominate")) == {"voting_nominated_already"}
    # Without the certificate of the province nobody gets into the round of the region.
    rejected = voting.now(entries[30])
    other = {"round_id": binh_thuan["south"]["id"], "product_id": rejected["product_id"], "product_group_code": "food"}
    foreign = who.post("/v1/voting/entries", {**other, "previous_certificate_id": certified[0]["certificate_id"]})
    assert foreign.expect(422).errors == {("#/previous_certificate_id", "unknown_reference")}, "it is of another product"
    other = voting.make("voting/entries", other)
    assert codes(voting.act(other, "submit")) == {"voting_lower_certificate"}
    assert voting.act(nominated[0], "submit").expect(201).json()["to_status"] == "submitted"
    # The province of today has them, under the name of then.
    shown = who.get("/v1/public/typical-products?province_code=68&geo_basis=current&year=2022&tier=province&count=exact").expect(200).json()
    assert shown["page"]["total"] == 30 and {row["province"]["name"] for row in shown["data"]} == {"Bình Thuận"}
    assert set(shown["data"][0]) == {"id", "name", "brand", "is_set", "establishment_name", "product_group_code", "province_code", "codes_on", "province",
                                     "current", "tier", "year", "region_code", "decision_no", "decided_on", "public_no"}


FIGURES = ("registered_count", "certified_count", "certified_percent", "province_count")


def report(who, name="voting-list", **question):
    """On the map of each entry's own day, as the papers of then counted."""
    return who.get(f"/v1/reports/{name}", params={"geo_basis": "as_recorded", **question}).expect(200).json()


def figures(answer):
    return {item["code"]: item["value"] for item in answer["indicators"]}


def test_the_list_of_a_round_is_printed_and_leads_to_its_entries(binh_thuan):
    """R8, by the province of then and of today; another province counts nothing."""
    who = binh_thuan["voting"].who
    for where in ({}, {"province_code": "68", "geo_basis": "current"}, {"province_code": BINH_THUAN, "geo_basis": "2022-07-07"}, {"region_code": "phia_nam"}):
        answer = report(who, year=2022, voting_tier="province", **where)
        assert figures(answer)["registered_count"] == len(answer["rows"]) == 45, where
        assert figures(answer)["establishment_count"] == 23
    assert answer["rows"][0]["values"]["score"] == 90 and who.get(answer["rows"][0]["records_url"]).expect(200).json()["score"] == 90
    prizes = [who.get(row["records_url"]).expect(200).json()["prize_vnd"] or 0 for row in answer["rows"]]
    assert prizes == [row["values"]["prize_vnd"] or 0 for row in answer["rows"]] and sum(prizes) == answer["totals"]["prize_vnd"]
    frozen = who.post("/v1/report-snapshots", {"report": "voting-list", "year": 2022, "voting_tier": "province"}).expect(201).json()
    assert len(who.get(frozen["content_url"]).expect(200).json()["rows"]) == 45 and frozen["filters"]["voting_tier"] == "province"
    assert report(who, year=2022, voting_tier="province", region_code="mien_bac")["rows"] == []
    assert report(binh_thuan["stranger"], year=2022, voting_tier="province", province_code=BINH_THUAN)["rows"] == []
    for kind, start in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        assert who.get(f"/v1/reports/voting-list?year=2022&format={kind}").expect(200).body.startswith(start)


def test_the_list_of_ocop_certificates(voting, cluster, caller):
    """R7."""
    product = voting.product(voting.establishment(OWNER))
    cluster.sql("insert into certificate (organisation_id, scheme, origin, evidence_grade, certificate_no, stars, tier, product_id, establishment_id, issuer_name,"
                " decision, issued_on, valid_to) select organisation_id, 'ocop', 'mirrored', 'official_news', code, 4, 'province', id, establishment_id,"
                " 'Ví dụ', '{\"kind\": \"decision\", \"document_no\": \"5/QĐ\"}', '2019-02-03', '2022-02-02' from product where id = %s", product["id"])
    question = {"from": "2019-02-03", "to": "2019-02-03", "province_code": "75", "geo_basis": "current"}
    [row] = report(voting.who, "ocop-list", **question)["rows"]
    assert row["label"] == product["name"] and [row["values"][name] for name in ("stars", "decision", "valid_to", "status", "province")] == [
        4, "5/QĐ", "02/02/2022", "Hết hiệu lực", "Bình Phước"]
    voting.who.get(row["records_url"]).expect(200)
    assert report(caller(province=STRANGER), "ocop-list", **question)["rows"] == []
    assert report(voting.who, "ocop-list", **{**question, "from": "2019-02-04", "to": "2019-02-05"})["rows"] == []


def test_the_list_of_certificates_that_run_out(voting, cluster, caller):
    product = voting.product(voting.establishment(OWNER))
    insert = ("insert into certificate (organisation_id, scheme, status, origin, evidence_grade, certificate_no, stars, tier, product_id, establishment_id, issuer_name,"
              " decision, issued_on, valid_to) select organisation_id, %s, %s, 'mirrored', 'official_news', %s, case %s when 'ocop' then 4 end, 'province', id, establishment_id,"
              " 'Ví dụ', '{\"kind\": \"decision\", \"document_no\": \"5/QĐ\"}', '2019-02-03', today() + %s from product where id = %s")
    names = {}
    for scheme, status, days in (("ocop", "valid", 90), ("ocop", "valid", 91), ("ocop", "suspended", 0), ("ocop", "valid", -1), ("ocop", "superseded", 5), ("voting", "valid", 30)):
        names[unique("HH")] = (scheme, status, days)
        cluster.sql(insert, scheme, status, list(names)[-1], scheme, days, product["id"])

    def listed(who, **question):
        rows = report(who, "expiring-certificates", province_code="75", geo_basis="current", **question)["rows"]
        return [names[row["key"]] for row in rows if row["key"] in names]

    assert listed(voting.who) == [("ocop", "suspended", 0), ("voting", "valid", 30), ("ocop", "valid", 90)], "the first to run out first"
    assert listed(voting.who, expires_within=91)[-1] == ("ocop", "valid", 91) and listed(voting.who, expires_within=0) == [("ocop", "suspended", 0)]
    assert listed(caller(province=STRANGER)) == []
    row = next(row for row in report(voting.who, "expiring-certificates", province_code="75", geo_basis="current")["rows"] if names.get(row["key"]) == ("voting", "valid", 30))
    assert row["values"]["days_left"] == 30 and voting.who.get(row["records_url"]).expect(200).json()["certificate_no"] == row["key"]
    frozen = voting.who.post("/v1/report-snapshots", {"report": "expiring-certificates", "from": "2019-01-01", "to": "2999-01-01"}).expect(201).json()
    kept = voting.who.get(frozen["content_url"]).expect(200).json()["rows"]
    assert set(names) - {row["key"] for row in kept} == {name for name, (_, status, days) in names.items() if status == "superseded" or days < 0}
    assert voting.who.get("/v1/reports/expiring-certificates?format=xlsx").expect(200).body.startswith(b"PK")


def test_the_regions_of_2024(world, cluster):
    """South: 382 from 18 provinces, 189 certified = 49.5 %; all regions: 889 and 439 = 49.4 %. Mirrored, as they were judged elsewhere."""
    centre = Voting(world.caller(None, tier="central"))
    south = [row[0] for row in cluster.sql("select province_code from region_member where region_code = 'phia_nam' and valid_to = '2025-06-30' order by 1")][:18]
    assert len(south) == 18
    counts = []
    for region, provinces, registered, certified in (("phia_nam", south, 382, 189), ("mien_bac", ["01"], 507, 250)):
        round_ = centre.round("region", 2024, region_code=region)
        firms = [centre.establishment(province) for province in provinces]
        for number in range(registered):
            won = number < certified
            outcome = {"status": "certified", "decision": {"document_no": "MH-2024/QĐ"}} if won else {"status": "not_selected"}
            product = cluster.sql("insert into product (organisation_id, establishment_id, name) select organisation_id, id, %s from establishment"
                                  " where id = %s returning id::text", f"Sản phẩm ví dụ {number}", firms[number % len(firms)]["id"])[0][0]
            centre.make("voting/entries", {"round_id": round_["id"], "product_id": product, "product_group_code": "other", "origin": "mirrored",
                                           "evidence_grade": "official_news", "outcome": outcome})
        rows = listed(centre.who, round_id=round_["id"])
        counts.append((len(rows), sum(row["status"] == "certified" for row in rows)))
        assert len({row["province_code"] for row in rows}) == len(provinces)
    assert counts == [(382, 189), (507, 250)]
    south_2024, all_2024 = (figures(report(centre.who, year=2024, voting_tier="region", **where)) for where in ({"region_code": "phia_nam"}, {}))
    assert [south_2024[name] for name in FIGURES] == [382, 189, 49.5, 18]
    assert [all_2024[name] for name in FIGURES] == [889, 439, 49.4, 19]


# ---- Rules ----

def test_an_act_on_an_entry(voting, cluster):
    entry = voting.entry(voting.round(), voting.product(voting.establishment(OWNER)))
    path = f"/v1/voting/entries/{entry['id']}"
    assert voting.who.post(f"{path}/transitions", {"action": "withdraw"}, if_match=1).expect(422, "invalid").errors == {("#/note", "required")}
    walk_an_act(cluster, voting.who, path, "voting_entry", {"action": "submit"})


def test_submit_shows_the_papers_that_are_missing_and_asks_for_an_open_round(voting):
    closed = voting.entry(voting.round(status="planned"), voting.product(voting.establishment(OWNER)))
    assert codes(voting.act(closed, "submit")) == {"voting_round_open"}
    entry = voting.entry(voting.round(), voting.product(voting.establishment(OWNER)),
                         checklist=[{"requirement_code": "registration_form", "status": "provided", "file_ids": []}])
    act = voting.act(entry, "submit").expect(201).json()
    assert {item["code"] for item in act["warnings"]} == {"voting_paper_missing"} and len(act["warnings"]) == 4
    assert {paper["requirement_code"]: paper["status"] for paper in entry["papers"]}["registration_form"] == "provided"


def test_the_sheets_of_a_jury(voting, judging):
    _, jury, entries = judging
    assert codes(voting.act(entries[0], "judge")) == {"voting_sheets_in"}
    voting.sheet(jury, entries[0], 1, 80).expect(201)
    draft = voting.sheet(jury, entries[0], 2, 71, status="draft").expect(201).json()
    assert codes(voting.act(entries[0], "judge")) == {"voting_sheets_in"}, "a draft does not count"
    path = f"/v1/voting/score-sheets/{draft['id']}"
    voting.who.patch(path, {"points": points(70.5), "status": "submitted"}, if_match=1).expect(200)
    assert voting.who.patch(path, {"points": points(90)}, if_match=2).expect(409, "guard-failed").errors == {("#/status", "record_locked")}
    voting.sheet(jury, entries[0], 2, 60).expect(409, "taken")
    assert voting.sheet(jury, entries[1], 3, 60).expect(422).errors == {("#/seat", "voting_sheet_no_seat")}
    body = {"council_id": jury["id"], "entry_id": entries[1]["id"], "seat": 1}
    for wrong, fault in ((points(80)[:3], "voting_sheet_criteria"), ([{**points(80)[0], "points": 36}, *points(80)[1:]], "voting_sheet_points_max")):
        assert voting.who.post("/v1/voting/score-sheets", {**body, "points": wrong}).expect(422).errors == {("#/points", fault)}
    other = voting.jury(voting.judged_round())
    assert voting.sheet(other, entries[1], 1, 60).expect(422).errors == {("#/council_id", "voting_sheet_other_jury")}
    voting.act(entries[0], "judge").expect(201)
    assert voting.now(entries[0])["score"] == 75.25
    voting.act(entries[0], "correct", note="Nhầm").expect(201)
    assert voting.now(entries[0])["score"] is None


def test_the_quota_holds_when_all_are_selected_at_once(voting, world):
    round_ = voting.judged_round(quota=2)
    firm, jury = voting.establishment(OWNER), voting.jury(round_, seats=1)
    entries = [voting.entry(round_, voting.product(firm)) for _ in range(6)]
    for entry in entries:
        for action in ("submit", "check"):
            voting.act(entry, action).expect(201)
        voting.sheet(jury, entry, 1, 80).expect(201)
        voting.act(entry, "judge").expect(201)
    replies = act_at_once(world, voting.who, entries, papers("select"))
    assert sorted(reply.status for reply in replies) == [201] * 2 + [409] * 4
    assert {code for reply in replies if reply.status == 409 for code in codes(reply)} == {"voting_quota"}


@pytest.mark.parametrize("operator, chosen", [("gte", True), ("gt", False)])
def test_the_minimum_is_as_the_text_says(voting, operator, chosen):
    round_ = voting.round(regulation_id=voting.regulation(score_operator=operator)["id"])
    entry, jury = voting.entry(round_, voting.product(voting.establishment(OWNER))), voting.jury(round_, seats=1)
    for action in ("submit", "check"):
        voting.act(entry, action).expect(201)
    voting.sheet(jury, entry, 1, 70).expect(201)
    voting.act(entry, "judge").expect(201)
    reply = voting.act(entry, "select")
    assert reply.status == 201 if chosen else codes(reply) == {"voting_min_score"}


def test_prizes_by_rank(voting):
    prizes = [{"name": "Nhất", "from_rank": 1, "to_rank": 1, "amount_vnd": 5}, {"name": "Khuyến khích", "from_rank": 2, "amount_vnd": 1}]
    round_ = voting.round(regulation_id=voting.regulation(prizes=prizes)["id"])
    jury, won = voting.jury(round_, seats=1), []
    for total in (80, 75):
        entry = voting.entry(round_, voting.product(voting.establishment(OWNER)))
        for action in ("submit", "check"):
            voting.act(entry, action).expect(201)
        voting.sheet(jury, entry, 1, total).expect(201)
        voting.act(entry, "judge").expect(201)
        won.append(entry)
    for entry in won:
        voting.act(entry, "select").expect(201)
        assert codes(voting.act(entry, "certify", documents=[{"kind": "report", "document_no": "1"}])) == {"voting_decision_named"}
        voting.act(entry, "certify", documents=[DECISION]).expect(201)
    assert [voting.now(entry)["prize_vnd"] for entry in won] == [5, 1]


def test_one_entry_of_a_product_and_only_what_is_known(voting):
    round_, product = voting.round(), voting.product(voting.establishment(OWNER))
    entry = voting.entry(round_, product)
    body = {"round_id": round_["id"], "product_id": product["id"], "product_group_code": "food"}
    voting.who.post("/v1/voting/entries", body).expect(409, "taken")
    for name, value in (("round_id", absent_id()), ("product_id", absent_id()), ("product_group_code", "nothing"), ("previous_certificate_id", absent_id())):
        assert (f"#/{name}", "unknown_reference") in voting.who.post("/v1/voting/entries", {**body, name: value}).expect(422).errors
    outcome = {"status": "certified", "decision": {"document_no": "1"}}
    assert voting.who.post("/v1/voting/entries", {**body, "outcome": outcome}).expect(422).errors == {("#/outcome", "voting_entry_outcome_origin")}
    assert voting.who.post("/v1/voting/entries", {**body, "outcome": outcome, "origin": "mirrored"}).expect(422).errors == {("#/evidence_grade", "voting_entry_evidence_required")}
    for action in ("submit", "check"):
        voting.act(entry, action).expect(201)
    assert voting.who.patch(f"/v1/voting/entries/{entry['id']}", {"product_group_code": "other"}, if_match=3).expect(409).errors == {("#/status", "voting_entry_pinned")}


# ---- Who sees what ----

def test_rounds_of_regions_are_for_all_to_read_and_for_the_centre_to_write(voting, caller):
    centre = Voting(caller(province=None, tier="central"))
    round_ = centre.round("region", 2024, region_code="phia_nam")
    path = f"/v1/voting/rounds/{round_['id']}"
    voting.who.get(path).expect(200)
    voting.who.patch(path, {"quota": 1}, if_match=1).expect(403, "outside-territory")
    voting.who.delete(path, if_match=1).expect(403, "outside-territory")
    voting.who.post("/v1/voting/rounds", {"tier": "region", "year": 2024, "region_code": "phia_nam"}).expect(403, "outside-territory")
    centre.who.patch(path, {"quota": 1}, if_match=1).expect(200)
    local = voting.round()
    stranger = Voting(caller(province=STRANGER))
    stranger.who.get(f"/v1/voting/rounds/{local['id']}").expect(404)
    mine = stranger.product(stranger.establishment(STRANGER))
    assert ("#/round_id", "unknown_reference") in stranger.who.post(
        "/v1/voting/entries", {"round_id": local["id"], "product_id": mine["id"], "product_group_code": "food"}).expect(422).errors
    voting.who.post("/v1/voting/entries", {"round_id": local["id"], "product_id": mine["id"], "product_group_code": "food"}).expect(422)


def test_everybody_sees_what_was_certified_and_nothing_else(voting, http, cluster):
    word, round_ = unique("Gốm Sứ"), voting.round()
    made = {}
    for status, outcome in (("certified", {"status": "certified", "decision": {"document_no": "9/QĐ"}}), ("not_selected", {"status": "not_selected", "score": 60})):
        product = voting.product(voting.establishment(OWNER), name=f"{word} {status}")
        made[status] = voting.entry(round_, product, origin="mirrored", evidence_grade="signed_decision", outcome=outcome)
    found = http.get("/v1/public/typical-products", params={"q": word}).expect(200).json()["data"]
    assert [row["id"] for row in found] == [made["certified"]["product_id"]] and found[0]["decision_no"] == "9/QĐ"
    with cluster.connect("kc_api") as connection:  # the second wall
        seen = {str(row[0]) for row in connection.execute("select id from voting_entry")}
        assert made["certified"]["id"] in seen and made["not_selected"]["id"] not in seen


def test_the_groups_of_products(voting):
    rows = voting.who.get("/v1/voting/product-groups?valid_on=2022-07-07").expect(200).json()["data"]
    assert [row["code"] for row in rows] == ["food", "handicraft", "machinery", "other"]
    assert not voting.who.get("/v1/voting/product-groups?valid_on=2013-01-01").expect(200).json()["data"]
