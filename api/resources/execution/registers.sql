-- Lists of the registers of classes, seminars, tours and fairs, with or without a project.
-- each: TrainingClass TrainingClasses training_class
-- each: Seminar Seminars seminar
-- each: StudyTour StudyTours study_tour
-- each: Fair Fairs fair

-- name: list{Nouns} :page
-- sort: -updated_at = r.updated_at desc, r.id desc
-- sort: updated_at = r.updated_at asc, r.id asc
-- sort: starts_on = coalesce(r.starts_on, 'infinity'::date) asc, r.id asc
-- sort: -starts_on = coalesce(r.starts_on, '-infinity'::date) desc, r.id desc
select record_json(to_json(r), '{noun}') as body
  from {noun} r
 cross join (select basis_date(:geo_basis) as day, provinces_wanted(:province_code::text[]) as provinces offset 0) map -- offset: asked once
 where in_record_scope(r.province_code, r.organisation_id, r.project_id, :provinces::text[], :organisation_id::uuid)
   and (r.deleted_at is not null) = (:deleted::text is not distinct from 'only') and not project_gone(r.project_id)
   and map.day is distinct from 'infinity' -- reads the day, so that one that is none is refused
   and (:province_code::text[] is null or project_in_provinces(r.province_code, r.codes_on, '[]', map.day, map.provinces))
   and (:project_id::uuid is null or r.project_id = :project_id::uuid)
   and (:project_line_id::uuid is null or r.project_line_id = :project_line_id::uuid)
   and (:status::text[] is null or r.status = any (:status::text[]))
   and (:activity_code::text[] is null or r.activity_code = any (:activity_code::text[]))
   and (:from::date is null or r.starts_on >= :from::date)
   and (:to::date is null or r.starts_on <= :to::date)
   and (:q::text is null or found(:q, :q_mode, fold(r.name), r.name))
   and (:updated_at_gte::timestamptz is null or r.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or r.updated_at < :updated_at_lt::timestamptz);
