-- What is sold at a point, and how much. A change of a row is a change of the point; changes of one point queue at it.
-- each: DisplayPointProduct DisplayPointProducts display_point_product
-- each: DisplayPointSale DisplayPointSales display_point_sale

-- name: list{Nouns} :page
-- sort: created_at = r.created_at asc, r.id asc
-- sort: -created_at = r.created_at desc, r.id desc
select record_json(to_json(r), '{noun}') as body
  from {noun} r
 where (select open_record('display_point', :display_point_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and r.display_point_id = :display_point_id::uuid and r.deleted_at is null;

-- name: get{Noun} :one
select r.version, r.deleted_at is not null or d.deleted_at is not null or project_gone(d.project_id) as gone,
       record_json(to_json(r), '{noun}') as body
  from {noun} r
  join display_point d on d.id = r.display_point_id
 where r.id = :{noun}_id::uuid and d.id = :display_point_id::uuid
   and in_record_scope(d.province_code, d.organisation_id, d.project_id, :provinces::text[], :organisation_id::uuid);

-- name: create{Noun} :write get{Noun}
select m.id, m.version
  from locked_record('display_point', :display_point_id::uuid, :provinces::text[], :organisation_id::uuid) d (id)
 cross join made_part('{noun}', :new_id::uuid, :body::jsonb || jsonb_build_object('display_point_id', d.id)) m;

-- name: update{Noun} :write get{Noun}
select m.id, m.version
  from locked_record('display_point', :display_point_id::uuid, :provinces::text[], :organisation_id::uuid) d (id)
  join {noun} r on r.id = :{noun}_id::uuid and r.display_point_id = d.id and r.deleted_at is null
 cross join changed_part('{noun}', r.id, :body::jsonb, :if_version::bigint) m;

-- name: delete{Noun} :remove get{Noun}
update {noun} r
   set deleted_at = current_instant(), version = next_version(r.version, :if_version::bigint)
  from locked_record('display_point', :display_point_id::uuid, :provinces::text[], :organisation_id::uuid) d (id)
 where r.id = :{noun}_id::uuid and r.display_point_id = d.id and r.deleted_at is null
returning r.id, r.version;
