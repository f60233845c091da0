-- For everybody, without a token: programmes that were approved, and of those only what a decision publishes.

-- name: listPublicProgrammes :page
-- sort: name = g.name collate vietnamese asc, g.id asc
-- sort: -name = g.name collate vietnamese desc, g.id desc
-- sort: code = g.code asc, g.id asc
-- sort: -code = g.code desc, g.id desc
-- sort: starts_on = coalesce(g.starts_on, 'infinity'::date) asc, g.id asc
-- sort: -starts_on = coalesce(g.starts_on, '-infinity'::date) desc, g.id desc
select public_programme_summary_json(g) as body
  from programme g
 where g.status in ('approved', 'active', 'closed') and g.deleted_at is null
   and (:q::text is null or found(:q, :q_mode, g.folded, g.name || ' ' || g.code))
   and (:status::text[] is null or g.status = any (:status::text[]))
   and (:kind::text[] is null or g.kind = any (:kind::text[]))
   and (:level::text is null or g.level = :level)
   and (:province_code::text[] is null or exists (
         select from unnest(:province_code::text[]) wanted (code)
          cross join provinces_recorded_as(wanted.code, basis_date(:geo_basis)) r
          where r.code = g.province_code and g.codes_on between r.valid_from and r.valid_to))
   and (:valid_on::date is null or (
         (g.starts_on is null or g.starts_on <= :valid_on::date) and (g.ends_on is null or g.ends_on >= :valid_on::date)))
   and (select period_checked(:from::date, :to::date))
   and (:from::date is null or g.ends_on is null or g.ends_on >= :from::date)
   and (:to::date is null or g.starts_on is null or g.starts_on <= :to::date);

-- name: getPublicProgramme :one
select public_programme_json(g) as body
  from programme g
 where g.id = :programme_id::uuid and g.status in ('approved', 'active', 'closed') and g.deleted_at is null;
