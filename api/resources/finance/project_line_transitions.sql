-- Acts on lines: a beneficiary withdraws, a decision removes the line.

-- name: transitionProjectLine :write getProjectLineTransition
select t.id, t.version
  from take_transition('project_line', locked_of_project('project_line', line_of(:project_id::uuid, :line_id::uuid), :provinces::text[], :organisation_id::uuid),
         :new_id::uuid, :body::jsonb, :if_version::bigint) t;

-- name: getProjectLineTransition :one
select t.record_version as version, l.deleted_at is not null as gone, transition_json(t) as body
  from transition t
  join project_line l on l.id = t.record_id
  join project p on p.id = l.project_id
 where t.record_type = 'project_line' and t.id = :transition_id::uuid and l.id = :line_id::uuid and p.id = :project_id::uuid
   and (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid);

-- name: listProjectLineTransitions :page
-- sort: recorded_at = t.recorded_at asc, t.id asc
-- sort: -recorded_at = t.recorded_at desc, t.id desc
select transition_json(t) as body
  from transition t
 where (select open_of_project('project_line', line_of(:project_id::uuid, :line_id::uuid), :provinces::text[], :organisation_id::uuid)) is not null
   and t.record_type = 'project_line' and t.record_id = :line_id::uuid;
