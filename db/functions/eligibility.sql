-- SPDX-License-Identifier: MIT
-- Guard G6: who may be supported, on the day of the act: legal form, size, area, trade.

-- ---- Areas ----

create or replace function covers(a eligible_area, place jsonb, on_day date) returns boolean language sql stable as $$
  -- A district that is named, or the commune; the place on the map of the day on which the area is coded.
  select exists (
    select from admin_unit_map m
     where m.code = place ->> 'commune_code' and coalesce((place ->> 'codes_on')::date, on_day) between m.valid_from and m.valid_to
       and a.codes_on between m.on_from and m.on_to
       and (m.on_code = any (a.admin_unit_codes)
            or exists (select from admin_unit_at(m.on_code, a.codes_on) u where u.parent_code = any (a.admin_unit_codes))))
$$;
comment on function covers is 'Is the commune of a place, or its district, among the units that an area lists?';

create or replace function area_verdict(place jsonb, on_day date)
returns table (area eligible_area, verdict text) language sql stable as $$
  with asked as (
    select a as area, a.admin_unit_codes <> '{}' as is_list, covers(a, place, on_day) as is_covered
      from eligible_area a
     where a.kind in ('rural', 'craft_village') and in_days(on_day, a.valid_from, a.valid_to)
       and (a.province_code is null
            or a.province_code = province_on(place ->> 'province_code', (place ->> 'codes_on')::date, a.codes_on, place ->> 'commune_code'))
  ), judged as (
    select q.area, case when (q.area).is_excluded and q.is_covered then 'excluded'
                        when not (q.area).is_excluded and q.is_covered then 'listed'
                        when not (q.area).is_excluded and q.is_list then 'not_listed'
                        when not (q.area).is_excluded then 'by_words' end as verdict
      from asked q
  )
  select j.area, j.verdict from judged j
   where j.verdict is not null
   -- What a text takes out is out; where units are listed the list tells, else the words of the text do.
   order by array_position('{excluded,listed,not_listed,by_words}', j.verdict), (j.area).province_code is null, (j.area).enforcement, (j.area).code
   limit 1
$$;
comment on function area_verdict is 'What the areas in force say of a place: excluded, listed, not_listed, or by_words where no text lists units. No row: none is known for the day.';

-- ---- What is looked at ----

create or replace function eligibility_of(e establishment, on_day date)
returns table (kind text, found text, name_vi text, name_en text, settled boolean, strictness text, legal_basis text, is_declared boolean)
language plpgsql stable as $$
begin
  return query
  select 'legal_form', e.legal_form, 'loại hình', 'the legal form', null::boolean, null::text, null::text, false
  union all
  -- Figures that are judged by thresholds nobody has confirmed do not refuse what the declared size would let pass.
  select 'size_class', s.size_class, 'quy mô', 'the size', null,
         case when s.basis = 'figures' and s.is_uncertain and e.size_class is distinct from s.size_class then 'warn' end, null, s.basis = 'declared'
    from size_on(e, on_day) s
  union all
  select 'area', u.kind, 'địa bàn', 'the area', case v.verdict when 'listed' then true when 'not_listed' then false when 'excluded' then false end,
         (v.area).enforcement, nullif(concat_ws(', ', (v.area).legal_article, (v.area).legal_document_no), ''), false
    from (select (select u.kind from admin_unit_at(e.place ->> 'commune_code', (e.place ->> 'codes_on')::date) u)) u (kind)
    left join area_verdict(e.place, on_day) v on true
  union all
  select 'trade', case when e.vsic_codes = '{}' then null else substring(e.vsic_codes[1] from '[0-9]{2}') end, 'ngành nghề', 'the trade',
         null, null, null, false;
end
$$;
comment on function eligibility_of is 'What the rules on beneficiaries look at; found null: not known. settled: a list of units has the answer. strictness, legal_basis: of the row that decides, where it is not that of the check. is_declared: the size is not told by figures.';

-- ---- The guard ----

create or replace function guard_g6(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  with checked as (
    select c.line_no, c.line, e.name, e.place ->> 'commune_code' as commune_code, v.kind, v.found, v.name_vi, v.name_en, v.settled, v.is_declared, r.accepted, coalesce(v.legal_basis, r.legal_basis) as basis, r.certainty,
           coalesce(v.strictness, r.enforcement) as enforcement
      from checked_lines(record_id) c
      join establishment e on e.id = (c.line).establishment_id
     cross join lateral eligibility_of(e, on_day) v
      join check_rules('g6', on_day) r on r.kind = v.kind
     where not coalesce((c.line).activity_code = any (r.except_activities), false)
  ), found as (
    select k.line_no, k.line, k.kind, case
        when k.found is null and k.settled is null then line_fault('g6', 'guard_g6_unknown', k.line_no, 'establishment_id',
          format('Hạng mục "%s": chưa ghi %s của cơ sở "%s" nên chưa xét được điều kiện hỗ trợ.', (k.line).title, k.name_vi, k.name),
          format('Line "%s": %s of the establishment "%s" is not recorded, so whether it may be supported is not known.', (k.line).title, k.name_en, k.name),
          k.basis, k.certainty, 'warn', jsonb_build_object('line_id', (k.line).id, 'kind', k.kind))
        when k.settled is false then line_fault('g6', 'guard_g6_area', k.line_no, 'establishment_id',
          format('Hạng mục "%s": địa bàn của cơ sở "%s" không thuộc địa bàn được hỗ trợ theo %s.', (k.line).title, k.name, k.basis),
          format('Line "%s": the area of the establishment "%s" is not among those supported by %s.', (k.line).title, k.name, k.basis),
          k.basis, k.certainty, k.enforcement, jsonb_build_object('line_id', (k.line).id, 'kind', k.kind, 'commune_code', k.commune_code))
        else line_fault('g6', 'guard_g6_' || k.kind, k.line_no, 'establishment_id',
          format('Hạng mục "%s": cơ sở "%s" có %s là "%s", không thuộc đối tượng được hỗ trợ (%s).', (k.line).title, k.name, k.name_vi, k.found, array_to_string(k.accepted, ', ')),
          format('Line "%s": %s of the establishment "%s" is "%s", which is not among those supported (%s).', (k.line).title, k.name_en, k.name, k.found, array_to_string(k.accepted, ', ')),
          k.basis, k.certainty, k.enforcement, jsonb_build_object('line_id', (k.line).id, 'kind', k.kind, 'found', k.found))
      end as fault
      from checked k
     where not coalesce(k.settled, k.found = any (k.accepted), false)
    union all
    select k.line_no, k.line, 'size_declared', line_fault('g6', 'guard_g6_size_declared', k.line_no, 'establishment_id',
             format('Hạng mục "%s": quy mô "%s" của cơ sở "%s" là theo kê khai; số liệu năm chưa đủ để xác định quy mô vào ngày %s.', (k.line).title, k.found, k.name, to_char(on_day, 'DD/MM/YYYY')),
             format('Line "%s": the size "%s" of the establishment "%s" is the declared one; yearly figures do not tell it for %s.', (k.line).title, k.found, k.name, on_day),
             k.basis, k.certainty, 'warn', jsonb_build_object('line_id', (k.line).id, 'kind', 'size_class', 'found', k.found))
      from checked k
     where k.is_declared and k.found = any (k.accepted)
  )
  select coalesce(jsonb_agg(fault order by f.line_no, f.kind), '[]')
    from found f
   cross join lateral jsonb_array_elements(overridden(jsonb_build_array(f.fault), (f.line).id, 'g6', on_day)) fault
$$;
