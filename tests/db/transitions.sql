-- SPDX-License-Identifier: MIT
-- Life cycles: the data agree with the tables, rules by day, tier and role, what a submission lacks, acts that are kept for good.
begin;
select plan(121);
\ir claims.psql
set local role kc_owner;
insert into organisation (id, name, kind, tier, province_code) values
  ('019aa000-0000-7000-8000-0000000000a0', 'Bộ', 'ministry', 'central', null),
  ('019aa000-0000-7000-8000-0000000000a1', 'Sở Đồng Nai', 'industry_department', 'province', '75'),
  ('019aa000-0000-7000-8000-0000000000a2', 'Sở Thanh Hóa', 'industry_department', 'province', '38'),
  ('019aa000-0000-7000-8000-0000000000a3', 'Trung tâm thực hiện', 'promotion_centre', 'province', '38');
create function pg_temp.dong_nai() returns void language sql as $$
  select pg_temp.caller('70,75', 'province', '019aa000-0000-7000-8000-0000000000a1');
$$;
create function pg_temp.thanh_hoa() returns void language sql as $$
  select pg_temp.caller('38', 'province', '019aa000-0000-7000-8000-0000000000a2', '019aa000-0000-7000-8000-0000000000c2');
$$;
create function pg_temp.implementer() returns void language sql as $$
  select pg_temp.caller('38', 'province', '019aa000-0000-7000-8000-0000000000a3', '019aa000-0000-7000-8000-0000000000c3');
$$;
create function pg_temp.refusal(statement text) returns jsonb language plpgsql as $$
declare
  detail text;
begin
  execute statement;
  return null;
exception when others then
  get stacked diagnostics detail = pg_exception_detail;
  return detail::jsonb;
end
$$;
-- The faults of a refusal or a list, as pointer and code, in their order.
create function pg_temp.named(faults jsonb) returns text[] language sql as $$
  select array(select (f ->> 'pointer') || ' ' || (f ->> 'code') from jsonb_array_elements(faults) with ordinality l (f, n) order by n)
$$;

-- ---- The data agree with the tables ----
select is_empty($$select s.status from record_status s join pg_constraint c on c.conname = 'programme_status_known'
                   where s.record_type = 'programme' and strpos(pg_get_constraintdef(c.oid), quote_literal(s.status)) = 0$$,
  'every listed state of a programme is one its table takes');
select is(count(*), 18::bigint, 'a project has eighteen states') from record_status where record_type = 'project';
select is(count(*), 7::bigint, 'a programme has seven') from record_status where record_type = 'programme';
select is_empty($$select status from record_status where record_type = 'project' and stage <> project_stage(status)$$,
  'the stages of projects are those of project_stage()');
select is_empty($$select * from record_status where label_vi !~ '\S' or label_en !~ '\S'$$, 'every state has its labels');
select is_empty($$select * from submit_requirement where label_vi !~ '\S' or label_en !~ '\S' or legal_basis !~ '\S'$$,
  'every requirement has labels and a legal basis');
select is_empty($$select q.* from submit_requirement q
                   where q.member is not null
                     and not exists (select from pg_attribute a where a.attrelid = to_regclass(q.record_type) and a.attname = q.member)
                     and to_regclass(q.record_type) is not null$$, 'every required member is one of the record');
select is_empty($$select a.* from transition_rule a
                    join transition_rule b using (record_type, from_status, action, applies_to)
                   where a.id <> b.id and daterange(a.valid_from, a.valid_to, '[]') && daterange(b.valid_from, b.valid_to, '[]')$$,
  'no two rules for one act hold on one day');
select is_empty($$select a.* from submit_requirement a
                    join submit_requirement b using (record_type, place)
                   where a.id <> b.id and daterange(a.valid_from, a.valid_to, '[]') && daterange(b.valid_from, b.valid_to, '[]')$$,
  'no requirement stands twice on one day');
select throws_ok($$update submit_requirement set certainty = 'uncertain' where place = 1$$, '23514', null, 'an uncertain requirement cannot block');
select throws_ok($$update transition_rule set certainty = 'uncertain', enforcement = 'block'$$, '23514', null, 'nor can an uncertain rule');
select throws_ok($$update submit_requirement set check_code = 'x' where member is not null$$, '23514', null, 'a member or a check, not both');
select is(stage_of('programme', 'active'), 'execution', 'stage_of: an active programme');
select is(stage_of('programme', 'nothing'), null, 'stage_of: no such state');

-- ---- Blank ----
select is(is_blank(value::jsonb), blank, 'is_blank: ' || coalesce(value, 'nothing'))
  from (values (null, true), ('null', true), ('""', true), ('" \t\n"', true), ('[]', true), ('{}', true), ('0', false), ('false', false),
               ('"x"', false), ('[null]', false), ('{"a": null}', false)) c (value, blank);

-- ---- Rules: day, tier, role, applies_to, warn ----
insert into record_status (record_type, status, stage, place, label_vi, label_en) values
  ('thing', 'one', 'proposal', 1, 'Một', 'One'), ('thing', 'two', 'proposal', 2, 'Hai', 'Two');
insert into transition_rule (record_type, from_status, action, to_status, applies_to, roles, tiers, requires, legal_basis, valid_from, valid_to,
  certainty, enforcement, scope) values
  ('thing', 'one', 'move', 'two', '{}', '{}', '{}', '{}', 'A', '2020-01-01', '2020-12-31', 'verified', 'block', 'things:write'),
  ('thing', 'one', 'move', 'two', '{}', '{}', '{}', '{note}', 'B', '2021-01-01', null, 'verified', 'block', 'things:write'),
  ('thing', 'one', 'move', 'two', '{"level": "national"}', '{}', '{central}', '{document}', 'C', '2021-01-01', null, 'verified', 'block', 'things:write'),
  ('thing', 'one', 'judge', 'two', '{}', '{bureau_officer,auditor}', '{}', '{}', 'D', '2021-01-01', null, 'verified', 'block', 'things:write'),
  ('thing', 'one', 'advise', 'two', '{}', '{}', '{central}', '{}', 'E', '2021-01-01', null, 'uncertain', 'warn', 'things:write');
set local app.scopes = 'things:read things:write';
select is(allowed_actions('thing', 'one', tier, roles, record, day)::text, expected::jsonb::text, story)
  from (values
    ('province', null::text[], '{}'::jsonb, '2019-12-31'::date, '[]', 'before any rule nothing is allowed'),
    ('province', null, '{}', '2020-06-01', '[{"action": "move", "requires": []}]', 'the rule of 2020'),
    ('province', '{}', '{}', '2021-06-01',
     '[{"action": "move", "requires": ["note"]}]', 'a person without roles may do what asks for none'),
    ('province', '{auditor}', '{}', '2021-06-01',
     '[{"action": "judge", "requires": []}, {"action": "move", "requires": ["note"]}]', 'one role of several'),
    ('province', null, '{"level": "national"}', '2021-06-01',
     '[{"action": "judge", "requires": []}]', 'the rule that asks most of the record wins, and wants another tier'),
    ('central', null, '{"level": "national", "scale": "key"}', '2021-06-01',
     '[{"action": "advise", "requires": []}, {"action": "judge", "requires": []}, {"action": "move", "requires": ["document"]}]', 'the same for that tier'),
    (null, null, '{"level": "national"}', '2021-06-01',
     '[{"action": "judge", "requires": []}]', 'no tier is none of those listed')
  ) c (tier, roles, record, day, expected, story);
set local app.scopes = 'things:read things:writer';
select is(allowed_actions('thing', 'one', 'province', null), '[]', 'without the scope nothing is allowed');
set local app.scopes = '';
select is(allowed_actions('thing', 'one', 'province', null), '[]', 'nor without any');
set local app.scopes = 'things:write';
select is(allowed_actions('thing', 'two', 'central', null), '[]'::jsonb, 'nothing leads on from the end');
select is(allowed_actions('nothing', 'one', 'central', null), '[]'::jsonb, 'nor from a record nobody knows');

-- ---- What a submission lacks ----
insert into submit_requirement (record_type, place, applies_to, member, check_code, pointer, label_vi, label_en, legal_basis, valid_from, valid_to,
  certainty, enforcement) values
  ('thing', 2, '{}', 'name', null, '#/name', 'tên', 'name', 'A', '2020-01-01', null, 'verified', 'block'),
  ('thing', 1, '{}', null, 'thing_whole', '#/parts', 'đủ', 'whole', 'B', '2020-01-01', null, 'verified', 'block'),
  ('thing', 3, '{"scale": "key"}', 'years', null, '#/years', 'năm', 'years', 'C', '2020-01-01', null, 'verified', 'block'),
  ('thing', 4, '{}', 'story', null, '#/story', 'chuyện', 'story', 'D', '2020-01-01', null, 'uncertain', 'warn'),
  ('thing', 5, '{}', 'old', null, '#/old', 'cũ', 'old', 'E', '2010-01-01', '2019-12-31', 'verified', 'block');
select is(pg_temp.named(required_for_submit('thing', record, failed, day)), expected, story)
  from (values
    ('{}'::jsonb, '{"thing_whole": {"count": 1}, "unknown": {}}'::jsonb, '2020-01-01'::date,
     array['#/parts thing_whole', '#/name required', '#/story required'], 'all at once, in their order'),
    ('{"name": "x", "scale": "key", "story": "y"}', '{}', '2020-01-01', array['#/years required'], 'a row for some records only'),
    ('{"name": "x", "scale": "key", "years": [1], "story": "y"}', '{}', '2020-01-01', '{}', 'nothing is missing'),
    ('{}', '{}', '2019-12-31', array['#/old required'], 'the day of the act chooses the rows'),
    ('{"old": 0}', '{}', '2019-12-31', '{}', 'zero is a value')
  ) c (record, failed, day, expected, story);
select is(required_for_submit('thing', '{"name": "x", "story": "y"}', '{"thing_whole": {"count": 1}}', '2020-01-01') -> 0,
  '{"pointer": "#/parts", "code": "thing_whole", "params": {"member": {"vi": "đủ", "en": "whole"}, "count": 1}, "legal_basis": "B",
    "certainty": "verified", "enforcement": "block"}'::jsonb, 'a fault has place, code, values for its message, and legal basis');
select is(pg_temp.named(blocks_of(required_for_submit('thing', '{}', '{}', '2020-01-01'))), array['#/name required'], 'what blocks');
select is(warnings_of(required_for_submit('thing', '{}', '{}', '2020-01-01')),
  '[{"pointer": "#/story", "code": "required", "label_vi": "chuyện", "label_en": "story", "legal_basis": "D", "certainty": "uncertain"}]'::jsonb,
  'what only warns');

-- ---- Programmes ----
set local role kc_api;
select pg_temp.dong_nai();
insert into programme (id, name, level, organisation_id, province_code) values
  ('019aa000-0000-7000-8000-00000000d001', 'Chương trình', 'local', '019aa000-0000-7000-8000-0000000000a1', '75');
select is(pg_temp.named(pg_temp.refusal($$select take_transition('programme', '019aa000-0000-7000-8000-00000000d001', uuidv7(),
    '{"action": "submit"}', 1)$$)),
  array['#/documents required', '#/starts_on required', '#/ends_on required', '#/targets programme_has_target'],
  'a programme lacks its letter, term and targets');
select is(pg_temp.named(pg_temp.refusal($$select take_transition('programme', '019aa000-0000-7000-8000-00000000d001', uuidv7(),
    '{"action": "submit", "acted_on": "9999-01-01", "documents": [{"kind": "photo"}, {"kind": "proposal", "issued_on": "9999-01-01"}]}', 1)$$)),
  array['#/acted_on date_in_future', '#/documents/1/issued_on date_in_future', '#/starts_on required', '#/ends_on required',
        '#/targets programme_has_target'], 'papers are not of tomorrow');
select is(pg_temp.refusal($$select take_transition('programme', '019aa000-0000-7000-8000-00000000d001', uuidv7(),
    '{"action": "submit", "acted_on": "2010-01-01"}', 1)$$),
  '{"action": "submit", "record_status": "draft", "status_label": {"vi": "Dự thảo", "en": "Draft"}, "allowed_actions": []}'::jsonb,
  'before the decree there is no rule');
select is(pg_temp.refusal($$select take_transition('programme', '019aa000-0000-7000-8000-00000000d001', uuidv7(), '{"action": "approve"}', 1)$$)
    -> 'allowed_actions', '[{"action": "consult", "requires": []}, {"action": "submit", "requires": ["document"]}]'::jsonb, 'a refusal says what may be done');
select is(pg_temp.refusal($$select take_transition('programme', '019aa000-0000-7000-8000-00000000d001', uuidv7(), '{"action": "approve"}', 7)$$),
  '{"current_version": 1}'::jsonb, 'a stale version comes first');
update programme set starts_on = '2021-01-01', ends_on = '2025-12-31', kind = 'partner', version = 2 where id = '019aa000-0000-7000-8000-00000000d001';
select is(pg_temp.named(programme_missing(g, today())), '{}', 'another body''s programme needs no targets of ours') from programme g;
update programme set kind = 'promotion', version = 3 where id = '019aa000-0000-7000-8000-00000000d001';
insert into target (programme_id, name, operator, kind, measures)
values ('019aa000-0000-7000-8000-00000000d001', 'Mô hình', 'gte', 'flow', '[{"value": 2, "measure_unit": "model"}]');
select results_eq($$select id, version from take_transition('programme', '019aa000-0000-7000-8000-00000000d001', '019aa000-0000-7000-8000-00000000f001',
    '{"action": "submit", "acted_on": "2021-07-05", "note": "Trình", "documents": [{"kind": "proposal", "document_no": "682/TTr-SCT"}]}', 4)$$,
  $$values ('019aa000-0000-7000-8000-00000000f001'::uuid, 5)$$, 'with all of it the programme is submitted');
select is(status || version, 'submitted5', 'its state and its version are new') from programme where id = '019aa000-0000-7000-8000-00000000d001';
select is(jsonb_path_query_array(programme_actions(g), '$[*].action'), '["approve", "return", "correct"]'::jsonb, 'others may lead on from there, and who did it may undo it')
  from programme g;
select is(to_jsonb(t) - array['recorded_at', 'warnings'], '{"id": "019aa000-0000-7000-8000-00000000f001", "record_type": "programme",
    "record_id": "019aa000-0000-7000-8000-00000000d001", "record_version": 5, "action": "submit", "from_status": "draft", "to_status": "submitted",
    "acted_on": "2021-07-05", "client_id": "019aa000-0000-7000-8000-0000000000cc", "person_id": null, "role": null,
    "acting_organisation_id": "019aa000-0000-7000-8000-0000000000a1", "note": "Trình", "reason_code": null,
    "documents": [{"kind": "proposal", "document_no": "682/TTr-SCT"}], "snapshot_id": null, "corrects_id": null, "effects": [],
    "organisation_id": "019aa000-0000-7000-8000-0000000000a1", "province_code": "75"}'::jsonb, 'the act is kept with who, when and why')
  from transition t;
select is(pg_temp.named(warnings), array['#/planned_funding required', '#/activity_priorities required'], 'so is what was only warned of') from transition;
select is(recorded_at, current_instant(), 'recorded_at is now, whatever the paper says') from transition;
select throws_ok($$select take_transition('programme', '019aa000-0000-7000-8000-00000000d001', uuidv7(), '{"action": "submit"}', 5)$$, 'PT409',
  'invalid-transition', 'what is submitted is not submitted again');

-- ---- Acts are kept for good ----
select throws_ok($$update transition set note = 'x'$$, '42501', null, 'the service does not change an act');
select throws_ok($$delete from transition$$, '42501', null, 'nor removes it');
select throws_ok($$truncate transition$$, '42501', null, 'nor all of them');
select throws_ok($$update transition_rule set tiers = '{}'$$, '42501', null, 'nor the rules');
select throws_ok($$insert into transition (record_type, record_id, record_version, action, from_status, to_status, acted_on, client_id, acting_organisation_id)
  values ('programme', '019aa000-0000-7000-8000-00000000d001', 9, 'submit', 'draft', 'submitted', today(), uuidv7(), '019aa000-0000-7000-8000-0000000000a1')$$,
  '42501', null, 'nobody acts in another client''s name');
select throws_ok($$insert into transition (record_type, record_id, record_version, action, from_status, to_status, acted_on, client_id, acting_organisation_id)
  values ('programme', '019aa000-0000-7000-8000-00000000d001', 9, 'submit', 'draft', 'submitted', today(), '019aa000-0000-7000-8000-0000000000cc',
          '019aa000-0000-7000-8000-0000000000a2')$$, '42501', null, 'nor in another organisation''s');
set local role kc_owner;
select throws_ok($$update transition set note = 'x'$$, 'P0001', 'transition is append only', 'not even the owner changes it');
select throws_ok($$delete from transition$$, 'P0001', 'transition is append only', 'or removes it');
set constraints all immediate;
select throws_ok($$truncate transition cascade$$, 'P0001', null, 'or all of them');
set constraints all deferred;
select is(count(*), 1::bigint, 'the record''s own history has the same version, once')
  from history where record_id = '019aa000-0000-7000-8000-00000000d001' and version = 5 and row_data ->> 'status' = 'submitted';
set local role kc_api;

-- ---- Seen like the record ----
select pg_temp.thanh_hoa();
select is(count(*), 0::bigint, 'another province does not see the acts on a local programme') from transition;
select throws_ok($$insert into transition (record_type, record_id, record_version, action, from_status, to_status, acted_on, client_id, acting_organisation_id)
  values ('programme', '019aa000-0000-7000-8000-00000000d001', 9, 'submit', 'draft', 'submitted', today(), '019aa000-0000-7000-8000-0000000000c2',
          '019aa000-0000-7000-8000-0000000000a2')$$, '42501', null, 'nor adds any');
select throws_ok($$select locked_programme('019aa000-0000-7000-8000-00000000d001', 'central', array['75'], '019aa000-0000-7000-8000-0000000000a1')$$,
  'PT404', 'not-found', 'nor finds it, whatever scope the query names');
select pg_temp.caller('', 'central', '019aa000-0000-7000-8000-0000000000a0');
insert into programme (id, name, level, organisation_id) values
  ('019aa000-0000-7000-8000-00000000d002', 'Chương trình quốc gia', 'national', '019aa000-0000-7000-8000-0000000000a0');
select is(programme_actions(g), '[{"action": "consult", "requires": []}, {"action": "submit", "requires": ["document"]}]'::jsonb, 'a central body may submit the national programme')
  from programme g where level = 'national';
select pg_temp.dong_nai();
select is(programme_actions(g), '[]'::jsonb, 'a province sees it and may do nothing') from programme g where level = 'national';
select throws_ok($$select locked_programme('019aa000-0000-7000-8000-00000000d002', 'province', array['75'], '019aa000-0000-7000-8000-0000000000a1')$$,
  'PT403', 'outside-territory', 'nor does it get it for writing');
select throws_ok($$select locked_programme('019aa000-0000-7000-8000-00000000d002', 'central', array['75'], '019aa000-0000-7000-8000-0000000000a1')$$,
  'PT403', 'outside-territory', 'not even when the query says it may');

-- ---- Projects ----
insert into project (id, name, level, organisation_id, province_code, implementer_id) values
  ('019aa000-0000-7000-8000-00000000b001', 'Đề án', 'local', '019aa000-0000-7000-8000-0000000000a1', '75', '019aa000-0000-7000-8000-0000000000a3');
select is(pg_temp.named(blocks_of(project_missing(p, '2026-01-01'))),
  array['#/scale required', '#/programme_id required', '#/places required', '#/lines project_has_line', '#/starts_on required', '#/ends_on required',
        '#/total_cost_vnd required', '#/support_vnd required', '#/counterpart_vnd required', '#/funding project_has_funding', '#/necessity required',
        '#/objective required'], 'a bare draft lacks all but name, level and implementer') from project p;
select is(missing -> 6 ->> 'legal_basis', basis, 'the legal basis is that of ' || day)
  from (values ('2016-01-01'::date, 'Thông tư liên tịch 26/2014/TTLT-BTC-BCT'),
               ('2026-01-01', 'Thông tư 28/2018/TT-BTC, sửa đổi bởi Thông tư 64/2024/TT-BTC')) c (day, basis),
       project p, project_missing(p, day) missing;
select is(blocks_of(project_missing(p, '2010-01-01')), '[]'::jsonb, 'nothing is asked of the time before the decree') from project p;
update project set scale = 'single', programme_id = '019aa000-0000-7000-8000-00000000d001', places = '[{"province_code": "75"}]', starts_on = '2026-01-01',
  ends_on = '2026-12-31', total_cost_vnd = 100, support_vnd = 60, counterpart_vnd = 0, necessity = 'Cần', objective = 'Đích'
  where id = '019aa000-0000-7000-8000-00000000b001';
insert into project_line (project_id, title) values ('019aa000-0000-7000-8000-00000000b001', 'Chưa rõ nội dung');
insert into project_funding (project_id, year, source, amount_vnd) values
  ('019aa000-0000-7000-8000-00000000b001', 2026, 'local_promotion', 60), ('019aa000-0000-7000-8000-00000000b001', 2026, 'counterpart', 30);
select is(pg_temp.named(blocks_of(project_missing(p, '2026-01-01'))), array['#/lines project_has_line', '#/funding project_funding_sum'],
  'a line without activity does not count; money must add up') from project p;
select is((blocks_of(project_missing(p, '2026-01-01')) #> '{1,params}') - 'member', '{"funding_total_vnd": 90, "total_cost_vnd": 100}'::jsonb,
  'both sums are named') from project p;
update project_line set activity_code = 'KC3';
update project_funding set amount_vnd = 40 where source = 'counterpart';
select is(blocks_of(project_missing(p, '2026-01-01')), '[]'::jsonb, 'now it is complete') from project p;
update project set scale = 'group' where id = '019aa000-0000-7000-8000-00000000b001';
select is(pg_temp.named(warnings_of(project_missing(p, '2026-01-01'))),
  array['#/replication required', '#/trade_code required', '#/lines project_group_beneficiaries'], 'a group is warned of too few beneficiaries') from project p;
update project set scale = 'key' where id = '019aa000-0000-7000-8000-00000000b001';
select is(pg_temp.named(warnings_of(project_missing(p, '2026-01-01'))),
  array['#/replication required', '#/trade_code required', '#/lines project_key_activities'], 'a key project of too few activities') from project p;
insert into project (id, name, level, organisation_id, province_code, parent_id, implementer_id) values
  ('019aa000-0000-7000-8000-00000000b002', 'Năm 2027', 'local', '019aa000-0000-7000-8000-0000000000a1', '75', '019aa000-0000-7000-8000-00000000b001',
   '019aa000-0000-7000-8000-0000000000a3');
insert into project_funding (project_id, year, source, amount_vnd) values ('019aa000-0000-7000-8000-00000000b002', 2027, 'local_promotion', 100);
select is(blocks_of(project_missing(p, '2026-01-01')), '[]'::jsonb, 'its own money counts, not that of its parts') from project p
 where id = '019aa000-0000-7000-8000-00000000b001';
update project_funding set deleted_at = now() where project_id = '019aa000-0000-7000-8000-00000000b001';
select is(blocks_of(project_missing(p, '2026-01-01')), '[]'::jsonb, 'without money of its own that of its parts does') from project p
 where id = '019aa000-0000-7000-8000-00000000b001';
select pg_temp.implementer();
select lives_ok($$select take_transition('project', '019aa000-0000-7000-8000-00000000b001', '019aa000-0000-7000-8000-00000000f002', '{"action": "submit"}',
  (select version from project where id = '019aa000-0000-7000-8000-00000000b001'))$$, 'the implementer of another province submits it');
select is(count(*), 1::bigint, 'and sees the act') from transition where record_type = 'project';
select is(acted_on, today(), 'without a paper it was done today') from transition where record_type = 'project';

-- ---- Persons: roles and the second one ----
set local role kc_owner;
delete from transition_rule where record_type = 'project' and action <> 'submit';
insert into transition_rule (record_type, from_status, action, to_status, requires, legal_basis, valid_from, certainty, enforcement, scope)
values ('project', 'submitted', 'appraise', 'base_appraising', '{note,reason_code,document,second_person}', 'A', '2020-01-01', 'verified', 'block',
        'projects:appraise'),
       ('project', 'submitted', 'return', 'returned', '{second_person}', 'A', '2020-01-01', 'uncertain', 'warn', 'projects:appraise');
set local role kc_api;
select is(pg_temp.named(pg_temp.refusal(format($$select take_transition('project', '019aa000-0000-7000-8000-00000000b001', uuidv7(),
    '{"action": "appraise", "note": " "}', %s)$$, version))),
  array['#/note required', '#/reason_code required', '#/documents required', '#/action transition_second_person'],
  'an act brings what its rule asks for, and is not of whoever acted last') from project where id = '019aa000-0000-7000-8000-00000000b001';
set local app.user_id = '019aa000-0000-7000-8000-0000000000b9';
set local app.roles = 'auditor,centre_officer';
select is(acting_roles(), array['auditor', 'centre_officer'], 'roles come as a claim');
set local app.roles = 'auditor';
select lives_ok(format($$select take_transition('project', '019aa000-0000-7000-8000-00000000b001', '019aa000-0000-7000-8000-00000000f003',
    '{"action": "return", "reason_code": "other"}', %s)$$, version), 'another person is not who acted last')
  from project where id = '019aa000-0000-7000-8000-00000000b001';
select is(pg_temp.refusal(format($$select take_transition('project', '019aa000-0000-7000-8000-00000000b001', uuidv7(), '{"action": "submit"}', %s)$$, version))
    ->> 'record_status', 'returned', 'a role that the rule does not list may not submit again') from project where id = '019aa000-0000-7000-8000-00000000b001';
set local app.roles = 'auditor,centre_officer';
select lives_ok(format($$select take_transition('project', '019aa000-0000-7000-8000-00000000b001', '019aa000-0000-7000-8000-00000000f004',
    '{"action": "submit"}', %s)$$, version), 'one that it lists may') from project where id = '019aa000-0000-7000-8000-00000000b001';
select is(person_id || ' ' || role, '019aa000-0000-7000-8000-0000000000b9 centre_officer', 'person and the role that let him act are kept')
  from transition where id = '019aa000-0000-7000-8000-00000000f004';
select lives_ok(format($$select take_transition('project', '019aa000-0000-7000-8000-00000000b001', '019aa000-0000-7000-8000-00000000f005',
    '{"action": "return"}', %s)$$, version), 'a rule that warns lets the same person act again') from project where id = '019aa000-0000-7000-8000-00000000b001';
select is(pg_temp.named(warnings), array['#/action transition_second_person'], 'and keeps the warning')
  from transition where id = '019aa000-0000-7000-8000-00000000f005';

-- ---- Guards, effects, what an approval freezes ----
set local role kc_owner;
create function guard_too_dear(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select jsonb_agg(jsonb_build_object('pointer', '#/total_cost_vnd', 'code', 'g1_too_dear', 'enforcement', enforcement,
           'params', jsonb_build_object('limit_vnd', 10, 'total_vnd', p.total_cost_vnd), 'legal_basis', 'A'))
    from project p, (values ('block'), ('warn')) e (enforcement)
   where p.id = record_id and p.total_cost_vnd > 10 and (act ->> 'note') is distinct from enforcement
$$;
create function effect_mark(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void language sql as $$
  update project_line set title = 'Sau khi duyệt: ' || (claim('app.act')::uuid = record_id) where project_id = record_id
$$;
insert into transition_rule (record_type, from_status, action, to_status, guards, effects, freezes, legal_basis, valid_from, certainty, enforcement, scope)
values ('project', 'returned', 'approve', 'approved', '{too_dear}', '{mark}', true, 'A', '2020-01-01', 'verified', 'block', 'projects:approve');
set local role kc_api;
select throws_ok($$select take_transition('project', '019aa000-0000-7000-8000-00000000b001', uuidv7(), '{"action": "approve"}',
    (select version from project where id = '019aa000-0000-7000-8000-00000000b001'))$$, 'PT409', 'guard-failed', 'a guard forbids the act');
select is(pg_temp.refusal($$select take_transition('project', '019aa000-0000-7000-8000-00000000b001', uuidv7(), '{"action": "approve"}',
    (select version from project where id = '019aa000-0000-7000-8000-00000000b001'))$$),
  '[{"pointer": "#/total_cost_vnd", "code": "g1_too_dear", "params": {"limit_vnd": 10, "total_vnd": 100}, "legal_basis": "A"}]'::jsonb,
  'and says by which figures; what only warns is not among them');
select is(count(*), 0::bigint, 'nothing was done') from project_line where title like 'Sau khi duyệt%';
select is(status, 'returned', 'the project is where it was') from project where id = '019aa000-0000-7000-8000-00000000b001';
select lives_ok(format($$select take_transition('project', '019aa000-0000-7000-8000-00000000b001', '019aa000-0000-7000-8000-00000000f006',
    '{"action": "approve", "note": "block"}', %s)$$, version), 'what only warns lets the act through')
  from project where id = '019aa000-0000-7000-8000-00000000b001';
select is(pg_temp.named(warnings), array['#/total_cost_vnd g1_too_dear', '#/documents approving_authority'], 'with its warning, and that of the authority') from transition where id = '019aa000-0000-7000-8000-00000000f006';
select is(title, 'Sau khi duyệt: true', 'the effect was set off, and knew of the act') from project_line limit 1;
select is(claim('app.act'), null, 'after it nobody acts any more');
select is(t.record_version || ' ' || t.effects::text, p.version || ' {mark}', 'and made no version of its own')
  from transition t join project p on p.id = t.record_id where t.id = '019aa000-0000-7000-8000-00000000f006';
select is((s.record_type, s.record_id, s.record_version, s.transition_id), (t.record_type, t.record_id, t.record_version, t.id),
  'the snapshot is of the record as the act left it') from transition t join snapshot s on s.id = t.snapshot_id;
select is(body::jsonb #>> '{lines,0,title}', 'Sau khi duyệt: true', 'with its parts') from snapshot;
select is((body::jsonb ->> 'status') || ' ' || (body::jsonb ? 'allowed_actions'), 'approved false', 'and nothing that depends on who asks') from snapshot;
select is(canonical_json('{"b": [1.50, "ă\n\u0001\"/", null, true], "a": {}, "á": -0.0, "B": 9007199254740991}'),
  '{"B":9007199254740991,"a":{},"b":[1.5,"ă\n\u0001\"/",null,true],"á":0}', 'canonical JSON as RFC 8785 has it');
create function pg_temp.correct() returns text language sql as $$
  select format($act$select take_transition('project', '019aa000-0000-7000-8000-00000000b001', uuidv7(), '{"action": "correct", "note": "Nhầm"}', %s)$act$, version)
    from project where id = '019aa000-0000-7000-8000-00000000b001'
$$;
select is(pg_temp.named(pg_temp.refusal(pg_temp.correct())), array['#/action act_is_final'], 'an effect that nothing undoes forbids the correction');
set local role kc_owner;
create function undo_mark(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void language sql as $$
  update project_line set title = 'Thu hồi' where project_id = record_id
$$;
update transition_rule set correct_guards = '{final}' where record_type = 'project' and action = 'approve';
set local role kc_api;
select throws_ok(pg_temp.correct(), 'PT409', 'guard-failed', 'so does a guard of its own');
set local role kc_owner;
update transition_rule set correct_guards = '{}' where record_type = 'project' and action = 'approve';
set local role kc_api;
select lives_ok(pg_temp.correct(), 'else it is undone');
select is(p.status || ' ' || l.title, 'returned Thu hồi', 'and with it what it set off') from project p join project_line l on l.project_id = p.id
 where p.id = '019aa000-0000-7000-8000-00000000b001' limit 1;
select is(count(*), 1::bigint, 'what was frozen stays') from snapshot;
select throws_ok($$update snapshot set body = '{}'$$, '42501', null, 'the service does not change a snapshot');
select throws_ok($$delete from snapshot$$, '42501', null, 'nor removes it');
select throws_ok($$insert into snapshot (record_type, record_id, record_version, transition_id, sha256, body)
  values ('project', '019aa000-0000-7000-8000-00000000b001', 1, uuidv7(), 'x', '{}')$$, '23514', null, 'a digest that is not of the body');
select pg_temp.thanh_hoa();
select is(count(*), 0::bigint, 'another province sees no snapshot') from snapshot;
set local role kc_owner;
select throws_ok($$update snapshot set body = '{}'$$, 'P0001', 'snapshot is append only', 'not even the owner changes a snapshot');
select throws_ok($$delete from snapshot$$, 'P0001', 'snapshot is append only', 'or removes it');
set constraints all immediate;
select throws_ok($$truncate snapshot cascade$$, 'P0001', null, 'or all of them');

select * from finish();
rollback;
