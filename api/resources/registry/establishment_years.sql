-- Yearly figures of establishments, seen by all and written for their territory, and the size that they tell.

-- name: listEstablishmentYears :page
-- sort: -year = y.year desc, y.id desc
-- sort: year = y.year asc, y.id asc
select establishment_year_json(y) as body
  from establishment_year y
 where (select open_establishment(:establishment_id::uuid)) is not null
   and y.establishment_id = :establishment_id::uuid and y.deleted_at is null
   and (:year::integer is null or y.year = :year::integer)
   and (:source::text[] is null or y.source = any (:source::text[]));

-- name: getEstablishmentYear :one
select y.version, y.deleted_at is not null or e.deleted_at is not null as gone, establishment_year_json(y) as body
  from establishment_year y
  join establishment e on e.id = y.establishment_id
 where y.id = :year_id::uuid and e.id = :establishment_id::uuid;

-- name: createEstablishmentYear :write getEstablishmentYear
insert into establishment_year (id, establishment_id, year, revenue_vnd, capital_vnd, tax_paid_vnd, export_vnd, employees_count,
  employees_female_count, source, note)
select :new_id::uuid, e.id, year_begun('#/year', b.year), b.revenue_vnd, b.capital_vnd, b.tax_paid_vnd, b.export_vnd, b.employees_count,
       b.employees_female_count, b.source, b.note
  from locked_establishment(:establishment_id::uuid, :provinces::text[]) e (id)
 cross join jsonb_populate_record(null::establishment_year, :body::jsonb) b
returning id, version;

-- name: createEstablishmentYear.taken
select y.id
  from establishment_year y
 where y.establishment_id = :establishment_id::uuid and y.year = (:body::jsonb ->> 'year')::integer and y.deleted_at is null;

-- name: updateEstablishmentYear :write getEstablishmentYear
update establishment_year y
   set (year, revenue_vnd, capital_vnd, tax_paid_vnd, export_vnd, employees_count, employees_female_count, source, note) = (
         select year_begun('#/year', b.year), b.revenue_vnd, b.capital_vnd, b.tax_paid_vnd, b.export_vnd, b.employees_count,
                b.employees_female_count, b.source, b.note
           from jsonb_populate_record(y, :body::jsonb) b),
       version = next_version(y.version, :if_version::bigint)
  from locked_establishment(:establishment_id::uuid, :provinces::text[]) e (id)
 where y.id = :year_id::uuid and y.establishment_id = e.id and y.deleted_at is null
returning y.id, y.version;

-- name: updateEstablishmentYear.taken
select y.id
  from establishment_year y
 where y.establishment_id = :establishment_id::uuid and y.year = (:body::jsonb ->> 'year')::integer and y.id <> :year_id::uuid
   and y.deleted_at is null;

-- name: deleteEstablishmentYear :remove getEstablishmentYear
update establishment_year y
   set deleted_at = current_instant(), version = next_version(y.version, :if_version::bigint)
  from locked_establishment(:establishment_id::uuid, :provinces::text[]) e (id)
 where y.id = :year_id::uuid and y.establishment_id = e.id and y.deleted_at is null
returning y.id, y.version;

-- name: getEstablishmentSize :one
select e.deleted_at is not null as gone, establishment_size_json(e, coalesce(:valid_on::date, today())) as body
  from establishment e
 where e.id = :establishment_id::uuid;
