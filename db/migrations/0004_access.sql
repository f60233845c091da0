-- SPDX-License-Identifier: MIT
-- Access: systems that call the service, their secrets, the service's own keys.

create table client (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  organisation_id uuid not null references organisation,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  name text not null,
  status text not null default 'active',
  epoch integer not null default 1,
  scopes text[] not null default '{}',
  constraint client_name_length check (length(name) between 1 and 120),
  constraint client_status_check check (status in ('active', 'suspended', 'revoked'))
);
comment on table client is 'Systems that may get tokens. Made, suspended and revoked by the operator''s commands (api client …).';
comment on column client.organisation_id is 'On whose behalf it calls: this decides what it sees.';
comment on column client.status is 'revoked is final.';
comment on column client.epoch is 'Stands in every token; raising it ends all tokens given out before.';
comment on column client.scopes is 'What it may ask for, as in components.securitySchemes of openapi.yaml.';
create unique index client_name_key on client (name) where deleted_at is null;
select track('client');

create table client_secret (
  client_id uuid not null references client,
  slot integer not null,
  hash text not null,
  created_at timestamptz not null default now(),
  primary key (client_id, slot),
  constraint client_secret_slot_check check (slot in (1, 2)),
  constraint client_secret_hash_form check (hash ~ '^[0-9a-f]{64}$')
);
comment on table client_secret is 'Live secrets. Two places, so that a client can change its secret without a pause.';
comment on column client_secret.hash is 'SHA-256 of 256 random bits; needs no salt, and the secret itself is kept nowhere.';

create table signing_key (
  kid text primary key,
  purpose text not null,
  serial_no integer not null,
  algorithm text not null,
  private_key_encrypted bytea not null,
  public_jwk jsonb,
  not_before timestamptz,
  retired_at timestamptz,
  created_at timestamptz not null default now(),
  constraint signing_key_purpose_check check (purpose in ('token', 'cursor', 'certificate', 'checkpoint', 'feed')),
  constraint signing_key_serial_no_key unique (purpose, serial_no)
);
comment on table signing_key is 'The service''s own keys, shared by all replicas. A key has one purpose and signs nothing else.';
comment on column signing_key.kid is 'RFC 7638 thumbprint.';
comment on column signing_key.serial_no is 'Counts within the purpose; unique, so that of several services which start at once on an empty table one makes the first key.';
comment on column signing_key.private_key_encrypted is 'AES-256-GCM by KC_MASTER_KEY: nonce, cipher text, tag; purpose/kid is the additional data.';
comment on column signing_key.public_jwk is 'The public half, to check what was signed when the private one is gone; null for symmetric keys.';
comment on column signing_key.not_before is 'From then on it signs, being published before; null: at once. The newest key that has begun signs.';
comment on column signing_key.retired_at is 'From then on nothing it signed is accepted.';

-- The territory of central agencies: read with every token of theirs.
create index admin_unit_province on admin_unit (code) where tier = 'province';

-- Requests of callers see no row here, whatever their query says: only statements outside of any caller's claims do.
do $$
declare
  internal text;
begin
  foreach internal in array array['client', 'client_secret', 'signing_key'] loop
    execute format('alter table %I enable row level security', internal);
    execute format('alter table %I force row level security', internal);
    execute format('create policy no_caller on %I to kc_api using (claim(''app.client_id'') is null)', internal);
  end loop;
end
$$;
grant select, insert on client, client_secret, signing_key to kc_api;
grant update (version, status, epoch, scopes) on client to kc_api;
grant update (hash, created_at), delete on client_secret to kc_api;
grant update (retired_at) on signing_key to kc_api;
