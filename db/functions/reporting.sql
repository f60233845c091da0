-- SPDX-License-Identifier: MIT
-- What lists and reports agree on: where a project lies on a map, which activities and sources it has; columns, labels and
-- addresses of reports.

-- ---- A project on a map. day null: as recorded ----

-- Codes that named several provinces over time carry the first day of the one meant: 24:2008-08-01 is Bắc Giang.
create or replace function recorded_province(province_code text, codes_on date) returns text language plpgsql stable as $$
declare
  first_day date;
begin
  if (select count(distinct u.name) from admin_unit u where u.code = recorded_province.province_code and u.tier = 'province') > 1 then
    first_day := (
      select min(same.valid_from)
        from admin_unit_at(province_code, codes_on) u
        join admin_unit same on same.code = u.code and same.name = u.name);
  end if;
  return concat_ws(':', province_code, first_day);
end
$$;
comment on function recorded_province is 'Key of a province as it was recorded: its code, with a day where the code alone names several.';

create or replace function project_province(province_code text, codes_on date, places jsonb, day date) returns text
language plpgsql stable as $$
begin
  if day is null then
    return recorded_province(province_code, codes_on);
  end if;
  return coalesce(
    admin_unit_on(province_code, codes_on, day),
    -- Backwards over a merger the communes decide, if they agree.
    (select case when count(distinct u.province_code) = 1 then min(u.province_code) end
       from jsonb_to_recordset(places) p (province_code text, commune_code text, codes_on date)
       join admin_unit_map m on m.code = p.commune_code and p.codes_on between m.valid_from and m.valid_to and day between m.on_from and m.on_to
      cross join admin_unit_at(m.on_code, day) u
      where p.province_code = project_province.province_code),
    'none');
end
$$;
comment on function project_province is 'Key of the province in which a project lies on the map of a day, or none where that cannot be known.';

create or replace function provinces_wanted(wanted text[]) returns text[] language plpgsql stable as $$
begin
  return (
    select array_agg(case when w like '__:%' then recorded_province(left(w, 2), substr(w, 4)::date) else w end)
      from unnest(wanted) w);
exception when datetime_field_overflow or invalid_datetime_format then
  raise exception using errcode = 'PT400', message = 'invalid-parameter',
    detail = jsonb_build_array(jsonb_build_object('parameter', 'province_code', 'code', 'format', 'params', '{"format": "date"}'::jsonb));
end
$$;
comment on function provinces_wanted is 'The provinces of a filter as keys: any day behind a colon becomes the first day of the province meant.';

create or replace function project_in_provinces(province_code text, codes_on date, places jsonb, day date, wanted text[]) returns boolean
language plpgsql stable as $$
begin
  return project_province(province_code, codes_on, places, day) = any (wanted)
    or day is null and province_code = any (wanted)
    or day is not null and recorded_province(province_code, codes_on) = any (array(select w from unnest(wanted) w where w like '__:%'));
end
$$;
comment on function project_in_provinces is 'wanted: codes on the map of the day, keys of recorded_province(), none.';

create or replace function project_region(province_code text, codes_on date, places jsonb, day date) returns text
language plpgsql stable as $$
declare
  province constant text := case when day is null then province_code else project_province(province_code, codes_on, places, day) end;
begin
  return coalesce(
    (select m.region_code
       from region_member m
       join region r on r.code = m.region_code and r.scheme = 'promotion'
      where m.province_code = province
        and coalesce(day, codes_on) between m.valid_from and coalesce(m.valid_to, 'infinity')),
    'none');
end
$$;
comment on function project_region is 'Region of khuyến công in which a project lies on the map of a day, or none.';

create or replace function project_in_regions(province_code text, codes_on date, places jsonb, day date, wanted text[]) returns boolean
language plpgsql stable as $$
declare
  province text;
begin
  if project_region(province_code, codes_on, places, day) = any (wanted) then
    return true;
  end if;
  province := case when day is null then province_code else project_province(province_code, codes_on, places, day) end;
  return exists ( -- regions of other schemes
    select from region_member m
     where m.region_code = any (wanted) and m.province_code = province
       and coalesce(day, codes_on) between m.valid_from and coalesce(m.valid_to, 'infinity'));
end
$$;

create or replace function provinces_reaching(wanted text[]) returns text[] language sql stable as $$
  select case
    when 'none' = any (wanted) then all_province_codes()
    else array(select distinct m.code from admin_unit_map m where m.on_code = any (array(select left(w, 2) from unnest(wanted) w)))
  end
$$;
comment on function provinces_reaching is 'Codes under which projects of these provinces can be recorded, on whatever map: narrows by index.';

-- ---- What a project has several of ----

create or replace function project_activities(of_project uuid) returns text[] language sql stable as $$
  select coalesce(array_agg(distinct coalesce(l.activity_code, 'none')), '{none}')
    from project_line l
   where l.project_id = of_project and l.deleted_at is null
$$;
comment on function project_activities is 'Activities of its lines; none: for lines without one, and for a project without lines.';

create or replace function project_sources(of_project uuid) returns text[] language sql stable as $$
  select coalesce(array_agg(distinct f.source), '{none}') from project_funding f where f.project_id = of_project and f.deleted_at is null
$$;
