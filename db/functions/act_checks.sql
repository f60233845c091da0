-- SPDX-License-Identifier: MIT
-- What acts on plans and approvals are held against: appraised projects, signed contracts, the authority of the day.

-- Whoever assigns a plan sees its items; the projects of some lie out of his sight, and are asked all the same.
create or replace function unappraised_items(of_plan uuid, on_day date)
returns table (project_code text, project_status text, asked plan_requirement) language sql stable
security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.code, p.status, q
    from public.annual_plan_item i
    join public.project p on p.id = i.project_id
    join public.plan_requirement q on q.level = i.level and public.in_days(on_day, q.valid_from, q.valid_to)
   where i.annual_plan_id = of_plan and i.deleted_at is null and not i.is_stopped and p.status <> all (q.project_statuses)
$$;
comment on function unappraised_items is 'Items whose project has not come as far as the rules of that day ask (plan_requirement).';

create or replace function guard_items_appraised(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('pointer', '#/action', 'code', 'plan_item_appraised',
           'params', jsonb_build_object(
             'project_code', u.project_code, 'status_label', jsonb_build_object('vi', s.label_vi, 'en', s.label_en),
             'member', jsonb_build_object('vi', 'đề án ' || u.project_code || ' đạt thẩm định', 'en', 'appraisal of project ' || u.project_code)),
           'legal_basis', (u.asked).legal_basis, 'certainty', (u.asked).certainty, 'enforcement', (u.asked).enforcement) order by u.project_code), '[]')
    from unappraised_items(record_id, on_day) u
    join record_status s on s.record_type = 'project' and s.status = u.project_status
$$;
comment on function guard_items_appraised is 'A plan is assigned when all its projects have passed their appraisal.';

-- What went out under a contract that was ended, and has not come back, still counts as contracted; it is owed, not planned for.
create or replace function held_by_ended_contracts(of_project uuid, of_year integer) returns bigint language sql stable as $$
  select coalesce(sum((money_of(of_project, of_contract => c.id)).contracted), 0)::bigint
    from contract c
   where c.project_id = of_project and c.year = of_year and c.status = 'terminated'
$$;

-- Across all plans of the year, as G1 counts them when a contract is signed.
create or replace function guard_adjustment_above_contracted(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(guard_fault('#/items/' || sums.place || '/after/support_vnd', 'g1_adjusted_below_contracted', 'G1',
           jsonb_build_object('project_code', p.code, 'year', d.year, 'after_vnd', sums.assigned, 'contracted_vnd', sums.contracted)) order by sums.place), '[]')
    from plan_adjustment d
   cross join jsonb_array_elements(d.items) with ordinality listed (entry, n)
    join annual_plan_item i on i.id = (entry ->> 'item_id')::uuid
    join project p on p.id = i.project_id
   cross join lateral (
     select n - 1 as place, (money_of(p.id, of_year => d.year)).contracted - held_by_ended_contracts(p.id, d.year) as contracted,
            assigned_vnd(p.id, d.year) - i.support_vnd + (entry #>> '{after,support_vnd}')::bigint as assigned) sums
   where d.id = record_id and not (entry #>> '{after,is_stopped}')::boolean
     and (entry #>> '{after,support_vnd}')::bigint < i.support_vnd and sums.assigned < sums.contracted
$$;
comment on function guard_adjustment_above_contracted is 'G1: what is contracted stays assigned; who takes it away stops the item, or ends contracts first.';

-- ---- The authority of the day ----

create or replace function names_authority(a approving_authority, documents jsonb) returns boolean language sql immutable as $$
  select exists (
    select from jsonb_array_elements(documents) paper
     where paper ->> 'kind' in ('decision', 'resolution')
       and (split_part(paper ->> 'document_no', '/', -1) = any (a.signs)
            or exists (select from unnest(a.issuers) word where fold(paper ->> 'issuer_name') like '%' || fold(word) || '%')))
$$;
comment on function names_authority is 'Does a decision among the papers come from it, by its number or its issuer?';

create or replace function authority_faults(of_type text, record jsonb, act jsonb, on_day date) returns jsonb language plpgsql stable as $$
declare
  documents constant jsonb := coalesce(nullif(act -> 'documents', 'null'), '[]');
  rightful approving_authority;
begin
  select a.* into rightful
    from approving_authority a
   where a.record_type = of_type and a.action = act ->> 'action' and a.level = record ->> 'level' and in_days(on_day, a.valid_from, a.valid_to)
   order by a.tier = claim('app.tier') desc, array_position('{central,province,district,commune}', a.tier)
   limit 1;
  if rightful.id is null or names_authority(rightful, documents) and rightful.tier = claim('app.tier') then
    return '[]';
  end if;
  return jsonb_build_array(jsonb_build_object('pointer', '#/documents', 'code', 'approving_authority',
    'params', jsonb_build_object('member', jsonb_build_object(
      'vi', 'quyết định của cấp có thẩm quyền: ' || rightful.name_vi, 'en', 'a decision of the competent authority: ' || rightful.name_en)),
    'legal_basis', rightful.legal_basis, 'certainty', rightful.certainty, 'enforcement', 'warn'));
end
$$;
comment on function authority_faults is 'A warning when no decision of who approves on that day is cited; never more (2646/QĐ-BCT was signed three weeks before it could be).';

-- ---- Priority rules that an appraisal names ----

create or replace function checked_priority_rules(ids uuid[], on_day date) returns uuid[] language plpgsql stable as $$
begin
  perform refuse_faults(coalesce((
    select jsonb_agg(fault order by n)
      from unnest(ids) with ordinality named (id, n)
      left join priority_rule r on r.id = named.id
     cross join jsonb_array_elements(
       fault_if(r.id is null, '#/priority_rule_ids/' || n - 1, 'unknown_reference')
       || fault_if(not in_days(on_day, r.valid_from, r.valid_to), '#/priority_rule_ids/' || n - 1, 'priority_rule_in_force',
            jsonb_build_object('rule', jsonb_build_object('vi', r.name_vi, 'en', r.name_en), 'on', on_day))) as fault), '[]'));
  return ids;
end
$$;
comment on function checked_priority_rules is 'These rules, which must be there and in force on the day of the appraisal; else 422.';
