-- SPDX-License-Identifier: MIT
-- What an import keeps of the rows that imports.sql understood.

-- ---- What is kept of it ----

create or replace function keep_past_lines(t past_project, is_new boolean, beneficiary_ids uuid[]) returns void language plpgsql as $$
declare
  p constant project := t.project;
  -- Who got which activity, and how much, is not told by a row that names several: what is not known is not made up.
  shared_activity constant text := case when cardinality(t.activities) = 1 then t.activities[1] end;
  is_one constant boolean := cardinality(t.activities) <= 1 and cardinality(beneficiary_ids) <= 1;
  state constant text := past_line_state(p.status);
begin
  if not is_new then
    update project_line l set status = 'removed', deleted_at = current_instant(), version = l.version + 1
     where l.project_id = p.id and l.deleted_at is null;
  end if;
  insert into project_line (project_id, title, activity_code, establishment_id, support_vnd, counterpart_vnd, status)
  select p.id, left(p.name, 500), coalesce(listed.activity, shared_activity), listed.beneficiary,
         case when is_one then t.support_vnd end, case when is_one then p.counterpart_vnd end, state
    from (select null::text as activity, b as beneficiary from unnest(beneficiary_ids) b
          union all
          select a, null from unnest(t.activities) a where cardinality(t.activities) > 1 or cardinality(beneficiary_ids) = 0
          union all
          select null, null where cardinality(t.activities) + cardinality(beneficiary_ids) = 0) listed;
  if not is_one and t.support_vnd > 0 then
    insert into project_line (project_id, title, activity_code, support_vnd, counterpart_vnd, status)
    values (p.id, 'Kinh phí chưa chia theo hạng mục', shared_activity, t.support_vnd, p.counterpart_vnd, state);
  end if;
end
$$;
comment on function keep_past_lines is 'A line for each beneficiary and each activity; the money stands on the only one, or on a line of its own.';

create or replace function beneficiaries_kept(t past_project, known jsonb, entered jsonb, own_organisation uuid, out ids uuid[], out now_entered jsonb)
language plpgsql as $$
declare
  words text;
  met uuid[];
begin
  ids := '{}';
  now_entered := '{}';
  foreach words in array t.beneficiaries loop
    met := known_as(known, 'e', words) || known_as(entered || now_entered, 'e', words);
    perform refuse_faults(fault_if(cardinality(met) > 1, '#/beneficiaries', 'import_beneficiary_unclear', jsonb_build_object('found', words)));
    if cardinality(met) = 0 then
      insert into establishment (organisation_id, province_code, codes_on, name, origin, history_quality)
      values (own_organisation, (t.project).province_code, (t.project).codes_on, left(words, 300), 'imported', 'final_state_only')
      returning array[id] into met;
      now_entered := now_entered || jsonb_build_object('e:' || with_marks(words), met);
    end if;
    ids := ids || met;
  end loop;
end
$$;
comment on function beneficiaries_kept is 'The establishments of those names; who is neither in the registry yet, nor entered by a row above, is entered with his name alone.';

create or replace function keep_past_funding(t past_project, of_year integer) returns void language plpgsql as $$
begin
  insert into project_funding (project_id, year, source, amount_vnd)
  select (t.project).id, of_year, m.source, m.amount
    from (values ('central_promotion', t.central_vnd), ('local_promotion', t.local_vnd)) m (source, amount)
   where m.amount is not null
     and not exists (select from project_funding f where f.project_id = (t.project).id and f.year = of_year and f.source = m.source and f.line_id is not null
                        and f.deleted_at is null)
  on conflict (project_id, year, source, line_id) where deleted_at is null
  do update set amount_vnd = excluded.amount_vnd, version = project_funding.version + 1 where project_funding.amount_vnd <> excluded.amount_vnd;
end
$$;

create or replace function past_plan(of_year integer, province text, on_day date, own_organisation uuid) returns uuid language plpgsql as $$
declare
  kept uuid := (select a.id from annual_plan a
                 where a.year = of_year and a.province_code = province and a.organisation_id = own_organisation
                   and a.origin = 'imported' and a.history_quality = 'final_state_only' and a.deleted_at is null
                 order by a.id limit 1);
begin
  if kept is null then
    insert into annual_plan (name, year, level, status, organisation_id, province_code, codes_on, origin, history_quality)
    values ('Kinh phí khuyến công giao năm ' || of_year || ' (số liệu chuyển vào)', of_year, 'local', 'closed', own_organisation, province, on_day,
      'imported', 'final_state_only')
    returning id into kept;
  end if;
  return kept;
end
$$;
comment on function past_plan is 'The plan that stands for the decisions by which the money of a past year was assigned in a province, from whatever source.';

create or replace function keep_past_item(t past_project, is_new boolean, of_year integer, own_organisation uuid) returns void language plpgsql as $$
declare
  p constant project := t.project;
  plan_id uuid;
  first_assigned constant jsonb := case when t.baseline_vnd is not null then jsonb_build_object('support_vnd', t.baseline_vnd) end;
begin
  if not is_new then
    select i.annual_plan_id into plan_id
      from annual_plan_item i join annual_plan a on a.id = i.annual_plan_id
     where i.project_id = p.id and i.year = of_year and i.deleted_at is null and a.history_quality = 'final_state_only';
  end if;
  if plan_id is null and not t.is_assigned then
    return;
  end if;
  plan_id := coalesce(plan_id, past_plan(of_year, p.province_code, p.codes_on, own_organisation));
  perform set_config('app.act', plan_id::text, true);
  if not is_new then
    update annual_plan_item i
       set support_vnd = coalesce(t.current_vnd, i.support_vnd), baseline = first_assigned, is_stopped = p.status = 'stopped', version = i.version + 1,
           deleted_at = case when not t.is_assigned then current_instant() end
     where i.annual_plan_id = plan_id and i.project_id = p.id and i.deleted_at is null;
  end if;
  if is_new or not found then
    insert into annual_plan_item (annual_plan_id, project_id, support_vnd, baseline, is_stopped)
    values (plan_id, p.id, t.current_vnd, first_assigned, p.status = 'stopped');
  end if;
  perform set_config('app.act', p.id::text, true);
end
$$;

-- Money of the past is promised and paid on the same day, the last of its year: when it was, only the old books know.
create or replace function keep_past_payments(t past_project, is_new boolean, of_year integer, of_import uuid) returns void language plpgsql as $$
declare
  p constant project := t.project;
  posted constant bigint[] := case when is_new then '{0,0}' else opening_paid(p.id, of_year) end;
  paid record;
  paper constant jsonb := coalesce(t.decision, (
    select jsonb_build_object('kind', 'report', 'document_no', of_import, 'title', 'Số liệu những năm trước do đơn vị nhập')));
  on_day constant date := least(make_date(of_year, 12, 31), today());
  assumed constant text := case when t.is_paid_assumed then 'Lấy bằng kinh phí được giao: bảng nhập không ghi số đã chi' end;
begin
  for paid in select * from (values ('central_promotion', t.central_paid_vnd, posted[1]), ('local_promotion', t.local_paid_vnd, posted[2])) m (source, wanted, posted)
               where m.wanted <> m.posted order by m.wanted - m.posted loop
    if paid.posted > 0 then
      insert into ledger_entry (kind, reverses_id, project_id, entry_on, document, import_id)
      select 'reversal', e.id, e.project_id, on_day, paper, of_import
        from ledger_entry e
       where e.project_id = p.id and e.year = of_year and e.source = paid.source and e.import_id is not null and e.kind = 'payment'
         and not exists (select from ledger_entry r where r.reverses_id = e.id);
      insert into ledger_entry (kind, from_account, source, year, project_id, amount_vnd, entry_on, document, import_id)
      values ('commitment', 'committed', paid.source, of_year, p.id, paid.posted, on_day, paper, of_import);
    end if;
    if paid.wanted > 0 then
      insert into ledger_entry (kind, source, year, project_id, amount_vnd, entry_on, document, note, import_id)
      select k.kind, paid.source, of_year, p.id, paid.wanted, on_day, paper, assumed, of_import
        from (values (1, 'commitment'), (2, 'payment')) k (n, kind) order by k.n;
    end if;
  end loop;
end
$$;

create or replace function keep_past_act(t past_project, before project, changes text[]) returns void language plpgsql as $$
declare
  p constant project := t.project;
begin
  if before.id is not null and not changes && '{status,decision_no,decision_on}' then
    return;
  end if;
  insert into transition (record_type, record_id, record_version, action, from_status, to_status, acted_on, client_id, person_id,
    acting_organisation_id, documents, organisation_id, province_code)
  values ('project', p.id, p.version, 'import', coalesce(before.status, 'draft'), p.status, coalesce(t.decision_on, today()),
    claim('app.client_id')::uuid, claim('app.user_id')::uuid, claim('app.organisation_id')::uuid,
    case when t.decision is null then '[]' else jsonb_build_array(t.decision) end, p.organisation_id, p.province_code);
end
$$;

-- The parts belong to the version that the import makes of the project, so it stands as the act they are set off by.
create or replace function keep_past_project(t past_project, before project, changes text[], of_year integer, beneficiary_ids uuid[], own_organisation uuid,
  of_import uuid) returns project language plpgsql as $$
declare
  p project := t.project;
begin
  if before.id is null then
    insert into project (organisation_id, name, level, status, programme_id, implementer_id, places, starts_on, ends_on, total_cost_vnd, support_vnd,
      counterpart_vnd, objective, note, province_code, codes_on, evidence_grade, origin, history_quality)
    values (own_organisation, p.name, p.level, p.status, p.programme_id, p.implementer_id, p.places, p.starts_on, p.ends_on, p.total_cost_vnd, t.support_vnd,
      p.counterpart_vnd, p.objective, p.note, p.province_code, p.codes_on, case when t.decision is not null then 'signed_decision' end, 'imported', 'final_state_only')
    returning * into p;
  else
    update project k
       set name = p.name, status = p.status, programme_id = p.programme_id, implementer_id = p.implementer_id, places = p.places, starts_on = p.starts_on,
           ends_on = p.ends_on, total_cost_vnd = p.total_cost_vnd, support_vnd = t.support_vnd, counterpart_vnd = p.counterpart_vnd, objective = p.objective,
           note = p.note, province_code = p.province_code, codes_on = p.codes_on, version = k.version + 1
     where k.id = before.id
    returning * into p;
  end if;
  t.project := p;
  perform set_config('app.act', p.id::text, true);
  perform keep_past_act(t, before, changes);
  if before.id is null or changes && '{beneficiaries,activities,lines,status,central_promotion_vnd,local_promotion_vnd,counterpart_vnd}' then
    beneficiary_ids := case when beneficiary_ids is not null then beneficiary_ids
      else array(select distinct l.establishment_id from project_line l where l.project_id = p.id and l.deleted_at is null and l.establishment_id is not null) end;
    if before.id is not null and t.lines is null and not 'activities' = any (changes) then
      t.activities := array(select distinct l.activity_code from project_line l where l.project_id = p.id and l.deleted_at is null and l.activity_code is not null);
    end if;
    if t.lines is not null or is_divided(before.id) then
      perform keep_divided_lines(t, beneficiary_ids, of_year);
      perform refuse_faults(divided_sum_faults(t, of_year));
    else
      perform keep_past_lines(t, before.id is null, beneficiary_ids);
    end if;
  end if;
  perform keep_past_funding(t, of_year);
  if num_nonnulls(t.planned_outputs, t.actual_outputs) > 0 then
    perform keep_past_outputs(t, before.id is null, of_year);
  end if;
  perform keep_past_item(t, before.id is null, of_year, own_organisation);
  perform keep_past_payments(t, before.id is null, of_year, of_import);
  perform set_config('app.act', '', true);
  return p;
end
$$;

-- ---- The whole ----

create or replace function past_outcome(r jsonb, place integer, asked jsonb, known jsonb, entered jsonb, provinces text[], own_organisation uuid, own_province text, of_import uuid)
returns jsonb language plpgsql as $$
declare
  of_year constant integer := asked ->> 'year';
  named record;
  before project;
  t past_project;
  changes text[] := '{}';
  beneficiaries record;
  kept project;
begin
  select null::uuid[] as ids, '{}'::jsonb as now_entered into beneficiaries;
  named := past_project_named(r, of_year, province_of_words(r ->> 'places', make_date(of_year, 1, 1), provinces), known, provinces, own_organisation);
  before := named.met;
  t := past_project_of(r, before, asked, known, provinces, own_province);
  if before.id is not null then
    changes := past_changes(t, before, r, named.figures || kept_outputs(before.id, of_year, names_indicators(t)), opening_paid(before.id, of_year), lines_differ(t, before.id, of_year, known || entered));
  end if;
  kept := before;
  if before.id is not null and before.history_quality <> 'final_state_only' then
    perform refuse_faults(coalesce((select jsonb_agg(jsonb_build_object('pointer', '#/' || member, 'code', 'import_of_native',
      'params', jsonb_build_object('project_code', before.code))) from unnest(changes) member), '[]'));
  elsif before.id is null or changes <> '{}' then
    -- Their money stands with them: a row that names others, and not who of them got what, would lose it.
    perform refuse_faults(coalesce((select jsonb_agg(jsonb_build_object('pointer', '#/' || member, 'code', 'import_lines_needed', 'params', jsonb_build_object('project_code', before.code)))
      from unnest(changes) member where member in ('beneficiaries', 'activities') and is_divided(before.id)), '[]'));
    if before.id is null or t.lines is not null or 'beneficiaries' = any (changes) then
      beneficiaries := beneficiaries_kept(t, known, entered, own_organisation);
    end if;
    kept := keep_past_project(t, before, changes, of_year, beneficiaries.ids, own_organisation, of_import);
  end if;
  return jsonb_build_object('row', coalesce((r ->> 'row')::integer, place), 'project_id', kept.id, 'code', kept.code,
    'outcome', case when before.id is null then 'created' when changes = '{}' then 'unchanged' else 'updated' end,
    'is_paid_assumed', t.is_paid_assumed and (before.id is null or changes <> '{}'), 'entered', beneficiaries.now_entered);
end
$$;

-- Pointers of a row's rules lead into the row, and those of what it became to the member that it came from.
create or replace function faults_of_row(faults jsonb, place integer) returns jsonb language sql immutable as $$
  select coalesce(jsonb_agg(f || jsonb_build_object('pointer', '#/rows/' || place || case f ->> 'pointer'
           when '#/activity_code' then '/activities' when '#/establishment_id' then '/beneficiaries' when '#/amount_vnd' then '/central_paid_vnd'
           else coalesce(substr(f ->> 'pointer', 2), '') end)), '[]')
    from jsonb_array_elements(faults) f
$$;

create or replace function refuse_repeated_rows(rows jsonb, of_year integer, provinces text[], own_province text) returns void language sql as $$
  select refuse_faults(coalesce(jsonb_agg(jsonb_build_object('pointer', '#/rows/' || s.n - 1, 'code', 'import_row_repeated',
           'params', jsonb_build_object('first', s.first)) order by s.n), '[]'))
    from (select r.n, first_value(coalesce((r.body ->> 'row')::integer, r.n::integer)) over same as first, row_number() over same as nth
            from jsonb_array_elements(rows) with ordinality r (body, n)
          window same as (partition by case when r.body ->> 'code' is not null then jsonb_build_array(r.body -> 'code')
            else jsonb_build_array(with_marks(spaced(r.body ->> 'name')), with_marks(spaced(r.body ->> 'implementer')), listed_words(with_marks(r.body ->> 'beneficiaries')),
                   with_marks(spaced(r.body ->> 'decision_no')),
                   coalesce(province_of_words(r.body ->> 'places', make_date(of_year, 1, 1), provinces), own_province)) end order by r.n)) s
   where s.nth > 1
$$;
comment on function refuse_repeated_rows is 'Two rows of one project would be taken for two projects, or the second for a correction of the first.';

create or replace function run_import(of_id uuid, asked jsonb, given jsonb, provinces text[], own_organisation uuid, own_province text, file_sha256 text)
returns table (id uuid, version integer) language plpgsql set enable_seqscan = off as $$
declare
  most constant integer := 100; -- faults that a reply has room for
  of_year constant integer := asked ->> 'year';
  summed jsonb;
  known jsonb;
  entered jsonb := '{}'; -- establishments, by rows above
  outcome jsonb;
  outcomes jsonb[] := '{}';
  faults jsonb := '[]';
  found_faults text;
  one record;
begin
  if of_year > extract(year from today()) then
    raise exception using errcode = 'PT400', message = 'invalid-parameter', detail = '[{"parameter": "year", "code": "import_year_past"}]';
  end if;
  if not programme_visible((asked ->> 'programme_id')::uuid, provinces, own_organisation) then
    raise exception using errcode = 'PT400', message = 'invalid-parameter', detail = '[{"parameter": "programme_id", "code": "unknown_reference"}]';
  end if;
  -- The same sheet sent twice at once; another province need not wait.
  perform pg_advisory_xact_lock(hashtextextended('import of ' || of_year || ' in ' || code, 0)) from (select code from unnest(provinces) code order by 1) own;
  summed := (select jsonb_agg(with_sums(r) order by n) from jsonb_array_elements(given -> 'rows') with ordinality i (r, n));
  perform refuse_repeated_rows(summed, of_year, provinces, own_province);
  known := known_organisations(summed, provinces) || known_establishments(summed, provinces) || known_projects(summed, of_year, provinces);
  for one in select r.body, r.n::integer as n from jsonb_array_elements(summed) with ordinality r (body, n) order by r.n loop
    begin
      outcome := past_outcome(one.body, one.n, asked, known, entered, provinces, own_organisation, own_province, of_id);
      outcomes := outcomes || (outcome - 'entered');
      if outcome -> 'entered' <> '{}' then
        entered := entered || (outcome -> 'entered');
      end if;
    exception when sqlstate 'PT422' or sqlstate 'PT409' then
      get stacked diagnostics found_faults = pg_exception_detail;
      faults := faults || faults_of_row(found_faults::jsonb, one.n - 1);
      exit when jsonb_array_length(faults) >= most;
    end;
  end loop;
  perform refuse_faults(faults);
  return query
    insert into import (id, record_type, year, counts, rows, ignored_columns, skipped_rows, sha256, person_id, organisation_id, province_code)
    select of_id, 'project', of_year,
           jsonb_build_object('total', count(*), 'created', count(*) filter (where o ->> 'outcome' = 'created'),
             'updated', count(*) filter (where o ->> 'outcome' = 'updated'), 'unchanged', count(*) filter (where o ->> 'outcome' = 'unchanged')),
           jsonb_agg(o), array(select jsonb_array_elements_text(coalesce(given -> 'ignored_columns', '[]'))), coalesce(given -> 'skipped_rows', '[]'),
           file_sha256, claim('app.user_id')::uuid, own_organisation, own_province
      from unnest(outcomes) o
    returning import.id, import.version;
end
$$;
comment on function run_import is 'All rows or none: 422 with what is wrong with each. Plans made while tables were empty would read the whole of them for each row, so no plan of an import does.';

create or replace function import_summary_json(i import) returns json language sql stable as $$
  select json_build_object(
    'id', i.id,
    'version', i.version,
    'record_type', i.record_type,
    'year', i.year,
    'counts', i.counts,
    'sha256', i.sha256,
    'organisation_id', i.organisation_id,
    'province_code', i.province_code,
    'created_at', instant(i.created_at),
    'created_by', i.created_by,
    'person_id', i.person_id)
$$;

create or replace function import_json(i import) returns json language sql stable as $$
  select json_build_object(
    'id', i.id,
    'version', i.version,
    'record_type', i.record_type,
    'year', i.year,
    'counts', i.counts,
    'rows', i.rows,
    'ignored_columns', i.ignored_columns,
    'skipped_rows', i.skipped_rows,
    'sha256', i.sha256,
    'organisation_id', i.organisation_id,
    'province_code', i.province_code,
    'created_at', instant(i.created_at),
    'created_by', i.created_by,
    'person_id', i.person_id)
$$;
