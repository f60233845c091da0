-- SPDX-License-Identifier: MIT
-- What plans rest on: targets of yearly plans and judgements of targets by hand, versions of programmes, calls for proposals, surveys of
-- candidates, priority rules, eligible and affected areas.

-- Plans of the nation are read by every caller, but by none without a token.
alter policy seen on annual_plan
  using (level = 'national' and claim('app.client_id') is not null
         or in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid);
alter policy seen on plan_adjustment
  using (province_code is null and claim('app.client_id') is not null
         or in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid);

-- ---- Targets of yearly plans ----

alter table target
  alter column programme_id drop not null,
  add column annual_plan_id uuid constraint target_annual_plan_fkey references annual_plan,
  add constraint target_one_parent check (num_nonnulls(programme_id, annual_plan_id) = 1);
comment on table target is 'Targets (chỉ tiêu, mục tiêu) of a programme or of a yearly plan.';
comment on column target.annual_plan_id is 'The yearly plan; or programme_id instead.';
comment on column target.province_code is 'Of the programme or plan; null: national.';
create index target_annual_plan on target (annual_plan_id);
drop trigger inherit_owner on target;
drop trigger touch_parent on target;
create trigger inherit_owner before insert or update on target
  for each row when (new.programme_id is not null) execute function inherit_owner('programme', 'programme_id');
create trigger inherit_owner_of_plan before insert or update on target
  for each row when (new.annual_plan_id is not null) execute function inherit_owner('annual_plan', 'annual_plan_id');
create trigger touch_parent after insert or update on target
  for each row when (new.programme_id is not null) execute function touch_parent('programme', 'programme_id');
create trigger touch_plan after insert or update on target
  for each row when (new.annual_plan_id is not null) execute function touch_parent('annual_plan', 'annual_plan_id');

-- ---- Judgements by hand ----

create table target_assessment (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  target_id uuid not null constraint target_assessment_target_fkey references target,
  result text not null,
  assessed_on date not null,
  assessed_by_id uuid not null constraint target_assessment_assessed_by_fkey references organisation,
  person_id uuid,
  source text not null,
  documents jsonb not null default '[]',
  organisation_id uuid not null constraint target_assessment_organisation_fkey references organisation,
  province_code text,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint target_assessment_result_known check (result in ('exceeded', 'met', 'not_met', 'no_data')),
  constraint target_assessment_source_given check (source ~ '\S'),
  constraint target_assessment_documents_shape check (are_objects(documents))
);
comment on table target_assessment is 'Judgements of targets by hand (kết luận tay): a verdict without figures, from whom, when, on what source.';
comment on column target_assessment.result is 'exceeded, met, not_met or no_data.';
comment on column target_assessment.assessed_by_id is 'The organisation that judged.';
comment on column target_assessment.person_id is 'The user on whose behalf the client wrote it; null: none was named.';
comment on column target_assessment.source is 'Where the verdict stands: a report, a review, a minute.';
comment on column target_assessment.organisation_id is 'Of the target.';
comment on column target_assessment.province_code is 'Of the target; null: national.';
create index target_assessment_target on target_assessment (target_id);
create index target_assessment_organisation on target_assessment (organisation_id);

-- ---- Versions of programmes ----

create function are_version_targets(shape jsonb) returns boolean language sql immutable parallel safe as $$
  select case
    when not are_objects(shape) then false
    else not exists (
      select from jsonb_array_elements(shape) t
       where not (coalesce(t ->> 'name', '') ~ '\S' and coalesce(t ->> 'kind', '') in ('flow', 'stock')
                  and coalesce(t ->> 'operator', '') in ('gt', 'gte', 'eq', 'approx', 'lte', 'lt') and are_measures(t -> 'measures')
                  and t #>> '{measures,0,measure_unit}' is distinct from t #>> '{measures,1,measure_unit}'
                  and (t ->> 'tolerance_percent' is null or t ->> 'operator' = 'approx')
                  and coalesce(t ->> 'to' >= t ->> 'from' collate "C", true)))
  end
$$;
comment on function are_version_targets is 'What the rows of target ask, of the targets of a version.';

create table programme_version (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  programme_id uuid not null constraint programme_version_programme_fkey references programme,
  version_no integer not null,
  status text not null default 'proposed',
  name text not null,
  starts_on date,
  ends_on date,
  activity_priorities text[] not null default '{}',
  planned_funding jsonb not null default '[]',
  targets jsonb not null default '[]',
  valid_from date,
  valid_to date,
  transition_id uuid constraint programme_version_transition_fkey references transition,
  organisation_id uuid not null constraint programme_version_organisation_fkey references organisation,
  province_code text,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint programme_version_no_key unique (programme_id, version_no),
  constraint programme_version_status_known check (status in ('proposed', 'in_force', 'superseded')),
  constraint programme_version_dates_by_status check ((status = 'proposed') = (valid_from is null) and (status = 'superseded') = (valid_to is not null)),
  constraint programme_version_ends_after_starts check (ends_on >= starts_on),
  constraint programme_version_planned_funding_shape check (is_planned_funding(planned_funding)),
  constraint programme_version_planned_funding_once check (is_funded_once(planned_funding)),
  constraint programme_version_targets_shape check (are_version_targets(targets))
);
comment on table programme_version is 'Versions of a programme: as it was approved, and as each amending decision made it. A proposal is one until `amend` puts it in force.';
comment on column programme_version.targets is '[{target_id, name, indicator_code, operator, kind, measures, tolerance_percent, from, to}]; target_id null: a new target.';
comment on column programme_version.valid_from is 'Day of the decision; null: proposed.';
comment on column programme_version.valid_to is 'Last day, when a later decision took its place.';
comment on column programme_version.transition_id is 'The act that put it in force, with its documents; null: proposed, or approved before versions were kept.';
comment on column programme_version.organisation_id is 'Of the programme.';
comment on column programme_version.province_code is 'Of the programme; null: national.';
create unique index programme_version_proposed_key on programme_version (programme_id) where status = 'proposed' and deleted_at is null;
create unique index programme_version_in_force_key on programme_version (programme_id) where status = 'in_force';
create index programme_version_organisation on programme_version (organisation_id);
create trigger frozen before update on programme_version for each row execute function programme_version_frozen();

do $$
declare
  child text;
  parent text;
begin
  for child, parent in values ('target_assessment', 'target'), ('programme_version', 'programme') loop
    execute format($ddl$
      select track('%1$s');
      create trigger inherit_owner before insert or update on %1$I for each row execute function inherit_owner('%2$s', '%2$s_id');
      create trigger touch_parent after insert or update on %1$I for each row execute function touch_parent('%2$s', '%2$s_id');
      create trigger hand_down_owner_to_%1$s after update of organisation_id, province_code on %2$I
        for each row execute function hand_down_owner('%1$s', '%2$s_id');
      alter table %1$I enable row level security;
      alter table %1$I force row level security;
      create policy seen on %1$I for select to kc_api
        using (province_code is null and claim('app.client_id') is not null
               or in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid);
      create policy added on %1$I for insert to kc_api
        with check (case when province_code is null then claim('app.tier') = 'central'
                    else in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid end);
      create policy changed on %1$I for update to kc_api
        using (case when province_code is null then claim('app.tier') = 'central'
               else in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid end);
      grant select, insert, update on %1$I to kc_api;
    $ddl$, child, parent);
  end loop;
end
$$;

-- What was approved changes by an amending decision, not by hand (rows of open_member).
create trigger frozen before update of kind, level, name, starts_on, ends_on, predecessor_id, activity_priorities, planned_funding,
    province_code, codes_on, evidence_grade, note, deleted_at on programme
  for each row execute function refuse_frozen('programme', 'id');
create trigger frozen before insert or update on target
  for each row when (new.programme_id is not null) execute function refuse_frozen('programme', 'programme_id');
create trigger frozen_with_plan before insert or update on target
  for each row when (new.annual_plan_id is not null) execute function refuse_frozen('annual_plan', 'annual_plan_id');

-- ---- Calls for proposals ----

create function are_recipients(shape jsonb) returns boolean language sql immutable parallel safe as $$
  select case
    when not are_objects(shape) then false
    else (select count(r ->> 'organisation_id') = count(*) and count(distinct r ->> 'organisation_id') = count(*)
            from jsonb_array_elements(shape) r)
  end
$$;
comment on function are_recipients is '[{organisation_id, replied_on}], each organisation once.';

create sequence plan_call_code;
create sequence survey_code;
grant usage on sequence plan_call_code, survey_code to kc_api;

create table plan_call (
  id uuid primary key default uuidv7(),
  code text not null default printed_code('TB', 'plan_call_code'),
  version integer not null default 1,
  title text not null,
  year integer not null,
  level text not null,
  sent_on date,
  closes_on date,
  recipients jsonb not null default '[]',
  documents jsonb not null default '[]',
  status text not null default 'draft',
  organisation_id uuid not null constraint plan_call_organisation_fkey references organisation,
  province_code text,
  origin text not null default 'native',
  history_quality text not null default 'full',
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint plan_call_code_key unique (code),
  constraint plan_call_year_range check (year between 1990 and 2100),
  constraint plan_call_level_known check (level in ('national', 'local')),
  constraint plan_call_status_known check (status in ('draft', 'sent', 'closed')),
  constraint plan_call_recipients_shape check (are_recipients(recipients)),
  constraint plan_call_documents_shape check (are_objects(documents)),
  constraint plan_call_sent_has_day check (status = 'draft' or sent_on is not null),
  constraint plan_call_sent_has_recipients check (status = 'draft' or recipients <> '[]'),
  constraint plan_call_closes_after_sent check (closes_on >= sent_on),
  constraint plan_call_origin_known check (origin in ('native', 'imported', 'mirrored')),
  constraint plan_call_history_quality_known check (history_quality in ('full', 'partial', 'final_state_only'))
);
comment on table plan_call is 'Calls for proposals (thông báo lập kế hoạch): the early letter, to whom it went and who answered.';
comment on column plan_call.closes_on is 'Until when answers are asked for.';
comment on column plan_call.recipients is '[{organisation_id, replied_on}]; replied_on null: no answer yet.';
comment on column plan_call.province_code is 'Territory of who calls; null: a central body.';
create index plan_call_updated on plan_call (updated_at desc, id desc);
create index plan_call_organisation on plan_call (organisation_id);

create table survey (
  id uuid primary key default uuidv7(),
  code text not null default printed_code('KS', 'survey_code'),
  version integer not null default 1,
  establishment_id uuid not null constraint survey_establishment_fkey references establishment,
  project_id uuid constraint survey_project_fkey references project,
  surveyed_on date,
  surveyors text[] not null default '{}',
  score numeric(5, 2),
  findings text,
  status text not null default 'planned',
  organisation_id uuid not null constraint survey_organisation_fkey references organisation,
  province_code text not null,
  origin text not null default 'native',
  history_quality text not null default 'full',
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint survey_code_key unique (code),
  constraint survey_status_known check (status in ('planned', 'done', 'shortlisted', 'dropped')),
  constraint survey_done_has_day check (status in ('planned', 'dropped') or surveyed_on is not null),
  constraint survey_score_range check (score between 0 and 100),
  constraint survey_origin_known check (origin in ('native', 'imported', 'mirrored')),
  constraint survey_history_quality_known check (history_quality in ('full', 'partial', 'final_state_only'))
);
comment on table survey is 'Surveys of candidates (khảo sát, tìm đối tượng), from the plan to the short list.';
comment on column survey.project_id is 'The project that came of it; null: none yet.';
comment on column survey.surveyors is 'Roles or units of those who went there.';
comment on column survey.score is '0 to 100 by the survey''s own scale.';
comment on column survey.province_code is 'Territory of who surveys.';
create index survey_updated on survey (updated_at desc, id desc);
create index survey_establishment on survey (establishment_id);
create index survey_project on survey (project_id);
create index survey_organisation on survey (organisation_id);
create trigger surveys_refuse_while_referenced before update of deleted_at on establishment
  for each row execute function refuse_while_referenced('survey', 'establishment_id');
create trigger surveys_refuse_while_referenced before update of deleted_at on project
  for each row execute function refuse_while_referenced('survey', 'project_id');

-- ---- Areas hit by a disaster or an epidemic ----

create table affected_area (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  kind text not null,
  name text not null,
  province_code text not null,
  commune_codes text[] not null default '{}',
  codes_on date not null,
  valid_from date not null,
  valid_to date,
  legal_document_no text not null,
  legal_article text,
  organisation_id uuid not null constraint affected_area_organisation_fkey references organisation,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint affected_area_kind_known check (kind in ('disaster', 'epidemic')),
  constraint affected_area_ends_after_starts check (valid_to >= valid_from)
);
comment on table affected_area is 'Areas declared hit by a disaster or an epidemic (vùng bị thiên tai, dịch bệnh), with the text that declares it. Everybody reads them; their territory writes them.';
comment on column affected_area.commune_codes is 'Communes, as coded on codes_on; empty: the whole province.';
comment on column affected_area.valid_to is 'Last day; null: not ended.';
create index affected_area_province on affected_area (province_code, valid_from);
create index affected_area_organisation on affected_area (organisation_id);

do $$
declare
  kept text;
begin
  foreach kept in array array['plan_call', 'survey', 'affected_area'] loop
    execute format($ddl$
      select track('%1$s');
      alter table %1$I enable row level security;
      alter table %1$I force row level security;
      create policy seen on %1$I for select to kc_api using (%2$s);
      create policy added on %1$I for insert to kc_api
        with check (case when province_code is null then claim('app.tier') = 'central' else in_territory(province_code) end);
      create policy changed on %1$I for update to kc_api
        using (case when province_code is null then claim('app.tier') = 'central'
               else in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid end);
      grant select, insert, update on %1$I to kc_api;
    $ddl$, kept, case kept
      when 'affected_area' then 'true'
      else 'province_code is null and claim(''app.client_id'') is not null or in_territory(province_code)
            or organisation_id = claim(''app.organisation_id'')::uuid' end);
  end loop;
end
$$;

-- ---- Priorities and eligible areas: loaded from db/reference ----

create table priority_rule (
  id uuid primary key default uuidv7(),
  code text not null,
  kind text not null,
  name_vi text not null,
  name_en text not null,
  weight numeric(5, 2) not null,
  trade_codes text[] not null default '{}',
  scales text[] not null default '{}',
  legal_document_no text not null,
  legal_article text,
  valid_from date not null,
  valid_to date,
  certainty text not null,
  enforcement text not null,
  note text,
  constraint priority_rule_code_key unique (code, valid_from),
  constraint priority_rule_kind_known check (kind in ('area', 'trade', 'product', 'group', 'key')),
  constraint priority_rule_weight_range check (weight > 0),
  constraint priority_rule_scales_known check (scales <@ array['single', 'group', 'key']),
  constraint priority_rule_ends_after_starts check (valid_to >= valid_from),
  constraint priority_rule_certainty_known check (certainty in ('verified', 'second_hand', 'uncertain')),
  constraint priority_rule_enforcement_known check (enforcement in ('block', 'warn')),
  constraint priority_rule_uncertain_warns check (certainty <> 'uncertain' or enforcement = 'warn')
);
comment on table priority_rule is 'What goes first when money is short (quy tắc ưu tiên), over time; loaded from db/reference/priority_rules.csv.';
comment on column priority_rule.kind is 'What it looks at: area, trade, product, group (đề án nhóm) or key (đề án điểm).';
comment on column priority_rule.weight is 'For comparison among rules; no text sets it, so it is 1 unless a province says otherwise.';
comment on column priority_rule.trade_codes is 'Trades it holds for; empty: not judged by trade.';
comment on column priority_rule.scales is 'Scales of projects it holds for; empty: all.';

create table eligible_area (
  id uuid primary key default uuidv7(),
  code text not null,
  kind text not null,
  name_vi text not null,
  name_en text not null,
  province_code text,
  admin_unit_codes text[] not null default '{}',
  codes_on date not null,
  is_excluded boolean not null default false,
  legal_document_no text not null,
  legal_article text,
  valid_from date not null,
  valid_to date,
  certainty text not null,
  enforcement text not null,
  note text,
  constraint eligible_area_code_key unique (code, valid_from),
  constraint eligible_area_kind_known check (kind in ('rural', 'craft_village', 'difficult', 'especially_difficult', 'poor_district', 'new_rural')),
  constraint eligible_area_ends_after_starts check (valid_to >= valid_from),
  constraint eligible_area_certainty_known check (certainty in ('verified', 'second_hand', 'uncertain')),
  constraint eligible_area_enforcement_known check (enforcement in ('block', 'warn')),
  constraint eligible_area_uncertain_warns check (certainty <> 'uncertain' or enforcement = 'warn')
);
comment on table eligible_area is 'Areas where promotion supports, or supports more (địa bàn được hỗ trợ, ưu tiên), over time; loaded from db/reference/eligible_areas.csv.';
comment on column eligible_area.kind is 'rural (towns and communes of the countryside), craft_village, difficult, especially_difficult, poor_district, new_rural.';
comment on column eligible_area.province_code is 'Null: everywhere.';
comment on column eligible_area.admin_unit_codes is 'Communes and districts, as coded on codes_on; empty: by the words of the text alone.';
comment on column eligible_area.is_excluded is 'The text takes the area out.';

do $$
declare
  data text;
begin
  foreach data in array array['priority_rule', 'eligible_area'] loop
    execute format($ddl$
      alter table %1$I enable row level security;
      alter table %1$I force row level security;
      create policy seen on %1$I for select to kc_api using (true);
      grant select on %1$I to kc_api;
    $ddl$, data);
  end loop;
end
$$;
