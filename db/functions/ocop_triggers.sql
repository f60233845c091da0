-- SPDX-License-Identifier: MIT
-- What the OCOP area makes of a row before it is kept. The triggers stand in migrations/0006_ocop.sql.

-- A product lies where its establishment lies.
create or replace function complete_product() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' or new.establishment_id is distinct from old.establishment_id then
    select e.province_code, e.codes_on into new.province_code, new.codes_on
      from establishment e where e.id = new.establishment_id;
  end if;
  return new;
end
$$;

create or replace function move_products() returns trigger language plpgsql as $$
begin
  if (old.province_code, old.codes_on) is distinct from (new.province_code, new.codes_on) then
    update product
       set province_code = new.province_code, codes_on = new.codes_on, version = version + 1
     where establishment_id = new.id;
  end if;
  return null;
end
$$;

create or replace function ocop_registration_is_open(status text) returns boolean language sql immutable parallel safe as $$
  select status in ('draft', 'supplement_requested')
$$;
comment on function ocop_registration_is_open is 'May the registrant still change what the dossier is about?';

-- First the province in an official product code, then that of the establishment on the map of the day, then as recorded.
-- A body of a merged province goes on under its old code, so what is not the caller's comes after what is.
create or replace function ocop_registration_territory(of_establishment uuid, product_code text, day date, provinces text[])
returns table (province_code text, codes_on date) language sql stable as $$
  select known.province_code, known.codes_on from (
    select parts ->> 'province_code', greatest(lower(days), least(upper(days) - 1, day)), 1
      from product_code_parts(product_code) parts, product_code_period(parts) days
     where days is not null
    union all
    select province_on(e.province_code, e.codes_on, day, e.place ->> 'commune_code'), day, 2
      from establishment e where e.id = of_establishment
    union all
    select e.province_code, province_day(e.province_code, day), 3
      from establishment e where e.id = of_establishment) known (province_code, codes_on, choice)
   where known.province_code is not null
   order by known.choice > 1 and known.province_code <> all (provinces), known.choice
   limit 1
$$;
comment on function ocop_registration_territory is 'See the comment on ocop_registration.province_code.';

-- Until it is handed in, a dossier follows its product and the rules of its day; then both stay as they were.
create or replace function complete_ocop_registration() returns trigger language plpgsql as $$
declare
  pinned constant boolean := tg_op = 'UPDATE' and not ocop_registration_is_open(old.status) and old.origin = 'native';
begin
  if pinned then
    perform refuse_faults(
         fault_if(new.product_id <> old.product_id, '#/product_id', 'ocop_registration_pinned')
      || fault_if(new.establishment_id <> old.establishment_id, '#/establishment_id', 'ocop_registration_pinned')
      || fault_if(new.kind is distinct from old.kind, '#/kind', 'ocop_registration_pinned')
      || fault_if(new.product_set_id is distinct from old.product_set_id, '#/product_set_id', 'ocop_registration_pinned')
      || fault_if(new.submitted_on is distinct from old.submitted_on, '#/submitted_on', 'ocop_registration_pinned')
      || fault_if(ocop_papers_handed_in(new.checklist) <> ocop_papers_handed_in(old.checklist), '#/checklist', 'ocop_registration_pinned'));
    if new.status = 'forwarded' and old.status <> 'forwarded' then
      new.tier := (select ocop_next_tier(p, old.tier) from ocop_procedure p where p.code = old.procedure_code);
    elsif new.status = 'recognised' then
      new.stars := (ocop_last_result(new.id, new.tier)).stars;
    end if;
    return new;
  end if;
  if tg_op = 'INSERT' or ocop_registration_is_open(old.status) or new.product_id <> old.product_id then
    new.product_name := (select p.name from product p where p.id = new.product_id);
  end if;
  if tg_op = 'UPDATE' and old.status = 'draft' and new.status = 'submitted' then
    new.submitted_on := coalesce(claim('app.submitted_on')::date, today());
    select p.code, coalesce(new.tier, ocop_next_tier(p, null)) into new.procedure_code, new.tier
      from ocop_procedure_on(new.submitted_on) p;
    new.rubric_id := (
      select b.id from ocop_rubric b where b.product_set_id = new.product_set_id and b.status = 'published' and b.deleted_at is null);
    select t.province_code, t.codes_on into new.province_code, new.codes_on
      from ocop_registration_territory(new.establishment_id, new.product_code, new.submitted_on,
             coalesce(string_to_array(claim('app.provinces'), ','), array[old.province_code])) t;
  end if;
  new.decided_under := (
    select jsonb_build_object('legal_document_no', s.legal_document_no, 'set_code', s.set_code, 'name_vi', s.name_vi,
             'valid_from', s.valid_from, 'valid_to', s.valid_to, 'pinned_on', ocop_registration_day(new.submitted_on, new.recognition))
      from ocop_product_set s where s.id = new.product_set_id);
  return new;
end
$$;

create or replace function ocop_registration_day(submitted_on date, recognition jsonb) returns date language sql stable parallel safe as $$
  select coalesce(submitted_on, (recognition ->> 'decided_on')::date, today())
$$;
comment on function ocop_registration_day is 'The day whose rules hold for a dossier: of submission, else of the decision, else today.';
