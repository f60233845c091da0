-- SPDX-License-Identifier: MIT
-- Brings priority rules and eligible areas to the state of the files beside. Safe to repeat; a row keeps its id.

create temp table load_priority (code text, kind text, name_vi text, name_en text, weight numeric, trade_codes text[], scales text[],
  legal_document_no text, legal_article text, valid_from date, valid_to date, certainty text, enforcement text, note text) on commit drop;
\copy load_priority from 'reference/priority_rules.csv' with (format csv, header true)
create temp table load_eligible (code text, kind text, name_vi text, name_en text, province_code text, admin_unit_codes text[], codes_on date,
  is_excluded boolean, legal_document_no text, legal_article text, valid_from date, valid_to date, certainty text, enforcement text,
  note text) on commit drop;
\copy load_eligible from 'reference/eligible_areas.csv' with (format csv, header true)

delete from priority_rule r where not exists (select from load_priority l where (l.code, l.valid_from) = (r.code, r.valid_from));
insert into priority_rule (code, kind, name_vi, name_en, weight, trade_codes, scales, legal_document_no, legal_article, valid_from, valid_to, certainty, enforcement, note)
select * from load_priority
    on conflict (code, valid_from) do update
   set (kind, name_vi, name_en, weight, trade_codes, scales, legal_document_no, legal_article, valid_to, certainty, enforcement, note)
     = (excluded.kind, excluded.name_vi, excluded.name_en, excluded.weight, excluded.trade_codes, excluded.scales,
        excluded.legal_document_no, excluded.legal_article, excluded.valid_to, excluded.certainty, excluded.enforcement, excluded.note);

delete from eligible_area a where not exists (select from load_eligible l where (l.code, l.valid_from) = (a.code, a.valid_from));
insert into eligible_area (code, kind, name_vi, name_en, province_code, admin_unit_codes, codes_on, is_excluded, legal_document_no, legal_article, valid_from, valid_to, certainty, enforcement, note)
select * from load_eligible
    on conflict (code, valid_from) do update
   set (kind, name_vi, name_en, province_code, admin_unit_codes, codes_on, is_excluded, legal_document_no, legal_article, valid_to,
        certainty, enforcement, note)
     = (excluded.kind, excluded.name_vi, excluded.name_en, excluded.province_code, excluded.admin_unit_codes, excluded.codes_on,
        excluded.is_excluded, excluded.legal_document_no, excluded.legal_article, excluded.valid_to, excluded.certainty,
        excluded.enforcement, excluded.note);
