-- SPDX-License-Identifier: MIT
-- Guards G3 to G6 at the lines of a project: figures, dates, what is told of others, exceptions.
begin;
select plan(50);
\ir claims.psql
set local role kc_owner;
insert into organisation (id, name, kind, tier, province_code) values
  ('019aa000-0000-7000-8000-0000000000a1', 'Sở Đồng Nai', 'industry_department', 'province', '75'),
  ('019aa000-0000-7000-8000-0000000000a2', 'Sở Thanh Hóa', 'industry_department', 'province', '38');
insert into establishment (id, code, name, legal_form, tax_code, tax_code_kind, site_no, size_class, province_code, codes_on, place, vsic_version, vsic_codes) values
  ('019aa000-0000-7000-8000-0000000000e1', 'E1', 'Tấn Toàn', 'llc_single', '0300588569', 'enterprise10', 1, 'small', '70', '2018-12-24',
   '{"province_code": "70", "commune_code": "25312", "codes_on": "2022-01-01"}', '2018', '{10309}'),
  ('019aa000-0000-7000-8000-0000000000e2', 'E2', 'Tứ Linh', 'llc_single', null, null, 1, 'medium', '70', '2018-12-24', null, '2018', '{10309}'),
  ('019aa000-0000-7000-8000-0000000000e3', 'E3', 'Tấn Toàn, xưởng 2', 'llc_single', '0300588569', 'enterprise10', 2, 'large', '38', '2018-12-24', null, null, '{}'),
  ('019aa000-0000-7000-8000-0000000000e4', 'E4', 'Nghệ nhân', 'artisan', null, null, 1, 'micro', '70', '2018-12-24', null, '2018', '{47111}');

create temp sequence made;
grant usage on made to public;
create function pg_temp.project(n integer, support bigint, members jsonb default '{}') returns uuid language sql as $$
  insert into project (id, name, level, scale, status, starts_on, province_code, codes_on, organisation_id, support_vnd)
  select ('019aa000-0000-7000-8000-0000000001' || lpad(n::text, 2, '0'))::uuid, 'Đề án ' || n, coalesce(members ->> 'level', 'national'), 'group',
         coalesce(members ->> 'status', 'submitted'), coalesce((members ->> 'starts_on')::date, '2019-01-01'),
         coalesce(members ->> 'province_code', '70'), '2018-12-24',
         (case members ->> 'province_code' when '38' then '019aa000-0000-7000-8000-0000000000a2' else '019aa000-0000-7000-8000-0000000000a1' end)::uuid, support
  returning id
$$;
create function pg_temp.line(project uuid, firm text, cost bigint, support bigint, members jsonb default '{}') returns uuid language sql as $$
  insert into project_line (id, project_id, title, activity_code, establishment_id, eligible_cost_vnd, support_vnd, counterpart_vnd, is_technology_line, quantity, machines)
  select ('019aa000-0000-7000-8000-0000000002' || lpad(nextval('made')::text, 2, '0'))::uuid, project, coalesce(members ->> 'title', 'Máy ' || firm), coalesce(members ->> 'activity_code', 'KC3-MAY-MOC'),
         ('019aa000-0000-7000-8000-0000000000' || firm)::uuid, cost, support, coalesce((members ->> 'counterpart_vnd')::bigint, cost - support),
         coalesce((members ->> 'is_technology_line')::boolean, false), (members ->> 'quantity')::numeric, coalesce(members -> 'machines', '[]')
  returning id
$$;
-- What a guard says, one word for each fault: pointer code enforcement.
create function pg_temp.said(faults jsonb) returns text language sql as $$
  select string_agg(concat_ws(' ', f ->> 'pointer', f ->> 'code', f ->> 'enforcement'), '; ' order by n) from jsonb_array_elements(faults) with ordinality l (f, n)
$$;
create function pg_temp.g3(project uuid, on_day date default '2018-12-24') returns text language sql as $$ select pg_temp.said(guard_g3(project, '{}', on_day)) $$;

-- ---- G3, scenario A2: 24/12/2018, machinery ----
select is(pg_temp.g3(pg_temp.project(1, 600000000)), null, 'a project without lines exceeds nothing');
select pg_temp.line('019aa000-0000-7000-8000-000000000101', 'e1', 600000000, 300000000), pg_temp.line('019aa000-0000-7000-8000-000000000101', 'e2', 620000000, 300000000);
select is(pg_temp.g3('019aa000-0000-7000-8000-000000000101'), null, '300 million for each of two firms pass');
update project_line set support_vnd = 300000001 where establishment_id = '019aa000-0000-7000-8000-0000000000e2';
select is(pg_temp.g3('019aa000-0000-7000-8000-000000000101'), '#/lines/1/support_vnd guard_g3_norm block', 'one đồng more for one of them is refused');
select is(said, wanted, story)
  from jsonb_array_elements(guard_g3('019aa000-0000-7000-8000-000000000101', '{}', '2018-12-24')) fault
 cross join lateral (values
   (fault ->> 'legal_basis', 'Khoản 4 Điều 8, 28/2018/TT-BTC', 'it names the article'),
   (fault #>> '{params,cap_limit_vnd}', '300000000', 'the cap'),
   (fault #>> '{params,percent_limit_vnd}', '310000000', 'the share'),
   (fault #>> '{params,member,vi}', 'Hạng mục "Máy e2": hỗ trợ 300.000.001 đồng, vượt mức 300.000.000 đồng của định mức "Ứng dụng máy móc tiên tiến, chuyển giao công nghệ, tiến bộ khoa học kỹ thuật" '
      '(Khoản 4 Điều 8, 28/2018/TT-BTC): 50% chi phí được tính là 310.000.000 đồng, mức trần 300.000.000 đồng.', 'and both in a sentence')) c (said, wanted, story);
update project_line set is_technology_line = true, eligible_cost_vnd = 900000000, support_vnd = 450000000 where establishment_id = '019aa000-0000-7000-8000-0000000000e2';
select is(pg_temp.g3('019aa000-0000-7000-8000-000000000101'), null, 'a technology line has 450 million');
update project_line set support_vnd = 450000001 where establishment_id = '019aa000-0000-7000-8000-0000000000e2';
select is(pg_temp.g3('019aa000-0000-7000-8000-000000000101'), '#/lines/1/support_vnd guard_g3_norm block', 'and not one đồng more');
update project_line set is_technology_line = false, eligible_cost_vnd = 500000000, support_vnd = 250000001 where establishment_id = '019aa000-0000-7000-8000-0000000000e2';
select is(pg_temp.g3('019aa000-0000-7000-8000-000000000101'), '#/lines/1/support_vnd guard_g3_norm block', 'half of 500 million is 250 million');
select is(line_max_support(l.id, 500000000, '2018-12-24'), 250000000::bigint, 'which is what a settlement may pay')
  from project_line l where establishment_id = '019aa000-0000-7000-8000-0000000000e2';
select is(pg_temp.said(norm_faults('019aa000-0000-7000-8000-000000000101', '2018-12-24', jsonb_build_object(l.id, '{"eligible_cost_vnd": 360000000, "support_vnd": 180000001}'::jsonb))),
  '#/lines/1/support_vnd guard_g3_norm block', 'at settlement the actual cost counts')
  from project_line l where establishment_id = '019aa000-0000-7000-8000-0000000000e2';
update project_line set support_vnd = 250000000 where establishment_id = '019aa000-0000-7000-8000-0000000000e2';
select pg_temp.line('019aa000-0000-7000-8000-000000000101', 'e2', 500000000, 250000000, '{"title": "Máy thứ hai"}');
select is(pg_temp.g3('019aa000-0000-7000-8000-000000000101'), '#/lines/1/support_vnd guard_g3_norm block', 'a cap for one firm is not doubled by two lines');
update project_line set status = 'withdrawn' where title = 'Máy thứ hai';
select is(pg_temp.g3('019aa000-0000-7000-8000-000000000101'), null, 'a line that is withdrawn does not count');
update project_line set quantity = 3, eligible_cost_vnd = 900000000, support_vnd = 300000001 where title = 'Máy e1';
select is(pg_temp.g3('019aa000-0000-7000-8000-000000000101'), '#/lines/0/support_vnd guard_g3_norm block', 'nor by three machines');
update project_line set activity_code = 'KC4-NHAN-HIEU', eligible_cost_vnd = 300000000, support_vnd = 105000000 where title = 'Máy e1';
select is(pg_temp.g3('019aa000-0000-7000-8000-000000000101'), null, 'three brands have three caps');
update project_line set quantity = 2 where title = 'Máy e1';
select is(pg_temp.g3('019aa000-0000-7000-8000-000000000101'), '#/lines/0/support_vnd guard_g3_norm warn', 'two have two; that norm is not confirmed and only warns');
update project_line set activity_code = 'KC3' where title = 'Máy e1';
select is(pg_temp.g3('019aa000-0000-7000-8000-000000000101'), '#/lines/0/activity_code guard_g3_unknown warn', 'a group of activities has no norm, and says so');

-- ---- Exceptions ----
update project_line set activity_code = 'KC3-MAY-MOC', eligible_cost_vnd = 900000000, support_vnd = 400000000 where title = 'Máy e1';
insert into override (id, project_id, project_line_id, guard, status)
select '019aa000-0000-7000-8000-0000000000f1', l.project_id, l.id, 'g3', 'draft' from project_line l where l.title = 'Máy e1';
select is(concat_ws(' ', o.level, o.province_code, o.organisation_id), 'national 70 019aa000-0000-7000-8000-0000000000a1', 'an exception is of its project')
  from override o;
select is(pg_temp.g3('019aa000-0000-7000-8000-000000000101'), '#/lines/0/support_vnd guard_g3_norm block', 'a draft of an exception changes nothing');
update override set status = 'granted';
insert into transition (record_type, record_id, record_version, action, from_status, to_status, acted_on, documents)
values ('override', '019aa000-0000-7000-8000-0000000000f1', 2, 'grant', 'draft', 'granted', '2018-12-20', '[{"kind": "decision", "document_no": "12/QĐ-BCT", "issued_on": "2018-12-20"}]');
select is(pg_temp.g3('019aa000-0000-7000-8000-000000000101'), '#/lines/0/support_vnd guard_overridden warn', 'once granted, the guard only warns');
select ok(guard_g3('019aa000-0000-7000-8000-000000000101', '{}', '2018-12-24') #>> '{0,params,member,vi}' like '%Cho phép ngoại lệ theo 12/QĐ-BCT 2018-12-20.', 'and names the paper');
select is(pg_temp.g3('019aa000-0000-7000-8000-000000000101', '2018-12-19'), '#/lines/0/support_vnd guard_g3_norm block', 'not before its day');
select throws_ok($$update override set guard = 'g4'$$, 'PT409', 'guard-failed', 'what was granted is locked');
update override set status = 'draft';
update override set guard = 'g4', status = 'granted';
select is(pg_temp.g3('019aa000-0000-7000-8000-000000000101'), '#/lines/0/support_vnd guard_g3_norm block', 'an exception from one guard is none from another');
update override set status = 'draft';
update override set guard = 'g3', status = 'revoked';
select is(pg_temp.g3('019aa000-0000-7000-8000-000000000101'), '#/lines/0/support_vnd guard_g3_norm block', 'nor is one that was revoked');

-- ---- G4 ----
create function pg_temp.g4(project uuid) returns text language sql as $$ select pg_temp.said(guard_g4(project, '{}', '2018-12-24')) $$;
select pg_temp.project(2, 600000000);
select is(pg_temp.g4('019aa000-0000-7000-8000-000000000102'), '#/support_vnd guard_g4_support_sum block', 'support that no line gets');
select pg_temp.line('019aa000-0000-7000-8000-000000000102', 'e1', 600000000, 300000000), pg_temp.line('019aa000-0000-7000-8000-000000000102', 'e2', 620000000, 300000000);
select is(pg_temp.g4('019aa000-0000-7000-8000-000000000102'), null, 'support and counterpart are the cost');
update project_line set counterpart_vnd = 100000000 where project_id = '019aa000-0000-7000-8000-000000000102' and title = 'Máy e1';
select is(pg_temp.g4('019aa000-0000-7000-8000-000000000102'), '#/lines/0/eligible_cost_vnd guard_g4_line_sum block', 'something is missing');
insert into project_funding (project_id, year, source, line_id, amount_vnd)
select l.project_id, 2019, 'integrated', l.id, 200000000 from project_line l where l.project_id = '019aa000-0000-7000-8000-000000000102' and title = 'Máy e1';
select is(pg_temp.g4('019aa000-0000-7000-8000-000000000102'), null, 'other money makes it up');
update project set scale = 'key', support_vnd = 900000000 where id = '019aa000-0000-7000-8000-000000000102';
select is(pg_temp.g4('019aa000-0000-7000-8000-000000000102'), null, 'a key project has its support in its parts');

-- ---- G5 ----
create function pg_temp.g5(project uuid) returns text language sql as $$ select pg_temp.said(guard_g5(project, '{}', '2018-12-24')) $$;
select is(pg_temp.g5(pg_temp.project(3, 1, '{"level": "local", "province_code": "38", "starts_on": "2021-01-01", "status": "settled"}')), null, 'nobody is supported twice');
select pg_temp.line('019aa000-0000-7000-8000-000000000103', 'e3', 2, 1, '{"title": "Xưởng", "machines": [{"name": "Máy bóc vỏ", "model": "ĐHK-2021"}]}');
select is(pg_temp.said(guard_g5('019aa000-0000-7000-8000-000000000102', '{}', '2018-12-24')),
  '#/lines/0/establishment_id guard_g5_same_item block; #/lines/0/establishment_id guard_g5_same_activity warn; #/lines/1/establishment_id guard_g5_same_item block',
  'the same firm for the same thing elsewhere, under one tax code too');
update project set status = 'rejected' where id = '019aa000-0000-7000-8000-000000000101';
select is(pg_temp.g5('019aa000-0000-7000-8000-000000000102'), '#/lines/0/establishment_id guard_g5_same_activity warn', 'what was rejected is no support; another item only warns');
update project_line set machines = '[{"name": "MÁY BÓC VỎ", "model": "đhk-2021"}]' where project_id = '019aa000-0000-7000-8000-000000000102' and title = 'Máy e1';
select is(pg_temp.g5('019aa000-0000-7000-8000-000000000102'), '#/lines/0/establishment_id guard_g5_same_item block', 'the same machine, however written');
update project set parent_id = '019aa000-0000-7000-8000-000000000102' where id = '019aa000-0000-7000-8000-000000000103';
select is(pg_temp.g5('019aa000-0000-7000-8000-000000000102'), null, 'the years of a key project are one support');
update project set parent_id = null where id = '019aa000-0000-7000-8000-000000000103';

set local role kc_api;
select pg_temp.caller('70,75', 'province', '019aa000-0000-7000-8000-0000000000a1');
select is(count(*), 0::bigint, 'the project of Thanh Hóa is out of sight') from project where province_code = '38';
select is(duplicate_check_json('{"establishment_id": "019aa000-0000-7000-8000-0000000000e1", "activity_code": "KC3-MAY-MOC", "items": ["may boc vo đhk-2021"],
    "project_id": "019aa000-0000-7000-8000-000000000102"}')::jsonb #- '{matches,0,project_code}',
  '{"is_duplicate": true, "matches": [{"year": 2021, "province_code": "38", "reasons": ["same_tax_code", "same_activity", "same_item"]}]}',
  'all that is told of it is code, year and province');
select is((select count(*) from jsonb_object_keys(m)), 4::bigint, 'nothing else') from jsonb_array_elements(duplicate_check_json('{"tax_code": "0300588569", "activity_code": "KC3"}')::jsonb -> 'matches') m limit 1;
select throws_ok($$select duplicate_check_json('{"activity_code": "KC9999"}')$$, 'PT422', 'invalid', 'a firm and an activity are needed');
set local role kc_owner;

-- Bình Phước (70) went into Đồng Nai (75) on 1/7/2025: local support of before is found when the firm asks again, under the code of
-- after, for money of another level and year, and the other way round.
insert into establishment (id, code, name, legal_form, tax_code, tax_code_kind, site_no, size_class, province_code, codes_on, vsic_version, vsic_codes) values
  ('019aa000-0000-7000-8000-0000000000e5', 'E5', 'Hạt điều', 'llc_single', '0101248141', 'enterprise10', 1, 'small', '70', '2019-01-01', '2018', '{10309}'),
  ('019aa000-0000-7000-8000-0000000000e6', 'E6', 'Hạt điều, xưởng Đồng Nai', 'llc_single', '0101248141', 'enterprise10', 2, 'small', '75', '2026-01-01', '2018', '{10309}');
select pg_temp.project(10, 1, '{"level": "local", "province_code": "70", "starts_on": "2019-01-01", "status": "draft"}');
select pg_temp.project(11, 1, '{"level": "national", "province_code": "75", "starts_on": "2026-01-01", "status": "draft"}');
select pg_temp.line('019aa000-0000-7000-8000-000000000110', 'e5', 2, 1, '{"title": "Máy sấy"}');
select pg_temp.line('019aa000-0000-7000-8000-000000000111', 'e6', 2, 1, '{"title": "MÁY SẤY"}');
update project set status = case when province_code = '70' then 'closed' else 'submitted' end
 where id in ('019aa000-0000-7000-8000-000000000110', '019aa000-0000-7000-8000-000000000111');
create function pg_temp.twice(project uuid) returns text language sql as $$
  select string_agg(concat_ws(' ', f ->> 'code', f ->> 'enforcement', f #>> '{params,year}', f #>> '{params,province_code}'), '; ') from jsonb_array_elements(guard_g5(project, '{}', '2026-05-01')) f
$$;
select is(pg_temp.twice('019aa000-0000-7000-8000-000000000111'), 'guard_g5_same_item block 2019 70', 'support of the province that is no more is found from the one it went into');
select is(pg_temp.twice('019aa000-0000-7000-8000-000000000110'), 'guard_g5_same_item block 2026 75', 'and that of after from before');
update project set status = 'draft' where id = '019aa000-0000-7000-8000-000000000111';
update project_line set title = 'Máy rang' where project_id = '019aa000-0000-7000-8000-000000000111';
select is(pg_temp.twice('019aa000-0000-7000-8000-000000000111'), 'guard_g5_same_activity warn 2019 70', 'another item of the same content warns');
update project_line set activity_code = 'KC4-NHAN-HIEU' where project_id = '019aa000-0000-7000-8000-000000000111';
select is(pg_temp.twice('019aa000-0000-7000-8000-000000000111'), null, 'another content is another support');
select is(duplicate_check_json('{"tax_code": "0101248141", "activity_code": "KC3-MAY-MOC", "items": ["máy sấy"]}')::jsonb #> '{matches,0}' #- '{project_code}',
  '{"year": 2019, "province_code": "70", "reasons": ["same_tax_code", "same_activity", "same_item"]}', 'asked by the tax code alone');

-- ---- G6 ----
create function pg_temp.g6(project uuid, on_day date) returns text language sql as $$ select pg_temp.said(guard_g6(project, '{}', on_day)) $$;
select pg_temp.project(4, 1, '{"status": "draft"}');
select pg_temp.line('019aa000-0000-7000-8000-000000000104', 'e1', 2, 1);
select is(pg_temp.g6('019aa000-0000-7000-8000-000000000104', '2018-12-24'), '#/lines/0/establishment_id guard_g6_size_declared warn',
  'a small firm that processes cashews in a commune; how small, it says itself');
update project_line set establishment_id = '019aa000-0000-7000-8000-0000000000e4' where project_id = '019aa000-0000-7000-8000-000000000104';
select is(pg_temp.g6('019aa000-0000-7000-8000-000000000104', '2025-10-14'),
  '#/lines/0/establishment_id guard_g6_unknown warn; #/lines/0/establishment_id guard_g6_legal_form block; #/lines/0/establishment_id guard_g6_size_declared warn; #/lines/0/establishment_id guard_g6_trade warn',
  'an artisan who trades, at an unknown place, before the decree of 2025');
select is(pg_temp.g6('019aa000-0000-7000-8000-000000000104', '2025-10-15'),
  '#/lines/0/establishment_id guard_g6_unknown warn; #/lines/0/establishment_id guard_g6_size_declared warn; #/lines/0/establishment_id guard_g6_trade warn',
  'from that day on artisans may be supported');
update project_line set establishment_id = '019aa000-0000-7000-8000-0000000000e3' where project_id = '019aa000-0000-7000-8000-000000000104';
select matches(pg_temp.g6('019aa000-0000-7000-8000-000000000104', '2018-12-24'), 'guard_g6_size_class block', 'a large enterprise is none of rural industry');
update project_line set activity_code = 'KC3-SXSH' where project_id = '019aa000-0000-7000-8000-000000000104';
select doesnt_match(pg_temp.g6('019aa000-0000-7000-8000-000000000104', '2018-12-24'), 'guard_g6_size_class', 'but for cleaner production');

select * from finish();
rollback;
