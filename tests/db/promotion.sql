-- SPDX-License-Identifier: MIT
-- Promotion: constraints, rules between rows, versions of parents, who may read and write.
begin;
select plan(139);
\ir claims.psql
set local role kc_owner;
insert into organisation (id, name, kind, tier, province_code) values
  ('019aa000-0000-7000-8000-0000000000a0', 'Bộ', 'ministry', 'central', null),
  ('019aa000-0000-7000-8000-0000000000a1', 'Sở Đồng Nai', 'industry_department', 'province', '75'),
  ('019aa000-0000-7000-8000-0000000000a2', 'Sở Thanh Hóa', 'industry_department', 'province', '38'),
  ('019aa000-0000-7000-8000-0000000000a3', 'Trung tâm thực hiện', 'promotion_centre', 'province', '38');
create function pg_temp.ministry() returns void language sql as $$
  select pg_temp.caller('', 'central', '019aa000-0000-7000-8000-0000000000a0');
  select set_config('app.provinces', array_to_string(all_province_codes(), ','), true);
$$;
create function pg_temp.dong_nai() returns void language sql as $$
  select pg_temp.caller('70,75', 'province', '019aa000-0000-7000-8000-0000000000a1');
$$;
create function pg_temp.thanh_hoa() returns void language sql as $$
  select pg_temp.caller('38', 'province', '019aa000-0000-7000-8000-0000000000a2');
$$;
create function pg_temp.implementer() returns void language sql as $$
  select pg_temp.caller('38', 'province', '019aa000-0000-7000-8000-0000000000a3');
$$;
-- Refused by the constraint of that name?
create function pg_temp.violates(statement text, wanted text) returns text language plpgsql as $$
declare
  name text;
begin
  execute statement;
  return fail(wanted || ' was not violated');
exception when check_violation or unique_violation or foreign_key_violation or exclusion_violation then
  get stacked diagnostics name = constraint_name;
  return is(name, wanted, wanted);
end
$$;
-- The faults of a refusal, as pointer and code.
create function pg_temp.faults(statement text) returns text[] language plpgsql as $$
declare
  detail text;
begin
  execute statement;
  return '{}';
exception when sqlstate 'PT422' then
  get stacked diagnostics detail = pg_exception_detail;
  return array(select (f ->> 'pointer') || ' ' || (f ->> 'code') from jsonb_array_elements(detail::jsonb) f order by 1);
end
$$;
set local role kc_api;

-- ---- Activities ----
select results_eq($$select code from activity where valid_from <= '2020-01-01' and parent_code is null order by code$$,
  array['KC1', 'KC2', 'KC3', 'KC4', 'KC5', 'KC6', 'KC7', 'KC8', 'KC9'], 'nine groups under the decree of 2012');
select is(array_agg(certainty), array['uncertain', 'uncertain'], 'what the decree of 2025 added is uncertain') from activity where valid_from = '2025-10-15';
select is(activity_fits(code, day), fits, format('%s on %s: %s', code, coalesce(day::text, 'a day not known'), fits))
  from (values ('KC3', '2018-01-01'::date, true), ('KC3', '2010-01-01', false), ('KC-CDS', '2025-10-14', false), ('KC-CDS', '2025-10-15', true),
               ('KC-CDS', null, true), ('KC99', null, false)) c (code, day, fits);
select throws_ok($$insert into activity (code, name_vi, name_en, legal_document_no, valid_from, certainty) values ('X', 'x', 'x', 'x', '2020-01-01', 'verified')$$,
  '42501', null, 'the service does not write them');
reset role;
select pg_temp.violates($$insert into activity (code, name_vi, name_en, legal_document_no, valid_from, certainty)
  values ('KC3', 'x', 'x', 'x', '2020-01-01', 'verified')$$, 'activity_code_once');
set local role kc_api;

-- ---- Programmes: constraints ----
select pg_temp.ministry();
insert into programme (id, level, name, organisation_id) values
  ('019aa000-0000-7000-8000-00000000b001', 'national', 'Quốc gia', '019aa000-0000-7000-8000-0000000000a0');
insert into programme (id, level, name, organisation_id, province_code, codes_on) values
  ('019aa000-0000-7000-8000-00000000b002', 'local', 'Bình Phước', '019aa000-0000-7000-8000-0000000000a0', '70', '2016-01-01');
select matches(code, '^CT[0-9]{6,}$', 'the code for people is made') from programme where id = '019aa000-0000-7000-8000-00000000b001';
select pg_temp.violates(format('update programme set %s where id = %L', change, '019aa000-0000-7000-8000-00000000b00' || n), name)
  from (values
    (1, 'kind = ''other''', 'programme_kind_known'),
    (1, 'level = ''district''', 'programme_level_known'),
    (1, 'status = ''running''', 'programme_status_known'),
    (1, 'starts_on = ''2021-01-01'', ends_on = ''2020-12-31''', 'programme_ends_after_starts'),
    (1, 'predecessor_id = id', 'programme_predecessor_not_itself'),
    (1, 'province_code = ''38''', 'programme_province_level'),
    (2, 'province_code = null', 'programme_province_level'),
    (1, 'evidence_grade = ''hearsay''', 'programme_evidence_grade_known'),
    (1, 'origin = ''guessed''', 'programme_origin_known'),
    (1, 'history_quality = ''none''', 'programme_history_quality_known'),
    (1, 'planned_funding = ''{}''', 'programme_planned_funding_shape'),
    (1, 'planned_funding = ''[1]''', 'programme_planned_funding_shape'),
    (1, 'planned_funding = ''[{"source": "bank", "amount_vnd": 1}]''', 'programme_planned_funding_shape'),
    (1, 'planned_funding = ''[{"source": "other", "amount_vnd": -1}]''', 'programme_planned_funding_shape'),
    (1, 'planned_funding = ''[{"source": "other", "amount_vnd": 0.5}]''', 'programme_planned_funding_shape'),
    (1, 'planned_funding = ''[{"source": "other", "amount_vnd": 9007199254740992}]''', 'programme_planned_funding_shape'),
    (1, 'planned_funding = ''[{"year": 1900, "source": "other", "amount_vnd": 1}]''', 'programme_planned_funding_shape'),
    (1, 'planned_funding = ''[{"source": "other", "amount_vnd": 1}, {"source": "other", "amount_vnd": 2}]''', 'programme_planned_funding_once')
  ) c (n, change, name);
select lives_ok($$update programme set planned_funding = '[{"source": "other", "amount_vnd": 9007199254740991}, {"year": 2020, "source": "other", "amount_vnd": 0}]'
  where id = '019aa000-0000-7000-8000-00000000b001'$$, 'a sum for the term beside one of a year');

-- ---- Programmes: who reads and writes ----
select pg_temp.thanh_hoa();
select is(array_agg(name), array['Quốc gia'], 'others see the national one only') from programme;
update programme set name = 'Của tôi';
select is(count(*), 0::bigint, 'and cannot change it') from programme where name = 'Của tôi';
select throws_ok($$insert into programme (level, name, organisation_id) values ('national', 'x', '019aa000-0000-7000-8000-0000000000a2')$$, '42501', null,
  'a province makes no national programme');
select throws_ok($$insert into programme (level, name, organisation_id, province_code) values ('local', 'x', '019aa000-0000-7000-8000-0000000000a2', '75')$$,
  '42501', null, 'nor one of another province');
select lives_ok($$insert into programme (level, name, organisation_id, province_code) values ('local', 'Thanh Hóa', '019aa000-0000-7000-8000-0000000000a2', '38')$$,
  'but one of its own');
select pg_temp.dong_nai();
update programme set note = 'x' where id = '019aa000-0000-7000-8000-00000000b002';
select is(note, 'x', 'the successor writes what was recorded under the predecessor') from programme where id = '019aa000-0000-7000-8000-00000000b002';

-- ---- Targets ----
insert into target (id, programme_id, name, operator, kind, measures) values
  ('019aa000-0000-7000-8000-00000000c001', '019aa000-0000-7000-8000-00000000b002', 'Đào tạo', 'gte', 'flow',
   '[{"value": 20, "measure_unit": "class"}, {"value": 1600, "measure_unit": "person"}]');
select is((t.organisation_id, t.province_code), (g.organisation_id, g.province_code), 'a target has the owner and the territory of its programme')
  from target t join programme g on g.id = t.programme_id;
select is(version, 2, 'and a new one is a change of the programme') from programme where id = '019aa000-0000-7000-8000-00000000b002';
select pg_temp.violates(format('update target set %s', change), name)
  from (values
    ('operator = ''about''', 'target_operator_known'),
    ('kind = ''sum''', 'target_kind_known'),
    ('measures = ''[]''', 'target_measures_shape'),
    ('measures = ''{"value": 1, "measure_unit": "person"}''', 'target_measures_shape'),
    ('measures = ''[{"value": "1", "measure_unit": "person"}]''', 'target_measures_shape'),
    ('measures = ''[{"value": -1, "measure_unit": "person"}]''', 'target_measures_shape'),
    ('measures = ''[{"value": 1, "measure_unit": "people"}]''', 'target_measures_shape'),
    ('measures = ''[{"value": 1}]''', 'target_measures_shape'),
    ('measures = ''[{"value": 1, "measure_unit": "vnd", "note": ""}]''', 'target_measures_shape'),
    ('measures = ''[{"value": 1, "measure_unit": "vnd"}, {"value": 1, "measure_unit": "trade"}, {"value": 1, "measure_unit": "class"}]''', 'target_measures_shape'),
    ('measures = ''[{"value": 1, "measure_unit": "person"}, {"value": 2, "measure_unit": "person"}]''', 'target_measures_units_differ'),
    ('tolerance_percent = 101, operator = ''approx''', 'target_tolerance_range'),
    ('tolerance_percent = 5', 'target_tolerance_operator'),
    ('"from" = ''2021-01-02'', "to" = ''2021-01-01''', 'target_to_after_from'),
    ('evidence_grade = ''hearsay''', 'target_evidence_grade_known'),
    ('origin = ''guessed''', 'target_origin_known'),
    ('history_quality = ''none''', 'target_history_quality_known')
  ) c (change, name);
select lives_ok($$update target set measures = '[{"value": 1.5, "measure_unit": "person"}, {"value": 2, "measure_unit": "person_turn"}]'$$,
  'a person and a person turn are two units');
select throws_ok($$insert into target (programme_id, name, operator, kind, measures)
  values ('019aa000-0000-7000-8000-00000000b001', 'x', 'eq', 'flow', '[{"value": 1, "measure_unit": "person"}]')$$, '42501', null,
  'a province adds no target to a national programme');
select pg_temp.thanh_hoa();
select is(count(*), 0::bigint, 'targets of a foreign programme are not seen') from target;
select pg_temp.ministry();
update programme set province_code = '75', codes_on = '2026-01-01' where id = '019aa000-0000-7000-8000-00000000b002';
select is(array_agg(province_code), array['75'], 'the territory is handed down') from target;
update programme set province_code = '70', codes_on = '2016-01-01' where id = '019aa000-0000-7000-8000-00000000b002';

-- ---- Projects: constraints ----
select pg_temp.dong_nai();
insert into project (id, name, level, scale, organisation_id, province_code, codes_on, programme_id, starts_on) values
  ('019aa000-0000-7000-8000-00000000d001', 'Đề án điểm chế biến hạt điều', 'national', 'key', '019aa000-0000-7000-8000-0000000000a1', '70', '2018-01-01',
   '019aa000-0000-7000-8000-00000000b002', '2018-01-01'),
  ('019aa000-0000-7000-8000-00000000d002', 'Đề án đơn lẻ', 'local', 'single', '019aa000-0000-7000-8000-0000000000a1', '75', '2026-01-01', null, null);
select matches(code, '^DA[0-9]{6,}$', 'the code for people is made') from project where id = '019aa000-0000-7000-8000-00000000d001';
select pg_temp.violates(format('update project set %s where id = %L', change, '019aa000-0000-7000-8000-00000000d00' || n), name)
  from (values
    (1, 'level = ''provincial''', 'project_level_known'),
    (1, 'scale = ''big''', 'project_scale_known'),
    (1, 'status = ''done''', 'project_status_known'),
    (2, 'parent_id = id', 'project_parent_not_itself'),
    (1, 'parent_id = ''019aa000-0000-7000-8000-00000000d002''', 'project_key_has_no_parent'),
    (1, 'places = ''{}''', 'project_places_shape'),
    (1, 'places = ''[null]''', 'project_places_shape'),
    (1, 'ends_on = ''2017-12-31''', 'project_ends_after_starts'),
    (1, 'total_cost_vnd = 9007199254740992', 'project_total_cost_range'),
    (1, 'support_vnd = 9007199254740992', 'project_support_range'),
    (1, 'counterpart_vnd = -1', 'project_counterpart_range'),
    (1, 'total_cost_vnd = 10, support_vnd = 6, counterpart_vnd = 5', 'project_money_within_total'),
    (1, 'evidence_grade = ''hearsay''', 'project_evidence_grade_known'),
    (1, 'origin = ''guessed''', 'project_origin_known'),
    (1, 'history_quality = ''none''', 'project_history_quality_known')
  ) c (n, change, name);
select is(project_stage(status), stage, status || ' is ' || stage)
  from (values ('returned', 'proposal'), ('central_passed', 'appraisal'), ('settled', 'settlement'), ('stopped', 'ended')) c (status, stage);

-- ---- Projects: rules between rows ----
select is(pg_temp.faults($$update project set parent_id = '019aa000-0000-7000-8000-00000000d002', scale = 'single' where id = '019aa000-0000-7000-8000-00000000d001'$$),
  array['#/parent_id project_parent_is_key'], 'only a key project has parts');
update project set parent_id = '019aa000-0000-7000-8000-00000000d001' where id = '019aa000-0000-7000-8000-00000000d002';
-- From here on the part lies in a province of which this caller sees nothing.
reset role;
update project set province_code = '38', organisation_id = '019aa000-0000-7000-8000-0000000000a2' where id = '019aa000-0000-7000-8000-00000000d002';
set local role kc_api;
select is(count(*), 0::bigint, 'the part is out of sight') from project where id = '019aa000-0000-7000-8000-00000000d002';
select is(pg_temp.faults($$update project set scale = 'group' where id = '019aa000-0000-7000-8000-00000000d001'$$),
  array['#/scale project_has_parts'], 'and still holds the key project to its scale');
select throws_ok($$update project set deleted_at = now() where id = '019aa000-0000-7000-8000-00000000d001'$$, 'PT409', 'still-referenced',
  'and keeps it from being deleted');
select throws_ok($$update programme set deleted_at = now() where id = '019aa000-0000-7000-8000-00000000b002'$$, 'PT409', 'still-referenced',
  'a programme with projects stays');
insert into project_line (id, project_id, title, activity_code) values
  ('019aa000-0000-7000-8000-00000000e001', '019aa000-0000-7000-8000-00000000d001', 'Máy móc', 'KC3');
select is(pg_temp.faults($$update project set starts_on = '2010-01-01' where id = '019aa000-0000-7000-8000-00000000d001'$$),
  array['#/starts_on project_starts_on_activity'], 'the start keeps to the activities of the lines');

-- ---- Lines, funding, outputs ----
select is((version, updated_by is not null), (2, true), 'a new line is a change of the project') from project where id = '019aa000-0000-7000-8000-00000000d001';
select is((l.organisation_id, l.province_code), (p.organisation_id, p.province_code), 'a line has the owner and the territory of its project')
  from project_line l join project p on p.id = l.project_id;
select is(pg_temp.faults($$update project_line set activity_code = 'KC-CDS', establishment_id = gen_random_uuid()$$),
  array['#/activity_code project_line_activity_in_force', '#/establishment_id unknown_reference'], 'all faults of a line at once');
select is(pg_temp.faults($$update project_line set activity_code = 'KC99'$$), array['#/activity_code unknown_reference'], 'no such activity');
select pg_temp.violates(format('update project_line set %s', change), name)
  from (values
    ('quantity = -1', 'project_line_quantity_range'),
    ('eligible_cost_vnd = -1', 'project_line_eligible_cost_range'),
    ('support_vnd = -1', 'project_line_support_range'),
    ('counterpart_vnd = -1', 'project_line_counterpart_range'),
    ('eligible_cost_vnd = 5, support_vnd = 6', 'project_line_support_within_cost'),
    ('machines = ''{}''', 'project_line_machines_shape'),
    ('status = ''gone''', 'project_line_status_known')
  ) c (change, name);
insert into project_funding (id, project_id, year, source, amount_vnd, line_id) values
  ('019aa000-0000-7000-8000-00000000f001', '019aa000-0000-7000-8000-00000000d001', 2018, 'central_promotion', 3650000000, '019aa000-0000-7000-8000-00000000e001');
select pg_temp.violates(format('update project_funding set %s', change), name)
  from (values ('year = 1989', 'project_funding_year_range'), ('source = ''bank''', 'project_funding_source_known'),
               ('amount_vnd = -1', 'project_funding_amount_range')) c (change, name);
select pg_temp.violates($$insert into project_funding (project_id, year, source, amount_vnd, line_id)
  select project_id, year, source, 1, line_id from project_funding$$, 'project_funding_year_source_key');
insert into project_funding (project_id, year, source, amount_vnd) values ('019aa000-0000-7000-8000-00000000d001', 2018, 'central_promotion', 1);
select pg_temp.violates($$insert into project_funding (project_id, year, source, amount_vnd)
  values ('019aa000-0000-7000-8000-00000000d001', 2018, 'central_promotion', 2)$$, 'project_funding_year_source_key');
update project_funding set deleted_at = now() where amount_vnd = 1;
select is(project_funding_total('019aa000-0000-7000-8000-00000000d001'), 3650000000, 'what was deleted is not in the sum');
insert into project_output (id, project_id, planned) values
  ('019aa000-0000-7000-8000-00000000f002', '019aa000-0000-7000-8000-00000000d001', '{"value": 60, "measure_unit": "person"}');
select pg_temp.violates(format('update project_output set %s', change), name)
  from (values ('year = 2101', 'project_output_year_range'), ('planned = ''{"value": 60}''', 'project_output_planned_shape'),
               ('actual = ''60''', 'project_output_actual_shape'), ('planned = null', 'project_output_measure_given'),
               ('actual = ''{"value": 60, "measure_unit": "person_turn"}''', 'project_output_units_agree')) c (change, name);
insert into project (id, name, level, organisation_id, province_code) values
  ('019aa000-0000-7000-8000-00000000d003', 'Khác', 'local', '019aa000-0000-7000-8000-0000000000a1', '75');
select is(pg_temp.faults($$insert into project_funding (project_id, year, source, amount_vnd, line_id)
  values ('019aa000-0000-7000-8000-00000000d003', 2018, 'other', 1, '019aa000-0000-7000-8000-00000000e001')$$),
  array['#/line_id unknown_reference'], 'a line of another project');
reset role;
alter table project_funding disable trigger rules;
select pg_temp.violates($$insert into project_funding (project_id, year, source, amount_vnd, line_id)
  values ('019aa000-0000-7000-8000-00000000d003', 2018, 'other', 1, '019aa000-0000-7000-8000-00000000e001')$$, 'project_funding_line_fkey');
alter table project_funding enable trigger rules;
set local role kc_api;
select throws_ok($$update project_line set deleted_at = now() where id = '019aa000-0000-7000-8000-00000000e001'$$, 'PT409', 'still-referenced',
  'a line with money stays');

-- ---- Establishments and organisations that projects use ----
insert into establishment (id, name, province_code) values ('019aa000-0000-7000-8000-0000000000e1', 'Cơ sở thụ hưởng', '75');
update project_line set establishment_id = '019aa000-0000-7000-8000-0000000000e1';
update project set implementer_id = '019aa000-0000-7000-8000-0000000000a3' where id = '019aa000-0000-7000-8000-00000000d001';
select throws_ok($$update establishment set deleted_at = now() where id = '019aa000-0000-7000-8000-0000000000e1'$$, 'PT409', 'still-referenced',
  'a beneficiary stays');
select pg_temp.thanh_hoa();
select throws_ok($$update organisation set deleted_at = now() where id = '019aa000-0000-7000-8000-0000000000a3'$$, 'PT409', 'still-referenced',
  'an implementer stays, whoever asks');

-- ---- Projects: who reads and writes ----
select is(array_agg(id), array['019aa000-0000-7000-8000-00000000d002'::uuid], 'a province sees its own projects') from project;
select is((select count(*) from project_line) + (select count(*) from project_funding) + (select count(*) from project_output), 0::bigint,
  'and nothing of others');
select throws_ok($$insert into project (name, level, organisation_id, province_code) values ('x', 'local', '019aa000-0000-7000-8000-0000000000a2', '75')$$,
  '42501', null, 'it makes none in another');
select throws_ok($$insert into project_line (project_id, title) values ('019aa000-0000-7000-8000-00000000d001', 'x')$$, '42501', null,
  'a line needs a project in sight');
select pg_temp.implementer();
select is(count(*), 1::bigint, 'the implementer sees the project of another province') from project where id = '019aa000-0000-7000-8000-00000000d001';
select is((select count(*) from project_line) + (select count(*) from project_funding where deleted_at is null) + (select count(*) from project_output), 3::bigint,
  'with all its rows');
update project_line set title = 'Máy móc, thiết bị';
select is(title, 'Máy móc, thiết bị', 'and writes them') from project_line;
select throws_ok($$update project set implementer_id = null where id = '019aa000-0000-7000-8000-00000000d001'$$, '42501', null,
  'but does not write itself out of sight');
select pg_temp.caller('');
select is(count(*), 0::bigint, 'no territory, nothing to see') from project;
select set_config('app.organisation_id', '', true);
select is(count(*), 0::bigint, 'no claims, nothing to see') from project;

-- ---- What the queries share ----
select pg_temp.dong_nai();
select is(pg_temp.faults($$select checked_project(jsonb_populate_record(null::project, '{"name": "x", "level": "local", "codes_on": "2026-01-01",
    "programme_id": "019aa000-0000-7000-8000-0000000000ff", "parent_id": "019aa000-0000-7000-8000-00000000d002",
    "implementer_id": "019aa000-0000-7000-8000-0000000000ff", "managing_organisation_id": "019aa000-0000-7000-8000-0000000000ff",
    "places": [{"province_code": "75"}, {"province_code": "70"}, {"province_code": "75", "commune_code": "99999"}],
    "partner_province_codes": ["38", "99"]}'), null, '{70,75}', '019aa000-0000-7000-8000-0000000000a1', '75')$$),
  array['#/implementer_id unknown_reference', '#/managing_organisation_id unknown_reference', '#/parent_id unknown_reference',
        '#/partner_province_codes/1 unknown_admin_unit', '#/places/1/province_code unknown_admin_unit',
        '#/places/2/commune_code unknown_admin_unit', '#/programme_id unknown_reference'], 'all faults of a project at once');
select is((c.province_code, c.codes_on), (province, day), label)
  from (values
    ('70'::text, '{"starts_on": "2018-05-01"}', '70'::text, '2018-05-01'::date, 'the caller''s province, on the day it starts'),
    ('70', '{"starts_on": "2026-05-01"}', '70', '2025-06-30', 'a province that is no more: its last day'),
    ('75', '{}', '75', today(), 'without a start: today'),
    (null, '{"places": [{"province_code": "15", "codes_on": "2020-01-01"}]}', '15', '2020-01-01', 'of a central body the first place, with its day'),
    ('75', '{"province_code": "70", "codes_on": "2019-01-01"}', '70', '2019-01-01', 'as sent')
  ) t (own, body, province, day, label)
  cross join checked_project(jsonb_populate_record(null::project, body::jsonb), null, '{70,75}', null, own) c;
select is(c.places, '[{"province_code": "70", "codes_on": "2018-01-01"}]'::jsonb, 'a place takes the day of the project')
  from checked_project(jsonb_populate_record(null::project, '{"codes_on": "2018-01-01", "places": [{"province_code": "70", "commune_code": null}]}'),
    null, '{70}', null, '70') c;
select throws_ok(format('select %s(%L, %L, %L)', f, id, '{70,75}', '019aa000-0000-7000-8000-0000000000a1'), state, message, f || ': ' || message)
  from (values ('open_project', '019aa000-0000-7000-8000-00000000d002', 'PT404', 'not-found'),
               ('locked_project', '019aa000-0000-7000-8000-0000000000ff', 'PT404', 'not-found')) c (f, id, state, message);
update project set deleted_at = now() where id = '019aa000-0000-7000-8000-00000000d003';
select throws_ok($$select locked_project('019aa000-0000-7000-8000-00000000d003', '{70,75}', null)$$, 'PT410', 'deleted', 'a deleted project takes no rows');

-- ---- Search and lists: the indexes work for the service's role, behind row level security ----
create function pg_temp.plan_of(statement text) returns text language plpgsql as $$
declare
  line text;
  plan text := '';
begin
  for line in execute 'explain ' || statement loop
    plan := plan || line || E'\n';
  end loop;
  return plan;
end
$$;
reset role;
alter table project disable trigger user;
insert into project (name, level, organisation_id, province_code)
select 'Đề án số ' || n, 'local', '019aa000-0000-7000-8000-0000000000a1', '75' from generate_series(1, 5000) n;
alter table project enable trigger user;
analyze project;
set local role kc_api;
select matches(pg_temp.plan_of($$select from project where folded like like_pattern('Hạt điều')$$), 'project_folded', 'projects by name');
set local enable_seqscan = off; -- few rows here: is the index allowed at all?
select matches(pg_temp.plan_of($$select from programme where folded like like_pattern('Khuyến công')$$), 'programme_folded', 'programmes by name');
select matches(pg_temp.plan_of($$select from project
  where (province_code = any ('{75}') or organisation_id = '019aa000-0000-7000-8000-0000000000a1' or implementer_id = '019aa000-0000-7000-8000-0000000000a1')
    and status = any ('{approved}')$$), index, 'projects of a state: ' || index)
  from unnest(array['project_province_status', 'project_organisation', 'project_implementer']) index;
select is(array_agg(name), array['Đề án điểm chế biến hạt điều'], 'marks do not matter') from project where folded like like_pattern('HAT DIEU');
set local enable_seqscan = on;
reset role;
alter table project disable trigger user;
update project set province_code = '01' where name like 'Đề án số %' and right(name, 1) > '0';
alter table project enable trigger user;
analyze project;
set local role kc_api;
do $$ begin perform set_config('app.provinces', '75', true), set_config('app.organisation_id', '019aa000-0000-7000-8000-0000000000b9', true); end $$; -- not a member of their organisation
select ok(substring(pg_temp.plan_of($$select from project where province_code = any ('{75}')$$) from 'rows=([0-9]+)')::integer
          between 200 and 600, 'the planner counts a territory once, though query and policy ask for it: 500 projects');

select * from finish();
