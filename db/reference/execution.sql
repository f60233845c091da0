-- SPDX-License-Identifier: MIT
-- Brings the rules of the checks of lines to the state of check_rules.csv. Safe to repeat.

create temp table load_check_rule (guard text, kind text, accepted text[], except_activities text[], legal_basis text, valid_from date,
  valid_to date, certainty text, enforcement text, note text) on commit drop;
\copy load_check_rule from 'reference/check_rules.csv' with (format csv, header true)

delete from check_rule;
insert into check_rule (guard, kind, accepted, except_activities, legal_basis, valid_from, valid_to, certainty, enforcement, note)
select * from load_check_rule;
