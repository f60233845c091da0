-- SPDX-License-Identifier: MIT
-- Plans: what was assigned, shapes of the answers, look-ups under the caller's scope, what decisions do.

-- ---- What was assigned ----

-- From the project (offset 0), or the planner goes through all items of the one plan there is. Money is held against it whoever asks: the implementer of another province does not see the local plan.
create or replace function assigned_vnd(of_project uuid, of_year integer default null) returns bigint language plpgsql stable
security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (
    select sum(i.support_vnd)::bigint
      from (select * from public.annual_plan_item k where k.project_id = of_project and k.deleted_at is null offset 0) i
      join public.annual_plan a on a.id = i.annual_plan_id
     where (of_year is null or i.year = of_year) and a.deleted_at is null and public.plan_is_assigned(a.status));
end
$$;
comment on function assigned_vnd is 'Support assigned to a project as the plans stand now (in one year or in all); null: it is in no assigned plan.';

create or replace function assigned_baseline_vnd(of_project uuid, of_year integer default null) returns bigint language plpgsql stable
security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (
    select sum(coalesce((i.baseline ->> 'support_vnd')::bigint, 0))::bigint
      from (select * from public.annual_plan_item k where k.project_id = of_project and k.deleted_at is null offset 0) i
      join public.annual_plan a on a.id = i.annual_plan_id
     where (of_year is null or i.year = of_year) and a.deleted_at is null and public.plan_is_assigned(a.status));
end
$$;
comment on function assigned_baseline_vnd is 'Support as it was assigned at the beginning of the year; what adjustments added counts nothing. Null: in no assigned plan.';

-- ---- Yearly plans: found, checked, shown ----

create or replace function annual_plan_writable(a annual_plan, tier text, provinces text[], own_organisation uuid) returns boolean
language sql stable as $$
  select case
    when a.level = 'national' then tier = 'central'
    else coalesce(a.province_code = any (provinces) or a.organisation_id = own_organisation, false)
  end
$$;
comment on function annual_plan_writable is 'National plans: central bodies; local ones: their territory and the organisation that made them.';

create or replace function annual_plan_visible(wanted uuid, provinces text[], own_organisation uuid) returns boolean
language plpgsql stable as $$
begin
  return wanted is null or exists (
    select from annual_plan a
     where a.id = wanted and a.deleted_at is null
       and (a.level = 'national' or a.province_code = any (provinces) or a.organisation_id = own_organisation));
end
$$;
comment on function annual_plan_visible is 'May this caller name the plan? Null names none.';

-- What createAnnualPlan, updateAnnualPlan and putAnnualPlanByRef share. `before` is the stored row, or a row of nulls. Year, level
-- and territory of a plan never change.
create or replace function checked_annual_plan(
  a annual_plan, before annual_plan, provinces text[], own_organisation uuid, own_province text)
returns annual_plan language plpgsql as $$
begin
  if before.id is not null then
    a.year := before.year;
    a.level := before.level;
    a.province_code := before.province_code;
    a.codes_on := before.codes_on;
  elsif a.level = 'local' then
    a.province_code := coalesce(a.province_code, own_province);
    a.codes_on := coalesce(a.codes_on, province_day(a.province_code, make_date(a.year, 1, 1)));
    perform refuse_faults(province_faults('#/province_code', a.province_code, a.codes_on));
  end if;
  a.codes_on := coalesce(a.codes_on, make_date(a.year, 1, 1));
  a.name := coalesce(a.name, 'Kế hoạch khuyến công ' || case a.level when 'national' then 'quốc gia' else 'địa phương' end || ' năm ' || a.year);
  perform refuse_faults(fault_if(a.programme_id is distinct from before.programme_id
    and not programme_visible(a.programme_id, provinces, own_organisation), '#/programme_id', 'unknown_reference'));
  return a;
end
$$;

create or replace function open_annual_plan(wanted uuid, provinces text[], own_organisation uuid) returns uuid
language plpgsql stable as $$
begin
  return opened(wanted, (
    select a.deleted_at is not null from annual_plan a
     where a.id = wanted
       and (a.level = 'national' or a.province_code = any (provinces) or a.organisation_id = own_organisation)));
end
$$;
comment on function open_annual_plan is 'The id of a plan that the caller sees and that is not deleted; else 404 or 410.';

-- Also for those who may not write the plan, but an item of it: all changes of one plan queue here.
create or replace function lock_annual_plan(wanted uuid) returns annual_plan language plpgsql
security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  plan public.annual_plan;
begin
  select * into plan from public.annual_plan a where a.id = wanted for no key update;
  return plan;
end
$$;

create or replace function locked_annual_plan(wanted uuid, tier text, provinces text[], own_organisation uuid) returns uuid
language plpgsql volatile as $$
declare
  plan constant annual_plan := lock_annual_plan(open_annual_plan(wanted, provinces, own_organisation));
begin
  if annual_plan_writable(plan, tier, provinces, own_organisation) is not true or annual_plan_writable(plan, claim('app.tier'),
       string_to_array(claim('app.provinces'), ','), claim('app.organisation_id')::uuid) is not true then
    raise exception using errcode = 'PT403', message = 'outside-territory';
  end if;
  return wanted;
end
$$;
comment on function locked_annual_plan is 'The id of a plan that the caller may write, locked until the end of the transaction; else 404, 410 or 403.';

create or replace function annual_plan_actions(a annual_plan) returns jsonb language sql stable as $$
  select case
    when annual_plan_writable(a, claim('app.tier'), string_to_array(claim('app.provinces'), ','), claim('app.organisation_id')::uuid)
      then allowed_actions('annual_plan', a.status, claim('app.tier'), acting_roles(), to_jsonb(a))
    else '[]'
  end
$$;

create or replace function annual_plan_missing(a annual_plan, on_day date) returns jsonb language sql stable as $$
  select required_for_submit('annual_plan', to_jsonb(a), case
    when exists (select from annual_plan_item i where i.annual_plan_id = a.id and i.deleted_at is null) then '{}'
    else '{"annual_plan_has_item": {}}'::jsonb
  end, on_day)
$$;

create or replace function annual_plan_totals(of_plan uuid) returns json language plpgsql stable as $$
begin
  return (
    select json_build_object(
             'items_count', count(*), 'stopped_count', count(*) filter (where i.is_stopped),
             'support_vnd', coalesce(sum(i.support_vnd), 0)::bigint,
             'counterpart_vnd', coalesce(sum(i.counterpart_vnd), 0)::bigint,
             'baseline_support_vnd', coalesce(sum((i.baseline ->> 'support_vnd')::bigint), 0)::bigint,
             'baseline_counterpart_vnd', coalesce(sum((i.baseline ->> 'counterpart_vnd')::bigint), 0)::bigint)
      from annual_plan_item i
     where i.annual_plan_id = of_plan and i.deleted_at is null);
end
$$;
comment on function annual_plan_totals is 'Of the items that the caller sees: all of a local plan, those of his territory in a plan of the nation.';

create or replace function decisions_of(of_type text, of_id uuid, acts text[]) returns json language plpgsql stable as $$
begin
  return documents_json((
    select coalesce(jsonb_agg(document order by t.record_version, n), '[]')
      from transition t
     cross join jsonb_array_elements(t.documents) with ordinality listed (document, n)
     where t.record_type = of_type and t.record_id = of_id and t.action = any (acts)));
end
$$;
comment on function decisions_of is 'Papers of these acts on a record, in their order.';

create or replace function annual_plan_summary_json(a annual_plan) returns json language sql stable as $$
  select json_build_object(
    'id', a.id,
    'code', a.code,
    'version', a.version,
    'name', a.name,
    'year', a.year,
    'level', a.level,
    'programme_id', a.programme_id,
    'status', a.status,
    'stage', stage_of('annual_plan', a.status),
    'opens_on', a.opens_on,
    'closes_on', a.closes_on,
    'totals', annual_plan_totals(a.id),
    'organisation_id', a.organisation_id,
    'province_code', a.province_code,
    'codes_on', a.codes_on,
    'province', admin_unit_name(a.province_code, a.codes_on),
    'current', current_json(a.province_code, a.codes_on),
    'updated_at', instant(a.updated_at))
$$;

create or replace function annual_plan_json(a annual_plan) returns json language sql stable as $$
  select json_build_object(
    'id', a.id,
    'code', a.code,
    'version', a.version,
    'name', a.name,
    'year', a.year,
    'level', a.level,
    'programme_id', a.programme_id,
    'status', a.status,
    'stage', stage_of('annual_plan', a.status),
    'allowed_actions', annual_plan_actions(a),
    'opens_on', a.opens_on,
    'closes_on', a.closes_on,
    'totals', annual_plan_totals(a.id),
    'decisions', decisions_of('annual_plan', a.id, '{assign}'),
    'organisation_id', a.organisation_id,
    'province_code', a.province_code,
    'codes_on', a.codes_on,
    'province', admin_unit_name(a.province_code, a.codes_on),
    'current', current_json(a.province_code, a.codes_on),
    'evidence_grade', a.evidence_grade,
    'external_refs', external_refs_json('annual_plan', a.id),
    'origin', a.origin,
    'history_quality', a.history_quality,
    'note', a.note,
    'created_at', instant(a.created_at),
    'created_by', a.created_by,
    'updated_at', instant(a.updated_at),
    'updated_by', a.updated_by)
$$;

-- ---- Items ----

-- The plan is locked. A province registers its own projects in a plan of the nation while that collects them.
create or replace function locked_plan_of_items(wanted uuid, provinces text[], own_organisation uuid) returns annual_plan
language plpgsql volatile as $$
declare
  plan constant annual_plan := lock_annual_plan(open_annual_plan(wanted, provinces, own_organisation));
begin
  if not plan_is_open(plan.status) then
    perform refuse_as_decided('annual_plan_item_frozen', 'annual_plan', plan.status);
  end if;
  return plan;
end
$$;

create or replace function plan_item_writable(plan annual_plan, item_province text, tier text, provinces text[], own_organisation uuid)
returns boolean language sql stable as $$
  select annual_plan_writable(plan, tier, provinces, own_organisation)
      or plan.level = 'national' and plan.status = 'collecting' and coalesce(item_province = any (provinces), false)
$$;
comment on function plan_item_writable is 'Whoever writes the plan; and while a plan of the nation collects, each province its own projects.';

create or replace function checked_plan_item(
  i annual_plan_item, before annual_plan_item, plan annual_plan, provinces text[], own_organisation uuid)
returns annual_plan_item language plpgsql as $$
declare
  wanted project;
begin
  i.registered_on := coalesce(i.registered_on, before.registered_on, today());
  i.counterpart_vnd := coalesce(i.counterpart_vnd, 0);
  if before.id is null then
    select p.* into wanted
      from project p
     where p.id = i.project_id and project_visible(p.id, provinces, own_organisation);
    i.province_code := wanted.province_code;
    perform refuse_faults(
      fault_if(wanted.id is null, '#/project_id', 'unknown_reference')
      || fault_if(wanted.level <> plan.level, '#/project_id', 'annual_plan_item_level'));
  end if;
  perform refuse_faults(
    fault_if(i.activity_code is distinct from before.activity_code and not activity_fits(i.activity_code, null),
      '#/activity_code', 'unknown_reference')
    || fault_if(i.registered_on > today(), '#/registered_on', 'date_in_future'));
  return i;
end
$$;

create or replace function open_plan_item(of_plan uuid, wanted uuid, provinces text[], own_organisation uuid) returns uuid
language plpgsql stable as $$
begin
  return opened(wanted, (
    select i.deleted_at is not null from annual_plan_item i
     where i.id = wanted and i.annual_plan_id = open_annual_plan(of_plan, provinces, own_organisation)
       and (i.province_code = any (provinces) or i.organisation_id = own_organisation
            or project_visible(i.project_id, provinces, own_organisation))));
end
$$;
comment on function open_plan_item is 'The id of an item that the caller sees and that is not deleted; else 404 or 410.';

create or replace function plan_item_state(activity_code text, support_vnd bigint, counterpart_vnd bigint, completion_month text, is_stopped boolean)
returns jsonb language sql immutable parallel safe as $$
  select jsonb_build_object('activity_code', activity_code, 'support_vnd', support_vnd, 'counterpart_vnd', counterpart_vnd,
           'completion_month', completion_month, 'is_stopped', is_stopped)
$$;
comment on function plan_item_state is 'What a decision settles of an item: the shape of baseline, before and after.';

create or replace function state_of_item(i annual_plan_item) returns jsonb language sql immutable parallel safe as $$
  select plan_item_state(i.activity_code, i.support_vnd, i.counterpart_vnd, i.completion_month, i.is_stopped)
$$;

create or replace function plan_item_version_json(v annual_plan_item_version) returns json language sql stable as $$
  select json_build_object(
    'id', v.id,
    'item_id', v.item_id,
    'version_no', v.version_no,
    'valid_from', v.valid_from,
    'activity_code', v.activity_code,
    'support_vnd', v.support_vnd,
    'counterpart_vnd', v.counterpart_vnd,
    'completion_month', v.completion_month,
    'is_stopped', v.is_stopped,
    'plan_adjustment_id', v.plan_adjustment_id,
    'transition_id', v.transition_id,
    'decisions', documents_json(coalesce((select t.documents from transition t where t.id = v.transition_id), '[]')),
    'recorded_at', instant(v.recorded_at))
$$;

create or replace function annual_plan_item_json(i annual_plan_item) returns json language plpgsql stable as $$
declare
  newest annual_plan_item_version;
  plan_closes_on constant date := (select a.closes_on from annual_plan a where a.id = i.annual_plan_id);
begin
  select * into newest from annual_plan_item_version v where v.item_id = i.id order by v.version_no desc limit 1;
  return json_build_object(
    'id', i.id,
    'version', i.version,
    'annual_plan_id', i.annual_plan_id,
    'year', i.year,
    'level', i.level,
    'project_id', i.project_id,
    'project', (select json_build_object('id', p.id, 'code', p.code, 'name', p.name, 'scale', p.scale, 'status', p.status)
                  from project p where p.id = i.project_id),
    'activity_code', i.activity_code,
    'support_vnd', i.support_vnd,
    'counterpart_vnd', i.counterpart_vnd,
    'completion_month', i.completion_month,
    'is_stopped', i.is_stopped,
    'registered_on', i.registered_on,
    'is_late', coalesce(i.registered_on > plan_closes_on, false),
    'plan_adjustment_id', i.plan_adjustment_id,
    'baseline', case when i.baseline is not null then to_jsonb(plan_item_state(null, 0, 0, null, false)) || i.baseline end,
    'current', case when newest.id is not null then plan_item_version_json(newest) end,
    'organisation_id', i.organisation_id,
    'province_code', i.province_code,
    'note', i.note,
    'created_at', instant(i.created_at),
    'created_by', i.created_by,
    'updated_at', instant(i.updated_at),
    'updated_by', i.updated_by);
end
$$;

create or replace function live_plan_item(of_project uuid, plan annual_plan, but uuid) returns uuid language sql stable as $$
  select i.id
    from annual_plan_item i
   where i.project_id = of_project and (i.year, i.level) = (plan.year, plan.level) and i.deleted_at is null and not i.is_stopped
     and i.id is distinct from but
$$;
comment on function live_plan_item is 'The item that already holds the project in this year and level.';

-- ---- What the assignment does ----

create or replace function keep_item_version(item annual_plan_item, adjustment uuid, by_transition uuid, on_day date) returns void
language sql as $$
  insert into annual_plan_item_version (item_id, version_no, valid_from, activity_code, support_vnd, counterpart_vnd, completion_month,
    is_stopped, plan_adjustment_id, transition_id)
  select item.id, coalesce(max(v.version_no), 0) + 1, on_day, item.activity_code, item.support_vnd, item.counterpart_vnd,
         item.completion_month, item.is_stopped, adjustment, by_transition
    from annual_plan_item_version v
   where v.item_id = item.id
$$;

create or replace function effect_assign_plan(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void
language plpgsql as $$
begin
  perform keep_item_version(i, null, transition_id, on_day)
     from annual_plan_item i
    where i.annual_plan_id = record_id and i.deleted_at is null;
  update annual_plan_item i
     set baseline = state_of_item(i), version = i.version + 1
   where i.annual_plan_id = record_id and i.deleted_at is null;
end
$$;
comment on function effect_assign_plan is 'The plan is assigned: what its items are now is their baseline for good, and their first version.';

-- ---- Snapshots ----

create or replace function annual_plan_snapshot(of_id uuid) returns jsonb language sql stable as $$
  select frozen_part(annual_plan_json(a)) || jsonb_build_object(
           'items', (select coalesce(jsonb_agg(annual_plan_item_json(i)::jsonb - 'project' order by i.created_at, i.id), '[]')
                       from annual_plan_item i where i.annual_plan_id = a.id and i.deleted_at is null))
    from annual_plan a
   where a.id = of_id
$$;

create or replace function plan_adjustment_snapshot(of_id uuid) returns jsonb language sql stable as $$
  select frozen_part(plan_adjustment_json(d)) from plan_adjustment d where d.id = of_id
$$;
