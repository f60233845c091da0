-- Agencies over time. All may read them; central bodies write all, others those of their territory.

-- name: listOrganisations :page
-- sort: -updated_at = o.updated_at desc, o.id desc
-- sort: updated_at = o.updated_at asc, o.id asc
-- sort: name = o.name collate vietnamese asc, o.id asc
-- sort: -name = o.name collate vietnamese desc, o.id desc
-- sort: code = o.code asc, o.id asc
-- sort: -code = o.code desc, o.id desc
select organisation_summary_json(o) as body
  from organisation o
 where (o.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and (:q::text is null or found(:q, :q_mode, o.folded, o.code || ' ' || o.name))
   and (:kind::text[] is null or o.kind = any (:kind::text[]))
   and (:tier::text[] is null or o.tier = any (:tier::text[]))
   and (:province_code::text[] is null or o.province_code = any (:province_code::text[]))
   and (:parent_id::uuid is null or o.parent_id = :parent_id::uuid)
   and (:valid_on::date is null or (
         (o.valid_from is null or o.valid_from <= :valid_on::date) and (o.valid_to is null or o.valid_to >= :valid_on::date)))
   and (:updated_at_gte::timestamptz is null or o.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or o.updated_at < :updated_at_lt::timestamptz);

-- name: getOrganisation :one
select o.version, o.deleted_at is not null as gone, organisation_json(o) as body
  from organisation o
 where o.id = :organisation_id::uuid;

-- name: createOrganisation :write getOrganisation
insert into organisation (id, organisation_id, code, name, kind, tier, province_code, agency_code, parent_id, functions,
  predecessor_ids, valid_from, valid_to, note)
select :new_id::uuid, :organisation_id::uuid, b.code, b.name, b.kind, b.tier, own.province_code, b.agency_code,
       reference('#/parent_id', b.parent_id, (select p.id from organisation p where p.id = b.parent_id and p.deleted_at is null)),
       coalesce(b.functions, '{}'),
       coalesce(references_each('#/predecessor_ids', b.predecessor_ids,
         array(select p.id from organisation p where p.id = any (b.predecessor_ids) and p.deleted_at is null)), '{}'),
       b.valid_from, b.valid_to, b.note
  from jsonb_populate_record(null::organisation, :body::jsonb) b
 cross join lateral (
   select case when b.tier in ('central', 'region') then b.province_code
               else coalesce(b.province_code, :province_code) end as province_code) own
 where :tier = 'central' or own.province_code is not null and writable_province(own.province_code, :provinces::text[])
returning id, version;

-- name: createOrganisation.taken
select o.id from organisation o where o.code = :body::jsonb ->> 'code' and o.deleted_at is null;

-- name: updateOrganisation :write getOrganisation
update organisation o
   set (code, name, kind, tier, province_code, agency_code, parent_id, functions, predecessor_ids, valid_from, valid_to, note) = (
         select b.code, b.name, b.kind, b.tier, b.province_code, b.agency_code,
                reference('#/parent_id', b.parent_id,
                  (select p.id from organisation p where p.id = b.parent_id and (p.deleted_at is null or p.id = o.parent_id))),
                b.functions,
                references_each('#/predecessor_ids', b.predecessor_ids,
                  array(select p.id from organisation p
                         where p.id = any (b.predecessor_ids) and (p.deleted_at is null or p.id = any (o.predecessor_ids)))),
                b.valid_from, b.valid_to, b.note
           from jsonb_populate_record(o, :body::jsonb) b),
       version = next_version(o.version, :if_version::bigint)
 where o.id = :organisation_id::uuid and o.deleted_at is null
   and (:tier = 'central' or o.province_code = any (:provinces::text[]) and (
         select b.province_code is not null and writable_province(b.province_code, :provinces::text[])
           from jsonb_populate_record(o, :body::jsonb) b))
returning o.id, o.version;

-- name: updateOrganisation.taken
select o.id from organisation o where o.code = :body::jsonb ->> 'code' and o.deleted_at is null;

-- name: deleteOrganisation :remove getOrganisation
update organisation o
   set deleted_at = current_instant(), version = next_version(o.version, :if_version::bigint)
 where o.id = :organisation_id::uuid and o.deleted_at is null
   and (:tier = 'central' or o.province_code = any (:provinces::text[]))
returning o.id, o.version;

-- name: restoreOrganisation :write getOrganisation
update organisation o
   set deleted_at = null, version = next_version(o.version, :if_version::bigint)
 where o.id = :organisation_id::uuid
   and (:tier = 'central' or o.province_code = any (:provinces::text[]))
returning o.id, o.version;

-- name: restoreOrganisation.taken
select o.id
  from organisation o, organisation gone
 where gone.id = :organisation_id::uuid and o.id <> gone.id and o.code = gone.code and o.deleted_at is null;

-- name: getOrganisationByRef :one
select o.version, o.deleted_at is not null as gone, organisation_json(o) as body
  from external_ref x
  join organisation o on o.id = x.record_id
 where x.record_type = 'organisation' and x.organisation_id = :organisation_id::uuid
   and x.system = :system and x.ref = :ref;

-- name: putOrganisationByRef :write getOrganisationByRef
with known as (
  select x.record_id
    from external_ref x
   where x.record_type = 'organisation' and x.organisation_id = :organisation_id::uuid
     and x.system = :system and x.ref = :ref
), incoming as (
  select b.code, b.name, b.kind, b.tier, own.province_code, b.agency_code,
         reference('#/parent_id', b.parent_id,
           (select p.id from organisation p where p.id = b.parent_id and p.deleted_at is null)) as parent_id,
         coalesce(b.functions, '{}') as functions,
         coalesce(references_each('#/predecessor_ids', b.predecessor_ids,
           array(select p.id from organisation p where p.id = any (b.predecessor_ids) and p.deleted_at is null)), '{}')
           as predecessor_ids,
         b.valid_from, b.valid_to, b.note
    from jsonb_populate_record(null::organisation, :body::jsonb) b
   cross join lateral (
     select case when b.tier in ('central', 'region') then b.province_code
                 else coalesce(b.province_code, :province_code) end as province_code) own
   where :tier = 'central' or own.province_code is not null and writable_province(own.province_code, :provinces::text[])
), changed as (
  update organisation o
     set code = coalesce(b.code, o.code), name = b.name, kind = b.kind, tier = b.tier, province_code = b.province_code,
         agency_code = b.agency_code, parent_id = b.parent_id, functions = b.functions, predecessor_ids = b.predecessor_ids,
         valid_from = b.valid_from, valid_to = b.valid_to, note = b.note,
         version = next_version(o.version, :if_version::bigint)
    from known k, incoming b
   where o.id = k.record_id and o.deleted_at is null
     and (:tier = 'central' or o.province_code = any (:provinces::text[]))
  returning o.id, o.version
), added as (
  insert into organisation (id, organisation_id, code, name, kind, tier, province_code, agency_code, parent_id, functions,
    predecessor_ids, valid_from, valid_to, note)
  select :new_id::uuid, :organisation_id::uuid, b.*
    from incoming b
   where not exists (select from known)
  returning id, version, province_code
), linked as (
  insert into external_ref (record_type, record_id, system, ref, province_code, organisation_id)
  select 'organisation', a.id, :system, :ref, a.province_code, :organisation_id::uuid
    from added a
)
select id, version, false as created from changed
union all
select id, version, true from added;

-- name: putOrganisationByRef.taken
select o.id from organisation o where o.code = :body::jsonb ->> 'code' and o.deleted_at is null;
