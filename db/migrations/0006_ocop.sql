-- SPDX-License-Identifier: MIT
-- OCOP (mỗi xã một sản phẩm): product sets of each decision, papers that belong to a record, products, rounds, registrations.

-- ---- Shapes. Checks stand on them, so a later change must hold for the rows already stored ----

create function gtin_valid(gtin text) returns boolean language sql immutable parallel safe as $$
  select gtin ~ '^([0-9]{8}|[0-9]{12,14})$' and (
    -- From the right: the check digit, then weights 3, 1, 3, 1 …
    select sum(substr(reverse(gtin), place, 1)::integer * case place % 2 when 0 then 3 else 1 end) % 10 = 0
      from generate_series(1, length(gtin)) place)
$$;
comment on function gtin_valid is 'GTIN-8, 12, 13 or 14 with the right check digit.';

create function are_ip_rights(shape jsonb) returns boolean language sql immutable parallel safe as $$
  select case
    when jsonb_typeof(shape) is distinct from 'array' then false
    else not exists (select from jsonb_array_elements(shape) e where jsonb_typeof(e -> 'kind') is distinct from 'string')
  end
$$;

create function is_checklist(shape jsonb) returns boolean language sql immutable parallel safe as $$
  select case
    when jsonb_typeof(shape) is distinct from 'array' then false
    else (select count(*) = count(distinct e ->> 'requirement_code')
            and bool_and(coalesce(e ->> 'status', '') in ('missing', 'provided', 'accepted', 'rejected')
                         and jsonb_typeof(e -> 'file_ids') = 'array') is not false
            from jsonb_array_elements(shape) e)
  end
$$;
comment on function is_checklist is '[{requirement_code, status, file_ids, cited_from}], each requirement once.';

create function is_recognition(shape jsonb) returns boolean language sql immutable parallel safe as $$
  select case
    when jsonb_typeof(shape) is distinct from 'object' then false
    else coalesce((shape ->> 'stars')::integer between 3 and 5, false)
      and coalesce(shape ->> 'decision_no', '') <> '' and coalesce(shape ->> 'issuer_name', '') <> ''
      and coalesce(shape ->> 'decided_on' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', false)
      and coalesce(shape ->> 'valid_to' >= shape ->> 'decided_on' collate "C", true)
  end
$$;
comment on function is_recognition is '{stars 3 to 5, decision_no, decided_on, issuer_name, valid_to}; fewer stars are not recognised.';

create sequence product_code;
create sequence ocop_registration_code;
grant usage on sequence product_code, ocop_registration_code to kc_api;

-- ---- Product sets: loaded from db/reference, one row for each set of each decision ----

create table ocop_product_set (
  id uuid primary key default uuidv7(),
  set_code text not null,
  set_no integer,
  name_vi text not null,
  sector_no text,
  sector text not null,
  "group" text,
  managing_agency text,
  is_sample_required boolean not null,
  part_a_max numeric not null,
  part_b_max numeric not null,
  part_c_max numeric not null,
  legal_document_no text not null,
  amended_by text[] not null default '{}',
  valid_from date not null,
  valid_to date,
  certainty text not null,
  dates_certainty text not null,
  enforcement text not null,
  certainty_mark text,
  note text,
  constraint ocop_product_set_code_key unique (set_code),
  constraint ocop_product_set_valid_to_order check (valid_to >= valid_from),
  constraint ocop_product_set_certainty_known check (certainty in ('verified', 'second_hand', 'uncertain')),
  constraint ocop_product_set_dates_certainty_known check (dates_certainty in ('verified', 'second_hand', 'uncertain')),
  constraint ocop_product_set_enforcement_known check (enforcement in ('block', 'warn')),
  constraint ocop_product_set_parts_sum check (part_a_max + part_b_max + part_c_max = 100)
);
comment on table ocop_product_set is 'Product sets (bộ sản phẩm) of the decisions 1048/QĐ-TTg (2019), 148/QĐ-TTg (2023) and 26/2026/QĐ-TTg. Sets of different decisions are never taken for each other, whatever their names.';
comment on column ocop_product_set.set_no is 'Number in the decision; null where it numbers none.';
comment on column ocop_product_set.sector is 'Ngành hàng; sector_no its Roman number.';
comment on column ocop_product_set.is_sample_required is 'Samples belong to the dossier: not for services.';
comment on column ocop_product_set.amended_by is 'Decisions that changed the procedure under the same sets.';
comment on column ocop_product_set.certainty is 'How well name, sector and agency are founded; certainty_mark is the mark of the source.';
comment on column ocop_product_set.dates_certainty is 'How well valid_from and valid_to are founded. Uncertain days may be corrected: the row keeps its id.';
comment on column ocop_product_set.enforcement is 'block: a dossier of another day is not accepted under it; warn: it is, with a warning.';
create index ocop_product_set_document on ocop_product_set (legal_document_no, set_code);
grant select on ocop_product_set to kc_api;

-- ---- Papers that belong to a record: loaded from db/reference ----

create table document_requirement (
  id uuid primary key default uuidv7(),
  record_type text not null,
  code text not null,
  stage text not null,
  position integer not null,
  kind text not null,
  label_vi text not null,
  label_en text not null,
  is_required boolean not null,
  needs_sample boolean not null default false,
  legal_document_no text not null,
  legal_article text,
  valid_from date not null,
  valid_to date,
  certainty text not null,
  enforcement text not null,
  note text,
  constraint document_requirement_valid_to_order check (valid_to >= valid_from),
  constraint document_requirement_code_overlap
    exclude using gist (record_type with =, code with =, daterange(valid_from, valid_to, '[]') with &&),
  constraint document_requirement_certainty_known check (certainty in ('verified', 'second_hand', 'uncertain')),
  constraint document_requirement_enforcement_known check (enforcement in ('block', 'warn'))
);
comment on table document_requirement is 'Which papers a record must or may bring (hồ sơ phải có), by decision and date.';
comment on column document_requirement.record_type is 'Name of the table whose records bring them.';
comment on column document_requirement.stage is 'When: submission, or forwarding (what the commune adds before it sends the dossier on).';
comment on column document_requirement.position is 'Place in the list.';
comment on column document_requirement.kind is 'Document kind.';
comment on column document_requirement.needs_sample is 'Only where the product set asks for samples.';
comment on column document_requirement.enforcement is 'block: handing in is refused without it; warn: it is only shown as missing.';
grant select on document_requirement to kc_api;

-- ---- Products ----

create table product (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  organisation_id uuid not null constraint product_organisation_fkey references organisation,
  province_code text not null,
  codes_on date not null,
  origin text not null default 'native',
  history_quality text not null default 'full',
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  code text not null default printed_code('SP', 'product_code'),
  establishment_id uuid not null constraint product_establishment_fkey references establishment,
  name text not null,
  brand text,
  gtin text,
  trace_code text,
  is_set boolean not null default false,
  packing text,
  price_vnd bigint,
  measure_unit text,
  yearly_output numeric,
  ip_rights jsonb not null default '[]',
  story text,
  folded text generated always as (fold(code || ' ' || name || ' ' || coalesce(brand, ''))) stored,
  constraint product_code_key unique (code),
  constraint product_gtin_check check (gtin_valid(gtin)),
  constraint product_price_range check (is_amount(price_vnd)),
  constraint product_yearly_output_range check (yearly_output between 0 and 9007199254740991),
  constraint product_ip_rights_shape check (are_ip_rights(ip_rights)),
  constraint product_origin_known check (origin in ('native', 'imported', 'mirrored')),
  constraint product_history_quality_known check (history_quality in ('full', 'partial', 'final_state_only'))
);
comment on table product is 'Products of establishments: for OCOP and for the voting for typical rural-industry products.';
comment on column product.province_code is 'Territory: that of the establishment, as coded on codes_on. Kept equal by a trigger.';
comment on column product.gtin is 'Barcode number; a foreign prefix is allowed.';
comment on column product.trace_code is 'As printed on the stamp of traceability (truy xuất nguồn gốc).';
comment on column product.is_set is 'Several things sold as one (bộ sản phẩm quà tặng).';
comment on column product.price_vnd is 'Of one package.';
comment on column product.measure_unit is 'Of yearly_output.';
comment on column product.ip_rights is '[{kind, document_no, issued_on, valid_to}].';
create index product_updated on product (updated_at, id);
create index product_name on product (name collate vietnamese, id);
create index product_province on product (province_code);
create index product_establishment on product (establishment_id);
create index product_gtin on product (gtin) where gtin is not null;
create index product_folded on product using gin (folded gin_trgm_ops) with (fastupdate = off);
select track('product');

-- ---- Rounds ----

create table ocop_round (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  organisation_id uuid not null constraint ocop_round_organisation_fkey references organisation,
  province_code text,
  codes_on date not null,
  origin text not null default 'native',
  history_quality text not null default 'full',
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  tier text not null,
  year integer not null,
  round_no integer not null,
  opens_on date,
  closes_on date,
  status text not null default 'planned',
  constraint ocop_round_tier_known check (tier in ('central', 'province', 'district', 'commune')),
  constraint ocop_round_province_tier check ((tier = 'central') = (province_code is null)),
  constraint ocop_round_year_range check (year between 2018 and 2100),
  constraint ocop_round_no_range check (round_no between 1 and 99),
  constraint ocop_round_closes_after_opens check (closes_on >= opens_on),
  constraint ocop_round_status_known check (status in ('planned', 'open', 'scoring', 'closed')),
  constraint ocop_round_origin_known check (origin in ('native', 'imported', 'mirrored')),
  constraint ocop_round_history_quality_known check (history_quality in ('full', 'partial', 'final_state_only'))
);
comment on table ocop_round is 'Rounds of evaluation (đợt đánh giá).';
comment on column ocop_round.organisation_id is 'Who holds it, and counts its rounds.';
comment on column ocop_round.province_code is 'Territory, as the code was used on codes_on; null exactly for rounds of the centre.';
comment on column ocop_round.tier is 'Which councils evaluate; district until 30/6/2025.';
create unique index ocop_round_key on ocop_round (organisation_id, tier, year, round_no) where deleted_at is null;
create index ocop_round_updated on ocop_round (updated_at, id);
create index ocop_round_year on ocop_round (year, round_no, id);
select track('ocop_round');

-- ---- Registrations ----

create table ocop_registration (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  organisation_id uuid not null constraint ocop_registration_organisation_fkey references organisation,
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
  code text not null default printed_code('HS', 'ocop_registration_code'),
  status text not null default 'draft',
  product_id uuid not null constraint ocop_registration_product_fkey references product,
  product_name text not null,
  establishment_id uuid not null constraint ocop_registration_establishment_fkey references establishment,
  kind text,
  round_id uuid constraint ocop_registration_round_fkey references ocop_round,
  product_set_id uuid constraint ocop_registration_product_set_fkey references ocop_product_set,
  decided_under jsonb,
  submitted_on date,
  tier text,
  product_code text,
  checklist jsonb not null default '[]',
  recognition jsonb,
  folded text generated always as (fold(code || ' ' || product_name || ' ' || coalesce(product_code, ''))) stored,
  constraint ocop_registration_code_key unique (code),
  constraint ocop_registration_status_known check (status in ('draft', 'submitted', 'supplement_requested', 'reviewing', 'scoring',
    'scored', 'forwarded', 'recognised', 'not_recognised', 'withdrawn')),
  constraint ocop_registration_kind_known check (kind in ('first', 'upgrade', 're_evaluation')),
  constraint ocop_registration_tier_known check (tier in ('central', 'province', 'district', 'commune')),
  constraint ocop_registration_checklist_shape check (is_checklist(checklist)),
  constraint ocop_registration_recognition_shape check (recognition is null or is_recognition(recognition)),
  constraint ocop_registration_recognition_origin check (recognition is null or origin <> 'native'),
  constraint ocop_registration_recognition_status check (recognition is null or status = 'recognised'),
  constraint ocop_registration_recognition_required check (recognition is not null or origin = 'native' or status <> 'recognised'),
  constraint ocop_registration_evidence_required check (recognition is null or evidence_grade is not null),
  constraint ocop_registration_evidence_grade_known check (is_evidence_grade(evidence_grade)),
  constraint ocop_registration_origin_known check (origin in ('native', 'imported', 'mirrored')),
  constraint ocop_registration_history_quality_known check (history_quality in ('full', 'partial', 'final_state_only')),
  -- The rounds of one product may repeat its code. Within the province, as codes of other systems hold their internal ids.
  constraint ocop_registration_product_code_key
    exclude using gist (province_code with =, product_code with =, product_id with <>) where (deleted_at is null)
);
comment on table ocop_registration is 'Registrations of products for evaluation (hồ sơ đăng ký sản phẩm OCOP).';
comment on column ocop_registration.province_code is 'Territory as coded on codes_on: the province in the product code where that holds official codes, else that of the establishment, on the day of submission.';
comment on column ocop_registration.product_name is 'As registered; follows the product until the dossier is handed in.';
comment on column ocop_registration.establishment_id is 'Who registers (chủ thể); the product may have another owner later.';
comment on column ocop_registration.decided_under is 'The decision that the product set is of: {legal_document_no, set_code, name_vi, valid_from, valid_to, pinned_on}, as known when it was pinned.';
comment on column ocop_registration.submitted_on is 'Day of the paper; decides which procedure holds.';
comment on column ocop_registration.tier is 'Where the dossier lies.';
comment on column ocop_registration.product_code is 'Mã sản phẩm OCOP, opaque: province-[district-]commune-sequence-year with the unit codes of its day. Never changed after mergers.';
comment on column ocop_registration.checklist is '[{requirement_code, status, file_ids, cited_from}], only what was said about a requirement.';
comment on column ocop_registration.recognition is 'Final result mirrored from another system: {stars, decision_no, decided_on, issuer_name, valid_to}.';
create unique index ocop_registration_open_key on ocop_registration (product_id)
  where deleted_at is null and status not in ('recognised', 'not_recognised', 'withdrawn');
create index ocop_registration_updated on ocop_registration (updated_at desc, id desc);
create index ocop_registration_province on ocop_registration (province_code, submitted_on);
create index ocop_registration_organisation on ocop_registration (organisation_id);
create index ocop_registration_product on ocop_registration (product_id);
create index ocop_registration_establishment on ocop_registration (establishment_id);
create index ocop_registration_round on ocop_registration (round_id);
create index ocop_registration_product_set on ocop_registration (product_set_id);
create index ocop_registration_product_code on ocop_registration (product_code);
create index ocop_registration_folded on ocop_registration using gin (folded gin_trgm_ops) with (fastupdate = off);
select track('ocop_registration');

-- ---- Who sees and writes what (docs/access.md). Policies name the service's role only; the owner passes ----

do $$
declare
  guarded text;
begin
  foreach guarded in array array['ocop_product_set', 'document_requirement', 'product', 'ocop_round', 'ocop_registration'] loop
    execute format('alter table %I enable row level security', guarded);
    execute format('alter table %I force row level security', guarded);
  end loop;
  foreach guarded in array array['ocop_product_set', 'document_requirement', 'product'] loop
    execute format('create policy seen on %I for select to kc_api using (true)', guarded);
  end loop;
end
$$;

create policy added on product for insert to kc_api with check (in_territory(province_code));
create policy changed on product for update to kc_api
  using (in_territory(province_code)) with check (in_territory(province_code));
grant select, insert, update on product to kc_api;

create policy seen on ocop_round for select to kc_api
  using (province_code is null or in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid);
create policy added on ocop_round for insert to kc_api
  with check (case when province_code is null then claim('app.tier') = 'central' else in_territory(province_code) end);
create policy changed on ocop_round for update to kc_api
  using (case when province_code is null then claim('app.tier') = 'central'
         else in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid end);
grant select, insert, update on ocop_round to kc_api;

create policy seen on ocop_registration for select to kc_api
  using (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid);
-- What was recognised is public; nobody is asked there, so there is no caller in the claims.
create policy seen_by_the_public on ocop_registration for select to kc_api
  using (claim('app.client_id') is null and status = 'recognised' and deleted_at is null);
create policy added on ocop_registration for insert to kc_api with check (in_territory(province_code));
create policy changed on ocop_registration for update to kc_api
  using (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid);
grant select, insert, update on ocop_registration to kc_api;

-- ---- Rules between rows (functions/ocop_triggers.sql) ----

create trigger complete before insert or update on product for each row execute function complete_product();
create trigger move_products after update on establishment
  for each row execute function move_products();
create trigger complete before insert or update on ocop_registration
  for each row execute function complete_ocop_registration();

create trigger ocop_refuses_while_referenced before update of deleted_at on establishment
  for each row execute function refuse_while_referenced('product', 'establishment_id', 'ocop_registration', 'establishment_id');
create trigger refuse_while_referenced before update of deleted_at on product
  for each row execute function refuse_while_referenced('ocop_registration', 'product_id');
create trigger refuse_while_referenced before update of deleted_at on ocop_round
  for each row execute function refuse_while_referenced('ocop_registration', 'round_id');
