-- SPDX-License-Identifier: MIT
-- Reports that compare provinces and implementers: who takes up key projects, whose budget rises, how widely support is scattered.

create or replace function province_label(key text, q report_question) returns text language sql stable as $$
  select report_label('province', key, basis_date(q.geo_basis))
$$;

create or replace function province_url(key text, filters jsonb) returns text language sql stable as $$
  select records_url('/v1/projects', filters || jsonb_build_object('province_code', key))
$$;

-- Every province that is asked about, and those of projects that lie elsewhere.
create or replace function province_keys(q report_question, found text[]) returns table (key text, region_code text) language sql stable as $$
  select coalesce(k.key, f.key), coalesce(k.region_code, 'none')
    from report_provinces(q) k
    full join (select distinct key from unnest(found) key) f on f.key = k.key
$$;

-- ---- Who carries out key projects ----

create or replace function organisation_kind_label(kind text) returns text language sql immutable parallel safe as $$
  select coalesce((
    select l.label
      from (values ('ministry', 'Bộ'), ('bureau', 'Cục'), ('central_centre', 'Trung tâm khuyến công vùng'), ('people_committee', 'Ủy ban nhân dân'),
                   ('industry_department', 'Sở Công Thương'), ('promotion_centre', 'Trung tâm khuyến công'), ('local_office', 'Phòng chuyên môn địa phương'),
                   ('mass_organisation', 'Tổ chức chính trị – xã hội'), ('association', 'Hội, hiệp hội'), ('institute', 'Viện, trường'), ('company', 'Doanh nghiệp')) l (kind, label)
     where l.kind = organisation_kind_label.kind), 'Đơn vị khác')
$$;

create or replace function report_key_project_implementers(q report_question) returns json language plpgsql stable as $$
declare
  asked constant report_question := with_scale(q, '{key}');
  first_year integer;
  last_year integer;
  rows json;
  totals jsonb;
  figures record;
begin
  select min(m.year), max(m.year) into first_year, last_year from report_projects(asked) p cross join lateral key_project_money(p.id) m;
  last_year := least(last_year, first_year + 19);
  with money as materialized (
    select p.implementer_id, p.id, p.total_cost_vnd, m.year, m.amount_vnd
      from report_projects(asked) p left join lateral key_project_money(p.id) m on true
  ), counted as (
    select m.implementer_id, count(distinct m.id) as projects, coalesce(sum(m.amount_vnd), 0)::bigint as amount,
           (select coalesce(sum(c.total_cost_vnd), 0)::bigint from (select distinct d.id, d.total_cost_vnd from money d where d.implementer_id is not distinct from m.implementer_id) c) as total_cost
      from money m group by 1
  ), yearly as (
    select y.implementer_id, jsonb_object_agg('amount_' || y.year, y.amount) as by_year
      from (select m.implementer_id, m.year, sum(m.amount_vnd)::bigint as amount from money m where m.year is not null group by 1, 2) y group by 1
  ), listed as (
    select c.*, o.name, o.kind, o.province_code, no_years(first_year, last_year, 'amount_') || coalesce(y.by_year, '{}') as by_year
      from counted c left join organisation o on o.id = c.implementer_id left join yearly y on y.implementer_id is not distinct from c.implementer_id
  )
  select json_agg(report_row(l.implementer_id::text, coalesce(l.name, 'Chưa ghi đơn vị thực hiện'),
           l.by_year || jsonb_build_object('kind_label', case when l.kind is not null then organisation_kind_label(l.kind) end, 'project_count', l.projects,
             'total_cost_vnd', l.total_cost, 'amount_vnd', l.amount),
           case when l.implementer_id is not null then records_url('/v1/projects', projects_filters(asked) || jsonb_build_object('implementer_id', l.implementer_id, 'expand', 'funding')) end)
           order by l.name is null, l.name collate vietnamese, l.implementer_id),
         jsonb_build_object('project_count', coalesce(sum(l.projects), 0), 'total_cost_vnd', coalesce(sum(l.total_cost), 0), 'amount_vnd', coalesce(sum(l.amount), 0))
           || no_years(first_year, last_year, 'amount_')
           || coalesce((select jsonb_object_agg('amount_' || t.year, t.amount) from (select m.year, sum(m.amount_vnd)::bigint as amount from money m where m.year is not null group by 1) t), '{}')
    into rows, totals from listed l;
  select count(distinct p.key) as provinces, count(distinct (p.p).implementer_id) filter (where o.tier = 'central') as central
    into figures from placed_projects(asked) p left join organisation o on o.id = (p.p).implementer_id;
  return report_json('key-project-implementers', 'Đơn vị thực hiện đề án điểm', asked, 'Đơn vị thực hiện',
    array_to_json(array[report_text_column('kind_label', 'Loại đơn vị', 'Kind'), report_column('project_count', 'Số đề án điểm', 'Key projects'),
      report_column('total_cost_vnd', 'Tổng kinh phí', 'Total cost', 'vnd'), report_column('amount_vnd', 'Kinh phí các năm', 'Money of the years', 'vnd')]
      || year_columns(first_year, last_year, 'amount_', 'Năm', 'vnd')),
    rows, totals,
    json_build_array(
      report_indicator('localities', 'Số địa phương có đề án điểm', 'Provinces with key projects', 'Số tỉnh khác nhau của các đề án điểm', figures.provinces),
      report_indicator('central_implementers', 'Số đơn vị trung ương thực hiện', 'Central implementers', 'Số đơn vị thực hiện thuộc trung ương', figures.central)),
    '{}', '{}', records_url('/v1/projects', projects_filters(asked)));
end
$$;

create or replace function no_years(first_year integer, last_year integer, prefix text) returns jsonb language sql immutable parallel safe as $$
  select coalesce(jsonb_object_agg(prefix || y, 0), '{}') from generate_series(first_year, last_year) y
$$;

-- ---- Provinces without a key project ----

create or replace function report_provinces_without_key_project(q report_question) returns json language plpgsql stable as $$
declare
  rows json;
  totals jsonb;
  figures record;
begin
  with counted as materialized (
    select c.key, count(*) as projects, count(*) filter (where (c.p).scale = 'group') as groups, count(*) filter (where (c.p).scale = 'key') as keys,
           coalesce(sum((c.p).support_vnd), 0)::bigint as support
      from placed_projects(q) c group by 1
  ), listed as materialized (
    select k.key, k.region_code, coalesce(c.projects, 0) as projects, coalesce(c.groups, 0) as groups, coalesce(c.keys, 0) as keys, coalesce(c.support, 0) as support
      from province_keys(q, array(select key from counted)) k left join counted c on c.key = k.key
  )
  select (select json_agg(report_row(nullif(l.key, 'none'), province_label(l.key, q),
                   jsonb_build_object('region', region_label(l.region_code), 'project_count', l.projects, 'group_count', l.groups, 'support_vnd', l.support),
                   province_url(l.key, projects_filters(q))) order by region_label(l.region_code) collate vietnamese, province_label(l.key, q) collate vietnamese, l.key)
            from listed l where l.keys = 0),
         (select jsonb_build_object('project_count', coalesce(sum(l.projects), 0), 'group_count', coalesce(sum(l.groups), 0), 'support_vnd', coalesce(sum(l.support), 0))
            from listed l where l.keys = 0)
    into rows, totals;
  select count(*) filter (where k.key is not null) as provinces into figures from report_provinces(q) k;
  return report_json('provinces-without-key-project', 'Địa phương chưa có đề án điểm', q, 'Tỉnh, thành phố',
    json_build_array(report_text_column('region', 'Khu vực', 'Region'), report_column('project_count', 'Số đề án', 'Projects'),
      report_column('group_count', 'Đề án nhóm', 'Group projects'), report_column('support_vnd', 'Kinh phí hỗ trợ', 'Support', 'vnd')),
    rows, totals,
    json_build_array(
      report_indicator('provinces', 'Số địa phương', 'Provinces', 'Số tỉnh, thành phố trên bản đồ', figures.provinces),
      report_indicator('without_key_project', 'Số địa phương chưa có đề án điểm', 'Without a key project', 'Số tỉnh, thành phố không có đề án điểm bắt đầu trong kỳ', coalesce(json_array_length(rows), 0))),
    '{}', '{}', null);
end
$$;

-- ---- Does the local budget rise? ----

create or replace function report_local_budget_trend(q report_question) returns json language plpgsql stable as $$
declare
  first_year constant integer := greatest(extract(year from q."from")::integer, extract(year from least(q."to", today()))::integer - 9);
  last_year constant integer := extract(year from least(q."to", today()));
  asked report_question := with_period(q, '1900-01-01', '2100-12-31');
  rows json;
  totals jsonb;
  names text;
begin
  with money as materialized (
    select c.key, f.year, sum(f.amount_vnd)::bigint as amount
      from placed_projects(asked) c
      join project_funding f on f.project_id = (c.p).id and f.deleted_at is null and f.source = 'local_promotion' and f.year between first_year and last_year
     group by 1, 2
  ), listed as materialized (
    select k.key, k.region_code, no_years(first_year, last_year, 'amount_') || coalesce((select jsonb_object_agg('amount_' || m.year, m.amount) from money m where m.key = k.key), '{}') as by_year,
           coalesce((select m.amount from money m where m.key = k.key and m.year = last_year), 0) as last_amount,
           coalesce((select m.amount from money m where m.key = k.key and m.year = last_year - 1), 0) as amount_before
      from province_keys(q, array(select distinct m.key from money m)) k
  )
  select (select json_agg(report_row(nullif(l.key, 'none'), province_label(l.key, q),
                   l.by_year || jsonb_build_object('region', region_label(l.region_code), 'change_percent', percent_of(l.last_amount - l.amount_before, l.amount_before),
                     'is_rising', l.last_amount > l.amount_before, 'trend_label', case when l.last_amount > l.amount_before then 'Tăng' when l.last_amount = l.amount_before then 'Không tăng' else 'Giảm' end),
                   province_url(l.key, projects_filters(asked) || '{"source": "local_promotion", "expand": "funding"}'))
                   order by region_label(l.region_code) collate vietnamese, province_label(l.key, q) collate vietnamese, l.key) from listed l),
         (select no_years(first_year, last_year, 'amount_') || coalesce((select jsonb_object_agg('amount_' || t.year, t.amount) from (select m.year, sum(m.amount)::bigint as amount from money m group by 1) t), '{}')),
         (select string_agg(province_label(l.key, q), ', ' order by province_label(l.key, q) collate vietnamese) from listed l where l.last_amount <= l.amount_before and l.key <> 'none')
    into rows, totals, names;
  return report_json('local-budget-trend', 'Kinh phí khuyến công địa phương qua các năm', q, 'Tỉnh, thành phố',
    array_to_json(array[report_text_column('region', 'Khu vực', 'Region')] || year_columns(first_year, last_year, 'amount_', 'Năm', 'vnd')
      || array[report_column('change_percent', 'Tăng, giảm ' || last_year || ' so với ' || last_year - 1, 'Change of the last year', 'percent', false), report_text_column('trend_label', 'Xu hướng', 'Trend')]),
    rows, totals,
    json_build_array(report_indicator('not_rising', 'Số địa phương không tăng kinh phí KCĐP', 'Provinces whose local budget does not rise',
      'Kinh phí KCĐP năm ' || last_year || ' không lớn hơn năm ' || last_year - 1,
      (select count(*) from json_array_elements(rows) r where not (r #>> '{values,is_rising}')::boolean))),
    array_remove(array['Kinh phí theo năm của nguồn KCĐP ghi trong đề án.', 'Không tăng: ' || names], null), '{}',
    records_url('/v1/projects', projects_filters(asked) || '{"source": "local_promotion", "expand": "funding"}'));
end
$$;
comment on function report_local_budget_trend is 'Money of the local source by its year, ten years at most; the day on which a project starts does not matter here.';

-- ---- Is support scattered? ----

create or replace function report_support_concentration(q report_question) returns json language plpgsql stable as $$
declare
  small constant bigint := coalesce(q.below_vnd, 100000000);
  rows json;
  totals jsonb;
begin
  with placed as materialized (
    select c.key, (c.p).support_vnd as support from placed_projects(q) c where (c.p).support_vnd is not null
  ), ranked as (
    select p.key, p.support, row_number() over (partition by p.key order by p.support desc) as n, count(*) over (partition by p.key) as of from placed p
    union all
    select '', p.support, row_number() over (order by p.support desc), count(*) over () from placed p
  ), measured as (
    select r.key, count(*) as projects, sum(r.support)::bigint as support, round(avg(r.support)) as mean, round(percentile_cont(0.5) within group (order by r.support)::numeric) as median,
           min(r.support) as least, max(r.support) as most, count(*) filter (where r.support < small) as small_count,
           coalesce(sum(r.support) filter (where r.support < small), 0)::bigint as small_support,
           sum(r.support) filter (where r.n <= ceil(r.of / 10.0))::bigint as top_support
      from ranked r group by 1
  ), figured as (
    select m.key, jsonb_build_object('project_count', m.projects, 'support_vnd', m.support, 'mean_vnd', m.mean, 'median_vnd', m.median, 'least_vnd', m.least, 'most_vnd', m.most,
             'small_count', m.small_count, 'small_support_vnd', m.small_support, 'small_percent', percent_of(m.small_count, m.projects), 'top_percent', percent_of(m.top_support, m.support)) as figures,
           m.small_count
      from measured m
  )
  select (select json_agg(report_row(nullif(f.key, 'none'), province_label(f.key, q), f.figures, province_url(f.key, projects_filters(q)))
                   order by f.key = 'none', province_label(f.key, q) collate vietnamese, f.key) from figured f where f.key <> ''),
         (select f.figures from figured f where f.key = '')
    into rows, totals;
  return report_json('support-concentration', 'Mức tập trung của kinh phí hỗ trợ', q, 'Tỉnh, thành phố',
    json_build_array(report_column('project_count', 'Số đề án có kinh phí hỗ trợ', 'Projects with support'), report_column('support_vnd', 'Kinh phí hỗ trợ', 'Support', 'vnd'),
      report_column('mean_vnd', 'Bình quân một đề án', 'Mean', 'vnd', false), report_column('median_vnd', 'Trung vị', 'Median', 'vnd', false),
      report_column('least_vnd', 'Nhỏ nhất', 'Least', 'vnd', false), report_column('most_vnd', 'Lớn nhất', 'Most', 'vnd', false),
      report_column('small_count', 'Đề án nhỏ', 'Small projects'), report_column('small_support_vnd', 'Hỗ trợ cho đề án nhỏ', 'Their support', 'vnd'),
      report_column('small_percent', 'Tỷ lệ đề án nhỏ', 'Share of small projects', 'percent', false),
      report_column('top_percent', 'Tỷ trọng của 10% đề án lớn nhất', 'Share of the largest tenth', 'percent', false)),
    rows, coalesce(totals, '{"project_count": 0, "support_vnd": 0, "small_count": 0, "small_support_vnd": 0}'), '[]', array['Đề án nhỏ: hỗ trợ dưới ' || figure_vi(small, 'vnd') || ' triệu đồng.'], '{}', records_url('/v1/projects', projects_filters(q)));
end
$$;
comment on function report_support_concentration is 'How much support goes to few projects, and how many are small: projects whose support is known.';
