-- SPDX-License-Identifier: MIT
-- Reports of promotion: what they are asked, the columns of the plan table, reports that were frozen.

create type report_question as (
  "from" date, "to" date, geo_basis text, level text, scale text[], status text[], programme_id uuid, project_id uuid,
  province_code text[], region_code text[], activity_code text[], source text[], year integer, below_vnd bigint,
  provinces text[], own_organisation uuid
);
comment on type report_question is 'What a report is asked, and by whom: provinces and own_organisation are the caller''s.';

-- ---- Columns of the plan table: exported so, and imported so ----

create table plan_table_column (
  place integer primary key,
  key text not null,
  label_vi text not null,
  label_en text not null,
  measure_unit text,
  is_text boolean not null,
  is_additive boolean not null,
  member text,
  note text,
  constraint plan_table_column_key unique (key),
  constraint plan_table_column_label_vi unique (label_vi)
);
comment on table plan_table_column is 'Columns of the plan table (biểu kế hoạch) in their order; loaded from db/reference/plan_table_columns.csv.';
comment on column plan_table_column.key is 'Member of the values of a row; number and name stand before them.';
comment on column plan_table_column.member is 'What of a project an import makes of it; null: nothing.';

alter table plan_table_column enable row level security;
alter table plan_table_column force row level security;
create policy seen on plan_table_column for select to kc_api using (true);
grant select on plan_table_column to kc_api;

-- ---- Frozen reports ----

create sequence report_snapshot_code;
grant usage on sequence report_snapshot_code to kc_api;

create table report_snapshot (
  id uuid primary key default uuidv7(),
  code text not null default printed_code('BC', 'report_snapshot_code'),
  version integer not null default 1,
  report text not null,
  "from" date not null,
  "to" date not null,
  geo_basis text not null,
  filters jsonb not null,
  as_of timestamptz not null,
  sha256 text not null,
  body text not null,
  status text not null default 'draft',
  sent_to_id uuid constraint report_snapshot_sent_to_fkey references organisation,
  sent_on date,
  organisation_id uuid not null constraint report_snapshot_organisation_fkey references organisation,
  province_code text,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint report_snapshot_code_key unique (code),
  constraint report_snapshot_to_after_from check ("to" >= "from"),
  constraint report_snapshot_status_known check (status in ('draft', 'sent')),
  constraint report_snapshot_sent_whole check ((status = 'sent') = (sent_to_id is not null and sent_on is not null)),
  constraint report_snapshot_body_digest check (sha256 = encode(sha256(convert_to(body, 'UTF8')), 'hex'))
);
comment on table report_snapshot is 'Reports as they were at an hour (báo cáo đã chốt): the same bytes for ever.';
comment on column report_snapshot.report is 'Name of the report, as in its path.';
comment on column report_snapshot.filters is 'What else was asked.';
comment on column report_snapshot.as_of is 'When the figures were counted.';
comment on column report_snapshot.sha256 is 'Of the body, in UTF-8.';
comment on column report_snapshot.body is 'The answer as JSON; every medium is made from it.';
comment on column report_snapshot.sent_to_id is 'The organisation that it was sent to, which reads it from then on.';
comment on column report_snapshot.organisation_id is 'Who froze it: it holds what this organisation sees.';
create index report_snapshot_updated on report_snapshot (updated_at desc, id desc);
create index report_snapshot_organisation on report_snapshot (organisation_id);
create index report_snapshot_sent_to on report_snapshot (sent_to_id);
select track('report_snapshot');

create trigger frozen before update on report_snapshot for each row execute function report_snapshot_frozen();

alter table report_snapshot enable row level security;
alter table report_snapshot force row level security;
create policy seen on report_snapshot for select to kc_api
  using (organisation_id = claim('app.organisation_id')::uuid or sent_to_id = claim('app.organisation_id')::uuid);
create policy added on report_snapshot for insert to kc_api with check (organisation_id = claim('app.organisation_id')::uuid);
create policy changed on report_snapshot for update to kc_api using (organisation_id = claim('app.organisation_id')::uuid);
grant select, insert, update on report_snapshot to kc_api;

-- ---- Figures of many projects ----

-- Whoever counts a country reads this index and not the table.
create index project_counted on project (starts_on)
  include (province_code, codes_on, level, scale, status, history_quality, total_cost_vnd, support_vnd, counterpart_vnd,
           organisation_id, implementer_id, programme_id)
  where deleted_at is null;
