-- SPDX-License-Identifier: MIT
-- Places over time, masking of personal data, and the JSON of the registry.

-- ---- Places over time ----

create or replace function admin_unit_at(unit_code text, on_day date) returns setof admin_unit
language sql stable parallel safe rows 1 as $$
  select u.* from admin_unit u
   where u.code = unit_code and on_day >= u.assumed_from and (u.valid_to is null or on_day <= u.valid_to)
$$;
comment on function admin_unit_at is 'The unit of that code on a day; nothing when unknown. Days before a row that is only "known from" count to it.';

create or replace function province_codes(own text) returns text[] language sql stable parallel safe as $$
  select array_agg(distinct m.code)
    from (select own as code union all select code from admin_unit_map where on_code = own and valid_from < on_from) m
$$;
comment on function province_codes is 'A province and all its predecessors. Reused codes do no harm: each of the seven names a predecessor of the province that has it now.';

create or replace function all_province_codes() returns text[] language sql stable parallel safe as $$
  select array_agg(distinct code) from admin_unit where tier = 'province'
$$;

create or replace function writable_province(wanted text, provinces text[]) returns boolean language sql stable parallel safe as $$
  select wanted is null or wanted = any (provinces)
      or not exists (select from admin_unit where code = wanted and tier = 'province')
$$;
comment on function writable_province is 'May a record with this province be written by a caller of these provinces? A province that is none passes here: the check of the place refuses it by name.';

create or replace function admin_unit_on(unit_code text, codes_on date, basis date) returns text
language plpgsql stable parallel safe as $$
begin
  return (
    select m.on_code from admin_unit_map m
     where m.code = unit_code and codes_on between m.valid_from and m.valid_to
       and basis between m.on_from and m.on_to and m.is_only
     limit 1);
end
$$;
comment on function admin_unit_on is 'Where a unit, recorded with the code of codes_on, lies on the map of another day; null when it was divided or is not known.';

create or replace function province_on(unit_code text, codes_on date, basis date, commune_code text default null) returns text
language plpgsql stable parallel safe as $$
declare
  found_code constant text := admin_unit_on(unit_code, codes_on, basis);
begin
  if found_code is not null or commune_code is null then
    return found_code;
  end if;
  return (
    select case when count(distinct u.province_code) = 1 then min(u.province_code) end
      from admin_unit_map m
      cross join admin_unit_at(m.on_code, basis) u
     where m.code = commune_code and codes_on between m.valid_from and m.valid_to
       and basis between m.on_from and m.on_to);
end
$$;
comment on function province_on is 'The province code on the map of `basis` for a province recorded with the code of codes_on. Backwards over a merger the commune decides; null without it.';

create or replace function provinces_recorded_as(unit_code text, basis date)
returns table (code text, valid_from date, valid_to date) language sql stable parallel safe rows 4 as $$
  select m.code, m.valid_from, m.valid_to from admin_unit_map m
   where m.on_code = unit_code and basis between m.on_from and m.on_to and m.is_only
  union all
  select unit_code, '-infinity', 'infinity' where basis is null
$$;
comment on function provinces_recorded_as is 'Under which codes, in which periods, records of a province (on the map of `basis`) stand. Null basis: under that code alone, at any time.';

create or replace function basis_date(geo_basis text) returns date language plpgsql stable as $$
begin
  return case geo_basis when 'as_recorded' then null when 'current' then today() else geo_basis::date end;
exception when datetime_field_overflow or invalid_datetime_format then
  raise exception using errcode = 'PT400', message = 'invalid-parameter',
    detail = jsonb_build_array(jsonb_build_object('parameter', 'geo_basis', 'code', 'format', 'params', '{"format": "date"}'::jsonb));
end
$$;
comment on function basis_date is 'The day whose map `geo_basis` asks for; null: as recorded.';

-- For lists below a code in the path: an empty page would hide a wrong code. Used as `where (select known_admin_unit(:code))`.
create or replace function known_admin_unit(wanted text) returns boolean language plpgsql stable as $$
begin
  if not exists (select from admin_unit where code = wanted) then
    raise exception using errcode = 'PT404', message = 'not-found';
  end if;
  return true;
end
$$;

create or replace function known_region(wanted text) returns boolean language plpgsql stable as $$
begin
  if not exists (select from region where code = wanted) then
    raise exception using errcode = 'PT404', message = 'not-found';
  end if;
  return true;
end
$$;

-- ---- Places in records ----

create or replace function place_checked(pointer text, place jsonb) returns jsonb language plpgsql stable as $$
declare
  on_day date := coalesce((place ->> 'codes_on')::date, today());
  province text := place ->> 'province_code';
  commune admin_unit;
  faults jsonb := '[]';
begin
  if place is null or place = 'null' then
    return null;
  end if;
  if not exists (select from admin_unit_at(province, on_day) u where u.tier = 'province') then
    faults := faults || jsonb_build_object('pointer', pointer || '/province_code', 'code', 'unknown_admin_unit',
      'params', jsonb_build_object('code', province, 'codes_on', on_day));
  end if;
  if place ->> 'commune_code' is not null then
    select * into commune from admin_unit_at(place ->> 'commune_code', on_day) u where u.tier = 'commune';
    if commune.code is null then
      faults := faults || jsonb_build_object('pointer', pointer || '/commune_code', 'code', 'unknown_admin_unit',
        'params', jsonb_build_object('code', place ->> 'commune_code', 'codes_on', on_day));
    elsif commune.province_code <> province then
      faults := faults || jsonb_build_object('pointer', pointer || '/commune_code', 'code', 'commune_outside_province',
        'params', jsonb_build_object('commune', commune.full_name, 'province_code', commune.province_code));
    end if;
  end if;
  if faults <> '[]' then
    raise exception using errcode = 'PT422', message = 'invalid', detail = faults;
  end if;
  return place || jsonb_build_object('codes_on', on_day);
end
$$;
comment on function place_checked is 'A `Place` as it is kept: its codes name units of the day codes_on (default: today). Refuses all that is wrong with it.';

create or replace function places_checked(pointer text, places jsonb) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(place_checked(pointer || '/' || (n - 1), place) order by n), '[]')
    from jsonb_array_elements(places) with ordinality p (place, n)
$$;

create or replace function admin_unit_name(unit_code text, on_day date) returns json language plpgsql stable parallel safe as $$
begin
  return (select json_build_object('code', u.code, 'name', u.name) from admin_unit_at(unit_code, on_day) u limit 1);
end
$$;

create or replace function place_json(place jsonb) returns json language plpgsql stable parallel safe as $$
begin
  return (
    select json_build_object(
      'province_code', p.province_code, 'province', admin_unit_name(p.province_code, p.codes_on),
      'commune_code', p.commune_code, 'commune', admin_unit_name(p.commune_code, p.codes_on),
      'address_line', p.address_line, 'codes_on', p.codes_on, 'latitude', p.latitude, 'longitude', p.longitude,
      'current', json_build_object(
        'province', admin_unit_name(province_on(p.province_code, p.codes_on, today(), p.commune_code), today()),
        'commune', admin_unit_name(admin_unit_on(p.commune_code, p.codes_on, today()), today())))
      from jsonb_to_record(place) p (province_code text, commune_code text, address_line text, codes_on date,
                                     latitude double precision, longitude double precision)
     where place is not null);
end
$$;
comment on function place_json is 'A kept place as the API shows it: with the names of its day and, where that is certain, the units of today.';

create or replace function places_json(places jsonb) returns json language plpgsql stable as $$
begin
  return (
    select coalesce(json_agg(place_json(place) order by n), '[]')
      from jsonb_array_elements(places) with ordinality p (place, n));
end
$$;

-- ---- Personal data ----

create or replace function masked(value text, shown integer default 0) returns text language sql immutable parallel safe as $$
  select '***' || right(value, least(shown, length(value) / 3)) where value is not null
$$;
comment on function masked is 'Three stars and at most the last `shown` characters.';

-- ---- JSON ----

create or replace function admin_unit_summary_json(u admin_unit) returns json language sql stable as $$
  select json_build_object('code', u.code, 'tier', u.tier, 'kind', u.kind, 'name', u.name, 'full_name', u.full_name,
    'parent_code', u.parent_code, 'province_code', u.province_code, 'valid_from', u.valid_from, 'valid_to', u.valid_to)
$$;

create or replace function admin_unit_json(u admin_unit) returns json language sql stable as $$
  select json_build_object('code', u.code, 'tier', u.tier, 'kind', u.kind, 'name', u.name, 'full_name', u.full_name,
    'parent_code', u.parent_code, 'parent', admin_unit_name(u.parent_code, u.valid_from),
    'province_code', u.province_code, 'province', admin_unit_name(u.province_code, u.valid_from),
    'valid_from', u.valid_from, 'valid_to', u.valid_to, 'legal_basis', u.legal_basis)
$$;

create or replace function admin_unit_link_json(s admin_unit_succession) returns json language sql stable as $$
  select json_build_object('kind', s.kind, 'part', s.part, 'certainty', s.certainty, 'effective_on', s.effective_on,
    'legal_basis', s.legal_basis,
    'from', (select admin_unit_summary_json(u) from admin_unit u where u.code = s.old_code and u.valid_to = s.effective_on - 1),
    'to', (select admin_unit_summary_json(u) from admin_unit u where u.code = s.new_code and u.valid_from = s.effective_on))
$$;

create or replace function region_json(r region) returns json language sql stable as $$
  select json_build_object('code', r.code, 'scheme', r.scheme, 'name', r.name, 'valid_from', r.valid_from, 'valid_to', r.valid_to)
$$;

create or replace function region_member_json(m region_member) returns json language sql stable as $$
  select json_build_object('province_code', m.province_code, 'province', admin_unit_name(m.province_code, m.valid_from),
    'valid_from', m.valid_from, 'valid_to', m.valid_to, 'certainty', m.certainty, 'source', m.source)
$$;

create or replace function organisation_summary_json(o organisation) returns json language sql stable as $$
  select json_build_object('id', o.id, 'code', o.code, 'version', o.version, 'name', o.name, 'kind', o.kind, 'tier', o.tier,
    'agency_code', o.agency_code, 'parent_id', o.parent_id, 'province_code', o.province_code,
    'valid_from', o.valid_from, 'valid_to', o.valid_to, 'updated_at', instant(o.updated_at))
$$;

create or replace function organisation_json(o organisation) returns json language sql stable as $$
  select json_build_object('id', o.id, 'code', o.code, 'version', o.version, 'name', o.name, 'kind', o.kind, 'tier', o.tier,
    'agency_code', o.agency_code, 'parent_id', o.parent_id, 'province_code', o.province_code,
    'functions', o.functions, 'predecessor_ids', o.predecessor_ids,
    'valid_from', o.valid_from, 'valid_to', o.valid_to,
    'organisation_id', o.organisation_id, 'external_refs', external_refs_json('organisation', o.id),
    'origin', o.origin, 'history_quality', o.history_quality, 'note', o.note,
    'created_at', instant(o.created_at), 'created_by', o.created_by,
    'updated_at', instant(o.updated_at), 'updated_by', o.updated_by)
$$;

create or replace function establishment_tax_code(e establishment, is_owner boolean) returns text
language sql immutable parallel safe as $$
  select case when e.tax_code_kind = 'personal12' and not is_owner then masked(e.tax_code, 3) else e.tax_code end
$$;

create or replace function establishment_summary_json(e establishment, is_owner boolean) returns json language sql stable as $$
  select json_build_object('id', e.id, 'code', e.code, 'version', e.version, 'status', e.status, 'name', e.name,
    'legal_form', e.legal_form, 'tax_code', establishment_tax_code(e, is_owner), 'tax_code_kind', e.tax_code_kind,
    'site_no', e.site_no, 'province_code', e.province_code, 'province', admin_unit_name(e.province_code, e.codes_on),
    'commune', admin_unit_name(e.place ->> 'commune_code', e.codes_on), 'size_class', e.size_class,
    'organisation_id', e.organisation_id, 'updated_at', instant(e.updated_at))
$$;

create or replace function representative_json(representative jsonb, is_owner boolean) returns json language plpgsql immutable as $$
begin
  return (
    select json_build_object(
      'full_name', case when is_owner then r.full_name else masked(r.full_name) end,
      'position', r.position,
      'id_no', case when is_owner then r.id_no else masked(r.id_no, 3) end)
      from jsonb_to_record(representative) r (full_name text, position text, id_no text)
     where representative is not null);
end
$$;

create or replace function establishment_json(e establishment, is_owner boolean) returns json language sql stable as $$
  select json_build_object('id', e.id, 'code', e.code, 'version', e.version, 'status', e.status, 'name', e.name,
    'legal_form', e.legal_form, 'tax_code', establishment_tax_code(e, is_owner), 'tax_code_kind', e.tax_code_kind,
    'site_no', e.site_no, 'registration', e.registration, 'representative', representative_json(e.representative, is_owner),
    'phone', case when is_owner then e.phone else masked(e.phone, 3) end,
    'email', case when is_owner then e.email else masked(e.email) end,
    'place', place_json(e.place), 'vsic_version', e.vsic_version, 'vsic_codes', e.vsic_codes,
    'main_products', e.main_products, 'founded_on', e.founded_on, 'size_class', e.size_class,
    'craft_village_name', e.craft_village_name, 'is_masked', not is_owner,
    'organisation_id', e.organisation_id, 'province_code', e.province_code,
    'external_refs', external_refs_json('establishment', e.id),
    'origin', e.origin, 'history_quality', e.history_quality, 'note', e.note,
    'created_at', instant(e.created_at), 'created_by', e.created_by,
    'updated_at', instant(e.updated_at), 'updated_by', e.updated_by)
$$;
comment on function establishment_json is 'is_owner: the caller may see personal data of this territory.';
