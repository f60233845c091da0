-- Versions of programmes: as approved, as each decision amended them, and the proposal that the next one decides on.

-- name: listProgrammeVersions :page
-- sort: version_no = v.version_no asc, v.id asc
-- sort: -version_no = v.version_no desc, v.id desc
select programme_version_json(v) as body
  from programme_version v
 where (select open_programme(:programme_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and v.programme_id = :programme_id::uuid
   and v.deleted_at is null
   and (:status::text[] is null or v.status = any (:status::text[]))
   and (:valid_on::date is null or v.id = (programme_version_on(:programme_id::uuid, :valid_on::date)).id);

-- name: getProgrammeVersion :one
select v.version, v.deleted_at is not null or g.deleted_at is not null as gone, programme_version_json(v) as body
  from programme_version v
  join programme g on g.id = v.programme_id
 where v.id = :version_id::uuid and g.id = :programme_id::uuid
   and (g.level = 'national' or g.province_code = any (:provinces::text[]) or g.organisation_id = :organisation_id::uuid);

-- name: createProgrammeVersion :write getProgrammeVersion
insert into programme_version (id, programme_id, version_no, name, starts_on, ends_on, activity_priorities, planned_funding, targets, note)
select :new_id::uuid, c.programme_id, c.version_no, c.name, c.starts_on, c.ends_on, c.activity_priorities, c.planned_funding, c.targets,
       c.note
  from locked_programme(:programme_id::uuid, :tier, :provinces::text[], :organisation_id::uuid) locked (id)
  join programme g on g.id = locked.id
 cross join jsonb_populate_record(null::programme_version, :body::jsonb) b
 cross join checked_programme_version(b, g) c
returning id, version;

-- name: createProgrammeVersion.taken
select v.id
  from programme_version v
 where v.programme_id = :programme_id::uuid and v.status = 'proposed' and v.deleted_at is null;

-- name: deleteProgrammeVersion :remove getProgrammeVersion
update programme_version v
   set deleted_at = current_instant(), version = next_version(v.version, :if_version::bigint)
  from locked_programme(:programme_id::uuid, :tier, :provinces::text[], :organisation_id::uuid) locked (id)
 where v.id = :version_id::uuid and v.programme_id = locked.id and v.deleted_at is null
returning v.id, v.version;
