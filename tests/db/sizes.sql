-- SPDX-License-Identifier: MIT
-- Size by yearly figures, and guard G6 by it and by areas that list units.
begin;
select plan(33);
\ir claims.psql
set local role kc_owner;
insert into organisation (id, name, kind, tier, province_code) values
  ('019aa000-0000-7000-8000-0000000000d1', 'Sở', 'industry_department', 'province', '70');
insert into establishment (id, code, name, legal_form, size_class, province_code, codes_on, place, vsic_version, vsic_codes) values
  ('019aa000-0000-7000-8000-0000000000e1', 'S1', 'Cơ sở', 'llc_single', 'small', '70', '2022-01-01',
   '{"province_code": "70", "commune_code": "25312", "codes_on": "2022-01-01"}', '2018', '{10309}');

create function pg_temp.year(wanted integer, revenue bigint, capital bigint, employees integer) returns void language sql as $$
  insert into establishment_year (establishment_id, year, revenue_vnd, capital_vnd, employees_count, source)
  values ('019aa000-0000-7000-8000-0000000000e1', wanted, revenue * 1000000, capital * 1000000, employees, 'financial_statement')
$$;
create function pg_temp.size(on_day date) returns text language sql as $$
  select concat_ws(' ', s.size_class, s.basis) from establishment e, size_on(e, on_day) s where e.id = '019aa000-0000-7000-8000-0000000000e1'
$$;
create function pg_temp.told(on_day date) returns text language sql as $$
  select string_agg(w ->> 'code', ' ') from establishment e, json_array_elements(establishment_size_json(e, on_day) -> 'warnings') w
   where e.id = '019aa000-0000-7000-8000-0000000000e1'
$$;
create function pg_temp.given(revenue bigint, capital bigint, employees integer) returns text language plpgsql as $$
begin
  delete from establishment_year;
  perform pg_temp.year(2024, revenue, capital, employees);
  return pg_temp.size('2025-06-01');
end
$$;

-- ---- Thresholds: so many employees, and either the revenue or the capital ----
select is(pg_temp.size('2025-06-01'), 'small declared', 'without figures the declared size');
select is(pg_temp.told('2025-06-01'), 'size_declared no_figures thresholds_uncertain', 'and it is said so');
select is(pg_temp.given(c.revenue, c.capital, c.employees), c.wanted, c.story)
  from (values
    (3000, 9999, 10, 'micro figures', 'ten persons, three thousand million of revenue'),
    (9999, 3000, 10, 'micro figures', 'or of capital'),
    (3001, 3001, 10, 'small figures', 'one million more of both'),
    (3000, 3000, 11, 'small figures', 'one person more'),
    (50000, 99999, 100, 'small figures', 'the last that is small'),
    (50001, 20001, 100, 'medium figures', 'and the first that is not'),
    (200000, null, 200, 'medium figures', 'one of the two figures is enough'),
    (200001, 100001, 200, 'large figures', 'above all thresholds'),
    (1, 1, 201, 'large figures', 'by employees alone'),
    (1, 1, null, 'small declared', 'without employees nothing is told'),
    (3001, null, 10, 'small declared', 'the capital might make it micro: not told')) c (revenue, capital, employees, wanted, story);
select is(pg_temp.told('2025-06-01'), 'size_declared figures_incomplete thresholds_uncertain', 'it says that figures are missing');

-- ---- Which year, which thresholds ----
select is(pg_temp.given(200001, 100001, 200), 'large figures', 'figures of 2024');
select pg_temp.year(2023, 1, 1, 1), pg_temp.year(2025, 1, 1, 1);
select is(pg_temp.size('2025-12-31'), 'large figures', 'the year before decides, not the one that is going on');
select is(pg_temp.size('2026-01-01'), 'micro figures', 'from New Year it is that one');
select is(pg_temp.size('2024-05-01'), 'micro figures', 'and a day of 2024 asks for 2023');
select is(pg_temp.told('2028-01-01'), 'figures_old thresholds_uncertain declared_differs', 'old figures are said to be old');
select is(pg_temp.told('2023-05-01'), 'figures_of_this_year thresholds_uncertain declared_differs', 'and those of a first year');
select is(pg_temp.size('2018-03-10'), 'small declared', 'no thresholds are known for that day');
update establishment set vsic_codes = '{46201}' where id = '019aa000-0000-7000-8000-0000000000e1';
select is(pg_temp.given(100000, 50001, 50), 'small figures', 'in trade fifty persons are small');
select is(pg_temp.given(100000, 50000, 51), 'medium figures', 'and fifty-one are not');
update establishment set vsic_codes = '{10309}' where id = '019aa000-0000-7000-8000-0000000000e1';

-- ---- G6 ----
insert into project (id, name, level, scale, status, starts_on, province_code, codes_on, organisation_id, support_vnd) values
  ('019aa000-0000-7000-8000-0000000000d2', 'Đề án', 'national', 'group', 'submitted', '2025-01-01', '70', '2022-01-01', '019aa000-0000-7000-8000-0000000000d1', 1);
insert into project_line (id, project_id, title, activity_code, establishment_id, eligible_cost_vnd, support_vnd) values
  ('019aa000-0000-7000-8000-0000000000d3', '019aa000-0000-7000-8000-0000000000d2', 'Máy', 'KC3-MAY-MOC', '019aa000-0000-7000-8000-0000000000e1', 2, 1);
create function pg_temp.g6(on_day date default '2025-12-01') returns text language sql as $$
  select string_agg(concat_ws(' ', f ->> 'code', f ->> 'enforcement', f ->> 'legal_basis'), '; ' order by n)
    from jsonb_array_elements(guard_g6('019aa000-0000-7000-8000-0000000000d2', '{}', on_day)) with ordinality l (f, n)
   where f ->> 'code' in ('guard_g6_size_class', 'guard_g6_size_declared', 'guard_g6_area')
$$;
select is(pg_temp.given(1000, 1000, 10), 'micro figures', 'told by figures');
select is(pg_temp.g6(), null, 'nothing is to be said then');
delete from establishment_year;
select matches(pg_temp.g6(), '^guard_g6_size_declared warn', 'a declared size is pointed to');
select pg_temp.given(200001, 100001, 200);
select matches(pg_temp.g6(), '^guard_g6_size_class warn', 'thresholds that nobody has confirmed only warn');
update size_threshold set certainty = 'verified', enforcement = 'block';
select matches(pg_temp.g6(), '^guard_g6_size_class block', 'confirmed ones refuse');
select matches(pg_temp.g6('2024-12-31'), '^guard_g6_size_class block', 'each day by figures before it: of a first year, its own');
delete from establishment_year;
select pg_temp.year(2024, 1000, 1000, 10);

-- ---- Areas that list units ----
insert into eligible_area (code, kind, name_vi, name_en, admin_unit_codes, codes_on, is_excluded, legal_document_no, legal_article, valid_from, certainty, enforcement) values
  ('X1', 'rural', 'x', 'x', '{25312}', '2022-01-01', true, 'MH-1/NĐ-CP', 'Điều 1', '2025-11-01', 'verified', 'block');
select is(pg_temp.g6(), 'guard_g6_area block Điều 1, MH-1/NĐ-CP', 'a commune that a text takes out, with its basis');
select is(pg_temp.g6('2025-10-31'), null, 'not on the day before');
update eligible_area set is_excluded = false where code = 'X1';
select is(pg_temp.g6(), null, 'a commune that is listed is eligible');
update eligible_area set admin_unit_codes = '{25315}' where code = 'X1';
select is(pg_temp.g6(), 'guard_g6_area block Điều 1, MH-1/NĐ-CP', 'one that is not on the list is not');

select * from finish();
rollback;
