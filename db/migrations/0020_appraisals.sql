-- SPDX-License-Identifier: MIT
-- Appraisals (phiếu thẩm định): what was checked, by somebody other than the author. And papers by activity.

create table appraisal (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  status text not null default 'draft',
  project_id uuid not null constraint appraisal_project_fkey references project,
  tier text not null default 'base',
  appraised_on date not null,
  checks jsonb not null default '[]',
  result text,
  priority_rule_ids uuid[] not null default '{}',
  conclusion text,
  organisation_id uuid not null constraint appraisal_organisation_fkey references organisation,
  province_code text not null,
  origin text not null default 'native',
  history_quality text not null default 'full',
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint appraisal_status_known check (status in ('draft', 'signed')),
  constraint appraisal_tier_known check (tier in ('base', 'central')),
  constraint appraisal_checks_shape check (are_objects(checks)),
  constraint appraisal_result_known check (result in ('passed', 'passed_with_conditions', 'failed')),
  constraint appraisal_origin_known check (origin in ('native', 'imported', 'mirrored')),
  constraint appraisal_history_quality_known check (history_quality in ('full', 'partial', 'final_state_only'))
);
comment on table appraisal is 'Appraisals (phiếu thẩm định) of projects, at the base and at the ministry. A signed one stays.';
comment on column appraisal.tier is 'base (cơ sở) or central (cấp Bộ).';
comment on column appraisal.checks is '[{code, passed, note}]: what the sheet asks, one by one.';
comment on column appraisal.priority_rule_ids is 'Priority rules that the project meets.';
comment on column appraisal.organisation_id is 'Of the project.';
comment on column appraisal.province_code is 'Of the project.';
create index appraisal_updated on appraisal (updated_at desc, id desc);
create index appraisal_project on appraisal (project_id);
create index appraisal_province on appraisal (province_code);
create index appraisal_organisation on appraisal (organisation_id);

select track('appraisal');
create trigger inherit_owner before insert or update on appraisal
  for each row execute function inherit_owner('project', 'project_id');
create trigger hand_down_owner_to_appraisal after update of organisation_id, province_code on project
  for each row execute function hand_down_owner('appraisal', 'project_id');
create trigger frozen before update of tier, appraised_on, checks, result, priority_rule_ids, conclusion, note, deleted_at on appraisal
  for each row execute function refuse_frozen('appraisal', 'id');
create trigger life_refuses_while_referenced before update of deleted_at on project
  for each row execute function refuse_while_referenced('appraisal', 'project_id');

alter table appraisal enable row level security;
alter table appraisal force row level security;
create policy seen on appraisal for select to kc_api
  using (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid
         or exists (select from project p where p.id = project_id and p.implementer_id = claim('app.organisation_id')::uuid));
create policy added on appraisal for insert to kc_api
  with check (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid
         or exists (select from project p where p.id = project_id and p.implementer_id = claim('app.organisation_id')::uuid));
create policy changed on appraisal for update to kc_api
  using (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid
         or exists (select from project p where p.id = project_id and p.implementer_id = claim('app.organisation_id')::uuid));
grant select, insert, update on appraisal to kc_api;

alter table document_requirement add column activity_code text;
comment on column document_requirement.activity_code is 'Only for this activity (a group stands for its child activities); null: for all.';
comment on column document_requirement.stage is 'When: submission, forwarding (what the commune adds before it sends the dossier on), acceptance, or settlement.';

create type work_item as (
  record_type text,
  record_id uuid,
  record_code text,
  title text,
  status text,
  actions text[],
  waiting_since timestamptz,
  due_on date
);
comment on type work_item is 'A record that waits for the caller (việc cần xử lý).';
