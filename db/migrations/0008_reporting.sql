-- SPDX-License-Identifier: MIT
-- Names under which places are looked up.

create table admin_unit_name (
  code text not null,
  valid_from date not null,
  full_name text not null,
  source text not null,
  tier text not null,
  kind text not null,
  key text not null,
  marked text not null,
  parent_key text,
  province_key text,
  other_keys text[] not null,
  line text not null,
  primary key (code, valid_from, full_name, source)
);
comment on table admin_unit_name is 'Every name of every row of admin_unit as a key for look-ups, with the names above it; made by the loader (db/reference/registry.sql).';
comment on column admin_unit_name.valid_from is 'Of the row of admin_unit; the name itself may be older (earlier_state) and has no dates.';
comment on column admin_unit_name.source is 'name: official; earlier_state: an older kind, name or parent; spelling_variant: written so in a resolution.';
comment on column admin_unit_name.kind is 'Of the name: thị xã Bến Cát is a town, though the row is of the provincial city that it became.';
comment on column admin_unit_name.key is 'lookup_key() of the name without the word for its kind.';
comment on column admin_unit_name.marked is 'marked_key() of the same.';
comment on column admin_unit_name.parent_key is 'Of the district above a commune of before 1/7/2025; null for others.';
comment on column admin_unit_name.province_key is 'Of the province above; null for a province.';
comment on column admin_unit_name.other_keys is 'Of districts and provinces in which the territory lay or lies at other times: people mix old and new.';
comment on column admin_unit_name.line is 'key, parent_key and province_key behind each other, for search by similarity.';
create index admin_unit_name_key on admin_unit_name (key);
create index admin_unit_name_alike on admin_unit_name using gin (key gin_trgm_ops, line gin_trgm_ops) with (fastupdate = off);

alter table admin_unit_name enable row level security;
alter table admin_unit_name force row level security;
create policy seen on admin_unit_name for select to kc_api using (true);
grant select on admin_unit_name to kc_api;
