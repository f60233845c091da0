# SPDX-License-Identifier: MIT
"""Yearly plans and their adjustments: what is registered, assigned, cut and moved, with the figures of Bình Phước, Thanh Hóa and of
a group project. The baseline never changes; the current plan changes by a decision only."""
import pytest

from support.plans import ADJUSTMENTS, PLANS, Plans
from support.promotion import Promotion, problem
from support.samples import OWNER, STRANGER, absent_id

MILLION = 1_000_000


@pytest.fixture
def who(caller):
    return caller(OWNER)


@pytest.fixture
def make(who):
    return Plans(who)


@pytest.fixture
def ministry(caller):
    return Plans(caller(None))


def figures(item):
    return item["baseline"]["support_vnd"], item["support_vnd"]


# ---- Scenario A2: the Minister assigns ----

def test_decision_4796_assigns_a_key_project(who, ministry):
    decision = {"kind": "decision", "document_no": "4796/QĐ-BCT", "issued_on": "2018-12-24", "issuer_name": "Bộ Công Thương"}
    cashew = Plans(who).project("national", scale="key", starts_on="2018-01-01", ends_on="2020-12-31")
    plan = ministry.plan(2019, "national", opens_on="2018-03-01", closes_on="2018-05-20")
    ministry.act(plan, "open", acted_on="2018-03-01")
    item = Plans(who).item(plan, 600 * MILLION, cashew, activity_code="KC3-MAY-MOC", registered_on="2018-05-21")
    assert item["is_late"] and item["baseline"] is None and item["current"] is None
    ministry.act(plan, "appraise", acted_on="2018-06-15")
    ministry.act(plan, "submit", acted_on="2018-11-30")
    act = ministry.act(plan, "assign", acted_on="2018-12-24", documents=[decision])
    assert act["snapshot_id"] and act["record_version"] == ministry.read(plan)["version"]
    seen = Plans(who).read_item(item)
    assert figures(seen) == (600 * MILLION, 600 * MILLION)
    assert (seen["current"]["valid_from"], seen["current"]["version_no"]) == ("2018-12-24", 1)
    assert [paper["document_no"] for paper in seen["current"]["decisions"]] == ["4796/QĐ-BCT"]
    assert [paper["document_no"] for paper in Plans(who).read(plan)["decisions"]] == ["4796/QĐ-BCT"]


# ---- Scenario C: Thanh Hóa ----

@pytest.fixture(scope="module")
def thanh_hoa(caller):
    """29 projects of both levels, 11,760 million đồng over 2021 and nine months of 2022; the money of 2022 is cut by half."""
    here, centre = Plans(caller("38")), Plans(caller(None))
    plans = {(year, level): (centre if level == "national" else here).plan(year, level) for year in (2021, 2022) for level in ("national", "local")}
    shares = [405 * MILLION] * 28 + [420 * MILLION]
    places = [list(plans.values())[n % 4] for n in range(29)]
    items = [here.item(plan, share, here.project(plan["level"]))
             if plan["level"] == "local" else centre.item(plan, share, here.project("national")) for plan, share in zip(places, shares)]
    for (_, level), plan in plans.items():
        (centre if level == "national" else here).act(plan, "open", "appraise", "submit", "assign")
    return here, centre, plans, items


def test_29_projects_of_both_levels(thanh_hoa):
    here, _, plans, items = thanh_hoa
    rows = [row for plan in plans.values() for row in here.items(plan) if row["id"] in {item["id"] for item in items}]
    assert (len(rows), sum(row["support_vnd"] for row in rows)) == (29, 11_760 * MILLION)
    assert round(sum(row["support_vnd"] for row in rows) / len(rows)) == 405_517_241
    assert {level: len([row for row in rows if row["level"] == level]) for level in ("national", "local")} == {"national": 15, "local": 14}


def test_a_cut_by_half(thanh_hoa):
    """Baseline X, current X/2, and the decision beside it."""
    here, _, plans, _ = thanh_hoa
    plan = plans[2022, "local"]
    before = here.read(plan)["totals"]
    cut = here.adjustment(plan, "cut", cut_percent=50, reason_code="budget_cut")
    assert (cut["amount_before_vnd"], cut["amount_after_vnd"]) == (before["support_vnd"], before["support_vnd"] // 2)
    assert here.read(plan)["totals"] == before, "a proposal changes nothing"
    decided = here.decide(cut, acted_on="2022-03-01", documents=[{"kind": "decision", "document_no": "777/QĐ-UBND"}])
    after = here.read(plan)["totals"]
    assert (after["baseline_support_vnd"], after["support_vnd"]) == (before["support_vnd"], before["support_vnd"] // 2)
    for item in here.items(plan):
        assert item["support_vnd"] * 2 == item["baseline"]["support_vnd"]
        assert (item["current"]["plan_adjustment_id"], item["current"]["valid_from"]) == (decided["id"], "2022-03-01")
        assert [paper["document_no"] for paper in item["current"]["decisions"]] == ["777/QĐ-UBND"]
        assert [version["support_vnd"] for version in here.versions(item)] == [item["support_vnd"] * 2, item["support_vnd"]]
    assert [paper["document_no"] for paper in decided["decisions"]] == ["777/QĐ-UBND"]


def test_a_cut_of_the_centre_reaches_each_province(thanh_hoa, caller):
    here, centre, plans, _ = thanh_hoa
    plan = plans[2022, "national"]
    mine = {item["id"]: item["support_vnd"] for item in here.items(plan)}
    cut = centre.decide(centre.adjustment(plan, "cut", cut_percent=10, reason_code="budget_cut"))
    assert cut["province_code"] is None
    assert {item["id"]: item["support_vnd"] for item in here.items(plan)} == {item: support * 9 // 10 for item, support in mine.items()}
    assert {entry["item_id"] for entry in here.read(cut)["items"]} == set(mine), "each sees its own items"
    assert Plans(caller(STRANGER)).read(cut)["items"] == []


# ---- Scenario G, as far as the plan goes ----

@pytest.fixture
def group(make, who):
    """Three establishments, 250, 300 and 200 million đồng: (plan, item, lines)."""
    project = make.project(scale="group")
    lines = [who.post(f"/v1/projects/{project['id']}/lines", {
        "title": f"Đơn vị {n}", "activity_code": "KC3", "support_vnd": share * MILLION, "eligible_cost_vnd": 2 * share * MILLION,
    }).expect(201).json() for n, share in enumerate((250, 300, 200))]
    plan = make.plan()
    item = make.item(plan, 750 * MILLION, project, counterpart_vnd=750 * MILLION)
    make.act(plan, "open", "appraise", "submit", "assign")
    return plan, item, lines


def test_the_third_beneficiary_leaves(make, who, group):
    plan, item, lines = group
    change = {"item_id": item["id"], "after": {"support_vnd": 550 * MILLION}, "removed_line_ids": [lines[2]["id"]]}
    adjustment = make.adjustment(plan, "change", items=[change], reason_code="beneficiary_withdrew")
    make.decide(adjustment)
    after = make.read_item(item)
    assert figures(after) == (750 * MILLION, 550 * MILLION)
    assert after["counterpart_vnd"] == 750 * MILLION, "what is not named stays"
    path = f"/v1/projects/{item['project_id']}/lines"
    assert [who.get(f"{path}/{line['id']}").json()["status"] for line in lines] == ["planned", "planned", "removed"]


def test_only_lines_of_the_project_leave_it(make, who, group):
    plan, item, _ = group
    other = Promotion(who).line().id
    body = {"annual_plan_id": plan["id"], "kind": "change", "items": [{"item_id": item["id"], "removed_line_ids": [other]}]}
    problem(who.post(ADJUSTMENTS, body).expect(422), "invalid", ("#/items/0/removed_line_ids/0", "unknown_reference"))


# ---- Registering ----

def test_one_live_item_for_each_project_year_and_level(make, who):
    first, second, project = make.plan(), make.plan(), make.project()
    item = make.item(first, 5, project)
    taken = who.post(f"{PLANS}/{second['id']}/items", {"project_id": project["id"], "support_vnd": 1}).expect(409, "taken")
    assert taken.json()["existing_id"] == item["id"]
    make.item(make.plan(2022), 5, project)  # another year
    who.delete(make.item_path(item), if_match=1).expect(204)
    make.item(second, 6, project)
    assert [row["id"] for row in who.get(f"{PLANS}?project_id={project['id']}&year=2021").json()["data"]] == [second["id"]]


@pytest.mark.parametrize("members, fault", [
    ({"project_id": absent_id()}, ("#/project_id", "unknown_reference")),
    ({"activity_code": "KC99"}, ("#/activity_code", "unknown_reference")),
    ({"completion_month": "2021-13"}, ("#/completion_month", "pattern")),
    ({"registered_on": "9999-01-01"}, ("#/registered_on", "date_in_future")),
    ({"support_vnd": -1}, ("#/support_vnd", "minimum")),
])
def test_an_item_that_is_wrong(make, who, members, fault):
    body = {"project_id": make.project()["id"], "support_vnd": 1, **members}
    problem(who.post(f"{PLANS}/{make.plan()['id']}/items", body).expect(422), "invalid", fault)


def test_the_money_of_plan_and_project_is_the_same(make, who):
    body = {"project_id": make.project("national")["id"], "support_vnd": 1}
    problem(who.post(f"{PLANS}/{make.plan()['id']}/items", body).expect(422), "invalid", ("#/project_id", "annual_plan_item_level"))


def test_an_item_is_a_change_of_its_plan(make):
    plan = make.plan()
    make.item(plan, 7, counterpart_vnd=3)
    after = make.read(plan)
    assert after["version"] == 2
    assert {name: after["totals"][name] for name in ("items_count", "support_vnd", "counterpart_vnd", "baseline_support_vnd")} == {
        "items_count": 1, "support_vnd": 7, "counterpart_vnd": 3, "baseline_support_vnd": 0}


def test_provinces_register_in_a_plan_of_the_nation_while_it_collects(caller, make, who, ministry):
    plan, project = ministry.plan(level="national"), make.project("national")
    body = {"project_id": project["id"], "support_vnd": 1}
    who.post(f"{PLANS}/{plan['id']}/items", body).expect(403, "outside-territory")  # not open yet
    ministry.act(plan, "open")
    item = make.item(plan, 1, project)
    assert ministry.read(plan)["version"] == 3, "the plan is another one, though its writer is not who wrote"
    stranger = caller(STRANGER)
    stranger.get(make.item_path(item)).expect(404, "not-found")
    stranger.patch(make.item_path(item), {"support_vnd": 2}, if_match=1).expect(404, "not-found")
    problem(stranger.post(f"{PLANS}/{plan['id']}/items", body).expect(422), "invalid", ("#/project_id", "unknown_reference"))
    assert [row["id"] for row in make.items(plan)] == [item["id"]] and Plans(stranger).items(plan) == []
    assert who.patch(make.item_path(item), {"support_vnd": 2}, if_match=1).expect(200).json()["support_vnd"] == 2
    ministry.act(plan, "appraise")
    who.patch(make.item_path(item), {"support_vnd": 3}, if_match=2).expect(403, "outside-territory")
    assert ministry.who.patch(make.item_path(item), {"support_vnd": 3}, if_match=2).expect(200).json()["support_vnd"] == 3


# ---- The plan moves on ----

def test_an_empty_plan_is_not_submitted(make):
    plan = make.plan()
    make.act(plan, "open", "appraise")
    problem(make.try_to(plan, "submit").expect(422), "invalid", ("#/items", "annual_plan_has_item"))


def test_from_the_submission_on_only_the_note_changes(make, who):
    plan = make.plan(programme_id=Promotion(who).programme().id, closes_on="2020-10-31")
    item = make.item(plan, 5)
    make.act(plan, "open", "appraise", "submit")
    path, version = make.item_path(item), make.read(plan)["version"]
    for reply in (who.patch(path, {"support_vnd": 6}, if_match=1), who.delete(path, if_match=1),
                  who.post(f"{PLANS}/{plan['id']}/items", {"project_id": make.project()["id"], "support_vnd": 1})):
        problem(reply.expect(409), "guard-failed", ("#", "annual_plan_item_frozen"))
    for reply in (who.patch(make.at(plan), {"closes_on": None}, if_match=version), who.delete(make.at(plan), if_match=version)):
        assert reply.status == 409
    who.patch(make.at(plan), {"note": "Đã trình"}, if_match=version).expect(200)
    make.act(plan, "return")
    assert who.patch(path, {"support_vnd": 6}, if_match=1).expect(200).json()["support_vnd"] == 6


def test_a_key_of_a_partner_changes_no_submitted_plan(make, who):
    path, body = f"{PLANS}/by-ref/demo/{absent_id()}", {"year": 2021, "level": "local"}
    plan = who.put(path, body).expect(201).json()
    make.item(plan, 5)
    make.act(plan, "open", "appraise", "submit")
    who.put(path, body).expect(200)
    problem(who.put(path, {**body, "closes_on": "2021-01-01"}).expect(409), "guard-failed", ("#", "annual_plan_frozen"))


def test_an_assignment_needs_a_decision(make):
    plan = make.plan()
    make.item(plan, 5)
    make.act(plan, "open", "appraise", "submit")
    problem(make.try_to(plan, "assign", documents=[]).expect(422), "invalid", ("#/documents", "required"))
    problem(make.try_to(plan, "assign", documents=[{"kind": "official_letter", "document_no": "1"}]).expect(409), "guard-failed",
            ("#/documents", "decision_given"))
    make.act(plan, "assign")
    make.try_to(plan, "correct", note="Nhầm").expect(409)  # what was assigned is the baseline for good
    make.act(plan, "execute", "settle", "close")
    assert {action["action"] for action in make.read(plan)["allowed_actions"]} == {"correct"}


def test_a_plan_with_items_stays(make, who):
    plan = make.plan()
    make.item(plan, 1)
    who.delete(make.at(plan), if_match=2).expect(409, "still-referenced")


def test_a_project_in_a_plan_stays(make, who):
    project = make.project()
    make.item(make.plan(), 1, project)
    who.delete(f"/v1/projects/{project['id']}", if_match=1).expect(409, "still-referenced")


# ---- Adjustments ----

def test_money_moves_between_items_and_adds_up_to_nothing(make):
    plan, (one, other) = make.assigned(400, 100)
    move = [{"item_id": one["id"], "after": {"support_vnd": 300}}, {"item_id": other["id"], "after": {"support_vnd": 250}}]
    adjustment = make.adjustment(plan, "transfer", items=move)
    problem(make.try_to(adjustment, "submit").expect(422), "invalid", ("#/items", "plan_adjustment_transfer_sum"))
    move[1]["after"]["support_vnd"] = 200
    make.who.patch(make.at(adjustment), {"items": move}, if_match=1).expect(200)
    make.decide(adjustment)
    assert [figures(make.read_item(item)) for item in (one, other)] == [(400, 300), (100, 200)]
    assert make.read(plan)["totals"]["support_vnd"] == 500


def test_a_project_comes_in(make):
    plan, _ = make.assigned(400)
    project = make.project()
    after = {"support_vnd": 90, "counterpart_vnd": 10, "activity_code": "KC3", "completion_month": "2021-12"}
    adjustment = make.decide(make.adjustment(plan, "add", items=[{"project_id": project["id"], "after": after}]))
    added = next(item for item in make.items(plan) if item["project_id"] == project["id"])
    assert {name: added[name] for name in after} == after and added["baseline"] is None
    assert added["plan_adjustment_id"] == adjustment["id"] and added["current"]["version_no"] == 1
    totals = make.read(plan)["totals"]
    assert (totals["baseline_support_vnd"], totals["support_vnd"], totals["items_count"]) == (400, 490, 2)


def test_a_project_that_stands_there_does_not_come_in_again(make):
    plan, (item,) = make.assigned(400)
    again = make.adjustment(plan, "add", items=[{"project_id": item["project_id"], "after": {"support_vnd": 1}}])
    make.act(again, "submit", "review")
    make.try_to(again, "approve").expect(409, "taken")
    assert make.read(again)["status"] == "reviewing"


def test_a_project_is_stopped(make):
    plan, (item, _) = make.assigned(400, 100)
    make.decide(make.adjustment(plan, "stop", items=[{"item_id": item["id"]}], reason_code="survey_inadequate"))
    after = make.read_item(item)
    assert after["is_stopped"] and figures(after) == (400, 0)
    assert make.read(plan)["totals"]["stopped_count"] == 1
    make.item(make.plan(), 1, {"id": item["project_id"]})  # it may stand in another plan of the year now


@pytest.mark.parametrize("entry, fault", [
    ({"item_id": absent_id()}, ("#/items/0/item_id", "unknown_reference")),
    ({"after": {"support_vnd": 1}}, ("#/items/0", "plan_adjustment_item_kind")),
    ({"item_id": "own", "after": {"activity_code": "KC99"}}, ("#/items/0/after/activity_code", "unknown_reference")),
    ({"item_id": "twice"}, ("#/items", "plan_adjustment_item_once")),
])
def test_an_adjustment_that_is_wrong(make, who, entry, fault):
    plan, (item,) = make.assigned(400)
    entry = {**entry, **({"item_id": item["id"]} if entry.get("item_id") in ("own", "twice") else {})}
    body = {"annual_plan_id": plan["id"], "kind": "change", "items": [entry] * (2 if fault[1].endswith("once") else 1)}
    problem(who.post(ADJUSTMENTS, body).expect(422), "invalid", fault)


@pytest.mark.parametrize("members, fault", [
    ({"annual_plan_id": absent_id()}, ("#/annual_plan_id", "unknown_reference")),
    ({"kind": "change", "cut_percent": 10}, ("#/cut_percent", "plan_adjustment_cut_percent_kind")),
    ({"cut_percent": 0}, ("#/cut_percent", "minimum")),
    ({"reason_code": "because"}, ("#/reason_code", "enum")),
])
def test_members_that_are_wrong(make, who, members, fault):
    body = {"annual_plan_id": make.plan()["id"], "kind": "cut", **members}
    problem(who.post(ADJUSTMENTS, body).expect(422), "invalid", fault)


def test_a_project_of_other_money_does_not_come_in(make, who):
    body = {"annual_plan_id": make.plan()["id"], "kind": "add", "items": [{"project_id": make.project("national")["id"], "after": {"support_vnd": 1}}]}
    problem(who.post(ADJUSTMENTS, body).expect(422), "invalid", ("#/items/0/project_id", "annual_plan_item_level"))


def test_all_that_a_submission_lacks(make, who):
    empty = who.post(ADJUSTMENTS, {"annual_plan_id": make.plan()["id"], "kind": "cut"}).expect(201).json()
    problem(make.try_to(empty, "submit").expect(422), "invalid", ("#/annual_plan_id", "plan_adjustment_plan_assigned"),
            ("#/items", "plan_adjustment_has_item"), ("#/reason_code", "required"), ("#/items", "plan_adjustment_cut_lowers"))


def test_a_cut_of_an_odd_sum_goes_to_the_nearest_dong(make):
    plan, _ = make.assigned(101, 33)
    cut = make.adjustment(plan, "cut", cut_percent=50)
    assert [entry["after"]["support_vnd"] for entry in cut["items"]] == [51, 17], "half a đồng is left"
    make.decide(cut)
    assert make.read(plan)["totals"]["support_vnd"] == cut["amount_after_vnd"] == 68


def test_two_adjustments_of_one_item(make):
    """The second was written on what the first has changed."""
    plan, (item,) = make.assigned(400)
    first, second = (make.adjustment(plan, "change", items=[{"item_id": item["id"], "after": {"support_vnd": support}}]) for support in (300, 200))
    make.act(second, "submit", "review")
    make.decide(first)
    reply = make.try_to(second, "approve").expect(409)
    problem(reply, "guard-failed", ("#/items/0/before", "plan_adjustment_before_changed"))
    assert "400" in reply.json()["errors"][0]["detail"] and "300" in reply.json()["errors"][0]["detail"]
    assert figures(make.read_item(item)) == (400, 300)


def test_a_submitted_adjustment_is_not_rewritten(make, who):
    plan, _ = make.assigned(400)
    adjustment = make.adjustment(plan, "cut", cut_percent=50)
    make.act(adjustment, "submit")
    for reply in (who.patch(make.at(adjustment), {"cut_percent": 60}, if_match=2), who.delete(make.at(adjustment), if_match=2)):
        problem(reply.expect(409), "guard-failed", ("#", "plan_adjustment_frozen"))
    who.patch(make.at(adjustment), {"note": "Chờ quyết định"}, if_match=2).expect(200)
    make.act(adjustment, "withdraw")
    assert make.read(plan)["totals"]["support_vnd"] == 400


def test_a_refused_adjustment_changes_nothing(make):
    plan, _ = make.assigned(400)
    adjustment = make.adjustment(plan, "cut", cut_percent=50)
    make.act(adjustment, "submit", "reject")
    assert make.read(plan)["totals"]["support_vnd"] == 400 and make.read(adjustment)["decisions"] == []


def test_what_was_accepted_is_not_adjusted(make, world):
    plan, (item,) = make.assigned(400)
    adjustment = make.adjustment(plan, "cut", cut_percent=50)
    make.act(adjustment, "submit", "review")
    world.cluster.sql("update project set status = 'accepted' where id = %s", item["project_id"])
    problem(make.try_to(adjustment, "approve").expect(409), "guard-failed", ("#/items/0", "g10_adjustment_before_acceptance"))


def test_a_province_asks_and_the_centre_decides(caller, make, ministry):
    plan, project = ministry.plan(level="national"), make.project("national")
    ministry.act(plan, "open")
    item = make.item(plan, 400, project)
    ministry.act(plan, "appraise", "submit", "assign")
    adjustment = make.adjustment(plan, "change", items=[{"item_id": item["id"], "after": {"support_vnd": 300}}])
    assert adjustment["province_code"] == OWNER
    make.act(adjustment, "submit")
    assert {action["action"] for action in make.read(adjustment)["allowed_actions"]} == {"withdraw", "correct"}
    make.try_to(adjustment, "approve").expect(409, "invalid-transition")
    caller(STRANGER).get(make.at(adjustment)).expect(404, "not-found")
    ministry.act(adjustment, "review", "approve")
    assert figures(make.read_item(item)) == (400, 300)
    stranger = Plans(caller(STRANGER))
    theirs = {"annual_plan_id": plan["id"], "kind": "change", "items": [{"item_id": item["id"], "after": {"support_vnd": 0}}]}
    problem(stranger.who.post(ADJUSTMENTS, theirs).expect(422), "invalid", ("#/items/0/item_id", "unknown_reference"))


# ---- Acts as of every record ----

@pytest.mark.parametrize("kind", ["plan", "adjustment"])
def test_acts_on_a_record_of_another_version_or_a_deleted_one(make, who, kind):
    record = make.plan() if kind == "plan" else make.adjustment(make.plan(), "cut", cut_percent=50)
    acts, body = f"{make.at(record)}/transitions", {"action": "open" if kind == "plan" else "withdraw"}
    who.post(acts, body, if_match=7).expect(412, "stale")
    who.post(f"{acts}?validate_only=true", body, if_match=1).expect(200)
    who.delete(make.at(record), if_match=1).expect(204)
    who.post(acts, body, if_match=2).expect(410, "deleted")
    who.get(acts).expect(410, "deleted")
    who.post(f"{make.at(record)}/restore", if_match=2).expect(200)
    act = who.post(acts, body, if_match=3).expect(201)
    read = f"{acts}/{act.json()['id']}"
    assert who.get(read).expect(200).json() == act.json()
    who.get(read, headers={"If-None-Match": act.etag}).expect(304)


def test_the_act_of_a_deleted_plan_is_gone(make, who):
    plan = make.plan()
    act = make.act(plan, "open")
    who.delete(make.at(plan), if_match=2).expect(204)
    who.get(f"{make.at(plan)}/transitions/{act['id']}").expect(410, "deleted")


def test_the_act_of_a_deleted_adjustment_is_gone(make, who):
    adjustment = make.adjustment(make.assigned(400)[0], "cut", cut_percent=50)
    make.act(adjustment, "submit")
    act = make.act(adjustment, "correct", note="Nhầm")
    who.delete(make.at(adjustment), if_match=act["record_version"]).expect(204)
    who.get(f"{make.at(adjustment)}/transitions/{act['id']}").expect(410, "deleted")
