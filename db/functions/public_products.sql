-- SPDX-License-Identifier: MIT
-- For the public: what was recognised or voted for, without persons.

-- A household, an artisan or a single producer goes by a person's name; so may one whose form is not known.
create or replace function public_establishment_name(e establishment) returns text language sql immutable as $$
  select case when e.legal_form not in ('household_business', 'artisan', 'individual') then e.name end
$$;

-- ---- OCOP ----

create or replace function certificate_overshadows(c certificate, decided_on date) returns boolean language sql stable as $$
  select certificate_status(c) <> 'valid' and c.deleted_at is null and decided_on <= case certificate_status(c)
           when 'expired' then c.valid_to
           when 'revoked' then (c.revocation ->> 'revoked_on')::date
           when 'superseded' then (select n.issued_on from certificate n where n.id = c.replaced_by_id)
           else 'infinity'
         end
$$;
comment on function certificate_overshadows is 'Does a certificate that does not run take this recognition with it? One that was decided after the certificate had ended is another.';

create or replace function public_recognitions(of_product uuid) returns setof public_recognition language sql stable as $$
  select r.id, r.establishment_id, r.province_code, r.codes_on, r.product_code, r.product_set_id, r.evidence_grade, r.recognition
    from ocop_registration r
   where r.product_id = of_product and r.status = 'recognised' and r.recognition is not null and r.deleted_at is null
     and not exists (select from certificate c where c.registration_id = r.id and c.deleted_at is null)
     and not exists (
       select from certificate c
        where c.product_id = of_product and c.scheme = 'ocop' and certificate_overshadows(c, (r.recognition ->> 'decided_on')::date))
  union all
  select c.id, c.establishment_id, c.province_code, c.codes_on, c.product_code, c.product_set_id, c.evidence_grade,
         jsonb_build_object('stars', c.stars, 'decision_no', coalesce(c.decision ->> 'document_no', c.certificate_no),
           'decided_on', coalesce((c.decision ->> 'issued_on')::date, c.issued_on), 'issuer_name', c.issuer_name, 'valid_to', c.valid_to,
           'public_no', c.public_no)
    from certificate c
   where c.product_id = of_product and c.scheme = 'ocop' and c.status = 'valid' and c.deleted_at is null
$$;
comment on function public_recognitions is 'What everybody may know: certificates that are neither suspended, revoked nor superseded, and registrations of other systems that have none, as long as no certificate of the product takes them with it.';

create or replace function public_recognition_json(recognition jsonb) returns json language sql immutable as $$
  select json_build_object('stars', (recognition ->> 'stars')::integer, 'decision_no', recognition ->> 'decision_no',
    'decided_on', recognition ->> 'decided_on', 'issuer_name', recognition ->> 'issuer_name', 'valid_to', recognition ->> 'valid_to',
    'public_no', recognition ->> 'public_no')
$$;

create or replace function public_ocop_product_summary_json(p product, r public_recognition) returns json language sql stable as $$
  select json_build_object('id', p.id, 'name', p.name, 'brand', p.brand, 'gtin', p.gtin,
    'establishment_name', (select public_establishment_name(e) from establishment e where e.id = r.establishment_id),
    'province_code', r.province_code, 'codes_on', r.codes_on, 'province', admin_unit_name(r.province_code, r.codes_on),
    'current', current_json(r.province_code, r.codes_on), 'product_code', r.product_code,
    'product_set', public_product_set_json(r.product_set_id),
    'recognition', public_recognition_json(r.recognition), 'evidence_grade', r.evidence_grade)
$$;

create or replace function public_product_set_json(set_id uuid) returns json language sql stable as $$
  select json_build_object('set_code', s.set_code, 'name_vi', s.name_vi, 'sector', s.sector, 'legal_document_no', s.legal_document_no)
    from ocop_product_set s where s.id = set_id
$$;

create or replace function public_ocop_product_json(p product, r public_recognition) returns json language sql stable as $$
  select json_build_object('id', p.id, 'name', p.name, 'brand', p.brand, 'gtin', p.gtin, 'packing', p.packing,
    'is_set', p.is_set, 'trace_code', p.trace_code,
    'establishment_name', (select public_establishment_name(e) from establishment e where e.id = r.establishment_id),
    'province_code', r.province_code, 'codes_on', r.codes_on, 'province', admin_unit_name(r.province_code, r.codes_on),
    'current', current_json(r.province_code, r.codes_on), 'product_code', r.product_code,
    'product_set', public_product_set_json(r.product_set_id),
    'recognition', public_recognition_json(r.recognition), 'evidence_grade', r.evidence_grade,
    'recognitions', (
      select json_agg(public_recognition_json(x.recognition) order by x.recognition ->> 'decided_on' desc, x.id desc)
        from public_recognitions(p.id) x))
$$;

-- ---- Voting ----

-- What was voted for in a year stays so when its certificate runs out or a newer one takes its place.
create or replace function public_typical_stands(e voting_entry, d voting_round) returns boolean language sql stable as $$
  select not exists (
    select from certificate c
     where c.product_id = e.product_id and c.scheme = 'voting' and c.status in ('suspended', 'revoked') and c.deleted_at is null
       and (c.entry_id = e.id
            or c.entry_id is null and c.tier = d.tier
               and certificate_overshadows(c, coalesce((e.decision ->> 'issued_on')::date, make_date(d.year, 1, 1)))
               and not exists (select from certificate own where own.entry_id = e.id and own.deleted_at is null)))
$$;
comment on function public_typical_stands is 'Is its certificate neither suspended nor revoked? An entry without one of its own goes by those of the product and tier.';

create or replace function public_typical_product_json(p product, e voting_entry, d voting_round) returns json language sql stable as $$
  select json_build_object('id', p.id, 'name', e.product_name, 'brand', p.brand, 'is_set', p.is_set,
    'establishment_name', (select public_establishment_name(f) from establishment f where f.id = e.establishment_id),
    'product_group_code', e.product_group_code, 'province_code', e.province_code, 'codes_on', e.codes_on,
    'province', admin_unit_name(e.province_code, e.codes_on), 'current', current_json(e.province_code, e.codes_on),
    'tier', d.tier, 'year', d.year, 'region_code', d.region_code, 'decision_no', e.decision ->> 'document_no', 'decided_on', e.decision ->> 'issued_on',
    'public_no', (select c.public_no from certificate c where c.entry_id = e.id and c.deleted_at is null))
$$;
