-- SPDX-License-Identifier: MIT
-- What plans rest on: targets and who writes them, judgements by hand, versions of programmes, calls, surveys, priorities, areas.

-- ---- Targets: of a programme or of a yearly plan ----

create or replace function target_readable(t target, provinces text[], own_organisation uuid) returns boolean language sql stable as $$
  select t.province_code is null or t.province_code = any (provinces) or t.organisation_id = own_organisation
$$;
comment on function target_readable is 'Like its programme or plan, whose owner and territory it has.';

create or replace function target_writable(t target, tier text, provinces text[], own_organisation uuid) returns boolean
language sql stable as $$
  select case
    when t.province_code is null then tier = 'central'
    else coalesce(t.province_code = any (provinces) or t.organisation_id = own_organisation, false)
  end
$$;

create or replace function target_parent_gone(t target) returns boolean language sql stable as $$
  select exists (select from programme g where g.id = t.programme_id and g.deleted_at is not null)
      or exists (select from annual_plan a where a.id = t.annual_plan_id and a.deleted_at is not null)
$$;

-- A row of nulls but for owner and territory, so that the rules above hold for a target that is not there yet.
create or replace function checked_target(t target, provinces text[], own_organisation uuid) returns target language plpgsql as $$
begin
  perform refuse_faults(
    fault_if(num_nonnulls(t.programme_id, t.annual_plan_id) <> 1, '#/annual_plan_id', 'target_one_parent')
    || fault_if(t.programme_id is not null and not programme_visible(t.programme_id, provinces, own_organisation),
         '#/programme_id', 'unknown_reference')
    || fault_if(t.annual_plan_id is not null and not annual_plan_visible(t.annual_plan_id, provinces, own_organisation),
         '#/annual_plan_id', 'unknown_reference'));
  if t.programme_id is not null then
    select g.organisation_id, g.province_code into t.organisation_id, t.province_code from programme g where g.id = t.programme_id;
  else
    select a.organisation_id, a.province_code into t.organisation_id, t.province_code from annual_plan a where a.id = t.annual_plan_id;
  end if;
  return t;
end
$$;

create or replace function open_target(wanted uuid, provinces text[], own_organisation uuid) returns uuid language plpgsql stable as $$
begin
  return opened(wanted, (
    select t.deleted_at is not null or target_parent_gone(t)
      from target t
     where t.id = wanted and target_readable(t, provinces, own_organisation)));
end
$$;
comment on function open_target is 'The id of a target that the caller sees and that is not deleted; else 404 or 410.';

-- ---- Judgements by hand ----

create or replace function target_assessment_json(s target_assessment) returns json language sql stable as $$
  select json_build_object(
    'id', s.id,
    'version', s.version,
    'target_id', s.target_id,
    'result', s.result,
    'assessed_on', s.assessed_on,
    'assessed_by', (select json_build_object('id', o.id, 'code', o.code, 'name', o.name) from organisation o where o.id = s.assessed_by_id),
    'person_id', s.person_id,
    'source', s.source,
    'documents', documents_json(s.documents),
    'note', s.note,
    'created_at', instant(s.created_at),
    'created_by', s.created_by,
    'updated_at', instant(s.updated_at),
    'updated_by', s.updated_by)
$$;

create or replace function checked_assessment(s target_assessment) returns target_assessment language plpgsql as $$
begin
  s.documents := coalesce(s.documents, '[]');
  perform refuse_faults(fault_if(s.assessed_on > today(), '#/assessed_on', 'date_in_future'));
  return s;
end
$$;

-- ---- Versions of programmes ----

create or replace function version_targets(of_programme uuid) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('target_id', t.id, 'name', t.name, 'indicator_code', t.indicator_code,
           'operator', t.operator, 'kind', t.kind, 'measures', t.measures, 'tolerance_percent', t.tolerance_percent,
           'from', t."from", 'to', t."to") order by t.created_at, t.id), '[]')
    from target t
   where t.programme_id = of_programme and t.deleted_at is null
$$;

create or replace function programme_version_json(v programme_version) returns json language sql stable as $$
  select json_build_object(
    'id', v.id,
    'version', v.version,
    'programme_id', v.programme_id,
    'version_no', v.version_no,
    'status', v.status,
    'name', v.name,
    'starts_on', v.starts_on,
    'ends_on', v.ends_on,
    'activity_priorities', v.activity_priorities,
    'planned_funding', v.planned_funding,
    'targets', v.targets,
    'valid_from', v.valid_from,
    'valid_to', v.valid_to,
    'transition_id', v.transition_id,
    'decisions', documents_json(coalesce((select t.documents from transition t where t.id = v.transition_id), '[]')),
    'note', v.note,
    'created_at', instant(v.created_at),
    'created_by', v.created_by,
    'updated_at', instant(v.updated_at),
    'updated_by', v.updated_by)
$$;

create or replace function whole_version_targets(targets jsonb) returns jsonb language sql immutable as $$
  select coalesce(jsonb_agg(jsonb_build_object('target_id', null, 'indicator_code', null, 'tolerance_percent', null, 'from', null, 'to', null) || t order by n), '[]')
    from jsonb_array_elements(targets) with ordinality listed (t, n)
  having targets is not null
$$;
comment on function whole_version_targets is 'Targets with all their members; null stays null.';

-- Programmes that came from before versions were kept have their first one when the second is proposed.
create or replace function keep_first_version(g programme) returns void language plpgsql as $$
declare
  approval transition;
begin
  if exists (select from programme_version v where v.programme_id = g.id) then
    return;
  end if;
  select t.* into approval
    from transition t
   where t.record_type = 'programme' and t.record_id = g.id and t.to_status in ('approved', 'active')
   order by t.record_version
   limit 1;
  insert into programme_version (programme_id, version_no, status, name, starts_on, ends_on, activity_priorities, planned_funding, targets,
    valid_from, transition_id)
  values (g.id, 1, 'in_force', g.name, g.starts_on, g.ends_on, g.activity_priorities, g.planned_funding, version_targets(g.id),
    coalesce(approval.acted_on, g.starts_on, today()), approval.id);
end
$$;

create or replace function effect_keep_programme_version(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void
language sql as $$
  select keep_first_version(g) from programme g where g.id = record_id
$$;
comment on function effect_keep_programme_version is 'What was approved is the first version.';

create or replace function programme_version_on(of_programme uuid, on_day date) returns programme_version language sql stable as $$
  select v.*
    from programme_version v
   where v.programme_id = of_programme and v.status <> 'proposed' and v.deleted_at is null
   order by v.valid_from <= on_day desc, case when v.valid_from <= on_day then on_day - v.valid_from else v.valid_from - on_day end, v.version_no desc
   limit 1
$$;
comment on function programme_version_on is 'The version in force on a day; before the first decision, the first one.';

create or replace function programme_targets_on(of_programme uuid, on_day date) returns jsonb language sql stable as $$
  select coalesce((programme_version_on(of_programme, on_day)).targets, version_targets(of_programme))
$$;
comment on function programme_targets_on is 'Targets that hold on a day: of the version in force; of the programme itself where it has no versions.';

create or replace function checked_programme_version(v programme_version, g programme) returns programme_version language plpgsql as $$
begin
  if g.id is null then
    return v;
  end if;
  perform refuse_faults(fault_if(g.status <> 'active', '#', 'programme_version_of_active'));
  perform keep_first_version(g);
  v.programme_id := g.id;
  v.name := coalesce(v.name, g.name);
  v.starts_on := coalesce(v.starts_on, g.starts_on);
  v.ends_on := coalesce(v.ends_on, g.ends_on);
  v.activity_priorities := coalesce(v.activity_priorities, g.activity_priorities);
  v.planned_funding := coalesce(v.planned_funding, g.planned_funding);
  v.targets := coalesce(whole_version_targets(v.targets), version_targets(g.id));
  select coalesce(max(o.version_no), 0) + 1 into v.version_no from programme_version o where o.programme_id = g.id;
  perform refuse_faults(
    coalesce((select jsonb_agg(fault)
                from unnest(v.activity_priorities) with ordinality as wanted (code, n),
                     jsonb_array_elements(fault_if(not activity_fits(wanted.code, null),
                       '#/activity_priorities/' || n - 1, 'unknown_reference')) as fault), '[]')
    || coalesce((select jsonb_agg(fault)
                   from jsonb_array_elements(v.targets) with ordinality as wanted (target, n),
                        jsonb_array_elements(fault_if(target ->> 'target_id' is not null and not exists (
                          select from target t where t.id = (target ->> 'target_id')::uuid and t.programme_id = g.id and t.deleted_at is null),
                          '#/targets/' || n - 1 || '/target_id', 'unknown_reference')) as fault), '[]'));
  return v;
end
$$;

create or replace function guard_programme_version_proposed(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if(not exists (select from programme_version v
                               where v.programme_id = record_id and v.status = 'proposed' and v.deleted_at is null),
           '#/action', 'programme_version_proposed')
      || fault_if(exists (select from programme_version v
                           where v.programme_id = record_id and v.status = 'in_force' and v.valid_from > on_day),
           '#/acted_on', 'programme_version_later', jsonb_build_object('valid_from', (
             select max(v.valid_from) from programme_version v where v.programme_id = record_id and v.status = 'in_force')))
$$;
comment on function guard_programme_version_proposed is 'There is a proposal to decide on, and the decision is not older than the one in force.';

create or replace function effect_amend_programme(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void
language plpgsql as $$
declare
  v programme_version;
begin
  select * into strict v
    from programme_version o
   where o.programme_id = record_id and o.status = 'proposed' and o.deleted_at is null;
  update programme_version o
     set status = 'superseded', valid_to = on_day - 1, version = o.version + 1
   where o.programme_id = record_id and o.status = 'in_force';
  update programme g
     set name = v.name, starts_on = v.starts_on, ends_on = v.ends_on, activity_priorities = v.activity_priorities,
         planned_funding = v.planned_funding
   where g.id = record_id;
  perform apply_version_targets(record_id, v.targets);
  update programme_version o
     set status = 'in_force', valid_from = on_day, transition_id = effect_amend_programme.transition_id,
         targets = version_targets(record_id), version = o.version + 1
   where o.id = v.id;
end
$$;
comment on function effect_amend_programme is 'The proposal is in force, the version before it ends the day before, and the programme with its targets becomes what the decision says.';

create or replace function apply_version_targets(of_programme uuid, wanted jsonb) returns void language plpgsql as $$
begin
  update target t
     set deleted_at = current_instant(), version = t.version + 1
   where t.programme_id = of_programme and t.deleted_at is null
     and not exists (select from jsonb_array_elements(wanted) w where (w ->> 'target_id')::uuid = t.id);
  update target t
     set name = w.name, indicator_code = w.indicator_code, operator = w.operator, kind = w.kind, measures = w.measures,
         tolerance_percent = w.tolerance_percent, "from" = w."from", "to" = w."to", version = t.version + 1
    from jsonb_to_recordset(wanted) w (target_id uuid, name text, indicator_code text, operator text, kind text, measures jsonb,
           tolerance_percent numeric, "from" date, "to" date)
   where t.id = w.target_id and t.programme_id = of_programme;
  insert into target (programme_id, name, indicator_code, operator, kind, measures, tolerance_percent, "from", "to")
  select of_programme, w.name, w.indicator_code, w.operator, w.kind, w.measures, w.tolerance_percent, w."from", w."to"
    from jsonb_to_recordset(wanted) w (target_id uuid, name text, indicator_code text, operator text, kind text, measures jsonb,
           tolerance_percent numeric, "from" date, "to" date)
   where w.target_id is null;
end
$$;

-- ---- Calls for proposals ----

create or replace function own_writable(of_province text, of_organisation uuid, tier text, provinces text[], own_organisation uuid)
returns boolean language sql immutable parallel safe as $$
  select case
    when of_province is null then tier = 'central'
    else coalesce(of_province = any (provinces) or of_organisation = own_organisation, false)
  end
$$;
comment on function own_writable is 'Records without a province: central bodies; others: their territory and the organisation that made them.';

create or replace function plan_call_json(c plan_call) returns json language sql stable as $$
  select json_build_object(
    'id', c.id,
    'code', c.code,
    'version', c.version,
    'title', c.title,
    'year', c.year,
    'level', c.level,
    'status', c.status,
    'sent_on', c.sent_on,
    'closes_on', c.closes_on,
    'recipients', (
      select coalesce(json_agg(json_build_object('organisation_id', r -> 'organisation_id', 'name', o.name, 'replied_on', r -> 'replied_on',
               'is_late', coalesce((r ->> 'replied_on')::date > c.closes_on, false)) order by n), '[]')
        from jsonb_array_elements(c.recipients) with ordinality listed (r, n)
        left join organisation o on o.id = (r ->> 'organisation_id')::uuid),
    'recipients_count', jsonb_array_length(c.recipients),
    'replied_count', (select count(*) from jsonb_array_elements(c.recipients) r where r ->> 'replied_on' is not null),
    'documents', documents_json(c.documents),
    'organisation_id', c.organisation_id,
    'province_code', c.province_code,
    'origin', c.origin,
    'history_quality', c.history_quality,
    'note', c.note,
    'created_at', instant(c.created_at),
    'created_by', c.created_by,
    'updated_at', instant(c.updated_at),
    'updated_by', c.updated_by)
$$;

create or replace function checked_plan_call(c plan_call, before plan_call, own_province text) returns plan_call language plpgsql as $$
begin
  c.status := coalesce(c.status, 'draft');
  c.recipients := coalesce(c.recipients, '[]');
  c.documents := coalesce(c.documents, '[]');
  c.province_code := case when before.id is null then own_province else before.province_code end;
  perform refuse_faults(
    fault_if(c.sent_on > today(), '#/sent_on', 'date_in_future')
    || coalesce((select jsonb_agg(fault)
                   from jsonb_array_elements(c.recipients) with ordinality listed (r, n),
                        jsonb_array_elements(
                          fault_if(not organisation_known((r ->> 'organisation_id')::uuid), '#/recipients/' || n - 1 || '/organisation_id',
                            'unknown_reference')
                          || fault_if((r ->> 'replied_on')::date > today(), '#/recipients/' || n - 1 || '/replied_on', 'date_in_future')
                          || fault_if((r ->> 'replied_on')::date < c.sent_on or r ->> 'replied_on' is not null and c.sent_on is null,
                               '#/recipients/' || n - 1 || '/replied_on', 'plan_call_replied_before_sent')) as fault), '[]'));
  return c;
end
$$;

-- ---- Surveys ----

create or replace function survey_json(s survey) returns json language sql stable as $$
  select json_build_object(
    'id', s.id,
    'code', s.code,
    'version', s.version,
    'establishment_id', s.establishment_id,
    'establishment', (select json_build_object('id', e.id, 'code', e.code, 'name', e.name)
                        from establishment e where e.id = s.establishment_id),
    'project_id', s.project_id,
    'status', s.status,
    'surveyed_on', s.surveyed_on,
    'surveyors', s.surveyors,
    'score', trim_scale(s.score),
    'findings', s.findings,
    'organisation_id', s.organisation_id,
    'province_code', s.province_code,
    'origin', s.origin,
    'history_quality', s.history_quality,
    'note', s.note,
    'created_at', instant(s.created_at),
    'created_by', s.created_by,
    'updated_at', instant(s.updated_at),
    'updated_by', s.updated_by)
$$;

create or replace function checked_survey(s survey, before survey, provinces text[], own_organisation uuid, own_province text) returns survey
language plpgsql as $$
begin
  s.status := coalesce(s.status, 'planned');
  s.surveyors := coalesce(s.surveyors, '{}');
  -- A central body surveys where the establishment lies.
  s.province_code := coalesce(before.province_code, own_province,
    (select e.province_code from establishment e where e.id = s.establishment_id));
  perform refuse_faults(
    fault_if(before.id is null and not exists (select from establishment e where e.id = s.establishment_id and e.deleted_at is null),
      '#/establishment_id', 'unknown_reference')
    || fault_if(s.project_id is distinct from before.project_id and not project_visible(s.project_id, provinces, own_organisation),
         '#/project_id', 'unknown_reference')
    || fault_if(s.status in ('done', 'shortlisted') and s.surveyed_on > today(), '#/surveyed_on', 'date_in_future'));
  return s;
end
$$;

-- ---- Areas and priorities ----

create or replace function affected_area_json(a affected_area) returns json language sql stable as $$
  select json_build_object(
    'id', a.id,
    'version', a.version,
    'kind', a.kind,
    'name', a.name,
    'province_code', a.province_code,
    'commune_codes', a.commune_codes,
    'codes_on', a.codes_on,
    'province', admin_unit_name(a.province_code, a.codes_on),
    'current', current_json(a.province_code, a.codes_on),
    'valid_from', a.valid_from,
    'valid_to', a.valid_to,
    'legal_basis', json_build_object('document_no', a.legal_document_no, 'article', a.legal_article),
    'organisation_id', a.organisation_id,
    'note', a.note,
    'created_at', instant(a.created_at),
    'created_by', a.created_by,
    'updated_at', instant(a.updated_at),
    'updated_by', a.updated_by)
$$;

-- The body names its legal basis as answers do; a patch without it keeps what is there.
create or replace function checked_affected_area(a affected_area, before affected_area, body jsonb, own_province text) returns affected_area
language plpgsql as $$
begin
  if body ? 'legal_basis' then
    a.legal_document_no := body #>> '{legal_basis,document_no}';
    a.legal_article := body #>> '{legal_basis,article}';
  end if;
  a.commune_codes := coalesce(a.commune_codes, '{}');
  a.province_code := coalesce(a.province_code, own_province);
  if a.codes_on is null or a.province_code is distinct from before.province_code and not body ? 'codes_on' then
    a.codes_on := province_day(a.province_code, a.valid_from);
  end if;
  perform refuse_faults(
    province_faults('#/province_code', a.province_code, a.codes_on)
    || coalesce((select jsonb_agg(fault)
                   from unnest(a.commune_codes) with ordinality as listed (code, n),
                        jsonb_array_elements(fault_if(
                          not exists (select from admin_unit_at(listed.code, a.codes_on) u
                                       where u.tier = 'commune' and u.province_code = a.province_code),
                          '#/commune_codes/' || n - 1, 'unknown_admin_unit',
                          jsonb_build_object('code', listed.code, 'codes_on', a.codes_on))) as fault), '[]'));
  return a;
end
$$;

create or replace function priority_rule_json(r priority_rule) returns json language sql stable as $$
  select (jsonb_build_object(
    'id', r.id,
    'code', r.code,
    'kind', r.kind,
    'name_vi', r.name_vi,
    'name_en', r.name_en,
    'weight', trim_scale(r.weight),
    'trade_codes', r.trade_codes,
    'scales', r.scales,
    'legal_basis', json_build_object('document_no', r.legal_document_no, 'article', r.legal_article),
    'valid_from', r.valid_from,
    'valid_to', r.valid_to,
    'certainty', r.certainty,
    'enforcement', r.enforcement,
    'note', r.note)
    || rule_json('priority_rule', to_jsonb(r)))::json
$$;

create or replace function eligible_area_json(a eligible_area) returns json language sql stable as $$
  select (jsonb_build_object(
    'id', a.id,
    'code', a.code,
    'kind', a.kind,
    'name_vi', a.name_vi,
    'name_en', a.name_en,
    'province_code', a.province_code,
    'admin_unit_codes', a.admin_unit_codes,
    'codes_on', a.codes_on,
    'is_excluded', a.is_excluded,
    'legal_basis', json_build_object('document_no', a.legal_document_no, 'article', a.legal_article),
    'valid_from', a.valid_from,
    'valid_to', a.valid_to,
    'certainty', a.certainty,
    'enforcement', a.enforcement,
    'note', a.note)
    || rule_json('eligible_area', to_jsonb(a)))::json
$$;
