-- Acts on records of the execution that have a life cycle of their own.
-- each: ProgressReport ProgressReports progress_report
-- each: Inspection Inspections inspection
-- each: Difficulty Difficulties difficulty
-- each: EffectSurvey EffectSurveys effect_survey
-- each: Override Overrides override

-- name: transition{Noun} :write get{Noun}Transition
select t.id, t.version
  from take_transition('{noun}', locked_record('{noun}', :{noun}_id::uuid, :provinces::text[], :organisation_id::uuid),
         :new_id::uuid, :body::jsonb, :if_version::bigint) t;

-- name: get{Noun}Transition :one
select t.record_version as version, r.deleted_at is not null or project_gone(r.project_id) as gone, transition_json(t) as body
  from transition t
  join {noun} r on r.id = t.record_id
 where t.record_type = '{noun}' and t.id = :transition_id::uuid and r.id = :{noun}_id::uuid
   and in_record_scope(r.province_code, r.organisation_id, r.project_id, :provinces::text[], :organisation_id::uuid);

-- name: list{Noun}Transitions :page
-- sort: recorded_at = t.recorded_at asc, t.id asc
-- sort: -recorded_at = t.recorded_at desc, t.id desc
select transition_json(t) as body
  from transition t
 where (select open_record('{noun}', :{noun}_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and t.record_type = '{noun}' and t.record_id = :{noun}_id::uuid;
