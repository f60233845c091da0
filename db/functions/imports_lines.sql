-- SPDX-License-Identifier: MIT
-- The years behind, where a row for each beneficiary says who got how much: lines[] of a row of the plan table become lines of
-- the project, each with its own money by year and source.

-- ---- What the lines say ----

create or replace function line_sum(lines jsonb, member text) returns bigint language plpgsql immutable as $$
begin
  return (select case when member <> 'total_cost_vnd' or count(l ->> member) = count(*) then sum((l ->> member)::bigint) end from jsonb_array_elements(lines) l);
end
$$;
comment on function line_sum is 'Null: no line says it, or, of the total cost, not all do.';

create or replace function with_sums(r jsonb) returns jsonb language plpgsql immutable as $$
declare
  named constant text := (select string_agg(l ->> 'beneficiary', '; ' order by n) from jsonb_array_elements(r -> 'lines') with ordinality i (l, n));
begin
  if r -> 'lines' is null then
    return r;
  end if;
  return r || jsonb_strip_nulls(jsonb_build_object(
    'beneficiaries', case when same_list(coalesce(r ->> 'beneficiaries', named), named) then named end,
    'activities', nullif(array_to_string(listed_words(concat_ws(';', r ->> 'activities',
      (select string_agg(l ->> 'activity_code', ';') from jsonb_array_elements(r -> 'lines') l))), '; '), ''),
    'note', coalesce(r -> 'note', case when jsonb_array_length(r -> 'lines') = 1 then r #> '{lines,0,note}' end),
    'total_cost_vnd', coalesce((r ->> 'total_cost_vnd')::bigint, line_sum(r -> 'lines', 'total_cost_vnd')),
    'central_promotion_vnd', coalesce((r ->> 'central_promotion_vnd')::bigint, line_sum(r -> 'lines', 'central_promotion_vnd')),
    'local_promotion_vnd', coalesce((r ->> 'local_promotion_vnd')::bigint, line_sum(r -> 'lines', 'local_promotion_vnd')),
    'counterpart_vnd', coalesce((r ->> 'counterpart_vnd')::bigint, line_sum(r -> 'lines', 'counterpart_vnd'))));
end
$$;
comment on function with_sums is 'A row whose lines say what it does not say itself of the whole.';

create or replace function line_faults(r jsonb) returns jsonb language plpgsql stable as $$
begin
  return case when r -> 'lines' is null then '[]' else
    fault_if(not same_list(r ->> 'beneficiaries', (select string_agg(l ->> 'beneficiary', ';') from jsonb_array_elements(r -> 'lines') l)),
      '#/beneficiaries', 'import_lines_beneficiaries', jsonb_build_object('found', r -> 'beneficiaries'))
    || coalesce((
      select jsonb_agg(jsonb_build_object('pointer', '#/' || m.member, 'code', 'import_lines_sum', 'params', jsonb_build_object('total', r -> m.member, 'lines', m.lines)))
        from (select k as member, line_sum(r -> 'lines', k) as lines
                from unnest('{total_cost_vnd,central_promotion_vnd,local_promotion_vnd,counterpart_vnd}'::text[]) k) m
       where m.lines <> coalesce((r ->> m.member)::bigint, 0)), '[]')
    || coalesce((
      select jsonb_agg(f order by n)
        from (select l, n, '#/lines/' || n - 1 as place,
                     row_number() over (partition by with_marks(spaced(l ->> 'beneficiary')), l ->> 'activity_code' order by n) as nth
                from jsonb_array_elements(r -> 'lines') with ordinality i (l, n)) one
       cross join jsonb_array_elements(
         fault_if(cardinality(listed_words(l ->> 'beneficiary')) <> 1, place || '/beneficiary', 'import_line_beneficiaries', jsonb_build_object('found', l -> 'beneficiary'))
         || fault_if(nth > 1, place, 'import_line_repeated', jsonb_build_object('found', l -> 'beneficiary'))
         || fault_if(not exists (select from activity k where k.code = l ->> 'activity_code') and l ->> 'activity_code' is not null,
              place || '/activity_code', 'import_activity_unknown', jsonb_build_object('found', l -> 'activity_code'))
         || fault_if(coalesce((l ->> 'central_promotion_vnd')::bigint, 0) + coalesce((l ->> 'local_promotion_vnd')::bigint, 0)
                + coalesce((l ->> 'counterpart_vnd')::bigint, 0) > (l ->> 'total_cost_vnd')::bigint,
              place || '/total_cost_vnd', 'import_money_within_total', jsonb_build_object('total_cost_vnd', l -> 'total_cost_vnd',
                'support_vnd', coalesce((l ->> 'central_promotion_vnd')::bigint, 0) + coalesce((l ->> 'local_promotion_vnd')::bigint, 0),
                'counterpart_vnd', coalesce((l ->> 'counterpart_vnd')::bigint, 0)))) f), '[]') end;
end
$$;

-- The same for all lines is said once, for the project.
create or replace function wanted_lines(t past_project) returns table (n integer, words text, activity_code text, central_vnd bigint, local_vnd bigint,
  counterpart_vnd bigint, note text) language plpgsql stable as $$
begin
  return query
    select i.n::integer, (listed_words(l ->> 'beneficiary'))[1],
           coalesce(l ->> 'activity_code', case when cardinality(t.activities) = 1 then t.activities[1] end),
           (l ->> 'central_promotion_vnd')::bigint, (l ->> 'local_promotion_vnd')::bigint, (l ->> 'counterpart_vnd')::bigint, l ->> 'note'
      from jsonb_array_elements(t.lines) with ordinality i (l, n)
     order by i.n;
end
$$;

-- ---- What is kept of them ----

create or replace function line_paid(of_line uuid, of_source text, of_year integer default null) returns bigint language plpgsql stable as $$
begin
  return (select sum(f.amount_vnd) from project_funding f
           where f.line_id = of_line and f.deleted_at is null and f.source = coalesce(of_source, f.source) and f.year = coalesce(of_year, f.year));
end
$$;
comment on function line_paid is 'Money of a line; null: none is named.';

create or replace function is_divided(of_project uuid) returns boolean language plpgsql stable as $$
begin
  return exists (select from project_funding f where f.project_id = of_project and f.line_id is not null and f.deleted_at is null)
      or exists (select from project_line l where l.project_id = of_project and l.deleted_at is null and l.establishment_id is not null and l.counterpart_vnd is not null)
         and 1 < (select count(*) from project_line l where l.project_id = of_project and l.deleted_at is null);
end
$$;
comment on function is_divided is 'Some of the money of a loaded project stands with those who got it.';

create or replace function lines_differ(t past_project, of_project uuid, of_year integer, known jsonb) returns boolean language plpgsql stable as $$
begin
  return t.lines is not null and (
    with kept as materialized (
      select l.establishment_id, l.activity_code, l.counterpart_vnd, l.note, line_paid(l.id, 'central_promotion', of_year) as central_vnd,
             line_paid(l.id, 'local_promotion', of_year) as local_vnd
        from project_line l
       where l.project_id = of_project and l.deleted_at is null and l.establishment_id is not null
         and (line_paid(l.id, null) is null or line_paid(l.id, null, of_year) is not null)
    )
    select count(*) filter (where k.is_kept) is distinct from (select count(*) from kept) or count(*) <> count(*) filter (where k.is_kept)
      from wanted_lines(t) w
      cross join lateral (select exists (
        select from kept k
         where array[k.establishment_id] = known_as(known, 'e', w.words) and k.activity_code is not distinct from coalesce(w.activity_code, k.activity_code)
           and k.central_vnd is not distinct from coalesce(w.central_vnd, k.central_vnd) and k.local_vnd is not distinct from coalesce(w.local_vnd, k.local_vnd)
           and k.counterpart_vnd is not distinct from coalesce(w.counterpart_vnd, k.counterpart_vnd)
           and k.note is not distinct from coalesce(w.note, k.note)) as is_kept) k);
end
$$;

create or replace function past_line_state(of_status text) returns text language sql immutable as $$
  select case when of_status in ('accepted', 'settling') then 'accepted' when of_status in ('settled', 'closed') then 'settled'
    when of_status in ('contracted', 'in_progress', 'acceptance_requested') then 'active' else 'planned' end
$$;

create or replace function keep_line_money(of_line uuid, of_project uuid, of_year integer, of_source text, amount bigint) returns void language plpgsql as $$
begin
  if amount is null then
    return;
  end if;
  -- It was the project's as a whole as long as nobody knew whose.
  update project_funding f set deleted_at = current_instant(), version = f.version + 1
   where f.project_id = of_project and f.year = of_year and f.source = of_source and f.line_id is null and f.deleted_at is null;
  insert into project_funding (project_id, line_id, year, source, amount_vnd) values (of_project, of_line, of_year, of_source, amount)
  on conflict (project_id, year, source, line_id) where deleted_at is null
  do update set amount_vnd = excluded.amount_vnd, version = project_funding.version + 1 where project_funding.amount_vnd <> excluded.amount_vnd;
end
$$;

create or replace function keep_wanted_lines(t past_project, beneficiary_ids uuid[], of_year integer) returns void language plpgsql as $$
declare
  p constant project := t.project;
  w record;
  line uuid;
  kept uuid[] := '{}';
begin
  for w in select * from wanted_lines(t) loop
    select l.id into line
      from project_line l
     where l.project_id = p.id and l.deleted_at is null and l.id <> all (kept)
       and l.establishment_id = beneficiary_ids[array_position(t.beneficiaries, w.words)] and l.activity_code is not distinct from coalesce(w.activity_code, l.activity_code)
     order by l.id limit 1;
    if line is null then
      insert into project_line (project_id, title, activity_code, establishment_id, counterpart_vnd, note)
      values (p.id, left(p.name, 500), w.activity_code, beneficiary_ids[array_position(t.beneficiaries, w.words)], w.counterpart_vnd, w.note)
      returning id into line;
    else
      update project_line l
         set counterpart_vnd = coalesce(w.counterpart_vnd, l.counterpart_vnd), note = coalesce(w.note, l.note), status = 'planned', version = l.version + 1
       where l.id = line and (l.counterpart_vnd is distinct from coalesce(w.counterpart_vnd, l.counterpart_vnd) or l.note is distinct from coalesce(w.note, l.note));
    end if;
    kept := kept || line;
    perform keep_line_money(line, p.id, of_year, 'central_promotion', w.central_vnd);
    perform keep_line_money(line, p.id, of_year, 'local_promotion', w.local_vnd);
  end loop;
  update project_funding f set deleted_at = current_instant(), version = f.version + 1
   where f.project_id = p.id and f.year = of_year and f.line_id <> all (kept) and f.deleted_at is null;
  -- Those of other years stay.
  update project_line l set status = 'removed', deleted_at = current_instant(), version = l.version + 1
   where l.project_id = p.id and l.deleted_at is null and l.id <> all (kept) and l.establishment_id is not null and line_paid(l.id, null) is null;
end
$$;

create or replace function keep_divided_lines(t past_project, beneficiary_ids uuid[], of_year integer) returns void language plpgsql as $$
declare
  p constant project := t.project;
  state constant text := past_line_state(p.status);
  support bigint;
  counterpart bigint;
begin
  update project_line l set status = 'removed', deleted_at = current_instant(), version = l.version + 1
   where l.project_id = p.id and l.deleted_at is null and l.establishment_id is null;
  if t.lines is not null then
    perform keep_wanted_lines(t, beneficiary_ids, of_year);
  end if;
  -- Money of a line that was accepted stays: it is put right before it is accepted again.
  update project_line l set status = 'planned', version = l.version + 1
   where l.project_id = p.id and l.deleted_at is null and l.status in ('accepted', 'settled') and l.support_vnd is distinct from line_paid(l.id, null);
  update project_line l set support_vnd = line_paid(l.id, null), status = state, version = l.version + 1
   where l.project_id = p.id and l.deleted_at is null and (l.support_vnd, l.status) is distinct from (line_paid(l.id, null), state);
  select coalesce(t.support_vnd, 0) - coalesce(sum(l.support_vnd), 0), coalesce(p.counterpart_vnd, 0) - coalesce(sum(l.counterpart_vnd), 0)
    into support, counterpart
    from project_line l where l.project_id = p.id and l.deleted_at is null;
  perform refuse_faults(fault_if(counterpart < 0, '#/counterpart_vnd', 'import_lines_sum',
    jsonb_build_object('total', coalesce(p.counterpart_vnd, 0), 'lines', coalesce(p.counterpart_vnd, 0) - counterpart)));
  if support > 0 or counterpart > 0 then
    insert into project_line (project_id, title, support_vnd, counterpart_vnd, status)
    values (p.id, 'Kinh phí chưa chia theo hạng mục', nullif(greatest(support, 0), 0), nullif(counterpart, 0), state);
  end if;
end
$$;
comment on function keep_divided_lines is 'A line for each beneficiary with its money of all years; what nobody knows whose it is stands on a line of its own.';

create or replace function divided_sum_faults(t past_project, of_year integer) returns jsonb language plpgsql stable as $$
begin
  return coalesce((
    select jsonb_agg(jsonb_build_object('pointer', '#/' || m.member, 'code', 'import_lines_sum', 'params', jsonb_build_object('total', m.amount, 'lines', m.lines)))
      from (select k.member, k.amount, (select sum(f.amount_vnd) from project_funding f where f.project_id = (t.project).id and f.year = of_year
                                          and f.source = k.source and f.line_id is not null and f.deleted_at is null) as lines
              from (values ('central_promotion_vnd', 'central_promotion', t.central_vnd), ('local_promotion_vnd', 'local_promotion', t.local_vnd)) k (member, source, amount)) m
     where m.lines <> m.amount), '[]');
end
$$;
comment on function divided_sum_faults is 'Another total than that of the lines that are kept: whose share it changes is not made up.';
