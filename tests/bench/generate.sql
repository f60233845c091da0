-- SPDX-License-Identifier: MIT
-- A database of the size of a country: psql variables `projects`, `establishments` and `acts_from` (projects from there on wait for the act that is measured); run as superuser on a migrated, empty
-- database. Record number n lies in the province number n % 34, and its id tells n, so that whoever puts load on the service
-- needs no list of ids. Triggers and foreign keys are off meanwhile; check.sql proves that the rows are as they would be.
\set ON_ERROR_STOP on
set statement_timeout = 0;
set maintenance_work_mem = '512MB';
set synchronous_commit = off;
set client_min_messages = warning;

create schema bench;
grant usage on schema bench to kc_api;

create function bench.id_of(kind text, n bigint) returns uuid language sql immutable as $$
  select ('01990000-0000-7000-' || kind || '-' || lpad(n::text, 12, '0'))::uuid
$$;
comment on function bench.id_of is 'Kinds: 8000 project, 9000 organisation, a000 establishment, b000 programme, 8001 line, 8002 funding (twice n).';

-- As random as needed, and the same in every run.
create function bench.dice(n bigint, salt integer, sides integer) returns integer language sql immutable as $$
  select ((hashint8extended(n, salt) & 2147483647) % sides)::integer
$$;

create table bench.province as
select row_number() over (order by code) - 1 as no, code, name,
       (select array_agg(c.code order by c.code) from admin_unit c
         where c.tier = 'commune' and c.province_code = p.code and c.valid_to is null) as communes
  from admin_unit p
 where p.tier = 'province' and p.valid_to is null;
alter table bench.province add primary key (no);

create function bench.word(n bigint, salt integer) returns text language sql immutable as $$
  select (array['An', 'Bình', 'Cường', 'Dũng', 'Đức', 'Giang', 'Hà', 'Hải', 'Hạnh', 'Hiền', 'Hòa', 'Hồng', 'Huệ', 'Hưng', 'Khánh',
    'Lâm', 'Lan', 'Liên', 'Lộc', 'Long', 'Mai', 'Minh', 'Mỹ', 'Nam', 'Nga', 'Ngọc', 'Nhật', 'Oanh', 'Phát', 'Phong', 'Phú', 'Phúc',
    'Phương', 'Quang', 'Quý', 'Quyền', 'Sơn', 'Tâm', 'Tân', 'Thái', 'Thắng', 'Thanh', 'Thảo', 'Thịnh', 'Thu', 'Thuận', 'Thủy',
    'Tiến', 'Toàn', 'Trang', 'Trí', 'Trung', 'Tuấn', 'Tuyết', 'Uyên', 'Vân', 'Việt', 'Vinh', 'Xuân', 'Yến']
  )[1 + bench.dice(n, salt, 60)]
$$;
create function bench.goods(n bigint) returns text language sql immutable as $$
  select (array['gốm sứ', 'mây tre đan', 'nước mắm', 'chè xanh', 'cà phê rang xay', 'gạo', 'hạt điều', 'đồ gỗ mỹ nghệ', 'bún khô',
    'hạt tiêu', 'may mặc', 'cơ khí nông cụ', 'gạch không nung', 'trái cây sấy', 'thức ăn chăn nuôi', 'đá mỹ nghệ', 'thêu ren',
    'bao bì giấy', 'dầu dừa', 'rượu cần'])[1 + bench.dice(n, 1, 20)]
$$;

-- ---- Ten organisations in each province: number 0 is the department, 1 its promotion centre ----

insert into organisation (id, code, name, kind, tier, province_code)
select bench.id_of('9000', p.no * 10 + k), 'DO-' || p.code || '-' || k,
       (array['Sở Công Thương', 'Trung tâm Khuyến công', 'Phòng Kinh tế số ' || k])[least(k, 2) + 1] || ' ' || p.name,
       (array['industry_department', 'promotion_centre', 'economic_division'])[least(k, 2) + 1],
       case when k < 2 then 'province' else 'commune' end, p.code
  from bench.province p, generate_series(0, 9) k;

-- ---- Five programmes in each province ----

insert into programme (id, kind, level, name, status, starts_on, ends_on, organisation_id, province_code, codes_on)
select bench.id_of('b000', p.no * 5 + k), 'promotion', 'local',
       'Chương trình khuyến công ' || p.name || ' ' || 2021 + k, 'active', make_date(2021 + k, 1, 1), make_date(2025 + k, 12, 31),
       bench.id_of('9000', p.no * 10), p.code, '2025-07-01'
  from bench.province p, generate_series(0, 4) k;

-- ---- The large tables: without triggers, and their indexes made at the end ----

set session_replication_role = replica;

create temp table put_aside as
select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as made_by
  from pg_index
 where indrelid in ('project'::regclass, 'establishment'::regclass, 'project_line'::regclass, 'project_funding'::regclass)
   and not indisunique and not indisprimary and not indisexclusion;
select format('drop index %s', name) from put_aside
\gexec

-- The last digit of a tax code is a check digit; where that would be 10 there is no such code.
with numbered as (
  select n, p.*, '01' || lpad((n + 1)::text, 7, '0') as stem
    from generate_series(0, :establishments - 1) n
    join bench.province p on p.no = n % 34
), checked as (
  select *, 10 - (select sum(weight * substr(stem, place::integer, 1)::integer) % 11
                    from unnest(array[31, 29, 23, 19, 17, 13, 7, 5, 3]) with ordinality as digit (weight, place)) as digit
    from numbered
)
insert into establishment (id, organisation_id, province_code, origin, history_quality, code, name, legal_form, tax_code,
  tax_code_kind, representative, phone, place, codes_on, founded_on, created_at, updated_at)
select bench.id_of('a000', n), bench.id_of('9000', no * 10 + bench.dice(n, 2, 10)), code, 'imported', 'final_state_only',
       'CS' || lpad((n + 1)::text, 6, '0'),
       'Cơ sở sản xuất ' || bench.goods(n) || ' ' || bench.word(n, 3) || ' ' || bench.word(n, 4), 'household_business',
       case when digit < 10 then stem || digit end, case when digit < 10 then 'enterprise10' end,
       jsonb_build_object('full_name', 'Nguyễn ' || bench.word(n, 5) || ' ' || bench.word(n, 6)), '09' || lpad(n::text, 8, '0'),
       jsonb_build_object('province_code', code, 'commune_code', communes[1 + n / 34 % cardinality(communes)],
         'codes_on', '2025-07-01'),
       '2025-07-01', date '2000-01-01' + bench.dice(n, 7, 8000), now() - (:establishments - n) * interval '1 minute',
       now() - (:establishments - n) * interval '1 minute'
  from checked;

insert into project (id, code, name, level, scale, status, programme_id, implementer_id, managing_organisation_id, places,
  starts_on, ends_on, total_cost_vnd, support_vnd, counterpart_vnd, necessity, objective, organisation_id, province_code,
  codes_on, evidence_grade, origin, history_quality, created_at, updated_at)
select bench.id_of('8000', n), 'DA' || case when n < 999999 then lpad((n + 1)::text, 6, '0') else (n + 1)::text end,
       'Hỗ trợ ứng dụng máy móc thiết bị tiên tiến trong sản xuất ' || bench.goods(n) || ' tại cơ sở ' || bench.word(n, 10) || ' '
         || bench.word(n, 11) || ' ' || bench.word(n, 12),
       case when bench.dice(n, 13, 4) = 0 then 'national' else 'local' end,
       case when bench.dice(n, 14, 5) = 0 then 'group' else 'single' end,
       case when n >= :acts_from then 'contracted'
            else (array['draft', 'submitted', 'approved', 'in_progress', 'accepted', 'settled', 'closed', 'closed'])[1 + bench.dice(n, 15, 8)] end,
       bench.id_of('b000', no * 5 + bench.dice(n, 16, 5)), bench.id_of('9000', no * 10 + 1 + bench.dice(n, 17, 9)),
       bench.id_of('9000', no * 10),
       jsonb_build_array(jsonb_build_object('province_code', code, 'commune_code', communes[1 + n / 34 % cardinality(communes)],
         'codes_on', '2025-07-01')),
       begins, begins + 300, cost, cost / 2, cost / 2,
       'Cơ sở còn dùng thiết bị cũ, năng suất thấp, hao nguyên liệu, sản phẩm chưa đồng đều nên khó vào các hệ thống phân phối.',
       'Tăng năng suất ' || 10 + bench.dice(n, 18, 40) || ' %, giảm hao hụt nguyên liệu, tạo việc làm cho lao động tại địa phương.',
       bench.id_of('9000', no * 10 + bench.dice(n, 19, 10)), code, '2025-07-01', 'proposal', 'imported', 'final_state_only',
       now() - (:projects - n) * interval '10 seconds', now() - (:projects - n) * interval '10 seconds'
  from (select n, p.*, date '2021-01-01' + bench.dice(n, 20, 1800) as begins, (100 + bench.dice(n, 21, 4000)) * 1000000::bigint as cost
          from generate_series(0, :projects - 1) n
          join bench.province p on p.no = n % 34) numbered;

insert into project_line (id, project_id, title, activity_code, establishment_id, eligible_cost_vnd, support_vnd,
  organisation_id, province_code, created_at, updated_at)
select bench.id_of('8001', n), p.id, 'Mua máy ' || bench.goods(n), 'KC3',
       bench.id_of('a000', n % 34 + 34 * bench.dice(n, 22, :establishments / 34)), p.total_cost_vnd, p.support_vnd,
       p.organisation_id, p.province_code, p.created_at, p.updated_at
  from generate_series(0, :projects - 1) n
  join project p on p.id = bench.id_of('8000', n);

-- Every second project runs over two years.
insert into project_funding (id, project_id, year, source, amount_vnd, organisation_id, province_code, created_at, updated_at)
select bench.id_of('8002', n * 2 + k), p.id, extract(year from p.starts_on)::integer + k,
       case when p.level = 'national' then 'central_promotion' else 'local_promotion' end, p.support_vnd / (1 + n % 2),
       p.organisation_id, p.province_code, p.created_at, p.updated_at
  from generate_series(0, :projects - 1) n
  join project p on p.id = bench.id_of('8000', n)
 cross join generate_series(0, n % 2) k;

select made_by from put_aside
\gexec

select setval('project_code', :projects), setval('establishment_code', :establishments);
vacuum (analyze);
checkpoint;
