-- SPDX-License-Identifier: MIT
-- Brings the sample rubrics to the database. One that is there stays as it is: registrations may have been handed in under it.

create temp table load_criterion (place integer generated always as identity, set_code text, code text, parent_code text, part text,
  name_vi text, name_en text, max_points numeric, option_code text, label_vi text, label_en text, points numeric, min_stars integer,
  is_eliminating boolean) on commit drop;
\copy load_criterion (set_code, code, parent_code, part, name_vi, name_en, max_points, option_code, label_vi, label_en, points, min_stars, is_eliminating) from 'reference/ocop_rubrics.csv' with (format csv, header true)

with criterion as (
  select c.set_code, min(c.place) as place,
         jsonb_build_object('code', c.code, 'parent_code', c.parent_code, 'part', c.part, 'name_vi', c.name_vi, 'name_en', c.name_en,
           'max_points', c.max_points,
           'options', coalesce(jsonb_agg(jsonb_build_object('code', c.option_code, 'label_vi', c.label_vi, 'label_en', c.label_en,
             'points', c.points, 'min_stars', c.min_stars, 'is_eliminating', c.is_eliminating) order by c.place)
             filter (where c.option_code is not null), '[]')) as body
    from load_criterion c
   group by c.set_code, c.code, c.parent_code, c.part, c.name_vi, c.name_en, c.max_points
), rubric as (
  select c.set_code, jsonb_agg(c.body order by c.place) as criteria from criterion c group by c.set_code
)
insert into ocop_rubric (status, product_set_id, name_vi, name_en, is_sample, criteria, origin, note)
select 'published', s.id, 'MẪU (điểm minh họa, không phải văn bản chính thức): ' || s.name_vi,
       'SAMPLE (points invented, not the official text): ' || s.name_vi || ', ' || s.legal_document_no, true, r.criteria, 'native',
       'Cấu trúc phần, mục theo hệ thống của một tỉnh; điểm từng tiêu chí là minh họa.'
  from rubric r
  join ocop_product_set s on s.set_code = r.set_code
 where not exists (select from ocop_rubric a where a.product_set_id = s.id and a.organisation_id is null);
