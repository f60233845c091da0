-- SPDX-License-Identifier: MIT
-- Yearly figures of establishments, and the size that they tell.

create or replace function open_establishment(wanted uuid) returns uuid language plpgsql stable as $$
begin
  return opened(wanted, (select e.deleted_at is not null from establishment e where e.id = wanted));
end
$$;
comment on function open_establishment is 'The id of an establishment that is there and not deleted; else 404 or 410.';

create or replace function locked_establishment(wanted uuid, provinces text[]) returns uuid language plpgsql as $$
begin
  perform from establishment e where e.id = wanted for no key update;
  perform open_establishment(wanted);
  if not exists (select from establishment e where e.id = wanted and e.province_code = any (provinces)) then
    raise exception using errcode = 'PT403', message = 'outside-territory';
  end if;
  return wanted;
end
$$;
comment on function locked_establishment is 'open_establishment() of the own territory, locked until the end of the transaction.';

create or replace function year_begun(pointer text, given integer) returns integer language plpgsql stable as $$
begin
  if given > extract(year from today()) then
    perform refuse(pointer, 'year_begun');
  end if;
  return given;
end
$$;
comment on function year_begun is 'Figures are of this year or of one before.';

create or replace function establishment_year_json(y establishment_year) returns json language sql stable as $$
  select json_build_object('id', y.id, 'version', y.version, 'establishment_id', y.establishment_id, 'year', y.year,
    'revenue_vnd', y.revenue_vnd, 'capital_vnd', y.capital_vnd, 'tax_paid_vnd', y.tax_paid_vnd, 'export_vnd', y.export_vnd,
    'employees_count', y.employees_count, 'employees_female_count', y.employees_female_count, 'source', y.source,
    'organisation_id', y.organisation_id, 'province_code', y.province_code, 'note', y.note,
    'created_at', instant(y.created_at), 'created_by', y.created_by,
    'updated_at', instant(y.updated_at), 'updated_by', y.updated_by)
$$;

-- ---- Size ----

-- Of a year that is over; in the first year of a firm, of that year.
create or replace function figures_on(e establishment, on_day date) returns establishment_year language sql stable as $$
  select y
    from establishment_year y
   where y.establishment_id = e.id and y.deleted_at is null and y.year <= extract(year from on_day)
   order by y.year = extract(year from on_day), y.year desc
   limit 1
$$;
comment on function figures_on is 'The figures that tell the size on a day: of the last year before it that is known.';

create or replace function thresholds_on(e establishment, on_day date) returns setof size_threshold language sql stable as $$
  with in_force as (
    select t, coalesce(substring(e.vsic_codes[1] from '[0-9]{2}') = any (t.divisions), t.divisions <> '{}') as is_named
      from size_threshold t
     where in_days(on_day, t.valid_from, t.valid_to)
  )
  select (f.t).*
    from in_force f
   where f.is_named or (f.t).divisions = '{}' and not exists (select from in_force named where named.is_named)
$$;
comment on function thresholds_on is 'Thresholds of the sector of an establishment. Without a trade it counts as what these establishments are: producers.';

create or replace function size_of(figures establishment_year, thresholds size_threshold[]) returns text language sql immutable as $$
  with judged as (
    select t.size_class, t.employees_max,
           figures.employees_count <= t.employees_max
             and (figures.revenue_vnd <= t.revenue_max_vnd or figures.capital_vnd <= t.capital_max_vnd) as fits
      from unnest(thresholds) t
  )
  select case when exists (select from judged) and figures.id is not null then
    (select coalesce((
      -- The first class that is not ruled out; where figures are missing (null) it is not told either.
      select case when j.fits then j.size_class else '' end from judged j where j.fits is not false order by j.employees_max limit 1),
      'large')) end
$$;
comment on function size_of is 'micro, small, medium or large; '''' when a figure is missing, null when there are no figures or no thresholds.';

create or replace function size_on(e establishment, on_day date)
returns table (size_class text, basis text, figures establishment_year, thresholds size_threshold[], is_uncertain boolean)
language sql stable as $$
  select coalesce(nullif(c.computed, ''), e.size_class),
         case when c.computed <> '' then 'figures' when e.size_class is not null then 'declared' else 'unknown' end,
         c.figures, c.thresholds, coalesce((select bool_or(t.enforcement = 'warn') from unnest(c.thresholds) t), false)
    from (select f.figures, f.thresholds, size_of(f.figures, f.thresholds) as computed
            from (select figures_on(e, on_day) as figures,
                         array(select t from thresholds_on(e, on_day) t order by t.employees_max) as thresholds) f) c
$$;
comment on function size_on is 'The size of an establishment on a day: by its figures, else as declared.';

create or replace function establishment_size_json(e establishment, on_day date) returns json language sql stable as $$
  with asked as (
    select s.*, coalesce((s.figures).year, 0) as year, extract(year from on_day)::integer as this_year from size_on(e, on_day) s
  ), raised as (
    select 1 as place, 'size_unknown' as code from asked where basis = 'unknown'
    union all
    select 2, 'size_declared' from asked where basis = 'declared'
    union all
    select 3, 'no_figures' from asked where year = 0
    union all
    select 4, 'no_thresholds' from asked where thresholds = '{}'
    union all
    select 5, 'figures_incomplete' from asked where size_of(figures, thresholds) = ''
    union all
    select 6, 'figures_of_this_year' from asked where year = this_year
    union all
    select 7, 'figures_old' from asked where year between 1 and this_year - 2
    union all
    select 8, 'thresholds_uncertain' from asked where is_uncertain
    union all
    select 9, 'declared_differs' from asked where basis = 'figures' and size_class <> e.size_class
    union all
    select 10, 'sector_assumed' from asked where e.vsic_codes = '{}'
  )
  select json_build_object(
    'establishment_id', e.id,
    'valid_on', on_day,
    'size_class', a.size_class,
    'basis', a.basis,
    'declared_size_class', e.size_class,
    'figures', case when a.year > 0 then establishment_year_json(a.figures) end,
    'thresholds', (select coalesce(json_agg(size_threshold_json(t) order by t.employees_max), '[]') from unnest(a.thresholds) t),
    'warnings', (
      select coalesce(json_agg(json_build_object('code', r.code, 'label_vi', w.vi, 'label_en', w.en) order by r.place), '[]')
        from raised r
        join (values
          ('size_unknown', 'Chưa biết quy mô: không có số liệu năm và cơ sở chưa khai quy mô.', 'The size is not known: there are no yearly figures, and none is declared.'),
          ('size_declared', 'Quy mô theo kê khai của cơ sở, chưa xác định được từ số liệu năm.', 'The size is the declared one; yearly figures do not tell it.'),
          ('no_figures', 'Chưa có số liệu của năm nào đến ngày này.', 'There are no figures of a year up to this day.'),
          ('no_thresholds', 'Chưa có tiêu chí quy mô có hiệu lực vào ngày này.', 'No thresholds are known for this day.'),
          ('figures_incomplete', 'Thiếu số lao động, hoặc thiếu doanh thu, nguồn vốn nên chưa xác định được quy mô.', 'The number of employees, the revenue or the capital is missing, so the size is not told.'),
          ('figures_of_this_year', 'Số liệu của chính năm này, vì chưa có số liệu năm trước.', 'The figures are of the very year, since none of a year before are known.'),
          ('figures_old', 'Số liệu cũ hơn năm trước liền kề.', 'The figures are older than the year before.'),
          ('thresholds_uncertain', 'Tiêu chí quy mô chưa được xác nhận; chỉ để cảnh báo.', 'The thresholds are not confirmed; they only warn.'),
          ('declared_differs', 'Quy mô theo số liệu khác quy mô cơ sở kê khai.', 'The size by the figures differs from the declared one.'),
          ('sector_assumed', 'Cơ sở chưa ghi ngành nghề; xét như ngành công nghiệp.', 'No trade is recorded; taken as industry.')
        ) w (code, vi, en) on w.code = r.code))
    from asked a
$$;
comment on function establishment_size_json is 'The size on a day, what tells it and what to know before relying on it. Stores nothing.';
