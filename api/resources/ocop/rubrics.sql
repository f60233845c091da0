-- Rubrics. Drafts are for who writes them and for central bodies; what was published is for everybody.

-- name: listOcopRubrics :page
-- sort: -updated_at = r.updated_at desc, r.id desc
-- sort: updated_at = r.updated_at asc, r.id asc
select ocop_rubric_summary_json(r) as body
  from ocop_rubric r
 where (r.status <> 'draft' or r.organisation_id = :organisation_id::uuid or :tier = 'central')
   and r.deleted_at is null
   and (:status::text[] is null or r.status = any (:status::text[]))
   and (:product_set_id::uuid is null or r.product_set_id = :product_set_id::uuid)
   and (:is_sample::boolean is null or r.is_sample = :is_sample::boolean);

-- name: getOcopRubric :one
select r.version, r.deleted_at is not null as gone,
       case when :media::text = 'text/csv' then ocop_rubric_table_json(r) else ocop_rubric_json(r) end as body
  from ocop_rubric r
 where r.id = :rubric_id::uuid and (r.status <> 'draft' or r.organisation_id = :organisation_id::uuid or :tier = 'central');

-- name: createOcopRubric :write getOcopRubric
insert into ocop_rubric (id, organisation_id, product_set_id, edition_no, name_vi, name_en, is_sample, criteria, note)
select :new_id::uuid, :organisation_id::uuid,
       reference('#/product_set_id', b.product_set_id, (select s.id from ocop_product_set s where s.id = b.product_set_id)),
       coalesce(b.edition_no, 1), b.name_vi, b.name_en, coalesce(b.is_sample, false), coalesce(b.criteria, '[]'), b.note
  from jsonb_populate_record(null::ocop_rubric, ocop_rubric_of_sheet(:body::jsonb)) b
returning id, version;

-- name: updateOcopRubric :write getOcopRubric
update ocop_rubric r
   set (edition_no, name_vi, name_en, is_sample, criteria, note) = (
         select b.edition_no, b.name_vi, b.name_en, b.is_sample, b.criteria, b.note from jsonb_populate_record(r, :body::jsonb) b),
       version = next_version(r.version, :if_version::bigint)
  from locked_ocop_rubric(:rubric_id::uuid, :tier, :organisation_id::uuid) l (id)
 where r.id = l.id
returning r.id, r.version;

-- name: deleteOcopRubric :remove getOcopRubric
update ocop_rubric r
   set deleted_at = current_instant(), version = next_version(r.version, :if_version::bigint)
  from locked_ocop_rubric(:rubric_id::uuid, :tier, :organisation_id::uuid) l (id)
 where r.id = l.id
returning r.id, r.version;

-- name: transitionOcopRubric :write getOcopRubricTransition
select t.id, t.version
  from take_transition('ocop_rubric', locked_ocop_rubric(:rubric_id::uuid, :tier, :organisation_id::uuid),
         :new_id::uuid, :body::jsonb, :if_version::bigint) t;

-- name: getOcopRubricTransition :one
select t.record_version as version, r.deleted_at is not null as gone, transition_json(t) as body
  from transition t
  join ocop_rubric r on r.id = t.record_id
 where t.record_type = 'ocop_rubric' and t.id = :transition_id::uuid and r.id = :rubric_id::uuid
   and (r.status <> 'draft' or r.organisation_id = :organisation_id::uuid or :tier = 'central');

-- name: listOcopRubricTransitions :page
-- sort: recorded_at = t.recorded_at asc, t.id asc
-- sort: -recorded_at = t.recorded_at desc, t.id desc
select transition_json(t) as body
  from transition t
 where (select open_ocop_rubric(:rubric_id::uuid, :tier, :organisation_id::uuid)) is not null
   and t.record_type = 'ocop_rubric' and t.record_id = :rubric_id::uuid;
