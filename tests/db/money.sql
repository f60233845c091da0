-- SPDX-License-Identifier: MIT
-- The ledger: nobody rewrites it, not even its owner; it keeps its sums whoever writes; and its guards see what the caller does not.
begin;
select plan(17);
\ir claims.psql
set local role kc_owner;
insert into organisation (id, name, kind, tier, province_code) values
  ('019aa000-0000-7000-8000-0000000000c0', 'Sở Thanh Hóa', 'industry_department', 'province', '38'),
  ('019aa000-0000-7000-8000-0000000000c1', 'Sở tỉnh khác', 'industry_department', 'province', '01');
create function pg_temp.thanh_hoa() returns void language sql as $$
  select pg_temp.caller('38', 'province', '019aa000-0000-7000-8000-0000000000c0');
$$;
create function pg_temp.stranger() returns void language sql as $$
  select pg_temp.caller('01', 'province', '019aa000-0000-7000-8000-0000000000c1');
$$;
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
insert into project (id, name, level, organisation_id, province_code) values
  ('019aa000-0000-7000-8000-0000000000c2', 'Đề án', 'local', '019aa000-0000-7000-8000-0000000000c0', '38');
insert into annual_plan (id, name, year, level, organisation_id, province_code) values
  ('019aa000-0000-7000-8000-0000000000c3', 'Kế hoạch', 2026, 'local', '019aa000-0000-7000-8000-0000000000c0', '38');
insert into annual_plan_item (annual_plan_id, project_id, support_vnd) values
  ('019aa000-0000-7000-8000-0000000000c3', '019aa000-0000-7000-8000-0000000000c2', 100);
update annual_plan set status = 'assigned' where id = '019aa000-0000-7000-8000-0000000000c3';
insert into contract (id, project_id, kind, status, year, source, amount_vnd) values
  ('019aa000-0000-7000-8000-0000000000c4', '019aa000-0000-7000-8000-0000000000c2', 'beneficiary', 'signed', 2026, 'local_promotion', 100);
create function pg_temp.post(kind text, amount bigint, document text default '{"kind": "decision", "document_no": "1"}') returns text
language sql as $$
  select format('insert into ledger_entry (kind, source, year, project_id, contract_id, amount_vnd, entry_on, document) values
    (%L, ''local_promotion'', 2026, ''019aa000-0000-7000-8000-0000000000c2'', ''019aa000-0000-7000-8000-0000000000c4'', %s, ''2026-03-01'', %L)',
    kind, amount, document)
$$;

-- ---- Written past the service, by the owner himself ----
select is(pg_temp.refused(pg_temp.post('commitment', 101)), 'g1_contracted_within_assigned', 'G1 holds for the owner too');
select is(pg_temp.refused(pg_temp.post('advance', 1)), 'g2_paid_within_contracted', 'nothing goes out that was not promised');
select is(pg_temp.refused(pg_temp.post('commitment', 100)), null, 'the contract is committed');
select is(pg_temp.refused(pg_temp.post('commitment', 1)), 'g1_contracted_within_assigned', 'no đồng more');
select is(pg_temp.refused(pg_temp.post('advance', 71)), 'g2_advances_within_share', '70 percent at most');
select is(pg_temp.refused(pg_temp.post('advance', 70)), null, '70 percent');
select is(pg_temp.refused(pg_temp.post('recovery', 71)), 'g2_recovered_within_paid', 'no more comes back than went out');
select is(pg_temp.refused(pg_temp.post('payment', 30, '{"kind": "decision"}')), '23514', 'G12: a paper without a number is none');
select is(pg_temp.refused('update ledger_entry set amount_vnd = 1'), 'P0001', 'the owner changes nothing');
select is(pg_temp.refused('delete from ledger_entry'), 'P0001', 'the owner deletes nothing');
set constraints all immediate;
select is(pg_temp.refused('truncate ledger_entry'), 'P0001', 'the owner empties nothing');
select is((money_of('019aa000-0000-7000-8000-0000000000c2'))::text, '(100,70,70,0)', 'the sums');
select is((select sum(case to_account when 'disbursed' then amount_vnd else 0 end - case from_account when 'disbursed' then amount_vnd else 0 end)
             from ledger_entry where project_id = '019aa000-0000-7000-8000-0000000000c2'), 70::numeric, 'the accounts say the same');
select is((select count(*) from history where record_type = 'ledger_entry' and row_data ->> 'project_id' = '019aa000-0000-7000-8000-0000000000c2'),
  2::bigint, 'each entry is in the history');

-- ---- As the service's role ----
set local role kc_api;
select pg_temp.stranger();
select is((select count(*) from ledger_entry), 0::bigint, 'another province sees nothing of it');
select pg_temp.thanh_hoa();
select is((select array_agg(kind order by kind) from ledger_entry), '{advance,commitment}', 'its own sees it');
select is(array[pg_temp.refused('update ledger_entry set note = null'), pg_temp.refused('delete from ledger_entry'),
                pg_temp.refused('truncate ledger_entry'), pg_temp.refused('update allocation set note = null')],
  '{42501,42501,42501,42501}', 'and has no right to rewrite');
select * from finish();
rollback;
