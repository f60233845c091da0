-- SPDX-License-Identifier: MIT
-- Brings the rules of the checks of lines to the state of check_rules.csv. Safe to repeat.

create temp table load_check_rule (guard text, kind text, accepted text[], except_activities text[], legal_basis text, valid_from date,
  valid_to date, certainty text, enforcement text, note text) on commit drop;
\copy load_check_rule from 'reference/check_rules.csv' with (format csv, header true)

select load_rules('check_rule', 'load_check_rule', '{kind,valid_from}');
