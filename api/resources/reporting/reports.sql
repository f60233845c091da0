-- Reports of promotion in the one shape. Their rows are seen as in listProjects, and each figure names the list that it was
-- counted from; the figures are made in db/functions/reports.sql, so that a frozen report is made of the same.

-- name: getRegionSummaryReport :one slow
select report_region_summary(report_question(jsonb_build_object(
         'from', :from::date, 'to', :to::date, 'geo_basis', :geo_basis::text, 'province_code', :province_code::text[], 'region_code', :region_code::text[],
         'level', :level::text, 'scale', :scale::text[], 'programme_id', :programme_id::uuid, 'activity_code', :activity_code::text[],
         'source', :source::text[]), :provinces::text[], :organisation_id::uuid)) as body;
