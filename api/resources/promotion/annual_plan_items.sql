-- Items of a yearly plan. A plan of the nation has items of many provinces, each of which sees its own. A change of one is a change of
-- the plan; changes of one plan queue at its row.

-- name: listAnnualPlanItems :page
-- sort: created_at = i.created_at asc, i.id asc
-- sort: -created_at = i.created_at desc, i.id desc
-- sort: support_vnd = i.support_vnd asc, i.id asc
-- sort: -support_vnd = i.support_vnd desc, i.id desc
select annual_plan_item_json(i) as body
  from annual_plan_item i
 where (select open_annual_plan(:annual_plan_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and i.annual_plan_id = :annual_plan_id::uuid
   and i.deleted_at is null
   and (i.province_code = any (:provinces::text[]) or i.organisation_id = :organisation_id::uuid
        or exists (select from project p where p.id = i.project_id
                      and (p.organisation_id = :organisation_id::uuid or p.implementer_id = :organisation_id::uuid)))
   and (:project_id::uuid is null or i.project_id = :project_id::uuid)
   and (:activity_code::text[] is null or i.activity_code = any (:activity_code::text[]))
   and (:is_stopped::boolean is null or i.is_stopped = :is_stopped::boolean);

-- name: getAnnualPlanItem :one
select i.version, i.deleted_at is not null or a.deleted_at is not null as gone, annual_plan_item_json(i) as body
  from annual_plan_item i
  join annual_plan a on a.id = i.annual_plan_id
 where i.id = :item_id::uuid and a.id = :annual_plan_id::uuid
   and (a.level = 'national' or a.province_code = any (:provinces::text[]) or a.organisation_id = :organisation_id::uuid)
   and (i.province_code = any (:provinces::text[]) or i.organisation_id = :organisation_id::uuid
        or exists (select from project p where p.id = i.project_id
                      and (p.organisation_id = :organisation_id::uuid or p.implementer_id = :organisation_id::uuid)));

-- name: createAnnualPlanItem :write getAnnualPlanItem
insert into annual_plan_item (id, annual_plan_id, project_id, activity_code, support_vnd, counterpart_vnd, completion_month,
  registered_on, note)
select :new_id::uuid, plan.id, c.project_id, c.activity_code, c.support_vnd, c.counterpart_vnd, c.completion_month, c.registered_on,
       c.note
  from locked_plan_of_items(:annual_plan_id::uuid, :provinces::text[], :organisation_id::uuid) plan
 cross join jsonb_populate_record(null::annual_plan_item, :body::jsonb) b
 cross join checked_plan_item(b, null, plan, :provinces::text[], :organisation_id::uuid) c
 where plan_item_writable(plan, c.province_code, :tier, :provinces::text[], :organisation_id::uuid)
returning id, version;

-- name: createAnnualPlanItem.taken
select live_plan_item((:body::jsonb ->> 'project_id')::uuid, a, null) as id
  from annual_plan a
 where a.id = :annual_plan_id::uuid;

-- name: updateAnnualPlanItem :write getAnnualPlanItem
update annual_plan_item i
   set activity_code = c.activity_code, support_vnd = c.support_vnd, counterpart_vnd = c.counterpart_vnd,
       completion_month = c.completion_month, registered_on = c.registered_on, note = c.note,
       version = next_version(i.version, :if_version::bigint)
  from locked_plan_of_items(:annual_plan_id::uuid, :provinces::text[], :organisation_id::uuid) plan
  join annual_plan_item stored on stored.annual_plan_id = plan.id and stored.id = :item_id::uuid and stored.deleted_at is null
 cross join jsonb_populate_record(stored, :body::jsonb) b
 cross join checked_plan_item(b, stored, plan, :provinces::text[], :organisation_id::uuid) c
 where i.id = stored.id and i.deleted_at is null
   and plan_item_writable(plan, i.province_code, :tier, :provinces::text[], :organisation_id::uuid)
returning i.id, i.version;

-- name: deleteAnnualPlanItem :remove getAnnualPlanItem
update annual_plan_item i
   set deleted_at = current_instant(), version = next_version(i.version, :if_version::bigint)
  from locked_plan_of_items(:annual_plan_id::uuid, :provinces::text[], :organisation_id::uuid) plan
 where i.id = :item_id::uuid and i.annual_plan_id = plan.id and i.deleted_at is null
   and plan_item_writable(plan, i.province_code, :tier, :provinces::text[], :organisation_id::uuid)
returning i.id, i.version;

-- name: listAnnualPlanItemVersions :page
-- sort: version_no = v.version_no asc, v.id asc
-- sort: -version_no = v.version_no desc, v.id desc
select plan_item_version_json(v) as body
  from annual_plan_item_version v
 where (select open_plan_item(:annual_plan_id::uuid, :item_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and v.item_id = :item_id::uuid;
