-- SPDX-License-Identifier: MIT
-- Files: names, bytes that come in order and stay, records that keep them, uploads that nobody goes on with.
begin;
select plan(46);
\ir claims.psql
set local role kc_owner;
insert into organisation (id, name, kind, tier, province_code) values
  ('019aa000-0000-7000-8000-0000000000f1', 'Sở', 'industry_department', 'province', '70'),
  ('019aa000-0000-7000-8000-0000000000f2', 'Sở khác', 'industry_department', 'province', '01');
create function pg_temp.refused(statement text) returns text language plpgsql as $$
declare
  detail text;
begin
  execute statement;
  return null;
exception when others then
  get stacked diagnostics detail = pg_exception_detail;
  return coalesce(case when sqlstate like 'PT%' then coalesce(detail::jsonb #>> '{0,code}', sqlerrm) end, sqlstate);
end
$$;
create function pg_temp.of(n integer) returns uuid language sql as $$ select ('019aa000-0000-7000-8000-00000000f0' || lpad(n::text, 2, '0'))::uuid $$;
create function pg_temp.opened(n integer, size integer, digest text default repeat('a', 64)) returns void language sql as $$
  select create_file(pg_temp.of(n), jsonb_build_object('file_name', 'a.pdf', 'media_type', 'application/pdf', 'size_bytes', size, 'sha256', digest),
    '019aa000-0000-7000-8000-0000000000f1', '70', 1000000)
$$;
create function pg_temp.put(n integer, at bigint, bytes text, version integer) returns text language sql as $$
  select pg_temp.refused(format('select put_part(f, %s, %L::bytea, ''application/pdf'', %s) from file f where f.id = %L', at, bytes, version, pg_temp.of(n)))
$$;
create function pg_temp.of_file(n integer) returns text language sql as $$
  select concat_ws(' ', f.status, f.version, c.received_bytes, case when f.deleted_at is not null then 'deleted' end)
    from file f join file_content c on c.id = f.id where f.id = pg_temp.of(n)
$$;

-- ---- Names and kinds ----
select is(is_file_name(c.name), c.is_one, coalesce(c.story, c.name))
  from (values ('Quyết định.pdf', true, null), ('a/b.pdf', false, null), (E'a\u202efdp.exe', false, 'a mark that turns the writing round'), ('.pdf', false, null),
               ('a.pdf ', false, 'a blank at its end'), (E'a\nb.pdf', false, 'a line feed'), (normalize('Hoà.pdf', NFD), false, 'not NFC'),
               (repeat('a', 252) || '.pdf', false, '256 bytes'), ('CON?.pdf', false, null)) c (name, is_one, story);
select is(pg_temp.refused(format('select refuse_faults(file_faults(%L, %L, %L, ''#/''))', c.name, c.declared, c.sniffed)), c.fault, c.story)
  from (values ('a.pdf', 'application/pdf', 'application/pdf', null, 'what it says and what it is'),
               ('a.pdf', 'application/pdf', 'text/html', 'file_type_differs', 'bytes that say otherwise'),
               ('a.docx', 'application/pdf', 'application/pdf', 'file_name_extension', 'a name that says otherwise'),
               ('a.html', 'text/html', 'text/html', 'file_media_type_fkey', 'a type that is not taken')) c (name, declared, sniffed, fault, story);

-- ---- Parts ----
select pg_temp.caller('70', 'province', '019aa000-0000-7000-8000-0000000000f1');
set local role kc_api;
select pg_temp.opened(1, 5000, encode(sha256((repeat('x', 5000))::bytea), 'hex'));
select is(pg_temp.of_file(1), 'open 1 0', 'an open file waits');
select is(pg_temp.put(1, 0, repeat('x', 100), 1), 'file_first_part_length', 'the first part tells what it is');
select is(pg_temp.put(1, 4096, 'x', 1), 'file_gap', 'no gaps');
select is(pg_temp.put(1, 0, repeat('x', 4096), 1), null, 'the first part');
select is(pg_temp.of_file(1), 'open 2 4096', 'is a version');
select is(pg_temp.put(1, 0, repeat('x', 4096), 2), null, 'the same once more');
select is(pg_temp.of_file(1), 'open 2 4096', 'changes nothing');
select is(pg_temp.put(1, 0, repeat('y', 4096), 2), 'file_part_differs', 'other bytes at the same place');
select is(pg_temp.put(1, 4096, repeat('x', 905), 2), 'file_part_length', 'more than was said');
select is(pg_temp.put(1, 4096, repeat('x', 904), 1), 'stale', 'on a version of before');
select is(pg_temp.put(1, 4096, repeat('x', 904), 2), null, 'the rest');
select is(pg_temp.refused(format('select seal_file(%L, %L)', pg_temp.of(1), repeat('b', 64))), 'file_digest', 'bytes of another digest');
select lives_ok(format('select seal_file(%L, encode(sha256(repeat(''x'', 5000)::bytea), ''hex''))', pg_temp.of(1)), 'the declared one');
select is(pg_temp.of_file(1), 'complete 4 5000', 'the file is complete');
select throws_like(format('insert into file_chunk (content_id, first_byte, bytes) values (%L, 5000, ''x'')', pg_temp.of(1)), '%do not change', 'its bytes do not change');
select throws_ok(format('delete from file_chunk where content_id = %L', pg_temp.of(1)), '42501', null, 'nor go');

-- ---- Who sees them ----
select pg_temp.caller('01', 'province', '019aa000-0000-7000-8000-0000000000f2');
select is_empty(format('select id from file where id = %L', pg_temp.of(1)), 'a file of another province is not there');
select is(pg_temp.refused(format($$insert into plan_call (title, year, level, organisation_id, province_code, documents) values ('x', 2026, 'local',
  '019aa000-0000-7000-8000-0000000000f2', '01', '[{"kind": "letter", "file_id": "%s"}]')$$, pg_temp.of(1))), 'unknown_reference', 'nor can it be cited');

-- ---- What keeps them: every record that names a file ----
select pg_temp.caller('70', 'province', '019aa000-0000-7000-8000-0000000000f1');
select pg_temp.opened(2, 5000);
select is(pg_temp.refused(format($$insert into plan_call (title, year, level, organisation_id, province_code, documents) values ('x', 2026, 'local',
  '019aa000-0000-7000-8000-0000000000f1', '70', '[{"kind": "letter", "file_id": "%s"}]')$$, pg_temp.of(2))), 'file_open', 'an open file is no paper');
insert into plan_call (id, title, year, level, organisation_id, province_code, documents) values (pg_temp.of(50), 'x', 2026, 'local',
  '019aa000-0000-7000-8000-0000000000f1', '70', jsonb_build_array(jsonb_build_object('kind', 'letter', 'file_id', pg_temp.of(1))));
select is((select record_type || ' ' || record_id from file_citation where file_id = pg_temp.of(1)), 'plan_call ' || pg_temp.of(50), 'a call cites the letter');
select is(pg_temp.refused(format('update file set deleted_at = now() where id = %L', pg_temp.of(1))), 'still-referenced', 'which is not removed any more');
update plan_call set documents = '[]' where id = pg_temp.of(50);
select is(pg_temp.refused(format('update file set deleted_at = now() where id = %L', pg_temp.of(1))), 'still-referenced', 'nor when the call names it no longer');
select throws_ok('delete from file_citation', '42501', null, 'citations stay');
-- Every column with a paper has its trigger: a table added tomorrow is missed here. 
set local role kc_owner;
select set_eq($$select c.relname || '.' || a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.atttypid = 'jsonb'::regtype and not a.attisdropped
      and a.attname in ('document', 'documents', 'minutes', 'checklist', 'decision', 'answers', 'paper')$$,
  $$select t.tgrelid::regclass || '.' || coalesce(nullif(encode(substring(t.tgargs for greatest(length(t.tgargs) - 1, 0)), 'escape'), ''), 'documents')
      from pg_trigger t join pg_proc p on p.oid = t.tgfoid where p.proname in ('cite_files_of_record', 'cite_files_of_act')$$, 'every column that names papers keeps their files');

-- ---- Uploads that nobody goes on with ----
set local role kc_api;
select is(pg_temp.put(2, 0, repeat('x', 4096), 1), null, 'an upload begins');
select is(close_abandoned_files(), 0, 'today nobody has left it');
set local app.clock_shift = 259000;
select is(close_abandoned_files(), 0, 'nor within 72 hours');
set local app.clock_shift = 259300;
select pg_temp.caller('01', 'province', '019aa000-0000-7000-8000-0000000000f2');
select is(close_abandoned_files(), 1, 'then whoever sends a file next closes it');
select pg_temp.caller('70', 'province', '019aa000-0000-7000-8000-0000000000f1');
set local role kc_owner;
select is(pg_temp.of_file(2), 'open 3 0 deleted', 'what had come of it is given up');
select is((select count(*) from file_chunk where content_id = pg_temp.of(2)), 0::bigint, 'all of it');
select is((select concat_ws(' ', event, client_id) from history where record_id = pg_temp.of(2) order by id desc limit 1), 'deleted', 'nobody''s client is named for it');
select is(claim('app.client_id'), '019aa000-0000-7000-8000-0000000000cc', 'and the caller is the caller again');
select is(pg_temp.of_file(1), 'complete 4 5000', 'complete files stay');

select * from finish();
rollback;
