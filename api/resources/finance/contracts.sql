-- Contracts. Seen and written like their project; once signed they change by acts alone.

-- name: listContracts :page
-- sort: -updated_at = c.updated_at desc, c.id desc
-- sort: updated_at = c.updated_at asc, c.id asc
-- sort: code = c.code asc, c.id asc
-- sort: -code = c.code desc, c.id desc
select contract_json(c) as body
  from contract c
  join project p on p.id = c.project_id
 where (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid)
   and c.deleted_at is null
   and (:status::text[] is null or c.status = any (:status::text[]))
   and (:kind::text is null or c.kind = :kind)
   and (:project_id::uuid is null or c.project_id = :project_id::uuid)
   and (:line_id::uuid is null or c.line_id = :line_id::uuid)
   and (:year::integer is null or c.year = :year::integer)
   and (:source::text[] is null or c.source = any (:source::text[]))
   and (:updated_at_gte::timestamptz is null or c.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or c.updated_at < :updated_at_lt::timestamptz);

-- name: getContract :one
select c.version, c.deleted_at is not null or p.deleted_at is not null as gone, contract_json(c) as body
  from contract c
  join project p on p.id = c.project_id
 where c.id = :contract_id::uuid
   and (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid);

-- name: createContract :write getContract
insert into contract (id, project_id, kind, line_id, parent_id, parties, contract_no, signed_on, ends_on, year, source, amount_vnd, note)
select :new_id::uuid, p.id, b.kind, b.line_id, b.parent_id, coalesce(b.parties, '[]'), b.contract_no, b.signed_on, b.ends_on, b.year,
       b.source, b.amount_vnd, b.note
  from jsonb_populate_record(null::contract, :body::jsonb) b
 cross join locked_project(project_named(b.project_id, :provinces::text[], :organisation_id::uuid), :provinces::text[], :organisation_id::uuid) p (id)
returning id, version;

-- name: updateContract :write getContract
update contract c
   set (kind, line_id, parent_id, parties, contract_no, signed_on, ends_on, year, source, amount_vnd, note) = (
         select b.kind, b.line_id, b.parent_id, b.parties, b.contract_no, b.signed_on, b.ends_on, b.year, b.source, b.amount_vnd, b.note
           from jsonb_populate_record(c, :body::jsonb) b),
       version = next_version(c.version, :if_version::bigint)
  from locked_of_project('contract', :contract_id::uuid, :provinces::text[], :organisation_id::uuid) l (id)
 where c.id = l.id
returning c.id, c.version;

-- name: deleteContract :remove getContract
update contract c
   set deleted_at = current_instant(), version = next_version(c.version, :if_version::bigint)
  from locked_of_project('contract', :contract_id::uuid, :provinces::text[], :organisation_id::uuid) l (id)
 where c.id = l.id
returning c.id, c.version;

-- name: transitionContract :write getContractTransition
select t.id, t.version
  from take_transition('contract', locked_of_project('contract', :contract_id::uuid, :provinces::text[], :organisation_id::uuid),
         :new_id::uuid, :body::jsonb, :if_version::bigint) t;

-- name: getContractTransition :one
select t.record_version as version, c.deleted_at is not null as gone, transition_json(t) as body
  from transition t
  join contract c on c.id = t.record_id
  join project p on p.id = c.project_id
 where t.record_type = 'contract' and t.id = :transition_id::uuid and c.id = :contract_id::uuid
   and (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid);

-- name: listContractTransitions :page
-- sort: recorded_at = t.recorded_at asc, t.id asc
-- sort: -recorded_at = t.recorded_at desc, t.id desc
select transition_json(t) as body
  from transition t
 where (select open_of_project('contract', :contract_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and t.record_type = 'contract' and t.record_id = :contract_id::uuid;
