-- SPDX-License-Identifier: MIT
-- Records of the execution of projects: one way to make, change, show and move on all of them (api/resources/execution).

create or replace function in_record_scope(
  province_code text, organisation_id uuid, project_id uuid, provinces text[], own_organisation uuid) returns boolean
language plpgsql stable as $$
begin
  return coalesce(in_record_scope.province_code = any (provinces) or in_record_scope.organisation_id = own_organisation, false)
    or exists (select from project p where p.id = in_record_scope.project_id and p.implementer_id = own_organisation);
end
$$;
comment on function in_record_scope is 'Seen and written like a project: by its territory, its owner, and the implementer of the project it belongs to.';

create or replace function project_gone(of_project uuid) returns boolean language plpgsql stable as $$
begin
  return exists (select from project p where p.id = of_project and p.deleted_at is not null);
end
$$;

-- ---- Making and changing ----

-- The members have passed the contract, so each is a column of the table; what is not sent takes the column's default.
create or replace function made_record(
  of_type text, new_id uuid, body jsonb, provinces text[], own_organisation uuid, own_province text)
returns table (id uuid, version integer) language plpgsql as $$
declare
  named record;
  faults jsonb := '[]';
  lies_in text;
  day date;
  columns text;
begin
  body := placed_body(body - array(select e.key from jsonb_each(body) e where e.value = 'null'));
  select x.project_id, x.project_line_id, x.province_code, l.project_id as project_of_line into named
    from jsonb_to_record(body) x (project_id uuid, project_line_id uuid, province_code text)
    left join project_line l on l.id = x.project_line_id and l.deleted_at is null
     and project_visible(l.project_id, provinces, own_organisation);
  faults := fault_if(not project_visible(named.project_id, provinces, own_organisation), '#/project_id', 'unknown_reference')
    || fault_if(named.project_line_id is not null
         and (named.project_of_line is null or named.project_of_line is distinct from coalesce(named.project_id, named.project_of_line)),
         '#/project_line_id', 'unknown_reference');
  perform refuse_faults(faults || references_faults(of_type, body));
  named.project_id := coalesce(named.project_id, named.project_of_line);
  if named.project_id is null then
    lies_in := coalesce(named.province_code, body #>> '{place,province_code}', own_province);
    day := coalesce((body #>> '{place,codes_on}')::date, province_day(lies_in, today()));
    perform refuse_faults(province_faults('#/province_code', lies_in, day));
    if not lies_in = any (provinces) then
      return;
    end if;
    body := body || jsonb_build_object('organisation_id', own_organisation, 'province_code', lies_in, 'codes_on', day);
  else
    body := body - 'province_code' || jsonb_build_object('project_id', named.project_id);
  end if;
  body := body || jsonb_build_object('id', new_id);
  columns := (select string_agg(quote_ident(member), ', ') from jsonb_object_keys(body) member);
  return query execute format('insert into %1$I (%2$s) select %2$s from jsonb_populate_record(null::%1$I, $1) returning id, version',
    of_type, columns) using body;
end
$$;
comment on function made_record is 'Inserts a record of the execution under the caller''s scope; no row when it would lie in a foreign province. What names a project is the project''s.';

create or replace function changed_record(
  of_type text, of_id uuid, body jsonb, wanted_version bigint, provinces text[], own_organisation uuid)
returns table (id uuid, version integer) language plpgsql as $$
declare
  columns text := (select string_agg(quote_ident(member), ', ') from jsonb_object_keys(body) member);
begin
  if not record_held(of_type, of_id, provinces, own_organisation) then
    return;
  end if;
  perform refuse_faults(references_faults(of_type, body));
  body := placed_body(body);
  return query execute format('update %1$I r set version = next_version(r.version, $1)%2$s where r.id = $2 returning r.id, r.version',
      of_type, coalesce(', (' || columns || ') = (select ' || columns || ' from jsonb_populate_record(r, $3))', ''))
    using wanted_version, of_id, body;
end
$$;
comment on function changed_record is 'Changes the members sent; no row when the record is not there, deleted or not the caller''s.';

create or replace function record_held(of_type text, of_id uuid, provinces text[], own_organisation uuid) returns boolean
language plpgsql as $$
declare
  is_held boolean;
begin
  execute format($text$
    select r.deleted_at is null and not project_gone(r.project_id)
           and in_record_scope(r.province_code, r.organisation_id, r.project_id, $2, $3)
      from %I r where r.id = $1 for no key update$text$, of_type)
    into is_held using of_id, provinces, own_organisation;
  return coalesce(is_held, false);
end
$$;
comment on function record_held is 'Is the record there and the caller''s to change? Then it is locked until the end of the transaction.';

create or replace function locked_record(of_type text, of_id uuid, provinces text[], own_organisation uuid) returns uuid
language plpgsql as $$
begin
  if not record_held(of_type, of_id, provinces, own_organisation) then
    perform open_record(of_type, of_id, provinces, own_organisation);
  end if;
  return of_id;
end
$$;
comment on function locked_record is 'open_record(), locked until the end of the transaction.';

create or replace function open_record(of_type text, of_id uuid, provinces text[], own_organisation uuid) returns uuid
language plpgsql stable as $$
declare
  is_gone boolean;
begin
  execute format($text$
    select r.deleted_at is not null or project_gone(r.project_id)
      from %I r where r.id = $1 and in_record_scope(r.province_code, r.organisation_id, r.project_id, $2, $3)$text$, of_type)
    into is_gone using of_id, provinces, own_organisation;
  return opened(of_id, is_gone);
end
$$;
comment on function open_record is 'The id of a record that the caller sees and that is not deleted; else 404 or 410.';

create or replace function placed_body(body jsonb) returns jsonb language sql stable as $$
  select case when jsonb_typeof(body -> 'place') = 'object' then jsonb_set(body, '{place}', place_checked('#/place', jsonb_build_object(
    'codes_on', province_day(body #>> '{place,province_code}', coalesce((body ->> 'starts_on')::date, today()))) || (body -> 'place'))) else body end
$$;
comment on function placed_body is 'A place without a day of its own is read on the map of the day on which it all began.';

-- Foreign keys see through row level security; establishments, organisations and products are for all to read, but not when deleted.
create or replace function references_faults(of_type text, body jsonb) returns jsonb language plpgsql stable as $$
declare
  named record;
  is_known boolean;
  faults jsonb := '[]';
begin
  for named in
    select a.attname as member, f.confrelid::regclass as target
      from pg_constraint f
      join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[1]
     where f.conrelid = to_regclass(of_type) and f.contype = 'f' and cardinality(f.conkey) = 1
       and f.confrelid in ('establishment'::regclass, 'organisation'::regclass, 'product'::regclass)
       and body ->> a.attname is not null
     order by a.attnum
  loop
    execute format('select exists (select from %s where id = $1 and deleted_at is null)', named.target)
      into is_known using (body ->> named.member)::uuid;
    faults := faults || fault_if(not is_known, '#/' || named.member, 'unknown_reference');
  end loop;
  return faults || fault_if(body ->> 'activity_code' is not null
    and not exists (select from activity a where a.code = body ->> 'activity_code'), '#/activity_code', 'unknown_reference');
end
$$;
comment on function references_faults is 'Members that name an establishment, organisation, product or activity that is not there.';

-- ---- JSON ----

create or replace function record_json(record json, of_type text) returns json language plpgsql stable as $$
declare
  stamps constant text[] := '{organisation_id,province_code,codes_on,note,created_at,created_by,updated_at,updated_by}';
  stage constant text := stage_of(of_type, record ->> 'status');
  life constant json := case when stage is not null then json_build_object(
    'stage', stage,
    'allowed_actions', allowed_actions(of_type, record ->> 'status', claim('app.tier'), acting_roles(), record::jsonb)) end;
begin
  return (
    select json_object_agg(m.key, case
             when m.key in ('created_at', 'updated_at') then to_json(instant((m.value #>> '{}')::timestamptz))
             when m.key = 'place' and json_typeof(m.value) = 'object' then place_json(m.value::jsonb)
             else m.value end order by m.part, m.n)
      from (select case when key = any (stamps) then 2 else 1 end as part, e.* from json_each(record) with ordinality e (key, value, n) where key not in ('deleted_at', 'folded')
            union all
            select 3, e.* from json_each(life) with ordinality e (key, value, n)) m);
end
$$;
comment on function record_json is 'A row as the API shows it, what is its own first; with of_type also the stage and what the caller may do.';

-- ---- What a submission lacks, and what forbids an act ----

create or replace function progress_report_missing(r progress_report, on_day date) returns jsonb language sql stable as $$
  select required_for_submit('progress_report', to_jsonb(r), '{}', on_day)
$$;

create or replace function guard_inspected(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if(i.inspected_on is null, '#/inspected_on', 'inspection_day_given') from inspection i where i.id = record_id
$$;

create or replace function guard_findings_remedied(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(fault order by n), '[]')
    from inspection i
   cross join jsonb_array_elements(i.findings) with ordinality listed (finding, n)
   cross join jsonb_array_elements(fault_if(finding ->> 'status' = 'open', '#/findings/' || n - 1, 'inspection_finding_open',
           jsonb_build_object('description', finding ->> 'description', 'due_on', coalesce(finding ->> 'due_on', '–')))) fault
   where i.id = record_id
$$;
