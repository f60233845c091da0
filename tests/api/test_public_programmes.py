# SPDX-License-Identifier: MIT
"""Programmes that everybody may read: which, what of them, and that a token changes nothing. No act of the interface
approves a programme yet, so tests bring them there by SQL, with the paper that an approval carries."""
import json

import pytest

from support.promotion import Promotion, listed
from support.world import unique

PATH = "/v1/public/programmes"
PUBLIC, HIDDEN = ("approved", "active", "closed"), ("draft", "consulting", "submitted", "returned")
DECISION = {"kind": "decision", "document_no": "MH-03/QĐ-UBND", "issued_on": "2020-12-25", "issuer_name": "UBND tỉnh (minh họa)",
            "title": "Phê duyệt chương trình", "article": None, "file_id": None}
DECREE = {"kind": "decree", "document_no": "45/2012/NĐ-CP", "issued_on": "2012-05-21", "issuer_name": "Chính phủ", "title": "Về khuyến công",
          "article": "Điều 4", "file_id": None}


@pytest.fixture(scope="module")
def who(caller):
    return caller("75")


@pytest.fixture(scope="module")
def ministry(caller):
    return caller(None)


@pytest.fixture(scope="module")
def act(cluster):
    """Brings a programme into a state as an act of the agencies would."""
    def bring(record, status, documents=(DECISION,)):
        cluster.sql("update programme set status = %s, version = version + 1 where id = %s", status, record["id"])
        cluster.sql("""insert into transition (record_type, record_id, record_version, action, from_status, to_status, acted_on, note,
                         documents, organisation_id, province_code)
                       select 'programme', id, version, 'approve', 'submitted', status, '2020-12-25', 'Lưu ý nội bộ', %s::jsonb,
                         organisation_id, province_code from programme where id = %s""", json.dumps(documents), record["id"])
        return record
    return bring


def make(who, **members):
    return Promotion(who).programme(**members).record


# ---- Which ----

@pytest.mark.parametrize("level", ["local", "national"])
@pytest.mark.parametrize("status", [*PUBLIC, *HIDDEN])
def test_from_the_decision_on(who, ministry, http, act, level, status):
    record = make(who if level == "local" else ministry, level=level)
    if status != "draft":
        act(record, status)
    one, ids = http.get(f"{PATH}/{record['id']}"), listed(http, f"{PATH}?q={record['code']}")
    if status in PUBLIC:
        assert one.expect(200).json()["status"] == status and ids == [record["id"]]
    else:
        assert "max-age" not in one.expect(404, "not-found").headers["Cache-Control"] and not ids


def test_a_deleted_one_never_was(who, http, act):
    record = act(make(who), "active")
    at = f"/v1/programmes/{record['id']}"
    who.delete(at, if_match=2).expect(204)
    http.get(f"{PATH}/{record['id']}").expect(404, "not-found")
    assert not listed(http, f"{PATH}?q={record['code']}")
    who.post(f"{at}/restore", if_match=3).expect(200)
    http.get(f"{PATH}/{record['id']}").expect(200)


def test_no_such_programme(http):
    http.get(f"{PATH}/019aa0f1-0000-7000-8000-0000000fffff").expect(404, "not-found")
    http.get(f"{PATH}/CT000001").expect(400, "invalid-parameter")


def test_a_token_changes_nothing(caller, who, ministry, http, act):
    shown, hidden = act(make(who), "approved"), [make(who), make(ministry, level="national")]
    answer = http.get(f"{PATH}/{shown['id']}").expect(200).body
    for one in (who, caller("38"), ministry):
        assert one.get(f"{PATH}/{shown['id']}").expect(200).body == answer
        for record in hidden:
            one.get(f"{PATH}/{record['id']}").expect(404, "not-found")
            assert not listed(one, f"{PATH}?q={record['code']}")
    caller("38").get(f"/v1/programmes/{shown['id']}").expect(404, "not-found")  # the rest of the record is no more public than before


# ---- What ----

def test_what_the_decision_publishes_and_no_more(who, http, act):
    record = make(who, province_code="70", starts_on="2021-01-01", ends_on="2025-06-30", activity_priorities=["KC3"], evidence_grade="signed_decision",
                  planned_funding=[{"source": "local_promotion", "amount_vnd": 1234567890}], note="Ghi chú nội bộ")
    target = {"name": "Đào tạo nghề", "operator": "approx", "kind": "flow", "measures": [{"value": 800, "measure_unit": "person"}],
              "tolerance_percent": 5, "from": "2021-01-01", "to": "2025-06-30"}
    for body in (target, {**target, "name": "Bỏ"}):
        last = who.post("/v1/targets", {**body, "programme_id": record["id"], "note": "Ghi chú nội bộ"}).expect(201).json()
    who.delete(f"/v1/targets/{last['id']}", if_match=1).expect(204)
    papers = [DECISION, {**DECISION, "kind": "minutes", "title": "Biên bản nội bộ"}, DECREE]
    act(act(record, "submitted", [{**DECISION, "title": "Quyết định nội bộ"}]), "approved", papers)
    amended = {**DECISION, "kind": "resolution", "document_no": "MH-04/NQ-HĐND"}
    act(record, "active", [{**amended, "signer_name": "Người ký nội bộ"}])
    reply = http.get(f"{PATH}/{record['id']}").expect(200)
    common = {"id": record["id"], "code": record["code"], "kind": "promotion", "level": "local", "name": record["name"], "status": "active",
              "starts_on": "2021-01-01", "ends_on": "2025-06-30", "province_code": "70", "codes_on": "2021-01-01",
              "province": {"code": "70", "name": "Bình Phước"}, "current": {"province": {"code": "75", "name": "Đồng Nai"}},
              "evidence_grade": "signed_decision"}
    assert reply.json() == {**common, "decisions": [amended, DECISION], "legal_basis": [DECREE], "targets": [{**target, "indicator_code": None}]}
    rows = http.get(PATH, params={"q": record["code"]}).expect(200)
    assert rows.json()["data"] == [common]
    for body in (reply.body.decode(), rows.body.decode()):
        assert not any(word in body for word in ("nội bộ", "1234567890", "KC3", record["organisation_id"], who.id))


def test_without_papers_and_targets(ministry, http, act):
    got = http.get(f"{PATH}/{act(make(ministry, level='national'), 'closed', [])['id']}").expect(200).json()
    assert (got["decisions"], got["legal_basis"], got["targets"], got["province"]) == ([], [], [], None)


def test_partners_keys_stay_with_partners(who, http, cluster, act):
    ref = unique("khoa")
    record = who.put(f"/v1/programmes/by-ref/so/{ref}", {"name": unique("Chương trình"), "level": "local"}).expect(201).json()
    assert ref not in http.get(f"{PATH}/{act(record, 'active')['id']}").expect(200).body.decode()


def test_answers_may_be_kept_by_all(who, http, act):
    """Everybody gets the same for five minutes; there is no version to ask for, as it would count internal work."""
    record = act(make(who), "active")
    for target in (f"{PATH}/{record['id']}", f"{PATH}?q={record['code']}"):
        for headers in ({}, {"If-None-Match": '"2"'}):
            reply = http.get(target, headers=headers).expect(200)
            assert reply.headers["Cache-Control"] == "public, max-age=300" and "ETag" not in reply.headers
            assert "Authorization" not in reply.headers.get("Vary", "")
        assert http.head(target).headers["Cache-Control"] == "public, max-age=300"


def test_nothing_is_written_here(who, http, act):
    at = f"{PATH}/{act(make(who), 'active')['id']}"
    for one in (http, who):
        for method, target in (("POST", PATH), ("PATCH", at), ("PUT", at), ("DELETE", at)):
            assert one.request(method, target, json={}).expect(405).headers["Allow"] == "GET, HEAD, OPTIONS"


# ---- Finding ----

@pytest.fixture(scope="module")
def shelf(who, ministry, act):
    word = unique("kỳ")
    made = [act(make(one, name=f"{name} {word}", **members), status) for one, name, status, members in [
        (who, "Ắ", "active", {"starts_on": "2021-01-01", "ends_on": "2025-12-31"}),
        (who, "Đ", "approved", {"kind": "ocop"}),
        (who, "D", "closed", {"province_code": "70", "starts_on": "2016-01-01", "ends_on": "2020-12-31"}),
        (ministry, "a", "approved", {"level": "national", "starts_on": "2026-01-01"}),
    ]]
    make(who, name=f"Nháp {word}")
    return word, [record["id"] for record in made]


@pytest.mark.parametrize("query, found", [
    ("", {0, 1, 2, 3}),
    ("&level=national", {3}),
    ("&level=local", {0, 1, 2}),
    ("&kind=ocop", {1}),
    ("&status=approved", {1, 3}),
    ("&status=active,closed", {0, 2}),
    ("&province_code=75", {0, 1}),
    ("&province_code=70", {2}),
    ("&province_code=75&geo_basis=current", {0, 1, 2}),
    ("&province_code=70&geo_basis=2020-12-31", {2}),
    ("&province_code=01", set()),
    ("&valid_on=2018-05-01", {1, 2}),
    ("&valid_on=2030-01-01", {1, 3}),
    ("&from=2020-12-31", {0, 1, 2, 3}),
    ("&from=2021-01-01", {0, 1, 3}),
    ("&to=2020-12-31", {1, 2}),
    ("&to=2021-01-01", {0, 1, 2}),
    ("&from=2022-01-01&to=2023-12-31", {0, 1}),
])
def test_filters(http, shelf, query, found):
    word, made = shelf
    rows = listed(http, f"{PATH}?q={word}{query}")
    assert set(rows) == {made[n] for n in found} and len(rows) == len(found)


@pytest.mark.parametrize("sort, order", [
    ("name", [3, 0, 2, 1]), ("-name", [1, 2, 0, 3]), ("code", [0, 1, 2, 3]), ("-code", [3, 2, 1, 0]),
    ("starts_on", [2, 0, 3, 1]), ("-starts_on", [3, 0, 2, 1])])
@pytest.mark.parametrize("limit", [1, 3, 50])
def test_orders_and_pages(http, shelf, sort, order, limit):
    word, made = shelf
    assert listed(http, f"{PATH}?q={word}&sort={sort}", limit) == [made[n] for n in order]


def test_counted_and_few_members(http, shelf):
    page = http.get(f"{PATH}?q={shelf[0]}&limit=1&count=exact&fields=code").expect(200).json()
    assert (page["page"]["total"], list(page["data"][0])) == (4, ["code"])


def test_words_without_marks_and_with_typing_errors(http, shelf):
    word, made = shelf
    assert made[0] in listed(http, f"{PATH}?q=a {word.replace('ỳ', 'y').upper()}")
    assert made[0] not in listed(http, f"{PATH}?q=a {word.replace('ỳ', 'y')}&q_mode=exact")


@pytest.mark.parametrize("query, parameter", [
    ("status=draft", "status"), ("status=active,submitted", "status"), ("deleted=only", "deleted"), ("stage=proposal", "stage"),
    ("sort=updated_at", "sort"), ("geo_basis=yesterday", "geo_basis"), ("from=2021-01-01&to=2020-12-31", "to"), ("fields=note", "fields")])
def test_questions_that_are_not_answered(http, query, parameter):
    reply = http.get(f"{PATH}?{query}")
    assert reply.status == 400 and {place for place, _ in reply.errors} == {parameter}
