-- SPDX-License-Identifier: MIT
-- Reports that were frozen.

create or replace function report_body(report text, q report_question) returns text language plpgsql stable as $$
begin
  return case report
    when 'project-summary' then report_project_summary(q)
    when 'region-summary' then report_region_summary(q)
    when 'activity-results' then report_activity_results(q)
    when 'programme-attainment' then report_programme_attainment(q)
    when 'key-project-matrix' then report_key_project_matrix(q)
    when 'key-project-implementers' then report_key_project_implementers(q)
    when 'late-projects' then report_late_projects(q)
    when 'missing-reports' then report_missing_reports(q)
    when 'stopped-projects' then report_stopped_projects(q)
    when 'provinces-without-key-project' then report_provinces_without_key_project(q)
    when 'local-budget-trend' then report_local_budget_trend(q)
    when 'support-concentration' then report_support_concentration(q)
    when 'plan-table' then report_plan_table(q)
    when 'progress-table' then report_progress_table(q)
    when 'ledger-balances' then report_ledger_balances(q)
    when 'ocop-list' then report_ocop_list(q)
    when 'expiring-certificates' then report_expiring_certificates(q)
    when 'voting-list' then report_voting_list(q)
  end::text;
end
$$;
comment on function report_body is 'The answer of a report, as its own address gives it.';

-- Made once: the body and what is said of it are of the same moment.
create or replace function new_report_snapshot(given jsonb, provinces text[], own_organisation uuid) returns report_snapshot language plpgsql stable as $$
declare
  s report_snapshot;
  q report_question;
begin
  q := report_question(given, provinces, own_organisation);
  s.report := given ->> 'report';
  s.body := report_body(s.report, q);
  s."from" := s.body::json ->> 'from';
  s."to" := s.body::json ->> 'to';
  s.geo_basis := q.geo_basis;
  s.filters := jsonb_strip_nulls(report_filters(q));
  s.as_of := current_instant();
  s.sha256 := encode(sha256(convert_to(s.body, 'UTF8')), 'hex');
  s.note := given ->> 'note';
  return s;
end
$$;

create or replace function report_snapshot_json(s report_snapshot) returns json language sql stable as $$
  select json_build_object(
    'id', s.id,
    'code', s.code,
    'version', s.version,
    'report', s.report,
    'title', s.body::json ->> 'title',
    'from', s."from",
    'to', s."to",
    'geo_basis', s.geo_basis,
    'filters', s.filters,
    'as_of', instant(s.as_of),
    'sha256', s.sha256,
    'size_bytes', octet_length(s.body),
    'content_url', '/v1/report-snapshots/' || s.id || '/content',
    'status', s.status,
    'sent_to_id', s.sent_to_id,
    'sent_on', s.sent_on,
    'organisation_id', s.organisation_id,
    'note', s.note,
    'created_at', instant(s.created_at),
    'created_by', s.created_by,
    'updated_at', instant(s.updated_at),
    'updated_by', s.updated_by)
$$;
