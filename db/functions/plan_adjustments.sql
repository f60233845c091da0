-- SPDX-License-Identifier: MIT
-- Adjustments of yearly plans: asked for, checked, and what their approval does to the items.

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
begin
  return opened(wanted, (
    select d.deleted_at is not null from plan_adjustment d
     where d.id = wanted
       and (d.province_code is null or d.province_code = any (provinces) or d.organisation_id = own_organisation)));
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
