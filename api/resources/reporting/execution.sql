-- Reports on the execution of projects, in the one shape; the figures are made in db/functions/execution_reports.sql.
-- each: LateProjects LateProjects late_projects
-- each: MissingReports MissingReports missing_reports
-- each: StoppedProjects StoppedProjects stopped_projects

-- name: get{Noun}Report :one slow
select report_{noun}(report_question(jsonb_build_object(
         'from', :from::date, 'to', :to::date, 'geo_basis', :geo_basis::text, 'province_code', :province_code::text[], 'region_code', :region_code::text[],
         'level', :level::text, 'scale', :scale::text[], 'programme_id', :programme_id::uuid), :provinces::text[], :organisation_id::uuid)) as body;
