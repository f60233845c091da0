-- SPDX-License-Identifier: MIT
-- The plan of a year as offices print it: R1.

create or replace function project_planned_in(of_project uuid, starts_on date, of_year integer) returns boolean language plpgsql stable as $$
begin
  return coalesce(extract(year from starts_on) = of_year, false) or exists (
    select from annual_plan_item i where i.project_id = of_project and i.year = of_year and i.deleted_at is null);
end
$$;
comment on function project_planned_in is 'It begins in the year, or stands in a plan of it.';

create or replace function project_in_plan(of_project uuid, of_plan uuid) returns boolean language plpgsql stable as $$
begin
  return exists (
    select from annual_plan_item i where i.annual_plan_id = of_plan and i.project_id = of_project and i.deleted_at is null);
end
$$;

-- Projects of a year are those of report_projects() on every day, so that the other filters mean the same.
create or replace function planned_projects(q report_question) returns setof project language sql stable as $$
  select p.* from project p
    left join wanted_map(q) m on m.code = p.province_code and p.codes_on between m.valid_from and m.valid_to
   where (p.province_code = any (q.provinces) or p.organisation_id = q.own_organisation or p.implementer_id = q.own_organisation)
     and p.deleted_at is null
     -- project_planned_in(), for all of them at once
     and (p.starts_on between make_date(q.year, 1, 1) and make_date(q.year, 12, 31)
          or p.id in (select i.project_id from annual_plan_item i where i.year = q.year and i.deleted_at is null))
     and (q.level is null or p.level = q.level)
     and (q.scale is null or coalesce(p.scale, 'none') = any (q.scale))
     and (q.programme_id is null or p.programme_id = q.programme_id)
     and (q.activity_code is null or project_activities(p.id) && q.activity_code)
     and (q.source is null or project_sources(p.id) && q.source)
     and (q.province_code is null or p.province_code = any (provinces_reaching(q.province_code)))
     and (q.province_code is null and q.region_code is null
          or coalesce(m.is_wanted, project_wanted(p.province_code, p.codes_on, p.places, q)))
$$;

create or replace function planned_length(q report_question) returns bigint language plpgsql stable as $$
begin
  return (select count(*) from (select from planned_projects(q) limit report_most_rows() + 1) found);
end
$$;
comment on function planned_length is 'How many projects a table of a year would have; where they are too many, they are not counted to the end.';

create or replace function year_filters(q report_question) returns jsonb language sql stable as $$
  select projects_filters(q) - array['from', 'to', 'status'] || jsonb_build_object('plan_year', q.year)
$$;
comment on function year_filters is 'The parameters of listProjects that give the projects of planned_projects().';

create or replace function report_year(q report_question) returns report_question language plpgsql stable as $$
begin
  q.year := coalesce(q.year, extract(year from today()));
  return with_period(q, make_date(q.year, 1, 1), make_date(q.year, 12, 31));
end
$$;

-- What a plan table says of a project; members as in plan_table_column.
create or replace function plan_table_values(p project, of_year integer, place text) returns jsonb language plpgsql stable as $$
begin
  return (
    select jsonb_build_object(
      'code', p.code,
      'implementer', (select o.name from organisation o where o.id = p.implementer_id),
      'beneficiaries', (select string_agg(n.name, '; ' order by n.name collate vietnamese)
                          from (select distinct e.name from project_line l join establishment e on e.id = l.establishment_id
                                 where l.project_id = p.id and l.deleted_at is null and l.status not in ('withdrawn', 'removed')) n),
      'places', place,
      'activities', (select string_agg(a.code, '; ' order by a.code)
                       from (select distinct l.activity_code as code from project_line l
                              where l.project_id = p.id and l.deleted_at is null and l.activity_code is not null) a),
      'objective', left(p.objective, 30000),
      'starts_on', p.starts_on,
      'ends_on', p.ends_on,
      'total_cost_vnd', p.total_cost_vnd,
      'central_promotion_vnd', (select sum(f.amount_vnd) from project_funding f where f.project_id = p.id and f.deleted_at is null and f.year = of_year and f.source = 'central_promotion'),
      'local_promotion_vnd', (select sum(f.amount_vnd) from project_funding f where f.project_id = p.id and f.deleted_at is null and f.year = of_year and f.source = 'local_promotion'),
      'counterpart_vnd', p.counterpart_vnd,
      'baseline_support_vnd', assigned_baseline_vnd(p.id, of_year),
      'current_support_vnd', assigned_vnd(p.id, of_year),
      'decision_no', d.document ->> 'document_no',
      'decision_on', d.document ->> 'issued_on',
      'status', status_label('project', p.status),
      'note', left(p.note, 30000))
      from (values (1)) one
      left join lateral (
        select document
          from transition t cross join jsonb_array_elements(t.documents) document
         where t.record_type = 'project' and t.record_id = p.id and document ->> 'kind' = 'decision'
           and (t.to_status in ('approved', 'contracted', 'accepted', 'settled', 'closed') or t.action = 'import')
         order by t.recorded_at desc limit 1) d on true);
end
$$;

create or replace function plan_table_sums(figures jsonb[]) returns jsonb language sql stable as $$
  select jsonb_object_agg(c.key, (select coalesce(sum((f ->> c.key)::numeric), 0) from unnest(figures) f))
    from plan_table_column c where c.is_additive
$$;

-- What the subtotals of a plan table are of, and how a project finds its own. Several activities make a part of their own: a project
-- stands once in the table.
create or replace function plan_table_part(group_by text, p project, place_key text) returns text language sql stable as $$
  select case group_by
    when 'activity' then project_sole_activity(p.id)
    when 'organisation' then coalesce(p.implementer_id::text, 'none')
    when 'programme' then coalesce(p.programme_id::text, 'none')
    when 'level' then p.level
    when 'province' then place_key
  end
$$;

create or replace function plan_table_part_label(group_by text, part text, day date) returns text language sql stable as $$
  select case
    when part = 'several' then 'Nhiều nội dung'
    when group_by = 'activity' then activity_label(part)
    when part = 'none' then case group_by when 'organisation' then 'Chưa ghi đơn vị thực hiện' when 'programme' then 'Không thuộc chương trình' else 'không xác định' end
    when group_by = 'organisation' then coalesce(organisation_name(part::uuid), 'Đơn vị khác')
    when group_by = 'programme' then coalesce((select g.code || '. ' || g.name from programme g where g.id = part::uuid), 'Chương trình khác')
    else report_label(group_by, part, day)
  end
$$;

create or replace function plan_table_part_url(group_by text, part text, filters jsonb) returns text language sql immutable parallel safe as $$
  select case when part <> 'none' or group_by in ('activity', 'province') then
    records_url('/v1/projects', filters || jsonb_build_object(
      case group_by when 'activity' then 'sole_activity_code' when 'organisation' then 'implementer_id' when 'programme' then 'programme_id'
                    when 'province' then 'province_code' else group_by end, part)) end
$$;
comment on function plan_table_part_url is 'Null where no list finds these alone.';

create or replace function report_plan_table(asked report_question) returns json language plpgsql stable as $$
declare
  q constant report_question := report_year(asked);
  group_by constant text := group_by_checked(q.group_by, '{activity,organisation,programme,level,province}');
  day constant date := basis_date(q.geo_basis);
  rows json;
  totals jsonb;
begin
  perform report_length_checked(planned_length(q), 'plan-table');
  with listed as materialized (
    select p.id, p.name, plan_table_values(p, q.year, coalesce(l.former_label, former_name(p, day))) as figures,
           plan_table_part(group_by, p, coalesce(l.key, project_province(p.province_code, p.codes_on, p.places, day))) as part
      from planned_projects(q) p
      left join label_map(q) l on l.code = p.province_code and p.codes_on between l.valid_from and l.valid_to
  ), parts as (
    select s.part, plan_table_part_label(group_by, s.part, day) as label, s.sums, s.part in ('several', 'none') as is_last
      from (select l.part, plan_table_sums(array_agg(l.figures)) as sums from listed l group by 1) s
  )
  select (select json_agg(r.body order by r.is_last, r.place, r.part_label collate vietnamese, r.part, r.is_row, r.name collate vietnamese, r.id)
            from (select p.part, p.label as part_label, p.is_last, report_place(group_by, p.part) as place, false as is_row, '' as name, null::uuid as id,
                         report_row(nullif(p.part, 'none'), p.label, p.sums, plan_table_part_url(group_by, p.part, year_filters(q) || '{"expand": "funding,money"}'), '{}', 'subtotal') as body
                    from parts p
                  union all
                  select p.part, p.label, p.is_last, report_place(group_by, p.part), true, l.name, l.id,
                         report_row(l.id::text, l.name, l.figures, '/v1/projects/' || l.id || '?expand=lines,funding,money')
                    from listed l join parts p on p.part = l.part) r),
         (select plan_table_sums(coalesce(array_agg(l.figures), '{}')) from listed l)
    into rows, totals;
  return report_json('plan-table', 'Biểu kế hoạch khuyến công năm ' || q.year, q, (select c.label_vi from plan_table_column c where c.key = 'name'),
    (select json_agg(case when c.is_text then report_text_column(c.key, c.label_vi, c.label_en) else report_column(c.key, c.label_vi, c.label_en, c.measure_unit, c.is_additive) end order by c.place)
       from plan_table_column c where c.key not in ('number', 'name')),
    rows, totals, '[]',
    array['Đề án bắt đầu trong năm hoặc có trong kế hoạch năm; KCQG, KCĐP là kinh phí của năm theo nguồn.'], '{}', records_url('/v1/projects', year_filters(q)));
end
$$;
comment on function report_plan_table is 'R1: the projects of a year with subtotals by activity, organisation, programme, level or province, as assigned at first and now; its columns are those that an import reads.';

-- ---- R2: progress ----

create or replace function report_progress_table(asked report_question) returns json language plpgsql stable as $$
declare
  q constant report_question := report_year(asked);
  day constant date := basis_date(q.geo_basis);
  rows json;
  totals jsonb;
begin
  perform report_length_checked(planned_length(q), 'progress-table');
  with listed as materialized (
    select p.id, p.name, coalesce(m.former_label, former_name(p, day)) as place, (select o.name from organisation o where o.id = p.implementer_id) as implementer,
           status_label('project', p.status) as status,
           assigned_baseline_vnd(p.id, q.year) as baseline, assigned_vnd(p.id, q.year) as assigned, (money.sums).contracted, (money.sums).advanced,
           (money.sums).paid - (money.sums).recovered as disbursed, r.percent_done, r.difficulties, r.request
      from planned_projects(q) p
      left join label_map(q) m on m.code = p.province_code and p.codes_on between m.valid_from and m.valid_to
     cross join lateral (select money_of(p.id, of_year => q.year) as sums) money
      left join lateral (
        select round(r.percent_done, 1) as percent_done, r.request,
               (select string_agg(d ->> 'description', '; ') from jsonb_array_elements(r.difficulties) d) as difficulties
          from progress_report r
         where r.project_id = p.id and r.deleted_at is null and r.status in ('submitted', 'confirmed') and r."to" <= q."to"
         order by r."to" desc, r.id desc limit 1) r on true
  )
  select (select json_agg(report_row(l.id::text, l.name, jsonb_build_object('implementer', l.implementer, 'place', l.place, 'baseline_vnd', l.baseline, 'assigned_vnd', l.assigned,
                   'contracted_vnd', l.contracted, 'advanced_vnd', l.advanced, 'disbursed_vnd', l.disbursed, 'disbursed_percent', percent_of(l.disbursed, l.assigned), 'done_percent', l.percent_done,
                   'difficulties', left(l.difficulties, 30000), 'request', left(l.request, 30000), 'status', l.status),
                   '/v1/ledger-entries?project_id=' || l.id || '&year=' || q.year,
                   jsonb_build_object('baseline_vnd', '/v1/projects/' || l.id || '?expand=money', 'assigned_vnd', '/v1/projects/' || l.id || '?expand=money')) order by l.implementer collate vietnamese nulls last, l.name collate vietnamese, l.id)
            from listed l),
         (select jsonb_build_object('baseline_vnd', coalesce(sum(l.baseline), 0), 'assigned_vnd', coalesce(sum(l.assigned), 0), 'contracted_vnd', coalesce(sum(l.contracted), 0),
                   'advanced_vnd', coalesce(sum(l.advanced), 0), 'disbursed_vnd', coalesce(sum(l.disbursed), 0), 'disbursed_percent', percent_of(sum(l.disbursed), sum(l.assigned)))
            from listed l)
    into rows, totals;
  return report_json('progress-table', 'Tiến độ thực hiện kế hoạch khuyến công năm ' || q.year, q, 'Tên đề án',
    json_build_array(report_text_column('implementer', 'Đơn vị thực hiện', 'Implementer'), report_text_column('place', 'Địa bàn', 'Province'),
      report_column('baseline_vnd', 'Giao đầu năm', 'Assigned at first', 'vnd'), report_column('assigned_vnd', 'Giao sau điều chỉnh', 'Assigned now', 'vnd'),
      report_column('contracted_vnd', 'Hợp đồng', 'Contracted', 'vnd'), report_column('advanced_vnd', 'Tạm ứng', 'Advanced', 'vnd'),
      report_column('disbursed_vnd', 'Giải ngân', 'Paid less recovered', 'vnd'), report_column('disbursed_percent', 'Tỷ lệ giải ngân', 'Share paid', 'percent', false),
      report_column('done_percent', 'Khối lượng', 'Work done', 'percent', false), report_text_column('difficulties', 'Vướng mắc', 'Difficulties'),
      report_text_column('request', 'Đề nghị', 'Requests'), report_text_column('status', 'Trạng thái', 'State')),
    rows, totals, plan_year_indicators(q), array['Khối lượng, vướng mắc, đề nghị: theo báo cáo tiến độ gần nhất đã nộp.', 'Giải ngân: tạm ứng và thanh toán trừ thu hồi, của năm; tỷ lệ trên kinh phí giao sau điều chỉnh.'], '{}', records_url('/v1/projects', year_filters(q)));
end
$$;
comment on function report_progress_table is 'R2: what was assigned, promised and paid in a year, project by project; each row leads to its ledger.';
