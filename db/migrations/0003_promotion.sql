-- SPDX-License-Identifier: MIT
-- Promotion (khuyến công): activities, programmes with targets, projects with lines, funding and outputs.

-- ---- Shapes of jsonb members. Checks stand on them, so a later change must hold for the rows already stored ----

create function is_amount(amount numeric) returns boolean language sql immutable parallel safe as $$
  select amount between 0 and 9007199254740991 and amount = trunc(amount)
$$;
comment on function is_amount is 'Whole đồng, up to what JSON can carry without loss.';

create function is_measure(shape jsonb) returns boolean language sql immutable parallel safe as $$
  select case
    when jsonb_typeof(shape) is distinct from 'object' then false
    when jsonb_typeof(shape -> 'value') is distinct from 'number' then false
    else shape - array['value', 'measure_unit'] = '{}'
      and (shape ->> 'value')::numeric between 0 and 9007199254740991
      and coalesce(shape ->> 'measure_unit', '') in (
        'person', 'person_turn', 'class', 'delegation', 'establishment', 'model', 'machine', 'technology_line', 'product',
        'fair', 'booth', 'brand', 'showroom', 'cluster', 'association', 'system', 'trade', 'vnd', 'percent')
  end
$$;
comment on function is_measure is '{value, measure_unit}. A person and a person_turn (lượt người) are two units.';

create function are_measures(shape jsonb) returns boolean language sql immutable parallel safe as $$
  select case
    when jsonb_typeof(shape) is distinct from 'array' then false
    else jsonb_array_length(shape) between 1 and 2
      and not exists (select from jsonb_array_elements(shape) m where not is_measure(m))
  end
$$;

create function are_objects(shape jsonb) returns boolean language sql immutable parallel safe as $$
  select case
    when jsonb_typeof(shape) is distinct from 'array' then false
    else not exists (select from jsonb_array_elements(shape) e where jsonb_typeof(e) <> 'object')
  end
$$;

create function is_source(source text) returns boolean language sql immutable parallel safe as $$
  select source in ('central_promotion', 'local_promotion', 'counterpart', 'integrated', 'foreign', 'other')
$$;
comment on function is_source is 'Where money comes from: KCQG, KCĐP, đối ứng, lồng ghép, nước ngoài, khác.';

create function is_planned_funding(shape jsonb) returns boolean language sql immutable parallel safe as $$
  select case
    when not are_objects(shape) then false
    else not exists (
      select from jsonb_array_elements(shape) f
       where (f ->> 'year')::integer not between 1990 and 2100
          or not coalesce(is_source(f ->> 'source') and is_amount((f ->> 'amount_vnd')::numeric), false))
  end
$$;

create function is_funded_once(shape jsonb) returns boolean language sql immutable parallel safe as $$
  select count(*) = count(distinct (f ->> 'year', f ->> 'source'))
    from jsonb_array_elements(case when are_objects(shape) then shape else '[]' end) f
$$;
comment on function is_funded_once is 'Each pair of year and source stands at most once.';

create function is_evidence_grade(grade text) returns boolean language sql immutable parallel safe as $$
  select grade in ('signed_decision', 'official_news', 'proposal', 'own_statement')
$$;

-- ---- Codes for people ----

create sequence programme_code;
create sequence project_code;
grant usage on sequence programme_code, project_code to kc_api;

-- ---- Activities ----

create table activity (
  id uuid primary key default uuidv7(),
  code text not null,
  parent_code text,
  name_vi text not null,
  name_en text not null,
  measure_units text[] not null default '{}',
  legal_document_no text not null,
  legal_article text,
  valid_from date not null,
  valid_to date,
  certainty text not null,
  enforcement text not null default 'block',
  note text,
  constraint activity_code_key unique (code, valid_from),
  constraint activity_code_once exclude using gist (code with =, daterange(valid_from, valid_to, '[]') with &&),
  constraint activity_ends_after_starts check (valid_to >= valid_from),
  constraint activity_certainty_known check (certainty in ('verified', 'second_hand', 'uncertain')),
  constraint activity_enforcement_known check (enforcement in ('block', 'warn'))
);
comment on table activity is 'Contents of industrial promotion (nội dung khuyến công) over time; loaded from db/reference/activities.csv.';
comment on column activity.code is 'KC1 … KC9 after the clauses of the decree; later contents have codes of their own until their place is known.';
comment on column activity.parent_code is 'The activity this one belongs to; null: a group of its own, or not known.';
comment on column activity.measure_units is 'What its results are usually counted in.';
comment on column activity.valid_to is 'Last day in force; null: open.';
comment on column activity.certainty is 'How well the row is founded: verified, second_hand or uncertain.';
comment on column activity.enforcement is 'block: a project that starts outside the days in force is refused; warn: it is not.';

alter table activity enable row level security;
alter table activity force row level security;
create policy seen on activity for select to kc_api using (true);
grant select on activity to kc_api;

-- ---- Programmes and targets ----

create table programme (
  id uuid primary key default uuidv7(),
  code text not null default printed_code('CT', 'programme_code'),
  version integer not null default 1,
  kind text not null default 'promotion',
  level text not null,
  name text not null,
  status text not null default 'draft',
  starts_on date,
  ends_on date,
  predecessor_id uuid constraint programme_predecessor_fkey references programme,
  activity_priorities text[] not null default '{}',
  planned_funding jsonb not null default '[]',
  organisation_id uuid not null constraint programme_organisation_fkey references organisation,
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
  constraint programme_code_key unique (code),
  constraint programme_kind_known check (kind in ('promotion', 'ocop', 'partner')),
  constraint programme_level_known check (level in ('national', 'local')),
  constraint programme_status_known check (
    status in ('draft', 'consulting', 'submitted', 'returned', 'approved', 'active', 'closed')),
  constraint programme_ends_after_starts check (ends_on >= starts_on),
  constraint programme_predecessor_not_itself check (predecessor_id <> id),
  constraint programme_planned_funding_shape check (is_planned_funding(planned_funding)),
  constraint programme_planned_funding_once check (is_funded_once(planned_funding)),
  constraint programme_province_level check ((level = 'national') = (province_code is null)),
  constraint programme_evidence_grade_known check (is_evidence_grade(evidence_grade)),
  constraint programme_origin_known check (origin in ('native', 'imported', 'mirrored')),
  constraint programme_history_quality_known check (history_quality in ('full', 'partial', 'final_state_only'))
);
comment on table programme is 'Programmes (chương trình), usually of five years, national or of a province.';
comment on column programme.kind is 'promotion, ocop, or partner: a programme of another body that projects join.';
comment on column programme.level is 'Whose money: national (KCQG) or local (KCĐP).';
comment on column programme.predecessor_id is 'The programme of the period before.';
comment on column programme.activity_priorities is 'Codes of activities in the order of priority.';
comment on column programme.planned_funding is '[{year, source, amount_vnd}]; year null: the whole term.';
comment on column programme.province_code is 'Territory, as the code was used on codes_on; null exactly for national programmes.';
comment on column programme.codes_on is 'Day on whose map the province code is read: codes come back with another meaning.';
create index programme_updated on programme (updated_at desc, id desc);
create index programme_province on programme (province_code);
create index programme_organisation on programme (organisation_id);
create index programme_predecessor on programme (predecessor_id);
create index programme_folded on programme using gin (folded gin_trgm_ops) with (fastupdate = off);
select track('programme');

alter table programme enable row level security;
alter table programme force row level security;
create policy seen on programme for select to kc_api
  using (level = 'national' or in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid);
create policy added on programme for insert to kc_api
  with check (case when level = 'national' then claim('app.tier') = 'central' else in_territory(province_code) end);
create policy changed on programme for update to kc_api
  using (case when level = 'national' then claim('app.tier') = 'central'
         else in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid end);
grant select, insert, update on programme to kc_api;

create table target (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  programme_id uuid not null constraint target_programme_fkey references programme,
  name text not null,
  indicator_code text,
  operator text not null,
  kind text not null,
  measures jsonb not null,
  tolerance_percent numeric,
  "from" date,
  "to" date,
  organisation_id uuid not null constraint target_organisation_fkey references organisation,
  province_code text,
  evidence_grade text,
  origin text not null default 'native',
  history_quality text not null default 'full',
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint target_operator_known check (operator in ('gt', 'gte', 'eq', 'approx', 'lte', 'lt')),
  constraint target_kind_known check (kind in ('flow', 'stock')),
  constraint target_measures_shape check (are_measures(measures)),
  constraint target_measures_units_differ check (
    measures #>> '{0,measure_unit}' is distinct from measures #>> '{1,measure_unit}'),
  constraint target_tolerance_range check (tolerance_percent between 0 and 100),
  constraint target_tolerance_operator check (tolerance_percent is null or operator = 'approx'),
  constraint target_to_after_from check ("to" >= "from"),
  constraint target_evidence_grade_known check (is_evidence_grade(evidence_grade)),
  constraint target_origin_known check (origin in ('native', 'imported', 'mirrored')),
  constraint target_history_quality_known check (history_quality in ('full', 'partial', 'final_state_only'))
);
comment on table target is 'Targets (chỉ tiêu, mục tiêu) of a programme.';
comment on column target.operator is 'How the result is held against each measure: more than 75 is gt, about 800 is approx.';
comment on column target.kind is 'flow: summed over from … to; stock: the level on the day `to`.';
comment on column target.measures is 'One or two {value, measure_unit}, for example 20 classes and 1,600 persons; all must be met.';
comment on column target.tolerance_percent is 'How far "about" may miss, in percent of the value; null: the default of the reports.';
comment on column target.province_code is 'Of the programme; null: national.';
create index target_programme on target (programme_id);
create index target_updated on target (updated_at desc, id desc);
select track('target');
create trigger inherit_owner before insert or update on target
  for each row execute function inherit_owner('programme', 'programme_id');
create trigger touch_parent after insert or update on target
  for each row execute function touch_parent('programme', 'programme_id');
create trigger hand_down_owner after update of organisation_id, province_code on programme
  for each row execute function hand_down_owner('target', 'programme_id');

alter table target enable row level security;
alter table target force row level security;
create policy seen on target for select to kc_api
  using (province_code is null or in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid);
create policy added on target for insert to kc_api
  with check (case when province_code is null then claim('app.tier') = 'central'
              else in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid end);
create policy changed on target for update to kc_api
  using (case when province_code is null then claim('app.tier') = 'central'
         else in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid end);
grant select, insert, update on target to kc_api;

-- ---- Projects ----

create function project_stage(status text) returns text language sql immutable parallel safe as $$
  select case
    when status in ('draft', 'submitted', 'returned') then 'proposal'
    when status in ('base_appraising', 'base_passed', 'central_appraising', 'central_passed') then 'appraisal'
    when status = 'approved' then 'approval'
    when status = 'contracted' then 'contract'
    when status = 'in_progress' then 'execution'
    when status in ('acceptance_requested', 'accepted') then 'acceptance'
    when status in ('settling', 'settled') then 'settlement'
    when status in ('closed', 'rejected', 'withdrawn', 'stopped') then 'ended'
  end
$$;
comment on function project_stage is 'Where people think a project is; null: not a status.';

create table project (
  id uuid primary key default uuidv7(),
  code text not null default printed_code('DA', 'project_code'),
  version integer not null default 1,
  name text not null,
  level text not null,
  scale text,
  status text not null default 'draft',
  programme_id uuid constraint project_programme_fkey references programme,
  parent_id uuid constraint project_parent_fkey references project,
  implementer_id uuid constraint project_implementer_fkey references organisation,
  managing_organisation_id uuid constraint project_managing_organisation_fkey references organisation,
  places jsonb not null default '[]',
  partner_province_codes text[] not null default '{}',
  themes text[] not null default '{}',
  trade_code text,
  starts_on date,
  ends_on date,
  total_cost_vnd bigint,
  support_vnd bigint,
  counterpart_vnd bigint,
  necessity text,
  objective text,
  replication text,
  organisation_id uuid not null constraint project_organisation_fkey references organisation,
  province_code text not null,
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
  constraint project_code_key unique (code),
  constraint project_level_known check (level in ('national', 'local')),
  constraint project_scale_known check (scale in ('single', 'group', 'key')),
  constraint project_status_known check (project_stage(status) is not null),
  constraint project_parent_not_itself check (parent_id <> id),
  constraint project_key_has_no_parent check (scale <> 'key' or parent_id is null),
  constraint project_places_shape check (are_objects(places)),
  constraint project_ends_after_starts check (ends_on >= starts_on),
  constraint project_total_cost_range check (is_amount(total_cost_vnd)),
  constraint project_support_range check (is_amount(support_vnd)),
  constraint project_counterpart_range check (is_amount(counterpart_vnd)),
  constraint project_money_within_total check (
    coalesce(support_vnd, 0) + coalesce(counterpart_vnd, 0) <= total_cost_vnd),
  constraint project_evidence_grade_known check (is_evidence_grade(evidence_grade)),
  constraint project_origin_known check (origin in ('native', 'imported', 'mirrored')),
  constraint project_history_quality_known check (history_quality in ('full', 'partial', 'final_state_only'))
);
comment on table project is 'Projects (đề án khuyến công). A draft needs a name and a level only.';
comment on column project.level is 'Whose money: national (KCQG) or local (KCĐP), whoever carries it out.';
comment on column project.scale is 'single (đơn lẻ), group (nhóm: several beneficiaries), key (điểm: several years and contents).';
comment on column project.parent_id is 'The key project that this one is a part or a year of.';
comment on column project.implementer_id is 'Who carries it out; sees and writes the project too.';
comment on column project.places is '[{province_code, commune_code, address_line, codes_on}]; the codes are those of that day.';
comment on column project.partner_province_codes is 'Other provinces that take part, as coded on codes_on.';
comment on column project.total_cost_vnd is 'As the paper says; the sum of the funding rows is derived and may differ in a draft.';
comment on column project.replication is 'Khả năng nhân rộng: how others can take it up.';
comment on column project.province_code is 'Territory, as the code was used on codes_on.';
comment on column project.codes_on is 'Day on whose map the codes are read: codes come back with another meaning.';
create index project_updated on project (updated_at desc, id desc);
create index project_province on project (province_code, starts_on);
create index project_organisation on project (organisation_id);
create index project_implementer on project (implementer_id);
create index project_managing_organisation on project (managing_organisation_id);
create index project_programme on project (programme_id);
create index project_parent on project (parent_id);
create index project_folded on project using gin (folded gin_trgm_ops) with (fastupdate = off);
select track('project');

alter table project enable row level security;
alter table project force row level security;
create policy seen on project for select to kc_api
  using (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid
         or implementer_id = claim('app.organisation_id')::uuid);
create policy added on project for insert to kc_api
  with check (in_territory(province_code));
create policy changed on project for update to kc_api
  using (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid
         or implementer_id = claim('app.organisation_id')::uuid);
grant select, insert, update on project to kc_api;

create table project_line (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  project_id uuid not null constraint project_line_project_fkey references project,
  title text not null,
  activity_code text,
  establishment_id uuid constraint project_line_establishment_fkey references establishment,
  quantity numeric,
  eligible_cost_vnd bigint,
  support_vnd bigint,
  counterpart_vnd bigint,
  is_technology_line boolean not null default false,
  machines jsonb not null default '[]',
  status text not null default 'planned',
  organisation_id uuid not null constraint project_line_organisation_fkey references organisation,
  province_code text not null,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint project_line_of_project_key unique (project_id, id),
  constraint project_line_quantity_range check (quantity between 0 and 9007199254740991),
  constraint project_line_eligible_cost_range check (is_amount(eligible_cost_vnd)),
  constraint project_line_support_range check (is_amount(support_vnd)),
  constraint project_line_counterpart_range check (is_amount(counterpart_vnd)),
  constraint project_line_support_within_cost check (support_vnd <= eligible_cost_vnd),
  constraint project_line_machines_shape check (are_objects(machines)),
  constraint project_line_status_known check (status in ('planned', 'active', 'accepted', 'settled', 'withdrawn', 'removed'))
);
comment on table project_line is 'Lines (hạng mục) of a project: what is done, and for whom.';
comment on column project_line.establishment_id is 'The beneficiary; null: none, or not chosen yet.';
comment on column project_line.is_technology_line is 'Dây chuyền công nghệ: another ceiling of support applies.';
comment on column project_line.machines is 'What is bought: [{name, model, maker, capacity, origin_country, made_in_year, new_percent, serial_no, quantity, price_vnd, invoice_no}].';
create index project_line_establishment on project_line (establishment_id);
create index project_line_activity on project_line (activity_code);

create table project_funding (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  project_id uuid not null constraint project_funding_project_fkey references project,
  year integer not null,
  source text not null,
  line_id uuid,
  amount_vnd bigint not null,
  organisation_id uuid not null constraint project_funding_organisation_fkey references organisation,
  province_code text not null,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint project_funding_line_fkey foreign key (project_id, line_id) references project_line (project_id, id),
  constraint project_funding_year_range check (year between 1990 and 2100),
  constraint project_funding_source_known check (is_source(source)),
  constraint project_funding_amount_range check (is_amount(amount_vnd))
);
comment on table project_funding is 'Money of a project by year and source (nguồn kinh phí theo năm).';
comment on column project_funding.line_id is 'The line it is for; null: the project as a whole.';
create unique index project_funding_year_source_key on project_funding (project_id, year, source, line_id)
  nulls not distinct where deleted_at is null;
create index project_funding_line on project_funding (line_id);

create table project_output (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  project_id uuid not null constraint project_output_project_fkey references project,
  indicator_code text,
  planned jsonb,
  actual jsonb,
  year integer,
  line_id uuid,
  organisation_id uuid not null constraint project_output_organisation_fkey references organisation,
  province_code text not null,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint project_output_line_fkey foreign key (project_id, line_id) references project_line (project_id, id),
  constraint project_output_year_range check (year between 1990 and 2100),
  constraint project_output_planned_shape check (planned is null or is_measure(planned)),
  constraint project_output_actual_shape check (actual is null or is_measure(actual)),
  constraint project_output_measure_given check (planned is not null or actual is not null),
  constraint project_output_units_agree check (planned ->> 'measure_unit' = actual ->> 'measure_unit')
);
comment on table project_output is 'Outputs (kết quả) of a project: what was planned and what came of it.';
comment on column project_output.planned is '{value, measure_unit}.';
comment on column project_output.actual is '{value, measure_unit} in the unit of the plan; null: not known yet.';
comment on column project_output.line_id is 'The line it comes from; null: the project as a whole.';
create index project_output_project on project_output (project_id);
create index project_output_line on project_output (line_id);

do $$
declare
  child text;
begin
  foreach child in array array['project_line', 'project_funding', 'project_output'] loop
    execute format($ddl$
      select track('%1$s');
      create trigger inherit_owner before insert or update on %1$I
        for each row execute function inherit_owner('project', 'project_id');
      create trigger touch_parent after insert or update on %1$I
        for each row execute function touch_parent('project', 'project_id');
      create trigger hand_down_owner_to_%1$s after update of organisation_id, province_code on project
        for each row execute function hand_down_owner('%1$s', 'project_id');
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

-- ---- Rules between rows (functions/promotion_triggers.sql) ----

create trigger rules after insert or update on project for each row execute function project_rules();
create trigger rules before insert or update on project_line for each row execute function project_line_rules();
create trigger rules before insert or update on project_funding for each row execute function project_part_rules();
create trigger rules before insert or update on project_output for each row execute function project_part_rules();

create trigger refuse_while_referenced before update of deleted_at on programme
  for each row execute function refuse_while_referenced('project', 'programme_id', 'programme', 'predecessor_id');
create trigger refuse_while_referenced before update of deleted_at on project
  for each row execute function refuse_while_referenced('project', 'parent_id');
create trigger refuse_while_referenced before update of deleted_at on project_line
  for each row execute function refuse_while_referenced('project_funding', 'line_id', 'project_output', 'line_id');
create trigger promotion_refuses_while_referenced before update of deleted_at on establishment
  for each row execute function refuse_while_referenced('project_line', 'establishment_id');
create trigger promotion_refuses_while_referenced before update of deleted_at on organisation
  for each row execute function refuse_while_referenced('project', 'implementer_id', 'project', 'managing_organisation_id');
