-- SPDX-License-Identifier: MIT
-- OCOP: the papers of a dossier, what it lacks on the day it is handed in, what is odd about it.

-- ---- Checklists ----

create or replace function ocop_checklist_completed(checklist jsonb) returns jsonb language sql immutable as $$
  select coalesce(jsonb_agg(jsonb_build_object(
           'requirement_code', e ->> 'requirement_code',
           'status', coalesce(e ->> 'status',
             case when e ->> 'cited_from' is not null or jsonb_array_length(files) > 0 then 'provided' else 'missing' end),
           'file_ids', files, 'cited_from', e ->> 'cited_from') order by n), '[]')
    from jsonb_array_elements(checklist) with ordinality listed (e, n)
   cross join lateral (select case jsonb_typeof(e -> 'file_ids') when 'array' then e -> 'file_ids' else '[]' end as files) f
$$;
comment on function ocop_checklist_completed is 'With every member; a paper that has a file or is cited counts as provided unless something else is said.';

create or replace function ocop_checklist_faults(checklist jsonb) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(fault order by n), '[]')
    from jsonb_array_elements(checklist) with ordinality listed (e, n)
   cross join lateral jsonb_array_elements(
        fault_if(not ocop_requirement_known(e ->> 'requirement_code'), '#/checklist/' || n - 1 || '/requirement_code', 'unknown_reference')
     || fault_if(not ocop_requirement_known(e ->> 'cited_from') or e ->> 'cited_from' = e ->> 'requirement_code',
          '#/checklist/' || n - 1 || '/cited_from', 'unknown_reference')
     || fault_if(ocop_requirement_known(e ->> 'cited_from') and e ->> 'cited_from' <> e ->> 'requirement_code'
                 and not ocop_paper_is_there(checklist, e ->> 'cited_from'),
          '#/checklist/' || n - 1 || '/cited_from', 'ocop_checklist_cited_missing')
     || fault_if(exists (select from jsonb_array_elements(checklist) with ordinality other (o, m)
                          where m < n and o ->> 'requirement_code' = e ->> 'requirement_code'),
          '#/checklist/' || n - 1 || '/requirement_code', 'ocop_registration_checklist_shape')) fault
$$;

create or replace function ocop_paper_is_there(checklist jsonb, wanted text) returns boolean language sql immutable as $$
  select exists (
    select from jsonb_array_elements(checklist) e
     where e ->> 'requirement_code' = wanted and e ->> 'status' in ('provided', 'accepted') and e ->> 'cited_from' is null)
$$;
comment on function ocop_paper_is_there is 'Does the dossier hold the paper itself? What is only cited from elsewhere is not cited again.';

create or replace function ocop_requirement_known(wanted text) returns boolean language sql stable as $$
  select wanted is null or exists (
    select from document_requirement d where d.record_type = 'ocop_registration' and d.code = wanted)
$$;

-- The papers of the day, and what was said of others. Of a mirrored dossier only what was said: its papers lie elsewhere.
create or replace function ocop_checklist(r ocop_registration, day date)
returns table (requirement document_requirement, in_force boolean, entry jsonb) language sql stable as $$
  with said as (
    select e as entry, e ->> 'requirement_code' as code from jsonb_array_elements(r.checklist) e
  ), asked as (
    select distinct on (d.code) d as requirement, d.code
      from document_requirement d
     where r.origin = 'native' and (d.record_kind is null or d.record_kind = r.kind) and d.record_type = 'ocop_registration'
       and day >= d.valid_from and (d.valid_to is null or day <= d.valid_to)
       and (not d.needs_sample
            or coalesce((select s.is_sample_required from ocop_product_set s where s.id = r.product_set_id), true))
     order by d.code, d.record_kind nulls last
  )
  select coalesce(asked.requirement, (
           select d from document_requirement d
            where d.record_type = 'ocop_registration' and d.code = said.code
            order by d.valid_from desc limit 1)),
         asked.code is not null, said.entry
    from asked full join said on said.code = asked.code
$$;

create or replace function ocop_checklist_json(r ocop_registration) returns json language sql stable as $$
  select coalesce(json_agg(json_build_object(
           'requirement_code', (c.requirement).code, 'stage', (c.requirement).stage, 'label_vi', (c.requirement).label_vi,
           'label_en', (c.requirement).label_en, 'is_required', c.in_force and (c.requirement).is_required,
           'enforcement', (c.requirement).enforcement, 'record_kind', (c.requirement).record_kind,
           'legal_basis', json_build_object('document_no', (c.requirement).legal_document_no, 'article', (c.requirement).legal_article),
           'status', coalesce(c.entry ->> 'status', 'missing'), 'file_ids', coalesce(c.entry -> 'file_ids', '[]'),
           'files', ocop_files_json(coalesce(c.entry -> 'file_ids', '[]') || coalesce((
             select e -> 'file_ids' from jsonb_array_elements(r.checklist) e where e ->> 'requirement_code' = c.entry ->> 'cited_from'), '[]')),
           'cited_from', c.entry ->> 'cited_from')
         order by (c.requirement).stage = 'submission' desc, (c.requirement).position, (c.requirement).code), '[]')
    from ocop_checklist(r, ocop_registration_day(r.submitted_on, r.recognition)) c
$$;

create or replace function ocop_papers_handed_in(checklist jsonb) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('requirement_code', e -> 'requirement_code', 'file_ids', e -> 'file_ids', 'cited_from', e -> 'cited_from')
           order by e ->> 'requirement_code'), '[]')
    from jsonb_array_elements(checklist) e
   where (e -> 'file_ids' <> '[]' or e ->> 'cited_from' is not null)
     and not exists (select from document_requirement d
                      where d.record_type = 'ocop_registration' and d.code = e ->> 'requirement_code' and d.stage = 'forwarding')
$$;
comment on function ocop_papers_handed_in is 'Files and citations of the registrant: they stay as they were handed in, whatever is said of them. What a tier adds when it sends the dossier on is not among them.';

-- ---- What `submit` finds missing ----

create or replace function ocop_document_missing(d document_requirement) returns jsonb language sql stable as $$
  select jsonb_build_object('pointer', '#/checklist', 'code', 'ocop_document_missing',
    'params', jsonb_build_object('member', jsonb_build_object('vi', d.label_vi, 'en', d.label_en)),
    'legal_basis', concat_ws(', ', d.legal_document_no, d.legal_article), 'certainty', d.certainty, 'enforcement', d.enforcement)
$$;
comment on function ocop_document_missing is 'The fault that a dossier lacks the paper.';

create or replace function ocop_registration_missing(r ocop_registration, on_day date) returns jsonb language sql stable as $$
  select required_for_submit('ocop_registration', to_jsonb(r), case
             when product_set_in_force(s, day) is not false then '{}'
             else jsonb_build_object(
               case s.enforcement when 'block' then 'ocop_product_set_in_force' else 'product_set_other_day' end,
               jsonb_build_object('legal_document_no', s.legal_document_no))
           end, day)
      || ocop_tier_faults(r, ocop_procedure_on(day))
      || coalesce((
           select jsonb_agg(ocop_document_missing(c.requirement) order by (c.requirement).position)
             from ocop_checklist(r, day) c
            where c.in_force and (c.requirement).is_required and (c.requirement).stage = 'submission'
              and coalesce(c.entry ->> 'status', 'missing') not in ('provided', 'accepted')), '[]')
    from (select case r.status when 'draft' then on_day else ocop_registration_day(r.submitted_on, r.recognition) end as day) rules
    left join ocop_product_set s on s.id = r.product_set_id
$$;
comment on function ocop_registration_missing is 'Everything a dossier lacks on the day it is handed in. One that is handed in again answers to the rules of its first day.';

create or replace function ocop_tier_faults(r ocop_registration, p ocop_procedure) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('pointer', '#/tier', 'code', 'ocop_tier_of_procedure',
           'params', jsonb_build_object('tier', first.tier, 'legal_document_no', concat_ws(', ', p.legal_document_no, p.amended_by[1]),
             'member', jsonb_build_object('vi', 'cấp tiếp nhận đầu tiên của quy trình', 'en', 'the first tier of the procedure')),
           'legal_basis', p.legal_document_no, 'certainty', p.certainty, 'enforcement', p.enforcement)), '[]')
    from (select ocop_next_tier(p, null) as tier) first
   where r.status = 'draft' and r.tier <> first.tier
$$;
comment on function ocop_tier_faults is 'A dossier begins where its procedure begins. Without a tier it gets that one.';

create or replace function product_set_in_force(s ocop_product_set, day date) returns boolean language sql immutable parallel safe as $$
  select day >= s.valid_from and (s.valid_to is null or day <= s.valid_to)
$$;

create or replace function ocop_registration_warnings(r ocop_registration) returns jsonb language sql stable as $$
  select warning_if(r.product_code is not null and parts is null, '#/product_code', 'product_code_form',
           'Mã sản phẩm không có dạng tỉnh-huyện-xã-số thứ tự-năm', 'The product code has not the form province-district-commune-sequence-year')
      || warning_if(parts is not null and product_code_period(parts) is null, '#/product_code', 'product_code_units',
           'Các phần của mã sản phẩm không phải mã đơn vị hành chính của năm đó', 'The parts of the product code are no official unit codes of that year')
      || warning_if(not product_set_in_force(s, day), '#/product_set_id', 'product_set_other_day',
           'Bộ sản phẩm thuộc quyết định không có hiệu lực vào ngày của hồ sơ', 'The product set is of a decision that was not in force on the day of the dossier')
      || warning_if(p.certainty = 'uncertain', '#/procedure_id', 'ocop_procedure_uncertain',
           'Quy trình theo ' || p.legal_document_no || ' chưa chắc chắn', 'The procedure of ' || p.legal_document_no || ' is not certain')
    from ocop_registration_day(r.submitted_on, r.recognition) day
    left join product_code_parts(r.product_code) parts on true
    left join ocop_product_set s on s.id = r.product_set_id
    left join ocop_procedure p on p.code = r.procedure_code
$$;
