-- Rules that acts are held against: what the checks of lines rest on, which central bodies confirm, change and end; and, as the release has
-- them, whose decision an approval rests on and how far projects must have come before a plan is assigned.

-- name: listApprovingAuthorities :page
-- sort: valid_from = a.valid_from asc, a.id asc
-- sort: -valid_from = a.valid_from desc, a.id desc
select approving_authority_json(a) as body
  from approving_authority a
 where (:record_type::text[] is null or a.record_type = any (:record_type::text[]))
   and (:action::text[] is null or a.action = any (:action::text[]))
   and (:level::text is null or a.level = :level)
   and (:valid_on::date is null or in_days(:valid_on::date, a.valid_from, a.valid_to));

-- name: listPlanRequirements :page
-- sort: valid_from = r.valid_from asc, r.id asc
-- sort: -valid_from = r.valid_from desc, r.id desc
select plan_requirement_json(r) as body
  from plan_requirement r
 where (:level::text is null or r.level = :level)
   and (:valid_on::date is null or in_days(:valid_on::date, r.valid_from, r.valid_to));

-- name: listCheckRules :page
-- sort: guard = r.guard asc, r.id asc
-- sort: -guard = r.guard desc, r.id desc
select check_rule_json(r) as body
  from check_rule r
 where (:guard::text[] is null or r.guard = any (:guard::text[]))
   and (:kind::text[] is null or r.kind = any (:kind::text[]))
   and (:certainty::text[] is null or r.certainty = any (:certainty::text[]))
   and (:valid_on::date is null or in_days(:valid_on::date, r.valid_from, r.valid_to));

-- name: getCheckRule :one
select r.version, check_rule_json(r) as body
  from check_rule r
 where r.id = :check_rule_id::uuid;

-- name: updateCheckRule :write getCheckRule
select r.id, r.version
  from revise_rule('check_rule', :check_rule_id::uuid, :body::jsonb, :if_version::bigint, :organisation_id::uuid) r
 where :tier::text = 'central';
