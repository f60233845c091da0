-- SPDX-License-Identifier: MIT
-- Acceptances line by line, settlements on actual cost, and what the acts of a project ask of its money.

-- ---- Acceptances ----

create or replace function acceptance_json(a acceptance) returns json language sql stable as $$
  select json_build_object(
    'id', a.id,
    'version', a.version,
    'status', a.status,
    'stage', stage_of('acceptance', a.status),
    'allowed_actions', allowed_actions('acceptance', a.status, claim('app.tier'), acting_roles(), to_jsonb(a)),
    'project_id', a.project_id,
    'line_id', a.line_id,
    'tier', a.tier,
    'accepted_on', a.accepted_on,
    'address_line', a.address_line,
    'members', a.members,
    'quantity', a.quantity,
    'value_vnd', a.value_vnd,
    'machines', a.machines,
    'minutes', document_json(a.minutes),
    'result', a.result,
    'conclusion', a.conclusion,
    'organisation_id', a.organisation_id,
    'province_code', a.province_code,
    'origin', a.origin,
    'history_quality', a.history_quality,
    'note', a.note,
    'created_at', instant(a.created_at),
    'created_by', a.created_by,
    'updated_at', instant(a.updated_at),
    'updated_by', a.updated_by)
$$;

create or replace function contract_end(of_project uuid, of_line uuid) returns date language sql stable as $$
  select max(c.ends_on)
    from contract c
   where c.project_id = of_project and c.status in ('signed', 'closed_out') and c.deleted_at is null
     and (c.line_id is null or of_line is null or c.line_id = of_line)
$$;
comment on function contract_end is 'Last day of the contracts of a line or of the whole project, with what amendments added; null: nothing is signed.';

create or replace function guard_g7_accepted_in_term(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select guard_if(ends_on is null, '#/line_id', 'g7_contract_signed', 'G7')
      || guard_if(a.accepted_on > ends_on, '#/accepted_on', 'g7_accepted_in_term', 'G7', jsonb_build_object(
           'accepted_on', a.accepted_on, 'ends_on', ends_on))
    from acceptance a
   cross join contract_end(a.project_id, a.line_id) ends_on
   where a.id = record_id
$$;

create or replace function guard_g11_acceptance_witnessed(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select guard_if(not exists (select from jsonb_array_elements(a.members) m where m ->> 'role' not in ('implementer', 'beneficiary')
                                and ((m ->> 'organisation_id')::uuid = p.implementer_id) is not true),
           '#/members', 'g11_accepted_by_others', 'G11')
    from acceptance a
    join project p on p.id = a.project_id
   where a.id = record_id
$$;

create or replace function effect_acceptance_signed(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void
language plpgsql volatile as $$
declare
  a acceptance;
begin
  select t.* into a from acceptance t where t.id = record_id;
  perform refuse_faults(
    fault_if(a.minutes is null, '#/minutes', 'required') || fault_if(a.result is null, '#/result', 'required')
    || fault_if(a.value_vnd is null, '#/value_vnd', 'required'));
  if a.result <> 'failed' then
    perform set_line_status(a.line_id, 'accepted', '{planned,active}');
  end if;
end
$$;

-- ---- Settlements ----

create or replace function settlement_json(t settlement) returns json language plpgsql stable as $$
begin
  return (
    select json_build_object(
      'id', t.id,
      'version', t.version,
      'status', t.status,
      'stage', stage_of('settlement', t.status),
      'allowed_actions', allowed_actions('settlement', t.status, claim('app.tier'), acting_roles(), to_jsonb(t)),
      'project_id', t.project_id,
      'line_id', t.line_id,
      'year', t.year,
      'source', t.source,
      'settled_on', t.settled_on,
      'eligible_cost_vnd', t.eligible_cost_vnd,
      'vouchers', t.vouchers,
      'norm_id', t.norm_id,
      'norm', (select json_build_object('code', n.code, 'percent_max', n.percent_max, 'cap_vnd', n.cap_vnd, 'legal_basis', norm_basis_json(n))
                 from norm n where n.id = t.norm_id),
      'norm_limit_vnd', t.norm_limit_vnd,
      'contracted_vnd', t.contracted_vnd,
      'paid_vnd', t.paid_vnd,
      'payable_vnd', t.payable_vnd,
      'to_pay_vnd', t.to_pay_vnd,
      'to_recover_vnd', t.to_recover_vnd,
      'carried_over_vnd', t.carried_over_vnd,
      'organisation_id', t.organisation_id,
      'province_code', t.province_code,
      'origin', t.origin,
      'history_quality', t.history_quality,
      'note', t.note,
      'created_at', instant(t.created_at),
      'created_by', t.created_by,
      'updated_at', instant(t.updated_at),
      'updated_by', t.updated_by));
end
$$;

create or replace function line_to_settle(t settlement) returns project_line language sql stable as $$
  select l
    from project_line l
   where l.project_id = t.project_id and l.deleted_at is null and l.status not in ('withdrawn', 'removed')
     and (t.line_id is null or l.id = t.line_id)
     and (t.line_id is not null or 1 = (select count(*) from project_line o
            where o.project_id = t.project_id and o.deleted_at is null and o.status not in ('withdrawn', 'removed')))
$$;
comment on function line_to_settle is 'The line named, or the only one there is.';

create or replace function settlement_with_figures(t settlement) returns settlement language plpgsql stable as $$
declare
  line project_line;
  s money_sums;
begin
  line := line_to_settle(t);
  if line.id is null and exists (select from project_line l where l.project_id = t.project_id and l.deleted_at is null) then
    perform refuse('#/line_id', 'settlement_line_given');
  end if;
  s := money_of(t.project_id, t.line_id, null, t.year, t.source);
  select (l.norm).id, least(l.percent_limit, l.cap_limit) into t.norm_id, t.norm_limit_vnd
    from project p
   cross join norm_limits(jsonb_build_object('activity_code', line.activity_code, 'level', p.level,
                'eligible_cost_vnd', t.eligible_cost_vnd, 'is_technology_line', line.is_technology_line,
                'place', jsonb_build_object('province_code', p.province_code, 'codes_on', p.codes_on)), t.settled_on) l
   where p.id = t.project_id and l.is_counted and (l.norm).enforcement = 'block'
   order by least(l.percent_limit, l.cap_limit), (l.norm).code
   limit 1;
  t.contracted_vnd := s.contracted;
  t.paid_vnd := s.paid - s.recovered;
  t.payable_vnd := least(s.contracted, t.norm_limit_vnd, t.eligible_cost_vnd);
  t.to_pay_vnd := greatest(t.payable_vnd - t.paid_vnd, 0);
  t.to_recover_vnd := greatest(t.paid_vnd - t.payable_vnd, 0);
  return t;
end
$$;
comment on function settlement_with_figures is 'Payable is the least of contract, norm on the actual eligible cost (G3), and that cost; beside what is out already it says what to pay or to recover.';

create or replace function guard_settlement_contracted(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select guard_if(t.contracted_vnd = 0, '#/line_id', 'g3_settlement_of_contract', 'G3', jsonb_build_object('year', t.year))
    from settlement t
   where t.id = record_id
$$;

create or replace function effect_settlement_approved(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void
language plpgsql volatile as $$
declare
  t settlement;
  line project_line;
begin
  select k.* into t from settlement k where k.id = record_id;
  line := line_to_settle(t);
  if t.carried_over_vnd > 0 then
    insert into ledger_entry (kind, source, year, from_year, project_id, line_id, settlement_id, amount_vnd, entry_on, document)
    values ('transfer', t.source, t.year + 1, t.year, t.project_id, t.line_id, t.id, t.carried_over_vnd, on_day, paper_of(act));
  end if;
  perform set_line_status(line.id, 'settled', '{accepted}');
end
$$;

create or replace function effect_settlement_reopened(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void
language plpgsql volatile as $$
declare
  t settlement;
  line project_line;
begin
  select k.* into t from settlement k where k.id = record_id;
  line := line_to_settle(t);
  insert into ledger_entry (kind, reverses_id, project_id, entry_on, document)
  select 'reversal', e.id, e.project_id, on_day, paper_of(act)
    from ledger_entry e
   where e.settlement_id = t.id and e.kind = 'transfer' and not exists (select from ledger_entry r where r.reverses_id = e.id);
  perform set_line_status(line.id, 'accepted', '{settled}');
end
$$;

-- ---- What the project's own acts ask of its money ----

create or replace function guard_g1_contract_signed(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select guard_if(not exists (select from contract c where c.project_id = record_id and c.status = 'signed' and c.deleted_at is null),
           '#/contracts', 'g1_contract_signed', 'G1')
$$;
comment on function guard_g1_contract_signed is 'A contract is signed. That it keeps to what was assigned was asked when it was (project_entry_faults).';

create or replace function guard_g9_advances_settled(record_id uuid, act jsonb, on_day date) returns jsonb language plpgsql stable as $$
declare
  s constant money_sums := money_of(record_id);
  payable constant bigint := (select coalesce(sum(t.payable_vnd), 0) from settlement t
                               where t.project_id = record_id and t.status = 'approved' and t.deleted_at is null);
begin
  return guard_if(s.paid - s.recovered > payable, '#/status', 'g9_advances_settled', 'G9', jsonb_build_object(
    'paid_vnd', s.paid, 'recovered_vnd', s.recovered, 'payable_vnd', payable));
end
$$;

create or replace function guard_g7_lines_accepted(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select guard_if(not exists (select from project_line l where l.project_id = record_id and l.deleted_at is null
                                and l.status in ('accepted', 'settled'))
               or exists (select from project_line l where l.project_id = record_id and l.deleted_at is null
                            and l.status not in ('accepted', 'settled', 'removed')),
           '#/lines', 'g7_lines_accepted', 'G7', jsonb_build_object('titles', (
             select coalesce(jsonb_agg(l.title order by l.created_at, l.id), '[]') from project_line l
              where l.project_id = record_id and l.deleted_at is null and l.status not in ('accepted', 'settled', 'removed'))))
$$;
comment on function guard_g7_lines_accepted is 'Each line is accepted or was removed by a decision; each acceptance was held to its contract''s term (guard_g7_accepted_in_term).';

create or replace function guard_project_settled(record_id uuid, act jsonb, on_day date) returns jsonb language plpgsql stable as $$
declare
  s constant money_sums := money_of(record_id);
  payable constant bigint := (select coalesce(sum(t.payable_vnd), 0) from settlement t
                               where t.project_id = record_id and t.status = 'approved' and t.deleted_at is null);
begin
  return guard_if(exists (select from settlement t where t.project_id = record_id and t.status <> 'approved' and t.deleted_at is null)
               or not exists (select from settlement t where t.project_id = record_id and t.deleted_at is null),
           '#/settlements', 'g3_settlements_approved', 'G3')
    || guard_if(s.paid - s.recovered <> payable, '#/settlements', 'contract_is_square', 'G3', jsonb_build_object(
         'payable_vnd', payable, 'paid_vnd', s.paid, 'recovered_vnd', s.recovered));
end
$$;

create or replace function guard_project_contracts_ended(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select guard_if(exists (select from contract c where c.project_id = record_id and c.status = 'signed' and c.deleted_at is null),
           '#/contracts', 'g1_contracts_ended', 'G1')
$$;

-- ---- Submissions and snapshots ----

create or replace function settlement_missing(t settlement, on_day date) returns jsonb language sql stable as $$
  select required_for_submit('settlement', to_jsonb(t), '{}', on_day)
$$;

create or replace function settlement_snapshot(of_id uuid) returns jsonb language sql stable as $$
  select frozen_part(settlement_json(t)) from settlement t where t.id = of_id
$$;

create or replace function contract_snapshot(of_id uuid) returns jsonb language sql stable as $$
  select frozen_part(contract_json(c)) from contract c where c.id = of_id
$$;

create or replace function acceptance_snapshot(of_id uuid) returns jsonb language sql stable as $$
  select frozen_part(acceptance_json(a)) from acceptance a where a.id = of_id
$$;
