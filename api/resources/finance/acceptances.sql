-- Acceptances of lines. Seen and written like their project; signed ones stay.

-- name: listAcceptances :page
-- sort: -updated_at = a.updated_at desc, a.id desc
-- sort: updated_at = a.updated_at asc, a.id asc
-- sort: accepted_on = a.accepted_on asc, a.id asc
-- sort: -accepted_on = a.accepted_on desc, a.id desc
select acceptance_json(a) as body
  from acceptance a
  join project p on p.id = a.project_id
 where (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid)
   and a.deleted_at is null
   and (:status::text[] is null or a.status = any (:status::text[]))
   and (:result::text[] is null or a.result = any (:result::text[]))
   and (:project_id::uuid is null or a.project_id = :project_id::uuid)
   and (:line_id::uuid is null or a.line_id = :line_id::uuid)
   and (:from::date is null or a.accepted_on >= :from::date)
   and (:to::date is null or a.accepted_on <= :to::date)
   and (:updated_at_gte::timestamptz is null or a.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or a.updated_at < :updated_at_lt::timestamptz);

-- name: getAcceptance :one
select a.version, a.deleted_at is not null or p.deleted_at is not null as gone, acceptance_json(a) as body
  from acceptance a
  join project p on p.id = a.project_id
 where a.id = :acceptance_id::uuid
   and (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid);

-- name: createAcceptance :write getAcceptance
insert into acceptance (id, project_id, line_id, tier, accepted_on, address_line, members, quantity, value_vnd, machines, minutes, result,
  conclusion, note)
select :new_id::uuid, p.id, b.line_id, coalesce(b.tier, 'base'), b.accepted_on, b.address_line, coalesce(b.members, '[]'), b.quantity, b.value_vnd,
       coalesce(b.machines, '[]'), b.minutes, b.result, b.conclusion, b.note
  from jsonb_populate_record(null::acceptance, :body::jsonb) b
 cross join locked_project(project_named(b.project_id, :provinces::text[], :organisation_id::uuid), :provinces::text[], :organisation_id::uuid) p (id)
returning id, version;

-- name: updateAcceptance :write getAcceptance
update acceptance a
   set (line_id, tier, accepted_on, address_line, members, quantity, value_vnd, machines, minutes, result, conclusion, note) = (
         select b.line_id, b.tier, b.accepted_on, b.address_line, b.members, b.quantity, b.value_vnd, b.machines, b.minutes, b.result, b.conclusion, b.note
           from jsonb_populate_record(a, :body::jsonb) b),
       version = next_version(a.version, :if_version::bigint)
  from locked_of_project('acceptance', :acceptance_id::uuid, :provinces::text[], :organisation_id::uuid) l (id)
 where a.id = l.id
returning a.id, a.version;

-- name: deleteAcceptance :remove getAcceptance
update acceptance a
   set deleted_at = current_instant(), version = next_version(a.version, :if_version::bigint)
  from locked_of_project('acceptance', :acceptance_id::uuid, :provinces::text[], :organisation_id::uuid) l (id)
 where a.id = l.id
returning a.id, a.version;

-- name: transitionAcceptance :write getAcceptanceTransition
select t.id, t.version
  from take_transition('acceptance', locked_of_project('acceptance', :acceptance_id::uuid, :provinces::text[], :organisation_id::uuid),
         :new_id::uuid, :body::jsonb, :if_version::bigint) t;

-- name: getAcceptanceTransition :one
select t.record_version as version, a.deleted_at is not null as gone, transition_json(t) as body
  from transition t
  join acceptance a on a.id = t.record_id
  join project p on p.id = a.project_id
 where t.record_type = 'acceptance' and t.id = :transition_id::uuid and a.id = :acceptance_id::uuid
   and (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid);

-- name: listAcceptanceTransitions :page
-- sort: recorded_at = t.recorded_at asc, t.id asc
-- sort: -recorded_at = t.recorded_at desc, t.id desc
select transition_json(t) as body
  from transition t
 where (select open_of_project('acceptance', :acceptance_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and t.record_type = 'acceptance' and t.record_id = :acceptance_id::uuid;
