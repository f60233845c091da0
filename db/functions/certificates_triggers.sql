-- SPDX-License-Identifier: MIT
-- What a certificate takes from its product before it is kept, unless the issue says otherwise: names as printed, territory.

create or replace function complete_certificate() returns trigger language plpgsql as $$
declare
  place record;
begin
  select p.name as product_name, p.province_code, p.codes_on, e.name as establishment_name into place
    from product p, establishment e where p.id = new.product_id and e.id = new.establishment_id;
  new.product_name := coalesce(new.product_name, place.product_name);
  new.establishment_name := coalesce(new.establishment_name, place.establishment_name);
  if new.province_code is null then
    new.province_code := place.province_code;
    new.codes_on := place.codes_on;
  end if;
  return new;
end
$$;
