-- SPDX-License-Identifier: MIT
-- Checks of lines before money is promised: the dated rules they rest on, and acts that let a named check pass for a line.

create table check_rule (
  id uuid primary key default uuidv7(),
  guard text not null,
  kind text not null,
  accepted text[] not null default '{}',
  except_activities text[] not null default '{}',
  legal_basis text not null,
  valid_from date not null,
  valid_to date,
  certainty text not null,
  enforcement text not null,
  note text,
  constraint check_rule_key unique (kind, valid_from),
  constraint check_rule_guard_known check (guard in ('g3', 'g4', 'g5', 'g6')),
  constraint check_rule_ends_after_starts check (valid_to >= valid_from),
  constraint check_rule_certainty_known check (certainty in ('verified', 'second_hand', 'uncertain')),
  constraint check_rule_enforcement_known check (enforcement in ('block', 'warn')),
  constraint check_rule_uncertain_warns check (certainty <> 'uncertain' or enforcement = 'warn')
);
comment on table check_rule is 'What the checks of lines rest on and how strict they are; loaded from db/reference/check_rules.csv. The day of the act chooses the row; without a row there is no such check.';
comment on column check_rule.guard is 'The guard that asks: g3 norms, g4 sums, g5 double support, g6 eligibility.';
comment on column check_rule.kind is 'The question: norm_known, line_sum, support_sum, same_item, same_activity, legal_form, size_class, area, trade.';
comment on column check_rule.accepted is 'Values that pass: legal forms, size classes, kinds of communes, divisions of VSIC.';
comment on column check_rule.except_activities is 'Activities to which the row does not apply.';

select execution_table('override');
alter table override
  alter column project_id set not null,
  alter column project_line_id set not null,
  add column guard text not null,
  add column level text not null,
  add column status text not null default 'draft',
  add constraint override_guard_known check (guard in ('g3', 'g4', 'g5', 'g6')),
  add constraint override_status_known check (status in ('draft', 'granted', 'revoked'));
comment on table override is 'Authorised exceptions: for this line the guard only warns. In force from the day of the act that grants it, with its document and role, until one revokes it.';
comment on column override.guard is 'g3 norms, g4 sums, g5 double support, g6 eligibility.';
comment on column override.level is 'Of the project: who may grant depends on whose money it is.';
create trigger level before insert on override for each row execute function override_level();
create trigger locked before update on override for each row execute function locked_in('granted', 'revoked');

alter table check_rule enable row level security;
alter table check_rule force row level security;
create policy seen on check_rule for select to kc_api using (true);
grant select on check_rule to kc_api;
