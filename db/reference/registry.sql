-- SPDX-License-Identifier: MIT
-- Brings places, regions and the central bodies to the state of the files beside. Safe to repeat.
set constraints all deferred; -- periods may overlap while rows change one by one

-- ---- Administrative units ----

create temp table unit (code text, tier text, kind text, name text, full_name text, parent_code text, valid_from date, valid_to date,
  legal_basis text, province_code text, assumed_from date) on commit drop;
\copy unit (code, tier, kind, name, full_name, parent_code, valid_from, valid_to, legal_basis) from 'reference/admin_units.csv' with (format csv, header true)
create index on unit (code);
analyze unit;

update unit u
   set province_code = case
         when tier = 'province' then code
         when length(parent_code) = 2 then parent_code
         else (select d.parent_code from unit d
                where d.code = u.parent_code and d.valid_from <= u.valid_from
                  and (d.valid_to is null or d.valid_to >= u.valid_from))
       end,
       -- Without a legal basis valid_from is the first day the source knows; papers that are older cite the unit too. The
       -- provinces' first day is that of the 63-unit structure, before which some were others.
       assumed_from = case
         when tier <> 'province' and legal_basis is null
              and not exists (select from unit earlier where earlier.code = u.code and earlier.valid_from < u.valid_from)
           then '-infinity'
         else valid_from
       end;

merge into admin_unit a using unit u on a.code = u.code and a.valid_from = u.valid_from
 when matched and (a.tier, a.kind, a.name, a.full_name, a.parent_code, a.province_code, a.assumed_from, a.valid_to, a.legal_basis)
      is distinct from (u.tier, u.kind, u.name, u.full_name, u.parent_code, u.province_code, u.assumed_from, u.valid_to, u.legal_basis)
 then update set tier = u.tier, kind = u.kind, name = u.name, full_name = u.full_name, parent_code = u.parent_code,
      province_code = u.province_code, assumed_from = u.assumed_from, valid_to = u.valid_to, legal_basis = u.legal_basis
 when not matched then
      insert (tier, code, kind, name, full_name, parent_code, province_code, valid_from, assumed_from, valid_to, legal_basis)
      values (u.tier, u.code, u.kind, u.name, u.full_name, u.parent_code, u.province_code, u.valid_from, u.assumed_from,
              u.valid_to, u.legal_basis);
delete from admin_unit a where not exists (select from unit u where u.code = a.code and u.valid_from = a.valid_from);

create temp table succession (old_code text, new_code text, tier text, effective_on date, kind text, part text, certainty text,
  legal_basis text) on commit drop;
\copy succession from 'reference/admin_unit_successions.csv' with (format csv, header true)

merge into admin_unit_succession a using succession s
   on (a.old_code, a.new_code, a.effective_on) = (s.old_code, s.new_code, s.effective_on)
 when matched and (a.tier, a.kind, a.part, a.certainty, a.legal_basis) is distinct from (s.tier, s.kind, s.part, s.certainty, s.legal_basis)
 then update set tier = s.tier, kind = s.kind, part = s.part, certainty = s.certainty, legal_basis = s.legal_basis
 when not matched then
      insert (old_code, new_code, tier, effective_on, kind, part, certainty, legal_basis)
      values (s.old_code, s.new_code, s.tier, s.effective_on, s.kind, s.part, s.certainty, s.legal_basis);
delete from admin_unit_succession a
 where not exists (select from succession s
                    where (s.old_code, s.new_code, s.effective_on) = (a.old_code, a.new_code, a.effective_on));

-- ---- The map: every row with every row of another time that has (part of) its territory ----

analyze admin_unit, admin_unit_succession;

create temp table pair on commit drop as
with recursive link as (
  select o.id as old_id, n.id as new_id
    from admin_unit_succession s
    join admin_unit o on o.code = s.old_code and o.valid_to = s.effective_on - 1
    join admin_unit n on n.code = s.new_code and n.valid_from = s.effective_on
), forwards as (
  select id as old_id, id as new_id from admin_unit
  union
  select f.old_id, l.new_id from forwards f join link l on l.old_id = f.new_id
), pairs as (
  select old_id as id, new_id as on_id from forwards
  union
  select new_id, old_id from forwards
)
select r.code, r.assumed_from as valid_from, coalesce(r.valid_to, 'infinity') as valid_to,
       m.code as on_code, m.assumed_from as on_from, coalesce(m.valid_to, 'infinity') as on_to
  from pairs
  join admin_unit r on r.id = pairs.id
  join admin_unit m on m.id = pairs.on_id;
create index on pair (code, valid_from);
analyze pair;

delete from admin_unit_map;
insert into admin_unit_map (code, valid_from, valid_to, on_code, on_from, on_to, is_only)
select p.*, not exists (
         select from pair other
          where other.code = p.code and other.valid_from = p.valid_from and other.on_code <> p.on_code
            and other.on_from <= p.on_to and other.on_to >= p.on_from)
  from pair p;
analyze admin_unit_map;

-- ---- Names for look-ups: the official ones, earlier states, spelling variants; with what stands above them ----

create temp table alias (code text, full_name text, source text, parent_code text, codes_on date) on commit drop;
\copy alias from 'reference/admin_unit_names.csv' with (format csv, header true)

create temp table named on commit drop as
select u.code, u.valid_from, u.valid_to, u.tier, u.province_code, u.full_name, u.name, 'name' as source, u.kind, u.parent_code, u.valid_from as codes_on
  from admin_unit u
union all
select u.code, u.valid_from, u.valid_to, u.tier, u.province_code, a.full_name, substr(a.full_name, length(k.words) + 2), a.source, k.kind,
       coalesce(a.parent_code, u.parent_code), a.codes_on
  from alias a
 cross join admin_unit_at(a.code, a.codes_on) u
  join (values ('Thành phố', 'provincial_city'), ('Thị xã', 'town'), ('Thị trấn', 'township'), ('Quận', 'urban_district'),
               ('Huyện', 'rural_district'), ('Xã', 'commune'), ('Phường', 'ward')) k (words, kind)
    on starts_with(a.full_name, k.words || ' ');

delete from admin_unit_name;
insert into admin_unit_name (code, valid_from, full_name, source, tier, kind, key, marked, parent_key, province_key, other_keys, line)
select n.code, n.valid_from, n.full_name, n.source, n.tier, n.kind, lookup_key(n.name), marked_key(n.name), up.parent_key, up.province_key,
       array(select distinct lookup_key(other.name)
               from admin_unit_map m
              cross join admin_unit_at(m.on_code, greatest(m.on_from, least(n.codes_on, m.on_to))) o
               join admin_unit other
                 on other.code in (o.province_code, case when length(o.parent_code) = 3 then o.parent_code end)
                and o.valid_from between other.valid_from and coalesce(other.valid_to, 'infinity')
              where m.code = case when n.tier = 'district' then n.province_code else n.code end
                and n.valid_from between m.valid_from and m.valid_to),
       concat_ws(' ', lookup_key(n.name), up.parent_key, up.province_key)
  from named n
 cross join lateral (
   select (select lookup_key(d.name) from admin_unit_at(n.parent_code, n.codes_on) d where d.tier = 'district') as parent_key,
          (select lookup_key(p.name) from admin_unit_at(n.province_code, n.valid_from) p where n.tier <> 'province') as province_key) up
    on conflict do nothing;
analyze admin_unit_name;

-- ---- Regions ----

create temp table member (scheme text, region_code text, region_name text, province_code text, valid_from date, valid_to date,
  certainty text, source text) on commit drop;
\copy member from 'reference/region_members.csv' with (format csv, header true)

insert into region (code, scheme, name, valid_from, valid_to)
select region_code, scheme, region_name, min(valid_from), nullif(max(coalesce(valid_to, 'infinity')), 'infinity')
  from member
 group by region_code, scheme, region_name
    on conflict (code) do update
   set scheme = excluded.scheme, name = excluded.name, valid_from = excluded.valid_from, valid_to = excluded.valid_to;

merge into region_member a using member m
   on (a.region_code, a.province_code, a.valid_from) = (m.region_code, m.province_code, m.valid_from)
 when matched then update set valid_to = m.valid_to, certainty = m.certainty, source = m.source
 when not matched then
      insert (region_code, province_code, valid_from, valid_to, certainty, source)
      values (m.region_code, m.province_code, m.valid_from, m.valid_to, m.certainty, m.source);
delete from region_member a
 where not exists (select from member m
                    where (m.region_code, m.province_code, m.valid_from) = (a.region_code, a.province_code, a.valid_from));

-- ---- Central bodies: only a beginning. Once in the database they belong to those who keep them through the API ----

create temp table body (id uuid, code text, name text, kind text, tier text, parent_id uuid, functions text[], predecessor_ids uuid[],
  valid_from date, valid_to date, note text) on commit drop;
\copy body from 'reference/organisations.csv' with (format csv, header true)

insert into organisation (id, code, name, kind, tier, parent_id, functions, predecessor_ids, valid_from, valid_to, note, origin)
select b.id, b.code, b.name, b.kind, b.tier, b.parent_id, b.functions, b.predecessor_ids, b.valid_from, b.valid_to, b.note, 'imported'
  from body b
 where not exists (select from organisation o where o.id = b.id);
