-- SPDX-License-Identifier: MIT
-- OCOP: what a registration is asked to add, what was answered, and the clock that meanwhile stands still.

create or replace function ocop_supplement_status(s ocop_supplement_request, on_day date default today()) returns text
language sql immutable parallel safe as $$
  select case when s.answered_on is not null then 'answered' when s.due_on < on_day then 'expired' else 'open' end
$$;
comment on function ocop_supplement_status is 'open: something is still to be answered; expired: and its day has passed; answered: nothing is open.';

create or replace function ocop_supplement_unanswered(s ocop_supplement_request) returns jsonb language sql immutable as $$
  select coalesce(jsonb_agg(e order by n), '[]')
    from jsonb_array_elements(s.items) with ordinality listed (e, n)
   where not exists (select from jsonb_array_elements(s.answers) a where a -> 'item_no' = e -> 'item_no')
$$;
comment on function ocop_supplement_unanswered is 'The items that nobody answered yet.';

create or replace function ocop_supplement_is_late(s ocop_supplement_request) returns boolean language sql stable as $$
  select s.answered_on is null and s.due_on < today()
      or exists (select from jsonb_array_elements(s.answers) a where (a ->> 'answered_on')::date > s.due_on)
$$;
comment on function ocop_supplement_is_late is 'Its day passed with something open, even if that was answered afterwards.';

-- ---- Asking: by the act request_supplement, with items or with nothing but its note ----

create or replace function new_ocop_supplement_request(new_id uuid, body jsonb, provinces text[], own_organisation uuid)
returns table (id uuid, version integer) language plpgsql as $$
declare
  registration constant uuid := ocop_registration_named((body ->> 'registration_id')::uuid, provinces, own_organisation);
  asked constant jsonb := (
    select jsonb_agg(jsonb_build_object('item_no', n, 'requirement_code', e -> 'requirement_code', 'description', e -> 'description') order by n)
      from jsonb_array_elements(body -> 'items') with ordinality listed (e, n));
begin
  perform refuse_faults(coalesce((
    select jsonb_agg(fault order by n)
      from jsonb_array_elements(body -> 'items') with ordinality listed (e, n)
     cross join jsonb_array_elements(fault_if(not ocop_requirement_known(e ->> 'requirement_code'),
             '#/items/' || n - 1 || '/requirement_code', 'unknown_reference')) fault), '[]'));
  perform take_transition('ocop_registration', registration, uuidv7(), jsonb_build_object(
    'action', 'request_supplement', 'acted_on', coalesce(body ->> 'requested_on', today()::text), 'due_on', body -> 'due_on', 'items', asked,
    'note', coalesce(body ->> 'note', (select string_agg(e ->> 'description', '; ') from jsonb_array_elements(asked) e)),
    'supplement_request_id', new_id), null);
  return query select s.id, s.version from ocop_supplement_request s where s.id = new_id;
end
$$;
comment on function new_ocop_supplement_request is 'Asks for the items and sends the registration back, by the rules of the act.';

create or replace function effect_ocop_supplement_requested(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void
language sql volatile as $$
  insert into ocop_supplement_request (id, registration_id, tier, transition_id, requested_on, due_on, items, note)
  select coalesce((act ->> 'supplement_request_id')::uuid, uuidv7()), r.id, r.tier, effect_ocop_supplement_requested.transition_id, on_day,
         coalesce((act ->> 'due_on')::date, on_day + parameter_value('ocop_supplement_days', r.submitted_on, null, r.province_code)::integer),
         coalesce(nullif(act -> 'items', 'null'), jsonb_build_array(jsonb_build_object(
           'item_no', 1, 'requirement_code', null, 'description', act ->> 'note'))), act ->> 'note'
    from ocop_registration r
   where r.id = record_id
$$;
comment on function effect_ocop_supplement_requested is 'What was asked. An act that lists no items asks for what its note says.';

create or replace function undo_ocop_supplement_requested(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void
language sql volatile as $$
  update ocop_supplement_request s
     set deleted_at = current_instant(), version = s.version + 1
   where s.transition_id = undo_ocop_supplement_requested.transition_id and s.deleted_at is null
$$;

create or replace function ocop_last_supplement(of_registration uuid) returns ocop_supplement_request language sql stable as $$
  select s.*
    from ocop_supplement_request s
   where s.registration_id = of_registration and s.deleted_at is null
   order by s.id desc
   limit 1
$$;
comment on function ocop_last_supplement is 'The latest request; a row of nulls when there is none.';

-- ---- Answering ----

create or replace function ocop_answers_faults(s ocop_supplement_request, answers jsonb) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(fault order by n), '[]')
    from jsonb_array_elements(answers) with ordinality listed (a, n)
   cross join jsonb_array_elements(
        fault_if(not exists (select from jsonb_array_elements(s.items) e where e -> 'item_no' = a -> 'item_no'),
          '#/answers/' || n - 1 || '/item_no', 'unknown_reference')
     || fault_if(exists (select from jsonb_array_elements(answers) with ordinality other (o, m) where m < n and o -> 'item_no' = a -> 'item_no'),
          '#/answers/' || n - 1 || '/item_no', 'ocop_supplement_request_answers_shape')
     || fault_if(is_blank(a -> 'note') and is_blank(a -> 'file_ids'), '#/answers/' || n - 1, 'ocop_supplement_answer_empty')) fault
$$;

create or replace function ocop_answers_completed(answers jsonb, before jsonb, on_day date) returns jsonb language sql immutable as $$
  select coalesce(jsonb_agg(jsonb_build_object('item_no', a -> 'item_no', 'note', a -> 'note', 'file_ids', files,
           'answered_on', coalesce((
             select b ->> 'answered_on' from jsonb_array_elements(before) b
              where b -> 'item_no' = a -> 'item_no' and b -> 'note' is not distinct from coalesce(a -> 'note', 'null') and b -> 'file_ids' = files),
             on_day::text)) order by n), '[]')
    from jsonb_array_elements(answers) with ordinality listed (a, n)
   cross join lateral (select case jsonb_typeof(a -> 'file_ids') when 'array' then a -> 'file_ids' else '[]' end as files) f
$$;
comment on function ocop_answers_completed is 'With every member; an answer that did not change keeps its day.';

create or replace function ocop_checklist_supplied(checklist jsonb, items jsonb, answers jsonb) returns jsonb language sql immutable as $$
  with supplied as (
    select e ->> 'requirement_code' as code, jsonb_agg(f.id order by n, m) as files
      from jsonb_array_elements(answers) with ordinality listed (a, n)
      join jsonb_array_elements(items) e on e -> 'item_no' = a -> 'item_no' and e ->> 'requirement_code' is not null
     cross join jsonb_array_elements(a -> 'file_ids') with ordinality f (id, m)
     group by 1
  )
  select coalesce((select jsonb_agg(e) from jsonb_array_elements(checklist) e
                    where not exists (select from supplied s where s.code = e ->> 'requirement_code')), '[]')
      || coalesce((select jsonb_agg(jsonb_build_object('requirement_code', s.code, 'status', 'provided', 'file_ids', s.files, 'cited_from', null)
                            order by s.code) from supplied s), '[]')
$$;
comment on function ocop_checklist_supplied is 'The files of an answer take the place of those that its paper had.';

-- The asking tier gives more time, with a reason, as long as the day has not passed. The clock of the tier goes on when the
-- registration is handed in again, so it follows by itself.
create or replace function extended_supplement(s ocop_supplement_request, body jsonb) returns ocop_supplement_request language plpgsql as $$
declare
  wanted constant date := (body ->> 'due_on')::date;
begin
  if claim('app.tier') is distinct from s.tier and not (s.tier = 'district' and claim('app.tier') = 'province') then
    raise exception using errcode = 'PT403', message = 'outside-territory';
  end if;
  perform refuse_faults(fault_if(wanted is null, '#/due_on', 'required') || fault_if(is_blank(body -> 'extension_note'), '#/extension_note', 'required')
    || fault_if(wanted <= s.due_on, '#/due_on', 'ocop_supplement_due_later', jsonb_build_object('due_on', s.due_on)));
  perform refuse_by_guards(fault_if(s.due_on < today(), '#/due_on', 'ocop_supplement_due_passed', jsonb_build_object('due_on', s.due_on)));
  s.extensions := s.extensions || jsonb_build_object('due_on_before', s.due_on, 'due_on', wanted, 'extended_on', today(),
    'note', body -> 'extension_note');
  s.due_on := wanted;
  return s;
end
$$;

create or replace function changed_ocop_supplement(of_id uuid, body jsonb, wanted_version bigint, scopes text, provinces text[], own_organisation uuid)
returns table (id uuid, version integer) language plpgsql as $$
#variable_conflict use_column
declare
  is_extended constant boolean := body ?| '{due_on,extension_note}';
  s ocop_supplement_request;
  r ocop_registration;
begin
  perform from ocop_registration l
   where l.id = (select q.registration_id from ocop_supplement_request q where q.id = of_id) for no key update;
  select * into s from ocop_supplement_request q
   where q.id = of_id and q.deleted_at is null and (q.province_code = any (provinces) or q.organisation_id = own_organisation) for no key update;
  select * into r from ocop_registration l where l.id = s.registration_id and l.deleted_at is null;
  if r.id is null or is_plain_member() then
    return;
  end if;
  if body ? 'answers' or not is_extended then
    perform refuse_unless_held('ocop:write', scopes);
  end if;
  s.version := next_version(s.version, wanted_version);
  perform refuse_by_guards(fault_if(r.status <> 'supplement_requested' or (ocop_last_supplement(r.id)).id <> s.id,
    case when body ? 'answers' or not is_extended then '#/answers' else '#/due_on' end, 'ocop_supplement_closed'));
  if is_extended then
    perform refuse_unless_held('ocop:review', scopes);
    s := extended_supplement(s, body);
  end if;
  if body ? 'answers' then
    perform refuse_faults(ocop_answers_faults(s, body -> 'answers'));
    s.answers := ocop_answers_completed(body -> 'answers', s.answers, today());
  end if;
  s.answered_on := case when ocop_supplement_unanswered(s) = '[]' then coalesce(s.answered_on, today()) end;
  update ocop_supplement_request q
     set answers = s.answers, answered_on = s.answered_on, due_on = s.due_on, extensions = s.extensions, version = s.version
   where q.id = s.id;
  update ocop_registration l
     set checklist = ocop_checklist_supplied(l.checklist, s.items, s.answers), version = l.version + 1
   where l.id = r.id and l.checklist <> ocop_checklist_supplied(l.checklist, s.items, s.answers);
  return query select s.id, s.version;
end
$$;
comment on function changed_ocop_supplement is 'Answers, and more time for them, while the registration waits; files go into its checklist. No row: not seen, or gone, or a member of a council.';

create or replace function guard_ocop_supplement_answered(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('pointer', '#/action', 'code', 'ocop_supplement_open',
           'params', jsonb_build_object('item_no', e -> 'item_no', 'description', e -> 'description', 'due_on', s.due_on)) order by n), '[]')
    from ocop_last_supplement(record_id) s
   cross join jsonb_array_elements(ocop_supplement_unanswered(s)) with ordinality listed (e, n)
   where s.closed_on is null
$$;
comment on function guard_ocop_supplement_answered is 'A registration is handed in again when each item was answered.';

create or replace function effect_ocop_supplement_closed(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void
language sql volatile as $$
  update ocop_supplement_request s
     set closed_on = greatest(on_day, s.requested_on), version = s.version + 1
   where s.id = (ocop_last_supplement(record_id)).id and s.closed_on is null
$$;

create or replace function undo_ocop_supplement_closed(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void
language sql volatile as $$
  update ocop_supplement_request s
     set closed_on = null, version = s.version + 1
   where s.id = (ocop_last_supplement(record_id)).id
$$;

-- ---- Answers of the service ----

create or replace function ocop_files_json(file_ids jsonb) returns json language sql stable as $$
  select coalesce(json_agg(json_build_object('file_id', f.id, 'file_name', f.file_name, 'media_type', f.media_type,
           'size_bytes', f.size_bytes, 'sha256', f.sha256) order by n), '[]')
    from jsonb_array_elements_text(file_ids) with ordinality listed (id, n)
    join file f on f.id = listed.id::uuid
$$;
comment on function ocop_files_json is 'Names and digests of the files.';

create or replace function ocop_supplement_request_json(s ocop_supplement_request) returns json language sql stable as $$
  select json_build_object('id', s.id, 'version', s.version, 'status', ocop_supplement_status(s), 'registration_id', s.registration_id,
    'tier', s.tier, 'transition_id', s.transition_id, 'requested_on', s.requested_on, 'due_on', s.due_on, 'extensions', s.extensions,
    'is_late', ocop_supplement_is_late(s),
    'items', (
      select json_agg(json_build_object('item_no', e -> 'item_no', 'requirement_code', e -> 'requirement_code',
               'label_vi', d.label_vi, 'label_en', d.label_en, 'description', e -> 'description') order by n)
        from jsonb_array_elements(s.items) with ordinality listed (e, n)
        left join lateral (
          select q.label_vi, q.label_en from document_requirement q
           where q.record_type = 'ocop_registration' and q.code = e ->> 'requirement_code' order by q.valid_from desc limit 1) d on true),
    'answers', (
      select coalesce(json_agg(json_build_object('item_no', a -> 'item_no', 'note', a -> 'note', 'file_ids', a -> 'file_ids',
               'files', ocop_files_json(a -> 'file_ids'), 'answered_on', a -> 'answered_on',
               'is_late', (a ->> 'answered_on')::date > s.due_on) order by n), '[]')
        from jsonb_array_elements(s.answers) with ordinality listed (a, n)),
    'unanswered', (select coalesce(json_agg(e -> 'item_no'), '[]') from jsonb_array_elements(ocop_supplement_unanswered(s)) e),
    'answered_on', s.answered_on, 'closed_on', s.closed_on, 'organisation_id', s.organisation_id, 'province_code', s.province_code,
    'note', s.note, 'created_at', instant(s.created_at), 'created_by', s.created_by,
    'updated_at', instant(s.updated_at), 'updated_by', s.updated_by)
$$;

-- ---- The clock of the tier that holds a registration ----

create or replace function ocop_clock_start(r ocop_registration) returns date language sql stable as $$
  select coalesce((last_act('ocop_registration', r.id, 'forward')).acted_on, r.submitted_on)
$$;
comment on function ocop_clock_start is 'Day on which the tier got it: handed in, or forwarded.';

create or replace function ocop_suspended_days(r ocop_registration, since date) returns integer language sql stable as $$
  select coalesce(sum(greatest(coalesce(s.closed_on, today()) - s.requested_on, 0)), 0)::integer
    from ocop_supplement_request s
   where s.registration_id = r.id and s.tier = r.tier and s.requested_on >= since and s.deleted_at is null
     and parameter_value('ocop_supplement_suspends', r.submitted_on, null, r.province_code) > 0
$$;
comment on function ocop_suspended_days is 'Days for which the tier waited for supplements, where the rules of the day of submission do not count them.';

create or replace function ocop_registration_clock(r ocop_registration) returns jsonb language sql stable as $$
  select jsonb_build_object('tier', r.tier, 'started_on', began.on_day, 'days', rule.value::integer, 'suspended_days', waited.days,
           'is_suspended', waits.is_suspended, 'due_on', began.on_day + rule.value::integer + waited.days,
           'is_late', not waits.is_suspended and began.on_day + rule.value::integer + waited.days < today(),
           'legal_basis', rule.legal_basis, 'certainty', rule.certainty, 'enforcement', rule.enforcement)
    from ocop_clock_start(r) began (on_day)
   cross join lateral ocop_suspended_days(r, began.on_day) waited (days)
   cross join lateral (
     select r.status = 'supplement_requested'
        and parameter_value('ocop_supplement_suspends', r.submitted_on, null, r.province_code) > 0 as is_suspended) waits
   cross join lateral parameter_on('ocop_days_' || r.tier, r.submitted_on, null, r.province_code) rule
   where r.origin = 'native' and r.procedure_code is not null and rule.value is not null
     and r.status in ('submitted', 'supplement_requested', 'reviewing', 'scoring', 'scored', 'forwarded')
$$;
comment on function ocop_registration_clock is 'By when the tier that holds the registration should be done; null when none is at work or no rule says it.';

create or replace function ocop_registration_due_on(of_id uuid) returns date language sql stable as $$
  select case r.status
           when 'supplement_requested' then (ocop_last_supplement(r.id)).due_on
           else (ocop_registration_clock(r) ->> 'due_on')::date
         end
    from ocop_registration r
   where r.id = of_id
$$;
comment on function ocop_registration_due_on is 'Of whoever must act next: the registrant, or the tier.';
