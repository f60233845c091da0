-- Certificates of typical products, in the table they share with OCOP: issued by the act `certify`, or mirrored. What is done with
-- them is in ../ocop/certificate_records.sql.

-- name: listVotingCertificates :page
-- sort: -issued_on = c.issued_on desc, c.id desc
-- sort: issued_on = c.issued_on asc, c.id asc
select certificate_summary_json(c) as body
  from certificate c
 where c.scheme = 'voting' and c.deleted_at is null
   and (c.province_code = any (:provinces::text[]) or c.organisation_id = :organisation_id::uuid)
   and (:entry_id::uuid is null or c.entry_id = :entry_id::uuid)
   and (:product_id::uuid is null or c.product_id = :product_id::uuid)
   and (:tier::text[] is null or c.tier = any (:tier::text[]))
   and (:status::text[] is null or certificate_status(c) = any (:status::text[]))
   and (:expires_within::integer is null
        or certificate_status(c) in ('valid', 'suspended') and c.valid_to <= today() + :expires_within::integer)
   and (:certificate_no::text is null or c.certificate_no = :certificate_no);

-- name: createVotingCertificate :write getVotingCertificate
select n.id, n.version
  from jsonb_populate_record(null::certificate, :body::jsonb) b
 cross join new_certificate(b, 'voting', :new_id::uuid, :provinces::text[], :organisation_id::uuid) n;

-- name: createVotingCertificate.taken
select certificate_taken(b, 'voting', :provinces::text[], :organisation_id::uuid) as id
  from jsonb_populate_record(null::certificate, :body::jsonb) b;
