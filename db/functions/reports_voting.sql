-- SPDX-License-Identifier: MIT
-- R7 and R8: lists of OCOP certificates and of products in the voting, on any map.

-- Certificates that were issued within the period, as they stand today.
create or replace function report_ocop_list(q report_question) returns json language plpgsql stable as $$
declare
  day constant date := basis_date(q.geo_basis);
  rows json;
  totals jsonb;
begin
  select json_agg(report_row(c.certificate_no, c.product_name, jsonb_build_object('product_code', c.product_code, 'producer', c.establishment_name,
           'product_set', (select s.name_vi from ocop_product_set s where s.id = c.product_set_id), 'stars', c.stars, 'decision', c.decision ->> 'document_no',
           'issued_on', to_char(c.issued_on, 'DD/MM/YYYY'), 'valid_to', to_char(c.valid_to, 'DD/MM/YYYY'),
           'status', status_label('certificate', certificate_status(c)),
           'province', (admin_unit_name(c.province_code, c.codes_on) ->> 'name')),
           '/v1/ocop/certificates/' || c.id) order by c.stars desc, c.product_name collate vietnamese, c.id),
         jsonb_build_object('stars', null)
    into rows, totals
    from certificate c
   where c.scheme = 'ocop' and c.deleted_at is null and c.issued_on between q."from" and q."to"
     and (c.province_code = any (q.provinces) or c.organisation_id = q.own_organisation)
     and (q.province_code is null or project_in_provinces(c.province_code, c.codes_on, '[]', day, q.province_code))
     and (q.region_code is null or project_in_regions(c.province_code, c.codes_on, '[]', day, q.region_code));
  return report_json('ocop-list', 'Danh sách sản phẩm OCOP được chứng nhận', q, 'Sản phẩm',
    json_build_array(report_text_column('product_code', 'Mã sản phẩm', 'Product code'), report_text_column('producer', 'Chủ thể', 'Producer'),
      report_text_column('product_set', 'Bộ sản phẩm', 'Product set'), report_column('stars', 'Số sao', 'Stars', null, false),
      report_text_column('decision', 'Quyết định', 'Decision'), report_text_column('issued_on', 'Ngày cấp', 'Issued on'),
      report_text_column('valid_to', 'Có hiệu lực đến', 'Valid to'), report_text_column('status', 'Tình trạng', 'Status'),
      report_text_column('province', 'Tỉnh, thành phố', 'Province')),
    rows, totals, json_build_array(report_indicator('certificate_count', 'Số giấy chứng nhận', 'Certificates', 'Đếm giấy chứng nhận cấp trong kỳ',
      coalesce(json_array_length(rows), 0))), records_url => '/v1/ocop/certificates');
end
$$;
comment on function report_ocop_list is 'OCOP certificates issued within the period: code, product, producer, set, stars, decision, term, and where each stands today.';

-- Of both schemes: what runs out is renewed by whoever issues it, each in its own list.
create or replace function report_expiring_certificates(q report_question) returns json language plpgsql stable as $$
declare
  day constant date := basis_date(q.geo_basis);
  rows json;
begin
  select json_agg(report_row(c.certificate_no, c.product_name, jsonb_build_object('kind', certificate_kind(c), 'product_code', c.product_code,
           'producer', c.establishment_name, 'stars', c.stars, 'status', status_label('certificate', c.status), 'issued_on', to_char(c.issued_on, 'DD/MM/YYYY'),
           'valid_to', to_char(c.valid_to, 'DD/MM/YYYY'), 'days_left', c.valid_to - today(), 'issuer', c.issuer_name,
           'province', admin_unit_name(c.province_code, c.codes_on) ->> 'name'),
           '/v1/' || c.scheme || '/certificates/' || c.id) order by c.valid_to, c.product_name collate vietnamese, c.id)
    into rows
    from certificate c
   where c.deleted_at is null and c.valid_to between q."from" and q."to" and certificate_status(c) in ('valid', 'suspended')
     and (c.province_code = any (q.provinces) or c.organisation_id = q.own_organisation)
     and (q.province_code is null or project_in_provinces(c.province_code, c.codes_on, '[]', day, q.province_code))
     and (q.region_code is null or project_in_regions(c.province_code, c.codes_on, '[]', day, q.region_code));
  return report_json('expiring-certificates', 'Danh sách giấy chứng nhận sắp hết hạn', q, 'Sản phẩm',
    json_build_array(report_text_column('kind', 'Loại giấy', 'Kind'), report_text_column('product_code', 'Mã sản phẩm', 'Product code'),
      report_text_column('producer', 'Chủ thể', 'Producer'), report_column('stars', 'Số sao', 'Stars', null, false),
      report_text_column('status', 'Tình trạng', 'Status'), report_text_column('issued_on', 'Ngày cấp', 'Issued on'),
      report_text_column('valid_to', 'Có hiệu lực đến', 'Valid to'), report_column('days_left', 'Số ngày còn lại', 'Days left', null, false),
      report_text_column('issuer', 'Nơi cấp', 'Issued by'), report_text_column('province', 'Tỉnh, thành phố', 'Province')),
    rows, jsonb_build_object('stars', null, 'days_left', null),
    json_build_array(report_indicator('certificate_count', 'Số giấy sắp hết hạn', 'Certificates that run out',
      'Đếm giấy còn hiệu lực hoặc tạm đình chỉ có ngày cuối trong kỳ', coalesce(json_array_length(rows), 0))));
end
$$;
comment on function report_expiring_certificates is 'Certificates that still run (or are suspended) and whose last day lies in the period.';

-- Entries of the rounds of a year and tier. Those who withdrew are not counted.
create or replace function report_voting_list(q report_question) returns json language plpgsql stable as $$
declare
  day constant date := basis_date(q.geo_basis);
  filters constant jsonb := jsonb_build_object('year', q.year, 'tier', q.voting_tier, 'province_code', to_jsonb(q.province_code), 'geo_basis', q.geo_basis);
  rows json;
  figures record;
begin
  with listed as materialized (
    select e, d.year, d.tier, coalesce(f.name, '') as producer, (select g.label_vi from voting_product_group g where g.code = e.product_group_code limit 1) as group_label,
           status_label('voting_entry', e.status) as result
      from voting_entry e
      join voting_round d on d.id = e.round_id
      join establishment f on f.id = e.establishment_id
     where e.deleted_at is null and e.status <> 'withdrawn' and d.deleted_at is null
       and (q.year is null or d.year = q.year) and (q.voting_tier is null or d.tier = q.voting_tier)
       and make_date(d.year, 12, 31) >= q."from" and make_date(d.year, 1, 1) <= q."to"
       and (e.province_code = any (q.provinces) or e.organisation_id = q.own_organisation)
       and (q.province_code is null or project_in_provinces(e.province_code, e.codes_on, '[]', day, q.province_code))
       and (q.region_code is null or project_in_regions(e.province_code, e.codes_on, '[]', day, q.region_code))
  )
  select json_agg(report_row((l.e).code, (l.e).product_name, jsonb_build_object('producer', l.producer, 'product_group', l.group_label, 'score', (l.e).score,
           'rank', (l.e).rank, 'result', l.result, 'decision', (l.e).decision ->> 'document_no', 'prize_vnd', (l.e).prize_vnd,
           'province', admin_unit_name((l.e).province_code, (l.e).codes_on) ->> 'name', 'year', l.year), '/v1/voting/entries/' || (l.e).id)
           order by l.year, l.tier, (l.e).score desc nulls last, (l.e).product_name collate vietnamese, (l.e).id) as rows,
         count(*) as registered, count(*) filter (where (l.e).status = 'certified') as certified,
         count(distinct project_province((l.e).province_code, (l.e).codes_on, '[]', day)) as provinces,
         count(distinct (l.e).establishment_id) as establishments, coalesce(sum((l.e).prize_vnd), 0)::bigint as prizes
    into figures from listed l;
  rows := figures.rows;
  return report_json('voting-list', 'Danh sách sản phẩm bình chọn công nghiệp nông thôn tiêu biểu', q, 'Sản phẩm, bộ sản phẩm',
    json_build_array(report_text_column('producer', 'Cơ sở', 'Establishment'), report_text_column('product_group', 'Nhóm', 'Group'),
      report_column('score', 'Điểm', 'Score', null, false), report_column('rank', 'Hạng', 'Rank', null, false), report_text_column('result', 'Kết quả', 'Result'),
      report_text_column('decision', 'Quyết định', 'Decision'), report_column('prize_vnd', 'Tiền thưởng', 'Prize', 'vnd'),
      report_text_column('province', 'Tỉnh, thành phố', 'Province'), report_column('year', 'Năm', 'Year', null, false)),
    rows, jsonb_build_object('prize_vnd', figures.prizes),
    json_build_array(
      report_indicator('registered_count', 'Sản phẩm đăng ký', 'Entered', 'Đếm hồ sơ không rút', figures.registered),
      report_indicator('certified_count', 'Sản phẩm được chứng nhận', 'Certified', 'Đếm hồ sơ đã cấp giấy chứng nhận', figures.certified),
      report_indicator('certified_percent', 'Tỷ lệ được chứng nhận', 'Share certified', 'Được chứng nhận / đăng ký', percent_of(figures.certified, figures.registered), 'percent'),
      report_indicator('province_count', 'Số tỉnh, thành phố tham gia', 'Provinces', 'Đếm tỉnh, thành phố theo bản đồ', figures.provinces),
      report_indicator('establishment_count', 'Số cơ sở tham gia', 'Establishments', 'Đếm cơ sở', figures.establishments)),
    records_url => case when q.region_code is null then records_url('/v1/voting/entries', filters) end);
end
$$;
comment on function report_voting_list is 'Entries of the voting: product or set, establishment, group, score, result, decision.';
