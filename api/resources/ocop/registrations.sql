-- Registrations. Their territory and the organisation that made them read and write them; who comes for a council alone reads what is
-- assigned to him and writes none.

-- name: listOcopRegistrations :page
-- sort: -updated_at = r.updated_at desc, r.id desc
-- sort: updated_at = r.updated_at asc, r.id asc
-- sort: product_name = r.product_name collate vietnamese asc, r.id asc
-- sort: -product_name = r.product_name collate vietnamese desc, r.id desc
-- sort: code = r.code asc, r.id asc
-- sort: -code = r.code desc, r.id desc
-- sort: submitted_on = coalesce(r.submitted_on, 'infinity'::date) asc, r.id asc
-- sort: -submitted_on = coalesce(r.submitted_on, '-infinity'::date) desc, r.id desc
select ocop_registration_summary_json(r) as body
  from ocop_registration r
 where (r.province_code = any (:provinces::text[]) or r.organisation_id = :organisation_id::uuid)
   and (:roles::text[] is null or ocop_member_sees(r.id, r.establishment_id, :roles::text[], :user_id::uuid))
   and (r.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and (:q::text is null or found(:q, :q_mode, r.folded, r.code || ' ' || r.product_name || ' ' || coalesce(r.product_code, '')))
   and (:status::text[] is null or r.status = any (:status::text[]))
   and (:stage::text[] is null or r.status = any (statuses_in('ocop_registration', :stage::text[])))
   and (:kind::text[] is null or r.kind = any (:kind::text[]))
   and (:tier::text[] is null or r.tier = any (:tier::text[]))
   and (:origin::text is null or r.origin = :origin)
   and (:product_id::uuid is null or r.product_id = :product_id::uuid)
   and (:establishment_id::uuid is null or r.establishment_id = :establishment_id::uuid)
   and (:round_id::uuid is null or r.round_id = :round_id::uuid)
   and (:product_set_id::uuid is null or r.product_set_id = :product_set_id::uuid)
   and (:product_code::text is null or r.product_code = :product_code)
   and (:province_code::text[] is null or exists (
         select from unnest(:province_code::text[]) wanted (code)
          cross join provinces_recorded_as(wanted.code, basis_date(:geo_basis)) m
          where m.code = r.province_code and r.codes_on between m.valid_from and m.valid_to))
   and (:from::date is null or r.submitted_on >= :from::date)
   and (:to::date is null or r.submitted_on <= :to::date)
   and (:updated_at_gte::timestamptz is null or r.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or r.updated_at < :updated_at_lt::timestamptz);

-- name: getOcopRegistration :one
select r.version, r.deleted_at is not null as gone, ocop_registration_json(r) as body
  from ocop_registration r
 where r.id = :registration_id::uuid
   and (r.province_code = any (:provinces::text[]) or r.organisation_id = :organisation_id::uuid)
   and ocop_member_sees(r.id, r.establishment_id, :roles::text[], :user_id::uuid);

-- name: createOcopRegistration :write getOcopRegistration
insert into ocop_registration (id, organisation_id, province_code, codes_on, origin, history_quality, evidence_grade, note, status,
  product_id, establishment_id, kind, round_id, product_set_id, submitted_on, tier, product_code, checklist, recognition)
select :new_id::uuid, :organisation_id::uuid, c.province_code, c.codes_on, c.origin, c.history_quality, c.evidence_grade, c.note,
       c.status, c.product_id, c.establishment_id, c.kind, c.round_id, c.product_set_id, c.submitted_on, c.tier, c.product_code,
       c.checklist, c.recognition
  from jsonb_populate_record(null::ocop_registration, :body::jsonb) b
 cross join checked_ocop_registration(b, null, :provinces::text[], :organisation_id::uuid) c
 where c.province_code = any (:provinces::text[]) and not is_plain_member(:roles::text[])
returning id, version;

-- name: createOcopRegistration.taken
select open_registration((:body::jsonb ->> 'product_id')::uuid, null, :provinces::text[], :organisation_id::uuid) as id;

-- name: updateOcopRegistration :write getOcopRegistration
update ocop_registration r
   set province_code = c.province_code, codes_on = c.codes_on, history_quality = c.history_quality,
       evidence_grade = c.evidence_grade, note = c.note, status = c.status, product_id = c.product_id,
       establishment_id = c.establishment_id, kind = c.kind, round_id = c.round_id, product_set_id = c.product_set_id,
       submitted_on = c.submitted_on, tier = c.tier, product_code = c.product_code, checklist = c.checklist,
       recognition = c.recognition, version = next_version(r.version, :if_version::bigint)
  from ocop_registration stored
 cross join jsonb_populate_record(stored, :body::jsonb) b
 cross join checked_ocop_registration(b, stored, :provinces::text[], :organisation_id::uuid) c
 where stored.id = :registration_id::uuid and stored.deleted_at is null and not is_plain_member(:roles::text[])
   and (stored.province_code = any (:provinces::text[]) or stored.organisation_id = :organisation_id::uuid)
   and r.id = stored.id and r.deleted_at is null
   and (c.province_code = stored.province_code or c.province_code = any (:provinces::text[]))
returning r.id, r.version;

-- name: updateOcopRegistration.taken
select open_registration(b.product_id, r.id, :provinces::text[], :organisation_id::uuid) as id
  from ocop_registration r
 cross join jsonb_populate_record(r, :body::jsonb) b
 where r.id = :registration_id::uuid;

-- name: deleteOcopRegistration :remove getOcopRegistration
update ocop_registration r
   set deleted_at = current_instant(), version = next_version(r.version, :if_version::bigint)
 where r.id = :registration_id::uuid and r.deleted_at is null and not is_plain_member(:roles::text[])
   and (r.province_code = any (:provinces::text[]) or r.organisation_id = :organisation_id::uuid)
returning r.id, r.version;

-- name: restoreOcopRegistration :write getOcopRegistration
update ocop_registration r
   set deleted_at = null, version = next_version(r.version, :if_version::bigint)
 where r.id = :registration_id::uuid and not is_plain_member(:roles::text[])
   and (r.province_code = any (:provinces::text[]) or r.organisation_id = :organisation_id::uuid)
returning r.id, r.version;

-- name: restoreOcopRegistration.taken
select open_registration(r.product_id, r.id, :provinces::text[], :organisation_id::uuid) as id
  from ocop_registration r
 where r.id = :registration_id::uuid;

-- name: getOcopRegistrationByRef :one
select r.version, r.deleted_at is not null as gone, ocop_registration_json(r) as body
  from external_ref x
  join ocop_registration r on r.id = x.record_id
 where x.record_type = 'ocop_registration' and x.organisation_id = :organisation_id::uuid and x.system = :system and x.ref = :ref
   and (r.province_code = any (:provinces::text[]) or r.organisation_id = :organisation_id::uuid)
   and ocop_member_sees(r.id, r.establishment_id, :roles::text[], :user_id::uuid);

-- name: putOcopRegistrationByRef :write getOcopRegistrationByRef
with known as (
  select x.record_id
    from external_ref x
   where x.record_type = 'ocop_registration' and x.organisation_id = :organisation_id::uuid and x.system = :system and x.ref = :ref
), incoming as (
  select stored.id as stored_id, c.*
    from jsonb_populate_record(null::ocop_registration, :body::jsonb) b
    left join ocop_registration stored on stored.id = (select record_id from known) and stored.deleted_at is null
   cross join checked_ocop_registration(b, stored, :provinces::text[], :organisation_id::uuid) c
   where (c.province_code = stored.province_code or c.province_code = any (:provinces::text[])) and not is_plain_member(:roles::text[])
), changed as (
  update ocop_registration r
     set province_code = c.province_code, codes_on = c.codes_on, origin = c.origin, history_quality = c.history_quality,
         evidence_grade = c.evidence_grade, note = c.note, status = c.status, product_id = c.product_id,
         establishment_id = c.establishment_id, kind = c.kind, round_id = c.round_id, product_set_id = c.product_set_id,
         submitted_on = c.submitted_on, tier = c.tier, product_code = c.product_code, checklist = c.checklist,
         recognition = c.recognition, version = next_version(r.version, :if_version::bigint)
    from incoming c
   where r.id = c.stored_id and r.deleted_at is null
     and (r.province_code = any (:provinces::text[]) or r.organisation_id = :organisation_id::uuid)
  returning r.id, r.version
), added as (
  insert into ocop_registration (id, organisation_id, province_code, codes_on, origin, history_quality, evidence_grade, note, status,
    product_id, establishment_id, kind, round_id, product_set_id, submitted_on, tier, product_code, checklist, recognition)
  select :new_id::uuid, :organisation_id::uuid, c.province_code, c.codes_on, c.origin, c.history_quality, c.evidence_grade, c.note,
         c.status, c.product_id, c.establishment_id, c.kind, c.round_id, c.product_set_id, c.submitted_on, c.tier, c.product_code,
         c.checklist, c.recognition
    from incoming c
   where not exists (select from known)
  returning id, version, province_code
), linked as (
  insert into external_ref (record_type, record_id, system, ref, province_code, organisation_id)
  select 'ocop_registration', a.id, :system, :ref, a.province_code, :organisation_id::uuid
    from added a
)
select id, version, false as created from changed
union all
select id, version, true from added;

-- name: putOcopRegistrationByRef.taken
select open_registration((:body::jsonb ->> 'product_id')::uuid, null, :provinces::text[], :organisation_id::uuid) as id;

-- name: transitionOcopRegistration :write getOcopRegistrationTransition
select t.id, t.version
  from transition_ocop_registration(
         locked_ocop_registration(:registration_id::uuid, :provinces::text[], :organisation_id::uuid),
         :new_id::uuid, :body::jsonb, :if_version::bigint) t;

-- name: getOcopRegistrationTransition :one
select t.record_version as version, r.deleted_at is not null as gone, transition_json(t) as body
  from transition t
  join ocop_registration r on r.id = t.record_id
 where t.record_type = 'ocop_registration' and t.id = :transition_id::uuid and r.id = :registration_id::uuid
   and (r.province_code = any (:provinces::text[]) or r.organisation_id = :organisation_id::uuid)
   and ocop_member_sees(r.id, r.establishment_id, :roles::text[], :user_id::uuid);

-- name: listOcopRegistrationTransitions :page
-- sort: recorded_at = t.recorded_at asc, t.id asc
-- sort: -recorded_at = t.recorded_at desc, t.id desc
select transition_json(t) as body
  from transition t
 where (select open_ocop_registration(:registration_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and t.record_type = 'ocop_registration' and t.record_id = :registration_id::uuid;
