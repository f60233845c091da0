-- Spending norms, and what they allow. The checks are POSTs, since they ask much; they store nothing.

-- name: listNorms :page
-- sort: code = n.code asc, n.id asc
-- sort: -code = n.code desc, n.id desc
select norm_json(n) as body
  from norm n
 where (:activity_code::text[] is null or n.activity_code = any (:activity_code::text[])
        or exists (select from activity a where a.code = n.activity_code and a.parent_code = any (:activity_code::text[])))
   and (:level::text is null or n.level = :level)
   and (:certainty::text[] is null or n.certainty = any (:certainty::text[]))
   and (:valid_on::date is null or in_days(:valid_on::date, n.valid_from, n.valid_to))
   and (:province_code::text[] is null or exists (
         select from unnest(:province_code::text[]) wanted (code)
          cross join provinces_recorded_as(wanted.code, basis_date(:geo_basis)) r
           join norm_territory t on t.province_code = r.code and t.codes_on between r.valid_from and r.valid_to
          where t.norm_id = n.id and (:valid_on::date is null or in_days(:valid_on::date, t.valid_from, t.valid_to))));

-- name: getNorm :one
select n.version, norm_json(n) as body
  from norm n
 where n.id = :norm_id::uuid;

-- name: createNorm :write getNorm
select r.id, r.version
  from create_norm(:new_id::uuid, :body::jsonb, :organisation_id::uuid) r
 where norm_enterable(:tier::text, :body::jsonb, :provinces::text[]);

-- name: updateNorm :write getNorm
select r.id, r.version
  from revise_norm(:norm_id::uuid, :body::jsonb, :if_version::bigint, :organisation_id::uuid) r
 where norm_changeable(:norm_id::uuid, :tier::text, :body::jsonb, :provinces::text[]);

-- name: checkNorm :one
select norm_check_json(:body::jsonb) as body;

-- name: checkPublicNorm :one
select norm_check_json(:body::jsonb) as body;
