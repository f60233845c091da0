-- Areas hit by a disaster or an epidemic: read by all, written by their territory.

-- name: listAffectedAreas :page
-- sort: -updated_at = a.updated_at desc, a.id desc
-- sort: updated_at = a.updated_at asc, a.id asc
-- sort: valid_from = a.valid_from asc, a.id asc
-- sort: -valid_from = a.valid_from desc, a.id desc
select affected_area_json(a) as body
  from affected_area a
 where (a.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and (:kind::text[] is null or a.kind = any (:kind::text[]))
   and (:valid_on::date is null or in_days(:valid_on::date, a.valid_from, a.valid_to))
   and (:commune_code::text is null or a.commune_codes = '{}' or :commune_code = any (a.commune_codes))
   and (:province_code::text[] is null or exists (
         select from unnest(:province_code::text[]) wanted (code)
          cross join provinces_recorded_as(wanted.code, basis_date(:geo_basis)) r
          where r.code = a.province_code and a.codes_on between r.valid_from and r.valid_to))
   and (:updated_at_gte::timestamptz is null or a.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or a.updated_at < :updated_at_lt::timestamptz);

-- name: getAffectedArea :one
select a.version, a.deleted_at is not null as gone, affected_area_json(a) as body
  from affected_area a
 where a.id = :affected_area_id::uuid;

-- name: createAffectedArea :write getAffectedArea
insert into affected_area (id, organisation_id, kind, name, province_code, commune_codes, codes_on, valid_from, valid_to,
    legal_document_no, legal_article, note)
select :new_id::uuid, :organisation_id::uuid, c.kind, c.name, c.province_code, c.commune_codes, c.codes_on, c.valid_from,
    c.valid_to, c.legal_document_no, c.legal_article, c.note
  from jsonb_populate_record(null::affected_area, :body::jsonb) b
 cross join checked_affected_area(b, null, :body::jsonb, :province_code) c
 where own_writable(c.province_code, null, :tier, :provinces::text[], null)
returning id, version;

-- name: updateAffectedArea :write getAffectedArea
update affected_area a
   set kind = c.kind, name = c.name, province_code = c.province_code, commune_codes = c.commune_codes, codes_on =
       c.codes_on, valid_from = c.valid_from, valid_to = c.valid_to, legal_document_no = c.legal_document_no,
       legal_article = c.legal_article, note = c.note,
       version = next_version(a.version, :if_version::bigint)
  from affected_area stored
 cross join jsonb_populate_record(stored, :body::jsonb) b
 cross join checked_affected_area(b, stored, :body::jsonb, :province_code) c
 where stored.id = :affected_area_id::uuid and stored.deleted_at is null
   and own_writable(stored.province_code, stored.organisation_id, :tier, :provinces::text[], :organisation_id::uuid)
   and a.id = stored.id and a.deleted_at is null
   and (c.province_code = stored.province_code or c.province_code = any (:provinces::text[]))
returning a.id, a.version;

-- name: deleteAffectedArea :remove getAffectedArea
update affected_area a
   set deleted_at = current_instant(), version = next_version(a.version, :if_version::bigint)
 where a.id = :affected_area_id::uuid and a.deleted_at is null
   and own_writable(a.province_code, a.organisation_id, :tier, :provinces::text[], :organisation_id::uuid)
returning a.id, a.version;

-- name: restoreAffectedArea :write getAffectedArea
update affected_area a
   set deleted_at = null, version = next_version(a.version, :if_version::bigint)
 where a.id = :affected_area_id::uuid
   and own_writable(a.province_code, a.organisation_id, :tier, :provinces::text[], :organisation_id::uuid)
returning a.id, a.version;
