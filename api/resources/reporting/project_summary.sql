-- Reports on projects. Their rows are seen as in listProjects, and each figure names the list that it was counted from; the figures are
-- made in db/functions/reports_summary.sql.

-- name: getProjectSummaryReport :one slow
select report_project_summary(report_question(jsonb_build_object(
         'from', :from::date, 'to', :to::date, 'group_by', :group_by::text, 'geo_basis', :geo_basis::text, 'province_code', :province_code::text[],
         'region_code', :region_code::text[], 'level', :level::text, 'scale', :scale::text[], 'status', :status::text[],
         'programme_id', :programme_id::uuid), :provinces::text[], :organisation_id::uuid)) as body;
