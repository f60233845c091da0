-- SPDX-License-Identifier: MIT
-- The years behind: projects with their lines and money, loaded in their final state.

create table import (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  record_type text not null,
  year integer not null,
  counts jsonb not null,
  rows jsonb not null,
  ignored_columns text[] not null default '{}',
  skipped_rows jsonb not null default '[]',
  organisation_id uuid not null constraint import_organisation_fkey references organisation,
  province_code text,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint import_record_type_known check (record_type = 'project'),
  constraint import_year_range check (year between 1990 and 2100),
  constraint import_rows_shape check (are_objects(rows)),
  constraint import_skipped_rows_shape check (are_objects(skipped_rows)),
  constraint import_stays check (deleted_at is null)
);
comment on table import is 'What was loaded from elsewhere (nhập số liệu), whole or not at all: who brought it and what became of each row. Append only.';
comment on column import.year is 'Of the plan table: the year of the money.';
comment on column import.counts is '{total, created, updated, unchanged}: rows.';
comment on column import.rows is '[{row, outcome, project_id, code, is_paid_assumed}] in the order of the sheet.';
comment on column import.ignored_columns is 'Headings of the sheet that mean nothing to the service.';
comment on column import.skipped_rows is '[{row, text}]: sums, signatures and notes of the sheet.';
comment on column import.province_code is 'Of the organisation; null: a body of the centre.';
create index import_organisation on import (organisation_id, created_at);
select track('import');
create trigger refuse_rewriting before update or delete or truncate on import
  for each statement execute function refuse_rewriting();

alter table import enable row level security;
alter table import force row level security;
create policy seen on import for select to kc_api
  using (organisation_id = claim('app.organisation_id')::uuid or in_territory(province_code));
create policy added on import for insert to kc_api
  with check (organisation_id = claim('app.organisation_id')::uuid);
grant select, insert on import to kc_api;

-- ---- Entries that open the ledger with what was paid before ----

alter table ledger_entry add column import_id uuid constraint ledger_entry_import_fkey references import deferrable initially deferred;
comment on column ledger_entry.import_id is 'The import that it came with: an opening entry of a project whose papers stayed elsewhere. Null: posted by an act.';
create index ledger_entry_import on ledger_entry (import_id);

-- ---- What functions/imports.sql makes of a row ----

create type past_project as (
  project project,
  central_vnd bigint, local_vnd bigint, support_vnd bigint,
  baseline_vnd bigint, current_vnd bigint, is_assigned boolean,
  central_paid_vnd bigint, local_paid_vnd bigint, is_paid_assumed boolean,
  decision jsonb, decision_on date,
  beneficiaries text[], activities text[]);
comment on type past_project is 'A row of a plan table, understood.';
