-- Lines of a project. A change of one is a change of the project; changes of one project queue at its row.

-- name: listProjectLines :page
-- sort: created_at = l.created_at asc, l.id asc
-- sort: -created_at = l.created_at desc, l.id desc
-- sort: title = l.title collate vietnamese asc, l.id asc
-- sort: -title = l.title collate vietnamese desc, l.id desc
select project_line_json(l) as body
  from project_line l
 where (select open_project(:project_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and l.project_id = :project_id::uuid
   and l.deleted_at is null
   and (:activity_code::text[] is null or l.activity_code = any (:activity_code::text[]))
   and (:establishment_id::uuid is null or l.establishment_id = :establishment_id::uuid);

-- name: getProjectLine :one
select l.version, l.deleted_at is not null or p.deleted_at is not null as gone, project_line_json(l) as body
  from project_line l
  join project p on p.id = l.project_id
 where l.id = :line_id::uuid and p.id = :project_id::uuid
   and (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid);

-- name: createProjectLine :write getProjectLine
insert into project_line (id, project_id, title, activity_code, establishment_id, quantity, eligible_cost_vnd, support_vnd,
  counterpart_vnd, is_technology_line, machines, note)
select :new_id::uuid, p.id, b.title, b.activity_code, b.establishment_id, b.quantity, b.eligible_cost_vnd, b.support_vnd,
       b.counterpart_vnd, coalesce(b.is_technology_line, false), coalesce(b.machines, '[]'), b.note
  from locked_project(:project_id::uuid, :provinces::text[], :organisation_id::uuid) p (id)
 cross join jsonb_populate_record(null::project_line, :body::jsonb) b
returning id, version;

-- name: updateProjectLine :write getProjectLine
update project_line l
   set (title, activity_code, establishment_id, quantity, eligible_cost_vnd, support_vnd, counterpart_vnd,
        is_technology_line, machines, note) = (
         select b.title, b.activity_code, b.establishment_id, b.quantity, b.eligible_cost_vnd, b.support_vnd,
                b.counterpart_vnd, b.is_technology_line, b.machines, b.note
           from jsonb_populate_record(l, :body::jsonb) b),
       version = next_version(l.version, :if_version::bigint)
  from locked_project(:project_id::uuid, :provinces::text[], :organisation_id::uuid) p (id)
 where l.id = :line_id::uuid and l.project_id = p.id and l.deleted_at is null
returning l.id, l.version;

-- name: deleteProjectLine :remove getProjectLine
update project_line l
   set deleted_at = current_instant(), version = next_version(l.version, :if_version::bigint)
  from locked_project(:project_id::uuid, :provinces::text[], :organisation_id::uuid) p (id)
 where l.id = :line_id::uuid and l.project_id = p.id and l.deleted_at is null
returning l.id, l.version;
