-- SPDX-License-Identifier: MIT
-- Establishments: constraints, completion, masking, who may write.
begin;
select plan(54);
\ir claims.psql
select pg_temp.caller('38');
set local role kc_api;

-- ---- Completion ----
insert into establishment (id, name, tax_code, place, province_code)
values ('019aa000-0000-7000-8000-00000000e001', 'Cơ sở Một', '0100109106001', '{"province_code": "38"}', '38');
select results_eq($$select tax_code, tax_code_kind, province_code, codes_on, site_no, version, status from establishment
    where id = '019aa000-0000-7000-8000-00000000e001'$$,
  $$values ('0100109106-001', 'branch13', '38', today(), 1, 1, 'active')$$, 'hyphen, kind, territory and day are filled in');
select matches(code, '^CS[0-9]{6,}$', 'the code for people is made') from establishment where id = '019aa000-0000-7000-8000-00000000e001';
update establishment set tax_code = '0300588569' where id = '019aa000-0000-7000-8000-00000000e001';
select is(tax_code_kind, 'enterprise10', 'the kind follows the code') from establishment where id = '019aa000-0000-7000-8000-00000000e001';
update establishment set tax_code_kind = null where id = '019aa000-0000-7000-8000-00000000e001';
select is(tax_code_kind, 'enterprise10', 'also when it is cleared') from establishment where id = '019aa000-0000-7000-8000-00000000e001';
update establishment set place = null where id = '019aa000-0000-7000-8000-00000000e001';
select is(province_code, '38', 'without a place the territory stays') from establishment where id = '019aa000-0000-7000-8000-00000000e001';
insert into establishment (id, name, province_code) values ('019aa000-0000-7000-8000-00000000e002', 'Không nơi', '38');
select is(codes_on, today(), 'without a place the code is of today') from establishment where id = '019aa000-0000-7000-8000-00000000e002';

-- ---- Constraints ----
select throws_ok(format($$insert into establishment (name, province_code, tax_code, tax_code_kind) values ('x', '38', %L, %L)$$, code, kind),
  '23514', 'new row for relation "establishment" violates check constraint "establishment_tax_code_check"', format('%s %s is refused', code, kind))
  from (values ('0300588568', null), ('0101010101', null), ('0100109106-000', null), ('12345', null), ('0300741143', 'personal12'),
               ('001087123456', 'enterprise10'), (null, 'enterprise10')) c (code, kind);
select lives_ok($$insert into establishment (name, province_code, tax_code) values ('Hộ kinh doanh', '38', '001087123456')$$, 'a person''s code');
select throws_ok($$insert into establishment (name, province_code, tax_code) values ('x', '38', '0300588569')$$, '23505',
  'duplicate key value violates unique constraint "establishment_tax_code_site_key"', 'the same tax code is refused');
select lives_ok($$insert into establishment (name, province_code, tax_code, site_no) values ('Cơ sở Một, nơi 2', '38', '0300588569', 2)$$,
  'a second site is not');
update establishment set deleted_at = now() where tax_code = '0300588569' and site_no = 1;
select lives_ok($$insert into establishment (name, province_code, tax_code) values ('Người mua lại', '38', '0300588569')$$,
  'what was deleted holds no code');
select throws_ok($$update establishment set deleted_at = null where id = '019aa000-0000-7000-8000-00000000e001'$$, '23505', null,
  'and cannot come back while another has it');
select throws_ok($$insert into establishment (name, province_code, vsic_codes) values ('x', '38', '{10309}')$$, '23514', null,
  'industry codes need their version');
select throws_ok($$insert into establishment (name, province_code, founded_on) values ('x', '38', today() + 1)$$, 'PT422', 'invalid',
  'founded tomorrow');
select throws_ok($$insert into establishment (name) values ('x')$$, 'PT422', 'invalid', 'without place and territory');
select throws_ok($$insert into establishment (name, place) values ('x', '{"province_code": "70"}')$$, 'PT422', 'invalid', 'a place of another time');
select lives_ok($$insert into establishment (name, place) values ('y', '{"province_code": "38", "codes_on": "2019-06-01"}')$$, 'a place with its day');

-- ---- Who may write ----
select throws_ok($$insert into establishment (name, province_code) values ('x', '40')$$, '42501', null, 'a foreign province is refused');
select throws_ok($$insert into establishment (name, place) values ('x', '{"province_code": "40"}')$$, '42501', null, 'also by the place');
select throws_ok($$update establishment set place = '{"province_code": "40"}' where id = '019aa000-0000-7000-8000-00000000e002'$$, '42501', null,
  'a record is not moved away');
select pg_temp.caller('40', organisation_id => '019aa000-0000-7000-8000-0000000000ab');
select ok(count(*) > 0, 'others see it') from establishment where province_code = '38';
update establishment set name = 'Của tôi' where province_code = '38';
select is(count(*), 0::bigint, 'but cannot change it') from establishment where name = 'Của tôi';
select pg_temp.caller('');
select throws_ok($$insert into establishment (name, province_code) values ('x', '38')$$, '42501', null, 'no territory, no writing');
select pg_temp.caller('70,75');
select lives_ok($$insert into establishment (id, name, place) values ('019aa000-0000-7000-8000-00000000e003', 'Tấn Toàn', '{"province_code": "70", "codes_on": "2019-06-01"}')$$,
  'the successor keeps the records of its predecessor');

-- ---- Masking ----
update establishment
   set tax_code = '001087654321', phone = '0912345678', email = 'a@b.vn', representative = '{"full_name": "Nguyễn Văn A", "position": "Chủ hộ", "id_no": "001087123456"}'
 where id = '019aa000-0000-7000-8000-00000000e003';
select is(establishment_json(e, false)::jsonb - array(select key from jsonb_each(establishment_json(e, true)::jsonb)
            where key not in ('tax_code', 'phone', 'email', 'representative', 'is_masked')),
  '{"tax_code": "***321", "phone": "***678", "email": "***", "is_masked": true,
    "representative": {"full_name": "***", "position": "Chủ hộ", "id_no": "***456"}}'::jsonb, 'masked for others')
  from establishment e where id = '019aa000-0000-7000-8000-00000000e003';
select ok(not establishment_json(e, false)::text ~ '0010871|09123|Nguyễn|a@b', 'nothing of it is left') from establishment e
 where id = '019aa000-0000-7000-8000-00000000e003';
select is(establishment_json(e, true)::jsonb -> 'representative' ->> 'id_no', '001087123456', 'shown to those who may see it')
  from establishment e where id = '019aa000-0000-7000-8000-00000000e003';
select is(establishment_summary_json(e, false)::jsonb ->> 'tax_code', '***321', 'masked in lists too') from establishment e
 where id = '019aa000-0000-7000-8000-00000000e003';
select is(establishment_tax_code(e, false), '0300588569', 'a firm''s code is public') from establishment e where tax_code = '0300588569' limit 1;
select is(masked(null), null, 'what is not there is not masked');
select is(masked('0', 3), '***', 'a short value shows nothing');

-- ---- Search: the index works for the service's role, behind row level security ----
create function pg_temp.plan_of(statement text) returns text language plpgsql as $$
declare
  line text;
  plan text := '';
begin
  for line in execute 'explain ' || statement loop
    plan := plan || line || E'\n';
  end loop;
  return plan;
end
$$;
select matches(pg_temp.plan_of($$select from admin_unit where folded like like_pattern('Thanh Hoá')$$), 'admin_unit_folded', 'units by name');
set local enable_seqscan = off; -- few rows here: is the index allowed at all?
select matches(pg_temp.plan_of($$select from establishment where folded like like_pattern('Tấn Toàn')$$), 'establishment_folded', 'establishments by name');
select matches(pg_temp.plan_of($$select from organisation where folded like like_pattern('Khuyến công')$$), 'organisation_folded', 'organisations by name');
select is(array_agg(name), array['Tấn Toàn'], 'marks do not matter') from establishment where folded like like_pattern('tan toan');
reset role;
select ok(proleakproof, proname || ' is leakproof') from pg_proc
 where oid in ('textlike(text, text)'::regprocedure, 'similarity_op(text, text)'::regprocedure, 'arrayoverlap(anyarray, anyarray)'::regprocedure);

-- ---- Organisations ----
select pg_temp.caller('70,75');
set local role kc_api;
select lives_ok($$insert into organisation (name, kind, tier, province_code) values ('TTKC', 'promotion_centre', 'province', '75')$$, 'a body of the own province');
select throws_ok($$insert into organisation (name, kind, tier, province_code) values ('x', 'promotion_centre', 'province', '38')$$, '42501', null, 'a foreign one');
select throws_ok($$insert into organisation (name, kind, tier) values ('x', 'bureau', 'central')$$, '42501', null, 'a central one');
select throws_ok($$insert into organisation (name, kind, tier, province_code) values ('x', 'promotion_centre', 'province', '99')$$, 'PT422', 'invalid', 'no such province');
select throws_ok($$update organisation set parent_id = id where name = 'TTKC'$$, '23514', null, 'not above itself');
select pg_temp.caller('', 'central');
select lives_ok($$insert into organisation (name, kind, tier, agency_code, valid_to) values ('Cục A', 'bureau', 'central', 'G99', '2025-02-28')$$, 'the centre writes central bodies');
select lives_ok($$insert into organisation (name, kind, tier, agency_code, valid_from) values ('Cục B', 'bureau', 'central', 'G99', '2025-03-01')$$, 'a successor has the same agency code');
select throws_ok($$insert into organisation (name, kind, tier, agency_code) values ('Cục C', 'bureau', 'central', 'G99')$$, '23P01', null, 'but not at the same time');
select throws_ok($$insert into organisation (name, kind, tier) values ('x', 'promotion_centre', 'province')$$, '23514', null, 'a provincial body has a province');
select throws_ok($$update organisation set deleted_at = now() where code = 'BCT'$$, 'PT409', 'still-referenced', 'a body that others are below stays');

select * from finish();
rollback;
