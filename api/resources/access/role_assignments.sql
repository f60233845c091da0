-- SPDX-License-Identifier: MIT
-- Roles of users. Written by whoever manages the users of the organisation for which the person acts; seen also by whoever
-- manages the person.

-- name: listRoleAssignments :page
-- sort: -updated_at = a.updated_at desc, a.id desc
-- sort: updated_at = a.updated_at asc, a.id asc
-- sort: valid_from = a.valid_from asc, a.id asc
-- sort: -valid_from = a.valid_from desc, a.id desc
select role_assignment_json(a) as body
  from role_assignment a
  left join "user" u on u.id = a.user_id
 where (a.organisation_id in (select m from organisations_managed_by(:own_organisation_id::uuid, :provinces::text[]) m)
        or u.organisation_id in (select m from organisations_managed_by(:own_organisation_id::uuid, :provinces::text[]) m))
   and (a.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and (:user_id::uuid is null or a.user_id = :user_id::uuid)
   and (:organisation_id::uuid is null or a.organisation_id = :organisation_id::uuid)
   and (:role::text[] is null or a.role = any (:role::text[]))
   and (:valid_on::date is null or a.valid_from <= :valid_on::date and (a.valid_to is null or a.valid_to >= :valid_on::date))
   and (:updated_at_gte::timestamptz is null or a.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or a.updated_at < :updated_at_lt::timestamptz);

-- name: getRoleAssignment :one
select a.version, a.deleted_at is not null as gone, role_assignment_json(a) as body
  from role_assignment a
 where a.id = :role_assignment_id::uuid
   and (manages_users_of(a.organisation_id, :organisation_id::uuid, :provinces::text[])
        or exists (select from "user" u
                    where u.id = a.user_id and manages_users_of(u.organisation_id, :organisation_id::uuid, :provinces::text[])));

-- Without an organisation the role is for the one where the person works.
-- name: createRoleAssignment :write getRoleAssignment
insert into role_assignment (id, user_id, role, organisation_id, province_code, valid_from, valid_to, note)
select :new_id::uuid, reference('#/user_id', b.user_id, u.id), b.role,
       coalesce(reference('#/organisation_id', b.organisation_id,
         (select o.id from organisation o where o.id = b.organisation_id and o.deleted_at is null)), u.organisation_id),
       b.province_code, coalesce(b.valid_from, today()), b.valid_to, b.note
  from jsonb_populate_record(null::role_assignment, :body::jsonb) b
  left join "user" u on u.id = b.user_id and u.deleted_at is null
                    and manages_users_of(u.organisation_id, :organisation_id::uuid, :provinces::text[])
 where may_manage_users_of(b.organisation_id, :organisation_id::uuid, :provinces::text[])
returning id, version;

-- name: updateRoleAssignment :write getRoleAssignment
update role_assignment a
   set (valid_from, valid_to, note) = (
         select b.valid_from, b.valid_to, b.note from jsonb_populate_record(a, :body::jsonb) b),
       version = next_version(a.version, :if_version::bigint)
 where a.id = :role_assignment_id::uuid and a.deleted_at is null
   and manages_users_of(a.organisation_id, :organisation_id::uuid, :provinces::text[])
returning a.id, a.version;

-- name: deleteRoleAssignment :remove getRoleAssignment
update role_assignment a
   set deleted_at = current_instant(), version = next_version(a.version, :if_version::bigint)
 where a.id = :role_assignment_id::uuid and a.deleted_at is null
   and manages_users_of(a.organisation_id, :organisation_id::uuid, :provinces::text[])
returning a.id, a.version;

-- name: restoreRoleAssignment :write getRoleAssignment
update role_assignment a
   set deleted_at = null, version = next_version(a.version, :if_version::bigint)
 where a.id = :role_assignment_id::uuid
   and manages_users_of(a.organisation_id, :organisation_id::uuid, :provinces::text[])
returning a.id, a.version;
