-- SPDX-License-Identifier: MIT
-- Spending norms: how much support an activity may get, as dated rows with their legal basis and certainty.

create table norm (
  id uuid primary key default uuidv7(),
  code text not null,
  activity_code text not null,
  name_vi text not null,
  name_en text not null,
  level text not null,
  percent_max numeric(5, 2),
  percent_base text,
  cap_vnd bigint,
  multiplier numeric(6, 3) not null default 1,
  per text,
  conditions jsonb not null default '{}',
  legal_document_no text,
  legal_article text,
  valid_from date,
  valid_to date,
  certainty text not null,
  dates_certainty text not null,
  enforcement text not null,
  certainty_mark text not null,
  note text,
  constraint norm_code_key unique (code),
  constraint norm_level_known check (level in ('national', 'local')),
  constraint norm_percent_range check (percent_max > 0 and percent_max <= 100),
  constraint norm_percent_base_given check ((percent_max is null) = (percent_base is null)),
  constraint norm_percent_base_known check (percent_base in ('eligible_cost', 'booth_rent', 'loan_interest', 'base_salary',
    'programme_funding', 'project_funding')),
  constraint norm_cap_range check (cap_vnd between 0 and 9007199254740991),
  constraint norm_multiplier_range check (multiplier > 0 and multiplier <= 100),
  constraint norm_conditions_known check (jsonb_typeof(conditions) = 'object'
    and conditions - '{is_technology_line,is_in_difficult_area}'::text[] = '{}'),
  constraint norm_ends_after_starts check (valid_to >= valid_from),
  constraint norm_certainty_known check (certainty in ('verified', 'second_hand', 'uncertain')
    and dates_certainty in ('verified', 'second_hand', 'uncertain')),
  constraint norm_enforcement_known check (enforcement in ('block', 'warn')),
  constraint norm_uncertain_warns check (certainty <> 'uncertain' or enforcement = 'warn')
);
comment on table norm is 'Spending norms (định mức, mức hỗ trợ) over time; loaded from db/reference/norms.csv. A new figure is a new row.';
comment on column norm.activity_code is 'The child activity that is supported.';
comment on column norm.level is 'national: ceiling of the national programme, and the frame of local ones; local: in its territory.';
comment on column norm.percent_max is 'Largest share of percent_base; null: none is set or none is known.';
comment on column norm.cap_vnd is 'Largest amount for one of `per`, before the multiplier; null: none is set or none is known.';
comment on column norm.multiplier is 'The cap counts so many times: 1.5 for technology lines.';
comment on column norm.per is 'What the cap is for, one of the measure units; null: the whole.';
comment on column norm.conditions is 'What must be true of the beneficiary''s item. A row with more conditions goes before one with fewer.';
comment on column norm.legal_document_no is 'Null: the source of the figures does not name the document.';
comment on column norm.valid_from is 'First day in force; null: not known, the row counts as in force and the check warns.';
comment on column norm.certainty is 'How well the figures are founded.';
comment on column norm.dates_certainty is 'How well the days are founded.';
comment on column norm.enforcement is 'block: support above the limit is not allowed; warn: it is pointed to. Uncertain figures only warn.';
comment on column norm.certainty_mark is 'Mark of the collection: V, V2, K, U (db/reference/README.md).';
create index norm_activity on norm (activity_code, code);

create table norm_territory (
  norm_id uuid not null references norm on delete cascade,
  province_code text not null,
  codes_on date not null,
  valid_from date,
  valid_to date,
  constraint norm_territory_province_format check (province_code ~ '^[0-9]{2}$'),
  constraint norm_territory_ends_after_starts check (valid_to >= valid_from),
  constraint norm_territory_once
    exclude using gist (norm_id with =, province_code with =, codes_on with =, daterange(valid_from, valid_to, '[]') with &&)
);
comment on table norm_territory is 'Where a local norm holds: units as they were on a day, with the days for which that is so. After a merger the old norm goes on in its old territory.';
comment on column norm_territory.codes_on is 'Day on whose map the code is read.';
comment on column norm_territory.valid_to is 'Last day of the norm in this unit, when a new council decided otherwise; null: open.';

alter table norm enable row level security;
alter table norm force row level security;
create policy seen on norm for select to kc_api using (true);
grant select on norm to kc_api;
alter table norm_territory enable row level security;
alter table norm_territory force row level security;
create policy seen on norm_territory for select to kc_api using (true);
grant select on norm_territory to kc_api;

create type norm_limit as (norm norm, percent_limit bigint, cap_limit bigint, verdict text, is_counted boolean);
comment on type norm_limit is 'A norm held against a question: both limits, which of them decides or why it does not count.';
