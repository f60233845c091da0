-- Projects. Their territory, the organisation that made them and the implementer read and write them.

-- name: listProjects :page
-- way: p.province_code = any (:provinces::text[])
-- way: p.organisation_id = :organisation_id::uuid
-- way: p.implementer_id = :organisation_id::uuid
-- way when: cardinality(:provinces::text[]) <= 8
-- sort by way: -updated_at = p.updated_at desc, p.id desc
-- sort by way: updated_at = p.updated_at asc, p.id asc
-- sort: name = p.name collate vietnamese asc, p.id asc
-- sort: -name = p.name collate vietnamese desc, p.id desc
-- sort: code = p.code asc, p.id asc
-- sort: -code = p.code desc, p.id desc
-- sort: starts_on = coalesce(p.starts_on, 'infinity'::date) asc, p.id asc
-- sort: -starts_on = coalesce(p.starts_on, '-infinity'::date) desc, p.id desc
select case when :expand::text[] is null then project_summary_json(p) -- most ask so, and need not pay for the question
            else project_expanded(project_summary_json(p), p, :expand::text[], :provinces::text[], :organisation_id::uuid) end as body
  from project p
 cross join (select basis_date(:geo_basis) as day, provinces_wanted(:province_code::text[]) as provinces offset 0) map -- offset: asked once
 where {ways}
   and map.day is distinct from 'infinity' -- reads the day, so that one that is none is refused
   and (p.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and (:q::text is null or found(:q, :q_mode, p.folded, p.name || ' ' || p.code))
   and (:status::text[] is null or p.status = any (:status::text[]))
   and (:stage::text[] is null or p.status = any (statuses_in('project', :stage::text[])))
   and (:level::text is null or p.level = :level)
   and (:scale::text[] is null or coalesce(p.scale, 'none') = any (:scale::text[]))
   and (:reason_code::text[] is null or p.status in ('stopped', 'withdrawn', 'rejected')
        and ending_reason(p.id, p.status) = any (:reason_code::text[]))
   and (:programme_id::uuid is null or p.programme_id = :programme_id::uuid)
   and (:parent_id::uuid is null or p.parent_id = :parent_id::uuid)
   and (:implementer_id::uuid is null or p.implementer_id = :implementer_id::uuid)
   and (:plan_year::integer is null or project_planned_in(p.id, p.starts_on, :plan_year::integer))
   and (:annual_plan_id::uuid is null or project_in_plan(p.id, :annual_plan_id::uuid))
   and (:accepted_by::date is null or project_accepted_by(p.status, p.history_quality, p.id, :accepted_by::date))
   and (:activity_code::text[] is null or project_activities(p.id) && :activity_code::text[])
   and (:sole_activity_code::text is null or project_sole_activity(p.id) = :sole_activity_code)
   and (:source::text[] is null or project_sources(p.id) && :source::text[])
   and (:year::integer is null or exists (
         select from project_funding f
          where f.project_id = p.id and f.deleted_at is null and f.year = :year::integer))
   and (:province_code::text[] is null or p.province_code = any (provinces_reaching(:province_code::text[]))
        and project_in_provinces(p.province_code, p.codes_on, p.places, map.day, map.provinces))
   and (:region_code::text[] is null or project_in_regions(p.province_code, p.codes_on, p.places, map.day, :region_code::text[]))
   and (:from::date is null or p.starts_on >= :from::date)
   and (:to::date is null or p.starts_on <= :to::date)
   and (:updated_at_gte::timestamptz is null or p.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or p.updated_at < :updated_at_lt::timestamptz);

-- name: getProject :one
select p.version, p.deleted_at is not null as gone,
       project_expanded(project_json(p), p, :expand::text[], :provinces::text[], :organisation_id::uuid) as body
  from project p
 where p.id = :project_id::uuid
   and (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid);

-- name: createProject :write getProject
insert into project (id, organisation_id, name, level, scale, programme_id, parent_id, implementer_id,
  managing_organisation_id, places, partner_province_codes, themes, trade_code, starts_on, ends_on, total_cost_vnd,
  support_vnd, counterpart_vnd, necessity, objective, replication, province_code, codes_on, evidence_grade, note)
select :new_id::uuid, :organisation_id::uuid,
       c.name, c.level, c.scale, c.programme_id, c.parent_id, c.implementer_id, c.managing_organisation_id, c.places,
       c.partner_province_codes, c.themes, c.trade_code, c.starts_on, c.ends_on, c.total_cost_vnd, c.support_vnd,
       c.counterpart_vnd, c.necessity, c.objective, c.replication, c.province_code, c.codes_on, c.evidence_grade, c.note
  from jsonb_populate_record(null::project, :body::jsonb) b
 cross join checked_project(b, null, :provinces::text[], :organisation_id::uuid, :province_code) c
 where c.province_code = any (:provinces::text[])
returning id, version;

-- name: updateProject :write getProject
update project p
   set name = c.name, level = c.level, scale = c.scale, programme_id = c.programme_id, parent_id = c.parent_id,
       implementer_id = c.implementer_id, managing_organisation_id = c.managing_organisation_id, places = c.places,
       partner_province_codes = c.partner_province_codes, themes = c.themes, trade_code = c.trade_code,
       starts_on = c.starts_on, ends_on = c.ends_on, total_cost_vnd = c.total_cost_vnd, support_vnd = c.support_vnd,
       counterpart_vnd = c.counterpart_vnd, necessity = c.necessity, objective = c.objective, replication = c.replication,
       province_code = c.province_code, codes_on = c.codes_on, evidence_grade = c.evidence_grade, note = c.note,
       version = next_version(p.version, :if_version::bigint)
  from project stored
 cross join jsonb_populate_record(stored, :body::jsonb) b
 cross join checked_project(b, stored, :provinces::text[], :organisation_id::uuid, :province_code) c
 where stored.id = :project_id::uuid and stored.deleted_at is null
   and (stored.province_code = any (:provinces::text[]) or stored.organisation_id = :organisation_id::uuid
        or stored.implementer_id = :organisation_id::uuid)
   and p.id = stored.id and p.deleted_at is null
   and (c.province_code = stored.province_code or c.province_code = any (:provinces::text[]))
returning p.id, p.version;

-- name: deleteProject :remove getProject
update project p
   set deleted_at = current_instant(), version = next_version(p.version, :if_version::bigint)
 where p.id = :project_id::uuid and p.deleted_at is null
   and (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid)
returning p.id, p.version;

-- name: restoreProject :write getProject
update project p
   set deleted_at = null, version = next_version(p.version, :if_version::bigint)
 where p.id = :project_id::uuid
   and (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid)
returning p.id, p.version;

-- name: transitionProject :write getProjectTransition
select t.id, t.version
  from take_transition('project', locked_project(:project_id::uuid, :provinces::text[], :organisation_id::uuid),
         :new_id::uuid, :body::jsonb, :if_version::bigint) t;

-- name: getProjectTransition :one
select t.record_version as version, p.deleted_at is not null as gone, transition_json(t) as body
  from transition t
  join project p on p.id = t.record_id
 where t.record_type = 'project' and t.id = :transition_id::uuid and p.id = :project_id::uuid
   and (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid);

-- name: listProjectTransitions :page
-- sort: recorded_at = t.recorded_at asc, t.id asc
-- sort: -recorded_at = t.recorded_at desc, t.id desc
select transition_json(t) as body
  from transition t
 where (select open_project(:project_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and t.record_type = 'project' and t.record_id = :project_id::uuid;

-- name: getProjectByRef :one
select p.version, p.deleted_at is not null as gone,
       project_expanded(project_json(p), p, :expand::text[], :provinces::text[], :organisation_id::uuid) as body
  from external_ref x
  join project p on p.id = x.record_id
 where x.record_type = 'project' and x.organisation_id = :organisation_id::uuid and x.system = :system and x.ref = :ref
   and (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid);

-- name: putProjectByRef :write getProjectByRef
with known as (
  select x.record_id
    from external_ref x
   where x.record_type = 'project' and x.organisation_id = :organisation_id::uuid and x.system = :system and x.ref = :ref
), incoming as (
  select stored.id as stored_id, c.*
    from jsonb_populate_record(null::project, :body::jsonb) b
    left join project stored on stored.id = (select record_id from known) and stored.deleted_at is null
   cross join checked_project(b, stored, :provinces::text[], :organisation_id::uuid, :province_code) c
   where c.province_code = stored.province_code or c.province_code = any (:provinces::text[])
), changed as (
  update project p
     set name = c.name, level = c.level, scale = c.scale, programme_id = c.programme_id, parent_id = c.parent_id,
         implementer_id = c.implementer_id, managing_organisation_id = c.managing_organisation_id, places = c.places,
         partner_province_codes = c.partner_province_codes, themes = c.themes, trade_code = c.trade_code,
         starts_on = c.starts_on, ends_on = c.ends_on, total_cost_vnd = c.total_cost_vnd, support_vnd = c.support_vnd,
         counterpart_vnd = c.counterpart_vnd, necessity = c.necessity, objective = c.objective, replication = c.replication,
         province_code = c.province_code, codes_on = c.codes_on, evidence_grade = c.evidence_grade, note = c.note,
         version = next_version(p.version, :if_version::bigint)
    from incoming c
   where p.id = c.stored_id and p.deleted_at is null
     and (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid)
  returning p.id, p.version
), added as (
  insert into project (id, organisation_id, name, level, scale, programme_id, parent_id, implementer_id,
    managing_organisation_id, places, partner_province_codes, themes, trade_code, starts_on, ends_on, total_cost_vnd,
    support_vnd, counterpart_vnd, necessity, objective, replication, province_code, codes_on, evidence_grade, note)
  select :new_id::uuid, :organisation_id::uuid,
         c.name, c.level, c.scale, c.programme_id, c.parent_id, c.implementer_id, c.managing_organisation_id, c.places,
         c.partner_province_codes, c.themes, c.trade_code, c.starts_on, c.ends_on, c.total_cost_vnd, c.support_vnd,
         c.counterpart_vnd, c.necessity, c.objective, c.replication, c.province_code, c.codes_on, c.evidence_grade, c.note
    from incoming c
   where not exists (select from known)
  returning id, version, province_code
), linked as (
  insert into external_ref (record_type, record_id, system, ref, province_code, organisation_id)
  select 'project', a.id, :system, :ref, a.province_code, :organisation_id::uuid
    from added a
)
select id, version, false as created from changed
union all
select id, version, true from added;
