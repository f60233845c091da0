-- Reviews of registrations. Read like their registration; written by bodies of the tier that reviews.

-- name: listOcopReviews :page
-- sort: -updated_at = v.updated_at desc, v.id desc
-- sort: updated_at = v.updated_at asc, v.id asc
select ocop_review_json(v) as body
  from ocop_review v
 where (v.province_code = any (:provinces::text[]) or v.organisation_id = :organisation_id::uuid)
   and v.deleted_at is null
   and (:roles::text[] is null or exists (
         select from ocop_registration r
          where r.id = v.registration_id and ocop_member_sees(r.id, r.establishment_id, :roles::text[], :user_id::uuid)))
   and (:registration_id::uuid is null or v.registration_id = :registration_id::uuid)
   and (:tier::text[] is null or v.tier = any (:tier::text[]))
   and (:kind::text[] is null or v.kind = any (:kind::text[]))
   and (:status::text[] is null or v.status = any (:status::text[]))
   and (:result::text[] is null or v.result = any (:result::text[]))
   and (:updated_at_gte::timestamptz is null or v.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or v.updated_at < :updated_at_lt::timestamptz);

-- name: getOcopReview :one
select v.version, v.deleted_at is not null or r.deleted_at is not null as gone, ocop_review_json(v) as body
  from ocop_review v
  join ocop_registration r on r.id = v.registration_id
 where v.id = :review_id::uuid and (v.province_code = any (:provinces::text[]) or v.organisation_id = :organisation_id::uuid)
   and ocop_member_sees(r.id, r.establishment_id, :roles::text[], :user_id::uuid);

-- name: createOcopReview :write getOcopReview
insert into ocop_review (id, registration_id, tier, kind, visited_on, local_criteria, result, document, note)
select :new_id::uuid, c.registration_id, c.tier, c.kind, c.visited_on, c.local_criteria, c.result, c.document, c.note
  from jsonb_populate_record(null::ocop_review, :body::jsonb) b
 cross join ocop_registration_named(b.registration_id, :provinces::text[], :organisation_id::uuid) named (id)
 cross join checked_ocop_review(b) c
returning id, version;

-- name: updateOcopReview :write getOcopReview
update ocop_review v
   set (visited_on, local_criteria, result, document, note) = (
         select c.visited_on, c.local_criteria, c.result, c.document, c.note
           from jsonb_populate_record(v, :body::jsonb) b
          cross join changed_ocop_review(b) c),
       version = next_version(v.version, :if_version::bigint)
  from locked_ocop_review(:review_id::uuid, :provinces::text[], :organisation_id::uuid) l (id)
 where v.id = l.id
returning v.id, v.version;

-- name: deleteOcopReview :remove getOcopReview
update ocop_review v
   set deleted_at = current_instant(), version = next_version(v.version, :if_version::bigint)
  from locked_ocop_review(:review_id::uuid, :provinces::text[], :organisation_id::uuid) l (id)
 where v.id = l.id
returning v.id, v.version;

-- name: transitionOcopReview :write getOcopReviewTransition
select t.id, t.version
  from take_transition('ocop_review', locked_ocop_review(:review_id::uuid, :provinces::text[], :organisation_id::uuid),
         :new_id::uuid, :body::jsonb, :if_version::bigint) t;

-- name: getOcopReviewTransition :one
select t.record_version as version, v.deleted_at is not null as gone, transition_json(t) as body
  from transition t
  join ocop_review v on v.id = t.record_id
  join ocop_registration r on r.id = v.registration_id
 where t.record_type = 'ocop_review' and t.id = :transition_id::uuid and v.id = :review_id::uuid
   and (v.province_code = any (:provinces::text[]) or v.organisation_id = :organisation_id::uuid)
   and ocop_member_sees(r.id, r.establishment_id, :roles::text[], :user_id::uuid);

-- name: listOcopReviewTransitions :page
-- sort: recorded_at = t.recorded_at asc, t.id asc
-- sort: -recorded_at = t.recorded_at desc, t.id desc
select transition_json(t) as body
  from transition t
 where (select open_ocop_review(:review_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and t.record_type = 'ocop_review' and t.record_id = :review_id::uuid;
