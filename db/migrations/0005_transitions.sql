-- SPDX-License-Identifier: MIT
-- Life cycles: states, rules and requirements as data, and the acts that moved each record.

create table record_status (
  record_type text not null,
  status text not null,
  stage text not null,
  place integer not null,
  label_vi text not null,
  label_en text not null,
  constraint record_status_pkey primary key (record_type, status)
);
comment on table record_status is 'States that records can have; loaded from db/reference/record_statuses.csv.';
comment on column record_status.record_type is 'Name of the table.';
comment on column record_status.stage is 'Where people think a record in this state is.';
comment on column record_status.place is 'Order of the states for people.';

create table transition_rule (
  id uuid primary key default uuidv7(),
  record_type text not null,
  from_status text not null,
  action text not null,
  to_status text not null,
  applies_to jsonb not null default '{}',
  roles text[] not null default '{}',
  tiers text[] not null default '{}',
  requires text[] not null default '{}',
  legal_basis text not null,
  valid_from date not null,
  valid_to date,
  certainty text not null,
  enforcement text not null,
  note text,
  constraint transition_rule_key unique (record_type, from_status, action, applies_to, valid_from),
  constraint transition_rule_from_status_fkey foreign key (record_type, from_status) references record_status,
  constraint transition_rule_to_status_fkey foreign key (record_type, to_status) references record_status,
  constraint transition_rule_applies_to_shape check (jsonb_typeof(applies_to) = 'object'),
  constraint transition_rule_requires_known check (requires <@ array['note', 'reason_code', 'document', 'second_person']),
  constraint transition_rule_ends_after_starts check (valid_to >= valid_from),
  constraint transition_rule_certainty_known check (certainty in ('verified', 'second_hand', 'uncertain')),
  constraint transition_rule_enforcement_known check (enforcement in ('block', 'warn')),
  constraint transition_rule_uncertain_warns check (certainty <> 'uncertain' or enforcement = 'warn')
);
comment on table transition_rule is 'Which act leads from which state to which, who may do it and what it needs; loaded from db/reference/transition_rules.csv. The day of the act (acted_on) chooses the row.';
comment on column transition_rule.applies_to is 'Members the record must have, for example {"level": "national"}; {}: every record. The row that asks for most wins.';
comment on column transition_rule.roles is 'Of the person who acts; empty: any. A client that names no person is judged by the tier of its organisation alone.';
comment on column transition_rule.tiers is 'Of the organisation that acts; empty: any.';
comment on column transition_rule.requires is 'What the act itself must bring: note, reason_code, document, second_person (not whoever acted last).';
comment on column transition_rule.certainty is 'How well the row is founded: verified, second_hand or uncertain.';
comment on column transition_rule.enforcement is 'block: roles, tiers and requires are insisted on; warn: the act is taken and the warning kept with it. Uncertain rows only warn.';

create table submit_requirement (
  id uuid primary key default uuidv7(),
  record_type text not null,
  place integer not null,
  applies_to jsonb not null default '{}',
  member text,
  check_code text,
  pointer text not null,
  label_vi text not null,
  label_en text not null,
  legal_basis text not null,
  valid_from date not null,
  valid_to date,
  certainty text not null,
  enforcement text not null,
  note text,
  constraint submit_requirement_key unique (record_type, place, valid_from),
  constraint submit_requirement_member_or_check check ((member is null) <> (check_code is null)),
  constraint submit_requirement_pointer_form check (pointer ~ '^#/'),
  constraint submit_requirement_applies_to_shape check (jsonb_typeof(applies_to) = 'object'),
  constraint submit_requirement_ends_after_starts check (valid_to >= valid_from),
  constraint submit_requirement_certainty_known check (certainty in ('verified', 'second_hand', 'uncertain')),
  constraint submit_requirement_enforcement_known check (enforcement in ('block', 'warn')),
  constraint submit_requirement_uncertain_warns check (certainty <> 'uncertain' or enforcement = 'warn')
);
comment on table submit_requirement is 'What a record must have when it is submitted, on what basis; loaded from db/reference/submit_requirements.csv. The day of the act (acted_on) chooses the rows.';
comment on column submit_requirement.place is 'Order in which faults are named.';
comment on column submit_requirement.applies_to is 'Members the record must have for the row to count, for example {"scale": "group"}; {}: every record.';
comment on column submit_requirement.member is 'Member of the record that may not be null, blank or empty; or null and check_code instead.';
comment on column submit_requirement.check_code is 'A rule that looks further, made by the record''s own function; also the code of the fault.';
comment on column submit_requirement.pointer is 'Where the fault is, in the record.';
comment on column submit_requirement.certainty is 'How well the row is founded: verified, second_hand or uncertain.';
comment on column submit_requirement.enforcement is 'block: the record is not submitted without; warn: it is, and the warning is kept with the act. Uncertain rows only warn.';
comment on column submit_requirement.note is 'On what the row rests, for those who keep it.';

do $$
declare
  data text;
begin
  foreach data in array array['record_status', 'transition_rule', 'submit_requirement'] loop
    execute format($ddl$
      alter table %1$I enable row level security;
      alter table %1$I force row level security;
      create policy seen on %1$I for select to kc_api using (true);
      grant select on %1$I to kc_api;
    $ddl$, data);
  end loop;
end
$$;

create function is_reason_code(code text) returns boolean language sql immutable parallel safe as $$
  select code in ('disaster', 'epidemic', 'budget_cut', 'beneficiary_withdrew', 'beneficiary_ineligible', 'counterpart_missing',
    'survey_inadequate', 'technology_changed', 'price_changed', 'duplicate_support', 'reorganisation', 'policy_changed', 'market', 'other')
$$;

create table transition (
  id uuid primary key default uuidv7(),
  record_type text not null,
  record_id uuid not null,
  record_version integer not null,
  action text not null,
  from_status text not null,
  to_status text not null,
  acted_on date not null,
  recorded_at timestamptz not null default current_instant(),
  client_id uuid,
  person_id uuid,
  role text,
  acting_organisation_id uuid constraint transition_acting_organisation_fkey references organisation,
  note text,
  reason_code text,
  documents jsonb not null default '[]',
  warnings jsonb not null default '[]',
  snapshot_id uuid,
  organisation_id uuid,
  province_code text,
  constraint transition_record_version_key unique (record_type, record_id, record_version),
  constraint transition_from_status_fkey foreign key (record_type, from_status) references record_status,
  constraint transition_to_status_fkey foreign key (record_type, to_status) references record_status,
  constraint transition_reason_code_known check (is_reason_code(reason_code)),
  constraint transition_documents_shape check (are_objects(documents)),
  constraint transition_warnings_shape check (are_objects(warnings))
);
comment on table transition is 'Acts that moved records from state to state (lịch sử xử lý). Append only; seen like the record.';
comment on column transition.record_type is 'Name of the record''s table.';
comment on column transition.record_version is 'Version of the record after the act.';
comment on column transition.acted_on is 'Day of the paper, by which rules are chosen; recorded_at is when the service learned of it.';
comment on column transition.person_id is 'The user on whose behalf the client acted; null: none was named.';
comment on column transition.role is 'The role in which that person acted.';
comment on column transition.acting_organisation_id is 'Organisation of the client, and so of the act.';
comment on column transition.documents is '[{kind, document_no, issued_on, issuer_name, title, article}]: the papers of the act.';
comment on column transition.warnings is '[{pointer, code, label_vi, label_en, legal_basis, certainty}]: what rules that only warn had to say.';
comment on column transition.snapshot_id is 'What an approval froze.';
comment on column transition.organisation_id is 'Owner of the record at the time of the act.';
comment on column transition.province_code is 'Territory of the record at the time of the act.';

create trigger refuse_rewriting before update or delete or truncate on transition
  for each statement execute function refuse_rewriting();

alter table transition enable row level security;
alter table transition force row level security;
create policy seen on transition for select to kc_api using (record_seen(record_type, record_id));
create policy added on transition for insert to kc_api
  with check (record_seen(record_type, record_id) and client_id is not distinct from claim('app.client_id')::uuid
              and acting_organisation_id is not distinct from claim('app.organisation_id')::uuid);
grant select, insert on transition to kc_api;
