-- SPDX-License-Identifier: MIT
-- Dated rule rows: norms, parameters, priorities, areas, thresholds. What has been in force is never written over: a change ends
-- the row by its date and opens a new one, so that an act is judged by the row of its day for ever.

create or replace function rule_columns(of_table regclass) returns text[] language sql stable as $$
  select array_agg(quote_ident(a.attname) order by a.attnum)
    from pg_attribute a
   where a.attrelid = of_table and a.attnum > 0 and not a.attisdropped
     and a.attname not in ('id', 'version', 'origin', 'replaces_id', 'organisation_id', 'created_at', 'created_by', 'updated_at', 'updated_by')
$$;
comment on function rule_columns is 'What a rule says, without what is kept about the row.';

-- ---- Rows of the release ----

create or replace function listed(prefix text, columns text[]) returns text language sql immutable as $$
  select string_agg(prefix || '.' || c, ', ' order by n) from unnest(columns) with ordinality l (c, n)
$$;

create or replace function load_rules(of_table regclass, source regclass, key text[]) returns void language plpgsql as $$
declare
  given constant text[] := (
    select array_agg(quote_ident(a.attname) order by a.attnum)
      from pg_attribute a where a.attrelid = source and a.attnum > 0 and not a.attisdropped);
  says constant text[] := array_remove(given, 'id');
  same constant text := (select string_agg(format('r.%1$I is not distinct from l.%1$I', k), ' and ') from unnest(key) k);
begin
  -- What an authority has ended or confirmed (version > 1) or entered is its own from then on.
  execute format('delete from %s r where r.origin = ''release'' and r.version = 1 and not exists (select from %s l where %s)', of_table, source, same);
  execute format('update %1$s r set (%2$s) = (select %3$s) from %4$s l where r.origin = ''release'' and r.version = 1 and %5$s and (%6$s) is distinct from (%3$s)',
    of_table, array_to_string(says, ', '), listed('l', says), source, same, listed('r', says));
  execute format('insert into %1$s (%2$s) select %3$s from %4$s l where not exists (select from %1$s r where r.origin = ''release'' and %5$s) on conflict do nothing',
    of_table, array_to_string(given, ', '), listed('l', given), source, same);
end
$$;
comment on function load_rules is 'Brings the rows of the release to the state of a loaded file, found again by `key`; rows that authorities touched stay as these left them.';

-- ---- Rows of authorities ----

create or replace function rule_body(body jsonb) returns jsonb language sql immutable as $$
  select case when jsonb_typeof(body -> 'legal_basis') = 'object'
    then body - 'legal_basis' || jsonb_build_object('legal_document_no', body #> '{legal_basis,document_no}', 'legal_article', body #> '{legal_basis,article}')
    else body end
$$;
comment on function rule_body is 'A body by the names of the columns.';

create or replace function insert_rule(of_table regclass, new_row jsonb) returns void language plpgsql as $$
begin
  execute format('insert into %1$s (id, version, origin, replaces_id, organisation_id, %2$s)
    select b.id, 1, ''authority'', b.replaces_id, b.organisation_id, %2$s from jsonb_populate_record(null::%1$s, $1) b',
    of_table, array_to_string(rule_columns(of_table), ', ')) using new_row - 'certainty_mark'; -- a mark of the release's collection
end
$$;

create or replace function create_rule(of_table regclass, new_id uuid, body jsonb, own_organisation uuid)
returns table (id uuid, version integer) language plpgsql as $$
begin
  perform insert_rule(of_table, rule_body(body) || jsonb_build_object('id', new_id, 'organisation_id', own_organisation));
  return query select new_id, 1;
end
$$;
comment on function create_rule is 'A new row. body: whole, with its defaults.';

-- A row in force is ended on a day to come, or confirmed, changed and lengthened by a row that follows it.
create or replace function rule_faults(stored jsonb, changed jsonb, body jsonb) returns jsonb language sql stable as $$
  with days as (
    select (stored ->> 'valid_from')::date as stored_from, (stored ->> 'valid_to')::date as stored_to,
           (changed ->> 'valid_from')::date as changed_from, (changed ->> 'valid_to')::date as changed_to,
           stored ->> 'valid_from' is null or (stored ->> 'valid_from')::date <= today() as is_used,
           body - '{valid_to,note}'::text[] = '{}' as is_ending
  )
  select fault_if(d.is_used and d.stored_to < today(), '#', 'rule_over', jsonb_build_object('valid_to', d.stored_to))
      || fault_if(d.is_used and d.is_ending and d.changed_to < today(), '#/valid_to', 'rule_day_past', jsonb_build_object('today', today()))
      || fault_if(d.is_used and not d.is_ending and body ->> 'valid_from' is null, '#/valid_from', 'rule_from_given')
      || fault_if(not d.is_ending and body ->> 'valid_from' is not null
                    and (d.changed_from < today() or d.is_used and d.changed_from <= coalesce(d.stored_from, '-infinity')),
                  '#/valid_from', 'rule_day_past', jsonb_build_object('today', today()))
      || fault_if(d.is_used and not d.is_ending and body ->> 'valid_from' is not null and d.changed_from > d.stored_to + 1,
                  '#/valid_from', 'rule_gap', jsonb_build_object('valid_to', d.stored_to))
    from days d
$$;

create or replace function revise_rule(of_table regclass, rule_id uuid, body jsonb, wanted_version bigint, own_organisation uuid,
  new_id uuid default uuidv7())
returns table (id uuid, version integer, successor_id uuid) language plpgsql as $$
declare
  columns constant text := array_to_string(rule_columns(of_table), ', ');
  stored jsonb;
  changed jsonb;
  next integer;
begin
  execute format('select to_jsonb(r) from %s r where r.id = $1 for update', of_table) into stored using rule_id;
  if stored is null then
    return;
  end if;
  next := next_version((stored ->> 'version')::integer, wanted_version);
  changed := stored || rule_body(body);
  perform refuse_faults(rule_faults(stored, changed, body));
  -- Not yet in force, or only its last day: nothing was decided by what changes.
  if (stored ->> 'valid_from')::date > today() or body - '{valid_to,note}'::text[] = '{}' then
    execute format('update %1$s r set (%2$s) = (select %2$s from jsonb_populate_record(r, $2) b), version = $3 where r.id = $1', of_table, columns)
      using rule_id, changed, next;
    if stored ->> 'replaces_id' is not null and stored ->> 'valid_from' <> changed ->> 'valid_from' then
      execute format('update %s r set valid_to = $2, version = r.version + 1 where r.id = $1', of_table)
        using (stored ->> 'replaces_id')::uuid, (changed ->> 'valid_from')::date - 1;
    end if;
    return query select rule_id, next, null::uuid;
    return;
  end if;
  execute format('update %s r set valid_to = $2, version = $3 where r.id = $1', of_table)
    using rule_id, (changed ->> 'valid_from')::date - 1, next;
  perform insert_rule(of_table, changed || jsonb_build_object('id', new_id, 'replaces_id', rule_id, 'organisation_id', own_organisation));
  return query select rule_id, next, new_id;
end
$$;
comment on function revise_rule is 'Writes over a row that is not in force yet, or ends a row by its date; any other change ends the row on the day before valid_from and opens its successor.';

create or replace function rule_json(of_table regclass, r jsonb) returns jsonb language plpgsql stable as $$
declare
  successor uuid;
begin
  execute format('select s.id from %s s where s.replaces_id = $1', of_table) into successor using (r ->> 'id')::uuid;
  return jsonb_build_object('version', r -> 'version', 'origin', r -> 'origin', 'replaces_id', r -> 'replaces_id', 'replaced_by_id', successor,
    'organisation_id', r -> 'organisation_id', 'updated_at', instant((r ->> 'updated_at')::timestamptz), 'updated_by', r -> 'updated_by');
end
$$;
comment on function rule_json is 'What is kept about a rule row, as every kind of them shows it.';

create or replace function size_threshold_json(t size_threshold) returns jsonb language sql stable as $$
  select jsonb_build_object('id', t.id, 'code', t.code, 'sector_group', t.sector_group, 'size_class', t.size_class, 'divisions', t.divisions,
    'employees_max', t.employees_max, 'revenue_max_vnd', t.revenue_max_vnd, 'capital_max_vnd', t.capital_max_vnd,
    'legal_basis', jsonb_build_object('document_no', t.legal_document_no, 'article', t.legal_article),
    'valid_from', t.valid_from, 'valid_to', t.valid_to, 'certainty', t.certainty, 'enforcement', t.enforcement, 'note', t.note)
    || rule_json('size_threshold', to_jsonb(t))
$$;

-- ---- Norms: their territory is part of them ----

create or replace function write_territory(of_norm uuid, territory jsonb) returns void language plpgsql as $$
begin
  delete from norm_territory t where t.norm_id = of_norm;
  insert into norm_territory (norm_id, province_code, codes_on, valid_from, valid_to)
  select of_norm, t.province_code, coalesce(t.codes_on, today()), t.valid_from, t.valid_to
    from jsonb_to_recordset(territory) t (province_code text, codes_on date, valid_from date, valid_to date);
end
$$;

create or replace function norm_row_faults(of_norm uuid) returns jsonb language sql stable as $$
  select fault_if(a.code is null, '#/activity_code', 'unknown_reference')
      || fault_if((n.level = 'local') <> exists (select from norm_territory t where t.norm_id = n.id), '#/territory', 'norm_territory_given')
      || coalesce((
           select jsonb_agg(f order by t.province_code)
             from norm_territory t cross join jsonb_array_elements(province_faults('#/territory', t.province_code, t.codes_on)) f
            where t.norm_id = n.id), '[]')
    from norm n
    left join activity a on a.code = n.activity_code and a.parent_code is not null
   where n.id = of_norm
$$;

-- A province enters local norms of its own territory, and confirms, changes and ends those that hold nowhere else.
create or replace function places_own(territory jsonb, provinces text[]) returns boolean language plpgsql stable as $$
begin
  return not exists (select from jsonb_array_elements(territory) t where t ->> 'province_code' <> all (provinces));
end
$$;

create or replace function norm_enterable(tier text, body jsonb, provinces text[]) returns boolean language plpgsql stable as $$
begin
  return tier = 'central' or tier = 'province' and body ->> 'level' = 'local' and places_own(coalesce(body -> 'territory', '[]'), provinces);
end
$$;

create or replace function norm_changeable(of_norm uuid, tier text, body jsonb, provinces text[]) returns boolean language plpgsql stable as $$
begin
  return tier = 'central' or tier = 'province' and coalesce(body ->> 'level', 'local') = 'local' and places_own(coalesce(body -> 'territory', '[]'), provinces)
    and exists (select from norm n where n.id = of_norm and n.level = 'local')
    and not exists (select from norm_territory t where t.norm_id = of_norm and t.province_code <> all (provinces));
end
$$;

create or replace function create_norm(new_id uuid, body jsonb, own_organisation uuid) returns table (id uuid, version integer)
language plpgsql as $$
begin
  return query select * from create_rule('norm', new_id, '{"multiplier": 1, "conditions": {}}' || body, own_organisation);
  perform write_territory(new_id, coalesce(body -> 'territory', '[]'));
  perform refuse_faults(norm_row_faults(new_id));
end
$$;

create or replace function revise_norm(of_norm uuid, body jsonb, wanted_version bigint, own_organisation uuid)
returns table (id uuid, version integer) language plpgsql as $$
declare
  written record;
begin
  select * into written from revise_rule('norm', of_norm, body, wanted_version, own_organisation);
  if written.id is null then
    return;
  end if;
  if written.successor_id is not null or body ? 'territory' then
    perform write_territory(coalesce(written.successor_id, of_norm), coalesce(body -> 'territory', (
      select coalesce(jsonb_agg(to_jsonb(t)), '[]') from norm_territory t where t.norm_id = of_norm)));
  end if;
  perform refuse_faults(norm_row_faults(coalesce(written.successor_id, of_norm)));
  return query select written.id::uuid, written.version::integer;
end
$$;
