-- Lists of the voting, each with filters of its own; and what everybody may read of it.

-- name: listVotingProductGroups :page
-- sort: code = g.code asc, g.valid_from asc
select json_build_object('code', g.code, 'label_vi', g.label_vi, 'label_en', g.label_en, 'legal_basis', g.legal_basis, 'valid_from', g.valid_from,
         'valid_to', g.valid_to, 'certainty', g.certainty, 'note', g.note) as body
  from voting_product_group g
 where (:valid_on::date is null or :valid_on::date between g.valid_from and coalesce(g.valid_to, 'infinity'));

-- name: listVotingRegulations :page
-- sort: -updated_at = r.updated_at desc, r.id desc
-- sort: updated_at = r.updated_at asc, r.id asc
select record_json(to_json(r), 'voting_regulation') as body
  from voting_regulation r
 where voting_seen(r.province_code, r.organisation_id, :provinces::text[], :organisation_id::uuid)
   and (r.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and (:tier::text[] is null or r.tier = any (:tier::text[]))
   and (:valid_on::date is null or :valid_on::date between r.valid_from and coalesce(r.valid_to, 'infinity'));

-- name: listVotingRounds :page
-- sort: -updated_at = r.updated_at desc, r.id desc
-- sort: updated_at = r.updated_at asc, r.id asc
-- sort: -year = r.year desc, r.id desc
-- sort: year = r.year asc, r.id asc
select record_json(to_json(r), 'voting_round') as body
  from voting_round r
 where voting_seen(r.province_code, r.organisation_id, :provinces::text[], :organisation_id::uuid)
   and (r.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and (:tier::text[] is null or r.tier = any (:tier::text[]))
   and (:status::text[] is null or r.status = any (:status::text[]))
   and (:year::integer is null or r.year = :year::integer);

-- name: listVotingCouncils :page
-- sort: -updated_at = r.updated_at desc, r.id desc
-- sort: updated_at = r.updated_at asc, r.id asc
select record_json(to_json(r), 'voting_council') as body
  from voting_council r
 where voting_seen(r.province_code, r.organisation_id, :provinces::text[], :organisation_id::uuid)
   and (r.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and (:round_id::uuid is null or r.round_id = :round_id::uuid);

-- name: listVotingScoreSheets :page
-- sort: -updated_at = r.updated_at desc, r.id desc
-- sort: updated_at = r.updated_at asc, r.id asc
select record_json(to_json(r), 'voting_score_sheet') as body
  from voting_score_sheet r
 where voting_seen(r.province_code, r.organisation_id, :provinces::text[], :organisation_id::uuid)
   and (r.deleted_at is not null) = (:deleted::text is not distinct from 'only')
   and sheet_open(r.council_id, r.entry_id, r.seat)
   and (:council_id::uuid is null or r.council_id = :council_id::uuid)
   and (:entry_id::uuid is null or r.entry_id = :entry_id::uuid);

-- name: listPublicTypicalProducts :page
-- sort: name = p.name collate vietnamese asc, p.id asc, e.id asc
-- sort: -name = p.name collate vietnamese desc, p.id desc, e.id desc
select public_typical_product_json(p, e, d) as body
  from voting_entry e
  join product p on p.id = e.product_id
  join voting_round d on d.id = e.round_id
 where e.status = 'certified' and e.deleted_at is null and p.deleted_at is null and public_typical_stands(e, d)
   and (:q::text is null or found(:q, :q_mode, p.folded, p.code || ' ' || p.name || ' ' || coalesce(p.brand, '')))
   and (:tier::text[] is null or d.tier = any (:tier::text[]))
   and (:year::integer is null or d.year = :year::integer)
   and (:product_group_code::text is null or e.product_group_code = :product_group_code)
   and (:province_code::text[] is null or exists (
         select from unnest(:province_code::text[]) wanted (code)
          cross join provinces_recorded_as(wanted.code, basis_date(:geo_basis)) m
          where m.code = e.province_code and e.codes_on between m.valid_from and m.valid_to));
