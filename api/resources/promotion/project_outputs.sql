-- What a project was to bring about, and what it did.

-- name: listProjectOutputs :page
-- sort: created_at = o.created_at asc, o.id asc
-- sort: -created_at = o.created_at desc, o.id desc
select project_output_json(o) as body
  from project_output o
 where (select open_project(:project_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and o.project_id = :project_id::uuid
   and o.deleted_at is null
   and (:year::integer is null or o.year = :year::integer)
   and (:line_id::uuid is null or o.line_id = :line_id::uuid);

-- name: getProjectOutput :one
select o.version, o.deleted_at is not null or p.deleted_at is not null as gone, project_output_json(o) as body
  from project_output o
  join project p on p.id = o.project_id
 where o.id = :output_id::uuid and p.id = :project_id::uuid
   and (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid);

-- name: createProjectOutput :write getProjectOutput
insert into project_output (id, project_id, indicator_code, planned, actual, year, line_id, note)
select :new_id::uuid, p.id, b.indicator_code, b.planned, b.actual, b.year, b.line_id, b.note
  from locked_project(:project_id::uuid, :provinces::text[], :organisation_id::uuid) p (id)
 cross join jsonb_populate_record(null::project_output, :body::jsonb) b
returning id, version;

-- name: updateProjectOutput :write getProjectOutput
update project_output o
   set (indicator_code, planned, actual, year, line_id, note) = (
         select b.indicator_code, b.planned, b.actual, b.year, b.line_id, b.note
           from jsonb_populate_record(o, :body::jsonb) b),
       version = next_version(o.version, :if_version::bigint)
  from locked_project(:project_id::uuid, :provinces::text[], :organisation_id::uuid) p (id)
 where o.id = :output_id::uuid and o.project_id = p.id and o.deleted_at is null
returning o.id, o.version;

-- name: deleteProjectOutput :remove getProjectOutput
update project_output o
   set deleted_at = current_instant(), version = next_version(o.version, :if_version::bigint)
  from locked_project(:project_id::uuid, :provinces::text[], :organisation_id::uuid) p (id)
 where o.id = :output_id::uuid and o.project_id = p.id and o.deleted_at is null
returning o.id, o.version;
