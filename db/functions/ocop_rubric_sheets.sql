-- SPDX-License-Identifier: MIT
-- Rubrics as tables: facts of the rubric in the first row, below it each criterion, and its options below that.

create or replace function ocop_rubric_columns() returns table (n integer, key text, label_vi text, label_en text, owner text, is_needed boolean)
language sql immutable parallel safe as $$
  values (1, 'set_code', 'Mã bộ sản phẩm', 'Product set', 'rubric', true),
         (2, 'rubric_name_vi', 'Tên bộ tiêu chí', 'Name of the rubric', 'rubric', true),
         (3, 'rubric_name_en', 'Tên bộ tiêu chí (tiếng Anh)', 'Name of the rubric in English', 'rubric', false),
         (4, 'edition_no', 'Lần ban hành', 'Edition', 'rubric', false),
         (5, 'is_sample', 'Bộ mẫu', 'Sample', 'rubric', false),
         (6, 'note', 'Ghi chú', 'Note', 'rubric', false),
         (7, 'part', 'Phần', 'Part', 'criterion', true),
         (8, 'code', 'Mã tiêu chí', 'Criterion', 'criterion', true),
         (9, 'parent_code', 'Thuộc mục', 'Belongs to', 'criterion', false),
         (10, 'name_vi', 'Tên tiêu chí', 'Name of the criterion', 'criterion', true),
         (11, 'name_en', 'Tên tiêu chí (tiếng Anh)', 'Name of the criterion in English', 'criterion', false),
         (12, 'max_points', 'Điểm tối đa', 'Maximum', 'criterion', true),
         (13, 'option_code', 'Mã mức', 'Option', 'option', true),
         (14, 'label_vi', 'Mô tả mức', 'Text of the option', 'option', true),
         (15, 'label_en', 'Mô tả mức (tiếng Anh)', 'Text of the option in English', 'option', false),
         (16, 'points', 'Điểm', 'Points', 'option', true),
         (17, 'min_stars', 'Cần cho hạng', 'Stars that need it', 'option', false),
         (18, 'is_eliminating', 'Bị loại', 'Eliminates', 'option', false)
$$;
comment on function ocop_rubric_columns is 'Members of OcopRubricRow in their order, with their titles as headings; owner: whose they are, is_needed: in each row that has any of its owner.';

create or replace function ocop_rubric_table_rows(r ocop_rubric) returns table (c bigint, o bigint, members jsonb) language sql stable as $$
  select 0, 0, jsonb_build_object('set_code', (select s.set_code from ocop_product_set s where s.id = r.product_set_id), 'rubric_name_vi', r.name_vi,
           'rubric_name_en', r.name_en, 'edition_no', r.edition_no, 'is_sample', case when r.is_sample then 'Có' end, 'note', r.note)
  union all
  select n, 0, e - 'options' from jsonb_array_elements(r.criteria) with ordinality listed (e, n)
  union all
  select n, m, (o - 'code') || jsonb_build_object('option_code', o -> 'code', 'is_eliminating', case when (o ->> 'is_eliminating')::boolean then 'Có' end)
    from jsonb_array_elements(r.criteria) with ordinality listed (e, n)
   cross join jsonb_array_elements(e -> 'options') with ordinality answer (o, m)
$$;

-- In the shape of a report, which other media are made from; its first column is the label of the rows.
create or replace function ocop_rubric_table_json(r ocop_rubric) returns json language sql stable as $$
  select json_build_object('report', 'ocop-rubric', 'title', r.name_vi,
    'row_label', (select k.label_vi from ocop_rubric_columns() k where k.n = 1),
    'columns', (select json_agg(json_build_object('key', k.key, 'label_vi', k.label_vi, 'label_en', k.label_en, 'is_text', true) order by k.n)
                  from ocop_rubric_columns() k where k.n > 1),
    'rows', (select json_agg(json_build_object('label', coalesce(t.members ->> 'set_code', ''), 'kind', 'record', 'values', t.members) order by t.c, t.o)
               from ocop_rubric_table_rows(r) t))
$$;
comment on function ocop_rubric_table_json is 'A rubric as the table that ocop_rubric_of_sheet() takes.';

-- Rows with the number of the criterion and of the option in it that each belongs to, and whether it has anything of one.
create or replace function ocop_rubric_rows(rows jsonb)
returns table (n bigint, members jsonb, owners text[], criterion bigint, option bigint) language sql stable as $$
  with row as (
    select at - 1 as n, jsonb_strip_nulls(e) as members, array(select distinct k.owner from ocop_rubric_columns() k where e ->> k.key is not null) as owners
      from jsonb_array_elements(rows) with ordinality listed (e, at)
  ), counted as (
    select row.*, count(*) filter (where 'criterion' = any (row.owners)) over (order by row.n) as criterion from row
  )
  select c.n, c.members, c.owners, c.criterion, count(*) filter (where 'option' = any (c.owners)) over (partition by c.criterion order by c.n) from counted c
$$;

create or replace function ocop_rubric_sheet_faults(rows jsonb, ignored_columns jsonb) returns jsonb language sql stable as $$
  with row as (
    select * from ocop_rubric_rows(rows)
  ), fault (n, pointer, code, params) as (
    select -1, '#/ignored_columns/' || at - 1, 'ocop_rubric_column', jsonb_build_object('found', heading)
      from jsonb_array_elements_text(ignored_columns) with ordinality listed (heading, at)
    union all
    select row.n, '#/rows/' || row.n || '/' || k.key, 'required', null
      from row
      join ocop_rubric_columns() k on k.is_needed and (k.owner = any (row.owners) or (k.owner = 'rubric' and row.n = 0))
     where not row.members ? k.key and (row.n = 0 or k.owner <> 'rubric')
    union all
    select row.n, '#/rows/' || row.n || '/' || k.key, 'ocop_rubric_facts_first', null
      from row
      join ocop_rubric_columns() k on k.owner = 'rubric' and row.members ? k.key
     where row.n > 0
    union all
    select row.n, '#/rows/' || row.n || '/set_code', 'ocop_rubric_set_unknown', jsonb_build_object('found', row.members -> 'set_code')
      from row
     where row.n = 0 and row.members ? 'set_code' and not exists (select from ocop_product_set s where s.set_code = row.members ->> 'set_code')
    union all
    select row.n, '#/rows/' || row.n || '/option_code', 'ocop_rubric_option_alone', null from row where 'option' = any (row.owners) and row.criterion = 0
    union all
    select row.n, '#/rows/' || row.n || '/option_code', 'maxItems', '{"limit": 20}' from row where 'option' = any (row.owners) and row.option = 21
    union all
    select row.n, '#/rows/' || row.n || '/code', 'maxItems', '{"limit": 200}' from row where 'criterion' = any (row.owners) and row.criterion = 201
  )
  select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('pointer', pointer, 'code', code, 'params', params)) order by n, pointer, code), '[]') from fault
$$;
comment on function ocop_rubric_sheet_faults is 'What is wrong with the rows of a sheet beyond what each cell may hold; whether the points add up is asked when it is published.';

create or replace function sheet_number(words text) returns numeric language sql immutable parallel safe as $$
  select trim_scale(replace(words, ',', '.')::numeric)
$$;

create or replace function sheet_yes(words text) returns boolean language sql immutable parallel safe as $$
  select lower(words) = 'có'
$$;

create or replace function ocop_rubric_of_sheet(given jsonb) returns jsonb language plpgsql stable as $$
begin
  if not given ? 'rows' then
    return given;
  end if;
  perform refuse_faults(ocop_rubric_sheet_faults(given -> 'rows', coalesce(given -> 'ignored_columns', '[]')));
  return (
    with row as (
      select n, members as m, owners, criterion from ocop_rubric_rows(given -> 'rows')
    ), option as (
      select criterion, jsonb_agg(jsonb_strip_nulls(jsonb_build_object('code', m -> 'option_code', 'label_vi', m -> 'label_vi', 'label_en', m -> 'label_en',
               'points', sheet_number(m ->> 'points'), 'min_stars', (m ->> 'min_stars')::integer,
               'is_eliminating', coalesce(sheet_yes(m ->> 'is_eliminating'), false))) order by n) as options
        from row where 'option' = any (owners) group by criterion
    )
    select jsonb_build_object('product_set_id', s.id, 'name_vi', f.m -> 'rubric_name_vi', 'name_en', f.m -> 'rubric_name_en',
             'edition_no', (f.m ->> 'edition_no')::integer, 'is_sample', sheet_yes(f.m ->> 'is_sample'), 'note', f.m -> 'note', 'criteria', (
               select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('code', row.m -> 'code', 'parent_code', row.m -> 'parent_code', 'part', row.m -> 'part',
                        'name_vi', row.m -> 'name_vi', 'name_en', row.m -> 'name_en', 'max_points', sheet_number(row.m ->> 'max_points'),
                        'options', coalesce(option.options, '[]'))) order by row.n), '[]')
                 from row
                 left join option using (criterion)
                where 'criterion' = any (row.owners)))
      from row f
      join ocop_product_set s on s.set_code = f.m ->> 'set_code'
     where f.n = 0);
end
$$;
comment on function ocop_rubric_of_sheet is 'The body that creates a rubric: as it came, or made from the rows of a sheet. 422 with every fault.';
