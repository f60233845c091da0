-- SPDX-License-Identifier: MIT
-- What R4 asks, as one would write it by hand: the projects of some years by province, with what plans assigned and what was paid.
select p.province_code, count(*) as project_count,
       count(*) filter (where p.level = 'national') as national_count, count(*) filter (where p.level = 'local') as local_count,
       count(*) filter (where p.scale = 'group') as group_count, count(*) filter (where p.scale = 'key') as key_count,
       count(*) filter (where p.status in ('accepted', 'settling', 'settled', 'closed')) as accepted_count,
       count(*) filter (where p.status = 'stopped') as stopped_count,
       sum(p.total_cost_vnd)::bigint as total_cost_vnd, sum(p.support_vnd)::bigint as support_vnd,
       coalesce(sum(p.support_vnd) filter (where p.level = 'national'), 0)::bigint as national_support_vnd,
       coalesce(sum(p.support_vnd) filter (where p.level = 'local'), 0)::bigint as local_support_vnd,
       sum(p.counterpart_vnd)::bigint as counterpart_vnd, coalesce(sum(i.assigned_vnd), 0)::bigint as assigned_vnd,
       coalesce(sum(m.disbursed_vnd), 0)::bigint as disbursed_vnd
  from project p
  left join (select i.project_id, sum(i.support_vnd) as assigned_vnd
               from annual_plan_item i
               join annual_plan a on a.id = i.annual_plan_id
              where i.deleted_at is null and a.deleted_at is null and a.status in ('assigned', 'executing', 'settling', 'closed')
              group by i.project_id) i on i.project_id = p.id
  left join (select e.project_id, sum(case e.counts_as when 'recovery' then -e.effect_vnd else e.effect_vnd end) as disbursed_vnd
               from ledger_entry e
              where e.counts_as in ('advance', 'payment', 'recovery')
              group by e.project_id) m on m.project_id = p.id
 where p.deleted_at is null and p.starts_on between '2021-01-01' and '2025-12-31'
 group by p.province_code
 order by p.province_code
