-- SPDX-License-Identifier: MIT
-- OCOP: rubrics, and whether their points add up.

create or replace function ocop_criteria(criteria jsonb)
returns table (n integer, code text, parent_code text, part text, max_points numeric, options jsonb) language sql immutable as $$
  select (at - 1)::integer, e ->> 'code', nullif(e ->> 'parent_code', ''), e ->> 'part', (e ->> 'max_points')::numeric, e -> 'options'
    from jsonb_array_elements(criteria) with ordinality listed (e, at)
$$;

create or replace function ocop_rubric_fault(pointer text, code text, params jsonb default '{}') returns jsonb language sql immutable as $$
  select jsonb_build_object('pointer', pointer, 'code', code, 'params', params)
$$;

-- Everything at once: names, places, sums of children, best options, parts, the hundred.
create or replace function ocop_rubric_faults(criteria jsonb, s ocop_product_set) returns jsonb language sql stable as $$
  with c as (
    select * from ocop_criteria(criteria)
  ), summed as (
    select c.*, (select sum(child.max_points) from c child where child.parent_code = c.code) as children,
           (select max((o ->> 'points')::numeric) from jsonb_array_elements(c.options) o) as best,
           (select count(*) - count(distinct o ->> 'code') from jsonb_array_elements(c.options) o) as repeated
      from c
  ), part as (
    select wanted.part, wanted.maximum, coalesce(sum(c.max_points), 0) as points
      from (values ('A', s.part_a_max), ('B', s.part_b_max), ('C', s.part_c_max)) wanted (part, maximum)
      left join c on c.part = wanted.part and c.parent_code is null
     group by wanted.part, wanted.maximum
  ), fault (n, body) as (
    select n, ocop_rubric_fault('#/criteria/' || n || '/code', 'ocop_rubric_code_twice', jsonb_build_object('value', code))
      from c where exists (select from c other where other.code = c.code and other.n < c.n)
    union all
    select n, ocop_rubric_fault('#/criteria/' || n || '/parent_code', 'ocop_rubric_parent', jsonb_build_object('value', parent_code))
      from c where parent_code is not null
               and not exists (select from c above where above.code = c.parent_code and above.part = c.part and above.n < c.n)
    union all
    select n, ocop_rubric_fault('#/criteria/' || n || '/max_points', 'ocop_rubric_children_sum',
             jsonb_build_object('value', code, 'points', children, 'maximum', max_points))
      from summed where children <> max_points
    union all
    select n, ocop_rubric_fault('#/criteria/' || n || '/options', 'ocop_rubric_best_option',
             jsonb_build_object('value', code, 'points', coalesce(best, 0), 'maximum', max_points))
      from summed where children is null and best is distinct from max_points
    union all
    select n, ocop_rubric_fault('#/criteria/' || n || '/options', 'ocop_rubric_options_of_leaf', jsonb_build_object('value', code))
      from summed where children is not null and jsonb_array_length(options) > 0
    union all
    select n, ocop_rubric_fault('#/criteria/' || n || '/options', 'ocop_rubric_option_twice', jsonb_build_object('value', code))
      from summed where repeated > 0
    union all
    select 10000, ocop_rubric_fault('#/criteria', 'ocop_rubric_part_sum',
             jsonb_build_object('value', part, 'points', points, 'maximum', maximum, 'legal_document_no', s.legal_document_no))
      from part where points <> maximum
    union all
    select 10001, ocop_rubric_fault('#/criteria', 'ocop_rubric_hundred', jsonb_build_object('points', sum(points)))
      from part having sum(points) <> 100
  )
  select coalesce(jsonb_agg(body order by n, body ->> 'code', body ->> 'pointer', body::text), '[]') from fault
$$;
comment on function ocop_rubric_faults is 'What keeps a rubric from being published; [] when nothing does.';

create or replace function guard_ocop_rubric_whole(record_id uuid, act jsonb, on_day date) returns jsonb language sql stable as $$
  select ocop_rubric_faults(r.criteria, s)
    from ocop_rubric r
    join ocop_product_set s on s.id = r.product_set_id
   where r.id = record_id
$$;
comment on function guard_ocop_rubric_whole is 'A rubric is published when all its points add up.';

create or replace function ocop_rubric_readable(r ocop_rubric, tier text, own_organisation uuid) returns boolean language sql stable as $$
  select coalesce(r.status <> 'draft' or r.organisation_id = own_organisation or tier = 'central', false)
$$;
comment on function ocop_rubric_readable is 'Drafts are for who wrote them and for central bodies, the others for everybody.';

create or replace function open_ocop_rubric(wanted uuid, tier text, own_organisation uuid) returns uuid language plpgsql stable as $$
begin
  return opened(wanted, (
    select r.deleted_at is not null from ocop_rubric r where r.id = wanted and ocop_rubric_readable(r, tier, own_organisation)));
end
$$;
comment on function open_ocop_rubric is 'The id of a rubric that the caller sees and that is not deleted; else 404 or 410.';

create or replace function locked_ocop_rubric(wanted uuid, tier text, own_organisation uuid) returns uuid language plpgsql volatile as $$
begin
  perform from ocop_rubric r where r.id = wanted for no key update;
  perform open_ocop_rubric(wanted, tier, own_organisation);
  if tier <> 'central' and (select r.organisation_id is distinct from own_organisation from ocop_rubric r where r.id = wanted) then
    raise exception using errcode = 'PT403', message = 'outside-territory';
  end if;
  return wanted;
end
$$;
comment on function locked_ocop_rubric is 'open_ocop_rubric() for who wrote it or a central body, locked until the end of the transaction.';

create or replace function ocop_rubric_summary_json(r ocop_rubric) returns json language sql stable as $$
  select json_build_object('id', r.id, 'version', r.version, 'status', r.status, 'stage', stage_of('ocop_rubric', r.status),
    'product_set_id', r.product_set_id, 'edition_no', r.edition_no, 'name_vi', r.name_vi, 'name_en', r.name_en, 'is_sample', r.is_sample,
    'criteria_count', (select count(*) from ocop_criteria(r.criteria) c where jsonb_array_length(c.options) > 0),
    'organisation_id', r.organisation_id, 'updated_at', instant(r.updated_at))
$$;

create or replace function ocop_criteria_json(criteria jsonb) returns json language sql immutable as $$
  select coalesce(json_agg(json_build_object('code', e ->> 'code', 'parent_code', e ->> 'parent_code', 'part', e ->> 'part',
           'name_vi', e ->> 'name_vi', 'name_en', e ->> 'name_en', 'max_points', e -> 'max_points',
           'options', (select coalesce(json_agg(json_build_object('code', o ->> 'code', 'label_vi', o ->> 'label_vi',
                         'label_en', o ->> 'label_en', 'points', o -> 'points', 'min_stars', (o ->> 'min_stars')::integer,
                         'is_eliminating', coalesce((o ->> 'is_eliminating')::boolean, false)) order by m), '[]')
                         from jsonb_array_elements(e -> 'options') with ordinality answer (o, m))) order by n), '[]')
    from jsonb_array_elements(criteria) with ordinality listed (e, n)
$$;

create or replace function ocop_rubric_json(r ocop_rubric) returns json language sql stable as $$
  select json_build_object('id', r.id, 'version', r.version, 'status', r.status, 'stage', stage_of('ocop_rubric', r.status),
    'allowed_actions', allowed_actions('ocop_rubric', r.status, claim('app.tier'), acting_roles(), to_jsonb(r)),
    'product_set_id', r.product_set_id, 'edition_no', r.edition_no, 'name_vi', r.name_vi, 'name_en', r.name_en, 'is_sample', r.is_sample,
    'criteria', ocop_criteria_json(r.criteria), 'faults_count', (
      select jsonb_array_length(ocop_rubric_faults(r.criteria, s)) from ocop_product_set s where s.id = r.product_set_id),
    'organisation_id', r.organisation_id, 'origin', r.origin, 'history_quality', r.history_quality, 'note', r.note,
    'created_at', instant(r.created_at), 'created_by', r.created_by, 'updated_at', instant(r.updated_at), 'updated_by', r.updated_by)
$$;

create or replace function ocop_rubric_snapshot(of_id uuid) returns jsonb language sql stable as $$
  select frozen_part(ocop_rubric_json(r)) from ocop_rubric r where r.id = of_id
$$;
