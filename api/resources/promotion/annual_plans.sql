-- Yearly plans. Those of the nation are read by all and written by central bodies; local ones belong to their territory and to the
-- organisation that made them.

-- name: listAnnualPlans :page
-- sort: -updated_at = a.updated_at desc, a.id desc
-- sort: updated_at = a.updated_at asc, a.id asc
-- sort: year = a.year asc, a.id asc
-- sort: -year = a.year desc, a.id desc
-- sort: name = a.name collate vietnamese asc, a.id asc
-- sort: -name = a.name collate vietnamese desc, a.id desc
select annual_plan_summary_json(a) as body
  from annual_plan a
 where (a.level = 'national' or a.province_code = any (:provinces::text[]) or a.organisation_id = :organisation_id::uuid)
   and (a.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and (:q::text is null or found(:q, :q_mode, a.folded, a.name || ' ' || a.code))
   and (:status::text[] is null or a.status = any (:status::text[]))
   and (:stage::text[] is null or a.status = any (statuses_in('annual_plan', :stage::text[])))
   and (:year::integer is null or a.year = :year::integer)
   and (:level::text is null or a.level = :level)
   and (:programme_id::uuid is null or a.programme_id = :programme_id::uuid)
   and (:project_id::uuid is null or exists (
         select from annual_plan_item i
          where i.annual_plan_id = a.id and i.project_id = :project_id::uuid and i.deleted_at is null
            and (i.province_code = any (:provinces::text[]) or i.organisation_id = :organisation_id::uuid
                 or project_visible(i.project_id, :provinces::text[], :organisation_id::uuid))))
   and (:province_code::text[] is null or exists (
         select from unnest(:province_code::text[]) wanted (code)
          cross join provinces_recorded_as(wanted.code, basis_date(:geo_basis)) r
          where r.code = a.province_code and a.codes_on between r.valid_from and r.valid_to))
   and (:updated_at_gte::timestamptz is null or a.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or a.updated_at < :updated_at_lt::timestamptz);

-- name: getAnnualPlan :one
select a.version, a.deleted_at is not null as gone, annual_plan_json(a) as body
  from annual_plan a
 where a.id = :annual_plan_id::uuid
   and (a.level = 'national' or a.province_code = any (:provinces::text[]) or a.organisation_id = :organisation_id::uuid);

-- name: createAnnualPlan :write getAnnualPlan
insert into annual_plan (id, organisation_id, name, year, level, programme_id, opens_on, closes_on, province_code, codes_on,
  evidence_grade, note)
select :new_id::uuid, :organisation_id::uuid, c.name, c.year, c.level, c.programme_id, c.opens_on, c.closes_on, c.province_code,
       c.codes_on, c.evidence_grade, c.note
  from jsonb_populate_record(null::annual_plan, :body::jsonb) b
 cross join checked_annual_plan(b, null, :provinces::text[], :organisation_id::uuid, :province_code) c
 where annual_plan_writable(c, :tier, :provinces::text[], null)
returning id, version;

-- name: updateAnnualPlan :write getAnnualPlan
update annual_plan a
   set name = c.name, programme_id = c.programme_id, opens_on = c.opens_on, closes_on = c.closes_on,
       evidence_grade = c.evidence_grade, note = c.note, version = next_version(a.version, :if_version::bigint)
  from annual_plan stored
 cross join jsonb_populate_record(stored, :body::jsonb) b
 cross join checked_annual_plan(b, stored, :provinces::text[], :organisation_id::uuid, :province_code) c
 where stored.id = :annual_plan_id::uuid and stored.deleted_at is null
   and annual_plan_writable(stored, :tier, :provinces::text[], :organisation_id::uuid)
   and a.id = stored.id and a.deleted_at is null
returning a.id, a.version;

-- name: deleteAnnualPlan :remove getAnnualPlan
update annual_plan a
   set deleted_at = current_instant(), version = next_version(a.version, :if_version::bigint)
 where a.id = :annual_plan_id::uuid and a.deleted_at is null
   and annual_plan_writable(a, :tier, :provinces::text[], :organisation_id::uuid)
returning a.id, a.version;

-- name: restoreAnnualPlan :write getAnnualPlan
update annual_plan a
   set deleted_at = null, version = next_version(a.version, :if_version::bigint)
 where a.id = :annual_plan_id::uuid
   and annual_plan_writable(a, :tier, :provinces::text[], :organisation_id::uuid)
returning a.id, a.version;

-- name: getAnnualPlanByRef :one
select a.version, a.deleted_at is not null as gone, annual_plan_json(a) as body
  from external_ref x
  join annual_plan a on a.id = x.record_id
 where x.record_type = 'annual_plan' and x.organisation_id = :organisation_id::uuid and x.system = :system and x.ref = :ref
   and (a.level = 'national' or a.province_code = any (:provinces::text[]) or a.organisation_id = :organisation_id::uuid);

-- name: putAnnualPlanByRef :write getAnnualPlanByRef
with known as (
  select x.record_id
    from external_ref x
   where x.record_type = 'annual_plan' and x.organisation_id = :organisation_id::uuid and x.system = :system and x.ref = :ref
), incoming as (
  select stored.id as stored_id, c.*
    from jsonb_populate_record(null::annual_plan, :body::jsonb) b
    left join annual_plan stored on stored.id = (select record_id from known) and stored.deleted_at is null
   cross join checked_annual_plan(b, stored, :provinces::text[], :organisation_id::uuid, :province_code) c
   where c.province_code = stored.province_code or annual_plan_writable(c, :tier, :provinces::text[], null)
), changed as (
  update annual_plan a
     set name = c.name, programme_id = c.programme_id, opens_on = c.opens_on, closes_on = c.closes_on,
         evidence_grade = c.evidence_grade, note = c.note, version = next_version(a.version, :if_version::bigint)
    from incoming c
   where a.id = c.stored_id and a.deleted_at is null
     and annual_plan_writable(a, :tier, :provinces::text[], :organisation_id::uuid)
  returning a.id, a.version
), added as (
  insert into annual_plan (id, organisation_id, name, year, level, programme_id, opens_on, closes_on, province_code, codes_on,
    evidence_grade, note)
  select :new_id::uuid, :organisation_id::uuid, c.name, c.year, c.level, c.programme_id, c.opens_on, c.closes_on, c.province_code,
         c.codes_on, c.evidence_grade, c.note
    from incoming c
   where not exists (select from known)
  returning id, version, province_code
), linked as (
  insert into external_ref (record_type, record_id, system, ref, province_code, organisation_id)
  select 'annual_plan', a.id, :system, :ref, a.province_code, :organisation_id::uuid
    from added a
)
select id, version, false as created from changed
union all
select id, version, true from added;

-- name: transitionAnnualPlan :write getAnnualPlanTransition
select t.id, t.version
  from take_transition('annual_plan', locked_annual_plan(:annual_plan_id::uuid, :tier, :provinces::text[], :organisation_id::uuid),
         :new_id::uuid, :body::jsonb, :if_version::bigint) t;

-- name: getAnnualPlanTransition :one
select t.record_version as version, a.deleted_at is not null as gone, transition_json(t) as body
  from transition t
  join annual_plan a on a.id = t.record_id
 where t.record_type = 'annual_plan' and t.id = :transition_id::uuid and a.id = :annual_plan_id::uuid
   and (a.level = 'national' or a.province_code = any (:provinces::text[]) or a.organisation_id = :organisation_id::uuid);

-- name: listAnnualPlanTransitions :page
-- sort: recorded_at = t.recorded_at asc, t.id asc
-- sort: -recorded_at = t.recorded_at desc, t.id desc
select transition_json(t) as body
  from transition t
 where (select open_annual_plan(:annual_plan_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and t.record_type = 'annual_plan' and t.record_id = :annual_plan_id::uuid;
