-- SPDX-License-Identifier: MIT
-- Reports: one question, one shape of the answer, and the figures that several of them share.

-- ---- The question ----

create or replace function report_question(given jsonb, provinces text[], own_organisation uuid) returns report_question
language plpgsql stable as $$
declare
  q report_question := jsonb_populate_record(null::report_question, given);
begin
  q."from" := coalesce(q."from", '1900-01-01');
  q."to" := coalesce(q."to", '2100-12-31');
  q.geo_basis := coalesce(q.geo_basis, 'current');
  q.provinces := report_question.provinces;
  q.own_organisation := report_question.own_organisation;
  perform period_checked(q."from", q."to");
  perform basis_date(q.geo_basis);
  q.province_code := provinces_wanted(q.province_code);
  return q;
end
$$;
comment on function report_question(jsonb, text[], uuid) is 'What was asked, with defaults; refused where a period ends before it begins or a day is none.';

create or replace function report_filters(q report_question) returns jsonb language sql stable as $$
  select to_jsonb(q) - array['from', 'to', 'geo_basis', 'provinces', 'own_organisation', 'tier']
$$;

-- Only what listProjects knows; the rest narrows lines, not projects.
create or replace function projects_filters(q report_question) returns jsonb language sql stable as $$
  select jsonb_build_object('from', q."from", 'to', q."to", 'geo_basis', q.geo_basis, 'level', q.level, 'scale', to_jsonb(q.scale),
    'status', to_jsonb(q.status), 'programme_id', q.programme_id, 'province_code', to_jsonb(q.province_code),
    'region_code', to_jsonb(q.region_code), 'activity_code', to_jsonb(q.activity_code), 'source', to_jsonb(q.source),
    'annual_plan_id', q.annual_plan_id)
$$;
comment on function projects_filters is 'The parameters of listProjects that give the projects of report_projects().';

-- ---- The answer ----

create or replace function report_column(key text, label_vi text, label_en text, measure_unit text default null, is_additive boolean default true)
returns json language sql immutable parallel safe as $$
  select json_build_object('key', key, 'label_vi', label_vi, 'label_en', label_en, 'measure_unit', measure_unit, 'is_additive', is_additive,
    'is_text', false)
$$;

create or replace function report_text_column(key text, label_vi text, label_en text) returns json language sql immutable parallel safe as $$
  select json_build_object('key', key, 'label_vi', label_vi, 'label_en', label_en, 'measure_unit', null, 'is_additive', false, 'is_text', true)
$$;

create or replace function report_row(
  key text, label text, "values" jsonb, records_url text, value_urls jsonb default '{}', kind text default 'record', measure_unit text default null)
returns json language sql stable parallel safe as $$
  select json_build_object('key', key, 'label', label, 'kind', kind, 'measure_unit', measure_unit, 'values', "values",
    'records_url', records_url, 'value_urls', value_urls)
$$;

create or replace function report_indicator(code text, label_vi text, label_en text, formula_vi text, value numeric, measure_unit text default null)
returns json language sql immutable parallel safe as $$
  select json_build_object('code', code, 'label_vi', label_vi, 'label_en', label_en, 'formula_vi', formula_vi, 'value', value,
    'measure_unit', measure_unit, 'unit_label', case measure_unit when 'vnd' then 'đồng' when 'percent' then '%' else measure_unit_label(measure_unit) end,
    'display', figure_vi(value, measure_unit))
$$;
comment on function report_indicator is 'A figure of the whole report, with how it is made and as people read it.';

create or replace function figure_vi(value numeric, measure_unit text) returns text language sql immutable parallel safe as $$
  select case
    when value is null then '–'
    when measure_unit = 'vnd' then translate(to_char(round(value / 1000000, 1), 'FM999,999,999,999,990.0'), ',.', '.,')
    when value = trunc(value) and measure_unit is distinct from 'percent' then translate(to_char(value, 'FM999,999,999,999,999,990'), ',', '.')
    else translate(to_char(round(value, 1), 'FM999,999,999,999,990.0'), ',.', '.,')
  end
$$;
comment on function figure_vi is 'As people read it: 3.916,7; money in millions; – for what cannot be told.';

create or replace function measure_units() returns table (unit text, label text) language sql immutable parallel safe as $$
  values ('person', 'người'), ('person_turn', 'lượt người'), ('class', 'lớp'), ('delegation', 'đoàn'), ('establishment', 'cơ sở'),
         ('model', 'mô hình'), ('machine', 'máy'), ('technology_line', 'dây chuyền'), ('product', 'sản phẩm'), ('fair', 'hội chợ'),
         ('booth', 'gian hàng'), ('brand', 'nhãn hiệu'), ('showroom', 'phòng trưng bày'), ('cluster', 'cụm'), ('association', 'hội'),
         ('system', 'hệ thống'), ('trade', 'nghề'), ('vnd', 'đồng'), ('percent', '%'), ('project', 'đề án'), ('line', 'hạng mục')
$$;

create or replace function measure_unit_label(measure_unit text) returns text language sql immutable parallel safe as $$
  select l.label from measure_units() l where l.unit = measure_unit
$$;

create or replace function percent_of(part numeric, whole numeric) returns numeric language sql immutable parallel safe as $$
  select round(part * 100 / nullif(whole, 0), 1)
$$;
comment on function percent_of is 'With one decimal; null where there is nothing to divide by.';

create or replace function title_block(q report_question) returns json language sql stable as $$
  select json_build_array(
    coalesce((select o.name from organisation o where o.id = q.own_organisation), 'Đơn vị lập báo cáo'),
    period_label(q."from", q."to"),
    case q.geo_basis
      when 'as_recorded' then 'Địa bàn theo đơn vị hành chính tại thời điểm ghi nhận'
      when 'current' then 'Địa bàn theo đơn vị hành chính hiện nay (' || to_char(today(), 'DD/MM/YYYY') || ')'
      else 'Địa bàn theo đơn vị hành chính ngày ' || to_char(basis_date(q.geo_basis), 'DD/MM/YYYY') end,
    'Số liệu lập lúc ' || to_char(current_instant() at time zone 'Asia/Ho_Chi_Minh', 'HH24:MI "ngày" DD/MM/YYYY'))
$$;
comment on function title_block is 'The lines below the title: issuing unit, period, map, hour of the figures.';

create or replace function period_label(starts date, ends date) returns text language sql immutable parallel safe as $$
  select case
    when starts <= '1900-01-01' and ends >= '2100-12-31' then 'Mọi thời kỳ'
    when starts <= '1900-01-01' then 'Đến ngày ' || to_char(ends, 'DD/MM/YYYY')
    when ends >= '2100-12-31' then 'Từ ngày ' || to_char(starts, 'DD/MM/YYYY')
    when starts = date_trunc('year', starts) and ends = starts + interval '1 year - 1 day' then 'Năm ' || to_char(starts, 'YYYY')
    else 'Từ ngày ' || to_char(starts, 'DD/MM/YYYY') || ' đến ngày ' || to_char(ends, 'DD/MM/YYYY')
  end
$$;

create or replace function report_json(
  report text, title text, q report_question, row_label text, columns json, rows json, totals jsonb, indicators json default '[]',
  notes text[] default '{}', chart_columns text[] default '{}', records_url text default null)
returns json language sql stable as $$
  select json_build_object(
    'report', report,
    'title', title,
    'title_block', title_block(q),
    'from', q."from",
    'to', q."to",
    'geo_basis', q.geo_basis,
    'generated_at', instant(current_instant()),
    'filters', report_filters(q),
    'row_label', row_label,
    'columns', columns,
    'rows', rows_checked(coalesce(rows, '[]'), report),
    'totals', totals,
    'indicators', indicators,
    'notes', notes,
    'chart_columns', chart_columns,
    'records_url', records_url)
$$;
comment on function report_json is 'The one shape of every report.';

-- ---- What has been brought to its end ----

create or replace function project_accepted_by(status text, history_quality text, of_project uuid, on_day date) returns boolean
language plpgsql stable as $$
begin
  if status not in ('accepted', 'settling', 'settled', 'closed') then
    return false;
  elsif history_quality = 'final_state_only' or on_day >= today() then
    return true;
  end if;
  return exists (
    select from transition t
     where t.record_type = 'project' and t.record_id = of_project and t.to_status = 'accepted' and t.acted_on <= on_day);
end
$$;
comment on function project_accepted_by is 'Accepted on or before a day, by the acts; by the state alone where nothing else was handed down, or the day is not past.';

-- ---- Figures of many projects at once: R4 ----

-- Everybody's rows are read here, so the caller's claims decide, whatever he is said to be; row security by the row would take
-- longer than the sum. `places` only where communes may decide: backwards over a merger.
create or replace function project_tally(q report_question)
returns table (province_code text, codes_on date, places jsonb, level text, scale text, project_count bigint, accepted_count bigint,
  stopped_count bigint, contracted_count bigint, in_progress_count bigint, settled_count bigint, total_cost_vnd bigint, support_vnd bigint,
  counterpart_vnd bigint)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return query execute
    'select p.province_code, p.codes_on, ' || public.tally_places(q) || ', p.level, p.scale, count(*),
       count(*) filter (where p.status in (''accepted'', ''settling'', ''settled'', ''closed'')
         and (' || (q."to" >= public.today())::text || ' or p.history_quality = ''final_state_only''
              or public.project_accepted_by(p.status, p.history_quality, p.id, $1."to"))),
       count(*) filter (where p.status = ''stopped''), count(*) filter (where p.status = ''contracted''),
       count(*) filter (where p.status in (''in_progress'', ''acceptance_requested'')),
       count(*) filter (where p.status in (''settled'', ''closed'')),
       sum(p.total_cost_vnd)::bigint, sum(p.support_vnd)::bigint, sum(p.counterpart_vnd)::bigint
     from public.project p
     where ' || public.tally_condition() || ' group by 1, 2, 3, 4, 5'
    using q, public.claimed_provinces(q.provinces), public.claimed_organisation(q.own_organisation), q."from", q."to";
end
$$;
comment on function project_tally is 'Number and money of the projects of report_projects(), by recorded province, level and scale.';

create or replace function plan_tally(q report_question)
returns table (province_code text, codes_on date, places jsonb, level text, baseline_count bigint, assigned_count bigint, baseline_vnd bigint,
  assigned_vnd bigint)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return query execute
    'select p.province_code, p.codes_on, ' || public.tally_places(q) || ', p.level,
       count(distinct p.id) filter (where i.baseline is not null), count(distinct p.id) filter (where not i.is_stopped),
       sum((i.baseline ->> ''support_vnd'')::bigint)::bigint, sum(i.support_vnd)::bigint
     from public.annual_plan_item i
     join public.annual_plan a on a.id = i.annual_plan_id and a.deleted_at is null and public.plan_is_assigned(a.status)
     join public.project p on p.id = i.project_id
     where i.deleted_at is null and ' || public.tally_condition() || ' group by 1, 2, 3, 4'
    using q, public.claimed_provinces(q.provinces), public.claimed_organisation(q.own_organisation), q."from", q."to";
end
$$;
comment on function plan_tally is 'What assigned plans give to the projects of report_projects(), at first and now.';

create or replace function money_tally(q report_question)
returns table (province_code text, codes_on date, places jsonb, disbursed_vnd bigint)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return query execute
    'select p.province_code, p.codes_on, ' || public.tally_places(q) || ',
       sum(case e.counts_as when ''recovery'' then - e.effect_vnd else e.effect_vnd end)::bigint
     from public.ledger_entry e
     join public.project p on p.id = e.project_id
     where e.counts_as in (''advance'', ''payment'', ''recovery'') and ' || public.tally_condition() || ' group by 1, 2, 3'
    using q, public.claimed_provinces(q.provinces), public.claimed_organisation(q.own_organisation), q."from", q."to";
end
$$;
comment on function money_tally is 'What was paid, less what came back, to the projects of report_projects().';

create or replace function claimed_provinces(wanted text[]) returns text[] language sql stable as $$
  select coalesce(array_agg(code), '{}') from unnest(wanted) code where in_territory(code)
$$;
create or replace function claimed_organisation(wanted uuid) returns uuid language sql stable as $$
  select wanted where wanted = claim('app.organisation_id')::uuid
$$;

create or replace function tally_condition() returns text language sql immutable parallel safe as $$
  select 'p.deleted_at is null and p.starts_on between $4 and $5
    and (p.province_code = any ($2) or p.organisation_id = $3 or p.implementer_id = $3)
    and ($1.level is null or p.level = $1.level)
    and ($1.scale is null or coalesce(p.scale, ''none'') = any ($1.scale))
    and ($1.status is null or p.status = any ($1.status))
    and ($1.programme_id is null or p.programme_id = $1.programme_id)
    and ($1.annual_plan_id is null or public.project_in_plan(p.id, $1.annual_plan_id))
    and ($1.activity_code is null or public.project_activities(p.id) && $1.activity_code)
    and ($1.source is null or public.project_sources(p.id) && $1.source)
    and ($1.province_code is null or p.province_code = any (public.provinces_reaching($1.province_code)))'
$$;
comment on function tally_condition is '$1 the question, $2 provinces and $3 organisation of the caller, $4 … $5 the period. Where a project lies on the map is found by province.';

create or replace function tally_places(q report_question) returns text language sql stable as $$
  select case when basis_date(q.geo_basis) < (select max(u.valid_from) from admin_unit u where u.tier = 'province')
           then 'case when p.codes_on > ' || quote_literal(basis_date(q.geo_basis)) || ' then p.places end' else 'null::jsonb' end
$$;

-- ---- Provinces on a map ----

create or replace function report_provinces(q report_question) returns table (key text, region_code text)
language plpgsql stable as $$
declare
  day constant date := basis_date(q.geo_basis);
  first_day constant date := q."from";
  last_day constant date := least(q."to", today());
begin
  return query
    select distinct on (u.key) u.key, coalesce(m.region_code, 'none')
      from (select case when day is null then recorded_province(a.code, a.valid_from) else a.code end as key, a.*
              from admin_unit a
             where a.tier = 'province' and a.code = any (q.provinces)
               and case when day is null then a.assumed_from <= last_day and coalesce(a.valid_to, 'infinity') >= first_day
                        else day between a.assumed_from and coalesce(a.valid_to, 'infinity') end) u
      left join (region_member m join region r on r.code = m.region_code and r.scheme = 'promotion')
        on m.province_code = u.code
           and coalesce(day, least(last_day, coalesce(u.valid_to, 'infinity'))) between m.valid_from and coalesce(m.valid_to, 'infinity')
     where (q.province_code is null or u.key = any (q.province_code) or left(u.key, 2) = any (q.province_code))
       and (q.region_code is null or exists (
             select from region_member w
              where w.region_code = any (q.region_code) and w.province_code = u.code
                and coalesce(day, least(last_day, coalesce(u.valid_to, 'infinity'))) between w.valid_from and coalesce(w.valid_to, 'infinity')))
     order by u.key, u.valid_from;
end
$$;
comment on function report_provinces is 'Provinces of the map, or of the period where each project keeps its own, that the question asks for and the caller may ask about.';

create or replace function region_label(region_code text) returns text language sql stable as $$
  select coalesce((select r.name from region r where r.code = region_code), 'không xác định')
$$;

create or replace function region_summary_values(project_count bigint, national_count bigint, local_count bigint, group_count bigint, key_count bigint,
  accepted_count bigint, stopped_count bigint, total_cost_vnd bigint, support_vnd bigint, national_support_vnd bigint, local_support_vnd bigint,
  counterpart_vnd bigint, baseline_vnd bigint, assigned_vnd bigint, disbursed_vnd bigint)
returns jsonb language sql immutable parallel safe as $$
  select jsonb_build_object('project_count', coalesce(project_count, 0), 'national_count', coalesce(national_count, 0),
    'local_count', coalesce(local_count, 0), 'group_count', coalesce(group_count, 0), 'key_count', coalesce(key_count, 0),
    'accepted_count', coalesce(accepted_count, 0), 'stopped_count', coalesce(stopped_count, 0),
    'total_cost_vnd', coalesce(total_cost_vnd, 0), 'support_vnd', coalesce(support_vnd, 0),
    'national_support_vnd', coalesce(national_support_vnd, 0), 'local_support_vnd', coalesce(local_support_vnd, 0),
    'counterpart_vnd', coalesce(counterpart_vnd, 0), 'baseline_vnd', coalesce(baseline_vnd, 0), 'assigned_vnd', coalesce(assigned_vnd, 0),
    'disbursed_vnd', coalesce(disbursed_vnd, 0), 'disbursed_percent', percent_of(disbursed_vnd, assigned_vnd),
    'accepted_percent', percent_of(accepted_count, project_count), 'stopped_percent', percent_of(stopped_count, project_count),
    'group_key_percent', percent_of(group_count + key_count, project_count))
$$;

create or replace function report_region_summary(q report_question) returns json language sql stable as $$
  with map as materialized (
    select basis_date(q.geo_basis) as day
  ), counted as materialized (
    select t.*, pt.baseline_count, pt.assigned_count, pt.baseline_vnd, pt.assigned_vnd, coalesce(mt.disbursed_vnd, 0) as disbursed_vnd
      from (select t.province_code, t.codes_on, t.places,
                   sum(t.project_count)::bigint as project_count, sum(t.project_count) filter (where t.level = 'national')::bigint as national_count,
                   sum(t.project_count) filter (where t.level = 'local')::bigint as local_count,
                   coalesce(sum(t.project_count) filter (where t.scale = 'group'), 0)::bigint as group_count,
                   coalesce(sum(t.project_count) filter (where t.scale = 'key'), 0)::bigint as key_count,
                   sum(t.accepted_count)::bigint as accepted_count, sum(t.stopped_count)::bigint as stopped_count,
                   sum(t.contracted_count)::bigint as contracted_count, sum(t.in_progress_count)::bigint as in_progress_count,
                   sum(t.settled_count)::bigint as settled_count, sum(t.total_cost_vnd)::bigint as total_cost_vnd,
                   sum(t.support_vnd)::bigint as support_vnd, sum(t.support_vnd) filter (where t.level = 'national')::bigint as national_support_vnd,
                   sum(t.support_vnd) filter (where t.level = 'local')::bigint as local_support_vnd,
                   sum(t.support_vnd) filter (where t.scale in ('group', 'key'))::bigint as group_key_support_vnd,
                   sum(t.counterpart_vnd)::bigint as counterpart_vnd
              from project_tally(q) t
             group by t.province_code, t.codes_on, t.places) t
      left join (select pt.province_code, pt.codes_on, pt.places, sum(pt.baseline_count)::bigint as baseline_count,
                        sum(pt.assigned_count)::bigint as assigned_count, sum(pt.baseline_vnd)::bigint as baseline_vnd,
                        sum(pt.assigned_vnd)::bigint as assigned_vnd
                   from plan_tally(q) pt group by 1, 2, 3) pt
        on (pt.province_code, pt.codes_on) = (t.province_code, t.codes_on) and pt.places is not distinct from t.places
      left join money_tally(q) mt
        on (mt.province_code, mt.codes_on) = (t.province_code, t.codes_on) and mt.places is not distinct from t.places
  ), placed as materialized (
    select project_province(c.province_code, c.codes_on, coalesce(c.places, '[]'), map.day) as key,
           project_region(c.province_code, c.codes_on, coalesce(c.places, '[]'), map.day) as region_code, c.*
      from counted c cross join map
     where (q.province_code is null or project_in_provinces(c.province_code, c.codes_on, coalesce(c.places, '[]'), map.day, q.province_code))
       and (q.region_code is null or project_in_regions(c.province_code, c.codes_on, coalesce(c.places, '[]'), map.day, q.region_code))
  ), listed as (
    select coalesce(p.key, k.key) as key, coalesce(k.region_code, p.region_code) as region_code,
           region_summary_values(p.project_count, p.national_count, p.local_count, p.group_count, p.key_count, p.accepted_count, p.stopped_count,
             p.total_cost_vnd, p.support_vnd, p.national_support_vnd, p.local_support_vnd, p.counterpart_vnd, p.baseline_vnd, p.assigned_vnd, p.disbursed_vnd) as figures
      from (select key, min(region_code) as region_code, sum(project_count)::bigint as project_count, sum(national_count)::bigint as national_count,
                   sum(local_count)::bigint as local_count, sum(group_count)::bigint as group_count, sum(key_count)::bigint as key_count,
                   sum(accepted_count)::bigint as accepted_count, sum(stopped_count)::bigint as stopped_count,
                   sum(total_cost_vnd)::bigint as total_cost_vnd, sum(support_vnd)::bigint as support_vnd,
                   sum(national_support_vnd)::bigint as national_support_vnd, sum(local_support_vnd)::bigint as local_support_vnd,
                   sum(counterpart_vnd)::bigint as counterpart_vnd, sum(baseline_vnd)::bigint as baseline_vnd, sum(assigned_vnd)::bigint as assigned_vnd,
                   sum(disbursed_vnd)::bigint as disbursed_vnd
              from placed group by key) p
      full join report_provinces(q) k on k.key = p.key
  ), total as (
    select coalesce(sum(project_count), 0)::bigint as projects, coalesce(sum(accepted_count), 0)::bigint as accepted, sum(stopped_count)::bigint as stopped,
           sum(contracted_count)::bigint as contracted, sum(in_progress_count)::bigint as in_progress, sum(settled_count)::bigint as settled,
           sum(group_count + key_count)::bigint as group_key, sum(group_key_support_vnd)::bigint as group_key_support,
           sum(support_vnd)::bigint as support, sum(national_support_vnd)::bigint as national_support, sum(local_support_vnd)::bigint as local_support,
           sum(counterpart_vnd)::bigint as counterpart, coalesce(sum(baseline_count), 0)::bigint as baseline_count,
           coalesce(sum(assigned_count), 0)::bigint as assigned_count, coalesce(sum(baseline_vnd), 0)::bigint as baseline,
           coalesce(sum(assigned_vnd), 0)::bigint as assigned, coalesce(sum(disbursed_vnd), 0)::bigint as disbursed,
           region_summary_values(sum(project_count)::bigint, sum(national_count)::bigint, sum(local_count)::bigint, sum(group_count)::bigint,
             sum(key_count)::bigint, sum(accepted_count)::bigint, sum(stopped_count)::bigint, sum(total_cost_vnd)::bigint, sum(support_vnd)::bigint,
             sum(national_support_vnd)::bigint, sum(local_support_vnd)::bigint, sum(counterpart_vnd)::bigint, sum(baseline_vnd)::bigint,
             sum(assigned_vnd)::bigint, sum(disbursed_vnd)::bigint) as figures
      from placed
  )
  select report_json('region-summary', 'Tổng hợp khuyến công theo địa bàn', q, 'Tỉnh, thành phố',
    json_build_array(
      report_text_column('region', 'Khu vực', 'Region'),
      report_column('project_count', 'Số đề án', 'Projects'), report_column('national_count', 'Đề án KCQG', 'National projects'),
      report_column('local_count', 'Đề án KCĐP', 'Local projects'), report_column('group_count', 'Đề án nhóm', 'Group projects'),
      report_column('key_count', 'Đề án điểm', 'Key projects'), report_column('accepted_count', 'Đã nghiệm thu', 'Accepted'),
      report_column('stopped_count', 'Ngừng', 'Stopped'), report_column('total_cost_vnd', 'Tổng kinh phí', 'Total cost', 'vnd'),
      report_column('support_vnd', 'Kinh phí hỗ trợ', 'Support', 'vnd'), report_column('national_support_vnd', 'Hỗ trợ KCQG', 'National support', 'vnd'),
      report_column('local_support_vnd', 'Hỗ trợ KCĐP', 'Local support', 'vnd'), report_column('counterpart_vnd', 'Đối ứng', 'Counterpart', 'vnd'),
      report_column('baseline_vnd', 'Giao đầu năm', 'Assigned at first', 'vnd'), report_column('assigned_vnd', 'Giao sau điều chỉnh', 'Assigned now', 'vnd'),
      report_column('disbursed_vnd', 'Giải ngân', 'Paid less recovered', 'vnd'),
      report_column('disbursed_percent', 'Tỷ lệ giải ngân', 'Share paid', 'percent', false),
      report_column('accepted_percent', 'Tỷ lệ nghiệm thu', 'Share accepted', 'percent', false),
      report_column('stopped_percent', 'Tỷ lệ ngừng', 'Share stopped', 'percent', false),
      report_column('group_key_percent', 'Tỷ lệ đề án nhóm, điểm', 'Share of group and key projects', 'percent', false)),
    (select json_agg(report_row(nullif(l.key, 'none'), report_label('province', l.key, map.day), l.figures || jsonb_build_object('region', region_label(l.region_code)),
                       u.url, jsonb_build_object('national_count', u.url || '&level=national', 'local_count', u.url || '&level=local',
                         'group_count', u.url || '&scale=group', 'key_count', u.url || '&scale=key', 'stopped_count', u.url || '&status=stopped',
                         'national_support_vnd', u.url || '&level=national', 'local_support_vnd', u.url || '&level=local',
                         'accepted_count', u.url || '&accepted_by=' || least(q."to", today())) - taken_urls(q)
                         || jsonb_build_object('baseline_vnd', u.url || '&expand=money', 'assigned_vnd', u.url || '&expand=money', 'disbursed_vnd', u.url || '&expand=money'))
                     order by l.key = 'none', (select min(r.place) from report_region_places() r where r.code = l.region_code), report_label('province', l.key, map.day) collate vietnamese, l.key)
       from listed l cross join map
      cross join lateral (select records_url('/v1/projects', projects_filters(q) || jsonb_build_object('province_code', l.key)) as url) u),
    (select t.figures from total t),
    (select json_build_array(
      report_indicator('projects_assigned_baseline', 'Số đề án được giao đầu năm', 'Projects assigned at first', 'Số đề án trong kế hoạch khi giao', t.baseline_count, 'project'),
      report_indicator('projects_assigned', 'Số đề án được giao sau điều chỉnh', 'Projects assigned now', 'Số đề án trong kế hoạch hiện hành, không kể đề án ngừng', t.assigned_count, 'project'),
      report_indicator('projects_contracted', 'Đã ký hợp đồng', 'Contracted', 'Số đề án ở trạng thái đã ký hợp đồng', coalesce(t.contracted, 0), 'project'),
      report_indicator('projects_in_progress', 'Đang thực hiện', 'In progress', 'Số đề án đang thực hiện hoặc đề nghị nghiệm thu', coalesce(t.in_progress, 0), 'project'),
      report_indicator('projects_accepted', 'Đã nghiệm thu', 'Accepted', 'Số đề án nghiệm thu đến hết kỳ', t.accepted, 'project'),
      report_indicator('projects_settled', 'Đã quyết toán', 'Settled', 'Số đề án đã quyết toán hoặc kết thúc', coalesce(t.settled, 0), 'project'),
      report_indicator('projects_stopped', 'Ngừng thực hiện', 'Stopped', 'Số đề án ngừng', coalesce(t.stopped, 0), 'project'),
      report_indicator('completion_rate', 'Tỷ lệ hoàn thành', 'Completion rate', 'Đã nghiệm thu / được giao sau điều chỉnh × 100', percent_of(t.accepted, t.assigned_count), 'percent'),
      report_indicator('completion_rate_baseline', 'Tỷ lệ hoàn thành so với giao đầu năm', 'Completion rate against the first plan', 'Đã nghiệm thu / được giao đầu năm × 100', percent_of(t.accepted, t.baseline_count), 'percent'),
      report_indicator('budget_assigned', 'Kinh phí giao đầu năm', 'Budget assigned', 'Tổng hỗ trợ theo quyết định giao kế hoạch', t.baseline, 'vnd'),
      report_indicator('budget_adjusted', 'Kinh phí giao sau điều chỉnh', 'Budget after adjustments', 'Tổng hỗ trợ theo kế hoạch hiện hành', t.assigned, 'vnd'),
      report_indicator('budget_disbursed', 'Kinh phí giải ngân', 'Paid less recovered', 'Tạm ứng và thanh toán trừ thu hồi', t.disbursed, 'vnd'),
      report_indicator('disbursement_rate', 'Tỷ lệ giải ngân', 'Share paid', '(Đã chi − thu hồi) / kinh phí giao sau điều chỉnh × 100', percent_of(t.disbursed, t.assigned), 'percent'),
      report_indicator('counterpart_mobilised', 'Vốn đối ứng huy động', 'Counterpart', 'Tổng đối ứng của các đề án', coalesce(t.counterpart, 0), 'vnd'),
      report_indicator('leverage', 'Tỷ lệ đối ứng trên hỗ trợ', 'Leverage', 'Đối ứng / hỗ trợ', round(t.counterpart::numeric / nullif(t.support, 0), 2)),
      report_indicator('avg_support_per_project', 'Hỗ trợ bình quân một đề án', 'Mean support', 'Hỗ trợ / số đề án', round(t.support::numeric / nullif(t.projects, 0)), 'vnd'),
      report_indicator('share_group_key_count', 'Tỷ lệ đề án nhóm, điểm', 'Share of group and key projects', 'Số đề án nhóm và điểm / số đề án × 100', percent_of(t.group_key, t.projects), 'percent'),
      report_indicator('share_group_key_money', 'Tỷ lệ hỗ trợ cho đề án nhóm, điểm', 'Share of their support', 'Hỗ trợ đề án nhóm và điểm / hỗ trợ × 100', percent_of(coalesce(t.group_key_support, 0), t.support), 'percent'),
      report_indicator('local_vs_national_share', 'Hỗ trợ KCĐP so với KCQG', 'Local against national support', 'Hỗ trợ KCĐP / hỗ trợ KCQG × 100', percent_of(t.local_support, t.national_support), 'percent'),
      report_indicator('stopped_rate', 'Tỷ lệ ngừng', 'Stopped rate', 'Số đề án ngừng / số đề án × 100', percent_of(t.stopped, t.projects), 'percent'))
       from total t),
    array['Đề án điểm và các đề án năm thuộc đề án điểm được đếm riêng từng đề án.',
          'Kỳ xét theo ngày bắt đầu của đề án; kinh phí là của các đề án được đếm.'],
    array['national_support_vnd', 'local_support_vnd'],
    records_url('/v1/projects', projects_filters(q)))
$$;
comment on function report_region_summary is 'R4: a row for each province, also for one without a project.';

create or replace function report_region_places() returns table (code text, place bigint) language sql stable as $$
  select r.code, row_number() over (order by r.name collate vietnamese) from region r
$$;

-- An address cannot ask for the same member twice.
create or replace function taken_urls(q report_question) returns text[] language sql immutable as $$
  select array_remove(case when q.level is not null then array['national_count', 'local_count', 'national_support_vnd', 'local_support_vnd'] else '{}' end || array[
    case when q.scale is not null then 'group_count' end, case when q.scale is not null then 'key_count' end,
    case when q.status is not null then 'stopped_count' end], null)
$$;
