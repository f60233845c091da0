-- SPDX-License-Identifier: MIT
-- Whose users an access administrator manages, and what is asked of a role before it is kept.

create or replace function organisations_managed_by(own uuid, provinces text[]) returns setof uuid
language sql stable parallel safe as $$
  select own
   union all
  select o.id
    from organisation manager
    join organisation o
      on manager.kind in ('ministry', 'bureau')
      or manager.tier = 'province' and manager.kind in ('people_committee', 'industry_department') and o.province_code = any (provinces)
   where manager.id = own
$$;
comment on function organisations_managed_by is 'Whose users an organisation manages: its own; people''s committee and industry department of a province those of its territory too, ministry and bureau everybody''s.';

create or replace function manages_users_of(wanted uuid, own uuid, provinces text[]) returns boolean
language sql stable parallel safe as $$
  select exists (select from organisations_managed_by(own, provinces) managed where managed = wanted)
$$;

create or replace function role_fits(role text, tier text) returns boolean language sql immutable parallel safe as $$
  select case
    when role in ('bureau_officer', 'bureau_leader', 'ministry_leader') then tier = 'central'
    when role in ('department_officer', 'department_leader', 'provincial_leader') then tier = 'province'
    when role = 'commune_officer' then tier = 'commune'
    else true
  end
$$;
comment on function role_fits is 'Can a body of this tier have such a role? Else a province could make leaders of the ministry.';

create or replace function complete_role_assignment() returns trigger language plpgsql as $$
declare
  faults jsonb;
begin
  select fault_if(not role_fits(new.role, o.tier), '#/role', 'role_outside_tier', jsonb_build_object('role', new.role, 'tier', o.tier))
      || fault_if(new.province_code is not null and not coalesce(new.province_code = any (territory_of(o.id)), false),
           '#/province_code', 'province_outside_organisation', jsonb_build_object('code', new.province_code))
    into faults
    from organisation o
   where o.id = new.organisation_id;
  perform refuse_faults(faults);
  return new;
end
$$;
