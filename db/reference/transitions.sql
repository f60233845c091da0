-- SPDX-License-Identifier: MIT
-- Brings states, rules and requirements of the life cycles to the state of the files beside. Safe to repeat.

create temp table load_status (record_type text, status text, stage text, place integer, label_vi text, label_en text) on commit drop;
\copy load_status from 'reference/record_statuses.csv' with (format csv, header true)
create temp table load_rule (record_type text, from_status text, action text, to_status text, applies_to jsonb, roles text[], tiers text[],
  requires text[], legal_basis text, valid_from date, valid_to date, certainty text, enforcement text, note text,
  guards text[], effects text[], correct_guards text[], freezes boolean, is_awaited boolean, scope text) on commit drop;
\copy load_rule from 'reference/transition_rules.csv' with (format csv, header true)
create temp table load_requirement (record_type text, place integer, applies_to jsonb, member text, check_code text, pointer text, label_vi text,
  label_en text, legal_basis text, valid_from date, valid_to date, certainty text, enforcement text, note text) on commit drop;
\copy load_requirement from 'reference/submit_requirements.csv' with (format csv, header true)

merge into record_status s using load_status l on (s.record_type, s.status) = (l.record_type, l.status)
 when matched then update set stage = l.stage, place = l.place, label_vi = l.label_vi, label_en = l.label_en
 when not matched then
      insert (record_type, status, stage, place, label_vi, label_en)
      values (l.record_type, l.status, l.stage, l.place, l.label_vi, l.label_en);

-- Nothing refers to a rule or a requirement: acts keep what they were told.
delete from transition_rule;
insert into transition_rule (record_type, from_status, action, to_status, applies_to, roles, tiers, requires, legal_basis, valid_from,
  valid_to, certainty, enforcement, note, guards, effects, correct_guards, freezes, is_awaited, scope)
select * from load_rule;

delete from submit_requirement;
insert into submit_requirement (record_type, place, applies_to, member, check_code, pointer, label_vi, label_en, legal_basis, valid_from,
  valid_to, certainty, enforcement, note)
select * from load_requirement;

delete from record_status s
 where not exists (select from load_status l where (l.record_type, l.status) = (s.record_type, s.status));

create temp table load_parameter (code text, name_vi text, name_en text, value numeric, measure_unit text, level text, province_code text,
  legal_basis text, valid_from date, valid_to date, certainty text, enforcement text, note text) on commit drop;
\copy load_parameter from 'reference/parameters.csv' with (format csv, header true)
create temp table load_open_member (record_type text, status text, part text, members text[], note text) on commit drop;
\copy load_open_member from 'reference/open_members.csv' with (format csv, header true)

select load_rules('parameter', 'load_parameter', '{code,level,province_code,valid_from}');

delete from open_member;
insert into open_member (record_type, status, part, members, note)
select * from load_open_member;
