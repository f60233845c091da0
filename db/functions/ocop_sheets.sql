-- SPDX-License-Identifier: MIT
-- Score sheets of OCOP, and the result that a council's sheets make.

create or replace function ocop_pass(of_registration uuid, of_council uuid) returns integer language sql stable as $$
  select coalesce(max(s.pass_no) filter (where s.deleted_at is null), 0) + 1
    from ocop_result s
    join ocop_council c on c.id = of_council and c.tier = s.tier
   where s.registration_id = of_registration
$$;
comment on function ocop_pass is 'The pass that the council is in: after a result comes the next.';

create or replace function ocop_is_rescore_due(s ocop_result) returns boolean language sql immutable as $$
  select coalesce(s.spread > s.max_spread, false)
$$;

-- A second pass has a reason: totals that lie too far apart, or the act `rescore`, which says why (test results).
create or replace function ocop_pass_opened(r ocop_registration, tier text, pass_no integer) returns boolean language sql stable as $$
  select pass_no = 1 or exists (
    select from ocop_result s
     where s.registration_id = r.id and s.tier = $2 and s.pass_no = $3 - 1 and s.deleted_at is null
       and (ocop_is_rescore_due(s) or exists (
             select from transition t
              where t.record_type = 'ocop_registration' and t.record_id = r.id and t.action = 'rescore' and t.recorded_at >= s.created_at)))
$$;

create or replace function ocop_sheet_faults(s ocop_score_sheet, r ocop_registration, c ocop_council, m ocop_council_member) returns jsonb
language sql stable as $$
  select fault_if(c.kind <> 'council' or c.tier is distinct from r.tier, '#/council_id', 'ocop_sheet_council')
      || fault_if(c.status <> 'active' or day < c.starts_on or day > c.ends_on, '#/council_id', 'ocop_sheet_council_ended')
      || fault_if(m.role not in ('chair', 'vice_chair', 'member') or day > m.ends_on, '#/scorer_id', 'ocop_sheet_no_scorer')
      || fault_if(r.status <> 'scoring', '#/registration_id', 'ocop_sheet_scoring')
      || fault_if(not exists (
           select from ocop_council_assignment a
            where a.council_id = c.id and a.registration_id = r.id and a.deleted_at is null and (a.member_ids = '{}' or m.id = any (a.member_ids))),
           '#/registration_id', 'ocop_sheet_not_assigned')
      || fault_if(ocop_conflict(m.establishment_id, m.conflicts, r.id, r.establishment_id), '#/scorer_id', 'ocop_sheet_conflict')
      || fault_if(s.pass_no <> ocop_pass(r.id, c.id) or not ocop_pass_opened(r, c.tier, s.pass_no), '#/pass_no', 'ocop_sheet_pass',
           jsonb_build_object('pass_no', ocop_pass(r.id, c.id)))
    from (select coalesce((s.paper ->> 'issued_on')::date, today()) as day) sat
$$;
comment on function ocop_sheet_faults is 'What keeps a member from scoring a registration now.';

create or replace function ocop_is_office_of(c ocop_council) returns boolean language sql stable as $$
  select coalesce(claim('app.tier') = c.tier, false) and not is_plain_member() and (acting_person() is null or acting_roles() && '{council_secretary,council_chair}' or exists (
    select from ocop_council_member m
     where m.council_id = c.id and m.user_id = acting_person() and m.role in ('chair', 'secretary') and m.deleted_at is null))
$$;
comment on function ocop_is_office_of is 'Who enters sheets from paper: the secretary or the chair, or the system of their office.';

-- His own sheet is the member's; one from paper is entered by the council's office, at its tier, with the scan.
create or replace function ocop_sheet_hand_faults(s ocop_score_sheet, c ocop_council, m ocop_council_member) returns jsonb language sql stable as $$
  select case
    when m.user_id = acting_person() then '[]'
    else fault_if(not ocop_is_office_of(c), '#/scorer_id', 'ocop_sheet_other_scorer')
      || fault_if(ocop_is_office_of(c) and s.paper ->> 'file_id' is null, '#/paper/file_id', 'ocop_sheet_paper')
  end
$$;

create or replace function ocop_rubric_of(r ocop_registration) returns uuid language sql stable as $$
  select coalesce(r.rubric_id, (
    select b.id from ocop_rubric b where b.product_set_id = r.product_set_id and b.status = 'published' and b.deleted_at is null))
$$;
comment on function ocop_rubric_of is 'That of the submission; before it, the one that holds today.';

create or replace function made_ocop_score_sheet(new_id uuid, body jsonb, provinces text[], own_organisation uuid)
returns table (id uuid, version integer) language plpgsql as $$
declare
  s ocop_score_sheet := jsonb_populate_record(null::ocop_score_sheet, '{"kind": "member", "pass_no": 1, "status": "draft"}' || body);
  r ocop_registration;
  c ocop_council;
  m ocop_council_member;
begin
  perform ocop_registration_named(s.registration_id, provinces, own_organisation);
  select * into r from ocop_registration x where x.id = s.registration_id;
  select * into c from ocop_council x where x.id = s.council_id and x.deleted_at is null
     and voting_seen(x.province_code, x.organisation_id, provinces, own_organisation);
  select * into m from ocop_council_member x where x.id = s.scorer_id and x.council_id = c.id and x.deleted_at is null;
  perform refuse_faults(
       fault_if(s.kind = 'member' and c.id is null, '#/council_id', 'unknown_reference')
    || fault_if(s.kind = 'member' and m.id is null, '#/scorer_id', 'unknown_reference')
    || fault_if(s.kind = 'self' and (s.council_id, s.scorer_id) is distinct from (null, null), '#/kind', 'ocop_score_sheet_kind_scorer')
    || case when s.kind = 'member' then ocop_sheet_hand_faults(s, c, m) else '[]' end);
  if s.kind = 'self' and is_plain_member() then
    return;
  end if;
  perform refuse_by_guards(fault_if(ocop_rubric_of(r) is null, '#/registration_id', 'ocop_sheet_rubric')
    || case when s.kind = 'member' then ocop_sheet_faults(s, r, c, m) else '[]' end);
  return query select p.id, p.version from made_part('ocop_score_sheet', new_id, body || jsonb_build_object('rubric_id', ocop_rubric_of(r),
    'organisation_id', r.organisation_id, 'province_code', r.province_code, 'codes_on', r.codes_on)) p;
end
$$;
comment on function made_ocop_score_sheet is 'A sheet of a member, in his own hand or from paper, or the self-assessment of the producer.';

create or replace function changed_ocop_score_sheet(of_id uuid, body jsonb, wanted_version bigint, person uuid, client uuid)
returns table (id uuid, version integer) language plpgsql as $$
declare
  before ocop_score_sheet;
  after ocop_score_sheet;
  r ocop_registration;
  c ocop_council;
  m ocop_council_member;
begin
  select * into before from ocop_score_sheet x where x.id = of_id for no key update;
  after := jsonb_populate_record(before, body);
  select * into r from ocop_registration x where x.id = before.registration_id;
  select * into c from ocop_council x where x.id = before.council_id;
  select * into m from ocop_council_member x where x.id = before.scorer_id;
  if after.status = 'voided' and before.kind = 'member' and ocop_is_office_of(c) then
    perform refuse_by_guards(fault_if(before.pass_no <> ocop_pass(r.id, c.id), '#/pass_no', 'ocop_sheet_pass',
      jsonb_build_object('pass_no', ocop_pass(r.id, c.id))));
  elsif not ocop_sheet_own(before.entered_by, before.scorer_id, person, client) 
     or (after.status = 'voided' and before.status = 'submitted' and before.kind = 'member') then
    return;
  elsif before.kind = 'member' and before.status = 'draft' then
    perform refuse_faults(ocop_sheet_hand_faults(after, c, m));
    perform refuse_by_guards(ocop_sheet_faults(after, r, c, m));
  end if;
  return query select p.id, p.version from changed_part('ocop_score_sheet', of_id, body, wanted_version) p;
end
$$;
comment on function changed_ocop_score_sheet is 'By who wrote it, or whose it is, while it is a draft; the office voids one that was handed in, while its pass is open. Nobody else: no row.';

-- ---- What eliminates and what keeps from more stars ----

create or replace function ocop_limits(criteria jsonb, sheets jsonb, percent numeric) returns jsonb language sql immutable as $$
  with answer as (
    select e ->> 'code' as code, least(
             case when (o ->> 'is_eliminating')::boolean then 0 end,
             (select min((better ->> 'min_stars')::integer) - 1
                from jsonb_array_elements(e -> 'options') better
               where (better ->> 'points')::numeric > (o ->> 'points')::numeric)) as most
      from jsonb_array_elements(sheets) sheet
     cross join jsonb_array_elements(sheet) a
      join jsonb_array_elements(criteria) e on e ->> 'code' = a ->> 'criterion_code'
     cross join jsonb_array_elements(e -> 'options') o
     where o ->> 'code' = a ->> 'option_code'
  ), bound as (
    select distinct code, most from answer where most is not null
  )
  select coalesce(jsonb_agg(jsonb_build_object('criterion_code', b.code, 'max_stars', b.most, 'sheets_count', n.said,
           'is_applied', n.said * 100 > percent * jsonb_array_length(sheets)) order by b.most, b.code), '[]')
    from bound b
   cross join lateral (select count(*) as said from answer a where a.code = b.code and a.most <= b.most) n
$$;
comment on function ocop_limits is '[{criterion_code, max_stars, sheets_count, is_applied}]: 0 stars by an eliminating option, n - 1 where n stars need a better one; it applies when more than this share of the sheets say so.';

create or replace function ocop_outliers(sheets jsonb, max_spread numeric) returns jsonb language sql immutable as $$
  with sheet as (
    select s ->> 'scorer_id' as scorer_id, (s ->> 'total')::numeric as total from jsonb_array_elements(sheets) s
  ), middle as (
    select percentile_cont(0.5) within group (order by total)::numeric as total from sheet
  )
  select coalesce(jsonb_agg(jsonb_build_object('scorer_id', s.scorer_id, 'total', s.total, 'difference', round(s.total - m.total, 2))
           order by abs(s.total - m.total) desc, s.scorer_id), '[]')
    from sheet s cross join middle m
   where abs(s.total - m.total) > max_spread / 2
$$;
comment on function ocop_outliers is 'Totals further from the middle one than half the spread in force.';

-- ---- The result ----

create or replace function ocop_quorum_faults(scorers_count bigint, sheets_count bigint, is_chair_missing boolean, p ocop_procedure, r ocop_registration)
returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('pointer', '#/council_id', 'code', 'ocop_quorum',
           'params', jsonb_build_object('sheets_count', sheets_count, 'scorers_count', scorers_count, 'percent', f.value, 'member', jsonb_build_object(
             'vi', 'số phiếu tối thiểu, có phiếu của chủ tịch', 'en', 'enough sheets, the chair''s among them')),
           'legal_basis', f.legal_basis, 'certainty', f.certainty, 'enforcement', case when sheets_count = 0 then 'block' else f.enforcement end)), '[]')
    from ocop_figure('ocop_council_quorum_percent', p, r.submitted_on, r.province_code) f
   where sheets_count = 0 or sheets_count * 100 < f.value * scorers_count or is_chair_missing
$$;
comment on function ocop_quorum_faults is 'Enough of those who may score have handed in, and the chair with them unless he has an interest. Without a sheet there is no result at all.';

create or replace function ocop_result_from_sheets(s ocop_result, r ocop_registration, p ocop_procedure) returns ocop_result language plpgsql as $$
declare
  c ocop_council;
  t record;
  spread record;
  faults jsonb;
  exact numeric;
begin
  select * into c from ocop_council x where x.id = s.council_id;
  select count(*) as scorers_count, count(n.sheet_id) as sheets_count, bool_or(n.role = 'chair' and n.sheet_id is null) as is_chair_missing,
         avg(n.part_a) as part_a, avg(n.part_b) as part_b, avg(n.part_c) as part_c, max(n.total) - min(n.total) as spread,
         coalesce(jsonb_agg(jsonb_build_object('scorer_id', n.scorer_id, 'total', n.total)) filter (where n.sheet_id is not null), '[]') as totals,
         coalesce(jsonb_agg(n.answers) filter (where n.sheet_id is not null), '[]') as answers
    into t
    from ocop_counted_sheets(r.id, c.id, s.pass_no) n;
  faults := ocop_council_lacks(c) || ocop_quorum_faults(t.scorers_count, t.sheets_count, coalesce(t.is_chair_missing, false), p, r)
    || fault_if(s.pass_no <> ocop_pass(r.id, c.id), '#/pass_no', 'ocop_sheet_pass', jsonb_build_object('pass_no', ocop_pass(r.id, c.id)));
  perform refuse_by_guards(blocks_of(faults));
  select * into spread from ocop_figure('ocop_council_max_spread', p, r.submitted_on, r.province_code);
  s.part_a := ocop_rounded(p.rounding, t.part_a);
  s.part_b := ocop_rounded(p.rounding, t.part_b);
  s.part_c := ocop_rounded(p.rounding, t.part_c);
  s.total := s.part_a + s.part_b + s.part_c;
  exact := case p.rounding ->> 'stars_from' when 'exact' then t.part_a + t.part_b + t.part_c else s.total end;
  s.limits := ocop_limits((select b.criteria from ocop_rubric b where b.id = r.rubric_id), t.answers,
    coalesce(parameter_value('ocop_council_option_percent', r.submitted_on, null, r.province_code), 0));
  s.stars := least(ocop_stars(p.id, exact), (select min((x ->> 'max_stars')::integer) from jsonb_array_elements(s.limits) x where (x ->> 'is_applied')::boolean));
  s.spread := t.spread;
  s.max_spread := spread.value;
  s.scorers_count := t.scorers_count;
  s.sheets_count := t.sheets_count;
  s.outliers := ocop_outliers(t.totals, spread.value);
  s.warnings := warnings_of(faults);
  s.evidence_grade := null;
  s.origin := 'native';
  s.history_quality := 'full';
  return s;
end
$$;
comment on function ocop_result_from_sheets is 'Averages of the parts, rounded and added; the stars of the band, and never more than the options let it have.';

create or replace function guard_ocop_scored(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if(s.id is null, '#/action', 'ocop_scored')
      || coalesce((
           select jsonb_agg(jsonb_build_object('pointer', '#/action', 'code', 'ocop_spread',
                    'params', jsonb_build_object('spread', s.spread, 'maximum', s.max_spread, 'pass_no', s.pass_no, 'member', jsonb_build_object(
                      'vi', 'chênh lệch giữa các phiếu', 'en', 'the spread of the sheets')),
                    'legal_basis', f.legal_basis, 'certainty', f.certainty, 'enforcement', f.enforcement))
             from ocop_figure('ocop_council_max_spread', p, r.submitted_on, r.province_code) f
            where ocop_is_rescore_due(s)), '[]')
    from ocop_registration r
    left join ocop_procedure p on p.code = r.procedure_code
    left join lateral ocop_last_result(r.id, r.tier) s on true
   where r.id = record_id
$$;
comment on function guard_ocop_scored is 'Scoring ends with a result of this tier whose sheets do not lie too far apart.';

create or replace function ocop_council_named(wanted uuid, provinces text[], own_organisation uuid) returns uuid language sql stable as $$
  select reference('#/council_id', wanted, (
    select c.id from ocop_council c
     where c.id = wanted and c.deleted_at is null and c.kind = 'council' and voting_seen(c.province_code, c.organisation_id, provinces, own_organisation)))
$$;

-- ---- Finding ----

create or replace function ocop_sheet_open(s ocop_score_sheet, person uuid, client uuid) returns boolean language sql stable as $$
  select s.kind = 'self' or ocop_sheet_own(s.entered_by, s.scorer_id, person, client) or ocop_sheets_in(s.registration_id, s.council_id, s.pass_no)
$$;

create or replace function open_ocop_score_sheet(wanted uuid, provinces text[], own_organisation uuid, roles text[], person uuid, client uuid)
returns uuid language sql stable as $$
  select opened(wanted, (
    select r.deleted_at is not null
      from ocop_score_sheet s
      join ocop_registration r on r.id = s.registration_id
     where s.id = wanted and (s.province_code = any (provinces) or s.organisation_id = own_organisation)
       and ocop_member_sees(r.id, r.establishment_id, roles, person) and ocop_sheet_open(s, person, client)))
$$;

create or replace function ocop_sheet_json(s ocop_score_sheet) returns json language sql stable as $$
  select (record_json(to_json(s), 'ocop_score_sheet')::jsonb
    || jsonb_build_object('answers', ocop_answers_json(s.answers), 'submitted_at', instant(s.submitted_at), 'is_paper', s.paper is not null))::json
$$;
