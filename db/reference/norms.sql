-- SPDX-License-Identifier: MIT
-- Brings the norms to the state of norms.csv and norm_territories.csv. Safe to repeat.

create temp table load_norm (id uuid, code text, activity_code text, name_vi text, name_en text, level text, percent_max numeric,
  percent_base text, cap_vnd bigint, multiplier numeric, per text, conditions jsonb, legal_document_no text, legal_article text,
  valid_from date, valid_to date, certainty text, dates_certainty text, enforcement text, certainty_mark text, note text) on commit drop;
\copy load_norm from 'reference/norms.csv' with (format csv, header true)
create temp table load_norm_territory (norm_code text, province_code text, codes_on date, valid_from date, valid_to date) on commit drop;
\copy load_norm_territory from 'reference/norm_territories.csv' with (format csv, header true)

-- By code, so that a corrected day or figure changes the row that others already name.
select load_rules('norm', 'load_norm', '{code}');

delete from norm_territory t using norm n where n.id = t.norm_id and n.origin = 'release' and n.version = 1;
insert into norm_territory (norm_id, province_code, codes_on, valid_from, valid_to)
select n.id, l.province_code, l.codes_on, l.valid_from, l.valid_to
  from load_norm_territory l
  join norm n on n.code = l.norm_code and n.origin = 'release' and n.version = 1;
