-- SPDX-License-Identifier: MIT
-- The summary of projects, by whatever they are grouped.

create or replace function summary_row_label(group_by text) returns text language sql immutable parallel safe as $$
  select case group_by
    when 'level' then 'Cấp kinh phí' when 'scale' then 'Quy mô' when 'province' then 'Tỉnh, thành phố' when 'region' then 'Khu vực'
    when 'source' then 'Nguồn kinh phí' when 'status' then 'Trạng thái' else 'Nội dung' end
$$;

-- What the sources give stands in the rows of the projects' funding.
create or replace function summary_value_urls(filters jsonb) returns jsonb language sql immutable parallel safe as $$
  select jsonb_object_agg('funding_' || s.source || '_vnd', records_url('/v1/projects', filters || '{"expand": "funding"}'))
    from unnest(array['central_promotion', 'local_promotion', 'counterpart', 'integrated', 'foreign', 'other']) s (source)
$$;

create or replace function report_project_summary(q report_question) returns json language plpgsql stable as $$
declare
  group_by constant text := group_by_checked(q.group_by, '{none,level,scale,activity,province,region,source,status}');
  day constant date := basis_date(q.geo_basis);
  parameter constant text := case when group_by in ('province', 'region', 'activity') then group_by || '_code' else group_by end;
  asked constant jsonb := projects_filters(q);
  filters constant jsonb := asked || jsonb_build_object('expand', case group_by when 'activity' then 'lines' when 'source' then 'funding' end);
  rows json;
  totals jsonb;
begin
  with map as materialized (
    select * from report_map(q) where group_by in ('province', 'region')
  ), counted as (
    select p as project, p.id, p.total_cost_vnd, p.support_vnd, p.counterpart_vnd, f.*
      from report_projects(q) p
     cross join lateral (
       select coalesce(sum(f.amount_vnd), 0) as funding_total,
              coalesce(sum(f.amount_vnd) filter (where f.source = 'central_promotion'), 0) as central_promotion,
              coalesce(sum(f.amount_vnd) filter (where f.source = 'local_promotion'), 0) as local_promotion,
              coalesce(sum(f.amount_vnd) filter (where f.source = 'counterpart'), 0) as counterpart,
              coalesce(sum(f.amount_vnd) filter (where f.source = 'integrated'), 0) as integrated,
              coalesce(sum(f.amount_vnd) filter (where f.source = 'foreign'), 0) as from_abroad,
              coalesce(sum(f.amount_vnd) filter (where f.source = 'other'), 0) as other
         from project_funding f
        where f.project_id = p.id and f.deleted_at is null) f
  ), placed as (
    -- The empty key: totals, in which every project stands once. They are there when no project is.
    select '' as key, c.* from (values (1)) one left join counted c on true
    union all
    select k.key, c.*
      from counted c
      left join map m on m.code = (c.project).province_code and (c.project).codes_on between m.valid_from and m.valid_to
     cross join unnest(case when m.code is null then report_keys(group_by, c.project, day)
                            when group_by = 'province' then array[m.key] else array[m.region_code] end) k (key)
  ), measured as materialized (
    select p.key,
           json_build_object(
             'project_count', count(p.id),
             'total_cost_vnd', coalesce(sum(p.total_cost_vnd), 0),
             'mean_total_cost_vnd', round(avg(p.total_cost_vnd)),
             'cost_unknown_count', count(p.id) filter (where p.total_cost_vnd is null),
             'support_vnd', coalesce(sum(p.support_vnd), 0),
             'counterpart_vnd', coalesce(sum(p.counterpart_vnd), 0),
             'funding_total_vnd', coalesce(sum(p.funding_total), 0),
             'funding_central_promotion_vnd', coalesce(sum(p.central_promotion), 0),
             'funding_local_promotion_vnd', coalesce(sum(p.local_promotion), 0),
             'funding_counterpart_vnd', coalesce(sum(p.counterpart), 0),
             'funding_integrated_vnd', coalesce(sum(p.integrated), 0),
             'funding_foreign_vnd', coalesce(sum(p.from_abroad), 0),
             'funding_other_vnd', coalesce(sum(p.other), 0))::jsonb
           || case when group_by = 'activity' then json_build_object(
             'line_count', coalesce(sum(l.lines), 0),
             'line_eligible_cost_vnd', coalesce(sum(l.eligible_cost), 0),
             'line_support_vnd', coalesce(sum(l.support), 0),
             'line_counterpart_vnd', coalesce(sum(l.counterpart), 0))::jsonb
           when group_by = 'source' then json_build_object(
             'source_amount_vnd', coalesce(sum(s.amount), 0))::jsonb
           else '{}' end as figures
      from placed p
      left join lateral (
        select count(*) as lines, sum(l.eligible_cost_vnd) as eligible_cost, sum(l.support_vnd) as support, sum(l.counterpart_vnd) as counterpart
          from project_line l
         where group_by = 'activity' and l.project_id = p.id and l.deleted_at is null
           and p.key in ('', coalesce(root_activity(l.activity_code), 'none'))) l on true
      left join lateral (
        select sum(f.amount_vnd) as amount
          from project_funding f
         where group_by = 'source' and f.project_id = p.id and f.deleted_at is null and p.key in ('', f.source)) s on true
     group by p.key
  )
  select (select json_agg(report_row(nullif(m.key, 'none'), l.label, m.figures, records_url('/v1/projects', filters || jsonb_build_object(parameter, m.key)),
                     summary_value_urls(asked || jsonb_build_object(parameter, m.key)))
                   order by coalesce(report_place(group_by, m.key), 500), l.label collate vietnamese, m.key)
            from measured m
           cross join lateral (select report_label(group_by, m.key, day) as label) l
           where m.key <> ''),
         (select m.figures from measured m where m.key = '')
    into rows, totals;
  return report_json('project-summary', report_title(group_by, q."from", q."to"), q, summary_row_label(group_by), report_columns(group_by), rows, totals,
    json_build_array(report_indicator('projects_without_date', 'Số đề án chưa có ngày bắt đầu', 'Projects without a start day',
      'Số đề án qua các điều kiện lọc mà chưa có ngày bắt đầu: không thuộc kỳ nào nên không được đếm',
      (select count(*) from matching_projects(q) p where p.starts_on is null), 'project')),
    records_url => records_url('/v1/projects', filters));
end
$$;
comment on function report_project_summary is 'Number and money of projects by level, scale, activity, province, region, source or state; by activity and source a project may stand in several rows.';
