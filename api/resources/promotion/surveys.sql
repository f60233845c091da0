-- Surveys of candidates, read and written by their territory and by whoever surveys.

-- name: listSurveys :page
-- sort: -updated_at = s.updated_at desc, s.id desc
-- sort: updated_at = s.updated_at asc, s.id asc
-- sort: surveyed_on = coalesce(s.surveyed_on, 'infinity'::date) asc, s.id asc
-- sort: -surveyed_on = coalesce(s.surveyed_on, '-infinity'::date) desc, s.id desc
select survey_json(s) as body
  from survey s
 where (s.province_code = any (:provinces::text[]) or s.organisation_id = :organisation_id::uuid)
   and (s.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and (:status::text[] is null or s.status = any (:status::text[]))
   and (:establishment_id::uuid is null or s.establishment_id = :establishment_id::uuid)
   and (:project_id::uuid is null or s.project_id = :project_id::uuid)
   and (:from::date is null or s.surveyed_on >= :from::date)
   and (:to::date is null or s.surveyed_on <= :to::date)
   and (:updated_at_gte::timestamptz is null or s.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or s.updated_at < :updated_at_lt::timestamptz);

-- name: getSurvey :one
select s.version, s.deleted_at is not null as gone, survey_json(s) as body
  from survey s
 where s.id = :survey_id::uuid
   and (s.province_code = any (:provinces::text[]) or s.organisation_id = :organisation_id::uuid);

-- name: createSurvey :write getSurvey
insert into survey (id, organisation_id, establishment_id, project_id, surveyed_on, surveyors, score, findings, status,
    province_code, note)
select :new_id::uuid, :organisation_id::uuid, c.establishment_id, c.project_id, c.surveyed_on, c.surveyors, c.score,
    c.findings, c.status, c.province_code, c.note
  from jsonb_populate_record(null::survey, :body::jsonb) b
 cross join checked_survey(b, null, :provinces::text[], :organisation_id::uuid, :province_code) c
 where own_writable(c.province_code, null, :tier, :provinces::text[], null)
returning id, version;

-- name: updateSurvey :write getSurvey
update survey s
   set project_id = c.project_id, surveyed_on = c.surveyed_on, surveyors = c.surveyors, score = c.score, findings =
       c.findings, status = c.status, note = c.note,
       version = next_version(s.version, :if_version::bigint)
  from survey stored
 cross join jsonb_populate_record(stored, :body::jsonb) b
 cross join checked_survey(b, stored, :provinces::text[], :organisation_id::uuid, :province_code) c
 where stored.id = :survey_id::uuid and stored.deleted_at is null
   and own_writable(stored.province_code, stored.organisation_id, :tier, :provinces::text[], :organisation_id::uuid)
   and s.id = stored.id and s.deleted_at is null
returning s.id, s.version;

-- name: deleteSurvey :remove getSurvey
update survey s
   set deleted_at = current_instant(), version = next_version(s.version, :if_version::bigint)
 where s.id = :survey_id::uuid and s.deleted_at is null
   and own_writable(s.province_code, s.organisation_id, :tier, :provinces::text[], :organisation_id::uuid)
returning s.id, s.version;

-- name: restoreSurvey :write getSurvey
update survey s
   set deleted_at = null, version = next_version(s.version, :if_version::bigint)
 where s.id = :survey_id::uuid
   and own_writable(s.province_code, s.organisation_id, :tier, :provinces::text[], :organisation_id::uuid)
returning s.id, s.version;
