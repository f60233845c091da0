-- SPDX-License-Identifier: MIT
-- Money: the ledger, allocations, contracts, payment requests, acceptances, settlements.

-- ---- Legal parameters ----

-- Money that left does not come back by itself: a share that is not certain may block all the same. Each row says which.
alter table parameter drop constraint parameter_uncertain_warns;
comment on column parameter.enforcement is 'block: what breaks it is refused; warn: it is pointed to. Uncertain rows warn, but for those that hold money back.';

-- ---- Papers that an entry rests on ----

create function is_numbered_document(document jsonb) returns boolean language sql immutable parallel safe as $$
  select jsonb_typeof(document) = 'object' and coalesce(document ->> 'kind', '') <> '' and coalesce(document ->> 'document_no', '') ~ '\S'
$$;
comment on function is_numbered_document is 'A reference to a paper that can be found again: its kind and its number.';

-- ---- Allocations ----

create sequence contract_code;
grant usage on sequence contract_code to kc_api;

create table allocation (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  year integer not null,
  source text not null,
  kind text not null,
  organisation_id uuid not null constraint allocation_organisation_fkey references organisation,
  from_organisation_id uuid constraint allocation_from_organisation_fkey references organisation,
  allocated_by_id uuid not null constraint allocation_allocated_by_fkey references organisation,
  amount_vnd bigint not null,
  decided_on date not null,
  document jsonb not null,
  province_code text,
  origin text not null default 'native',
  history_quality text not null default 'full',
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint allocation_year_range check (year between 1990 and 2100),
  constraint allocation_source_known check (is_source(source)),
  constraint allocation_kind_known check (kind in ('baseline', 'supplement', 'cut', 'transfer')),
  constraint allocation_amount_range check (amount_vnd between 1 and 9007199254740991),
  constraint allocation_from_of_transfer check ((kind = 'transfer') = (from_organisation_id is not null)),
  constraint allocation_from_another check (from_organisation_id <> organisation_id),
  constraint allocation_document_numbered check (is_numbered_document(document)),
  constraint allocation_stays check (deleted_at is null),
  constraint allocation_origin_known check (origin in ('native', 'imported', 'mirrored')),
  constraint allocation_history_quality_known check (history_quality in ('full', 'partial', 'final_state_only'))
);
comment on table allocation is 'Money given to organisations by year and source (phân bổ, giao kinh phí). Append only; each posts an entry to the ledger.';
comment on column allocation.kind is 'baseline, supplement: given; cut: taken back; transfer: from another organisation.';
comment on column allocation.organisation_id is 'Who gets the money, or loses it by a cut.';
comment on column allocation.allocated_by_id is 'Organisation that recorded the allocation.';
comment on column allocation.province_code is 'Of the organisation; null: a body of the centre.';
create index allocation_updated on allocation (updated_at desc, id desc);
create index allocation_holder on allocation (organisation_id, year, source);
create index allocation_from on allocation (from_organisation_id);
create index allocation_allocated_by on allocation (allocated_by_id);
create index allocation_province on allocation (province_code, year);
select track('allocation');

-- ---- Contracts ----

create table contract (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  code text not null default printed_code('HD', 'contract_code'),
  kind text not null,
  status text not null default 'draft',
  project_id uuid not null constraint contract_project_fkey references project,
  line_id uuid,
  parent_id uuid constraint contract_parent_fkey references contract,
  parties jsonb not null default '[]',
  contract_no text,
  signed_on date,
  ends_on date,
  year integer not null,
  source text not null,
  amount_vnd bigint not null,
  amendments jsonb not null default '[]',
  organisation_id uuid not null constraint contract_organisation_fkey references organisation,
  province_code text not null,
  origin text not null default 'native',
  history_quality text not null default 'full',
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint contract_code_key unique (code),
  constraint contract_line_fkey foreign key (project_id, line_id) references project_line (project_id, id),
  constraint contract_kind_known check (kind in ('implementation', 'beneficiary')),
  constraint contract_status_known check (status in ('draft', 'signed', 'closed_out', 'terminated')),
  constraint contract_parent_of_beneficiary check (parent_id is null or kind = 'beneficiary'),
  constraint contract_parties_shape check (are_objects(parties)),
  constraint contract_amendments_shape check (are_objects(amendments)),
  constraint contract_ends_after_signed check (ends_on >= signed_on),
  constraint contract_year_range check (year between 1990 and 2100),
  constraint contract_source_known check (is_source(source)),
  constraint contract_amount_range check (amount_vnd between 1 and 9007199254740991),
  constraint contract_origin_known check (origin in ('native', 'imported', 'mirrored')),
  constraint contract_history_quality_known check (history_quality in ('full', 'partial', 'final_state_only'))
);
comment on table contract is 'Contracts (hợp đồng) of projects: with the implementer, and of the implementer with each beneficiary.';
comment on column contract.kind is 'implementation: with the implementer; beneficiary: with who is supported.';
comment on column contract.parent_id is 'The implementation contract whose money this one passes on: it commits none of its own.';
comment on column contract.parties is '[{role, name, organisation_id, establishment_id}].';
comment on column contract.amount_vnd is 'The support that it promises, after all amendments.';
comment on column contract.year is 'Year of the budget that it commits.';
comment on column contract.amendments is '[{amended_on, amount_vnd, ends_on, amount_before_vnd, ends_before_on, document, note}], oldest first.';
create index contract_updated on contract (updated_at desc, id desc);
create index contract_project on contract (project_id);
create index contract_line on contract (line_id);
create index contract_parent on contract (parent_id);
create index contract_province on contract (province_code);

-- ---- Payment requests ----

create table payment_request (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  status text not null default 'submitted',
  contract_id uuid not null constraint payment_request_contract_fkey references contract,
  project_id uuid not null constraint payment_request_project_fkey references project,
  line_id uuid,
  kind text not null,
  year integer not null,
  source text not null,
  amount_vnd bigint not null,
  requested_on date not null,
  document jsonb not null,
  organisation_id uuid not null constraint payment_request_organisation_fkey references organisation,
  province_code text not null,
  origin text not null default 'native',
  history_quality text not null default 'full',
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint payment_request_line_fkey foreign key (project_id, line_id) references project_line (project_id, id),
  constraint payment_request_kind_known check (kind in ('advance', 'payment')),
  constraint payment_request_status_known check (status in ('submitted', 'checked', 'approved', 'paid', 'rejected')),
  constraint payment_request_year_range check (year between 1990 and 2100),
  constraint payment_request_source_known check (is_source(source)),
  constraint payment_request_amount_range check (amount_vnd between 1 and 9007199254740991),
  constraint payment_request_document_numbered check (is_numbered_document(document)),
  constraint payment_request_stays check (deleted_at is null),
  constraint payment_request_origin_known check (origin in ('native', 'imported', 'mirrored')),
  constraint payment_request_history_quality_known check (history_quality in ('full', 'partial', 'final_state_only'))
);
comment on table payment_request is 'Requests for advances and payments (đề nghị tạm ứng, thanh toán). What was asked for stays; a wrong one is rejected.';
comment on column payment_request.year is 'Year of the budget that pays; the contract''s unless the money was carried over.';
comment on column payment_request.document is 'The letter that asks for it.';
create index payment_request_updated on payment_request (updated_at desc, id desc);
create index payment_request_contract on payment_request (contract_id);
create index payment_request_project on payment_request (project_id);
create index payment_request_province on payment_request (province_code);

-- ---- Acceptances ----

create table acceptance (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  status text not null default 'draft',
  project_id uuid not null constraint acceptance_project_fkey references project,
  line_id uuid not null,
  tier text not null default 'base',
  accepted_on date not null,
  address_line text,
  members jsonb not null default '[]',
  quantity numeric,
  value_vnd bigint,
  machines jsonb not null default '[]',
  minutes jsonb,
  result text,
  conclusion text,
  organisation_id uuid not null constraint acceptance_organisation_fkey references organisation,
  province_code text not null,
  origin text not null default 'native',
  history_quality text not null default 'full',
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint acceptance_line_fkey foreign key (project_id, line_id) references project_line (project_id, id),
  constraint acceptance_status_known check (status in ('draft', 'signed')),
  constraint acceptance_tier_known check (tier in ('base', 'central')),
  constraint acceptance_members_shape check (are_objects(members)),
  constraint acceptance_quantity_range check (quantity between 0 and 9007199254740991),
  constraint acceptance_value_range check (is_amount(value_vnd)),
  constraint acceptance_machines_shape check (are_objects(machines)),
  constraint acceptance_minutes_numbered check (minutes is null or is_numbered_document(minutes)),
  constraint acceptance_result_known check (result in ('passed', 'passed_with_conditions', 'failed')),
  constraint acceptance_origin_known check (origin in ('native', 'imported', 'mirrored')),
  constraint acceptance_history_quality_known check (history_quality in ('full', 'partial', 'final_state_only'))
);
comment on table acceptance is 'Acceptances (nghiệm thu) of lines: what was seen on the spot, by whom, and what it is worth.';
comment on column acceptance.tier is 'base (cơ sở) or central (cấp Bộ).';
comment on column acceptance.members is '[{role, organisation_id, organisation_name, position}]: who signs.';
comment on column acceptance.value_vnd is 'Value accepted.';
comment on column acceptance.machines is 'Machines as found: shape of project_line.machines.';
comment on column acceptance.minutes is 'The minutes (biên bản nghiệm thu).';
create index acceptance_updated on acceptance (updated_at desc, id desc);
create index acceptance_project on acceptance (project_id);
create index acceptance_line on acceptance (line_id);
create index acceptance_province on acceptance (province_code);

-- ---- Settlements ----

create table settlement (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  status text not null default 'draft',
  project_id uuid not null constraint settlement_project_fkey references project,
  line_id uuid,
  year integer not null,
  source text not null,
  settled_on date not null,
  eligible_cost_vnd bigint not null,
  vouchers jsonb not null default '[]',
  norm_id uuid constraint settlement_norm_fkey references norm,
  norm_limit_vnd bigint,
  contracted_vnd bigint not null default 0,
  paid_vnd bigint not null default 0,
  payable_vnd bigint not null default 0,
  to_pay_vnd bigint not null default 0,
  to_recover_vnd bigint not null default 0,
  carried_over_vnd bigint not null default 0,
  organisation_id uuid not null constraint settlement_organisation_fkey references organisation,
  province_code text not null,
  origin text not null default 'native',
  history_quality text not null default 'full',
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint settlement_line_fkey foreign key (project_id, line_id) references project_line (project_id, id),
  constraint settlement_status_known check (status in ('draft', 'submitted', 'returned', 'approved', 'reopened')),
  constraint settlement_year_range check (year between 1990 and 2100),
  constraint settlement_source_known check (is_source(source)),
  constraint settlement_eligible_cost_range check (is_amount(eligible_cost_vnd)),
  constraint settlement_vouchers_shape check (are_objects(vouchers)),
  constraint settlement_carried_over_range check (carried_over_vnd between 0 and to_pay_vnd),
  constraint settlement_origin_known check (origin in ('native', 'imported', 'mirrored')),
  constraint settlement_history_quality_known check (history_quality in ('full', 'partial', 'final_state_only'))
);
comment on table settlement is 'Settlements (quyết toán) by line, year and source: what is payable on the actual eligible cost, and so what is still to be paid or to come back.';
comment on column settlement.eligible_cost_vnd is 'Actual eligible cost by the vouchers.';
comment on column settlement.vouchers is '[{voucher_no, issued_on, description, amount_vnd}].';
comment on column settlement.norm_id is 'The norm that decided.';
comment on column settlement.norm_limit_vnd is 'What the norm allows on the actual eligible cost; null: no norm is known that blocks.';
comment on column settlement.contracted_vnd is 'Support committed to the line by contracts of the year and source.';
comment on column settlement.paid_vnd is 'Advances and payments less recoveries so far.';
comment on column settlement.payable_vnd is 'The least of contract, norm and eligible cost.';
comment on column settlement.carried_over_vnd is 'Of what is to be paid, what is paid from the year after (chuyển nguồn).';
create unique index settlement_key on settlement (project_id, line_id, year, source) nulls not distinct where deleted_at is null;
create index settlement_updated on settlement (updated_at desc, id desc);
create index settlement_line on settlement (line_id);
create index settlement_norm on settlement (norm_id);
create index settlement_province on settlement (province_code);

-- ---- The ledger ----

create table ledger_entry (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  kind text not null,
  source text not null,
  year integer not null,
  from_year integer,
  holder_id uuid constraint ledger_entry_holder_fkey references organisation,
  from_holder_id uuid constraint ledger_entry_from_holder_fkey references organisation,
  project_id uuid constraint ledger_entry_project_fkey references project,
  line_id uuid,
  contract_id uuid constraint ledger_entry_contract_fkey references contract,
  allocation_id uuid constraint ledger_entry_allocation_fkey references allocation,
  payment_request_id uuid constraint ledger_entry_payment_request_fkey references payment_request,
  settlement_id uuid constraint ledger_entry_settlement_fkey references settlement,
  from_account text not null,
  to_account text not null,
  amount_vnd bigint not null,
  counts_as text not null,
  effect_vnd bigint not null,
  entry_on date not null,
  reverses_id uuid constraint ledger_entry_reverses_fkey references ledger_entry,
  document jsonb not null,
  organisation_id uuid not null constraint ledger_entry_organisation_fkey references organisation,
  province_code text,
  note text,
  recorded_at timestamptz not null default current_instant(),
  client_id uuid,
  person_id uuid,
  constraint ledger_entry_line_fkey foreign key (project_id, line_id) references project_line (project_id, id),
  constraint ledger_entry_version_one check (version = 1),
  constraint ledger_entry_kind_known check (kind in ('allocation', 'commitment', 'advance', 'payment', 'recovery', 'transfer', 'reversal')),
  constraint ledger_entry_source_known check (is_source(source)),
  constraint ledger_entry_year_range check (year between 1990 and 2100),
  constraint ledger_entry_from_year_of_transfer check (from_year is null or counts_as = 'transfer'),
  constraint ledger_entry_accounts_known check (
    from_account in ('budget', 'allocated', 'committed', 'disbursed') and to_account in ('budget', 'allocated', 'committed', 'disbursed')),
  constraint ledger_entry_accounts_differ check (from_account <> to_account or counts_as = 'transfer'),
  constraint ledger_entry_amount_range check (amount_vnd between 1 and 9007199254740991),
  constraint ledger_entry_effect_of_amount check (abs(effect_vnd) = amount_vnd),
  constraint ledger_entry_owner_of_money check (project_id is not null or holder_id is not null),
  constraint ledger_entry_contract_of_project check (contract_id is null or project_id is not null),
  constraint ledger_entry_reversal_names_entry check ((kind = 'reversal') = (reverses_id is not null)),
  constraint ledger_entry_reversed_once unique (reverses_id),
  constraint ledger_entry_allocation_once unique (allocation_id),
  constraint ledger_entry_payment_request_once unique (payment_request_id),
  constraint ledger_entry_document_numbered check (is_numbered_document(document))
);
comment on table ledger_entry is 'The ledger (sổ kinh phí): each entry moves whole đồng from one account to another. Append only, for everybody; a mistake is met by a counter-entry.';
comment on column ledger_entry.kind is 'What happened; reversal: the counter-entry of reverses_id.';
comment on column ledger_entry.from_year is 'Of money carried over: the year it leaves.';
comment on column ledger_entry.holder_id is 'Organisation that holds allocated money; null: money of a project.';
comment on column ledger_entry.from_account is 'budget (ngân sách), allocated (đã phân bổ), committed (đã cam kết theo hợp đồng), disbursed (đã chi): where the money leaves.';
comment on column ledger_entry.counts_as is 'The kind whose sum it changes: its own, of a reversal that of the entry it meets.';
comment on column ledger_entry.effect_vnd is 'By how much it changes that sum: the amount, or less the amount.';
comment on column ledger_entry.entry_on is 'Day of the paper.';
comment on column ledger_entry.document is 'The paper it rests on: kind and number at least.';
comment on column ledger_entry.organisation_id is 'Owner of the project, or who holds the allocation.';
create index ledger_entry_recorded on ledger_entry (recorded_at desc, id desc);
create index ledger_entry_day on ledger_entry (entry_on, id);
create index ledger_entry_project on ledger_entry (project_id) include (counts_as, effect_vnd);
create index ledger_entry_contract on ledger_entry (contract_id) include (counts_as, effect_vnd);
create index ledger_entry_holder on ledger_entry (holder_id, year, source);
create index ledger_entry_from_holder on ledger_entry (from_holder_id, year, source);
create index ledger_entry_settlement on ledger_entry (settlement_id);

create trigger refuse_rewriting before update or delete or truncate on ledger_entry
  for each statement execute function refuse_rewriting();
create trigger rules before insert on ledger_entry for each row execute function ledger_entry_rules();
create trigger follow_up after insert on ledger_entry for each row execute function ledger_entry_follow_up();
create trigger refuse_rewriting before update or delete or truncate on allocation
  for each statement execute function refuse_rewriting();
create trigger post after insert on allocation for each row execute function post_allocation();

-- ---- Children of projects: owner, walls, rules ----

do $$
declare
  child text;
begin
  foreach child in array array['contract', 'payment_request', 'acceptance', 'settlement'] loop
    execute format($ddl$
      select track('%1$s');
      create trigger inherit_owner before insert or update on %1$I
        for each row execute function inherit_owner('project', 'project_id');
      create trigger hand_down_owner_to_%1$s after update of organisation_id, province_code on project
        for each row execute function hand_down_owner('%1$s', 'project_id');
      create trigger rules before insert or update on %1$I for each row execute function %1$s_rules();
      alter table %1$I enable row level security;
      alter table %1$I force row level security;
      create policy seen on %1$I for select to kc_api
        using (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid
               or exists (select from project p where p.id = project_id and p.implementer_id = claim('app.organisation_id')::uuid));
      create policy added on %1$I for insert to kc_api
        with check (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid
               or exists (select from project p where p.id = project_id and p.implementer_id = claim('app.organisation_id')::uuid));
      create policy changed on %1$I for update to kc_api
        using (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid
               or exists (select from project p where p.id = project_id and p.implementer_id = claim('app.organisation_id')::uuid));
      grant select, insert, update on %1$I to kc_api;
      comment on column %1$I.province_code is 'Of the project.';
    $ddl$, child);
  end loop;
end
$$;

create trigger money_refuses_while_referenced before update of deleted_at on project
  for each row execute function refuse_while_referenced('contract', 'project_id');
create trigger money_refuses_while_referenced before update of deleted_at on project_line
  for each row execute function refuse_while_referenced('contract', 'line_id', 'acceptance', 'line_id', 'settlement', 'line_id');
create trigger keep_accepted before update on project_line for each row execute function keep_accepted_line();

alter table allocation enable row level security;
alter table allocation force row level security;
create policy seen on allocation for select to kc_api
  using (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid or claim('app.tier') = 'central'
         or from_organisation_id = claim('app.organisation_id')::uuid or allocated_by_id = claim('app.organisation_id')::uuid);
create policy added on allocation for insert to kc_api
  with check ((in_territory(province_code) or claim('app.tier') = 'central')
              and allocated_by_id = claim('app.organisation_id')::uuid);
grant select, insert on allocation to kc_api;

alter table ledger_entry enable row level security;
alter table ledger_entry force row level security;
create policy seen on ledger_entry for select to kc_api
  using (case when project_id is null
         then in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid or claim('app.tier') = 'central'
              or from_holder_id = claim('app.organisation_id')::uuid
         else exists (select from project p where p.id = project_id) end);
create policy added on ledger_entry for insert to kc_api
  with check (client_id is not distinct from claim('app.client_id')::uuid
              and case when project_id is null then in_territory(province_code) or claim('app.tier') = 'central'
                  else exists (select from project p where p.id = project_id) end);
grant select, insert on ledger_entry to kc_api;

create type money_sums as (contracted bigint, advanced bigint, paid bigint, recovered bigint);
comment on type money_sums is 'Of entries that belong together: contracted; advanced; paid, that is advances and payments; recovered. All net of counter-entries.';
