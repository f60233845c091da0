-- SPDX-License-Identifier: MIT
-- OCOP between submission and scoring: papers by kind of registration, requests for supplements, reviews of each tier.

-- ---- Papers by kind of registration ----

alter table document_requirement
  add column record_kind text,
  drop constraint document_requirement_code_overlap,
  add constraint document_requirement_code_overlap exclude using gist (
    record_type with =, code with =, coalesce(record_kind, '') with =, daterange(valid_from, valid_to, '[]') with &&);
comment on column document_requirement.record_kind is 'Only for records of this kind (first, upgrade, re_evaluation), and then instead of the row for all; null: for all.';

-- ---- Supplements ----

create function are_supplement_items(shape jsonb) returns boolean language sql immutable parallel safe as $$
  select case
    when jsonb_typeof(shape) is distinct from 'array' then false
    else jsonb_array_length(shape) > 0 and (
      select count(*) = count(distinct e -> 'item_no') and bool_and(jsonb_typeof(e -> 'item_no') = 'number' and coalesce(e ->> 'description', '') <> '')
        from jsonb_array_elements(shape) e)
  end
$$;
comment on function are_supplement_items is '[{item_no, requirement_code, description}], each number once.';

create function are_supplement_answers(shape jsonb) returns boolean language sql immutable parallel safe as $$
  select case
    when jsonb_typeof(shape) is distinct from 'array' then false
    else (select count(*) = count(distinct e -> 'item_no') and bool_and(e ? 'answered_on' and jsonb_typeof(e -> 'file_ids') = 'array') is not false
            from jsonb_array_elements(shape) e)
  end
$$;
comment on function are_supplement_answers is '[{item_no, note, file_ids, answered_on}], each item once.';

create table ocop_supplement_request (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  registration_id uuid not null constraint ocop_supplement_request_registration_fkey references ocop_registration,
  tier text not null,
  transition_id uuid not null constraint ocop_supplement_request_transition_fkey references transition,
  requested_on date not null,
  due_on date not null,
  items jsonb not null,
  answers jsonb not null default '[]',
  answered_on date,
  closed_on date,
  organisation_id uuid not null constraint ocop_supplement_request_organisation_fkey references organisation,
  province_code text not null,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint ocop_supplement_request_tier_known check (tier in ('central', 'province', 'district', 'commune')),
  constraint ocop_supplement_request_items_shape check (are_supplement_items(items)),
  constraint ocop_supplement_request_answers_shape check (are_supplement_answers(answers)),
  constraint ocop_supplement_request_due_after_requested check (due_on >= requested_on)
);
comment on table ocop_supplement_request is 'What the tier that holds a registration asks to be added (yêu cầu bổ sung), item by item, and what was answered. Made by the act request_supplement; gone when that is corrected.';
comment on column ocop_supplement_request.tier is 'Where the registration lay.';
comment on column ocop_supplement_request.transition_id is 'The act that asked.';
comment on column ocop_supplement_request.items is '[{item_no, requirement_code, description}].';
comment on column ocop_supplement_request.answers is '[{item_no, note, file_ids, answered_on}], only of items that were answered.';
comment on column ocop_supplement_request.answered_on is 'Day of the answer that left no item open; null while one is.';
comment on column ocop_supplement_request.closed_on is 'Day on which the registration was handed in again; until then its clock may stand still.';
comment on column ocop_supplement_request.organisation_id is 'Of the registration.';
comment on column ocop_supplement_request.province_code is 'Of the registration.';
create index ocop_supplement_request_due on ocop_supplement_request (due_on) where answered_on is null;

-- ---- Reviews ----

create function are_local_criteria(shape jsonb) returns boolean language sql immutable parallel safe as $$
  select case
    when jsonb_typeof(shape) is distinct from 'object' then false
    else (select bool_and(jsonb_typeof(e.value) in ('object', 'null')) is not false from jsonb_each(shape) e)
  end
$$;
comment on function are_local_criteria is '{material_origin, local_labour, idea_origin, local_identity}, each {is_met, finding} or null.';

create table ocop_review (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  status text not null default 'draft',
  registration_id uuid not null constraint ocop_review_registration_fkey references ocop_registration,
  tier text not null,
  kind text not null,
  visited_on date,
  local_criteria jsonb not null default '{}',
  result text,
  document jsonb,
  organisation_id uuid not null constraint ocop_review_organisation_fkey references organisation,
  province_code text not null,
  origin text not null default 'native',
  history_quality text not null default 'full',
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint ocop_review_status_known check (status in ('draft', 'signed')),
  constraint ocop_review_tier_known check (tier in ('central', 'province', 'district', 'commune')),
  constraint ocop_review_kind_known check (kind in ('papers', 'site_visit', 'commune_report')),
  constraint ocop_review_result_known check (result in ('passed', 'not_passed', 'supplement_needed')),
  constraint ocop_review_local_criteria_shape check (are_local_criteria(local_criteria)),
  constraint ocop_review_document_shape check (is_minutes(document)),
  constraint ocop_review_origin_known check (origin in ('native', 'imported', 'mirrored')),
  constraint ocop_review_history_quality_known check (history_quality in ('full', 'partial', 'final_state_only'))
);
comment on table ocop_review is 'What a tier found before the scoring: in the papers (kiểm tra hồ sơ), on the site (kiểm tra thực địa), or in its report on local criteria (báo cáo của xã). A signed one stays.';
comment on column ocop_review.tier is 'Of the body that reviews.';
comment on column ocop_review.local_criteria is 'Of the report of the commune: origin of the material, local labour, origin of the idea, local identity.';
comment on column ocop_review.result is 'Null until it is said; needed to sign.';
comment on column ocop_review.document is 'The report or minutes as a paper (DocumentRef).';
comment on column ocop_review.organisation_id is 'Of the registration.';
comment on column ocop_review.province_code is 'Of the registration.';
create trigger frozen before update of kind, visited_on, local_criteria, result, document, note, deleted_at on ocop_review
  for each row execute function refuse_frozen('ocop_review', 'id');
create trigger cite_files after insert or update of document on ocop_review for each row execute function cite_files_of_record('document');

-- ---- What both share with their registration ----

do $$
declare
  part text;
begin
  foreach part in array array['ocop_supplement_request', 'ocop_review'] loop
    perform track(part);
    execute format('create index %1$s_updated on %1$I (updated_at desc, id desc)', part);
    execute format('create index %1$s_registration on %1$I (registration_id)', part);
    execute format('create index %1$s_province on %1$I (province_code)', part);
    execute format('create index %1$s_organisation on %1$I (organisation_id)', part);
    execute format($ddl$create trigger inherit_owner before insert or update on %I
      for each row execute function inherit_owner('ocop_registration', 'registration_id')$ddl$, part);
    execute format($ddl$create trigger hand_down_owner_to_%1$s after update of organisation_id, province_code on ocop_registration
      for each row execute function hand_down_owner('%1$s', 'registration_id')$ddl$, part);
    execute format('alter table %I enable row level security', part);
    execute format('alter table %I force row level security', part);
    execute format($ddl$create policy seen on %I for select to kc_api
      using (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid)$ddl$, part);
    execute format($ddl$create policy added on %I for insert to kc_api
      with check (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid)$ddl$, part);
    execute format($ddl$create policy changed on %I for update to kc_api
      using (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid)$ddl$, part);
    execute format('grant select, insert, update on %I to kc_api', part);
  end loop;
end
$$;
create trigger cite_files after insert or update of answers on ocop_supplement_request
  for each row execute function cite_files_of_record('answers');
create trigger reviews_refuse_while_referenced before update of deleted_at on ocop_registration
  for each row execute function refuse_while_referenced('ocop_review', 'registration_id');
