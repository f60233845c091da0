# SPDX-License-Identifier: MIT
"""Identity: tokens by client credentials, their end, secrets that change, keys that several services share, and the
operator's commands. Forged tokens are sent to every operation in test_every_operation.py."""
import base64
import hashlib
import json
import threading
from urllib.parse import quote

import jwt
import pytest

from support import tokens
from support.service import eventually
from support.world import unique

PATH = "/v1/admin-units?limit=1"  # any token will do
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def organisation(world):
    return world.organisation("70")


@pytest.fixture
def client(world, organisation):
    return world.client(organisation, ("projects:read", "projects:write", "registry:read"))


def form_of(client, **members):
    return {"grant_type": "client_credentials", "client_id": client["client_id"], "client_secret": client["client_secret"],
            **members}


def ask(http, data, **headers):
    return http.post("/oauth2/token", data=data, media=FORM, headers=headers)


def basic(client_id, secret):
    return "Basic " + base64.b64encode(f"{quote(client_id)}:{quote(secret)}".encode()).decode()


def oauth_error(reply, status, error):
    assert (reply.status, reply.json().get("error")) == (status, error), reply.body
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Content-Type"] == "application/json"


def with_token(http, token):
    return http.with_headers(Authorization=f"Bearer {token}")


def is_refused(http, token, word="revoked"):
    """Whether the token is refused; how soon is a matter of seconds, so callers poll."""
    reply = with_token(http, token).get(PATH)
    if reply.status == 200:
        return False
    reply.expect(401, "unauthenticated")
    assert word in reply.headers["WWW-Authenticate"]
    return True


def operate(world, *arguments, code=0, **settings):
    done = world.command(*arguments, **settings)
    assert done.returncode == code, done.stdout + done.stderr
    return done


# ---- The token ----

@pytest.mark.parametrize("by", ["form", "basic", "basic with client_id beside it"])
def test_a_token_is_given_and_taken(http, client, by):
    if by == "form":
        reply = ask(http, form_of(client))
    else:
        beside = {"client_id": client["client_id"]} if "beside" in by else {}
        reply = ask(http, {"grant_type": "client_credentials", **beside},
                    Authorization=basic(client["client_id"], client["client_secret"]))
    answer = reply.expect(200).json()
    assert answer["token_type"] == "Bearer" and answer["expires_in"] == 600
    assert set(answer["scope"].split()) == {"projects:read", "projects:write", "registry:read"}
    assert reply.headers["Cache-Control"] == "no-store" and reply.headers["Pragma"] == "no-cache"
    with_token(http, answer["access_token"]).get(PATH).expect(200)


def test_what_the_token_says(http, world, client):
    before, after = world.token(client, scope="registry:read"), world.token(client)
    head, claims, _ = tokens.parts(before)
    assert (head["alg"], head["typ"]) == ("ES256", "JWT")
    assert claims["iss"] == claims["aud"] == world.settings()["KC_ISSUER"]
    assert claims["sub"] == claims["client_id"] == client["client_id"]
    assert claims["org"] == client["organisation_id"]
    assert (claims["scope"], claims["token_use"], claims["epoch"]) == ("registry:read", "access", 1)
    assert claims["iat"] == claims["nbf"] and claims["exp"] - claims["iat"] == 600
    assert claims["jti"] != tokens.parts(after)[1]["jti"]


def test_others_can_verify_it_with_the_published_keys(http, world, client):
    reply = http.get("/.well-known/jwks.json").expect(200)
    assert "max-age" in reply.headers["Cache-Control"]
    token = world.token(client)
    keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(reply.json()).keys}
    issuer = world.settings()["KC_ISSUER"]
    claims = jwt.decode(token, keys[jwt.get_unverified_header(token)["kid"]].key, algorithms=["ES256"], audience=issuer,
                        issuer=issuer, options={"require": ["exp", "iat", "nbf", "jti", "sub"]})
    assert claims["client_id"] == client["client_id"]


def test_a_kid_is_the_thumbprint_of_its_key(http):
    for key in http.get("/.well-known/jwks.json").expect(200).json()["keys"]:
        canonical = json.dumps({name: key[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
        assert key["kid"] == tokens.encode(hashlib.sha256(canonical.encode()).digest())
        assert "d" not in key


def test_oauth_libraries_find_everything(http, world):
    reply = http.get("/.well-known/oauth-authorization-server").expect(200)
    found, base = reply.json(), world.settings()["KC_PUBLIC_URL"]
    assert found["issuer"] == world.settings()["KC_ISSUER"]
    assert found["token_endpoint"] == base + "/oauth2/token" and found["jwks_uri"] == base + "/.well-known/jwks.json"
    assert tuple(found["scopes_supported"]) == world.all_scopes


# ---- Scopes ----

@pytest.mark.parametrize("wanted, granted", [
    ("projects:read", "projects:read"),
    ("registry:read projects:read", "registry:read projects:read"),
    ("projects:read projects:read", "projects:read"),
    ("", "projects:read projects:write registry:read"),
])
def test_scopes(http, client, wanted, granted):
    assert ask(http, form_of(client, scope=wanted)).expect(200).json()["scope"] == granted


@pytest.mark.parametrize("wanted", ["personal-data:read", "projects:read programmes:read", "projects", "projects:read,projects:write",
                                    "projects:read  projects:write", " projects:read", "PROJECTS:READ", "*", "đề án"])
def test_scopes_that_the_client_does_not_hold(http, client, wanted):
    oauth_error(ask(http, form_of(client, scope=wanted)), 400, "invalid_scope")


def test_a_client_without_scopes_reads_what_any_token_may(http, world, organisation):
    client = world.client(organisation, ())
    answer = ask(http, form_of(client)).expect(200).json()
    assert answer["scope"] == ""
    with_token(http, answer["access_token"]).get(PATH).expect(200)
    with_token(http, answer["access_token"]).get("/v1/projects").expect(403, "insufficient-scope")


def test_a_scope_that_is_taken_away_is_lost_within_seconds(http, world, cluster, client):
    token = with_token(http, world.token(client))
    token.get("/v1/projects?limit=1").expect(200)
    cluster.sql("update client set scopes = array['registry:read'] where id = %s", client["client_id"])
    eventually(lambda: token.get("/v1/projects?limit=1").status == 403, "the scope is lost")


# ---- Refusals ----

@pytest.mark.parametrize("data, error", [
    ({"grant_type": None}, "invalid_request"),
    ({"grant_type": ""}, "invalid_request"),
    ({"grant_type": "password"}, "unsupported_grant_type"),
    ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
    ({"client_secret": None}, "invalid_client"),
    ({"client_id": None}, "invalid_client"),
    ({"client_secret": "wrong"}, "invalid_client"),
    ({"client_id": "018f0000-0000-7000-8000-00000000dead"}, "invalid_client"),
    ({"client_id": "administrator"}, "invalid_client"),
    ({"client_id": "' or true --"}, "invalid_client"),
])
def test_refusals(http, client, data, error):
    members = {name: value for name, value in form_of(client, **data).items() if value is not None}
    reply = ask(http, members)
    oauth_error(reply, 401 if error == "invalid_client" else 400, error)
    assert reply.headers.get("WWW-Authenticate", "").startswith("Basic") == (reply.status == 401)


@pytest.mark.parametrize("change", [
    lambda form: form + "&scope=projects:read&scope=registry:read",
    lambda form: form + "&grant_type=client_credentials",
    lambda form: form + "&scope=%zz",
    lambda form: form + "&scope=%ff",
    lambda form: form + "&scope=%00",
    lambda form: form + "&scope=a%0ab",
    lambda form: form + "&" + "&".join(f"x{n}=1" for n in range(100)),
    lambda form: form + "&x=" + "y" * 9000,
    lambda form: form + "\0&scope=projects:read",
    lambda form: form.encode() + b"&scope=\xff",
])
def test_forms_that_cannot_be_read(http, client, change):
    form = "&".join(f"{name}={value}" for name, value in form_of(client).items())
    oauth_error(ask(http, change(form)), 400, "invalid_request")


@pytest.mark.parametrize("form", ["", "&", "&&=&==", "=", "client_credentials", "grant_type", "{}"])
def test_forms_without_what_is_needed(http, form):
    oauth_error(ask(http, form), 400, "invalid_request")


@pytest.mark.parametrize("change", [
    lambda form: form + "&colour=red",
    lambda form: form + "&scope=",
    lambda form: form + "&scope",
    lambda form: "&" + form + "&",
    lambda form: form.replace("-", "%2D"),
])
def test_forms_with_more_than_is_needed(http, client, change):
    """RFC 6749, 3.2: what is unknown is ignored, what has no value counts as left out."""
    form = "&".join(f"{name}={value}" for name, value in form_of(client).items())
    assert ask(http, change(form)).expect(200).json()["scope"]


@pytest.mark.parametrize("header", ["Basic", "Basic ", "Basic !!!", "Basic OjpeOg", "Basic " + "A" * 4000, "Bearer abc", "Negotiate abc",
                                    "Basic " + base64.b64encode(b"no colon").decode(), "Basic " + base64.b64encode(b"a\xff:b").decode(),
                                    "Basic " + base64.b64encode(b"a\0:b").decode()])
def test_headers_that_say_nothing(http, header):
    oauth_error(ask(http, {"grant_type": "client_credentials"}, Authorization=header), 401, "invalid_client")


def test_one_way_of_two(http, client):
    header = basic(client["client_id"], client["client_secret"])
    oauth_error(ask(http, form_of(client), Authorization=header), 400, "invalid_request")
    other = {"grant_type": "client_credentials", "client_id": "018f0000-0000-7000-8000-00000000dead"}
    oauth_error(ask(http, other, Authorization=header), 400, "invalid_request")


def test_nobody_learns_which_clients_exist(http, client):
    wrong = ask(http, form_of(client, client_secret="x" * 43))
    unknown = ask(http, form_of(client, client_id="018f0000-0000-7000-8000-00000000dead"))
    assert wrong.body == unknown.body and wrong.status == unknown.status == 401
    volatile = {"date", "traceparent"}
    assert ({name: value for name, value in wrong.headers.items() if name.lower() not in volatile}
            == {name: value for name, value in unknown.headers.items() if name.lower() not in volatile})


@pytest.mark.parametrize("media", ["application/json", "multipart/form-data; boundary=x", "text/plain", None])
def test_only_forms_are_read(http, client, media):
    http.post("/oauth2/token", data=json.dumps(form_of(client)), media=media).expect(415, "unsupported-media-type")


def test_secrets_in_the_address_are_not_taken(http, client):
    query = "&".join(f"{name}={value}" for name, value in form_of(client).items())
    http.post(f"/oauth2/token?{query}", data="", media=FORM).expect(400, "unknown-parameter")
    http.get("/oauth2/token").expect(405, "method-not-allowed")


# ---- The end of a token ----

def test_a_revoked_client_is_refused_within_seconds(http, world, client):
    token = world.token(client)
    assert not is_refused(http, token)
    operate(world, "client", "revoke", "--client", client["client_id"])
    eventually(lambda: is_refused(http, token), "the token is refused")
    oauth_error(ask(http, form_of(client)), 401, "invalid_client")
    for command in ("revoke", "suspend", "resume", "rotate"):
        operate(world, "client", command, "--client", client["client_id"], code=1)


def test_tokens_from_before_a_suspension_stay_ended(http, world, client):
    old = world.token(client)
    assert not is_refused(http, old)
    operate(world, "client", "suspend", "--client", client["client_id"])
    eventually(lambda: is_refused(http, old), "the token is refused")
    reply = ask(http, form_of(client))
    oauth_error(reply, 401, "invalid_client")
    assert "suspended" in reply.json()["error_description"]
    oauth_error(ask(http, form_of(client, client_secret="wrong")), 401, "invalid_client")
    operate(world, "client", "resume", "--client", client["client_id"])
    assert not is_refused(http, world.token(client))
    assert is_refused(http, old)


def test_all_instances_refuse_a_revoked_client(http, world, start, client):
    token, second = world.token(client), world.http(start())
    assert not is_refused(http, token) and not is_refused(second, token)
    operate(world, "client", "revoke", "--client", client["client_id"])
    eventually(lambda: is_refused(http, token) and is_refused(second, token), "both refuse the token")


def test_tokens_end_with_their_organisation(caller, http, world, organisation, client):
    token, place = world.token(client), f"/v1/organisations/{organisation}"
    assert not is_refused(http, token)
    ministry = caller(province=None)
    ministry.delete(place, if_match=1).expect(204)
    eventually(lambda: is_refused(http, token), "the token is refused")
    oauth_error(ask(http, form_of(client)), 401, "invalid_client")
    ministry.post(f"{place}/restore", if_match=2).expect(200)
    assert not is_refused(http, world.token(client))


def test_a_token_expires(http, world, start, client):
    """A service whose clock is ahead by more than a token's life."""
    token = world.token(client)
    later = world.http(start(KC_CLOCK="2098-01-01T00:00:00Z"))
    assert is_refused(later, token, "expired")


# ---- Secrets ----

def test_a_secret_changes_without_a_pause(http, world, client):
    def works(secret):
        return ask(http, form_of(client, client_secret=secret)).status == 200

    first, name = client["client_secret"], ("--client", client["client_id"])
    operate(world, "client", "retire-secret", *name, code=1)
    second = json.loads(operate(world, "client", "rotate", *name, "--json").stdout)["client_secret"]
    assert works(first) and works(second)
    operate(world, "client", "rotate", *name, code=1)
    operate(world, "client", "retire-secret", *name)
    assert not works(first) and works(second)
    third = json.loads(operate(world, "client", "rotate", *name, "--json").stdout)["client_secret"]
    operate(world, "client", "retire-secret", *name)
    assert not works(second) and works(third)
    assert len({first, second, third}) == 3


def test_the_database_holds_no_secret(world, cluster, client):
    assert len(base64.urlsafe_b64decode(client["client_secret"] + "=")) == 32
    for table in ("client", "client_secret", "signing_key", "history"):
        for (row,) in cluster.sql(f"select t::text from {table} t"):
            assert client["client_secret"] not in row and "PRIVATE KEY" not in row
    hashes = cluster.sql("select hash from client_secret where client_id = %s", client["client_id"])
    assert hashes == [(hashlib.sha256(client["client_secret"].encode()).hexdigest(),)]


# ---- Commands ----

@pytest.mark.parametrize("change, code, told", [
    ({"--scopes": "projects:reed"}, 2, "projects:read"),
    ({"--scopes": "projects:read  projects:write"}, 2, "single spaces"),
    ({"--organisation": "018f0000-0000-7000-8000-00000000dead"}, 1, "organisation"),
    ({"--organisation": ""}, 1, "organisation"),
    ({"--name": ""}, 1, "120"),
    ({"--name": "x" * 121}, 1, "120"),
    ({"--name": None}, 2, "--name is missing"),
    ({"--colour": "red"}, 2, "--colour"),
    ({"--secret": "mine"}, 2, "--secret"),
])
def test_a_client_is_not_made(world, organisation, change, code, told):
    wishes = {"--name": unique("may khach"), "--organisation": organisation, "--scopes": "projects:read", **change}
    done = operate(world, "client", "add", *(word for pair in wishes.items() if pair[1] is not None for word in pair), code=code)
    assert told in done.stderr and not done.stdout


def test_a_name_names_one_client(world, organisation):
    wishes = ("client", "add", "--name", unique("may khach"), "--scopes", "", "--organisation", organisation)
    operate(world, *wishes)
    assert "name" in operate(world, *wishes, code=1).stderr


def test_an_organisation_is_named_by_its_codes(http, world, cluster, organisation):
    agency = unique("H70.")
    (code,), = cluster.sql("update organisation set agency_code = %s where id = %s returning code", agency, organisation)
    for name in (code, agency, organisation.upper()):
        client = world.client(name, ("registry:read",))
        assert tokens.parts(world.token(client))[1]["org"] == organisation


def test_clients_are_listed(world, client):
    lines = [json.loads(line) for line in operate(world, "client", "list", "--json").stdout.splitlines()]
    found = next(line for line in lines if line["client_id"] == client["client_id"])
    assert (found["status"], found["secrets_count"]) == ("active", "1") and "client_secret" not in found
    assert client["client_id"] in operate(world, "client", "list").stdout


def test_the_operator_makes_a_token(http, world, client):
    secret = ("--client", client["client_id"], "--secret", client["client_secret"])
    token = operate(world, "token", *secret, "--scope", "projects:read", "--seconds", "3600").stdout.strip()
    _, claims, _ = tokens.parts(token)
    assert claims["scope"] == "projects:read" and claims["exp"] - claims["iat"] == 3600
    with_token(http, token).get(PATH).expect(200)
    operate(world, "token", *secret, "--scope", "audit:read", code=1)
    operate(world, "token", *secret[:-1], "wrong", code=1)
    operate(world, "token", *secret, "--seconds", "0", code=2)
    operate(world, "token", *secret, "--demo", code=2)
    assert "KC_MASTER_KEY" in operate(world, "token", *secret, code=1, KC_MASTER_KEY="").stderr
    assert "KC_MASTER_KEY" in operate(world, "token", *secret, code=1, KC_MASTER_KEY="00" * 32).stderr


def test_the_demo_client(http, world):
    operate(world, "client", "ensure-demo")
    operate(world, "client", "ensure-demo")
    token = operate(world, "token", "--demo").stdout.strip()
    assert set(tokens.parts(token)[1]["scope"].split()) == set(world.all_scopes)
    with_token(http, token).get("/v1/projects?limit=1").expect(200)


def test_commands_without_a_database(world):
    done = operate(world, "client", "list", code=1, KC_DATABASE_URL="host=/nowhere")
    assert "KC_DATABASE_URL" in done.stderr and not done.stdout


# ---- A database of its own: the first administrator, the first keys, the next ones ----

@pytest.fixture(scope="module")
def untouched(cluster):
    cluster.migrate("kc_untouched")
    return "kc_untouched"


@pytest.fixture
def empty(cluster, untouched):
    """A migrated database where nobody has been yet."""
    name = unique("kc_identity_")
    cluster.sql(f'create database "{name}" template "{untouched}"', database="postgres")
    yield {"KC_DATABASE_URL": cluster.url(database=name)}
    cluster.sql(f'drop database "{name}" with (force)', database="postgres")


def database_of(settings):
    return settings["KC_DATABASE_URL"].split("/")[3].split("?")[0]


def ready(world, instance):
    http = world.http(instance)
    eventually(lambda: http.get("/readyz").status == 200, "/readyz")
    return http


def test_the_first_administrator(world, start, empty):
    http = ready(world, start(**empty))
    first = json.loads(operate(world, "admin", "init", "--json", **empty).stdout)
    answer = ask(http, form_of(first)).expect(200).json()
    assert set(answer["scope"].split()) == set(world.all_scopes)
    refused = operate(world, "admin", "init", code=1, **empty)
    assert "api admin reset" in refused.stderr and not refused.stdout
    second = json.loads(operate(world, "admin", "reset", "--json", **empty).stdout)
    assert second["client_id"] == first["client_id"]
    oauth_error(ask(http, form_of(first)), 401, "invalid_client")
    ask(http, form_of(second)).expect(200)
    eventually(lambda: is_refused(http, answer["access_token"]), "tokens of the lost secret are refused")


def test_there_is_nothing_to_reset_before(world, empty):
    assert "api admin init" in operate(world, "admin", "reset", code=1, **empty).stderr


def at_once(count, work):
    results = [None] * count
    threads = [threading.Thread(target=lambda n=n: results.__setitem__(n, work(n))) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_services_that_start_at_once_share_the_first_keys(world, cluster, start, empty):
    instances = at_once(4, lambda _: start(**empty))
    https = [ready(world, instance) for instance in instances]
    database = database_of(empty)
    assert cluster.sql("select purpose, count(*) from signing_key group by purpose order by purpose", database=database) == [
        ("certificate", 1), ("checkpoint", 1), ("cursor", 1), ("token", 1)]
    client = json.loads(operate(world, "admin", "init", "--json", **empty).stdout)
    for maker in https:
        token = ask(maker, form_of(client)).expect(200).json()["access_token"]
        for taker in https:
            with_token(taker, token).get(PATH).expect(200)


def test_cursors_of_one_service_are_good_at_another(world, start, empty):
    one, two = (ready(world, start(**empty)) for _ in range(2))
    client = json.loads(operate(world, "admin", "init", "--json", **empty).stdout)
    token = ask(one, form_of(client)).expect(200).json()["access_token"]
    cursor = with_token(one, token).get("/v1/admin-units?limit=1").expect(200).json()["page"]["next_cursor"]
    with_token(two, token).get("/v1/admin-units", params={"limit": 1, "cursor": cursor}).expect(200)


def test_another_master_key_opens_nothing_and_makes_nothing(world, cluster, start, empty):
    ready(world, start(**empty))
    other = world.http(start(**empty, KC_MASTER_KEY="00" * 32))
    assert other.get("/readyz").status == 503
    other.get("/.well-known/jwks.json").expect(503, "unavailable")
    database = database_of(empty)
    assert cluster.sql("select count(*) from signing_key", database=database) == [(4,)]


def test_the_next_key(world, start, empty):
    """As an instance sees it that starts after the change; tests/unit/test_identity.c moves the clock for the others."""
    client = json.loads(operate(world, "admin", "init", "--json", **empty).stdout)
    old = ask(ready(world, start(**empty)), form_of(client)).expect(200).json()["access_token"]
    made = json.loads(operate(world, "key", "rotate", "--purpose", "token", "--now", "--json", **empty).stdout)
    http = ready(world, start(**empty))
    kids = {key["kid"] for key in http.get("/.well-known/jwks.json").json()["keys"]}
    assert made["kid"] in kids and tokens.parts(old)[0]["kid"] not in kids and len(kids) == 3
    token = ask(http, form_of(client)).expect(200).json()["access_token"]
    assert tokens.parts(token)[0]["kid"] == made["kid"]
    with_token(http, token).get(PATH).expect(200)
    with_token(http, old).get(PATH).expect(401, "unauthenticated")


def test_a_next_key_is_published_before_it_signs(world, start, empty):
    operate(world, "admin", "init", **empty)
    first = ready(world, start(**empty))
    kids = [key["kid"] for key in first.get("/.well-known/jwks.json").json()["keys"]]
    assert len(kids) == 3, "of tokens, certificates and checkpoints"
    made = json.loads(operate(world, "key", "rotate", "--purpose", "token", "--json", **empty).stdout)["kid"]
    second = ready(world, start(**empty))
    assert {key["kid"] for key in second.get("/.well-known/jwks.json").json()["keys"]} == {*kids, made}
    operate(world, "client", "ensure-demo", **empty)
    token = operate(world, "token", "--demo", **empty).stdout.strip()
    assert tokens.parts(token)[0]["kid"] in kids
    operate(world, "key", "rotate", "--purpose", "coffee", code=1, **empty)


# ---- Without the database ----

def test_without_the_database_nobody_is_let_in(http, world, outage, client):
    token = world.token(client)
    with_token(http, token).get(PATH).expect(200)
    outage.stop()
    ask(http, form_of(client)).expect(503, "unavailable")
    reply = eventually(lambda: next(iter([reply for reply in [with_token(http, token).get(PATH)] if reply.status == 503]), None), "503")
    assert int(reply.headers["Retry-After"]) >= 1
    http.get("/.well-known/jwks.json").expect(200)


def test_keys_whose_signatures_last_stay_published(world, cluster, start, empty):
    ready(world, start(**empty))
    def lasting():
        return {row[0] for row in cluster.sql("select kid from signing_key where purpose = 'certificate' and retired_at is null",
                                              database=database_of(empty))}
    before = lasting()
    operate(world, "key", "rotate", "--purpose", "certificate", **empty)
    now = lasting()
    assert len(before) == 1 and len(now) == 2 and before < now
    operate(world, "key", "rotate", "--purpose", "certificate", "--now", **empty)
    assert len(lasting()) == 1, "after a leak only what comes is good"
