-- SPDX-License-Identifier: MIT
-- What records of the voting share: whose they are, who sees them; and what is kept right in each.

-- Without a province: of a region or of the centre. Those are for all to read and for central bodies to write.
create or replace function voting_table(record_table text) returns void language plpgsql as $$
begin
  execute format($ddl$
    create table %1$I (
      id uuid primary key default uuidv7(),
      version integer not null default 1,
      organisation_id uuid not null constraint %1$s_organisation_fkey references organisation,
      province_code text,
      codes_on date not null,
      note text,
      created_at timestamptz not null default now(),
      created_by uuid,
      updated_at timestamptz not null default now(),
      updated_by uuid,
      deleted_at timestamptz
    );
    comment on column %1$I.province_code is 'Territory, as coded on codes_on; null: of a region or of the centre.';
    comment on column %1$I.codes_on is 'Day on whose map province_code is read.';
    select track('%1$s');
    create index %1$s_updated on %1$I (updated_at, id);
    create index %1$s_territory on %1$I (province_code);
    create index %1$s_organisation on %1$I (organisation_id);
    alter table %1$I enable row level security;
    alter table %1$I force row level security;
    create policy seen on %1$I for select to kc_api
      using (claim('app.client_id') is not null
             and (province_code is null or in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid));
    create policy added on %1$I for insert to kc_api
      with check (case when province_code is null then claim('app.tier') = 'central' else in_territory(province_code) end);
    create policy changed on %1$I for update to kc_api
      using (case when province_code is null then claim('app.tier') = 'central'
             else in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid end);
    grant select, insert, update on %1$I to kc_api;
  $ddl$, record_table);
end
$$;
comment on function voting_table is 'Makes the table of a record of the voting: whose it is, who sees it, its history.';

-- A council is its round's; a sheet lies where the entry does.
create or replace function belongs_to_round() returns trigger language plpgsql as $$
begin
  select d.province_code, d.codes_on into new.province_code, new.codes_on from voting_round d where d.id = new.round_id;
  return new;
end
$$;

create or replace function sheet_points(points jsonb) returns numeric language sql immutable parallel safe as $$
  select sum((p ->> 'points')::numeric) from jsonb_array_elements(points) p
$$;

-- Who acts for no person, or for one who is no juror (the secretary), is held back by nothing here.
create or replace function own_seats(members jsonb) returns integer[] language sql stable as $$
  select case when found.seats <> '{}' or 'jury_member' = any (acting_roles()) then found.seats end
    from (select array(select (m ->> 'seat')::integer from jsonb_array_elements(members) m
                        where (m ->> 'user_id')::uuid = acting_person())) found (seats)
$$;
comment on function own_seats is 'The seats of the juror for whom the caller acts; null: for none.';

-- With the owner's eyes: what is on sheets cannot be asked through the policy on sheets.
create or replace function sheet_open(of_council uuid, of_entry uuid, of_seat integer) returns boolean language plpgsql stable
security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  mine integer[];
begin
  if public.acting_person() is null then
    return true;
  end if;
  mine := public.own_seats((select c.members from public.voting_council c where c.id = of_council));
  return mine is null or of_seat = any (mine)
      or coalesce((select s.seats_count > 0 and s.sheets_count >= s.seats_count from public.voting_sheets(of_entry) s), false)
      or exists (select from public.voting_entry e where e.id = of_entry and e.status not in ('draft', 'submitted', 'checked'));
end
$$;
comment on function sheet_open is 'A juror reads his own sheet; those of others when all are in.';

create or replace function voting_conflict(conflicts jsonb, seat integer, of_establishment uuid) returns boolean language sql immutable parallel safe as $$
  select coalesce(conflicts @> jsonb_build_array(jsonb_build_object('seat', seat, 'establishment_id', of_establishment)), false)
$$;
comment on function voting_conflict is 'Does the juror on this seat not score products of the establishment?';

-- What the sheet says must fit the jury and the regulation, as long as it is not judged by; the total is ours.
create or replace function complete_score_sheet() returns trigger language plpgsql as $$
declare
  c voting_council;
  e voting_entry;
  criteria jsonb;
  faults jsonb;
begin
  if new.deleted_at is not null then
    return new;
  end if;
  select * into c from voting_council where id = new.council_id and deleted_at is null;
  select * into e from voting_entry where id = new.entry_id and deleted_at is null;
  select coalesce(g.criteria, '[]') into criteria
    from voting_round d left join voting_regulation g on g.id = d.regulation_id where d.id = e.round_id;
  faults := (
       fault_if(e.id is null, '#/entry_id', 'unknown_reference')
    || fault_if(c.id is null or c.kind <> 'jury' or c.round_id is distinct from e.round_id, '#/council_id', 'voting_sheet_other_jury')
    || fault_if(not coalesce(c.members @> jsonb_build_array(jsonb_build_object('seat', new.seat)), false), '#/seat', 'voting_sheet_no_seat')
    || fault_if(new.seat <> all (own_seats(c.members)), '#/seat', 'voting_sheet_other_seat')
    || fault_if(e.status not in ('draft', 'submitted', 'checked'), '#/entry_id', 'voting_sheet_judged')
    || fault_if(voting_conflict(c.conflicts, new.seat, e.establishment_id), '#/seat', 'voting_sheet_conflict')
    || fault_if((select array_agg(p ->> 'criterion_code' order by p ->> 'criterion_code') from jsonb_array_elements(new.points) p)
                is distinct from (select array_agg(k ->> 'code' order by k ->> 'code') from jsonb_array_elements(criteria) k),
         '#/points', 'voting_sheet_criteria')
    || fault_if(exists (select from jsonb_array_elements(new.points) p join jsonb_array_elements(criteria) k on k ->> 'code' = p ->> 'criterion_code'
                         where (p ->> 'points')::numeric > (k ->> 'max_points')::numeric), '#/points', 'voting_sheet_points_max'));
  if old.deleted_at is not null then -- restored: nothing was sent that could be wrong
    perform refuse_by_guards(faults);
  end if;
  perform refuse_faults(faults);
  new.total := sheet_points(new.points);
  new.province_code := e.province_code;
  new.codes_on := e.codes_on;
  return new;
end
$$;

create or replace function complete_voting_entry() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' or old.status = 'draft' then
    new.product_name := (select p.name from product p where p.id = new.product_id);
  end if;
  return new;
end
$$;
