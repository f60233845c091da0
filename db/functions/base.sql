-- SPDX-License-Identifier: MIT
-- What every area uses: clock, claims of the caller, search without marks, versions, references, history.

-- ---- Ids ----

-- Ids are made by the service; this default serves loaders. PostgreSQL 18 brings its own, which then comes first.
create or replace function uuidv7() returns uuid language sql volatile parallel safe as $$
  select encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6),
      52, 1), 53, 1), 'hex')::uuid
$$;

-- ---- Claims: who is asking. The service sets them before each batch; outside of it they are null ----

create or replace function claim(name text) returns text language sql stable parallel safe as $$
  select nullif(current_setting(name, true), '')
$$;
comment on function claim is 'app.client_id, app.user_id, app.roles, app.scopes, app.organisation_id, app.provinces, app.tier, app.operation, app.trace_id or app.clock_shift.';

create or replace function in_territory(province_code text) returns boolean language sql stable parallel safe as $$
  select province_code = any (string_to_array(nullif(current_setting('app.provinces', true), ''), ','))
$$;
comment on function in_territory is 'Is the province one of the caller''s (with all its predecessors)? Null counts as no in a policy.';

-- ---- Clock ----

create or replace function current_instant() returns timestamptz language sql stable parallel safe as $$
  select now() + make_interval(secs => coalesce(nullif(current_setting('app.clock_shift', true), '')::double precision, 0))
$$;

create or replace function today() returns date language sql stable parallel safe as $$
  select (current_instant() at time zone 'Asia/Ho_Chi_Minh')::date
$$;
comment on function today is 'The civil day in Viet Nam; moved by app.clock_shift in tests.';

-- Stable, as to_char is: what is called immutable would not be put into the query, and run as a function for every instant.
create or replace function instant(at timestamptz) returns text language sql stable parallel safe as $$
  select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;
comment on function instant is 'As the API shows instants: RFC 3339, UTC, microseconds.';

-- ---- Search without marks ----

-- Stored in generated columns and their indexes: whoever changes this rewrites those columns in a migration.
-- ICU lower-cases the same on every server, whatever the locale of the database. ð (eth) is often typed for đ.
create or replace function fold(words text) returns text language sql immutable strict parallel safe as $$
  select translate(
    regexp_replace(lower(normalize(words, NFD) collate "und-x-icu"), '[\u0300-\u036f]+', '', 'g'),
    'đð', 'dd')
$$;
comment on function fold is 'Lower case, without marks, đ as d: "Thanh Hoá" and "THANH HÓA" both become "thanh hoa".';

-- Two ways of writing a tone over oa, oe, uy are in use: Hòa and Hoà, Thủy and Thuỷ.
create or replace function with_marks(words text) returns text language sql immutable strict parallel safe as $$
  select normalize(regexp_replace(
    lower(normalize(words, NFD) collate "und-x-icu"),
    '(o)([\u0300\u0301\u0303\u0309\u0323])([ae])|(u)([\u0300\u0301\u0303\u0309\u0323])(y)', '\1\4\3\6\2\5', 'g'), NFC)
$$;
comment on function with_marks is 'Lower case with all marks, tones in one place: "HÒA" and "Hoà" become the same, "Hoa" does not.';

create or replace function spaced(words text) returns text language sql immutable parallel safe as $$
  select coalesce(btrim(regexp_replace(words, '\s+', ' ', 'g')), '')
$$;
comment on function spaced is 'With single spaces, none around it; never null.';

create or replace function like_pattern(q text) returns text language sql immutable strict parallel safe as $$
  select '%' || replace(replace(replace(fold(q), '\', '\\'), '%', '\%'), '_', '\_') || '%'
$$;
comment on function like_pattern is 'Finds q anywhere: `folded like like_pattern(:q)`.';

-- Made to be inlined: with q and q_mode known, a comparison with `folded` is left, which the trigram index answers.
create or replace function found(q text, q_mode text, folded text, words text) returns boolean language sql stable parallel safe as $$
  select case
    when q_mode = 'similar' then folded like like_pattern(q) or fold(q) <% folded
    when q_mode = 'exact' then folded like like_pattern(q) and position(with_marks(q) in with_marks(words)) > 0
    else folded like like_pattern(q)
  end
$$;
comment on function found is 'Is q in the words? q_mode exact: with its marks; similar: or something spelled alike; else without marks.';

-- ---- Refusals: SQLSTATE PTnnn, message = problem code of api/messages.yaml, detail = faults or params as JSON ----

create or replace function refuse(pointer text, code text, params jsonb default null) returns void
language plpgsql as $$
begin
  raise exception using errcode = 'PT422', message = 'invalid', detail = jsonb_build_array(
    jsonb_strip_nulls(jsonb_build_object('pointer', pointer, 'code', code, 'params', params)));
end
$$;
comment on function refuse is '422 invalid with one fault.';

create or replace function next_version(current_version integer, wanted bigint) returns integer language plpgsql as $$
begin
  if wanted is distinct from current_version and wanted is not null then
    raise exception using errcode = 'PT412', message = 'stale',
      detail = jsonb_build_object('current_version', current_version);
  end if;
  return current_version + 1;
end
$$;
comment on function next_version is 'The version after a change that was based on `wanted`; null: on whatever it is (upserts).';

-- `seen`, not `found`: that is a variable of PL/pgSQL itself, which wins over an argument.
create or replace function reference(pointer text, wanted uuid, seen uuid) returns uuid language plpgsql as $$
begin
  if wanted is not null and seen is null then
    perform refuse(pointer, 'unknown_reference');
  end if;
  return case when wanted is not null then seen end;
end
$$;
comment on function reference is 'The id that a caller named, if `seen` under his scope says that he may: foreign keys see through row level security.';

create or replace function reference_code(pointer text, wanted text, seen text) returns text language plpgsql as $$
begin
  if wanted is not null and seen is null then
    perform refuse(pointer, 'unknown_reference');
  end if;
  return case when wanted is not null then seen end;
end
$$;
comment on function reference_code is 'reference() for codes.';

create or replace function references_each(pointer text, wanted uuid[], seen uuid[]) returns uuid[] language plpgsql as $$
declare
  faults jsonb := (
    select jsonb_agg(jsonb_build_object('pointer', pointer || '/' || (place - 1), 'code', 'unknown_reference') order by place)
      from unnest(wanted) with ordinality w (id, place)
     where id <> all (coalesce(seen, '{}')));
begin
  if faults is not null then
    raise exception using errcode = 'PT422', message = 'invalid', detail = faults;
  end if;
  return wanted;
end
$$;
comment on function references_each is 'reference() for an array; names every member that is not seen.';

-- ---- Records: stamps and history ----

create or replace function stamp_row() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    new.created_at := current_instant();
    new.created_by := claim('app.client_id')::uuid;
  else
    new.id := old.id;
    new.created_at := old.created_at;
    new.created_by := old.created_by;
  end if;
  new.updated_at := current_instant();
  new.updated_by := claim('app.client_id')::uuid;
  return new;
end
$$;

-- The only way into history: runs as the owner, since the service's role has no right on that table.
create or replace function keep_history() returns trigger language plpgsql
security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  now_row jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end) - 'folded';
  was_deleted boolean := tg_op = 'UPDATE' and to_jsonb(old) ->> 'deleted_at' is not null; -- not every table has the column
  is_deleted boolean := now_row ->> 'deleted_at' is not null;
  what text := case
    when tg_op = 'INSERT' then 'created'
    when tg_op = 'DELETE' or is_deleted and not was_deleted then 'deleted'
    when was_deleted and not is_deleted then 'restored'
    else 'updated'
  end;
begin
  insert into public.history (record_type, record_id, version, event, at, client_id, user_id, organisation_id, operation, trace_id,
    row_data)
  values (tg_table_name, (now_row ->> 'id')::uuid, (now_row ->> 'version')::integer, what, public.current_instant(),
    public.claim('app.client_id')::uuid, public.claim('app.user_id')::uuid, public.claim('app.organisation_id')::uuid,
    public.claim('app.operation'), public.claim('app.trace_id'), now_row);
  return null;
end
$$;

-- PostgreSQL stops at the first CHECK that a row offends. The service runs a write that met one once more with the claim
-- app.every_fault, so that its sender sees all that is wrong with the row at once.
create or replace function name_every_fault() returns trigger language plpgsql as $$
declare
  one record;
  is_offended boolean;
  faults jsonb := '[]';
begin
  for one in select c.conname, pg_get_expr(c.conbin, c.conrelid) as condition from pg_constraint c
              where c.conrelid = tg_relid and c.contype = 'c' order by c.conname loop
    begin
      execute format('select (%s) is false from (select ($1).*) new_row', one.condition) into is_offended using new;
    exception when data_exception then
      is_offended := false; -- it cannot be asked of a value whose shape another one refuses
    end;
    if is_offended then
      faults := faults || jsonb_build_object('pointer', null, 'code', one.conname);
    end if;
  end loop;
  perform refuse_faults(faults);
  return new;
end
$$;
comment on function name_every_fault is 'Refuses a row by all CHECKs that it offends; the pointer of each is that of its message.';

-- Triggers of one kind run in the order of their names: this one sees the row that would be kept.
create or replace function name_every_fault_of(record_table regclass) returns void language plpgsql as $$
begin
  execute format($ddl$ create or replace trigger zz_name_every_fault before insert or update on %s for each row
    when (current_setting('app.every_fault', true) = 'on') execute function name_every_fault() $ddl$, record_table);
end
$$;

create or replace function track(record_table regclass) returns void language plpgsql as $$
begin
  execute format('create trigger stamp before insert or update on %s for each row execute function stamp_row()', record_table);
  execute format('create trigger keep_history after insert or update or delete on %s for each row execute function keep_history()',
    record_table);
  perform name_every_fault_of(record_table);
end
$$;
comment on function track is 'Gives a table with the base columns its stamps (created_…, updated_…) and its history.';

-- ---- Child rows: owner and territory of the parent; a change of a child is a change of the parent ----

-- create trigger inherit_owner before insert or update on project_line
--   for each row execute function inherit_owner('project', 'project_id')
create or replace function inherit_owner() returns trigger language plpgsql as $$
declare
  id_of_parent uuid := (to_jsonb(new) ->> tg_argv[1])::uuid;
begin
  if tg_argv[0] = 'project' then -- of most, and a plan that is kept
    select p.organisation_id, p.province_code into new.organisation_id, new.province_code from project p where p.id = id_of_parent;
  else
    execute format('select organisation_id, province_code from %I where id = $1', tg_argv[0])
      into new.organisation_id, new.province_code using id_of_parent;
  end if;
  return new;
end
$$;

-- create trigger touch_parent after insert or update or delete on project_line
--   for each row execute function touch_parent('project', 'project_id')
create or replace function touch_parent() returns trigger language plpgsql as $$
declare
  owner_columns constant text[] := array['organisation_id', 'province_code', 'updated_at', 'updated_by'];
  parent_id uuid := (to_jsonb(case when tg_op = 'DELETE' then old else new end) ->> tg_argv[1])::uuid;
begin
  -- What an act on the parent set off belongs to the version that the act made.
  if parent_id::text = claim('app.act') then
    return null;
  end if;
  -- What hand_down_owner wrote comes from the parent itself.
  if tg_op = 'UPDATE' and to_jsonb(old) - owner_columns = to_jsonb(new) - owner_columns then
    return null;
  end if;
  execute format('update %I set version = version + 1 where id = $1', tg_argv[0]) using parent_id;
  return null;
end
$$;

-- create trigger hand_down_owner after update of organisation_id, province_code on project
--   for each row execute function hand_down_owner('project_line', 'project_id')
create or replace function hand_down_owner() returns trigger language plpgsql as $$
begin
  if (old.organisation_id, old.province_code) is distinct from (new.organisation_id, new.province_code) then
    execute format('update %I set organisation_id = $1, province_code = $2 where %I = $3', tg_argv[0], tg_argv[1])
      using new.organisation_id, new.province_code, new.id;
  end if;
  return null;
end
$$;

-- ---- Deleting what others still use ----

-- create trigger … before update of deleted_at on programme
--   for each row execute function refuse_while_referenced('project', 'programme_id', …)
-- Pairs of table and column. Looks with the owner's eyes: the record that still refers may be out of the caller's sight.
create or replace function refuse_while_referenced() returns trigger language plpgsql
security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  is_used boolean;
begin
  if old.deleted_at is not null or new.deleted_at is null then
    return new;
  end if;
  for pair in 0 .. tg_nargs / 2 - 1 loop
    execute format('select exists (select from public.%I where %I = $1 and deleted_at is null)', tg_argv[pair * 2], tg_argv[pair * 2 + 1])
      into is_used using old.id;
    if is_used then
      raise exception using errcode = 'PT409', message = 'still-referenced',
        detail = jsonb_build_object('record_type', tg_argv[pair * 2]);
    end if;
  end loop;
  return new;
end
$$;

-- The other way round: what was deleted does not come back while a record that it belongs to is deleted. That one is held, so that
-- it does not go meanwhile. Used as
--   create trigger back_with_parent before update of deleted_at on <table>
--   for each row execute function refuse_without_parent('programme', 'programme_id', …)
create or replace function refuse_without_parent() returns trigger language plpgsql
security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  is_gone boolean;
begin
  if old.deleted_at is null or new.deleted_at is not null then
    return new;
  end if;
  for pair in 0 .. tg_nargs / 2 - 1 loop
    execute format('select r.deleted_at is not null from public.%I r where r.id = $1 for share', tg_argv[pair * 2])
      into is_gone using (to_jsonb(new) ->> tg_argv[pair * 2 + 1])::uuid;
    if is_gone then
      perform public.refuse_by_guards(public.fault_if(true, '#/' || tg_argv[pair * 2 + 1], 'restored_without_parent'));
    end if;
  end loop;
  return new;
end
$$;

-- ---- Found under the caller's scope ----

create or replace function opened(of_id uuid, is_gone boolean) returns uuid language plpgsql immutable as $$
begin
  if is_gone is null then
    raise exception using errcode = 'PT404', message = 'not-found';
  elsif is_gone then
    raise exception using errcode = 'PT410', message = 'deleted';
  end if;
  return of_id;
end
$$;
comment on function opened is 'The id of a record that the caller sees and that is not deleted; 404 when he does not see it (null), else 410.';

-- ---- Keys of partners ----

create or replace function external_refs_json(of_type text, of_id uuid) returns json language plpgsql stable as $$
begin
  return (
    select coalesce(json_agg(json_build_object('system', e.system, 'ref', e.ref) order by e.system, e.ref), '[]')
      from external_ref e
     where e.record_type = of_type and e.record_id = of_id
       and (e.organisation_id = claim('app.organisation_id')::uuid or in_territory(e.province_code)));
end
$$;
comment on function external_refs_json is 'The caller''s own keys of the record, and those of his territory.';
