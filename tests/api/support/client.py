# SPDX-License-Identifier: MIT
"""What tests call the service with: requests, with the contract looking over its shoulder."""
import json as json_module
from dataclasses import dataclass
from urllib.parse import urlencode

import requests
from requests.structures import CaseInsensitiveDict


@dataclass
class Reply:
    status: int
    headers: CaseInsensitiveDict
    body: bytes

    def json(self):
        return json_module.loads(self.body)

    @property
    def code(self):
        """Problem code, or None."""
        is_problem = self.headers.get("content-type", "").startswith("application/problem+json")
        return self.json()["code"] if is_problem and self.body else None

    @property
    def errors(self):
        """{(place, code)} of the single faults."""
        return {(fault.get("pointer") or fault.get("parameter") or fault.get("header"), fault["code"])
                for fault in self.json().get("errors", [])}

    @property
    def etag(self):
        return self.headers["ETag"]

    def expect(self, status, code=None):
        """Returns itself when the status (and problem code) is the expected one: the usual assertion of a test."""
        shown = f"expected {status} {code or ''}, got {self.status}: {self.body[:2000].decode('utf-8', 'replace')}"
        assert self.status == status and (code is None or self.code == code), shown
        return self


class Http:
    """Requests to one service without a token."""

    def __init__(self, service, contract, headers=()):
        self.service, self.contract = service, contract
        self.headers = dict(headers)
        self.session = requests.Session()
        self.session.trust_env = False

    def with_headers(self, **headers):
        other = Http(self.service, self.contract, {**self.headers, **headers})
        other.session = self.session
        return other

    def request(self, method, target, *, json=None, data=None, params=None, headers=None, if_match=None, media=None):
        sent = {"Accept": "*/*", **self.headers, **(headers or {})}
        if json is not None:
            data = json_module.dumps(json, ensure_ascii=False).encode()
            media = media or ("application/merge-patch+json" if method == "PATCH" else "application/json")
        if media:
            sent.setdefault("Content-Type", media)
        if if_match is not None:
            sent["If-Match"] = if_match if isinstance(if_match, str) else f'"{if_match}"'
        if params:
            target += ("&" if "?" in target else "?") + urlencode(params)
        sent = {name: value for name, value in sent.items() if value is not None}
        answer = self.session.request(method, self.service.url + target, data=data, headers=sent, timeout=100,
                                      allow_redirects=False)
        reply = Reply(answer.status_code, answer.headers, answer.content)
        self.contract.judge(method, target, reply)
        return reply

    def get(self, target, **options):
        return self.request("GET", target, **options)

    def head(self, target, **options):
        return self.request("HEAD", target, **options)

    def options(self, target, **options):
        return self.request("OPTIONS", target, **options)

    def post(self, target, json=None, **options):
        return self.request("POST", target, json=json, **options)

    def put(self, target, json=None, **options):
        return self.request("PUT", target, json=json, **options)

    def patch(self, target, json=None, **options):
        return self.request("PATCH", target, json=json, **options)

    def delete(self, target, **options):
        return self.request("DELETE", target, **options)

    def pages(self, target, limit=None):
        """Rows of a list, page by page, to its end."""
        cursor = None
        while True:
            params = {name: value for name, value in (("limit", limit), ("cursor", cursor)) if value is not None}
            page = self.get(target, params=params).expect(200).json()
            yield page["data"]
            cursor = page["page"]["next_cursor"]
            if cursor is None:
                return


class Caller(Http):
    """Requests of one client: with its token."""

    def __init__(self, service, contract, client, token, scopes):
        super().__init__(service, contract, {"Authorization": f"Bearer {token}"})
        self.client, self.token, self.scopes = client, token, scopes

    @property
    def id(self):
        return self.client["client_id"]
