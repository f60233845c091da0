-- SPDX-License-Identifier: MIT
-- Reports: what is said of a period of a province's code is what is said of each project in it, and no project stands in two.
begin;
select plan(8);
set local role kc_owner;

-- Every first and last day of a province's code, and the days around them.
create temp table probe as
select distinct u.code as province_code, d.day + n as codes_on
  from admin_unit u
 cross join lateral (values (u.valid_from), (u.assumed_from), (u.valid_to), (date '2003-11-26'), (date '2026-11-22')) d (day)
 cross join generate_series(-1, 1) n
 where u.tier = 'province' and isfinite(d.day);
select cmp_ok(count(*), '>', 500::bigint, 'enough days are tried') from probe;

create temp table asked as
select row_number() over () as no, basis_date(g.geo_basis) as day,
       report_question(jsonb_build_object('geo_basis', g.geo_basis, 'province_code', w.wanted, 'region_code', w.regions), all_province_codes(), null) as q
  from unnest(array['as_recorded', 'current', '2012-01-01', '2025-06-30']) g (geo_basis)
 cross join (values (null::text[], null::text[]), ('{24,75,none}', null), ('{24:2020-06-30,38}', null), (null, '{mien_bac}')) w (wanted, regions);
create temp table period as select m.* from map_periods(all_province_codes()) m;
create temp table mapped as select a.no, m.* from asked a cross join lateral report_map(a.q) m where (a.q).province_code is null and (a.q).region_code is null;
create temp table wanted as select a.no, m.* from asked a cross join lateral wanted_map(a.q) m;
create temp table told as
select a.no, p.*, project_province(p.province_code, p.codes_on, '[]', a.day) as key, project_region(p.province_code, p.codes_on, '[]', a.day) as region_code
  from asked a cross join probe p
 where a.no in (select no from mapped);

select is_empty($$select * from period a join period b on b.code = a.code and b.valid_from > a.valid_from where b.valid_from <= a.valid_to$$,
  'periods of a code do not overlap: no project stands twice');
select is_empty($$select p.* from probe p
                   where not exists (select from period m where m.code = p.province_code and p.codes_on between m.valid_from and m.valid_to)$$,
  'every day is in a period');
select is_empty($$select t.*, m.key, m.region_code
                    from told t join mapped m on m.no = t.no and m.code = t.province_code and t.codes_on between m.valid_from and m.valid_to
                   where (m.key, m.region_code) is distinct from (t.key, t.region_code)$$,
  'province and region of a period are those of every project in it');
select is_empty($$select t.* from told t
                   where (t.key = 'none') = exists (select from mapped m where m.no = t.no and m.code = t.province_code and t.codes_on between m.valid_from and m.valid_to)$$,
  'nothing is said exactly where the communes decide');
select is_empty($$select a.no, p.*, w.is_wanted
                    from wanted w join asked a using (no) join probe p on p.province_code = w.code and p.codes_on between w.valid_from and w.valid_to
                   where w.is_wanted is distinct from project_wanted(p.province_code, p.codes_on, '[]', a.q)$$,
  'a period is wanted as its projects are');
select is_empty($$select * from wanted w join asked a using (no) where (a.q).province_code is null and (a.q).region_code is null$$,
  'without a filter no map is made');
select is_empty($$select a.no, m.* from asked a cross join lateral label_map(a.q) m
                   where a.no in (select no from mapped)
                     and (m.label, m.key) is distinct from (report_label('province', m.key, a.day), project_province(m.code, m.valid_from, '[]', a.day))$$,
  'labels are those of the map');
select * from finish();
rollback;
