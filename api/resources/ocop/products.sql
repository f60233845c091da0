-- Products. All may read them; writing is for the territory, which is that of the establishment.

-- name: listProducts :page
-- sort: -updated_at = p.updated_at desc, p.id desc
-- sort: updated_at = p.updated_at asc, p.id asc
-- sort: name = p.name collate vietnamese asc, p.id asc
-- sort: -name = p.name collate vietnamese desc, p.id desc
-- sort: code = p.code asc, p.id asc
-- sort: -code = p.code desc, p.id desc
select product_summary_json(p) as body
  from product p
 where (p.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and (:q::text is null or found(:q, :q_mode, p.folded, p.code || ' ' || p.name || ' ' || coalesce(p.brand, '')))
   and (:gtin::text is null or p.gtin = :gtin)
   and (:establishment_id::uuid is null or p.establishment_id = :establishment_id::uuid)
   and (:province_code::text[] is null or exists (
         select from unnest(:province_code::text[]) wanted (code)
          cross join provinces_recorded_as(wanted.code, basis_date(:geo_basis)) r
          where r.code = p.province_code and p.codes_on between r.valid_from and r.valid_to))
   and (:updated_at_gte::timestamptz is null or p.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or p.updated_at < :updated_at_lt::timestamptz);

-- name: getProduct :one
select p.version, p.deleted_at is not null as gone, product_json(p) as body
  from product p
 where p.id = :product_id::uuid;

-- name: createProduct :write getProduct
insert into product (id, organisation_id, establishment_id, name, brand, gtin, trace_code, is_set, packing, price_vnd, measure_unit,
  yearly_output, ip_rights, story, note)
select :new_id::uuid, :organisation_id::uuid,
       reference('#/establishment_id', b.establishment_id, e.id), b.name, b.brand, b.gtin, b.trace_code, coalesce(b.is_set, false),
       b.packing, b.price_vnd, b.measure_unit, b.yearly_output, coalesce(b.ip_rights, '[]'), b.story, b.note
  from jsonb_populate_record(null::product, :body::jsonb) b
  left join establishment e on e.id = b.establishment_id and e.deleted_at is null
 where e.id is null or e.province_code = any (:provinces::text[])
returning id, version;

-- name: updateProduct :write getProduct
update product p
   set establishment_id = reference('#/establishment_id', b.establishment_id, e.id), name = b.name, brand = b.brand, gtin = b.gtin,
       trace_code = b.trace_code, is_set = b.is_set, packing = b.packing, price_vnd = b.price_vnd, measure_unit = b.measure_unit,
       yearly_output = b.yearly_output, ip_rights = b.ip_rights, story = b.story, note = b.note,
       version = next_version(p.version, :if_version::bigint)
  from product stored
 cross join jsonb_populate_record(stored, :body::jsonb) b
  left join establishment e on e.id = b.establishment_id and (e.deleted_at is null or e.id = stored.establishment_id)
 where stored.id = :product_id::uuid and stored.deleted_at is null
   and stored.province_code = any (:provinces::text[])
   and p.id = stored.id and p.deleted_at is null
   and (e.id is null or e.id = stored.establishment_id or e.province_code = any (:provinces::text[]))
returning p.id, p.version;

-- name: deleteProduct :remove getProduct
update product p
   set deleted_at = current_instant(), version = next_version(p.version, :if_version::bigint)
 where p.id = :product_id::uuid and p.deleted_at is null
   and p.province_code = any (:provinces::text[])
returning p.id, p.version;

-- name: restoreProduct :write getProduct
update product p
   set deleted_at = null, version = next_version(p.version, :if_version::bigint)
 where p.id = :product_id::uuid
   and p.province_code = any (:provinces::text[])
returning p.id, p.version;

-- name: getProductByRef :one
select p.version, p.deleted_at is not null as gone, product_json(p) as body
  from external_ref x
  join product p on p.id = x.record_id
 where x.record_type = 'product' and x.organisation_id = :organisation_id::uuid and x.system = :system and x.ref = :ref;

-- name: putProductByRef :write getProductByRef
with known as (
  select x.record_id
    from external_ref x
   where x.record_type = 'product' and x.organisation_id = :organisation_id::uuid and x.system = :system and x.ref = :ref
), incoming as (
  select stored.id as stored_id, reference('#/establishment_id', b.establishment_id, e.id) as establishment_id, b.name, b.brand, b.gtin,
         b.trace_code, coalesce(b.is_set, false) as is_set, b.packing, b.price_vnd, b.measure_unit, b.yearly_output,
         coalesce(b.ip_rights, '[]') as ip_rights, b.story, b.note
    from jsonb_populate_record(null::product, :body::jsonb) b
    left join product stored on stored.id = (select record_id from known) and stored.deleted_at is null
    left join establishment e on e.id = b.establishment_id and (e.deleted_at is null or e.id = stored.establishment_id)
   where e.id is null or e.id = stored.establishment_id or e.province_code = any (:provinces::text[])
), changed as (
  update product p
     set establishment_id = b.establishment_id, name = b.name, brand = b.brand, gtin = b.gtin, trace_code = b.trace_code,
         is_set = b.is_set, packing = b.packing, price_vnd = b.price_vnd, measure_unit = b.measure_unit,
         yearly_output = b.yearly_output, ip_rights = b.ip_rights, story = b.story, note = b.note,
         version = next_version(p.version, :if_version::bigint)
    from incoming b
   where p.id = b.stored_id and p.deleted_at is null
     and p.province_code = any (:provinces::text[])
  returning p.id, p.version
), added as (
  insert into product (id, organisation_id, establishment_id, name, brand, gtin, trace_code, is_set, packing, price_vnd, measure_unit,
    yearly_output, ip_rights, story, note)
  select :new_id::uuid, :organisation_id::uuid, b.establishment_id, b.name, b.brand, b.gtin, b.trace_code, b.is_set, b.packing,
         b.price_vnd, b.measure_unit, b.yearly_output, b.ip_rights, b.story, b.note
    from incoming b
   where not exists (select from known)
  returning id, version, province_code
), linked as (
  insert into external_ref (record_type, record_id, system, ref, province_code, organisation_id)
  select 'product', a.id, :system, :ref, a.province_code, :organisation_id::uuid
    from added a
)
select id, version, false as created from changed
union all
select id, version, true from added;
