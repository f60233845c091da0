-- SPDX-License-Identifier: MIT
-- How much a report may be.

-- A report is read as a whole; one that nobody could read is a list. What a report weighs is bounded by this for everybody; reports
-- with a row for each project ask before they look at the first.
create or replace function report_most_rows() returns integer language sql immutable parallel safe as $$
  select 5000
$$;

-- The service has room for 8 MiB of a reply; what stands around the rows needs little of it.
create or replace function report_most_bytes() returns integer language sql immutable parallel safe as $$
  select 7500000
$$;

create or replace function refuse_report(report text, code text, maximum integer) returns void language plpgsql as $$
begin
  raise exception using errcode = 'PT400', message = 'invalid-parameter',
    detail = jsonb_build_array(jsonb_build_object('parameter', case when report in ('plan-table', 'progress-table') then 'province_code' else 'from' end,
      'code', code, 'params', jsonb_build_object('maximum', maximum)));
end
$$;

create or replace function report_length_checked(length bigint, report text) returns bigint language plpgsql stable as $$
begin
  if length > report_most_rows() then
    perform refuse_report(report, 'report_too_long', report_most_rows());
  end if;
  return length;
end
$$;

create or replace function rows_checked(rows json, report text) returns json language plpgsql stable as $$
begin
  -- Subtotals are not counted: a report that was let in by its records is not refused for them.
  if json_array_length(rows) > report_most_rows() then
    perform report_length_checked((select count(*) from json_array_elements(rows) r where r ->> 'kind' = 'record'), report);
  end if;
  if octet_length(rows::text) > report_most_bytes() then
    perform refuse_report(report, 'report_too_large', report_most_bytes());
  end if;
  return rows;
end
$$;
