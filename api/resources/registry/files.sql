-- Files. Seen with the records that cite them, else by their own organisation and territory; written by these two.

-- name: listFiles :page
-- sort: -updated_at = f.updated_at desc, f.id desc
-- sort: updated_at = f.updated_at asc, f.id asc
-- sort: file_name = f.file_name collate vietnamese asc, f.id asc
-- sort: -file_name = f.file_name collate vietnamese desc, f.id desc
select file_summary_json(f) as body
  from file f
 where (f.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and file_readable(f, :provinces::text[], :organisation_id::uuid, :scopes::text)
   and (:q::text is null or found(:q, :q_mode, f.folded, f.file_name))
   and (:status::text[] is null or f.status = any (:status::text[]))
   and (:media_type::text is null or f.media_type = :media_type)
   and (:record_id::uuid is null or exists (
         select from file_citation c where c.file_id = f.id and c.record_id = :record_id::uuid))
   and (:updated_at_gte::timestamptz is null or f.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or f.updated_at < :updated_at_lt::timestamptz);

-- name: getFile :one
select f.version, f.deleted_at is not null as gone, file_json(f) as body
  from file f
 where f.id = :file_id::uuid
   and file_readable(f, :provinces::text[], :organisation_id::uuid, :scopes::text);

-- name: createFile :write getFile
select id, version
  from create_file(:new_id::uuid, :body::jsonb, :organisation_id::uuid, :province_code::text, :file_limit::bigint);

-- What a form with the file in it brings: first bytes, further bytes, and the end of what did not become a file.
-- name: createFile.begin
select begin_content(:new_id::uuid, :part::jsonb, :organisation_id::uuid, :province_code::text);

-- name: createFile.chunk
select add_part(:new_id::uuid, :at::bigint, :bytes::bytea);

-- name: createFile.abort
delete from file_content c where c.id = :new_id::uuid and not c.is_whole;

-- name: getFileContent :bytes
select f.sha256 as version, f.deleted_at is not null as gone, f.status = 'complete' as is_whole, f.file_name, f.media_type, f.size_bytes
  from file f
 where f.id = :file_id::uuid
   and file_readable(f, :provinces::text[], :organisation_id::uuid, :scopes::text);

-- name: getFileContent.read
select substr(k.bytes, (:at::bigint - k.first_byte + 1)::integer) as bytes
  from file_chunk k
 where k.content_id = :file_id::uuid and k.first_byte <= :at::bigint
 order by k.first_byte desc
 limit 1;

-- name: putFileContent :write getFile
select p.id, p.version, p.whole_bytes
  from file f
 cross join lateral put_part(f, :offset::bigint, :bytes::bytea, :sniffed_type::text, :if_version::bigint) p
 where f.id = :file_id::uuid and f.deleted_at is null
   and file_writable(f, :provinces::text[], :organisation_id::uuid);

-- When all parts are there: their digest is known.
-- name: putFileContent.seal
select s.id, s.version
  from file f
 cross join lateral seal_file(f.id, :sha256::text) s
 where f.id = :file_id::uuid and f.deleted_at is null
   and file_writable(f, :provinces::text[], :organisation_id::uuid);

-- name: deleteFile :remove getFile
update file f
   set deleted_at = current_instant(), version = next_version(f.version, :if_version::bigint)
 where f.id = :file_id::uuid and f.deleted_at is null
   and file_writable(f, :provinces::text[], :organisation_id::uuid)
returning f.id, f.version;

-- name: restoreFile :write getFile
update file f
   set deleted_at = null, version = next_version(f.version, :if_version::bigint)
 where f.id = :file_id::uuid
   and file_writable(f, :provinces::text[], :organisation_id::uuid)
returning f.id, f.version;
