-- SPDX-License-Identifier: MIT
-- Certificates of both schemes: what they are on a day, how they are issued, what moves them on, the shapes of the answers.

create or replace function certificate_status(c certificate, on_day date default today()) returns text language sql stable as $$
  select case when c.status in ('revoked', 'superseded') then c.status when c.valid_to < on_day then 'expired' else c.status end
$$;
comment on function certificate_status is 'What a certificate is on a day: a decision that ended it goes before the end of its term, and that before a suspension.';

create or replace function certificate_last_day(issued_on date, months integer) returns date language sql stable as $$
  select (issued_on + make_interval(months => months))::date + coalesce(parameter_value('certificate_last_day_shift', issued_on), 0)::integer
$$;
comment on function certificate_last_day is 'The last day of a certificate of so many months; whether the day itself counts is a parameter.';

create or replace function tier_rank(tier text) returns integer language sql immutable parallel safe as $$
  select array_position(array['central', 'region', 'province', 'district', 'commune'], tier)
$$;

-- ---- Issuing ----

-- Of either scheme: the row as far as the caller knows it. What is open is taken from the product (complete_certificate).
create or replace function certificate_issue(c certificate) returns certificate language plpgsql as $$
declare
  kept certificate;
  signature constant jsonb := certificate_signature(c.decision_signature);
begin
  perform refuse_faults(
       fault_if(c.issued_on > today(), '#/issued_on', 'date_in_future')
    || fault_if((c.decision ->> 'issued_on')::date > today(), '#/decision/issued_on', 'date_in_future')
    || fault_if(signature ->> 'checked_at' is not null and (signature ->> 'checked_at')::timestamptz > current_instant(),
         '#/decision_signature/checked_at', 'date_in_future'));
  insert into certificate (id, organisation_id, province_code, codes_on, origin, history_quality, evidence_grade, note, scheme, status,
    certificate_no, tier, stars, product_id, product_name, product_code, product_set_id, product_group_code, establishment_id,
    establishment_name, registration_id, result_id, entry_id, issuer_id, issuer_name, decision, decision_signature, issued_on, valid_to,
    revocation)
  values (coalesce(c.id, uuidv7()), c.organisation_id, c.province_code, c.codes_on, coalesce(c.origin, 'native'),
    coalesce(c.history_quality, 'full'), c.evidence_grade, c.note, c.scheme, coalesce(c.status, 'valid'), c.certificate_no, c.tier,
    c.stars, c.product_id, c.product_name, c.product_code, c.product_set_id, c.product_group_code, c.establishment_id,
    c.establishment_name, c.registration_id, c.result_id, c.entry_id, c.issuer_id, c.issuer_name, c.decision, signature,
    c.issued_on, c.valid_to, c.revocation)
  returning * into kept;
  return kept;
end
$$;
comment on function certificate_issue is 'Keeps a certificate of either scheme. Who may issue it, and what it rests on, is for the caller to have checked.';

create or replace function certificate_signature(said jsonb) returns jsonb language sql immutable as $$
  select case
    when jsonb_typeof(said) = 'object' then jsonb_build_object('signer', said -> 'signer', 'serial', said -> 'serial',
           'checked_at', said -> 'checked_at', 'result', said -> 'result')
  end
$$;

-- A certificate that another system issued: everything is said, nothing is checked here but that it hangs together.
create or replace function mirrored_certificate(b certificate, of_scheme text, provinces text[], own_organisation uuid) returns certificate
language plpgsql stable as $$
declare
  p product;
  e establishment;
  o organisation;
  r ocop_registration;
begin
  select * into p from product where id = b.product_id and deleted_at is null;
  select * into e from establishment where id = coalesce(b.establishment_id, p.establishment_id) and deleted_at is null;
  select * into o from organisation where id = b.issuer_id and deleted_at is null;
  select * into r from ocop_registration x
   where x.id = b.registration_id and x.deleted_at is null
     and (x.province_code = any (provinces) or x.organisation_id = own_organisation);
  perform refuse_faults(
       fault_if(b.product_id is null, '#/product_id', 'required')
    || fault_if(b.product_id is not null and p.id is null, '#/product_id', 'unknown_reference')
    || fault_if(p.id is not null and e.id is null, '#/establishment_id', 'unknown_reference')
    || fault_if(b.issuer_id is not null and o.id is null, '#/issuer_id', 'unknown_reference')
    || fault_if(b.issuer_id is null and b.issuer_name is null, '#/issuer_name', 'required')
    || fault_if(b.registration_id is not null and (r.id is null or r.product_id is distinct from p.id), '#/registration_id', 'unknown_reference')
    || fault_if(b.product_set_id is not null and not exists (select from ocop_product_set s where s.id = b.product_set_id),
         '#/product_set_id', 'unknown_reference')
    || fault_if(b.product_group_code is not null and not exists (select from voting_product_group g where g.code = b.product_group_code),
         '#/product_group_code', 'unknown_reference')
    || fault_if(coalesce(b.tier, o.tier) is null, '#/tier', 'required')
    || fault_if(of_scheme = 'ocop' and b.stars is null, '#/stars', 'required')
    || fault_if(b.decision is null, '#/decision', 'required')
    || fault_if(b.evidence_grade is null, '#/evidence_grade', 'certificate_evidence_required'));
  perform refuse_by_guards(fault_if(r.origin = 'native', '#/registration_id', 'certificate_registration_native'));
  b.scheme := of_scheme;
  b.establishment_id := e.id;
  b.tier := coalesce(b.tier, o.tier);
  b.issuer_name := coalesce(b.issuer_name, o.name);
  b.product_code := coalesce(b.product_code, r.product_code);
  b.product_set_id := coalesce(b.product_set_id, r.product_set_id);
  b.history_quality := coalesce(b.history_quality, 'final_state_only');
  select t.province_code, t.codes_on into b.province_code, b.codes_on
    from ocop_registration_territory(e.id, b.product_code, b.issued_on, provinces) t;
  return b;
end
$$;
comment on function mirrored_certificate is 'The row of a certificate of another system, or 422 with everything that is wrong.';

create or replace function new_certificate(b certificate, of_scheme text, wanted uuid, provinces text[], own_organisation uuid)
returns table (id uuid, version integer) language plpgsql as $$
declare
  is_native constant boolean := of_scheme = 'ocop' and coalesce(b.origin, 'native') = 'native';
  c certificate;
begin
  if is_native then
    c := native_certificate(b, provinces, own_organisation);
  else
    c := mirrored_certificate(b, of_scheme, provinces, own_organisation);
  end if;
  if c.province_code = any (provinces) and is_certificate_office() then
    c.id := wanted;
    c.organisation_id := own_organisation;
    c := certificate_issue(c);
    if is_native then
      perform supersede_certificates(c);
    end if;
    return query select x.id, x.version from certificate x where x.id = c.id;
  end if;
end
$$;
comment on function new_certificate is 'Of a result of OCOP, or mirrored; the act `certify` issues those of the voting. No row: the territory is not the caller''s, or he does not come for an office.';

create or replace function certificate_taken(b certificate, of_scheme text, provinces text[], own_organisation uuid) returns uuid
language sql stable as $$
  select c.id
    from certificate c
   where c.scheme = of_scheme and c.deleted_at is null
     and (c.result_id = b.result_id or c.entry_id = b.entry_id or c.certificate_no = b.certificate_no and c.issued_on = b.issued_on)
     and (c.province_code = any (provinces) or c.organisation_id = own_organisation)
   order by c.result_id is not distinct from b.result_id desc, c.id
   limit 1
$$;
comment on function certificate_taken is 'The certificate that stands in the way of another one, where the caller sees it.';

-- ---- One that runs ----

create or replace function supersede_certificate(former certificate, n certificate) returns void language plpgsql as $$
begin
  update certificate c set status = 'superseded', replaced_by_id = n.id, version = former.version + 1 where c.id = former.id;
  insert into transition (record_type, record_id, record_version, action, from_status, to_status, acted_on, client_id, person_id,
    acting_organisation_id, documents, organisation_id, province_code)
  values ('certificate', former.id, former.version + 1, 'supersede', former.status, 'superseded', n.issued_on,
    claim('app.client_id')::uuid, acting_person(), claim('app.organisation_id')::uuid, jsonb_build_array(n.decision),
    former.organisation_id, former.province_code);
end
$$;

create or replace function certificates_alike(c certificate, n certificate) returns boolean language sql immutable parallel safe as $$
  select c.product_id = n.product_id and c.scheme = n.scheme and (c.scheme = 'ocop' or c.tier = n.tier) and c.id <> n.id
$$;
comment on function certificates_alike is 'Does one take the place of the other? In the voting only on its own tier: those of the tiers stand beside each other.';

-- Certificates are kept one at a time (log_certificate), so of two for one product the later one sees the other.
create or replace function supersede_certificates(n certificate) returns void language plpgsql as $$
declare
  other certificate;
begin
  for other in
    select * from certificate c
     where certificates_alike(c, n) and c.deleted_at is null
       and c.issued_on <= n.issued_on and certificate_status(c, n.issued_on) in ('valid', 'suspended')
     order by c.id
       for no key update
  loop
    perform supersede_certificate(other, n);
  end loop;
  select * into other from certificate c
   where certificates_alike(c, n) and c.deleted_at is null
     and c.issued_on > n.issued_on and c.status in ('valid', 'suspended') and certificate_status(n, c.issued_on) = 'valid'
   order by c.issued_on, c.id
   limit 1;
  if other.id is not null then
    perform supersede_certificate(n, other);
  end if;
end
$$;
comment on function supersede_certificates is 'A product has one certificate that runs, in the voting one of each tier: a new one takes the place of what ran on its day, and gives way to what was issued later; the history says so.';

-- ---- Found and locked under the caller's scope ----

create or replace function open_certificate(wanted uuid, of_scheme text, provinces text[], own_organisation uuid) returns uuid
language plpgsql stable as $$
begin
  return opened(wanted, (
    select c.deleted_at is not null from certificate c
     where c.id = wanted and c.scheme = of_scheme and (c.province_code = any (provinces) or c.organisation_id = own_organisation)));
end
$$;
comment on function open_certificate is 'The id of a certificate that the caller sees and that is not deleted; else 404 or 410.';

create or replace function locked_certificate(wanted uuid, of_scheme text, provinces text[], own_organisation uuid) returns uuid
language plpgsql volatile as $$
begin
  perform from certificate c where c.id = wanted for no key update;
  return open_certificate(wanted, of_scheme, provinces, own_organisation);
end
$$;
comment on function locked_certificate is 'open_certificate(), locked until the end of the transaction.';

-- ---- Acts: guards and effects of db/reference/transition_rules.csv ----

create or replace function guard_certificate_authority(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if(tier_rank(claim('app.tier')) > tier_rank(c.tier), '#/action', 'certificate_lower_authority', jsonb_build_object('tier', c.tier))
    from certificate c where c.id = record_id
$$;
comment on function guard_certificate_authority is 'A certificate is moved on by an authority of its tier or above: districts are gone, and their certificates are the province''s.';

create or replace function guard_certificate_running(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if(certificate_status(c, on_day) = 'expired', '#/action', 'certificate_has_expired', jsonb_build_object('valid_to', c.valid_to))
    from certificate c where c.id = record_id
$$;

create or replace function extended_to(c certificate, act jsonb, on_day date) returns date language sql stable as $$
  select coalesce((act ->> 'valid_to')::date, c.valid_to + parameter_value('certificate_extension_days', on_day)::integer)
$$;

create or replace function guard_certificate_extension(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if(rule.id is null or c.valid_to is null, '#/action', 'certificate_no_extension')
    || fault_if(asked <= c.valid_to or asked > c.valid_to + rule.value::integer, '#/valid_to', 'certificate_extension_range',
         jsonb_build_object('days', rule.value, 'valid_to', c.valid_to))
    || fault_if(exists (select from transition t where t.record_type = 'certificate' and t.record_id = c.id and t.action = 'extend'),
         '#/action', 'certificate_extended_before')
    from certificate c
    left join parameter_on('certificate_extension_days', on_day) rule on true
   cross join extended_to(c, act, on_day) asked
   where c.id = record_id
$$;
comment on function guard_certificate_extension is 'Once, by as many days as the text in force on the day allows.';

create or replace function guard_certificate_ground(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if(not exists (
           select from revocation_ground g
            where g.code = act ->> 'ground_code' and coalesce(g.scheme, c.scheme) = c.scheme
              and on_day >= g.valid_from and (g.valid_to is null or on_day <= g.valid_to)), '#/ground_code', 'certificate_ground_needed')
    from certificate c where c.id = record_id
$$;

create or replace function guard_certificate_successor(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select fault_if(not exists (
           select from certificate n
            where n.id = (act ->> 'replaced_by_id')::uuid and certificates_alike(c, n) and n.deleted_at is null
              and n.status = 'valid' and n.issued_on >= c.issued_on),
           '#/replaced_by_id', 'certificate_successor_needed')
    from certificate c where c.id = record_id
$$;
comment on function guard_certificate_successor is 'A valid certificate of the same product that was not issued before this one; in the voting one of the same tier, since those of the tiers stand beside each other.';

create or replace function effect_certificate_extended(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void
language sql volatile as $$
  update certificate c set valid_to = extended_to(c, act, on_day) where c.id = record_id
$$;

create or replace function effect_certificate_revoked(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void
language sql volatile as $$
  update certificate c
     set revocation = jsonb_build_object('ground_code', act ->> 'ground_code', 'revoked_on', on_day, 'documents', coalesce(act -> 'documents', '[]'))
   where c.id = record_id
$$;

create or replace function effect_certificate_superseded(record_id uuid, transition_id uuid, act jsonb, on_day date) returns void
language sql volatile as $$
  update certificate c set replaced_by_id = (act ->> 'replaced_by_id')::uuid where c.id = record_id
$$;

-- ---- Answers ----

create or replace function revocation_ground_json(g revocation_ground) returns json language sql stable as $$
  select json_build_object('code', g.code, 'scheme', g.scheme, 'label_vi', g.label_vi, 'label_en', g.label_en, 'legal_basis', g.legal_basis,
    'valid_from', g.valid_from, 'valid_to', g.valid_to, 'certainty', g.certainty, 'enforcement', g.enforcement, 'note', g.note)
$$;

create or replace function revocation_json(revocation jsonb) returns json language sql stable as $$
  select json_build_object('ground_code', revocation ->> 'ground_code',
    'label_vi', coalesce(g.label_vi, revocation ->> 'ground_code'), 'label_en', coalesce(g.label_en, revocation ->> 'ground_code'),
    'revoked_on', revocation ->> 'revoked_on', 'documents', documents_json(coalesce(nullif(revocation -> 'documents', 'null'), '[]')))
    from (select) one
    left join revocation_ground g on g.code = revocation ->> 'ground_code'
   where revocation is not null
$$;

create or replace function certificate_issuer_json(c certificate) returns json language plpgsql stable as $$
begin
  return (
    select json_build_object('id', c.issuer_id, 'code', o.code, 'name', c.issuer_name, 'tier', c.tier)
      from (select) one left join organisation o on o.id = c.issuer_id);
end
$$;

create or replace function certificate_set_json(c certificate) returns json language plpgsql stable as $$
begin
  return (
    select json_build_object('id', s.id, 'set_code', s.set_code, 'name_vi', s.name_vi, 'sector', s.sector, 'legal_document_no', s.legal_document_no)
      from ocop_product_set s where s.id = c.product_set_id);
end
$$;

create or replace function certificate_summary_json(c certificate) returns json language sql stable as $$
  select json_build_object('id', c.id, 'version', c.version, 'scheme', c.scheme, 'status', certificate_status(c),
    'certificate_no', c.certificate_no, 'public_no', c.public_no, 'stars', c.stars, 'product_id', c.product_id, 'product_name', c.product_name,
    'product_code', c.product_code, 'product_set', certificate_set_json(c), 'establishment_id', c.establishment_id,
    'establishment_name', c.establishment_name, 'issuer', certificate_issuer_json(c), 'issued_on', c.issued_on, 'valid_to', c.valid_to,
    'origin', c.origin, 'organisation_id', c.organisation_id, 'province_code', c.province_code, 'codes_on', c.codes_on,
    'province', admin_unit_name(c.province_code, c.codes_on), 'current', current_json(c.province_code, c.codes_on),
    'updated_at', instant(c.updated_at))
$$;

create or replace function certificate_warnings(c certificate) returns jsonb language sql stable as $$
  select warning_if(c.origin = 'native' and c.valid_to is not null and p.certainty = 'uncertain', '#/valid_to', 'certificate_last_day_uncertain',
           'Chưa có văn bản nói rõ ngày cuối cùng còn hiệu lực', 'No text says which day is the last of the term')
      || warning_if(c.scheme = 'voting' and c.origin = 'native' and c.valid_to is not null and term.certainty = 'uncertain', '#/valid_to', 'certificate_term_uncertain',
           'Thời hạn của giấy chứng nhận sản phẩm tiêu biểu chưa đối chiếu với văn bản', 'The term of certificates of typical products was not held against its text')
    from (select) one
    left join parameter_on('certificate_last_day_shift', c.issued_on) p on true
    left join voting_certificate_term(c.tier, c.province_code, c.issued_on) term on true
$$;

create or replace function certificate_replaces(of_id uuid) returns json language plpgsql stable as $$
begin
  return (select coalesce(json_agg(f.id order by f.issued_on, f.id), '[]') from certificate f where f.replaced_by_id = of_id and f.deleted_at is null);
end
$$;

create or replace function certificate_json(c certificate) returns json language sql stable as $$
  select json_build_object('id', c.id, 'version', c.version, 'scheme', c.scheme, 'status', certificate_status(c),
    'allowed_actions', allowed_actions('certificate', c.status, claim('app.tier'), acting_roles(), to_jsonb(c)),
    'certificate_no', c.certificate_no, 'public_no', c.public_no, 'tier', c.tier, 'stars', c.stars,
    'product_id', c.product_id, 'product_name', c.product_name, 'product_code', c.product_code, 'product_set', certificate_set_json(c),
    'product_group_code', c.product_group_code, 'establishment_id', c.establishment_id, 'establishment_name', c.establishment_name,
    'registration_id', c.registration_id, 'result_id', c.result_id, 'entry_id', c.entry_id,
    'issuer', certificate_issuer_json(c), 'decision', (documents_json(jsonb_build_array(c.decision)) -> 0),
    'decision_signature', c.decision_signature, 'issued_on', c.issued_on, 'valid_to', c.valid_to, 'replaced_by_id', c.replaced_by_id,
    'replaces_ids', certificate_replaces(c.id),
    'revocation', revocation_json(c.revocation), 'warnings', certificate_warnings(c),
    'organisation_id', c.organisation_id, 'province_code', c.province_code, 'codes_on', c.codes_on,
    'province', admin_unit_name(c.province_code, c.codes_on), 'current', current_json(c.province_code, c.codes_on),
    'evidence_grade', c.evidence_grade, 'origin', c.origin, 'history_quality', c.history_quality, 'note', c.note,
    'created_at', instant(c.created_at), 'created_by', c.created_by, 'updated_at', instant(c.updated_at), 'updated_by', c.updated_by)
$$;

-- ---- For everybody ----

create or replace function public_certificate_json(c certificate) returns json language sql stable as $$
  select json_build_object('public_no', c.public_no, 'scheme', c.scheme, 'status', certificate_status(c),
    'certificate_no', c.certificate_no, 'stars', c.stars, 'tier', c.tier, 'product_name', c.product_name, 'product_code', c.product_code,
    'product_set', (select s.name_vi from ocop_product_set s where s.id = c.product_set_id),
    'product_group', certificate_product_group(c), 'establishment_name', certificate_producer(c),
    'province', admin_unit_name(c.province_code, c.codes_on), 'current', current_json(c.province_code, c.codes_on),
    'issuer', json_build_object('code', (select o.code from organisation o where o.id = c.issuer_id), 'name', c.issuer_name),
    'decision_no', c.decision ->> 'document_no', 'decided_on', c.decision ->> 'issued_on',
    'decision_signature', (select json_build_object('signer', c.decision_signature ->> 'signer', 'serial', c.decision_signature ->> 'serial',
                             'checked_at', c.decision_signature ->> 'checked_at', 'result', c.decision_signature ->> 'result')
                             where c.decision_signature is not null),
    'issued_on', c.issued_on, 'valid_to', c.valid_to,
    'revoked_on', c.revocation ->> 'revoked_on',
    'revocation_ground', (select json_build_object('code', g.code, 'label_vi', g.label_vi, 'label_en', g.label_en)
                            from revocation_ground g where g.code = c.revocation ->> 'ground_code'),
    'replaced_by', (select n.public_no from certificate n where n.id = c.replaced_by_id and n.deleted_at is null),
    'evidence_grade', c.evidence_grade, 'checked_on', today())
$$;
comment on function public_certificate_json is 'Only what stands in the decision; a producer that goes by the name of a person has none here.';

create or replace function certificate_product_group(c certificate) returns text language sql stable as $$
  select coalesce((select g.label_vi from voting_product_group g
                    where g.code = c.product_group_code and c.issued_on >= g.valid_from and (g.valid_to is null or c.issued_on <= g.valid_to)),
           c.product_group_code)
$$;
comment on function certificate_product_group is 'Voting: the group as its text calls it; of days that no text is known for its code.';

create or replace function certificate_kind(c certificate) returns text language sql immutable as $$
  select case c.scheme
    when 'ocop' then 'Sản phẩm OCOP'
    else 'Sản phẩm công nghiệp nông thôn tiêu biểu ' || case c.tier
           when 'central' then 'cấp quốc gia' when 'region' then 'cấp khu vực' when 'province' then 'cấp tỉnh' when 'district' then 'cấp huyện'
         end
  end
$$;
comment on function certificate_kind is 'What is certified, for people: a typical product may have certificates of several tiers.';

create or replace function certificate_source(c certificate) returns text language sql immutable as $$
  select 'Ghi lại từ nơi khác (' || case c.evidence_grade
           when 'signed_decision' then 'theo quyết định đã ký' when 'official_news' then 'theo tin chính thức' when 'proposal' then 'theo tờ trình'
           else 'theo lời khai' end
         || '), không xét ở đây · Recorded from elsewhere ('
         || case c.evidence_grade when 'signed_decision' then 'a signed decision' when 'official_news' then 'official news' when 'proposal' then 'a proposal'
           else 'a statement' end
         || '), not judged here'
   where c.evidence_grade is not null
$$;
comment on function certificate_source is 'For people: a certificate that was not issued here says so beside its stars.';

create or replace function certificate_producer(c certificate) returns text language sql stable as $$
  select case when public_establishment_name(e) is not null then c.establishment_name end from establishment e where e.id = c.establishment_id
$$;

-- ---- Which keys may have signed a certificate: their names are public, their rows are for nobody who calls ----

create or replace function certificate_keys() returns table (kid text, serial_no integer, until timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return query
    select k.kid, k.serial_no, lead(k.not_before) over (order by k.serial_no)
      from public.signing_key k
     where k.purpose = 'certificate';
end
$$;
comment on function certificate_keys is 'The keys of certificates and when the next one began; null: it still signs.';

-- ---- What a QR code says (conventions C-35). Short names, since they are printed ----

create or replace function certificate_end(c certificate) returns bigint language sql stable as $$
  select extract(epoch from (c.valid_to + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh')::bigint
$$;
comment on function certificate_end is 'The first moment after the last day, in seconds.';

create or replace function certificate_claims(c certificate) returns json language sql stable as $$
  select json_strip_nulls(json_build_object(
    'nbf', extract(epoch from c.issued_on::timestamp at time zone 'Asia/Ho_Chi_Minh')::bigint,
    'exp', certificate_end(c),
    'no', c.certificate_no, 'name', c.product_name, 'producer', certificate_producer(c),
    'group', coalesce((select s.name_vi from ocop_product_set s where s.id = c.product_set_id), certificate_product_group(c)),
    'stars', c.stars, 'unit', admin_unit_name(c.province_code, c.codes_on) ->> 'name',
    'decision', concat_ws(', ', c.decision ->> 'document_no', c.decision ->> 'issued_on', c.issuer_name), 'rid', c.public_no))
$$;
comment on function certificate_claims is 'The payload of the signature in a QR code: public members only.';
