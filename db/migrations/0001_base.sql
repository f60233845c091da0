-- SPDX-License-Identifier: MIT
-- What every area stands on: history of records, keys of partners, kept answers, order of Vietnamese names.

create collation vietnamese (provider = icu, locale = 'vi-VN', deterministic = true);
comment on collation vietnamese is 'Order of names for people: a, ă, â … đ after d. Reindex when the ICU library changes.';

create table history (
  id bigint generated always as identity primary key,
  record_type text not null,
  record_id uuid not null,
  version integer not null,
  event text not null,
  at timestamptz not null,
  client_id uuid,
  organisation_id uuid,
  operation text,
  trace_id text,
  row_data jsonb not null
);
comment on table history is 'Every state a record ever had, deletion included. Written by the trigger of track() alone; the service can neither write nor read it directly.';
comment on column history.record_type is 'Name of the table.';
comment on column history.event is 'created, updated, deleted or restored.';
comment on column history.version is 'Version of the record after the event.';
comment on column history.organisation_id is 'Of the caller; the record''s own owner stands in row_data.';
comment on column history.operation is 'operationId of the contract; null when no request was the cause.';
comment on column history.row_data is 'The row after the event (before it, when the row itself was removed), without generated columns.';
create index history_record on history (record_type, record_id, id);

alter table history enable row level security;
alter table history force row level security;

create table external_ref (
  record_type text not null,
  record_id uuid not null,
  system text not null,
  ref text not null,
  province_code text,
  organisation_id uuid not null,
  created_at timestamptz not null default now(),
  constraint external_ref_key unique (record_type, organisation_id, system, ref)
);
comment on table external_ref is 'Keys under which partners know our records.';
comment on column external_ref.system is 'The partner''s name for his system.';
comment on column external_ref.organisation_id is 'Whose key it is: two organisations may use the same system and ref for different records.';
comment on column external_ref.province_code is 'Territory of the record; null: none.';
create index external_ref_record on external_ref (record_type, record_id);

alter table external_ref enable row level security;
alter table external_ref force row level security;
create policy seen on external_ref for select to kc_api
  using (organisation_id = claim('app.organisation_id')::uuid or in_territory(province_code));
create policy added on external_ref for insert to kc_api
  with check (organisation_id = claim('app.organisation_id')::uuid);
grant select, insert on external_ref to kc_api;

create table idempotency_key (
  client_id uuid not null,
  method text not null,
  path text not null,
  key text not null,
  fingerprint text not null,
  status integer not null,
  body text,
  headers jsonb not null default '{}',
  created_at timestamptz not null default now(),
  primary key (client_id, method, path, key)
);
comment on table idempotency_key is 'Successful answers to POST requests with an Idempotency-Key, kept for 72 hours.';
comment on column idempotency_key.fingerprint is 'Digest of the request: the same key with another request is refused.';
comment on column idempotency_key.headers is 'etag and location of the answer.';
create index idempotency_key_age on idempotency_key (created_at);

alter table idempotency_key enable row level security;
alter table idempotency_key force row level security;
create policy own on idempotency_key for select to kc_api
  using (client_id = claim('app.client_id')::uuid or created_at < now() - interval '72 hours');
create policy added on idempotency_key for insert to kc_api
  with check (client_id = claim('app.client_id')::uuid);
create policy expired on idempotency_key for delete to kc_api
  using (created_at < now() - interval '72 hours');
grant select, insert, delete on idempotency_key to kc_api;
