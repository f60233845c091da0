-- SPDX-License-Identifier: MIT
-- Tax codes: form and check digit.
begin;
select plan(49);

select ok(tax_code_valid(code, 'enterprise10'), code || ' is valid')
  from unnest(array['0300588569', '0101248141', '0101245486', '0100109106', '0100112437', '0100107370', '0100100079', '0100107518',
    '0100150619', '0100684378', '0900189284', '0303576603', '0300521758', '0300741143', '0300583659', '3600252847', '6000429946',
    '0100047516']) code;
select ok(not tax_code_valid(code, 'enterprise10'), code || ' is not: ' || reason)
  from (values ('0300588568', 'check digit'), ('0100109107', 'check digit'), ('0101010101', 'remainder 0, such a code does not exist'),
    ('0101010100', 'remainder 0'), ('0012345678', 'prefix 00'), ('0100000000', 'sequence 0000000'), ('030058856', 'too short'),
    ('03005885690', 'too long'), ('030058856a', 'a letter'), ('0300588569-001', 'a branch'), ('', 'empty'), ('０３００５８８５６９', 'other digits'))
    c (code, reason);
-- One last digit fits a prefix, or none where the remainder is 0: one prefix in eleven.
select results_eq($$
    select fitting::integer, count(*) from (
      select prefix, count(*) filter (where tax_code_valid(prefix::text || digit, 'enterprise10')) as fitting
        from generate_series(370000001, 370001100) prefix cross join generate_series(0, 9) digit group by prefix) p
     group by fitting order by fitting$$,
  $$values (0, 100::bigint), (1, 1000::bigint)$$, 'of 1,100 prefixes 1,000 have a code, and one each');
select is((select count(*) from generate_series(0, 9) d where tax_code_valid('010101010' || d, 'enterprise10')), 0::bigint,
  'remainder 0: no digit fits');

select ok(tax_code_valid('0100109106-001', 'branch13'), 'a branch');
select ok(tax_code_valid('0100109106-999', 'branch13'), 'the last branch');
select ok(not tax_code_valid('0100109106-000', 'branch13'), 'branch 000 is none');
select ok(not tax_code_valid('0100109107-001', 'branch13'), 'a branch of a code that is wrong');
select ok(not tax_code_valid('0100109106001', 'branch13'), 'the hyphen belongs to the form');
select ok(not tax_code_valid('0100109106', 'branch13'), 'no branch');

select ok(tax_code_valid('001087123456', 'personal12'), 'a person: form only');
select ok(not tax_code_valid('01087123456', 'personal12'), 'eleven digits');
select ok(not tax_code_valid('0300588569', 'personal12'), 'ten digits');
select ok(not tax_code_valid('0300588569', 'other'), 'no such kind');

select is(tax_code_normal('0100109106001'), '0100109106-001', 'stored with the hyphen');
select is(tax_code_normal('0100109106-001'), '0100109106-001', 'also when it came with it');
select is(tax_code_normal('0100109106'), '0100109106', 'ten digits stay');
select is(tax_code_normal(null), null, 'none stays none');
select is(tax_code_kind('0100109106'), 'enterprise10', 'kind: 10');
select is(tax_code_kind('0100109106-001'), 'branch13', 'kind: 13');
select is(tax_code_kind('001087123456'), 'personal12', 'kind: 12');

select * from finish();
rollback;
