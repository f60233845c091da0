-- SPDX-License-Identifier: MIT
-- Councils and advisory teams of OCOP: finding, making and changing them; what a council lacks.

create or replace function open_ocop_council(wanted uuid, provinces text[], own_organisation uuid) returns uuid language sql stable as $$
  select opened(wanted, (select c.deleted_at is not null from ocop_council c
                          where c.id = wanted and voting_seen(c.province_code, c.organisation_id, provinces, own_organisation)))
$$;

create or replace function ocop_council_held(c ocop_council, tier text, provinces text[], own_organisation uuid) returns boolean
language sql stable as $$
  select c.tier = claim('app.tier') and voting_held(c.province_code, c.organisation_id, tier, provinces, own_organisation) and not is_plain_member()
$$;
comment on function ocop_council_held is 'Councils are written by bodies of their tier, and not by who only sits in one.';

create or replace function locked_ocop_council(wanted uuid, tier text, provinces text[], own_organisation uuid) returns uuid
language plpgsql volatile as $$
begin
  perform from ocop_council c where c.id = wanted for no key update;
  perform open_ocop_council(wanted, provinces, own_organisation);
  if not (select ocop_council_held(c, locked_ocop_council.tier, provinces, own_organisation) from ocop_council c where c.id = wanted) then
    raise exception using errcode = 'PT403', message = 'outside-territory';
  end if;
  return wanted;
end
$$;
comment on function locked_ocop_council is 'open_ocop_council() for who may write it, locked until the end of the transaction.';

create or replace function ocop_council_faults(body jsonb, provinces text[], own_organisation uuid) returns jsonb language sql stable as $$
  select fault_if(not ocop_round_visible((body ->> 'round_id')::uuid, provinces, own_organisation), '#/round_id', 'unknown_reference')
$$;

create or replace function made_ocop_council(new_id uuid, body jsonb, tier text, provinces text[], own_organisation uuid, own_province text)
returns table (id uuid, version integer) language plpgsql as $$
begin
  body := jsonb_build_object('tier', tier) || body;
  perform refuse_other_tier(body ->> 'tier');
  perform refuse_faults(ocop_council_faults(body, provinces, own_organisation));
  if is_plain_member() or not (body ->> 'tier' = 'central' or coalesce(own_province = any (provinces), false)) then
    return;
  end if;
  return query select m.id, m.version from made_part('ocop_council', new_id, body || jsonb_build_object('organisation_id', own_organisation,
    'province_code', case when body ->> 'tier' <> 'central' then own_province end, 'codes_on', today())) m;
end
$$;
comment on function made_ocop_council is 'A council of the caller''s own tier; no row when he has no territory, or only sits in councils.';

create or replace function changed_ocop_council(of_id uuid, body jsonb, wanted_version bigint, provinces text[], own_organisation uuid)
returns table (id uuid, version integer) language plpgsql as $$
begin
  perform refuse_faults(ocop_council_faults(body, provinces, own_organisation));
  return query select c.id, c.version from changed_part('ocop_council', of_id, body, wanted_version) c;
end
$$;

-- ---- Members ----

create or replace function ocop_conflicts_json(conflicts jsonb) returns jsonb language sql immutable as $$
  select coalesce(jsonb_agg(jsonb_build_object('registration_id', x -> 'registration_id', 'establishment_id', x -> 'establishment_id',
           'reason', x -> 'reason', 'declared_on', x -> 'declared_on') order by n), '[]')
    from jsonb_array_elements(case jsonb_typeof(conflicts) when 'array' then conflicts else '[]' end) with ordinality listed (x, n)
$$;

-- What was declared before may be out of the caller's sight by now: of a member who declared it himself it is.
create or replace function ocop_member_faults(body jsonb, declared jsonb default '[]') returns jsonb language sql stable as $$
  select fault_if(body ->> 'user_id' is not null and not exists (
           select from "user" u where u.id = (body ->> 'user_id')::uuid and u.deleted_at is null), '#/user_id', 'unknown_reference')
      || coalesce((
           select jsonb_agg(fault)
             from jsonb_array_elements(ocop_conflicts_json(body -> 'conflicts')) with ordinality listed (x, n)
            cross join jsonb_array_elements(
                 fault_if(num_nonnulls(x ->> 'registration_id', x ->> 'establishment_id') <> 1, '#/conflicts/' || n - 1, 'ocop_conflict_of_one')
              || fault_if(x ->> 'registration_id' is not null and not exists (
                   select from ocop_registration r where r.id = (x ->> 'registration_id')::uuid and r.deleted_at is null),
                   '#/conflicts/' || n - 1 || '/registration_id', 'unknown_reference')
              || fault_if(x ->> 'establishment_id' is not null and not exists (
                   select from establishment e where e.id = (x ->> 'establishment_id')::uuid and e.deleted_at is null),
                   '#/conflicts/' || n - 1 || '/establishment_id', 'unknown_reference')) fault
            where not ocop_conflicts_json(declared) @> jsonb_build_array(x - '{reason,declared_on}'::text[])), '[]')
$$;
comment on function ocop_member_faults is 'Accounts, dossiers and establishments that the caller does not see are not there.';

create or replace function made_ocop_member(new_id uuid, body jsonb) returns table (id uuid, version integer) language plpgsql as $$
begin
  perform refuse_faults(ocop_member_faults(body));
  return query select m.id, m.version from made_part('ocop_council_member', new_id, body) m;
end
$$;

-- The office changes everything; a member with an account declares conflicts of his own. No row: the council has no such member.
create or replace function changed_ocop_member(of_id uuid, of_council uuid, body jsonb, wanted_version bigint, scopes text, tier text,
  provinces text[], own_organisation uuid) returns table (id uuid, version integer) language plpgsql as $$
declare
  m ocop_council_member;
begin
  perform open_ocop_council(of_council, provinces, own_organisation);
  select * into m from ocop_council_member x where x.id = of_id and x.council_id = of_council and x.deleted_at is null for no key update;
  if is_plain_member() and coalesce(m.user_id <> acting_person(), true) or m.id is null then
    return;
  end if;
  if not is_plain_member() then
    perform locked_ocop_council(of_council, tier, provinces, own_organisation);
    perform refuse_unless_held('ocop:write', scopes);
  end if;
  perform refuse_faults(ocop_member_faults(body, m.conflicts));
  return query select c.id, c.version from changed_part('ocop_council_member', of_id, body, wanted_version) c;
end
$$;
comment on function changed_ocop_member is 'By the office of the council; by the member himself only what declared_by_himself() lets through.';

-- ---- Assignments ----

create or replace function made_ocop_assignment(new_id uuid, body jsonb, provinces text[], own_organisation uuid)
returns table (id uuid, version integer) language plpgsql as $$
declare
  wanted constant uuid[] := array(
    select e::uuid from jsonb_array_elements_text(case jsonb_typeof(body -> 'member_ids') when 'array' then body -> 'member_ids' else '[]' end) e);
  c ocop_council;
  r ocop_registration;
begin
  perform ocop_registration_named((body ->> 'registration_id')::uuid, provinces, own_organisation);
  perform references_each('#/member_ids', wanted, array(
    select m.id from ocop_council_member m where m.council_id = (body ->> 'council_id')::uuid and m.deleted_at is null));
  select * into c from ocop_council x where x.id = (body ->> 'council_id')::uuid;
  select * into r from ocop_registration x where x.id = (body ->> 'registration_id')::uuid;
  perform refuse_by_guards(
       fault_if(r.origin <> 'native', '#/registration_id', 'ocop_result_native')
    || fault_if(r.origin = 'native' and r.tier is distinct from c.tier, '#/registration_id', 'ocop_assignment_tier')
    || coalesce((
         select jsonb_agg(jsonb_build_object('pointer', '#/member_ids', 'code', 'ocop_sheet_conflict'))
           from ocop_council_member m
          where m.id = any (wanted) and ocop_conflict(m.establishment_id, m.conflicts, r.id, r.establishment_id)), '[]'));
  return query select m.id, m.version from made_part('ocop_council_assignment', new_id, body) m;
end
$$;
comment on function made_ocop_assignment is 'A registration that lies at the council''s tier, for all its members or those named; nobody is given what he has an interest in.';

-- ---- What a council lacks ----

create or replace function ocop_figure(wanted text, p ocop_procedure, on_day date, of_province text)
returns table (value numeric, legal_basis text, certainty text, enforcement text) language sql stable as $$
  select coalesce(own.value, case wanted when 'ocop_council_max_spread' then p.max_spread
                                         when 'ocop_council_quorum_percent' then p.quorum_percent end),
         coalesce(own.legal_basis, p.legal_document_no), coalesce(own.certainty, p.certainty), coalesce(own.enforcement, p.enforcement)
    from (select) one
    left join parameter_on(wanted, on_day, null, of_province) own on true
$$;
comment on function ocop_figure is 'What a province set by a parameter of its own goes before what the procedure says.';

create or replace function ocop_council_lacks(c ocop_council) returns jsonb language sql stable as $$
  select fault_if(c.decision is null, '#/council_id', 'ocop_council_decision')
      || fault_if(m.chairs_count = 0, '#/council_id', 'ocop_council_chair')
      || fault_if(c.kind = 'council' and m.secretaries_count = 0, '#/council_id', 'ocop_council_secretary')
      || coalesce((
           select jsonb_agg(jsonb_build_object('pointer', '#/council_id', 'code', 'ocop_council_size',
                    'params', jsonb_build_object('members_count', m.members_count, 'minimum', size.value, 'member', jsonb_build_object(
                      'vi', 'số thành viên của hội đồng', 'en', 'members of the council')),
                    'legal_basis', size.legal_basis, 'certainty', size.certainty, 'enforcement', size.enforcement))
             from parameter_on('ocop_council_min_members', coalesce(c.starts_on, today()), null, c.province_code) size
            where c.kind = 'council' and m.members_count < size.value), '[]')
    from (select count(*) filter (where m.role in ('chair', 'leader')) as chairs_count, count(*) filter (where m.role = 'secretary') as secretaries_count,
                 count(*) as members_count
            from ocop_council_member m where m.council_id = c.id and m.deleted_at is null) m
$$;
comment on function ocop_council_lacks is 'A decision, a chair, a secretary; fewer members than usual.';

-- ---- Answers ----

create or replace function ocop_council_json(c ocop_council) returns json language sql stable as $$
  select (record_json(to_json(c), 'ocop_council')::jsonb || jsonb_build_object('members_count', (
    select count(*) from ocop_council_member m where m.council_id = c.id and m.deleted_at is null)))::json
$$;

-- With the owner's eyes: a member does not see what he has an interest in, and yet reads what he declared.
create or replace function ocop_registration_in_reach(wanted uuid) returns boolean language sql stable security definer
set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from public.ocop_registration r
     where r.id = wanted and (public.in_territory(r.province_code) or r.organisation_id = public.claim('app.organisation_id')::uuid))
$$;

create or replace function ocop_member_json(m ocop_council_member) returns json language sql stable as $$
  select (record_json(to_json(m), 'ocop_council_member')::jsonb || jsonb_build_object('conflicts', (
    select coalesce(jsonb_agg(x order by n), '[]')
      from jsonb_array_elements(ocop_conflicts_json(m.conflicts)) with ordinality listed (x, n)
     where x ->> 'registration_id' is null or ocop_registration_in_reach((x ->> 'registration_id')::uuid))))::json
$$;
comment on function ocop_member_json is 'Councils of the centre are read by every province: a dossier of another one is not named to it.';

create or replace function ocop_assignment_json(a ocop_council_assignment) returns json language sql stable as $$
  select (record_json(to_json(a), 'ocop_council_assignment')::jsonb || (
    select jsonb_build_object('pass_no', p.pass_no, 'scorers_count', count(s.scorer_id), 'sheets_count', count(s.sheet_id))
      from ocop_counted_sheets(a.registration_id, a.council_id, p.pass_no) s))::json
    from (select ocop_pass(a.registration_id, a.council_id) as pass_no) p
$$;
comment on function ocop_assignment_json is 'With how many sheets of the pass in hand are in: that, and not what they say, is for everybody.';
