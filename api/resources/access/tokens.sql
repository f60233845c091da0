-- SPDX-License-Identifier: MIT

-- What the client is now, and the person it speaks for. No row: it is not active any more, the token is older than its last
-- revocation, or it may not speak for that person (any more).
-- name: loadCaller :call
select a.organisation_id, a.tier, a.province_code, a.provinces::text as provinces, a.roles::text as roles,
       array_to_string(array(select held from unnest(string_to_array(:scopes::text, ' ')) held where held = any (a.scopes)), ' ') as scopes
  from client c
 cross join acting_for(c, :user_id::uuid) a
 where c.id = :client_id::uuid and c.epoch = :epoch::integer and c.status = 'active' and c.deleted_at is null;

-- A name is one of the client's own organisation; users of others are named by their id.
-- name: findActingUser :call
select u.id, a.organisation_id, array_to_string(a.scopes, ' ') as scopes
  from client c
  join "user" u on u.id = :user_id::uuid or u.organisation_id = c.organisation_id and u.user_name = lower(:user_name::text)
 cross join acting_for(c, u.id) a
 where c.id = :client_id::uuid;

-- name: findClient :call
select c.organisation_id, c.epoch, case when o.deleted_at is null then c.status else 'suspended' end as status,
       array_to_string(c.scopes, ' ') as scopes,
       (select s.hash from client_secret s where s.client_id = c.id and s.slot = 1) as hash_1,
       (select s.hash from client_secret s where s.client_id = c.id and s.slot = 2) as hash_2
  from client c
  join organisation o on o.id = c.organisation_id
 where c.id = :client_id::uuid and c.deleted_at is null;
