-- SPDX-License-Identifier: MIT
-- OCOP: what each tier found before the scoring, and what the commune adds before it sends a registration on.

create or replace function open_ocop_review(wanted uuid, provinces text[], own_organisation uuid) returns uuid language plpgsql stable as $$
begin
  return opened(wanted, (
    select v.deleted_at is not null or r.deleted_at is not null
      from ocop_review v
      join ocop_registration r on r.id = v.registration_id
     where v.id = wanted and (v.province_code = any (provinces) or v.organisation_id = own_organisation)
       and ocop_member_sees(r.id, r.establishment_id, acting_roles(), acting_person())));
end
$$;
comment on function open_ocop_review is 'The id of a review that the caller sees and that is not deleted; else 404 or 410.';

create or replace function locked_ocop_review(wanted uuid, provinces text[], own_organisation uuid) returns uuid
language plpgsql volatile as $$
begin
  perform from ocop_review v where v.id = wanted for no key update;
  perform open_ocop_review(wanted, provinces, own_organisation);
  perform refuse_other_tier((select v.tier from ocop_review v where v.id = wanted));
  return wanted;
end
$$;
comment on function locked_ocop_review is 'open_ocop_review() for a caller of its tier, locked until the end of the transaction.';

create or replace function ocop_held_by(r ocop_registration, tier text) returns boolean language sql immutable parallel safe as $$
  select coalesce(r.tier = $2 or r.tier = 'district' and $2 = 'province', false)
$$;
comment on function ocop_held_by is 'Does the registration lie with that tier? What was left with a district is taken on by the province.';

-- What createOcopReview asks: the caller reviews for his own tier what lies with it.
create or replace function checked_ocop_review(v ocop_review) returns ocop_review language plpgsql as $$
declare
  r ocop_registration;
begin
  select * into r from ocop_registration where id = v.registration_id;
  v.tier := coalesce(v.tier, claim('app.tier'));
  perform refuse_other_tier(v.tier);
  perform refuse_by_guards(
       fault_if(not ocop_held_by(r, v.tier) or r.status not in ('submitted', 'forwarded', 'reviewing'), '#/registration_id', 'ocop_review_held')
    || fault_if(v.kind = 'commune_report' and v.tier <> 'commune', '#/kind', 'ocop_review_commune'));
  return changed_ocop_review(v);
end
$$;

create or replace function changed_ocop_review(v ocop_review) returns ocop_review language plpgsql as $$
begin
  v.local_criteria := coalesce(v.local_criteria, '{}');
  perform refuse_faults(fault_if(v.visited_on > today(), '#/visited_on', 'date_in_future'));
  return v;
end
$$;
comment on function changed_ocop_review is 'What a new review and a changed one have in common.';

create or replace function ocop_review_missing(v ocop_review, on_day date) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('pointer', wanted.pointer, 'code', 'required',
           'params', jsonb_build_object('member', jsonb_build_object('vi', wanted.label_vi, 'en', wanted.label_en))) order by wanted.place), '[]')
    from (values
      (1, v.result is null, '#/result', 'kết quả kiểm tra', 'the result'),
      (2, v.kind = 'site_visit' and v.visited_on is null, '#/visited_on', 'ngày kiểm tra thực địa', 'the day of the visit'),
      (3, v.kind = 'commune_report' and is_blank(v.local_criteria -> 'material_origin'), '#/local_criteria/material_origin',
       'nguồn gốc sản phẩm, nguyên liệu', 'origin of the product and its material'),
      (4, v.kind = 'commune_report' and is_blank(v.local_criteria -> 'local_labour'), '#/local_criteria/local_labour',
       'sử dụng lao động địa phương', 'local labour'),
      (5, v.kind = 'commune_report' and is_blank(v.local_criteria -> 'idea_origin'), '#/local_criteria/idea_origin',
       'nguồn gốc ý tưởng sản phẩm', 'origin of the idea'),
      (6, v.kind = 'commune_report' and is_blank(v.local_criteria -> 'local_identity'), '#/local_criteria/local_identity',
       'bản sắc, trí tuệ địa phương', 'local identity and knowledge')) wanted (place, is_missing, pointer, label_vi, label_en)
   where wanted.is_missing
$$;
comment on function ocop_review_missing is 'What a review lacks to be signed.';

-- What the rules of the day ask of whoever sends a registration on: in the checklist, among the papers of the act, or signed here.
create or replace function guard_ocop_forwarding_papers(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(ocop_document_missing(c.requirement) order by (c.requirement).position), '[]')
    from ocop_registration r
   cross join lateral ocop_checklist(r, ocop_registration_day(r.submitted_on, r.recognition)) c
   where r.id = record_id and c.in_force and (c.requirement).is_required and (c.requirement).stage = 'forwarding'
     and coalesce(c.entry ->> 'status', 'missing') not in ('provided', 'accepted')
     and not exists (select from jsonb_array_elements(case jsonb_typeof(act -> 'documents') when 'array' then act -> 'documents' else '[]' end) d
                      where d ->> 'kind' = (c.requirement).kind and (c.requirement).kind <> 'other')
     and not exists (select from ocop_review v
                      where v.registration_id = r.id and v.kind = (c.requirement).code and v.status = 'signed' and v.deleted_at is null)
$$;
comment on function guard_ocop_forwarding_papers is 'The commune sends a registration on with its signed report and its letter, where the rules of the day ask for them.';

create or replace function ocop_review_json(v ocop_review) returns json language sql stable as $$
  select json_build_object('id', v.id, 'version', v.version, 'status', v.status, 'stage', stage_of('ocop_review', v.status),
    'allowed_actions', allowed_actions('ocop_review', v.status, claim('app.tier'), acting_roles(), to_jsonb(v)),
    'registration_id', v.registration_id, 'tier', v.tier, 'kind', v.kind, 'visited_on', v.visited_on,
    'local_criteria', json_build_object(
      'material_origin', local_criterion_json(v.local_criteria -> 'material_origin'),
      'local_labour', local_criterion_json(v.local_criteria -> 'local_labour'),
      'idea_origin', local_criterion_json(v.local_criteria -> 'idea_origin'),
      'local_identity', local_criterion_json(v.local_criteria -> 'local_identity')),
    'result', v.result, 'document', document_json(v.document),
    'organisation_id', v.organisation_id, 'province_code', v.province_code, 'origin', v.origin, 'history_quality', v.history_quality,
    'note', v.note, 'created_at', instant(v.created_at), 'created_by', v.created_by,
    'updated_at', instant(v.updated_at), 'updated_by', v.updated_by)
$$;

create or replace function local_criterion_json(said jsonb) returns json language sql immutable as $$
  select json_build_object('is_met', said -> 'is_met', 'finding', said -> 'finding') where jsonb_typeof(said) = 'object'
$$;
