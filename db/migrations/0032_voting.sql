-- SPDX-License-Identifier: MIT
-- Points of sale (điểm trưng bày, giới thiệu và bán sản phẩm), and the voting for typical products.

select execution_table('display_point');
alter table display_point
  add column name text not null,
  add column operator_id uuid constraint display_point_operator_fkey references organisation,
  add column establishment_id uuid constraint display_point_establishment_fkey references establishment,
  add column place jsonb,
  add column opened_on date,
  add column closed_on date,
  add column area_m2 numeric,
  add column support_vnd bigint,
  add column status text not null default 'planned',
  add column folded text generated always as (fold(name)) stored,
  add constraint display_point_status_known check (status in ('planned', 'open', 'closed')),
  add constraint display_point_opened_when_open check (status = 'planned' or opened_on is not null),
  add constraint display_point_closed_when_closed check ((status = 'closed') = (closed_on is not null)),
  add constraint display_point_closed_after_opened check (closed_on >= opened_on),
  add constraint display_point_area_range check (area_m2 between 0 and 1000000),
  add constraint display_point_support_range check (is_amount(support_vnd));
comment on table display_point is 'Points where products of the province are shown and sold (điểm trưng bày, giới thiệu và bán sản phẩm).';
comment on column display_point.operator_id is 'The body that runs it; establishment_id: the establishment that does.';
comment on column display_point.support_vnd is 'Public money it was set up with.';
create index display_point_name on display_point (name collate vietnamese, id);
create index display_point_folded on display_point using gin (folded gin_trgm_ops) with (fastupdate = off);
create policy seen_by_the_public on display_point for select to kc_api
  using (claim('app.client_id') is null and status = 'open' and deleted_at is null);

create table display_point_product (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  display_point_id uuid not null constraint display_point_product_point_fkey references display_point,
  product_id uuid not null constraint display_point_product_product_fkey references product,
  "from" date,
  "to" date,
  organisation_id uuid not null constraint display_point_product_organisation_fkey references organisation,
  province_code text not null,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint display_point_product_ends_after_starts check ("to" >= "from")
);
comment on table display_point_product is 'Products that are shown and sold at a point.';
comment on column display_point_product.province_code is 'Of the point.';
comment on column display_point_product."to" is 'Last day; null: still there.';
create unique index display_point_product_key on display_point_product (display_point_id, product_id) where deleted_at is null;
create index display_point_product_product on display_point_product (product_id);

create table display_point_sale (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  display_point_id uuid not null constraint display_point_sale_point_fkey references display_point,
  "from" date not null,
  "to" date not null,
  revenue_vnd bigint not null,
  organisation_id uuid not null constraint display_point_sale_organisation_fkey references organisation,
  province_code text not null,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint display_point_sale_ends_after_starts check ("to" >= "from"),
  constraint display_point_sale_revenue_range check (is_amount(revenue_vnd)),
  constraint display_point_sale_period_key
    exclude using gist (display_point_id with =, daterange("from", "to", '[]') with &&) where (deleted_at is null)
);
comment on table display_point_sale is 'What a point sold in a period, normally a year; no day counts twice.';
comment on column display_point_sale.province_code is 'Of the point.';

do $$
declare
  part text;
begin
  foreach part in array array['display_point_product', 'display_point_sale'] loop
    perform track(part);
    execute format('create index %1$s_point on %1$I (display_point_id)', part);
    execute format($ddl$create trigger inherit_owner before insert or update on %I
      for each row execute function inherit_owner('display_point', 'display_point_id')$ddl$, part);
    execute format($ddl$create trigger touch_parent after insert or update on %I
      for each row execute function touch_parent('display_point', 'display_point_id')$ddl$, part);
    execute format($ddl$create trigger hand_down_owner_to_%1$s after update of organisation_id, province_code on display_point
      for each row execute function hand_down_owner('%1$s', 'display_point_id')$ddl$, part);
    execute format('alter table %I enable row level security', part);
    execute format('alter table %I force row level security', part);
    -- The policies of display_point say which of them the caller sees.
    execute format('create policy seen on %I for select to kc_api using (exists (select from display_point d where d.id = display_point_id))', part);
    execute format('create policy added on %I for insert to kc_api with check (exists (select from display_point d where d.id = display_point_id))', part);
    execute format('create policy changed on %I for update to kc_api using (exists (select from display_point d where d.id = display_point_id))', part);
    execute format('grant select, insert, update on %I to kc_api', part);
  end loop;
end
$$;
create trigger display_points_refuse_while_referenced before update of deleted_at on product
  for each row execute function refuse_while_referenced('display_point_product', 'product_id');

-- ---- Voting for typical rural-industry products (bình chọn sản phẩm công nghiệp nông thôn tiêu biểu) ----

create table voting_product_group (
  code text not null,
  label_vi text not null,
  label_en text not null,
  place integer not null,
  legal_basis text not null,
  valid_from date not null,
  valid_to date,
  certainty text not null,
  note text,
  constraint voting_product_group_pkey primary key (code, valid_from),
  constraint voting_product_group_certainty_known check (certainty in ('verified', 'second_hand', 'uncertain')),
  constraint voting_product_group_valid_to_order check (valid_to >= valid_from)
);
comment on table voting_product_group is 'Groups in which products are judged; loaded from db/reference/voting_product_groups.csv.';
alter table voting_product_group enable row level security;
alter table voting_product_group force row level security;
create policy seen on voting_product_group for select to kc_api using (true);
grant select on voting_product_group to kc_api;

select voting_table('voting_regulation');
alter table voting_regulation
  add column tier text not null,
  add column name text not null,
  add column document_no text not null,
  add column issued_on date,
  add column issuer_name text not null,
  add column min_score numeric(5, 2) not null,
  add column score_operator text not null,
  add column criteria jsonb not null default '[]',
  add column prizes jsonb not null default '[]',
  add column valid_from date not null,
  add column valid_to date,
  add column certainty text not null default 'verified',
  add constraint voting_regulation_tier_known check (tier in ('central', 'region', 'province', 'district')),
  add constraint voting_regulation_province_tier check ((tier in ('central', 'region')) = (province_code is null)),
  add constraint voting_regulation_min_score_range check (min_score between 0 and 100),
  add constraint voting_regulation_operator_known check (score_operator in ('gte', 'gt')),
  add constraint voting_regulation_criteria_shape check (are_objects(criteria)),
  add constraint voting_regulation_prizes_shape check (are_objects(prizes)),
  add constraint voting_regulation_valid_to_order check (valid_to >= valid_from),
  add constraint voting_regulation_certainty_known check (certainty in ('verified', 'second_hand', 'uncertain'));
comment on table voting_regulation is 'Regulations of the voting (quy chế bình chọn): the texts, dated, and the figures they set.';
comment on column voting_regulation.score_operator is 'gte: the minimum itself is enough; gt: more than the minimum.';
comment on column voting_regulation.criteria is '[{code, label_vi, max_points}].';
comment on column voting_regulation.prizes is '[{name, from_rank, to_rank, amount_vnd}]; to_rank null: all after.';

select voting_table('voting_round');
alter table voting_round
  add column tier text not null,
  add column year integer not null,
  add column region_code text,
  add column regulation_id uuid constraint voting_round_regulation_fkey references voting_regulation,
  add column quota integer,
  add column opens_on date,
  add column closes_on date,
  add column status text not null default 'planned',
  add constraint voting_round_tier_known check (tier in ('central', 'region', 'province', 'district')),
  add constraint voting_round_province_tier check ((tier in ('central', 'region')) = (province_code is null)),
  add constraint voting_round_region_tier check ((tier = 'region') = (region_code is not null)),
  add constraint voting_round_year_range check (year between 2000 and 2100),
  add constraint voting_round_quota_range check (quota > 0),
  add constraint voting_round_closes_after_opens check (closes_on >= opens_on),
  add constraint voting_round_status_known check (status in ('planned', 'open', 'judging', 'decided', 'closed'));
comment on table voting_round is 'Rounds of voting (kỳ bình chọn). Years are free: provinces differ, and the usual cycle is a parameter.';
comment on column voting_round.quota is 'How many are certified at most; null: no quota.';
create index voting_round_regulation on voting_round (regulation_id);
create index voting_round_year on voting_round (year, id);

create sequence voting_entry_code;
grant usage on sequence voting_entry_code to kc_api;

select voting_table('voting_entry');
alter table voting_entry
  alter column province_code set not null,
  add column code text not null default printed_code('BC', 'voting_entry_code'),
  add column round_id uuid not null constraint voting_entry_round_fkey references voting_round,
  add column product_id uuid not null constraint voting_entry_product_fkey references product,
  add column product_name text not null,
  add column establishment_id uuid not null constraint voting_entry_establishment_fkey references establishment,
  add column product_group_code text not null,
  add column previous_certificate_id uuid constraint voting_entry_previous_fkey references certificate,
  add column checklist jsonb not null default '[]',
  add column score numeric(5, 2),
  add column rank integer,
  add column prize_vnd bigint,
  add column decision jsonb,
  add column origin text not null default 'native',
  add column evidence_grade text,
  add column status text not null default 'draft',
  add constraint voting_entry_code_key unique (code),
  add constraint voting_entry_status_known check (status in ('draft', 'submitted', 'checked', 'judged', 'selected', 'not_selected', 'certified', 'withdrawn')),
  add constraint voting_entry_checklist_shape check (is_checklist(checklist)),
  add constraint voting_entry_score_range check (score between 0 and 100),
  add constraint voting_entry_prize_range check (is_amount(prize_vnd)),
  add constraint voting_entry_origin_known check (origin in ('native', 'imported', 'mirrored')),
  add constraint voting_entry_evidence_required check (origin = 'native' or evidence_grade is not null),
  add constraint voting_entry_evidence_grade_known check (is_evidence_grade(evidence_grade)),
  add constraint voting_entry_decision_required check (origin = 'native' or status <> 'certified' or decision is not null);
comment on table voting_entry is 'Products and sets of products that take part (sản phẩm tham gia bình chọn). Never merged with OCOP: another authority, another certificate.';
comment on column voting_entry.province_code is 'Territory: where the product came from on the day it was entered. Never changed after mergers.';
comment on column voting_entry.previous_certificate_id is 'The certificate of the tier below, which let the product in.';
comment on column voting_entry.decision is '{document_no, issued_on, issuer_name}: what certified it, or did not select it.';
comment on column voting_entry.rank is 'Place in the round by score; equal scores share it.';
create unique index voting_entry_key on voting_entry (round_id, product_id) where deleted_at is null and status <> 'withdrawn';
create index voting_entry_product on voting_entry (product_id);
create index voting_entry_establishment on voting_entry (establishment_id);
create index voting_entry_previous on voting_entry (previous_certificate_id);
create trigger complete before insert or update on voting_entry for each row execute function complete_voting_entry();
-- What was certified is public; nobody is asked there, so there is no caller in the claims.
create policy seen_by_the_public on voting_entry for select to kc_api
  using (claim('app.client_id') is null and status = 'certified' and deleted_at is null);
create policy seen_by_the_public on voting_round for select to kc_api using (claim('app.client_id') is null and deleted_at is null);

select voting_table('voting_council');
alter table voting_council
  add column round_id uuid not null constraint voting_council_round_fkey references voting_round,
  add column kind text not null,
  add column decision jsonb,
  add column members jsonb not null default '[]',
  add column conflicts jsonb not null default '[]',
  add column starts_on date,
  add column ends_on date,
  add column status text not null default 'active',
  add constraint voting_council_kind_known check (kind in ('council', 'jury')),
  add constraint voting_council_members_shape check (are_objects(members)),
  add constraint voting_council_conflicts_shape check (are_objects(conflicts)),
  add constraint voting_council_ends_after_starts check (ends_on >= starts_on),
  add constraint voting_council_status_known check (status in ('active', 'ended'));
comment on table voting_council is 'Councils (hội đồng bình chọn) and juries (ban giám khảo) of a round.';
comment on column voting_council.members is '[{seat, role, position, organisation_name}]: posts and bodies, not names.';
comment on column voting_council.conflicts is '[{seat, establishment_id, reason}]: who does not score whose products.';
create unique index voting_council_key on voting_council (round_id, kind) where deleted_at is null and status = 'active';
create trigger belongs before insert or update on voting_council for each row execute function belongs_to_round();

select voting_table('voting_score_sheet');
alter table voting_score_sheet
  alter column province_code set not null,
  add column council_id uuid not null constraint voting_score_sheet_council_fkey references voting_council,
  add column entry_id uuid not null constraint voting_score_sheet_entry_fkey references voting_entry,
  add column seat integer not null,
  add column points jsonb not null,
  add column total numeric(5, 2) not null,
  add column status text not null default 'draft',
  add constraint voting_score_sheet_points_shape check (are_objects(points)),
  add constraint voting_score_sheet_total_range check (total between 0 and 100),
  add constraint voting_score_sheet_status_known check (status in ('draft', 'submitted'));
comment on table voting_score_sheet is 'Score sheets of jurors (phiếu chấm), one for each seat and entry; locked once submitted.';
comment on column voting_score_sheet.province_code is 'Of the entry.';
comment on column voting_score_sheet.points is '[{criterion_code, points, note}], every criterion of the regulation once.';
create unique index voting_score_sheet_key on voting_score_sheet (entry_id, council_id, seat) where deleted_at is null;
create index voting_score_sheet_council on voting_score_sheet (council_id);
create trigger complete before insert or update on voting_score_sheet for each row execute function complete_score_sheet();
create trigger locked before update on voting_score_sheet for each row execute function locked_in('submitted');

create trigger refuse_while_referenced before update of deleted_at on voting_regulation
  for each row execute function refuse_while_referenced('voting_round', 'regulation_id');
create trigger refuse_while_referenced before update of deleted_at on voting_round
  for each row execute function refuse_while_referenced('voting_entry', 'round_id', 'voting_council', 'round_id');
create trigger refuse_while_referenced before update of deleted_at on voting_entry
  for each row execute function refuse_while_referenced('voting_score_sheet', 'entry_id', 'certificate', 'entry_id');
create trigger refuse_while_referenced before update of deleted_at on voting_council
  for each row execute function refuse_while_referenced('voting_score_sheet', 'council_id');
create trigger voting_refuses_while_referenced before update of deleted_at on product
  for each row execute function refuse_while_referenced('voting_entry', 'product_id');
alter table certificate add constraint certificate_entry_fkey foreign key (entry_id) references voting_entry;
