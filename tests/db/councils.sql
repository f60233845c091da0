-- SPDX-License-Identifier: MIT
-- Councils of OCOP: what options and spreads do to a result, figures of a province, who sees a sheet before all are in.
begin;
\ir claims.psql
select no_plan();

-- ---- Figures ----
insert into parameter (code, name_vi, name_en, value, measure_unit, province_code, legal_basis, valid_from, certainty, enforcement)
values ('ocop_council_max_spread', 'x', 'x', 5, 'point', '70', 'Quy chế hội đồng của tỉnh (ví dụ)', '2024-01-01', 'second_hand', 'block');
select results_eq($$select f.value, f.legal_basis, f.enforcement from ocop_procedure p
    cross join (values ('70', date '2024-06-01'), ('70', '2023-12-31'), ('38', '2024-06-01')) asked (province, day)
    cross join ocop_figure('ocop_council_max_spread', p, asked.day, asked.province) f where p.code = 'QD148' order by f.value, asked.province$$,
  $$values (5::numeric, 'Quy chế hội đồng của tỉnh (ví dụ)', 'block'), (10, '148/QĐ-TTg', 'block'), (10, '148/QĐ-TTg', 'block')$$,
  'what a province set goes before the procedure, from its day on and there alone');
select results_eq($$select f.value, f.enforcement from ocop_procedure p cross join ocop_figure('ocop_council_quorum_percent', p, '2026-06-01', '70') f
    where p.code = 'QD26-2026'$$, $$values (75::numeric, 'warn')$$, 'an uncertain procedure warns');
select ok(bool_and(certainty = 'uncertain' and enforcement = 'warn'), 'size and share are not held against a text, and warn')
  from parameter where code in ('ocop_council_min_members', 'ocop_council_option_percent');

-- ---- What beats the sum ----
create temp table rubric as select '[
  {"code": "A1", "part": "A", "max_points": 9, "options": []},
  {"code": "A1.1", "part": "A", "max_points": 5, "options": [{"code": "0", "points": 0, "is_eliminating": true}, {"code": "1", "points": 3, "min_stars": 3},
    {"code": "2", "points": 5, "min_stars": 5}]},
  {"code": "A1.2", "part": "A", "max_points": 4, "options": [{"code": "0", "points": 0}, {"code": "1", "points": 4}]}]'::jsonb as criteria;
create function pg_temp.sheet(first text, second text default '1') returns jsonb language sql as $$
  select jsonb_build_array(jsonb_build_object('criterion_code', 'A1.1', 'option_code', first), jsonb_build_object('criterion_code', 'A1.2', 'option_code', second))
$$;
create function pg_temp.limits(percent numeric, variadic chosen text[]) returns text language sql as $$
  select string_agg(format('%s:%s%s', x ->> 'max_stars', x ->> 'sheets_count', case when (x ->> 'is_applied')::boolean then '!' else '' end), ' ')
    from rubric, jsonb_array_elements(ocop_limits(criteria, (select jsonb_agg(pg_temp.sheet(c)) from unnest(chosen) c), percent)) x
$$;
select is(pg_temp.limits(50, '2', '2', '2'), null, 'the best option limits nothing');
select is(pg_temp.limits(50, '1', '1', '1'), '4:3!', 'five stars need the option that is marked so');
select is(pg_temp.limits(50, '0', '0', '0'), '0:3!', 'an eliminating option leaves none');
select is(pg_temp.limits(50, '0', '1', '2'), '0:1 4:2!', 'whoever eliminates also keeps from five stars; one of three does not eliminate');
select is(pg_temp.limits(50, '0', '2'), '0:1', 'half is not more than half');
select is(pg_temp.limits(0, '0', '2', '2'), '0:1!', 'where one sheet is enough, it is enough');
select is(ocop_sheet_answers_faults(criteria, pg_temp.sheet('1'), true), '[]', 'every leaf is answered') from rubric;
select is(ocop_sheet_answers_faults(criteria, pg_temp.sheet('1') - 1, false), '[]', 'a draft may lack answers') from rubric;
select is(ocop_sheet_answers_faults(criteria, pg_temp.sheet('1') - 1, true), '[{"code": "ocop_sheet_incomplete", "params": {"value": "A1.2", "missing_count": 1},
  "pointer": "#/answers"}]', 'one that is handed in may not') from rubric;
select is(ocop_sheet_answers_faults(criteria, '[{"criterion_code": "A1", "option_code": "0"}]', false),
  '[{"code": "unknown_reference", "pointer": "#/answers/0/criterion_code"}]', 'a section is not answered') from rubric;
select is(ocop_part_points(ocop_answers_scored(criteria, '[{"criterion_code": "A1.1", "option_code": "1", "points": 99}]'), 'A'), 3::numeric,
  'points are those of the rubric, whatever is sent') from rubric;

select is(ocop_outliers('[{"scorer_id": "a", "total": 70}, {"scorer_id": "b", "total": 72}, {"scorer_id": "c", "total": 77}, {"scorer_id": "d", "total": 65}]', 10),
  '[{"total": 77, "scorer_id": "c", "difference": 6.00}, {"total": 65, "scorer_id": "d", "difference": -6.00}]', 'more than half the spread from the middle');

-- ---- Conflicts ----
select ok(ocop_conflict('019aa000-0000-7000-8000-00000000e0c1', '[]', '019aa000-0000-7000-8000-00000000f0c1', '019aa000-0000-7000-8000-00000000e0c1'), 'his own');
select ok(ocop_conflict(null, '[{"registration_id": "019aa000-0000-7000-8000-00000000f0c1"}]', '019aa000-0000-7000-8000-00000000f0c1', null), 'declared for one');
select ok(ocop_conflict(null, '[{"establishment_id": "019aa000-0000-7000-8000-00000000e0c1"}]', null, '019aa000-0000-7000-8000-00000000e0c1'), 'or for all of an establishment');
select ok(not ocop_conflict('019aa000-0000-7000-8000-00000000e0c2', '[{"registration_id": "019aa000-0000-7000-8000-00000000f0c2"}]',
  '019aa000-0000-7000-8000-00000000f0c1', '019aa000-0000-7000-8000-00000000e0c1'), 'others are none');

-- ---- Evidence ----
create function pg_temp.rests_on(first jsonb, second jsonb default '{}') returns text language sql as $$
  select string_agg(concat_ws(' ', substr(f ->> 'pointer', 11), f ->> 'code'), ', ')
    from rubric, jsonb_array_elements(ocop_evidence_faults(criteria, jsonb_build_array(pg_temp.sheet('1') -> 0 || first, pg_temp.sheet('1') -> 1 || second),
           '[{"requirement_code": "test_report", "status": "provided", "file_ids": ["f1"]}, {"requirement_code": "awards", "status": "missing"}]')) f
$$;
select is(pg_temp.rests_on(c.first, c.second), c.fault, c.story)
  from (values ('{"requirement_codes": ["test_report"]}'::jsonb, '{"cited_from": "A1.1"}'::jsonb, null, 'a paper of the dossier, cited from another criterion'),
               ('{"file_ids": ["f9"], "cited_from": "A1.2"}', '{"file_ids": ["f8"]}', null, 'its own and that of another'),
               ('{"cited_from": "A1.2"}', '{}', '0/cited_from ocop_sheet_cites_nothing', 'of one without evidence'),
               ('{"cited_from": "A1.2"}', '{"file_ids": []}', '0/cited_from ocop_sheet_cites_nothing', 'nor do no files show anything'),
               ('{"file_ids": ["f9"], "cited_from": "A1.1"}', '{}', '0/cited_from ocop_sheet_cites_itself', 'of itself'),
               ('{"cited_from": "A1.2"}', '{"file_ids": ["f8"], "cited_from": "A1.1"}',
                '0/cited_from ocop_sheet_cites_citation, 1/cited_from ocop_sheet_cites_citation', 'of what is cited from elsewhere'),
               ('{"cited_from": "A1"}', '{}', '0/cited_from unknown_reference', 'a group of criteria has no answer'),
               ('{"requirement_codes": ["awards"]}', '{}', '0/requirement_codes/0 ocop_sheet_paper_missing', 'the dossier lacks it')) c (first, second, fault, story);
select is(jsonb_path_query_array(ocop_evidence_kept('[{"criterion_code": "A1.1", "requirement_codes": ["awards"], "file_ids": ["f8"]}, {"criterion_code": "A1.2", "cited_from": "A1.1"}]',
    '[{"requirement_code": "awards", "cited_from": "test_report", "file_ids": ["f2"]}, {"requirement_code": "test_report", "file_ids": ["f1"]}]'), '$[*].kept_file_ids'),
  '[["f2", "f1", "f8"], ["f2", "f1", "f8"]]', 'files of the paper, of what the paper cites, its own, those of the cited criterion');

-- ---- Who sees what ----
insert into organisation (id, code, name, kind, tier, province_code)
values ('019aa000-0000-7000-8000-0000000000aa', 'TN-HD', 'Sở thử nghiệm', 'industry_department', 'province', '70');
insert into establishment (id, name, province_code) values ('019aa000-0000-7000-8000-00000000e0c1', 'Cơ sở', '70');
insert into product (id, organisation_id, establishment_id, name)
values ('019aa000-0000-7000-8000-00000000a0c1', '019aa000-0000-7000-8000-0000000000aa', '019aa000-0000-7000-8000-00000000e0c1', 'Cà phê');
insert into ocop_registration (id, organisation_id, province_code, codes_on, product_id, product_name, establishment_id, status, tier, origin)
values ('019aa000-0000-7000-8000-00000000f0c1', '019aa000-0000-7000-8000-0000000000aa', '70', '2025-01-01', '019aa000-0000-7000-8000-00000000a0c1', 'Cà phê',
  '019aa000-0000-7000-8000-00000000e0c1', 'scoring', 'province', 'native');
insert into "user" (id, organisation_id, user_name, full_name)
select ('019aa000-0000-7000-8000-00000000b0c' || n)::uuid, '019aa000-0000-7000-8000-0000000000aa', 'nguoi' || n, 'Người ' || n from generate_series(1, 3) n;
insert into ocop_council (id, organisation_id, province_code, codes_on, tier, name)
values ('019aa000-0000-7000-8000-00000000c0c1', '019aa000-0000-7000-8000-0000000000aa', '70', '2025-01-01', 'province', 'Hội đồng');
insert into ocop_council_member (id, council_id, role, position, user_id)
select ('019aa000-0000-7000-8000-00000000d0c' || n)::uuid, '019aa000-0000-7000-8000-00000000c0c1', case n when 1 then 'chair' else 'member' end, 'x',
       ('019aa000-0000-7000-8000-00000000b0c' || n)::uuid from generate_series(1, 2) n;
insert into ocop_council_assignment (council_id, registration_id)
values ('019aa000-0000-7000-8000-00000000c0c1', '019aa000-0000-7000-8000-00000000f0c1');
create temp table published as select id from ocop_rubric where status = 'published' limit 1;
grant select on published to kc_api;
create function pg_temp.as_member(n integer, roles text default 'council_member') returns void language sql as $$
  select pg_temp.caller('70'), set_config('app.user_id', '019aa000-0000-7000-8000-00000000b0c' || n, true), set_config('app.roles', roles, true);
$$;
create function pg_temp.hand_in(n integer, answers jsonb default '[]', status text default 'draft') returns void language sql as $$
  insert into ocop_score_sheet (organisation_id, province_code, codes_on, registration_id, rubric_id, council_id, scorer_id, answers, status, entered_by)
  select '019aa000-0000-7000-8000-0000000000aa', '70', '2025-01-01', '019aa000-0000-7000-8000-00000000f0c1', id, '019aa000-0000-7000-8000-00000000c0c1',
         ('019aa000-0000-7000-8000-00000000d0c' || n)::uuid, answers, status, uuidv7() from published
$$;
create function pg_temp.sheets() returns bigint language sql as $$ select count(*) from ocop_score_sheet $$;

set local role kc_api;
select pg_temp.as_member(1);
select pg_temp.hand_in(1);
select is(entered_by, '019aa000-0000-7000-8000-00000000b0c1'::uuid, 'who wrote it down is who did, whatever is sent') from ocop_score_sheet;
select pg_temp.as_member(2);
select is(pg_temp.sheets(), 0::bigint, 'another member does not see it');
select pg_temp.hand_in(2);
select is(pg_temp.sheets(), 1::bigint, 'he sees his own');
select pg_temp.as_member(3);
select is(pg_temp.sheets(), 0::bigint, 'who does not sit there sees none');
select is((select count(*) from ocop_registration), 0::bigint, 'and no registration, since none is assigned to him');
select pg_temp.as_member(3, 'council_member,department_officer');
select is((select count(*) from ocop_registration), 1::bigint, 'an officer who also sits in councils sees those of his territory');
select is(pg_temp.sheets(), 0::bigint, 'but no sheets yet');
reset role;
update ocop_score_sheet set submitted_at = now(), status = 'submitted', answers = (
  select jsonb_agg(jsonb_build_object('criterion_code', e ->> 'code', 'option_code', e -> 'options' -> 0 ->> 'code'))
    from ocop_rubric b, jsonb_array_elements(b.criteria) e where b.id = rubric_id and jsonb_array_length(e -> 'options') > 0);
set local role kc_api;
select is(pg_temp.sheets(), 2::bigint, 'once all are in, everybody who sees the registration sees them');
select pg_temp.as_member(1);
select is(pg_temp.sheets(), 2::bigint, 'members too');
select throws_ok($$update ocop_score_sheet set note = 'x'$$, 'PT409', null, 'what was handed in is locked');
select throws_ok($$update ocop_score_sheet set status = 'voided'$$, 'PT409', null, 'and voided with a reason only');
select throws_ok($$insert into ocop_council (organisation_id, province_code, codes_on, tier, name)
  values ('019aa000-0000-7000-8000-0000000000aa', '70', '2025-01-01', 'province', 'x')$$, '42501', null, 'who only sits in councils makes none');
select throws_ok($$insert into ocop_council_member (council_id, role, position) values ('019aa000-0000-7000-8000-00000000c0c1', 'member', 'x')$$, 'PT403', null,
  'and seats nobody');
select throws_ok($$update ocop_registration set note = 'x'$$, '42501', null, 'and writes no registration');
select throws_ok($$update ocop_council_member set position = 'y'$$, 'PT403', 'outside-territory', 'nor what he is in the council');
update ocop_council_member set conflicts = '[{"establishment_id": "019aa000-0000-7000-8000-00000000e0c9", "reason": "x"}]';
select results_eq($$select user_id, jsonb_array_length(conflicts), conflicts #>> '{0,declared_on}' from ocop_council_member order by user_id$$,
  $$values ('019aa000-0000-7000-8000-00000000b0c1'::uuid, 1, today()::text), ('019aa000-0000-7000-8000-00000000b0c2', 0, null)$$,
  'his own conflict of interest he declares, and nobody else''s');
select throws_ok($$update ocop_council_member set conflicts = '[]'$$, 'PT422', null, 'and takes none back');
select pg_temp.caller('01', organisation_id => '019aa000-0000-7000-8000-0000000000ab'), set_config('app.user_id', '', true), set_config('app.roles', '', true);
select is(pg_temp.sheets(), 0::bigint, 'another province sees none');
select is((select count(*) from ocop_council_member) + (select count(*) from ocop_council_assignment), 0::bigint, 'nor who sits there and what for');
reset role;
update ocop_council_member set conflicts = '[{"registration_id": "019aa000-0000-7000-8000-00000000f0c1", "reason": "x"}]' where role = 'member';
select is(count(*), 1::bigint, 'who declares an interest is no longer counted')
  from ocop_counted_sheets('019aa000-0000-7000-8000-00000000f0c1', '019aa000-0000-7000-8000-00000000c0c1', 1);
select throws_ok($$update ocop_council_assignment set deleted_at = now()$$, 'PT409', 'still-referenced', 'what was scored stays assigned');

select * from finish();
rollback;
