# SPDX-License-Identifier: MIT
"""Persons behind the systems: users and their roles, tokens on behalf of a person, and what record and log say of him."""
import datetime

import pytest

from support import tokens
from support.records import Records
from support.service import eventually
from support.world import unique

FORM = "application/x-www-form-urlencoded"
SCOPES = ("access:manage", "users:act", "personal-data:read", "registry:read", "programmes:read", "programmes:write", "projects:read",
          "projects:write")


def day(ahead=0):
    """A civil day of Viet Nam; a day apart is enough for what the tests tell apart."""
    now = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7)))
    return (now.date() + datetime.timedelta(days=ahead)).isoformat()


def rows(reply):
    return reply.expect(200).json()["data"]


@pytest.fixture(scope="module")
def ministry(caller):
    return caller(province=None, scopes=SCOPES)


@pytest.fixture(scope="module")
def department(caller):
    """Sở Công Thương of Đồng Nai, with Bình Phước (70) in its territory."""
    return caller(province="75", scopes=SCOPES)


@pytest.fixture(scope="module")
def elsewhere(caller):
    return caller(province="38", scopes=SCOPES)


def organisation(cluster, kind, tier, province):
    return cluster.sql("insert into organisation (code, name, kind, tier, province_code) values (%s, %s, %s, %s, %s) returning id::text",
                       unique("TN"), unique("Cơ quan"), kind, tier, province)[0][0]


@pytest.fixture(scope="module")
def centre(caller, cluster):
    """The centre of the same province: it manages its own users only."""
    return caller(province="75", scopes=SCOPES, organisation=organisation(cluster, "promotion_centre", "province", "75"))


def user(who, role=None, **members):
    made = who.post("/v1/users", {"user_name": unique("nguyen.van.an"), "full_name": "Nguyễn Văn An", **members}).expect(201).json()
    if role:
        give(who, made, role)
    return made


def give(who, person, role, **members):
    return who.post("/v1/role-assignments", {"user_id": person["id"], "role": role, **members}).expect(201).json()


def path(record):
    return f"/v1/{'role-assignments' if 'role' in record else 'users'}/{record['id']}"


# ---- Users ----

def test_a_user_from_birth_to_return(department):
    name = unique("tran.thi.binh")
    made = department.post("/v1/users", {"user_name": name, "full_name": "Trần Thị Bình"}).expect(201).json()
    assert (made["organisation_id"], made["status"], made["issuer_id"]) == (department.client["organisation_id"], "active", None)
    assert department.get(path(made)).expect(200).json() == made
    changed = department.patch(path(made), {"full_name": "Trần Thị Bích", "status": "suspended"}, if_match=1).expect(200).json()
    assert (changed["full_name"], changed["status"], changed["user_name"], changed["version"]) == ("Trần Thị Bích", "suspended", name, 2)
    department.patch(path(made), {"note": "x"}, if_match=1).expect(412, "stale")
    department.delete(path(made), if_match=2).expect(204)
    department.get(path(made)).expect(410, "deleted")
    assert [row["id"] for row in rows(department.get("/v1/users?deleted=only", params={"q": name}))] == [made["id"]]
    department.post(f"{path(made)}/restore", if_match=3).expect(200)
    assert [row["id"] for row in rows(department.get("/v1/users?status=suspended", params={"q": name}))] == [made["id"]]


def test_a_user_name_is_one_of_its_organisation(department, centre):
    first = user(department)
    again = {"user_name": first["user_name"], "full_name": "Người khác"}
    taken = department.post("/v1/users", again).expect(409, "taken")
    assert taken.json()["existing_id"] == first["id"] and taken.errors == {("#/user_name", "user_user_name_key")}
    centre.post("/v1/users", again).expect(201)
    second = user(department)
    taken = department.patch(path(second), {"user_name": first["user_name"]}, if_match=1).expect(409, "taken")
    assert taken.json()["existing_id"] == first["id"]
    department.delete(path(first), if_match=1).expect(204)
    department.patch(path(second), {"user_name": first["user_name"]}, if_match=1).expect(200)
    taken = department.post(f"{path(first)}/restore", if_match=2).expect(409, "taken")
    assert taken.json()["existing_id"] == second["id"]


@pytest.mark.parametrize("name", ["an@so.vn", "Nguyen", "nguyễn", "", "-an", "a b", "x" * 33, "018f0000-0000-7000-8000-00000000dead"])
def test_what_is_no_user_name(department, name):
    reply = department.post("/v1/users", {"user_name": name, "full_name": "An"}).expect(422, "invalid")
    assert {place for place, _ in reply.errors} == {"#/user_name"}


def test_whose_users_an_administrator_manages(ministry, department, centre, elsewhere):
    of_department, of_centre = user(department), user(centre)
    for who, seen in ((ministry, (of_department, of_centre)), (department, (of_department, of_centre)), (centre, (of_centre,)), (elsewhere, ())):
        listed = {row["id"] for page in who.pages("/v1/users?sort=-updated_at", 200) for row in page}
        for person in (of_department, of_centre):
            who.get(path(person)).expect(200 if person in seen else 404)
            assert (person["id"] in listed) == (person in seen)
            if person not in seen:
                who.patch(path(person), {"note": "x"}, if_match=1).expect(404, "not-found")
                who.delete(path(person), if_match=1).expect(404, "not-found")
                who.post(f"{path(person)}/restore", if_match=1).expect(404, "not-found")


def test_users_of_another_organisation(ministry, department, centre, elsewhere):
    body = {"full_name": "Lê Văn Cường"}
    home = centre.client["organisation_id"]
    for who in (ministry, department, centre):
        made = who.post("/v1/users", {**body, "user_name": unique("le"), "organisation_id": home}).expect(201).json()
        assert made["organisation_id"] == home
        found = rows(who.get("/v1/users", params={"organisation_id": home, "q": made["user_name"]}))
        assert [row["id"] for row in found] == [made["id"]]
        taken = elsewhere.post("/v1/users", {**body, "user_name": made["user_name"], "organisation_id": home})
        taken.expect(403, "outside-territory")  # and not 409: whether the name is taken is not theirs to know
    centre.post("/v1/users", {**body, "user_name": unique("le"), "organisation_id": department.client["organisation_id"]}).expect(403, "outside-territory")
    nowhere = department.post("/v1/users", {**body, "user_name": unique("le"), "organisation_id": "018f0000-0000-7000-8000-00000000dead"})
    assert nowhere.expect(422, "invalid").errors == {("#/organisation_id", "unknown_reference")}


def test_names_show_with_the_scope(caller, department):
    blind = caller(province="75", scopes=("access:manage",), organisation=department.client["organisation_id"])
    made = user(department, full_name="Phạm Quỳnh Dao")
    for reply in (blind.get(path(made)), blind.get("/v1/users", params={"q": made["user_name"]})):
        assert "Phạm" not in reply.expect(200).body.decode() and '"***"' in reply.body.decode()
    found = {"q": "phạm quỳnh dao", "organisation_id": department.client["organisation_id"]}
    assert made["id"] in {row["id"] for row in rows(department.get("/v1/users", params=found))}
    assert rows(blind.get("/v1/users", params=found)) == []
    blind.patch(path(made), {"full_name": "***"}, if_match=1).expect(422, "invalid")


# ---- Role assignments ----

def test_a_role_from_birth_to_return(department):
    person = user(department)
    made = give(department, person, "department_officer")
    assert (made["organisation_id"], made["province_code"], made["valid_to"]) == (person["organisation_id"], None, None)
    assert abs(datetime.date.fromisoformat(made["valid_from"]) - datetime.date.fromisoformat(day())) <= datetime.timedelta(days=1)
    assert department.get(path(made)).expect(200).json() == made
    ended = department.patch(path(made), {"valid_from": "2026-01-01", "valid_to": "2026-06-30"}, if_match=1).expect(200).json()
    department.patch(path(made), {"valid_to": "2025-12-31"}, if_match=2).expect(422, "invalid")
    found = {row["id"] for row in rows(department.get("/v1/role-assignments", params={"user_id": person["id"], "valid_on": "2026-06-30"}))}
    assert found == {made["id"]}
    assert rows(department.get("/v1/role-assignments", params={"user_id": person["id"], "valid_on": "2026-07-01"})) == []
    assert rows(department.get("/v1/role-assignments?role=jury_member,auditor", params={"user_id": person["id"]})) == []
    assert len(rows(department.get("/v1/role-assignments", params={"organisation_id": person["organisation_id"], "user_id": person["id"]}))) == 1
    department.delete(path(made), if_match=2).expect(204)
    department.get(path(made)).expect(410, "deleted")
    again = give(department, person, "department_officer", valid_from="2026-06-30")
    department.post(f"{path(made)}/restore", if_match=3).expect(409, "taken")
    department.delete(path(again), if_match=1).expect(204)
    assert department.post(f"{path(made)}/restore", if_match=3).expect(200).json()["valid_to"] == ended["valid_to"]


def test_a_role_is_had_once_at_a_time(department):
    person = user(department)
    give(department, person, "department_officer", valid_from="2026-01-01", valid_to="2026-06-30")
    give(department, person, "department_officer", valid_from="2026-07-01")
    give(department, person, "department_leader", valid_from="2026-01-01")
    give(department, person, "department_officer", valid_from="2026-01-01", province_code="70")
    body = {"user_id": person["id"], "role": "department_officer", "valid_from": "2026-06-30", "valid_to": "2026-06-30"}
    assert department.post("/v1/role-assignments", body).expect(409, "taken").errors == {("#/role", "role_assignment_overlap")}


@pytest.mark.parametrize("members, faults", [
    ({"role": "ministry_leader"}, {("#/role", "role_outside_tier")}),
    ({"role": "commune_officer"}, {("#/role", "role_outside_tier")}),
    ({"role": "department_leader", "province_code": "38"}, {("#/province_code", "province_outside_organisation")}),
    ({"role": "bureau_officer", "province_code": "99"}, {("#/role", "role_outside_tier"), ("#/province_code", "province_outside_organisation")}),
    ({"role": "king"}, {("#/role", "enum")}),
    ({"role": "public"}, {("#/role", "enum")}),
    ({"role": "auditor", "valid_from": "2026-02-01", "valid_to": "2026-01-31"}, {("#/valid_to", "role_assignment_valid_to_order")})])
def test_roles_that_cannot_be(department, members, faults):
    person = user(department)
    assert department.post("/v1/role-assignments", {"user_id": person["id"], **members}).expect(422, "invalid").errors == faults


def test_a_stranger_learns_of_no_user(department, centre, elsewhere):
    person = user(department)
    for who in (centre, elsewhere):
        answers = [who.post("/v1/role-assignments", {"user_id": identifier, "role": "auditor"}).expect(422, "invalid")
                   for identifier in (person["id"], "018f0000-0000-7000-8000-00000000dead")]
        assert answers[0].errors == answers[1].errors == {("#/user_id", "unknown_reference")}


def test_a_role_for_another_organisation(ministry, department, centre):
    """The ministry takes an officer of the department into its council: the department sees it and cannot change it."""
    person = user(department)
    body = {"user_id": person["id"], "role": "council_member"}
    department.post("/v1/role-assignments", {**body, "organisation_id": ministry.client["organisation_id"]}).expect(403, "outside-territory")
    made = give(ministry, person, "council_member", organisation_id=ministry.client["organisation_id"])
    assert department.get(path(made)).expect(200).json() == made
    assert made["id"] in {row["id"] for row in rows(department.get("/v1/role-assignments", params={"user_id": person["id"]}))}
    department.patch(path(made), {"valid_to": day(1)}, if_match=1).expect(403, "outside-territory")
    department.delete(path(made), if_match=1).expect(403, "outside-territory")
    centre.get(path(made)).expect(404, "not-found")
    lent = give(department, person, "jury_member", organisation_id=centre.client["organisation_id"])
    assert centre.get(path(lent)).expect(200).json() == lent
    assert lent["id"] in {row["id"] for row in rows(centre.get("/v1/role-assignments", params={"user_id": person["id"]}))}


# ---- Tokens on behalf of a person ----

def ask(http, client, **members):
    form = {"grant_type": "client_credentials", "client_id": client["client_id"], "client_secret": client["client_secret"], **members}
    return http.post("/oauth2/token", data=form, media=FORM)


def act(world, who, person, **members):
    """The same client, speaking for the person."""
    token = ask(world.http(), who.client, acting_user=person["id"], **members).expect(200).json()["access_token"]
    return world.http().with_headers(Authorization=f"Bearer {token}")


def me(who):
    return who.get("/v1/me").expect(200).json()


def is_refused(who):
    reply = who.get("/v1/me")
    if reply.status == 200:
        return False
    reply.expect(401, "unauthenticated")
    assert "revoked" in reply.headers["WWW-Authenticate"]
    return True


def refusal(reply, error):
    assert (reply.status, reply.json()["error"]) == (400, error), reply.body
    return reply.body


def test_a_system_by_itself(caller):
    who = caller(province="75", scopes=())
    said = me(who)
    assert (said["client_id"], said["user"], said["roles"], said["scopes"]) == (who.id, None, [], [])
    assert said["organisation"]["id"] == who.client["organisation_id"] and said["organisation"]["kind"] == "industry_department"
    assert said["tier"] == "province" and {"70", "75"} <= set(said["territory"]) and "38" not in said["territory"]
    expires = datetime.datetime.strptime(said["expires_at"], "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()
    assert expires == tokens.parts(who.token)[1]["exp"]


@pytest.mark.parametrize("named_by", ["id", "user_name", "ID", "USER_NAME"])
def test_a_token_for_a_person(http, department, named_by):
    person = user(department, role="department_officer")
    name = person[named_by.lower()]
    answer = ask(http, department.client, acting_user=name.upper() if named_by.isupper() else name).expect(200).json()
    claims = tokens.parts(answer["access_token"])[1]
    assert (claims["user"], claims["client_id"], claims["org"]) == (person["id"], department.id, person["organisation_id"])
    assert "full_name" not in claims and person["user_name"] not in str(claims)
    said = me(http.with_headers(Authorization=f"Bearer {answer['access_token']}"))
    assert said["user"] == {name: person[name] for name in ("id", "user_name", "full_name")}
    assert said["roles"] == ["department_officer"] and said["scopes"] == answer["scope"].split()


def test_without_the_scope_the_name_is_masked(world, department):
    person = user(department, role="auditor")
    assert me(act(world, department, person, scope="projects:read"))["user"]["full_name"] == "***"


def test_a_valueless_acting_user_is_none(http, department):
    token = ask(http, department.client, acting_user="").expect(200).json()["access_token"]
    assert "user" not in tokens.parts(token)[1]


def test_who_may_not_name_persons(http, world, department):
    person = user(department, role="auditor")
    client = world.client(department.client["organisation_id"], ("projects:read",))
    for name in (person["id"], "nobody"):
        refusal(ask(http, client, acting_user=name), "unauthorized_client")
    assert "user" not in tokens.parts(world.token(client))[1]


def test_persons_who_are_not_there(http, ministry, department, centre, elsewhere):
    """Unknown, foreign, suspended, deleted, without a role today: nobody learns which."""
    ended, begins = user(department), user(department)
    give(department, ended, "auditor", valid_from="2026-01-01", valid_to=day(-2))
    give(department, begins, "auditor", valid_from=day(2))
    taken = user(department)
    role = give(department, taken, "auditor")
    department.delete(path(role), if_match=1).expect(204)
    suspended, deleted = user(department, role="auditor"), user(department, role="auditor")
    department.patch(path(suspended), {"status": "suspended"}, if_match=1).expect(200)
    department.delete(path(deleted), if_match=1).expect(204)
    foreign = user(elsewhere, role="auditor")
    names = ["nobody", "018f0000-0000-7000-8000-00000000dead", "' or true --", "đề án", "x" * 300, foreign["id"], foreign["user_name"], deleted["id"],
             deleted["user_name"], *(person["id"] for person in (ended, begins, taken, suspended, user(department)))]
    bodies = {refusal(ask(http, department.client, acting_user=name), "invalid_grant") for name in names}
    above, of_ministry = user(department, role="auditor"), user(ministry, role="auditor")
    bodies |= {refusal(ask(http, centre.client, acting_user=above["id"]), "invalid_grant")}
    bodies |= {refusal(ask(http, department.client, acting_user=of_ministry["id"]), "invalid_grant")}
    assert len(bodies) == 1


def test_a_token_for_a_person_of_another_organisation(http, world, ministry, department, centre):
    """It is that organisation's: the ministry's own rights do not pass on to the person."""
    person = user(centre, role="centre_officer")
    for who in (ministry, department):
        refusal(ask(http, who.client, acting_user=person["user_name"]), "invalid_grant")  # names are those of the own organisation
        acting = act(world, who, person)
        said = me(acting)
        assert (said["client_id"], said["organisation"]["id"], said["tier"]) == (who.id, centre.client["organisation_id"], "province")
        assert {"70", "75"} <= set(said["territory"]) and "38" not in said["territory"]
        acting.post("/v1/programmes", {"name": unique("Chương trình"), "level": "national", "kind": "promotion"}).expect(403, "outside-territory")
        made = acting.post("/v1/projects", {"name": unique("Đề án"), "level": "local", "scale": "single"}).expect(201).json()
        assert made["organisation_id"] == centre.client["organisation_id"] and made["created_by"] == who.id


def test_roles_of_persons(world, ministry, department, centre):
    person = user(department, role="department_officer")
    give(department, person, "council_secretary", organisation_id=centre.client["organisation_id"])
    give(ministry, person, "council_member", organisation_id=ministry.client["organisation_id"])
    give(department, person, "auditor", valid_to=day(-2), valid_from="2026-01-01")
    assert me(act(world, department, person))["roles"] == ["council_secretary", "department_officer"]
    assert me(act(world, ministry, person))["roles"] == ["council_member", "council_secretary", "department_officer"]


def test_a_role_for_certain_provinces(world, ministry, department):
    person = user(department)
    give(department, person, "department_officer", province_code="70")
    acting = act(world, department, person)
    assert me(acting)["territory"] == ["70"]
    names = {province: unique("Đề án") for province in ("70", "75")}
    other = world.caller(province="75", scopes=SCOPES, fresh=True)
    made = {province: other.post("/v1/projects", {"name": name, "level": "local", "scale": "single", "province_code": province}).expect(201).json()
            for province, name in names.items()}
    acting.get(f"/v1/projects/{made['70']['id']}").expect(200)
    acting.get(f"/v1/projects/{made['75']['id']}").expect(404, "not-found")
    give(department, person, "auditor")
    eventually(lambda: {"70", "75"} <= set(me(acting)["territory"]), "the whole territory")
    officer = user(ministry)
    give(ministry, officer, "bureau_officer", province_code="75")
    give(ministry, officer, "bureau_officer", province_code="38")
    assert {"38", "70", "75"} <= set(me(act(world, ministry, officer))["territory"]) and "01" not in me(act(world, ministry, officer))["territory"]


def test_only_an_access_administrator_administers(http, world, department):
    person = user(department, role="department_leader")
    answer = ask(http, department.client, acting_user=person["id"]).expect(200).json()
    assert set(answer["scope"].split()) == set(SCOPES) - {"access:manage"}
    refusal(ask(http, department.client, acting_user=person["id"], scope="access:manage"), "invalid_scope")
    http.with_headers(Authorization=f"Bearer {answer['access_token']}").get("/v1/users").expect(403, "insufficient-scope")
    role = give(department, person, "access_admin")
    acting = act(world, department, person)
    acting.get("/v1/users").expect(200)
    department.delete(path(role), if_match=1).expect(204)
    eventually(lambda: acting.get("/v1/users").status == 403, "the scope is lost with the role")


# ---- The end ----

def suspend(department, person, role, cluster, client):
    department.patch(path(person), {"status": "suspended"}, if_match=1).expect(200)


def remove(department, person, role, cluster, client):
    department.delete(path(person), if_match=1).expect(204)


def end_role(department, person, role, cluster, client):
    department.patch(path(role), {"valid_to": day(-2), "valid_from": "2026-01-01"}, if_match=1).expect(200)


def remove_role(department, person, role, cluster, client):
    department.delete(path(role), if_match=1).expect(204)


def end_trust(department, person, role, cluster, client):
    cluster.sql("update client set scopes = array_remove(scopes, 'users:act') where id = %s", client["client_id"])


@pytest.mark.parametrize("end", [suspend, remove, end_role, remove_role, end_trust])
def test_the_token_ends_with(http, world, cluster, department, end):
    client = world.client(department.client["organisation_id"], SCOPES)
    person = user(department)
    role = give(department, person, "auditor")
    token = world.token(client, acting_user=person["id"])
    acting = http.with_headers(Authorization=f"Bearer {token}")
    alone = http.with_headers(Authorization=f"Bearer {world.token(client)}")
    assert not is_refused(acting)
    end(department, person, role, cluster, client)
    eventually(lambda: is_refused(acting), "the token is refused")
    assert not is_refused(alone)
    refusal(ask(http, client, acting_user=person["id"]), "unauthorized_client" if end is end_trust else "invalid_grant")


def test_the_token_ends_with_the_organisation(world, cluster, ministry, http):
    home = organisation(cluster, "promotion_centre", "province", "75")
    person = ministry.post("/v1/users", {"user_name": unique("an"), "full_name": "An", "organisation_id": home}).expect(201).json()
    give(ministry, person, "centre_officer")
    acting = act(world, ministry, person)
    assert not is_refused(acting)
    cluster.sql("update organisation set deleted_at = now() where id = %s", home)
    eventually(lambda: is_refused(acting), "the token is refused")
    refusal(ask(http, ministry.client, acting_user=person["id"]), "invalid_grant")


# ---- What record and log say ----

def test_history_says_who(world, cluster, department):
    person = user(department, role="department_officer")
    acting = act(world, department, person)
    made = acting.post("/v1/projects", {"name": unique("Đề án"), "level": "local", "scale": "single"}).expect(201).json()
    department.patch(f"/v1/projects/{made['id']}", {"note": "x"}, if_match=1).expect(200)
    said = cluster.sql("select event, user_id::text, client_id::text, organisation_id::text from history where record_id = %s order by id", made["id"])
    home = department.client["organisation_id"]
    assert said == [("created", person["id"], department.id, home), ("updated", None, department.id, home)]


def test_acts_say_who_and_in_which_role(world, caller):
    """An officer hands a project in: the act names person, role, client and organisation."""
    department = caller(province="38")
    person = user(department, role="auditor")
    acting = act(world, department, person)
    acting.client = department.client
    project = Records(acting).complete_project()
    assert project["allowed_actions"] == []  # an auditor reads
    give(department, person, "department_officer")
    target = f"/v1/projects/{project['id']}"
    eventually(lambda: acting.get(target).expect(200).json()["allowed_actions"], "the new role counts")
    made = acting.post(f"{target}/transitions", {"action": "submit"}, if_match=project["version"]).expect(201).json()
    assert made["actor"] == {"client_id": department.id, "person_id": person["id"]}
    assert made["role"] == "department_officer" and made["organisation"]["id"] == department.client["organisation_id"]
    assert department.get(f"{target}/transitions/{made['id']}").expect(200).json() == made


def test_the_log_names_the_person_by_id_only(world, service, department):
    person = user(department, role="auditor", full_name="Vũ Thị Không Ai Biết")
    acting = act(world, department, person)
    acting.get("/v1/projects?limit=1").expect(200)
    entry = service.wait_for_log(lambda entry: entry.get("user_id") == person["id"] and entry.get("op") == "listProjects", "the line of the request")
    assert (entry["client_id"], entry["org"]) == (department.id, department.client["organisation_id"])
    assert person["user_name"] not in service.text() and "Không Ai Biết" not in service.text()


def test_a_key_of_one_person_is_not_that_of_another(world, department):
    first, second = (act(world, department, user(department, role="auditor")) for _ in range(2))
    key, body = {"Idempotency-Key": unique("key")}, {"name": unique("Đề án"), "level": "local", "scale": "single"}
    first.post("/v1/projects", body, headers=key).expect(201)
    first.post("/v1/projects", body, headers=key).expect(201)
    second.post("/v1/projects", body, headers=key).expect(422, "idempotency-key-reused")
