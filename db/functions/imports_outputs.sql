-- SPDX-License-Identifier: MIT
-- The years behind: results, by their unit or by a named indicator.

-- ---- What words say: "30 người; 2 lớp" ----

create or replace function measure_unit_of_words(words text) returns text language plpgsql immutable parallel safe as $$
begin
  return (select u.unit from measure_units() u where u.unit = words or same_words(u.label, words) order by u.unit limit 1);
end
$$;

-- Numbers the Vietnamese way: points between thousands, a comma before decimals.
-- Behind a name and a colon they are of that indicator, whose unit need not be written.
create or replace function outputs_of_words(words text) returns table (said text, value numeric, unit text, indicator text) language plpgsql immutable as $$
begin
  return query
    select w, case when m[1] is not null then replace(replace(m[1], '.', ''), ',', '.')::numeric end,
           case when n is null or i.code is not null then coalesce(measure_unit_of_words(m[2]), case when m[2] is null then i.unit end) end, i.code
      from unnest(listed_words(words)) w
      left join lateral regexp_match(w, '^([^:]+):\s*(.+)$') n on true
      left join indicators() i on i.code = btrim(n[1]) or same_words(i.label, n[1])
      left join lateral regexp_match(coalesce(n[2], w),
        '^([0-9]{1,12}(?:,[0-9]{1,6})?|[0-9]{1,3}(?:[.][0-9]{3}){1,3}(?:,[0-9]{1,6})?)(?: ?([^0-9.,].*))?$') m on true;
end
$$;

create or replace function output_key(indicator text, unit text) returns text language sql immutable parallel safe as $$
  select coalesce(indicator || '/', '') || unit
$$;

create or replace function outputs_json(words text) returns jsonb language plpgsql immutable as $$
begin
  return (select jsonb_object_agg(output_key(o.indicator, o.unit), o.value) from outputs_of_words(words) o where o.unit is not null and o.value is not null);
end
$$;
comment on function outputs_json is '{unit or indicator/unit: value}; null: nothing is said.';

create or replace function output_faults(pointer text, words text) returns jsonb language plpgsql immutable as $$
begin
  return case when words is null then '[]' else coalesce((
    select jsonb_agg(jsonb_build_object('pointer', pointer, 'code', case when o.unit is null or o.value is null then 'import_output_unclear' else 'import_output_repeated' end,
             'params', jsonb_build_object('found', o.said)) order by o.n)
      from (select l.said, l.value, l.unit, l.n, row_number() over (partition by l.indicator, l.unit order by l.n) as nth
              from outputs_of_words(words) with ordinality l (said, value, unit, indicator, n)) o
     where o.unit is null or o.value is null or o.nth > 1), '[]') end;
end
$$;

-- ---- What is kept of them ----

create or replace function names_indicators(t past_project) returns boolean language plpgsql stable as $$
begin
  return exists (select from jsonb_object_keys(coalesce(t.planned_outputs, '{}') || coalesce(t.actual_outputs, '{}')) k where k like '%/%');
end
$$;

-- Those of the project as a whole: what a row can say. One that names no indicator leaves alone what does.
create or replace function kept_outputs(of_project uuid, of_year integer, are_named boolean) returns jsonb language plpgsql stable as $$
begin
  return (
    select jsonb_build_object(
             'planned_outputs', coalesce(jsonb_object_agg(k.key, o.planned -> 'value') filter (where o.planned is not null), '{}'),
             'actual_outputs', coalesce(jsonb_object_agg(k.key, o.actual -> 'value') filter (where o.actual is not null), '{}'))
      from project_output o
     cross join lateral output_key(o.indicator_code, coalesce(o.planned, o.actual) ->> 'measure_unit') k (key)
     where o.project_id = of_project and o.year = of_year and o.line_id is null and (are_named or o.indicator_code is null) and o.deleted_at is null);
end
$$;

create or replace function measure(outputs jsonb, key text) returns jsonb language sql immutable parallel safe as $$
  select case when outputs ? key then jsonb_build_object('value', outputs -> key, 'measure_unit', substring(key from '[^/]*$')) end
$$;

create or replace function keep_past_outputs(t past_project, is_new boolean, of_year integer) returns void language plpgsql as $$
declare
  are_named constant boolean := names_indicators(t);
  kept constant jsonb := case when is_new then '{}' else kept_outputs((t.project).id, of_year, are_named) end;
  now_planned constant jsonb := coalesce(t.planned_outputs, kept -> 'planned_outputs', '{}');
  now_actual constant jsonb := coalesce(t.actual_outputs, kept -> 'actual_outputs', '{}');
begin
  update project_output o
     set deleted_at = current_instant(), version = o.version + 1
   where not is_new and o.project_id = (t.project).id and o.year = of_year and o.line_id is null and (are_named or o.indicator_code is null)
     and o.deleted_at is null
     and (o.planned, o.actual) is distinct from (
           measure(now_planned, output_key(o.indicator_code, coalesce(o.planned, o.actual) ->> 'measure_unit')),
           measure(now_actual, output_key(o.indicator_code, coalesce(o.planned, o.actual) ->> 'measure_unit')));
  insert into project_output (project_id, year, indicator_code, planned, actual)
  select (t.project).id, of_year, substring(u.key from '^(.*)/'), measure(now_planned, u.key), measure(now_actual, u.key)
    from jsonb_object_keys(now_planned || now_actual) u (key)
   where is_new or not exists (
           select from project_output o
            where o.project_id = (t.project).id and o.year = of_year and o.line_id is null and o.deleted_at is null
              and output_key(o.indicator_code, coalesce(o.planned, o.actual) ->> 'measure_unit') = u.key);
end
$$;
comment on function keep_past_outputs is 'Results as the row has them; of what it does not tell, what is kept stays.';
