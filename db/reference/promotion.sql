-- SPDX-License-Identifier: MIT
-- Brings the activities to the state of activities.csv. Safe to repeat.

create temp table load_activity (code text, parent_code text, name_vi text, name_en text, measure_units text[], legal_document_no text,
  legal_article text, valid_from date, valid_to date, certainty text, enforcement text, note text) on commit drop;
\copy load_activity from 'reference/activities.csv' with (format csv, header true)

-- First the periods that end, then the ones that begin: they may not overlap on the way.
update activity a
   set valid_to = l.valid_to
  from load_activity l
 where (l.code, l.valid_from) = (a.code, a.valid_from) and a.valid_to is distinct from l.valid_to;
delete from activity a
 where not exists (select from load_activity l where (l.code, l.valid_from) = (a.code, a.valid_from));

merge into activity a using load_activity l on (a.code, a.valid_from) = (l.code, l.valid_from)
 when matched then update set parent_code = l.parent_code, name_vi = l.name_vi, name_en = l.name_en,
      measure_units = l.measure_units, legal_document_no = l.legal_document_no, legal_article = l.legal_article,
      certainty = l.certainty, enforcement = l.enforcement, note = l.note
 when not matched then
      insert (code, parent_code, name_vi, name_en, measure_units, legal_document_no, legal_article, valid_from, valid_to,
              certainty, enforcement, note)
      values (l.code, l.parent_code, l.name_vi, l.name_en, l.measure_units, l.legal_document_no, l.legal_article, l.valid_from,
              l.valid_to, l.certainty, l.enforcement, l.note);
