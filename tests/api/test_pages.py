# SPDX-License-Identifier: MIT
"""What every list gets from the core: pages that lose no row, cursors that open nothing else; and the languages of refusals.
Projects serve as the example."""
import base64
import json

import pytest

from support.records import Records
from support.world import unique

PATH = "/v1/projects"


@pytest.fixture
def who(caller):
    return caller()


@pytest.fixture
def records(who):
    return Records(who)


# ---- Lists ----

@pytest.fixture
def crowd(caller):
    """Seven projects of a word of their own, all changed at the same instant: nothing but the id parts them."""
    who, word = caller(), unique("dong-loat")
    made = [Records(who).project(name=f"Đề án {word}") for _ in range(7)]
    return who, word, {record["id"] for record in made}


def tie(cluster, word):
    cluster.sql("alter table project disable trigger user; "
                f"update project set updated_at = '2026-01-01 00:00:00.000001+00' where name like '%{word}%'; "
                "alter table project enable trigger user")


def ids(rows):
    return [row["id"] for row in rows]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
@pytest.mark.parametrize("sort", ["-updated_at", "updated_at"])
def test_pages_over_ties_have_every_row_once(crowd, cluster, limit, sort):
    who, word, wanted = crowd
    tie(cluster, word)
    pages = list(who.pages(f"{PATH}?q={word}&sort={sort}", limit))
    rows = [row for page in pages for row in ids(page)]
    assert len(rows) == len(set(rows)) == 7 and set(rows) == wanted
    assert all(len(page) <= limit for page in pages)


def test_rows_that_change_between_pages_do_not_disturb_the_others(crowd, cluster):
    """Page size 1, and before each page a row behind us is changed: those not yet seen all come, none twice."""
    who, word, wanted = crowd
    tie(cluster, word)
    cursor, seen = None, []
    while True:
        params = {"q": word, "sort": "-updated_at", "limit": 1, **({"cursor": cursor} if cursor else {})}
        page = who.get(PATH, params=params).expect(200).json()
        seen += ids(page["data"])
        cursor = page["page"]["next_cursor"]
        if cursor is None:
            break
        last = f"{PATH}/{seen[-1]}"
        who.patch(last, {"note": "đã đọc"}, if_match=who.get(last).etag).expect(200)
    assert sorted(seen) == sorted(wanted)


def test_the_default_and_the_largest_page(who):
    assert who.get(PATH).json()["page"]["limit"] == 50
    assert who.get(f"{PATH}?limit=200").json()["page"]["limit"] == 200
    who.get(f"{PATH}?limit=201").expect(400, "invalid-parameter")
    who.get(f"{PATH}?limit=0").expect(400, "invalid-parameter")


def test_the_last_page_says_so(crowd):
    who, word, _ = crowd
    page = who.get(f"{PATH}?q={word}&limit=7").json()["page"]
    assert page["next_cursor"] is None and page["limit"] == 7


def links(reply):
    found = {}
    for part in reply.headers["Link"].split(", <"):
        address, relation = part.lstrip("<").split(">; rel=")
        found[relation.strip('"')] = address
    return found


def test_link_header(crowd, world):
    who, word, _ = crowd
    first = who.get(f"{PATH}?q={word}&limit=3&sort=-updated_at").expect(200)
    assert set(links(first)) == {"first", "next"}
    public = world.settings()["KC_PUBLIC_URL"]
    assert all(address.startswith(public + PATH) for address in links(first).values())
    second = who.get(links(first)["next"].removeprefix(public)).expect(200)
    third = who.get(links(second)["next"].removeprefix(public)).expect(200)
    assert set(links(third)) == {"first"}
    again = who.get(links(third)["first"].removeprefix(public)).expect(200)
    assert again.json()["data"] == first.json()["data"]
    rows = ids(first.json()["data"] + second.json()["data"] + third.json()["data"])
    assert len(set(rows)) == 7


def next_cursor(who, query):
    return who.get(f"{PATH}?{query}").expect(200).json()["page"]["next_cursor"]


@pytest.mark.parametrize("query", ["q={other}&limit=2", "limit=2", "q={word}&limit=2&sort=updated_at", "q={word}&limit=2&level=local",
                                   "q={word}&limit=2&deleted=only"])
def test_a_cursor_answers_only_the_question_it_came_from(crowd, query):
    who, word, _ = crowd
    cursor = next_cursor(who, f"q={word}&limit=2")
    who.get(f"{PATH}?{query.format(word=word, other='khac')}", params={"cursor": cursor}).expect(400, "invalid-cursor")


def test_the_page_size_may_change_on_the_way(crowd):
    who, word, wanted = crowd
    first = who.get(f"{PATH}?q={word}&limit=2").json()
    rest = who.get(f"{PATH}?q={word}&limit=50", params={"cursor": first["page"]["next_cursor"]}).expect(200).json()
    assert set(ids(first["data"] + rest["data"])) == wanted


def forged(cursor):
    raw = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    for position in (0, 15, 16, len(raw) // 2, len(raw) - 1):
        changed = bytearray(raw)
        changed[position] ^= 1
        yield base64.urlsafe_b64encode(bytes(changed)).rstrip(b"=").decode()
    yield from (cursor[:-1], cursor + "A", "A", "AAAA", "!", cursor[:10], "e30", json.dumps(["x"]), "0", cursor.swapcase())


def test_a_cursor_that_was_made_up(crowd):
    who, word, _ = crowd
    cursor = next_cursor(who, f"q={word}&limit=2")
    for bad in forged(cursor):
        who.get(f"{PATH}?q={word}&limit=2", params={"cursor": bad}).expect(400, "invalid-cursor")


def test_a_cursor_does_not_open_another_operation(crowd, who):
    _, word, _ = crowd
    cursor = next_cursor(who, f"q={word}&limit=2")
    who.get("/v1/programmes?limit=2", params={"cursor": cursor}).expect(400, "invalid-cursor")


def test_a_cursor_from_yesterday(crowd, start, world):
    """Two instances with the same keys, one of them two days ahead."""
    who, word, _ = crowd
    cursor = next_cursor(who, f"q={word}&limit=2")
    later = start(KC_CLOCK="2099-01-01T00:00:00Z")
    there = world.caller(service=later)
    there.get(f"{PATH}?q={word}&limit=2", params={"cursor": cursor}).expect(410, "expired")


def test_a_cursor_is_good_on_every_instance(crowd, start, world):
    who, word, _ = crowd
    cursor = next_cursor(who, f"q={word}&limit=2")
    there = world.caller(service=start())
    there.get(f"{PATH}?q={word}&limit=2", params={"cursor": cursor}).expect(200)


def test_a_cursor_does_not_widen_the_scope(crowd, caller):
    """A cursor of one province in the hands of another shows the other's rows only."""
    who, word, wanted = crowd
    cursor = next_cursor(who, f"q={word}&limit=2")
    foreign = caller(province="01")
    reply = foreign.get(f"{PATH}?q={word}&limit=2", params={"cursor": cursor})
    assert reply.status == 400 or not wanted & set(ids(reply.json()["data"]))


# ---- Languages ----

@pytest.mark.parametrize("wanted, language", [
    (None, "vi"), ("vi", "vi"), ("en", "en"), ("en-GB", "en"), ("vi-VN,vi;q=0.9,en;q=0.8", "vi"), ("en;q=0.9, vi;q=0.1", "en"),
    ("fr, en;q=0.2", "en"), ("fr", "vi"), ("*", "vi"), ("", "vi"), ("en;q=0", "vi"), ("EN-us", "en"), ("q=;;,", "vi"), ("e" * 3000, "vi"),
])
def test_the_language_of_a_refusal(http, contract, wanted, language):
    reply = http.get("/nothing", headers={"Accept-Language": wanted}).expect(404, "not-found")
    assert reply.headers["Content-Language"] == language
    assert reply.json()["title"] == contract.problems["not-found"]["title"][language]


def test_single_faults_speak_the_language_too(who):
    texts = {language: who.post(PATH, {}, headers={"Accept-Language": language}).expect(422).json()["errors"]
             for language in ("vi", "en")}
    assert [fault["code"] for fault in texts["vi"]] == [fault["code"] for fault in texts["en"]]
    assert texts["vi"][0]["detail"] != texts["en"][0]["detail"]


def test_every_fault_of_a_body_at_once(who):
    reply = who.post(PATH, {"level": "neither", "total_cost_vnd": -1, "nothing": 1}).expect(422, "invalid")
    assert {("#/level", "enum"), ("#/total_cost_vnd", "minimum"), ("#/nothing", "additionalProperties"), ("#", "required")} \
        <= reply.errors
    assert any("name" in fault["detail"] for fault in reply.json()["errors"] if fault["code"] == "required")


def test_text_is_kept_in_one_form(who, records):
    """ệ typed in two steps, in the body and in the search, is ệ."""
    word = unique("nfc")
    record = records.project(name=f"Viê\u0323t {word}")
    assert record["name"] == f"Vi\u1ec7t {word}"
    assert ids(who.get(PATH, params={"q": f"vie\u0323\u0302t {word}"}).json()["data"]) == [record["id"]]


# ---- Upserts by the partner's key ----

def test_only_create(who, records):
    target = f"{PATH}/by-ref/portal/{unique()}"
    body = records.project_body()
    who.put(target, body, headers={"If-None-Match": "*"}).expect(201)
    refused = who.put(target, records.project_body(), headers={"If-None-Match": "*"}).expect(412, "stale")
    assert refused.json()["current_version"] == 1
    assert who.get(target).json()["name"] == body["name"]


@pytest.mark.parametrize("headers", [{"If-None-Match": '"1"'}, {"If-None-Match": "*", "If-Match": '"1"'}])
def test_what_if_none_match_cannot_mean(who, records, headers):
    refused = who.put(f"{PATH}/by-ref/portal/{unique()}", records.project_body(), headers=headers)
    assert refused.expect(400, "invalid-parameter").errors == {("If-None-Match", "const")}
