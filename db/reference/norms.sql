-- SPDX-License-Identifier: MIT
-- Brings the norms to the state of norms.csv and norm_territories.csv. Safe to repeat.

create temp table load_norm (id uuid, code text, activity_code text, name_vi text, name_en text, level text, percent_max numeric,
  percent_base text, cap_vnd bigint, multiplier numeric, per text, conditions jsonb, legal_document_no text, legal_article text,
  valid_from date, valid_to date, certainty text, dates_certainty text, enforcement text, certainty_mark text, note text) on commit drop;
\copy load_norm from 'reference/norms.csv' with (format csv, header true)
create temp table load_norm_territory (norm_code text, province_code text, codes_on date, valid_from date, valid_to date) on commit drop;
\copy load_norm_territory from 'reference/norm_territories.csv' with (format csv, header true)

-- By code, so that a corrected day or figure changes the row that others already name.
merge into norm n using load_norm l on n.code = l.code
 when matched then update set activity_code = l.activity_code, name_vi = l.name_vi, name_en = l.name_en, level = l.level,
      percent_max = l.percent_max, percent_base = l.percent_base, cap_vnd = l.cap_vnd, multiplier = l.multiplier, per = l.per,
      conditions = l.conditions, legal_document_no = l.legal_document_no, legal_article = l.legal_article, valid_from = l.valid_from,
      valid_to = l.valid_to, certainty = l.certainty, dates_certainty = l.dates_certainty, enforcement = l.enforcement,
      certainty_mark = l.certainty_mark, note = l.note
 when not matched then
      insert (id, code, activity_code, name_vi, name_en, level, percent_max, percent_base, cap_vnd, multiplier, per, conditions,
              legal_document_no, legal_article, valid_from, valid_to, certainty, dates_certainty, enforcement, certainty_mark, note)
      values (l.id, l.code, l.activity_code, l.name_vi, l.name_en, l.level, l.percent_max, l.percent_base, l.cap_vnd, l.multiplier,
              l.per, l.conditions, l.legal_document_no, l.legal_article, l.valid_from, l.valid_to, l.certainty, l.dates_certainty,
              l.enforcement, l.certainty_mark, l.note);
delete from norm n where not exists (select from load_norm l where l.code = n.code);

delete from norm_territory;
insert into norm_territory (norm_id, province_code, codes_on, valid_from, valid_to)
select n.id, l.province_code, l.codes_on, l.valid_from, l.valid_to
  from load_norm_territory l
  join norm n on n.code = l.norm_code;
