# SPDX-License-Identifier: MIT
"""Makes organisations, clients and tokens for tests, and further instances of the service."""
import itertools
import json
import threading

from . import service as services
from .client import Caller, Http

_numbers = itertools.count(1)


def unique(prefix="kc"):
    """A name that no other test of the session uses."""
    return f"{prefix}-{next(_numbers)}"


class World:
    def __init__(self, cluster, contract):
        self.cluster, self.contract = cluster, contract
        self.service = None  # the instance most tests share
        self._callers = {}

    @property
    def all_scopes(self):
        flows = self.contract.document["components"]["securitySchemes"]["bearer"]["flows"]
        return tuple(flows["clientCredentials"]["scopes"])

    def settings(self, **changes):
        return {"KC_PORT": 0, "KC_DATABASE_URL": self.cluster.url(), "KC_MASTER_KEY": services.MASTER_KEY,
                "KC_ISSUER": "https://khuyencong.test", "KC_PUBLIC_URL": "https://khuyencong.test",
                "KC_ALLOWED_ORIGINS": "https://portal.test,https://second.test", "KC_DRAIN_MS": 0, "KC_CLIENT_RATE": 1_000_000, "KC_CHECK_RATE": 0,
                "KC_SHARE_DIR": services.binary().parent / "share", **changes}

    def start(self, **changes):
        service = services.Service(self.settings(**changes))
        try:
            return service.wait_until_listening()
        except BaseException:
            service.stop()
            raise

    def command(self, *arguments, **changes):
        settings = {name: str(value) for name, value in self.settings(**changes).items() if value is not None}
        return services.command(arguments, settings)

    def http(self, service=None):
        return Http(service or self.service, self.contract)

    def organisation(self, province=None, tier="province"):
        """Inserts one and returns its id; `province` None is a body without territory of its own."""
        kind = "ministry" if tier == "central" else "industry_department"
        name = unique("Cơ quan thử nghiệm")
        rows = self.cluster.sql("insert into organisation (code, name, kind, tier, province_code) values (%s, %s, %s, %s, %s)"
                                " returning id::text", unique("TN"), name, kind, tier, province)
        return rows[0][0]

    def client(self, organisation, scopes):
        done = self.command("client", "add", "--name", unique("may khach"), "--organisation", organisation,
                            "--scopes", " ".join(scopes), "--json")
        assert done.returncode == 0, done.stderr
        return {**json.loads(done.stdout), "organisation_id": organisation}

    def token(self, client, service=None, scope=None, acting_user=None):
        form = {"grant_type": "client_credentials", "client_id": client["client_id"],
                "client_secret": client["client_secret"], **({"scope": scope} if scope else {}),
                **({"acting_user": acting_user} if acting_user else {})}
        reply = self.http(service).post("/oauth2/token", data=form, media="application/x-www-form-urlencoded")
        return reply.expect(200).json()["access_token"]

    def caller(self, province="70", scopes=None, tier=None, fresh=False, organisation=None, service=None):
        """A client with its token. The same wishes give the same client, unless `fresh`."""
        tier = tier or ("province" if province else "central")
        scopes = self.all_scopes if scopes is None else tuple(scopes)
        service = service or self.service
        key = (province, scopes, tier, organisation)
        client = None if fresh else self._callers.get(key)
        if client is None:
            client = self.client(organisation or self.organisation(province, tier), scopes)
            if not fresh:
                self._callers[key] = client
        return Caller(service, self.contract, client, self.token(client, service), scopes)


def until_served(ask):
    """A service that has no connection left for a moment says so (503); who asked asks again."""
    while (reply := ask()).status == 503:
        pass
    return reply


def at_once(world, who, asks):
    """Replies to requests sent at the same moment, each by a connection of its own."""
    replies, ready = [None] * len(asks), threading.Barrier(len(asks))

    def ask(place):
        http = world.http().with_headers(**who.headers)
        http.session = type(who.session)()
        http.session.trust_env = False
        ready.wait()
        replies[place] = asks[place](http)

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(len(asks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return replies
