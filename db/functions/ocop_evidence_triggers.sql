-- SPDX-License-Identifier: MIT
-- What an answer of a sheet rests on (minh chứng): papers of the dossier, files, or the evidence of another criterion of the same
-- sheet (viện dẫn).

create or replace function ocop_evidence_said(answer jsonb) returns jsonb language sql immutable as $$
  select jsonb_build_object('requirement_codes', coalesce(answer -> 'requirement_codes', '[]'), 'file_ids', coalesce(answer -> 'file_ids', '[]'),
           'cited_from', answer -> 'cited_from')
$$;

create or replace function ocop_evidence_of(answers jsonb, criterion text) returns jsonb language sql immutable as $$
  select ocop_evidence_said(a) from jsonb_array_elements(answers) a where a ->> 'criterion_code' = criterion limit 1
$$;
comment on function ocop_evidence_of is 'What the answer to this criterion names; null: it is not answered.';

create or replace function ocop_evidence_is_own(evidence jsonb) returns boolean language sql immutable as $$
  select coalesce(evidence -> 'requirement_codes' <> '[]' or evidence -> 'file_ids' <> '[]', false)
$$;
comment on function ocop_evidence_is_own is 'Does it name a paper or a file itself? What is only cited from elsewhere is not cited again.';

create or replace function ocop_evidence_faults(criteria jsonb, answers jsonb, checklist jsonb) returns jsonb language sql stable as $$
  with said as (
    select a ->> 'criterion_code' as code, ocop_evidence_said(a) as evidence, a ->> 'cited_from' as cited, '#/answers/' || n - 1 as place, n
      from jsonb_array_elements(answers) with ordinality listed (a, n)
  ), cited as (
    select s.n, s.place || '/cited_from' as place, s.code, s.cited, ocop_evidence_of(answers, s.cited) as evidence, exists (
             select from jsonb_array_elements(criteria) e where e ->> 'code' = s.cited and e -> 'options' <> '[]') as is_known
      from said s
     where s.cited is not null
  )
  select coalesce(jsonb_agg(fault order by found.n, fault ->> 'pointer'), '[]')
    from (
      select c.n, fault_if(not c.is_known, c.place, 'unknown_reference')
               || fault_if(c.cited = c.code, c.place, 'ocop_sheet_cites_itself')
               || fault_if(c.is_known and c.cited <> c.code and c.evidence ->> 'cited_from' is not null, c.place, 'ocop_sheet_cites_citation',
                    jsonb_build_object('value', c.cited))
               || fault_if(c.is_known and c.cited <> c.code and c.evidence ->> 'cited_from' is null and not ocop_evidence_is_own(c.evidence),
                    c.place, 'ocop_sheet_cites_nothing', jsonb_build_object('value', c.cited))
        from cited c
      union all
      select s.n, fault_if(not ocop_requirement_known(p.code), s.place || '/requirement_codes/' || p.m - 1, 'unknown_reference')
               || fault_if(ocop_requirement_known(p.code) and not exists (
                    select from jsonb_array_elements(checklist) e
                     where e ->> 'requirement_code' = p.code and e ->> 'status' in ('provided', 'accepted')),
                    s.place || '/requirement_codes/' || p.m - 1, 'ocop_sheet_paper_missing')
        from said s
       cross join jsonb_array_elements_text(s.evidence -> 'requirement_codes') with ordinality p (code, m)) found (n, faults)
   cross join jsonb_array_elements(found.faults) fault
$$;
comment on function ocop_evidence_faults is 'Papers are in the dossier; a citation names another criterion that has evidence of its own and cites none.';

create or replace function ocop_evidence_files(evidence jsonb, checklist jsonb) returns jsonb language sql immutable as $$
  select coalesce(jsonb_agg(f.id), '[]') || coalesce(evidence -> 'file_ids', '[]')
    from jsonb_array_elements_text(coalesce(evidence -> 'requirement_codes', '[]')) p (code)
    join jsonb_array_elements(checklist) e on e ->> 'requirement_code' = p.code
    left join jsonb_array_elements(checklist) whole on whole ->> 'requirement_code' = e ->> 'cited_from'
   cross join jsonb_array_elements(coalesce(e -> 'file_ids', '[]') || coalesce(whole -> 'file_ids', '[]')) f (id)
$$;
comment on function ocop_evidence_files is 'Files of its papers as the dossier has them now, then its own.';

-- Until a sheet is handed in, its papers follow the dossier; then the files that they had stay with it.
create or replace function ocop_evidence_kept(answers jsonb, checklist jsonb) returns jsonb language sql immutable as $$
  select coalesce(jsonb_agg(a || jsonb_build_object('kept_file_ids',
           ocop_evidence_files(a, checklist) || ocop_evidence_files(ocop_evidence_of(answers, a ->> 'cited_from'), checklist)) order by n), '[]')
    from jsonb_array_elements(answers) with ordinality listed (a, n)
$$;
comment on function ocop_evidence_kept is 'Each answer with the files that show it, those it cites among them.';
