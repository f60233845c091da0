-- SPDX-License-Identifier: MIT
-- Rules, parameters and snapshots as JSON; and what waits for whom.

create or replace function parameter_json(p parameter) returns json language sql stable as $$
  select (jsonb_build_object('id', p.id, 'code', p.code, 'name_vi', p.name_vi, 'name_en', p.name_en, 'value', p.value,
    'measure_unit', p.measure_unit, 'level', p.level, 'province_code', p.province_code, 'legal_basis', p.legal_basis,
    'valid_from', p.valid_from, 'valid_to', p.valid_to, 'certainty', p.certainty, 'enforcement', p.enforcement, 'note', p.note)
    || rule_json('parameter', to_jsonb(p)))::json
$$;

create or replace function transition_rule_json(r transition_rule) returns json language sql stable as $$
  select json_build_object('id', r.id, 'record_type', r.record_type, 'from_status', r.from_status, 'action', r.action,
    'to_status', r.to_status, 'applies_to', r.applies_to, 'roles', r.roles, 'tiers', r.tiers, 'requires', r.requires,
    'scope', r.scope, 'guards', r.guards, 'effects', r.effects, 'correct_guards', r.correct_guards, 'freezes', r.freezes, 'is_awaited', r.is_awaited,
    'legal_basis', r.legal_basis, 'valid_from', r.valid_from, 'valid_to', r.valid_to, 'certainty', r.certainty,
    'enforcement', r.enforcement, 'note', r.note)
$$;

create or replace function approving_authority_json(a approving_authority) returns json language sql stable as $$
  select json_build_object('id', a.id, 'record_type', a.record_type, 'action', a.action, 'level', a.level, 'tier', a.tier, 'name_vi', a.name_vi,
    'name_en', a.name_en, 'signs', a.signs, 'issuers', a.issuers, 'legal_basis', a.legal_basis, 'valid_from', a.valid_from, 'valid_to', a.valid_to,
    'certainty', a.certainty, 'note', a.note)
$$;

create or replace function plan_requirement_json(r plan_requirement) returns json language sql stable as $$
  select json_build_object('id', r.id, 'level', r.level, 'project_statuses', r.project_statuses, 'legal_basis', r.legal_basis,
    'valid_from', r.valid_from, 'valid_to', r.valid_to, 'certainty', r.certainty, 'enforcement', r.enforcement, 'note', r.note)
$$;

create or replace function snapshot_json(s snapshot) returns json language sql stable as $$
  select json_build_object('id', s.id, 'record_type', s.record_type, 'record_id', s.record_id, 'record_version', s.record_version,
    'transition_id', s.transition_id, 'sha256', s.sha256, 'frozen_at', instant(s.frozen_at), 'body', s.body)
$$;

create or replace function is_read_by(of_type text, scopes text) returns boolean language sql immutable parallel safe as $$
  select case
    when of_type in ('programme', 'target', 'plan_call', 'annual_plan', 'plan_adjustment', 'survey') then 'programmes:read'
    when of_type in ('payment_request', 'settlement', 'allocation') then 'finance:read'
    when of_type like 'ocop%' then 'ocop:read'
    when of_type like 'voting%' then 'voting:read'
    else 'projects:read'
  end = any (string_to_array(scopes, ' '))
$$;
comment on function is_read_by is 'Do the scopes of a token (space-separated) read records of this type?';

-- ---- Work items ----

-- With the owner's eyes: whoever asks has found the record, and the wall of acts would look for it again.
create or replace function moved_last_at(of_type text, of_id uuid) returns timestamptz language plpgsql stable
security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (
    select t.recorded_at from public.transition t
     where t.record_type = of_type and t.record_id = of_id
     order by t.record_version desc limit 1);
end
$$;

-- One statement for each type that has rules somebody waits for; only states
-- that lead on for this caller are looked at, and rows out of his scope are not.
create or replace function work_items_of(
  own_tier text, own_roles text[], scopes text, provinces text[], own_organisation uuid, wanted_types text[])
returns setof work_item language plpgsql stable as $body$
declare
  of_type text;
  states text[];
  has_project boolean;
begin
  for of_type, states in
    select r.record_type, array_agg(distinct r.from_status)
      from transition_rule r
     where r.is_awaited and is_allowed(r, own_tier, own_roles) and in_days(today(), r.valid_from, r.valid_to)
       and (wanted_types is null or r.record_type = any (wanted_types)) and is_read_by(r.record_type, scopes) and has_scope(r.scope)
     group by r.record_type
  loop
    has_project := exists (select from pg_attribute where attrelid = to_regclass(of_type) and attname = 'project_id');
    return query execute format($sql$
      select %1$L, w.id, w.row_data ->> 'code', coalesce(w.row_data ->> 'name', w.row_data ->> 'title', w.project_name, w.row_data ->> 'code', ''),
             w.status, act.actions, since.at, %5$s
        from (select t.id, t.status, t.created_at, t.organisation_id, %4$s, to_jsonb(t) - 'folded' as row_data
                from %1$I t %2$s
               where t.status = any ($1) and t.deleted_at is null and (%3$s) offset 0) -- a row is made JSON once
             w (id, status, created_at, organisation_id, implementer_id, project_name, row_data)
       cross join lateral (
         select array_agg(r.action order by r.action) as actions
           from rules_from(%1$L, w.status, w.row_data, today()) r
          where r.is_awaited and is_allowed(r, $2, $3) and has_scope(r.scope)
            and (r.tiers <> '{}' or $5 in (w.organisation_id, w.implementer_id))) act
       cross join lateral (select coalesce(moved_last_at(%1$L, w.id), w.created_at) as at) since
       where act.actions is not null$sql$,
      of_type,
      case when has_project then 'join project p on p.id = t.project_id and p.deleted_at is null' else '' end,
      case
        when has_project then 'p.province_code = any ($4) or p.organisation_id = $5 or p.implementer_id = $5'
        when of_type = 'project' then 't.province_code = any ($4) or t.organisation_id = $5 or t.implementer_id = $5'
        else $$t.province_code = any ($4) or t.organisation_id = $5 or t.province_code is null and $6 = 'central'$$
      end,
      case when has_project then 'p.implementer_id, p.name' when of_type = 'project' then 't.implementer_id, null' else 'null::uuid, null' end,
      case -- a type may have a clock of its own
        when to_regproc(of_type || '_due_on') is not null then format('%I(w.id)', of_type || '_due_on')
        else format($$(since.at at time zone 'Asia/Ho_Chi_Minh')::date
               + parameter_value('due_days_%s_' || w.status, today(), w.row_data ->> 'level', w.row_data ->> 'province_code')::integer$$, of_type)
      end)
      using states, own_tier, own_roles, provinces, own_organisation, own_tier;
  end loop;
end
$body$;
comment on function work_items_of is 'Records whose next act somebody waits for and the caller may do. An act of no tier in particular (submit, start) is awaited from the owner and the implementer only.';

create or replace function work_item_json(w work_item) returns json language sql stable as $$
  select json_build_object('record_type', w.record_type, 'record_id', w.record_id, 'record_code', w.record_code, 'title', w.title,
    'status', w.status, 'stage', stage_of(w.record_type, w.status), 'actions', w.actions, 'waiting_since', instant(w.waiting_since),
    'due_on', w.due_on, 'is_late', coalesce(w.due_on < today(), false))
$$;
