-- SPDX-License-Identifier: MIT
-- What the tables of money themselves stand on. The ledger is judged with the owner's eyes: an entry that the caller does not see
-- counts all the same.

-- ---- The ledger ----

-- All that moves money of a project queues at its row, all that moves allocated money of an organisation at one lock.
create or replace function ledger_entry_rules() returns trigger language plpgsql
security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  new.version := 1;
  new.recorded_at := current_instant();
  new.client_id := claim('app.client_id')::uuid;
  new.person_id := claim('app.user_id')::uuid;
  new := case when new.kind = 'reversal' then counter_entry(new) else entry_with_accounts(new) end;
  if new.project_id is not null then
    perform from project where id = new.project_id for no key update;
    select p.organisation_id, p.province_code into new.organisation_id, new.province_code from project p where p.id = new.project_id;
    perform refuse_second_reversal(new.reverses_id);
    perform refuse_opening(new);
    perform refuse_by_guards(project_entry_faults(new));
  else
    perform lock_allocated(new);
    select o.id, o.province_code into new.organisation_id, new.province_code from organisation o where o.id = new.holder_id;
    perform refuse_second_reversal(new.reverses_id);
    perform refuse_by_guards(allocation_entry_faults(new));
  end if;
  return new;
end
$$;

-- The unique constraint would say the same, but only after the sums, which are not to blame.
create or replace function refuse_second_reversal(met uuid) returns void language plpgsql as $$
begin
  if met is not null and exists (select from ledger_entry e where e.reverses_id = met) then
    raise exception using errcode = 'PT409', message = 'taken', detail = jsonb_build_array(
      jsonb_build_object('pointer', '#/reverses_id', 'code', 'ledger_entry_reversed_once'));
  end if;
end
$$;

-- Its history as of every record, and what comes back from a contract that has ended is no longer promised either.
create or replace function ledger_entry_follow_up() returns trigger language plpgsql
security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into history (record_type, record_id, version, event, at, client_id, user_id, organisation_id, operation, trace_id, row_data)
  values (tg_table_name, new.id, 1, 'created', current_instant(), new.client_id, new.person_id, claim('app.organisation_id')::uuid,
    claim('app.operation'), claim('app.trace_id'), to_jsonb(new));
  if new.kind = 'recovery' and exists (select from contract c where c.id = new.contract_id and c.status = 'terminated') then
    insert into ledger_entry (kind, source, year, project_id, line_id, contract_id, from_account, to_account, amount_vnd, entry_on, document)
    values ('commitment', new.source, new.year, new.project_id, new.line_id, new.contract_id, 'committed', 'allocated', new.amount_vnd,
      new.entry_on, new.document);
  end if;
  return null;
end
$$;

create or replace function post_allocation() returns trigger language plpgsql as $$
begin
  insert into ledger_entry (kind, source, year, holder_id, from_holder_id, allocation_id, from_account, amount_vnd, entry_on, document,
    organisation_id)
  values (case new.kind when 'transfer' then 'transfer' else 'allocation' end, new.source, new.year, new.organisation_id,
    new.from_organisation_id, new.id, case new.kind when 'cut' then 'allocated' end, new.amount_vnd, new.decided_on, new.document,
    new.organisation_id);
  return null;
end
$$;

-- ---- What is signed stays as it was signed ----

create or replace function changed_members(before jsonb, after jsonb, free text[]) returns text[] language sql immutable as $$
  select coalesce(array_agg(b.key order by b.key), '{}')
    from jsonb_each(before - free) b
   where after -> b.key is distinct from b.value
$$;

create or replace function refuse_changed(before jsonb, after jsonb, free text[]) returns void language plpgsql as $$
begin
  perform refuse_by_guards(coalesce((
    select jsonb_agg(guard_fault('#/' || member, 'money_frozen', 'G10', jsonb_build_object('status', before ->> 'status')))
      from unnest(changed_members(before, after,
             free || array['status', 'version', 'updated_at', 'updated_by', 'organisation_id', 'province_code'])) as member), '[]'));
end
$$;
comment on function refuse_changed is '409 guard-failed when members other than these differ.';

create or replace function contract_rules() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.status <> 'draft' then
    if new.amendments = old.amendments then -- only an amendment says another amount or day
      perform refuse_changed(to_jsonb(old), to_jsonb(new), array['note', 'signed_on']);
    else
      perform refuse_changed(to_jsonb(old), to_jsonb(new), array['note', 'amendments', 'amount_vnd', 'ends_on']);
    end if;
  end if;
  if tg_op = 'INSERT' or new.line_id is distinct from old.line_id or new.parent_id is distinct from old.parent_id then
    perform refuse_faults(
      fault_if(new.line_id is not null and not exists (
        select from project_line l where l.id = new.line_id and l.project_id = new.project_id and l.deleted_at is null),
        '#/line_id', 'unknown_reference')
      || fault_if(new.parent_id is not null and not exists (
        select from contract c where c.id = new.parent_id and c.project_id = new.project_id and c.kind = 'implementation'
           and c.id <> new.id and c.deleted_at is null), '#/parent_id', 'unknown_reference'));
  end if;
  return new;
end
$$;

create or replace function payment_request_rules() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    perform refuse_changed(to_jsonb(old), to_jsonb(new), array['note']);
  else
    perform refuse_faults(fault_if(new.requested_on > today(), '#/requested_on', 'date_in_future'));
    perform refuse_by_guards(payment_faults(new));
  end if;
  return new;
end
$$;

create or replace function acceptance_rules() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.status <> 'draft' then
    perform refuse_changed(to_jsonb(old), to_jsonb(new), array['note']);
  else
    perform refuse_faults(
      fault_if(new.accepted_on > today(), '#/accepted_on', 'date_in_future')
      || fault_if(not exists (select from project_line l
                               where l.id = new.line_id and l.project_id = new.project_id and l.deleted_at is null),
           '#/line_id', 'unknown_reference'));
  end if;
  return new;
end
$$;

create or replace function settlement_rules() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.status in ('submitted', 'approved') and new.status = old.status then
    perform refuse_changed(to_jsonb(old), to_jsonb(new), array['note']);
  elsif tg_op = 'INSERT' or new.status <> 'reopened' or old.status <> 'approved' then
    perform refuse_faults(
      fault_if(new.settled_on > today(), '#/settled_on', 'date_in_future')
      || fault_if(new.line_id is not null and not exists (
           select from project_line l where l.id = new.line_id and l.project_id = new.project_id and l.deleted_at is null),
           '#/line_id', 'unknown_reference'));
    new := settlement_with_figures(new);
  end if;
  return new;
end
$$;

-- G10: amounts and what was promised stay as they were accepted; corrections are entries of the ledger.
create or replace function keep_accepted_line() returns trigger language plpgsql as $$
begin
  if old.status in ('accepted', 'settled') and new.status in ('accepted', 'settled') then
    perform refuse_changed(to_jsonb(old), to_jsonb(new), array['note', 'title', 'machines']);
  end if;
  return new;
end
$$;
