-- SPDX-License-Identifier: MIT
-- Who a token speaks for: the organisation and territory behind it, and the person with his roles of today.

-- ---- Territory ----

create or replace function territory_of(of_organisation uuid) returns text[] language sql stable parallel safe as $$
  select case
    when o.kind in ('ministry', 'bureau', 'central_centre') then
      (select array_agg(distinct u.code order by u.code) from admin_unit u where u.tier = 'province')
    when o.province_code is not null then provinces_under(array[o.province_code])
    else '{}'
  end
    from organisation o
   where o.id = of_organisation
$$;
comment on function territory_of is 'Codes of the own province and all that went into it; central agencies have every province there ever was.';

create or replace function provinces_under(codes text[]) returns text[] language sql stable parallel safe as $$
  select array(
    select unnest(codes)
     union
    select m.code from admin_unit_map m where m.on_code = any (codes) and today() between m.on_from and m.on_to
     order by 1)
$$;
comment on function provinces_under is 'Provinces with all their predecessors on today''s map.';

-- ---- Roles ----

create or replace function roles_of(of_user uuid, own_organisation uuid, provinces text[]) returns setof role_assignment
language sql stable as $$
  select a.*
    from role_assignment a
    join organisation o on o.id = a.organisation_id and o.deleted_at is null
   where a.user_id = of_user and a.deleted_at is null
     and today() >= a.valid_from and (a.valid_to is null or today() <= a.valid_to)
     and manages_users_of(a.organisation_id, own_organisation, provinces)
$$;
comment on function roles_of is 'Roles of a person today, as far as a client of this organisation may speak of them.';

create or replace function territory_in(own text[], held role_assignment[]) returns text[] language sql stable as $$
  select case
    when bool_or(h.province_code is null) then own
    else array(select unnest(own) intersect select unnest(provinces_under(array_agg(h.province_code))) order by 1)
  end
    from unnest(held) h
$$;
comment on function territory_in is 'A person whose roles are all for certain provinces sees those alone.';

-- Who only uses a system of an access administrator is none himself.
create or replace function scopes_of(held text[], roles text[]) returns text[] language sql immutable parallel safe as $$
  select case when 'access_admin' = any (roles) then held else array_remove(held, 'access:manage') end
$$;

-- ---- The caller ----

create or replace function acting_for(c client, wanted uuid)
returns table (organisation_id uuid, tier text, province_code text, provinces text[], roles text[], scopes text[])
language sql stable as $$
  select o.id, o.tier, o.province_code, territory_of(o.id), null, c.scopes
    from organisation o
   where wanted is null and o.id = c.organisation_id and o.deleted_at is null
  union all
  select o.id, o.tier, case when o.province_code = any (seen.provinces) then o.province_code end, seen.provinces, held.roles,
         scopes_of(c.scopes, held.roles)
    from organisation own
   cross join territory_of(own.id) as reach
    join "user" u on u.id = wanted and u.deleted_at is null and u.status = 'active' and manages_users_of(u.organisation_id, own.id, reach)
    join organisation o on o.id = u.organisation_id and o.deleted_at is null
   cross join lateral (
     select array_agg(distinct r.role order by r.role) as roles, array_agg(r) as rows from roles_of(u.id, own.id, reach) r) held
   cross join lateral territory_in(territory_of(o.id), held.rows) as seen (provinces)
   where own.id = c.organisation_id and own.deleted_at is null and 'users:act' = any (c.scopes) and held.roles is not null
$$;
comment on function acting_for is 'What tokens of a client see: by itself (wanted is null), or for a person. No row: it may not speak for that person now, whatever the reason.';

-- ---- Writing users and roles ----

create or replace function may_manage_users_of(wanted uuid, own uuid, provinces text[]) returns boolean
language sql stable parallel safe as $$
  select wanted is null or manages_users_of(wanted, own, provinces) or not exists (select from organisation o where o.id = wanted)
$$;
comment on function may_manage_users_of is 'For new records: null is the own organisation, and one that does not exist passes here, since the reference refuses it by name.';

-- ---- JSON ----

create or replace function user_summary_json(u "user", is_owner boolean) returns json language sql stable as $$
  select json_build_object('id', u.id, 'version', u.version, 'status', u.status, 'user_name', u.user_name,
    'full_name', case when is_owner then u.full_name else masked(u.full_name) end,
    'organisation_id', u.organisation_id, 'updated_at', instant(u.updated_at))
$$;

create or replace function user_json(u "user", is_owner boolean) returns json language sql stable as $$
  select json_build_object('id', u.id, 'version', u.version, 'status', u.status, 'user_name', u.user_name,
    'full_name', case when is_owner then u.full_name else masked(u.full_name) end,
    'organisation_id', u.organisation_id, 'issuer_id', u.issuer_id, 'is_masked', not is_owner, 'note', u.note,
    'created_at', instant(u.created_at), 'created_by', u.created_by,
    'updated_at', instant(u.updated_at), 'updated_by', u.updated_by)
$$;

create or replace function role_assignment_json(a role_assignment) returns json language sql stable as $$
  select json_build_object('id', a.id, 'version', a.version, 'user_id', a.user_id, 'role', a.role,
    'organisation_id', a.organisation_id, 'province_code', a.province_code, 'valid_from', a.valid_from, 'valid_to', a.valid_to,
    'note', a.note, 'created_at', instant(a.created_at), 'created_by', a.created_by,
    'updated_at', instant(a.updated_at), 'updated_by', a.updated_by)
$$;

create or replace function refuse_unless_held(wanted text, scopes text) returns void language plpgsql as $$
begin
  if not coalesce(wanted = any (string_to_array(scopes, ' ')), false) then
    raise exception using errcode = 'PT403', message = 'insufficient-scope', detail = jsonb_build_object('scope', wanted);
  end if;
end
$$;
comment on function refuse_unless_held is '403 insufficient-scope, where an operation takes one of several scopes and this change needs a certain one.';
