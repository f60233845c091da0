-- Requests for supplements. Made by the tier that holds the registration, answered by whoever writes it, given more time by who asked.

-- name: listOcopSupplementRequests :page
-- sort: -updated_at = s.updated_at desc, s.id desc
-- sort: updated_at = s.updated_at asc, s.id asc
-- sort: due_on = s.due_on asc, s.id asc
-- sort: -due_on = s.due_on desc, s.id desc
select ocop_supplement_request_json(s) as body
  from ocop_supplement_request s
 where (s.province_code = any (:provinces::text[]) or s.organisation_id = :organisation_id::uuid)
   and s.deleted_at is null
   and (:roles::text[] is null or exists (
         select from ocop_registration r
          where r.id = s.registration_id and ocop_member_sees(r.id, r.establishment_id, :roles::text[], :user_id::uuid)))
   and (:registration_id::uuid is null or s.registration_id = :registration_id::uuid)
   and (:tier::text[] is null or s.tier = any (:tier::text[]))
   and (:status::text[] is null or ocop_supplement_status(s) = any (:status::text[]))
   and (:is_late::boolean is null or ocop_supplement_is_late(s) = :is_late::boolean)
   and (:updated_at_gte::timestamptz is null or s.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or s.updated_at < :updated_at_lt::timestamptz);

-- name: getOcopSupplementRequest :one
select s.version, s.deleted_at is not null or r.deleted_at is not null as gone, ocop_supplement_request_json(s) as body
  from ocop_supplement_request s
  join ocop_registration r on r.id = s.registration_id
 where s.id = :supplement_request_id::uuid and (s.province_code = any (:provinces::text[]) or s.organisation_id = :organisation_id::uuid)
   and ocop_member_sees(r.id, r.establishment_id, :roles::text[], :user_id::uuid);

-- name: createOcopSupplementRequest :write getOcopSupplementRequest
select n.id, n.version
  from new_ocop_supplement_request(:new_id::uuid, :body::jsonb, :provinces::text[], :organisation_id::uuid) n;

-- name: updateOcopSupplementRequest :write getOcopSupplementRequest
select a.id, a.version
  from changed_ocop_supplement(:supplement_request_id::uuid, :body::jsonb, :if_version::bigint, :scopes::text, :provinces::text[],
         :organisation_id::uuid) a;
