-- SPDX-License-Identifier: MIT
-- Voting for typical rural-industry products: one way to make and change its records, entries, and what the acts on them ask.

create or replace function voting_seen(province_code text, organisation_id uuid, provinces text[], own_organisation uuid) returns boolean
language sql immutable parallel safe as $$
  select $1 is null or coalesce($1 = any (provinces) or $2 = own_organisation, false)
$$;
comment on function voting_seen is 'Rounds and texts of regions and of the centre are for all; others for their territory and whoever holds them.';

create or replace function voting_held(province_code text, organisation_id uuid, tier text, provinces text[], own_organisation uuid) returns boolean
language sql immutable parallel safe as $$
  select case when $1 is null then coalesce(tier = 'central', false) else coalesce($1 = any (provinces) or $2 = own_organisation, false) end
$$;
comment on function voting_held is 'Who sees a record may change it, but what is of a region or of the centre is for central bodies alone.';

-- A round or a text, of a province or above all of them; a council, a sheet. No row when it would lie in a foreign province.
create or replace function made_voting_record(of_type text, new_id uuid, body jsonb, tier text, provinces text[], own_organisation uuid, own_province text)
returns table (id uuid, version integer) language plpgsql as $$
declare
  lies_in text;
  day date := today();
begin
  body := body - array(select e.key from jsonb_each(body) e where e.value = 'null');
  perform refuse_faults(voting_references_faults(body, provinces, own_organisation));
  if body ? 'round_id' then
    select d.province_code into lies_in from voting_round d where d.id = (body ->> 'round_id')::uuid;
  elsif body ? 'entry_id' then
    select e.province_code into lies_in from voting_entry e where e.id = (body ->> 'entry_id')::uuid;
  elsif body ->> 'tier' not in ('central', 'region') then
    lies_in := coalesce(body ->> 'province_code', own_province);
    day := province_day(lies_in, day);
    perform refuse_faults(province_faults('#/province_code', lies_in, day));
  end if;
  if not (case when lies_in is null then coalesce(tier = 'central', false) else lies_in = any (provinces) end) then
    return;
  end if;
  return query select m.id, m.version from made_part(of_type, new_id, body - 'province_code' || jsonb_strip_nulls(jsonb_build_object(
    'organisation_id', own_organisation, 'province_code', lies_in, 'codes_on', day))) m;
end
$$;

create or replace function voting_references_faults(body jsonb, provinces text[], own_organisation uuid) returns jsonb language sql stable as $$
  select fault_if(body ? 'round_id' and not exists (
           select from voting_round d where d.id = (body ->> 'round_id')::uuid and d.deleted_at is null
              and voting_seen(d.province_code, d.organisation_id, provinces, own_organisation)), '#/round_id', 'unknown_reference')
      || fault_if(body ->> 'regulation_id' is not null and not exists (
           select from voting_regulation g where g.id = (body ->> 'regulation_id')::uuid and g.deleted_at is null
              and voting_seen(g.province_code, g.organisation_id, provinces, own_organisation)), '#/regulation_id', 'unknown_reference')
      || fault_if(body ? 'council_id' and not exists (
           select from voting_council c where c.id = (body ->> 'council_id')::uuid and c.deleted_at is null
              and voting_seen(c.province_code, c.organisation_id, provinces, own_organisation)), '#/council_id', 'unknown_reference')
      || fault_if(body ? 'entry_id' and not exists (
           select from voting_entry e where e.id = (body ->> 'entry_id')::uuid and e.deleted_at is null
              and voting_seen(e.province_code, e.organisation_id, provinces, own_organisation)), '#/entry_id', 'unknown_reference')
      || coalesce((select jsonb_agg(fault)
                     from jsonb_array_elements(case when jsonb_typeof(body -> 'members') = 'array' then body -> 'members' else '[]' end)
                          with ordinality listed (member, n),
                          jsonb_array_elements(fault_if(member ->> 'user_id' is not null and not exists (
                            select from "user" u where u.id = (member ->> 'user_id')::uuid and u.deleted_at is null),
                            '#/members/' || n - 1 || '/user_id', 'unknown_reference')) fault), '[]')
      || fault_if(body ->> 'region_code' is not null and not exists (select from region r where r.code = body ->> 'region_code'),
           '#/region_code', 'unknown_reference')
$$;

-- A juror declares conflicts of his own (declared_by_himself); all else that a jury is belongs to its office.
create or replace function changed_voting_record(of_type text, of_id uuid, body jsonb, wanted_version bigint, tier text, provinces text[], own_organisation uuid,
  scopes text) returns table (id uuid, version integer) language plpgsql as $$
begin
  if voting_record_held(of_type, of_id, tier, provinces, own_organisation) then
    if of_type = 'voting_council' and not is_plain_member() then
      perform refuse_unless_held('voting:write', scopes);
    end if;
    perform refuse_faults(voting_references_faults(body, provinces, own_organisation));
    return query select c.id, c.version from changed_part(of_type, of_id, body, wanted_version) c;
  end if;
end
$$;

create or replace function voting_record_held(of_type text, of_id uuid, tier text, provinces text[], own_organisation uuid) returns boolean
language plpgsql as $$
declare
  is_held boolean;
begin
  execute format($text$
    select r.deleted_at is null and voting_held(r.province_code, r.organisation_id, $2, $3, $4)
      from %I r where r.id = $1 for no key update$text$, of_type)
    into is_held using of_id, tier, provinces, own_organisation;
  return coalesce(is_held, false);
end
$$;

create or replace function voting_record_open(of_type text, record jsonb) returns boolean language sql stable as $$
  select of_type <> 'voting_score_sheet' or sheet_open((record ->> 'council_id')::uuid, (record ->> 'entry_id')::uuid, (record ->> 'seat')::integer)
$$;
comment on function voting_record_open is 'Besides its territory: a sheet may still be closed to a juror.';

create or replace function open_voting_entry(of_id uuid, provinces text[], own_organisation uuid) returns uuid language plpgsql stable as $$
begin
  return opened(of_id, (select e.deleted_at is not null from voting_entry e
                                where e.id = of_id and voting_seen(e.province_code, e.organisation_id, provinces, own_organisation)));
end
$$;

-- Entries of a round are selected one after the other: the quota counts under the lock of the round. No other act waits for it.
create or replace function locked_voting_entry(of_id uuid, act jsonb, provinces text[], own_organisation uuid) returns uuid language plpgsql as $$
begin
  perform open_voting_entry(of_id, provinces, own_organisation);
  if act ->> 'action' = 'select' then
    perform pg_advisory_xact_lock(hashtextextended('voting_round ' || e.round_id, 0)) from voting_entry e where e.id = of_id;
  end if;
  perform from voting_entry e where e.id = of_id for no key update;
  return of_id;
end
$$;

-- ---- Entries ----

create or replace function voting_lower_tier(tier text) returns text language sql immutable parallel safe as $$
  select case tier when 'central' then 'region' when 'region' then 'province' end
$$;
comment on function voting_lower_tier is 'Whose certificate lets a product in; null: nobody''s.';

create or replace function made_voting_entry(new_id uuid, body jsonb, provinces text[], own_organisation uuid)
returns table (id uuid, version integer) language plpgsql as $$
declare
  p product;
  d voting_round;
  outcome constant jsonb := case when jsonb_typeof(body -> 'outcome') = 'object' then body -> 'outcome' end;
begin
  body := body - 'outcome' - array(select e.key from jsonb_each(body) e where e.value = 'null');
  select * into p from product x where x.id = (body ->> 'product_id')::uuid and x.deleted_at is null;
  select * into d from voting_round x where x.id = (body ->> 'round_id')::uuid and x.deleted_at is null
     and voting_seen(x.province_code, x.organisation_id, provinces, own_organisation);
  perform refuse_faults(fault_if(p.id is null, '#/product_id', 'unknown_reference') || fault_if(d.id is null, '#/round_id', 'unknown_reference')
    || voting_entry_faults(body, p, provinces, own_organisation)
    || fault_if(d.province_code <> p.province_code and province_on(d.province_code, d.codes_on, today()) is distinct from
         province_on(p.province_code, p.codes_on, today()), '#/round_id', 'voting_entry_other_province')
    || fault_if((outcome is not null) and coalesce(body ->> 'origin', 'native') = 'native', '#/outcome', 'voting_entry_outcome_origin')
    || fault_if(coalesce(body ->> 'origin', 'native') <> 'native' and body ->> 'evidence_grade' is null, '#/evidence_grade', 'voting_entry_evidence_required'));
  if p.province_code <> all (provinces) then
    return;
  end if;
  return query select m.id, m.version from made_part('voting_entry', new_id, jsonb_build_object('establishment_id', p.establishment_id) || body
    || coalesce(jsonb_strip_nulls(outcome), '{}')
    || jsonb_build_object('organisation_id', own_organisation, 'province_code', p.province_code, 'codes_on', p.codes_on)) m;
end
$$;

create or replace function voting_entry_faults(body jsonb, p product, provinces text[], own_organisation uuid) returns jsonb language sql stable as $$
  select fault_if(body ->> 'product_group_code' is not null and not exists (
           select from voting_product_group g where g.code = body ->> 'product_group_code'), '#/product_group_code', 'unknown_reference')
      || fault_if(body ->> 'previous_certificate_id' is not null and not exists (
           select from certificate c where c.id = (body ->> 'previous_certificate_id')::uuid and c.scheme = 'voting' and c.product_id = p.id
              and c.deleted_at is null and voting_seen(c.province_code, c.organisation_id, provinces, own_organisation)),
           '#/previous_certificate_id', 'unknown_reference')
$$;

create or replace function changed_voting_entry(of_id uuid, body jsonb, wanted_version bigint, provinces text[], own_organisation uuid)
returns table (id uuid, version integer) language plpgsql as $$
declare
  stored voting_entry;
begin
  select * into stored from voting_entry e where e.id = of_id and e.deleted_at is null
     and voting_seen(e.province_code, e.organisation_id, provinces, own_organisation) for no key update;
  if stored.id is null then
    return;
  end if;
  if stored.status not in ('draft', 'submitted') and stored.origin = 'native' and body - 'note' <> '{}' then
    perform refuse_by_guards(jsonb_build_array(jsonb_build_object('pointer', '#/status', 'code', 'voting_entry_pinned')));
  end if;
  perform refuse_faults(voting_entry_faults(body, (select p from product p where p.id = stored.product_id), provinces, own_organisation));
  return query select c.id, c.version from changed_part('voting_entry', of_id, body, wanted_version) c;
end
$$;

create or replace function voting_entry_json(e voting_entry) returns json language plpgsql stable as $$
begin
  return (
    select (record_json(to_json(e), 'voting_entry')::jsonb || jsonb_build_object(
      'is_set', (select p.is_set from product p where p.id = e.product_id),
      'certificate_id', (select c.id from certificate c where c.entry_id = e.id and c.deleted_at is null),
      'papers', voting_papers(e, coalesce((select d.opens_on from voting_round d where d.id = e.round_id), e.created_at::date))))::json);
end
$$;

create or replace function voting_papers(e voting_entry, day date) returns jsonb language plpgsql stable as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('requirement_code', d.code, 'label_vi', d.label_vi, 'label_en', d.label_en, 'is_required', d.is_required,
             'status', coalesce(said.entry ->> 'status', 'missing')) order by d.position), '[]')
      from document_requirement d
      left join lateral (select c as entry from jsonb_array_elements(e.checklist) c where c ->> 'requirement_code' = d.code limit 1) said on true
     where d.record_type = 'voting_entry' and day >= d.valid_from and (d.valid_to is null or day <= d.valid_to));
end
$$;
comment on function voting_papers is 'The conditions a product meets and the papers that show it, as of a day, and what the entry says of each.';

create or replace function voting_entry_missing(e voting_entry, on_day date) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('pointer', '#/checklist', 'code', 'voting_paper_missing',
           'params', jsonb_build_object('member', jsonb_build_object('vi', d.label_vi, 'en', d.label_en)),
           'legal_basis', d.legal_document_no, 'certainty', d.certainty, 'enforcement', d.enforcement) order by d.position), '[]')
    from document_requirement d
   where d.record_type = 'voting_entry' and d.is_required and on_day >= d.valid_from and (d.valid_to is null or on_day <= d.valid_to)
     and not exists (select from jsonb_array_elements(e.checklist) c
                      where c ->> 'requirement_code' = d.code and c ->> 'status' in ('provided', 'accepted'))
$$;

-- ---- What the acts ask ----

create or replace function guard_voting_round_open(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if(d.status <> 'open', '#/action', 'voting_round_open', jsonb_build_object('round_status', d.status))
    from voting_entry e join voting_round d on d.id = e.round_id where e.id = record_id
$$;

create or replace function guard_voting_round_held(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if(not voting_held(d.province_code, d.organisation_id, claim('app.tier'), string_to_array(claim('app.provinces'), ','),
           claim('app.organisation_id')::uuid), '#/action', 'voting_round_held', jsonb_build_object('tier', d.tier))
    from voting_entry e join voting_round d on d.id = e.round_id where e.id = record_id
$$;
comment on function guard_voting_round_held is 'A round is judged by who holds it: a province enters its products in that of the region, and has no say there.';

create or replace function guard_voting_lower_certificate(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if(voting_lower_tier(d.tier) is not null and not coalesce(
           certificate_status(c, on_day) = 'valid' and c.deleted_at is null and c.tier = voting_lower_tier(d.tier), false),
           '#/previous_certificate_id', 'voting_lower_certificate', jsonb_build_object('tier', voting_lower_tier(d.tier)))
    from voting_entry e
    join voting_round d on d.id = e.round_id
    left join certificate c on c.id = e.previous_certificate_id
   where e.id = record_id
$$;

create or replace function voting_sheets(of_entry uuid) returns table (seats_count bigint, sheets_count bigint, average numeric) language sql stable as $$
  select (select count(*) from voting_council c, jsonb_array_elements(c.members) m
           where c.round_id = e.round_id and c.kind = 'jury' and c.status = 'active' and c.deleted_at is null
             and not voting_conflict(c.conflicts, (m ->> 'seat')::integer, e.establishment_id)),
         count(s.id), round(avg(s.total), 2)
    from voting_entry e
    left join voting_score_sheet s on s.entry_id = e.id and s.status = 'submitted' and s.deleted_at is null
     and not exists (select from voting_council c where c.id = s.council_id and voting_conflict(c.conflicts, s.seat, e.establishment_id))
   where e.id = of_entry
   group by e.id
$$;
comment on function voting_sheets is 'Jurors who score the entry, sheets handed in, their average. Who has a conflict of interest is not among them, nor is a sheet that he handed in before he declared it.';

create or replace function guard_voting_sheets_in(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if(s.seats_count = 0 or s.sheets_count < s.seats_count, '#/action', 'voting_sheets_in',
           jsonb_build_object('seats_count', s.seats_count, 'sheets_count', s.sheets_count))
    from voting_sheets(record_id) s
$$;

create or replace function effect_voting_score(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void language sql as $$
  update voting_entry e set score = s.average from voting_sheets(record_id) s where e.id = record_id
$$;

create or replace function undo_voting_score(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void language sql as $$
  update voting_entry e set score = null where e.id = record_id
$$;

create or replace function guard_voting_min_score(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if(not case g.score_operator when 'gte' then e.score >= g.min_score else e.score > g.min_score end, '#/action', 'voting_min_score',
           jsonb_build_object('score', e.score, 'min_score', g.min_score,
             'operator', case g.score_operator when 'gte' then '{"vi": "từ", "en": "at least"}'::jsonb else '{"vi": "trên", "en": "more than"}' end))
    from voting_entry e join voting_round d on d.id = e.round_id join voting_regulation g on g.id = d.regulation_id
   where e.id = record_id
$$;

-- With the owner's eyes: the round is one for all who take part, whoever of them the caller sees; and no wall is asked for each of them.
create or replace function voting_field(of_entry uuid) returns table (ahead_count bigint, rank bigint) language sql stable
security definer set search_path = pg_catalog, public, pg_temp as $$
  select count(*) filter (where other.status in ('selected', 'certified') or other.status = 'judged' and other.score > e.score),
         1 + count(*) filter (where other.score > e.score)
    from public.voting_entry e
    left join public.voting_entry other on other.round_id = e.round_id and other.id <> e.id and other.deleted_at is null
   where e.id = of_entry
$$;
comment on function voting_field is 'Those whom the quota takes before an entry: selected already, or judged with more points; and its place by points.';

-- The quota takes the best: no more than it says, and nobody before one whose score is higher.
create or replace function guard_voting_quota(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if(f.ahead_count >= d.quota, '#/action', 'voting_quota', jsonb_build_object('quota', d.quota, 'ahead_count', f.ahead_count))
    from voting_entry e join voting_round d on d.id = e.round_id cross join voting_field(e.id) f
   where e.id = record_id
$$;

create or replace function effect_voting_rank(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void language sql as $$
  update voting_entry e set rank = f.rank from voting_field(record_id) f where e.id = record_id
$$;

create or replace function undo_voting_rank(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void language sql as $$
  update voting_entry e set rank = null where e.id = record_id
$$;

create or replace function guard_voting_decision_named(record_id uuid, act jsonb, on_day date) returns jsonb language sql immutable as $$
  select fault_if(not exists (select from jsonb_array_elements(act -> 'documents') x where x ->> 'kind' = 'decision' and x ->> 'document_no' is not null),
           '#/documents', 'voting_decision_named')
$$;

-- Provinces set terms of their own; regions and the centre go by the general row.
create or replace function voting_certificate_term(tier text, province_code text, on_day date) returns parameter language sql stable as $$
  select parameter_on('voting_certificate_months', on_day, null, case when tier in ('province', 'district') then province_code end)
$$;
comment on function voting_certificate_term is 'The row that says for how many months a certificate of typical products holds; null: no text sets a term.';

-- Prize, decision and certificate; the row of the regulation that the rank falls into says how much. A paper of kind `certificate`
-- among the documents gives the number as printed; else it is the code of the entry. The term is a parameter; without one there is none.
create or replace function effect_voting_certified(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void language plpgsql as $$
declare
  paper constant jsonb := (select x from jsonb_array_elements(act -> 'documents') x where x ->> 'kind' = 'decision' limit 1);
  e voting_entry;
  d voting_round;
  c certificate;
begin
  update voting_entry r
     set decision = jsonb_build_object('document_no', paper ->> 'document_no', 'issued_on', coalesce(paper ->> 'issued_on', on_day::text),
           'issuer_name', paper ->> 'issuer_name'),
         prize_vnd = (
           select (z ->> 'amount_vnd')::bigint
             from voting_round x join voting_regulation g on g.id = x.regulation_id cross join jsonb_array_elements(g.prizes) z
            where x.id = r.round_id and r.rank >= (z ->> 'from_rank')::integer and r.rank <= coalesce((z ->> 'to_rank')::integer, 1000000) limit 1)
   where r.id = record_id
  returning * into e;
  select * into d from voting_round x where x.id = e.round_id;
  c.organisation_id := coalesce(claim('app.organisation_id')::uuid, e.organisation_id);
  c.province_code := e.province_code;
  c.codes_on := e.codes_on;
  c.scheme := 'voting';
  c.tier := d.tier;
  c.certificate_no := coalesce((select x ->> 'document_no' from jsonb_array_elements(act -> 'documents') x where x ->> 'kind' = 'certificate' limit 1), e.code);
  c.product_id := e.product_id;
  c.product_name := e.product_name;
  c.product_group_code := e.product_group_code;
  c.establishment_id := e.establishment_id;
  c.entry_id := e.id;
  c.issuer_id := case when paper ->> 'issuer_name' is null then d.organisation_id end;
  c.issuer_name := coalesce(paper ->> 'issuer_name', (select o.name from organisation o where o.id = d.organisation_id));
  c.decision := paper;
  c.issued_on := on_day;
  c.valid_to := certificate_last_day(on_day, (voting_certificate_term(d.tier, e.province_code, on_day)).value::integer);
  perform supersede_certificates(certificate_issue(c));
end
$$;

create or replace function voting_round_above(of_entry uuid) returns uuid language sql stable as $$
  select up.id
    from voting_entry e
    join voting_round d on d.id = e.round_id
    join voting_round up on voting_lower_tier(up.tier) = d.tier and up.status = 'open' and up.deleted_at is null
   where e.id = of_entry
     and (up.region_code is null or project_region(e.province_code, e.codes_on, '[]', null) = up.region_code)
   order by up.year desc, up.id desc
   limit 1
$$;
comment on function voting_round_above is 'The open round of the next tier, of the region for a product of a province.';

create or replace function guard_voting_round_above(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if(r.above is null, '#/action', 'voting_round_above')
      || fault_if(exists (select from voting_entry n where n.round_id = r.above and n.product_id = e.product_id and n.deleted_at is null and n.status <> 'withdrawn'),
           '#/action', 'voting_nominated_already')
    from voting_entry e cross join lateral (select voting_round_above(e.id) as above) r where e.id = record_id
$$;

create or replace function effect_voting_nominated(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void language sql as $$
  insert into voting_entry (round_id, product_id, establishment_id, product_group_code, previous_certificate_id, checklist, organisation_id, province_code, codes_on)
  select voting_round_above(e.id), e.product_id, e.establishment_id, e.product_group_code, c.id, e.checklist, e.organisation_id, e.province_code, e.codes_on
    from voting_entry e
    left join certificate c on c.entry_id = e.id and c.deleted_at is null
   where e.id = record_id
$$;
