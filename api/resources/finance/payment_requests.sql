-- Requests for advances and payments. What was asked for stays; `pay` posts it to the ledger.

-- name: listPaymentRequests :page
-- sort: -updated_at = r.updated_at desc, r.id desc
-- sort: updated_at = r.updated_at asc, r.id asc
-- sort: requested_on = r.requested_on asc, r.id asc
-- sort: -requested_on = r.requested_on desc, r.id desc
select payment_request_json(r) as body
  from payment_request r
  join project p on p.id = r.project_id
 where (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid)
   and r.deleted_at is null
   and (:status::text[] is null or r.status = any (:status::text[]))
   and (:kind::text is null or r.kind = :kind)
   and (:contract_id::uuid is null or r.contract_id = :contract_id::uuid)
   and (:project_id::uuid is null or r.project_id = :project_id::uuid)
   and (:year::integer is null or r.year = :year::integer)
   and (:updated_at_gte::timestamptz is null or r.updated_at >= :updated_at_gte::timestamptz)
   and (:updated_at_lt::timestamptz is null or r.updated_at < :updated_at_lt::timestamptz);

-- name: getPaymentRequest :one
select r.version, r.deleted_at is not null or p.deleted_at is not null as gone, payment_request_json(r) as body
  from payment_request r
  join project p on p.id = r.project_id
 where r.id = :payment_request_id::uuid
   and (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid);

-- name: createPaymentRequest :write getPaymentRequest
insert into payment_request (id, contract_id, project_id, line_id, kind, year, source, amount_vnd, requested_on, document, note)
select :new_id::uuid, c.id, c.project_id, c.line_id, b.kind, coalesce(b.year, c.year), c.source, b.amount_vnd, b.requested_on, b.document,
       b.note
  from jsonb_populate_record(null::payment_request, :body::jsonb) b
 cross join contract_named(b.contract_id, :provinces::text[], :organisation_id::uuid) c
returning id, version;

-- name: transitionPaymentRequest :write getPaymentRequestTransition
select t.id, t.version
  from take_transition('payment_request', locked_of_project('payment_request', :payment_request_id::uuid, :provinces::text[], :organisation_id::uuid),
         :new_id::uuid, :body::jsonb, :if_version::bigint) t;

-- name: getPaymentRequestTransition :one
select t.record_version as version, r.deleted_at is not null or p.deleted_at is not null as gone, transition_json(t) as body
  from transition t
  join payment_request r on r.id = t.record_id
  join project p on p.id = r.project_id
 where t.record_type = 'payment_request' and t.id = :transition_id::uuid and r.id = :payment_request_id::uuid
   and (p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
        or p.implementer_id = :organisation_id::uuid);

-- name: listPaymentRequestTransitions :page
-- sort: recorded_at = t.recorded_at asc, t.id asc
-- sort: -recorded_at = t.recorded_at desc, t.id desc
select transition_json(t) as body
  from transition t
 where (select open_of_project('payment_request', :payment_request_id::uuid, :provinces::text[], :organisation_id::uuid)) is not null
   and t.record_type = 'payment_request' and t.record_id = :payment_request_id::uuid;
