-- Score sheets. Seen like their registration; those of a council, until all are in, by who wrote them down and whose they are.

-- name: listOcopScoreSheets :page
-- sort: -updated_at = s.updated_at desc, s.id desc
-- sort: updated_at = s.updated_at asc, s.id asc
select ocop_sheet_json(s) as body
  from ocop_score_sheet s
  join ocop_registration r on r.id = s.registration_id
 where (s.province_code = any (:provinces::text[]) or s.organisation_id = :organisation_id::uuid) and r.deleted_at is null
   and ocop_member_sees(r.id, r.establishment_id, :roles::text[], :user_id::uuid)
   and ocop_sheet_open(s, :user_id::uuid, :client_id::uuid)
   and (:registration_id::uuid is null or s.registration_id = :registration_id::uuid)
   and (:council_id::uuid is null or s.council_id = :council_id::uuid)
   and (:kind::text is null or s.kind = :kind)
   and (:pass_no::integer is null or s.pass_no = :pass_no::integer)
   and (:status::text[] is null or s.status = any (:status::text[]));

-- name: getOcopScoreSheet :one
select s.version, r.deleted_at is not null as gone, ocop_sheet_json(s) as body
  from ocop_score_sheet s
  join ocop_registration r on r.id = s.registration_id
 where s.id = :score_sheet_id::uuid and (s.province_code = any (:provinces::text[]) or s.organisation_id = :organisation_id::uuid)
   and ocop_member_sees(r.id, r.establishment_id, :roles::text[], :user_id::uuid)
   and ocop_sheet_open(s, :user_id::uuid, :client_id::uuid);

-- name: createOcopScoreSheet :write getOcopScoreSheet
select m.id, m.version from made_ocop_score_sheet(:new_id::uuid, :body::jsonb, :provinces::text[], :organisation_id::uuid) m;

-- name: createOcopScoreSheet.taken
select s.id
  from ocop_score_sheet s
 where s.registration_id = (:body::jsonb ->> 'registration_id')::uuid and s.status <> 'voided' and s.kind = coalesce(:body::jsonb ->> 'kind', 'member')
   and (s.kind = 'self' or s.scorer_id = (:body::jsonb ->> 'scorer_id')::uuid and s.pass_no = coalesce((:body::jsonb ->> 'pass_no')::integer, 1))
   and ocop_sheet_open(s, :user_id::uuid, :client_id::uuid);

-- name: updateOcopScoreSheet :write getOcopScoreSheet
select m.id, m.version
  from open_ocop_score_sheet(:score_sheet_id::uuid, :provinces::text[], :organisation_id::uuid, :roles::text[], :user_id::uuid, :client_id::uuid) s (id)
 cross join changed_ocop_score_sheet(s.id, :body::jsonb, :if_version::bigint, :user_id::uuid, :client_id::uuid) m;
