-- SPDX-License-Identifier: MIT
-- What reports are asked besides: how their rows are put together, the yearly plan whose targets they judge, and the tier of the caller,
-- who may see money that lies in no province.

alter type report_question add attribute annual_plan_id uuid;
alter type report_question add attribute group_by text;
alter type report_question add attribute tier text;
comment on type report_question is 'What a report is asked, and by whom: provinces, own_organisation and tier are the caller''s.';

-- These are asked otherwise now; functions are replayed, but what they were called with before would stay beside them.
drop function if exists ledger_moves(report_question, text[], boolean);
drop function if exists report_ledger_balances(report_question, text, text[], boolean);
drop function if exists target_actual(target, text, report_question);
drop function if exists plan_table_values(project, integer, date);
drop function if exists rows_checked(json);
