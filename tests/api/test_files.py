# SPDX-License-Identifier: MIT
"""Files: taken while they come or part by part, judged by what they are, given out whole or in ranges, kept once cited."""
import time

import pytest

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
