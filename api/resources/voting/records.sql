-- Texts, rounds, councils and sheets of the voting: one text for all of them.
-- each: VotingRegulation VotingRegulations voting_regulation
-- each: VotingRound VotingRounds voting_round
-- each: VotingCouncil VotingCouncils voting_council
-- each: VotingScoreSheet VotingScoreSheets voting_score_sheet

-- name: get{Noun} :one
select r.version, r.deleted_at is not null as gone, record_json(to_json(r), '{noun}') as body
  from {noun} r
 where r.id = :{noun}_id::uuid and voting_seen(r.province_code, r.organisation_id, :provinces::text[], :organisation_id::uuid)
   and voting_record_open('{noun}', to_jsonb(r));

-- name: create{Noun} :write get{Noun}
select m.id, m.version
  from made_voting_record('{noun}', :new_id::uuid, :body::jsonb, :tier, :provinces::text[], :organisation_id::uuid, :province_code) m;

-- name: update{Noun} :write get{Noun}
select c.id, c.version
  from changed_voting_record('{noun}', :{noun}_id::uuid, :body::jsonb, :if_version::bigint, :tier, :provinces::text[], :organisation_id::uuid,
         :scopes::text) c;

-- name: delete{Noun} :remove get{Noun}
update {noun} r
   set deleted_at = current_instant(), version = next_version(r.version, :if_version::bigint)
 where r.id = :{noun}_id::uuid and r.deleted_at is null
   and voting_held(r.province_code, r.organisation_id, :tier, :provinces::text[], :organisation_id::uuid)
returning r.id, r.version;

-- name: restore{Noun} :write get{Noun}
update {noun} r
   set deleted_at = null, version = next_version(r.version, :if_version::bigint)
 where r.id = :{noun}_id::uuid and voting_held(r.province_code, r.organisation_id, :tier, :provinces::text[], :organisation_id::uuid)
returning r.id, r.version;
