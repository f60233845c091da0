-- SPDX-License-Identifier: MIT
-- Registry: places over time, regions, agencies over time, establishments.

-- ---- Administrative units: loaded from db/reference, changed by nobody else ----

create table admin_unit (
  id uuid primary key default uuidv7(),
  tier text not null,
  code text not null,
  kind text not null,
  name text not null,
  full_name text not null,
  parent_code text,
  province_code text not null,
  valid_from date not null,
  assumed_from date not null,
  valid_to date,
  legal_basis text,
  folded text generated always as (fold(full_name)) stored,
  constraint admin_unit_valid_to_order check (valid_to >= valid_from),
  constraint admin_unit_code_overlap exclude using gist (code with =, daterange(valid_from, valid_to, '[]') with &&) deferrable
);
comment on table admin_unit is 'Provinces, districts (to 30/6/2025) and communes. One row per code and period: seven province codes name another province since 1/7/2025, so a code alone is no key.';
comment on column admin_unit.code is 'Official code: 2 digits province, 3 district, 5 commune; the length tells the tier.';
comment on column admin_unit.parent_code is 'Unit of the next tier that is valid on the same days.';
comment on column admin_unit.province_code is 'Province above; of a province its own code. Worked out by the loader.';
comment on column admin_unit.valid_from is 'First day; where legal_basis is null the first day for which the row is known.';
comment on column admin_unit.assumed_from is 'First day for which a place may cite the row: open before valid_from where that is only "known from" and no earlier row has the code.';
comment on column admin_unit.valid_to is 'Last day, inclusive; null: still valid.';
comment on column admin_unit.legal_basis is 'Of valid_from.';
create index admin_unit_code on admin_unit (code, assumed_from);
create index admin_unit_parent on admin_unit (parent_code);
create index admin_unit_folded on admin_unit using gin (folded gin_trgm_ops) with (fastupdate = off);

create table admin_unit_succession (
  id uuid primary key default uuidv7(),
  old_code text not null,
  new_code text not null,
  tier text not null,
  effective_on date not null,
  kind text not null,
  part text not null,
  certainty text not null,
  legal_basis text,
  constraint admin_unit_succession_key unique (old_code, new_code, effective_on)
);
comment on table admin_unit_succession is 'Which unit became which. The old unit ended the day before effective_on, the new one began on it.';
comment on column admin_unit_succession.tier is 'Of the old unit.';
comment on column admin_unit_succession.kind is 'unchanged, renamed, merged, divided or reclassified.';
comment on column admin_unit_succession.part is 'whole, or part: the old unit went to several; which address went where is not known.';
comment on column admin_unit_succession.certainty is 'exact or inferred: how the conversion program found the link.';
create index admin_unit_succession_new on admin_unit_succession (new_code, effective_on);

create table admin_unit_map (
  code text not null,
  valid_from date not null,
  valid_to date not null,
  on_code text not null,
  on_from date not null,
  on_to date not null,
  is_only boolean not null,
  primary key (code, valid_from, on_code, on_from)
);
comment on table admin_unit_map is 'Closure of the successions, made by the loader: a unit recorded with code between valid_from and valid_to lies, on the map of any day between on_from and on_to, in on_code. Forwards, backwards and itself; open ends are infinity.';
comment on column admin_unit_map.is_only is 'No other unit comes into question on those days. False: the territory was divided, or (backwards) was several units.';
create index admin_unit_map_on on admin_unit_map (on_code, on_from);

create table region (
  code text primary key,
  scheme text not null,
  name text not null,
  valid_from date not null,
  valid_to date
);
comment on table region is 'Groups of provinces; schemes are independent of each other.';
comment on column region.scheme is 'promotion (khuyến công), statistical or key_economic.';

create table region_member (
  id uuid primary key default uuidv7(),
  region_code text not null references region,
  province_code text not null,
  valid_from date not null,
  valid_to date,
  certainty text not null,
  source text,
  constraint region_member_overlap
    exclude using gist (region_code with =, province_code with =, daterange(valid_from, valid_to, '[]') with &&) deferrable
);
comment on table region_member is 'Provinces of a region with the days for which that holds.';
comment on column region_member.certainty is 'stated, verified or derived: see db/reference/README.md.';

-- ---- Organisations ----

create sequence organisation_code;

create table organisation (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  organisation_id uuid,
  province_code text,
  origin text not null default 'native',
  history_quality text not null default 'full',
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  code text not null,
  name text not null,
  kind text not null,
  tier text not null,
  agency_code text,
  parent_id uuid references organisation,
  functions text[] not null default '{}',
  predecessor_ids uuid[] not null default '{}',
  valid_from date,
  valid_to date,
  folded text generated always as (fold(code || ' ' || name)) stored,
  constraint organisation_valid_to_order check (valid_to >= valid_from),
  constraint organisation_parent_other check (parent_id <> id),
  constraint organisation_province_code_required check ((tier in ('central', 'region')) = (province_code is null)),
  constraint organisation_agency_code_overlap exclude using gist
    (agency_code with =, daterange(valid_from, valid_to, '[]') with &&) where (deleted_at is null)
);
comment on table organisation is 'Agencies and other bodies over time: a new name after a reorganisation is a new row that names its predecessors.';
comment on column organisation.organisation_id is 'Who keeps the record, not the body itself.';
comment on column organisation.province_code is 'Territory; null for bodies of the centre and of regions.';
comment on column organisation.code is 'For people; made by us (CQ000001) when not given.';
comment on column organisation.agency_code is 'Electronic code of the agency (scheme of Decision 20/2020/QĐ-TTg).';
comment on column organisation.functions is 'What it does, as codes of an open list.';
create unique index organisation_code_key on organisation (code) where deleted_at is null;
create index organisation_updated on organisation (updated_at, id);
create index organisation_name on organisation (name collate vietnamese, id);
create index organisation_folded on organisation using gin (folded gin_trgm_ops) with (fastupdate = off);

-- ---- Establishments ----

-- Stands in a migration and not in functions/: a constraint rests on it, so a new rule needs a look at the rows.
-- It names itself with its schema, since a dump is restored with an empty search_path.
-- The digits 00 and 0000000 are never given out. A remainder of 0 would make the check digit 10: such a code does not exist.
create function tax_code_valid(code text, kind text) returns boolean language sql immutable parallel safe as $$
  select case kind
    when 'personal12' then code ~ '^[0-9]{12}$'
    when 'branch13' then code ~ '^[0-9]{10}-[0-9]{3}$' and code !~ '-000$' and public.tax_code_valid(left(code, 10), 'enterprise10')
    when 'enterprise10' then code ~ '^[0-9]{10}$' and code !~ '^00' and code !~ '^..0000000' and (
      select substr(code, 10, 1)::integer = 10 - sum(weight * substr(code, place::integer, 1)::integer) % 11
        from unnest(array[31, 29, 23, 19, 17, 13, 7, 5, 3]) with ordinality as digit (weight, place))
    else false
  end
$$;
comment on function tax_code_valid is 'Form and check digit of a tax code. A personal code (the 12-digit identity number) has no check digit.';

create sequence establishment_code;

create table establishment (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  organisation_id uuid,
  province_code text not null,
  origin text not null default 'native',
  history_quality text not null default 'full',
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  code text not null,
  status text not null default 'active',
  name text not null,
  legal_form text,
  tax_code text,
  tax_code_kind text,
  site_no integer not null default 1,
  registration jsonb,
  representative jsonb,
  phone text,
  email text,
  place jsonb,
  codes_on date not null,
  vsic_version text,
  vsic_codes text[] not null default '{}',
  main_products jsonb not null default '[]',
  founded_on date,
  size_class text,
  craft_village_name text,
  folded text generated always as (fold(code || ' ' || name || ' ' || coalesce(craft_village_name, ''))) stored,
  constraint establishment_tax_code_check
    check (tax_code is null and tax_code_kind is null or coalesce(tax_code_valid(tax_code, tax_code_kind), false)),
  constraint establishment_vsic_version_required check (vsic_version is not null or vsic_codes = '{}')
);
comment on table establishment is 'Rural-industry establishments, which projects support; also the owners of OCOP products.';
comment on column establishment.province_code is 'Territory: the province of the place, as recorded there; else that of whoever created the record.';
comment on column establishment.codes_on is 'Day on whose map province_code is valid.';
comment on column establishment.tax_code is 'enterprise10: 10 digits; branch13: 10, hyphen, 3; personal12: identity number, personal data.';
comment on column establishment.site_no is 'Counts the production sites under one tax code.';
comment on column establishment.registration is 'Certificate of registration other than the tax code: document_no, issued_on, issuer_name.';
comment on column establishment.representative is 'full_name, position, id_no; personal data.';
comment on column establishment.place is 'province_code, commune_code, address_line, codes_on, latitude, longitude.';
comment on column establishment.vsic_version is 'Which classification vsic_codes are of: 2018 or 2025.';
comment on column establishment.vsic_codes is 'The main one first.';
comment on column establishment.main_products is 'Objects with name, measure_unit, yearly_output.';
create unique index establishment_code_key on establishment (code);
create unique index establishment_tax_code_site_key on establishment (tax_code, site_no) where deleted_at is null;
create index establishment_updated on establishment (updated_at, id);
create index establishment_name on establishment (name collate vietnamese, id);
create index establishment_province on establishment (province_code);
create index establishment_commune on establishment ((place ->> 'commune_code'));
create index establishment_folded on establishment using gin (folded gin_trgm_ops) with (fastupdate = off);

-- ---- Who sees and writes what (docs/access.md). Policies name the service's role only; the owner passes ----

do $$
declare
  open_to_all text;
begin
  foreach open_to_all in array array['admin_unit', 'admin_unit_succession', 'admin_unit_map', 'region', 'region_member',
      'organisation', 'establishment'] loop
    execute format('alter table %I enable row level security', open_to_all);
    execute format('alter table %I force row level security', open_to_all);
    execute format('create policy seen on %I for select to kc_api using (true)', open_to_all);
    execute format('grant select on %I to kc_api', open_to_all);
  end loop;
end
$$;

create policy added on organisation for insert to kc_api
  with check (claim('app.tier') = 'central' or in_territory(province_code));
create policy changed on organisation for update to kc_api
  using (claim('app.tier') = 'central' or in_territory(province_code))
  with check (claim('app.tier') = 'central' or in_territory(province_code));
grant insert, update on organisation to kc_api;
grant usage on sequence organisation_code to kc_api;

create policy added on establishment for insert to kc_api with check (in_territory(province_code));
create policy changed on establishment for update to kc_api
  using (in_territory(province_code)) with check (in_territory(province_code));
grant insert, update on establishment to kc_api;
grant usage on sequence establishment_code to kc_api;

-- ---- Rows are completed (functions/registry_triggers.sql) before they are kept ----

create trigger complete before insert or update on organisation for each row execute function complete_organisation();
create trigger complete before insert or update on establishment for each row execute function complete_establishment();
create trigger registry_refuses_while_referenced before update of deleted_at on organisation
  for each row execute function refuse_while_referenced('organisation', 'parent_id');
select track('organisation');
select track('establishment');
