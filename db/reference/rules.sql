-- SPDX-License-Identifier: MIT
-- Brings the thresholds of size to the state of size_thresholds.csv. Safe to repeat; a row keeps its id.

create temp table load_size_threshold (code text, sector_group text, size_class text, divisions text[], employees_max integer,
  revenue_max_vnd bigint, capital_max_vnd bigint, legal_document_no text, legal_article text, valid_from date, valid_to date,
  certainty text, enforcement text, note text) on commit drop;
\copy load_size_threshold from 'reference/size_thresholds.csv' with (format csv, header true)
select load_rules('size_threshold', 'load_size_threshold', '{code,valid_from}');
