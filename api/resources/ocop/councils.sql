-- Councils and advisory teams: read in their territory (those of the centre by all), written by bodies of their tier.

-- name: listOcopCouncils :page
-- sort: -updated_at = c.updated_at desc, c.id desc
-- sort: updated_at = c.updated_at asc, c.id asc
select ocop_council_json(c) as body
  from ocop_council c
 where voting_seen(c.province_code, c.organisation_id, :provinces::text[], :organisation_id::uuid)
   and (c.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and (:kind::text is null or c.kind = :kind)
   and (:tier::text[] is null or c.tier = any (:tier::text[]))
   and (:status::text[] is null or c.status = any (:status::text[]))
   and (:round_id::uuid is null or c.round_id = :round_id::uuid);

-- name: getOcopCouncil :one
select c.version, c.deleted_at is not null as gone, ocop_council_json(c) as body
  from ocop_council c
 where c.id = :council_id::uuid and voting_seen(c.province_code, c.organisation_id, :provinces::text[], :organisation_id::uuid);

-- name: createOcopCouncil :write getOcopCouncil
select m.id, m.version
  from made_ocop_council(:new_id::uuid, :body::jsonb, :tier, :provinces::text[], :organisation_id::uuid, :province_code) m;

-- name: updateOcopCouncil :write getOcopCouncil
select m.id, m.version
  from locked_ocop_council(:council_id::uuid, :tier, :provinces::text[], :organisation_id::uuid) c (id)
 cross join changed_ocop_council(c.id, :body::jsonb, :if_version::bigint, :provinces::text[], :organisation_id::uuid) m;

-- name: deleteOcopCouncil :remove getOcopCouncil
update ocop_council c
   set deleted_at = current_instant(), version = next_version(c.version, :if_version::bigint)
  from locked_ocop_council(:council_id::uuid, :tier, :provinces::text[], :organisation_id::uuid) l (id)
 where c.id = l.id
returning c.id, c.version;

-- name: restoreOcopCouncil :write getOcopCouncil
update ocop_council c
   set deleted_at = null, version = next_version(c.version, :if_version::bigint)
 where c.id = :council_id::uuid and ocop_council_held(c, :tier, :provinces::text[], :organisation_id::uuid)
returning c.id, c.version;

-- ---- Members ----

-- name: listOcopCouncilMembers :page
-- sort: created_at = m.created_at asc, m.id asc
-- sort: -created_at = m.created_at desc, m.id desc
select ocop_member_json(m) as body
  from ocop_council_member m
 where (select open_ocop_council(:council_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and m.council_id = :council_id::uuid and m.deleted_at is null;

-- name: getOcopCouncilMember :one
select m.version, m.deleted_at is not null or c.deleted_at is not null as gone, ocop_member_json(m) as body
  from ocop_council_member m
  join ocop_council c on c.id = m.council_id
 where m.id = :member_id::uuid and c.id = :council_id::uuid
   and voting_seen(c.province_code, c.organisation_id, :provinces::text[], :organisation_id::uuid);

-- name: createOcopCouncilMember :write getOcopCouncilMember
select m.id, m.version
  from locked_ocop_council(:council_id::uuid, :tier, :provinces::text[], :organisation_id::uuid) c (id)
 cross join made_ocop_member(:new_id::uuid, :body::jsonb || jsonb_build_object('council_id', c.id)) m;

-- name: updateOcopCouncilMember :write getOcopCouncilMember
select m.id, m.version
  from changed_ocop_member(:member_id::uuid, :council_id::uuid, :body::jsonb, :if_version::bigint, :scopes::text, :tier,
         :provinces::text[], :organisation_id::uuid) m;

-- name: deleteOcopCouncilMember :remove getOcopCouncilMember
update ocop_council_member m
   set deleted_at = current_instant(), version = next_version(m.version, :if_version::bigint)
  from locked_ocop_council(:council_id::uuid, :tier, :provinces::text[], :organisation_id::uuid) c (id)
 where m.id = :member_id::uuid and m.council_id = c.id and m.deleted_at is null
returning m.id, m.version;

-- ---- Assignments ----

-- name: listOcopCouncilAssignments :page
-- sort: created_at = a.created_at asc, a.id asc
-- sort: -created_at = a.created_at desc, a.id desc
select ocop_assignment_json(a) as body
  from ocop_council_assignment a
 where (select open_ocop_council(:council_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and a.council_id = :council_id::uuid and a.deleted_at is null
   and exists (
     select from ocop_registration r
      where r.id = a.registration_id and (r.province_code = any (:provinces::text[]) or r.organisation_id = :organisation_id::uuid)
        and ocop_member_sees(r.id, r.establishment_id, :roles::text[], :user_id::uuid))
   and (:registration_id::uuid is null or a.registration_id = :registration_id::uuid);

-- name: getOcopCouncilAssignment :one
select a.version, a.deleted_at is not null or c.deleted_at is not null as gone, ocop_assignment_json(a) as body
  from ocop_council_assignment a
  join ocop_council c on c.id = a.council_id
  join ocop_registration r on r.id = a.registration_id
 where a.id = :assignment_id::uuid and c.id = :council_id::uuid
   and voting_seen(c.province_code, c.organisation_id, :provinces::text[], :organisation_id::uuid)
   and (r.province_code = any (:provinces::text[]) or r.organisation_id = :organisation_id::uuid)
   and ocop_member_sees(r.id, r.establishment_id, :roles::text[], :user_id::uuid);

-- name: createOcopCouncilAssignment :write getOcopCouncilAssignment
select m.id, m.version
  from locked_ocop_council(:council_id::uuid, :tier, :provinces::text[], :organisation_id::uuid) c (id)
 cross join made_ocop_assignment(:new_id::uuid, :body::jsonb || jsonb_build_object('council_id', c.id), :provinces::text[], :organisation_id::uuid) m;

-- name: deleteOcopCouncilAssignment :remove getOcopCouncilAssignment
update ocop_council_assignment a
   set deleted_at = current_instant(), version = next_version(a.version, :if_version::bigint)
  from locked_ocop_council(:council_id::uuid, :tier, :provinces::text[], :organisation_id::uuid) c (id)
 where a.id = :assignment_id::uuid and a.council_id = c.id and a.deleted_at is null
returning a.id, a.version;
