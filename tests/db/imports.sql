-- SPDX-License-Identifier: MIT
-- The years behind: all rows or none, the same rows twice change nothing, and the ledger that they open keeps its sums and rules.
begin;
select plan(20);
\ir claims.psql
set local role kc_owner;
insert into organisation (id, name, kind, tier, province_code) values
  ('019aa000-0000-7000-8000-0000000000d0', 'Sở Thanh Hóa', 'industry_department', 'province', '38'),
  ('019aa000-0000-7000-8000-0000000000d1', 'Sở tỉnh khác', 'industry_department', 'province', '01');
create function pg_temp.thanh_hoa() returns void language sql as $$
  select pg_temp.caller('38', 'province', '019aa000-0000-7000-8000-0000000000d0');
$$;
create function pg_temp.stranger() returns void language sql as $$
  select pg_temp.caller('01', 'province', '019aa000-0000-7000-8000-0000000000d1');
$$;
create function pg_temp.row_of(name text, other jsonb default '{}') returns jsonb language sql as $$
  select jsonb_build_object('name', name, 'beneficiaries', 'Cơ sở ' || name, 'activities', 'KC3', 'starts_on', '2019-03-01', 'total_cost_vnd', 400,
    'local_promotion_vnd', 150, 'local_paid_vnd', 140, 'decision_no', '12/QĐ', 'decision_on', '2019-02-10', 'status', 'settled') || other
$$;
create function pg_temp.load(variadic rows jsonb[]) returns uuid language sql as $$
  select id from run_import(uuidv7(), '{"record_type": "project", "year": 2019}', jsonb_build_object('rows', to_jsonb(rows)), '{38}',
    '019aa000-0000-7000-8000-0000000000d0', '38', repeat('0', 64))
$$;
create function pg_temp.outcomes(of_import uuid) returns text language sql as $$
  select string_agg(o ->> 'outcome', ' ' order by n) from import i cross join jsonb_array_elements(i.rows) with ordinality r (o, n) where i.id = of_import
$$;
-- Codes of the faults, or null.
create function pg_temp.refused(statement text) returns text language plpgsql as $$
declare
  detail text;
begin
  execute statement;
  return null;
exception when others then
  get stacked diagnostics detail = pg_exception_detail;
  return coalesce(case when sqlstate like 'PT%' then (select string_agg(concat(f ->> 'pointer' || ' ', f ->> 'code'), ', ' order by f ->> 'pointer')
    from jsonb_array_elements(detail::jsonb) f) end, sqlstate);
end
$$;
-- What is kept of projects and their money, with the versions.
create function pg_temp.kept() returns text language sql as $$
  select md5(concat((select jsonb_agg(to_jsonb(p) order by p.id) from project p), (select jsonb_agg(to_jsonb(l) order by l.id) from project_line l),
    (select jsonb_agg(to_jsonb(f) order by f.id) from project_funding f), (select jsonb_agg(to_jsonb(i) order by i.id) from annual_plan_item i),
    (select jsonb_agg(to_jsonb(e) order by e.id) from ledger_entry e), (select jsonb_agg(to_jsonb(t) order by t.id) from transition t),
    (select jsonb_agg(to_jsonb(e) order by e.id) from establishment e)))
$$;

set local role kc_api;
select pg_temp.thanh_hoa();

-- ---- All or nothing ----
select set_config('test.kept', pg_temp.kept(), true);
select is(pg_temp.refused($$ select pg_temp.load(pg_temp.row_of('A'), pg_temp.row_of('B', '{"status": "Xong"}'), pg_temp.row_of('C', '{"code": "DA999999"}')) $$),
  '#/rows/1/status import_status_unknown, #/rows/2/code import_code_unknown', 'every row that is wrong is named');
select is(pg_temp.refused($$ select pg_temp.load(pg_temp.row_of('A'), pg_temp.row_of('B', '{"places": "Hà Nội"}')) $$),
  '#/rows/1/places import_outside_territory', 'a row of a foreign province is refused');
select is(pg_temp.refused($$ select pg_temp.load(pg_temp.row_of('A'), pg_temp.row_of('  a ')) $$), '#/rows/1 import_row_repeated', 'a project stands in one row');
select is(pg_temp.refused($$ select pg_temp.load(pg_temp.row_of('A', '{"places": "Xã Hai, tỉnh Thanh Hóa"}'), pg_temp.row_of('a', '{"places": "Thanh Hoá"}')) $$),
  '#/rows/1 import_row_repeated', 'in whatever words its province is written');
select is(pg_temp.refused($$ select pg_temp.load(pg_temp.row_of('A', '{"local_paid_vnd": 151}')) $$),
  '#/rows/0/local_paid_vnd import_paid_within_assigned', 'no more was paid than was assigned');
select is(pg_temp.kept(), current_setting('test.kept'), 'nothing is kept of what was refused, nor of the good rows beside it');

-- ---- What is kept, and twice the same ----
select set_config('test.first', pg_temp.load(pg_temp.row_of('A'), pg_temp.row_of('B'))::text, true);
select is(pg_temp.outcomes(current_setting('test.first')::uuid), 'created created', 'two new projects');
select is((select array_agg(distinct concat_ws(' ', p.history_quality, p.origin, p.status, p.province_code)) from project p where p.name in ('A', 'B')),
  array['final_state_only imported settled 38'], 'in their final state, marked as such');
select set_config('test.kept', pg_temp.kept(), true);
select is(pg_temp.outcomes(pg_temp.load(pg_temp.row_of('A'), pg_temp.row_of(' B  '))), 'unchanged unchanged', 'the same rows, with other spaces');
select is(pg_temp.kept(), current_setting('test.kept'), 'change nothing, no version either');

-- ---- The ledger that it opens ----
create function pg_temp.project_named(of_name text) returns uuid language sql as $$ select id from project where name = of_name $$;
select is((money_of(pg_temp.project_named('A')))::text, '(140,0,140,0)', 'what was paid was promised before');
select is(pg_temp.outcomes(pg_temp.load(pg_temp.row_of('A', '{"local_paid_vnd": 120}'))), 'updated', 'the sum is put right');
select is((money_of(pg_temp.project_named('A')))::text, '(120,0,120,0)', 'the sums follow');
select is((select array_agg(e.kind || ' ' || e.amount_vnd order by e.id) from ledger_entry e where e.project_id = pg_temp.project_named('A')),
  '{commitment 140,payment 140,reversal 140,commitment 140,commitment 120,payment 120}', 'by counter entries: no entry is rewritten');
select is((select string_agg(account || ' ' || total, ', ' order by account)
             from (select a.account, sum(a.amount) as total from ledger_entry e
                    cross join lateral (values (e.to_account, e.amount_vnd), (e.from_account, -e.amount_vnd)) a (account, amount)
                    where e.project_id in (pg_temp.project_named('A'), pg_temp.project_named('B')) group by 1 having sum(a.amount) <> 0) s),
  'allocated -260, disbursed 260', 'what left one account is in the other');

-- ---- Nobody else opens it ----
insert into project (id, name, level, organisation_id, province_code) values
  ('019aa000-0000-7000-8000-0000000000d2', 'Có hồ sơ ở đây', 'local', '019aa000-0000-7000-8000-0000000000d0', '38');
create function pg_temp.open(project uuid, of_import text, kind text default 'commitment', amount bigint default 1) returns text language sql as $$
  select format('insert into ledger_entry (kind, source, year, project_id, amount_vnd, entry_on, document, import_id)
    values (%L, ''local_promotion'', 2019, %L, %s, ''2019-12-31'', ''{"kind": "decision", "document_no": "1"}'', %L)', kind, project, amount, of_import)
$$;
select is(pg_temp.refused(pg_temp.open('019aa000-0000-7000-8000-0000000000d2', current_setting('test.first'))), '#/import_id ledger_entry_opens_past',
  'a project whose history is here has no opening entry');
select isnt(pg_temp.refused(pg_temp.open(pg_temp.project_named('B'), null, 'payment')), null, 'without an import there is no payment without a contract');
select is(pg_temp.refused(pg_temp.open(pg_temp.project_named('B'), current_setting('test.first'), 'commitment', 11)), '#/amount_vnd g1_contracted_within_assigned',
  'nor may it promise more than was assigned');
select is(array[pg_temp.refused('update import set counts = counts'), pg_temp.refused('delete from import'), pg_temp.refused('truncate import')],
  '{42501,42501,42501}', 'what was loaded is not rewritten');
select pg_temp.stranger();
select is((select count(*) from import), 0::bigint, 'another province sees nothing of it');
select * from finish();
rollback;
