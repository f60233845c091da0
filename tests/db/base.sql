-- SPDX-License-Identifier: MIT
-- What every area stands on: search, clock, versions, references, history, keys.
begin;
select plan(90);
\ir claims.psql

-- ---- Search without marks ----
select is(fold(given), 'thanh hoa', 'fold: ' || given)
  from unnest(array['thanh hoa', 'Thanh Hóa', 'Thanh Hoá', 'THANH HÓA', normalize('Thanh Hoá', NFD), 'THANH HÓA']) given;
select is(fold('Đắk Nông, ĐỒNG Nai, Ðà Nẵng'), 'dak nong, dong nai, da nang', 'fold: đ, Đ and the eth typed for it');
select is(fold('Nghệ ệ ữ ự ỡ ở ỵ ỹ'), 'nghe e u u o o y y', 'fold: stacked marks');
select is(fold(null), null, 'fold: null');
select is(like_pattern('50%_\'), '%50\%\_\\%', 'like_pattern: wildcards are text');
select ok(fold('giá 50% off') like like_pattern('50%'), 'like_pattern finds a percent sign');
select ok(fold('giá 500') not like like_pattern('50%'), 'like_pattern: a percent sign is no wildcard');
select is(with_marks(given), 'thanh hoá', 'with_marks: ' || given)
  from unnest(array['Thanh Hóa', 'Thanh Hoá', 'THANH HÓA', normalize('Thanh Hoá', NFD), normalize('Thanh Hóa', NFD)]) given;
select is(with_marks('Thuỷ Khoẻ Quý'), with_marks('Thủy Khỏe Qúy'), 'with_marks: uy, oe');
select is(found(c.q, c.q_mode, fold(c.words), c.words), c.is_found, format('found: %s in %s, %s', c.q, c.words, c.q_mode))
  from (values ('hoa', 'folded', 'Thanh Hóa', true), ('HOÁ', 'folded', 'Thanh Hóa', true), ('hoa', 'exact', 'Thanh Hóa', false),
               ('Hoá', 'exact', 'Thanh Hóa', true), ('hóa', 'exact', normalize('Thanh Hoá', NFD), true), ('thanh', 'exact', 'Thạnh Phú', false),
               ('thanh hoaa', 'folded', 'Thanh Hóa', false), ('thanh hoaa', 'similar', 'Thanh Hóa', true), ('hoa', 'similar', 'Thanh Hóa', true),
               ('nghe an', 'similar', 'Thanh Hóa', false), ('%', 'exact', 'Thanh Hóa', false)) c (q, q_mode, words, is_found);

-- ---- Order of names ----
select is(array_agg(name order by name collate vietnamese), array['An', 'Ăn', 'Ân', 'Dung', 'Đa', 'Em'], 'vietnamese: a ă â d đ e')
  from unnest(array['Đa', 'Em', 'Ân', 'An', 'Dung', 'Ăn']) name;

-- ---- Clock ----
select is(instant('2026-11-22 08:00:00.5+07'), '2026-11-22T01:00:00.500000Z', 'instant: UTC, microseconds, Z');
select is(today(), (now() at time zone 'Asia/Ho_Chi_Minh')::date, 'today: in Viet Nam');
set local app.clock_shift = 86400;
select is(today(), (now() at time zone 'Asia/Ho_Chi_Minh')::date + 1, 'today: moved by a day');
select is(current_instant(), now() + interval '1 day', 'current_instant: moved by a day');
set local app.clock_shift = '';
select is(claim('app.nothing'), null, 'claim: never set');
set local app.empty = '';
select is(claim('app.empty'), null, 'claim: empty after a batch');

-- ---- Ids ----
select matches(uuidv7()::text, '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$', 'uuidv7: version and variant');
select ok(abs(extract(epoch from clock_timestamp()) * 1000 - ('x0000' || left(replace(uuidv7()::text, '-', ''), 12))::bit(64)::bigint) < 2000,
  'uuidv7: begins with the milliseconds');

-- ---- Versions and references ----
select is(next_version(3, 3), 4, 'next_version: the wanted one');
select is(next_version(3, null), 4, 'next_version: whatever it is');
select throws_ok('select next_version(3, 2)', 'PT412', 'stale', 'next_version: stale');
select is(reference('#/x', null, null), null, 'reference: nothing wanted');
select is(reference('#/x', null, uuidv7()), null, 'reference: nothing wanted, something seen');
select is(reference('#/x', '019aa000-0000-7000-8000-000000000001', '019aa000-0000-7000-8000-000000000001'),
  '019aa000-0000-7000-8000-000000000001'::uuid, 'reference: seen');
select throws_ok($$select reference('#/x', uuidv7(), null)$$, 'PT422', 'invalid', 'reference: not seen');
select throws_ok($$select reference_code('#/x', 'KC9', null)$$, 'PT422', 'invalid', 'reference_code: not seen');
select throws_ok($$select references_each('#/x', array[uuidv7()], '{}')$$, 'PT422', 'invalid', 'references_each: not seen');
select is(references_each('#/x', '{}', '{}'), '{}'::uuid[], 'references_each: none');

create function pg_temp.detail_of(statement text) returns jsonb language plpgsql as $$
declare
  detail text;
begin
  execute statement;
  return null;
exception when others then
  get stacked diagnostics detail = pg_exception_detail;
  return detail::jsonb;
end
$$;
select is(pg_temp.detail_of('select next_version(3, 2)'), '{"current_version": 3}', 'stale says which version it is');
select is(pg_temp.detail_of($$select reference('#/x', uuidv7(), null)$$), '[{"pointer": "#/x", "code": "unknown_reference"}]',
  'a refusal has pointer and code');
select is(pg_temp.detail_of($$select references_each('#/x', '{019aa000-0000-7000-8000-000000000001,019aa000-0000-7000-8000-000000000002}',
  '{019aa000-0000-7000-8000-000000000001}')$$),
  '[{"pointer": "#/x/1", "code": "unknown_reference"}]', 'references_each points at the member');

-- ---- History ----
select pg_temp.caller('38');
set local role kc_api;
insert into establishment (id, name, province_code) values ('019aa000-0000-7000-8000-00000000e001', 'Một', '38');
update establishment set name = 'Hai', version = 2, created_by = null, created_at = '2000-01-01' where id = '019aa000-0000-7000-8000-00000000e001';
update establishment set deleted_at = now(), version = 3 where id = '019aa000-0000-7000-8000-00000000e001';
update establishment set deleted_at = null, version = 4 where id = '019aa000-0000-7000-8000-00000000e001';
select is((select created_by from establishment where id = '019aa000-0000-7000-8000-00000000e001'),
  '019aa000-0000-7000-8000-0000000000cc'::uuid, 'created_by is the client, and stays');
select is((select created_at from establishment where id = '019aa000-0000-7000-8000-00000000e001'), now(), 'created_at stays');
select throws_ok('select count(*) from history', '42501', null, 'the service cannot read history');
select throws_ok($$insert into history (record_type, record_id, version, event, at, row_data) values ('x', uuidv7(), 1, 'created', now(), '{}')$$,
  '42501', null, 'nor write it');
select throws_ok($$update history set event = 'x'$$, '42501', null, 'nor change it');
select throws_ok('delete from history', '42501', null, 'nor delete from it');
select throws_ok('truncate history', '42501', null, 'nor empty it');
select throws_ok('select keep_history()', '0A000', null, 'nor call its trigger');
select throws_ok($$delete from establishment where id = '019aa000-0000-7000-8000-00000000e001'$$, '42501', null, 'records are not removed');
reset role;
delete from establishment where id = '019aa000-0000-7000-8000-00000000e001';
select results_eq(
  $$select event, version, row_data ->> 'name' from history where record_id = '019aa000-0000-7000-8000-00000000e001' order by id$$,
  $$values ('created', 1, 'Một'), ('updated', 2, 'Hai'), ('deleted', 3, 'Hai'), ('restored', 4, 'Hai'), ('deleted', 4, 'Hai')$$,
  'every state is kept, also of a row that was removed');
select results_eq(
  $$select distinct record_type, client_id, organisation_id, operation, trace_id from history
     where record_id = '019aa000-0000-7000-8000-00000000e001'$$,
  $$values ('establishment', '019aa000-0000-7000-8000-0000000000cc'::uuid, '019aa000-0000-7000-8000-0000000000aa'::uuid, 'test',
            repeat('a', 32))$$,
  'who did it is kept');
select is(count(*), 0::bigint, 'search columns are not kept') from history where row_data ? 'folded';

-- ---- Keys of partners: one's own, and those of the territory ----
select pg_temp.caller('38');
set local role kc_api;
insert into external_ref (record_type, record_id, system, ref, province_code, organisation_id)
values ('x', '019aa000-0000-7000-8000-00000000e002', 'one', 'A', '38', '019aa000-0000-7000-8000-0000000000aa');
select throws_ok($$insert into external_ref (record_type, record_id, system, ref, organisation_id)
  values ('x', uuidv7(), 'one', 'B', uuidv7())$$, '42501', null, 'a key for somebody else is refused');
select throws_ok($$insert into external_ref (record_type, record_id, system, ref, organisation_id)
  values ('x', uuidv7(), 'one', 'A', '019aa000-0000-7000-8000-0000000000aa')$$, '23505', null, 'a key leads to one record');
select is(external_refs_json('x', '019aa000-0000-7000-8000-00000000e002')::text, '[{"system" : "one", "ref" : "A"}]', 'the owner sees it');
select pg_temp.caller('38,40', organisation_id => '019aa000-0000-7000-8000-0000000000ab');
select is(count(*), 1::bigint, 'the territory sees it') from external_ref where record_type = 'x';
select pg_temp.caller('01', organisation_id => '019aa000-0000-7000-8000-0000000000ab');
select is(count(*), 0::bigint, 'others do not') from external_ref where record_type = 'x';
select is(external_refs_json('x', '019aa000-0000-7000-8000-00000000e002')::text, '[]', 'nor in a record');
select throws_ok('delete from external_ref', '42501', null, 'keys are not removed');

-- ---- Kept answers ----
select pg_temp.caller('38');
insert into idempotency_key (client_id, method, path, key, fingerprint, status)
values ('019aa000-0000-7000-8000-0000000000cc', 'POST', '/x', 'k', 'f', 201);
select throws_ok($$insert into idempotency_key (client_id, method, path, key, fingerprint, status) values (uuidv7(), 'POST', '/x', 'k', 'f', 201)$$,
  '42501', null, 'an answer for another client is refused');
delete from idempotency_key;
select is(count(*), 1::bigint, 'a young answer stays') from idempotency_key;
select throws_ok($$update idempotency_key set status = 200$$, '42501', null, 'an answer does not change');
select pg_temp.caller('38', client_id => '019aa000-0000-7000-8000-0000000000cd');
select is(count(*), 0::bigint, 'another client does not see it') from idempotency_key;
reset role;
update idempotency_key set created_at = now() - interval '73 hours';
set local role kc_api;
delete from idempotency_key;
reset role;
select is(count(*), 0::bigint, 'an old one goes') from idempotency_key;

-- ---- Child rows ----
create table parent (id uuid primary key, version integer not null default 1, organisation_id uuid, province_code text);
create table child (id uuid primary key default uuidv7(), parent_id uuid references parent, organisation_id uuid, province_code text, size integer);
create trigger inherit_owner before insert or update on child for each row execute function inherit_owner('parent', 'parent_id');
create trigger touch_parent after insert or update or delete on child for each row execute function touch_parent('parent', 'parent_id');
create trigger hand_down_owner after update of organisation_id, province_code on parent
  for each row execute function hand_down_owner('child', 'parent_id');
insert into parent values ('019aa000-0000-7000-8000-00000000e003', 1, '019aa000-0000-7000-8000-0000000000aa', '70');
insert into child (parent_id, province_code, size) values ('019aa000-0000-7000-8000-00000000e003', '01', 1);
select is(province_code, '70', 'a child belongs where its parent does') from child;
select is(version, 2, 'a new child is a change of the parent') from parent;
update child set size = 2;
select is(version, 3, 'so is a changed one') from parent;
update parent set province_code = '75', version = 4;
select is(province_code, '75', 'a parent that moves takes its children along') from child;
select is(version, 4, 'which is no further change') from parent;
delete from child;
select is(version, 5, 'a removed child is a change') from parent;

-- ---- Found under the caller's scope ----
select is(opened('019aa000-0000-7000-8000-00000000e003', false), '019aa000-0000-7000-8000-00000000e003', 'what is seen and there');
select throws_ok($$select opened('019aa000-0000-7000-8000-00000000e003', null)$$, 'PT404', 'not-found', 'what is not seen');
select throws_ok($$select opened('019aa000-0000-7000-8000-00000000e003', true)$$, 'PT410', 'deleted', 'what is deleted');

-- ---- Roles ----
select ok(not rolbypassrls and not rolsuper and not rolcreaterole, 'kc_api is bound by row level security') from pg_roles where rolname = 'kc_api';
select ok(rolbypassrls and not rolcanlogin, 'kc_owner passes and cannot log in') from pg_roles where rolname = 'kc_owner';
select is_empty($$select relname from pg_class where relowner = 'kc_api'::regrole$$, 'kc_api owns nothing');
select set_eq($$select proname::text from pg_proc
  where prosecdef and pronamespace = 'public'::regnamespace and prorettype <> 'trigger'::regtype$$, array[
    'unappraised_items', -- and which projects of a plan that the caller assigns have not passed their appraisal
    'assigned_baseline_vnd', 'assigned_vnd', 'assigned_years', -- what plans of others assign to a project that the caller found
    'authors_of', 'last_act', 'moved_last_at', -- acts on a record that the caller found
    'close_abandoned_files',                 -- uploads of anybody that nobody goes on with
    'certificate_keys',                      -- names of keys, which the key set tells everybody
    'duplicate_matches',                     -- that there is such support, by code, year and province
    'file_is_cited',                         -- that a record cites the file, and not which
    'lock_annual_plan',                      -- of a plan that the caller found
    'ocop_counted_sheets',                   -- which sheets of a council are in; what they say goes into its result alone
    'ocop_registration_in_reach',            -- whether a dossier lies in the caller's territory: a member does not see what he has an interest in
    'voting_field', 'sheet_open',            -- who stands before an entry in its round; whether all sheets of an entry are in: the policy on sheets asks it
    'money_tally', 'plan_tally', 'project_tally' -- sums, held against the claims inside
  ], 'besides triggers, few functions run as their owner, each for its reason');
select is_empty($$select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace
  and not 'search_path=pg_catalog, public, pg_temp' = any (coalesce(proconfig, '{}'))$$,
  'and find their tables whatever the caller''s search_path is');
set local role kc_api;
select throws_ok('create table public.mine ()', '42501', null, 'the service makes no tables');
reset role;

select * from finish();
rollback;
