-- Certificates of typical products, in the table they share with OCOP: issued by the act `certify`, checked like all others.

-- name: listVotingCertificates :page
-- sort: -issued_on = c.issued_on desc, c.id desc
-- sort: issued_on = c.issued_on asc, c.id asc
select voting_certificate_json(c) as body
  from certificate c
 where c.scheme = 'voting' and c.deleted_at is null
   and voting_seen(c.province_code, c.organisation_id, :provinces::text[], :organisation_id::uuid)
   and (:entry_id::uuid is null or c.entry_id = :entry_id::uuid)
   and (:product_id::uuid is null or c.product_id = :product_id::uuid)
   and (:tier::text[] is null or c.tier = any (:tier::text[]));

-- name: getVotingCertificate :one
select c.version, c.deleted_at is not null as gone, voting_certificate_json(c) as body
  from certificate c
 where c.id = :certificate_id::uuid and c.scheme = 'voting'
   and voting_seen(c.province_code, c.organisation_id, :provinces::text[], :organisation_id::uuid);
