-- SPDX-License-Identifier: MIT
-- Balances of the ledger by year, source, province or project.

-- Money carried over, or handed from one organisation to another, leaves one row and reaches another. It lies where its project lies;
-- that of no project where its organisation lies, by the codes of the day of the paper.
create or replace function province_code_day(province_code text, day date) returns date language plpgsql stable as $$
begin
  if exists (select from admin_unit_at(province_code, day) u where u.tier = 'province') then
    return day;
  end if;
  return coalesce((select max(u.valid_to) from admin_unit u where u.code = province_code_day.province_code and u.tier = 'province'), day);
end
$$;
comment on function province_code_day is 'The day on which to read the code of an organisation: that of the paper, or the last of the code where it was given up before.';

create or replace function ledger_moves(q report_question)
returns table (year integer, source text, province_code text, codes_on date, places jsonb, project_id uuid, counts_as text, amount_vnd bigint)
language sql stable as $$
  with seen as (
    select e.*, coalesce(p.codes_on, province_code_day(e.province_code, e.entry_on)) as codes_on, coalesce(p.places, '[]') as places
      from ledger_entry e
      left join project p on p.id = e.project_id
     where case when e.project_id is null
           then e.province_code = any (q.provinces) or e.organisation_id = q.own_organisation or q.tier = 'central' or e.from_holder_id = q.own_organisation
           else p.province_code = any (q.provinces) or p.organisation_id = q.own_organisation or p.implementer_id = q.own_organisation end
       and e.entry_on between q."from" and q."to"
  ), moved as (
    select s.year, s.source, s.province_code, s.codes_on, s.places, s.project_id,
           case when s.counts_as = 'transfer' and s.project_id is null then 'allocation' else s.counts_as end as counts_as, s.effect_vnd
      from seen s
    union all
    select s.from_year, s.source, s.province_code, s.codes_on, s.places, s.project_id, 'transfer', - s.effect_vnd from seen s where s.from_year is not null
    union all
    select s.year, s.source, o.province_code, province_code_day(o.province_code, s.entry_on), '[]', null, 'allocation', - s.effect_vnd
      from seen s join organisation o on o.id = s.from_holder_id
  )
  select m.*
    from moved m
    left join wanted_map(q) w on w.code = m.province_code and m.codes_on between w.valid_from and w.valid_to
   where (q.year is null or m.year = q.year)
     and (q.source is null or m.source = any (q.source))
     and (q.province_code is null or m.province_code is not null and coalesce(w.is_wanted, project_wanted(m.province_code, m.codes_on, m.places, q)))
     and (q.project_id is null or m.project_id = q.project_id)
$$;
comment on function ledger_moves is 'What the caller''s entries moved, with its sign, where the filters look.';

create or replace function ledger_province(province_code text, codes_on date, places jsonb, day date) returns text language sql stable as $$
  select case when province_code is not null then project_province(province_code, codes_on, places, day) end
$$;
comment on function ledger_province is 'Key of the province of a move on the map of a day; null: of central money.';

create or replace function ledger_figures(moves jsonb) returns jsonb language sql immutable as $$
  select jsonb_build_object('allocated_vnd', a, 'contracted_vnd', c, 'advanced_vnd', v, 'paid_vnd', v + p, 'recovered_vnd', r,
           'disbursed_vnd', v + p - r, 'carried_over_vnd', t, 'committed_vnd', c - (v + p - r) + t, 'uncommitted_vnd', a - c)
    from (select coalesce((moves -> 'allocation')::bigint, 0) as a, coalesce((moves -> 'commitment')::bigint, 0) as c,
                 coalesce((moves -> 'advance')::bigint, 0) as v, coalesce((moves -> 'payment')::bigint, 0) as p,
                 coalesce((moves -> 'recovery')::bigint, 0) as r, coalesce((moves -> 'transfer')::bigint, 0) as t) s
$$;

create or replace function ledger_row_label(group_by text, key text, day date) returns text language sql stable as $$
  select case
    when key is null then case group_by when 'project' then 'Kinh phí phân bổ' else 'Trung ương' end
    when group_by = 'project' then (select p.code || ' – ' || p.name from project p where p.id = key::uuid)
    when group_by = 'year' then 'Năm ' || key
    else report_label(group_by, key, day)
  end
$$;

create or replace function report_ledger_balances(q report_question) returns json language plpgsql stable as $$
declare
  group_by constant text := group_by_checked(q.group_by, '{year,source,province,project}');
  day constant date := basis_date(q.geo_basis);
  filters constant jsonb := jsonb_build_object('geo_basis', q.geo_basis, 'year', q.year, 'source', to_jsonb(q.source), 'project_id', q.project_id,
    'province_code', to_jsonb(q.province_code), 'from', nullif(q."from", '1900-01-01'), 'to', nullif(q."to", '2100-12-31'));
  rows json;
  totals jsonb;
begin
  with summed as materialized (
    select case group_by when 'year' then m.year::text when 'source' then m.source when 'project' then m.project_id::text
             else coalesce(k.key, ledger_province(m.province_code, m.codes_on, m.places, day)) end as key, m.counts_as, sum(m.amount_vnd)::bigint as amount
      from ledger_moves(q) m
      left join report_map(q) k on group_by = 'province' and k.code = m.province_code and m.codes_on between k.valid_from and k.valid_to
     group by 1, 2
  ), listed as (
    select s.key, ledger_row_label(group_by, s.key, day) as label, ledger_figures(jsonb_object_agg(s.counts_as, s.amount)) as figures
      from summed s group by s.key
  )
  select (select json_agg(report_row(nullif(l.key, 'none'), l.label, l.figures, case when l.key is not null then records_url('/v1/ledger-entries', filters || jsonb_build_object(
                     case group_by when 'project' then 'project_id' when 'province' then 'province_code' else group_by end, l.key)) end)
                   order by l.key nulls last)
            from listed l),
         (select ledger_figures(coalesce(jsonb_object_agg(t.counts_as, t.amount), '{}'))
            from (select s.counts_as, sum(s.amount)::bigint as amount from summed s group by 1) t)
    into rows, totals;
  return report_json('ledger-balances', 'Số dư sổ kinh phí khuyến công', q,
    case group_by when 'year' then 'Năm ngân sách' when 'source' then 'Nguồn kinh phí' when 'province' then 'Địa bàn' else 'Đề án' end,
    json_build_array(report_column('allocated_vnd', 'Đã phân bổ', 'Allocated', 'vnd'), report_column('contracted_vnd', 'Đã ký hợp đồng', 'Contracted', 'vnd'),
      report_column('advanced_vnd', 'Đã tạm ứng', 'Advanced', 'vnd'), report_column('paid_vnd', 'Đã chi', 'Paid', 'vnd'),
      report_column('recovered_vnd', 'Đã thu hồi', 'Recovered', 'vnd'), report_column('disbursed_vnd', 'Chi trừ thu hồi', 'Paid less recovered', 'vnd'),
      report_column('carried_over_vnd', 'Chuyển nguồn', 'Carried over', 'vnd'), report_column('committed_vnd', 'Còn phải chi theo hợp đồng', 'Still to be paid by contract', 'vnd'),
      report_column('uncommitted_vnd', 'Đã phân bổ, chưa ký hợp đồng', 'Allocated, not contracted', 'vnd')),
    rows, totals, '[]', array['Chuyển nguồn: số dương là nhận từ năm trước, số âm là chuyển sang năm sau.'], '{}', records_url('/v1/ledger-entries', filters));
end
$$;

-- ---- Of one project: what the money figures of reports are summed from ----

create or replace function money_members(baseline bigint, assigned bigint, m money_sums) returns jsonb language sql immutable parallel safe as $$
  select jsonb_build_object('baseline_vnd', baseline, 'assigned_vnd', assigned, 'contracted_vnd', m.contracted, 'advanced_vnd', m.advanced,
    'paid_vnd', m.paid, 'recovered_vnd', m.recovered, 'disbursed_vnd', m.paid - m.recovered)
$$;

-- Plans are not everybody's to read; what they assign to a project is told to whoever reads the project.
create or replace function assigned_years(of_project uuid) returns integer[] language sql stable
security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(array_agg(distinct i.year), '{}')
    from public.annual_plan_item i
    join public.annual_plan a on a.id = i.annual_plan_id
   where i.project_id = of_project and i.deleted_at is null and a.deleted_at is null and public.plan_is_assigned(a.status)
$$;

create or replace function project_money_json(of_project uuid) returns jsonb language plpgsql stable as $$
begin
  return money_members(assigned_baseline_vnd(of_project), assigned_vnd(of_project), money_of(of_project))
    || jsonb_build_object('years', (
         select coalesce(jsonb_agg(jsonb_build_object('year', y.year)
                  || money_members(assigned_baseline_vnd(of_project, y.year), assigned_vnd(of_project, y.year), money_of(of_project, of_year => y.year))
                  order by y.year), '[]')
           from (select unnest(assigned_years(of_project)) as year
                 union select e.year from ledger_entry e where e.project_id = of_project) y));
end
$$;
comment on function project_money_json is 'Assigned, contracted and paid over all years and by year: what the money figures of reports are summed from.';
