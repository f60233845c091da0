-- SPDX-License-Identifier: MIT
-- Statements of the operator's commands (api/access_cli.c).

-- name: listClients :call
select c.id, c.name, c.status, o.name as organisation, array_to_string(c.scopes, ' ') as scopes,
       (select count(*) from client_secret s where s.client_id = c.id) as secrets_count
  from client c
  join organisation o on o.id = c.organisation_id
 where c.deleted_at is null
 order by c.name;

-- An agency code may have had several bearers: the one of today is meant.
-- name: addClient :call
with made as (
  insert into client (name, organisation_id, scopes)
  select :name::text, o.id, string_to_array(:scopes::text, ' ')
    from organisation o
   where o.deleted_at is null
     and (o.id::text = lower(:organisation::text)
          or o.code = :organisation::text
          or o.agency_code = :organisation::text
             and daterange(o.valid_from, o.valid_to, '[]') @> today())
  returning id
)
insert into client_secret (client_id, slot, hash)
select m.id, 1, :hash::text from made m
returning client_id;

-- name: rotateClientSecret :call
insert into client_secret (client_id, slot, hash)
select c.id, place.slot, :hash::text
  from client c, generate_series(1, 2) place (slot)
 where c.id = :client_id::uuid and c.deleted_at is null and c.status <> 'revoked'
   and not exists (select from client_secret s where s.client_id = c.id and s.slot = place.slot)
 order by place.slot
 limit 1
returning client_id;

-- name: retireClientSecret :call
delete from client_secret old
 using client_secret new
 where old.client_id = :client_id::uuid and new.client_id = old.client_id
   and (new.created_at, new.slot) > (old.created_at, old.slot)
returning old.client_id;

-- name: setClientStatus :call
update client c
   set status = :status::text, epoch = c.epoch + 1, version = c.version + 1
 where c.id = :client_id::uuid and c.deleted_at is null and c.status = any (string_to_array(:from::text, ' '))
returning c.id;

-- name: addAdministrator :call
with made as (
  insert into client (name, organisation_id, scopes)
  select 'administrator', o.id, string_to_array(:scopes::text, ' ')
    from organisation o
   where o.kind = 'ministry' and o.deleted_at is null and daterange(o.valid_from, o.valid_to, '[]') @> today()
   order by o.created_at
   limit 1
  on conflict (name) where deleted_at is null do nothing
  returning id
)
insert into client_secret (client_id, slot, hash)
select m.id, 1, :hash::text from made m
returning client_id;

-- name: resetAdministrator :call
with reset as (
  update client c
     set status = 'active', epoch = c.epoch + 1, version = c.version + 1, scopes = string_to_array(:scopes::text, ' ')
   where c.name = 'administrator' and c.deleted_at is null
  returning c.id
), second as (
  delete from client_secret s using reset r where s.client_id = r.id and s.slot = 2
)
insert into client_secret (client_id, slot, hash)
select r.id, 1, :hash::text from reset r
on conflict (client_id, slot) do update set hash = excluded.hash, created_at = now()
returning client_id;

-- It is made without a secret: only the operator gets its tokens (api token --demo), and the secrets that db/demo/client makes
-- for the loader. Run again, it gets what scopes are new.
-- name: ensureDemoClient :call
insert into client (name, organisation_id, scopes)
select 'demo', o.id, string_to_array(:scopes::text, ' ')
  from organisation o
 where o.kind = 'ministry' and o.deleted_at is null and daterange(o.valid_from, o.valid_to, '[]') @> today()
 order by o.created_at
 limit 1
on conflict (name) where deleted_at is null
  do update set scopes = excluded.scopes, version = client.version + 1 where client.scopes <> excluded.scopes;

-- name: findClientByName :call
select c.id, c.organisation_id, c.epoch, array_to_string(c.scopes, ' ') as scopes
  from client c
 where c.name = :name::text and c.deleted_at is null and c.status = 'active';
