-- SPDX-License-Identifier: MIT
-- Reports on results: by activity (R3), of key projects (R6).

create or replace function with_period(q report_question, starts date, ends date) returns report_question language plpgsql immutable as $$
begin
  q."from" := starts;
  q."to" := ends;
  return q;
end
$$;

create or replace function with_scale(q report_question, scale text[]) returns report_question language plpgsql immutable as $$
begin
  q.scale := with_scale.scale;
  return q;
end
$$;

create or replace function with_status(q report_question, status text[]) returns report_question language plpgsql immutable as $$
begin
  q.status := with_status.status;
  return q;
end
$$;

create or replace function indicators() returns table (code text, label text, unit text) language sql immutable parallel safe as $$
  values ('trained', 'Số người được đào tạo, tập huấn', 'person'), ('classes', 'Số lớp', 'class'), ('models', 'Mô hình trình diễn kỹ thuật', 'model'),
         ('machines', 'Cơ sở ứng dụng máy móc, thiết bị', 'establishment'), ('lines', 'Dây chuyền công nghệ', 'technology_line'),
         ('booths', 'Gian hàng', 'booth'), ('fairs', 'Hội chợ, triển lãm', 'fair'), ('products_voted', 'Sản phẩm công nghiệp nông thôn tiêu biểu', 'product'),
         ('brands', 'Nhãn hiệu được hỗ trợ', 'brand'), ('seminars', 'Hội thảo, hội nghị', null), ('tours', 'Đoàn tham quan, khảo sát', 'delegation'),
         ('collaborators', 'Cộng tác viên khuyến công', 'person'), ('establishments_supported', 'Cơ sở được hỗ trợ', 'establishment')
$$;
comment on function indicators is 'What results are counted by, and in which unit where none is written; null: it has to be.';

create or replace function indicator_label(indicator_code text, measure_unit text) returns text language sql stable as $$
  select coalesce(
    (select l.label from indicators() l where l.code = indicator_code),
    indicator_code, 'Kết quả khác') || case when indicator_code is null then ' (' || coalesce(measure_unit_label(measure_unit), measure_unit) || ')' else '' end
$$;

create or replace function activity_label(code text) returns text language sql stable as $$
  select case when code = 'none' then 'Chưa ghi nội dung'
              else code || coalesce('. ' || (select a.name_vi from activity a where a.code = activity_label.code order by a.valid_from desc limit 1), '') end
$$;

create or replace function output_activity(of_project uuid, of_line uuid) returns text language plpgsql stable as $$
declare
  groups text[];
begin
  if of_line is not null then
    return coalesce((select root_activity(l.activity_code) from project_line l where l.id = of_line), 'none');
  end if;
  groups := project_activity_groups(of_project);
  return case when cardinality(groups) = 1 then groups[1] else 'none' end;
end
$$;
comment on function output_activity is 'The group of an output: that of its line, else the only one of the project, else none.';

-- ---- R3: results by activity ----

create or replace function report_activity_results(q report_question) returns json language plpgsql stable as $$
declare
  ends constant date := least(q."to", (date_trunc('year', today()) + interval '1 year - 1 day')::date);
  year_start constant date := date_trunc('year', ends);
  year_end constant date := year_start + interval '1 year - 1 day';
  before_start constant date := q."from" - interval '1 year';
  before_end constant date := ends - interval '1 year';
  counted constant report_question := with_period(q, least(before_start, year_start), greatest(year_end, ends));
  rows json;
begin
  with items as materialized (
    select root_activity, measure, indicator_code, unit, level, planned, actual, establishment_id,
           starts_on between q."from" and ends as in_period, starts_on between year_start and ends as in_year_so_far,
           starts_on between year_start and year_end as in_year, starts_on between before_start and before_end as in_before
      from (
        select output_activity(p.id, o.line_id) as root_activity, '3 ' || coalesce(o.indicator_code, '~') || ' ' || (coalesce(o.planned, o.actual) ->> 'measure_unit') as measure,
               o.indicator_code, coalesce(o.planned, o.actual) ->> 'measure_unit' as unit, p.level, p.starts_on,
               (o.planned ->> 'value')::numeric as planned, (o.actual ->> 'value')::numeric as actual, null::uuid as establishment_id
          from report_projects(counted) p
          join project_output o on o.project_id = p.id and o.deleted_at is null
        union all
        select coalesce(r.root, 'none'), m.measure, m.code, m.unit, p.level, p.starts_on, m.planned,
               case when l.status in ('accepted', 'settled') or project_accepted_by(p.status, p.history_quality, p.id, ends) then m.planned end,
               case when m.unit = 'establishment' then l.establishment_id end
          from report_projects(counted) p
          join project_line l on l.project_id = p.id and l.deleted_at is null and l.status not in ('withdrawn', 'removed')
          left join activity_roots() r on r.code = l.activity_code
         cross join lateral (values ('1', 'line_support', 'vnd', l.support_vnd::numeric), ('2', 'establishments_supported', 'establishment',
                               case when l.establishment_id is not null then 1 end)) m (measure, code, unit, planned)) i
  ), measured as (
    select i.root_activity, i.measure, i.indicator_code, i.unit,
           figure_of(i.unit, i.indicator_code, i.measure, sum(i.planned) filter (where i.in_year), count(distinct i.establishment_id) filter (where i.in_year and i.planned is not null)) as plan,
           figure_of(i.unit, i.indicator_code, i.measure, sum(i.actual) filter (where i.in_period), count(distinct i.establishment_id) filter (where i.in_period and i.actual is not null)) as done,
           figure_of(i.unit, i.indicator_code, i.measure, sum(i.actual) filter (where i.in_period and i.level = 'national'), count(distinct i.establishment_id) filter (where i.in_period and i.level = 'national' and i.actual is not null)) as national,
           figure_of(i.unit, i.indicator_code, i.measure, sum(i.actual) filter (where i.in_period and i.level = 'local'), count(distinct i.establishment_id) filter (where i.in_period and i.level = 'local' and i.actual is not null)) as local,
           figure_of(i.unit, i.indicator_code, i.measure, sum(i.actual) filter (where i.in_year_so_far), count(distinct i.establishment_id) filter (where i.in_year_so_far and i.actual is not null)) as so_far,
           figure_of(i.unit, i.indicator_code, i.measure, sum(i.actual) filter (where i.in_before), count(distinct i.establishment_id) filter (where i.in_before and i.actual is not null)) as before
      from items i
     where q.activity_code is null or i.root_activity = any (q.activity_code)
     group by 1, 2, 3, 4
  ), listed as (
    select m.root_activity, 0 as part, '' as measure, null::text as unit,
           report_row(m.root_activity, activity_label(m.root_activity), '{}', u.url, '{}', 'subtotal') as body
      from (select distinct m.root_activity from measured m) m
     cross join lateral (select records_url('/v1/projects', projects_filters(with_period(q, q."from", ends)) || jsonb_build_object('activity_code', m.root_activity)) as url) u
    union all
    select m.root_activity, 1, m.measure, m.unit,
           report_row(m.root_activity || '/' || coalesce(m.indicator_code, 'other') || '/' || m.unit,
             case m.measure when '1' then 'Kinh phí hỗ trợ' when '2' then 'Số cơ sở được hỗ trợ' else indicator_label(m.indicator_code, m.unit) end,
             jsonb_build_object('unit_label', measure_unit_label(m.unit), 'plan', m.plan, 'done', m.done, 'so_far', m.so_far, 'attained_percent', percent_of(m.so_far, m.plan),
               'before', m.before, 'compared_percent', percent_of(m.done, m.before), 'national', m.national, 'local', m.local),
             records_url('/v1/projects', u.filters),
             jsonb_build_object('plan', records_url('/v1/projects', u.filters || jsonb_build_object('from', year_start, 'to', year_end)),
               'so_far', records_url('/v1/projects', u.filters || jsonb_build_object('from', year_start)),
               'before', records_url('/v1/projects', u.filters || jsonb_build_object('from', before_start, 'to', before_end))),
             'record', m.unit)
      from measured m
     cross join lateral (select projects_filters(with_period(q, q."from", ends))
                           || jsonb_build_object('activity_code', m.root_activity, 'expand', 'lines,outputs') as filters) u
  )
  select json_agg(l.body order by l.root_activity = 'none', l.root_activity, l.part, l.measure, l.unit) into rows from listed l;
  return report_json('activity-results', 'Kết quả hoạt động khuyến công theo nội dung', with_period(q, q."from", ends), 'Chỉ tiêu',
    json_build_array(
      report_text_column('unit_label', 'Đơn vị tính', 'Unit'), report_column('plan', 'Kế hoạch năm ' || to_char(year_start, 'YYYY'), 'Plan of the year', null, false),
      report_column('done', 'Thực hiện kỳ', 'In the period', null, false), report_column('so_far', 'Lũy kế từ đầu năm', 'Since the beginning of the year', null, false),
      report_column('attained_percent', '% kế hoạch', 'Share of the plan', 'percent', false), report_column('before', 'Cùng kỳ năm trước', 'Same period last year', null, false),
      report_column('compared_percent', 'So cùng kỳ', 'Against last year', 'percent', false), report_column('national', 'Thực hiện kỳ: KCQG', 'In the period: national', null, false),
      report_column('local', 'Thực hiện kỳ: KCĐP', 'In the period: local', null, false)),
    rows, '{}', '[]',
    array['Nội dung con được cộng vào nội dung KC1–KC9.',
          'Kỳ xét theo ngày bắt đầu của đề án. Kinh phí và số cơ sở thực hiện là của các hạng mục đã nghiệm thu; một cơ sở chỉ đếm một lần trong mỗi ô.',
          'So cùng kỳ: cùng khoảng ngày của năm trước.'],
    '{}', records_url('/v1/projects', projects_filters(with_period(q, q."from", ends))));
end
$$;
comment on function report_activity_results is 'R3: plan, period, cumulative, last year; child activities belong to their group.';

-- Establishments are counted once however many lines they have; all else is summed.
create or replace function figure_of(unit text, indicator_code text, measure text, total numeric, establishments bigint) returns numeric
language sql immutable parallel safe as $$
  select coalesce(case when measure = '2' then establishments::numeric else total end, 0)
$$;

-- ---- R6: key projects, content × year × planned and actual ----

create or replace function year_columns(first_year integer, last_year integer, prefix text, label text, measure_unit text) returns json[]
language sql stable as $$
  select coalesce(array_agg(report_column(prefix || y, label || ' ' || y, label || ' ' || y, measure_unit, measure_unit is not null) order by y), '{}')
    from generate_series(first_year, last_year) y
$$;

-- A key project is a parent with parts of single years: their lines are its lines, their money is its money where it has none
-- of its own.
create or replace function key_project_figures(of_project uuid) returns table (line_id uuid, title text, activity_code text, created_at timestamptz,
  unit text, year integer, planned numeric, actual numeric)
language sql stable as $$
  with parts as (
    select p.id, p.starts_on from project p where (p.id = of_project or p.parent_id = of_project) and p.deleted_at is null
  )
  select l.id, l.title, l.activity_code, l.created_at, coalesce(o.planned, o.actual) ->> 'measure_unit',
         coalesce(o.year, extract(year from s.starts_on)::integer), (o.planned ->> 'value')::numeric, (o.actual ->> 'value')::numeric
    from parts s
    join project_line l on l.project_id = s.id and l.deleted_at is null and l.status not in ('withdrawn', 'removed')
    left join project_output o on o.line_id = l.id and o.deleted_at is null
   where s.id = of_project or not exists (
           select from project_line own where own.project_id = of_project and own.deleted_at is null and own.status not in ('withdrawn', 'removed'))
$$;

create or replace function key_project_money(of_project uuid) returns table (year integer, amount_vnd bigint) language sql stable as $$
  select f.year, sum(f.amount_vnd)::bigint
    from project p
    join project_funding f on f.project_id = p.id and f.deleted_at is null
   where p.deleted_at is null
     and (p.id = of_project
          or p.parent_id = of_project and not exists (select from project_funding own where own.project_id = of_project and own.deleted_at is null))
   group by f.year
$$;

create or replace function former_name(p project, day date) returns text language sql stable as $$
  select labelled_place(report_label('province', project_province(p.province_code, p.codes_on, p.places, day), day),
                        report_label('province', recorded_province(p.province_code, p.codes_on), null))
$$;
comment on function former_name is 'The province on a map, with the name under which the project was recorded where that was another.';

create or replace function report_key_project_matrix(q report_question) returns json language plpgsql stable as $$
declare
  first_year integer;
  last_year integer;
  rows json;
  figures record;
  asked constant report_question := with_scale(q, '{key}');
begin
  select min(y.year), max(y.year) into first_year, last_year
    from report_projects(asked) p
   cross join lateral (select m.year from key_project_money(p.id) m union select f.year from key_project_figures(p.id) f where f.year is not null
                       union select extract(year from p.starts_on)::integer union select extract(year from p.ends_on)::integer where p.ends_on is not null) y
   where q.project_id is null or p.id = q.project_id;
  last_year := least(last_year, first_year + 19);
  with chosen as materialized (
    select p.id, p.name, p.code, coalesce(m.former_label, former_name(p, basis_date(q.geo_basis))) as province, p.starts_on, records_url('/v1/projects', jsonb_build_object('parent_id', p.id)) as url
      from report_projects(asked) p
      left join label_map(q) m on m.code = p.province_code and p.codes_on between m.valid_from and m.valid_to
     where q.project_id is null or p.id = q.project_id
  ), money as materialized (
    select c.id, coalesce(jsonb_object_agg('planned_' || m.year, m.amount_vnd) filter (where m.year is not null), '{}') as by_year, coalesce(sum(m.amount_vnd), 0)::bigint as total,
           count(m.year) as years
      from chosen c left join lateral key_project_money(c.id) m on true group by c.id
  ), figured as materialized (
    select c.id, f.line_id, f.title, f.activity_code, f.created_at, f.unit,
           coalesce(jsonb_object_agg('planned_' || f.year, f.planned) filter (where f.planned is not null and f.unit is not null), '{}')
             || coalesce(jsonb_object_agg('actual_' || f.year, f.actual) filter (where f.actual is not null and f.unit is not null), '{}') as by_year,
           sum(f.planned) as planned, sum(f.actual) as actual,
           case when f.unit is null or sum(f.planned) is null then 'no_data' else target_result('gte', sum(f.planned), sum(f.actual), null) end as result
      from chosen c cross join lateral key_project_figures(c.id) f
     group by c.id, f.line_id, f.title, f.activity_code, f.created_at, f.unit
  ), listed as (
    select c.starts_on, c.id, 0 as part, null::timestamptz as at, ''::text as unit,
           report_row(c.id::text, c.name, jsonb_build_object('province', c.province, 'activity', '', 'unit_label', '', 'result_label', ''), c.url, '{}', 'subtotal') as body
      from chosen c
    union all
    select c.starts_on, c.id, 1, null, '',
           report_row(c.id || '/money', 'Kinh phí', m.by_year || jsonb_build_object('province', c.province, 'activity', '', 'unit_label', 'đồng', 'total', m.total, 'result_label', ''),
             '/v1/projects/' || c.id || '/funding', '{}', 'record', 'vnd')
      from chosen c join money m on m.id = c.id
    union all
    select c.starts_on, c.id, 2, f.created_at, f.unit,
           report_row(f.line_id || coalesce('/' || f.unit, ''), f.title, f.by_year || jsonb_build_object('province', c.province, 'activity', coalesce(root_activity(f.activity_code), ''),
             'unit_label', coalesce(measure_unit_label(f.unit), ''), 'total', f.actual, 'result', f.result, 'result_label', result_label(f.result)),
             '/v1/projects/' || c.id || '/outputs', '{}', 'record', f.unit)
      from chosen c join figured f on f.id = c.id
  )
  select json_agg(l.body order by l.starts_on, l.id, l.part, l.at, l.unit) into rows from listed l;
  with chosen as materialized (
    select p.id from report_projects(asked) p where q.project_id is null or p.id = q.project_id
  ), judged as materialized (
    select f.id, f.line_id, min(f.title) as title, min(root_activity(f.activity_code)) as activity, whole_result(array_agg(f.result)) as result, min(f.created_at) as at
      from (select c.id, f.line_id, f.title, f.activity_code, f.created_at,
                   case when f.unit is null or sum(f.planned) is null then 'no_data' else target_result('gte', sum(f.planned), sum(f.actual), null) end as result
              from chosen c cross join lateral key_project_figures(c.id) f group by 1, 2, 3, 4, 5, f.unit) f
     group by 1, 2
  )
  select (select count(*) from chosen) as projects, count(*) as lines, count(distinct j.activity) as activities,
         count(*) filter (where j.result in ('met', 'exceeded')) as met, count(*) filter (where j.result = 'not_met') as not_met,
         count(*) filter (where j.result = 'no_data') as no_data,
         string_agg(j.title, '; ' order by j.at, j.line_id) filter (where j.result in ('met', 'exceeded')) as met_names,
         string_agg(j.title, '; ' order by j.at, j.line_id) filter (where j.result = 'not_met') as not_met_names,
         (select sum(m.amount_vnd) from chosen c cross join lateral key_project_money(c.id) m) as total,
         (select count(distinct m.year) from chosen c cross join lateral key_project_money(c.id) m) as years
    into figures from judged j;
  return report_json('key-project-matrix', 'Tổng hợp đề án điểm theo nội dung và năm', asked, 'Đề án điểm, hạng mục',
    array_to_json(array[report_text_column('province', 'Địa phương', 'Province'), report_text_column('activity', 'Nội dung', 'Activity'),
        report_text_column('unit_label', 'Đơn vị tính', 'Unit')]
      || (select coalesce(array_agg(c order by y, part), '{}')
            from generate_series(first_year, last_year) y
           cross join lateral (values (1, report_column('planned_' || y, 'Kế hoạch ' || y, 'Planned ' || y, null, false)),
                                      (2, report_column('actual_' || y, 'Thực hiện ' || y, 'Actual ' || y, null, false))) p (part, c))
      || array[report_column('total', 'Cộng', 'Total', null, false), report_text_column('result_label', 'Kết quả', 'Result')]),
    rows, '{}',
    json_build_array(
      report_indicator('key_projects', 'Số đề án điểm', 'Key projects', 'Số đề án quy mô điểm trong kỳ', figures.projects, 'project'),
      report_indicator('activities', 'Số nội dung', 'Activities', 'Số nội dung KC1–KC9 khác nhau của các hạng mục', figures.activities),
      report_indicator('lines', 'Số hạng mục', 'Lines', 'Số hạng mục, không kể hạng mục rút hoặc bỏ', figures.lines, 'line'),
      report_indicator('lines_met', 'Hạng mục đạt hoặc vượt', 'Lines met or exceeded', 'Thực hiện bằng hoặc hơn kế hoạch', figures.met, 'line'),
      report_indicator('lines_not_met', 'Hạng mục không đạt', 'Lines not met', 'Thực hiện ít hơn kế hoạch', figures.not_met, 'line'),
      report_indicator('lines_no_data', 'Hạng mục chưa có số liệu', 'Lines without data', 'Chưa có kế hoạch hoặc thực hiện', figures.no_data, 'line'),
      report_indicator('total', 'Tổng kinh phí', 'Total money', 'Cộng kinh phí các năm', coalesce(figures.total, 0), 'vnd'),
      report_indicator('mean_per_year', 'Kinh phí bình quân một năm', 'Mean money of a year', 'Tổng kinh phí / số năm có kinh phí', round(figures.total / nullif(figures.years, 0)), 'vnd')),
    array_remove(array['Đạt hoặc vượt: ' || figures.met_names, 'Không đạt: ' || figures.not_met_names,
      'Kinh phí bình quân ' || figure_vi(figures.total / nullif(figures.years, 0), 'vnd') || ' triệu đồng mỗi năm.'], null),
    '{}', records_url('/v1/projects', projects_filters(asked)));
end
$$;
comment on function report_key_project_matrix is 'R6: money and results of key projects by line and year, with what was met and what was not.';
