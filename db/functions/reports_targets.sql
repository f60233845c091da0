-- SPDX-License-Identifier: MIT
-- R5: the targets of a programme or of a yearly plan, by their figures and, where there are none, by a verdict of somebody.

create or replace function target_result(operator text, planned numeric, actual numeric, tolerance_percent numeric) returns text
language sql immutable parallel safe as $$
  select case
    when actual is null then 'no_data'
    when operator = 'gt' then case when actual > planned then 'met' else 'not_met' end
    when operator in ('gte', 'eq') then case when actual > planned then 'exceeded' when actual = planned then 'met' else 'not_met' end
    when operator = 'approx' then
      case when actual > planned * (1 + coalesce(tolerance_percent, 0) / 100) then 'exceeded'
           when actual >= planned * (1 - coalesce(tolerance_percent, 0) / 100) then 'met' else 'not_met' end
    when operator = 'lte' then case when actual <= planned then 'met' else 'not_met' end
    when operator = 'lt' then case when actual < planned then 'met' else 'not_met' end
  end
$$;
comment on function target_result is 'exceeded, met, not_met, no_data. More than 75: 75 is not met, 76 is. How far "about" may miss where the target does not say is the parameter target_tolerance_percent.';

create or replace function result_label(result text) returns text language sql immutable parallel safe as $$
  select case result when 'exceeded' then 'Vượt' when 'met' then 'Đạt' when 'not_met' then 'Không đạt' else 'Chưa có số liệu' end
$$;

create or replace function operator_label(operator text) returns text language sql immutable parallel safe as $$
  select case operator when 'gt' then 'trên' when 'gte' then 'từ' when 'eq' then 'đúng' when 'approx' then 'khoảng' when 'lte' then 'không quá' when 'lt' then 'dưới' end
$$;

-- All measures of a target must be met.
create or replace function whole_result(results text[]) returns text language sql immutable parallel safe as $$
  select case when 'not_met' = any (results) then 'not_met' when 'no_data' = any (results) then 'no_data' when 'met' = any (results) then 'met' else 'exceeded' end
$$;

-- What a target is measured by: the projects of its programme, or those that stand in its plan.
create or replace function target_question(q report_question, t target) returns report_question language plpgsql immutable as $$
begin
  q.programme_id := t.programme_id;
  q.annual_plan_id := t.annual_plan_id;
  return q;
end
$$;

create or replace function target_actual(t target, unit text, first_day date, last_day date, q report_question)
returns table (actual numeric, project_count bigint) language plpgsql stable as $$
declare
  asked constant report_question := target_question(q, t);
begin
  return query
    with found as (
      select o.project_id, (o.actual ->> 'value')::numeric as value, coalesce(o.year, extract(year from p.starts_on)::integer) as year
        from report_projects(asked) p
        join project_output o on o.project_id = p.id and o.deleted_at is null and o.indicator_code = t.indicator_code
                                 and o.actual ->> 'measure_unit' = unit
    ), within as (
      select f.*, max(f.year) over () as last_year
        from found f
       where f.year >= coalesce(extract(year from first_day), f.year) and f.year <= coalesce(extract(year from least(last_day, q."to")), f.year)
    )
    select sum(w.value) filter (where t.kind = 'flow' or w.year = w.last_year), count(distinct w.project_id) from within w;
end
$$;
comment on function target_actual is 'Flow: the sum of the results over the term; stock: that of the last year told.';

create or replace function target_verdict(of_target uuid, on_day date) returns target_assessment language sql stable as $$
  select s
    from target_assessment s
   where s.target_id = of_target and s.deleted_at is null and s.assessed_on <= on_day
   order by s.assessed_on desc, s.id desc
   limit 1
$$;
comment on function target_verdict is 'The latest judgement by hand up to a day.';

create or replace function verdict_label(verdict target_assessment) returns text language sql stable as $$
  select result_label(verdict.result) || ' (' || to_char(verdict.assessed_on, 'DD/MM/YYYY') || ')' where verdict.id is not null
$$;

-- Whose targets, from when to when; refused unless exactly one parent is named that the caller may name.
create or replace function targets_parent(q report_question, out name text, out starts_on date, out ends_on date) language plpgsql stable as $$
begin
  if num_nonnulls(q.programme_id, q.annual_plan_id) = 2 then
    raise exception using errcode = 'PT400', message = 'invalid-parameter',
      detail = '[{"parameter": "annual_plan_id", "code": "target_one_parent"}]';
  elsif q.annual_plan_id is not null and annual_plan_visible(q.annual_plan_id, q.provinces, q.own_organisation) then
    select a.name, make_date(a.year, 1, 1), make_date(a.year, 12, 31) into name, starts_on, ends_on from annual_plan a where a.id = q.annual_plan_id;
  elsif q.programme_id is not null and programme_visible(q.programme_id, q.provinces, q.own_organisation) then
    select g.name, g.starts_on, g.ends_on into name, starts_on, ends_on from programme g where g.id = q.programme_id and g.deleted_at is null;
  end if;
  if name is null then
    raise exception using errcode = 'PT400', message = 'invalid-parameter',
      detail = jsonb_build_array(jsonb_build_object('parameter', case when q.annual_plan_id is null then 'programme_id' else 'annual_plan_id' end,
        'code', 'unknown_reference'));
  end if;
end
$$;

create or replace function attainment_columns() returns json language sql immutable parallel safe as $$
  select json_build_array(
    report_text_column('operator_label', 'Mức giao', 'Operator'), report_column('planned', 'Kế hoạch', 'Planned', null, false),
    report_text_column('unit_label', 'Đơn vị tính', 'Unit'), report_column('actual', 'Thực hiện', 'Actual', null, false),
    report_column('attained_percent', 'Mức đạt', 'Attained', 'percent', false), report_column('expected', 'Theo tiến độ bình quân', 'Expected by linear pace', null, false),
    report_text_column('result_label', 'Kết quả', 'Result'), report_column('project_count', 'Số đề án đóng góp', 'Contributing projects', null, false),
    report_text_column('verdict_label', 'Kết luận tay', 'Verdict by hand'), report_text_column('verdict_source', 'Nguồn của kết luận', 'Source of the verdict'))
$$;

create or replace function attainment_indicators(results jsonb, by_hand bigint) returns json language sql immutable parallel safe as $$
  select json_build_array(
    report_indicator('targets_exceeded', 'Chỉ tiêu vượt', 'Targets exceeded', 'Mọi số đo đều vượt', coalesce((results ->> 'exceeded')::numeric, 0)),
    report_indicator('targets_met', 'Chỉ tiêu đạt', 'Targets met', 'Mọi số đo đều đạt hoặc vượt', coalesce((results ->> 'met')::numeric, 0)),
    report_indicator('targets_not_met', 'Chỉ tiêu không đạt', 'Targets not met', 'Có số đo không đạt', coalesce((results ->> 'not_met')::numeric, 0)),
    report_indicator('targets_no_data', 'Chỉ tiêu chưa có số liệu', 'Targets without data', 'Có số đo chưa có số liệu và không có kết luận', coalesce((results ->> 'no_data')::numeric, 0)),
    report_indicator('targets_by_verdict', 'Trong đó theo kết luận tay', 'Of these by a verdict', 'Chỉ tiêu chưa có số liệu, kết quả theo kết luận gần nhất', by_hand))
$$;

create or replace function report_programme_attainment(q report_question) returns json language plpgsql stable as $$
declare
  parent constant record := targets_parent(q);
  on_day constant date := least(q."to", today());
  rows json;
  results jsonb;
  by_hand bigint;
  disputed text;
begin
  with measured as materialized (
    select t.id, t.name, t.operator, t.created_at, t.kind, m.n, m.measure ->> 'measure_unit' as unit, (m.measure ->> 'value')::numeric as planned, a.actual, a.project_count,
           round((m.measure ->> 'value')::numeric * least(1, greatest(0, (on_day - term.first_day + 1)::numeric
             / nullif(term.last_day - term.first_day + 1, 0))), 1) as expected,
           target_result(t.operator, (m.measure ->> 'value')::numeric, a.actual,
             coalesce(t.tolerance_percent, parameter_value('target_tolerance_percent', term.last_day))) as result, verdict
      from target t
     cross join lateral (select coalesce(t."from", parent.starts_on) as first_day, coalesce(t."to", parent.ends_on) as last_day) term
     cross join jsonb_array_elements(t.measures) with ordinality m (measure, n)
     cross join lateral target_actual(t, m.measure ->> 'measure_unit', case when t.annual_plan_id is null then t."from" else term.first_day end,
                                      case when t.annual_plan_id is null then t."to" else term.last_day end, q) a
     cross join lateral target_verdict(t.id, on_day) verdict
     where (t.programme_id = q.programme_id or t.annual_plan_id = q.annual_plan_id) and t.deleted_at is null
  ), judged as materialized (
    select m.*, whole_result(array_agg(m.result) over (partition by m.id)) as counted from measured m
  ), concluded as materialized (
    select j.*, case when j.counted = 'no_data' then coalesce((j.verdict).result, 'no_data') else j.counted end as target_result,
           j.counted = 'no_data' and (j.verdict).result <> 'no_data' as is_by_hand
      from judged j
  )
  select (select json_agg(report_row(c.id || '/' || c.unit, c.name,
                   jsonb_build_object('operator_label', operator_label(c.operator), 'unit_label', measure_unit_label(c.unit), 'planned', c.planned, 'actual', c.actual,
                     'attained_percent', percent_of(c.actual, c.planned), 'expected', c.expected,
                     'result_label', case when c.result = 'no_data' and c.is_by_hand then result_label(c.target_result) || ' (kết luận tay)' else result_label(c.result) end,
                     'result', case when c.result = 'no_data' and c.is_by_hand then c.target_result else c.result end, 'counted_result', c.result,
                     'target_result', c.target_result, 'is_by_verdict', c.is_by_hand, 'project_count', c.project_count,
                     'verdict', (c.verdict).result, 'verdict_label', verdict_label(c.verdict), 'verdict_source', (c.verdict).source),
                   records_url('/v1/projects', projects_filters(q) || '{"expand": "outputs"}'),
                   case when (c.verdict).id is null then '{}' else jsonb_build_object('verdict', '/v1/targets/' || c.id || '/assessments') end,
                   'record', c.unit) order by c.created_at, c.id, c.n) from concluded c),
         (select jsonb_object_agg(r.target_result, r.n) from (select c.target_result, count(distinct c.id) as n from concluded c group by 1) r),
         (select count(distinct c.id) from concluded c where c.is_by_hand),
         (select string_agg(d.name, '; ' order by d.created_at, d.id)
            from (select distinct c.id, c.name, c.created_at from concluded c where c.counted <> 'no_data' and (c.verdict).result <> c.counted) d)
    into rows, results, by_hand, disputed;
  return report_json('programme-attainment', 'Thực hiện chỉ tiêu: ' || parent.name, q, 'Chỉ tiêu', attainment_columns(), rows, '{}',
    attainment_indicators(results, by_hand),
    array_remove(array['Thực hiện: cộng kết quả của các đề án thuộc ' || case when q.annual_plan_id is null then 'chương trình' else 'kế hoạch' end
        || '; chỉ tiêu thời điểm lấy số của năm gần nhất.',
      case when by_hand > 0 then 'Chỉ tiêu chưa có số liệu được kết luận theo văn bản ghi ở cột cuối.' end,
      'Kết luận tay khác số liệu: ' || disputed], null),
    array['attained_percent'], records_url('/v1/projects', projects_filters(q)));
end
$$;
comment on function report_programme_attainment is 'R5: each measure of each target, planned and actual, with the pace, the result and the latest verdict by hand.';
