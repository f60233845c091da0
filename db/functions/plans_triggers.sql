-- SPDX-License-Identifier: MIT
-- Rules of yearly plans that look at other rows. The triggers stand in migrations/0013_plans.sql.

create or replace function plan_is_assigned(status text) returns boolean language sql immutable parallel safe as $$
  select status in ('assigned', 'executing', 'settling', 'closed')
$$;
comment on function plan_is_assigned is 'Has the plan been decided? Then its items change by adjustment only.';

create or replace function plan_is_open(status text) returns boolean language sql immutable parallel safe as $$
  select status in ('draft', 'collecting', 'appraising', 'returned')
$$;
comment on function plan_is_open is 'May the items still be edited?';

-- The territory is that of the project: one plan of the nation has items of many provinces.
create or replace function inherit_plan_item() returns trigger language plpgsql
security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  select a.year, a.level, a.organisation_id into new.year, new.level, new.organisation_id
    from public.annual_plan a where a.id = new.annual_plan_id;
  select p.province_code into new.province_code from public.project p where p.id = new.project_id;
  return new;
end
$$;

-- Whoever moves a project need not see the plans it stands in.
create or replace function hand_down_plan_item_province() returns trigger language plpgsql
security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if old.province_code is distinct from new.province_code then
    update public.annual_plan_item set province_code = new.province_code where project_id = new.id;
  end if;
  return null;
end
$$;

-- The decided part of an item. What it looks like in the newest version is what it may look like in the plan.
create or replace function plan_item_decided(item jsonb) returns jsonb language sql immutable parallel safe as $$
  select jsonb_build_object('activity_code', item -> 'activity_code', 'support_vnd', item -> 'support_vnd',
           'counterpart_vnd', item -> 'counterpart_vnd', 'completion_month', item -> 'completion_month',
           'is_stopped', item -> 'is_stopped')
$$;

create or replace function plan_item_frozen() returns trigger language plpgsql as $$
declare
  plan_status constant text := (select a.status from annual_plan a where a.id = new.annual_plan_id);
  decided jsonb;
begin
  if plan_is_open(plan_status)
     or plan_item_decided(to_jsonb(new)) = plan_item_decided(to_jsonb(old)) and new.baseline is not distinct from old.baseline
        and new.deleted_at is not distinct from old.deleted_at then
    return new;
  end if;
  select plan_item_decided(to_jsonb(v)) into decided
    from annual_plan_item_version v
   where v.item_id = new.id
   order by v.version_no desc
   limit 1;
  if plan_item_decided(to_jsonb(new)) is distinct from decided
     or old.baseline is not null and new.baseline is distinct from old.baseline
     or new.deleted_at is distinct from old.deleted_at then
    perform refuse_frozen_plan(plan_status);
  end if;
  return new;
end
$$;
comment on function plan_item_frozen is 'From its submission on an item is what its newest version says, and its baseline stays.';

create or replace function refuse_frozen_plan(plan_status text) returns void language plpgsql as $$
begin
  raise exception using errcode = 'PT409', message = 'guard-failed', detail = jsonb_build_array(jsonb_build_object(
    'pointer', '#', 'code', 'annual_plan_item_frozen', 'params', jsonb_build_object('status', plan_status)));
end
$$;
