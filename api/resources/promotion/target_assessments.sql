-- Judgements of targets by hand. Whoever may write the target may judge it; a verdict is not changed, but taken back and given anew.

-- name: listTargetAssessments :page
-- sort: -assessed_on = s.assessed_on desc, s.id desc
-- sort: assessed_on = s.assessed_on asc, s.id asc
select target_assessment_json(s) as body
  from target_assessment s
 where (select open_target(:target_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and s.target_id = :target_id::uuid
   and s.deleted_at is null
   and (:result::text[] is null or s.result = any (:result::text[]));

-- name: getTargetAssessment :one
select s.version, s.deleted_at is not null or t.deleted_at is not null or target_parent_gone(t) as gone, target_assessment_json(s) as body
  from target_assessment s
  join target t on t.id = s.target_id
 where s.id = :assessment_id::uuid and t.id = :target_id::uuid
   and (t.province_code is null or t.province_code = any (:provinces::text[]) or t.organisation_id = :organisation_id::uuid);

-- name: createTargetAssessment :write getTargetAssessment
insert into target_assessment (id, target_id, result, assessed_on, assessed_by_id, person_id, source, documents, note)
select :new_id::uuid, t.id, c.result, c.assessed_on, :organisation_id::uuid, acting_person(), c.source, c.documents, c.note
  from target t
 cross join jsonb_populate_record(null::target_assessment, :body::jsonb) b
 cross join checked_assessment(b) c
 where t.id = open_target(:target_id::uuid, :provinces::text[], :organisation_id::uuid)
   and target_writable(t, :tier, :provinces::text[], :organisation_id::uuid)
returning id, version;

-- name: deleteTargetAssessment :remove getTargetAssessment
update target_assessment s
   set deleted_at = current_instant(), version = next_version(s.version, :if_version::bigint)
  from target t
 where s.id = :assessment_id::uuid and s.target_id = t.id and s.deleted_at is null
   and t.id = :target_id::uuid and t.deleted_at is null and not target_parent_gone(t)
   and target_writable(t, :tier, :provinces::text[], :organisation_id::uuid)
returning s.id, s.version;
