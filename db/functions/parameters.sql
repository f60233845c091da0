-- SPDX-License-Identifier: MIT
-- Figures that texts set: the row for a level, a province and a day.

create or replace function parameter_on(wanted text, on_day date, of_level text default null, of_province text default null)
returns parameter language plpgsql stable as $$
begin
  return (
    select p
      from parameter p
     where p.code = wanted and on_day >= p.valid_from and (p.valid_to is null or on_day <= p.valid_to)
       and (p.level is null or p.level = of_level)
       and (p.province_code is null or p.province_code = of_province)
     order by p.province_code is null, p.level is null
     limit 1);
end
$$;
comment on function parameter_on is 'The row that holds: that of the province goes before that of the level, and that before the general one. Null when no text set the figure for that day.';

create or replace function parameter_value(wanted text, on_day date, of_level text default null, of_province text default null)
returns numeric language sql stable as $$
  select (parameter_on(wanted, on_day, of_level, of_province)).value
$$;
