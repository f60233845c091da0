# SPDX-License-Identifier: MIT
"""Certificates prove themselves: QR codes read by another decoder, the page for people, revocations, the log and its proofs."""
import json
import subprocess
import threading
import zlib

import jwt
import pytest

from support.cluster import ROOT
from test_certificates import Certificates, certificates  # noqa: F401 (a fixture)

TOOL = ROOT / "tools/verify-certificate"
VECTORS = ROOT / "tests/vectors/certificates"


def scanned(picture):
    done = subprocess.run(["zbarimg", "--raw", "--quiet", "-"], input=picture, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().rstrip("\n")


def code_of(made, path):
    return scanned(made.who.get(f"{path}/qr", headers={"Accept": "image/png"}).expect(200).body)


@pytest.fixture
def files(http, tmp_path):
    """files(name, path) → the reply of a public path, kept as a verifier without network has it."""
    def keep(name, path):
        target = tmp_path / name
        target.write_bytes(http.get(path).expect(200).body)
        return target
    return keep


def verify(*arguments):
    done = subprocess.run([TOOL, *map(str, arguments)], stdout=subprocess.PIPE, text=True, check=False)
    report = json.loads(done.stdout)
    assert done.returncode == (0 if report["status"] in ("valid", "proved") else 1)
    return report


def offline(files, text):
    return verify("--keys", files("jwks.json", "/.well-known/jwks.json"),
                  "--revocations", files("list.jws", "/v1/public/certificate-revocations"), text)


# ---- The QR code ----

def test_another_decoder_and_another_library_read_the_code(certificates, http):
    made = certificates.mirror()
    link, _, jws = code_of(certificates, certificates.at(made)).partition("#")
    assert link == f"https://khuyencong.test/c/{made['public_no']}"
    header = jwt.get_unverified_header(jws)
    assert set(header) == {"alg", "zip", "kid"} and (header["alg"], header["zip"]) == ("ES256", "DEF")
    key = next(key for key in http.get("/.well-known/jwks.json").json()["keys"] if key["kid"] == header["kid"])
    payload = jwt.api_jws.decode(jws, jwt.PyJWK(key).key, algorithms=["ES256"])
    claims = json.loads(zlib.decompress(payload, wbits=-15))
    assert claims == {"iss": "https://khuyencong.test", "nbf": 1692032400, "exp": claims["exp"], "no": made["certificate_no"],
                      "name": made["product_name"], "producer": made["establishment_name"], "stars": 4,
                      "unit": made["province"]["name"], "rid": made["public_no"], "decision": claims["decision"]}
    assert "MH-02/QĐ-UBND" in claims["decision"]
    assert len(link) + 1 + len(jws) < 1000, "still a code that a phone reads from a label"


def test_the_verifier_believes_the_code_until_it_is_revoked(certificates, files):
    made = certificates.mirror()
    text = code_of(certificates, certificates.at(made))
    report = offline(files, text)
    assert (report["status"], report["revocations"], report["certificate"]["rid"]) == ("valid", "current", made["public_no"])
    certificates.act(made, "suspend").expect(201)
    assert offline(files, text)["status"] == "suspended"
    certificates.act(made, "reinstate").expect(201)
    assert offline(files, text)["status"] == "valid"
    certificates.act(made, "revoke", ground_code="mark_misused").expect(201)
    assert offline(files, text)["status"] == "revoked"


def test_a_code_printed_before_the_extension(certificates, files):
    made = certificates.mirror(valid_to="2026-08-14")
    text = code_of(certificates, certificates.at(made))
    assert offline(files, text)["status"] == "expired"
    certificates.act(made, "extend", acted_on="2026-08-01").expect(201)
    report = offline(files, text)
    assert (report["status"], report["exp"]) == ("valid", 1802278800), "the end of 10 February 2027 in Viet Nam"
    assert verify("--keys", files("jwks.json", "/.well-known/jwks.json"), text)["status"] == "expired"


def test_a_code_names_no_household(certificates):
    made = certificates.mirror(product_id=certificates.product("household_business")["id"])
    jws = code_of(certificates, certificates.at(made)).partition("#")[2]
    claims = json.loads(zlib.decompress(jwt.utils.base64url_decode(jws.split(".")[1]), wbits=-15))
    assert "producer" not in claims


def test_the_picture_in_two_media(certificates, cluster):
    path = certificates.at(certificates.mirror()) + "/qr"
    drawn = certificates.who.get(path, headers={"Accept": "image/svg+xml"}).expect(200)
    assert drawn.headers["Content-Type"].startswith("image/svg+xml") and drawn.body.startswith(b"<svg ")
    assert certificates.who.get(f"{path}?format=svg", headers={"Accept": "image/png"}).body.startswith(b"<svg ")
    assert certificates.who.get(f"{path}?format=png").body.startswith(b"\x89PNG")
    gone = certificates.mirror()
    cluster.sql("update certificate set deleted_at = now() where id = %s", gone["id"])
    certificates.who.get(certificates.at(gone) + "/qr").expect(410, "deleted")


def test_the_vectors():
    """As tests/api/test_browser.py does with the page."""
    known = json.loads((VECTORS / "vectors.json").read_text(encoding="utf-8"))
    for vector in known["vectors"]:
        report = verify("--keys", VECTORS / "jwks.json", "--revocations", VECTORS / "revocations.jws",
                        "--at", "2026-01-01T00:00:00Z", vector["text"])
        assert report["status"] == vector["status"], vector["name"]
    assert len(known["vectors"]) == 21 and known["at"] == 1767225600


def test_the_vectors_of_proofs(tmp_path):
    """Good proofs and bad ones, as bundles; tests/api/test_browser.py asks the page the same."""
    known = json.loads((VECTORS / "proofs.json").read_text(encoding="utf-8"))
    for number, vector in enumerate(known["vectors"]):
        bundle = tmp_path / f"{number}.json"
        bundle.write_text(json.dumps(vector["bundle"]))
        report = verify("--bundle", bundle, "--at", "2026-01-01T00:00:00Z")
        assert report["status"] == vector["status"], vector["name"]
    assert len(known["vectors"]) == 45 and {vector["status"] for vector in known["vectors"]} == {
        "valid", "proved", "refuted", "revoked", "suspended", "forged", "unknown_key", "unreadable"}


def test_files_go_before_the_bundle(tmp_path):
    vectors = {vector["name"]: vector["bundle"] for vector in json.loads((VECTORS / "proofs.json").read_text(encoding="utf-8"))["vectors"]}
    bundle, entries = tmp_path / "bundle.json", tmp_path / "entries.json"
    bundle.write_text(json.dumps(vectors["a certificate and its entry"]))
    assert verify("--bundle", bundle, "--at", "2026-01-01T00:00:00Z")["status"] == "valid"
    entries.write_text(json.dumps(vectors["altered: a leaf"]["entries"]))
    assert verify("--bundle", bundle, "--entries", entries, "--at", "2026-01-01T00:00:00Z")["status"] == "refuted"


# ---- The page ----

def test_the_page_for_people(certificates, http):
    made = certificates.mirror(product_name='<b>"Kẹo" & dừa</b>')
    page = http.get(f"/c/{made['public_no']}").expect(200)
    text = page.body.decode()
    assert "&lt;b&gt;&quot;Kẹo&quot; &amp; dừa&lt;/b&gt;" in text and "<b>" not in text and "<script" not in text
    assert "Còn hiệu lực" in text and ">Valid<" in text and made["certificate_no"] in text
    assert f'<time datetime="{made["issued_on"]}">15/08/2023</time>' in text
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy
    assert page.headers["X-Robots-Tag"] == "noindex" and page.headers["Referrer-Policy"] == "no-referrer"
    certificates.act(made, "revoke", ground_code="mark_misused").expect(201)
    assert "Đã thu hồi" in http.get(f"/c/{made['public_no']}").expect(200).body.decode()


def test_the_page_of_a_number_that_was_never_given(http):
    page = http.get("/c/0123456789ab").expect(404)
    assert page.headers["Content-Type"].startswith("text/html") and "Chưa từng cấp" in page.body.decode()
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")


# ---- The log ----

def head(files, name="head.jws"):
    return files(name, "/v1/public/certificate-log/tree-head")


def test_every_act_is_in_the_log_and_can_be_proved(certificates, http, files):
    made = certificates.mirror(valid_to="2026-08-14")
    certificates.act(made, "extend", acted_on="2026-08-01").expect(201)
    certificates.act(made, "suspend").expect(201)
    certificates.act(made, "reinstate").expect(201)
    certificates.act(made, "revoke", ground_code="other").expect(201)
    certificates.who.patch(certificates.at(made), {"note": "x"}, if_match=certificates.get(made)["version"]).expect(200)
    keys, path = files("jwks.json", "/.well-known/jwks.json"), f"/v1/public/certificate-log/{made['public_no']}"
    report = verify("--keys", keys, "--head", head(files), "--entries", files("entries.json", path))
    assert report["status"] == "proved"
    assert [entry["event"] for entry in report["entries"]] == ["issued", "extended", "suspended", "reinstated", "revoked"]
    assert {entry["rid"] for entry in report["entries"]} == {made["public_no"]}
    assert [entry["valid_to"] for entry in report["entries"][:2]] == ["2026-08-14", "2027-02-10"]


def test_a_leaf_that_was_changed_is_refuted(certificates, files):
    made = certificates.mirror()
    keys = files("jwks.json", "/.well-known/jwks.json")
    entries = files("entries.json", f"/v1/public/certificate-log/{made['public_no']}")
    proof = json.loads(entries.read_text())
    proof["entries"][0]["leaf"] = proof["entries"][0]["leaf"].replace('"stars": 4', '"stars": 5')
    entries.write_text(json.dumps(proof))
    assert verify("--keys", keys, "--head", head(files), "--entries", entries)["status"] == "refuted"


def test_a_later_tree_holds_the_earlier_one(certificates, http, files):
    certificates.mirror()
    keys, old = files("jwks.json", "/.well-known/jwks.json"), head(files, "old.jws")
    size = json.loads(jwt.utils.base64url_decode(old.read_text().split(".")[1]))["tree_size"]
    for _ in range(3):
        certificates.mirror()
    new = head(files, "new.jws")
    proof = files("proof.json", f"/v1/public/certificate-log/consistency?from={size}")
    assert verify("--keys", keys, "--old-head", old, "--head", new, "--consistency", proof) == {"status": "proved", "from": size, "to": size + 3}
    lie = json.loads(proof.read_text())
    lie["consistency_path"] = lie["consistency_path"][::-1]
    proof.write_text(json.dumps(lie))
    if len(lie["consistency_path"]) > 1:
        assert verify("--keys", keys, "--old-head", old, "--head", new, "--consistency", proof)["status"] == "refuted"


def test_sizes_that_no_tree_has(certificates, http):
    made = certificates.mirror()
    for address in (f"/v1/public/certificate-log/{made['public_no']}?tree_size=9007199254740991",
                    "/v1/public/certificate-log/consistency?from=9007199254740991",
                    "/v1/public/certificate-log/consistency?from=2&to=1"):
        http.get(address).expect(400, "invalid-parameter")
    second = certificates.mirror()
    http.get(f"/v1/public/certificate-log/{second['public_no']}?tree_size=1").expect(404, "not-issued")


def test_many_at_once_leave_no_gap(caller, certificates, cluster):
    bodies = [certificates.body(product_id=certificates.product()["id"]) for _ in range(8)]
    replies, ready = [], threading.Barrier(len(bodies))

    def issue(body):
        who = caller(province="70")
        ready.wait()
        replies.append(who.post(Certificates.path, body).status)

    threads = [threading.Thread(target=issue, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert replies == [201] * len(bodies)
    assert cluster.sql("select count(*) = max(leaf_index) + 1 from certificate_log") == [(True,)]


def test_a_trial_leaves_no_leaf(certificates, cluster):
    body, before = certificates.body(), cluster.sql("select count(*) from certificate_log")
    certificates.who.post(f"{certificates.path}?validate_only=true", body).expect(200)
    assert cluster.sql("select count(*) from certificate_log") == before
