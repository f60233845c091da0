-- SPDX-License-Identifier: MIT
-- Acts ask for a scope of their own: who writes a record does not, by that alone, approve it.

-- Rules come anew with every release (db/reference/transition_rules.csv); those of an earlier one name no scope.
delete from transition_rule;
alter table transition_rule add scope text not null constraint transition_rule_scope_form check (scope ~ '^[a-z]+:[a-z]+$');
comment on column transition_rule.scope is 'What the token must hold for the act, beside tier and role.';

-- ---- What an assignment asks of the projects in the plan ----

create table plan_requirement (
  id uuid primary key default uuidv7(),
  level text not null,
  project_statuses text[] not null,
  legal_basis text not null,
  valid_from date not null,
  valid_to date,
  certainty text not null,
  enforcement text not null,
  note text,
  constraint plan_requirement_key unique (level, valid_from),
  constraint plan_requirement_level_known check (level in ('national', 'local')),
  constraint plan_requirement_ends_after_starts check (valid_to >= valid_from),
  constraint plan_requirement_certainty_known check (certainty in ('verified', 'second_hand', 'uncertain')),
  constraint plan_requirement_enforcement_known check (enforcement in ('block', 'warn')),
  constraint plan_requirement_uncertain_warns check (certainty <> 'uncertain' or enforcement = 'warn')
);
comment on table plan_requirement is 'How far a project must have come before a yearly plan with it is assigned, over time; loaded from db/reference/plan_requirements.csv. The day of the act chooses the row.';
comment on column plan_requirement.project_statuses is 'Any of these will do: appraised, or further on.';

-- ---- Who approves what ----

create table approving_authority (
  id uuid primary key default uuidv7(),
  record_type text not null,
  action text not null,
  level text not null,
  tier text not null,
  name_vi text not null,
  name_en text not null,
  signs text[] not null,
  issuers text[] not null,
  legal_basis text not null,
  valid_from date not null,
  valid_to date,
  certainty text not null,
  note text,
  constraint approving_authority_key unique (record_type, action, level, tier, valid_from),
  constraint approving_authority_level_known check (level in ('national', 'local')),
  constraint approving_authority_tier_known check (tier in ('central', 'province', 'district', 'commune')),
  constraint approving_authority_ends_after_starts check (valid_to >= valid_from),
  constraint approving_authority_certainty_known check (certainty in ('verified', 'second_hand', 'uncertain'))
);
comment on table approving_authority is 'Whose decision an approval rests on (thẩm quyền phê duyệt), over time; loaded from db/reference/approving_authorities.csv. The day of the act chooses the row; another authority''s decision is pointed to, never refused.';
comment on column approving_authority.tier is 'Of the organisation that enters the decision.';
comment on column approving_authority.signs is 'What the number of its decisions ends with, behind the slash: QĐ-TTg.';
comment on column approving_authority.issuers is 'Words of the issuer''s name, any of which names it.';

do $$
declare
  data text;
begin
  foreach data in array array['plan_requirement', 'approving_authority'] loop
    execute format($ddl$
      alter table %1$I enable row level security;
      alter table %1$I force row level security;
      create policy seen on %1$I for select to kc_api using (true);
      grant select on %1$I to kc_api;
    $ddl$, data);
  end loop;
end
$$;
