-- SPDX-License-Identifier: MIT
-- OCOP: product codes, registrations, the shapes of the answers.

-- ---- Warnings: what is odd and yet accepted ----

create or replace function warning_if(is_odd boolean, pointer text, code text, label_vi text, label_en text) returns jsonb
language sql immutable parallel safe as $$
  select case
    when is_odd then jsonb_build_array(
           jsonb_build_object('pointer', pointer, 'code', code, 'label_vi', label_vi, 'label_en', label_en))
    else '[]'
  end
$$;
comment on function warning_if is 'A list of one warning, or of none; lists are joined by ||.';

create or replace function is_foreign_gtin(gtin text) returns boolean language sql immutable parallel safe as $$
  select case length(gtin)
    when 8 then left(gtin, 3)
    when 13 then left(gtin, 3)
    when 14 then substr(gtin, 2, 3) -- the first digit counts packages
    else '0'                        -- GTIN-12 is American
  end <> '893'
$$;
comment on function is_foreign_gtin is 'The prefix is not 893, that of Viet Nam.';

create or replace function product_warnings(p product) returns jsonb language sql stable as $$
  select warning_if(is_foreign_gtin(p.gtin), '#/gtin', 'gtin_foreign_prefix', 'Mã vạch không mang đầu số 893 của Việt Nam',
    'The barcode has another prefix than 893 of Viet Nam')
$$;

-- ---- Products ----

create or replace function product_summary_json(p product) returns json language sql stable as $$
  select json_build_object('id', p.id, 'code', p.code, 'version', p.version, 'name', p.name, 'brand', p.brand,
    'establishment_id', p.establishment_id, 'gtin', p.gtin, 'is_set', p.is_set,
    'organisation_id', p.organisation_id, 'province_code', p.province_code, 'codes_on', p.codes_on,
    'province', admin_unit_name(p.province_code, p.codes_on), 'current', current_json(p.province_code, p.codes_on),
    'updated_at', instant(p.updated_at))
$$;

create or replace function product_json(p product) returns json language sql stable as $$
  select json_build_object('id', p.id, 'code', p.code, 'version', p.version, 'name', p.name, 'brand', p.brand,
    'establishment_id', p.establishment_id, 'gtin', p.gtin, 'trace_code', p.trace_code, 'is_set', p.is_set,
    'packing', p.packing, 'price_vnd', p.price_vnd, 'measure_unit', p.measure_unit, 'yearly_output', p.yearly_output,
    'ip_rights', ip_rights_json(p.ip_rights), 'story', p.story,
    'organisation_id', p.organisation_id, 'province_code', p.province_code, 'codes_on', p.codes_on,
    'province', admin_unit_name(p.province_code, p.codes_on), 'current', current_json(p.province_code, p.codes_on),
    'warnings', product_warnings(p), 'external_refs', external_refs_json('product', p.id),
    'origin', p.origin, 'history_quality', p.history_quality, 'note', p.note,
    'created_at', instant(p.created_at), 'created_by', p.created_by,
    'updated_at', instant(p.updated_at), 'updated_by', p.updated_by)
$$;

create or replace function ip_rights_json(ip_rights jsonb) returns json language sql immutable as $$
  select coalesce(json_agg(json_build_object('kind', e ->> 'kind', 'document_no', e ->> 'document_no',
           'issued_on', e ->> 'issued_on', 'valid_to', e ->> 'valid_to') order by n), '[]')
    from jsonb_array_elements(ip_rights) with ordinality listed (e, n)
$$;

-- ---- Product sets, papers, rounds ----

create or replace function ocop_product_set_json(s ocop_product_set) returns json language sql stable as $$
  select json_build_object('id', s.id, 'set_code', s.set_code, 'set_no', s.set_no, 'name_vi', s.name_vi,
    'sector_no', s.sector_no, 'sector', s.sector, 'group', s."group", 'managing_agency', s.managing_agency,
    'is_sample_required', s.is_sample_required,
    'part_a_max', s.part_a_max, 'part_b_max', s.part_b_max, 'part_c_max', s.part_c_max,
    'legal_basis', json_build_object('document_no', s.legal_document_no, 'article', null), 'amended_by', s.amended_by,
    'valid_from', s.valid_from, 'valid_to', s.valid_to, 'certainty', s.certainty, 'dates_certainty', s.dates_certainty,
    'enforcement', s.enforcement, 'note', s.note)
$$;

create or replace function document_requirement_json(d document_requirement) returns jsonb language sql stable as $$
  select jsonb_build_object('id', d.id, 'record_type', d.record_type, 'code', d.code, 'stage', d.stage, 'kind', d.kind,
    'label_vi', d.label_vi, 'label_en', d.label_en, 'is_required', d.is_required, 'needs_sample', d.needs_sample,
    'legal_basis', jsonb_build_object('document_no', d.legal_document_no, 'article', d.legal_article),
    'valid_from', d.valid_from, 'valid_to', d.valid_to, 'certainty', d.certainty, 'enforcement', d.enforcement, 'note', d.note,
    'activity_code', d.activity_code, 'record_kind', d.record_kind)
    || rule_json('document_requirement', to_jsonb(d))
$$;

create or replace function ocop_round_json(d ocop_round) returns json language sql stable as $$
  select json_build_object('id', d.id, 'version', d.version, 'status', d.status, 'tier', d.tier, 'year', d.year,
    'round_no', d.round_no, 'opens_on', d.opens_on, 'closes_on', d.closes_on,
    'organisation_id', d.organisation_id, 'province_code', d.province_code, 'codes_on', d.codes_on,
    'province', admin_unit_name(d.province_code, d.codes_on), 'current', current_json(d.province_code, d.codes_on),
    'origin', d.origin, 'history_quality', d.history_quality, 'note', d.note,
    'created_at', instant(d.created_at), 'created_by', d.created_by,
    'updated_at', instant(d.updated_at), 'updated_by', d.updated_by)
$$;

create or replace function ocop_round_writable(d ocop_round, tier text, provinces text[], own_organisation uuid) returns boolean
language sql stable as $$
  select case
    when d.tier = 'central' then $2 = 'central'
    else coalesce(d.province_code = any (provinces) or d.organisation_id = own_organisation, false)
  end
$$;
comment on function ocop_round_writable is 'Rounds of the centre: central bodies; others: their territory and the organisation that holds them.';

-- What createOcopRound and updateOcopRound share. `before` is the stored row, or a row of nulls.
create or replace function checked_ocop_round(d ocop_round, before ocop_round, own_province text) returns ocop_round
language plpgsql as $$
begin
  d.status := coalesce(d.status, 'planned');
  if d.tier = 'central' then
    if d.province_code is not distinct from before.province_code then
      d.province_code := null; -- it became one of the centre, and nobody asked to keep the territory
    end if;
    d.codes_on := coalesce(d.codes_on, today());
    return d;
  end if;
  d.province_code := coalesce(d.province_code, own_province);
  if d.codes_on is null or d.province_code is distinct from before.province_code then
    d.codes_on := province_day(d.province_code, coalesce(d.opens_on, today()));
  end if;
  perform refuse_faults(province_faults('#/province_code', d.province_code, d.codes_on));
  return d;
end
$$;

-- ---- Product codes ----

create or replace function product_code_parts(code text) returns jsonb language sql immutable strict parallel safe as $$
  select jsonb_build_object('province_code', m[1], 'district_code', m[3], 'commune_code', m[4], 'sequence_no', m[5]::integer,
           'year', m[6]::integer)
    from regexp_match(code, '^([0-9]{1,2})(-([0-9]{1,3}))?-([0-9]{1,5})-([0-9]{1,9})-([1-9][0-9]{3})$') m
   where m is not null
$$;
comment on function product_code_parts is 'province-district-commune-sequence-year, since 7/2025 without the district; null when the code has another form.';

create or replace function product_code_period(parts jsonb) returns daterange language sql stable parallel safe as $$
  select common.days
    from admin_unit c
    join admin_unit p on p.tier = 'province' and p.code = parts ->> 'province_code'
    left join admin_unit d on d.tier = 'district' and d.code = parts ->> 'district_code'
   cross join lateral (
     select daterange(c.assumed_from, c.valid_to, '[]') * daterange(p.assumed_from, p.valid_to, '[]')
          * daterange(d.assumed_from, d.valid_to, '[]') -- without a district: all days
          * daterange(make_date((parts ->> 'year')::integer, 1, 1), make_date((parts ->> 'year')::integer, 12, 31), '[]') as days) common
   where c.tier = 'commune' and c.code = parts ->> 'commune_code'
     and c.parent_code = coalesce(d.code, p.code) and (d.parent_code = p.code or parts ->> 'district_code' is null)
     and not isempty(common.days)
   order by upper(common.days) desc
   limit 1
$$;
comment on function product_code_period is 'The days of its year on which the parts are official codes of units that lie in each other; null: none.';

-- ---- Registrations ----

-- What createOcopRegistration, updateOcopRegistration and putOcopRegistrationByRef share: defaults, references under the
-- caller's scope, territory. `before` is the stored row, or a row of nulls.
create or replace function checked_ocop_registration(r ocop_registration, before ocop_registration, provinces text[],
  own_organisation uuid) returns ocop_registration language plpgsql as $$
declare
  p product;
  e establishment;
begin
  r.origin := coalesce(r.origin, before.origin, 'native');
  r.status := case when r.recognition is not null then 'recognised' else coalesce(before.status, 'draft') end;
  r.history_quality := coalesce(r.history_quality, before.history_quality,
    case when r.recognition is null then 'full' else 'final_state_only' end);
  r.checklist := ocop_checklist_completed(r.checklist);
  select * into p from product where id = r.product_id and (deleted_at is null or id = before.product_id);
  r.establishment_id := coalesce(r.establishment_id, p.establishment_id);
  select * into e from establishment where id = r.establishment_id and (deleted_at is null or id = before.establishment_id);
  perform refuse_faults(
       fault_if(p.id is null, '#/product_id', 'unknown_reference')
    || fault_if(p.id is not null and e.id is null, '#/establishment_id', 'unknown_reference')
    || fault_if(r.round_id is distinct from before.round_id and not ocop_round_visible(r.round_id, provinces, own_organisation),
         '#/round_id', 'unknown_reference')
    || fault_if(r.product_set_id is not null and not exists (select from ocop_product_set s where s.id = r.product_set_id),
         '#/product_set_id', 'unknown_reference')
    || fault_if(r.submitted_on > today(), '#/submitted_on', 'date_in_future')
    || fault_if(r.origin <> before.origin, '#/origin', 'ocop_registration_origin_stays')
    || fault_if(r.recognition is not null and r.origin = 'native', '#/recognition', 'ocop_registration_recognition_origin')
    || fault_if(r.recognition is not null and r.evidence_grade is null, '#/evidence_grade', 'ocop_registration_evidence_required')
    || fault_if((r.recognition ->> 'decided_on')::date > today(), '#/recognition/decided_on', 'date_in_future')
    || ocop_checklist_faults(r.checklist));
  -- Before anything says that the product has a dossier already. What another system found long ago stays with its tier.
  if r.product_id is distinct from before.product_id and r.recognition is null
     and p.province_code <> all (provinces) and p.organisation_id is distinct from own_organisation then
    raise exception using errcode = 'PT403', message = 'outside-territory';
  end if;
  -- An establishment that moves on later leaves its dossiers where they were.
  if (r.establishment_id, r.product_code, r.submitted_on, r.recognition ->> 'decided_on') is distinct from
     (before.establishment_id, before.product_code, before.submitted_on, before.recognition ->> 'decided_on') then
    select t.province_code, t.codes_on into r.province_code, r.codes_on
      from ocop_registration_territory(r.establishment_id, r.product_code, ocop_registration_day(r.submitted_on, r.recognition), provinces) t;
  else
    r.province_code := before.province_code;
    r.codes_on := before.codes_on;
  end if;
  return r;
end
$$;

create or replace function ocop_round_visible(wanted uuid, provinces text[], own_organisation uuid) returns boolean
language sql stable as $$
  select wanted is null or exists (
    select from ocop_round d
     where d.id = wanted and d.deleted_at is null
       and (d.province_code is null or d.province_code = any (provinces) or d.organisation_id = own_organisation))
$$;
comment on function ocop_round_visible is 'May this caller name the round? Null names none.';

-- Two reasons for 409 `taken`: another registration of the product is open. (The one of the product code names no record.)
create or replace function open_registration(of_product uuid, other_than uuid, provinces text[], own_organisation uuid) returns uuid
language sql stable as $$
  select r.id
    from ocop_registration r
   where r.product_id = of_product and r.id is distinct from other_than and r.deleted_at is null
     and r.status not in ('recognised', 'not_recognised', 'withdrawn')
     and (r.province_code = any (provinces) or r.organisation_id = own_organisation)
$$;
comment on function open_registration is 'The registration of the product that is still open, where the caller may see it.';

create or replace function open_ocop_registration(wanted uuid, provinces text[], own_organisation uuid) returns uuid
language plpgsql stable as $$
begin
  return opened(wanted, (
    select r.deleted_at is not null from ocop_registration r
     where r.id = wanted and (r.province_code = any (provinces) or r.organisation_id = own_organisation)
       and ocop_member_sees(r.id, r.establishment_id, acting_roles(), acting_person())));
end
$$;
comment on function open_ocop_registration is 'The id of a registration that the caller sees and that is not deleted; else 404 or 410.';

create or replace function locked_ocop_registration(wanted uuid, provinces text[], own_organisation uuid) returns uuid
language plpgsql volatile as $$
begin
  perform from ocop_registration r where r.id = wanted for no key update;
  return open_ocop_registration(wanted, provinces, own_organisation);
end
$$;
comment on function locked_ocop_registration is 'open_ocop_registration(), locked until the end of the transaction.';

-- A draft that was typed in from paper is handed in on the day of the paper, whichever of the two the caller names.
create or replace function transition_ocop_registration(of_id uuid, transition_id uuid, act jsonb, wanted_version bigint)
returns table (id uuid, version integer) language plpgsql as $$
declare
  paper_day constant date := (
    select coalesce((act ->> 'acted_on')::date, r.submitted_on) from ocop_registration r
     where r.id = of_id and r.status = 'draft' and act ->> 'action' = 'submit');
begin
  if paper_day is not null then
    act := act || jsonb_build_object('acted_on', paper_day);
    perform set_config('app.submitted_on', paper_day::text, true); -- read by complete_ocop_registration()
  end if;
  return query select t.id, t.version from take_transition('ocop_registration', of_id, transition_id, act, wanted_version) t;
end
$$;

-- ---- Answers ----

create or replace function ocop_registration_summary_json(r ocop_registration) returns json language sql stable as $$
  select json_build_object('id', r.id, 'code', r.code, 'version', r.version, 'status', r.status,
    'stage', stage_of('ocop_registration', r.status),
    'product_id', r.product_id, 'product_name', r.product_name, 'establishment_id', r.establishment_id, 'kind', r.kind,
    'round_id', r.round_id, 'product_set_id', r.product_set_id, 'submitted_on', r.submitted_on, 'tier', r.tier,
    'product_code', r.product_code, 'stars', coalesce(r.stars, (r.recognition ->> 'stars')::integer), 'origin', r.origin,
    'organisation_id', r.organisation_id, 'province_code', r.province_code, 'codes_on', r.codes_on,
    'province', admin_unit_name(r.province_code, r.codes_on), 'current', current_json(r.province_code, r.codes_on),
    'updated_at', instant(r.updated_at))
$$;

create or replace function recognition_json(recognition jsonb) returns json language sql immutable as $$
  select json_build_object('stars', (recognition ->> 'stars')::integer, 'decision_no', recognition ->> 'decision_no',
    'decided_on', recognition ->> 'decided_on', 'issuer_name', recognition ->> 'issuer_name', 'valid_to', recognition ->> 'valid_to')
   where recognition is not null
$$;

create or replace function ocop_registration_json(r ocop_registration) returns json language sql stable as $$
  select json_build_object('id', r.id, 'code', r.code, 'version', r.version, 'status', r.status,
    'stage', stage_of('ocop_registration', r.status),
    'allowed_actions', allowed_actions('ocop_registration', r.status, claim('app.tier'), acting_roles(), to_jsonb(r)),
    'product_id', r.product_id, 'product_name', r.product_name, 'establishment_id', r.establishment_id, 'kind', r.kind,
    'round_id', r.round_id, 'product_set_id', r.product_set_id, 'decided_under', r.decided_under,
    'submitted_on', r.submitted_on, 'tier', r.tier,
    'procedure_id', (select p.id from ocop_procedure p where p.code = r.procedure_code),
    'rubric_id', r.rubric_id, 'stars', coalesce(r.stars, (r.recognition ->> 'stars')::integer),
    'product_code', r.product_code, 'product_code_parts', product_code_parts(r.product_code),
    'checklist', ocop_checklist_json(r), 'clock', ocop_registration_clock(r), 'recognition', recognition_json(r.recognition),
    'organisation_id', r.organisation_id, 'province_code', r.province_code, 'codes_on', r.codes_on,
    'province', admin_unit_name(r.province_code, r.codes_on), 'current', current_json(r.province_code, r.codes_on),
    'warnings', ocop_registration_warnings(r), 'evidence_grade', r.evidence_grade,
    'external_refs', external_refs_json('ocop_registration', r.id),
    'origin', r.origin, 'history_quality', r.history_quality, 'note', r.note,
    'created_at', instant(r.created_at), 'created_by', r.created_by,
    'updated_at', instant(r.updated_at), 'updated_by', r.updated_by)
$$;
