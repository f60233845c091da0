-- SPDX-License-Identifier: MIT
-- Rules that authorities enter, confirm and end; yearly figures of establishments and the thresholds that tell their size.

-- ---- Yearly figures ----

create table establishment_year (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  establishment_id uuid not null constraint establishment_year_establishment_fkey references establishment,
  year integer not null,
  revenue_vnd bigint,
  capital_vnd bigint,
  tax_paid_vnd bigint,
  export_vnd bigint,
  employees_count integer,
  employees_female_count integer,
  source text not null,
  organisation_id uuid,
  province_code text not null,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint establishment_year_year_range check (year between 1950 and 2100),
  constraint establishment_year_revenue_range check (is_amount(revenue_vnd)),
  constraint establishment_year_capital_range check (is_amount(capital_vnd)),
  constraint establishment_year_tax_range check (is_amount(tax_paid_vnd)),
  constraint establishment_year_export_range check (is_amount(export_vnd)),
  constraint establishment_year_employees_range check (least(employees_count, employees_female_count) >= 0),
  constraint establishment_year_female_within_employees check (employees_female_count <= employees_count),
  constraint establishment_year_source_known check (source in ('financial_statement', 'tax_declaration', 'social_insurance', 'survey',
    'self_declared', 'other')),
  constraint establishment_year_something_given check (num_nonnulls(revenue_vnd, capital_vnd, tax_paid_vnd, export_vnd, employees_count) > 0)
);
comment on table establishment_year is 'Figures of an establishment for a year (số liệu năm). Its size on a day is told by them.';
comment on column establishment_year.revenue_vnd is 'Total revenue of the year.';
comment on column establishment_year.capital_vnd is 'Total capital (tổng nguồn vốn) at the end of the year, by the balance sheet.';
comment on column establishment_year.employees_count is 'Average of the year, of those with social insurance where the size is to be told by it.';
comment on column establishment_year.source is 'Where the figures are from: financial_statement, tax_declaration, social_insurance, survey, self_declared, other.';
comment on column establishment_year.province_code is 'Of the establishment.';
create unique index establishment_year_key on establishment_year (establishment_id, year) where deleted_at is null;
select track('establishment_year');
create trigger inherit_owner before insert or update on establishment_year
  for each row execute function inherit_owner('establishment', 'establishment_id');
create trigger touch_parent after insert or update on establishment_year
  for each row execute function touch_parent('establishment', 'establishment_id');
create trigger hand_down_owner_to_year after update of organisation_id, province_code on establishment
  for each row execute function hand_down_owner('establishment_year', 'establishment_id');
alter table establishment_year enable row level security;
alter table establishment_year force row level security;
-- Seen like the establishment: by all; written for its territory.
create policy seen on establishment_year for select to kc_api using (true);
create policy added on establishment_year for insert to kc_api with check (in_territory(province_code));
create policy changed on establishment_year for update to kc_api using (in_territory(province_code));
grant select, insert, update on establishment_year to kc_api;

-- ---- Thresholds of size ----

create table size_threshold (
  id uuid primary key default uuidv7(),
  code text not null,
  sector_group text not null,
  size_class text not null,
  divisions text[] not null default '{}',
  employees_max integer not null,
  revenue_max_vnd bigint not null,
  capital_max_vnd bigint not null,
  legal_document_no text not null,
  legal_article text,
  valid_from date not null,
  valid_to date,
  certainty text not null,
  enforcement text not null,
  note text,
  constraint size_threshold_sector_known check (sector_group in ('agriculture_industry_construction', 'trade_services')),
  constraint size_threshold_class_known check (size_class in ('micro', 'small', 'medium')),
  constraint size_threshold_divisions_form check (array_to_string(divisions, ' ') ~ '^([0-9]{2}( |$))*$'),
  constraint size_threshold_figures_range check (employees_max > 0 and revenue_max_vnd > 0 and capital_max_vnd > 0),
  constraint size_threshold_ends_after_starts check (valid_to >= valid_from),
  constraint size_threshold_certainty_known check (certainty in ('verified', 'second_hand', 'uncertain')),
  constraint size_threshold_enforcement_known check (enforcement in ('block', 'warn')),
  constraint size_threshold_uncertain_warns check (certainty <> 'uncertain' or enforcement = 'warn'),
  constraint size_threshold_once exclude using gist (code with =, daterange(valid_from, valid_to, '[]') with &&)
);
comment on table size_threshold is 'Up to what a firm is micro, small or medium (tiêu chí doanh nghiệp nhỏ và vừa), over time: so many employees, and either the revenue or the capital. Loaded from db/reference/size_thresholds.csv; authorities change it by new rows.';
comment on column size_threshold.divisions is 'Divisions of VSIC to which the row applies; empty: all that no other row names.';
alter table size_threshold enable row level security;
alter table size_threshold force row level security;
create policy seen on size_threshold for select to kc_api using (true);
grant select on size_threshold to kc_api;

-- ---- Rows that authorities enter, confirm and end ----

do $$
declare
  data text;
begin
  alter table norm drop constraint norm_code_key;
  alter table priority_rule drop constraint priority_rule_code_key;
  alter table eligible_area drop constraint eligible_area_code_key;
  foreach data in array array['norm', 'priority_rule', 'eligible_area'] loop
    execute format('alter table %I add constraint %I exclude using gist (code with =, daterange(valid_from, valid_to, ''[]'') with &&)',
      data, data || '_once');
  end loop;
  foreach data in array array['norm', 'parameter', 'priority_rule', 'eligible_area', 'size_threshold'] loop
    perform rule_table(data);
  end loop;
end
$$;
comment on table norm is 'Spending norms (định mức, mức hỗ trợ) over time; loaded from db/reference/norms.csv, and entered by authorities. A new figure is a new row.';
comment on table parameter is 'Figures that texts set and that change with them (tham số pháp lý): shares, days, limits; loaded from db/reference/parameters.csv, and entered by authorities. A new figure is a new row.';

alter table norm alter column certainty_mark drop not null;
comment on column norm.certainty_mark is 'Mark of the collection: V, V2, K, U (db/reference/README.md); null: entered by an authority.';
create trigger known_place before insert or update on eligible_area for each row execute function rule_place();
create trigger known_place before insert or update on parameter for each row execute function rule_place();

-- The territory of a norm is part of it.
create policy added on norm_territory for insert to kc_api with check (claim('app.tier') = 'central');
create policy taken_out on norm_territory for delete to kc_api using (claim('app.tier') = 'central');
grant insert, delete on norm_territory to kc_api;

drop function if exists eligibility_of(establishment); -- now asks for the day, too

-- ---- Files: papers that further records name are kept, too; uploads that nobody goes on with are found ----

create trigger cite_files after insert or update of documents on plan_call for each row execute function cite_files_of_record('documents');
create trigger cite_files after insert or update of documents on target_assessment for each row execute function cite_files_of_record('documents');
create trigger cite_files after insert or update of checklist on ocop_registration for each row execute function cite_files_of_record('checklist');
create index file_open on file (updated_at) where status = 'open' and deleted_at is null;
