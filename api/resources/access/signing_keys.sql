-- SPDX-License-Identifier: MIT

-- name: listSigningKeys :call
select k.kid, k.purpose, k.algorithm, encode(k.private_key_encrypted, 'hex') as private_key,
       extract(epoch from k.not_before)::bigint as not_before, extract(epoch from k.retired_at)::bigint as retired_at
  from signing_key k
 order by k.purpose, k.serial_no desc;

-- Two services that start at once both try; the loser of signing_key_serial_no_key goes on with the winner's key.
-- name: makeFirstSigningKey :call
insert into signing_key (kid, purpose, serial_no, algorithm, private_key_encrypted, public_jwk)
select :kid::text, :purpose::text, 1, :algorithm::text, decode(:private_key::text, 'hex'), :public_jwk::jsonb
 where not exists (select from signing_key k where k.purpose = :purpose::text)
on conflict (purpose, serial_no) do nothing;

-- name: rotateSigningKey :call
with retired as (
  update signing_key k set retired_at = to_timestamp(:retire_at::bigint)
   where k.purpose = :purpose::text and :retire_at::bigint is not null
     and coalesce(k.retired_at > to_timestamp(:retire_at::bigint), true)
)
insert into signing_key (kid, purpose, serial_no, algorithm, private_key_encrypted, public_jwk, not_before)
select :kid::text, :purpose::text, max(k.serial_no) + 1, :algorithm::text, decode(:private_key::text, 'hex'),
       :public_jwk::jsonb, to_timestamp(:not_before::bigint)
  from signing_key k
 where k.purpose = :purpose::text
having max(k.serial_no) is not null
returning kid;
