-- Programmes. National ones are read by all and written by central bodies; local ones belong to their territory and to the
-- organisation that made them.

-- name: listProgrammes :page
-- sort: -updated_at = g.updated_at desc, g.id desc
-- sort: updated_at = g.updated_at asc, g.id asc
-- sort: name = g.name collate vietnamese asc, g.id asc
-- sort: -name = g.name collate vietnamese desc, g.id desc
-- sort: code = g.code asc, g.id asc
-- sort: -code = g.code desc, g.id desc
-- sort: starts_on = coalesce(g.starts_on, 'infinity'::date) asc, g.id asc
-- sort: -starts_on = coalesce(g.starts_on, '-infinity'::date) desc, g.id desc
select programme_summary_json(g) as body
  from programme g
 where (g.level = 'national' or g.province_code = any (:provinces::text[]) or g.organisation_id = :organisation_id::uuid)
   and (g.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and (:q::text is null or found(:q, :q_mode, g.folded, g.name || ' ' || g.code))
   and (:status::text[] is null or g.status = any (:status::text[]))
   and (:stage::text[] is null or g.status = any (statuses_in('programme', :stage::text[])))
   and (:kind::text[] is null or g.kind = any (:kind::text[]))
   and (:level::text is null or g.level = :level)
   and (:province_code::text[] is null or exists (
         select from unnest(:province_code::text[]) wanted (code)
          cross join provinces_recorded_as(wanted.code, basis_date(:geo_basis)) r
          where r.code = g.province_code and g.codes_on between r.valid_from and r.valid_to))
   and (:valid_on::date is null or (
         (g.starts_on is null or g.starts_on <= :valid_on::date) and (g.ends_on is null or g.ends_on >= :valid_on::date)))
   and (:updated_at_gte::timestamptz is null or g.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or g.updated_at < :updated_at_lt::timestamptz);

-- name: getProgramme :one
select g.version, g.deleted_at is not null as gone, programme_json(g) as body
  from programme g
 where g.id = :programme_id::uuid
   and (g.level = 'national' or g.province_code = any (:provinces::text[]) or g.organisation_id = :organisation_id::uuid);

-- name: createProgramme :write getProgramme
insert into programme (id, organisation_id, kind, level, name, starts_on, ends_on, predecessor_id, activity_priorities,
  planned_funding, province_code, codes_on, evidence_grade, note)
select :new_id::uuid, :organisation_id::uuid, c.kind, c.level, c.name, c.starts_on, c.ends_on, c.predecessor_id,
       c.activity_priorities, c.planned_funding, c.province_code, c.codes_on, c.evidence_grade, c.note
  from jsonb_populate_record(null::programme, :body::jsonb) b
 cross join checked_programme(b, null, :provinces::text[], :organisation_id::uuid, :province_code) c
 where programme_writable(c, :tier, :provinces::text[], null)
returning id, version;

-- name: updateProgramme :write getProgramme
update programme g
   set kind = c.kind, level = c.level, name = c.name, starts_on = c.starts_on, ends_on = c.ends_on,
       predecessor_id = c.predecessor_id, activity_priorities = c.activity_priorities, planned_funding = c.planned_funding,
       province_code = c.province_code, codes_on = c.codes_on, evidence_grade = c.evidence_grade, note = c.note,
       version = next_version(g.version, :if_version::bigint)
  from programme stored
 cross join jsonb_populate_record(stored, :body::jsonb) b
 cross join checked_programme(b, stored, :provinces::text[], :organisation_id::uuid, :province_code) c
 where stored.id = :programme_id::uuid and stored.deleted_at is null
   and programme_writable(stored, :tier, :provinces::text[], :organisation_id::uuid)
   and g.id = stored.id and g.deleted_at is null
   and (c.province_code is not distinct from stored.province_code or programme_writable(c, :tier, :provinces::text[], null))
returning g.id, g.version;

-- name: deleteProgramme :remove getProgramme
update programme g
   set deleted_at = current_instant(), version = next_version(g.version, :if_version::bigint)
 where g.id = :programme_id::uuid and g.deleted_at is null
   and programme_writable(g, :tier, :provinces::text[], :organisation_id::uuid)
returning g.id, g.version;

-- name: restoreProgramme :write getProgramme
update programme g
   set deleted_at = null, version = next_version(g.version, :if_version::bigint)
 where g.id = :programme_id::uuid
   and programme_writable(g, :tier, :provinces::text[], :organisation_id::uuid)
returning g.id, g.version;

-- name: transitionProgramme :write getProgrammeTransition
select t.id, t.version
  from take_transition('programme', locked_programme(:programme_id::uuid, :tier, :provinces::text[], :organisation_id::uuid),
         :new_id::uuid, :body::jsonb, :if_version::bigint) t;

-- name: getProgrammeTransition :one
select t.record_version as version, g.deleted_at is not null as gone, transition_json(t) as body
  from transition t
  join programme g on g.id = t.record_id
 where t.record_type = 'programme' and t.id = :transition_id::uuid and g.id = :programme_id::uuid
   and (g.level = 'national' or g.province_code = any (:provinces::text[]) or g.organisation_id = :organisation_id::uuid);

-- name: listProgrammeTransitions :page
-- sort: recorded_at = t.recorded_at asc, t.id asc
-- sort: -recorded_at = t.recorded_at desc, t.id desc
select transition_json(t) as body
  from transition t
 where (select open_programme(:programme_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and t.record_type = 'programme' and t.record_id = :programme_id::uuid;

-- name: getProgrammeByRef :one
select g.version, g.deleted_at is not null as gone, programme_json(g) as body
  from external_ref x
  join programme g on g.id = x.record_id
 where x.record_type = 'programme' and x.organisation_id = :organisation_id::uuid and x.system = :system and x.ref = :ref
   and (g.level = 'national' or g.province_code = any (:provinces::text[]) or g.organisation_id = :organisation_id::uuid);

-- name: putProgrammeByRef :write getProgrammeByRef
with known as (
  select x.record_id
    from external_ref x
   where x.record_type = 'programme' and x.organisation_id = :organisation_id::uuid and x.system = :system and x.ref = :ref
), incoming as (
  select stored.id as stored_id, c.*
    from jsonb_populate_record(null::programme, :body::jsonb) b
    left join programme stored on stored.id = (select record_id from known) and stored.deleted_at is null
   cross join checked_programme(b, stored, :provinces::text[], :organisation_id::uuid, :province_code) c
   where c.province_code = stored.province_code or programme_writable(c, :tier, :provinces::text[], null)
), changed as (
  update programme g
     set kind = c.kind, level = c.level, name = c.name, starts_on = c.starts_on, ends_on = c.ends_on,
         predecessor_id = c.predecessor_id, activity_priorities = c.activity_priorities, planned_funding = c.planned_funding,
         province_code = c.province_code, codes_on = c.codes_on, evidence_grade = c.evidence_grade, note = c.note,
         version = next_version(g.version, :if_version::bigint)
    from incoming c
   where g.id = c.stored_id and g.deleted_at is null
     and programme_writable(g, :tier, :provinces::text[], :organisation_id::uuid)
  returning g.id, g.version
), added as (
  insert into programme (id, organisation_id, kind, level, name, starts_on, ends_on, predecessor_id, activity_priorities,
    planned_funding, province_code, codes_on, evidence_grade, note)
  select :new_id::uuid, :organisation_id::uuid, c.kind, c.level, c.name, c.starts_on, c.ends_on, c.predecessor_id,
         c.activity_priorities, c.planned_funding, c.province_code, c.codes_on, c.evidence_grade, c.note
    from incoming c
   where not exists (select from known)
  returning id, version, province_code
), linked as (
  insert into external_ref (record_type, record_id, system, ref, province_code, organisation_id)
  select 'programme', a.id, :system, :ref, a.province_code, :organisation_id::uuid
    from added a
)
select id, version, false as created from changed
union all
select id, version, true from added;
