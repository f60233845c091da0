-- Targets. They are read and written like their programme, and go away with it.

-- name: listTargets :page
-- sort: -updated_at = t.updated_at desc, t.id desc
-- sort: updated_at = t.updated_at asc, t.id asc
-- sort: created_at = t.created_at asc, t.id asc
-- sort: -created_at = t.created_at desc, t.id desc
-- sort: name = t.name collate vietnamese asc, t.id asc
-- sort: -name = t.name collate vietnamese desc, t.id desc
select target_json(t) as body
  from target t
  join programme g on g.id = t.programme_id
 where (g.level = 'national' or g.province_code = any (:provinces::text[]) or g.organisation_id = :organisation_id::uuid)
   and g.deleted_at is null
   and (t.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and (:programme_id::uuid is null or t.programme_id = :programme_id::uuid)
   and (:kind::text is null or t.kind = :kind)
   and (:updated_at_gte::timestamptz is null or t.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or t.updated_at < :updated_at_lt::timestamptz);

-- name: getTarget :one
select t.version, t.deleted_at is not null or g.deleted_at is not null as gone, target_json(t) as body
  from target t
  join programme g on g.id = t.programme_id
 where t.id = :target_id::uuid
   and (g.level = 'national' or g.province_code = any (:provinces::text[]) or g.organisation_id = :organisation_id::uuid);

-- name: createTarget :write getTarget
insert into target (id, programme_id, name, indicator_code, operator, kind, measures, tolerance_percent, "from", "to",
  evidence_grade, note)
select :new_id::uuid, g.id, b.name, b.indicator_code, b.operator, b.kind, b.measures, b.tolerance_percent, b."from", b."to",
       b.evidence_grade, b.note
  from jsonb_populate_record(null::target, :body::jsonb) b
  left join programme g
    on g.id = b.programme_id and programme_visible(g.id, :provinces::text[], :organisation_id::uuid)
 -- First 422 for a programme out of sight, then 403 for one that may only be read.
 where case when reference('#/programme_id', b.programme_id, g.id) is not null
         then programme_writable(g, :tier, :provinces::text[], :organisation_id::uuid) end
returning id, version;

-- name: updateTarget :write getTarget
update target t
   set (name, indicator_code, operator, kind, measures, tolerance_percent, "from", "to", evidence_grade, note) = (
         select b.name, b.indicator_code, b.operator, b.kind, b.measures, b.tolerance_percent, b."from", b."to",
                b.evidence_grade, b.note
           from jsonb_populate_record(t, :body::jsonb) b),
       version = next_version(t.version, :if_version::bigint)
  from programme g
 where t.id = :target_id::uuid and t.deleted_at is null
   and g.id = t.programme_id and g.deleted_at is null
   and programme_writable(g, :tier, :provinces::text[], :organisation_id::uuid)
returning t.id, t.version;

-- name: deleteTarget :remove getTarget
update target t
   set deleted_at = current_instant(), version = next_version(t.version, :if_version::bigint)
  from programme g
 where t.id = :target_id::uuid and t.deleted_at is null
   and g.id = t.programme_id and g.deleted_at is null
   and programme_writable(g, :tier, :provinces::text[], :organisation_id::uuid)
returning t.id, t.version;

-- name: restoreTarget :write getTarget
update target t
   set deleted_at = null, version = next_version(t.version, :if_version::bigint)
  from programme g
 where t.id = :target_id::uuid
   and g.id = t.programme_id and g.deleted_at is null
   and programme_writable(g, :tier, :provinces::text[], :organisation_id::uuid)
returning t.id, t.version;
