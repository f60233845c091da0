-- SPDX-License-Identifier: MIT
-- The tree of the log against known vectors (those of Certificate Transparency for RFC 6962 and 9162), and who may not touch it.
begin;
\ir claims.psql
select no_plan();

create temp table vector (n bigint, leaf text, root text);
insert into vector values
  (1, '', '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'),
  (2, '00', 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'),
  (3, '10', 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'),
  (4, '2021', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'),
  (5, '3031', '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'),
  (6, '40414243', '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'),
  (7, '5051525354555657', 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'),
  (8, '606162636465666768696a6b6c6d6e6f', '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');

select is(encode(merkle_hash(0, 0), 'hex'), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'the empty tree');
select lives_ok(format('select merkle_add(%s, merkle_leaf_hash(decode(%L, ''hex'')))', n - 1, leaf), 'leaf ' || n) from vector order by n;
select is(encode(merkle_hash(0, n), 'hex'), root, 'the tree of ' || n) from vector order by n;
select is((select count(*) from merkle_node), 15::bigint, 'the nodes of eight leaves');

select is(array(select encode(hash, 'hex') from unnest(merkle_inclusion(leaf, size)) hash), path, format('leaf %s in the tree of %s', leaf, size))
  from (values
    (0, 1, '{}'::text[]),
    (0, 8, '{96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7,5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e,6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4}'),
    (5, 8, '{bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b,ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0,d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7}'),
    (2, 3, '{fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125}')) known (leaf, size, path);
select is(array(select encode(hash, 'hex') from unnest(merkle_consistency(old_size, size)) hash), path, format('%s is the beginning of %s', old_size, size))
  from (values
    (1, 1, '{}'::text[]),
    (1, 8, '{96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7,5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e,6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4}'),
    (6, 8, '{0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a,ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0,d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7}')) known (old_size, size, path);
select isnt(merkle_leaf_hash('\x00'), sha256('\x01'), 'a leaf is not hashed as a node');

-- ---- Nobody rewrites it ----
select throws_ok($$delete from merkle_node$$, 'P0001', 'merkle_node is append only', 'not even its owner takes a node out');
select throws_ok($$update certificate_log set leaf = ''$$, 'P0001', 'certificate_log is append only', 'or rewrites an entry');
select pg_temp.caller('70');
set local role kc_api;
select throws_ok($$insert into certificate_log values (0, uuidv7(), 'x')$$, '42501', null, 'the service writes no entry itself');
select throws_ok($$select merkle_add(8, sha256('x'))$$, '42501', null, 'and no node');
select throws_ok($$select merkle_append(uuidv7(), 'x')$$, '42501', null, 'by no function');
reset role;

-- ---- Days ----
select is(certificate_last_day('2023-08-15', 36), '2026-08-14'::date, '36 months end the day before');
update parameter set value = 0 where code = 'certificate_last_day_shift';
select is(certificate_last_day('2023-08-15', 36), '2026-08-15'::date, 'or on the day, as the parameter says');
select is(certificate_last_day('2024-02-29', 36), '2027-02-28'::date, 'a leap day has its end');
select is(certificate_status(c, on_day), expected, format('%s on %s', c.status, on_day))
  from (values ('valid', '2026-08-14'::date, 'valid'), ('valid', '2026-08-15', 'expired'), ('suspended', '2026-08-14', 'suspended'),
               ('suspended', '2026-08-15', 'expired'), ('revoked', '2026-08-15', 'revoked'), ('superseded', '2026-08-15', 'superseded'))
       known (status, on_day, expected)
 cross join lateral jsonb_populate_record(null::certificate, jsonb_build_object('status', known.status, 'valid_to', '2026-08-14')) c;
select is(count(*), 0::bigint, 'public numbers have 12 signs that are not misread') from generate_series(1, 200) n, public_number() made where made !~ '^[0-9a-hjkmnp-tv-z]{12}$';
select is(count(distinct public_number()), 200::bigint, 'and differ') from generate_series(1, 200);

select * from finish();
rollback;
