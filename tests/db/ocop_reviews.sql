-- SPDX-License-Identifier: MIT
-- OCOP: papers by kind, items that are asked and answered, the clock, what a review lacks.
begin;
select plan(28);
\ir claims.psql

-- ---- Papers by kind: shapes only, no registration is kept ----
create function pg_temp.papers(kind text, day date) returns text[] language sql as $$
  select array_agg((c.requirement).code || case when (c.requirement).record_kind is null then '' else '*' end order by (c.requirement).code)
    from ocop_checklist(jsonb_populate_record(null::ocop_registration, jsonb_build_object('kind', kind, 'origin', 'native', 'checklist', '[]'::jsonb)), day) c
   where c.in_force and (c.requirement).is_required and (c.requirement).stage = 'submission'
$$;
select is(pg_temp.papers(null, '2026-06-01'), '{registration_form,self_assessment}', 'no kind, no papers of a kind');
select is(pg_temp.papers('first', '2026-06-01'), '{registration_form,self_assessment}', 'first');
select is(pg_temp.papers('upgrade', '2026-06-01'), '{improvement_report*,previous_certificate*,registration_form,self_assessment}', 'upgrade');
select is(pg_temp.papers('re_evaluation', '2026-06-01'), '{previous_certificate*,registration_form,self_assessment}', 're-evaluation');
select is(count(*), 9::bigint, 'each regime has three rows of a kind') from document_requirement where record_kind is not null;
set local role kc_owner;
insert into document_requirement (record_type, code, stage, position, kind, label_vi, label_en, is_required, legal_document_no, valid_from, certainty, enforcement, record_kind)
values ('ocop_registration', 'self_assessment', 'submission', 2, 'other', 'Khác', 'Other', false, 'x', '2026-05-22', 'uncertain', 'warn', 'upgrade');
select is(pg_temp.papers('upgrade', '2026-06-01'), '{improvement_report*,previous_certificate*,registration_form}', 'the row of the kind goes before the row for all');
select throws_ok($$insert into document_requirement (record_type, code, stage, position, kind, label_vi, label_en, is_required, legal_document_no, valid_from, certainty, enforcement, record_kind)
  values ('ocop_registration', 'self_assessment', 'submission', 2, 'other', 'Khác', 'Other', false, 'x', '2026-08-01', 'uncertain', 'warn', 'upgrade')$$,
  '23P01', null, 'one row of a kind for a day');
select ok(not exists (select from document_requirement where record_kind is not null and certainty = 'uncertain' and enforcement = 'block'), 'uncertain papers never block');

-- ---- Citations ----
select is(ocop_paper_is_there(c, 'a'), true, 'said to be there') from (select '[{"requirement_code": "a", "status": "provided"}]'::jsonb) x (c);
select is(ocop_paper_is_there(c, 'a'), false, 'only cited itself') from (select '[{"requirement_code": "a", "status": "provided", "cited_from": "b"}]'::jsonb) x (c);
select is(ocop_paper_is_there(c, 'a'), false, 'rejected') from (select '[{"requirement_code": "a", "status": "rejected"}]'::jsonb) x (c);

-- ---- Items and answers ----
create function pg_temp.request(answers jsonb, due date) returns ocop_supplement_request language sql as $$
  select jsonb_populate_record(null::ocop_supplement_request, jsonb_build_object('due_on', due, 'answers', answers,
    'items', '[{"item_no": 1, "requirement_code": "test_report", "description": "x"}, {"item_no": 2, "description": "y"}]'::jsonb));
$$;
select is(ocop_supplement_status(pg_temp.request('[]', '2026-01-10'), '2026-01-10'), 'open', 'its last day counts');
select is(ocop_supplement_status(pg_temp.request('[]', '2026-01-10'), '2026-01-11'), 'expired', 'the day after it has expired');
select is((select array_agg(e -> 'item_no') from jsonb_array_elements(ocop_supplement_unanswered(pg_temp.request('[{"item_no": 2}]', '2026-01-10'))) e),
  array['1'::jsonb], 'one is still open');
select is(ocop_supplement_is_late(pg_temp.request('[{"item_no": 1, "answered_on": "2026-01-11"}]', '2099-01-10')), false, 'in time');
select is(ocop_supplement_is_late(pg_temp.request('[{"item_no": 1, "answered_on": "2099-01-11"}]', '2099-01-10')), true, 'one answer came late');
select is(ocop_answers_completed('[{"item_no": 1, "note": "a"}]', '[]', '2026-01-05'),
  '[{"item_no": 1, "note": "a", "file_ids": [], "answered_on": "2026-01-05"}]', 'an answer has its day');
select is(ocop_answers_completed('[{"item_no": 1, "note": "a"}, {"item_no": 2, "note": "b"}]',
    '[{"item_no": 1, "note": "a", "file_ids": [], "answered_on": "2026-01-05"}, {"item_no": 2, "note": "c", "file_ids": [], "answered_on": "2026-01-05"}]', '2026-01-09')
    #> '{0,answered_on}', '"2026-01-05"', 'one that did not change keeps it');
select is(ocop_answers_completed('[{"item_no": 2, "note": "b"}]', '[{"item_no": 2, "note": "c", "file_ids": [], "answered_on": "2026-01-05"}]', '2026-01-09')
    #> '{0,answered_on}', '"2026-01-09"', 'one that changed does not');
select is(ocop_checklist_supplied('[{"requirement_code": "test_report", "status": "rejected", "file_ids": ["f0"]}, {"requirement_code": "awards"}]',
    '[{"item_no": 1, "requirement_code": "test_report"}, {"item_no": 2}]', '[{"item_no": 1, "file_ids": ["f1"]}, {"item_no": 2, "file_ids": ["f2"]}]'),
  '[{"requirement_code": "awards"}, {"requirement_code": "test_report", "status": "provided", "file_ids": ["f1"], "cited_from": null}]',
  'files of an answer take the place of those of its paper');
select ok(not are_supplement_items('[]') and not are_supplement_items('[{"item_no": 1, "description": "x"}, {"item_no": 1, "description": "y"}]')
  and not are_supplement_items('[{"item_no": 1}]'), 'items have numbers of their own and say something');

-- ---- Who holds it, what a review lacks ----
select is(array_agg(ocop_held_by(jsonb_populate_record(null::ocop_registration, jsonb_build_object('tier', lies)), tier) order by n), '{t,f,f,t,t}', 'the tier, and the province for districts')
  from (values (1, 'commune', 'commune'), (2, 'commune', 'province'), (3, 'province', 'commune'), (4, 'district', 'province'), (5, 'district', 'district')) v (n, lies, tier);
create function pg_temp.lacks(review jsonb) returns text[] language sql as $$
  select coalesce(array_agg(f ->> 'pointer' order by n), '{}')
    from jsonb_array_elements(ocop_review_missing(jsonb_populate_record(null::ocop_review, review), today())) with ordinality l (f, n)
$$;
select is(pg_temp.lacks('{"kind": "papers"}'), '{#/result}', 'the result');
select is(pg_temp.lacks('{"kind": "site_visit", "result": "passed"}'), '{#/visited_on}', 'the day of a visit');
select is(pg_temp.lacks('{"kind": "commune_report", "result": "passed", "local_criteria": {"material_origin": {"is_met": true}, "local_labour": null}}'),
  '{#/local_criteria/local_labour,#/local_criteria/idea_origin,#/local_criteria/local_identity}', 'each local criterion');
select is(pg_temp.lacks('{"kind": "papers", "result": "not_passed"}'), '{}', 'nothing');

-- ---- Walls: without a caller nothing is seen ----
select is(count(*), 2::bigint, 'row level security is forced') from pg_class where relname in ('ocop_review', 'ocop_supplement_request') and relrowsecurity and relforcerowsecurity;
select is(array_agg(distinct polname::text order by polname::text), '{added,changed,of_what_is_assigned,seen}', 'by territory or own organisation, and of members what is assigned to them')
  from pg_policy where polrelid in ('ocop_review'::regclass, 'ocop_supplement_request'::regclass);

select * from finish();
rollback;
