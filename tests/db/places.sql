-- SPDX-License-Identifier: MIT
-- Places over time: what the loader made of db/reference, the map, places in records.
begin;
select plan(83);
\ir claims.psql

-- ---- Counts of the source ----
select is((select count(*) from admin_unit u
            where u.tier = c.tier and u.valid_from <= c.on_day and (u.valid_to is null or u.valid_to >= c.on_day)),
          c.wanted, format('%s: %s on %s', c.tier, c.wanted, c.on_day))
  from (values ('province', '2025-06-30'::date, 63::bigint), ('province', '2025-07-01', 34), ('province', '2026-04-30', 34),
               ('district', '2025-06-30', 696), ('district', '2025-07-01', 0),
               ('commune', '2025-06-30', 10035), ('commune', '2025-07-01', 3321)) c (tier, on_day, wanted);
select is((select count(*) from admin_unit where kind = c.kind and tier = 'commune' and valid_from <= c.on_day
             and (valid_to is null or valid_to >= c.on_day)), c.wanted, format('%s: %s on %s', c.kind, c.wanted, c.on_day))
  from (values ('special_zone', '2026-04-30'::date, 13::bigint), ('ward', '2026-04-30', 697), ('commune', '2026-04-30', 2611)) c (kind, on_day, wanted);
select is(count(*), 10646::bigint, 'successions') from admin_unit_succession;
select is_empty($$select code, valid_from from admin_unit u where length(code) <> case tier when 'province' then 2 when 'district' then 3 else 5 end$$,
  'the length of a code tells the tier');
select is_empty($$select code, valid_from from admin_unit u
  where not exists (select from admin_unit p where p.code = u.province_code and p.tier = 'province' and p.valid_from <= u.valid_from
                       and (p.valid_to is null or p.valid_to >= u.valid_from))$$, 'every unit lies in a province of its day');
select is_empty($$select code, valid_from from admin_unit u where tier = 'commune' and valid_to is not null
  and not exists (select from admin_unit_map m where m.code = u.code and m.valid_to = u.valid_to and m.on_to = 'infinity')$$,
  'every commune that ended leads to one of today');
select is_empty($$select code, valid_from from admin_unit u where tier = 'commune' and valid_to is null
  and not exists (select from admin_unit_map m where m.code = u.code and m.valid_to = 'infinity' and '2025-06-30' between m.on_from and m.on_to)$$,
  'every commune of today leads to one of before');
select throws_ok($$insert into admin_unit (tier, code, kind, name, full_name, province_code, valid_from, assumed_from)
  values ('province', '75', 'province', 'x', 'x', '75', '2026-01-01', '2026-01-01')$$, '23P01', null, 'two units with one code on one day are refused');
select throws_ok($$update admin_unit set valid_to = valid_from - 1 where code = '75'$$, '23514', null, 'a unit does not end before it begins');

-- ---- Codes that were given out anew: what they meant, what they mean, where the old ones lie today ----
select is((select name from admin_unit_at(c.code, '2025-06-30')), c.old_name, c.code || ' was ' || c.old_name)
  from (values ('15', 'Yên Bái'), ('24', 'Bắc Giang'), ('44', 'Quảng Bình'), ('52', 'Bình Định'), ('80', 'Long An'),
               ('82', 'Tiền Giang'), ('91', 'Kiên Giang')) c (code, old_name);
select is((select name from admin_unit_at(c.code, '2025-07-01')), c.new_name, c.code || ' is ' || c.new_name)
  from (values ('15', 'Lào Cai'), ('24', 'Bắc Ninh'), ('44', 'Quảng Trị'), ('52', 'Gia Lai'), ('80', 'Tây Ninh'),
               ('82', 'Đồng Tháp'), ('91', 'An Giang')) c (code, new_name);
select is((select name from admin_unit_at(province_on(c.code, '2020-06-30', '2026-11-22'), '2026-11-22')), c.today,
          format('%s of 2020 lies in %s', c.code, c.today))
  from (values ('15', 'Lào Cai'), ('10', 'Lào Cai'), ('24', 'Bắc Ninh'), ('27', 'Bắc Ninh'), ('45', 'Quảng Trị'), ('64', 'Gia Lai'),
               ('72', 'Tây Ninh'), ('87', 'Đồng Tháp'), ('89', 'An Giang'), ('46', 'Huế'), ('70', 'Đồng Nai'), ('62', 'Quảng Ngãi'),
               ('74', 'Hồ Chí Minh'), ('17', 'Phú Thọ'), ('38', 'Thanh Hóa')) c (code, today);

-- ---- The map ----
select is(province_on('70', '2020-11-30', '2026-11-22'), '75', 'Bình Phước 70 lies in 75');
select is(province_on('70', '2020-11-30', '2020-01-01'), '70', 'and was itself in 2020');
select is(province_on('70', '2025-08-01', '2026-11-22'), null, '70 is no code after 2025-06-30');
select is(province_on('75', '2026-11-22', '2020-01-01'), null, 'where 75 was in 2020 is not known without the commune');
select is(province_on('75', '2026-11-22', '2020-01-01', '25441'), '70', 'with a commune it is');
select is(province_on('46', '2020-01-01', '2025-03-01'), '46', 'Huế: province to city');
select is(province_on('46', '2026-01-01', '2020-01-01'), '46', 'Huế: backwards too');
select is(province_on('99', '2026-01-01', '2020-01-01'), null, 'no such code');
select is(province_on('75', null, '2020-01-01'), null, 'no day');
select is(admin_unit_on('318', '2020-01-01', '2026-01-01'), '11948', 'an island district became a special zone');
select results_eq($$select code, valid_from, valid_to from provinces_recorded_as('75', '2026-11-22') order by code, valid_from$$,
  $$values ('70', '2008-08-01'::date, '2025-06-30'::date), ('75', '2008-08-01', '2025-06-30'), ('75', '2025-07-01', '2026-04-29'),
           ('75', '2026-04-30', 'infinity')$$, 'recorded as 75 on the map of today: 75 and 70');
select results_eq($$select code, valid_from, valid_to from provinces_recorded_as('70', '2020-01-01')$$,
  $$values ('70', '2008-08-01'::date, '2025-06-30'::date)$$, 'recorded as 70 on the map of 2020: 70');
select is_empty($$select * from provinces_recorded_as('70', '2026-11-22')$$, '70 is nothing on the map of today');
select results_eq($$select code, valid_from, valid_to from provinces_recorded_as('15', '2020-01-01')$$,
  $$values ('15', '2008-08-01'::date, '2025-06-30'::date)$$, '15 on the map of 2020 is Yên Bái alone');
select results_eq($$select code, valid_from, valid_to from provinces_recorded_as('15', null)$$,
  $$values ('15', '-infinity'::date, 'infinity'::date)$$, 'without a map a code is a code');
select set_eq($$select unnest(province_codes('75'))$$, array['70', '75'], 'territory of Đồng Nai');
select set_eq($$select unnest(province_codes('15'))$$, array['10', '15'], 'territory of Lào Cai');
select set_eq($$select unnest(province_codes('38'))$$, array['38'], 'territory of Thanh Hóa');
select is(array_length(all_province_codes(), 1), 63, 'all codes there ever were');
select is(basis_date('as_recorded'), null, 'geo_basis: as recorded');
select is(basis_date('current'), today(), 'geo_basis: today');
select is(basis_date('2020-01-01'), '2020-01-01'::date, 'geo_basis: a day');
select throws_ok($$select basis_date('2020-13-01')$$, 'PT400', 'invalid-parameter', 'geo_basis: no day');

-- ---- Regions ----
select is((select count(*) from region_member where region_code = c.code and valid_from <= c.on_day and (valid_to is null or valid_to >= c.on_day)),
          c.wanted, format('%s: %s on %s', c.code, c.wanted, c.on_day))
  from (values ('mien_bac', '2022-09-30'::date, 28::bigint), ('mien_bac', '2026-11-22', 18), ('mien_trung_tay_nguyen', '2022-09-30', 15),
               ('phia_nam', '2022-09-30', 20)) c (code, on_day, wanted);

-- ---- Places in records ----
create function pg_temp.faults_of(place jsonb) returns text[] language plpgsql as $$
declare
  faults text;
begin
  perform place_checked('#/place', place);
  return '{}';
exception when sqlstate 'PT422' then
  get stacked diagnostics faults = pg_exception_detail;
  return array(select (f ->> 'pointer') || ' ' || (f ->> 'code') from jsonb_array_elements(faults::jsonb) f);
end
$$;
select is(pg_temp.faults_of('{"province_code": "75"}'), '{}', 'place: a province of today');
select is(pg_temp.faults_of('{"province_code": "70"}'), array['#/place/province_code unknown_admin_unit'], 'place: one of before, without its day');
select is(pg_temp.faults_of('{"province_code": "70", "codes_on": "2020-11-30"}'), '{}', 'place: one of before with its day');
select is(pg_temp.faults_of('{"province_code": "70", "commune_code": "25441", "codes_on": "2018-12-24"}'), '{}',
  'place: a commune before the first day the source knows it');
select is(pg_temp.faults_of('{"province_code": "38", "commune_code": "25441", "codes_on": "2020-11-30"}'),
  array['#/place/commune_code commune_outside_province'], 'place: a commune of another province');
select is(pg_temp.faults_of('{"province_code": "00", "commune_code": "00000"}'),
  array['#/place/province_code unknown_admin_unit', '#/place/commune_code unknown_admin_unit'], 'place: all faults at once');
select is(place_checked('#', '{"province_code": "75"}') ->> 'codes_on', today()::text, 'place: the day is today when it is not said');
select is(place_checked('#', null), null, 'place: none');
select is(place_json(place_checked('#', '{"province_code": "70", "commune_code": "25441", "codes_on": "2020-11-30"}'))::jsonb,
  '{"province_code": "70", "province": {"code": "70", "name": "Bình Phước"}, "commune_code": "25441",
    "commune": {"code": "25441", "name": "Minh Hưng"}, "address_line": null, "codes_on": "2020-11-30", "latitude": null, "longitude": null,
    "current": {"province": {"code": "75", "name": "Đồng Nai"}, "commune": {"code": "25441", "name": "Minh Hưng"}}}',
  'place: shown with the names of its day and of today');
select is(place_json(place_checked('#', jsonb_build_object('province_code', u.province_code, 'commune_code', u.code, 'codes_on', '2024-01-01')))
  ::jsonb #> '{current,commune}', 'null', 'place: of a divided commune nobody knows where it lies today')
  from admin_unit_succession s join admin_unit_at(s.old_code, '2024-01-01') u on true
 where s.kind = 'divided' and s.tier = 'commune' order by s.old_code limit 1;

select * from finish();
rollback;
