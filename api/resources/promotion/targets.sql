-- Targets of programmes and of yearly plans. They have the owner and the territory of theirs, are read and written like it, and go away
-- with it.

-- name: listTargets :page
-- sort: -updated_at = t.updated_at desc, t.id desc
-- sort: updated_at = t.updated_at asc, t.id asc
-- sort: created_at = t.created_at asc, t.id asc
-- sort: -created_at = t.created_at desc, t.id desc
-- sort: name = t.name collate vietnamese asc, t.id asc
-- sort: -name = t.name collate vietnamese desc, t.id desc
select target_json(t) as body
  from target t
 where (t.province_code is null or t.province_code = any (:provinces::text[]) or t.organisation_id = :organisation_id::uuid)
   and not target_parent_gone(t)
   and (t.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and (:programme_id::uuid is null or t.programme_id = :programme_id::uuid)
   and (:annual_plan_id::uuid is null or t.annual_plan_id = :annual_plan_id::uuid)
   and (:kind::text is null or t.kind = :kind)
   and (:updated_at_gte::timestamptz is null or t.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or t.updated_at < :updated_at_lt::timestamptz);

-- name: getTarget :one
select t.version, t.deleted_at is not null or target_parent_gone(t) as gone, target_json(t) as body
  from target t
 where t.id = :target_id::uuid
   and (t.province_code is null or t.province_code = any (:provinces::text[]) or t.organisation_id = :organisation_id::uuid);

-- name: createTarget :write getTarget
insert into target (id, programme_id, annual_plan_id, name, indicator_code, operator, kind, measures, tolerance_percent, "from", "to",
  evidence_grade, note)
select :new_id::uuid, c.programme_id, c.annual_plan_id, c.name, c.indicator_code, c.operator, c.kind, c.measures, c.tolerance_percent,
       c."from", c."to", c.evidence_grade, c.note
  from jsonb_populate_record(null::target, :body::jsonb) b
 -- First 422 for a programme or plan out of sight, then 403 for one that may only be read.
 cross join checked_target(b, :provinces::text[], :organisation_id::uuid) c
 where target_writable(c, :tier, :provinces::text[], :organisation_id::uuid)
returning id, version;

-- name: updateTarget :write getTarget
update target t
   set (name, indicator_code, operator, kind, measures, tolerance_percent, "from", "to", evidence_grade, note) = (
         select b.name, b.indicator_code, b.operator, b.kind, b.measures, b.tolerance_percent, b."from", b."to",
                b.evidence_grade, b.note
           from jsonb_populate_record(t, :body::jsonb) b),
       version = next_version(t.version, :if_version::bigint)
 where t.id = :target_id::uuid and t.deleted_at is null and not target_parent_gone(t)
   and target_writable(t, :tier, :provinces::text[], :organisation_id::uuid)
returning t.id, t.version;

-- name: deleteTarget :remove getTarget
update target t
   set deleted_at = current_instant(), version = next_version(t.version, :if_version::bigint)
 where t.id = :target_id::uuid and t.deleted_at is null and not target_parent_gone(t)
   and target_writable(t, :tier, :provinces::text[], :organisation_id::uuid)
returning t.id, t.version;

-- name: restoreTarget :write getTarget
update target t
   set deleted_at = null, version = next_version(t.version, :if_version::bigint)
 where t.id = :target_id::uuid and not target_parent_gone(t)
   and target_writable(t, :tier, :provinces::text[], :organisation_id::uuid)
returning t.id, t.version;
