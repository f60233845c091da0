# SPDX-License-Identifier: MIT
"""The judges judged: the driver that counts, and the contract check that every reply of the end-to-end tests passes."""
import importlib.util
import json
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest
from requests.structures import CaseInsensitiveDict

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/api"))

from support.client import Reply  # noqa: E402
from support.contract import Contract  # noqa: E402


def load_driver():
    loader = SourceFileLoader("driver", str(ROOT / "tests/run"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("driver", loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


DRIVER = load_driver()


def counts(count):
    return count.passed, count.failed


@pytest.mark.parametrize("output, expected", [
    ("ok 1 - a\nok 2 - b\n1..2\n", (2, 0)),
    ("1..2\nok 1 - a\nnot ok 2 - b\n#  failed\n", (1, 1)),
    ("    ok 1 - inside a subtest\nok 1 - a\n", (1, 0)),
    ("a.sql .. ok\nAll tests successful.\nFiles=1, Tests=12,  1 wallclock secs\nResult: PASS\n", (12, 0)),
    ("a.sql .. Failed 2/12 subtests\nb.sql .. Failed 1/3 subtests\nFiles=2, Tests=15, 1 wallclock secs\nResult: FAIL\n", (12, 3)),
    ("okay\nnot okay\n", (0, 0)),
    ("", (0, 0)),
])
def test_counting_tap(output, expected):
    assert counts(DRIVER.proved(output)) == expected


@pytest.mark.parametrize("output, expected", [
    ("3 passed, 1 failed\n", (3, 1)),
    ("1 passed, 0 failed\n==== api ====\n4 passed in 2.00s\n12 passed, 2 failed\n# stopping\n", (12, 2)),
    ("x 3 passed, 1 failed\n1 failed, 3 passed in 2.00s\n", (0, 0)),
    ("", (0, 0)),
])
def test_counting_another_run(output, expected):
    assert counts(DRIVER.summed(output)) == expected


def test_counting_junit(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text("<testsuites><testsuite><testcase name='a'/><testcase name='b'><failure/></testcase></testsuite>"
                      "<testsuite><testcase name='c'><error/></testcase><testcase name='d'><skipped/></testcase></testsuite>"
                      "</testsuites>", encoding="utf-8")
    assert counts(DRIVER.junit(report)) == (1, 3)
    assert counts(DRIVER.junit(tmp_path / "nothing.xml")) == (0, 0)
    assert counts(DRIVER.junit(report, ("a", "e"))) == (1, 4)
    assert counts(DRIVER.junit(tmp_path / "nothing.xml", ("a",))) == (0, 1)


@pytest.mark.parametrize("count, code, expected", [
    ((3, 0), 0, (3, 0)), ((3, 1), 1, (3, 1)), ((3, 0), 1, (3, 1)), ((0, 0), 0, (0, 1)), ((0, 0), 5, (0, 1)), ((0, 0), 127, (0, 1)),
])
def test_a_suite_that_did_not_run_is_a_failure(count, code, expected, capsys):
    assert counts(DRIVER.judged(DRIVER.Count(*count), code, "suite")) == expected


# ---- The contract's judge ----

ALIVE = {"status": "ok"}
TRACE = {"traceparent": f"00-{'a' * 32}-{'b' * 16}-00"}


@pytest.fixture(scope="module")
def contract():
    return Contract()


def reply(status, body=None, media="application/json", **headers):
    sent = {**TRACE, **({"Content-Type": media} if media else {}), **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Reply(status, CaseInsensitiveDict(sent), b"" if body is None else json.dumps(body, ensure_ascii=False).encode())


def problem(contract, kind, **members):
    row = contract.problems[kind]
    return {"type": f"https://x.test/problems/{kind}", "title": row["title"]["vi"], "status": row["status"], "code": kind,
            "trace_id": "a" * 32, **members}


def refusal(contract, kind, status=None, media="application/problem+json", language="vi", headers=None, **members):
    return reply(status or contract.problems[kind]["status"], problem(contract, kind, **members), media,
                 Content_Language=language, **(headers or {}))


def test_good_replies_pass_and_are_remembered(contract):
    contract.judge("GET", "/livez", reply(200, ALIVE))
    contract.judge("GET", "/livez?x=1", refusal(contract, "unknown-parameter"))
    contract.judge("HEAD", "/livez", reply(200))
    contract.judge("OPTIONS", "/livez", reply(204, media=None, Allow="GET"))
    contract.judge("GET", "/nothing", refusal(contract, "not-found"))
    contract.judge("POST", "/livez", refusal(contract, "method-not-allowed", headers={"Allow": "GET"}))
    assert contract.seen["getLiveness", 200] == 2 and contract.seen["getLiveness", 400] == 1


def test_fields_narrow_what_a_record_must_have(contract):
    page = {"data": [{"code": "75", "name": "Đồng Nai"}], "page": {"limit": 50, "next_cursor": None}}
    contract.judge("GET", "/v1/admin-units?fields=code,name", reply(200, page, Link="<x>; rel=first"))
    contract.judge("GET", "/v1/regions/mien_bac?fields=name", reply(200, {"name": "Miền Bắc"}))


def listed(**row):
    return reply(200, {"data": [row], "page": {"limit": 50, "next_cursor": None}}, Link="<x>; rel=first")


BAD = {
    "member beside the fields asked for": lambda c: ("GET", "/v1/admin-units?fields=code", listed(code="75", name="Đồng Nai")),
    "field that was asked for and is missing": lambda c: ("GET", "/v1/admin-units?fields=code,name", listed(code="75")),
    "field with another value": lambda c: ("GET", "/v1/admin-units?fields=tier", listed(tier="hamlet")),
    "page without its own members": lambda c: ("GET", "/v1/admin-units?fields=code", reply(200, {"data": []}, Link="<x>; rel=first")),
    "500": lambda c: ("GET", "/livez", refusal(c, "internal")),
    "status that is not documented": lambda c: ("GET", "/livez", refusal(c, "not-found")),
    "member that is not documented": lambda c: ("GET", "/livez", reply(200, {**ALIVE, "more": 1})),
    "member that is missing": lambda c: ("GET", "/livez", reply(200, {})),
    "value outside the schema": lambda c: ("GET", "/livez", reply(200, {"status": "fine"})),
    "other media type": lambda c: ("GET", "/livez", reply(200, ALIVE, "text/html")),
    "header that is not declared": lambda c: ("GET", "/livez", reply(200, ALIVE, ETag='"1"')),
    "HEAD with a body": lambda c: ("HEAD", "/livez", reply(200, ALIVE)),
    "problem of another media type": lambda c: ("GET", "/livez", refusal(c, "malformed", media="application/json")),
    "problem without a language": lambda c: ("GET", "/livez", refusal(c, "malformed", language="fr")),
    "unknown problem code": lambda c: ("GET", "/livez", refusal(c, "malformed", code="odd")),
    "problem code of another status": lambda c: ("GET", "/livez", refusal(c, "malformed", code="not-found")),
    "title of another problem": lambda c: ("GET", "/livez", refusal(c, "malformed", title="?")),
    "unknown code of a fault": lambda c: ("GET", "/livez", refusal(c, "malformed", errors=[{"pointer": "#", "code": "odd", "detail": ""}])),
    "fault with two places": lambda c: ("GET", "/livez", refusal(
        c, "malformed", errors=[{"pointer": "#", "parameter": "x", "code": "type", "detail": ""}])),
    "trace of another request": lambda c: ("GET", "/livez", refusal(c, "malformed", trace_id="c" * 32)),
    "503 without Retry-After": lambda c: ("GET", "/readyz", refusal(c, "unavailable")),
    "405 without Allow": lambda c: ("POST", "/livez", refusal(c, "method-not-allowed")),
    "success without an operation": lambda c: ("GET", "/nothing", reply(200, ALIVE)),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_replies_do_not_pass(contract, name):
    with pytest.raises(AssertionError, match="the reply breaks the contract"):
        contract.judge(*BAD[name](contract))


@pytest.mark.parametrize("form, good, bad", [
    ("date", ["2026-02-28", "2024-02-29"], ["2026-02-29", "2026-2-1", "20260228", "2026-13-01", "2026-02-28T00:00:00Z", "٢٠٢٦-٠٢-٢٨"]),
    ("date-time", ["2026-11-22T01:02:03Z", "2026-11-22T01:02:03.456789Z"], ["2026-11-22T01:02:03+00:00", "2026-11-22 01:02:03Z", "2026-11-22", "2026-11-22T25:00:00Z"]),
    ("uuid", ["018f0000-0000-7000-8000-00000000dead"], ["018F0000-0000-7000-8000-00000000DEAD", "018f000000007000800000000000dead", "x"]),
    ("int64", [0, 2 ** 63 - 1, -2 ** 63], [2 ** 63, -2 ** 63 - 1]),
    ("uri", ["https://x.test/a"], ["x", "//x", "https://x y"]),
])
def test_formats(contract, form, good, bad):
    schema = {"format": form}
    assert not [value for value in good if contract.faults(schema, value)]
    assert not [value for value in bad if not contract.faults(schema, value)]
