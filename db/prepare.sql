-- SPDX-License-Identifier: MIT
-- First part of every run of db/migrate: the two roles, the extensions, the book of what was applied.
set client_min_messages = warning;
set statement_timeout = 0;
set search_path = public;

-- Two runs at once serialise here; the lock goes with the session.
select pg_advisory_lock(hashtext('kc migrate'));
set lock_timeout = '3s';

do $$
begin
  if current_setting('server_encoding') <> 'UTF8' then
    raise exception 'the database must have the encoding UTF8, not %', current_setting('server_encoding');
  end if;
end
$$;

-- kc_owner owns everything and is used by db/migrate only; kc_api is the service and owns nothing, so that row level
-- security binds it.
do $$
begin
  if to_regrole('kc_owner') is null then
    create role kc_owner nologin;
  end if;
  if to_regrole('kc_api') is null then
    create role kc_api login;
  end if;
exception when duplicate_object or unique_violation then
  null; -- another database of this cluster is migrated at the same time
end
$$;

-- Tables are under `force row level security`: without bypassrls a backfill by the owner changes no row, silently.
-- Where we may not grant it (managed PostgreSQL), pg_temp.open_to_owner below makes up for it.
do $$
begin
  if not (select rolbypassrls from pg_roles where rolname = 'kc_owner') then
    alter role kc_owner bypassrls;
  end if;
exception when insufficient_privilege then
  null;
end
$$;

-- Whoever may make roles may let himself in; from PostgreSQL 16 on having made one is not enough.
do $$
begin
  set local role kc_owner;
exception when insufficient_privilege then
  execute format('grant kc_owner to %I', session_user);
end
$$;

-- Settings of the role and not of the session: they hold behind a connection pooler too. Altered only when they differ,
-- because roles belong to the whole cluster and other databases may be migrated just now.
do $$
declare
  setting record;
begin
  for setting in
    select * from (values
      ('timezone', 'UTC'),
      ('search_path', 'public'),
      ('statement_timeout', '10s'),
      ('lock_timeout', '5s'),
      ('idle_in_transaction_session_timeout', '10s'),
      ('jit', 'off') -- compiling costs more than our short statements take
    ) wanted(name, value)
    where not exists (
      select from pg_db_role_setting s
       where s.setdatabase = 0 and s.setrole = 'kc_api'::regrole
         and lower(wanted.name || '=' || wanted.value) = any (select lower(c) from unnest(s.setconfig) c))
  loop
    execute format('alter role kc_api set %I = %L', setting.name, setting.value);
  end loop;
end
$$;

-- The DETAIL of an error tells the values of the row, personal data among them; a log is no place for them. The service gets
-- it all the same. Only a superuser may say so.
do $$
begin
  if not exists (select from pg_db_role_setting s
                  where s.setdatabase = 0 and s.setrole = 'kc_api'::regrole and 'log_error_verbosity=terse' = any (s.setconfig)) then
    alter role kc_api set log_error_verbosity = 'terse';
  end if;
exception when insufficient_privilege then
  null;
end
$$;

\getenv api_password KC_API_PASSWORD
\if :{?api_password}
-- The statement holds the password, so it stays out of the server's log where we may say so.
select set_config('log_statement', 'none', false), set_config('log_min_duration_statement', '-1', false)
  from pg_roles where rolname = current_user and rolsuper;
alter role kc_api password :'api_password';
\endif

do $$
begin
  if not has_schema_privilege('kc_owner', 'public', 'create') then
    grant create, usage on schema public to kc_owner;
  end if;
  if has_schema_privilege('public', 'public', 'create') then
    revoke create on schema public from public;
  end if;
end
$$;

create extension if not exists pg_trgm;
create extension if not exists btree_gist;

-- Under row level security PostgreSQL runs the policy first unless a function is marked leakproof, and an index on
-- `like` is then of no use: 251 ms instead of 3 ms on a million rows. These functions can leak at most that a pattern is
-- malformed, which like_pattern() rules out. Only a superuser may mark them; docs/operating.md says what is lost without.
-- A restored dump does not carry the marks: run db/migrate after a restore.
do $$
begin
  if (select rolsuper from pg_roles where rolname = current_user) then
    alter function textlike(text, text) leakproof;
    alter function similarity_op(text, text) leakproof;
    alter function word_similarity_op(text, text) leakproof;
    alter function word_similarity_commutator_op(text, text) leakproof;
    alter function arrayoverlap(anyarray, anyarray) leakproof;
    alter function arraycontains(anyarray, anyarray) leakproof;
    alter function arraycontained(anyarray, anyarray) leakproof;
  end if;
end
$$;

set role kc_owner;

create table if not exists migration (
  number integer primary key,
  name text not null,
  applied_at timestamptz not null default now(),
  sha256 text not null
);
comment on table migration is 'Files of db/migrations that this database has; written by db/migrate.';
comment on column migration.sha256 is 'Of the file as it was applied: an applied file is never edited, a change is refused.';
grant select on migration to kc_api;

create table if not exists reference_load (
  sha256 text primary key,
  loaded_at timestamptz not null default now()
);
comment on table reference_load is 'Which state of db/reference was loaded last; written by db/migrate.';

create or replace function pg_temp.migration_pending(file text, sum text) returns boolean language plpgsql as $$
declare
  known migration;
begin
  select * into known from public.migration m where m.number = split_part(file, '_', 1)::integer;
  if known.number is not null and (known.name, known.sha256) is distinct from (file, sum) then
    raise exception 'db/migrations/%.sql is not the file that was applied as % on %; add a new file instead',
      file, known.name, known.applied_at;
  end if;
  return known.number is null;
end
$$;

-- Where kc_owner cannot have bypassrls, a policy lets it through instead.
create or replace function pg_temp.open_to_owner() returns void language plpgsql as $$
declare
  guarded regclass;
begin
  if (select rolbypassrls from pg_roles where rolname = 'kc_owner') then
    return;
  end if;
  for guarded in
    select c.oid from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relforcerowsecurity
       and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'owner')
  loop
    execute format('create policy owner on %s to kc_owner using (true) with check (true)', guarded);
  end loop;
end
$$;

create or replace function pg_temp.migration_done(file text, sum text) returns void language sql as $$
  insert into public.migration (number, name, sha256) values (split_part(file, '_', 1)::integer, file, sum);
  select pg_temp.open_to_owner();
$$;

create or replace function pg_temp.reference_pending(sum text) returns boolean language sql as $$
  select not exists (select from public.reference_load where sha256 = sum)
$$;

create or replace function pg_temp.reference_done(sum text) returns void language sql as $$
  delete from public.reference_load;
  insert into public.reference_load (sha256) values (sum);
$$;
