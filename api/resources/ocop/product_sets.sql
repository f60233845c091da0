-- Reference data of OCOP: any token may read it, loaders alone write it.

-- name: listOcopProductSets :page
-- sort: set_code = s.set_code asc
-- sort: -set_code = s.set_code desc
-- sort: name_vi = s.name_vi collate vietnamese asc, s.set_code asc
-- sort: -name_vi = s.name_vi collate vietnamese desc, s.set_code desc
select ocop_product_set_json(s) as body
  from ocop_product_set s
 where (:valid_on::date is null and :legal_basis::text is not null or product_set_in_force(s, coalesce(:valid_on::date, today())))
   and (:legal_basis::text is null or upper(s.legal_document_no) = upper(:legal_basis))
   and (:sector::text is null or s.sector_no = upper(:sector) or fold(s.sector) = fold(:sector));

-- name: getOcopProductSet :one
select ocop_product_set_json(s) as body
  from ocop_product_set s
 where s.id = :product_set_id::uuid;

-- name: listDocumentRequirements :page
-- sort: code = d.code asc, d.id asc
-- sort: -code = d.code desc, d.id desc
select document_requirement_json(d) as body
  from document_requirement d
 where d.valid_from <= coalesce(:valid_on::date, today())
   and (d.valid_to is null or d.valid_to >= coalesce(:valid_on::date, today()))
   and (:record_type::text is null or d.record_type = :record_type)
   and (:stage::text is null or d.stage = :stage)
   and (:record_kind::text is null or d.record_kind is null or d.record_kind = :record_kind)
   and (:activity_code::text[] is null or d.activity_code is null or d.activity_code = any (:activity_code::text[])
        or exists (select from activity a where a.code = any (:activity_code::text[]) and a.parent_code = d.activity_code));

-- name: getDocumentRequirement :one
select d.version, document_requirement_json(d) as body
  from document_requirement d
 where d.id = :document_requirement_id::uuid;

-- name: updateDocumentRequirement :write getDocumentRequirement
select r.id, r.version
  from revise_rule('document_requirement', :document_requirement_id::uuid, :body::jsonb, :if_version::bigint, :organisation_id::uuid) r
 where :tier::text = 'central';

-- name: listOcopProcedures :page
-- sort: valid_from = p.valid_from asc, p.code asc
-- sort: -valid_from = p.valid_from desc, p.code desc
select ocop_procedure_json(p) as body
  from ocop_procedure p
 where (:valid_on::date is null or p.valid_from <= :valid_on::date and (p.valid_to is null or p.valid_to >= :valid_on::date));

-- name: getOcopProcedure :one
select ocop_procedure_json(p) as body
  from ocop_procedure p
 where p.id = :procedure_id::uuid;
