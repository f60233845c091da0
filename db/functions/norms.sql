-- SPDX-License-Identifier: MIT
-- Norms as they are shown, and what they allow: "what could I get, and why".

-- ---- Norms ----

create or replace function norm_json(n norm) returns json language sql stable as $$
  select (jsonb_build_object(
    'id', n.id,
    'code', n.code,
    'activity_code', n.activity_code,
    'name_vi', n.name_vi,
    'name_en', n.name_en,
    'level', n.level,
    'percent_max', n.percent_max,
    'percent_base', n.percent_base,
    'cap_vnd', n.cap_vnd,
    'multiplier', trim_scale(n.multiplier),
    'per', n.per,
    'conditions', n.conditions,
    'territory', (
      select coalesce(json_agg(json_build_object('province_code', t.province_code, 'codes_on', t.codes_on,
               'province', admin_unit_name(t.province_code, t.codes_on), 'valid_from', t.valid_from, 'valid_to', t.valid_to)
               order by t.province_code, t.codes_on, t.valid_from), '[]')
        from norm_territory t where t.norm_id = n.id),
    'legal_basis', norm_basis_json(n),
    'valid_from', n.valid_from,
    'valid_to', n.valid_to,
    'certainty', n.certainty,
    'dates_certainty', n.dates_certainty,
    'enforcement', n.enforcement,
    'note', n.note)
    || rule_json('norm', to_jsonb(n)))::json
$$;

create or replace function norm_basis_json(n norm) returns json language sql immutable as $$
  select case when n.legal_document_no is not null then
    json_build_object('document_no', n.legal_document_no, 'article', n.legal_article) end
$$;

create or replace function in_days(day date, valid_from date, valid_to date) returns boolean language sql immutable parallel safe as $$
  select day between coalesce(valid_from, '-infinity') and coalesce(valid_to, 'infinity')
$$;
comment on function in_days is 'Open ends, also those not known, include the day.';

-- ---- Checks ----

create or replace function norm_coverage(norm_id uuid, place jsonb, on_day date) returns text language plpgsql stable as $$
declare
  recorded_on constant date := (place ->> 'codes_on')::date;
  unit norm_territory;
  lies_in text;
  answer text := 'none';
begin
  for unit in select t.* from norm_territory t where t.norm_id = norm_coverage.norm_id and in_days(on_day, t.valid_from, t.valid_to) loop
    lies_in := province_on(place ->> 'province_code', recorded_on, unit.codes_on, place ->> 'commune_code');
    if lies_in = unit.province_code then
      return 'whole';
    elsif lies_in is null and exists ( -- a province that was several units, or a commune of parts of several
        select from admin_unit_map m
         where m.code = place ->> 'province_code' and recorded_on between m.valid_from and m.valid_to
           and m.on_code = unit.province_code and unit.codes_on between m.on_from and m.on_to) then
      answer := 'part';
    end if;
  end loop;
  return answer;
end
$$;
comment on function norm_coverage is 'Does a local norm hold at a place: whole, none, or part, where the place is too large to say.';

create or replace function norm_limits(asked jsonb, on_day date)
returns setof norm_limit language sql stable as $$
  with question as (
    select a.activity_code, a.level, a.eligible_cost_vnd, coalesce(a.quantity, 1) as quantity,
           jsonb_build_object('is_technology_line', coalesce(a.is_technology_line, false),
             'is_in_difficult_area', coalesce(a.is_in_difficult_area, false)) as traits
      from jsonb_to_record(asked) a (activity_code text, level text, eligible_cost_vnd bigint, quantity bigint,
                                     is_technology_line boolean, is_in_difficult_area boolean)
  ), reached as (
    select n as norm, q as question,
           case when n.level = 'national' then 'whole' else norm_coverage(n.id, asked -> 'place', on_day) end as covers,
           q.traits @> n.conditions as is_met,
           floor(n.percent_max * q.eligible_cost_vnd / 100)::bigint as percent_limit,
           case when n.cap_vnd is not null then least(floor(n.cap_vnd * n.multiplier * q.quantity), 9007199254740991)::bigint end as cap_limit
      from question q
      join norm n on n.activity_code = q.activity_code
                  or n.activity_code in (select a.code from activity a
                                          where a.parent_code = q.activity_code and in_days(on_day, a.valid_from, a.valid_to))
     where (n.level = 'national' or q.level = 'local') and in_days(on_day, n.valid_from, n.valid_to)
  ), judged as (
    select r.norm, r.covers, r.percent_limit, r.cap_limit,
           case when (r.norm).activity_code <> (r.question).activity_code then 'other_activity'
                when r.covers = 'part' then 'territory_unclear'
                when not r.is_met then 'condition_missing'
                when exists (select from reached s
                              where s.is_met and s.covers = 'whole' and (s.norm).activity_code = (r.norm).activity_code
                                and (s.norm).level = (r.norm).level and (s.norm).conditions @> (r.norm).conditions
                                and (s.norm).conditions <> (r.norm).conditions) then 'superseded'
                when least(r.percent_limit, r.cap_limit) is null then 'no_figure'
                when r.cap_limit is null or r.percent_limit <= r.cap_limit then 'percentage'
                else 'cap' end as verdict
      from reached r
     where r.covers <> 'none'
  )
  select j.norm, j.percent_limit, j.cap_limit, j.verdict, j.verdict in ('percentage', 'cap') from judged j
$$;
comment on function norm_limits is 'The norms that come into question, each with both limits, and which of the two decides or why it does not count.';

create or replace function norm_warnings(asked jsonb, is_group boolean, limits norm_limit[]) returns json language sql stable as $$
  with judged as (
    select l.* from unnest(limits) l
  ), raised as (
    select 1 as place, 'activity_group' as code, null::norm as norm where is_group
    union all
    select 2, 'no_norm', null where not is_group and not exists (select from judged where is_counted)
    union all
    select 3, 'local_norm_unknown', null
     where asked ->> 'level' = 'local' and not is_group and not exists (select from judged j where j.is_counted and (j.norm).level = 'local')
    union all
    select 4, 'territory_unclear', j.norm from judged j where j.verdict = 'territory_unclear'
    union all
    select 5, 'no_figure', j.norm from judged j where j.verdict = 'no_figure'
    union all
    select 6, 'uncertain_norm', j.norm from judged j where j.is_counted and (j.norm).certainty <> 'verified'
    union all
    select 7, 'uncertain_dates', j.norm from judged j where j.is_counted and (j.norm).dates_certainty <> 'verified'
    union all
    select 8, 'above_uncertain_norm', j.norm
      from judged j
     where j.is_counted and (j.norm).enforcement = 'warn' and (asked ->> 'support_vnd')::bigint > least(j.percent_limit, j.cap_limit)
    union all
    select 9, 'several_units', null
     where (asked ->> 'quantity')::bigint > 1 and exists (select from judged where is_counted and cap_limit is not null)
  )
  select coalesce(json_agg(json_build_object('code', r.code, 'norm_id', (r.norm).id, 'label_vi', t.vi, 'label_en', t.en)
           order by r.place, (r.norm).code), '[]')
    from raised r
    join (values
      ('activity_group', 'Đây là nhóm nội dung; hãy chọn nội dung con để biết mức tối đa.', 'This is a group of activities; name a child activity to learn the maximum.'),
      ('no_norm', 'Chưa có định mức nào tính được cho câu hỏi này.', 'No norm is known that answers this question.'),
      ('local_norm_unknown', 'Chưa biết mức của địa phương; mức của trung ương chỉ là khung.', 'The province''s own norm is not known here; the national one is only its frame.'),
      ('territory_unclear', 'Định mức này chỉ áp dụng cho một phần của tỉnh; hãy cho biết xã, phường.', 'This norm holds in a part of the province only; name the commune.'),
      ('no_figure', 'Định mức này chưa có con số ở đây; xem văn bản.', 'This norm has no figure here; see the document.'),
      ('uncertain_norm', 'Con số chưa được xác nhận; chỉ để cảnh báo.', 'The figures are not confirmed; they only warn.'),
      ('uncertain_dates', 'Ngày hiệu lực chưa được xác nhận.', 'The days in force are not confirmed.'),
      ('above_uncertain_norm', 'Mức đề nghị cao hơn một định mức chưa được xác nhận.', 'The support asked for is above a norm that is not confirmed.'),
      ('several_units', 'Mức tối đa tính cho nhiều đơn vị cộng lại; mỗi đơn vị vẫn phải trong mức của mình.', 'The maximum is that of several units together; each must also keep to its own.')
    ) t (code, vi, en) on t.code = r.code
$$;
comment on function norm_warnings is 'What a person should know before relying on the answer.';

create or replace function norm_check_json(question jsonb) returns json language plpgsql stable as $$
declare
  on_day constant date := coalesce((question ->> 'valid_on')::date, today());
  asked jsonb := question;
  limits norm_limit[];
  is_group constant boolean := exists (
    select from activity a where a.parent_code = question ->> 'activity_code' and in_days(on_day, a.valid_from, a.valid_to));
  support constant bigint := question ->> 'support_vnd';
begin
  if not exists (select from activity a where a.code = question ->> 'activity_code' and in_days(on_day, a.valid_from, a.valid_to)) then
    perform refuse('#/activity_code', 'unknown_reference');
  elsif question ->> 'level' = 'local' and jsonb_typeof(question -> 'place') is distinct from 'object' then
    perform refuse('#/place', 'norm_check_place_given');
  end if;
  if asked ? 'place' then -- its codes are those of the day asked about
    asked := jsonb_set(asked, '{place}', place_checked('#/place', jsonb_build_object('codes_on', on_day) || (asked -> 'place')));
  end if;
  limits := array(select l from norm_limits(asked, on_day) l);
  return (
    select json_build_object(
      'is_allowed', case when support is not null and bool_or(l.is_counted) then
        not coalesce(bool_or(support > least(l.percent_limit, l.cap_limit)) filter (where l.is_counted and (l.norm).enforcement = 'block'), false) end,
      'max_support_vnd', min(least(l.percent_limit, l.cap_limit)) filter (where l.is_counted),
      'valid_on', on_day,
      'activity_code', question ->> 'activity_code',
      'level', question ->> 'level',
      'eligible_cost_vnd', (question ->> 'eligible_cost_vnd')::bigint,
      'quantity', coalesce((question ->> 'quantity')::bigint, 1),
      'support_vnd', support,
      'limits', coalesce(json_agg(json_build_object(
          'norm_id', (l.norm).id,
          'norm_code', (l.norm).code,
          'activity_code', (l.norm).activity_code,
          'name_vi', (l.norm).name_vi,
          'name_en', (l.norm).name_en,
          'level', (l.norm).level,
          'percent_max', (l.norm).percent_max,
          'percent_base', (l.norm).percent_base,
          'percent_limit_vnd', l.percent_limit,
          'cap_vnd', (l.norm).cap_vnd,
          'multiplier', trim_scale((l.norm).multiplier),
          'per', (l.norm).per,
          'cap_limit_vnd', l.cap_limit,
          'limit_vnd', least(l.percent_limit, l.cap_limit),
          'reason', l.verdict,
          'is_counted', l.is_counted,
          'conditions', (l.norm).conditions,
          'legal_basis', norm_basis_json(l.norm),
          'valid_from', (l.norm).valid_from,
          'valid_to', (l.norm).valid_to,
          'certainty', (l.norm).certainty,
          'dates_certainty', (l.norm).dates_certainty,
          'enforcement', (l.norm).enforcement,
          'note', (l.norm).note) order by l.is_counted desc, (l.norm).code), '[]'),
      'warnings', norm_warnings(asked, is_group, limits))
      from unnest(limits) l);
end
$$;
comment on function norm_check_json is 'What support an activity could get at a place on a day, by which norms. Stores nothing.';
