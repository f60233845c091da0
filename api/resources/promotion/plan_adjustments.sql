-- Adjustments of assigned plans. The centre's own are read by all (each sees its own items), others by their territory and by whoever
-- made them.

-- name: listPlanAdjustments :page
-- sort: -updated_at = d.updated_at desc, d.id desc
-- sort: updated_at = d.updated_at asc, d.id asc
-- sort: code = d.code asc, d.id asc
-- sort: -code = d.code desc, d.id desc
select plan_adjustment_summary_json(d) as body
  from plan_adjustment d
 where (d.province_code is null or d.province_code = any (:provinces::text[]) or d.organisation_id = :organisation_id::uuid)
   and (d.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and (:annual_plan_id::uuid is null or d.annual_plan_id = :annual_plan_id::uuid)
   and (:year::integer is null or d.year = :year::integer)
   and (:level::text is null or d.level = :level)
   and (:kind::text[] is null or d.kind = any (:kind::text[]))
   and (:status::text[] is null or d.status = any (:status::text[]))
   and (:stage::text[] is null or d.status = any (statuses_in('plan_adjustment', :stage::text[])))
   and (:reason_code::text[] is null or d.reason_code = any (:reason_code::text[]))
   and (:updated_at_gte::timestamptz is null or d.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or d.updated_at < :updated_at_lt::timestamptz);

-- name: getPlanAdjustment :one
select d.version, d.deleted_at is not null as gone, plan_adjustment_json(d) as body
  from plan_adjustment d
 where d.id = :plan_adjustment_id::uuid
   and (d.province_code is null or d.province_code = any (:provinces::text[]) or d.organisation_id = :organisation_id::uuid);

-- name: createPlanAdjustment :write getPlanAdjustment
insert into plan_adjustment (id, organisation_id, annual_plan_id, year, level, kind, items, cut_percent, reason_code,
  amount_before_vnd, amount_after_vnd, province_code, note)
select :new_id::uuid, :organisation_id::uuid, c.annual_plan_id, c.year, c.level, c.kind, c.items, c.cut_percent, c.reason_code,
       c.amount_before_vnd, c.amount_after_vnd, c.province_code, c.note
  from jsonb_populate_record(null::plan_adjustment, :body::jsonb) b
  left join annual_plan a on a.id = b.annual_plan_id and annual_plan_visible(a.id, :provinces::text[], :organisation_id::uuid)
 cross join checked_plan_adjustment(b, null, a, :provinces::text[], :organisation_id::uuid, :province_code) c
 where plan_adjustment_writable(c, :tier, :provinces::text[], null)
returning id, version;

-- name: updatePlanAdjustment :write getPlanAdjustment
update plan_adjustment d
   set kind = c.kind, items = c.items, cut_percent = c.cut_percent, reason_code = c.reason_code,
       amount_before_vnd = c.amount_before_vnd, amount_after_vnd = c.amount_after_vnd, note = c.note,
       version = next_version(d.version, :if_version::bigint)
  from plan_adjustment stored
  join annual_plan a on a.id = stored.annual_plan_id
 cross join jsonb_populate_record(stored, :body::jsonb) b
 cross join adjustment_as_patched(b, stored, a, :body::jsonb, :provinces::text[], :organisation_id::uuid) c
 where stored.id = :plan_adjustment_id::uuid and stored.deleted_at is null
   and plan_adjustment_writable(stored, :tier, :provinces::text[], :organisation_id::uuid)
   and d.id = stored.id and d.deleted_at is null
returning d.id, d.version;

-- name: deletePlanAdjustment :remove getPlanAdjustment
update plan_adjustment d
   set deleted_at = current_instant(), version = next_version(d.version, :if_version::bigint)
 where d.id = :plan_adjustment_id::uuid and d.deleted_at is null
   and plan_adjustment_writable(d, :tier, :provinces::text[], :organisation_id::uuid)
returning d.id, d.version;

-- name: restorePlanAdjustment :write getPlanAdjustment
update plan_adjustment d
   set deleted_at = null, version = next_version(d.version, :if_version::bigint)
 where d.id = :plan_adjustment_id::uuid
   and plan_adjustment_writable(d, :tier, :provinces::text[], :organisation_id::uuid)
returning d.id, d.version;

-- name: transitionPlanAdjustment :write getPlanAdjustmentTransition
select t.id, t.version
  from take_transition('plan_adjustment',
         locked_plan_adjustment(:plan_adjustment_id::uuid, :tier, :provinces::text[], :organisation_id::uuid),
         :new_id::uuid, :body::jsonb, :if_version::bigint) t;

-- name: getPlanAdjustmentTransition :one
select t.record_version as version, d.deleted_at is not null as gone, transition_json(t) as body
  from transition t
  join plan_adjustment d on d.id = t.record_id
 where t.record_type = 'plan_adjustment' and t.id = :transition_id::uuid and d.id = :plan_adjustment_id::uuid
   and (d.province_code is null or d.province_code = any (:provinces::text[]) or d.organisation_id = :organisation_id::uuid);

-- name: listPlanAdjustmentTransitions :page
-- sort: recorded_at = t.recorded_at asc, t.id asc
-- sort: -recorded_at = t.recorded_at desc, t.id desc
select transition_json(t) as body
  from transition t
 where (select open_plan_adjustment(:plan_adjustment_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and t.record_type = 'plan_adjustment' and t.record_id = :plan_adjustment_id::uuid;
