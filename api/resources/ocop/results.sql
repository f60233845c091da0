-- Results of councils. Read like their registration; written by bodies of the tier that scored.

-- name: listOcopResults :page
-- sort: -updated_at = s.updated_at desc, s.id desc
-- sort: updated_at = s.updated_at asc, s.id asc
-- sort: total = s.total asc, s.id asc
-- sort: -total = s.total desc, s.id desc
select ocop_result_json(s) as body
  from ocop_result s
 where (s.province_code = any (:provinces::text[]) or s.organisation_id = :organisation_id::uuid)
   and s.deleted_at is null
   and (:roles::text[] is null or exists (
         select from ocop_registration r
          where r.id = s.registration_id and ocop_member_sees(r.id, r.establishment_id, :roles::text[], :user_id::uuid))
        and ocop_result_open(s.registration_id, s.council_id, s.pass_no, s.status))
   and (:registration_id::uuid is null or s.registration_id = :registration_id::uuid)
   and (:tier::text[] is null or s.tier = any (:tier::text[]))
   and (:status::text[] is null or s.status = any (:status::text[]))
   and (:stars::integer is null or s.stars = :stars::integer)
   and (:updated_at_gte::timestamptz is null or s.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or s.updated_at < :updated_at_lt::timestamptz);

-- name: getOcopResult :one
select s.version, s.deleted_at is not null or r.deleted_at is not null as gone, ocop_result_json(s) as body
  from ocop_result s
  join ocop_registration r on r.id = s.registration_id
 where s.id = :result_id::uuid and (s.province_code = any (:provinces::text[]) or s.organisation_id = :organisation_id::uuid)
   and ocop_member_sees(r.id, r.establishment_id, :roles::text[], :user_id::uuid)
   and ocop_result_open(s.registration_id, s.council_id, s.pass_no, s.status);

-- name: createOcopResult :write getOcopResult
insert into ocop_result (id, registration_id, tier, pass_no, part_a, part_b, part_c, total, stars, minutes, decision, origin,
  history_quality, note, council_id, evidence_grade, scorers_count, sheets_count, spread, max_spread, outliers, limits, warnings)
select :new_id::uuid, c.registration_id, c.tier, c.pass_no, c.part_a, c.part_b, c.part_c, c.total, c.stars, c.minutes, c.decision,
       c.origin, c.history_quality, c.note, c.council_id, c.evidence_grade, c.scorers_count, c.sheets_count, c.spread, c.max_spread,
       coalesce(c.outliers, '[]'), coalesce(c.limits, '[]'), coalesce(c.warnings, '[]')
  from jsonb_populate_record(null::ocop_result, :body::jsonb) b
 cross join ocop_registration_named(b.registration_id, :provinces::text[], :organisation_id::uuid) named (id)
 cross join ocop_council_named(b.council_id, :provinces::text[], :organisation_id::uuid) council (id)
 cross join checked_ocop_result(b) c
returning id, version;

-- name: createOcopResult.taken
select s.id
  from ocop_result s
 where s.registration_id = (:body::jsonb ->> 'registration_id')::uuid
   and s.tier = claim('app.tier') and s.pass_no = coalesce((:body::jsonb ->> 'pass_no')::integer, 1) and s.deleted_at is null;

-- name: updateOcopResult :write getOcopResult
update ocop_result s
   set (part_a, part_b, part_c, total, stars, minutes, decision, evidence_grade, note) = (
         select c.part_a, c.part_b, c.part_c, c.total, c.stars, c.minutes, c.decision, c.evidence_grade, c.note
           from jsonb_populate_record(s, :body::jsonb) b
          cross join checked_ocop_result(b) c),
       version = next_version(s.version, :if_version::bigint)
  from locked_ocop_result(:result_id::uuid, :provinces::text[], :organisation_id::uuid) l (id)
 where s.id = l.id
returning s.id, s.version;

-- name: deleteOcopResult :remove getOcopResult
update ocop_result s
   set deleted_at = current_instant(), version = next_version(s.version, :if_version::bigint)
  from locked_ocop_result(:result_id::uuid, :provinces::text[], :organisation_id::uuid) l (id)
 where s.id = l.id
returning s.id, s.version;

-- name: transitionOcopResult :write getOcopResultTransition
select t.id, t.version
  from take_transition('ocop_result', locked_ocop_result(:result_id::uuid, :provinces::text[], :organisation_id::uuid),
         :new_id::uuid, :body::jsonb, :if_version::bigint) t;

-- name: getOcopResultTransition :one
select t.record_version as version, s.deleted_at is not null as gone, transition_json(t) as body
  from transition t
  join ocop_result s on s.id = t.record_id
 where t.record_type = 'ocop_result' and t.id = :transition_id::uuid and s.id = :result_id::uuid
   and (s.province_code = any (:provinces::text[]) or s.organisation_id = :organisation_id::uuid);

-- name: listOcopResultTransitions :page
-- sort: recorded_at = t.recorded_at asc, t.id asc
-- sort: -recorded_at = t.recorded_at desc, t.id desc
select transition_json(t) as body
  from transition t
 where (select open_ocop_result(:result_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and t.record_type = 'ocop_result' and t.record_id = :result_id::uuid;
