-- SPDX-License-Identifier: MIT
-- OCOP from submission to result: procedures by date, results of councils.

-- ---- Shapes ----

create function are_steps(shape jsonb) returns boolean language sql immutable parallel safe as $$
  select case
    when jsonb_typeof(shape) is distinct from 'array' then false
    else jsonb_array_length(shape) > 0 and not exists (
      select from jsonb_array_elements(shape) e
       where coalesce(e ->> 'tier' not in ('central', 'province', 'district', 'commune'), true)
          or coalesce(e ->> 'action' not in ('review', 'score', 'recognise', 'forward'), true)
          or jsonb_typeof(e -> 'authority') is distinct from 'string')
  end
$$;
comment on function are_steps is '[{tier, action, authority}] in the order of the procedure.';

create function are_star_bands(shape jsonb) returns boolean language sql immutable parallel safe as $$
  select case
    when jsonb_typeof(shape) is distinct from 'array' then false
    else (
      select bool_and((e ->> 'from')::numeric = coalesce(below_before, 0)
                      and case when is_last then e ->> 'below' is null else (e ->> 'below')::numeric > (e ->> 'from')::numeric end
                      and (e ->> 'stars')::integer = n)
        from (select e, n, lag((e ->> 'below')::numeric) over (order by n) as below_before,
                     n = jsonb_array_length(shape) as is_last
                from jsonb_array_elements(shape) with ordinality listed (e, n)) band)
  end
$$;
comment on function are_star_bands is '[{stars, from, below}] from one star on, half open, without gap or overlap; the last one has no end.';

create function is_rounding(shape jsonb) returns boolean language sql immutable parallel safe as $$
  select coalesce(shape ->> 'mode' in ('half_up', 'down') and (shape ->> 'decimals')::integer between 0 and 2
    and shape ->> 'stars_from' in ('rounded', 'exact'), false)
$$;

create function is_minutes(shape jsonb) returns boolean language sql immutable parallel safe as $$
  select shape is null or jsonb_typeof(shape) = 'object'
$$;

-- ---- Procedures: loaded from db/reference, one row for each regime ----

create table ocop_procedure (
  id uuid primary key default uuidv7(),
  code text not null,
  name_vi text not null,
  name_en text not null,
  steps jsonb not null,
  star_bands jsonb not null,
  certifying_tiers jsonb not null,
  validity_months integer not null,
  max_spread numeric(5,2) not null,
  quorum_percent numeric not null,
  rounding jsonb not null,
  expiring_notice_days integer not null,
  legal_document_no text not null,
  amended_by text[] not null default '{}',
  valid_from date not null,
  valid_to date,
  certainty text not null,
  enforcement text not null,
  note text,
  constraint ocop_procedure_code_key unique (code),
  constraint ocop_procedure_steps_shape check (are_steps(steps)),
  constraint ocop_procedure_star_bands_shape check (are_star_bands(star_bands)),
  constraint ocop_procedure_certifying_tiers_shape check (are_objects(certifying_tiers)),
  constraint ocop_procedure_rounding_shape check (is_rounding(rounding)),
  constraint ocop_procedure_validity_range check (validity_months between 1 and 120),
  constraint ocop_procedure_spread_range check (max_spread between 0 and 100),
  constraint ocop_procedure_quorum_range check (quorum_percent between 0 and 100),
  constraint ocop_procedure_notice_range check (expiring_notice_days between 1 and 365),
  constraint ocop_procedure_valid_to_order check (valid_to >= valid_from),
  constraint ocop_procedure_days_overlap exclude using gist (daterange(valid_from, valid_to, '[]') with &&),
  constraint ocop_procedure_certainty_known check (certainty in ('verified', 'second_hand', 'uncertain')),
  constraint ocop_procedure_enforcement_known check (enforcement in ('block', 'warn')),
  constraint ocop_procedure_uncertain_warns check (certainty <> 'uncertain' or enforcement = 'warn')
);
comment on table ocop_procedure is 'Procedures of evaluation (quy trình theo quyết định). The day of submission chooses the row; a registration keeps it.';
comment on column ocop_procedure.steps is '[{tier, action review|score|recognise|forward, authority}] in their order.';
comment on column ocop_procedure.star_bands is '[{stars, from, below}], half open: from <= total < below.';
comment on column ocop_procedure.certifying_tiers is '[{stars, tier}]: who recognises and certifies.';
comment on column ocop_procedure.validity_months is 'Of a certificate, from its issue.';
comment on column ocop_procedure.max_spread is 'Points between the highest and the lowest total of a council above which it scores again.';
comment on column ocop_procedure.quorum_percent is 'Share of the members who may score that must have scored, the chair among them.';
comment on column ocop_procedure.rounding is '{mode half_up|down, decimals, stars_from rounded|exact} of averages and totals.';
comment on column ocop_procedure.expiring_notice_days is 'Days before its end from which a certificate is listed as expiring.';
comment on column ocop_procedure.enforcement is 'block: its steps are insisted on; warn: what departs from it is accepted with a warning.';
alter table ocop_procedure enable row level security;
alter table ocop_procedure force row level security;
create policy seen on ocop_procedure for select to kc_api using (true);
grant select on ocop_procedure to kc_api;

-- ---- Registrations keep what they were handed in under ----

alter table ocop_registration
  add column procedure_code text constraint ocop_registration_procedure_fkey references ocop_procedure (code),
  add column stars integer constraint ocop_registration_stars_range check (stars between 1 and 5);
comment on column ocop_registration.procedure_code is 'Procedure in force on the day of submission; null until then and for what is mirrored.';
comment on column ocop_registration.stars is 'Of the result by which it was recognised; null otherwise.';

-- ---- Results ----

create table ocop_result (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  status text not null default 'draft',
  registration_id uuid not null constraint ocop_result_registration_fkey references ocop_registration,
  tier text not null,
  pass_no integer not null default 1,
  part_a numeric(5,2) not null,
  part_b numeric(5,2) not null,
  part_c numeric(5,2) not null,
  total numeric(5,2) not null,
  stars integer not null,
  spread numeric(5,2),
  minutes jsonb,
  decision jsonb,
  organisation_id uuid not null constraint ocop_result_organisation_fkey references organisation,
  province_code text not null,
  origin text not null default 'native',
  history_quality text not null default 'full',
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint ocop_result_status_known check (status in ('draft', 'approved')),
  constraint ocop_result_tier_known check (tier in ('central', 'province', 'district')),
  constraint ocop_result_pass_no_range check (pass_no between 1 and 9),
  constraint ocop_result_part_a_range check (part_a between 0 and 100),
  constraint ocop_result_part_b_range check (part_b between 0 and 100),
  constraint ocop_result_part_c_range check (part_c between 0 and 100),
  constraint ocop_result_total_sum check (total between 0 and 100),
  constraint ocop_result_stars_range check (stars between 0 and 5),
  constraint ocop_result_minutes_shape check (is_minutes(minutes)),
  constraint ocop_result_decision_shape check (is_minutes(decision)),
  constraint ocop_result_origin_known check (origin in ('native', 'imported', 'mirrored')),
  constraint ocop_result_history_quality_known check (history_quality in ('full', 'partial', 'final_state_only'))
);
comment on table ocop_result is 'What a council found (kết quả đánh giá). Each tier and each pass has its own; none replaces another.';
comment on column ocop_result.tier is 'Of the council.';
comment on column ocop_result.pass_no is 'The council scores again when its members differ too much, or after test results.';
comment on column ocop_result.part_a is 'Average of the sheets that count, rounded by the procedure.';
comment on column ocop_result.total is 'Sum of the parts.';
comment on column ocop_result.stars is 'By the band in force for the registration; 0 when it is eliminated.';
comment on column ocop_result.spread is 'Between the highest and the lowest total of the sheets.';
comment on column ocop_result.minutes is 'Biên bản họp: a paper (DocumentRef).';
comment on column ocop_result.decision is 'Quyết định: a paper (DocumentRef).';
comment on column ocop_result.origin is 'native: from sheets kept here; imported: averages as the minutes have them.';
comment on column ocop_result.organisation_id is 'Of the registration.';
comment on column ocop_result.province_code is 'Of the registration.';
create unique index ocop_result_pass_key on ocop_result (registration_id, tier, pass_no) where deleted_at is null;
create index ocop_result_updated on ocop_result (updated_at desc, id desc);
create index ocop_result_province on ocop_result (province_code);
create index ocop_result_organisation on ocop_result (organisation_id);

select track('ocop_result');
create trigger inherit_owner before insert or update on ocop_result
  for each row execute function inherit_owner('ocop_registration', 'registration_id');
create trigger hand_down_owner_to_result after update of organisation_id, province_code on ocop_registration
  for each row execute function hand_down_owner('ocop_result', 'registration_id');
create trigger frozen before update of part_a, part_b, part_c, minutes, decision, note, deleted_at on ocop_result
  for each row execute function refuse_frozen('ocop_result', 'id');
create trigger score_refuses_while_referenced before update of deleted_at on ocop_registration
  for each row execute function refuse_while_referenced('ocop_result', 'registration_id');

alter table ocop_result enable row level security;
alter table ocop_result force row level security;
create policy seen on ocop_result for select to kc_api
  using (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid);
create policy added on ocop_result for insert to kc_api
  with check (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid);
create policy changed on ocop_result for update to kc_api
  using (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid);
grant select, insert, update on ocop_result to kc_api;

-- ---- Rubrics: what is asked, and what each answer is worth ----

create function are_criteria(shape jsonb) returns boolean language sql immutable parallel safe as $$
  select case
    when jsonb_typeof(shape) is distinct from 'array' then false
    else not exists (
      select from jsonb_array_elements(shape) e
       where coalesce(e ->> 'part' not in ('A', 'B', 'C'), true) or jsonb_typeof(e -> 'max_points') is distinct from 'number'
          or jsonb_typeof(e -> 'options') is distinct from 'array')
  end
$$;
comment on function are_criteria is '[{code, parent_code, part A|B|C, name_vi, name_en, max_points, options: [{code, label_vi, label_en, points, min_stars, is_eliminating}]}].';

create table ocop_rubric (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  status text not null default 'draft',
  product_set_id uuid not null constraint ocop_rubric_product_set_fkey references ocop_product_set,
  edition_no integer not null default 1,
  name_vi text not null,
  name_en text,
  is_sample boolean not null default false,
  criteria jsonb not null default '[]',
  organisation_id uuid constraint ocop_rubric_organisation_fkey references organisation,
  province_code text,
  origin text not null default 'native',
  history_quality text not null default 'full',
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint ocop_rubric_status_known check (status in ('draft', 'published', 'retired')),
  constraint ocop_rubric_edition_range check (edition_no between 1 and 999),
  constraint ocop_rubric_criteria_shape check (are_criteria(criteria)),
  constraint ocop_rubric_origin_known check (origin in ('native', 'imported', 'mirrored')),
  constraint ocop_rubric_history_quality_known check (history_quality in ('full', 'partial', 'final_state_only'))
);
comment on table ocop_rubric is 'Criteria and points of a product set (bộ tiêu chí). Published ones are frozen; registrations keep the one they were handed in under.';
comment on column ocop_rubric.is_sample is 'Invented points in a plausible structure: not the official text.';
comment on column ocop_rubric.criteria is 'Parts, their sections, and below these the criteria that are answered by one of their options.';
comment on column ocop_rubric.organisation_id is 'Who wrote it; null: it came with the release.';
comment on column ocop_rubric.province_code is 'None: a rubric is for the whole country.';
create unique index ocop_rubric_published_key on ocop_rubric (product_set_id) where status = 'published' and deleted_at is null;
create index ocop_rubric_updated on ocop_rubric (updated_at desc, id desc);
create index ocop_rubric_product_set on ocop_rubric (product_set_id);
create index ocop_rubric_organisation on ocop_rubric (organisation_id);

select track('ocop_rubric');
create trigger frozen before update of product_set_id, edition_no, name_vi, name_en, is_sample, criteria, note, deleted_at on ocop_rubric
  for each row execute function refuse_frozen('ocop_rubric', 'id');

alter table ocop_rubric enable row level security;
alter table ocop_rubric force row level security;
create policy seen on ocop_rubric for select to kc_api
  using (status <> 'draft' or organisation_id = claim('app.organisation_id')::uuid or claim('app.tier') = 'central');
create policy added on ocop_rubric for insert to kc_api with check (organisation_id = claim('app.organisation_id')::uuid);
create policy changed on ocop_rubric for update to kc_api
  using (organisation_id = claim('app.organisation_id')::uuid or claim('app.tier') = 'central');
grant select, insert, update on ocop_rubric to kc_api;

alter table ocop_registration
  add column rubric_id uuid constraint ocop_registration_rubric_fkey references ocop_rubric;
comment on column ocop_registration.rubric_id is 'Rubric in force for its product set on the day it was handed in; null where none was.';
create index ocop_registration_rubric on ocop_registration (rubric_id);
