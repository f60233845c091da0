-- Calls for proposals. Those of the centre are read by all, others by their territory and by whoever sent them.

-- name: listPlanCalls :page
-- sort: -updated_at = p.updated_at desc, p.id desc
-- sort: updated_at = p.updated_at asc, p.id asc
-- sort: closes_on = coalesce(p.closes_on, 'infinity'::date) asc, p.id asc
-- sort: -closes_on = coalesce(p.closes_on, '-infinity'::date) desc, p.id desc
select plan_call_json(p) as body
  from plan_call p
 where (p.province_code is null or p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid)
   and (p.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and (:year::integer is null or p.year = :year::integer)
   and (:level::text is null or p.level = :level)
   and (:status::text[] is null or p.status = any (:status::text[]))
   and (:recipient_id::uuid is null or p.recipients @> jsonb_build_array(jsonb_build_object('organisation_id',
       :recipient_id::uuid)))
   and (:updated_at_gte::timestamptz is null or p.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or p.updated_at < :updated_at_lt::timestamptz);

-- name: getPlanCall :one
select p.version, p.deleted_at is not null as gone, plan_call_json(p) as body
  from plan_call p
 where p.id = :plan_call_id::uuid
   and (p.province_code is null or p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid);

-- name: createPlanCall :write getPlanCall
insert into plan_call (id, organisation_id, title, year, level, sent_on, closes_on, recipients, documents, status,
    province_code, note)
select :new_id::uuid, :organisation_id::uuid, c.title, c.year, c.level, c.sent_on, c.closes_on, c.recipients, c.documents,
    c.status, c.province_code, c.note
  from jsonb_populate_record(null::plan_call, :body::jsonb) b
 cross join checked_plan_call(b, null, :province_code) c
 where own_writable(c.province_code, null, :tier, :provinces::text[], null)
returning id, version;

-- name: updatePlanCall :write getPlanCall
update plan_call p
   set title = c.title, year = c.year, level = c.level, sent_on = c.sent_on, closes_on = c.closes_on, recipients =
       c.recipients, documents = c.documents, status = c.status, province_code = c.province_code, note = c.note,
       version = next_version(p.version, :if_version::bigint)
  from plan_call stored
 cross join jsonb_populate_record(stored, :body::jsonb) b
 cross join checked_plan_call(b, stored, :province_code) c
 where stored.id = :plan_call_id::uuid and stored.deleted_at is null
   and own_writable(stored.province_code, stored.organisation_id, :tier, :provinces::text[], :organisation_id::uuid)
   and p.id = stored.id and p.deleted_at is null
returning p.id, p.version;

-- name: deletePlanCall :remove getPlanCall
update plan_call p
   set deleted_at = current_instant(), version = next_version(p.version, :if_version::bigint)
 where p.id = :plan_call_id::uuid and p.deleted_at is null
   and own_writable(p.province_code, p.organisation_id, :tier, :provinces::text[], :organisation_id::uuid)
returning p.id, p.version;

-- name: restorePlanCall :write getPlanCall
update plan_call p
   set deleted_at = null, version = next_version(p.version, :if_version::bigint)
 where p.id = :plan_call_id::uuid
   and own_writable(p.province_code, p.organisation_id, :tier, :provinces::text[], :organisation_id::uuid)
returning p.id, p.version;
