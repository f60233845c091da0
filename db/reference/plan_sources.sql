-- SPDX-License-Identifier: MIT
-- Brings priority rules and eligible areas to the state of the files beside. Safe to repeat; a row keeps its id.

create temp table load_priority (code text, kind text, name_vi text, name_en text, weight numeric, trade_codes text[], scales text[],
  legal_document_no text, legal_article text, valid_from date, valid_to date, certainty text, enforcement text, note text) on commit drop;
\copy load_priority from 'reference/priority_rules.csv' with (format csv, header true)
create temp table load_eligible (code text, kind text, name_vi text, name_en text, province_code text, admin_unit_codes text[], codes_on date,
  is_excluded boolean, legal_document_no text, legal_article text, valid_from date, valid_to date, certainty text, enforcement text,
  note text) on commit drop;
\copy load_eligible from 'reference/eligible_areas.csv' with (format csv, header true)

select load_rules('priority_rule', 'load_priority', '{code,valid_from}');
select load_rules('eligible_area', 'load_eligible', '{code,valid_from}');
