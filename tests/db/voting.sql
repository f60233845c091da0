-- SPDX-License-Identifier: MIT
-- The voting: its two gates, the certificate of the tier below, sheets and who reads them, what comes back, terms of certificates.
begin;
select no_plan();
\ir claims.psql
create function pg_temp.id(short text) returns uuid language sql immutable as $$
  select ('019aa0f5-0000-7000-8000-' || lpad(short, 12, '0'))::uuid
$$;
create function pg_temp.acts(person text, roles text) returns void language sql as $$
  select set_config('app.user_id', coalesce(pg_temp.id(person)::text, ''), true), set_config('app.roles', coalesce(roles, ''), true);
$$;
create function pg_temp.codes(faults jsonb) returns text language sql immutable as $$
  select string_agg(f ->> 'code', ',' order by f ->> 'code') from jsonb_array_elements(faults) f
$$;

select pg_temp.caller('70');
insert into organisation (id, name, kind, tier, province_code) values
  ('019aa000-0000-7000-8000-0000000000aa', 'Sở', 'industry_department', 'province', '70');
insert into "user" (id, organisation_id, user_name, full_name)
  select pg_temp.id(short), '019aa000-0000-7000-8000-0000000000aa', 'giam.khao.' || short, 'Giám khảo' from unnest(array['a1', 'a2']) short;
insert into establishment (id, organisation_id, name, legal_form, place)
  select pg_temp.id(short), '019aa000-0000-7000-8000-0000000000aa', 'Cơ sở ' || short, 'llc_single', '{"province_code": "70", "codes_on": "2024-01-01"}'
    from unnest(array['e1', 'e2']) short;
insert into product (id, organisation_id, establishment_id, name)
  select pg_temp.id('b' || n), '019aa000-0000-7000-8000-0000000000aa', pg_temp.id(case when n < 4 then 'e1' else 'e2' end), 'Sản phẩm ' || n
    from generate_series(1, 6) n;
insert into voting_regulation (id, organisation_id, province_code, codes_on, tier, name, document_no, issuer_name, min_score, score_operator, criteria, valid_from)
values (pg_temp.id('01'), '019aa000-0000-7000-8000-0000000000aa', '70', '2024-01-01', 'province', 'Quy chế', 'MH-01', 'Cơ quan', 70, 'gte',
  '[{"code": "market", "label_vi": "Thị trường", "max_points": 60}, {"code": "other", "label_vi": "Khác", "max_points": 40}]', '2024-01-01');
insert into voting_round (id, organisation_id, province_code, codes_on, tier, year, regulation_id, quota, status, region_code) values
  (pg_temp.id('02'), '019aa000-0000-7000-8000-0000000000aa', '70', '2024-01-01', 'province', 2024, pg_temp.id('01'), 2, 'open', null),
  (pg_temp.id('03'), '019aa000-0000-7000-8000-0000000000aa', null, '2024-01-01', 'region', 2024, null, null, 'open', 'phia_nam'),
  (pg_temp.id('04'), '019aa000-0000-7000-8000-0000000000aa', null, '2024-01-01', 'central', 2025, null, null, 'open', null),
  (pg_temp.id('05'), '019aa000-0000-7000-8000-0000000000aa', '70', '2024-01-01', 'district', 2024, null, null, 'planned', null);
insert into voting_entry (id, organisation_id, province_code, codes_on, round_id, product_id, establishment_id, product_group_code, status)
  select pg_temp.id('c' || n), p.organisation_id, '70', '2024-01-01', pg_temp.id('02'), p.id, p.establishment_id, 'food', 'checked'
    from generate_series(1, 5) n join product p on p.id = pg_temp.id('b' || n);

-- ---- Only an open round takes entries ----
select is(pg_temp.codes(guard_voting_round_open(pg_temp.id('c1'), '{}', today())), null, 'an open round takes entries');
update voting_round set status = 'judging' where id = pg_temp.id('02');
select is(pg_temp.codes(guard_voting_round_open(pg_temp.id('c1'), '{}', today())), 'voting_round_open', 'one that judges does not');
update voting_round set status = 'open' where id = pg_temp.id('02');

-- ---- Only the certificate of the tier below lets a product in ----
create function pg_temp.lower(round text, tier text, changes jsonb default '{}') returns text language plpgsql as $$
declare
  of_certificate uuid;
  found text;
begin
  insert into certificate (id, organisation_id, scheme, status, origin, evidence_grade, certificate_no, tier, product_id, establishment_id, issuer_name, decision,
    issued_on, valid_to, deleted_at, revocation)
  select uuidv7(), '019aa000-0000-7000-8000-0000000000aa', 'voting', coalesce(changes ->> 'status', 'valid'), 'mirrored', 'signed_decision', uuidv7()::text,
         lower.tier, pg_temp.id('b6'), pg_temp.id('e2'), 'Nơi cấp', '{}', '2024-01-01', (changes ->> 'valid_to')::date, (changes ->> 'deleted_at')::timestamptz,
         case changes ->> 'status' when 'revoked' then '{"ground_code": "other", "revoked_on": "2024-02-01"}'::jsonb end
   where lower.tier is not null
  returning id into of_certificate;
  insert into voting_entry (id, organisation_id, province_code, codes_on, round_id, product_id, establishment_id, product_group_code, previous_certificate_id)
  values (pg_temp.id('c9'), '019aa000-0000-7000-8000-0000000000aa', '70', '2024-01-01', pg_temp.id(round), pg_temp.id('b6'), pg_temp.id('e2'), 'food', of_certificate);
  found := pg_temp.codes(guard_voting_lower_certificate(pg_temp.id('c9'), '{}', '2024-06-30'));
  delete from voting_entry where id = pg_temp.id('c9');
  return found;
end
$$;
select is(pg_temp.lower(round, tier, changes), expected, format('into the round %s with %s %s', round, coalesce(tier, 'nothing'), changes))
  from (values
    ('02', null, '{}'::jsonb, null), ('05', null, '{}', null),
    ('03', null, '{}', 'voting_lower_certificate'), ('03', 'province', '{}', null), ('03', 'district', '{}', 'voting_lower_certificate'),
    ('03', 'region', '{}', 'voting_lower_certificate'), ('04', 'province', '{}', 'voting_lower_certificate'), ('04', 'region', '{}', null),
    ('03', 'province', '{"status": "suspended"}', 'voting_lower_certificate'), ('03', 'province', '{"status": "revoked"}', 'voting_lower_certificate'),
    ('03', 'province', '{"status": "superseded"}', 'voting_lower_certificate'), ('03', 'province', '{"deleted_at": "2024-02-01"}', 'voting_lower_certificate'),
    ('03', 'province', '{"valid_to": "2024-06-30"}', null), ('03', 'province', '{"valid_to": "2024-06-29"}', 'voting_lower_certificate'))
    v (round, tier, changes, expected);

-- ---- The first gate: the minimum, and whether it is enough itself ----
create function pg_temp.minimum(operator text, score numeric) returns text language plpgsql as $$
begin
  update voting_regulation set score_operator = operator where id = pg_temp.id('01');
  update voting_entry e set score = minimum.score where e.id = pg_temp.id('c1');
  return pg_temp.codes(guard_voting_min_score(pg_temp.id('c1'), '{}', today()));
end
$$;
select is(pg_temp.minimum(operator, score), expected, format('%s points where %s 70 is asked', score, operator))
  from (values ('gte', 69.99, 'voting_min_score'), ('gte', 70, null), ('gte', 70.01, null), ('gt', 69.99, 'voting_min_score'), ('gt', 70, 'voting_min_score'),
               ('gt', 70.01, null)) v (operator, score, expected);

-- ---- The second gate: the quota takes the best ----
update voting_entry e set status = 'judged', score = v.score from (values ('c1', 90), ('c2', 80), ('c3', 80), ('c4', 75)) v (short, score) where e.id = pg_temp.id(v.short);
select is(pg_temp.codes(guard_voting_quota(pg_temp.id(short), '{}', today())), expected, format('%s: %s', short, why))
  from (values ('c1', null, 'the best'), ('c2', null, 'one is better'), ('c3', null, 'equal scores do not stand before each other'), ('c4', 'voting_quota', 'three are better'))
       v (short, expected, why);
update voting_entry set status = 'selected' where id in (pg_temp.id('c1'), pg_temp.id('c2'));
select is(pg_temp.codes(guard_voting_quota(pg_temp.id('c3'), '{}', today())), 'voting_quota', 'of two that are equal the first takes the last place');
update voting_round set quota = 3 where id = pg_temp.id('02');
select is(pg_temp.codes(guard_voting_quota(pg_temp.id('c3'), '{}', today())), null, 'a larger quota has room');
update voting_round set quota = null where id = pg_temp.id('02');
select is(pg_temp.codes(guard_voting_quota(pg_temp.id('c4'), '{}', today())), null, 'without a quota there is room for all');
select effect_voting_rank(pg_temp.id('c' || n), null, '{}', today()) from generate_series(1, 4) n;
select is(array_agg(rank order by code), '{1,2,2,4}', 'equal scores share a rank') from voting_entry where rank is not null;

-- ---- Sheets: who scores, what counts ----
insert into voting_council (id, organisation_id, codes_on, round_id, kind, members, conflicts) values
  (pg_temp.id('d1'), '019aa000-0000-7000-8000-0000000000aa', '2024-01-01', pg_temp.id('02'), 'jury',
   jsonb_build_array(jsonb_build_object('seat', 1, 'role', 'chair', 'user_id', pg_temp.id('a1')), jsonb_build_object('seat', 2, 'role', 'member', 'user_id', pg_temp.id('a2')),
     '{"seat": 3, "role": "member"}'::jsonb),
   jsonb_build_array(jsonb_build_object('seat', 3, 'establishment_id', pg_temp.id('e2')))),
  (pg_temp.id('d2'), '019aa000-0000-7000-8000-0000000000aa', '2024-01-01', pg_temp.id('03'), 'jury', '[{"seat": 1, "role": "chair"}]', '[]');
create function pg_temp.sheet(entry text, seat integer, points numeric[], status text default 'submitted', jury text default 'd1') returns void language sql as $$
  insert into voting_score_sheet (organisation_id, codes_on, council_id, entry_id, seat, points, status)
  values ('019aa000-0000-7000-8000-0000000000aa', '2024-01-01', pg_temp.id(jury), pg_temp.id(entry), seat,
    (select jsonb_agg(jsonb_build_object('criterion_code', code, 'points', p)) from unnest(array['market', 'other'], points) v (code, p) where p is not null), status);
$$;
select throws_ok(format('select pg_temp.sheet(%s)', arguments), 'PT422', 'invalid', why)
  from (values ('''c5'', 4, ''{50,30}''', 'the jury has no fourth seat'), ('''c5'', 3, ''{50,30}''', 'a conflict of interest with the establishment'),
    ('''c5'', 1, ''{61,30}''', 'more than the criterion has'), ('''c5'', 1, ''{50}''', 'a criterion without points'),
    ('''c5'', 1, ''{50,30}'', ''submitted'', ''d2''', 'the jury of another round'), ('''c4'', 1, ''{50,30}''', 'the entry is judged')) v (arguments, why);
select lives_ok($$select pg_temp.sheet('c5', 1, '{50,30.05}')$$, 'a sheet of the first seat');
select is((seats_count, sheets_count, average), (2::bigint, 1::bigint, 80.05::numeric), 'the third seat does not score, the second is awaited') from voting_sheets(pg_temp.id('c5'));
select lives_ok($$select pg_temp.sheet('c5', 2, '{60,10}', 'draft')$$, 'a draft of the second');
select is(pg_temp.codes(guard_voting_sheets_in(pg_temp.id('c5'), '{}', today())), 'voting_sheets_in', 'a draft is not in');
select throws_ok($$select pg_temp.sheet('c5', 1, '{50,30}')$$, '23505', null, 'a seat has one sheet for an entry');

-- ---- Who reads them: until all are in each juror his own ----
create function pg_temp.seats(person text, roles text) returns integer[] language plpgsql as $$
begin
  perform pg_temp.acts(person, roles);
  return (select coalesce(array_agg(seat order by seat), '{}') from voting_score_sheet where entry_id = pg_temp.id('c5'));
end
$$;
set local role kc_api;
select is(pg_temp.seats(person, roles), expected, why)
  from (values ('a1', 'jury_member', '{1}'::integer[], 'the first seat'), ('a2', 'jury_member', '{2}', 'the second'), ('a1', 'council_chair', '{1}', 'a chair who scores'),
    ('a9', 'jury_member', '{}', 'a juror of elsewhere'), ('a9', 'council_secretary', '{1,2}', 'the secretary'), (null, null, '{1,2}', 'a system that names nobody'))
    v (person, roles, expected, why);
select pg_temp.acts('a1', 'jury_member');
select throws_ok($$select pg_temp.sheet('c5', 2, '{50,30}', 'draft')$$, 'PT422', 'invalid', 'nobody writes for another seat');
select is_empty($$update voting_score_sheet set points = '[]' where entry_id = pg_temp.id('c5') and seat = 2 returning id$$, 'or changes what he does not see');
reset role;
select pg_temp.acts(null, null);
update voting_score_sheet set status = 'submitted' where entry_id = pg_temp.id('c5') and seat = 2;
select is(pg_temp.codes(guard_voting_sheets_in(pg_temp.id('c5'), '{}', today())), null, 'all are in');
set local role kc_api;
select is(pg_temp.seats('a1', 'jury_member'), '{1,2}', 'then each reads all');
reset role;
select pg_temp.acts(null, null);
select throws_ok($$update voting_score_sheet set points = '[{"criterion_code": "market", "points": 1}, {"criterion_code": "other", "points": 1}]' where entry_id = pg_temp.id('c5')$$,
  'PT409', 'guard-failed', 'what was submitted is locked');
select throws_ok($$update voting_score_sheet set deleted_at = now() where entry_id = pg_temp.id('c5')$$, 'PT409', 'guard-failed', 'against deletion too');

-- ---- What comes back finds what it belongs to ----
update voting_entry set status = 'draft' where id = pg_temp.id('c4');
select pg_temp.sheet('c4', 1, '{50,30}', 'draft');
update voting_score_sheet set deleted_at = now() where entry_id = pg_temp.id('c4');
update voting_entry set deleted_at = now() where id = pg_temp.id('c4');
select throws_ok($$update voting_score_sheet set deleted_at = null where entry_id = pg_temp.id('c4')$$, 'PT409', 'guard-failed', 'a sheet waits for its entry');
update product set deleted_at = now() where id = pg_temp.id('b4');
select throws_ok($$update voting_entry set deleted_at = null where id = pg_temp.id('c4')$$, 'PT409', 'guard-failed', 'an entry for its product');
update product set deleted_at = null where id = pg_temp.id('b4');
select lives_ok($$update voting_entry set deleted_at = null where id = pg_temp.id('c4')$$, 'which then lets it back');
select lives_ok($$update voting_score_sheet set deleted_at = null where entry_id = pg_temp.id('c4')$$, 'and the sheet after it');
update voting_council set deleted_at = now() where id = pg_temp.id('d2');
update voting_round set deleted_at = now() where id = pg_temp.id('03');
select throws_ok($$update voting_council set deleted_at = null where id = pg_temp.id('d2')$$, 'PT409', 'guard-failed', 'a jury waits for its round');

-- ---- Certificates: the term, the group, what takes whose place ----
select is(voting_certificate_term('province', '70', '2024-01-01'), null, 'no text sets a term');
insert into parameter (code, name_vi, name_en, value, measure_unit, province_code, legal_basis, valid_from, certainty, enforcement) values
  ('voting_certificate_months', 'Thời hạn', 'Term', 36, 'month', null, 'MH-01', '2024-01-01', 'second_hand', 'block'),
  ('voting_certificate_months', 'Thời hạn', 'Term', 24, 'month', '70', 'MH-02', '2024-01-01', 'second_hand', 'block');
select is((voting_certificate_term(tier, province, on_day)).value, expected, format('the term of %s in %s on %s', tier, province, on_day))
  from (values ('province', '70', '2024-01-01'::date, 24::numeric), ('district', '70', '2024-01-01', 24), ('region', '70', '2024-01-01', 36),
               ('province', '01', '2024-01-01', 36), ('province', '70', '2023-12-31', null)) v (tier, province, on_day, expected);
select is(certificate_product_group(jsonb_populate_record(null::certificate, jsonb_build_object('product_group_code', code, 'issued_on', on_day))), expected, 'the group ' || code)
  from (values ('food', '2022-07-07', 'Chế biến nông, lâm, thủy sản và thực phẩm'), ('food', '2010-07-07', 'food'), ('old', '2022-07-07', 'old')) v (code, on_day, expected);
insert into certificate (id, organisation_id, scheme, origin, evidence_grade, certificate_no, tier, product_id, establishment_id, issuer_name, decision, issued_on)
  select pg_temp.id(short), '019aa000-0000-7000-8000-0000000000aa', 'voting', 'mirrored', 'signed_decision', short, tier, pg_temp.id('b1'), pg_temp.id('e1'), 'Nơi cấp', '{}', day
    from (values ('f1', 'province', '2022-01-01'::date), ('f2', 'province', '2024-01-01'), ('f3', 'region', '2024-01-01'), ('f4', 'province', '2021-01-01')) v (short, tier, day);
select is(pg_temp.codes(guard_certificate_successor(pg_temp.id('f1'), jsonb_build_object('replaced_by_id', pg_temp.id(short)), today())), expected, why)
  from (values ('f2', null, 'a later one of the tier'), ('f3', 'certificate_successor_needed', 'not that of another tier'), ('f4', 'certificate_successor_needed', 'nor an earlier one'),
               ('f1', 'certificate_successor_needed', 'nor itself')) v (short, expected, why);
select is(pg_temp.codes(guard_certificate_ground(pg_temp.id('f1'), jsonb_build_object('ground_code', ground), '2026-01-05')), expected, coalesce(ground, 'no ground'))
  from (values ('quality_or_food_safety', null), ('criteria_no_longer_met', 'certificate_ground_needed'), (null, 'certificate_ground_needed')) v (ground, expected);
select set_eq($$select action from rules_from('certificate', 'valid', '{"scheme": "voting"}', today())$$, array['suspend', 'revoke', 'supersede'], 'what is done with a valid one');
select is(count(*), 4::bigint, 'each is in the log') from certificate_log l join certificate c on c.id = l.certificate_id where c.product_id = pg_temp.id('b1');

select * from finish();
rollback;
