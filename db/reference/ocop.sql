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

-- First what is gone, then the periods that change, then the ones that begin: they may not overlap on the way.
delete from document_requirement a
 where not exists (select from requirement r
                    where (r.record_type, r.code, r.valid_from, coalesce(r.record_kind, '')) = (a.record_type, a.code, a.valid_from, coalesce(a.record_kind, '')));
update document_requirement a
   set valid_to = r.valid_to
  from requirement r
 where (r.record_type, r.code, r.valid_from, coalesce(r.record_kind, '')) = (a.record_type, a.code, a.valid_from, coalesce(a.record_kind, ''))
   and a.valid_to is distinct from r.valid_to;

merge into document_requirement a using requirement r
   on (a.record_type, a.code, a.valid_from, coalesce(a.record_kind, '')) = (r.record_type, r.code, r.valid_from, coalesce(r.record_kind, ''))
 when matched then update set stage = r.stage, position = r.position, kind = r.kind, label_vi = r.label_vi,
      label_en = r.label_en, is_required = r.is_required, needs_sample = r.needs_sample,
      legal_document_no = r.legal_document_no, legal_article = r.legal_article, certainty = r.certainty,
      enforcement = r.enforcement, note = r.note, activity_code = r.activity_code
 when not matched then
      insert (record_type, code, stage, position, kind, label_vi, label_en, is_required, needs_sample, legal_document_no,
              legal_article, valid_from, valid_to, certainty, enforcement, note, activity_code, record_kind)
      values (r.record_type, r.code, r.stage, r.position, r.kind, r.label_vi, r.label_en, r.is_required, r.needs_sample,
              r.legal_document_no, r.legal_article, r.valid_from, r.valid_to, r.certainty, r.enforcement, r.note, r.activity_code, r.record_kind);
