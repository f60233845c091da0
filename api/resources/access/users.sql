-- SPDX-License-Identifier: MIT
-- Users. An organisation manages its own; people's committee and industry department of a province those of its territory too,
-- ministry and bureau everybody's. Names show with personal-data:read.

-- name: listUsers :page
-- sort: -updated_at = u.updated_at desc, u.id desc
-- sort: updated_at = u.updated_at asc, u.id asc
-- sort: user_name = u.user_name asc, u.id asc
-- sort: -user_name = u.user_name desc, u.id desc
select user_summary_json(u, :personal_data::boolean) as body
  from "user" u
 where u.organisation_id in (select m from organisations_managed_by(:own_organisation_id::uuid, :provinces::text[]) m)
   and (u.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and (:q::text is null or case
         when :personal_data::boolean then found(:q, :q_mode, u.folded, u.user_name || ' ' || u.full_name)
         else found(:q, :q_mode, u.user_name, u.user_name)
       end)
   and (:organisation_id::uuid is null or u.organisation_id = :organisation_id::uuid)
   and (:status::text[] is null or u.status = any (:status::text[]))
   and (:updated_at_gte::timestamptz is null or u.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or u.updated_at < :updated_at_lt::timestamptz);

-- name: getUser :one
select u.version, u.deleted_at is not null as gone, user_json(u, :personal_data::boolean) as body
  from "user" u
 where u.id = :user_id::uuid and manages_users_of(u.organisation_id, :organisation_id::uuid, :provinces::text[]);

-- name: createUser :write getUser
insert into "user" (id, organisation_id, user_name, full_name, status, note)
select :new_id::uuid,
       coalesce(reference('#/organisation_id', b.organisation_id,
         (select o.id from organisation o where o.id = b.organisation_id and o.deleted_at is null)), :organisation_id::uuid),
       b.user_name, b.full_name, coalesce(b.status, 'active'), b.note
  from jsonb_populate_record(null::"user", :body::jsonb) b
 where may_manage_users_of(b.organisation_id, :organisation_id::uuid, :provinces::text[])
returning id, version;

-- name: createUser.taken
select u.id
  from "user" u
 where u.deleted_at is null and u.user_name = :body::jsonb ->> 'user_name'
   and u.organisation_id = coalesce((:body::jsonb ->> 'organisation_id')::uuid, :organisation_id::uuid)
   and manages_users_of(u.organisation_id, :organisation_id::uuid, :provinces::text[]);

-- name: updateUser :write getUser
update "user" u
   set (user_name, full_name, status, note) = (
         select b.user_name, b.full_name, b.status, b.note from jsonb_populate_record(u, :body::jsonb) b),
       version = next_version(u.version, :if_version::bigint)
 where u.id = :user_id::uuid and u.deleted_at is null
   and manages_users_of(u.organisation_id, :organisation_id::uuid, :provinces::text[])
returning u.id, u.version;

-- name: updateUser.taken
select other.id
  from "user" u
  join "user" other on other.organisation_id = u.organisation_id and other.user_name = :body::jsonb ->> 'user_name'
 where u.id = :user_id::uuid and other.id <> u.id and other.deleted_at is null
   and manages_users_of(u.organisation_id, :organisation_id::uuid, :provinces::text[]);

-- name: deleteUser :remove getUser
update "user" u
   set deleted_at = current_instant(), version = next_version(u.version, :if_version::bigint)
 where u.id = :user_id::uuid and u.deleted_at is null
   and manages_users_of(u.organisation_id, :organisation_id::uuid, :provinces::text[])
returning u.id, u.version;

-- name: restoreUser :write getUser
update "user" u
   set deleted_at = null, version = next_version(u.version, :if_version::bigint)
 where u.id = :user_id::uuid
   and manages_users_of(u.organisation_id, :organisation_id::uuid, :provinces::text[])
returning u.id, u.version;

-- name: restoreUser.taken
select other.id
  from "user" u
  join "user" other on other.organisation_id = u.organisation_id and other.user_name = u.user_name
 where u.id = :user_id::uuid and other.id <> u.id and other.deleted_at is null
   and manages_users_of(u.organisation_id, :organisation_id::uuid, :provinces::text[]);
