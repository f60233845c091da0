-- What goes first, and where support is given: read by every token, entered, confirmed and ended by central bodies.

-- name: listPriorityRules :page
-- sort: code = r.code asc, r.id asc
-- sort: -code = r.code desc, r.id desc
select priority_rule_json(r) as body
  from priority_rule r
 where (:kind::text[] is null or r.kind = any (:kind::text[]))
   and (:certainty::text[] is null or r.certainty = any (:certainty::text[]))
   and (:valid_on::date is null or in_days(:valid_on::date, r.valid_from, r.valid_to));

-- name: getPriorityRule :one
select r.version, priority_rule_json(r) as body
  from priority_rule r
 where r.id = :priority_rule_id::uuid;

-- name: createPriorityRule :write getPriorityRule
select r.id, r.version
  from create_rule('priority_rule', :new_id::uuid, '{"weight": 1, "trade_codes": [], "scales": []}' || :body::jsonb, :organisation_id::uuid) r
 where :tier::text = 'central';

-- name: updatePriorityRule :write getPriorityRule
select r.id, r.version
  from revise_rule('priority_rule', :priority_rule_id::uuid, :body::jsonb, :if_version::bigint, :organisation_id::uuid) r
 where :tier::text = 'central';

-- name: listEligibleAreas :page
-- sort: code = a.code asc, a.id asc
-- sort: -code = a.code desc, a.id desc
select eligible_area_json(a) as body
  from eligible_area a
 where (:kind::text[] is null or a.kind = any (:kind::text[]))
   and (:certainty::text[] is null or a.certainty = any (:certainty::text[]))
   and (:valid_on::date is null or in_days(:valid_on::date, a.valid_from, a.valid_to));

-- name: getEligibleArea :one
select a.version, eligible_area_json(a) as body
  from eligible_area a
 where a.id = :eligible_area_id::uuid;

-- name: createEligibleArea :write getEligibleArea
select r.id, r.version
  from create_rule('eligible_area', :new_id::uuid, jsonb_build_object('codes_on', :body::jsonb -> 'valid_from') || '{"admin_unit_codes": [], "is_excluded": false}' || :body::jsonb, :organisation_id::uuid) r
 where :tier::text = 'central';

-- name: updateEligibleArea :write getEligibleArea
select r.id, r.version
  from revise_rule('eligible_area', :eligible_area_id::uuid, :body::jsonb, :if_version::bigint, :organisation_id::uuid) r
 where :tier::text = 'central';
