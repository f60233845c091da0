-- SPDX-License-Identifier: MIT
-- Money: sums of the ledger, what may be posted, what contracts, requests, acceptances and settlements do to it.

-- ---- Refusals that name a guard and its figures ----

create or replace function guard_fault(pointer text, code text, guard text, figures jsonb default '{}', legal_basis text default null)
returns jsonb language sql immutable as $$
  select jsonb_strip_nulls(jsonb_build_object('pointer', pointer, 'code', code, 'legal_basis', legal_basis, 'enforcement', 'block',
    'params', figures || jsonb_build_object('guard', guard)))
$$;

create or replace function guard_if(is_broken boolean, pointer text, code text, guard text, figures jsonb default '{}',
  legal_basis text default null) returns jsonb language sql immutable as $$
  select case when is_broken then jsonb_build_array(guard_fault(pointer, code, guard, figures, legal_basis)) else '[]' end
$$;

-- ---- Sums ----

create or replace function money_of(of_project uuid, of_line uuid default null, of_contract uuid default null,
  of_year integer default null, of_source text default null) returns money_sums language sql stable as $$
  select coalesce(sum(e.effect_vnd) filter (where e.counts_as = 'commitment'), 0)::bigint,
         coalesce(sum(e.effect_vnd) filter (where e.counts_as = 'advance'), 0)::bigint,
         coalesce(sum(e.effect_vnd) filter (where e.counts_as in ('advance', 'payment')), 0)::bigint,
         coalesce(sum(e.effect_vnd) filter (where e.counts_as = 'recovery'), 0)::bigint
    from ledger_entry e
   where e.project_id = of_project
     and (of_line is null or e.line_id = of_line)
     and (of_contract is null or e.contract_id = of_contract)
     and (of_year is null or e.year = of_year)
     and (of_source is null or e.source = of_source)
$$;
comment on function money_of is 'Sums of a project''s entries, or of those of a line, contract, year, source.';

create or replace function contracted_vnd(of_project uuid) returns bigint language sql stable as $$
  select (money_of(of_project)).contracted
$$;
create or replace function advanced_vnd(of_project uuid) returns bigint language sql stable as $$
  select (money_of(of_project)).advanced
$$;
create or replace function paid_vnd(of_project uuid) returns bigint language sql stable as $$
  select (money_of(of_project)).paid
$$;
comment on function paid_vnd is 'Advances and payments that went out; less recovered_vnd is what is out.';
create or replace function recovered_vnd(of_project uuid) returns bigint language sql stable as $$
  select (money_of(of_project)).recovered
$$;

create or replace function allocated_vnd(of_holder uuid, of_year integer, of_source text) returns bigint language sql stable as $$
  select (coalesce((select sum(e.effect_vnd) from ledger_entry e
                     where e.holder_id = of_holder and e.year = of_year and e.source = of_source), 0)
        - coalesce((select sum(e.effect_vnd) from ledger_entry e
                     where e.from_holder_id = of_holder and e.year = of_year and e.source = of_source), 0))::bigint
$$;
comment on function allocated_vnd is 'What an organisation was given for a year from a source, after supplements, cuts and transfers.';

-- ---- What an entry may be ----

create or replace function entry_with_accounts(e ledger_entry) returns ledger_entry language plpgsql stable as $$
begin
  e.from_account := coalesce(e.from_account, case e.kind
    when 'allocation' then 'budget' when 'commitment' then 'allocated' when 'recovery' then 'disbursed'
    when 'transfer' then case when e.project_id is null then 'allocated' else 'committed' end else 'committed' end);
  e.to_account := case e.kind
    when 'allocation' then case e.from_account when 'budget' then 'allocated' else 'budget' end
    when 'commitment' then case e.from_account when 'allocated' then 'committed' else 'allocated' end
    when 'recovery' then 'committed'
    when 'transfer' then e.from_account
    else 'disbursed' end;
  e.counts_as := e.kind;
  e.effect_vnd := case when (e.kind, e.from_account) in (('allocation', 'allocated'), ('commitment', 'committed'))
    then - e.amount_vnd else e.amount_vnd end;
  return e;
end
$$;
comment on function entry_with_accounts is 'Each kind moves money between two accounts; a cut and a release are their kind turned round.';

create or replace function counter_entry(e ledger_entry) returns ledger_entry language plpgsql stable as $$
declare
  met ledger_entry;
begin
  select r.* into met from ledger_entry r where r.id = e.reverses_id;
  perform refuse_faults(
    fault_if(met.id is null, '#/reverses_id', 'unknown_reference')
    || fault_if(met.kind in ('reversal', 'commitment'), '#/reverses_id', 'ledger_entry_reversible', jsonb_build_object('kind', met.kind))
    || fault_if(met.id is not null and e.amount_vnd is not null and e.amount_vnd <> met.amount_vnd, '#/amount_vnd',
         'ledger_entry_reversed_whole', jsonb_build_object('amount_vnd', met.amount_vnd)));
  e.source := met.source;
  e.year := met.year;
  e.from_year := met.from_year;
  e.holder_id := met.holder_id;
  e.from_holder_id := met.from_holder_id;
  e.project_id := met.project_id;
  e.line_id := met.line_id;
  e.contract_id := met.contract_id;
  e.settlement_id := met.settlement_id;
  e.amount_vnd := met.amount_vnd;
  e.from_account := met.to_account;
  e.to_account := met.from_account;
  e.counts_as := met.counts_as;
  e.effect_vnd := - met.effect_vnd;
  return e;
end
$$;
comment on function counter_entry is 'The same entry with its accounts turned round. Commitments are met by amending or ending the contract.';

create or replace function lock_allocated(e ledger_entry) returns void language plpgsql volatile as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(concat_ws(' ', 'allocated', e.year, e.source, holder), 0))
     from unnest(array[e.holder_id, e.from_holder_id]) holder
    where holder is not null
    order by holder; -- two transfers between the same organisations do not meet head on
end
$$;

create or replace function allocation_entry_faults(e ledger_entry) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(guard_fault('#/amount_vnd', 'allocation_covered', 'G1',
           jsonb_build_object('allocated_vnd', allocated_vnd(loss.holder, e.year, e.source), 'amount_vnd', e.amount_vnd))), '[]')
    from (values (e.holder_id, e.effect_vnd), (e.from_holder_id, - e.effect_vnd)) loss (holder, change)
   where loss.holder is not null and loss.change < 0
     and allocated_vnd(loss.holder, e.year, e.source) + loss.change < 0
$$;
comment on function allocation_entry_faults is 'Nobody loses more than was given to him.';

create or replace function project_entry_faults(e ledger_entry) returns jsonb language plpgsql stable as $$
declare
  c contract;
  s money_sums;
begin
  if e.counts_as = 'transfer' then
    return '[]';
  end if;
  select k.* into c from contract k where k.id = e.contract_id and k.project_id = e.project_id;
  s := money_of(e.project_id, of_contract => e.contract_id);
  s.contracted := s.contracted + case e.counts_as when 'commitment' then e.effect_vnd else 0 end;
  s.advanced := s.advanced + case e.counts_as when 'advance' then e.effect_vnd else 0 end;
  s.paid := s.paid + case when e.counts_as in ('advance', 'payment') then e.effect_vnd else 0 end;
  s.recovered := s.recovered + case e.counts_as when 'recovery' then e.effect_vnd else 0 end;
  return case when e.counts_as = 'commitment' and e.effect_vnd > 0 then commitment_faults(e) else '[]' end
    || guard_if(e.counts_as in ('advance', 'payment') and e.effect_vnd > 0 and e.import_id is null and c.status is distinct from 'signed',
         '#/contract_id', 'g2_contract_signed', 'G2', jsonb_build_object('contract_code', c.code, 'contract_status', c.status))
    || guard_if(s.paid - s.recovered > s.contracted, '#/amount_vnd', 'g2_paid_within_contracted', 'G2', jsonb_build_object(
         'contracted_vnd', s.contracted, 'paid_vnd', s.paid, 'recovered_vnd', s.recovered))
    || guard_if(s.recovered > s.paid, '#/amount_vnd', 'g2_recovered_within_paid', 'G2', jsonb_build_object(
         'paid_vnd', s.paid, 'recovered_vnd', s.recovered))
    || case when c.status = 'signed' and (e.counts_as = 'advance') = (e.effect_vnd > 0) then advance_faults(e.project_id, s, e.entry_on)
         else '[]' end
    || case when e.counts_as in ('advance', 'payment') and e.effect_vnd > 0 then settled_faults(c, e.amount_vnd) else '[]' end;
end
$$;
comment on function project_entry_faults is 'Guards G1, G2, G3 on the sums as they would be; only the contract of an opening entry stayed elsewhere. The caller holds the project''s lock.';

-- An entry without a contract opens the ledger of a project whose papers stayed elsewhere, and of no other.
create or replace function refuse_opening(e ledger_entry) returns void language plpgsql as $$
begin
  perform refuse_by_guards(guard_if(
    e.import_id is not null and not exists (select from project p where p.id = e.project_id and p.history_quality = 'final_state_only'),
    '#/import_id', 'ledger_entry_opens_past', 'G2'));
end
$$;

create or replace function commitment_faults(e ledger_entry) returns jsonb language plpgsql stable as $$
declare
  assigned constant bigint := assigned_vnd(e.project_id, e.year);
  contracted constant bigint := (money_of(e.project_id, of_year => e.year)).contracted + e.effect_vnd;
  promised constant bigint := (select l.support_vnd from project_line l where l.id = e.line_id);
  contracted_of_line constant bigint := (money_of(e.project_id, of_line => e.line_id)).contracted + e.effect_vnd;
begin
  return guard_if(assigned is null, '#/year', 'g1_assigned', 'G1', jsonb_build_object('year', e.year))
    || guard_if(contracted > assigned, '#/amount_vnd', 'g1_contracted_within_assigned', 'G1', jsonb_build_object(
         'year', e.year, 'assigned_vnd', assigned, 'contracted_vnd', contracted))
    || guard_if(e.line_id is not null and contracted_of_line > promised, '#/amount_vnd', 'g1_contracted_within_line', 'G1',
         jsonb_build_object('support_vnd', promised, 'contracted_vnd', contracted_of_line));
end
$$;

create or replace function advance_faults(of_project uuid, s money_sums, on_day date) returns jsonb language sql stable as $$
  select guard_if(q.enforcement = 'block' and s.advanced > l.limit_vnd, '#/amount_vnd', 'g2_advances_within_share', 'G2',
           jsonb_build_object('advanced_vnd', s.advanced, 'limit_vnd', l.limit_vnd, 'percent', trim_scale(q.value),
             'contracted_vnd', s.contracted), q.legal_basis)
    from project p
   cross join parameter_on('advance_percent_max', on_day, p.level, p.province_code) q
   cross join lateral (select floor(q.value * s.contracted / 100)::bigint as limit_vnd) l
   where p.id = of_project
$$;

create or replace function settled_faults(c contract, more bigint) returns jsonb language plpgsql stable as $$
declare
  s money_sums;
  settled_contracts bigint;
  payable bigint;
begin
  select sum(t.payable_vnd), sum(t.contracted_vnd) into payable, settled_contracts
    from settlement t
   where t.project_id = c.project_id and t.status = 'approved' and t.deleted_at is null and t.source = c.source
     and coalesce(t.line_id, c.line_id) is not distinct from c.line_id
  having bool_or(t.year = c.year);
  if payable is null then
    return '[]';
  end if;
  s := money_of(c.project_id, of_line => c.line_id, of_source => c.source);
  payable := payable + greatest(s.contracted - settled_contracts, 0);
  return guard_if(s.paid - s.recovered + more > payable, '#/amount_vnd', 'g3_paid_within_payable', 'G3', jsonb_build_object(
    'payable_vnd', payable, 'paid_vnd', s.paid + more, 'recovered_vnd', s.recovered));
end
$$;
comment on function settled_faults is 'Once a settlement is approved, no more goes out than it found payable, and what was contracted since.';

-- ---- Allocations ----

create or replace function allocation_json(a allocation) returns json language sql stable as $$
  select json_build_object(
    'id', a.id,
    'version', a.version,
    'year', a.year,
    'source', a.source,
    'kind', a.kind,
    'organisation_id', a.organisation_id,
    'from_organisation_id', a.from_organisation_id,
    'allocated_by_id', a.allocated_by_id,
    'amount_vnd', a.amount_vnd,
    'allocated_vnd', allocated_vnd(a.organisation_id, a.year, a.source),
    'decided_on', a.decided_on,
    'document', document_json(a.document),
    'province_code', a.province_code,
    'origin', a.origin,
    'history_quality', a.history_quality,
    'note', a.note,
    'created_at', instant(a.created_at),
    'created_by', a.created_by,
    'updated_at', instant(a.updated_at),
    'updated_by', a.updated_by)
$$;

create or replace function document_json(document jsonb) returns json language sql stable as $$
  select case when jsonb_typeof(document) = 'object' then documents_json(jsonb_build_array(document)) -> 0 end
$$;

create or replace function checked_allocation(a allocation) returns allocation language plpgsql stable as $$
begin
  perform refuse_faults(
    fault_if(not exists (select from organisation o where o.id = a.organisation_id and o.deleted_at is null), '#/organisation_id',
      'unknown_reference')
    || fault_if(not organisation_known(a.from_organisation_id), '#/from_organisation_id', 'unknown_reference')
    || fault_if(a.decided_on > today(), '#/decided_on', 'date_in_future'));
  a.province_code := (select o.province_code from organisation o where o.id = a.organisation_id);
  return a;
end
$$;

-- ---- The ledger ----

create or replace function ledger_entry_json(e ledger_entry) returns json language sql stable as $$
  select json_build_object(
    'id', e.id,
    'version', e.version,
    'kind', e.kind,
    'source', e.source,
    'year', e.year,
    'from_year', e.from_year,
    'organisation_id', e.organisation_id,
    'from_organisation_id', e.from_holder_id,
    'province_code', e.province_code,
    'project_id', e.project_id,
    'line_id', e.line_id,
    'contract_id', e.contract_id,
    'allocation_id', e.allocation_id,
    'payment_request_id', e.payment_request_id,
    'settlement_id', e.settlement_id,
    'import_id', e.import_id,
    'from_account', e.from_account,
    'to_account', e.to_account,
    'amount_vnd', e.amount_vnd,
    'entry_on', e.entry_on,
    'reverses_id', e.reverses_id,
    'document', document_json(e.document),
    'note', e.note,
    'recorded_at', instant(e.recorded_at),
    'actor', json_build_object('client_id', e.client_id, 'person_id', e.person_id))
$$;

-- What createLedgerEntry may post by hand: a recovery, or a counter-entry. All else is posted by acts.
create or replace function entry_to_post(e ledger_entry, provinces text[], own_organisation uuid) returns ledger_entry
language plpgsql volatile as $$
declare
  c contract;
  met ledger_entry;
begin
  if e.kind = 'reversal' then
    perform refuse_faults(
      fault_if(e.reverses_id is null, '#', 'required', '{"member": "reverses_id"}')
      || fault_if(e.contract_id is not null, '#/contract_id', 'ledger_entry_of_reversal'));
    select r.* into met from ledger_entry r where r.id = e.reverses_id;
    perform refuse_faults(fault_if(met.id is null, '#/reverses_id', 'unknown_reference'));
    e.project_id := met.project_id;
    e.holder_id := met.holder_id;
    e.organisation_id := met.organisation_id;
    e.province_code := met.province_code;
  else
    perform refuse_faults(
      fault_if(e.contract_id is null, '#', 'required', '{"member": "contract_id"}')
      || fault_if(e.amount_vnd is null, '#', 'required', '{"member": "amount_vnd"}')
      || fault_if(e.reverses_id is not null, '#/reverses_id', 'ledger_entry_of_reversal'));
    select k.* into c from contract k where k.id = e.contract_id and k.deleted_at is null;
    perform refuse_faults(fault_if(c.id is null or not project_visible(c.project_id, provinces, own_organisation), '#/contract_id',
      'unknown_reference'));
    e.project_id := c.project_id;
    e.line_id := c.line_id;
    e.source := c.source;
    e.year := coalesce(e.year, c.year);
  end if;
  perform refuse_faults(fault_if(e.entry_on > today(), '#/entry_on', 'date_in_future'));
  return e;
end
$$;

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
  if gone is null then
    raise exception using errcode = 'PT404', message = 'not-found';
  elsif gone then
    raise exception using errcode = 'PT410', message = 'deleted';
  end if;
  return wanted;
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

create or replace function contract_json(c contract) returns json language sql stable as $$
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
    from money_of(c.project_id, of_contract => c.id) s
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

create or replace function payment_request_json(r payment_request) returns json language sql stable as $$
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
    'updated_by', r.updated_by)
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

create or replace function settlement_json(t settlement) returns json language sql stable as $$
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
    'updated_by', t.updated_by)
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
