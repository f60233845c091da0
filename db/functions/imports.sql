-- SPDX-License-Identifier: MIT
-- The years behind: rows of the plan table become projects in their final state, with lines, money by source, the plan that
-- assigned it and the opening entries of the ledger. Members of a row are those of plan_table_column.

-- ---- Words of a sheet ----

-- Here and below: plpgsql keeps a plan, where a function in SQL would be planned anew for each of thousands of rows.
create or replace function listed_words(words text) returns text[] language plpgsql immutable parallel safe as $$
begin
  return (
    select coalesce(array_agg(w order by w), '{}')
      from (select distinct btrim(regexp_replace(part, '\s+', ' ', 'g')) as w from regexp_split_to_table(coalesce(words, ''), '\s*[;\n]\s*') part) listed
     where w <> '');
end
$$;
comment on function listed_words is 'What stands between semicolons or line ends, each once, in order.';

create or replace function same_words(one text, other text) returns boolean language sql immutable parallel safe as $$
  select with_marks(spaced(one)) = with_marks(spaced(other))
$$;
comment on function same_words is 'The same but for case, spaces and where a tone is written.';

create or replace function same_list(one text, other text) returns boolean language plpgsql immutable parallel safe as $$
begin
  return one is not distinct from other
      or array(select with_marks(w) from unnest(listed_words(one)) w order by 1) = array(select with_marks(w) from unnest(listed_words(other)) w order by 1);
end
$$;

-- ---- Who and where ----

-- "Xã Bom Bo, huyện Bù Đăng, tỉnh Bình Phước", "Đồng Nai (trước đây: Bình Phước)".
create or replace function province_words(place text) returns text language sql immutable parallel safe as $$
  select btrim(regexp_replace(
    coalesce(substring(place from '\(trước đây:\s*([^)]+)\)'), regexp_replace(place, '^.*[,;]', '')),
    '^\s*(tỉnh|thành phố|tp\.?)\s+', '', 'i'))
$$;

-- The province of that name nearest to the day; before all others one of the caller's.
create or replace function province_of_words(place text, on_day date, provinces text[]) returns text language plpgsql stable as $$
declare
  words constant text := fold(province_words(place));
begin
  return (
    select u.code
      from admin_unit u
     where u.tier = 'province' and fold(u.name) = words
     order by u.code = any (provinces) desc, on_day between u.assumed_from and coalesce(u.valid_to, 'infinity') desc, u.valid_from desc
     limit 1);
end
$$;

-- ---- What the names of a sheet are known as, found for all its rows at once ----

-- {kind:words: [ids]}: words as same_words() compares them, found in no more than a reading of each table.
create or replace function known_organisations(rows jsonb, provinces text[]) returns jsonb language plpgsql stable set enable_nestloop = off as $$
begin
  return (
    with words as materialized (select distinct spaced(r ->> 'implementer') as said, with_marks(spaced(r ->> 'implementer')) as words from jsonb_array_elements(rows) r),
    own as materialized (select k.id, k.code, with_marks(spaced(k.name)) as words, coalesce(k.province_code = any (provinces), false) as is_own
                           from organisation k where k.deleted_at is null),
    met as (select w.words, o.id, o.is_own from words w join own o on o.words = w.words
            union select w.words, o.id, o.is_own from words w join own o on o.code = w.said)
    select coalesce(jsonb_object_agg('o:' || m.words, m.ids), '{}')
      from (select n.words, coalesce(jsonb_agg(n.id) filter (where n.is_own), jsonb_agg(n.id)) as ids from met n group by n.words) m);
end
$$;
comment on function known_organisations is 'Organisations of each name or code; those of the caller''s provinces, if there are any.';

create or replace function known_establishments(rows jsonb, provinces text[]) returns jsonb language plpgsql stable set enable_nestloop = off as $$
begin
  return (
    with words as materialized (select distinct w as said, with_marks(w) as words, tax_code_normal(w) as tax_code
                                  from jsonb_array_elements(rows) r cross join unnest(listed_words(r ->> 'beneficiaries')) w),
    own as materialized (select e.id, e.code, e.tax_code, with_marks(spaced(e.name)) as words
                           from establishment e where e.deleted_at is null and e.province_code = any (provinces)),
    met as (select w.words, e.id from words w join own e on e.words = w.words
            union select w.words, e.id from words w join own e on e.code = w.said
            union select w.words, e.id from words w join own e on e.tax_code = w.tax_code)
    select coalesce(jsonb_object_agg('e:' || m.words, m.ids), '{}') from (select n.words, jsonb_agg(n.id) as ids from met n group by n.words) m);
end
$$;
comment on function known_establishments is 'The caller''s establishments of each name, code or tax code.';

create or replace function known_projects(rows jsonb, of_year integer, provinces text[]) returns jsonb language plpgsql stable set enable_nestloop = off as $$
begin
  return (
    with words as materialized (select distinct with_marks(spaced(r ->> 'name')) as words from jsonb_array_elements(rows) r where r ->> 'code' is null),
    own as materialized (select p.id, p.starts_on, with_marks(spaced(p.name)) as words
                           from project p where p.deleted_at is null and p.province_code = any (provinces) and p.history_quality = 'final_state_only')
    select coalesce(jsonb_object_agg('p:' || m.words, m.ids), '{}')
      from (select w.words, jsonb_agg(p.id) as ids
              from words w join own p on p.words = w.words
             where project_planned_in(p.id, p.starts_on, of_year) group by w.words) m);
end
$$;
comment on function known_projects is 'Projects of each name among what was loaded for the year.';

create or replace function known_as(known jsonb, kind text, words text) returns uuid[] language plpgsql immutable parallel safe as $$
begin
  return array(select jsonb_array_elements_text(known -> (kind || ':' || with_marks(spaced(words))))::uuid);
end
$$;

-- ---- One row: what it means, or what is wrong with it ----

create or replace function project_status_of_words(words text) returns text language plpgsql stable as $$
declare
  met text := (select s.status from record_status s where s.record_type = 'project' and words in (s.label_vi, s.status));
begin
  if met is null and words is not null then
    met := (select s.status from record_status s where s.record_type = 'project' and same_words(s.label_vi, words));
  end if;
  return met;
end
$$;

-- What the row does not say is as it was: on a project that is there already nothing is cleared.
create or replace function past_members(r jsonb, before project, asked jsonb, known jsonb, provinces text[], own_province text) returns project
language plpgsql stable as $$
declare
  p project := before;
  on_day constant date := coalesce((r ->> 'starts_on')::date, before.starts_on, make_date((asked ->> 'year')::integer, 1, 1));
  implementers uuid[];
begin
  p.name := coalesce(r ->> 'name', p.name);
  p.objective := coalesce(r ->> 'objective', p.objective);
  p.note := coalesce(r ->> 'note', p.note);
  p.starts_on := case when before.id is null then on_day else coalesce((r ->> 'starts_on')::date, p.starts_on) end;
  p.ends_on := coalesce((r ->> 'ends_on')::date, p.ends_on);
  p.total_cost_vnd := coalesce((r ->> 'total_cost_vnd')::bigint, p.total_cost_vnd);
  p.counterpart_vnd := coalesce((r ->> 'counterpart_vnd')::bigint, p.counterpart_vnd);
  p.programme_id := coalesce(p.programme_id, (asked ->> 'programme_id')::uuid);
  p.level := coalesce(p.level, asked ->> 'level',
    case when (r ->> 'central_promotion_vnd')::bigint > 0 then 'national' when (r ->> 'local_promotion_vnd')::bigint > 0 then 'local' end);
  p.status := coalesce(project_status_of_words(r ->> 'status'),
    case when r ->> 'status' is null then coalesce(p.status, asked ->> 'status') end);
  p.province_code := coalesce(province_of_words(r ->> 'places', on_day, provinces), p.province_code, case when r ->> 'places' is null then own_province end);
  if p.province_code is distinct from before.province_code then
    p.codes_on := province_day(p.province_code, on_day);
    p.places := jsonb_build_array(place_checked('#/places', jsonb_strip_nulls(jsonb_build_object('province_code', p.province_code, 'codes_on', p.codes_on,
      'address_line', nullif(btrim(substring(r ->> 'places' from '^(.*),')), '')))));
  end if;
  if r ->> 'implementer' is not null then
    implementers := known_as(known, 'o', r ->> 'implementer');
    p.implementer_id := case when cardinality(implementers) = 1 then implementers[1] end;
    perform refuse_faults(
      fault_if(cardinality(implementers) = 0, '#/implementer', 'import_implementer_unknown', jsonb_build_object('found', r -> 'implementer'))
      || fault_if(cardinality(implementers) > 1, '#/implementer', 'import_implementer_unclear', jsonb_build_object('found', r -> 'implementer')));
  end if;
  return p;
end
$$;

create or replace function past_faults(t past_project, r jsonb, provinces text[]) returns jsonb language plpgsql stable as $$
begin
  return fault_if((t.project).level is null, '#/central_promotion_vnd', 'import_level_needed')
    || fault_if((t.project).status is null and r ->> 'status' is null, '#/status', 'required')
    || fault_if((t.project).status is null and r ->> 'status' is not null, '#/status', 'import_status_unknown', jsonb_build_object('found', r -> 'status',
         'allowed', (select jsonb_agg(s.label_vi order by s.place) from record_status s where s.record_type = 'project')))
    || fault_if((t.project).province_code is null, '#/places', case when r ->> 'places' is null then 'required' else 'import_place_unknown' end,
         jsonb_build_object('found', r -> 'places'))
    || fault_if((t.project).province_code <> all (provinces), '#/places', 'import_outside_territory', jsonb_build_object('found', r -> 'places'))
    || fault_if((t.project).ends_on < (t.project).starts_on, '#/ends_on', 'project_ends_after_starts')
    || fault_if(t.support_vnd + coalesce((t.project).counterpart_vnd, 0) > (t.project).total_cost_vnd, '#/total_cost_vnd', 'import_money_within_total',
         jsonb_build_object('total_cost_vnd', (t.project).total_cost_vnd, 'support_vnd', t.support_vnd, 'counterpart_vnd', coalesce((t.project).counterpart_vnd, 0)))
    || fault_if(t.central_paid_vnd + t.local_paid_vnd > coalesce(t.current_vnd, 0),
         case when t.central_paid_vnd > 0 then '#/central_paid_vnd' else '#/local_paid_vnd' end, 'import_paid_within_assigned',
         jsonb_build_object('paid_vnd', t.central_paid_vnd + t.local_paid_vnd, 'assigned_vnd', coalesce(t.current_vnd, 0)))
    || fault_if(t.decision_on > today(), '#/decision_on', 'date_in_future')
    || output_faults('#/planned_outputs', r ->> 'planned_outputs') || output_faults('#/actual_outputs', r ->> 'actual_outputs')
    || coalesce((select jsonb_agg(jsonb_build_object('pointer', '#/activities', 'code', 'import_activity_unknown', 'params', jsonb_build_object('found', a)))
                   from unnest(t.activities) a where not exists (select from activity k where k.code = a)
                    and not coalesce(t.lines @> jsonb_build_array(jsonb_build_object('activity_code', a)), false)), '[]')
    || line_faults(r);
end
$$;

create or replace function opening_paid(of_project uuid, of_year integer) returns bigint[] language plpgsql stable as $$
begin
  return case when of_project is null then '{0,0}' else (
    select array[coalesce(sum(e.effect_vnd) filter (where e.source = 'central_promotion'), 0)::bigint,
                 coalesce(sum(e.effect_vnd) filter (where e.source = 'local_promotion'), 0)::bigint]
      from ledger_entry e
     where e.project_id = of_project and e.year = of_year and e.import_id is not null and e.counts_as = 'payment') end;
end
$$;
comment on function opening_paid is 'What imports have opened the ledger with: {central, local}.';

create or replace function past_project_of(r jsonb, before project, asked jsonb, known jsonb, provinces text[], own_province text) returns past_project
language plpgsql stable as $$
declare
  t past_project;
  of_year constant integer := asked ->> 'year';
  posted bigint[];
  assigned bigint;
  baseline bigint;
  is_paid boolean := false;
begin
  t.project := past_members(r, before, asked, known, provinces, own_province);
  -- Of a new one nothing is kept: what is kept of others is asked only for these.
  if before.id is null then
    posted := '{0,0}';
    t.central_vnd := (r ->> 'central_promotion_vnd')::bigint;
    t.local_vnd := (r ->> 'local_promotion_vnd')::bigint;
    t.support_vnd := 0;
  else
    posted := opening_paid(before.id, of_year);
    assigned := assigned_vnd(before.id, of_year);
    baseline := assigned_baseline_vnd(before.id, of_year);
    is_paid := paid_vnd(before.id) > 0;
    select coalesce((r ->> 'central_promotion_vnd')::bigint, sum(f.amount_vnd) filter (where f.year = of_year and f.source = 'central_promotion')),
           coalesce((r ->> 'local_promotion_vnd')::bigint, sum(f.amount_vnd) filter (where f.year = of_year and f.source = 'local_promotion')),
           coalesce(sum(f.amount_vnd) filter (where f.year <> of_year and f.source in ('central_promotion', 'local_promotion')), 0)
      into t.central_vnd, t.local_vnd, t.support_vnd
      from project_funding f where f.project_id = before.id and f.deleted_at is null;
  end if;
  t.support_vnd := case when num_nonnulls(t.central_vnd, t.local_vnd) > 0 or t.support_vnd > 0
    then t.support_vnd + coalesce(t.central_vnd, 0) + coalesce(t.local_vnd, 0) end;
  -- "–" in the sheet is a null here: no plan assigned it. An empty cell says nothing.
  t.current_vnd := case when r ? 'current_support_vnd' then (r ->> 'current_support_vnd')::bigint
    else coalesce(assigned, case when num_nonnulls(t.central_vnd, t.local_vnd) > 0 then coalesce(t.central_vnd, 0) + coalesce(t.local_vnd, 0) end) end;
  t.is_assigned := t.current_vnd is not null;
  t.baseline_vnd := case when r ? 'baseline_support_vnd' then (r ->> 'baseline_support_vnd')::bigint
    else coalesce(baseline, t.current_vnd) end;
  t.central_paid_vnd := coalesce((r ->> 'central_paid_vnd')::bigint, posted[1]);
  t.local_paid_vnd := coalesce((r ->> 'local_paid_vnd')::bigint, posted[2]);
  t.is_paid_assumed := not r ?| array['central_paid_vnd', 'local_paid_vnd'] and (t.project).status in ('settled', 'closed') and t.current_vnd > 0
    and not is_paid
    and (coalesce(t.central_vnd, 0) = 0 or coalesce(t.local_vnd, 0) = 0 or t.central_vnd + t.local_vnd = t.current_vnd);
  if t.is_paid_assumed then
    t.local_paid_vnd := case when coalesce(t.central_vnd, 0) = 0 then t.current_vnd when coalesce(t.local_vnd, 0) = 0 then 0 else t.local_vnd end;
    t.central_paid_vnd := t.current_vnd - t.local_paid_vnd;
  end if;
  t.decision_on := (r ->> 'decision_on')::date;
  t.decision := case when r ->> 'decision_no' is not null then jsonb_strip_nulls(jsonb_build_object('kind', 'decision', 'document_no', r ->> 'decision_no',
    'issued_on', r ->> 'decision_on')) end;
  t.beneficiaries := listed_words(r ->> 'beneficiaries');
  t.activities := listed_words(r ->> 'activities');
  t.lines := case when jsonb_array_length(r -> 'lines') > 1 or is_divided(before.id) then r -> 'lines' end;
  t.planned_outputs := outputs_json(r ->> 'planned_outputs');
  t.actual_outputs := outputs_json(r ->> 'actual_outputs');
  perform refuse_faults(past_faults(t, r, provinces));
  return t;
end
$$;
comment on function past_project_of is 'A row understood, for a project that is there (before) or a new one; 422 with all that is wrong with it.';

-- ---- The project that the row speaks of ----

create or replace function past_project_named(r jsonb, of_year integer, province text, known jsonb, provinces text[], own_organisation uuid, out met project,
  out figures jsonb) language plpgsql stable as $$
declare
  one project;
  values_of_one jsonb;
begin
  if r ->> 'code' is not null then
    select p.* into met from project p
     where p.code = r ->> 'code' and p.deleted_at is null
       and (p.province_code = any (provinces) or p.organisation_id = own_organisation or p.implementer_id = own_organisation);
    perform refuse_faults(fault_if(met.id is null, '#/code', 'import_code_unknown', jsonb_build_object('found', r -> 'code')));
    figures := plan_table_values(met, of_year, null);
    return;
  end if;
  for one in select p.* from unnest(known_as(known, 'p', r ->> 'name')) id join project p using (id) order by p.id loop
    continue when one.province_code <> province;
    values_of_one := plan_table_values(one, of_year, null);
    continue when not (same_words(values_of_one ->> 'implementer', r ->> 'implementer') and same_list(values_of_one ->> 'beneficiaries', r ->> 'beneficiaries')
      and same_words(values_of_one ->> 'decision_no', r ->> 'decision_no'));
    perform refuse_faults(fault_if(met.id is not null, '#/name', 'import_project_unclear', jsonb_build_object('found', r -> 'name')));
    met := one;
    figures := values_of_one;
  end loop;
end
$$;
comment on function past_project_named is 'By its code; without one by name, implementer, beneficiaries and decision among what was loaded for the year; and what a plan table says of it. Null: a new one.';

create or replace function past_changes(t past_project, before project, r jsonb, v jsonb, posted bigint[], has_other_lines boolean) returns text[] language plpgsql stable as $$
begin
  return (select coalesce(array_agg(m.member), '{}') from (values
     ('name', spaced((t.project).name) <> spaced(before.name)),
     ('implementer', (t.project).implementer_id is distinct from before.implementer_id),
     ('beneficiaries', t.lines is null and r ? 'beneficiaries' and not same_list(v ->> 'beneficiaries', r ->> 'beneficiaries')),
     ('lines', has_other_lines),
     ('places', (t.project).province_code <> before.province_code),
     ('activities', t.lines is null and r ? 'activities' and not same_list(v ->> 'activities', r ->> 'activities')),
     ('objective', spaced(left((t.project).objective, 30000)) <> spaced(v ->> 'objective')),
     ('starts_on', (t.project).starts_on is distinct from before.starts_on),
     ('ends_on', (t.project).ends_on is distinct from before.ends_on),
     ('total_cost_vnd', (t.project).total_cost_vnd is distinct from before.total_cost_vnd),
     ('central_promotion_vnd', t.central_vnd is distinct from (v ->> 'central_promotion_vnd')::bigint),
     ('local_promotion_vnd', t.local_vnd is distinct from (v ->> 'local_promotion_vnd')::bigint),
     ('counterpart_vnd', (t.project).counterpart_vnd is distinct from before.counterpart_vnd),
     ('baseline_support_vnd', r ? 'baseline_support_vnd' and t.baseline_vnd is distinct from (v ->> 'baseline_support_vnd')::bigint
       and not (t.baseline_vnd is null and (v ->> 'baseline_support_vnd')::bigint = 0)),
     ('current_support_vnd', r ? 'current_support_vnd' and t.current_vnd is distinct from (v ->> 'current_support_vnd')::bigint),
     ('central_paid_vnd', t.central_paid_vnd <> posted[1] and r ? 'central_paid_vnd'),
     ('local_paid_vnd', t.local_paid_vnd <> posted[2] and r ? 'local_paid_vnd'),
     ('decision_no', r ? 'decision_no' and spaced(v ->> 'decision_no') <> spaced(r ->> 'decision_no')),
     ('decision_on', r ? 'decision_on' and v ->> 'decision_on' is distinct from r ->> 'decision_on'),
     ('planned_outputs', t.planned_outputs <> v -> 'planned_outputs'),
     ('actual_outputs', t.actual_outputs <> v -> 'actual_outputs'),
     ('status', (t.project).status <> before.status),
     ('note', spaced(left((t.project).note, 30000)) <> spaced(v ->> 'note'))) m (member, differs)
   where m.differs);
end
$$;
comment on function past_changes is 'Members of the row that say something else than what is kept: v of a plan table, posted in the ledger.';
