-- Products and sets that take part, and the acts on them. An entry belongs to its province; central bodies have them all.

-- name: listVotingEntries :page
-- sort: -updated_at = e.updated_at desc, e.id desc
-- sort: updated_at = e.updated_at asc, e.id asc
-- sort: -score = coalesce(e.score, -1) desc, e.id desc
-- sort: score = coalesce(e.score, -1) asc, e.id asc
select voting_entry_json(e) as body
  from voting_entry e
  join voting_round d on d.id = e.round_id
 cross join (select basis_date(:geo_basis) as day, provinces_wanted(:province_code::text[]) as provinces offset 0) map -- offset: asked once
 where voting_seen(e.province_code, e.organisation_id, :provinces::text[], :organisation_id::uuid)
   and (e.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and map.day is distinct from 'infinity' -- reads the day, so that one that is none is refused
   and (:province_code::text[] is null or project_in_provinces(e.province_code, e.codes_on, '[]', map.day, map.provinces))
   and (:round_id::uuid is null or e.round_id = :round_id::uuid)
   and (:product_id::uuid is null or e.product_id = :product_id::uuid)
   and (:status::text[] is null or e.status = any (:status::text[]))
   and (:product_group_code::text is null or e.product_group_code = :product_group_code)
   and (:tier::text[] is null or d.tier = any (:tier::text[]))
   and (:year::integer is null or d.year = :year::integer);

-- name: getVotingEntry :one
select e.version, e.deleted_at is not null as gone, voting_entry_json(e) as body
  from voting_entry e
 where e.id = :voting_entry_id::uuid and voting_seen(e.province_code, e.organisation_id, :provinces::text[], :organisation_id::uuid);

-- name: createVotingEntry :write getVotingEntry
select m.id, m.version from made_voting_entry(:new_id::uuid, :body::jsonb, :provinces::text[], :organisation_id::uuid) m;

-- name: updateVotingEntry :write getVotingEntry
select c.id, c.version from changed_voting_entry(:voting_entry_id::uuid, :body::jsonb, :if_version::bigint, :provinces::text[], :organisation_id::uuid) c;

-- name: deleteVotingEntry :remove getVotingEntry
update voting_entry e
   set deleted_at = current_instant(), version = next_version(e.version, :if_version::bigint)
 where e.id = :voting_entry_id::uuid and e.deleted_at is null
   and voting_seen(e.province_code, e.organisation_id, :provinces::text[], :organisation_id::uuid)
returning e.id, e.version;

-- name: restoreVotingEntry :write getVotingEntry
update voting_entry e
   set deleted_at = null, version = next_version(e.version, :if_version::bigint)
 where e.id = :voting_entry_id::uuid and voting_seen(e.province_code, e.organisation_id, :provinces::text[], :organisation_id::uuid)
returning e.id, e.version;

-- name: transitionVotingEntry :write getVotingEntryTransition
select t.id, t.version
  from take_transition('voting_entry', locked_voting_entry(:voting_entry_id::uuid, :body::jsonb, :provinces::text[], :organisation_id::uuid),
         :new_id::uuid, :body::jsonb, :if_version::bigint) t;

-- name: getVotingEntryTransition :one
select t.record_version as version, e.deleted_at is not null as gone, transition_json(t) as body
  from transition t
  join voting_entry e on e.id = t.record_id
 where t.record_type = 'voting_entry' and t.id = :transition_id::uuid and e.id = :voting_entry_id::uuid
   and voting_seen(e.province_code, e.organisation_id, :provinces::text[], :organisation_id::uuid);

-- name: listVotingEntryTransitions :page
-- sort: recorded_at = t.recorded_at asc, t.id asc
-- sort: -recorded_at = t.recorded_at desc, t.id desc
select transition_json(t) as body
  from transition t
 where (select open_voting_entry(:voting_entry_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and t.record_type = 'voting_entry' and t.record_id = :voting_entry_id::uuid;
