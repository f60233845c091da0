-- SPDX-License-Identifier: MIT
-- What lists and reports agree on: where a project lies on a map, which activities and sources it has; columns, labels and
-- addresses of reports.

-- ---- A project on a map. day null: as recorded ----

-- Codes that named several provinces over time carry the first day of the one meant: 24:2008-08-01 is Bắc Giang.
create or replace function recorded_province(province_code text, codes_on date) returns text language plpgsql stable as $$
declare
  first_day date;
begin
  if (select count(distinct u.name) from admin_unit u where u.code = recorded_province.province_code and u.tier = 'province') > 1 then
    first_day := (
      select min(same.valid_from)
        from admin_unit_at(recorded_province.province_code, codes_on) u
        join admin_unit same on same.code = u.code and same.name = u.name);
  end if;
  return concat_ws(':', province_code, first_day);
end
$$;
comment on function recorded_province is 'Key of a province as it was recorded: its code, with a day where the code alone names several.';

create or replace function project_province(province_code text, codes_on date, places jsonb, day date) returns text
language plpgsql stable as $$
begin
  if day is null then
    return recorded_province(province_code, codes_on);
  end if;
  return coalesce(
    admin_unit_on(province_code, codes_on, day),
    -- Backwards over a merger the communes decide, if they agree.
    (select case when count(distinct u.province_code) = 1 then min(u.province_code) end
       from jsonb_to_recordset(places) p (province_code text, commune_code text, codes_on date)
       join admin_unit_map m on m.code = p.commune_code and p.codes_on between m.valid_from and m.valid_to and day between m.on_from and m.on_to
      cross join admin_unit_at(m.on_code, day) u
      where p.province_code = project_province.province_code),
    'none');
end
$$;
comment on function project_province is 'Key of the province in which a project lies on the map of a day, or none where that cannot be known.';

create or replace function provinces_wanted(wanted text[]) returns text[] language plpgsql stable as $$
begin
  return (
    select array_agg(case when w like '__:%' then recorded_province(left(w, 2), substr(w, 4)::date) else w end)
      from unnest(wanted) w);
exception when datetime_field_overflow or invalid_datetime_format then
  raise exception using errcode = 'PT400', message = 'invalid-parameter',
    detail = jsonb_build_array(jsonb_build_object('parameter', 'province_code', 'code', 'format', 'params', '{"format": "date"}'::jsonb));
end
$$;
comment on function provinces_wanted is 'The provinces of a filter as keys: any day behind a colon becomes the first day of the province meant.';

create or replace function project_in_provinces(province_code text, codes_on date, places jsonb, day date, wanted text[]) returns boolean
language plpgsql stable as $$
begin
  return project_province(province_code, codes_on, places, day) = any (wanted)
    or day is null and province_code = any (wanted)
    or day is not null and recorded_province(province_code, codes_on) = any (array(select w from unnest(wanted) w where w like '__:%'));
end
$$;
comment on function project_in_provinces is 'wanted: codes on the map of the day, keys of recorded_province(), none.';

create or replace function project_region(province_code text, codes_on date, places jsonb, day date) returns text
language plpgsql stable as $$
declare
  province constant text := case when day is null then province_code else project_province(province_code, codes_on, places, day) end;
begin
  return coalesce(
    (select m.region_code
       from region_member m
       join region r on r.code = m.region_code and r.scheme = 'promotion'
      where m.province_code = province
        and coalesce(day, codes_on) between m.valid_from and coalesce(m.valid_to, 'infinity')),
    'none');
end
$$;
comment on function project_region is 'Region of khuyến công in which a project lies on the map of a day, or none.';

create or replace function project_in_regions(province_code text, codes_on date, places jsonb, day date, wanted text[]) returns boolean
language plpgsql stable as $$
declare
  province text;
begin
  if project_region(province_code, codes_on, places, day) = any (wanted) then
    return true;
  end if;
  province := case when day is null then province_code else project_province(province_code, codes_on, places, day) end;
  return exists ( -- regions of other schemes
    select from region_member m
     where m.region_code = any (wanted) and m.province_code = province
       and coalesce(day, codes_on) between m.valid_from and coalesce(m.valid_to, 'infinity'));
end
$$;

create or replace function provinces_reaching(wanted text[]) returns text[] language sql stable as $$
  select case
    when 'none' = any (wanted) then all_province_codes()
    else array(select distinct m.code from admin_unit_map m where m.on_code = any (array(select left(w, 2) from unnest(wanted) w)))
  end
$$;
comment on function provinces_reaching is 'Codes under which projects of these provinces can be recorded, on whatever map: narrows by index.';

-- ---- What a project has several of ----

create or replace function root_activity(code text) returns text language plpgsql stable as $$
declare
  above text := root_activity.code;
  found_code text := root_activity.code;
begin
  while above is not null loop -- parents are roots today; a circle cannot be loaded
    found_code := above;
    above := (select a.parent_code from activity a where a.code = found_code and a.parent_code is not null limit 1);
  end loop;
  return found_code;
end
$$;
comment on function root_activity is 'The group KC1 … KC9 of an activity; itself where it belongs to none.';

create or replace function activity_roots() returns table (code text, root text) language plpgsql stable rows 50 as $$
begin
  return query select a.code, root_activity(a.code) from (select distinct activity.code from activity) a;
end
$$;
comment on function activity_roots is 'root_activity() of every activity: for as many lines as there are.';

create or replace function project_activities(of_project uuid) returns text[] language sql stable as $$
  select coalesce(array_agg(distinct coalesce(c.code, 'none')), '{none}')
    from project_line l
   cross join lateral (values (l.activity_code), (root_activity(l.activity_code))) c (code)
   where l.project_id = of_project and l.deleted_at is null
$$;
comment on function project_activities is 'Activities of its lines and the groups that these belong to; none: for lines without one, and for a project without lines.';

create or replace function project_activity_groups(of_project uuid) returns text[] language sql stable as $$
  select coalesce(array_agg(distinct coalesce(root_activity(l.activity_code), 'none')), '{none}')
    from project_line l
   where l.project_id = of_project and l.deleted_at is null
$$;
comment on function project_activity_groups is 'The groups alone: a child activity is added up into its own.';

create or replace function project_sole_activity(of_project uuid) returns text language plpgsql stable as $$
declare
  groups constant text[] := project_activity_groups(of_project);
begin
  return case when cardinality(groups) = 1 then groups[1] else 'several' end;
end
$$;
comment on function project_sole_activity is 'The group that all its lines belong to, none, or several.';

create or replace function project_sources(of_project uuid) returns text[] language sql stable as $$
  select coalesce(array_agg(distinct f.source), '{none}') from project_funding f where f.project_id = of_project and f.deleted_at is null
$$;

-- ---- Reports ----

create or replace function period_checked(starts date, ends date) returns boolean language plpgsql stable as $$
begin
  if starts > ends then
    raise exception using errcode = 'PT400', message = 'invalid-parameter',
      detail = jsonb_build_array(jsonb_build_object('parameter', 'to', 'code', 'period_order'));
  end if;
  return true;
end
$$;

create or replace function group_by_checked(wanted text, known text[]) returns text language plpgsql immutable as $$
begin
  if wanted <> all (known) then
    raise exception using errcode = 'PT400', message = 'invalid-parameter',
      detail = jsonb_build_array(jsonb_build_object('parameter', 'group_by', 'code', 'enum', 'params', jsonb_build_object('allowed', array_to_string(known, ', '))));
  end if;
  return coalesce(wanted, known[1]);
end
$$;
comment on function group_by_checked is 'One of these, the first when nothing was asked: a report to be frozen is asked in the words of all of them.';

create or replace function report_keys(group_by text, p project, day date) returns text[] language sql stable as $$
  select case group_by
    when 'level' then array[p.level]
    when 'scale' then array[coalesce(p.scale, 'none')]
    when 'status' then array[p.status]
    when 'activity' then project_activity_groups(p.id)
    when 'source' then project_sources(p.id)
    when 'province' then array[project_province(p.province_code, p.codes_on, p.places, day)]
    when 'region' then array[project_region(p.province_code, p.codes_on, p.places, day)]
  end
$$;
comment on function report_keys is 'The rows of a report in which a project stands; several only by activity and source.';

create or replace function source_label(source text, language text) returns text language sql immutable parallel safe as $$
  select case when language = 'vi' then l.vi else l.en end
    from (values ('central_promotion', 'Khuyến công quốc gia', 'National promotion'), ('local_promotion', 'Khuyến công địa phương', 'Local promotion'),
                 ('counterpart', 'Đối ứng', 'Counterpart'), ('integrated', 'Lồng ghép', 'Integrated'), ('foreign', 'Nước ngoài', 'Foreign'),
                 ('other', 'Nguồn khác', 'Other')) l (source, vi, en)
   where l.source = source_label.source
$$;

create or replace function report_label(group_by text, key text, day date) returns text language sql stable as $$
  select coalesce(
    case group_by
      when 'level' then case key when 'national' then 'Quốc gia (KCQG)' when 'local' then 'Địa phương (KCĐP)' end
      when 'scale' then case key when 'single' then 'Đơn lẻ' when 'group' then 'Nhóm' when 'key' then 'Điểm' end
      when 'status' then status_label('project', key)
      when 'activity' then (select a.name_vi from activity a where a.code = key order by a.valid_from desc limit 1)
      when 'source' then source_label(key, 'vi')
      when 'region' then (select r.name from region r where r.code = key)
      when 'province' then (
        select u.name from admin_unit u
         where u.code = left(key, 2) and u.tier = 'province'
           and coalesce(day, nullif(substr(key, 4), '')::date, u.valid_from) between u.valid_from and coalesce(u.valid_to, 'infinity')
         order by u.valid_from desc limit 1)
    end,
    'không xác định')
$$;
comment on function report_label is 'Vietnamese label of a row; of a province as it was called on the map.';

create or replace function report_place(group_by text, key text) returns integer language sql stable as $$
  select case
    when key = 'none' then 1000
    when group_by = 'status' then (select s.place from record_status s where s.record_type = 'project' and s.status = key)
    else array_position(array['national', 'local', 'single', 'group', 'key', 'central_promotion', 'local_promotion', 'counterpart',
                              'integrated', 'foreign', 'other'], key)
  end
$$;
comment on function report_place is 'Order of the rows for people, what is not known last; null: by label.';

create or replace function report_title(group_by text, starts date, ends date) returns text language sql immutable parallel safe as $$
  select 'Tổng hợp đề án khuyến công' || case group_by
           when 'level' then ' theo cấp kinh phí' when 'scale' then ' theo quy mô' when 'status' then ' theo trạng thái'
           when 'activity' then ' theo nội dung' when 'source' then ' theo nguồn kinh phí' when 'province' then ' theo tỉnh'
           when 'region' then ' theo khu vực' else '' end
         || ', từ ngày ' || to_char(starts, 'DD/MM/YYYY') || ' đến ngày ' || to_char(ends, 'DD/MM/YYYY')
$$;

create or replace function report_columns(group_by text) returns json language sql stable as $$
  with overlap as (
    select group_by in ('activity', 'source') as is_on
  ), listed as (
    select 1 as part, c.*
      from overlap,
           lateral (values
             (1, 'project_count', 'Số đề án', 'Projects', null, not is_on),
             (2, 'total_cost_vnd', 'Tổng kinh phí', 'Total cost', 'vnd', not is_on),
             (3, 'mean_total_cost_vnd', 'Tổng kinh phí bình quân', 'Mean total cost', 'vnd', false),
             (4, 'cost_unknown_count', 'Số đề án chưa có tổng kinh phí', 'Projects without a total cost', null, not is_on),
             (5, 'support_vnd', 'Kinh phí hỗ trợ', 'Support', 'vnd', not is_on),
             (6, 'counterpart_vnd', 'Kinh phí đối ứng', 'Counterpart', 'vnd', not is_on),
             (7, 'funding_total_vnd', 'Cộng các nguồn kinh phí', 'Funding, all sources', 'vnd', not is_on)) c (n, key, label_vi, label_en, measure_unit, is_additive)
    union all
    select 2, s.n::integer, 'funding_' || s.source || '_vnd', 'Nguồn: ' || source_label(s.source, 'vi'), 'Funding: ' || source_label(s.source, 'en'), 'vnd', not is_on
      from overlap, unnest(array['central_promotion', 'local_promotion', 'counterpart', 'integrated', 'foreign', 'other']) with ordinality s (source, n)
    union all
    select 3, c.*
      from (values
             (1, 'line_count', 'Số hạng mục của nội dung', 'Lines of the activity', null, true),
             (2, 'line_eligible_cost_vnd', 'Chi phí được tính của hạng mục', 'Eligible cost of these lines', 'vnd', true),
             (3, 'line_support_vnd', 'Hỗ trợ của hạng mục', 'Support of these lines', 'vnd', true),
             (4, 'line_counterpart_vnd', 'Đối ứng của hạng mục', 'Counterpart of these lines', 'vnd', true)) c
     where group_by = 'activity'
    union all
    select 3, 1, 'source_amount_vnd', 'Kinh phí từ nguồn này', 'Money from the source', 'vnd', true
     where group_by = 'source'
  )
  select json_agg(json_build_object('key', l.key, 'label_vi', l.label_vi, 'label_en', l.label_en, 'measure_unit', l.measure_unit,
           'is_additive', l.is_additive, 'is_text', false) order by l.part, l.n)
    from listed l
$$;

-- Values hold codes, days and ids only, so there is nothing to escape.
create or replace function records_url(path text, filters jsonb) returns text language sql immutable parallel safe as $$
  select path || coalesce('?' || string_agg(
           name || '=' || case when jsonb_typeof(value) = 'array' then (select string_agg(v, ',') from jsonb_array_elements_text(value) v)
                               else value #>> '{}' end, '&' order by name), '')
    from jsonb_each(jsonb_strip_nulls(filters)) f (name, value)
$$;
comment on function records_url is 'Address of the list that a figure was counted from.';
