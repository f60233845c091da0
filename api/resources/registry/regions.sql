-- Regions: groups of provinces, with days.

-- name: listRegions :page
-- sort: code = r.code asc
select region_json(r) as body
  from region r
 where (:scheme::text is null or r.scheme = :scheme);

-- name: getRegion :one
select region_json(r) as body
  from region r
 where r.code = :code;

-- name: listRegionMembers :page
-- sort: province_code = m.province_code asc, m.id asc
select region_member_json(m) as body
  from region_member m
 where (select known_region(:code))
   and m.region_code = :code
   and m.valid_from <= coalesce(:valid_on::date, today())
   and (m.valid_to is null or m.valid_to >= coalesce(:valid_on::date, today()));
