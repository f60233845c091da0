-- SPDX-License-Identifier: MIT
-- Promotion: shapes of the answers, look-ups under the caller's scope, rules between rows.

-- ---- Activities ----

create or replace function activity_json(a activity) returns json language sql stable as $$
  select json_build_object(
    'code', a.code,
    'parent_code', a.parent_code,
    'name_vi', a.name_vi,
    'name_en', a.name_en,
    'measure_units', a.measure_units,
    'legal_basis', json_build_object('document_no', a.legal_document_no, 'article', a.legal_article),
    'valid_from', a.valid_from,
    'valid_to', a.valid_to,
    'certainty', a.certainty,
    'enforcement', a.enforcement,
    'note', a.note)
$$;

-- ---- Programmes and targets ----

create or replace function programme_summary_json(g programme) returns json language sql stable as $$
  select json_build_object(
    'id', g.id,
    'code', g.code,
    'version', g.version,
    'kind', g.kind,
    'level', g.level,
    'name', g.name,
    'status', g.status,
    'stage', stage_of('programme', g.status),
    'starts_on', g.starts_on,
    'ends_on', g.ends_on,
    'organisation_id', g.organisation_id,
    'province_code', g.province_code,
    'codes_on', g.codes_on,
    'province', admin_unit_name(g.province_code, g.codes_on),
    'current', current_json(g.province_code, g.codes_on),
    'updated_at', instant(g.updated_at))
$$;

create or replace function programme_json(g programme) returns json language sql stable as $$
  select json_build_object(
    'id', g.id,
    'code', g.code,
    'version', g.version,
    'kind', g.kind,
    'level', g.level,
    'name', g.name,
    'status', g.status,
    'stage', stage_of('programme', g.status),
    'allowed_actions', programme_actions(g),
    'starts_on', g.starts_on,
    'ends_on', g.ends_on,
    'predecessor_id', g.predecessor_id,
    'activity_priorities', g.activity_priorities,
    'planned_funding', g.planned_funding,
    'organisation_id', g.organisation_id,
    'province_code', g.province_code,
    'codes_on', g.codes_on,
    'province', admin_unit_name(g.province_code, g.codes_on),
    'current', current_json(g.province_code, g.codes_on),
    'evidence_grade', g.evidence_grade,
    'external_refs', external_refs_json('programme', g.id),
    'origin', g.origin,
    'history_quality', g.history_quality,
    'note', g.note,
    'created_at', instant(g.created_at),
    'created_by', g.created_by,
    'updated_at', instant(g.updated_at),
    'updated_by', g.updated_by)
$$;

create or replace function target_json(t target) returns json language sql stable as $$
  select json_build_object(
    'id', t.id,
    'version', t.version,
    'programme_id', t.programme_id,
    'annual_plan_id', t.annual_plan_id,
    'name', t.name,
    'indicator_code', t.indicator_code,
    'operator', t.operator,
    'kind', t.kind,
    'measures', t.measures,
    'tolerance_percent', t.tolerance_percent,
    'from', t."from",
    'to', t."to",
    'organisation_id', t.organisation_id,
    'province_code', t.province_code,
    'evidence_grade', t.evidence_grade,
    'origin', t.origin,
    'history_quality', t.history_quality,
    'note', t.note,
    'created_at', instant(t.created_at),
    'created_by', t.created_by,
    'updated_at', instant(t.updated_at),
    'updated_by', t.updated_by)
$$;

-- For the public: what a decision publishes. No numbers of internal work, so no version either.
create or replace function public_programme_summary_json(g programme) returns json language sql stable as $$
  select json_build_object(
    'id', g.id,
    'code', g.code,
    'kind', g.kind,
    'level', g.level,
    'name', g.name,
    'status', g.status,
    'starts_on', g.starts_on,
    'ends_on', g.ends_on,
    'province_code', g.province_code,
    'codes_on', g.codes_on,
    'province', admin_unit_name(g.province_code, g.codes_on),
    'current', current_json(g.province_code, g.codes_on),
    'evidence_grade', g.evidence_grade)
$$;

create or replace function public_programme_json(g programme) returns json language sql stable as $$
  select json_build_object(
    'id', g.id,
    'code', g.code,
    'kind', g.kind,
    'level', g.level,
    'name', g.name,
    'status', g.status,
    'starts_on', g.starts_on,
    'ends_on', g.ends_on,
    'province_code', g.province_code,
    'codes_on', g.codes_on,
    'province', admin_unit_name(g.province_code, g.codes_on),
    'current', current_json(g.province_code, g.codes_on),
    'evidence_grade', g.evidence_grade,
    'decisions', documents_json(published_documents(g.id, '{decision,resolution}')),
    'legal_basis', documents_json(published_documents(g.id, '{law,decree,circular,joint_circular}')),
    'targets', public_targets_json(g.id))
$$;

create or replace function published_documents(of_programme uuid, kinds text[]) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(document - 'file_id' order by t.record_version desc, n), '[]')
    from transition t
   cross join jsonb_array_elements(t.documents) with ordinality listed (document, n)
   where t.record_type = 'programme' and t.record_id = of_programme and t.to_status in ('approved', 'active', 'closed')
     and document ->> 'kind' = any (kinds)
$$;
comment on function published_documents is 'Papers of the acts that decided on a programme, latest act first, without their files. Letters, minutes and reports are not among them.';

create or replace function public_targets_json(of_programme uuid) returns json language sql stable as $$
  select coalesce(json_agg(json_build_object(
           'name', t.name, 'indicator_code', t.indicator_code, 'operator', t.operator, 'kind', t.kind, 'measures', t.measures,
           'tolerance_percent', t.tolerance_percent, 'from', t."from", 'to', t."to") order by t.created_at, t.id), '[]')
    from target t
   where t.programme_id = of_programme and t.deleted_at is null
$$;

-- What createProgramme, updateProgramme and putProgrammeByRef share: defaults, and references under the caller's scope.
-- `before` is the stored row, or a row of nulls.
create or replace function checked_programme(
  g programme, before programme, provinces text[], own_organisation uuid, own_province text)
returns programme language plpgsql as $$
declare
  faults jsonb := '[]';
begin
  g.kind := coalesce(g.kind, 'promotion');
  g.activity_priorities := coalesce(g.activity_priorities, '{}');
  g.planned_funding := coalesce(g.planned_funding, '[]');
  if g.level = 'local' then
    g.province_code := coalesce(g.province_code, own_province);
    g.codes_on := coalesce(g.codes_on, before.codes_on, province_day(g.province_code, coalesce(g.starts_on, today())));
    faults := province_faults('#/province_code', g.province_code, g.codes_on);
  elsif before.level = 'local' and g.province_code = before.province_code then
    g.province_code := null; -- it became national, and nobody asked to keep the territory
  end if;
  g.codes_on := coalesce(g.codes_on, before.codes_on, g.starts_on, today());
  faults := faults
    || fault_if(g.predecessor_id is distinct from before.predecessor_id
         and not programme_visible(g.predecessor_id, provinces, own_organisation), '#/predecessor_id', 'unknown_reference')
    || coalesce((select jsonb_agg(fault)
                   from unnest(g.activity_priorities) with ordinality as wanted (code, n),
                        jsonb_array_elements(fault_if(not activity_fits(wanted.code, null),
                          '#/activity_priorities/' || n - 1, 'unknown_reference')) as fault), '[]');
  perform refuse_faults(faults);
  return g;
end
$$;

create or replace function programme_visible(wanted uuid, provinces text[], own_organisation uuid) returns boolean
language plpgsql stable as $$
begin
  return wanted is null or exists (
    select from programme g
     where g.id = wanted and g.deleted_at is null
       and (g.level = 'national' or g.province_code = any (provinces) or g.organisation_id = own_organisation));
end
$$;
comment on function programme_visible is 'May this caller name the programme? Null names none.';

create or replace function programme_writable(g programme, tier text, provinces text[], own_organisation uuid) returns boolean
language sql stable as $$
  select case
    when g.level = 'national' then tier = 'central'
    else coalesce(g.province_code = any (provinces) or g.organisation_id = own_organisation, false)
  end
$$;
comment on function programme_writable is 'National programmes: central bodies; local ones: their territory and the organisation that made them.';

create or replace function province_faults(pointer text, code text, on_day date) returns jsonb language plpgsql stable as $$
begin
  return fault_if(code is null, '#', 'required', '{"member": "province_code"}')
    || fault_if(code is not null and not exists (select from admin_unit_at(code, on_day) u where u.tier = 'province'),
         pointer, 'unknown_admin_unit', jsonb_build_object('code', code, 'codes_on', on_day));
end
$$;

create or replace function province_day(code text, wanted date) returns date language plpgsql stable as $$
begin
  return coalesce(
    (select near.day
       from admin_unit u
      cross join lateral (select greatest(u.assumed_from, least(wanted, coalesce(u.valid_to, wanted))) as day) near
      where u.code = province_day.code and u.tier = 'province'
      order by abs(near.day - wanted)
      limit 1),
    wanted);
end
$$;
comment on function province_day is 'The day nearest to `wanted` on which a province had the code: a body of a merged province goes on under its old code.';

create or replace function current_json(code text, codes_on date) returns json language sql stable as $$
  select json_build_object('province', admin_unit_name(province_on(code, codes_on, today()), today()))
$$;
comment on function current_json is 'Where a recorded province lies today; province null where that is not certain.';

-- ---- Projects ----

create or replace function project_summary_json(p project) returns json language sql stable as $$
  select json_build_object(
    'id', p.id,
    'code', p.code,
    'version', p.version,
    'name', p.name,
    'level', p.level,
    'scale', p.scale,
    'status', p.status,
    'stage', project_stage(p.status),
    'programme_id', p.programme_id,
    'parent_id', p.parent_id,
    'implementer_id', p.implementer_id,
    'starts_on', p.starts_on,
    'ends_on', p.ends_on,
    'total_cost_vnd', p.total_cost_vnd,
    'support_vnd', p.support_vnd,
    'counterpart_vnd', p.counterpart_vnd,
    'funding_total_vnd', project_funding_total(p.id),
    'organisation_id', p.organisation_id,
    'province_code', p.province_code,
    'codes_on', p.codes_on,
    'province', admin_unit_name(p.province_code, p.codes_on),
    'current', current_json(p.province_code, p.codes_on),
    'updated_at', instant(p.updated_at))
$$;

create or replace function project_json(p project) returns json language sql stable as $$
  select json_build_object(
    'id', p.id,
    'code', p.code,
    'version', p.version,
    'name', p.name,
    'level', p.level,
    'scale', p.scale,
    'status', p.status,
    'stage', project_stage(p.status),
    'allowed_actions', allowed_actions('project', p.status, claim('app.tier'), acting_roles(), to_jsonb(p)),
    'programme_id', p.programme_id,
    'parent_id', p.parent_id,
    'implementer_id', p.implementer_id,
    'managing_organisation_id', p.managing_organisation_id,
    'places', places_json(p.places),
    'partner_province_codes', p.partner_province_codes,
    'themes', p.themes,
    'trade_code', p.trade_code,
    'starts_on', p.starts_on,
    'ends_on', p.ends_on,
    'total_cost_vnd', p.total_cost_vnd,
    'support_vnd', p.support_vnd,
    'counterpart_vnd', p.counterpart_vnd,
    'funding_total_vnd', project_funding_total(p.id),
    'necessity', p.necessity,
    'objective', p.objective,
    'replication', p.replication,
    'organisation_id', p.organisation_id,
    'province_code', p.province_code,
    'codes_on', p.codes_on,
    'province', admin_unit_name(p.province_code, p.codes_on),
    'current', current_json(p.province_code, p.codes_on),
    'evidence_grade', p.evidence_grade,
    'external_refs', external_refs_json('project', p.id),
    'origin', p.origin,
    'history_quality', p.history_quality,
    'note', p.note,
    'created_at', instant(p.created_at),
    'created_by', p.created_by,
    'updated_at', instant(p.updated_at),
    'updated_by', p.updated_by)
$$;

-- `expand`: only what was asked for is looked up. Whoever sees a project sees its rows.
create or replace function project_expanded(body json, p project, expand text[], provinces text[], own_organisation uuid) returns json
language plpgsql stable as $$
begin
  if expand is null then
    return body;
  end if;
  return (
    body::jsonb
    || case when 'lines' = any (expand) then jsonb_build_object('lines', (
         select coalesce(jsonb_agg(project_line_json(l) order by l.created_at, l.id), '[]')
           from project_line l where l.project_id = p.id and l.deleted_at is null)) else '{}' end
    || case when 'funding' = any (expand) then jsonb_build_object('funding', (
         select coalesce(jsonb_agg(project_funding_json(f) order by f.year, f.source, f.id), '[]')
           from project_funding f where f.project_id = p.id and f.deleted_at is null)) else '{}' end
    || case when 'outputs' = any (expand) then jsonb_build_object('outputs', (
         select coalesce(jsonb_agg(project_output_json(o) order by o.created_at, o.id), '[]')
           from project_output o where o.project_id = p.id and o.deleted_at is null)) else '{}' end
    || case when 'money' = any (expand) then jsonb_build_object('money', project_money_json(p.id)) else '{}' end
    || case when 'programme' = any (expand) then jsonb_build_object('programme', (
         select json_build_object('id', g.id, 'code', g.code, 'level', g.level, 'name', g.name, 'status', g.status,
                  'starts_on', g.starts_on, 'ends_on', g.ends_on)
           from programme g
          where g.id = p.programme_id and g.deleted_at is null
            and programme_visible(g.id, provinces, own_organisation))) else '{}' end)::json;
end
$$;

create or replace function project_funding_total(of_project uuid) returns bigint language plpgsql stable as $$
begin
  return (
    select coalesce(sum(f.amount_vnd), 0)::bigint
      from project_funding f
     where f.project_id = of_project and f.deleted_at is null);
end
$$;

create or replace function project_line_json(l project_line) returns json language sql stable as $$
  select json_build_object(
    'id', l.id,
    'version', l.version,
    'project_id', l.project_id,
    'title', l.title,
    'activity_code', l.activity_code,
    'establishment_id', l.establishment_id,
    'quantity', l.quantity,
    'eligible_cost_vnd', l.eligible_cost_vnd,
    'support_vnd', l.support_vnd,
    'counterpart_vnd', l.counterpart_vnd,
    'is_technology_line', l.is_technology_line,
    'machines', l.machines,
    'status', l.status,
    'note', l.note,
    'created_at', instant(l.created_at),
    'created_by', l.created_by,
    'updated_at', instant(l.updated_at),
    'updated_by', l.updated_by)
$$;

create or replace function project_funding_json(f project_funding) returns json language sql stable as $$
  select json_build_object(
    'id', f.id,
    'version', f.version,
    'project_id', f.project_id,
    'year', f.year,
    'source', f.source,
    'line_id', f.line_id,
    'amount_vnd', f.amount_vnd,
    'note', f.note,
    'created_at', instant(f.created_at),
    'created_by', f.created_by,
    'updated_at', instant(f.updated_at),
    'updated_by', f.updated_by)
$$;

create or replace function project_output_json(o project_output) returns json language sql stable as $$
  select json_build_object(
    'id', o.id,
    'version', o.version,
    'project_id', o.project_id,
    'indicator_code', o.indicator_code,
    'planned', o.planned,
    'actual', o.actual,
    'year', o.year,
    'line_id', o.line_id,
    'note', o.note,
    'created_at', instant(o.created_at),
    'created_by', o.created_by,
    'updated_at', instant(o.updated_at),
    'updated_by', o.updated_by)
$$;

-- What createProject, updateProject and putProjectByRef share: defaults, and references under the caller's scope.
-- `before` is the stored row, or a row of nulls.
create or replace function checked_project(
  p project, before project, provinces text[], own_organisation uuid, own_province text)
returns project language plpgsql as $$
declare
  faults jsonb := '[]';
  places jsonb := '[]';
  place jsonb;
  place_no integer;
  place_faults text;
begin
  p.partner_province_codes := coalesce(p.partner_province_codes, '{}');
  p.themes := coalesce(p.themes, '{}');
  if p.province_code is null and own_province is null then
    p.province_code := p.places #>> '{0,province_code}';
    p.codes_on := coalesce(p.codes_on, (p.places #>> '{0,codes_on}')::date);
  end if;
  p.province_code := coalesce(p.province_code, own_province);
  p.codes_on := coalesce(p.codes_on, before.codes_on, province_day(p.province_code, coalesce(p.starts_on, today())));
  faults := province_faults('#/province_code', p.province_code, p.codes_on)
    || fault_if(p.programme_id is distinct from before.programme_id
         and not programme_visible(p.programme_id, provinces, own_organisation), '#/programme_id', 'unknown_reference')
    || fault_if(p.parent_id is distinct from before.parent_id
         and not project_visible(p.parent_id, provinces, own_organisation), '#/parent_id', 'unknown_reference')
    || fault_if(p.implementer_id is distinct from before.implementer_id
         and not organisation_known(p.implementer_id), '#/implementer_id', 'unknown_reference')
    || fault_if(p.managing_organisation_id is distinct from before.managing_organisation_id
         and not organisation_known(p.managing_organisation_id), '#/managing_organisation_id', 'unknown_reference')
    || coalesce((select jsonb_agg(fault)
                   from unnest(p.partner_province_codes) with ordinality as partner (code, n),
                        jsonb_array_elements(
                          province_faults('#/partner_province_codes/' || n - 1, partner.code, p.codes_on)) as fault),
         '[]');
  -- A place without a day of its own was written down with the project.
  for place, place_no in select jsonb_build_object('codes_on', p.codes_on) || jsonb_strip_nulls(e), i - 1
                    from jsonb_array_elements(p.places) with ordinality as listed (e, i) loop
    begin
      places := places || jsonb_build_array(place_checked('#/places/' || place_no, place));
    exception when sqlstate 'PT422' then
      get stacked diagnostics place_faults = pg_exception_detail;
      faults := faults || place_faults::jsonb;
    end;
  end loop;
  p.places := places;
  perform refuse_faults(faults);
  return p;
end
$$;

create or replace function project_visible(wanted uuid, provinces text[], own_organisation uuid) returns boolean
language plpgsql stable as $$
begin
  return wanted is null or exists (
    select from project p
     where p.id = wanted and p.deleted_at is null
       and (p.province_code = any (provinces) or p.organisation_id = own_organisation or p.implementer_id = own_organisation));
end
$$;
comment on function project_visible is 'May this caller name the project? Null names none.';

create or replace function organisation_known(wanted uuid) returns boolean language plpgsql stable as $$
begin
  return wanted is null or exists (select from organisation o where o.id = wanted and o.deleted_at is null);
end
$$;

-- ---- Lines, funding and outputs: through their project ----

-- An empty list would hide a wrong address, and a new row needs a project. Whoever sees a project may write it.
create or replace function open_project(wanted uuid, provinces text[], own_organisation uuid) returns uuid
language plpgsql stable as $$
begin
  return opened(wanted, (
    select p.deleted_at is not null from project p
     where p.id = wanted
       and (p.province_code = any (provinces) or p.organisation_id = own_organisation or p.implementer_id = own_organisation)));
end
$$;
comment on function open_project is 'The id of a project that the caller sees and that is not deleted; else 404 or 410.';

create or replace function locked_project(wanted uuid, provinces text[], own_organisation uuid) returns uuid
language plpgsql volatile as $$
begin
  -- First the project, then its rows: all who change the same project queue here and none of them meets a deadlock.
  perform from project p where p.id = wanted for no key update;
  return open_project(wanted, provinces, own_organisation);
end
$$;
comment on function locked_project is 'open_project(), locked until the end of the transaction.';
