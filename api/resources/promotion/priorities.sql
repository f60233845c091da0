-- What goes first, and where support is given: read by every token, loaded with the release.

-- name: listPriorityRules :page
-- sort: code = r.code asc, r.id asc
-- sort: -code = r.code desc, r.id desc
select priority_rule_json(r) as body
  from priority_rule r
 where (:kind::text[] is null or r.kind = any (:kind::text[]))
   and (:certainty::text[] is null or r.certainty = any (:certainty::text[]))
   and (:valid_on::date is null or in_days(:valid_on::date, r.valid_from, r.valid_to));

-- name: getPriorityRule :one
select priority_rule_json(r) as body
  from priority_rule r
 where r.id = :priority_rule_id::uuid;

-- name: listEligibleAreas :page
-- sort: code = a.code asc, a.id asc
-- sort: -code = a.code desc, a.id desc
select eligible_area_json(a) as body
  from eligible_area a
 where (:kind::text[] is null or a.kind = any (:kind::text[]))
   and (:certainty::text[] is null or a.certainty = any (:certainty::text[]))
   and (:valid_on::date is null or in_days(:valid_on::date, a.valid_from, a.valid_to));

-- name: getEligibleArea :one
select eligible_area_json(a) as body
  from eligible_area a
 where a.id = :eligible_area_id::uuid;
