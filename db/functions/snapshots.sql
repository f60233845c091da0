-- SPDX-License-Identifier: MIT
-- Snapshots: an approval freezes the record with its parts, as text with a digest that anybody can check.

-- RFC 8785 for what our records hold: objects in the order of their code points, strings with the shortest escapes,
-- numbers without useless zeros.
create or replace function canonical_json(value jsonb) returns text language plpgsql immutable parallel safe as $$
begin
  return case jsonb_typeof(value)
    when 'object' then (
      select '{' || coalesce(string_agg(to_json(m.key)::text || ':' || canonical_json(m.value), ',' order by m.key collate "C"), '') || '}'
        from jsonb_each(value) m)
    when 'array' then (
      select '[' || coalesce(string_agg(canonical_json(e.value), ',' order by e.place), '') || ']'
        from jsonb_array_elements(value) with ordinality e (value, place))
    when 'number' then trim_scale((value #>> '{}')::numeric)::text
    when 'string' then to_json(value #>> '{}')::text
    else value::text
  end;
end
$$;

-- What of a record depends on who asks, or when, is no part of what was decided.
create or replace function frozen_part(shown json) returns jsonb language sql immutable parallel safe as $$
  select shown::jsonb - array['allowed_actions', 'external_refs', 'current']
$$;

create or replace function project_snapshot(of_id uuid) returns jsonb language sql stable as $$
  select frozen_part(project_json(p)) || jsonb_build_object(
           'lines', (select coalesce(jsonb_agg(project_line_json(l) order by l.created_at, l.id), '[]')
                       from project_line l where l.project_id = p.id and l.deleted_at is null),
           'funding', (select coalesce(jsonb_agg(project_funding_json(f) order by f.year, f.source, f.id), '[]')
                         from project_funding f where f.project_id = p.id and f.deleted_at is null),
           'outputs', (select coalesce(jsonb_agg(project_output_json(o) order by o.created_at, o.id), '[]')
                         from project_output o where o.project_id = p.id and o.deleted_at is null))
    from project p
   where p.id = of_id
$$;

create or replace function programme_snapshot(of_id uuid) returns jsonb language sql stable as $$
  select frozen_part(programme_json(g)) || jsonb_build_object(
           'targets', (select coalesce(jsonb_agg(target_json(t) order by t.created_at, t.id), '[]')
                         from target t where t.programme_id = g.id and t.deleted_at is null))
    from programme g
   where g.id = of_id
$$;

create or replace function freeze(new_id uuid, of_type text, of_id uuid, of_version integer, by_transition uuid) returns void
language plpgsql as $$
declare
  body text;
begin
  execute format('select canonical_json(%I($1))', of_type || '_snapshot') into body using of_id;
  insert into snapshot (id, record_type, record_id, record_version, transition_id, sha256, body, organisation_id, province_code)
  select new_id, of_type, of_id, of_version, by_transition, encode(sha256(convert_to(body, 'UTF8')), 'hex'), body,
         t.organisation_id, t.province_code
    from transition t
   where t.id = by_transition;
end
$$;
comment on function freeze is 'Freezes what <record type>_snapshot(id) gives.';
