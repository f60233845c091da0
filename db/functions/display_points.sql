-- SPDX-License-Identifier: MIT
-- Points of sale, and rows below a record: one way to make and change them.

-- The caller's query has found and locked the record above.
create or replace function made_part(of_type text, new_id uuid, body jsonb) returns table (id uuid, version integer) language plpgsql as $$
declare
  columns text;
begin
  perform refuse_faults(references_faults(of_type, body));
  body := body - array(select e.key from jsonb_each(body) e where e.value = 'null') || jsonb_build_object('id', new_id);
  columns := (select string_agg(quote_ident(member), ', ') from jsonb_object_keys(body) member);
  return query execute format('insert into %1$I (%2$s) select %2$s from jsonb_populate_record(null::%1$I, $1) returning id, version',
    of_type, columns) using body;
end
$$;
comment on function made_part is 'Inserts a row below a record; what is not sent takes the column''s default.';

create or replace function changed_part(of_type text, of_id uuid, body jsonb, wanted_version bigint)
returns table (id uuid, version integer) language plpgsql as $$
declare
  columns text := (select string_agg(quote_ident(member), ', ') from jsonb_object_keys(body) member);
begin
  perform refuse_faults(references_faults(of_type, body));
  return query execute format('update %1$I r set version = next_version(r.version, $1)%2$s where r.id = $2 returning r.id, r.version',
      of_type, coalesce(', (' || columns || ') = (select ' || columns || ' from jsonb_populate_record(r, $3))', ''))
    using wanted_version, of_id, body;
end
$$;

-- ---- For everybody, without a token ----

create or replace function public_display_point_json(d display_point) returns json language sql stable as $$
  select json_build_object('id', d.id, 'name', d.name,
    'operator_name', (select o.name from organisation o where o.id = d.operator_id),
    'place', place_json(d.place), 'province_code', d.province_code, 'codes_on', d.codes_on,
    'province', admin_unit_name(d.province_code, d.codes_on), 'current', current_json(d.province_code, d.codes_on),
    'opened_on', d.opened_on, 'area_m2', d.area_m2,
    'products', coalesce((
      select json_agg(json_build_object('id', p.id, 'name', p.name, 'brand', p.brand) order by p.name collate vietnamese, p.id)
        from display_point_product s
        join product p on p.id = s.product_id and p.deleted_at is null
       where s.display_point_id = d.id and s.deleted_at is null and today() between coalesce(s."from", today()) and coalesce(s."to", today())), '[]'))
$$;
