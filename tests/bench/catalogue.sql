-- SPDX-License-Identifier: MIT
-- A catalogue of OCOP products with their recognition and certificate: psql variable `products`; run behind generate.sql. The triggers
-- are on, so history and the transparency log are as they would be. Half of the products were recorded before 1/7/2025, under the codes
-- of the 63 provinces of then; each public number tells the number of its product.
\set ON_ERROR_STOP on
set statement_timeout = 0;
set synchronous_commit = off;
set client_min_messages = warning;

create table bench.place as
select row_number() over (order by m.era, p.code) - 1 as no, p.code, m.day as codes_on, m.era
  from (values (0, date '2022-06-01'), (1, date '2025-07-01')) m (era, day)
  join admin_unit p on p.tier = 'province' and m.day between p.assumed_from and coalesce(p.valid_to, 'infinity');
alter table bench.place add primary key (no);

create function bench.delicacy(n bigint) returns text language sql immutable as $$
  select (array['Mật ong hoa nhãn', 'Chè xanh Thái Nguyên', 'Nước mắm truyền thống', 'Cà phê rang xay', 'Gạo nếp nương', 'Hạt điều rang muối',
    'Miến dong', 'Bưởi da xanh', 'Kẹo dừa', 'Rượu cần', 'Tinh bột nghệ', 'Cam sành', 'Trà hoa vàng', 'Bánh tráng phơi sương', 'Tôm khô',
    'Sầu riêng sấy', 'Lụa tơ tằm', 'Gốm men ngọc', 'Đông trùng hạ thảo', 'Thịt trâu gác bếp'])[1 + bench.dice(n, 31, 20)]
$$;

-- One producer for four products.
insert into establishment (id, organisation_id, origin, history_quality, name, legal_form, place)
select bench.id_of('a001', n), bench.id_of('9000', n % 340), 'imported', 'final_state_only',
       'Hợp tác xã ' || bench.word(n, 32) || ' ' || bench.word(n, 33), 'cooperative',
       jsonb_build_object('province_code', p.code, 'codes_on', p.codes_on)
  from generate_series(0, :products / 4) n
  join bench.place p on p.no = n % (select count(*) from bench.place);

insert into product (id, organisation_id, establishment_id, origin, history_quality, name, brand)
select bench.id_of('c000', n), bench.id_of('9000', n % 340), bench.id_of('a001', n / 4), 'imported', 'final_state_only',
       bench.delicacy(n) || ' ' || bench.word(n, 34) || ' ' || bench.word(n, 35), bench.word(n, 36)
  from generate_series(0, :products - 1) n;

insert into ocop_registration (id, organisation_id, product_id, establishment_id, province_code, codes_on, origin, history_quality,
  evidence_grade, status, kind, product_set_id, submitted_on, recognition)
select bench.id_of('d000', n), p.organisation_id, p.id, p.establishment_id, p.province_code, p.codes_on, 'imported', 'final_state_only',
       'signed_decision', 'recognised', 'first', (select s.id from ocop_product_set s where p.codes_on between s.valid_from and coalesce(s.valid_to, 'infinity')
         order by s.id offset n % 20 limit 1), p.codes_on,
       jsonb_build_object('stars', 3 + bench.dice(n, 37, 3), 'decision_no', n % 300 || '/QĐ-UBND', 'issuer_name', 'Ủy ban nhân dân tỉnh',
         'decided_on', p.codes_on + 60 + bench.dice(n, 38, 300), 'valid_to', p.codes_on + 60 + bench.dice(n, 38, 300) + 1096)
  from generate_series(0, :products - 1) n
  join product p on p.id = bench.id_of('c000', n);

insert into certificate (id, organisation_id, province_code, codes_on, origin, history_quality, evidence_grade, scheme, public_no, certificate_no,
  tier, stars, product_id, product_set_id, establishment_id, registration_id, issuer_name, decision, issued_on, valid_to)
select bench.id_of('e000', n), r.organisation_id, r.province_code, r.codes_on, 'imported', 'final_state_only', 'signed_decision', 'ocop',
       lpad(n::text, 12, '0'), 'GCN-' || n, 'province', (r.recognition ->> 'stars')::integer, r.product_id, r.product_set_id, r.establishment_id, r.id,
       'Ủy ban nhân dân tỉnh', jsonb_build_object('kind', 'decision', 'document_no', r.recognition ->> 'decision_no', 'issued_on', r.recognition ->> 'decided_on'),
       (r.recognition ->> 'decided_on')::date, (r.recognition ->> 'valid_to')::date
  from generate_series(0, :products - 1) n
  join ocop_registration r on r.id = bench.id_of('d000', n);

do $$
begin
  if (select count(*) from certificate_log) <> (select count(*) from certificate) or (select count(*) from product) = 0
     or exists (select from product p where not exists (select from certificate c where c.product_id = p.id)) then
    raise exception 'a product has no certificate, or one that is not in the log';
  end if;
end
$$;
vacuum (analyze) establishment, product, ocop_registration, certificate, certificate_log, merkle_node, history;
checkpoint;
