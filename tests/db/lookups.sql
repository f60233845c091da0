-- SPDX-License-Identifier: MIT
-- Names of places: keys, abbreviations, matches, and where the matched units lie today.
begin;
select plan(74);
\ir claims.psql
select pg_temp.caller('70,75');

-- ---- Keys ----
select is(lookup_key(c.words), c.wanted, format('key of %s', c.words))
  from (values ('Hòa Nghĩa', 'hoa nghia'), ('Hoà Nghĩa', 'hoa nghia'), ('Mĩ Tho', 'mi tho'), ('Mỹ Tho', 'mi tho'), ('Ea H''leo', 'ea hleo'),
               ('Ea H’leo', 'ea hleo'), ('Phường 05', 'phuong 5'), ('Quận 10', 'quan 10'), ('Bà Rịa - Vũng Tàu', 'ba ria vung tau'),
               ('ĐẮK LẮK', 'dak lak'), ('Đắc Lắc', 'dak lak'), ('  ', '')) c (words, wanted);
select is(marked_key('Hoà'), marked_key('Hòa'), 'the tone may stand on either vowel');
select isnt(marked_key('Thanh'), marked_key('Thạnh'), 'but it must be the same tone');
select is(marked_key(normalize('Thủy Nguyên', NFD)), marked_key('Thuỷ Nguyên'), 'however Unicode composes it');
select is(spelled_out(c.words), c.wanted, format('%s spelled out', c.words))
  from (values ('TP.HCM', 'thanh pho ho chi minh'), ('tphcm', 'thanh pho ho chi minh'), ('TP Hồ Chí Minh', 'thanh pho ho chi minh'),
               ('TX Bến Cát - Bình Dương', 'thi xa ben cat binh duong'), ('TX.Bến Cát', 'thi xa ben cat'),
               ('X.Hòa Nghĩa, H.Chợ Lách, T.Bến Tre', 'xa hoa nghia huien cho lach tinh ben tre'),
               ('X Hòa Nghĩa, H Chợ Lách', 'xa hoa nghia huien cho lach'), ('TT Chợ Lách', 'thi tran cho lach'), ('P1, Q.3', 'phuong 1 quan 3'),
               ('P. Phú Mỹ, Q 7', 'phuong phu mi quan 7'), ('Bến Tre, Việt Nam', 'ben tre'), ('Ea H''leo', 'ea hleo')) c (words, wanted);

-- ---- What stands in the table ----
select is_empty($$select u.code, u.valid_from from admin_unit u
  where not exists (select from admin_unit_name n where n.code = u.code and n.valid_from = u.valid_from and n.source = 'name')$$,
  'every unit has its name');
select is(count(*), 603::bigint, 'earlier states') from admin_unit_name where source = 'earlier_state';
select is(count(*), 138::bigint, 'spelling variants') from admin_unit_name where source = 'spelling_variant';
select is_empty($$select code from admin_unit_name where key = '' or tier <> 'province' and province_key is null$$, 'no key is empty');

-- ---- Where units lie today ----
select results_eq($$select code, kind, part, certainty from admin_unit_today('28882', '2021-11-01')$$,
  $$values ('28870', 'merged', 'whole', 'exact')$$, 'a commune that was merged');
select results_eq($$select code, kind, part from admin_unit_today('25813', '2024-05-01') order by code$$,
  $$values ('25813', 'divided', 'part'), ('25840', 'divided', 'part')$$, 'a ward that was divided: candidates');
select results_eq($$select code, kind, part, certainty from admin_unit_today('75', '2026-04-30')$$,
  $$values ('75', 'unchanged', 'whole', 'exact')$$, 'a unit of today is itself');
select results_eq($$select code, kind from admin_unit_today('70', '2008-08-01')$$, $$values ('75', 'merged')$$, 'over two changes the weightier counts');
select is(count(*), 7::bigint, 'a district: where its communes went') from admin_unit_today('721', '2024-05-01');
select is_empty($$select from admin_unit_today('721', '2024-05-01') where (kind, part) <> ('divided', 'part')$$, 'each only a part of it');
select results_eq($$select code, kind, part from admin_unit_today('755', '2021-11-01')$$, $$values ('26732', 'reclassified', 'whole')$$,
  'a district that was an island has a successor of its own');
select is_empty($$select u.code from admin_unit u where u.tier = 'district' and not exists (select from admin_unit_today(u.code, u.valid_from))$$,
  'every district has candidates');
select is_empty($$select u.code from admin_unit u where u.tier = 'province' and (select count(*) from admin_unit_today(u.code, u.valid_from)) <> 1$$,
  'every province leads to one of today');

-- ---- Matches ----
create function pg_temp.first(words text, tier text default null, on_day date default null) returns text language sql as $$
  select concat_ws(' ', m -> 'unit' ->> 'code', m ->> 'matched_by', m ->> 'certainty')
    from admin_unit_matches_json(words, null, tier, on_day) j, json_array_elements(j -> 'matches') with ordinality e (m, n)
   where n = 1
$$;
select is(pg_temp.first(c.words), c.wanted, c.words)
  from (values ('thị xã Bến Cát, Bình Dương', '721 earlier_state exact'), ('thi xa ben cat binh duong', '721 earlier_state exact'),
               ('TX Bến Cát - Bình Dương', '721 earlier_state exact'), ('THỊ XÃ BẾN CÁT', '721 earlier_state exact'),
               ('Thành phố Bến Cát', '721 name exact'), ('Bến Cát', '721 name ambiguous'), ('phường Bến Cát', '25813 name exact'),
               ('phường Bến Cát, Bình Dương', '25813 name inferred'), ('Bến Cát, Bình Phước', '721 name inferred'),
               ('xã Hòa Nghĩa, Chợ Lách, Bến Tre', '28882 name exact'), ('xã Hoà Nghĩa huyện Chợ Lách tỉnh Bến Tre', '28882 name exact'),
               ('xa hoa nghia cho lach ben tre', '28882 name exact'), ('Hòa Nghĩa, Vĩnh Long', '28882 name inferred'),
               ('Ấp 5, xã Hòa Nghĩa, huyện Chợ Lách, tỉnh Bến Tre', '28882 name inferred'), ('xã Hòa Ngĩa, Chợ Lách, Bến Tre', '28882 name inferred'),
               ('TT Chợ Lách, huyện Chợ Lách, tỉnh Bến Tre', '28870 name exact'), ('P1, Q3, TP HCM', '27160 name exact'),
               ('Thị trấn Phố Bảng', '00712 spelling_variant exact'), ('xã Hương Gián, Yên Dũng, Bắc Giang', '07690 earlier_state inferred'),
               ('Đồng Nai', '75 name ambiguous'), ('tỉnh Đồng Nai', '75 name exact'), ('Bà Rịa - Vũng Tàu', '77 name exact'),
               ('Đắc Nông', '67 name inferred'), ('Xa Dung', '03208 name exact'), ('24', '24 code ambiguous'),
               ('huyện Côn Đảo', '755 name exact'), ('xyzzy', null), (', -', null)) c (words, wanted);
select is(pg_temp.first('Thạnh Phong'), '29227 name exact', 'with marks: not Thanh Phong');
select is(pg_temp.first('Bến Tre', 'commune'), '28789 name exact', 'tier narrows');
select is(pg_temp.first('Bến Cát', null, '2026-01-01'), '25813 name exact', 'valid_on narrows');
select is(pg_temp.first('24', null, '2020-06-30'), '24 code exact', 'a code and its day name one province');
select throws_ok($$select admin_unit_matches_json(null, null, null, null)$$, 'PT422', 'invalid', 'neither text nor code');
select throws_ok($$select admin_unit_matches_json('x', '75', null, null)$$, 'PT422', 'invalid', 'both text and code');

select * from finish();
rollback;
