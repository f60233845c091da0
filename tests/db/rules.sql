-- SPDX-License-Identifier: MIT
-- Rule rows: who writes them, what was in force is never written over, the release leaves alone what an authority touched.
begin;
select plan(34);
\ir claims.psql
set local role kc_owner;
insert into organisation (id, name, kind, tier) values ('019aa000-0000-7000-8000-0000000000c1', 'Cục', 'ministry', 'central');
create function pg_temp.refused(statement text) returns text language plpgsql as $$
declare
  detail text;
begin
  execute statement;
  return null;
exception when others then
  get stacked diagnostics detail = pg_exception_detail;
  return coalesce(case when sqlstate like 'PT%' then detail::jsonb #>> '{0,code}' end, sqlstate);
end
$$;
create function pg_temp.row_of(n integer) returns uuid language sql as $$ select ('019aa000-0000-7000-8000-00000000c0' || lpad(n::text, 2, '0'))::uuid $$;
create function pg_temp.made(n integer, members jsonb) returns void language sql as $$
  select create_rule('parameter', pg_temp.row_of(n), '{"name_vi": "x", "name_en": "x", "value": 1, "legal_basis": "MH-1/TT-BCT", "certainty": "uncertain", "enforcement": "warn"}'
    || members, '019aa000-0000-7000-8000-0000000000c1')
$$;
create function pg_temp.revised(n integer, body jsonb, version integer default 1) returns text language sql as $$
  select pg_temp.refused(format('select * from revise_rule(''parameter'', %L, %L, %s, ''019aa000-0000-7000-8000-0000000000c1'', %L)',
    pg_temp.row_of(n), body, version, pg_temp.row_of(n + 50)))
$$;
create function pg_temp.shown(of_code text) returns text language sql as $$
  select string_agg(concat_ws(' ', trim_scale(value), case when valid_from > today() then 'coming' end, coalesce((valid_to - today())::text, 'open'), enforcement, origin), '; '
    order by valid_from) from parameter where code = of_code
$$;

-- ---- Who writes ----
select pg_temp.caller('70', 'province');
set local role kc_api;
select is(pg_temp.refused($$select pg_temp.made(1, '{"code": "x_a", "valid_from": "2020-01-01"}')$$), '42501', 'a province enters no rules');
select is_empty($$update parameter set value = 0 returning id$$, 'nor changes any');
select pg_temp.caller('70', 'central');
select lives_ok($$select pg_temp.made(1, '{"code": "x_a", "valid_from": "2020-01-01"}')$$, 'a central body does');
select throws_ok('delete from parameter', '42501', null, 'what is there stays');
select is((select concat_ws(' ', origin, organisation_id, version) from parameter where code = 'x_a'), 'authority 019aa000-0000-7000-8000-0000000000c1 1', 'it says by whom');

-- ---- A row in force ----
select is(pg_temp.revised(1, '{"value": 2}'), 'rule_from_given', 'a change says from when');
select is(pg_temp.revised(1, jsonb_build_object('value', 2, 'valid_from', today() - 1)), 'rule_day_past', 'not from a day that is over');
select is(pg_temp.revised(1, jsonb_build_object('valid_to', today() - 1)), 'rule_day_past', 'nor does it end on one');
select throws_ok(format('select * from revise_rule(''parameter'', %L, ''{}'', 7, null)', pg_temp.row_of(1)), 'PT412', 'stale', 'nor on a version of before');
select is(pg_temp.revised(1, jsonb_build_object('certainty', 'verified', 'enforcement', 'block', 'valid_from', today())), null, 'confirmed from today');
select is(pg_temp.shown('x_a'), '1 -1 warn authority; 1 open block authority', 'the old row ends yesterday, the new one goes on and blocks');
select is((select replaces_id from parameter where id = pg_temp.row_of(51)), pg_temp.row_of(1), 'it names what it replaces');
select is((parameter_json(p)::jsonb ->> 'replaced_by_id')::uuid, pg_temp.row_of(51), 'and is named') from parameter p where p.id = pg_temp.row_of(1);
select is((parameter_on('x_a', today() - 1)).enforcement, 'warn', 'an act of yesterday is judged as it was');
select is((parameter_on('x_a', today())).enforcement, 'block', 'one of today as confirmed');
select is(pg_temp.revised(1, '{"note": "x"}', 2), 'rule_over', 'what is over does not change any more');
set local role kc_owner;
select is((select count(*) from history where record_type = 'parameter' and record_id in (pg_temp.row_of(1), pg_temp.row_of(51))), 3::bigint, 'all of it stands in the history');
set local role kc_api;

-- ---- A row to come, a row that ends ----
select pg_temp.made(2, jsonb_build_object('code', 'x_b', 'valid_from', today() + 10));
select is(pg_temp.revised(2, '{"value": 3}'), null, 'a row to come is changed itself');
select is(pg_temp.shown('x_b'), '3 coming open warn authority', 'no second row');
select is(pg_temp.revised(2, jsonb_build_object('valid_from', today() - 1), 2), 'rule_day_past', 'it does not begin in the past');
select pg_temp.made(3, '{"code": "x_c", "valid_from": "2020-01-01"}');
select is(pg_temp.revised(3, jsonb_build_object('valid_to', today() + 5)), null, 'a row is ended');
select is(pg_temp.shown('x_c'), '1 5 warn authority', 'by its date, without another');
select is(pg_temp.revised(3, jsonb_build_object('value', 9, 'valid_from', today() + 9), 2), 'rule_gap', 'what goes on follows at once');
select is(pg_temp.revised(3, jsonb_build_object('value', 9, 'valid_from', today() + 3), 2), null, 'a change before the end');
select is(pg_temp.shown('x_c'), '1 2 warn authority; 9 coming 5 warn authority', 'keeps the end');
select is(pg_temp.revised(53, jsonb_build_object('valid_from', today() + 4)), null, 'the coming row is put off');
select is(pg_temp.shown('x_c'), '1 3 warn authority; 9 coming 5 warn authority', 'and the row before it lasts a day longer');
select is(pg_temp.refused($$select pg_temp.made(4, '{"code": "x_c", "valid_from": "2019-01-01"}')$$), '23P01', 'two rows of a code never hold on one day');

-- ---- Norms: their territory goes on, too ----
select create_norm(pg_temp.row_of(10), '{"code": "XN", "activity_code": "KC3-MAY-MOC", "name_vi": "x", "name_en": "x", "level": "local", "cap_vnd": 5, "valid_from": "2020-01-01",
  "certainty": "uncertain", "dates_certainty": "verified", "enforcement": "warn", "territory": [{"province_code": "30", "codes_on": "2025-06-30"}]}', null);
select is(pg_temp.refused(format('select * from revise_norm(%L, %L, 1, null)', pg_temp.row_of(10), jsonb_build_object('certainty', 'verified', 'enforcement', 'block', 'valid_from', today()))), null, 'a norm is confirmed');
select is((select string_agg(concat_ws(' ', n.enforcement, t.province_code, t.codes_on), '; ' order by n.valid_from) from norm n join norm_territory t on t.norm_id = n.id where n.code = 'XN'),
  'warn 30 2025-06-30; block 30 2025-06-30', 'with its territory');
select is(pg_temp.refused($$select create_norm(uuidv7(), '{"code": "XM", "activity_code": "KC3-MAY-MOC", "name_vi": "x", "name_en": "x", "level": "local", "cap_vnd": 5, "valid_from": "2020-01-01",
  "certainty": "uncertain", "dates_certainty": "verified", "enforcement": "warn"}', null)$$), 'norm_territory_given', 'a local norm has a territory');

-- ---- The release ----
set local role kc_owner;
create temp table load_x as select code, name_vi, name_en, value, measure_unit, level, province_code, legal_basis, valid_from, valid_to, certainty, enforcement, note
  from parameter where origin = 'release';
update load_x set value = value + 1;
update parameter set version = 2 where code = 'due_days_project_submitted';
select load_rules('parameter', 'load_x', '{code,level,province_code,valid_from}');
select is((select count(*) from parameter p join load_x l using (code, valid_from) where p.value = l.value - 1), 1::bigint, 'a release corrects its rows but the one that an authority changed');
select is(pg_temp.shown('x_a'), '1 -1 warn authority; 1 open block authority', 'and leaves those of authorities');
delete from load_x where code = 'progress_report_due_day';
select load_rules('parameter', 'load_x', '{code,level,province_code,valid_from}');
select is((select count(*) from parameter where code = 'progress_report_due_day'), 0::bigint, 'what a release drops goes');

select * from finish();
rollback;
