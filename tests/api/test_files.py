# SPDX-License-Identifier: MIT
"""Files: taken while they come or part by part, judged by what they are, given out whole or in ranges, kept once cited."""
import hashlib
import os
import time
import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.forms import BOUNDARY, Upload, digest, file_of, form, media, part, pdf, send
from support.samples import OWNER, STRANGER
from support.service import eventually
from support.world import unique


@pytest.fixture(scope="module")
def who(caller):
    return caller(province=OWNER)


def contents(world):
    return world.cluster.sql("select count(*), (select count(*) from file_chunk) from file_content")[0]


# ---- In one form ----

def test_a_file_comes_back_as_it_was(who):
    content = pdf(700_000)
    made = send(who, content, file_name="Quyết định phê duyệt đề án.pdf").expect(201)
    record = made.json()
    assert (record["status"], record["size_bytes"], record["received_bytes"]) == ("complete", len(content), len(content))
    assert (record["sha256"], record["version"], made.etag) == (digest(content), 1, '"1"')
    assert record["file_name"] == "Quyết định phê duyệt đề án.pdf" and record["media_type"] == "application/pdf"
    assert who.get(f"/v1/files/{record['id']}").expect(200).json() == record
    back = who.get(f"/v1/files/{record['id']}/content").expect(200)
    assert back.body == content and back.etag == f'"{digest(content)}"'
    assert back.headers["Content-Type"] == "application/pdf" and back.headers["X-Content-Type-Options"] == "nosniff"
    assert back.headers["Content-Disposition"] == (
        'attachment; filename="Quy_t __nh ph_ duy_t __ _n.pdf"; '
        "filename*=UTF-8''Quy%E1%BA%BFt%20%C4%91%E1%BB%8Bnh%20ph%C3%AA%20duy%E1%BB%87t%20%C4%91%E1%BB%81%20%C3%A1n.pdf")


def test_fields_come_with_it(who):
    body = form(part("10.5", "latitude", None, None), part(pdf(), file_name="Ảnh.pdf"), part("106.25", "longitude", None, None),
                part("2040-01-01", "retention_until", None, None), part("Ghi chú", "note", None, None))
    record = who.post("/v1/files", data=body, media=media()).expect(201).json()
    assert (record["latitude"], record["longitude"], record["retention_until"], record["note"]) == (10.5, 106.25, "2040-01-01", "Ghi chú")


# ---- In parts ----

def opened(who, content, **named):
    body = {"file_name": "Biên bản.pdf", "media_type": "application/pdf", "size_bytes": len(content), "sha256": digest(content), **named}
    return who.post("/v1/files", body).expect(201).json()


def put(who, record, content, offset, **options):
    return who.put(f"/v1/files/{record['id']}/content?offset={offset}", data=content, media="application/octet-stream", **options)


def test_parts_make_a_file(who):
    content, step = pdf(600_000, 7), 256 * 1024
    record = opened(who, content)
    assert (record["status"], record["received_bytes"]) == ("open", 0)
    who.get(f"/v1/files/{record['id']}/content").expect(404, "not-found")
    for offset in range(0, len(content), step):
        now = put(who, record, content[offset:offset + step], offset).expect(200).json()
        assert now["received_bytes"] == min(offset + step, len(content))
        again = put(who, record, content[offset:offset + step], offset).expect(200).json()
        assert again["received_bytes"] == now["received_bytes"] and again["version"] == now["version"]
    assert now["status"] == "complete"
    assert who.get(f"/v1/files/{record['id']}/content").expect(200).body == content


@pytest.mark.parametrize("offset, content, code", [
    (5000, b"x" * 100, "file_gap"), (0, b"%PDF-1.7", "file_first_part_length"), (0, b"", "file_part_length"),
    (0, b"%PDF-1.7" + b" " * 9000, "file_part_length")])
def test_parts_that_do_not_fit(who, offset, content, code):
    record = opened(who, pdf(8000))
    assert ("offset", code) in put(who, record, content, offset).expect(422, "invalid").errors
    assert who.get(f"/v1/files/{record['id']}").json() == record


def test_another_part_at_the_same_place_is_refused(who):
    content = pdf(9000)
    record = opened(who, content)
    put(who, record, content[:5000], 0).expect(200)
    reply = put(who, record, pdf(5000, 1), 0).expect(422, "invalid")
    assert reply.errors == {("offset", "file_part_differs")}
    put(who, record, content[5000:], 5000, if_match=1).expect(412, "stale")
    assert put(who, record, content[5000:], 5000, if_match=2).expect(200).json()["status"] == "complete"


def test_bytes_of_another_digest_do_not_become_a_file(who):
    content = pdf(5000)
    record = opened(who, content, sha256=digest(b"etwas anderes"))
    assert put(who, record, content, 0).expect(422, "invalid").errors == {("#/sha256", "file_digest")}
    assert who.get(f"/v1/files/{record['id']}").json()["status"] == "open"
    who.get(f"/v1/files/{record['id']}/content").expect(404, "not-found")
    body = form(part(content), part(digest(b"x"), "sha256", None, None))
    assert who.post("/v1/files", data=body, media=media()).expect(422, "invalid").errors == {("#/sha256", "file_digest")}


def test_the_first_part_tells_what_it_is(who):
    content = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>" * 100
    record = opened(who, content)
    assert put(who, record, content, 0).expect(422, "invalid").errors == {("#/media_type", "file_type_differs")}


# ---- What is taken ----

ELF = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\x3e\x00\x01\x00\x00\x00" + bytes(200)
EXE = b"MZ\x90\x00" + bytes(56) + b"\x80\x00\x00\x00" + bytes(64) + b"PE\x00\x00\x64\x86" + bytes(300)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>'
HTML = b"<!DOCTYPE html><html><head><title>x</title></head></html>"
PNG = (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00" + bytes(40))


@pytest.mark.parametrize("content, file_name, declared, code", [
    (HTML, "a.pdf", "application/pdf", "file_type_differs"), (SVG, "a.png", "image/png", "file_type_differs"),
    (ELF, "a.pdf", "application/pdf", "file_type_differs"), (EXE, "a.docx", None, "file_type_differs"),
    (HTML, "a.txt", "text/plain", "file_type_differs"), (SVG, "a.xml", "application/xml", "file_type_differs"),
    (HTML, "a.html", "text/html", "file_media_type_fkey"), (SVG, "a.svg", "image/svg+xml", "file_media_type_fkey"),
    (EXE, "a.exe", "application/octet-stream", "file_media_type_fkey"), (PNG, "a.pdf", "image/png", "file_name_extension"),
    (pdf(), "a.pdf.exe", "application/pdf", "file_name_extension"), (pdf(), "a", "application/pdf", "file_name_extension")])
def test_dangerous_and_contradicting_types(who, world, content, file_name, declared, code):
    before = contents(world)
    reply = send(who, content, file_name=file_name, media=declared).expect(422, "invalid")
    assert code in {fault for _, fault in reply.errors}
    assert contents(world) == before


@pytest.mark.parametrize("content, file_name, declared, taken", [
    (PNG, "Ảnh.PNG", "image/png", "image/png"), (PNG, "ảnh.png", None, "image/png"), (pdf(), "a.pdf", "application/octet-stream", "application/pdf"),
    ("Mã;Tên\n1;Đề án\n".encode(), "bảng.csv", "text/csv; charset=utf-8", "text/csv"), ("Dòng chữ".encode(), "a.txt", "TEXT/PLAIN", "text/plain"),
    (b'<?xml version="1.0" encoding="UTF-8"?>\n<HDon><DLHDon/></HDon>', "hóa đơn.xml", "text/xml", None)])
def test_types_that_are_taken(who, content, file_name, declared, taken):
    reply = send(who, content, file_name=file_name, media=declared)
    if taken:
        assert reply.expect(201).json()["media_type"] == taken
    else:
        reply.expect(422, "invalid")  # application/xml is its name here
        assert send(who, content, file_name=file_name, media=None).expect(201).json()["media_type"] == "application/xml"


@pytest.mark.parametrize("file_name", ["../a.pdf", "a/b.pdf", "C:\\\\a.pdf", ".pdf", "a\u202efdp.pdf", "a\u200b.pdf", "a.pdf ", " a.pdf", "a:b.pdf",
                                       "a\u0001.pdf", "a" * 252 + ".pdf", "ệ" * 90 + ".pdf"])
def test_names_that_are_none(who, file_name):
    assert "file_file_name_form" in {code for _, code in send(who, file_name=file_name).expect(422, "invalid").errors}


@pytest.mark.parametrize("file_name", ["Tờ trình số 12.pdf", "Nghiệm thu – máy ép (lần 2).pdf", "ĐỀ ÁN ỨNG DỤNG.PDF", "100%25 hoàn thành;v1.pdf", "a'b,c=d.pdf"])
def test_names_come_back_as_they_were(who, file_name):
    record = file_of(who, file_name=file_name)
    assert record["file_name"] == file_name
    shown = who.get(f"/v1/files/{record['id']}/content").expect(200).headers["Content-Disposition"]
    plain, _, full = shown.partition("; filename*=UTF-8''")
    assert unquote(full) == file_name and plain.isascii() and plain.count('"') == 2


def test_a_name_in_parts_of_letters_is_put_together(who):
    assert file_of(who, file_name=unicodedata.normalize("NFD", "Đề án.pdf"))["file_name"] == "Đề án.pdf"


# ---- Forms that are none ----

def post(who, body, boundary=BOUNDARY):
    return who.post("/v1/files", data=body, media=media(boundary))


@pytest.mark.parametrize("body, code", [
    (form(part(pdf()), boundary="another"), "multipart_syntax"), (form(part(pdf()))[:-4], "multipart_syntax"),
    (b"preamble\r\n" + form(part(pdf())), "multipart_syntax"), (b"", "multipart_syntax"),
    (form(part(pdf())).replace(b"\r\n", b"\n"), "multipart_syntax"),
    (form(part(pdf()).replace(b'name="file"', b'name="file"; name="x"')), "multipart_syntax"),
    (form(part(pdf()).replace(b"form-data;", b"attachment;")), "multipart_syntax"),
    (form(b"Content-Type: application/pdf\r\n\r\n" + pdf()), "multipart_syntax"),
    (form(b"\r\n" + pdf()), "multipart_syntax"),
    (form(part(pdf(), media="application/pdf\r\nContent-Transfer-Encoding: base64")), "multipart_syntax"),
    (form(part(pdf(), media="x" * 5000)), "multipart_syntax"),
    (form(part(pdf()), part(pdf())), "multipart_second_file"), (form(part(pdf()), part(pdf(), "other")), "multipart_second_file"),
    (form(part(pdf(), "")), "multipart_part_name"), (form(part(pdf(), file_name=None)), "multipart_file_expected"),
    (form(part(pdf()), part("a", "note", None, None), part("b", "note", None, None)), "repeated_parameter"),
    (form(part(pdf()), part(b"\xff\xfe", "note", None, None)), "control_character")])
def test_what_is_no_form(who, world, body, code):
    before = contents(world)
    assert code in {fault for _, fault in post(who, body).expect(400, "malformed").errors}
    assert contents(world) == before


@pytest.mark.parametrize("boundary", ["", "x" * 71, '"a b "', "a;boundary=b", "a\x7fb"])
def test_a_boundary_that_is_none(who, boundary):
    assert ("Content-Type", "multipart_boundary") in post(who, form(part(pdf())), boundary).expect(400, "malformed").errors


def test_a_quoted_boundary_and_one_that_stands_in_the_bytes(who):
    content = pdf() + b"\r\n--a b\r\n--a" + b"\r\n-" * 50 + b"\r" + pdf()
    record = post(who, form(part(content), boundary="a b"), '"a b"').expect(400, "malformed")  # it ends the part
    content = content.replace(b"--a b", b"--a_b")
    record = post(who, form(part(content), boundary="a b"), '"a b"').expect(201).json()
    assert who.get(f"/v1/files/{record['id']}/content").body == content


@pytest.mark.parametrize("fields, errors", [
    ([part("x", "latitude", None, None)], {("#/latitude", "type")}), ([part("1.5", "latitude", None, None)], {("#/latitude", "file_position_whole")}),
    ([part("x", "nothing", None, None)], {("#/nothing", "additionalProperties")}), ([part("2040-13-01", "retention_until", None, None)], {("#/retention_until", "format")})])
def test_fields_are_held_against_the_contract(who, world, fields, errors):
    before = contents(world)
    assert post(who, form(part(pdf()), *fields)).expect(422, "invalid").errors == errors
    assert contents(world) == before


def test_a_form_without_a_file_and_an_empty_one(who):
    assert post(who, form(part("x", "note", None, None))).expect(422, "invalid").errors == {("#", "required")}
    assert ("#/file", "file_size_bytes_positive") in send(who, b"").expect(422, "invalid").errors


def test_fields_that_are_too_long(who):
    assert post(who, form(part("x" * 70_000, "note", None, None))).expect(413, "too-large").json()["limit"] == 65536


# ---- Who may ----

def test_a_token_is_asked_for_before_the_bytes(world, who, http, caller, contract):
    """With more to come than is read over, the refusal is there before any of it."""
    before = contents(world)
    for token, status in ((who.token[:-2] + "xx", 401), (caller(scopes=["reports:read"]).token, 403)):
        upload = Upload(world.service, contract, token, length=50_000_000)
        reply = upload.wire.receive("POST", "/v1/files")
        assert reply.status == status and reply.headers["Connection"] == "close"
        assert upload.wire.is_closed()
    http.post("/v1/files", data=form(part(pdf())), media=media()).expect(401, "unauthenticated")
    caller(scopes=["projects:read"]).post("/v1/files", data=form(part(pdf())), media=media()).expect(403, "insufficient-scope")
    assert contents(world) == before


@pytest.mark.parametrize("scope", ["registry:write", "programmes:write", "projects:write", "ocop:write"])
def test_any_scope_of_a_record_that_may_cite_it_will_do(caller, scope):
    file_of(caller(scopes=[scope, scope.replace("write", "read")]))


def test_who_waits_for_leave_to_send_gets_it_or_the_refusal(world, who, contract):
    body = form(part(pdf()))
    upload = Upload(world.service, contract, who.token, length=len(body), headers=["Expect: 100-continue"])
    assert upload.wire.receive("HEAD").status == 100
    upload.send(body)
    assert upload.end().status == 201
    refused = Upload(world.service, contract, "nobody", length=len(body), headers=["Expect: 100-continue"])
    assert refused.end().status == 401


def test_files_of_another_province(caller, who):
    record, stranger = file_of(who), caller(province=STRANGER)
    for target in (f"/v1/files/{record['id']}", f"/v1/files/{record['id']}/content"):
        stranger.get(target).expect(404, "not-found")
    assert record["id"] not in {row["id"] for page in stranger.pages("/v1/files", 200) for row in page}
    stranger.delete(f"/v1/files/{record['id']}", if_match=1).expect(404, "not-found")
    unfinished = opened(who, pdf(5000))
    put(stranger, unfinished, pdf(5000), 0).expect(404, "not-found")
    caller(province=OWNER, organisation=None, scopes=["projects:read", "projects:write"]).get(f"/v1/files/{record['id']}").expect(200)


# ---- Large, slow and cut ----

def resident(service, what="VmRSS"):
    for line in open(f"/proc/{service.process.pid}/status", encoding="ascii"):
        if line.startswith(what):
            return int(line.split()[1]) * 1024
    raise AssertionError(what)


# A sanitizer keeps 256 MiB of what was freed, to see whether it is used.
LARGE, ROOM = 200 * 1024 * 1024, (48 + (320 if "ASAN_OPTIONS" in os.environ else 0)) * 1024 * 1024


def test_a_large_file_comes_and_goes_with_little_memory(start, world, contract):
    """Room: a piece of 256 KiB on its way, libmagic's table of 8 MB, and what a request needs; not the file."""
    service = start(KC_FILE_BYTES=LARGE + 1, KC_REQUEST_SECONDS=1, KC_IDLE_SECONDS=60)
    who = world.caller(province=OWNER, service=service)
    before, block = resident(service), pdf(1024 * 1024)
    upload = Upload(service, contract, who.token)
    upload.send(form(part(b"", file_name="Lớn.pdf")).split(b"\r\n--" + BOUNDARY.encode() + b"--")[0])
    hashed = hashlib.sha256()
    for _ in range(LARGE // len(block)):
        upload.send(block)
        hashed.update(block)
    upload.send(b"\r\n--" + BOUNDARY.encode() + b"--\r\n")
    record = upload.end().expect(201).json()
    assert (record["size_bytes"], record["sha256"]) == (LARGE, hashed.hexdigest())
    assert resident(service, "VmHWM") - before < ROOM
    back, length = hashlib.sha256(), 0
    with who.session.get(service.url + f"/v1/files/{record['id']}/content", headers=who.headers, stream=True, timeout=60) as answer:
        for piece in answer.iter_content(1024 * 1024):
            back.update(piece)
            length += len(piece)
    assert (length, back.hexdigest()) == (LARGE, hashed.hexdigest())
    assert resident(service, "VmHWM") - before < ROOM


def test_beyond_the_limit(start, world, contract):
    service = start(KC_FILE_BYTES=600_000)
    who = world.caller(province=OWNER, service=service)
    before = contents(world)
    assert send(who, pdf(600_001)).expect(413, "too-large").json()["limit"] == 600_000
    early = Upload(service, contract, who.token, length=5_000_000)
    assert early.wire.receive("POST", "/v1/files").expect(413, "too-large").headers["Connection"] == "close"
    chunked = Upload(service, contract, who.token)
    chunked.send(form(part(pdf(2_000_000))))
    chunked.end().expect(413, "too-large")
    who.post("/v1/files", {"file_name": "a.pdf", "media_type": "application/pdf", "size_bytes": 600_001, "sha256": "0" * 64}).expect(413, "too-large")
    assert contents(world) == before
    file_of(who, pdf(600_000))


def half(upload, size=1_000_000):
    upload.send(form(part(pdf(size)))[:size])


def test_an_upload_that_is_cut_leaves_nothing(start, world, contract):
    service = start()
    who = world.caller(province=OWNER, service=service)

    def listed():
        return {row["id"] for page in who.pages("/v1/files?status=open&q=quyet", 200) for row in page}
    before, open_before = contents(world), listed()
    upload = Upload(service, contract, who.token, length=2_000_000)
    half(upload)
    eventually(lambda: contents(world)[1] > before[1] + 1, "pieces to be kept")
    assert listed() == open_before
    upload.wire.socket.close()
    eventually(lambda: contents(world) == before, "all of it to be gone")


def test_a_drip_is_cut_by_the_total_time(start, world, contract):
    service = start(KC_FILE_SECONDS=2, KC_IDLE_SECONDS=60)
    who = world.caller(province=OWNER, service=service)
    before = contents(world)
    upload = Upload(service, contract, who.token, length=2_000_000)
    half(upload)
    eventually(lambda: contents(world)[1] > before[1], "pieces to be kept")

    def is_cut():
        time.sleep(0.1)
        return not upload.send(b"a")
    eventually(is_cut, "the end of the connection")
    eventually(lambda: contents(world) == before, "all of it to be gone")


def test_what_a_crash_left_goes_with_a_later_upload(world, who):
    world.cluster.sql("insert into file_content (id, client_id, organisation_id, began_at) select gen_random_uuid(), %s, %s, now() - interval '2 days'"
                      " returning 1", who.id, who.client["organisation_id"])
    before = contents(world)[0]
    file_of(who)
    assert contents(world)[0] == before


def test_only_so_many_at_a_time(start, world, contract):
    service = start(KC_FILE_TRANSFERS=1)
    who = world.caller(province=OWNER, service=service)
    before = contents(world)
    upload = Upload(service, contract, who.token, length=2_000_000)
    half(upload)
    eventually(lambda: contents(world)[1] > before[1], "the only place to be taken")
    send(who).expect(503, "unavailable")
    upload.wire.socket.close()
    eventually(lambda: send(who).status == 201, "the place to be free")
    record = file_of(who)
    for _ in range(3):
        who.get(f"/v1/files/{record['id']}/content").expect(200)
        who.head(f"/v1/files/{record['id']}/content").expect(200)
        who.get(f"/v1/files/{record['id']}/content", headers={"If-None-Match": "*"}).expect(304)


def test_a_key_makes_one_file_of_two_forms(who, world):
    key, body = {"Idempotency-Key": unique("khoa")}, form(part(pdf(5000, 3)))
    first = who.post("/v1/files", data=body, media=media(), headers=key).expect(201)
    before = contents(world)
    again = who.post("/v1/files", data=body, media=media(), headers=key).expect(201)
    assert again.json() == first.json() and again.headers["Idempotency-Replayed"] == "true"
    assert contents(world) == before
    who.post("/v1/files", data=form(part(pdf(5000, 4))), media=media(), headers=key).expect(422, "idempotency-key-reused")
    assert contents(world) == before


def test_a_trial_of_a_form_keeps_nothing(who, world):
    before = contents(world)
    trial = send(who, query="?validate_only=true").expect(200).json()
    assert trial["status"] == "complete" and contents(world) == before
    who.get(f"/v1/files/{trial['id']}").expect(404)


# ---- Ranges ----

@pytest.fixture(scope="module")
def ranged(who):
    content = pdf(300_000, 9)
    return file_of(who, content), content


@given(first=st.integers(0, 310_000), length=st.integers(1, 310_000))
@settings(max_examples=60, deadline=None)
def test_every_range_is_that_part(who, ranged, first, length):
    record, content = ranged
    reply = who.get(f"/v1/files/{record['id']}/content", headers={"Range": f"bytes={first}-{first + length - 1}"})
    if first >= len(content):
        assert reply.expect(416, "range-not-satisfiable").headers["Content-Range"] == f"bytes */{len(content)}"
        return
    wanted = content[first:first + length]
    assert reply.expect(206).body == wanted
    assert reply.headers["Content-Range"] == f"bytes {first}-{first + len(wanted) - 1}/{len(content)}"


@pytest.mark.parametrize("header, begin, end", [("bytes=-500", 299_500, 300_000), ("bytes=-900000", 0, 300_000), ("bytes=262143-262144", 262_143, 262_145),
                                                ("bytes=299999-", 299_999, 300_000), ("BYTES=0-0", 0, 1)])
def test_other_ways_to_ask(who, ranged, header, begin, end):
    record, content = ranged
    assert who.get(f"/v1/files/{record['id']}/content", headers={"Range": header}).expect(206).body == content[begin:end]
    short = who.head(f"/v1/files/{record['id']}/content", headers={"Range": header}).expect(206)
    assert int(short.headers["Content-Length"]) == end - begin


@pytest.mark.parametrize("header", ["bytes=0-1,5-6", "items=0-5", "bytes=5-1", "bytes=a-b", "bytes=-", "bytes", "bytes=1-2x", "bytes= 1-2"])
def test_what_is_no_range_gives_the_whole(who, ranged, header):
    record, content = ranged
    assert who.get(f"/v1/files/{record['id']}/content", headers={"Range": header}).expect(200).body == content


def test_nothing_is_no_range(who, ranged):
    who.get(f"/v1/files/{ranged[0]['id']}/content", headers={"Range": "bytes=-0"}).expect(416, "range-not-satisfiable")
    who.get(f"/v1/files/{ranged[0]['id']}/content", headers={"Range": f"bytes={10 ** 30}-"}).expect(416, "range-not-satisfiable")


def test_a_range_of_what_the_caller_has(who, ranged):
    record, content = ranged
    target, tag = f"/v1/files/{record['id']}/content", f'"{record["sha256"]}"'
    assert who.get(target, headers={"Range": "bytes=0-9", "If-Range": tag}).expect(206).body == content[:10]
    assert who.get(target, headers={"Range": "bytes=0-9", "If-Range": '"other"'}).expect(200).body == content
    assert who.get(target, headers={"Range": "bytes=0-9", "If-Range": "W/" + tag}).expect(200).body == content
    who.get(target, headers={"Range": "bytes=0-9", "If-None-Match": tag}).expect(304)
    whole = who.head(target).expect(200)
    assert int(whole.headers["Content-Length"]) == len(content) and whole.headers["Accept-Ranges"] == "bytes"


# ---- Citations ----

def submit(who, programme, *files):
    return who.post(f"/v1/programmes/{programme['id']}/transitions", if_match=programme["version"], json={
        "action": "consult", "documents": [{"kind": "official_letter", "document_no": "12/SCT", "file_id": file} for file in files]})


@pytest.fixture
def programme(who):
    return who.post("/v1/programmes", {"name": unique("Chương trình"), "level": "local", "starts_on": "2026-01-01", "ends_on": "2030-12-31"}).expect(201).json()


def test_a_cited_file_stays(who, programme):
    record = file_of(who)
    act = submit(who, programme, record["id"]).expect(201).json()
    assert act["documents"][0]["file_id"] == record["id"]
    assert who.get(f"/v1/files/{record['id']}").json()["is_cited"] is True
    assert who.delete(f"/v1/files/{record['id']}", if_match=1).expect(409, "still-referenced")
    assert [row["id"] for row in who.get(f"/v1/files?record_id={programme['id']}").json()["data"]] == [record["id"]]
    who.get(f"/v1/files/{record['id']}/content").expect(200)


def test_only_files_that_are_seen_and_whole_are_cited(caller, who, programme):
    theirs, unfinished = file_of(caller(province=STRANGER)), opened(who, pdf())
    gone = file_of(who)
    who.delete(f"/v1/files/{gone['id']}", if_match=1).expect(204)
    reply = submit(who, programme, theirs["id"], unfinished["id"], gone["id"]).expect(422, "invalid")
    assert reply.errors == {("#/documents/0/file_id", "unknown_reference"), ("#/documents/1/file_id", "file_open"),
                            ("#/documents/2/file_id", "unknown_reference")}
    assert who.get(f"/v1/programmes/{programme['id']}").json()["status"] == "draft"


def test_a_file_is_seen_with_the_record_that_cites_it(caller, who):
    """The ministry's paper, cited by a national programme: every province reads it, if it may read programmes."""
    ministry, province = caller(province=None), caller(province=STRANGER)
    record = file_of(ministry)
    province.get(f"/v1/files/{record['id']}").expect(404, "not-found")
    programme = ministry.post("/v1/programmes", {"name": unique("Chương trình"), "level": "national"}).expect(201).json()
    submit(ministry, programme, record["id"]).expect(201)
    assert province.get(f"/v1/files/{record['id']}/content").expect(200).body == pdf()
    province.delete(f"/v1/files/{record['id']}", if_match=1).expect(403, "outside-territory")
    caller(province=STRANGER, scopes=["projects:read"]).get(f"/v1/files/{record['id']}").expect(404, "not-found")


def test_the_paper_of_a_record_is_kept_with_it(caller, who):
    record, theirs = file_of(who), file_of(caller(province=STRANGER))
    body = {"year": 2026, "source": "local_promotion", "amount_vnd": 1_000_000, "kind": "baseline",
            "decided_on": "2026-01-05", "document": {"kind": "decision", "document_no": "9/QĐ", "issued_on": "2026-01-05", "file_id": theirs["id"]}}
    body["organisation_id"] = who.client["organisation_id"]
    key = {"Idempotency-Key": unique("khoa")}
    assert who.post("/v1/allocations", body, headers=key).expect(422, "invalid").errors == {("#/document/file_id", "unknown_reference")}
    body["document"]["file_id"] = record["id"]
    who.post("/v1/allocations", body, headers={"Idempotency-Key": unique("khoa")}).expect(201)
    who.delete(f"/v1/files/{record['id']}", if_match=1).expect(409, "still-referenced")


def test_a_deleted_file_gives_and_takes_no_more(who):
    record = opened(who, b"%PDF-1.4 a")
    who.delete(f"/v1/files/{record['id']}", if_match=record["version"]).expect(204)
    who.get(f"/v1/files/{record['id']}/content").expect(410, "deleted")
    put(who, record, b"%PDF-1.4 a", 0).expect(410, "deleted")
