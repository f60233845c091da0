-- SPDX-License-Identifier: MIT
-- OCOP: reference data, barcodes, product codes, territory, papers, what is missing, results, who sees and writes what.
begin;
select plan(87);
\ir claims.psql
set local role kc_owner;
insert into organisation (id, name, kind, tier, province_code) values
  ('019aa000-0000-7000-8000-0000000000b0', 'Bộ', 'ministry', 'central', null),
  ('019aa000-0000-7000-8000-0000000000b1', 'Sở Vĩnh Long', 'agriculture_department', 'province', '86'),
  ('019aa000-0000-7000-8000-0000000000b2', 'Sở Hà Nội', 'agriculture_department', 'province', '01');
create function pg_temp.vinh_long() returns void language sql as $$
  select pg_temp.caller('83,84,86', 'province', '019aa000-0000-7000-8000-0000000000b1');
$$;
create function pg_temp.ha_noi() returns void language sql as $$
  select pg_temp.caller('01', 'province', '019aa000-0000-7000-8000-0000000000b2', '019aa000-0000-7000-8000-0000000000c2');
$$;
create function pg_temp.nobody() returns void language sql as $$
  select set_config(name, '', true) from unnest(array['app.provinces', 'app.tier', 'app.organisation_id', 'app.client_id']) name;
$$;

-- ---- Reference data ----
select is(count(*), 78::bigint, '78 product sets') from ocop_product_set;
select is(count(*), 26::bigint, '26 of ' || legal_document_no) from ocop_product_set group by legal_document_no order by legal_document_no;
select is((part_a_max, part_b_max, part_c_max)::text, case legal_document_no when '1048/QĐ-TTg' then '(35,25,40)' else '(40,25,35)' end,
    'points of the parts under ' || legal_document_no)
  from (select distinct legal_document_no, part_a_max, part_b_max, part_c_max from ocop_product_set) parts order by legal_document_no;
select is(array_agg(days::text order by days), '{"[2019-08-21,2023-02-24)","[2023-02-24,2026-05-22)","[2026-05-22,)"}',
    'one decision follows the other without a gap')
  from (select distinct daterange(valid_from, valid_to, '[]') as days from ocop_product_set) periods;
select is(array_agg(distinct certainty_mark order by certainty_mark), array['K', 'V', 'V name; K sector', 'V2 (in-force date U)'], 'the marks of the collection are kept')
  from ocop_product_set;
select is(array_agg(distinct dates_certainty), '{uncertain}', 'the day of 26/2026 is not known') from ocop_product_set where legal_document_no = '26/2026/QĐ-TTg';
select ok(not exists (select from ocop_product_set where dates_certainty = 'uncertain' and enforcement = 'block'), 'uncertain days never block');
select ok(not exists (select from document_requirement where certainty = 'uncertain' and enforcement = 'block'), 'uncertain papers never block');
select is(count(distinct name_vi), 41::bigint, '1048 and 148 share 11 names') from ocop_product_set where legal_document_no in ('1048/QĐ-TTg', '148/QĐ-TTg');
select ok(not exists (select from submit_requirement q where q.record_type = 'ocop_registration' and q.check_code is not null
            and q.check_code not in ('ocop_product_set_in_force', 'product_set_other_day')), 'every check is one that is made');

-- ---- Barcodes ----
select ok(gtin_valid(gtin), gtin || ' is right')
  from unnest(array['8938505974194', '8936000000011', '4006381333931', '036000291452', '96385074', '18938505974191']) gtin;
select ok(not gtin_valid(gtin), gtin || ' is wrong')
  from unnest(array['8938505974195', '893850597419', '96385075', '', '89385059741940', 'x938505974194']) gtin;
select is(array_agg(is_foreign_gtin(gtin) order by n), '{f,t,t,t,f}', 'the prefix tells the country')
  from unnest(array['8938505974194', '4006381333931', '036000291452', '96385074', '18938505974191']) with ordinality g (gtin, n);

-- ---- Product codes ----
select is(product_code_parts('83-829-28780-3-2022'),
  '{"province_code": "83", "district_code": "829", "commune_code": "28780", "sequence_no": 3, "year": 2022}', 'with a district');
select is(product_code_parts('86-28789-1-2026'),
  '{"province_code": "86", "district_code": null, "commune_code": "28789", "sequence_no": 1, "year": 2026}', 'without');
select is(product_code_parts(code), null, coalesce(code, 'null') || ' has other parts')
  from unnest(array['83-829-28780-3', '83-829-28780-3-2022 ', 'a', '83-829-28780-3-0001', '831-829-28780-3-2022', null]) code;
select is(product_code_period(product_code_parts(code)), days, code || ': official days')
  from (values ('83-829-28780-3-2022', '[2022-01-01,2023-01-01)'::daterange), ('83-829-28780-3-2025', '[2025-01-01,2025-07-01)'),
               ('86-28789-1-2025', '[2025-07-01,2026-01-01)'), ('83-829-28780-3-2026', null), ('83-28780-3-2022', null), ('2-38-585-1-2022', null))
       v (code, days);

-- ---- Territory of a product and of a registration ----
select pg_temp.vinh_long();
set local role kc_api;
insert into establishment (id, name, legal_form, place) values
  ('019aa000-0000-7000-8000-00000000f001', 'HTX Phường 7', 'cooperative', '{"province_code": "83", "commune_code": "28780", "codes_on": "2022-06-01"}'),
  ('019aa000-0000-7000-8000-00000000f002', 'Vĩnh Long', null, '{"province_code": "86", "commune_code": "28789", "codes_on": "2025-08-01"}');
insert into product (id, organisation_id, establishment_id, name) values
  ('019aa000-0000-7000-8000-00000000f011', '019aa000-0000-7000-8000-0000000000b1', '019aa000-0000-7000-8000-00000000f001', 'Kẹo dừa'),
  ('019aa000-0000-7000-8000-00000000f012', '019aa000-0000-7000-8000-0000000000b1', '019aa000-0000-7000-8000-00000000f002', 'Chả lụa');
select results_eq($$select province_code, codes_on from product where name = 'Kẹo dừa'$$, $$values ('83', date '2022-06-01')$$, 'a product lies where its producer lies');
select throws_ok($$insert into product (organisation_id, establishment_id, name, gtin) values ('019aa000-0000-7000-8000-0000000000b1',
    '019aa000-0000-7000-8000-00000000f001', 'x', '8938505974195')$$, '23514', null, 'a wrong barcode is refused');
select results_eq(format('select * from ocop_registration_territory(%L, %L, %L, %L)', '019aa000-0000-7000-8000-00000000' || producer, code, day, provinces),
    format('values (%L::text, %L::date)', province, codes_on), what)
  from (values
    ('f001', '83-829-28780-3-2022', '2022-09-01', '{83,84,86}', '83', '2022-09-01', 'the code tells the province'),
    ('f001', '83-829-28780-3-2022', '2024-09-01', '{83,84,86}', '83', '2022-12-31', 'on a day of its year'),
    ('f002', '83-829-28780-3-2025', '2025-09-01', '{83,84,86}', '83', '2025-06-30', 'on which it was official'),
    ('f001', '83-829-28780-3-2022', '2022-09-01', '{01}', '83', '2022-09-01', 'whoever asks'),
    ('f001', null, '2026-06-15', '{83,84,86}', '86', '2026-06-15', 'else the establishment, on the map of the day'),
    ('f001', 'x', '2022-06-15', '{83,84,86}', '83', '2022-06-15', 'which may be an old one'),
    ('f002', null, '2022-06-15', '{83,84,86}', '83', '2022-06-15', 'backwards over a merger the commune tells'),
    ('f001', null, '2026-06-15', '{83}', '83', '2025-06-30', 'a body of a merged province goes on'))
    v (producer, code, day, provinces, province, codes_on, what);

-- ---- Registrations: completion and rules ----
insert into ocop_registration (id, organisation_id, province_code, codes_on, product_id, product_name, establishment_id, submitted_on) values
  ('019aa000-0000-7000-8000-00000000f021', '019aa000-0000-7000-8000-0000000000b1', '86', '2026-06-15',
   '019aa000-0000-7000-8000-00000000f011', '', '019aa000-0000-7000-8000-00000000f001', '2022-06-15');
select results_eq($$select product_name, status, decided_under from ocop_registration$$, $$values ('Kẹo dừa', 'draft', null::jsonb)$$, 'a draft follows its product');
update ocop_registration set product_set_id = (select id from ocop_product_set where set_code = 'QD1048-ca_phe_ca_cao');
select is(decided_under - 'name_vi', '{"legal_document_no": "1048/QĐ-TTg", "set_code": "QD1048-ca_phe_ca_cao", "valid_from": "2019-08-21",
    "valid_to": "2023-02-23", "pinned_on": "2022-06-15"}', 'set and decision are pinned') from ocop_registration;
select throws_ok($$insert into ocop_registration (organisation_id, province_code, codes_on, product_id, product_name, establishment_id)
    select organisation_id, province_code, codes_on, product_id, '', establishment_id from ocop_registration$$, '23505',
  'duplicate key value violates unique constraint "ocop_registration_open_key"', 'one registration of a product is open');
select is(array_agg(fault ->> 'code' order by n), '{required,ocop_document_missing,ocop_document_missing,ocop_document_missing,ocop_document_missing,ocop_document_missing}',
    'all that is missing, at once')
  from ocop_registration r, jsonb_array_elements(ocop_registration_missing(r, '2022-06-15')) with ordinality f (fault, n);
select ok(bool_and(fault ->> 'legal_basis' ~ '1048/QĐ-TTg' and fault #>> '{params,member,vi}' is not null), 'with legal basis and name')
  from ocop_registration r, jsonb_array_elements(ocop_registration_missing(r, '2022-06-15')) fault;
update ocop_registration set kind = 'first', tier = 'district',
  checklist = (select jsonb_agg(jsonb_build_object('requirement_code', code, 'status', 'provided', 'file_ids', '[]'::jsonb))
                 from document_requirement where is_required and stage = 'submission' and valid_from = '2019-08-21' and record_kind is null);
select is(ocop_registration_missing(r, '2022-06-15'), '[]', 'nothing is missing') from ocop_registration r;
select is(array_agg(distinct fault ->> 'code'), '{ocop_product_set_in_force,ocop_tier_of_procedure}', 'three years later its set is of the past, and districts are')
  from ocop_registration r, jsonb_array_elements(ocop_registration_missing(r, '2025-07-10')) fault
 where fault ->> 'enforcement' = 'block';
select lives_ok($$select * from transition_ocop_registration('019aa000-0000-7000-8000-00000000f021', '019aa000-0000-7000-8000-00000000f031',
    '{"action": "submit"}', 1)$$, 'it is handed in');
select results_eq($$select status, submitted_on, province_code, codes_on from ocop_registration$$,
  $$values ('submitted', date '2022-06-15', '83', date '2022-06-15')$$, 'on the day of its paper, in the province of that day');
select results_eq($$select acted_on, to_status from transition$$, $$values (date '2022-06-15', 'submitted')$$, 'the act says so too');
select throws_ok(format('update ocop_registration set %s', change), 'PT422', 'invalid', change || ' comes too late')
  from unnest(array['kind = null', 'product_set_id = null', 'submitted_on = null', $$product_id = '019aa000-0000-7000-8000-00000000f012'$$,
    $$establishment_id = '019aa000-0000-7000-8000-00000000f002'$$]) change;
update product set name = 'Tên mới' where name = 'Kẹo dừa';
update ocop_registration set note = 'x';
select is(product_name, 'Kẹo dừa', 'what was handed in keeps its name') from ocop_registration;

-- ---- Results ----
select throws_ok(format($$insert into ocop_registration (organisation_id, province_code, codes_on, product_id, product_name, establishment_id, status,
    origin, evidence_grade, recognition) values ('019aa000-0000-7000-8000-0000000000b1', '86', today(), '019aa000-0000-7000-8000-00000000f012', '',
    '019aa000-0000-7000-8000-00000000f002', %L, %L, %L, %L)$$, status, origin, grade, result), '23514',
    format('new row for relation "ocop_registration" violates check constraint "ocop_registration_%s"', rule), what)
  from (values
    ('recognised', 'native', 'signed_decision', '{"stars": 3, "decision_no": "1", "decided_on": "2024-01-01", "issuer_name": "x"}', 'recognition_origin', 'only of other systems'),
    ('draft', 'mirrored', 'signed_decision', '{"stars": 3, "decision_no": "1", "decided_on": "2024-01-01", "issuer_name": "x"}', 'recognition_status', 'only what is recognised'),
    ('recognised', 'mirrored', null, '{"stars": 3, "decision_no": "1", "decided_on": "2024-01-01", "issuer_name": "x"}', 'evidence_required', 'only with evidence'),
    ('recognised', 'mirrored', 'signed_decision', null, 'recognition_required', 'nothing recognised without its result'),
    ('recognised', 'mirrored', 'signed_decision', '{"stars": 2, "decision_no": "1", "decided_on": "2024-01-01", "issuer_name": "x"}', 'recognition_shape', 'two stars are none'),
    ('recognised', 'mirrored', 'signed_decision', '{"stars": 3, "decided_on": "2024-01-01", "issuer_name": "x"}', 'recognition_shape', 'a decision has a number'),
    ('recognised', 'mirrored', 'signed_decision', '{"stars": 3, "decision_no": "1", "decided_on": "2024-01-02", "issuer_name": "x", "valid_to": "2024-01-01"}',
     'recognition_shape', 'and does not end before it begins'))
    v (status, origin, grade, result, rule, what);
insert into ocop_registration (id, organisation_id, province_code, codes_on, product_id, product_name, establishment_id, status, origin, evidence_grade,
  product_code, recognition) values ('019aa000-0000-7000-8000-00000000f022', '019aa000-0000-7000-8000-0000000000b1', '83', '2022-09-01',
  '019aa000-0000-7000-8000-00000000f012', '', '019aa000-0000-7000-8000-00000000f002', 'recognised', 'mirrored', 'own_statement', '83-829-28780-3-2022',
  '{"stars": 4, "decision_no": "MH", "decided_on": "2022-09-01", "issuer_name": "Minh họa", "valid_to": "2025-08-31"}');
select throws_ok($$update ocop_registration set province_code = '83', product_code = '83-829-28780-3-2022' where id = '019aa000-0000-7000-8000-00000000f021'$$,
  '23P01', null, 'a code is of one product');
update ocop_registration set kind = 'upgrade' where id = '019aa000-0000-7000-8000-00000000f022';
select is(kind, 'upgrade', 'what is mirrored may be corrected') from ocop_registration where id = '019aa000-0000-7000-8000-00000000f022';

-- ---- Who sees and writes ----
select pg_temp.ha_noi();
select is(count(*), 0::bigint, 'another province sees no registration') from ocop_registration;
select is(count(*), 2::bigint, 'but products') from product where establishment_id in ('019aa000-0000-7000-8000-00000000f001', '019aa000-0000-7000-8000-00000000f002');
update product set name = 'Của tôi';
select is(count(*), 0::bigint, 'which it cannot change') from product where name = 'Của tôi';
select throws_ok($$insert into product (organisation_id, establishment_id, name) values ('019aa000-0000-7000-8000-0000000000b2',
    '019aa000-0000-7000-8000-00000000f001', 'x')$$, '42501', null, 'nor make');
select throws_ok($$insert into ocop_registration (organisation_id, province_code, codes_on, product_id, product_name, establishment_id)
    values ('019aa000-0000-7000-8000-0000000000b2', '86', today(), '019aa000-0000-7000-8000-00000000f012', '', '019aa000-0000-7000-8000-00000000f002')$$,
  '42501', null, 'nor register');
select throws_ok($$insert into ocop_round (organisation_id, codes_on, tier, year, round_no) values ('019aa000-0000-7000-8000-0000000000b2', today(), 'central', 2026, 1)$$,
  '42501', null, 'rounds of the centre are made by the centre');
select pg_temp.nobody();
select results_eq('select status from ocop_registration', $$values ('recognised')$$, 'nobody sees what was recognised');
select is(array_agg(public_establishment_name(e) order by e.id), '{HTX Phường 7,null}', 'with the name of a cooperative, not of who may be a person')
  from establishment e where e.name in ('HTX Phường 7', 'Vĩnh Long');
update ocop_registration set note = 'y';
select pg_temp.vinh_long();
select ok(bool_and(note is distinct from 'y'), 'and changes nothing') from ocop_registration;

-- ---- Search: the indexes work for the service's role, behind row level security ----
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
insert into ocop_registration (organisation_id, province_code, codes_on, product_id, product_name, establishment_id, status, origin,
  evidence_grade, recognition)
select organisation_id, province_code, codes_on, product_id, '', establishment_id, status, origin, evidence_grade, recognition
  from ocop_registration, generate_series(1, 2000) where id = '019aa000-0000-7000-8000-00000000f022';
set local role kc_owner;
analyze product, ocop_registration;
set local role kc_api;
select matches(pg_temp.plan_of($$select from ocop_registration where folded like like_pattern('HS000099')$$), 'ocop_registration_folded',
  'registrations by code or name');
set local enable_seqscan = off; -- few rows here: is the index allowed at all?
select matches(pg_temp.plan_of($$select from product where folded like like_pattern('Kẹo dừa')$$), 'product_folded', 'products by name');

select * from finish();
rollback;
