# SPDX-License-Identifier: MIT
"""What people and their tools read: the contract, its page, the pages of the problem codes."""
import json
import re

import pytest
import yaml

VIEWER = ["init.js", "style.css", "swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-bundle.js.LICENSE.txt",
          "LICENSE", "NOTICE"]
INLINE = r"<style|<script(?![^>]*\bsrc=)|\son\w+=|\sstyle="


def test_page_loads_nothing_from_elsewhere(http):
    page = http.get("/docs").expect(200)
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'; img-src 'self' data:;")
    text = page.body.decode()
    assert not re.search(INLINE, text), "inline code or style"
    for address in re.findall(r'(?:src|href)="([^"]+)"', text):
        assert not re.match(r"https?:|//", address), address
        if not address.startswith("data:"):
            http.get("/" + address).expect(200)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_page_has_an_address_per_language(http, language):
    http.get(f"/docs?lang={language}").expect(200)


def test_page_knows_no_other_language(http):
    assert http.get("/docs?lang=fr").expect(400, "invalid-parameter").errors == {("lang", "enum")}


@pytest.mark.parametrize("name", VIEWER)
def test_files_of_the_page(http, name):
    reply = http.get(f"/docs/{name}").expect(200)
    assert len(reply.body) > 50 and reply.headers["Cache-Control"].startswith("public")


@pytest.mark.parametrize("name", ["index.html", "package.json", "..%2Fviewer%2Finit.js", "%2Fetc%2Fpasswd",
                                  "init.js.bak", "INIT.JS"])
def test_other_files_are_not_served(http, name):
    http.get(f"/docs/{name}").expect(404, "not-found")


def test_without_the_viewer_only_the_page_is_missing(start, world, tmp_path):
    bare = world.http(start(KC_SHARE_DIR=tmp_path))
    bare.get("/docs").expect(404, "not-found")
    bare.get("/docs/init.js").expect(404, "not-found")
    bare.get("/openapi.yaml").expect(200)


def test_contract_is_served_as_it_is(http, contract):
    reply = http.get("/openapi.yaml").expect(200)
    assert json.dumps(yaml.safe_load(reply.body), default=str) == json.dumps(contract.document, default=str)
    assert http.head("/openapi.yaml").expect(200).headers["Content-Length"] == str(len(reply.body))


def test_json_says_the_same(http, contract):
    assert http.get("/openapi.json").expect(200).json() == json.loads(json.dumps(contract.document))


def operations(document):
    return {(path, method): operation for path, item in document["paths"].items() for method, operation in item.items()}


def test_vietnamese_contract_promises_the_same(http, contract):
    text = http.get("/openapi.vi.yaml").expect(200).body.decode()
    vietnamese, english = operations(yaml.safe_load(text)), operations(contract.document)
    assert vietnamese.keys() == english.keys() and "x-vi" not in text
    for place, operation in english.items():
        assert vietnamese[place]["summary"] == operation["x-vi"]["summary"]
        assert vietnamese[place]["responses"].keys() == operation["responses"].keys()
        assert len(vietnamese[place].get("parameters", [])) == len(operation.get("parameters", []))


def test_catalogue_leads_to_what_exists(http):
    reply = http.get("/.well-known/api-catalog").expect(200)
    links = json.loads(reply.body)["linkset"][0]
    targets = [link for relation in ("service-desc", "service-doc", "status") for link in links[relation]]
    for link in targets:
        assert http.get(link["href"]).expect(200).headers["Content-Type"].split(";")[0] == link["type"]


@pytest.mark.parametrize("language, other", [("vi", "en"), ("en", "vi")])
def test_every_problem_code_has_a_page_in_both_languages(http, contract, language, other):
    for code, problem in contract.problems.items():
        page = http.get(f"/problems/{code}", headers={"Accept-Language": language}).expect(200).body.decode()
        for text in (problem["title"], problem["fix"]):
            assert escaped(text[language]) in page and escaped(text[other]) in page
        assert page.index(escaped(problem["title"][language])) < page.index(escaped(problem["title"][other]))
        assert str(problem["status"]) in page and "<script" not in page


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def test_problem_page_is_what_a_problem_names(http, world):
    address = http.get("/v1/no-such-thing").expect(404).json()["type"]
    http.get(address.removeprefix(world.settings()["KC_PUBLIC_URL"])).expect(200)


@pytest.mark.parametrize("code", ["no-such-code", "required", "%3Cscript%3E", "STALE"])
def test_no_page_for_what_is_no_problem_code(http, code):
    http.get(f"/problems/{code}").expect(404, "not-found")
