-- Appraisals of projects. Seen and written like their project; signed ones stay.

-- name: listAppraisals :page
-- sort: -updated_at = a.updated_at desc, a.id desc
-- sort: updated_at = a.updated_at asc, a.id asc
-- sort: appraised_on = a.appraised_on asc, a.id asc
-- sort: -appraised_on = a.appraised_on desc, a.id desc
select appraisal_json(a) as body
  from appraisal a
  join project p on p.id = a.project_id
 where (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid)
   and a.deleted_at is null
   and (:status::text[] is null or a.status = any (:status::text[]))
   and (:result::text[] is null or a.result = any (:result::text[]))
   and (:project_id::uuid is null or a.project_id = :project_id::uuid)
   and (:updated_at_gte::timestamptz is null or a.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or a.updated_at < :updated_at_lt::timestamptz);

-- name: getAppraisal :one
select a.version, a.deleted_at is not null or p.deleted_at is not null as gone, appraisal_json(a) as body
  from appraisal a
  join project p on p.id = a.project_id
 where a.id = :appraisal_id::uuid
   and (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid);

-- name: createAppraisal :write getAppraisal
insert into appraisal (id, project_id, tier, appraised_on, checks, result, priority_rule_ids, conclusion, note)
select :new_id::uuid, p.id, coalesce(b.tier, 'base'), b.appraised_on, coalesce(b.checks, '[]'), b.result,
       checked_priority_rules(coalesce(b.priority_rule_ids, '{}'), b.appraised_on), b.conclusion, b.note
  from jsonb_populate_record(null::appraisal, :body::jsonb) b
 cross join locked_project(project_named(b.project_id, :provinces::text[], :organisation_id::uuid), :provinces::text[], :organisation_id::uuid) p (id)
returning id, version;

-- name: updateAppraisal :write getAppraisal
update appraisal a
   set (tier, appraised_on, checks, result, priority_rule_ids, conclusion, note) = (
         select b.tier, b.appraised_on, b.checks, b.result,
                checked_priority_rules(b.priority_rule_ids, b.appraised_on), b.conclusion, b.note
           from jsonb_populate_record(a, :body::jsonb) b),
       version = next_version(a.version, :if_version::bigint)
  from locked_of_project('appraisal', :appraisal_id::uuid, :provinces::text[], :organisation_id::uuid) l (id)
 where a.id = l.id
returning a.id, a.version;

-- name: deleteAppraisal :remove getAppraisal
update appraisal a
   set deleted_at = current_instant(), version = next_version(a.version, :if_version::bigint)
  from locked_of_project('appraisal', :appraisal_id::uuid, :provinces::text[], :organisation_id::uuid) l (id)
 where a.id = l.id
returning a.id, a.version;

-- name: transitionAppraisal :write getAppraisalTransition
select t.id, t.version
  from take_transition('appraisal', locked_of_project('appraisal', :appraisal_id::uuid, :provinces::text[], :organisation_id::uuid),
         :new_id::uuid, :body::jsonb, :if_version::bigint) t;

-- name: getAppraisalTransition :one
select t.record_version as version, a.deleted_at is not null as gone, transition_json(t) as body
  from transition t
  join appraisal a on a.id = t.record_id
  join project p on p.id = a.project_id
 where t.record_type = 'appraisal' and t.id = :transition_id::uuid and a.id = :appraisal_id::uuid
   and (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid);

-- name: listAppraisalTransitions :page
-- sort: recorded_at = t.recorded_at asc, t.id asc
-- sort: -recorded_at = t.recorded_at desc, t.id desc
select transition_json(t) as body
  from transition t
 where (select open_of_project('appraisal', :appraisal_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and t.record_type = 'appraisal' and t.record_id = :appraisal_id::uuid;
