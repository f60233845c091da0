-- The years behind, loaded by whoever keeps the old books. He sees what he loaded, and so does his territory.

-- name: createImport :write getImport
select i.id, i.version
  from run_import(:new_id::uuid, jsonb_build_object('record_type', :record_type::text, 'year', :year::integer, 'level', :level::text, 'status', :status::text,
         'programme_id', :programme_id::uuid), :body::jsonb, :provinces::text[], :organisation_id::uuid, :province_code::text, :sha256::text) i;

-- name: listImports :page
-- sort: -created_at = i.created_at desc, i.id desc
-- sort: created_at = i.created_at asc, i.id asc
select import_summary_json(i) as body
  from import i
 where (:year::integer is null or i.year = :year)
   and (:organisation_id::uuid is null or i.organisation_id = :organisation_id)
   and (:sha256::text is null or i.sha256 = :sha256)
   and (i.organisation_id = :own_organisation_id::uuid or i.province_code = any (:provinces::text[]));

-- name: getImport :one
select i.version, false as gone, import_json(i) as body
  from import i
 where i.id = :import_id::uuid
   and (i.organisation_id = :organisation_id::uuid or i.province_code = any (:provinces::text[]));
