-- SPDX-License-Identifier: MIT
-- Users and roles: whose they are, what a role may be, what a token for a person sees, and that history names him.
begin;
select plan(57);
\ir claims.psql

create function pg_temp.as_department() returns void language sql as
  $$select pg_temp.caller('70,75', 'province', '019aa000-0000-7000-8000-00000000c075')$$;
create function pg_temp.as_centre() returns void language sql as
  $$select pg_temp.caller('70,75', 'province', '019aa000-0000-7000-8000-00000000c175')$$;
create function pg_temp.as_stranger() returns void language sql as
  $$select pg_temp.caller('38', 'province', '019aa000-0000-7000-8000-00000000c038')$$;
create function pg_temp.as_ministry() returns void language sql as
  $$select pg_temp.caller(array_to_string(all_province_codes(), ','), 'central', '019aa000-0000-7000-8000-000000000001')$$;
-- What a token for the person sees now, as its own statement outside of any request.
create function pg_temp.acting(of_client text, person text) returns table (organisation_id uuid, provinces text[], roles text[], scopes text[])
language sql as $$
  select a.organisation_id, a.provinces, a.roles, a.scopes from client c cross join acting_for(c, person::uuid) a where c.name = of_client
$$;
create function pg_temp.nobody() returns void language sql as $$
  select set_config(name, '', true) from unnest(array['app.client_id', 'app.operation', 'app.organisation_id', 'app.provinces', 'app.tier']) name
$$;

insert into organisation (id, code, name, kind, tier, province_code) values
  ('019aa000-0000-7000-8000-00000000c075', 'T-SCT75', 'Sở Công Thương Đồng Nai', 'industry_department', 'province', '75'),
  ('019aa000-0000-7000-8000-00000000c175', 'T-TTKC75', 'Trung tâm Khuyến công Đồng Nai', 'promotion_centre', 'province', '75'),
  ('019aa000-0000-7000-8000-00000000c070', 'T-SCT70', 'Sở Công Thương Bình Phước', 'industry_department', 'province', '70'),
  ('019aa000-0000-7000-8000-00000000c038', 'T-SCT38', 'Sở Công Thương Thanh Hóa', 'industry_department', 'province', '38'),
  ('019aa000-0000-7000-8000-00000000c275', 'T-XA75', 'Ủy ban nhân dân xã Minh Hưng', 'people_committee', 'commune', '75');
insert into client (name, organisation_id, scopes) values
  ('department', '019aa000-0000-7000-8000-00000000c075', '{projects:read,access:manage,users:act}'),
  ('centre', '019aa000-0000-7000-8000-00000000c175', '{projects:read,users:act}'),
  ('ministry', '019aa000-0000-7000-8000-000000000001', '{projects:read,access:manage,users:act}'),
  ('plain', '019aa000-0000-7000-8000-00000000c075', '{projects:read}');

-- ---- Who manages whose users ----
select is(manages_users_of(wanted::uuid, own::uuid, territory_of(own::uuid)), expected, what)
  from (values
    ('019aa000-0000-7000-8000-00000000c075', '019aa000-0000-7000-8000-00000000c075', true, 'the own ones'),
    ('019aa000-0000-7000-8000-00000000c175', '019aa000-0000-7000-8000-00000000c075', true, 'a department those of its territory'),
    ('019aa000-0000-7000-8000-00000000c070', '019aa000-0000-7000-8000-00000000c075', true, 'and of a province that went into its own'),
    ('019aa000-0000-7000-8000-00000000c038', '019aa000-0000-7000-8000-00000000c075', false, 'and no others'),
    ('019aa000-0000-7000-8000-000000000001', '019aa000-0000-7000-8000-00000000c075', false, 'not those above'),
    ('019aa000-0000-7000-8000-00000000c075', '019aa000-0000-7000-8000-00000000c175', false, 'a centre not those of the department'),
    ('019aa000-0000-7000-8000-00000000c075', '019aa000-0000-7000-8000-00000000c275', false, 'a commune not those of the department'),
    ('019aa000-0000-7000-8000-00000000c175', '019aa000-0000-7000-8000-00000000c275', false, 'nor those of its neighbours'),
    ('019aa000-0000-7000-8000-00000000c275', '019aa000-0000-7000-8000-000000000001', true, 'the ministry everybody''s'),
    ('019aa000-0000-7000-8000-0000000000ff', '019aa000-0000-7000-8000-000000000001', false, 'of an organisation that there is'),
    (null, '019aa000-0000-7000-8000-000000000001', false, 'null is nobody''s'),
    ('019aa000-0000-7000-8000-00000000c075', null, false, 'nobody manages none')) as cases (wanted, own, expected, what);

-- ---- Users behind the second wall ----
set local role kc_api;
select pg_temp.as_department();
select lives_ok($$insert into "user" (id, organisation_id, user_name, full_name) values
  ('019aa000-0000-7000-8000-00000000e001', '019aa000-0000-7000-8000-00000000c075', 'an', 'Nguyễn Văn An'),
  ('019aa000-0000-7000-8000-00000000e002', '019aa000-0000-7000-8000-00000000c175', 'an', 'Trần Thị Bình')$$, 'a department makes its users and its centre''s');
select throws_ok($$insert into "user" (organisation_id, user_name, full_name) values ('019aa000-0000-7000-8000-00000000c075', 'an', 'Khác')$$,
  '23505', null, 'a name once in an organisation');
select throws_ok($$insert into "user" (organisation_id, user_name, full_name) values ('019aa000-0000-7000-8000-00000000c038', 'x', 'X')$$,
  '42501', null, 'no user for another province');
select throws_ok(format($$insert into "user" (organisation_id, user_name, full_name) values ('019aa000-0000-7000-8000-00000000c075', %L, 'X')$$, name),
  '23514', null, 'no user name: ' || name) from unnest(array['', 'An', 'a b', 'an@so.vn', '.an', repeat('a', 33)]) name;
select throws_ok($$delete from "user"$$, '42501', null, 'no user goes for good');
select pg_temp.as_centre();
select is(array_agg(full_name), array['Trần Thị Bình'], 'a centre sees its own') from "user";
select pg_temp.as_stranger();
select is_empty('select from "user"', 'another province sees none');
with changed as (update "user" set full_name = 'X' where true returning 1)
select is(count(*), 0::bigint, 'and changes none') from changed;
select pg_temp.as_ministry();
select is(count(*), 2::bigint, 'the ministry sees all') from "user";
select pg_temp.caller('', '', '', '');
select is_empty('select from "user"', 'a request without a token sees none');
select is_empty('select from client', 'nor a client');
select is_empty('select from signing_key', 'nor a key');
reset role;
select is(array_agg(event || ' ' || record_type), array['created user', 'created user'], 'history has them') from history
 where record_type = 'user';

-- ---- Roles ----
set local role kc_api;
select pg_temp.as_department();
select lives_ok($$insert into role_assignment (id, user_id, role, organisation_id, valid_from) values
  ('019aa000-0000-7000-8000-00000000f001', '019aa000-0000-7000-8000-00000000e001', 'department_officer', '019aa000-0000-7000-8000-00000000c075', today())$$,
  'a role is given');
select throws_ok($$insert into role_assignment (user_id, role, organisation_id, valid_from) values
  ('019aa000-0000-7000-8000-00000000e001', 'department_officer', '019aa000-0000-7000-8000-00000000c075', today() + 7)$$, '23P01', null, 'once at a time');
select throws_ok(format($$insert into role_assignment (user_id, role, organisation_id, valid_from) values
  ('019aa000-0000-7000-8000-00000000e001', %L, %L, today())$$, role, organisation), 'PT422', 'invalid', role || ' is none of ' || organisation)
  from (values
    ('ministry_leader', '019aa000-0000-7000-8000-00000000c075'), ('bureau_officer', '019aa000-0000-7000-8000-00000000c175'),
    ('department_leader', '019aa000-0000-7000-8000-00000000c275'), ('commune_officer', '019aa000-0000-7000-8000-00000000c075')) wrong (role, organisation);
select throws_ok($$insert into role_assignment (user_id, role, organisation_id, valid_from, province_code) values
  ('019aa000-0000-7000-8000-00000000e001', 'auditor', '019aa000-0000-7000-8000-00000000c075', today(), '38')$$, 'PT422', 'invalid',
  'no role for a province outside the territory');
select throws_ok($$insert into role_assignment (user_id, role, organisation_id, valid_from) values
  ('019aa000-0000-7000-8000-00000000e001', 'integration', '019aa000-0000-7000-8000-00000000c075', today())$$, '23514', null,
  'what is no role of persons is refused');
select throws_ok($$insert into role_assignment (user_id, role, organisation_id, valid_from) values
  ('019aa000-0000-7000-8000-00000000e001', 'auditor', '019aa000-0000-7000-8000-00000000c038', today())$$, '42501', null,
  'no role for an organisation of another province');
select pg_temp.as_centre();
select is_empty('select from role_assignment', 'a centre does not see roles of the department');
select pg_temp.as_stranger();
select is_empty('select from role_assignment', 'another province sees none');
select pg_temp.as_ministry();
select lives_ok($$insert into role_assignment (user_id, role, organisation_id, valid_from) values
  ('019aa000-0000-7000-8000-00000000e001', 'council_member', '019aa000-0000-7000-8000-000000000001', today())$$, 'the ministry takes him into its council');
select pg_temp.as_department();
select is(array_agg(role order by role), array['council_member', 'department_officer'], 'the department sees both') from role_assignment;
with changed as (update role_assignment set valid_to = today() where role = 'council_member' returning 1)
select is(count(*), 0::bigint, 'and cannot change the ministry''s') from changed;

-- ---- What tokens for persons see ----
select pg_temp.nobody();
select results_eq($$select roles, scopes from pg_temp.acting('department', '019aa000-0000-7000-8000-00000000e001')$$,
  $$values ('{department_officer}'::text[], '{projects:read,users:act}'::text[])$$, 'roles of the own reach; access:manage is the administrator''s');
select results_eq($$select organisation_id, roles from pg_temp.acting('ministry', '019aa000-0000-7000-8000-00000000e001')$$,
  $$values ('019aa000-0000-7000-8000-00000000c075'::uuid, '{council_member,department_officer}'::text[])$$, 'for the ministry all, at his own organisation');
select is_empty(format($$select from pg_temp.acting(%L, '019aa000-0000-7000-8000-00000000e001')$$, name), name || ' may not speak for him')
  from unnest(array['centre', 'plain']) name;
select is_empty($$select from pg_temp.acting('department', '019aa000-0000-7000-8000-00000000e002')$$, 'nobody may for who has no role');
select results_eq($$select organisation_id, roles, scopes from pg_temp.acting('plain', null)$$,
  $$values ('019aa000-0000-7000-8000-00000000c075'::uuid, null::text[], '{projects:read}'::text[])$$, 'a client by itself has no roles');
reset role;
update role_assignment set province_code = '70' where id = '019aa000-0000-7000-8000-00000000f001';
select results_eq($$select provinces from pg_temp.acting('department', '019aa000-0000-7000-8000-00000000e001')$$, $$values ('{70}'::text[])$$,
  'a role for one province shows that province');
insert into role_assignment (user_id, role, organisation_id, valid_from, valid_to, province_code) values
  ('019aa000-0000-7000-8000-00000000e001', 'access_admin', '019aa000-0000-7000-8000-00000000c075', today() - 9, today(), '75');
select results_eq($$select '{70,75}' <@ provinces, scopes from pg_temp.acting('department', '019aa000-0000-7000-8000-00000000e001')$$,
  $$values (true, '{projects:read,access:manage,users:act}'::text[])$$, 'the last day of a role counts');
update role_assignment set valid_to = today() - 1 where role = 'access_admin';
select results_eq($$select provinces, 'access:manage' = any (scopes) from pg_temp.acting('department', '019aa000-0000-7000-8000-00000000e001')$$,
  $$values ('{70}'::text[], false)$$, 'the day after does not');
update role_assignment set valid_from = today() + 1 where role = 'department_officer';
select is_empty($$select from pg_temp.acting('department', '019aa000-0000-7000-8000-00000000e001')$$, 'a role of tomorrow does not count');
update role_assignment set valid_from = today() where role = 'department_officer';
select isnt_empty($$select from pg_temp.acting('department', '019aa000-0000-7000-8000-00000000e001')$$, 'one of today does');

-- ---- History says on whose behalf ----
select pg_temp.as_department();
set local app.user_id = '019aa000-0000-7000-8000-00000000e001';
update "user" set note = 'x', version = 2 where id = '019aa000-0000-7000-8000-00000000e002';
select is(user_id, '019aa000-0000-7000-8000-00000000e001'::uuid, 'history names the person') from history
 where record_id = '019aa000-0000-7000-8000-00000000e002' and version = 2;
set local app.user_id = '';
update "user" set note = 'y', version = 3 where id = '019aa000-0000-7000-8000-00000000e002';
select is(user_id, null, 'and nobody when none was named') from history
 where record_id = '019aa000-0000-7000-8000-00000000e002' and version = 3;

select * from finish();
rollback;
