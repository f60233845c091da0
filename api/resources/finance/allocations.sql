-- Allocations. Central bodies give to everybody, others within their territory; both sides and whoever recorded it read it.

-- name: listAllocations :page
-- sort: -updated_at = a.updated_at desc, a.id desc
-- sort: updated_at = a.updated_at asc, a.id asc
-- sort: decided_on = a.decided_on asc, a.id asc
-- sort: -decided_on = a.decided_on desc, a.id desc
select allocation_json(a) as body
  from allocation a
 where (a.province_code = any (:provinces::text[]) or a.organisation_id = :own_organisation_id::uuid or :tier = 'central'
        or a.from_organisation_id = :own_organisation_id::uuid or a.allocated_by_id = :own_organisation_id::uuid)
   and (:year::integer is null or a.year = :year::integer)
   and (:source::text[] is null or a.source = any (:source::text[]))
   and (:kind::text[] is null or a.kind = any (:kind::text[]))
   and (:organisation_id::uuid is null or a.organisation_id = :organisation_id::uuid or a.from_organisation_id = :organisation_id::uuid)
   and (:updated_at_gte::timestamptz is null or a.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or a.updated_at < :updated_at_lt::timestamptz);

-- name: getAllocation :one
select a.version, false as gone, allocation_json(a) as body
  from allocation a
 where a.id = :allocation_id::uuid
   and (a.province_code = any (:provinces::text[]) or a.organisation_id = :organisation_id::uuid or :tier = 'central'
        or a.from_organisation_id = :organisation_id::uuid or a.allocated_by_id = :organisation_id::uuid);

-- name: createAllocation :write getAllocation
insert into allocation (id, year, source, kind, organisation_id, from_organisation_id, allocated_by_id, amount_vnd, decided_on, document,
  province_code, note)
select :new_id::uuid, c.year, c.source, c.kind, c.organisation_id, c.from_organisation_id, :organisation_id::uuid, c.amount_vnd,
       c.decided_on, c.document, c.province_code, c.note
  from jsonb_populate_record(null::allocation, :body::jsonb) b
 cross join checked_allocation(b) c
 where c.province_code = any (:provinces::text[]) or :tier = 'central'
returning id, version;
