-- SPDX-License-Identifier: MIT
-- Plans: what was assigned, shapes of the answers, look-ups under the caller's scope, what decisions do.

-- ---- What was assigned ----

-- Money is held against it whoever asks: the implementer of another province does not see the local plan.
create or replace function assigned_vnd(of_project uuid, of_year integer default null) returns bigint language sql stable
security definer set search_path = pg_catalog, public, pg_temp as $$
  select sum(i.support_vnd)::bigint
    from public.annual_plan_item i
    join public.annual_plan a on a.id = i.annual_plan_id
   where i.project_id = of_project and (of_year is null or i.year = of_year)
     and i.deleted_at is null and a.deleted_at is null and public.plan_is_assigned(a.status)
$$;
comment on function assigned_vnd is 'Support assigned to a project as the plans stand now (in one year or in all); null: it is in no assigned plan.';

create or replace function assigned_baseline_vnd(of_project uuid, of_year integer default null) returns bigint language sql stable
security definer set search_path = pg_catalog, public, pg_temp as $$
  select sum(coalesce((i.baseline ->> 'support_vnd')::bigint, 0))::bigint
    from public.annual_plan_item i
    join public.annual_plan a on a.id = i.annual_plan_id
   where i.project_id = of_project and (of_year is null or i.year = of_year)
     and i.deleted_at is null and a.deleted_at is null and public.plan_is_assigned(a.status)
$$;
comment on function assigned_baseline_vnd is 'Support as it was assigned at the beginning of the year; what adjustments added counts nothing. Null: in no assigned plan.';
