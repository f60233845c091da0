-- SPDX-License-Identifier: MIT

-- What the client is now. No row: it is not active any more, or the token is older than its last revocation.
-- The territory is the own province with all its predecessors; central agencies have every province there ever was.
-- name: loadCaller :call
select o.id as organisation_id, o.tier, o.province_code,
       case
         when o.kind in ('ministry', 'bureau', 'central_centre') then
           (select array_agg(distinct u.code order by u.code) from admin_unit u where u.tier = 'province')
         when o.province_code is not null then array(
           select o.province_code
            union
           select m.code from admin_unit_map m
            where m.on_code = o.province_code and today() between m.on_from and m.on_to
            order by 1)
         else '{}'
       end::text as provinces,
       array_to_string(array(select held from unnest(string_to_array(:scopes::text, ' ')) held where held = any (c.scopes)), ' ') as scopes
  from client c
  join organisation o on o.id = c.organisation_id
 where c.id = :client_id::uuid and c.epoch = :epoch::integer and c.status = 'active'
   and c.deleted_at is null and o.deleted_at is null;

-- name: findClient :call
select c.organisation_id, c.epoch, case when o.deleted_at is null then c.status else 'suspended' end as status,
       array_to_string(c.scopes, ' ') as scopes,
       (select s.hash from client_secret s where s.client_id = c.id and s.slot = 1) as hash_1,
       (select s.hash from client_secret s where s.client_id = c.id and s.slot = 2) as hash_2
  from client c
  join organisation o on o.id = c.organisation_id
 where c.id = :client_id::uuid and c.deleted_at is null;
