-- SPDX-License-Identifier: MIT
-- Brings what an assignment asks, and who approves what, to the state of the files beside. Safe to repeat; nothing refers to the rows.

create temp table load_plan_requirement (level text, project_statuses text[], legal_basis text, valid_from date, valid_to date, certainty text,
  enforcement text, note text) on commit drop;
\copy load_plan_requirement from 'reference/plan_requirements.csv' with (format csv, header true)
create temp table load_authority (record_type text, action text, level text, tier text, name_vi text, name_en text, signs text[], issuers text[],
  legal_basis text, valid_from date, valid_to date, certainty text, note text) on commit drop;
\copy load_authority from 'reference/approving_authorities.csv' with (format csv, header true)

delete from plan_requirement;
insert into plan_requirement (level, project_statuses, legal_basis, valid_from, valid_to, certainty, enforcement, note)
select * from load_plan_requirement;

delete from approving_authority;
insert into approving_authority (record_type, action, level, tier, name_vi, name_en, signs, issuers, legal_basis, valid_from, valid_to,
  certainty, note)
select * from load_authority;
