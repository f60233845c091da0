-- SPDX-License-Identifier: MIT
-- OCOP certificates that are issued here: the result of the council and the procedure it scored under say what stands on them.

create or replace function certificate_said_beside(b certificate) returns jsonb language sql immutable as $$
  select coalesce(jsonb_agg(jsonb_build_object('pointer', '#/' || said.name, 'code', 'certificate_from_result') order by said.name), '[]')
    from jsonb_object_keys(jsonb_strip_nulls(to_jsonb(b))) said (name)
   where said.name in ('stars', 'tier', 'valid_to', 'product_id', 'product_code', 'product_set_id', 'establishment_id', 'registration_id',
                       'evidence_grade', 'history_quality')
$$;
comment on function certificate_said_beside is 'Members that a certificate has of its result: nobody says them beside it.';

create or replace function ocop_recognised_on(of_registration uuid) returns date language sql stable as $$
  select t.acted_on
    from transition t
   where t.record_type = 'ocop_registration' and t.record_id = of_registration and t.action = 'recognise'
   order by t.record_version desc
   limit 1
$$;

-- 1 and 2 stars have no tier in the procedure, and so no certificate.
create or replace function certificate_issuer_faults(b certificate, s ocop_result, p ocop_procedure, issuer organisation) returns jsonb
language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('pointer', wrong.pointer, 'code', wrong.code,
           'params', jsonb_build_object('stars', s.stars, 'total', s.total, 'tier', coalesce(named.tier, '')),
           'legal_basis', p.legal_document_no, 'certainty', p.certainty)), '[]')
    from ocop_certifying_tier(p, s.stars) named (tier)
   cross join lateral (values
           (named.tier is null, '#/result_id', 'certificate_result_stars'),
           (named.tier is distinct from claim('app.tier'), '#/result_id', 'certificate_issuer_tier'),
           (b.issuer_id is not null and named.tier <> issuer.tier, '#/issuer_id', 'certificate_issuer_tier'))
         wrong (is_so, pointer, code)
   where wrong.is_so and (named.tier is not null or wrong.code = 'certificate_result_stars')
$$;
comment on function certificate_issuer_faults is 'The caller, and the issuer where he names another one, stand at the tier that the procedure names for the stars.';

create or replace function native_certificate(b certificate, provinces text[], own_organisation uuid) returns certificate
language plpgsql volatile as $$
declare
  s ocop_result;
  r ocop_registration;
  p ocop_procedure;
  o organisation;
begin
  perform from ocop_registration x where x.id = (select y.registration_id from ocop_result y where y.id = b.result_id) for no key update;
  select * into s from ocop_result x
   where x.id = b.result_id and x.deleted_at is null and (x.province_code = any (provinces) or x.organisation_id = own_organisation);
  select * into r from ocop_registration x where x.id = s.registration_id and x.deleted_at is null;
  select * into p from ocop_procedure x where x.code = r.procedure_code;
  select * into o from organisation x where x.id = coalesce(b.issuer_id, own_organisation) and x.deleted_at is null;
  perform refuse_faults(
       certificate_said_beside(b)
    || fault_if(b.result_id is null, '#/result_id', 'required')
    || fault_if(b.result_id is not null and r.id is null, '#/result_id', 'unknown_reference')
    || fault_if(b.issuer_id is not null and o.id is null, '#/issuer_id', 'unknown_reference')
    || fault_if(r.id is not null and b.decision is null and s.decision is null, '#/decision', 'required')
    || fault_if(b.issued_on < ocop_recognised_on(r.id), '#/issued_on', 'certificate_before_recognition',
         jsonb_build_object('recognised_on', ocop_recognised_on(r.id))));
  perform refuse_by_guards(
       fault_if(s.status <> 'approved', '#/result_id', 'certificate_result_approved')
    || fault_if(r.status <> 'recognised' or s.id is distinct from (ocop_last_result(r.id, r.tier)).id,
         '#/result_id', 'certificate_result_recognised')
    || certificate_issuer_faults(b, s, p, o));
  b.origin := 'native';
  b.history_quality := 'full';
  b.scheme := 'ocop';
  b.tier := ocop_certifying_tier(p, s.stars);
  b.stars := s.stars;
  b.registration_id := r.id;
  b.product_id := r.product_id;
  b.product_name := coalesce(b.product_name, r.product_name);
  b.product_code := r.product_code;
  b.product_set_id := r.product_set_id;
  b.establishment_id := r.establishment_id;
  b.province_code := r.province_code;
  b.codes_on := r.codes_on;
  b.issuer_id := o.id;
  b.issuer_name := coalesce(b.issuer_name, o.name);
  b.decision := coalesce(b.decision, s.decision);
  b.valid_to := certificate_last_day(b.issued_on, p.validity_months);
  return b;
end
$$;
comment on function native_certificate is 'The row of a certificate for an approved result: 422 with what is wrong in the request, 409 with what forbids it. The registration is locked.';

create or replace function guard_ocop_certified(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select case
    when exists (
           select from certificate c where (c.registration_id = $1 or c.result_id = $1) and c.result_id is not null and c.deleted_at is null)
      then fault_if(true, '#/action', 'ocop_certified')
    else fault_if(exists (
           select from ocop_result s
             join ocop_registration r on r.id = s.registration_id
            where s.id = $1 and (r.tier <> s.tier or r.status not in ('scoring', 'scored'))), '#/action', 'ocop_result_acted_on')
  end
$$;
comment on function guard_ocop_certified is 'For correct_guards: a result and a recognition that a certificate rests on stay, and so does a result by which the registration was recognised, declined or forwarded: that is put right first.';
