-- SPDX-License-Identifier: MIT
-- Brings the procedures of OCOP to the state of the file beside. Safe to repeat.

create temp table load_procedure (id uuid, code text, name_vi text, name_en text, steps jsonb, star_bands jsonb, certifying_tiers jsonb,
  validity_months integer, max_spread numeric, quorum_percent numeric, rounding jsonb, expiring_notice_days integer,
  legal_document_no text, amended_by text[], valid_from date, valid_to date, certainty text, enforcement text, note text) on commit drop;
\copy load_procedure from 'reference/ocop_procedures.csv' with (format csv, header true)

-- Days that shrink go first: periods may not overlap on the way.
update ocop_procedure a
   set valid_to = l.valid_to
  from load_procedure l
 where l.code = a.code and coalesce(l.valid_to, 'infinity') < coalesce(a.valid_to, 'infinity');

merge into ocop_procedure a using load_procedure l on a.code = l.code
 when matched then update set name_vi = l.name_vi, name_en = l.name_en, steps = l.steps, star_bands = l.star_bands,
      certifying_tiers = l.certifying_tiers, validity_months = l.validity_months, max_spread = l.max_spread,
      quorum_percent = l.quorum_percent, rounding = l.rounding, expiring_notice_days = l.expiring_notice_days,
      legal_document_no = l.legal_document_no, amended_by = l.amended_by, valid_from = l.valid_from, valid_to = l.valid_to,
      certainty = l.certainty, enforcement = l.enforcement, note = l.note
 when not matched then
      insert (id, code, name_vi, name_en, steps, star_bands, certifying_tiers, validity_months, max_spread, quorum_percent, rounding,
              expiring_notice_days, legal_document_no, amended_by, valid_from, valid_to, certainty, enforcement, note)
      values (l.id, l.code, l.name_vi, l.name_en, l.steps, l.star_bands, l.certifying_tiers, l.validity_months, l.max_spread,
              l.quorum_percent, l.rounding, l.expiring_notice_days, l.legal_document_no, l.amended_by, l.valid_from, l.valid_to,
              l.certainty, l.enforcement, l.note);
