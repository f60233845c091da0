-- SPDX-License-Identifier: MIT
-- Spending norms: rows, territories, and what they allow.
begin;
select plan(46);
\ir claims.psql
set local role kc_api;

create function pg_temp.check(question jsonb) returns jsonb language sql as $$
  select norm_check_json('{"activity_code": "KC3-MAY-MOC", "level": "national", "eligible_cost_vnd": 5000000000, "valid_on": "2025-12-01"}' || question)::jsonb
$$;
create function pg_temp.counted(answer jsonb) returns text language sql as $$
  select string_agg(l ->> 'norm_code', ' ' order by n) from jsonb_array_elements(answer -> 'limits') with ordinality x (l, n) where (l ->> 'is_counted')::boolean
$$;
create function pg_temp.warned(answer jsonb) returns text language sql as $$
  select string_agg(w ->> 'code', ' ' order by n) from jsonb_array_elements(answer -> 'warnings') with ordinality x (w, n)
$$;
create function pg_temp.reason(answer jsonb, norm text) returns text language sql as $$
  select l ->> 'reason' from jsonb_array_elements(answer -> 'limits') l where l ->> 'norm_code' = norm
$$;

-- ---- Rows ----
select is_empty($$select code from norm n where not exists (select from activity a where a.code = n.activity_code and a.parent_code is not null)$$,
  'every norm is of a child activity');
select is_empty($$select code from norm where certainty_mark in ('K', 'U') and (certainty, enforcement) <> ('uncertain', 'warn')
  or certainty_mark = 'V' and (certainty, enforcement) <> ('verified', 'block')$$, 'the mark of the collection decides certainty and enforcement');
select is_empty($$select code from norm n where (level = 'local') <> exists (select from norm_territory t where t.norm_id = n.id)$$,
  'local norms have a territory, national ones none');
select is_empty($$select t.province_code from norm_territory t where not exists (select from admin_unit_at(t.province_code, t.codes_on) u where u.tier = 'province')$$,
  'each of its units is a province of that day');
select results_eq($$select percent_max, cap_vnd from norm where code in ('QG-MO-HINH', 'QG-MAY-MOC', 'HD-MO-HINH', 'HD-MAY-MOC', 'HD-O-NHIEM-CUM') order by code$$,
  $$values (50.00, 250000000::bigint), (30.00, 800000000), (30.00, 1400000000), (50.00, 300000000), (30.00, 1000000000)$$, 'the verified figures');
set local role kc_owner;
select throws_ok($$update norm set enforcement = 'block' where code = 'QG-SXSH'$$, '23514', null, 'an uncertain figure never refuses');
select throws_ok($$update norm set conditions = '{"is_rich": true}' where code = 'QG-SXSH'$$, '23514', null, 'a condition that nobody can meet');
select throws_ok($$update norm set percent_base = null where code = 'QG-SXSH'$$, '23514', null, 'a percentage of nothing');
select throws_ok($$insert into norm_territory select norm_id, province_code, codes_on, '2026-01-01' from norm_territory$$, '23P01', null,
  'one unit twice at a time');
set local role kc_api;
select throws_ok('delete from norm', '42501', null, 'norms are not written by the service');
select is_empty($$delete from norm_territory returning norm_id$$, 'nor their territories, but by central bodies');

-- ---- Both limits ----
select is(pg_temp.check(question) -> 'max_support_vnd', wanted::text::jsonb, format('%s: %s', question, wanted))
  from (values ('{"eligible_cost_vnd": 500000000}'::jsonb, 250000000::bigint), ('{"eligible_cost_vnd": 600000000}', 300000000),
               ('{"eligible_cost_vnd": 600000001}', 300000000), ('{"eligible_cost_vnd": 3}', 1), ('{"eligible_cost_vnd": 0}', 0),
               ('{"is_technology_line": true}', 450000000), ('{"is_technology_line": true, "eligible_cost_vnd": 600000000}', 300000000),
               ('{"quantity": 2}', 600000000), ('{"eligible_cost_vnd": 9007199254740991, "quantity": 100000}', 30000000000000),
               ('{"activity_code": "KC4-HC-NUOC-NGOAI", "eligible_cost_vnd": 9007199254740991}', 9007199254740991),
               ('{"activity_code": "KC3-MO-HINH", "valid_on": "2018-03-27"}', 500000000),
               ('{"activity_code": "KC3-MO-HINH", "valid_on": "2018-03-28"}', 1000000000)) c (question, wanted);
select is(pg_temp.check(format('{"eligible_cost_vnd": 600000000, "support_vnd": %s}', support)::jsonb) -> 'is_allowed', to_jsonb(wanted), format('%s asked for', support))
  from (values (300000000, true), (300000001, false)) c (support, wanted);
select is(pg_temp.check('{"activity_code": "KC3-SXSH", "support_vnd": 500000001}') -> 'is_allowed', 'true', 'an uncertain norm does not forbid');
select is(pg_temp.warned(pg_temp.check('{"activity_code": "KC3-SXSH", "support_vnd": 500000001}')), 'uncertain_norm uncertain_dates above_uncertain_norm',
  'but it warns');
select is(pg_temp.warned(pg_temp.check('{"activity_code": "KC3-SXSH", "support_vnd": 500000000, "quantity": 2}')), 'uncertain_norm uncertain_dates several_units',
  'within it only of itself');

-- ---- Which norm ----
select is(pg_temp.reason(pg_temp.check('{}'), 'QG-DAY-CHUYEN'), 'condition_missing', 'what more there would be for a technology line');
select is(pg_temp.reason(pg_temp.check('{"is_technology_line": true}'), 'QG-MAY-MOC'), 'superseded', 'more conditions go before fewer');
select is(pg_temp.warned(pg_temp.check('{"activity_code": "KC1-DAO-TAO", "support_vnd": 1}')), 'no_norm no_figure', 'a norm without a figure');
select is(pg_temp.check('{"activity_code": "KC1-DAO-TAO", "support_vnd": 1}') -> 'is_allowed', 'null', 'says neither yes nor no');
select is(pg_temp.warned(pg_temp.check('{"activity_code": "KC6"}')), 'no_norm', 'no norm at all');
select is(pg_temp.warned(pg_temp.check('{"activity_code": "KC3"}')) || pg_temp.reason(pg_temp.check('{"activity_code": "KC3"}'), 'QG-SXSH'), 'activity_groupother_activity',
  'a group has choices, no maximum');
select is(pg_temp.check('{"activity_code": "KC2-THANH-LAP", "valid_on": "2016-01-01", "is_in_difficult_area": true}') -> 'max_support_vnd', '10000000',
  'before 2018 only in difficult areas');
select is(pg_temp.check('{"activity_code": "KC2-THANH-LAP", "valid_on": "2016-01-01"}') -> 'max_support_vnd', 'null', 'not elsewhere');

-- ---- Where ----
select is(pg_temp.counted(pg_temp.check(jsonb_build_object('level', 'local', 'place', place))), wanted, format('%s: %s', place, wanted))
  from (values ('{"province_code": "30", "codes_on": "2025-06-30"}'::jsonb, 'HD-MAY-MOC QG-MAY-MOC'), ('{"province_code": "31"}', 'QG-MAY-MOC'),
               ('{"province_code": "31", "commune_code": "10507"}', 'HD-MAY-MOC QG-MAY-MOC'), ('{"province_code": "31", "commune_code": "11311"}', 'QG-MAY-MOC'),
               ('{"province_code": "31", "codes_on": "2025-06-30"}', 'QG-MAY-MOC')) c (place, wanted);
select is(pg_temp.reason(pg_temp.check('{"level": "local", "place": {"province_code": "31"}}'), 'HD-MAY-MOC'), 'territory_unclear',
  'the old norm holds in a part of the new province');
select is(pg_temp.warned(pg_temp.check('{"level": "local", "place": {"province_code": "31", "commune_code": "11311"}}')), 'local_norm_unknown uncertain_dates',
  'elsewhere only the frame is known');
select is(pg_temp.counted(pg_temp.check('{"place": {"province_code": "30", "codes_on": "2025-06-30"}}')), 'QG-MAY-MOC', 'national money keeps to national norms everywhere');
select is(pg_temp.counted(pg_temp.check('{"level": "local", "place": {"province_code": "30"}, "valid_on": "2020-01-01"}')), 'HD-MAY-MOC QG-MAY-MOC',
  'codes are those of the day asked about');
set local role kc_owner;
update norm_territory set valid_to = '2025-11-30';
set local role kc_api;
select is(pg_temp.counted(pg_temp.check('{"level": "local", "place": {"province_code": "30", "codes_on": "2025-06-30"}}')), 'QG-MAY-MOC',
  'until a council ends it');

select * from finish();
rollback;
