-- Records of the execution of projects: one text for all of them. Seen and written like a project, by its territory, its owner and
-- the implementer of the project they belong to. Lists stand beside, acts in transitions.sql.
-- each: ProgressReport ProgressReports progress_report
-- each: Inspection Inspections inspection
-- each: Difficulty Difficulties difficulty
-- each: EffectSurvey EffectSurveys effect_survey
-- each: Override Overrides override
-- each: TrainingClass TrainingClasses training_class
-- each: Seminar Seminars seminar
-- each: StudyTour StudyTours study_tour
-- each: Fair Fairs fair
-- each: DemonstrationModel DemonstrationModels demonstration_model
-- each: BrandSupport BrandSupports brand_support
-- each: Showroom Showrooms showroom
-- each: RelocationSupport RelocationSupports relocation_support
-- each: PollutionSupport PollutionSupports pollution_support
-- each: ClusterSupport ClusterSupports cluster_support
-- each: DisplayPoint DisplayPoints display_point

-- name: get{Noun} :one
select r.version, r.deleted_at is not null or project_gone(r.project_id) as gone, record_json(to_json(r), '{noun}') as body
  from {noun} r
 where r.id = :{noun}_id::uuid
   and in_record_scope(r.province_code, r.organisation_id, r.project_id, :provinces::text[], :organisation_id::uuid);

-- name: create{Noun} :write get{Noun}
select m.id, m.version
  from made_record('{noun}', :new_id::uuid, :body::jsonb, :provinces::text[], :organisation_id::uuid, :province_code) m;

-- name: update{Noun} :write get{Noun}
select c.id, c.version
  from changed_record('{noun}', :{noun}_id::uuid, :body::jsonb, :if_version::bigint, :provinces::text[], :organisation_id::uuid) c;

-- name: delete{Noun} :remove get{Noun}
update {noun} r
   set deleted_at = current_instant(), version = next_version(r.version, :if_version::bigint)
 where r.id = :{noun}_id::uuid and r.deleted_at is null and not project_gone(r.project_id)
   and in_record_scope(r.province_code, r.organisation_id, r.project_id, :provinces::text[], :organisation_id::uuid)
returning r.id, r.version;

-- name: restore{Noun} :write get{Noun}
update {noun} r
   set deleted_at = null, version = next_version(r.version, :if_version::bigint)
 where r.id = :{noun}_id::uuid and not project_gone(r.project_id)
   and in_record_scope(r.province_code, r.organisation_id, r.project_id, :provinces::text[], :organisation_id::uuid)
returning r.id, r.version;
