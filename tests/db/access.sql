-- SPDX-License-Identifier: MIT
-- Clients, secrets, keys: who may do what with them, and what the tables refuse.
begin;
select plan(37);
\ir claims.psql

create temp table made (what text, id uuid) on commit drop;
grant select, insert on made to kc_api;

-- ---- The service outside of any request: what its commands and the token endpoint need ----
set local role kc_api;
select lives_ok($$
  with c as (
    insert into client (name, organisation_id, scopes)
    select 'a', o.id, array['projects:read'] from organisation o where o.kind = 'ministry' limit 1 returning id
  ) insert into made select 'client', id from c$$, 'a client is made');
select is(epoch, 1, 'its tokens begin with epoch 1') from client where name = 'a';
select is(status, 'active', 'it is active') from client where name = 'a';
select lives_ok($$insert into client_secret (client_id, slot, hash) select id, 1, repeat('a', 64) from made$$, 'it gets a secret');
select lives_ok($$insert into client_secret (client_id, slot, hash) select id, 2, repeat('b', 64) from made$$, 'and a second one');
select lives_ok($$delete from client_secret where slot = 1$$, 'an old secret really goes');
select lives_ok($$update client set status = 'suspended', epoch = epoch + 1, version = version + 1 where name = 'a'$$, 'it is suspended');
select lives_ok($$insert into signing_key (kid, purpose, serial_no, algorithm, private_key_encrypted)
  values ('k1', 'feed', 1, 'ES256', '\x00')$$, 'a key is made');
select lives_ok($$update signing_key set retired_at = now() where kid = 'k1'$$, 'and retired');

-- ---- What even the service may not ----
select throws_ok($$update client set name = 'b' where name = 'a'$$, '42501', null, 'no new name for a client');
select throws_ok($$update client set organisation_id = uuidv7() where name = 'a'$$, '42501', null, 'no move to another organisation');
select throws_ok($$delete from client$$, '42501', null, 'no client goes for good');
select throws_ok($$update signing_key set private_key_encrypted = '\x01'$$, '42501', null, 'no key is exchanged under its kid');
select throws_ok($$update signing_key set purpose = 'token'$$, '42501', null, 'no key changes its purpose');
select throws_ok($$delete from signing_key$$, '42501', null, 'no key goes');
select throws_ok($$select from history$$, '42501', null, 'no look into history');

-- ---- A request of a caller: the tables are empty for it, whoever it is ----
select pg_temp.caller('70,75', 'central', '019aa000-0000-7000-8000-0000000000aa', (select id::text from made where what = 'client'));
select is_empty('select from client', 'a caller sees no client, not even itself');
select is_empty('select from client_secret', 'a caller sees no secret');
select is_empty('select from signing_key', 'a caller sees no key');
select throws_ok($$insert into client (name, organisation_id) select 'b', o.id from organisation o limit 1$$, '42501', null,
  'a caller makes no client');
select throws_ok($$insert into client_secret (client_id, slot, hash) select id, 1, repeat('c', 64) from made$$, '42501', null,
  'a caller gives no secret');
select throws_ok($$insert into signing_key (kid, purpose, serial_no, algorithm, private_key_encrypted)
  values ('k2', 'feed', 2, 'ES256', '\x00')$$, '42501', null, 'a caller makes no key');
with changed as (update client set status = 'active' where true returning 1)
select is(count(*), 0::bigint, 'a caller changes no client') from changed;
with changed as (delete from client_secret where true returning 1)
select is(count(*), 0::bigint, 'a caller removes no secret') from changed;
select set_config('app.client_id', '', true);
reset role;

-- ---- Rules ----
select throws_ok($$insert into client (name, organisation_id) select 'a', o.id from organisation o limit 1$$, '23505', null,
  'a name names one client');
select lives_ok($$with gone as (update client set deleted_at = now() where name = 'a' returning 1) select 1$$, 'a client is deleted');
select lives_ok($$insert into client (name, organisation_id) select 'a', o.id from organisation o limit 1$$, 'and its name is free again');
select throws_ok($$insert into client (name, organisation_id) select '', o.id from organisation o limit 1$$, '23514', null, 'no client without name');
select throws_ok($$insert into client (name, organisation_id) select repeat('x', 121), o.id from organisation o limit 1$$, '23514', null, 'no endless name');
select throws_ok($$insert into client (name, organisation_id) values ('b', uuidv7())$$, '23503', null, 'a client belongs to an organisation');
select throws_ok($$update client set status = 'asleep'$$, '23514', null, 'no other status');
select throws_ok($$insert into client_secret (client_id, slot, hash) select id, 3, repeat('c', 64) from made$$, '23514', null, 'no third secret');
select throws_ok($$insert into client_secret (client_id, slot, hash) select id, 1, 'open sesame' from made$$, '23514', null, 'no secret in plain text');
select throws_ok($$insert into signing_key (kid, purpose, serial_no, algorithm, private_key_encrypted)
  values ('k3', 'feed', 1, 'ES256', '\x00')$$, '23505', null, 'one key of a purpose has a number: only one can be the first');
select throws_ok($$insert into signing_key (kid, purpose, serial_no, algorithm, private_key_encrypted)
  values ('k4', 'anything', 1, 'ES256', '\x00')$$, '23514', null, 'no other purpose');

-- ---- History ----
select is(array_agg(event order by id), array['created', 'updated', 'deleted'], 'history has what happened to the client')
  from history where record_type = 'client' and record_id = (select id from made);
select ok(bool_and(row_data::text !~ '[0-9a-f]{64}'), 'history holds no hash of a secret') from history where record_type like 'client%';

select * from finish();
rollback;
