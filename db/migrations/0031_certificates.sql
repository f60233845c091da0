-- SPDX-License-Identifier: MIT
-- Certificates (giấy chứng nhận) of OCOP products and of the voting for typical rural-industry products: one table for both,
-- since they are checked, suspended and revoked alike; `scheme` says which it is.

create table revocation_ground (
  code text primary key,
  scheme text,
  place integer not null,
  label_vi text not null,
  label_en text not null,
  legal_basis text not null,
  valid_from date not null,
  valid_to date,
  certainty text not null,
  enforcement text not null,
  note text,
  constraint revocation_ground_scheme_known check (scheme in ('ocop', 'voting')),
  constraint revocation_ground_ends_after_starts check (valid_to >= valid_from),
  constraint revocation_ground_certainty_known check (certainty in ('verified', 'second_hand', 'uncertain')),
  constraint revocation_ground_enforcement_known check (enforcement in ('block', 'warn'))
);
comment on table revocation_ground is 'On what grounds a certificate is revoked; loaded from db/reference/revocation_grounds.csv.';
comment on column revocation_ground.scheme is 'Whose certificates; null: both.';
alter table revocation_ground enable row level security;
alter table revocation_ground force row level security;
create policy seen on revocation_ground for select to kc_api using (true);
grant select on revocation_ground to kc_api;

-- 60 random bits: a number that is known says nothing of the next one. Without i, l, o, u, which are misread.
create function public_number() returns text language sql volatile parallel safe as $$
  select string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz', 1 + (get_byte(made.bytes, place) & 31), 1), '' order by place)
    from (select uuid_send(gen_random_uuid()) as bytes) made, unnest(array[0, 1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 13]) place
$$;

create function is_revocation(shape jsonb) returns boolean language sql immutable parallel safe as $$
  select case
    when jsonb_typeof(shape) is distinct from 'object' then false
    else coalesce(shape ->> 'ground_code', '') <> '' and coalesce(shape ->> 'revoked_on' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', false)
  end
$$;
comment on function is_revocation is '{ground_code, revoked_on, documents}.';

create table certificate (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  organisation_id uuid not null constraint certificate_organisation_fkey references organisation,
  province_code text not null,
  codes_on date not null,
  origin text not null default 'native',
  history_quality text not null default 'full',
  evidence_grade text,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  scheme text not null,
  status text not null default 'valid',
  public_no text not null default public_number(),
  certificate_no text not null,
  tier text not null,
  stars integer,
  product_id uuid not null constraint certificate_product_fkey references product,
  product_name text not null,
  product_code text,
  product_set_id uuid constraint certificate_product_set_fkey references ocop_product_set,
  product_group_code text,
  establishment_id uuid not null constraint certificate_establishment_fkey references establishment,
  establishment_name text not null,
  registration_id uuid constraint certificate_registration_fkey references ocop_registration,
  result_id uuid,
  entry_id uuid,
  issuer_id uuid constraint certificate_issuer_fkey references organisation,
  issuer_name text not null,
  decision jsonb not null,
  decision_signature jsonb,
  issued_on date not null,
  valid_to date,
  replaced_by_id uuid constraint certificate_replaced_by_fkey references certificate,
  revocation jsonb,
  folded text generated always as (fold(certificate_no || ' ' || product_name || ' ' || establishment_name || ' ' || coalesce(product_code, ''))) stored,
  constraint certificate_public_no_key unique (public_no),
  constraint certificate_scheme_known check (scheme in ('ocop', 'voting')),
  constraint certificate_status_known check (status in ('valid', 'suspended', 'revoked', 'superseded')),
  constraint certificate_tier_known check (tier in ('central', 'region', 'province', 'district', 'commune')),
  constraint certificate_stars_range check (case scheme when 'ocop' then stars is not null and stars between 3 and 5 else stars is null end),
  constraint certificate_result_required check (scheme <> 'ocop' or (origin = 'native') = (result_id is not null)),
  constraint certificate_entry_required check (scheme <> 'voting' or (origin = 'native') = (entry_id is not null)),
  constraint certificate_evidence_required check (origin = 'native' or evidence_grade is not null),
  constraint certificate_evidence_grade_known check (is_evidence_grade(evidence_grade)),
  constraint certificate_decision_shape check (jsonb_typeof(decision) = 'object'),
  constraint certificate_decision_signature_shape check (jsonb_typeof(decision_signature) = 'object'),
  constraint certificate_valid_to_order check (valid_to >= issued_on),
  constraint certificate_revocation_shape check (revocation is null or is_revocation(revocation)),
  constraint certificate_revocation_status check (revocation is null or status = 'revoked'),
  constraint certificate_replaced_status check (replaced_by_id is null or status = 'superseded'),
  constraint certificate_origin_known check (origin in ('native', 'imported', 'mirrored')),
  constraint certificate_history_quality_known check (history_quality in ('full', 'partial', 'final_state_only'))
);
comment on table certificate is 'Certificates of both schemes. A registry extract, not the seal: the decision is the paper, and the check of its official signature is kept beside.';
comment on column certificate.province_code is 'Territory as coded on codes_on: of the registration, else of the product. Never changed after mergers.';
comment on column certificate.status is 'As decided: valid, suspended, revoked, superseded. That a term has run out is told by its day (certificate_status).';
comment on column certificate.public_no is 'Stands in links and QR codes, cannot be guessed, and is the name (rid) under which a certificate is revoked.';
comment on column certificate.certificate_no is 'As printed; unique only with its issuer and day.';
comment on column certificate.tier is 'Of the authority that issued it.';
comment on column certificate.stars is 'OCOP: 3 to 5, of the council''s result alone.';
comment on column certificate.product_name is 'As printed; the product may be renamed.';
comment on column certificate.product_code is 'Mã sản phẩm OCOP as printed, in the codes of its day.';
comment on column certificate.product_group_code is 'Voting: group of products.';
comment on column certificate.establishment_name is 'As printed.';
comment on column certificate.issuer_id is 'Null where the body is not among the organisations here.';
comment on column certificate.decision is 'The paper: {kind, document_no, issued_on, issuer_name, title, article, file_id}.';
comment on column certificate.decision_signature is 'What a check of the official digital signature on the decision found: {signer, serial, checked_at, result}.';
comment on column certificate.valid_to is 'Last day; null: no term was set.';
comment on column certificate.revocation is '{ground_code, revoked_on, documents}.';
create unique index certificate_no_key on certificate (scheme, certificate_no, coalesce(issuer_id::text, fold(issuer_name)), issued_on) where deleted_at is null;
create unique index certificate_result_key on certificate (result_id) where deleted_at is null;
create unique index certificate_entry_key on certificate (entry_id) where deleted_at is null;
create index certificate_updated on certificate (updated_at, id);
create index certificate_valid_to on certificate (valid_to, id);
create index certificate_product on certificate (product_id);
create index certificate_establishment on certificate (establishment_id);
create index certificate_province on certificate (province_code, issued_on);
create index certificate_organisation on certificate (organisation_id);
create index certificate_issuer on certificate (issuer_id);
create index certificate_registration on certificate (registration_id);
create index certificate_product_set on certificate (product_set_id);
create index certificate_product_code on certificate (product_code);
create index certificate_replaced_by on certificate (replaced_by_id);
create index certificate_folded on certificate using gin (folded gin_trgm_ops) with (fastupdate = off);
create index certificate_ended on certificate (status, id) where status <> 'valid';
select track('certificate');

alter table certificate enable row level security;
alter table certificate force row level security;
create policy seen on certificate for select to kc_api
  using (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid);
-- Anybody may check a certificate; nobody is asked there, so there is no caller in the claims.
create policy seen_by_the_public on certificate for select to kc_api using (claim('app.client_id') is null and deleted_at is null);
create policy added on certificate for insert to kc_api with check (in_territory(province_code));
create policy changed on certificate for update to kc_api
  using (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid);
grant select, insert, update on certificate to kc_api;

create trigger complete before insert on certificate for each row execute function complete_certificate();
create trigger certificates_refuse_while_referenced before update of deleted_at on product
  for each row execute function refuse_while_referenced('certificate', 'product_id');
create trigger certificates_refuse_while_referenced before update of deleted_at on establishment
  for each row execute function refuse_while_referenced('certificate', 'establishment_id');
create trigger certificates_refuse_while_referenced before update of deleted_at on ocop_registration
  for each row execute function refuse_while_referenced('certificate', 'registration_id');

-- ---- Transparency: every change of what a certificate is enters a Merkle tree (RFC 9162). Nobody rewrites it ----

create table certificate_log (
  leaf_index bigint primary key,
  certificate_id uuid not null constraint certificate_log_certificate_fkey references certificate,
  leaf text not null,
  recorded_at timestamptz not null default current_instant(),
  constraint certificate_log_leaf_index_range check (leaf_index >= 0)
);
comment on table certificate_log is 'What certificates became, in the order in which it was recorded. Append only, gapless from 0.';
comment on column certificate_log.leaf is 'JSON of public members; its bytes (UTF-8) are what the tree hashes.';
create index certificate_log_certificate on certificate_log (certificate_id);

create table merkle_node (
  level integer not null,
  place bigint not null,
  hash bytea not null,
  constraint merkle_node_pkey primary key (level, place),
  constraint merkle_node_hash_length check (length(hash) = 32)
);
comment on table merkle_node is 'Hashes of the full subtrees: (level, place) covers the 2^level leaves from place × 2^level on. A proof reads a few of them, however long the log is.';

create trigger refuse_rewriting before update or delete or truncate on certificate_log
  for each statement execute function refuse_rewriting();
create trigger refuse_rewriting before update or delete or truncate on merkle_node
  for each statement execute function refuse_rewriting();
do $$
declare
  logged text;
begin
  foreach logged in array array['certificate_log', 'merkle_node'] loop
    execute format('alter table %I enable row level security', logged);
    execute format('alter table %I force row level security', logged);
    execute format('create policy seen on %I for select to kc_api using (true)', logged);
    execute format('grant select on %I to kc_api', logged);
  end loop;
end
$$;
create trigger log_certificate after insert or update on certificate for each row execute function log_certificate();
