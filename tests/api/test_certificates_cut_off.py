# SPDX-License-Identifier: MIT
"""PostgreSQL is killed while a certificate is issued, certified or revoked: nothing of it is half, the log agrees with the
certificates and can still be proved, and asking again settles it."""
import pytest

from support.lives import papers
from support.ocop import Ocop
from support.samples import OWNER
from support.voting import Voting
from support.world import unique
from test_acts_cut_off import Act, killed_in_the_middle
from test_certificate_proofs import files, head, verify  # noqa: F401 (files is a fixture)
from test_certificates import Certificates
from test_certificates_issued import CERTIFICATES, body, recognised

DECISION = {"kind": "decision", "document_no": "1493/QĐ-UBND", "issued_on": "2022-07-07"}
LEAVES = "(select count(*) from certificate_log l where l.certificate_id = c.id)"


def an_issue(cluster, world):
    """For a result, in the place of the certificate that the product had: two certificates, two leaves, one act."""
    cast = {tier: world.caller("86", tier=tier) for tier in ("commune", "district", "province")} | {"central": world.caller(None)}
    who, ocop = cast["province"], Ocop(cast)
    result = recognised(ocop)
    former = Certificates(who, province="86").mirror(product_id=ocop.now({"id": result["registration_id"]})["product_id"], issued_on="2023-08-01")
    seen = f"""select (select count(*) from certificate n where n.result_id = %s),
                      (select count(*) from certificate_log l join certificate n on n.id = l.certificate_id where n.result_id = %s),
                      c.status, {LEAVES}, (select count(*) from transition t where t.record_id = c.id)
                 from certificate c where c.id = %s"""
    act = Act(cluster, CERTIFICATES, body(result), seen, [result["id"], result["id"], former["id"]], (0, 0, "valid", 1, 0), (1, 1, "superseded", 2, 1))
    return who, act, former["public_no"]


def a_certification(cluster, world):
    """The act `certify`: the entry with its prize and decision, its certificate, a leaf."""
    who = world.caller(OWNER)
    voting = Voting(who)
    entry = voting.selected(OWNER, "2022-07-07")
    seen = """select e.status, e.decision is null, (select count(*) from certificate c where c.entry_id = e.id),
                     (select count(*) from certificate_log l join certificate c on c.id = l.certificate_id where c.entry_id = e.id),
                     (select count(*) from transition t where t.record_id = e.id and t.action = 'certify')
                from voting_entry e where e.id = %s"""
    act = Act(cluster, f"/v1/voting/entries/{entry['id']}/transitions", papers("certify", acted_on="2022-07-07", documents=[DECISION]), seen,
              [entry["id"]], ("selected", True, 0, 0, 0), ("certified", False, 1, 1, 1), voting.now(entry)["version"])
    return who, act, None


def a_revocation(cluster, world):
    who = world.caller(OWNER)
    made = Certificates(who).mirror(certificate_no=unique("thu-hoi"))
    seen = f"""select c.status, c.revocation ->> 'ground_code', {LEAVES}, (select count(*) from transition t where t.record_id = c.id)
                from certificate c where c.id = %s"""
    act = Act(cluster, f"{CERTIFICATES}/{made['id']}/transitions", papers("revoke", ground_code="other"), seen, [made["id"]],
              ("valid", None, 1, 0), ("revoked", "other", 2, 1), made["version"])
    return who, act, made["public_no"]


def log_is_whole(cluster):
    """No gap, the hash of each leaf, and of every full subtree."""
    return cluster.sql("""
        with size as (select count(*) as n from certificate_log)
        select (select coalesce(max(leaf_index) + 1, 0) = size.n from certificate_log),
               (select count(*) = size.n from certificate_log l join merkle_node m on m.level = 0 and m.place = l.leaf_index
                 where m.hash = merkle_leaf_hash(convert_to(l.leaf, 'UTF8'))),
               (select bool_and((select count(*) from merkle_node m where m.level = l) = size.n >> l) from generate_series(0, 20) l)
          from size""")[0] == (True, True, True)


@pytest.mark.parametrize("make, last_table", [
    (an_issue, "merkle_node"), (an_issue, "transition"), (a_certification, "certificate_log"), (a_certification, "merkle_node"),
    (a_revocation, "merkle_node"), (a_revocation, "transition")])
def test_the_database_killed_in_the_middle(world, outage, files, make, last_table):  # noqa: F811
    who, act, public_no = make(outage, world)
    killed_in_the_middle(world, outage, who, act, last_table)
    assert log_is_whole(outage)
    if public_no is None:
        public_no, = outage.sql("select public_no from certificate where entry_id = %s", act.values[0])[0]
    report = verify("--keys", files("jwks.json", "/.well-known/jwks.json"), "--head", head(files),
                    "--entries", files("entries.json", f"/v1/public/certificate-log/{public_no}"))
    assert report["status"] == "proved"
    assert report["entries"][-1]["status"] == outage.sql("select status from certificate where public_no = %s", public_no)[0][0]
