-- SPDX-License-Identifier: MIT
-- Plans of promotion: yearly plans with their items, adjustments that become new versions of the items, versions of programmes,
-- targets of yearly plans, judgements by hand; calls for proposals, surveys of candidates, priorities and areas.

-- ---- Yearly plans ----

create sequence annual_plan_code;
grant usage on sequence annual_plan_code to kc_api;

create table annual_plan (
  id uuid primary key default uuidv7(),
  code text not null default printed_code('KH', 'annual_plan_code'),
  version integer not null default 1,
  name text not null,
  year integer not null,
  level text not null,
  programme_id uuid constraint annual_plan_programme_fkey references programme,
  status text not null default 'draft',
  opens_on date,
  closes_on date,
  organisation_id uuid not null constraint annual_plan_organisation_fkey references organisation,
  province_code text,
  codes_on date not null default today(),
  evidence_grade text,
  origin text not null default 'native',
  history_quality text not null default 'full',
  note text,
  folded text generated always as (fold(name || ' ' || code)) stored,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint annual_plan_code_key unique (code),
  constraint annual_plan_year_range check (year between 1990 and 2100),
  constraint annual_plan_level_known check (level in ('national', 'local')),
  constraint annual_plan_status_known check (status in (
    'draft', 'collecting', 'appraising', 'submitted', 'returned', 'assigned', 'executing', 'settling', 'closed')),
  constraint annual_plan_closes_after_opens check (closes_on >= opens_on),
  constraint annual_plan_province_level check ((level = 'national') = (province_code is null)),
  constraint annual_plan_evidence_grade_known check (is_evidence_grade(evidence_grade)),
  constraint annual_plan_origin_known check (origin in ('native', 'imported', 'mirrored')),
  constraint annual_plan_history_quality_known check (history_quality in ('full', 'partial', 'final_state_only'))
);
comment on table annual_plan is 'Yearly plans of promotion (kế hoạch khuyến công năm): of the nation (KCQG) or of a province (KCĐP).';
comment on column annual_plan.level is 'Whose money: national (KCQG) or local (KCĐP).';
comment on column annual_plan.opens_on is 'First day on which projects are registered for the plan; null: not announced.';
comment on column annual_plan.closes_on is 'Last day of registration; what is registered later is late.';
comment on column annual_plan.province_code is 'Territory, as the code was used on codes_on; null exactly for national plans.';
comment on column annual_plan.codes_on is 'Day on whose map the province code is read.';
create index annual_plan_updated on annual_plan (updated_at desc, id desc);
create index annual_plan_year on annual_plan (year, level);
create index annual_plan_province on annual_plan (province_code);
create index annual_plan_organisation on annual_plan (organisation_id);
create index annual_plan_programme on annual_plan (programme_id);
create index annual_plan_folded on annual_plan using gin (folded gin_trgm_ops) with (fastupdate = off);
select track('annual_plan');

alter table annual_plan enable row level security;
alter table annual_plan force row level security;
create policy seen on annual_plan for select to kc_api
  using (level = 'national' or in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid);
create policy added on annual_plan for insert to kc_api
  with check (case when level = 'national' then claim('app.tier') = 'central' else in_territory(province_code) end);
create policy changed on annual_plan for update to kc_api
  using (case when level = 'national' then claim('app.tier') = 'central'
         else in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid end);
grant select, insert, update on annual_plan to kc_api;

-- ---- Items ----

create table annual_plan_item (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  annual_plan_id uuid not null constraint annual_plan_item_plan_fkey references annual_plan,
  year integer not null,
  level text not null,
  project_id uuid not null constraint annual_plan_item_project_fkey references project,
  activity_code text,
  support_vnd bigint not null,
  counterpart_vnd bigint not null default 0,
  completion_month text,
  is_stopped boolean not null default false,
  registered_on date not null default today(),
  plan_adjustment_id uuid,
  baseline jsonb,
  organisation_id uuid not null constraint annual_plan_item_organisation_fkey references organisation,
  province_code text not null,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint annual_plan_item_support_range check (is_amount(support_vnd)),
  constraint annual_plan_item_counterpart_range check (is_amount(counterpart_vnd)),
  constraint annual_plan_item_completion_month_form check (completion_month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  constraint annual_plan_item_baseline_shape check (jsonb_typeof(baseline) = 'object')
);
comment on table annual_plan_item is 'Items (dòng kế hoạch) of a yearly plan, one for each project. The columns are the current plan; what was assigned at first is the baseline.';
comment on column annual_plan_item.year is 'Of the plan.';
comment on column annual_plan_item.level is 'Of the plan.';
comment on column annual_plan_item.activity_code is 'The content that the money is for; null: as the lines of the project say.';
comment on column annual_plan_item.completion_month is 'YYYY-MM.';
comment on column annual_plan_item.is_stopped is 'An approved adjustment stopped the project in this plan.';
comment on column annual_plan_item.registered_on is 'Day of the registration; late when after the last day of the plan.';
comment on column annual_plan_item.plan_adjustment_id is 'The adjustment that added the item to a plan already assigned; null: it was planned from the start.';
comment on column annual_plan_item.baseline is 'Giao đầu năm: the members as the plan was assigned, never changed. Null: not assigned yet, or added by an adjustment.';
comment on column annual_plan_item.organisation_id is 'Of the plan.';
comment on column annual_plan_item.province_code is 'Of the project.';
create unique index annual_plan_item_project_key on annual_plan_item (project_id, year, level)
  where deleted_at is null and not is_stopped;
create index annual_plan_item_plan on annual_plan_item (annual_plan_id);
create index annual_plan_item_province on annual_plan_item (province_code);
select track('annual_plan_item');
create trigger inherit_owner before insert or update on annual_plan_item for each row execute function inherit_plan_item();
create trigger touch_plan after insert or update on annual_plan_item for each row execute function touch_plan();
create trigger frozen before insert or update on annual_plan_item for each row execute function plan_item_frozen();
create trigger frozen before update on annual_plan for each row execute function plan_frozen();
create trigger hand_down_province_to_annual_plan_item after update of province_code on project
  for each row execute function hand_down_plan_item_province();
create trigger refuse_while_referenced before update of deleted_at on annual_plan
  for each row execute function refuse_while_referenced('annual_plan_item', 'annual_plan_id');
create trigger plans_refuse_while_referenced before update of deleted_at on project
  for each row execute function refuse_while_referenced('annual_plan_item', 'project_id');
create trigger plans_refuse_while_referenced before update of deleted_at on programme
  for each row execute function refuse_while_referenced('annual_plan', 'programme_id');

alter table annual_plan_item enable row level security;
alter table annual_plan_item force row level security;
create policy seen on annual_plan_item for select to kc_api
  using (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid
         or exists (select from project p where p.id = project_id));
create policy added on annual_plan_item for insert to kc_api
  with check (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid);
create policy changed on annual_plan_item for update to kc_api
  using (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid);
grant select, insert, update on annual_plan_item to kc_api;

create table annual_plan_item_version (
  id uuid primary key default uuidv7(),
  item_id uuid not null constraint annual_plan_item_version_item_fkey references annual_plan_item,
  version_no integer not null,
  valid_from date not null,
  activity_code text,
  support_vnd bigint not null,
  counterpart_vnd bigint not null,
  completion_month text,
  is_stopped boolean not null,
  plan_adjustment_id uuid,
  transition_id uuid not null constraint annual_plan_item_version_transition_fkey references transition,
  recorded_at timestamptz not null default current_instant(),
  constraint annual_plan_item_version_no_key unique (item_id, version_no)
);
comment on table annual_plan_item_version is 'What a plan item was by which decision. Append only; the newest is the current plan.';
comment on column annual_plan_item_version.version_no is '1: what was assigned, or added by an adjustment.';
comment on column annual_plan_item_version.valid_from is 'Day of the decision.';
comment on column annual_plan_item_version.plan_adjustment_id is 'The adjustment that made it; null: the plan was assigned so.';
comment on column annual_plan_item_version.transition_id is 'The act that decided, with its documents.';
create trigger refuse_rewriting before update or delete or truncate on annual_plan_item_version
  for each statement execute function refuse_rewriting();
alter table annual_plan_item_version enable row level security;
alter table annual_plan_item_version force row level security;
create policy seen on annual_plan_item_version for select to kc_api
  using (exists (select from annual_plan_item i where i.id = item_id));
create policy added on annual_plan_item_version for insert to kc_api
  with check (exists (select from annual_plan_item i where i.id = item_id));
grant select, insert on annual_plan_item_version to kc_api;

-- ---- Adjustments ----

create sequence plan_adjustment_code;
grant usage on sequence plan_adjustment_code to kc_api;

create table plan_adjustment (
  id uuid primary key default uuidv7(),
  code text not null default printed_code('DC', 'plan_adjustment_code'),
  version integer not null default 1,
  annual_plan_id uuid not null constraint plan_adjustment_plan_fkey references annual_plan,
  year integer not null,
  level text not null,
  kind text not null,
  items jsonb not null default '[]',
  cut_percent numeric(5, 2),
  reason_code text,
  amount_before_vnd bigint not null default 0,
  amount_after_vnd bigint not null default 0,
  status text not null default 'draft',
  organisation_id uuid not null constraint plan_adjustment_organisation_fkey references organisation,
  province_code text,
  origin text not null default 'native',
  history_quality text not null default 'full',
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint plan_adjustment_code_key unique (code),
  constraint plan_adjustment_kind_known check (kind in ('change', 'add', 'stop', 'transfer', 'cut')),
  constraint plan_adjustment_status_known check (status in ('draft', 'submitted', 'reviewing', 'approved', 'rejected', 'withdrawn')),
  constraint plan_adjustment_items_shape check (are_objects(items)),
  constraint plan_adjustment_cut_percent_range check (cut_percent > 0 and cut_percent <= 100),
  constraint plan_adjustment_cut_percent_kind check (cut_percent is null or kind = 'cut'),
  constraint plan_adjustment_reason_code_known check (is_reason_code(reason_code)),
  constraint plan_adjustment_amounts_range check (is_amount(amount_before_vnd) and is_amount(amount_after_vnd)),
  constraint plan_adjustment_origin_known check (origin in ('native', 'imported', 'mirrored')),
  constraint plan_adjustment_history_quality_known check (history_quality in ('full', 'partial', 'final_state_only'))
);
comment on table plan_adjustment is 'Adjustments (điều chỉnh, bổ sung, ngừng) of an assigned plan. Only an approval with a decision applies them, as a new version of each item.';
comment on column plan_adjustment.year is 'Of the plan.';
comment on column plan_adjustment.level is 'Of the plan.';
comment on column plan_adjustment.kind is 'change, add (bổ sung), stop (ngừng), transfer (between items, adds up to nothing), cut (cắt giảm).';
comment on column plan_adjustment.items is '[{item_id, project_id, before, after, removed_line_ids}]; before is the item as it was when this was written, null where the project is added.';
comment on column plan_adjustment.cut_percent is 'Of a cut across the board; null: the items say by how much.';
comment on column plan_adjustment.amount_before_vnd is 'Support of its items before; amount_after_vnd: after.';
comment on column plan_adjustment.province_code is 'Territory of the plan; in a plan of the nation, of who asks. Null: the adjustment is the centre''s own.';
create index plan_adjustment_updated on plan_adjustment (updated_at desc, id desc);
create index plan_adjustment_plan on plan_adjustment (annual_plan_id);
create index plan_adjustment_province on plan_adjustment (province_code);
create index plan_adjustment_organisation on plan_adjustment (organisation_id);
select track('plan_adjustment');
create trigger frozen before update on plan_adjustment for each row execute function plan_adjustment_frozen();
create trigger adjustments_refuse_while_referenced before update of deleted_at on annual_plan
  for each row execute function refuse_while_referenced('plan_adjustment', 'annual_plan_id');
alter table annual_plan_item add constraint annual_plan_item_adjustment_fkey foreign key (plan_adjustment_id) references plan_adjustment;
alter table annual_plan_item_version add constraint annual_plan_item_version_adjustment_fkey foreign key (plan_adjustment_id) references plan_adjustment;

alter table plan_adjustment enable row level security;
alter table plan_adjustment force row level security;
create policy seen on plan_adjustment for select to kc_api
  using (province_code is null or in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid);
create policy added on plan_adjustment for insert to kc_api
  with check (case when province_code is null then claim('app.tier') = 'central' else in_territory(province_code) end);
create policy changed on plan_adjustment for update to kc_api
  using (case when province_code is null then claim('app.tier') = 'central'
         else in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid end);
grant select, insert, update on plan_adjustment to kc_api;
