-- SPDX-License-Identifier: MIT
-- OCOP: which procedure holds, how many stars a total gives, what councils found.

-- ---- Procedures ----

create or replace function ocop_procedure_on(day date) returns ocop_procedure language sql stable parallel safe as $$
  select p.* from ocop_procedure p where day >= p.valid_from and (p.valid_to is null or day <= p.valid_to)
$$;
comment on function ocop_procedure_on is 'The procedure of the registrations that are handed in on that day; a row of nulls before the first.';

create or replace function ocop_stars(procedure_id uuid, total numeric) returns integer language sql stable parallel safe as $$
  select (band ->> 'stars')::integer
    from ocop_procedure p
   cross join jsonb_array_elements(p.star_bands) band
   where p.id = procedure_id and total >= (band ->> 'from')::numeric
     and (band ->> 'below' is null or total < (band ->> 'below')::numeric)
$$;
comment on function ocop_stars is 'Stars by the half-open bands of the procedure.';

create or replace function ocop_rounded(rounding jsonb, value numeric) returns numeric language sql immutable parallel safe as $$
  select case rounding ->> 'mode'
    when 'down' then trunc(value, (rounding ->> 'decimals')::integer)
    else round(value, (rounding ->> 'decimals')::integer) -- half up: no points are negative
  end
$$;

create or replace function ocop_certifying_tier(p ocop_procedure, stars integer) returns text language plpgsql immutable as $$
begin
  return (
    select t ->> 'tier' from jsonb_array_elements(p.certifying_tiers) t where (t ->> 'stars')::integer = stars);
end
$$;
comment on function ocop_certifying_tier is 'Who recognises that many stars; null: nobody does.';

create or replace function ocop_next_tier(p ocop_procedure, tier text) returns text language sql immutable as $$
  select (
    select s ->> 'tier'
      from jsonb_array_elements(p.steps) with ordinality later (s, n)
     where n > (select coalesce(max(m), 0) from jsonb_array_elements(p.steps) with ordinality own (o, m) where o ->> 'tier' = $2)
     order by n limit 1)
$$;
comment on function ocop_next_tier is 'Where a registration goes from that tier; the first tier of all from none.';

create or replace function ocop_procedure_json(p ocop_procedure) returns json language sql stable as $$
  select json_build_object('id', p.id, 'code', p.code, 'name_vi', p.name_vi, 'name_en', p.name_en,
    'steps', p.steps, 'star_bands', p.star_bands, 'certifying_tiers', p.certifying_tiers,
    'validity_months', p.validity_months, 'max_spread', p.max_spread, 'quorum_percent', p.quorum_percent,
    'rounding', p.rounding, 'expiring_notice_days', p.expiring_notice_days,
    'legal_basis', json_build_object('document_no', p.legal_document_no, 'article', null), 'amended_by', p.amended_by,
    'valid_from', p.valid_from, 'valid_to', p.valid_to, 'certainty', p.certainty, 'enforcement', p.enforcement, 'note', p.note)
$$;

-- ---- Results ----

create or replace function open_ocop_result(wanted uuid, provinces text[], own_organisation uuid) returns uuid language plpgsql stable as $$
begin
  return opened(wanted, (
    select s.deleted_at is not null or r.deleted_at is not null
      from ocop_result s
      join ocop_registration r on r.id = s.registration_id
     where s.id = wanted and (s.province_code = any (provinces) or s.organisation_id = own_organisation)));
end
$$;
comment on function open_ocop_result is 'The id of a result that the caller sees and that is not deleted; else 404 or 410.';

create or replace function refuse_other_tier(tier text) returns void language plpgsql as $$
begin
  if claim('app.tier') is distinct from tier then
    raise exception using errcode = 'PT403', message = 'outside-territory';
  end if;
end
$$;
comment on function refuse_other_tier is '403 unless the caller''s organisation stands at that tier.';

create or replace function refuse_plain_members() returns void language plpgsql as $$
begin
  if is_plain_member() then
    raise exception using errcode = 'PT403', message = 'outside-territory';
  end if;
end
$$;
comment on function refuse_plain_members is '403 for who comes for a council alone: he hands in his sheet and writes nothing else.';

-- Results are the council's: their tier alone writes them, by its office or its chair. Other tiers of the territory read.
create or replace function locked_ocop_result(wanted uuid, provinces text[], own_organisation uuid) returns uuid
language plpgsql volatile as $$
begin
  perform from ocop_registration r where r.id = (select s.registration_id from ocop_result s where s.id = wanted) for no key update;
  perform from ocop_result s where s.id = wanted for no key update;
  perform open_ocop_result(wanted, provinces, own_organisation);
  perform refuse_other_tier((select s.tier from ocop_result s where s.id = wanted));
  perform refuse_plain_members();
  return wanted;
end
$$;
comment on function locked_ocop_result is 'open_ocop_result() for a caller of its tier, locked with its registration until the end of the transaction.';

-- A registration that a new record names: not seen is not there, deleted is not there either.
create or replace function ocop_registration_named(wanted uuid, provinces text[], own_organisation uuid) returns uuid
language plpgsql volatile as $$
begin
  perform from ocop_registration r where r.id = wanted for no key update;
  return reference('#/registration_id', wanted, (
    select r.id from ocop_registration r
     where r.id = wanted and r.deleted_at is null and (r.province_code = any (provinces) or r.organisation_id = own_organisation)
       and ocop_member_sees(r.id, r.establishment_id, acting_roles(), acting_person())));
end
$$;

create or replace function ocop_part_faults(r ocop_registration, s ocop_result) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('pointer', '#/part_' || part.letter, 'code', 'ocop_result_part_max',
           'params', jsonb_build_object('points', part.points, 'maximum', part.maximum, 'legal_document_no', p.legal_document_no),
           'legal_basis', p.legal_document_no) order by part.letter), '[]')
    from ocop_product_set p
   cross join lateral (values ('a', s.part_a, p.part_a_max), ('b', s.part_b, p.part_b_max), ('c', s.part_c, p.part_c_max))
         part (letter, points, maximum)
   where p.id = r.product_set_id and part.points > part.maximum
$$;
comment on function ocop_part_faults is 'Parts above what the decision of the product set gives them.';

-- What createOcopResult and updateOcopResult share: the parts, their sum, the stars of the band in force. A council's sheets make
-- all of it; else the averages are as the minutes have them.
create or replace function checked_ocop_result(s ocop_result) returns ocop_result language plpgsql as $$
declare
  before ocop_result;
  r ocop_registration;
  p ocop_procedure;
begin
  select * into before from ocop_result where id = s.id;
  select * into r from ocop_registration where id = s.registration_id;
  select * into p from ocop_procedure where code = r.procedure_code;
  s.tier := coalesce(s.tier, (select c.tier from ocop_council c where c.id = s.council_id), r.tier);
  perform refuse_other_tier(s.tier);
  perform refuse_plain_members();
  s.pass_no := coalesce(s.pass_no, 1);
  perform refuse_by_guards(
       fault_if(r.origin <> 'native', '#/registration_id', 'ocop_result_native')
    || fault_if(r.origin = 'native' and (r.status not in ('scoring', 'scored') or r.tier <> s.tier), '#/registration_id', 'ocop_result_scoring')
    || case when before.id is null and s.council_id is null then ocop_typed_result_faults(s, r) else '[]' end);
  perform refuse_faults(ocop_result_parts_faults(s, before));
  if before.council_id is not null then
    return s;
  elsif s.council_id is not null then
    return ocop_result_from_sheets(s, r, p);
  end if;
  s.part_a := ocop_rounded(p.rounding, s.part_a);
  s.part_b := ocop_rounded(p.rounding, s.part_b);
  s.part_c := ocop_rounded(p.rounding, s.part_c);
  perform refuse_faults(ocop_part_faults(r, s));
  s.total := s.part_a + s.part_b + s.part_c;
  s.stars := ocop_stars(p.id, s.total);
  s.evidence_grade := coalesce(s.evidence_grade, 'own_statement');
  s.origin := 'imported';
  s.history_quality := 'partial';
  return s;
end
$$;

create or replace function ocop_typed_result_faults(s ocop_result, r ocop_registration) returns jsonb language sql stable as $$
  select fault_if(not ocop_pass_opened(r, s.tier, s.pass_no), '#/pass_no', 'ocop_result_pass', jsonb_build_object('pass_no', s.pass_no))
      || fault_if(exists (
             select from ocop_result x where x.registration_id = r.id and x.tier = s.tier and x.council_id is not null and x.deleted_at is null)
         or exists (
             select from ocop_council_assignment a
               join ocop_council c on c.id = a.council_id and c.tier = s.tier
              cross join ocop_counted_sheets(r.id, a.council_id, s.pass_no) n
              where a.registration_id = r.id and a.deleted_at is null and n.sheet_id is not null),
           '#/council_id', 'ocop_result_has_sheets')
$$;
comment on function ocop_typed_result_faults is 'Averages from minutes are for councils whose sheets are not here; never beside the sheets, and never for a pass that nothing opened.';

create or replace function ocop_result_parts_faults(s ocop_result, before ocop_result) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(fault order by said.member), '[]')
    from (values ('part_a', s.part_a::text, before.part_a::text, 'phần A', 'part A'), ('part_b', s.part_b::text, before.part_b::text, 'phần B', 'part B'),
                 ('part_c', s.part_c::text, before.part_c::text, 'phần C', 'part C'), ('evidence_grade', s.evidence_grade, before.evidence_grade, '', ''))
         said (member, value, stored, label_vi, label_en)
   cross join jsonb_array_elements(
        fault_if(s.council_id is not null and value is distinct from stored, '#/' || member, 'ocop_result_from_sheets')
     || fault_if(s.council_id is null and value is null and label_vi <> '', '#/' || member, 'required',
          jsonb_build_object('member', jsonb_build_object('vi', label_vi, 'en', label_en)))) fault
$$;
comment on function ocop_result_parts_faults is 'Averages are typed in, or made from the sheets of a council; not both.';

create or replace function document_json(document jsonb) returns json language sql stable as $$
  select case when document is not null then documents_json(jsonb_build_array(document)) -> 0 end
$$;
comment on function document_json is 'A paper as DocumentRef, or null.';

create or replace function ocop_result_json(s ocop_result) returns json language plpgsql stable as $$
begin
  return (
    select json_build_object('id', s.id, 'version', s.version, 'status', s.status, 'stage', stage_of('ocop_result', s.status),
      'allowed_actions', allowed_actions('ocop_result', s.status, claim('app.tier'), acting_roles(), to_jsonb(s)),
      'registration_id', s.registration_id, 'tier', s.tier, 'pass_no', s.pass_no,
      'part_a', s.part_a, 'part_b', s.part_b, 'part_c', s.part_c, 'total', s.total, 'stars', s.stars, 'spread', s.spread,
      'council_id', s.council_id, 'evidence_grade', s.evidence_grade, 'scorers_count', s.scorers_count, 'sheets_count', s.sheets_count,
      'max_spread', s.max_spread, 'is_rescore_due', ocop_is_rescore_due(s), 'outliers', s.outliers, 'limits', s.limits, 'warnings', s.warnings,
      'certifying_tier', ocop_certifying_tier(p, s.stars),
      'minutes', document_json(s.minutes), 'decision', document_json(s.decision),
      'organisation_id', s.organisation_id, 'province_code', s.province_code, 'origin', s.origin, 'history_quality', s.history_quality,
      'note', s.note, 'created_at', instant(s.created_at), 'created_by', s.created_by,
      'updated_at', instant(s.updated_at), 'updated_by', s.updated_by)
      from ocop_registration r
      left join ocop_procedure p on p.code = r.procedure_code
     where r.id = s.registration_id);
end
$$;

create or replace function ocop_result_snapshot(of_id uuid) returns jsonb language sql stable as $$
  select frozen_part(ocop_result_json(s)) from ocop_result s where s.id = of_id
$$;

create or replace function guard_ocop_result_minutes(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if(s.minutes is null, '#/action', 'ocop_result_minutes') from ocop_result s where s.id = record_id
$$;
comment on function guard_ocop_result_minutes is 'A result is approved with the minutes of the meeting.';

-- ---- What the acts on a registration ask of results ----

create or replace function ocop_last_result(of_registration uuid, tier text) returns ocop_result language sql stable as $$
  select s.*
    from ocop_result s
   where s.registration_id = of_registration and s.tier = $2 and s.deleted_at is null
   order by s.pass_no desc
   limit 1
$$;
comment on function ocop_last_result is 'Of the latest pass at that tier; a row of nulls when there is none.';

create or replace function guard_ocop_result_approved(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if((ocop_last_result(r.id, r.tier)).status is distinct from 'approved', '#/action', 'ocop_result_approved')
    from ocop_registration r where r.id = record_id
$$;

-- The tier that the stars ask for; a higher one that lowered the rank may keep the product, which no text read forbids or orders.
create or replace function guard_ocop_recognised_by(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('pointer', '#/action',
           'code', case when wanted.tier is null then 'ocop_recognised_stars' else 'ocop_recognised_by' end,
           'params', jsonb_build_object('stars', s.stars, 'total', s.total, 'tier', coalesce(wanted.tier, ''), 'member', jsonb_build_object(
             'vi', 'cấp công nhận theo số sao', 'en', 'the tier that recognises so many stars')),
           'legal_basis', p.legal_document_no, 'certainty', p.certainty,
           'enforcement', case when wanted.tier is not null and ocop_tier_rank(r.tier) > ocop_tier_rank(wanted.tier) then 'warn'
                               else 'block' end)), '[]')
    from ocop_registration r
    join ocop_procedure p on p.code = r.procedure_code
   cross join lateral ocop_last_result(r.id, r.tier) s
   cross join lateral (select ocop_certifying_tier(p, s.stars) as tier) wanted
   where r.id = record_id and wanted.tier is distinct from r.tier
$$;
comment on function guard_ocop_recognised_by is 'Three stars at least, by the tier of the procedure.';

create or replace function ocop_tier_rank(tier text) returns integer language sql immutable parallel safe as $$
  select array_position(array['commune', 'district', 'province', 'central'], tier)
$$;
