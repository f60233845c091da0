-- Points of sale: kept by their province; those that are open are for everybody to read.

-- name: listDisplayPoints :page
-- sort: -updated_at = r.updated_at desc, r.id desc
-- sort: updated_at = r.updated_at asc, r.id asc
-- sort: name = r.name collate vietnamese asc, r.id asc
-- sort: -name = r.name collate vietnamese desc, r.id desc
select record_json(to_json(r), 'display_point') as body
  from display_point r
 cross join (select basis_date(:geo_basis) as day, provinces_wanted(:province_code::text[]) as provinces offset 0) map -- offset: asked once
 where in_record_scope(r.province_code, r.organisation_id, r.project_id, :provinces::text[], :organisation_id::uuid)
   and (r.deleted_at is not null) = (:deleted::text is not distinct from 'only') and not project_gone(r.project_id)
   and map.day is distinct from 'infinity' -- reads the day, so that one that is none is refused
   and (:province_code::text[] is null or project_in_provinces(r.province_code, r.codes_on, '[]', map.day, map.provinces))
   and (:project_id::uuid is null or r.project_id = :project_id::uuid)
   and (:product_id::uuid is null or exists (
         select from display_point_product s where s.display_point_id = r.id and s.product_id = :product_id::uuid and s.deleted_at is null))
   and (:status::text[] is null or r.status = any (:status::text[]))
   and (:q::text is null or found(:q, :q_mode, r.folded, r.name))
   and (:updated_at_gte::timestamptz is null or r.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or r.updated_at < :updated_at_lt::timestamptz);

-- name: listPublicDisplayPoints :page
-- sort: name = r.name collate vietnamese asc, r.id asc
-- sort: -name = r.name collate vietnamese desc, r.id desc
select public_display_point_json(r) as body
  from display_point r
 cross join (select basis_date(:geo_basis) as day, provinces_wanted(:province_code::text[]) as provinces offset 0) map
 where r.status = 'open' and r.deleted_at is null
   and map.day is distinct from 'infinity'
   and (:province_code::text[] is null or project_in_provinces(r.province_code, r.codes_on, '[]', map.day, map.provinces))
   and (:product_id::uuid is null or exists (
         select from display_point_product s where s.display_point_id = r.id and s.product_id = :product_id::uuid and s.deleted_at is null))
   and (:q::text is null or found(:q, :q_mode, r.folded, r.name));
