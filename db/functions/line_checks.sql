-- SPDX-License-Identifier: MIT
-- Guards G3 to G6: what is held against the lines of a project when it is appraised, approved and settled. Each gives faults with
-- a sentence of figures, the legal basis and whether it blocks; the rows of check_rule and norm decide that, by the day of the act.

-- ---- Words ----

create or replace function dong(amount bigint, language text) returns text language sql immutable parallel safe as $$
  select case when language = 'vi' then replace(to_char(amount, 'FM9,999,999,999,999,999'), ',', '.') || ' đồng'
              else 'VND ' || to_char(amount, 'FM9,999,999,999,999,999') end
$$;

create or replace function line_fault(
  guard text, code text, line_no integer, member text, words_vi text, words_en text, legal_basis text, certainty text, enforcement text,
  figures jsonb default '{}')
returns jsonb language sql immutable as $$
  select jsonb_build_object('pointer', '#/lines/' || line_no || coalesce('/' || member, ''), 'code', code,
    'params', figures || jsonb_build_object('guard', upper(guard), 'member', jsonb_build_object('vi', words_vi, 'en', words_en)),
    'legal_basis', legal_basis, 'certainty', certainty, 'enforcement', enforcement)
$$;
comment on function line_fault is 'A fault that a guard finds at a line. The sentence stands in params.member, where a warning finds its label too.';

create or replace function check_rule_json(r check_rule) returns jsonb language sql stable as $$
  select jsonb_build_object('id', r.id, 'guard', r.guard, 'kind', r.kind, 'accepted', r.accepted, 'except_activities', r.except_activities,
    'legal_basis', r.legal_basis, 'valid_from', r.valid_from, 'valid_to', r.valid_to, 'certainty', r.certainty, 'enforcement', r.enforcement,
    'note', r.note)
    || rule_json('check_rule', to_jsonb(r))
$$;

create or replace function check_rules(of_guard text, on_day date) returns setof check_rule language sql stable as $$
  select r.* from check_rule r
   where r.guard = of_guard and on_day >= r.valid_from and (r.valid_to is null or on_day <= r.valid_to)
$$;

-- ---- The lines of a project, and what lets them pass ----

create or replace function checked_lines(of_project uuid) returns table (line_no integer, line project_line) language sql stable as $$
  select numbered.line_no, numbered.line
    from (select (row_number() over (order by l.created_at, l.id) - 1)::integer as line_no, l as line
            from project_line l where l.project_id = of_project and l.deleted_at is null) numbered
   where (numbered.line).status not in ('withdrawn', 'removed')
$$;
comment on function checked_lines is 'Lines that go on, numbered as `expand=lines` shows them.';

create or replace function override_in_force(of_line uuid, of_guard text, on_day date) returns override language sql stable as $$
  select o
    from override o
    join transition t on t.record_type = 'override' and t.record_id = o.id and t.to_status = 'granted' and t.acted_on <= on_day
   where o.project_line_id = of_line and o.guard = of_guard and o.status = 'granted' and o.deleted_at is null
   order by t.recorded_at desc
   limit 1
$$;

-- What an exception lets pass is not silent: it stands among the warnings of the act, with the paper that allows it.
create or replace function overridden(faults jsonb, of_line uuid, of_guard text, on_day date) returns jsonb language plpgsql stable as $$
declare
  exception_made constant override := override_in_force(of_line, of_guard, on_day);
  paper text;
begin
  if exception_made.id is null or faults = '[]' then
    return faults;
  end if;
  paper := (select string_agg(concat_ws(' ', d ->> 'document_no', d ->> 'issued_on'), '; ')
              from transition t cross join jsonb_array_elements(t.documents) d
             where t.record_type = 'override' and t.record_id = exception_made.id and t.to_status = 'granted');
  return (
    select jsonb_agg(f || jsonb_build_object('code', 'guard_overridden', 'enforcement', 'warn', 'params', f -> 'params'
             || jsonb_build_object('override_id', exception_made.id, 'member', jsonb_build_object(
                  'vi', format('%s Cho phép ngoại lệ theo %s.', f #>> '{params,member,vi}', paper),
                  'en', format('%s Allowed by way of exception by %s.', f #>> '{params,member,en}', paper)))))
      from jsonb_array_elements(faults) f);
end
$$;

-- ---- G3: norms ----

create or replace function project_place(p project) returns jsonb language sql stable as $$
  select coalesce(p.places -> 0, jsonb_build_object('province_code', p.province_code, 'codes_on', p.codes_on))
$$;

create or replace function beneficiary_limits(of_line project_line, cost bigint, quantity numeric, is_technology_line boolean, on_day date)
returns table (norm norm, percent_limit bigint, cap_limit bigint, limit_vnd bigint) language sql stable as $$
  select h.norm, h.percent_limit, h.cap_limit, least(h.percent_limit, h.cap_limit)
    from project p
   cross join lateral norm_limits(jsonb_build_object('activity_code', of_line.activity_code, 'level', p.level, 'place', project_place(p),
           'eligible_cost_vnd', cost, 'quantity', greatest(floor(quantity), 1), 'is_technology_line', is_technology_line), on_day) l
   cross join lateral (
     select l.norm, l.percent_limit,
            -- A cap for one establishment stays one, however many machines it buys.
            case when (l.norm).per = 'establishment' and of_line.establishment_id is not null
                 then least(l.cap_limit, floor((l.norm).cap_vnd * (l.norm).multiplier)::bigint) else l.cap_limit end as cap_limit) h
   where p.id = of_line.project_id and l.is_counted
$$;
comment on function beneficiary_limits is 'The norms that count for a line with this eligible cost, each with both limits and the smaller of them.';

create or replace function line_max_support(of_line uuid, eligible_cost bigint, on_day date) returns bigint language sql stable as $$
  select min(b.limit_vnd)
    from project_line l
   cross join lateral beneficiary_limits(l, eligible_cost, coalesce(l.quantity, 1), l.is_technology_line, on_day) b
   where l.id = of_line and (b.norm).enforcement = 'block'
$$;
comment on function line_max_support is 'What the norms that bind allow for an eligible cost, as at a settlement; null: no norm says.';

create or replace function norm_faults(of_project uuid, on_day date, actual jsonb default '{}') returns jsonb
language plpgsql stable as $$
declare
  part record;
  faults jsonb := '[]';
begin
  -- What one establishment gets for one activity is one support, in however many lines it stands.
  for part in
    select (array_agg(c.line order by c.line_no))[1] as line, min(c.line_no) as line_no, bool_or((c.line).is_technology_line) as is_technology_line,
           coalesce(sum((c.line).quantity), 1) as quantity,
           sum(coalesce((actual #>> array[(c.line).id::text, 'eligible_cost_vnd'])::bigint, (c.line).eligible_cost_vnd))::bigint as cost,
           sum(coalesce((actual #>> array[(c.line).id::text, 'support_vnd'])::bigint, (c.line).support_vnd))::bigint as support
      from checked_lines(of_project) c
     where (c.line).support_vnd > 0 and (c.line).activity_code is not null
     group by (c.line).activity_code, coalesce((c.line).establishment_id, (c.line).id)
     order by min(c.line_no)
  loop
    faults := faults || overridden(
      norms_exceeded(part.line, part.line_no, part.cost, part.support, part.quantity, part.is_technology_line, on_day),
      (part.line).id, 'g3', on_day);
  end loop;
  return faults;
end
$$;
comment on function norm_faults is 'G3 for all lines: support above a norm. actual: {line_id: {eligible_cost_vnd, support_vnd}} in the place of what was planned, as at a settlement.';

create or replace function norms_exceeded(
  l project_line, line_no integer, cost bigint, support bigint, quantity numeric, is_technology_line boolean, on_day date)
returns jsonb language sql stable as $$
  with held as (
    select b.*, (b.norm).name_vi as vi, (b.norm).name_en as en,
           concat_ws(', ', (b.norm).legal_article, (b.norm).legal_document_no) as basis
      from beneficiary_limits(l, cost, quantity, is_technology_line, on_day) b
  ), found as (
    select h.norm, line_fault('g3', 'guard_g3_norm', line_no, 'support_vnd',
             format('Hạng mục "%s": hỗ trợ %s, vượt mức %s của định mức "%s" (%s): %s chi phí được tính là %s, mức trần %s.', l.title,
               dong(support, 'vi'), dong(h.limit_vnd, 'vi'), h.vi, h.basis,
               coalesce(replace(trim_scale((h.norm).percent_max)::text, '.', ',') || '%', 'tỷ lệ trên'), coalesce(dong(h.percent_limit, 'vi'), 'không quy định'),
               coalesce(dong(h.cap_limit, 'vi'), 'không quy định')),
             format('Line "%s": support of %s is above %s, the limit of the norm "%s" (%s): %s of the eligible cost is %s, the cap is %s.', l.title,
               dong(support, 'en'), dong(h.limit_vnd, 'en'), h.en, h.basis,
               coalesce(trim_scale((h.norm).percent_max)::text || '%', 'the share'), coalesce(dong(h.percent_limit, 'en'), 'not set'),
               coalesce(dong(h.cap_limit, 'en'), 'not set')),
             h.basis, (h.norm).certainty, (h.norm).enforcement,
             jsonb_build_object('line_id', l.id, 'norm_code', (h.norm).code, 'support_vnd', support, 'eligible_cost_vnd', cost,
               'percent_limit_vnd', h.percent_limit, 'cap_limit_vnd', h.cap_limit, 'limit_vnd', h.limit_vnd)) as fault
      from held h
     where support > h.limit_vnd
    union all
    select null, line_fault('g3', 'guard_g3_unknown', line_no, 'activity_code',
             format('Hạng mục "%s": chưa có định mức nào tính được cho nội dung %s; cần ghi nội dung con.', l.title, l.activity_code),
             format('Line "%s": no norm is known for activity %s; name a child activity.', l.title, l.activity_code),
             r.legal_basis, r.certainty, r.enforcement, jsonb_build_object('line_id', l.id, 'activity_code', l.activity_code))
      from check_rules('g3', on_day) r
     where r.kind = 'norm_known' and not exists (select from held)
  )
  select coalesce(jsonb_agg(f.fault order by (f.norm).code), '[]') from found f
$$;

create or replace function guard_g3(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select norm_faults(record_id, on_day)
$$;

-- ---- G4: sums ----

create or replace function guard_g4(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  with line as (
    select c.line_no, (c.line).*, coalesce((select sum(f.amount_vnd) from project_funding f
             where f.line_id = (c.line).id and f.deleted_at is null and f.source in ('integrated', 'foreign', 'other')), 0)::bigint as other_vnd
      from checked_lines(record_id) c
  ), found as (
    select l.line_no, overridden(jsonb_build_array(line_fault('g4', 'guard_g4_line_sum', l.line_no, 'eligible_cost_vnd',
             format('Hạng mục "%s": hỗ trợ %s, đối ứng %s, nguồn khác %s, cộng lại khác tổng chi phí %s.', l.title, dong(l.support_vnd, 'vi'),
               coalesce(dong(l.counterpart_vnd, 'vi'), 'chưa ghi'), dong(l.other_vnd, 'vi'), coalesce(dong(l.eligible_cost_vnd, 'vi'), 'chưa ghi')),
             format('Line "%s": support %s, counterpart %s and other sources %s do not add up to its cost, %s.', l.title, dong(l.support_vnd, 'en'),
               coalesce(dong(l.counterpart_vnd, 'en'), 'missing'), dong(l.other_vnd, 'en'), coalesce(dong(l.eligible_cost_vnd, 'en'), 'missing')),
             r.legal_basis, r.certainty, r.enforcement,
             jsonb_build_object('line_id', l.id, 'support_vnd', l.support_vnd, 'counterpart_vnd', l.counterpart_vnd, 'other_vnd', l.other_vnd,
               'eligible_cost_vnd', l.eligible_cost_vnd))), l.id, 'g4', on_day) as faults
      from line l
      join check_rules('g4', on_day) r on r.kind = 'line_sum'
     where l.support_vnd is not null
       and l.support_vnd + coalesce(l.counterpart_vnd, 0) + l.other_vnd is distinct from l.eligible_cost_vnd
  ), total as (
    select jsonb_build_object('pointer', '#/support_vnd', 'code', 'guard_g4_support_sum', 'params', jsonb_build_object('guard', 'G4',
             'line_support_vnd', s.lines, 'support_vnd', p.support_vnd, 'member', jsonb_build_object(
               'vi', format('Hỗ trợ của các hạng mục cộng lại là %s, của đề án là %s.', dong(s.lines, 'vi'), dong(p.support_vnd, 'vi')),
               'en', format('The support of the lines adds up to %s, that of the project is %s.', dong(s.lines, 'en'), dong(p.support_vnd, 'en')))),
             'legal_basis', r.legal_basis, 'certainty', r.certainty, 'enforcement', r.enforcement) as fault
      from project p
     cross join (select coalesce(sum(l.support_vnd), 0)::bigint as lines from line l) s
      join check_rules('g4', on_day) r on r.kind = 'support_sum'
     where p.id = record_id and p.scale is distinct from 'key' -- its money is in its parts
       and s.lines <> p.support_vnd
  )
  select coalesce((select jsonb_agg(fault order by f.line_no) from found f, jsonb_array_elements(f.faults) fault), '[]')
      || coalesce((select jsonb_agg(t.fault) from total t), '[]')
$$;

-- ---- G5: the same support twice ----

create or replace function line_items(l project_line) returns text[] language sql immutable as $$
  select array[fold(l.title)] || array(select fold(concat_ws(' ', m ->> 'name', m ->> 'model')) from jsonb_array_elements(l.machines) m)
$$;
comment on function line_items is 'What a line buys, by name: its title and its machines.';

-- Support elsewhere is found with the owner's eyes, and no more of it is told than code, year and province.
create or replace function duplicate_matches(
  of_establishment uuid, of_tax_code text, of_activity text, items text[], of_project uuid)
returns table (project_code text, year integer, province_code text, reasons text[]) language sql stable
security definer set search_path = pg_catalog, public, pg_temp as $$
  with firm as (
    select e.id, e.tax_code from public.establishment e where e.id = of_establishment
    union
    select e.id, e.tax_code from public.establishment e
     where e.tax_code = coalesce(of_tax_code, (select k.tax_code from public.establishment k where k.id = of_establishment))
  ), supported as (
    select p.id, p.code, p.province_code, p.starts_on, l.establishment_id, l.activity_code, public.line_items(l) && items as is_same_item
      from public.project_line l
      join public.project p on p.id = l.project_id
     where l.establishment_id in (select f.id from firm f) and l.deleted_at is null and l.status not in ('withdrawn', 'removed')
       and p.deleted_at is null and p.status not in ('draft', 'returned', 'rejected', 'withdrawn', 'stopped')
       -- The years of a key project are parts of it and no second support.
       and (of_project is null or p.id <> of_project and not exists (
             select from public.project own
              where own.id = of_project and (own.parent_id = p.id or p.parent_id = own.id)))
  )
  select s.code, coalesce(extract(year from min(s.starts_on))::integer, (
           select min(f.year) from public.project_funding f where f.project_id = s.id and f.deleted_at is null)),
         s.province_code,
         array[case when bool_or(s.establishment_id = of_establishment) then 'same_establishment' else 'same_tax_code' end, 'same_activity']
           || case when bool_or(s.is_same_item) then '{same_item}'::text[] else '{}' end
    from supported s
   where s.activity_code = of_activity
      or exists (select from public.activity a where (a.code, a.parent_code) in ((s.activity_code, of_activity), (of_activity, s.activity_code)))
   group by s.id, s.code, s.province_code
   order by s.code
$$;
comment on function duplicate_matches is 'Support of the same firm for the same activity in other projects, of whatever level, year and province.';

create or replace function guard_g5(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(fault order by c.line_no, m.project_code), '[]')
    from checked_lines(record_id) c
   cross join lateral duplicate_matches((c.line).establishment_id, null, (c.line).activity_code, line_items(c.line), record_id) m
    join check_rules('g5', on_day) r on r.kind = case when 'same_item' = any (m.reasons) then 'same_item' else 'same_activity' end
   cross join lateral jsonb_array_elements(overridden(jsonb_build_array(line_fault('g5', 'guard_g5_' || r.kind, c.line_no, 'establishment_id',
           format(case r.kind when 'same_item' then 'Hạng mục "%s": cơ sở đã được hỗ trợ cùng nội dung, cùng hạng mục trong đề án %s (năm %s, tỉnh %s).'
                  else 'Hạng mục "%s": cơ sở đã được hỗ trợ cùng nội dung trong đề án %s (năm %s, tỉnh %s).' end,
             (c.line).title, m.project_code, coalesce(m.year::text, 'chưa rõ'), m.province_code),
           format(case r.kind when 'same_item' then 'Line "%s": the establishment has support for the same activity and item in project %s (year %s, province %s).'
                  else 'Line "%s": the establishment has support for the same activity in project %s (year %s, province %s).' end,
             (c.line).title, m.project_code, coalesce(m.year::text, 'unknown'), m.province_code),
           r.legal_basis, r.certainty, r.enforcement,
           jsonb_build_object('line_id', (c.line).id, 'project_code', m.project_code, 'year', m.year, 'province_code', m.province_code))),
         (c.line).id, 'g5', on_day)) fault
   where (c.line).establishment_id is not null and (c.line).activity_code is not null
$$;

create or replace function duplicate_check_json(question jsonb) returns json language plpgsql stable as $$
declare
  of_establishment constant uuid := question ->> 'establishment_id';
begin
  perform refuse_faults(
    fault_if(of_establishment is null and question ->> 'tax_code' is null, '#', 'duplicate_check_firm_given')
    || fault_if(of_establishment is not null
         and not exists (select from establishment e where e.id = of_establishment and e.deleted_at is null), '#/establishment_id', 'unknown_reference')
    || fault_if(not exists (select from activity a where a.code = question ->> 'activity_code'), '#/activity_code', 'unknown_reference'));
  return (
    select json_build_object(
      'is_duplicate', coalesce(bool_or('same_item' = any (m.reasons)), false),
      'matches', coalesce(json_agg(json_build_object('project_code', m.project_code, 'year', m.year, 'province_code', m.province_code,
        'reasons', m.reasons) order by m.year, m.project_code), '[]'))
      from duplicate_matches(of_establishment, question ->> 'tax_code', question ->> 'activity_code',
        array(select fold(i) from jsonb_array_elements_text(coalesce(question -> 'items', '[]')) i), (question ->> 'project_id')::uuid) m);
end
$$;
comment on function duplicate_check_json is 'Has the firm got support for the activity before? Stores nothing.';
