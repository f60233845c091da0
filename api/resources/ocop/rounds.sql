-- Rounds of evaluation. Those of the centre are for all to read; others for their territory and for whoever holds them.

-- name: listOcopRounds :page
-- sort: -year = d.year desc, d.round_no desc, d.id desc
-- sort: year = d.year asc, d.round_no asc, d.id asc
-- sort: -updated_at = d.updated_at desc, d.id desc
-- sort: updated_at = d.updated_at asc, d.id asc
select ocop_round_json(d) as body
  from ocop_round d
 where (d.province_code is null or d.province_code = any (:provinces::text[]) or d.organisation_id = :organisation_id::uuid)
   and (d.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and (:year::integer is null or d.year = :year::integer)
   and (:tier::text[] is null or d.tier = any (:tier::text[]))
   and (:status::text[] is null or d.status = any (:status::text[]))
   and (:province_code::text[] is null or exists (
         select from unnest(:province_code::text[]) wanted (code)
          cross join provinces_recorded_as(wanted.code, basis_date(:geo_basis)) r
          where r.code = d.province_code and d.codes_on between r.valid_from and r.valid_to));

-- name: getOcopRound :one
select d.version, d.deleted_at is not null as gone, ocop_round_json(d) as body
  from ocop_round d
 where d.id = :round_id::uuid
   and (d.province_code is null or d.province_code = any (:provinces::text[]) or d.organisation_id = :organisation_id::uuid);

-- name: createOcopRound :write getOcopRound
insert into ocop_round (id, organisation_id, province_code, codes_on, tier, year, round_no, opens_on, closes_on, status, note)
select :new_id::uuid, :organisation_id::uuid, c.province_code, c.codes_on, c.tier, c.year, c.round_no, c.opens_on, c.closes_on,
       c.status, c.note
  from jsonb_populate_record(null::ocop_round, :body::jsonb) b
 cross join checked_ocop_round(b, null, :province_code) c
 where case when c.tier = 'central' then :tier = 'central' else c.province_code = any (:provinces::text[]) end
returning id, version;

-- name: createOcopRound.taken
select d.id
  from ocop_round d
 where d.organisation_id = :organisation_id::uuid and d.tier = :body::jsonb ->> 'tier' and d.year = (:body::jsonb ->> 'year')::integer
   and d.round_no = (:body::jsonb ->> 'round_no')::integer and d.deleted_at is null;

-- name: updateOcopRound :write getOcopRound
update ocop_round d
   set province_code = c.province_code, codes_on = c.codes_on, tier = c.tier, year = c.year, round_no = c.round_no,
       opens_on = c.opens_on, closes_on = c.closes_on, status = c.status, note = c.note,
       version = next_version(d.version, :if_version::bigint)
  from ocop_round stored
 cross join jsonb_populate_record(stored, :body::jsonb) b
 cross join checked_ocop_round(b, stored, :province_code) c
 where stored.id = :round_id::uuid and stored.deleted_at is null
   and ocop_round_writable(stored, :tier, :provinces::text[], :organisation_id::uuid)
   and d.id = stored.id and d.deleted_at is null
   and case when c.tier = 'central' then :tier = 'central'
       else c.province_code = stored.province_code or c.province_code = any (:provinces::text[]) end
returning d.id, d.version;

-- name: updateOcopRound.taken
select other.id
  from ocop_round d
 cross join jsonb_populate_record(d, :body::jsonb) b
  join ocop_round other on (other.organisation_id, other.tier, other.year, other.round_no) = (d.organisation_id, b.tier, b.year, b.round_no)
 where d.id = :round_id::uuid and other.id <> d.id and other.deleted_at is null;

-- name: deleteOcopRound :remove getOcopRound
update ocop_round d
   set deleted_at = current_instant(), version = next_version(d.version, :if_version::bigint)
 where d.id = :round_id::uuid and d.deleted_at is null
   and ocop_round_writable(d, :tier, :provinces::text[], :organisation_id::uuid)
returning d.id, d.version;

-- name: restoreOcopRound :write getOcopRound
update ocop_round d
   set deleted_at = null, version = next_version(d.version, :if_version::bigint)
 where d.id = :round_id::uuid
   and ocop_round_writable(d, :tier, :provinces::text[], :organisation_id::uuid)
returning d.id, d.version;

-- name: restoreOcopRound.taken
select other.id
  from ocop_round d
  join ocop_round other on (other.organisation_id, other.tier, other.year, other.round_no) = (d.organisation_id, d.tier, d.year, d.round_no)
 where d.id = :round_id::uuid and other.id <> d.id and other.deleted_at is null;
