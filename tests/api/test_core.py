# SPDX-License-Identifier: MIT
"""What every resource gets from the core: versions and conditions, tunnelled methods, trial runs, repeated requests,
deletion and restoring. Projects serve as the example."""
import threading
import uuid

import pytest

from support.records import Records

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
