-- SPDX-License-Identifier: MIT
-- What the registry makes of a row before it is kept.

-- The hyphen belongs to the official form of a branch's code; it is often left out.
create or replace function tax_code_normal(code text) returns text language sql immutable parallel safe as $$
  select case when code ~ '^[0-9]{13}$' then left(code, 10) || '-' || right(code, 3) else code end
$$;

create or replace function tax_code_kind(code text) returns text language sql immutable parallel safe as $$
  select case length(code) when 10 then 'enterprise10' when 12 then 'personal12' when 14 then 'branch13' end
$$;
comment on function tax_code_kind is 'The length of a code in its normal form tells its kind.';

-- A code that came without its kind gets it; a kind that contradicts the code is left to the constraint.
create or replace function complete_establishment() returns trigger language plpgsql as $$
begin
  new.tax_code := tax_code_normal(new.tax_code);
  if tg_op = 'INSERT' then
    new.code := coalesce(new.code, printed_code('CS', 'establishment_code'));
  elsif new.tax_code is distinct from old.tax_code and new.tax_code_kind is not distinct from old.tax_code_kind then
    new.tax_code_kind := null;
  end if;
  new.tax_code_kind := coalesce(new.tax_code_kind, tax_code_kind(new.tax_code));
  if tg_op = 'INSERT' or new.place is distinct from old.place then
    new.place := place_checked('#/place', new.place);
    new.province_code := coalesce(new.place ->> 'province_code', new.province_code);
    new.codes_on := coalesce((new.place ->> 'codes_on')::date, new.codes_on, today());
  end if;
  if new.founded_on > today() then
    perform refuse('#/founded_on', 'date_in_future');
  end if;
  if new.province_code is null then
    perform refuse('#', 'required', '{"member": "place"}'); -- a central body creates it, so there is no own province to take
  end if;
  return new;
end
$$;

create or replace function complete_organisation() returns trigger language plpgsql as $$
begin
  new.code := coalesce(new.code, printed_code('CQ', 'organisation_code'));
  if (tg_op = 'INSERT' or new.province_code is distinct from old.province_code)
     and not exists (select from admin_unit where code = new.province_code and tier = 'province')
     and new.province_code is not null then
    perform refuse('#/province_code', 'unknown_province', jsonb_build_object('code', new.province_code));
  end if;
  return new;
end
$$;

create or replace function printed_code(prefix text, counter regclass) returns text language plpgsql as $$
declare
  n constant bigint := nextval(counter);
begin
  return prefix || case when n < 1000000 then lpad(n::text, 6, '0') else n::text end;
end
$$;
