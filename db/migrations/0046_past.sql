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
