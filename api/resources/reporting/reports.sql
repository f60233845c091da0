-- Reports of promotion in the one shape. Their rows are seen as in listProjects, and each figure names the list that it was
-- counted from; the figures are made in db/functions/reports.sql, so that a frozen report is made of the same.

-- name: getRegionSummaryReport :one slow
select report_region_summary(report_question(jsonb_build_object(
         'from', :from::date, 'to', :to::date, 'geo_basis', :geo_basis::text, 'province_code', :province_code::text[], 'region_code', :region_code::text[],
         'level', :level::text, 'scale', :scale::text[], 'programme_id', :programme_id::uuid, 'activity_code', :activity_code::text[],
         'source', :source::text[]), :provinces::text[], :organisation_id::uuid)) as body;

-- name: getActivityResultsReport :one slow
select report_activity_results(report_question(jsonb_build_object(
         'from', :from::date, 'to', :to::date, 'geo_basis', :geo_basis::text, 'province_code', :province_code::text[], 'region_code', :region_code::text[],
         'level', :level::text, 'scale', :scale::text[], 'programme_id', :programme_id::uuid, 'activity_code', :activity_code::text[],
         'source', :source::text[]), :provinces::text[], :organisation_id::uuid)) as body;

-- name: getProgrammeAttainmentReport :one slow
select report_programme_attainment(report_question(jsonb_build_object(
         'from', :from::date, 'to', :to::date, 'geo_basis', :geo_basis::text, 'province_code', :province_code::text[], 'region_code', :region_code::text[],
         'level', :level::text, 'scale', :scale::text[], 'programme_id', :programme_id::uuid, 'annual_plan_id', :annual_plan_id::uuid, 'activity_code', :activity_code::text[],
         'source', :source::text[]), :provinces::text[], :organisation_id::uuid)) as body;

-- name: getKeyProjectMatrixReport :one slow
select report_key_project_matrix(report_question(jsonb_build_object(
         'from', :from::date, 'to', :to::date, 'geo_basis', :geo_basis::text, 'province_code', :province_code::text[], 'region_code', :region_code::text[],
         'level', :level::text, 'programme_id', :programme_id::uuid, 'project_id', :project_id::uuid, 'activity_code', :activity_code::text[],
         'source', :source::text[]), :provinces::text[], :organisation_id::uuid)) as body;

-- name: getKeyProjectImplementersReport :one slow
select report_key_project_implementers(report_question(jsonb_build_object(
         'from', :from::date, 'to', :to::date, 'geo_basis', :geo_basis::text, 'province_code', :province_code::text[], 'region_code', :region_code::text[],
         'level', :level::text, 'programme_id', :programme_id::uuid, 'activity_code', :activity_code::text[], 'source', :source::text[]),
         :provinces::text[], :organisation_id::uuid)) as body;

-- name: getProvincesWithoutKeyProjectReport :one slow
select report_provinces_without_key_project(report_question(jsonb_build_object(
         'from', :from::date, 'to', :to::date, 'geo_basis', :geo_basis::text, 'province_code', :province_code::text[], 'region_code', :region_code::text[],
         'level', :level::text, 'programme_id', :programme_id::uuid, 'activity_code', :activity_code::text[], 'source', :source::text[]),
         :provinces::text[], :organisation_id::uuid)) as body;

-- name: getLocalBudgetTrendReport :one slow
select report_local_budget_trend(report_question(jsonb_build_object(
         'from', :from::date, 'to', :to::date, 'geo_basis', :geo_basis::text, 'province_code', :province_code::text[], 'region_code', :region_code::text[],
         'scale', :scale::text[], 'programme_id', :programme_id::uuid, 'activity_code', :activity_code::text[]),
         :provinces::text[], :organisation_id::uuid)) as body;

-- name: getSupportConcentrationReport :one slow
select report_support_concentration(report_question(jsonb_build_object(
         'from', :from::date, 'to', :to::date, 'geo_basis', :geo_basis::text, 'province_code', :province_code::text[], 'region_code', :region_code::text[],
         'level', :level::text, 'scale', :scale::text[], 'programme_id', :programme_id::uuid, 'activity_code', :activity_code::text[],
         'source', :source::text[], 'below_vnd', :below_vnd::bigint), :provinces::text[], :organisation_id::uuid)) as body;

-- name: getPlanTableReport :one slow
select report_plan_table(report_question(jsonb_build_object(
         'year', :year::integer, 'group_by', :group_by::text, 'geo_basis', :geo_basis::text, 'province_code', :province_code::text[], 'region_code', :region_code::text[],
         'level', :level::text, 'scale', :scale::text[], 'programme_id', :programme_id::uuid, 'activity_code', :activity_code::text[],
         'source', :source::text[]), :provinces::text[], :organisation_id::uuid)) as body;

-- name: getProgressTableReport :one slow
select report_progress_table(report_question(jsonb_build_object(
         'year', :year::integer, 'geo_basis', :geo_basis::text, 'province_code', :province_code::text[], 'region_code', :region_code::text[],
         'level', :level::text, 'scale', :scale::text[], 'programme_id', :programme_id::uuid, 'activity_code', :activity_code::text[],
         'source', :source::text[]), :provinces::text[], :organisation_id::uuid)) as body;
