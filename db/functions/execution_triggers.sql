-- SPDX-License-Identifier: MIT
-- What records of the execution of projects share: whose they are, who sees them, what locks them.

-- The migration adds what is the table's own.
create or replace function execution_table(record_table text) returns void language plpgsql as $$
begin
  execute format($ddl$
    create table %1$I (
      id uuid primary key default uuidv7(),
      version integer not null default 1,
      project_id uuid constraint %1$s_project_fkey references project,
      project_line_id uuid,
      organisation_id uuid not null constraint %1$s_organisation_fkey references organisation,
      province_code text not null,
      codes_on date not null,
      note text,
      created_at timestamptz not null default now(),
      created_by uuid,
      updated_at timestamptz not null default now(),
      updated_by uuid,
      deleted_at timestamptz,
      constraint %1$s_line_fkey foreign key (project_id, project_line_id) references project_line (project_id, id),
      constraint %1$s_line_of_project check (project_line_id is null or project_id is not null)
    );
    comment on column %1$I.project_line_id is 'The line of the project that it is for.';
    comment on column %1$I.province_code is 'Of the project, as organisation_id and codes_on; without a project, of whoever made it.';
    comment on column %1$I.codes_on is 'Day on whose map province_code is read.';
    select track('%1$s');
    create trigger belongs before insert or update on %1$I
      for each row execute function belongs_to_project();
    create trigger hand_down_owner_to_%1$s after update of organisation_id, province_code, codes_on on project
      for each row execute function hand_down_territory('%1$s');
    create trigger %1$s_refuses_while_referenced before update of deleted_at on project_line
      for each row execute function refuse_while_referenced('%1$s', 'project_line_id');
    create index %1$s_project on %1$I (project_id);
    create index %1$s_line on %1$I (project_line_id);
    create index %1$s_updated on %1$I (updated_at, id);
    create index %1$s_territory on %1$I (province_code);
    create index %1$s_organisation on %1$I (organisation_id);
    alter table %1$I enable row level security;
    alter table %1$I force row level security;
    create policy seen on %1$I for select to kc_api
      using (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid
             or exists (select from project p where p.id = project_id and p.implementer_id = claim('app.organisation_id')::uuid));
    create policy added on %1$I for insert to kc_api
      with check (in_territory(province_code) or project_id is not null and (organisation_id = claim('app.organisation_id')::uuid
             or exists (select from project p where p.id = project_id and p.implementer_id = claim('app.organisation_id')::uuid)));
    create policy changed on %1$I for update to kc_api
      using (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid
             or exists (select from project p where p.id = project_id and p.implementer_id = claim('app.organisation_id')::uuid));
    grant select, insert, update on %1$I to kc_api;
  $ddl$, record_table);
end
$$;
comment on function execution_table is 'Makes the table of a record of the execution of a project: whose it is, who sees it, its history.';

-- What belongs to a project is its owner's and lies where it lies.
create or replace function belongs_to_project() returns trigger language plpgsql as $$
begin
  if new.project_id is not null then
    select p.organisation_id, p.province_code, p.codes_on into new.organisation_id, new.province_code, new.codes_on
      from project p where p.id = new.project_id;
  end if;
  return new;
end
$$;

create or replace function hand_down_territory() returns trigger language plpgsql as $$
begin
  if (old.organisation_id, old.province_code, old.codes_on) is distinct from (new.organisation_id, new.province_code, new.codes_on) then
    execute format('update %I set organisation_id = $1, province_code = $2, codes_on = $3 where project_id = $4', tg_argv[0])
      using new.organisation_id, new.province_code, new.codes_on, new.id;
  end if;
  return null;
end
$$;

create or replace function override_level() returns trigger language plpgsql as $$
begin
  new.level := (select p.level from project p where p.id = new.project_id);
  return new;
end
$$;

-- create trigger locked before update on override for each row execute function locked_in('granted', 'revoked')
create or replace function locked_in() returns trigger language plpgsql as $$
declare
  moving constant text[] := '{status,version,organisation_id,province_code,codes_on,updated_at,updated_by}';
begin
  if old.status = any (tg_argv) and to_jsonb(old) - moving <> to_jsonb(new) - moving then
    raise exception using errcode = 'PT409', message = 'guard-failed', detail = jsonb_build_array(jsonb_build_object(
      'pointer', '#/status', 'code', 'record_locked', 'params', jsonb_build_object('status', (
        select jsonb_build_object('vi', s.label_vi, 'en', s.label_en)
          from record_status s where s.record_type = tg_table_name and s.status = old.status))));
  end if;
  return new;
end
$$;
comment on function locked_in is 'In these states nothing of the record changes but the state.';
