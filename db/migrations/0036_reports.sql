-- SPDX-License-Identifier: MIT
-- What the list of the voting is asked besides, so that it can be frozen like every other report; and where money lies on a map.

alter type report_question add attribute voting_tier text;

-- These are asked otherwise now, or answer more; functions are replayed, but what they were before would stand in their way.
drop function if exists report_voting_list(report_question, text);
drop function if exists ledger_moves(report_question);
drop function if exists ledger_row_label(text, text);

-- Whoever counts a country and asks what plans and the ledger say of each project finds the project in the same index.
drop index project_counted;
create index project_counted on project (starts_on)
  include (id, province_code, codes_on, level, scale, status, history_quality, total_cost_vnd, support_vnd, counterpart_vnd,
           organisation_id, implementer_id, programme_id)
  where deleted_at is null;

-- The catalogue asks of each product how it was recognised; by the index of the exclusion of product codes that took milliseconds.
create index ocop_registration_recognised on ocop_registration (product_id)
  where status = 'recognised' and recognition is not null and deleted_at is null;
