-- SPDX-License-Identifier: MIT
-- Life cycles: who may do what now, what a submission lacks, and the act itself. One set of functions for all records.

-- ---- Who acts ----

create or replace function acting_person() returns uuid language sql stable parallel safe as $$
  select claim('app.user_id')::uuid
$$;

create or replace function acting_roles() returns text[] language sql stable parallel safe as $$
  select string_to_array(claim('app.roles'), ',')
$$;
comment on function acting_roles is 'Roles of the person who acts; null: the client names no person, and the tier of its organisation decides.';

create or replace function has_scope(wanted text) returns boolean language sql stable parallel safe as $$
  select coalesce(wanted = any (string_to_array(claim('app.scopes'), ' ')), false)
$$;
comment on function has_scope is 'Does the caller''s token hold the scope?';

-- ---- States and rules ----

create or replace function stage_of(of_type text, of_status text) returns text language plpgsql stable parallel safe as $$
begin
  return (select s.stage from record_status s where s.record_type = of_type and s.status = of_status);
end
$$;

create or replace function status_label(of_type text, of_status text) returns text language plpgsql stable parallel safe as $$
begin
  return (select s.label_vi from record_status s where s.record_type = of_type and s.status = of_status);
end
$$;

create or replace function statuses_in(of_type text, stages text[]) returns text[] language sql stable parallel safe as $$
  select coalesce(array_agg(s.status), '{}') from record_status s where s.record_type = of_type and s.stage = any (stages)
$$;
comment on function statuses_in is 'The states of these stages: a filter by stage finds records by the index of their state.';

create or replace function is_allowed(rule transition_rule, own_tier text, own_roles text[]) returns boolean
language sql immutable parallel safe as $$
  select (rule.tiers = '{}' or coalesce(own_tier = any (rule.tiers), false))
     and (rule.roles = '{}' or own_roles is null or rule.roles && own_roles)
$$;
comment on function is_allowed is 'May a caller of this tier and these roles (null: no person) act by the rule? Whether his token may is has_scope().';

create or replace function rules_from(of_type text, of_status text, record jsonb, on_day date) returns setof transition_rule
language sql stable as $$
  select distinct on (r.action) r.*
    from transition_rule r
   where r.record_type = of_type and r.from_status = of_status and record @> r.applies_to
     and on_day >= r.valid_from and (r.valid_to is null or on_day <= r.valid_to)
   order by r.action, (select count(*) from jsonb_object_keys(r.applies_to)) desc, r.valid_from desc
$$;
comment on function rules_from is 'One rule for each act that leads on from a state on that day: the one that asks most of the record.';

create or replace function allowed_actions(
  of_type text, of_status text, own_tier text, own_roles text[], record jsonb default '{}', on_day date default today())
returns jsonb language plpgsql stable as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('action', r.action, 'requires', r.requires) order by r.action), '[]')
      from rules_from(of_type, of_status, record, on_day) r
     where is_allowed(r, own_tier, own_roles) and has_scope(r.scope))
    || case when (record ->> 'version')::integer > 1
              and has_scope((rule_of_act(correctable_act(of_type, record, own_tier, own_roles), record)).scope)
         then '[{"action": "correct", "requires": ["note"]}]' else '[]'::jsonb end;
end
$$;
comment on function allowed_actions is '[{action, requires[]}] for a caller who may write the record, as far as his token reaches.';

-- ---- The act that can be undone ----

-- With the owner's eyes: whoever asks has found the record, and the wall of acts would look for it again.
create or replace function last_act(of_type text, of_id uuid, of_action text default null) returns transition language plpgsql stable
security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  latest transition;
begin
  select t.* into latest
    from public.transition t
   where t.record_type = of_type and t.record_id = of_id and t.corrects_id is null and (of_action is null or t.action = of_action)
     and not exists (select from public.transition c where c.corrects_id = t.id)
   order by t.record_version desc
   limit 1;
  return latest;
end
$$;
comment on function last_act is 'The latest act on a record, or the latest such act, that holds: neither a correction nor corrected.';

create or replace function rule_of_act(act transition, record jsonb) returns transition_rule language plpgsql stable as $$
begin
  return (select r from rules_from(act.record_type, act.from_status, record, act.acted_on) r where r.action = act.action);
end
$$;

create or replace function correctable_act(of_type text, record jsonb, own_tier text, own_roles text[]) returns transition
language plpgsql stable as $$
declare
  latest constant transition := last_act(of_type, (record ->> 'id')::uuid);
begin
  if coalesce(latest.person_id, latest.client_id) is distinct from coalesce(acting_person(), claim('app.client_id')::uuid)
     or latest.id is null or not coalesce(is_allowed(rule_of_act(latest, record), own_tier, own_roles), false) then
    return null;
  end if;
  return latest;
end
$$;
comment on function correctable_act is 'The latest act, if it is the caller''s own (person, or client when no person is named) and he could still do it; else null.';

-- ---- What a submission lacks ----

create or replace function is_blank(value jsonb) returns boolean language sql immutable parallel safe as $$
  select value is null or value in ('null', '[]', '{}') or (jsonb_typeof(value) = 'string' and value #>> '{}' !~ '\S')
$$;
comment on function is_blank is 'Null, nothing but space, an empty list or an empty object.';

create or replace function required_for_submit(of_type text, record jsonb, failed jsonb, on_day date) returns jsonb
language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object(
           'pointer', q.pointer,
           'code', coalesce(q.check_code, 'required'),
           'params', jsonb_build_object('member', jsonb_build_object('vi', q.label_vi, 'en', q.label_en))
                     || coalesce(failed -> q.check_code, '{}'),
           'legal_basis', q.legal_basis, 'certainty', q.certainty, 'enforcement', q.enforcement) order by q.place), '[]')
    from submit_requirement q
   where q.record_type = of_type and record @> q.applies_to
     and on_day >= q.valid_from and (q.valid_to is null or on_day <= q.valid_to)
     and case when q.member is null then failed ? q.check_code else is_blank(record -> q.member) end
$$;
comment on function required_for_submit is 'Faults by the rows of submit_requirement. `failed`: {check_code: params} of the checks that the record does not pass.';

create or replace function programme_missing(g programme, on_day date) returns jsonb language sql stable as $$
  select required_for_submit('programme', to_jsonb(g), case
    when exists (select from target t where t.programme_id = g.id and t.deleted_at is null) then '{}'
    else '{"programme_has_target": {}}'::jsonb
  end, on_day)
$$;

-- A key project often has its money in its parts, one for each year.
create or replace function project_funding_rows(p project) returns setof project_funding language sql stable as $$
  with own as (
    select f.* from project_funding f where f.project_id = p.id and f.deleted_at is null
  )
  select * from own
  union all
  select f.*
    from project part
    join project_funding f on f.project_id = part.id and f.deleted_at is null
   where part.parent_id = p.id and part.deleted_at is null and not exists (select from own)
$$;

create or replace function project_missing(p project, on_day date) returns jsonb language sql stable as $$
  with line as (
    select count(l.activity_code) as with_activity, count(distinct l.activity_code) as activities,
           count(distinct l.establishment_id) as beneficiaries
      from project_line l
     where l.project_id = p.id and l.deleted_at is null
  ), funding as (
    select count(*) as rows, coalesce(sum(f.amount_vnd), 0) as total
      from project_funding_rows(p) f
  )
  select required_for_submit('project', to_jsonb(p), jsonb_strip_nulls(jsonb_build_object(
      'project_has_line', case when with_activity = 0 then '{}'::jsonb end,
      'project_has_funding', case when rows = 0 then '{}'::jsonb end,
      'project_funding_sum', case when rows > 0 and total <> p.total_cost_vnd
        then jsonb_build_object('funding_total_vnd', total, 'total_cost_vnd', p.total_cost_vnd) end,
      'project_group_beneficiaries', case when beneficiaries < 2 then jsonb_build_object('count', beneficiaries) end,
      'project_key_activities', case when activities < 2 then jsonb_build_object('count', activities) end)), on_day)
    from line, funding
$$;

-- ---- The act ----

create or replace function refuse_transition(of_type text, record jsonb, action text, on_day date) returns void
language plpgsql as $$
begin
  raise exception using errcode = 'PT409', message = 'invalid-transition', detail = jsonb_build_object(
    'action', action,
    'record_status', record ->> 'status',
    'status_label', (select jsonb_build_object('vi', s.label_vi, 'en', s.label_en)
                       from record_status s where s.record_type = of_type and s.status = record ->> 'status'),
    'allowed_actions', allowed_actions(of_type, record ->> 'status', claim('app.tier'), acting_roles(), record, on_day));
end
$$;

create or replace function refuse_without_scope(wanted text) returns void language plpgsql as $$
begin
  if not has_scope(wanted) then
    raise exception using errcode = 'PT403', message = 'insufficient-scope', detail = jsonb_build_object('scope', wanted);
  end if;
end
$$;
comment on function refuse_without_scope is '403 insufficient-scope, naming the scope.';

create or replace function last_actor(of_type text, record jsonb) returns uuid language plpgsql stable as $$
declare
  latest constant transition := last_act(of_type, (record ->> 'id')::uuid);
begin
  return coalesce(latest.person_id, latest.client_id, (record ->> 'created_by')::uuid);
end
$$;
comment on function last_actor is 'The person, or else the client, who acted last on the record or made it.';

create or replace function act_faults(rule transition_rule, act jsonb, record jsonb) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object(
           'pointer', wanted.pointer, 'code', wanted.code,
           'params', jsonb_build_object('member', jsonb_build_object('vi', wanted.label_vi, 'en', wanted.label_en)),
           'legal_basis', rule.legal_basis, 'certainty', rule.certainty, 'enforcement', rule.enforcement) order by place), '[]')
    from (values
      (1, 'note' = any (rule.requires) and is_blank(act -> 'note'), '#/note', 'required', 'ghi chú', 'note'),
      (2, 'reason_code' = any (rule.requires) and is_blank(act -> 'reason_code'), '#/reason_code', 'required', 'lý do', 'reason'),
      (3, 'document' = any (rule.requires) and is_blank(act -> 'documents'), '#/documents', 'required', 'văn bản kèm theo', 'document'),
      (4, 'second_person' = any (rule.requires)
          and coalesce(acting_person(), claim('app.client_id')::uuid) is not distinct from last_actor(rule.record_type, record),
       '#/action', 'transition_second_person', 'người thứ hai', 'second person')
    ) wanted (place, is_missing, pointer, code, label_vi, label_en)
   where wanted.is_missing
$$;
comment on function act_faults is 'What the act itself lacks by its rule.';

create or replace function dates_faults(act jsonb) returns jsonb language sql stable as $$
  select fault_if((act ->> 'acted_on')::date > today(), '#/acted_on', 'date_in_future')
    || coalesce((select jsonb_agg(fault)
                   from jsonb_array_elements(act -> 'documents') with ordinality as paper (document, n),
                        jsonb_array_elements(fault_if((paper.document ->> 'issued_on')::date > today(),
                          '#/documents/' || paper.n - 1 || '/issued_on', 'date_in_future')) as fault), '[]')
$$;

create or replace function warnings_of(faults jsonb) returns jsonb language sql immutable as $$
  select coalesce(jsonb_agg(jsonb_build_object(
           'pointer', f -> 'pointer', 'code', f -> 'code',
           'label_vi', coalesce(f #> '{params,member,vi}', f -> 'code'), 'label_en', coalesce(f #> '{params,member,en}', f -> 'code'),
           'legal_basis', f -> 'legal_basis', 'certainty', f -> 'certainty') order by n), '[]')
    from jsonb_array_elements(faults) with ordinality w (f, n)
   where f ->> 'enforcement' = 'warn'
$$;

create or replace function blocks_of(faults jsonb) returns jsonb language sql immutable as $$
  select coalesce(jsonb_agg(f - array['certainty', 'enforcement'] order by n), '[]')
    from jsonb_array_elements(faults) with ordinality w (f, n)
   where f ->> 'enforcement' is distinct from 'warn'
$$;

-- What guards say: rules of the record's area that look further than the act. Each gives a list of faults; what blocks is 409.
create or replace function guard_faults(guards text[], of_id uuid, act jsonb, on_day date) returns jsonb language plpgsql stable as $$
declare
  faults jsonb := '[]';
  said jsonb;
  guard text;
begin
  foreach guard in array guards loop
    execute format('select %I($1, $2, $3)', 'guard_' || guard) into said using of_id, act, on_day;
    faults := faults || coalesce(said, '[]');
  end loop;
  return faults;
end
$$;

create or replace function refuse_by_guards(faults jsonb) returns void language plpgsql as $$
begin
  if jsonb_array_length(faults) > 0 then
    raise exception using errcode = 'PT409', message = 'guard-failed', detail = faults;
  end if;
end
$$;
comment on function refuse_by_guards is '409 guard-failed with all these faults, if there are any.';

-- Effects change what is frozen for everybody else, and parts of the record without a new version of it: `app.act` (the id of
-- the record that is acted on) tells the triggers that a decision does it.
create or replace function set_off(effects text[], of_id uuid, transition_id uuid, act jsonb, on_day date, prefix text default 'effect_')
returns void language plpgsql as $$
declare
  act_around constant text := current_setting('app.act', true);
  effect text;
begin
  perform set_config('app.act', of_id::text, true);
  foreach effect in array effects loop
    execute format('select %I($1, $2, $3, $4)', prefix || effect) using of_id, transition_id, act, on_day;
  end loop;
  perform set_config('app.act', coalesce(act_around, ''), true);
end
$$;

-- The caller's query has found and locked the record under his scope, so of_id is his to change.
create or replace function take_transition(of_type text, of_id uuid, transition_id uuid, act jsonb, wanted_version bigint)
returns table (id uuid, version integer) language plpgsql as $$
declare
  on_day constant date := coalesce((act ->> 'acted_on')::date, today());
  stored jsonb;
  rule transition_rule;
  faults jsonb;
  new_version integer;
  frozen_id uuid;
begin
  execute format('select to_jsonb(r) from %I r where r.id = $1', of_type) into stored using of_id;
  new_version := next_version((stored ->> 'version')::integer, wanted_version);
  if act ->> 'action' = 'correct' then
    perform correct_last_act(of_type, stored, transition_id, act, on_day, new_version);
    return query select transition_id, new_version;
    return;
  end if;
  select r.* into rule
    from rules_from(of_type, stored ->> 'status', stored, on_day) r
   where r.action = act ->> 'action' and is_allowed(r, claim('app.tier'), acting_roles());
  if rule.action is null then
    perform refuse_transition(of_type, stored, act ->> 'action', on_day);
  end if;
  perform refuse_without_scope(rule.scope);
  faults := dates_faults(act) || act_faults(rule, act, stored);
  if rule.action = 'submit' or rule.action = 'sign' and to_regproc(of_type || '_missing') is not null then
    faults := faults || missing_from(of_type, of_id, on_day);
  end if;
  perform refuse_faults(blocks_of(faults));
  if rule.guards <> '{}' then
    faults := faults || guard_faults(rule.guards, of_id, act, on_day);
    perform refuse_by_guards(blocks_of(faults));
  end if;
  faults := faults || authority_faults(of_type, stored, act, on_day);
  frozen_id := case when rule.freezes then uuidv7() end;
  execute format('update %I set status = $2, version = $3 where id = $1', of_type) using of_id, rule.to_status, new_version;
  insert into transition (id, record_type, record_id, record_version, action, from_status, to_status, acted_on, client_id,
    person_id, role, acting_organisation_id, note, reason_code, documents, warnings, organisation_id, province_code, effects,
    snapshot_id)
  values (transition_id, of_type, of_id, new_version, rule.action, rule.from_status, rule.to_status, on_day,
    claim('app.client_id')::uuid, acting_person(), role_taken(rule), claim('app.organisation_id')::uuid, act ->> 'note',
    act ->> 'reason_code', coalesce(nullif(act -> 'documents', 'null'), '[]'), warnings_of(faults),
    (stored ->> 'organisation_id')::uuid, stored ->> 'province_code', rule.effects, frozen_id);
  if rule.effects <> '{}' then
    perform set_off(rule.effects, of_id, transition_id, act, on_day);
  end if;
  if rule.freezes then
    perform freeze(frozen_id, of_type, of_id, new_version, transition_id);
  end if;
  return query select transition_id, new_version;
end
$$;
comment on function take_transition is 'Moves a record on, or refuses: 412 stale, 409 invalid-transition, 403 insufficient-scope, 422 with all that is missing, 409 guard-failed. Gives the act''s id and the record''s new version.';

create or replace function correction_faults(done transition, rule transition_rule, act jsonb, on_day date) returns jsonb
language sql stable as $$
  select guard_faults(rule.correct_guards, done.record_id, act || jsonb_build_object('corrects_id', done.id), on_day)
    || coalesce((select jsonb_agg(fault)
                   from unnest(done.effects) effect, jsonb_array_elements(guard_final(done.record_id, act, on_day)) fault
                  where to_regproc('undo_' || effect) is null), '[]')
$$;
comment on function correction_faults is 'What forbids that an act is undone: its guards, and effects that nothing undoes.';

create or replace function correct_last_act(
  of_type text, stored jsonb, transition_id uuid, act jsonb, on_day date, new_version integer)
returns void language plpgsql as $$
declare
  done constant transition := correctable_act(of_type, stored, claim('app.tier'), acting_roles());
  rule constant transition_rule := rule_of_act(done, stored);
  effects_back constant text[] := array(select e from unnest(done.effects) with ordinality u (e, n) order by n desc);
begin
  if done.id is null then
    perform refuse_transition(of_type, stored, act ->> 'action', on_day);
  end if;
  perform refuse_without_scope(rule.scope);
  perform refuse_faults(dates_faults(act) || fault_if(is_blank(act -> 'note'), '#/note', 'required',
    '{"member": {"vi": "ghi chú", "en": "note"}}'));
  perform refuse_by_guards(blocks_of(correction_faults(done, rule, act, on_day)));
  execute format('update %I set status = $2, version = $3 where id = $1', of_type) using done.record_id, done.from_status, new_version;
  insert into transition (id, record_type, record_id, record_version, action, from_status, to_status, acted_on, client_id,
    person_id, role, acting_organisation_id, note, reason_code, documents, organisation_id, province_code, corrects_id)
  values (transition_id, of_type, done.record_id, new_version, 'correct', done.to_status, done.from_status, on_day,
    claim('app.client_id')::uuid, acting_person(), role_taken(rule), claim('app.organisation_id')::uuid, act ->> 'note',
    act ->> 'reason_code', coalesce(nullif(act -> 'documents', 'null'), '[]'), (stored ->> 'organisation_id')::uuid,
    stored ->> 'province_code', done.id);
  perform set_off(effects_back, done.record_id, done.id, act, on_day, 'undo_');
end
$$;
comment on function correct_last_act is 'Undoes the caller''s own latest act; both stay in the history.';

create or replace function missing_from(of_type text, of_id uuid, on_day date) returns jsonb language plpgsql stable as $$
declare
  faults jsonb;
begin
  execute format('select %I(r, $2) from %I r where r.id = $1', of_type || '_missing', of_type) into faults using of_id, on_day;
  return faults;
end
$$;
comment on function missing_from is 'What a record lacks for its submission: asks <record type>_missing(record, day).';

create or replace function role_taken(rule transition_rule) returns text language sql stable as $$
  select role
    from unnest(acting_roles()) with ordinality mine (role, n)
   where rule.roles = '{}' or role = any (rule.roles)
   order by n
   limit 1
$$;
comment on function role_taken is 'The role that let the person act.';

-- ---- JSON ----

create or replace function documents_json(documents jsonb) returns json language plpgsql stable as $$
begin
  return (
    select coalesce(json_agg(json_build_object('kind', d.kind, 'document_no', d.document_no, 'issued_on', d.issued_on,
             'issuer_name', d.issuer_name, 'title', d.title, 'article', d.article, 'file_id', d.file_id) order by n), '[]')
      from jsonb_array_elements(documents) with ordinality listed (document, n)
     cross join jsonb_to_record(document) d (kind text, document_no text, issued_on date, issuer_name text, title text, article text, file_id uuid));
end
$$;

create or replace function transition_json(t transition) returns json language sql stable as $$
  select json_build_object(
    'id', t.id,
    'record_type', t.record_type,
    'record_id', t.record_id,
    'record_version', t.record_version,
    'action', t.action,
    'from_status', t.from_status,
    'to_status', t.to_status,
    'acted_on', t.acted_on,
    'recorded_at', instant(t.recorded_at),
    'actor', json_build_object('client_id', t.client_id, 'person_id', t.person_id),
    'role', t.role,
    'organisation', (select json_build_object('id', o.id, 'code', o.code, 'name', o.name)
                       from organisation o where o.id = t.acting_organisation_id),
    'note', t.note,
    'reason_code', t.reason_code,
    'documents', documents_json(t.documents),
    'warnings', t.warnings,
    'snapshot_id', t.snapshot_id,
    'corrects_id', t.corrects_id)
$$;

-- ---- Programmes: found and locked under the caller's scope, as locked_project() does ----

create or replace function open_programme(wanted uuid, provinces text[], own_organisation uuid) returns uuid
language plpgsql stable as $$
begin
  return opened(wanted, (
    select g.deleted_at is not null from programme g
     where g.id = wanted
       and (g.level = 'national' or g.province_code = any (provinces) or g.organisation_id = own_organisation)));
end
$$;
comment on function open_programme is 'The id of a programme that the caller sees and that is not deleted; else 404 or 410.';

create or replace function locked_programme(wanted uuid, tier text, provinces text[], own_organisation uuid) returns uuid
language plpgsql volatile as $$
declare
  is_writable boolean;
begin
  select programme_writable(g, tier, provinces, own_organisation) into is_writable
    from programme g where g.id = wanted for no key update; -- row level security hides what he may not write
  perform open_programme(wanted, provinces, own_organisation);
  if is_writable is not true then
    raise exception using errcode = 'PT403', message = 'outside-territory';
  end if;
  return wanted;
end
$$;
comment on function locked_programme is 'The id of a programme that the caller may write, locked until the end of the transaction; else 404, 410 or 403.';

create or replace function programme_actions(g programme) returns jsonb language sql stable as $$
  select case
    when programme_writable(g, claim('app.tier'), string_to_array(claim('app.provinces'), ','), claim('app.organisation_id')::uuid)
      then allowed_actions('programme', g.status, claim('app.tier'), acting_roles(), to_jsonb(g))
    else '[]'
  end
$$;
