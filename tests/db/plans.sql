-- SPDX-License-Identifier: MIT
-- Yearly plans: what is assigned, one live item for each project, items that only a decision changes.
begin;
select plan(12);
\ir claims.psql
set local role kc_owner;
insert into organisation (id, name, kind, tier, province_code) values
  ('019aa000-0000-7000-8000-0000000000b0', 'Bộ', 'ministry', 'central', null),
  ('019aa000-0000-7000-8000-0000000000b1', 'Sở Thanh Hóa', 'industry_department', 'province', '38'),
  ('019aa000-0000-7000-8000-0000000000b2', 'Trung tâm ở tỉnh khác', 'promotion_centre', 'province', '01');
create function pg_temp.thanh_hoa() returns void language sql as $$
  select pg_temp.caller('38', 'province', '019aa000-0000-7000-8000-0000000000b1');
$$;
create function pg_temp.implementer() returns void language sql as $$
  select pg_temp.caller('01', 'province', '019aa000-0000-7000-8000-0000000000b2');
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
insert into project (id, name, level, organisation_id, province_code, implementer_id) values
  ('019aa000-0000-7000-8000-0000000000b3', 'Đề án', 'local', '019aa000-0000-7000-8000-0000000000b1', '38',
   '019aa000-0000-7000-8000-0000000000b2');
insert into annual_plan (id, name, year, level, organisation_id, province_code) values
  ('019aa000-0000-7000-8000-0000000000b4', 'Kế hoạch 2022', 2022, 'local', '019aa000-0000-7000-8000-0000000000b1', '38'),
  ('019aa000-0000-7000-8000-0000000000b5', 'Kế hoạch 2022, hai', 2022, 'local', '019aa000-0000-7000-8000-0000000000b1', '38'),
  ('019aa000-0000-7000-8000-0000000000b6', 'Kế hoạch 2023', 2023, 'local', '019aa000-0000-7000-8000-0000000000b1', '38');
insert into annual_plan_item (id, annual_plan_id, project_id, support_vnd, counterpart_vnd) values
  ('019aa000-0000-7000-8000-0000000000b7', '019aa000-0000-7000-8000-0000000000b4', '019aa000-0000-7000-8000-0000000000b3', 750, 250),
  ('019aa000-0000-7000-8000-0000000000b8', '019aa000-0000-7000-8000-0000000000b6', '019aa000-0000-7000-8000-0000000000b3', 90, 0);

select is(pg_temp.refused($$insert into annual_plan_item (annual_plan_id, project_id, support_vnd) values
  ('019aa000-0000-7000-8000-0000000000b5', '019aa000-0000-7000-8000-0000000000b3', 1)$$), '23505', 'one live item for a project, year and level');
select is(assigned_vnd('019aa000-0000-7000-8000-0000000000b3'), null, 'nothing is assigned by a draft');
update annual_plan_item set baseline = '{"support_vnd": 700}' where id = '019aa000-0000-7000-8000-0000000000b7';
update annual_plan set status = 'assigned' where id = '019aa000-0000-7000-8000-0000000000b4';
update annual_plan set status = 'executing' where id = '019aa000-0000-7000-8000-0000000000b6';
select is(assigned_vnd('019aa000-0000-7000-8000-0000000000b3'), 840::bigint, 'all years');
select is(assigned_vnd('019aa000-0000-7000-8000-0000000000b3', 2022), 750::bigint, 'one year');
select is(assigned_vnd('019aa000-0000-7000-8000-0000000000b3', 2024), null, 'a year without a plan');
select is(assigned_baseline_vnd('019aa000-0000-7000-8000-0000000000b3'), 700::bigint, 'the baseline; what was added later has none');

select is(pg_temp.refused($$update annual_plan_item set support_vnd = 1 where id = '019aa000-0000-7000-8000-0000000000b7'$$),
  'annual_plan_item_frozen', 'money of an assigned item');
select is(pg_temp.refused($$update annual_plan_item set baseline = '{}' where id = '019aa000-0000-7000-8000-0000000000b7'$$),
  'annual_plan_item_frozen', 'its baseline');
select is(pg_temp.refused($$update annual_plan_item set deleted_at = now() where id = '019aa000-0000-7000-8000-0000000000b7'$$),
  'annual_plan_item_frozen', 'the item itself');

set local role kc_api;
select pg_temp.implementer();
select is((select count(*) from annual_plan), 0::bigint, 'the plan of another province is out of sight');
select is(assigned_vnd('019aa000-0000-7000-8000-0000000000b3', 2022), 750::bigint, 'what is assigned holds for whoever asks');
select pg_temp.thanh_hoa();
select is((select count(*) from annual_plan_item), 2::bigint, 'the territory sees its items');

select * from finish();
rollback;
