-- SPDX-License-Identifier: MIT
-- Persons: who sits behind the systems that call, and in which roles.

alter table history add column user_id uuid;
comment on column history.user_id is 'The person on whose behalf the client called; null: it named none.';

-- Quoted wherever it is used: unquoted, `user` is a function.
create table "user" (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  organisation_id uuid not null constraint user_organisation_fkey references organisation,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  status text not null default 'active',
  user_name text not null,
  full_name text not null,
  issuer_id uuid,
  folded text generated always as (fold(user_name || ' ' || full_name)) stored,
  constraint user_status_known check (status in ('active', 'suspended')),
  constraint user_user_name_form check (user_name ~ '^[a-z0-9][a-z0-9._-]{0,31}$')
);
comment on table "user" is 'Persons on whose behalf systems call. Who they are is the business of their organisation''s system; none logs in here.';
comment on column "user".organisation_id is 'Where the person works; decides who manages the record and what tokens for the person see. Never changes: who moves becomes another user.';
comment on column "user".status is 'suspended: no token for the time being.';
comment on column "user".user_name is 'Name of the account, unique in the organisation. Shorter than a UUID, so that it is never taken for one; no e-mail address.';
comment on column "user".full_name is 'Personal data.';
comment on column "user".issuer_id is 'Who vouches for the identity; null: the organisation''s own system.';
create unique index user_user_name_key on "user" (organisation_id, user_name) where deleted_at is null;
create index user_updated on "user" (updated_at, id);
select track('"user"');

create table role_assignment (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  organisation_id uuid not null constraint role_assignment_organisation_fkey references organisation,
  province_code text,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  user_id uuid not null constraint role_assignment_user_fkey references "user",
  role text not null,
  valid_from date not null,
  valid_to date,
  constraint role_assignment_role_known check (role in ('establishment_user', 'centre_officer', 'department_officer', 'department_leader',
    'agriculture_officer', 'finance_officer', 'provincial_leader', 'commune_officer', 'bureau_officer', 'bureau_leader', 'ministry_leader',
    'council_chair', 'council_secretary', 'council_member', 'jury_member', 'advisory_member', 'partner', 'auditor', 'reference_admin',
    'access_admin')),
  constraint role_assignment_valid_to_order check (valid_to >= valid_from),
  constraint role_assignment_overlap exclude using gist (user_id with =, role with =, organisation_id with =,
    (coalesce(province_code, '')) with =, daterange(valid_from, valid_to, '[]') with &&) where (deleted_at is null)
);
comment on table role_assignment is 'Which person has which role, where and when. What it is about never changes, only its term: another role is another row.';
comment on column role_assignment.organisation_id is 'For which organisation the person acts in the role; mostly his own.';
comment on column role_assignment.province_code is 'The person acts for this province alone; null: for the whole territory of his organisation.';
comment on column role_assignment.valid_from is 'First day.';
comment on column role_assignment.valid_to is 'Last day, inclusive; null: until further notice.';
create index role_assignment_user on role_assignment (user_id);
create index role_assignment_updated on role_assignment (updated_at, id);
create trigger complete before insert on role_assignment for each row execute function complete_role_assignment();
select track('role_assignment');

-- ---- Who sees and writes what (docs/access.md). Statements of the service itself run under no operation ----

do $$
declare
  ours constant text := 'organisation_id in (
    select m from organisations_managed_by(claim(''app.organisation_id'')::uuid, string_to_array(claim(''app.provinces''), '','')) m)';
  person text;
begin
  foreach person in array array['user', 'role_assignment'] loop
    execute format('alter table %I enable row level security', person);
    execute format('alter table %I force row level security', person);
    execute format('create policy added on %I for insert to kc_api with check (%s)', person, ours);
    execute format('create policy changed on %I for update to kc_api using (%s) with check (%2$s)', person, ours);
    execute format('grant select, insert, update on %I to kc_api', person);
  end loop;
  execute format('create policy seen on "user" for select to kc_api using (claim(''app.operation'') is null or %s)', ours);
  execute format('create policy seen on role_assignment for select to kc_api using (
    claim(''app.operation'') is null or %s or exists (select from "user" u where u.id = user_id))', ours);
end
$$;

-- Requests without a token have no client either, but they are requests.
do $$
declare
  internal text;
begin
  foreach internal in array array['client', 'client_secret', 'signing_key'] loop
    execute format('alter policy no_caller on %I using (claim(''app.client_id'') is null and claim(''app.operation'') is null)', internal);
  end loop;
end
$$;
