-- Settlements. Seen and written like their project; the figures are the service's own.

-- name: listSettlements :page
-- sort: -updated_at = s.updated_at desc, s.id desc
-- sort: updated_at = s.updated_at asc, s.id asc
-- sort: settled_on = s.settled_on asc, s.id asc
-- sort: -settled_on = s.settled_on desc, s.id desc
select settlement_json(s) as body
  from settlement s
  join project p on p.id = s.project_id
 where (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid)
   and s.deleted_at is null
   and (:status::text[] is null or s.status = any (:status::text[]))
   and (:project_id::uuid is null or s.project_id = :project_id::uuid)
   and (:line_id::uuid is null or s.line_id = :line_id::uuid)
   and (:year::integer is null or s.year = :year::integer)
   and (:source::text[] is null or s.source = any (:source::text[]))
   and (:updated_at_gte::timestamptz is null or s.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or s.updated_at < :updated_at_lt::timestamptz);

-- name: getSettlement :one
select s.version, s.deleted_at is not null or p.deleted_at is not null as gone, settlement_json(s) as body
  from settlement s
  join project p on p.id = s.project_id
 where s.id = :settlement_id::uuid
   and (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid);

-- name: createSettlement :write getSettlement
insert into settlement (id, project_id, line_id, year, source, settled_on, eligible_cost_vnd, vouchers, carried_over_vnd, note)
select :new_id::uuid, p.id, b.line_id, b.year, b.source, b.settled_on, b.eligible_cost_vnd, coalesce(b.vouchers, '[]'),
       coalesce(b.carried_over_vnd, 0), b.note
  from jsonb_populate_record(null::settlement, :body::jsonb) b
 cross join locked_project(project_named(b.project_id, :provinces::text[], :organisation_id::uuid), :provinces::text[], :organisation_id::uuid) p (id)
returning id, version;

-- name: createSettlement.taken
select s.id
  from settlement s, jsonb_populate_record(null::settlement, :body::jsonb) b
 where s.project_id = b.project_id and s.deleted_at is null
   and (s.year, s.source) = (b.year, b.source) and s.line_id is not distinct from b.line_id;

-- name: updateSettlement :write getSettlement
update settlement s
   set (line_id, year, source, settled_on, eligible_cost_vnd, vouchers, carried_over_vnd, note) = (
         select b.line_id, b.year, b.source, b.settled_on, b.eligible_cost_vnd, b.vouchers, b.carried_over_vnd, b.note
           from jsonb_populate_record(s, :body::jsonb) b),
       version = next_version(s.version, :if_version::bigint)
  from locked_of_project('settlement', :settlement_id::uuid, :provinces::text[], :organisation_id::uuid) l (id)
 where s.id = l.id
returning s.id, s.version;

-- name: deleteSettlement :remove getSettlement
update settlement s
   set deleted_at = current_instant(), version = next_version(s.version, :if_version::bigint)
  from locked_of_project('settlement', :settlement_id::uuid, :provinces::text[], :organisation_id::uuid) l (id)
 where s.id = l.id
returning s.id, s.version;

-- name: transitionSettlement :write getSettlementTransition
select t.id, t.version
  from take_transition('settlement', locked_of_project('settlement', :settlement_id::uuid, :provinces::text[], :organisation_id::uuid),
         :new_id::uuid, :body::jsonb, :if_version::bigint) t;

-- name: getSettlementTransition :one
select t.record_version as version, s.deleted_at is not null as gone, transition_json(t) as body
  from transition t
  join settlement s on s.id = t.record_id
  join project p on p.id = s.project_id
 where t.record_type = 'settlement' and t.id = :transition_id::uuid and s.id = :settlement_id::uuid
   and (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid);

-- name: listSettlementTransitions :page
-- sort: recorded_at = t.recorded_at asc, t.id asc
-- sort: -recorded_at = t.recorded_at desc, t.id desc
select transition_json(t) as body
  from transition t
 where (select open_of_project('settlement', :settlement_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and t.record_type = 'settlement' and t.record_id = :settlement_id::uuid;
