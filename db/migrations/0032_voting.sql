-- SPDX-License-Identifier: MIT
-- Points of sale (điểm trưng bày, giới thiệu và bán sản phẩm).

select execution_table('display_point');
alter table display_point
  add column name text not null,
  add column operator_id uuid constraint display_point_operator_fkey references organisation,
  add column establishment_id uuid constraint display_point_establishment_fkey references establishment,
  add column place jsonb,
  add column opened_on date,
  add column closed_on date,
  add column area_m2 numeric,
  add column support_vnd bigint,
  add column status text not null default 'planned',
  add column folded text generated always as (fold(name)) stored,
  add constraint display_point_status_known check (status in ('planned', 'open', 'closed')),
  add constraint display_point_opened_when_open check (status = 'planned' or opened_on is not null),
  add constraint display_point_closed_when_closed check ((status = 'closed') = (closed_on is not null)),
  add constraint display_point_closed_after_opened check (closed_on >= opened_on),
  add constraint display_point_area_range check (area_m2 between 0 and 1000000),
  add constraint display_point_support_range check (is_amount(support_vnd));
comment on table display_point is 'Points where products of the province are shown and sold (điểm trưng bày, giới thiệu và bán sản phẩm).';
comment on column display_point.operator_id is 'The body that runs it; establishment_id: the establishment that does.';
comment on column display_point.support_vnd is 'Public money it was set up with.';
create index display_point_name on display_point (name collate vietnamese, id);
create index display_point_folded on display_point using gin (folded gin_trgm_ops) with (fastupdate = off);
create policy seen_by_the_public on display_point for select to kc_api
  using (claim('app.client_id') is null and status = 'open' and deleted_at is null);

create table display_point_product (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  display_point_id uuid not null constraint display_point_product_point_fkey references display_point,
  product_id uuid not null constraint display_point_product_product_fkey references product,
  "from" date,
  "to" date,
  organisation_id uuid not null constraint display_point_product_organisation_fkey references organisation,
  province_code text not null,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint display_point_product_ends_after_starts check ("to" >= "from")
);
comment on table display_point_product is 'Products that are shown and sold at a point.';
comment on column display_point_product.province_code is 'Of the point.';
comment on column display_point_product."to" is 'Last day; null: still there.';
create unique index display_point_product_key on display_point_product (display_point_id, product_id) where deleted_at is null;
create index display_point_product_product on display_point_product (product_id);

create table display_point_sale (
  id uuid primary key default uuidv7(),
  version integer not null default 1,
  display_point_id uuid not null constraint display_point_sale_point_fkey references display_point,
  "from" date not null,
  "to" date not null,
  revenue_vnd bigint not null,
  organisation_id uuid not null constraint display_point_sale_organisation_fkey references organisation,
  province_code text not null,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  deleted_at timestamptz,
  constraint display_point_sale_ends_after_starts check ("to" >= "from"),
  constraint display_point_sale_revenue_range check (is_amount(revenue_vnd)),
  constraint display_point_sale_period_key
    exclude using gist (display_point_id with =, daterange("from", "to", '[]') with &&) where (deleted_at is null)
);
comment on table display_point_sale is 'What a point sold in a period, normally a year; no day counts twice.';
comment on column display_point_sale.province_code is 'Of the point.';

do $$
declare
  part text;
begin
  foreach part in array array['display_point_product', 'display_point_sale'] loop
    perform track(part);
    execute format('create index %1$s_point on %1$I (display_point_id)', part);
    execute format($ddl$create trigger inherit_owner before insert or update on %I
      for each row execute function inherit_owner('display_point', 'display_point_id')$ddl$, part);
    execute format($ddl$create trigger touch_parent after insert or update on %I
      for each row execute function touch_parent('display_point', 'display_point_id')$ddl$, part);
    execute format($ddl$create trigger hand_down_owner_to_%1$s after update of organisation_id, province_code on display_point
      for each row execute function hand_down_owner('%1$s', 'display_point_id')$ddl$, part);
    execute format('alter table %I enable row level security', part);
    execute format('alter table %I force row level security', part);
    -- The policies of display_point say which of them the caller sees.
    execute format('create policy seen on %I for select to kc_api using (exists (select from display_point d where d.id = display_point_id))', part);
    execute format('create policy added on %I for insert to kc_api with check (exists (select from display_point d where d.id = display_point_id))', part);
    execute format('create policy changed on %I for update to kc_api using (exists (select from display_point d where d.id = display_point_id))', part);
    execute format('grant select, insert, update on %I to kc_api', part);
  end loop;
end
$$;
create trigger display_points_refuse_while_referenced before update of deleted_at on product
  for each row execute function refuse_while_referenced('display_point_product', 'product_id');
