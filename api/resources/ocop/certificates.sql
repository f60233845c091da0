-- OCOP certificates. Their territory and the organisation that recorded them read them and move them on.

-- name: listOcopCertificates :page
-- sort: -updated_at = c.updated_at desc, c.id desc
-- sort: updated_at = c.updated_at asc, c.id asc
-- sort: product_name = c.product_name collate vietnamese asc, c.id asc
-- sort: -product_name = c.product_name collate vietnamese desc, c.id desc
-- sort: issued_on = c.issued_on asc, c.id asc
-- sort: -issued_on = c.issued_on desc, c.id desc
-- sort: valid_to = coalesce(c.valid_to, 'infinity'::date) asc, c.id asc
-- sort: -valid_to = coalesce(c.valid_to, 'infinity'::date) desc, c.id desc
select certificate_summary_json(c) as body
  from certificate c
 where c.scheme = 'ocop' and c.deleted_at is null
   and (c.province_code = any (:provinces::text[]) or c.organisation_id = :organisation_id::uuid)
   and (:q::text is null or found(:q, :q_mode, c.folded, c.certificate_no || ' ' || c.product_name || ' ' || c.establishment_name || ' ' || coalesce(c.product_code, '')))
   and (:status::text[] is null or certificate_status(c) = any (:status::text[]))
   and (:stars::integer[] is null or c.stars = any (:stars::integer[]))
   and (:expires_within::integer is null
        or certificate_status(c) in ('valid', 'suspended') and c.valid_to <= today() + :expires_within::integer)
   and (:valid_on::date is null
        or c.issued_on <= :valid_on::date and (c.valid_to is null or c.valid_to >= :valid_on::date))
   and (:product_set_id::uuid is null or c.product_set_id = :product_set_id::uuid)
   and (:sector::text is null
        or exists (select from ocop_product_set s where s.id = c.product_set_id and fold(s.sector) = fold(:sector)))
   and (:product_id::uuid is null or c.product_id = :product_id::uuid)
   and (:product_code::text is null or c.product_code = :product_code)
   and (:establishment_id::uuid is null or c.establishment_id = :establishment_id::uuid)
   and (:registration_id::uuid is null or c.registration_id = :registration_id::uuid)
   and (:certificate_no::text is null or c.certificate_no = :certificate_no)
   and (:origin::text is null or c.origin = :origin)
   and (:province_code::text[] is null or exists (
         select from unnest(:province_code::text[]) wanted (code)
          cross join provinces_recorded_as(wanted.code, basis_date(:geo_basis)) m
          where m.code = c.province_code and c.codes_on between m.valid_from and m.valid_to))
   and (:updated_at_gte::timestamptz is null or c.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or c.updated_at < :updated_at_lt::timestamptz);

-- name: createOcopCertificate :write getOcopCertificate
select n.id, n.version
  from jsonb_populate_record(null::certificate, :body::jsonb) b
 cross join new_certificate(b, 'ocop', :new_id::uuid, :provinces::text[], :organisation_id::uuid) n;

-- name: createOcopCertificate.taken
select certificate_taken(b, 'ocop', :provinces::text[], :organisation_id::uuid) as id
  from jsonb_populate_record(null::certificate, :body::jsonb) b;

-- name: listRevocationGrounds :page
-- sort: code = g.code asc
select revocation_ground_json(g) as body
  from revocation_ground g
 where (:scheme::text is null or coalesce(g.scheme, :scheme) = :scheme)
   and (:on::date is null or :on::date >= g.valid_from and (g.valid_to is null or :on::date <= g.valid_to));

-- ---- For everybody: is this certificate good? ----

-- name: getPublicCertificate :one
select public_certificate_json(c) as body
  from certificate c
 where c.public_no = lower(:public_no) and c.deleted_at is null;

-- name: findPublicCertificates :one
select json_build_object('data', json_agg(public_certificate_json(found.c) order by (found.c).issued_on desc)) as body
  from (select c
          from certificate c
         where c.certificate_no = :certificate_no and c.deleted_at is null
           and (:issuer_code::text is null or exists (select from organisation o where o.id = c.issuer_id and o.code = :issuer_code))
         limit 20) found
having count(*) > 0;

-- ---- What proves itself ----

-- A key may have signed a certificate that was there before the next key began.
-- name: getPublicRevocations :one
select json_build_object('lists', coalesce(json_agg(json_build_object('kid', k.kid, 'rids', coalesce(ended.rids, '[]'),
         'extended', coalesce(extended.rids, '[]')) order by k.serial_no), '[]')) as body
  from certificate_keys() k
  left join lateral (
    select json_agg(json_build_object('rid', c.public_no, 'status', c.status) order by c.id) as rids
      from certificate c
     where c.status <> 'valid' and c.deleted_at is null and c.created_at < coalesce(k.until, 'infinity')) ended on true
  left join lateral (
    select json_agg(json_build_object('rid', c.public_no, 'exp', certificate_end(c)) order by c.id) as rids
      from certificate c
     where c.valid_to is not null and c.deleted_at is null and c.created_at < coalesce(k.until, 'infinity')
       and c.id in (select l.certificate_id from certificate_log l where l.leaf like '%"event": "extended"%')) extended on true;

-- A page tells also of a number that was never given, so there is always a row.
-- name: getCertificatePage :one
select coalesce((select (public_certificate_json(c)::jsonb || jsonb_build_object('kind', certificate_kind(c), 'source', certificate_source(c)))::json
                   from certificate c where c.public_no = lower(:public_no) and c.deleted_at is null),
         json_build_object('public_no', :public_no::text, 'status', 'not_issued')) as body;

-- ---- The log ----

-- name: getPublicTreeHead :one
select json_build_object('tree_size', head.size, 'root_hash', base64url(merkle_hash(0, head.size))) as body
  from merkle_size() head (size);

-- name: getPublicLogEntries :one
select found.body
  from log_entries_json(lower(:public_no), :tree_size::bigint) found (body)
 where found.body is not null;

-- name: getPublicLogConsistency :one
select consistency_json(:from::bigint, :to::bigint) as body;
