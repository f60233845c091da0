-- SPDX-License-Identifier: MIT
-- Councils of OCOP: what their tables stand on, and who sees what before all sheets are in.

-- ---- Who sees ----

create or replace function is_plain_member(roles text[] default string_to_array(claim('app.roles'), ',')) returns boolean
language sql stable parallel safe as $$
  select coalesce(roles <@ '{council_member,jury_member,advisory_member}', false)
$$;
comment on function is_plain_member is 'Does the person come for a council alone? Then he sees what is assigned to him. A client that names no person is an office.';

create or replace function ocop_conflict(own_establishment uuid, conflicts jsonb, of_registration uuid, of_establishment uuid) returns boolean
language sql immutable parallel safe as $$
  select coalesce(own_establishment = of_establishment, false)
      or conflicts @> jsonb_build_array(jsonb_build_object('registration_id', of_registration))
      or conflicts @> jsonb_build_array(jsonb_build_object('establishment_id', of_establishment))
$$;
comment on function ocop_conflict is 'Is the product his own, or did he declare an interest in it?';

create or replace function ocop_member_sees(of_registration uuid, of_establishment uuid, roles text[], person uuid) returns boolean
language plpgsql stable as $$
begin
  return not is_plain_member(roles) or exists (
    select from ocop_council_assignment a
      join ocop_council_member m on m.council_id = a.council_id and m.user_id = person and m.deleted_at is null
       and (m.ends_on is null or m.ends_on >= today())
     where a.registration_id = of_registration and a.deleted_at is null and (a.member_ids = '{}' or m.id = any (a.member_ids))
       and not ocop_conflict(m.establishment_id, m.conflicts, of_registration, of_establishment));
end
$$;
comment on function ocop_member_sees is 'Who comes for a council alone sees a registration that is assigned to him, without conflict of interest, until he leaves the council; others see all of their territory.';

create or replace function ocop_sheet_own(entered_by uuid, scorer_id uuid, person uuid, client uuid) returns boolean language sql stable as $$
  select coalesce(entered_by = coalesce(person, client), false)
      or exists (select from ocop_council_member m where m.id = scorer_id and m.user_id = person)
$$;
comment on function ocop_sheet_own is 'Did the caller write the sheet down, or is it his?';

-- With the owner's eyes: how many sheets are in is for the whole council to know before it sees them.
create or replace function ocop_counted_sheets(of_registration uuid, of_council uuid, of_pass integer)
returns table (scorer_id uuid, role text, sheet_id uuid, answers jsonb, part_a numeric, part_b numeric, part_c numeric, total numeric)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select m.id, m.role, s.id, s.answers, s.part_a, s.part_b, s.part_c, s.total
    from public.ocop_council_assignment a
    join public.ocop_registration r on r.id = a.registration_id
    join public.ocop_council_member m on m.council_id = a.council_id and m.deleted_at is null and (a.member_ids = '{}' or m.id = any (a.member_ids))
     and not public.ocop_conflict(m.establishment_id, m.conflicts, r.id, r.establishment_id)
    left join public.ocop_score_sheet s on s.registration_id = r.id and s.scorer_id = m.id and s.pass_no = of_pass and s.status = 'submitted'
     and s.deleted_at is null
   where (s.id is not null or m.role in ('chair', 'vice_chair', 'member') and (m.ends_on is null or m.ends_on >= public.today()))
     and a.council_id = of_council and a.registration_id = of_registration and a.deleted_at is null
$$;
comment on function ocop_counted_sheets is 'Every member who may score the registration, with his sheet of the pass; those with a conflict of interest are not among them. A sheet that was handed in counts when its writer has left the council or has another post in it by now.';

create or replace function ocop_sheets_in(of_registration uuid, of_council uuid, of_pass integer) returns boolean language sql stable as $$
  select exists (
    select from ocop_result s
     where s.registration_id = of_registration and s.council_id = of_council and s.pass_no = of_pass and s.status = 'approved' and s.deleted_at is null)
      or (select coalesce(bool_and(c.sheet_id is not null), false) from ocop_counted_sheets(of_registration, of_council, of_pass) c)
$$;
comment on function ocop_sheets_in is 'Has everybody who may score handed in, or is the pass closed by its approved result? A draft can be taken back for a sheet that comes late, so it opens nothing.';

-- Nothing is read from ocop_result here: its policy asks this.
create or replace function ocop_result_open(of_registration uuid, of_council uuid, of_pass integer, status text) returns boolean language sql stable as $$
  select not is_plain_member() or of_council is null or status = 'approved'
      or (select bool_and(c.sheet_id is not null) from ocop_counted_sheets(of_registration, of_council, of_pass) c)
$$;
comment on function ocop_result_open is 'A draft made from sheets says what they say, so members see it when all have handed in, and else once it is approved.';

-- ---- What is kept right ----

create or replace function complete_ocop_council() returns trigger language plpgsql as $$
begin
  new.decision := case when jsonb_typeof(new.decision) = 'object' then document_json(new.decision)::jsonb end;
  return new;
end
$$;

create or replace function assignment_kept_once_scored() returns trigger language plpgsql as $$
begin
  if old.deleted_at is null and new.deleted_at is not null
     and exists (select from ocop_counted_sheets(old.registration_id, old.council_id, 1) c where c.sheet_id is not null) then
    raise exception using errcode = 'PT409', message = 'still-referenced', detail = jsonb_build_object('record_type', 'ocop_score_sheet');
  end if;
  return new;
end
$$;
comment on function assignment_kept_once_scored is 'What a member has scored stays assigned.';

create or replace function ocop_sheet_answers_faults(criteria jsonb, answers jsonb, is_submitted boolean) returns jsonb language sql stable as $$
  with leaf as (
    select e ->> 'code' as code, e -> 'options' as options from jsonb_array_elements(criteria) e where jsonb_array_length(e -> 'options') > 0
  ), said as (
    select a ->> 'criterion_code' as code, a ->> 'option_code' as option, n - 1 as place from jsonb_array_elements(answers) with ordinality listed (a, n)
  ), missing as (
    select count(*) as missing_count, min(leaf.code) as first_code from leaf where leaf.code not in (select said.code from said)
  )
  select coalesce((
      select jsonb_agg(fault order by s.place)
        from said s
        left join leaf l on l.code = s.code
       cross join jsonb_array_elements(
            fault_if(l.code is null, '#/answers/' || s.place || '/criterion_code', 'unknown_reference')
         || fault_if(exists (select from said other where other.code = s.code and other.place < s.place),
              '#/answers/' || s.place || '/criterion_code', 'ocop_sheet_criterion_twice')
         || fault_if(l.code is not null and not l.options @> jsonb_build_array(jsonb_build_object('code', s.option)),
              '#/answers/' || s.place || '/option_code', 'unknown_reference')) fault), '[]')
    || fault_if(is_submitted and m.missing_count > 0, '#/answers', 'ocop_sheet_incomplete',
         jsonb_build_object('missing_count', m.missing_count, 'value', m.first_code))
    from missing m
$$;
comment on function ocop_sheet_answers_faults is 'Each answer names an option of its criterion, each criterion is answered once; a sheet that is handed in answers all of them.';

create or replace function ocop_answers_scored(criteria jsonb, answers jsonb) returns jsonb language sql immutable as $$
  select coalesce(jsonb_agg(jsonb_build_object('criterion_code', a ->> 'criterion_code', 'option_code', a ->> 'option_code', 'part', e -> 'part',
           'points', o -> 'points', 'note', a -> 'note') || ocop_evidence_said(a) order by n), '[]')
    from jsonb_array_elements(answers) with ordinality listed (a, n)
    join jsonb_array_elements(criteria) e on e ->> 'code' = a ->> 'criterion_code'
   cross join jsonb_array_elements(e -> 'options') o
   where o ->> 'code' = a ->> 'option_code'
$$;
comment on function ocop_answers_scored is 'With the points of the rubric; what the caller may have sent as points is not read.';

create or replace function ocop_part_points(answers jsonb, part text) returns numeric language sql immutable as $$
  select coalesce(sum((a ->> 'points')::numeric), 0) from jsonb_array_elements(answers) a where a ->> 'part' = ocop_part_points.part
$$;

-- A sheet that was handed in changes no more; with a reason it can be voided.
create or replace function complete_ocop_score_sheet() returns trigger language plpgsql as $$
declare
  moving constant text[] := '{version,status,organisation_id,province_code,codes_on,note,updated_at,updated_by,deleted_at}';
  criteria jsonb;
  papers jsonb;
begin
  select r.organisation_id, r.province_code, r.codes_on into new.organisation_id, new.province_code, new.codes_on
    from ocop_registration r where r.id = new.registration_id;
  if tg_op = 'INSERT' then
    new.entered_by := coalesce(claim('app.user_id'), claim('app.client_id'))::uuid;
  elsif old.status <> 'draft' then
    perform refuse_by_guards(
         fault_if(to_jsonb(old) - moving <> to_jsonb(new) - moving, '#/status', 'ocop_sheet_locked')
      || fault_if(new.status not in (old.status, 'voided'), '#/status', 'ocop_sheet_locked')
      || fault_if(new.status = old.status and new.note is distinct from old.note, '#/status', 'ocop_sheet_locked')
      || fault_if(new.status = 'voided' and old.status <> 'voided' and is_blank(to_jsonb(new.note)), '#/note', 'ocop_sheet_void_note'));
    return new;
  end if;
  select b.criteria into criteria from ocop_rubric b where b.id = new.rubric_id;
  select r.checklist into papers from ocop_registration r where r.id = new.registration_id;
  perform refuse_faults(ocop_sheet_answers_faults(criteria, new.answers, new.status = 'submitted')
    || ocop_evidence_faults(criteria, new.answers, papers));
  new.answers := ocop_evidence_kept(ocop_answers_scored(criteria, new.answers), papers);
  new.part_a := ocop_part_points(new.answers, 'A');
  new.part_b := ocop_part_points(new.answers, 'B');
  new.part_c := ocop_part_points(new.answers, 'C');
  new.total := new.part_a + new.part_b + new.part_c;
  new.paper := case when jsonb_typeof(new.paper) = 'object' then document_json(new.paper)::jsonb end;
  new.submitted_at := case when new.status = 'submitted' then current_instant() end;
  return new;
end
$$;

-- ---- What a member declares himself ----

-- Of both schemes: who comes for a council alone adds conflicts of interest of his own and changes nothing else; only the office takes
-- one back.
create or replace function declared_by_himself() returns trigger language plpgsql as $$
declare
  moving constant text[] := '{version,updated_at,updated_by,conflicts}';
  taken_back jsonb;
begin
  if not is_plain_member() then
    return new;
  end if;
  if tg_op = 'INSERT' or to_jsonb(old) - moving <> to_jsonb(new) - moving or not conflicts_are_own(tg_table_name, to_jsonb(old), to_jsonb(new)) then
    raise exception using errcode = 'PT403', message = 'outside-territory';
  end if;
  taken_back := (
    select jsonb_agg(x) from jsonb_array_elements(old.conflicts) x where not new.conflicts @> jsonb_build_array(jsonb_strip_nulls(x)));
  perform refuse_faults(fault_if(taken_back is not null, '#/conflicts', 'conflict_taken_back'));
  if tg_table_name = 'ocop_council_member' then
    new.conflicts := (
      select coalesce(jsonb_agg(x || jsonb_build_object('declared_on', coalesce(x ->> 'declared_on', today()::text)) order by n), '[]')
        from jsonb_array_elements(new.conflicts) with ordinality listed (x, n));
  end if;
  return new;
end
$$;

create or replace function conflicts_are_own(of_table text, before jsonb, after jsonb) returns boolean language sql stable as $$
  select case of_table
    when 'ocop_council_member' then coalesce((before ->> 'user_id')::uuid = acting_person(), false)
    else not exists (
      select from jsonb_array_elements(after -> 'conflicts') x
       where not before -> 'conflicts' @> jsonb_build_array(jsonb_strip_nulls(x))
         and not coalesce((x ->> 'seat')::integer = any (own_seats(before -> 'members')), false))
  end
$$;
comment on function conflicts_are_own is 'Is the member the caller himself, or does what a juror adds name a seat of his?';
