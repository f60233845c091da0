-- Lists of reports, inspections, difficulties and surveys, each with filters of its own; and the report that stands in the way of another.

-- name: listProgressReports :page
-- sort: -updated_at = r.updated_at desc, r.id desc
-- sort: updated_at = r.updated_at asc, r.id asc
-- sort: to = r."to" asc, r.id asc
-- sort: -to = r."to" desc, r.id desc
select record_json(to_json(r), 'progress_report') as body
  from progress_report r
 cross join (select basis_date(:geo_basis) as day, provinces_wanted(:province_code::text[]) as provinces offset 0) map -- offset: asked once
 where in_record_scope(r.province_code, r.organisation_id, r.project_id, :provinces::text[], :organisation_id::uuid)
   and (r.deleted_at is not null) = (:deleted::text is not distinct from 'only') and not project_gone(r.project_id)
   and map.day is distinct from 'infinity' -- reads the day, so that one that is none is refused
   and (:province_code::text[] is null or project_in_provinces(r.province_code, r.codes_on, '[]', map.day, map.provinces))
   and (:project_id::uuid is null or r.project_id = :project_id::uuid)
   and (:status::text[] is null or r.status = any (:status::text[]))
   and (:risk::text[] is null or r.risk = any (:risk::text[]))
   and (:from::date is null or r."from" >= :from::date)
   and (:to::date is null or r."to" <= :to::date)
   and (:updated_at_gte::timestamptz is null or r.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or r.updated_at < :updated_at_lt::timestamptz);

-- name: listInspections :page
-- sort: -updated_at = r.updated_at desc, r.id desc
-- sort: updated_at = r.updated_at asc, r.id asc
-- sort: inspected_on = coalesce(r.inspected_on, 'infinity'::date) asc, r.id asc
-- sort: -inspected_on = coalesce(r.inspected_on, '-infinity'::date) desc, r.id desc
select record_json(to_json(r), 'inspection') as body
  from inspection r
 cross join (select basis_date(:geo_basis) as day, provinces_wanted(:province_code::text[]) as provinces offset 0) map -- offset: asked once
 where in_record_scope(r.province_code, r.organisation_id, r.project_id, :provinces::text[], :organisation_id::uuid)
   and (r.deleted_at is not null) = (:deleted::text is not distinct from 'only') and not project_gone(r.project_id)
   and map.day is distinct from 'infinity' -- reads the day, so that one that is none is refused
   and (:province_code::text[] is null or project_in_provinces(r.province_code, r.codes_on, '[]', map.day, map.provinces))
   and (:project_id::uuid is null or r.project_id = :project_id::uuid)
   and (:status::text[] is null or r.status = any (:status::text[]))
   and (:kind::text[] is null or r.kind = any (:kind::text[]))
   and (:finding_status::text is null or r.findings @> jsonb_build_array(jsonb_build_object('status', :finding_status::text)))
   and (:finding_due_on_lte::date is null or exists (
         select from jsonb_array_elements(r.findings) x
          where x ->> 'status' = 'open' and (x ->> 'due_on')::date <= :finding_due_on_lte::date))
   and (:from::date is null or r.inspected_on >= :from::date)
   and (:to::date is null or r.inspected_on <= :to::date)
   and (:updated_at_gte::timestamptz is null or r.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or r.updated_at < :updated_at_lt::timestamptz);

-- name: listDifficulties :page
-- sort: -updated_at = r.updated_at desc, r.id desc
-- sort: updated_at = r.updated_at asc, r.id asc
-- sort: reported_on = r.reported_on asc, r.id asc
-- sort: -reported_on = r.reported_on desc, r.id desc
select record_json(to_json(r), 'difficulty') as body
  from difficulty r
 cross join (select basis_date(:geo_basis) as day, provinces_wanted(:province_code::text[]) as provinces offset 0) map -- offset: asked once
 where in_record_scope(r.province_code, r.organisation_id, r.project_id, :provinces::text[], :organisation_id::uuid)
   and (r.deleted_at is not null) = (:deleted::text is not distinct from 'only') and not project_gone(r.project_id)
   and map.day is distinct from 'infinity' -- reads the day, so that one that is none is refused
   and (:province_code::text[] is null or project_in_provinces(r.province_code, r.codes_on, '[]', map.day, map.provinces))
   and (:project_id::uuid is null or r.project_id = :project_id::uuid)
   and (:establishment_id::uuid is null or r.establishment_id = :establishment_id::uuid)
   and (:status::text[] is null or r.status = any (:status::text[]))
   and (:tag::text[] is null or r.tags && :tag::text[])
   and (:commune_code::text is null or r.place ->> 'commune_code' = :commune_code)
   and (:from::date is null or r.reported_on >= :from::date)
   and (:to::date is null or r.reported_on <= :to::date)
   and (:updated_at_gte::timestamptz is null or r.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or r.updated_at < :updated_at_lt::timestamptz);

-- name: listEffectSurveys :page
-- sort: -updated_at = r.updated_at desc, r.id desc
-- sort: updated_at = r.updated_at asc, r.id asc
-- sort: surveyed_on = r.surveyed_on asc, r.id asc
-- sort: -surveyed_on = r.surveyed_on desc, r.id desc
select record_json(to_json(r), 'effect_survey') as body
  from effect_survey r
 cross join (select basis_date(:geo_basis) as day, provinces_wanted(:province_code::text[]) as provinces offset 0) map -- offset: asked once
 where in_record_scope(r.province_code, r.organisation_id, r.project_id, :provinces::text[], :organisation_id::uuid)
   and (r.deleted_at is not null) = (:deleted::text is not distinct from 'only') and not project_gone(r.project_id)
   and map.day is distinct from 'infinity' -- reads the day, so that one that is none is refused
   and (:province_code::text[] is null or project_in_provinces(r.province_code, r.codes_on, '[]', map.day, map.provinces))
   and (:project_id::uuid is null or r.project_id = :project_id::uuid)
   and (:project_line_id::uuid is null or r.project_line_id = :project_line_id::uuid)
   and (:establishment_id::uuid is null or r.establishment_id = :establishment_id::uuid)
   and (:status::text[] is null or r.status = any (:status::text[]))
   and (:from::date is null or r.surveyed_on >= :from::date)
   and (:to::date is null or r.surveyed_on <= :to::date)
   and (:updated_at_gte::timestamptz is null or r.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or r.updated_at < :updated_at_lt::timestamptz);

-- name: createProgressReport.taken
select r.id
  from progress_report r
 where r.project_id = (:body::jsonb ->> 'project_id')::uuid and r."from" = (:body::jsonb ->> 'from')::date
   and r."to" = (:body::jsonb ->> 'to')::date and r.deleted_at is null;
