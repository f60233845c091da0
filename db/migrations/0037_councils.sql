-- SPDX-License-Identifier: MIT
-- OCOP councils and advisory teams: who sits in them, which registrations they have, what each member found.

select voting_table('ocop_council');
alter table ocop_council
  add column kind text not null default 'council',
  add column tier text not null,
  add column name text not null,
  add column round_id uuid constraint ocop_council_round_fkey references ocop_round,
  add column decision jsonb,
  add column starts_on date,
  add column ends_on date,
  add column status text not null default 'active',
  add constraint ocop_council_kind_known check (kind in ('council', 'advisory_team')),
  add constraint ocop_council_tier_known check (tier in ('district', 'province', 'central')),
  add constraint ocop_council_decision_shape check (is_minutes(decision)),
  add constraint ocop_council_ends_after_starts check (ends_on >= starts_on),
  add constraint ocop_council_status_known check (status in ('active', 'ended'));
comment on table ocop_council is 'Councils that score (hội đồng đánh giá, phân hạng) and advisory teams (tổ tư vấn, giúp việc).';
comment on column ocop_council.province_code is 'Territory, as coded on codes_on; null: of the centre.';
comment on column ocop_council.decision is 'Quyết định thành lập: a paper (DocumentRef).';
comment on column ocop_council.ends_on is 'Last day of its term; null: until further notice.';
create index ocop_council_round on ocop_council (round_id);
create trigger complete before insert or update on ocop_council for each row execute function complete_ocop_council();
create trigger cite_files after insert or update of decision on ocop_council for each row execute function cite_files_of_record('decision');

create table ocop_council_member (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  council_id uuid not null constraint ocop_council_member_council_fkey references ocop_council,
  role text not null,
  position text not null,
  organisation_id uuid constraint ocop_council_member_organisation_fkey references organisation,
  organisation_name text,
  establishment_id uuid constraint ocop_council_member_establishment_fkey references establishment,
  user_id uuid constraint ocop_council_member_user_fkey references "user",
  conflicts jsonb not null default '[]',
  ends_on date,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint ocop_council_member_role_known check (role in ('chair', 'vice_chair', 'secretary', 'member', 'leader', 'deputy')),
  constraint ocop_council_member_conflicts_shape check (are_objects(conflicts))
);
comment on table ocop_council_member is 'Members by post and body, not by name. The secretary does not score.';
comment on column ocop_council_member.organisation_id is 'Where he works; organisation_name: a body that is not in the register.';
comment on column ocop_council_member.establishment_id is 'An establishment that is his own or where he works: he never scores its products.';
comment on column ocop_council_member.user_id is 'The account by which he scores himself; null: his sheets come on paper.';
comment on column ocop_council_member.conflicts is '[{registration_id | establishment_id, reason, declared_on}]: what he declared, and so neither sees nor scores.';
comment on column ocop_council_member.ends_on is 'Last day, when he leaves before the council ends.';
create unique index ocop_council_member_chair_key on ocop_council_member (council_id, role)
  where role in ('chair', 'secretary', 'leader') and ends_on is null and deleted_at is null;
create unique index ocop_council_member_user_key on ocop_council_member (council_id, user_id) where deleted_at is null;
create index ocop_council_member_user on ocop_council_member (user_id);

create table ocop_council_assignment (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  council_id uuid not null constraint ocop_council_assignment_council_fkey references ocop_council,
  registration_id uuid not null constraint ocop_council_assignment_registration_fkey references ocop_registration,
  member_ids uuid[] not null default '{}',
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz
);
comment on table ocop_council_assignment is 'Registrations that a council or team has before it.';
comment on column ocop_council_assignment.member_ids is 'Who has it; empty: every member.';
create unique index ocop_council_assignment_key on ocop_council_assignment (council_id, registration_id) where deleted_at is null;
create index ocop_council_assignment_registration on ocop_council_assignment (registration_id);

do $$
declare
  part text;
begin
  foreach part in array array['ocop_council_member', 'ocop_council_assignment'] loop
    perform track(part);
    execute format('create index %1$s_council on %1$I (council_id)', part);
    execute format('alter table %I enable row level security', part);
    execute format('alter table %I force row level security', part);
    -- The policies of ocop_council say which of them the caller sees.
    execute format('create policy seen on %I for select to kc_api using (exists (select from ocop_council c where c.id = council_id))', part);
    execute format('create policy added on %I for insert to kc_api
      with check (not is_plain_member() and exists (select from ocop_council c where c.id = council_id))', part);
    execute format('create policy changed on %I for update to kc_api
      using (not is_plain_member() and exists (select from ocop_council c where c.id = council_id))', part);
    execute format('grant select, insert, update on %I to kc_api', part);
  end loop;
end
$$;
create policy not_by_members on ocop_council as restrictive for insert to kc_api with check (not is_plain_member());
create policy not_changed_by_members on ocop_council as restrictive for update to kc_api using (not is_plain_member());

-- ---- Score sheets ----

select voting_table('ocop_score_sheet');
alter table ocop_score_sheet
  alter column province_code set not null,
  add column registration_id uuid not null constraint ocop_score_sheet_registration_fkey references ocop_registration,
  add column rubric_id uuid not null constraint ocop_score_sheet_rubric_fkey references ocop_rubric,
  add column kind text not null default 'member',
  add column council_id uuid constraint ocop_score_sheet_council_fkey references ocop_council,
  add column scorer_id uuid constraint ocop_score_sheet_scorer_fkey references ocop_council_member,
  add column entered_by uuid not null,
  add column pass_no integer not null default 1,
  add column answers jsonb not null,
  add column part_a numeric(5, 2) not null,
  add column part_b numeric(5, 2) not null,
  add column part_c numeric(5, 2) not null,
  add column total numeric(5, 2) not null,
  add column paper jsonb,
  add column status text not null default 'draft',
  add column submitted_at timestamptz,
  add constraint ocop_score_sheet_kind_known check (kind in ('self', 'member')),
  add constraint ocop_score_sheet_kind_scorer check ((kind = 'member') = (scorer_id is not null) and (kind = 'member') = (council_id is not null)),
  add constraint ocop_score_sheet_pass_no_range check (pass_no between 1 and 9),
  add constraint ocop_score_sheet_answers_shape check (are_objects(answers)),
  add constraint ocop_score_sheet_paper_shape check (is_minutes(paper)),
  add constraint ocop_score_sheet_status_known check (status in ('draft', 'submitted', 'voided')),
  add constraint ocop_score_sheet_submitted_at check (status <> 'submitted' or submitted_at is not null);
comment on table ocop_score_sheet is 'Score sheets (phiếu chấm) of members, and self-assessments (tự chấm) of producers, which never go into an average.';
comment on column ocop_score_sheet.organisation_id is 'Of the registration.';
comment on column ocop_score_sheet.province_code is 'Of the registration.';
comment on column ocop_score_sheet.entered_by is 'The person, or else the client, who wrote it down; another than the scorer enters a paper sheet and attaches its scan.';
comment on column ocop_score_sheet.answers is '[{criterion_code, option_code, part, points, note}]: points come from the rubric, never from the caller.';
comment on column ocop_score_sheet.paper is 'The sheet on paper: a DocumentRef with its scan.';
comment on column ocop_score_sheet.pass_no is 'The council scores again when its totals lie too far apart, or after test results; earlier sheets stay.';
create unique index ocop_score_sheet_key on ocop_score_sheet (registration_id, scorer_id, pass_no) where status <> 'voided' and kind = 'member';
create unique index ocop_score_sheet_self_key on ocop_score_sheet (registration_id) where status <> 'voided' and kind = 'self';
create index ocop_score_sheet_council on ocop_score_sheet (council_id, registration_id, pass_no);
create trigger complete before insert or update on ocop_score_sheet for each row execute function complete_ocop_score_sheet();
create trigger cite_files after insert or update of paper on ocop_score_sheet for each row execute function cite_files_of_record('paper');
create trigger hand_down_owner_to_score_sheet after update of organisation_id, province_code on ocop_registration
  for each row execute function hand_down_owner('ocop_score_sheet', 'registration_id');

-- Until all sheets of a pass are in, everybody sees those alone that he wrote down or that are his.
create policy not_before_all_are_in on ocop_score_sheet as restrictive for select to kc_api
  using (kind = 'self' or ocop_sheet_own(entered_by, scorer_id, claim('app.user_id')::uuid, claim('app.client_id')::uuid)
         or ocop_sheets_in(registration_id, council_id, pass_no));
create policy of_what_is_assigned on ocop_score_sheet as restrictive for select to kc_api
  using ((select claim('app.roles')) is null or exists (select from ocop_registration r where r.id = registration_id));

-- Who comes for a council alone sees what is assigned to him.
create policy of_what_is_assigned on ocop_registration as restrictive for select to kc_api
  using ((select claim('app.roles')) is null or ocop_member_sees(id, establishment_id, string_to_array(claim('app.roles'), ','), claim('app.user_id')::uuid));
create policy of_what_is_assigned on ocop_result as restrictive for select to kc_api
  using ((select claim('app.roles')) is null or exists (select from ocop_registration r where r.id = registration_id));

create trigger refuse_while_referenced before update of deleted_at on ocop_council
  for each row execute function refuse_while_referenced('ocop_score_sheet', 'council_id', 'ocop_result', 'council_id');
create trigger refuse_while_referenced before update of deleted_at on ocop_council_member
  for each row execute function refuse_while_referenced('ocop_score_sheet', 'scorer_id');
create trigger kept_once_scored before update of deleted_at on ocop_council_assignment
  for each row execute function assignment_kept_once_scored();
create trigger assignments_refuse_while_referenced before update of deleted_at on ocop_registration
  for each row execute function refuse_while_referenced('ocop_council_assignment', 'registration_id');
create trigger councils_refuse_while_referenced before update of deleted_at on ocop_round
  for each row execute function refuse_while_referenced('ocop_council', 'round_id');
create trigger back_with_parent before update of deleted_at on ocop_council
  for each row execute function refuse_without_parent('ocop_round', 'round_id');

-- ---- Results from sheets ----

alter table ocop_result
  add column council_id uuid constraint ocop_result_council_fkey references ocop_council,
  add column evidence_grade text default 'own_statement',
  add column scorers_count integer,
  add column sheets_count integer,
  add column max_spread numeric(5, 2),
  add column outliers jsonb not null default '[]',
  add column limits jsonb not null default '[]',
  add column warnings jsonb not null default '[]';
alter table ocop_result
  add constraint ocop_result_evidence_required check ((council_id is null) = (evidence_grade is not null)),
  add constraint ocop_result_evidence_grade_known check (is_evidence_grade(evidence_grade)),
  add constraint ocop_result_outliers_shape check (are_objects(outliers)),
  add constraint ocop_result_limits_shape check (are_objects(limits)),
  add constraint ocop_result_warnings_shape check (are_objects(warnings));
comment on column ocop_result.council_id is 'Whose sheets it was made from; null: averages as the minutes have them.';
comment on column ocop_result.evidence_grade is 'Of averages that were typed in; null: made from sheets kept here.';
comment on column ocop_result.scorers_count is 'Members who had the registration and no conflict of interest.';
comment on column ocop_result.max_spread is 'The spread in force.';
comment on column ocop_result.outliers is '[{scorer_id, total, difference}]: for the chair to look at.';
comment on column ocop_result.limits is '[{criterion_code, max_stars, sheets_count, is_applied}]: options that eliminate (0) or keep from more stars.';
comment on column ocop_result.warnings is 'Rules that are not certain and were not met.';
create index ocop_result_council on ocop_result (council_id);
