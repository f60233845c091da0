-- SPDX-License-Identifier: MIT
-- Reports on the execution of projects: what is late, what was not reported, what was stopped and why.

create or replace function report_province(p project, q report_question) returns text language sql stable as $$
  select report_label('province', project_province(p.province_code, p.codes_on, p.places, basis_date(q.geo_basis)), basis_date(q.geo_basis))
$$;

create or replace function organisation_name(wanted uuid) returns text language sql stable as $$
  select o.name from organisation o where o.id = wanted
$$;

create or replace function last_progress(of_project uuid, on_day date) returns progress_report language sql stable as $$
  select r
    from progress_report r
   where r.project_id = of_project and r.deleted_at is null and r.status in ('submitted', 'confirmed') and r."to" <= on_day
   order by r."to" desc, r.id desc
   limit 1
$$;

-- ---- Late projects ----

create or replace function report_late_projects(q report_question) returns json language sql stable as $$
  with asked as (
    select least(q."to", today()) as day
  ), late as (
    select p, l, g, a.day - p.ends_on as days_past
      from asked a
     cross join lateral report_projects(q) p
     cross join lateral last_progress(p.id, a.day) l
     cross join lateral parameter_on('project_late_grace_days', a.day, p.level, p.province_code) g
     where p.status in ('contracted', 'in_progress', 'acceptance_requested')
       and (a.day - p.ends_on > coalesce(g.value, 0) or l.risk in ('late', 'blocked'))
  ), counted as (
    select l.*, (l.p).id, greatest(l.days_past, 0) as days_late, coalesce(m.label, report_province(l.p, q)) as province
      from late l
      left join label_map(q) m on m.code = (l.p).province_code and (l.p).codes_on between m.valid_from and m.valid_to
  )
  select report_json('late-projects', 'Đề án chậm tiến độ', q, 'Đề án',
    json_build_array(
      report_text_column('project_code', 'Mã đề án', 'Project'), report_text_column('province', 'Tỉnh, thành phố', 'Province'),
      report_text_column('implementer', 'Đơn vị thực hiện', 'Implementer'), report_text_column('status', 'Trạng thái', 'Status'),
      report_text_column('ends_on', 'Hạn hoàn thành', 'Due'), report_column('days_late', 'Số ngày quá hạn', 'Days past', null, false),
      report_text_column('risk', 'Đánh giá gần nhất', 'Latest assessment'), report_column('percent_done', 'Khối lượng thực hiện', 'Work done', 'percent', false),
      report_column('support_vnd', 'Kinh phí hỗ trợ', 'Support', 'vnd')),
    (select json_agg(report_row((c.p).code, (c.p).name, jsonb_build_object(
              'project_code', (c.p).code, 'province', c.province, 'implementer', organisation_name((c.p).implementer_id),
              'status', report_label('status', (c.p).status, null), 'ends_on', (c.p).ends_on, 'days_late', c.days_late,
              'risk', risk_label((c.l).risk), 'percent_done', (c.l).percent_done, 'support_vnd', coalesce((c.p).support_vnd, 0)),
              '/v1/projects/' || c.id)
            order by c.days_late desc, (c.p).code)
       from counted c),
    (select jsonb_build_object('support_vnd', coalesce(sum((c.p).support_vnd), 0)) from counted c),
    (select json_build_array(report_indicator('late_projects', 'Số đề án chậm', 'Late projects',
              'Số đề án đang thực hiện, quá hạn hoàn thành hoặc báo cáo gần nhất đánh giá chậm, vướng', count(*), 'project')) from counted),
    array['Tính đến ngày ' || (select to_char(a.day, 'DD/MM/YYYY') from asked a) || '; hạn là ngày kết thúc của đề án cộng số ngày cho phép (tham số project_late_grace_days).'])
$$;
comment on function report_late_projects is 'Projects in execution that are past their end, or late by their own latest report.';

create or replace function risk_label(risk text) returns text language sql immutable parallel safe as $$
  select case risk when 'on_track' then 'Đúng tiến độ' when 'at_risk' then 'Có nguy cơ chậm' when 'late' then 'Chậm' when 'blocked' then 'Vướng mắc' end
$$;

-- ---- Missing reports ----

-- Each period of a calendar year in which a project is carried out, and the day by which its report is due.
create or replace function reports_expected(p project, first_day date, last_day date)
returns table (starts_on date, ends_on date, due_on date) language sql stable as $$
  select s.starts_on, s.ends_on, s.due_on
    from generate_series(date_trunc('year', greatest(p.starts_on, first_day - 370))::timestamp, least(p.ends_on, last_day)::timestamp, '1 month') m (month)
   cross join lateral (select parameter_value('progress_report_months', m.month::date, p.level, p.province_code)::integer as months,
                              parameter_value('progress_report_due_day', m.month::date, p.level, p.province_code)::integer as due_day) rule
   cross join lateral (
     select m.month::date as starts_on, (m.month + make_interval(months => rule.months))::date - 1 as ends_on,
            (m.month + make_interval(months => rule.months - 1))::date + rule.due_day - 1 as due_on) s
   where rule.months > 0 and (extract(month from m.month)::integer - 1) % rule.months = 0
     and s.ends_on >= p.starts_on and s.due_on between first_day and last_day
$$;
comment on function reports_expected is 'By the parameters progress_report_months and progress_report_due_day (a day of the last month of the period); none where no parameter holds.';

create or replace function report_missing_reports(q report_question) returns json language plpgsql stable as $$
declare
  whenever constant report_question := with_period(q, '1900-01-01', '2100-12-31');
begin
  return (
  with asked as (
    select least(q."to", today()) as day
  ), running as (
    select p from asked a
     cross join lateral report_projects(whenever) p
     where p.history_quality <> 'final_state_only' and p.starts_on is not null and p.ends_on is not null
       and p.status in ('contracted', 'in_progress', 'acceptance_requested', 'accepted', 'settling', 'settled', 'closed')
  ), expected as (
    select r.p, e.*, got.id is not null as is_there, got.handed_in_on <= e.due_on as is_on_time, coalesce(got.return_count, 0) as return_count
      from running r
     cross join asked a
     cross join lateral reports_expected(r.p, q."from", a.day) e
      left join lateral (
        select g.id, t.handed_in_on, t.return_count
          from progress_report g
         cross join lateral (select min(t.acted_on) filter (where t.action = 'submit') as handed_in_on, count(*) filter (where t.action = 'return') as return_count
                               from transition t where t.record_type = 'progress_report' and t.record_id = g.id) t
         where g.project_id = (r.p).id and g.deleted_at is null and g.status in ('submitted', 'confirmed')
           and g."to" between e.starts_on and e.ends_on
         order by t.handed_in_on
         limit 1) got on true
  ), counted as (
    select (e.p).id, e.p as project, min(coalesce(m.label, report_province(e.p, q))) as province, count(*) as expected_count, count(*) filter (where e.is_there) as received_count,
           count(*) filter (where not e.is_there) as missing_count, count(*) filter (where e.is_on_time) as on_time_count,
           sum(e.return_count)::bigint as return_count,
           string_agg(to_char(e.ends_on, 'MM/YYYY'), ', ' order by e.ends_on) filter (where not e.is_there) as missing_periods
      from expected e
      left join label_map(q) m on m.code = (e.p).province_code and (e.p).codes_on between m.valid_from and m.valid_to
     group by e.p
  )
  select report_json('missing-reports', 'Tình hình nộp báo cáo tiến độ', q, 'Đề án',
    json_build_array(
      report_text_column('project_code', 'Mã đề án', 'Project'), report_text_column('province', 'Tỉnh, thành phố', 'Province'),
      report_text_column('implementer', 'Đơn vị thực hiện', 'Implementer'), report_column('expected_count', 'Số báo cáo phải nộp', 'Expected'),
      report_column('received_count', 'Đã nộp', 'Received'), report_column('missing_count', 'Còn thiếu', 'Missing'),
      report_column('on_time_count', 'Đúng hạn', 'On time'), report_column('on_time_percent', 'Tỷ lệ đúng hạn', 'Share on time', 'percent', false),
      report_column('return_count', 'Số lần trả lại', 'Times returned'), report_text_column('missing_periods', 'Kỳ còn thiếu', 'Periods missing')),
    (select json_agg(report_row((c.project).code, (c.project).name, jsonb_build_object(
              'project_code', (c.project).code, 'province', c.province, 'implementer', organisation_name((c.project).implementer_id),
              'expected_count', c.expected_count, 'received_count', c.received_count, 'missing_count', c.missing_count, 'on_time_count', c.on_time_count,
              'on_time_percent', percent_of(c.on_time_count, c.expected_count), 'return_count', c.return_count, 'missing_periods', c.missing_periods),
              records_url('/v1/progress-reports', jsonb_build_object('project_id', c.id)))
            order by c.missing_count desc, (c.project).code)
       from counted c),
    (select jsonb_build_object('expected_count', coalesce(sum(c.expected_count), 0), 'received_count', coalesce(sum(c.received_count), 0),
              'missing_count', coalesce(sum(c.missing_count), 0), 'on_time_count', coalesce(sum(c.on_time_count), 0),
              'on_time_percent', percent_of(sum(c.on_time_count), sum(c.expected_count)), 'return_count', coalesce(sum(c.return_count), 0)) from counted c),
    '[]',
    array['Báo cáo phải nộp là báo cáo đến hạn trong kỳ, theo các tham số progress_report_months và progress_report_due_day.',
          'Không tính đề án chỉ nhập trạng thái cuối.']));
end
$$;
comment on function report_missing_reports is 'Progress reports that fell due within the period: received, missing, on time, returned.';

-- ---- Stopped projects ----

create or replace function ending_reason(of_project uuid, of_status text) returns text language sql stable as $$
  select coalesce((
    select t.reason_code
      from transition t
     where t.record_type = 'project' and t.record_id = of_project and t.to_status = of_status
     order by t.record_version desc
     limit 1), 'none')
$$;
comment on function ending_reason is 'Why a project was stopped, withdrawn or rejected; none: it was not said.';

create or replace function reason_label(reason text) returns text language sql immutable parallel safe as $$
  select coalesce((
    select l.label
      from (values ('disaster', 'Thiên tai'), ('epidemic', 'Dịch bệnh'), ('budget_cut', 'Cắt giảm kinh phí'), ('beneficiary_withdrew', 'Đơn vị thụ hưởng rút'),
                   ('beneficiary_ineligible', 'Đơn vị thụ hưởng không đủ điều kiện'), ('counterpart_missing', 'Không đủ vốn đối ứng'),
                   ('survey_inadequate', 'Khảo sát chưa sát cơ sở'), ('technology_changed', 'Thay đổi công nghệ'), ('price_changed', 'Giá tăng, giảm'),
                   ('duplicate_support', 'Trùng hỗ trợ'), ('reorganisation', 'Sắp xếp đơn vị'), ('policy_changed', 'Thay đổi chính sách'),
                   ('market', 'Thị trường'), ('other', 'Khác')) l (code, label)
     where l.code = reason), 'không ghi lý do')
$$;

create or replace function report_stopped_projects(q report_question) returns json language plpgsql stable as $$
declare
  stopped_only constant report_question := with_status(q, '{stopped}');
begin
  return (
  with stopped as (
    select p, p.id, p.support_vnd, r.reason, coalesce(m.label, report_province(p, q)) as province
      from report_projects(stopped_only) p
      left join label_map(q) m on m.code = p.province_code and p.codes_on between m.valid_from and m.valid_to
     cross join lateral (select ending_reason(p.id, p.status) as reason) r
  ), counted as (
    select s.reason, count(*) as project_count, coalesce(sum(s.support_vnd), 0) as support_vnd,
           string_agg(distinct s.province, ', ' order by s.province) as provinces
      from stopped s group by s.reason
  )
  select report_json('stopped-projects', 'Đề án ngừng thực hiện theo lý do', q, 'Lý do',
    json_build_array(report_column('project_count', 'Số đề án', 'Projects'), report_column('support_vnd', 'Kinh phí hỗ trợ', 'Support', 'vnd'),
      report_text_column('provinces', 'Tỉnh, thành phố', 'Provinces')),
    (select json_agg(report_row(nullif(c.reason, 'none'), reason_label(c.reason),
              jsonb_build_object('project_count', c.project_count, 'support_vnd', c.support_vnd, 'provinces', c.provinces),
              records_url('/v1/projects', projects_filters(q) || jsonb_build_object('status', 'stopped', 'reason_code', c.reason)))
            order by c.project_count desc, c.reason)
       from counted c),
    (select jsonb_build_object('project_count', coalesce(sum(c.project_count), 0), 'support_vnd', coalesce(sum(c.support_vnd), 0)) from counted c),
    records_url => records_url('/v1/projects', projects_filters(q) || '{"status": "stopped"}')));
end
$$;
comment on function report_stopped_projects is 'Stopped projects that began within the period, by the reason of the act that stopped them.';
