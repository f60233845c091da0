-- SPDX-License-Identifier: MIT
-- Balances of the ledger by year, source, province or project.

-- Money carried over, or handed from one organisation to another, leaves one row and reaches another.
create or replace function ledger_moves(q report_question)
returns table (year integer, source text, province_code text, project_id uuid, counts_as text, amount_vnd bigint) language sql stable as $$
  with seen as (
    select e.*
      from ledger_entry e
      left join project p on p.id = e.project_id
     where case when e.project_id is null
           then e.province_code = any (q.provinces) or e.organisation_id = q.own_organisation or q.tier = 'central' or e.from_holder_id = q.own_organisation
           else p.province_code = any (q.provinces) or p.organisation_id = q.own_organisation or p.implementer_id = q.own_organisation end
       and e.entry_on between q."from" and q."to"
  ), moved as (
    select s.year, s.source, s.province_code, s.project_id,
           case when s.counts_as = 'transfer' and s.project_id is null then 'allocation' else s.counts_as end as counts_as, s.effect_vnd
      from seen s
    union all
    select s.from_year, s.source, s.province_code, s.project_id, 'transfer', - s.effect_vnd from seen s where s.from_year is not null
    union all
    select s.year, s.source, o.province_code, null, 'allocation', - s.effect_vnd
      from seen s join organisation o on o.id = s.from_holder_id
  )
  select m.*
    from moved m
   where (q.year is null or m.year = q.year)
     and (q.source is null or m.source = any (q.source))
     and (q.province_code is null or m.province_code = any (q.province_code))
     and (q.project_id is null or m.project_id = q.project_id)
$$;
comment on function ledger_moves is 'What the caller''s entries moved, with its sign, where the filters look.';

create or replace function ledger_figures(moves jsonb) returns jsonb language sql immutable as $$
  select jsonb_build_object('allocated_vnd', a, 'contracted_vnd', c, 'advanced_vnd', v, 'paid_vnd', v + p, 'recovered_vnd', r,
           'disbursed_vnd', v + p - r, 'carried_over_vnd', t, 'committed_vnd', c - (v + p - r) + t, 'uncommitted_vnd', a - c)
    from (select coalesce((moves -> 'allocation')::bigint, 0) as a, coalesce((moves -> 'commitment')::bigint, 0) as c,
                 coalesce((moves -> 'advance')::bigint, 0) as v, coalesce((moves -> 'payment')::bigint, 0) as p,
                 coalesce((moves -> 'recovery')::bigint, 0) as r, coalesce((moves -> 'transfer')::bigint, 0) as t) s
$$;

create or replace function ledger_row_label(group_by text, key text) returns text language sql stable as $$
  select case
    when key is null then case group_by when 'project' then 'Kinh phí phân bổ' else 'Trung ương' end
    when group_by = 'project' then (select p.code || ' – ' || p.name from project p where p.id = key::uuid)
    when group_by = 'year' then 'Năm ' || key
    else report_label(group_by, key, null)
  end
$$;

create or replace function report_ledger_balances(q report_question) returns json language plpgsql stable as $$
declare
  group_by constant text := group_by_checked(q.group_by, '{year,source,province,project}');
  filters constant jsonb := jsonb_build_object('year', q.year, 'source', to_jsonb(q.source), 'project_id', q.project_id,
    'province_code', to_jsonb(q.province_code), 'from', nullif(q."from", '1900-01-01'), 'to', nullif(q."to", '2100-12-31'));
  rows json;
  totals jsonb;
begin
  with summed as materialized (
    select case group_by when 'year' then m.year::text when 'source' then m.source when 'province' then m.province_code
             else m.project_id::text end as key, m.counts_as, sum(m.amount_vnd)::bigint as amount
      from ledger_moves(q) m
     group by 1, 2
  ), listed as (
    select s.key, ledger_row_label(group_by, s.key) as label, ledger_figures(jsonb_object_agg(s.counts_as, s.amount)) as figures
      from summed s group by s.key
  )
  select (select json_agg(report_row(l.key, l.label, l.figures, case when l.key is not null then records_url('/v1/ledger-entries', filters || jsonb_build_object(
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
