-- SPDX-License-Identifier: MIT
-- Appraisals: shape of the answer, what a signature lacks, and the second person (G11).

create or replace function appraisal_json(a appraisal) returns json language plpgsql stable as $$
begin
  return (
    select json_build_object(
      'id', a.id,
      'version', a.version,
      'status', a.status,
      'stage', stage_of('appraisal', a.status),
      'allowed_actions', allowed_actions('appraisal', a.status, claim('app.tier'), acting_roles(), to_jsonb(a)),
      'project_id', a.project_id,
      'tier', a.tier,
      'appraised_on', a.appraised_on,
      'checks', (select coalesce(json_agg(json_build_object('code', c ->> 'code', 'passed', c -> 'passed', 'note', c ->> 'note') order by n), '[]')
                   from jsonb_array_elements(a.checks) with ordinality l (c, n)),
      'result', a.result,
      'priority_rule_ids', a.priority_rule_ids,
      'conclusion', a.conclusion,
      'organisation_id', a.organisation_id,
      'province_code', a.province_code,
      'origin', a.origin,
      'history_quality', a.history_quality,
      'note', a.note,
      'created_at', instant(a.created_at),
      'created_by', a.created_by,
      'updated_at', instant(a.updated_at),
      'updated_by', a.updated_by));
end
$$;

create or replace function appraisal_snapshot(of_id uuid) returns jsonb language sql stable as $$
  select frozen_part(appraisal_json(a)) from appraisal a where a.id = of_id
$$;

create or replace function appraisal_missing(a appraisal, on_day date) returns jsonb language sql stable as $$
  select required_for_submit('appraisal', to_jsonb(a), '{}', on_day)
$$;

-- ---- G11: the appraiser is not the author ----

-- History is the owner's: whoever made a record, as person or else as client, and whoever handed it in.
create or replace function authors_of(of_type text, of_id uuid) returns uuid[] language sql stable
security definer set search_path = pg_catalog, public, pg_temp as $$
  select array_agg(who)
    from (select coalesce(h.user_id, h.client_id)
            from public.history h
           where h.record_type = of_type and h.record_id = of_id and h.event = 'created'
          union
          select coalesce(t.person_id, t.client_id)
            from public.transition t
           where t.record_type = of_type and t.record_id = of_id and t.action = 'submit') author (who)
$$;

create or replace function guard_g11_appraiser_is_other(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if(coalesce(acting_person(), claim('app.client_id')::uuid) = any (authors_of('project', a.project_id)),
           '#/action', 'g11_appraiser_is_author')
    from appraisal a
   where a.id = record_id
$$;
comment on function guard_g11_appraiser_is_other is 'Who signs the appraisal neither made the project nor handed it in.';

-- The sheet of this round: a project that was returned and handed in again is appraised again.
create or replace function guard_g11_appraised(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if(not exists (
             select from appraisal a
              where a.project_id = p.id and a.deleted_at is null and a.status = 'signed' and a.tier = asked.tier
                and a.result in ('passed', 'passed_with_conditions')
                and (last_act('appraisal', a.id)).recorded_at >= coalesce((select max(t.recorded_at) from transition t
                      where t.record_type = 'project' and t.record_id = p.id and t.action = 'submit'), '-infinity')),
           '#/action', 'g11_appraisal_signed', jsonb_build_object('tier', asked.label))
    from project p
   cross join lateral (
     select case when p.status = 'central_appraising' then 'central' else 'base' end as tier,
            case when p.status = 'central_appraising' then '{"vi": "cấp Bộ", "en": "central"}'::jsonb
                 else '{"vi": "cấp cơ sở", "en": "base"}' end as label) asked
   where p.id = record_id
$$;
comment on function guard_g11_appraised is 'A project passes by a signed appraisal of its tier that let it pass.';
