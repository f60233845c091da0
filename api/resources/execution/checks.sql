-- Checks of lines, and exceptions from them.

-- name: checkDuplicate :one
select duplicate_check_json(:body::jsonb) as body;

-- name: listOverrides :page
-- sort: -updated_at = r.updated_at desc, r.id desc
-- sort: updated_at = r.updated_at asc, r.id asc
select record_json(to_json(r), 'override') as body
  from override r
 where in_record_scope(r.province_code, r.organisation_id, r.project_id, :provinces::text[], :organisation_id::uuid)
   and (r.deleted_at is not null) = (:deleted::text is not distinct from 'only') and not project_gone(r.project_id)
   and (:project_id::uuid is null or r.project_id = :project_id::uuid)
   and (:project_line_id::uuid is null or r.project_line_id = :project_line_id::uuid)
   and (:guard::text[] is null or r.guard = any (:guard::text[]))
   and (:status::text[] is null or r.status = any (:status::text[]));
