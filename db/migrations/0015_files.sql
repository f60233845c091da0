-- SPDX-License-Identifier: MIT
-- Files: what they are, their bytes in pieces, and the records whose acts cite them.

create table file_type (
  media_type text primary key,
  extensions text[] not null,
  seen_as text[] not null,
  label_vi text not null,
  label_en text not null,
  is_taken boolean not null default true
);
comment on table file_type is 'Media types that are taken; loaded from db/reference/file_types.csv. What is not listed, as HTML, SVG and programs, is refused.';
comment on column file_type.extensions is 'How a file name of this type may end, in lower case.';
comment on column file_type.seen_as is 'Types that the first bytes may look like: what is declared and what is there must not contradict each other.';
comment on column file_type.is_taken is 'False: no new file of this type, but there are old ones.';
alter table file_type enable row level security;
alter table file_type force row level security;
create policy seen on file_type for select to kc_api using (true);
grant select on file_type to kc_api;

create table file_content (
  id uuid primary key,
  received_bytes bigint not null default 0,
  sniffed_type text,
  is_whole boolean not null default false,
  client_id uuid not null default claim('app.client_id')::uuid,
  organisation_id uuid not null,
  province_code text,
  began_at timestamptz not null default current_instant()
);
comment on table file_content is 'The bytes of one file as far as they have come. Without a file of the same id: an upload that is going on, or was cut.';
comment on column file_content.sniffed_type is 'Media type by the first bytes (libmagic).';
comment on column file_content.is_whole is 'All bytes are there and have the digest; from then on nothing is added.';

create table file_chunk (
  content_id uuid not null constraint file_chunk_content_fkey references file_content on delete cascade,
  first_byte bigint not null,
  bytes bytea not null,
  primary key (content_id, first_byte),
  constraint file_chunk_length check (octet_length(bytes) between 1 and 262144)
);
alter table file_chunk alter column bytes set storage external;
comment on table file_chunk is 'Bytes of files in the order in which they came. Append only; they go only with a content that never became whole.';
comment on column file_chunk.bytes is 'Not compressed: a range of a file is read without what stands before it.';

create table file (
  id uuid primary key default uuidv7() constraint file_content_fkey references file_content,
  version integer not null default 1,
  status text not null,
  file_name text not null,
  media_type text not null constraint file_media_type_fkey references file_type,
  size_bytes bigint not null,
  sha256 text not null,
  scan_status text not null default 'not_scanned',
  taken_at timestamptz,
  latitude double precision,
  longitude double precision,
  retention_until date,
  organisation_id uuid not null constraint file_organisation_fkey references organisation,
  province_code text,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  folded text generated always as (fold(file_name)) stored,
  constraint file_status_known check (status in ('open', 'complete')),
  constraint file_file_name_form check (is_file_name(file_name)),
  constraint file_size_bytes_positive check (size_bytes > 0),
  constraint file_sha256_form check (sha256 ~ '^[0-9a-f]{64}$'),
  constraint file_scan_status_known check (scan_status in ('not_scanned', 'clean', 'infected')),
  constraint file_position_whole check ((latitude is null) = (longitude is null))
);
comment on table file is 'A file (tệp): the bytes of a paper, a photo, a table. It belongs to the organisation that sent it, and is seen with the records that cite it.';
comment on column file.status is 'open: waits for its parts; complete: all there, with the declared digest, and unchangeable.';
comment on column file.media_type is 'As declared, and not contradicted by the first bytes.';
comment on column file.sha256 is 'Of all bytes, in lower-case hex; of an open file, what the sender has declared.';
comment on column file.scan_status is 'What a virus scanner said: not_scanned, clean or infected.';
comment on column file.taken_at is 'When a photo was taken; latitude and longitude where (WGS 84).';
comment on column file.retention_until is 'Day until which it must be kept.';
create index file_organisation on file (organisation_id);
create index file_province on file (province_code);
create index file_updated on file (updated_at, id);
create index file_folded on file using gin (folded gin_trgm_ops);

-- Every part of an open file makes a new version, so that nobody takes an old answer for the new one; of that the history
-- need not tell.
create trigger stamp before insert or update on file for each row execute function stamp_row();
create trigger keep_history after insert or delete on file for each row execute function keep_history();
create trigger keep_changes after update on file for each row
  when ((old.status, old.deleted_at) is distinct from (new.status, new.deleted_at)) execute function keep_history();

create table file_citation (
  file_id uuid not null constraint file_citation_file_fkey references file,
  record_type text not null,
  record_id uuid not null,
  transition_id uuid constraint file_citation_transition_fkey references transition,
  organisation_id uuid,
  province_code text,
  cited_at timestamptz not null default current_instant(),
  constraint file_citation_key unique nulls not distinct (file_id, record_type, record_id, transition_id)
);
comment on table file_citation is 'Which records cite a file: by an act, or (without transition_id) in themselves. Append only: a paper that somebody has acted on is not taken away.';
comment on column file_citation.record_type is 'Name of the record''s table.';
comment on column file_citation.organisation_id is 'Owner of the record that cites.';
comment on column file_citation.province_code is 'Territory of the record that cites.';
create index file_citation_record on file_citation (record_type, record_id);

create trigger refuse_rewriting before update or delete or truncate on file_citation
  for each statement execute function refuse_rewriting();
create trigger cite_files after insert on transition for each row execute function cite_files_of_act();
create trigger keep_cited before update of deleted_at on file for each row execute function keep_cited_file();
create trigger refuse_more before insert on file_chunk for each row execute function refuse_more_bytes();

alter table file_content enable row level security;
alter table file_content force row level security;
alter table file_chunk enable row level security;
alter table file_chunk force row level security;
alter table file enable row level security;
alter table file force row level security;
alter table file_citation enable row level security;
alter table file_citation force row level security;

create policy seen on file_citation for select to kc_api using (record_seen(record_type, record_id));
create policy added on file_citation for insert to kc_api with check (record_seen(record_type, record_id));
grant select, insert on file_citation to kc_api;

create policy seen on file for select to kc_api
  using (organisation_id = claim('app.organisation_id')::uuid or in_territory(province_code)
         or exists (select from file_citation c where c.file_id = file.id));
create policy added on file for insert to kc_api
  with check (organisation_id = claim('app.organisation_id')::uuid and (province_code is null or in_territory(province_code)));
create policy changed on file for update to kc_api
  using (organisation_id = claim('app.organisation_id')::uuid or in_territory(province_code));
grant select, insert, update on file to kc_api;

create policy seen on file_content for select to kc_api
  using (organisation_id = claim('app.organisation_id')::uuid or in_territory(province_code)
         or exists (select from file f where f.id = file_content.id) or is_abandoned(is_whole, began_at));
create policy added on file_content for insert to kc_api
  with check (organisation_id = claim('app.organisation_id')::uuid and client_id = claim('app.client_id')::uuid);
create policy changed on file_content for update to kc_api
  using (organisation_id = claim('app.organisation_id')::uuid or in_territory(province_code));
create policy given_up on file_content for delete to kc_api
  using (not is_whole and (client_id = claim('app.client_id')::uuid or is_abandoned(is_whole, began_at)));
grant select, insert, update, delete on file_content to kc_api;

create policy seen on file_chunk for select to kc_api using (exists (select from file_content c where c.id = content_id));
create policy added on file_chunk for insert to kc_api with check (exists (select from file_content c where c.id = content_id));
grant select, insert on file_chunk to kc_api;
