-- SPDX-License-Identifier: MIT
-- Money: sums of the ledger, what may be posted, allocations and entries. What posts is in contracts.sql and settlements.sql.

-- ---- Refusals that name a guard and its figures ----

create or replace function guard_fault(pointer text, code text, guard text, figures jsonb default '{}', legal_basis text default null)
returns jsonb language sql immutable as $$
  select jsonb_strip_nulls(jsonb_build_object('pointer', pointer, 'code', code, 'legal_basis', legal_basis, 'enforcement', 'block',
    'params', figures || jsonb_build_object('guard', guard)))
$$;

create or replace function guard_if(is_broken boolean, pointer text, code text, guard text, figures jsonb default '{}',
  legal_basis text default null) returns jsonb language plpgsql immutable as $$
begin
  return case when is_broken then jsonb_build_array(guard_fault(pointer, code, guard, figures, legal_basis)) else '[]' end;
end
$$;

-- ---- Sums ----

create or replace function money_of(of_project uuid, of_line uuid default null, of_contract uuid default null,
  of_year integer default null, of_source text default null) returns money_sums language plpgsql stable as $$
declare
  sums money_sums;
begin
  select coalesce(sum(e.effect_vnd) filter (where e.counts_as = 'commitment'), 0)::bigint,
         coalesce(sum(e.effect_vnd) filter (where e.counts_as = 'advance'), 0)::bigint,
         coalesce(sum(e.effect_vnd) filter (where e.counts_as in ('advance', 'payment')), 0)::bigint,
         coalesce(sum(e.effect_vnd) filter (where e.counts_as = 'recovery'), 0)::bigint
    into sums
    from ledger_entry e
   where e.project_id = of_project
     and (of_line is null or e.line_id = of_line)
     and (of_contract is null or e.contract_id = of_contract)
     and (of_year is null or e.year = of_year)
     and (of_source is null or e.source = of_source);
  return sums;
end
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
  if e.contract_id is not null then
    select k.* into c from contract k where k.id = e.contract_id and k.project_id = e.project_id;
  end if;
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
  contracted_of_line constant bigint := case when e.line_id is not null then (money_of(e.project_id, of_line => e.line_id)).contracted + e.effect_vnd end;
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
  if c.id is null then
    return '[]';
  end if;
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
