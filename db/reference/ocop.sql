-- SPDX-License-Identifier: MIT
-- Brings the OCOP product sets and the papers that belong to dossiers to the state of the files beside. Safe to repeat.

create temp table product_set (id uuid, set_code text, set_no integer, name_vi text, sector_no text, sector text, "group" text,
  managing_agency text, is_sample_required boolean, part_a_max numeric, part_b_max numeric, part_c_max numeric,
  legal_document_no text, amended_by text[], valid_from date, valid_to date, certainty text, dates_certainty text,
  enforcement text, certainty_mark text, note text) on commit drop;
\copy product_set from 'reference/ocop_product_sets.csv' with (format csv, header true)

-- By code, so that a corrected day changes the row that registrations already name.
merge into ocop_product_set a using product_set s on a.set_code = s.set_code
 when matched then update set set_no = s.set_no, name_vi = s.name_vi, sector_no = s.sector_no, sector = s.sector,
      "group" = s."group", managing_agency = s.managing_agency, is_sample_required = s.is_sample_required,
      part_a_max = s.part_a_max, part_b_max = s.part_b_max, part_c_max = s.part_c_max,
      legal_document_no = s.legal_document_no, amended_by = s.amended_by, valid_from = s.valid_from, valid_to = s.valid_to,
      certainty = s.certainty, dates_certainty = s.dates_certainty, enforcement = s.enforcement,
      certainty_mark = s.certainty_mark, note = s.note
 when not matched then
      insert (id, set_code, set_no, name_vi, sector_no, sector, "group", managing_agency, is_sample_required, part_a_max,
              part_b_max, part_c_max, legal_document_no, amended_by, valid_from, valid_to, certainty, dates_certainty,
              enforcement, certainty_mark, note)
      values (s.id, s.set_code, s.set_no, s.name_vi, s.sector_no, s.sector, s."group", s.managing_agency,
              s.is_sample_required, s.part_a_max, s.part_b_max, s.part_c_max, s.legal_document_no, s.amended_by, s.valid_from,
              s.valid_to, s.certainty, s.dates_certainty, s.enforcement, s.certainty_mark, s.note);
delete from ocop_product_set a where not exists (select from product_set s where s.set_code = a.set_code);

create temp table requirement (record_type text, code text, stage text, position integer, kind text, label_vi text, label_en text,
  is_required boolean, needs_sample boolean, legal_document_no text, legal_article text, valid_from date, valid_to date,
  certainty text, enforcement text, note text, activity_code text, record_kind text) on commit drop;
\copy requirement from 'reference/document_requirements.csv' with (format csv, header true)

select load_rules('document_requirement', 'requirement', '{record_type,code,record_kind,valid_from}');
