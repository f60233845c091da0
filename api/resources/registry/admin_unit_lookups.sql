-- Places by old codes and by names as people type them. A POST, since names are long and full of marks; it stores nothing.

-- name: lookupAdminUnit :one slow
select admin_unit_matches_json(b.text, b.code, b.tier, b.valid_on) as body
  from jsonb_to_record(:body::jsonb) b (text text, code text, tier text, valid_on date);
