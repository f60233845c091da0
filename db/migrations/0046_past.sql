-- SPDX-License-Identifier: MIT
-- All faults of a row at once; the years behind with a line for each beneficiary.

select name_every_fault_of(c.oid) from pg_class c
 where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
   and exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'c');

alter type past_project add attribute lines jsonb;
comment on type past_project is 'A row of a plan table, understood. lines: who got what, as the row says it; null: it does not. Outputs: null: the row says nothing of them.';

drop function if exists past_changes(past_project, project, jsonb, jsonb, bigint[]); -- now asks for lines, too
drop function if exists kept_outputs(uuid, integer);
drop function if exists measure(jsonb, text); -- its second parameter has another name
drop function if exists outputs_of_words(text);

-- ---- Rules of the checks, and papers that records bring, are confirmed as other dated rows are ----

alter table check_rule drop constraint check_rule_key;
alter table check_rule add constraint check_rule_once exclude using gist (kind with =, daterange(valid_from, valid_to, '[]') with &&);
alter table document_requirement
  add constraint document_requirement_uncertain_warns check (certainty <> 'uncertain' or enforcement = 'warn');
select rule_table('check_rule'), rule_table('document_requirement');
comment on table check_rule is 'What the checks of lines rest on and how strict they are; loaded from db/reference/check_rules.csv, confirmed, changed and ended by authorities. The day of the act chooses the row; without a row there is no such check.';
comment on table document_requirement is 'Which papers a record must or may bring (hồ sơ phải có), by decision and date; loaded from db/reference/document_requirements.csv, confirmed, changed and ended by authorities.';
select name_every_fault_of('check_rule'), name_every_fault_of('document_requirement');
drop function if exists document_requirement_json(document_requirement); -- it gives jsonb now
