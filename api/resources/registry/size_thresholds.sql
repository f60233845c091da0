-- Up to what a firm is micro, small or medium: read by every token, entered, confirmed and ended by central bodies.

-- name: listSizeThresholds :page
-- sort: code = t.code asc, t.id asc
-- sort: -code = t.code desc, t.id desc
select size_threshold_json(t) as body
  from size_threshold t
 where (:sector_group::text is null or t.sector_group = :sector_group)
   and (:size_class::text[] is null or t.size_class = any (:size_class::text[]))
   and (:certainty::text[] is null or t.certainty = any (:certainty::text[]))
   and (:valid_on::date is null or in_days(:valid_on::date, t.valid_from, t.valid_to));

-- name: getSizeThreshold :one
select t.version, size_threshold_json(t) as body
  from size_threshold t
 where t.id = :size_threshold_id::uuid;

-- name: createSizeThreshold :write getSizeThreshold
select r.id, r.version
  from create_rule('size_threshold', :new_id::uuid, '{"divisions": []}' || :body::jsonb, :organisation_id::uuid) r
 where :tier::text = 'central';

-- name: updateSizeThreshold :write getSizeThreshold
select r.id, r.version
  from revise_rule('size_threshold', :size_threshold_id::uuid, :body::jsonb, :if_version::bigint, :organisation_id::uuid) r
 where :tier::text = 'central';
