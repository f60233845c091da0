-- The years behind, loaded by whoever keeps the old books. He sees what he loaded, and so does his territory.

-- name: createImport :write getImport
select i.id, i.version
  from run_import(:new_id::uuid, jsonb_build_object('record_type', :record_type::text, 'year', :year::integer, 'level', :level::text, 'status', :status::text,
         'programme_id', :programme_id::uuid), :body::jsonb, :provinces::text[], :organisation_id::uuid, :province_code::text) i;

-- name: getImport :one
select i.version, false as gone, import_json(i) as body
  from import i
 where i.id = :import_id::uuid
   and (i.organisation_id = :organisation_id::uuid or i.province_code = any (:provinces::text[]));
