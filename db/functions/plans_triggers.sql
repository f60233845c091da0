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

create or replace function plan_item_frozen() returns trigger language plpgsql
security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  plan_status text;
  quality text;
  decided jsonb;
begin
  select a.status, a.history_quality into plan_status, quality from public.annual_plan a where a.id = new.annual_plan_id;
  -- What came without its history is put right by whoever brings it, as in refuse_frozen().
  if public.plan_is_open(plan_status) or quality = 'final_state_only' then
    return new;
  end if;
  if tg_op = 'INSERT' then
    if not exists (select from public.plan_adjustment d
                    where d.id = new.plan_adjustment_id and d.annual_plan_id = new.annual_plan_id and d.status = 'approved') then
      perform public.refuse_as_decided('annual_plan_item_frozen', 'annual_plan', plan_status);
    end if;
    return new;
  end if;
  if public.plan_item_decided(to_jsonb(new)) is distinct from public.plan_item_decided(to_jsonb(old)) then
    select public.plan_item_decided(to_jsonb(v)) into decided
      from public.annual_plan_item_version v
     where v.item_id = new.id
     order by v.version_no desc
     limit 1;
  end if;
  if public.plan_item_decided(to_jsonb(new)) is distinct from coalesce(decided, public.plan_item_decided(to_jsonb(old)))
     or old.baseline is not null and new.baseline is distinct from old.baseline
     or new.project_id is distinct from old.project_id
     or new.deleted_at is distinct from old.deleted_at then
    perform public.refuse_as_decided('annual_plan_item_frozen', 'annual_plan', plan_status);
  end if;
  return new;
end
$$;
comment on function plan_item_frozen is 'From its submission on a plan takes new items from an approved adjustment only, an item is what its newest version says, and its baseline stays.';

create or replace function plan_frozen() returns trigger language plpgsql as $$
begin
  if not plan_is_open(old.status)
     and (new.name, new.programme_id, new.opens_on, new.closes_on, new.deleted_at)
         is distinct from (old.name, old.programme_id, old.opens_on, old.closes_on, old.deleted_at) then
    perform refuse_as_decided('annual_plan_frozen', 'annual_plan', old.status);
  end if;
  return new;
end
$$;

create or replace function plan_adjustment_frozen() returns trigger language plpgsql as $$
begin
  if old.status <> 'draft'
     and (new.kind, new.items, new.cut_percent, new.reason_code, new.deleted_at)
         is distinct from (old.kind, old.items, old.cut_percent, old.reason_code, old.deleted_at) then
    perform refuse_as_decided('plan_adjustment_frozen', 'plan_adjustment', old.status);
  end if;
  return new;
end
$$;

create or replace function refuse_as_decided(code text, of_type text, in_status text) returns void language plpgsql as $$
begin
  raise exception using errcode = 'PT409', message = 'guard-failed', detail = jsonb_build_array(jsonb_build_object(
    'pointer', '#', 'code', refuse_as_decided.code, 'params', jsonb_build_object('status_label', (
      select jsonb_build_object('vi', s.label_vi, 'en', s.label_en)
        from public.record_status s where s.record_type = of_type and s.status = in_status))));
end
$$;
comment on function refuse_as_decided is '409: the record can no longer be changed in this way.';

-- Whoever registers his project in a plan of the nation may not write the plan itself, but the plan is another one then.
create or replace function touch_plan() returns trigger language plpgsql
security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  owner_columns constant text[] := array['organisation_id', 'province_code', 'updated_at', 'updated_by'];
begin
  -- What an act on the plan set off belongs to the version that the act made.
  if new.annual_plan_id::text is distinct from public.claim('app.act')
     and (tg_op = 'INSERT' or to_jsonb(old) - owner_columns <> to_jsonb(new) - owner_columns) then
    update public.annual_plan set version = version + 1 where id = new.annual_plan_id;
  end if;
  return null;
end
$$;

create or replace function programme_version_frozen() returns trigger language plpgsql as $$
declare
  own_columns constant text[] := array['version', 'status', 'valid_from', 'valid_to', 'transition_id', 'organisation_id', 'province_code',
    'updated_at', 'updated_by'];
begin
  if old.status <> 'proposed' and to_jsonb(new) - own_columns <> to_jsonb(old) - own_columns then
    raise exception using errcode = 'PT409', message = 'guard-failed', detail = jsonb_build_array(jsonb_build_object(
      'pointer', '#', 'code', 'programme_version_frozen'));
  end if;
  return new;
end
$$;
comment on function programme_version_frozen is 'A version that was decided stays as it is; only a proposal is changed or deleted.';
