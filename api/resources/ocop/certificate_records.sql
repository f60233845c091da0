-- Certificates of OCOP and of the voting: read, noted beside, moved on and printed alike. Their territory and the organisation
-- that recorded them see them.
-- each: OcopCertificate OcopCertificates ocop
-- each: VotingCertificate VotingCertificates voting

-- name: get{Noun} :one
select c.version, c.deleted_at is not null as gone, certificate_json(c) as body
  from certificate c
 where c.id = :certificate_id::uuid and c.scheme = '{noun}'
   and (c.province_code = any (:provinces::text[]) or c.organisation_id = :organisation_id::uuid);

-- name: update{Noun} :write get{Noun}
update certificate c
   set decision_signature = certificate_signature(b.decision_signature), note = b.note,
       version = next_version(c.version, :if_version::bigint)
  from certificate stored
 cross join jsonb_populate_record(stored, :body::jsonb) b
 where stored.id = :certificate_id::uuid and stored.scheme = '{noun}' and stored.deleted_at is null and is_certificate_office()
   and (stored.province_code = any (:provinces::text[]) or stored.organisation_id = :organisation_id::uuid)
   and c.id = stored.id and c.deleted_at is null
returning c.id, c.version;

-- name: transition{Noun} :write get{Noun}Transition
select t.id, t.version
  from take_transition('certificate',
         locked_certificate(:certificate_id::uuid, '{noun}', :provinces::text[], :organisation_id::uuid),
         :new_id::uuid, :body::jsonb, :if_version::bigint) t;

-- name: get{Noun}Transition :one
select t.record_version as version, c.deleted_at is not null as gone, transition_json(t) as body
  from transition t
  join certificate c on c.id = t.record_id
 where t.record_type = 'certificate' and t.id = :transition_id::uuid and c.id = :certificate_id::uuid and c.scheme = '{noun}'
   and (c.province_code = any (:provinces::text[]) or c.organisation_id = :organisation_id::uuid);

-- name: list{Noun}Transitions :page
-- sort: recorded_at = t.recorded_at asc, t.id asc
-- sort: -recorded_at = t.recorded_at desc, t.id desc
select transition_json(t) as body
  from transition t
 where (select open_certificate(:certificate_id::uuid, '{noun}', :provinces::text[], :organisation_id::uuid)) is not null
   and t.record_type = 'certificate' and t.record_id = :certificate_id::uuid;

-- name: get{Noun}Qr :one
select c.version, c.deleted_at is not null as gone,
       json_build_object('public_no', c.public_no, 'claims', certificate_claims(c)) as body
  from certificate c
 where c.id = :certificate_id::uuid and c.scheme = '{noun}'
   and (c.province_code = any (:provinces::text[]) or c.organisation_id = :organisation_id::uuid);
