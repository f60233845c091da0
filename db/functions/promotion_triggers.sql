-- SPDX-License-Identifier: MIT
-- Rules of the promotion area that look at other rows. The triggers stand in migrations/0003_promotion.sql.

create or replace function fault_if(is_bad boolean, pointer text, code text, params jsonb default null) returns jsonb
language plpgsql immutable parallel safe as $$
begin
  return case
    when is_bad then jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('pointer', pointer, 'code', code, 'params', params)))
    else '[]'
  end;
end
$$;
comment on function fault_if is 'A list of one fault, or of none; lists are joined by ||.';

create or replace function refuse_faults(faults jsonb) returns void language plpgsql as $$
begin
  if jsonb_array_length(faults) > 0 then
    raise exception using errcode = 'PT422', message = 'invalid', detail = faults;
  end if;
end
$$;
comment on function refuse_faults is '422 invalid with all these faults, if there are any.';

-- A project and its parts may lie in provinces of which the caller sees nothing: so this looks with the owner's eyes.
create or replace function project_rules() returns trigger language plpgsql
security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  faults jsonb := '[]';
  parent_scale text;
begin
  if new.parent_id is not null and (tg_op = 'INSERT' or new.parent_id is distinct from old.parent_id) then
    -- The lock holds off a change of the parent's scale until this part is there to be seen.
    select scale into parent_scale from public.project where id = new.parent_id for share;
    faults := faults || public.fault_if(parent_scale is distinct from 'key', '#/parent_id', 'project_parent_is_key');
  end if;
  if tg_op = 'UPDATE' and old.scale = 'key' and new.scale is distinct from 'key' then
    faults := faults || public.fault_if(
      exists (select from public.project where parent_id = new.id and deleted_at is null), '#/scale', 'project_has_parts');
  end if;
  if tg_op = 'UPDATE' and new.starts_on is distinct from old.starts_on then
    faults := faults || public.fault_if(
      exists (select from public.project_line l
               where l.project_id = new.id and l.deleted_at is null and l.activity_code is not null
                 and not public.activity_fits(l.activity_code, new.starts_on)),
      '#/starts_on', 'project_starts_on_activity');
  end if;
  perform public.refuse_faults(faults);
  return null;
end
$$;

create or replace function activity_fits(wanted text, on_day date) returns boolean language sql stable as $$
  select exists (
    select from public.activity a
     where a.code = wanted
       and (on_day is null or a.enforcement = 'warn' or on_day >= a.valid_from and (a.valid_to is null or on_day <= a.valid_to)))
$$;
comment on function activity_fits is 'May a project that starts on this day (null: not known yet) use the activity?';

create or replace function project_line_rules() returns trigger language plpgsql as $$
declare
  is_new constant boolean := tg_op = 'INSERT';
  starts_on date := (select p.starts_on from project p where p.id = new.project_id);
  activity_known boolean;
  faults jsonb := '[]';
begin
  if new.activity_code is not null and (is_new or new.activity_code is distinct from old.activity_code) then
    activity_known := exists (select from activity a where a.code = new.activity_code);
    faults := faults
      || fault_if(not activity_known, '#/activity_code', 'unknown_reference')
      || fault_if(activity_known and not activity_fits(new.activity_code, starts_on), '#/activity_code',
           'project_line_activity_in_force', jsonb_build_object('starts_on', starts_on));
  end if;
  if new.establishment_id is not null and (is_new or new.establishment_id is distinct from old.establishment_id) then
    faults := faults || fault_if(
      not exists (select from establishment e where e.id = new.establishment_id and e.deleted_at is null),
      '#/establishment_id', 'unknown_reference');
  end if;
  perform refuse_faults(faults);
  return new;
end
$$;

-- Funding and outputs. The query has locked the project, so the line cannot vanish meanwhile.
create or replace function project_part_rules() returns trigger language plpgsql as $$
begin
  if new.line_id is not null and (tg_op = 'INSERT' or new.line_id is distinct from old.line_id) then
    perform refuse_faults(fault_if(
      not exists (select from project_line l
                   where l.id = new.line_id and l.project_id = new.project_id and l.deleted_at is null),
      '#/line_id', 'unknown_reference'));
  end if;
  return new;
end
$$;

