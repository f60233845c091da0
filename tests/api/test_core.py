# SPDX-License-Identifier: MIT
"""What every resource gets from the core: versions and conditions, tunnelled methods, trial runs, repeated requests,
deletion and restoring, lists with cursors, languages. Projects serve as the example."""
import base64
import json
import threading
import uuid

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


@pytest.fixture
def project(records):
    return records.project()


def at(record):
    return f"{PATH}/{record['id']}"


# ---- Versions: ETag, 304, If-Match ----

def test_the_etag_is_the_version(who, records):
    created = who.post(PATH, records.project_body()).expect(201)
    record = created.json()
    assert created.etag == '"1"' and record["version"] == 1
    assert created.headers["Location"].endswith(at(record))
    got = who.get(at(record)).expect(200)
    assert got.etag == '"1"' and got.json() == record
    changed = who.patch(at(record), {"name": "Tên mới"}, if_match=1).expect(200)
    assert changed.etag == '"2"' and changed.json()["version"] == 2


@pytest.mark.parametrize("tags, status", [
    ('"1"', 304), ('W/"1"', 304), ('"0", "1"', 304), ("*", 304), ('"2"', 200), ('"11"', 200), ("1", 200), ('"1', 200), ('""', 200),
])
def test_if_none_match(who, project, tags, status):
    assert who.get(at(project), headers={"If-None-Match": tags}).status == status


def test_head_gives_the_same_headers(who, project):
    full, short = who.get(at(project)).expect(200), who.head(at(project)).expect(200)
    for name in ("ETag", "Content-Type", "Content-Length", "Cache-Control"):
        assert full.headers[name] == short.headers[name]
    assert who.head(at(project), headers={"If-None-Match": full.etag}).status == 304


def test_records_are_private_to_the_caller(who, project):
    assert who.get(at(project)).headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_change_needs_the_version_it_is_based_on(who, project, method):
    body = {"name": "Tên mới"} if method == "PATCH" else None
    who.request(method, at(project), json=body).expect(428, "precondition-required")
    stale = who.request(method, at(project), json=body, if_match=7).expect(412, "stale")
    assert stale.json()["current_version"] == 1
    who.request(method, at(project), json=body, if_match="*").expect(400, "invalid-parameter")
    who.request(method, at(project), json=body, if_match='W/"1"').expect(400, "invalid-parameter")
    assert who.get(at(project)).json() == project


def test_if_version_is_the_same_for_gateways_that_drop_headers(who, project):
    who.patch(f"{at(project)}?if_version=2", {"name": "Tên mới"}).expect(412, "stale")
    assert who.patch(f"{at(project)}?if_version=1", {"name": "Tên mới"}).expect(200).etag == '"2"'
    who.patch(f"{at(project)}?if_version=2", {"name": "Tên khác"}, if_match=1).expect(400, "invalid-parameter")
    who.patch(f"{at(project)}?if_version=2", {"name": "Tên khác"}, if_match=2).expect(200)


@pytest.mark.parametrize("version", ["0", "-1", "a", "1.0", "2147483648", '"1"'])
def test_if_version_that_is_none(who, project, version):
    who.patch(at(project), {"name": "x"}, params={"if_version": version}).expect(400, "invalid-parameter")


def test_the_fastest_of_many_writers_wins(caller, project):
    """All read version 1 and write at once: one succeeds, the others learn the version that won."""
    replies, ready = [], threading.Barrier(8)
    callers = [caller() for _ in range(8)]

    def write(one, number):
        ready.wait()
        replies.append(one.patch(at(project), {"name": f"Người viết {number}"}, if_match=1))

    threads = [threading.Thread(target=write, args=(one, number)) for number, one in enumerate(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(reply.status for reply in replies) == [200] + [412] * 7
    assert callers[0].get(at(project)).json()["version"] == 2


def test_an_empty_patch_changes_no_member(who, project):
    after = who.patch(at(project), {}, if_match=1).expect(200).json()
    volatile = {"version", "updated_at", "updated_by"}
    assert {name: value for name, value in after.items() if name not in volatile} == \
        {name: value for name, value in project.items() if name not in volatile}


def test_a_patch_keeps_what_is_absent_and_clears_what_is_null(who, records):
    record = records.project(necessity="Cần thiết", note="Ghi chú")
    after = who.patch(at(record), {"note": None}, if_match=1).expect(200).json()
    assert after["necessity"] == "Cần thiết" and after["note"] is None
    who.patch(at(record), {"name": None}, if_match=2).expect(422, "invalid")


# ---- Tunnelled methods ----

def test_methods_behind_post(who, project):
    changed = who.post(f"{at(project)}?_method=PATCH&if_version=1", {"name": "Qua cổng"},
                       media="application/merge-patch+json").expect(200)
    assert changed.json()["name"] == "Qua cổng" and changed.etag == '"2"'
    who.post(f"{at(project)}?_method=DELETE", if_match=2).expect(204)
    who.get(at(project)).expect(410, "deleted")


@pytest.mark.parametrize("method", ["GET", "POST", "patch", "HEAD", "OPTIONS", "TRACE", "x"])
def test_what_cannot_be_tunnelled(who, project, method):
    who.post(f"{at(project)}?_method={method}", {}).expect(400, "invalid-parameter")


def test_only_post_tunnels(who, project):
    who.get(f"{at(project)}?_method=DELETE").expect(400)
    who.patch(f"{at(project)}?_method=DELETE", {"name": "x"}, if_match=1).expect(400)
    assert who.get(at(project)).json() == project


def test_a_tunnelled_method_must_exist_there(who):
    who.post(f"{PATH}?_method=DELETE").expect(405, "method-not-allowed")


# ---- Trial runs ----

def test_validate_only_creates_nothing(who, records):
    body = records.project_body()
    trial = who.post(f"{PATH}?validate_only=true", body).expect(200)
    assert trial.json()["name"] == body["name"]
    who.get(f"{PATH}/{trial.json()['id']}").expect(404)
    assert "Location" not in trial.headers


def test_validate_only_changes_and_deletes_nothing(who, project):
    assert who.patch(f"{at(project)}?validate_only=true", {"name": "Thử"}, if_match=1).expect(200).json()["name"] == "Thử"
    assert who.delete(f"{at(project)}?validate_only=true", if_match=1).status in (200, 204)
    assert who.get(at(project)).json() == project


def test_validate_only_refuses_what_would_be_refused(who, project):
    who.post(f"{PATH}?validate_only=true", {"name": ""}).expect(422, "invalid")
    who.patch(f"{at(project)}?validate_only=true", {"name": "Thử"}, if_match=9).expect(412, "stale")
    who.patch(f"{at(project)}?validate_only=true", {"name": "Thử"}).expect(428)


def test_validate_only_false_is_a_real_write(who, records):
    created = who.post(f"{PATH}?validate_only=false", records.project_body()).expect(201)
    who.get(at(created.json())).expect(200)
    who.post(f"{PATH}?validate_only=yes", records.project_body()).expect(400, "invalid-parameter")


def test_validate_only_with_a_key_does_not_use_the_key_up(who, records):
    key, body = {"Idempotency-Key": str(uuid.uuid4())}, records.project_body()
    who.post(f"{PATH}?validate_only=true", body, headers=key).expect(200)
    created = who.post(PATH, body, headers=key).expect(201)
    assert "Idempotency-Replayed" not in created.headers
    who.get(at(created.json())).expect(200)


# ---- Repeated requests ----

@pytest.fixture
def key():
    return {"Idempotency-Key": str(uuid.uuid4())}


def test_a_repeated_request_has_one_effect(who, records, key):
    body = records.project_body()
    first = who.post(PATH, body, headers=key).expect(201)
    again = who.post(PATH, body, headers=key).expect(201)
    assert again.body == first.body and again.etag == first.etag and again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first.headers
    assert len(who.get(PATH, params={"q": body["name"]}).expect(200).json()["data"]) == 1


def test_the_stored_answer_is_the_first_even_after_a_change(who, records, key):
    body = records.project_body()
    first = who.post(PATH, body, headers=key).expect(201)
    who.patch(at(first.json()), {"name": "Đã sửa"}, if_match=1).expect(200)
    assert who.post(PATH, body, headers=key).expect(201).body == first.body


def test_the_same_key_for_another_request(who, records, key):
    who.post(PATH, records.project_body(), headers=key).expect(201)
    who.post(PATH, records.project_body(), headers=key).expect(422, "idempotency-key-reused")


def test_quoted_and_bare_keys_are_the_same(who, records, key):
    body = records.project_body()
    first = who.post(PATH, body, headers=key).expect(201)
    quoted = {"Idempotency-Key": f'"{key["Idempotency-Key"]}"'}
    assert who.post(PATH, body, headers=quoted).expect(201).json() == first.json()


def test_members_in_another_order_are_the_same_request(who, records, key):
    body = records.project_body()
    first = who.post(PATH, body, headers=key).expect(201)
    turned = dict(reversed(body.items()))
    assert who.post(PATH, turned, headers=key).status in (201, 422)
    assert len(who.get(PATH, params={"q": body["name"]}).json()["data"]) == 1 and first.json()


def test_a_refusal_is_not_kept(who, records, key):
    body = records.project_body()
    who.post(PATH, {**body, "name": ""}, headers=key).expect(422, "invalid")
    created = who.post(PATH, body, headers=key).expect(201)
    assert "Idempotency-Replayed" not in created.headers


def test_a_refusal_by_the_database_is_not_kept(who, records, key):
    body = {**records.project_body(), "programme_id": str(uuid.uuid4())}
    who.post(PATH, body, headers=key).expect(422, "invalid")
    who.post(PATH, body, headers=key).expect(422, "invalid")
    del body["programme_id"]
    who.post(PATH, body, headers=key).expect(201)


def test_keys_of_different_clients_do_not_meet(caller, records, key):
    body = records.project_body()
    first = caller().post(PATH, body, headers=key).expect(201).json()
    second = caller(fresh=True).post(PATH, body, headers=key).expect(201)
    assert second.json()["id"] != first["id"] and "Idempotency-Replayed" not in second.headers


def test_keys_of_different_addresses_do_not_meet(who, records, key):
    project = who.post(PATH, records.project_body(), headers=key).expect(201).json()
    changed = who.post(f"{at(project)}?_method=PATCH", {"name": "Khác"}, headers=key, if_match=1,
                       media="application/merge-patch+json").expect(200)
    assert "Idempotency-Replayed" not in changed.headers


def test_a_repeated_change_is_replayed_not_stale(who, project, key):
    def change():
        return who.post(f"{at(project)}?_method=PATCH", {"name": "Một lần"}, headers=key, if_match=1,
                        media="application/merge-patch+json").expect(200)
    first, again = change(), change()
    assert again.body == first.body and again.headers["Idempotency-Replayed"] == "true"
    assert who.get(at(project)).json()["version"] == 2


def test_the_same_request_many_times_at_once_has_one_effect(caller, records, key):
    body, replies, ready = records.project_body(), [], threading.Barrier(8)
    callers = [caller() for _ in range(8)]

    def send(one):
        ready.wait()
        replies.append(one.post(PATH, body, headers=key))

    threads = [threading.Thread(target=send, args=(one,)) for one in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {reply.status for reply in replies} <= {201, 409}
    assert {reply.code for reply in replies if reply.status == 409} <= {"request-in-progress"}
    assert all("Retry-After" in reply.headers for reply in replies if reply.status == 409)
    assert len({reply.json()["id"] for reply in replies if reply.status == 201}) == 1
    assert len(callers[0].get(PATH, params={"q": body["name"]}).json()["data"]) == 1


@pytest.mark.parametrize("bad", ["", '""', "x" * 201])
def test_a_key_that_is_none(who, records, bad):
    who.post(PATH, records.project_body(), headers={"Idempotency-Key": bad}).expect(400, "invalid-parameter")


# ---- Deletion ----

def test_deleted_listed_and_restored(who, records):
    record = records.project()
    who.delete(at(record), if_match=1).expect(204)
    who.get(at(record)).expect(410, "deleted")
    who.patch(at(record), {"name": "x"}, if_match=2).expect(410, "deleted")
    who.delete(at(record), if_match=2).expect(410, "deleted")
    assert not who.get(PATH, params={"q": record["name"]}).json()["data"]
    gone = who.get(PATH, params={"q": record["name"], "deleted": "only"}).json()["data"]
    assert [row["id"] for row in gone] == [record["id"]]
    restored = who.post(f"{at(record)}/restore", if_match=2).expect(200)
    assert restored.json()["version"] == 3 and restored.json()["name"] == record["name"]
    who.get(at(record)).expect(200)


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
