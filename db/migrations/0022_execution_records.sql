-- SPDX-License-Identifier: MIT
-- Records of the execution of projects: progress, inspections, difficulties, effects, and what each content of khuyến công leaves
-- behind (classes, models, fairs, …). execution_table() makes what they share.

create function is_risk(risk text) returns boolean language sql immutable parallel safe as $$
  select risk in ('on_track', 'at_risk', 'late', 'blocked')
$$;

create function are_difficulty_tags(tags text[]) returns boolean language sql immutable parallel safe as $$
  select tags <@ '{capital,land,labour,materials,market,technology,procedure,environment}'
$$;

create function are_difficulties(shape jsonb) returns boolean language sql immutable parallel safe as $$
  select are_objects(shape) and not exists (
    select from jsonb_array_elements(shape) d
     where not coalesce(are_difficulty_tags(array(select jsonb_array_elements_text(d -> 'tags'))), false))
$$;

create function are_findings(shape jsonb) returns boolean language sql immutable parallel safe as $$
  select are_objects(shape) and not exists (
    select from jsonb_array_elements(shape) f
     where not coalesce(f ->> 'status' in ('open', 'remedied') and f ->> 'severity' in ('minor', 'major', 'critical'), false)
        or (f ->> 'status' = 'remedied') <> (f ->> 'remedied_on' is not null))
$$;

-- ---- Progress, inspections, difficulties, effects ----

select execution_table('progress_report');
alter table progress_report
  alter column project_id set not null,
  add column "from" date not null,
  add column "to" date not null,
  add column percent_done numeric(5, 2),
  add column paid_vnd bigint,
  add column counterpart_spent_vnd bigint,
  add column done text,
  add column next text,
  add column difficulties jsonb not null default '[]',
  add column request text,
  add column risk text,
  add column status text not null default 'draft',
  add constraint progress_report_ends_after_starts check ("to" >= "from"),
  add constraint progress_report_percent_range check (percent_done between 0 and 100),
  add constraint progress_report_paid_range check (is_amount(paid_vnd)),
  add constraint progress_report_counterpart_range check (is_amount(counterpart_spent_vnd)),
  add constraint progress_report_difficulties_shape check (are_difficulties(difficulties)),
  add constraint progress_report_risk_known check (is_risk(risk)),
  add constraint progress_report_status_known check (status in ('draft', 'submitted', 'returned', 'confirmed'));
comment on table progress_report is 'Progress reports (báo cáo tiến độ): one for each project and period, locked once confirmed.';
comment on column progress_report.percent_done is 'Of the work, not of the money.';
comment on column progress_report.paid_vnd is 'Support paid out since the project began, as the implementer says; the ledger has the entries.';
comment on column progress_report.difficulties is '[{tags, description}]; tags: capital, land, labour, materials, market, technology, procedure, environment.';
comment on column progress_report.risk is 'on_track, at_risk, late, blocked.';
create unique index progress_report_period_key on progress_report (project_id, "from", "to") where deleted_at is null;
create trigger locked before update on progress_report for each row execute function locked_in('submitted', 'confirmed');

select execution_table('inspection');
alter table inspection
  alter column project_id set not null,
  add column kind text not null,
  add column planned_on date,
  add column inspected_on date,
  add column team jsonb not null default '[]',
  add column minutes_no text,
  add column findings jsonb not null default '[]',
  add column conclusion text,
  add column status text not null default 'planned',
  add constraint inspection_kind_known check (kind in ('periodic', 'unannounced', 'inspectorate')),
  add constraint inspection_team_shape check (are_objects(team)),
  add constraint inspection_findings_shape check (are_findings(findings)),
  add constraint inspection_status_known check (status in ('planned', 'carried_out', 'closed', 'escalated'));
comment on table inspection is 'Inspections and supervision (kiểm tra, giám sát) with what they found.';
comment on column inspection.kind is 'periodic (định kỳ), unannounced (đột xuất), inspectorate (thanh tra).';
comment on column inspection.team is '[{organisation_name, position, duty}]: bodies and posts, not names.';
comment on column inspection.findings is '[{severity, description, due_on, status, remedied_on}]; status open or remedied, with the day.';
create trigger locked before update on inspection for each row execute function locked_in('closed');

select execution_table('difficulty');
alter table difficulty
  add column establishment_id uuid constraint difficulty_establishment_fkey references establishment,
  add column place jsonb,
  add column reported_on date not null default today(),
  add column tags text[] not null default '{}',
  add column description text not null,
  add column request text,
  add column forwarded_to_id uuid constraint difficulty_forwarded_to_fkey references organisation,
  add column answer text,
  add column status text not null default 'open',
  add constraint difficulty_of_somebody check (num_nonnulls(project_id, establishment_id, place) > 0),
  add constraint difficulty_tags_known check (are_difficulty_tags(tags)),
  add constraint difficulty_status_known check (status in ('open', 'forwarded', 'resolved'));
comment on table difficulty is 'Difficulties of projects and establishments, and what they ask for (khó khăn, vướng mắc).';
comment on column difficulty.tags is 'capital, land, labour, materials, market, technology, procedure, environment.';
comment on column difficulty.place is 'province_code, commune_code, address_line, codes_on: where it is met.';
comment on column difficulty.forwarded_to_id is 'Who is to solve it.';
create index difficulty_establishment on difficulty (establishment_id);
create trigger locked before update on difficulty for each row execute function locked_in('resolved');

select execution_table('effect_survey');
alter table effect_survey
  add column establishment_id uuid not null constraint effect_survey_establishment_fkey references establishment,
  add column product_id uuid constraint effect_survey_product_fkey references product,
  add column surveyed_on date not null,
  add column before jsonb,
  add column after jsonb,
  add column summary text,
  add column status text not null default 'draft',
  add constraint effect_survey_status_known check (status in ('draft', 'confirmed'));
comment on table effect_survey is 'Effect of support on an establishment, before and after (khảo sát hiệu quả).';
comment on column effect_survey.before is '{year, revenue_vnd, assets_vnd, jobs_count, income_vnd, energy, water, waste}; the last three {value, measure_unit}.';
comment on column effect_survey.after is 'As before.';
comment on column effect_survey.summary is 'What the source says in words, where it has no figures.';
create index effect_survey_establishment on effect_survey (establishment_id);
create trigger locked before update on effect_survey for each row execute function locked_in('confirmed');

-- ---- Classes, seminars, study tours, fairs: with or without a project ----

select execution_table('training_class');
alter table training_class
  add column name text not null,
  add column kind text not null,
  add column class_no text,
  add column activity_code text,
  add column audience text,
  add column trade_code text,
  add column place jsonb,
  add column starts_on date,
  add column ends_on date,
  add column hours integer,
  add column planned_count integer,
  add column attended_count integer,
  add column female_count integer,
  add column minority_count integer,
  add column poor_household_count integer,
  add column certified_count integer,
  add column employed_count integer,
  add column trainer_name text,
  add column cost_vnd bigint,
  add column status text not null default 'planned',
  add constraint training_class_kind_known check (kind in ('vocational', 'craft', 'management', 'start_up', 'awareness', 'staff')),
  add constraint training_class_ends_after_starts check (ends_on >= starts_on),
  add constraint training_class_counts_range check (least(hours, planned_count, attended_count, female_count, minority_count, poor_household_count,
    certified_count, employed_count) >= 0),
  add constraint training_class_within_attended check (greatest(female_count, minority_count, poor_household_count, certified_count, employed_count) <= attended_count),
  add constraint training_class_cost_range check (is_amount(cost_vnd)),
  add constraint training_class_status_known check (status in ('planned', 'enrolling', 'running', 'finished', 'certified', 'cancelled'));
comment on table training_class is 'Training classes (lớp đào tạo, truyền nghề, tập huấn).';
comment on column training_class.kind is 'vocational (đào tạo nghề), craft (truyền nghề), management (quản lý), start_up (khởi sự), awareness (nhận thức), staff (cán bộ khuyến công).';
comment on column training_class.trainer_name is 'The school, centre or firm that trains.';
comment on column training_class.employed_count is 'Who has work in the trade after it.';

select execution_table('seminar');
alter table seminar
  add column name text not null,
  add column purpose text,
  add column activity_code text,
  add column host_organisation_id uuid constraint seminar_host_fkey references organisation,
  add column place jsonb,
  add column starts_on date,
  add column ends_on date,
  add column people_count integer,
  add column turns_count integer,
  add column cost_vnd bigint,
  add column status text not null default 'planned',
  add constraint seminar_ends_after_starts check (ends_on >= starts_on),
  add constraint seminar_counts_range check (least(people_count, turns_count) >= 0),
  add constraint seminar_cost_range check (is_amount(cost_vnd)),
  add constraint seminar_status_known check (status in ('planned', 'held', 'cancelled'));
comment on table seminar is 'Seminars (hội thảo, hội nghị chuyên đề).';
comment on column seminar.turns_count is 'Lượt người: who came twice counts twice.';

select execution_table('study_tour');
alter table study_tour
  add column name text not null,
  add column purpose text,
  add column activity_code text,
  add column host_organisation_id uuid constraint study_tour_host_fkey references organisation,
  add column destination text,
  add column country_code text not null default 'VN',
  add column starts_on date,
  add column ends_on date,
  add column people_count integer,
  add column establishments_count integer,
  add column turns_count integer,
  add column cost_vnd bigint,
  add column status text not null default 'planned',
  add constraint study_tour_ends_after_starts check (ends_on >= starts_on),
  add constraint study_tour_counts_range check (least(people_count, establishments_count, turns_count) >= 0),
  add constraint study_tour_cost_range check (is_amount(cost_vnd)),
  add constraint study_tour_status_known check (status in ('planned', 'held', 'cancelled'));
comment on table study_tour is 'Study tours and visits (đoàn tham quan, học tập).';
comment on column study_tour.country_code is 'ISO 3166-1 alpha-2.';

select execution_table('fair');
alter table fair
  add column name text not null,
  add column kind text not null,
  add column activity_code text,
  add column country_code text not null default 'VN',
  add column place jsonb,
  add column venue text,
  add column starts_on date,
  add column ends_on date,
  add column booths_count integer,
  add column establishments_count integer,
  add column contracts_count integer,
  add column sales_vnd bigint,
  add column cost_vnd bigint,
  add column status text not null default 'planned',
  add constraint fair_kind_known check (kind in ('organised', 'joined')),
  add constraint fair_ends_after_starts check (ends_on >= starts_on),
  add constraint fair_counts_range check (least(booths_count, establishments_count, contracts_count) >= 0),
  add constraint fair_sales_range check (is_amount(sales_vnd)),
  add constraint fair_cost_range check (is_amount(cost_vnd)),
  add constraint fair_status_known check (status in ('planned', 'registered', 'held', 'reported', 'cancelled'));
comment on table fair is 'Fairs and exhibitions (hội chợ, triển lãm).';
comment on column fair.kind is 'organised (tổ chức) or joined (tham gia hội chợ khác).';
comment on column fair.country_code is 'ISO 3166-1 alpha-2; abroad when it is not VN.';
comment on column fair.booths_count is 'Of all who took part with support; …/booths lists those that are recorded one by one.';

create table fair_booth (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  fair_id uuid not null constraint fair_booth_fair_fkey references fair,
  establishment_id uuid constraint fair_booth_establishment_fkey references establishment,
  booth_no text,
  products text[] not null default '{}',
  rent_vnd bigint,
  support_vnd bigint,
  contracts_count integer,
  sales_vnd bigint,
  organisation_id uuid not null constraint fair_booth_organisation_fkey references organisation,
  province_code text not null,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint fair_booth_rent_range check (is_amount(rent_vnd)),
  constraint fair_booth_support_range check (is_amount(support_vnd)),
  constraint fair_booth_support_within_rent check (support_vnd <= rent_vnd),
  constraint fair_booth_contracts_range check (contracts_count >= 0),
  constraint fair_booth_sales_range check (is_amount(sales_vnd))
);
comment on table fair_booth is 'Booths (gian hàng) at a fair, and whose they were.';
comment on column fair_booth.province_code is 'Of the fair.';
create index fair_booth_fair on fair_booth (fair_id);
create index fair_booth_establishment on fair_booth (establishment_id);
select track('fair_booth');
create trigger inherit_owner before insert or update on fair_booth
  for each row execute function inherit_owner('fair', 'fair_id');
create trigger touch_parent after insert or update on fair_booth
  for each row execute function touch_parent('fair', 'fair_id');
create trigger hand_down_owner_to_fair_booth after update of organisation_id, province_code on fair
  for each row execute function hand_down_owner('fair_booth', 'fair_id');
alter table fair_booth enable row level security;
alter table fair_booth force row level security;
-- The policies of fair say which of them the caller sees.
create policy seen on fair_booth for select to kc_api using (exists (select from fair f where f.id = fair_id));
create policy added on fair_booth for insert to kc_api with check (exists (select from fair f where f.id = fair_id));
create policy changed on fair_booth for update to kc_api using (exists (select from fair f where f.id = fair_id));
grant select, insert, update on fair_booth to kc_api;

-- ---- What a line of a project leaves behind ----

select execution_table('demonstration_model');
alter table demonstration_model
  alter column project_line_id set not null,
  add column name text not null,
  add column technology text,
  add column product text,
  add column is_cleaner_production boolean not null default false,
  add column capacity text,
  add column demonstrated_on date,
  add column attended_count integer,
  add column replicated_count integer,
  add column result text,
  add constraint demonstration_model_counts_range check (least(attended_count, replicated_count) >= 0);
comment on table demonstration_model is 'Demonstration models (mô hình trình diễn kỹ thuật, mô hình thí điểm sản xuất sạch hơn).';
comment on column demonstration_model.attended_count is 'Who came to the demonstration.';
comment on column demonstration_model.replicated_count is 'Establishments that took it up since.';

select execution_table('brand_support');
alter table brand_support
  alter column project_line_id set not null,
  add column brand_name text not null,
  add column product_id uuid constraint brand_support_product_fkey references product,
  add column application_no text,
  add column filed_on date,
  add column registration_no text,
  add column registered_on date,
  add constraint brand_support_registered_after_filed check (registered_on >= filed_on);
comment on table brand_support is 'Brands that were built and registered with support (xây dựng, đăng ký nhãn hiệu).';

select execution_table('showroom');
alter table showroom
  alter column project_line_id set not null,
  add column name text not null,
  add column kind text not null,
  add column place jsonb,
  add column area_m2 numeric(12, 2),
  add column opened_on date,
  add column equipment text,
  add constraint showroom_kind_known check (kind in ('centre', 'establishment')),
  add constraint showroom_area_range check (area_m2 between 0 and 1000000);
comment on table showroom is 'Showrooms (phòng trưng bày) that were built or fitted out with support.';
comment on column showroom.kind is 'centre: of a promotion centre; establishment: of a producer.';

select execution_table('relocation_support');
alter table relocation_support
  alter column project_line_id set not null,
  add column bank_name text not null,
  add column loan_vnd bigint,
  add column interest_percent numeric(6, 3),
  add column months integer,
  add column interest_paid_vnd bigint,
  add column cluster_name text,
  add column relocated_on date,
  add constraint relocation_support_loan_range check (is_amount(loan_vnd)),
  add constraint relocation_support_interest_range check (interest_percent between 0 and 100),
  add constraint relocation_support_months_range check (months between 1 and 600),
  add constraint relocation_support_interest_paid_range check (is_amount(interest_paid_vnd));
comment on table relocation_support is 'Interest on loans for moving polluting establishments into clusters (hỗ trợ lãi suất di dời).';
comment on column relocation_support.interest_percent is 'A year.';
comment on column relocation_support.cluster_name is 'Where the establishment went.';

select execution_table('pollution_support');
alter table pollution_support
  alter column project_line_id set not null,
  add column system text not null,
  add column pollutants text[] not null default '{}',
  add column capacity text,
  add column cluster_name text,
  add column commissioned_on date,
  add column meets_standard boolean,
  add constraint pollution_support_pollutants_known check (pollutants <@ '{wastewater,exhaust_gas,solid_waste,noise,dust}');
comment on table pollution_support is 'Systems of pollution treatment that were repaired or upgraded (xử lý ô nhiễm).';
comment on column pollution_support.cluster_name is 'When it serves a cluster and not one establishment.';
comment on column pollution_support.meets_standard is 'By a test after it went into operation; null: not tested.';

select execution_table('cluster_support');
alter table cluster_support
  alter column project_line_id set not null,
  add column cluster_name text not null,
  add column kind text not null,
  add column place jsonb,
  add column area_ha numeric(12, 2),
  add column decision_no text,
  add column decided_on date,
  add column occupancy_percent numeric(5, 2),
  add constraint cluster_support_kind_known check (kind in ('planning', 'infrastructure', 'linkage')),
  add constraint cluster_support_area_range check (area_ha between 0 and 100000),
  add constraint cluster_support_occupancy_range check (occupancy_percent between 0 and 100);
comment on table cluster_support is 'Industrial clusters that were planned, built or linked with support (cụm công nghiệp, cụm liên kết).';
comment on column cluster_support.decision_no is 'That founded the cluster or approved its plan.';
