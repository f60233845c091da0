-- SPDX-License-Identifier: MIT
-- What the database shows of programmes where nobody is asking: those with a decision, and of their acts the deciding ones.
begin;
select plan(20);
\ir claims.psql
set local role kc_owner;
create function pg_temp.id(place text) returns uuid language sql as $$ select ('019aa000-0000-7000-8000-00000000' || place)::uuid $$;
create function pg_temp.nobody() returns void language sql as $$
  select set_config(name, '', true) from unnest(array['app.provinces', 'app.tier', 'app.organisation_id', 'app.client_id']) name;
$$;
create function pg_temp.ministry() returns void language sql as $$
  select pg_temp.caller('', 'central', pg_temp.id('00a0')::text);
  select set_config('app.provinces', array_to_string(all_province_codes(), ','), true);
$$;
insert into organisation (id, name, kind, tier, province_code) values (pg_temp.id('00a0'), 'Bộ', 'ministry', 'central', null);
-- One local and one national programme in each state, each with a target and the acts that it may have behind it.
insert into programme (id, level, name, status, organisation_id, province_code)
select pg_temp.id(level_no || '0' || lpad(place::text, 2, '0')), case level_no when 1 then 'local' else 'national' end, status, status,
       pg_temp.id('00a0'), case level_no when 1 then '38' end
  from record_status, generate_series(1, 2) level_no where record_type = 'programme';
insert into target (programme_id, name, operator, kind, measures)
select id, 'Chỉ tiêu ' || n, 'gte', 'flow', '[{"value": 1, "measure_unit": "person"}]' from programme, generate_series(1, 2) n;
update target set deleted_at = now() where name = 'Chỉ tiêu 2';
insert into transition (record_type, record_id, record_version, action, from_status, to_status, acted_on, note, documents)
select 'programme', id, 100 + n, 'x', 'draft', to_status, '2026-01-05', 'nội bộ', format($$[{"kind": "decision", "document_no": "%1$s"},
         {"kind": "minutes", "document_no": "BB"}, {"kind": "decree", "document_no": "NĐ %1$s"}]$$, to_status)::jsonb
  from programme, unnest(array['submitted', 'returned', 'approved', 'active']) with ordinality acts (to_status, n);
set local role kc_api;

select pg_temp.nobody();
select results_eq('select distinct status from programme order by 1', $$values ('active'), ('approved'), ('closed')$$,
  'nobody sees programmes with a decision, and no other');
select results_eq('select level, count(*) from programme group by 1 order by 1', $$values ('local', 3::bigint), ('national', 3)$$,
  'of both levels');
select results_eq('select t.name, g.status from target t left join programme g on g.id = t.programme_id order by 2, t.id',
  $$values ('Chỉ tiêu 1', 'active'), ('Chỉ tiêu 1', 'active'), ('Chỉ tiêu 1', 'approved'), ('Chỉ tiêu 1', 'approved'),
    ('Chỉ tiêu 1', 'closed'), ('Chỉ tiêu 1', 'closed')$$, 'their targets, but those that were deleted');
select results_eq('select to_status, count(*) from transition group by 1 order by 1', $$values ('active', 6::bigint), ('approved', 6)$$,
  'and the acts that are decisions');
select is(array(select d ->> 'document_no' from jsonb_array_elements(published_documents(pg_temp.id('1005'), '{decision}')) d),
  array['active', 'approved'], 'whose papers are those of the latest act first');
select is(published_documents(pg_temp.id('1005'), '{resolution}'), '[]', 'papers of other kinds are not among them');
select is(published_documents(pg_temp.id('1001'), '{decision}'), '[]', 'nor those of a draft');
select is((select count(*) from project) + (select count(*) from external_ref), 0::bigint, 'and nothing else of anybody');
update programme set note = 'y';
update target set note = 'y';
select throws_ok($$insert into programme (level, name, organisation_id) values ('national', 'x', pg_temp.id('00a0'))$$, '42501', null, 'nobody makes one');
select throws_ok($$insert into target (programme_id, name, operator, kind, measures)
  values (pg_temp.id('2005'), 'x', 'gte', 'flow', '[{"value": 1, "measure_unit": "person"}]')$$, '42501', null, 'nor a target');
select throws_ok(format($$insert into transition (record_type, record_id, record_version, action, from_status, to_status, acted_on)
    values ('programme', %L, 200, 'close', 'active', 'closed', '2026-01-05')$$, pg_temp.id(place)), '42501', null, what)
  from (values ('1001', 'nor acts on a draft'), ('1005', 'nor on what it sees')) v (place, what);

select pg_temp.ministry();
select is(count(*), 14::bigint, 'the ministry sees all') from programme;
select is(count(*), 0::bigint, 'nobody changed one') from programme where note is not null;
select is(count(*), 0::bigint, 'nor a target') from target where note is not null;
select is(count(*), 56::bigint, 'whoever reads a programme reads its acts') from transition;
update programme set deleted_at = now() where id = pg_temp.id('1005');
update programme set deleted_at = now() where id = pg_temp.id('2005');
select pg_temp.nobody();
select is((select count(*) from programme) + (select count(*) from target) + (select count(*) from transition), 16::bigint,
  'what is deleted is gone with all that hangs on it');

select pg_temp.caller('01');
select results_eq('select distinct level from programme', $$values ('national')$$, 'a caller of another province gains nothing: no local one');
select is(count(*), 0::bigint, 'no target of a local one') from target where province_code is not null;
select is(count(*), 7::bigint, 'and no less: national ones in every state') from programme;

select * from finish();
