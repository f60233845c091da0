-- SPDX-License-Identifier: MIT
-- Places looked up by old codes, and by names as people type them.

-- ---- Keys. Stored in admin_unit_name: whoever changes them changes db/reference/registry.sql too, so that it loads anew ----

create or replace function lookup_key(words text) returns text language sql immutable strict parallel safe as $$
  select trim(regexp_replace(regexp_replace(regexp_replace(
    translate(fold(words), 'y''’‘`´', 'i'), -- Mỹ and Mĩ; Ea H'leo and Ea Hleo
    '[^a-z0-9]+', ' ', 'g'),
    'c\M', 'k', 'g'), -- Đắc Lắc and Đắk Lắk
    '\m0+(?=[0-9])', '', 'g'))
$$;
comment on function lookup_key is 'A name for comparison: without marks, punctuation and leading zeros, with one letter where spelling wavers.';

create or replace function marked_key(words text) returns text language sql immutable strict parallel safe as $$
  select trim(regexp_replace(normalize(with_marks(words), NFD), '[^a-zđ0-9\u0300-\u036f]+', ' ', 'g'))
$$;
comment on function marked_key is 'A name for comparison that keeps its marks.';

create or replace function has_marks(words text) returns boolean language sql immutable strict parallel safe as $$
  select fold(words) <> lower(normalize(words) collate "und-x-icu")
$$;

-- As lookup_key() leaves them.
create or replace function kind_words() returns text language sql immutable parallel safe as $$
  select 'thanh pho|thi xa|thi tran|dak khu|quan|huien|xa|phuong|tinh'
$$;

create or replace function kinds_named(word text) returns text[] language sql immutable parallel safe as $$
  select case word
    when 'tinh' then array['province']
    when 'thanh pho' then array['municipality', 'provincial_city', 'municipal_city']
    when 'thi xa' then array['town']
    when 'quan' then array['urban_district']
    when 'huien' then array['rural_district']
    when 'xa' then array['commune']
    when 'phuong' then array['ward']
    when 'thi tran' then array['township']
    when 'dak khu' then array['special_zone']
  end
$$;

create or replace function without_kinds(key text) returns text language sql immutable strict parallel safe as $$
  select trim(regexp_replace(regexp_replace(key, '\m(' || kind_words() || ')\M', ' ', 'g'), ' +', ' ', 'g'))
$$;

create or replace function spelled_out(words text) returns text language plpgsql immutable strict parallel safe as $$
declare
  spelling text := fold(words);
  short text[];
begin
  foreach short slice 1 in array array[
    ['\m(tp ?\.? ?)?hcm\M', 'thanh pho ho chi minh'],
    ['\mtp\M', 'thanh pho'],
    ['\mtx\M', 'thi xa'],
    ['\mtt\M', 'thi tran'],
    -- One letter is a word for a kind before a dot, before a number, or at the beginning of a part.
    ['\mq ?(?=[.0-9])|(^|[,;/–—-] *)q(?= )', 'quan'],
    ['\mp ?(?=[.0-9])|(^|[,;/–—-] *)p(?= )', 'phuong'],
    ['\mh(?=\.)|(^|[,;/–—-] *)h(?= )', 'huyen'],
    ['\mx(?=\.)|(^|[,;/–—-] *)x(?= )', 'xa'],
    ['\mt(?=\.)|(^|[,;/–—-] *)t(?= )', 'tinh'],
    ['[,; ]*viet nam *$', '']]
  loop
    spelling := regexp_replace(spelling, short[1], ' ' || short[2] || ' ', 'g');
  end loop;
  return lookup_key(spelling);
end
$$;
comment on function spelled_out is 'lookup_key() of a text with TP, TX, TT, Q., P., H., X., T. written out.';

-- ---- Where a unit lies today ----

create or replace function admin_unit_today(unit_code text, unit_from date)
returns table (code text, valid_from date, kind text, part text, certainty text) language sql stable parallel safe as $$
  with recursive origin as (
    select u.code, u.valid_from, u.valid_to, true as is_itself
      from admin_unit u
     where u.code = unit_code and u.valid_from = unit_from
    union all
    -- Districts have no successors but the islands: those of their communes are the candidates.
    select c.code, c.valid_from, c.valid_to, false
      from admin_unit d
      join admin_unit c on c.parent_code = d.code and c.valid_to = d.valid_to
     where d.code = unit_code and d.valid_from = unit_from and d.tier = 'district'
  ), walk as (
    select o.code, o.valid_from, o.valid_to, o.is_itself, 'unchanged' as kind, 'whole' as part, 'exact' as certainty from origin o
    union
    select n.code, n.valid_from, n.valid_to, w.is_itself,
           case when array_position(r.ranks, w.kind) > array_position(r.ranks, s.kind) then w.kind else s.kind end,
           case when 'part' in (w.part, s.part) then 'part' else 'whole' end,
           case when 'inferred' in (w.certainty, s.certainty) then 'inferred' else 'exact' end
      from walk w
      join admin_unit_succession s on s.old_code = w.code and s.effective_on = w.valid_to + 1
      join admin_unit n on n.code = s.new_code and n.valid_from = s.effective_on
     cross join (select array['unchanged', 'renamed', 'reclassified', 'merged', 'divided'] as ranks) r
     where s.effective_on <= today()
  ), arrived as (
    select * from walk w where w.valid_to is null or w.valid_to >= today()
  ), many as (
    select count(distinct a.code) > 1 as is_divided from arrived a
  )
  select a.code, a.valid_from,
         coalesce(max(a.kind) filter (where a.is_itself), case when m.is_divided then 'divided' else 'merged' end),
         coalesce(max(a.part) filter (where a.is_itself), case when m.is_divided then 'part' else 'whole' end),
         min(a.certainty)
    from arrived a
   cross join many m
   group by a.code, a.valid_from, m.is_divided
$$;
comment on function admin_unit_today is 'The units of today that have territory of this one, itself included; more than one: candidates, among which only a person can choose.';

-- ---- Matches. misfit: 0 when everything in the text fits; more, the less fits ----

create or replace function admin_unit_by_name(words text)
returns table (code text, valid_from date, full_name text, source text, misfit integer, first integer) language sql stable as $$
  with asked as (
    select distinct string_to_array(key, ' ') as tokens from (values (spelled_out(words)), (lookup_key(words))) spelling (key)
  ), start as (
    -- A place begins at the first word, or at a word for a kind: what stands before may be a street.
    select a.tokens, n as first, substring(array_to_string(a.tokens[n:], ' ') from '^(' || kind_words() || ')\M') as word
      from asked a, generate_series(1, least(cardinality(a.tokens), 24)) n
  ), reading as (
    select s.tokens, s.first, s.word, s.first + cardinality(string_to_array(s.word, ' ')) as at from start s where s.word is not null
    union
    select s.tokens, s.first, null, s.first from start s where s.first = 1
  ), head as (
    select distinct r.first, r.word, array_to_string(r.tokens[r.at:r.at + length - 1], ' ') as key,
           without_kinds(array_to_string(r.tokens[r.at + length:], ' ')) as above
      from reading r, generate_series(1, 7) length
     where r.at + length - 1 <= cardinality(r.tokens)
  ), named as (
    select n.*, h.first, h.above, coalesce(n.kind = any (kinds_named(h.word)), true) as kind_fits,
           without_kinds(n.parent_key) as parent, without_kinds(n.province_key) as province,
           array(select without_kinds(k) from unnest(n.other_keys || n.parent_key || n.province_key) k where k is not null) as all_above
      from head h
      join admin_unit_name n on n.key = h.key
     where n.key = any (array(select key from head)) -- so that the planner takes the index
  )
  select n.code, n.valid_from, n.full_name, n.source,
         case
           when n.above in ('', n.parent, n.province, n.parent || ' ' || n.province) then 0
           when n.above = any (n.all_above)
                or exists (select from unnest(n.all_above) a, unnest(n.all_above) b where n.above = a || ' ' || b) then 2
           when exists (select from unnest(n.all_above) a where n.above like '% ' || a) then 16
           else 64
         end + (n.first > 1)::integer * 32 + (not n.kind_fits)::integer * 4
             + (has_marks(words) and position(' ' || n.marked || ' ' in ' ' || marked_key(words) || ' ') = 0)::integer,
         n.first
    from named n
$$;

create or replace function admin_unit_by_likeness(words text)
returns table (code text, valid_from date, full_name text, source text, misfit integer, first integer) language sql stable as $$
  select n.code, n.valid_from, n.full_name, n.source, 228 - (100 * likeness.degree)::integer, 1
    from (select without_kinds(spelled_out(words)) as key) asked
    join admin_unit_name n on n.line % asked.key or n.key % asked.key
   cross join lateral (
     select greatest(similarity(asked.key, n.key), similarity(asked.key, n.line), similarity(asked.key, concat_ws(' ', n.key, n.province_key))) as degree
   ) likeness
   where likeness.degree >= 0.45
   order by 5
   limit 10
$$;

create or replace function admin_unit_matches_json(words text, wanted_code text, wanted_tier text, on_day date) returns json
language plpgsql stable as $$
declare
  matches json;
begin
  if (words is null) = (wanted_code is null) then
    perform refuse('#', 'text_or_code');
  end if;
  with known as (
    select u.code, u.valid_from, u.full_name, 'code' as source, 0 as misfit, 1 as first
      from admin_unit u
     where u.code = coalesce(wanted_code, trim(words))
    union all
    select * from admin_unit_by_name(words) where words is not null
  ), likely as (
    select * from known where misfit < 64
    union all
    select * from known where not exists (select from known where misfit < 64)
    union all
    select * from admin_unit_by_likeness(words) where words is not null and not exists (select from known)
  ), once as (
    select distinct on (l.code, l.valid_from) l.*, u as unit
      from likely l
      join admin_unit u on u.code = l.code and u.valid_from = l.valid_from
     where (wanted_tier is null or u.tier = wanted_tier)
       and (on_day is null or on_day >= u.assumed_from and (u.valid_to is null or on_day <= u.valid_to))
     order by l.code, l.valid_from, l.misfit, l.first, l.source = 'name' desc
  ), best as (
    select o.*, array(select t.code from admin_unit_today(o.code, o.valid_from) t order by 1) as fate
      from once o
     where o.misfit / 16 = (select min(misfit) / 16 from once) -- where the first word begins a place, later ones are what it lies in
     order by o.misfit, o.first, array_position(array['province', 'district', 'commune'], (o.unit).tier)
     limit 60
  ), lineage as (
    -- Đồng Nai has three rows, which all lead to the Đồng Nai of today: one match.
    select distinct on (b.code, (b.unit).name, b.fate) b.*
      from best b
     order by b.code, (b.unit).name, b.fate, b.misfit, b.first, b.valid_from desc
  ), ranked as (
    select l.*, exists (
             select from lineage r
              where r.misfit = l.misfit and r.first = l.first
                and (r.fate <> l.fate or l.source = 'code' and (r.unit).name <> (l.unit).name)) as has_rivals
      from lineage l
     order by l.misfit, l.first, array_position(array['province', 'district', 'commune'], (l.unit).tier),
              (l.unit).valid_to is not null, (l.unit).name collate vietnamese, l.code, l.valid_from desc
     limit 20
  )
  select json_agg(json_build_object(
           'unit', admin_unit_summary_json(r.unit),
           'parent', admin_unit_name((r.unit).parent_code, (r.unit).valid_from),
           'province', admin_unit_name((r.unit).province_code, (r.unit).valid_from),
           'matched_by', r.source,
           'matched_name', r.full_name,
           'certainty', case when r.misfit > 0 then 'inferred' when r.has_rivals then 'ambiguous' else 'exact' end,
           'current', (
             select coalesce(json_agg(json_build_object(
                      'unit', admin_unit_summary_json(u), 'province', admin_unit_name(u.province_code, u.valid_from),
                      'kind', t.kind, 'part', t.part, 'certainty', t.certainty) order by u.code), '[]')
               from admin_unit_today(r.code, r.valid_from) t
               join admin_unit u on u.code = t.code and u.valid_from = t.valid_from)))
    into matches
    from ranked r;
  return json_build_object('matches', coalesce(matches, '[]'));
end
$$;
comment on function admin_unit_matches_json is 'The answer of lookupAdminUnit: units that the text or code names, best first, with where they lie today.';
