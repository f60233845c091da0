-- Reports on projects. Their rows are seen as in listProjects, and each figure names the list that it was counted from.

-- name: getProjectSummaryReport :one slow
with asked as (
  select basis_date(:geo_basis) as day,
         report_question(jsonb_build_object('from', :from::date, 'to', :to::date, 'geo_basis', :geo_basis::text,
           'province_code', :province_code::text[], 'region_code', :region_code::text[]), :provinces::text[], :organisation_id::uuid) as q,
         case :group_by when 'province' then 'province_code' when 'region' then 'region_code' when 'activity' then 'activity_code'
                        else :group_by end as parameter,
         jsonb_build_object('from', :from::date, 'to', :to::date, 'level', :level::text, 'scale', to_jsonb(:scale::text[]),
           'status', to_jsonb(:status::text[]), 'programme_id', :programme_id::uuid, 'province_code', to_jsonb(:province_code::text[]),
           'region_code', to_jsonb(:region_code::text[]), 'geo_basis', :geo_basis::text,
           'expand', case :group_by when 'activity' then 'lines' when 'source' then 'funding' end) as filters
), wanted as materialized (
  select m.* from asked a cross join lateral wanted_map(a.q) m
), map as materialized (
  select m.* from asked a cross join lateral report_map(a.q) m where :group_by in ('province', 'region')
), matching as (
  select p as project, p.id, p.starts_on, p.total_cost_vnd, p.support_vnd, p.counterpart_vnd
    from project p
   cross join asked
    left join wanted w on w.code = p.province_code and p.codes_on between w.valid_from and w.valid_to
   where (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
          or p.implementer_id = :organisation_id::uuid)
     and p.deleted_at is null
     and (:level::text is null or p.level = :level)
     and (:scale::text[] is null or coalesce(p.scale, 'none') = any (:scale::text[]))
     and (:status::text[] is null or p.status = any (:status::text[]))
     and (:programme_id::uuid is null or p.programme_id = :programme_id::uuid)
     and (:province_code::text[] is null or p.province_code = any (provinces_reaching(:province_code::text[])))
     and (:province_code::text[] is null and :region_code::text[] is null
          or coalesce(w.is_wanted, project_wanted(p.province_code, p.codes_on, p.places, asked.q)))
), counted as (
  select m.*, f.*
    from matching m
   cross join lateral (
     select coalesce(sum(f.amount_vnd), 0) as funding_total,
            coalesce(sum(f.amount_vnd) filter (where f.source = 'central_promotion'), 0) as central_promotion,
            coalesce(sum(f.amount_vnd) filter (where f.source = 'local_promotion'), 0) as local_promotion,
            coalesce(sum(f.amount_vnd) filter (where f.source = 'counterpart'), 0) as counterpart,
            coalesce(sum(f.amount_vnd) filter (where f.source = 'integrated'), 0) as integrated,
            coalesce(sum(f.amount_vnd) filter (where f.source = 'foreign'), 0) as from_abroad,
            coalesce(sum(f.amount_vnd) filter (where f.source = 'other'), 0) as other
       from project_funding f
      where f.project_id = m.id and f.deleted_at is null) f
   where m.starts_on between :from::date and :to::date
), placed as (
  -- The empty key: totals, in which every project stands once. They are there when no project is.
  select '' as key, c.* from asked left join counted c on true
  union all
  select k.key, c.*
    from counted c
   cross join asked
    left join map m on m.code = (c.project).province_code and (c.project).codes_on between m.valid_from and m.valid_to
   cross join unnest(case when m.code is null then report_keys(:group_by, c.project, asked.day)
                          when :group_by = 'province' then array[m.key] else array[m.region_code] end) k (key)
), measured as (
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
         || case when :group_by = 'activity' then json_build_object(
           'line_count', coalesce(sum(l.lines), 0),
           'line_eligible_cost_vnd', coalesce(sum(l.eligible_cost), 0),
           'line_support_vnd', coalesce(sum(l.support), 0),
           'line_counterpart_vnd', coalesce(sum(l.counterpart), 0))::jsonb
         when :group_by = 'source' then json_build_object(
           'source_amount_vnd', coalesce(sum(s.amount), 0))::jsonb
         else '{}' end as figures
    from placed p
    left join lateral (
      select count(*) as lines, sum(l.eligible_cost_vnd) as eligible_cost, sum(l.support_vnd) as support, sum(l.counterpart_vnd) as counterpart
        from project_line l
       where :group_by = 'activity' and l.project_id = p.id and l.deleted_at is null
         and p.key in ('', coalesce(root_activity(l.activity_code), 'none'))) l on true
    left join lateral (
      select sum(f.amount_vnd) as amount
        from project_funding f
       where :group_by = 'source' and f.project_id = p.id and f.deleted_at is null and p.key in ('', f.source)) s on true
   group by p.key
)
select json_build_object(
         'title', report_title(:group_by, :from::date, :to::date),
         'from', :from::date,
         'to', :to::date,
         'geo_basis', :geo_basis::text,
         'generated_at', instant(current_instant()),
         'filters', json_build_object('group_by', :group_by::text, 'level', :level::text, 'scale', to_json(:scale::text[]),
           'status', to_json(:status::text[]), 'programme_id', :programme_id::uuid, 'province_code', to_json(:province_code::text[]),
           'region_code', to_json(:region_code::text[])),
         'columns', report_columns(:group_by),
         'rows', (
           select coalesce(json_agg(json_build_object(
                    'key', nullif(m.key, 'none'),
                    'label', l.label,
                    'values', m.figures,
                    'records_url', records_url('/v1/projects', a.filters || jsonb_build_object(a.parameter, m.key)))
                    order by coalesce(report_place(:group_by, m.key), 500), l.label collate vietnamese, m.key), '[]')
             from measured m
            cross join lateral (select report_label(:group_by, m.key, a.day) as label) l
            where m.key <> ''),
         'totals', (select m.figures from measured m where m.key = ''),
         'records_url', records_url('/v1/projects', a.filters),
         'without_date_count', (select count(*) from matching m where m.starts_on is null)) as body
  from asked a;
