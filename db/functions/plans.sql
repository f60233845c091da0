-- SPDX-License-Identifier: MIT
-- Plans: what was assigned, shapes of the answers, look-ups under the caller's scope, what decisions do.

-- ---- What was assigned ----

-- Money is held against it whoever asks: the implementer of another province does not see the local plan.
create or replace function assigned_vnd(of_project uuid, of_year integer default null) returns bigint language sql stable
security definer set search_path = pg_catalog, public, pg_temp as $$
  select sum(i.support_vnd)::bigint
    from public.annual_plan_item i
    join public.annual_plan a on a.id = i.annual_plan_id
   where i.project_id = of_project and (of_year is null or i.year = of_year)
     and i.deleted_at is null and a.deleted_at is null and public.plan_is_assigned(a.status)
$$;
comment on function assigned_vnd is 'Support assigned to a project as the plans stand now (in one year or in all); null: it is in no assigned plan.';

create or replace function assigned_baseline_vnd(of_project uuid, of_year integer default null) returns bigint language sql stable
security definer set search_path = pg_catalog, public, pg_temp as $$
  select sum(coalesce((i.baseline ->> 'support_vnd')::bigint, 0))::bigint
    from public.annual_plan_item i
    join public.annual_plan a on a.id = i.annual_plan_id
   where i.project_id = of_project and (of_year is null or i.year = of_year)
     and i.deleted_at is null and a.deleted_at is null and public.plan_is_assigned(a.status)
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
declare
  gone boolean := (
    select a.deleted_at is not null from annual_plan a
     where a.id = wanted
       and (a.level = 'national' or a.province_code = any (provinces) or a.organisation_id = own_organisation));
begin
  if gone is null then
    raise exception using errcode = 'PT404', message = 'not-found';
  elsif gone then
    raise exception using errcode = 'PT410', message = 'deleted';
  end if;
  return wanted;
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
declare
  gone boolean := (
    select i.deleted_at is not null from annual_plan_item i
     where i.id = wanted and i.annual_plan_id = open_annual_plan(of_plan, provinces, own_organisation)
       and (i.province_code = any (provinces) or i.organisation_id = own_organisation
            or project_visible(i.project_id, provinces, own_organisation)));
begin
  if gone is null then
    raise exception using errcode = 'PT404', message = 'not-found';
  elsif gone then
    raise exception using errcode = 'PT410', message = 'deleted';
  end if;
  return wanted;
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

-- ---- Adjustments: found, checked, shown ----

create or replace function plan_adjustment_writable(d plan_adjustment, tier text, provinces text[], own_organisation uuid) returns boolean
language sql stable as $$
  select case
    when d.province_code is null then tier = 'central'
    else coalesce(d.province_code = any (provinces) or d.organisation_id = own_organisation, false)
  end
$$;
comment on function plan_adjustment_writable is 'The centre''s own: central bodies; others: their territory and who made them.';

create or replace function open_plan_adjustment(wanted uuid, provinces text[], own_organisation uuid) returns uuid
language plpgsql stable as $$
declare
  gone boolean := (
    select d.deleted_at is not null from plan_adjustment d
     where d.id = wanted
       and (d.province_code is null or d.province_code = any (provinces) or d.organisation_id = own_organisation));
begin
  if gone is null then
    raise exception using errcode = 'PT404', message = 'not-found';
  elsif gone then
    raise exception using errcode = 'PT410', message = 'deleted';
  end if;
  return wanted;
end
$$;
comment on function open_plan_adjustment is 'The id of an adjustment that the caller sees and that is not deleted; else 404 or 410.';

-- First the plan, then its adjustment: whatever changes one plan queues at its row.
create or replace function locked_plan_adjustment(wanted uuid, tier text, provinces text[], own_organisation uuid) returns uuid
language plpgsql volatile as $$
declare
  is_writable boolean;
begin
  perform lock_annual_plan(d.annual_plan_id) from plan_adjustment d where d.id = wanted;
  select plan_adjustment_writable(d, tier, provinces, own_organisation) into is_writable
    from plan_adjustment d where d.id = wanted for no key update; -- row level security hides what he may not write
  perform open_plan_adjustment(wanted, provinces, own_organisation);
  if is_writable is not true then
    raise exception using errcode = 'PT403', message = 'outside-territory';
  end if;
  return wanted;
end
$$;
comment on function locked_plan_adjustment is 'The id of an adjustment that the caller may write, locked with its plan; else 404, 410 or 403.';

create or replace function plan_adjustment_actions(d plan_adjustment) returns jsonb language sql stable as $$
  select case
    when plan_adjustment_writable(d, claim('app.tier'), string_to_array(claim('app.provinces'), ','), claim('app.organisation_id')::uuid)
      then allowed_actions('plan_adjustment', d.status, claim('app.tier'), acting_roles(), to_jsonb(d))
    else '[]'
  end
$$;

create or replace function cut_vnd(amount bigint, percent numeric) returns bigint language sql immutable parallel safe as $$
  select round(amount * (100 - percent) / 100)::bigint
$$;
comment on function cut_vnd is 'What is left after a cut, to the nearest đồng; half a đồng is left.';

create or replace function item_after(d plan_adjustment, before jsonb, wanted jsonb) returns jsonb language sql immutable as $$
  select case
    when d.kind = 'stop' then coalesce(before, '{}') || '{"support_vnd": 0, "counterpart_vnd": 0}' || wanted || '{"is_stopped": true}'
    when d.cut_percent is not null then
      before || jsonb_build_object('support_vnd', cut_vnd((before ->> 'support_vnd')::bigint, d.cut_percent))
    else coalesce(before, plan_item_state(null, 0, 0, null, false)) || wanted || '{"is_stopped": false}'
  end
$$;
comment on function item_after is 'An item as the adjustment wants it: what is not named stays as it was.';

-- One entry of `items`, completed: what the item is now stands beside what it shall be.
create or replace function completed_adjustment_item(d plan_adjustment, entry jsonb, provinces text[]) returns jsonb
language plpgsql stable as $$
declare
  item annual_plan_item;
  before jsonb;
begin
  select i.* into item
    from annual_plan_item i
   where i.id = (entry ->> 'item_id')::uuid and i.annual_plan_id = d.annual_plan_id and i.deleted_at is null and not i.is_stopped
     and i.province_code = any (provinces);
  before := case when item.id is not null then state_of_item(item) end;
  return jsonb_build_object(
    'item_id', coalesce(item.id, (entry ->> 'item_id')::uuid),
    'project_id', coalesce(item.project_id, (entry ->> 'project_id')::uuid),
    'before', before,
    'after', item_after(d, before, coalesce(entry -> 'after', '{}')),
    'removed_line_ids', coalesce(nullif(entry -> 'removed_line_ids', 'null'), '[]'));
end
$$;

create or replace function adjustment_item_faults(d plan_adjustment, plan annual_plan, entry jsonb, place text, provinces text[], own_organisation uuid)
returns jsonb language plpgsql stable as $$
declare
  is_new constant boolean := d.kind = 'add';
  of_project constant uuid := (entry ->> 'project_id')::uuid;
begin
  return fault_if(is_new and (of_project is null or entry ->> 'item_id' is not null) or not is_new and entry ->> 'item_id' is null,
           place, 'plan_adjustment_item_kind')
    || fault_if(not is_new and entry ->> 'item_id' is not null and entry -> 'before' = 'null', place || '/item_id', 'unknown_reference')
    || fault_if(is_new and of_project is not null and not project_visible(of_project, provinces, own_organisation),
         place || '/project_id', 'unknown_reference')
    || fault_if(is_new and exists (select from project p where p.id = of_project and p.level <> plan.level),
         place || '/project_id', 'annual_plan_item_level')
    || fault_if(entry #>> '{after,activity_code}' is not null and not activity_fits(entry #>> '{after,activity_code}', null),
         place || '/after/activity_code', 'unknown_reference')
    || coalesce((select jsonb_agg(fault)
                   from jsonb_array_elements_text(entry -> 'removed_line_ids') with ordinality as line (id, n),
                        jsonb_array_elements(fault_if(
                          not exists (select from project_line l
                                       where l.id = line.id::uuid and l.project_id = of_project and l.deleted_at is null
                                         and l.status in ('planned', 'active', 'withdrawn')),
                          place || '/removed_line_ids/' || n - 1, 'unknown_reference')) as fault), '[]');
end
$$;

-- What createPlanAdjustment and updatePlanAdjustment share. A cut across the board that names no items is one of all that the caller
-- may adjust.
create or replace function checked_plan_adjustment(d plan_adjustment, before plan_adjustment, plan annual_plan, provinces text[],
  own_organisation uuid, own_province text)
returns plan_adjustment language plpgsql as $$
declare
  faults jsonb;
begin
  perform refuse_faults(fault_if(plan.id is null, '#/annual_plan_id', 'unknown_reference'));
  d.annual_plan_id := plan.id;
  d.year := plan.year;
  d.level := plan.level;
  d.province_code := case when before.id is not null then before.province_code else coalesce(plan.province_code, own_province) end;
  d.items := coalesce(d.items, '[]');
  if d.kind = 'cut' and d.cut_percent is not null and d.items = '[]' then
    select coalesce(jsonb_agg(jsonb_build_object('item_id', i.id) order by i.created_at, i.id), '[]') into d.items
      from annual_plan_item i
     where i.annual_plan_id = plan.id and i.deleted_at is null and not i.is_stopped and i.province_code = any (provinces);
  end if;
  select coalesce(jsonb_agg(completed_adjustment_item(d, entry, provinces) order by n), '[]') into d.items
    from jsonb_array_elements(d.items) with ordinality listed (entry, n);
  select coalesce(jsonb_agg(fault), '[]') into faults
    from jsonb_array_elements(d.items) with ordinality listed (entry, n),
         jsonb_array_elements(adjustment_item_faults(d, plan, entry, '#/items/' || n - 1, provinces, own_organisation)) as fault;
  perform refuse_faults(faults || fault_if(
    (select count(coalesce(entry ->> 'item_id', entry ->> 'project_id')) > count(distinct coalesce(entry ->> 'item_id', entry ->> 'project_id'))
       from jsonb_array_elements(d.items) entry),
    '#/items', 'plan_adjustment_item_once'));
  select coalesce(sum((entry #>> '{before,support_vnd}')::bigint), 0), coalesce(sum((entry #>> '{after,support_vnd}')::bigint), 0)
    into d.amount_before_vnd, d.amount_after_vnd
    from jsonb_array_elements(d.items) entry;
  return d;
end
$$;

-- A change that touches only the note leaves the items as they were written; any other looks at the plan again.
create or replace function adjustment_as_patched(d plan_adjustment, before plan_adjustment, plan annual_plan, patch jsonb, provinces text[],
  own_organisation uuid)
returns plan_adjustment language sql as $$
  select case
    when patch ?| array['kind', 'items', 'cut_percent'] then checked_plan_adjustment(d, before, plan, provinces, own_organisation, null)
    else d
  end
$$;

-- Other provinces' items of an adjustment that the centre made are not shown.
create or replace function adjustment_items_json(items jsonb) returns json language plpgsql stable as $$
begin
  return (
    select coalesce(json_agg(json_build_object(
             'item_id', entry -> 'item_id', 'project_id', entry -> 'project_id', 'before', entry -> 'before', 'after', entry -> 'after',
             'removed_line_ids', entry -> 'removed_line_ids') order by n), '[]')
      from jsonb_array_elements(items) with ordinality listed (entry, n)
     where exists (select from annual_plan_item i where i.id = (entry ->> 'item_id')::uuid)
        or exists (select from project p where p.id = (entry ->> 'project_id')::uuid));
end
$$;

create or replace function plan_adjustment_summary_json(d plan_adjustment) returns json language sql stable as $$
  select json_build_object(
    'id', d.id,
    'code', d.code,
    'version', d.version,
    'annual_plan_id', d.annual_plan_id,
    'year', d.year,
    'level', d.level,
    'kind', d.kind,
    'cut_percent', d.cut_percent,
    'reason_code', d.reason_code,
    'amount_before_vnd', d.amount_before_vnd,
    'amount_after_vnd', d.amount_after_vnd,
    'status', d.status,
    'stage', stage_of('plan_adjustment', d.status),
    'organisation_id', d.organisation_id,
    'province_code', d.province_code,
    'updated_at', instant(d.updated_at))
$$;

create or replace function plan_adjustment_json(d plan_adjustment) returns json language sql stable as $$
  select json_build_object(
    'id', d.id,
    'code', d.code,
    'version', d.version,
    'annual_plan_id', d.annual_plan_id,
    'year', d.year,
    'level', d.level,
    'kind', d.kind,
    'items', adjustment_items_json(d.items),
    'cut_percent', d.cut_percent,
    'reason_code', d.reason_code,
    'amount_before_vnd', d.amount_before_vnd,
    'amount_after_vnd', d.amount_after_vnd,
    'status', d.status,
    'stage', stage_of('plan_adjustment', d.status),
    'allowed_actions', plan_adjustment_actions(d),
    'decisions', decisions_of('plan_adjustment', d.id, '{approve}'),
    'organisation_id', d.organisation_id,
    'province_code', d.province_code,
    'origin', d.origin,
    'history_quality', d.history_quality,
    'note', d.note,
    'created_at', instant(d.created_at),
    'created_by', d.created_by,
    'updated_at', instant(d.updated_at),
    'updated_by', d.updated_by)
$$;

-- ---- What an adjustment lacks, and what its approval does ----

create or replace function stale_adjustment_items(d plan_adjustment) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('place', n - 1, 'before_vnd', (entry #>> '{before,support_vnd}')::bigint,
           'current_vnd', i.support_vnd) order by n), '[]')
    from jsonb_array_elements(d.items) with ordinality listed (entry, n)
    join annual_plan_item i on i.id = (entry ->> 'item_id')::uuid
   where state_of_item(i) is distinct from entry -> 'before' or i.deleted_at is not null
$$;
comment on function stale_adjustment_items is 'Items that have changed since the adjustment was written.';

create or replace function plan_adjustment_missing(d plan_adjustment, on_day date) returns jsonb language sql stable as $$
  select required_for_submit('plan_adjustment', to_jsonb(d), jsonb_strip_nulls(jsonb_build_object(
    'plan_adjustment_plan_assigned', case
      when not exists (select from annual_plan a where a.id = d.annual_plan_id and a.status in ('assigned', 'executing', 'settling'))
        then '{}'::jsonb end,
    'plan_adjustment_has_item', case when d.items = '[]' then '{}'::jsonb end,
    'plan_adjustment_transfer_sum', case when d.amount_before_vnd <> d.amount_after_vnd
      then jsonb_build_object('before_vnd', d.amount_before_vnd, 'after_vnd', d.amount_after_vnd) end,
    'plan_adjustment_cut_lowers', case when d.amount_after_vnd >= d.amount_before_vnd
      then jsonb_build_object('before_vnd', d.amount_before_vnd, 'after_vnd', d.amount_after_vnd) end,
    'plan_adjustment_before_changed', (
      select jsonb_build_object('before_vnd', s -> 'before_vnd', 'current_vnd', s -> 'current_vnd')
        from jsonb_array_elements(stale_adjustment_items(d)) s limit 1))), on_day)
$$;

create or replace function guard_decision_given(record_id uuid, act jsonb, on_day date) returns jsonb language sql immutable as $$
  select fault_if(not exists (select from jsonb_array_elements(coalesce(nullif(act -> 'documents', 'null'), '[]')) document
                               where document ->> 'kind' in ('decision', 'resolution') and document ->> 'document_no' is not null),
           '#/documents', 'decision_given')
$$;
comment on function guard_decision_given is 'The act cites a decision by its number.';

create or replace function guard_adjustment_current(record_id uuid, act jsonb, on_day date) returns jsonb language plpgsql stable as $$
declare
  d plan_adjustment;
begin
  select * into d from plan_adjustment a where a.id = record_id;
  return fault_if(not exists (select from annual_plan a where a.id = d.annual_plan_id and a.status in ('assigned', 'executing', 'settling')),
           '#/annual_plan_id', 'plan_adjustment_plan_assigned')
    || coalesce((select jsonb_agg(fault)
                   from jsonb_array_elements(stale_adjustment_items(d)) stale,
                        jsonb_array_elements(fault_if(true, '#/items/' || (stale ->> 'place') || '/before', 'plan_adjustment_before_changed',
                          jsonb_build_object('before_vnd', stale -> 'before_vnd', 'current_vnd', stale -> 'current_vnd'))) as fault), '[]');
end
$$;
comment on function guard_adjustment_current is 'The plan is assigned, and its items are still what the adjustment says they were.';

-- G10: after the acceptance amounts are settled by counter-entries, not by another plan.
create or replace function guard_adjustment_before_acceptance(record_id uuid, act jsonb, on_day date) returns jsonb
language sql stable as $$
  select coalesce(jsonb_agg(fault), '[]')
    from plan_adjustment d
   cross join jsonb_array_elements(d.items) with ordinality listed (entry, n)
    join project p on p.id = (entry ->> 'project_id')::uuid
   cross join jsonb_array_elements(fault_if(p.status in ('accepted', 'settling', 'settled', 'closed'), '#/items/' || n - 1,
     'g10_adjustment_before_acceptance', jsonb_build_object('project_code', p.code))) as fault
   where d.id = record_id
$$;

create or replace function guard_project_stopped_in_plan(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if(
    count(*) filter (where i.is_stopped) = 0 or count(*) filter (where not i.is_stopped) > 0, '#/action', 'g8_project_stopped_in_plan',
    jsonb_build_object('stopped_count', count(*) filter (where i.is_stopped), 'live_count', count(*) filter (where not i.is_stopped)))
    from annual_plan_item i
    join annual_plan a on a.id = i.annual_plan_id
   where i.project_id = record_id and i.deleted_at is null and a.deleted_at is null and plan_is_assigned(a.status)
$$;
comment on function guard_project_stopped_in_plan is 'G8: a project is stopped after an approved adjustment has stopped it in each plan that it was assigned in.';

create or replace function effect_apply_adjustment(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void
language plpgsql as $$
declare
  d plan_adjustment;
  entry jsonb;
  item annual_plan_item;
begin
  select * into d from plan_adjustment a where a.id = record_id;
  for entry in select e from jsonb_array_elements(d.items) with ordinality listed (e, n) order by n loop
    if d.kind = 'add' then
      insert into annual_plan_item (annual_plan_id, project_id, support_vnd, plan_adjustment_id, registered_on)
      values (d.annual_plan_id, (entry ->> 'project_id')::uuid, (entry #>> '{after,support_vnd}')::bigint, d.id, on_day)
      returning * into item;
    else
      select * into strict item from annual_plan_item i where i.id = (entry ->> 'item_id')::uuid;
    end if;
    item := jsonb_populate_record(item, entry -> 'after');
    perform keep_item_version(item, d.id, transition_id, on_day);
    update annual_plan_item i
       set activity_code = item.activity_code, support_vnd = item.support_vnd, counterpart_vnd = item.counterpart_vnd,
           completion_month = item.completion_month, is_stopped = item.is_stopped, version = i.version + 1
     where i.id = item.id;
    update project_line l
       set status = 'removed', version = l.version + 1
     where l.project_id = item.project_id and l.id in (select line::uuid from jsonb_array_elements_text(entry -> 'removed_line_ids') line);
  end loop;
end
$$;
comment on function effect_apply_adjustment is 'Each item becomes a new version by the decision; the baseline stays. Lines of beneficiaries who left are removed from their project.';

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
