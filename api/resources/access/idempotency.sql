-- Replies kept for repeated requests (Idempotency-Key). The statements run inside the transaction of the write they guard.

-- name: forgetIdempotencyKey :call
-- A key older than 72 hours may be used anew.
delete from idempotency_key
 where client_id = :client_id and method = :method and path = :path and key = :key
   and created_at <= now() - interval '72 hours';

-- name: findIdempotencyKey :call
-- The lock lasts until the transaction ends, so a crash leaves nothing stuck.
select l.locked, k.fingerprint, k.status, k.body, k.headers ->> 'etag' as etag, k.headers ->> 'location' as location
  from (select pg_try_advisory_xact_lock(
                 hashtextextended(concat_ws(' ', :client_id::text, :method::text, :path::text, :key::text), 0)) as locked) l
  left join idempotency_key k
    on k.client_id = :client_id::uuid and k.method = :method and k.path = :path and k.key = :key;

-- name: keepIdempotencyKey :call
-- A row that is there by now belongs to a request that was faster: the violation undoes this one, which then replays that.
insert into idempotency_key (client_id, method, path, key, fingerprint, status, body, headers)
values (:client_id, :method, :path, :key, :fingerprint, :status::int, :body,
        jsonb_build_object('etag', :etag::text, 'location', :location::text));
