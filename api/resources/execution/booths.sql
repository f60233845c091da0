-- Booths of a fair. A change of one is a change of the fair; changes of one fair queue at its row.

-- name: listFairBooths :page
-- sort: created_at = b.created_at asc, b.id asc
-- sort: -created_at = b.created_at desc, b.id desc
select record_json(to_json(b), 'fair_booth') as body
  from fair_booth b
 where (select open_record('fair', :fair_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and b.fair_id = :fair_id::uuid and b.deleted_at is null
   and (:establishment_id::uuid is null or b.establishment_id = :establishment_id::uuid);

-- name: getFairBooth :one
select b.version, b.deleted_at is not null or f.deleted_at is not null or project_gone(f.project_id) as gone,
       record_json(to_json(b), 'fair_booth') as body
  from fair_booth b
  join fair f on f.id = b.fair_id
 where b.id = :booth_id::uuid and f.id = :fair_id::uuid
   and in_record_scope(f.province_code, f.organisation_id, f.project_id, :provinces::text[], :organisation_id::uuid);

-- name: createFairBooth :write getFairBooth
insert into fair_booth (id, fair_id, establishment_id, booth_no, products, rent_vnd, support_vnd, contracts_count, sales_vnd, note)
select :new_id::uuid, f.id, reference('#/establishment_id', b.establishment_id, e.id), b.booth_no, coalesce(b.products, '{}'), b.rent_vnd,
       b.support_vnd, b.contracts_count, b.sales_vnd, b.note
  from locked_record('fair', :fair_id::uuid, :provinces::text[], :organisation_id::uuid) f (id)
 cross join jsonb_populate_record(null::fair_booth, :body::jsonb) b
  left join establishment e on e.id = b.establishment_id and e.deleted_at is null
returning id, version;

-- name: updateFairBooth :write getFairBooth
update fair_booth b
   set (establishment_id, booth_no, products, rent_vnd, support_vnd, contracts_count, sales_vnd, note) = (
         select reference('#/establishment_id', n.establishment_id, (
                  select e.id from establishment e
                   where e.id = n.establishment_id and (e.deleted_at is null or e.id = b.establishment_id))),
                n.booth_no, n.products, n.rent_vnd, n.support_vnd, n.contracts_count, n.sales_vnd, n.note
           from jsonb_populate_record(b, :body::jsonb) n),
       version = next_version(b.version, :if_version::bigint)
  from locked_record('fair', :fair_id::uuid, :provinces::text[], :organisation_id::uuid) f (id)
 where b.id = :booth_id::uuid and b.fair_id = f.id and b.deleted_at is null
returning b.id, b.version;

-- name: deleteFairBooth :remove getFairBooth
update fair_booth b
   set deleted_at = current_instant(), version = next_version(b.version, :if_version::bigint)
  from locked_record('fair', :fair_id::uuid, :provinces::text[], :organisation_id::uuid) f (id)
 where b.id = :booth_id::uuid and b.fair_id = f.id and b.deleted_at is null
returning b.id, b.version;
