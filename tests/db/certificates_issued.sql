-- SPDX-License-Identifier: MIT
-- OCOP certificates for results: by the tier of the procedure, with the stars of the result, one for each, in the place of the former.
begin;
\ir claims.psql
select plan(10);

set local role kc_owner;
insert into organisation (id, name, kind, tier, province_code) values
  ('019aa000-0000-7000-8000-0000000000d1', 'Sở', 'agriculture_department', 'province', '70'),
  ('019aa000-0000-7000-8000-0000000000d2', 'Huyện', 'agriculture_department', 'district', '70');
insert into establishment (id, name, organisation_id, province_code, codes_on)
values ('019aa000-0000-7000-8000-0000000000e1', 'Cơ sở', '019aa000-0000-7000-8000-0000000000d1', '70', '2023-06-01');
insert into product (id, name, organisation_id, establishment_id)
values ('019aa000-0000-7000-8000-0000000000e2', 'Kẹo dừa', '019aa000-0000-7000-8000-0000000000d1', '019aa000-0000-7000-8000-0000000000e1');
create temp table made (n integer, tier text, stars integer);
insert into made values (1, 'district', 3), (2, 'province', 4), (3, 'province', 2);
insert into ocop_registration (id, organisation_id, province_code, codes_on, product_id, establishment_id, product_name, status, tier, procedure_code)
select ('019aa000-0000-7000-8000-0000000000f' || m.n)::uuid, p.organisation_id, '70', '2023-06-01', p.id, p.establishment_id, p.name,
       'recognised', m.tier, 'QD148'
  from made m, product p where p.id = '019aa000-0000-7000-8000-0000000000e2';
insert into ocop_result (id, registration_id, tier, part_a, part_b, part_c, total, stars, status)
select ('019aa000-0000-7000-8000-0000000001f' || n)::uuid, ('019aa000-0000-7000-8000-0000000000f' || n)::uuid, tier, 0, 0, 0, 0, stars, 'approved'
  from made;
create function pg_temp.issue(n integer, day date, said text default '{}') returns certificate language plpgsql as $$
declare
  kept certificate;
begin
  select made.id into kept.id
    from new_certificate(
           jsonb_populate_record(null::certificate, said::jsonb || jsonb_build_object('certificate_no', n, 'issued_on', day, 'decision', '{}'::jsonb,
             'result_id', '019aa000-0000-7000-8000-0000000001f' || n)),
           'ocop', uuidv7(), array['70'], claim('app.organisation_id')::uuid) made;
  select * into kept from certificate c where c.id = kept.id;
  return kept;
end
$$;
set local role kc_api;
select pg_temp.caller('70', 'province', '019aa000-0000-7000-8000-0000000000d1');
select throws_ok($$select pg_temp.issue(1, '2023-08-15')$$, 'PT409', 'guard-failed', 'three stars are not the province''s under 148');
select throws_ok($$select pg_temp.issue(3, '2023-08-15')$$, 'PT409', 'guard-failed', 'two stars have none');
select throws_ok($$select pg_temp.issue(2, '2023-08-15', '{"stars": 5}')$$, 'PT422', null, 'stars are not said beside the result');
select throws_ok($$select pg_temp.issue(9, '2023-08-15')$$, 'PT422', null, 'no such result');
select pg_temp.caller('70', 'district', '019aa000-0000-7000-8000-0000000000d2');
select is((pg_temp.issue(1, '2023-08-14')).stars, 3, 'the district issues three stars');
select throws_ok($$select pg_temp.issue(2, '2023-08-15')$$, 'PT409', 'guard-failed', 'but not four');
select pg_temp.caller('70', 'province', '019aa000-0000-7000-8000-0000000000d1');
select is((c.stars, c.tier, c.valid_to)::text, '(4,province,2026-08-14)', 'the province issues four, for the term of the procedure')
  from pg_temp.issue(2, '2023-08-15') c;
select throws_ok($$select pg_temp.issue(2, '2023-08-16')$$, '23505', null, 'once for each result');
select is(array_agg((c.status, n.stars)::text), array['(superseded,4)'], 'what ran before is superseded by it')
  from certificate c join certificate n on n.id = c.replaced_by_id where c.result_id = '019aa000-0000-7000-8000-0000000001f1';
reset role;
select throws_ok($$insert into certificate (organisation_id, scheme, certificate_no, tier, stars, product_id, establishment_id, issuer_name, decision, issued_on, result_id)
  select organisation_id, 'ocop', 'x', 'province', 4, id, establishment_id, 'x', '{}', '2023-08-15', gen_random_uuid() from product
   where id = '019aa000-0000-7000-8000-0000000000e2'$$, '23503', null, 'a certificate rests on a result that is there');

select * from finish();
rollback;
