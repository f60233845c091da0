-- Establishments. All may read their public face; personal data shows where the caller's territory covers the record and
-- his token says so; writing is for the territory.

-- name: listEstablishments :page
-- sort: -updated_at = e.updated_at desc, e.id desc
-- sort: updated_at = e.updated_at asc, e.id asc
-- sort: name = e.name collate vietnamese asc, e.id asc
-- sort: -name = e.name collate vietnamese desc, e.id desc
-- sort: code = e.code asc, e.id asc
-- sort: -code = e.code desc, e.id desc
select establishment_summary_json(e, :personal_data::boolean and e.province_code = any (:provinces::text[])) as body
  from establishment e
 where (e.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and (:q::text is null or found(:q, :q_mode, e.folded, e.code || ' ' || e.name || ' ' || coalesce(e.craft_village_name, '')))
   and (:tax_code::text is null or e.tax_code = tax_code_normal(:tax_code))
   and (:status::text[] is null or e.status = any (:status::text[]))
   and (:legal_form::text[] is null or e.legal_form = any (:legal_form::text[]))
   and (:size_class::text[] is null or e.size_class = any (:size_class::text[]))
   and (:province_code::text[] is null or exists (
         select from unnest(:province_code::text[]) w (code)
          cross join provinces_recorded_as(w.code, basis_date(:geo_basis)) r
          where r.code = e.province_code and e.codes_on between r.valid_from and r.valid_to))
   and (:commune_code::text[] is null or e.place ->> 'commune_code' = any (:commune_code::text[]))
   and (:updated_at_gte::timestamptz is null or e.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or e.updated_at < :updated_at_lt::timestamptz);

-- name: getEstablishment :one
select e.version, e.deleted_at is not null as gone,
       establishment_json(e, :personal_data::boolean and e.province_code = any (:provinces::text[])) as body
  from establishment e
 where e.id = :establishment_id::uuid;

-- name: createEstablishment :write getEstablishment
insert into establishment (id, organisation_id, province_code, status, name, legal_form, tax_code, tax_code_kind, site_no,
  registration, representative, phone, email, place, vsic_version, vsic_codes, main_products, founded_on, size_class,
  craft_village_name, note)
select :new_id::uuid, :organisation_id::uuid, coalesce(b.place ->> 'province_code', :province_code), coalesce(b.status, 'active'),
       b.name, b.legal_form, b.tax_code, b.tax_code_kind, coalesce(b.site_no, 1),
       b.registration, b.representative, b.phone, b.email, b.place, b.vsic_version, coalesce(b.vsic_codes, '{}'),
       coalesce(b.main_products, '[]'), b.founded_on, b.size_class, b.craft_village_name, b.note
  from jsonb_populate_record(null::establishment, :body::jsonb) b
 where writable_province(coalesce(b.place ->> 'province_code', :province_code), :provinces::text[])
returning id, version;

-- name: createEstablishment.taken
select e.id
  from establishment e
 where e.deleted_at is null and e.tax_code = tax_code_normal(:body::jsonb ->> 'tax_code')
   and e.site_no = coalesce((:body::jsonb ->> 'site_no')::integer, 1);

-- name: updateEstablishment :write getEstablishment
update establishment e
   set (status, name, legal_form, tax_code, tax_code_kind, site_no, registration, representative, phone, email, place,
        vsic_version, vsic_codes, main_products, founded_on, size_class, craft_village_name, note) = (
         select b.status, b.name, b.legal_form, b.tax_code, b.tax_code_kind, b.site_no, b.registration, b.representative,
                b.phone, b.email, b.place, b.vsic_version, b.vsic_codes, b.main_products, b.founded_on, b.size_class,
                b.craft_village_name, b.note
           from jsonb_populate_record(e, :body::jsonb) b),
       version = next_version(e.version, :if_version::bigint)
 where e.id = :establishment_id::uuid and e.deleted_at is null
   and e.province_code = any (:provinces::text[])
   and writable_province(:body::jsonb #>> '{place,province_code}', :provinces::text[])
returning e.id, e.version;

-- name: updateEstablishment.taken
select other.id
  from establishment e
 cross join jsonb_populate_record(e, :body::jsonb) b
  join establishment other on other.tax_code = tax_code_normal(b.tax_code) and other.site_no = b.site_no
 where e.id = :establishment_id::uuid and other.id <> e.id and other.deleted_at is null;

-- name: deleteEstablishment :remove getEstablishment
update establishment e
   set deleted_at = current_instant(), version = next_version(e.version, :if_version::bigint)
 where e.id = :establishment_id::uuid and e.deleted_at is null
   and e.province_code = any (:provinces::text[])
returning e.id, e.version;

-- name: restoreEstablishment :write getEstablishment
update establishment e
   set deleted_at = null, version = next_version(e.version, :if_version::bigint)
 where e.id = :establishment_id::uuid
   and e.province_code = any (:provinces::text[])
returning e.id, e.version;

-- name: restoreEstablishment.taken
select other.id
  from establishment e
  join establishment other on other.tax_code = e.tax_code and other.site_no = e.site_no
 where e.id = :establishment_id::uuid and other.id <> e.id and other.deleted_at is null;

-- name: getEstablishmentByRef :one
select e.version, e.deleted_at is not null as gone,
       establishment_json(e, :personal_data::boolean and e.province_code = any (:provinces::text[])) as body
  from external_ref x
  join establishment e on e.id = x.record_id
 where x.record_type = 'establishment' and x.organisation_id = :organisation_id::uuid
   and x.system = :system and x.ref = :ref;

-- name: putEstablishmentByRef :write getEstablishmentByRef
with known as (
  select x.record_id
    from external_ref x
   where x.record_type = 'establishment' and x.organisation_id = :organisation_id::uuid
     and x.system = :system and x.ref = :ref
), incoming as (
  select b.*
    from jsonb_populate_record(null::establishment, :body::jsonb) b
   where writable_province(coalesce(b.place ->> 'province_code', :province_code), :provinces::text[])
), changed as (
  update establishment e
     set status = coalesce(b.status, 'active'), name = b.name, legal_form = b.legal_form, tax_code = b.tax_code,
         tax_code_kind = b.tax_code_kind, site_no = coalesce(b.site_no, 1), registration = b.registration,
         representative = b.representative, phone = b.phone, email = b.email, place = b.place, vsic_version = b.vsic_version,
         vsic_codes = coalesce(b.vsic_codes, '{}'), main_products = coalesce(b.main_products, '[]'), founded_on = b.founded_on,
         size_class = b.size_class, craft_village_name = b.craft_village_name, note = b.note,
         version = next_version(e.version, :if_version::bigint)
    from known k, incoming b
   where e.id = k.record_id and e.deleted_at is null
     and e.province_code = any (:provinces::text[])
  returning e.id, e.version
), added as (
  insert into establishment (id, organisation_id, province_code, status, name, legal_form, tax_code, tax_code_kind, site_no,
    registration, representative, phone, email, place, vsic_version, vsic_codes, main_products, founded_on, size_class,
    craft_village_name, note)
  select :new_id::uuid, :organisation_id::uuid, coalesce(b.place ->> 'province_code', :province_code),
         coalesce(b.status, 'active'), b.name, b.legal_form, b.tax_code, b.tax_code_kind, coalesce(b.site_no, 1),
         b.registration, b.representative, b.phone, b.email, b.place, b.vsic_version, coalesce(b.vsic_codes, '{}'),
         coalesce(b.main_products, '[]'), b.founded_on, b.size_class, b.craft_village_name, b.note
    from incoming b
   where not exists (select from known)
  returning id, version, province_code
), linked as (
  insert into external_ref (record_type, record_id, system, ref, province_code, organisation_id)
  select 'establishment', a.id, :system, :ref, a.province_code, :organisation_id::uuid
    from added a
)
select id, version, false as created from changed
union all
select id, version, true from added;

-- name: putEstablishmentByRef.taken
select e.id
  from establishment e
 where e.deleted_at is null and e.tax_code = tax_code_normal(:body::jsonb ->> 'tax_code')
   and e.site_no = coalesce((:body::jsonb ->> 'site_no')::integer, 1);
