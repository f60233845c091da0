-- Rules that acts are held against, and that nobody enters over the API: whose decision an approval rests on, how far projects must have
-- come before a plan is assigned.

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
