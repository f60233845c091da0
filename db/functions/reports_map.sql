-- SPDX-License-Identifier: MIT
-- Where the projects of a report lie, for all of them at once. A province's code means the same on every day of a period: what the
-- functions by the row say of its first day (reporting.sql) holds for every project recorded in it, so some two hundred periods are
-- asked instead of a million projects. Only where communes decide, and abroad of the caller's provinces, the row itself is asked.

create or replace function map_periods(codes text[]) returns table (code text, valid_from date, valid_to date) language sql stable as $$
  with days as (
    select c.code, '-infinity'::date as day from unnest(codes) c (code)
    union select u.code, d.day from admin_unit u cross join lateral (values (u.valid_from), (u.assumed_from), (u.valid_to + 1)) d (day) where u.code = any (codes)
    union select m.code, d.day from admin_unit_map m cross join lateral (values (m.valid_from), (m.valid_to + 1)) d (day) where m.code = any (codes)
    union select m.province_code, d.day from region_member m cross join lateral (values (m.valid_from), (m.valid_to + 1)) d (day) where m.province_code = any (codes)
  )
  select d.code, d.day, coalesce(lead(d.day) over (partition by d.code order by d.day) - 1, 'infinity')
    from days d
   where d.day < 'infinity'
$$;
comment on function map_periods is 'Adjoining periods of each code; nothing that is said of a province changes within one.';

create or replace function report_map(q report_question) returns table (code text, valid_from date, valid_to date, key text, region_code text)
language plpgsql stable rows 200 as $$
declare
  day constant date := basis_date(q.geo_basis);
begin
  return query
    select *
      from (select m.*, project_province(m.code, m.valid_from, '[]', day) as key, project_region(m.code, m.valid_from, '[]', day) as region_code
              from map_periods(q.provinces) m) placed
     where placed.key <> 'none'; -- there the communes decide
end
$$;
comment on function report_map is 'Key of the province and region of every project of the caller''s provinces, but those whose communes decide.';

create or replace function wanted_map(q report_question) returns table (code text, valid_from date, valid_to date, is_wanted boolean)
language plpgsql stable rows 200 as $$
declare
  day constant date := basis_date(q.geo_basis);
begin
  if q.province_code is null and q.region_code is null then
    return;
  end if;
  return query
    select m.code, m.valid_from, m.valid_to,
           (q.province_code is null or project_in_provinces(m.code, m.valid_from, '[]', day, q.province_code))
             and (q.region_code is null or project_in_regions(m.code, m.valid_from, '[]', day, q.region_code))
      from report_map(q) m;
end
$$;
comment on function wanted_map is 'Are projects recorded so among the provinces and regions that the question asks for? Nothing where it asks for none.';

create or replace function project_wanted(province_code text, codes_on date, places jsonb, q report_question) returns boolean language plpgsql stable as $$
begin
  return (q.province_code is null or project_in_provinces(province_code, codes_on, places, basis_date(q.geo_basis), q.province_code))
    and (q.region_code is null or project_in_regions(province_code, codes_on, places, basis_date(q.geo_basis), q.region_code));
end
$$;

create or replace function label_map(q report_question) returns table (code text, valid_from date, valid_to date, key text, label text, former_label text)
language plpgsql stable rows 200 as $$
declare
  day constant date := basis_date(q.geo_basis);
begin
  return query
    select m.code, m.valid_from, m.valid_to, m.key, l.now_label, labelled_place(l.now_label, report_label('province', recorded_province(m.code, m.valid_from), null))
      from report_map(q) m
     cross join lateral (select report_label('province', m.key, day) as now_label offset 0) l;
end
$$;
comment on function label_map is 'What the province of a project is called on the map, and with the name it was recorded under.';

create or replace function labelled_place(now_label text, then_label text) returns text language sql immutable parallel safe as $$
  select now_label || case when then_label is distinct from now_label then ' (trước đây: ' || then_label || ')' else '' end
$$;

-- ---- Projects ----

create or replace function matching_projects(q report_question) returns setof project language sql stable as $$
  select p.*
    from project p
    left join wanted_map(q) m on m.code = p.province_code and p.codes_on between m.valid_from and m.valid_to
   where (p.province_code = any (q.provinces) or p.organisation_id = q.own_organisation or p.implementer_id = q.own_organisation)
     and p.deleted_at is null
     and (q.level is null or p.level = q.level)
     and (q.scale is null or coalesce(p.scale, 'none') = any (q.scale))
     and (q.status is null or p.status = any (q.status))
     and (q.programme_id is null or p.programme_id = q.programme_id)
     and (q.annual_plan_id is null or project_in_plan(p.id, q.annual_plan_id))
     and (q.activity_code is null or project_activities(p.id) && q.activity_code)
     and (q.source is null or project_sources(p.id) && q.source)
     and (q.province_code is null or p.province_code = any (provinces_reaching(q.province_code)))
     and (q.province_code is null and q.region_code is null
          or coalesce(m.is_wanted, project_wanted(p.province_code, p.codes_on, p.places, q)))
$$;
comment on function matching_projects is 'The projects that the filters let pass, of whatever day.';

create or replace function report_projects(q report_question) returns setof project language sql stable as $$
  select p.* from matching_projects(q) p where p.starts_on between q."from" and q."to"
$$;
comment on function report_projects is 'The projects that a report counts: those that start within the period, on whatever map, as listProjects gives them.';

create or replace function placed_projects(q report_question) returns table (key text, p project) language sql stable as $$
  select coalesce(m.key, project_province(p.province_code, p.codes_on, p.places, d.day)), p
    from report_projects(q) p
    left join report_map(q) m on m.code = p.province_code and p.codes_on between m.valid_from and m.valid_to
   cross join (select basis_date(q.geo_basis) as day offset 0) d
$$;
comment on function placed_projects is 'The projects of a report, each with the key of its province on the map.';
