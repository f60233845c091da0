-- Money of a project by year and source.

-- name: listProjectFunding :page
-- sort: year = f.year asc, f.id asc
-- sort: -year = f.year desc, f.id desc
-- sort: created_at = f.created_at asc, f.id asc
-- sort: -created_at = f.created_at desc, f.id desc
select project_funding_json(f) as body
  from project_funding f
 where (select open_project(:project_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and f.project_id = :project_id::uuid
   and f.deleted_at is null
   and (:year::integer is null or f.year = :year::integer)
   and (:source::text[] is null or f.source = any (:source::text[]))
   and (:line_id::uuid is null or f.line_id = :line_id::uuid);

-- name: getProjectFunding :one
select f.version, f.deleted_at is not null or p.deleted_at is not null as gone, project_funding_json(f) as body
  from project_funding f
  join project p on p.id = f.project_id
 where f.id = :funding_id::uuid and p.id = :project_id::uuid
   and (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid);

-- name: createProjectFunding :write getProjectFunding
insert into project_funding (id, project_id, year, source, line_id, amount_vnd, note)
select :new_id::uuid, p.id, b.year, b.source, b.line_id, b.amount_vnd, b.note
  from locked_project(:project_id::uuid, :provinces::text[], :organisation_id::uuid) p (id)
 cross join jsonb_populate_record(null::project_funding, :body::jsonb) b
returning id, version;

-- name: createProjectFunding.taken
select f.id
  from project_funding f, jsonb_populate_record(null::project_funding, :body::jsonb) b
 where f.project_id = :project_id::uuid and f.deleted_at is null
   and (f.year, f.source) = (b.year, b.source) and f.line_id is not distinct from b.line_id;

-- name: updateProjectFunding :write getProjectFunding
update project_funding f
   set (year, source, line_id, amount_vnd, note) = (
         select b.year, b.source, b.line_id, b.amount_vnd, b.note
           from jsonb_populate_record(f, :body::jsonb) b),
       version = next_version(f.version, :if_version::bigint)
  from locked_project(:project_id::uuid, :provinces::text[], :organisation_id::uuid) p (id)
 where f.id = :funding_id::uuid and f.project_id = p.id and f.deleted_at is null
returning f.id, f.version;

-- name: updateProjectFunding.taken
select f.id
  from project_funding f, project_funding stored, jsonb_populate_record(stored, :body::jsonb) b
 where stored.id = :funding_id::uuid and f.project_id = stored.project_id and f.id <> stored.id and f.deleted_at is null
   and (f.year, f.source) = (b.year, b.source) and f.line_id is not distinct from b.line_id;

-- name: deleteProjectFunding :remove getProjectFunding
update project_funding f
   set deleted_at = current_instant(), version = next_version(f.version, :if_version::bigint)
  from locked_project(:project_id::uuid, :provinces::text[], :organisation_id::uuid) p (id)
 where f.id = :funding_id::uuid and f.project_id = p.id and f.deleted_at is null
returning f.id, f.version;
