-- SPDX-License-Identifier: MIT
-- Contracts and requests for payment, and what they do to the ledger.

-- ---- Records of a project: found and locked under the caller's scope, as locked_project() does ----

create or replace function open_of_project(of_type text, wanted uuid, provinces text[], own_organisation uuid) returns uuid
language plpgsql stable as $$
declare
  gone boolean;
begin
  execute format($sql$
    select t.deleted_at is not null or p.deleted_at is not null
      from %I t
      join project p on p.id = t.project_id
     where t.id = $1 and (p.province_code = any ($2) or p.organisation_id = $3 or p.implementer_id = $3)$sql$, of_type)
    into gone using wanted, provinces, own_organisation;
  return opened(wanted, gone);
end
$$;
comment on function open_of_project is 'The id of a record of a project that the caller sees and that is not deleted; else 404 or 410.';

create or replace function locked_of_project(of_type text, wanted uuid, provinces text[], own_organisation uuid) returns uuid
language plpgsql volatile as $$
begin
  -- First the project, then its record: all that moves money of a project queues there and meets no deadlock.
  execute format('select from project p where p.id = (select t.project_id from %I t where t.id = $1) for no key update', of_type) using wanted;
  execute format('select from %I t where t.id = $1 for no key update', of_type) using wanted;
  return open_of_project(of_type, wanted, provinces, own_organisation);
end
$$;
comment on function locked_of_project is 'open_of_project(), with project and record locked until the end of the transaction.';

-- ---- Contracts ----

create or replace function contract_json(c contract) returns json language plpgsql stable as $$
begin
  return (
    select json_build_object(
      'id', c.id,
      'code', c.code,
      'version', c.version,
      'kind', c.kind,
      'status', c.status,
      'stage', stage_of('contract', c.status),
      'allowed_actions', allowed_actions('contract', c.status, claim('app.tier'), acting_roles(), to_jsonb(c)),
      'project_id', c.project_id,
      'line_id', c.line_id,
      'parent_id', c.parent_id,
      'parties', c.parties,
      'contract_no', c.contract_no,
      'signed_on', c.signed_on,
      'ends_on', c.ends_on,
      'year', c.year,
      'source', c.source,
      'amount_vnd', c.amount_vnd,
      'contracted_vnd', s.contracted,
      'advanced_vnd', s.advanced,
      'paid_vnd', s.paid,
      'recovered_vnd', s.recovered,
      'amendments', c.amendments,
      'organisation_id', c.organisation_id,
      'province_code', c.province_code,
      'origin', c.origin,
      'history_quality', c.history_quality,
      'note', c.note,
      'created_at', instant(c.created_at),
      'created_by', c.created_by,
      'updated_at', instant(c.updated_at),
      'updated_by', c.updated_by)
      from money_of(c.project_id, of_contract => c.id) s);
end
$$;

create or replace function post_of_contract(c contract, of_kind text, amount bigint, on_day date, paper jsonb, turned boolean default false)
returns void language plpgsql volatile as $$
begin
  insert into ledger_entry (kind, source, year, project_id, line_id, contract_id, from_account, amount_vnd, entry_on, document)
  values (of_kind, c.source, c.year, c.project_id, c.line_id, c.id, case when turned then 'committed' end, amount, on_day, paper);
end
$$;

create or replace function paper_of(act jsonb) returns jsonb language sql immutable as $$
  select coalesce(act #> '{documents,0}', '{}')
$$;
comment on function paper_of is 'The first paper of an act: what its entry in the ledger rests on (G12).';

create or replace function effect_contract_signed(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void
language plpgsql volatile as $$
declare
  c contract;
  passed_on bigint;
  parent contract;
begin
  update contract k set signed_on = coalesce(k.signed_on, on_day) where k.id = record_id returning * into c;
  perform refuse_faults(
    fault_if(is_blank(to_jsonb(c.contract_no)), '#/contract_no', 'required')
    || fault_if(c.ends_on is null, '#/ends_on', 'required')
    || fault_if(c.ends_on < c.signed_on, '#/ends_on', 'contract_ends_after_signed'));
  if c.parent_id is null then
    perform post_of_contract(c, 'commitment', c.amount_vnd, on_day, paper_of(act));
  else
    select k.* into parent from contract k where k.id = c.parent_id;
    passed_on := (select sum(k.amount_vnd) from contract k where k.parent_id = c.parent_id and k.status = 'signed' and k.deleted_at is null);
    perform refuse_by_guards(
      guard_if(parent.status <> 'signed', '#/parent_id', 'g2_contract_signed', 'G1', jsonb_build_object(
        'contract_code', parent.code, 'contract_status', parent.status))
      || guard_if(passed_on > parent.amount_vnd, '#/amount_vnd', 'g1_passed_on_within_contract', 'G1', jsonb_build_object(
        'amount_vnd', parent.amount_vnd, 'passed_on_vnd', passed_on)));
  end if;
  perform set_line_status(c.line_id, 'active', '{planned}');
end
$$;

create or replace function set_line_status(of_line uuid, wanted text, from_states text[]) returns void language plpgsql volatile as $$
begin
  update project_line l set status = wanted, version = l.version + 1 where l.id = of_line and l.status = any (from_states);
end
$$;

create or replace function effect_contract_amended(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void
language plpgsql volatile as $$
declare
  before contract;
  c contract;
begin
  select k.* into before from contract k where k.id = record_id;
  if act -> 'amount_vnd' is null and act -> 'ends_on' is null then
    perform refuse('#/amount_vnd', 'contract_amendment_says_something');
  end if;
  update contract k
     set amount_vnd = coalesce((act ->> 'amount_vnd')::bigint, k.amount_vnd),
         ends_on = coalesce((act ->> 'ends_on')::date, k.ends_on),
         amendments = k.amendments || jsonb_build_array(jsonb_build_object(
           'amended_on', on_day, 'amount_before_vnd', k.amount_vnd, 'amount_vnd', coalesce((act ->> 'amount_vnd')::bigint, k.amount_vnd),
           'ends_before_on', k.ends_on, 'ends_on', coalesce((act ->> 'ends_on')::date, k.ends_on), 'document', document_json(paper_of(act)),
           'note', act ->> 'note'))
   where k.id = record_id
  returning * into c;
  if c.parent_id is null and c.amount_vnd <> before.amount_vnd then
    perform post_of_contract(c, 'commitment', abs(c.amount_vnd - before.amount_vnd), on_day, paper_of(act), c.amount_vnd < before.amount_vnd);
  end if;
end
$$;

-- What has gone out stays promised until it comes back.
create or replace function effect_contract_terminated(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void
language plpgsql volatile as $$
declare
  c contract;
  s money_sums;
begin
  select k.* into c from contract k where k.id = record_id;
  s := money_of(c.project_id, of_contract => c.id);
  if s.contracted > s.paid - s.recovered then
    perform post_of_contract(c, 'commitment', s.contracted - (s.paid - s.recovered), on_day, paper_of(act), true);
  end if;
end
$$;

create or replace function guard_contract_settled(record_id uuid, act jsonb, on_day date) returns jsonb language plpgsql stable as $$
declare
  c contract;
  s money_sums;
  payable bigint;
begin
  select k.* into c from contract k where k.id = record_id;
  if c.parent_id is not null then
    return '[]';
  end if;
  s := money_of(c.project_id, of_contract => c.id);
  payable := (select sum(t.payable_vnd) from settlement t
               where t.project_id = c.project_id and t.status = 'approved' and t.deleted_at is null
                 and t.year = c.year and t.source = c.source and (c.line_id is null or t.line_id = c.line_id or t.line_id is null));
  return guard_if(payable is null, '#/status', 'contract_has_settlement', 'G3')
    || guard_if(s.paid - s.recovered <> payable, '#/status', 'contract_is_square', 'G3', jsonb_build_object(
         'payable_vnd', payable, 'paid_vnd', s.paid, 'recovered_vnd', s.recovered));
end
$$;
comment on function guard_contract_settled is 'A contract is closed out (thanh lý) when what its settlements found payable has been paid, no more and no less.';

-- ---- Payment requests ----

create or replace function payment_request_json(r payment_request) returns json language plpgsql stable as $$
begin
  return (
    select json_build_object(
      'id', r.id,
      'version', r.version,
      'status', r.status,
      'stage', stage_of('payment_request', r.status),
      'allowed_actions', allowed_actions('payment_request', r.status, claim('app.tier'), acting_roles(), to_jsonb(r)),
      'contract_id', r.contract_id,
      'project_id', r.project_id,
      'line_id', r.line_id,
      'kind', r.kind,
      'year', r.year,
      'source', r.source,
      'amount_vnd', r.amount_vnd,
      'requested_on', r.requested_on,
      'document', document_json(r.document),
      'ledger_entry_id', (select e.id from ledger_entry e where e.payment_request_id = r.id),
      'organisation_id', r.organisation_id,
      'province_code', r.province_code,
      'origin', r.origin,
      'history_quality', r.history_quality,
      'note', r.note,
      'created_at', instant(r.created_at),
      'created_by', r.created_by,
      'updated_at', instant(r.updated_at),
      'updated_by', r.updated_by));
end
$$;

-- Asked with the requests that are still open, so that two of them do not promise the same đồng. The ledger asks again when it is paid.
create or replace function payment_faults(r payment_request) returns jsonb language plpgsql stable as $$
declare
  c contract;
  s money_sums;
  open_advances bigint;
  open_payments bigint;
begin
  select k.* into c from contract k where k.id = r.contract_id;
  s := money_of(r.project_id, of_contract => r.contract_id);
  select coalesce(sum(o.amount_vnd) filter (where o.kind = 'advance'), 0), coalesce(sum(o.amount_vnd) filter (where o.kind = 'payment'), 0)
    into open_advances, open_payments
    from payment_request o
   where o.contract_id = r.contract_id and o.status in ('submitted', 'checked', 'approved') and o.id <> r.id;
  s.advanced := s.advanced + open_advances + case r.kind when 'advance' then r.amount_vnd else 0 end;
  s.paid := s.paid + open_advances + open_payments + r.amount_vnd;
  return guard_if(c.status <> 'signed', '#/contract_id', 'g2_contract_signed', 'G2', jsonb_build_object(
           'contract_code', c.code, 'contract_status', c.status))
    || guard_if(c.parent_id is not null, '#/contract_id', 'g2_contract_carries_money', 'G2', jsonb_build_object('contract_code', c.code))
    || guard_if(c.parent_id is null and c.status = 'signed' and s.paid - s.recovered > s.contracted, '#/amount_vnd',
         'g2_paid_within_contracted', 'G2', jsonb_build_object('contracted_vnd', s.contracted, 'paid_vnd', s.paid, 'recovered_vnd', s.recovered))
    || case when r.kind = 'advance' and c.status = 'signed' and c.parent_id is null
         then advance_faults(r.project_id, s, r.requested_on) else '[]' end
    || settled_faults(c, open_advances + open_payments + r.amount_vnd);
end
$$;

create or replace function guard_g2_payment_covered(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select payment_faults(r) from payment_request r where r.id = record_id
$$;

create or replace function effect_payment_paid(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void
language plpgsql volatile as $$
begin
  insert into ledger_entry (kind, source, year, project_id, line_id, contract_id, payment_request_id, amount_vnd, entry_on, document)
  select r.kind, r.source, r.year, r.project_id, r.line_id, r.contract_id, r.id, r.amount_vnd, on_day, paper_of(act)
    from payment_request r
   where r.id = record_id;
end
$$;

-- ---- References in new records: what the caller does not see is not there ----

create or replace function project_named(wanted uuid, provinces text[], own_organisation uuid) returns uuid language plpgsql stable as $$
begin
  perform refuse_faults(fault_if(not project_visible(wanted, provinces, own_organisation), '#/project_id', 'unknown_reference'));
  return wanted;
end
$$;

create or replace function contract_named(wanted uuid, provinces text[], own_organisation uuid) returns contract
language plpgsql volatile as $$
declare
  c contract;
begin
  perform from project p where p.id = (select k.project_id from contract k where k.id = wanted) for no key update;
  select k.* into c from contract k where k.id = wanted and k.deleted_at is null;
  perform refuse_faults(fault_if(c.id is null or not project_visible(c.project_id, provinces, own_organisation), '#/contract_id',
    'unknown_reference'));
  return c;
end
$$;
comment on function contract_named is 'A contract that the caller sees, its project locked: requests of one project queue.';

create or replace function line_of(of_project uuid, wanted uuid) returns uuid language sql stable as $$
  select l.id from project_line l where l.id = wanted and l.project_id = of_project
$$;
